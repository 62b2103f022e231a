/*
 * strvar.c - -X importpath.name=value.
 *
 * The variable must be a string with no initialiser or a constant one: its
 * two words are replaced by a header for the given text. A name that no package
 * defines is ignored, as by gc's linker.
 */
#include "link/link.h"

static void
set(const StrVar *v)
{
	Sym *s = link_find(v->name), *text;
	Chunk *c;
	size_t n = strlen(v->value);
	uint8_t *header;
	const char *gotype = NULL;

	if (s == NULL || s->chunk == NULL)
		return;
	if (s->meta != NULL && s->meta->gotype != 0 && s->chunk->in != NULL)
		gotype = (const char *)s->chunk->in->metabase + s->meta->gotype;
	if (s->chunk->size != 2 * (uint64_t)l.t->ptrsize || (gotype != NULL && strcmp(gotype, "type:string") != 0)) {
		link_error("%s: cannot set with -X: not a var of type string (%s)", v->name,
		    gotype != NULL ? gotype : "unknown type");
		return;
	}
	text = NEW(l.a, Sym);
	text->name = v->value;
	text->kind = SYM_RODATA;
	text->chunk = link_chunk(OUT_RODATA, v->value, n, 0);
	header = arena_alloc(l.a, 2 * (size_t)l.t->ptrsize);
	for (int i = 0; i < l.t->ptrsize && i < 8; i++)
		header[l.t->ptrsize + (l.t->bigendian ? l.t->ptrsize - 1 - i : i)] = (uint8_t)((uint64_t)n >> 8 * i);
	/* the variable may get a heap string later: it lives among the data that the collector scans */
	c = NEW(l.a, Chunk);
	*c = (Chunk){ .data = header,
		.size = 2 * (uint64_t)l.t->ptrsize,
		.alignlog = 3,
		.out = OUT_DATA,
		.sym = s,
		.custom = true };
	link_made_rel(c, 0, l.t->elfreloc[OBJ_R_ADDR], text, 0);
	s->chunk = c;
	s->kind = SYM_DATA;
}

void
link_strvars(void)
{
	for (int i = 0; i < l.strvars.n; i++)
		set(&l.strvars.at[i]);
}
