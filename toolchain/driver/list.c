/*
 * list.c - go list: packages and modules as text, JSON or through a template.
 *
 * Source: go help list (struct Package, struct Module).
 */
#include <stdlib.h>

#include "driver/driver.h"

static bool l_deps, l_e, l_export, l_find, l_m, l_u, l_versions, l_compiled, l_test, l_json, l_retracted;
static const char *l_f, *l_jsonfields, *l_reuse;

static void
setjson(const char *s)
{
	l_json = !streq(s, "false");
	l_jsonfields = streq(s, "true") || streq(s, "false") ? NULL : intern_str(s);
}

const DFlag list_flags[] = {
	{ "f", DF_STRING, &l_f },
	{ "json", DF_BOOLFUNC, (void *)setjson },
	{ "deps", DF_BOOL, &l_deps },
	{ "e", DF_BOOL, &l_e },
	{ "export", DF_BOOL, &l_export },
	{ "find", DF_BOOL, &l_find },
	{ "m", DF_BOOL, &l_m },
	{ "u", DF_BOOL, &l_u },
	{ "versions", DF_BOOL, &l_versions },
	{ "compiled", DF_BOOL, &l_compiled },
	{ "test", DF_BOOL, &l_test },
	{ "retracted", DF_BOOL, &l_retracted },
	{ "reuse", DF_STRING, &l_reuse },
};
const int list_nflags = NELEM(list_flags);

static void die(const char *fmt, ...) PRINTF(1, 2);

static void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	go_exit(1);
}

/* What proxies know of a module: fields of gomod's QUERY. */
typedef Vec(KeyVal) Facts;
static Map *facts;			/* Module -> Facts */

static const char *
fact(const Module *m, const char *name)
{
	const Facts *f = facts != NULL ? map_get(facts, m) : NULL;

	for (int i = 0; f != NULL && i < f->n; i++)
		if (streq(f->at[i].key, name))
			return f->at[i].value;
	return NULL;
}

static Value *
factlist(const Module *m, const char *name)
{
	const Facts *f = facts != NULL ? map_get(facts, m) : NULL;
	Strs v = { 0 };

	for (int i = 0; f != NULL && i < f->n; i++)
		if (streq(f->at[i].key, name))
			strs_add(&v, f->at[i].value);
	return val_strs(&v);
}

/* Asks about all modules of the list at once. */
static void
askproxies(Module *const *list, int n)
{
	Strs args = { 0 };
	const char *text;

	for (int i = 0; i < n; i++)
		strs_add(&args,
		    intern_printf("%s%s@%s", list[i]->query != NULL ? "?" : "", list[i]->path,
			list[i]->query != NULL ? list[i]->query : list[i]->version));
	text = modtool_query(intern_printf("=%s%s%s", l_u ? "u" : "", l_versions ? "v" : "", l_retracted ? "r" : ""),
	    &args);
	facts = map_new(perm);
	for (int i = 0; i < n; i++) {
		Facts *f = NEW(perm, Facts);

		for (; *text != '\0'; text += strlen(text) + 1) {
			const char *blank = strchr(text, ' ');
			KeyVal kv = { .key = sub(text, (size_t)(blank - text)), .value = intern_str(blank + 1) };

			vec_push(perm, f, kv);
		}
		text++;
		map_set(facts, list[i], f);
		if (list[i]->query == NULL)
			continue;
		list[i]->version = fact(list[i], "Version") != NULL ? fact(list[i], "Version") : list[i]->version;
		list[i]->goversion = fact(list[i], "GoVersion");
		list[i]->gomod = fact(list[i], "GoMod");
	}
}

static const char *
versionstring(const Value *v)
{
	const Value *r = val_get(v, "Retracted");

	return intern_printf("%s%s", val_get(v, "Version")->s, r != NULL && r->list.n > 0 ? " (retracted)" : "");
}

static const char *
modstring(const Value *v)
{
	const Value *ver = val_get(v, "Version"), *rep = val_get(v, "Replace"), *up = val_get(v, "Update"),
		    *all = val_get(v, "Versions"), *dep = val_get(v, "Deprecated");
	const char *s = val_get(v, "Path")->s;

	if (l_versions) {
		for (int i = 0; i < all->list.n; i++)
			s = intern_printf("%s %s", s, all->list.at[i]->s);
	} else if (ver->s[0] != '\0') {
		s = intern_printf("%s %s", s, versionstring(v));
		if (up != NULL && up->kind == V_STRUCT)
			s = intern_printf("%s [%s]", s, versionstring(up));
	}
	if (dep != NULL && dep->s != NULL && dep->s[0] != '\0')
		s = intern_printf("%s (deprecated)", s);
	if (rep != NULL && rep->kind == V_STRUCT && !l_versions) {
		s = intern_printf("%s => %s", s, val_get(rep, "Path")->s);
		if (val_get(rep, "Version")->s[0] != '\0')
			s = intern_printf("%s %s", s, val_get(rep, "Version")->s);
	}
	return s;
}

static Value *
nil(void)
{
	static Value v = { .kind = V_NIL };

	return &v;
}

/* The newer version as a module, with what is known of it without asking again. */
static Value *
update(const Module *m)
{
	Value *v = val_struct();
	const char *when = fact(m, "UpdateTime");

	val_set(v, "Path", val_str(m->path), true);
	val_set(v, "Version", val_str(fact(m, "UpdateVersion")), true);
	val_set(v, "Time", when != NULL ? val_str(when) : nil(), true);
	return v;
}

static const char *
errstring(const Value *v)
{
	const Value *text = val_get(v, "_text");

	return (text != NULL ? text : val_get(v, "Err"))->s;
}

static Value *
moderror(const char *text)
{
	Value *v = val_struct();

	v->str = errstring;
	val_set(v, "Err", val_str(text), false);
	return v;
}

static Value *
modvalue(Module *m, bool isreplace)
{
	Value *v = val_struct();
	const char *err, *dir, *when;

	v->str = modstring;
	dir = m->dir != NULL ? m->dir : isreplace || m->query != NULL || !mods_indir(m) ? "" : mods_dir(m, &err);
	if (mods.vendor && !m->main)
		dir = m->version[0] != '\0' && m->replace == NULL ? "" : dir;
	val_set(v, "Path", val_str(isreplace ? m->orig : m->path), true);
	val_set(v, "Version", val_str(m->version), true);
	val_set(v, "Query", val_str(fact(m, "Query") != NULL ? fact(m, "Query") : ""), true);
	val_set(v, "Versions", factlist(m, "Versions"), true);
	val_set(v, "Replace", m->replace != NULL ? modvalue(m->replace, true) : nil(), true);
	when = fact(m, "Time") != NULL ? fact(m, "Time") : mods.vendor ? NULL : mods_time(m);
	val_set(v, "Time", when != NULL ? val_str(when) : nil(), true);
	val_set(v, "Update", fact(m, "UpdateVersion") != NULL ? update(m) : nil(), true);
	val_set(v, "Main", val_bool(m->main), true);
	val_set(v, "Indirect", val_bool(m->indirect && !isreplace), true);
	val_set(v, "Dir", val_str(dir != NULL ? dir : ""), true);
	val_set(v, "GoMod", val_str(m->gomod != NULL && !(mods.vendor && !m->main) ? m->gomod : ""), true);
	val_set(v, "GoVersion", val_str(m->goversion != NULL ? m->goversion : ""), true);
	val_set(v, "Retracted", factlist(m, "Retracted"), true);
	val_set(v, "Deprecated", val_str(fact(m, "Deprecated") != NULL ? fact(m, "Deprecated") : ""), true);
	val_set(v, "Error", fact(m, "Error") != NULL ? moderror(fact(m, "Error")) : nil(), true);
	if (!m->main && !isreplace && mods_checksum(m, &err))
		val_set(v, "Sum", val_str(m->sum != NULL ? m->sum : ""), true);
	else
		val_set(v, "Sum", val_str(""), true);
	val_set(v, "GoModSum",
	    val_str(!m->main && !isreplace && !mods.vendor && mods_modsum(m) != NULL ? mods_modsum(m) : ""), true);
	val_set(v, "Origin", nil(), true);
	val_set(v, "Reuse", val_bool(false), true);
	return v;
}

static Value *
errvalue(const PkgError *e)
{
	Value *v = val_struct();
	Strs st = e->stack;

	v->str = errstring;
	val_set(v, "ImportStack", val_strs(&st), false);
	val_set(v, "Pos", val_str(e->pos), false);
	val_set(v, "Err", val_str(e->err), false);
	val_set(v, "_text", val_str(pkgerror_text(e)), true);
	return v;
}

static int
bypos(const void *a, const void *b)
{
	const PkgError *x = *(PkgError *const *)a, *y = *(PkgError *const *)b;
	int c = strcmp(x->pos, y->pos);

	return c != 0 ? c : strcmp(x->err, y->err);
}

static Value *
pkgvalue(Pkg *p)
{
	Value *v = val_struct(), *im = val_map(), *de = val_list();
	Strs deps = { 0 }, compiled = { 0 };
	PkgErrors errs = { 0 };
	Strs none = { 0 };
	bool main = streq(p->name, "main"), bad = p->err != NULL || p->incomplete;

	if (!l_find) {
		load_deps(p);
		for (int i = 0; i < p->all.n; i++) {
			strs_add(&deps, p->all.at[i]->path);
			if (p->all.at[i]->err != NULL) {
				vec_push(perm, &errs, p->all.at[i]->err);
				bad = true;
			}
		}
		strs_sort(&deps);
	}
	if (errs.n > 1)
		qsort(errs.at, (size_t)errs.n, sizeof errs.at[0], bypos);
	for (int i = 0; i < errs.n; i++)
		vec_push(perm, &de->list, errvalue(errs.at[i]));
	for (int i = 0; i < p->importmap.n; i++)
		val_set(im, p->importmap.at[i].from, val_str(p->importmap.at[i].to), false);
	if (l_compiled || l_export) {
		strs_append(&compiled, &p->gofiles);
		if (p->act != NULL && p->act->cgo != NULL && !p->act->failed)
			strs_append(&compiled, cgo_gofiles(p->act));
	}
	if (main && p->std == false)
		p->defaultgodebug = default_godebug(p);
	val_set(v, "Dir", val_str(p->dir), true);
	val_set(v, "ImportPath", val_str(p->path), true);
	val_set(v, "ImportComment", val_str(p->importcomment), true);
	val_set(v, "Name", val_str(p->name), true);
	val_set(v, "Doc", val_str(p->doc), true);
	val_set(v, "Target", val_str(p->target), true);
	val_set(v, "Shlib", val_str(""), true);
	val_set(v, "Root", val_str(p->root), true);
	val_set(v, "ConflictDir", val_str(""), true);
	val_set(v, "ForTest", val_str(""), true);
	val_set(v, "Export", val_str(p->export != NULL ? p->export : ""), true);
	val_set(v, "BuildID", val_str(p->buildid != NULL ? p->buildid : ""), true);
	val_set(v, "Module", p->mod != NULL ? modvalue(p->mod, false) : nil(), true);
	val_set(v, "Match", val_strs(&p->match), true);
	val_set(v, "Goroot", val_bool(p->goroot), true);
	val_set(v, "Standard", val_bool(p->std), true);
	val_set(v, "DepOnly", val_bool(!p->named), true);
	val_set(v, "BinaryOnly", val_bool(false), true);
	val_set(v, "Incomplete", val_bool(bad), true);
	val_set(v, "DefaultGODEBUG", val_str(p->defaultgodebug), true);
	val_set(v, "Stale", val_bool(main && p->target[0] != '\0' && !file_exists(p->target)), true);
	val_set(v, "StaleReason",
	    val_str(main && p->target[0] != '\0' && !file_exists(p->target) ? "target missing" : ""), true);
	val_set(v, "GoFiles", val_strs(&p->gofiles), true);
	val_set(v, "CgoFiles", val_strs(&p->cgofiles), true);
	val_set(v, "CompiledGoFiles", val_strs(&compiled), true);
	val_set(v, "IgnoredGoFiles", val_strs(&p->ignoredgo), true);
	val_set(v, "InvalidGoFiles", val_strs(&p->invalidgo), true);
	val_set(v, "IgnoredOtherFiles", val_strs(&p->ignoredother), true);
	val_set(v, "CFiles", val_strs(&p->cfiles), true);
	val_set(v, "CXXFiles", val_strs(&p->cxxfiles), true);
	val_set(v, "MFiles", val_strs(&p->mfiles), true);
	val_set(v, "HFiles", val_strs(&p->hfiles), true);
	val_set(v, "FFiles", val_strs(&p->ffiles), true);
	val_set(v, "SFiles", val_strs(&p->sfiles), true);
	val_set(v, "SwigFiles", val_strs(&p->swigfiles), true);
	val_set(v, "SwigCXXFiles", val_strs(&p->swigcxx), true);
	val_set(v, "SysoFiles", val_strs(&p->sysofiles), true);
	val_set(v, "EmbedPatterns", val_strs(&p->embedpatterns), true);
	val_set(v, "EmbedFiles", val_strs(&p->embedfiles), true);
	val_set(v, "CgoCFLAGS", val_strs(&p->cgocflags), true);
	val_set(v, "CgoCPPFLAGS", val_strs(&p->cgocppflags), true);
	val_set(v, "CgoCXXFLAGS", val_strs(&p->cgocxxflags), true);
	val_set(v, "CgoFFLAGS", val_strs(&p->cgofflags), true);
	val_set(v, "CgoLDFLAGS", val_strs(&p->cgoldflags), true);
	val_set(v, "CgoPkgConfig", val_strs(&p->cgopkgconfig), true);
	val_set(v, "Imports", val_strs(&p->imports), true);
	val_set(v, "ImportMap", im, true);
	val_set(v, "Deps", val_strs(&deps), true);
	val_set(v, "Error", p->err != NULL ? errvalue(p->err) : nil(), true);
	val_set(v, "DepsErrors", de, true);
	val_set(v, "TestGoFiles", val_strs(&p->testgo), true);
	val_set(v, "TestImports", val_strs(&p->testimports), true);
	val_set(v, "TestEmbedPatterns", val_strs(&p->testembedpatterns), true);
	val_set(v, "TestEmbedFiles", val_strs(&none), true);
	val_set(v, "XTestGoFiles", val_strs(&p->xtestgo), true);
	val_set(v, "XTestImports", val_strs(&p->xtestimports), true);
	val_set(v, "XTestEmbedPatterns", val_strs(&p->xtestembedpatterns), true);
	val_set(v, "XTestEmbedFiles", val_strs(&none), true);
	return v;
}

/* {{if .Error}} must see nil, JSON must not show the text kept for {{.Error}}. */
static void
strip(Value *v)
{
	for (int i = 0; i < v->list.n; i++) {
		if (v->kind == V_STRUCT && streq(v->keys.at[i], "_text"))
			v->list.at[i] = nil();
		else if (v->list.at[i] != NULL && (v->list.at[i]->kind == V_STRUCT || v->list.at[i]->kind == V_LIST))
			strip(v->list.at[i]);
	}
	for (int i = 0; v->kind == V_STRUCT && i < v->list.n; i++)	/* nil pointers are left out, not printed as null */
		if (v->list.at[i]->kind == V_NIL && v->omit.at[i])
			v->list.at[i] = nil();
}

static void
printone(Template *t, Value *v, const char *plain)
{
	Buf b = { 0 };

	if (l_json) {
		if (l_jsonfields != NULL) {
			Strs f = { 0 };

			strs_split(&f, l_jsonfields, ',');
			for (int i = 0; i < v->keys.n; i++)
				if (!strs_has(&f, v->keys.at[i])) {
					v->list.at[i] = nil();
					v->omit.at[i] = true;
				}
		}
		strip(v);
		val_json(&b, v, 0);
		buf_byte(&b, '\n');
	} else if (t != NULL) {
		template_run(t, v, &b);
		if (b.n > 0 && b.p[b.n - 1] != '\n')
			buf_byte(&b, '\n');
	} else {
		buf_printf(&b, "%s\n", plain);
	}
	if (b.n > 0)
		fwrite(b.p, 1, b.n, stdout);
	buf_free(&b);
}

static void
listmodules(int argc, char **argv, Template *t)
{
	Vec(Module *) out = { 0 };
	int queries = 0;

	mods_init();
	for (int i = 0; i < argc; i++)
		queries += strchr(argv[i], '@') != NULL;
	if (mods.none && queries < argc) {
		if (argc == 0) {
			Module *m = NEW(perm, Module);

			m->path = "command-line-arguments";
			m->version = "";
			m->main = true;
			m->goversion = "";
			printone(t, modvalue(m, false), m->path);
			return;
		}
		go_fatal("cannot match %s: go.mod file not found in current directory or any parent directory; see 'go "
			 "help modules'",
		    goquoted(argv[0]));
	}
	if (argc > 0 && mods.vendor) {
		bool wild = false;

		for (int i = 0; i < argc; i++)
			wild = wild || strstr(argv[i], "...") != NULL || streq(argv[i], "all");
		if (wild)
			go_fatal("can't compute '%s' using the vendor directory\n\t(Use -mod=mod or -mod=readonly to "
				 "bypass.)",
			    argv[0]);
	}
	if (argc == 0) {
		for (int i = 0; i < mods.mains.n; i++)
			vec_push(perm, &out, mods.mains.at[i]);
	} else if (queries < argc) {
		mods_fullgraph();
	}
	for (int i = 0; i < argc; i++) {
		bool wild = strstr(argv[i], "...") != NULL, hit = false;
		const char *at = strchr(argv[i], '@'),
			   *want = at != NULL ? sub(argv[i], (size_t)(at - argv[i])) : argv[i];

		if (at != NULL) {
			Module *m = NEW(perm, Module);

			m->path = want;
			m->version = m->goversion = "";
			m->query = intern_str(at + 1);
			vec_push(perm, &out, m);
			continue;
		}
		for (int j = 0; j < mods.list.n; j++) {
			Module *m = mods.list.at[j];

			if (streq(argv[i], "all") || (wild ? pattern_match(want, m->path) : streq(want, m->path))) {
				hit = true;
				vec_push(perm, &out, m);
			}
		}
		if (!hit && wild)
			fprintf(stderr, "go: warning: pattern %s matched no module dependencies\n", goquoted(argv[i]));
		if (!hit && !wild && !streq(argv[i], "all")) {
			fprintf(stderr, "go: module %s: not a known dependency\n", argv[i]);
			go_status = 1;
		}
	}
	if (out.n > 0 && (l_u || l_versions || l_retracted || queries > 0))
		askproxies(out.at, out.n);
	for (int i = 0; i < out.n; i++) {
		const char *err = fact(out.at[i], "Error");
		Value *v;

		if (err != NULL && !l_e) {
			go_error("go: %s", err);
			continue;
		}
		v = modvalue(out.at[i], false);
		printone(t, v, modstring(v));
	}
}

void
cmd_list(int argc, char **argv)
{
	Template *t = NULL;
	Pkgs ps, all = { 0 };
	Map *seen;
	bool failed = false;

	if (l_f != NULL && l_json)
		die("go list -f cannot be used with -json");
	if (l_f != NULL)
		t = template_parse(l_f);
	if (l_reuse != NULL)
		go_fatal("-reuse is not supported by this go command");
	if (l_m) {
		if (l_deps || l_export || l_find || l_test || l_compiled)
			die("go list -%s cannot be used with -m",
			    l_deps       ? "deps" :
				l_export ? "export" :
				l_find   ? "find" :
				l_test   ? "test" :
					   "compiled");
		listmodules(argc, argv, t);
		return;
	}
	if (l_u || l_versions || l_retracted)
		die("go list -%s can only be used with -m", l_u ? "u" : l_versions ? "versions" : "retracted");
	if (l_find && l_deps)
		die("go list -deps cannot be used with -find");
	if (l_find && l_export)
		die("go list -export cannot be used with -find");
	if (!supported_pair(cfg.goos, cfg.goarch)) {
		fprintf(stderr, "go: unsupported GOOS/GOARCH pair %s/%s\n", cfg.goos, cfg.goarch);
		go_exit(2);
	}
	cfg.find = l_find;
	ps = load_args(argc, argv);
	if (l_test)
		for (int i = 0; i < ps.n; i++)
			if (ps.at[i]->testgo.n + ps.at[i]->xtestgo.n > 0)
				go_fatal("go list -test is not supported yet for packages with tests (%s)",
				    ps.at[i]->path);
	if (!l_e) {
		Pkgs good = { 0 };

		for (int i = 0; i < ps.n; i++) {
			if (ps.at[i]->err != NULL) {
				if (!ps.at[i]->err->printed)
					fprintf(stderr, "%s\n", pkgerror_text(ps.at[i]->err));
				ps.at[i]->err->printed = failed = true;
				continue;
			}
			vec_push(perm, &good, ps.at[i]);
		}
		if (failed)
			go_exit(1);
		for (int i = 0; i < good.n && l_deps; i++) {
			load_deps(good.at[i]);
			for (int j = 0; j < good.at[i]->all.n; j++) {
				PkgError *e = good.at[i]->all.at[j]->err;

				if (e != NULL && !e->printed) {
					fprintf(stderr, "%s\n", pkgerror_text(e));
					e->printed = failed = true;
				}
			}
		}
		ps = good;
	}
	if (l_deps) {
		seen = map_new(perm);
		for (int i = 0; i < ps.n; i++) {
			load_deps(ps.at[i]);
			for (int j = 0; j <= ps.at[i]->all.n; j++) {
				Pkg *p = j < ps.at[i]->all.n ? ps.at[i]->all.at[j] : ps.at[i];

				if (!map_has(seen, p)) {
					map_set(seen, p, p);
					vec_push(perm, &all, p);
				}
			}
		}
	} else {
		all = ps;
	}
	if (l_export || l_compiled) {
		Pkgs compiled = { 0 };

		/* a package of tests only has nothing to export; for its names alone no package is compiled but those whose files cgo makes */
		for (int i = 0; i < all.n; i++)
			if (all.at[i]->cgofiles.n > 0 || (l_export && all.at[i]->gofiles.n > 0))
				vec_push(perm, &compiled, all.at[i]);
		if (l_export || compiled.n > 0) {
			build_init();
			if (build_packages(&compiled, "list") > 0 && !l_e)
				failed = true;
		}
		for (int i = 0; i < all.n; i++) {
			Action *a = all.at[i]->act;

			if (l_export && a != NULL && !a->failed && a->built != NULL) {
				all.at[i]->export = a->built;
				all.at[i]->buildid = intern_printf("%.20s/%.20s", a->actionid, a->e.content);
			}
		}
	}
	for (int i = 0; i < all.n; i++) {
		printone(t, t != NULL || l_json ? pkgvalue(all.at[i]) : NULL, all.at[i]->path);
	}
	if (failed)
		go_status = 1;
}
