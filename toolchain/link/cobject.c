/*
 * cobject.c - objects of a C compiler: chunks are sections.
 *
 * What is known is what musl, compiler-rt and our runtime contain when built
 * with -ffunction-sections: progbits, nobits, TLS, init arrays, groups with one
 * signature (COMDAT), weak and common symbols. Notes, comments, unwind tables
 * and debug sections are left out.
 * Source: System V ABI, chapter 4.
 */
#include "link/link.h"

static bool
startswith(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static OutId
place(const char *name, const Elf64_Shdr *s)
{
	if (!(s->sh_flags & SHF_ALLOC) || startswith(name, ".eh_frame") || startswith(name, ".note"))
		return OUT_NONE;
	if (s->sh_type == SHT_INIT_ARRAY)
		return OUT_INITARRAY;
	if (s->sh_type == SHT_FINI_ARRAY)
		return OUT_FINIARRAY;
	if (s->sh_flags & SHF_TLS)
		return s->sh_type == SHT_NOBITS ? OUT_TBSS : OUT_TDATA;
	if (s->sh_flags & SHF_EXECINSTR)
		return OUT_CTEXT;
	if (s->sh_type == SHT_NOBITS)
		return OUT_NOPTRBSS;
	if (s->sh_flags & SHF_WRITE)
		return startswith(name, ".data.rel.ro") ? OUT_RELRO : OUT_NOPTRDATA;
	return OUT_RODATA;
}

/* What a C compiler never exceeds: beyond these an object is damaged. */
enum { MAXALIGN = 1 << 20 };
#define MAXSECTION ((uint64_t)1 << 32)

static uint32_t
hashname(const char *name)
{
	return (uint32_t)hash64(name, strlen(name), 0);
}

static NORETURN void
malformed(const Input *in, const char *what)
{
	fatal("%s: malformed object file: %s", in->name, what);
}

/* n bytes at off of the file, where things of `align` bytes stand. */
static const void *
at(const Input *in, uint64_t off, uint64_t n, uint64_t align)
{
	if (off > in->data.n || n > in->data.n - off)
		fatal("%s: truncated object file", in->name);
	if (off % align != 0)
		malformed(in, "alignment");
	return in->data.p + off;
}

/* Sections of a group that another object already provided are dropped. */
static void
groups(const Input *in, const Elf64_Shdr *sh, int nsh, const Elf64_Sym *es, const char *strs, uint64_t nstrs,
    bool *dropped)
{
	for (int i = 1; i < nsh; i++) {
		const uint32_t *w;
		Sym *sig;
		bool dup;

		if (sh[i].sh_type != SHT_GROUP || sh[i].sh_size < 4)
			continue;
		if (sh[i].sh_info >= in->nsym || es[sh[i].sh_info].st_name >= nstrs)
			malformed(in, "section group");
		w = at(in, sh[i].sh_offset, sh[i].sh_size, 4);
		sig = link_named(arena_printf(l.a, "group:%s", strs + es[sh[i].sh_info].st_name));
		dup = sig->abs;
		sig->abs = true;
		for (uint64_t k = 1; dup && k < sh[i].sh_size / 4; k++)
			if (w[k] < (uint32_t)nsh)
				dropped[w[k]] = true;
	}
}

static void
define(Input *in, Sym *s, const Elf64_Sym *e, Chunk *c)
{
	bool weak = ELF64_ST_BIND(e->st_info) == STB_WEAK;

	if (e->st_shndx == SHN_COMMON) {
		if (e->st_value > MAXALIGN || e->st_size > MAXSECTION)
			malformed(in, "common symbol");
		if (s->kind == SYM_UNDEF && (!s->common || s->size < e->st_size)) {
			s->common = true;
			s->size = e->st_size;
			s->value = e->st_value;	/* alignment */
		}
		return;
	}
	if (s->kind != SYM_UNDEF && !s->weak && !sym_yields(s)) {
		if (!weak)
			link_error("link: duplicated definition of symbol %s, in %s", s->name, in->name);
		return;
	}
	if (s->kind != SYM_UNDEF && weak)
		return;
	/* a weak definition that is in use already gives way to this one */
	if (s->chunk != NULL && s->chunk->reached && c != NULL)
		vec_push(l.a, &l.work, c);
	s->kind = SYM_NOPTRDATA;
	s->weak = weak;
	s->common = false;
	s->abs = e->st_shndx == SHN_ABS;
	s->chunk = s->abs ? NULL : c;
	s->value = e->st_value;
	s->size = e->st_size;
	s->meta = NULL;
	s->tls = ELF64_ST_TYPE(e->st_info) == STT_TLS;
}

/* Only what a C compiler may ask for: the numbers of our own kinds are beyond those of ELF. */
static void
checkrelocs(const Input *in, const Chunk *c)
{
	for (uint32_t i = 0; i < c->nrel; i++)
		if (ELF64_R_TYPE(c->rel[i].r_info) >= META_R_BASE || ELF64_R_SYM(c->rel[i].r_info) >= in->nsym ||
		    c->rel[i].r_offset >= c->size)
			malformed(in, "relocation");
}

void
load_cobject(Input *in)
{
	const Elf64_Ehdr *h = at(in, 0, sizeof *h, 8);
	const Elf64_Shdr *sh = at(in, h->e_shoff, sizeof *sh * (uint64_t)h->e_shnum, 8);
	int nsh = h->e_shnum;
	const char *names = at(in, sh[h->e_shstrndx].sh_offset, sh[h->e_shstrndx].sh_size, 1), *strs = NULL;
	const Elf64_Sym *es = NULL;
	uint32_t firstglobal = 0;
	uint64_t nstrs = 0;
	bool *dropped = NEWN(l.a, bool, nsh);

	for (int i = 1; i < nsh; i++)
		if (sh[i].sh_type == SHT_SYMTAB) {
			es = at(in, sh[i].sh_offset, sh[i].sh_size, 8);
			in->nsym = (uint32_t)(sh[i].sh_size / sizeof *es);
			firstglobal = sh[i].sh_info;
			if (sh[i].sh_link >= (uint32_t)nsh)
				malformed(in, "symbol table");
			nstrs = sh[sh[i].sh_link].sh_size;
			strs = at(in, sh[sh[i].sh_link].sh_offset, nstrs, 1);
			if (nstrs == 0 || strs[nstrs - 1] != 0)
				malformed(in, "symbol names");
		}
	in->chunk = NEWN(l.a, Chunk *, nsh);
	if (es == NULL)
		return;
	groups(in, sh, nsh, es, strs, nstrs, dropped);
	for (int i = 1; i < nsh; i++) {
		OutId out = place(names + sh[i].sh_name, &sh[i]);
		Chunk *c;

		if (out == OUT_NONE || dropped[i] ||
		    (sh[i].sh_type != SHT_PROGBITS && sh[i].sh_type != SHT_NOBITS && sh[i].sh_type != SHT_INIT_ARRAY &&
			sh[i].sh_type != SHT_FINI_ARRAY))
			continue;
		if ((sh[i].sh_addralign & (sh[i].sh_addralign - 1)) != 0 || sh[i].sh_addralign > MAXALIGN ||
		    sh[i].sh_size > MAXSECTION)
			malformed(in, "section header");
		c = in->chunk[i] = NEW(l.a, Chunk);
		c->in = in;
		c->out = (uint8_t)out;
		c->size = sh[i].sh_size;
		c->alignlog = sh[i].sh_addralign <= 1 ? 0 : (uint8_t)__builtin_ctzll(sh[i].sh_addralign);
		if (sh[i].sh_type != SHT_NOBITS)
			c->data = at(in, sh[i].sh_offset, sh[i].sh_size, 1);
		/* code of crti, crtn and init arrays is needed though nothing refers to it */
		c->piece = strcmp(names + sh[i].sh_name, ".init") == 0 ? 1 :
		    strcmp(names + sh[i].sh_name, ".fini") == 0        ? 2 :
									 0;
		c->needed = out == OUT_INITARRAY || out == OUT_FINIARRAY || c->piece != 0;
		if (c->needed)
			vec_push(l.a, &l.work, c);
	}
	for (int i = 1; i < nsh; i++)
		if (sh[i].sh_type == SHT_RELA && sh[i].sh_info < (uint32_t)nsh && in->chunk[sh[i].sh_info] != NULL) {
			Chunk *c = in->chunk[sh[i].sh_info];

			c->rel = at(in, sh[i].sh_offset, sh[i].sh_size, 8);
			c->nrel = (uint32_t)(sh[i].sh_size / sizeof(Elf64_Rela));
			checkrelocs(in, c);
		} else if (sh[i].sh_type == SHT_REL && sh[i].sh_info < (uint32_t)nsh &&
		    in->chunk[sh[i].sh_info] != NULL) {
			fatal("%s: relocations without addend are not supported", in->name);
		}
	in->sym = NEWN(l.a, Sym *, in->nsym);
	for (uint32_t i = 0; i < in->nsym; i++) {
		const char *name;
		Chunk *c;
		Sym *s;

		if (es[i].st_name >= nstrs)
			malformed(in, "symbol table");
		name = strs + es[i].st_name;
		c = es[i].st_shndx < nsh ? in->chunk[es[i].st_shndx] : NULL;
		if (i < firstglobal) {
			s = NEW(l.a, Sym);
			s->name = name;
			s->kind = SYM_NOPTRDATA;
			s->chunk = c;
			s->value = es[i].st_value;
			s->abs = es[i].st_shndx == SHN_ABS;
			s->tls = ELF64_ST_TYPE(es[i].st_info) == STT_TLS;
			s->flags = SYMF_LOCAL;
			s->size = ELF64_ST_TYPE(es[i].st_info) == STT_FUNC ? es[i].st_size :
									     0; /* named in the symbol table */
			in->sym[i] = s;
			continue;
		}
		s = in->sym[i] = link_sym(name, hashname(name));
		if (es[i].st_shndx != SHN_UNDEF)
			define(in, s, &es[i], c);
		else if (ELF64_ST_BIND(es[i].st_info) == STB_WEAK && s->kind == SYM_UNDEF && s->firstref == NULL)
			s->weak = true;	/* a missing one is address zero */
		else if (ELF64_ST_BIND(es[i].st_info) != STB_WEAK && s->kind == SYM_UNDEF)
			s->weak = false;
	}
}
