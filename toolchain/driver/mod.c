/*
 * mod.c - go mod and go work: what can be done without a network.
 *
 * Source: go help mod init, edit, verify, graph, vendor, why, download; go help work.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/driver.h"

static void
save(const char *file, const char *text)
{
	FILE *f = fopen(file, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		go_fatal("writing %s: %s", shortpath(file), errtext(errno));
}

static void
subusage(const char *usage, const char *name)
{
	fprintf(stderr, "usage: %s\nRun 'go help %s' for details.\n", usage, name);
	go_exit(2);
}

/* The folder below $GOPATH/src, or what an import comment or a version control system says: only the last is not looked for. */
static const char *
guesspath(void)
{
	Strs list = { 0 };
	DirInfo *d = dir_read(cfg.cwd);

	for (int i = 0; i < d->nfiles; i++)
		if (hassuffix(d->files[i].name, ".go") && !d->files[i].isdir) {
			dir_scan(d, &d->files[i]);
			if (d->files[i].importcomment[0] != '\0')
				return d->files[i].importcomment;
		}
	strs_split(&list, cfg.gopath, ':');
	for (int i = 0; i < list.n; i++) {
		const char *src = path_join(list.at[i], "src");

		if (list.at[i][0] == '/' && haspathprefix(cfg.cwd, src) && !streq(cfg.cwd, src))
			return intern_str(cfg.cwd + strlen(src) + 1);
	}
	return NULL;
}

static void
init(int argc, char **argv)
{
	const char *path = argc > 0 ? argv[0] : NULL, *file = path_join(cfg.cwd, "go.mod"), *why;
	DirInfo *d = dir_read(cfg.cwd);
	bool any = false;

	if (argc > 1)
		go_fatal("'go mod init' accepts at most one argument");
	if (file_exists(file))
		go_fatal("%s already exists", file);
	if (path == NULL) {
		path = guesspath();
		if (path == NULL)
			go_fatal("cannot determine module path for source directory %s (outside GOPATH, module path must be specified)\n\n"
				 "Example usage:\n\t'go mod init example.com/m' to initialize a v0 or v1 module\n"
				 "\t'go mod init example.com/m/v2' to initialize a v2 module\n\n"
				 "Run 'go help mod init' for more information.", cfg.cwd);
	}
	why = mod_checkpath(path);
	if (why != NULL)
		go_fatal("%s", why);
	if (hasprefix(path, "gopkg.in/") ? mod_pathmajor(path)[0] == '\0' : hassuffix(path, "/v0") || hassuffix(path, "/v1"))
		go_fatal("invalid module path %s: major version suffixes must be in the form of /vN and are only allowed for v2 or later", goquoted(path));
	save(file, intern_printf("module %s\n\ngo %s\n", path, &GOVERSION[2]));
	fprintf(stderr, "go: creating new go.mod: module %s\n", path);
	for (int i = 0; i < d->nfiles && !any; i++)
		any = hassuffix(d->files[i].name, ".go") || (d->files[i].isdir && d->files[i].name[0] != '.' && d->files[i].name[0] != '_' && dir_read(path_join(cfg.cwd, d->files[i].name))->hasgo);
	if (any)
		fprintf(stderr, "go: to add module requirements and sums:\n\tgo mod tidy\n");
}

/* ---- go mod edit ---- */

static void nocomments(const char *file, const char *text);

static void
splitver(const char *arg, const char **path, const char **version)
{
	const char *at = strchr(arg, '@');

	*path = at != NULL ? sub(arg, (size_t)(at - arg)) : intern_str(arg);
	*version = at != NULL ? intern_str(at + 1) : "";
}

static Value *
modver(const char *path, const char *version)
{
	Value *v = val_struct();

	val_set(v, "Path", val_str(path), false);
	val_set(v, "Version", val_str(version), true);
	return v;
}

static Value *
editjson(const Modfile *f, bool work)
{
	Value *v = val_struct(), *l;

	if (!work) {
		Value *m = val_struct();

		val_set(m, "Path", val_str(f->module), false);
		val_set(v, "Module", m, false);
	}
	val_set(v, "Go", val_str(f->go), true);
	val_set(v, "Toolchain", val_str(f->toolchain), true);
	if (work) {
		l = val_list();
		for (int i = 0; i < f->use.n; i++) {
			Value *u = val_struct();

			val_set(u, "DiskPath", val_str(f->use.at[i]), false);
			vec_push(perm, &l->list, u);
		}
		if (l->list.n == 0)
			l = NULL;
		val_set(v, "Use", l, false);
	} else {
		l = val_list();
		for (int i = 0; i < f->require.n; i++) {
			Value *r = modver(f->require.at[i].path, f->require.at[i].version);

			val_set(r, "Indirect", val_bool(f->require.at[i].indirect), true);
			vec_push(perm, &l->list, r);
		}
		val_set(v, "Require", l->list.n > 0 ? l : NULL, false);
		l = val_list();
		for (int i = 0; i < f->exclude.n; i++)
			vec_push(perm, &l->list, modver(f->exclude.at[i].path, f->exclude.at[i].version));
		val_set(v, "Exclude", l->list.n > 0 ? l : NULL, false);
	}
	l = val_list();
	for (int i = 0; i < f->replace.n; i++) {
		Value *r = val_struct();

		val_set(r, "Old", modver(f->replace.at[i].old.path, f->replace.at[i].old.version), false);
		val_set(r, "New", modver(f->replace.at[i].new.path, f->replace.at[i].new.version), false);
		vec_push(perm, &l->list, r);
	}
	val_set(v, "Replace", l->list.n > 0 ? l : NULL, false);
	if (!work)
		val_set(v, "Retract", NULL, false);
	return v;
}

static void
setreplace(Modfile *f, const char *arg, const char *flag)
{
	const char *eq = strchr(arg, '=');
	Replace r = { 0 };

	if (eq == NULL)
		go_fatal("-%s=%s: need old[@v]=new[@w] (missing =)", flag, arg);
	splitver(sub(arg, (size_t)(eq - arg)), &r.old.path, &r.old.version);
	splitver(eq + 1, &r.new.path, &r.new.version);
	for (int i = 0; i < f->replace.n; i++)
		if (streq(f->replace.at[i].old.path, r.old.path) && streq(f->replace.at[i].old.version, r.old.version)) {
			f->replace.at[i] = r;
			return;
		}
	vec_push(perm, &f->replace, r);
}

static void
droprequire(Modfile *f, const char *path)
{
	int w = 0;

	for (int i = 0; i < f->require.n; i++)
		if (!streq(f->require.at[i].path, path))
			f->require.at[w++] = f->require.at[i];
	f->require.n = w;
}

static void
edit(int argc, char **argv, bool work)
{
	const char *file = NULL, *err, *text, *usage = work ? "go work edit [editing flags] [go.work]" : "go mod edit [editing flags] [-fmt|-print|-json] [go.mod]";
	bool print = false, json = false, fmt = false, any = false;
	Modfile *f;
	int first = 0, last;

	for (last = 0; last < argc && argv[last][0] == '-'; last++)
		;
	if (last < argc) {
		if (last + 1 < argc)
			go_fatal("too many arguments");
		file = path_abs(argv[last]);
	}
	if (file == NULL)
		file = work ? mods_findgowork() : mods_findgomod();
	if (file[0] == '\0') {
		if (work)
			go_fatal("no go.work file found");
		go_fatal("go.mod file not found in current directory or any parent directory; see 'go help modules'");
	}
	text = text_file(file, NULL);
	if (text == NULL)
		go_fatal("open %s: %s", shortpath(file), errtext(errno));
	f = modfile_parse(file, text, work, &err);
	if (f == NULL)
		go_fatal("errors parsing %s:\n%s", shortpath(file), err);
	for (; first < last; first++) {
		const char *a = argv[first] + (argv[first][1] == '-' ? 2 : 1), *eq = strchr(a, '='), *val = eq != NULL ? eq + 1 : "", *path, *version;
		const char *name = eq != NULL ? sub(a, (size_t)(eq - a)) : a;

		any = true;
		if (streq(name, "json")) {
			json = true;
		} else if (streq(name, "print")) {
			print = true;
		} else if (streq(name, "fmt")) {
			fmt = true;
		} else if (streq(name, "module") && !work) {
			if ((err = mod_checkpath(val)) != NULL)
				go_fatal("invalid -module: %s", err);
			f->module = intern_str(val);
		} else if (streq(name, "go")) {
			if (!streq(val, "none") && !gover_valid(val))
				go_fatal("invalid -go option; expecting something like \"-go 1.23\"");
			f->go = streq(val, "none") ? "" : intern_str(val);
		} else if (streq(name, "toolchain")) {
			f->toolchain = streq(val, "none") ? "" : intern_str(val);
		} else if (streq(name, "require") && !work) {
			ModVer mv = { 0 };

			splitver(val, &path, &version);
			if (version[0] == '\0')
				go_fatal("-require=%s: need path@version", val);
			droprequire(f, path);
			mv.path = path;
			mv.version = version;
			vec_push(perm, &f->require, mv);
		} else if (streq(name, "droprequire") && !work) {
			droprequire(f, val);
		} else if (streq(name, "exclude") && !work) {
			ModVer mv = { 0 };

			splitver(val, &mv.path, &mv.version);
			vec_push(perm, &f->exclude, mv);
		} else if (streq(name, "dropexclude") && !work) {
			int w = 0;

			splitver(val, &path, &version);
			for (int i = 0; i < f->exclude.n; i++)
				if (!streq(f->exclude.at[i].path, path) || !streq(f->exclude.at[i].version, version))
					f->exclude.at[w++] = f->exclude.at[i];
			f->exclude.n = w;
		} else if (streq(name, "replace")) {
			setreplace(f, val, name);
		} else if (streq(name, "dropreplace")) {
			int w = 0;

			splitver(val, &path, &version);
			for (int i = 0; i < f->replace.n; i++)
				if (!streq(f->replace.at[i].old.path, path) || !streq(f->replace.at[i].old.version, version))
					f->replace.at[w++] = f->replace.at[i];
			f->replace.n = w;
		} else if (streq(name, "use") && work) {
			strs_addnew(&f->use, val);
		} else if (streq(name, "dropuse") && work) {
			int w = 0;

			for (int i = 0; i < f->use.n; i++)
				if (!streq(f->use.at[i], val))
					f->use.at[w++] = f->use.at[i];
			f->use.n = w;
		} else if (streq(name, "godebug") || streq(name, "dropgodebug") || streq(name, "retract") || streq(name, "dropretract")) {
			go_fatal("-%s is not supported by this go command yet", name);
		} else {
			fprintf(stderr, "flag provided but not defined: -%s\n", name);
			subusage(usage, work ? "work edit" : "mod edit");
		}
	}
	(void)fmt;
	if (!any)
		go_fatal("no flags specified (see 'go help %s edit').", work ? "work" : "mod");
	if (json) {
		Buf b = { 0 };

		val_json(&b, editjson(f, work), 0);
		printf("%s\n", buf_cstr(&b));
		return;
	}
	if (print) {
		fputs(modfile_format(f, work), stdout);
		return;
	}
	nocomments(file, text);
	save(file, modfile_format(f, work));
}

/* ---- go mod verify, graph, why ---- */

/* The h1: hash of a folder: SHA-256 over the sorted lines "hash  module@version/name". Source: go.dev/ref/mod, "go.sum files". */
static void
hashtree(const char *dir, const char *prefix, Strs *lines)
{
	DirInfo *d = dir_read(dir);

	for (int i = 0; i < d->nfiles; i++) {
		const char *f = intern_printf("%s/%s", dir, d->files[i].name), *name = intern_printf("%s/%s", prefix, d->files[i].name);

		if (d->files[i].isdir) {
			hashtree(f, name, lines);
		} else {
			const char *h = file_hash(f);

			/* sorted by name, so the name comes first here */
			strs_add(lines, intern_printf("%s\n%s", name, h != NULL ? h : "unreadable"));
		}
	}
}

static const char *
base64(const uint8_t *p, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	Buf b = { 0 };
	const char *s;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)p[i] << 16 | (i + 1 < n ? (uint32_t)p[i + 1] << 8 : 0) | (i + 2 < n ? p[i + 2] : 0);

		buf_byte(&b, (uint8_t)digits[v >> 18]);
		buf_byte(&b, (uint8_t)digits[v >> 12 & 63]);
		buf_byte(&b, (uint8_t)(i + 1 < n ? digits[v >> 6 & 63] : '='));
		buf_byte(&b, (uint8_t)(i + 2 < n ? digits[v & 63] : '='));
	}
	s = intern_str(buf_cstr(&b));
	buf_free(&b);
	return s;
}

static const char *
dirhash(const char *dir, const char *prefix)
{
	Strs lines = { 0 };
	Buf b = { 0 };
	uint8_t sum[32];
	Sha256 h;

	hashtree(dir, prefix, &lines);
	strs_sort(&lines);
	for (int i = 0; i < lines.n; i++) {
		const char *nl = strchr(lines.at[i], '\n');

		buf_printf(&b, "%s  %.*s\n", nl + 1, (int)(nl - lines.at[i]), lines.at[i]);
	}
	sha256_init(&h);
	sha256_add(&h, b.p, b.n);
	sha256_sum(&h, sum);
	buf_free(&b);
	return intern_printf("h1:%s", base64(sum, 32));
}

static void
verify(int argc, char **argv)
{
	bool ok = true;

	(void)argv;
	if (argc > 0)
		go_fatal("verify takes no arguments");
	mods_need();
	if (mods.gowork[0] != '\0')
		go_fatal("verify is not supported with workspaces yet");
	mods.vendor = false;
	mods_fullgraph();
	for (int i = 0; i < mods.list.n; i++) {
		Module *m = mods.list.at[i], *e = m->replace != NULL ? m->replace : m;
		const char *base, *want, *dir, *zip;

		if (m->main || e->version[0] == '\0')
			continue;
		base = intern_printf("%s/cache/download/%s/@v/%s", cfg.modcache, mod_escape(e->path), mod_escape(e->version));
		zip = intern_printf("%s.zip", base);
		dir = intern_printf("%s/%s@%s", cfg.modcache, mod_escape(e->path), mod_escape(e->version));
		want = text_file(intern_printf("%s.ziphash", base), NULL);
		if (want == NULL) {
			if (file_exists(zip)) {
				fprintf(stderr, "%s %s: missing ziphash\n", e->path, e->version);
				ok = false;
			}
			continue;	/* nothing was downloaded: nothing to compare */
		}
		want = sub(want, strcspn(want, "\r\n"));
		if (dir_exists(dir)) {
			const char *got = dirhash(dir, intern_printf("%s@%s", e->path, e->version));

			if (!streq(got, want)) {
				printf("%s %s: dir has been modified (%s)\n", e->path, e->version, dir);
				ok = false;
			}
		}
	}
	if (!ok)
		go_exit(1);
	printf("all modules verified\n");
}

static void
graph(void)
{
	mods_need();
	mods_fullgraph();
	for (int i = 0; i < mods.list.n; i++) {
		Module *m = mods.list.at[i];
		const char *err, *from = m->main ? m->path : intern_printf("%s@%s", m->path, m->version);
		Strs lines = { 0 };

		if (!m->main)
			mods_dir(m, &err);
		for (int j = 0; m->file != NULL && j < m->file->require.n; j++)
			strs_add(&lines, intern_printf("%s@%s", m->file->require.at[j].path, m->file->require.at[j].version));
		if (m->main && m->goversion[0] != '\0')
			strs_add(&lines, intern_printf("go@%s", m->goversion));
		strs_sort(&lines);
		for (int j = 0; j < lines.n; j++)
			printf("%s %s\n", from, lines.at[j]);
	}
	if (mods.mains.n == 1 && gover_cmp(mods.mains.at[0]->goversion, "1.21") >= 0)
		printf("go@%s toolchain@go%s\n", mods.mains.at[0]->goversion, mods.mains.at[0]->goversion);
}

/* go mod why: the shortest chain of imports from a package of the main module. */
static void
why(int argc, char **argv)
{
	Match all;

	mods_need();
	all = match_packages("all");
	for (int i = 0; i < argc; i++) {
		Pkg *target = load_import(argv[i]);
		Map *from = map_new(perm);
		Pkgs queue = { 0 };
		Strs chain = { 0 };

		printf("%s# %s\n", i > 0 ? "\n" : "", argv[i]);
		for (int j = 0; j < all.paths.n; j++) {
			Pkg *p = load_import(all.paths.at[j]);

			if (p->mod != NULL && p->mod->main) {
				map_set(from, p, p);
				vec_push(perm, &queue, p);
			}
		}
		for (int j = 0; j < queue.n; j++)
			for (int k = 0; k < queue.at[j]->deps.n; k++) {
				Pkg *d = queue.at[j]->deps.at[k];

				if (!map_has(from, d)) {
					map_set(from, d, queue.at[j]);
					vec_push(perm, &queue, d);
				}
			}
		if (!map_has(from, target)) {
			printf("(main module does not need package %s)\n", argv[i]);
			continue;
		}
		for (Pkg *p = target;; p = map_get(from, p)) {
			strs_add(&chain, p->path);
			if (map_get(from, p) == p)
				break;
		}
		for (int j = chain.n - 1; j >= 0; j--)
			printf("%s\n", chain.at[j]);
	}
}

/* Rewriting go.mod drops comments: better not at all than that. */
static void
nocomments(const char *file, const char *text)
{
	Strs lines = { 0 };

	strs_split(&lines, text, '\n');
	for (int i = 0; i < lines.n; i++) {
		const char *c = strstr(lines.at[i], "//");

		if (c != NULL && !streq(c, "// indirect") && (c == lines.at[i] || c[-1] == ' ' || c[-1] == '\t'))
			go_fatal("%s:%d: rewriting a file with comments is not supported yet; edit it by hand", shortpath(file), i + 1);
	}
}

/* ---- go mod vendor ---- */

static bool
copyto(const char *from, const char *to)
{
	Bytes b;

	if (!file_trymap(from, &b))
		return false;
	file_mkdirs(path_dir(to));
	file_replace(to, b.p, b.n, 0666);
	file_unmap(b);
	return true;
}

static void
rmtree(const char *dir)
{
	DirInfo *d = dir_read(dir);

	for (int i = 0; i < d->nfiles; i++) {
		const char *f = intern_printf("%s/%s", dir, d->files[i].name);

		if (d->files[i].isdir)
			rmtree(f);
		else
			unlink(f);
	}
	rmdir(dir);
}

static const char *
verline(const Module *m)
{
	if (m->replace == NULL)
		return intern_printf("# %s %s", m->path, m->version);
	return intern_printf("# %s %s => %s%s%s", m->path, m->version, m->replace->orig, m->replace->version[0] != '\0' ? " " : "", m->replace->version);
}

static void
vendor(int argc, char **argv)
{
	const char *err, *out;
	Match all;
	Strs paths;
	Buf b = { 0 };
	bool any = false, v = false;

	for (int i = 0; i < argc; i++)
		if (streq(argv[i], "-v"))
			v = true;
		else
			go_fatal("vendor takes no arguments");
	cfg.mod = "mod";
	mods_need();
	cfg.mod = NULL;
	if (mods.gowork[0] != '\0')
		go_fatal("'go mod vendor' cannot be run in workspace mode. Run 'go work vendor' to vendor the workspace or set 'GOWORK=off' to exit workspace mode.");
	mods_fullgraph();
	all = match_packages("all");
	paths = all.paths;
	out = path_join(mods.rootdir, "vendor");
	for (int i = 0; i < paths.n; i++) {
		Pkg *p = load_import(paths.at[i]);

		if (p->err != NULL && !p->err->nogo) {
			fprintf(stderr, "go: %s\n", pkgerror_text(p->err));
			go_exit(1);
		}
	}
	rmtree(out);
	for (int i = 0; i < mods.list.n; i++) {
		Module *m = mods.list.at[i];
		Modfile *f = mods.mains.at[0]->file;
		bool used = false, explicit = false;
		Buf pk = { 0 };

		if (m->main)
			continue;
		for (int j = 0; j < f->require.n; j++)
			explicit = explicit || streq(f->require.at[j].path, m->path);
		for (int j = 0; j < paths.n; j++) {
			Pkg *p = load_import(paths.at[j]);

			if (p->mod != m || p->std)
				continue;
			used = true;
			buf_printf(&pk, "%s\n", p->path);
			for (int k = 0; k < p->di->nfiles; k++) {
				const SrcInfo *s = &p->di->files[k];

				if (s->isdir || s->isother || hassuffix(s->name, "_test.go") || streq(s->name, "go.mod") || streq(s->name, "go.sum"))
					continue;
				if (!copyto(path_join(p->dir, s->name), path_join(path_join(out, p->path), s->name)))
					go_fatal("vendor: %s: %s", path_join(p->dir, s->name), errtext(errno));
			}
			for (int k = 0; k < p->embedfiles.n; k++)
				copyto(path_join(p->dir, p->embedfiles.at[k]), path_join(path_join(out, p->path), p->embedfiles.at[k]));
		}
		if (used || explicit) {
			any = true;
			if (used)
				mods_dir(m, &err);
			buf_printf(&b, "%s\n", verline(m));
			if (explicit && m->goversion[0] != '\0')
				buf_printf(&b, "## explicit; go %s\n", m->goversion);
			else if (explicit)
				buf_str(&b, "## explicit\n");
			else if (m->goversion[0] != '\0')
				buf_printf(&b, "## go %s\n", m->goversion);
			if (pk.n > 0)
				buf_put(&b, pk.p, pk.n);
		}
		buf_free(&pk);
	}
	for (int i = 0; i < mods.mains.at[0]->file->replace.n; i++) {
		const Replace *r = &mods.mains.at[0]->file->replace.at[i];
		Module *m = mods_byprefix(r->old.path);

		if (r->old.version[0] != '\0' && m != NULL && streq(m->path, r->old.path) && streq(m->version, r->old.version))
			continue;
		buf_printf(&b, "# %s%s%s => %s%s%s\n", r->old.path, r->old.version[0] != '\0' ? " " : "", r->old.version, r->new.path,
			r->new.version[0] != '\0' ? " " : "", r->new.version);
		any = true;
	}
	(void)v;
	if (!any) {
		fprintf(stderr, "go: no dependencies to vendor\n");
		return;
	}
	mkdir(out, 0777);
	save(path_join(out, "modules.txt"), buf_cstr(&b));
	if (v)
		fwrite(b.p, 1, b.n, stderr);
	buf_free(&b);
}

/* go mod download: all that can be said without a network is whether everything is there. */
static void
download(int argc, char **argv)
{
	mods_need();
	(void)argv;
	for (int i = 0; i < mods.list.n; i++) {
		const char *err;

		if (argc > 0 && !streq(mods.list.at[i]->path, sub(argv[0], strcspn(argv[0], "@"))))
			continue;
		if (mods_dir(mods.list.at[i], &err) == NULL)
			go_error("go: %s", err);
	}
}

/* go mod tidy, as far as what is in the module cache reaches: adds nothing that is not there, drops what is not used. */
static void
tidy(void)
{
	Match all;
	Map *used = map_new(perm), *direct = map_new(perm);
	Modfile *f;
	int w = 0;
	const char *text;

	cfg.mod = "mod";
	mods_need();
	mods_fullgraph();
	all = match_packages("all");
	for (int i = 0; i < all.paths.n; i++) {
		Pkg *p = load_import(all.paths.at[i]);
		const Strs *lists[] = { &p->rawimports, &p->testimports, &p->xtestimports };

		if (p->err != NULL && !p->err->nogo) {
			fprintf(stderr, "go: %s\n", pkgerror_text(p->err));
			go_exit(1);
		}
		if (p->mod == NULL || p->std)
			continue;
		map_set(used, p->mod->path, p->mod);
		if (!p->mod->main)
			continue;
		for (size_t k = 0; k < NELEM(lists); k++)
			for (int j = 0; j < lists[k]->n; j++) {
				Module *m = mods_byprefix(lists[k]->at[j]);

				if (m != NULL && !load_isstdpath(lists[k]->at[j]))
					map_set(direct, m->path, m);
			}
	}
	f = mods.mains.at[0]->file;
	for (int i = 0; i < f->require.n; i++) {
		if (!map_has(used, f->require.at[i].path) && !map_has(direct, f->require.at[i].path))
			continue;
		f->require.at[w] = f->require.at[i];
		f->require.at[w++].indirect = !map_has(direct, f->require.at[i].path);
	}
	f->require.n = w;
	for (int i = 0; i < mods.list.n; i++) {
		Module *m = mods.list.at[i];
		bool have = false;

		if (m->main || !map_has(used, m->path))
			continue;
		for (int j = 0; j < f->require.n; j++)
			if (streq(f->require.at[j].path, m->path)) {
				have = true;
				f->require.at[j].version = m->version;
			}
		if (!have) {
			ModVer mv = { .path = m->path, .version = m->version, .indirect = !map_has(direct, m->path) };

			vec_push(perm, &f->require, mv);
		}
	}
	/* sorted, as go mod tidy leaves it */
	for (int i = 1; i < f->require.n; i++)
		for (int j = i; j > 0 && strcmp(f->require.at[j - 1].path, f->require.at[j].path) > 0; j--) {
			ModVer t = f->require.at[j];

			f->require.at[j] = f->require.at[j - 1];
			f->require.at[j - 1] = t;
		}
	text = text_file(f->file, NULL);
	if (text == NULL || !streq(text, modfile_format(f, false))) {
		nocomments(f->file, text != NULL ? text : "");
		save(f->file, modfile_format(f, false));
	}
}

void
cmd_mod(int argc, char **argv)
{
	const char *c = argc > 0 ? argv[0] : "";
	int skip = 1;

	if (argc == 0) {
		fprintf(stderr, "Go mod provides access to operations on modules.\n\n"
			"Note that support for modules is built into all the go commands,\nnot just 'go mod'. For example, day-to-day adding, removing, upgrading,\n"
			"and downgrading of dependencies should be done using 'go get'.\nSee 'go help modules' for an overview of module functionality.\n\nUsage:\n\n\tgo mod <command> [arguments]\n\nThe commands are:\n\n"
			"\tdownload    download modules to local cache\n\tedit        edit go.mod from tools or scripts\n"
			"\tgraph       print module requirement graph\n\tinit        initialize new module in current directory\n"
			"\ttidy        add missing and remove unused modules\n\tvendor      make vendored copy of dependencies\n"
			"\tverify      verify dependencies have expected content\n\twhy         explain why packages or modules are needed\n\n"
			"Use \"go help mod <command>\" for more information about a command.\n\n");
		go_exit(2);
	}
	while (skip < argc && (streq(argv[skip], "-x") || (!streq(c, "edit") && !streq(c, "vendor") && argv[skip][0] == '-')))
		skip++;
	if (streq(c, "init"))
		init(argc - skip, argv + skip);
	else if (streq(c, "edit"))
		edit(argc - skip, argv + skip, false);
	else if (streq(c, "verify"))
		verify(argc - skip, argv + skip);
	else if (streq(c, "graph"))
		graph();
	else if (streq(c, "vendor"))
		vendor(argc - skip, argv + skip);
	else if (streq(c, "download"))
		download(argc - skip, argv + skip);
	else if (streq(c, "tidy"))
		tidy();
	else if (streq(c, "why"))
		why(argc - skip, argv + skip);
	else {
		fprintf(stderr, "go mod: unknown command\nRun 'go help mod' for usage.\n");
		go_exit(2);
	}
}

/* ---- go work ---- */

static const char *
usepath(const char *arg, const char *base)
{
	const char *abs = path_abs(arg), *rel;

	if (arg[0] == '/')
		return abs;
	if (streq(abs, base))
		return ".";
	if (haspathprefix(abs, base))
		return intern_printf("./%s", abs + strlen(base) + 1);
	rel = shortpath(abs);
	return rel;
}

static void
adduse(Modfile *f, const char *arg)
{
	const char *base = path_dir(f->file), *dir = path_abs(arg), *u = usepath(arg, base);

	if (!file_exists(path_join(dir, "go.mod"))) {
		int w = 0;

		if (strs_has(&f->use, u)) {
			for (int i = 0; i < f->use.n; i++)
				if (!streq(f->use.at[i], u))
					f->use.at[w++] = f->use.at[i];
			f->use.n = w;
			return;
		}
		if (!dir_exists(dir))
			go_fatal("directory %s does not exist", arg);
		go_fatal("directory %s does not contain a go.mod file", arg);
	}
	strs_addnew(&f->use, u);
	strs_sort(&f->use);
}

static void
useversions(Modfile *f)	/* the workspace is at least at the version of each module */
{
	for (int i = 0; i < f->use.n; i++) {
		const char *file = path_join(f->use.at[i][0] == '/' ? f->use.at[i] : path_join(path_dir(f->file), f->use.at[i]), "go.mod"), *err;
		const char *text = text_file(file, NULL);
		Modfile *m = text != NULL ? modfile_parse(file, text, false, &err) : NULL;

		if (m != NULL && m->go[0] != '\0' && gover_cmp(m->go, f->go[0] != '\0' ? f->go : "1.18") > 0)
			f->go = m->go;
	}
}

void
cmd_work(int argc, char **argv)
{
	const char *c = argc > 0 ? argv[0] : "", *file, *err, *text;
	Modfile *f;

	if (argc == 0) {
		fprintf(stderr, "Work provides access to operations on workspaces.\n\nUsage:\n\n\tgo work <command> [arguments]\n\nThe commands are:\n\n"
			"\tedit        edit go.work from tools or scripts\n\tinit        initialize workspace file\n"
			"\tsync        sync workspace build list to modules\n\tuse         add modules to workspace file\n"
			"\tvendor      make vendored copy of dependencies\n\nUse \"go help work <command>\" for more information about a command.\n\n");
		go_exit(2);
	}
	if (streq(c, "init")) {
		const char *w = env_get("GOWORK");

		file = w[0] == '/' ? intern_str(w) : path_join(cfg.cwd, "go.work");
		if (file_exists(file))
			go_fatal("%s already exists", file);
		f = NEW(perm, Modfile);
		f->file = file;
		f->module = f->toolchain = "";
		f->go = &GOVERSION[2];
		for (int i = 1; i < argc; i++)
			adduse(f, argv[i]);
		useversions(f);
		save(file, modfile_format(f, true));
		return;
	}
	if (streq(c, "edit")) {
		edit(argc - 1, argv + 1, true);
		return;
	}
	if (streq(c, "use")) {
		bool recurse = false;
		int i = 1;

		file = mods_findgowork();
		if (file[0] == '\0')
			go_fatal("no go.work file found\n\t(run 'go work init' first or specify path using GOWORK environment variable)");
		text = text_file(file, NULL);
		if (text == NULL)
			go_fatal("reading %s: %s", shortpath(file), errtext(errno));
		f = modfile_parse(file, text, true, &err);
		if (f == NULL)
			go_fatal("errors parsing %s:\n%s", shortpath(file), err);
		if (i < argc && streq(argv[i], "-r")) {
			recurse = true;
			i++;
		}
		if (recurse)
			go_fatal("go work use -r is not supported yet");
		for (; i < argc; i++)
			adduse(f, argv[i]);
		useversions(f);
		save(file, modfile_format(f, true));
		return;
	}
	if (streq(c, "sync") || streq(c, "vendor"))
		go_fatal("go work %s is not supported yet", c);
	fprintf(stderr, "go work: unknown command\nRun 'go help work' for usage.\n");
	go_exit(2);
}
