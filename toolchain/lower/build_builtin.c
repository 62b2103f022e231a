/*
 * build_builtin.c - the predeclared functions and those of unsafe.
 *
 * bd_builtin evaluates the arguments; bd_builtinargs does the work on values, so that
 * `defer close(c)` and `go println(x)` can evaluate early and act late.
 */
#include "abi/g.h"
#include "lower/build.h"

static Opd
none(void)
{
	Opd x = { 0 };

	return x;
}

static Value *
select3(Value *cond, Value *a, Value *b)
{
	return bd_emit3(OP_SELECT, a->type, cond, a, b, 0);
}

/* ---- len, cap ---- */

static Opd
lencap(int id, Opd x, Type *t)
{
	Type *u = type_under(x.t);

	if (u->kind == T_PTR)
		u = type_under(u->elem);
	switch (u->kind) {
	case T_STRING:
		return bd_opd1(t, x.c[1]);
	case T_SLICE:
		return bd_opd1(t, x.c[id == BUILTIN_LEN ? 1 : 2]);
	case T_ARRAY:
		return bd_opd1(t, bd_int(VT_I64, u->len));
	case T_CHAN:
		return bd_opd1(t, bd_rt1(id == BUILTIN_LEN ? "chanlen" : "chancap", 1, x.c[0]));
	case T_MAP: {	/* the first word of a map is its count */
		Block *yes = bd_block(), *no = bd_block(), *done = bd_block();
		int var = bd_newvar(VT_I64);

		bd_if(bd_emit2(OP_NE, VT_I8, x.c[0], bd_nil(), 0), yes, no, 1);
		bd_sealstart(yes);
		bd_write(var, bd_emit1(OP_LOAD, VT_I64, x.c[0], 0));
		bd_jump(done);
		bd_sealstart(no);
		bd_write(var, bd_int(VT_I64, 0));
		bd_jump(done);
		bd_sealstart(done);
		return bd_opd1(t, bd_read(var));
	}
	}
	bug("lower: len of %s", type_string(x.t, NULL));
}

/* ---- append, copy, clear ---- */

/* s with room for n more elements; c[1] is still the old length. */
static Opd
grow(Opd s, Value *n, Value **newlen)
{
	Type *elem = type_under(s.t)->elem;
	Block *more = bd_block(), *done = bd_block();
	int ptr = bd_newvar(VT_PTR), cap = bd_newvar(VT_I64);
	Value *args[5], *r[3];

	*newlen = bd_emit2(OP_ADD, VT_I64, s.c[1], n, 0);
	bd_write(ptr, s.c[0]);
	bd_write(cap, s.c[2]);
	bd_if(bd_emit2(OP_LTU, VT_I8, s.c[2], *newlen, 0), more, done, -1);
	bd_sealstart(more);
	args[0] = s.c[0];
	args[1] = *newlen;
	args[2] = s.c[2];
	args[3] = n;
	args[4] = bd_desc(elem);
	bd_rt("growslice", args, r);
	if (lower_type(elem)->gc.ptrbytes == 0)
		r[0]->arg[0]->noptrs = true;
	bd_write(ptr, r[0]);
	bd_write(cap, r[2]);
	bd_jump(done);
	bd_sealstart(done);
	s.c[0] = bd_read(ptr);
	s.c[2] = bd_read(cap);
	return s;
}

static Value *
scale(Value *n, int64_t size)
{
	return size == 1 ? n : bd_emit2(OP_MUL, VT_I64, n, bd_int(VT_I64, size), 0);
}

/* Copies n elements, n maybe zero. */
static void
copyelems(Type *elem, Value *dst, Value *src, Value *n)
{
	const LowerType *lt = lower_type(elem);

	if (lt->gc.size == 0)
		return;
	if (lt->gc.ptrbytes > 0)
		bd_rt1("typedslicecopy", 5, bd_desc(elem), dst, n, src, n);
	else
		bd_rt1("memmove", 3, dst, src, scale(n, lt->gc.size));
}

static Opd
appendslice(Opd s, Opd t)
{
	Type *elem = type_under(s.t)->elem;
	Value *newlen, *n = t.c[1], *p;
	Opd r;
	Block *some, *done;
	int64_t size = lower_type(elem)->gc.size;

	r = grow(s, n, &newlen);
	if (size > 0) {
		some = bd_block();
		done = bd_block();
		bd_if(bd_emit2(OP_NE, VT_I8, n, bd_int(VT_I64, 0), 0), some, done, 1);
		bd_sealstart(some);
		p = bd_addvar(r.c[0], scale(s.c[1], size));
		copyelems(elem, p, t.c[0], n);
		bd_jump(done);
		bd_sealstart(done);
	}
	r.c[1] = newlen;
	return r;
}

static Value *
size64(Opd x)
{
	return bd_ext(x.c[0], VT_I64, type_isunsigned(x.t));
}

/* append(s, make([]T, n)...): room and zeros, without making the second slice. */
static Opd
appendzeros(Opd s, Value *n)
{
	Type *elem = type_under(s.t)->elem;
	const LowerType *lt = lower_type(elem);
	Value *newlen;
	Block *bad = bd_block(), *ok = bd_block(), *some, *done;
	Opd r;

	bd_if(bd_emit2(OP_LTS, VT_I8, n, bd_int(VT_I64, 0), 0), bad, ok, -1);
	bad->cold = true;
	bd_sealstart(bad);
	bd_rt("panicmakeslicelen", NULL, NULL);
	bd_exit();
	bd_sealstart(ok);
	r = grow(s, n, &newlen);
	if (lt->gc.size > 0) {
		some = bd_block();
		done = bd_block();
		bd_if(bd_emit2(OP_NE, VT_I8, n, bd_int(VT_I64, 0), 0), some, done, 1);
		bd_sealstart(some);
		bd_rt1(lt->gc.ptrbytes > 0 ? "memclrHasPointers" : "memclrNoHeapPointers", 2,
		    bd_addvar(r.c[0], scale(s.c[1], lt->gc.size)), scale(n, lt->gc.size));
		bd_jump(done);
		bd_sealstart(done);
	}
	r.c[1] = newlen;
	return r;
}

/* The n of make([]T, n), if e is that. */
static Expr *
madelen(Expr *e)
{
	e = bd_unparen(e);
	if (e->kind != EX_CALL || e->call.what != CALL_BUILTIN || e->call.builtin != BUILTIN_MAKE ||
	    e->call.args.n != 2 || type_core(bd_type(e->type))->kind != T_SLICE)
		return NULL;
	return e->call.args.at[1];
}

static Opd
append(Opd s, Opd *xs, int n)
{
	Type *elem = type_under(s.t)->elem;
	int64_t size = lower_type(elem)->gc.size;
	Value *newlen, *p;
	Opd r;

	if (n == 0)
		return s;
	r = grow(s, bd_int(VT_I64, n), &newlen);
	if (size > 0) {
		p = bd_addvar(r.c[0], scale(s.c[1], size));
		p->nonnil = true;
		for (int i = 0; i < n; i++)
			bd_store(p, i * size, xs[i]);
	}
	r.c[1] = newlen;
	return r;
}

static Opd
copy(Opd dst, Opd src, Type *t)
{
	Type *elem = type_core(dst.t)->elem;
	Value *n = select3(bd_emit2(OP_LTS, VT_I8, dst.c[1], src.c[1], 0), dst.c[1], src.c[1]);

	copyelems(elem, dst.c[0], src.c[0], n);
	return bd_opd1(t, n);
}

static void
clear(Opd x)
{
	Type *u = type_core(x.t);
	const LowerType *lt;
	Block *some, *done;

	if (u->kind == T_MAP) {
		bd_rt1("mapclear", 2, bd_desc(x.t), x.c[0]);
		return;
	}
	lt = lower_type(u->elem);
	if (lt->gc.size == 0)
		return;
	some = bd_block();
	done = bd_block();
	bd_if(bd_emit2(OP_NE, VT_I8, x.c[1], bd_int(VT_I64, 0), 0), some, done, 1);
	bd_sealstart(some);
	bd_rt1(lt->gc.ptrbytes > 0 ? "memclrHasPointers" : "memclrNoHeapPointers", 2, x.c[0],
	    scale(x.c[1], lt->gc.size));
	bd_jump(done);
	bd_sealstart(done);
}

static void
mapdelete(Opd m, Opd key)
{
	/* the generic form does for all; the others save taking the key's address */
	Type *u = type_under(m.t), *k = type_under(u->key);
	Value *args[4];

	args[0] = bd_desc(m.t);
	args[1] = m.c[0];
	if (k->kind == T_STRING) {
		args[2] = key.c[0];
		args[3] = key.c[1];
		bd_rt("mapdelete_faststr", args, NULL);
		return;
	}
	args[2] = bd_toaddr(key);
	bd_rt("mapdelete", args, NULL);
}

/* ---- make, new ---- */

static Opd
make(Type *t, Opd *args, int n)
{
	Type *u = type_core(t);
	int64_t i, c;

	switch (u->kind) {
	case T_SLICE: {
		Value *len = size64(args[0]), *cap = n > 1 ? size64(args[1]) : len;
		int64_t size = lower_type(u->elem)->gc.size;

		if (bd_isconst(cap, &c) && c >= 0 && (size == 0 || c <= (64 << 10) / size) && bd_isconst(len, &i) &&
		    i >= 0 && i <= c)
			return bd_opd3(t, bd_newarray(u->elem, c), len, cap);
		return bd_opd3(t, bd_rt1("makeslice", 3, bd_desc(u->elem), len, cap), len, cap);
	}
	case T_MAP:
		if (n == 0)
			return bd_opd1(t, bd_rt1("makemap_small", 0));
		return bd_opd1(t, bd_rt1("makemap", 3, bd_desc(t), size64(args[0]), bd_nil()));
	case T_CHAN:
		return bd_opd1(t, bd_rt1("makechan", 2, bd_desc(t), n > 0 ? size64(args[0]) : bd_int(VT_I64, 0)));
	}
	bug("lower: make of %s", type_string(t, NULL));
}

/* ---- min, max ---- */

static Opd
minmax(int id, Opd x, Opd y, Type *t)
{
	Value *less;
	Opd r = x;

	if (type_isfloat(t))
		return bd_opd1(t, bd_emit2(id == BUILTIN_MIN ? OP_FMIN : OP_FMAX, x.c[0]->type, x.c[0], y.c[0], 0));
	less = id == BUILTIN_MIN ? bd_compare(TK_LSS, y, x) : bd_compare(TK_LSS, x, y);	/* equal strings: the first */
	for (int i = 0; i < x.lt->ncomp; i++)
		r.c[i] = select3(less, y.c[i], x.c[i]);
	return bd_retype(r, t);
}

/* ---- print ---- */

static void
print1(Opd x)
{
	Type *u = type_under(x.t);

	/* clang-format off */
	switch (u->kind) {
	case T_BOOL: case T_UNTYPED_BOOL:
		bd_rt1("printbool", 1, x.c[0]);
		return;
	case T_FLOAT32: case T_FLOAT64: case T_UNTYPED_FLOAT:
		bd_rt1("printfloat", 1, x.c[0]->type == VT_F64 ? x.c[0] : bd_emit1(OP_F2F, VT_F64, x.c[0], 0));
		return;
	case T_COMPLEX64: case T_COMPLEX128: {
		Opd y = bd_convert(x, typ[T_COMPLEX128]);

		bd_rt1("printcomplex", 2, y.c[0], y.c[1]);
		return;
	}
	/* clang-format on */
	case T_STRING:
		bd_rt1("printstring", 2, x.c[0], x.c[1]);
		return;
	case T_SLICE:
		bd_rt1("printslice", 3, x.c[0], x.c[1], x.c[2]);
		return;
	case T_INTERFACE:
		bd_rt1(type_typeset(u)->methods.n == 0 ? "printeface" : "printiface", 2, x.c[0], x.c[1]);
		return;
	case T_PTR:
	case T_CHAN:
	case T_MAP:
	case T_FUNC:
	case T_UNSAFEPTR:
		bd_rt1("printpointer", 1, x.c[0]);
		return;
	default:
		break;
	}
	if (x.t->kind == T_NAMED && strcmp(x.t->named.obj->name, "hex") == 0 &&
	    strcmp(bd_pkgpath(x.t->named.obj), "runtime") == 0) {
		bd_rt1("printhex", 1, bd_ext(x.c[0], VT_I64, true));
		return;
	}
	if (type_isunsigned(u))
		bd_rt1("printuint", 1, bd_ext(x.c[0], VT_I64, true));
	else
		bd_rt1("printint", 1, bd_ext(x.c[0], VT_I64, false));
}

static void
print(int id, Opd *args, int n)
{
	bd_rt1("printlock", 0);
	for (int i = 0; i < n; i++) {
		if (i > 0 && id == BUILTIN_PRINTLN)
			bd_rt1("printsp", 0);
		print1(args[i]);
	}
	if (id == BUILTIN_PRINTLN)
		bd_rt1("printnl", 0);
	bd_rt1("printunlock", 0);
}

/* ---- unsafe ---- */

static void
panicif(Value *cond, const char *fn)
{
	Block *bad = bd_block(), *good = bd_block();

	bad->cold = true;
	bd_if(cond, bad, good, -1);
	bd_sealstart(bad);
	bd_rt1(fn, 0);
	bd_exit();
	bd_sealstart(good);
}

/* The checks of unsafe.Slice and unsafe.String: n elements of size bytes at p. */
static void
checkunsafe(Value *p, Value *n, int64_t size, const char *badlen, const char *badnil)
{
	Value *pi = bd_emit1(OP_P2I, VT_I64, p, 0), *mem = n, *room;

	panicif(bd_emit2(OP_LTS, VT_I8, n, bd_int(VT_I64, 0), 0), badlen);
	if (size > 1) {
		Value *hi = bd_emit2(OP_MULHU, VT_I64, n, bd_int(VT_I64, size), 0);

		panicif(bd_emit2(OP_NE, VT_I8, hi, bd_int(VT_I64, 0), 0), badlen);
		mem = bd_emit2(OP_MUL, VT_I64, n, bd_int(VT_I64, size), 0);
	}
	{
		Block *isnil = bd_block(), *notnil = bd_block(), *done = bd_block();

		bd_if(bd_emit2(OP_EQ, VT_I8, pi, bd_int(VT_I64, 0), 0), isnil, notnil, -1);
		bd_sealstart(isnil);
		panicif(bd_emit2(OP_NE, VT_I8, n, bd_int(VT_I64, 0), 0), badnil);
		bd_jump(done);
		bd_sealstart(notnil);
		if (size > 0) {
			room = bd_emit1(OP_NEG, VT_I64, pi, 0);
			panicif(bd_emit2(OP_LTU, VT_I8, room, mem, 0), badlen);
		}
		bd_jump(done);
		bd_sealstart(done);
	}
}

/* ---- recover ---- */

Value *
bd_callersp(void)
{
	return bd_emit(OP_CALLERSP, VT_I64, 0);
}

Value *
bd_argdepth(void)
{
	Value *hi = bd_emit1(OP_LOAD, VT_I64, bd_emit(OP_GETG, VT_PTR, 0), G_STACKHI);

	return bd_emit2(OP_SUB, VT_I64, hi, bd_callersp(), 0);
}

/* recover, as if called by the function whose arguments lie there. */
Value *
bd_recover(Value *argdepth, Value **word1)
{
	Value *hi = bd_emit1(OP_LOAD, VT_I64, bd_emit(OP_GETG, VT_PTR, 0), G_STACKHI), *r[2];

	bd_rt("gorecover", (Value *[]){ bd_emit1(OP_I2P, VT_PTR, bd_emit2(OP_SUB, VT_I64, hi, argdepth, 0), 0) }, r);
	*word1 = r[1];
	return r[0];
}

/* ---- all ---- */

/* t: type of the call's result. The arguments are evaluated, in order; types as arguments are not among them. */
static Opd
apply(Expr *e, Type *t, Opd *args, int n)
{
	int id = e->call.builtin;
	Value *r[2];

	/* clang-format off */
	switch (id) {
	case BUILTIN_APPEND:
		if (e->dots)
			return appendslice(args[0], args[1]);
		return append(args[0], args + 1, n - 1);
	case BUILTIN_CAP: case BUILTIN_LEN:
		return lencap(id, args[0], t);
	case BUILTIN_CLEAR:
		clear(args[0]);
		return none();
	case BUILTIN_CLOSE:
		bd_rt1("closechan", 1, args[0].c[0]);
		return none();
	case BUILTIN_COMPLEX:
		return bd_opd2(t, args[0].c[0], args[1].c[0]);
	case BUILTIN_REAL: case BUILTIN_IMAG:
		return bd_opd1(t, args[0].c[id == BUILTIN_IMAG]);
	case BUILTIN_COPY:
		return copy(args[0], args[1], t);
	case BUILTIN_DELETE:
		mapdelete(args[0], args[1]);
		return none();
	case BUILTIN_MAX: case BUILTIN_MIN: {
		Opd x = bd_retype(args[0], t);

		for (int i = 1; i < n; i++)
			x = minmax(id, x, bd_retype(args[i], t), t);
		return x;
	}
	/* clang-format on */
	case BUILTIN_PANIC:
		r[0] = args[0].c[0];
		r[1] = args[0].c[1];
		bd_rt("gopanic", r, NULL);
		bd_exit();
		return none();
	case BUILTIN_PRINT:
	case BUILTIN_PRINTLN:
		print(id, args, n);
		return none();
	case BUILTIN_RECOVER:
		if (bd->ctx->lit->range != NULL)
			r[0] = bd_recover(bd_varload(bd_var(bd_fnlit(bd->ctx->lit)->argdepth)).c[0], &r[1]);
		else
			bd_rt("gorecover", (Value *[]){ bd_emit1(OP_I2P, VT_PTR, bd_callersp(), 0) }, r);
		return bd_opd2(t != NULL && t->kind != T_INVALID ? t : type_any, r[0], r[1]);
	case BUILTIN_UNSAFE_ADD: {
		Value *p = bd_emit2(OP_ADDPTR, VT_PTR, args[0].c[0], size64(args[1]), 0);

		return bd_opd1(t, p);
	}
	case BUILTIN_UNSAFE_SLICE: {
		Type *elem = type_under(args[0].t)->elem;
		Value *len = size64(args[1]);

		checkunsafe(args[0].c[0], len, lower_type(elem)->gc.size, "panicunsafeslicelen",
		    "panicunsafeslicenilptr");
		return bd_opd3(t, args[0].c[0], len, len);
	}
	case BUILTIN_UNSAFE_STRING: {
		Value *len = size64(args[1]);

		checkunsafe(args[0].c[0], len, 1, "panicunsafestringlen", "panicunsafestringnilptr");
		return bd_opd2(t, args[0].c[0], len);
	}
	case BUILTIN_UNSAFE_SLICEDATA:
	case BUILTIN_UNSAFE_STRINGDATA:
		return bd_opd1(t, args[0].c[0]);
	default:
		bug("lower: builtin %d not supported yet", id);
	}
}

Opd
bd_builtinargs(Expr *e, Opd *args, int n)
{
	return apply(e, e->type != NULL ? bd_type(e->type) : NULL, args, n);
}

static Type *
paramtype(Expr *e, int i, Opd *args)
{
	switch (e->call.builtin) {
	case BUILTIN_APPEND:
		if (i > 0 && !e->dots)
			return type_core(args[0].t)->elem;
		return NULL;
	case BUILTIN_DELETE:
		return i == 1 ? type_core(args[0].t)->key : NULL;
	case BUILTIN_PANIC:
		return type_any;
	default:
		return NULL;
	}
}

/* Whether the builtin looks at its ith argument and keeps nothing of it. */
static bool
peeks(const Expr *e, int i)
{
	switch (e->call.builtin) {
	case BUILTIN_LEN:
		return true;
	case BUILTIN_APPEND:
		return i == 1 && e->dots;
	case BUILTIN_COPY:
	case BUILTIN_DELETE:
		return i == 1;
	default:
		return false;
	}
}

Opd
bd_builtin(Expr *e)
{
	ExprVec *ex = &e->call.args;
	Opd args[1024], *p = args, r;
	OpdVec multi = { 0 };
	Type *t = e->type != NULL ? bd_type(e->type) : NULL;
	int n = 0, first = 0;

	switch (e->call.builtin) {
	case BUILTIN_APPEND:
		if (e->dots && ex->n == 2 && !lw.noopt && madelen(ex->at[1]) != NULL) {
			Opd len;

			r = bd_hold(bd_expr(ex->at[0]));
			if (bd_isnil(ex->at[0]))
				r = bd_zero(t);
			len = bd_expr(madelen(ex->at[1]));
			bd->pos = e->pos;
			return appendzeros(bd_retype(r, t), size64(len));
		}
		break;
	case BUILTIN_NEW: {
		Value *v = bd_new(bd_type(ex->at[0]->type));

		report_expr(v, e);
		return bd_opd1(t, v);
	}
	case BUILTIN_MAKE:
		first = 1;
		break;
	case BUILTIN_UNSAFE_SIZEOF:
		return bd_opd1(t, bd_int(VT_I64, type_size(bd_type(ex->at[0]->type))));
	case BUILTIN_UNSAFE_ALIGNOF:
		return bd_opd1(t, bd_int(VT_I64, type_align(bd_type(ex->at[0]->type))));
	case BUILTIN_UNSAFE_OFFSETOF: {
		Expr *s = bd_unparen(ex->at[0]);
		bool wasptr;
		Type *st = type_deref(bd_type(s->selector.x->type), &wasptr);
		int64_t off = 0;

		for (int i = 0; i < s->selector.selection->path.n; i++) {
			Type *u = type_under(st);

			off += type_offset(u, s->selector.selection->path.at[i]);
			st = u->st.fields.at[s->selector.selection->path.at[i]]->type;
		}
		return bd_opd1(t, bd_int(VT_I64, off));
	}
	case BUILTIN_LEN:
	case BUILTIN_CAP: { /* arrays are not copied for their length */
		Expr *x = bd_unparen(ex->at[0]);
		Type *u = type_under(bd_type(x->type));

		if (u->kind == T_ARRAY && bd_addressable(x)) {
			(void)bd_lval(x);
			return bd_opd1(t, bd_int(VT_I64, u->len));
		}
		break;
	}
	default:
		break;
	}
	if (ex->n == 1 && bd_unparen(ex->at[0])->kind == EX_CALL && ex->at[0]->type != NULL &&
	    ex->at[0]->type->kind == T_TUPLE) {
		bd_callresults(bd_unparen(ex->at[0]), &multi);
		p = multi.at;
		n = multi.n;
		for (int i = 0; i < n; i++) {
			Type *pt = paramtype(e, i, p);

			if (pt != NULL)
				p[i] = bd_implicit(p[i], pt);
		}
	} else {
		if (ex->n > (int)NELEM(args))
			p = NEWN(bd->a, Opd, ex->n);
		for (int i = first; i < ex->n; i++) {
			Expr *a = ex->at[i];
			Type *pt = paramtype(e, i, p);

			if (pt != NULL)
				p[n] = peeks(e, i) ? bd_peekconv(a, pt) : bd_exprconv(a, pt);
			else if (bd_isnil(a))
				p[n] = bd_zero(e->call.builtin == BUILTIN_APPEND && i > 0 ? p[0].t :
					e->call.builtin == BUILTIN_PRINT || e->call.builtin == BUILTIN_PRINTLN ?
											    typ[T_UNSAFEPTR] :
											    bd_type(a->type));
			else
				p[n] = peeks(e, i) ? bd_peek(a) : bd_expr(a);
			p[n] = bd_hold(p[n]);
			n++;
		}
	}
	bd->pos = e->pos;
	if (e->call.builtin == BUILTIN_MAKE) {
		Type *mt = bd_type(ex->at[0]->type);

		r = make(mt, p, n);
		if (type_core(mt)->kind != T_CHAN)	/* never on the stack: nothing to tell */
			report_expr(r.c[0], e);
		return r;
	}
	return apply(e, t, p, n);
}
