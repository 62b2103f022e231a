/*
 * type.h - type descriptors as the compiler writes them (bit for bit internal/abi of Go 1.23) and other memory forms that
 * compiled code and the runtime both touch. Numbers are for 64-bit targets where they are not expressed by C types.
 */
#ifndef SLIPWAY_ABI_TYPE_H
#define SLIPWAY_ABI_TYPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* clang-format off */
enum {
	KIND_BOOL = 1, KIND_INT, KIND_INT8, KIND_INT16, KIND_INT32, KIND_INT64, KIND_UINT, KIND_UINT8, KIND_UINT16, KIND_UINT32, KIND_UINT64,
	KIND_UINTPTR, KIND_FLOAT32, KIND_FLOAT64, KIND_COMPLEX64, KIND_COMPLEX128, KIND_ARRAY, KIND_CHAN, KIND_FUNC, KIND_INTERFACE,
	KIND_MAP, KIND_POINTER, KIND_SLICE, KIND_STRING, KIND_STRUCT, KIND_UNSAFEPOINTER,
	KIND_MASK = 31, KIND_DIRECTIFACE = 32, KIND_GCPROG = 64,
};
/* clang-format on */
enum { TFLAG_UNCOMMON = 1, TFLAG_EXTRASTAR = 2, TFLAG_NAMED = 4, TFLAG_REGULAR = 8, TFLAG_UNROLLED = 16 };

typedef struct Type {
	uintptr_t size;			/* bytes */
	uintptr_t ptrbytes;		/* bytes up to the end of the last pointer */
	uint32_t hash;
	uint8_t tflag, align, fieldalign, kind;
	void *equal;			/* funcval or NULL */
	const uint8_t *gcdata;		/* ptrbytes/ptrsize bits; KIND_GCPROG: a program after a 4-byte length */
	int32_t str, ptrtothis;		/* name and type offsets */
} Type;
typedef struct {
	Type t;
	Type *elem, *slice;
	uintptr_t len;
} ArrayType;
typedef struct {
	Type t;
	Type *elem;
	intptr_t dir;
} ChanType;
typedef struct {
	Type t;
	Type *elem;
} PtrType;
typedef struct {
	Type t;
	uint16_t nin, nout;
} FuncType;
typedef struct {
	int32_t name, typ;
} Imethod;
typedef struct {
	Type t;
	void *pkgpath;
	Imethod *methods;
	intptr_t nmethods, capmethods;
} InterfaceType;
typedef struct {
	InterfaceType *inter;
	Type *type;
	uint32_t hash;
	uint32_t pad;
	uintptr_t fun[1];
} Itab;

typedef struct {
	const char *p;
	intptr_t n;
} GoString;
typedef struct {
	void *p;
	intptr_t len, cap;
} GoSlice;
typedef struct {
	void *tab;
	void *data;
} GoIface;
typedef struct {
	uintptr_t fn;
} Funcval; /* captured variables follow */

#if UINTPTR_MAX > 0xffffffffu
_Static_assert(sizeof(Type) == 48, "abi.Type");
_Static_assert(offsetof(Itab, fun) == 24, "abi.ITab");
#endif

/* One deferred call. Compiled code lays the record of deferprocStack in a frame slot and sets fn; runtime.deferprocStack fills the rest.
 * Word 0 holds flags in its low bytes; sp, pc: frame and return address of the deferring function. */
typedef struct Defer {
	uint8_t heap, rangefunc, pad[6];
	uintptr_t sp, pc;
	Funcval *fn;
	struct Defer *link;
	void *head;			/* rangefunc: *atomic list */
} Defer;

/* scase of select: as gc's. */
typedef struct {
	void *c;
	void *elem;
} Scase;

/* ..inittask of a package: state (0 to do, 1 doing, 2 done), number of functions, then their code addresses. */
typedef struct {
	uint32_t state, nfns;
	uintptr_t fns[];
} InitTask;

#endif
