/*
 * encode.c - machine operations to bytes, relocations and pc tables of f->sym.
 *
 * needs   registers, frame
 *
 * emit.c has the part that all CPUs share.
 *
 * R15 is free inside every operation, X15 too if it is zero again at the end.
 */
#include "abi/g.h"
#include "abi/stack.h"
#include "target/amd64/amd64.h"

typedef struct {
	bool isreg;
	int reg;		/* or base; -1 none: rip + sym */
	int index, scale;	/* index -1 none */
	int64_t disp;
	ObjSym *sym;
} Opd;

/* ---- bytes ---- */

static void
imm(Emit *e, int64_t v, int n)
{
	for (int i = 0; i < n; i++)
		emit_byte(e, (uint64_t)v >> 8 * i & 255);
}

enum { ALWAYS = 0xff };	/* as a condition: jump always */

static void
reloc(Emit *e, RelocKind kind, ObjSym *sym, int64_t add)
{
	emit_reloc(e, kind, sym, add);
	emit_word(e, 0);
}

static Opd
opreg(int r)
{
	return (Opd){ .isreg = true, .reg = r, .index = -1 };
}

static Opd
opbase(int base, int64_t disp)
{
	return (Opd){ .reg = base, .index = -1, .disp = disp };
}

/* The memory operand of v, whose registers start at argument i. */
static Opd
mem(const Value *v, int i)
{
	Opd o = { .index = -1, .disp = v->aux };

	switch (op_am(v)) {
	case AM_BASE:
		o.reg = op_reg(v, i);
		break;
	case AM_INDEX:
		o.reg = op_reg(v, i);
		o.index = op_reg(v, i + 1);
		o.scale = op_scale(v);
		break;
	case AM_SYM:
		o.reg = -1;
		o.sym = v->sym;
		break;
	case AM_SLOT:
		o.reg = R_SP;
		o.disp += v->slot->off;
		break;
	case AM_SLOTX:
		o.reg = R_SP;
		o.disp += v->slot->off;
		o.index = op_reg(v, i);
		o.scale = op_scale(v);
		break;
	case AM_ARG:
		o.reg = R_SP;
		break;
	default:
		bug("amd64 encode: %d is no addressing mode", op_am(v));
	}
	return o;
}

static Opd
movesource(const Value *v)
{
	const Mem *m = v->machine;
	Opd o = { .reg = R_SP, .index = -1, .disp = m->disp };

	switch (m->am) {
	case AM_BASE:
		o.reg = op_reg(v, op_nmem(v));
		break;
	case AM_SYM:
		o.reg = -1;
		o.sym = m->sym;
		break;
	case AM_SLOT:
		o.disp += m->slot->off;
		break;
	default:
		break;
	}
	return o;
}

/*
 * One instruction with a ModRM byte. enc: prefix, map, opcode as in insns.def (its reg field is ignored). w 8: REX.W, 2: operand
 * size prefix. bytereg: 1 the reg field, 2 the operand is a byte register, which without REX would be AH and the like.
 * nimm: bytes that follow, for rip-relative operands.
 */
static void
modrm(Emit *e, uint32_t enc, int w, int regfield, const Opd *o, int bytereg, int nimm)
{
	unsigned pfx = enc >> 24, map = enc >> 16 & 255, op = enc & 255, rex = 0;

	if (w == 2)
		emit_byte(e, 0x66);
	if (pfx != 0)
		emit_byte(e, pfx);
	if (w == 8)
		rex |= 0x48;
	if (regfield & 8)
		rex |= 0x44;
	if (o->reg >= 0 && (o->reg & 8))
		rex |= 0x41;
	if (!o->isreg && o->index >= 0 && (o->index & 8))
		rex |= 0x42;
	if ((bytereg & 1) && regfield >= 4 && regfield < 8)
		rex |= 0x40;
	if ((bytereg & 2) && o->isreg && o->reg >= 4 && o->reg < 8)
		rex |= 0x40;
	if (rex != 0)
		emit_byte(e, rex);
	if (map != 0)
		emit_byte(e, 0x0F);
	if (map == 2)
		emit_byte(e, 0x38);
	if (map == 3)
		emit_byte(e, 0x3A);
	emit_byte(e, op);
	regfield = (regfield & 7) << 3;
	if (o->isreg) {
		emit_byte(e, 0xC0u | (unsigned)regfield | (unsigned)(o->reg & 7));
	} else if (o->reg < 0) {
		emit_byte(e, 5u | (unsigned)regfield);
		reloc(e, OBJ_R_PCREL32, o->sym, o->disp - 4 - nimm);
	} else {
		bool sib = o->index >= 0 || (o->reg & 7) == 4;
		int mod = o->disp == 0 && (o->reg & 7) != 5 ? 0 : o->disp == (int8_t)o->disp ? 1 : 2;

		if (o->disp != (int32_t)o->disp)
			bug("amd64 encode: displacement %lld", (long long)o->disp);
		emit_byte(e, (unsigned)(mod << 6 | regfield | (sib ? 4 : o->reg & 7)));
		if (sib)
			emit_byte(e,
			    (unsigned)(o->scale << 6 | (o->index >= 0 ? o->index & 7 : 4) << 3 | (o->reg & 7)));
		if (mod == 1)
			emit_byte(e, (unsigned)o->disp & 255);
		else if (mod == 2)
			emit_word(e, (uint32_t)o->disp);
	}
}

/* Opcodes that come in two: the even one is for bytes. */
static uint32_t
sized(uint32_t enc, int w)
{
	return w == 1 ? enc - 1 : enc;
}

static void
rm(Emit *e, uint32_t enc, int w, int reg, Opd o)
{
	modrm(e, enc, w, reg, &o, 0, 0);
}

static void
rr(Emit *e, uint32_t enc, int w, int reg, int r2)
{
	rm(e, enc, w, reg, opreg(r2));
}

static void
test(Emit *e, int reg, int r2, int w)
{
	Opd o = opreg(r2);

	modrm(e, sized(0x85, w), w, reg, &o, w == 1 ? 3 : 0, 0);
}

static void
mov(Emit *e, int dst, int src)
{
	if (dst != src)
		rr(e, 0x8B, 8, dst, src);
}

static void
movimm(Emit *e, int dst, int64_t i)
{
	if (i == 0) {
		rr(e, 0x33, 4, dst, dst);
	} else if (i == (int64_t)(uint32_t)i) {
		if (dst & 8)
			emit_byte(e, 0x41);
		emit_byte(e, 0xB8u | (unsigned)(dst & 7));
		imm(e, i, 4);
	} else if (i == (int32_t)i) {
		rr(e, 0xC7, 8, 0, dst);
		imm(e, i, 4);
	} else {
		emit_byte(e, dst & 8 ? 0x49 : 0x48);
		emit_byte(e, 0xB8u | (unsigned)(dst & 7));
		imm(e, i, 8);
	}
}

/* Group 1 (0x83) with a constant: short form if it fits a byte. */
static void
alui(Emit *e, int ext, int w, Opd o, int32_t i)
{
	int n = i == (int8_t)i || w == 1 ? 1 : w == 2 ? 2 : 4;

	modrm(e, w == 1 ? 0x80 : n == 1 ? 0x83 : 0x81, w, ext, &o, w == 1 ? 2 : 0, n);
	imm(e, i, n);
}

static void
call(Emit *e, ObjSym *to)
{
	emit_byte(e, 0xE8);
	reloc(e, OBJ_R_CALL, to, -4);
}

static inline unsigned
ccbits(int cc)
{
	return (unsigned)cc & 15;
}

/* A short jump over code of this function's own making; returns where its distance is. */
static uint32_t
skip(Emit *e, int cc)
{
	emit_byte(e, cc < 0 ? 0xEB : 0x70u | ccbits(cc));
	emit_byte(e, 0);
	return emit_here(e);
}

static void
land(Emit *e, uint32_t from)
{
	uint32_t d = emit_here(e) - from;

	if (d > 127)
		bug("amd64 encode: short jump of %u bytes", d);
	e->b.p[from - 1] = (uint8_t)d;
}

static uint32_t
scalar(int w)
{
	return w == 4 ? 0xF3000000u : 0xF2000000u;
}

static uint32_t
packed(int w)
{
	return w == 8 ? 0x66000000u : 0;
}

enum {
	XORPS = 0x10057,
	MOVAPS = 0x10028,
	MOVUPSL = 0x10010,
	MOVUPSS = 0x10011,
	MOVQ_XR = 0x6601006E,
	MOVQ_RX = 0x6601007E
};

static void
zerox15(Emit *e)
{
	rr(e, XORPS, 4, R_X15, R_X15);
}

/* ---- operations ---- */

/* Is the next operation that is not a mere move one that reads the flags? */
static bool
flagsneeded(const Value *v)
{
	for (const Value *w = v->next; w != NULL; w = w->next) {
		if (w->op == OP_COPY || w->op == OP_RELOAD || w->op == OP_SPILL || w->op == OP_SLOTUSE ||
		    w->op == OP_FCONST || w->op == M_MOVC || w->op == M_FMOVC || w->op == M_LEA0 ||
		    w->op == M_CALLERPC || w->op == M_CALLERSP)
			continue;
		return w->op >= OP_TARGET && amd64_insns[w->op - OP_TARGET].flagsin;
	}
	return v->block->kind == BK_TARGET;
}

static void
floatconst(Emit *e, int dst, int64_t bits, int w)
{
	if (bits == 0) {
		rr(e, XORPS, 4, dst, dst);
		return;
	}
	movimm(e, R_R15, w == 4 ? (int64_t)(uint32_t)bits : bits);
	rr(e, MOVQ_XR, w, dst, R_R15);
}

static void
copy(Emit *e, int dst, int src)
{
	if (dst == src)
		return;
	if (dst < R_X0 && src < R_X0)
		mov(e, dst, src);
	else if (dst >= R_X0 && src >= R_X0)
		rr(e, MOVAPS, 4, dst, src);
	else if (dst >= R_X0)
		rr(e, MOVQ_XR, 8, dst, src);
	else
		rr(e, MOVQ_RX, 8, src, dst);
}

static void
load(Emit *e, int dst, Opd o, int w)
{
	/* clang-format off */
	switch (w) {
	case 1: modrm(e, 0x100B6, 4, dst, &o, 2, 0); break;
	case 2: rm(e, 0x100B7, 4, dst, o); break;
	default: rm(e, 0x8B, w, dst, o);
	}
	/* clang-format on */
}

static void
loadfloat(Emit *e, int dst, Opd o, int w)
{
	rm(e, w == 16 ? MOVUPSL : scalar(w) | 0x10010, 4, dst, o);
}

static void
storereg(Emit *e, int src, Opd o, int w)
{
	modrm(e, sized(0x89, w), w, src, &o, w == 1 ? 1 : 0, 0);
}

static void
storefloat(Emit *e, int src, Opd o, int w)
{
	rm(e, w == 16 ? MOVUPSS : scalar(w) | 0x10011, 4, src, o);
}

/* Clears n bytes at o. X15 is zero. */
static void
zeros(Emit *e, Opd o, int64_t n)
{
	int64_t d = o.disp, left = n;

	while (left >= 16) {
		o.disp = d;
		storefloat(e, R_X15, o, 16);
		d += 16;
		left -= 16;
	}
	if (left > 8 && n >= 16) {
		o.disp = d + left - 16;
		storefloat(e, R_X15, o, 16);
		return;
	}
	while (left > 0) {
		int w = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

		if (w < 8 && w != left && n >= 8) {
			/* the last word overlaps what is done */
			d = d + left - 8;
			left = w = 8;
		}
		o.disp = d;
		modrm(e, sized(0xC7, w), w, 0, &o, 0, w < 4 ? w : 4);
		imm(e, 0, w < 4 ? w : 4);
		d += w;
		left -= w;
	}
}

static void
moves(Emit *e, Opd dst, Opd src, int64_t n)
{
	int64_t at = 0, d0 = dst.disp, s0 = src.disp;
	bool usedx = false;

	while (at < n) {
		int64_t left = n - at;
		int w = left >= 16 ? 16 : left > 8 && n >= 16 ? 16 : left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

		if (left < 16 && w != left) {
			/* the last piece overlaps the one before, which has been stored already: the same bytes again */
			int big = left > 8 ? 16 : left > 4 ? 8 : 4;

			if (n >= big) {
				w = big;
				at = n - w;
			}
		}
		dst.disp = d0 + at;
		src.disp = s0 + at;
		if (w == 16) {
			loadfloat(e, R_X15, src, 16);
			storefloat(e, R_X15, dst, 16);
			usedx = true;
		} else {
			load(e, R_R15, src, w);
			storereg(e, R_R15, dst, w);
		}
		at += w;
	}
	if (usedx)
		zerox15(e);
}

static void
divide(Emit *e, const Value *v, uint32_t enc, bool sign)
{
	int y = op_reg(v, 1), w = op_w(v), ext = (int)(enc >> 8 & 255);
	uint32_t l1 = 0, l2 = 0;

	if (sign && op_imm(v) == 0) {
		/* the machine traps on the one quotient that does not fit; Go wants it wrapped */
		alui(e, 7, w, opreg(y), -1);
		l1 = skip(e, CC_NE);
		rr(e, 0xF7, w, 3, R_AX);
		rr(e, 0x33, 4, R_DX, R_DX);
		l2 = skip(e, -1);
		land(e, l1);
	}
	if (sign) {
		if (w == 8)
			emit_byte(e, 0x48);
		emit_byte(e, 0x99);
	} else {
		rr(e, 0x33, 4, R_DX, R_DX);
	}
	rr(e, 0xF7, w, ext, y);
	if (l2 != 0)
		land(e, l2);
}

/* Flags of comparing register r with a count limit, at the width of the count. */
static void
cmpcount(Emit *e, int w, int32_t limit)
{
	alui(e, 7, w, opreg(R_CX), limit);
}

static void
shiftany(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), r = v->reg;

	rr(e, 0xD3, w, (int)(enc >> 8 & 255), r);
	cmpcount(e, op_w2(v), op_imm(v) + 1);
	rr(e, 0x1B, w, R_R15, R_R15);
	rr(e, 0x23, w, r, R_R15);
}

static void
shiftsigned(Emit *e, const Value *v)
{
	int w = op_w(v);

	movimm(e, R_R15, op_imm(v));
	cmpcount(e, op_w2(v), op_imm(v));
	rr(e, 0x10047, 4, R_CX, R_R15);		/* cmova */
	rr(e, 0xD3, w, 7, v->reg);
}

static void
extendzero(Emit *e, int dst, int src, int from)
{
	Opd o = opreg(src);

	if (from == 1)
		modrm(e, 0x100B6, 4, dst, &o, 2, 0);
	else if (from == 2)
		modrm(e, 0x100B7, 4, dst, &o, 0, 0);
	else
		modrm(e, 0x8B, 4, dst, &o, 0, 0);
}

static void
extendsign(Emit *e, int dst, Opd o, int from, int to)
{
	if (from == 1)
		modrm(e, 0x100BE, to, dst, &o, 2, 0);
	else if (from == 2)
		modrm(e, 0x100BF, to, dst, &o, 0, 0);
	else if (to == 8)
		modrm(e, 0x63, 8, dst, &o, 0, 0);
	else if (o.isreg)
		extendzero(e, dst, o.reg, 4);
	else
		load(e, dst, o, 4);
}

static void
ctz(Emit *e, const Value *v)
{
	int w = op_w(v), x = op_reg(v, 0), d = v->reg;

	if (w < 4) {
		/* a bit above the value ends the search */
		mov(e, R_R15, x);
		alui(e, 1, 4, opreg(R_R15), 1 << 8 * w);
		rr(e, 0x100BC, 4, d, R_R15);
		return;
	}
	rr(e, 0x100BC, w, d, x);
	emit_byte(e, 0x41);		/* mov r15d, width: keeps flags */
	emit_byte(e, 0xBF);
	imm(e, 8 * w, 4);
	rr(e, 0x10044, 4, d, R_R15);
}

static void
clz(Emit *e, const Value *v)
{
	int w = op_w(v), x = op_reg(v, 0), d = v->reg, w4 = w < 4 ? 4 : w;

	if (w < 4) {
		extendzero(e, R_R15, x, w);
		x = R_R15;
	}
	rr(e, 0x100BD, w4, d, x);
	rr(e, 0xC7, 8, 0, R_R15);	/* mov r15, -1 */
	imm(e, -1, 4);
	rr(e, 0x10044, w4, d, R_R15);
	rr(e, 0xF7, w4, 3, d);
	alui(e, 0, w4, opreg(d), 8 * w - 1);
}

static void
popcnt(Emit *e, const Value *v)
{
	int w = op_w(v), x = op_reg(v, 0), d = v->reg;
	Opd flag = { .reg = -1, .index = -1, .sym = v->sym };
	uint32_t slow, done, loop;

	alui(e, 7, 1, flag, 0);
	slow = skip(e, CC_E);
	rr(e, 0xF30100B8, w, d, x);
	done = skip(e, -1);
	land(e, slow);
	if (w == 8)
		mov(e, R_R15, x);
	else
		extendzero(e, R_R15, x, 4);
	rr(e, 0x33, 4, d, d);
	loop = emit_here(e);
	rr(e, 0xD1, 8, 5, R_R15);	/* shr r15, 1 */
	alui(e, 2, 4, opreg(d), 0);	/* adc d, 0 */
	rr(e, 0x85, 8, R_R15, R_R15);
	emit_byte(e, 0x75);
	emit_byte(e, (loop - emit_here(e) - 1) & 255);
	land(e, done);
}

static void
setcc(Emit *e, int cc, int d)
{
	Opd o = opreg(d), s = opreg(R_R15);

	if (cc < CC_FEQ) {
		modrm(e, 0x10090 + ccbits(cc), 4, 0, &o, 2, 0);
		return;
	}
	modrm(e, 0x10090 + (cc == CC_FEQ ? CC_E : CC_NE), 4, 0, &o, 2, 0);
	modrm(e, 0x10090 + (cc == CC_FEQ ? CC_NP : CC_P), 4, 0, &s, 2, 0);
	rr(e, cc == CC_FEQ ? 0x23 : 0x0B, 4, d, R_R15);
}

static void
selectfloat(Emit *e, int cc, int d, int s)
{
	uint32_t l1, l2;

	if (cc == CC_FNE) {
		l1 = skip(e, CC_NE);
		l2 = skip(e, CC_NP);
		land(e, l1);
		rr(e, MOVAPS, 4, d, s);
		land(e, l2);
		return;
	}
	l1 = skip(e, cc ^ 1);
	rr(e, MOVAPS, 4, d, s);
	land(e, l1);
}

static void
minmax(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), d = v->reg, y = op_reg(v, 1);
	uint32_t nan, differ, done1, done2;

	rr(e, packed(w) | 0x1002E, 4, d, y);
	nan = skip(e, CC_P);
	differ = skip(e, CC_NE);
	/* equal: only the sign of zero can differ */
	rr(e, enc == 0x1005D ? 0x10056 : 0x10054, 4, d, y);
	done1 = skip(e, -1);
	land(e, differ);
	rr(e, scalar(w) | enc, 4, d, y);
	done2 = skip(e, -1);
	land(e, nan);
	rr(e, scalar(w) | 0x10058, 4, d, y);
	land(e, done1);
	land(e, done2);
}

static void
floatsign(Emit *e, const Value *v, int ext)
{
	int w = op_w(v);

	rr(e, MOVQ_RX, w, op_reg(v, 0), R_R15);
	rr(e, 0x100BA, w, ext, R_R15);	/* btc or btr */
	imm(e, 8 * w - 1, 1);
	rr(e, MOVQ_XR, w, v->reg, R_R15);
}

static void
floatcopysign(Emit *e, const Value *v)
{
	int w = op_w(v), d = v->reg, n = 8 * w - 1;

	rr(e, MOVQ_RX, w, op_reg(v, 1), R_R15);
	rr(e, 0xC1, w, 5, R_R15);	/* only the sign stays */
	imm(e, n, 1);
	rr(e, 0xC1, w, 4, R_R15);
	imm(e, n, 1);
	rr(e, MOVQ_XR, w, R_X15, R_R15);
	rr(e, w == 8 ? 0x66010073 : 0x66010072, 4, 6, d);	/* psllq or pslld, then back: the sign goes */
	imm(e, 1, 1);
	rr(e, w == 8 ? 0x66010073 : 0x66010072, 4, 2, d);
	imm(e, 1, 1);
	rr(e, 0x10056, 4, d, R_X15);
	zerox15(e);
}

/* VEX-encoded vfmadd213: d = d * y + z. Source: Intel SDM volume 2, "VEX prefix". */
static void
muladd(Emit *e, const Value *v)
{
	int d = v->reg & 15, y = op_reg(v, 1) & 15, z = op_reg(v, 2) & 15;

	emit_byte(e, 0xC4);
	emit_byte(e, (d & 8 ? 0 : 0x80u) | 0x40 | (z & 8 ? 0 : 0x20u) | 2);
	emit_byte(e, (op_w(v) == 8 ? 0x80u : 0) | (unsigned)((~y & 15) << 3) | 1);
	emit_byte(e, 0xA9);
	emit_byte(e, 0xC0u | (unsigned)(d & 7) << 3 | (unsigned)(z & 7));
}

static void
unsignedtofloat(Emit *e, const Value *v)
{
	int w = op_w(v), x = op_reg(v, 0), d = v->reg;
	uint32_t big, done, odd;

	rr(e, XORPS, 4, d, d);
	rr(e, 0x85, 8, x, x);
	big = skip(e, CC_S);
	rr(e, scalar(w) | 0x1002A, 8, d, x);
	done = skip(e, -1);
	land(e, big);
	/* half of it, the bit that falls out kept so that rounding is right */
	mov(e, R_R15, x);
	rr(e, 0xD1, 8, 5, R_R15);
	odd = skip(e, CC_AE);
	alui(e, 1, 8, opreg(R_R15), 1);
	land(e, odd);
	rr(e, scalar(w) | 0x1002A, 8, d, R_R15);
	rr(e, scalar(w) | 0x10058, 4, d, d);
	land(e, done);
}

static void
floattounsigned(Emit *e, const Value *v)
{
	int w = op_w(v), x = op_reg(v, 0), d = v->reg;
	uint32_t small, done;

	movimm(e, R_R15, w == 8 ? 0x43E0000000000000 : 0x5F000000);	/* 2^63 */
	rr(e, MOVQ_XR, w, R_X15, R_R15);
	rr(e, packed(w) | 0x1002E, 4, x, R_X15);
	small = skip(e, CC_B);
	/* 2^63 or more, or not a number: convert x - 2^63 = -(2^63 - x) and put the top bit back */
	rr(e, scalar(w) | 0x1005C, 4, R_X15, x);
	rr(e, MOVQ_RX, w, R_X15, R_R15);
	rr(e, 0x100BA, w, 7, R_R15);
	imm(e, 8 * w - 1, 1);
	rr(e, MOVQ_XR, w, R_X15, R_R15);
	rr(e, scalar(w) | 0x1002C, 8, d, R_X15);
	rr(e, 0x100BA, 8, 7, d);
	imm(e, 63, 1);
	done = skip(e, -1);
	land(e, small);
	rr(e, scalar(w) | 0x1002C, 8, d, x);
	land(e, done);
	zerox15(e);
}

static void
bounds(Emit *e, Value *v)
{
	int w = op_w(v);

	if (v->op == M_BOUNDS) {
		Opd y = opreg(op_reg(v, 1));

		modrm(e, sized(0x3B, w), w, op_reg(v, 0), &y, w == 1 ? 3 : 0, 0);
	} else {
		if (op_imm(v) == 0)
			rr(e, sized(0x85, w), w, op_reg(v, 0), op_reg(v, 0));
		else
			alui(e, 7, w, opreg(op_reg(v, 0)), op_imm(v));
	}
	emit_failif(e, (uint32_t)op_cc(v), v, NULL);
}

static void
atomicop(Emit *e, const Value *v)
{
	int w = op_w(v);
	Opd o = mem(v, 1);
	uint32_t loop;

	load(e, R_AX, o, w);
	loop = emit_here(e);
	mov(e, R_R15, R_AX);
	rr(e, (uint32_t)op_imm(v), 8, op_reg(v, 0), R_R15);
	emit_byte(e, 0xF0);
	modrm(e, sized(0x100B1, w), w, R_R15, &o, 1, 0);
	emit_byte(e, 0x75);
	emit_byte(e, (loop - emit_here(e) - 1) & 255);
}

static void
funcpc(Emit *e, const Value *v)
{
	Opd o = opbase(R_SP, e->f->framesize + (v->op == M_CALLERSP ? 8 : 0));

	rm(e, v->op == M_CALLERSP ? 0x8D : 0x8B, 8, v->reg, o);
}

static void
insn(Emit *e, Value *v)
{
	const Insn *in = &amd64_insns[v->op - OP_TARGET];
	uint32_t enc = in->enc;
	int w = op_w(v), d = v->reg, ext = (int)(enc >> 8 & 255), x = v->narg > 0 ? op_reg(v, 0) : -1;
	uint32_t group = enc & ~0xff00u;	/* opcode without reg field */
	Opd o;

	switch ((Form)in->encform) {
	case F_MOVC:
		if (v->aux == 0 && flagsneeded(v)) {
			if (d & 8)
				emit_byte(e, 0x41);
			emit_byte(e, 0xB8u | (unsigned)(d & 7));
			imm(e, 0, 4);
		} else {
			movimm(e, d, w == 4 ? (int64_t)(uint32_t)v->aux : v->aux);
		}
		break;
	case F_FMOVC:
		floatconst(e, d, v->aux, w);
		break;
	case F_LEA:
		rm(e, 0x8D, w, d, mem(v, 0));
		break;
	case F_LD:
		load(e, d, mem(v, 0), w);
		break;
	case F_LDS:
		extendsign(e, d, mem(v, 0), w, op_w2(v));
		break;
	case F_FLD:
		loadfloat(e, d, mem(v, 0), w);
		break;
	case F_ST:
		storereg(e, x, mem(v, 1), w);
		break;
	case F_STI:
		o = mem(v, 0);
		modrm(e, sized(0xC7, w), w, 0, &o, 0, w < 4 ? w : 4);
		imm(e, op_imm(v), w < 4 ? w : 4);
		break;
	case F_FST:
		storefloat(e, x, mem(v, 1), w);
		break;
	case F_ADD: {
		int y = op_reg(v, 1);

		if (d == x) {
			rr(e, 0x03, w, d, y);
		} else if (d == y) {
			rr(e, 0x03, w, d, x);
		} else {
			o = opbase(x, 0);
			o.index = y;
			rm(e, 0x8D, w, d, o);
		}
		break;
	}
	case F_RM:
		rr(e, group, w, d, op_reg(v, 1));
		break;
	case F_RMMEM:
		rm(e, group, w, d, mem(v, 1));
		break;
	case F_ADDI:
		if (d != x)
			rm(e, 0x8D, w, d, opbase(x, op_imm(v)));
		else if (op_imm(v) == 1)
			rr(e, 0xFF, w, 0, d);
		else if (op_imm(v) == -1)
			rr(e, 0xFF, w, 1, d);
		else if (op_imm(v) == 128)
			alui(e, 5, w, opreg(d), -128);
		else
			alui(e, 0, w, opreg(d), op_imm(v));
		break;
	case F_RI:
		alui(e, ext, w, opreg(d), op_imm(v));
		break;
	case F_IMULI: {
		int n = op_imm(v) == (int8_t)op_imm(v) ? 1 : 4;

		o = op_am(v) == AM_NONE ? opreg(x) : mem(v, 0);
		modrm(e, n == 1 ? 0x6B : 0x69, w, d, &o, 0, n);
		imm(e, op_imm(v), n);
		break;
	}
	case F_MR:
		o = mem(v, 1);
		modrm(e, sized(group, w), w, x, &o, w == 1 ? 1 : 0, 0);
		break;
	case F_MI:
		alui(e, ext, w, mem(v, 0), op_imm(v));
		break;
	case F_R:
		o = opreg(d);
		modrm(e, sized(group, w), w, ext, &o, w == 1 ? 2 : 0, 0);
		break;
	case F_R1:
		rr(e, group, w, ext, op_reg(v, 1));
		break;
	case F_DIVS:
		divide(e, v, enc, true);
		break;
	case F_DIVU:
		divide(e, v, enc, false);
		break;
	case F_DIV128:
		rr(e, group, w, ext, op_reg(v, 2));
		break;
	case F_SHV:
		shiftany(e, v, enc);
		break;
	case F_SARV:
		shiftsigned(e, v);
		break;
	case F_SHI:
		o = opreg(d);
		modrm(e, sized(group, w), w, ext, &o, w == 1 ? 2 : 0, 1);
		imm(e, op_imm(v), 1);
		break;
	case F_CTZ:
		ctz(e, v);
		break;
	case F_CLZ:
		clz(e, v);
		break;
	case F_POPCNT:
		popcnt(e, v);
		break;
	case F_BSWAP:
		if (w == 8 || (d & 8))
			emit_byte(e, (w == 8 ? 0x48u : 0x40u) | (d & 8 ? 1u : 0));
		emit_byte(e, 0x0F);
		emit_byte(e, 0xC8u | (unsigned)(d & 7));
		break;
	case F_ZX:
		extendzero(e, d, x, w);
		break;
	case F_SX:
		extendsign(e, d, opreg(x), w, op_w2(v));
		break;
	case F_CMP:
		o = opreg(op_reg(v, 1));
		modrm(e, sized(0x3B, w), w, x, &o, w == 1 ? 3 : 0, 0);
		break;
	case F_CMPI:
		alui(e, 7, w, opreg(x), op_imm(v));
		break;
	case F_CMPM:
		o = mem(v, 1);
		modrm(e, sized(0x3B, w), w, x, &o, w == 1 ? 1 : 0, 0);
		break;
	case F_TEST:
		test(e, x, op_reg(v, 1), w);
		break;
	case F_TESTI:
		o = opreg(x);
		if (w > 1 && op_imm(v) >= 0 && op_imm(v) < 128)
			w = 1;	/* the same flags but for the sign, which is clear either way */
		modrm(e, sized(0xF7, w), w, 0, &o, w == 1 ? 2 : 0, w < 4 ? w : 4);
		imm(e, op_imm(v), w < 4 ? w : 4);
		break;
	case F_BTI:
		rr(e, 0x100BA, w, 4, x);
		imm(e, op_imm(v), 1);
		break;
	case F_UCOMI:
		rr(e, packed(w) | 0x1002E, 4, x, op_reg(v, 1));
		break;
	case F_SETCC:
		setcc(e, op_cc(v), d);
		break;
	case F_CMOV:
		if (op_cc(v) == CC_FNE) {
			rr(e, 0x10040 + CC_NE, w, d, op_reg(v, 1));
			rr(e, 0x10040 + CC_P, w, d, op_reg(v, 1));
		} else {
			rr(e, 0x10040 + ccbits(op_cc(v)), w, d, op_reg(v, 1));
		}
		break;
	case F_FSEL:
		selectfloat(e, op_cc(v), d, op_reg(v, 1));
		break;
	case F_SSE:
		rr(e, scalar(w) | enc, 4, d, op_reg(v, 1));
		break;
	case F_SSEM:
		rm(e, scalar(w) | enc, 4, d, mem(v, 1));
		break;
	case F_SSEU:
		rr(e, scalar(w) | enc, 4, d, x);
		break;
	case F_ROUND:
		rr(e, w == 8 ? 0x6603000B : 0x6603000A, 4, d, x);
		imm(e, op_imm(v), 1);
		break;
	case F_FSIGN:
		floatsign(e, v, (int)enc);
		break;
	case F_FCPSGN:
		floatcopysign(e, v);
		break;
	case F_FMINMAX:
		minmax(e, v, enc);
		break;
	case F_FMA:
		muladd(e, v);
		break;
	case F_S2F:
		rr(e, XORPS, 4, d, d);	/* the instruction keeps the upper half: do not wait for it */
		rr(e, scalar(w) | enc, op_w2(v), d, x);
		break;
	case F_U2F:
		unsignedtofloat(e, v);
		break;
	case F_F2S:
		rr(e, scalar(w) | enc, op_w2(v), d, x);
		break;
	case F_F2U:
		floattounsigned(e, v);
		break;
	case F_F2F:
		rr(e, scalar(w) | enc, 4, d, x);
		break;
	case F_F2B:
		rr(e, enc, w, x, d);
		break;
	case F_B2F:
		rr(e, enc, w, d, x);
		break;
	case F_ZEROS:
		zeros(e, mem(v, 0), op_imm(v));
		break;
	case F_ZEROL:
		rr(e, 0x33, 4, R_AX, R_AX);
		movimm(e, R_CX, op_imm(v) / 8);
		emit_byte(e, 0xF3);
		emit_byte(e, 0x48);
		emit_byte(e, 0xAB);
		zeros(e, opbase(R_DI, op_imm(v) % 8 - 8), op_imm(v) % 8 != 0 ? 8 : 0);
		break;
	case F_MOVES:
		moves(e, mem(v, 0), movesource(v), op_imm(v));
		break;
	case F_MOVEL:
		movimm(e, R_CX, op_imm(v) / 8);
		emit_byte(e, 0xF3);
		emit_byte(e, 0x48);
		emit_byte(e, 0xA5);
		if (op_imm(v) % 8 != 0)
			moves(e, opbase(R_DI, op_imm(v) % 8 - 8), opbase(R_SI, op_imm(v) % 8 - 8), 8);
		break;
	case F_NILCHK:
		o = opbase(x, 0);
		modrm(e, 0x84, 4, R_AX, &o, 0, 0);
		break;
	case F_BOUNDS:
		bounds(e, v);
		break;
	case F_ZEROCHK:
		test(e, x, x, w);
		emit_failif(e, CC_E, v, "panicdivide");
		break;
	case F_SHIFTCHK:
		test(e, x, x, w);
		emit_failif(e, CC_S, v, "panicshift");
		break;
	case F_WB:
		call(e, ssa_rtsym("gcWriteBarrier"));
		break;
	case F_CALLERPC:
	case F_CALLERSP:
		funcpc(e, v);
		break;
	case F_XCHG:
		o = mem(v, 1);
		modrm(e, sized(group, w), w, d, &o, w == 1 ? 1 : 0, 0);
		break;
	case F_XADD:
		mov(e, R_R15, d);
		emit_byte(e, 0xF0);
		o = mem(v, 1);
		modrm(e, sized(group, w), w, d, &o, w == 1 ? 1 : 0, 0);
		rr(e, 0x03, w < 4 ? 4 : w, d, R_R15);
		break;
	case F_LOCKMR:
		emit_byte(e, 0xF0);
		o = mem(v, 1);
		modrm(e, sized((uint32_t)op_imm(v), w), w, x, &o, w == 1 ? 1 : 0, 0);
		break;
	case F_CAS:
		emit_byte(e, 0xF0);
		o = mem(v, 2);
		modrm(e, sized(group, w), w, op_reg(v, 1), &o, w == 1 ? 1 : 0, 0);
		setcc(e, CC_E, d);
		break;
	case F_AOP:
		atomicop(e, v);
		break;
	case F_PREFETCH:
		rm(e, 0x10018, 4, op_imm(v), mem(v, 0));
		break;
	case F_PAUSE:
		emit_byte(e, 0xF3);
		emit_byte(e, 0x90);
		break;
	}
}

/* ---- jumps ---- */

static void
branch(Emit *e, const Block *b, int cc, int yes, int no, int after)
{
	(void)b;
	switch (cc) {
	case CC_FNE:
		emit_jump(e, CC_NE, yes);
		emit_jump(e, CC_P, yes);
		emit_goto(e, no, after);
		break;
	case CC_FEQ:
		emit_jump(e, CC_NE, no);
		if (no == after) {
			emit_jump(e, CC_NP, yes);
		} else {
			emit_jump(e, CC_P, no);
			emit_goto(e, yes, after);
		}
		break;
	default:
		emit_jump(e, (uint32_t)cc, yes);
		emit_goto(e, no, after);
	}
}

/* The entry at R15 holds its own distance to the code. */
static void
jumptable(Emit *e, Block *b)
{
	int label = emit_table(e, b);
	Opd o = opbase(R_R15, 0);

	emit_byte(e, 0x4C);
	emit_byte(e, 0x8D);
	emit_byte(e, 0x3D);	/* lea r15, [rip + table] */
	emit_fix(e, label, emit_here(e) + 4, 4);
	emit_word(e, 0);
	o.index = b->ctl->reg;
	o.scale = 3;
	rm(e, 0x8D, 8, R_R15, o);
	rm(e, 0x03, 8, R_R15, opbase(R_R15, 0));
	rr(e, 0xFF, 4, 4, R_R15);
}

/* The short form has an 8-bit distance, measured from its end. */
static int
jumpsize(const EmitJump *j, int64_t d)
{
	if (d == 0 || d - 2 == (int8_t)(d - 2))
		return 2;
	return j->how == ALWAYS ? 5 : 6;
}

static void
putjump(Buf *out, const EmitJump *j, int64_t d)
{
	d -= j->size;
	if (j->size == 2) {
		buf_byte(out, j->how == ALWAYS ? 0xEB : (uint8_t)(0x70 | j->how));
		buf_byte(out, (uint8_t)d);
		return;
	}
	if (j->how != ALWAYS)
		buf_byte(out, 0x0F);
	buf_byte(out, j->how == ALWAYS ? 0xE9 : (uint8_t)(0x80 | j->how));
	buf_u32(out, (uint32_t)d);
}

static void
nop(Emit *e)
{
	emit_byte(e, 0x90);
}

static void
ud2(Emit *e)
{
	emit_byte(e, 0x0F);
	emit_byte(e, 0x0B);
}

static void
int3(Emit *e)
{
	emit_byte(e, 0xCC);
}

/* ---- calls ---- */

static void
callclosure(Emit *e)
{
	rm(e, 0xFF, 4, 2, opbase(R_DX, 0));
}

static void
callptr(Emit *e, int reg)
{
	rr(e, 0xFF, 4, 2, reg);
}

static void
tailcall(Emit *e, ObjSym *to)
{
	emit_byte(e, 0xE9);
	reloc(e, OBJ_R_CALL, to, -4);
}

static void
ret(Emit *e)
{
	emit_byte(e, 0xC3);
}

/* Index in RAX, length in RCX. */
static void
boundsargs(Emit *e, const Value *v)
{
	if (v->op == M_BOUNDS) {
		int x = op_reg(v, 0), n = op_reg(v, 1);

		if (x == R_CX && n == R_AX) {
			emit_byte(e, 0x48);
			emit_byte(e, 0x91);	/* xchg */
		} else if (n == R_AX) {
			mov(e, R_CX, n);
			mov(e, R_AX, x);
		} else {
			mov(e, R_AX, x);
			mov(e, R_CX, n);
		}
	} else if (v->op == M_BOUNDSI) {
		mov(e, R_AX, op_reg(v, 0));
		movimm(e, R_CX, op_imm(v));
	} else {
		mov(e, R_CX, op_reg(v, 0));
		movimm(e, R_AX, op_imm(v));
	}
}

static void
fail(Emit *e, ObjSym *fn, const Value *v)
{
	if (v != NULL)
		boundsargs(e, v);
	call(e, fn);
}

/* ---- frames ---- */

static void
loadstore(Emit *e, int reg, int64_t off, int w, bool isstore)
{
	Opd o = opbase(R_SP, off);

	if (reg >= R_X0)
		isstore ? storefloat(e, reg, o, w) : loadfloat(e, reg, o, w);
	else
		isstore ? storereg(e, reg, o, w) : load(e, reg, o, w);
}

static void
spill(Emit *e, const Value *v, int reg, bool isstore)
{
	loadstore(e, reg, v->spill->off, value_width(v), isstore);
}

static void
checkstack(Emit *e, int more)
{
	Opd guard = opbase(R_R14, G_STACKGUARD);
	int sp = R_SP;

	if (e->frame > STACK_SMALL) {
		sp = R_R15;
		if (e->frame < STACK_BIG) {
			rm(e, 0x8D, 8, R_R15, opbase(R_SP, -(int64_t)(e->frame - STACK_SMALL)));
		} else {
			mov(e, R_R15, R_SP);
			alui(e, 5, 8, opreg(R_R15), e->frame - STACK_SMALL);
			emit_jump(e, CC_B, more);
		}
	}
	rm(e, 0x3B, 8, sp, guard);
	emit_jump(e, CC_BE, more);
}

static void
enter(Emit *e)
{
	emit_byte(e, 0x55);		/* push rbp */
	emit_sp(e, 8);
	rr(e, 0x8B, 8, R_BP, R_SP);
	if (e->frame > 8)
		alui(e, 5, 8, opreg(R_SP), e->frame - 8);
}

static void
leave(Emit *e)
{
	if (e->frame > 8)
		alui(e, 0, 8, opreg(R_SP), e->frame - 8);
	emit_sp(e, 8);
	emit_byte(e, 0x5D);		/* pop rbp */
}

/* R12 and R13 carry no arguments. */
static void
clear(Emit *e, int64_t off, int64_t n)
{
	uint32_t loop;

	if (n <= 512) {
		zeros(e, opbase(R_SP, off), n);
		return;
	}
	rm(e, 0x8D, 8, R_R12, opbase(R_SP, off));
	rm(e, 0x8D, 8, R_R13, opbase(R_SP, off + (n & ~(int64_t)31)));
	loop = emit_here(e);
	storefloat(e, R_X15, opbase(R_R12, 0), 16);
	storefloat(e, R_X15, opbase(R_R12, 16), 16);
	alui(e, 0, 8, opreg(R_R12), 32);
	rr(e, 0x3B, 8, R_R12, R_R13);
	emit_byte(e, 0x72);
	emit_byte(e, (loop - emit_here(e) - 1) & 255);
	if (n % 32 != 0)
		zeros(e, opbase(R_R12, 0), n % 32);
}

/* ---- putting it together ---- */

static const EmitCpu cpu = {
	.jumpunit = 1,
	.filler = 0xCC,
	.always = ALWAYS,
	.jumpsize = jumpsize,
	.putjump = putjump,
	.nop = nop,
	.trap = ud2,
	.pad = int3,
	.checkstack = checkstack,
	.enter = enter,
	.leave = leave,
	.clear = clear,
	.param = loadstore,
	.morestack = call,
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
amd64_encode(Func *f)
{
	emit_func(f, &cpu);
}
