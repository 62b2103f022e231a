/*
 * elf.c - headers, symbol table, and the file itself.
 *
 * Written beside the output and renamed, executable from the start.
 * Source: System V ABI, chapters 4 and 5.
 */
#include "link/link.h"

typedef struct {
	Elf64_Phdr ph[LAYOUT_NPHDR];
	int n;
} Phdrs;

static void
segment(Phdrs *p, uint32_t type, uint32_t flags, uint64_t off, uint64_t addr, uint64_t filesz, uint64_t memsz,
    uint64_t align)
{
	p->ph[p->n++] = (Elf64_Phdr){ .p_type = type,
		.p_flags = flags,
		.p_offset = off,
		.p_vaddr = addr,
		.p_paddr = addr,
		.p_filesz = filesz,
		.p_memsz = memsz,
		.p_align = align };
}

/* The loadable segments; the first has the headers, too. */
static void
loads(Phdrs *p)
{
	for (int n = 0, next; n < LAYOUT_NOUT; n = next) {
		const OutSec *a = &l.sec[layout_nth(n)];
		uint64_t off = n == 0 ? 0 : a->off, addr = n == 0 ? l.base : a->addr, fileend = off, memend = addr;
		uint32_t flags = PF_R | (a->flags & SHF_EXECINSTR ? PF_X : 0) | (a->flags & SHF_WRITE ? PF_W : 0);

		for (next = n; next < LAYOUT_NOUT && (next == n || !layout_newsegment(layout_nth(next))); next++) {
			const OutSec *s = &l.sec[layout_nth(next)];

			if (layout_nth(next) == OUT_TBSS)
				continue;
			if (s->type != SHT_NOBITS)
				fileend = s->off + s->size;
			memend = s->addr + s->size;
		}
		segment(p, PT_LOAD, flags, off, addr, fileend - off, memend - addr, (uint64_t)l.t->pagesize);
	}
}

static void
programheaders(Phdrs *p)
{
	const OutSec *note = &l.sec[OUT_BUILDID], *gnu = &l.sec[OUT_GNUID], *td = &l.sec[OUT_TDATA],
		     *tb = &l.sec[OUT_TBSS];
	uint64_t align = td->align > tb->align ? td->align : tb->align;

	segment(p, PT_PHDR, PF_R, sizeof(Elf64_Ehdr), l.base + sizeof(Elf64_Ehdr), sizeof p->ph, sizeof p->ph, 8);
	loads(p);
	if (note->size + gnu->size > 0)
		segment(p, PT_NOTE, PF_R, note->off, note->addr, gnu->addr + gnu->size - note->addr,
		    gnu->addr + gnu->size - note->addr, 4);
	if (td->size + tb->size > 0)
		segment(p, PT_TLS, PF_R, td->off, td->addr, td->size, tb->addr + tb->size - td->addr, align);
	if (l.pie) {
		const OutSec *dyn = &l.sec[OUT_DYNAMIC];
		uint64_t page = (uint64_t)l.t->pagesize, end = (dyn->addr + dyn->size + page - 1) & ~(page - 1);

		segment(p, PT_DYNAMIC, PF_R | PF_W, dyn->off, dyn->addr, dyn->size, dyn->size, 8);
		/* to the end of the page: nothing else is mapped in it */
		segment(p, PT_GNU_RELRO, PF_R, td->off, td->addr, dyn->off + dyn->size - td->off, end - td->addr, 1);
	}
	segment(p, PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 16);
}

static void
addsym(Buf *syms, Buf *strs, const Sym *s, const Chunk *c, uint16_t shndx)
{
	Elf64_Sym e = { .st_name = (uint32_t)strs->n, .st_shndx = shndx, .st_value = c->addr, .st_size = c->size };
	bool code = c->out == OUT_TEXT || c->out == OUT_CTEXT;

	buf_put(strs, s->name, strlen(s->name) + 1);
	e.st_info = ELF64_ST_INFO(s->flags & SYMF_LOCAL ? STB_LOCAL : STB_GLOBAL, code ? STT_FUNC : STT_OBJECT);
	buf_put(syms, &e, sizeof e);
}

/* Functions and variables of C objects; static ones only if they are functions. */
static void
csymbols(Buf *syms, Buf *strs, bool local, const uint16_t *shndx)
{
	for (int i = 0; i < l.inputs.n; i++) {
		const Input *in = l.inputs.at[i];

		for (uint32_t k = 1; !in->isgo && k < in->nsym; k++) {
			const Sym *s = in->sym[k];
			Elf64_Sym e = { .st_size = s->size, .st_name = (uint32_t)strs->n };

			if (s->chunk == NULL || s->chunk->in != in || !s->chunk->reached || s->size == 0 || s->tls ||
			    ((s->flags & SYMF_LOCAL) != 0) != local)
				continue;
			e.st_info = ELF64_ST_INFO(local ? STB_LOCAL : STB_GLOBAL,
			    s->chunk->out == OUT_CTEXT ? STT_FUNC : STT_OBJECT);
			e.st_shndx = shndx[s->chunk->out];
			e.st_value = s->chunk->addr + s->value;
			buf_put(strs, s->name, strlen(s->name) + 1);
			buf_put(syms, &e, sizeof e);
		}
	}
}

/* Go functions and variables by chunk, then C's; local ones first, as ELF wants. */
static void
symbols(Buf *syms, Buf *strs, uint32_t *nlocal, const uint16_t *shndx)
{
	buf_zero(syms, sizeof(Elf64_Sym));
	buf_byte(strs, 0);
	for (int local = 1; local >= 0; local--) {
		for (int k = 1; k < OUT_COUNT; k++)
			for (int i = 0; i < l.sec[k].chunks.n; i++) {
				const Chunk *c = l.sec[k].chunks.at[i];

				if (c->sym != NULL && ((c->sym->flags & SYMF_LOCAL) != 0) == local && k != OUT_RODATA &&
				    k != OUT_TYPE)
					addsym(syms, strs, c->sym, c, shndx[k]);
			}
		csymbols(syms, strs, local, shndx);
		if (local)
			*nlocal = (uint32_t)(syms->n / sizeof(Elf64_Sym));
	}
}

typedef struct {
	Vec(Elf64_Shdr) sh;
	Buf names;
} Shdrs;

static uint32_t
addsection(Shdrs *h, const char *name, Elf64_Shdr s)
{
	if (h->sh.n == 0) {
		vec_push(l.a, &h->sh, ((Elf64_Shdr){ 0 }));
		buf_byte(&h->names, 0);
	}
	s.sh_name = (uint32_t)h->names.n;
	buf_put(&h->names, name, strlen(name) + 1);
	vec_push(l.a, &h->sh, s);
	return (uint32_t)h->sh.n - 1;
}

static uint64_t
append(const Buf *b, size_t align)
{
	uint64_t off;

	buf_align(&l.image, align);
	off = l.image.n;
	buf_put(&l.image, b->p, b->n);
	return off;
}

static void
sectionheaders(Shdrs *h, uint16_t *shndx)
{
	for (int i = 1; i < OUT_COUNT; i++) {
		const OutSec *s = &l.sec[i];

		if (s->size == 0 && i != OUT_TEXT)
			continue;
		shndx[i] = (uint16_t)addsection(h, s->name,
		    (Elf64_Shdr){ .sh_type = s->type,
			.sh_flags = s->flags,
			.sh_addr = s->addr,
			.sh_offset = s->off,
			.sh_size = s->size,
			.sh_addralign = s->align,
			.sh_entsize = i == OUT_RELR ? 8 :
			    i == OUT_DYNAMIC        ? sizeof(Elf64_Dyn) :
						      0 });
	}
}

void
link_write(void)
{
	Elf64_Ehdr e = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = l.pie ? ET_DYN : ET_EXEC,
		.e_machine = l.t->elfmachine,
		.e_version = EV_CURRENT,
		.e_entry = l.entryaddr,
		.e_flags = l.t->elfflags,
		.e_phoff = sizeof e,
		.e_ehsize = sizeof e,
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_shentsize = sizeof(Elf64_Shdr) };
	Phdrs p = { .n = 0 };
	Shdrs h = { .names = { 0 } };
	uint16_t shndx[OUT_COUNT] = { 0 };
	Buf syms = { 0 }, strs = { 0 };
	uint32_t nlocal = 0, names;
	uint64_t nameoff;

	if (l.external)
		return;
	programheaders(&p);
	sectionheaders(&h, shndx);
	for (int i = 0; i < l.debug.n; i++) {
		const DebugSec *d = &l.debug.at[i];

		addsection(&h, d->name,
		    (Elf64_Shdr){ .sh_type = SHT_PROGBITS,
			.sh_flags = d->compressed ? SHF_COMPRESSED : 0,
			.sh_offset = append(&d->data, 8),
			.sh_size = d->data.n,
						      .sh_addralign = d->compressed ? 8 : 1 });
	}
	if (!l.nosym) {
		uint32_t sym;

		symbols(&syms, &strs, &nlocal, shndx);
		sym = addsection(&h, ".symtab",
		    (Elf64_Shdr){ .sh_type = SHT_SYMTAB,
			.sh_offset = append(&syms, 8),
			.sh_size = syms.n,
			.sh_info = nlocal,
			.sh_addralign = 8,
							      .sh_entsize = sizeof(Elf64_Sym) });
		addsection(&h, ".strtab",
		    (Elf64_Shdr){
			.sh_type = SHT_STRTAB, .sh_offset = append(&strs, 1), .sh_size = strs.n, .sh_addralign = 1 });
		h.sh.at[sym].sh_link = sym + 1;
	}
	names = addsection(&h, ".shstrtab", (Elf64_Shdr){ .sh_type = SHT_STRTAB, .sh_addralign = 1 });
	if (l.pie)
		h.sh.at[shndx[OUT_DYNAMIC]].sh_link = names;	/* readers want strings, though no row has any */
	nameoff = append(&h.names, 1);
	h.sh.at[names].sh_offset = nameoff;
	h.sh.at[names].sh_size = h.names.n;
	buf_align(&l.image, 8);
	e.e_shoff = l.image.n;
	e.e_shnum = (uint16_t)h.sh.n;
	e.e_shstrndx = (uint16_t)names;
	e.e_phnum = (uint16_t)p.n;
	buf_put(&l.image, h.sh.at, sizeof(Elf64_Shdr) * (size_t)h.sh.n);
	memcpy(l.image.p, &e, sizeof e);
	memcpy(l.image.p + sizeof e, p.ph, sizeof(Elf64_Phdr) * (size_t)p.n);
	file_replace(l.out, l.image.p, l.image.n, 0777);
}
