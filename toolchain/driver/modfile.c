/*
 * modfile.c - go.mod and go.work, read; gomod writes them.
 *
 * Source: go.dev/ref/mod, "go.mod files", "Workspaces"; the words of errors are those of the go command.
 */
#include <stdlib.h>

#include "driver/driver.h"

typedef struct {
	const char *file, *p;
	int line;
	Buf errs;
	bool work;
} Parser;

static void
err(Parser *ps, int line, const char *fmt, ...)
{
	va_list ap;

	buf_printf(&ps->errs, "%s%s:%d: ", ps->errs.n > 0 ? "\n" : "", shortpath(ps->file), line);
	va_start(ap, fmt);
	buf_vprintf(&ps->errs, fmt, ap);
	va_end(ap);
}

/* The words of one line and its comment. Strings are unquoted. Returns false at the end of the text. */
static bool
getline_(Parser *ps, Strs *w, const char **comment)
{
	w->n = 0;
	*comment = "";
	if (*ps->p == '\0')
		return false;
	for (;;) {
		while (*ps->p == ' ' || *ps->p == '\t' || *ps->p == '\r')
			ps->p++;
		if (*ps->p == '\n') {
			ps->p++;
			return true;
		}
		if (*ps->p == '\0')
			return true;
		if (ps->p[0] == '/' && ps->p[1] == '/') {
			const char *e = ps->p + strcspn(ps->p, "\r\n");

			*comment = sub(ps->p + 2, (size_t)(e - ps->p - 2));
			ps->p = e;
			continue;
		}
		if (ps->p[0] == '/' && ps->p[1] == '*') {
			err(ps, ps->line, "mod files must use // comments (not /* */ comments)");
			ps->p += strlen(ps->p);
			return true;
		}
		if (*ps->p == '(' || *ps->p == ')' || *ps->p == '[' || *ps->p == ']' || *ps->p == ',') {
			vec_push(perm, w, intern(ps->p, 1));
			ps->p++;
			continue;
		}
		if (*ps->p == '=' && ps->p[1] == '>') {
			strs_add(w, "=>");
			ps->p += 2;
			continue;
		}
		if (*ps->p == '"' || *ps->p == '`') {
			const char *e = ps->p + 1;

			while (*e != '\0' && *e != '\n' && *e != *ps->p)
				e++;
			if (*e != *ps->p) {
				err(ps, ps->line, "unexpected newline in string");
				ps->p = e;
				continue;
			}
			vec_push(perm, w, intern(ps->p + 1, (size_t)(e - ps->p - 1)));
			ps->p = e + 1;
			continue;
		}
		{
			const char *e = ps->p;

			while (*e != '\0' && strchr(" \t\r\n()[],", *e) == NULL && !(e[0] == '/' && e[1] == '/') &&
			    !(e[0] == '=' && e[1] == '>'))
				e++;
			vec_push(perm, w, intern(ps->p, (size_t)(e - ps->p)));
			ps->p = e;
		}
	}
}

static bool
indirect(const char *comment)
{
	while (*comment == ' ' || *comment == '\t')
		comment++;
	return hasprefix(comment, "indirect") && (comment[8] == '\0' || comment[8] == ';' || comment[8] == ' ');
}

static bool
islocal(const char *p)
{
	return streq(p, ".") || streq(p, "..") || hasprefix(p, "./") || hasprefix(p, "../") || p[0] == '/';
}

static void
directive(Parser *ps, Modfile *f, const char *verb, const Strs *w, const char *comment, int line)
{
	const char *const *a = w->at;
	int n = w->n;

	if (streq(verb, "module") && !ps->work) {
		if (f->module[0] != '\0')
			err(ps, line, "repeated module statement");
		else if (n != 1)
			err(ps, line, "usage: module module/path");
		else
			f->module = a[0];
	} else if (streq(verb, "go")) {
		if (f->go[0] != '\0')
			err(ps, line, "repeated go statement");
		else if (n != 1)
			err(ps, line, "go directive expects exactly one argument");
		else if (!gover_valid(a[0]) || strchr(a[0], '.') == NULL)
			err(ps, line, "invalid go version '%s': must match format 1.23.0", a[0]);
		else
			f->go = a[0];
	} else if (streq(verb, "toolchain")) {
		if (f->toolchain[0] != '\0')
			err(ps, line, "repeated toolchain statement");
		else if (n != 1)
			err(ps, line, "toolchain directive expects exactly one argument");
		else if (!streq(a[0], "default") && !hasprefix(a[0], "go1"))
			err(ps, line, "invalid toolchain version '%s': must match format go1.23.0 or default", a[0]);
		else
			f->toolchain = a[0];
	} else if (streq(verb, "godebug")) {
		const char *eq = n == 1 ? strchr(a[0], '=') : NULL;
		KeyVal kv;

		if (eq == NULL) {
			err(ps, line, "usage: godebug key=value");
			return;
		}
		kv.key = sub(a[0], (size_t)(eq - a[0]));
		kv.value = intern_str(eq + 1);
		vec_push(perm, &f->godebug, kv);
	} else if ((streq(verb, "require") || streq(verb, "exclude")) && !ps->work) {
		ModVer mv = { .line = line };
		const char *maj, *want;

		if (n != 2) {
			err(ps, line, "usage: %s module/path v1.2.3", verb);
			return;
		}
		mv.path = a[0];
		mv.version = a[1];
		mv.indirect = indirect(comment);
		maj = mod_pathmajor(mv.path);
		if (!semver_valid(mv.version)) {
			err(ps, line, "%s %s: version %s invalid: must be of the form v1.2.3", verb, mv.path,
			    goquoted(mv.version));
			return;
		}
		want = *maj != '\0' ? sub(maj + 1, strcspn(maj + 1, "-")) : "";
		if (*want != '\0' ? !streq(semver_major(mv.version), want) :
				    !streq(semver_major(mv.version), "v0") && !streq(semver_major(mv.version), "v1") &&
			    !hassuffix(mv.version, "+incompatible")) {
			if (*want != '\0')
				err(ps, line, "%s %s: version %s invalid: should be %s, not %s", verb, mv.path,
				    goquoted(mv.version), want, semver_major(mv.version));
			else
				err(ps, line, "%s %s: version %s invalid: should be v0 or v1, not %s", verb, mv.path,
				    goquoted(mv.version), semver_major(mv.version));
			return;
		}
		if (verb[0] == 'r')
			vec_push(perm, &f->require, mv);
		else
			vec_push(perm, &f->exclude, mv);
	} else if (streq(verb, "replace")) {
		Replace r = { .line = line };
		int arrow = n >= 2 && streq(a[1], "=>") ? 1 : n >= 3 && streq(a[2], "=>") ? 2 : 0;

		if (arrow == 0 || n < arrow + 2 || n > arrow + 3) {
			err(ps, line,
			    "usage: replace module/path [v1.2.3] => other/module v1.4\n\t or replace module/path "
			    "[v1.2.3] => ../local/directory");
			return;
		}
		r.old.path = a[0];
		r.old.version = arrow == 2 ? a[1] : "";
		r.new.path = a[arrow + 1];
		r.new.version = n == arrow + 3 ? a[arrow + 2] : "";
		if (r.new.version[0] == '\0' && !islocal(r.new.path)) {
			err(ps, line,
			    "replacement module without version must be directory path (rooted or starting with . or "
			    "..)");
			return;
		}
		if (r.new.version[0] != '\0' && islocal(r.new.path)) {
			err(ps, line, "replacement module directory path %s cannot have version", goquoted(r.new.path));
			return;
		}
		vec_push(perm, &f->replace, r);
	} else if (streq(verb, "retract") && !ps->work) {
		/* says something to those who require this module, nothing to a build */
	} else if (streq(verb, "use") && ps->work) {
		if (n != 1)
			err(ps, line, "usage: use local/dir");
		else
			vec_push(perm, &f->use, a[0]);
	} else {
		err(ps, line, "unknown directive: %s", verb);
	}
}

Modfile *
modfile_parse(const char *file, const char *text, bool work, const char **errp)
{
	Parser ps = { .file = file, .p = text, .line = 1, .work = work };
	Modfile *f = NEW(perm, Modfile);
	Strs w = { 0 };
	const char *comment, *verb = NULL;
	int open = 0;

	f->file = file;
	f->module = f->go = f->toolchain = "";
	for (; getline_(&ps, &w, &comment); ps.line++) {
		if (w.n == 0)
			continue;
		if (verb != NULL) {
			if (w.n == 1 && streq(w.at[0], ")")) {
				verb = NULL;
				continue;
			}
			directive(&ps, f, verb, &w, comment, ps.line);
			continue;
		}
		if (w.n == 2 && streq(w.at[1], "(")) {
			verb = w.at[0];
			open = ps.line;
			continue;
		}
		if (w.n == 3 && streq(w.at[1], "(") && streq(w.at[2], ")"))
			continue;
		verb = w.at[0];
		{
			Strs rest = { .at = w.at + 1, .n = w.n - 1, .cap = w.n - 1 };

			directive(&ps, f, verb, &rest, comment, ps.line);
		}
		verb = NULL;
	}
	if (verb != NULL)
		err(&ps, ps.line, "syntax error (unterminated block started at %s:%d:1)", shortpath(file), open);
	*errp = NULL;
	if (ps.errs.n > 0) {
		*errp = intern_str(buf_cstr(&ps.errs));
		buf_free(&ps.errs);
		return NULL;
	}
	return f;
}
