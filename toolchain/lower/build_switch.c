/*
 * build_switch.c - expression and type switches.
 *
 * The tests of all clauses come first, in source order, then the bodies. Runs
 * of constant cases become binary searches: integers by value, strings by
 * length and then by text, concrete types by the hash of their descriptors.
 * Between runs order is kept, since other cases may have effects or overlap.
 */
#include <stdlib.h>

#include "lower/build.h"

enum { LINEAR = 4 };	/* so many cases are tested one after the other */

static Block *nextbody;	/* where fallthrough goes in the clause being lowered */

void
bd_fallthrough(void)
{
	if (nextbody == NULL)
		bug("lower: fallthrough outside of a switch");
	bd_jump(nextbody);
}

/* Lowers the bodies; block i is that of clause i. */
static void
bodies(Stmt *s, Block **body, Block *done, void (*enter)(void *ctx, int clause), void *ctx)
{
	Jump j = { .s = s, .brk = done, .up = bd->ctx->jumps };
	Block *saved = nextbody;

	bd->ctx->jumps = &j;
	for (int i = 0; i < s->sw.clauses.n; i++) {
		Clause *c = s->sw.clauses.at[i];
		StmtVec list = c->body;
		bool through = false;

		bd_sealstart(body[i]);
		bd->pos = c->pos;
		if (enter != NULL)
			enter(ctx, i);
		nextbody = i + 1 < s->sw.clauses.n ? body[i + 1] : NULL;
		if (list.n > 0 && vec_last(&list)->kind == ST_BRANCH && vec_last(&list)->branch.tok == TK_FALLTHROUGH) {
			list.n--;
			through = true;
		}
		fuzz_edge();
		bd_stmts(&list);
		bd_jump(through && nextbody != NULL ? nextbody : done);
	}
	nextbody = saved;
	bd->ctx->jumps = j.up;
	bd_sealstart(done);
}

/* ---- constant cases ---- */

typedef struct {
	uint64_t bits;		/* integer case */
	const Const *str;	/* string case */
	Type *type;		/* type case */
	uint32_t hash;
	Block *to;
	int order;
} Case;
typedef Vec(Case) CaseVec;

static Block *
edge(Value *cond, Block *yes)
{
	Block *no = bd_block();

	bd_if(cond, yes, no, 0);
	bd_sealstart(no);
	return no;
}

static int
bysigned(const void *a, const void *b)
{
	int64_t x = (int64_t)((const Case *)a)->bits, y = (int64_t)((const Case *)b)->bits;

	return x < y ? -1 : x > y;
}

static int
byunsigned(const void *a, const void *b)
{
	uint64_t x = ((const Case *)a)->bits, y = ((const Case *)b)->bits;

	return x < y ? -1 : x > y;
}

/* v is one of cs[0..n), sorted: goes there; else falls through to the current block. */
static void
intsearch(Value *v, Case *cs, int n, bool uns, Block *miss)
{
	while (n > LINEAR) {
		int mid = n / 2;
		Block *low = bd_block(), *high = bd_block();

		bd_if(bd_emit2(uns ? OP_LTU : OP_LTS, VT_I8, v, bd_int(v->type, (int64_t)cs[mid].bits), 0), low, high,
		    0);
		bd_sealstart(low);
		intsearch(v, cs, mid, uns, miss);
		bd_sealstart(high);
		cs += mid;
		n -= mid;
	}
	for (int i = 0; i < n; i++)
		edge(bd_emit2(OP_EQ, VT_I8, v, bd_int(v->type, (int64_t)cs[i].bits), 0), cs[i].to);
	bd_jump(miss);
}

static int
bytext(const void *a, const void *b)
{
	const Case *x = a, *y = b;
	int c;

	if (x->str->s.n != y->str->s.n)
		return x->str->s.n < y->str->s.n ? -1 : 1;
	c = x->str->s.n > 0 ? memcmp(x->str->s.p, y->str->s.p, x->str->s.n) : 0;
	return c != 0 ? c : x->order - y->order;
}

static Value *
strconst(const Const *c)
{
	return c->s.n == 0 ? bd_nil() : bd_symaddr(lower_stringdata(c->s.p, c->s.n), 0);
}

/* All cases have the length of x. */
static void
textsearch(Opd x, Case *cs, int n, Block *miss)
{
	Value *len = bd_int(VT_I64, (int64_t)cs[0].str->s.n);

	if (cs[0].str->s.n == 0) {
		bd_jump(cs[0].to);
		return;
	}
	while (n > LINEAR) {
		int mid = n / 2;
		Block *low = bd_block(), *high = bd_block();
		Value *c = bd_rt1("cmpstring", 4, x.c[0], len, strconst(cs[mid].str), len);

		bd_if(bd_emit2(OP_LTS, VT_I8, c, bd_int(c->type, 0), 0), low, high, 0);
		bd_sealstart(low);
		textsearch(x, cs, mid, miss);
		bd_sealstart(high);
		cs += mid;
		n -= mid;
	}
	for (int i = 0; i < n; i++)
		edge(bd_rt1("memequal", 3, x.c[0], strconst(cs[i].str), len), cs[i].to);
	bd_jump(miss);
}

/* cs sorted by length and text */
static void
strsearch(Opd x, Case *cs, int n, Block *miss)
{
	CaseVec lens = { 0 };
	Block **groups;
	int k = 0;

	for (int i = 0; i < n; i++)
		if (i == 0 || cs[i].str->s.n != cs[i - 1].str->s.n) {
			Case c = { .bits = cs[i].str->s.n, .to = bd_block(), .order = i };

			vec_push(bd->a, &lens, c);
		}
	groups = NEWN(bd->a, Block *, lens.n);
	for (k = 0; k < lens.n; k++)
		groups[k] = lens.at[k].to;
	intsearch(x.c[1], lens.at, lens.n, false, miss);
	for (k = 0; k < lens.n; k++) {
		int first = lens.at[k].order, last = k + 1 < lens.n ? lens.at[k + 1].order : n;

		bd_sealstart(groups[k]);
		textsearch(x, cs + first, last - first, miss);
	}
}

/* Tests a run of constants; what matches none continues. */
static void
construn(Opd x, CaseVec *run)
{
	Block *miss;
	bool str, uns;
	int n = 0;

	if (run->n == 0)
		return;
	str = type_isstring(x.t);
	uns = !str && type_isunsigned(x.t);
	miss = bd_block();
	if (str)
		qsort(run->at, (size_t)run->n, sizeof(Case), bytext);
	else
		qsort(run->at, (size_t)run->n, sizeof(Case), uns ? byunsigned : bysigned);
	/* type parameters may make cases equal: the first of them counts */
	for (int i = 0; i < run->n; i++) {
		Case *c = &run->at[i];

		if (n > 0 && !str && run->at[n - 1].bits == c->bits) {
			if (c->order < run->at[n - 1].order)
				run->at[n - 1] = *c;
			continue;
		}
		if (n > 0 && str && run->at[n - 1].str->s.n == c->str->s.n &&
		    (c->str->s.n == 0 || memcmp(run->at[n - 1].str->s.p, c->str->s.p, c->str->s.n) == 0))
			continue;
		run->at[n++] = *c;
	}
	if (str)
		strsearch(x, run->at, n, miss);
	else
		intsearch(x.c[0], run->at, n, uns, miss);
	bd_sealstart(miss);
	run->n = 0;
}

/* ---- expression switches ---- */

/* Whether all comparisons are with constants: nothing else runs before they are done. */
static bool
constcases(const Stmt *s)
{
	for (int i = 0; i < s->sw.clauses.n; i++)
		for (int k = 0; k < s->sw.clauses.at[i]->exprs.n; k++)
			if (s->sw.clauses.at[i]->exprs.at[k]->mode != MODE_CONST)
				return false;
	return true;
}

void
bd_switch(Stmt *s)
{
	int n = s->sw.clauses.n, dflt = -1, order = 0;
	Block **body = NEWN(bd->a, Block *, n + 1), *done = bd_block();
	CaseVec run = { 0 };
	Opd x = { 0 };
	bool havetag = s->sw.tag != NULL, consttrue = false, ints = false, strs = false;

	if (s->sw.init != NULL)
		bd_stmt(s->sw.init);
	for (int i = 0; i < n; i++)
		body[i] = bd_block();
	bd->pos = s->pos;
	if (havetag) {
		Expr *tag = bd_unparen(s->sw.tag);

		if (tag->mode == MODE_CONST && tag->cv != NULL && tag->cv->kind == CONST_BOOL && tag->cv->b)
			consttrue = true;
		x = bd_hold(constcases(s) ? bd_peek(tag) : bd_expr(tag));
		ints = type_isinteger(x.t);
		strs = type_isstring(x.t);
	}
	for (int i = 0; i < n; i++) {
		Clause *c = s->sw.clauses.at[i];

		if (c->isdefault)
			dflt = i;
		for (int k = 0; k < c->exprs.n; k++) {
			Expr *e = c->exprs.at[k];
			Opd y;

			bd->pos = e->pos;
			if (!havetag || (consttrue && type_isboolean(bd_type(e->type)))) {
				Block *no = bd_block();

				bd_branch(e, body[i], no, 0);
				bd_sealstart(no);
				continue;
			}
			if ((ints || strs) && e->mode == MODE_CONST && e->cv != NULL && !bd_isiface(bd_type(e->type))) {
				Case cs = { .to = body[i], .order = order++ };

				if (strs)
					cs.str = e->cv;
				else
					cs.bits = const_bits(const_toint(e->cv));
				vec_push(bd->a, &run, cs);
				continue;
			}
			construn(x, &run);
			y = bd_isnil(e) ? bd_zero(x.t) : bd_expr(e);
			bd->pos = e->pos;
			edge(bd_equal(x, y), body[i]);
		}
	}
	construn(x, &run);
	if (dflt < 0)
		fuzz_edge();
	bd_jump(dflt >= 0 ? body[dflt] : done);
	bodies(s, body, done, NULL, NULL);
}

/* ---- type switches ---- */

typedef struct {
	Stmt *s;
	Opd x;
	int *itabvar;		/* per clause of one interface type: variable with its itab word, or -1 */
} TypeSwitch;

static bool
isnilcase(const Expr *e)
{
	return e->mode == MODE_NIL || (e->kind == EX_PAREN && isnilcase(e->unary.x));
}

static void
enterclause(void *ctx, int i)
{
	TypeSwitch *ts = ctx;
	Clause *c = ts->s->sw.clauses.at[i];
	Opd x = ts->x;
	Type *t;

	if (c->obj == NULL)
		return;
	t = bd_type(obj_type(c->obj));
	if (c->exprs.n == 1 && !isnilcase(c->exprs.at[0])) {
		Type *ct = bd_type(c->exprs.at[0]->type);

		if (!bd_isiface(ct))
			x = bd_unbox(x, ct);
		else if (ts->itabvar[i] >= 0)
			x = bd_opd2(ct, bd_read(ts->itabvar[i]), x.c[1]);
	}
	bd_define(c->obj, t, bd_implicit(x, t));
}

static int
byhash(const void *a, const void *b)
{
	const Case *x = a, *y = b;

	return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : x->order - y->order;
}

static void
typeequal(Value *tw, const Case *c)
{
	edge(bd_emit2(OP_EQ, VT_I8, tw, bd_desc(c->type), 0), c->to);
}

static void
hashsearch(Value *tw, Value *h, Case *cs, int n, Block *miss)
{
	while (n > LINEAR) {
		int mid = n / 2;
		Block *low, *high;

		/* equal hashes stay together */
		while (mid < n && cs[mid].hash == cs[mid - 1].hash)
			mid++;
		if (mid == n)
			break;
		low = bd_block();
		high = bd_block();
		bd_if(bd_emit2(OP_LTU, VT_I8, h, bd_int(VT_I32, (int64_t)cs[mid].hash), 0), low, high, 0);
		bd_sealstart(low);
		hashsearch(tw, h, cs, mid, miss);
		bd_sealstart(high);
		cs += mid;
		n -= mid;
	}
	for (int i = 0; i < n; i++)
		typeequal(tw, &cs[i]);
	bd_jump(miss);
}

static void
typerun(Value *tw, CaseVec *run)
{
	if (run->n > LINEAR) {
		Block *miss = bd_block(), *some = bd_block();
		Value *h;

		bd_if(bd_emit2(OP_EQ, VT_I8, tw, bd_nil(), 0), miss, some, -1);
		bd_sealstart(some);
		h = bd_emit1(OP_LOAD, VT_I32, tw, 2 * lw.target->ptrsize);
		qsort(run->at, (size_t)run->n, sizeof(Case), byhash);
		hashsearch(tw, h, run->at, run->n, miss);
		bd_sealstart(miss);
	} else
		for (int i = 0; i < run->n; i++)
			typeequal(tw, &run->at[i]);
	run->n = 0;
}

void
bd_typeswitch(Stmt *s)
{
	int n = s->sw.clauses.n, dflt = -1, order = 0;
	Block **body = NEWN(bd->a, Block *, n + 1), *done = bd_block();
	TypeSwitch ts = { .s = s, .itabvar = NEWN(bd->a, int, n + 1) };
	CaseVec run = { 0 };
	Value *tw;

	if (s->sw.init != NULL)
		bd_stmt(s->sw.init);
	for (int i = 0; i < n; i++)
		body[i] = bd_block();
	bd->pos = s->pos;
	ts.x = bd_expr(s->sw.tag);
	tw = bd_typeword(ts.x);
	for (int i = 0; i < n; i++) {
		Clause *c = s->sw.clauses.at[i];

		ts.itabvar[i] = -1;
		if (c->isdefault)
			dflt = i;
		for (int k = 0; k < c->exprs.n; k++) {
			Expr *e = c->exprs.at[k];
			Type *t;

			bd->pos = e->pos;
			if (isnilcase(e)) {
				typerun(tw, &run);
				edge(bd_emit2(OP_EQ, VT_I8, tw, bd_nil(), 0), body[i]);
				continue;
			}
			t = bd_type(e->type);
			if (!bd_isiface(t)) {
				Case cs = { .type = t, .hash = lower_typehash(t), .to = body[i], .order = order++ };

				vec_push(bd->a, &run, cs);
				continue;
			}
			typerun(tw, &run);
			if (type_typeset(type_under(t))->methods.n == 0) {
				if (c->exprs.n == 1 && c->obj != NULL) {
					ts.itabvar[i] = bd_newvar(VT_PTR);
					bd_write(ts.itabvar[i], tw);
				}
				edge(bd_emit2(OP_NE, VT_I8, tw, bd_nil(), 0), body[i]);
			} else {
				Value *itab = bd_rt1("assertE2I2", 2, bd_desc(t), tw);

				if (c->exprs.n == 1 && c->obj != NULL) {
					ts.itabvar[i] = bd_newvar(VT_PTR);
					bd_write(ts.itabvar[i], itab);
				}
				edge(bd_emit2(OP_NE, VT_I8, itab, bd_nil(), 0), body[i]);
			}
		}
	}
	typerun(tw, &run);
	if (dflt < 0)
		fuzz_edge();
	bd_jump(dflt >= 0 ? body[dflt] : done);
	bodies(s, body, done, enterclause, &ts);
}
