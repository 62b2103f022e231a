/*
 * modload.c - modules: the main one or the workspace, the build list, and which folder holds a package.
 *
 * With `go 1.17` or newer the requirements of go.mod name every module that a package of the main module needs, so the
 * other go.mod files are read only when an import is found in none of these (or all modules were asked for). Otherwise
 * minimal version selection runs over everything that can be reached. What the module cache lacks is
 * fetched by gomod (modtool.c).
 * Source: go.dev/ref/mod, "Minimal version selection", "Module graph pruning", "Vendoring", "Workspaces".
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "driver/driver.h"

struct Mods mods;
static Map *bypath;		/* module path -> Module of the build list */
static Map *vendored;		/* import path -> Module, from modules.txt */
static Vec(Replace) replaces;	/* new.path absolute when it is a folder */
static int nworkreplaces;	/* the first ones are go.work's */
static Modfile *workfile;	/* go.work; NULL: none */
static Vec(ModVer) excludes;
static Map *sums;		/* "path version" -> h1:... */
static bool pruning;		/* main module is at go 1.17 or newer */

/* Only the standard library is there without go.mod: what to tell who wants more. */
const char *
mods_whynone(void)
{
	return streq(env_get("GO111MODULE"), "off") ?
	    "GOPATH mode (GO111MODULE=off) is not supported by this go command" :
	    "go.mod file not found in current directory or any parent directory; see 'go help modules'";
}

void
mods_die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("go: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	go_exit(1);
}

static const char *
findup(const char *name)
{
	for (const char *d = cfg.cwd;; d = path_dir(d)) {
		const char *f = path_join(d, name);
		struct stat st;

		if (src_stat(f, &st) == 0 && !S_ISDIR(st.st_mode))
			return f;
		if (streq(d, "/"))
			return "";
	}
}

static const char *forced;	/* go.mod of go install path@version */

void
mods_use(const char *gomod)
{
	forced = gomod;
}

const char *
mods_findgomod(void)
{
	if (forced != NULL)
		return forced;
	if (streq(env_get("GO111MODULE"), "off"))
		return "";
	return findup("go.mod");
}

const char *
mods_findgowork(void)
{
	const char *w = env_get("GOWORK"), *f;

	if (streq(w, "off") || forced != NULL)
		return "";
	if (w[0] != '\0' && !streq(w, "auto")) {
		if (w[0] != '/')
			mods_die("the path provided by GOWORK must be an absolute path");
		return intern_str(w);
	}
	f = findup("go.work");
	if (f[0] != '\0' && streq(path_dir(f), cfg.goroot))
		return "";
	return f;
}

static Modfile *
readmod(const char *file, bool work, bool must)
{
	const char *text = text_file(file, NULL), *err;
	Modfile *f;

	if (text == NULL) {
		if (must)
			mods_die("%s %s: %s", work ? "reading" : "open", shortpath(file), errtext(errno));
		return NULL;
	}
	f = modfile_parse(file, text, work, &err);
	if (f == NULL)
		mods_die("errors parsing %s:\n%s", shortpath(file), err);
	return f;
}

static Module *
addmain(const char *dir, Modfile *f)
{
	Module *m = NEW(perm, Module);

	m->path = f->module;
	m->version = "";
	m->dir = dir;
	m->gomod = f->file;
	m->goversion = f->go;
	m->main = true;
	m->file = f;
	vec_push(perm, &mods.mains, m);
	vec_push(perm, &mods.list, m);
	map_set(bypath, intern_str(m->path), m);
	return m;
}

static void
checkgo(const char *file, const char *version)
{
	if (version[0] != '\0' && gover_cmp(version, &GOVERSION[2]) > 0)
		mods_die("%s requires go >= %s (running go %s; GOTOOLCHAIN=local)", shortpath(file), version,
		    &GOVERSION[2]);
}

static void
addreplaces(const Modfile *f, const char *dir)
{
	for (int i = 0; i < f->replace.n; i++) {
		Replace r = f->replace.at[i];

		r.orig = r.new.path;
		if (r.new.version[0] == '\0')
			r.new.path = r.new.path[0] == '/' ? path_clean(r.new.path) : path_join(dir, r.new.path);
		vec_push(perm, &replaces, r);
	}
	for (int i = 0; i < f->exclude.n; i++)
		vec_push(perm, &excludes, f->exclude.at[i]);
}

/* Of go.work if it has any for the module, then of the go.mod files; one for the version before one for all. */
static const Replace *
replacement(const char *path, const char *version)
{
	const Replace *any = NULL;

	for (int i = 0; i < replaces.n; i++) {
		const Replace *r = &replaces.at[i];

		if (any != NULL && i >= nworkreplaces && any - replaces.at < nworkreplaces)
			break;
		if (!streq(r->old.path, path))
			continue;
		if (streq(r->old.version, version))
			return r;
		if (r->old.version[0] == '\0')
			any = r;
	}
	return any;
}

static bool
excluded(const char *path, const char *version)
{
	for (int i = 0; i < excludes.n; i++)
		if (streq(excludes.at[i].path, path) && streq(excludes.at[i].version, version))
			return true;
	return false;
}

static Module *
newmodule(const char *path, const char *version, bool ind)
{
	Module *m = NEW(perm, Module);
	const Replace *r = replacement(path, version);

	m->path = path;
	m->version = version;
	m->indirect = ind;
	m->goversion = "";
	if (r != NULL) {
		m->replace = NEW(perm, Module);
		m->replace->path = r->new.path;
		m->replace->version = r->new.version;
		m->replace->goversion = "";
		m->replace->orig = r->orig;
	}
	return m;
}

static const char *
cachemodfile(const char *path, const char *version)
{
	return intern_printf("%s/cache/download/%s/@v/%s.mod", cfg.modcache, mod_escape(path), mod_escape(version));
}

static const char *
whymissing(const Module *m, const char *kind)
{
	const char *err = modtool_error(intern_printf("%s%s@%s", kind, m->path, m->version));

	if (err == NULL)
		err = modtool_error("graph");
	return err != NULL ? err : intern_printf("%s@%s: module lookup disabled by GOPROXY=off", m->path, m->version);
}

/* The go.mod of a dependency; NULL: not to be had, *err says why. */
static Modfile *
depfile(Module *m, const char **err)
{
	const char *file, *text, *perr;

	if (m->file != NULL)
		return m->file;
	if (m->replace != NULL && m->replace->version[0] == '\0') {
		file = path_join(m->replace->path, "go.mod");
		text = text_file(file, NULL);
		if (text == NULL) {
			*err = intern_printf("%s@%s (replaced by %s): reading %s: open %s: %s", m->path, m->version,
			    m->replace->orig, shortpath(file), file, errtext(errno));
			return NULL;
		}
	} else {
		Module *e = m->replace != NULL ? m->replace : m;

		file = cachemodfile(e->path, e->version);
		text = text_file(file, NULL);
		if (text == NULL &&
		    modtool_fetch(mods.fullgraph ? "graph" : intern_printf("mod:%s@%s", e->path, e->version)))
			text = text_file(file, NULL);
		if (text == NULL) {
			*err = whymissing(e, "mod:");
			return NULL;
		}
	}
	m->file = modfile_parse(file, text, false, &perr);
	if (m->file == NULL) {
		*err = intern_printf("%s@%s: parsing %s: %s", m->path, m->version, file, perr);
		return NULL;
	}
	m->gomod = file;
	m->goversion = m->file->go;
	return m->file;
}

static int
bymodpath(const void *a, const void *b)
{
	return strcmp((*(Module *const *)a)->path, (*(Module *const *)b)->path);
}

static void
sortlist(void)
{
	int n = mods.mains.n;

	if (mods.list.n > n + 1)
		qsort(mods.list.at + n, (size_t)(mods.list.n - n), sizeof(Module *), bymodpath);
	bypath = map_new(perm);
	for (int i = 0; i < mods.list.n; i++)
		map_set(bypath, intern_str(mods.list.at[i]->path), mods.list.at[i]);
}

void
mods_checkreplaced(void)
{
	Map *first = map_new(perm);	/* replacement "path@version" -> the module it stands for */

	for (int i = 0; i < mods.list.n; i++) {
		const Module *m = mods.list.at[i], *r = m->replace;
		const char *key, *other;

		if (r == NULL)
			continue;
		key = intern_printf("%s@%s", r->path, r->version);
		other = map_get(first, key);
		if (other == NULL)
			map_set(first, key, (void *)(uintptr_t)m->path);
		else
			go_error("go: %s@%s used for two different module paths (%s and %s)",
			    r->version[0] == '\0' ? r->orig : r->path, r->version, other, m->path);
	}
}

/* ---- go.sum ---- */

static void
readsums(void)
{
	sums = map_new(perm);
	for (int i = 0; i < mods.mains.n; i++) {
		const char *text = text_file(intern_printf("%s/go.sum", path_dir(mods.mains.at[i]->gomod)), NULL);
		Strs lines = { 0 };

		if (text == NULL)
			continue;
		strs_split(&lines, text, '\n');
		for (int j = 0; j < lines.n; j++) {
			Strs w = { 0 };

			strs_fields(&w, lines.at[j]);
			if (w.n == 3)
				map_set(sums, intern_printf("%s %s", w.at[0], w.at[1]), (void *)(uintptr_t)w.at[2]);
		}
	}
	if (mods.gowork[0] != '\0') {
		const char *text = text_file(intern_printf("%s.sum", mods.gowork), NULL);
		Strs lines = { 0 };

		if (text != NULL)
			strs_split(&lines, text, '\n');
		for (int j = 0; j < lines.n; j++) {
			Strs w = { 0 };

			strs_fields(&w, lines.at[j]);
			if (w.n == 3)
				map_set(sums, intern_printf("%s %s", w.at[0], w.at[1]), (void *)(uintptr_t)w.at[2]);
		}
	}
}

/* Sets m->sum; false if go.sum contradicts what was downloaded. */
bool
mods_checksum(Module *m, const char **err)
{
	Module *e = m->replace != NULL ? m->replace : m;
	const char *sum, *got;

	if (m->main || e->version[0] == '\0' || mods.vendor)
		return true;
	if (sums == NULL)
		readsums();
	sum = map_get(sums, intern_printf("%s %s", e->path, e->version));
	m->sum = sum;
	if (sum == NULL)
		return false;
	got = text_file(intern_printf("%s/cache/download/%s/@v/%s.ziphash", cfg.modcache, mod_escape(e->path),
			    mod_escape(e->version)),
	    NULL);
	if (got != NULL && !hasprefix(got, sum)) {
		*err = intern_printf(
		    "verifying %s@%s: checksum mismatch\n\tdownloaded: %s\n\tgo.sum:     %s\n\nSECURITY ERROR\n"
				     "This download does NOT match an earlier download recorded in go.sum.\n"
				     "The bits may have been replaced on the origin server, or an attacker may\n"
				     "have intercepted the download attempt.\n\nFor more information, see 'go help module-auth'.",
			e->path, e->version, got, sum);
		return false;
	}
	return true;
}

const char *
mods_modsum(const Module *m)
{
	const Module *e = m->replace != NULL ? m->replace : m;

	if (sums == NULL)
		readsums();
	return map_get(sums, intern_printf("%s %s/go.mod", e->path, e->version));
}

bool
mods_mod(void)
{
	return cfg.mod != NULL && streq(cfg.mod, "mod");
}

/* May modules be used that go.sum does not know? In a workspace go.work.sum learns of them as they are fetched. */
static bool
anysum(void)
{
	return mods_mod() || mods.gowork[0] != '\0';
}

/* ---- minimal version selection ---- */

typedef struct {
	Module *m;
	bool expand;		/* its requirements count */
	bool unpruned;		/* required by a module that does not prune: all that is below counts */
} Todo;

/* NULL, or why there is no graph. */
static const char *
readgraph(void)
{
	static const char *failed;

	Map *best = map_new(perm), *seen = map_new(perm);	/* path -> Module; "path version" -> expanded how */
	Vec(Todo) todo = { 0 };
	Map *direct = map_new(perm);
	const void *k;
	void *v;

	if (mods.fullgraph || mods.none || mods.vendor || failed != NULL)
		return failed;
	for (int i = 0; i < mods.mains.n; i++) {
		Modfile *f = mods.mains.at[i]->file;

		for (int j = 0; j < f->require.n; j++) {
			const ModVer *r = &f->require.at[j];
			Todo t;

			if (excluded(r->path, r->version))
				continue;
			t.m = newmodule(r->path, r->version, r->indirect);
			t.expand = true;
			t.unpruned = !pruning;
			if (!r->indirect)
				map_set(direct, intern_str(r->path), f);
			vec_push(perm, &todo, t);
		}
	}
	for (int i = 0; i < todo.n; i++) {
		Todo t = todo.at[i];
		const char *key = intern_printf("%s %s%s", t.m->path, t.m->version, t.unpruned ? " unpruned" : ""),
			   *err = NULL;
		Module *b = map_get(best, intern_str(t.m->path)), *main = map_get(bypath, intern_str(t.m->path));
		Modfile *f;
		bool prune;

		if (main != NULL && main->main)
			continue;
		if (b == NULL || semver_cmp(b->version, t.m->version) < 0)
			map_set(best, intern_str(t.m->path), t.m);
		if (!t.expand || map_has(seen, key))
			continue;
		map_set(seen, key, t.m);
		if (!(t.m->replace != NULL && t.m->replace->version[0] == '\0') && !anysum() &&
		    mods_modsum(t.m) == NULL)
			return failed =
				   intern_printf("%s@%s: missing go.sum entry for go.mod file; to add it:\n\tgo mod "
						      "download %s",
				   t.m->path, t.m->version, t.m->path);
		f = depfile(t.m, &err);
		if (f == NULL)
			return failed = err;
		prune = !t.unpruned && f->go[0] != '\0' && gover_cmp(f->go, "1.17") >= 0;
		for (int j = 0; j < f->require.n; j++) {
			Todo n;

			if (excluded(f->require.at[j].path, f->require.at[j].version))
				continue;
			n.m = newmodule(f->require.at[j].path, f->require.at[j].version, true);
			n.expand = n.unpruned = !prune;
			vec_push(perm, &todo, n);
		}
	}
	mods.list.n = mods.mains.n;
	for (int i = 0; map_next(best, &i, &k, &v);) {
		Module *m = v;

		m->indirect = !map_has(direct, k);
		vec_push(perm, &mods.list, m);
	}
	sortlist();
	mods.fullgraph = true;
	return NULL;
}

void
mods_fullgraph(void)
{
	const char *err = readgraph();

	if (err != NULL)
		mods_die("%s", err);
}

/* ---- vendor/modules.txt ---- */

/* As modules.txt has it: "path version", or a folder, that of a workspace relative to go.work. */
static const char *
replacetext(const Replace *r, const char *sep)
{
	const char *rel;

	if (r->new.version[0] != '\0')
		return intern_printf("%s%s%s", r->new.path, sep, r->new.version);
	if (mods.gowork[0] == '\0' || r->orig[0] == '/')
		return r->orig;
	rel = relpath(mods.rootdir, r->new.path);
	return hasprefix(rel, "..") ? rel : intern_printf("./%s", rel);
}

/* Does modules.txt know the replacements of a go.mod or go.work? vrep: "path version" -> what it says. */
static void
checkreplaces(const Modfile *f, const Map *vrep, const Map *all, Buf *errs)
{
	for (int j = 0; j < f->replace.n; j++) {
		const ModVer *old = &f->replace.at[j].old;
		const Replace *r = replacement(old->path, old->version);
		const char *got = map_get(vrep, intern_printf("%s %s", old->path, old->version)),
			   *name = intern_printf("%s%s%s", old->path, old->version[0] != '\0' ? "@" : "", old->version);
		const Module *m = map_get(all, intern_str(old->path));

		if (got == NULL && old->version[0] == '\0' && m != NULL)
			got = map_get(vrep, intern_printf("%s %s", old->path, m->version));
		if (got == NULL)
			buf_printf(errs, "\n\t%s: is replaced in %s, but not marked as replaced in vendor/modules.txt",
			    name, shortpath(f->file));
		else if (!streq(got, replacetext(r, " ")))
			buf_printf(errs,
			    "\n\t%s: is replaced by %s in %s, but marked as replaced by %s in vendor/modules.txt", name,
			    replacetext(r, "@"), shortpath(f->file), got);
	}
}

static void
readvendor(void)
{
	const char *file = path_join(mods.vendordir, "modules.txt"), *text = text_file(file, NULL);
	Module *m = NULL;
	Map *explicit = map_new(perm);		/* path -> Module */
	Map *all = map_new(perm), *vrep = map_new(perm);
	Strs lines = { 0 };
	Buf errs = { 0 };

	vendored = map_new(perm);
	if (text == NULL) {
		text = "";
	}
	strs_split(&lines, text, '\n');
	for (int i = 0; i < lines.n; i++) {
		const char *l = lines.at[i];
		Strs w = { 0 };

		strs_fields(&w, l);
		if (w.n == 0)
			continue;
		if (streq(w.at[0], "#")) {
			int arrow = w.n > 2 && streq(w.at[2], "=>") ? 2 : w.n > 3 && streq(w.at[3], "=>") ? 3 : 0;
			bool versioned = w.n > 2 && semver_valid(w.at[2]);

			m = NULL;
			if (w.n < 2)
				continue;
			if (arrow > 0 && w.n > arrow + 1)
				map_set(vrep, intern_printf("%s %s", w.at[1], versioned ? w.at[2] : ""),
				    (void *)(uintptr_t)intern_printf("%s%s%s", w.at[arrow + 1],
					w.n > arrow + 2 ? " " : "", w.n > arrow + 2 ? w.at[arrow + 2] : ""));
			if (!versioned)
				continue;
			m = NEW(perm, Module);
			m->path = w.at[1];
			m->version = w.at[2];
			m->goversion = "";
			m->indirect = true;
			if (arrow > 0 && w.n > arrow + 1) {
				m->replace = NEW(perm, Module);
				m->replace->path = w.at[arrow + 1];
				m->replace->version = w.n > arrow + 2 ? w.at[arrow + 2] : "";
				m->replace->goversion = "";
				m->replace->orig = m->replace->path;
			}
			m->dir = path_join(mods.vendordir, m->path);
			map_set(all, intern_str(m->path), m);
			continue;
		}
		if (streq(w.at[0], "##")) {
			Strs parts = { 0 };

			if (m == NULL)
				continue;
			strs_split(&parts, l + 2, ';');
			for (int j = 0; j < parts.n; j++) {
				const char *p = parts.at[j];
				const char *g;

				while (*p == ' ')
					p++;
				if (hasprefix(p, "explicit"))
					map_set(explicit, intern_printf("%s %s", m->path, m->version), m);
				g = cutprefix(p, "go ");
				if (g != NULL)
					m->goversion = intern_str(g);
			}
			continue;
		}
		if (m != NULL && w.n == 1)
			map_set(vendored, w.at[0], m);
	}
	for (int i = 0; i < mods.mains.n; i++) {
		Modfile *f = mods.mains.at[i]->file;

		for (int j = 0; j < f->require.n; j++) {
			const ModVer *r = &f->require.at[j];
			Module *x = map_get(explicit, intern_printf("%s %s", r->path, r->version)),
			       *y = map_get(all, intern_str(r->path));

			if (x == NULL)
				buf_printf(&errs,
				    "\n\t%s@%s: is explicitly required in go.mod, but not marked as explicit in "
				    "vendor/modules.txt",
				    r->path, r->version);
			if (y != NULL)
				y->indirect = r->indirect;
		}
		checkreplaces(f, vrep, all, &errs);
		{
			const void *k;
			void *v;

			for (int n = 0; map_next(explicit, &n, &k, &v);) {
				Module *x = v;
				bool found = false;

				for (int j = 0; j < f->require.n && !found; j++)
					found = streq(f->require.at[j].path, x->path) &&
					    streq(f->require.at[j].version, x->version);
				if (!found && mods.mains.n == 1)
					buf_printf(&errs,
					    "\n\t%s@%s: is marked as explicit in vendor/modules.txt, but not "
					    "explicitly required in go.mod",
						x->path, x->version);
			}
		}
	}
	if (workfile != NULL)
		checkreplaces(workfile, vrep, all, &errs);
	if (errs.n > 0)
		mods_die("inconsistent vendoring in %s:%s\n\n\tTo ignore the vendor directory, use -mod=readonly or "
			 "-mod=mod.\n"
			 "\tTo sync the vendor directory, run:\n\t\tgo %s vendor",
		    mods.rootdir, buf_cstr(&errs), mods.gowork[0] != '\0' ? "work" : "mod");
	{
		const void *k;
		void *v;

		for (int n = 0; map_next(all, &n, &k, &v);)
			vec_push(perm, &mods.list, (Module *)v);
	}
	sortlist();
}

/* ---- start ---- */

void
mods_init(void)
{
	Modfile *f;
	const char *gomod;

	if (mods.inited)
		return;
	mods.inited = true;
	bypath = map_new(perm);
	mods.rootdir = mods.gomod = mods.gowork = "";
	if (cfg.mod != NULL && cfg.mod[0] != '\0' && !streq(cfg.mod, "mod") && !streq(cfg.mod, "vendor") &&
	    !streq(cfg.mod, "readonly")) {
		fprintf(stderr, "-mod=%s not supported (can be '', 'mod', 'readonly', or 'vendor')\n", cfg.mod);
		go_exit(1);
	}
	mods.gowork = mods_findgowork();
	gomod = mods_findgomod();
	if (cfg.modfile != NULL && cfg.modfile[0] != '\0') {
		if (!hassuffix(cfg.modfile, ".mod"))
			mods_die("-modfile=%s: file does not have .mod extension", cfg.modfile);
		if (mods.gowork[0] != '\0')
			mods_die("-modfile cannot be used in workspace mode");
	}
	if (mods.gowork[0] != '\0') {
		const char *dir = path_dir(mods.gowork);

		f = workfile = readmod(mods.gowork, true, true);
		checkgo(mods.gowork, f->go);
		addreplaces(f, dir);	/* first: they win */
		nworkreplaces = replaces.n;
		mods.rootdir = dir;
		for (int i = 0; i < f->use.n; i++) {
			const char *d =
				       f->use.at[i][0] == '/' ? path_clean(f->use.at[i]) : path_join(dir, f->use.at[i]),
				   *file = path_join(d, "go.mod");
			Modfile *mf;

			if (!src_exists(file))
				mods_die(
				    "cannot load module %s listed in go.work file: open %s: no such file or directory",
				    f->use.at[i], shortpath(file));
			mf = readmod(file, false, true);
			if (mf->go[0] != '\0' && gover_cmp(mf->go, f->go[0] != '\0' ? f->go : "1.18") > 0)
				mods_die("module %s listed in go.work file requires go >= %s, but go.work lists go %s; "
					 "to update it:\n\tgo work use",
					f->use.at[i], mf->go, f->go[0] != '\0' ? f->go : "1.18");
			addmain(d, mf);
			addreplaces(mf, d);
		}
		pruning = true;
		mods.gomod = gomod;
		mods.vendordir = path_join(dir, "vendor");
		if (cfg.mod != NULL && streq(cfg.mod, "mod"))
			mods_die("-mod may only be set to readonly or vendor when in workspace mode, but it is set to "
				 "\"mod\"\n"
				 "\tRemove the -mod flag to use the default readonly value, \n\tor set GOWORK=off to "
				 "disable workspace mode.");
	} else if (gomod[0] == '\0') {
		mods.none = true;
		return;
	} else {
		mods.gomod = gomod;
		mods.rootdir = path_dir(gomod);
		f = readmod(cfg.modfile != NULL && cfg.modfile[0] != '\0' ? path_abs(cfg.modfile) : gomod, false, true);
		checkgo(gomod, f->go);
		if (f->module[0] == '\0')
			mods_die("error reading %s: missing module declaration. To specify the module path:\n\tgo mod "
				 "edit -module=example.com/mod",
				shortpath(gomod));
		if (f->go[0] == '\0')
			f->go = "1.16";
		addmain(mods.rootdir, f)->gomod = f->file;
		addreplaces(f, mods.rootdir);
		pruning = gover_cmp(f->go, "1.17") >= 0;
		mods.vendordir = path_join(mods.rootdir, "vendor");
		if (streq(mods.rootdir, cfg.gorootsrc) || streq(mods.rootdir, path_join(cfg.gorootsrc, "cmd"))) {
			mods.ingorootsrc = true;
			return;
		}
	}
	if (cfg.mod == NULL || cfg.mod[0] == '\0') {
		const char *gov = mods.gowork[0] != '\0' ? f->go : mods.mains.at[0]->goversion;

		if (src_isdir(mods.vendordir) && gover_cmp(gov, mods.gowork[0] != '\0' ? "1.22" : "1.14") >= 0)
			mods.vendor = true;
	} else {
		mods.vendor = streq(cfg.mod, "vendor");
	}
	if (mods.vendor) {
		readvendor();
		return;
	}
	if (mods.gowork[0] != '\0' || !pruning) {
		bool any = false;

		for (int i = 0; i < mods.mains.n; i++)
			any = any || mods.mains.at[i]->file->require.n > 0;
		if (any)
			mods_fullgraph();
		if (mods.gowork[0] == '\0' && (cfg.mod == NULL || !streq(cfg.mod, "mod")))
			for (int i = 0; i < f->require.n; i++) {
				Module *m = map_get(bypath, intern_str(f->require.at[i].path));

				if (m != NULL && !m->main && semver_cmp(m->version, f->require.at[i].version) > 0)
					mods_die("updates to go.mod needed; to update it:\n\tgo mod tidy");
			}
		return;
	}
	for (int j = 0; j < f->require.n; j++) {
		const ModVer *r = &f->require.at[j];
		Module *old = map_get(bypath, intern_str(r->path));

		if (excluded(r->path, r->version) ||
		    (old != NULL && (old->main || semver_cmp(old->version, r->version) >= 0)))
			continue;
		if (old != NULL) {
			old->version = r->version;
			continue;
		}
		old = newmodule(r->path, r->version, r->indirect);
		map_set(bypath, intern_str(r->path), old);
		vec_push(perm, &mods.list, old);
	}
	sortlist();
}

void
mods_need(void)
{
	mods_init();
	if (mods.none)
		mods_die("go.mod file not found in current directory or any parent directory; see 'go help modules'");
}

/* The folder of a module in the cache, unless whoever unpacked it was stopped on the way. */
static const char *
incache(const Module *m)
{
	const char *d = intern_printf("%s/%s@%s", cfg.modcache, mod_escape(m->path), mod_escape(m->version));

	if (!dir_exists(d) ||
	    file_exists(intern_printf("%s/cache/download/%s/@v/%s.partial", cfg.modcache, mod_escape(m->path),
		mod_escape(m->version))))
		return NULL;
	return d;
}

static void
outdated(void)
{
	if (!mods_mod())
		mods_die("updates to go.mod needed; to update it:\n\tgo mod tidy");
	mods_fullgraph();
}

const char *
mods_time(const Module *m)
{
	const char *text = m->version[0] == '\0' ?
	    NULL :
	    text_file(intern_printf("%s/cache/download/%s/@v/%s.info", cfg.modcache, mod_escape(m->path),
			  mod_escape(m->version)),
		NULL);
	const char *t = text != NULL ? strstr(text, "\"Time\":\"") : NULL;

	return t != NULL ? sub(t + 8, strcspn(t + 8, "\"")) : NULL;
}

bool
mods_indir(Module *m)
{
	const Module *e = m->replace != NULL ? m->replace : m;

	return m->dir != NULL || (e->version[0] == '\0' ? src_isdir(e->path) : incache(e) != NULL);
}

const char *
mods_dir(Module *m, const char **err)
{
	Module *e = m->replace != NULL ? m->replace : m;
	const char *d;

	if (m->dir != NULL)
		return m->dir;
	if (m->replace != NULL && e->version[0] == '\0') {
		if (!src_isdir(e->path)) {
			*err = intern_printf("%s@%s (replaced by %s): reading %s: open %s: no such file or directory",
			    m->path, m->version, e->orig, shortpath(path_join(e->path, "go.mod")),
			    path_join(e->path, "go.mod"));
			return NULL;
		}
		m->dir = e->dir = e->path;
		m->gomod = path_join(e->path, "go.mod");
	} else {
		const char *serr = NULL;

		/* its go.mod is asked about first, unless go.sum knows nothing of it at all */
		if (!anysum() && mods_modsum(m) == NULL && mods_checksum(m, &serr)) {
			*err = intern_printf(
			    "%s@%s: missing go.sum entry for go.mod file; to add it:\n\tgo mod download %s", m->path,
			    m->version, m->path);
			return NULL;
		}
		d = incache(e);
		/* without a checksum nothing may be fetched */
		if (d == NULL && (mods_checksum(m, &serr) || (serr == NULL && anysum())) &&
		    modtool_fetch(intern_printf("%s@%s", e->path, e->version)))
			d = incache(e);
		if (d == NULL) {
			*err = serr != NULL ? serr : whymissing(e, "");
			return NULL;
		}
		m->dir = e->dir = d;
		m->gomod = cachemodfile(e->path, e->version);
	}
	{
		const char *perr = NULL;
		Modfile *f = depfile(m, &perr);

		/* with pruning the go.mod of the main module must be at least what modules that are used ask for */
		for (int i = 0; f != NULL && pruning && mods.gowork[0] == '\0' && i < f->require.n; i++) {
			Module *o = map_get(bypath, intern_str(f->require.at[i].path));

			if (o != NULL && !o->main && semver_cmp(o->version, f->require.at[i].version) < 0 &&
				!excluded(f->require.at[i].path, f->require.at[i].version))
				outdated();
		}
	}
	if (m->replace != NULL) {
		m->replace->gomod = m->gomod;
		m->replace->goversion = m->goversion;
	}
	return m->dir;
}

/* The module of the build list with the longest path that is a prefix of path. */
Module *
mods_byprefix(const char *path)
{
	for (const char *p = intern_str(path);; p = path_dir(p)) {
		Module *m = map_get(bypath, p);

		if (m != NULL)
			return m;
		if (strchr(p, '/') == NULL)
			return NULL;
	}
}

static bool
haspackage(const char *dir)
{
	DirInfo *d = dir_read(dir);

	return !d->missing && d->hasgo;
}

static const char *
instd(const char *path)
{
	const char *dir = path_join(cfg.gorootsrc, path);

	return haspackage(dir) ? dir : NULL;
}

/* A nested go.mod takes its folder out of the module around it. */
static bool
cutoff(const Module *m, const char *dir)
{
	for (const char *d = dir; !streq(d, m->dir) && strlen(d) > strlen(m->dir); d = path_dir(d)) {
		DirInfo *di = dir_read(d);

		if (!di->missing && dir_file(di, "go.mod") != NULL)
			return true;
	}
	return false;
}

const char *
mods_resolve(const char *path, Module **mp, const char **err, bool *isstd)
{
	const char *dir, *derr = NULL;
	bool stdlike = load_isstdpath(path);
	Vec(const char *) found = { 0 };
	Module *inmod = NULL, *lacking = NULL;

	*mp = NULL;
	*err = NULL;
	*isstd = false;
	mods_init();
	if (strchr(path, '@') != NULL) {
		*err = "can only use path@version syntax with 'go get' and 'go install' in module-aware mode";
		return NULL;
	}
	if (stdlike) {
		dir = instd(path);
		if (dir != NULL && (!hasprefix(path, "vendor/") || mods.ingorootsrc)) {
			*isstd = true;
			return dir;
		}
	}
	if (mods.vendor) {
		for (int i = 0; i < mods.mains.n; i++) {
			Module *m = mods.mains.at[i];

			if (haspathprefix(path, m->path)) {
				const char *rest = path + strlen(m->path);

				dir = path_join(m->dir, *rest == '/' ? rest + 1 : rest);
				if (haspackage(dir)) {
					*mp = m;
					return dir;
				}
				inmod = m;
			}
		}
		dir = path_join(mods.vendordir, path);
		*mp = map_get(vendored, intern_str(path));
		if (haspackage(dir) && *mp != NULL)
			return dir;
		if (haspackage(dir)) {
			*err = intern_printf(
			    "cannot find module providing package %s: import lookup disabled by -mod=vendor\n"
			    "\t(Go version in go.mod is at least 1.14 and vendor directory exists.)",
			    path);
			*err = intern_printf("no required module provides package %s; to add it:\n\tgo get %s", path,
			    path);
			return NULL;
		}
		if (stdlike && inmod == NULL) {
			*err = intern_printf("package %s is not in std (%s)", path, path_join(cfg.gorootsrc, path));
			return NULL;
		}
		*mp = NULL;
		*err = intern_printf("cannot find module providing package %s: import lookup disabled by -mod=vendor%s",
		    path,
		    cfg.mod == NULL || cfg.mod[0] == '\0' ?
			"\n\t(Go version in go.mod is at least 1.14 and vendor directory exists.)" :
			"");
		return NULL;
	}
again:
	for (const char *p = intern_str(path);; p = path_dir(p)) {
		Module *m = map_get(bypath, p);

		if (m != NULL) {
			const char *mdir = mods_dir(m, &derr), *rest = path + strlen(p);

			if (mdir == NULL) {
				const char *serr = NULL;

				/* without a checksum nothing was fetched, and go says so first */
				if (m->replace == NULL && !anysum() && !mods_checksum(m, &serr) && serr == NULL) {
					lacking = lacking != NULL ? lacking : m;
				} else {
					*err = derr;
					return NULL;
				}
			} else {
				dir = path_join(mdir, *rest == '/' ? rest + 1 : rest);
				inmod = inmod != NULL ? inmod : m;
				if (haspackage(dir) && !cutoff(m, dir)) {
					if (found.n == 0)
						*mp = m;
					vec_push(perm, &found,
					    intern_printf("%s%s%s (%s)", m->path, m->version[0] != '\0' ? " " : "",
						m->version, dir));
					if (found.n == 1)
						derr = dir;
				}
			}
		}
		if (strchr(p, '/') == NULL)
			break;
	}
	if (found.n > 1) {
		Buf b = { 0 };

		buf_printf(&b, "ambiguous import: found package %s in multiple modules:", path);
		for (int i = 0; i < found.n; i++)
			buf_printf(&b, "\n\t%s", found.at[i]);
		*err = intern_str(buf_cstr(&b));
		buf_free(&b);
		return NULL;
	}
	if (found.n == 1) {
		const char *serr = NULL;

		if (lacking != NULL) {
			*err = intern_printf("missing go.sum entry needed to verify package %s is provided by exactly "
					     "one module; to add:\n\tgo mod download %s",
				path, lacking->path);
			return NULL;
		}
		if (!mods_checksum(*mp, &serr) && (serr != NULL || !anysum())) {
			if (serr != NULL) {
				fprintf(stderr, "%s\n", serr);
				go_exit(1);
			}
			*err = intern_printf("missing go.sum entry for module providing package %s", path);
			return NULL;
		}
		return derr;
	}
	if (lacking != NULL) {
		*err = intern_printf("missing go.sum entry for module providing package %s", path);
		return NULL;
	}
	if (!mods.fullgraph && !mods.none && pruning && mods.list.n > mods.mains.n) {
		*err = readgraph();
		if (*err != NULL)
			return NULL;
		goto again;
	}
	if (stdlike && inmod == NULL) {
		*err = intern_printf("package %s is not in std (%s)", path, path_join(cfg.gorootsrc, path));
		return NULL;
	}
	*err = modtool_error(intern_printf("package %s", path));
	if (*err != NULL)
		return NULL;
	if (mods.none) {
		*err = intern_printf("no required module provides package %s: %s", path, mods_whynone());
		return NULL;
	}
	if (cfg.modset && cfg.mod != NULL && streq(cfg.mod, "readonly"))
		*err = intern_printf("cannot find module providing package %s: import lookup disabled by -mod=readonly",
		    path);
	else
		*err = intern_printf("no required module provides package %s; to add it:\n\tgo get %s", path, path);
	return NULL;
}

const char *
mods_import_of_dir(const char *dir, Module **mp, const char **err)
{
	mods_init();
	*mp = NULL;
	*err = NULL;
	if (haspathprefix(dir, cfg.gorootsrc) && !streq(dir, cfg.gorootsrc))
		return intern_str(dir + strlen(cfg.gorootsrc) + 1);
	for (int i = 0; i < mods.list.n; i++) {
		Module *m = mods.list.at[i];
		const char *mdir = m->main ? m->dir : m->dir != NULL && !mods.vendor ? m->dir : NULL, *rest;

		if (mdir == NULL && !m->main && !mods.vendor &&
		    (m->replace != NULL || haspathprefix(dir, cfg.modcache)))
			mdir = mods_dir(m, err);
		*err = NULL;
		if (mdir == NULL || !haspathprefix(dir, mdir))
			continue;
		if (cutoff(m, dir)) {
			if (!m->main)
				continue;
			/* another module of the workspace may hold it */
			for (int j = 0; j < mods.mains.n; j++)
				if (mods.mains.at[j] != m && haspathprefix(dir, mods.mains.at[j]->dir))
					goto next;
			*err = intern_printf("main module (%s) does not contain package %s/%s", m->path, m->path,
			    dir + strlen(mdir) + 1);
			return NULL;
		}
		*mp = m;
		rest = dir + strlen(mdir);
		if (m->main && mods.vendor && hasprefix(rest, "/vendor/"))
			return intern_str(rest + 8);
		return *rest == '/' ? intern_printf("%s%s", m->path, rest) : m->path;
	next:;
	}
	return NULL;
}

Strs
mods_packages_of(const char *modpath)
{
	Strs v = { 0 };
	const void *k;
	void *m;

	for (int i = 0; vendored != NULL && map_next(vendored, &i, &k, &m);)
		if (modpath == NULL || streq(((Module *)m)->path, modpath))
			vec_push(perm, &v, (const char *)k);
	strs_sort(&v);
	return v;
}
