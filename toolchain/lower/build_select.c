/*
 * build_select.c - channel operations and select.
 *
 * One case, and one case with a default, are the plain and the non-blocking
 * operations; else an array of {channel, element address} goes to
 * runtime.selectgo, sends first. Channels and values to send are evaluated in
 * source order on entry; where a received value goes only once it was chosen.
 */
#include "lower/build.h"

typedef struct {
	Clause *c;
	Block *body;
	bool issend, commaok;
	Opd ch;
	Value *elem;		/* address of the value to send or of where it is received; nil if unwanted */
	Type *t;		/* element */
	Expr *lhs[2];
	bool define;
} SelCase;

static Type *
elemof(Type *ch)
{
	return type_core(ch)->elem;
}

/* A place to receive into. What it got the last time is let go: a receive may wait for long. */
Value *
bd_recvtemp(Type *elem)
{
	Value *p = bd_temp(elem);

	if (lower_gctype(elem)->ptrbytes > 0)
		bd_store(p, 0, bd_zero(elem));
	return p;
}

Value *
bd_recv(Opd ch, Type *elem, Opd *out, bool commaok)
{
	Value *p = bd_nil(), *ok = NULL;
	bool want = out != NULL && lower_gctype(elem)->size > 0;

	if (want)
		p = bd_recvtemp(elem);
	if (commaok)
		ok = bd_rt1("chanrecv2", 2, ch.c[0], p);
	else
		bd_rt1("chanrecv1", 2, ch.c[0], p);
	if (out != NULL) {
		*out = want ? bd_load(elem, p, 0) : bd_zero(elem);
		out->fresh = true;
	}
	return ok;
}

void
bd_send(Opd ch, Opd x)
{
	bd_rt1("chansend1", 2, ch.c[0], bd_toaddr(x));
}

/* <-c, parentheses aside */
static Expr *
recvof(Expr *e)
{
	e = bd_unparen(e);
	if (e->kind != EX_UNARY || e->op != TK_ARROW)
		bug("lower: select case is not a receive");
	return e->unary.x;
}

static void
evaluate(SelCase *k)
{
	Stmt *s = k->c->comm;
	Expr *rx;

	bd->pos = k->c->pos;
	if (s->kind == ST_SEND) {
		Opd x;

		k->issend = true;
		k->ch = bd_expr(s->send.ch);
		k->t = elemof(k->ch.t);
		x = bd_exprconv(s->send.x, k->t);
		k->elem = bd_toaddr(bd_hold(x));
		return;
	}
	if (s->kind == ST_EXPR)
		rx = s->expr.x;
	else {
		rx = s->assign.rhs.at[0];
		k->define = s->kind == ST_DEFINE;
		k->commaok = s->assign.lhs.n == 2;
		for (int i = 0; i < s->assign.lhs.n; i++)
			if (!bd_isblank(s->assign.lhs.at[i]))
				k->lhs[i] = s->assign.lhs.at[i];
	}
	k->ch = bd_expr(recvof(rx));
	k->t = elemof(k->ch.t);
	k->elem = k->lhs[0] != NULL && lower_gctype(k->t)->size > 0 ? bd_recvtemp(k->t) : bd_nil();
}

static void
assign(Expr *lhs, bool define, Opd x)
{
	if (lhs == NULL)
		return;
	/* := may reuse a variable only if it is of this very scope, which is new: all are fresh */
	if (define)
		bd_define(lhs->name.obj, bd_type(obj_type(lhs->name.obj)), x);
	else {
		Lval lv = bd_lval(lhs);

		bd_lvstore(&lv, bd_implicit(x, lv.t));
	}
}

/* The chosen case: assigns what was received, then the body. */
static void
body(SelCase *k, Value *ok, Block *done)
{
	bd->pos = k->c->pos;
	if (!k->issend && (k->lhs[0] != NULL || k->lhs[1] != NULL)) {
		Opd x = bd_zero(k->t), o;
		Lval first = { 0 }, second = { 0 };

		if (k->lhs[0] != NULL && lower_gctype(k->t)->size > 0) {
			x = bd_load(k->t, k->elem, 0);
			x.fresh = true;
		}
		if (k->define) {
			assign(k->lhs[0], true, x);
			if (k->lhs[1] != NULL) {
				Type *t = bd_type(obj_type(k->lhs[1]->name.obj));

				assign(k->lhs[1], true, bd_opd1(t, ok));
			}
		} else {
			/* both places are evaluated before either is assigned */
			if (k->lhs[0] != NULL)
				first = bd_lval(k->lhs[0]);
			if (k->lhs[1] != NULL)
				second = bd_lval(k->lhs[1]);
			if (k->lhs[0] != NULL)
				bd_lvstore(&first, bd_implicit(x, first.t));
			if (k->lhs[1] != NULL) {
				o = bd_opd1(bd_isiface(second.t) ? typ[T_BOOL] : second.t, ok);
				bd_lvstore(&second, bd_implicit(o, second.t));
			}
		}
	}
	fuzz_edge();
	bd_stmts(&k->c->body);
	bd_jump(done);
}

static Type *
scasetype(void)
{
	static Type *t;

	if (t == NULL) {
		t = type_new(T_STRUCT);
		vec_push(perm, &t->st.fields, obj_new(OBJ_FIELD, 0, NULL, intern_str("c"), typ[T_UNSAFEPTR]));
		vec_push(perm, &t->st.fields, obj_new(OBJ_FIELD, 0, NULL, intern_str("elem"), typ[T_UNSAFEPTR]));
	}
	return t;
}

static void
storeptr(Value *p, int64_t off, Value *v)
{
	bd_store(p, off, bd_opd1(typ[T_UNSAFEPTR], v));
}

void
bd_select(Stmt *s)
{
	int n = s->sw.clauses.n, ncase = 0, nsend = 0, ps = lw.target->ptrsize;
	SelCase *cases = NEWN(bd->a, SelCase, n + 1), **order;
	SelCase *dflt = NULL;
	Block *done = bd_block();
	Jump j = { .s = s, .brk = done, .up = bd->ctx->jumps };
	VType it = ps == 8 ? VT_I64 : VT_I32;
	Value *res[2] = { NULL, NULL };

	if (n == 0) {
		bd_rt("block", NULL, NULL);
		bd_exit();
		bd_sealstart(done);
		return;
	}
	order = NEWN(bd->a, SelCase *, n);
	for (int i = 0; i < n; i++) {
		SelCase *k = &cases[i];

		k->c = s->sw.clauses.at[i];
		if (k->c->comm == NULL) {
			dflt = k;
			continue;
		}
		evaluate(k);
		nsend += k->issend;
		order[ncase++] = k;
	}
	bd->pos = s->pos;
	bd->ctx->jumps = &j;
	if (ncase == 0) {
		body(dflt, NULL, done);
	} else if (ncase == 1 && dflt == NULL) {
		SelCase *k = order[0];
		Value *ok = NULL;

		if (k->issend)
			bd_rt1("chansend1", 2, k->ch.c[0], k->elem);
		else if (k->commaok)
			ok = bd_rt1("chanrecv2", 2, k->ch.c[0], k->elem);
		else
			bd_rt1("chanrecv1", 2, k->ch.c[0], k->elem);
		body(k, ok, done);
	} else if (ncase == 1) {
		SelCase *k = order[0];
		Block *yes = bd_block(), *no = bd_block();

		if (k->issend)
			res[0] = bd_rt1("selectnbsend", 2, k->ch.c[0], k->elem);
		else
			bd_rt("selectnbrecv", (Value *[]){ k->elem, k->ch.c[0] }, res);
		bd_if(res[0], yes, no, 0);
		bd_sealstart(yes);
		body(k, res[1], done);
		bd_sealstart(no);
		body(dflt, NULL, done);
	} else {
		Value *cas = bd_temp(type_array(scasetype(), ncase)),
		      *ord = bd_temp(type_array(typ[T_UINT16], 2 * (int64_t)ncase));
		SelCase **slot = NEWN(bd->a, SelCase *, ncase);
		int si = 0, ri = nsend;

		for (int i = 0; i < ncase; i++) {
			SelCase *k = order[i];
			int at = k->issend ? si++ : ri++;

			slot[at] = k;
			storeptr(cas, (int64_t)at * 2 * ps, k->ch.c[0]);
			storeptr(cas, (int64_t)at * 2 * ps + ps, k->elem);
		}
		bd_rt("selectgo",
		    (Value *[]){
			cas, ord, bd_nil(), bd_int(it, nsend), bd_int(it, ncase - nsend), bd_int(VT_I8, dflt == NULL) },
		    res);
		if (dflt != NULL) {
			Block *yes = bd_block(), *no = bd_block();

			bd_if(bd_emit2(OP_LTS, VT_I8, res[0], bd_int(it, 0), 0), yes, no, 0);
			bd_sealstart(yes);
			body(dflt, NULL, done);
			bd_sealstart(no);
		}
		for (int i = 0; i < ncase; i++) {
			Block *yes, *no;

			if (i == ncase - 1) {
				body(slot[i], res[1], done);
				break;
			}
			yes = bd_block();
			no = bd_block();
			bd_if(bd_emit2(OP_EQ, VT_I8, res[0], bd_int(it, i), 0), yes, no, 0);
			bd_sealstart(yes);
			body(slot[i], res[1], done);
			bd_sealstart(no);
		}
	}
	bd->ctx->jumps = j.up;
	bd_sealstart(done);
}
