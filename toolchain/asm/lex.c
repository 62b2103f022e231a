/*
 * lex.c - text -> tokens.
 *
 * Newlines are tokens; other blanks and comments are not, but for //go:build lines, which must stand before all code.
 * Names may hold middle dots and division slashes, which stand for the dot and the slash of linker symbols.
 */
#include "asm/asm.h"

typedef struct {
	const uint8_t *p, *start, *stop;
	SrcFile *file;		/* NULL: all tokens are at pos */
	Pos pos;
	AsmToks *out;
	bool failed;
} Lexer;

/* Whether a name may go on (first: start) with the rune at p; its length. */
static int
identrune(const Lexer *x, const uint8_t *p, bool first)
{
	uint32_t r;
	int n;

	if (p >= x->stop)
		return 0;
	n = utf8_decode(p, (size_t)(x->stop - p), &r);
	if (utf8_isletter(r) || r == 0xB7 || r == 0x2215 || (!first && utf8_isdigit(r)))
		return n;
	return 0;
}

static Pos
here(const Lexer *x, const uint8_t *p)
{
	return x->file != NULL ? pos_make(x->file, (size_t)(p - x->start)) : x->pos;
}

static void
token(Lexer *x, int kind, const uint8_t *from, const char *text, bool spaced)
{
	vec_push(perm, x->out, ((AsmTok){ (int16_t)kind, spaced, text, here(x, from) }));
}

static void
bad(Lexer *x, const uint8_t *p, const char *what)
{
	if (!x->failed)
		diag_error(here(x, p), "%s", what);
	x->failed = true;
}

/* A name with its dots and slashes. */
static const char *
identtext(const uint8_t *p, size_t n)
{
	const char *s;
	Buf b = { 0 };

	for (size_t i = 0; i < n;)
		if (n - i >= 2 && p[i] == 0xC2 && p[i + 1] == 0xB7) {
			buf_byte(&b, '.');
			i += 2;
		} else if (n - i >= 3 && p[i] == 0xE2 && p[i + 1] == 0x88 && p[i + 2] == 0x95) {
			buf_byte(&b, '/');
			i += 3;
		} else
			buf_byte(&b, p[i++]);
	s = intern((const char *)b.p, b.n);
	buf_free(&b);
	return s;
}

static bool
isdigit_(int c)
{
	return c >= '0' && c <= '9';
}

/* A number as Go writes them; strtoull and strtod check it when it is used. */
static int
number(Lexer *x)
{
	bool hex = x->p[0] == '0' && x->p + 1 < x->stop && (x->p[1] | 32) == 'x', isfloat = false;

	for (; x->p < x->stop; x->p++) {
		int c = *x->p;
		bool exponent = (!hex && (c | 32) == 'e') || (hex && (c | 32) == 'p');

		if (c == '.' || exponent) {
			isfloat = true;
			if (exponent && x->p + 1 < x->stop && (x->p[1] == '+' || x->p[1] == '-'))
				x->p++;
		} else if (!isdigit_(c) && c != '_' && !((c | 32) >= 'a' && (c | 32) <= 'z'))
			break;
	}
	return isfloat ? TOK_FLOAT : TOK_INT;
}

/* A string or character constant, quotes included. */
static int
quoted(Lexer *x)
{
	int q = *x->p;
	const uint8_t *from = x->p++;

	while (x->p < x->stop && *x->p != '\n' && *x->p != q)
		x->p += *x->p == '\\' && x->p + 1 < x->stop && x->p[1] != '\n' ? 2 : 1;
	if (x->p < x->stop && *x->p == q)
		x->p++;
	else
		bad(x, from, "literal not terminated");
	return q == '"' ? TOK_STRING : TOK_CHAR;
}

/* At a comment: skips it. true: it is a build constraint. */
static bool
comment(Lexer *x)
{
	const uint8_t *from = x->p;
	static const char build[] = "//go:build";
	size_t n;

	if (x->p[1] == '/') {
		while (x->p < x->stop && *x->p != '\n')
			x->p++;
		n = (size_t)(x->p - from);
		return n >= sizeof build - 1 && memcmp(from, build, sizeof build - 1) == 0 &&
		    (n == sizeof build - 1 || from[sizeof build - 1] == ' ' || from[sizeof build - 1] == '\t');
	}
	for (x->p += 2; x->p < x->stop; x->p++) {
		if (*x->p == '\n' && x->file != NULL)
			pos_newline(x->file, (size_t)(x->p + 1 - x->start));
		if (*x->p == '*' && x->p + 1 < x->stop && x->p[1] == '/') {
			x->p += 2;
			return false;
		}
	}
	bad(x, from, "comment not terminated");
	return false;
}

/* Two characters that are one token, or 0. */
static int
operator2(const uint8_t *p, const uint8_t *stop)
{
	if (p + 1 >= stop)
		return 0;
	if (p[0] == '<' && p[1] == '<')
		return TOK_SHL;
	if (p[1] != '>')
		return 0;
	return p[0] == '>' ? TOK_SHR : p[0] == '-' ? TOK_ARR : p[0] == '@' ? TOK_ROT : 0;
}

/* At what is neither blank nor comment. */
static void
one(Lexer *x, bool spaced)
{
	const uint8_t *from = x->p;
	int n = identrune(x, x->p, true), kind;
	uint32_t r;

	if (n > 0) {
		do
			x->p += n;
		while ((n = identrune(x, x->p, false)) > 0);
		token(x, TOK_IDENT, from, identtext(from, (size_t)(x->p - from)), spaced);
		return;
	}
	if (isdigit_(*from) || (*from == '.' && from + 1 < x->stop && isdigit_(from[1])))
		kind = number(x);
	else if (*from == '"' || *from == '\'')
		kind = quoted(x);
	else if ((kind = operator2(from, x->stop)) != 0)
		x->p += 2;
	else {
		x->p += utf8_decode(from, (size_t)(x->stop - from), &r);
		kind = x->p == from + 1 ? *from : TOK_OTHER;
	}
	token(x, kind, from, intern((const char *)from, (size_t)(x->p - from)), spaced);
}

void
asm_tokenize(const char *text, size_t n, SrcFile *f, Pos pos, AsmToks *out)
{
	Lexer x = { .p = (const uint8_t *)text, .file = f, .pos = pos, .out = out };
	bool spaced = false;

	x.start = x.p;
	x.stop = x.p + n;
	while (x.p < x.stop && !x.failed) {
		int c = *x.p;

		if (c == '\n') {
			token(&x, '\n', x.p, "\n", spaced);
			x.p++;
			if (f != NULL)
				pos_newline(f, (size_t)(x.p - x.start));
			spaced = false;
		} else if (c == ' ' || c == '\t' || c == '\r') {
			x.p++;
			spaced = true;
		} else if (c == '/' && x.p + 1 < x.stop && (x.p[1] == '/' || x.p[1] == '*')) {
			const uint8_t *from = x.p;

			if (comment(&x))
				token(&x, TOK_BUILD, from, "//go:build", spaced);
			spaced = true;
		} else {
			one(&x, spaced);
			spaced = false;
		}
	}
}

const char *
asm_tokname(int kind)
{
	/* clang-format off */
	static const char *const name[] = {
		"EOF", "identifier", "integer constant", "float constant", "rune constant", "string constant",
		"<<", ">>", "->", "@>", "comment", "character",
	};
	/* clang-format on */

	if (kind >= TOK_EOF)
		return name[kind - TOK_EOF];
	return kind == '\n' ? "'\\n'" : intern_printf("'%c'", kind);
}
