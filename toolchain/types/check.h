/*
 * check.h - private to check*.c: the state of a check, operands, and what the
 * files of the checker call in each other.
 *
 * An Operand is what an expression turned out to be while it is being looked
 * at; ck_record writes it into the tree. Untyped expressions are written with
 * their untyped type and the flag `untyped`, and get their final type from
 * ck_settype once the context is known.
 *
 * Work that needs complete types (bodies, constraints, map keys) is put off
 * with ck_later and done in order; bodies of function literals are done at the
 * end of the statement they stand in, so that they see what it declares not.
 *
 * Locals: k Checker, x and y Operand, otherwise as in types.h.
 */
#ifndef SLIPWAY_CHECK_H
#define SLIPWAY_CHECK_H

#include "types/types.h"

typedef struct Checker Checker;
typedef struct DeclInfo DeclInfo;
typedef struct Later Later;

typedef struct {
	uint8_t mode;		/* Mode; MODE_NONE after an error */
	uint8_t builtin;	/* Builtin, with MODE_BUILTIN */
	Expr *e;
	Type *t;
	Const *cv;		/* with MODE_CONST */
} Operand;
typedef Vec(Operand) OperandVec;

/* The function type that a generic function value is assigned to (reverse inference). */
typedef struct {
	Type *sig;
	const char *desc;
} Target;

typedef enum { KIND_CONVERSION, KIND_EXPRESSION, KIND_STATEMENT } StmtUse;

/* A package-level declaration from source, or a method. */
struct DeclInfo {
	Obj *obj;
	Decl *d;
	File *file;
	ObjVec deps;		/* package-level objects mentioned, each once */
	Map *depset;		/* the same as a set once there are many */
	Obj **lhs;		/* var a, b = f(): all of them; else NULL */
	int nlhs;
	Expr *vtype, *init;
	bool inherited, emitted;
	int stamp;		/* init order: visited for variable number */
	int ndeps;
	Vec(DeclInfo *) preds;
};

struct Later {
	void (*fn)(Checker *k, Later *l);
	File *file;
	Pos pos;
	void *a, *b, *c;
	int n;
	DeclInfo *decl;
	Const *iota;
	Scope *scope;
	Obj *fnobj;
	int litdepth;
};

typedef struct {
	DeclInfo *decl;		/* whose dependencies are collected */
	Scope *scope;
	Const *iota;		/* inside a constant declaration */
	Pos errpos;		/* position to report instead, in inherited constant initialisers */
	bool intparams;		/* in a type parameter list */
	int ifacedepth;		/* interface literals around us */
	Type *sig;		/* of the body */
	Obj *fn;		/* function or method whose body this is, literals included */
	File *file;
	int minor;		/* language version go1.minor of that file */
	bool hascall;		/* a call or receive was seen */
} Env;

/* A dot import: o is its OBJ_PKG, sc the scope of the file. */
typedef struct {
	Scope *sc;
	Obj *o;
} DotImport;

typedef struct {
	Type *t;
	Pos pos;
} AnonIface;

typedef struct {
	Type *t;
	Pos pos;
} SizedType;

/* See check_generic.c. */
typedef struct {
	int weight, pre, len;
	Obj *o;
} MonoVertex;
typedef struct {
	int dst, src, weight;
	Pos pos;
	Type *t;
} MonoEdge;

struct Checker {
	const CheckConfig *cfg;
	Package *pkg;
	Checked *out;
	Env env;
	Vec(DeclInfo *) infos;	/* infos.at[o->order - 1] */
	Map *methods;		/* base type Obj -> ObjVec * */
	Vec(Later) later;
	ObjVec path;		/* grey objects */
	ObjVec imports;		/* OBJ_PKG of all files, in order */
	Vec(DotImport) dots;
	ObjVec locals;		/* variables of the bodies being checked, for "declared and not used" */
	Map *validtypes;	/* types known to be of finite size */
	Map *instpos;		/* instance -> Pos of its first mention, for cycle errors */
	Vec(AnonIface) ifaces;	/* outermost interface literals, for the anonymous cycle check */
	Vec(SizedType) sized;	/* array and channel types as written, for check_size.c */
	Vec(MonoVertex) monov;
	Vec(MonoEdge) monoe;
	Map *monoidx, *monocanon;
	int nerrors;
	int depth;		/* of expression nesting */
	int nlocaltypes;	/* in the function env.fn */
};

enum { CHECK_MAXDEPTH = 10000 };

/* ---- check.c ---- */
extern Checker *ck_current;
Checker *ck_new(const CheckConfig *cfg, Package *pkg);
void ck_resolvehook(Obj *o);
void ck_later(Checker *k, Later l);
void ck_dolater(Checker *k, int top);
void ck_setfile(Checker *k, File *f);
DeclInfo *ck_info(Checker *k, Obj *o);
void ck_use_dep(Checker *k, Obj *o);		/* the current declaration mentions o */
Obj *ck_lookup(Checker *k, const char *name, Scope **where, bool *crossed);
bool ck_declare(Checker *k, Scope *sc, Expr *name, Obj *o);
Scope *ck_open(Checker *k);
void ck_close(Checker *k);

/* ---- check_report.c ---- */
void ck_error(Checker *k, Pos p, const char *fmt, ...) PRINTF(3, 4);
const char *ck_posstr(Pos p);
const char *ck_altdecl(Obj *o);			/* "\n\tpos: other declaration of x" or "" */
const char *ck_str(Operand *x);			/* as gc words an operand */
const char *ck_tstr(Checker *k, Type *t);
const char *ck_kindstr(Checker *k, Type *t);
const char *ck_tlist(Checker *k, Type **t, int n, bool variadic);
Pos ck_start(const Expr *e);			/* where the expression begins */
Pos ck_stmtstart(const Stmt *s);
static inline Pos
ck_xpos(const Operand *x)
{
	return x->e != NULL ? ck_start(x->e) : 0;
}

/* ---- check_version.c ---- */
int ck_minor(const char *goversion);		/* 23 of "go1.23"; -1 malformed */
static inline bool
ck_allow(Checker *k, int minor)
{
	return k->env.minor >= minor;
}
bool ck_require(Checker *k, Pos p, int minor, const char *fmt, ...) PRINTF(4, 5);
const char *ck_versionsuffix(Checker *k);

/* ---- check_decl.c ---- */
void ck_objdecl(Checker *k, Obj *o, Obj *def);
void ck_typedecl(Checker *k, Obj *o, Decl *d, Obj *def);
void ck_constdecl(Checker *k, Obj *o, Expr *type, Expr *init, bool inherited);
void ck_vardecl(Checker *k, Obj *o, Obj **lhs, int nlhs, Expr *type, Expr *init);
void ck_declstmt(Checker *k, DeclVec *list);
void ck_arity(Checker *k, Pos p, ExprVec *names, ExprVec *inits, bool isconst, bool inherited);
void ck_tparams(Checker *k, TypeVec *dst, FieldVec *list, Obj *owner);
Type *ck_tparam(Checker *k, Expr *name);

/* ---- check_cycle.c ---- */
bool ck_validcycle(Checker *k, Obj *o);
void ck_cycleerror(Checker *k, Obj **cycle, int n, int start);
void ck_validtype(Checker *k, Type *t);
bool ck_namecycle(Checker *k, Type *t);
void ck_ifacecycles(Checker *k);

/* ---- check_generic.c ---- */
bool ck_isgeneric(Type *t);
Type *ck_instantiated(Checker *k, Expr *e, Obj *def);
void ck_funcinst(Checker *k, Target *tg, Pos p, Operand *x, Expr *inst, bool infer, TypeVec *partial);
Type *ck_instsig(Checker *k, Pos p, Expr *e, Type *sig, Type **targs, int n, ExprVec *xlist);
bool ck_typelist(Checker *k, ExprVec *list, TypeVec *out);
void ck_nongeneric(Checker *k, Target *tg, Operand *x);
/* Fresh type parameters in place of those of a signature, so that a function may call itself. */
Type *ck_rename(Type **tparams, int n, Type *t, TypeVec *fresh);
void ck_mono(Checker *k);
void ck_monocanon(Checker *k, Type *mpar, Type *tpar);

/* ---- check_type.c ---- */
Type *ck_type(Checker *k, Expr *e);
Type *ck_definedtype(Checker *k, Expr *e, Obj *def);
Type *ck_vartype(Checker *k, Expr *e);		/* a type that variables may have */
Type *ck_generictype(Checker *k, Expr *e, const char **cause);
Type *ck_functype(Checker *k, Type *sig, Field *recv, FieldVec *recvtparams, FieldVec *tparams, Expr *ft,
    Scope **scope);
Type *ck_bound(Checker *k, Expr *e);
void ck_setdef(Obj *def, Type *t);
void ck_validvartype(Checker *k, Expr *e, Type *t);
void ck_settypeexpr(Expr *e, Type *t);

/* ---- check_expr.c ---- */
StmtUse ck_raw(Checker *k, Target *tg, Operand *x, Expr *e, Type *hint, bool generic);
void ck_expr(Checker *k, Target *tg, Operand *x, Expr *e);
void ck_genericexpr(Checker *k, Operand *x, Expr *e);
void ck_exprhint(Checker *k, Operand *x, Expr *e, Type *hint);
void ck_exprortype(Checker *k, Operand *x, Expr *e, bool generic);
void ck_multiexpr(Checker *k, Expr *e, bool commaok, OperandVec *out, bool *iscommaok);
void ck_exprlist(Checker *k, ExprVec *list, OperandVec *out);
void ck_notvalue(Checker *k, Operand *x);	/* complains about types, builtins and calls without result */
void ck_singlevalue(Checker *k, Operand *x);
void ck_ident(Checker *k, Operand *x, Expr *e, Obj *def, bool wanttype);
void ck_selector(Checker *k, Operand *x, Expr *e, Obj *def, bool wanttype);
void ck_record(Checker *k, Operand *x);
void ck_recordcommaok(Checker *k, Expr *e, Type *t0, Type *t1);
bool ck_use(Checker *k, Expr *e);		/* after an error: check e for its own errors and uses */
bool ck_uselist(Checker *k, ExprVec *list);
bool ck_uselhs(Checker *k, Expr *e);
void ck_typeassertion(Checker *k, Expr *e, Operand *x, Type *t, bool typeswitch);
void ck_assigned(Expr *e);			/* the variable at the root of e changes */
void ck_addrtaken(Expr *e);
Expr *ck_unparen(Expr *e);

/* ---- check_binary.c ---- */
void ck_binary(Checker *k, Operand *x, Expr *e);
void ck_binaryop(Checker *k, Operand *x, Expr *e, Expr *lhs, Expr *rhs, int op);
void ck_unary(Checker *k, Operand *x, Expr *e);
void ck_comparison(Checker *k, Operand *x, Operand *y, int op, bool switchcase);
void ck_matchtypes(Checker *k, Operand *x, Operand *y);

/* ---- check_literal.c ---- */
bool ck_composite(Checker *k, Operand *x, Expr *e, Type *hint);
bool ck_basiclit(Checker *k, Operand *x, Expr *e);

/* ---- check_index.c ---- */
bool ck_index(Checker *k, Operand *x, Expr *e);	/* true: x is a generic function to be instantiated */
void ck_slice(Checker *k, Operand *x, Expr *e);
Type *ck_indexvalue(Checker *k, Expr *index, int64_t max, int64_t *val);
bool ck_validindex(Checker *k, Operand *x, const char *what, bool negative);
int64_t ck_elements(Checker *k, ExprVec *elems, Type *t, int64_t len);

/* ---- check_call.c ---- */
StmtUse ck_call(Checker *k, Operand *x, Expr *e);
Type *ck_arguments(Checker *k, Expr *call, Type *sig, TypeVec *targs, ExprVec *xlist, OperandVec *args,
    TypeVec *atargs);

/* ---- check_builtin.c ---- */
typedef struct {
	const char *name;
	uint8_t nargs;
	bool variadic;
	uint8_t use;	/* StmtUse */
} BuiltinInfo;
extern const BuiltinInfo builtin_info[BUILTIN_COUNT];
bool ck_builtin(Checker *k, Operand *x, Expr *call, int id);

/* ---- check_conv.c ---- */
typedef enum { CONV_OK, CONV_INVALID, CONV_TRUNCATED, CONV_OVERFLOW } ConvResult;
ConvResult ck_implicit(Checker *k, Operand *x, Type *target, Type **newtype, Const **val);
void ck_untyped(Checker *k, Operand *x, Type *target);	/* converts an untyped operand */
bool ck_assignable(Checker *k, Operand *x, Type *t, const char **cause);
void ck_conversion(Checker *k, Operand *x, Type *t);
ConvResult ck_representation(Operand *x, Type *basic, Const **val);
void ck_representable(Checker *k, Operand *x, Type *basic);
void ck_overflow(Checker *k, Operand *x, Pos oppos);
void ck_settype(Checker *k, Expr *e, Type *t, bool final);
void ck_setvalue(Expr *e, Const *c);

/* ---- check_assign.c ---- */
void ck_assignment(Checker *k, Operand *x, Type *t, const char *context);
void ck_initvar(Checker *k, Obj *o, Operand *x, const char *context);
void ck_initvars(Checker *k, Obj **lhs, int nlhs, ExprVec *rhs, Stmt *ret);
void ck_assignvar(Checker *k, Expr *lhs, Expr *rhs, Operand *x, const char *context);
void ck_assignvars(Checker *k, ExprVec *lhs, ExprVec *rhs);
void ck_define(Checker *k, Stmt *s);
Type *ck_lhs(Checker *k, Expr *e);

/* ---- check_stmt.c ---- */
void ck_body(Checker *k, DeclInfo *info, Obj *fn, Type *sig, Scope *sc, FuncBody *body, Const *iota);
void ck_funclit(Checker *k, Expr *e, Type *sig, Scope *sc);
Obj *ck_newvar(Checker *k, Pos p, const char *name, Type *t);	/* a local variable */

/* ---- check_return.c ---- */
bool ck_terminating(Stmt *body);

/* ---- check_init.c ---- */
void ck_initorder(Checker *k);

/* ---- check_size.c ---- */
void ck_sized(Checker *k, Type *t, Pos p);
void ck_sizes(Checker *k);

/* ---- check_pragma.c ---- */
void ck_pragmas(Checker *k);

/* ---- shared small things ---- */

/* The types whose structure a value of type t may have: its underlying type, or all in the set of a type parameter.
 * n is 0 for a type parameter without specific types. */
typedef struct {
	int n;
	UnionTerm one;
	const UnionTerm *at;
} Terms;
void ck_terms(Type *t, Terms *out);

static inline Type *
ck_under(Type *t)
{
	Type *u = type_under(t);

	return u != NULL ? u : typ[T_INVALID];
}

/* clang-format off */
static inline bool ck_valid(const Type *t) { return t != typ[T_INVALID]; }
static inline bool ck_named(const Type *t) { return t->kind < T_ARRAY || t->kind == T_NAMED || t->kind == T_TPARAM; }
static inline bool ck_nontpiface(Type *t) { return t->kind != T_TPARAM && ck_under(t)->kind == T_INTERFACE; }
static inline bool ck_ifaceptr(Type *t) { Type *u = ck_under(t); return u->kind == T_PTR && type_isinterface(u->elem); }
static inline bool ck_isblank(const Expr *name) { return name->name.text[0] == '_' && name->name.text[1] == '\0'; }
static inline Const *ck_unknown(void) { static Const c; return &c; }
/* clang-format on */

#endif
