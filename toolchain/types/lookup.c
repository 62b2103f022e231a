/*
 * lookup.c - fields and methods by name; method sets; who implements what.
 *
 * Spec: Selectors, Method sets, Implementing an interface. The search goes
 * by depth of embedding: all types at one depth before any at the next. A
 * type met twice at one depth makes whatever it offers ambiguous; a type met
 * at a lesser depth hides its repetition below.
 */
#include <strings.h>

#include "types/types.h"

typedef struct {
	Type *t;
	int parent;	/* index into the search's list of embedded fields, -1: none */
	int field;	/* index of the embedded field in parent's struct */
	bool indirect;	/* a pointer was followed */
	bool multiple;	/* the type occurs more than once at this depth */
} Embedded;

typedef Vec(Embedded) EmbeddedVec;

static Arena *scratch;

static bool
matches(const Obj *o, const Package *pkg, const char *name, bool foldcase)
{
	if (obj_sameid(o, pkg, name))
		return true;
	return foldcase && strcasecmp(o->name, name) == 0;
}

/* The checker may learn this after an instance's copy of the method was made. */
static bool
ptrrecv(const Obj *m)
{
	return m->origin != NULL ? m->origin->ptrrecv : m->ptrrecv;
}

/* The type's own method of that name: index and object. */
static Obj *
ownmethod(Type *t, const Package *pkg, const char *name, bool foldcase, int *index)
{
	Type *o;
	const ObjVec *ms;

	t = type_unspelled(t);
	o = t->named.origin != NULL ? t->named.origin : t;
	if (o->named.obj->expoff != 0 || o->named.methods.n == 0)
		type_nmethods(t);
	ms = &o->named.methods;
	for (int i = 0; i < ms->n; i++)
		if (matches(ms->at[i], pkg, name, foldcase)) {
			*index = i;
			return o == t ? ms->at[i] : type_method(t, i);
		}
	return NULL;
}

/* Path of embedded fields that leads to list entry e, then last. */
static void
makepath(Selection *out, const EmbeddedVec *list, int e, int last)
{
	int n = 0;

	for (int i = e; i >= 0 && list->at[i].parent >= 0; i = list->at[i].parent)
		n++;
	out->path.n = out->path.cap = n + 1;
	out->path.at = NEWN(perm, int, n + 1);
	out->path.at[n] = last;
	for (int i = e; n > 0; i = list->at[i].parent)
		out->path.at[--n] = list->at[i].field;
}

static bool
sameembedded(Type *a, Type *b)
{
	a = type_unspelled(a);
	b = type_unspelled(b);
	return a == b || (a->kind == T_NAMED && a->named.targs.n > 0 && type_identical(a, b));
}

static LookupResult
search(Type *t, bool addressable, const Package *pkg, const char *name, bool foldcase, Selection *out)
{
	ArenaMark mark;
	EmbeddedVec list = { 0 };
	bool isptr;
	Type *base = type_deref(t, &isptr);
	Obj *found = NULL;
	int foundat = -1, foundindex = 0, lo, hi;
	LookupResult r = LOOKUP_MISSING;

	if (name[0] == '_' && name[1] == '\0')
		return LOOKUP_MISSING;
	if (isptr && type_under(base)->kind == T_INTERFACE)
		return LOOKUP_MISSING;
	if (scratch == NULL)
		scratch = arena_new("lookup");
	mark = arena_mark(scratch);
	vec_push(scratch, &list, ((Embedded){ base, -1, 0, isptr, false }));
	for (lo = 0, hi = 1; lo < hi; lo = hi, hi = list.n) {
		for (int e = lo; e < hi; e++) {
			Embedded em = list.at[e];
			Type *u;
			Obj *o = NULL;
			int index = 0;

			if (em.t->kind == T_NAMED) {
				bool hidden = false;

				for (int i = 0; !hidden && i < lo; i++)
					hidden = sameembedded(list.at[i].t, em.t);
				if (hidden)
					continue;
				o = ownmethod(em.t, pkg, name, foldcase, &index);
			}
			u = type_under(em.t);
			if (o == NULL && u->kind == T_STRUCT)
				for (int i = 0; i < u->st.fields.n; i++)
					if (matches(u->st.fields.at[i], pkg, name, foldcase)) {
						o = u->st.fields.at[i];
						index = i;
						break;
					}
			if (o == NULL && u->kind == T_INTERFACE) {
				const TypeSet *ts = type_typeset(u);

				for (int i = 0; i < ts->methods.n; i++)
					if (matches(ts->methods.at[i], pkg, name, foldcase)) {
						o = ts->methods.at[i];
						index = i;
						break;
					}
			}
			if (o != NULL) {
				if (found != NULL || em.multiple) {
					r = LOOKUP_AMBIGUOUS;
					if (out != NULL)
						makepath(out, &list, e, index);
					goto done;
				}
				found = o;
				foundat = e;
				foundindex = index;
				continue;
			}
			if (found != NULL || u->kind != T_STRUCT)
				continue;
			for (int i = 0; i < u->st.fields.n; i++) {
				const Obj *f = u->st.fields.at[i];
				bool viaptr, twice = false;
				Type *ft;

				if (!f->embedded || f->type == NULL)
					continue;
				ft = type_deref(f->type, &viaptr);
				if (ft->kind != T_NAMED && type_under(ft)->kind != T_STRUCT &&
				    type_under(ft)->kind != T_INTERFACE)
					continue;
				for (int j = hi; j < list.n && !twice; j++)
					if (sameembedded(list.at[j].t, ft)) {
						list.at[j].multiple = true;
						twice = true;
					}
				if (!twice)
					vec_push(scratch, &list,
					    ((Embedded){ ft, e, i, em.indirect || viaptr, em.multiple }));
			}
		}
		if (found != NULL) {
			bool indirect = list.at[foundat].indirect;

			if (found->kind == OBJ_FUNC && ptrrecv(found) && !indirect && !addressable) {
				r = LOOKUP_PTRRECV;
				break;
			}
			r = LOOKUP_OK;
			if (out != NULL) {
				makepath(out, &list, foundat, foundindex);
				out->kind = found->kind == OBJ_FUNC ? SEL_METHOD : SEL_FIELD;
				out->indirect = indirect;
				out->recv = t;
				out->obj = found;
				out->type = obj_type(found);
			}
			break;
		}
		if (list.n > 100000)
			break;
	}
done:
	arena_release(scratch, mark);
	return r;
}

LookupResult
type_lookup(Type *t, bool addressable, Package *pkg, const char *name, bool foldcase, Selection *out)
{
	if (out != NULL)
		memset(out, 0, sizeof *out);
	if (t->kind == T_NAMED) {
		/* A named pointer type has the fields of its base, but none of its methods. */
		Type *u = type_under(t);

		if (u->kind == T_PTR) {
			LookupResult r;
			Selection sel = { 0 };

			r = search(u, false, pkg, name, foldcase, &sel);
			if (sel.obj != NULL && sel.obj->kind == OBJ_FUNC)
				return LOOKUP_MISSING;
			if (r == LOOKUP_PTRRECV)
				return LOOKUP_MISSING;
			sel.recv = t;
			if (out != NULL)
				*out = sel;
			return r;
		}
	}
	return search(t, addressable, pkg, name, foldcase, out);
}

/* ---- method sets ---- */

typedef struct Cand Cand;
struct Cand {
	Obj *fn;	/* NULL: a field, or an ambiguity: hides what is deeper */
	int at, index, depth;
	const Package *pkg;
	bool exported;
	Cand *next;	/* same name, other package */
};

typedef Vec(Cand *) CandVec;

static Map *methodsets;

/* Enters o, found in list entry e at depth: clash at the same depth hides both. */
static void
enter(Map *names, CandVec *cands, Obj *o, int e, int index, int depth, bool multiple)
{
	Cand *head = map_get(names, o->name), *c;

	for (c = head; c != NULL; c = c->next)
		if (o->exported || c->pkg == o->pkg ||
		    (c->pkg != NULL && o->pkg != NULL && c->pkg->path == o->pkg->path)) {
			if (c->depth == depth)
				c->fn = NULL;
			return;
		}
	c = NEW(scratch, Cand);
	c->fn = o->kind == OBJ_FUNC && !multiple ? o : NULL;
	c->at = e;
	c->index = index;
	c->depth = depth;
	c->pkg = o->pkg;
	c->exported = o->exported;
	c->next = head;
	map_set(names, o->name, c);
	vec_push(scratch, cands, c);
}

static void
insertsorted(MethodSet *ms, MethodSel m)
{
	int lo = 0, hi = ms->n;

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (obj_less(m.fn, ms->at[mid].fn))
			hi = mid;
		else
			lo = mid + 1;
	}
	vec_push(perm, ms, m);
	memmove(ms->at + lo + 1, ms->at + lo, sizeof *ms->at * (size_t)(ms->n - 1 - lo));
	ms->at[lo] = m;
}

static void
collect(Type *t, MethodSet *ms)
{
	EmbeddedVec list = { 0 };
	CandVec all = { 0 };
	Map *names;
	ArenaMark mark;
	bool isptr;
	Type *base = type_deref(t, &isptr);
	int depth = 0, lo, hi;

	if (isptr && type_under(base)->kind == T_INTERFACE)
		return;
	if (base->kind == T_NAMED && !isptr && type_under(base)->kind == T_PTR)
		return;
	if (scratch == NULL)
		scratch = arena_new("lookup");
	mark = arena_mark(scratch);
	names = map_new(scratch);
	vec_push(scratch, &list, ((Embedded){ base, -1, 0, isptr, false }));
	for (lo = 0, hi = 1; lo < hi && list.n < 100000; lo = hi, hi = list.n, depth++) {
		for (int e = lo; e < hi; e++) {
			Embedded em = list.at[e];
			Type *u;

			if (em.t->kind == T_NAMED) {
				bool hidden = false;
				int n;

				for (int i = 0; !hidden && i < lo; i++)
					hidden = sameembedded(list.at[i].t, em.t);
				if (hidden)
					continue;
				n = type_nmethods(em.t);
				for (int i = 0; i < n; i++)
					enter(names, &all, type_method(em.t, i), e, i, depth, em.multiple);
			}
			u = type_under(em.t);
			if (u->kind == T_INTERFACE) {
				const TypeSet *ts = type_typeset(u);

				for (int i = 0; i < ts->methods.n; i++)
					enter(names, &all, ts->methods.at[i], e, i, depth, em.multiple);
			}
			if (u->kind != T_STRUCT)
				continue;
			for (int i = 0; i < u->st.fields.n; i++) {
				Obj *f = u->st.fields.at[i];
				bool viaptr, twice = false;
				Type *ft;

				enter(names, &all, f, e, i, depth, em.multiple);
				if (!f->embedded)
					continue;
				ft = type_deref(f->type, &viaptr);
				for (int j = hi; j < list.n && !twice; j++)
					if (sameembedded(list.at[j].t, ft)) {
						list.at[j].multiple = true;
						twice = true;
					}
				if (!twice)
					vec_push(scratch, &list,
					    ((Embedded){ ft, e, i, em.indirect || viaptr, em.multiple }));
			}
		}
	}
	for (int i = 0; i < all.n; i++) {
		const Cand *c = all.at[i];
		MethodSel m = { .fn = c->fn };
		Selection sel;

		if (c->fn == NULL || strcmp(c->fn->name, "_") == 0)
			continue;
		m.indirect = list.at[c->at].indirect;
		if (ptrrecv(c->fn) && !m.indirect)
			continue;
		makepath(&sel, &list, c->at, c->index);
		m.path.at = sel.path.at;
		m.path.n = sel.path.n;
		m.path.cap = sel.path.cap;
		insertsorted(ms, m);
	}
	arena_release(scratch, mark);
}

const MethodSet *
type_methodset(Type *t)
{
	MethodSet *ms;

	if (methodsets == NULL)
		methodsets = map_new(perm);
	ms = map_get(methodsets, t);
	if (ms == NULL) {
		ms = NEW(perm, MethodSet);
		collect(t, ms);
		map_set(methodsets, t, ms);
	}
	return ms;
}

/* ---- implementing interfaces ---- */

static bool
isinterfaceptr(Type *t)
{
	Type *u = type_under(t);

	return u->kind == T_PTR && type_isinterface(u->elem);
}

static const char *
interfaceptrerror(Type *t)
{
	const char *s = type_string(t, type_curpkg);

	if (type_under(t)->elem->kind == T_TPARAM)
		return intern_printf("type %s is pointer to type parameter, not type parameter", s);
	return intern_printf("type %s is pointer to interface, not interface", s);
}

static const char *
signaturecause(Obj *have, Obj *want)
{
	const char *h = type_signaturestring(have->name, obj_type(have), false);
	const char *w = type_signaturestring(want->name, obj_type(want), false);

	if (h == w) {
		h = type_signaturestring(have->name, obj_type(have), true);
		w = type_signaturestring(want->name, obj_type(want), true);
	}
	if (h == w)
		return intern_printf("(wrong type for method %s)", want->name);
	return intern_printf("(wrong type for method %s)\n\t\thave %s\n\t\twant %s", want->name, h, w);
}

Obj *
type_missing(Type *t, Type *iface, bool static_, bool (*same)(void *, Type *, Type *), void *ctx, Obj **wrong,
    const char **cause)
{
	const TypeSet *want = type_typeset(type_under(iface));
	Type *u = type_under(t);

	if (wrong != NULL)
		*wrong = NULL;
	if (want->methods.n == 0)
		return NULL;
	if (u->kind == T_INTERFACE) {
		const TypeSet *have = type_typeset(u);

		for (int i = 0; i < want->methods.n; i++) {
			Obj *m = want->methods.at[i], *f = NULL;

			for (int j = 0; f == NULL && j < have->methods.n; j++)
				if (obj_sameid(have->methods.at[j], m->pkg, m->name))
					f = have->methods.at[j];
			if (f == NULL) {
				if (!static_)
					continue;
				if (cause != NULL)
					*cause = isinterfaceptr(iface) ?
					    intern_printf("(%s)", interfaceptrerror(iface)) :
									 intern_printf("(missing method %s)", m->name);
				return m;
			}
			if (!same(ctx, obj_type(f), obj_type(m))) {
				if (wrong != NULL)
					*wrong = f;
				if (cause != NULL)
					*cause = signaturecause(f, m);
				return m;
			}
		}
		return NULL;
	}
	for (int i = 0; i < want->methods.n; i++) {
		Obj *m = want->methods.at[i];
		const char *ts;
		Selection sel = { 0 };
		LookupResult r = search(t, false, m->pkg, m->name, false, &sel);

		if (r == LOOKUP_OK && sel.obj->kind == OBJ_FUNC) {
			if (same(ctx, obj_type(sel.obj), obj_type(m)))
				continue;
			if (wrong != NULL)
				*wrong = sel.obj;
			if (cause != NULL)
				*cause = signaturecause(sel.obj, m);
			return m;
		}
		if (cause == NULL)
			return m;
		ts = type_string(t, type_curpkg);
		if (r == LOOKUP_OK)
			*cause = intern_printf("(%s.%s is a field, not a method)", ts, m->name);
		else if (r == LOOKUP_AMBIGUOUS)
			*cause = intern_printf("(ambiguous selector %s.%s)", ts, m->name);
		else if (r == LOOKUP_PTRRECV) {
			if (wrong != NULL)
				*wrong = m;
			*cause = intern_printf("(method %s has pointer receiver)", m->name);
		} else {
			Selection folded = { 0 };

			search(t, false, m->pkg, m->name, true, &folded);
			if (folded.obj != NULL && folded.obj->kind == OBJ_FUNC) {
				if (folded.obj->name == m->name)
					*cause = intern_printf("(unexported method %s)", m->name);
				else
					*cause = intern_printf("(missing method %s)\n\t\thave %s\n\t\twant %s", m->name,
							       type_signaturestring(folded.obj->name, obj_type(folded.obj), false),
							       type_signaturestring(m->name, obj_type(m), false));
			} else if (isinterfaceptr(t))
				*cause = intern_printf("(%s)", interfaceptrerror(t));
			else if (isinterfaceptr(iface))
				*cause = intern_printf("(%s)", interfaceptrerror(iface));
			else
				*cause = intern_printf("(missing method %s)", m->name);
		}
		return m;
	}
	return NULL;
}

static bool
sametype(void *ctx, Type *x, Type *y)
{
	(void)ctx;
	return type_identical(x, y);
}

Obj *
type_missingmethod(Type *t, Type *iface, bool static_, Obj **wrong, const char **cause)
{
	return type_missing(t, iface, static_, sametype, NULL, wrong, cause);
}

static bool
mentions(Type *t, Type *what, int depth)
{
	if (depth > 100)
		return false;
	if (t->kind == T_INTERFACE) {
		for (int i = 0; i < t->iface.embeds.n; i++)
			if (mentions(t->iface.embeds.at[i], what, depth + 1))
				return true;
		return false;
	}
	if (t->kind == T_UNION) {
		for (int i = 0; i < t->un.terms.n; i++)
			if (mentions(t->un.terms.at[i].type, what, depth + 1))
				return true;
		return false;
	}
	return type_identical(t, what);
}

static bool
checkcomparable(Type *t, const TypeSet *want, bool constraint, const char *verb, const char **cause)
{
	if (!typeset_iscomparable(want))
		return true;
	if (type_comparable_(t, false, NULL))
		return true;
	if (constraint && type_comparable_(t, true, NULL))
		return true;
	if (cause != NULL)
		*cause = intern_printf("%s does not %s comparable", type_string(t, type_curpkg), verb);
	return false;
}

bool
type_implements(Type *t, Type *iface, bool constraint, const char **cause)
{
	const char *verb = constraint ? "satisfy" : "implement";
	Type *tu = type_under(t), *iu = type_under(iface), *alt = NULL;
	const TypeSet *want, *have = NULL;
	const char *c = NULL;
	const char *ts, *is;

	if (tu->kind == T_INVALID || iu->kind == T_INVALID)
		return true;
	if (tu->kind == T_PTR && type_under(tu->elem)->kind == T_INVALID)
		return true;
	ts = cause != NULL ? type_string(t, type_curpkg) : "";
	is = cause != NULL ? type_string(iface, type_curpkg) : "";
	if (iu->kind != T_INTERFACE) {
		if (cause != NULL)
			*cause = intern_printf("%s does not %s %s (%s)", ts, verb, is,
					       isinterfaceptr(iu) ? intern_printf("type %s is pointer to interface, not interface", is) :
								    intern_printf("%s is not an interface", is));
		return false;
	}
	want = type_typeset(iu);
	if (want->all && !want->comparable && want->methods.n == 0)
		return true;
	if (tu->kind == T_INTERFACE) {
		have = type_typeset(tu);
		if (typeset_isempty(have))
			return true;
	}
	if (typeset_isempty(want)) {
		if (cause != NULL)
			*cause = intern_printf("cannot %s %s (empty type set)", verb, is);
		return false;
	}
	if (type_missingmethod(t, iface, true, NULL, cause != NULL ? &c : NULL) != NULL) {
		if (cause != NULL)
			*cause = intern_printf("%s does not %s %s %s", ts, verb, is, c);
		return false;
	}
	if (want->all)
		return checkcomparable(t, want, constraint, verb, cause);
	if (have != NULL) {
		if (!typeset_subset(have, want)) {
			if (cause != NULL)
				*cause = intern_printf("%s does not %s %s", ts, verb, is);
			return false;
		}
		return checkcomparable(t, want, constraint, verb, cause);
	}
	if (!typeset_includes(want, t, &alt)) {
		if (cause != NULL) {
			if (alt != NULL)
				c = intern_printf("possibly missing ~ for %s in %s", type_string(alt, type_curpkg), is);
			else if (mentions(iu, t, 0))
				c = intern_printf("%s mentions %s, but %s is not in the type set of %s", is, ts, ts,
				    is);
			else
				c = intern_printf("%s missing in %s", ts, type_termsstring(want));
			*cause = intern_printf("%s does not %s %s (%s)", ts, verb, is, c);
		}
		return false;
	}
	return checkcomparable(t, want, constraint, verb, cause);
}

bool
type_assertable(Type *iface, Type *t, const char **cause)
{
	if (type_isinterface(t))
		return true;
	return type_missingmethod(t, iface, false, NULL, cause) == NULL;
}
