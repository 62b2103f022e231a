/*
 * infer.c - finding type arguments.
 *
 * Spec: Type inference. In this order: typed arguments against parameter
 * types; type parameters against the core types and methods of their
 * constraints, until nothing new is learned; default types of untyped
 * constants. What was found may mention other type parameters and is
 * simplified at the end. Error texts are gc's.
 */
#include "types/unify.h"

static int
indexof(Type **tparams, int n, const Type *t)
{
	for (int i = 0; i < n; i++)
		if (tparams[i] == t)
			return i;
	return -1;
}

const char *
type_paramsstring(Type **tparams, int n)
{
	Buf b = { 0 };
	const char *s;

	for (int i = 0; i < n; i++) {
		if (i > 0)
			buf_str(&b, n == 2 ? " and " : i == n - 1 ? ", and " : ", ");
		buf_str(&b, tparams[i]->tp.obj->name);
	}
	s = intern((const char *)b.p, b.n);
	buf_free(&b);
	return s;
}

/* ---- does a type mention one of these parameters? ---- */

typedef struct {
	Type **tparams;
	int n, depth;
	Vec(Type *) ifaces;	/* interfaces under inspection: the only unnamed cycles */
} Walk;

static bool
mentions(Walk *w, Type *t)
{
	bool r = false;

	if (t == NULL || t->hastparam == 1 || t->kind <= T_UNTYPED_NIL)
		return false;
	if (++w->depth > 5000) {
		w->depth--;
		return false;
	}
	switch (t->kind) {
	case T_MAP:
		r = mentions(w, t->key);
		/* fall through */
	case T_ARRAY:
	case T_SLICE:
	case T_PTR:
	case T_CHAN:
		r = r || mentions(w, t->elem);
		break;
	case T_STRUCT:
		for (int i = 0; !r && i < t->st.fields.n; i++)
			r = mentions(w, t->st.fields.at[i]->type);
		break;
	case T_TUPLE:
		for (int i = 0; !r && i < t->tuple.vars.n; i++)
			r = mentions(w, t->tuple.vars.at[i]->type);
		break;
	case T_FUNC:
		r = mentions(w, t->fn.params) || mentions(w, t->fn.results);
		break;
	case T_INTERFACE: {
		const TypeSet *ts;
		bool seen = false;

		for (int i = 0; !seen && i < w->ifaces.n; i++)
			seen = w->ifaces.at[i] == t;
		if (seen)
			break;
		vec_push(perm, &w->ifaces, t);
		ts = type_typeset(t);
		for (int i = 0; !r && i < ts->methods.n; i++)
			r = mentions(w, obj_type(ts->methods.at[i]));
		if (!ts->all)
			for (int i = 0; !r && i < ts->terms.n; i++)
				r = mentions(w, ts->terms.at[i].type);
		break;
	}
	case T_UNION:
		for (int i = 0; !r && i < t->un.terms.n; i++)
			r = mentions(w, t->un.terms.at[i].type);
		break;
	case T_NAMED:
		for (int i = 0; !r && i < t->named.targs.n; i++)
			r = mentions(w, t->named.targs.at[i]);
		break;
	case T_TPARAM:
		r = indexof(w->tparams, w->n, t) >= 0;
		break;
	default:
		break;
	}
	w->depth--;
	return r;
}

bool
type_isparameterized(Type **tparams, int n, Type *t)
{
	Walk w = { .tparams = tparams, .n = n };

	return mentions(&w, t);
}

/* ---- core terms ---- */

Type *
type_coreterm(Type *tparam, bool *tilde, bool *single)
{
	const TypeSet *ts = type_typeset(type_under(tparam));

	*tilde = *single = false;
	if (!typeset_hasterms(ts))
		return NULL;
	if (ts->terms.n == 1) {
		*single = true;
		*tilde = ts->terms.at[0].tilde;
		return ts->terms.at[0].type;
	}
	for (int i = 0; i < ts->terms.n; i++)
		*tilde = *tilde || ts->terms.at[i].tilde;
	return type_core(tparam);
}

/* ---- cycles: a parameter whose inferred type leads back to it cannot be resolved ---- */

typedef struct {
	Type **tparams, **inferred;
	int n;
	Vec(Type *) stack;
} Cycles;

static void
killcycles(Cycles *c, Type *t)
{
	if (t == NULL || t->kind <= T_UNTYPED_NIL || t->hastparam == 1)
		return;
	for (int i = 0; i < c->stack.n; i++)
		if (c->stack.at[i] == t) {
			int k = indexof(c->tparams, c->n, t);

			if (k >= 0)
				c->inferred[k] = NULL;
			return;
		}
	if (c->stack.n > 1000)
		return;
	vec_push(perm, &c->stack, t);
	switch (t->kind) {
	case T_MAP:
		killcycles(c, t->key);
		/* fall through */
	case T_ARRAY:
	case T_SLICE:
	case T_PTR:
	case T_CHAN:
		killcycles(c, t->elem);
		break;
	case T_STRUCT:
		for (int i = 0; i < t->st.fields.n; i++)
			killcycles(c, t->st.fields.at[i]->type);
		break;
	case T_TUPLE:
		for (int i = 0; i < t->tuple.vars.n; i++)
			killcycles(c, t->tuple.vars.at[i]->type);
		break;
	case T_FUNC:
		killcycles(c, t->fn.params);
		killcycles(c, t->fn.results);
		break;
	case T_UNION:
		for (int i = 0; i < t->un.terms.n; i++)
			killcycles(c, t->un.terms.at[i].type);
		break;
	case T_INTERFACE:
		for (int i = 0; i < t->iface.methods.n; i++)
			killcycles(c, obj_type(t->iface.methods.at[i]));
		for (int i = 0; i < t->iface.embeds.n; i++)
			killcycles(c, t->iface.embeds.at[i]);
		break;
	case T_NAMED:
		for (int i = 0; i < t->named.targs.n; i++)
			killcycles(c, t->named.targs.at[i]);
		break;
	case T_TPARAM: {
		int k = indexof(c->tparams, c->n, t);

		if (k >= 0)
			killcycles(c, c->inferred[k]);
		break;
	}
	default:
		break;
	}
	c->stack.n--;
}

/* ---- inference ---- */

typedef struct {
	Unifier u;
	Type **tparams;
	int n;
	bool reverse;
	const char **why;
	Pos *whypos;
} Infer;

static bool
failed(Infer *in, Pos pos, const char *why)
{
	if (in->why != NULL)
		*in->why = why;
	if (in->whypos != NULL)
		*in->whypos = pos;
	return false;
}

static const char *
str(Type *t)
{
	return type_string(t, type_curpkg);
}

static bool
mismatch(Infer *in, Type *par, const InferArg *arg)
{
	Type **found = NEWN(perm, Type *, in->n), *inferred;
	const char *text = arg->text != NULL ? arg->text : "argument";
	bool none = true;

	for (int i = 0; i < in->n; i++) {
		found[i] = unify_at(&in->u, i);
		none = none && found[i] == NULL;
	}
	if (none)
		return failed(in, arg->pos,
		    intern_printf("type %s of %s does not match %s (cannot infer %s)", str(arg->type), text, str(par),
			type_paramsstring(in->tparams, in->n)));
	inferred = type_subst(par, in->tparams, found, in->n);
	if (inferred == par)
		return failed(in, arg->pos,
		    intern_printf("type %s of %s does not match %s", str(arg->type), text, str(par)));
	if (in->reverse)
		return failed(in, arg->pos,
		    intern_printf("inferred type %s for %s does not match type %s of %s", str(inferred), str(par),
							  str(arg->type), text));
	return failed(in, arg->pos,
	    intern_printf("type %s of %s does not match inferred type %s for %s", str(arg->type), text, str(inferred),
		str(par)));
}

static bool
samesignature(void *ctx, Type *have, Type *want)
{
	return unify(ctx, have, want, UNIFY_EXACT);
}

/* One round over the constraints. */
static bool
constraints(Infer *in, Pos pos)
{
	for (int i = 0; i < in->n; i++) {
		Type *tp = in->tparams[i], *tx = unify_at(&in->u, i);
		bool tilde, single;
		Type *core = type_coreterm(tp, &tilde, &single);
		const char *cause = "";

		if (core != NULL) {
			if (tx != NULL) {
				if (!unify(&in->u, tx, core, 0))
					return failed(in, pos,
					    intern_printf("%s (type %s) does not satisfy %s", str(tp), str(tx),
									     str(tp->tp.bound)));
			} else if (single && !tilde)
				unify_set(&in->u, i, core);
		} else if (tx != NULL &&
			   type_missing(tx, type_under(tp), true, samesignature, &in->u, NULL, &cause) != NULL)
			return failed(in, pos,
			    intern_printf("%s (type %s) does not satisfy %s %s", str(tp), str(tx), str(tp->tp.bound),
				cause));
	}
	return true;
}

/* Untyped constants: the largest of their kinds decides for each parameter still open. */
static bool
untypedargs(Infer *in, const ObjVec *pars, const InferArg *args, const int *untyped, int nuntyped)
{
	Type **max = NEWN(perm, Type *, in->n);

	for (int i = 0; i < nuntyped; i++) {
		const InferArg *arg = &args[untyped[i]];
		int k = indexof(in->tparams, in->n, pars->at[untyped[i]]->type);

		if (k < 0 || unify_at(&in->u, k) != NULL)
			continue;
		if (max[k] == NULL)
			max[k] = arg->type;
		else {
			Type *m = type_max(max[k], arg->type);

			if (m == NULL)
				return failed(in, arg->pos,
				    intern_printf("mismatched types %s and %s (cannot infer %s)", str(max[k]),
									  str(arg->type), str(in->tparams[k])));
			max[k] = m;
		}
	}
	for (int k = 0; k < in->n; k++)
		if (max[k] != NULL)
			unify_set(&in->u, k, type_default(max[k]));
	return true;
}

/* Replaces the parameters inside inferred types until nothing changes. */
static void
simplify(Type **tparams, int n, Type **inferred, const bool *given)
{
	Cycles c = { .tparams = tparams, .inferred = inferred, .n = n };
	bool changed = true;

	for (int i = 0; i < n; i++)
		killcycles(&c, tparams[i]);
	for (int round = 0; changed && round < 100; round++) {
		changed = false;
		for (int i = 0; i < n; i++) {
			Type *t;

			if (inferred[i] == NULL || given[i])
				continue;
			t = type_subst(inferred[i], tparams, inferred, n);
			if (t == inferred[i])
				continue;
			/* A generic function argument whose parameters are all known now is not generic any more. */
			if (t->kind == T_FUNC && t->fn.tparams.n > 0 && !type_isparameterized(tparams, n, t))
				t->fn.tparams.n = 0;
			inferred[i] = t;
			changed = true;
		}
	}
}

bool
type_infer(Pos pos, Type **tparams, int ntparams, Type **targs, int ntargs, Type *params, const InferArg *args,
    int nargs, bool reverse, const char **why, Pos *whypos)
{
	Infer in = { .tparams = tparams, .n = ntparams, .reverse = reverse, .why = why, .whypos = whypos };
	bool *given = NEWN(perm, bool, ntparams), complete = true;
	int *untyped = NEWN(perm, int, nargs + 1), nuntyped = 0;
	const ObjVec *pars;

	if (why != NULL)
		*why = NULL;
	for (int i = ntargs; i < ntparams; i++)
		targs[i] = NULL;
	for (int i = 0; i < ntparams; i++) {
		given[i] = targs[i] != NULL;
		complete = complete && given[i];
	}
	if (complete)
		return true;
	for (int i = 0; i < nargs; i++)
		if (args[i].type == NULL || args[i].type->kind == T_INVALID)
			return false;
	/* Parameters with given arguments must not be unified with operands: assignability is looser than that. */
	params = type_subst(params, tparams, targs, ntparams);
	pars = &params->tuple.vars;
	unify_init(&in.u, tparams, targs, ntparams);

	for (int i = 0; i < nargs && i < pars->n; i++) {
		Type *par = pars->at[i]->type;
		const InferArg *arg = &args[i];

		if (!type_isparameterized(tparams, ntparams, par) &&
		    !type_isparameterized(tparams, ntparams, arg->type))
			continue;
		if (!type_isuntyped(arg->type)) {
			if (!unify(&in.u, par, arg->type, UNIFY_ASSIGN))
				return mismatch(&in, par, arg);
		} else if (par->kind == T_TPARAM && arg->type->kind != T_UNTYPED_NIL)
			untyped[nuntyped++] = i;
	}
	for (;;) {
		int unknowns = unify_unknowns(&in.u);

		if (!constraints(&in, pos))
			return false;
		if (unify_unknowns(&in.u) == unknowns)
			break;
	}
	if (!untypedargs(&in, pars, args, untyped, nuntyped))
		return false;
	for (int i = 0; i < ntparams; i++)
		targs[i] = unify_at(&in.u, i);
	simplify(tparams, ntparams, targs, given);
	for (int i = 0; i < ntparams; i++)
		if (targs[i] == NULL || type_isparameterized(tparams, ntparams, targs[i])) {
			const Obj *o = tparams[i]->tp.obj;
			Loc loc = pos_loc(o->pos);

			return failed(&in, pos,
			    intern_printf("cannot infer %s (%s:%d:%d)", o->name, loc.file, loc.line, loc.col));
		}
	return true;
}
