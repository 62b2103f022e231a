/*
 * sizes.c - sizes, alignments and field offsets as gc lays them out.
 *
 * Two rules are not in any specification: a struct that ends in a field of
 * size zero gets a byte more, so that the address of that field stays inside
 * the object; and a struct holding sync/atomic's align64 marker is aligned to
 * 8 even where 64-bit integers are not. A size that does not fit an int64 is
 * -1 and stays it in everything built from it.
 */
#include "types/types.h"

static int ptrsize = 8;

void
sizes_init(int nbytes)
{
	ptrsize = nbytes;
}

int
sizes_ptrsize(void)
{
	return ptrsize;
}

static int64_t
roundup(int64_t n, int64_t align)
{
	if (n < 0 || n > INT64_MAX - align)
		return -1;
	return (n + align - 1) & -align;
}

static int
scalaralign(int64_t size)
{
	return size > ptrsize ? ptrsize : (int)size;
}

static bool
isalign64(const Type *t)
{
	const Obj *o;

	if (t->kind != T_NAMED)
		return false;
	o = t->named.obj;
	return o->pkg != NULL && strcmp(o->name, "align64") == 0 &&
	       (strcmp(o->pkg->path, "sync/atomic") == 0 || strcmp(o->pkg->path, "internal/runtime/atomic") == 0);
}

static void
layout(Type *t, int depth)
{
	int64_t size = 0;
	int align = 1;

	if (t->align != 0)
		return;
	if (depth > 10000) {
		t->size = 0;
		t->align = 1;
		return;
	}
	switch (t->kind) {
	case T_BOOL:
	case T_INT8:
	case T_UINT8:
		size = 1;
		break;
	case T_INT16:
	case T_UINT16:
		size = 2;
		align = 2;
		break;
	case T_INT32:
	case T_UINT32:
	case T_FLOAT32:
		size = 4;
		align = 4;
		break;
	case T_INT64:
	case T_UINT64:
	case T_FLOAT64:
		size = 8;
		align = scalaralign(8);
		break;
	case T_COMPLEX64:
		size = 8;
		align = 4;
		break;
	case T_COMPLEX128:
		size = 16;
		align = scalaralign(8);
		break;
	case T_INT:
	case T_UINT:
	case T_UINTPTR:
	case T_UNSAFEPTR:
	case T_PTR:
	case T_FUNC:
	case T_MAP:
	case T_CHAN:
		size = align = ptrsize;
		break;
	case T_STRING:
	case T_INTERFACE:
		size = 2 * ptrsize;
		align = ptrsize;
		break;
	case T_SLICE:
		size = 3 * ptrsize;
		align = ptrsize;
		break;
	case T_ARRAY:
		layout(t->elem, depth + 1);
		if (t->elem->align == 0)
			return;
		align = t->elem->align;
		size = t->elem->size;
		if (t->len > 0 && size > 0)
			size = size > INT64_MAX / t->len ? -1 : size * t->len;
		else if (size > 0)
			size = 0;
		break;
	case T_STRUCT: {
		int n = t->st.fields.n;
		int64_t last = -1;
		bool partial = false;

		t->align = 1;	/* ends the recursion of an invalid recursive type */
		t->st.offsets = NEWN(perm, int64_t, n + 1);
		for (int i = 0; i < n; i++) {
			Type *ft = obj_type(t->st.fields.at[i]);

			if (ft == NULL)
				ft = typ[T_INVALID];
			layout(ft, depth + 1);
			if (ft->align == 0) {
				partial = true;
				continue;
			}
			if (ft->align > align)
				align = ft->align;
			size = size < 0 ? -1 : roundup(size, ft->align);
			t->st.offsets[i] = size;
			last = ft->size;
			size = size < 0 || last < 0 || size > INT64_MAX - last ? -1 : size + last;
		}
		if (partial) {
			t->align = 0;	/* a declaration is not complete yet: compute again later */
			return;
		}
		if (size > 0 && last == 0)
			size++;
		size = size < 0 ? -1 : roundup(size, align);
		break;
	}
	case T_TUPLE:
		for (int i = 0; i < t->tuple.vars.n; i++) {
			Type *ft = t->tuple.vars.at[i]->type;

			layout(ft, depth + 1);
			if (ft->align > align)
				align = ft->align;
			size = roundup(size, ft->align);
			size = size < 0 || ft->size < 0 || size > INT64_MAX - ft->size ? -1 : size + ft->size;
		}
		size = roundup(size, align);
		break;
	case T_NAMED: {
		Type *u = type_under(t);

		if (u->kind == T_INVALID)
			return;
		layout(u, depth + 1);
		if (u->align == 0)
			return;
		size = u->size;
		align = isalign64(t) ? 8 : u->align;
		break;
	}
	default:
		/* untyped, invalid, type parameters: asked for after an error only, or (untyped) never stored */
		size = 0;
		break;
	}
	t->size = size;
	t->align = align;
}

int64_t
type_size(Type *t)
{
	layout(t, 0);
	return t->align != 0 ? t->size : 0;
}

int
type_align(Type *t)
{
	layout(t, 0);
	return t->align != 0 ? t->align : 1;
}

int64_t
type_offset(Type *structtype, int field)
{
	Type *u = type_under(structtype);

	layout(u, 0);
	return u->st.offsets[field];
}
