/*
 * check_call.c - calls and conversions, and passing arguments.
 */
#include "types/check.h"

/* An argument list; generic functions may stand in it uninstantiated, their partial type arguments go to targs. */
static void
genericlist(Checker *k, ExprVec *list, OperandVec *out, TypeVec **targs)
{
	bool infer = list->n > 0 && !ck_allow(k, 21);

	*targs = NULL;
	for (int i = 0; i < list->n; i++) {
		Expr *e = list->at[i];
		Operand x;

		if (e->kind == EX_INDEX) {
			memset(&x, 0, sizeof x);
			x.t = typ[T_INVALID];
			x.e = e;
			if (ck_index(k, &x, e)) {
				TypeVec partial = { 0 };

				ck_funcinst(k, NULL, e->pos, &x, e, infer, &partial);
				x.e = e;
				if (x.mode != MODE_NONE && x.t->kind == T_FUNC && x.t->fn.tparams.n > 0) {
					if (*targs == NULL)
						*targs = NEWN(perm, TypeVec, list->n);
					(*targs)[i] = partial;
				} else {
					ck_record(k, &x);
				}
				vec_push(perm, out, x);
				continue;
			}
			x.e = e;
			if (x.mode == MODE_NONE)
				x.t = typ[T_INVALID];
			ck_record(k, &x);
			ck_notvalue(k, &x);
			ck_singlevalue(k, &x);
			vec_push(perm, out, x);
			continue;
		}
		ck_raw(k, NULL, &x, e, NULL, true);
		ck_notvalue(k, &x);
		if (list->n == 1 && x.mode != MODE_NONE && x.t->kind == T_TUPLE) {
			for (int j = 0; j < x.t->tuple.vars.n; j++) {
				Operand y = { MODE_VALUE, 0, e, x.t->tuple.vars.at[j]->type, NULL };

				vec_push(perm, out, y);
			}
			return;
		}
		ck_singlevalue(k, &x);
		vec_push(perm, out, x);
	}
}

static void
wrongcount(Checker *k, Expr *call, Type *sig, OperandVec *args, int npars)
{
	Pos at = call->call.rparen;
	const char *qual = "not enough";
	TypeVec have = { 0 }, want = { 0 };

	if (args->n > npars) {
		at = ck_start(args->at[npars].e);
		qual = "too many";
	} else if (args->n > 0) {
		at = ck_start(args->at[args->n - 1].e);
	} else {
		at = ck_start(call);
	}
	for (int i = 0; i < args->n; i++)
		vec_push(perm, &have, args->at[i].t);
	for (int i = 0; i < sig->fn.params->tuple.vars.n; i++)
		vec_push(perm, &want, sig->fn.params->tuple.vars.at[i]->type);
	ck_error(k, at, "%s arguments in call to %s\n\thave %s\n\twant %s", qual, expr_string(call->call.fn),
		 ck_tlist(k, have.at, have.n, false), ck_tlist(k, want.at, want.n, sig->variadic));
}

/*
 * Passes args to sig, inferring what type arguments are missing; returns the signature called, instantiated if it was
 * generic, or sig itself after an error. atargs: partial type arguments of generic arguments, or NULL.
 */
Type *
ck_arguments(Checker *k, Expr *call, Type *sig, TypeVec *targs, ExprVec *xlist, OperandVec *args, TypeVec *atargs)
{
	int nargs = args->n, npars = sig->fn.params->tuple.vars.n, n = sig->fn.tparams.n, j;
	bool dots = call->dots, adjusted = false;
	Type *params = sig->fn.params, *rsig = sig;
	TypeVec tparams = { 0 }, all = { 0 };
	Vec(int) generic = { 0 };
	const char *context;

	if (sig->variadic) {
		if (dots) {
			if (call->call.args.n == 1 && nargs > 1) {
				ck_error(k, ck_start(call), "cannot use ... with %d-valued %s", nargs,
				    expr_string(call->call.args.at[0]));
				return sig;
			}
		} else if (nargs >= npars - 1) {
			Obj **vars = NEWN(perm, Obj *, nargs + 1);
			Obj *last = params->tuple.vars.at[npars - 1];
			Type *lt = ck_under(last->type);

			for (int i = 0; i < npars - 1; i++)
				vars[i] = params->tuple.vars.at[i];
			for (int i = npars - 1; i < nargs; i++) {
				vars[i] = obj_new(OBJ_VAR, last->pos, last->pkg, last->name,
				    lt->kind == T_SLICE ? lt->elem : typ[T_INVALID]);
				vars[i]->isparam = 1;
			}
			params = type_tuple(vars, nargs);
			adjusted = true;
			npars = nargs;
		} else {
			npars--;
		}
	} else if (dots) {
		ck_error(k, ck_start(call), "cannot use ... in call to non-variadic %s", expr_string(call->call.fn));
		return sig;
	}
	if (nargs != npars) {
		wrongcount(k, call, sig, args, npars);
		return sig;
	}
	if (n > 0) {
		if (!ck_allow(k, 18)) {
			if (call->call.fn->kind == EX_INDEX)
				ck_require(k, ck_start(call->call.fn), 18, "function instantiation");
			else
				ck_require(k, ck_start(call), 18, "implicit function instantiation");
		}
		/* The function may be the one we are in: its parameters must not be mistaken for the arguments' types. */
		params = ck_rename(sig->fn.tparams.at, n, params, &tparams);
		for (int i = 0; i < n; i++)
			vec_push(perm, &all, targs != NULL && i < targs->n ? targs->at[i] : NULL);
	}
	for (int i = 0; i < nargs; i++) {
		Type *at = args->at[i].t, *asig;
		int base = tparams.n, an;

		if (args->at[i].mode == MODE_NONE || at->kind != T_FUNC || at->fn.tparams.n == 0)
			continue;
		an = at->fn.tparams.n;
		asig = type_new(T_FUNC);
		*asig = *at;
		asig->canon = NULL;
		asig->fn.tparams = (TypeVec){ 0 };
		asig = ck_rename(at->fn.tparams.at, an, asig, &tparams);
		{
			Type *copy = type_new(T_FUNC);

			copy->variadic = asig->variadic;
			copy->fn.params = asig->fn.params;
			copy->fn.results = asig->fn.results;
			for (int m = 0; m < an; m++)
				vec_push(perm, &copy->fn.tparams, tparams.at[base + m]);
			args->at[i].t = copy;
		}
		for (int m = 0; m < an; m++)
			vec_push(perm, &all, atargs != NULL && m < atargs[i].n ? atargs[i].at[m] : NULL);
		vec_push(perm, &generic, i);
	}
	if (generic.n > 0)
		ck_require(k, ck_xpos(&args->at[generic.at[0]]), 21, "implicitly instantiated function as argument");
	if (tparams.n > 0) {
		InferArg *ia = NEWN(perm, InferArg, nargs + 1);
		const char *why = NULL;
		Pos whypos = 0;

		for (int i = 0; i < nargs; i++) {
			Operand *a = &args->at[i];

			if (a->mode == MODE_NONE) {
				/* Its error was reported; nothing sensible can be inferred. */
				ia[i].type = typ[T_INVALID];
			} else {
				ia[i].type = a->t;
			}
			ia[i].pos = ck_start(a->e);
			ia[i].isconst = a->mode == MODE_CONST;
			ia[i].text = expr_string(a->e);
		}
		type_langminor = k->env.minor;
		if (!type_infer(call->pos, tparams.at, tparams.n, all.at, tparams.n, params, ia, nargs, false, &why,
			&whypos)) {
			if (why != NULL)
				ck_error(k, whypos != 0 ? whypos : call->pos, "in call to %s, %s",
				    expr_string(call->call.fn), why);
			return sig;
		}
		if (n > 0) {
			rsig = ck_instsig(k, call->pos, call->call.fn, sig, all.at, n, xlist);
			params = adjusted ? type_subst(params, tparams.at, all.at, n) : rsig->fn.params;
		}
		j = n;
		for (int i = 0; i < generic.n; i++) {
			Operand *a = &args->at[generic.at[i]];
			Type *asig = a->t, *orig;
			int an = asig->fn.tparams.n;

			/* Instantiate what the expression denotes, not its renamed copy. */
			orig = a->e->type != NULL && a->e->type->kind == T_FUNC && a->e->type->fn.tparams.n == an ?
			    a->e->type :
			    asig;
			a->t = ck_instsig(k, call->pos, a->e, orig, all.at + j, an, NULL);
			ck_record(k, a);
			j += an;
		}
	}
	if (nargs > 0) {
		context = intern_printf("argument to %s", expr_string(call->call.fn));
		for (int i = 0; i < nargs; i++)
			ck_assignment(k, &args->at[i], params->tuple.vars.at[i]->type, context);
	}
	return rsig;
}

static StmtUse
conversion(Checker *k, Operand *x, Expr *e)
{
	ExprVec *args = &e->call.args;
	Type *t = x->t;

	e->call.what = CALL_CONVERT;
	x->mode = MODE_NONE;
	if (args->n == 0) {
		ck_error(k, ck_start(e), "missing argument in conversion to %s", ck_tstr(k, t));
	} else if (args->n > 1) {
		ck_uselist(k, args);
		ck_error(k, ck_start(args->at[args->n - 1]), "too many arguments in conversion to %s", ck_tstr(k, t));
	} else {
		ck_expr(k, NULL, x, args->at[0]);
		if (x->mode != MODE_NONE) {
			bool constraint = false;

			if (ck_nontpiface(t)) {
				TypeSet *ts = type_typeset(ck_under(t));

				constraint = !ts->all || ts->comparable;
			}
			if (constraint) {
				ck_error(k, ck_start(e),
				    "cannot use interface %s in conversion (contains specific type constraints or is "
				    "comparable)",
					 ck_tstr(k, t));
				x->mode = MODE_NONE;
			} else if (e->dots) {
				ck_error(k, ck_start(args->at[0]), "invalid use of ... in conversion to %s",
				    ck_tstr(k, t));
				x->mode = MODE_NONE;
			} else if (!ck_valid(t)) {
				x->mode = MODE_NONE;
			} else {
				ck_conversion(k, x, t);
			}
		}
	}
	x->e = e;
	if (x->mode == MODE_NONE)
		x->t = typ[T_INVALID];
	return KIND_CONVERSION;
}

StmtUse
ck_call(Checker *k, Operand *x, Expr *e)
{
	Expr *fn = e->call.fn, *inst = NULL;
	TypeVec targs = { 0 }, *ptargs = NULL, *atargs;
	ExprVec *xlist = NULL;
	OperandVec args = { 0 };
	Type *sig;
	bool generic;

	e->call.what = CALL_FUNC;
	if (fn->kind == EX_INDEX) {
		memset(x, 0, sizeof *x);
		x->t = typ[T_INVALID];
		x->e = fn;
		if (++k->depth > CHECK_MAXDEPTH) {
			ck_error(k, e->pos, "expression nested too deeply");
			k->depth--;
			return KIND_STATEMENT;
		}
		if (ck_index(k, x, fn))
			inst = fn;	/* instantiated below, when the arguments are known */
		k->depth--;
		x->e = fn;
		if (x->mode == MODE_NONE)
			x->t = typ[T_INVALID];
		ck_record(k, x);
	} else {
		ck_exprortype(k, x, fn, true);
	}
	switch (x->mode) {
	case MODE_NONE:
		ck_uselist(k, &e->call.args);
		x->e = e;
		x->t = typ[T_INVALID];
		return KIND_STATEMENT;
	case MODE_TYPE:
		ck_nongeneric(k, NULL, x);
		if (x->mode == MODE_NONE) {
			x->e = e;
			return KIND_CONVERSION;
		}
		return conversion(k, x, e);
	case MODE_BUILTIN: {
		int id = x->builtin;

		e->call.what = CALL_BUILTIN;
		e->call.builtin = (uint8_t)id;
		fn->mode = MODE_BUILTIN;
		if (!ck_builtin(k, x, e, id)) {
			x->mode = MODE_NONE;
			x->t = typ[T_INVALID];
		}
		x->e = e;
		if (x->mode != MODE_NONE && x->mode != MODE_CONST)
			k->env.hascall = true;
		return (StmtUse)builtin_info[id].use;
	}
	}
	sig = x->mode == MODE_NIL ? NULL : type_core(x->t);
	if (sig == NULL || sig->kind != T_FUNC) {
		if (sig == NULL || ck_valid(sig))
			ck_error(k, ck_xpos(x), "invalid operation: cannot call non-function %s", ck_str(x));
		ck_uselist(k, &e->call.args);
		x->mode = MODE_NONE;
		x->t = typ[T_INVALID];
		x->e = e;
		return KIND_STATEMENT;
	}
	generic = sig->fn.tparams.n > 0;
	if (inst != NULL) {
		int want = sig->fn.tparams.n;

		xlist = &inst->index.index;
		if (!ck_typelist(k, xlist, &targs)) {
			ck_uselist(k, &e->call.args);
			goto bad;
		}
		if (targs.n > want) {
			ck_error(k, ck_start(xlist->at[want]), "got %d type arguments but want %d", targs.n, want);
			ck_uselist(k, &e->call.args);
			goto bad;
		}
		if (targs.n == want && want > 0) {
			ck_require(k, ck_start(inst), 18, "function instantiation");
			sig = ck_instsig(k, inst->pos, inst, sig, targs.at, want, xlist);
			xlist = NULL;
		} else {
			ptargs = &targs;
		}
	}
	genericlist(k, &e->call.args, &args, &atargs);
	sig = ck_arguments(k, e, sig, ptargs, xlist, &args, atargs);
	if (generic && sig->fn.tparams.n == 0) {
		/* The callee is the instance, under its parentheses too. */
		for (Expr *f = fn;; f = f->unary.x) {
			f->type = sig;
			f->mode = MODE_VALUE;
			if (f->kind != EX_PAREN)
				break;
		}
	}
	switch (sig->fn.results->tuple.vars.n) {
	case 0:
		x->mode = MODE_NOVALUE;	/* messages about it speak of the function's type */
		break;
	case 1:
		x->mode = MODE_VALUE;
		x->t = sig->fn.results->tuple.vars.at[0]->type;
		break;
	default:
		x->mode = MODE_VALUE;
		x->t = sig->fn.results;
		break;
	}
	x->e = e;
	k->env.hascall = true;
	/* If inference failed, a result that depends on it is of no use. */
	if (x->mode == MODE_VALUE && sig->fn.tparams.n > 0 && type_hastparam(x->t)) {
		x->mode = MODE_NONE;
		x->t = typ[T_INVALID];
	} else if (!ck_valid(x->t)) {
		x->mode = MODE_NONE;
	}
	return KIND_STATEMENT;
bad:
	x->mode = MODE_NONE;
	x->t = typ[T_INVALID];
	x->e = e;
	return KIND_STATEMENT;
}
