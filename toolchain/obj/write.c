/*
 * write.c - an ObjFile as an ELF relocatable file.
 *
 * One section per SymKind, symbols as ranges in it; see format.h for what ELF
 * cannot hold. Everything is in order of creation, local symbols first as ELF
 * demands, so equal input gives equal bytes.
 * Source: System V ABI, chapter 4 (Object Files).
 */
#include <elf.h>
#include <stdlib.h>

#include "abi/funcdata.h"
#include "obj/format.h"
#include "obj/obj.h"
#include "target/target.h"

static const struct {
	const char *name;
	uint32_t type;
	uint64_t flags;
	uint64_t align;
} section[SYM_KIND_COUNT] = {
	[SYM_TEXT] = { ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 32 },
	[SYM_RODATA] = { ".rodata", SHT_PROGBITS, SHF_ALLOC, 32 },
	[SYM_TYPE] = { ".go.type", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 32 },
	[SYM_ITAB] = { ".go.itab", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 32 },
	[SYM_RELRO] = { ".data.rel.ro", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 32 },
	[SYM_DATA] = { ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 32 },
	[SYM_NOPTRDATA] = { ".noptrdata", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 32 },
	[SYM_BSS] = { ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 32 },
	[SYM_NOPTRBSS] = { ".noptrbss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 32 },
};

typedef struct {
	const ObjFile *o;
	const Target *t;
	ObjSym **sym;			/* in .symtab order, from 1 */
	uint64_t *value;		/* offset in its section */
	int nsym, nlocal;
	MetaSym *meta;
	Buf data[SYM_KIND_COUNT], rela[SYM_KIND_COUNT];
	uint64_t size[SYM_KIND_COUNT];
	Buf blob;			/* the meta section from its start */
	Buf strtab;
	Vec(const char *) files;
	Map *filenum;			/* interned name -> number + 1 */
	Map *strings;			/* interned text -> blob offset */
} Writer;

static uint32_t
string(Writer *w, const char *s)
{
	const char *key = intern_str(s);
	uintptr_t off = (uintptr_t)map_get(w->strings, key);

	if (off == 0) {
		off = w->blob.n;
		buf_put(&w->blob, key, intern_len(key) + 1);
		map_set(w->strings, key, (void *)off);
	}
	return (uint32_t)off;
}

static int32_t
filenum(Writer *w, const char *name)
{
	const char *key = intern_str(name);
	intptr_t n = (intptr_t)map_get(w->filenum, key);

	if (n == 0) {
		vec_push(w->o->a, &w->files, key);
		n = w->files.n;
		map_set(w->filenum, key, (void *)n);
	}
	return (int32_t)n - 1;
}

/*
 * gc's pc-value table: pairs of zig-zag value delta (from -1) and pc delta in
 * units of minlc, ended by a zero byte. Before the first row the value is -1.
 */
static MetaBytes
pctable(Writer *w, const PcTable *t, uint64_t size, const ObjFunc *fn, bool isfile)
{
	MetaBytes m = { (uint32_t)w->blob.n, 0 };
	int32_t last = -1, cur = -1;	/* value of the row before; value that holds from `from` on */
	uint32_t from = 0, q = (uint32_t)w->t->minlc;

	if (t->n == 0 || size == 0)
		return (MetaBytes){ 0, 0 };
	for (int i = 0; i <= t->n; i++) {
		uint32_t pc = i < t->n && t->at[i].pc < size ? t->at[i].pc : (uint32_t)size, d;
		int32_t val = i == t->n ? 0 : isfile ? filenum(w, fn->files.at[t->at[i].val]) : t->at[i].val;

		/* rows without length, and a row that says what the one before said, are not written */
		if (i < t->n && ((i + 1 < t->n && t->at[i + 1].pc <= pc) || val == cur || pc == size))
			continue;
		if (pc > from) {
			d = (uint32_t)cur - (uint32_t)last;
			buf_uvarint(&w->blob, d << 1 ^ (0 - (d >> 31)));
			buf_uvarint(&w->blob, (pc - from) / q);
			last = cur;
			from = pc;
		}
		cur = val;
	}
	buf_byte(&w->blob, 0);
	m.len = (uint32_t)w->blob.n - m.off;
	return m;
}

static uint32_t
bits(Buf *b, const uint8_t *mask, uint32_t nbits)
{
	uint32_t off = (uint32_t)b->n, n = (nbits + 7) / 8;

	if (mask == NULL)
		return 0;
	buf_put(b, mask, n);
	if (nbits % 8 != 0)
		b->p[b->n - 1] &= (uint8_t)((1 << nbits % 8) - 1);
	return off;
}

/* The StackMap record of abi/funcdata.h; equal bitmaps within one function share their bytes. */
static MetaBytes
stackmap(Writer *w, const ObjFunc *fn)
{
	Buf b = { 0 };
	uint32_t head = sizeof(StackMap), *seen, nbytes = (fn->nlocalwords + 7) / 8;
	MetaBytes m;
	uint32_t argmap, callargmap;

	if (fn->maps.n == 0 && fn->mapflags == 0 && (fn->nargwords == 0 || fn->argmap == NULL))
		return (MetaBytes){ 0, 0 };
	seen = NEWN(w->o->a, uint32_t, fn->maps.n + 1);
	buf_zero(&b, head + sizeof(StackMapEntry) * (size_t)fn->maps.n);
	argmap = bits(&b, fn->argmap, fn->nargwords);
	callargmap = bits(&b, fn->argmapresults, fn->nargwords);
	for (int i = 0; i < fn->maps.n; i++) {
		int k;

		/* only the last few: looking back over all maps would be quadratic */
		for (k = i > 8 ? i - 8 : 0; k < i; k++)
			if (memcmp(fn->maps.at[k].locals, fn->maps.at[i].locals, nbytes) == 0)
				break;
		if (k == i || nbytes == 0) {
			seen[i] = (uint32_t)b.n;
			buf_put(&b, fn->maps.at[i].locals, nbytes);
		} else {
			seen[i] = seen[k];
		}
	}
	{
		StackMap h = { fn->nlocalwords, fn->nargwords, (uint32_t)fn->maps.n, fn->mapflags, argmap, callargmap };

		memcpy(b.p, &h, sizeof h);
	}
	for (int i = 0; i < fn->maps.n; i++) {
		StackMapEntry e = { fn->maps.at[i].pc, seen[i] };

		memcpy(b.p + head + sizeof e * (size_t)i, &e, sizeof e);
	}
	buf_align(&b, 4);
	buf_align(&w->blob, 4);
	m = (MetaBytes){ (uint32_t)w->blob.n, (uint32_t)b.n };
	buf_put(&w->blob, b.p, b.n);
	buf_free(&b);
	return m;
}

static uint32_t
function(Writer *w, const ObjSym *s)
{
	const ObjFunc *fn = s->fn;
	MetaFunc m = { .framesize = fn->framesize,
		.argsize = fn->argsize,
		.startline = fn->startline,
		.deferreturn = fn->deferreturn,
		.funcid = fn->funcid,
		.flags = fn->flags,
		.ninl = (uint32_t)fn->inl.n };
	uint32_t off;

	m.pcsp = pctable(w, &fn->pcsp, s->size, fn, false);
	m.pcfile = pctable(w, &fn->pcfile, s->size, fn, true);
	m.pcline = pctable(w, &fn->pcline, s->size, fn, false);
	m.pcinl = pctable(w, &fn->pcinl, s->size, fn, false);
	m.unsafepoint = pctable(w, &fn->unsafepoint, s->size, fn, false);
	m.stackmap = stackmap(w, fn);
	if (fn->inl.n > 0) {
		MetaInl *rows = NEWN(w->o->a, MetaInl, fn->inl.n);

		for (int i = 0; i < fn->inl.n; i++)
			rows[i] = (MetaInl){ .name = string(w, fn->inl.at[i].func),
				.parentpc = fn->inl.at[i].parentpc,
					     .startline = fn->inl.at[i].startline };
		buf_align(&w->blob, 4);
		m.inl = (uint32_t)w->blob.n;
		buf_put(&w->blob, rows, sizeof *rows * (size_t)fn->inl.n);
	}
	buf_align(&w->blob, 4);
	off = (uint32_t)w->blob.n;
	buf_put(&w->blob, &m, sizeof m);
	return off;
}

static uint64_t
contenthash(const ObjSym *s)
{
	uint64_t h = hash64(s->data.p, s->data.n, s->kind + s->size);

	for (int i = 0; i < s->relocs.n; i++) {
		const ObjReloc *r = &s->relocs.at[i];
		struct {
			uint32_t off, kind;
			int64_t add;
			uint32_t name, len;
		} k = { r->off, r->kind, r->add, r->sym == NULL ? 0 : intern_hash(r->sym->name),
			r->sym == NULL ? 0 : (uint32_t)intern_len(r->sym->name) };

		h = hash64(&k, sizeof k, h);
	}
	return h;
}

static int
align_log(uint32_t align)
{
	return align <= 1 ? 0 : 31 - __builtin_clz(align);
}

static int
byoffset(const void *a, const void *b)
{
	const ObjReloc *r = a, *q = b;

	return r->off < q->off ? -1 : r->off > q->off ? 1 : r->kind < q->kind ? -1 : r->kind > q->kind;
}

/* Places s in its section and writes its relocations there. */
static void
place(Writer *w, int i)
{
	ObjSym *s = w->sym[i];
	MetaSym *m = &w->meta[i];
	Buf *d = &w->data[s->kind];

	*m = (MetaSym){ .namehash = intern_hash(s->name), .flags = s->flags, .kind = s->kind };
	m->gotype = s->gotype != NULL ? string(w, s->gotype) : 0;
	if (!s->defined) {
		m->kind = SYM_UNDEF;
		return;
	}
	m->alignlog = (uint8_t)align_log(s->align);
	if (s->kind == SYM_BSS || s->kind == SYM_NOPTRBSS) {
		uint64_t a = (uint64_t)1 << m->alignlog;

		w->size[s->kind] = (w->size[s->kind] + a - 1) & ~(a - 1);
		w->value[i] = w->size[s->kind];
		w->size[s->kind] += s->size;
	} else {
		while (d->n & (((size_t)1 << m->alignlog) - 1))
			buf_byte(d, s->kind == SYM_TEXT && w->t->minlc == 1 ? 0xCC : 0);
		w->value[i] = d->n;
		if (s->data.n != s->size)
			bug("symbol %s: %zu bytes of data, size %llu", s->name, s->data.n, (unsigned long long)s->size);
		buf_put(d, s->data.p, s->data.n);
		w->size[s->kind] = d->n;
	}
	m->hash = contenthash(s);
	if (s->fn != NULL)
		m->aux = function(w, s);
	else if (s->ptrmask != NULL)
		m->aux = bits(&w->blob, s->ptrmask, (uint32_t)s->ptrwords);
}

static void
relocations(Writer *w, int i)
{
	ObjSym *s = w->sym[i];
	Buf *b = &w->rela[s->kind];

	if (!s->defined)
		return;
	w->meta[i].firstrel = (uint32_t)(b->n / sizeof(Elf64_Rela));
	w->meta[i].nrel = (uint32_t)s->relocs.n;
	if (s->relocs.n > 1)
		qsort(s->relocs.at, (size_t)s->relocs.n, sizeof s->relocs.at[0], byoffset);
	for (int k = 0; k < s->relocs.n; k++) {
		const ObjReloc *r = &s->relocs.at[k];
		uint32_t type = r->kind >= OBJ_R_TYPEOFF ? META_R_BASE + r->kind : w->t->elfreloc[r->kind];
		Elf64_Rela e = { .r_offset = w->value[i] + r->off,
			.r_info = ELF64_R_INFO((uint64_t)(uint32_t)r->sym->index, type),
				 .r_addend = r->add };

		buf_put(b, &e, sizeof e);
	}
}

static void
number(Writer *w)
{
	const ObjFile *o = w->o;

	w->sym = NEWN(o->a, ObjSym *, o->syms.n + 1);
	w->value = NEWN(o->a, uint64_t, o->syms.n + 1);
	w->meta = NEWN(o->a, MetaSym, o->syms.n + 1);
	w->nsym = 1;
	/* names that were looked up but that nothing refers to stay out */
	for (int i = 0; i < o->syms.n; i++)
		o->syms.at[i]->index = o->syms.at[i]->defined ? -1 : 0;
	for (int i = 0; i < o->syms.n; i++)
		for (int k = 0; o->syms.at[i]->defined && k < o->syms.at[i]->relocs.n; k++)
			o->syms.at[i]->relocs.at[k].sym->index = -1;
	for (int local = 1; local >= 0; local--) {
		for (int i = 0; i < o->syms.n; i++) {
			ObjSym *s = o->syms.at[i];

			if (s->index == 0)
				continue;
			if (((s->flags & SYMF_LOCAL) != 0 && s->defined) == local) {
				s->index = w->nsym;
				w->sym[w->nsym++] = s;
			}
		}
		if (local)
			w->nlocal = w->nsym;
	}
}

/* Fills the meta section's header and fixed tables, which stand before the blob they were filled into. */
static void
metaheader(Writer *w)
{
	MetaHeader h = { .magic = META_MAGIC, .nsym = (uint32_t)w->nsym, .symoff = sizeof h };

	h.pkgpath = string(w, w->o->pkgpath);
	memcpy(w->blob.p + h.symoff, w->meta, sizeof *w->meta * (size_t)w->nsym);
	buf_align(&w->blob, 4);
	{
		uint32_t *off = NEWN(w->o->a, uint32_t, w->o->imports.n + w->o->cgodirectives.n + w->files.n + 1);

		for (int i = 0; i < w->files.n; i++)
			off[i] = string(w, w->files.at[i]);
		buf_align(&w->blob, 4);
		h.nfile = (uint32_t)w->files.n;
		h.fileoff = (uint32_t)w->blob.n;
		buf_put(&w->blob, off, sizeof *off * (size_t)w->files.n);
		for (int i = 0; i < w->o->imports.n; i++)
			off[i] = string(w, w->o->imports.at[i]);
		buf_align(&w->blob, 4);
		h.nimport = (uint32_t)w->o->imports.n;
		h.importoff = (uint32_t)w->blob.n;
		buf_put(&w->blob, off, sizeof *off * (size_t)w->o->imports.n);
		if (w->o->cgodirectives.n > 0) {
			for (int i = 0; i < w->o->cgodirectives.n; i++)
				off[i] = string(w, w->o->cgodirectives.at[i]);
			buf_align(&w->blob, 4);
			h.cgooff = (uint32_t)w->blob.n;
			buf_u32(&w->blob, (uint32_t)w->o->cgodirectives.n);
			buf_put(&w->blob, off, sizeof *off * (size_t)w->o->cgodirectives.n);
		}
	}
	buf_byte(&w->blob, 0);	/* so that every string in it ends */
	memcpy(w->blob.p, &h, sizeof h);
}

/* ---- the file ---- */

enum { NSECTION = 1 + 2 * (SYM_KIND_COUNT - 1) + 4 };

typedef struct {
	Elf64_Shdr sh[NSECTION];
	int n;
	Buf names, *out;
} Elf;

static int
add(Elf *e, const char *name, uint32_t type, uint64_t flags, uint64_t align, const Buf *data, uint64_t size)
{
	Elf64_Shdr *s = &e->sh[e->n];

	s->sh_name = (uint32_t)e->names.n;
	buf_put(&e->names, name, strlen(name) + 1);
	s->sh_type = type;
	s->sh_flags = flags;
	s->sh_addralign = align;
	s->sh_size = size;
	while ((e->out->n & (align - 1)) != 0)
		buf_byte(e->out, 0);
	s->sh_offset = e->out->n;
	if (data != NULL)
		buf_put(e->out, data->p, data->n);
	return e->n++;
}

static void
symtab(Writer *w, Elf *e, const int *secnum)
{
	Buf b = { 0 };
	int sym, str;

	buf_zero(&b, sizeof(Elf64_Sym));
	buf_byte(&w->strtab, 0);
	for (int i = 1; i < w->nsym; i++) {
		const ObjSym *s = w->sym[i];
		Elf64_Sym x = { .st_name = (uint32_t)w->strtab.n };

		buf_put(&w->strtab, s->name, intern_len(s->name) + 1);
		x.st_info = ELF64_ST_INFO(i < w->nlocal ? STB_LOCAL :
			s->flags & SYMF_DUPOK           ? STB_WEAK :
							  STB_GLOBAL,
		    !s->defined             ? STT_NOTYPE :
			s->kind == SYM_TEXT ? STT_FUNC :
					      STT_OBJECT);
		if (s->defined) {
			x.st_shndx = (uint16_t)secnum[s->kind];
			x.st_value = w->value[i];
			x.st_size = s->size;
		}
		buf_put(&b, &x, sizeof x);
	}
	sym = add(e, ".symtab", SHT_SYMTAB, 0, 8, &b, b.n);
	str = add(e, ".strtab", SHT_STRTAB, 0, 1, &w->strtab, w->strtab.n);
	e->sh[sym].sh_link = (uint32_t)str;
	e->sh[sym].sh_info = (uint32_t)w->nlocal;
	e->sh[sym].sh_entsize = sizeof(Elf64_Sym);
	for (int i = 1; i < e->n; i++)
		if (e->sh[i].sh_type == SHT_RELA)
			e->sh[i].sh_link = (uint32_t)sym;
	buf_free(&b);
}

static void
finish(Writer *w, Elf *e, size_t start, size_t metaoff)
{
	Elf64_Ehdr h = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = w->t->elfmachine,
		.e_version = EV_CURRENT,
		.e_flags = w->t->elfflags,
		.e_ehsize = sizeof h,
			 .e_shentsize = sizeof(Elf64_Shdr) };
	int names = add(e, ".shstrtab", SHT_STRTAB, 0, 1, NULL, 0);
	uint64_t hash;

	e->sh[names].sh_size = e->names.n;
	buf_put(e->out, e->names.p, e->names.n);
	while ((e->out->n - start) % 8 != 0)
		buf_byte(e->out, 0);
	h.e_shoff = e->out->n - start;
	h.e_shnum = (uint16_t)e->n;
	h.e_shstrndx = (uint16_t)names;
	buf_put(e->out, e->sh, sizeof e->sh[0] * (size_t)e->n);
	memcpy(e->out->p + start, &h, sizeof h);
	metaoff += offsetof(MetaHeader, hash);
	hash = hash64(e->out->p + metaoff + sizeof hash, e->out->n - metaoff - sizeof hash,
	    hash64(e->out->p + start, metaoff - start, 0));
	memcpy(e->out->p + metaoff, &hash, sizeof hash);
	buf_free(&e->names);
}

void
obj_write(const ObjFile *o, Buf *out)
{
	Writer w = { .o = o, .t = target_find(o->goarch), .filenum = map_new(o->a), .strings = map_new(o->a) };
	Elf e = { .out = &(Buf){ 0 } };
	int secnum[SYM_KIND_COUNT] = { 0 }, meta;

	number(&w);
	buf_zero(&w.blob, sizeof(MetaHeader) + sizeof(MetaSym) * (size_t)w.nsym);
	for (int i = 1; i < w.nsym; i++)
		place(&w, i);
	for (int i = 1; i < w.nsym; i++)
		relocations(&w, i);
	metaheader(&w);
	buf_zero(e.out, sizeof(Elf64_Ehdr));
	e.n = 1;
	buf_byte(&e.names, 0);
	for (int k = 1; k < SYM_KIND_COUNT; k++)
		secnum[k] = add(&e, section[k].name, section[k].type, section[k].flags, section[k].align,
				section[k].type == SHT_NOBITS ? NULL : &w.data[k], w.size[k]);
	for (int k = 1; k < SYM_KIND_COUNT; k++)
		if (w.rela[k].n > 0) {
			char name[32];
			int r;

			snprintf(name, sizeof name, ".rela%s", section[k].name);
			r = add(&e, name, SHT_RELA, SHF_INFO_LINK, 8, &w.rela[k], w.rela[k].n);
			e.sh[r].sh_info = (uint32_t)secnum[k];
			e.sh[r].sh_entsize = sizeof(Elf64_Rela);
		}
	symtab(&w, &e, secnum);
	meta = add(&e, META_SECTION, SHT_PROGBITS, SHF_EXCLUDE, 8, &w.blob, w.blob.n);
	finish(&w, &e, 0, e.sh[meta].sh_offset);
	buf_put(out, e.out->p, e.out->n);
	buf_free(e.out);
	buf_free(&w.blob);
	buf_free(&w.strtab);
	for (int k = 1; k < SYM_KIND_COUNT; k++) {
		buf_free(&w.data[k]);
		buf_free(&w.rela[k]);
	}
}
