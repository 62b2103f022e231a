/*
 * ssa.h - the middle end: functions as control-flow graphs of SSA values.
 *
 * Values are scalars. Strings, slices, interfaces, complex numbers and small
 * structs were split into scalars by the lowering; larger things live in
 * memory. Values with effects keep the order of their block's list; pure ones
 * may move. There is no memory argument.
 *
 * A value of type PTR is seen and updated by the collector and by stack
 * copying; it must always be nil or point into (never past) an object, a stack
 * slot, or memory that is not Go's. Derived integers are invisible to them.
 *
 * The order of passes is passes.c; what a CPU adds is target/target.h.
 * Locals: f Func, b Block, v Value, s Slot.
 */
#ifndef SLIPWAY_SSA_H
#define SLIPWAY_SSA_H

#include "base/base.h"
#include "obj/obj.h"

typedef struct Func Func;
typedef struct Block Block;
typedef struct Value Value;
typedef struct Slot Slot;
struct Target;

typedef enum {
	OP_NONE,
#define O(name, nargs, flags) OP_##name,
#include "ssa/ops.def"
#undef O
	OP_GENERIC_END,
	OP_TARGET = 256,	/* machine operations of the target's insns.def from here on */
} Op;

typedef struct {
	const char *name;
	int8_t nargs;
	bool effect, reads, commutative, faults, call, remat, optional;
} OpInfo;
extern const OpInfo op_info[OP_GENERIC_END];

/* Machine types. */
typedef enum { VT_VOID, VT_I8, VT_I16, VT_I32, VT_I64, VT_PTR, VT_F32, VT_F64, VT_V128, VT_COUNT } VType;
int vtype_size(VType t);		/* bytes; PTR: of the target */
/* clang-format off */
static inline bool vtype_isfloat(VType t) { return t == VT_F32 || t == VT_F64; }
static inline bool vtype_isint(VType t) { return t >= VT_I8 && t <= VT_PTR; }
/* clang-format on */

/* What the collector must know of a piece of memory. Made by the lowering, one per Go type, never changes. */
typedef struct {
	int64_t size;			/* bytes */
	int32_t align;
	int64_t ptrbytes;		/* bytes up to the end of the last pointer; 0: no pointers */
	const uint8_t *
	    ptrmask; /* one bit per word, ptrbytes / ptrsize bits; may be NULL if ptrbytes is huge: then all words count as pointers for stack slots */
	ObjSym *desc;			/* type descriptor, or NULL: then it cannot be heap-allocated */
	const char *name;		/* for -m messages */
} GcType;

typedef enum {
#define B(number, kind, name) BOUNDS_##kind = number,
#include "abi/bounds.def"
#undef B
	BOUNDS_COUNT
} BoundsKind;

/* ---- where parameters and results travel: filled by abi.c from flattened components ---- */

typedef struct {
	uint8_t type;			/* VType */
	bool inreg;
	uint8_t reg;			/* inreg: register number of the target */
	int32_t
	    off; /* from the start of the argument area; inreg: of its spill space, which follows argsize (parameters only) */
} ArgLoc;

typedef struct {
	int nparam,
	    nresult; /* components in registers: arguments of calls, PARAM, RESULT, Block.ret; the lowering moves what is on the stack */
	ArgLoc *param, *result;
	int32_t argsize;		/* bytes of stack arguments and stack results */
	int32_t resultoff;		/* where stack results start */
	int32_t spillsize;		/* bytes of spill space for register parameters, after argsize */
	const uint8_t *argptrs;		/* pointer mask of argsize + spillsize at entry, one bit per word */
	bool abi0;
} CallSig;

/* ---- graph ---- */

struct Value {
	uint16_t op;
	uint8_t type;			/* VType */
	bool barrier : 1;		/* STORE, ZERO, MOVE */
	bool nonnil : 1;		/* PTR known not to be nil */
	bool bounded : 1;		/* shifts: count below the width */
	bool notstack : 1;		/* NEW: escape analysis said heap */
	bool islen : 1;			/* the length or capacity of a string or slice, from memory or a call: from 0 to below 2^62 */
	bool noptrs : 1;		/* call: what its arguments point to holds no pointers */
	bool boxed : 1;			/* NEW: data of an interface, written once */
	bool tmpbuf : 1;		/* NEW: room for a result if that stays in the frame; nil if not */
	bool zeroed : 1;		/* NEW: need not be cleared (all bytes are stored right after) */
	bool volatile_ : 1;		/* LOAD: must not be combined (runtime package) */
	bool
	    nopreempt : 1; /* between a write barrier and its store: no asynchronous stop before this instruction is done */
	bool mark : 1;			/* for the pass that runs */
	int32_t id;			/* dense in the function */
	int32_t nuse;			/* valid with AN_USES */
	Pos pos;
	int32_t inl;			/* index into f->inltree of the inlined call it belongs to, -1: none */
	int32_t narg, argcap;
	Value **arg;
	int64_t aux;
	int64_t size;			/* ZERO, MOVE */
	union {
		ObjSym *sym;
		Slot *slot;
	};
	const GcType *gctype;		/* NEW, ZERO, MOVE */
	const CallSig *sig;		/* calls */
	Block *block;
	Value *prev, *next;		/* in the block */
	/* register allocation and later */
	int16_t reg;			/* -1: none */
	Slot *spill;
	int32_t num;			/* position for live ranges */
	Value *repl;			/* scratch */
	const void *machine;		/* the target's own, from selection to encoding */
	struct CallMap *callmap;	/* calls: spill slots that hold pointers then, stackmap.c */
	Slot **slots;			/* calls: tracked slots that are live then, up to a NULL; slotlive.c */
};

typedef enum {
	BK_JUMP,			/* succ[0] */
	BK_IF,				/* ctl (I8) nonzero: succ[0], else succ[1]; likely: 1 first, -1 second, 0 unknown */
	BK_SWITCH,			/* jump table: ctl is the index, bounded below nsucc */
	BK_RET,				/* ctlv[]: result components in the order of f->sig->result */
	BK_EXIT,			/* the last value does not return */
	BK_TARGET,			/* machine branch: ctl as the target's isel defined, aux the condition */
} BlockKind;

struct Block {
	uint8_t kind;
	int8_t likely;
	int32_t id;
	Pos pos;
	Value *phis;			/* list linked by next; each has npred arguments */
	Value *first, *last;		/* other values in order */
	Value *ctl;
	Value **ret;			/* BK_RET: f->sig->nresult values */
	int64_t aux;
	Vec(Block *) succ, pred;	/* a block pair may be linked twice: then phis have two entries */
	Block *prev, *next;		/* layout order; f->entry is first */
	/* analyses */
	Block *idom;
	int32_t rpo, domdepth, loopdepth;
	int32_t domin, domout;		/* interval in a walk of the dominator tree */
	Block *loophead;
	bool cold;
	bool sealed;			/* lowering: all predecessors known */
	void *lower;			/* lowering: current variable values; scratch of later passes */
	uint64_t *livein, *liveout;	/* AN_LIVE: bit sets by value id */
};

/* A piece of the frame, or of the caller's argument area. */
struct Slot {
	const char *name;		/* source variable or NULL */
	GcType type;
	int32_t id;
	bool isparam;			/* fixed place in the incoming argument area: off is relative to its start */
	bool isspill;
	bool live;			/* has pointers and is zeroed in the prologue: in every stack map if not tracked */
	bool tracked;			/* has pointers and is only in the stack maps of calls that list it (Value.slots) */
	bool indefer;			/* read at the deferreturn point (results, defer records) */
	bool addrtaken;			/* its address is used other than by load, store, zero, move */
	int64_t off;			/* from the frame's base, once laid out */
	Pos pos;
	const void *gotype;		/* debug info */
	Slot *next;
};

typedef struct {
	int32_t parent;			/* index or -1 */
	Pos pos;			/* of the call */
	const char *func;		/* linker name of the inlined function */
	Pos funcpos;			/* its declaration */
} InlCall;

enum { AN_USES = 1, AN_DOM = 2, AN_LOOPS = 4, AN_LIVE = 8, AN_ALL = 15 };

struct Func {
	const char *name;		/* linker symbol */
	ObjSym *sym;
	Arena *a;			/* everything of this function */
	const struct Target *target;
	const CallSig *sig;
	Pos pos, endpos;
	Block *entry, *lastblock;
	Block *deferexit;		/* the block that starts with DEFERRETURN, or NULL; has no needed predecessor */
	Slot *slots, *lastslot;
	int nblock, nvalue, nslot;
	Vec(InlCall) inltree;
	unsigned valid;			/* AN_… bits */
	bool nosplit, wrapper, needctxt, hasdefer, isclosure, noframe, nobarrier, leaf;
	bool nostops;			/* no asynchronous stop anywhere in it */
	uint8_t funcid;			/* abi/funcdata.h */
	/* results of passes that callers of this function want: escape tags, see escape.c */
	uint16_t *paramescape;
	struct ParamLeak *paramleak;	/* the same with levels, when -m asks; else NULL */
	int nparamescape;		/* register components, the closure, then the words of stack arguments */
	const uint8_t *slotmap;		/* stackmap.c: bit per frame word, slots that are in every map */
	int32_t framesize, outargs;	/* bytes; after frame layout; outargs also maintained by func_newcall */
	void *lower;			/* the lowering's own */
};

/* ---- func.c: building and changing; use counts are kept up ---- */
Func *func_new(Arena *a, const struct Target *t, const char *name, const CallSig *sig);
Block *block_new(Func *f, BlockKind k);				/* appended to the layout */
void block_edgein(Func *f, Block *from, Block *to);		/* adds succ and pred; phis of `to` get a NULL argument */
int block_predindex(const Block *from, int i);			/* which entry of succ[i]->pred stands for this edge */
void block_dropedge(Func *f, Block *from, int i);		/* removes succ[i] and the phi arguments of the edge */
void block_redirect(Func *f, Block *from, int i, Block *to);	/* succ[i] = to; new phi arguments are NULL */
void block_remove(Func *f, Block *b);				/* b has no predecessors left */
void block_setctl(Block *b, Value *ctl);
Value *value_new(Func *f, Block *b, Op op, VType t, Pos pos);	/* appended; arguments are added by value_addarg */
Value *value_newfirst(Func *f, Block *b, Op op, VType t, Pos pos);
Value *value_newbefore(Func *f, Value *at, Op op, VType t, Pos pos);
Value *value_newafter(Func *f, Value *at, Op op, VType t, Pos pos);
Value *value_phi(Func *f, Block *b, VType t);			/* one NULL argument per predecessor known so far */
void value_addarg(Func *f, Value *v, Value *arg);
void value_setarg(Value *v, int i, Value *arg);
void value_dropargs(Value *v);
void value_move(Value *v, Block *b, Value *at);			/* to b, before at; NULL: to its end */
void value_remove(Value *v);					/* must be unused */
void value_tocopy(Func *f, Value *v, Value *of);		/* v becomes COPY of: how uses are replaced; ssa_uncopy sweeps */
Value *value_uncopy(Value *v);
void ssa_uncopy(Func *f);
Value *value0(Func *f, Block *b, Op op, VType t, Pos pos, int64_t aux);
Value *value1(Func *f, Block *b, Op op, VType t, Pos pos, Value *x, int64_t aux);
Value *value2(Func *f, Block *b, Op op, VType t, Pos pos, Value *x, Value *y, int64_t aux);
Value *value_const(Func *f, Block *b, VType t, int64_t i);	/* CONST or FCONST */
Slot *slot_new(Func *f, const GcType *t, const char *name);

/* ---- abi.c ----
 * Assigns the flattened components of a signature. Each parameter (and result) of Go is a run of components; one
 * parameter goes wholly to registers or wholly to the stack (abi-internal.md). */
typedef struct {
	int first, n;			/* its components; abi_assign: in registers, index in CallSig.param or .result, else n == 0 */
	int64_t size;
	int32_t align;
	bool registers;			/* may be passed in registers: no array longer than one, components known */
	int64_t ptrbytes;		/* as GcType, for parameters that are not all components; 0: the PTR components say it */
	const uint8_t *ptrmask;
	/* results of abi_assign */
	bool inregs;
	int32_t
	    stackoff; /* from the start of the argument area: its place; in registers: its spill space (parameters) */
} AbiParam;
/* comps: VType and byte offset within the parameter of each component. recv is simply the first parameter. */
typedef struct {
	uint8_t type;
	int32_t off;
} AbiComp;
CallSig *abi_assign(Arena *a, const struct Target *t, AbiParam *params, int nparams, const AbiComp *pcomps,
    AbiParam *results, int nresults, const AbiComp *rcomps, bool abi0);

/* ---- cfg.c dom.c live.c: analyses ---- */
void ssa_ensure(Func *f, unsigned needs);	/* computes what of AN_… is stale */
bool ssa_dominates(const Block *a, const Block *b);	/* AN_DOM */
Block **ssa_rpo(Func *f, int *n);		/* reverse postorder from entry (and deferexit), in f->a; sets Block.rpo */
void ssa_unreachable(Func *f);			/* pass: removes blocks without a path from entry */
void ssa_simplifycfg(Func *f);			/* pass: constant branches, empty blocks, straight lines, trivial phis */
void ssa_splitcritical(Func *f);		/* pass: no edge from a block with two successors to one with two predecessors */
void ssa_layout(Func *f);			/* pass: order of blocks in the code, cold ones last */
/* clang-format off */
static inline bool bit_test(const uint64_t *s, int i) { return s[i >> 6] >> (i & 63) & 1; }
static inline void bit_set(uint64_t *s, int i) { s[i >> 6] |= (uint64_t)1 << (i & 63); }
static inline void bit_clear(uint64_t *s, int i) { s[i >> 6] &= ~((uint64_t)1 << (i & 63)); }
/* clang-format on */

/* ---- passes.c ---- */
typedef struct {
	const char *name;
	void (*run)(Func *f);
	unsigned needs, breaks;
} Pass;
typedef struct {
	bool check;			/* -d=check: verify between passes */
	const char *dump, *dumpfunc;	/* -d=dump=PASS,FUNC; "all" */
	bool noopt, noinline;		/* -N, -l */
	int m;				/* -m count */
	bool asmlist;			/* -S */
} SsaOpt;
extern SsaOpt ssa_opt;
/* Split where the lowering needs escape facts of a callee before the caller is finished. */
void ssa_optimize(Func *f);			/* machine-independent passes, escape included: sets f->paramescape */
void ssa_generate(Func *f);			/* isel, register allocation, frame, encoding: fills f->sym */

/* Escape facts of a function, one word per register parameter component and one more for what its closure context holds. What it points to
 * gets to the heap (CONTENT), or only what that points to in turn (DEEP).
 * Set by escape.c in Func.paramescape; asked of callees through ssa_escapelookup: NULL means all escape. */
enum {
	ESC_HEAP = 1,
	ESC_CONTENT = 2,
	ESC_RESULT0 = 4 /* << i: flows to result component i (i < ESC_NRESULT) */,
	ESC_NRESULT = 12,
	ESC_DEEP = 1 << 14,
	ESC_CLOSURE = 1 << 15 /* marks the word of the closure context, in closures */
};
/* For messages: over how many dereferences a parameter flows there, and one more; 0: it does not. */
typedef struct ParamLeak {
	uint8_t heap, result[ESC_NRESULT];
} ParamLeak;
extern const uint16_t *(*ssa_escapelookup)(const ObjSym *callee, int *n);
/* The symbol of a function or variable of package runtime. Set by the lowering (and by tests). */
extern ObjSym *(*ssa_rtsym)(const char *name);

/* addr.c: what an address value is made of, through ADDPTR of constants, NILCHECK and COPY */
typedef struct {
	Value *base;
	int64_t off;
	bool exact;			/* off is known; else only base is */
} Addr;
Addr ssa_addr(Value *p);

/* ---- check.c, print.c, parse.c ---- */
void ssa_check(Func *f, const char *after);	/* bug() if an invariant is broken */
void ssa_print(FILE *out, Func *f);
Func *ssa_parse(Arena *a, const struct Target *t, const char *text, const char **err);

#endif
