/*
 * link.h - from package archives to a static ELF executable (position independent if asked for), or to one object that a C compiler links (-linkmode=external).
 *
 * A chunk is what is kept or dropped, placed and relocated as a whole: one symbol of
 * a Slipway object, one section of a C object, or a table that the linker
 * makes. A symbol names an offset in a chunk. The passes are passes.c, read it
 * first; each works on the one Link and leaves its result there.
 *
 * Locals: l Link, c Chunk, s Sym, in Input.
 */
#ifndef SLIPWAY_LINK_H
#define SLIPWAY_LINK_H

#include <elf.h>

#include "obj/format.h"
#include "obj/obj.h"
#include "target/target.h"

typedef struct Sym Sym;
typedef struct Chunk Chunk;
typedef struct Input Input;

/* Output sections, in the order of addresses. */
/* clang-format off */
typedef enum {
	OUT_NONE,
	OUT_BUILDID,		/* .note.go.buildid, .note.gnu.build-id */
	OUT_GNUID,
	OUT_RELR,		/* .relr.dyn: what the start code of a PIE adds the load address to */
	OUT_RODATA,		/* read-only segment */
	OUT_TYPE, OUT_ITAB,	/* one range: module types */
	OUT_RELRO,		/* module data, C .data.rel.ro, init_array */
	OUT_TYPELINK,
	OUT_GOFUNC,
	OUT_STACKMAP,
	OUT_PCLNTAB,
	OUT_TEXT,		/* executable segment: Go code */
	OUT_CTEXT,		/* C code */
	OUT_TDATA,		/* writable segment */
	OUT_TBSS,
	OUT_INITARRAY, OUT_FINIARRAY,
	OUT_GOT,
	OUT_DYNAMIC,
	OUT_BUILDINFO,
	OUT_DATA, OUT_NOPTRDATA,
	OUT_BSS, OUT_NOPTRBSS,
	OUT_COUNT
} OutId;
/* clang-format on */

typedef struct {
	const char *name;
	uint32_t type;
	uint64_t flags;
	Vec(Chunk *) chunks;
	uint64_t addr, off, size, align;
	Vec(Elf64_Rela) rela;		/* external.c */
} OutSec;

struct Chunk {
	const uint8_t *data;		/* NULL: zero-filled */
	uint64_t size;
	uint64_t addr;
	Input *in;			/* NULL: made by the linker */
	const Elf64_Rela *rel;		/* rows of the input, or made here (then relsym is set) */
	uint32_t nrel;
	uint64_t relbase;		/* r_offset of the chunk's first byte */
	Sym **relsym;			/* made chunks: target of each row */
	Sym *sym;			/* Slipway symbol it is the content of */
	uint8_t out;			/* OutId */
	uint8_t alignlog;
	uint8_t
	    piece; /* 1, 2: of the functions _init and _fini, which crti and crtn begin and end: must lie together */
	bool reached : 1, iface : 1, needed : 1, custom : 1;
	uint32_t index;			/* in its output section; functions: number in the pclntab */
};

struct Sym {
	const char *name;		/* NUL-terminated */
	uint32_t hash;
	uint16_t flags;			/* SYMF_… */
	uint8_t kind;			/* SymKind; SYM_UNDEF */
	bool weak, abs, tls, common, reported, insearch;
	bool host;			/* C mentions it: another linker must find it by its name */
	Chunk *chunk;
	uint64_t value;			/* offset in chunk, or address if abs; size of a common symbol */
	uint64_t size;
	const MetaSym *meta;		/* Slipway symbols */
	int32_t got;			/* slot + 1 */
	uint32_t external;		/* number + 1 among the undefined symbols of an external link */
	Sym *next;			/* hash chain */
	const Chunk *firstref;
};

struct Input {
	const char *name;		/* file(member) */
	Bytes data;
	const char *pkgpath;		/* Slipway objects */
	const MetaHeader *mh;
	const MetaSym *meta;
	const uint8_t *metabase;
	uint64_t metasize;
	Sym **sym;			/* by .symtab index */
	uint32_t nsym;
	Chunk **chunk;			/* C: by section index */
	uint32_t cubase;		/* first row of its files in the pclntab's cutab */
	bool isgo;
};

/* An archive of C objects whose members are taken when they define something missing. */
typedef struct {
	const char *name;
	Bytes data;
	Map *member;			/* interned symbol name -> offset of the member header */
	Map *loaded;			/* offset -> Input */
} Library;

typedef struct {
	const char *name, *value;
} StrVar;

/* Bytes at off that hold an address in the code (to is NULL) or an offset in another debug section. */
typedef struct {
	uint64_t off;
	const Buf *to;
	uint64_t add;
} DebugRef;

/* A section that is not loaded. */
typedef struct {
	const char *name;
	const Buf *content;		/* as made */
	Buf data;			/* as written */
	Vec(DebugRef) refs;		/* external links */
	bool compressed;
} DebugSec;

typedef struct {
	/* from the command line */
	const char *out, *mainfile, *entry, *buildid, *libdir, *buildmode;
	bool nosym, nodwarf, verbose, nocompress;
	bool pie;
	bool external;			/* the C compiler makes the program of what is written here and of all that is C */
	const char *extld, *extldflags, *tmpdir;
	Buf gnuid;			/* -B: content of the note */
	Vec(StrVar) strvars;
	Map *packagefile;		/* interned import path -> file name */
	Vec(const char *) dirs;		/* -L: where the files of other packages are */
	const char *modinfo;		/* may hold NUL bytes */
	size_t modinfolen;
	const Target *t;
	Arena *a;

	/* results of passes */
	Vec(Input *) inputs;
	Map *packages;			/* interned path -> Input, loaded ones */
	Vec(Library *) libs;
	Sym **bucket;
	uint32_t nbucket, nsym;
	OutSec sec[OUT_COUNT];
	Vec(Chunk *) work;
	Vec(Sym *) undefined;
	uint64_t base, tlsend, entryaddr;
	uint64_t textaddr;			/* -T */
	bool textset;
	uint64_t codesize;
	int ngot;
	Vec(Sym *) gotsyms;
	Vec(DebugSec) debug;
	Vec(Bytes) hostobjs;		/* C objects of Go packages, in an external link */
	Vec(const char *) hostflags;	/* and their #cgo LDFLAGS */
	Vec(const char *) exports;	/* Go functions that C calls */
	Vec(Sym *) made;		/* by link_define */
	Buf image;
	uint8_t hash[32];
} Link;

extern Link l;

/* ---- symbol.c ---- */
Sym *link_sym(const char *name, uint32_t hash);	/* global: found or made */
Sym *link_named(const char *name);
Sym *link_find(const char *name);				/* NULL if no input mentions it */
uint64_t link_addr(const Sym *s);
Chunk *link_chunk(OutId out, const void *data, uint64_t size, int alignlog);	/* a chunk made here, already kept */
Sym *link_define(const char *name, Chunk *c, uint64_t value);	/* a symbol the linker provides */
void link_made_rel(Chunk *c, uint64_t off, uint32_t type, Sym *to, int64_t add);

/* A Go variable without content is only a declaration if another object has one of that name (go:linkname). */
static inline bool
sym_yields(const Sym *s)
{
	return s->meta != NULL && (s->kind == SYM_BSS || s->kind == SYM_NOPTRBSS);
}

/* ---- load.c cobject.c library.c ---- */
void link_load(void);			/* pass: the main package and all it imports, then libraries */
Input *load_object(const char *name, Bytes data);	/* Slipway or C */
void load_cobject(Input *in);
void library_open(const char *path);
void library_index(Bytes data, Library *lib);
bool library_search(Sym *s);		/* loads the member that defines s */

/* ---- cgo.c ---- */
void cgo_directives(const Input *in, const char *const *line, int n);	/* of a Go package */
void cgo_flags(const char *const *flag, int n);	/* -extldflags, #cgo LDFLAGS */
void cgo_open(void);			/* the libraries and objects that flags named */

/* ---- the other passes ---- */
void link_reach(void);
/* Text of a name datum of the types (abi.Name: a flag byte, a varint length, the bytes); *exported if asked for. */
const char *reach_nametext(const Chunk *c, size_t *n, bool *exported);
void link_strvars(void);
void link_layout(void);
enum { LAYOUT_NPHDR = 10, LAYOUT_NOUT = OUT_COUNT - 1 };	/* program headers at most */
OutId layout_nth(int i);		/* sections in the order of addresses, from 0 */
bool layout_newsegment(OutId out);	/* whether a segment starts with it */
void link_pclntab(void);
void link_module(void);
void link_address(void);
void link_relocate(void);
const RelocRow *link_relrow(uint32_t type);	/* by ELF number; NULL: not supported */
void link_dwarf(void);
void link_write(void);
void link_host(void);

/* ---- external.c: the program without its C as one relocatable file of plain ELF ---- */
void external_reloc(const Chunk *c, uint64_t off, const uint8_t *loc, uint32_t type, Sym *to, int64_t add);
void external_write(const char *file);

/* ---- pie.c ---- */
void pie_prepare(void);			/* notes which words hold addresses; last of all to add chunks */
bool pie_encode(
    void); /* their table and .dynamic, once there are addresses; false: it has grown, and all must be placed again */

/* Whether what s names is written here; else it is C, and another linker's to find. */
static inline bool
sym_isours(const Sym *s)
{
	return s->chunk != NULL && (s->chunk->in == NULL || s->chunk->in->isgo);
}

/* What kind of relocation a row is. */
static inline bool
rel_isours(uint32_t type)
{
	return type >= META_R_BASE;
}
Sym *rel_target(const Chunk *c, uint32_t i);

void link_error(const char *fmt, ...) PRINTF(1, 2);	/* counted; link_checkpoint ends the link if there are any */
void link_checkpoint(void);
void link_run(void);			/* passes.c */

#endif
