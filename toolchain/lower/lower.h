/*
 * lower.h - typed trees to SSA functions and data symbols of one package.
 *
 * build*.c and its neighbours make functions; layout.c, desc.c, itab.c,
 * alg.c, static.c, wrapper.c, names.c make what functions refer to. All is demand-driven: asking for a
 * symbol makes sure that its definition is in the object, or in the one that
 * defines it. Work that asks for functions (generic instances, wrappers,
 * equality functions, literals) is queued and done by lower_package's loop, in the order asked for.
 *
 * Locals: lw Lower, t Type, e Expr, f Func, v Value.
 */
#ifndef SLIPWAY_LOWER_H
#define SLIPWAY_LOWER_H

#include "ssa/ssa.h"
#include "target/target.h"
#include "types/types.h"

typedef struct {
	Package *pkg;
	Checked *checked;
	const Target *target;
	ObjFile *o;
	Arena *a;		/* of the package */
	const char *embedcfg;
	bool std, complete, noinline, noopt, dynlink, fuzz;
	int inlinebudget;
} Lower;
extern Lower lw;		/* one package per process */

/* Lowers everything reachable from the package's own declarations into lw.o. facts: for export_write. */
typedef Vec(ExportFunc) ExportFuncVec;
void lower_package(ExportFuncVec *facts);

/* ---- layout.c: how a Go type looks to SSA and the collector. Types are complete and free of type parameters. ---- */

typedef struct {
	uint8_t type;		/* VType */
	bool len;		/* a length or capacity: never negative */
	int32_t off;		/* within the value's memory form */
} Comp;

#define LOWER_MAXDATA 2000000000	/* bytes of one symbol: gc's limit */

typedef struct LowerType {
	GcType gc;
	Comp *comp;		/* components in memory order; blank padding has none */
	int ncomp;
	bool
	    ssa; /* at most four components, no array longer than one: lives in SSA values. Strings, slices, interfaces always do. */
	bool regargs;		/* may be passed in registers as far as its shape goes */
	AbiComp *abi;		/* components for the calling convention, all of them, even if !ssa */
	int nabi;
	bool direct;		/* pointer-shaped: is its own interface data word */
	ObjSym *desc, *eqfn, *hashfn;
	uint8_t descstate;
	uint8_t plain, panics;	/* alg.c, answers to questions about comparing it: 0 not asked yet, 1 no, 2 yes */
	uint32_t parts;		/* alg.c: how many comparisons it takes, 0 not asked yet */
} LowerType;

const LowerType *lower_type(Type *t);
static inline const GcType *
lower_gctype(Type *t)
{
	return &lower_type(t)->gc;
}
void lower_ptrmask(Type *t, int64_t off, uint8_t *mask);	/* sets the bits of t's pointers, t being at byte off */
VType lower_vtype(Type *t);		/* of a one-component type */
/* For calls of C-like helpers: one letter per component, p pointer, i uintptr, b byte or bool, w 32 bits, f float64: "ppi:b". */
CallSig *lower_simplesig(const char *text);
CallSig *lower_callsig(Type *recv, Type *fn);	/* recv: type of the receiver passed first, or NULL; cached by type */
/* The same with where each Go parameter and result travels. sig->param and sig->result list only components in registers (what CALL has
 * as arguments, PARAM, RESULT and BK_RET number); a parameter that goes on the stack has inregs false, n == 0 there, and is stored by
 * the caller at ARGADDR + stackoff just before the call; stack results are loaded from ARGADDR + stackoff just after it. In the callee
 * they are Slots with isparam at the same offsets. first: index of its first component in sig->param or sig->result. */
typedef struct {
	const CallSig *sig;
	int nparam, nresult;
	AbiParam *param, *result;	/* receiver first */
	Type **ptype, **rtype;
} LowerSig;
const LowerSig *lower_sig(Type *recv, Type *fn);
const LowerSig *lower_sig0(Type *recv, Type *fn);	/* by the stack convention, ABI0 */

/* ---- names.c: linker symbols ---- */
/* Function or method o (of an origin if targs), as gc names it: pkg.F, pkg.T.M, pkg.(*T).M, pkg.F[int]; linkname applied. */
const char *lower_funcname(Obj *fn, Type **targs, int ntargs);
const char *lower_varname(Obj *v);
const char *lower_pkgprefix(const Package *pkg);	/* import path with gc's escapes: the first part of symbols */
const char *lower_recvname(Type *recv);		/* pkg.T, pkg.(*T) */
const char *lower_methodname(Type *recv, const Obj *m);	/* symbol of method m of recv's method set, promoted or not */
ObjSym *lower_funcsym(const char *name);	/* code */
ObjSym *lower_funcval(const char *name);	/* read-only {code}: name·f, DUPOK */
ObjSym *lower_varsym(Obj *v);
ObjSym *lower_rt(const char *name);		/* "runtime." + name, code or variable */
/* Signature of a runtime function from rtcalls.def (build_rt.c). */
const LowerSig *lower_rtsig(const char *name);

/* ---- desc.c itab.c alg.c ---- */
void lower_owndescs(void);			/* notes every descriptor this package must define */
bool lower_ownedelsewhere(Type *t);		/* descriptor and wrappers of t's methods are defined by another package */
const char *lower_descname(Type *t);		/* "type:" + link string */
/* Defines descriptors that code refers to without having asked (through GcType.desc); true if it defined any. Called by the
 * queue loop when the queue is empty. */
bool lower_flushdescs(void);
bool lower_flushalgs(void), lower_flushwrappers(void);	/* make functions asked for; lower_flushdescs calls them */
ObjSym *lower_desc(Type *t);			/* type:...; emitted here (DUPOK) unless t is declared in another package */
ObjSym *lower_itab(Type *t, Type *iface);	/* go:itab.T,I */
ObjSym *lower_eqfunc(Type *t);			/* funcval of func(p, q unsafe.Pointer) bool; NULL: not comparable */
ObjSym *lower_hashfunc(Type *t);		/* funcval of func(p unsafe.Pointer, seed uintptr) uintptr */
/* How == on t is best done: one memequal of size bytes (padding-free, no floats, strings, interfaces)? */
bool lower_plainmemory(Type *t);
uint32_t lower_typehash(Type *t);		/* abi.Type.Hash */
int lower_imethodoff(Type *iface,
    int i); /* byte offset of the i-th method's entry in the interface descriptor, for USEIFACEMETHOD marks */
int lower_itabslot(Type *iface, const Obj *method); /* byte offset of the code pointer in an itab */

/* ---- wrapper.c: methods as descriptors and itabs need them ---- */
/* Code symbol that takes the interface data word (ifn) or the receiver as declared (tfn): promoted methods, value
 * methods through pointers, ABI of direct interfaces; made on demand, DUPOK. */
ObjSym *lower_methodcode(Type *recv, const MethodSel *m, bool ifn);
/* func value symbols for method values (T.M-fm is a closure: build.c) and method expressions */

/* ---- data.c: grow a symbol's data as needed ---- */
void lower_putzero(ObjSym *s,
    int64_t end); /* zero from where its data ends up to end; an error if that is too much for a symbol */
void lower_putint(ObjSym *s, int64_t off, int size, uint64_t v);
void lower_putbytes(ObjSym *s, int64_t off, const void *p, size_t n);
void lower_putaddr(ObjSym *s, int64_t off, ObjSym *to, int64_t add);
void lower_putoff(ObjSym *s, int64_t off, RelocKind k, ObjSym *to);	/* 32 bits */
void lower_sortrelocs(ObjSym *s);

/* ---- abiwrap.c: functions of both calling conventions ---- */
void lower_coverage(const char *file);	/* -coveragecfg; before lower_package (coverage.c) */
void lower_abis(const char *symabisfile);	/* reads it; NULL: none */
void lower_abiwrappers(void);			/* what the package's assembly and its Go code need of each other */

/* ---- static.c: package-level data ---- */
ObjSym *lower_stringdata(const char *p, size_t n);
/* Makes var = e static if it can be wholly (constants, addresses, composite literals of such, func values without captures, static interfaces,
 * slices with a static backing array): fills the data of sym at off and returns true. On false sym is untouched and code must do it. */
bool lower_static(ObjSym *sym, int64_t off, Type *t, Expr *e);
ObjSym *lower_readonlyarray(Type *at, Expr *e);	/* backing array of a slice literal */
bool lower_readonlytables(Expr *e, Type *key, Type *elem, ObjSym **keys, ObjSym **values); /* of a map literal */
ObjSym *lower_readonly(Type *t, Expr *e);	/* a read-only copy of a constant composite literal, or NULL: for MOVE */
/* Defines every package-level variable as BSS, with go:embed data. Before lower_static is used on any of them. */
void lower_globals(void);
void lower_embed(Obj *v);			/* embed.c */
void lower_inittask(ObjSym **fns,
    int n); /* pkg..inittask: initialisation functions in order; always defined, even with none */

/* ---- build.c: functions ---- */
/* A body to lower: a declaration or literal, with the substitution of its type parameters. */
typedef struct {
	Obj *fn;		/* NULL for literals */
	Decl *decl;
	Expr *lit;
	Type **tparams, **targs;
	int ntparams;
	const char *name;	/* linker symbol */
	Stmt *range;		/* body of a range over a function (build_rangefn.c) */
	struct LitInfo *litinfo; /* lit, range */
	struct Ctx *outer;	/* private to build.c */
	bool dup;		/* may be defined by several objects */
} Body;
/* Code symbol of a function or method: fn is the generic origin if targs (those of the receiver's type for a method). Queues the instance. */
ObjSym *lower_code(Obj *fn, Type **targs, int ntargs);
void lower_queue(const Body *b);		/* once per name; DUPOK if it is an instance */
/* Runs fn(f, ctx) later to make a synthetic function of that signature: wrappers, equality, hash, init. */
void lower_synth(const char *name, const CallSig *sig, bool dupok, void (*fn)(Func *f, void *ctx), void *ctx);
Type *lower_subst(const Body *b, Type *t);
/* Finishes a function: optimize, generate, reset. Called by the queue loop. */
void lower_finish(Func *f);

#endif
