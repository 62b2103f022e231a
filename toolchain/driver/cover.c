/*
 * cover.c - coverage: which packages are instrumented by the SDK's cover program, and the profile of a whole run.
 *
 * cover reads the sources of a package and writes copies that count, a file with the variables they use, and a
 * configuration for the compiler; with meta it also describes the package by itself, for runs that do not contain it.
 * Source: go help testflag (-cover...), go doc cover; documentation of cmd/internal/cov/covcmd and internal/coverage.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/driver.h"

static int profile = -1;		/* the file of -coverprofile */
static TestCover *selected;

static const char *
hash16(const char *s, int digits)
{
	char hex[65];

	sha256_hex(s, strlen(s), hex);
	return sub(hex, (size_t)digits);
}

const char *
cover_metafile(const Pkg *p, const char *dir)
{
	return intern_printf("%s/covmeta.%s", dir, hash16(p->path, 32));
}

/* ---- what is instrumented ---- */

static void
alsoimports(Pkg *p, const char *path)
{
	Pkg *d = load_import(path);

	for (int i = 0; i < p->deps.n; i++)
		if (p->deps.at[i] == d)
			return;
	vec_push(perm, &p->deps, d);
	p->allset = false;
	p->all = (Pkgs){ 0 };
}

void
cover_instrument(Pkg *p, const char *mode)
{
	p->covermode = mode;
	if (streq(mode, "atomic"))
		alsoimports(p, "sync/atomic");
	if (streq(p->name, "main"))
		alsoimports(p, "runtime/coverage");
}

static bool
cannotcover(const Pkg *p)
{
	return streq(p->path, "unsafe") || p->gofiles.n + p->cgofiles.n == 0 ||
	    (streq(cfg.covermode, "atomic") && p->std &&
		(streq(p->path, "sync/atomic") || streq(p->path, "internal/runtime/atomic")));
}

static bool
matches(const char *pattern, const Pkg *p)
{
	if (pattern[0] == '.' && (pattern[1] == '\0' || pattern[1] == '/' || hasprefix(pattern, "..")))
		return dir_match(pattern, p->dir);
	if (streq(pattern, "all"))
		return true;
	if (streq(pattern, "std") || streq(pattern, "cmd"))
		return p->std && p->incmd == streq(pattern, "cmd");
	return pattern_match(pattern, p->path);
}

/* Packages of list that match -coverpkg, instrumented. */
static void
select_patterns(TestCover *c, const Pkgs *list)
{
	for (int i = 0; i < c->patterns.n; i++) {
		bool any = false;

		for (int k = 0; k < list->n; k++) {
			Pkg *p = list->at[k];

			if (!matches(c->patterns.at[i], p))
				continue;
			any = true;
			if (cannotcover(p) || p->covermode != NULL)
				continue;
			cover_instrument(p, c->mode);
			p->covermeta = true;
			vec_push(perm, &c->pkgs, p);
		}
		if (!any)
			fprintf(stderr, "warning: no packages being %s depend on matches for pattern %s\n",
			    streq(cfg.cmdname, "test") ? "tested" : "built", c->patterns.at[i]);
	}
}

static void
add(Pkgs *list, Map *seen, Pkg *p)
{
	if (map_has(seen, p))
		return;
	map_set(seen, p, p);
	load_deps(p);
	for (int i = 0; i < p->all.n; i++)
		if (!map_has(seen, p->all.at[i])) {
			map_set(seen, p->all.at[i], p);
			vec_push(perm, list, p->all.at[i]);
		}
	vec_push(perm, list, p);
}

static TestCover *
begin(void)
{
	TestCover *c = NEW(perm, TestCover);

	if (cfg.covermode == NULL || cfg.covermode[0] == '\0')
		cfg.covermode = "set";
	c->mode = cfg.covermode;
	if (cfg.coverpkg != NULL && cfg.coverpkg[0] != '\0')
		strs_split(&c->patterns, cfg.coverpkg, ',');
	return c;
}

TestCover *
cover_fortests(const Pkgs *ps, const char *profilename, const char *outputdir)
{
	TestCover *c = begin();
	Pkgs list = { 0 };
	Map *seen = map_new(perm);

	if (profilename[0] != '\0') {
		const char *file = path_join(outputdir[0] != '\0' ? outputdir : cfg.cwd, profilename);

		if (profilename[0] == '/')
			file = profilename;
		profile = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
		if (profile < 0)
			go_fatal("open %s: %s", file, errtext(errno));
		dprintf(profile, "mode: %s\n", c->mode);
	}
	for (int i = 0; i < ps->n && c->patterns.n > 0; i++) {
		Pkg *p = ps->at[i];
		const Strs *imports[] = { &p->testimports, &p->xtestimports };

		for (size_t k = 0; k < NELEM(imports); k++)
			for (int n = 0; n < imports[k]->n; n++)
				add(&list, seen, load_import(imports[k]->at[n]));
		add(&list, seen, p);
	}
	select_patterns(c, &list);
	for (int i = 0; i < ps->n && c->patterns.n == 0; i++)
		if (ps->at[i]->testgo.n + ps->at[i]->xtestgo.n == 0 && !cannotcover(ps->at[i])) {
			cover_instrument(ps->at[i], c->mode);
			ps->at[i]->covermeta = true;
		}
	selected = c;
	return c;
}

void
cover_forbuild(const Pkgs *ps)
{
	TestCover *c = begin();
	Pkgs list = { 0 };
	Map *seen = map_new(perm);

	for (int i = 0; i < ps->n; i++)
		add(&list, seen, ps->at[i]);
	if (c->patterns.n > 0)
		select_patterns(c, &list);
	for (int i = 0; i < list.n; i++) {
		Pkg *p = list.at[i];

		p->covermeta = false;
		if (c->patterns.n == 0 && (p->cmdline || p->named || (p->mod != NULL && p->mod->main)) &&
		    !cannotcover(p))
			cover_instrument(p, c->mode);
		if (streq(p->name, "main") && p->covermode == NULL)
			cover_instrument(p, "regonly");
	}
	for (int i = 0; i < list.n; i++) {	/* deps were added: lists are made anew when asked for */
		list.at[i]->allset = false;
		list.at[i]->all = (Pkgs){ 0 };
	}
}

/* ---- running cover ---- */

static const char *
counted(const char *objdir, const char *file)
{
	return intern_printf("%s/%s.cover.go", objdir, sub(file, strlen(file) - 3));
}

static bool
iscovered(const Pkg *p, const char *file)
{
	return p->covermode != NULL && !hassuffix(file, "_test.go");
}

/*
 * The file that cover reads. It names what it makes after that, so what -overlay has in the place of a file gets the right name, in a folder
 * of its own.
 */
const char *
cover_source(const Pkg *p, const char *name, const char *objdir)
{
	const char *file = path_join(p->testmain != NULL ? objdir : p->dir, name);

	if (!overlay_replaces(file))
		return file;
	return iscovered(p, name) ? intern_printf("%s/overlay/%s", objdir, name) : overlay_path(file);
}

static const char *
source(const Pkg *p, const char *name, const char *objdir)
{
	const char *file = cover_source(p, name, objdir);

	if (cfg.n || !overlay_replaces(path_join(p->dir, name)))
		return file;
	mkdir(path_dir(file), 0777);
	if (symlink(overlay_path(path_join(p->dir, name)), file) < 0 && errno != EEXIST)
		go_fatal("symlink %s: %s", file, errtext(errno));
	return file;
}

Strs
cover_words(const Pkg *p, const char *objdir)
{
	Strs v = { 0 };
	Value *m = val_struct();
	Buf b = { 0 }, outs = { 0 };
	const char *pkgcfg = intern_printf("%s/pkgcfg.txt", objdir),
		   *outlist = intern_printf("%s/coveroutfiles.txt", objdir);
	static const char *const flags[] = { "-pkgcfg", "-mode", "-var", "-outfilelist" };
	const char *values[4];

	val_set(m, "PkgPath", val_str(p->path), false);
	val_set(m, "PkgName", val_str(p->name), false);
	val_set(m, "Granularity", val_str("perblock"), false);
	val_set(m, "ModulePath", val_str(p->mod != NULL ? p->mod->path : ""), false);
	val_set(m, "Local", val_bool(false), false);
	val_set(m, "OutConfig", val_str(intern_printf("%s/coveragecfg", objdir)), false);
	val_set(m, "EmitMetaFile", val_str(p->covermeta ? cover_metafile(p, objdir) : ""), false);
	val_json(&b, m, 0);
	buf_byte(&b, '\n');
	buf_printf(&outs, "%s/covervars.go\n", objdir);
	values[0] = pkgcfg;
	values[1] = p->covermode;
	values[2] = intern_printf("goCover_%s_", hash16(p->path, 12));
	values[3] = outlist;
	strs_add(&v, tool_path("cover"));
	for (size_t i = 0; i < NELEM(flags); i++) {
		strs_add(&v, flags[i]);
		strs_add(&v, values[i]);
	}
	for (int i = 0; i < p->gofiles.n; i++)
		if (iscovered(p, p->gofiles.at[i])) {
			strs_add(&v, source(p, p->gofiles.at[i], objdir));
			buf_printf(&outs, "%s\n", counted(objdir, p->gofiles.at[i]));
		}
	if (!cfg.n) {
		file_replace(pkgcfg, b.p, b.n, 0666);
		file_replace(outlist, outs.p, outs.n, 0666);
	}
	buf_free(&b);
	buf_free(&outs);
	return v;
}

/* The files that are compiled instead of the package's own. */
Strs
cover_files(const Pkg *p, const char *objdir)
{
	Strs v = { 0 };

	strs_add(&v, intern_printf("%s/covervars.go", objdir));
	for (int i = 0; i < p->gofiles.n; i++)
		strs_add(&v,
		    iscovered(p, p->gofiles.at[i]) ? counted(objdir, p->gofiles.at[i]) :
						     overlay_path(path_join(p->dir, p->gofiles.at[i])));
	return v;
}

/* ---- results ---- */

static const char *
metaof(const Pkg *p)
{
	const char *f = p->act != NULL && p->act->objdir != NULL ? cover_metafile(p, p->act->objdir) : NULL;
	struct stat st;

	return f != NULL && stat(f, &st) == 0 && st.st_size > 0 ? f : NULL;
}

void
cover_rundir(const char *dir)
{
	Value *v = val_struct(), *paths = val_list(), *files = val_list();
	Buf b = { 0 };

	mkdir(dir, 0777);
	if (selected->patterns.n == 0)
		return;
	for (int i = 0; i < selected->pkgs.n; i++) {
		const Pkg *p = selected->pkgs.at[i];

		if (!p->named || metaof(p) == NULL)
			continue;
		vec_push(perm, &paths->list, val_str(p->path));
		vec_push(perm, &files->list, val_str(metaof(p)));
	}
	val_set(v, "ImportPaths", paths, false);
	val_set(v, "MetaFileFragments", files, false);
	val_json(&b, v, 0);
	buf_byte(&b, '\n');
	file_replace(intern_printf("%s/metafiles.txt", dir), b.p, b.n, 0666);
	buf_free(&b);
}

const char *
cover_rows(const char *file, Bytes *rows)
{
	Bytes b;
	const char *head = intern_printf("mode: %s\n", selected->mode);
	size_t n = strlen(head);

	if (profile < 0 || !file_trymap(file, &b) || b.n == 0)
		return NULL;
	if (b.n < n || memcmp(b.p, head, n) != 0)
		return intern_printf("error: test wrote malformed coverage profile %s.\n", file);
	*rows = (Bytes){ b.p + n, b.n - n };
	return NULL;
}

void
cover_merge(Bytes rows)
{
	if (rows.n > 0 && write(profile, rows.p, rows.n) != (ssize_t)rows.n)
		go_error("saving coverage profile: %s", errtext(errno));
}

void
cover_close(void)
{
	if (profile >= 0 && close(profile) < 0)
		go_error("closing coverage profile: %s", errtext(errno));
	profile = -1;
}

/* covdata on what cover said of a package that no test contains. */
static const char *
covdata(const char *cmd, const char *meta, const char *out)
{
	Strs v = { 0 };

	strs_add(&v, tool_path("covdata"));
	strs_add(&v, cmd);
	strs_add(&v, "-i");
	strs_add(&v, path_dir(meta));
	if (out != NULL) {
		strs_add(&v, "-o");
		strs_add(&v, out);
	}
	return job_capture(&v, path_dir(meta));
}

const char *
cover_static(const Pkg *p, Bytes *rows)
{
	const char *meta = metaof(p), *text, *part;

	if (meta == NULL || !p->covermeta)
		return NULL;
	text = covdata("percent", meta, NULL);
	if (profile >= 0) {
		part = intern_printf("%s/_cover_.out", path_dir(meta));
		text = intern_printf("%s%s", text, covdata("textfmt", meta, part));
		cover_rows(part, rows);
	}
	return text;
}
