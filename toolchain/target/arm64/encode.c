/*
 * encode.c - machine operations to instructions, relocations and pc tables of f->sym.
 *
 * needs   registers, frame
 *
 * emit.c has the part that all CPUs share.
 *
 * R27 is free inside every operation, and R16, F30 and F31 but in those that the allocator's resolver makes (moves, spills, constants,
 * addresses): there R27 and F30 must do. All keep their contents over an asynchronous stop; R17 does not.
 */
#include "abi/g.h"
#include "abi/stack.h"
#include "target/arm64/arm64.h"

enum { ZR = 31 };		/* where an instruction takes no SP */
enum { TMP = R_R27, TMP2 = R_R16, FTMP = 31, FTMP2 = 30 };	/* as instructions encode them */

typedef struct {
	int base;		/* -1: sym */
	int index;		/* -1 none */
	int scale, ext;
	int64_t disp;
	ObjSym *sym;
} Opd;

/* ---- instructions ---- */

/* clang-format off */
static inline uint32_t rd(int r) { return (uint32_t)(r & 31); }
static inline uint32_t rn(int r) { return (uint32_t)(r & 31) << 5; }
static inline uint32_t ra(int r) { return (uint32_t)(r & 31) << 10; }
static inline uint32_t rm(int r) { return (uint32_t)(r & 31) << 16; }
static inline uint32_t sf(int w) { return w == 8 ? 0x80000000 : 0; }
static inline uint32_t ftype(int w) { return w == 8 ? 0x00400000 : 0; }
/* clang-format on */

/* clang-format off */
enum {
	ADD = 0x0B000000, ADDEXT = 0x0B200000, ADDI = 0x11000000, SUBI = 0x51000000, ADDSI = 0x31000000, SUBSI = 0x71000000, SUBS = 0x6B000000,
	SUBSEXT = 0x6B200000, ORR = 0x2A000000, SUB = 0x4B000000, ORRI = 0x32000000, MOVN = 0x12800000, MOVZ = 0x52800000, MOVK = 0x72800000,
	CSEL = 0x1A800000, CSINC = 0x1A800400, CSINV = 0x5A800000, UBFM = 0x53000000, SBFM = 0x13000000,
	B = 0x14000000, BL = 0x94000000, BCOND = 0x54000000, CBNZ = 0x35000000, CBZ = 0x34000000, BLR = 0xD63F0000, BR = 0xD61F0000, RET = 0xD65F03C0,
	ADR = 0x10000000, ADRP = 0x90000000, STPQ = 0xAD000000, LDPQ = 0xAD400000, STPX = 0xA9000000, LDRSWX = 0xB8A00800, NOP = 0xD503201F,
	FMOVRR = 0x1E204000, FMOVTO = 0x1E270000, FMOVFROM = 0x1E260000
};
/* clang-format on */

bool
arm64_bitmask(uint64_t v, int w, uint32_t *enc)
{
	int e = 64, ones, rot = 0;
	uint64_t mask;

	if (w == 4)
		v = (uint32_t)v | v << 32;
	if (v == 0 || v == UINT64_MAX)
		return false;
	/* the smallest element whose repetition v is */
	while (e > 2) {
		int h = e / 2;

		mask = ((uint64_t)1 << h) - 1;
		if ((v & mask) != (v >> h & mask))
			break;
		e = h;
	}
	mask = e == 64 ? UINT64_MAX : ((uint64_t)1 << e) - 1;
	v &= mask;
	ones = __builtin_popcountll(v);
	/* rotated so that the ones are the lowest bits */
	while (v != (((uint64_t)1 << ones) - 1) && rot < e) {
		v = (v >> 1 | v << (e - 1)) & mask;
		rot++;
	}
	if (rot == e)
		return false;
	*enc = (uint32_t)(e == 64) << 22 | (uint32_t)((e - rot) & (e - 1)) << 16 | ((uint32_t)(-2 * e) & 63) << 10 |
	    (uint32_t)(ones - 1) << 10;
	return true;
}

static void
movimm(Emit *e, int d, int64_t i, int w)
{
	uint64_t u = w == 4 ? (uint32_t)i : (uint64_t)i;
	int n = w == 4 ? 2 : 4, zeros = 0, ones = 0;
	bool neg, first = true;
	uint32_t enc;

	for (int k = 0; k < n; k++) {
		uint64_t h = u >> 16 * k & 0xffff;

		zeros += h == 0;
		ones += h == 0xffff;
	}
	if (zeros < n - 1 && ones < n - 1 && arm64_bitmask(u, w, &enc)) {
		emit_word(e, ORRI | sf(w) | enc | rn(ZR) | rd(d));
		return;
	}
	neg = ones > zeros;
	for (int k = 0; k < n; k++) {
		uint32_t h = u >> 16 * k & 0xffff;

		if (h == (neg ? 0xffff : 0))
			continue;
		if (!first)
			emit_word(e, MOVK | sf(w) | (uint32_t)k << 21 | h << 5 | rd(d));
		else
			emit_word(e,
			    (neg ? MOVN : MOVZ) | sf(w) | (uint32_t)k << 21 | (neg ? h ^ 0xffff : h) << 5 | rd(d));
		first = false;
	}
	if (first)
		emit_word(e, (neg ? MOVN : MOVZ) | sf(w) | rd(d));
}

static void
mov(Emit *e, int d, int s)
{
	if (d != s)
		emit_word(e, ORR | sf(8) | rm(s) | rn(ZR) | rd(d));
}

/* d = n + imm; SP is allowed for both. Large constants pass through d, or through TMP, or TMP2 where n is in the way. */
static void
addimm(Emit *e, int d, int n, int64_t imm, int w)
{
	uint64_t u = imm < 0 ? 0 - (uint64_t)imm : (uint64_t)imm;
	uint32_t op = (imm < 0 ? SUBI : ADDI) | sf(w);
	int t;

	if (u < 4096) {
		emit_word(e, op | (uint32_t)u << 10 | rn(n) | rd(d));
	} else if (u < 1 << 24) {
		emit_word(e, op | 1u << 22 | (uint32_t)(u >> 12) << 10 | rn(n) | rd(d));
		if ((u & 4095) != 0)
			emit_word(e, op | (uint32_t)(u & 4095) << 10 | rn(d) | rd(d));
	} else {
		t = d != n && d != R_RSP ? d : n != TMP ? TMP : TMP2;
		movimm(e, t, imm, w);
		emit_word(e, ADDEXT | sf(w) | rm(t) | 3u << 13 | rn(n) | rd(d));
	}
}

static void
reloc(Emit *e, RelocKind kind, ObjSym *sym, int64_t add, uint32_t insn)
{
	emit_reloc(e, kind, sym, add);
	emit_word(e, insn);
}

static void
symaddr(Emit *e, int d, ObjSym *sym, int64_t add)
{
	reloc(e, OBJ_R_HI, sym, add, ADRP | rd(d));
	reloc(e, OBJ_R_LO, sym, add, ADDI | sf(8) | rn(d) | rd(d));
}

static void
call(Emit *e, ObjSym *to)
{
	reloc(e, OBJ_R_CALL, to, 0, BL);
}

/* ---- operands ---- */

static Opd
opbase(int base, int64_t disp)
{
	return (Opd){ .base = base, .index = -1, .disp = disp };
}

static Opd
opslot(const Slot *s, int64_t disp)
{
	return opbase(R_RSP, s->off + disp);
}

/* The memory operand of v, whose registers start at argument i. */
static Opd
mem(Emit *e, const Value *v, int i)
{
	Opd o = { .index = -1, .disp = v->aux };

	switch (op_am(v)) {
	case AM_BASE:
		o.base = op_reg(v, i);
		break;
	case AM_INDEX:
		o.base = op_reg(v, i);
		o.index = op_reg(v, i + 1);
		break;
	case AM_SYM:
		o.base = -1;
		o.sym = v->sym;
		break;
	case AM_SLOT:
		o = opslot(v->slot, v->aux);
		break;
	case AM_SLOTX:
		o = opslot(v->slot, v->aux);
		o.index = op_reg(v, i);
		break;
	case AM_ARG:
		o = opbase(R_RSP, e->f->target->linkarea + v->aux);
		break;
	default:
		bug("arm64 encode: %d is no addressing mode", op_am(v));
	}
	o.scale = op_scale(v);
	o.ext = op_ext(v);
	return o;
}

static Opd
movesource(Emit *e, const Value *v)
{
	const Mem *m = v->machine;

	switch (m->am) {
	case AM_BASE:
		return opbase(op_reg(v, op_nmem(v)), m->disp);
	case AM_SYM:
		return (Opd){ .base = -1, .index = -1, .disp = m->disp, .sym = m->sym };
	case AM_SLOT:
		return opslot(m->slot, m->disp);
	default:
		return opbase(R_RSP, e->f->target->linkarea + m->disp);
	}
}

/* UXTW, LSL (UXTX) or SXTW, for an index */
static uint32_t
option(int ext)
{
	return (ext == EXT_U32 ? 2u : ext == EXT_S32 ? 6u : 3u) << 13;
}

/* Base and index become one register, t if there must be code. */
static Opd
noindex(Emit *e, Opd o, int t)
{
	if (o.base < 0) {
		symaddr(e, t, o.sym, o.disp);
		return opbase(t, 0);
	}
	if (o.index < 0)
		return o;
	emit_word(e, ADDEXT | sf(8) | rm(o.index) | option(o.ext) | (uint32_t)o.scale << 10 | rn(o.base) | rd(t));
	return opbase(t, o.disp);
}

/* d = address of o */
static void
lea(Emit *e, int d, Opd o)
{
	/* d may be the index of a slot: the slot's address is made elsewhere then */
	if (o.index >= 0 && o.base == R_RSP) {
		addimm(e, TMP, R_RSP, o.disp, 8);
		o.base = TMP;
		o.disp = 0;
	}
	if (o.index >= 0 || o.base < 0)
		o = noindex(e, o, d);
	if (o.base != d || o.disp != 0)
		addimm(e, d, o.base, o.disp, 8);
}

/* ---- loads and stores ---- */

static bool
nearby(int64_t disp, int w)
{
	return (disp >= -256 && disp < 256) || (disp >= 0 && disp % w == 0 && disp / w < 4096);
}

/*
 * One load or store of w (up to 16) bytes. kind: the bits that tell what it is (float: bit 26, load: bits 22 and 23); size and addressing
 * are added here. Addresses that do not fit pass through t.
 */
static void
access(Emit *e, uint32_t kind, int reg, Opd o, int w, int t)
{
	uint32_t size = w == 16 ? 0x00800000 : (uint32_t)__builtin_ctz((unsigned)w) << 30;
	uint32_t op = 0x38000000 | kind | size | rd(reg);

	if (o.base >= 0 && o.index >= 0 && o.disp == 0 && (o.scale == 0 || 1 << o.scale == w)) {
		emit_word(e,
		    op | 0x00200800 | rm(o.index) | option(o.ext) | (o.scale != 0 ? 1u << 12 : 0) | rn(o.base));
		return;
	}
	o = noindex(e, o, t);
	if (!nearby(o.disp, w)) {
		int64_t low = o.disp & 4095;

		if (o.disp > 0 && o.disp < 1 << 24 && low % w == 0) {
			emit_word(e, ADDI | sf(8) | 1u << 22 | (uint32_t)(o.disp >> 12) << 10 | rn(o.base) | rd(t));
			o = opbase(t, low);
		} else {
			addimm(e, t, o.base, o.disp, 8);
			o = opbase(t, 0);
		}
	}
	if (o.disp >= 0 && o.disp % w == 0 && o.disp / w < 4096)
		emit_word(e, op | 0x01000000 | (uint32_t)(o.disp / w) << 10 | rn(o.base));
	else
		emit_word(e, op | ((uint32_t)o.disp & 511) << 12 | rn(o.base));
}

enum { LOAD = 0x00400000, STORE = 0, FLOAT = 0x04000000 };

static void
load(Emit *e, int d, Opd o, int w)
{
	access(e, d >= R_F0 ? LOAD | FLOAT : LOAD, d, o, w, TMP);
}

static void
store(Emit *e, int s, Opd o, int w)
{
	access(e, s >= R_F0 ? STORE | FLOAT : STORE, s, o, w, TMP);
}

/* A pair of registers of w bytes at base + disp. false: the displacement does not fit. */
static bool
pair(Emit *e, uint32_t op, int r1, int r2, int base, int64_t disp, int w)
{
	if (disp % w != 0 || disp / w < -64 || disp / w > 63)
		return false;
	emit_word(e, op | ((uint32_t)(disp / w) & 127) << 15 | ra(r2) | rn(base) | rd(r1));
	return true;
}

/* The operand with a displacement that fits any access to n bytes from it; t takes the address if it must. */
static Opd
nearopd(Emit *e, Opd o, int64_t n, int t)
{
	o = noindex(e, o, t);
	if (o.disp >= -256 && o.disp + n <= 256)
		return o;
	addimm(e, t, o.base, o.disp, 8);
	return opbase(t, 0);
}

static void
zerovector(Emit *e)
{
	emit_word(e, 0x6F00E400 | rd(FTMP));
}

/* Clears n bytes at o, through TMP. */
static void
zeros(Emit *e, Opd o, int64_t n)
{
	int64_t at = 0;
	bool vector = n >= 64;

	o = n > 8 ? nearopd(e, o, n, TMP) : o;
	if (vector)
		zerovector(e);
	while (at < n) {
		int64_t left = n - at;
		Opd p = o;
		int w = left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;

		p.disp += at;
		if (vector && left >= 32 && pair(e, STPQ, FTMP, FTMP, p.base, p.disp, 16)) {
			at += 32;
			continue;
		}
		if (left >= 16 && pair(e, STPX, ZR, ZR, p.base, p.disp, 8)) {
			at += 16;
			continue;
		}
		if (left < 8 && n >= 8) {
			/* the last word overlaps what is done */
			p.disp += left - 8;
			w = 8;
			at = n - 8;
		}
		access(e, STORE, ZR, p, w, TMP);
		at += w;
	}
}

/* Through TMP, TMP2 and both float scratch registers. */
static void
moves(Emit *e, Opd dst, Opd src, int64_t n)
{
	int64_t at = 0;

	if (n > 8) {
		src = nearopd(e, src, n, TMP2);
		dst = nearopd(e, dst, n, TMP);
	}
	while (at < n) {
		int64_t left = n - at;
		int w = left >= 16 ? 16 : left >= 8 ? 8 : left >= 4 ? 4 : left >= 2 ? 2 : 1;
		Opd s = src, d = dst;

		if (left >= 32 && (src.disp + at) % 16 == 0 && (dst.disp + at) % 16 == 0) {
			pair(e, LDPQ, FTMP, FTMP2, src.base, src.disp + at, 16);
			pair(e, STPQ, FTMP, FTMP2, dst.base, dst.disp + at, 16);
			at += 32;
			continue;
		}
		if (left < 16 && w != left) {
			/* the last piece overlaps the one before, which has been stored already: the same bytes again */
			int big = left > 8 ? 16 : left > 4 ? 8 : 4;

			if (n >= big) {
				w = big;
				at = n - w;
			}
		}
		s.disp += at;
		d.disp += at;
		access(e, LOAD | FLOAT, FTMP, s, w, TMP2);
		access(e, STORE | FLOAT, FTMP, d, w, TMP);
		at += w;
	}
}

/* Distance in bytes of a branch to code just made. */
static uint32_t
back19(Emit *e, uint32_t to)
{
	return ((uint32_t)((int32_t)(to - emit_here(e)) / 4) & 0x7ffff) << 5;
}

/* The register of argument i, p, moves on over n bytes (a multiple of 64, positive); body makes 64 bytes each time. */
static void
zeroloop(Emit *e, const Value *v)
{
	int p = op_reg(v, 0);
	int64_t n = op_imm(v);
	uint32_t loop;

	zerovector(e);
	addimm(e, TMP, p, n & ~63, 8);
	loop = emit_here(e);
	pair(e, STPQ, FTMP, FTMP, p, 0, 16);
	pair(e, STPQ, FTMP, FTMP, p, 32, 16);
	addimm(e, p, p, 64, 8);
	emit_word(e, SUBS | sf(8) | rm(TMP) | rn(p) | rd(ZR));
	emit_word(e, BCOND | back19(e, loop) | CC_NE);
	if (n % 64 != 0)
		zeros(e, opbase(p, 0), n % 64);
}

static void
moveloop(Emit *e, const Value *v)
{
	int d = op_reg(v, 0), s = op_reg(v, 1);
	int64_t n = op_imm(v);
	uint32_t loop;

	addimm(e, TMP, s, n & ~63, 8);
	loop = emit_here(e);
	for (int k = 0; k < 64; k += 32) {
		pair(e, LDPQ, FTMP, FTMP2, s, k, 16);
		pair(e, STPQ, FTMP, FTMP2, d, k, 16);
	}
	addimm(e, s, s, 64, 8);
	addimm(e, d, d, 64, 8);
	emit_word(e, SUBS | sf(8) | rm(TMP) | rn(s) | rd(ZR));
	emit_word(e, BCOND | back19(e, loop) | CC_NE);
	if (n % 64 != 0)
		moves(e, opbase(d, 0), opbase(s, 0), n % 64);
}

/* ---- operations ---- */

/* The 8 bits of a float immediate: sign, three bits of exponent around zero, four of the fraction. */
static bool
floatimm(uint64_t bits, int w, uint32_t *enc)
{
	int frac = w == 8 ? 52 : 23, exp = w == 8 ? 11 : 8, bias = (1 << (exp - 1)) - 1;
	int64_t x = (int64_t)(bits >> frac & ((1u << exp) - 1)) - bias;

	if ((bits & (((uint64_t)1 << (frac - 4)) - 1)) != 0 || x < -3 || x > 4)
		return false;
	*enc = (uint32_t)(bits >> (8 * w - 1) & 1) << 7 | (uint32_t)((x + 3) ^ 4) << 4 |
	    (uint32_t)(bits >> (frac - 4) & 15);
	return true;
}

static void
floatconst(Emit *e, int d, int64_t i, int w)
{
	uint64_t bits = w == 4 ? (uint32_t)i : (uint64_t)i;
	uint32_t imm8;

	if (bits == 0) {
		emit_word(e, FMOVTO | sf(w) | ftype(w) | rn(ZR) | rd(d));
	} else if (floatimm(bits, w, &imm8)) {
		emit_word(e, 0x1E201000 | ftype(w) | imm8 << 13 | rd(d));
	} else {
		movimm(e, TMP, (int64_t)bits, w);
		emit_word(e, FMOVTO | sf(w) | ftype(w) | rn(TMP) | rd(d));
	}
}

static void
copy(Emit *e, int d, int s)
{
	if (d == s)
		return;
	if (d < R_F0 && s < R_F0)
		mov(e, d, s);
	else if (d >= R_F0 && s >= R_F0)
		emit_word(e, FMOVRR | ftype(8) | rn(s) | rd(d));
	else if (d >= R_F0)
		emit_word(e, FMOVTO | sf(8) | ftype(8) | rn(s) | rd(d));
	else
		emit_word(e, FMOVFROM | sf(8) | ftype(8) | rn(s) | rd(d));
}

static void
bitfield(Emit *e, uint32_t op, int d, int s, int from, int to, int w)
{
	emit_word(e, op | sf(w) | (w == 8 ? 1u << 22 : 0) | (uint32_t)from << 16 | (uint32_t)to << 10 | rn(s) | rd(d));
}

static void
extendzero(Emit *e, int d, int s, int from)
{
	if (from == 4)
		emit_word(e, ORR | rm(s) | rn(ZR) | rd(d));
	else
		bitfield(e, UBFM, d, s, 0, 8 * from - 1, 4);
}

static void
extendsign(Emit *e, int d, int s, int from, int to)
{
	if (from == to)
		extendzero(e, d, s, 4);
	else
		bitfield(e, SBFM, d, s, 0, 8 * from - 1, to);
}

/* Flags of register r against a constant of 12 bits, maybe shifted. */
static void
cmpimm(Emit *e, int r, int64_t i, int w)
{
	uint64_t u = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;
	uint32_t shift = u >= 4096 ? 1u << 22 | (uint32_t)(u >> 12) << 10 : (uint32_t)u << 10;

	emit_word(e, (i < 0 ? ADDSI : SUBSI) | sf(w) | shift | rn(r) | rd(ZR));
}

static void
csel(Emit *e, uint32_t op, int cc, int d, int yes, int no, int w)
{
	emit_word(e, op | sf(w) | rm(no) | (uint32_t)cc << 12 | rn(yes) | rd(d));
}

/* A shift by any count: flags tell whether it is below the width. The register that holds the count, as wide as it must be. */
static int
testcount(Emit *e, const Value *v)
{
	int y = op_reg(v, 1), w2 = op_w2(v);

	if (w2 < 4) {
		extendzero(e, TMP, y, w2);
		y = TMP;
	}
	cmpimm(e, y, 8 * op_w(v), w2 == 8 ? 8 : 4);
	return y;
}

static void
shiftany(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), x = op_reg(v, 0), y = testcount(e, v), d = v->reg;

	emit_word(e, enc | sf(w) | rm(y) | rn(x) | rd(d));
	csel(e, CSEL, CC_LO, d, d, ZR, w);
}

static void
shiftsigned(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), x = op_reg(v, 0), y = testcount(e, v);

	csel(e, CSINV, CC_LO, TMP, y, ZR, 8);	/* all ones shift by one less than the width */
	emit_word(e, enc | sf(w) | rm(TMP) | rn(x) | rd(v->reg));
}

static void
ctz(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), x = op_reg(v, 0), d = v->reg;
	uint32_t bit;

	if (w < 4) {
		/* a bit above the value ends the search */
		arm64_bitmask((uint64_t)1 << 8 * w, 4, &bit);
		emit_word(e, ORRI | bit | rn(x) | rd(TMP));
		x = TMP;
	}
	emit_word(e, enc | sf(w) | rn(x) | rd(d));
	emit_word(e, 0x5AC01000 | sf(w) | rn(d) | rd(d));
}

static void
clz(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), x = op_reg(v, 0), d = v->reg;

	if (w < 4) {
		extendzero(e, TMP, x, w);
		x = TMP;
	}
	emit_word(e, enc | sf(w) | rn(x) | rd(d));
	if (w < 4)
		addimm(e, d, d, 8 * w - 32, 4);
}

static void
popcnt(Emit *e, const Value *v)
{
	int w = op_w(v);

	emit_word(e, FMOVTO | sf(w) | ftype(w) | rn(op_reg(v, 0)) | rd(FTMP));
	emit_word(e, 0x0E205800 | rn(FTMP) | rd(FTMP));	/* cnt v.8b */
	emit_word(e, 0x0E31B800 | rn(FTMP) | rd(FTMP));	/* addv b, v.8b */
	emit_word(e, FMOVFROM | rn(FTMP) | rd(v->reg));
}

static void
bswap(Emit *e, const Value *v)
{
	int w = op_w(v);

	emit_word(e, (w == 8 ? 0xDAC00C00 : w == 4 ? 0x5AC00800 : 0x5AC00400) | rn(op_reg(v, 0)) | rd(v->reg));
}

static void
copysignfloat(Emit *e, const Value *v, uint32_t enc)
{
	zerovector(e);
	emit_word(e, (op_w(v) == 8 ? 0x6EE0F800 : 0x6EA0F800) | rn(FTMP) | rd(FTMP));	/* fneg: the sign bit alone */
	emit_word(e, enc | rm(FTMP) | rn(op_reg(v, 1)) | rd(v->reg));		/* bit: where the mask has ones */
}

static void
bounds(Emit *e, Value *v, uint32_t enc)
{
	int w = op_w(v), x = op_reg(v, 0);

	if (v->op == M_BOUNDS)
		emit_word(e, enc | sf(w) | rm(op_reg(v, 1)) | rn(x) | rd(ZR));
	else
		cmpimm(e, x, op_imm(v), w);
	emit_failif(e, BCOND | (uint32_t)op_cc(v), v, NULL);
}

/* Exclusive accesses: LDAXR and STLXR of w bytes at [p]. */
static void
loadexclusive(Emit *e, int d, int p, int w)
{
	emit_word(e, 0x085FFC00 | (uint32_t)__builtin_ctz((unsigned)w) << 30 | rn(p) | rd(d));
}

/* And back to loop if somebody else was there in between, which `status` gets to know. */
static void
storeexclusive(Emit *e, int s, int p, int w, int status, uint32_t loop)
{
	emit_word(e, 0x0800FC00 | (uint32_t)__builtin_ctz((unsigned)w) << 30 | rm(status) | rn(p) | rd(s));
	emit_word(e, CBNZ | back19(e, loop) | rd(status));
}

/* Gives the new value, or the old one. */
static void
atomicop(Emit *e, const Value *v, uint32_t enc, bool givesnew)
{
	int w = op_w(v), x = op_reg(v, 0), p = op_reg(v, 1), d = v->reg >= 0 ? v->reg : TMP2;
	uint32_t loop = emit_here(e);
	int status = TMP;

	loadexclusive(e, d, p, w);
	if (givesnew || v->reg < 0) {
		emit_word(e, enc | sf(w) | rm(x) | rn(d) | rd(d));
	} else {
		emit_word(e, enc | sf(w) | rm(x) | rn(d) | rd(TMP));
		d = TMP;
		status = TMP2;
	}
	storeexclusive(e, d, p, w, status, loop);
}

static void
exchange(Emit *e, const Value *v)
{
	int w = op_w(v), p = op_reg(v, 1), d = v->reg >= 0 ? v->reg : TMP2;
	uint32_t loop = emit_here(e);

	loadexclusive(e, d, p, w);
	storeexclusive(e, op_reg(v, 0), p, w, TMP, loop);
}

static void
compareandswap(Emit *e, const Value *v, uint32_t enc)
{
	int w = op_w(v), old = op_reg(v, 0), new = op_reg(v, 1), p = op_reg(v, 2);
	uint32_t loop = emit_here(e);

	loadexclusive(e, TMP2, p, w);
	if (w < 4)
		emit_word(e, SUBSEXT | rm(old) | (w == 1 ? 0u : 1u) << 13 | rn(TMP2) | rd(ZR));
	else
		emit_word(e, enc | sf(w) | rm(old) | rn(TMP2) | rd(ZR));
	emit_word(e, BCOND | 3 << 5 | CC_NE);		/* over the store and its branch */
	storeexclusive(e, new, p, w, TMP, loop);
	csel(e, CSINC, CC_EQ ^ 1, v->reg, ZR, ZR, 4);
}

static void
callinleaf(Emit *e, ObjSym *fn, bool back)
{
	/* without a frame the return address is in the link register still */
	if (e->frame == 0) {
		emit_word(e, 0xF81F0C00 | rn(R_RSP) | rd(R_R30));	/* str x30, [sp, #-16]! */
		emit_sp(e, 16);
	}
	call(e, fn);
	if (e->frame == 0) {
		if (back)
			emit_word(e, 0xF8410400 | rn(R_RSP) | rd(R_R30));	/* ldr x30, [sp], #16 */
		emit_sp(e, 0);
	}
}

static void
insn(Emit *e, Value *v)
{
	const Insn *in = &arm64_insns[v->op - OP_TARGET];
	uint32_t enc = in->enc, bits;
	int w = op_w(v), d = v->reg, x = v->narg > 0 ? op_reg(v, 0) : -1, y = v->narg > 1 ? op_reg(v, 1) : -1;

	switch ((Form)in->encform) {
	case F_MOVC:
		movimm(e, d, v->aux, w);
		break;
	case F_FMOVC:
		floatconst(e, d, v->aux, w);
		break;
	case F_LEA:
		lea(e, d, mem(e, v, 0));
		break;
	case F_LD:
	case F_FLD:
		access(e, enc, d, mem(e, v, 0), w, TMP);
		break;
	case F_LDS:
		access(e, op_w2(v) == 8 ? enc : enc | LOAD, d, mem(e, v, 0), w, TMP);
		break;
	case F_ST:
	case F_FST:
		access(e, enc, x, mem(e, v, 1), w, TMP);
		break;
	case F_STZ:
		access(e, enc, ZR, mem(e, v, 0), w, TMP);
		break;
	case F_RR:
		emit_word(e, enc | sf(w) | rm(y) | (uint32_t)op_imm(v) | rn(x) | rd(d));
		break;
	case F_RRX:
		emit_word(e, enc | sf(w) | rm(y) | (uint32_t)op_imm(v) | rn(x) | rd(d));
		break;
	case F_ADDI:
		addimm(e, d, x, v->aux, w);
		break;
	case F_LOGI:
		if (!arm64_bitmask((uint64_t)v->aux, w, &bits))
			bug("arm64 encode: logical immediate %#llx", (unsigned long long)v->aux);
		emit_word(e, enc | sf(w) | bits | rn(x) | rd(d));
		break;
	case F_RZ:
		emit_word(e, enc | sf(w) | rm(x) | rn(ZR) | rd(d));
		break;
	case F_RRR:
		emit_word(e, enc | sf(w) | rm(y) | ra(op_reg(v, 2)) | rn(x) | rd(d));
		break;
	case F_RRL:
		emit_word(e, enc | rm(y) | rn(x) | rd(d));
		break;
	case F_MULHW:
		emit_word(e, enc | rm(y) | rn(x) | rd(d));
		bitfield(e, UBFM, d, d, 32, 63, 8);
		break;
	case F_MOD:
		emit_word(e, enc | sf(w) | rm(y) | rn(x) | rd(TMP));
		emit_word(e, 0x1B008000 | sf(w) | rm(y) | ra(x) | rn(TMP) | rd(d));
		break;
	case F_ROL:
		emit_word(e, SUB | sf(w) | rm(y) | rn(ZR) | rd(TMP));
		emit_word(e, enc | sf(w) | rm(TMP) | rn(x) | rd(d));
		break;
	case F_SHV:
		shiftany(e, v, enc);
		break;
	case F_SARV:
		shiftsigned(e, v, enc);
		break;
	case F_BFM:
		emit_word(e, enc | sf(w) | (w == 8 ? 1u << 22 : 0) | (uint32_t)op_imm(v) | rn(x) | rd(d));
		break;
	case F_RORI:
		emit_word(e, enc | sf(w) | (w == 8 ? 1u << 22 : 0) | (uint32_t)op_imm(v) << 10 | rm(x) | rn(x) | rd(d));
		break;
	case F_R1:
		emit_word(e, enc | sf(w) | rn(x) | rd(d));
		break;
	case F_CTZ:
		ctz(e, v, enc);
		break;
	case F_CLZ:
		clz(e, v, enc);
		break;
	case F_POPCNT:
		popcnt(e, v);
		break;
	case F_BSWAP:
		bswap(e, v);
		break;
	case F_ZX:
		extendzero(e, d, x, w);
		break;
	case F_SX:
		extendsign(e, d, x, w, op_w2(v));
		break;
	case F_CMP:
	case F_CMPX:
		emit_word(e, enc | sf(w) | rm(y) | (uint32_t)op_imm(v) | rn(x) | rd(ZR));
		break;
	case F_CMPI:
		cmpimm(e, x, v->aux, w);
		break;
	case F_TSTI:
		if (!arm64_bitmask((uint64_t)v->aux, w, &bits))
			bug("arm64 encode: logical immediate %#llx", (unsigned long long)v->aux);
		emit_word(e, enc | sf(w) | bits | rn(x) | rd(ZR));
		break;
	case F_FCMP:
		emit_word(e, enc | ftype(w) | rm(y) | rn(x));
		break;
	case F_FCMPZ:
		emit_word(e, enc | ftype(w) | rn(x));
		break;
	case F_BRANCH:		/* made by the branch itself */
		break;
	case F_SETCC:
		emit_word(e, enc | (uint32_t)(op_cc(v) ^ 1) << 12 | rd(d));
		break;
	case F_CSEL:
		csel(e, enc, op_cc(v), d, y, x, w);
		break;
	case F_FSEL:
		emit_word(e, enc | ftype(w) | rm(x) | (uint32_t)op_cc(v) << 12 | rn(y) | rd(d));
		break;
	case F_FRR:
		emit_word(e, enc | ftype(w) | rm(y) | rn(x) | rd(d));
		break;
	case F_FR1:
		emit_word(e, enc | ftype(w) | rn(x) | rd(d));
		break;
	case F_FRRR:
		emit_word(e, enc | ftype(w) | rm(y) | ra(op_reg(v, 2)) | rn(x) | rd(d));
		break;
	case F_FCPSGN:
		copysignfloat(e, v, enc);
		break;
	case F_I2F:
	case F_F2I:
		emit_word(e, enc | sf(op_w2(v)) | ftype(w) | rn(x) | rd(d));
		break;
	case F_F2F:
		emit_word(e, (w == 4 ? enc : 0x1E624000) | rn(x) | rd(d));
		break;
	case F_F2B:
	case F_B2F:
		emit_word(e, enc | sf(w) | ftype(w) | rn(x) | rd(d));
		break;
	case F_ZEROS:
		zeros(e, mem(e, v, 0), op_imm(v));
		break;
	case F_ZEROL:
		zeroloop(e, v);
		break;
	case F_MOVES:
		moves(e, mem(e, v, 0), movesource(e, v), op_imm(v));
		break;
	case F_MOVEL:
		moveloop(e, v);
		break;
	case F_NILCHK:
		emit_word(e, enc | rn(x) | rd(ZR));
		break;
	case F_BOUNDS:
		bounds(e, v, enc);
		break;
	case F_ZEROCHK:
		emit_failif(e, enc | sf(w) | rd(x), v, "panicdivide");
		break;
	case F_SHIFTCHK:	/* tbnz of the sign */
		emit_failif(e, enc | (w == 8 ? 0x80000000 : 0) | ((8u * (uint32_t)w - 1) & 31) << 19 | rd(x), v,
		    "panicshift");
		break;
	case F_WB:
		callinleaf(e, ssa_rtsym("gcWriteBarrier"), true);
		break;
	case F_CALLERPC:
		if (e->frame > 0)
			load(e, d, opbase(R_RSP, 0), 8);
		else
			mov(e, d, R_R30);
		break;
	case F_CALLERSP:
		addimm(e, d, R_RSP, e->f->framesize, 8);
		break;
	case F_ALD:
		emit_word(e, enc | (uint32_t)__builtin_ctz((unsigned)w) << 30 | rn(x) | rd(d >= 0 ? d : ZR));
		break;
	case F_AST:
		emit_word(e, enc | (uint32_t)__builtin_ctz((unsigned)w) << 30 | rn(y) | rd(x));
		break;
	case F_XCHG:
		exchange(e, v);
		break;
	case F_XADD:
		atomicop(e, v, enc, true);
		break;
	case F_AOP:
		atomicop(e, v, enc, false);
		break;
	case F_CAS:
		compareandswap(e, v, enc);
		break;
	case F_PREFETCH:
		emit_word(e, enc | rn(x) | (uint32_t)op_imm(v));
		break;
	case F_PAUSE:
		emit_word(e, enc);
		break;
	}
}

/* ---- jumps ---- */

/* The jump of a block whose last operation is ctl, if cc. */
static uint32_t
branchinsn(const Block *b, const Value *ctl, int cc)
{
	int w = op_w(ctl), bit = op_imm(ctl);
	uint32_t enc = arm64_insns[ctl->op - OP_TARGET].enc;

	if (ctl->op != M_CBZ && ctl->op != M_TBZ)
		return BCOND | (uint32_t)cc;
	if (b->last != ctl)
		bug("arm64 encode: code between a test and its branch");
	if (cc == CC_NE)
		enc |= 0x01000000;
	if (ctl->op == M_CBZ)
		return enc | sf(w) | rd(op_reg(ctl, 0));
	return enc | (bit >= 32 ? 0x80000000 : 0) | (uint32_t)(bit & 31) << 19 | rd(op_reg(ctl, 0));
}

static void
branch(Emit *e, const Block *b, int cc, int yes, int no, int after)
{
	emit_jump(e, branchinsn(b, b->ctl, cc), yes);
	emit_goto(e, no, after);
}

/* The table of distances from its start follows the code that uses it. */
static void
jumptable(Emit *e, Block *b)
{
	uint32_t table;

	emit_word(e, ADR | 4 << 5 | rd(TMP));		/* 16 bytes on */
	emit_word(e, LDRSWX | rm(b->ctl->reg) | option(EXT_NONE) | 1u << 12 | rn(TMP) | rd(TMP2));
	emit_word(e, ADD | sf(8) | rm(TMP2) | rn(TMP) | rd(TMP));
	emit_word(e, BR | rn(TMP));
	table = emit_here(e);
	for (int k = 0; k < b->succ.n; k++) {
		emit_fix(e, e->target[b->succ.at[k]->id], table, 4);
		emit_word(e, 0);
	}
}

enum { JUMPKIND = 0x7E000000, BITKIND = 0x36000000 };

/* A conditional jump that does not reach becomes the opposite one over a jump. */
static int
jumpsize(const EmitJump *j, int64_t d)
{
	int64_t max = (j->how & JUMPKIND) == BITKIND ? 1 << 15 : 1 << 20;

	if (j->how == B)
		return 4;
	return d >= -max && d < max ? 4 : 8;
}

static void
putjump(Buf *out, const EmitJump *j, int64_t d)
{
	uint32_t how = j->how, n;

	if (j->size == 8) {
		bool cond = (how & JUMPKIND) == (BCOND & JUMPKIND);

		/* over the next instruction */
		buf_u32(out, (cond ? how ^ 1 : how ^ 0x01000000) | 2u << 5);
		d -= 4;
		how = B;
	}
	n = (uint32_t)(d / 4);
	if (how == B) {
		if (d < -(1 << 27) || d >= 1 << 27)
			diag_error(0, "function too large for linux/arm64: a jump of %lld bytes", (long long)d);
		buf_u32(out, how | (n & 0x03ffffff));
	} else if ((how & JUMPKIND) == BITKIND) {
		buf_u32(out, how | (n & 0x3fff) << 5);
	} else {
		buf_u32(out, how | (n & 0x7ffff) << 5);
	}
}

static void
nop(Emit *e)
{
	emit_word(e, NOP);
}

static void
udf(Emit *e)
{
	emit_word(e, 0);
}

/* ---- calls ---- */

static void
callclosure(Emit *e)
{
	load(e, TMP, opbase(R_R26, 0), 8);
	emit_word(e, BLR | rn(TMP));
}

static void
callptr(Emit *e, int reg)
{
	emit_word(e, BLR | rn(reg));
}

static void
tailcall(Emit *e, ObjSym *to)
{
	reloc(e, OBJ_R_CALL, to, 0, B);
}

static void
ret(Emit *e)
{
	emit_word(e, RET);
}

/* Index in R0, length in R1. */
static void
boundsargs(Emit *e, const Value *v)
{
	int x = op_reg(v, 0);

	if (v->op == M_BOUNDS) {
		int n = op_reg(v, 1);

		if (n == R_R0) {
			if (x == R_R1) {
				mov(e, TMP, n);
				n = TMP;
			} else {
				mov(e, R_R1, n);
				n = R_R1;
			}
		}
		mov(e, R_R0, x);
		mov(e, R_R1, n);
	} else if (v->op == M_BOUNDSI) {
		mov(e, R_R0, x);
		movimm(e, R_R1, op_imm(v), 8);
	} else {
		mov(e, R_R1, x);
		movimm(e, R_R0, op_imm(v), 8);
	}
}

static void
fail(Emit *e, ObjSym *fn, const Value *v)
{
	if (v != NULL)
		boundsargs(e, v);
	callinleaf(e, fn, false);
}

static void
morestack(Emit *e, ObjSym *fn)
{
	mov(e, R_R3, R_R30);	/* the return address of this function */
	call(e, fn);
}

/* ---- frames ---- */

static void
loadstore(Emit *e, int reg, int64_t off, int w, bool isstore)
{
	isstore ? store(e, reg, opbase(R_RSP, off), w) : load(e, reg, opbase(R_RSP, off), w);
}

static void
spill(Emit *e, const Value *v, int reg, bool isstore)
{
	loadstore(e, reg, v->spill->off, value_width(v), isstore);
}

static void
checkstack(Emit *e, int more)
{
	load(e, TMP2, opbase(R_R28, G_STACKGUARD), 8);
	if (e->frame <= STACK_SMALL) {
		emit_word(e, SUBSEXT | sf(8) | rm(TMP2) | 3u << 13 | rn(R_RSP) | rd(ZR));
	} else {
		if (e->frame < STACK_BIG) {
			addimm(e, TMP, R_RSP, -(int64_t)(e->frame - STACK_SMALL), 8);
		} else {
			movimm(e, TMP, e->frame - STACK_SMALL, 8);
			emit_word(e, SUBSEXT | sf(8) | rm(TMP) | 3u << 13 | rn(R_RSP) | rd(TMP));
			emit_jump(e, BCOND | CC_LO, more);
		}
		emit_word(e, SUBS | sf(8) | rm(TMP2) | rn(TMP) | rd(ZR));
	}
	emit_jump(e, BCOND | CC_LS, more);
}

/* The return address is at SP as soon as SP has moved. */
static void
enter(Emit *e)
{
	if (e->frame <= 256) {
		emit_word(e, 0xF8000C00 | ((uint32_t)-e->frame & 511) << 12 | rn(R_RSP) | rd(R_R30));
	} else {
		addimm(e, TMP, R_RSP, -(int64_t)e->frame, 8);
		store(e, R_R30, opbase(TMP, 0), 8);
		addimm(e, R_RSP, TMP, 0, 8);
	}
}

enum { POSTMAX = 240 };	/* bytes; larger frames do not fit the load that also raises SP */

static void
leave(Emit *e)
{
	if (e->frame <= POSTMAX) {
		emit_word(e, 0xF8400400 | (uint32_t)e->frame << 12 | rn(R_RSP) | rd(R_R30));
	} else {
		load(e, R_R30, opbase(R_RSP, 0), 8);
		if (fits12(e->frame)) {
			addimm(e, R_RSP, R_RSP, e->frame, 8);
		} else {	/* SP moves in one step */
			addimm(e, TMP, R_RSP, e->frame, 8);
			addimm(e, R_RSP, TMP, 0, 8);
		}
	}
}

static void
clear(Emit *e, int64_t off, int64_t n)
{
	uint32_t loop;

	if (n <= 512) {
		for (; n > 256; n -= 256, off += 256)
			zeros(e, opbase(R_RSP, off), 256);
		zeros(e, opbase(R_RSP, off), n);
		return;
	}
	zerovector(e);
	addimm(e, TMP, R_RSP, off, 8);
	addimm(e, TMP2, TMP, n & ~(int64_t)63, 8);
	loop = emit_here(e);
	pair(e, STPQ, FTMP, FTMP, TMP, 0, 16);
	pair(e, STPQ, FTMP, FTMP, TMP, 32, 16);
	addimm(e, TMP, TMP, 64, 8);
	emit_word(e, SUBS | sf(8) | rm(TMP2) | rn(TMP) | rd(ZR));
	emit_word(e, BCOND | back19(e, loop) | CC_NE);
	if (n % 64 != 0)
		zeros(e, opbase(TMP, 0), n % 64);
}

/* ---- putting it together ---- */

static const EmitCpu cpu = {
	.jumpunit = 4,
	.always = B,
	.jumpsize = jumpsize,
	.putjump = putjump,
	.nop = nop,
	.trap = udf,
	.pad = udf,
	.checkstack = checkstack,
	.enter = enter,
	.leave = leave,
	.clear = clear,
	.param = loadstore,
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
arm64_encode(Func *f)
{
	emit_func(f, &cpu);
}
