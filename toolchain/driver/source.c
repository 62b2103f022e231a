/*
 * source.c - the head of one file: build constraint, package clause, imports, //go:embed and //go:debug lines.
 *
 * The compiler's parser is not used here: thousands of heads are read per build, and files that are left out by
 * their constraint may hold anything. Messages for broken heads are those of go/parser.
 * Source: go help buildconstraint; documentation of go/build/constraint, package embed, "Directives"; go help doc.
 */
#include <stdlib.h>

#include "driver/driver.h"

typedef struct {
	const uint8_t *p, *end, *start, *linestart;
	int line;
	const char *err;
	int errline, errcol;
} Head;

static int
col(const Head *h, const uint8_t *p)
{
	return (int)(p - h->linestart) + 1;
}

static void
fail(Head *h, const uint8_t *p, const char *text)
{
	if (h->err != NULL)
		return;
	h->err = text;
	h->errline = h->line;
	h->errcol = col(h, p);
}

static void
newline(Head *h)		/* p is after it */
{
	h->line++;
	h->linestart = h->p;
}

static bool
isletter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
}

static bool
isword(int c)
{
	return isletter(c) || (c >= '0' && c <= '9');
}

/* Skips white space and comments; newlines count as a semicolon: returns true if one was passed. */
static bool
skip(Head *h)
{
	bool nl = false;

	while (h->p < h->end) {
		uint8_t c = *h->p;

		if (c == '\n') {
			nl = true;
			h->p++;
			newline(h);
		} else if (c == ' ' || c == '\t' || c == '\r') {
			h->p++;
		} else if (c == '/' && h->p + 1 < h->end && h->p[1] == '/') {
			while (h->p < h->end && *h->p != '\n')
				h->p++;
		} else if (c == '/' && h->p + 1 < h->end && h->p[1] == '*') {
			const uint8_t *open = h->p;

			for (h->p += 2; h->p < h->end && !(h->p[0] == '*' && h->p + 1 < h->end && h->p[1] == '/');) {
				if (*h->p++ == '\n') {
					nl = true;
					newline(h);
				}
			}
			if (h->p >= h->end) {
				fail(h, open, "comment not terminated");
				return nl;
			}
			h->p += 2;
		} else {
			break;
		}
	}
	return nl;
}

/* What is at p, for "expected X, found Y". */
static const char *
found(const Head *h)
{
	const uint8_t *p = h->p;

	if (p >= h->end)
		return "'EOF'";
	if (isletter(*p)) {
		static const char *const words[] = { "break", "case", "chan", "const", "continue", "default", "defer",
			"else", "fallthrough", "for", "func", "go", "goto", "if", "import", "interface", "map",
			"package", "range", "return", "select", "struct", "switch", "type", "var" };
		const uint8_t *e = p;
		const char *s;

		while (e < h->end && isword(*e))
			e++;
		s = sub((const char *)p, (size_t)(e - p));
		for (size_t i = 0; i < NELEM(words); i++)
			if (streq(words[i], s))
				return intern_printf("'%s'", s);
		return s;
	}
	if (*p >= '0' && *p <= '9') {
		const uint8_t *e = p;

		while (e < h->end && isword(*e))
			e++;
		return sub((const char *)p, (size_t)(e - p));
	}
	return intern_printf("'%c'", *p);
}

static const char *
word(Head *h)
{
	const uint8_t *s = h->p;

	if (h->p >= h->end || !isletter(*h->p))
		return NULL;
	while (h->p < h->end && isword(*h->p))
		h->p++;
	return sub((const char *)s, (size_t)(h->p - s));
}

static bool
peekword(const Head *h, const char *w)
{
	size_t n = strlen(w);

	return (size_t)(h->end - h->p) >= n && memcmp(h->p, w, n) == 0 && (h->p + n == h->end || !isword(h->p[n]));
}

/* A string literal; NULL if there is none or it is broken. */
static const char *
string(Head *h)
{
	const uint8_t *s = h->p;
	Buf b = { 0 };
	const char *r;

	if (h->p >= h->end)
		return NULL;
	if (*s == '`') {
		for (h->p++; h->p < h->end && *h->p != '`';)
			if (*h->p++ == '\n')
				newline(h);
		if (h->p >= h->end)
			return NULL;
		h->p++;
		return sub((const char *)s + 1, (size_t)(h->p - s - 2));
	}
	if (*s != '"')
		return NULL;
	for (h->p++; h->p < h->end && *h->p != '"' && *h->p != '\n'; h->p++) {
		if (*h->p == '\\' && h->p + 1 < h->end) {
			h->p++;
			if (*h->p == 'x' && h->end - h->p > 2) {
				char hex[3] = { (char)h->p[1], (char)h->p[2], 0 };

				buf_byte(&b, (uint8_t)strtol(hex, NULL, 16));
				h->p += 2;
				continue;
			}
		}
		buf_byte(&b, *h->p);
	}
	if (h->p >= h->end || *h->p != '"') {
		buf_free(&b);
		return NULL;
	}
	h->p++;
	r = intern_str(buf_cstr(&b));
	buf_free(&b);
	return r;
}

/* The first sentence of a package comment. Source: documentation of go/doc.Package.Synopsis. */
static const char *
synopsis(const char *text, size_t n)
{
	Buf b = { 0 };
	const char *r;
	char low[16] = "";
	bool space = false;

	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (c == '\n' && i + 1 < n && (text[i + 1] == '\n' || (text[i + 1] == '\t' && b.n > 0)))
			if (b.n > 0)
				break;
		if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
			space = b.n > 0;
			continue;
		}
		if (space)
			buf_byte(&b, ' ');
		space = false;
		buf_byte(&b, (uint8_t)c);
		/* a period after a capital letter is an initial, not an end, unless another capital stands before */
		if (c == '.' && (i + 1 >= n || text[i + 1] == ' ' || text[i + 1] == '\n' || text[i + 1] == '\t')) {
			char q = i >= 1 ? text[i - 1] : 0, q2 = i >= 2 ? text[i - 2] : 0;

			if (!(q >= 'A' && q <= 'Z') || (q2 >= 'A' && q2 <= 'Z'))
				break;
		}
	}
	r = buf_cstr(&b);
	for (size_t i = 0; i < sizeof low - 1 && r[i] != '\0'; i++)
		low[i] = r[i] >= 'A' && r[i] <= 'Z' ? (char)(r[i] + 32) : r[i];
	r = hasprefix(low, "copyright") || hasprefix(low, "all rights") || hasprefix(low, "author") ? "" :
												      intern_str(r);
	buf_free(&b);
	return r;
}

/* The patterns after //go:embed. Returns false if they are malformed. */
static bool
embeds(SrcInfo *s, const uint8_t *p, const uint8_t *end, int line, const uint8_t *linestart)
{
	for (;;) {
		SrcRef r = { .line = line };

		while (p < end && (*p == ' ' || *p == '\t' || *p == '\r'))
			p++;
		if (p >= end)
			return true;
		r.col = (int)(p - linestart) + 1;
		if (*p == '"' || *p == '`') {
			Head h = { .p = p, .end = end, .start = p, .linestart = p };

			r.path = string(&h);
			if (r.path == NULL || (h.p < end && *h.p != ' ' && *h.p != '\t' && *h.p != '\r'))
				return false;
			p = h.p;
		} else {
			const uint8_t *e = p;

			while (e < end && *e != ' ' && *e != '\t' && *e != '\r')
				e++;
			r.path = sub((const char *)p, (size_t)(e - p));
			p = e;
		}
		vec_push(perm, &s->embeds, r);
	}
}

/* The rest of a file that imports embed, for //go:embed lines outside strings and other comments. */
static void
findembeds(Head *h, SrcInfo *s)
{
	bool blank = true;	/* only white space so far on this line */

	while (h->p < h->end) {
		uint8_t c = *h->p;

		if (c == '\n') {
			h->p++;
			newline(h);
			blank = true;
			continue;
		}
		if (c == ' ' || c == '\t' || c == '\r') {
			h->p++;
			continue;
		}
		if (c == '/' && h->p + 1 < h->end && h->p[1] == '/') {
			const uint8_t *e = memchr(h->p, '\n', (size_t)(h->end - h->p));

			if (e == NULL)
				e = h->end;
			if (blank && e - h->p > 10 && memcmp(h->p, "//go:embed", 10) == 0 &&
			    (h->p[10] == ' ' || h->p[10] == '\t') && !embeds(s, h->p + 10, e, h->line, h->linestart))
				fail(h, h->p + 11,
				    intern_printf("invalid quoted string in //go:embed: %.*s", (int)(e - h->p - 11),
					h->p + 11));
			h->p = e;
			continue;
		}
		blank = false;
		if (c == '/' && h->p + 1 < h->end && h->p[1] == '*') {
			for (h->p += 2; h->p + 1 < h->end && !(h->p[0] == '*' && h->p[1] == '/');)
				if (*h->p++ == '\n')
					newline(h);
			h->p += h->p + 1 < h->end ? 2 : 1;
		} else if (c == '`') {
			for (h->p++; h->p < h->end && *h->p != '`';)
				if (*h->p++ == '\n')
					newline(h);
			h->p++;
		} else if (c == '"' || c == '\'') {
			for (h->p++; h->p < h->end && *h->p != c && *h->p != '\n'; h->p++)
				if (*h->p == '\\' && h->p + 1 < h->end && h->p[1] != '\n')
					h->p++;
			if (h->p < h->end && *h->p == c)
				h->p++;
		} else {
			h->p++;
		}
	}
}

/* The // +build lines of a header. They count when a blank line follows, and nothing but // comments stands before it. */
typedef struct {
	Buf expr;
	size_t counted;			/* bytes of expr that a blank line has followed */
	bool ended;
} PlusBuild;

static void
plusline(PlusBuild *pb, const char *line, size_t n)
{
	const char *x = pb->ended ? NULL : constraint_plusbuild(line, n);

	if (x == NULL)
		return;
	if (pb->expr.n > 0)
		buf_str(&pb->expr, " && ");
	buf_printf(&pb->expr, "(%s)", x);
}

static bool
isblankline(const Head *h)	/* p is at its end */
{
	for (const uint8_t *p = h->linestart; p < h->p; p++)
		if (*p != ' ' && *p != '\t' && *p != '\r')
			return false;
	return true;
}

/* Comments before the package clause (in other files: before anything else). */
static void
header(Head *h, SrcInfo *s, bool isgo, PlusBuild *pb)
{
	const uint8_t *docstart = NULL, *docend = NULL;
	int doclast = -1;

	while (h->p < h->end) {
		const uint8_t *line = h->p;
		uint8_t c = *h->p;

		if (c == '\n') {
			if (!pb->ended && isblankline(h))
				pb->counted = pb->expr.n;
			h->p++;
			newline(h);
			continue;
		}
		if (c == ' ' || c == '\t' || c == '\r') {
			h->p++;
			continue;
		}
		if (c != '/' || h->p + 1 >= h->end)
			break;
		if (h->p[1] == '/') {
			const uint8_t *e = memchr(line, '\n', (size_t)(h->end - line));
			const char *t = (const char *)line;
			size_t n;

			if (e == NULL)
				e = h->end;
			n = (size_t)(e - line);
			while (n > 0 && (t[n - 1] == '\r' || t[n - 1] == ' ' || t[n - 1] == '\t'))
				n--;
			if (n > 10 && memcmp(t, "//go:build", 10) == 0 && (t[10] == ' ' || t[10] == '\t')) {
				if (s->constraint[0] != '\0')
					fail(h, line, "multiple //go:build comments");
				else
					s->constraint = sub(t + 11, n - 11);
			} else if (isgo && n > 10 && memcmp(t, "//go:debug", 10) == 0 &&
			    (t[10] == ' ' || t[10] == '\t')) {
				strs_add(&s->godebug, sub(t + 11, n - 11));
			} else {
				plusline(pb, t, n);
			}
			if (doclast != h->line - 1)
				docstart = line;
			docend = e;
			doclast = h->line;
			h->p = e;
			continue;
		}
		if (h->p[1] == '*') {
			pb->ended = true;
			if (doclast != h->line - 1)
				docstart = line;
			for (h->p += 2; h->p + 1 < h->end && !(h->p[0] == '*' && h->p[1] == '/');)
				if (*h->p++ == '\n')
					newline(h);
			if (h->p + 1 >= h->end) {
				h->p = h->end;
				if (isgo)
					fail(h, line, "comment not terminated");
				return;
			}
			h->p += 2;
			docend = h->p;
			doclast = h->line;
			continue;
		}
		break;
	}
	if (isgo && docstart != NULL && doclast == h->line - 1) {
		Buf b = { 0 };

		for (const uint8_t *p = docstart; p < docend;) {
			const uint8_t *e, *q;

			while (p < docend && *p != '/')
				p++;
			if (p + 1 >= docend)
				break;
			if (p[1] == '*') {
				e = memmem(p + 2, (size_t)(docend - p - 2), "*/", 2);
				if (e == NULL)
					break;
				buf_put(&b, p + 2, (size_t)(e - p - 2));
				buf_byte(&b, '\n');
				p = e + 2;
				continue;
			}
			e = memchr(p, '\n', (size_t)(docend - p));
			if (e == NULL)
				e = docend;
			q = p + 2;
			if (!(e - q > 3 && memcmp(q, "go:", 3) == 0)) {
				if (q < e && *q == ' ')
					q++;
				buf_put(&b, q, (size_t)(e - q));
				buf_byte(&b, '\n');
			}
			p = e;
		}
		s->doc = synopsis(buf_cstr(&b), b.n);
		buf_free(&b);
	}
}

static bool
oneimport(Head *h, SrcInfo *s)
{
	SrcRef r;
	const uint8_t *at;

	r.line = h->line;
	r.col = col(h, h->p);
	if (h->p < h->end && *h->p == '.') {
		h->p++;
		skip(h);
	} else if (word(h) != NULL) {
		while (h->p < h->end && (*h->p == ' ' || *h->p == '\t' || *h->p == '\r'))
			h->p++;
	}
	at = h->p;
	r.path = string(h);
	if (r.path == NULL) {
		fail(h, at,
		    at < h->end && (*at == '"' || *at == '`') ? "string literal not terminated" :
			"missing import path");
		return false;
	}
	if (r.path[0] == '\0') {
		fail(h, at, "invalid import path: \"\"");
		return false;
	}
	if (streq(r.path, "embed"))
		s->embedimport = true;
	if (streq(r.path, "C"))
		s->cgo = true;
	vec_push(perm, &s->imports, r);
	return true;
}

void
source_scan(SrcInfo *s, const uint8_t *p, size_t n, bool isgo)
{
	Head h = { .p = p, .end = p + n, .start = p, .linestart = p, .line = 1 };
	Head rest = h;		/* after the last import: comments of what follows may be directives */
	PlusBuild pb = { 0 };
	const char *name;

	s->parsed = true;
	s->pkg = s->constraint = s->doc = s->err = s->importcomment = "";
	s->imports.n = s->embeds.n = s->godebug.n = 0;
	s->embedimport = s->cgo = s->bad = false;
	if (n >= 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf)
		h.p += 3;
	header(&h, s, isgo, &pb);
	if (s->constraint[0] == '\0' && pb.counted > 0)
		s->constraint = sub((const char *)pb.expr.p, pb.counted);
	buf_free(&pb.expr);
	if (!isgo)
		goto out;
	if (h.err != NULL)
		goto out;
	if (!peekword(&h, "package")) {
		fail(&h, h.p, intern_printf("expected 'package', found %s", found(&h)));
		goto out;
	}
	h.p += 7;
	skip(&h);
	s->pkgline = h.line;
	s->pkgcol = col(&h, h.p);
	{
		const uint8_t *at = h.p;

		name = word(&h);
		if (name == NULL) {
			fail(&h, at, intern_printf("expected 'IDENT', found %s", found(&h)));
			goto out;
		}
		if (streq(name, "_"))
			fail(&h, at, "invalid package name _");
	}
	s->pkg = name;
	/* package x // import "path" */
	while (h.p < h.end && (*h.p == ' ' || *h.p == '\t'))
		h.p++;
	if (h.end - h.p > 3 && h.p[0] == '/' && (h.p[1] == '/' || h.p[1] == '*')) {
		Head c = h;

		c.p += 2;
		while (c.p < c.end && (*c.p == ' ' || *c.p == '\t'))
			c.p++;
		if (peekword(&c, "import")) {
			const char *path;

			c.p += 6;
			while (c.p < c.end && (*c.p == ' ' || *c.p == '\t'))
				c.p++;
			path = string(&c);
			if (path != NULL)
				s->importcomment = path;
		}
	}
	for (;;) {
		bool nl;

		rest = h;
		nl = skip(&h);
		if (h.err != NULL)
			goto out;
		if (h.p < h.end && *h.p == ';') {
			h.p++;
			continue;
		}
		if (!peekword(&h, "import")) {
			if (!nl && h.p < h.end && s->imports.n == 0 && *h.p != ';' && h.linestart <= h.p &&
			    s->pkgline == h.line)
				fail(&h, h.p, intern_printf("expected ';', found %s", found(&h)));
			break;
		}
		h.p += 6;
		skip(&h);
		if (h.p < h.end && *h.p == '(') {
			h.p++;
			for (;;) {
				skip(&h);
				if (h.err != NULL)
					goto out;
				if (h.p >= h.end) {
					fail(&h, h.p, "expected ')', found 'EOF'");
					goto out;
				}
				if (*h.p == ';') {
					h.p++;
					continue;
				}
				if (*h.p == ')') {
					h.p++;
					break;
				}
				if (!oneimport(&h, s))
					goto out;
			}
		} else if (!oneimport(&h, s)) {
			goto out;
		}
	}
	if (s->embedimport && h.err == NULL) {
		h = rest;
		findembeds(&h, s);
	}
out:
	if (h.err != NULL) {
		s->bad = true;
		s->err = intern_printf("%d:%d: %s", h.errline, h.errcol, h.err);
	}
}
