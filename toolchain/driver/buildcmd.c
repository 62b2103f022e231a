/*
 * buildcmd.c - go build, install and run: which packages, and where their programs go.
 */
#include "driver/driver.h"

const char *
default_exe(const Pkg *p)
{
	const char *base;

	if (p->cmdline)
		base = p->gofiles.n > 0 ? sub(p->gofiles.at[0], strlen(p->gofiles.at[0]) - 3) :
		    p->cgofiles.n > 0   ? sub(p->cgofiles.at[0], strlen(p->cgofiles.at[0]) - 3) :
					  "a.out";
	else
		base = path_base(p->path);
	if (!p->cmdline && strchr(p->path, '/') != NULL && base[0] == 'v' && base[1] >= '1' && base[1] <= '9') {
		const char *maj = mod_pathmajor(p->path);

		if (maj[0] == '/')
			base = path_base(path_dir(p->path));
	}
	return intern_printf("%s%s", base, streq(cfg.goos, "windows") ? ".exe" : "");
}

static bool
isdirname(const char *o)
{
	return o[0] != '\0' && (o[strlen(o) - 1] == '/' || dir_exists(o));
}

Pkgs
build_omittests(Pkgs ps)
{
	int w = 0;

	for (int i = 0; i < ps.n; i++)
		if (ps.at[i]->gofiles.n + ps.at[i]->cgofiles.n > 0 || ps.at[i]->literal || ps.at[i]->cmdline)
			ps.at[w++] = ps.at[i];
	ps.n = w;
	return ps;
}

void
cmd_build(int argc, char **argv)
{
	Pkgs ps, mains = { 0 };
	Strs outs = { 0 };

	build_init();
	ps = load_args(argc, argv);
	load_checkerrors(&ps);
	ps = build_omittests(ps);
	if (cfg.cover)
		cover_forbuild(&ps);
	for (int i = 0; i < ps.n; i++)
		if (pkg_ismain(ps.at[i]))
			vec_push(perm, &mains, ps.at[i]);
	if (cfg.o != NULL && cfg.o[0] != '\0') {
		if (streq(cfg.o, "/dev/null")) {
			for (int i = 0; i < ps.n; i++)
				strs_add(&outs, "");
		} else if (isdirname(cfg.o)) {
			if (mains.n == 0) {
				fprintf(stderr, "go: no main packages to build\n");
				go_exit(1);
			}
			for (int i = 0; i < mains.n; i++)
				strs_add(&outs, path_abs(path_join(cfg.o, default_exe(mains.at[i]))));
			ps = mains;
		} else {
			if (ps.n == 0)
				go_fatal("no packages to build");
			if (ps.n > 1)
				go_fatal("cannot write multiple packages to non-directory %s", cfg.o);
			strs_add(&outs, path_abs(cfg.o));
			if (!pkg_ismain(ps.at[0])) {
				if (build_packages(&ps, "build") > 0)
					go_exit(1);
				if (!cfg.n && ps.at[0]->act->built != NULL &&
				    !place_result(ps.at[0]->act, ps.at[0]->act->built, outs.at[0], 0666, false))
					go_exit(1);
				go_exit(0);
			}
		}
	} else {
		for (int i = 0; i < ps.n; i++)
			strs_add(&outs, ps.n == 1 && pkg_ismain(ps.at[i]) ? path_abs(default_exe(ps.at[i])) : "");
		if (ps.n == 1 && outs.at[0][0] != '\0' && dir_exists(outs.at[0]))
			go_fatal("build output %s already exists and is a directory", goquoted(path_base(outs.at[0])));
	}
	go_exit(build_exes(&ps, &outs, false) > 0 ? 1 : 0);
}

static bool
isatversion(const char *arg)
{
	return strchr(arg, '@') != NULL && arg[0] != '.' && arg[0] != '/';
}

void
cmd_install(int argc, char **argv)
{
	Pkgs ps;
	Strs outs = { 0 };

	build_init();
	if (argc > 0 && isatversion(argv[0]))
		modtool_atversion(argc, argv);
	ps = load_args(argc, argv);
	load_checkerrors(&ps);
	ps = build_omittests(ps);
	if (cfg.cover)
		cover_forbuild(&ps);
	for (int i = 0; i < ps.n; i++) {
		Pkg *p = ps.at[i];

		strs_add(&outs, "");
		if (!pkg_ismain(p))
			continue;
		if (p->cmdline && p->target[0] == '\0')
			go_fatal("no install location for .go files listed on command line (GOBIN not set)");
		if (p->target[0] == '\0')
			go_fatal("no install location for directory %s outside GOPATH\n\tFor more details see: 'go "
				 "help gopath'",
			    p->dir);
		outs.at[i] = p->target;
	}
	go_exit(build_exes(&ps, &outs, true) > 0 ? 1 : 0);
}

void
cmd_run(int argc, char **argv)
{
	Pkgs ps = { 0 };
	Strs v = { 0 }, env = { 0 };
	Pkg *p;
	Action *link;
	int i = 0, status;

	build_init();
	while (i < argc && hassuffix(argv[i], ".go"))
		i++;
	if (i > 0) {
		for (int k = 0; k < i; k++)
			if (hassuffix(argv[k], "_test.go"))
				go_fatal("cannot run *_test.go files (%s)", argv[k]);
		p = load_files(i, argv);
		p->named = true;
		vec_push(perm, &ps, p);
	} else if (argc > 0 && argv[0][0] != '-') {
		if (isatversion(argv[0]))
			modtool_atversion(1, argv);
		i = 1;
		ps = load_args(1, argv);
		if (ps.n == 0)
			go_fatal("no packages loaded from %s", argv[0]);
		if (ps.n > 1) {
			Strs names = { 0 };

			for (int k = 0; k < ps.n; k++)
				strs_add(&names, ps.at[k]->path);
			go_fatal("pattern %s matches multiple packages:\n\t%s", argv[0], strs_join(&names, "\n\t"));
		}
	} else {
		go_fatal("no go files listed");
	}
	load_checkerrors(&ps);
	p = ps.at[0];
	if (!pkg_ismain(p)) {
		fprintf(stderr, "package %s is not a main package\n", p->path);
		go_exit(1);
	}
	p->omitdebug = true;
	if (cfg.cover)
		cover_forbuild(&ps);
	link = build_link(p);
	link->exe = intern_printf("exe/%s", default_exe(p));
	link->keep = true;
	if (build_execute() > 0)
		go_exit(1);
	exec_words(&v, &env);
	strs_add(&v, link->built);
	for (; i < argc; i++)
		strs_add(&v, argv[i]);
	if (cfg.n || cfg.x)
		build_show("", &v, "");
	if (cfg.n)
		go_exit(0);
	dirs_save();
	status = job_run(&v, NULL, &env);
	if (status < 0) {
		if (exec_hint() != NULL)
			fprintf(stderr, "%s\n", exec_hint());
		go_exit(1);
	}
	if (status != 0) {
		fprintf(stderr, "%s\n", job_status(status));
		go_exit(1);
	}
	go_exit(0);
}
