/*
 * base.h - what every tool needs and no tool is about: arenas, vectors, maps,
 * interned names, growing buffers, source positions, diagnostics, files, hashes.
 * Knows nothing of Go.
 *
 * Failures come in three grades. The user's program is wrong: diag_error, and
 * work goes on. The environment is wrong: fatal, exit 2. We are wrong: bug,
 * abort. None of the functions below returns NULL unless it says so.
 */
#ifndef SLIPWAY_BASE_H
#define SLIPWAY_BASE_H

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NELEM(a) (sizeof(a) / sizeof((a)[0]))
#define NORETURN _Noreturn
#define PRINTF(fmtarg, firstarg) __attribute__((format(printf, fmtarg, firstarg)))

/* ---- arena.c: memory that is given back all at once; zeroed; never NULL ---- */

typedef struct Arena Arena;
typedef struct {
	void *chunk;
	size_t used;
} ArenaMark;

extern Arena *perm;				/* lives as long as the process */

Arena *arena_new(const char *name);		/* name: for -d=mem reports */
void *arena_alloc(Arena *a, size_t nbytes);	/* 16-byte aligned, zeroed */
void *arena_dup(Arena *a, const void *p, size_t nbytes);
char *arena_strndup(Arena *a, const char *s, size_t n);
char *arena_printf(Arena *a, const char *fmt, ...) PRINTF(2, 3);
ArenaMark arena_mark(Arena *a);
void arena_release(Arena *a, ArenaMark m);	/* drop all that came after m */
void arena_reset(Arena *a);			/* drop everything, keep the memory for reuse */
void arena_free(Arena *a);
size_t arena_size(const Arena *a);		/* bytes obtained from the system */

#define NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define NEWN(a, T, n) ((T *)arena_alloc((a), sizeof(T) * (size_t)(n)))

/* ---- vec.c: growable arrays, `Vec(Type *) v = {0};` is an empty one ---- */

#define Vec(T)                                                                                                         \
	struct {                                                                                                       \
		T *at;                                                                                                 \
		int n, cap;                                                                                            \
	}
#define vec_push(a, v, x)                                                                                              \
	((v)->n == (v)->cap ? vec_grow((a), (void **)&(v)->at, &(v)->cap, sizeof *(v)->at) : (void)0,                  \
	 (v)->at[(v)->n++] = (x))
#define vec_pop(v) ((v)->at[--(v)->n])
#define vec_last(v) ((v)->at[(v)->n - 1])

void vec_grow(Arena *a, void **at, int *cap, size_t elemsize);

/* ---- map.c: hash maps; iteration order is insertion order, so output never depends on addresses ---- */

typedef struct Map Map;
Map *map_new(Arena *a);				/* keys are pointers or integers compared by value */
void *map_get(const Map *m, const void *key);	/* NULL if absent */
bool map_has(const Map *m, const void *key);
void map_set(Map *m, const void *key, void *value);
void map_del(Map *m, const void *key);
int map_len(const Map *m);
/* for (int i = 0; map_next(m, &i, &key, &value);) */
bool map_next(const Map *m, int *i, const void **key, void **value);

/* ---- intern.c: one pointer per text, process-wide, NUL-terminated ---- */

const char *intern(const char *s, size_t n);
const char *intern_str(const char *s);		/* NUL-terminated s */
const char *intern_printf(const char *fmt, ...) PRINTF(1, 2);
size_t intern_len(const char *interned);	/* O(1) */
uint32_t intern_hash(const char *interned);	/* O(1), stable across runs */

/* ---- buf.c: growing byte buffers, plain malloc, buf_free when done ---- */

typedef struct {
	uint8_t *p;
	size_t n, cap;
} Buf;

void buf_reserve(Buf *b, size_t more);
void buf_put(Buf *b, const void *p, size_t n);
void buf_byte(Buf *b, uint8_t c);
void buf_str(Buf *b, const char *s);
void buf_printf(Buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vprintf(Buf *b, const char *fmt, va_list ap) PRINTF(2, 0);
void buf_zero(Buf *b, size_t n);
void buf_align(Buf *b, size_t align);		/* pads with zero */
void buf_u16(Buf *b, uint16_t v);		/* little endian; 32- and 64-bit likewise */
void buf_u32(Buf *b, uint32_t v);
void buf_u64(Buf *b, uint64_t v);
void buf_uvarint(Buf *b, uint64_t v);		/* encoding/binary's unsigned varint */
void buf_varint(Buf *b, int64_t v);		/* encoding/binary's zig-zag varint */
char *buf_cstr(Buf *b);				/* NUL-terminates (not counted in n) and returns p */
void buf_free(Buf *b);

/* ---- pos.c: a source position is one 32-bit number ----
 * Each file (or excerpt of one) gets a range of numbers, one per byte. Line
 * and column are found when asked for. 0 is "no position". */

typedef uint32_t Pos;
typedef struct SrcFile SrcFile;

typedef struct {
	const char *file;			/* as named on the command line or by //line */
	const char *absfile;			/* absolute, -trimpath applied: for debug info */
	int line, col;				/* from 1; col in bytes, 0 if unknown (//line without column) */
} Loc;

/* A new file whose text is nbytes long and whose first byte is at line `line`. */
SrcFile *pos_addfile(const char *name, size_t nbytes, int line);
void pos_isabs(SrcFile *f);			/* its name is final, as from export data: -trimpath and the current folder do not count */
Pos pos_make(const SrcFile *f, size_t off);
void pos_newline(SrcFile *f, size_t off);	/* a line starts at off; in rising order, repetition is harmless */
void pos_linedirective(SrcFile *f, size_t off, const char *file, int line, int col); /* //line; from off on */
SrcFile *pos_file(Pos p);
const char *pos_filename(const SrcFile *f);	/* as given to pos_addfile */
size_t pos_offset(Pos p);			/* byte offset in its file */
Loc pos_loc(Pos p);				/* with //line applied */
int pos_line(Pos p);				/* pos_loc(p).line, cheap for rising positions */
void pos_trimpath(const char *spec);		/* the -trimpath argument: "from=>to;from2=>to2" */

/* ---- diag.c: messages in Go's form, file:line:col: text ---- */

typedef struct {
	bool all;				/* -e: no limit of ten */
	int nerrors;				/* distinct errors recorded so far */
	int nsyntax;				/* of these, calls of diag_syntax: a checker need not start then */
	const char *tool;			/* program name, for fatal and bug */
	const char *phase, *subject;		/* what is being done, to whom: printed by bug() */
	Pos pos;				/* where in the source we are: printed by bug() */
	bool showbugs;				/* bug() speaks even after errors of the user's (fuzzing, -d=panic) */
	bool nocolumns;				/* positions are file:line, as the assembler's */
	bool abort;				/* bug() aborts instead of exiting with 2, for debuggers */
} Diag;
extern Diag diag;

/* First call of every main: sets diag.tool and turns crashes (stack overflow too) into an internal error, exit 2. */
void diag_init(const char *tool);
/* Raises the soft stack limit to 112 MB, for tools that recurse on their input. Children inherit it. */
void diag_bigstack(void);
void diag_error(Pos p, const char *fmt, ...) PRINTF(2, 3);
void diag_verror(Pos p, const char *fmt, va_list ap) PRINTF(2, 0);
void diag_syntax(Pos p, const char *fmt, ...) PRINTF(2, 3); /* "syntax error: " prefix, one per line */
void diag_note(Pos p, const char *fmt, ...) PRINTF(2, 3);   /* -m and the like: not an error, sorted with them */
/* Prints to standard output what was recorded, sorted by position, duplicates removed, "too many errors" after ten; exits 1 if any. */
void diag_checkpoint(void);
const char *diag_text(void);			/* what checkpoint would print, interned: for tests */
void diag_reset(void);				/* forget all that was recorded: for tests */
void diag_atexit(void (*fn)(void));		/* run before fatal, bug or diag_checkpoint ends the process: removes part files */
NORETURN void fatal(const char *fmt, ...) PRINTF(1, 2); /* ends in ':' -> errno text follows; exit 2 */
NORETURN void bug(const char *fmt, ...)
    PRINTF(1, 2); /* internal compiler error: message as gc words it; exit 2 via abort handler */

/* ---- file.c ---- */

typedef struct {
	const uint8_t *p;			/* mapped read-only, one readable NUL byte follows */
	size_t n;
} Bytes;

Bytes file_map(const char *path);		/* fatal on error */
bool file_trymap(const char *path, Bytes *out);	/* false: errno is set */
void file_unmap(Bytes b);
/* Writes beside path and renames; on any error nothing is left behind and it is fatal. mode as for open(2). */
void file_replace(const char *path, const void *p, size_t n, int mode);
bool file_exists(const char *path);
bool file_mkdirs(const char *dir);		/* with the folders above it; true: dir is a folder now, false: errno is set */

/* ---- path.c: slash paths, results interned ---- */

const char *path_join(const char *a, const char *b);
const char *path_clean(const char *p);		/* Go's path.Clean */
const char *path_base(const char *p);
const char *path_dir(const char *p);
const char *path_abs(const char *p);

/* ---- utf8.c ---- */

/* Decodes one rune of s[0..n); returns its length, *r = 0xFFFD and length 1 if malformed. */
int utf8_decode(const uint8_t *s, size_t n, uint32_t *r);
int utf8_encode(uint32_t r, uint8_t out[4]);
bool utf8_isletter(uint32_t r);			/* Go's letter: categories Lu Ll Lt Lm Lo, and _ */
bool utf8_isdigit(uint32_t r);			/* category Nd */
bool utf8_isupper(uint32_t r);			/* category Lu: exported names */

/* ---- sha256.c (FIPS 180-4) and hash.c ---- */

typedef struct {
	uint32_t h[8];
	uint64_t nbytes;
	uint8_t block[64];
} Sha256;
void sha256_init(Sha256 *s);
void sha256_add(Sha256 *s, const void *p, size_t n);
void sha256_sum(Sha256 *s, uint8_t out[32]);
void sha256_hex(const void *p, size_t n, char out[65]);
uint64_t hash64(const void *p, size_t n, uint64_t seed); /* fast, stable across hosts; not cryptographic */

/* ---- flag.c: command lines in the manner of Go's flag package ---- */

#define GOVERSION "go1.23.5"		/* the release of Go that these are the tools of */

typedef enum { FLAG_BOOL, FLAG_INT, FLAG_STRING, FLAG_FUNC, FLAG_BOOLFUNC, FLAG_COUNT } FlagKind;
typedef struct {
	const char *name;			/* without the dash */
	FlagKind kind;
	/* bool *, int *, const char **; FLAG_FUNC, FLAG_BOOLFUNC (no value: "true"): void (*)(const char *) */
	void *var;
	const char *arg, *help;			/* name of the argument ("file"), one line */
} Flag;

/* Parses argv[1..]; returns the index of the first operand. -flag, --flag, -flag=v, -flag v; -h and --help print usage
 * and exit 0; an unknown flag prints Go's words and the usage and exits 2. */
int flag_parse(const char *usage, const Flag *flags, int nflags, int argc, char **argv);
/* Flag -V, a FLAG_BOOLFUNC: prints the version of the tool (diag_init), with "full" also the hash of the program, by which builds know it, and
 * exits with 0. */
void flag_version(const char *arg);
/* Expands @file response files in place, as gc's objabi does. */
void flag_expand(int *argc, char ***argv);

#endif
