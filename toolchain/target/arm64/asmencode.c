/*
 * asmencode.c - the assembler's instructions of arm64 to words.
 *
 * A form whose how is PLAIN is finished when its operands have been put in. Others have a case here: constants that do not
 * fit are made in R27, distances that do not fit are added to the base there, and what is farther comes from a literal behind the function,
 * all of it as Go's assembler does it.
 */
#include "target/arm64/arm64.h"
#include "target/arm64/asmforms.h"

enum { TMP = 27, ZR = 31 };

/* Instructions without operands, of 64 bits. */
/* clang-format off */
enum {
	SF = 1u << 31, ADDI = 0x91000000, SUBI = 0xD1000000, ADDX = 0x8B206000, ORRI = 0x32000000, MOVN = 0x12800000, MOVZ = 0x52800000,
	MOVK = 0x72800000, MSUB = 0x1B008000, ADRP = 0x90000000, LDRLIT = 0x58000000, LDRLITSW = 0x98000000, LDRLITW = 0x18000000,
	JUMP26 = 0x14000000, FMOVX = 0x9E670000, FMOVW = 0x1E270000, LDRD = 0xFD400000,
};
/* clang-format on */

static uint32_t
field(uint32_t bits, int at)
{
	return bits >> at & 31;
}

static void
invalid(AsmInsn *i, bool unless)
{
	if (!unless)
		asm_invalid(i);
}

/* ---- constants ---- */

/* Fits the immediate of an addition. */
static bool
isadd(int64_t v)
{
	return v >= 0 && (v < 4096 || ((v & 4095) == 0 && v < 1 << 24));
}

/* Which 16 bits of v are all that it has, or -1. */
static int
wide(uint64_t v)
{
	for (int s = 0; s < 4; s++)
		if ((v & ~((uint64_t)0xffff << 16 * s)) == 0)
			return s;
	return -1;
}

static uint64_t
inverted(uint64_t v, bool is64)
{
	return is64 ? ~v : (uint32_t)~v;
}

static bool
isbits(uint64_t v, bool is64, uint32_t *enc)
{
	return arm64_bitmask(v, is64 ? 8 : 4, enc);
}

/* One instruction makes v. */
static bool
issimple(uint64_t v, bool is64)
{
	uint32_t enc;

	return wide(v) >= 0 || wide(inverted(v, is64)) >= 0 || isbits(v, is64, &enc);
}

static void
movewide(AsmFunc *f, uint32_t op, uint32_t r, uint64_t v, int s)
{
	asm_word(f, op | (uint32_t)s << 21 | (uint32_t)(v >> 16 * s & 0xffff) << 5 | r);
}

/* r = v, which is simple. Bit patterns go before wide moves if the constant could be added, too: this is Go's order. */
static void
simple(AsmFunc *f, uint32_t r, uint64_t v, bool is64, bool tosp)
{
	uint32_t sf = is64 ? SF : 0, enc;
	bool hasmove = wide(v) >= 0 || wide(inverted(v, is64)) >= 0;

	if (isbits(v, is64, &enc) && (tosp || (r != ZR && (!hasmove || isadd((int64_t)v)))))
		asm_word(f, ORRI | sf | enc | ZR << 5 | r);
	else if (wide(v) >= 0)
		movewide(f, MOVZ | sf, r, v, wide(v));
	else
		movewide(f, MOVN | sf, r, inverted(v, is64), wide(inverted(v, is64)));
}

/* r = v, from 16 bits each; those that are all zeros, or all ones, whatever is more frequent, come for nothing. */
static void
general(AsmFunc *f, uint32_t r, uint64_t v, bool is64)
{
	int zeros = 0, ones = 0;
	uint64_t skip;
	bool first = true, neg;

	if (!is64) {
		movewide(f, MOVZ, r, v, 0);
		movewide(f, MOVK, r, v, 1);
		return;
	}
	for (int s = 0; s < 4; s++) {
		zeros += (v >> 16 * s & 0xffff) == 0;
		ones += (v >> 16 * s & 0xffff) == 0xffff;
	}
	neg = zeros < 3 && (ones == 3 || (zeros < 2 && (ones == 2 || (zeros < 1 && ones == 1))));
	skip = neg ? 0xffff : zeros > 0 ? 0 : UINT64_MAX;
	for (int s = 0; s < 4; s++) {
		if ((v >> 16 * s & 0xffff) == skip)
			continue;
		if (!first)
			movewide(f, MOVK | SF, r, v, s);
		else if (neg)
			movewide(f, MOVN | SF, r, ~v, s);
		else
			movewide(f, MOVZ | SF, r, v, s);
		first = false;
	}
}

static void
load(AsmFunc *f, uint32_t r, uint64_t v, bool is64)
{
	if (issimple(v, is64))
		simple(f, r, v, is64, false);
	else
		general(f, r, v, is64);
}

static void
constant(AsmFunc *f, AsmInsn *i, uint32_t bits, uint64_t v)
{
	bool is64 = (bits & SF) != 0, tosp = i->opd[1].reg == AR_SP;
	uint32_t enc, r = field(bits, 0);

	v = is64 ? v : (uint32_t)v;
	if (tosp && !isbits(v, is64, &enc))
		asm_invalid(i);
	else if (issimple(v, is64))
		simple(f, r, v, is64, tosp);
	else
		general(f, r, v, is64);
}

static bool
usessp(const AsmInsn *i)
{
	for (int k = 0; k < i->nopd; k++)
		if (i->opd[k].kind == OPD_REG && i->opd[k].reg == AR_SP)
			return true;
	return false;
}

/* The constant is in TMP, which is read before it is written. */
static void
withtmp(AsmFunc *f, AsmInsn *i, uint32_t bits)
{
	if (field(bits, 5) == TMP)
		asm_bad(i, "cannot use REGTMP as source: %s", i->text);
	asm_word(f, bits | TMP << 16);
}

static void
addconst(AsmFunc *f, AsmInsn *i, uint32_t bits, int64_t k)
{
	bool is64 = (bits & SF) != 0, flags = (bits & 1 << 29) != 0;
	uint32_t imm = (bits & ~0x1F000000u) | 0x11000000;
	int64_t v = is64 ? k : (int64_t)(uint32_t)k;

	if (isadd(v)) {
		asm_word(f, imm | (v < 4096 ? (uint32_t)v << 10 : 1u << 22 | (uint32_t)(v >> 12) << 10));
	} else if (!flags && v >= 0 && v < 1 << 24 && !issimple((uint64_t)v, is64)) {
		asm_word(f, imm | ((uint32_t)v & 4095) << 10);
		imm = (imm & ~(31u << 5)) | field(bits, 0) << 5;
		asm_word(f, imm | 1u << 22 | (uint32_t)(v >> 12) << 10);
	} else {
		load(f, TMP, (uint64_t)v, is64);
		withtmp(f, i, usessp(i) ? bits | 1 << 21 | (is64 ? 3u : 2u) << 13 : bits);
	}
}

/* An immediate would mean SP where others mean ZR, if no flags are set. */
static void
logicconst(AsmFunc *f, AsmInsn *i, uint32_t bits, int64_t k, bool tosp)
{
	bool is64 = (bits & SF) != 0, invert = (bits & 1 << 21) != 0, flags = (bits >> 29 & 3) == 3;
	uint64_t v = is64 ? (uint64_t)k : (uint32_t)k;
	uint32_t enc;

	if ((flags || tosp || field(bits, 0) != ZR) && isbits(v, is64, &enc)) {
		isbits(invert ? inverted(v, is64) : v, is64, &enc);
		asm_word(f, (bits & ~0x1F200000u) | 0x12000000 | enc);
	} else if (tosp) {
		asm_invalid(i);
	} else {
		load(f, TMP, v, is64);
		withtmp(f, i, bits);
	}
}

static void
onemovewide(AsmFunc *f, AsmInsn *i, uint32_t bits, uint64_t v)
{
	int s = wide(v);

	if (s < 0 || v == 0 || ((bits & SF) == 0 && s > 1))
		asm_invalid(i);
	else
		movewide(f, bits & ~31u, field(bits, 0), v, s);
}

/* ---- shifts, bit fields ---- */

static void
bitfield(AsmFunc *f, AsmInsn *i, uint32_t bits, int64_t r, int64_t s)
{
	int64_t n = (bits & SF) != 0 ? 64 : 32;

	if (r < 0 || r >= n || s < 0 || s >= n)
		asm_invalid(i);
	else
		asm_word(f, bits | (uint32_t)r << 16 | (uint32_t)s << 10);
}

static void
shift(AsmFunc *f, AsmInsn *i, ArmHow how, const ArmFields *o)
{
	int64_t n = (o->bits & SF) != 0 ? 64 : 32, k = o->k[0], w = o->k[1];

	/* no sum below may overflow */
	if (k < 0 || k >= n || w < 0 || w > n) {
		asm_invalid(i);
		return;
	}
	switch (how) {
	case LSLIMM:
		bitfield(f, i, o->bits, (n - k) % n, n - 1 - k);
		break;
	case LSRIMM:
		bitfield(f, i, o->bits, k, n - 1);
		break;
	case RORIMM:
		asm_word(f, o->bits | field(o->bits, 5) << 16 | (uint32_t)k << 10);
		break;
	case EXTRACT:
		asm_word(f, o->bits | (uint32_t)k << 10);
		break;
	case FIELDRS:
		bitfield(f, i, o->bits, k, w);
		break;
	case FIELDIN:
		bitfield(f, i, o->bits, (n - k) % n, w - 1);
		break;
	default:
		bitfield(f, i, o->bits, k, k + w - 1);
		break;
	}
}

/* ---- memory ---- */

/* Whether i, an access of one register or two, stores TMP, so that this cannot hold the address: reported. */
static bool
storestmp(AsmInsn *i, uint32_t bits, bool ispair)
{
	bool load = ispair ? (bits >> 22 & 1) != 0 : (bits >> 22 & 3) != 0, isfloat = (bits >> 26 & 1) != 0;

	if (load || isfloat || (field(bits, 0) != TMP && !(ispair && field(bits, 10) == TMP)))
		return false;
	asm_bad(i, "cannot use REGTMP as source: %s", i->text);
	return true;
}

/* TMP = v from behind the function, for something that then reads rn, too. */
static void
literal(AsmFunc *f, AsmInsn *i, uint32_t rn, int64_t v)
{
	int size = v == (int32_t)v || v == (int64_t)(uint32_t)v ? 4 : 8;
	uint32_t op = size == 8 ? LDRLIT : v < 0 ? LDRLITSW : LDRLITW;
	uint8_t p[8];
	int64_t d;

	for (int k = 0; k < 8; k++)
		p[k] = (uint8_t)((uint64_t)v >> 8 * k);
	if (rn == TMP)
		asm_bad(i, "REGTMP used in large offset: %s", i->text);
	d = asm_literal(f, p, size);
	if (d >= 1 << 20)
		asm_bad(i, "constant of %s is too far", i->text);
	asm_word(f, op | ((uint32_t)(d >> 2) & 0x7ffff) << 5 | TMP);
}

/* r = rn + v, v being 12 bits and a sign. */
static void
add12(AsmFunc *f, uint32_t r, uint32_t rn, int64_t v)
{
	asm_word(f, (v < 0 ? SUBI : ADDI) | (uint32_t)(v < 0 ? -v : v) << 10 | rn << 5 | r);
}

static void
addhigh(AsmFunc *f, uint32_t r, uint32_t rn, int64_t v)
{
	asm_word(f, ADDI | 1u << 22 | (uint32_t)(v >> 12) << 10 | rn << 5 | r);
}

static void
address(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	int64_t v = o->mem->val;
	uint32_t r = field(o->bits, 0), rn = field(o->bits, 5);

	if (v > -4096 && v < 4096) {
		add12(f, r, rn, v);
	} else if (v > INT32_MIN && isadd(v < 0 ? -v : v)) {
		asm_word(f, (v < 0 ? SUBI : ADDI) | 1u << 22 | (uint32_t)((v < 0 ? -v : v) >> 12) << 10 | rn << 5 | r);
	} else if (v > 0 && v < 1 << 24) {
		addhigh(f, r, rn, v);
		add12(f, r, r, v & 4095);
	} else {
		literal(f, i, rn, v);
		asm_word(f, ADDX | TMP << 16 | rn << 5 | r);
	}
}

static void
symaddress(AsmFunc *f, const AsmOpd *sym, uint32_t r)
{
	asm_reloc(f, OBJ_R_HI, sym->sym, sym->val);
	asm_word(f, ADRP | r);
	asm_reloc(f, OBJ_R_LO, sym->sym, sym->val);
	asm_word(f, ADDI | r << 5 | r);
}

/* ".P": after the access, ".W": before it. false: it is another one, and was reported. */
static bool
writeback(AsmInsn *i, bool *post, bool *pre)
{
	*post = i->suffix != NULL && strcmp(i->suffix, ".P") == 0;
	*pre = i->suffix != NULL && strcmp(i->suffix, ".W") == 0;
	if (i->suffix != NULL && !*post && !*pre)
		asm_bad(i, "unrecognized suffix .\"%s\"", i->suffix + 1);
	return i->suffix == NULL || *post || *pre;
}

/* The base may not be loaded or stored if it changes. */
static bool
unpredictable(AsmInsn *i, uint32_t bits, bool both)
{
	uint32_t rn = field(bits, 5);

	if ((bits >> 26 & 1) != 0 || rn == ZR || (rn != field(bits, 0) && !(both && rn == field(bits, 10))))
		return false;
	asm_bad(i, "constrained unpredictable behavior: %s", i->text);
	return true;
}

/* log2 of the bytes that an access with a scaled distance has. */
static int
scale(uint32_t bits)
{
	return (bits >> 26 & 1) != 0 && (bits >> 23 & 1) != 0 ? 4 : (int)(bits >> 30);
}

static void
access(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	uint32_t bits = o->bits, rn = field(bits, 5), unscaled = bits & ~(1u << 24),
		 viatmp = (bits & ~(31u << 5)) | TMP << 5;
	int64_t v = o->mem->val, size = (int64_t)1 << scale(bits), hi, lo;
	bool post, pre;

	if (!writeback(i, &post, &pre))
		return;
	if (post || pre) {
		if (v < -256 || v > 255)
			asm_bad(i, "offset out of range [-256,255]: %s", i->text);
		else if (!unpredictable(i, bits, false))
			asm_word(f, unscaled | ((uint32_t)v & 511) << 12 | (post ? 1 : 3) << 10);
	} else if (v >= 0 && v % size == 0 && v / size < 4096) {
		asm_word(f, bits | (uint32_t)(v / size) << 10);
	} else if (v >= -256 && v < 256) {
		asm_word(f, unscaled | ((uint32_t)v & 511) << 12);
	} else if (storestmp(i, bits, false)) {
		return;
	} else if (v > -4096 && v < 4096) {
		add12(f, TMP, rn, v);
		asm_word(f, viatmp);
	} else if (v >= 0 && v <= 0xfff000 + 0xfff * size && v % size == 0) {
		lo = v / size & 4095;
		hi = v - lo * size;
		if (hi > 0xfff000) {
			hi = 0xfff000;
			lo = (v - hi) / size;
		}
		addhigh(f, TMP, rn, hi);
		asm_word(f, viatmp | (uint32_t)lo << 10);
	} else {
		literal(f, i, rn, v);
		asm_word(f, unscaled | 1u << 21 | 0x6800 | TMP << 16);
	}
}

/* (Rn)(Rm.UXTW<<2), (Rn)(Rm<<3), (Rn)(Rm) */
static void
indexed(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	const AsmOpd *m = o->mem;
	uint32_t bits = (o->bits & ~(1u << 24)) | 1u << 21 | 2u << 10;
	bool plain = m->ext == NULL || strcmp(m->ext, "LSL") == 0;
	int option = plain ? 3 : arm64_extension(m->ext);

	/* registers of 32 bits or more are extended, but for UXTX, which is LSL */
	if (m->index < AR_R0 || m->index > AR_ZR || !(plain || option == 2 || option >= 6) || i->suffix != NULL ||
	    m->scale > 1 || (m->amount != 0 && m->amount != scale(o->bits)))
		asm_invalid(i);
	else
		asm_word(f,
		    bits | (uint32_t)(m->index - AR_R0) << 16 | (uint32_t)option << 13 |
			(m->amount != 0 ? 1u << 12 : 0));
}

static int
pairscale(uint32_t bits)
{
	return (bits >> 26 & 1) != 0 ? 2 + (int)(bits >> 30) : (bits >> 31) != 0 ? 3 : 2;
}

static void
accesspair(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	uint32_t bits = o->bits, rn = field(bits, 5), viatmp = (bits & ~(31u << 5)) | TMP << 5, d;
	int64_t v = o->mem->val, size = (int64_t)1 << pairscale(bits);
	bool post, pre, near = v % size == 0 && v >= -64 * size && v < 64 * size;

	if (!writeback(i, &post, &pre))
		return;
	d = (uint32_t)(v / size & 127) << 15;
	if ((bits >> 22 & 1) != 0 && field(bits, 0) == field(bits, 10)) {
		asm_bad(i, "constrained unpredictable behavior: %s", i->text);
	} else if (post || pre) {
		if (!near)
			asm_invalid(i);
		else if (!unpredictable(i, bits, true))
			asm_word(f, (bits ^ (post ? 3u : 1u) << 23) | d);
	} else if (near) {
		asm_word(f, bits | d);
	} else if (storestmp(i, bits, true)) {
		return;
	} else if (v > -4096 && v < 4096) {
		add12(f, TMP, rn, v);
		asm_word(f, viatmp);
	} else if (v >= 0 && v < 1 << 24) {
		add12(f, TMP, rn, v & 4095);
		addhigh(f, TMP, TMP, v);
		asm_word(f, viatmp);
	} else {
		literal(f, i, rn, v);
		asm_word(f, ADDX | TMP << 16 | rn << 5 | TMP);
		asm_word(f, viatmp);
	}
}

/* At a symbol, whose address TMP gets. */
static void
accesssymbol(AsmFunc *f, AsmInsn *i, uint32_t bits, const AsmOpd *sym, bool ispair)
{
	if (storestmp(i, bits, ispair))
		return;
	invalid(i, i->suffix == NULL);
	symaddress(f, sym, TMP);
	asm_word(f, bits | TMP << 5);
}

/* The register of the status must not be one of the others. */
static void
exclusive(AsmFunc *f, AsmInsn *i, uint32_t bits)
{
	uint32_t s = field(bits, 16), n = field(bits, 5);
	bool ispair = i->opd[0].kind == OPD_PAIR;

	if (s == field(bits, 0) || (ispair && s == field(bits, 10)) || (s == n && n != ZR)) {
		asm_bad(i, "constrained unpredictable behavior: %s", i->text);
		return;
	}
	asm_word(f, ispair ? bits : bits | 31 << 10);
}

static void
prefetch(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	int64_t v = o->mem->val;

	if (v < 0 || v % 8 != 0 || v / 8 > 4095)
		asm_invalid(i);
	else
		asm_word(f, o->bits | (uint32_t)(v / 8) << 10);
}

/* ---- jumps ---- */

static bool
reaches(int64_t d, int bits)
{
	return d >= -((int64_t)1 << (bits + 1)) && d < (int64_t)1 << (bits + 1);
}

static void
jump(AsmFunc *f, AsmInsn *i, uint32_t bits, int64_t d)
{
	if (!reaches(d, 26))
		asm_bad(i, "branch too far: %s", i->text);
	asm_word(f, bits | ((uint32_t)(d >> 2) & 0x3ffffff));
}

/* n bits for the distance; where they are too few, the opposite branch over a jump. bit: what inverts it. */
static void
branch(AsmFunc *f, AsmInsn *i, const ArmFields *o, int n, uint32_t bit)
{
	int64_t d = asm_distance(f, o->label);

	if (!reaches(d, n))
		i->form = 1;
	if (i->form == 0) {
		asm_word(f, o->bits | ((uint32_t)(d >> 2) & ((1u << n) - 1)) << 5);
		return;
	}
	asm_word(f, (o->bits ^ bit) | 2 << 5);
	jump(f, i, JUMP26, d - 4);
}

static void
testbranch(AsmFunc *f, AsmInsn *i, ArmFields *o)
{
	if (o->k[0] < 0 || o->k[0] > 63) {
		asm_invalid(i);
		return;
	}
	o->bits |= (uint32_t)(o->k[0] & 31) << 19 | (uint32_t)(o->k[0] >> 5) << 31;
	branch(f, i, o, 14, 1 << 24);
}

static void
labeladdress(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	int64_t d = asm_distance(f, o->label);

	if (!reaches(d, 19))
		asm_bad(i, "label too far: %s", i->text);
	asm_word(f, o->bits | ((uint32_t)d & 3) << 29 | ((uint32_t)(d >> 2) & 0x7ffff) << 5);
}

/* ---- floating point, vectors ---- */

/* The constant of FMOV: a sign, 3 bits of exponent, 4 of fraction; -1: it is none. */
static int
float8(uint64_t bits)
{
	uint64_t h = bits >> 48;

	if ((bits & 0xffffffffffff) != 0 || ((h & 0x7fc0) != 0x4000 && (h & 0x7fc0) != 0x3fc0))
		return -1;
	return (int)((h >> 8 & 0x80) | (~h >> 8 & 0x40) | (h & 0x3f));
}

static void
loadconst(AsmFunc *f, uint32_t bits, const void *p, int n)
{
	AsmOpd o = { .sym = asm_constsym(f, p, n) };

	symaddress(f, &o, TMP);
	asm_word(f, bits | TMP << 5);
}

static void
floatconst(AsmFunc *f, const ArmFields *o)
{
	bool isdouble = (o->bits >> 22 & 1) != 0;
	uint32_t r = field(o->bits, 0), single;
	float narrow = (float)o->fval;
	uint64_t bits;

	memcpy(&bits, &o->fval, sizeof bits);
	memcpy(&single, &narrow, sizeof single);
	if (float8(bits) >= 0)
		asm_word(f, o->bits | (uint32_t)float8(bits) << 13);
	else if (isdouble ? bits == 0 : single == 0)
		asm_word(f, (isdouble ? FMOVX : FMOVW) | ZR << 5 | r);
	else if (isdouble)
		loadconst(f, LDRD | r, &bits, 8);
	else
		loadconst(f, (LDRD ^ 1u << 30) | r, &single, 4);
}

static void
vecconst(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	if (scale(o->bits) == 2 && o->k[0] != (int32_t)o->k[0] && o->k[0] != (int64_t)(uint32_t)o->k[0])
		asm_invalid(i);
	else
		loadconst(f, o->bits, o->k, 1 << scale(o->bits));
}

static uint32_t
q(int arr)
{
	return (uint32_t)(arr & 1) << 30;
}

static void
vecshift(AsmFunc *f, AsmInsn *i, const ArmFields *o, bool right)
{
	int64_t n = (int64_t)8 << (o->arr >> 1), k = o->nk > 0 ? o->k[0] : 0;

	if (k < right || k >= n + right)
		asm_bad(i, "shift out of range: %s", i->text);
	else
		asm_word(f, o->bits | q(o->arr) | (uint32_t)(right ? 2 * n - k : n + k) << 16);
}

static void
vecimm(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	uint32_t v = (uint32_t)o->k[0];

	if (o->k[0] < 0 || o->k[0] > 255)
		asm_bad(i, "immediate constant out of range: %s", i->text);
	else
		asm_word(f, o->bits | q(o->arr) | v >> 5 << 16 | (v & 31) << 5);
}

/* Size and place of an element: log2 of its bytes; -1: there is no such one. */
static int
element(const AsmOpd *o)
{
	static const char sizes[][2] = { "B", "H", "S", "D" };

	for (int k = 0; k < (int)NELEM(sizes); k++)
		if (strcmp(o->ext, sizes[k]) == 0)
			return o->val < 16 >> k ? k : -1;
	return -1;
}

static uint32_t
vreg(const AsmOpd *o)
{
	return (uint32_t)(o->reg - AR_V0);
}

/* VDUP, VMOV with one element or two */
static void
elements(AsmFunc *f, AsmInsn *i, ArmHow how, const ArmFields *o)
{
	const AsmOpd *e = o->elem[0], *dst = o->nelem == 2 ? o->elem[1] : e;
	int k = element(e);
	uint32_t bits = o->bits, imm5 = ((uint32_t)dst->val << 1 | 1) << (k & 3);

	if (k < 0 || element(dst) != k || (how == ELEMVEC && o->arr >> 1 != k)) {
		asm_invalid(i);
		return;
	}
	if (how == ELEMVEC)
		bits |= q(o->arr);
	else if (how == ELEMENTOUT && k == 3)
		bits |= 1 << 30;
	else if (how == ELEMENT2)
		bits |= (uint32_t)e->val << k << 11 | vreg(dst);
	bits |= vreg(e) << (i->opd[0].kind == OPD_ELEM ? 5 : 0);
	asm_word(f, bits | imm5 << 16);
}

static void
table(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	const AsmOpd *l = o->list;

	if (l->nreg < 1 || l->nreg > 4 || arm64_arrangement(l->ext) != ARR_B16)
		asm_invalid(i);
	else
		asm_word(f, o->bits | q(o->arr) | (uint32_t)(l->nreg - 1) << 13 | vreg(l) << 5);
}

/* Bits of memory that changes: n bytes were moved. false: there is something else, reported. */
static bool
step(AsmInsn *i, const AsmOpd *m, int64_t n, uint32_t *bits)
{
	bool post, pre;

	if (!writeback(i, &post, &pre))
		return false;
	if (m->index != 0) {
		*bits = 1u << 23 | (uint32_t)(m->index - AR_R0) << 16;
		invalid(i, post && m->ext == NULL && m->scale <= 1 && m->index >= AR_R0 && m->index < AR_LINK + 1);
	} else {
		*bits = post ? 1u << 23 | 31 << 16 : 0;
		invalid(i, !pre && (m->val == 0 || (post && m->val == n)));
	}
	return !i->failed;
}

/* VLD1 to VLD4, VST1 to VST4 of whole registers, VLD1R to VLD4R */
static void
veclist(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	static const uint32_t opcode[] = { 0x7000, 0xA000, 0x6000, 0x2000 };
	int n = i->word[3] - '0', arr = arm64_arrangement(o->list->ext), nreg = o->list->nreg;
	bool replicate = i->word[4] == 'R', any = n == 1 && !replicate;
	uint32_t bits = o->bits, move;

	if (nreg < 1 || nreg > 4 || (nreg != n && !any) || arr == ARR_Q1 || (n > 1 && !replicate && arr == ARR_D1)) {
		asm_invalid(i);
		return;
	}
	if (!step(i, o->mem, replicate ? nreg << (arr >> 1) : nreg * (arr & 1 ? 16 : 8), &move))
		return;
	if (any)
		bits |= opcode[nreg - 1];
	asm_word(f, bits | move | q(arr) | (uint32_t)(arr >> 1) << 10 | vreg(o->list));
}

static void
veclane(AsmFunc *f, AsmInsn *i, const ArmFields *o)
{
	const AsmOpd *e = o->elem[0];
	int k = element(e);
	uint32_t at = (uint32_t)e->val << (k & 3), bits = o->bits, move;

	if (k < 0) {
		asm_invalid(i);
		return;
	}
	if (!step(i, o->mem, (int64_t)1 << k, &move))
		return;
	/* the number of the element's first byte is Q:S:size; the size of elements is in what is left of it, and in the opcode */
	bits |= at >> 3 << 30 | (at & 7) << 10 | (k == 3 ? 1u << 10 : 0) | (uint32_t)(k > 2 ? 2 : k) << 14;
	asm_word(f, bits | move | vreg(e));
}

/* ---- forms ---- */

static void
modulo(AsmFunc *f, uint32_t bits)
{
	uint32_t r = field(bits, 0);

	asm_word(f, (bits & ~31u) | TMP);
	asm_word(f, MSUB | (bits & SF) | field(bits, 16) << 16 | field(bits, 5) << 10 | TMP << 5 | r);
}

static void
data(AsmFunc *f, AsmInsn *i, int64_t v, bool is64)
{
	invalid(i, is64 || v == (int32_t)v || v == (int64_t)(uint32_t)v);
	asm_word(f, (uint32_t)v);
	if (is64)
		asm_word(f, (uint32_t)((uint64_t)v >> 32));
}

static bool
takessuffix(ArmHow how)
{
	return how == MEMORY || how == PAIR || how == VECLIST || how == VECLANE || how == INDEXED || how == SYMBOL ||
	    how == PAIRSYMBOL;
}

static void
expand(AsmFunc *f, AsmInsn *i, ArmHow how, ArmFields *o)
{
	switch (how) {
	case PLAIN:
		asm_word(f, o->bits);
		break;
	case NOTHING:
		break;
	case ADDIMM:
		addconst(f, i, o->bits, o->k[0]);
		break;
	case LOGIMM:
	case LOGBITS:
		logicconst(f, i, o->bits, o->k[0], how == LOGBITS);
		break;
	case LSLIMM:
	case LSRIMM:
	case RORIMM:
	case EXTRACT:
	case FIELDRS:
	case FIELDIN:
	case FIELDOUT:
		shift(f, i, how, o);
		break;
	case REMAINDER:
		modulo(f, o->bits);
		break;
	case CONST:
		constant(f, i, o->bits, (uint64_t)o->k[0]);
		break;
	case ADDRESS:
		address(f, i, o);
		break;
	case SYMADDRESS:
		symaddress(f, o->mem, field(o->bits, 0));
		break;
	case MOVEWIDE:
		onemovewide(f, i, o->bits, (uint64_t)o->k[0]);
		break;
	case MEMORY:
		access(f, i, o);
		break;
	case INDEXED:
		indexed(f, i, o);
		break;
	case SYMBOL:
	case PAIRSYMBOL:
		accesssymbol(f, i, o->bits, o->mem, how == PAIRSYMBOL);
		break;
	case PAIR:
		accesspair(f, i, o);
		break;
	case PREFETCH:
		prefetch(f, i, o);
		break;
	case EXCLUSIVE:
		exclusive(f, i, o->bits);
		break;
	case LOADPAIR:
		if (field(o->bits, 0) == field(o->bits, 10))
			asm_bad(i, "constrained unpredictable behavior: %s", i->text);
		asm_word(f, o->bits);
		break;
	case JUMP:
		jump(f, i, o->bits, asm_distance(f, o->label));
		break;
	case CALL:
		asm_reloc(f, OBJ_R_CALL, o->mem->sym, o->mem->val);
		asm_word(f, o->bits);
		break;
	case BRANCH19:
		branch(f, i, o, 19, (o->bits >> 24 & 0x7f) == 0x54 ? 1 : 1 << 24);
		break;
	case BRANCH14:
		testbranch(f, i, o);
		break;
	case LABELADDRESS:
		labeladdress(f, i, o);
		break;
	case LABELPAGE:
		asm_reloc(f, OBJ_R_HI, f->sym, o->label->pc);
		asm_word(f, o->bits);
		break;
	case DATA4:
	case DATA8:
		data(f, i, o->k[0], how == DATA8);
		break;
	case FLOATCONST:
		floatconst(f, o);
		break;
	case VECCONST:
		vecconst(f, i, o);
		break;
	case SIZEQ:
		asm_word(f, o->bits | q(o->arr) | (uint32_t)(o->arr >> 1) << 22);
		break;
	case ONLYQ:
		asm_word(f, o->bits | q(o->arr));
		break;
	case FLOATQ:
		asm_word(f, o->bits | q(o->arr) | (o->arr == ARR_D2 ? 1 << 22 : 0));
		break;
	case VECIMM:
		vecimm(f, i, o);
		break;
	case VECEXT:
		invalid(i, o->arr == ARR_B16 || (o->bits >> 14 & 1) == 0);
		asm_word(f, o->bits | q(o->arr));
		break;
	case VECSHR:
	case VECSHL:
		vecshift(f, i, o, how == VECSHR);
		break;
	case VECTABLE:
		table(f, i, o);
		break;
	case GENVEC:
		asm_word(f, o->bits | q(o->arr) | 1u << (o->arr >> 1) << 16);
		break;
	case ELEMVEC:
	case ELEMENT:
	case ELEMENTOUT:
	case ELEMENT2:
		elements(f, i, how, o);
		break;
	case VECLIST:
		veclist(f, i, o);
		break;
	case VECLANE:
		veclane(f, i, o);
		break;
	}
}

void
arm64_asmencode(AsmFunc *f, AsmInsn *i)
{
	ArmFields o;
	const ArmForm *form = arm64_asmmatch(i, &o);

	if (form == NULL || (i->suffix != NULL && !takessuffix((ArmHow)form->how)))
		asm_bad(i, "illegal combination: %s", i->text);
	else
		expand(f, i, (ArmHow)form->how, &o);
}
