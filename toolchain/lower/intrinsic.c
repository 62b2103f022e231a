/*
 * intrinsic.c - functions of the standard library that are one or a few operations.
 *
 * The set is that of gc (facts of the interface between std and the compiler), so that
 * std's own fallbacks are used where gc uses them too. A function of the table that has no
 * body anywhere else is made from its row by intrinsic_define, for uses as a func value.
 */
#include "lower/build.h"

/* clang-format off */
typedef enum {
	IN_LOAD, IN_STORE, IN_XCHG, IN_ADD, IN_CAS, IN_AND, IN_OR,	/* atomics */
	IN_UNARY,	/* one floating point operation */
	IN_BINARY, IN_ROUND, IN_FMA,
	IN_CTZ, IN_LEN, IN_POPCNT, IN_BSWAP, IN_ROTL, IN_MULHI, IN_DIV,
	IN_CALLERPC, IN_CALLERSP, IN_CLOSUREPTR, IN_KEEPALIVE, IN_GETG, IN_TMPSTRING, IN_PREFETCH
} Kind;
/* clang-format on */

typedef struct {
	const char *pkg, *name;
	uint8_t kind;
	uint16_t op;
	int8_t bits;	/* 0: from the argument's type */
	bool result;	/* the old value is wanted (AND, OR) */
} Intrinsic;

#define A "internal/runtime/atomic"
#define S "sync/atomic"
#define B "math/bits"
#define Y "runtime/internal/sys"
/* clang-format off */
static const Intrinsic table[] = {
	{ A, "Load", IN_LOAD, 0, 0, 0 }, { A, "Load8", IN_LOAD, 0, 0, 0 }, { A, "Load64", IN_LOAD, 0, 0, 0 }, { A, "LoadAcq", IN_LOAD, 0, 0, 0 },
	{ A, "LoadAcq64", IN_LOAD, 0, 0, 0 }, { A, "LoadAcquintptr", IN_LOAD, 0, 0, 0 }, { A, "Loadint32", IN_LOAD, 0, 0, 0 },
	{ A, "Loadint64", IN_LOAD, 0, 0, 0 }, { A, "Loadp", IN_LOAD, 0, 0, 0 }, { A, "Loaduint", IN_LOAD, 0, 0, 0 }, { A, "Loaduintptr", IN_LOAD, 0, 0, 0 },
	{ A, "Store", IN_STORE, 0, 0, 0 }, { A, "Store8", IN_STORE, 0, 0, 0 }, { A, "Store64", IN_STORE, 0, 0, 0 }, { A, "StoreRel", IN_STORE, 0, 0, 0 },
	{ A, "StoreRel64", IN_STORE, 0, 0, 0 }, { A, "StoreReluintptr", IN_STORE, 0, 0, 0 }, { A, "Storeint32", IN_STORE, 0, 0, 0 },
	{ A, "Storeint64", IN_STORE, 0, 0, 0 }, { A, "StorepNoWB", IN_STORE, 0, 0, 0 }, { A, "Storeuintptr", IN_STORE, 0, 0, 0 },
	{ A, "Xadd", IN_ADD, 0, 0, 0 }, { A, "Xadd64", IN_ADD, 0, 0, 0 }, { A, "Xaddint32", IN_ADD, 0, 0, 0 }, { A, "Xaddint64", IN_ADD, 0, 0, 0 },
	{ A, "Xadduintptr", IN_ADD, 0, 0, 0 },
	{ A, "Xchg", IN_XCHG, 0, 0, 0 }, { A, "Xchg64", IN_XCHG, 0, 0, 0 }, { A, "Xchgint32", IN_XCHG, 0, 0, 0 }, { A, "Xchgint64", IN_XCHG, 0, 0, 0 },
	{ A, "Xchguintptr", IN_XCHG, 0, 0, 0 },
	{ A, "Cas", IN_CAS, 0, 0, 0 }, { A, "Cas64", IN_CAS, 0, 0, 0 }, { A, "CasRel", IN_CAS, 0, 0, 0 }, { A, "Casint32", IN_CAS, 0, 0, 0 },
	{ A, "Casint64", IN_CAS, 0, 0, 0 }, { A, "Casp1", IN_CAS, 0, 0, 0 }, { A, "Casuintptr", IN_CAS, 0, 0, 0 },
	{ A, "And", IN_AND, 0, 0, 0 }, { A, "And8", IN_AND, 0, 0, 0 }, { A, "Or", IN_OR, 0, 0, 0 }, { A, "Or8", IN_OR, 0, 0, 0 },
	{ A, "And32", IN_AND, 0, 0, 1 }, { A, "And64", IN_AND, 0, 0, 1 }, { A, "Anduintptr", IN_AND, 0, 0, 1 },
	{ A, "Or32", IN_OR, 0, 0, 1 }, { A, "Or64", IN_OR, 0, 0, 1 }, { A, "Oruintptr", IN_OR, 0, 0, 1 },
	{ S, "AddInt32", IN_ADD, 0, 0, 0 }, { S, "AddInt64", IN_ADD, 0, 0, 0 }, { S, "AddUint32", IN_ADD, 0, 0, 0 }, { S, "AddUint64", IN_ADD, 0, 0, 0 },
	{ S, "AddUintptr", IN_ADD, 0, 0, 0 },
	{ S, "AndInt32", IN_AND, 0, 0, 1 }, { S, "AndInt64", IN_AND, 0, 0, 1 }, { S, "AndUint32", IN_AND, 0, 0, 1 }, { S, "AndUint64", IN_AND, 0, 0, 1 },
	{ S, "AndUintptr", IN_AND, 0, 0, 1 },
	{ S, "OrInt32", IN_OR, 0, 0, 1 }, { S, "OrInt64", IN_OR, 0, 0, 1 }, { S, "OrUint32", IN_OR, 0, 0, 1 }, { S, "OrUint64", IN_OR, 0, 0, 1 },
	{ S, "OrUintptr", IN_OR, 0, 0, 1 },
	{ S, "CompareAndSwapInt32", IN_CAS, 0, 0, 0 }, { S, "CompareAndSwapInt64", IN_CAS, 0, 0, 0 }, { S, "CompareAndSwapUint32", IN_CAS, 0, 0, 0 },
	{ S, "CompareAndSwapUint64", IN_CAS, 0, 0, 0 }, { S, "CompareAndSwapUintptr", IN_CAS, 0, 0, 0 },
	{ S, "LoadInt32", IN_LOAD, 0, 0, 0 }, { S, "LoadInt64", IN_LOAD, 0, 0, 0 }, { S, "LoadUint32", IN_LOAD, 0, 0, 0 }, { S, "LoadUint64", IN_LOAD, 0, 0, 0 },
	{ S, "LoadUintptr", IN_LOAD, 0, 0, 0 }, { S, "LoadPointer", IN_LOAD, 0, 0, 0 },
	{ S, "StoreInt32", IN_STORE, 0, 0, 0 }, { S, "StoreInt64", IN_STORE, 0, 0, 0 }, { S, "StoreUint32", IN_STORE, 0, 0, 0 },
	{ S, "StoreUint64", IN_STORE, 0, 0, 0 }, { S, "StoreUintptr", IN_STORE, 0, 0, 0 },
	{ S, "SwapInt32", IN_XCHG, 0, 0, 0 }, { S, "SwapInt64", IN_XCHG, 0, 0, 0 }, { S, "SwapUint32", IN_XCHG, 0, 0, 0 }, { S, "SwapUint64", IN_XCHG, 0, 0, 0 },
	{ S, "SwapUintptr", IN_XCHG, 0, 0, 0 },
	{ "sync", "runtime_LoadAcquintptr", IN_LOAD, 0, 0, 0 }, { "sync", "runtime_StoreReluintptr", IN_STORE, 0, 0, 1 },
	{ "math", "sqrt", IN_UNARY, OP_FSQRT, 0, 0 }, { "math", "Abs", IN_UNARY, OP_FABS, 0, 0 }, { "math", "Copysign", IN_BINARY, OP_FCOPYSIGN, 0, 0 },
	{ "math", "Floor", IN_ROUND, OP_FFLOOR, 0, 0 }, { "math", "Ceil", IN_ROUND, OP_FCEIL, 0, 0 }, { "math", "Trunc", IN_ROUND, OP_FTRUNC, 0, 0 },
	{ "math", "RoundToEven", IN_ROUND, OP_FRINT, 0, 0 }, { "math", "FMA", IN_FMA, OP_FMA, 0, 0 },
	{ B, "TrailingZeros", IN_CTZ, OP_CTZ, 64, 0 }, { B, "TrailingZeros8", IN_CTZ, OP_CTZ, 8, 0 }, { B, "TrailingZeros16", IN_CTZ, OP_CTZ, 16, 0 },
	{ B, "TrailingZeros32", IN_CTZ, OP_CTZ, 32, 0 }, { B, "TrailingZeros64", IN_CTZ, OP_CTZ, 64, 0 },
	{ B, "Len", IN_LEN, OP_CLZ, 0, 0 }, { B, "Len8", IN_LEN, OP_CLZ, 0, 0 }, { B, "Len16", IN_LEN, OP_CLZ, 0, 0 },
	{ B, "Len32", IN_LEN, OP_CLZ, 0, 0 }, { B, "Len64", IN_LEN, OP_CLZ, 0, 0 },
	{ B, "OnesCount", IN_POPCNT, OP_POPCNT, 0, 0 }, { B, "OnesCount8", IN_POPCNT, OP_POPCNT, 0, 0 }, { B, "OnesCount16", IN_POPCNT, OP_POPCNT, 0, 0 },
	{ B, "OnesCount32", IN_POPCNT, OP_POPCNT, 0, 0 }, { B, "OnesCount64", IN_POPCNT, OP_POPCNT, 0, 0 },
	{ B, "ReverseBytes32", IN_BSWAP, OP_BSWAP, 0, 0 }, { B, "ReverseBytes64", IN_BSWAP, OP_BSWAP, 0, 0 },
	{ B, "RotateLeft", IN_ROTL, OP_ROTL, 0, 0 }, { B, "RotateLeft32", IN_ROTL, OP_ROTL, 0, 0 }, { B, "RotateLeft64", IN_ROTL, OP_ROTL, 0, 0 },
	{ B, "Mul64", IN_MULHI, OP_MULHU, 0, 0 }, { B, "Mul", IN_MULHI, OP_MULHU, 0, 0 }, { "math/big", "mulWW", IN_MULHI, OP_MULHU, 0, 0 },
	{ B, "Div64", IN_DIV, OP_DIV128U, 0, 0 }, { B, "Div", IN_DIV, OP_DIV128U, 0, 0 },
	{ "runtime/internal/math", "Mul64", IN_MULHI, OP_MULHU, 0, 0 },
	{ Y, "TrailingZeros8", IN_CTZ, OP_CTZ, 8, 0 }, { Y, "TrailingZeros32", IN_CTZ, OP_CTZ, 32, 0 }, { Y, "TrailingZeros64", IN_CTZ, OP_CTZ, 64, 0 },
	{ Y, "Len8", IN_LEN, OP_CLZ, 0, 0 }, { Y, "Len64", IN_LEN, OP_CLZ, 0, 0 },
	{ Y, "Bswap32", IN_BSWAP, OP_BSWAP, 0, 0 }, { Y, "Bswap64", IN_BSWAP, OP_BSWAP, 0, 0 },
	{ Y, "OnesCount64", IN_POPCNT, OP_POPCNT, 0, 0 }, { Y, "Prefetch", IN_PREFETCH, 0, 0, 0 }, { Y, "PrefetchStreamed", IN_PREFETCH, 0, 1, 0 },
	{ "runtime", "getcallerpc", IN_CALLERPC, 0, 0, 0 }, { "runtime", "getcallersp", IN_CALLERSP, 0, 0, 0 },
	{ "runtime", "getclosureptr", IN_CLOSUREPTR, 0, 0, 0 }, { "runtime", "KeepAlive", IN_KEEPALIVE, 0, 0, 0 },
	{ "runtime", "getg", IN_GETG, 0, 0, 0 },
	{ "runtime", "slicebytetostringtmp", IN_TMPSTRING, 0, 0, 0 },
};
/* clang-format on */
#undef A
#undef S
#undef B
#undef Y

/* Does the CPU have the operation? If not, the function is an ordinary one. */
static bool
has(const Intrinsic *in)
{
	return in->op == OP_NONE || target_has(lw.target, in->op, NULL);
}

static const Intrinsic *
find(const Obj *fn)
{
	static Map *byname;	/* "pkg.name" */
	const char *key;

	if (fn->pkg == NULL)
		return NULL;
	if (byname == NULL) {
		byname = map_new(perm);
		for (size_t i = 0; i < NELEM(table); i++)
			map_set(byname, intern_printf("%s.%s", table[i].pkg, table[i].name), (void *)&table[i]);
	}
	/* clang-format off */
	switch (fn->pkg->path[0]) {	/* most packages have none */
	case 'i': case 's': case 'm': case 'r':
		break;
	default:
		return NULL;
	}
	/* clang-format on */
	if (obj_type((Obj *)fn)->fn.recv != NULL)
		return NULL;
	key = intern_printf("%s.%s", fn->pkg->path, fn->name);
	return map_get(byname, key);
}

static void
result1(Obj *fn, OpdVec *out, Value *v)
{
	Type *results = obj_type(fn)->fn.results;

	if (out != NULL && results->tuple.vars.n > 0) {
		Type *t = results->tuple.vars.at[0]->type;

		if (v->type != lower_vtype(t))
			v = bd_ext(v, lower_vtype(t), true);
		vec_push(bd->a, out, bd_opd1(t, v));
	}
}

/* op(args); if the CPU may lack it: flag ? op(args) : the function itself */
static void
floatop(Obj *fn, Op op, Opd *args, int n, OpdVec *out)
{
	const char *flag;
	Block *fast, *slow, *done;
	int var;
	Value *v, *call;

	target_has(lw.target, op, &flag);
	if (flag == NULL) {
		v = bd_emit1(op, VT_F64, args[0].c[0], 0);
		for (int i = 1; i < n; i++)
			value_addarg(bd->f, v, args[i].c[0]);
		result1(fn, out, v);
		return;
	}
	fast = bd_block();
	slow = bd_block();
	done = bd_block();
	var = bd_newvar(VT_F64);
	bd_if(bd_emit1(OP_LOAD, VT_I8, bd_symaddr(bd_rtvar(flag), 0), 0), fast, slow, 1);
	bd_sealstart(fast);
	v = bd_emit1(op, VT_F64, args[0].c[0], 0);
	for (int i = 1; i < n; i++)
		value_addarg(bd->f, v, args[i].c[0]);
	bd_write(var, v);
	bd_jump(done);
	bd_sealstart(slow);
	slow->cold = true;
	call = bd_emit(OP_CALL, VT_VOID, 0);
	call->sym = bd_code(fn, NULL, 0);
	call->sig = lower_sig(NULL, obj_type(fn))->sig;
	for (int i = 0; i < n; i++)
		value_addarg(bd->f, call, args[i].c[0]);
	bd_write(var, bd_emit1(OP_RESULT, VT_F64, call, 0));
	bd_jump(done);
	bd_sealstart(done);
	result1(fn, out, bd_read(var));
}

bool
bd_intrinsic(Obj *fn, Opd *args, int n, OpdVec *out)
{
	const Intrinsic *in = find(fn);
	Value *p, *v, *w;
	VType vt;

	if (in == NULL || (lw.noopt && in->kind == IN_ROUND) || !has(in))
		return false;
	/* clang-format off */
	switch (in->kind) {
	case IN_LOAD:
		p = bd_nilcheck(args[0].c[0]);
		vt = lower_vtype(obj_type(fn)->fn.results->tuple.vars.at[0]->type);
		result1(fn, out, bd_emit1(OP_ATOMICLOAD, vt, p, 0));
		return true;
	case IN_STORE:
		p = bd_nilcheck(args[0].c[0]);
		bd_emit2(OP_ATOMICSTORE, VT_VOID, p, args[1].c[0], 0);
		if (in->result)	/* sync.runtime_StoreReluintptr gives 0 */
			result1(fn, out, bd_int(VT_I64, 0));
		return true;
	case IN_XCHG: case IN_ADD: {
		Type *rt = obj_type(fn)->fn.results->tuple.vars.at[0]->type;

		p = bd_nilcheck(args[0].c[0]);
		w = args[1].c[0];
		vt = lower_vtype(rt);
		if (w->type != vt)
			w = bd_ext(w, vt, false);
		result1(fn, out, bd_emit2(in->kind == IN_ADD ? OP_ATOMICADD : OP_ATOMICXCHG, vt, p, w, 0));
		return true;
	}
	/* clang-format on */
	case IN_CAS:
		p = bd_nilcheck(args[0].c[0]);
		result1(fn, out, bd_emit3(OP_ATOMICCAS, VT_I8, p, args[1].c[0], args[2].c[0], 0));
		return true;
	case IN_AND:
	case IN_OR:
		p = bd_nilcheck(args[0].c[0]);
		v = bd_emit2(in->kind == IN_AND ? OP_ATOMICAND : OP_ATOMICOR, args[1].c[0]->type, p, args[1].c[0], 0);
		if (in->result)
			result1(fn, out, v);
		return true;
	case IN_UNARY:
	case IN_BINARY:
	case IN_ROUND:
	case IN_FMA:
		floatop(fn, in->op, args, n, out);
		return true;
	case IN_CTZ:
		v = args[0].c[0];
		if (in->bits < 32) {
			v = bd_ext(v, VT_I32, true);
			v = bd_emit2(OP_OR, VT_I32, v, bd_int(VT_I32, 1 << in->bits), 0);
		}
		v = bd_emit1(OP_CTZ, v->type, v, 0);
		result1(fn, out, v);
		return true;
	case IN_LEN:
		v = bd_emit1(OP_CLZ, VT_I64, bd_ext(args[0].c[0], VT_I64, true), 0);
		result1(fn, out, bd_emit2(OP_SUB, VT_I64, bd_int(VT_I64, 64), v, 0));
		return true;
	case IN_POPCNT:
		v = args[0].c[0];
		if (vtype_size(v->type) < 4)
			v = bd_ext(v, VT_I32, true);
		result1(fn, out, bd_emit1(OP_POPCNT, v->type, v, 0));
		return true;
	case IN_BSWAP:
		v = args[0].c[0];
		result1(fn, out, bd_emit1(OP_BSWAP, v->type, v, 0));
		return true;
	case IN_ROTL:
		v = args[0].c[0];
		w = bd_ext(args[1].c[0], v->type, false);
		w = bd_emit2(OP_AND, v->type, w, bd_int(v->type, vtype_size(v->type) * 8 - 1), 0);
		result1(fn, out, bd_emit2(OP_ROTL, v->type, v, w, 0));
		return true;
	case IN_MULHI:
		if (out != NULL) {
			ObjVec *r = &obj_type(fn)->fn.results->tuple.vars;

			vec_push(bd->a, out,
			    bd_opd1(r->at[0]->type, bd_emit2(OP_MULHU, VT_I64, args[0].c[0], args[1].c[0], 0)));
			vec_push(bd->a, out,
			    bd_opd1(r->at[1]->type, bd_emit2(OP_MUL, VT_I64, args[0].c[0], args[1].c[0], 0)));
		}
		return true;
	case IN_DIV: {	/* hi < y, which excludes y == 0; the function itself panics otherwise */
		Block *fast, *slow, *done;
		int q, r;
		Callee cl = { .kind = CALLEE_STATIC, .fn = fn, .sig = obj_type(fn) };
		const LowerSig *ls = lower_sig(NULL, cl.sig);
		Value *call;
		ObjVec *rs = &cl.sig->fn.results->tuple.vars;

		if (bd->f->name == lower_funcname(fn, NULL, 0))
			return false;
		fast = bd_block();
		slow = bd_block();
		done = bd_block();
		q = bd_newvar(VT_I64);
		r = bd_newvar(VT_I64);
		bd_if(bd_emit2(OP_LTU, VT_I8, args[0].c[0], args[2].c[0], 0), fast, slow, 1);
		bd_sealstart(fast);
		bd_write(q, bd_emit3(OP_DIV128U, VT_I64, args[0].c[0], args[1].c[0], args[2].c[0], 0));
		bd_write(r, bd_emit3(OP_MOD128U, VT_I64, args[0].c[0], args[1].c[0], args[2].c[0], 0));
		bd_jump(done);
		bd_sealstart(slow);
		slow->cold = true;
		call = bd_emit(OP_CALL, VT_VOID, 0);
		call->sym = bd_code(fn, NULL, 0);
		call->sig = ls->sig;
		for (int i = 0; i < n; i++)
			value_addarg(bd->f, call, args[i].c[0]);
		v = bd_emit1(OP_RESULT, VT_I64, call, 0);
		w = bd_emit1(OP_RESULT, VT_I64, call, 1);
		bd_write(q, v);
		bd_write(r, w);
		bd_jump(done);
		bd_sealstart(done);
		if (out != NULL) {
			vec_push(bd->a, out, bd_opd1(rs->at[0]->type, bd_read(q)));
			vec_push(bd->a, out, bd_opd1(rs->at[1]->type, bd_read(r)));
		}
		return true;
	}
	case IN_CALLERPC:
		result1(fn, out, bd_emit(OP_CALLERPC, VT_I64, 0));
		return true;
	case IN_CALLERSP:
		result1(fn, out, bd_callersp());
		return true;
	case IN_CLOSUREPTR:
		if (bd->closure == NULL)
			bug("lower: getclosureptr in a function that is not a closure");
		result1(fn, out, bd_emit1(OP_P2I, VT_I64, bd->closure, 0));
		return true;
	case IN_GETG:
		if (out != NULL)
			vec_push(bd->a, out,
			    bd_opd1(obj_type(fn)->fn.results->tuple.vars.at[0]->type, bd_emit(OP_GETG, VT_PTR, 0)));
		return true;
	case IN_KEEPALIVE:
		for (int i = 0; i < args[0].lt->ncomp; i++)
			bd_emit1(OP_KEEPALIVE, VT_VOID, args[0].c[i], 0);
		return true;
	case IN_TMPSTRING:
		if (out != NULL)
			vec_push(bd->a, out, bd_opd2(typ[T_STRING], args[0].c[0], args[1].c[0]));
		return true;
	case IN_PREFETCH:
		bd_emit1(OP_PREFETCH, VT_VOID, bd_emit1(OP_I2P, VT_PTR, args[0].c[0], 0), in->bits);
		return true;
	}
	return false;
}

/* Whether fn, which has no body here, is wholly an intrinsic: then it is defined from the table. */
bool
intrinsic_isbodyless(Obj *fn)
{
	const Intrinsic *in = find(fn);

	return in != NULL && in->kind <= IN_OR;
}

bool
bd_isintrinsic(Obj *fn)
{
	const Intrinsic *in = find(fn);

	return in != NULL && has(in);
}
