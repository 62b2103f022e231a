/*
 * static.c - package-level variables whose value is known before the program
 * runs: constants, addresses, composite literals of such, functions, and
 * interfaces that hold such.
 *
 * Every initialiser is walked twice by the same function: first with no symbol
 * to write to, which only finds out whether all of it is static, then to write.
 * A variable starts as BSS and becomes data when something nonzero is put in.
 *
 * What read-only symbols point to needs no tracing by the collector: it is
 * other static data, which is a root itself.
 */
#include "lower/build.h"

static int ntemps;

static Expr *
unparen(Expr *e)
{
	while (e->kind == EX_PAREN)
		e = e->unary.x;
	return e;
}

ObjSym *
lower_stringdata(const char *p, size_t n)
{
	return obj_text(lw.o, p, n);
}

/* Pointer mask of a symbol that is one t. */
static void
setmask(ObjSym *s, Type *t)
{
	const GcType *gc = lower_gctype(t);
	int ps = lw.target->ptrsize;
	uint8_t *mask;

	/* what is larger no linker takes: there may not be the memory for its mask */
	if (gc->ptrbytes == 0 || gc->size > LOWER_MAXDATA)
		return;
	s->ptrwords = (uint64_t)(gc->ptrbytes / ps);
	if (gc->ptrmask != NULL) {
		s->ptrmask = gc->ptrmask;
		return;
	}
	mask = NEWN(lw.a, uint8_t, s->ptrwords / 8 + 1);
	lower_ptrmask(t, 0, mask);
	s->ptrmask = mask;
}

/* After something was put into s, which was made for one t. */
static void
settle(ObjSym *s, Type *t, bool readonly)
{
	const GcType *gc = lower_gctype(t);
	bool zero = s->relocs.n == 0;

	for (size_t i = 0; zero && i < s->data.n; i++)
		zero = s->data.p[i] == 0;
	if (zero && !readonly) {
		s->data.n = 0;
		s->size = (uint64_t)gc->size;
		return;
	}
	lower_putzero(s, gc->size);
	s->size = s->data.n;
	if (readonly)
		s->kind = s->relocs.n > 0 ? SYM_RELRO : SYM_RODATA;
	else
		s->kind = gc->ptrbytes > 0 ? SYM_DATA : SYM_NOPTRDATA;
	lower_sortrelocs(s);
}

static ObjSym *
definevar(const char *name, Type *t, unsigned flags)
{
	const GcType *gc = lower_gctype(t);
	ObjSym *s = obj_define(lw.o, name, gc->ptrbytes > 0 ? SYM_BSS : SYM_NOPTRBSS, flags,
	    (uint32_t)(gc->align > 0 ? gc->align : 1));

	s->size = (uint64_t)gc->size;
	setmask(s, t);
	s->gotype = gc->desc->name;
	return s;
}

static ObjSym *
newtemp(Type *t)
{
	return definevar(intern_printf("%s..stmp_%d", lower_pkgprefix(lw.pkg), ntemps++), t, SYMF_LOCAL);
}

/* Read-only data is filled in a symbol without a name, then named by its content: functions of several packages that
 * mention it stay equal. */
static ObjSym *
newreadonly(Type *t)
{
	ObjSym *s = NEW(lw.a, ObjSym);

	s->name = "";
	s->align = (uint32_t)(type_align(t) > 0 ? type_align(t) : 1);
	return s;
}

static ObjSym *
named(ObjSym *s, Type *t)
{
	Sha256 h;
	uint8_t sum[32];
	Buf b = { 0 };
	ObjSym *d;

	settle(s, t, true);
	sha256_init(&h);
	sha256_add(&h, s->data.p, s->data.n);
	sha256_add(&h, &s->align, sizeof s->align);
	for (int i = 0; i < s->relocs.n; i++) {
		const ObjReloc *r = &s->relocs.at[i];
		char text[64];

		snprintf(text, sizeof text, "\n%u %d %lld ", r->off, r->kind, (long long)r->add);
		sha256_add(&h, text, strlen(text));
		sha256_add(&h, r->sym->name, strlen(r->sym->name));
	}
	sha256_sum(&h, sum);
	buf_str(&b, "go:rodata.");
	for (int i = 0; i < 16; i++)
		buf_printf(&b, "%02x", sum[i]);
	d = obj_sym(lw.o, intern((const char *)b.p, b.n));
	buf_free(&b);
	if (!d->defined) {
		d = obj_define(lw.o, d->name, s->kind, SYMF_DUPOK, s->align);
		d->data = s->data;
		d->size = s->size;
		for (int i = 0; i < s->relocs.n; i++)
			obj_reloc(d, s->relocs.at[i].off, s->relocs.at[i].kind, s->relocs.at[i].sym,
			    s->relocs.at[i].add);
	} else
		buf_free(&s->data);
	return d;
}

/* ---- constants ---- */

static void
putfloat(ObjSym *s, int64_t off, int size, const Const *c)
{
	if (size == 4) {
		float f = const_float32(c);
		uint32_t u;

		memcpy(&u, &f, 4);
		lower_putint(s, off, 4, u);
	} else {
		double f = const_float64(c);
		uint64_t u;

		memcpy(&u, &f, 8);
		lower_putint(s, off, 8, u);
	}
}

static bool
putconst(ObjSym *s, int64_t off, Type *t, const Const *c)
{
	Type *u = type_under(t);
	int ps = lw.target->ptrsize;

	/* clang-format off */
	switch (u->kind) {
	case T_BOOL:
		if (s != NULL)
			lower_putint(s, off, 1, c->b);
		return true;
	case T_INT: case T_INT8: case T_INT16: case T_INT32: case T_INT64:
	case T_UINT: case T_UINT8: case T_UINT16: case T_UINT32: case T_UINT64: case T_UINTPTR:
		if (s != NULL)
			lower_putint(s, off, (int)type_size(u), const_bits(const_toint(c)));
		return true;
	case T_UNSAFEPTR: case T_PTR:
		if (s != NULL)
			lower_putint(s, off, ps, const_bits(const_toint(c)));
		return true;
	case T_FLOAT32: case T_FLOAT64:
		if (s != NULL)
			putfloat(s, off, (int)type_size(u), c);
		return true;
	case T_COMPLEX64: case T_COMPLEX128: {
		int n = (int)type_size(u) / 2;

		if (s != NULL) {
			putfloat(s, off, n, const_real(c));
			putfloat(s, off + n, n, const_imag(c));
		}
		return true;
	}
	/* clang-format on */
	case T_STRING:
		if (c->kind != CONST_STRING)
			return false;
		if (s != NULL && c->s.n > 0) {
			lower_putaddr(s, off, lower_stringdata(c->s.p, c->s.n), 0);
			lower_putint(s, off + ps, ps, c->s.n);
		}
		return true;
	default:
		return false;
	}
}

/* ---- addresses ---- */

static Obj *
globalvar(Expr *e)
{
	Obj *o = NULL;

	if (e->kind == EX_NAME)
		o = e->name.obj;
	else if (e->kind == EX_SELECTOR && e->selector.selection == NULL)
		o = e->selector.sel->name.obj;
	return o != NULL && o->kind == OBJ_VAR && o->isglobal ? o : NULL;
}

/* Is e a place whose address is known: a global variable or a part of one? */
static bool
staticplace(Expr *e, Obj **var, int64_t *off)
{
	Obj *o;

	e = unparen(e);
	if ((o = globalvar(e)) != NULL) {
		*var = o;
		*off = 0;
		return true;
	}
	if (e->kind == EX_SELECTOR && e->selector.selection != NULL && e->selector.selection->kind == SEL_FIELD) {
		const Selection *sel = e->selector.selection;
		Type *t = e->selector.x->type;

		if (!staticplace(e->selector.x, var, off))
			return false;
		for (int i = 0; i < sel->path.n; i++) {
			Type *u = type_under(t);

			if (u->kind != T_STRUCT)
				return false;
			*off += type_offset(u, sel->path.at[i]);
			t = obj_type(u->st.fields.at[sel->path.at[i]]);
		}
		return true;
	}
	if (e->kind == EX_INDEX && e->index.inst == NULL && e->index.index.n == 1) {
		Type *u = type_under(e->index.x->type);
		Expr *i = e->index.index.at[0];
		int64_t n;

		if (u->kind != T_ARRAY || i->mode != MODE_CONST || !const_isint64(const_toint(i->cv), &n) || n < 0 ||
		    n >= u->len || !staticplace(e->index.x, var, off))
			return false;
		*off += n * type_size(u->elem);
		return true;
	}
	return false;
}

/* ---- values ---- */

static bool put(ObjSym *s, int64_t off, Type *t, Expr *e);

static int
fieldindex(Type *u, const char *name)
{
	for (int i = 0; i < u->st.fields.n; i++)
		if (u->st.fields.at[i]->name == name)
			return i;
	bug("no field %s", name);
}

static bool
constindex(Expr *key, int64_t *i)
{
	return key->mode == MODE_CONST && key->cv != NULL && const_isint64(const_toint(key->cv), i);
}

/* Elements of an array or slice literal, into an array at off. n: gets the length. */
static bool
putelems(ObjSym *s, int64_t off, Type *elem, Expr *lit, int64_t *n)
{
	int64_t i = 0, max = 0, size = type_size(elem);

	for (int k = 0; k < lit->composite.elems.n; k++) {
		Expr *x = lit->composite.elems.at[k];

		if (x->kind == EX_KEYVALUE) {
			if (!constindex(x->binary.x, &i))
				return false;
			x = x->binary.y;
		}
		if (!put(s, off + i * size, elem, x))
			return false;
		i++;
		if (i > max)
			max = i;
	}
	if (n != NULL)
		*n = max;
	return true;
}

static bool
putcomposite(ObjSym *s, int64_t off, Type *t, Expr *e)
{
	Type *u = type_under(t);
	int ps = lw.target->ptrsize;

	switch (u->kind) {
	case T_STRUCT:
		for (int k = 0; k < e->composite.elems.n; k++) {
			Expr *x = e->composite.elems.at[k];
			int i = k;

			if (x->kind == EX_KEYVALUE) {
				i = fieldindex(u, x->binary.x->name.text);
				x = x->binary.y;
			}
			if (strcmp(u->st.fields.at[i]->name, "_") == 0) {	/* stays zero */
				if (s == NULL && !put(NULL, 0, obj_type(u->st.fields.at[i]), x))
					return false;
				continue;
			}
			if (!put(s, off + type_offset(u, i), obj_type(u->st.fields.at[i]), x))
				return false;
		}
		return true;
	case T_ARRAY:
		return putelems(s, off, u->elem, e, NULL);
	case T_SLICE: {
		int64_t n;
		ObjSym *a;
		Type *at;

		if (!putelems(NULL, 0, u->elem, e, &n))
			return false;
		if (s == NULL)
			return true;
		if (n == 0 || type_size(u->elem) == 0) {
			lower_putaddr(s, off, lower_rt("zerobase"), 0);
		} else {
			at = type_array(u->elem, n);
			a = newtemp(at);
			putelems(a, 0, u->elem, e, NULL);
			settle(a, at, false);
			lower_putaddr(s, off, a, 0);
		}
		lower_putint(s, off + ps, ps, (uint64_t)n);
		lower_putint(s, off + 2 * ps, ps, (uint64_t)n);
		return true;
	}
	default:
		return false;
	}
}

/* &T{...}, as the literal says or because elided. */
static bool
putnew(ObjSym *s, int64_t off, Type *t, Expr *lit)
{
	ObjSym *x;

	if (!putcomposite(NULL, 0, t, lit))
		return false;
	if (s == NULL)
		return true;
	if (type_size(t) == 0) {
		lower_putaddr(s, off, lower_rt("zerobase"), 0);
		return true;
	}
	x = newtemp(t);
	putcomposite(x, 0, t, lit);
	settle(x, t, false);
	lower_putaddr(s, off, x, 0);
	return true;
}

static bool
putiface(ObjSym *s, int64_t off, Type *t, Expr *e)
{
	Type *from = e->type;
	const LowerType *l;
	int ps = lw.target->ptrsize;
	ObjSym *x;

	if (from == NULL || type_isuntyped(from) || type_hastparam(from))
		return false;
	if (type_isinterface(from))
		return type_identical(from, t) && put(s, off, t, e);
	l = lower_type(from);
	if (s == NULL)
		return put(NULL, 0, from, e);
	if (type_typeset(type_under(t))->methods.n > 0)
		lower_putaddr(s, off, lower_itab(from, t), 0);
	else
		lower_putaddr(s, off, lower_desc(from), 0);
	obj_reloc(s, (uint32_t)off, OBJ_R_USEIFACE, lower_desc(from), 0);
	if (l->direct)
		return put(s, off + ps, from, e);
	if (l->gc.size == 0) {
		lower_putaddr(s, off + ps, lower_rt("zerobase"), 0);
		return true;
	}
	x = newreadonly(from);
	put(x, 0, from, e);
	lower_putaddr(s, off + ps, named(x, from), 0);
	return true;
}

/* Same bits in both types: the conversion does nothing. */
static bool
samebits(Type *from, Type *to)
{
	Type *a = type_under(from), *b = type_under(to);

	if (type_identical_notags(a, b))
		return true;
	return (a->kind == T_PTR || a->kind == T_UNSAFEPTR) && (b->kind == T_PTR || b->kind == T_UNSAFEPTR);
}

static bool
putconversion(ObjSym *s, int64_t off, Type *t, Expr *x)
{
	Type *u = type_under(t);
	int ps = lw.target->ptrsize;
	ObjSym *a;
	Type *at;

	if (x->type == NULL)
		return false;
	if (u->kind == T_INTERFACE)
		return put(s, off, t, x);
	if (x->mode == MODE_CONST && x->cv != NULL && x->cv->kind == CONST_STRING && u->kind == T_SLICE &&
	    type_under(u->elem)->kind == T_UINT8) {
		if (s == NULL)
			return true;
		if (x->cv->s.n == 0)
			lower_putaddr(s, off, lower_rt("zerobase"), 0);
		else {
			at = type_array(u->elem, (int64_t)x->cv->s.n);
			a = newtemp(at);
			lower_putbytes(a, 0, x->cv->s.p, x->cv->s.n);
			settle(a, at, false);
			lower_putaddr(s, off, a, 0);
		}
		lower_putint(s, off + ps, ps, x->cv->s.n);
		lower_putint(s, off + 2 * ps, ps, x->cv->s.n);
		return true;
	}
	if (x->mode == MODE_NIL)
		return put(s, off, t, x);
	return !type_isuntyped(x->type) && samebits(x->type, t) && put(s, off, x->type, x);
}

static bool
putfunc(ObjSym *s, int64_t off, Obj *fn, const Inst *inst)
{
	Type *ft = obj_type(fn);

	if (ft == NULL || ft->kind != T_FUNC || ft->fn.recv != NULL || (inst == NULL && ft->fn.tparams.n > 0))
		return false;
	if (s == NULL)
		return true;
	if (inst != NULL)
		lower_putaddr(s, off, lower_funcval(bd_code(fn, inst->targs.at, inst->targs.n)->name), 0);
	else
		lower_putaddr(s, off, lower_funcval(lower_funcname(fn, NULL, 0)), 0);
	return true;
}

/* Puts e, converted to t, at off; s NULL: only says whether that can be done. */
static bool
put(ObjSym *s, int64_t off, Type *t, Expr *e)
{
	Obj *o;
	int64_t place;

	e = unparen(e);
	if (e->mode == MODE_NIL)
		return true;
	if (type_isinterface(t) && e->type != NULL && !type_isinterface(e->type))
		return putiface(s, off, t, e);
	if (e->mode == MODE_CONST)
		return e->cv != NULL && putconst(s, off, t, e->cv);
	switch (e->kind) {
	case EX_NAME:
		if (e->name.obj != NULL && e->name.obj->kind == OBJ_FUNC)
			return putfunc(s, off, e->name.obj, e->name.inst);
		return false;
	case EX_SELECTOR:
		o = e->selector.sel->name.obj;
		if (e->selector.selection == NULL && o != NULL && o->kind == OBJ_FUNC)
			return putfunc(s, off, o, e->selector.sel->name.inst);
		return false;
	case EX_INDEX:
		if (e->index.inst != NULL) {
			Expr *x = unparen(e->index.x);

			if (x->kind == EX_SELECTOR && x->selector.selection == NULL)
				x = x->selector.sel;
			if (x->kind == EX_NAME && x->name.obj != NULL && x->name.obj->kind == OBJ_FUNC)
				return putfunc(s, off, x->name.obj, e->index.inst);
		}
		return false;
	case EX_FUNCLIT: {
		const char *name = bd_staticlit(e, s != NULL);

		if (name == NULL)
			return false;
		if (s != NULL)
			lower_putaddr(s, off, lower_funcval(name), 0);
		return true;
	}
	case EX_COMPOSITE:
		if (e->type == NULL || type_hastparam(e->type))
			return false;
		if (e->isptr) {
			Type *u = type_under(t);

			return u->kind == T_PTR && putnew(s, off, u->elem, e);
		}
		return putcomposite(s, off, e->type, e);
	case EX_UNARY:
		if (e->op == TK_AND) {
			Expr *x = unparen(e->unary.x);

			if (x->kind == EX_COMPOSITE)
				return x->type != NULL && !type_hastparam(x->type) && putnew(s, off, x->type, x);
			if (staticplace(x, &o, &place)) {
				if (s != NULL)
					lower_putaddr(s, off, lower_varsym(o), place);
				return true;
			}
		}
		return false;
	case EX_CALL:
		if (e->call.what == CALL_CONVERT && e->call.args.n == 1)
			return putconversion(s, off, t, unparen(e->call.args.at[0]));
		if (e->call.what == CALL_BUILTIN && e->call.builtin == BUILTIN_NEW && type_under(t)->kind == T_PTR &&
		    !type_hastparam(t)) {
			Type *elem = type_under(t)->elem;

			if (s != NULL)
				lower_putaddr(s, off, type_size(elem) == 0 ? lower_rt("zerobase") : newtemp(elem), 0);
			return true;
		}
		return false;
	default:
		return false;
	}
}

bool
lower_static(ObjSym *sym, int64_t off, Type *t, Expr *e)
{
	if (off != 0)
		bug("static initialisation of a part");
	if (!put(NULL, 0, t, e))
		return false;
	put(sym, 0, t, e);
	settle(sym, t, false);
	return true;
}

/* Only data: addresses that a copy may share are fine, fresh mutable memory is not. */
static bool
shareable(Expr *e)
{
	e = unparen(e);
	if (e->mode == MODE_CONST || e->mode == MODE_NIL)
		return true;
	/* clang-format off */
	switch (e->kind) {
	case EX_NAME: case EX_SELECTOR:
		return true;	/* functions; all else put refuses */
	case EX_COMPOSITE:
		if (e->isptr || e->type == NULL || type_under(e->type)->kind == T_SLICE || type_under(e->type)->kind == T_MAP)
			return false;
		for (int i = 0; i < e->composite.elems.n; i++) {
			Expr *x = e->composite.elems.at[i];

			if (!shareable(x->kind == EX_KEYVALUE ? x->binary.y : x))
				return false;
		}
		return true;
	default:
		return false;
	}
	/* clang-format on */
}

ObjSym *
lower_readonly(Type *t, Expr *e)
{
	ObjSym *s;

	if (type_hastparam(t) || e->type == NULL || type_hastparam(e->type) || !shareable(e) || !put(NULL, 0, t, e))
		return NULL;
	s = newreadonly(t);
	put(s, 0, t, e);
	return named(s, t);
}

/* The backing array, of type at, of a slice literal. */
ObjSym *
lower_readonlyarray(Type *at, Expr *e)
{
	ObjSym *s;

	if (type_hastparam(at) || e->type == NULL || type_hastparam(e->type))
		return NULL;
	for (int i = 0; i < e->composite.elems.n; i++) {
		Expr *x = e->composite.elems.at[i];

		if (!shareable(x->kind == EX_KEYVALUE ? x->binary.y : x))
			return NULL;
	}
	if (!putelems(NULL, 0, at->elem, e, NULL))
		return NULL;
	s = newreadonly(at);
	putelems(s, 0, at->elem, e, NULL);
	return named(s, at);
}

/* Keys and values of a map literal as two read-only arrays. */
bool
lower_readonlytables(Expr *e, Type *key, Type *elem, ObjSym **keys, ObjSym **values)
{
	int n = e->composite.elems.n;

	if (type_hastparam(e->type) || type_size(key) == 0 || type_size(elem) == 0)
		return false;
	for (int i = 0; i < n; i++) {
		Expr *x = e->composite.elems.at[i];

		if (!shareable(x->binary.x) || !put(NULL, 0, key, x->binary.x) || !shareable(x->binary.y) ||
		    !put(NULL, 0, elem, x->binary.y))
			return false;
	}
	*keys = newreadonly(type_array(key, n));
	*values = newreadonly(type_array(elem, n));
	for (int i = 0; i < n; i++) {
		Expr *x = e->composite.elems.at[i];

		put(*keys, i * type_size(key), key, x->binary.x);
		put(*values, i * type_size(elem), elem, x->binary.y);
	}
	*keys = named(*keys, type_array(key, n));
	*values = named(*values, type_array(elem, n));
	return true;
}

/* ---- the package's variables ---- */

void
lower_globals(void)
{
	const void *key;
	void *value;

	if (lw.pkg->scope == NULL || lw.pkg->scope->names == NULL)
		return;
	for (int i = 0; map_next(lw.pkg->scope->names, &i, &key, &value);) {
		Obj *o = value;
		Type *t;

		if (o->kind != OBJ_VAR || o->pkg != lw.pkg || o->name[0] == '\0' || strcmp(o->name, "_") == 0)
			continue;
		t = obj_type(o);
		/* a linkname may mean another's variable: without content this definition yields to that one in the linker */
		if (t == NULL || strcmp(lower_varname(o), intern_printf("%s..inittask", lower_pkgprefix(lw.pkg))) == 0)
			continue;
		definevar(lower_varname(o), t, 0);
		if (o->decl != NULL && o->decl->kind == DE_VAR && o->decl->value.embeds.n > 0)
			lower_embed(o);
	}
}

/* runtime's initTask: state, number of functions, their addresses. The linker orders tasks by the marks. */
void
lower_inittask(ObjSym **fns, int n)
{
	int ps = lw.target->ptrsize;
	ObjSym *s =
	    obj_define(lw.o, intern_printf("%s..inittask", lower_pkgprefix(lw.pkg)), SYM_NOPTRDATA, 0, (uint32_t)ps);

	lower_putint(s, 0, 4, 0);
	lower_putint(s, 4, 4, (uint64_t)n);
	for (int i = 0; i < n; i++)
		lower_putaddr(s, 8 + i * ps, fns[i], 0);
	for (int i = 0; i < lw.pkg->imports.n; i++) {
		const Package *p = lw.pkg->imports.at[i];

		if (p->unsafe || p->fake || strcmp(p->path, "unsafe") == 0)
			continue;
		obj_reloc(s, 0, OBJ_R_KEEP, obj_sym(lw.o, intern_printf("%s..inittask", lower_pkgprefix(p))), 0);
	}
}
