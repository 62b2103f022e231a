/*
 * alloc.c - objects that escaped become calls of the allocator.
 *
 * needs   nothing
 * breaks  AN_USES, AN_LIVE
 *
 * Integers in interfaces are the business of runtime.convT64 and its sisters: small ones need no memory.
 *
 * A zero-size object is runtime.zerobase. NEWARRAY asks for the element's type with the size of the whole: the
 * allocator repeats the element's pointer mask.
 */
#include "ssa/ssa.h"
#include "target/target.h"

ObjSym *(*ssa_rtsym)(const char *name);

static const CallSig *
sigof(const struct Target *t, const uint8_t *params, int nparams, const uint8_t *results, int nresults)
{
	AbiParam p[4] = { 0 }, r[1] = { 0 };
	AbiComp pc[4], rc[1];

	for (int i = 0; i < nparams; i++) {
		pc[i] = (AbiComp){ params[i], 0 };
		p[i] = (AbiParam){ .first = i,
			.n = 1,
			.size = vtype_size(params[i]),
			.align = vtype_size(params[i]),
			.registers = true };
	}
	for (int i = 0; i < nresults; i++) {
		rc[i] = (AbiComp){ results[i], 0 };
		r[i] = (AbiParam){ .first = i,
			.n = 1,
			.size = vtype_size(results[i]),
			.align = vtype_size(results[i]),
			.registers = true };
	}
	return abi_assign(perm, t, p, nparams, pc, r, nresults, rc, false);
}

static const CallSig *
newobject_sig(const struct Target *t)
{
	static const CallSig *sig;
	static const struct Target *of;

	if (sig == NULL || of != t)
		sig = sigof(t, (const uint8_t[]){ VT_PTR }, 1, (const uint8_t[]){ VT_PTR }, 1);
	of = t;
	return sig;
}

static const CallSig *
mallocgc_sig(const struct Target *t)
{
	static const CallSig *sig;
	static const struct Target *of;
	const uint8_t word = t->ptrsize == 8 ? VT_I64 : VT_I32;

	if (sig == NULL || of != t)
		sig = sigof(t, (const uint8_t[]){ word, VT_PTR, VT_I8 }, 3, (const uint8_t[]){ VT_PTR }, 1);
	of = t;
	return sig;
}

static const CallSig *
conv_sig(const struct Target *t, VType type)
{
	static const CallSig *sig[VT_COUNT];
	static const struct Target *of;

	if (of != t)
		memset(sig, 0, sizeof sig);
	of = t;
	if (sig[type] == NULL)
		sig[type] = sigof(t, (const uint8_t[]){ (uint8_t)type }, 1, (const uint8_t[]){ VT_PTR }, 1);
	return sig[type];
}

static Value *
operand(Func *f, Value *at, Op op, VType t, int64_t aux, ObjSym *sym)
{
	Value *v = value_newbefore(f, at, op, t, at->pos);

	v->aux = aux;
	v->sym = sym;
	return v;
}

static void
expand(Func *f, Value *v)
{
	int64_t size = v->gctype->size * (v->op == OP_NEWARRAY ? v->aux : 1);
	const VType word = f->target->ptrsize == 8 ? VT_I64 : VT_I32;
	Value *call;

	if (size == 0) {
		v->op = OP_SYMADDR;
		v->sym = ssa_rtsym("zerobase");
		v->aux = 0;
		v->gctype = NULL;
		return;
	}
	assert(v->gctype->desc != NULL);
	call = value_newbefore(f, v, OP_CALL, VT_VOID, v->pos);
	if (v->op == OP_NEW) {
		call->sym = ssa_rtsym("newobject");
		call->sig = newobject_sig(f->target);
		value_addarg(f, call, operand(f, call, OP_SYMADDR, VT_PTR, 0, v->gctype->desc));
	} else {
		call->sym = ssa_rtsym("mallocgc");
		call->sig = mallocgc_sig(f->target);
		value_addarg(f, call, operand(f, call, OP_CONST, word, size, NULL));
		value_addarg(f, call, operand(f, call, OP_SYMADDR, VT_PTR, 0, v->gctype->desc));
		value_addarg(f, call, operand(f, call, OP_CONST, VT_I8, 1, NULL));
	}
	v->op = OP_RESULT;
	v->aux = 0;
	v->gctype = NULL;
	v->nonnil = true;
	value_addarg(f, v, call);
}

/* The function that boxes an integer of this type, or NULL. */
static const char *
boxer(VType type)
{
	return type == VT_I64 ? "convT64" : type == VT_I32 ? "convT32" : type == VT_I16 ? "convT16" : NULL;
}

/* v = NEW; STORE v, integer: true if it was replaced. */
static bool
box(Func *f, Value *v)
{
	Value *store = v->next, *call;
	VType type;

	if (!v->boxed || store == NULL || store->op != OP_STORE || store->arg[0] != v || store->aux != 0)
		return false;
	type = store->arg[1]->type;
	if (boxer(type) == NULL || vtype_size(type) != v->gctype->size)
		return false;
	call = value_newbefore(f, v, OP_CALL, VT_VOID, v->pos);
	call->sym = ssa_rtsym(boxer(type));
	call->sig = conv_sig(f->target, type);
	value_addarg(f, call, store->arg[1]);
	value_remove(store);
	v->op = OP_RESULT;
	v->aux = 0;
	v->gctype = NULL;
	v->nonnil = true;
	value_addarg(f, v, call);
	return true;
}

void ssa_alloc(Func *f);

void
ssa_alloc(Func *f)
{
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			if ((v->op == OP_NEW && !box(f, v)) || v->op == OP_NEWARRAY)
				expand(f, v);
}
