/*
 * macro.c - the preprocessor: #include, #define and #undef, #ifdef, #ifndef, #else, #endif, #line, macros.
 *
 * Not C's: there are no expressions, blanks in a macro's body do not count, a macro without arguments is replaced
 * where it stands, and one with arguments only before a parenthesis. A wrong directive ends the file. Sources stand on
 * a stack: files, and the bodies of macros as they are used; both are lists of tokens.
 */
#include <errno.h>
#include <stdlib.h>

#include "asm/asm.h"

enum {
	MAXDEPTH = 100,		/* sources on the stack */
	MAXEXPAND = 1 << 23,	/* tokens that macros make, all in all: a line may double them a hundred times */
};

typedef struct {
	const char *name;
	bool hasargs;
	Vec(const char *) args;
	AsmToks body;
} Macro;

typedef struct {
	AsmToks toks;
	int at;
	SrcFile *file;		/* of a file; NULL: of a macro */
} Source;

struct AsmInput {
	const AsmLexConfig *cfg;
	const char *dir;	/* of the first file: searched before -I */
	Source stack[MAXDEPTH];
	int depth;
	Map *macros;
	Vec(bool) ifs;		/* whether the text of each open #ifdef counts */
	bool linestart, ended;
	AsmTok last;		/* from the sources */
	bool pushed;		/* asm_next gives it again, as it is */
	size_t expanded;
};

static void PRINTF(2, 3) fail(AsmInput *in, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!in->ended)
		diag_verror(in->last.pos, fmt, ap);
	va_end(ap);
	in->ended = true;
}

/* The next token of the sources. Line ends of macros are those of their bodies. */
static AsmTok
raw(AsmInput *in)
{
	while (in->depth > 0 && !in->ended) {
		Source *s = &in->stack[in->depth - 1];

		if (s->at < s->toks.n)
			return in->last = s->toks.at[s->at++];
		if (in->depth == 1)
			break;
		in->depth--;
	}
	return in->last = (AsmTok){ TOK_EOF, false, "EOF", in->last.pos };
}

static void
push(AsmInput *in, AsmToks toks, SrcFile *file)
{
	if (in->depth == MAXDEPTH) {
		fail(in, "input recursion");
		return;
	}
	in->stack[in->depth++] = (Source){ toks, 0, file };
}

static bool
pushfile(AsmInput *in, const char *name)
{
	AsmToks toks = { 0 };
	SrcFile *f;
	Bytes b;

	if (!file_trymap(name, &b))
		return false;
	f = pos_addfile(name, b.n, 1);
	asm_tokenize((const char *)b.p, b.n, f, 0, &toks);
	push(in, toks, f);
	return true;
}

static bool
enabled(const AsmInput *in)
{
	return in->ifs.n == 0 || vec_last(&in->ifs);
}

/* ---- directives ---- */

static const char *
macroname(AsmInput *in)
{
	AsmTok t = raw(in);

	if (t.kind != TOK_IDENT)
		fail(in, "expected identifier after # directive; got \"%s\"", t.kind == '\n' ? "\\n" : t.text);
	return t.text;
}

static void
newline(AsmInput *in, const char *after)
{
	AsmTok t = raw(in);

	if (t.kind != '\n')
		fail(in, "expected newline after %s; got \"%s\"", after, t.text);
}

/* The names in parentheses; the opening one has been read. */
static void
formals(AsmInput *in, Macro *m)
{
	bool wantname = true;

	for (;;) {
		AsmTok t = raw(in);

		if (t.kind == ')')
			return;
		if (t.kind == ',' && !wantname)
			wantname = true;
		else if (t.kind == TOK_IDENT && wantname) {
			for (int i = 0; i < m->args.n; i++)
				if (m->args.at[i] == t.text)
					fail(in, "duplicate argument %s in definition for macro: %s", t.text, m->name);
			vec_push(perm, &m->args, t.text);
			wantname = false;
		} else {
			fail(in, "bad syntax in definition for macro: %s", m->name);
			return;
		}
	}
}

/* Up to the end of the line; a backslash before it takes the next one along. */
static void
body(AsmInput *in, Macro *m, AsmTok t)
{
	for (; t.kind != '\n' && !in->ended; t = raw(in)) {
		if (t.kind == '\\') {
			t = raw(in);
			if (t.kind != '\n' && t.kind != '\\')
				fail(in, "can only escape \\ or \\n in definition for macro: %s", m->name);
		}
		if (t.kind == TOK_EOF)
			fail(in, "missing newline in definition for macro: %s", m->name);
		if (t.kind != TOK_BUILD)
			vec_push(perm, &m->body, t);
	}
}

static void
define(AsmInput *in)
{
	Macro *m = NEW(perm, Macro);
	AsmTok t;

	m->name = macroname(in);
	t = raw(in);
	if (t.kind == '(' && !t.spaced) {
		m->hasargs = true;
		formals(in, m);
		t = raw(in);
	}
	if (t.kind != TOK_EOF)
		body(in, m, t);
	if (map_has(in->macros, m->name))
		fail(in, "redefinition of macro: %s", m->name);
	map_set(in->macros, m->name, m);
}

static void
undef(AsmInput *in)
{
	const char *name = macroname(in);

	if (!map_has(in->macros, name))
		fail(in, "#undef for undefined macro: %s", name);
	newline(in, "#undef");
	map_del(in->macros, name);
}

static void
ifdef(AsmInput *in, bool want)
{
	const char *name = macroname(in);

	newline(in, "#if[n]def");
	vec_push(perm, &in->ifs, enabled(in) && map_has(in->macros, name) == want);
}

static void
elsepart(AsmInput *in)
{
	newline(in, "#else");
	if (in->ifs.n == 0)
		fail(in, "unmatched #else");
	else if (in->ifs.n == 1 || in->ifs.at[in->ifs.n - 2])
		vec_last(&in->ifs) = !vec_last(&in->ifs);
}

static void
endif(AsmInput *in)
{
	newline(in, "#endif");
	if (in->ifs.n == 0)
		fail(in, "unmatched #endif");
	else
		in->ifs.n--;
}

/* The text of a string token without escapes, or NULL. */
static const char *
filename(AsmInput *in, const char *directive)
{
	AsmTok t = raw(in);
	size_t n = strlen(t.text);

	if (t.kind != TOK_STRING || n < 2) {
		fail(in, "expected string after %s; got \"%s\"", directive, t.kind == '\n' ? "\\n" : t.text);
		return NULL;
	}
	if (strchr(t.text, '\\') != NULL) {
		fail(in, "unquoting %s file name: invalid syntax", directive);
		return NULL;
	}
	return intern(t.text + 1, n - 2);
}

static void
include(AsmInput *in)
{
	const char *name = filename(in, "#include"), *path = name;
	int i = 0;

	if (name == NULL)
		return;
	newline(in, "#include");
	if (in->ended)
		return;
	while (!pushfile(in, path)) {
		if (errno != ENOENT && errno != ENOTDIR) {
			fail(in, "#include: open %s: %s", path, strerror(errno));
			return;
		}
		if (i > in->cfg->includes.n || name[0] == '/') {
			fail(in, "#include: open %s: no such file or directory", path);
			return;
		}
		path = path_join(i == 0 ? in->dir : in->cfg->includes.at[i - 1], name);
		i++;
	}
}

static void
line(AsmInput *in)
{
	AsmTok n = raw(in);
	const char *name;
	Source *s;

	if (n.kind != TOK_INT) {
		fail(in, "expected line number after #line; got \"%s\"", n.text);
		return;
	}
	name = filename(in, "#line");
	if (name == NULL)
		return;
	newline(in, "#line");
	s = &in->stack[in->depth - 1];
	if (!in->ended && s->file != NULL)
		pos_linedirective(s->file, pos_offset(in->last.pos) + 1, name, atoi(n.text), 0);
}

/* After '#'. Whether the line has been read to its end. */
static bool
directive(AsmInput *in)
{
	AsmTok t = raw(in);
	const char *w = t.text;

	if (t.kind != TOK_IDENT) {
		fail(in, "expected identifier after '#'; got \"%s\"", t.kind == '\n' ? "\\n" : w);
		return true;
	}
	if (strcmp(w, "else") == 0)
		elsepart(in);
	else if (strcmp(w, "endif") == 0)
		endif(in);
	else if (strcmp(w, "ifdef") == 0 || strcmp(w, "ifndef") == 0)
		ifdef(in, w[2] == 'd');
	else if (strcmp(w, "line") == 0)
		line(in);
	else if (!enabled(in))
		return false;
	else if (strcmp(w, "define") == 0)
		define(in);
	else if (strcmp(w, "include") == 0)
		include(in);
	else if (strcmp(w, "undef") == 0)
		undef(in);
	else
		fail(in, "unexpected token after '#': %s", w);
	return true;
}

/* ---- use of macros ---- */

/* The tokens up to a comma or the closing parenthesis, which is the result. */
static int
actual(AsmInput *in, const Macro *m, AsmToks *out)
{
	int nesting = 0;

	for (;;) {
		AsmTok t = raw(in);

		if (t.kind == TOK_EOF || t.kind == '\n') {
			fail(in, "unterminated arg list invoking macro: %s", m->name);
			return ')';
		}
		if (nesting == 0 && (t.kind == ')' || t.kind == ','))
			return t.kind;
		nesting += (t.kind == '(') - (t.kind == ')');
		vec_push(perm, out, t);
	}
}

static bool
charge(AsmInput *in, int n)
{
	in->expanded += (size_t)n;
	if (in->expanded > MAXEXPAND)
		fail(in, "macros make more than %d tokens", MAXEXPAND);
	return !in->ended;
}

static void
substitute(AsmInput *in, const Macro *m, const AsmToks *args, Pos pos, AsmToks *out)
{
	for (int i = 0; i < m->body.n; i++) {
		AsmTok t = m->body.at[i];
		int k = 0;

		while (k < m->args.n && (t.kind != TOK_IDENT || m->args.at[k] != t.text))
			k++;
		t.pos = pos;
		if (!charge(in, k < m->args.n ? args[k].n + 1 : 1))
			return;
		if (k == m->args.n)
			vec_push(perm, out, t);
		for (int j = 0; k < m->args.n && j < args[k].n; j++) {
			t = args[k].at[j];
			t.pos = pos;
			vec_push(perm, out, t);
		}
	}
}

/* t names m. false: it is used without its arguments, and no macro then. */
static bool
expand(AsmInput *in, const Macro *m, AsmTok t)
{
	Vec(AsmToks) args = { 0 };
	AsmToks out = { 0 };
	int end;

	if (m->hasargs) {
		AsmTok open = raw(in);

		if (open.kind != '(') {
			if (open.kind != TOK_EOF)
				in->stack[in->depth - 1].at--;
			return false;
		}
		do {
			AsmToks one = { 0 };

			end = actual(in, m, &one);
			vec_push(perm, &args, one);
		} while (end == ',' && !in->ended);
		if (m->args.n == 0 && args.n == 1 && args.at[0].n == 0)
			args.n = 0;
		if (args.n != m->args.n)
			fail(in, "wrong arg count for macro %s", m->name);
	}
	if (!in->ended)
		substitute(in, m, args.at, t.pos, &out);
	push(in, out, NULL);
	return true;
}

AsmTok
asm_next(AsmInput *in)
{
	for (;;) {
		AsmTok t = raw(in);
		const Macro *m;

		if (in->ended || (t.kind == TOK_EOF && in->ifs.n > 0)) {
			fail(in, "unclosed #ifdef or #ifndef");
			return (AsmTok){ TOK_EOF, false, "EOF", t.pos };
		}
		if (t.kind == '#') {
			if (!in->linestart)
				fail(in, "'#' must be first item on line");
			in->linestart = directive(in);
			continue;
		}
		if (t.kind == TOK_IDENT && enabled(in)) {
			m = map_get(in->macros, t.text);
			if (m != NULL && expand(in, m, t))
				continue;
		}
		in->linestart = t.kind == '\n';
		if (enabled(in) || t.kind == TOK_EOF)
			return t;
	}
}

/* ---- beginning ---- */

static void
predefine(AsmInput *in, const char *def)
{
	Macro *m = NEW(perm, Macro);
	const char *eq = strchr(def, '=');
	size_t n = eq != NULL ? (size_t)(eq - def) : strlen(def);
	AsmToks name = { 0 };

	asm_tokenize(def, n, NULL, 0, &name);
	if (name.n != 1 || name.at[0].kind != TOK_IDENT)
		fatal("parsing -D: \"%.*s\" is not a valid identifier name", (int)n, def);
	m->name = name.at[0].text;
	def = eq != NULL ? eq + 1 : "1";
	asm_tokenize(def, strlen(def), NULL, 0, &m->body);
	map_set(in->macros, m->name, m);
}

AsmInput *
asm_open(const char *file, const AsmLexConfig *cfg)
{
	AsmInput *in = NEW(perm, AsmInput);

	in->cfg = cfg;
	in->dir = path_dir(file);
	in->linestart = true;
	in->macros = map_new(perm);
	for (int i = 0; i < cfg->defines.n; i++)
		predefine(in, cfg->defines.at[i]);
	if (!pushfile(in, file))
		fatal("open %s:", file);
	return in;
}
