/*
 * exportcheck.c - a test driver for export data.
 *
 *	exportcheck -list=FILE -write=DIR PACKAGE...	checks packages and all they import from source, writes export data
 *	exportcheck -list=FILE -read=DIR PACKAGE...	checks the named packages only, importing from DIR
 *	exportcheck -list=FILE -read=DIR -all PACKAGE... imports the packages and prints every declaration and kept body
 *	exportcheck -list=FILE -read=DIR -all -bodies PACKAGE... and checks the kept bodies
 *	exportcheck -list=FILE -write=DIR -all PACKAGE... writes, and prints the same from source
 *	exportcheck -read=DIR -write=DIR -pkg=PATH F.go...	checks the files as package PATH; "./x" imports x
 *
 * FILE is as for gocheck. DIR gets two files per package, named by the path
 * with slashes replaced by commas: .own is our member, .i the text that tools
 * read, as go/importer's lookup function may return it.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "types/types.h"

typedef struct {
	const char *path, *dir, *files, *importmap;
	Package *pkg;
	bool busy;
} Entry;

static Map *entries;
static Entry *loading;
static const char *writedir, *readdir;
static bool bodies;	/* check them all */
static int nbodies;
static double readtime;
static int nread, ownerrors;	/* ownerrors: of packages checked inside the current one */

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static const char *
filename(const char *dir, const char *path, const char *suffix)
{
	char *s = arena_printf(perm, "%s/%s%s", dir, path, suffix);

	for (char *p = s + strlen(dir) + 1; *p != '\0'; p++)
		if (*p == '/')
			*p = ',';
	return s;
}

static Package *
readpkg(const char *path, const char **err)
{
	const char *name = filename(readdir, path, ".own");
	Package *p = package_find(path);
	double t = now();
	Bytes b;

	if (p != NULL)
		return p;
	if (!file_trymap(name, &b)) {
		*err = strerror(errno);
		return NULL;
	}
	p = import_read(path, b, name, err);
	readtime += now() - t;
	nread++;
	return p;
}

static Package *load(Entry *e);

static Package *
import(const char *path, const char **err)
{
	Entry *e, *from = loading;
	Package *p, *cur = type_curpkg;

	if (from != NULL && from->importmap != NULL) {
		const char *key = intern_printf(",%s=", path), *at = strstr(from->importmap, key);

		if (at != NULL) {
			at += strlen(key);
			path = intern(at, strcspn(at, ","));
		}
	}
	if (strcmp(path, "unsafe") == 0)
		return pkg_unsafe;
	if (strncmp(path, "./", 2) == 0)
		path = intern_str(path + 2);
	if (readdir != NULL)
		return readpkg(path, err);
	e = map_get(entries, intern_str(path));
	if (e == NULL) {
		*err = "not in the list";
		return NULL;
	}
	p = load(e);
	if (p == NULL)
		*err = "import cycle";
	loading = from;
	type_curpkg = cur;
	return p;
}

static void
writepkg(const Checked *c)
{
	Buf def = { 0 }, own = { 0 };
	Vec(ExportFunc) funcs = { 0 };
	static const char header[] = "go object linux amd64 go1.23.5 X:none\nbuild id \"\"\n\n\n$$B\n";

	for (int i = 0; i < c->funcs.n; i++) {
		Decl *d = c->funcs.at[i];
		Obj *o = d->func.name->name.obj;

		if (o != NULL)
			vec_push(perm, &funcs, ((ExportFunc){ o, d->func.body != NULL, i % 2 == 0 ? o->name : NULL }));
	}
	buf_str(&def, header);
	export_write(&def, &own, c->pkg, funcs.at, funcs.n);
	buf_str(&def, "\n$$\n");
	file_replace(filename(writedir, c->pkg->path, ".i"), def.p, def.n, 0666);
	file_replace(filename(writedir, c->pkg->path, ".own"), own.p, own.n, 0666);
	buf_free(&def);
	buf_free(&own);
}

static Package *
load(Entry *e)
{
	Vec(File *) files = { 0 };
	CheckConfig cfg = { .pkgpath = e->path, .lang = "go1.23", .std = true, .import = import };
	Checked *c;
	int before = diag.nerrors, outer = ownerrors, mine;

	if (e->pkg != NULL)
		return e->pkg;
	if (e->busy)
		return NULL;
	e->busy = true;
	for (const char *p = e->files; *p != '\0';) {
		size_t n = strcspn(p, ",");
		const char *name = path_join(e->dir, intern(p, n));
		Bytes text = file_map(name);

		vec_push(perm, &files, parse_file(perm, pos_addfile(name, text.n, 1), text, PARSE_STD | PARSE_RUNTIME));
		p += n + (p[n] == ',');
	}
	loading = e;
	ownerrors = 0;
	c = check_package(&cfg, files.at, files.n);
	e->pkg = c->pkg;
	mine = diag.nerrors - before - ownerrors;
	ownerrors = outer + diag.nerrors - before;
	if (mine > 0)
		printf("FAIL %s: %d errors\n", e->path, mine);
	else if (writedir != NULL)
		writepkg(c);
	return e->pkg;
}

static void
readlist(const char *name)
{
	Bytes b = file_map(name);
	const char *p = (const char *)b.p, *end = p + b.n;

	entries = map_new(perm);
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		Entry *e = NEW(perm, Entry);
		char *line, *field;

		if (nl == NULL)
			nl = end;
		line = arena_strndup(perm, p, (size_t)(nl - p));
		p = nl + 1;
		e->path = intern_str(strsep(&line, "|"));
		field = strsep(&line, "|");
		if (field == NULL)
			continue;
		e->dir = intern_str(field);
		e->files = strsep(&line, "|");
		if (e->files == NULL)
			continue;
		if (line != NULL && *line != '\0')
			e->importmap = arena_printf(perm, ",%s", line);
		map_set(entries, e->path, e);
	}
}

/* Touches everything; prints each object, so that two runs and two representations can be compared. */
static void
touch(Package *pkg)
{
	const void *key;
	void *value;
	ImportBody body;

	scope_complete(pkg->scope);
	if (pkg->scope->names == NULL)
		return;
	for (int i = 0; map_next(pkg->scope->names, &i, &key, &value);) {
		Obj *o = value;
		Type *t = obj_type(o);

		printf("%s\n", obj_string(o, NULL));
		if (o->kind == OBJ_CONST)
			printf("\t= %s\n", const_string_repr(o->cv));
		if (bodies && o->kind == OBJ_FUNC)
			nbodies += check_importedbody(o);
		if (o->kind == OBJ_FUNC && import_body(o, &body))
			printf("\tbody %s:%d %zu bytes %d imports facts %s\n", path_base(body.file), body.line,
			    body.text.n, body.imports.n, import_facts(o) != NULL ? import_facts(o) : "");
		if (o->kind != OBJ_TYPE || o->isalias || t->kind != T_NAMED)
			continue;
		for (int j = 0; j < type_nmethods(t); j++) {
			Obj *m = type_method(t, j);

			if (bodies)
				nbodies += check_importedbody(m);
			printf("\t%s\n", obj_string(m, NULL));
			if (import_body(m, &body))
				printf("\tbody %s:%d %zu bytes\n", path_base(body.file), body.line, body.text.n);
		}
	}
}

int
main(int argc, char **argv)
{
	bool all = false;
	const char *pkgpath = NULL;
	int i;

	diag.tool = "exportcheck";
	diag.all = true;
	types_init(8);
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strncmp(argv[i], "-list=", 6) == 0)
			readlist(argv[i] + 6);
		else if (strncmp(argv[i], "-write=", 7) == 0)
			writedir = argv[i] + 7;
		else if (strncmp(argv[i], "-read=", 6) == 0)
			readdir = argv[i] + 6;
		else if (strncmp(argv[i], "-pkg=", 5) == 0)
			pkgpath = intern_str(argv[i] + 5);
		else if (strcmp(argv[i], "-bodies") == 0)
			bodies = true;
		else if (strcmp(argv[i], "-all") == 0)
			all = true;
		else
			fatal("unknown flag %s", argv[i]);
	}
	import_open = readdir != NULL ? readpkg : NULL;
	if (pkgpath != NULL) {
		Entry *e = NEW(perm, Entry);
		Buf files = { 0 };

		for (int j = i; j < argc; j++)
			buf_printf(&files, "%s%s", j > i ? "," : "", argv[j]);
		e->path = pkgpath;
		e->dir = ".";
		e->files = buf_cstr(&files);
		load(e);
		diag_checkpoint();
		return 0;
	}
	for (int j = i; j < argc; j++) {
		const char *err = "";

		if (all && readdir != NULL) {
			if (readpkg(argv[j], &err) == NULL)
				fatal("%s: %s", argv[j], err);
		} else {
			Entry *e = map_get(entries, intern_str(argv[j]));

			if (e == NULL)
				fatal("package %s is not in the list", argv[j]);
			load(e);
		}
	}
	for (int j = i; all && j < argc; j++)
		touch(package_find(argv[j]));
	if (nread > 0)
		fprintf(stderr, "%d packages opened in %.3f ms\n", nread, readtime * 1e3);
	if (bodies)
		fprintf(stderr, "%d bodies checked\n", nbodies);
	diag_checkpoint();
	return 0;
}
