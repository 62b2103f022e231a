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

/* ---- alike tokens ---- */

static const char *const numbers[] = { "0", "1", "2", "3", "7", "8", "31", "32", "63", "64", "127", "128", "255", "256",
	"1000", "65535", "1<<31", "1<<31-1", "1<<32", "1<<62", "1<<63-1", "-1", "-128", "-1<<31", "-1<<63", "0.5",
	"1e300" };
static const char *const types[] = { "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16", "uint32",
	"uint64", "uintptr", "float32", "float64", "complex64", "complex128", "string", "bool", "any", "error",
	"[]byte", "*int", "func()", "map[string]int", "chan int", "[3]int", "struct{ a, b int }", "[100]string" };
static const char *const arith[] = { "+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "&^" };
static const char *const assign[] = { "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "&^=", "=" };
static const char *const compare[] = { "==", "!=", "<", "<=", ">", ">=" };
static const char *const logic[] = { "&&", "||" };
static const char *const jumps[] = { "break", "continue", "return" };
static const struct {
	const char *const *at;
	size_t n;
/* clang-format off */
} alike[] = {
	{ types, NELEM(types) }, { arith, NELEM(arith) }, { assign, NELEM(assign) }, { compare, NELEM(compare) },
	{ logic, NELEM(logic) }, { jumps, NELEM(jumps) },
};
/* clang-format on */

static bool
is(const uint8_t *p, Span t, const char *text)
{
	return strlen(text) == t.len && memcmp(p + t.off, text, t.len) == 0;
}

static bool
letter(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* A text that may stand in the place of token i, or NULL. */
static const char *
another(Mutator *m, const Input *in, size_t i)
{
	static const char *const keywords[] = { "case", "chan", "const", "default", "defer", "else", "fallthrough",
		"for", "func", "go", "goto", "if", "import", "interface", "map", "package", "range", "select", "struct",
		"switch", "type", "var" };
	const uint8_t *p = in->text.p;
	Span t = in->toks.at[i];

	if (p[t.off] >= '0' && p[t.off] <= '9')
		return numbers[below(m, NELEM(numbers))];
	for (size_t k = 0; k < NELEM(alike); k++)
		for (size_t j = 0; j < alike[k].n; j++)
			if (is(p, t, alike[k].at[j]))
				return alike[k].at[below(m, alike[k].n)];
	if (!letter(p[t.off]))
		return NULL;
	for (size_t k = 0; k < NELEM(keywords); k++)
		if (is(p, t, keywords[k]))
			return NULL;
	for (int tries = 0; tries < 20; tries++) {
		Span u = in->toks.at[below(m, (size_t)in->toks.n)];
		bool keyword = !letter(p[u.off]);

		for (size_t k = 0; k < NELEM(keywords); k++)
			keyword = keyword || is(p, u, keywords[k]);
		if (!keyword)
			return arena_strndup(m->a, (const char *)p + u.off, u.len);
	}
	return NULL;
}

Bytes
mutate_gently(Mutator *m)
{
	const Input *in = &m->inputs.at[below(m, (size_t)m->inputs.n)];
	size_t n = (size_t)in->toks.n;

	m->out.n = 0;
	buf_put(&m->out, in->text.p, in->text.n);
	/* backwards, as what stands before a change stays where it is */
	for (size_t left = 1 + below(m, 3); left > 0 && n > 0; left--) {
		size_t i = below(m, n);
		Span t = in->toks.at[i];
		const char *with = NULL;

		for (int tries = 0; with == NULL && tries < 10; tries++) {
			i = below(m, n);
			t = in->toks.at[i];
			with = another(m, in, i);
		}
		if (with == NULL)
			break;
		/* a type, or any name: sometimes wherever it stands, as far as there was no change yet */
		if (letter(in->text.p[t.off]) && below(m, 3) == 0) {
			for (size_t k = n; k-- > 0;) {
				Span u = in->toks.at[k];

				if (u.len == t.len && memcmp(in->text.p + u.off, in->text.p + t.off, t.len) == 0)
					splice(&m->out, u.off, u.len, with, strlen(with));
			}
			break;
		}
		splice(&m->out, t.off, t.len, with, strlen(with));
		n = i;
	}
	buf_cstr(&m->out);
	return (Bytes){ m->out.p, m->out.n };
}
