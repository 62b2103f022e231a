/*
 * check_size.c - types too large for the machine or the runtime.
 *
 * gc finds these when it lays types out, after a check without errors, and so
 * they are looked for here only then: arrays larger than the address space,
 * elements of channels that the runtime cannot copy, parameters and results
 * that no stack can hold.
 */
#include "types/check.h"

enum { MAXCHANELEM = 1 << 16, MAXARGS = 1 << 30 };

static int64_t
maxwidth(void)
{
	return sizes_ptrsize() == 8 ? (int64_t)1 << 50 : INT32_MAX;
}

/* Notes an array or channel type as written at p. */
void
ck_sized(Checker *k, Type *t, Pos p)
{
	vec_push(perm, &k->sized, ((SizedType){ t, p }));
}

static int64_t
tuplesize(const Type *tuple)
{
	int64_t sum = 0;

	for (int i = 0; i < tuple->tuple.vars.n && sum >= 0; i++) {
		Type *t = obj_type(tuple->tuple.vars.at[i]);
		int64_t size = type_hastparam(t) ? 0 : type_size(t);

		sum = size < 0 || size > INT64_MAX - sum ? -1 : sum + size;
	}
	return sum;
}

static void
arguments(Checker *k, const Decl *d)
{
	const Obj *fn = d->func.name != NULL ? d->func.name->name.obj : NULL;
	const Type *sig = fn != NULL ? fn->type : NULL;
	int64_t in, out, recv = 0;

	if (sig == NULL || sig->kind != T_FUNC)
		return;
	if (sig->fn.recv != NULL && !type_hastparam(obj_type(sig->fn.recv)))
		recv = type_size(obj_type(sig->fn.recv));
	in = tuplesize(sig->fn.params);
	out = tuplesize(sig->fn.results);
	if (recv > MAXARGS || in > MAXARGS - recv || out > MAXARGS - recv - in)
		ck_error(k, fn->pos, "stack frame too large (>1GB): 0 MB locals + %lld MB args",
		    (long long)((recv + in + out) >> 20));
}

void
ck_sizes(Checker *k)
{
	for (int i = 0; i < k->sized.n; i++) {
		const SizedType *s = &k->sized.at[i];
		int64_t size;

		if (type_hastparam(s->t))
			continue;
		size = type_size(s->t->kind == T_CHAN ? s->t->elem : s->t);
		if (s->t->kind == T_ARRAY && (size < 0 || size >= maxwidth()))
			ck_error(k, s->pos, "type %s larger than address space", ck_tstr(k, s->t));
		else if (s->t->kind == T_CHAN && (size < 0 || size >= MAXCHANELEM))
			ck_error(k, s->pos, "channel element type too large (>64kB)");
	}
	for (int i = 0; i < k->out->funcs.n; i++)
		arguments(k, k->out->funcs.at[i]);
}
