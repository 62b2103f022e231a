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
	const char *name;
	RegSet out;			/* registers the result may be in; 0: no result */
	RegSet in[4];			/* per argument; arguments beyond the fourth use in[3]; 0: not in a register (folded, memory) */
	RegSet clobber;			/* besides the result */
	bool tied;			/* result is in the register of arg 0 (two-address) */
	bool commutative;		/* arg 0 and 1 may swap to satisfy tied */
	bool
	    earlyout; /* result is written before all arguments are read: must differ from them (arg 0 if tied excepted) */
	bool effect, reads, call, remat, faults, flagsout, flagsin, clobberflags;
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

typedef struct {
	const char *name;		/* "R_X86_64_PC32" */
	uint32_t num;			/* ELF number */
	uint8_t size;			/* bytes patched */
	uint8_t pcrel;			/* PCREL_... */
	/* patches loc; s + a is the target, p the address of loc. false: out of range */
	bool (*apply)(uint8_t *loc, uint64_t s, int64_t a, uint64_t p);
} RelocRow;

/* An optional operation (flag O of ops.def) that the CPU has. */
typedef struct {
	uint16_t op;
	const char *flag;		/* uint8 of package runtime that says whether this machine really has it; NULL: all have */
} OptOp;

typedef enum { REL_DIRECT, REL_GOT, REL_TLSLE, REL_NONE, REL_UNKNOWN } RelClass;

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
	int nreloc;
	/* ABIInternal (abi-internal.md); empty lists: stack only */
	const uint8_t *intargs, *floatargs;
	int nintargs, nfloatargs;
	uint8_t sp, g, ctxt;		/* registers */
	int16_t zerofloat;		/* register always zero in Go code, or -1 */
	uint8_t dwarfra;		/* DWARF column of the return address */
	uint8_t intscratch, floatscratch; /* never allocated: for moves and spills of the resolver */
	/* which relocation kinds (obj.h OBJ_R_...) become which ELF numbers */
	uint32_t (*elfreloc)(int kind);
	void (*isel)(Func *f);		/* generic -> machine operations, flags and addressing modes included */
	void (*move)(struct Func *f, Value *at, int dst, int src,
	    VType t); /* used by the allocator's resolver if it must make code */
	void (*encode)(Func *f);	/* bytes, relocations, pc tables, stack maps into f->sym */
	/* -S: v, a machine operation, without the end of the line; the name of the branch on a condition (Block.aux) */
	void (*listinsn)(FILE *out, const Value *v);
	const char *(*listbranch)(int cc);
	/* linker: what a C compiler's relocation of this number asks for */
	RelClass (*relclass)(uint32_t type);
	/* Rewrites the instruction around loc, which loads an address from the GOT, to compute it; the row that then applies
	 * at loc, or NULL: it needs a GOT entry, whose place the row of this type (or else of OBJ_R_PCREL32) takes. May be NULL.
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
/* Whether selection knows op; *flag, if asked for: what must be tested at run time before it is used, or NULL. */
bool target_has(const Target *t, Op op, const char **flag);
const char *target_goarch(void);		/* what a tool works for: $GOARCH, by default the host's own */

/* ---- regalloc.c frame.c stackmap.c: shared by all CPUs ---- */
void ssa_regalloc(Func *f);		/* sets Value.reg, inserts spills, reloads and moves */
void ssa_frame(Func *f);		/* slot offsets, f->framesize, f->outargs */
/* Records the stack map of the call that ends at code offset pc; v is the call. Sets bits of live pointer slots. */
void stackmap_call(Func *f, Value *v, uint32_t pc);
void stackmap_deferpoint(Func *f, uint32_t pc);

/* ---- select.c: what instruction selection of all CPUs does alike; use counts are kept ---- */
Value *select_strip(Value *v);		/* low bits are where they were: truncation and pointer to integer cost nothing */
bool select_isconst(const Value *v, int64_t *i);	/* sign-extended from its width */
void select_setargs(Func *f, Value *v, Value **arg, int n);	/* stripped */
Value *select_before(Func *f, Value *at, Op op, VType t, Value *arg);	/* arg may be NULL */
Value *select_const(Func *f, Value *at, VType t, int64_t i);
Value *select_address(Func *f, Value *at, Value *p, int64_t off);	/* p + off, made before at */
void select_split(Func *f,
    Value *v); /* ZERO, MOVE of more than 1 GiB: all but the last ones are left to another value */
/* Drops nil checks that an access soon after does as well: that one gets Value.mark and must be kept. span: bytes
 * from its start within which an access of any size touches memory first. */
void select_nilchecks(Func *f, int span);
/* A CPU's part in select_blocks. */
typedef struct {
	/* Rewrites v, or removes it. What it puts before v is selected next. */
	void (*value)(void *ctx, Value *v);
	/* fl, the last value of its block, becomes the machine operation of a branch that is taken if c; the condition, for Block.aux. */
	int (*branch)(void *ctx, Value *fl, Value *c);
} Selector;
/* Selects the n blocks of ssa_rpo, users before what they use, so that an operation can take its operands in. */
void select_blocks(Func *f, Block **rpo, int n, const Selector *s, void *ctx);

/* ---- list.c: listings (-S) ---- */
void list_func(FILE *out, const Func *f);	/* after encoding */
const char *list_reg(const Target *t, int r);	/* "-" for -1 */
void list_args(FILE *out, const Target *t, const Value *v,
    int n); /* the result's register, if any, and those of the first n arguments */

/* ---- emit.c: an encoder's buffer, labels, jumps and tables ---- */

typedef struct Emit Emit;
typedef struct {
	uint32_t off;			/* raw: where the jump stands in Emit.b */
	int32_t label;
	uint32_t how;			/* the CPU's own: condition, register */
	uint8_t size;			/* bytes in the finished code */
} EmitJump;
typedef struct {
	uint32_t off;			/* raw */
	int32_t label;
	uint32_t base;			/* raw; what the distance is measured from */
	uint8_t size;			/* bytes; 0: EmitCpu.fix knows */
} EmitFix;
typedef struct {
	Value *v;
	int32_t label;
} EmitTail;
typedef struct {
	Block *b;
	int32_t label;
} EmitTable;

typedef struct {
	int jumpunit;			/* bytes a jump takes in Emit.b */
	uint8_t filler;			/* between code and jump tables */
	void (*nop)(Emit *e);
	/* bytes the jump needs if its target is d bytes from its start; with d = 0 the least of all */
	int (*jumpsize)(const EmitJump *j, int64_t d);
	void (*putjump)(Buf *out, const EmitJump *j, int64_t d);	/* j->size bytes */
	void (*fix)(uint8_t *at, int64_t d);	/* puts a distance into an instruction */
} EmitCpu;

struct Emit {
	Func *f;
	ObjFunc *fn;
	const EmitCpu *cpu;
	Buf b;				/* raw code */
	Vec(ObjReloc) relocs;
	Vec(EmitJump) jumps;
	Vec(EmitFix) fixes;
	Vec(EmitTail) tails;		/* slow paths, for the end of the function */
	Vec(EmitTable) tables;
	uint32_t *label;		/* raw offsets: of blocks by id, then others; the encoder sets them */
	int nlabel, caplabel;
	int32_t *target;		/* of blocks: after empty ones; a block that is not its own target has no code */
	int file, line, inl;		/* of the place code is made for now */
	int rowfile, rowline, rowinl;
	uint32_t rowpc;			/* raw; from here on that place has not changed */
	Pos pos;
	bool *marked;			/* inltree entries whose call site has an instruction */
	const char *lastfile;
	int frame;			/* the encoder's own: what prologue and epilogue agree on */
	bool hasframe;
};

static inline uint32_t
emit_here(const Emit *e)
{
	return (uint32_t)e->b.n;
}
static inline void
emit_byte(Emit *e, unsigned c)
{
	if (e->b.n == e->b.cap)
		buf_reserve(&e->b, 64);
	e->b.p[e->b.n++] = (uint8_t)c;
}

void emit_begin(Emit *e, Func *f, const EmitCpu *cpu);
int emit_label(Emit *e);		/* a new one */
void emit_jump(Emit *e, uint32_t how, int label);
void emit_reloc(Emit *e, RelocKind kind, ObjSym *sym, int64_t add);	/* for the bytes that follow */
void emit_fix(Emit *e, int label, uint32_t base, int size);		/* the same */
void emit_tail(Emit *e, Value *v, int label);
int emit_table(Emit *e,
    Block *b); /* label of the jump table of a BK_SWITCH: 8 bytes per target, its distance from the entry itself */
void emit_jumptables(Emit *e);		/* the tables, after all code */
ObjSym *emit_boundsfn(int64_t kind);	/* panicIndex and its sisters */
void emit_pos(Emit *e, Pos pos, int inl);	/* source position of what follows */
void emit_unsafe(Emit *e, bool on);	/* from here on: no asynchronous stops */
bool emit_value(Emit *e, const Value *v);	/* both for v; false: v makes no code */
void emit_sp(Emit *e, int sp);		/* from here on SP is that much lower than at entry */
void emit_zeroed(Emit *e, int64_t *lo,
    int64_t *hi); /* bytes from SP that the prologue must clear, whole words; none: *lo >= *hi */
bool emit_zeroedresult(const Emit *e, const Slot *s);	/* a result on the stack that must be cleared too */
void emit_growmap(Emit *e);		/* stack map of the call of morestack that ends here */
Block *emit_nextblock(const Emit *e, const Block *b);	/* the block whose code follows; NULL: none */
void emit_finish(Emit *e);		/* fills f->sym */

#endif
