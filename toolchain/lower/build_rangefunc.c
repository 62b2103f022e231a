/*
 * build_rangefunc.c - for range over a function.
 *
 * The body becomes a literal func(k, v) bool. What it shares with the function around it
 * are captured variables that bodyinfo.c made: `state` per loop, which tells misuse by the iterator
 * apart (continued after the loop was left, after a panic...), and per function `next`, which
 * says where control goes once the iterator has returned, and the results.
 * The states are internal/abi's RF_... numbers, which runtime.panicrangestate knows.
 */
#include "lower/build.h"

enum { RF_DONE, RF_READY, RF_PANIC, RF_EXHAUSTED, RF_MISSING_PANIC };

static Opd
intval(int64_t i)
{
	return bd_opd1(typ[T_INT], bd_int(VT_I64, i));
}

static void
setobj(Obj *o, int64_t i)
{
	bd_varstore(bd_var(o), intval(i));
}

static void
panicif(Value *cond, Value *state)
{
	Block *bad = bd_block(), *good = bd_block();

	bad->cold = true;
	bd_if(cond, bad, good, -1);
	bd_sealstart(bad);
	bd_rt1("panicrangestate", 1, state);
	bd_exit();
	bd_sealstart(good);
}

static void
finish(int state, bool more)
{
	LitInfo *li = bd->ctx->lit;
	Opd r = bd_opd1(bd->ctx->sig->fn.results->tuple.vars.at[0]->type, bd_int(VT_I8, more));

	setobj(li->state, state);
	bd_ret(&r, 1);
}

void
bd_rangefnleave(Stmt *target, int how)
{
	LitInfo *li = bd->ctx->lit;

	if (li->range == NULL)
		bug("lower: branch to a statement that is not around it");
	if (target == li->range) {
		finish(how == TK_BREAK ? RF_DONE : RF_READY, how == TK_CONTINUE);
		return;
	}
	for (int i = 0; i < li->exits.n; i++)
		if (li->exits.at[i].target == target && li->exits.at[i].how == how) {
			setobj(bd_fnlit(li)->next, li->exits.at[i].code);
			finish(RF_DONE, false);
			return;
		}
	bug("lower: branch out of a range over a function that nobody counted");
}

void
bd_rangefnreturn(Opd *vals, int n)
{
	LitInfo *li = bd->ctx->lit, *fn = bd_fnlit(li);

	for (int i = 0; i < n; i++)
		bd_varstore(bd_var(fn->retobjs.at[i]), vals[i]);
	setobj(fn->next, -1);
	finish(RF_DONE, false);
}

void
bd_rangefnbody(Opd *params, int n)
{
	LitInfo *li = bd->ctx->lit;
	Stmt *s = li->range;
	Expr *es[2] = { s->range.key, s->range.value };
	Value *st = bd_varload(bd_var(li->state)).c[0];

	panicif(bd_emit2(OP_NE, VT_I8, st, bd_int(VT_I64, RF_READY), 0), st);
	setobj(li->state, RF_PANIC);
	for (int i = 0; i < 2 && i < n; i++) {
		if (es[i] == NULL || bd_isblank(es[i]))
			continue;
		if (s->range.define) {
			Obj *o = es[i]->name.obj;
			Type *t = bd_type(obj_type(o));

			bd_define(o, t, bd_implicit(params[i], t));
		} else {
			Lval lv = bd_lval(es[i]);

			bd_lvstore(&lv, bd_implicit(params[i], lv.t));
		}
	}
	fuzz_edge();
	bd_stmt(s->range.body);
	finish(RF_READY, true);
}

/* Goes where an exit of the loop leads, from the function (or body) that contains the loop. */
static void
follow(RangeExit *x)
{
	LitInfo *li = bd->ctx->lit;

	if (x->how == TK_RETURN) {
		if (li->range != NULL)
			finish(RF_DONE, false);	/* next stays -1 */
		else
			bd_return(NULL, 0);
		return;
	}
	if (x->how == TK_GOTO) {
		for (int i = 0; i < li->exits.n; i++)
			if (li->exits.at[i].target == x->target && li->exits.at[i].how == TK_GOTO) {
				finish(RF_DONE, false);
				return;
			}
		setobj(bd_fnlit(li)->next, 0);
		bd_jump(bd_label(bd->ctx, x->target));
		return;
	}
	setobj(bd_fnlit(li)->next, 0);
	bd_leave(x->target, x->how == TK_CONTINUE);
}

void
bd_rangefunc(Stmt *s)
{
	LitInfo *li = bd_litinfoof(s), *fn = bd_fnlit(li);
	Opd f = bd_expr(s->range.x), body;
	Callee cl = { .kind = CALLEE_CLOSURE };
	Value *st, *next;

	cl.sig = type_core(f.t);
	cl.code = f.c[0];
	bd_define(li->state, typ[T_INT], intval(RF_READY));
	if (bd->ctx->lit->range == NULL && fn->deferinrange) {
		Value *r[2];

		bd_rt("deferrangefunc", NULL, r);
		bd_define(fn->token, type_any, bd_opd2(type_any, r[0], r[1]));
	}
	if (bd->ctx->lit->range == NULL && fn->argdepth != NULL)
		bd_define(fn->argdepth, typ[T_UINTPTR], bd_opd1(typ[T_UINTPTR], bd_argdepth()));
	body = bd_opd1(cl.sig->fn.params->tuple.vars.at[0]->type, bd_rangefnclosure(s));
	bd->pos = s->pos;
	bd_docall(&cl, &body, 1, NULL);
	st = bd_varload(bd_var(li->state)).c[0];
	panicif(bd_emit2(OP_EQ, VT_I8, st, bd_int(VT_I64, RF_PANIC), 0), bd_int(VT_I64, RF_MISSING_PANIC));
	setobj(li->state, RF_EXHAUSTED);
	if (li->exits.n == 0)
		return;
	next = bd_varload(bd_var(fn->next)).c[0];
	for (int i = 0; i < li->exits.n; i++) {
		Block *yes = bd_block(), *no = bd_block();

		bd_if(bd_emit2(OP_EQ, VT_I8, next, bd_int(VT_I64, li->exits.at[i].code), 0), yes, no, 0);
		bd_sealstart(yes);
		follow(&li->exits.at[i]);
		bd_sealstart(no);
	}
}
