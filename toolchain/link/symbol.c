/*
 * symbol.c - the table of global symbols, and chunks that the linker makes.
 */
#include "link/link.h"

static void
grow(void)
{
	uint32_t n = l.nbucket == 0 ? 1 << 15 : l.nbucket * 2;
	Sym **b = NEWN(l.a, Sym *, n);

	for (uint32_t i = 0; i < l.nbucket; i++)
		for (Sym *s = l.bucket[i], *next; s != NULL; s = next) {
			next = s->next;
			s->next = b[s->hash & (n - 1)];
			b[s->hash & (n - 1)] = s;
		}
	l.bucket = b;
	l.nbucket = n;
}

Sym *
link_sym(const char *name, uint32_t hash)
{
	Sym *s;

	if (l.nsym >= l.nbucket)
		grow();
	for (s = l.bucket[hash & (l.nbucket - 1)]; s != NULL; s = s->next)
		if (s->hash == hash && strcmp(s->name, name) == 0)
			return s;
	s = NEW(l.a, Sym);
	s->name = name;
	s->hash = hash;
	s->next = l.bucket[hash & (l.nbucket - 1)];
	l.bucket[hash & (l.nbucket - 1)] = s;
	l.nsym++;
	return s;
}

Sym *
link_named(const char *name)
{
	const char *key = intern_str(name);

	return link_sym(key, intern_hash(key));
}

Sym *
link_find(const char *name)
{
	const char *key = intern_str(name);
	uint32_t hash = intern_hash(key);

	if (l.nbucket == 0)
		return NULL;
	for (Sym *s = l.bucket[hash & (l.nbucket - 1)]; s != NULL; s = s->next)
		if (s->hash == hash && strcmp(s->name, key) == 0)
			return s;
	return NULL;
}

uint64_t
link_addr(const Sym *s)
{
	if (s->chunk != NULL)
		return s->chunk->addr + s->value;
	return s->abs ? s->value : 0;
}

Chunk *
link_chunk(OutId out, const void *data, uint64_t size, int alignlog)
{
	Chunk *c = NEW(l.a, Chunk);

	c->data = data;
	c->size = size;
	c->alignlog = (uint8_t)alignlog;
	c->out = (uint8_t)out;
	c->reached = true;
	vec_push(l.a, &l.sec[out].chunks, c);
	return c;
}

Sym *
link_define(const char *name, Chunk *c, uint64_t value)
{
	Sym *s = link_named(name);

	s->chunk = c;
	s->value = value;
	s->kind = SYM_RODATA;
	s->weak = false;
	vec_push(l.a, &l.made, s);
	return s;
}

void
link_made_rel(Chunk *c, uint64_t off, uint32_t type, Sym *to, int64_t add)
{
	/* made chunks have few relocations, or were given their arrays whole: growing by doubling */
	uint32_t n = c->nrel;

	if ((n & (n - 1)) == 0) {
		Elf64_Rela *r = NEWN(l.a, Elf64_Rela, n == 0 ? 1 : n * 2);
		Sym **t = NEWN(l.a, Sym *, n == 0 ? 1 : n * 2);

		if (n > 0) {
			memcpy(r, c->rel, sizeof *r * n);
			memcpy(t, c->relsym, sizeof *t * n);
		}
		c->rel = r;
		c->relsym = t;
	}
	((Elf64_Rela *)c->rel)[n] =
	    (Elf64_Rela){ .r_offset = off, .r_info = ELF64_R_INFO(0, (uint64_t)type), .r_addend = add };
	c->relsym[n] = to;
	c->nrel++;
}

Sym *
rel_target(const Chunk *c, uint32_t i)
{
	uint32_t sym;

	if (c->relsym != NULL)
		return c->relsym[i];
	sym = (uint32_t)ELF64_R_SYM(c->rel[i].r_info);
	if (sym >= c->in->nsym)
		fatal("%s: relocation refers to symbol %u of %u", c->in->name, sym, c->in->nsym);
	return c->in->sym[sym];
}
