/*
 * check_stmt.c - statements and function bodies.
 *
 * Branch targets and labels are the parser's business (syntax/branches.c).
 */
#include "types/check.h"

static void stmt(Checker *k, Stmt *s);

Obj *
ck_newvar(Checker *k, Pos p, const char *name, Type *t)
{
	Obj *o = obj_new(OBJ_VAR, p, k->pkg, name, t);

	o->color = 2;
	o->outerfn = k->env.fn;
	o->file = k->env.file;
	if (!(name[0] == '_' && name[1] == '\0'))
		vec_push(perm, &k->locals, o);
	return o;
}

/* ---- bodies ---- */

static void
stmtlist(Checker *k, StmtVec *list)
{
	for (int i = 0; i < list->n; i++)
		stmt(k, list->at[i]);
}

/* sc is the scope of the parameters. */
void
ck_body(Checker *k, DeclInfo *info, Obj *fn, Type *sig, Scope *sc, FuncBody *body, Const *iota)
{
	Env saved = k->env;
	int first = k->locals.n, nlocaltypes = k->nlocaltypes;
	const char *subject = diag.subject;

	if (body->block == NULL)
		return;
	if (fn != NULL && fn != saved.fn) {
		k->nlocaltypes = 0;
		diag.subject = fn->name;
	}
	k->env.decl = info;
	k->env.scope = sc;
	k->env.iota = iota;
	k->env.errpos = 0;
	k->env.intparams = false;
	k->env.sig = sig;
	k->env.fn = fn;
	k->env.hascall = false;
	body->block->block.scope = sc;
	stmtlist(k, &body->block->block.list);
	if (sig->fn.results->tuple.vars.n > 0 && !ck_terminating(body->block))
		ck_error(k, body->block->block.rbrace, "missing return");
	for (int i = first; i < k->locals.n; i++)
		if (!k->locals.at[i]->used)
			ck_error(k, k->locals.at[i]->pos, "declared and not used: %s", k->locals.at[i]->name);
	k->locals.n = first;
	k->env = saved;
	if (fn != NULL && fn != saved.fn) {
		k->nlocaltypes = nlocaltypes;
		diag.subject = subject;
	}
}

static void
laterlit(Checker *k, Later *l)
{
	Expr *e = l->a;

	ck_body(k, l->decl, l->fnobj, l->b, l->scope, e->func.body, l->iota);
}

/* The body of a literal is checked after the statement it is in: what that declares is not visible inside. */
void
ck_funclit(Checker *k, Expr *e, Type *sig, Scope *sc)
{
	Later l = { .fn = laterlit,
		.a = e,
		.b = sig,
		.scope = sc,
		.decl = k->env.decl,
		.iota = k->env.iota,
		.fnobj = k->env.fn };

	vec_push(perm, &k->out->funclits, e);
	if (e->func.body != NULL)
		ck_later(k, l);
}

/* ---- statements with parts of their own ---- */

static void
suspended(Checker *k, Stmt *s)
{
	const char *word = s->kind == ST_GO ? "go" : "defer";
	Expr *e = s->expr.x;
	Operand x;
	StmtUse use;

	if (e->kind != EX_CALL) {
		ck_error(k, ck_start(e), "expression in %s must be function call", word);
		ck_use(k, e);
		return;
	}
	use = ck_raw(k, NULL, &x, e, NULL, false);
	if (use == KIND_CONVERSION)
		ck_error(k, ck_xpos(&x), "%s requires function call, not conversion %s", word, ck_str(&x));
	else if (use == KIND_EXPRESSION)
		ck_error(k, ck_xpos(&x), "%s discards result of %s", word, ck_str(&x));
}

static void
exprstmt(Checker *k, Stmt *s)
{
	Operand x;
	StmtUse use = ck_raw(k, NULL, &x, s->expr.x, NULL, false);

	if (x.mode == MODE_BUILTIN)
		ck_error(k, ck_xpos(&x), "%s must be called", ck_str(&x));
	else if (x.mode == MODE_TYPE)
		ck_error(k, ck_xpos(&x), "%s is not an expression", ck_str(&x));
	else if (use != KIND_STATEMENT)
		ck_error(k, ck_xpos(&x), "%s is not used", ck_str(&x));
}

static void
sendstmt(Checker *k, Stmt *s)
{
	Operand ch, v;
	Type *u;

	ck_expr(k, NULL, &ch, s->send.ch);
	ck_expr(k, NULL, &v, s->send.x);
	if (ch.mode == MODE_NONE || v.mode == MODE_NONE)
		return;
	u = ch.mode == MODE_NIL ? typ[T_UNTYPED_NIL] : type_core(ch.t);
	if (u == NULL)
		ck_error(k, ck_stmtstart(s), "invalid operation: cannot send to %s: no core type", ck_str(&ch));
	else if (u->kind != T_CHAN)
		ck_error(k, ck_stmtstart(s), "invalid operation: cannot send to non-channel %s", ck_str(&ch));
	else if (u->dir == CHAN_RECV)
		ck_error(k, ck_stmtstart(s), "invalid operation: cannot send to receive-only channel %s", ck_str(&ch));
	else
		ck_assignment(k, &v, u->elem, "send");
}

static void
incdec(Checker *k, Stmt *s)
{
	Expr *lhs = s->assign.lhs.at[0];
	const char *op = token_text((Token)s->op);
	Operand x;

	ck_expr(k, NULL, &x, lhs);
	if (x.mode == MODE_NONE)
		return;
	if (!type_allnumeric(x.t)) {
		ck_error(k, ck_start(lhs), "invalid operation: %s%s%s (non-numeric type %s)", expr_string(lhs), op, op,
		    ck_tstr(k, x.t));
		return;
	}
	ck_assignvar(k, lhs, NULL, &x, "assignment");
}

static void
assignstmt(Checker *k, Stmt *s)
{
	Operand x;

	if (s->op == 0 || s->op == TK_ASSIGN) {
		ck_assignvars(k, &s->assign.lhs, &s->assign.rhs);
		return;
	}
	if (s->assign.lhs.n != 1 || s->assign.rhs.n != 1) {
		ck_error(k, ck_stmtstart(s), "assignment operation %s= requires single-valued expressions",
		    token_text((Token)s->op));
		return;
	}
	ck_binaryop(k, &x, NULL, s->assign.lhs.at[0], s->assign.rhs.at[0], s->op);
	ck_assignvar(k, s->assign.lhs.at[0], NULL, &x, "assignment");
}

static void
returnstmt(Checker *k, Stmt *s)
{
	ObjVec *res = &k->env.sig->fn.results->tuple.vars;

	if (s->ret.results.n == 0 && res->n > 0 && res->at[0]->name[0] != '\0') {
		for (int i = 0; i < res->n; i++) {
			Obj *alt = ck_lookup(k, res->at[i]->name, NULL, NULL);

			if (alt != NULL && alt != res->at[i] && strcmp(res->at[i]->name, "_") != 0)
				ck_error(k, s->pos,
				    "result parameter %s not in scope at return\n\t%s: inner declaration of %s",
				    res->at[i]->name, ck_posstr(alt->pos), obj_string(alt, type_curpkg));
		}
		return;
	}
	if (res->n > 0 || s->ret.results.n == 0) {
		if (res->n > 0)
			ck_initvars(k, res->at, res->n, &s->ret.results, s);
		return;
	}
	/* Values where none are wanted. */
	ck_initvars(k, NULL, 0, &s->ret.results, s);
}

static void
condition(Checker *k, Expr *e, const char *what)
{
	Operand x;

	ck_expr(k, NULL, &x, e);
	if (x.mode != MODE_NONE && !type_allboolean(x.t))
		ck_error(k, ck_start(e), "non-boolean condition in %s statement", what);
	else if (x.mode != MODE_NONE && x.e->untyped)
		ck_settype(k, x.e, typ[T_BOOL], true);
}

/* ---- switches ---- */

static void
defaults(Checker *k, ClauseVec *list, bool select)
{
	Clause *first = NULL;

	for (int i = 0; i < list->n; i++) {
		Clause *c = list->at[i];

		if (!(select ? c->comm == NULL : c->isdefault))
			continue;
		if (first != NULL)
			ck_error(k, c->pos, "multiple defaults (first at %s)", ck_posstr(first->pos));
		else
			first = c;
	}
}

typedef struct {
	Pos pos;
	Type *t;
} CaseValue;
typedef struct {
	Vec(CaseValue) at;
} CaseValues;

/* A key for the constants that are compared for duplicates: integers, floats, strings. */
static const char *
casekey(const Const *c)
{
	int64_t i;
	uint64_t u;

	switch (c->kind) {
	case CONST_INT:
		if (const_isint64(c, &i))
			return intern_printf("i%lld", (long long)i);
		return const_isuint64(c, &u) ? intern_printf("u%llu", (unsigned long long)u) : NULL;
	case CONST_FLOAT:
		return intern_printf("f%a", const_float64(c));
	case CONST_STRING: {
		char *buf = arena_alloc(perm, c->s.n + 2);

		buf[0] = 's';
		memcpy(buf + 1, c->s.p, c->s.n);
		return intern(buf, c->s.n + 1);
	}
	default:
		return NULL;
	}
}

static void
casevalues(Checker *k, Operand *x, ExprVec *values, Map *seen)
{
	for (int i = 0; i < values->n; i++) {
		Operand v, res, tag = *x;
		const char *key;
		CaseValues *list;
		bool dup = false;

		ck_expr(k, NULL, &v, values->at[i]);
		if (x->mode == MODE_NONE || v.mode == MODE_NONE)
			continue;
		ck_untyped(k, &v, x->t);
		if (v.mode == MODE_NONE)
			continue;
		/* Spec: each value must be comparable to the tag as if by ==. */
		res = v;
		ck_comparison(k, &res, &tag, TK_EQL, true);
		if (res.mode == MODE_NONE || v.mode != MODE_CONST)
			continue;
		key = casekey(v.cv);
		if (key == NULL)
			continue;
		list = map_get(seen, key);
		if (list == NULL) {
			list = NEW(perm, CaseValues);
			map_set(seen, key, list);
		}
		for (int j = 0; j < list->at.n && !dup; j++)
			if (type_identical(v.t, list->at.at[j].t)) {
				ck_error(k, ck_xpos(&v), "duplicate case %s in expression switch\n\t%s: previous case",
				    ck_str(&v), ck_posstr(list->at.at[j].pos));
				dup = true;
			}
		if (!dup) {
			CaseValue cv = { v.e->pos, v.t };

			vec_push(perm, &list->at, cv);
		}
	}
}

static void
switchstmt(Checker *k, Stmt *s)
{
	Operand x = { 0 };
	Expr fake = { 0 };
	Map *seen = map_new(perm);

	x.t = typ[T_INVALID];
	if (s->sw.tag != NULL) {
		ck_expr(k, NULL, &x, s->sw.tag);
		/* Spec: an untyped tag is converted to its default type first. */
		ck_assignment(k, &x, NULL, "switch expression");
		if (x.mode != MODE_NONE && !type_comparable_(x.t, true, NULL) && !type_hasnil(x.t)) {
			ck_error(k, ck_xpos(&x), "cannot switch on %s (%s is not comparable)", ck_str(&x),
			    ck_tstr(k, x.t));
			x.mode = MODE_NONE;
		}
	} else {
		fake.kind = EX_NAME;
		fake.pos = s->sw.clauses.n > 0 ? s->sw.clauses.at[0]->pos : s->sw.rbrace;
		fake.name.text = intern_str("true");
		x.mode = MODE_CONST;
		x.t = typ[T_BOOL];
		x.cv = const_bool(true);
		x.e = &fake;
	}
	defaults(k, &s->sw.clauses, false);
	for (int i = 0; i < s->sw.clauses.n; i++) {
		Clause *c = s->sw.clauses.at[i];

		casevalues(k, &x, &c->exprs, seen);
		c->scope = ck_open(k);
		stmtlist(k, &c->body);
		ck_close(k);
	}
}

static bool
isnilname(Checker *k, Expr *e)
{
	Obj *o;

	e = ck_unparen(e);
	if (e->kind != EX_NAME)
		return false;
	o = ck_lookup(k, e->name.text, NULL, NULL);
	return o != NULL && o->kind == OBJ_NIL;
}

typedef struct {
	Type *t;
	Expr *e;
} SeenType;

/* Checks the types of a clause; returns the last one, NULL for nil. */
static Type *
casetypes(Checker *k, Operand *x, ExprVec *types, Map *seen)
{
	Type *t = NULL;

	for (int i = 0; i < types->n; i++) {
		Expr *e = types->at[i];
		const void *key;
		Vec(SeenType) * list;
		bool dup = false;

		if (isnilname(k, e)) {
			Operand dummy;

			t = NULL;
			ck_expr(k, NULL, &dummy, e);
			e->untyped = 0;
		} else {
			t = ck_vartype(k, e);
			if (!ck_valid(t))
				continue;
		}
		key = (void *)(uintptr_t)(t != NULL ? type_hash(t) + 1u : 0x7fffffffu);
		list = map_get(seen, key);
		if (list == NULL) {
			list = arena_alloc(perm, sizeof *list);
			map_set(seen, key, list);
		}
		for (int j = 0; j < list->n && !dup; j++) {
			Type *o = list->at[j].t;

			if ((t == NULL) != (o == NULL) || (t != NULL && !type_identical(t, o)))
				continue;
			ck_error(k, ck_start(e), "duplicate case %s in type switch\n\t%s: previous case",
			    t != NULL ? ck_tstr(k, t) : "nil", ck_posstr(ck_start(list->at[j].e)));
			dup = true;
		}
		if (dup)
			continue;
		{
			SeenType st = { t, e };

			vec_push(perm, list, st);
		}
		if (x != NULL && t != NULL)
			ck_typeassertion(k, e, x, t, true);
	}
	return t;
}

static void
typeswitch(Checker *k, Stmt *s)
{
	Expr *bind = s->sw.bind;
	Operand x, *sx = NULL;
	Map *seen = map_new(perm);
	ObjVec vars = { 0 };

	if (bind != NULL && ck_isblank(bind)) {
		ck_error(k, bind->pos, "no new variable on left side of :=");
		bind = NULL;
	}
	ck_expr(k, NULL, &x, s->sw.tag);
	if (x.mode != MODE_NONE) {
		if (x.t->kind == T_TPARAM)
			ck_error(k, ck_xpos(&x), "cannot use type switch on type parameter value %s", ck_str(&x));
		else if (x.mode != MODE_NIL && ck_under(x.t)->kind == T_INTERFACE)
			sx = &x;
		else
			ck_error(k, ck_xpos(&x), "%s is not an interface", ck_str(&x));
	}
	defaults(k, &s->sw.clauses, false);
	for (int i = 0; i < s->sw.clauses.n; i++) {
		Clause *c = s->sw.clauses.at[i];
		Type *t = casetypes(k, sx, &c->exprs, seen);

		c->scope = ck_open(k);
		if (bind != NULL) {
			Obj *o;

			/* Spec: with one type the variable has that type, otherwise that of x. */
			if (c->exprs.n != 1 || t == NULL)
				t = sx != NULL ? x.t : typ[T_INVALID];
			o = ck_newvar(k, bind->pos, bind->name.text, t);
			ck_declare(k, k->env.scope, NULL, o);
			c->obj = o;
			vec_push(perm, &vars, o);
		}
		stmtlist(k, &c->body);
		ck_close(k);
	}
	if (bind != NULL) {
		bool used = false;

		for (int i = 0; i < vars.n; i++)
			used |= vars.at[i]->used;
		if (!used)
			ck_error(k, bind->pos, "%s declared and not used", bind->name.text);
		for (int i = 0; i < vars.n; i++)
			vars.at[i]->used = 1;
	}
}

static void
selectstmt(Checker *k, Stmt *s)
{
	defaults(k, &s->sw.clauses, true);
	for (int i = 0; i < s->sw.clauses.n; i++) {
		Clause *c = s->sw.clauses.at[i];
		Expr *rhs = NULL;
		bool ok = false;

		if (c->comm == NULL || c->comm->kind == ST_SEND)
			ok = true;
		else if (c->comm->kind == ST_EXPR)
			rhs = c->comm->expr.x;
		else if ((c->comm->kind == ST_ASSIGN || c->comm->kind == ST_DEFINE) && c->comm->assign.rhs.n == 1)
			rhs = c->comm->assign.rhs.at[0];
		if (rhs != NULL) {
			rhs = ck_unparen(rhs);
			ok = rhs->kind == EX_UNARY && rhs->op == TK_ARROW;
		}
		if (!ok) {
			ck_error(k, ck_stmtstart(c->comm),
			    "select case must be send or receive (possibly with assignment)");
			continue;
		}
		c->scope = ck_open(k);
		if (c->comm != NULL)
			stmt(k, c->comm);
		stmtlist(k, &c->body);
		ck_close(k);
	}
}

/* ---- range ---- */

static Type *
sigof(Type *t)
{
	Type *u = type_core(t);

	return u != NULL && u->kind == T_FUNC ? u : NULL;
}

/* What ranging over t gives; false with *cause if that is not possible. */
static bool
rangetypes(Checker *k, Type *t, Type **key, Type **val, const char **cause)
{
	Type *u = type_core(t), *cb;

	*key = *val = NULL;
	*cause = NULL;
	if (u == NULL) {
		*cause = "no core type";
		return false;
	}
	if (u->kind == T_PTR && ck_under(u->elem)->kind == T_ARRAY)
		u = ck_under(u->elem);
	switch (u->kind) {
	case T_STRING:
	case T_UNTYPED_STRING:
		*key = typ[T_INT];
		*val = type_rune;
		return true;
	case T_ARRAY:
	case T_SLICE:
		*key = typ[T_INT];
		*val = u->elem;
		return true;
	case T_MAP:
		*key = u->key;
		*val = u->elem;
		return true;
	case T_CHAN:
		if (u->dir == CHAN_SEND) {
			*cause = "receive from send-only channel";
			return false;
		}
		*key = u->elem;
		return true;
	case T_FUNC:
		if (!ck_allow(k, 23)) {
			*cause = "requires go1.23 or later";
			return false;
		}
		if (u->fn.params->tuple.vars.n != 1) {
			*cause = "func must be func(yield func(...) bool): wrong argument count";
			return false;
		}
		cb = sigof(u->fn.params->tuple.vars.at[0]->type);
		if (cb == NULL) {
			*cause = "func must be func(yield func(...) bool): argument is not func";
			return false;
		}
		if (u->fn.results->tuple.vars.n != 0) {
			*cause = "func must be func(yield func(...) bool): unexpected results";
			return false;
		}
		if (cb->fn.params->tuple.vars.n > 2) {
			*cause = "func must be func(yield func(...) bool): yield func has too many parameters";
			return false;
		}
		if (cb->fn.results->tuple.vars.n != 1 || !type_isboolean(cb->fn.results->tuple.vars.at[0]->type)) {
			*cause = "func must be func(yield func(...) bool): yield func does not return bool";
			return false;
		}
		if (cb->fn.params->tuple.vars.n >= 1)
			*key = cb->fn.params->tuple.vars.at[0]->type;
		if (cb->fn.params->tuple.vars.n >= 2)
			*val = cb->fn.params->tuple.vars.at[1]->type;
		return true;
	default:
		if (type_isinteger(u)) {
			if (!ck_allow(k, 22)) {
				*cause = "requires go1.22 or later";
				return false;
			}
			*key = t;
			return true;
		}
		return false;
	}
}

static void
rangestmt(Checker *k, Stmt *s)
{
	Expr *lhs[2] = { s->range.key, s->range.value };
	Type *kv[2] = { NULL, NULL };
	Operand x;
	bool overint;

	ck_expr(k, NULL, &x, s->range.x);
	if (x.mode != MODE_NONE) {
		const char *cause = NULL;
		bool ok = x.mode != MODE_NIL && rangetypes(k, x.t, &kv[0], &kv[1], &cause);

		if (!ok) {
			if (cause != NULL)
				ck_error(k, ck_xpos(&x), "cannot range over %s: %s", ck_str(&x), cause);
			else if (ck_valid(ck_under(x.t)))
				ck_error(k, ck_xpos(&x), "cannot range over %s", ck_str(&x));
			kv[0] = kv[1] = NULL;
		} else if (kv[0] == NULL && lhs[0] != NULL) {
			ck_error(k, ck_start(lhs[0]), "range over %s permits no iteration variables", ck_str(&x));
		} else if (kv[1] == NULL && lhs[1] != NULL) {
			ck_error(k, ck_start(lhs[1]), "range over %s permits only one iteration variable", ck_str(&x));
		} else if (s->range.extra.n > 0) {
			ck_error(k, ck_start(s->range.extra.at[0]),
			    "range clause permits at most two iteration variables");
		}
	}
	ck_open(k);
	overint = x.mode != MODE_NONE && type_isinteger(x.t);
	if (x.mode == MODE_CONST && type_isuntyped(x.t) && type_isstring(x.t))
		ck_settype(k, x.e, typ[T_STRING], true);
	if (s->range.define) {
		ObjVec vars = { 0 };

		s->range.periter = ck_allow(k, 22);
		for (int i = 0; i < 2; i++) {
			Expr *e = lhs[i];
			Obj *o;

			if (e == NULL)
				continue;
			if (e->kind == EX_NAME) {
				o = ck_newvar(k, e->pos, e->name.text, NULL);
				e->name.obj = o;
				e->mode = MODE_VAR;
				if (!ck_isblank(e))
					vec_push(perm, &vars, o);
			} else {
				ck_error(k, ck_start(e), "cannot declare %s", expr_string(e));
				o = obj_new(OBJ_VAR, ck_start(e), k->pkg, intern_str("_"), NULL);
			}
			if (kv[i] == NULL || !ck_valid(kv[i])) {
				o->type = typ[T_INVALID];
				o->used = 1;	/* no complaint in addition */
			} else if (overint) {
				ck_initvar(k, o, &x, "range clause");
			} else {
				Operand y = { MODE_VALUE, 0, e, kv[i], NULL };

				ck_initvar(k, o, &y, "assignment");
			}
			e->type = o->type;
			e->untyped = 0;
		}
		if (vars.n > 0)
			for (int i = 0; i < vars.n; i++)
				ck_declare(k, k->env.scope, NULL, vars.at[i]);
		else
			ck_error(k, s->pos, "no new variables on left side of :=");
	} else if (lhs[0] != NULL) {
		for (int i = 0; i < 2; i++) {
			Expr *e = lhs[i];

			if (e == NULL || kv[i] == NULL || !ck_valid(kv[i]))
				continue;
			if (overint) {
				ck_assignvar(k, e, NULL, &x, "range clause");
				/* The variable's type is that of the range if the range is untyped. */
				if (x.mode != MODE_NONE && !type_isinteger(x.t))
					ck_error(k, ck_start(e), "cannot use iteration variable of type %s",
					    ck_tstr(k, x.t));
			} else {
				Operand y = { MODE_VALUE, 0, e, kv[i], NULL };

				ck_assignvar(k, e, NULL, &y, "assignment");
			}
		}
	} else if (overint) {
		ck_assignment(k, &x, NULL, "range clause");
	}
	stmt(k, s->range.body);
	ck_close(k);
}

static void
forstmt(Checker *k, Stmt *s)
{
	ck_open(k);
	if (s->fors.init != NULL) {
		stmt(k, s->fors.init);
		s->fors.periter = s->fors.init->kind == ST_DEFINE && ck_allow(k, 22);
	}
	if (s->fors.cond != NULL)
		condition(k, s->fors.cond, "for");
	if (s->fors.post != NULL) {
		stmt(k, s->fors.post);
		if (s->fors.post->kind == ST_DEFINE)
			ck_uselist(k, &s->fors.post->assign.lhs);	/* the parser complained about it */
	}
	stmt(k, s->fors.body);
	ck_close(k);
}

static void
ifstmt(Checker *k, Stmt *s)
{
	/* else if ... else if ... may be long: no recursion for it, but a scope each. */
	int nscopes = 0;

	for (;; s = s->ifs.els) {
		int top = k->later.n;

		ck_open(k);
		nscopes++;
		if (s->ifs.init != NULL)
			stmt(k, s->ifs.init);
		if (s->ifs.cond != NULL)
			condition(k, s->ifs.cond, "if");
		ck_dolater(k, top);
		stmt(k, s->ifs.then);
		if (s->ifs.els == NULL)
			break;
		if (s->ifs.els->kind != ST_IF) {
			stmt(k, s->ifs.els);
			break;
		}
	}
	while (nscopes-- > 0)
		ck_close(k);
}

static void
stmt(Checker *k, Stmt *s)
{
	int top = k->later.n;

	if (++k->depth > CHECK_MAXDEPTH) {
		ck_error(k, s->pos, "statement nested too deeply");
		k->depth--;
		return;
	}
	switch ((StmtKind)s->kind) {
	case ST_BAD:
	case ST_EMPTY:
	case ST_BRANCH:
		break;
	case ST_EXPR:
		exprstmt(k, s);
		break;
	case ST_SEND:
		sendstmt(k, s);
		break;
	case ST_INCDEC:
		incdec(k, s);
		break;
	case ST_ASSIGN:
		assignstmt(k, s);
		break;
	case ST_DEFINE:
		ck_define(k, s);
		break;
	case ST_GO:
	case ST_DEFER:
		suspended(k, s);
		break;
	case ST_RETURN:
		returnstmt(k, s);
		break;
	case ST_BLOCK:
		s->block.scope = ck_open(k);
		stmtlist(k, &s->block.list);
		ck_close(k);
		break;
	case ST_IF:
		ifstmt(k, s);
		break;
	case ST_SWITCH:
	case ST_TYPESWITCH:
		ck_open(k);
		if (s->sw.init != NULL)
			stmt(k, s->sw.init);
		if (s->kind == ST_SWITCH)
			switchstmt(k, s);
		else
			typeswitch(k, s);
		ck_close(k);
		break;
	case ST_SELECT:
		selectstmt(k, s);
		break;
	case ST_FOR:
		forstmt(k, s);
		break;
	case ST_RANGE:
		rangestmt(k, s);
		break;
	case ST_LABELED:
		stmt(k, s->labeled.stmt);
		break;
	case ST_DECL:
		ck_declstmt(k, &s->decl.list);
		break;
	}
	ck_dolater(k, top);
	k->depth--;
}
