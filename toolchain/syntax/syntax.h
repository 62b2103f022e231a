/*
 * syntax.h - Go source text to syntax trees.
 *
 * A tree is made of Expr, Stmt and Decl nodes that live in the package arena.
 * The type checker writes its findings into the fields marked "types:" of the
 * same nodes; no other stage writes to a tree. A node is never shared between
 * two parents, except the type of `a, b T` (see Field) and receiver type
 * parameter names (see DE_FUNC).
 *
 * Positions are those of gc, since the columns of messages depend on them:
 *	names, literals, func literals, (x), type literals, ...T	first byte
 *	x op y, op x, *x, k: v						operator, colon
 *	x.sel, x.(T)							the dot
 *	x[i], x[i:j]							the [
 *	f(x)								the (
 *	T{...}								the {
 *	function types							first token after func or the name
 *	<-chan T							the arrow; in expressions the word chan
 *	assignments, x++, ch <- x					operator
 *	expression statements						pos of x
 *	labels								the colon
 *	other statements, clauses					keyword, { or ;
 *	declarations							first token after the keyword and (
 * expr_start gives the first byte of any expression.
 *
 * Locals: e Expr, s Stmt, d Decl, fl File.
 * Source: The Go Programming Language Specification.
 */
#ifndef SLIPWAY_SYNTAX_H
#define SLIPWAY_SYNTAX_H

#include "base/base.h"

struct Type;
struct Obj;
struct Const;
struct Scope;
struct Selection;
struct Inst;

/* ---- scan.c: tokens; tokens.def lists them: T(name, text, binary precedence) ---- */

typedef enum {
#define T(name, text, prec) TK_##name,
#include "syntax/tokens.def"
#undef T
	TK_COUNT
} Token;

const char *token_text(Token t);

typedef struct Expr Expr;
typedef struct Stmt Stmt;
typedef struct Decl Decl;
typedef struct File File;
typedef struct Field Field;
typedef struct FuncBody FuncBody;
typedef Vec(Expr *) ExprVec;
typedef Vec(Stmt *) StmtVec;
typedef Vec(Decl *) DeclVec;
typedef Vec(Field *) FieldVec;

/* ---- expressions and type expressions ---- */

typedef enum {
	EX_BAD,		/* after a syntax error */
	EX_NAME,	/* name */
	EX_LIT,		/* lit: basic literal */
	EX_COMPOSITE,	/* composite: T{...} */
	EX_KEYVALUE,	/* binary: k: v, only inside EX_COMPOSITE */
	EX_FUNCLIT,	/* func: type and body */
	EX_PAREN,	/* unary.x */
	EX_SELECTOR,	/* selector: x.sel */
	EX_INDEX,	/* index: x[i], x[T], x[T1, T2] */
	EX_SLICE,	/* slice: x[i:j:k] */
	EX_ASSERT,	/* assert: x.(T); type NULL for x.(type) */
	EX_CALL,	/* call: f(args...), conversions and builtins too */
	EX_STAR,	/* unary.x: *x, or a pointer type */
	EX_UNARY,	/* unary: op one of + - ! ^ & <- ~(in constraints) */
	EX_BINARY,	/* binary: op; | in constraints too */
	/* type expressions */
	EX_ARRAYTYPE,	/* array: [len]elem; len NULL: [...]elem */
	EX_SLICETYPE,	/* unary.x: []elem */
	EX_STRUCTTYPE,	/* structt */
	EX_FUNCTYPE,	/* functype */
	EX_INTERFACETYPE, /* iface */
	EX_MAPTYPE,	/* binary: map[x]y */
	EX_CHANTYPE,	/* chan */
	EX_ELLIPSIS,	/* unary.x: ...T, last parameter only */
} ExprKind;

typedef enum { LIT_INT, LIT_FLOAT, LIT_IMAG, LIT_CHAR, LIT_STRING } LitKind;
typedef enum { CHAN_BOTH, CHAN_SEND, CHAN_RECV } ChanDir;

/* types: what an expression turned out to denote */
typedef enum {
	MODE_NONE,	/* not checked, or invalid after an error */
	MODE_NOVALUE,	/* call of a function without results */
	MODE_BUILTIN,	/* name of a builtin, as the callee */
	MODE_TYPE,	/* a type */
	MODE_CONST,	/* cv holds the value */
	MODE_VAR,	/* addressable */
	MODE_MAPINDEX,	/* m[k]: assignable, not addressable */
	MODE_VALUE,	/* computed value */
	MODE_NIL,	/* untyped nil; type is the type it was converted to */
	MODE_COMMAOK,	/* like VALUE, and a second bool may be had */
	MODE_PACKAGE,	/* a package name, left of a selector */
} Mode;

struct Expr {
	uint8_t kind;		/* ExprKind */
	uint8_t op;		/* Token of EX_UNARY, EX_BINARY; LitKind of EX_LIT; ChanDir of EX_CHANTYPE */
	uint8_t mode;		/* types: Mode */
	uint8_t commaok : 1;	/* types: this map index, receive or assertion yields two values here; type is a tuple */
	uint8_t dots : 1;	/* EX_CALL: f(xs...); EX_COMPOSITE inside T{{...}}: type elided */
	uint8_t full : 1;	/* EX_SLICE: three indices */
	uint8_t isptr : 1;	/* types: EX_COMPOSITE with elided &T */
	uint8_t bad : 1;	/* EX_LIT that the scanner complained about */
	uint8_t untyped : 1;	/* types, private: the final type is not known yet */
	uint8_t shiftlhs : 1;	/* types, private: untyped left operand of a non-constant shift */
	Pos pos;		/* see above */
	struct Type *type;	/* types: type of the value, or the type denoted; untyped constants get their final type */
	struct Const *cv;	/* types: value when mode is MODE_CONST */
	union {
		struct {
			const char *text;	/* interned */
			struct Obj *obj;	/* types: what it refers to, or what it defines */
			struct Inst
			    *inst; /* types: type arguments when a generic function is used (inferred or explicit) */
		} name;
		struct {
			const char *text;	/* interned source text */
		} lit;
		struct {
			Expr *type;		/* NULL if elided */
			ExprVec elems;		/* EX_KEYVALUE or values */
			Pos rbrace;
		} composite;
		struct {
			Expr *type;		/* EX_FUNCTYPE */
			FuncBody *body;
		} func;
		struct {
			Expr *x;
		} unary;
		struct {
			Expr *x, *y;
		} binary;
		struct {
			Expr *x;
			Expr *sel;		/* EX_NAME */
			struct Selection *selection; /* types: NULL for package-qualified names (then sel->name.obj) */
		} selector;
		struct {
			Expr *x;
			ExprVec index;		/* one or more */
			struct Inst *inst;	/* types: set when this is an instantiation, not an indexing */
		} index;
		struct {
			Expr *x, *lo, *hi, *max; /* each index may be NULL */
		} slice;
		struct {
			Expr *x, *type;
		} assert;
		struct {
			Expr *fn;
			ExprVec args;
			Pos rparen;
			uint8_t what;		/* types: CallKind */
			uint8_t builtin;	/* types: Builtin id when what is CALL_BUILTIN */
		} call;
		struct {
			Expr *len, *elem;
		} array;
		struct {
			FieldVec fields;
		} structt;
		struct {
			FieldVec tparams, params,
			    results; /* one Field per name, or unnamed ones; tparams only on declarations */
		} functype;
		struct {
			FieldVec elems;		/* methods: name and EX_FUNCTYPE; embedded: name NULL */
		} iface;
		struct {
			Expr *elem;
		} chan;
	};
};

typedef enum { CALL_FUNC, CALL_CONVERT, CALL_BUILTIN } CallKind;

/* One field, parameter, type parameter, method or embedded element. `a, b T` makes two Fields with the same type node. */
struct Field {
	Pos pos;
	Expr *name;		/* EX_NAME or NULL */
	Expr *type;
	const char *tag;	/* struct tag, interned and unquoted; NULL if none */
	uint32_t taglen;
	uint8_t embedded : 1;
	uint8_t sametype : 1;	/* shares the type node with the Field before it */
};

/* ---- statements ---- */

/* clang-format off */
typedef enum {
	ST_BAD, ST_EMPTY,
	ST_EXPR,	/* expr.x */
	ST_SEND,	/* send: ch <- x */
	ST_INCDEC,	/* assign: lhs[0] op= 1; op TK_ADD or TK_SUB */
	ST_ASSIGN,	/* assign: lhs op= rhs; op 0 for plain = */
	ST_DEFINE,	/* assign: lhs := rhs */
	ST_GO, ST_DEFER, /* expr.x: a call */
	ST_RETURN,	/* ret */
	ST_BRANCH,	/* branch: break continue goto fallthrough */
	ST_BLOCK,	/* block */
	ST_IF,		/* ifs */
	ST_SWITCH,	/* sw */
	ST_TYPESWITCH,	/* sw: with guard */
	ST_SELECT,	/* sw: clauses only */
	ST_FOR,		/* fors */
	ST_RANGE,	/* range */
	ST_LABELED,	/* labeled */
	ST_DECL,	/* decl: var, const, type */
} StmtKind;
/* clang-format on */

typedef struct {
	Pos pos, colon;
	ExprVec exprs;		/* case values or types; empty with isdefault */
	bool isdefault;
	Stmt *comm;		/* ST_SELECT: ST_SEND, ST_EXPR, ST_ASSIGN, ST_DEFINE or NULL */
	StmtVec body;
	struct Obj *obj;	/* types: the implicit variable of a type switch clause, or NULL */
	struct Scope *scope;	/* types */
} Clause;
typedef Vec(Clause *) ClauseVec;

struct Stmt {
	uint8_t kind;		/* StmtKind */
	uint8_t op;		/* Token */
	Pos pos;
	union {
		struct {
			Expr *x;
		} expr;
		struct {
			Expr *ch, *x;
		} send;
		struct {
			ExprVec lhs, rhs;
		} assign;	/* types: ST_DEFINE: lhs names with fresh objects have name.obj->declpos == their own pos */
		struct {
			ExprVec results;
		} ret;
		struct {
			Token tok;		/* TK_BREAK TK_CONTINUE TK_GOTO TK_FALLTHROUGH */
			Expr *label;		/* EX_NAME or NULL */
			Stmt *target;		/* branches.c: the statement left or continued; for goto the ST_LABELED */
		} branch;
		struct {
			StmtVec list;
			Pos rbrace;
			struct Scope *scope;	/* types */
		} block;
		struct {
			Stmt *init;		/* or NULL */
			Expr *cond;
			Stmt *then;		/* ST_BLOCK */
			Stmt *els;		/* ST_BLOCK, ST_IF or NULL */
		} ifs;
		struct {
			Stmt *init;		/* or NULL */
			Expr *tag;		/* ST_SWITCH: or NULL; ST_TYPESWITCH: the x of x.(type) */
			Expr *bind;		/* ST_TYPESWITCH: EX_NAME of v := or NULL */
			ClauseVec clauses;
			Pos rbrace;
		} sw;
		struct {
			Stmt *init, *post;	/* or NULL */
			Expr *cond;		/* or NULL */
			Stmt *body;		/* ST_BLOCK */
			bool periter;		/* types: Go 1.22 loop variables, one per iteration */
		} fors;
		struct {
			Expr *key, *value;	/* or NULL */
			bool define;		/* := */
			Pos rangepos, oppos;	/* of the word range; of = or :=, 0 if absent */
			ExprVec extra;		/* more than two on the left: an error for the checker to report */
			Expr *x;
			Stmt *body;
			bool periter;		/* types */
		} range;
		struct {
			Expr *label;		/* EX_NAME */
			Stmt *stmt;
			bool used;		/* branches.c */
		} labeled;
		struct {
			DeclVec list;
		} decl;
	};
};

/* ---- declarations ---- */

typedef enum { DE_IMPORT, DE_CONST, DE_VAR, DE_TYPE, DE_FUNC } DeclKind;

/* Bits of FuncDecl pragmas: //go:... lines directly above. */
enum {
	PRAGMA_NOSPLIT = 1 << 0,
	PRAGMA_NOINLINE = 1 << 1,
	PRAGMA_NOESCAPE = 1 << 2,
	PRAGMA_NORACE = 1 << 3,
	PRAGMA_NOCHECKPTR = 1 << 4,
	PRAGMA_NOWRITEBARRIER = 1 << 5,
	PRAGMA_NOWRITEBARRIERREC = 1 << 6,
	PRAGMA_YESWRITEBARRIERREC = 1 << 7,
	PRAGMA_SYSTEMSTACK = 1 << 8,
	PRAGMA_UINTPTRESCAPES = 1 << 9,
	PRAGMA_UINTPTRKEEPALIVE = 1 << 10,
	PRAGMA_NOTINHEAP = 1 << 11,
	PRAGMA_NOINTERFACE = 1 << 12,
	PRAGMA_CGOUNSAFEARGS = 1 << 13,
	PRAGMA_REGISTERPARAMS = 1 << 14,
	PRAGMA_GOBUILD = 1 << 15,	/* only inside the parser */
};

struct FuncBody {
	Stmt *block;		/* ST_BLOCK; NULL under PARSE_BODYLESS */
	uint32_t srcoff,
	    srcend; /* from the word func to after the }: byte range of the whole declaration or literal in its file */
	/* lower: facts found once per body */
	struct BodyInfo *info;
};

struct Decl {
	uint8_t kind;		/* DeclKind */
	Pos pos;
	File *file;
	uint32_t pragma;
	union {
		struct {
			const char *path;	/* interned, unquoted; NULL after an error */
			Pos pathpos;
			Expr *name;		/* EX_NAME ("." and "_" too) or NULL */
			struct Obj *obj;	/* types: package name object */
		} import;
		struct {
			ExprVec names;
			Expr *type;		/* or NULL */
			ExprVec values;		/* const: may be inherited, see inherit */
			Decl *inherit;		/* const: the ConstSpec whose type and values are repeated, or NULL */
			int iota;		/* const */
			Vec(const char *) embeds; /* var: //go:embed patterns */
			Pos embedpos;		/* of the first //go:embed, 0: none */
		} value;		/* DE_CONST, DE_VAR */
		struct {
			Expr *name;
			FieldVec tparams;
			Expr *type;
			bool alias;
			struct Obj *obj;	/* types */
		} type;
		struct {
			Expr *name;		/* EX_NAME; .name.obj is the function object */
			Field *recv;		/* or NULL */
			FieldVec
			    recvtparams; /* the P, Q of (r *T[P, Q]): names only, the same nodes as in recv->type */
			Expr *type;		/* EX_FUNCTYPE */
			FuncBody *body;		/* NULL: body elsewhere */
		} func;
	};
};

typedef struct {
	Pos pos;
	const char *local;	/* name in this package */
	const char *remote;	/* linker symbol or NULL (one-argument form) */
} Linkname;

struct File {
	SrcFile *src;
	Bytes text;
	Expr *pkgname;		/* EX_NAME */
	DeclVec decls;		/* imports first, source order */
	Vec(Linkname) linknames;
	Vec(const char *) cgodirectives; /* checked //go:cgo_... lines, without //go: ("cgo_ldflag \"-lm\"") */
	const char *goversion;	/* from //go:build go1.N, or NULL */
	bool importsunsafe, importsembed;
	bool bad;		/* the package clause has errors: nothing after it was parsed */
	struct Scope *scope;	/* types: file scope */
};

/* ---- parse.c ---- */

enum {
	PARSE_IMPORTS = 1 << 0,		/* stop after the imports (the driver) */
	PARSE_BODYLESS = 1 << 1,	/* skip function bodies */
	PARSE_STD = 1 << 2,		/* -std: directives reserved to the standard library are allowed */
	PARSE_RUNTIME = 1 << 3,		/* -+: those reserved to the runtime too */
};

/* Parses text, whose positions come from src. Records errors with diag_syntax; always returns a File. Trees live in a. */
File *parse_file(Arena *a, SrcFile *src, Bytes text, unsigned flags);
/* Parses one `func ...` declaration, for bodies kept in export data. */
Decl *parse_funcdecl(Arena *a, SrcFile *src, Bytes text);

/* ---- lit.c: values of literals, given their source text ---- */

void lit_string(Buf *out, const char *text);	/* appends the bytes of a string literal */
uint32_t lit_rune(const char *text);		/* value of a rune literal */

/* ---- branches.c: labels and the targets of break, continue and goto; called by the parser for each body ---- */

void parse_branches(Stmt *body);

/* ---- print.c: trees back to text, as gc prints them in messages ---- */

void print_expr(Buf *b, const Expr *e);
const char *expr_string(const Expr *e);	/* interned */
void print_stmt(Buf *b, const Stmt *s);	/* simple statements only */
Pos expr_start(const Expr *e);		/* where its source text begins */
Expr *expr_unparen(Expr *e);

/* ---- walk.c: visit every node below one; false from fn: do not descend ---- */

typedef struct {
	void *ctx;
	bool (*expr)(void *ctx, Expr *e);
	bool (*stmt)(void *ctx, Stmt *s);
} Visitor;
void walk_expr(const Visitor *v, Expr *e);
void walk_stmt(const Visitor *v, Stmt *s);
void walk_decl(const Visitor *v, Decl *d);

#endif
