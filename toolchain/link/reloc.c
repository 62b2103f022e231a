/*
 * reloc.c - copies the chunks into the image and patches their addresses.
 */
#include "link/link.h"

static const RelocRow *rows[1024];	/* by ELF number; link_relrow */
static const Sym *types, *text;		/* what offsets in descriptors are relative to */

const RelocRow *
link_relrow(uint32_t type)
{
	if (rows[0] == NULL)
		for (const RelocRow *r = l.t->reloc; r->name != NULL; r++)
			rows[r->num] = r;
	return type < NELEM(rows) ? rows[type] : NULL;
}

static void
put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[l.t->bigendian ? 3 - i : i] = (uint8_t)(v >> 8 * i);
}

static const char *
where(const Chunk *c)
{
	return c->sym != NULL ? c->sym->name : c->in != NULL ? c->in->name : "link";
}

/* A distance from the start of the types or of the code, in 32 bits; what was not kept gives `none`. */
static void
offset32(const Chunk *c, uint8_t *loc, const Sym *to, int64_t add, const Sym *base, uint32_t none)
{
	uint64_t v;

	if (to->chunk == NULL || !to->chunk->reached) {
		put32(loc, none);
		return;
	}
	v = link_addr(to) + (uint64_t)add - link_addr(base);
	if (v > INT32_MAX)
		link_error("%s: %s is more than 2 GiB from %s", where(c), to->name, base->name);
	put32(loc, (uint32_t)v);
}

static void
address(const Chunk *c, uint8_t *loc, uint64_t off, Sym *to, int64_t add)
{
	uint32_t type = l.t->elfreloc[OBJ_R_ADDR];

	if (l.external)
		external_reloc(c, off, loc, type, to, add);
	else
		link_relrow(type)->apply(loc, link_addr(to), add, 0);
}

static void
ours(const Chunk *c, uint8_t *loc, uint64_t off, uint32_t k, Sym *to, int64_t add, bool code)
{
	switch (k) {
	case OBJ_R_TYPEOFF:
	case OBJ_R_WEAKTYPEOFF:
		offset32(c, loc, to, add, types, 0);
		break;
	case OBJ_R_TEXTOFF:
		offset32(c, loc, to, add, text, UINT32_MAX);
		break;
	case OBJ_R_METHODOFF:
		/* mtyp is a type offset, ifn and tfn are code offsets; a pruned method has -1 everywhere but in its type */
		if (code)
			offset32(c, loc, to, add, text, UINT32_MAX);
		else
			offset32(c, loc, to, add, types, 0);
		break;
	case OBJ_R_WEAKADDR:
		if (to->chunk != NULL && to->chunk->reached)
			address(c, loc, off, to, add);
		else if (c->out == OUT_ITAB)	/* a method nobody calls; zero would say that the type lacks it */
			address(c, loc, off, c->sym, 0);
		break;
	default:
		break;
	}
}

/* The thread pointer as an address in the TLS segment of the image. Above the thread pointer (variant I of the ELF TLS specification) the
 * block keeps the remainder that its address has in the image, as musl's __init_tls wants it. */
static uint64_t
threadpointer(void)
{
	uint64_t start = l.sec[OUT_TDATA].addr, align = l.sec[OUT_TDATA].align, gap = (uint64_t)l.t->tlsgap;

	if (l.t->tlsgap < 0)
		return l.tlsend;	/* variant II */
	return start - gap - (align > 1 ? (start - gap) & (align - 1) : 0);
}

/* The relocation with the upper part of an address: it stands at `label` in the same chunk, mostly just before i. */
static uint32_t
highpart(const Chunk *c, uint32_t i, const Sym *label)
{
	if (label->chunk != c)
		return c->nrel;
	for (uint32_t n = 0; n < c->nrel; n++) {
		uint32_t k = (i + c->nrel - n) % c->nrel;
		const RelocRow *row = link_relrow((uint32_t)ELF64_R_TYPE(c->rel[k].r_info));

		if (c->rel[k].r_offset - c->relbase == label->value && row != NULL && row->pcrel == PCREL_YES)
			return k;
	}
	return c->nrel;
}

static void
one(const Chunk *c, uint8_t *base, uint32_t i, int *nmethod)
{
	const Elf64_Rela *r = &c->rel[i];
	uint32_t type = (uint32_t)ELF64_R_TYPE(r->r_info);
	uint64_t off = r->r_offset - c->relbase, place = c->addr + off, room, s;
	int64_t add;
	const RelocRow *row,
	    *target; /* target: the row that says what the symbol means, that of the upper part if there is one */
	Sym *to;

	if (type >= META_R_BASE + OBJ_R_KEEP)
		return;
	to = rel_target(c, i);
	if (off >= c->size) {
		link_error("%s: relocation outside of its symbol", where(c));
		return;
	}
	room = c->size - off;
	if (rel_isours(type)) {
		bool code = false;

		if (room < (type == META_R_BASE + OBJ_R_WEAKADDR ? (uint64_t)l.t->ptrsize : 4)) {
			link_error("%s: relocation outside of its symbol", where(c));
			return;
		}

		if (type == META_R_BASE + OBJ_R_METHODOFF)
			code = (*nmethod)++ % 3 != 0;
		ours(c, base + off, off, type - META_R_BASE, to, r->r_addend, code);
		return;
	}
	if (l.external) {
		external_reloc(c, off, base + off, type, to, r->r_addend);
		return;
	}
	row = target = link_relrow(type);
	if (row == NULL) {
		link_error("%s: relocation type %u of linux/%s is not supported%s", where(c), type, l.t->name,
		    c->in == NULL || c->in->isgo ? "" : "; -ldflags=-linkmode=external lets the C compiler link");
		return;
	}
	add = r->r_addend;
	if (row->pcrel == PCREL_VIAHIGH) {
		uint32_t k = highpart(c, i, to);

		if (k == c->nrel) {
			link_error("%s: relocation %s without its upper part", where(c), row->name);
			return;
		}
		to = rel_target(c, k);
		target = link_relrow((uint32_t)ELF64_R_TYPE(c->rel[k].r_info));
		add = c->rel[k].r_addend;
		place = c->addr + c->rel[k].r_offset - c->relbase;
	}
	s = link_addr(to);
	switch ((RelClass)target->class) {
	case REL_NONE:
		return;
	case REL_GOT: {
		/* what is missing is at zero, not at a distance from here */
		bool relax = l.t->relaxgot != NULL && room >= 4 && (!l.pie || to->chunk != NULL);
		const RelocRow *relaxed = relax ? l.t->relaxgot(base + off, off, type) : NULL;

		if (relaxed == NULL)
			s = l.sec[OUT_GOT].addr + (uint64_t)l.t->ptrsize * (uint64_t)(to->got - 1);
		else
			row = relaxed;
		break;
	}
	case REL_TLSLE:
		s -= threadpointer();
		break;
	case REL_DIRECT:
		break;
	}
	if (room < row->size) {
		link_error("%s: relocation outside of its symbol", where(c));
		return;
	}
	if (l.pie && row->pcrel == PCREL_ABS && row->size < l.t->ptrsize && to->chunk != NULL)
		link_error("%s: relocation %s to %s cannot be in a position-independent program; compile with -fPIE",
		    where(c), row->name, to->name);
	else if (!row->apply(base + off, s, add, place))
		link_error("%s: relocation %s to %s is out of range", where(c), row->name, to->name);
}

void
link_relocate(void)
{
	uint64_t size = 0;

	types = link_named("runtime.types");
	text = link_named("runtime.text");
	for (int i = 1; i < OUT_COUNT; i++)
		if (l.sec[i].type != SHT_NOBITS)
			size = l.sec[i].off + l.sec[i].size;
	buf_zero(&l.image, size);
	/* code between functions is a trap */
	memset(l.image.p + l.sec[OUT_TEXT].off, l.t->minlc == 1 ? 0xCC : 0, l.sec[OUT_TEXT].size);
	for (int k = 1; k < OUT_COUNT; k++) {
		const OutSec *s = &l.sec[k];

		if (s->type == SHT_NOBITS)
			continue;
		for (int i = 0; i < s->chunks.n; i++) {
			const Chunk *c = s->chunks.at[i];
			uint8_t *p = l.image.p + s->off + (c->addr - s->addr);
			int nmethod = 0;

			if (c->data != NULL)
				memcpy(p, c->data, c->size);
			else
				memset(p, 0, c->size);
			for (uint32_t r = 0; r < c->nrel; r++)
				one(c, p, r, &nmethod);
		}
	}
}
