/*
 * template.c - the part of text/template that people use with go list -f.
 *
 * Actions: pipelines of fields, variables, literals, parentheses and functions; if, with, range, else, end; comments and
 * trim markers; variables; break and continue. No define, template or block.
 * Source: documentation of package text/template.
 */
#include <ctype.h>
#include <stdlib.h>

#include "driver/driver.h"

typedef struct Node Node;
typedef Vec(Node *) Nodes;
typedef enum { N_TEXT, N_PIPE, N_IF, N_WITH, N_RANGE, N_BREAK, N_CONTINUE, N_TEMPLATE } NodeKind;

typedef struct Arg Arg;
typedef Vec(Arg *) Args;
typedef enum { A_DOT, A_FIELD, A_VAR, A_CONST, A_FUNC, A_PAREN } ArgKind;
typedef struct {
	Vec(Args) cmds;
	Strs vars;		/* $x := or $x, $y := */
	bool assign;		/* = instead of := */
} Pipe;
struct Arg {
	ArgKind kind;
	const char *name;	/* function, variable */
	Strs fields;		/* .A.B after it */
	Value *value;
	Pipe *pipe;
	const char *text;
	int off;
};
struct Node {
	NodeKind kind;
	const char *text;		/* of text; the name of a template */
	size_t n;			/* its length; where the name stands */
	Pipe *pipe;
	Nodes then, els;
};
struct Template {
	Nodes nodes;
	Map *defined;			/* name -> Nodes: of define and block */
	const char *text;
};

typedef struct {
	const char *text, *p, *end;	/* inside an action: up to end */
	int depth;
	const char *what;		/* of what the next pipeline is the value */
	Map *defined;
} Ps;

static void
bad(const Ps *ps, const char *fmt, ...)
{
	va_list ap;
	int line = 1;

	for (const char *q = ps->text; q < ps->p && *q != '\0'; q++)
		line += *q == '\n';
	fprintf(stderr, "template: main:%d: ", line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	go_exit(1);
}

static void
space(Ps *ps)
{
	while (ps->p < ps->end && isspace((unsigned char)*ps->p))
		ps->p++;
}

static const char *
ident(Ps *ps)
{
	const char *s = ps->p;

	while (ps->p < ps->end && (isalnum((unsigned char)*ps->p) || *ps->p == '_'))
		ps->p++;
	return sub(s, (size_t)(ps->p - s));
}

static Pipe *parsepipe(Ps *ps, bool paren);

static const char *const functions[] = { "and", "or", "not", "len", "index", "slice", "print", "printf", "println",
	"eq", "ne", "lt", "le", "gt", "ge", "html", "js", "urlquery", "call", "join", "context", "module" };

static Arg *
parsearg(Ps *ps)
{
	Arg *a = NEW(perm, Arg);
	const char *start = ps->p;

	a->off = (int)(ps->p - ps->text);
	if (*ps->p == '.') {
		a->kind = A_DOT;
	} else if (*ps->p == '$') {
		ps->p++;
		a->kind = A_VAR;
		a->name = ident(ps);
	} else if (*ps->p == '(') {
		ps->p++;
		a->kind = A_PAREN;
		if (++ps->depth > 200)
			bad(ps, "too many parentheses");
		a->pipe = parsepipe(ps, true);
		ps->depth--;
	} else if (*ps->p == '"' || *ps->p == '`') {
		char q = *ps->p;
		Buf b = { 0 };

		ps->p++;
		while (ps->p < ps->end && *ps->p != q) {
			if (q == '"' && *ps->p == '\\' && ps->p + 1 < ps->end) {
				ps->p++;
				/* clang-format off */
				switch (*ps->p) {
				case 'n': buf_byte(&b, '\n'); break;
				case 't': buf_byte(&b, '\t'); break;
				case 'r': buf_byte(&b, '\r'); break;
				case '0': buf_byte(&b, 0); break;
				case 'x': {
					char h[3] = { ps->p[1], ps->p[2], 0 };

					buf_byte(&b, (uint8_t)strtol(h, NULL, 16));
					ps->p += 2;
					break;
				}
				/* clang-format on */
				default:
					buf_byte(&b, (uint8_t)*ps->p);
				}
				ps->p++;
			} else {
				buf_byte(&b, (uint8_t)*ps->p++);
			}
		}
		if (ps->p >= ps->end)
			bad(ps, q == '"' ? "unterminated quoted string" : "unterminated raw quoted string");
		ps->p++;
		a->kind = A_CONST;
		a->value = val_str(arena_strndup(perm, buf_cstr(&b), b.n));
		buf_free(&b);
	} else if (isdigit((unsigned char)*ps->p) ||
	    ((*ps->p == '-' || *ps->p == '+') && isdigit((unsigned char)ps->p[1]))) {
		char *e;

		a->kind = A_CONST;
		a->value = val_int(strtoll(ps->p, &e, 0));
		ps->p = e;
	} else if (isalpha((unsigned char)*ps->p) || *ps->p == '_') {
		const char *w = ident(ps);

		a->kind = A_CONST;
		if (streq(w, "true") || streq(w, "false")) {
			a->value = val_bool(w[0] == 't');
		} else if (streq(w, "nil")) {
			a->value = NEW(perm, Value);
		} else {
			bool known = false;

			for (size_t i = 0; i < NELEM(functions); i++)
				known = known || streq(functions[i], w);
			if (!known)
				bad(ps, "function %s not defined", goquoted(w));
			a->kind = A_FUNC;
			a->name = w;
		}
	} else {
		bad(ps, "unexpected %s in operand", goquoted(sub(ps->p, 1)));
	}
	while (ps->p < ps->end && *ps->p == '.' && a->kind != A_CONST) {
		const char *f;

		ps->p++;
		f = ident(ps);
		if (f[0] == '\0') {
			if (a->kind == A_DOT && a->fields.n == 0)
				break;
			bad(ps, "bad character after dot");
		}
		strs_add(&a->fields, f);
	}
	a->text = sub(start, (size_t)(ps->p - start));
	return a;
}

static Pipe *
parsepipe(Ps *ps, bool paren)
{
	Pipe *pi = NEW(perm, Pipe);
	const char *save = ps->p;
	Args cmd = { 0 };

	/* declarations */
	space(ps);
	if (ps->p < ps->end && *ps->p == '$') {
		Strs vars = { 0 };

		while (ps->p < ps->end && *ps->p == '$') {
			ps->p++;
			strs_add(&vars, ident(ps));
			space(ps);
			if (ps->p < ps->end && *ps->p == ',') {
				ps->p++;
				space(ps);
			}
		}
		if (ps->p + 1 < ps->end && ps->p[0] == ':' && ps->p[1] == '=') {
			ps->p += 2;
			pi->vars = vars;
		} else if (ps->p < ps->end && *ps->p == '=') {
			ps->p++;
			pi->vars = vars;
			pi->assign = true;
		} else {
			ps->p = save;
		}
	}
	for (;;) {
		space(ps);
		if (ps->p >= ps->end || (paren && *ps->p == ')') || *ps->p == '|') {
			bool more = ps->p < ps->end && *ps->p == '|';

			if (cmd.n == 0)
				bad(ps, "missing value for %s", ps->what);
			vec_push(perm, &pi->cmds, cmd);
			memset(&cmd, 0, sizeof cmd);
			if (!more) {
				if (paren) {
					if (ps->p >= ps->end)
						bad(ps, "unclosed left paren");
					ps->p++;
				}
				return pi;
			}
			ps->p++;
			continue;
		}
		vec_push(perm, &cmd, parsearg(ps));
		if (ps->p < ps->end && !isspace((unsigned char)*ps->p) && *ps->p != '|' && *ps->p != ')')
			bad(ps, "unexpected %s in operand", goquoted(sub(ps->p, 1)));
	}
}

typedef enum { END_EOF, END_END, END_ELSE } EndKind;

static bool
keyword(Ps *ps, const char *w)
{
	size_t n = strlen(w);

	if ((size_t)(ps->end - ps->p) < n || memcmp(ps->p, w, n) != 0)
		return false;
	if (ps->p + n < ps->end && (isalnum((unsigned char)ps->p[n]) || ps->p[n] == '_'))
		return false;
	ps->p += n;
	return true;
}

/* Parses up to {{end}} or {{else}}; after else, p and end stay inside that action. */
static const struct {
	const char *name;
	NodeKind kind;
} blocks[] = { { "if", N_IF }, { "with", N_WITH }, { "range", N_RANGE } };

/* The string after define, template or block. */
static const char *
clausename(Ps *ps, const char *what)
{
	const Arg *a;

	if (ps->p >= ps->end || (*ps->p != '"' && *ps->p != '`'))
		bad(ps, "unexpected %s in %s clause",
		    ps->p >= ps->end ? "\"}}\"" : goquoted(sub(ps->p, strcspn(ps->p, " }"))), what);
	a = parsearg(ps);
	return a->value->s;
}

static EndKind
parselist(Ps *ps, Nodes *out, int depth)
{
	if (depth > 200)
		bad(ps, "too deeply nested");
	for (;;) {
		const char *open = strstr(ps->p, "{{"), *close, *stop;
		Node *n;

		stop = open != NULL ? open : ps->p + strlen(ps->p);
		if (open != NULL && open[2] == '-' && isspace((unsigned char)open[3]))
			while (stop > ps->p && isspace((unsigned char)stop[-1]))
				stop--;
		if (stop > ps->p) {
			n = NEW(perm, Node);
			n->kind = N_TEXT;
			n->text = ps->p;
			n->n = (size_t)(stop - ps->p);
			vec_push(perm, out, n);
		}
		if (open == NULL) {
			ps->p = stop;
			return END_EOF;
		}
		ps->p = open + 2;
		if (*ps->p == '-' && isspace((unsigned char)ps->p[1]))
			ps->p++;
		/* the closing braces, outside of strings */
		for (close = ps->p; *close != '\0' && !(close[0] == '}' && close[1] == '}'); close++) {
			if (*close == '"')
				for (close++; *close != '\0' && *close != '"'; close++)
					if (*close == '\\' && close[1] != '\0')
						close++;
			if (*close == '`')
				for (close++; *close != '\0' && *close != '`'; close++)
					;
			if (*close == '\0')
				break;
		}
		if (*close == '\0')
			bad(ps, "unclosed action");
		ps->end = close;
		if (close - 1 > ps->p && close[-1] == '-' && isspace((unsigned char)close[-2]))
			ps->end = close - 1;
#define NEXT() \
	do { \
		const char *e_ = close + 2; \
		if (ps->end != close) \
			while (isspace((unsigned char)*e_)) \
				e_++; \
		ps->p = e_; \
	} while (0)
		space(ps);
		if (ps->p[0] == '/' && ps->p[1] == '*') {
			NEXT();
			continue;
		}
		if (keyword(ps, "end")) {
			NEXT();
			return END_END;
		}
		if (keyword(ps, "else")) {
			space(ps);
			if (ps->p >= ps->end)
				NEXT();
			return END_ELSE;
		}
		n = NEW(perm, Node);
		if (keyword(ps, "break") || keyword(ps, "continue")) {
			n->kind = ps->p[-1] == 'k' ? N_BREAK : N_CONTINUE;
			vec_push(perm, out, n);
			NEXT();
			continue;
		}
		ps->what = "command";
		n->kind = N_PIPE;
		for (size_t i = 0; i < NELEM(blocks) && n->kind == N_PIPE; i++)
			if (keyword(ps, blocks[i].name)) {
				n->kind = blocks[i].kind;
				ps->what = blocks[i].name;
			}
		if (n->kind == N_PIPE && (keyword(ps, "template") || keyword(ps, "block") || keyword(ps, "define"))) {
			int how = ps->p[-1];	/* e of both template and define, k of block */
			bool define = how == 'e' && ps->p[-2] == 'n';

			if (define && depth > 0)
				bad(ps, "unexpected {{define}}");
			space(ps);
			n->n = (size_t)(ps->p - ps->text);
			n->text = clausename(ps, define ? "define" : how == 'k' ? "block" : "template");
			space(ps);
			ps->what = "block clause";
			if (define && ps->p < ps->end)
				bad(ps, "unexpected %s in define clause",
				    goquoted(sub(ps->p, (size_t)(ps->end - ps->p))));
			if (how == 'k' || (!define && ps->p < ps->end))
				n->pipe = parsepipe(ps, false);
			NEXT();
			if (!define) {
				n->kind = N_TEMPLATE;
				vec_push(perm, out, n);
			}
			if (define || how == 'k') {
				Nodes *body = NEW(perm, Nodes);

				if (parselist(ps, body, depth + 1) != END_END)
					bad(ps, "unexpected EOF");
				map_set(ps->defined, intern_str(n->text), body);
			}
			continue;
		}
		n->pipe = parsepipe(ps, false);
		NEXT();
		vec_push(perm, out, n);
		for (Node *cur = n; n->kind != N_PIPE;) {
			Nodes *into = cur->then.n == 0 && cur->text == NULL ? &cur->then : &cur->els;
			EndKind k;

			if (cur->text == NULL)
				cur->text = "";
			k = parselist(ps, into, depth + 1);
			if (k == END_EOF)
				bad(ps, "unexpected EOF");
			if (k == END_END)
				break;
			if (into == &cur->els)
				bad(ps, "expected end; found {{else}}");
			/* {{else if x}}: a node of its own in the else part, closed by the same end */
			if (ps->p < ps->end && (keyword(ps, "if") || keyword(ps, "with"))) {
				Node *m = NEW(perm, Node);

				m->kind = ps->p[-1] == 'f' ? N_IF : N_WITH;
				ps->what = m->kind == N_IF ? "if" : "with";
				close = strstr(ps->end, "}}");
				m->pipe = parsepipe(ps, false);
				NEXT();
				vec_push(perm, &cur->els, m);
				cur = m;
				continue;
			}
			k = parselist(ps, &cur->els, depth + 1);
			if (k != END_END)
				bad(ps, k == END_EOF ? "unexpected EOF" : "expected end; found {{else}}");
			break;
		}
	}
}

Template *
template_parse(const char *text)
{
	Template *t = NEW(perm, Template);
	Ps ps = { .text = text, .p = text, .defined = map_new(perm) };

	t->text = text;
	t->defined = ps.defined;
	if (parselist(&ps, &t->nodes, 0) != END_EOF)
		bad(&ps, "unexpected {{end}}");
	return t;
}

/* ---- running ---- */

typedef struct {
	Template *t;
	Buf *out;
	Vec(KeyVal) vars;	/* value is a Value */
	int loop;		/* 1 break, 2 continue */
	int depth;		/* of templates that use templates */
} Run;

static Value *evalpipe(Run *r, const Pipe *p, Value *dot);

static void
runerror(Run *r, const Arg *a, const char *fmt, ...)
{
	va_list ap;
	int line = 1, c = 1;

	for (int i = 0; i < a->off; i++, c++)
		if (r->t->text[i] == '\n') {
			line++;
			c = 0;
		}
	if (r->out->n > 0)
		fwrite(r->out->p, 1, r->out->n, stdout);
	fflush(stdout);
	fprintf(stderr, "template: main:%d:%d: executing \"main\" at <%s>: ", line, c - 1, a->text);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	go_exit(1);
}

static void
format(Buf *b, const Value *v, char verb, bool sharp)
{
	if (v == NULL || v->kind == V_NIL) {
		buf_str(b, "<nil>");
		return;
	}
	/* clang-format off */
	switch (v->kind) {
	case V_BOOL: buf_str(b, v->b ? "true" : "false"); break;
	case V_INT: buf_printf(b, "%lld", (long long)v->i); break;
	case V_STRING:
		if (v->str != NULL)
			buf_str(b, v->str(v));
		else if (verb == 'q' || sharp)
			put_goquoted(b, v->s, strlen(v->s));
		else
			buf_str(b, v->s);
		break;
	case V_LIST:
		buf_byte(b, '[');
		for (int i = 0; i < v->list.n; i++) {
			if (i > 0)
				buf_byte(b, ' ');
			format(b, v->list.at[i], verb, sharp);
		}
		buf_byte(b, ']');
		break;
	case V_MAP:
		buf_str(b, "map[");
		for (int i = 0; i < v->list.n; i++) {
			buf_printf(b, "%s%s:", i > 0 ? " " : "", v->keys.at[i]);
			format(b, v->list.at[i], verb, sharp);
		}
		buf_byte(b, ']');
		break;
	case V_STRUCT:
		if (v->str != NULL) {
			buf_str(b, v->str(v));
			break;
		}
		buf_byte(b, '{');
		for (int i = 0; i < v->list.n; i++) {
			if (i > 0)
				buf_byte(b, ' ');
			format(b, v->list.at[i], verb, sharp);
		}
		buf_byte(b, '}');
		break;
	case V_NIL: break;
	}
	/* clang-format on */
}

static Value *
fields(Run *r, const Arg *a, Value *v)
{
	for (int i = 0; i < a->fields.n; i++) {
		Value *x;

		if (v == NULL || v->kind == V_NIL) {
			const char *owner = i > 0 ? a->fields.at[i - 1] : "";
			Arg at = *a;

			for (int k = 0; k < i; k++)
				at.off += 1 + (int)strlen(a->fields.at[k]);
			runerror(r, &at, "nil pointer evaluating %s.%s",
			    streq(owner, "Module") || streq(owner, "Replace") ? "*modinfo.ModulePublic" :
				streq(owner, "Error")                         ? "*load.PackageError" :
										"interface {}",
			    a->fields.at[i]);
		}
		x = v->kind == V_STRUCT || v->kind == V_MAP ? val_get(v, a->fields.at[i]) : NULL;
		if (x == NULL && v->kind == V_MAP) {
			x = NEW(perm, Value);
		} else if (x == NULL) {
			runerror(r, a, "can't evaluate field %s in type %s", a->fields.at[i],
			    v->kind == V_STRING   ? "string" :
				v->kind == V_BOOL ? "bool" :
				v->kind == V_LIST ? "[]string" :
						    "*load.PackagePublic");
		}
		v = x;
	}
	return v;
}

/* -1, 0, 1; 2: they cannot be compared */
static int
compare(const Value *a, const Value *b)
{
	if (a->kind == V_STRING && b->kind == V_STRING) {
		int c = strcmp(a->s, b->s);

		return (c > 0) - (c < 0);
	}
	if (a->kind == V_INT && b->kind == V_INT)
		return a->i < b->i ? -1 : a->i > b->i;
	if (a->kind == V_BOOL && b->kind == V_BOOL)
		return a->b - b->b;
	if (a->kind == V_NIL && b->kind == V_NIL)
		return 0;
	return 2;
}

Value *
template_context(void)
{
	Value *v = val_struct();
	Strs tool = { 0 }, rel = { 0 };
	const char *name, *level = env_archlevel(&name);

	strs_add(&tool, "goexperiment.regabiwrappers");
	strs_add(&tool, "goexperiment.regabiargs");
	strs_add(&tool, "goexperiment.coverageredesign");
	if (level != NULL)
		strs_add(&tool, intern_printf("%s.%s", cfg.goarch, level));
	for (int i = 1; i <= GOLANG_MINOR; i++)
		strs_add(&rel, intern_printf("go1.%d", i));
	val_set(v, "GOARCH", val_str(cfg.goarch), false);
	val_set(v, "GOOS", val_str(cfg.goos), false);
	val_set(v, "GOROOT", val_str(cfg.goroot), false);
	val_set(v, "GOPATH", val_str(cfg.gopath), false);
	val_set(v, "CgoEnabled", val_bool(cfg.cgo), false);
	val_set(v, "UseAllFiles", val_bool(false), false);
	val_set(v, "Compiler", val_str("gc"), false);
	val_set(v, "BuildTags", val_strs(&cfg.tags), false);
	val_set(v, "ToolTags", val_strs(&tool), false);
	val_set(v, "ReleaseTags", val_strs(&rel), false);
	val_set(v, "InstallSuffix", val_str(""), false);
	return v;
}

/* html, js and urlquery, by their first letters. */
static void
escape(Buf *b, const char *s, size_t n, int how)
{
	static const char htmlchars[] = "\"'&<>", jschars[] = "\\'\"<>&=";
	static const char *const html[] = { "&#34;", "&#39;", "&amp;", "&lt;", "&gt;" },
				*const js[] = { "\\\\", "\\'", "\\\"", "\\u003C", "\\u003E", "\\u0026", "\\u003D" };

	for (size_t i = 0; i < n; i++) {
		uint8_t c = (uint8_t)s[i];
		const char *at = c == 0 ? NULL : strchr(how == 'h' ? htmlchars : jschars, c);

		if (how == 'u' && c == ' ')
			buf_byte(b, '+');
		else if (how == 'u' && (isalnum(c) || (c != 0 && strchr("-_.~", c) != NULL)) && c < 0x80)
			buf_byte(b, c);
		else if (how == 'u')
			buf_printf(b, "%%%02X", c);
		else if (how == 'h' && c == 0)
			buf_str(b, "\xef\xbf\xbd");
		else if (at != NULL)
			buf_str(b, how == 'h' ? html[at - htmlchars] : js[at - jschars]);
		else if (how == 'j' && c < 0x20)
			buf_printf(b, "\\u%04X", c);
		else
			buf_byte(b, c);
	}
}

static Value *
callfunc(Run *r, const Arg *a, Value **av, int n)
{
	const char *f = a->name;
	Buf b = { 0 };
	Value *v;

	if (streq(f, "context"))
		return template_context();
	if (n == 0 && !hasprefix(f, "print"))
		runerror(r, a, "wrong number of args for %s: want at least 1 got 0", f);
	if (streq(f, "not"))
		return val_bool(!val_true(av[0]));
	if (streq(f, "len")) {
		if (av[0]->kind == V_STRING)
			return val_int((int64_t)strlen(av[0]->s));
		if (av[0]->kind != V_LIST && av[0]->kind != V_MAP)
			runerror(r, a, "error calling len: len of type %s",
			    av[0]->kind == V_BOOL    ? "bool" :
				av[0]->kind == V_INT ? "int" :
						       "nil");
		return val_int(av[0]->list.n);
	}
	if (streq(f, "index")) {
		v = av[0];
		for (int i = 1; i < n; i++) {
			if (v->kind == V_LIST && av[i]->kind == V_INT) {
				if (av[i]->i < 0 || av[i]->i >= v->list.n)
					runerror(r, a, "error calling index: reflect: slice index out of range");
				v = v->list.at[av[i]->i];
			} else if (v->kind == V_MAP && av[i]->kind == V_STRING) {
				v = val_get(v, av[i]->s);
				if (v == NULL)
					v = val_str("");
			} else {
				runerror(r, a, "error calling index: can't index item");
			}
		}
		return v;
	}
	if (streq(f, "slice")) {
		int lo = n > 1 ? (int)av[1]->i : 0, hi;

		if (av[0]->kind == V_STRING) {
			hi = n > 2 ? (int)av[2]->i : (int)strlen(av[0]->s);
			if (lo < 0 || hi < lo || hi > (int)strlen(av[0]->s))
				runerror(r, a, "error calling slice: index out of range");
			return val_str(sub(av[0]->s + lo, (size_t)(hi - lo)));
		}
		hi = n > 2 ? (int)av[2]->i : av[0]->list.n;
		if (av[0]->kind != V_LIST || lo < 0 || hi < lo || hi > av[0]->list.n)
			runerror(r, a, "error calling slice: index out of range");
		v = val_list();
		for (int i = lo; i < hi; i++)
			vec_push(perm, &v->list, av[0]->list.at[i]);
		return v;
	}
	if (streq(f, "join")) {
		if (n != 2)
			runerror(r, a, "wrong number of args for join: want 2 got %d", n);
		if (av[0]->kind != V_LIST)
			runerror(r, a, "wrong type for value; expected []string; got %s",
			    av[0]->kind == V_STRING ? "string" : "bool");
		for (int i = 0; i < av[0]->list.n; i++) {
			if (i > 0)
				buf_str(&b, av[1]->s);
			format(&b, av[0]->list.at[i], 'v', false);
		}
		v = val_str(arena_strndup(perm, buf_cstr(&b), b.n));
		buf_free(&b);
		return v;
	}
	if (streq(f, "eq") || streq(f, "ne") || streq(f, "lt") || streq(f, "le") || streq(f, "gt") || streq(f, "ge")) {
		int c;

		if (n < 2)
			runerror(r, a, "error calling %s: missing argument for comparison", f);
		for (int i = 1; i < n; i++) {
			c = compare(av[0], av[i]);
			if (c == 2 && f[0] != 'e' && f[0] != 'n')
				runerror(r, a, "error calling %s: incompatible types for comparison", f);
			if (c == 2 && av[0]->kind != V_NIL && av[i]->kind != V_NIL)
				runerror(r, a, "error calling %s: incompatible types for comparison", f);
			if (streq(f, "eq")) {
				if (c == 0)
					return val_bool(true);
				continue;
			}
			return val_bool(streq(f, "ne") ? c != 0 :
				streq(f, "lt")         ? c < 0 :
				streq(f, "le")         ? c <= 0 :
				streq(f, "gt")         ? c > 0 :
							 c >= 0);
		}
		return val_bool(false);
	}
	if (streq(f, "print") || streq(f, "println")) {
		for (int i = 0; i < n; i++) {
			if (i > 0 && (f[5] != '\0' || (av[i]->kind != V_STRING && av[i - 1]->kind != V_STRING)))
				buf_byte(&b, ' ');
			format(&b, av[i], 'v', false);
		}
		if (f[5] != '\0')
			buf_byte(&b, '\n');
	} else if (streq(f, "printf")) {
		int at = 1;

		if (n == 0 || av[0]->kind != V_STRING)
			runerror(r, a, "wrong type for value; expected string");
		for (const char *p = av[0]->s; *p != '\0'; p++) {
			Buf one = { 0 };
			bool left = false, sharp = false;
			int width = 0, pad;

			if (*p != '%') {
				buf_byte(&b, (uint8_t)*p);
				continue;
			}
			p++;
			while (*p == '-' || *p == '#' || *p == '+' || *p == '0' || *p == ' ') {
				left = left || *p == '-';
				sharp = sharp || *p == '#';
				p++;
			}
			while (isdigit((unsigned char)*p) && width < 10000)
				width = width * 10 + (*p++ - '0');
			if (*p == '\0') {
				buf_str(&b, "%!(NOVERB)");
				break;
			}
			if (*p == '%') {
				buf_byte(&b, '%');
				continue;
			}
			if (at >= n) {
				buf_printf(&b, "%%!%c(MISSING)", *p);
				continue;
			}
			format(&one, av[at++], *p, sharp);
			pad = width - (int)one.n;
			for (int i = 0; i < pad && !left; i++)
				buf_byte(&b, ' ');
			buf_put(&b, one.p, one.n);
			for (int i = 0; i < pad && left; i++)
				buf_byte(&b, ' ');
			buf_free(&one);
		}
	} else if (streq(f, "html") || streq(f, "js") || streq(f, "urlquery")) {
		Buf plain = { 0 };

		for (int i = 0; i < n; i++) {
			if (i > 0 && av[i]->kind != V_STRING && av[i - 1]->kind != V_STRING)
				buf_byte(&plain, ' ');
			format(&plain, av[i], 'v', false);
		}
		escape(&b, buf_cstr(&plain), plain.n, f[0]);
		buf_free(&plain);
	} else if (streq(f, "module")) {
		if (n != 1 || av[0]->kind != V_STRING)
			runerror(r, a, "wrong type for value; expected string");
		return template_module(av[0]->s);
	} else {
		runerror(r, a, "function %s is not supported by this go command", goquoted(f));
	}
	v = val_str(arena_strndup(perm, buf_cstr(&b), b.n));
	buf_free(&b);
	return v;
}

static Value *
evalarg(Run *r, const Arg *a, Value *dot)
{
	Value *v = NULL;

	/* clang-format off */
	switch (a->kind) {
	case A_DOT: case A_FIELD: v = dot; break;
	case A_CONST: return a->value;
	case A_PAREN: v = evalpipe(r, a->pipe, dot); break;
	case A_VAR:
		for (int i = r->vars.n - 1; i >= 0 && v == NULL; i--)
			if (streq(r->vars.at[i].key, a->name))
				v = (Value *)(uintptr_t)r->vars.at[i].value;
		if (v == NULL)
			runerror(r, a, "undefined variable %s", goquoted(intern_printf("$%s", a->name)));
		break;
	case A_FUNC: v = callfunc(r, a, NULL, 0); break;
	}
	/* clang-format on */
	return fields(r, a, v);
}

static Value *
evalpipe(Run *r, const Pipe *p, Value *dot)
{
	Value *v = NULL;

	for (int i = 0; i < p->cmds.n; i++) {
		const Args *c = &p->cmds.at[i];
		Arg *first = c->at[0];

		if (c->n == 1 && first->kind == A_CONST && first->value->kind == V_NIL)
			runerror(r, first, "nil is not a command");
		if (first->kind == A_FUNC) {
			Value *av[64];
			int n = 0;

			if (streq(first->name, "and") ||
			    streq(first->name, "or")) { /* stop at the first that decides */
				bool want = first->name[0] == 'o';
				Value *x = NULL;

				for (int k = 1; k < c->n; k++) {
					x = evalarg(r, c->at[k], dot);
					if (val_true(x) == want)
						break;
				}
				if ((x == NULL || val_true(x) != want) && v != NULL)
					x = v;
				if (x == NULL)
					runerror(r, first, "wrong number of args for %s: want at least 1 got 0",
					    first->name);
				v = x;
				continue;
			}
			for (int k = 1; k < c->n && n < 62; k++)
				av[n++] = evalarg(r, c->at[k], dot);
			if (v != NULL)
				av[n++] = v;
			v = fields(r, first, callfunc(r, first, av, n));
		} else {
			if (c->n > 1 || v != NULL) {
				if (first->kind == A_CONST)
					runerror(r, first, "can't give argument to non-function %s", first->text);
				runerror(r, first, "%s has arguments but cannot be invoked as function", first->text);
			}
			v = evalarg(r, first, dot);
		}
	}
	return v;
}

static void run(Run *r, const Nodes *nodes, Value *dot);

static void
setvar(Run *r, const char *name, Value *v, bool assign)
{
	KeyVal kv = { name, (const char *)v };

	if (assign)
		for (int i = r->vars.n - 1; i >= 0; i--)
			if (streq(r->vars.at[i].key, name)) {
				r->vars.at[i].value = (const char *)v;
				return;
			}
	vec_push(perm, &r->vars, kv);
}

/* {{template "name" pipeline}}: it sees no variable but $, which is its dot. */
static void
usetemplate(Run *r, const Node *n, Value *dot)
{
	const Nodes *body = map_get(r->t->defined, intern_str(n->text));
	Arg at = { .text = intern_printf("{{template %s}}", goquoted(n->text)), .off = (int)n->n };
	Value *v = n->pipe != NULL ? evalpipe(r, n->pipe, dot) : NEW(perm, Value);
	KeyVal root = { "", (const char *)v };
	Run inner = { .t = r->t, .out = r->out, .depth = r->depth + 1 };

	if (body == NULL)
		runerror(r, &at, "template %s not defined", goquoted(n->text));
	if (inner.depth > 2000)
		runerror(r, &at, "exceeded maximum template depth (2000)");
	vec_push(perm, &inner.vars, root);
	run(&inner, body, v);
}

static void
run(Run *r, const Nodes *nodes, Value *dot)
{
	int mark = r->vars.n;

	for (int i = 0; i < nodes->n && r->loop == 0; i++) {
		const Node *n = nodes->at[i];
		Value *v;
		int inner = r->vars.n;

		/* clang-format off */
		switch (n->kind) {
		case N_TEXT: buf_put(r->out, n->text, n->n); break;
		case N_TEMPLATE: usetemplate(r, n, dot); break;
		case N_BREAK: r->loop = 1; break;
		case N_CONTINUE: r->loop = 2; break;
		case N_PIPE:
			v = evalpipe(r, n->pipe, dot);
			if (n->pipe->vars.n > 0)
				setvar(r, n->pipe->vars.at[0], v, n->pipe->assign);
			else
				format(r->out, v, 'v', false);
			break;
		case N_IF: case N_WITH:
			v = evalpipe(r, n->pipe, dot);
			if (n->pipe->vars.n > 0)
				setvar(r, n->pipe->vars.at[0], v, n->pipe->assign);
			if (val_true(v))
				run(r, &n->then, n->kind == N_WITH ? v : dot);
			else
				run(r, &n->els, dot);
			r->vars.n = inner;
			break;
		case N_RANGE: {
			int64_t count;

			v = evalpipe(r, n->pipe, dot);
			count = v->kind == V_INT ? v->i : v->kind == V_LIST || v->kind == V_MAP ? v->list.n : v->kind == V_NIL ? 0 : -1;
			if (count < 0)
				runerror(r, n->pipe->cmds.at[0].at[0], "range can't iterate over %s", v->kind == V_STRING ? v->s : "value");
			for (int64_t k = 0; k < count; k++) {
				Value *x = v->kind == V_INT ? val_int(k) : v->list.at[k];

				if (n->pipe->vars.n == 1) {
					setvar(r, n->pipe->vars.at[0], x, false);
				} else if (n->pipe->vars.n == 2) {
					setvar(r, n->pipe->vars.at[0], v->kind == V_MAP ? val_str(v->keys.at[k]) : val_int(k), false);
					setvar(r, n->pipe->vars.at[1], x, false);
				}
				run(r, &n->then, x);
				r->vars.n = inner;
				if (r->loop == 1)
					k = count;
				r->loop = 0;
			}
			if (count == 0)
				run(r, &n->els, dot);
			break;
		}
		/* clang-format on */
		}
	}
	if (r->loop == 0)
		r->vars.n = mark;
}

void
template_run(Template *t, Value *dot, Buf *out)
{
	Run r = { .t = t, .out = out };
	KeyVal root = { "", (const char *)dot };

	vec_push(perm, &r.vars, root);
	run(&r, &t->nodes, dot);
}
