/*
 * target.h - what the shared code may know about a CPU. One Target literal per
 * CPU (target/<goarch>/targ.c); target/all.c lists them. Nothing outside
 * target/<goarch>/ may mention a CPU.
 *
 * Instruction selection rewrites generic values into machine operations (op >= OP_TARGET, rows of the CPU's insns.def)
 * in place; the shared register allocator reads the constraints of each row; encode turns the result into bytes.
 */
#ifndef SLIPWAY_TARGET_H
#define SLIPWAY_TARGET_H

#include "ssa/ssa.h"

typedef enum { RC_NONE, RC_INT, RC_FLOAT } RegClass;
typedef uint64_t RegSet;			/* bit per register number */

typedef struct {
	const char *name;
	uint8_t num;			/* encoding number */
	uint8_t class;
	bool allocatable;
	uint8_t dwarf;
} Reg;

/* Constraints of one machine operation; rows of insns.def expand to this. */
typedef struct {
	const char *name, *mnemonic;
	RegSet out;			/* registers the result may be in; 0: no result */
	RegSet in[4];			/* per argument; arguments beyond the fourth use in[3]; 0: not in a register (folded, memory) */
	RegSet clobber;			/* besides the result */
	bool tied;			/* result is in the register of arg 0 (two-address) */
	bool commutative;		/* arg 0 and 1 may swap to satisfy tied */
	bool
	    earlyout; /* result is written before all arguments are read: must differ from them (arg 0 if tied excepted) */
	bool effect, reads, remat, flagsout, flagsin;
	bool cond;			/* listings show its condition */
	uint8_t encform;		/* the CPU's own */
	uint32_t enc;
} Insn;

/* clang-format off */
enum {
	PCREL_NO, PCREL_YES,
	PCREL_ABS,			/* what is stored depends on where the program is loaded */
	PCREL_VIAHIGH,			/* the symbol is the place of a PCREL_YES relocation with the upper part of an address: s, a and p are its */
};
/* clang-format on */

/* What a C compiler's relocation asks the linker for. */
typedef enum {
	REL_DIRECT,			/* the symbol */
	REL_GOT,			/* the place of the symbol's address in the GOT */
	REL_TLSLE,			/* the symbol, from the thread pointer */
	REL_NONE,			/* nothing: a mark for other linkers */
} RelClass;

typedef struct {
	const char *name;		/* "R_X86_64_PC32"; NULL ends the table */
	uint32_t num;			/* ELF number */
	uint8_t size;			/* bytes patched */
	uint8_t pcrel;			/* PCREL_... */
	/* patches loc; s + a is the target, p the address of loc. false: out of range */
	bool (*apply)(uint8_t *loc, uint64_t s, int64_t a, uint64_t p);
	uint8_t class;			/* RelClass */
} RelocRow;

/* An optional operation (flag O of ops.def) that the CPU has. */
typedef struct {
	uint16_t op;
	const char *flag;		/* uint8 of package runtime that says whether this machine really has it; NULL: all have */
} OptOp;

typedef struct Target {
	const char *name;		/* GOARCH */
	int ptrsize, regsize;		/* bytes */
	bool bigendian;
	uint16_t elfmachine;
	uint32_t elfflags;
	int minlc;			/* bytes; smallest instruction: the pclntab's pc quantum */
	int stackalign;
	int callpush;			/* bytes a call pushes (amd64: 8, link register: 0) */
	int linkarea;			/* bytes at SP that hold the return address, below outgoing arguments (link register: 8, amd64: 0) */
	int tlsgap;			/* bytes from the thread pointer to the TLS block above it; -1: the block ends at the thread pointer */
	uint64_t textbase;		/* default load address of static programs */
	int pagesize;			/* segment alignment */
	const Reg *reg;
	int nreg;
	const Insn *insn;
	int ninsn;
	const OptOp *optop;		/* those that are not listed are never made */
	int noptop;
	const RelocRow *reloc;
	/* ABIInternal (abi-internal.md); empty lists: stack only */
	const uint8_t *intargs, *floatargs;
	int nintargs, nfloatargs;
	uint8_t sp, g, ctxt;		/* registers */
	int16_t zerofloat;		/* register always zero in Go code, or -1 */
	uint8_t dwarfra;		/* DWARF column of the return address */
	const char *
	    restore; /* function of package runtime that sets g and zerofloat again and changes no other register; NULL: assembly keeps them */
	uint8_t intscratch, floatscratch; /* never allocated: for moves and spills of the resolver */
	uint16_t elfreloc[OBJ_R_TYPEOFF];	/* ELF number of each kind (obj.h); 0: the compiler makes none */
	void (*isel)(Func *f);		/* generic -> machine operations, flags and addressing modes included */
	void (*move)(struct Func *f, Value *at, int dst, int src,
	    VType t); /* used by the allocator's resolver if it must make code */
	void (*encode)(Func *f);	/* bytes, relocations, pc tables, stack maps into f->sym */
	/* -S: names of conditions, by number; what a branch on one begins with; letters for widths of 1, 2, 4 and 8 bytes */
	const char *const *cond;
	const char *branch, *widths;
	/* Rewrites the instruction around loc, which loads an address from the GOT, to compute it; the row that then applies
	 * at loc, or NULL: it needs a GOT entry, whose place the row of this type takes. May be NULL.
	 * before: bytes of the code that stand before loc. */
	const RelocRow *(*relaxgot)(uint8_t *loc, uint64_t before, uint32_t type);
	/* Linkers of others: a relocation of this number is ours alone, and stands for *hi at loc and *lo four bytes on, which names the place of the
	 * first. false: they know it. May be NULL: they know all. */
	bool (*relpair)(uint32_t type, const uint8_t *loc, uint32_t *hi, uint32_t *lo);
	/* parameters of the frame: what precedes the locals (saved frame pointer), see abi.md */
	int framefixed;
} Target;

extern const Target *const targets[];	/* NULL-terminated */
const Target *target_find(const char *goarch);	/* NULL if unknown */
const RelocRow *target_reloc(const Target *t, uint32_t type);	/* the row of an ELF number; NULL: not supported */
/* Whether selection knows op; *flag, if asked for: what must be tested at run time before it is used, or NULL. */
bool target_has(const Target *t, Op op, const char **flag);
const char *target_goarch(void);		/* what a tool works for: $GOARCH, by default the host's own */

/* ---- regalloc.c frame.c stackmap.c: shared by all CPUs ---- */
void ssa_regalloc(Func *f);		/* sets Value.reg, inserts spills, reloads and moves */
void ssa_frame(Func *f);		/* slot offsets, f->framesize, f->outargs */
/* Records the stack map of the call that ends at code offset pc; v is the call. Sets bits of live pointer slots. */
void stackmap_call(Func *f, Value *v, uint32_t pc);
void stackmap_deferpoint(Func *f, uint32_t pc);

/* ---- list.c: listings (-S) ---- */
void list_func(FILE *out, const Func *f);	/* after encoding */

#endif
