/*
 * module.h - the linker's description of the program: symbol runtime.firstmoduledata, one object of this form.
 *
 * All addresses are final (relative relocations in a PIE). Ranges are [start, end). Masks hold one bit per word, lowest bit first.
 * The overlay's Go struct moduledata mirrors it.
 */
#ifndef SLIPWAY_ABI_MODULE_H
#define SLIPWAY_ABI_MODULE_H

#include "abi/type.h"

typedef struct ModuleData {
	const uint8_t *pclntab;		/*   0: .gopclntab, PclnHeader first */
	uintptr_t pclntablen;		/*   8 */
	uintptr_t text, etext;		/*  16: Go code; what PclnHeader.textstart is, but for a PIE */
	uintptr_t types, etypes;	/*  32: descriptors, itabs, name data: base of type and name offsets */
	uintptr_t rodata, erodata;	/*  48 */
	uintptr_t data, edata;		/*  64: initialised, with pointers */
	uintptr_t bss, ebss;		/*  80: zero, with pointers */
	uintptr_t noptrdata, enoptrdata; /* 96 */
	uintptr_t noptrbss, enoptrbss;	/* 112 */
	const uint8_t *gcdata;		/* 128: mask of [data, edata) */
	const uint8_t *gcbss;		/* 136: mask of [bss, ebss) */
	const uint8_t *stackmaps;	/* 144: base of FUNCDATA_STACKMAP offsets */
	const uint8_t *gofunc;		/* 152: base of FUNCDATA_INLTREE offsets */
	int32_t *typelinks;		/* 160: slice: offsets of descriptors from types, sorted by type string */
	intptr_t ntypelinks, captypelinks;
	Itab **itablinks;		/* 184: slice */
	intptr_t nitablinks, capitablinks;
	InitTask **inittasks;		/* 208: slice: in the order to run */
	intptr_t ninittasks, capinittasks;
	GoString buildversion;		/* 232 */
	GoString modinfo;		/* 248: runtime/debug.modinfo text */
	GoString modulename;		/* 264 */
	uintptr_t end;			/* 280: end of the image */
	uintptr_t covctrs, ecovctrs;	/* 288: coverage counters */
	uint8_t hasmain, pie, cgo, pad[5]; /* 304 */
	struct ModuleData *next;	/* 312 */
} ModuleData;
_Static_assert(sizeof(void *) != 8 || sizeof(ModuleData) == 320, "the overlay mirrors this");

#endif
