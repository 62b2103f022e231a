/*
 * check_index.c - indexing and slicing, and the indices of array literals.
 */
#include "types/check.h"

static Expr *
singleindex(Checker *k, Expr *e)
{
	if (e->index.index.n == 0) {
		ck_error(k, ck_start(e), "invalid syntax tree: missing index for %s", expr_string(e->index.x));
		return NULL;
	}
	if (e->index.index.n > 1)
		ck_error(k, ck_start(e->index.index.at[1]), "invalid operation: more than one index");
	return e->index.index.at[0];
}

static bool
mapindex(Checker *k, Operand *x, Expr *e, Type *key, Type *elem)
{
	Expr *index = singleindex(k, e);
	Operand kx;

	if (index == NULL) {
		x->mode = MODE_NONE;
		return false;
	}
	ck_expr(k, NULL, &kx, index);
	ck_assignment(k, &kx, key, "map index");
	/* A bad key is no reason to doubt the type of the element. */
	x->mode = MODE_MAPINDEX;
	x->t = elem;
	x->e = e;
	return false;
}

/* What indexing a value of underlying type u gives; NULL: cannot be indexed. */
static Type *
elemof(Type *u, bool addressable, Type **key, int64_t *len, uint8_t *mode)
{
	*key = NULL;
	*len = -1;
	*mode = MODE_VAR;
	switch (u->kind) {
	case T_STRING:
	case T_UNTYPED_STRING:
		*mode = MODE_VALUE;
		return type_byte;
	case T_ARRAY:
		*len = u->len;
		if (!addressable)
			*mode = MODE_VALUE;
		return u->elem;
	case T_PTR: {
		Type *a = ck_under(u->elem);

		if (a->kind != T_ARRAY || u->elem->kind == T_TPARAM)
			return NULL;
		*len = a->len;
		return a->elem;
	}
	case T_SLICE:
		return u->elem;
	case T_MAP:
		*key = u->key;
		return u->elem;
	default:
		return NULL;
	}
}

bool
ck_index(Checker *k, Operand *x, Expr *e)
{
	Type *key = NULL, *elem = NULL;
	int64_t len = -1;
	uint8_t mode = MODE_VAR;
	Expr *index;

	ck_exprortype(k, x, e->index.x, true);
	switch (x->mode) {
	case MODE_NONE:
		ck_uselist(k, &e->index.index);
		return false;
	case MODE_TYPE:
		x->mode = MODE_NONE;
		x->t = ck_vartype(k, e);
		if (ck_valid(x->t))
			x->mode = MODE_TYPE;
		x->e = e;
		return false;
	case MODE_VALUE:
		if (x->t->kind == T_FUNC && x->t->fn.tparams.n > 0)
			return true;
		break;
	}
	ck_nongeneric(k, NULL, x);
	if (x->mode == MODE_NONE)
		return false;
	if (x->mode == MODE_BUILTIN || x->mode == MODE_NIL) {
		elem = NULL;
	} else if (x->t->kind == T_TPARAM) {
		Terms ts;

		ck_terms(x->t, &ts);
		for (int i = 0; i < ts.n; i++) {
			Type *k1, *e1;
			int64_t l1;
			uint8_t m1;

			e1 = elemof(ck_under(ts.at[i].type), x->mode == MODE_VAR, &k1, &l1, &m1);
			if (e1 == NULL) {
				elem = NULL;
				break;
			}
			if (m1 == MODE_VALUE)
				mode = MODE_VALUE;
			if (i == 0) {
				elem = e1;
				key = k1;
				len = l1;
				continue;
			}
			if ((key == NULL) != (k1 == NULL) || (key != NULL && !type_identical(key, k1)) ||
			    !type_identical(elem, e1)) {
				elem = NULL;
				break;
			}
			if (l1 >= 0 && l1 < len)
				len = l1;
		}
	} else {
		elem = elemof(ck_under(x->t), x->mode == MODE_VAR, &key, &len, &mode);
		if (elem != NULL && x->mode == MODE_CONST && x->cv->kind == CONST_STRING)
			len = (int64_t)x->cv->s.n;
	}
	if (elem == NULL) {
		if (ck_valid(ck_under(x->t)) || x->mode == MODE_BUILTIN)
			ck_error(k, e->pos, "invalid operation: cannot index %s", ck_str(x));
		ck_uselist(k, &e->index.index);
		x->mode = MODE_NONE;
		return false;
	}
	if (key != NULL)
		return mapindex(k, x, e, key, elem);
	if (x->mode == MODE_CONST && x->e->untyped)
		ck_settype(k, x->e, typ[T_STRING], true);
	x->mode = mode;
	x->t = elem;
	index = singleindex(k, e);
	if (index == NULL) {
		x->mode = MODE_NONE;
		return false;
	}
	ck_indexvalue(k, index, len, NULL);
	return false;
}

void
ck_slice(Checker *k, Operand *x, Expr *e)
{
	Expr *idx[3] = { e->slice.lo, e->slice.hi, e->slice.max };
	int64_t val[3], len = -1;
	bool ok = false;
	Type *u;

	ck_expr(k, NULL, x, e->slice.x);
	if (x->mode == MODE_NONE) {
		for (int i = 0; i < 3; i++)
			ck_use(k, idx[i]);
		return;
	}
	u = type_corestring(x->t);
	if (u == NULL) {
		ck_error(k, ck_xpos(x), "invalid operation: cannot slice %s: %s has no core type", ck_str(x),
		    ck_tstr(k, x->t));
		x->mode = MODE_NONE;
		return;
	}
	switch (u->kind) {
	case T_STRING:
	case T_UNTYPED_STRING:
		if (e->full) {
			Expr *at = idx[2] != NULL ? idx[2] : idx[1];

			ck_error(k, at != NULL ? ck_start(at) : e->pos, "invalid operation: 3-index slice of string");
			x->mode = MODE_NONE;
			return;
		}
		ok = true;
		if (x->mode == MODE_CONST && x->cv->kind == CONST_STRING)
			len = (int64_t)x->cv->s.n;
		/* Spec: for untyped string operands the result is a value of type string. */
		if (type_isuntyped(x->t)) {
			ck_settype(k, x->e, typ[T_STRING], true);
			x->t = typ[T_STRING];
		}
		break;
	case T_ARRAY:
		ok = true;
		len = u->len;
		if (x->mode != MODE_VAR) {
			ck_error(k, ck_xpos(x), "invalid operation: %s (slice of unaddressable value)", ck_str(x));
			x->mode = MODE_NONE;
			return;
		}
		ck_addrtaken(e->slice.x);
		x->t = type_slice(u->elem);
		break;
	case T_PTR:
		if (ck_under(u->elem)->kind == T_ARRAY && u->elem->kind != T_TPARAM) {
			ok = true;
			len = ck_under(u->elem)->len;
			x->t = type_slice(ck_under(u->elem)->elem);
		}
		break;
	case T_SLICE:
		ok = true;
		break;
	}
	if (!ok) {
		if (ck_valid(u))
			ck_error(k, ck_xpos(x), "invalid operation: cannot slice %s", ck_str(x));
		x->mode = MODE_NONE;
		return;
	}
	x->mode = MODE_VALUE;
	if (e->full && (idx[1] == NULL || idx[2] == NULL)) {
		x->mode = MODE_NONE;	/* the parser complained */
		return;
	}
	for (int i = 0; i < 3; i++) {
		val[i] = -1;
		if (idx[i] != NULL) {
			int64_t v;

			ck_indexvalue(k, idx[i], len >= 0 && len < INT64_MAX ? len + 1 : -1, &v);
			if (v >= 0)
				val[i] = v;
		} else if (i == 0) {
			val[i] = 0;
		} else if (len >= 0) {
			val[i] = len;
		}
	}
	for (int i = 0; i < 2; i++)
		if (val[i] > 0)
			for (int j = i + 1; j < 3; j++)
				if (val[j] >= 0 && val[j] < val[i]) {
					ck_error(k, ck_start(idx[j] != NULL ? idx[j] : idx[i]),
					    "invalid slice indices: %lld < %lld", (long long)val[j], (long long)val[i]);
					return;
				}
}

/* Checks an index, which must be below max if that is not negative. *val: its constant value or -1. */
Type *
ck_indexvalue(Checker *k, Expr *index, int64_t max, int64_t *val)
{
	Operand x;
	int64_t v;

	if (val != NULL)
		*val = -1;
	ck_expr(k, NULL, &x, index);
	if (!ck_validindex(k, &x, "index", false))
		return typ[T_INVALID];
	if (x.mode != MODE_CONST)
		return x.t;
	if (x.cv->kind == CONST_UNKNOWN || !const_isint64(x.cv, &v))
		return typ[T_INVALID];
	if (max >= 0 && v >= max) {
		ck_error(k, ck_xpos(&x), "invalid argument: index %s out of bounds [0:%lld]", const_string_repr(x.cv),
		    (long long)max);
		return typ[T_INVALID];
	}
	if (val != NULL)
		*val = v;
	return x.t;
}

bool
ck_validindex(Checker *k, Operand *x, const char *what, bool negative)
{
	Const *r;

	if (x->mode == MODE_NONE)
		return false;
	/* Spec: a constant index that is untyped is given type int. */
	ck_untyped(k, x, typ[T_INT]);
	if (x->mode == MODE_NONE)
		return false;
	if (!type_allinteger(x->t)) {
		ck_error(k, ck_xpos(x), "invalid argument: %s %s must be integer", what, ck_str(x));
		return false;
	}
	if (x->mode == MODE_CONST && x->cv->kind != CONST_UNKNOWN) {
		if (!negative && const_sign(x->cv) < 0) {
			ck_error(k, ck_xpos(x), "invalid argument: %s %s must not be negative", what, ck_str(x));
			return false;
		}
		r = x->cv;
		if (!const_representable(x->cv, typ[T_INT], &r)) {
			ck_error(k, ck_xpos(x), "invalid argument: %s %s overflows int", what, ck_str(x));
			return false;
		}
		x->cv = r;
	}
	return true;
}

/* The elements of an array or slice literal; returns the length it needs. len: -1 if not fixed. */
int64_t
ck_elements(Checker *k, ExprVec *elems, Type *t, int64_t len)
{
	Map *seen = NULL;	/* only once an index was written: before, none can repeat */
	int64_t index = 0, max = 0;

	for (int i = 0; i < elems->n; i++) {
		Expr *e = elems->at[i], *v = e;
		bool ok = false;
		Operand x;

		if (e->kind == EX_KEYVALUE) {
			int64_t at;
			Type *it = ck_indexvalue(k, e->binary.x, len, &at);

			if (ck_valid(it)) {
				if (at >= 0) {
					index = at;
					ok = true;
				} else {
					ck_error(k, ck_start(e), "index %s must be integer constant",
					    expr_string(e->binary.x));
				}
			}
			v = e->binary.y;
			if (seen == NULL) {
				seen = map_new(perm);
				for (int64_t j = 0; j < i; j++)
					map_set(seen, (void *)(intptr_t)(j + 1), seen);
			}
		} else if (len >= 0 && index >= len) {
			ck_error(k, ck_start(e), "index %lld is out of bounds (>= %lld)", (long long)index,
			    (long long)len);
		} else {
			ok = true;
		}
		if (ok && seen != NULL) {
			if (map_has(seen, (void *)(intptr_t)(index + 1)))
				ck_error(k, ck_start(e), "duplicate index %lld in array or slice literal",
				    (long long)index);
			map_set(seen, (void *)(intptr_t)(index + 1), seen);
		}
		if (index < INT64_MAX)
			index++;
		if (index > max)
			max = index;
		ck_exprhint(k, &x, v, t);
		ck_assignment(k, &x, t, "array or slice literal");
	}
	return max;
}
