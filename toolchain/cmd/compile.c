/*
 * compile.c - the command: go tool compile [flags] file.go...
 *
 * Writes one archive: __.PKGDEF (export data in the form that go/importer
 * reads), EXPORTMEMBER (what this compiler reads of imported packages) and
 * _go_.o (the object). With -linkobj the object goes to a file of its own.
 */
#include <stdlib.h>
#include <unistd.h>

#include "lower/lower.h"

#define EXPORTMEMBER "_export_"

static const char *outfile, *importcfg, *symabis, *asmhdr, *lang, *goversion, *buildid, *trimpath, *linkobj,
    *coveragecfg, *embedcfg, *pkgpath, *localprefix, *importdir, *installsuffix, *cpuprofile;
static bool pack, packobj, nolocalimports, shared, dynlink, nobounds,
    dwarf = true, std_, complete, all, asmlist, live, race, msan, asan, checkonly, parseonly, helpd, newescape,
    linkshared, exportonly, runtimeflag;
static bool inlining = true;
static int noopt, noinline, m, concurrency = 1, dump_m;

static Map *packagefile, *importmap;	/* path -> string */

/* -d=opt,opt=value */
static void
setdebug(const char *arg)
{
	const char *end;

	for (; *arg != '\0'; arg = *end != '\0' ? end + 1 : end) {
		const char *opt, *val = NULL, *eq;

		end = strchr(arg, ',');
		if (end == NULL)
			end = arg + strlen(arg);
		opt = intern(arg, (size_t)(end - arg));
		eq = strchr(opt, '=');
		if (eq != NULL) {
			val = intern_str(eq + 1);
			opt = intern(opt, (size_t)(eq - opt));
		}
		if (strcmp(opt, "parse") == 0)
			parseonly = true;
		else if (strcmp(opt, "typecheck") == 0)
			checkonly = true;
		else if (strcmp(opt, "check") == 0)
			ssa_opt.check = true;
		else if (strcmp(opt, "dump") == 0)
			ssa_opt.dump = val != NULL ? val : "all";
		else if (strcmp(opt, "func") == 0)
			ssa_opt.dumpfunc = val;
		else if (strcmp(opt, "panic") == 0)
			diag.showbugs = true;
		else if (strcmp(opt, "abort") == 0)
			diag.abort = true;
		else if (strcmp(opt, "export") == 0)
			exportonly = true;
		else if (strcmp(opt, "libfuzzer") == 0)
			lw.fuzz = val == NULL || strcmp(val, "0") != 0;
		else if (strcmp(opt, "inline") == 0)
			inlining = val == NULL || strcmp(val, "0") != 0;
		else if (strcmp(opt, "help") == 0)
			helpd = true;
		/* gc's other settings tune what has no counterpart here */
	}
}

/* Packages that are part of the runtime: directives of the runtime are allowed. */
static bool
isruntime(const char *path)
{
	/* clang-format off */
	static const char *const list[] = {
		"runtime", "runtime/internal/", "internal/runtime/", "internal/abi", "internal/bytealg", "internal/chacha8rand",
		"internal/coverage/rtcov", "internal/cpu", "internal/goarch", "internal/godebugs", "internal/goexperiment",
		"internal/goos", "internal/profilerecord", "internal/stringslite",
	};
	/* clang-format on */

	for (size_t i = 0; path != NULL && i < NELEM(list); i++) {
		size_t n = strlen(list[i]);

		if (list[i][n - 1] == '/' ? strncmp(path, list[i], n) == 0 : strcmp(path, list[i]) == 0)
			return true;
	}
	return false;
}

static bool
experiment(const char *name)
{
	const char *list = getenv("GOEXPERIMENT");
	size_t n = strlen(name);

	for (const char *p = list; p != NULL; p = strchr(p, ','), p = p != NULL ? p + 1 : NULL)
		if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == '\0'))
			return true;
	return false;
}

/* ---- importcfg ---- */

static void
cfgpair(Map *map, const char *p, const char *end, int line, const char *verb)
{
	const char *eq = memchr(p, '=', (size_t)(end - p));

	if (eq == NULL || eq == p || eq + 1 == end)
		fatal("%s:%d: invalid %s: syntax is \"%s path=path\"", importcfg, line, verb, verb);
	map_set(map, intern(p, (size_t)(eq - p)), (void *)intern(eq + 1, (size_t)(end - eq - 1)));
}

static void
readimportcfg(void)
{
	Bytes b;
	int line = 1;

	packagefile = map_new(perm);
	importmap = map_new(perm);
	if (importcfg == NULL)
		return;
	if (!file_trymap(importcfg, &b))
		fatal("-importcfg: %s:", importcfg);
	for (const char *p = (const char *)b.p, *stop = p + b.n; p < stop; line++) {
		const char *nl = memchr(p, '\n', (size_t)(stop - p)), *end = nl != NULL ? nl : stop, *q = end;

		while (p < q && (*p == ' ' || *p == '\t'))
			p++;
		while (q > p && (q[-1] == ' ' || q[-1] == '\r' || q[-1] == '\t'))
			q--;
		if (q - p > 12 && strncmp(p, "packagefile ", 12) == 0)
			cfgpair(packagefile, p + 12, q, line, "packagefile");
		else if (q - p > 10 && strncmp(p, "importmap ", 10) == 0)
			cfgpair(importmap, p + 10, q, line, "importmap");
		else if (q > p && *p != '#' && strncmp(p, "modinfo ", 8) != 0)
			fatal("%s:%d: unknown directive \"%.*s\"", importcfg, line, (int)(q - p), p);
		p = end + 1;
	}
}

static Package *
openpackage(const char *path, const char **err)
{
	const char *file = map_get(packagefile, intern_str(path));
	Package *pkg = package_find(path);
	ArMembers ms = { 0 };
	Bytes b;

	if (pkg != NULL && pkg->data != NULL)
		return pkg;
	if (file == NULL) {
		/* without a configuration: x.a or x.o where -I says */
		if (importcfg == NULL) {
			file = intern_printf("%s/%s.a", importdir != NULL ? importdir : ".", path);
			if (!file_exists(file))
				file = intern_printf("%s/%s.o", importdir != NULL ? importdir : ".", path);
		}
		if (file == NULL || !file_exists(file)) {
			*err = intern_printf("can't find import: \"%s\"", path);
			return NULL;
		}
	}
	if (!file_trymap(file, &b)) {
		*err = intern_printf("open %s: no such file or directory", file);
		return NULL;
	}
	if (!ar_isarchive(b) || !ar_read(perm, b, &ms, err)) {
		*err = intern_printf("%s: not a package file", file);
		return NULL;
	}
	for (int i = 0; i < ms.n; i++)
		if (strcmp(ms.at[i].name, EXPORTMEMBER) == 0)
			return import_read(intern_str(path), ms.at[i].data, file, err);
	*err = intern_printf("%s: not a package file of this compiler", file);
	return NULL;
}

static Package *
importpackage(const char *path, const char **err)
{
	const char *mapped = map_get(importmap, intern_str(path));
	bool local = strncmp(path, "./", 2) == 0 || strncmp(path, "../", 3) == 0;

	if (mapped != NULL)
		path = mapped;
	if (strcmp(path, "unsafe") == 0)
		return pkg_unsafe;
	if (path[0] == '/') {
		*err = "import path cannot be absolute path";
		return NULL;
	}
	if (path[0] != '.' && strcmp(path, path_clean(path)) != 0) {
		*err = intern_printf("non-canonical import path \"%s\" (should be \"%s\")", path, path_clean(path));
		return NULL;
	}
	if (pkgpath != NULL && strcmp(path, pkgpath) == 0) {
		*err = "import cycle not allowed";
		return NULL;
	}
	if (nolocalimports && local) {
		*err = "local imports disallowed";
		return NULL;
	}
	if (local && localprefix != NULL)
		path = path_clean(path_join(localprefix, path));
	return openpackage(path, err);
}

/* ---- -asmhdr ---- */

static void
writeasmhdr(const Package *pkg)
{
	Buf b = { 0 };
	const void *key;
	void *value;

	buf_printf(&b, "// generated by compile -asmhdr from package %s\n\n", pkg->name);
	for (int i = 0; map_next(pkg->scope->names, &i, &key, &value);) {
		Obj *o = value;
		Type *t = obj_type(o), *u;

		if (o->pkg != pkg || strcmp(o->name, "_") == 0 || t == NULL)
			continue;
		if (o->kind == OBJ_CONST && o->cv != NULL) {
			const Const *c = o->cv;

			if (c->kind == CONST_INT || c->kind == CONST_BOOL)
				buf_printf(&b, "#define const_%s %s\n", o->name, const_string_repr(c));
			else if (c->kind == CONST_STRING) {
				buf_printf(&b, "#define const_%s ", o->name);
				format_quote(&b, c->s.p, c->s.n);
				buf_byte(&b, '\n');
			}
		}
		if (o->kind != OBJ_TYPE || o->isalias || t->kind != T_NAMED || type_isgeneric(t))
			continue;
		u = type_under(t);
		if (u->kind != T_STRUCT)
			continue;
		buf_printf(&b, "#define %s__size %lld\n", o->name, (long long)type_size(t));
		for (int k = 0; k < u->st.fields.n; k++)
			if (strcmp(u->st.fields.at[k]->name, "_") != 0)
				buf_printf(&b, "#define %s_%s %lld\n", o->name, u->st.fields.at[k]->name,
				    (long long)type_offset(u, k));
	}
	file_replace(asmhdr, b.p, b.n, 0666);
	buf_free(&b);
}

/* ---- output ---- */

static void
header(Buf *b)
{
	buf_printf(b, "go object linux %s %s X:regabiwrappers,regabiargs\n", lw.target->name, GOVERSION);
	if (buildid != NULL && buildid[0] != '\0')
		buf_printf(b, "build id \"%s\"\n", buildid);
	if (strcmp(lw.pkg->name, "main") == 0)
		buf_str(b, "main\n");
	buf_str(b, "\n");
}

static void
addobject(Buf *out, const Buf *obj)
{
	Buf b = { 0 };

	if (packobj)
		packed_write(&b, obj->p, obj->n);
	ar_add(out, "_go_.o", packobj ? b.p : obj->p, packobj ? b.n : obj->n);
	buf_free(&b);
}

static void
writeoutput(const ExportFuncVec *facts)
{
	Buf def = { 0 }, payload = { 0 }, own = { 0 }, obj = { 0 }, out = { 0 };

	header(&def);
	export_write(&payload, &own, lw.pkg, facts->at, facts->n);
	buf_str(&def, "\n$$B\n");
	buf_put(&def, payload.p, payload.n);
	buf_str(&def, "\n$$\n");
	obj_write(lw.o, &obj);
	ar_begin(&out);
	ar_add(&out, "__.PKGDEF", def.p, def.n);
	ar_add(&out, EXPORTMEMBER, own.p, own.n);
	if (linkobj == NULL)
		addobject(&out, &obj);
	file_replace(outfile, out.p, out.n, 0666);
	if (linkobj != NULL) {
		out.n = 0;
		ar_begin(&out);
		ar_add(&out, "__.PKGDEF", def.p, def.n);
		addobject(&out, &obj);
		file_replace(linkobj, out.p, out.n, 0666);
	}
}

static const char *
defaultoutput(const char *file)
{
	const char *base = path_base(file), *dot = strrchr(base, '.');
	int n = dot != NULL ? (int)(dot - base) : (int)strlen(base);

	return intern_printf("%.*s.%s", n, base, pack ? "a" : "o");
}

int
main(int argc, char **argv)
{
	/* clang-format off */
	static const Flag flags[] = {
		{ "+", FLAG_BOOL, &runtimeflag, NULL, "compiling runtime" },
		{ "%", FLAG_BOOL, &live, NULL, "debug non-static initializers" },
		{ "B", FLAG_BOOL, &nobounds, NULL, "disable bounds checking (ignored: checks stay)" },
		{ "C", FLAG_BOOL, &newescape, NULL, "disable printing of columns in error messages (ignored)" },
		{ "D", FLAG_STRING, &localprefix, "path", "set relative path for local imports" },
		{ "E", FLAG_BOOL, &live, NULL, "debug symbol export" },
		{ "I", FLAG_STRING, &importdir, "directory", "add directory to import search path" },
		{ "K", FLAG_BOOL, &live, NULL, "debug missing line numbers" },
		{ "L", FLAG_BOOL, &live, NULL, "also show actual source file names in error messages (ignored)" },
		{ "N", FLAG_COUNT, &noopt, NULL, "disable optimizations" },
		{ "S", FLAG_BOOL, &asmlist, NULL, "print assembly listing" },
		{ "V", FLAG_BOOLFUNC, (void *)flag_version, "full", "print version and exit" },
		{ "W", FLAG_BOOL, &live, NULL, "debug parse tree after type checking" },
		{ "asan", FLAG_BOOL, &asan, NULL, "build code compatible with C/C++ address sanitizer" },
		{ "asmhdr", FLAG_STRING, &asmhdr, "file", "write assembly header to file" },
		{ "buildid", FLAG_STRING, &buildid, "id", "record id as the build id in the export metadata" },
		{ "c", FLAG_INT, &concurrency, "n", "concurrency during compilation (ignored)" },
		{ "complete", FLAG_BOOL, &complete, NULL, "compiling complete package (no C or assembly)" },
		{ "coveragecfg", FLAG_STRING, &coveragecfg, "file", "read coverage configuration from file" },
		{ "cpuprofile", FLAG_STRING, &cpuprofile, "file", "write cpu profile to file (ignored)" },
		{ "packobj", FLAG_BOOL, &packobj, NULL, "pack the object in the archive" },
		{ "pgoprofile", FLAG_STRING, &cpuprofile, "file", "read profile or pre-process profile from file (ignored)" },
		{ "d", FLAG_FUNC, (void *)setdebug, "settings", "parse, typecheck, export, check, libfuzzer, dump=PASS, func=NAME, panic, abort" },
		{ "dwarf", FLAG_BOOL, &dwarf, NULL, "generate DWARF symbols" },
		{ "dynlink", FLAG_BOOL, &dynlink, NULL, "support references to Go symbols defined in other shared libraries" },
		{ "e", FLAG_BOOL, &all, NULL, "no limit on number of errors reported" },
		{ "embedcfg", FLAG_STRING, &embedcfg, "file", "read go:embed configuration from file" },
		{ "goversion", FLAG_STRING, &goversion, "version", "required version of the runtime" },
		{ "importcfg", FLAG_STRING, &importcfg, "file", "read import configuration from file" },
		{ "installsuffix", FLAG_STRING, &installsuffix, "suffix", "set pkg directory suffix" },
		{ "l", FLAG_COUNT, &noinline, NULL, "disable inlining" },
		{ "lang", FLAG_STRING, &lang, "version", "Go language version source code expects" },
		{ "linkobj", FLAG_STRING, &linkobj, "file", "write linker-specific object to file" },
		{ "linkshared", FLAG_BOOL, &linkshared, NULL, "generate code that will be linked against Go shared libraries" },
		{ "live", FLAG_BOOL, &live, NULL, "debug liveness analysis" },
		{ "m", FLAG_COUNT, &m, NULL, "print optimization decisions" },
		{ "msan", FLAG_BOOL, &msan, NULL, "build code compatible with C/C++ memory sanitizer" },
		{ "nolocalimports", FLAG_BOOL, &nolocalimports, NULL, "reject local (relative) imports" },
		{ "o", FLAG_STRING, &outfile, "file", "write output to file" },
		{ "p", FLAG_STRING, &pkgpath, "path", "set expected package import path" },
		{ "pack", FLAG_BOOL, &pack, NULL, "write to file.a instead of file.o" },
		{ "race", FLAG_BOOL, &race, NULL, "enable race detector" },
		{ "shared", FLAG_BOOL, &shared, NULL, "generate code that can be linked into a shared library" },
		{ "std", FLAG_BOOL, &std_, NULL, "compiling standard library" },
		{ "symabis", FLAG_STRING, &symabis, "file", "read symbol ABIs from file" },
		{ "trimpath", FLAG_STRING, &trimpath, "prefix", "remove prefix from recorded source file paths" },
		{ "v", FLAG_COUNT, &dump_m, NULL, "increase debug verbosity" },
	};
	/* clang-format on */
	CheckConfig cfg = { 0 };
	Vec(File *) files = { 0 };
	ExportFuncVec facts = { 0 };
	const char *goarch;
	int first;
	unsigned parseflags = 0;

	diag_init("compile");
	diag_bigstack();
	flag_expand(&argc, &argv);
	first = flag_parse("usage: compile [options] file.go...", flags, NELEM(flags), argc, argv);
	if (helpd) {
		printf("-d settings: parse typecheck export check dump=PASS func=NAME panic abort\n");
		return 0;
	}
	if (first >= argc) {
		fprintf(stderr, "usage: compile [options] file.go...\n");
		return 2;
	}
	if (race || msan || asan)
		fatal("-race, -msan and -asan are not supported");
	if (dynlink || linkshared)
		fatal("-dynlink and -linkshared are not supported");
	if (goversion != NULL && strcmp(goversion, GOVERSION) != 0)
		fatal("compile: version \"%s\" does not match go tool version \"%s\"", GOVERSION, goversion);
	goarch = target_goarch();
	lw.target = target_find(goarch);
	if (lw.target == NULL)
		fatal("compile: unknown architecture \"%s\"", goarch);
	diag.all = all;
	if (trimpath != NULL)
		pos_trimpath(trimpath);
	if (outfile == NULL)
		outfile = defaultoutput(argv[first]);
	ssa_opt.noopt = noopt > 0;
	ssa_opt.noinline = noinline == 1 || noopt > 0;
	ssa_opt.m = m;
	ssa_opt.asmlist = asmlist;
	types_init(lw.target->ptrsize);
	readimportcfg();
	import_open = openpackage;

	if (runtimeflag || (std_ && isruntime(pkgpath)))
		parseflags |= PARSE_RUNTIME;
	if (std_)
		parseflags |= PARSE_STD;
	diag.phase = "parse";
	for (int i = first; i < argc; i++) {
		Bytes text;

		if (!file_trymap(argv[i], &text))
			fatal("open %s:", argv[i]);
		vec_push(perm, &files, parse_file(perm, pos_addfile(intern_str(argv[i]), text.n, 1), text, parseflags));
	}
	diag.phase = NULL;
	/* Like gc, the checker looks at what could be parsed in spite of a bad literal or label. */
	if (diag.nsyntax > 0 || parseonly)
		diag_checkpoint();
	if (parseonly)
		return 0;
	if (pkgpath == NULL && files.at[0]->pkgname != NULL)
		pkgpath = files.at[0]->pkgname->name.text;
	pkgpath = intern_str(pkgpath);
	cfg.pkgpath = pkgpath;
	cfg.lang = lang;
	cfg.std = std_;
	cfg.complete = complete && !std_;	/* bodies of std may be in the runtime library */
	cfg.embedcfg = embedcfg;
	cfg.aliastparams = experiment("aliastypeparams");
	cfg.import = importpackage;
	lw.checked = check_package(&cfg, files.at, files.n);
	diag_checkpoint();
	if (checkonly)
		return 0;
	lw.pkg = lw.checked->pkg;
	if (asmhdr != NULL)
		writeasmhdr(lw.pkg);
	lw.a = arena_new("package");
	lw.o = objfile_new(perm, lw.target->name, pkgpath);
	lw.embedcfg = embedcfg;
	lw.std = std_;
	lw.complete = complete;
	lw.noopt = noopt > 0;
	lw.noinline = ssa_opt.noinline || !inlining;
	lw.inlinebudget = 80;
	for (int i = 0; i < lw.pkg->imports.n; i++)
		if (!lw.pkg->imports.at[i]->unsafe)
			vec_push(perm, &lw.o->imports, lw.pkg->imports.at[i]->path);
	for (int i = 0; i < files.n; i++)
		for (int k = 0; k < files.at[i]->cgodirectives.n; k++)
			vec_push(perm, &lw.o->cgodirectives, files.at[i]->cgodirectives.at[k]);
	if (coveragecfg != NULL)
		lower_coverage(coveragecfg);
	lower_abis(symabis);
	if (!exportonly)
		lower_package(&facts);
	diag_checkpoint();
	writeoutput(&facts);
	return 0;
}
