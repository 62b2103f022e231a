/*
 * asm.c - the assembler of riscv64: registers, frames, encoding.
 *
 * A row of asm.def is one form of an instruction. Its letters say which operands fit and where they go; what more than one
 * instruction is made of, as Go's assembler does, is a case of expand. X31 (TMP) is the assembler's own.
 *
 * Sources: https://go.dev/doc/asm; The RISC-V Instruction Set Manual, Volume I
 */
#include "abi/g.h"
#include "abi/stack.h"
#include "asm/asm.h"
#include "target/riscv64/riscv64.h"

/* AsmOpd.reg: the number of X registers plus XR, that of F registers plus FR. */
enum { XR = 1, FR = 33, RA = 1, SP = 2, X5 = 5, X6 = 6, G = 27, TMP = 31 };

#define X(name, n) { name, XR + (n), 0 }
#define F(name, n) { name, FR + (n), 0 }
/* clang-format off */
static const AsmRegs regs[] = {
	X("X0", 0), X("X1", 1), X("X2", 2), X("X3", 3), X("X5", 5), X("X6", 6), X("X7", 7), X("X8", 8), X("X9", 9), X("X10", 10),
	X("X11", 11), X("X12", 12), X("X13", 13), X("X14", 14), X("X15", 15), X("X16", 16), X("X17", 17), X("X18", 18),
	X("X19", 19), X("X20", 20), X("X21", 21), X("X22", 22), X("X23", 23), X("X24", 24), X("X25", 25), X("X26", 26),
	X("X28", 28), X("X29", 29), X("X30", 30), X("X31", 31),
	X("ZERO", 0), X("RA", 1), X("SP", 2), X("GP", 3), X("TP", 4), X("T0", 5), X("T1", 6), X("T2", 7), X("S0", 8), X("S1", 9),
	X("A0", 10), X("A1", 11), X("A2", 12), X("A3", 13), X("A4", 14), X("A5", 15), X("A6", 16), X("A7", 17),
	X("S2", 18), X("S3", 19), X("S4", 20), X("S5", 21), X("S6", 22), X("S7", 23), X("S8", 24), X("S9", 25), X("S10", 26),
	X("T3", 28), X("T4", 29), X("T5", 30), X("T6", 31), X("g", G), X("CTXT", 26), X("TMP", TMP),
	F("F0", 0), F("F1", 1), F("F2", 2), F("F3", 3), F("F4", 4), F("F5", 5), F("F6", 6), F("F7", 7), F("F8", 8), F("F9", 9),
	F("F10", 10), F("F11", 11), F("F12", 12), F("F13", 13), F("F14", 14), F("F15", 15), F("F16", 16), F("F17", 17),
	F("F18", 18), F("F19", 19), F("F20", 20), F("F21", 21), F("F22", 22), F("F23", 23), F("F24", 24), F("F25", 25),
	F("F26", 26), F("F27", 27), F("F28", 28), F("F29", 29), F("F30", 30), F("F31", 31),
	F("FT0", 0), F("FT1", 1), F("FT2", 2), F("FT3", 3), F("FT4", 4), F("FT5", 5), F("FT6", 6), F("FT7", 7),
	F("FS0", 8), F("FS1", 9), F("FA0", 10), F("FA1", 11), F("FA2", 12), F("FA3", 13), F("FA4", 14), F("FA5", 15),
	F("FA6", 16), F("FA7", 17), F("FS2", 18), F("FS3", 19), F("FS4", 20), F("FS5", 21), F("FS6", 22), F("FS7", 23),
	F("FS8", 24), F("FS9", 25), F("FS10", 26), F("FS11", 27), F("FT8", 28), F("FT9", 29), F("FT10", 30), F("FT11", 31),
	{ 0 },
};
/* clang-format on */
#undef X
#undef F

/* clang-format off */
typedef enum {
	PLAIN,
	NOTHING,	/* no bytes */
	SPLIT,		/* with a constant of up to 32 bits */
	NEGATED,	/* the same, the constant subtracted */
	CONST,		/* rd = constant */
	EXTEND,		/* shifts up and down again */
	ROTATE, ROTATEI,
	NOTEQUAL,	/* inverts the result */
	ROUND,		/* the suffix says how */
	DIST,		/* memory at any distance from a register */
	SYMBOL,		/* AUIPC rd before it */
	TSYMBOL,	/* AUIPC TMP */
	BRANCH, JUMP, CALL,
} How;
/* clang-format on */

typedef struct {
	const char *name, *opds;
	uint32_t bits;
	How how;
} Row;

static const Row rows[] = {
#define I(name, opds, bits, how) { name, opds, (uint32_t)(bits), how },
#include "target/riscv64/asm.def"
#undef I
};

/* Operations have the number of their first row. */
static int
op(const char *word)
{
	static Map *byname;

	return asm_rowop(&byname, rows, NELEM(rows), sizeof *rows, word);
}

static bool
isjump(int op)
{
	How h = rows[op - AOP_CPU].how;

	return h == BRANCH || h == JUMP || strcmp(rows[op - AOP_CPU].name, "CALL") == 0;
}

static bool
iscall(const AsmInsn *i)
{
	const char *name = rows[i->op - AOP_CPU].name;

	if (strcmp(name, "JAL") == 0 || strcmp(name, "JALR") == 0)
		return i->synthetic || (i->nopd > 0 && i->opd[0].kind == OPD_REG && i->opd[0].reg == XR + RA);
	return strcmp(name, "CALL") == 0;
}

/* ---- operands ---- */

/* Fields of an instruction that its operands give. */
typedef struct {
	uint32_t bits;
	uint32_t rd, rs1;
	int64_t imm;		/* constant, distance */
	const AsmOpd *sym;
	AsmInsn *label;
} Fields;

static uint32_t
rd(uint32_t r)
{
	return (r & 31) << 7;
}

static uint32_t
rs1(uint32_t r)
{
	return (r & 31) << 15;
}

static uint32_t
rs2(uint32_t r)
{
	return (r & 31) << 20;
}

static uint32_t
itype(int64_t imm)
{
	return ((uint32_t)imm & 0xfff) << 20;
}

static uint32_t
stype(int64_t imm)
{
	return ((uint32_t)imm & 31) << 7 | ((uint32_t)imm >> 5 & 127) << 25;
}

static uint32_t
btype(int64_t d)
{
	uint32_t u = (uint32_t)d;

	return (u >> 11 & 1) << 7 | (u >> 1 & 15) << 8 | (u >> 5 & 63) << 25 | (u >> 12 & 1) << 31;
}

static uint32_t
jtype(int64_t d)
{
	uint32_t u = (uint32_t)d;

	return (u >> 12 & 255) << 12 | (u >> 11 & 1) << 20 | (u >> 1 & 1023) << 21 | (u >> 20 & 1) << 31;
}

static bool
fits(int64_t v, int bits)
{
	return v >= -((int64_t)1 << (bits - 1)) && v < (int64_t)1 << (bits - 1);
}

static bool
reg(const AsmOpd *o, int first, uint32_t *r)
{
	*r = (uint32_t)(o->reg - first);
	return o->kind == OPD_REG && !o->indirect && o->reg >= first && o->reg < first + 32;
}

static bool
imm(const AsmOpd *o, int64_t min, int64_t max, Fields *f)
{
	f->imm = o->val;
	return o->kind == OPD_IMM && o->val >= min && o->val <= max;
}

static bool
mem(const AsmOpd *o, int kind, Fields *f)
{
	f->imm = o->val;
	f->rs1 = (uint32_t)(o->reg - XR);
	return o->kind == kind && o->base == BASE_REG && o->index == 0 && o->reg >= XR && o->reg < XR + 32 &&
	    !o->indirect;
}

static bool
symbol(const AsmOpd *o, int kind, Fields *f)
{
	f->sym = o;
	return o->kind == kind && o->base == BASE_SB && o->reg == 0 && o->index == 0 && !o->indirect;
}

/* Whether o is what letter c of asm.def means; puts it into its place. */
static bool
operand(char c, const AsmOpd *o, Fields *f)
{
	uint32_t r;

	switch (c) {
	case 'd':
	case 'D':
		if (!reg(o, c == 'd' ? XR : FR, &f->rd))
			return false;
		f->bits |= rd(f->rd);
		return true;
	case 's':
	case 'S':
		if (!reg(o, c == 's' ? XR : FR, &f->rs1))
			return false;
		f->bits |= rs1(f->rs1);
		return true;
	case 't':
	case 'T':
		if (!reg(o, c == 't' ? XR : FR, &r))
			return false;
		f->bits |= rs2(r);
		return true;
	case 'x':
		return operand('s', o, f) && operand('d', o, f);
	case 'y':
		return operand('t', o, f) && operand('d', o, f);
	case 'Q':
		return operand('S', o, f) && operand('T', o, f);
	case 'R':
		if (!reg(o, FR, &r))
			return false;
		f->bits |= r << 27;
		return true;
	case 'i':
		if (!imm(o, -2048, 2047, f))
			return false;
		f->bits |= itype(o->val);
		return true;
	case '6':
	case '5':
		if (!imm(o, 0, c == '6' ? 63 : 31, f))
			return false;
		f->bits |= itype(o->val);
		return true;
	case 'u':
		if (!imm(o, -(1 << 19), (1 << 19) - 1, f))
			return false;
		f->bits |= (uint32_t)o->val << 12;
		return true;
	case 'w':
		if (!imm(o, 0, UINT32_MAX, f))
			return false;
		f->bits |= (uint32_t)o->val;
		return true;
	case 'I':
		return imm(o, INT64_MIN, INT64_MAX, f);
	case 'a':
	case 'n':
		if (!mem(o, OPD_MEM, f) || (c == 'a' ? o->val != 0 : !fits(o->val, 12)))
			return false;
		f->bits |= rs1(f->rs1) | itype(o->val);
		return true;
	case 'm':
		return mem(o, OPD_MEM, f);
	case 'A':
		return mem(o, OPD_ADDR, f);
	case 'g':
	case 'f':
		return symbol(o, OPD_MEM, f);
	case 'G':
		return symbol(o, OPD_ADDR, f);
	case 'b':
		f->label = o->target;
		return o->kind == OPD_LABEL;
	default:
		bug("riscv64 assembler: operand %c", c);
	}
}

static bool
match(const Row *r, const AsmInsn *i, Fields *f)
{
	size_t n = strlen(r->opds);

	if (n != i->nopd)
		return false;
	*f = (Fields){ .bits = r->bits };
	for (size_t k = 0; k < n; k++)
		if (!operand(r->opds[k], &i->opd[k], f))
			return false;
	return true;
}

/* ---- instructions that are more than one ---- */

/* clang-format off */
enum {
	OP = 0x33, ADDI = 0x13, SLLI = 0x1013, XORI = 0x4013, ADDIW = 0x1b, OR = 0x6033, SUB = 0x40000033, LUI = 0x37, AUIPC = 0x17,
	JAL = 0x6f, JALR = 0x67, LD = 0x3003,
	W = 8,			/* 32 bits of it */
	RSHIFT = 0x4000,	/* a shift to the right, not the left */
};
/* clang-format on */

static int64_t
low12(int64_t v)
{
	return (int64_t)((uint64_t)v << 52) >> 52;
}

static uint32_t
high20(int64_t v)
{
	return (uint32_t)((uint64_t)v + 0x800) & 0xfffff000;
}

static void
build(AsmFunc *f, uint32_t r, int64_t v)
{
	if (fits(v, 12)) {
		asm_word(f, ADDI | rd(r) | itype(v));
		return;
	}
	asm_word(f, LUI | rd(r) | high20(v));
	if (low12(v) != 0)
		asm_word(f, ADDIW | rd(r) | rs1(r) | itype(v));
}

static void
toolarge(AsmInsn *i, int64_t v)
{
	asm_bad(i, "%s: constant %lld too large", i->text, (long long)v);
}

/* AUIPC of r and the instruction bits, which takes the rest of the address. */
static void
pcrel(AsmFunc *f, uint32_t r, uint32_t bits, ObjSym *sym, int64_t add)
{
	asm_reloc(f, OBJ_R_PCREL32, sym, add);
	asm_word(f, AUIPC | rd(r));
	asm_word(f, bits | rs1(r));
}

/* rd = constant. A shifted one of 32 bits is made, others are loaded. */
static void
constant(AsmFunc *f, const Fields *o)
{
	int n = o->imm == 0 ? 0 : __builtin_ctzll((uint64_t)o->imm);

	if (fits(o->imm, 32)) {
		build(f, o->rd, o->imm);
	} else if (fits(o->imm >> n, 32)) {
		build(f, o->rd, o->imm >> n);
		asm_word(f, SLLI | rd(o->rd) | rs1(o->rd) | itype(n));
	} else {
		uint8_t p[8];

		for (int k = 0; k < 8; k++)
			p[k] = (uint8_t)((uint64_t)o->imm >> 8 * k);
		pcrel(f, o->rd, LD | rd(o->rd), asm_constsym(f, p, 8), 0);
	}
}

/* rd = rs1 op constant: with 12 bits, with two additions, or with the constant in TMP. */
static void
immediate(AsmFunc *f, AsmInsn *i, uint32_t bits, const Fields *o, int64_t v)
{
	bits |= rd(o->rd) | rs1(o->rs1);
	if (fits(v, 12)) {
		asm_word(f, bits | itype(v));
	} else if (!fits(v, 32) || (bits & 0x7f) != ADDI) {
		toolarge(i, v);
	} else if ((bits & 0x707f) == ADDI && i->spadj == 0 && v >= -4096 && v < 4095) {
		asm_word(f, bits | itype(v / 2));
		asm_word(f, ADDI | rd(o->rd) | rs1(o->rd) | itype(v - v / 2));
	} else {
		build(f, TMP, v);
		asm_word(f, (bits & ~0x7fu) | OP | rs2(TMP));
	}
}

static void
memory(AsmFunc *f, AsmInsn *i, uint32_t bits, const Fields *o)
{
	bool store = (bits & 0x7b) == 0x23;
	uint32_t base = o->rs1;

	/* above the limit LUI would be negative */
	if (o->imm != (int32_t)o->imm || o->imm > 0x7ffff7ff) {
		toolarge(i, o->imm);
		return;
	}
	if (!fits(o->imm, 12)) {
		asm_word(f, LUI | rd(TMP) | high20(o->imm));
		asm_word(f, OP | rd(TMP) | rs1(TMP) | rs2(base));
		base = TMP;
	}
	asm_word(f, bits | rs1(base) | (store ? stype(o->imm) : itype(o->imm)));
}

/* Both ways into TMP and rd, then OR. For a constant, bits shift to the right. */
static void
rotate(AsmFunc *f, uint32_t bits, bool byimm, const Fields *o)
{
	uint32_t n = bits & W ? 31 : 63, there = bits ^ RSHIFT;

	if (byimm) {
		uint32_t plain = bits & ~itype(0xfff);

		asm_word(f, plain | rd(TMP) | itype(o->imm));
		asm_word(f, (plain ^ RSHIFT) | itype((0 - o->imm) & n));
		asm_word(f, OR | rd(o->rd) | rs1(TMP) | rs2(o->rd));
		return;
	}
	asm_word(f, SUB | rd(TMP) | (bits & rs2(31)));
	asm_word(f, (there & ~(rs2(31) | rd(31))) | rd(TMP) | rs2(TMP));
	asm_word(f, bits);
	asm_word(f, OR | rd(o->rd) | rs1(TMP) | rs2(o->rd));
}

/* ---- jumps ---- */

/* JAL, or AUIPC and JALR by way of TMP. true: it is the longer one. */
static void
jump(AsmFunc *f, uint32_t link, int64_t d, bool far)
{
	if (!far) {
		asm_word(f, JAL | link | jtype(d));
		return;
	}
	asm_word(f, AUIPC | rd(TMP) | high20(d));
	asm_word(f, JALR | link | rs1(TMP) | itype(d));
}

/* Forms: the branch; the opposite one over a jump; over a far jump. */
static void
branch(AsmFunc *f, AsmInsn *i, const Fields *o)
{
	int64_t d = asm_distance(f, o->label);

	if (i->form == 0 && !fits(d, 13))
		i->form = 1;
	if (i->form == 1 && !fits(d - 4, 21))
		i->form = 2;
	if (i->form == 0) {
		asm_word(f, o->bits | btype(d));
		return;
	}
	asm_word(f, (o->bits ^ 1 << 12) | btype(i->form == 1 ? 8 : 12));
	jump(f, 0, d - 4, i->form == 2);
}

/* AUIPC and JALR, as the callee may be anywhere. */
static void
call(AsmFunc *f, uint32_t bits, const AsmOpd *sym)
{
	uint32_t link = bits >> 7 & 31, via = link != 0 ? link : TMP;

	asm_reloc(f, OBJ_R_CALL, sym->sym, sym->val);
	asm_word(f, AUIPC | rd(via));
	asm_word(f, bits | rs1(via));
}

/* ---- encoding ---- */

/* The rounding mode of a conversion to an integer, to zero if none is written; -1: no such suffix. */
static int
rounding(const char *suffix)
{
	static const char modes[][5] = { ".RNE", ".RTZ", ".RDN", ".RUP", ".RMM" };

	if (suffix == NULL)
		return 1;
	for (int k = 0; k < (int)NELEM(modes); k++)
		if (strcmp(suffix, modes[k]) == 0)
			return k;
	return -1;
}

static void
expand(AsmFunc *f, AsmInsn *i, const Row *r, const Fields *o)
{
	int64_t d;

	switch (r->how) {
	case PLAIN:
		asm_word(f, o->bits);
		break;
	case NOTHING:
		break;
	case SPLIT:
		immediate(f, i, r->bits, o, o->imm);
		break;
	case NEGATED:
		immediate(f, i, r->bits, o, (int64_t)(0 - (uint64_t)o->imm));
		break;
	case CONST:
		constant(f, o);
		break;
	case EXTEND:
		asm_word(f, SLLI | rd(o->rd) | rs1(o->rs1) | (r->bits & itype(63)));
		asm_word(f, r->bits | rd(o->rd) | rs1(o->rd));
		break;
	case ROTATE:
	case ROTATEI:
		rotate(f, o->bits, r->how == ROTATEI, o);
		break;
	case NOTEQUAL:
		asm_word(f, o->bits);
		asm_word(f, XORI | rd(o->rd) | rs1(o->rd) | itype(1));
		break;
	case ROUND:
		if (rounding(i->suffix) < 0)
			asm_bad(i, "unrecognized suffix .\"%s\"", i->suffix + 1);
		else
			asm_word(f, o->bits | (uint32_t)rounding(i->suffix) << 12);
		break;
	case DIST:
		memory(f, i, o->bits, o);
		break;
	case SYMBOL:
		pcrel(f, o->rd, o->bits, o->sym->sym, o->sym->val);
		break;
	case TSYMBOL:
		pcrel(f, TMP, o->bits, o->sym->sym, o->sym->val);
		break;
	case BRANCH:
		branch(f, i, o);
		break;
	case JUMP:
		d = asm_distance(f, o->label);
		if (!fits(d, 21))
			i->form = 1;
		jump(f, rd(o->rd), d, i->form == 1);
		break;
	case CALL:
		call(f, o->bits, o->sym);
		break;
	}
}

static void
encode(AsmFunc *f, AsmInsn *i)
{
	const Row *r = &rows[i->op - AOP_CPU], *end = rows + NELEM(rows);
	const char *name = r->name;
	Fields o;

	if (i->suffix != NULL && r->how != ROUND) {
		asm_bad(i, "unrecognized suffix .\"%s\"", i->suffix + 1);
		return;
	}
	for (; r < end && strcmp(r->name, name) == 0; r++)
		if (match(r, i, &o)) {
			expand(f, i, r, &o);
			return;
		}
	asm_invalid(i);
}

static void
nops(AsmFunc *f, uint32_t n)
{
	for (; n >= 4; n -= 4)
		asm_word(f, ADDI);
}

/* ---- frames ---- */

static AsmInsn *
insert(AsmFunc *f, AsmInsn **at, const char *name, AsmOpd a, AsmOpd b, AsmOpd c)
{
	return asm_insertop(f, at, op(name), a, b, c);
}

/* The stack check, after *at. The code that makes room stands behind the function. X5 links its call. */
static void
stackcheck(AsmFunc *f, AsmInsn **at)
{
	const AsmOpd none = { 0 }, sp = asm_opdreg(XR + SP), x5 = asm_opdreg(XR + X5), x6 = asm_opdreg(XR + X6);
	AsmInsn *tail = f->last, *first, *j[2] = { NULL, NULL };
	int64_t size = f->frame;

	first = insert(f, at, "MOV", asm_opdmem(XR + G, G_STACKGUARD), x6, none);
	if (size > STACK_SMALL && size < STACK_BIG) {
		insert(f, at, "ADD", asm_opdimm(STACK_SMALL - size), sp, x5);
	} else if (size >= STACK_BIG) {
		insert(f, at, "MOV", asm_opdimm(size - STACK_SMALL), x5, none);
		j[0] = insert(f, at, "BLTU", sp, x5, none);
		insert(f, at, "SUB", x5, sp, x5);
	}
	j[1] = insert(f, at, "BGEU", x6, size > STACK_SMALL ? x5 : sp, none);
	insert(f, &tail, "JAL", x5,
	    asm_opdsym(asm_runtimesym(f, (f->flags & ATF_NEEDCTXT) != 0 ? "morestack" : "morestack_noctxt")), none);
	tail->pos = f->pos;
	for (int k = 0; k < 2; k++)
		if (j[k] != NULL) {
			j[k]->opd[2] = asm_opdlabel(tail);
			j[k]->nopd = 3;
		}
	insert(f, &tail, "JMP", asm_opdlabel(first), none, none);
}

static void
prologue(AsmFunc *f)
{
	const AsmOpd none = { 0 }, sp = asm_opdreg(XR + SP), ra = asm_opdreg(XR + RA);
	AsmInsn *at = f->first;

	if (f->frame == 0)
		return;
	if ((f->flags & ATF_NOSPLIT) == 0 && !(f->leaf && f->frame < STACK_SMALL))
		stackcheck(f, &at);
	/* the return address is at SP as soon as SP has moved */
	insert(f, &at, "MOV", ra, asm_opdmem(XR + SP, -f->frame), none);
	insert(f, &at, "ADDI", asm_opdimm(-f->frame), sp, none)->spadj = (int32_t)f->frame;
}

/* i returns; it becomes the first instruction that gives the frame back, as labels mean it. */
static AsmInsn *
epilogue(AsmFunc *f, AsmInsn *i)
{
	const AsmOpd none = { 0 }, sp = asm_opdreg(XR + SP);
	AsmInsn *ret = i;

	insert(f, &ret, "ADDI", asm_opdimm(f->frame), sp, none)->spadj = -(int32_t)f->frame;
	insert(f, &ret, "RET", i->opd[0], none, none)->spadj = (int32_t)f->frame;
	i->op = (uint16_t)op("MOV");
	i->opd[0] = asm_opdmem(XR + SP, 0);
	i->opd[1] = asm_opdreg(XR + RA);
	i->nopd = 2;
	return ret;
}

/* How far i moves SP down. */
static int32_t
spadj(const AsmInsn *i)
{
	const AsmOpd *o = i->opd;
	const char *name = rows[i->op - AOP_CPU].name;
	bool sub = strcmp(name, "SUB") == 0;

	if (i->nopd < 2 || (!sub && strcmp(name, "ADD") != 0 && strcmp(name, "ADDI") != 0) || o[0].kind != OPD_IMM ||
	    o[0].val != (int32_t)o[0].val)
		return 0;
	for (int k = 1; k < i->nopd; k++)
		if (o[k].kind != OPD_REG || o[k].reg != XR + SP)
			return 0;
	return (int32_t)(sub ? o[0].val : -o[0].val);
}

static void
frame(AsmFunc *f)
{
	int ret = op("RET");

	if (!asm_linkframe(f))
		return;
	for (AsmInsn *i = f->first; i != NULL; i = i->next) {
		if (i->op < AOP_CPU)
			continue;
		i->spadj = spadj(i);
		asm_linkopds(f, i, XR + SP, 0);
		if (i->op == ret && f->frame > 0)
			i = epilogue(f, i);
	}
	prologue(f);
}

const AsmCpu asm_riscv64 = {
	.name = "riscv64",
	.regs = regs,
	.op = op,
	.isjump = isjump,
	.iscall = iscall,
	.frame = frame,
	.encode = encode,
	.nops = nops,
};
