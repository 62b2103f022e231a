/*
 * asm.h - the Plan 9 assembler: .s files of Go packages -> symbols with code.
 *
 *   lex.c        text -> tokens
 *   macro.c      tokens -> tokens: #include, #define, #ifdef, macros
 *   parse.c      tokens -> statements, directives; labels are resolved; -gensymabis
 *   operand.c    one operand; constant expressions
 *   data.c       DATA, GLOBL
 *   func.c       a function: frame, code, jumps that grow, tables for the runtime
 *   cpu.c        what several CPUs need: rows by mnemonic, instructions that are made, frames with a link register
 *   list.c       -S
 *   all.c        the CPUs: toolchain/target/<goarch>/asm.c each
 *
 * The shared part knows the language; what it says of a CPU's instructions stands in AsmCpu. Everything lives in
 * perm. Errors are diag_error's, one for a line, in the words of gc where gc has words. An instruction that the CPU's
 * table does not have with these operands is an error that shows it; nothing is ever encoded on a guess.
 *
 * Source: https://go.dev/doc/asm
 */
#ifndef SLIPWAY_ASM_H
#define SLIPWAY_ASM_H

#include "base/base.h"
#include "obj/obj.h"
#include "target/target.h"

typedef struct AsmCpu AsmCpu;
typedef struct AsmInsn AsmInsn;
typedef struct AsmFunc AsmFunc;

/* ---- operands ---- */

typedef enum {
	OPD_NONE,
	OPD_REG,	/* reg */
	OPD_IMM,	/* $val */
	OPD_FLOAT,	/* $fval */
	OPD_STRING,	/* $"...": str, val bytes */
	OPD_MEM,	/* sym+val(base)(index*scale); val alone is a memory operand, too */
	OPD_ADDR,	/* $ before such a thing */
	OPD_LABEL,	/* where a jump goes: a label, n(PC) */
	OPD_SHIFT,	/* reg<<val reg>>val reg->val reg@>val: shift */
	OPD_EXT,	/* reg.ext, reg.ext<<val */
	OPD_ELEM,	/* reg.ext[val] */
	OPD_PAIR,	/* (reg, reg2) */
	OPD_LIST,	/* [reg.ext, ...] [reg-reg2]: nreg registers from reg on, ext or NULL */
	OPD_SPECIAL,	/* a word that AsmCpu.special knows: val */
} AsmOpdKind;

/* What an OPD_MEM or OPD_ADDR is relative to. After AsmCpu.frame only BASE_REG and BASE_SB are left. */
typedef enum {
	BASE_REG,	/* reg, index; both may be 0 */
	BASE_SB,	/* sym */
	BASE_FP,	/* arguments of the function */
	BASE_SP,	/* x-8(SP), with a name: locals */
} AsmBase;

typedef enum { SHIFT_LL, SHIFT_LR, SHIFT_AR, SHIFT_ROR } AsmShift;	/* << >> -> @> */

typedef struct {
	uint8_t kind;		/* OPD_... */
	uint8_t base;		/* BASE_... */
	uint8_t shift;		/* SHIFT_... */
	uint8_t scale;		/* index*scale: 1, 2, 4, 8; 0: none written */
	bool indirect;		/* * before it */
	int16_t reg, index;	/* the CPU's numbers, 0: none */
	int16_t reg2, nreg;
	const char *
	    ext; /* interned, without the dot: "UXTW", "B16"; of a memory operand: that of index, "LSL" for (R1)(R2<<3) */
	int64_t val;		/* immediate, offset, shift, element */
	int64_t amount;		/* OPD_MEM: shift of index */
	double fval;
	const char *str;
	const char *name;	/* of symbol, argument or local, as written, for messages; NULL: none */
	ObjSym *sym;		/* BASE_SB. A function: its stack convention's symbol, unless <ABIInternal> is written */
	AsmInsn *target;	/* OPD_LABEL */
} AsmOpd;

/* ---- instructions ---- */

enum { ASM_MAXOPD = 6 };

/* Operations that all CPUs have. Those of a CPU start at AOP_CPU. */
typedef enum {
	AOP_BAD,
	AOP_TEXT,	/* first of every function, no bytes */
	AOP_PCALIGN,	/* opd[0] */
	AOP_PCDATA,
	AOP_FUNCDATA,
	AOP_END,	/* last of every function, no bytes: labels at its end */
	AOP_CPU,
} AsmCommonOp;

struct AsmInsn {
	AsmInsn *next;
	uint16_t op;		/* AsmCpu.op's number */
	uint8_t nopd;
	bool synthetic;		/* made by AsmCpu.frame */
	bool failed;		/* asm_bad was called for it */
	uint8_t form;		/* the encoder's: how long a jump has grown; 0 at first, may only rise */
	int32_t spadj;		/* AsmCpu.frame: SP is so many bytes lower after it than before */
	int32_t sp;		/* bytes SP is below its value at entry when it starts: sum of spadj */
	Pos pos;
	const char *word;	/* mnemonic as written, without suffix */
	const char *suffix;	/* interned, ".P.W"; NULL: none */
	const char *text;	/* the statement, for messages */
	AsmOpd opd[ASM_MAXOPD];	/* in the order they are written */
	uint32_t pc;		/* offset in the function, of the last round */
	uint32_t size;
};

/* Flags of TEXT and GLOBL: textflag.h. */
/* clang-format off */
enum {
	ATF_NOPROF = 1, ATF_DUPOK = 2, ATF_NOSPLIT = 4, ATF_RODATA = 8, ATF_NOPTR = 16, ATF_WRAPPER = 32, ATF_NEEDCTXT = 64,
	ATF_TLSBSS = 256, ATF_NOFRAME = 512, ATF_REFLECTMETHOD = 1024, ATF_TOPFRAME = 2048, ATF_ABIWRAPPER = 4096,
};
/* clang-format on */

struct AsmFunc {
	const AsmCpu *cpu;
	ObjFile *o;
	ObjSym *sym;
	Pos pos;
	unsigned flags;		/* ATF_... */
	int64_t framesize;	/* as written in TEXT; -8 where gc's CPUs with a link register say "no frame" */
	int64_t argsize;	/* as written; -1: not */
	AsmInsn *first, *last;
	bool nolocals;		/* NO_LOCAL_POINTERS was written */
	bool resultsset;	/* GO_RESULTS_INITIALIZED */
	bool leaf;		/* no call of another function: AsmCpu.iscall said no to all */
	/* set by AsmCpu.frame */
	int64_t frame;		/* bytes from SP after the prologue up to the return address's place: ObjFunc.framesize */
	void *priv;		/* the CPU's */
	/* of the round that is being encoded; only func.c writes them */
	Buf code;
	Vec(ObjReloc) relocs;
	struct AsmLiteral *lit;	/* asm_literal */
	int nlit, caplit;
	uint32_t litpc, start;	/* of the literals; of the instruction being encoded */
};

/* ---- a CPU ---- */

/* A row names one register (n == 0), or n of them: name0, name1, ...; R(3) is the same as R3. */
typedef struct {
	const char *name;
	int16_t reg;		/* of the first; 0: none of these is a register, whatever later rows say (arm64: R28 is g) */
	int16_t n;
} AsmRegs;

enum {
	ASM_SHIFTS = 1,		/* OPD_SHIFT, OPD_EXT, OPD_ELEM, OPD_PAIR, OPD_LIST with commas (arm64) */
	ASM_SCALES = 2,		/* (index*scale) with a scale above 1 (amd64) */
	ASM_RANGES = 4,		/* OPD_LIST as a range (amd64) */
};

struct AsmCpu {
	const char *name;	/* GOARCH */
	const AsmRegs *
	    regs; /* ends with a row without name; the first row that fits counts. SB FP PC are not in it, and SP only if it is the
				 * name of a register, too (amd64) */
	unsigned dialect;	/* ASM_...: forms of operands that not all CPUs have */
	/* AOP_CPU and up; 0: no such instruction. suffix is checked later, by encode. */
	int (*op)(const char *word);
	bool (*isjump)(int op);	/* its last operand may be a label (ADR of arm64: its first) */
	bool (*iscall)(const AsmInsn *i);	/* calls a function that may grow the stack: a stack map is needed after it */
	int (*special)(const char *word);	/* OPD_SPECIAL's value + 1; 0: it is a symbol. May be NULL */
	/* Completes a function before it is encoded: sets f->frame; puts prologue, stack check and epilogues in as instructions
	 * (asm_insert); sets spadj of all that move SP; rewrites operands with BASE_FP and BASE_SP, which needs AsmInsn.sp
	 * (asm_spadj computes it). */
	void (*frame)(AsmFunc *f);
	/* Appends the bytes of i at asm_pc(f), or calls asm_bad. Called again and again until no jump grows: only i->form may be kept. */
	void (*encode)(AsmFunc *f, AsmInsn *i);
	void (*nops)(AsmFunc *f, uint32_t n);	/* n bytes that do nothing, for PCALIGN */
};

const AsmCpu *asm_cpu(const char *goarch);	/* NULL: none of that name */

/* ---- what AsmCpu's functions call ---- */

/* Reports i once: "invalid instruction: TEXT" or the message. */
void asm_bad(AsmInsn *i, const char *fmt, ...) PRINTF(2, 3);
void asm_invalid(AsmInsn *i);			/* asm_bad with gc's general words */
AsmInsn *asm_insert(AsmFunc *f, AsmInsn *after, int op);	/* a synthetic one with after's position */
void asm_spadj(AsmFunc *
	f); /* sets AsmInsn.sp of all by their spadj, in textual order; behind AOP_END stands what makes room, SP being as at entry */

static inline uint32_t
asm_pc(const AsmFunc *f)
{
	return (uint32_t)f->code.n;
}
static inline void
asm_byte(AsmFunc *f, unsigned b)
{
	buf_byte(&f->code, (uint8_t)b);
}
static inline void
asm_word(AsmFunc *f, uint32_t w)
{
	buf_u32(&f->code, w);
}
void asm_reloc(AsmFunc *f, RelocKind k, ObjSym *to, int64_t add);	/* for the bytes that follow */
/*
 * Distance from the start of the instruction that is being encoded to a label; in the first round 0 for one that is
 * still to come.
 */
int64_t asm_distance(const AsmFunc *f, const AsmInsn *to);
/*
 * Distance from there to n (1..16) bytes that will stand behind the function, aligned to n: equal ones are put there
 * once.
 */
int64_t asm_literal(AsmFunc *f, const void *p, int n);
/* Read-only data of the package with a name by its content, as gc's $f64.3ff0000000000000. n: 4, 8 or 16 bytes */
ObjSym *asm_constsym(AsmFunc *f, const void *p, int n);
ObjSym *asm_runtimesym(AsmFunc *f, const char *name);	/* "morestack": runtime.morestack, by registers */

/* ---- cpu.c ---- */

/* clang-format off */
static inline AsmOpd asm_opdreg(int r) { return (AsmOpd){ .kind = OPD_REG, .reg = (int16_t)r }; }
static inline AsmOpd asm_opdimm(int64_t v) { return (AsmOpd){ .kind = OPD_IMM, .val = v }; }
static inline AsmOpd asm_opdmem(int base, int64_t off) { return (AsmOpd){ .kind = OPD_MEM, .reg = (int16_t)base, .val = off }; }
static inline AsmOpd asm_opdlabel(AsmInsn *to) { return (AsmOpd){ .kind = OPD_LABEL, .target = to }; }
static inline AsmOpd asm_opdsym(ObjSym *s) { return (AsmOpd){ .kind = OPD_MEM, .base = BASE_SB, .sym = s }; }
/* clang-format on */
/* A new instruction after *at, which moves on to it. Operands end with the first that is OPD_NONE. */
AsmInsn *asm_insertop(AsmFunc *f, AsmInsn **at, int op, AsmOpd a, AsmOpd b, AsmOpd c);
/* AsmCpu.op for a table of n rows, size bytes each, whose first member is the mnemonic; rows of one mnemonic stand together, and
 * the operation is the number of the first one plus AOP_CPU. *byname is made at the first call. */
int asm_rowop(Map **byname, const void *rows, size_t n, size_t size, const char *word);
/* Sets f->frame for a CPU that keeps the return address in the lowest word of the frame: 0 or the written size and that word. false: an error
 * was reported. */
bool asm_linkframe(AsmFunc *f);
/*
 * Rewrites i's operands with BASE_FP and BASE_SP for such a frame. sp: the register; above: bytes of the frame above
 * the locals.
 */
void asm_linkopds(const AsmFunc *f, AsmInsn *i, int sp, int64_t above);

/* ---- tokens: lex.c, macro.c ---- */

/* A token that is one character is that character. */
enum {
	TOK_EOF = 256,
	TOK_IDENT,
	TOK_INT,
	TOK_FLOAT,
	TOK_CHAR,
	TOK_STRING,
	TOK_SHL,
	TOK_SHR,
	TOK_ARR,
	TOK_ROT,
	TOK_BUILD,
	TOK_OTHER
};

typedef struct {
	int16_t kind;
	bool spaced;		/* blank before it: tells #define F(x) from #define F (x) */
	const char *text;	/* interned; middle dots and division slashes of names replaced */
	Pos pos;		/* of what a macro expands to: where it is used */
} AsmTok;
typedef Vec(AsmTok) AsmToks;

typedef struct AsmInput AsmInput;
typedef struct {
	Vec(const char *) includes;	/* -I */
	Vec(const char *) defines;	/* -D: name or name=value */
} AsmLexConfig;

AsmInput *asm_open(const char *file, const AsmLexConfig *cfg);	/* fatal if it cannot be read */
AsmTok asm_next(AsmInput *in);		/* newlines are tokens; after an error that ends it all, TOK_EOF */
const char *asm_tokname(int kind);	/* for messages: "integer constant", "':'" */
void asm_tokenize(const char *text, size_t n, SrcFile *f, Pos pos,
    AsmToks *out); /* f: positions of its own; or NULL: pos */

/* ---- the whole: parse.c, data.c ---- */

typedef struct {
	const AsmCpu *cpu;
	const char *pkgpath;	/* prefix of names that start with a dot, escaped as in symbols */
	bool abis;		/* the package may write <ABIInternal> */
	bool list;		/* -S: functions are listed on standard output */
	AsmLexConfig lex;
} AsmConfig;

void asm_file(const AsmConfig *cfg, ObjFile *o, const char *file);
void asm_finish(ObjFile *o);		/* after all files: completes the names of symbols; complains of DATA without GLOBL */
void asm_symabis(const AsmConfig *cfg, const char *file, Buf *out);

/* parse.c, for its neighbours */
typedef struct {
	const AsmConfig *cfg;
	const AsmCpu *cpu;
	ObjFile *o;
	AsmInput *in;
	AsmTok *tok;		/* of the operand that is being read */
	int ntok, at;
	Pos pos;		/* of the statement */
	Pos errpos;		/* of the last one that had an error */
	bool isjump;
	AsmFunc *fn;		/* NULL outside of a function */
	Map *labels;		/* of fn: interned -> AsmInsn */
	Map *data;		/* ObjSym -> how far DATA has come */
} AsmParser;

void asm_error(AsmParser *p, const char *fmt, ...) PRINTF(2, 3);	/* one for each statement */
/* operand.c. False: an error was reported. */
bool asm_operand(AsmParser *p, AsmTok *tok, int ntok, AsmOpd *out);
bool asm_atoi(AsmParser *p, const char *text, uint64_t *out);
/* Number of a register, negative for SB FP PC and the SP that is no register; 0: none. next: kind of the token after it,
 * for R(3), where *prefix is set. */
int asm_reg(const AsmCpu *cpu, const char *name, int next, const AsmRegs **prefix);
/* "sym", "sym<>", "sym<ABIInternal>": a name with its dot completed -> what it refers to. */
ObjSym *asm_symbol(AsmParser *p, const char *name, const char *attr);
const char *asm_qualify(const AsmConfig *cfg, const char *name);
bool asm_validsym(AsmParser *p, const char *directive, const AsmOpd *o, bool offset);	/* is it sym(SB)? */
bool asm_flagopd(AsmParser *p, const char *directive, AsmToks *t, unsigned *flags);
void asm_data(AsmParser *p, AsmToks *opd, int nopd);		/* data.c */
void asm_globl(AsmParser *p, AsmToks *opd, int nopd);
bool asm_func(AsmFunc *f);					/* func.c: fills f->sym; false: an error was reported */
void asm_list(FILE *out, const AsmFunc *f);			/* list.c, after asm_func */

#endif
