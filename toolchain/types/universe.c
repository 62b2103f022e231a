/*
 * universe.c - the predeclared names and package unsafe.
 */
#include "types/types.h"

Scope *universe;
Package *pkg_unsafe;

static const struct {
	uint8_t kind;
	int8_t size;	/* bytes; 0: the pointer size; -1: untyped */
	const char *name;
} basics[] = {
	{ T_INVALID, -1, "invalid type" },
	{ T_BOOL, 1, "bool" },
	{ T_INT, 0, "int" },
	{ T_INT8, 1, "int8" },
	{ T_INT16, 2, "int16" },
	{ T_INT32, 4, "int32" },
	{ T_INT64, 8, "int64" },
	{ T_UINT, 0, "uint" },
	{ T_UINT8, 1, "uint8" },
	{ T_UINT16, 2, "uint16" },
	{ T_UINT32, 4, "uint32" },
	{ T_UINT64, 8, "uint64" },
	{ T_UINTPTR, 0, "uintptr" },
	{ T_FLOAT32, 4, "float32" },
	{ T_FLOAT64, 8, "float64" },
	{ T_COMPLEX64, 8, "complex64" },
	{ T_COMPLEX128, 16, "complex128" },
	{ T_STRING, 0, "string" },
	{ T_UNSAFEPTR, 0, "Pointer" },
	{ T_UNTYPED_BOOL, -1, "untyped bool" },
	{ T_UNTYPED_INT, -1, "untyped int" },
	{ T_UNTYPED_RUNE, -1, "untyped rune" },
	{ T_UNTYPED_FLOAT, -1, "untyped float" },
	{ T_UNTYPED_COMPLEX, -1, "untyped complex" },
	{ T_UNTYPED_STRING, -1, "untyped string" },
	{ T_UNTYPED_NIL, -1, "untyped nil" },
};

static const struct {
	uint8_t id;
	const char *name;
	bool unsafe;
} builtins[] = {
	{ BUILTIN_APPEND, "append", false },
	{ BUILTIN_CAP, "cap", false },
	{ BUILTIN_CLEAR, "clear", false },
	{ BUILTIN_CLOSE, "close", false },
	{ BUILTIN_COMPLEX, "complex", false },
	{ BUILTIN_COPY, "copy", false },
	{ BUILTIN_DELETE, "delete", false },
	{ BUILTIN_IMAG, "imag", false },
	{ BUILTIN_LEN, "len", false },
	{ BUILTIN_MAKE, "make", false },
	{ BUILTIN_MAX, "max", false },
	{ BUILTIN_MIN, "min", false },
	{ BUILTIN_NEW, "new", false },
	{ BUILTIN_PANIC, "panic", false },
	{ BUILTIN_PRINT, "print", false },
	{ BUILTIN_PRINTLN, "println", false },
	{ BUILTIN_REAL, "real", false },
	{ BUILTIN_RECOVER, "recover", false },
	{ BUILTIN_UNSAFE_ADD, "Add", true },
	{ BUILTIN_UNSAFE_ALIGNOF, "Alignof", true },
	{ BUILTIN_UNSAFE_OFFSETOF, "Offsetof", true },
	{ BUILTIN_UNSAFE_SIZEOF, "Sizeof", true },
	{ BUILTIN_UNSAFE_SLICE, "Slice", true },
	{ BUILTIN_UNSAFE_SLICEDATA, "SliceData", true },
	{ BUILTIN_UNSAFE_STRING, "String", true },
	{ BUILTIN_UNSAFE_STRINGDATA, "StringData", true },
};
_Static_assert(NELEM(builtins) == BUILTIN_COUNT, "every builtin has a name");

static Obj *
define(Scope *sc, Package *pkg, ObjKind k, const char *name, Type *t)
{
	Obj *o = obj_new(k, 0, pkg, intern_str(name), t);

	o->color = 2;
	o->isglobal = 1;
	o->used = 1;
	scope_insert(sc, o);
	return o;
}

static void
defineconst(const char *name, Type *t, Const *c)
{
	define(universe, NULL, OBJ_CONST, name, t)->cv = c;
}

static Type *
basic(const char *name, uint8_t kind)
{
	Type *t = type_new(kind);

	t->basic.name = intern_str(name);
	t->complete = 1;
	return t;
}

static Type *
definenamed(const char *name, Type *under)
{
	Obj *o = define(universe, NULL, OBJ_TYPE, name, NULL);
	Type *t = type_named(o, under);

	t->complete = 1;
	return t;
}

/* interface { Error() string } */
static Type *
errorinterface(void)
{
	Type *it = type_new(T_INTERFACE);
	Obj *res = obj_new(OBJ_VAR, 0, NULL, intern_str(""), typ[T_STRING]);
	Obj *m;

	res->isresult = 1;
	m = obj_new(OBJ_FUNC, 0, NULL, intern_str("Error"), type_func(NULL, type_tuple(&res, 1), false));
	m->color = 2;
	vec_push(perm, &it->iface.methods, m);
	it->complete = 1;
	return it;
}

void
types_init(int ptrsize)
{
	Type *t;

	universe = scope_new(NULL);
	type_emptytuple = NULL;
	type_emptytuple = type_new(T_TUPLE);
	sizes_init(ptrsize);

	for (size_t i = 0; i < NELEM(basics); i++)
		typ[basics[i].kind] = basic(basics[i].name, basics[i].kind);
	type_byte = basic("byte", T_UINT8);
	type_rune = basic("rune", T_INT32);

	for (int k = T_BOOL; k <= T_STRING; k++)
		define(universe, NULL, OBJ_TYPE, typ[k]->basic.name, typ[k]);
	define(universe, NULL, OBJ_TYPE, "byte", type_byte)->isalias = 1;
	define(universe, NULL, OBJ_TYPE, "rune", type_rune)->isalias = 1;

	type_any = type_new(T_INTERFACE);
	type_any->complete = 1;
	define(universe, NULL, OBJ_TYPE, "any", type_any)->isalias = 1;

	type_error = definenamed("error", errorinterface());
	t = type_new(T_INTERFACE);
	t->complete = t->comparable = 1;
	type_comparable = definenamed("comparable", t);

	defineconst("true", typ[T_UNTYPED_BOOL], const_bool(true));
	defineconst("false", typ[T_UNTYPED_BOOL], const_bool(false));
	defineconst("iota", typ[T_UNTYPED_INT], const_int(0));
	define(universe, NULL, OBJ_NIL, "nil", typ[T_UNTYPED_NIL]);

	pkg_unsafe = package_new("unsafe", "unsafe");
	pkg_unsafe->complete = pkg_unsafe->unsafe = true;
	define(pkg_unsafe->scope, pkg_unsafe, OBJ_TYPE, "Pointer", typ[T_UNSAFEPTR]);
	for (size_t i = 0; i < NELEM(builtins); i++) {
		bool u = builtins[i].unsafe;
		Obj *o = define(u ? pkg_unsafe->scope : universe, u ? pkg_unsafe : NULL, OBJ_BUILTIN, builtins[i].name,
		    typ[T_INVALID]);

		o->builtin = builtins[i].id;
	}
}
