/*
 * format.h - the bytes of section .slipway.meta, written by write.c and read by
 * the linker and nm. Little endian whatever the target; offsets are from
 * the start of the section.
 *
 *   MetaHeader
 *   MetaSym[nsym]	one per entry of .symtab, same order, entry 0 included
 *   u32 file[nfile]	offsets of NUL-terminated source file names
 *   u32 import[nimport] offsets of import paths whose packages must be linked
 *   blob		names, pc tables in their final encoding, stack maps, masks, MetaFunc and MetaInl records
 *
 * Relocation types below META_R_BASE are ELF's for the machine; OBJ_R_… kinds without an ELF number are META_R_BASE + kind.
 */
#ifndef SLIPWAY_OBJ_FORMAT_H
#define SLIPWAY_OBJ_FORMAT_H

#include <stdint.h>

#define META_SECTION ".slipway.meta"
#define META_MAGIC 0x31706c53u		/* "Slp1" */
#define META_R_BASE 0x8000u

typedef struct {
	uint32_t magic, nsym;
	uint64_t hash;			/* hash64 of what follows this field in the file, seeded with that of what precedes it */
	uint32_t nfile, nimport;
	uint32_t symoff, fileoff, importoff, cgooff;	/* cgooff: u32 count and string offsets of cgo directives, or 0 */
	uint32_t pkgpath, reserved;
} MetaHeader;

typedef struct {
	uint32_t namehash;		/* intern_hash of the name */
	uint16_t flags;			/* SYMF_… */
	uint8_t kind;			/* SymKind */
	uint8_t alignlog;
	uint32_t firstrel, nrel;	/* rows of its section's relocations */
	uint32_t aux;			/* SYM_TEXT: MetaFunc; SYM_DATA, SYM_BSS: pointer mask; 0 none */
	uint32_t gotype;		/* name of the type descriptor, 0 none */
	uint64_t hash;			/* of content and relocations: equal for duplicates */
} MetaSym;

typedef struct {
	uint32_t off, len;
} MetaBytes;

typedef struct {
	uint32_t framesize, argsize;
	int32_t startline;
	uint32_t deferreturn;
	uint8_t funcid, flags, pad[2];
	MetaBytes pcsp, pcfile, pcline, pcinl, unsafepoint;	/* empty: none */
	MetaBytes stackmap;		/* abi/funcdata.h StackMap */
	uint32_t inl, ninl;		/* MetaInl rows */
} MetaFunc;

typedef struct {
	uint32_t name;			/* string */
	uint32_t parentpc;
	int32_t startline;
	uint8_t funcid, pad[3];
} MetaInl;

_Static_assert(sizeof(MetaHeader) == 48 && sizeof(MetaSym) == 32 && sizeof(MetaFunc) == 76 && sizeof(MetaInl) == 16,
    "file format");

#endif
