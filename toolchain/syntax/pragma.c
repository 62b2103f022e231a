/*
 * pragma.c - comments that are instructions: //go:..., //line and go:build lines.
 *
 * A directive is kept until the next declaration claims it. What is left when
 * a statement or declaration ends was misplaced. Errors in directives are no
 * errors of the syntax: they do not count in nerrors, and parsing goes on as if
 * nothing had happened.
 *
 * Source: documentation of cmd/compile, "Compiler Directives" and "Line
 * Directives"; documentation of cmd/go, "Build constraints"; package embed,
 * "Directives".
 */
#include "syntax/parse.h"

#include <stdlib.h>

/* ---- //line ---- */

/* The number after the last colon of text[0..n). Returns the offset after the colon, 0: there is none; -1 in *v: no number. */
static size_t
lastnumber(const char *text, size_t n, int64_t *v)
{
	size_t i = n, start;

	while (i > 0 && text[i - 1] != ':')
		i--;
	*v = -1;
	if (i == 0)
		return 0;
	start = i;
	if (i < n)
		*v = 0;
	for (; i < n; i++) {
		if (text[i] < '0' || text[i] > '9') {
			*v = -1;
			break;
		}
		if (*v < INT64_MAX / 16)
			*v = *v * 10 + (text[i] - '0');
	}
	return start;
}

/* text follows "//line "; from: where the new numbering starts; at: where text is, for messages. */
static void
linedirective(Parser *p, size_t from, size_t at, const char *text, size_t n)
{
	enum { MAXLINE = 1 << 30 };
	int64_t line, col = 0, v2;
	size_t i = lastnumber(text, n, &line), i2;
	const char *file;

	if (i == 0)
		return;
	if (line < 0) {
		parse_errorat(p, pos_make(p->s.src, at + i), "invalid line number: %.*s", (int)(n - i), text + i);
		return;
	}
	i2 = lastnumber(text, i - 1, &v2);
	if (i2 > 0 && v2 >= 0) {
		col = line;
		line = v2;
		if (col == 0 || col > MAXLINE) {
			parse_errorat(p, pos_make(p->s.src, at + i), "invalid column number: %.*s", (int)(n - i),
			    text + i);
			return;
		}
		n = i - 1;
		i = i2;
	}
	if (line == 0 || line > MAXLINE) {
		parse_errorat(p, pos_make(p->s.src, at + i), "invalid line number: %.*s", (int)(n - i), text + i);
		return;
	}
	/* With a column an empty name means the one in force. */
	file = i == 1 && col > 0 ? pos_loc(pos_make(p->s.src, at)).file : intern(text, i - 1);
	if (text[-6] == '/')	/* a line comment: the newline belongs to it */
		pos_newline(p->s.src, from);
	pos_linedirective(p->s.src, from, file, (int)line, (int)col);
}

/* ---- //go:build ---- */

/*
 * The Go version that a build constraint implies: both sides of && hold, so
 * the larger counts; of || only one, so the smaller. -1: none.
 */
typedef struct {
	const char *s, *end;
	bool bad;
	int depth;
} Constraint;

static int orexpr(Constraint *c, bool not);

static void
blanks(Constraint *c)
{
	while (c->s < c->end && (*c->s == ' ' || *c->s == '\t'))
		c->s++;
}

static bool
tagchar(char ch)
{
	return (ch >= '0' && ch <= '9') || ((ch | 0x20) >= 'a' && (ch | 0x20) <= 'z') || ch == '_' || ch == '.' ||
	    (ch & 0x80) != 0;
}

static int
notexpr(Constraint *c, bool not)
{
	const char *tag;
	size_t n;
	int v = -1;

	blanks(c);
	if (c->s >= c->end || c->depth > 1000) {
		c->bad = true;
		return -1;
	}
	if (*c->s == '!') {
		c->s++;
		c->depth++;
		v = notexpr(c, !not);
		c->depth--;
		return v;
	}
	if (*c->s == '(') {
		c->s++;
		c->depth++;
		v = orexpr(c, not);
		c->depth--;
		blanks(c);
		if (c->s >= c->end || *c->s != ')')
			c->bad = true;
		else
			c->s++;
		return v;
	}
	tag = c->s;
	while (c->s < c->end && tagchar(*c->s))
		c->s++;
	n = (size_t)(c->s - tag);
	if (n == 0)
		c->bad = true;
	if (not|| n < 3 || memcmp(tag, "go1", 3) != 0)
		return -1;
	if (n == 3)
		return 0;
	if (tag[3] != '.' || n == 4 || n > 10)
		return -1;
	v = 0;
	for (size_t i = 4; i < n; i++) {
		if (tag[i] < '0' || tag[i] > '9')
			return -1;
		v = v * 10 + (tag[i] - '0');
	}
	return v;
}

static bool
gottwo(Constraint *c, char ch)
{
	blanks(c);
	if (c->end - c->s < 2 || c->s[0] != ch || c->s[1] != ch)
		return false;
	c->s += 2;
	return true;
}

static int
andexpr(Constraint *c, bool not)
{
	int v = notexpr(c, not);

	while (!c->bad && gottwo(c, '&')) {
		int w = notexpr(c, not);

		v = (w > v) != not ? w : v;
	}
	return v;
}

static int
orexpr(Constraint *c, bool not)
{
	int v = andexpr(c, not);

	while (!c->bad && gottwo(c, '|')) {
		int w = andexpr(c, not);

		v = (w > v) == not ? w : v;
	}
	return v;
}

/* "go1.N" from the text after //go:build, or NULL. */
const char *
parse_goversion(const char *line, size_t n)
{
	Constraint c = { line, line + n, false, 0 };
	int v = orexpr(&c, false);

	blanks(&c);
	if (c.bad || c.s < c.end || v < 0)
		return NULL;
	return v == 0 ? intern_str("go1") : intern_printf("go1.%d", v);
}

/* ---- //go:... ---- */

typedef Vec(const char *) Words;

static bool
isblank8(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\n' || ch == '\r' || ch == '\v' || ch == '\f';
}

static void
splitwords(Arena *a, const char *s, Words *out)
{
	while (*s != '\0') {
		const char *e;

		while (isblank8(*s))
			s++;
		for (e = s; *e != '\0' && !isblank8(*e); e++)
			;
		if (e > s)
			vec_push(a, out, intern(s, (size_t)(e - s)));
		s = e;
	}
}

/* Words of a cgo line: text in double quotes is one word, quotes included; an open quote ends the line. */
static void
splitquoted(Arena *a, const char *s, Words *out)
{
	while (*s != '\0') {
		const char *e = s + 1;

		if (isblank8(*s)) {
			s++;
			continue;
		}
		if (*s == '"') {
			e = strchr(s + 1, '"');
			if (e == NULL)
				return;
			e++;
		} else
			while (*e != '\0' && *e != '"' && !isblank8(*e))
				e++;
		vec_push(a, out, intern(s, (size_t)(e - s)));
		s = e;
	}
}

static bool
isquoted(const char *s)
{
	size_t n = strlen(s);

	return n >= 2 && s[0] == '"' && s[n - 1] == '"';
}

static const struct {
	const char *verb;
	uint32_t flags;
} verbs[] = {
	{ "go:build", PRAGMA_GOBUILD },
	{ "go:noescape", PRAGMA_NOESCAPE },
	{ "go:norace", PRAGMA_NORACE },
	{ "go:nosplit", PRAGMA_NOSPLIT | PRAGMA_NOCHECKPTR },
	{ "go:noinline", PRAGMA_NOINLINE },
	{ "go:nocheckptr", PRAGMA_NOCHECKPTR },
	{ "go:systemstack", PRAGMA_SYSTEMSTACK },
	{ "go:nowritebarrier", PRAGMA_NOWRITEBARRIER },
	{ "go:nowritebarrierrec", PRAGMA_NOWRITEBARRIERREC | PRAGMA_NOWRITEBARRIER },
	{ "go:yeswritebarrierrec", PRAGMA_YESWRITEBARRIERREC },
	{ "go:cgo_unsafe_args", PRAGMA_CGOUNSAFEARGS | PRAGMA_NOCHECKPTR },
	{ "go:uintptrkeepalive", PRAGMA_UINTPTRKEEPALIVE },
	{ "go:uintptrescapes", PRAGMA_UINTPTRESCAPES | PRAGMA_UINTPTRKEEPALIVE },
	{ "go:registerparams", PRAGMA_REGISTERPARAMS },
};

static bool
starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Verbs without a flag that -std lets pass. */
static bool
knowninstd(const char *verb)
{
	static const char *const known[] = {
		"go:cgo_export_static",
		"go:cgo_export_dynamic",
		"go:cgo_import_static",
		"go:cgo_import_dynamic",
		"go:cgo_ldflag",
		"go:cgo_dynamic_linker",
		"go:embed",
		"go:generate",
	};

	for (size_t i = 0; i < NELEM(known); i++)
		if (strcmp(verb, known[i]) == 0)
			return true;
	return false;
}

/* Checks the words of a cgo line and keeps it. */
static void
cgoline(Parser *p, Pos pos, const char *text)
{
	Words f = { 0 };
	const char *verb, *usage = NULL;
	bool ok;

	splitquoted(p->a, text, &f);
	if (f.n == 0)
		return;
	verb = f.at[0] + 3;
	ok = f.n >= 2;
	if (strcmp(verb, "cgo_export_static") == 0 || strcmp(verb, "cgo_export_dynamic") == 0) {
		ok = ok && f.n <= 3 && !isquoted(f.at[1]) && (f.n == 2 || !isquoted(f.at[2]));
		usage = "local [remote]";
	} else if (strcmp(verb, "cgo_import_dynamic") == 0) {
		ok = ok && f.n <= 4 && !isquoted(f.at[1]) && (f.n == 2 || !isquoted(f.at[2])) &&
		    (f.n < 4 || isquoted(f.at[3]));
		usage = "local [remote [\"library\"]]";
	} else if (strcmp(verb, "cgo_import_static") == 0) {
		ok = f.n == 2 && !isquoted(f.at[1]);
		usage = "local";
	} else if (strcmp(verb, "cgo_dynamic_linker") == 0) {
		ok = f.n == 2 && isquoted(f.at[1]);
		usage = "\"path\"";
	} else if (strcmp(verb, "cgo_ldflag") == 0) {
		ok = f.n == 2 && isquoted(f.at[1]);
		usage = "\"arg\"";
	} else
		return;
	if (!ok)
		diag_error(pos, "usage: //go:%s %s", verb, usage);
	else
		vec_push(p->a, &p->file->cgodirectives, text + 3);
}

/* A library name that means nothing else when it ends up on a command line. */
static bool
safelibrary(const char *quotedname)
{
	uint8_t c = (uint8_t)quotedname[1];

	return c == '"' || (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' || c == '_' ||
	    c == '/' || c >= 0x80;
}

static void
embedline(Parser *p, Pos pos, const char *args)
{
	int n = 0;

	while (isblank8(*args))
		args++;
	while (*args != '\0') {
		const char *e = args + 1;
		const char *pattern;

		if (*args == '`' || *args == '"') {
			Buf b = { 0 };

			while (*e != '\0' && *e != *args) {
				if (*args == '"' && *e == '\\' && e[1] != '\0')
					e++;
				e++;
			}
			if (*e == '\0' || (e[1] != '\0' && !isblank8(e[1]))) {
				diag_error(pos, "invalid quoted string in //go:embed: %s", args);
				break;
			}
			e++;
			lit_string(&b, intern(args, (size_t)(e - args)));
			pattern = intern((const char *)b.p, b.n);
			buf_free(&b);
		} else {
			while (*e != '\0' && !isblank8(*e))
				e++;
			pattern = intern(args, (size_t)(e - args));
		}
		vec_push(p->a, &p->pragmas.embeds, pattern);
		n++;
		for (args = e; isblank8(*args);)
			args++;
	}
	if (n == 0)
		diag_error(pos, "usage: //go:embed pattern...");
	else
		vec_push(p->a, &p->pragmas.embedpos, pos);
}

static void
linknameline(Parser *p, Pos pos, const char *text)
{
	Words f = { 0 };

	splitwords(p->a, text, &f);
	if (f.n != 2 && f.n != 3) {
		diag_error(pos, "usage: //go:linkname localname [linkname]");
		return;
	}
	vec_push(p->a, &p->file->linknames, ((Linkname){ pos, f.at[1], f.n == 3 ? f.at[2] : NULL }));
}

static void
otherline(Parser *p, Pos pos, const char *text)
{
	const char *space = strchr(text, ' ');
	const char *verb = space != NULL ? intern(text, (size_t)(space - text)) : text;
	uint32_t flags = 0;

	for (size_t i = 0; i < NELEM(verbs); i++)
		if (strcmp(verb, verbs[i].verb) == 0)
			flags = verbs[i].flags;
	if (!(p->flags & PARSE_RUNTIME) &&
	    flags & (PRAGMA_SYSTEMSTACK | PRAGMA_NOWRITEBARRIER | PRAGMA_NOWRITEBARRIERREC | PRAGMA_YESWRITEBARRIERREC))
		diag_error(pos, "//%s only allowed in runtime", verb);
	if (!(p->flags & PARSE_STD) && flags == PRAGMA_UINTPTRKEEPALIVE)
		diag_error(pos, "//%s is only allowed in the standard library", verb);
	if (p->flags & PARSE_STD && flags == 0 && !knowninstd(verb))
		diag_error(pos, "//%s is not allowed in the standard library", verb);
	if (flags == 0)
		return;
	p->pragmas.flags |= flags;
	vec_push(p->a, &p->pragmas.at, ((PragmaPos){ pos, flags }));
}

/* Only blanks before it on its line? */
static bool
alone(const Scanner *s, size_t off)
{
	while (off > 0 && (s->text[off - 1] == ' ' || s->text[off - 1] == '\t' || s->text[off - 1] == '\r'))
		off--;
	return off == 0 || s->text[off - 1] == '\n';
}

void
parse_directive(Scanner *s, size_t off, size_t n)
{
	Parser *p = (Parser *)s;
	const char *raw = (const char *)s->text + off;
	const char *text;
	Pos pos = pos_make(s->src, off + 2);

	if (raw[1] == '*') {
		linedirective(p, off + n, off + 7, raw + 7, n - 9);
		return;
	}
	if (raw[n - 1] == '\r')
		n--;
	if (raw[2] == 'l') {
		size_t next = (size_t)(s->end - s->text);
		const uint8_t *nl = memchr(s->text + off, '\n', next - off);

		linedirective(p, nl != NULL ? (size_t)(nl + 1 - s->text) : next, off + 7, raw + 7, n - 7);
		return;
	}
	text = intern(raw + 2, n - 2);
	if (p->top && n > 10 && memcmp(raw, "//go:build", 10) == 0 && (raw[10] == ' ' || raw[10] == '\t')) {
		const char *v = parse_goversion(raw + 10, n - 10);

		p->file->goversion = v;
	}
	p->pragmas.any = true;
	if (!alone(s, off)) {
		diag_error(pos, "misplaced compiler directive");
		return;
	}
	if (starts(text, "go:linkname ")) {
		linknameline(p, pos, text);
		return;
	}
	if (strcmp(text, "go:embed") == 0 || starts(text, "go:embed ")) {
		embedline(p, pos, text + 8);
		return;
	}
	if (starts(text, "go:wasmimport ")) {	/* for another CPU; the form is checked nevertheless */
		Words f = { 0 };

		splitwords(p->a, text, &f);
		if (f.n != 3)
			diag_error(pos, "usage: //go:wasmimport importmodule importname");
		return;
	}
	if (starts(text, "go:cgo_")) {
		Words f = { 0 };

		/* The form with a library is allowed everywhere, for packages that bind system libraries themselves. */
		splitquoted(p->a, text, &f);
		if (f.n >= 4 && strcmp(f.at[0], "go:cgo_import_dynamic") == 0) {
			if (isquoted(f.at[3]) && !safelibrary(f.at[3]) && !p->cgofile)
				diag_error(pos, "invalid library name %s in cgo_import_dynamic directive", f.at[3]);
			cgoline(p, pos, text);
			return;
		}
		if (!p->cgofile && !(p->flags & PARSE_STD))
			diag_error(pos, "//%s only allowed in cgo-generated code", text);
		cgoline(p, pos, text);
	}
	otherline(p, pos, text);
}

static void
forget(Parser *p)
{
	Pragmas *g = &p->pragmas;

	g->any = false;
	g->flags = 0;
	g->at.n = 0;
	g->embeds.n = g->embedpos.n = 0;
}

static void
misplaced(Parser *p, uint32_t allowed, bool embedok)
{
	Pragmas *g = &p->pragmas;

	for (int i = 0; i < g->at.n; i++)
		if (g->at.at[i].flags & ~allowed)
			diag_error(g->at.at[i].pos, "misplaced compiler directive");
	for (int i = 0; i < g->embedpos.n && !embedok; i++)
		diag_error(g->embedpos.at[i], "misplaced go:embed directive");
}

void
parse_clearpragmas(Parser *p)
{
	if (!p->pragmas.any)
		return;
	misplaced(p, 0, false);
	forget(p);
}

/* Hands what is pending to a declaration. embedvar: the variable declaration that may have //go:embed, or NULL. */
uint32_t
parse_takepragmas(Parser *p, uint32_t allowed, Decl *embedvar)
{
	Pragmas *g = &p->pragmas;
	uint32_t flags = g->flags;

	if (!g->any)
		return 0;
	misplaced(p, allowed, embedvar != NULL);
	if (embedvar != NULL && g->embeds.n > 0) {
		for (int i = 0; i < g->embeds.n; i++)
			vec_push(p->a, &embedvar->value.embeds, g->embeds.at[i]);
		embedvar->value.embedpos = g->embedpos.at[0];
	}
	forget(p);
	return flags & allowed;
}
