/*
 * funcdata.h - what the linker tells the runtime about every Go function, besides the pc tables of .gopclntab.
 *
 * .gopclntab is gc's (magic 0xfffffff1). PCDATA tables: 0 unsafe points (1: no asynchronous preemption here),
 * 1 unused, 2 inline tree index. FUNCDATA: 0 offset of the StackMap record from ModuleData.stackmaps, 3 offset of the inline tree from
 * ModuleData.gofunc; 0xffffffff where a function has none. Without a StackMap record a frame holds no pointers.
 *
 * How a frame is scanned, pc being the return address (of a call) or the faulting address:
 *   stopped in its prologue   bits argmap over the argument area (stack arguments and register spill space), nothing else
 *   exact match in the table  the map's bits over the locals, callargmap over the argument area
 *   no match                  the map of the deferreturn point (first entry above func.deferreturn), callargmap; without one the locals are dead
 */
#ifndef SLIPWAY_ABI_FUNCDATA_H
#define SLIPWAY_ABI_FUNCDATA_H

#define FUNCDATA_STACKMAP 0
#define FUNCDATA_INLTREE 3
#define PCDATA_UNSAFEPOINT 0
#define PCDATA_INLTREEINDEX 2

/* funcID: gc's numbers */
#define FUNCID_NORMAL 0
#define FUNCID_ABORT 1
#define FUNCID_ASMCGOCALL 2
#define FUNCID_ASYNCPREEMPT 3
#define FUNCID_CGOCALLBACK 4
#define FUNCID_CORO_START 5
#define FUNCID_DEBUGCALLV2 6
#define FUNCID_GCBGMARKWORKER 7
#define FUNCID_GOEXIT 8
#define FUNCID_GOGO 9
#define FUNCID_GOPANIC 10
#define FUNCID_HANDLEASYNCEVENT 11
#define FUNCID_MCALL 12
#define FUNCID_MORESTACK 13
#define FUNCID_MSTART 14
#define FUNCID_PANICWRAP 15
#define FUNCID_RT0_GO 16
#define FUNCID_RUNFINQ 17
#define FUNCID_RUNTIME_MAIN 18
#define FUNCID_SIGPANIC 19
#define FUNCID_SYSTEMSTACK 20
#define FUNCID_SYSTEMSTACK_SWITCH 21
#define FUNCID_WRAPPER 22
#define FUNCFLAG_TOPFRAME 1
#define FUNCFLAG_SPWRITE 2
#define FUNCFLAG_ASM 4

/* StackMap.flags: only functions in assembly have them. The linker takes their argument maps from X.args_stackmap, which the compiler makes
 * of the function's declaration: a StackMap without locals, whose argmap is that of the parameters, and callargmap has the results, too. */
#define STACKMAP_ASM 1			/* in objects: argument maps are missing */
#define STACKMAP_RESULTS 2		/* in objects: results are set before the first call */
#define STACKMAP_UNTYPED 4		/* nobody knows whether its locals hold pointers: it must not be scanned at a call */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* All offsets are from the start of the record; bitmaps have the lowest bit first and may be shared between functions. */
typedef struct {
	uint32_t pcoff;			/* return address - function entry */
	uint32_t bitmap;		/* offset of nlocals bits: word i at SP + 8 i */
} StackMapEntry;
typedef struct {
	uint32_t nlocals;		/* words of the frame from SP after the prologue (up to the return address) */
	uint32_t nargs;			/* words of the incoming argument area, spill space included */
	uint32_t nmaps;
	uint32_t flags;			/* STACKMAP_... */
	uint32_t argmap;		/* offset of nargs bits: at entry; 0 none */
	uint32_t callargmap;		/* offset of nargs bits: at calls; 0 none */
	StackMapEntry map[];		/* by rising pcoff */
} StackMap;

typedef struct {			/* row of the inline tree, gc's */
	uint8_t funcid, pad[3];
	int32_t name;			/* offset in the function name table */
	int32_t parentpc;		/* offset from entry of an instruction at the call */
	int32_t startline;
} InlinedCall;

typedef struct {			/* start of .gopclntab */
	uint32_t magic;
	uint8_t pad0, pad1, minlc, ptrsize;
	uintptr_t nfunc, nfiles, textstart, funcname, cutab, filetab, pctab, pcln;	/* offsets from the header */
} PclnHeader;
typedef struct {			/* at pcln + FuncTab.off; npcdata and then nfuncdata u32 follow */
	uint32_t entry;			/* offset from textstart */
	int32_t name, args;
	uint32_t deferreturn;		/* offset from entry of the deferreturn call, 0 none */
	uint32_t pcsp, pcfile, pcln, npcdata, cuoff;
	int32_t startline;
	uint8_t funcid, flag, pad, nfuncdata;
} PclnFunc;
typedef struct {
	uint32_t entry, off;
} PclnTab; /* nfunc of them at pcln, then one u32 entry of the end */
_Static_assert(sizeof(PclnFunc) == 44, "gc's _func");
#endif
#endif
