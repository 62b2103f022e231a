/*
 * dwarf.c - debug information: where code comes from and how frames unwind.
 *
 * DWARF 4, as gc writes: one compilation unit per package with its functions,
 * a line program made from the pc tables, and .debug_frame from the SP tables.
 * Sections are compressed with zlib (SHF_COMPRESSED) if that makes them smaller.
 * Source: DWARF Debugging Information Format, version 4; System V ABI, "Section Compression".
 */
#include <zlib.h>

#include "link/link.h"

/* clang-format off */
enum {
	DW_TAG_COMPILE_UNIT = 0x11, DW_TAG_SUBPROGRAM = 0x2e,
	DW_AT_NAME = 0x03, DW_AT_STMT_LIST = 0x10, DW_AT_LOW_PC = 0x11, DW_AT_HIGH_PC = 0x12, DW_AT_LANGUAGE = 0x13,
	DW_AT_PRODUCER = 0x25, DW_AT_EXTERNAL = 0x3f, DW_AT_FRAME_BASE = 0x40, DW_AT_DECL_LINE = 0x3b,
	DW_FORM_ADDR = 0x01, DW_FORM_STRING = 0x08, DW_FORM_DATA1 = 0x0b, DW_FORM_DATA8 = 0x07, DW_FORM_UDATA = 0x0f,
	DW_FORM_SEC_OFFSET = 0x17, DW_FORM_EXPRLOC = 0x18, DW_FORM_FLAG_PRESENT = 0x19,
	DW_LANG_GO = 0x16, DW_OP_CALL_FRAME_CFA = 0x9c,
	DW_LNS_COPY = 1, DW_LNS_ADVANCE_PC = 2, DW_LNS_ADVANCE_LINE = 3, DW_LNS_SET_FILE = 4,
	DW_LNE_END_SEQUENCE = 1, DW_LNE_SET_ADDRESS = 2,
	DW_CFA_DEF_CFA = 0x0c, DW_CFA_DEF_CFA_OFFSET = 0x0e, DW_CFA_OFFSET = 0x80, DW_CFA_RESTORE = 0xc0, DW_CFA_ADVANCE_LOC4 = 0x04, DW_CFA_ADVANCE_LOC1 = 0x02,
};
/* clang-format on */
enum { LINE_BASE = -4, LINE_RANGE = 10, OPCODE_BASE = 13 };	/* special opcodes of the line program */

static Buf info, abbrev, line, frame;
typedef struct {
	const Buf *in;
	DebugRef r;
} Ref;
static Vec(Ref) refs;

static void
sleb(Buf *b, int64_t v)
{
	for (;;) {
		uint8_t c = v & 127;

		v >>= 7;
		if ((v == 0 && !(c & 64)) || (v == -1 && (c & 64))) {
			buf_byte(b, c);
			return;
		}
		buf_byte(b, c | 128);
	}
}

/* Another linker moves the code and these sections: it must know what points where. */
static void
ref(const Buf *b, const Buf *to, uint64_t add)
{
	Ref r = { b, { .off = b->n, .to = to, .add = add } };

	if (l.external)
		vec_push(l.a, &refs, r);
}

static void
word(Buf *b, uint64_t v)
{
	if (l.t->ptrsize == 8)
		buf_u64(b, v);
	else
		buf_u32(b, (uint32_t)v);
}

static void
addr(Buf *b, uint64_t a)
{
	ref(b, NULL, a);
	word(b, a);
}

static void
offset(Buf *b, const Buf *to, uint32_t off)
{
	ref(b, to, off);
	buf_u32(b, off);
}

static void
patch32(Buf *b, size_t at, uint32_t v)
{
	memcpy(b->p + at, &v, sizeof v);
}

static void
abbrevs(void)
{
	static const uint8_t cu[] = { 1, DW_TAG_COMPILE_UNIT, 1, DW_AT_NAME, DW_FORM_STRING, DW_AT_LANGUAGE,
		DW_FORM_DATA1, DW_AT_STMT_LIST, DW_FORM_SEC_OFFSET, DW_AT_LOW_PC, DW_FORM_ADDR, DW_AT_HIGH_PC,
		DW_FORM_DATA8, DW_AT_PRODUCER, DW_FORM_STRING, 0, 0 };
	static const uint8_t fn[] = { 2, DW_TAG_SUBPROGRAM, 0, DW_AT_NAME, DW_FORM_STRING, DW_AT_LOW_PC, DW_FORM_ADDR,
		DW_AT_HIGH_PC, DW_FORM_DATA8, DW_AT_FRAME_BASE, DW_FORM_EXPRLOC, DW_AT_DECL_LINE, DW_FORM_UDATA,
		DW_AT_EXTERNAL, DW_FORM_FLAG_PRESENT, 0, 0, 0 };

	buf_put(&abbrev, cu, sizeof cu);
	buf_put(&abbrev, fn, sizeof fn);
}

/* Steps through a pc table: val holds in [pc, end). */
typedef struct {
	const uint8_t *p, *stop;
	int32_t val;
	uint64_t pc, end;
} Step;

static uint64_t
uvarint(const uint8_t **p, const uint8_t *stop)
{
	uint64_t v = 0;

	for (unsigned shift = 0; *p < stop && shift < 64; shift += 7) {
		uint8_t c = *(*p)++;

		v |= (uint64_t)(c & 127) << shift;
		if (!(c & 128))
			break;
	}
	return v;
}

static Step
start(const Chunk *c, MetaBytes m)
{
	return (Step){ .p = c->in->metabase + m.off, .stop = c->in->metabase + m.off + m.len, .val = -1 };
}

static bool
step(Step *s)
{
	uint32_t d;

	if (s->p >= s->stop || (*s->p == 0 && s->end != 0))
		return false;
	d = (uint32_t)uvarint(&s->p, s->stop);
	s->val = (int32_t)((uint32_t)s->val + (d >> 1 ^ (0 - (d & 1))));
	s->pc = s->end;
	s->end += uvarint(&s->p, s->stop) * (uint64_t)l.t->minlc;
	return s->end > s->pc;
}

static const MetaFunc *
metaof(const Chunk *c)
{
	return (const MetaFunc *)(const void *)(c->in->metabase + c->sym->meta->aux);
}

/* ---- line programs ---- */

static size_t
lineheader(const Input *in)
{
	static const uint8_t lens[OPCODE_BASE - 1] = { 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1 };
	const uint32_t *file = (const uint32_t *)(const void *)(in->metabase + in->mh->fileoff);
	size_t unit = line.n, header;

	buf_u32(&line, 0);
	buf_u16(&line, 4);
	header = line.n;
	buf_u32(&line, 0);
	buf_byte(&line, (uint8_t)l.t->minlc);
	buf_byte(&line, 1);
	buf_byte(&line, 1);	/* default_is_stmt */
	buf_byte(&line, (uint8_t)LINE_BASE);
	buf_byte(&line, LINE_RANGE);
	buf_byte(&line, OPCODE_BASE);
	buf_put(&line, lens, sizeof lens);
	buf_byte(&line, 0);	/* no directories */
	for (uint32_t i = 0; i < in->mh->nfile; i++) {
		const char *name = (const char *)in->metabase + file[i];

		buf_put(&line, name, strlen(name) + 1);
		buf_zero(&line, 3);
	}
	buf_byte(&line, 0);
	patch32(&line, header, (uint32_t)(line.n - header - 4));
	return unit;
}

/* The rows of one function as a sequence of its own. */
static void
linefunc(const Chunk *c)
{
	const MetaFunc *m = metaof(c);
	Step ln = start(c, m->pcline), fl = start(c, m->pcfile);
	int64_t curline = 1, curfile = 1;
	uint64_t pc = 0;

	buf_byte(&line, 0);
	buf_uvarint(&line, 1 + (uint64_t)l.t->ptrsize);
	buf_byte(&line, DW_LNE_SET_ADDRESS);
	addr(&line, c->addr);
	step(&fl);
	while (step(&ln)) {
		int64_t dline, dpc;

		while (fl.end <= ln.pc && step(&fl))
			;
		if (ln.val < 0)
			continue;
		if (fl.val >= 0 && fl.val != curfile - 1) {
			curfile = (int64_t)fl.val + 1;
			buf_byte(&line, DW_LNS_SET_FILE);
			buf_uvarint(&line, (uint64_t)curfile);
		}
		dline = ln.val - curline;
		dpc = (int64_t)((ln.pc - pc) / (uint64_t)l.t->minlc);
		if (dline < LINE_BASE || dline >= LINE_BASE + LINE_RANGE) {
			buf_byte(&line, DW_LNS_ADVANCE_LINE);
			sleb(&line, dline);
			dline = 0;
		}
		if (dline - LINE_BASE + LINE_RANGE * dpc + OPCODE_BASE > 255) {
			buf_byte(&line, DW_LNS_ADVANCE_PC);
			buf_uvarint(&line, (uint64_t)dpc);
			dpc = 0;
		}
		buf_byte(&line, (uint8_t)(dline - LINE_BASE + LINE_RANGE * dpc + OPCODE_BASE));
		curline = ln.val;
		pc = ln.pc;
	}
	buf_byte(&line, DW_LNS_ADVANCE_PC);
	buf_uvarint(&line, (c->size - pc) / (uint64_t)l.t->minlc);
	buf_put(&line, (uint8_t[]){ 0, 1, DW_LNE_END_SEQUENCE }, 3);
}

/* ---- frames ---- */

static void
cie(void)
{
	size_t at = frame.n;

	buf_u32(&frame, 0);
	buf_u32(&frame, 0xffffffffu);
	buf_byte(&frame, 3);
	buf_byte(&frame, 0);
	buf_uvarint(&frame, (uint64_t)l.t->minlc);
	sleb(&frame, -l.t->ptrsize);
	buf_uvarint(&frame, l.t->dwarfra);
	buf_byte(&frame, DW_CFA_DEF_CFA);
	buf_uvarint(&frame, l.t->reg[l.t->sp].dwarf);
	buf_uvarint(&frame, (uint64_t)l.t->callpush);
	if (l.t->callpush > 0) {
		buf_byte(&frame, (uint8_t)(DW_CFA_OFFSET | l.t->dwarfra));
		buf_uvarint(&frame, (uint64_t)(l.t->callpush / l.t->ptrsize));
	}
	while ((frame.n - at - 4) % (size_t)l.t->ptrsize != 0)
		buf_byte(&frame, 0);
	patch32(&frame, at, (uint32_t)(frame.n - at - 4));
}

static void
fde(const Chunk *c)
{
	Step sp = start(c, metaof(c)->pcsp);
	size_t at = frame.n;
	uint64_t pc = 0;
	int32_t cur = 0;

	buf_u32(&frame, 0);
	offset(&frame, &frame, 0);	/* the only CIE */
	addr(&frame, c->addr);
	word(&frame, c->size);
	while (step(&sp)) {
		uint64_t d = (sp.pc - pc) / (uint64_t)l.t->minlc;

		if (sp.val < 0 || sp.val == cur)
			continue;
		if (d > 0 && d < 256) {
			buf_byte(&frame, DW_CFA_ADVANCE_LOC1);
			buf_byte(&frame, (uint8_t)d);
		} else if (d > 0) {
			buf_byte(&frame, DW_CFA_ADVANCE_LOC4);
			buf_u32(&frame, (uint32_t)d);
		}
		buf_byte(&frame, DW_CFA_DEF_CFA_OFFSET);
		buf_uvarint(&frame, (uint64_t)sp.val + (uint64_t)l.t->callpush);
		if (l.t->linkarea > 0 && sp.val > 0) {	/* the return address lies at SP */
			buf_byte(&frame, (uint8_t)(DW_CFA_OFFSET | l.t->dwarfra));
			buf_uvarint(&frame, (uint64_t)(sp.val / l.t->ptrsize));
		} else if (l.t->linkarea > 0) {		/* or it is in its register */
			buf_byte(&frame, (uint8_t)(DW_CFA_RESTORE | l.t->dwarfra));
		}
		cur = sp.val;
		pc = sp.pc;
	}
	while ((frame.n - at - 4) % (size_t)l.t->ptrsize != 0)
		buf_byte(&frame, 0);
	patch32(&frame, at, (uint32_t)(frame.n - at - 4));
}

/* ---- units ---- */

static void
subprogram(const Chunk *c)
{
	buf_byte(&info, 2);
	buf_put(&info, c->sym->name, strlen(c->sym->name) + 1);
	addr(&info, c->addr);
	buf_u64(&info, c->size);
	buf_byte(&info, 1);
	buf_byte(&info, DW_OP_CALL_FRAME_CFA);
	buf_uvarint(&info, metaof(c)->startline < 0 ? 0 : (uint64_t)metaof(c)->startline);
}

/* Functions [from, to) of the text section, all of one input. */
static void
unit(Chunk **fn, int n)
{
	static const char producer[] = "Go cmd/compile " GOVERSION " (slipway)";
	const Input *in = fn[0]->in;
	size_t at = info.n, lines = lineheader(in);

	buf_u32(&info, 0);
	buf_u16(&info, 4);
	offset(&info, &abbrev, 0);
	buf_byte(&info, (uint8_t)l.t->ptrsize);
	buf_byte(&info, 1);
	buf_put(&info, in->pkgpath, strlen(in->pkgpath) + 1);
	buf_byte(&info, DW_LANG_GO);
	offset(&info, &line, (uint32_t)lines);
	addr(&info, fn[0]->addr);
	buf_u64(&info, fn[n - 1]->addr + fn[n - 1]->size - fn[0]->addr);
	buf_put(&info, producer, sizeof producer);
	for (int i = 0; i < n; i++) {
		subprogram(fn[i]);
		linefunc(fn[i]);
		fde(fn[i]);
	}
	buf_byte(&info, 0);
	patch32(&info, at, (uint32_t)(info.n - at - 4));
	patch32(&line, lines, (uint32_t)(line.n - lines - 4));
}

static void
section(const char *name, Buf *b)
{
	Elf64_Chdr h = { .ch_type = ELFCOMPRESS_ZLIB, .ch_size = b->n, .ch_addralign = 1 };
	uLongf n = compressBound(b->n);
	DebugSec d = { .name = name, .content = b, .data = *b };
	Buf z = { 0 };

	for (int i = 0; i < refs.n; i++)
		if (refs.at[i].in == b)
			vec_push(l.a, &d.refs, refs.at[i].r);
	if (l.external || l.nocompress) {
		vec_push(l.a, &l.debug, d);
		return;
	}
	buf_put(&z, &h, sizeof h);
	buf_reserve(&z, n);
	if (compress2(z.p + z.n, &n, b->p, b->n, 1) == Z_OK && sizeof h + n < b->n) {
		z.n += n;
		d.data = z;
		d.compressed = true;
	}
	vec_push(l.a, &l.debug, d);
}

void
link_dwarf(void)
{
	const OutSec *s = &l.sec[OUT_TEXT];

	if (l.nodwarf || l.nosym)
		return;
	abbrevs();
	cie();
	for (int i = 0, k; i < s->chunks.n; i = k) {
		k = i + 1;
		if (s->chunks.at[i]->in == NULL)
			continue;
		while (k < s->chunks.n && s->chunks.at[k]->in == s->chunks.at[i]->in)
			k++;
		unit(s->chunks.at + i, k - i);
	}
	section(".debug_abbrev", &abbrev);
	section(".debug_line", &line);
	section(".debug_frame", &frame);
	section(".debug_info", &info);
}
