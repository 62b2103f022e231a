/*
 * obj.h - symbols and relocations in memory, ELF relocatable files, archives.
 *
 * The compiler and the assembler fill ObjFile and call obj_write; the linker
 * reads archives with ar_open and objects with obj_read. Both sides share
 * this header so that a fact about the file format stands once. The file is
 * plain ELF: our symbols are atoms (start and size inside a few sections, no
 * section per symbol), and what ELF cannot say (pc tables, stack maps,
 * pointer masks, reachability marks) is in section .slipway.meta.
 * See docs/objfile.md.
 */
#ifndef SLIPWAY_OBJ_H
#define SLIPWAY_OBJ_H

#include "base/base.h"

typedef enum {
	SYM_UNDEF,
	SYM_TEXT,
	SYM_RODATA,	/* strings, constant tables, stack maps: no relocations */
	SYM_TYPE,	/* type descriptors and their name data: one range, read-only after relocation */
	SYM_ITAB,	/* static itabs: same range */
	SYM_RELRO,	/* other read-only data with addresses: funcvals, static tables */
	SYM_DATA,	/* initialised, holds pointers: has a pointer mask */
	SYM_NOPTRDATA,
	SYM_BSS,	/* zero, holds pointers */
	SYM_NOPTRBSS,
	SYM_KIND_COUNT
} SymKind;

/* Relocations by meaning; target->elfreloc gives the ELF number. Those from OBJ_R_TYPEOFF on exist only in Slipway objects. */
/* clang-format off */
typedef enum {
	OBJ_R_ADDR,	/* pointer-sized address */
	OBJ_R_ADDR32,
	OBJ_R_PCREL32,	/* data reference from code */
	OBJ_R_CALL,	/* direct call or jump */
	OBJ_R_HI, OBJ_R_LO, OBJ_R_GOT, OBJ_R_TLSLE, /* CPU-specific pairs: the target maps them */
	OBJ_R_TYPEOFF,	/* 32 bit: address minus runtime.types; the referent is kept */
	OBJ_R_WEAKTYPEOFF, /* the same, 0 if the referent is not kept by others */
	OBJ_R_TEXTOFF,	/* 32 bit: address minus runtime.text */
	OBJ_R_METHODOFF, /* three in a row in a method table (mtyp, ifn, tfn): kept only if the method may be called; else -1 */
	OBJ_R_WEAKADDR,	/* pointer-sized, 0 if not kept by others */
	/* marks without bytes */
	OBJ_R_KEEP,	/* the referent is needed too */
	OBJ_R_USEIFACE,	/* the type may be put in an interface: its methods matter */
	OBJ_R_USEIFACEMETHOD, /* interface type sym; add: byte offset of the imethod in its descriptor: this method is called */
	OBJ_R_USENAMEDMETHOD, /* sym's name is the name of the method: any method of this name */
	OBJ_R_COUNT
} RelocKind;
/* clang-format on */

typedef struct ObjSym ObjSym;
typedef struct {
	uint32_t off;
	uint8_t kind;		/* RelocKind */
	ObjSym *sym;
	int64_t add;
} ObjReloc;

/* One row of a table keyed by code offset: the value holds from pc (inclusive) on. */
typedef struct {
	uint32_t pc;
	int32_t val;
} PcVal;
typedef Vec(PcVal) PcTable;

typedef struct {
	int32_t parent;		/* -1 */
	int32_t file, line;	/* of the call: index into ObjFunc.files */
	uint32_t parentpc;	/* code offset of an instruction of the call's place in the parent */
	const char *func;
	int32_t startline;
} ObjInl;

typedef struct {
	uint32_t pc;		/* return address: offset just after the call */
	const uint8_t *locals;	/* bit per word from SP upwards, framewords bits */
} ObjStackMap;

/* What the runtime must know of a function. */
typedef struct {
	uint32_t framesize;	/* bytes from SP after the prologue up to (not including) the return address */
	uint32_t argsize;	/* bytes of the incoming argument area, spill space included */
	uint8_t funcid, flags;	/* abi/funcdata.h */
	int32_t startline;
	uint32_t deferreturn;	/* code offset of the deferreturn call, 0 none */
	PcTable pcsp;		/* distance SP is below its value at entry */
	PcTable pcfile, pcline;	/* val of pcfile: index into files */
	PcTable pcinl;		/* index into inl, -1 none */
	PcTable unsafepoint;	/* val 1: no asynchronous preemption here */
	Vec(const char *) files;
	Vec(ObjInl) inl;
	const uint8_t *argmap;	/* bits of the argument area that hold pointers, at entry */
	uint32_t nargwords;
	uint32_t
	    nargstack; /* words of it before the register spill space: what is scanned at calls (abi/funcdata.h callargmap) */
	const uint8_t *argmapresults; /* argument area once stack results are set, or NULL */
	Vec(ObjStackMap) maps;	/* by rising pc */
	uint32_t mapflags;	/* STACKMAP_... of abi/funcdata.h */
	uint32_t nlocalwords;
} ObjFunc;

enum {
	SYMF_DUPOK = 1,		/* several objects may define it; content hashes must agree */
	SYMF_LOCAL = 2,		/* static to its object */
	SYMF_REFLECTMETHOD = 4,	/* calls reflect.Method or MethodByName with unknown names: keep all exported methods */
	SYMF_ABI0 = 8,
	SYMF_WRAPPER = 16,
	SYMF_NOSPLIT = 32,
	SYMF_TYPELINK = 64,	/* descriptor goes into typelinks */
	SYMF_REACHABLE = 128,	/* linker */
	SYMF_EXPORTED = 256,	/* keep: named by -asmhdr, cgo export or linkname push */
	SYMF_TOPFRAME = 512,
	SYMF_COVCTR = 1024,	/* coverage counter: the linker lays them side by side */
	SYMF_FUZZCTR = 2048,	/* the same for go test -fuzz */
};

struct ObjSym {
	const char *
	    name; /* linker symbol, interned: "fmt.Println", "main.(*T).String", "type:*main.T", "go:itab.*os.File,io.Writer" */
	uint8_t kind;		/* SymKind */
	uint16_t flags;
	uint32_t align;
	uint64_t size;		/* == data.n, or bytes of bss */
	Buf data;
	Vec(ObjReloc) relocs;	/* rising off; marks anywhere */
	ObjFunc *fn;		/* SYM_TEXT */
	const uint8_t *ptrmask;	/* SYM_DATA, SYM_BSS: bit per word */
	uint64_t ptrwords;
	const char *gotype;	/* name of the type descriptor for debug info, or NULL */
	int32_t index;		/* writer and linker: number in its table */
	bool defined;
	void *priv;		/* owner's */
};

typedef struct {
	Arena *a;
	const char *goarch, *pkgpath;
	Map *names;		/* interned name -> ObjSym */
	Vec(ObjSym *) syms;	/* in order of creation */
	Vec(const char *) imports; /* packages whose init tasks must run: autolib */
	Vec(const char *) cgodirectives;
	Vec(const char *) files; /* debug: compilation unit */
} ObjFile;

ObjFile *objfile_new(Arena *a, const char *goarch, const char *pkgpath);
ObjSym *obj_sym(ObjFile *o, const char *name);		/* reference: found or made, SYM_UNDEF until defined */
ObjSym *obj_define(ObjFile *o, const char *name, SymKind k, unsigned flags, uint32_t align);
ObjSym *obj_text(ObjFile *o, const char *p, size_t n);	/* go:string."..." read-only text, merged by content */
void obj_reloc(ObjSym *s, uint32_t off, RelocKind k, ObjSym *to, int64_t add);
void pctable_add(PcTable *t, uint32_t pc, int32_t val);	/* rows by rising pc; one that changes nothing is left out */
const char *obj_pkgprefix(const char
	*path); /* an import path as the first part of a symbol (cmd/internal/objabi's PathToPrefix rule) */
void obj_addr(ObjSym *s, ObjSym *to, int64_t add, int ptrsize);	/* appends an address */

/* ELF bytes of o, deterministic: symbols in order of creation. */
void obj_write(const ObjFile *o, Buf *out);

/* ---- ar.c: archives; members __.PKGDEF, our export member, _go_.o, and those that pack adds ---- */
typedef struct {
	const char *name;
	Bytes data;
} ArMember;
typedef Vec(ArMember) ArMembers;
bool ar_isarchive(Bytes b);
/* false: *err says what is wrong. Members point into b. */
bool ar_read(Arena *a, Bytes b, ArMembers *out, const char **err);
void ar_begin(Buf *out);
void ar_add(Buf *out, const char *name, const void *p, size_t n);	/* no time, no owner */

/* ---- packed.c: members of the archives that the SDK ships ---- */
void packed_write(Buf *out, const void *object, size_t n);
bool packed_is(Bytes b);
/* False: damaged. The object is in a, aligned for every type. */
bool packed_read(Arena *a, Bytes b, Bytes *object);

/* ---- read.c: ELF relocatable files, ours and a C compiler's; used by link, nm, objdump. See link/link.h for what it makes ---- */

#endif
