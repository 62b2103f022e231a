/*
 * check_builtin.c - calls of the predeclared functions and those of package unsafe.
 *
 * Source: spec sections Built-in functions and Package unsafe.
 */
#include "types/check.h"

const BuiltinInfo builtin_info[BUILTIN_COUNT] = {
	[BUILTIN_APPEND] = { "append", 1, true, KIND_EXPRESSION },
	[BUILTIN_CAP] = { "cap", 1, false, KIND_EXPRESSION },
	[BUILTIN_CLEAR] = { "clear", 1, false, KIND_STATEMENT },
	[BUILTIN_CLOSE] = { "close", 1, false, KIND_STATEMENT },
	[BUILTIN_COMPLEX] = { "complex", 2, false, KIND_EXPRESSION },
	[BUILTIN_COPY] = { "copy", 2, false, KIND_STATEMENT },
	[BUILTIN_DELETE] = { "delete", 2, false, KIND_STATEMENT },
	[BUILTIN_IMAG] = { "imag", 1, false, KIND_EXPRESSION },
	[BUILTIN_LEN] = { "len", 1, false, KIND_EXPRESSION },
	[BUILTIN_MAKE] = { "make", 1, true, KIND_EXPRESSION },
	[BUILTIN_MAX] = { "max", 1, true, KIND_EXPRESSION },
	[BUILTIN_MIN] = { "min", 1, true, KIND_EXPRESSION },
	[BUILTIN_NEW] = { "new", 1, false, KIND_EXPRESSION },
	[BUILTIN_PANIC] = { "panic", 1, false, KIND_STATEMENT },
	[BUILTIN_PRINT] = { "print", 0, true, KIND_STATEMENT },
	[BUILTIN_PRINTLN] = { "println", 0, true, KIND_STATEMENT },
	[BUILTIN_REAL] = { "real", 1, false, KIND_EXPRESSION },
	[BUILTIN_RECOVER] = { "recover", 0, false, KIND_STATEMENT },
	[BUILTIN_UNSAFE_ADD] = { "Add", 2, false, KIND_EXPRESSION },
	[BUILTIN_UNSAFE_ALIGNOF] = { "Alignof", 1, false, KIND_EXPRESSION },
	[BUILTIN_UNSAFE_OFFSETOF] = { "Offsetof", 1, false, KIND_EXPRESSION },
	[BUILTIN_UNSAFE_SIZEOF] = { "Sizeof", 1, false, KIND_EXPRESSION },
	[BUILTIN_UNSAFE_SLICE] = { "Slice", 2, false, KIND_EXPRESSION },
	[BUILTIN_UNSAFE_SLICEDATA] = { "SliceData", 1, false, KIND_EXPRESSION },
	[BUILTIN_UNSAFE_STRING] = { "String", 2, false, KIND_EXPRESSION },
	[BUILTIN_UNSAFE_STRINGDATA] = { "StringData", 1, false, KIND_EXPRESSION },
};

/* interface{}: the same type as any, but worded so. */
static Type *
emptyinterface(void)
{
	static Type *t;

	if (t == NULL) {
		t = type_new(T_INTERFACE);
		t->complete = 1;
	}
	return t;
}

/* Whether the size of t depends on a type parameter. */
static bool
varsize(Type *t, int depth)
{
	Type *u = ck_under(t);

	if (t->kind == T_TPARAM)
		return true;
	if (depth > 1000)
		return true;	/* invalid recursive type */
	if (u->kind == T_ARRAY)
		return varsize(u->elem, depth + 1);
	if (u->kind == T_STRUCT)
		for (int i = 0; i < u->st.fields.n; i++)
			if (varsize(u->st.fields.at[i]->type, depth + 1))
				return true;
	return false;
}

static Type *
arraypointer(Type *t)
{
	if (t->kind == T_PTR && ck_under(t->elem)->kind == T_ARRAY)
		return ck_under(t->elem);
	return t;
}

static bool
lencap(Checker *k, Operand *x, int id)
{
	Mode mode = MODE_NONE;
	Const *val = NULL;
	Terms ts;

	if (x->mode == MODE_NIL)
		goto bad;
	if (x->t->kind == T_TPARAM) {
		ck_terms(x->t, &ts);
		for (int i = 0; i < ts.n; i++) {
			Type *u = arraypointer(ck_under(ts.at[i].type));
			bool ok = u->kind == T_ARRAY || u->kind == T_SLICE || u->kind == T_CHAN ||
				  (id == BUILTIN_LEN && (u->kind == T_STRING || u->kind == T_MAP));

			if (!ok)
				goto bad;
		}
		if (ts.n > 0)
			mode = MODE_VALUE;
	} else {
		Type *u = arraypointer(ck_under(x->t));

		switch (u->kind) {
		case T_STRING:
		case T_UNTYPED_STRING:
			if (id != BUILTIN_LEN)
				break;
			mode = MODE_VALUE;
			if (x->mode == MODE_CONST) {
				mode = MODE_CONST;
				val = x->cv->kind == CONST_STRING ? const_int((int64_t)x->cv->s.n) : ck_unknown();
				if (x->e != NULL && x->e->untyped)
					ck_settype(k, x->e, typ[T_STRING], true);
			}
			break;
		case T_ARRAY:
			/* Spec: constant if the operand has no channel receives and no function calls. */
			mode = MODE_VALUE;
			if (!k->env.hascall) {
				mode = MODE_CONST;
				val = u->len >= 0 ? const_int(u->len) : ck_unknown();
			}
			break;
		case T_SLICE:
		case T_CHAN:
			mode = MODE_VALUE;
			break;
		case T_MAP:
			if (id == BUILTIN_LEN)
				mode = MODE_VALUE;
			break;
		}
	}
	if (mode == MODE_NONE)
		goto bad;
	x->mode = (uint8_t)mode;
	x->t = typ[T_INT];
	x->cv = val;
	return true;
bad:
	if (ck_valid(ck_under(x->t)))
		ck_error(k, ck_xpos(x), "invalid argument: %s for built-in %s", ck_str(x), builtin_info[id].name);
	return false;
}

static bool
append(Checker *k, Operand *x, Expr *call, OperandVec *args)
{
	Type *s = x->t, *core = x->mode == MODE_NIL ? NULL : type_core(s), *sig;
	Obj *ps[2];

	if (core == NULL || core->kind != T_SLICE) {
		if (x->mode == MODE_NIL)
			ck_error(k, ck_xpos(x), "first argument to append must be a slice; have untyped nil");
		else if (s->kind == T_TPARAM && core != NULL)
			ck_error(k, ck_xpos(x), "first argument to append must be a slice; %s has core type %s",
			    ck_str(x), ck_tstr(k, core));
		else if (s->kind == T_TPARAM)
			ck_error(k, ck_xpos(x), "first argument to append must be a slice; %s has no core type",
			    ck_str(x));
		else if (ck_valid(ck_under(s)))
			ck_error(k, ck_xpos(x), "first argument to append must be a slice; have %s", ck_str(x));
		return false;
	}
	/* Spec: as a special case, bytes may be appended from a string. */
	if (args->n == 2 && call->dots && ck_assignable(k, x, type_slice(type_byte), NULL)) {
		Operand *y = &args->at[1];
		Type *t = y->mode == MODE_NIL ? NULL : type_corestring(y->t);

		if (t != NULL && type_isstring(t)) {
			if (y->e->untyped)
				ck_settype(k, y->e, typ[T_STRING], true);
			x->mode = MODE_VALUE;
			x->t = s;
			return true;
		}
	}
	ps[0] = obj_new(OBJ_VAR, 0, NULL, intern_str(""), s);
	ps[1] = obj_new(OBJ_VAR, 0, NULL, intern_str(""), type_slice(core->elem));
	sig = type_func(type_tuple(ps, 2), NULL, true);
	ck_arguments(k, call, sig, NULL, NULL, args, NULL);
	x->mode = MODE_VALUE;
	x->t = s;
	return true;
}

static Type *
tocomplex(Type *t)
{
	switch (ck_under(t)->kind) {
	case T_FLOAT32:
		return typ[T_COMPLEX64];
	case T_FLOAT64:
		return typ[T_COMPLEX128];
	case T_UNTYPED_FLOAT:
		return typ[T_UNTYPED_COMPLEX];
	default:
		return NULL;
	}
}

static Type *
tofloat(Type *t)
{
	switch (ck_under(t)->kind) {
	case T_COMPLEX64:
		return typ[T_FLOAT32];
	case T_COMPLEX128:
		return typ[T_FLOAT64];
	case T_UNTYPED_COMPLEX:
		return typ[T_UNTYPED_FLOAT];
	default:
		return NULL;
	}
}

/* The result of complex, real or imag on x; a type parameter is refused, as gc does. */
static Type *
complextype(Checker *k, Operand *x, Type *(*f)(Type *), int id)
{
	Terms ts;
	Type *r = NULL;

	if (x->t->kind != T_TPARAM)
		return f(x->t);
	ck_terms(x->t, &ts);
	for (int i = 0; i < ts.n; i++) {
		r = f(ts.at[i].type);
		if (r == NULL)
			return NULL;
	}
	if (r != NULL) {
		ck_error(k, ck_xpos(x),
		    "%s not supported as argument to built-in %s for go1.18 (see go.dev/issue/50937)", ck_str(x),
		    builtin_info[id].name);
		r = typ[T_INVALID];
	}
	return r;
}

static bool
complexof(Checker *k, Operand *x, Operand *y, Expr *call)
{
	bool ux = type_isuntyped(x->t), uy = type_isuntyped(y->t);
	Type *r;

	if (ux && !uy) {
		ck_untyped(k, x, y->t);
	} else if (!ux && uy) {
		ck_untyped(k, y, x->t);
	} else if (ux && uy) {
		if (x->mode == MODE_CONST && y->mode == MODE_CONST) {
			/* Constants that are real become floats. */
			if (type_isnumeric(x->t) &&
			    (x->cv->kind == CONST_UNKNOWN || const_sign(const_imag(const_tocomplex(x->cv))) == 0))
				x->t = typ[T_UNTYPED_FLOAT];
			if (type_isnumeric(y->t) &&
			    (y->cv->kind == CONST_UNKNOWN || const_sign(const_imag(const_tocomplex(y->cv))) == 0))
				y->t = typ[T_UNTYPED_FLOAT];
		} else {
			ck_untyped(k, x, typ[T_FLOAT64]);
			ck_untyped(k, y, typ[T_FLOAT64]);
		}
	}
	if (x->mode == MODE_NONE || y->mode == MODE_NONE)
		return false;
	if (!type_identical(x->t, y->t)) {
		ck_error(k, ck_xpos(x), "invalid operation: %s (mismatched types %s and %s)", expr_string(call),
		    ck_tstr(k, x->t), ck_tstr(k, y->t));
		return false;
	}
	r = complextype(k, x, tocomplex, BUILTIN_COMPLEX);
	if (r == NULL) {
		ck_error(k, ck_xpos(x), "invalid argument: arguments have type %s, expected floating-point",
		    ck_tstr(k, x->t));
		return false;
	}
	if (x->mode == MODE_CONST && y->mode == MODE_CONST) {
		if (x->cv->kind == CONST_UNKNOWN || y->cv->kind == CONST_UNKNOWN)
			x->cv = ck_unknown();
		else
			x->cv = const_complex(const_tofloat(x->cv), const_tofloat(y->cv));
	} else {
		x->mode = MODE_VALUE;
	}
	x->t = r;
	return true;
}

static bool
realimag(Checker *k, Operand *x, int id)
{
	Type *r;

	if (type_isuntyped(x->t)) {
		if (x->mode == MODE_CONST) {
			if (type_isnumeric(x->t))
				x->t = typ[T_UNTYPED_COMPLEX];
		} else {
			ck_untyped(k, x, typ[T_COMPLEX128]);
			if (x->mode == MODE_NONE)
				return false;
		}
	}
	r = complextype(k, x, tofloat, id);
	if (r == NULL) {
		ck_error(k, ck_xpos(x), "invalid argument: argument has type %s, expected complex type",
		    ck_tstr(k, x->t));
		return false;
	}
	if (x->mode == MODE_CONST && x->cv->kind != CONST_UNKNOWN)
		x->cv = id == BUILTIN_REAL ? const_real(const_tocomplex(x->cv)) : const_imag(const_tocomplex(x->cv));
	else if (x->mode != MODE_CONST)
		x->mode = MODE_VALUE;
	x->t = r;
	return true;
}

static bool
copyto(Checker *k, Operand *x, Operand *y)
{
	Type *dst = x->mode == MODE_NIL ? NULL : type_core(x->t),
	     *src = y->mode == MODE_NIL ? NULL : type_corestring(y->t);

	if (src != NULL && type_isstring(src)) {
		src = type_slice(type_byte);
		if (y->e->untyped)
			ck_settype(k, y->e, typ[T_STRING], true);
	}
	if (dst == NULL || dst->kind != T_SLICE || src == NULL || src->kind != T_SLICE) {
		ck_error(k, ck_xpos(x), "invalid argument: copy expects slice arguments; found %s and %s", ck_str(x),
		    ck_str(y));
		return false;
	}
	if (!type_identical(dst->elem, src->elem)) {
		ck_error(k, ck_xpos(x),
		    "invalid argument: arguments to copy %s and %s have different element types %s and %s", ck_str(x),
		    ck_str(y), ck_tstr(k, dst->elem), ck_tstr(k, src->elem));
		return false;
	}
	x->mode = MODE_VALUE;
	x->t = typ[T_INT];
	return true;
}

static bool
make(Checker *k, Operand *x, Expr *call)
{
	ExprVec *args = &call->call.args;
	Type *t = ck_vartype(k, args->at[0]), *core;
	int64_t size[2];
	int min, nsizes = 0;

	if (!ck_valid(t))
		return false;
	core = type_core(t);
	switch (core != NULL ? core->kind : T_TUPLE) {
	case T_SLICE:
		min = 2;
		break;
	case T_MAP:
	case T_CHAN:
		min = 1;
		break;
	case T_TUPLE:
		ck_error(k, ck_start(args->at[0]), "invalid argument: cannot make %s: no core type",
		    expr_string(args->at[0]));
		return false;
	default:
		if (ck_valid(core))
			ck_error(k, ck_start(args->at[0]),
			    "invalid argument: cannot make %s; type must be slice, map, or channel",
			    expr_string(args->at[0]));
		return false;
	}
	if (args->n < min || args->n > min + 1) {
		ck_error(k, ck_start(call), "invalid operation: %s expects %d or %d arguments; found %d",
		    expr_string(call), min, min + 1, args->n);
		return false;
	}
	for (int i = 1; i < args->n; i++) {
		int64_t v;

		ck_indexvalue(k, args->at[i], -1, &v);
		if (v >= 0 && nsizes < 2)
			size[nsizes++] = v;
	}
	if (nsizes == 2 && size[0] > size[1])
		ck_error(k, ck_start(args->at[1]), "invalid argument: length and capacity swapped");
	x->mode = MODE_VALUE;
	x->t = t;
	return true;
}

static bool
minmax(Checker *k, Operand *x, Expr *call, OperandVec *args, int id)
{
	Token op = id == BUILTIN_MAX ? TK_GTR : TK_LSS;

	ck_require(k, ck_start(call->call.fn), 21, "built-in %s", builtin_info[id].name);
	for (int i = 0; i < args->n; i++) {
		Operand *a = &args->at[i];

		if (a->mode == MODE_NONE)
			return false;
		if (!type_allordered(a->t)) {
			ck_error(k, ck_xpos(a), "invalid argument: %s cannot be ordered", ck_str(a));
			return false;
		}
		if (i == 0)
			continue;
		ck_matchtypes(k, x, a);
		if (x->mode == MODE_NONE)
			return false;
		if (!type_identical(x->t, a->t)) {
			ck_error(k, ck_xpos(a),
			    "invalid argument: mismatched types %s (previous argument) and %s (type of %s)",
			    ck_tstr(k, x->t), ck_tstr(k, a->t), expr_string(a->e));
			return false;
		}
		if (x->mode == MODE_CONST && a->mode == MODE_CONST) {
			if (x->cv->kind != CONST_UNKNOWN && a->cv->kind != CONST_UNKNOWN &&
			    const_compare(op, a->cv, x->cv))
				*x = *a;
		} else {
			x->mode = MODE_VALUE;
		}
	}
	if (x->mode != MODE_CONST) {
		x->mode = MODE_VALUE;
		/* Untyped arguments that are not constant get their default type. */
		ck_assignment(k, x, emptyinterface(), intern_printf("argument to built-in %s", builtin_info[id].name));
		if (x->mode == MODE_NONE)
			return false;
	}
	for (int i = 0; i < args->n; i++)
		ck_settype(k, args->at[i].e, x->t, true);
	return true;
}

static bool
offsetof_(Checker *k, Operand *x, Expr *call)
{
	Expr *arg = call->call.args.at[0], *sx = ck_unparen(arg);
	Selection s = { 0 };
	Type *base, *t;
	int64_t off = 0;
	LookupResult r;

	if (sx->kind != EX_SELECTOR) {
		ck_error(k, ck_start(arg), "invalid argument: %s is not a selector expression", expr_string(arg));
		ck_use(k, arg);
		return false;
	}
	ck_expr(k, NULL, x, sx->selector.x);
	if (x->mode == MODE_NONE)
		return false;
	base = x->t;
	if (ck_under(base)->kind == T_PTR && ck_under(ck_under(base)->elem)->kind == T_STRUCT)
		base = ck_under(base)->elem;
	r = type_lookup(base, false, k->pkg, sx->selector.sel->name.text, false, &s);
	if (r == LOOKUP_PTRRECV || (r == LOOKUP_OK && s.obj->kind == OBJ_FUNC)) {
		ck_error(k, ck_start(arg), "invalid argument: %s is a method value", expr_string(arg));
		return false;
	}
	if (r != LOOKUP_OK) {
		ck_error(k, ck_xpos(x), "invalid argument: %s has no single field %s", ck_tstr(k, base),
		    sx->selector.sel->name.text);
		return false;
	}
	if (s.indirect) {
		ck_error(k, ck_xpos(x), "invalid argument: field %s is embedded via a pointer in %s",
		    sx->selector.sel->name.text, ck_tstr(k, base));
		return false;
	}
	s.kind = SEL_FIELD;
	s.recv = base;
	s.type = s.obj->type;
	sx->selector.sel->name.obj = s.obj;
	sx->selector.selection = arena_dup(perm, &s, sizeof s);
	for (Expr *e = arg;; e = e->unary.x) {
		e->mode = MODE_VAR;
		e->type = s.obj->type;
		if (e->kind != EX_PAREN)
			break;
	}
	if (varsize(base, 0)) {
		x->mode = MODE_VALUE;
	} else {
		t = base;
		for (int i = 0; i < s.path.n; i++) {
			Type *u = ck_under(t);

			if (u->kind != T_STRUCT)
				break;
			if (type_offset(u, s.path.at[i]) < 0 || off > INT64_MAX - type_offset(u, s.path.at[i])) {
				ck_error(k, ck_xpos(x), "%s is too large", ck_str(x));
				return false;
			}
			off += type_offset(u, s.path.at[i]);
			t = u->st.fields.at[s.path.at[i]]->type;
		}
		x->mode = MODE_CONST;
		x->cv = const_int(off);
	}
	x->t = typ[T_UINTPTR];
	return true;
}

/* Every type that x may have must be of one of two kinds; bad says what to word otherwise. */
static bool
allkinds(Operand *x, int k1, int k2)
{
	Terms ts;

	if (x->mode == MODE_NIL)
		return false;
	ck_terms(x->t, &ts);
	for (int i = 0; i < ts.n; i++) {
		int kind = ck_under(ts.at[i].type)->kind;

		if (kind != k1 && kind != k2)
			return false;
	}
	return ts.n > 0;
}

static bool
unsafebuiltin(Checker *k, Operand *x, Expr *call, OperandVec *args, int id)
{
	Pos fnpos = ck_start(call->call.fn);
	Type *core;

	switch (id) {
	case BUILTIN_UNSAFE_ADD:
		ck_require(k, fnpos, 17, "unsafe.Add");
		ck_assignment(k, x, typ[T_UNSAFEPTR], "argument to unsafe.Add");
		if (x->mode == MODE_NONE || !ck_validindex(k, &args->at[1], "length", true))
			return false;
		x->mode = MODE_VALUE;
		x->t = typ[T_UNSAFEPTR];
		return true;
	case BUILTIN_UNSAFE_ALIGNOF:
	case BUILTIN_UNSAFE_SIZEOF:
		ck_assignment(k, x, NULL,
		    id == BUILTIN_UNSAFE_ALIGNOF ? "argument to unsafe.Alignof" : "argument to unsafe.Sizeof");
		if (x->mode == MODE_NONE)
			return false;
		if (varsize(x->t, 0)) {
			x->mode = MODE_VALUE;
		} else if (id == BUILTIN_UNSAFE_ALIGNOF) {
			x->mode = MODE_CONST;
			x->cv = const_int(type_align(x->t));
		} else {
			int64_t size = type_size(x->t);

			if (size < 0) {
				ck_error(k, ck_xpos(x), "%s is too large", ck_str(x));
				return false;
			}
			x->mode = MODE_CONST;
			x->cv = const_int(size);
		}
		x->t = typ[T_UINTPTR];
		return true;
	case BUILTIN_UNSAFE_OFFSETOF:
		return offsetof_(k, x, call);
	case BUILTIN_UNSAFE_SLICE:
		ck_require(k, fnpos, 17, "unsafe.Slice");
		core = x->mode == MODE_NIL ? NULL : type_core(x->t);
		if (core == NULL || core->kind != T_PTR) {
			ck_error(k, ck_xpos(x), "invalid argument: %s is not a pointer", ck_str(x));
			return false;
		}
		if (!ck_validindex(k, &args->at[1], "length", false))
			return false;
		x->mode = MODE_VALUE;
		x->t = type_slice(core->elem);
		return true;
	case BUILTIN_UNSAFE_SLICEDATA:
		ck_require(k, fnpos, 20, "unsafe.SliceData");
		core = x->mode == MODE_NIL ? NULL : type_core(x->t);
		if (core == NULL || core->kind != T_SLICE) {
			ck_error(k, ck_xpos(x), "invalid argument: %s is not a slice", ck_str(x));
			return false;
		}
		x->mode = MODE_VALUE;
		x->t = type_ptr(core->elem);
		return true;
	case BUILTIN_UNSAFE_STRING:
		ck_require(k, fnpos, 20, "unsafe.String");
		ck_assignment(k, x, type_ptr(type_byte), "argument to unsafe.String");
		if (x->mode == MODE_NONE || !ck_validindex(k, &args->at[1], "length", false))
			return false;
		x->mode = MODE_VALUE;
		x->t = typ[T_STRING];
		return true;
	default:
		ck_require(k, fnpos, 20, "unsafe.StringData");
		ck_assignment(k, x, typ[T_STRING], "argument to unsafe.StringData");
		if (x->mode == MODE_NONE)
			return false;
		x->mode = MODE_VALUE;
		x->t = type_ptr(type_byte);
		return true;
	}
}

static bool
builtin(Checker *k, Operand *x, Expr *call, int id)
{
	const BuiltinInfo *info = &builtin_info[id];
	ExprVec *list = &call->call.args;
	OperandVec args = { 0 };
	int nargs;
	const char *count = NULL;

	if (call->dots && id != BUILTIN_APPEND) {
		ck_error(k, list->n > 0 ? ck_start(call) : call->pos,
		    "invalid operation: invalid use of ... with built-in %s", info->name);
		ck_uselist(k, list);
		return false;
	}
	switch (id) {
	case BUILTIN_MAKE:
	case BUILTIN_NEW:
	case BUILTIN_UNSAFE_OFFSETOF:
		nargs = list->n;
		break;
	default:
		ck_exprlist(k, list, &args);
		nargs = args.n;
		for (int i = 0; i < nargs; i++)
			if (args.at[i].mode == MODE_NONE)
				return false;
		if (nargs > 0)
			*x = args.at[0];
		break;
	}
	if (nargs < info->nargs)
		count = "not enough";
	else if (!info->variadic && nargs > info->nargs)
		count = "too many";
	if (count != NULL) {
		ck_error(k, ck_start(call), "invalid operation: %s arguments for %s (expected %d, found %d)", count,
		    expr_string(call), info->nargs, nargs);
		return false;
	}
	switch (id) {
	case BUILTIN_APPEND:
		return append(k, x, call, &args);
	case BUILTIN_LEN:
	case BUILTIN_CAP:
		return lencap(k, x, id);
	case BUILTIN_CLEAR:
		ck_require(k, ck_start(call->call.fn), 21, "clear");
		if (!allkinds(x, T_MAP, T_SLICE)) {
			ck_error(k, ck_xpos(x),
			    "invalid argument: cannot clear %s: argument must be (or constrained by) map or slice",
			    ck_str(x));
			return false;
		}
		x->mode = MODE_NOVALUE;
		return true;
	case BUILTIN_CLOSE: {
		Terms ts;

		if (!allkinds(x, T_CHAN, T_CHAN)) {
			ck_error(k, ck_xpos(x), "invalid operation: cannot close non-channel %s", ck_str(x));
			return false;
		}
		ck_terms(x->t, &ts);
		for (int i = 0; i < ts.n; i++)
			if (ck_under(ts.at[i].type)->dir == CHAN_RECV) {
				ck_error(k, ck_xpos(x), "invalid operation: cannot close receive-only channel %s",
				    ck_str(x));
				return false;
			}
		x->mode = MODE_NOVALUE;
		return true;
	}
	case BUILTIN_COMPLEX:
		return complexof(k, x, &args.at[1], call);
	case BUILTIN_COPY:
		return copyto(k, x, &args.at[1]);
	case BUILTIN_DELETE: {
		Terms ts;
		Type *key = NULL;

		if (!allkinds(x, T_MAP, T_MAP)) {
			ck_error(k, ck_xpos(x), "invalid argument: %s is not a map", ck_str(x));
			return false;
		}
		ck_terms(x->t, &ts);
		for (int i = 0; i < ts.n; i++) {
			Type *u = ck_under(ts.at[i].type);

			if (key != NULL && !type_identical(u->key, key)) {
				ck_error(k, ck_xpos(x), "invalid argument: maps of %s must have identical key types",
				    ck_str(x));
				return false;
			}
			key = u->key;
		}
		*x = args.at[1];
		ck_assignment(k, x, key, "argument to delete");
		if (x->mode == MODE_NONE)
			return false;
		x->mode = MODE_NOVALUE;
		return true;
	}
	case BUILTIN_REAL:
	case BUILTIN_IMAG:
		return realimag(k, x, id);
	case BUILTIN_MAKE:
		return make(k, x, call);
	case BUILTIN_MAX:
	case BUILTIN_MIN:
		return minmax(k, x, call, &args, id);
	case BUILTIN_NEW:
		x->t = ck_vartype(k, list->at[0]);
		if (!ck_valid(x->t))
			return false;
		x->mode = MODE_VALUE;
		x->t = type_ptr(x->t);
		return true;
	case BUILTIN_PANIC:
		ck_assignment(k, x, emptyinterface(), "argument to panic");
		if (x->mode == MODE_NONE)
			return false;
		x->mode = MODE_NOVALUE;
		return true;
	case BUILTIN_PRINT:
	case BUILTIN_PRINTLN:
		for (int i = 0; i < nargs; i++) {
			ck_assignment(k, &args.at[i], NULL, intern_printf("argument to built-in%s", info->name));
			if (args.at[i].mode == MODE_NONE)
				return false;
		}
		x->mode = MODE_NOVALUE;
		return true;
	case BUILTIN_RECOVER:
		x->mode = MODE_VALUE;
		x->t = emptyinterface();
		return true;
	default:
		return unsafebuiltin(k, x, call, &args, id);
	}
}

/* x is the builtin's name on entry and the call's value on return; false after an error. */
bool
ck_builtin(Checker *k, Operand *x, Expr *call, int id)
{
	bool hascall = k->env.hascall, ok;

	/* len and cap are constant if nothing inside them is called; they are no calls themselves. */
	if (id == BUILTIN_LEN || id == BUILTIN_CAP)
		k->env.hascall = false;
	ok = builtin(k, x, call, id);
	if (id == BUILTIN_LEN || id == BUILTIN_CAP)
		k->env.hascall = hascall;
	if (ok && x->mode == MODE_NOVALUE)
		x->t = type_emptytuple;
	return ok;
}
