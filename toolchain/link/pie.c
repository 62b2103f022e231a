/*
 * pie.c - position-independent executables without a dynamic linker.
 *
 * musl's rcrt1.o starts them: it finds .dynamic, adds the load address to the words that .relr.dyn lists, and goes on as crt1.o does.
 * Code and C's constants are position independent as they are compiled, so only words of data hold addresses.
 * The runtime then takes away the right to write what PT_GNU_RELRO names.
 * Source: System V gABI, "Relative Relocation Table" (SHT_RELR) and chapter 5.
 */
#include <stdlib.h>

#include "link/link.h"

typedef struct {
	const Chunk *c;
	uint64_t off;
} Word;

static Vec(Word) words;
static Chunk *table, *dynamic;
static uint64_t *addrs;

static void
note(const Chunk *c, uint64_t off)
{
	Word w = { c, off };

	vec_push(l.a, &words, w);
}

/* The words of a chunk that will hold addresses; see ours() and one() of reloc.c. */
static void
scan(const Chunk *c)
{
	for (uint32_t i = 0; i < c->nrel; i++) {
		uint32_t type = (uint32_t)ELF64_R_TYPE(c->rel[i].r_info);
		uint64_t off = c->rel[i].r_offset - c->relbase;
		const Sym *to;

		if (type != l.t->elfreloc[OBJ_R_ADDR] && type != META_R_BASE + OBJ_R_WEAKADDR)
			continue;
		to = rel_target(c, i);
		if (type == META_R_BASE + OBJ_R_WEAKADDR ?
			c->out != OUT_ITAB && (to->chunk == NULL || !to->chunk->reached) :
			to->chunk == NULL)
			continue;
		if (!(l.sec[c->out].flags & SHF_WRITE) || off % 2 != 0 || c->alignlog == 0)
			link_error("%s: address of %s in a place that a position-independent program cannot have it "
				   "in; compile with -fPIE",
			    c->sym != NULL    ? c->sym->name :
				c->in != NULL ? c->in->name :
						"link",
			    to->name);
		note(c, off);
	}
}

enum { NDYN = 6 };

void
pie_prepare(void)
{
	for (int k = 0; k < LAYOUT_NOUT; k++)
		for (int i = 0; i < l.sec[layout_nth(k)].chunks.n; i++)
			scan(l.sec[layout_nth(k)].chunks.at[i]);
	addrs = NEWN(l.a, uint64_t, words.n + 1);
	table = link_chunk(OUT_RELR, NEWN(l.a, uint64_t, words.n + 1), 0, 3);
	dynamic = link_chunk(OUT_DYNAMIC, NEWN(l.a, Elf64_Dyn, NDYN), NDYN * sizeof(Elf64_Dyn), 3);
}

static int
byaddr(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Rows: an address (even), then bitmaps (odd) for each 63 words behind it. Never more rows than addresses. */
static uint64_t
encode(uint64_t *row)
{
	const uint64_t word = 8, bits = 63;
	uint64_t n = 0;

	for (int i = 0; i < words.n;) {
		uint64_t base = addrs[i] + word;

		row[n++] = addrs[i++];
		for (;;) {
			uint64_t map = 0;

			for (; i < words.n && addrs[i] - base < bits * word && (addrs[i] - base) % word == 0; i++)
				map |= (uint64_t)1 << (addrs[i] - base) / word;
			if (map == 0)
				break;
			row[n++] = map << 1 | 1;
			base += bits * word;
		}
	}
	return n;
}

bool
pie_encode(void)
{
	uint64_t *row = (uint64_t *)(uintptr_t)table->data, n, had = table->size / sizeof *row;
	Elf64_Dyn *d = (Elf64_Dyn *)(uintptr_t)dynamic->data;

	for (int i = 0; i < words.n; i++)
		addrs[i] = words.at[i].c->addr + words.at[i].off;
	qsort(addrs, (size_t)words.n, sizeof *addrs, byaddr);
	n = encode(row);
	table->size = sizeof *row * (n > had ? n : had);
	if (n > had)
		return false;
	for (; n < had; n++)
		row[n] = 1;	/* an empty bitmap */
	d[0] = (Elf64_Dyn){ DT_FLAGS, { DF_BIND_NOW } };
	d[1] = (Elf64_Dyn){ DT_FLAGS_1, { DF_1_NOW | DF_1_PIE } };
	d[2] = (Elf64_Dyn){ DT_RELR, { table->addr } };
	d[3] = (Elf64_Dyn){ DT_RELRSZ, { table->size } };
	d[4] = (Elf64_Dyn){ DT_RELRENT, { sizeof *row } };
	return true;	/* the rest is DT_NULL */
}
