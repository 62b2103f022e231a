/*
 * scan.c - source text to tokens.
 *
 * A loop over a table of character classes. A pass over eight bytes at a time
 * tells whether the text is plain ASCII. If not, faults of encoding are looked
 * for apart from the tokens, one ahead, and reported when a token goes beyond
 * them. In comments and literals nothing else need be done about them;
 * elsewhere they separate tokens like white space, except within names.
 *
 * Keywords are found with a perfect hash of length and first two letters.
 *
 * Source: The Go Programming Language Specification, "Lexical elements".
 */
#include "syntax/scan.h"

#include <stdlib.h>

static const char *const texts[TK_COUNT] = {
#define T(name, text, prec) text,
#include "syntax/tokens.def"
#undef T
};

const char *
token_text(Token t)
{
	assert((unsigned)t < TK_COUNT);
	return texts[t];
}

enum {
	LETTER = 1,	/* and _ */
	DIGIT = 2,
	HEX = 4,
	SPACE = 8,	/* blank, tab, return */
	HIGH = 16,	/* first byte of a longer rune, or malformed */
};

/* clang-format off */
static const uint8_t class[256] = {
	['\t'] = SPACE, ['\r'] = SPACE, [' '] = SPACE,
	['0'] = DIGIT | HEX, ['1'] = DIGIT | HEX, ['2'] = DIGIT | HEX, ['3'] = DIGIT | HEX, ['4'] = DIGIT | HEX,
	['5'] = DIGIT | HEX, ['6'] = DIGIT | HEX, ['7'] = DIGIT | HEX, ['8'] = DIGIT | HEX, ['9'] = DIGIT | HEX,
	['A'] = LETTER | HEX, ['B'] = LETTER | HEX, ['C'] = LETTER | HEX, ['D'] = LETTER | HEX,
	['E'] = LETTER | HEX, ['F'] = LETTER | HEX,
	['G' ... 'Z'] = LETTER,
	['a'] = LETTER | HEX, ['b'] = LETTER | HEX, ['c'] = LETTER | HEX, ['d'] = LETTER | HEX,
	['e'] = LETTER | HEX, ['f'] = LETTER | HEX,
	['g' ... 'z'] = LETTER,
	['_'] = LETTER,
	[0x80 ... 0xff] = HIGH,
};
/* clang-format on */

/* keyword[hash] is a token whose text is to be compared. TK_BREAK is the first keyword and TK_VAR the last. */
static uint8_t keyword[64], keylen[TK_COUNT];

static unsigned
keyhash(const uint8_t *s, size_t n)
{
	return (s[0] + 4u * s[1] + 6u * (unsigned)n) & 63;
}

static void
initkeywords(void)
{
	if (keylen[TK_BREAK] != 0)
		return;
	for (int t = TK_BREAK; t <= TK_VAR; t++) {
		size_t n = strlen(texts[t]);
		unsigned h = keyhash((const uint8_t *)texts[t], n);

		assert(keyword[h] == 0);
		keyword[h] = (uint8_t)t;
		keylen[t] = (uint8_t)n;
	}
}

/* ---- encoding ---- */

/* The first fault of encoding at or after *off; NULL: none. *off moves to it. A byte order mark at the start is fine. */
static const char *
nextfault(const uint8_t *text, size_t n, size_t *off)
{
	size_t i = *off;

	while (i < n) {
		uint32_t r;
		int len;

		if (text[i] < 0x80 && text[i] != 0) {
			i++;
			continue;
		}
		*off = i;
		if (text[i] == 0)
			return "invalid NUL character";
		len = utf8_decode(text + i, n - i, &r);
		if (r == 0xfffd && len == 1)
			return "invalid UTF-8 encoding";
		if (r == 0xfeff && i > 0)
			return "invalid BOM in the middle of the file";
		i += (size_t)len;
	}
	return NULL;
}

static bool
plainascii(const uint8_t *p, size_t n)
{
	uint64_t high = 0, zero = 0;

	for (; n >= 8; p += 8, n -= 8) {
		uint64_t w;

		memcpy(&w, p, 8);
		high |= w;
		zero |= w - 0x0101010101010101u;	/* borrows only if there is a zero, or a byte above 0x80 */
	}
	for (; n > 0; p++, n--) {
		high |= *p;
		zero |= *p == 0 ? 0x80 : 0;
	}
	return ((high | zero) & 0x8080808080808080u) == 0;
}

/* Bytes to skip at p because nextfault complained about them (or because of a leading byte order mark). */
static int
faulty(const Scanner *s, const uint8_t *p)
{
	uint32_t r;
	int len;

	if (*p == 0)
		return p < s->end ? 1 : 0;
	if (*p < 0x80)
		return 0;
	len = utf8_decode(p, (size_t)(s->end - p), &r);
	return (r == 0xfffd && len == 1) || r == 0xfeff ? len : 0;
}

/* Finds the next fault of encoding at or after off. */
static void
seekfault(Scanner *s, size_t off)
{
	s->fault = off;
	s->faultmsg = nextfault(s->text, (size_t)(s->end - s->text), &s->fault);
	if (s->faultmsg == NULL)
		s->fault = SIZE_MAX;
}

/* Reports the faults up to the byte that will be read next. */
static void
reportfaults(Scanner *s)
{
	while (s->fault <= (size_t)(s->p - s->text)) {
		s->error(s, s->fault, s->faultmsg);
		seekfault(s, s->fault + (size_t)faulty(s, s->text + s->fault));
	}
}

void
scan_init(Scanner *s, SrcFile *src, Bytes text)
{
	initkeywords();
	s->text = s->p = text.p;
	s->end = text.p + text.n;
	s->src = src;
	s->nlsemi = false;
	s->nonascii = !plainascii(text.p, text.n);
	s->tok = TK_NONE;
	s->fault = SIZE_MAX;
	if (s->nonascii)
		seekfault(s, 0);
}

void
scan_stop(Scanner *s)
{
	s->p = s->end;
	s->nlsemi = false;
	s->tok = TK_EOF;
	s->off = (size_t)(s->end - s->text);
}

const char *
scan_literal(const Scanner *s)
{
	return intern((const char *)s->text + s->off, s->litlen);
}

/* ---- errors ---- */

static void PRINTF(3, 4) errorat(Scanner *s, const uint8_t *p, const char *fmt, ...)
{
	char msg[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	s->error(s, (size_t)(p - s->text), msg);
}

/* Near enough to Go's notion of a printable character for a message. */
static bool
printable(uint32_t r)
{
	if (r < 0xa1)
		return r >= 0x20 && r < 0x7f;
	return r != 0xad && !(r >= 0x2000 && r <= 0x200f) && !(r >= 0x2028 && r <= 0x202f) && r != 0x205f &&
	    !(r >= 0x2060 && r <= 0x206f) && r != 0x3000 && !(r >= 0xd800 && r <= 0xf8ff) && r != 0xfeff &&
	    !(r >= 0xfff0 && r <= 0xfffb) && (r & 0xfffe) != 0xfffe && r < 0xe0000;
}

/* U+0040 '@' */
static const char *
codepoint(char out[32], uint32_t r)
{
	uint8_t b[4];
	int n = utf8_encode(r, b);

	if (printable(r))
		snprintf(out, 32, "U+%04X '%.*s'", (unsigned)r, n, (char *)b);
	else
		snprintf(out, 32, "U+%04X", (unsigned)r);
	return out;
}

/* 'x', as Go would write it */
static const char *
quoted(char out[32], uint32_t r)
{
	static const char esc[] = "\aa\bb\ff\nn\rr\tt\vv\\\\''";
	uint8_t b[4];
	int n = utf8_encode(r, b);

	for (size_t i = 0; i < sizeof esc - 1; i += 2)
		if ((uint32_t)esc[i] == r) {
			snprintf(out, 32, "'\\%c'", esc[i + 1]);
			return out;
		}
	if (printable(r))
		snprintf(out, 32, "'%.*s'", n, (char *)b);
	else if (r < 0x80)
		snprintf(out, 32, "'\\x%02x'", (unsigned)r);
	else
		snprintf(out, 32, r < 0x10000 ? "'\\u%04x'" : "'\\U%08x'", (unsigned)r);
	return out;
}

static uint32_t
runeat(const Scanner *s, const uint8_t *p)
{
	uint32_t r;

	utf8_decode(p, (size_t)(s->end - p), &r);
	return r;
}

/* ---- names ---- */

/* The rest of a name with runes above 0x7F; p is at the first of them. */
static const uint8_t *
longname(Scanner *s, const uint8_t *p)
{
	char u[32];

	for (;;) {
		uint32_t r;
		int len;

		if (class[*p] & (LETTER | DIGIT)) {
			p++;
			continue;
		}
		if (*p < 0x80) {
			if (*p != 0 || p >= s->end)
				return p;
			p++;	/* a NUL that was complained about */
			continue;
		}
		len = utf8_decode(p, (size_t)(s->end - p), &r);
		if ((r == 0xfffd && len == 1) || r == 0xfeff) {
			p += len;
			continue;
		}
		if (utf8_isdigit(r)) {
			if (p == s->text + s->off)
				errorat(s, p, "identifier cannot begin with digit %s", codepoint(u, r));
		} else if (!utf8_isletter(r))
			errorat(s, p, "invalid character %s in identifier", codepoint(u, r));
		p += len;
	}
}

static void
name(Scanner *s, const uint8_t *start)
{
	const uint8_t *p = start;
	size_t n;

	while (class[*p] & (LETTER | DIGIT))
		p++;
	if (class[*p] & HIGH || (*p == 0 && p < s->end))
		p = longname(s, p);
	n = (size_t)(p - start);
	s->p = p;
	if (n >= 2) {
		unsigned t = keyword[keyhash(start, n)];

		if (keylen[t] == n && memcmp(texts[t], start, n) == 0) {
			s->tok = (uint8_t)t;
			s->nlsemi = t == TK_BREAK || t == TK_CONTINUE || t == TK_FALLTHROUGH || t == TK_RETURN;
			return;
		}
	}
	s->tok = TK_NAME;
	s->nlsemi = true;
	s->lit = intern((const char *)start, n);
}

/* ---- literals ---- */

static void
literal(Scanner *s, const uint8_t *end, LitKind kind, bool ok)
{
	s->tok = TK_LITERAL;
	s->kind = (uint8_t)kind;
	s->bad = !ok;
	s->litlen = (size_t)(end - s->text) - s->off;
	s->nlsemi = true;
	s->p = end;
}

static const char *
basetext(int base)
{
	return base == 2 ? "binary" : base == 8 ? "octal" : base == 10 ? "decimal" : "hexadecimal";
}

/* What a run of digits was made of. */
typedef struct {
	bool any, sep;
	const uint8_t *invalid;	/* first digit too large for the base, or NULL */
} Digits;

static const uint8_t *
digits(const uint8_t *p, int base, Digits *d)
{
	uint8_t want = base == 16 ? HEX : DIGIT;

	for (;; p++) {
		if (*p == '_')
			d->sep = true;
		else if (!(class[*p] & want))
			return p;
		else {
			d->any = true;
			if (base < 10 && *p >= '0' + base && d->invalid == NULL)
				d->invalid = p;
		}
	}
}

/* The first _ of the literal that does not separate digits (a prefix counts as one), or NULL. */
static const uint8_t *
strayseparator(const uint8_t *p, const uint8_t *end)
{
	bool hex = false, afterdigit = false;

	if (end - p >= 2 && p[0] == '0') {
		uint8_t c = p[1] | 0x20;

		if (c == 'x' || c == 'o' || c == 'b') {
			hex = c == 'x';
			afterdigit = true;
			p += 2;
		}
	}
	for (; p < end; p++) {
		if (*p == '_') {
			if (!afterdigit)
				return p;
			if (p + 1 == end || !(class[p[1]] & (hex ? HEX : DIGIT)))
				return p[1] == '_' && p + 1 < end ? p + 1 : p;
			afterdigit = false;
		} else
			afterdigit = class[*p] & (hex ? HEX : DIGIT);
	}
	return NULL;
}

static void
number(Scanner *s, const uint8_t *start)
{
	const uint8_t *p = start;
	Digits d = { 0 };
	LitKind kind = LIT_INT;
	int base = 10;
	char prefix = 0;		/* 'x', 'o', 'b'; '0' for a bare leading 0 */
	bool ok = true;
	char u[32];

	if (*p != '.') {
		if (*p == '0') {
			/* clang-format off */
			switch (p[1] | 0x20) {
			case 'x': base = 16; prefix = 'x'; p += 2; break;
			case 'o': base = 8; prefix = 'o'; p += 2; break;
			case 'b': base = 2; prefix = 'b'; p += 2; break;
			default: base = 8; prefix = '0'; p++; d.any = true;
			}
			/* clang-format on */
		}
		p = digits(p, base, &d);
	}
	if (*p == '.') {
		if (prefix == 'o' || prefix == 'b') {
			errorat(s, p, "invalid radix point in %s literal", basetext(base));
			ok = false;
		}
		kind = LIT_FLOAT;
		p = digits(p + 1, base, &d);
	}
	if (!d.any && ok) {
		errorat(s, p, "%s literal has no digits", basetext(base));
		ok = false;
	}
	if ((*p | 0x20) == 'e' || (*p | 0x20) == 'p') {
		bool isp = (*p | 0x20) == 'p';
		Digits e = { 0 };

		if (ok && !isp && prefix != 0 && prefix != '0') {
			errorat(s, p, "%s exponent requires decimal mantissa", quoted(u, *p));
			ok = false;
		} else if (ok && isp && prefix != 'x') {
			errorat(s, p, "%s exponent requires hexadecimal mantissa", quoted(u, *p));
			ok = false;
		}
		p++;
		kind = LIT_FLOAT;
		if (*p == '+' || *p == '-')
			p++;
		p = digits(p, 10, &e);
		d.sep |= e.sep;
		if (!e.any && ok) {
			errorat(s, p, "exponent has no digits");
			ok = false;
		}
	} else if (prefix == 'x' && kind == LIT_FLOAT && ok) {
		errorat(s, p, "hexadecimal mantissa requires a 'p' exponent");
		ok = false;
	}
	if (*p == 'i') {
		kind = LIT_IMAG;
		p++;
	}
	if (kind == LIT_INT && d.invalid != NULL && ok) {
		errorat(s, d.invalid, "invalid digit %s in %s literal", quoted(u, *d.invalid), basetext(base));
		ok = false;
	}
	if (d.sep && ok) {
		const uint8_t *stray = strayseparator(start, p);

		if (stray != NULL) {
			errorat(s, stray, "'_' must separate successive digits");
			ok = false;
		}
	}
	literal(s, p, kind, ok);
}

/* Checks the escape whose backslash is at *pp and moves over it. False: it is wrong, and said so. */
static bool
escape(Scanner *s, const uint8_t **pp, uint8_t quote)
{
	const uint8_t *p = *pp + 1;
	uint32_t x = 0, max = 0x10ffff;
	int n, base = 16;
	char u[32];

	/* clang-format off */
	switch (*p) {
	case 'a': case 'b': case 'f': case 'n': case 'r': case 't': case 'v': case '\\':
		*pp = p + 1;
		return true;
	case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7':
		n = 3;
		base = 8;
		max = 255;
		break;
	case 'x':
		p++;
		n = 2;
		max = 255;
		break;
	case 'u':
		p++;
		n = 4;
		break;
	case 'U':
		p++;
		n = 8;
		break;
	default:
		*pp = p;
		if (*p == quote) {
			(*pp)++;
			return true;
		}
		if (p >= s->end)
			return true;	/* the caller will complain */
		errorat(s, p, "unknown escape");
		return false;
	}
	/* clang-format on */
	for (; n > 0; n--, p++) {
		uint32_t d = 16;

		*pp = p;
		if (p >= s->end)
			return true;
		if (class[*p] & DIGIT)
			d = *p - '0';
		else if (class[*p] & HEX)
			d = (*p | 0x20u) - 'a' + 10;
		if (d >= (uint32_t)base) {
			errorat(s, p, "invalid character %s in %s escape", quoted(u, runeat(s, p)), basetext(base));
			return false;
		}
		x = x * (uint32_t)base + d;
	}
	*pp = p;
	if (x > max && base == 8) {
		errorat(s, p, "octal escape value %u > 255", (unsigned)x);
		return false;
	}
	if (x > max || (x >= 0xd800 && x < 0xe000)) {
		errorat(s, p, "escape is invalid Unicode code point %s",
		    x > max ? (snprintf(u, sizeof u, "U+%04X", (unsigned)x), u) : codepoint(u, x));
		return false;
	}
	return true;
}

static void
string(Scanner *s, const uint8_t *start)
{
	const uint8_t *p = start + 1;
	bool ok = true;

	for (;;) {
		while (*p != '"' && *p != '\\' && *p != '\n' && *p != 0)
			p++;
		if (*p == '"') {
			p++;
			break;
		}
		if (*p == '\\') {
			ok &= escape(s, &p, '"');
		} else if (*p == '\n') {
			errorat(s, p, "newline in string");
			ok = false;
			break;
		} else if (p >= s->end) {
			errorat(s, start, "string not terminated");
			ok = false;
			break;
		} else
			p++;	/* a NUL that was complained about */
	}
	literal(s, p, LIT_STRING, ok);
}

static void
rawstring(Scanner *s, const uint8_t *start)
{
	const uint8_t *p = start + 1;
	bool ok = true;

	for (;; p++) {
		while (*p != '`' && *p != '\n' && *p != 0)
			p++;
		if (*p == '`') {
			p++;
			break;
		}
		if (*p == '\n')
			pos_newline(s->src, (size_t)(p + 1 - s->text));
		else if (p >= s->end) {
			errorat(s, start, "string not terminated");
			ok = false;
			break;
		}
	}
	literal(s, p, LIT_STRING, ok);
}

static void
runelit(Scanner *s, const uint8_t *start)
{
	const uint8_t *p = start + 1;
	bool ok = true;
	int skip;

	for (int n = 0;; n++) {
		while (s->nonascii && (skip = faulty(s, p)) > 0)
			p += skip;
		if (*p == '\'') {
			if (ok && n == 0) {
				errorat(s, p, "empty rune literal or unescaped '");
				ok = false;
			} else if (ok && n != 1) {
				errorat(s, start, "more than one character in rune literal");
				ok = false;
			}
			p++;
			break;
		}
		if (*p == '\\') {
			ok &= escape(s, &p, '\'');
		} else if (*p == '\n') {
			if (ok)
				errorat(s, p, "newline in rune literal");
			ok = false;
			break;
		} else if (p >= s->end) {
			if (ok)
				errorat(s, start, "rune literal not terminated");
			ok = false;
			break;
		} else {
			uint32_t r;

			p += utf8_decode(p, (size_t)(s->end - p), &r);
		}
	}
	literal(s, p, LIT_CHAR, ok);
}

/* ---- comments ---- */

/* p is after the two slashes; returns where the newline is. */
static const uint8_t *
linecomment(Scanner *s, const uint8_t *p)
{
	const uint8_t *start = p - 2, *e = memchr(p, '\n', (size_t)(s->end - p));

	if (e == NULL)
		e = s->end;
	if ((*p == 'g' && e - p >= 3 && memcmp(p, "go:", 3) == 0) ||
	    (*p == 'l' && e - p >= 5 && memcmp(p, "line ", 5) == 0 && (start == s->text || start[-1] == '\n')))
		s->directive(s, (size_t)(start - s->text), (size_t)(e - start));
	return e;
}

/* p is after the opening; returns where the comment ends. */
static const uint8_t *
fullcomment(Scanner *s, const uint8_t *p, bool *multiline)
{
	const uint8_t *start = p - 2;

	for (;; p++) {
		while (*p != '*' && *p != '\n' && *p != 0)
			p++;
		if (*p == '\n') {
			*multiline = true;
			pos_newline(s->src, (size_t)(p + 1 - s->text));
		} else if (*p == '*') {
			if (p[1] == '/') {
				p += 2;
				break;
			}
		} else if (p >= s->end) {
			errorat(s, start, "comment not terminated");
			return p;
		}
	}
	if (!*multiline && p - start >= 9 && memcmp(start + 2, "line ", 5) == 0)
		s->directive(s, (size_t)(start - s->text), (size_t)(p - start));
	return p;
}

/* ---- the main switch ---- */

#define ONE(t) (s->tok = (t), s->p = p + 1)
#define ONESEMI(t) (s->tok = (t), s->nlsemi = true, s->p = p + 1)

/* An operator of n bytes that may be followed by = to make an assignment. */
static void
operator(Scanner *s, const uint8_t *p, int n, Token op)
{
	p += n;
	if (*p == '=') {
		s->op = (uint8_t)op;
		s->tok = TK_ASSIGNOP;
		p++;
	} else
		s->tok = (uint8_t)op;
	s->p = p;
}

/* An operator that = may not be appended to. */
static void
plain(Scanner *s, const uint8_t *p, int n, Token op)
{
	s->tok = (uint8_t)op;
	s->p = p + n;
}

static void
next(Scanner *s)
{
	const uint8_t *p = s->p;
	bool nlsemi = s->nlsemi;
	bool multiline;
	int skip;
	char u[32];

	s->nlsemi = false;
redo:
	for (;;) {
		while (class[*p] & SPACE)
			p++;
		if (*p != '\n' || nlsemi)
			break;
		p++;
		pos_newline(s->src, (size_t)(p - s->text));
	}
	s->off = (size_t)(p - s->text);
	if (class[*p] & LETTER) {
		name(s, p);
		return;
	}
	/* clang-format off */
	switch (*p) {
	case 0:
		if (p < s->end) {
			p++;
			goto redo;
		}
		s->p = p;
		s->tok = TK_EOF;
		if (nlsemi) {
			s->tok = TK_SEMI;
			s->kind = SEMI_EOF;
		}
		return;
	case '\n':
		p++;
		pos_newline(s->src, (size_t)(p - s->text));
		s->p = p;
		s->tok = TK_SEMI;
		s->kind = SEMI_NEWLINE;
		return;
	case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
		number(s, p);
		return;
	case '"':
		string(s, p);
		return;
	case '`':
		rawstring(s, p);
		return;
	case '\'':
		runelit(s, p);
		return;
	case '(':
		ONE(TK_LPAREN);
		return;
	case '[':
		ONE(TK_LBRACK);
		return;
	case '{':
		ONE(TK_LBRACE);
		return;
	case ',':
		ONE(TK_COMMA);
		return;
	case ';':
		ONE(TK_SEMI);
		s->kind = SEMI_CHAR;
		return;
	case ')':
		ONESEMI(TK_RPAREN);
		return;
	case ']':
		ONESEMI(TK_RBRACK);
		return;
	case '}':
		ONESEMI(TK_RBRACE);
		return;
	case '~':
		ONE(TK_TILDE);
		return;
	case ':':
		plain(s, p, p[1] == '=' ? 2 : 1, p[1] == '=' ? TK_DEFINE : TK_COLON);
		return;
	case '.':
		if (class[p[1]] & DIGIT)
			number(s, p);
		else if (p[1] == '.' && p[2] == '.')
			plain(s, p, 3, TK_ELLIPSIS);
		else
			ONE(TK_DOT);
		return;
	case '+':
	case '-':
		if (p[1] == p[0]) {
			s->op = *p == '+' ? TK_ADD : TK_SUB;
			s->tok = TK_INCOP;
			s->nlsemi = true;
			s->p = p + 2;
		} else
			operator(s, p, 1, *p == '+' ? TK_ADD : TK_SUB);
		return;
	case '*':
		operator(s, p, 1, TK_MUL);
		return;
	case '/':
		if (p[1] == '/') {
			p = linecomment(s, p + 2);
			goto redo;
		}
		if (p[1] == '*') {
			multiline = false;
			p = fullcomment(s, p + 2, &multiline);
			if (multiline && nlsemi) {
				s->p = p;
				s->tok = TK_SEMI;
				s->kind = SEMI_NEWLINE;
				return;
			}
			goto redo;
		}
		operator(s, p, 1, TK_DIV);
		return;
	case '%':
		operator(s, p, 1, TK_REM);
		return;
	case '^':
		operator(s, p, 1, TK_XOR);
		return;
	case '&':
		if (p[1] == '&')
			plain(s, p, 2, TK_ANDAND);
		else if (p[1] == '^')
			operator(s, p, 2, TK_ANDNOT);
		else
			operator(s, p, 1, TK_AND);
		return;
	case '|':
		if (p[1] == '|')
			plain(s, p, 2, TK_OROR);
		else
			operator(s, p, 1, TK_OR);
		return;
	case '<':
		if (p[1] == '=')
			plain(s, p, 2, TK_LEQ);
		else if (p[1] == '<')
			operator(s, p, 2, TK_SHL);
		else if (p[1] == '-')
			plain(s, p, 2, TK_ARROW);
		else
			plain(s, p, 1, TK_LSS);
		return;
	case '>':
		if (p[1] == '=')
			plain(s, p, 2, TK_GEQ);
		else if (p[1] == '>')
			operator(s, p, 2, TK_SHR);
		else
			plain(s, p, 1, TK_GTR);
		return;
	case '=':
		plain(s, p, p[1] == '=' ? 2 : 1, p[1] == '=' ? TK_EQL : TK_ASSIGN);
		return;
	case '!':
		plain(s, p, p[1] == '=' ? 2 : 1, p[1] == '=' ? TK_NEQ : TK_NOT);
		return;
	default:
		if (*p >= 0x80) {
			if ((skip = faulty(s, p)) > 0) {
				p += skip;
				goto redo;
			}
			name(s, p);
			return;
		}
		errorat(s, p, "invalid character %s", codepoint(u, *p));
		p++;
		goto redo;
	}
	/* clang-format on */
}

void
scan_next(Scanner *s)
{
	next(s);
	if (s->fault != SIZE_MAX)
		reportfaults(s);
}
