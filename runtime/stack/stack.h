/*
 * stack.h - goroutine stacks: allocation, growth by copying, and walking frames with their maps.
 *
 * Pointers into a stack exist only on the stack itself (slots the maps know, saved frame pointers) and in the list that
 * stack_adjust visits: saved context, spill area, panic and defer records, sudog elements.
 */
#ifndef SLIPWAY_STACK_H
#define SLIPWAY_STACK_H

#include "abi/funcdata.h"
#include "abi/module.h"
#include "sched/sched.h"

/* ---- symtab.c ---- */
typedef struct {
	const PclnFunc *f;
	uintptr_t entry;
} Func;
extern const ModuleData *rt_module;
void symtab_init(const ModuleData *md);
bool func_find(uintptr_t pc, Func *f);	/* pc inside Go code */
const char *func_name(const PclnFunc *f);
int32_t func_pcvalue(Func f, uint32_t tab, uintptr_t pc, int32_t none);
int32_t func_spdelta(Func f, uintptr_t pc);
int func_line(Func f, uintptr_t pc, const char **file);	/* of the outermost (physical) or inlined code at pc */
uint32_t func_funcdata(const PclnFunc *f, int i);	/* 0xffffffff: none */
uint32_t func_pcdata(const PclnFunc *f, int i);		/* offset of the table, 0: none */
const StackMap *func_stackmap(const PclnFunc *f);

/* One logical frame: inlined calls are separate. */
typedef struct {
	const char *name;
	const char *file;
	int line, startline;
	uint8_t funcid;
	bool inlined;
	uintptr_t entry;
} LogicalFrame;
/* depth 0: the innermost at pc. false: there is none so deep. */
bool func_logical(Func f, uintptr_t pc, int depth, LogicalFrame *out);

/* ---- unwind.c ---- */
typedef struct {
	G *g;
	Func f;
	uintptr_t pc;			/* return address or exact pc */
	uintptr_t sp,
	    fp; /* fp: sp at entry: address of the return address, or the caller's sp if the CPU has a link register */
	uintptr_t link;			/* frame pointer register in this frame; link register: return address of a frame of no size */
	bool exact;			/* pc is that of an instruction that has not run: fault or interruption */
	bool prologue;			/* nothing but the argument area is live */
	bool async;			/* scan conservatively */
	bool reflectcall;		/* no function: the frame of reflectcall, or of a reflect stub */
	bool reflectstub;
	bool cgoback;			/* no function: what crosscall2 pushed */
	bool first;
	uintptr_t lo, hi;
} Frame;
/* The frame that a call of Go by C puts between the two (sched/cgo.c): its return address and spill space of two parameters. */
#define CGOBACK_FRAME (ARCH_LINKREG ? 32 : 16)
extern const char arch_cgoback_ret[];	/* arch/<cpu>/cgo.S */
#define FRAME_ARGS 8			/* from fp to the incoming argument area */
/* Starts at g's saved context. false: no frame. */
bool unwind_start(Frame *fr, G *g);
bool unwind_startat(Frame *fr, G *g, uintptr_t pc, uintptr_t sp, uintptr_t link, bool exact);
bool unwind_next(Frame *fr);
bool unwind_ok(const Frame *fr);	/* the walk reached the goroutine's start */

/* Calls visit for each slot that holds a pointer, cons for ranges to be read conservatively. */
typedef void (*SlotFn)(uintptr_t *slot, void *ctx);
typedef void (*RangeFn)(uintptr_t lo, uintptr_t hi, void *ctx);
void frame_slots(Frame *fr, SlotFn visit, RangeFn cons, void *ctx);

/* ---- stack.c ---- */
extern uintptr_t stack_max;		/* bytes: overflow beyond */
void stack_init(void);
void stack_alloc(G *g, uintptr_t size);	/* throws if there is no memory */
void stack_free(uintptr_t lo, uintptr_t size);
void stack_copy(G *g, uintptr_t size);	/* g is stopped at a call and nobody else touches it */
void stack_shrink(G *g);		/* world stopped */
void stack_sweepfree(void);		/* world stopped: whole unused spans go back */
void rt_newstack(G *g);
void rt_growfor(G *g, uintptr_t need);

#endif
