/*
 * types.h - objects, scopes, types and constants of Go; the checker that
 * writes them into syntax trees; export data.
 *
 * The folder has two halves. The algebra (type.c and those listed under it)
 * knows types and nothing of syntax trees. The checker (check.c and those
 * under it) walks trees and calls the algebra. Generic code is checked once,
 * in terms of its type parameters; the lowering substitutes type arguments
 * with type_subst when it instantiates a body.
 *
 * Types are immutable once complete and live in the arena `perm`. Two types
 * are identical if type_identical says so; type_canon gives one pointer for
 * each class of identical types, which later stages use as map keys.
 *
 * An alias is no type of its own. What is written through one is a copy of the
 * type it stands for, identical to it, with the alias's name for messages: its
 * Spelling. type_unspelled gives the type proper; only that one knows methods,
 * type parameters and what is underneath, so their accessors begin with it.
 *
 * Locals: t Type, o Obj, pkg Package, sc Scope, c Const.
 */
#ifndef SLIPWAY_TYPES_H
#define SLIPWAY_TYPES_H

#include "syntax/syntax.h"

typedef struct Type Type;
typedef struct Obj Obj;
typedef struct Package Package;
typedef struct Scope Scope;
typedef struct Const Const;
typedef struct Selection Selection;
typedef struct Inst Inst;
typedef struct TypeSet TypeSet;
typedef Vec(Type *) TypeVec;
typedef Vec(Obj *) ObjVec;

/* ---- types ---- */

/* clang-format off */
typedef enum {
	T_INVALID,
	/* basic types; the order of the numbers up to T_UNSAFEPTR is that of go/types.BasicKind */
	T_BOOL, T_INT, T_INT8, T_INT16, T_INT32, T_INT64,
	T_UINT, T_UINT8, T_UINT16, T_UINT32, T_UINT64, T_UINTPTR,
	T_FLOAT32, T_FLOAT64, T_COMPLEX64, T_COMPLEX128, T_STRING, T_UNSAFEPTR,
	T_UNTYPED_BOOL, T_UNTYPED_INT, T_UNTYPED_RUNE, T_UNTYPED_FLOAT, T_UNTYPED_COMPLEX, T_UNTYPED_STRING, T_UNTYPED_NIL,
	/* composite types */
	T_ARRAY, T_SLICE, T_STRUCT, T_PTR, T_FUNC, T_INTERFACE, T_MAP, T_CHAN,
	T_TUPLE,	/* results of a call; parameter lists */
	T_UNION,	/* in constraints only */
	T_NAMED,	/* declared types and instances of generic ones */
	T_TPARAM,
} TypeKind;
/* clang-format on */

typedef struct {
	Type *type;
	bool tilde;
} UnionTerm;

typedef struct {
	Obj *obj;		/* the alias */
	Type *base;		/* what it stands for; not spelled itself */
	TypeVec tparams, targs;	/* of a generic alias; of an instance of one */
} Spelling;

struct Type {
	uint8_t kind;		/* TypeKind */
	uint8_t dir;		/* T_CHAN: ChanDir */
	uint8_t variadic : 1;	/* T_FUNC: the last parameter's type is a slice */
	uint8_t complete : 1;	/* T_INTERFACE, T_NAMED: all parts are known */
	uint8_t comparable : 1;	/* T_INTERFACE: the predeclared comparable is embedded (or is it) */
	uint8_t implicit : 1;	/* T_INTERFACE: made from a constraint literal such as ~int */
	uint8_t hastparam : 2;	/* cache: 0 unknown, 1 no type parameter inside, 2 has one */
	uint8_t lowered : 1;	/* later stages: descriptor emitted */
	uint32_t hash;		/* cache of type_hash; 0: not yet */
	int64_t size;		/* bytes; -1 until type_size has run */
	int32_t align;		/* bytes */
	Type *canon;		/* cache of type_canon */
	const Spelling *spelling; /* or NULL */
	struct LowerType *lower; /* cache of the lowering: pointer maps, components, symbols */
	union {
		struct {
			const char *name;
		} basic;
		struct {
			Type *elem;		/* T_ARRAY T_SLICE T_PTR T_CHAN; map value */
			Type *key;		/* T_MAP */
			int64_t len;		/* T_ARRAY; -1 while unknown after an error */
		};
		struct {
			ObjVec fields;		/* OBJ_FIELD, in order */
			const char **tags;	/* NULL, or one per field (NULL: no tag); tag lengths in taglens */
			uint32_t *taglens;
			int64_t *offsets;	/* set by type_size */
		} st;
		struct {
			ObjVec vars;
		} tuple;
		struct {
			Type *params, *results;	/* T_TUPLE, never NULL */
			Obj *recv;		/* or NULL */
			TypeVec tparams;	/* T_TPARAM; generic functions */
			TypeVec recvtparams;	/* T_TPARAM; methods of generic types */
		} fn;
		struct {
			ObjVec methods;		/* OBJ_FUNC, explicit ones, in source order */
			TypeVec embeds;		/* any types */
			Vec(Pos) embedpos;
			TypeSet *tset;		/* cache of type_typeset */
			Package *pkg;
		} iface;
		struct {
			Vec(UnionTerm) terms;
		} un;
		struct {
			Obj *obj;		/* OBJ_TYPE */
			Type *under;		/* never T_NAMED; NULL until resolved: use type_under */
			Type *rhs;		/* the type of the declaration, maybe named */
			TypeVec tparams;	/* T_TPARAM of a generic type; of the origin */
			Type *origin;		/* generic type this is an instance of, or NULL */
			TypeVec targs;		/* of an instance */
			ObjVec methods;		/* OBJ_FUNC; of an instance: use type_method */
			Map *instmethods;	/* of an instance: origin method -> substituted method */
		} named;
		struct {
			Obj *obj;		/* OBJ_TYPE */
			int index;
			Type *bound;		/* constraint as written */
			Type *owner;		/* unused by most: the generic type or NULL */
			int id;			/* unique, in order of creation: for hashing */
		} tp;
	};
};

/* What a constraint admits. */
struct TypeSet {
	ObjVec methods;		/* all of them, sorted by obj_less */
	Vec(UnionTerm) terms;	/* meaningless if all */
	bool all;		/* no restriction by terms */
	bool comparable;
	bool checked;
};

/* Type arguments of one use of a generic function or type. */
struct Inst {
	TypeVec targs;
	Type *type;		/* the instantiated signature or type */
};

/* ---- objects ---- */

/* clang-format off */
typedef enum { OBJ_BAD, OBJ_PKG, OBJ_CONST, OBJ_TYPE, OBJ_VAR, OBJ_FIELD, OBJ_FUNC, OBJ_LABEL, OBJ_BUILTIN, OBJ_NIL } ObjKind;
/* clang-format on */

struct Obj {
	uint8_t kind;		/* ObjKind */
	uint8_t color;		/* checker: white 0, grey 1, black 2 */
	uint8_t isalias : 1;	/* OBJ_TYPE: alias declaration */
	uint8_t embedded : 1;	/* OBJ_FIELD */
	uint8_t isparam : 1, isresult : 1, isrecv : 1; /* OBJ_VAR */
	uint8_t isglobal : 1;	/* OBJ_VAR, OBJ_FUNC, ...: package level */
	uint8_t used : 1;
	uint8_t ptrrecv : 1;	/* OBJ_FUNC: method with a pointer receiver */
	/* facts about local variables, set by the checker for the lowering */
	uint8_t addrtaken : 1;	/* & applied, or sliced as an array, or method with pointer receiver called */
	uint8_t captured : 1;	/* used in a function literal inside the declaring function */
	uint8_t reassigned : 1;	/* assigned after its declaration (op=, ++, range =, and & count) */
	uint8_t exported : 1;
	uint8_t builtin;	/* OBJ_BUILTIN: Builtin */
	Pos pos;
	const char *name;	/* interned */
	Package *pkg;		/* NULL: universe */
	Type *type;		/* NULL until resolved: use obj_type */
	Scope *parent;
	Const *cv;		/* OBJ_CONST */
	Decl *decl;		/* package-level and local declarations from source; methods too */
	int declindex;		/* OBJ_VAR, OBJ_CONST: index among decl's names */
	File *file;
	Package *imported;	/* OBJ_PKG */
	Obj *origin;		/* method of an instance or field of one: the generic one; else NULL */
	uint32_t pragma;	/* OBJ_FUNC */
	struct FuncInfo *func;	/* later stages: OBJ_FUNC with a body; the imported-body record */
	struct LowerObj *lower;	/* later stages */
	const char *linkname;	/* linker symbol if not the usual one, or NULL */
	/* OBJ_VAR, OBJ_TYPE: function object or NULL: where a local is declared (for literals: see lower) */
	Obj *outerfn;
	int order;		/* number of declaration in the package: deterministic sorting. A local OBJ_TYPE: its number, from 1, among
				 * the types declared in its outerfn (or among all of the package's initialisers when outerfn is NULL) */
	Pos scopepos;		/* local objects: visible from here on (end of their declaration); else 0 */
	Type *recvbase;		/* OBJ_FUNC imported lazily: the type it is a method of */
	uint32_t expoff;	/* export data: offset + 1 of the declaration not yet read, or 0 */
};

struct Scope {
	Scope *parent;
	Map *names;		/* interned name -> Obj */
	Pos pos, end;
	bool isfunc;
	Package *lazy;		/* package scope of an imported package: names not yet looked at are in its export data */
};

struct Package {
	const char *path;	/* import path, interned; what -p said */
	const char *name;
	const char *goversion;	/* -lang, "go1.23" */
	Scope *scope;		/* package scope */
	Vec(Package *) imports;	/* direct, in order of first import */
	Vec(File *) files;
	bool complete, fake, cgo;
	bool unsafe;
	struct ImportData *data; /* where lazily read declarations come from */
	char fingerprint[8];
};

/* ---- constants (const.c): exact, arbitrary precision; immutable ---- */

typedef enum { CONST_UNKNOWN, CONST_BOOL, CONST_STRING, CONST_INT, CONST_FLOAT, CONST_COMPLEX } ConstKind;

struct Const {
	uint8_t kind;		/* ConstKind */
	uint8_t rep;		/* const.c: small integer, mini-gmp integer, rational, big float */
	union {
		bool b;
		int64_t i;
		struct {
			const char *p;
			size_t n;
		} s;
		void *big;
		struct {
			const Const *re, *im;
		} cx;
	};
};

Const *const_bool(bool b);
Const *const_string(const char *p, size_t n);
Const *const_int(int64_t i);
Const *const_uint(uint64_t i);
Const *const_float(double d);
Const *const_literal(LitKind kind, const char *text);	/* NULL: malformed or too large */
Const *const_unary(Token op, const Const *x, const Type *t);	/* t: for ^ of an unsigned type, or NULL */
/* intdiv: / truncates. The caller has excluded division by zero. NULL: overflow of what we represent. */
Const *const_binary(Token op, const Const *x, const Const *y, bool intdiv);
Const *const_shift(Token op, const Const *x, unsigned n);
bool const_compare(Token op, const Const *x, const Const *y);
Const *const_toint(const Const *x);			/* CONST_UNKNOWN if not integral */
Const *const_tofloat(const Const *x);
Const *const_tocomplex(const Const *x);
Const *const_real(const Const *x);
Const *const_imag(const Const *x);
Const *const_complex(const Const *re, const Const *im);
int const_sign(const Const *x);
int const_bitlen(const Const *x);			/* CONST_INT */
bool const_isint64(const Const *x, int64_t *v);		/* false: does not fit */
bool const_isuint64(const Const *x, uint64_t *v);
/* The low 64 bits of an integer constant in two's complement, as code needs it. */
uint64_t const_bits(const Const *x);
double const_float64(const Const *x);			/* rounded to nearest even */
float const_float32(const Const *x);
/* Whether x is representable as basic type t (spec: Representability); *rounded gets the converted value. */
bool const_representable(const Const *x, const Type *t, Const **rounded);
const char *const_string_repr(const Const *x);		/* as gc prints it in messages; interned */
void const_encode(Buf *b, const Const *x);		/* our own compact form */
Const *const_decode(const uint8_t **p, const uint8_t *end); /* NULL: damaged */
/* The forms of the indexed export format; u is the basic type (sizes of the small encoding depend on it). */
void const_exportint(Buf *b, const Const *x, const Type *u);
void const_exportfloat(Buf *b, const Const *x, const Type *u);

/* ---- type.c: making types, predicates ---- */

extern Type *typ[T_UNTYPED_NIL + 1];	/* basic types by kind */
extern Type *type_byte, *type_rune;	/* print as byte and rune, identical to uint8 and int32 */
extern Type *type_error, *type_any, *type_comparable; /* universe */
extern Type *type_emptytuple;
extern Scope *universe;
extern Package *pkg_unsafe;

void types_init(int ptrsize);		/* makes the universe */

Type *type_new(TypeKind k);
Type *type_array(Type *elem, int64_t len);
Type *type_slice(Type *elem);
Type *type_ptr(Type *elem);
Type *type_map(Type *key, Type *elem);
Type *type_chan(ChanDir dir, Type *elem);
Type *type_tuple(Obj **vars, int n);
Type *type_func(Type *params, Type *results, bool variadic);
Type *type_named(Obj *o, Type *under);
Type *type_tparam(Obj *o, Type *bound);

/* t as the alias o names it; type parameters and untyped types keep their names. */
Type *type_spelled(Obj *o, Type *t, const TypeVec *tparams, const TypeVec *targs);
static inline Type *
type_unspelled(Type *t)
{
	return t->spelling != NULL ? t->spelling->base : t;
}
Type *type_under(Type *t);		/* underlying type; of a type parameter its constraint interface */
Type *type_core(Type *t);		/* core type (spec) or NULL */
Type *type_corestring(Type *t);		/* as type_core, but []byte|string gives string */
Type *type_default(Type *t);		/* default type of an untyped one */
Type *type_deref(Type *t, bool *wasptr);
static inline bool
type_isuntyped(const Type *t)
{
	return t->kind >= T_UNTYPED_BOOL && t->kind <= T_UNTYPED_NIL;
}
/* Predicates on the underlying type; the type_all… forms look through type parameters: every type of the set. */
bool type_isboolean(Type *t), type_isinteger(Type *t), type_isunsigned(Type *t), type_isfloat(Type *t),
    type_iscomplex(Type *t);
bool type_isnumeric(Type *t), type_isstring(Type *t), type_isconst(Type *t), type_isinterface(Type *t),
    type_istparam(Type *t);
bool type_allinteger(Type *t), type_allunsigned(Type *t), type_allnumeric(Type *t), type_allstring(Type *t),
    type_allordered(Type *t);
bool type_allboolean(Type *t), type_allfloat(Type *t), type_allcomplex(Type *t), type_allconst(Type *t),
    type_allnumericorstring(Type *t);
bool type_hasnil(Type *t);
bool type_isbytes(Type *t), type_isrunes(Type *t);	/* []byte-like, []rune-like core */
bool type_hastparam(Type *t);
/* Spec: Comparison operators. dynamic: interfaces count as comparable. why: message part or NULL. */
bool type_comparable_(Type *t, bool dynamic, const char **why);

/* ---- identical.c ---- */
bool type_identical(Type *a, Type *b);
bool type_identical_notags(Type *a, Type *b);
uint32_t type_hash(Type *t);		/* equal for identical types; stable across runs */
Type *type_canon(Type *t);

/* ---- sizes.c: gc's sizes for the target's pointer size ---- */
int64_t type_size(Type *t);
int type_align(Type *t);
int64_t type_offset(Type *structtype, int field);
void sizes_init(int nbytes);		/* pointer size; types_init does it */
int sizes_ptrsize(void);

/* ---- format.c: types and objects as gc words them ---- */
/* qualifier: names of this package are not qualified; NULL: all are, by package name (by path if two share a name). */
const char *type_string(Type *t, Package *qualifier);		/* for messages; interned */
const char *obj_string(Obj *o, Package *qualifier);
/* The text used in type descriptors and linker symbols: full import paths when linksym, package names otherwise; every
 * identical type gives the same text, local types carry their ·N suffix (numbered alike in every importer). */
const char *type_linkstring(Type *t);
const char *type_reflectstring(Type *t);
const char *type_signaturestring(const char *name, Type *sig,
    bool pkginfo); /* name(int) error, for "have"/"want" lines */
const char *type_termsstring(const TypeSet *ts);	/* ~int | string */
void format_quote(Buf *b, const char *s, size_t n);	/* as strconv.Quote */

/* ---- scope.c, object.c ---- */
Scope *scope_new(Scope *parent);
Obj *scope_lookup(Scope *sc, const char *name);			/* this scope only */
Obj *scope_lookupparent(Scope *sc, const char *name, Pos pos,
    Scope **where); /* objects declared after pos in functions are invisible */
Obj *scope_insert(Scope *sc, Obj *o);				/* the earlier object of that name, or NULL */
Obj *obj_new(ObjKind k, Pos pos, Package *pkg, const char *name, Type *t);
bool obj_sameid(const Obj *o, const Package *pkg, const char *name); /* spec: Uniqueness of identifiers */
int obj_less(const Obj *a, const Obj *b);			/* sorts methods: exported names first by name, then by package path */
Package *package_new(const char *path, const char *name);
Package *package_find(const char *path);			/* imported or current; NULL */
bool package_ambiguous(const Package *pkg);			/* another loaded package has the same name */
void package_register(Package *pkg);				/* package_new has done it */
void scope_complete(Scope *sc);					/* reads the index of a lazy scope entirely: dot imports, listings */
Type *obj_type(Obj *o);			/* o->type; resolves lazily: imported declarations, methods of instances, then obj_resolve */
/* The checker's half of obj_type: called for an object from source whose type is still NULL (or, for OBJ_TYPE, whose
 * named.under and named.rhs are NULL). May leave it NULL. NULL when no checker runs. */
extern void (*obj_resolve)(Obj *o);
extern Package *type_curpkg;		/* package being checked: messages made here leave its name out */

/* ---- lookup.c: fields and methods ---- */

typedef enum { SEL_FIELD, SEL_METHOD, SEL_METHODEXPR } SelKind;
struct Selection {
	uint8_t kind;		/* SelKind */
	bool indirect;		/* a pointer was followed on the way (receiver included) */
	Type *recv;		/* type of x in x.f */
	Obj *obj;		/* the field or method; method of an instance: substituted */
	Vec(int) path;		/* field indices; last one: field, or index of the method */
	Type *type;		/* type of the selector expression */
};

typedef enum { LOOKUP_OK, LOOKUP_MISSING, LOOKUP_AMBIGUOUS, LOOKUP_PTRRECV } LookupResult;
/* Spec: Selectors. addressable: x may be taken the address of. foldcase: for "but does have" hints. */
LookupResult type_lookup(Type *t, bool addressable, Package *pkg, const char *name, bool foldcase, Selection *out);
/* The method set of t (t or *t as given), sorted by obj_less; each with the path of embedded fields that leads to it. For descriptors and itabs. */
typedef struct {
	Obj *fn;
	Vec(int) path;
	bool indirect;		/* the path follows a pointer */
} MethodSel;
typedef Vec(MethodSel) MethodSet;
const MethodSet *type_methodset(Type *t);
Obj *type_method(Type *named, int i);				/* i-th declared method; substituted for an instance */
int type_nmethods(Type *named);					/* declared methods; of the origin for an instance */
const TypeVec *
type_tparams(Type *t); /* type parameters of a generic type (its origin's for an instance) or signature */
/* The parameters that named.targs of an instance stand for: as type_tparams, but a type declared inside a generic function
 * is an instance over the function's (receiver's) type parameters once type_subst has gone over it. */
const TypeVec *type_instparams(Type *t);
bool type_isgeneric(Type *t);					/* type or alias: generic and not instantiated */
/* NULL if t implements iface (spec: Implementing an interface); else the missing method. static_: t is a type, not an assertion. */
Obj *type_missingmethod(Type *t, Type *iface, bool static_, Obj **wrong, const char **cause);
/* The same with another notion of equal signatures (unification). */
Obj *type_missing(Type *t, Type *iface, bool static_, bool (*same)(void *ctx, Type *have, Type *want), void *ctx,
    Obj **wrong, const char **cause);
bool type_implements(Type *t, Type *iface, bool constraint, const char **cause);
bool type_assertable(Type *iface, Type *t, const char **cause);

/* ---- typeset.c, unify.c, infer.c, subst.c ---- */
TypeSet *type_typeset(Type *iface);
void type_substmethod(Obj *m);		/* gives a method of an instance its signature (obj_type does it) */
Type *type_subst(Type *t, Type **tparams, Type **targs, int n);	/* t itself if nothing changes */
/* Instance of a generic type or signature; the same arguments give the same named type. */
Type *type_instantiate(Type *generic, Type **targs, int n);
/* Whether targs satisfy the constraints; -1 or the index of the one that does not. */
int type_verify(Type **tparams, Type **targs, int n, const char **cause);
/* Function argument and constraint type inference (spec: Type inference). targs[0..ntargs) are given; fills the
 * rest. args are operand types (untyped constants keep their untyped types; generic function values may be T_FUNC with
 * tparams of their own). Returns false after filling *why with gc's wording. */
typedef struct {
	Type *type;
	Pos pos;
	bool isconst;
	const char *text;	/* expression text for messages */
} InferArg;
bool type_infer(Pos pos, Type **tparams, int ntparams, Type **targs, int ntargs, Type *params, const InferArg *args,
    int nargs, bool reverse, const char **why, Pos *whypos);
/* x and y made equal as types2's coreTerm sees a type parameter: the single term, or the core type; *tilde, *single. */
Type *type_coreterm(Type *tparam, bool *tilde, bool *single);
extern int type_langminor;	/* go1.N of the code that inference is for: methods of interfaces unify from go1.21 on */
const char *type_paramsstring(Type **tparams, int n);		/* "A, B, and C" */
/* Renames type parameters: fresh ones in out, bounds substituted; returns t with them replaced. */
Type *type_renametparams(Type **tparams, int n, Type *t, Type **out);
bool type_isparameterized(Type **tparams, int n, Type *t);	/* mentions one of them */
Type *type_max(Type *x, Type *y);				/* larger of two untyped types, or NULL */
bool typeset_isempty(const TypeSet *ts), typeset_hasterms(const TypeSet *ts), typeset_iscomparable(const TypeSet *ts);
bool typeset_subset(const TypeSet *a, const TypeSet *b);	/* terms only */
bool typeset_includes(const TypeSet *ts, Type *t, Type **alt);
bool type_unify(Type *x, Type *y, Type **tparams, Type **targs, int n, bool inexact);

/* ---- check*.c: the checker ---- */

/* clang-format off */
typedef enum {
	BUILTIN_APPEND, BUILTIN_CAP, BUILTIN_CLEAR, BUILTIN_CLOSE, BUILTIN_COMPLEX, BUILTIN_COPY, BUILTIN_DELETE, BUILTIN_IMAG,
	BUILTIN_LEN, BUILTIN_MAKE, BUILTIN_MAX, BUILTIN_MIN, BUILTIN_NEW, BUILTIN_PANIC, BUILTIN_PRINT, BUILTIN_PRINTLN,
	BUILTIN_REAL, BUILTIN_RECOVER,
	BUILTIN_UNSAFE_ADD, BUILTIN_UNSAFE_ALIGNOF, BUILTIN_UNSAFE_OFFSETOF, BUILTIN_UNSAFE_SIZEOF, BUILTIN_UNSAFE_SLICE,
	BUILTIN_UNSAFE_SLICEDATA, BUILTIN_UNSAFE_STRING, BUILTIN_UNSAFE_STRINGDATA,
	BUILTIN_COUNT
} Builtin;
/* clang-format on */

typedef struct {
	const char *pkgpath;	/* -p */
	const char *lang;	/* -lang, "go1.23" or NULL */
	bool std, complete;	/* -std, -complete */
	bool aliastparams;	/* GOEXPERIMENT=aliastypeparams */
	bool cgo;
	const char *embedcfg;
	/* Opens the package of an import path as written (vendoring and importcfg applied); NULL: *err says why. */
	Package *(*import)(const char *path, const char **err);
} CheckConfig;

/* Package initialisation: variables in the order their initialisers run (spec: Package initialization). */
typedef struct {
	ObjVec lhs;
	Expr *rhs;
	Decl *decl;
} InitAssign;

typedef struct {
	Package *pkg;
	Vec(InitAssign) inits;
	Vec(Decl *) funcs;		/* every function and method with or without body, source order */
	Vec(Expr *) funclits;		/* package-level variable initialisers' literals are included */
} Checked;

/* Checks the files of one package. Errors are recorded with diag_error; the caller runs diag_checkpoint. */
Checked *check_package(const CheckConfig *cfg, File **files, int nfiles);
/* Parses and checks the body kept for an imported function (generic or inlinable), once; o->decl is set, and o->type has
 * new parameters (the ones the body mentions) but the old type parameters. false: none kept. */
bool check_importedbody(Obj *o);

/* ---- import.c, export.c: the indexed format (iexport version 2) that go/internal/gcimporter reads, and after it our own
 * member: positions, bodies (source excerpts) of generic and inlinable functions with the file-scope imports they need,
 * unexported objects those bodies mention, and facts of the lowering (escape tags) ---- */

/* Facts that later stages want kept with a function; text is theirs. */
typedef struct {
	Obj *fn;
	bool keepbody;
	const char *facts;	/* short text, e.g. escape tags; NULL none */
} ExportFunc;
void export_write(Buf *pkgdef, Buf *own, Package *pkg, const ExportFunc *funcs, int nfuncs);
/* path: canonical import path; own: what export_write put into own, mapped for as long as the process lives. Lazy: only
 * the header is read, and the hash checked. */
Package *import_read(const char *path, Bytes own, const char *archivename, const char **err);
/* Opens a package by canonical path, for types of indirectly used packages; the compile command sets it. NULL: *err. */
extern Package *(*import_open)(const char *path, const char **err);
Obj *import_lookup(Package *pkg, const char *name);	/* scope_lookup's half for lazy scopes */
void import_all(Package *pkg);
void import_resolve(Obj *o);				/* reads the declaration of a lazy object */
const char *import_facts(Obj *fn);	/* facts of an imported function, or NULL */
bool import_hasbody(Obj *fn);
typedef struct {
	const char *local, *path;	/* name in the file ("." too), canonical path */
} ImportName;
typedef struct {
	Bytes text;			/* `func ... { ... }` */
	const char *file;
	int line, col;			/* of the first byte */
	const char *goversion;		/* of the file, or NULL */
	Vec(ImportName) imports;	/* of the file, without blank ones */
} ImportBody;
/* The body kept for an imported function (of an instance's method: the origin's). */
bool import_body(Obj *fn, ImportBody *out);

#endif
