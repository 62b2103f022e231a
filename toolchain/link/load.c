/*
 * load.c - package archives and Slipway objects.
 *
 * The main package's archive names the packages it imports; importcfg says
 * where each lies. Of an object only headers, the symbol table and the
 * records of functions are read here. A file whose content hash is wrong is
 * refused; and as a hash proves nothing of who made a file, every offset in an object
 * is checked here, once: the passes use them as they are.
 */
#include "link/link.h"

/* clang-format off */
static const OutId out_of[SYM_KIND_COUNT] = {
	[SYM_TEXT] = OUT_TEXT, [SYM_RODATA] = OUT_RODATA, [SYM_TYPE] = OUT_TYPE, [SYM_ITAB] = OUT_ITAB, [SYM_RELRO] = OUT_RELRO,
	[SYM_DATA] = OUT_DATA, [SYM_NOPTRDATA] = OUT_NOPTRDATA, [SYM_BSS] = OUT_BSS, [SYM_NOPTRBSS] = OUT_NOPTRBSS,
};
/* clang-format on */

/* More than any symbol asks for. */
enum { MAXALIGNLOG = 20 };

static NORETURN void
damaged(const Input *in, const char *what)
{
	fatal("%s: not a valid object file: %s; rebuild it", in->name, what);
}

/* Bytes [off, off + n) of the file. */
static const void *
at(const Input *in, uint64_t off, uint64_t n, const char *what)
{
	if (off > in->data.n || n > in->data.n - off)
		damaged(in, what);
	return in->data.p + off;
}

/* The same where a table stands. */
static const void *
table(const Input *in, uint64_t off, uint64_t n, const char *what)
{
	if (off % 8 != 0)
		damaged(in, what);
	return at(in, off, n, what);
}

/* The same in the metadata, whose offsets count from its start. */
static const void *
meta(const Input *in, uint64_t off, uint64_t n, uint64_t align, const char *what)
{
	if (off % align != 0 || off > in->metasize || n > in->metasize - off)
		damaged(in, what);
	return in->metabase + off;
}

/* n offsets of strings. The metadata ends with a NUL, so any offset in it is that of a string. */
static void
strings(const Input *in, uint64_t off, uint64_t n, const char *what)
{
	const uint32_t *s = meta(in, off, n * sizeof *s, sizeof *s, what);

	for (uint64_t i = 0; i < n; i++)
		if (s[i] >= in->metasize)
			damaged(in, what);
}

static void
function(const Input *in, uint32_t off)
{
	const MetaFunc *m = meta(in, off, sizeof *m, sizeof(uint32_t), "function");
	const MetaBytes part[] = { m->pcsp, m->pcfile, m->pcline, m->pcinl, m->unsafepoint, m->stackmap };
	const MetaInl *r;

	for (size_t i = 0; i < NELEM(part); i++)
		if ((uint64_t)part[i].off + part[i].len > in->metasize)
			damaged(in, "tables of a function");
	if (m->ninl == 0)
		return;
	r = meta(in, m->inl, m->ninl * (uint64_t)sizeof *r, sizeof(uint32_t), "inline tree");
	for (uint32_t i = 0; i < m->ninl; i++)
		if (r[i].name >= in->metasize)
			damaged(in, "inline tree");
}

static const Elf64_Shdr *
sections(const Input *in, int *n, const char **names, uint64_t *nameslen)
{
	const Elf64_Ehdr *h = at(in, 0, sizeof *h, "header");
	const Elf64_Shdr *s;

	if (memcmp(h->e_ident, ELFMAG, SELFMAG) != 0)
		fatal("%s: unrecognized object file format", in->name);
	if (h->e_ident[EI_CLASS] != ELFCLASS64 || h->e_type != ET_REL || h->e_machine != l.t->elfmachine)
		fatal("%s: object is not for linux/%s", in->name, l.t->name);
	if (h->e_shentsize != sizeof *s)
		damaged(in, "section headers");
	s = table(in, h->e_shoff, sizeof *s * (uint64_t)h->e_shnum, "section headers");
	if (h->e_shstrndx >= h->e_shnum)
		damaged(in, "section names");
	*names = at(in, s[h->e_shstrndx].sh_offset, s[h->e_shstrndx].sh_size, "section names");
	*nameslen = s[h->e_shstrndx].sh_size;
	if (*nameslen == 0 || (*names)[*nameslen - 1] != 0)
		damaged(in, "section names");
	*n = h->e_shnum;
	return s;
}

static void
checkhash(const Input *in)
{
	uint64_t want = in->mh->hash, have;
	size_t off = (size_t)((const uint8_t *)in->mh - in->data.p) + offsetof(MetaHeader, hash),
	       next = off + sizeof want;

	have = hash64(in->data.p + next, in->data.n - next, hash64(in->data.p, off, 0));
	if (have != want)
		damaged(in, "content hash is wrong");
}

/* What the metadata says of a symbol of `size` bytes. */
static void
checksym(const Input *in, const MetaSym *m, uint64_t size)
{
	if (m->gotype >= in->metasize || m->alignlog > MAXALIGNLOG)
		damaged(in, "symbol");
	if (m->aux != 0 && m->kind == SYM_TEXT)
		function(in, m->aux);
	else if (m->aux != 0)
		meta(in, m->aux, size / 8 / (uint64_t)l.t->ptrsize + 1, 1, "pointer mask");
}

/* Definition of a symbol that may stand in several objects: the first one stays, the others must be equal. */
static void
define(Input *in, Sym *s, const MetaSym *m, Chunk *c, uint64_t size)
{
	if (s->kind != SYM_UNDEF && !s->weak && !sym_yields(s)) {
		if (m->kind == SYM_BSS || m->kind == SYM_NOPTRBSS)
			return;
		if (s->meta == NULL || !(s->flags & m->flags & SYMF_DUPOK))
			link_error("link: %s: duplicated definition of symbol %s, from %s and %s", l.mainfile, s->name,
				   s->chunk != NULL && s->chunk->in != NULL ? s->chunk->in->name : "the linker", in->name);
		else if (s->meta->hash != m->hash &&
		    m->kind != SYM_TEXT) /* code depends on what was known of its callees */
			link_error("link: %s: symbol %s differs between %s and %s", l.mainfile, s->name,
			    s->chunk->in->name, in->name);
		return;
	}
	s->kind = m->kind;
	s->flags = m->flags;
	s->meta = m;
	s->chunk = c;
	s->value = 0;
	s->size = size;
	s->weak = false;
	c->sym = s;
}

static void
symbols(Input *in, const Elf64_Shdr *sh, int nsh, const Elf64_Shdr *symsec)
{
	const Elf64_Sym *es = table(in, symsec->sh_offset, symsec->sh_size, "symbol table");
	const char *strs;
	uint64_t nstrs;
	const Elf64_Shdr **rela = NEWN(l.a, const Elf64_Shdr *, nsh);
	Chunk *chunks;

	if (symsec->sh_link >= (uint32_t)nsh)
		damaged(in, "symbol names");
	nstrs = sh[symsec->sh_link].sh_size;
	strs = at(in, sh[symsec->sh_link].sh_offset, nstrs, "symbol names");
	if (nstrs == 0 || strs[nstrs - 1] != 0)
		damaged(in, "symbol names");
	in->nsym = (uint32_t)(symsec->sh_size / sizeof *es);
	if (in->mh->nsym != in->nsym)
		damaged(in, "symbol table");
	for (int i = 1; i < nsh; i++)
		if (sh[i].sh_type == SHT_RELA) {
			if (sh[i].sh_info >= (uint32_t)nsh)
				damaged(in, "relocations");
			table(in, sh[i].sh_offset, sh[i].sh_size, "relocations");
			rela[sh[i].sh_info] = &sh[i];
		}
	if (in->nsym == 0)
		damaged(in, "symbol table");
	in->sym = NEWN(l.a, Sym *, in->nsym);
	in->sym[0] = NEW(l.a, Sym);	/* a relocation of a sound object never names it */
	in->sym[0]->name = "(none)";
	chunks = NEWN(l.a, Chunk, in->nsym);
	for (uint32_t i = 1; i < in->nsym; i++) {
		const MetaSym *m = &in->meta[i];
		Chunk *c = &chunks[i];
		Sym *s;

		if (es[i].st_name >= nstrs || m->kind >= SYM_KIND_COUNT)
			damaged(in, "symbol table");
		if (i < symsec->sh_info) {
			s = NEW(l.a, Sym);
			s->name = strs + es[i].st_name;
			s->hash = m->namehash;
		} else {
			s = link_sym(strs + es[i].st_name, m->namehash);
		}
		in->sym[i] = s;
		if (m->kind == SYM_UNDEF)
			continue;
		checksym(in, m, es[i].st_size);
		if (es[i].st_shndx == 0 || es[i].st_shndx >= nsh)
			damaged(in, "symbol table");
		c->in = in;
		c->out = (uint8_t)out_of[m->kind];
		c->alignlog = m->alignlog;
		c->size = es[i].st_size;
		if (sh[es[i].st_shndx].sh_type != SHT_NOBITS) {
			const Elf64_Shdr *x = &sh[es[i].st_shndx];

			if (es[i].st_value > x->sh_size || c->size > x->sh_size - es[i].st_value)
				damaged(in, "symbol table");
			c->data = at(in, x->sh_offset + es[i].st_value, c->size, "section");
		} else if (m->kind != SYM_BSS && m->kind != SYM_NOPTRBSS) {
			damaged(in, "symbol without content");
		}
		c->relbase = es[i].st_value;
		if (m->nrel > 0) {
			const Elf64_Shdr *r = rela[es[i].st_shndx];

			if (r == NULL || ((uint64_t)m->firstrel + m->nrel) * sizeof(Elf64_Rela) > r->sh_size)
				damaged(in, "relocations");
			c->rel = (const Elf64_Rela *)(const void *)(in->data.p + r->sh_offset) + m->firstrel;
			c->nrel = m->nrel;
		}
		define(in, s, m, c, es[i].st_size);
	}
}

static void
directives(const Input *in)
{
	const uint32_t *w;
	const char **line;
	uint32_t n;

	if (in->mh->cgooff == 0)
		return;
	w = meta(in, in->mh->cgooff, sizeof *w, sizeof *w, "directives");
	n = *w++;
	strings(in, in->mh->cgooff + sizeof *w, n, "directives");
	line = NEWN(l.a, const char *, (uint64_t)n + 1);
	for (uint32_t i = 0; i < n; i++)
		line[i] = (const char *)in->metabase + w[i];
	cgo_directives(in, line, (int)n);
}

static bool
load_meta(Input *in, const Elf64_Shdr *sh, int nsh, const char *names, uint64_t nameslen)
{
	const Elf64_Shdr *sec = NULL, *symsec = NULL;

	for (int i = 1; i < nsh; i++) {
		if (sh[i].sh_name >= nameslen)
			damaged(in, "section names");
		if (strcmp(names + sh[i].sh_name, META_SECTION) == 0)
			sec = &sh[i];
		if (sh[i].sh_type == SHT_SYMTAB)
			symsec = &sh[i];
	}
	if (sec == NULL)
		return false;
	if (symsec == NULL || sec->sh_size < sizeof(MetaHeader))
		damaged(in, "metadata");
	in->metabase = table(in, sec->sh_offset, sec->sh_size, "metadata");
	in->metasize = sec->sh_size;
	in->mh = (const MetaHeader *)(const void *)in->metabase;
	if (in->mh->magic != META_MAGIC)
		fatal("%s: object was made by another version of Slipway; rebuild it", in->name);
	checkhash(in);
	if (in->metabase[in->metasize - 1] != 0)
		damaged(in, "metadata");
	in->meta = meta(in, in->mh->symoff, in->mh->nsym * (uint64_t)sizeof(MetaSym), sizeof(uint64_t), "metadata");
	in->pkgpath = meta(in, in->mh->pkgpath, 1, 1, "package path");
	strings(in, in->mh->fileoff, in->mh->nfile, "file names");
	strings(in, in->mh->importoff, in->mh->nimport, "imports");
	in->isgo = true;
	symbols(in, sh, nsh, symsec);
	directives(in);
	return true;
}

/* Whether LLVM's bitcode starts so: what clang -flto makes. Its wrapper has a magic number of its own. */
static bool
isbitcode(Bytes b)
{
	return b.n > 4 && (memcmp(b.p, "BC\xc0\xde", 4) == 0 || memcmp(b.p, "\xde\xc0\x17\x0b", 4) == 0);
}

Input *
load_object(const char *name, Bytes data)
{
	Input *in = NEW(l.a, Input);
	const Elf64_Shdr *sh;
	const char *names;
	uint64_t nameslen;
	int nsh;

	in->name = name;
	in->data = data;
	if (isbitcode(data))
		fatal("%s: an object of clang -flto; -ldflags=-linkmode=external lets the C compiler link", name);
	if ((uintptr_t)data.p % 8 != 0) {
		/* archive members are aligned to two bytes only */
		uint8_t *copy = arena_alloc(l.a, data.n + 8);

		memcpy(copy, data.p, data.n);
		in->data.p = copy;
	}
	sh = sections(in, &nsh, &names, &nameslen);
	if (!load_meta(in, sh, nsh, names, nameslen))
		load_cobject(in);
	vec_push(l.a, &l.inputs, in);
	return in;
}

/* Whether it is an object of our assembler or compiler: it has a section that no C compiler makes. Nothing is wrong with other files. */
static bool
isours(Bytes b)
{
	Elf64_Ehdr h;
	Elf64_Shdr s, names;

	if (b.n < sizeof h || memcmp(b.p, ELFMAG, SELFMAG) != 0)
		return false;
	memcpy(&h, b.p, sizeof h);
	if (h.e_shentsize != sizeof s || h.e_shoff > b.n || h.e_shnum > (b.n - h.e_shoff) / sizeof s ||
	    h.e_shstrndx >= h.e_shnum)
		return false;
	memcpy(&names, b.p + h.e_shoff + h.e_shstrndx * sizeof s, sizeof names);
	for (int i = 1; i < h.e_shnum; i++) {
		uint64_t at;

		memcpy(&s, b.p + h.e_shoff + (size_t)i * sizeof s, sizeof s);
		at = names.sh_offset + s.sh_name;
		if (at < b.n && b.n - at >= sizeof META_SECTION &&
		    memcmp(b.p + at, META_SECTION, sizeof META_SECTION) == 0)
			return true;
	}
	return false;
}

/* An object of a package's archive: the first is Go's, those behind it are assembled or C's. */
static void
load_part(const char *name, Bytes data, bool first)
{
	if (l.external && !first && !isours(data))
		vec_push(l.a, &l.hostobjs, data);
	else
		load_object(name, data);
}

static bool
isobject(Bytes b)
{
	return (b.n > 4 && memcmp(b.p, ELFMAG, SELFMAG) == 0) || isbitcode(b);
}

static void load_package(const char *path, const char *file, const char *importer);

/* Where a package lies: importcfg says so, or it is in a folder of -L; NULL. */
static const char *
fileof(const char *path)
{
	const char *file = map_get(l.packagefile, path);

	for (int i = 0; file == NULL && i < l.dirs.n; i++) {
		file = arena_printf(l.a, "%s/%s.a", l.dirs.at[i], path);
		if (!file_exists(file))
			file = NULL;
	}
	return file;
}

static void
load_imports(const Input *in)
{
	const uint32_t *off = (const uint32_t *)(const void *)(in->metabase + in->mh->importoff);

	for (uint32_t i = 0; i < in->mh->nimport; i++) {
		const char *path = intern_str((const char *)in->metabase + off[i]);
		const char *file;

		if (strcmp(path, "unsafe") == 0 || strcmp(path, "C") == 0 || map_has(l.packages, path))
			continue;
		file = fileof(path);
		if (file == NULL)
			fatal("cannot find package %s (using -importcfg), imported by %s", path, in->pkgpath);
		load_package(path, file, in->pkgpath);
	}
}

static void
load_package(const char *path, const char *file, const char *importer)
{
	Bytes b;
	ArMembers m = { 0 };
	const char *err;
	int nobj = 0, first = l.inputs.n;

	(void)importer;
	map_set(l.packages, path, (void *)(intptr_t)1);
	if (!file_trymap(file, &b))
		fatal("cannot open file %s:", file);
	if (!ar_read(l.a, b, &m, &err))
		fatal("%s: %s", file, err);
	for (int i = 0; i < m.n; i++) {
		if (packed_is(m.at[i].data) && !packed_read(l.a, m.at[i].data, &m.at[i].data))
			fatal("%s(%s): damaged packed object", file, m.at[i].name);
		if (isobject(m.at[i].data))
			load_part(arena_printf(l.a, "%s(%s)", file, m.at[i].name), m.at[i].data, nobj++ == 0);
	}
	if (nobj == 0)
		fatal("%s: no object file in the archive", file);
	for (int i = first, n = l.inputs.n; i < n; i++)
		if (l.inputs.at[i]->isgo)
			load_imports(l.inputs.at[i]);
}

void
link_load(void)
{
	const char *runtime = fileof(intern_str("runtime"));

	l.packages = map_new(l.a);
	load_package(intern_str("main"), l.mainfile, "command-line-arguments");
	if (runtime != NULL && !map_has(l.packages, intern_str("runtime")))
		load_package(intern_str("runtime"), runtime, "main");
	library_open(arena_printf(l.a, "%s/libruntime.a", l.libdir));
	if (l.external)
		return;		/* of C, only what the runtime wants of Go counts */
	cgo_open();	/* before libc: some libraries replace functions of it */
	library_open(arena_printf(l.a, "%s/libc.a", l.libdir));
	library_open(arena_printf(l.a, "%s/libclang_rt.builtins.a", l.libdir));
	{
		const char *const crt[] = { l.pie ? "rcrt1.o" : "crt1.o", "crti.o", "crtn.o" };

		for (size_t i = 0; i < NELEM(crt); i++) {
			const char *path = arena_printf(l.a, "%s/%s", l.libdir, crt[i]);

			load_object(path, file_map(path));
		}
	}
}
