/*
 * build_init.c - package initialisation: variables that need code, init functions, the init task.
 *
 * Initialisers that are data are data (static.c). The rest, in the order the checker found, is one function
 * `pkg.init`; the package's own init functions follow in source order.
 */
#include "lower/build.h"

static Vec(InitAssign *) dynamic;

static const char *
globname(void)
{
	return intern_printf("%s.glob.", lower_pkgprefix(lw.pkg));
}

static void
enqueue(Expr *e, LitInfo *li)
{
	Body b = { .lit = e, .litinfo = li, .name = bd_litname(li, globname()) };

	lower_queue(&b);
}

const char *
bd_staticlit(Expr *e, bool commit)
{
	LitInfo *li = map_get(bd_globalinfo()->lits, e);

	if (li == NULL || li->captures.n > 0)
		return NULL;
	if (commit)
		enqueue(e, li);
	return bd_litname(li, globname());
}

static void
assign1(Obj *o, Opd x)
{
	Type *t = obj_type(o);

	if (strcmp(o->name, "_") == 0)
		return;
	bd_store(bd_symaddr(lower_varsym(o), 0), 0, bd_implicit(x, t));
}

static void
initbody(void *ctx, Opd *params)
{
	(void)ctx;
	(void)params;
	bd->ctx->info = bd_globalinfo();
	bd->ctx->lit = &bd->ctx->info->top;
	bd->ctx->name = globname();
	coverage_register();
	for (int i = 0; i < dynamic.n; i++) {
		InitAssign *ia = dynamic.at[i];
		void *mark = bd_tempmark();
		OpdVec xs = { 0 };

		bd->pos = ia->rhs->pos;
		if (bd->f->pos == 0)
			bd->f->pos = bd->pos;
		if (ia->lhs.n == 1) {
			Obj *o = ia->lhs.at[0];
			Type *t = obj_type(o);
			Expr *p = bd_unparen(ia->rhs);

			if (strcmp(o->name, "_") == 0)
				bd_exprconv(ia->rhs, t);
			else if (p->kind == EX_COMPOSITE && !p->isptr && !lower_type(t)->ssa && !bd_isiface(t))
				bd_compositeto(p, bd_symaddr(lower_varsym(o), 0), 0, false);
			else
				assign1(o, bd_exprconv(ia->rhs, t));
		} else {
			bd_multi(ia->rhs, &xs);
			for (int k = 0; k < xs.n; k++)
				xs.at[k] = bd_hold(xs.at[k]);
			for (int k = 0; k < xs.n; k++)
				assign1(ia->lhs.at[k], xs.at[k]);
		}
		bd_temprelease(mark);
	}
	coverage_hook();
	bd_ret(NULL, 0);
}

void
lower_initfuncs(void)
{
	Vec(ObjSym *) fns = { 0 };

	bd_globalinfo();
	for (int i = 0; i < lw.checked->inits.n; i++) {
		InitAssign *ia = &lw.checked->inits.at[i];

		if (ia->rhs == NULL)
			continue;
		if (ia->lhs.n == 1 && strcmp(ia->lhs.at[0]->name, "_") != 0 &&
		    lower_static(lower_varsym(ia->lhs.at[0]), 0, obj_type(ia->lhs.at[0]), ia->rhs))
			continue;
		vec_push(lw.a, &dynamic, ia);
	}
	coverage_mark();
	if (dynamic.n > 0 || coverage_wanted()) {
		const char *name = intern_printf("%s.init", lower_pkgprefix(lw.pkg));

		bd_synthetic(name, lower_sig(NULL, type_func(type_emptytuple, type_emptytuple, false)), false, false,
		    initbody, NULL);
		vec_push(lw.a, &fns, lower_funcsym(name));
	}
	for (int i = 0; i < lw.checked->funcs.n; i++) {
		Decl *d = lw.checked->funcs.at[i];
		Obj *fn = d->func.name->name.obj;

		if (fn != NULL && d->func.recv == NULL && strcmp(fn->name, "init") == 0 && d->func.body != NULL)
			vec_push(lw.a, &fns, lower_code(fn, NULL, 0));
	}
	lower_inittask(fns.at, fns.n);
}
