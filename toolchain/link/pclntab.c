/*
 * pclntab.c - the function table: names, files, lines, inline trees, stack maps.
 *
 * .gopclntab has gc's layout since Go 1.20 (magic 0xfffffff1), because nm,
 * objdump, addr2line, pprof and Delve read it; debug/gosym documents it. The
 * pc tables come from the objects in their final encoding and are copied, equal
 * ones once. Stack maps and inline trees are sections of their own, named by
 * offset from each function's funcdata; see abi/funcdata.h.
 */
#include <stdlib.h>

#include "abi/funcdata.h"
#include "link/link.h"

enum { NPCDATA = PCDATA_INLTREEINDEX + 1, NFUNCDATA = FUNCDATA_INLTREE + 1 };

typedef struct {
	Buf name, cu, file, pc, tab, stackmap, gofunc;
	Map *names, *files;		/* interned text -> offset + 1 */
	struct Seen **pcs, **maps;	/* by hash of content */
} Pcln;

typedef struct Seen Seen;
struct Seen {
	uint64_t hash;
	uint32_t off, len;
	Seen *next;
};
enum { NSEEN = 1 << 14 };

/* Offset of n bytes in b, where equal ones may be already; *align in bytes. */
static uint32_t
once(Buf *b, Seen **table, const void *p, uint32_t n, size_t align)
{
	uint64_t h = hash64(p, n, 0);
	Seen **head = &table[h & (NSEEN - 1)], *s;

	for (s = *head; s != NULL; s = s->next)
		if (s->hash == h && s->len == n && memcmp(b->p + s->off, p, n) == 0)
			return s->off;
	s = NEW(l.a, Seen);
	buf_align(b, align);
	s->hash = h;
	s->off = (uint32_t)b->n;
	s->len = n;
	s->next = *head;
	*head = s;
	buf_put(b, p, n);
	return s->off;
}

static uint32_t
text(Buf *b, Map *seen, const char *s)
{
	const char *key = intern_str(s);
	uintptr_t off = (uintptr_t)map_get(seen, key);

	if (off == 0) {
		off = b->n + 1;
		map_set(seen, key, (void *)off);
		buf_put(b, key, intern_len(key) + 1);
	}
	return (uint32_t)(off - 1);
}

static uint32_t
pctable(Pcln *p, const Input *in, MetaBytes m)
{
	return m.len == 0 ? 0 : once(&p->pc, p->pcs, in->metabase + m.off, m.len, 1);
}

/* Functions that the runtime treats in a special way are known by name, gc's internal/abi.FuncID. */
static uint8_t
funcid(const char *name, uint8_t id)
{
	static const struct {
		const char *name;
		uint8_t id;
	/* clang-format off */
	} known[] = {
		{ "gopanic", FUNCID_GOPANIC }, { "goexit", FUNCID_GOEXIT }, { "main", FUNCID_RUNTIME_MAIN }, { "runfinq", FUNCID_RUNFINQ },
		{ "sigpanic", FUNCID_SIGPANIC }, { "panicwrap", FUNCID_PANICWRAP }, { "corostart", FUNCID_CORO_START },
		{ "handleAsyncEvent", FUNCID_HANDLEASYNCEVENT }, { "gcBgMarkWorker", FUNCID_GCBGMARKWORKER },
		{ "deferreturn", FUNCID_WRAPPER },	/* not shown in traces */
	};
	/* clang-format on */

	/* recover works through functions that reflect makes */
	if (id == FUNCID_NORMAL &&
	    (strcmp(name, "reflect.callMethod") == 0 || strcmp(name, "reflect.callReflect") == 0))
		return FUNCID_WRAPPER;
	if (id != FUNCID_NORMAL || strncmp(name, "runtime.", 8) != 0)
		return id;
	for (size_t i = 0; i < NELEM(known); i++)
		if (strcmp(name + 8, known[i].name) == 0)
			return known[i].id;
	return id;
}

static uint32_t
inltree(Pcln *p, const Input *in, const MetaFunc *m)
{
	uint32_t off;

	if (m->ninl == 0)
		return 0xffffffffu;
	buf_align(&p->gofunc, 4);
	off = (uint32_t)p->gofunc.n;
	for (uint32_t i = 0; i < m->ninl; i++) {
		MetaInl r;
		InlinedCall c = { 0 };

		memcpy(&r, in->metabase + m->inl + sizeof r * i, sizeof r);
		c.funcid = r.funcid;
		c.name = (int32_t)text(&p->name, p->names, (const char *)in->metabase + r.name);
		c.parentpc = (int32_t)r.parentpc;
		c.startline = r.startline;
		buf_put(&p->gofunc, &c, sizeof c);
	}
	return off;
}

/* Archives of std say $GOROOT/src/..., wherever they lie; see driver/build.c. */
static const char *
filename(const char *name)
{
	const char *goroot = getenv("GOROOT");

	if (strncmp(name, "$GOROOT/", 8) != 0)
		return name;
	if (goroot == NULL || goroot[0] == 0)
		return strncmp(name, "$GOROOT/src/", 12) == 0 ? name + 12 : name;
	return arena_printf(l.a, "%s/%s", goroot, name + 8);
}

static void
files(Pcln *p, Input *in)
{
	const uint32_t *off = (const uint32_t *)(const void *)(in->metabase + in->mh->fileoff);

	if (in->cubase != 0)
		return;
	in->cubase = (uint32_t)(p->cu.n / 4) + 1;
	for (uint32_t i = 0; i < in->mh->nfile; i++)
		buf_u32(&p->cu, text(&p->file, p->files, filename((const char *)in->metabase + off[i])));
}

/* The name of a function, which both its symbols have: the one for the stack convention ends in .abi0. */
static const char *
plainname(const char *sym)
{
	size_t n = strlen(sym);

	return n > 5 && strcmp(sym + n - 5, ".abi0") == 0 ? intern(sym, n - 5) : sym;
}

/* The record of a function, into which the argument maps that the compiler made go if it is in assembly; see abi/funcdata.h. */
static uint32_t
stackmap(Pcln *p, const Chunk *c, const MetaFunc *m)
{
	const uint8_t *own = c->in->metabase + m->stackmap.off;
	StackMap h = { 0 }, a = { 0 };
	const Sym *args;
	uint32_t nbytes;
	Buf b = { 0 };

	if (m->stackmap.len >= sizeof h)
		memcpy(&h, own, sizeof h);
	if ((h.flags & STACKMAP_ASM) == 0)
		return once(&p->stackmap, p->maps, own, m->stackmap.len, 4);
	args = link_find(intern_printf("%s.args_stackmap", plainname(c->sym->name)));
	if (args != NULL && args->chunk != NULL && args->chunk->size >= sizeof a)
		memcpy(&a, args->chunk->data, sizeof a);
	nbytes = (a.nargs + 7) / 8;
	if (a.nargs > 0 && sizeof a + 2 * (uint64_t)nbytes > args->chunk->size)
		fatal("%s: damaged symbol %s", c->in->name, args->name);
	buf_put(&b, own, m->stackmap.len);
	h.nargs = a.nargs;
	if (a.nargs > 0) {
		const uint8_t *bits = args->chunk->data + sizeof a, *atcalls = bits;

		if ((h.flags & STACKMAP_RESULTS) != 0)
			atcalls += nbytes;
		h.argmap = (uint32_t)b.n;
		buf_put(&b, bits, nbytes);
		h.callargmap = (uint32_t)b.n;
		buf_put(&b, atcalls, nbytes);
		buf_align(&b, 4);
	}
	h.flags &= STACKMAP_UNTYPED;
	memcpy(b.p, &h, sizeof h);
	nbytes = once(&p->stackmap, p->maps, b.p, (uint32_t)b.n, 4);
	buf_free(&b);
	return nbytes;
}

static void
function(Pcln *p, const Chunk *c, uint32_t entry)
{
	Input *in = c->in;
	const MetaFunc *m;
	PclnFunc f = { .entry = entry };
	uint32_t pcdata[NPCDATA] = { 0 }, funcdata[NFUNCDATA];

	if (c->sym->meta->aux == 0)
		fatal("%s: function %s has no tables", in->name, c->sym->name);
	m = (const MetaFunc *)(const void *)(in->metabase + c->sym->meta->aux);
	files(p, in);
	f.name = (int32_t)text(&p->name, p->names, plainname(c->sym->name));
	f.args = (int32_t)m->argsize;
	f.deferreturn = m->deferreturn;
	f.pcsp = pctable(p, in, m->pcsp);
	f.pcfile = pctable(p, in, m->pcfile);
	f.pcln = pctable(p, in, m->pcline);
	f.npcdata = NPCDATA;
	f.cuoff = in->cubase - 1;
	f.startline = m->startline;
	f.funcid = funcid(c->sym->name, m->funcid);
	f.flag = m->flags | (f.funcid == FUNCID_GOEXIT ? FUNCFLAG_TOPFRAME : 0);
	f.nfuncdata = NFUNCDATA;
	pcdata[PCDATA_UNSAFEPOINT] = pctable(p, in, m->unsafepoint);
	pcdata[PCDATA_INLTREEINDEX] = pctable(p, in, m->pcinl);
	memset(funcdata, 0xff, sizeof funcdata);
	if (m->stackmap.len > 0)
		funcdata[FUNCDATA_STACKMAP] = stackmap(p, c, m);
	funcdata[FUNCDATA_INLTREE] = inltree(p, in, m);
	buf_put(&p->tab, &f, sizeof f);
	buf_put(&p->tab, pcdata, sizeof pcdata);
	buf_put(&p->tab, funcdata, sizeof funcdata);
}

/* Header, then the tables one after another; PclnTab rows stand before the functions they point to. */
static void
assemble(Pcln *p, const uint32_t *entry, const uint32_t *off, uint32_t n, uint32_t textsize)
{
	PclnHeader h = { .magic = 0xfffffff1,
		.minlc = (uint8_t)l.t->minlc,
		.ptrsize = (uint8_t)l.t->ptrsize,
		.nfunc = n,
			 .nfiles = p->cu.n / 4 };
	Buf *b = NEW(l.a, Buf);
	uint32_t tabsize = (uint32_t)(n * sizeof(PclnTab)) + 4;
	Chunk *c;

	buf_zero(b, sizeof h);
	h.funcname = b->n;
	buf_put(b, p->name.p, p->name.n);
	buf_align(b, 8);
	h.cutab = b->n;
	buf_put(b, p->cu.p, p->cu.n);
	buf_align(b, 8);
	h.filetab = b->n;
	buf_put(b, p->file.p, p->file.n);
	buf_align(b, 8);
	h.pctab = b->n;
	buf_put(b, p->pc.p, p->pc.n);
	buf_align(b, 8);
	h.pcln = b->n;
	for (uint32_t i = 0; i < n; i++) {
		buf_u32(b, entry[i]);
		buf_u32(b, tabsize + off[i]);
	}
	buf_u32(b, textsize);
	buf_put(b, p->tab.p, p->tab.n);
	memcpy(b->p, &h, sizeof h);
	c = link_chunk(OUT_PCLNTAB, b->p, b->n, 5);
	/* nobody reads it: all know where the code starts. A PIE has no addresses in what is only read. */
	if (!l.pie)
		link_made_rel(c, offsetof(PclnHeader, textstart), l.t->elfreloc[OBJ_R_ADDR], link_named("runtime.text"),
		    0);
}

void
link_pclntab(void)
{
	Pcln p = { .names = map_new(l.a),
		.files = map_new(l.a),
		.pcs = NEWN(l.a, Seen *, NSEEN),
		.maps = NEWN(l.a, Seen *, NSEEN) };
	const OutSec *s = &l.sec[OUT_TEXT];
	uint32_t *entry = NEWN(l.a, uint32_t, s->chunks.n + 1), *off = NEWN(l.a, uint32_t, s->chunks.n + 1), n = 0;
	uint64_t at = 0;

	buf_byte(&p.pc, 0);	/* offset 0: no table */
	buf_byte(&p.name, 0);	/* offset 0: no name */
	for (int i = 0; i < s->chunks.n; i++) {
		Chunk *c = s->chunks.at[i];
		uint64_t a = (uint64_t)1 << c->alignlog;

		at = (at + a - 1) & ~(a - 1);
		if (c->in != NULL) {
			c->index = n;
			entry[n] = (uint32_t)at;
			off[n++] = (uint32_t)p.tab.n;
			function(&p, c, (uint32_t)at);
		}
		at += c->size;
	}
	if (at > UINT32_MAX)
		fatal("code is larger than 4 GiB");
	assemble(&p, entry, off, n, (uint32_t)at);
	link_chunk(OUT_STACKMAP, p.stackmap.p, p.stackmap.n, 3);
	link_chunk(OUT_GOFUNC, p.gofunc.p, p.gofunc.n, 3);
}
