/*
 * format.c - types and objects as text.
 *
 * Three styles. MSG is what gc prints in messages (types2's type strings).
 * LINK and REFLECT are the forms of gc's type symbols and of type
 * descriptors: they differ from MSG in blanks, in `interface {}` for any and
 * in hiding parameter names, and from each other in how packages are named.
 * LINK text is the identity of a type in object files: two types have the
 * same text exactly when they are identical, in every compilation. Inside the
 * brackets of an instance, REFLECT uses LINK's full paths, as gc does.
 */
#include "types/types.h"

typedef enum { STYLE_MSG, STYLE_LINK, STYLE_REFLECT } Style;

typedef struct Writer Writer;
struct Writer {
	Buf b;
	Style style;
	Package *rel;		/* STYLE_MSG: not qualified */
	bool names;		/* STYLE_MSG: parameter names */
	bool paths;		/* STYLE_MSG: qualify by import path, always */
	bool pkginfo;		/* STYLE_MSG: say the package of the first unexported field */
	const TypeVec *tparams;	/* of the generic signature being written */
	int depth;
};

enum { MAXDEPTH = 200 };

static void wtype(Writer *w, Type *t);

static void
quote(Buf *b, const char *s, size_t n)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < n;) {
		uint8_t c = (uint8_t)s[i];
		uint32_t r;
		int len;

		if (c < 0x80) {
			i++;
			if (c == '"' || c == '\\') {
				buf_byte(b, '\\');
				buf_byte(b, c);
			} else if (c == '\n')
				buf_str(b, "\\n");
			else if (c == '\t')
				buf_str(b, "\\t");
			else if (c == '\r')
				buf_str(b, "\\r");
			else if (c == '\a')
				buf_str(b, "\\a");
			else if (c == '\b')
				buf_str(b, "\\b");
			else if (c == '\f')
				buf_str(b, "\\f");
			else if (c == '\v')
				buf_str(b, "\\v");
			else if (c < 0x20 || c == 0x7f)
				buf_printf(b, "\\x%02x", c);
			else
				buf_byte(b, c);
			continue;
		}
		len = utf8_decode((const uint8_t *)s + i, n - i, &r);
		if (r == 0xFFFD && len == 1)
			buf_printf(b, "\\x%02x", c);
		else
			buf_put(b, s + i, (size_t)len);
		i += (size_t)len;
	}
	buf_byte(b, '"');
}

void
format_quote(Buf *b, const char *s, size_t n)
{
	quote(b, s, n);
}

static void
wpkg(Writer *w, const Package *pkg)
{
	if (pkg == NULL)
		return;
	switch (w->style) {
	case STYLE_MSG:
		if (w->paths) {
			buf_str(&w->b, pkg->path);
			break;
		}
		if (pkg == w->rel)
			return;
		if (package_ambiguous(pkg))
			buf_printf(&w->b, "\"%s\"", pkg->path);
		else
			buf_str(&w->b, pkg->name != NULL ? pkg->name : pkg->path);
		break;
	case STYLE_LINK:
		buf_str(&w->b, pkg->path);
		break;
	case STYLE_REFLECT:
		buf_str(&w->b, pkg->name);
		break;
	}
	buf_byte(&w->b, '.');
}

static bool
islocal(const Obj *o)
{
	return o->pkg != NULL && !o->isglobal && o->kind == OBJ_TYPE && o->order > 0 &&
	    (o->parent == NULL || o->parent != o->pkg->scope);
}

/* Types local to functions: the function and the number among its types make them unique. */
static void
wtypename(Writer *w, const Obj *o)
{
	wpkg(w, o->pkg);
	if (w->style == STYLE_LINK && islocal(o) && o->outerfn != NULL) {
		const Obj *fn = o->outerfn;

		if (fn->type != NULL && fn->type->fn.recv != NULL && fn->type->fn.recv->type != NULL) {
			const Type *rt = type_deref(fn->type->fn.recv->type, NULL);

			if (rt->kind == T_NAMED)
				buf_printf(&w->b, "%s.", rt->named.obj->name);
		}
		/* several functions may be called init or _ */
		if (strcmp(fn->name, "init") == 0 || strcmp(fn->name, "_") == 0)
			buf_printf(&w->b, "%s#%d.", fn->name, fn->order);
		else
			buf_printf(&w->b, "%s.", fn->name);
	}
	buf_str(&w->b, o->name);
}

static void
wlocalsuffix(Writer *w, const Obj *o)
{
	if (w->style == STYLE_LINK && islocal(o))
		buf_printf(&w->b, "·%d", o->order);
}

static void
wtargs(Writer *w, const TypeVec *targs)
{
	Style style = w->style;

	if (style == STYLE_REFLECT)
		w->style = STYLE_LINK;
	buf_byte(&w->b, '[');
	for (int i = 0; i < targs->n; i++) {
		if (i > 0)
			buf_str(&w->b, style == STYLE_MSG ? ", " : ",");
		wtype(w, targs->at[i]);
	}
	buf_byte(&w->b, ']');
	w->style = style;
}

static void
wtparams(Writer *w, const TypeVec *tps)
{
	Type *prev = NULL;

	buf_byte(&w->b, '[');
	for (int i = 0; i < tps->n; i++) {
		Type *tp = tps->at[i];

		if (i > 0) {
			if (tp->tp.bound != prev && prev != NULL) {
				buf_byte(&w->b, ' ');
				wtype(w, prev);
			}
			buf_str(&w->b, ", ");
		}
		prev = tp->tp.bound;
		wtype(w, tp);
	}
	if (prev != NULL) {
		buf_byte(&w->b, ' ');
		wtype(w, prev);
	}
	buf_byte(&w->b, ']');
}

static void
wtuple(Writer *w, const Type *t, bool variadic)
{
	buf_byte(&w->b, '(');
	for (int i = 0; i < t->tuple.vars.n; i++) {
		const Obj *v = t->tuple.vars.at[i];
		Type *vt = v->type;

		if (i > 0)
			buf_str(&w->b, ", ");
		if (w->style == STYLE_MSG && w->names && v->name != NULL && v->name[0] != '\0')
			buf_printf(&w->b, "%s ", v->name);
		if (variadic && i == t->tuple.vars.n - 1) {
			if (vt != NULL && vt->kind == T_SLICE) {
				buf_str(&w->b, "...");
				vt = vt->elem;
			} else {
				wtype(w, vt);	/* append([]byte, string...) */
				buf_str(&w->b, "...");
				continue;
			}
		}
		wtype(w, vt);
	}
	buf_byte(&w->b, ')');
}

static void
wsignature(Writer *w, Type *t)
{
	const TypeVec *outer = w->tparams;
	const ObjVec *res;

	if (t == NULL || t->kind != T_FUNC) {
		buf_str(&w->b, "()");
		return;
	}
	if (t->fn.tparams.n > 0) {
		w->tparams = &t->fn.tparams;
		wtparams(w, &t->fn.tparams);
	}
	wtuple(w, t->fn.params, t->variadic);
	res = &t->fn.results->tuple.vars;
	if (res->n > 0) {
		const char *name = res->at[0]->name;

		buf_byte(&w->b, ' ');
		if (res->n == 1 && (w->style != STYLE_MSG || !w->names || name == NULL || name[0] == '\0'))
			wtype(w, res->at[0]->type);
		else
			wtuple(w, t->fn.results, false);
	}
	w->tparams = outer;
}

static void
wstruct(Writer *w, Type *t)
{
	bool msg = w->style == STYLE_MSG;

	buf_str(&w->b, msg ? "struct{" : "struct {");
	for (int i = 0; i < t->st.fields.n; i++) {
		const Obj *f = t->st.fields.at[i];
		bool annotate = false;

		if (i > 0)
			buf_str(&w->b, msg ? "; " : ";");
		if (!msg)
			buf_byte(&w->b, ' ');
		if (msg && w->pkginfo && !f->exported && f->pkg != NULL) {
			annotate = true;
			w->pkginfo = false;
		}
		if (!f->embedded) {
			if (w->style == STYLE_LINK && !f->exported)
				wpkg(w, f->pkg);
			buf_printf(&w->b, "%s ", f->name);
		} else if (w->style == STYLE_LINK) {
			bool wasptr;
			Type *e = type_deref(f->type, &wasptr);
			const char *own = e->kind == T_NAMED ? e->named.obj->name :
			    e->kind < T_ARRAY                ? e->basic.name :
							       NULL;

			buf_str(&w->b, "? ");	/* struct { T } is not struct { T T } */
			/* The name of a predeclared type or an alias says not whose field it is. */
			if (!f->exported && (e->kind != T_NAMED || e->named.obj->pkg != f->pkg))
				wpkg(w, f->pkg);
			if (own != f->name)	/* embedded by the name of an alias */
				buf_printf(&w->b, "%s = ", f->name);
		}
		wtype(w, f->type);
		if (annotate)
			buf_printf(&w->b, " /* package %s */ ", f->pkg->path);
		if (t->st.tags != NULL && t->st.tags[i] != NULL && t->st.taglens[i] > 0) {
			buf_byte(&w->b, ' ');
			quote(&w->b, t->st.tags[i], t->st.taglens[i]);
		}
	}
	buf_str(&w->b, msg || t->st.fields.n == 0 ? "}" : " }");
}

static void
wterms(Writer *w, const UnionTerm *at, int n, const char *sep)
{
	for (int i = 0; i < n; i++) {
		if (i > 0)
			buf_str(&w->b, sep);
		if (at[i].tilde)
			buf_byte(&w->b, '~');
		wtype(w, at[i].type);
	}
}

static void
winterfacemsg(Writer *w, Type *t)
{
	bool first = true;

	if (t == type_any) {
		buf_str(&w->b, "any");
		return;
	}
	if (t == type_under(type_comparable)) {
		buf_str(&w->b, "interface{comparable}");
		return;
	}
	if (t->implicit) {
		if (t->iface.methods.n == 0 && t->iface.embeds.n == 1) {
			wtype(w, t->iface.embeds.at[0]);
			return;
		}
		buf_str(&w->b, "/* implicit */ ");
	}
	buf_str(&w->b, "interface{");
	for (int i = 0; i < t->iface.methods.n; i++) {
		Obj *m = t->iface.methods.at[i];

		buf_str(&w->b, first ? "" : "; ");
		first = false;
		buf_str(&w->b, m->name);
		wsignature(w, obj_type(m));
	}
	for (int i = 0; i < t->iface.embeds.n; i++) {
		buf_str(&w->b, first ? "" : "; ");
		first = false;
		wtype(w, t->iface.embeds.at[i]);
	}
	buf_byte(&w->b, '}');
}

/* By type set, so that identical interfaces give identical text. */
static void
winterface(Writer *w, Type *t)
{
	const TypeSet *ts = type_typeset(t);
	bool first = true;

	buf_str(&w->b, "interface {");
	for (int i = 0; i < ts->methods.n; i++) {
		Obj *m = ts->methods.at[i];

		buf_str(&w->b, first ? " " : "; ");
		first = false;
		if (!m->exported)
			wpkg(w, m->pkg);
		buf_str(&w->b, m->name);
		wsignature(w, obj_type(m));
	}
	if (ts->comparable) {
		buf_str(&w->b, first ? " comparable" : "; comparable");
		first = false;
	}
	if (!ts->all) {
		/* terms are not sorted: sort their texts */
		int n = ts->terms.n;
		const char **s = NEWN(perm, const char *, n + 1);

		for (int i = 0; i < n; i++) {
			const char *x = intern_printf("%s%s", ts->terms.at[i].tilde ? "~" : "",
			    type_linkstring(ts->terms.at[i].type));
			int j = i;

			for (; j > 0 && strcmp(s[j - 1], x) > 0; j--)
				s[j] = s[j - 1];
			s[j] = x;
		}
		buf_str(&w->b, first ? " " : "; ");
		first = false;
		for (int i = 0; i < n; i++) {
			buf_str(&w->b, i > 0 ? "|" : "");
			buf_str(&w->b, s[i]);
		}
		if (n == 0)
			buf_str(&w->b, "none");
	}
	buf_str(&w->b, first ? "}" : " }");
}

static void
wtparam(Writer *w, const Type *t)
{
	if (w->style != STYLE_MSG && w->tparams != NULL)
		for (int i = 0; i < w->tparams->n; i++)
			if (w->tparams->at[i] == t) {
				buf_printf(&w->b, "$%d", i);
				return;
			}
	buf_str(&w->b, t->tp.obj->name);
	if (w->style == STYLE_MSG && scope_lookup(universe, t->tp.obj->name) != NULL) {
		Loc loc = pos_loc(t->tp.obj->pos);

		buf_printf(&w->b, " /* with %s declared at %s:%d:%d */", t->tp.obj->name, loc.file, loc.line, loc.col);
	}
}

static void
wspelling(Writer *w, const Spelling *s)
{
	wtypename(w, s->obj);
	if (s->targs.n > 0)
		wtargs(w, &s->targs);
}

static void
wtype(Writer *w, Type *t)
{
	if (t == NULL) {
		buf_str(&w->b, "<nil>");
		return;
	}
	if (++w->depth > MAXDEPTH) {
		/* Only an interface that mentions itself without a name, or absurd nesting. */
		if (w->style == STYLE_MSG)
			buf_str(&w->b, "...");
		else
			buf_printf(&w->b, "#%08x", type_hash(t));
		w->depth--;
		return;
	}
	if (t->spelling != NULL && w->style == STYLE_MSG) {
		wspelling(w, t->spelling);
		w->depth--;
		return;
	}
	switch (t->kind) {
	default:
		if (t->kind == T_UNSAFEPTR)
			buf_str(&w->b, "unsafe.");
		buf_str(&w->b,
		    w->style != STYLE_MSG && t->kind <= T_UNTYPED_NIL ? typ[t->kind]->basic.name : t->basic.name);
		break;
	case T_ARRAY:
		buf_printf(&w->b, "[%lld]", (long long)t->len);
		wtype(w, t->elem);
		break;
	case T_SLICE:
		buf_str(&w->b, "[]");
		wtype(w, t->elem);
		break;
	case T_PTR:
		buf_byte(&w->b, '*');
		wtype(w, t->elem);
		break;
	case T_MAP:
		buf_str(&w->b, "map[");
		wtype(w, t->key);
		buf_byte(&w->b, ']');
		wtype(w, t->elem);
		break;
	case T_CHAN: {
		bool parens = t->dir != CHAN_SEND && t->elem != NULL && t->elem->kind == T_CHAN &&
		    t->elem->dir == CHAN_RECV && t->dir == CHAN_BOTH;

		buf_str(&w->b, t->dir == CHAN_BOTH ? "chan " : t->dir == CHAN_SEND ? "chan<- " : "<-chan ");
		if (parens)
			buf_byte(&w->b, '(');
		wtype(w, t->elem);
		if (parens)
			buf_byte(&w->b, ')');
		break;
	}
	case T_STRUCT:
		wstruct(w, t);
		break;
	case T_TUPLE:
		wtuple(w, t, false);
		break;
	case T_FUNC:
		buf_str(&w->b, "func");
		wsignature(w, t);
		break;
	case T_UNION:
		wterms(w, t->un.terms.at, t->un.terms.n, " | ");
		break;
	case T_INTERFACE:
		if (w->style == STYLE_MSG)
			winterfacemsg(w, t);
		else
			winterface(w, t);
		break;
	case T_NAMED:
		wtypename(w, t->named.obj);
		if (t->named.targs.n > 0)
			wtargs(w, &t->named.targs);
		else if (w->style == STYLE_MSG && t->named.obj->outerfn == NULL && type_isgeneric(t))
			wtparams(w, type_tparams(t));
		wlocalsuffix(w, t->named.obj);
		break;
	case T_TPARAM:
		wtparam(w, t);
		break;
	}
	w->depth--;
}

static const char *
finish(Writer *w)
{
	const char *s = intern((const char *)w->b.p, w->b.n);

	buf_free(&w->b);
	return s;
}

const char *
type_string(Type *t, Package *qualifier)
{
	Writer w = { .style = STYLE_MSG, .rel = qualifier, .names = true };

	if (t != NULL && t->kind <= T_UNTYPED_NIL && t->kind != T_UNSAFEPTR && t->spelling == NULL)
		return t->basic.name;
	wtype(&w, t);
	return finish(&w);
}

const char *
type_signaturestring(const char *name, Type *sig, bool pkginfo)
{
	Writer w = { .style = STYLE_MSG, .rel = type_curpkg, .names = false, .pkginfo = pkginfo, .paths = pkginfo };

	buf_str(&w.b, name);
	wsignature(&w, sig);
	return finish(&w);
}

const char *
type_termsstring(const TypeSet *ts)
{
	Writer w = {
		.style = STYLE_MSG, .names = true, .paths = true
	}; /* as gc, which forgets the current package here */

	if (ts->terms.n == 0)
		return "∅";
	wterms(&w, ts->terms.at, ts->terms.n, " | ");
	return finish(&w);
}

const char *
type_linkstring(Type *t)
{
	Writer w = { .style = STYLE_LINK };

	wtype(&w, t);
	return finish(&w);
}

const char *
type_reflectstring(Type *t)
{
	Writer w = { .style = STYLE_REFLECT };

	wtype(&w, t);
	return finish(&w);
}

static void
wfuncname(Writer *w, Obj *o)
{
	Type *t = obj_type(o);

	if (t != NULL && t->kind == T_FUNC && t->fn.recv != NULL) {
		buf_byte(&w->b, '(');
		if (t->fn.recv->type->kind == T_INTERFACE)
			buf_str(&w->b, "interface");
		else
			wtype(w, t->fn.recv->type);
		buf_str(&w->b, ").");
	} else
		wpkg(w, o->pkg);
	buf_str(&w->b, o->name);
	if (t != NULL)
		wsignature(w, t);
}

const char *
obj_string(Obj *o, Package *qualifier)
{
	/* clang-format off */
	static const char *const what[] = {
		[OBJ_BAD] = "bad",	   [OBJ_PKG] = "package", [OBJ_CONST] = "const", [OBJ_TYPE] = "type",	   [OBJ_VAR] = "var",
		[OBJ_FIELD] = "field", [OBJ_FUNC] = "func",   [OBJ_LABEL] = "label", [OBJ_BUILTIN] = "builtin", [OBJ_NIL] = "nil",
	};
	/* clang-format on */
	Writer w = { .style = STYLE_MSG, .rel = qualifier, .names = true };
	Type *t;

	buf_str(&w.b, what[o->kind]);
	if (o->kind == OBJ_NIL)
		return finish(&w);
	t = o->kind == OBJ_PKG || o->kind == OBJ_LABEL || o->kind == OBJ_BUILTIN ? NULL : obj_type(o);
	if (o->kind == OBJ_TYPE && t != NULL && t->kind == T_TPARAM)
		buf_str(&w.b, " parameter");
	buf_byte(&w.b, ' ');
	if (o->kind == OBJ_FUNC) {
		wfuncname(&w, o);
		return finish(&w);
	}
	if (o->isglobal)
		wpkg(&w, o->pkg);
	buf_str(&w.b, o->name);
	if (t == NULL)
		return finish(&w);
	if (o->kind == OBJ_TYPE) {
		if (t->kind <= T_UNTYPED_NIL)
			return finish(&w);
		if (type_isgeneric(t))
			wtparams(&w, type_tparams(t));
		if (o->isalias) {
			buf_str(&w.b, " =");
			t = type_unspelled(t);
		} else
			t = t->kind == T_TPARAM ? t->tp.bound : type_under(t);
	}
	buf_byte(&w.b, ' ');
	if (o->isalias && t == type_any && o->pkg == NULL)
		buf_str(&w.b, "interface{}");
	else
		wtype(&w, t);
	return finish(&w);
}
