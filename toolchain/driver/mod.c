/*
 * mod.c - go mod and go work: new files here, everything else is gomod's (modtool.c).
 *
 * Source: go help mod init; go help work.
 */
#include <errno.h>
#include <stdlib.h>

#include "driver/driver.h"

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
	const char *path = argc > 0 ? argv[0] : NULL, *file = path_join(cfg.cwd, "go.mod"), *why, *text;
	DirInfo *d = dir_read(cfg.cwd);
	bool any = false;

	if (argc > 1)
		go_fatal("'go mod init' accepts at most one argument");
	if (file_exists(file))
		go_fatal("%s already exists", file);
	if (path == NULL) {
		path = guesspath();
		if (path == NULL)
			go_fatal("cannot determine module path for source directory %s (outside GOPATH, module path "
				 "must be specified)\n\n"
				 "Example usage:\n\t'go mod init example.com/m' to initialize a v0 or v1 module\n"
				 "\t'go mod init example.com/m/v2' to initialize a v2 module\n\n"
				 "Run 'go help mod init' for more information.",
			    cfg.cwd);
	}
	why = mod_checkpath(path);
	if (why != NULL)
		go_fatal("%s", why);
	if (hasprefix(path, "gopkg.in/") ? mod_pathmajor(path)[0] == '\0' :
					   hassuffix(path, "/v0") || hassuffix(path, "/v1"))
		go_fatal("invalid module path %s: major version suffixes must be in the form of /vN and are only "
			 "allowed for v2 or later",
		    goquoted(path));
	text = intern_printf("module %s\n\ngo %s\n", path, &GOVERSION[2]);
	file_replace(file, text, strlen(text), 0666);
	fprintf(stderr, "go: creating new go.mod: module %s\n", path);
	for (int i = 0; i < d->nfiles && !any; i++)
		any = hassuffix(d->files[i].name, ".go") ||
		    (d->files[i].isdir && d->files[i].name[0] != '.' && d->files[i].name[0] != '_' &&
			dir_read(path_join(cfg.cwd, d->files[i].name))->hasgo);
	if (any)
		fprintf(stderr, "go: to add module requirements and sums:\n\tgo mod tidy\n");
}

void
cmd_mod(int argc, char **argv)
{
	static const char *const subcommands[] = { "download", "edit", "graph", "tidy", "vendor", "verify", "why" };
	const char *c = argc > 0 ? argv[0] : "";

	if (argc == 0) {
		help_group(stderr, "mod");
		go_exit(2);
	}
	if (streq(c, "init")) {
		init(argc - 1, argv + 1);
		return;
	}
	for (size_t i = 0; i < NELEM(subcommands); i++)
		if (streq(c, subcommands[i]))
			modtool_command(c, argc - 1, argv + 1);
	fprintf(stderr, "go mod: unknown command\nRun 'go help mod' for usage.\n");
	go_exit(2);
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

/* The change of go.work that "go work use DIR" is: a folder without go.mod is dropped if it was there. */
static const char *
useflag(const Strs *used, const char *base, const char *arg)
{
	const char *dir = path_abs(arg), *u = usepath(arg, base);

	if (file_exists(path_join(dir, "go.mod")))
		return intern_printf("-use=%s", u);
	if (strs_has(used, u))
		return intern_printf("-dropuse=%s", u);
	if (!dir_exists(dir))
		go_fatal("directory %s does not exist", path_clean(arg));
	go_fatal("directory %s does not contain a go.mod file", path_clean(arg));
}

/* The workspace is at least at the version of each module. */
static const char *
useversion(const char *base, const char *version, const char *dir)
{
	const char *err, *text = text_file(path_join(dir[0] == '/' ? dir : path_join(base, dir), "go.mod"), NULL);
	Modfile *m = text != NULL ? modfile_parse("go.mod", text, false, &err) : NULL;

	return m != NULL && m->go[0] != '\0' && gover_cmp(m->go, version[0] != '\0' ? version : "1.18") > 0 ? m->go :
													      version;
}

/* Folders below dir that hold a go.mod, for go work use -r. */
static void
findmodules(const char *dir, Strs *out)
{
	DirInfo *d = dir_read(dir);

	if (dir_file(d, "go.mod") != NULL)
		strs_add(out, shortpath(dir));
	for (int i = 0; i < d->nfiles; i++)
		if (d->files[i].isdir && d->files[i].name[0] != '.' && d->files[i].name[0] != '_' &&
		    !streq(d->files[i].name, "vendor") && !streq(d->files[i].name, "testdata"))
			findmodules(path_join(dir, d->files[i].name), out);
}

static void
workuse(int argc, char **argv)
{
	const char *file = mods_findgowork(), *err, *base, *text, *version;
	Strs flags = { 0 }, dirs = { 0 };
	bool recurse = argc > 0 && streq(argv[0], "-r");
	Modfile *f;

	if (file[0] == '\0')
		go_fatal("no go.work file found\n\t(run 'go work init' first or specify path using GOWORK environment "
			 "variable)");
	text = text_file(file, NULL);
	if (text == NULL)
		go_fatal("reading %s: %s", shortpath(file), errtext(errno));
	f = modfile_parse(file, text, true, &err);
	if (f == NULL)
		go_fatal("errors parsing %s:\n%s", shortpath(file), err);
	base = path_dir(file);
	version = f->go;
	for (int i = recurse; i < argc; i++)
		if (recurse)
			findmodules(path_abs(argv[i]), &dirs);
		else
			strs_add(&dirs, argv[i]);
	for (int i = 0; i < f->use.n; i++)
		version = useversion(base, version, f->use.at[i]);
	for (int i = 0; i < dirs.n; i++) {
		strs_add(&flags, useflag(&f->use, base, dirs.at[i]));
		version = useversion(base, version, path_abs(dirs.at[i]));
	}
	if (version[0] != '\0')
		strs_add(&flags, intern_printf("-go=%s", version));
	if (!streq(version, f->go) && f->toolchain[0] == '\0' && gover_cmp(&GOVERSION[2], version) > 0)
		strs_add(&flags, "-toolchain=" GOVERSION);
	if (flags.n > 0)
		modtool_command("workedit", flags.n, (char **)(uintptr_t)flags.at);
}

static void
workinit(int argc, char **argv)
{
	const char *w = env_get("GOWORK"), *file = w[0] == '/' ? intern_str(w) : path_join(cfg.cwd, "go.work"),
		   *version = &GOVERSION[2];
	Strs none = { 0 }, uses = { 0 };
	Buf b = { 0 };

	if (file_exists(file))
		go_fatal("%s already exists", file);
	for (int i = 0; i < argc; i++) {
		strs_addnew(&uses, strchr(useflag(&none, path_dir(file), argv[i]), '=') + 1);
		version = useversion(path_dir(file), version, path_abs(argv[i]));
	}
	strs_sort(&uses);
	buf_printf(&b, "go %s\n", version);
	if (uses.n == 1)
		buf_printf(&b, "\nuse %s\n", uses.at[0]);
	else if (uses.n > 1)
		buf_printf(&b, "\nuse (\n\t%s\n)\n", strs_join(&uses, "\n\t"));
	file_replace(file, b.p, b.n, 0666);
	buf_free(&b);
}

void
cmd_work(int argc, char **argv)
{
	const char *c = argc > 0 ? argv[0] : "";

	if (argc == 0) {
		help_group(stderr, "work");
		go_exit(2);
	}
	if (streq(c, "init"))
		workinit(argc - 1, argv + 1);
	else if (streq(c, "edit"))
		modtool_command("workedit", argc - 1, argv + 1);
	else if (streq(c, "use"))
		workuse(argc - 1, argv + 1);
	else if (streq(c, "sync") || streq(c, "vendor"))
		modtool_command(intern_printf("work%s", c), argc - 1, argv + 1);
	else {
		fprintf(stderr, "go work: unknown command\nRun 'go help work' for usage.\n");
		go_exit(2);
	}
}
