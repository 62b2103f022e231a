/*
 * build.h - private to build*.c: the function under construction, operands,
 * variables, assignable places, and what the files call in each other.
 *
 * One function is built at a time; `bd` is it. Building may nest only at one
 * place (bd_dependencies, between building and optimizing), which saves it.
 *
 * A Ctx is one body lowered into the function: its own, or an inlined callee.
 * The same tree may be lowered under several contexts, so nothing is written
 * to trees here except facts that hold for all (BodyInfo).
 *
 * Locals: c Ctx, x and y Opd, lv Lval, v Value, t Type, o Obj, e Expr, s Stmt.
 */
#ifndef SLIPWAY_BUILD_H
#define SLIPWAY_BUILD_H

#include "lower/lower.h"

enum {
	MAXCOMP = 4,
	TMPBUF = 32,	/* runtime's tmpStringBufSize */
};

/* A Go value while it is being worked with: SSA components, or memory (big types). addr NULL with mem: the zero value. */
typedef struct {
	Type *t;
	const LowerType *lt;
	bool mem;
	bool fresh;		/* mem: a temporary that nobody else changes; else it may be a variable */
	Value *c[MAXCOMP];
	Value *addr;
	int64_t off;
	const Expr *src;	/* for -m: the expression it is the value of, or NULL */
} Opd;
typedef Vec(Opd) OpdVec;

typedef enum { VAR_SSA, VAR_MEM, VAR_SLOT, VAR_IND } VarKind;

/* Where a local variable lives. */
typedef struct {
	uint8_t kind;
	Type *t;
	const LowerType *lt;
	int base;		/* VAR_SSA: number of its first component variable; VAR_IND: of the variable that holds the address */
	Value *addr;		/* VAR_MEM */
	int64_t off;
	Slot *slot;		/* VAR_SLOT */
	Obj *o;
	Type *dyn;		/* interface that is never assigned again: its dynamic type, if known */
} Var;

typedef enum { LV_BLANK, LV_SSA, LV_MEM, LV_INDEX, LV_MAP } LvalKind;

/* A place that can be assigned to; what may panic is left to the moment of the assignment. */
typedef struct {
	uint8_t kind;
	bool check;		/* LV_MEM: addr may be nil */
	bool isunsigned;	/* LV_INDEX */
	bool isaddress;		/* LV_MEM, LV_INDEX: a uintptr that is a pointer in memory, Data of a reflect.SliceHeader */
	Type *t;
	int comp;		/* LV_SSA: first component variable */
	Value *addr;		/* LV_MEM, LV_INDEX: base */
	int64_t off;		/* LV_MEM, LV_INDEX: added at the end */
	Value *len, *idx;	/* LV_INDEX; idx I64 */
	int64_t scale;
	Opd map, key;		/* LV_MAP */
	Pos pos;
} Lval;

/* A statement that break or continue may leave. */
typedef struct Jump Jump;
struct Jump {
	Stmt *s;
	Block *brk, *cont;
	Jump *up;
};

/* How control leaves the body of a range over a function for something outside it. */
typedef struct {
	Stmt *target;		/* NULL: return */
	uint8_t how;		/* TK_BREAK TK_CONTINUE TK_GOTO, TK_RETURN */
	int code;		/* value of the function's `next` variable: -1 return, else from 1 */
} RangeExit;

/* Facts about a function, a function literal, or the body of a range over a function. */
typedef struct LitInfo LitInfo;
struct LitInfo {
	LitInfo *up;
	Expr *lit;
	Stmt *range;
	FuncBody *body;
	Expr *functype;		/* of lit and of declarations */
	ObjVec captures;	/* variables of enclosing functions, in order of first use */
	Map *captured;
	int number;		/* among its siblings, from 1 */
	int nfunc, nrange;	/* children numbered so far */
	bool hasdefer, hasrecover, hasgo, hasselect, haslabel, hasloop, hastypedecl, haslit, hasrange;
	bool deferinrange;
	int32_t cost;		/* inline.c; 0: not computed */
	/* a real function that contains ranges over functions: variables made for them */
	ObjVec retobjs;		/* results */
	Obj *next, *token;
	/* where its arguments lie, as the distance to the end of the stack: for recover in range bodies */
	Obj *argdepth;
	Vec(RangeExit) codes;
	/* a range */
	Obj *state;
	Vec(RangeExit) exits;
};

typedef struct BodyInfo {
	LitInfo top;
	Map *lits;		/* Expr * or Stmt * -> LitInfo */
	Map *gotos;		/* ST_LABELED that a goto names */
} BodyInfo;

typedef struct Ctx Ctx;
struct Ctx {
	Ctx *up;		/* inlined into */
	const Body *body;
	BodyInfo *info;
	LitInfo *lit;		/* of this body, never NULL */
	Type *sig;		/* T_FUNC, substituted */
	Map *vars;		/* Obj -> Var */
	Type **tparams, **targs;
	int ntparams;
	int inl;		/* index into inltree, -1 */
	Block *ret;		/* inlined: where return goes */
	Var **results;
	int nresults;
	bool namedresults;
	Jump *jumps;
	Map *labels;		/* ST_LABELED -> Block */
	Vec(Block *) unsealed;
	int loops;		/* nesting */
	int ndeferwrap, ngowrap;
	const char *name;	/* base of the names of its literals */
};

typedef struct {
	Func *f;
	Block *b;
	Pos pos;
	Arena *a;
	Ctx *ctx, *top;
	const LowerSig *sig;
	Vec(uint8_t) vartypes;
	bool hasdefer;
	Slot **ressslot;
	Block *deferexit;
	Value *closure;
	Value *callersp;
	Block *entry;
	Map *temps;		/* LowerType -> free temporary slots */
	struct Temp *busy;	/* taken temporaries, latest first */
	Vec(Body) deps;		/* functions asked for while this one was built */
	int depth;
} Build;
extern Build *bd;

/* ---- build.c: the queue ---- */
Type *bd_type(Type *t);			/* substitution of the current context */
bool bd_isdup(const Body *b);

/* ---- build_ssa.c: values, blocks, variables ---- */
Value *bd_emit(Op op, VType t, int64_t aux);
Value *bd_emit1(Op op, VType t, Value *x, int64_t aux);
Value *bd_emit2(Op op, VType t, Value *x, Value *y, int64_t aux);
Value *bd_emit3(Op op, VType t, Value *x, Value *y, Value *z, int64_t aux);
Value *bd_int(VType t, int64_t i);
Value *bd_nil(void);
Value *bd_zeroval(VType t);
Value *bd_symaddr(ObjSym *s, int64_t off);
Value *bd_slotaddr(Slot *s, int64_t off);
bool bd_isconst(const Value *v, int64_t *i);
Block *bd_block(void);
void bd_start(Block *b);		/* continue in b */
void bd_jump(Block *to);		/* ends the block; the current block is dead afterwards */
void bd_if(Value *cond, Block *yes, Block *no, int likely);
void bd_exit(void);			/* the last value does not return */
void bd_dead(void);
void bd_seal(Block *b);
void bd_sealstart(Block *b);		/* both */
int bd_newvar(VType t);
void bd_write(int var, Value *v);
Value *bd_read(int var);
void bd_cleanup(void);			/* at the end of a function */
Value *bd_ext(Value *v, VType to, bool isunsigned); /* integer to another width */
Value *bd_addptr(Value *p, int64_t off);
Value *bd_addvar(Value *p, Value *n);
Value *bd_nilcheck(Value *p);
Value *bd_not(Value *v);

/* ---- build_opd.c: operands and memory ---- */
Opd bd_zero(Type *t);
Opd bd_opd1(Type *t, Value *v);
Opd bd_opd2(Type *t, Value *a, Value *b);
Opd bd_opd3(Type *t, Value *a, Value *b, Value *c);
Opd bd_mem(Type *t, Value *addr, int64_t off);
Opd bd_load(Type *t, Value *addr, int64_t off);	/* SSA types are loaded; others stay in memory */
void bd_store(Value *addr, int64_t off, Opd x);
void bd_storefresh(Value *addr, int64_t off, Opd x);	/* memory known to be zero and not yet seen by anybody */
void bd_zeromem(Type *t, Value *addr, int64_t off);
Opd bd_hold(Opd x);			/* survives later evaluations */
Opd bd_retype(Opd x, Type *t);
Value *bd_toaddr(Opd x);		/* its address; made into a temporary if need be */
Value *bd_temp(Type *t);		/* address of a temporary slot, released at the end of the statement */
void *bd_tempmark(void);
void bd_temprelease(void *mark);
Opd bd_field(Opd x, int i);		/* of a struct value */
int bd_fieldcomp(Type *st, int i);	/* index of its first component */
int bd_abicomps(Opd x, Value **out);	/* components for a call */
Opd bd_fromabi(Type *t, Value **in);
bool bd_stackaddr(const Value *addr);
Value *bd_new(Type *t);
Value *bd_tmpbuf(int64_t nbytes);	/* room on the stack for a runtime call's result, or nil if that escapes */
Value *bd_desc(Type *t);		/* address of the type descriptor */
void bd_useiface(Type *t);

Var *bd_var(Obj *o);			/* the variable of a local object in the current context */
Var *bd_declare(Obj *o, Type *t, bool inmem);	/* fresh; o may be NULL */
bool bd_inmem(Obj *o, Type *t);		/* its address is needed */
bool bd_byref(Obj *o, Type *t);		/* captured by reference */
Opd bd_varload(Var *v);
void bd_varstore(Var *v, Opd x);
void bd_varinit(Var *v, Opd x);
Value *bd_varaddr(Var *v, int64_t *off);
bool bd_isblank(const Expr *e);
Expr *bd_unparen(Expr *e);
bool bd_isnil(Expr *e);

/* ---- build_rt.c ---- */
void bd_callsym(ObjSym *sym, const LowerSig *ls, Value **args, Value **results);	/* as bd_rt */
void bd_rt(const char *name, Value **args, Value **results);	/* flattened */
Opd bd_mapaccess2(Opd m, Opd key, Value **ok);
Value *bd_rt1(const char *name, int n, ...);			/* first result component or NULL */
ObjSym *bd_rtvar(const char *name);

/* ---- build_expr.c ---- */
Opd bd_expr(Expr *e);
Opd bd_exprconv(Expr *e, Type *t);	/* and implicitly converted to t */
bool bd_hascall(Expr *e);		/* contains a call or receive */
bool bd_callfree(Expr *e);
void bd_exprlist(Expr **es, Type **ts, int n, Opd *out);
Opd bd_peek(Expr *e);			/* the value is only looked at, and now: string(bytes) and []byte(string) are no copies */
Opd bd_peekconv(Expr *e, Type *t);	/* the same, converted */
void bd_exprto(Expr *e, Type *t, Value *addr, int64_t off);	/* into fresh memory */
Opd bd_const(const Const *c, Type *t);
Value *bd_cond(Expr *e);		/* boolean as I8 */
void bd_branch(Expr *e, Block *yes, Block *no, int likely);
Lval bd_lval(Expr *e);
Opd bd_lvload(Lval *lv);
void bd_lvstore(Lval *lv, Opd x);
Value *bd_lvaddr(Lval *lv, int64_t *off);
Value *bd_addrof(Expr *e);		/* &e, e addressable */
bool bd_addressable(Expr *e);
Value *bd_index(Expr *e, bool *isunsigned); /* an index or length as I64 */
Value *bd_bounds(Value *idx, Value *len, BoundsKind k, bool isunsigned);
Opd bd_arith(int op, Opd x, Opd y, Type *t, bool yunsigned);
Value *bd_equal(Opd x, Opd y);
Value *bd_compare(int op, Opd x, Opd y);
Opd bd_concat(Opd *xs, int n, Type *t);
void bd_path(Lval *lv, Opd *x, bool *islv, Type *recv, const int *path, int n);
Opd bd_selected(Expr *e);
Opd bd_walkpath(Opd x, const int *path, int n);

/* ---- build_call.c ---- */
/* What a call expression calls. */
typedef enum { CALLEE_STATIC, CALLEE_CLOSURE, CALLEE_IFACE } CalleeKind;
typedef struct {
	uint8_t kind;
	Obj *fn;		/* STATIC: the origin */
	Type **targs;
	int ntargs;
	Type *sig;		/* substituted, without receiver */
	Type *recvtype;		/* of the receiver as passed, or NULL */
	bool hasrecv;
	Opd recv;		/* STATIC method: receiver; IFACE: the interface */
	Value *code;		/* CLOSURE: func value; IFACE: code pointer */
	Value *data;		/* IFACE */
} Callee;
void bd_callresults(Expr *e, OpdVec *out);	/* a call as a list of results */
void bd_docall(Callee *cl, Opd *args, int n, OpdVec *out);
bool bd_callee(Expr *fn, Callee *cl);
void bd_args(Type *sig, Expr *call, OpdVec *out);
typedef Vec(Value *) ValueVec;
bool bd_uintptrescapes(const Callee *cl);
void bd_keptargs(Type *sig, Expr *call, OpdVec *out,
    ValueVec *kept); /* kept: pointers that must be alive until it returns */
Opd bd_call(Expr *e);
Opd bd_builtin(Expr *e);
Opd bd_builtinargs(Expr *e, Opd *args, int n);
bool bd_intrinsic(Obj *fn, Opd *args, int n, OpdVec *out);
const char *bd_pkgpath(const Obj *o);
Opd bd_variadic(Type *slice, Opd *xs, int n);
Value *bd_newarray(Type *elem, int64_t n);
ObjSym *bd_code(Obj *fn, Type **targs, int n);
bool bd_resolve(Expr *e, Obj **fn, Type ***targs, int *n); /* static function named by e */
void bd_markreflect(const Obj *m, const Type *sig);
void bd_method(Type *recv, Obj *m, Callee *cl);

/* ---- build_conv.c ---- */
Opd bd_convert(Opd x, Type *to);	/* explicit conversion */
Opd bd_implicit(Opd x, Type *to);	/* assignment */
Opd bd_toiface(Opd x, Type *to);
Opd bd_assert(Opd x, Type *to, bool commaok, Value **ok);
Value *bd_typeword(Opd x);		/* descriptor of the dynamic type, or nil */
Opd bd_unbox(Opd x, Type *t);		/* data of an interface known to hold t */
bool bd_isiface(Type *t);
Type *bd_dyntype(Opd x);		/* dynamic type of an interface value made from a concrete one here; or NULL */

/* ---- build_stmt.c, build_assign.c, build_range.c, build_switch.c, build_select.c, build_closure.c, build_lit.c ---- */
void bd_stmt(Stmt *s);
void bd_stmts(StmtVec *list);
void bd_return(Opd *vals, int n);	/* values already converted; n 0: named results as they are */
void bd_leave(Stmt *target, bool iscontinue);
Block *bd_label(Ctx *c, Stmt *labeled);
void bd_assign(Stmt *s);
void bd_define(Obj *o, Type *t, Opd x);	/* declares a variable with a value */
void bd_defineexpr(Expr *name, Expr *value);
void bd_vardecl(Decl *d);
void bd_multi(Expr *e, OpdVec *out);	/* f(), m[k], <-c, x.(T) with all its values */
void bd_range(Stmt *s);
void bd_rangefunc(Stmt *s);
void bd_rangefnleave(Stmt *target, int how);	/* out of the body that is being lowered */
void bd_rangefnbody(Opd *params, int n);
void bd_rangefnreturn(Opd *vals, int n);
bool bd_israngefn(Stmt *s);
void bd_switch(Stmt *s);
void bd_typeswitch(Stmt *s);
void bd_select(Stmt *s);
void bd_send(Opd ch, Opd x);		/* build_select.c; x is of the element type */
void bd_fallthrough(void);		/* a fallthrough that is not simply the last statement of its clause */
bool bd_haseffect(Expr *e);		/* contains a call or receive: len(e) must evaluate it */
Value *bd_recv(Opd ch, Type *elem, Opd *out, bool commaok);
Value *bd_recvtemp(Type *elem);
Opd bd_funclit(Expr *e);
/* A literal at package level (it captures nothing): the name of its code, its body queued if wanted; NULL: not possible here. */
const char *bd_staticlit(Expr *e, bool wanted);
Opd bd_funcvalue(Obj *fn, Type **targs, int n, Type *t);
Opd bd_methodvalue(Expr *e);
Opd bd_methodexpr(Expr *e);
void bd_go(Stmt *s);
void bd_defer(Stmt *s);
Value *bd_makeclosure(ObjSym *code, Type **types, Opd *vals, int n);
void bd_bindcaptures(LitInfo *li);
Opd bd_composite(Expr *e);
void bd_compositeto(Expr *e, Value *addr, int64_t off, bool fresh);
Value *bd_compositeptr(Expr *e);
Value *bd_callersp(void);
Value *bd_argdepth(void);		/* the same as a distance to the end of the stack, which stays when the stack moves */
Value *bd_recover(Value *argdepth, Value **word1);

const char *bd_staticlit(Expr *e, bool commit);	/* symbol of a literal in a package-level initialiser, or NULL */
LitInfo *bd_litinfoof(const void *node);
Value *bd_rangefnclosure(Stmt *s);
Ctx *bd_newctx(const Body *b, BodyInfo *info, LitInfo *lit, Type *sig);

/* ---- build_fn.c: functions whole ---- */
void bd_function(const Body *b);
void bd_noescape(const Decl *d, Obj *fn);	/* a body-less function: what //go:noescape says counts */
void bd_synthetic(const char *name, const LowerSig *sig, bool dupok, bool wrapper, void (*fn)(void *ctx, Opd *params),
    void *ctx);
void bd_begin(Build *b, const char *name, const LowerSig *sig, bool dupok);
void bd_end(void);
Ctx *bd_newctx(const Body *b, BodyInfo *info, LitInfo *lit, Type *sig);
void bd_params(const LowerSig *sig, Opd *out);
void bd_ret(Opd *vals, int n);
/* ---- bodyinfo.c ---- */
BodyInfo *bd_info(Decl *d);
BodyInfo *bd_globalinfo(void);			/* of package-level initialisers */
const char *bd_litname(const LitInfo *li, const char *base);
LitInfo *bd_fnlit(LitInfo *li);			/* nearest real function around a range body */
void bd_enqueue(const Body *b);

bool intrinsic_isbodyless(Obj *fn);
bool bd_isintrinsic(Obj *fn);

/* ---- report.c: -m; all do nothing without it ---- */
void report_object(Value *v, Pos pos, const char *text);
void report_expr(Value *v, const Expr *e);
void report_variable(Value *v, const Obj *o);
void report_function(const Body *b, const LowerSig *sig);
void report_escapes(const Func *f);
void report_inlined(Pos pos, Obj *fn);
void report_inlinable(Obj *fn, Pos pos, int cost, const char *reason); /* reason: why not, or NULL */
const char *report_text(const Expr *e);

/* ---- coverage.c ---- */
bool coverage_wanted(void);
void coverage_mark(void), coverage_register(void), coverage_hook(void);

/* ---- fuzz.c ---- */
bool fuzz_isbound(const Obj *o);	/* a variable that says where all counters begin or end */
void fuzz_edge(void);		/* counts that control comes here, if -d=libfuzzer asks for it */

/* ---- inline.c ---- */
int bd_inlinecost(Obj *fn);
bool bd_bodyof(Obj *fn, Type **targs, int n, Body *b);	/* build.c */
void bd_exportfacts(ExportFuncVec *out, const char *(*facts)(const char *name));
bool bd_inline(Callee *cl, Opd *args, int n, OpdVec *out);

#endif
