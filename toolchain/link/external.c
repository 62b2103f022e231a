/*
 * external.c - -linkmode=external: Go's part of the program as one relocatable file.
 *
 * All that another linker cannot do is done: chunks are chosen and lie in their places within sections, offsets from the
 * start of the types and of the code are final. What is left are relocations that every linker knows; they
 * name the section and an offset in it, and symbols only where one side is C. Sections keep their names, since tools look for
 * .gopclntab and .go.buildinfo.
 *
 * Numbers of symbols are known when all relocations are: until then a row has one of the tags below and a number of its kind.
 * Source: System V ABI, chapter 4.
 */
#include "link/link.h"

enum { TAG_SECTION, TAG_LABEL, TAG_NAME, TAG_SHIFT = 30 };
#define TAGGED(tag, n) ((uint64_t)(tag) << TAG_SHIFT | (n))

typedef struct {
	Buf out, names, strs, locals, globals;
	Vec(Elf64_Shdr) sh;
	uint32_t index[OUT_COUNT];	/* section header, which is the number of the section's symbol, too */
	uint64_t nsection, nlocal;	/* symbols */
} Writer;

static Vec(Sym *) undefined;
static Vec(uint64_t) labels;		/* offsets in the code */

/* Itabs are part of the types: offsets lead from one to the other. */
static OutId
homeof(OutId out)
{
	return out == OUT_ITAB ? OUT_TYPE : out;
}

static uint64_t
start(const Chunk *c)
{
	return l.sec[homeof((OutId)c->out)].addr;
}

static void
row(OutSec *s, uint64_t off, uint32_t type, uint64_t sym, int64_t add)
{
	Elf64_Rela r = { .r_offset = off, .r_info = ELF64_R_INFO(sym, (uint64_t)type), .r_addend = add };

	vec_push(l.a, &s->rela, r);
}

static uint64_t
name(Sym *s)
{
	if (s->external == 0) {
		vec_push(l.a, &undefined, s);
		s->external = (uint32_t)undefined.n;
	}
	return TAGGED(TAG_NAME, s->external - 1);
}

void
external_reloc(const Chunk *c, uint64_t off, const uint8_t *loc, uint32_t type, Sym *to, int64_t add)
{
	OutSec *s = &l.sec[homeof((OutId)c->out)];
	const RelocRow *r = link_relrow(type);
	uint32_t hi, lo;
	uint64_t sym;

	if (r != NULL && r->class == REL_NONE)
		return;
	off += c->addr - start(c);
	if (sym_isours(to)) {
		sym = TAGGED(TAG_SECTION, homeof((OutId)to->chunk->out));
		add += (int64_t)(link_addr(to) - start(to->chunk));
	} else {
		sym = name(to);
	}
	if (l.t->relpair == NULL || !l.t->relpair(type, loc, &hi, &lo)) {
		row(s, off, type, sym, add);
		return;
	}
	row(s, off, hi, sym, add);
	row(s, off + 4, lo, TAGGED(TAG_LABEL, (uint64_t)labels.n), 0);
	vec_push(l.a, &labels, off);
}

static uint64_t
append(Buf *b, const void *p, uint64_t n, uint64_t align)
{
	uint64_t off;

	buf_align(b, align > 0 ? align : 1);
	off = b->n;
	buf_put(b, p, n);
	return off;
}

static uint32_t
section(Writer *w, const char *secname, Elf64_Shdr s)
{
	s.sh_name = (uint32_t)w->names.n;
	buf_put(&w->names, secname, strlen(secname) + 1);
	vec_push(l.a, &w->sh, s);
	return (uint32_t)w->sh.n - 1;
}

/* ---- symbols ---- */

static void
symbol(Writer *w, const char *s, bool local, unsigned type, uint32_t shndx, uint64_t value, uint64_t size)
{
	Elf64_Sym e = { .st_name = s[0] != 0 ? (uint32_t)w->strs.n : 0,
		.st_shndx = (uint16_t)shndx,
		.st_value = value,
		.st_size = size };

	e.st_info = ELF64_ST_INFO(local ? STB_LOCAL : STB_GLOBAL, type);
	if (s[0] != 0)
		buf_put(&w->strs, s, strlen(s) + 1);
	buf_put(local ? &w->locals : &w->globals, &e, sizeof e);
}

/* Functions and variables, and what C asks for. Other linkers take an @ in a global name for the start of a version. */
static void
defined(Writer *w, const Sym *s)
{
	const Chunk *c = s->chunk;
	bool code = c->out == OUT_TEXT, text = c->out == OUT_RODATA || c->out == OUT_TYPE;

	if (s->host || (!l.nosym && !text))
		symbol(w, s->name, !s->host && (s->flags & SYMF_LOCAL || strchr(s->name, '@') != NULL),
		    code ? STT_FUNC : STT_OBJECT, w->index[c->out], link_addr(s) - start(c), c->sym == s ? c->size : 0);
}

static void
symbols(Writer *w)
{
	buf_byte(&w->strs, 0);
	buf_zero(&w->locals, sizeof(Elf64_Sym));
	w->nsection = (uint64_t)w->sh.n;
	for (int i = 1; i < w->sh.n; i++)
		symbol(w, "", true, STT_SECTION, (uint32_t)i, 0, 0);
	/* names that start with .L are local to an object by custom: -X leaves them out of the program */
	for (int i = 0; i < labels.n; i++)
		symbol(w, ".L", true, STT_NOTYPE, w->index[OUT_TEXT], labels.at[i], 0);
	for (int i = 0; i < undefined.n; i++)
		symbol(w, undefined.at[i]->name, false, STT_NOTYPE, SHN_UNDEF, 0, 0);
	for (int i = 0; i < undefined.n; i++)
		if (undefined.at[i]->weak)
			((Elf64_Sym *)(void *)w->globals.p)[i].st_info = ELF64_ST_INFO(STB_WEAK, STT_NOTYPE);
	for (int k = 1; k < OUT_COUNT; k++)
		for (int i = 0; i < l.sec[k].chunks.n; i++)
			if (l.sec[k].chunks.at[i]->sym != NULL)
				defined(w, l.sec[k].chunks.at[i]->sym);
	for (int i = 0; i < l.made.n; i++)
		if (l.made.at[i]->host && sym_isours(l.made.at[i]) && l.made.at[i]->chunk->sym == NULL)
			defined(w, l.made.at[i]);
	w->nlocal = w->locals.n / sizeof(Elf64_Sym);
	buf_put(&w->locals, w->globals.p, w->globals.n);
}

/* ---- sections ---- */

static uint64_t
sizeof_section(OutId out)
{
	const OutSec *last = &l.sec[out == OUT_TYPE ? OUT_ITAB : out];

	return last->addr + last->size - l.sec[out].addr;
}

/* Sections that the module record does not mention: they are left out if they are empty. */
static bool
nobodyneeds(OutId out)
{
	return (out >= OUT_BUILDID && out <= OUT_RELR) || (out >= OUT_CTEXT && out <= OUT_DYNAMIC);
}

/* GNU ld puts sections of the first name before the rest of .text, and tools take the start of .text for that of Go's code. The second
 * is known to be read-only once it has its addresses. */
static const char *
nameof(OutId out)
{
	return out == OUT_TEXT       ? ".text.unlikely" :
	    out == OUT_TYPE && l.pie ? ".data.rel.ro.typedesc" :
				       l.sec[out].name;
}

static void
loaded(Writer *w)
{
	for (int i = 1; i < OUT_COUNT; i++) {
		const OutSec *s = &l.sec[i];
		uint64_t size = sizeof_section((OutId)i);
		Elf64_Shdr h = { .sh_type = s->type, .sh_flags = s->flags, .sh_size = size, .sh_addralign = s->align };

		if (homeof((OutId)i) != (OutId)i || (size == 0 && nobodyneeds((OutId)i)))
			continue;
		if (i == OUT_TYPE && l.sec[OUT_ITAB].align > h.sh_addralign)
			h.sh_addralign = l.sec[OUT_ITAB].align;
		if (s->type == SHT_NOBITS)
			h.sh_offset = w->out.n;
		else
			h.sh_offset = append(&w->out, l.image.p + s->off, size, h.sh_addralign);
		w->index[i] = section(w, nameof((OutId)i), h);
	}
	w->index[OUT_ITAB] = w->index[OUT_TYPE];
	/* whose absence would make the stack executable */
	section(w, ".note.GNU-stack",
	    (Elf64_Shdr){ .sh_type = SHT_PROGBITS, .sh_offset = w->out.n, .sh_addralign = 1 });
}

static uint64_t
final(const Writer *w, uint64_t sym)
{
	uint64_t n = sym & ((1u << TAG_SHIFT) - 1);

	switch (sym >> TAG_SHIFT) {
	case TAG_SECTION:
		return w->index[n];
	case TAG_LABEL:
		return w->nsection + n;
	default:
		return w->nlocal + n;
	}
}

static void
relocations(Writer *w, uint32_t of, const char *secname, Elf64_Rela *rela, int n, uint32_t symtab)
{
	section(w, arena_printf(l.a, ".rela%s", secname),
	    (Elf64_Shdr){ .sh_type = SHT_RELA,
		.sh_flags = SHF_INFO_LINK,
		.sh_offset = append(&w->out, rela, sizeof *rela * (uint64_t)n, 8),
		.sh_size = sizeof *rela * (uint64_t)n,
		.sh_link = symtab,
		.sh_info = of,
		.sh_addralign = 8,
			      .sh_entsize = sizeof *rela });
}

/* Rows of a debug section: addresses in the code, and 32-bit offsets in other debug sections, the first of which has header `first`. */
static void
debugrelocations(Writer *w, const DebugSec *d, uint32_t first, uint32_t index, uint32_t symtab)
{
	Elf64_Rela *r = NEWN(l.a, Elf64_Rela, d->refs.n + 1);

	for (int i = 0; i < d->refs.n; i++) {
		const DebugRef *f = &d->refs.at[i];
		uint32_t sym = w->index[OUT_TEXT];

		for (int k = 0; k < l.debug.n; k++)
			if (l.debug.at[k].content == f->to)
				sym = first + (uint32_t)k;
		r[i] = (Elf64_Rela){ .r_offset = f->off,
			.r_info = ELF64_R_INFO((uint64_t)sym,
			    (uint64_t)l.t->elfreloc[f->to == NULL ? OBJ_R_ADDR : OBJ_R_ADDR32]),
				     .r_addend = (int64_t)(f->to == NULL ? f->add - l.sec[OUT_TEXT].addr : f->add) };
	}
	if (d->refs.n > 0)
		relocations(w, index, d->name, r, d->refs.n, symtab);
}

void
external_write(const char *file)
{
	Elf64_Ehdr e = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = l.t->elfmachine,
		.e_version = EV_CURRENT,
		.e_flags = l.t->elfflags,
		.e_ehsize = sizeof e,
		.e_shentsize = sizeof(Elf64_Shdr) };
	Writer w = { .out = { 0 } };
	uint32_t debug, symtab;

	buf_zero(&w.out, sizeof e);
	section(&w, "", (Elf64_Shdr){ 0 });
	loaded(&w);
	/* relocations that do nothing, all ELF machines call them 0: --gc-sections must not take what only tools read */
	for (OutId i = 1; i < OUT_COUNT; i++)
		if ((l.sec[i].type == SHT_NOTE || i == OUT_BUILDINFO) && l.sec[i].size > 0)
			row(&l.sec[OUT_RELRO], 0, 0, TAGGED(TAG_SECTION, i), 0);
	debug = (uint32_t)w.sh.n;
	for (int i = 0; i < l.debug.n; i++)
		section(&w, l.debug.at[i].name,
		    (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
			.sh_size = l.debug.at[i].data.n,
			.sh_addralign = 1,
							      .sh_offset = append(&w.out, l.debug.at[i].data.p, l.debug.at[i].data.n, 1) });
	symbols(&w);
	symtab = section(&w, ".symtab",
	    (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
		.sh_offset = append(&w.out, w.locals.p, w.locals.n, 8),
		.sh_size = w.locals.n,
		.sh_info = (uint32_t)w.nlocal,
		.sh_addralign = 8,
		.sh_link = (uint32_t)w.sh.n + 1,
		.sh_entsize = sizeof(Elf64_Sym) });
	section(&w, ".strtab",
	    (Elf64_Shdr){ .sh_type = SHT_STRTAB,
		.sh_offset = append(&w.out, w.strs.p, w.strs.n, 1),
		.sh_size = w.strs.n,
					     .sh_addralign = 1 });
	for (int i = 1; i < OUT_COUNT; i++) {
		OutSec *s = &l.sec[i];

		for (int k = 0; k < s->rela.n; k++)
			s->rela.at[k].r_info = ELF64_R_INFO(final(&w, ELF64_R_SYM(s->rela.at[k].r_info)),
			    ELF64_R_TYPE(s->rela.at[k].r_info));
		if (s->rela.n > 0)
			relocations(&w, w.index[i], nameof((OutId)i), s->rela.at, s->rela.n, symtab);
	}
	for (int i = 0; i < l.debug.n; i++)
		debugrelocations(&w, &l.debug.at[i], debug, debug + (uint32_t)i, symtab);
	e.e_shstrndx = (uint16_t)section(&w, ".shstrtab", (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_addralign = 1 });
	w.sh.at[e.e_shstrndx].sh_size = w.names.n;
	w.sh.at[e.e_shstrndx].sh_offset = append(&w.out, w.names.p, w.names.n, 1);
	e.e_shnum = (uint16_t)w.sh.n;
	e.e_shoff = append(&w.out, w.sh.at, sizeof(Elf64_Shdr) * (uint64_t)w.sh.n, 8);
	memcpy(w.out.p, &e, sizeof e);
	file_replace(file, w.out.p, w.out.n, 0666);
}
