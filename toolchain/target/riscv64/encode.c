/*
 * encode.c - machine operations to bytes, relocations and pc tables of f->sym.
 *
 * needs   registers, frame
 *
 * All instructions have four bytes. X30 and F31 are free inside every
 * operation but moves, spills and reloads, where the resolver may keep
 * something in them; X31 is free everywhere, but a goroutine that was stopped
 * asynchronously comes back without it: code that keeps something in it (or
 * holds a reservation) is marked.
 *
 * Sources: The RISC-V Instruction Set Manual, Volume I; RISC-V ELF psABI.
 */
#include "target/riscv64/riscv64.h"

typedef struct {
	int64_t bits;
	int32_t label;
} Const;

typedef struct {
	Emit e;			/* first: the functions of emit.c take it */
	Func *f;
	Vec(Const) consts;	/* of 64 bits, behind the code */
	bool nopreempt;		/* of the operation at hand */
} Enc;

typedef struct {
	int reg;
	int64_t disp;
} Opd;

/* Instructions without operands; those of insns.def are not repeated here but for what many forms need. */
/* clang-format off */
enum {
	ADD = 0x33, SUB = 0x40000033, XOR = 0x4033, OR = 0x6033, AND = 0x7033, SLL = 0x1033, SRL = 0x5033, SLTU = 0x3033,
	ADDI = 0x13, ADDIW = 0x1b, SLLI = 0x1013, SRLI = 0x5013, SRAI = 0x40005013, XORI = 0x4013, ANDI = 0x7013, SLTIU = 0x3013,
	LUI = 0x37, AUIPC = 0x17, JAL = 0x6f, JALR = 0x67, BRANCH = 0x63,
	LB = 0x3, LD = 0x3003, LBU = 0x4003, SB = 0x23, SD = 0x3023, FLD = 0x3007, FSD = 0x3027,
	FENCE_RW_RW = 0x0330000f, FENCE_R_RW = 0x0230000f, FENCE_RW_W = 0x0310000f, EBREAK = 0x00100073,
	FSGNJ_D = 0x22000053, FADD_D = 0x02007053, FSUB_D = 0x0a007053, FLT_D = 0xa2001053, FEQ_D = 0xa2002053,
	FMV_D_X = (int)0xf2000053, FMV_X_D = (int)0xe2000053, FMV_W_X = (int)0xf0000053,
	LR = 0x1000202f, SC = 0x1800202f, AQ = 1 << 26, RL = 1 << 25,
	DOUBLE = 1 << 25,	/* of float instructions */
	OP32 = 8,		/* of integer ones */
};
/* clang-format on */

enum { BEQ, BNE, BLT = 4, BGE, BLTU, BGEU };

#define X30 R_X30
#define X31 R_X31
#define SP R_X2
#define RA R_X1

/* ---- instructions ---- */

static inline uint32_t
num(int r)
{
	return (uint32_t)r & 31;	/* X and F registers alike */
}

static void
word(Enc *e, uint32_t w)
{
	for (int i = 0; i < 4; i++)
		emit_byte(&e->e, w >> 8 * i & 255);
}

static void
rrr(Enc *e, uint32_t enc, int d, int s1, int s2)
{
	word(e, enc | num(d) << 7 | num(s1) << 15 | num(s2) << 20);
}

static uint32_t
itype(uint32_t enc, int d, int s1, int64_t imm)
{
	if (!fits12(imm))
		bug("riscv64 encode: immediate %lld", (long long)imm);
	return enc | num(d) << 7 | num(s1) << 15 | ((uint32_t)imm & 0xfff) << 20;
}

static void
rri(Enc *e, uint32_t enc, int d, int s1, int64_t imm)
{
	word(e, itype(enc, d, s1, imm));
}

static void
stype(Enc *e, uint32_t enc, int src, int base, int64_t imm)
{
	uint32_t u = (uint32_t)imm;

	if (!fits12(imm))
		bug("riscv64 encode: displacement %lld", (long long)imm);
	word(e, enc | num(src) << 20 | num(base) << 15 | (u & 31) << 7 | (u >> 5 & 127) << 25);
}

static void
utype(Enc *e, uint32_t enc, int d, uint32_t hi20)
{
	word(e, enc | num(d) << 7 | (hi20 & 0xfffff) << 12);
}

static uint32_t
btype(int funct3, int s1, int s2, int64_t d)
{
	uint32_t u = (uint32_t)d;

	return BRANCH | (uint32_t)funct3 << 12 | num(s1) << 15 | num(s2) << 20 | (u >> 11 & 1) << 7 |
	    (u >> 1 & 15) << 8 | (u >> 5 & 63) << 25 | (u >> 12 & 1) << 31;
}

static uint32_t
jtype(int d, int64_t dist)
{
	uint32_t u = (uint32_t)dist;

	return JAL | num(d) << 7 | (u >> 12 & 255) << 12 | (u >> 11 & 1) << 20 | (u >> 1 & 1023) << 21 |
	    (u >> 20 & 1) << 31;
}

/* A branch over code of this function's own making; returns where it stands. */
static uint32_t
skip(Enc *e, int funct3, int s1, int s2)
{
	word(e, btype(funct3, s1, s2, 0));
	return emit_here(&e->e) - 4;
}

static void
patch(Enc *e, uint32_t at, uint32_t bits)
{
	for (int i = 0; i < 4; i++)
		e->e.b.p[at + i] |= (uint8_t)(bits >> 8 * i);
}

static void
land(Enc *e, uint32_t from)
{
	patch(e, from, btype(0, 0, 0, emit_here(&e->e) - from));
}

static void
back(Enc *e, int funct3, int s1, int s2, uint32_t to)
{
	word(e, btype(funct3, s1, s2, (int64_t)to - emit_here(&e->e)));
}

static uint32_t
skipalways(Enc *e)
{
	word(e, jtype(0, 0));
	return emit_here(&e->e) - 4;
}

static void
landalways(Enc *e, uint32_t from)
{
	patch(e, from, jtype(0, emit_here(&e->e) - from));
}

static void
mov(Enc *e, int d, int s)
{
	if (d != s)
		rri(e, ADDI, d, s, 0);
}

static void
lostx31(Enc *e, bool inuse)
{
	emit_unsafe(&e->e, inuse || e->nopreempt);
}

/* ---- constants and addresses ---- */

static int64_t
sext(int64_t i, int bits)
{
	return (int64_t)((uint64_t)i << (64 - bits)) >> (64 - bits);
}

static bool
fits32(int64_t i)
{
	return i == (int32_t)i;
}

/* Loads of a constant that is no 32-bit one: a smaller one, shifted, plus 12 bits. */
static int
constlen(int64_t i)
{
	int64_t lo = sext(i, 12), hi;

	if (fits12(i))
		return 1;
	if (fits32(i))
		return 1 + (lo != 0);
	hi = (int64_t)((uint64_t)i - (uint64_t)lo) >> 12;
	return constlen(hi >> __builtin_ctzll((uint64_t)hi)) + 1 + (lo != 0);
}

static void
build(Enc *e, int d, int64_t i)
{
	int64_t lo = sext(i, 12), hi;
	int n;

	if (fits12(i)) {
		rri(e, ADDI, d, R_X0, i);
		return;
	}
	if (fits32(i)) {
		utype(e, LUI, d, (uint32_t)(((uint64_t)i + 0x800) >> 12));
		if (lo != 0)
			rri(e, ADDIW, d, d, lo);
		return;
	}
	hi = (int64_t)((uint64_t)i - (uint64_t)lo) >> 12;
	n = __builtin_ctzll((uint64_t)hi);
	build(e, d, hi >> n);
	rri(e, SLLI, d, d, n + 12);
	if (lo != 0)
		rri(e, ADDI, d, d, lo);
}

static int
constlabel(Enc *e, int64_t bits)
{
	int label;

	for (int i = 0; i < e->consts.n && i < 100; i++)
		if (e->consts.at[i].bits == bits)
			return e->consts.at[i].label;
	label = emit_label(&e->e);
	vec_push(e->f->a, &e->consts, ((Const){ bits, label }));
	return label;
}

/* AUIPC of a place of this function, and the instruction that adds the rest. */
static void
pcrel(Enc *e, int label, int temp, uint32_t insn, int d)
{
	emit_fix(&e->e, label, emit_here(&e->e), 0);
	utype(e, AUIPC, temp, 0);
	rri(e, insn, d, temp, 0);
}

static void
movimm(Enc *e, int d, int64_t i)
{
	if (constlen(i) > 4)
		pcrel(e, constlabel(e, i), d, LD, d);
	else
		build(e, d, i);
}

static void
floatconst(Enc *e, int d, int64_t bits, int w)
{
	int r = R_X0;

	if (w == 4)
		bits = (int32_t)bits;
	if (bits != 0 && constlen(bits) > 3) {
		pcrel(e, constlabel(e, bits), X30, FLD, d);
		return;
	}
	if (bits != 0)
		build(e, r = X30, bits);
	rrr(e, w == 4 ? (uint32_t)FMV_W_X : (uint32_t)FMV_D_X, d, r, 0);
}

/* d = base + i; d is not base unless i fits an immediate. */
static void
addimm(Enc *e, int d, int base, int64_t i)
{
	if (fits12(i)) {
		if (i != 0 || d != base)
			rri(e, ADDI, d, base, i);
		return;
	}
	if (i >= -4096 && i <= 4094) {
		rri(e, ADDI, d, base, i / 2);
		rri(e, ADDI, d, d, i - i / 2);
		return;
	}
	build(e, d, i);
	rrr(e, ADD, d, d, base);
}

/* Makes bytes [disp, disp + span) reachable by 12-bit displacements. */
static Opd
reach(Enc *e, Opd o, int64_t span, int temp)
{
	int64_t hi;

	if (fits12(o.disp) && fits12(o.disp + span - 1))
		return o;
	hi = (o.disp + 0x800) >> 12;
	if (span > 1 || !fits32(o.disp)) {
		addimm(e, temp, o.reg, o.disp);
		return (Opd){ temp, 0 };
	}
	utype(e, LUI, temp, (uint32_t)hi);
	rrr(e, ADD, temp, temp, o.reg);
	return (Opd){ temp, o.disp - hi * 4096 };
}

static Opd
operand(int am, int reg, int64_t disp, const Slot *slot)
{
	switch (am) {
	case AM_BASE:
		return (Opd){ reg, disp };
	case AM_SLOT:
		return (Opd){ SP, disp + slot->off };
	case AM_ARG:
		return (Opd){ SP, disp + 8 };
	default:
		bug("riscv64 encode: %d is no addressing mode", am);
	}
}

static inline int
argreg(const Value *v, int i)
{
	return v->arg[i]->reg;
}

/* AUIPC of sym + add: the linker patches it and the instruction after it. */
static void
symhigh(Enc *e, int temp, ObjSym *sym, int64_t add)
{
	emit_reloc(&e->e, OBJ_R_PCREL32, sym, add);
	utype(e, AUIPC, temp, 0);
}

/* The address of a whole memory operand, for accesses to `span` bytes. */
static Opd
wholemem(Enc *e, int am, int reg, int64_t disp, ObjSym *sym, const Slot *slot, int64_t span, int temp)
{
	if (am == AM_SYM) {
		symhigh(e, temp, sym, disp);
		rri(e, ADDI, temp, temp, 0);
		return (Opd){ temp, 0 };
	}
	return reach(e, operand(am, reg, disp, slot), span, temp);
}

/* A load or store of reg; the operand's register is argument i. An integer load makes its address in its own register if it can. */
static void
access(Enc *e, const Value *v, int i, uint32_t enc, int reg, bool isstore)
{
	int temp = isstore || reg >= R_F0 || (op_am(v) == AM_BASE && reg == argreg(v, i)) ? X30 : reg;
	Opd o;

	if (op_am(v) == AM_SYM) {
		symhigh(e, temp, v->sym, v->aux);
		o = (Opd){ temp, 0 };
	} else {
		o = reach(e, operand(op_am(v), op_am(v) == AM_BASE ? argreg(v, i) : 0, v->aux, v->slot), 1, temp);
	}
	if (isstore)
		stype(e, enc, reg, o.reg, o.disp);
	else
		rri(e, enc, reg, o.reg, o.disp);
}

static void
lea(Enc *e, const Value *v)
{
	if (op_am(v) == AM_SYM) {
		symhigh(e, v->reg, v->sym, v->aux);
		rri(e, ADDI, v->reg, v->reg, 0);
	} else {
		Opd o = operand(op_am(v), op_am(v) == AM_BASE ? argreg(v, 0) : 0, v->aux, v->slot);

		addimm(e, v->reg, o.reg, o.disp);
	}
}

/* funct3 of a load or store of w bytes. */
static uint32_t
sized(int w)
{
	return (w == 8 ? 3u : w == 4 ? 2u : w == 2 ? 1u : 0) << 12;
}

static void
call(Enc *e, ObjSym *to, int link)
{
	emit_reloc(&e->e, OBJ_R_CALL, to, 0);
	utype(e, AUIPC, link, 0);
	rri(e, JALR, link, link, 0);
}

/* ---- operations ---- */

static void
copy(Enc *e, int d, int s)
{
	if (d == s)
		return;
	if (d >= R_F0 && s >= R_F0)
		rrr(e, FSGNJ_D, d, s, s);
	else if (d < R_F0 && s < R_F0)
		mov(e, d, s);
	else
		rrr(e, d >= R_F0 ? (uint32_t)FMV_D_X : (uint32_t)FMV_X_D, d, s, 0);
}

/* Between a register and its slot: X30 and F31 may be in use. */
static void
spill(Enc *e, const Value *v, int reg, bool isstore)
{
	int w = vtype_size((VType)v->type);
	bool isfloat = reg >= R_F0, far = !fits12(v->spill->off);
	Opd o = { SP, v->spill->off };

	if (far && isstore)
		lostx31(e, true);
	if (far)
		o = reach(e, o, 1, isstore || isfloat ? X31 : reg);
	if (far && !isstore && isfloat)
		lostx31(e, true);
	if (isstore)
		stype(e, (isfloat ? 0x27 : 0x23) | sized(isfloat ? w : 8), reg, o.reg, o.disp);
	else
		rri(e, (isfloat ? 0x07 : 0x03) | sized(isfloat ? w : 8), reg, o.reg, o.disp);
	lostx31(e, false);
}

static void
zeros(Enc *e, Opd o, int64_t n, int align)
{
	for (int64_t at = 0; at < n;) {
		int w = align;

		while (w > n - at)
			w /= 2;
		stype(e, 0x23 | sized(w), R_X0, o.reg, o.disp + at);
		at += w;
	}
}

/* n bytes through X5. */
static void
moves(Enc *e, Opd d, Opd s, int64_t n, int align)
{
	for (int64_t at = 0; at < n;) {
		int w = align;

		while (w > n - at)
			w /= 2;
		rri(e, 0x03 | sized(w), R_X5, s.reg, s.disp + at);
		stype(e, 0x23 | sized(w), R_X5, d.reg, d.disp + at);
		at += w;
	}
}

static void
movesmall(Enc *e, const Value *v)
{
	const MoveSource *m = v->machine;
	int64_t n = op_imm(v);
	int nd = op_nmem(v);
	Opd d, s;

	lostx31(e, true);
	d = wholemem(e, op_am(v), nd > 0 ? argreg(v, 0) : 0, v->aux, v->sym, v->slot, n, X31);
	if (d.reg != X31)
		lostx31(e, false);
	s = wholemem(e, m->am, m->am == AM_BASE ? argreg(v, nd) : 0, m->disp, m->sym, m->slot, n, X30);
	moves(e, d, s, n, op_w(v));
	lostx31(e, false);
}

enum { CHUNK = 32 };	/* bytes of one turn */

/* Whole words from X7 to X6, X28 is the end; then the rest. */
static void
movelarge(Enc *e, const Value *v)
{
	int64_t n = op_imm(v), chunks = n / CHUNK * CHUNK;
	uint32_t loop, bytes = 0, done = 0;

	if (op_w(v) < 8) {
		rrr(e, OR, X30, R_X6, R_X7);
		rri(e, ANDI, X30, X30, 7);
		bytes = skip(e, BNE, X30, R_X0);
	}
	if (chunks > 0) {
		addimm(e, R_X28, R_X6, chunks);
		loop = emit_here(&e->e);
		moves(e, (Opd){ R_X6, 0 }, (Opd){ R_X7, 0 }, CHUNK, 8);
		rri(e, ADDI, R_X6, R_X6, CHUNK);
		rri(e, ADDI, R_X7, R_X7, CHUNK);
		back(e, BLTU, R_X6, R_X28, loop);
	}
	moves(e, (Opd){ R_X6, 0 }, (Opd){ R_X7, 0 }, n - chunks, 8);
	if (op_w(v) < 8) {
		done = skipalways(e);
		land(e, bytes);
		addimm(e, R_X28, R_X6, n);
		loop = emit_here(&e->e);
		moves(e, (Opd){ R_X6, 0 }, (Opd){ R_X7, 0 }, 1, 1);
		rri(e, ADDI, R_X6, R_X6, 1);
		rri(e, ADDI, R_X7, R_X7, 1);
		back(e, BLTU, R_X6, R_X28, loop);
		landalways(e, done);
	}
}

/* From X5 on; X6 is the end. */
static void
zerolarge(Enc *e, int64_t n, int align)
{
	int64_t chunks = n / CHUNK * CHUNK;
	uint32_t loop, bytes = 0, done = 0;

	if (align < 8) {
		rri(e, ANDI, X30, R_X5, 7);
		bytes = skip(e, BNE, X30, R_X0);
	}
	if (chunks > 0) {
		addimm(e, R_X6, R_X5, chunks);
		loop = emit_here(&e->e);
		zeros(e, (Opd){ R_X5, 0 }, CHUNK, 8);
		rri(e, ADDI, R_X5, R_X5, CHUNK);
		back(e, BLTU, R_X5, R_X6, loop);
	}
	zeros(e, (Opd){ R_X5, 0 }, n - chunks, 8);
	if (align < 8) {
		done = skipalways(e);
		land(e, bytes);
		addimm(e, R_X6, R_X5, n);
		loop = emit_here(&e->e);
		zeros(e, (Opd){ R_X5, 0 }, 1, 1);
		rri(e, ADDI, R_X5, R_X5, 1);
		back(e, BLTU, R_X5, R_X6, loop);
		landalways(e, done);
	}
}

/* Integer rows: width 4 is OP-32. */
static uint32_t
wide(uint32_t enc, int w)
{
	return w == 4 ? enc | OP32 : enc;
}

/* Float rows: width 4 is single. */
static uint32_t
prec(uint32_t enc, int w)
{
	return w == 4 ? enc & ~(uint32_t)DOUBLE : enc;
}

static void
shiftany(Enc *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), y = argreg(v, 1);

	rri(e, SLTIU, X30, y, 8 * w);
	rrr(e, SUB, X30, R_X0, X30);
	rrr(e, wide(enc, w), v->reg, argreg(v, 0), y);
	rrr(e, AND, v->reg, v->reg, X30);
}

static void
shiftsigned(Enc *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), y = argreg(v, 1);

	rri(e, SLTIU, X30, y, 8 * w);
	rri(e, ADDI, X30, X30, -1);
	rrr(e, OR, X30, X30, y);
	rrr(e, wide(enc, w), v->reg, argreg(v, 0), X30);
}

static void
rotate(Enc *e, const Value *v)
{
	int w = op_w(v), x = argreg(v, 0), d = v->reg;

	if (v->op == M_ROLI) {
		rri(e, wide(SLLI, w), X30, x, op_imm(v));
		rri(e, wide(SRLI, w), d, x, 8 * w - op_imm(v));
	} else {
		int y = argreg(v, 1);

		rrr(e, SUB, X30, R_X0, y);
		rrr(e, wide(SRL, w), X30, x, X30);
		rrr(e, wide(SLL, w), d, x, y);
	}
	rrr(e, OR, d, d, X30);
}

static void
extend(Enc *e, int d, int x, int w, bool sign)
{
	if (w == 4 && sign) {
		rri(e, ADDIW, d, x, 0);
	} else if (w == 1 && !sign) {
		rri(e, ANDI, d, x, 255);
	} else {
		rri(e, SLLI, d, x, 64 - 8 * w);
		rri(e, sign ? (uint32_t)SRAI : (uint32_t)SRLI, d, d, 64 - 8 * w);
	}
}

/* The condition of a branch or selection as funct3 and two registers; a float comparison is done into X30. first: its first argument. */
static int
condition(Enc *e, const Value *v, int cc, int first, int *s1, int *s2)
{
	int x = argreg(v, first);

	if (cc >= CC_FEQ && cc < CC_SWAP) {
		uint32_t op = cc < CC_FLT ? 0xa2002053u : cc < CC_FLE ? 0xa2001053u : 0xa2000053u;

		rrr(e, prec(op, op_w(v)), X30, x, argreg(v, first + 1));
		*s1 = X30;
		*s2 = R_X0;
		return cc & 1 ? BEQ : BNE;
	}
	*s1 = x;
	*s2 = v->narg > first + 1 ? argreg(v, first + 1) : R_X0;
	if (cc & CC_SWAP) {
		*s2 = x;
		*s1 = R_X0;
	}
	return cc & 7;
}

static void
selectop(Enc *e, const Value *v)
{
	int s1, s2, f3 = condition(e, v, op_cc(v), 2, &s1, &s2);
	uint32_t over = skip(e, f3 ^ 1, s1, s2);

	copy(e, v->reg, argreg(v, 1));
	land(e, over);
}

/* Go's: a NaN wins. */
static void
minmax(Enc *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), x = argreg(v, 0), y = argreg(v, 1);
	uint32_t nan1, nan2, done;

	rrr(e, prec(FEQ_D, w), X30, x, x);
	nan1 = skip(e, BEQ, X30, R_X0);
	rrr(e, prec(FEQ_D, w), X30, y, y);
	nan2 = skip(e, BEQ, X30, R_X0);
	rrr(e, prec(enc, w), v->reg, x, y);
	done = skipalways(e);
	land(e, nan1);
	land(e, nan2);
	rrr(e, prec(FADD_D, w), v->reg, x, y);
	landalways(e, done);
}

/* rs2 of the conversions says which integer: 0 32 bits, 2 64, 1 more if unsigned (in the row). */
static void
inttofloat(Enc *e, const Value *v, uint32_t enc)
{
	int w = op_w(v);
	bool exact = op_w2(v) == 4 && w == 8;

	word(e,
	    prec(enc, w) | (op_w2(v) == 8 ? 2u << 20 : 0) | (exact ? 0 : 7u << 12) | num(v->reg) << 7 |
		num(argreg(v, 0)) << 15);
}

/* Numbers from 2^63 on are converted less 2^63; what is no uint64 gives what gc's code gives. */
static void
floattounsigned(Enc *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), x = argreg(v, 0), d = v->reg;
	uint32_t big, done;

	if (w == 8) {
		build(e, X30, 0x43e0000000000000);
		rrr(e, (uint32_t)FMV_D_X, R_F31, X30, 0);
	} else {
		build(e, X30, 0x5f000000);
		rrr(e, (uint32_t)FMV_W_X, R_F31, X30, 0);
	}
	rrr(e, prec(FLT_D, w), X30, x, R_F31);
	big = skip(e, BEQ, X30, R_X0);
	word(e, prec(enc, w) | num(d) << 7 | num(x) << 15);
	done = skipalways(e);
	land(e, big);
	rrr(e, prec(FSUB_D, w), R_F31, x, R_F31);
	word(e, prec(enc, w) | num(d) << 7 | num(R_F31) << 15);
	build(e, X30, INT64_MIN);
	rrr(e, XOR, d, d, X30);
	landalways(e, done);
}

static void
jumpout(Enc *e, int funct3, int s1, int s2, Value *v)
{
	int l = emit_label(&e->e);

	emit_tail(&e->e, v, l);
	emit_jump(&e->e, btype(funct3, s1, s2, 0), l);
}

static void
bounds(Enc *e, Value *v)
{
	int index, len;

	if (v->op == M_BOUNDS) {
		index = argreg(v, 0);
		len = argreg(v, 1);
	} else {
		int c = R_X0;

		if (op_imm(v) != 0)
			movimm(e, c = X30, op_imm(v));
		index = v->op == M_BOUNDSI ? argreg(v, 0) : c;
		len = v->op == M_BOUNDSI ? c : argreg(v, 0);
	}
	if (op_cc(v) == CC_GEU)
		jumpout(e, BGEU, index, len, v);
	else
		jumpout(e, BLTU, len, index, v);
}

/* One byte of an aligned word. */
static void
atomicbyte(Enc *e, const Value *v, uint32_t enc)
{
	int x = argreg(v, 0), p = argreg(v, 1);

	lostx31(e, true);
	rri(e, ANDI, X31, p, 3);
	rri(e, SLLI, X31, X31, 3);
	rri(e, ANDI, X30, x, 255);
	if (v->op == M_AMOAND8)
		rri(e, XORI, X30, X30, 255);
	rrr(e, SLL, X30, X30, X31);
	if (v->op == M_AMOAND8)
		rri(e, XORI, X30, X30, -1);
	rri(e, ANDI, X31, p, -4);
	rrr(e, enc, R_X0, X31, X30);
	lostx31(e, false);
}

/* A reservation must not be carried to another thread. */
static void
compareandswap(Enc *e, const Value *v)
{
	uint32_t wide64 = op_w(v) == 8 ? 1u << 12 : 0, loop, differ, done;
	int p = argreg(v, 2);

	lostx31(e, true);
	loop = emit_here(&e->e);
	rrr(e, LR | AQ | RL | wide64, X30, p, 0);
	differ = skip(e, BNE, X30, argreg(v, 0));
	rrr(e, SC | RL | wide64, X30, p, argreg(v, 1));
	back(e, BNE, X30, R_X0, loop);
	rri(e, ADDI, v->reg, R_X0, 1);
	done = skipalways(e);
	land(e, differ);
	rri(e, ADDI, v->reg, R_X0, 0);
	landalways(e, done);
	lostx31(e, false);
}

static void
funcpc(Enc *e, const Value *v)
{
	if (v->op == M_CALLERSP)
		addimm(e, v->reg, SP, e->e.frame);
	else if (e->e.frame > 0)
		rri(e, LD, v->reg, SP, 0);
	else
		mov(e, v->reg, RA);
}

static void
insn(Enc *e, Value *v)
{
	const Insn *in = &riscv64_insns[v->op - OP_TARGET];
	uint32_t enc = in->enc;
	int w = op_w(v), d = v->reg, x = v->narg > 0 ? argreg(v, 0) : -1, y = v->narg > 1 ? argreg(v, 1) : -1;

	switch ((Form)in->encform) {
	case F_MOVC:
		movimm(e, d, v->aux);
		break;
	case F_FMOVC:
		floatconst(e, d, v->aux, w);
		break;
	case F_LEA:
		lea(e, v);
		break;
	case F_LOAD:
		access(e, v, 0, enc | sized(w), d, false);
		break;
	case F_FLOAD:
		access(e, v, 0, enc | sized(w), d, false);
		break;
	case F_STORE:
		access(e, v, 1, enc | sized(w), x, true);
		break;
	case F_STOREZ:
		access(e, v, 0, enc | sized(w), R_X0, true);
		break;
	case F_R:
		rrr(e, wide(enc, w), d, x, y);
		break;
	case F_I:
		rri(e, wide(enc, w), d, x, op_imm(v));
		break;
	case F_NEG:
		rrr(e, wide(enc, w), d, R_X0, x);
		break;
	case F_SHV:
		shiftany(e, v, enc);
		break;
	case F_SARV:
		shiftsigned(e, v, enc);
		break;
	case F_ROLI:
	case F_ROL:
		rotate(e, v);
		break;
	case F_ZX:
	case F_SX:
		extend(e, d, x, w, in->encform == F_SX);
		break;
	case F_BR:	/* made by the end of the block */
		break;
	case F_SEL:
		selectop(e, v);
		break;
	case F_FR:
		rrr(e, prec(enc, w), d, x, y);
		break;
	case F_FR1:
		rrr(e, prec(enc, w), d, x, 0);
		break;
	case F_FRR:
		rrr(e, prec(enc, w), d, x, x);
		break;
	case F_FR4:
		rrr(e, prec(enc, w) | num(argreg(v, 2)) << 27, d, x, y);
		break;
	case F_FMINMAX:
		minmax(e, v, enc);
		break;
	case F_S2F:
		inttofloat(e, v, enc);
		break;
	case F_F2S:
		word(e, prec(enc, w) | (op_w2(v) == 8 ? 2u << 20 : 0) | num(d) << 7 | num(x) << 15);
		break;
	case F_F2U:
		floattounsigned(e, v, enc);
		break;
	case F_F2F:	/* fcvt.d.s is exact, fcvt.s.d rounds */
		rrr(e, w == 4 ? 0x42000053u : 0x40107053u, d, x, 0);
		break;
	case F_ZEROS:
		zeros(e, wholemem(e, op_am(v), op_am(v) == AM_BASE ? x : 0, v->aux, v->sym, v->slot, op_imm(v), X30),
		    op_imm(v), w);
		break;
	case F_ZEROL:
		zerolarge(e, op_imm(v), w);
		break;
	case F_MOVES:
		movesmall(e, v);
		break;
	case F_MOVEL:
		movelarge(e, v);
		break;
	case F_NILCHK:
		rri(e, enc, R_X0, x, 0);
		break;
	case F_BOUNDS:
		bounds(e, v);
		break;
	case F_ZEROCHK:
		jumpout(e, BEQ, x, R_X0, v);
		break;
	case F_SHIFTCHK:
		jumpout(e, BLT, x, R_X0, v);
		break;
	case F_WB:	/* the return address of this function stays where it is */
		lostx31(e, true);
		call(e, ssa_rtsym("gcWriteBarrier"), X31);
		lostx31(e, false);
		break;
	case F_CALLERPC:
	case F_CALLERSP:
		funcpc(e, v);
		break;
	case F_ALOAD:
		word(e, FENCE_RW_RW);
		rri(e, 0x03 | sized(w) | (w < 4 ? 4u << 12 : 0), d, x, 0);
		word(e, FENCE_R_RW);
		break;
	case F_ASTORE:
		word(e, FENCE_RW_W);
		stype(e, 0x23 | sized(w), x, y, 0);
		word(e, FENCE_RW_RW);
		break;
	case F_AMO:
		rrr(e, enc | (w == 8 ? 1u << 12 : 0), d, y, x);
		break;
	case F_AMOADD:
		rrr(e, enc | (w == 8 ? 1u << 12 : 0), d, y, x);
		rrr(e, wide(ADD, w), d, d, x);
		break;
	case F_AMOZ:
		rrr(e, enc | (w == 8 ? 1u << 12 : 0), R_X0, y, x);
		break;
	case F_AMO8:
		atomicbyte(e, v, enc);
		break;
	case F_CAS:
		compareandswap(e, v);
		break;
	case F_PAUSE:
		word(e, enc);
		break;
	}
}

static void
epilogue(Enc *e)
{
	if (e->e.frame == 0)
		return;
	emit_unsafe(&e->e, true);
	rri(e, LD, RA, SP, 0);
	addimm(e, fits12(e->e.frame) ? SP : X31, SP, e->e.frame);
	mov(e, SP, fits12(e->e.frame) ? SP : X31);
	emit_sp(&e->e, 0);
}

/* Code after a return or tail call runs with the frame again. */
static void
afterepilogue(Enc *e)
{
	if (e->e.frame == 0)
		return;
	emit_sp(&e->e, e->e.frame);
	emit_unsafe(&e->e, false);
}

static void
value(Enc *e, Value *v)
{
	Func *f = e->f;

	if (!emit_value(&e->e, v))
		return;
	e->nopreempt = v->nopreempt;
	switch (v->op) {
	case OP_COPY:
		copy(e, v->reg, argreg(v, 0));
		break;
	case OP_SPILL:
		spill(e, v, argreg(v, 0), true);
		break;
	case OP_RELOAD:
		spill(e, v, v->reg, false);
		break;
	case OP_CALL:
		call(e, v->sym, RA);
		stackmap_call(f, v, emit_here(&e->e));
		break;
	case OP_CALLCLOSURE:
		rri(e, LD, X30, R_X26, 0);
		rri(e, JALR, RA, X30, 0);
		stackmap_call(f, v, emit_here(&e->e));
		break;
	case OP_CALLPTR:
		rri(e, JALR, RA, argreg(v, 0), 0);
		stackmap_call(f, v, emit_here(&e->e));
		break;
	case OP_TAILCALL:
		epilogue(e);
		emit_reloc(&e->e, OBJ_R_CALL, v->sym, 0);
		utype(e, AUIPC, X31, 0);
		rri(e, JALR, R_X0, X31, 0);
		afterepilogue(e);
		break;
	case OP_DEFERRETURN:
		e->e.fn->deferreturn = emit_here(&e->e);
		call(e, ssa_rtsym("deferreturn"), RA);
		stackmap_call(f, v, emit_here(&e->e));
		break;
	default:
		if (v->op < OP_TARGET)
			bug("riscv64 encode: %s", v->op < OP_GENERIC_END ? op_info[v->op].name : "?");
		insn(e, v);
	}
}

/* ---- ends of blocks ---- */

static void
jumpto(Enc *e, const Block *b, const Block *next)
{
	if (next == NULL || e->e.target[b->id] != e->e.target[next->id])
		emit_jump(&e->e, jtype(0, 0), e->e.target[b->id]);
}

static void
branch(Enc *e, Block *b, const Block *next)
{
	int yes = e->e.target[b->succ.at[0]->id], no = e->e.target[b->succ.at[1]->id],
	    after = next != NULL ? e->e.target[next->id] : -1;
	int s1, s2, f3, cc = (int)b->aux;

	if (yes == no) {
		jumpto(e, b->succ.at[0], next);
		return;
	}
	if (yes == after) {
		int t = yes;

		yes = no;
		no = t;
		cc ^= 1;
	}
	f3 = condition(e, b->ctl, cc, 0, &s1, &s2);
	emit_jump(&e->e, btype(f3, s1, s2, 0), yes);
	if (no != after)
		emit_jump(&e->e, jtype(0, 0), no);
}

static void
terminator(Enc *e, Block *b, const Block *next)
{
	switch (b->kind) {
	case BK_JUMP:
		jumpto(e, b->succ.at[0], next);
		break;
	case BK_TARGET:
		branch(e, b, next);
		break;
	case BK_SWITCH: {
		/* the entry at X31 holds its own distance to the code */
		int label = emit_table(&e->e, b);

		lostx31(e, true);
		pcrel(e, label, X31, ADDI, X31);
		rri(e, SLLI, X30, b->ctl->reg, 3);
		rrr(e, ADD, X31, X31, X30);
		rri(e, LD, X30, X31, 0);
		rrr(e, ADD, X31, X31, X30);
		rri(e, JALR, R_X0, X31, 0);
		lostx31(e, false);
		break;
	}
	case BK_RET:
		emit_pos(&e->e, b->pos, -1);
		epilogue(e);
		rri(e, JALR, R_X0, RA, 0);
		afterepilogue(e);
		break;
	case BK_EXIT:
		if (b->last == NULL || b->last->op != OP_TAILCALL)
			word(e, EBREAK);
		break;
	default:
		bug("riscv64 encode: block kind %d", b->kind);
	}
}

/* ---- slow paths ---- */

/* Index to X5, length to X6. */
static void
boundsargs(Enc *e, const Value *v)
{
	if (v->op == M_BOUNDS) {
		int x = argreg(v, 0), n = argreg(v, 1);

		if (n == R_X5) {
			mov(e, X30, n);
			n = X30;
		}
		mov(e, R_X5, x);
		mov(e, R_X6, n);
	} else if (v->op == M_BOUNDSI) {
		mov(e, R_X5, argreg(v, 0));
		movimm(e, R_X6, op_imm(v));
	} else {
		mov(e, R_X6, argreg(v, 0));
		movimm(e, R_X5, op_imm(v));
	}
}

static void
tails(Enc *e)
{
	for (int i = 0; i < e->e.tails.n; i++) {
		EmitTail *t = &e->e.tails.at[i];

		e->e.label[t->label] = emit_here(&e->e);
		emit_pos(&e->e, t->v->pos, t->v->inl);
		if (e->e.frame == 0) {
			/* the call overwrites the return address: a small frame for it */
			emit_unsafe(&e->e, true);
			stype(e, SD, RA, SP, -16);
			rri(e, ADDI, SP, SP, -16);
			emit_sp(&e->e, 16);
		}
		emit_unsafe(&e->e, false);
		switch (t->v->op) {
		case M_ZEROCHK:
			call(e, ssa_rtsym("panicdivide"), RA);
			break;
		case M_SHIFTCHK:
			call(e, ssa_rtsym("panicshift"), RA);
			break;
		default:
			boundsargs(e, t->v);
			call(e, emit_boundsfn(t->v->aux), RA);
		}
		emit_sp(&e->e, e->e.frame);
	}
	/* a return address must not lie behind the function */
	if (e->e.tails.n > 0)
		word(e, EBREAK);
}

/* ---- prologue ---- */

static void
spillparams(Enc *e, bool load)
{
	const CallSig *s = e->f->sig;

	for (int i = 0; i < s->nparam; i++) {
		int w = vtype_size((VType)s->param[i].type), r = s->param[i].reg;
		bool isfloat = r >= R_F0;
		Opd o = reach(e, (Opd){ SP, e->f->target->linkarea + s->param[i].off }, 1, X31);

		if (load)
			rri(e, (isfloat ? 0x07 : 0x03) | sized(w), r, o.reg, o.disp);
		else
			stype(e, (isfloat ? 0x27 : 0x23) | sized(w), r, o.reg, o.disp);
	}
}

enum {
	STACKSMALL = 128,
	STACKBIG = 4096,
	GUARD = 16
}; /* bytes that every goroutine has below its guard; see abi/stack.h */

static int
stackcheck(Enc *e)
{
	int more = emit_label(&e->e), sp = SP;

	rri(e, LD, X31, R_X27, GUARD);
	if (e->e.frame > STACKSMALL) {
		sp = X30;
		if (e->e.frame < STACKBIG) {
			addimm(e, X30, SP, -(int64_t)(e->e.frame - STACKSMALL));
		} else {
			build(e, X30, e->e.frame - STACKSMALL);
			emit_jump(&e->e, btype(BLTU, SP, X30, 0), more);
			rrr(e, SUB, X30, SP, X30);
		}
	}
	emit_jump(&e->e, btype(BGEU, X31, sp, 0), more);
	return more;
}

/* Slots with pointers that are in every stack map; they stand together but for parameters' slots. X5, X6, X7 carry no arguments. */
static void
clearslots(Enc *e)
{
	Func *f = e->f;
	int64_t lo, hi;

	for (Slot *s = f->slots; s != NULL; s = s->next)
		if (emit_zeroedresult(&e->e, s)) {
			if (s->type.size > 1024)
				bug("riscv64 encode: result of %lld bytes", (long long)s->type.size);
			zeros(e, reach(e, (Opd){ SP, s->off }, s->type.size, X30), (s->type.size + 7) & -8, 8);
		}
	emit_zeroed(&e->e, &lo, &hi);
	if (lo >= hi)
		return;
	if (hi - lo <= 256) {
		zeros(e, reach(e, (Opd){ SP, lo }, hi - lo, X30), hi - lo, 8);
	} else {
		addimm(e, R_X5, SP, lo);
		zerolarge(e, hi - lo, 8);
	}
}

static int
prologue(Enc *e)
{
	Func *f = e->f;
	int more = -1;

	e->e.frame = f->framesize;
	emit_sp(&e->e, 0);
	if (e->e.frame == 0)
		return -1;
	emit_unsafe(&e->e, true);
	if (!f->nosplit && !(f->leaf && e->e.frame < STACKSMALL))
		more = stackcheck(e);
	if (fits12(-(int64_t)e->e.frame)) {
		stype(e, SD, RA, SP, -(int64_t)e->e.frame);
		rri(e, ADDI, SP, SP, -(int64_t)e->e.frame);
	} else {
		build(e, X31, e->e.frame);
		rrr(e, SUB, X31, SP, X31);
		stype(e, SD, RA, X31, 0);
		mov(e, SP, X31);
	}
	emit_sp(&e->e, e->e.frame);
	clearslots(e);
	emit_unsafe(&e->e, false);
	return more;
}

/* X5 links the call: the return address of this function stays in X1. */
static void
growstack(Enc *e, int more, int start)
{
	Func *f = e->f;

	if (more < 0)
		return;
	e->e.label[more] = emit_here(&e->e);
	emit_pos(&e->e, f->pos, -1);
	emit_sp(&e->e, 0);
	emit_unsafe(&e->e, true);
	spillparams(e, false);
	call(e, ssa_rtsym(f->needctxt ? "morestack" : "morestack_noctxt"), R_X5);
	emit_growmap(&e->e);
	spillparams(e, true);
	emit_jump(&e->e, jtype(0, 0), start);
}

/* ---- putting it together ---- */

/* Constants behind the code, aligned to 8 bytes as jumps grow by multiples of that. */
static void
constants(Enc *e)
{
	while (e->consts.n > 0 && e->e.b.n % 8 != 0)
		word(e, EBREAK);
	for (int i = 0; i < e->consts.n; i++) {
		e->e.label[e->consts.at[i].label] = emit_here(&e->e);
		word(e, (uint32_t)e->consts.at[i].bits);
		word(e, (uint32_t)((uint64_t)e->consts.at[i].bits >> 32));
	}
}

static bool
isuncond(const EmitJump *j)
{
	return (j->how & 0x7f) == JAL;
}

static int
jumpsize(const EmitJump *j, int64_t d)
{
	int64_t max = isuncond(j) ? 1 << 20 : 4096;

	return d >= -max && d < max ? 4 : 12;
}

static void
put32(uint8_t *p, uint32_t w)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(w >> 8 * i);
}

/* AUIPC and an instruction with a 12-bit immediate. */
static void
putpcrel(uint8_t *p, uint32_t hi, uint32_t lo, int64_t d)
{
	put32(p, hi | ((uint32_t)(d + 0x800) & 0xfffff000));
	put32(p + 4, lo | ((uint32_t)d & 0xfff) << 20);
}

static void
putjump(Buf *out, const EmitJump *j, int64_t d)
{
	uint8_t p[12];

	put32(p, isuncond(j) ? j->how | jtype(0, d) : j->how | btype(0, 0, 0, d));
	if (j->size > 4) {
		int far = 0;

		put32(p + 8, ADDI);	/* for the alignment */
		if (!isuncond(j)) {
			/* the opposite branch, over a jump */
			put32(p, (j->how ^ 1 << 12) | btype(0, 0, 0, j->size));
			far = 4;
		}
		putpcrel(p + far, AUIPC | X30 << 7, JALR | X30 << 15, d - far);
	}
	buf_put(out, p, j->size);
}

static void
fix(uint8_t *p, int64_t d)
{
	uint32_t w[2];

	for (int k = 0; k < 2; k++)
		w[k] = (uint32_t)p[4 * k] | (uint32_t)p[4 * k + 1] << 8 | (uint32_t)p[4 * k + 2] << 16 |
		    (uint32_t)p[4 * k + 3] << 24;
	putpcrel(p, w[0], w[1], d);
}

static void
nop(Emit *e)
{
	uint32_t w = ADDI;

	for (int i = 0; i < 4; i++)
		emit_byte(e, w >> 8 * i & 255);
}

static const EmitCpu cpu = { .jumpunit = 4, .nop = nop, .jumpsize = jumpsize, .putjump = putjump, .fix = fix };

void
riscv64_encode(Func *f)
{
	Enc e = { .f = f };
	int more, start;

	emit_begin(&e.e, f, &cpu);
	start = emit_label(&e.e);
	e.e.label[start] = emit_here(&e.e);
	more = prologue(&e);
	for (Block *b = f->entry; b != NULL; b = b->next) {
		if (e.e.target[b->id] != b->id)
			continue;
		e.e.label[b->id] = emit_here(&e.e);
		for (Value *v = b->first; v != NULL; v = v->next)
			value(&e, v);
		terminator(&e, b, emit_nextblock(&e.e, b));
	}
	tails(&e);
	growstack(&e, more, start);
	constants(&e);
	emit_jumptables(&e.e);
	if (e.e.b.n == 0)
		word(&e, EBREAK);
	emit_finish(&e.e);
}
