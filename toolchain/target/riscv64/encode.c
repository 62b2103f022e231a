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
#include "abi/g.h"
#include "abi/stack.h"
#include "target/riscv64/riscv64.h"

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
rrr(Emit *e, uint32_t enc, int d, int s1, int s2)
{
	emit_word(e, enc | num(d) << 7 | num(s1) << 15 | num(s2) << 20);
}

static uint32_t
itype(uint32_t enc, int d, int s1, int64_t imm)
{
	if (!fits12(imm))
		bug("riscv64 encode: immediate %lld", (long long)imm);
	return enc | num(d) << 7 | num(s1) << 15 | ((uint32_t)imm & 0xfff) << 20;
}

static void
rri(Emit *e, uint32_t enc, int d, int s1, int64_t imm)
{
	emit_word(e, itype(enc, d, s1, imm));
}

static void
stype(Emit *e, uint32_t enc, int src, int base, int64_t imm)
{
	uint32_t u = (uint32_t)imm;

	if (!fits12(imm))
		bug("riscv64 encode: displacement %lld", (long long)imm);
	emit_word(e, enc | num(src) << 20 | num(base) << 15 | (u & 31) << 7 | (u >> 5 & 127) << 25);
}

static void
utype(Emit *e, uint32_t enc, int d, uint32_t hi20)
{
	emit_word(e, enc | num(d) << 7 | (hi20 & 0xfffff) << 12);
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
skip(Emit *e, int funct3, int s1, int s2)
{
	emit_word(e, btype(funct3, s1, s2, 0));
	return emit_here(e) - 4;
}

static void
patch(Emit *e, uint32_t at, uint32_t bits)
{
	for (int i = 0; i < 4; i++)
		e->b.p[at + i] |= (uint8_t)(bits >> 8 * i);
}

static void
land(Emit *e, uint32_t from)
{
	patch(e, from, btype(0, 0, 0, emit_here(e) - from));
}

static void
back(Emit *e, int funct3, int s1, int s2, uint32_t to)
{
	emit_word(e, btype(funct3, s1, s2, (int64_t)to - emit_here(e)));
}

static uint32_t
skipalways(Emit *e)
{
	emit_word(e, jtype(0, 0));
	return emit_here(e) - 4;
}

static void
landalways(Emit *e, uint32_t from)
{
	patch(e, from, jtype(0, emit_here(e) - from));
}

static void
mov(Emit *e, int d, int s)
{
	if (d != s)
		rri(e, ADDI, d, s, 0);
}

static void
lostx31(Emit *e, bool inuse)
{
	emit_unsafe(e, inuse || e->nopreempt);
}

/* ---- constants and addresses ---- */

static int64_t
sext(int64_t i, int bits)
{
	return (int64_t)((uint64_t)i << (64 - bits)) >> (64 - bits);
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
build(Emit *e, int d, int64_t i)
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

/* AUIPC of a place of this function, and the instruction that adds the rest. */
static void
pcrel(Emit *e, int label, int temp, uint32_t insn, int d)
{
	emit_fix(e, label, emit_here(e), 0);
	utype(e, AUIPC, temp, 0);
	rri(e, insn, d, temp, 0);
}

static void
movimm(Emit *e, int d, int64_t i)
{
	if (constlen(i) > 4)
		pcrel(e, emit_const(e, i), d, LD, d);
	else
		build(e, d, i);
}

static void
floatconst(Emit *e, int d, int64_t bits, int w)
{
	int r = R_X0;

	if (w == 4)
		bits = (int32_t)bits;
	if (bits != 0 && constlen(bits) > 3) {
		pcrel(e, emit_const(e, bits), X30, FLD, d);
		return;
	}
	if (bits != 0)
		build(e, r = X30, bits);
	rrr(e, w == 4 ? (uint32_t)FMV_W_X : (uint32_t)FMV_D_X, d, r, 0);
}

/* d = base + i; d is not base unless i fits an immediate. */
static void
addimm(Emit *e, int d, int base, int64_t i)
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
reach(Emit *e, Opd o, int64_t span, int temp)
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

/* AUIPC of sym + add: the linker patches it and the instruction after it. */
static void
symhigh(Emit *e, int temp, ObjSym *sym, int64_t add)
{
	emit_reloc(e, OBJ_R_PCREL32, sym, add);
	utype(e, AUIPC, temp, 0);
}

/* The address of a whole memory operand, for accesses to `span` bytes. */
static Opd
wholemem(Emit *e, int am, int reg, int64_t disp, ObjSym *sym, const Slot *slot, int64_t span, int temp)
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
access(Emit *e, const Value *v, int i, uint32_t enc, int reg, bool isstore)
{
	int temp = isstore || reg >= R_F0 || (op_am(v) == AM_BASE && reg == op_reg(v, i)) ? X30 : reg;
	Opd o;

	if (op_am(v) == AM_SYM) {
		symhigh(e, temp, v->sym, v->aux);
		o = (Opd){ temp, 0 };
	} else {
		o = reach(e, operand(op_am(v), op_am(v) == AM_BASE ? op_reg(v, i) : 0, v->aux, v->slot), 1, temp);
	}
	if (isstore)
		stype(e, enc, reg, o.reg, o.disp);
	else
		rri(e, enc, reg, o.reg, o.disp);
}

static void
lea(Emit *e, const Value *v)
{
	if (op_am(v) == AM_SYM) {
		symhigh(e, v->reg, v->sym, v->aux);
		rri(e, ADDI, v->reg, v->reg, 0);
	} else {
		Opd o = operand(op_am(v), op_am(v) == AM_BASE ? op_reg(v, 0) : 0, v->aux, v->slot);

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
calllink(Emit *e, ObjSym *to, int link)
{
	emit_reloc(e, OBJ_R_CALL, to, 0);
	utype(e, AUIPC, link, 0);
	rri(e, JALR, link, link, 0);
}

/* ---- operations ---- */

static void
copy(Emit *e, int d, int s)
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
spill(Emit *e, const Value *v, int reg, bool isstore)
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
zeros(Emit *e, Opd o, int64_t n, int align)
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
moves(Emit *e, Opd d, Opd s, int64_t n, int align)
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
movesmall(Emit *e, const Value *v)
{
	const Mem *m = v->machine;
	int64_t n = op_imm(v);
	int nd = op_nmem(v);
	Opd d, s;

	lostx31(e, true);
	d = wholemem(e, op_am(v), nd > 0 ? op_reg(v, 0) : 0, v->aux, v->sym, v->slot, n, X31);
	if (d.reg != X31)
		lostx31(e, false);
	s = wholemem(e, m->am, m->am == AM_BASE ? op_reg(v, nd) : 0, m->disp, m->sym, m->slot, n, X30);
	moves(e, d, s, n, op_w(v));
	lostx31(e, false);
}

enum { CHUNK = 32 };	/* bytes of one turn */

/* Whole words from X7 to X6, X28 is the end; then the rest. */
static void
movelarge(Emit *e, const Value *v)
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
		loop = emit_here(e);
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
		loop = emit_here(e);
		moves(e, (Opd){ R_X6, 0 }, (Opd){ R_X7, 0 }, 1, 1);
		rri(e, ADDI, R_X6, R_X6, 1);
		rri(e, ADDI, R_X7, R_X7, 1);
		back(e, BLTU, R_X6, R_X28, loop);
		landalways(e, done);
	}
}

/* From X5 on; X6 is the end. */
static void
zerolarge(Emit *e, int64_t n, int align)
{
	int64_t chunks = n / CHUNK * CHUNK;
	uint32_t loop, bytes = 0, done = 0;

	if (align < 8) {
		rri(e, ANDI, X30, R_X5, 7);
		bytes = skip(e, BNE, X30, R_X0);
	}
	if (chunks > 0) {
		addimm(e, R_X6, R_X5, chunks);
		loop = emit_here(e);
		zeros(e, (Opd){ R_X5, 0 }, CHUNK, 8);
		rri(e, ADDI, R_X5, R_X5, CHUNK);
		back(e, BLTU, R_X5, R_X6, loop);
	}
	zeros(e, (Opd){ R_X5, 0 }, n - chunks, 8);
	if (align < 8) {
		done = skipalways(e);
		land(e, bytes);
		addimm(e, R_X6, R_X5, n);
		loop = emit_here(e);
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
shiftany(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), y = op_reg(v, 1);

	rri(e, SLTIU, X30, y, 8 * w);
	rrr(e, SUB, X30, R_X0, X30);
	rrr(e, wide(enc, w), v->reg, op_reg(v, 0), y);
	rrr(e, AND, v->reg, v->reg, X30);
}

static void
shiftsigned(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), y = op_reg(v, 1);

	rri(e, SLTIU, X30, y, 8 * w);
	rri(e, ADDI, X30, X30, -1);
	rrr(e, OR, X30, X30, y);
	rrr(e, wide(enc, w), v->reg, op_reg(v, 0), X30);
}

static void
rotate(Emit *e, const Value *v)
{
	int w = op_w(v), x = op_reg(v, 0), d = v->reg;

	if (v->op == M_ROLI) {
		rri(e, wide(SLLI, w), X30, x, op_imm(v));
		rri(e, wide(SRLI, w), d, x, 8 * w - op_imm(v));
	} else {
		int y = op_reg(v, 1);

		rrr(e, SUB, X30, R_X0, y);
		rrr(e, wide(SRL, w), X30, x, X30);
		rrr(e, wide(SLL, w), d, x, y);
	}
	rrr(e, OR, d, d, X30);
}

static void
extend(Emit *e, int d, int x, int w, bool sign)
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
condition(Emit *e, const Value *v, int cc, int first, int *s1, int *s2)
{
	int x = op_reg(v, first);

	if (cc >= CC_FEQ && cc < CC_SWAP) {
		uint32_t op = cc < CC_FLT ? 0xa2002053u : cc < CC_FLE ? 0xa2001053u : 0xa2000053u;

		rrr(e, prec(op, op_w(v)), X30, x, op_reg(v, first + 1));
		*s1 = X30;
		*s2 = R_X0;
		return cc & 1 ? BEQ : BNE;
	}
	*s1 = x;
	*s2 = v->narg > first + 1 ? op_reg(v, first + 1) : R_X0;
	if (cc & CC_SWAP) {
		*s2 = x;
		*s1 = R_X0;
	}
	return cc & 7;
}

static void
selectop(Emit *e, const Value *v)
{
	int s1, s2, f3 = condition(e, v, op_cc(v), 2, &s1, &s2);
	uint32_t over = skip(e, f3 ^ 1, s1, s2);

	copy(e, v->reg, op_reg(v, 1));
	land(e, over);
}

/* Go's: a NaN wins. */
static void
minmax(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), x = op_reg(v, 0), y = op_reg(v, 1);
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
inttofloat(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v);
	bool exact = op_w2(v) == 4 && w == 8;

	emit_word(e,
	    prec(enc, w) | (op_w2(v) == 8 ? 2u << 20 : 0) | (exact ? 0 : 7u << 12) | num(v->reg) << 7 |
		num(op_reg(v, 0)) << 15);
}

/* Numbers from 2^63 on are converted less 2^63; what is no uint64 gives what gc's code gives. */
static void
floattounsigned(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), x = op_reg(v, 0), d = v->reg;
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
	emit_word(e, prec(enc, w) | num(d) << 7 | num(x) << 15);
	done = skipalways(e);
	land(e, big);
	rrr(e, prec(FSUB_D, w), R_F31, x, R_F31);
	emit_word(e, prec(enc, w) | num(d) << 7 | num(R_F31) << 15);
	build(e, X30, INT64_MIN);
	rrr(e, XOR, d, d, X30);
	landalways(e, done);
}

static void
bounds(Emit *e, Value *v)
{
	int index, len;

	if (v->op == M_BOUNDS) {
		index = op_reg(v, 0);
		len = op_reg(v, 1);
	} else {
		int c = R_X0;

		if (op_imm(v) != 0)
			movimm(e, c = X30, op_imm(v));
		index = v->op == M_BOUNDSI ? op_reg(v, 0) : c;
		len = v->op == M_BOUNDSI ? c : op_reg(v, 0);
	}
	if (op_cc(v) == CC_GEU)
		emit_failif(e, btype(BGEU, index, len, 0), v, NULL);
	else
		emit_failif(e, btype(BLTU, len, index, 0), v, NULL);
}

/* One byte of an aligned word. */
static void
atomicbyte(Emit *e, const Value *v, uint32_t enc)
{
	int x = op_reg(v, 0), p = op_reg(v, 1);

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
compareandswap(Emit *e, const Value *v)
{
	uint32_t wide64 = op_w(v) == 8 ? 1u << 12 : 0, loop, differ, done;
	int p = op_reg(v, 2);

	lostx31(e, true);
	loop = emit_here(e);
	rrr(e, LR | AQ | RL | wide64, X30, p, 0);
	differ = skip(e, BNE, X30, op_reg(v, 0));
	rrr(e, SC | RL | wide64, X30, p, op_reg(v, 1));
	back(e, BNE, X30, R_X0, loop);
	rri(e, ADDI, v->reg, R_X0, 1);
	done = skipalways(e);
	land(e, differ);
	rri(e, ADDI, v->reg, R_X0, 0);
	landalways(e, done);
	lostx31(e, false);
}

static void
funcpc(Emit *e, const Value *v)
{
	if (v->op == M_CALLERSP)
		addimm(e, v->reg, SP, e->frame);
	else if (e->frame > 0)
		rri(e, LD, v->reg, SP, 0);
	else
		mov(e, v->reg, RA);
}

static void
insn(Emit *e, Value *v)
{
	const Insn *in = &riscv64_insns[v->op - OP_TARGET];
	uint32_t enc = in->enc;
	int w = op_w(v), d = v->reg, x = v->narg > 0 ? op_reg(v, 0) : -1, y = v->narg > 1 ? op_reg(v, 1) : -1;

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
		rrr(e, prec(enc, w) | num(op_reg(v, 2)) << 27, d, x, y);
		break;
	case F_FMINMAX:
		minmax(e, v, enc);
		break;
	case F_S2F:
		inttofloat(e, v, enc);
		break;
	case F_F2S:
		emit_word(e, prec(enc, w) | (op_w2(v) == 8 ? 2u << 20 : 0) | num(d) << 7 | num(x) << 15);
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
		emit_failif(e, btype(BEQ, x, R_X0, 0), v, "panicdivide");
		break;
	case F_SHIFTCHK:
		emit_failif(e, btype(BLT, x, R_X0, 0), v, "panicshift");
		break;
	case F_WB:	/* the return address of this function stays where it is */
		lostx31(e, true);
		calllink(e, ssa_rtsym("gcWriteBarrier"), X31);
		lostx31(e, false);
		break;
	case F_CALLERPC:
	case F_CALLERSP:
		funcpc(e, v);
		break;
	case F_ALOAD:
		emit_word(e, FENCE_RW_RW);
		rri(e, 0x03 | sized(w) | (w < 4 ? 4u << 12 : 0), d, x, 0);
		emit_word(e, FENCE_R_RW);
		break;
	case F_ASTORE:
		emit_word(e, FENCE_RW_W);
		stype(e, 0x23 | sized(w), x, y, 0);
		emit_word(e, FENCE_RW_RW);
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
		emit_word(e, enc);
		break;
	}
}

/* ---- jumps ---- */

static void
branch(Emit *e, const Block *b, int cc, int yes, int no, int after)
{
	int s1, s2, f3 = condition(e, b->ctl, cc, 0, &s1, &s2);

	emit_jump(e, btype(f3, s1, s2, 0), yes);
	emit_goto(e, no, after);
}

/* The entry at X31 holds its own distance to the code. */
static void
jumptable(Emit *e, Block *b)
{
	int label = emit_table(e, b);

	lostx31(e, true);
	pcrel(e, label, X31, ADDI, X31);
	rri(e, SLLI, X30, b->ctl->reg, 3);
	rrr(e, ADD, X31, X31, X30);
	rri(e, LD, X30, X31, 0);
	rrr(e, ADD, X31, X31, X30);
	rri(e, JALR, R_X0, X31, 0);
	lostx31(e, false);
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
	emit_word(e, ADDI);
}

static void
ebreak(Emit *e)
{
	emit_word(e, EBREAK);
}

/* ---- calls ---- */

static void
call(Emit *e, ObjSym *to)
{
	calllink(e, to, RA);
}

static void
callclosure(Emit *e)
{
	rri(e, LD, X30, R_X26, 0);
	rri(e, JALR, RA, X30, 0);
}

static void
callptr(Emit *e, int reg)
{
	rri(e, JALR, RA, reg, 0);
}

static void
tailcall(Emit *e, ObjSym *to)
{
	emit_reloc(e, OBJ_R_CALL, to, 0);
	utype(e, AUIPC, X31, 0);
	rri(e, JALR, R_X0, X31, 0);
}

static void
ret(Emit *e)
{
	rri(e, JALR, R_X0, RA, 0);
}

/* Index to X5, length to X6. */
static void
boundsargs(Emit *e, const Value *v)
{
	if (v->op == M_BOUNDS) {
		int x = op_reg(v, 0), n = op_reg(v, 1);

		if (n == R_X5) {
			mov(e, X30, n);
			n = X30;
		}
		mov(e, R_X5, x);
		mov(e, R_X6, n);
	} else if (v->op == M_BOUNDSI) {
		mov(e, R_X5, op_reg(v, 0));
		movimm(e, R_X6, op_imm(v));
	} else {
		mov(e, R_X6, op_reg(v, 0));
		movimm(e, R_X5, op_imm(v));
	}
}

static void
fail(Emit *e, ObjSym *fn, const Value *v)
{
	if (e->frame == 0) {
		/* the call overwrites the return address: a small frame for it */
		emit_unsafe(e, true);
		stype(e, SD, RA, SP, -16);
		rri(e, ADDI, SP, SP, -16);
		emit_sp(e, 16);
		emit_unsafe(e, false);
	}
	if (v != NULL)
		boundsargs(e, v);
	call(e, fn);
	emit_sp(e, e->frame);
}

/* X5 links the call: the return address of this function stays in X1. */
static void
morestack(Emit *e, ObjSym *fn)
{
	calllink(e, fn, R_X5);
}

/* ---- frames ---- */

static void
param(Emit *e, int reg, int64_t off, int w, bool isstore)
{
	bool isfloat = reg >= R_F0;
	Opd o = reach(e, (Opd){ SP, off }, 1, X31);

	if (isstore)
		stype(e, (isfloat ? 0x27 : 0x23) | sized(w), reg, o.reg, o.disp);
	else
		rri(e, (isfloat ? 0x07 : 0x03) | sized(w), reg, o.reg, o.disp);
}

static void
checkstack(Emit *e, int more)
{
	int sp = SP;

	rri(e, LD, X31, R_X27, G_STACKGUARD);
	if (e->frame > STACK_SMALL) {
		sp = X30;
		if (e->frame < STACK_BIG) {
			addimm(e, X30, SP, -(int64_t)(e->frame - STACK_SMALL));
		} else {
			build(e, X30, e->frame - STACK_SMALL);
			emit_jump(e, btype(BLTU, SP, X30, 0), more);
			rrr(e, SUB, X30, SP, X30);
		}
	}
	emit_jump(e, btype(BGEU, X31, sp, 0), more);
}

static void
enter(Emit *e)
{
	if (fits12(-(int64_t)e->frame)) {
		stype(e, SD, RA, SP, -(int64_t)e->frame);
		rri(e, ADDI, SP, SP, -(int64_t)e->frame);
	} else {
		build(e, X31, e->frame);
		rrr(e, SUB, X31, SP, X31);
		stype(e, SD, RA, X31, 0);
		mov(e, SP, X31);
	}
}

static void
leave(Emit *e)
{
	int sp = fits12(e->frame) ? SP : X31;

	rri(e, LD, RA, SP, 0);
	addimm(e, sp, SP, e->frame);
	mov(e, SP, sp);
}

/* X5, X6, X7 carry no arguments. */
static void
clear(Emit *e, int64_t off, int64_t n)
{
	if (n <= 256) {
		zeros(e, reach(e, (Opd){ SP, off }, n, X30), n, 8);
	} else {
		addimm(e, R_X5, SP, off);
		zerolarge(e, n, 8);
	}
}

/* ---- putting it together ---- */

static const EmitCpu cpu = {
	.jumpunit = 4,
	.always = JAL,
	.jumpsize = jumpsize,
	.putjump = putjump,
	.fix = fix,
	.nop = nop,
	.trap = ebreak,
	.pad = ebreak,
	.checkstack = checkstack,
	.enter = enter,
	.leave = leave,
	.clear = clear,
	.param = param,
	.morestack = morestack,
	.copy = copy,
	.floatconst = floatconst,
	.spill = spill,
	.call = call,
	.callclosure = callclosure,
	.callptr = callptr,
	.tailcall = tailcall,
	.ret = ret,
	.insn = insn,
	.branch = branch,
	.jumptable = jumptable,
	.fail = fail,
};

void
riscv64_encode(Func *f)
{
	emit_func(f, &cpu);
}
