/*
 * mem.h - the Go heap: size classes, spans, arenas, the page heap.
 *
 * Tour. The heap is made of arenas of 4 MiB, found by address through a two-level table. Pages of 8 KiB form spans; a span in
 * use holds objects of one size class, or one large object, or goroutine stacks. Each P has an MCache with one span per class and kind
 * (with pointers, without); a full one is exchanged at the class's central list. Spans come from the page heap, which keeps free runs in lists
 * by length and joins neighbours.
 *
 * Per object there is an alloc bit and a mark bit, per heap word a pointer bit. All three live beside the arena at fixed places:
 * page i of an arena owns words [16 i, 16 i + 16) of each table, which is room for 1024 objects of 8 bytes.
 *
 * Sweeping is lazy: a collection leaves every span with sweepgen < heap.sweepgen, and whoever wants a span sweeps it first: mark bits
 * become alloc bits. An object with index < freeindex, or with its alloc bit set, is allocated.
 *
 * Locks, in order: central[i].lock, heap.lock. Neither is held while Go memory is touched.
 * The collector and the rest of the runtime are reached through glue at the end only, so tests build mem/ alone.
 */
#ifndef SLIPWAY_MEM_H
#define SLIPWAY_MEM_H

#include "abi/type.h"
#include "os/os.h"

#define PAGE_SHIFT 13
#define PAGE_SIZE ((uintptr_t)1 << PAGE_SHIFT)
#define ARENA_SHIFT 22
#define ARENA_SIZE ((uintptr_t)1 << ARENA_SHIFT)
#define ARENA_PAGES (ARENA_SIZE / PAGE_SIZE)
#define L2_BITS 12
#define L1_SHIFT (ARENA_SHIFT + L2_BITS)
#define L1_SIZE ((uintptr_t)1 << (48 - L1_SHIFT))
#define PAGE_WORDS 16			/* u64 of each bit table per page */

#define NCLASS 68			/* class 0: large */
#define NSPANCLASS (NCLASS * 2)		/* class * 2 + noscan */
#define MAX_SMALL 32768
#define MAX_CLASSPAGES 16		/* more than any class's spans have */
#define TINY_SIZE 16

enum { SPAN_FREE, SPAN_INUSE, SPAN_STACK, SPAN_DEAD };

/* Something attached to an object: a finalizer or a weak handle. */
enum { SPECIAL_FINALIZER = 1, SPECIAL_WEAK = 2, SPECIAL_PROFILE = 3 };
typedef struct Special {
	struct Special *next;		/* by falling offset, then kind */
	uint32_t off, kind;		/* bytes from the span's base */
	Funcval *fn;			/* finalizer */
	uintptr_t nret;
	Type *fint, *ot;
	void *bucket;			/* profile */
	uintptr_t *handle;		/* weak: word off the heap that holds the object's address, or 0 */
} Special;

typedef struct Span {
	/* what marking reads stands together */
	_Alignas(64) uintptr_t base;
	uintptr_t limit;		/* objects lie in [base, limit) */
	uint64_t *markbits;
	uintptr_t elemsize;
	uint32_t divmul;		/* index = offset * divmul >> 32 */
	uint8_t state;			/* SPAN_… */
	uint8_t spanclass;
	bool needzero;			/* memory may be dirty */
	bool scavenged;			/* free: given back to the system */
	Type *largetype;		/* large object with pointers: its layout repeats */
	uint64_t *allocbits;
	uint64_t alloccache;		/* inverted alloc bits from freeindex's word on, shifted */
	uint32_t nelems, freeindex, nalloc;
	uint32_t sweepgen;		/* == heap.sweepgen: swept; +1 while being swept */
	uintptr_t npages;
	struct Span *next, *prev;	/* in the list it is on */
	struct SpanList *list;
	Special *specials;
	struct Span *specialnext;	/* list of spans with specials */
	void *freestacks;		/* SPAN_STACK: unused stacks, linked through their first word */
	uint32_t stackorder;
	bool onspeciallist;
} Span;

typedef struct SpanList {
	Span *first, *last;
} SpanList;

typedef struct Arena {
	Span *span[ARENA_PAGES];
	uint64_t mark[2][ARENA_PAGES * PAGE_WORDS]; /* mark and alloc bits: a span swaps its two */
	uint64_t ptr[ARENA_PAGES * PAGE_WORDS];	/* bit per word */
} Arena;

typedef struct MCache {
	Span *span[NSPANCLASS];
	uint8_t *tiny;
	uintptr_t tinyoff;
	uint64_t nmalloc[NSPANCLASS];	/* objects handed out, flushed into heap.stats */
	uint64_t ntiny;
	uint64_t nlarge, largebytes;
} MCache;

typedef struct {
	Lock lock;
	SpanList partial, full, unswept;
	uint64_t nmalloc, nfree;	/* objects, flushed */
} Central;

typedef struct {
	Lock lock;
	uint32_t sweepgen;
	SpanList freelist[129];		/* free runs by pages; [128]: longer */
	SpanList large, unsweptlarge;	/* spans of large objects; guarded by largelock */
	Lock largelock;
	uintptr_t hint;			/* where to map the next arena */
	Arena **l1[L1_SIZE];
	Arena **arenas;			/* in order of creation */
	uintptr_t *arenabase;
	uint32_t narena, caparena;
	Span *spanpool;			/* unused Span structs */
	/* bytes */
	uint64_t live;			/* since the last cycle: marked then, plus allocated since (spans as they leave to caches) */
	uint64_t trigger;		/* collect when live reaches it */
	uint64_t inuse, idle, released, stackinuse; /* pages in spans */
	uint64_t nlargealloc, nlargefree, largealloc, largefree, ntiny;
	uint64_t totalfreed;
	uint32_t marking;		/* concurrent marking: objects are born marked */
	uint64_t blackbytes;		/* of those */
	uint32_t unsweptspans;		/* still to be swept */
	uint32_t poison;		/* hard mode: fill freed objects */
	uint32_t failat;		/* hard mode: fail the nth system allocation */
} Heap;

extern Heap heap;
extern Central central[NSPANCLASS];
extern uint16_t class_size[NCLASS];	/* bytes; 32768 is kept as 32768 in class_bytes */
extern uint32_t class_bytes[NCLASS];
extern uint8_t class_pages[NCLASS];

static inline Arena *
arena_of(uintptr_t p)
{
	Arena **l2;

	if (p >> 48 != 0)
		return NULL;
	l2 = heap.l1[p >> L1_SHIFT];
	return l2 == NULL ? NULL : l2[(p >> ARENA_SHIFT) & ((1u << L2_BITS) - 1)];
}
/* The span around p, whatever its state; NULL outside the heap. */
static inline Span *
span_of(uintptr_t p)
{
	Arena *a = arena_of(p);

	return a == NULL ? NULL : a->span[(p >> PAGE_SHIFT) & (ARENA_PAGES - 1)];
}
static inline uint32_t
span_index(const Span *s, uintptr_t p)
{
	return s->divmul == 0 ? 0 : (uint32_t)(((uint64_t)(p - s->base) * s->divmul) >> 32);
}
static inline bool
span_noscan(const Span *s)
{
	return s->spanclass & 1;
}
static inline bool
span_allocated(const Span *s, uint32_t i)
{
	return i < s->freeindex || (s->allocbits[i >> 6] >> (i & 63) & 1) != 0;
}

/* ---- class.c ---- */
void class_init(void);
int class_of(uintptr_t size);		/* size <= MAX_SMALL */
uintptr_t rt_roundupsize(uintptr_t size, uintptr_t noscan);

/* ---- pages.c: arenas, spans of pages ---- */
void heap_init(void);
Span *heap_alloc(uintptr_t npages, int state);	/* NULL: no memory */
void heap_free(Span *s);
uintptr_t heap_scavenge(uintptr_t max);	/* bytes given back */
void list_push(SpanList *l, Span *s);
void list_remove(Span *s);
Span *list_pop(SpanList *l);

/* ---- malloc.c ---- */
/* Zeroed unless !needzero (then only if it has no pointers). Never NULL. typ: layout, repeated; NULL: no pointers. c: of the current P. */
void *mem_alloc(MCache *c, uintptr_t size, const Type *typ, bool needzero);
void mcache_flush(MCache *c);		/* world stopped, or its own P */
Span *mem_find(uintptr_t p, uintptr_t *base); /* allocated object around p, NULL if none */

/* ---- bitmap.c: which words of an object are pointers ---- */
void bits_set(uintptr_t x, uintptr_t elemsize, uintptr_t size, const Type *typ);
const uint8_t *type_mask(const Type *t); /* one bit per word, for ptrbytes; expands GC programs once */

uintptr_t
rt_nextpointer(uintptr_t p); /* first word at or after p, in the object around p, that may hold a pointer; 0: none */

/* ---- sweep.c ---- */
void sweep_begin(void);			/* world stopped, marking done: everything is unswept */
bool sweep_span(Span *s);		/* s is off all lists; true: it was freed */
int sweep_some(int n);			/* spans swept; 0: none left */
void sweep_all(void);

/* ---- stats.c ---- */
void mem_flushstats(void);

/* ---- glue: given by gc/ and sched/, and by tests ---- */
void mem_assist(uint64_t bytes);	/* while marking: the allocator takes so much from the free memory, and should help */
void mem_wantgc(void);			/* heap.live reached heap.trigger */
MCache *mem_anymcache(int i);		/* caches of all Ps; NULL after the last */

#endif
