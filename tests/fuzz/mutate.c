/* mutate.c - see mutate.h. */
#include "mutate.h"

#include "syntax/scan.h"

typedef struct {
	uint32_t off, len;
} Span;

typedef struct {
	Bytes text;
	Vec(Span) toks;
} Input;

struct Mutator {
	Arena *a;
	uint64_t state;
	Vec(Input) inputs;
	Buf out;
};

/* splitmix64: small, and the same everywhere */
static uint64_t
next(Mutator *m)
{
	uint64_t z = m->state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

static size_t
below(Mutator *m, size_t n)
{
	return n == 0 ? 0 : (size_t)(next(m) % n);
}

Mutator *
mutate_new(Arena *a, uint64_t seed)
{
	Mutator *m = NEW(a, Mutator);

	m->a = a;
	m->state = seed;
	return m;
}

static void
noerror(Scanner *s, size_t off, const char *msg)
{
	(void)s, (void)off, (void)msg;
}

static void
nodirective(Scanner *s, size_t off, size_t n)
{
	(void)s, (void)off, (void)n;
}

void
mutate_addfile(Mutator *m, Bytes text)
{
	Input in = { .text = text };
	Scanner s = { .error = noerror, .directive = nodirective };

	scan_init(&s, pos_addfile("mutate", text.n, 1), text);
	for (scan_next(&s); s.tok != TK_EOF; scan_next(&s)) {
		Span t = { (uint32_t)s.off, (uint32_t)((size_t)(s.p - s.text) - s.off) };

		if (t.len > 0)
			vec_push(m->a, &in.toks, t);
	}
	if (in.toks.n > 0)
		vec_push(m->a, &m->inputs, in);
}

int
mutate_nfiles(const Mutator *m)
{
	return m->inputs.n;
}

static void
splice(Buf *b, size_t off, size_t len, const void *with, size_t n)
{
	Buf copy = { 0 };

	buf_put(&copy, with, n);	/* may lie in b itself */
	buf_reserve(b, n);
	memmove(b->p + off + n, b->p + off + len, b->n - off - len);
	if (n > 0)
		memcpy(b->p + off, copy.p, n);
	b->n += n - len;
	buf_free(&copy);
}

static void
bytes(Mutator *m)
{
	static const char evil[] = "\"'`\\\n{}[]()<-.0x_eE+=:;/*~|&!\x00\xff\xc3\xef\xbb\xbf\xe2\x80";
	Buf *b = &m->out;
	size_t off = below(m, b->n), len = below(m, 4);
	uint8_t c = (uint8_t)evil[below(m, sizeof evil - 1)];

	if (len > b->n - off)
		len = b->n - off;
	switch (below(m, 5)) {
	case 0:
		splice(b, off, len, NULL, 0);
		break;
	case 1:
		splice(b, off, 0, &c, 1);
		break;
	case 2:
		c = (uint8_t)next(m);
		splice(b, off, b->n > off, &c, 1);
		break;
	case 3:
		splice(b, off, b->n > off, &c, 1);
		break;
	case 4:
		b->n = off;
		break;
	}
}

/* Token spans refer to the unchanged file, so only the first change of a mutant knows where tokens are. */
static void
tokens(Mutator *m, const Input *in)
{
	Buf *b = &m->out;
	size_t i = below(m, (size_t)in->toks.n), n = 1 + below(m, 3);
	Span t = in->toks.at[i], last;
	const Input *from = below(m, 2) == 0 ? in : &m->inputs.at[below(m, (size_t)m->inputs.n)];
	size_t j = below(m, (size_t)from->toks.n);
	Span u = from->toks.at[j];
	const uint8_t *p = in->text.p;

	if (n > (size_t)in->toks.n - i)
		n = (size_t)in->toks.n - i;
	last = in->toks.at[i + n - 1];
	switch (below(m, 6)) {
	case 0:
		splice(b, t.off, last.off + last.len - t.off, NULL, 0);
		break;
	case 1:
		splice(b, t.off, 0, p + t.off, last.off + last.len - t.off);
		break;
	case 2:
		splice(b, t.off, t.len, from->text.p + u.off, u.len);
		break;
	case 3:
		splice(b, t.off, 0, " ", 1);
		splice(b, t.off, 0, from->text.p + u.off, u.len);
		break;
	case 4:		/* a longer run from elsewhere */
		n = below(m, 30);
		if (n >= (size_t)from->toks.n - j)
			n = (size_t)from->toks.n - j - 1;
		last = from->toks.at[j + n];
		splice(b, t.off, t.len, from->text.p + u.off, last.off + last.len - u.off);
		break;
	case 5:
		b->n = t.off;
		break;
	}
}

Bytes
mutate_next(Mutator *m)
{
	const Input *in = &m->inputs.at[below(m, (size_t)m->inputs.n)];
	size_t nbytes = below(m, 4) == 0 ? 1 + below(m, 3) : 0;

	m->out.n = 0;
	buf_put(&m->out, in->text.p, in->text.n);
	if (nbytes == 0 || below(m, 2) == 0)
		tokens(m, in);
	for (; nbytes > 0; nbytes--)
		bytes(m);
	buf_cstr(&m->out);
	return (Bytes){ m->out.p, m->out.n };
}
