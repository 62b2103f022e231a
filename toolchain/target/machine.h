/*
 * machine.h - what the back ends share among themselves: machine operations and their operands, selection, encoding. Only target/ and the
 * folders of CPUs include it; for everybody else target.h is all there is.
 */
#ifndef SLIPWAY_MACHINE_H
#define SLIPWAY_MACHINE_H

#include "target/target.h"

/*
 * ---- operands ----
 *
 * A machine operation, a row of the CPU's insns.def, is a Value that holds
 *   arg     registers; those of a memory operand last: base, then index
 *   aux     displacement of the memory operand, or a constant
 *   size    packed: immediate, addressing mode, scale and extension of the index, widths in bytes, condition
 *   sym     AM_SYM;  slot  AM_SLOT, AM_SLOTX
 */
typedef enum {
	AM_NONE,
	AM_BASE,		/* base + aux */
	AM_INDEX,		/* base + extended index << scale + aux */
	AM_SYM,			/* sym + aux */
	AM_SLOT,		/* slot + aux */
	AM_SLOTX,		/* slot + extended index << scale + aux */
	AM_ARG,			/* outgoing argument area + aux */
} AddrMode;

enum { EXT_NONE, EXT_U32, EXT_S32 };	/* of an index of 32 bits */

#define OP_PACK(imm, am, scale, ext, w, w2, cc) \
	((int64_t)((uint64_t)(uint32_t)(imm) | (uint64_t)(am) << 32 | (uint64_t)(scale) << 36 | \
	    (uint64_t)(ext) << 39 | (uint64_t)(w) << 41 | (uint64_t)(w2) << 47 | (uint64_t)(cc) << 53))
/* Without a memory operand: width, two widths; immediate and width; condition and width; all of them. */
#define W(w) OP_PACK(0, 0, 0, 0, w, 0, 0)
#define WW(w, w2) OP_PACK(0, 0, 0, 0, w, w2, 0)
#define IW(imm, w) OP_PACK(imm, 0, 0, 0, w, 0, 0)
#define CW(cc, w) OP_PACK(0, 0, 0, 0, w, 0, cc)
#define ICW(imm, cc, w) OP_PACK(imm, 0, 0, 0, w, 0, cc)

/* clang-format off */
static inline int32_t op_imm(const Value *v) { return (int32_t)(uint32_t)v->size; }
static inline int op_am(const Value *v) { return (int)(v->size >> 32 & 15); }
static inline int op_scale(const Value *v) { return (int)(v->size >> 36 & 7); }
static inline int op_ext(const Value *v) { return (int)(v->size >> 39 & 3); }
static inline int op_w(const Value *v) { return (int)(v->size >> 41 & 31); }
static inline int op_w2(const Value *v) { return (int)(v->size >> 47 & 31); }
static inline int op_cc(const Value *v) { return (int)(v->size >> 53 & 31); }
static inline int op_reg(const Value *v, int i) { return v->arg[i]->reg; }
/* clang-format on */
/* How many arguments belong to the memory operand. */
static inline int
op_nmem(const Value *v)
{
	static const int8_t n[] = { 0, 1, 2, 0, 0, 1, 0 };

	return n[op_am(v)];
}

/* A memory operand. Value.machine of an operation that moves from memory to memory: where from, its registers being the last arguments. */
typedef struct {
	int am, scale, ext;
	int nreg;
	Value *reg[2];
	int64_t disp;
	ObjSym *sym;
	Slot *slot;
} Mem;

/* ---- select.c: what instruction selection of all CPUs does alike; use counts are kept ---- */

static inline bool
fits32(int64_t i)
{
	return i == (int32_t)i;
}
static inline int
value_size(const Value *v)
{
	return vtype_size((VType)v->type);
}
/* Registers are at least 32 bits wide: narrow arithmetic is done on 32. */
static inline int
value_width(const Value *v)
{
	int n = value_size(v);

	return n < 4 ? 4 : n;
}
static inline void
value_swap(Value **x, Value **y)
{
	Value *t = *x;

	*x = *y;
	*y = t;
}

/* What the memory operands of a CPU can be. */
typedef struct {
	int32_t maxdisp;		/* displacements from -maxdisp-1 on */
	int32_t neardisp;		/* those beyond cost instructions, and are for addresses that are used once */
	int maxscale;			/* an index is shifted by up to this; -1: there is no index */
	bool indexdisp;			/* a constant that is added to an index joins the displacement */
	bool indexext;			/* an index may be 32 bits extended */
} AddrRules;

/* Which operation a generic one becomes, with the same arguments; SELECT_ says what width it has. op 0: none, Selector.value does it. */
typedef enum { SELECT_NONE, SELECT_8, SELECT_SIZE, SELECT_WIDTH, SELECT_ARGSIZE } SelectWidth;
typedef struct {
	uint16_t op;
	uint8_t width;
} SelectRow;

/* A CPU's part in selection. ctx is the argument of select_blocks. */
typedef struct {
	const AddrRules *addr;
	SelectRow row[OP_GENERIC_END];
	uint16_t lea;			/* the address of a symbol or slot */
	uint16_t zeros, zeroloop;	/* clears memory: unrolled, in a loop that changes its arguments */
	uint16_t moves, moveloop;
	bool zerosindex;		/* zeros takes an index */
	/* Is a ZERO or MOVE unrolled? *w: the width it works with. */
	bool (*unrolled)(const Value *v, int *w);
	/* Rewrites v, or removes it. What it puts before v is selected next. */
	void (*value)(void *ctx, Value *v);
	/* fl, the last value of its block, becomes the machine operation of a branch that is taken if c; the condition, for Block.aux. */
	int (*branch)(void *ctx, Value *fl, Value *c);
} Selector;

Value *select_strip(Value *v);		/* low bits are where they were: truncation and pointer to integer cost nothing */
bool select_isconst(const Value *v, int64_t *i);	/* sign-extended from its width */
uint64_t select_unsigned(const Value *v, int64_t c);	/* c as an unsigned number of v's width */
bool select_isbounded(const Value *v,
    Value **count); /* shifts: is the count below the width? A mask that says no more is left out */
bool select_iscompare(const Value *v);
bool select_isnear(const Value *v, const Block *b);	/* used once, or in b: may be taken in there */
bool select_canfold(const Value *v, const Value *at);	/* no effect, nor another user, stands between v and `at` */
void select_setargs(Func *f, Value *v, Value **arg, int n);	/* stripped */
/* v becomes op with these arguments, a NULL ending the list; those of the memory operand follow. packed: Value.size without it. */
void select_op(Func *f, Value *v, int op, Value *a0, Value *a1, Value *a2, int64_t packed);
void select_memop(Func *f, Value *v, int op, Value *a0, Value *a1, const Mem *m, int64_t packed);
/* The operand at p + off of an access in b; whole: p itself is taken apart even if others need it. */
Mem select_mem(const AddrRules *r, Value *p, int64_t off, const Block *b, bool whole);
void select_index(const AddrRules *r, Mem *m, Value *x, const Block *b);	/* m gets the index x, or what is x scaled */
Value *select_before(Func *f, Value *at, Op op, VType t, Value *arg);	/* arg may be NULL */
Value *select_const(Func *f, Value *at, VType t, int64_t i);
Value *select_address(Func *f, Value *at, Value *p, int64_t off);	/* p + off, made before at */
Value *select_extend32(Func *f, Value *at, Value *x,
    bool sign); /* the value of at least 32 bits that x stands for, made before at */
void select_unsupported(const Func *f, const Value *v);	/* a bug */
/* Drops nil checks that an access soon after does as well: that one gets Value.mark and must be kept. span: bytes
 * from its start within which an access of any size touches memory first. */
void select_nilchecks(Func *f, int span);
/* Selects the n blocks of ssa_rpo, users before what they use, so that an operation can take its operands in. */
void select_blocks(Func *f, Block **rpo, int n, const Selector *s, void *ctx);

/*
 * ---- emit.c: encoders ----
 *
 * A function is its prologue, blocks, the slow paths of checks, the growing of the stack, constants, jump tables. Code is first made in a raw
 * buffer, in which each jump takes EmitCpu.jumpunit bytes.
 */
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
	const char *fn;			/* of package runtime; NULL: of a bounds check */
} EmitTail;
typedef struct {
	Block *b;
	int32_t label;
} EmitTable;
typedef struct {
	int64_t bits;
	int32_t label;
} EmitConst;

/* A CPU's part. Widths are in bytes; a register tells whether it is a float. */
typedef struct {
	int jumpunit;			/* bytes a jump takes in Emit.b */
	uint8_t filler;			/* between code and jump tables */
	uint32_t always;		/* EmitJump.how of a jump without condition */
	/* bytes the jump needs if its target is d bytes from its start; with d = 0 the least of all */
	int (*jumpsize)(const EmitJump *j, int64_t d);
	void (*putjump)(Buf *out, const EmitJump *j, int64_t d);	/* j->size bytes */
	void (*fix)(uint8_t *at, int64_t d);	/* puts a distance into an instruction */
	void (*nop)(Emit *e);
	void (*trap)(Emit *e);			/* the end of a block that does not return */
	void (*pad)(Emit *e);			/* behind a call at the end: its return address must not lie behind the function */

	void (*checkstack)(Emit *e, int more);	/* jumps to label `more` if the frame has no room */
	void (*enter)(Emit *e);			/* makes the frame of e->frame bytes */
	void (*leave)(Emit *e);			/* and removes it */
	void (*clear)(Emit *e, int64_t off,
	    int64_t n); /* n bytes at SP + off, in the prologue: parameters stay in their registers */
	void (*param)(Emit *e, int reg, int64_t off, int w,
	    bool isstore); /* a parameter to or from its place at SP + off */
	void (*morestack)(Emit *e, ObjSym *fn);	/* calls it; parameters are in their places */

	void (*copy)(Emit *e, int dst, int src);
	void (*floatconst)(Emit *e, int dst, int64_t bits, int w);
	void (*spill)(Emit *e, const Value *v, int reg, bool isstore);	/* to or from v->spill */
	void (*call)(Emit *e, ObjSym *fn);
	void (*callclosure)(Emit *e);		/* the code pointer lies where the context register points to */
	void (*callptr)(Emit *e, int reg);
	void (*tailcall)(Emit *e, ObjSym *fn);
	void (*ret)(Emit *e);
	void (*insn)(Emit *e, Value *v);	/* a machine operation */
	/* To label `yes` on condition cc of b, else to `no`; `after` is the label of what follows. */
	void (*branch)(Emit *e, const Block *b, int cc, int yes, int no, int after);
	void (*jumptable)(Emit *e, Block *b);
	/* Calls fn, which does not return, also where there is no frame; bounds: with the index and length of that operation, or NULL */
	void (*fail)(Emit *e, ObjSym *fn, const Value *bounds);
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
	Vec(EmitConst) consts;
	uint32_t *label;		/* raw offsets: of blocks by id, then others; the encoder sets them */
	int nlabel, caplabel;
	int32_t *target;		/* of blocks: after empty ones; a block that is not its own target has no code */
	int file, line, inl;		/* of the place code is made for now */
	int rowfile, rowline, rowinl;
	uint32_t rowpc;			/* raw; from here on that place has not changed */
	Pos pos;
	bool *marked;			/* inltree entries whose call site has an instruction */
	const char *lastfile;
	int frame;			/* bytes; 0: there is none */
	bool nopreempt;			/* of the operation at hand */
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
static inline void
emit_word(Emit *e, uint32_t w)		/* little-endian */
{
	for (int i = 0; i < 4; i++)
		emit_byte(e, w >> 8 * i & 255);
}

void emit_func(Func *f, const EmitCpu *cpu);	/* fills f->sym */
int emit_label(Emit *e);		/* a new one */
void emit_jump(Emit *e, uint32_t how, int label);
void emit_goto(Emit *e, int label, int after);	/* a jump, unless the label is the one of what follows */
void emit_reloc(Emit *e, RelocKind kind, ObjSym *sym, int64_t add);	/* for the bytes that follow */
void emit_fix(Emit *e, int label, uint32_t base, int size);		/* the same */
void emit_failif(Emit *e, uint32_t how, Value *v,
    const char *fn); /* a jump to the slow path of check v, see EmitTail */
int emit_const(Emit *e, int64_t bits);	/* label of 8 bytes, behind the code */
int emit_table(Emit *e,
    Block *b); /* label of the jump table of a BK_SWITCH: 8 bytes per target, its distance from the entry itself */
void emit_unsafe(Emit *e, bool on);	/* from here on: no asynchronous stops */
void emit_sp(Emit *e, int sp);		/* from here on SP is that much lower than at entry */

/* ---- reloc.c: relocations of data (RelocRow.apply), and what those of instructions are made of ---- */

uint64_t reloc_get(const uint8_t *p, int n);	/* n bytes */
void reloc_put(uint8_t *p, uint64_t v, int n);
bool reloc_fits(int64_t v, int bits);
bool reloc_abs64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p);
bool reloc_abs32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p);	/* signed or unsigned */
bool reloc_abs16(uint8_t *loc, uint64_t s, int64_t a, uint64_t p);
bool reloc_pc64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p);
bool reloc_pc32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p);
bool reloc_pc16(uint8_t *loc, uint64_t s, int64_t a, uint64_t p);

#endif
