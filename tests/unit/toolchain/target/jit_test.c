/*
 * jit_test.c - random functions: what an interpreter of the SSA form says
 * against what the machine code does, run in this process.
 *
 * A function is made of variables in slots, structured control flow, calls
 * of a callee that leaves garbage in every register, memory, all kinds of
 * arithmetic. The interpreter runs it as made; the code is what the whole middle and back end make
 * of it. CPUs that jit_host.h does not know skip. JIT_SEED=n JIT_COUNT=n choose what runs; JIT_DUMP=1 prints.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include <math.h>
#include <sys/mman.h>

#include "ssa/ssa.h"
#include "target/target.h"

void ssa_divconst(Func *f);

#include "jit_host.h"

#ifdef HOST_ARCH

enum { NINT = 4, NFLOAT = 2, BUFSIZE = 640, FUEL = 4000 };

/* ---- the world of a function ---- */

typedef struct {
	uint64_t i[NINT];	/* arguments, then results */
	uint64_t f[NFLOAT];
} Regs;

static uint8_t buffers[2][BUFSIZE + 64], *buffer = buffers[0];
static uint64_t gfake[64];
static uint8_t popcntflag = 1;
static uint32_t wbflag;
static uint64_t global;

/* ext(x, y int64, z float64) (int64, int64, float64): pure */
static void
ext(const uint64_t in[3], uint64_t out[3])
{
	uint64_t h = in[0] * 0x9E3779B97F4A7C15u + in[1];

	h ^= h >> 29;
	out[0] = h;
	out[1] = in[1] ^ (h << 7);
	out[2] = in[2] ^ ((h & 1) << 63);
}

uint64_t extin[3], extout[3];	/* the stub fills and reads them */
uint64_t extpc, *extsp;
static uint8_t *codemem;
static const ObjFunc *codefn;

/* What a collector that moves things would do: the stack map of the call says where the pointers into the buffer are. */
static void
movebuffer(void)
{
	uint8_t *old = buffer;
	uint32_t pc = (uint32_t)(extpc - (uint64_t)(uintptr_t)codemem);

	buffer = buffer == buffers[0] ? buffers[1] : buffers[0];
	memcpy(buffer, old, sizeof buffers[0]);
	memset(old, 0xA5, sizeof buffers[0]);
	for (int i = 0; i < codefn->maps.n; i++) {
		if (codefn->maps.at[i].pc != pc)
			continue;
		for (uint32_t w = 0; w < codefn->nlocalwords; w++) {
			if (!(codefn->maps.at[i].locals[w / 8] >> w % 8 & 1) || extsp[w] == 0)
				continue;
			if (extsp[w] - (uint64_t)(uintptr_t)old > sizeof buffers[0]) {
				fprintf(stderr, "stack map of pc %u: word %u is no pointer: %llx\n", pc, w,
				    (unsigned long long)extsp[w]);
				abort();
			}
			extsp[w] += (uint64_t)(buffer - old);
		}
		return;
	}
	fprintf(stderr, "no stack map for pc %u\n", pc);
	abort();
}

void
extcall(void)
{
	movebuffer();
	ext(extin, extout);
}

extern void gocall(void *code, Regs *r, void *g) __asm__("gocall");

static Map *syms;
static Arena *syma;

static ObjSym *
sym(const char *name)
{
	const char *n = intern_str(name);
	ObjSym *s = map_get(syms, n);

	if (s == NULL) {
		s = NEW(syma, ObjSym);
		s->name = n;
		map_set(syms, n, s);
	}
	return s;
}

static ObjSym *
rtsym(const char *name)
{
	return sym(name);
}

static void
badcall(void)
{
	fprintf(stderr, "a slow path was taken\n");
	abort();
}

static void *
symaddr(const ObjSym *s)
{
	if (strcmp(s->name, "ext") == 0)
		return extstub;
	if (strcmp(s->name, "x86HasPOPCNT") == 0)
		return &popcntflag;
	if (strcmp(s->name, "writeBarrier") == 0)
		return &wbflag;
	if (strcmp(s->name, "global") == 0)
		return &global;
	return (void *)badcall;
}

/* ---- interpreter ---- */

typedef struct {
	uint64_t *val;		/* by value id */
	uint8_t *slots;		/* all slots one after the other */
	int fuel;
} Interp;

static int
size(const Value *v)
{
	return vtype_size((VType)v->type);
}

static uint64_t
mask(uint64_t x, int n)
{
	return n >= 8 ? x : x & (((uint64_t)1 << 8 * n) - 1);
}

static int64_t
sext(uint64_t x, int n)
{
	return n >= 8 ? (int64_t)x : (int64_t)(x << (64 - 8 * n)) >> (64 - 8 * n);
}

static double
getf(uint64_t x, int n)
{
	double d;
	float s;

	if (n == 8) {
		memcpy(&d, &x, 8);
		return d;
	}
	memcpy(&s, &x, 4);
	return s;
}

static uint64_t
putf(double d, int n)
{
	uint64_t x = 0;
	float s = (float)d;

	if (n == 8)
		memcpy(&x, &d, 8);
	else
		memcpy(&x, &s, 4);
	return x;
}

static double
fminmax(double a, double b, bool max)
{
	if (isnan(a) || isnan(b))
		return NAN;
	if (a == 0 && b == 0)
		return (max ? signbit(a) && signbit(b) : signbit(a) || signbit(b)) ? -0.0 : 0.0;
	return max ? (a > b ? a : b) : (a < b ? a : b);
}

static uint64_t
binop(const Value *v, uint64_t a, uint64_t b)
{
	int n = size(v), na = size(v->arg[0]), nb = size(v->arg[1]);
	int bits = 8 * n;
	int64_t sa = sext(a, na), sb = sext(b, nb);
	double fa = getf(a, na), fb = getf(b, nb);

	/* clang-format off */
	switch (v->op) {
	case OP_ADD: return a + b;
	case OP_ADDPTR: return a + b;
	case OP_SUB: return a - b;
	case OP_MUL: return a * b;
	case OP_MULHU: return n == 8 ? (uint64_t)((unsigned __int128)a * b >> 64) : a * b >> 32;
	case OP_MULHS: return n == 8 ? (uint64_t)((__int128)sa * sb >> 64) : (uint64_t)(sa * sb >> 32);
	case OP_DIVU: return a / b;
	case OP_MODU: return a % b;
	case OP_DIVS: return sb == -1 ? 0 - (uint64_t)sa : (uint64_t)(sa / sb);
	case OP_MODS: return sb == -1 ? 0 : (uint64_t)(sa % sb);
	case OP_AND: return a & b;
	case OP_OR: return a | b;
	case OP_XOR: return a ^ b;
	case OP_SHL: return b >= (uint64_t)bits ? 0 : a << b;
	case OP_SHRU: return b >= (uint64_t)bits ? 0 : a >> b;
	case OP_SHRS: return (uint64_t)(sa >> (b >= (uint64_t)bits ? bits - 1 : (int)b));
	case OP_ROTL: b &= (uint64_t)bits - 1; return b == 0 ? a : a << b | a >> (bits - (int)b);
	case OP_EQ: return a == b;
	case OP_NE: return a != b;
	case OP_LTS: return sa < sb;
	case OP_LES: return sa <= sb;
	case OP_LTU: return a < b;
	case OP_LEU: return a <= b;
	case OP_FEQ: return fa == fb;
	case OP_FNE: return fa != fb;
	case OP_FLT: return fa < fb;
	case OP_FLE: return fa <= fb;
	case OP_FADD: return putf(n == 4 ? (float)fa + (float)fb : fa + fb, n);
	case OP_FSUB: return putf(n == 4 ? (float)fa - (float)fb : fa - fb, n);
	case OP_FMUL: return putf(n == 4 ? (float)fa * (float)fb : fa * fb, n);
	case OP_FDIV: return putf(n == 4 ? (float)fa / (float)fb : fa / fb, n);
	case OP_FMIN: return putf(fminmax(fa, fb, false), n);
	case OP_FMAX: return putf(fminmax(fa, fb, true), n);
	case OP_FCOPYSIGN: return putf(copysign(fa, fb), n);
	default: fail_msg("interpreter: %s", op_info[v->op].name); return 0;
	}
	/* clang-format on */
}

static uint64_t
unop(const Value *v, uint64_t a)
{
	int n = size(v), na = size(v->arg[0]);
	double fa = getf(a, na);

	/* clang-format off */
	switch (v->op) {
	case OP_NEG: return 0 - a;
	case OP_NOT: return ~a;
	case OP_CTZ: return a == 0 ? 8 * (uint64_t)na : (uint64_t)__builtin_ctzll(a);
	case OP_CLZ: return a == 0 ? 8 * (uint64_t)na : (uint64_t)(__builtin_clzll(a) - (64 - 8 * na));
	case OP_POPCNT: return (uint64_t)__builtin_popcountll(a);
	case OP_BSWAP: return __builtin_bswap64(a) >> (64 - 8 * n);
	case OP_BOOLNOT: return 1 - a;
	case OP_SEXT: return (uint64_t)sext(a, na);
	case OP_ZEXT:
	case OP_TRUNC:
	case OP_P2I:
	case OP_I2P:
	case OP_COPY:
	case OP_F2BITS:
	case OP_BITS2F: return a;
	case OP_S2F: return putf(n == 4 ? (float)sext(a, na) : (double)sext(a, na), n);
	case OP_U2F: return putf(n == 4 ? (float)a : (double)a, n);
	case OP_F2S: return (uint64_t)host_f2s(fa, n < 8 ? 4 : 8);
	case OP_F2U: return fa < 9223372036854775808.0 || isnan(fa) ? (uint64_t)host_f2s(fa, 8) : (uint64_t)host_f2s(fa - 9223372036854775808.0, 8) ^ 1ull << 63;
	case OP_F2F: return putf(fa, n);
	case OP_FNEG: return a ^ 1ull << (8 * n - 1);
	case OP_FABS: return a & ~(1ull << (8 * n - 1));
	case OP_FSQRT: return putf(n == 4 ? sqrtf((float)fa) : sqrt(fa), n);
	case OP_FFLOOR: return putf(floor(fa), n);
	case OP_FCEIL: return putf(ceil(fa), n);
	case OP_FTRUNC: return putf(trunc(fa), n);
	case OP_FRINT: return putf(rint(fa), n);
	default: fail_msg("interpreter: %s", op_info[v->op].name); return 0;
	}
	/* clang-format on */
}

static uint64_t
rmw(const Value *v, uint64_t *p, uint64_t x, uint64_t y)
{
	int n = size(v->arg[1]);
	uint64_t old = 0, new;

	memcpy(&old, p, (size_t)n);
	/* clang-format off */
	switch (v->op) {
	case OP_ATOMICXCHG: new = x; break;
	case OP_ATOMICADD: new = mask(old + x, n); break;
	case OP_ATOMICAND: new = old & x; break;
	case OP_ATOMICOR: new = old | x; break;
	default: new = old == x ? y : old;
	}
	/* clang-format on */
	memcpy(p, &new, (size_t)n);
	return v->op == OP_ATOMICADD ? new : v->op == OP_ATOMICCAS ? old == x : old;
}

static bool
run(Func *f, Interp *in, Regs *r)
{
	const Block *b = f->entry, *from = NULL;
	uint64_t *val = in->val, out[3] = { 0 };

	for (;;) {
		int k = 0;
		uint64_t phi[200];

		if (from != NULL)
			for (k = 0; b->pred.at[k] != from; k++)
				;
		int i = 0;
		for (Value *v = b->phis; v != NULL; v = v->next)
			phi[i++] = val[v->arg[k]->id];
		i = 0;
		for (Value *v = b->phis; v != NULL; v = v->next)
			val[v->id] = phi[i++];
		for (Value *v = b->first; v != NULL; v = v->next) {
			uint64_t a[8] = { 0 }, x = 0;

			if (in->fuel-- == 0)
				return false;
			for (int j = 0; j < v->narg && j < 8; j++)
				a[j] = val[v->arg[j]->id];
			/* clang-format off */
			switch (v->op) {
			case OP_CONST:
			case OP_FCONST: x = (uint64_t)v->aux; break;
			case OP_PARAM: x = v->aux < NINT ? r->i[v->aux] : r->f[v->aux - NINT]; break;
			case OP_SYMADDR: x = (uint64_t)(uintptr_t)symaddr(v->sym) + (uint64_t)v->aux; break;
			case OP_SLOTADDR: x = (uint64_t)(uintptr_t)in->slots + (uint64_t)v->slot->off + (uint64_t)v->aux; break;
			case OP_LOAD:
			case OP_ATOMICLOAD: memcpy(&x, (void *)(a[0] + (uint64_t)v->aux), (size_t)size(v)); break;
			case OP_STORE:
			case OP_ATOMICSTORE: memcpy((void *)(a[0] + (uint64_t)v->aux), &a[1], (size_t)size(v->arg[1])); break;
			case OP_ATOMICXCHG:
			case OP_ATOMICADD:
			case OP_ATOMICAND:
			case OP_ATOMICOR:
			case OP_ATOMICCAS: x = rmw(v, (void *)(a[0] + (uint64_t)v->aux), a[1], a[2]); break;
			case OP_ZERO: memset((void *)(a[0] + (uint64_t)v->aux), 0, (size_t)v->size); break;
			case OP_MOVE: memmove((void *)(a[0] + (uint64_t)v->aux), (void *)a[1], (size_t)v->size); break;
			case OP_NILCHECK: x = a[0]; break;
			case OP_BOUNDS:
			case OP_ZEROCHECK:
			case OP_SHIFTCHECK:
			case OP_KEEPALIVE: break;
			case OP_CALL:
			case OP_CALLPTR:
			case OP_CALLCLOSURE: ext(v->op == OP_CALL ? a : a + 1, out); break;
			case OP_RESULT: x = out[v->aux]; break;
			case OP_SELECT: x = a[0] ? a[1] : a[2]; break;
			case OP_DIV128U: x = (uint64_t)(((unsigned __int128)a[0] << 64 | a[1]) / a[2]); break;
			case OP_MOD128U: x = (uint64_t)(((unsigned __int128)a[0] << 64 | a[1]) % a[2]); break;
			default: x = v->narg == 2 ? binop(v, a[0], a[1]) : unop(v, a[0]);
			}
			/* clang-format on */
			val[v->id] = mask(x, v->type == VT_VOID ? 8 : size(v));
		}
		from = b;
		/* clang-format off */
		switch (b->kind) {
		case BK_JUMP: b = b->succ.at[0]; break;
		case BK_IF: b = b->succ.at[val[b->ctl->id] ? 0 : 1]; break;
		case BK_SWITCH: b = b->succ.at[val[b->ctl->id]]; break;
		default:
			for (int j = 0; j < NINT; j++)
				r->i[j] = val[b->ret[j]->id];
			for (int j = 0; j < NFLOAT; j++)
				r->f[j] = val[b->ret[NINT + j]->id];
			return true;
		}
		/* clang-format on */
	}
}

/* ---- making functions ---- */

static uint64_t rng;

static uint32_t
rnd(uint32_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)((rng * 0x2545F4914F6CDD1Du) >> 33) % n;
}

static const uint8_t vtypes[] = { VT_I64, VT_I64, VT_I64, VT_I32, VT_I32, VT_I16, VT_I8, VT_F64, VT_F32, VT_PTR,
	VT_PTR };
enum { MAXVAR = 24 };

typedef struct {
	Func *f;
	Block *b;
	Value *buf;
	Slot *var[MAXVAR], *big[2];
	uint8_t type[MAXVAR];
	int nvar, budget, depth;
	const CallSig *extsig, *closuresig;
} Gen;

static GcType gctypes[VT_COUNT], bigtype = { .size = 300, .align = 8 };

static Value *
val0(Gen *g, Op op, VType t, int64_t aux)
{
	return value0(g->f, g->b, op, t, 0, aux);
}

static Value *
val1(Gen *g, Op op, VType t, Value *x)
{
	return value1(g->f, g->b, op, t, 0, x, 0);
}

static Value *
val2(Gen *g, Op op, VType t, Value *x, Value *y)
{
	return value2(g->f, g->b, op, t, 0, x, y, 0);
}

static int64_t
constant(VType t)
{
	static const int64_t nice[] = { 0, 1, -1, 2, 7, 8, 15, 63, 64, 127, 128, 255, 256, 0xffff, 0x7fffffff,
		-0x80000000ll, 0x100000000ll, INT64_MIN, 3, 10 };
	int64_t c = rnd(3) == 0 ? (int64_t)(((uint64_t)rnd(1u << 31) << 33) ^ rnd(1u << 31)) : nice[rnd(NELEM(nice))];

	return t == VT_I32 ? (int32_t)c : t == VT_I16 ? (int16_t)c : t == VT_I8 ? (int8_t)c : c;
}

static Value *
fconstant(Gen *g, VType t)
{
	static const double nice[] = { 0, 1, -1, 0.5, -0.0, 1e300, 3.25, 1e10, -7.75, 1.8446744073709552e19, INFINITY,
		NAN };
	double d = nice[rnd(NELEM(nice))];

	return val0(g, OP_FCONST, t, (int64_t)putf(d, vtype_size(t)));
}

static Value *
slotaddr(Gen *g, Slot *s)
{
	Value *v = val0(g, OP_SLOTADDR, VT_PTR, 0);

	v->slot = s;
	return v;
}

static Value *expr(Gen *g, VType t, int depth);

static Value *
readvar(Gen *g, int i)
{
	return val1(g, OP_LOAD, (VType)g->type[i], slotaddr(g, g->var[i]));
}

/* op, or another one if the CPU lacks it. */
static Op
had(Op op, Op other)
{
	return target_has(target_find(HOST_ARCH), op, NULL) ? op : other;
}

static Value *
anyvar(Gen *g, VType t)
{
	int start = (int)rnd((uint32_t)g->nvar);

	for (int i = 0; i < g->nvar; i++) {
		int k = (start + i) % g->nvar;

		if (g->type[k] == t)
			return readvar(g, k);
	}
	return NULL;
}

/* Which NaN an operation gives is nobody's business: zero instead, where bits can be seen. */
static Value *
canon(Gen *g, Value *x)
{
	Value *zero, *v;

	if (!vtype_isfloat((VType)x->type))
		return x;
	zero = val0(g, OP_FCONST, (VType)x->type, 0);
	v = val1(g, OP_SELECT, (VType)x->type, val2(g, OP_FEQ, VT_I8, x, x));
	value_addarg(g->f, v, x);
	value_addarg(g->f, v, zero);
	return v;
}

static VType
inttype(void)
{
	static const uint8_t t[] = { VT_I64, VT_I32, VT_I16, VT_I8 };

	return (VType)t[rnd(4)];
}

static Value *
condition(Gen *g, int depth)
{
	static const uint8_t iops[] = { OP_EQ, OP_NE, OP_LTS, OP_LES, OP_LTU, OP_LEU },
			     fops[] = { OP_FEQ, OP_FNE, OP_FLT, OP_FLE };
	VType t;

	if (rnd(12) == 0)
		return val1(g, OP_BOOLNOT, VT_I8, condition(g, depth - 1));
	if (rnd(4) == 0) {
		t = rnd(2) ? VT_F64 : VT_F32;
		Value *x = expr(g, t, depth - 1);
		return val2(g, (Op)fops[rnd(4)], VT_I8, x, expr(g, t, depth - 1));
	}
	t = inttype();
	Value *x = expr(g, t, depth - 1);
	if (rnd(6) == 0) {
		x = val2(g, OP_AND, t, x,
		    val0(g, OP_CONST, t,
			rnd(2) ? constant(t) : (int64_t)((uint64_t)1 << rnd(8u * (unsigned)vtype_size(t)))));
		return val2(g, rnd(2) ? OP_EQ : OP_NE, VT_I8, x, val0(g, OP_CONST, t, 0));
	}
	return val2(g, (Op)iops[rnd(6)], VT_I8, x,
	    rnd(3) == 0 ? val0(g, OP_CONST, t, constant(t)) : expr(g, t, depth - 1));
}

/* An address in the buffer with room for 8 bytes. */
static Value *
address(Gen *g, int depth, int64_t *off)
{
	Value *p, *i;

	*off = rnd(64);
	if (rnd(8) == 0) {
		*off = 0;
		p = val0(g, OP_SYMADDR, VT_PTR, 0);
		p->sym = sym("global");
		return p;
	}
	if (rnd(6) == 0) {
		*off = rnd(200);
		p = slotaddr(g, g->big[rnd(2)]);
		if (rnd(2))
			return p;
	} else {
		p = rnd(2) ? g->buf : anyvar(g, VT_PTR);
		if (rnd(3) == 0)
			return val1(g, OP_NILCHECK, VT_PTR, p);
	}
	i = val2(g, OP_AND, VT_I64, expr(g, VT_I64, depth - 1), val0(g, OP_CONST, VT_I64, rnd(2) ? 15 : 7));
	if (rnd(2))
		i = val2(g, OP_SHL, VT_I64, i, val0(g, OP_CONST, VT_I8, rnd(4)));
	else if (rnd(2))
		i = val2(g, OP_ADD, VT_I64, i, val0(g, OP_CONST, VT_I64, rnd(20)));
	*off = rnd(40);
	return val2(g, OP_ADDPTR, VT_PTR, p, i);
}

static Value *
expr(Gen *g, VType t, int depth)
{
	Value *x, *y;
	int64_t off;
	bool flt = vtype_isfloat(t);

	if (t == VT_PTR) {
		if (rnd(3) != 0)
			return anyvar(g, t);
		if (rnd(6) == 0) {
			Value *v;

			x = condition(g, depth - 1);
			y = anyvar(g, t);
			v = val2(g, OP_SELECT, t, x, y);
			value_addarg(g->f, v, g->buf);
			return v;
		}
		return val2(g, OP_ADDPTR, t, g->buf,
		    val2(g, OP_AND, VT_I64, expr(g, VT_I64, depth - 1), val0(g, OP_CONST, VT_I64, 31)));
	}
	if (depth <= 0 || rnd(5) == 0) {
		x = rnd(4) == 0 ? NULL : anyvar(g, t);
		if (x != NULL)
			return x;
		return flt ? fconstant(g, t) : val0(g, OP_CONST, t, constant(t));
	}
	if (rnd(10) == 0) {
		x = condition(g, depth - 1);
		y = expr(g, t, depth - 1);
		Value *z = expr(g, t, depth - 1), *v = val1(g, OP_SELECT, t, x);
		value_addarg(g->f, v, y);
		value_addarg(g->f, v, z);
		return v;
	}
	if (rnd(10) == 0) {
		x = address(g, depth, &off);
		Value *v = val1(g, OP_LOAD, t, x);
		v->aux = off;
		return v;
	}
	if (flt) {
		static const uint8_t bin[] = { OP_FADD, OP_FSUB, OP_FMUL, OP_FDIV, OP_FMIN, OP_FMAX, OP_FCOPYSIGN };
		static const uint8_t un[] = { OP_FNEG, OP_FABS, OP_FSQRT, OP_FFLOOR, OP_FCEIL, OP_FTRUNC, OP_FRINT };
		VType it;

		/* clang-format off */
		switch (rnd(8)) {
		case 0: return val1(g, had((Op)un[rnd(7)], OP_FNEG), t, expr(g, t, depth - 1));
		case 1: it = inttype(); return val1(g, OP_S2F, t, expr(g, it, depth - 1));
		case 2: return val1(g, OP_U2F, t, expr(g, rnd(2) ? VT_I64 : VT_I32, depth - 1));
		case 3: return val1(g, OP_F2F, t, expr(g, t == VT_F64 ? VT_F32 : VT_F64, depth - 1));
		case 4: return val1(g, OP_BITS2F, t, expr(g, t == VT_F64 ? VT_I64 : VT_I32, depth - 1));
		default: {
			Op op = (Op)bin[rnd(7)];

			x = expr(g, t, depth - 1);
			y = expr(g, t, depth - 1);
			return val2(g, op, t, x, op == OP_FCOPYSIGN ? canon(g, y) : y);
		}
		/* clang-format on */
		}
	}
	switch (rnd(18)) {
	case 0: {
		static const uint8_t un[] = { OP_NEG, OP_NOT, OP_CTZ, OP_CLZ, OP_POPCNT, OP_BSWAP };
		int k = (int)rnd(t == VT_I8 ? 5 : 6);

		return val1(g, had((Op)un[k], OP_NOT), t, expr(g, t, depth - 1));
	}
	case 1: {
		VType from = inttype();

		x = expr(g, from, depth - 1);
		if (vtype_size(from) == vtype_size(t))
			return x;
		return val1(g, vtype_size(from) > vtype_size(t) ? OP_TRUNC : rnd(2) ? OP_SEXT : OP_ZEXT, t, x);
	}
	case 2:
		x = condition(g, depth);
		return t == VT_I8 ? x : val1(g, OP_ZEXT, t, x);
	case 3:
		return val1(g, OP_F2S, t == VT_I64 ? VT_I64 : VT_I32, expr(g, rnd(2) ? VT_F64 : VT_F32, depth - 1))
			    ->type == t ?
		    g->b->last :
		    t == VT_I64 ? g->b->last :
				  val1(g, OP_TRUNC, t, g->b->last);
	case 4:
		if (t == VT_I64)
			return val1(g, rnd(2) ? OP_F2U : OP_F2BITS, t, canon(g, expr(g, VT_F64, depth - 1)));
		if (t == VT_I32)
			return val1(g, OP_F2BITS, t, canon(g, expr(g, VT_F32, depth - 1)));
		break;
	case 5:
	case 6: {
		static const uint8_t div[] = { OP_DIVS, OP_DIVU, OP_MODS, OP_MODU };
		Op op = (Op)div[rnd(4)];

		x = expr(g, t, depth - 1);
		if (rnd(2)) {
			int64_t c = constant(t);

			y = val0(g, OP_CONST, t, c == 0 ? 3 : c);
		} else {
			y = val2(g, OP_OR, t, expr(g, t, depth - 1), val0(g, OP_CONST, t, 1));
			if (rnd(2))
				val1(g, OP_ZEROCHECK, VT_VOID, y);
		}
		return val2(g, op, t, x, y);
	}
	case 7:
	case 8: {
		static const uint8_t sh[] = { OP_SHL, OP_SHRU, OP_SHRS, OP_ROTL };
		Op op = (Op)sh[rnd(4)];
		VType ct = inttype();

		x = expr(g, t, depth - 1);
		y = rnd(3) == 0 ? val0(g, OP_CONST, ct, rnd(70)) :
		    rnd(2)      ? expr(g, ct, depth - 1) :
				  val2(g, OP_AND, ct, expr(g, ct, depth - 1), val0(g, OP_CONST, ct, rnd(2) ? 63 : 31));
		return val2(g, op, t, x, y);
	}
	case 9:
		if (t == VT_I64 || t == VT_I32) {
			x = expr(g, t, depth - 1);
			y = expr(g, t, depth - 1);
			if (rnd(3) == 0) {
				Value *hi = val2(g, OP_MULHU, t, x, y);

				return val2(g, OP_XOR, t, hi, val2(g, OP_MUL, t, y, x));
			}
			return val2(g, rnd(2) ? OP_MULHU : OP_MULHS, t, x, y);
		}
		break;
	case 10:
		if (t == VT_I64 && had(OP_DIV128U, OP_NONE) != OP_NONE) {
			Value *d, *v;

			d = val2(g, OP_OR, t, expr(g, t, depth - 1), val0(g, OP_CONST, t, INT64_MIN));
			x = val2(g, OP_AND, t, expr(g, t, depth - 1), val0(g, OP_CONST, t, INT64_MAX));
			y = expr(g, t, depth - 1);
			v = val2(g, rnd(2) ? OP_DIV128U : OP_MOD128U, t, x, y);
			value_addarg(g->f, v, d);
			return v;
		}
		break;
	default:
		break;
	}
	static const uint8_t bin[] = { OP_ADD, OP_SUB, OP_MUL, OP_AND, OP_OR, OP_XOR, OP_ADD };
	x = expr(g, t, depth - 1);
	y = rnd(4) == 0 ? val0(g, OP_CONST, t, constant(t)) : expr(g, t, depth - 1);
	return val2(g, (Op)bin[rnd(7)], t, x, y);
}

static void
store(Gen *g, Value *p, Value *x, int64_t off)
{
	val2(g, OP_STORE, VT_VOID, p, x)->aux = off;
}

static void
setvar(Gen *g, int i, Value *x)
{
	store(g, slotaddr(g, g->var[i]), x, 0);
}

static void stmts(Gen *g, int n);

static Block *
newblock(Gen *g)
{
	return block_new(g->f, BK_JUMP);
}

static void
statement(Gen *g)
{
	int i = (int)rnd((uint32_t)g->nvar);
	int64_t off;
	Value *x, *p;

	g->budget--;
	switch (rnd(16)) {
	case 0:
	case 1: {
		Block *yes, *no, *after;

		if (g->depth > 5)
			break;
		g->depth++;
		x = condition(g, 3);
		yes = newblock(g);
		no = newblock(g);
		after = newblock(g);
		g->b->kind = BK_IF;
		g->b->likely = (int8_t)((int)rnd(3) - 1);
		block_setctl(g->b, x);
		block_edgein(g->f, g->b, yes);
		block_edgein(g->f, g->b, rnd(2) ? no : after);
		g->b = yes;
		stmts(g, 4);
		block_edgein(g->f, g->b, after);
		g->b = no;
		if (no->pred.n > 0)
			stmts(g, 4);
		block_edgein(g->f, g->b, after);
		g->b = after;
		g->depth--;
		return;
	}
	case 2: {
		/* for v := 0; v < n; v++ with v a fresh slot */
		Slot *s;
		Block *head, *body, *after;
		int64_t n = 1 + rnd(5);

		if (g->depth > 3)
			break;
		g->depth++;
		s = slot_new(g->f, &gctypes[VT_I64], "i");
		store(g, slotaddr(g, s), val0(g, OP_CONST, VT_I64, 0), 0);
		head = newblock(g);
		body = newblock(g);
		after = newblock(g);
		block_edgein(g->f, g->b, head);
		g->b = head;
		x = val1(g, OP_LOAD, VT_I64, slotaddr(g, s));
		x = val2(g, OP_LTS, VT_I8, x, val0(g, OP_CONST, VT_I64, n));
		head->kind = BK_IF;
		block_setctl(head, x);
		block_edgein(g->f, head, body);
		block_edgein(g->f, head, after);
		g->b = body;
		stmts(g, 5);
		x = val1(g, OP_LOAD, VT_I64, slotaddr(g, s));
		x = val2(g, OP_ADD, VT_I64, x, val0(g, OP_CONST, VT_I64, 1));
		store(g, slotaddr(g, s), x, 0);
		block_edgein(g->f, g->b, head);
		g->b = after;
		g->depth--;
		return;
	}
	case 3: {
		Block *after, *arm[4];

		if (g->depth > 3)
			break;
		g->depth++;
		x = val2(g, OP_AND, VT_I64, expr(g, VT_I64, 2), val0(g, OP_CONST, VT_I64, 3));
		g->b->kind = BK_SWITCH;
		block_setctl(g->b, x);
		after = newblock(g);
		for (int k = 0; k < 4; k++) {
			arm[k] = newblock(g);
			block_edgein(g->f, g->b, arm[k]);
		}
		for (int k = 0; k < 4; k++) {
			g->b = arm[k];
			stmts(g, 2);
			block_edgein(g->f, g->b, after);
		}
		g->b = after;
		g->depth--;
		return;
	}
	case 4:
	case 5: {
		Value *a = expr(g, VT_I64, 2), *b = expr(g, VT_I64, 2), *c = expr(g, VT_F64, 2), *call, *r;

		if (rnd(3) == 0) {
			p = val0(g, OP_SYMADDR, VT_PTR, 0);
			p->sym = sym("ext");
			call = val1(g, OP_CALLPTR, VT_VOID, p);
		} else {
			call = val0(g, OP_CALL, VT_VOID, 0);
			call->sym = sym("ext");
		}
		call->sig = g->extsig;
		value_addarg(g->f, call, a);
		value_addarg(g->f, call, b);
		value_addarg(g->f, call, c);
		r = val1(g, OP_RESULT, VT_I64, call);
		x = val1(g, OP_RESULT, VT_I64, call);
		x->aux = 1;
		p = val1(g, OP_RESULT, VT_F64, call);
		p->aux = 2;
		for (int k = 0; k < g->nvar; k++)
			if (g->type[k] == VT_I64 && rnd(2)) {
				setvar(g, k, rnd(2) ? r : x);
				break;
			}
		for (int k = 0; k < g->nvar; k++)
			if (g->type[k] == VT_F64 && rnd(2)) {
				setvar(g, k, p);
				break;
			}
		return;
	}
	case 6: {
		VType t = (VType)vtypes[rnd(NELEM(vtypes))];

		if (t == VT_PTR)
			t = VT_I32;	/* addresses are not for comparing */
		x = canon(g, expr(g, t, 3));
		p = address(g, 2, &off);
		store(g, p, x, off);
		return;
	}
	case 7: {
		/* read, change, write the same place */
		VType t = inttype();
		static const uint8_t bin[] = { OP_ADD, OP_SUB, OP_AND, OP_OR, OP_XOR };

		x = expr(g, t, 2);
		p = address(g, 2, &off);
		Value *v = val1(g, OP_LOAD, t, p);
		v->aux = off;
		store(g, p, val2(g, (Op)bin[rnd(5)], t, v, x), off);
		return;
	}
	case 8: {
		static const uint8_t at[] = { OP_ATOMICXCHG, OP_ATOMICADD, OP_ATOMICAND, OP_ATOMICOR, OP_ATOMICCAS,
			OP_ATOMICSTORE };
		VType t = rnd(2) ? VT_I64 : VT_I32;
		Op op = (Op)at[rnd(6)];
		Value *v;

		x = expr(g, t, 2);
		Value *y = expr(g, t, 2);
		p = g->buf;
		v = val2(g, op, op == OP_ATOMICSTORE ? VT_VOID : op == OP_ATOMICCAS ? VT_I8 : t, p, x);
		v->aux = 8 * rnd(8);
		if (op == OP_ATOMICCAS)
			value_addarg(g->f, v, y);
		if (op != OP_ATOMICSTORE && rnd(2))
			for (int k = 0; k < g->nvar; k++)
				if (g->type[k] == v->type) {
					setvar(g, k, v);
					break;
				}
		return;
	}
	case 9: {
		Value *v = val1(g, OP_ZERO, VT_VOID, rnd(2) ? g->buf : slotaddr(g, g->big[rnd(2)]));

		v->aux = rnd(20);
		v->size = rnd(rnd(2) ? 270 : 40);
		return;
	}
	case 10: {
		int k = (int)rnd(2);
		Value *v;

		x = rnd(2) ? slotaddr(g, g->big[k]) : g->buf;
		v = val2(g, OP_MOVE, VT_VOID, x, slotaddr(g, g->big[1 - k]));
		v->aux = rnd(8);
		v->size = rnd(rnd(2) ? 290 : 40);
		return;
	}
	case 11: {
		Value *n =
		    val2(g, OP_ADD, VT_I64, val2(g, OP_AND, VT_I64, expr(g, VT_I64, 2), val0(g, OP_CONST, VT_I64, 7)),
			val0(g, OP_CONST, VT_I64, 8));

		x = val2(g, OP_AND, VT_I64, expr(g, VT_I64, 2), val0(g, OP_CONST, VT_I64, 7));
		val2(g, OP_BOUNDS, VT_VOID, x, n);
		return;
	}
	default:
		break;
	}
	setvar(g, i, expr(g, (VType)g->type[i], 4));
}

static void
stmts(Gen *g, int n)
{
	for (int k = 1 + (int)rnd((uint32_t)n); k > 0 && g->budget > 0; k--)
		statement(g);
}

static const CallSig *
makesig(Arena *a, const uint8_t *ptypes, int np, const uint8_t *rtypes, int nr)
{
	AbiParam *p = NEWN(a, AbiParam, np), *r = NEWN(a, AbiParam, nr);
	AbiComp *pc = NEWN(a, AbiComp, np), *rc = NEWN(a, AbiComp, nr);

	for (int i = 0; i < np; i++) {
		p[i] = (AbiParam){ .first = i,
			.n = 1,
			.size = vtype_size((VType)ptypes[i]),
			.align = vtype_size((VType)ptypes[i]),
			.registers = true };
		pc[i].type = ptypes[i];
	}
	for (int i = 0; i < nr; i++) {
		r[i] = (AbiParam){ .first = i,
			.n = 1,
			.size = vtype_size((VType)rtypes[i]),
			.align = vtype_size((VType)rtypes[i]),
			.registers = true };
		rc[i].type = rtypes[i];
	}
	return abi_assign(a, target_find(HOST_ARCH), p, np, pc, r, nr, rc, false);
}

static Func *
make(Arena *a, uint64_t seed)
{
	static const uint8_t params[] = { VT_PTR, VT_I64, VT_I64, VT_I64, VT_F64, VT_F64 },
			     results[] = { VT_I64, VT_I64, VT_I64, VT_I64, VT_F64, VT_F64 };
	static const uint8_t ep[] = { VT_I64, VT_I64, VT_F64 };
	static const uint8_t one = 1;
	Gen g = { 0 };
	int64_t off = 0;
	Value *param[6];

	rng = seed * 0x9E3779B97F4A7C15u + 1;
	for (int i = 0; i < 10; i++)
		rnd(2);
	g.f = func_new(a, target_find(HOST_ARCH), "test", makesig(a, params, 6, results, 6));
	g.extsig = makesig(a, ep, 3, ep, 3);
	g.b = block_new(g.f, BK_JUMP);
	g.budget = 5 + (int)rnd(40);
	for (int i = 0; i < 6; i++)
		param[i] = val0(&g, OP_PARAM, (VType)params[i], i);
	g.buf = param[0];
	g.buf->nonnil = true;
	g.nvar = 6 + (int)rnd(MAXVAR - 6);
	for (int t = 0; t < VT_COUNT; t++)
		gctypes[t] = (GcType){ .size = vtype_size((VType)t), .align = vtype_size((VType)t) };
	gctypes[VT_PTR].ptrbytes = 8;
	gctypes[VT_PTR].ptrmask = &one;
	for (int i = 0; i < g.nvar; i++) {
		g.type[i] = i < 3 ? VT_I64 : i < 5 ? VT_F64 : i == 5 ? VT_PTR : vtypes[rnd(NELEM(vtypes))];
		g.var[i] = slot_new(g.f, &gctypes[g.type[i]], "v");
	}
	for (int i = 0; i < 2; i++) {
		Value *z;

		g.big[i] = slot_new(g.f, &bigtype, "big");
		z = val1(&g, OP_ZERO, VT_VOID, slotaddr(&g, g.big[i]));
		z->size = bigtype.size;
	}
	for (int i = 0; i < g.nvar; i++)
		setvar(&g, i,
		    i < 5                   ? param[1 + i] :
			g.type[i] == VT_PTR ? param[0] :
			vtype_isfloat((VType)g.type[i]) ?
					      fconstant(&g, (VType)g.type[i]) :
					      val0(&g, OP_CONST, (VType)g.type[i], constant((VType)g.type[i])));
	while (g.budget > 0)
		statement(&g);
	g.b->kind = BK_RET;
	g.b->ret = NEWN(a, Value *, 6);
	for (int i = 0; i < 6; i++) {
		VType t = (VType)results[i];

		g.b->ret[i] = expr(&g, t, 2);
		g.b->ret[i] = canon(&g, g.b->ret[i]);
		g.b->ret[i]->nuse++;
	}
	for (Slot *s = g.f->slots; s != NULL; s = s->next) {
		s->off = off;
		off += (s->type.size + 15) & -16;
	}
	return g.f;
}

/* ---- running code ---- */

/* Room for code within 2 GB of this program's own variables, wherever it was loaded. */
static uint8_t *
codespace(size_t nbytes)
{
	static int anchor;
	uintptr_t at = ((uintptr_t)&anchor & ~(uintptr_t)0xfffff) + (64 << 20);

	for (int i = 0; i < 16; i++, at += 64 << 20) {
		void *p = mmap((void *)at, nbytes, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

		if (p == (void *)at)
			return p;
	}
	return MAP_FAILED;
}

static uint8_t *
install(const ObjSym *s, uint8_t *mem)
{
	const Target *t = target_find(HOST_ARCH);

	memcpy(mem, s->data.p, s->data.n);
	for (int i = 0; i < s->relocs.n; i++) {
		const ObjReloc *r = &s->relocs.at[i];
		const RelocRow *row = target_reloc(t, t->elfreloc[r->kind]);

		if (!row->apply(mem + r->off, (uint64_t)(uintptr_t)symaddr(r->sym), r->add,
			(uint64_t)(uintptr_t)(mem + r->off)))
			fail_msg("%s is too far away", r->sym->name);
	}
	__builtin___clear_cache((char *)mem, (char *)mem + s->data.n);
	return mem;
}

static void
inputs(Regs *r, int n)
{
	buffer = buffers[0];
	rng = (uint64_t)n * 77777 + 5;
	rnd(3);
	for (int i = 0; i < NINT; i++)
		r->i[i] = (uint64_t)constant(VT_I64);
	r->i[0] = (uint64_t)(uintptr_t)buffer;
	r->f[0] = putf(n % 2 ? 3.75 : -1e9, 8);
	r->f[1] = putf(n * 0.37, 8);
	for (int i = 0; i < BUFSIZE + 64; i++)
		buffer[i] = (uint8_t)rnd(256);
	global = 0x123456789abcdef0u;
}

enum { NRUN = 4 };
static bool made[1000];		/* machine operations that some function had */

static void
one(uint64_t seed, uint8_t *mem, bool dump)
{
	Arena *a = arena_new("test");
	Func *f = make(a, seed);
	Regs want[NRUN], got;
	static uint8_t mems[NRUN][BUFSIZE + 64];
	uint64_t globals[NRUN];
	bool ok[NRUN];
	Interp in = { 0 };
	int64_t slotbytes = 0;

	for (Slot *s = f->slots; s != NULL; s = s->next)
		slotbytes += (s->type.size + 15) & -16;
	in.val = NEWN(a, uint64_t, f->nvalue + 1);
	in.slots = NEWN(a, uint8_t, slotbytes + 64);
	for (int i = 0; i < NRUN; i++) {
		in.fuel = FUEL * 4;
		inputs(&want[i], i);
		ok[i] = run(f, &in, &want[i]);
		memcpy(mems[i], buffer, sizeof buffers[0]);
		globals[i] = global;
	}
	f->sym = NEW(a, ObjSym);
	if (dump)
		ssa_print(stderr, f);
	ssa_opt.check = true;
	ssa_opt.noopt = seed % 3 == 0;
	ssa_optimize(f);
	if (dump)
		ssa_print(stderr, f);
	ssa_opt.asmlist = dump;
	ssa_generate(f);
	for (const Block *b = f->entry; b != NULL; b = b->next)
		for (const Value *v = b->first; v != NULL; v = v->next)
			if (v->op >= OP_TARGET)
				made[v->op - OP_TARGET] = true;
	install(f->sym, mem);
	codemem = mem;
	codefn = f->sym->fn;
	gfake[2] = 0;
	for (int i = 0; i < NRUN; i++) {
		if (!ok[i])
			continue;
		inputs(&got, i);
		gocall(mem, &got, gfake);
		for (int k = 0; k < NINT; k++)
			if (got.i[k] != want[i].i[k])
				fail_msg("seed %llu run %d: result %d is %llx, not %llx", (unsigned long long)seed, i,
				    k, (unsigned long long)got.i[k], (unsigned long long)want[i].i[k]);
		for (int k = 0; k < NFLOAT; k++)
			if (got.f[k] != want[i].f[k])
				fail_msg("seed %llu run %d: float result %d is %llx, not %llx",
				    (unsigned long long)seed, i, k, (unsigned long long)got.f[k],
				    (unsigned long long)want[i].f[k]);
		if (memcmp(mems[i], buffer, sizeof buffers[0]) != 0 || global != globals[i]) {
			int k = 0;

			while (k < (int)sizeof buffers[0] - 1 && mems[i][k] == buffer[k])
				k++;
			fail_msg("seed %llu run %d: memory differs at %d", (unsigned long long)seed, i, k);
		}
	}
	buf_free(&f->sym->data);
	arena_free(a);
}

static void
code_does_what_the_interpreter_does(void **state)
{
	const char *s = getenv("JIT_SEED"), *n = getenv("JIT_COUNT");
	uint64_t seed = s != NULL ? strtoull(s, NULL, 10) : 1,
		 count = n != NULL ? strtoull(n, NULL, 10) :
	    s != NULL              ? 1 :
				     400;
	uint8_t *mem = codespace(1 << 20);

	(void)state;
	if (mem == MAP_FAILED)
		skip();
	for (uint64_t i = 0; i < count; i++)
		one(seed + i, mem, getenv("JIT_DUMP") != NULL);
	if (count < 400)
		return;
	for (int i = 0; i < target_find(HOST_ARCH)->ninsn; i++) {
		/* those need a runtime, a fault, or an instruction set that may be missing */
		static const char *const elsewhere[] = { HOST_ELSEWHERE };
		bool skipped = false;

		for (size_t k = 0; k < NELEM(elsewhere); k++)
			skipped = skipped || strcmp(elsewhere[k], target_find(HOST_ARCH)->insn[i].name) == 0;
		if (!made[i] && !skipped)
			fail_msg("no function has the operation %s", target_find(HOST_ARCH)->insn[i].name);
	}
}

/* x / c and x % c, signed and unsigned, of one width, in one function. */
static void
divide(VType t, int64_t c, uint8_t *mem)
{
	static const uint8_t params[] = { VT_PTR, VT_I64, VT_I64, VT_I64, VT_F64, VT_F64 },
			     results[] = { VT_I64, VT_I64, VT_I64, VT_I64, VT_F64, VT_F64 };
	static const Op ops[] = { OP_DIVS, OP_DIVU, OP_MODS, OP_MODU };
	Arena *a = arena_new("divide");
	Gen g = { 0 };
	Value *x;
	Interp in = { 0 };
	Func *f;

	f = g.f = func_new(a, target_find(HOST_ARCH), "divide", makesig(a, params, 6, results, 6));
	g.b = block_new(g.f, BK_RET);
	x = val0(&g, OP_PARAM, VT_I64, 1);
	if (t != VT_I64)
		x = val1(&g, OP_TRUNC, t, x);
	g.b->ret = NEWN(a, Value *, 6);
	for (int i = 0; i < 4; i++) {
		Value *r = val2(&g, ops[i], t, x, val0(&g, OP_CONST, t, c));

		g.b->ret[i] = t == VT_I64 ? r : val1(&g, OP_SEXT, VT_I64, r);
		g.b->ret[i]->nuse++;
	}
	for (int i = 4; i < 6; i++) {
		g.b->ret[i] = fconstant(&g, VT_F64);
		g.b->ret[i]->nuse++;
	}
	Regs want[60], got[60];
	in.val = NEWN(a, uint64_t, f->nvalue + 1);
	for (int i = 0; i < 60; i++) {
		static const int64_t nice[] = { 0, 1, 2, -1, INT64_MIN, INT64_MAX, INT32_MIN, INT32_MAX, 0xffffffff,
			0x80, 0x7fff };
		int64_t n = i < (int)NELEM(nice) ? nice[i] :
		    i < 20                       ? (int64_t)((uint64_t)c * (rnd(1000) + 1) - 1) :
		    i < 30                       ? (int64_t)((uint64_t)c * (rnd(1u << 30) + 1)) :
						   constant(VT_I64);

		in.fuel = 1000;
		want[i].i[1] = got[i].i[1] = (uint64_t)n;
		assert_true(run(f, &in, &want[i]));
	}
	f->sym = NEW(a, ObjSym);
	ssa_divconst(f);
	ssa_generate(f);
	install(f->sym, mem);
	for (int i = 0; i < 60; i++) {
		uint64_t n = got[i].i[1];

		gocall(mem, &got[i], gfake);
		for (int k = 0; k < 4; k++)
			if (got[i].i[k] != want[i].i[k])
				fail_msg("%s of %d bytes: %lld by %lld is %lld, not %lld", op_info[ops[k]].name,
				    vtype_size(t), (long long)n, (long long)c, (long long)got[i].i[k],
				    (long long)want[i].i[k]);
	}
	buf_free(&f->sym->data);
	arena_free(a);
}

static void
division_by_constants_is_exact(void **state)
{
	static const uint8_t t[] = { VT_I64, VT_I32, VT_I16, VT_I8 };
	uint8_t *mem = codespace(1 << 16);

	(void)state;
	if (mem == MAP_FAILED)
		skip();
	rng = 12345;
	for (int i = 0; i < 4; i++)
		for (int k = -130; k < 400; k++) {
			int64_t c = k < 130 ? k : constant(VT_I64) >> rnd(60);

			c = t[i] == VT_I8 ? (int8_t)c : t[i] == VT_I16 ? (int16_t)c : t[i] == VT_I32 ? (int32_t)c : c;
			if (c != 0)
				divide((VType)t[i], c, mem);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(division_by_constants_is_exact),
		cmocka_unit_test(code_does_what_the_interpreter_does),
	};

	diag_init("jit_test");
	syma = arena_new("symbols");
	syms = map_new(syma);
	ssa_rtsym = rtsym;
	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int
main(void)
{
	return 77;
}

#endif
