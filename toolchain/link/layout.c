/*
 * layout.c - which chunk goes where, and the addresses of all.
 *
 * Chunks keep the order of their inputs, inputs the order in which they were
 * loaded: the same program gives the same layout. Three segments: headers and
 * read-only data, code, writable data; a PIE has a fourth. A page separates them in memory only.
 */
#include "link/link.h"

static const struct {
	const char *name;
	uint32_t type;
	uint64_t flags;
} names[OUT_COUNT] = {
	[OUT_BUILDID] = { ".note.go.buildid", SHT_NOTE, SHF_ALLOC },
	[OUT_GNUID] = { ".note.gnu.build-id", SHT_NOTE, SHF_ALLOC },
	[OUT_RELR] = { ".relr.dyn", SHT_RELR, SHF_ALLOC },
	[OUT_RODATA] = { ".rodata", SHT_PROGBITS, SHF_ALLOC },
	[OUT_TYPE] = { ".typedesc", SHT_PROGBITS, SHF_ALLOC },
	[OUT_ITAB] = { ".itab", SHT_PROGBITS, SHF_ALLOC },
	[OUT_RELRO] = { ".data.rel.ro", SHT_PROGBITS, SHF_ALLOC },
	[OUT_TYPELINK] = { ".typelink", SHT_PROGBITS, SHF_ALLOC },
	[OUT_GOFUNC] = { ".gofunc", SHT_PROGBITS, SHF_ALLOC },
	[OUT_STACKMAP] = { ".gostackmap", SHT_PROGBITS, SHF_ALLOC },
	[OUT_PCLNTAB] = { ".gopclntab", SHT_PROGBITS, SHF_ALLOC },
	[OUT_TEXT] = { ".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR },
	[OUT_CTEXT] = { ".text.c", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR },
	[OUT_TDATA] = { ".tdata", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE | SHF_TLS },
	[OUT_TBSS] = { ".tbss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE | SHF_TLS },
	[OUT_INITARRAY] = { ".init_array", SHT_INIT_ARRAY, SHF_ALLOC | SHF_WRITE },
	[OUT_FINIARRAY] = { ".fini_array", SHT_FINI_ARRAY, SHF_ALLOC | SHF_WRITE },
	[OUT_GOT] = { ".got", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE },
	[OUT_DYNAMIC] = { ".dynamic", SHT_DYNAMIC, SHF_ALLOC | SHF_WRITE },
	[OUT_BUILDINFO] = { ".go.buildinfo", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE },
	[OUT_DATA] = { ".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE },
	[OUT_NOPTRDATA] = { ".noptrdata", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE },
	[OUT_BSS] = { ".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE },
	[OUT_NOPTRBSS] = { ".noptrbss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE },
};

/*
 * A PIE has addresses in its types, itabs and other constants, which the start code completes: they lie in a segment that is
 * written first and read-only afterwards (PT_GNU_RELRO), up to .dynamic.
 */
/* clang-format off */
static const OutId pieorder[LAYOUT_NOUT] = {
	OUT_BUILDID, OUT_GNUID, OUT_RELR, OUT_RODATA, OUT_TYPELINK, OUT_GOFUNC, OUT_STACKMAP, OUT_PCLNTAB,
	OUT_TEXT, OUT_CTEXT,
	OUT_TDATA, OUT_TBSS, OUT_INITARRAY, OUT_FINIARRAY, OUT_TYPE, OUT_ITAB, OUT_RELRO, OUT_GOT, OUT_DYNAMIC,
	OUT_BUILDINFO, OUT_DATA, OUT_NOPTRDATA, OUT_BSS, OUT_NOPTRBSS,
};
/* clang-format on */

OutId
layout_nth(int i)
{
	return l.pie ? pieorder[i] : (OutId)(i + 1);
}

bool
layout_newsegment(OutId out)
{
	return out == OUT_TEXT || out == OUT_TDATA || (l.pie && out == OUT_BUILDINFO);
}

static Chunk *endmark[OUT_COUNT];

/* Symbols for the start and the end of a section: [section][0 and 1], and C's own names for some. */
static const struct {
	OutId out;
	const char *start, *end;
} marks[] = {
	{ OUT_TEXT, "runtime.text", "runtime.etext" },
	{ OUT_RODATA, "runtime.rodata", "runtime.erodata" },
	{ OUT_TYPE, "runtime.types", NULL },
	{ OUT_ITAB, NULL, "runtime.etypes" },
	{ OUT_DATA, "runtime.data", "runtime.edata" },
	{ OUT_BSS, "runtime.bss", "runtime.ebss" },
	{ OUT_NOPTRDATA, "runtime.noptrdata", "runtime.enoptrdata" },
	{ OUT_NOPTRBSS, "runtime.noptrbss", "runtime.enoptrbss" },
	{ OUT_NOPTRBSS, NULL, "runtime.end" },
	{ OUT_NOPTRBSS, NULL, "_end" },
	{ OUT_NOPTRBSS, NULL, "end" },
	{ OUT_NOPTRDATA, NULL, "_edata" },
	{ OUT_BSS, "__bss_start", NULL },
	{ OUT_CTEXT, NULL, "_etext" },
	{ OUT_INITARRAY, "__init_array_start", "__init_array_end" },
	{ OUT_FINIARRAY, "__fini_array_start", "__fini_array_end" },
	{ OUT_FINIARRAY, "__preinit_array_start", "__preinit_array_end" },	/* empty */
	{ OUT_TYPELINK, "runtime.typelink", "runtime.etypelink" },
	{ OUT_STACKMAP, "runtime.stackmap", NULL },
	{ OUT_GOFUNC, "runtime.gofunc", NULL },
	{ OUT_PCLNTAB, "runtime.pclntab", "runtime.epclntab" },
	{ OUT_GOT, "_GLOBAL_OFFSET_TABLE_", NULL },
	{ OUT_DYNAMIC, "_DYNAMIC", NULL },
};

/* C's own names are those of the whole program: in an external link they are not ours to define. */
static bool
ismine(const char *mark)
{
	return !l.external || strncmp(mark, "runtime.", 8) == 0;
}

/* Zero-size chunks at both ends of each section, so that the names move with it. */
static void
addmarks(void)
{
	for (int i = 1; i < OUT_COUNT; i++) {
		Chunk *c;

		l.sec[i].name = names[i].name;
		l.sec[i].type = names[i].type;
		l.sec[i].flags = names[i].flags;
		if (l.pie && (i == OUT_TYPE || i == OUT_ITAB || i == OUT_RELRO))
			l.sec[i].flags |= SHF_WRITE;
		/* an offset of zero means "none" in descriptors, so nothing lies there */
		c = link_chunk((OutId)i, NULL, i == OUT_TYPE ? 8 : 0, i == OUT_TYPE ? 5 : 0);
		if (l.sec[i].chunks.n > 1) {
			memmove(l.sec[i].chunks.at + 1, l.sec[i].chunks.at,
			    sizeof(Chunk *) * (size_t)(l.sec[i].chunks.n - 1));
			l.sec[i].chunks.at[0] = c;
		}
		for (size_t k = 0; k < NELEM(marks); k++)
			if (marks[k].out == (OutId)i && marks[k].start != NULL && ismine(marks[k].start) &&
			    (i != OUT_DYNAMIC || l.pie))
				link_define(marks[k].start, c, 0);
		endmark[i] = NEW(l.a, Chunk);
		endmark[i]->reached = true;
		endmark[i]->out = (uint8_t)i;
		for (size_t k = 0; k < NELEM(marks); k++)
			if (marks[k].out == (OutId)i && marks[k].end != NULL && ismine(marks[k].end))
				link_define(marks[k].end, endmark[i], 0);
	}
	/* one empty array of each kind is at the start of the next */
	if (!l.external)
		link_define("__preinit_array_end", l.sec[OUT_FINIARRAY].chunks.at[0], 0);
}

static void
put(Chunk *c)
{
	if (c != NULL && c->reached && c->out != OUT_NONE)
		vec_push(l.a, &l.sec[c->out].chunks, c);
}

/* gc's limit; masks and images of more would need more memory than there is, and 32-bit distances do not reach. */
#define CUTOFF 2000000000u

static void
checksize(void)
{
	for (int k = 1; k < OUT_COUNT; k++) {
		uint64_t size = 0;
		bool large = false;

		for (int i = 0; i < l.sec[k].chunks.n; i++) {
			const Chunk *c = l.sec[k].chunks.at[i];

			if (c->size > CUTOFF) {
				link_error("%s: symbol too large (%llu bytes > %u bytes)",
				    c->sym != NULL ? c->sym->name : c->in->name, (unsigned long long)c->size, CUTOFF);
				large = true;
			} else {
				size += c->size;
			}
		}
		if (size > CUTOFF && !large)
			link_error("link: too much data in section %s (over %u bytes)", l.sec[k].name, CUTOFF);
	}
}

static bool
iscounter(const Input *in, uint32_t k)
{
	return (in->meta[k].flags & (SYMF_COVCTR | SYMF_FUZZCTR)) != 0;
}

/* Counters of a kind side by side, between two names. */
static void
putcounters(unsigned flag, int alignlog, const char *begin, const char *end)
{
	link_define(begin, link_chunk(OUT_NOPTRBSS, NULL, 0, alignlog), 0);
	for (int i = 0; i < l.inputs.n; i++) {
		const Input *in = l.inputs.at[i];

		for (uint32_t k = 1; in->isgo && k < in->nsym; k++)
			if ((in->meta[k].flags & flag) != 0 && in->sym[k]->chunk != NULL && in->sym[k]->chunk->in == in)
				put(in->sym[k]->chunk);
	}
	link_define(end, link_chunk(OUT_NOPTRBSS, NULL, 0, alignlog), 0);
}

void
link_layout(void)
{
	addmarks();
	putcounters(SYMF_COVCTR, 2, "runtime.covctrs", "runtime.ecovctrs");
	if (link_find("internal/fuzz._counters") != NULL)	/* of a test */
		putcounters(SYMF_FUZZCTR, 0, "internal/fuzz._counters", "internal/fuzz._ecounters");
	for (int i = 0; i < l.inputs.n; i++) {
		const Input *in = l.inputs.at[i];

		if (in->isgo) {
			for (uint32_t k = 1; k < in->nsym; k++) {
				Chunk *c = in->sym[k]->chunk;

				/* -X replaced the content of some: the new chunk stands where the old one did */
				if (c != NULL && !iscounter(in, k) &&
				    (c->in == in || (c->custom && in->meta[k].kind != SYM_UNDEF)))
					put(c);
			}
		} else if (in->nsym > 0 && !l.external) {
			const Elf64_Ehdr *h = (const void *)in->data.p;

			for (int k = 1; k < h->e_shnum; k++)
				if (in->chunk[k] != NULL && in->chunk[k]->piece == 0)
					put(in->chunk[k]);
		}
	}
	for (int piece = 1; piece <= 2 && !l.external; piece++)
		for (int i = 0; i < l.inputs.n; i++) {
			const Input *in = l.inputs.at[i];
			const Elf64_Ehdr *h = (const void *)in->data.p;

			for (int k = 1; !in->isgo && in->nsym > 0 && k < h->e_shnum; k++)
				if (in->chunk[k] != NULL && in->chunk[k]->piece == piece)
					put(in->chunk[k]);
		}
	checksize();
}

/* ---- addresses ---- */

static uint64_t
align(uint64_t x, uint64_t a)
{
	return (x + a - 1) & ~(a - 1);
}

static void
within(OutSec *s, Chunk *end)
{
	uint64_t off = 0;

	s->align = 1;
	for (int i = 0; i < s->chunks.n; i++) {
		Chunk *c = s->chunks.at[i];
		uint64_t a = (uint64_t)1 << c->alignlog;

		if (a > s->align)
			s->align = a;
		off = align(off, a);
		c->addr = off;	/* relative for now */
		off += c->size;
	}
	end->addr = off;
	s->size = off;
}

static void
place(void)
{
	uint64_t addr = l.base, page = (uint64_t)l.t->pagesize, off, tls = 0;

	off = sizeof(Elf64_Ehdr) + LAYOUT_NPHDR * sizeof(Elf64_Phdr);
	addr += off;
	for (int n = 0; n < LAYOUT_NOUT; n++) {
		OutId i = layout_nth(n);
		OutSec *s = &l.sec[i];

		within(s, endmark[i]);
		if (i == OUT_TDATA) {
			/* the template of thread-local storage starts as aligned as its zero part is */
			within(&l.sec[OUT_TBSS], endmark[OUT_TBSS]);
			if (l.sec[OUT_TBSS].align > s->align)
				s->align = l.sec[OUT_TBSS].align;
		}
		if (layout_newsegment(i)) {
			/* next page in memory, same offset within the page in the file */
			addr = align(addr, page) + off % page;
			if (off % page == 0)
				addr = align(addr, page);
			if (i == OUT_TEXT && l.textset) {
				uint64_t gap = (l.textaddr - addr) % page;

				off += gap;
				addr += gap;
			}
		}
		if (s->type != SHT_NOBITS || i == OUT_TBSS) {
			uint64_t a = align(addr, s->align);

			off += a - addr;
			addr = a;
		} else {
			addr = align(addr, s->align);
		}
		s->addr = addr;
		s->off = off;
		for (int k = 0; k < s->chunks.n; k++)
			s->chunks.at[k]->addr += addr;
		endmark[i]->addr += addr;
		if (i == OUT_TDATA || i == OUT_TBSS) {
			if (s->align > tls)
				tls = s->align;
			l.tlsend = align(addr + s->size, tls);
		}
		if (i == OUT_TBSS)
			continue;	/* takes no room in the image: each thread has its own */
		addr += s->size;
		if (s->type != SHT_NOBITS)
			off += s->size;
	}
}

/* -T: everything moves so that the text lies where it is wanted, the read-only data below it. */
static void
movetext(void)
{
	const OutSec *s = &l.sec[OUT_TEXT];
	uint64_t below = s->addr - l.base;

	if (l.textaddr % s->align != 0)
		fatal("-T 0x%llx: text symbols are aligned to %llu bytes", (unsigned long long)l.textaddr,
		    (unsigned long long)s->align);
	if (l.textaddr < below + (uint64_t)l.t->pagesize)
		fatal("-T 0x%llx: there is no room for 0x%llx bytes of headers and read-only data below it",
		    (unsigned long long)l.textaddr, (unsigned long long)below);
	l.base = l.textaddr - below;
	place();
	for (int i = 0; i < OUT_COUNT; i++)
		if (l.sec[i].addr + l.sec[i].size > INT32_MAX)
			fatal("-T 0x%llx: a program lies in the lowest 2 GB of memory, where code reaches symbols that "
			      "nobody "
			      "defines",
			    (unsigned long long)l.textaddr);
}

void
link_address(void)
{
	do
		place();
	while (l.pie && !l.external && !pie_encode());
	if (l.textset)
		movetext();
	l.entryaddr = link_addr(link_named(l.entry));
}
