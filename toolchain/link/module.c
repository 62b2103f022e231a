/*
 * module.c - the record of the program that the runtime starts from.
 *
 * Fills ModuleData of abi/module.h: typelinks sorted by type string, itabs,
 * init tasks in the order they run, masks of the data sections, build info.
 */
#include <stdlib.h>

#include "abi/module.h"
#include "link/link.h"

static void
pointer(Chunk *c, uint64_t off, Sym *to, int64_t add)
{
	link_made_rel(c, off, l.t->elfreloc[OBJ_R_ADDR], to, add);
}

static Sym *
symof(Chunk *c)
{
	Sym *s = NEW(l.a, Sym);

	s->name = "";
	s->chunk = c;
	s->kind = SYM_RODATA;
	return s;
}

static void
word(Chunk *c, uint64_t off, uint64_t v)
{
	uint8_t *p = (uint8_t *)(uintptr_t)c->data + off;

	for (int i = 0; i < l.t->ptrsize && i < 8; i++)
		p[l.t->bigendian ? l.t->ptrsize - 1 - i : i] = (uint8_t)(v >> 8 * i);
}

/* ---- typelinks ---- */

typedef struct {
	const char *str;
	size_t n;
	Chunk *c;
} Link_;

/* The string of a descriptor: name datum at the 32-bit offset in field Str, without the extra star. */
static void
typestring(Link_ *t)
{
	const Chunk *name = NULL;

	for (uint32_t i = 0; i < t->c->nrel; i++)
		if (t->c->rel[i].r_offset - t->c->relbase == offsetof(Type, str))
			name = rel_target(t->c, i)->chunk;
	t->str = "";
	if (name == NULL || t->c->size < sizeof(Type))
		return;
	t->str = reach_nametext(name, &t->n, NULL);
	if (t->c->data[offsetof(Type, tflag)] & TFLAG_EXTRASTAR && t->n > 0) {
		t->str++;
		t->n--;
	}
}

static int
bystring(const void *a, const void *b)
{
	const Link_ *x = a, *y = b;
	size_t n = x->n < y->n ? x->n : y->n;
	int r = memcmp(x->str, y->str, n);

	if (r != 0)
		return r;
	if (x->n != y->n)
		return x->n < y->n ? -1 : 1;
	return strcmp(x->c->sym->name, y->c->sym->name);
}

static Chunk *
typelinks(int *n)
{
	Vec(Link_) v = { 0 };
	Chunk *c;

	for (int i = 0; i < l.sec[OUT_TYPE].chunks.n; i++) {
		Chunk *t = l.sec[OUT_TYPE].chunks.at[i];

		if (t->sym != NULL && t->sym->flags & SYMF_TYPELINK) {
			Link_ k = { .c = t };

			typestring(&k);
			vec_push(l.a, &v, k);
		}
	}
	if (v.n > 0)
		qsort(v.at, (size_t)v.n, sizeof v.at[0], bystring);
	c = link_chunk(OUT_TYPELINK, NEWN(l.a, uint8_t, 4 * (size_t)v.n + 1), 4 * (uint64_t)v.n, 3);
	for (int i = 0; i < v.n; i++)
		link_made_rel(c, 4 * (uint64_t)i, META_R_BASE + OBJ_R_TYPEOFF, v.at[i].c->sym, 0);
	*n = v.n;
	return c;
}

static Chunk *
itablinks(int *n)
{
	const OutSec *s = &l.sec[OUT_ITAB];
	Chunk *c;
	int k = 0;

	for (int i = 0; i < s->chunks.n; i++)
		k += s->chunks.at[i]->sym != NULL;
	c = link_chunk(OUT_RELRO, NEWN(l.a, uint8_t, (size_t)l.t->ptrsize *(size_t)k + 1),
	    (uint64_t)l.t->ptrsize * (uint64_t)k, 3);
	k = 0;
	for (int i = 0; i < s->chunks.n; i++)
		if (s->chunks.at[i]->sym != NULL)
			pointer(c, (uint64_t)l.t->ptrsize * (uint64_t)k++, s->chunks.at[i]->sym, 0);
	*n = k;
	return c;
}

/* ---- init order ---- */

typedef struct Task Task;
struct Task {
	Sym *sym;
	int ndep;		/* tasks not done yet that must come before */
	Vec(Task *) users;
};

static bool
isinittask(const Sym *s)
{
	size_t n = strlen(s->name);

	return n > 10 && strcmp(s->name + n - 10, "..inittask") == 0;
}

/*
 * Packages are initialised when all they import are; of those that could be
 * next, the one with the smallest path is (Go 1.21 release notes, "Package
 * initialization order is now specified more precisely"). A heap keeps them.
 */
static void
heap_push(Task **heap, int *n, Task *t)
{
	int i = (*n)++;

	while (i > 0 && strcmp(heap[(i - 1) / 2]->sym->name, t->sym->name) > 0) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = t;
}

static Task *
heap_pop(Task **heap, int *n)
{
	Task *top = heap[0], *last = heap[--*n];
	int i = 0;

	for (;;) {
		int k = 2 * i + 1;

		if (k >= *n)
			break;
		if (k + 1 < *n && strcmp(heap[k + 1]->sym->name, heap[k]->sym->name) < 0)
			k++;
		if (strcmp(heap[k]->sym->name, last->sym->name) >= 0)
			break;
		heap[i] = heap[k];
		i = k;
	}
	heap[i] = last;
	return top;
}

static Chunk *
inittasks(int *n)
{
	Vec(Task *) tasks = { 0 };
	Map *of = map_new(l.a);
	Task **heap;
	Chunk *c;
	int nheap = 0, done = 0;

	for (int out = OUT_NONE + 1; out < OUT_COUNT; out++)
		for (int i = 0; i < l.sec[out].chunks.n; i++) {
			Sym *s = l.sec[out].chunks.at[i]->sym;

			if (s != NULL && isinittask(s)) {
				Task *t = NEW(l.a, Task);

				t->sym = s;
				map_set(of, s, t);
				vec_push(l.a, &tasks, t);
			}
		}
	for (int i = 0; i < tasks.n; i++) {
		Task *t = tasks.at[i];
		const Chunk *tc = t->sym->chunk;

		for (uint32_t k = 0; k < tc->nrel; k++) {
			Task *dep = map_get(of, rel_target(tc, k));

			if (ELF64_R_TYPE(tc->rel[k].r_info) == META_R_BASE + OBJ_R_KEEP && dep != NULL && dep != t) {
				vec_push(l.a, &dep->users, t);
				t->ndep++;
			}
		}
	}
	heap = NEWN(l.a, Task *, tasks.n + 1);
	for (int i = 0; i < tasks.n; i++)
		if (tasks.at[i]->ndep == 0)
			heap_push(heap, &nheap, tasks.at[i]);
	c = link_chunk(OUT_RELRO, NEWN(l.a, uint8_t, (size_t)l.t->ptrsize *(size_t)tasks.n + 1),
		       (uint64_t)l.t->ptrsize * (uint64_t)tasks.n, 3);
	while (nheap > 0) {
		Task *t = heap_pop(heap, &nheap);

		pointer(c, (uint64_t)l.t->ptrsize * (uint64_t)done++, t->sym, 0);
		for (int i = 0; i < t->users.n; i++)
			if (--t->users.at[i]->ndep == 0)
				heap_push(heap, &nheap, t->users.at[i]);
	}
	if (done != tasks.n)
		link_error("link: import cycle among package initialisers");
	*n = done;
	return c;
}

/* ---- masks of the data sections ---- */

static Chunk *
mask(OutId out)
{
	const OutSec *s = &l.sec[out];
	uint64_t at = 0, ps = (uint64_t)l.t->ptrsize;
	Buf b = { 0 };

	for (int i = 0; i < s->chunks.n; i++) {
		const Chunk *c = s->chunks.at[i];
		uint64_t a = (uint64_t)1 << c->alignlog, words = (c->size + ps - 1) / ps;
		const uint8_t *m = NULL;

		at = (at + a - 1) & ~(a - 1);
		if ((at + c->size) / ps / 8 + 2 > b.n)
			buf_zero(&b, (at + c->size) / ps / 8 + 2 - b.n);
		if (c->custom)
			m = (const uint8_t *)"\1", words = 1;
		else if (c->in != NULL && c->sym != NULL && c->sym->meta != NULL && c->sym->meta->aux != 0)
			m = c->in->metabase + c->sym->meta->aux;
		for (uint64_t w = 0; m != NULL && w < words; w++)
			if (m[w / 8] >> w % 8 & 1) {
				uint64_t bit = at / ps + w;

				b.p[bit / 8] |= (uint8_t)(1 << bit % 8);
			}
		at += c->size;
	}
	buf_zero(&b, 8);
	return link_chunk(OUT_RODATA, b.p, b.n, 3);
}

/* ---- build info and build ID ---- */

static Chunk *
text(const char *s)
{
	return link_chunk(OUT_RODATA, s, strlen(s), 0);
}

/* Source: debug/buildinfo, "the inline format" since Go 1.18: header of 32 bytes, then two strings with varint lengths. */
static void
buildinfo(const char *version)
{
	static const char magic[] = "\xff Go buildinf:";
	Buf b = { 0 };

	buf_put(&b, magic, 14);
	buf_byte(&b, (uint8_t)l.t->ptrsize);
	buf_byte(&b, 2);
	buf_zero(&b, 16);
	buf_uvarint(&b, strlen(version));
	buf_str(&b, version);
	buf_uvarint(&b, l.modinfolen);
	buf_put(&b, l.modinfo, l.modinfolen);
	link_chunk(OUT_BUILDINFO, b.p, b.n, 4);
}

static void
note(OutId out, uint32_t type, const char name[static 4], const void *p, size_t n)
{
	Buf b = { 0 };

	buf_u32(&b, 4);
	buf_u32(&b, (uint32_t)n);
	buf_u32(&b, type);
	buf_put(&b, name, 4);
	buf_put(&b, p, n);
	buf_align(&b, 4);
	link_chunk(out, b.p, b.n, 2);
}

static void
slice(Chunk *m, uint64_t off, Chunk *array, int n)
{
	pointer(m, off, symof(array), 0);
	word(m, off + (uint64_t)l.t->ptrsize, (uint64_t)n);
	word(m, off + 2 * (uint64_t)l.t->ptrsize, (uint64_t)n);
}

static void
string(Chunk *m, uint64_t off, const char *s)
{
	if (s[0] == 0)
		return;
	pointer(m, off, symof(text(s)), 0);
	word(m, off + (uint64_t)l.t->ptrsize, strlen(s));
}

void
link_module(void)
{
	static const char version[] = GOVERSION;
	static const struct {
		uint64_t off;
		const char *sym;
	/* clang-format off */
	} ptrs[] = {
		{ offsetof(ModuleData, pclntab), "runtime.pclntab" },
		{ offsetof(ModuleData, text), "runtime.text" }, { offsetof(ModuleData, etext), "runtime.etext" },
		{ offsetof(ModuleData, types), "runtime.types" }, { offsetof(ModuleData, etypes), "runtime.etypes" },
		{ offsetof(ModuleData, rodata), "runtime.rodata" }, { offsetof(ModuleData, erodata), "runtime.erodata" },
		{ offsetof(ModuleData, data), "runtime.data" }, { offsetof(ModuleData, edata), "runtime.edata" },
		{ offsetof(ModuleData, bss), "runtime.bss" }, { offsetof(ModuleData, ebss), "runtime.ebss" },
		{ offsetof(ModuleData, noptrdata), "runtime.noptrdata" }, { offsetof(ModuleData, enoptrdata), "runtime.enoptrdata" },
		{ offsetof(ModuleData, noptrbss), "runtime.noptrbss" }, { offsetof(ModuleData, enoptrbss), "runtime.enoptrbss" },
		{ offsetof(ModuleData, covctrs), "runtime.covctrs" }, { offsetof(ModuleData, ecovctrs), "runtime.ecovctrs" },
		{ offsetof(ModuleData, stackmaps), "runtime.stackmap" }, { offsetof(ModuleData, gofunc), "runtime.gofunc" },
		{ offsetof(ModuleData, end), "runtime.end" },
	};
	/* clang-format on */
	Chunk *m = link_chunk(OUT_RELRO, NEWN(l.a, uint8_t, sizeof(ModuleData)), sizeof(ModuleData), 4), *c;
	const OutSec *pcln = &l.sec[OUT_PCLNTAB];
	int n;

	link_define("runtime.firstmoduledata", m, 0);
	for (size_t i = 0; i < NELEM(ptrs); i++)
		pointer(m, ptrs[i].off, link_named(ptrs[i].sym), 0);
	word(m, offsetof(ModuleData, pclntablen), pcln->chunks.at[pcln->chunks.n - 1]->size);
	pointer(m, offsetof(ModuleData, gcdata), symof(mask(OUT_DATA)), 0);
	pointer(m, offsetof(ModuleData, gcbss), symof(mask(OUT_BSS)), 0);
	c = typelinks(&n);
	slice(m, offsetof(ModuleData, typelinks), c, n);
	c = itablinks(&n);
	slice(m, offsetof(ModuleData, itablinks), c, n);
	c = inittasks(&n);
	slice(m, offsetof(ModuleData, inittasks), c, n);
	string(m, offsetof(ModuleData, buildversion), version);
	if (l.modinfolen > 0) {
		pointer(m, offsetof(ModuleData, modinfo), symof(link_chunk(OUT_RODATA, l.modinfo, l.modinfolen, 0)), 0);
		word(m, offsetof(ModuleData, modinfo) + (uint64_t)l.t->ptrsize, l.modinfolen);
	}
	((ModuleData *)(uintptr_t)m->data)->hasmain = 1;
	((ModuleData *)(uintptr_t)m->data)->cgo = map_has(l.packages, intern_str("runtime/cgo"));
	buildinfo(version);
	if (l.buildid != NULL && l.buildid[0] != 0)
		note(OUT_BUILDID, 4 /* ELF_NOTE_GOBUILDID_TAG */, "Go\0", l.buildid, strlen(l.buildid));
	if (l.gnuid.n > 0 && !l.external)	/* lld makes its own or none, but takes none over */
		note(OUT_GNUID, NT_GNU_BUILD_ID, "GNU", l.gnuid.p, l.gnuid.n);
	((ModuleData *)(uintptr_t)m->data)->pie = l.pie;
	for (int i = 0; i < l.gotsyms.n; i++) {
		c = link_chunk(OUT_GOT, NEWN(l.a, uint8_t, 8), 8, 3);
		l.gotsyms.at[i]->got = i + 1;
		pointer(c, 0, l.gotsyms.at[i], 0);
	}
	if (l.pie && !l.external)
		pie_prepare();
}
