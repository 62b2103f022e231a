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

/* Time.String of what JSON has as RFC 3339; module times are UTC. */
static const char *
timestring(const Value *v)
{
	size_t n = strcspn(v->s, "Z");

	if (v->s[n] == '\0' || n < 19)
		return v->s;
	return intern_printf("%.10s %.*s +0000 UTC", v->s, (int)n - 11, v->s + 11);
}

/* The newer version as a module, with what is known of it without asking again. */
static Value *
timevalue(const char *when)
{
	Value *v;

	if (when == NULL)
		return nil();
	v = val_str(when);
	v->str = timestring;
	return v;
}

static Value *
update(const Module *m)
{
	Value *v = val_struct();
	const char *when = fact(m, "UpdateTime");

	val_set(v, "Path", val_str(m->path), true);
	val_set(v, "Version", val_str(fact(m, "UpdateVersion")), true);
	val_set(v, "Time", timevalue(when), true);
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

static const char *
moderrortext(const Module *m)
{
	return m->error != NULL ? m->error : fact(m, "Error");
}

/* Where its files are, "" if they are not here. What was asked for with a query need not be what go.mod has. */
static const char *
moduledir(Module *m, bool isreplace)
{
	const char *err, *dir;

	if (m->dir != NULL)
		return m->dir;
	if (isreplace || !mods_indir(m))
		return "";
	if (m->query != NULL)
		return intern_printf("%s/%s@%s", cfg.modcache, mod_escape(m->path), mod_escape(m->version));
	dir = mods_dir(m, &err);
	return dir != NULL ? dir : "";
}

static Value *
modvalue(Module *m, bool isreplace)
{
	Value *v = val_struct();
	const char *err, *dir, *when;

	v->str = modstring;
	dir = moduledir(m, isreplace);
	if (mods.vendor && !m->main)
		dir = m->version[0] != '\0' && m->replace == NULL ? "" : dir;
	val_set(v, "Path", val_str(isreplace ? m->orig : m->path), true);
	val_set(v, "Version", val_str(m->version), true);
	val_set(v, "Query", val_str(fact(m, "Query") != NULL ? fact(m, "Query") : ""), true);
	val_set(v, "Versions", factlist(m, "Versions"), true);
	val_set(v, "Replace", m->replace != NULL ? modvalue(m->replace, true) : nil(), true);
	when = fact(m, "Time") != NULL ? fact(m, "Time") : mods.vendor || m->replace != NULL ? NULL : mods_time(m);
	val_set(v, "Time", timevalue(when), true);
	val_set(v, "Update", fact(m, "UpdateVersion") != NULL ? update(m) : nil(), true);
	val_set(v, "Main", val_bool(m->main), true);
	val_set(v, "Indirect", val_bool(m->indirect && !isreplace), true);
	val_set(v, "Dir", val_str(dir != NULL ? dir : ""), true);
	val_set(v, "GoMod", val_str(m->gomod != NULL && !(mods.vendor && !m->main) ? m->gomod : ""), true);
	val_set(v, "GoVersion", val_str(m->goversion != NULL ? m->goversion : ""), true);
	val_set(v, "Retracted", factlist(m, "Retracted"), true);
	val_set(v, "Deprecated", val_str(fact(m, "Deprecated") != NULL ? fact(m, "Deprecated") : ""), true);
	val_set(v, "Error", moderrortext(m) != NULL ? moderror(moderrortext(m)) : nil(), true);
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

Value *
template_module(const char *path)
{
	Module *v;

	mods_init();
	for (int i = 0; i < mods.list.n; i++)
		if (streq(mods.list.at[i]->path, path))
			return modvalue(mods.list.at[i], false);
	v = NEW(perm, Module);
	v->path = intern_str(path);
	v->version = v->goversion = "";
	v->error = "module not in current build";
	return modvalue(v, false);
}

static Value *
errvalue(const PkgError *e)
{
	Value *v = val_struct();
	Strs st = e->stack;

	v->str = errstring;
	val_set(v, "ImportStack", e->built ? nil() : val_strs(&st), false);
	val_set(v, "Pos", val_str(e->pos), false);
	val_set(v, "Err", val_str(e->err), false);
	val_set(v, "_text", val_str(pkgerror_text(e)), true);
	return v;
}

/* By the package that the error is about; those without a stack first. */
static int
bystack(const void *a, const void *b)
{
	const PkgError *x = *(PkgError *const *)a, *y = *(PkgError *const *)b;
	int c = (x->stack.n > 0) - (y->stack.n > 0);

	if (c == 0 && x->stack.n > 0)
		c = strcmp(x->stack.at[x->stack.n - 1], y->stack.at[y->stack.n - 1]);
	if (c == 0)
		c = strcmp(x->pos, y->pos);
	return c != 0 ? c : strcmp(x->err, y->err);
}

static Map *needs;			/* Pkg -> Pkgs: what it imports, and what they need */

/* In a cycle the package that is gathered last is among what it needs itself. */
static void
gather(const Pkg *p)
{
	Pkgs *n = NEW(perm, Pkgs);
	Map *seen = map_new(perm);

	for (int i = 0; i < p->deps.n; i++) {
		Pkg *d = p->deps.at[i];
		const Pkgs *more = map_get(needs, d);

		for (int k = -1; k < (more != NULL ? more->n : 0); k++) {
			Pkg *x = k < 0 ? d : more->at[k];

			if (map_has(seen, x))
				continue;
			map_set(seen, x, x);
			vec_push(perm, n, x);
		}
	}
	map_set(needs, p, n);
}

static Map *roots;			/* packages that are listed for themselves, not as what others import */

/* Imports, those that were compiled for a test under the names they have in the list. */
static Strs
importnames(const Pkg *p)
{
	Strs v = { 0 };

	for (int i = 0; i < p->imports.n; i++) {
		const char *name = p->imports.at[i];

		for (int k = 0; k < p->deps.n; k++)
			if (p->deps.at[k]->fortest != NULL && streq(p->deps.at[k]->path, name))
				name = pkg_title(p->deps.at[k]);
		strs_add(&v, name);
	}
	if (p->testmain != NULL)
		strs_sort(&v);
	return v;
}

/* What the files that cgo writes import more, as load.c has found it. */
static void
addcgoimports(const Pkg *p, Strs *imports)
{
	static const char *const more[] = { "unsafe", "runtime/cgo", "syscall" };

	for (size_t k = 0; p->cgofiles.n > 0 && k < NELEM(more); k++)
		for (int i = 0; i < p->deps.n; i++)
			if (streq(p->deps.at[i]->path, more[k]))
				strs_addnew(imports, more[k]);
}

/* The file of a generated main package is in the cache. */
static Strs
sources(const Pkg *p)
{
	CacheEntry e = { .text = "" };
	const char *file;
	Strs v = p->gofiles;
	Buf b = { 0 };

	if (p->testmain == NULL)
		return v;
	buf_printf(&b, "testmain\n%s", p->testmain);
	cache_putbytes(build_hash(&b), p->testmain, strlen(p->testmain));
	if (cache_get(build_hash(&b), &e, &file)) {
		v = (Strs){ 0 };
		strs_add(&v, file);
	}
	buf_free(&b);
	return v;
}

/* Are its CompiledGoFiles known? Not if it has an error before compilation, or something that it imports could not be compiled. */
static bool
hascompiled(const Pkg *p)
{
	if (p->testmain != NULL || streq(p->path, "unsafe"))
		return false;
	if (p->err != NULL)
		return p->err->built;
	return p->act == NULL || (p->act->done && !p->act->failed);
}

static Value *
pkgvalue(Pkg *p)
{
	Strs gofiles = sources(p);
	Value *v = val_struct(), *im = val_map(), *de = val_list();
	Strs deps = { 0 }, compiled = { 0 };
	PkgErrors errs = { 0 };
	Strs embedpatterns =
	    p->fortest != NULL && p->flagsof != NULL && p->testgo.n > 0 ? p->flagsof->embedpatterns : p->embedpatterns;
	Strs testembeds = embed_tests(p, false), xtestembeds = embed_tests(p, true), imports = importnames(p);
	bool main = streq(p->name, "main"), bad = (p->err != NULL && !p->err->built) || p->incomplete;

	if (!l_find) {
		const Pkgs *n = map_get(needs, p);

		for (int i = 0; i < n->n; i++) {
			const Pkg *d = n->at[i];

			strs_add(&deps, pkg_title(d));
			if (d->err != NULL) {
				vec_push(perm, &errs, d->err);
				bad = bad || !d->err->built;
			}
		}
		strs_sort(&deps);
	}
	if (errs.n > 1)
		qsort(errs.at, (size_t)errs.n, sizeof errs.at[0], bystack);
	for (int i = 0; i < errs.n; i++)
		vec_push(perm, &de->list, errvalue(errs.at[i]));
	for (int i = 0; i < p->rawimports.n && i < imports.n; i++)
		if (!streq(p->rawimports.at[i], imports.at[i]) && val_get(im, p->rawimports.at[i]) == NULL)
			val_set(im, p->rawimports.at[i], val_str(imports.at[i]), false);
	if ((l_compiled || l_export) && hascompiled(p)) {
		strs_append(&compiled, &gofiles);
		if (p->act != NULL && p->act->cgo != NULL && !p->act->failed)
			strs_append(&compiled, cgo_gofiles(p->act));
	}
	if (l_compiled)
		addcgoimports(p, &imports);
	if (main && p->std == false)
		p->defaultgodebug = default_godebug(p);
	val_set(v, "Dir", val_str(p->dir), true);
	val_set(v, "ImportPath", val_str(pkg_title(p)), true);
	val_set(v, "ImportComment", val_str(p->importcomment), true);
	val_set(v, "Name", val_str(p->name), true);
	val_set(v, "Doc", val_str(p->doc), true);
	val_set(v, "Target", val_str(p->target), true);
	val_set(v, "Shlib", val_str(""), true);
	val_set(v, "Root", val_str(p->root), true);
	val_set(v, "ConflictDir", val_str(""), true);
	val_set(v, "ForTest", val_str(p->fortest != NULL ? p->fortest : ""), true);
	val_set(v, "Export", val_str(p->export != NULL ? p->export : ""), true);
	val_set(v, "BuildID", val_str(p->buildid != NULL ? p->buildid : ""), true);
	val_set(v, "Module", p->mod != NULL ? modvalue(p->mod, false) : nil(), true);
	val_set(v, "Match", val_strs(&p->match), true);
	val_set(v, "Goroot", val_bool(p->goroot), true);
	val_set(v, "Standard", val_bool(p->std), true);
	val_set(v, "DepOnly", val_bool(!map_has(roots, p)), true);
	val_set(v, "BinaryOnly", val_bool(false), true);
	val_set(v, "Incomplete", val_bool(bad), true);
	val_set(v, "DefaultGODEBUG", val_str(p->defaultgodebug), true);
	val_set(v, "Stale", val_bool(main && p->target[0] != '\0' && !file_exists(p->target)), true);
	val_set(v, "StaleReason",
	    val_str(main && p->target[0] != '\0' && !file_exists(p->target) ? "target missing" : ""), true);
	val_set(v, "GoFiles", val_strs(&gofiles), true);
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
	val_set(v, "EmbedPatterns", val_strs(&embedpatterns), true);
	val_set(v, "EmbedFiles", val_strs(&p->embedfiles), true);
	val_set(v, "CgoCFLAGS", val_strs(&p->cgocflags), true);
	val_set(v, "CgoCPPFLAGS", val_strs(&p->cgocppflags), true);
	val_set(v, "CgoCXXFLAGS", val_strs(&p->cgocxxflags), true);
	val_set(v, "CgoFFLAGS", val_strs(&p->cgofflags), true);
	val_set(v, "CgoLDFLAGS", val_strs(&p->cgoldflags), true);
	val_set(v, "CgoPkgConfig", val_strs(&p->cgopkgconfig), true);
	val_set(v, "Imports", val_strs(&imports), true);
	val_set(v, "ImportMap", im, true);
	val_set(v, "Deps", val_strs(&deps), true);
	val_set(v, "Error", p->err != NULL ? errvalue(p->err) : nil(), true);
	val_set(v, "DepsErrors", de, true);
	val_set(v, "TestGoFiles", val_strs(&p->testgo), true);
	val_set(v, "TestImports", l_find ? val_list() : val_strs(&p->testimports), true);
	val_set(v, "TestEmbedPatterns", val_strs(&p->testembedpatterns), true);
	val_set(v, "TestEmbedFiles", val_strs(&testembeds), true);
	val_set(v, "XTestGoFiles", val_strs(&p->xtestgo), true);
	val_set(v, "XTestImports", l_find ? val_list() : val_strs(&p->xtestimports), true);
	val_set(v, "XTestEmbedPatterns", val_strs(&p->xtestembedpatterns), true);
	val_set(v, "XTestEmbedFiles", val_strs(&xtestembeds), true);
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
		go_fatal("cannot match %s: %s", goquoted(argv[0]), mods_whynone());
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
			Module *m = NEW(perm, Module);

			m->path = want;
			m->version = m->goversion = "";
			m->error = intern_printf("module %s: not a known dependency", want);
			vec_push(perm, &out, m);
		}
	}
	if (out.n > 0 && (l_u || l_versions || l_retracted || queries > 0))
		askproxies(out.at, out.n);
	for (int i = 0; i < out.n && !l_e; i++)
		if (moderrortext(out.at[i]) != NULL)
			go_error("go: %s", moderrortext(out.at[i]));
	for (int i = 0; i < out.n && go_status == 0; i++) {
		Value *v = modvalue(out.at[i], false);

		printone(t, v, modstring(v));
	}
}

/* Adds the packages of the test binaries: for each its main package, then those with test files. */
static void
addtests(Pkgs *ps)
{
	for (int i = 0, n = ps->n; i < n; i++) {
		Pkg *p = ps->at[i];
		const char *err;
		TestPkgs t;

		if (p->testgo.n + p->xtestgo.n == 0)
			continue;
		t = testpkg_make(p, NULL, &err);
		if (err != NULL && !l_e)
			go_fatal("can't load test package: %s", err);
		vec_push(perm, ps, t.main);
		if (t.test != p)
			vec_push(perm, ps, t.test);
		if (t.xtest != NULL)
			vec_push(perm, ps, t.xtest);
	}
}

/* Combinations of flags that make no sense, in gc's words. */
static void
checkflags(void)
{
	const char *odd = l_compiled ? "compiled" :
	    l_deps                   ? "deps" :
	    l_export                 ? "export" :
	    l_find                   ? "find" :
	    l_test                   ? "test" :
				       NULL;

	if (l_f != NULL && l_json)
		die("go list -f cannot be used with -json");
	if (l_reuse != NULL)
		go_fatal("-reuse is not supported by this go command");
	if (l_m && odd != NULL)
		die("go list -%s cannot be used with -m", odd);
	if (!l_m && (l_u || l_versions || l_retracted))
		die("go list -%s can only be used with -m", l_u ? "u" : l_versions ? "versions" : "retracted");
	if (l_find && (l_deps || l_test || l_export))
		die("go list -%s cannot be used with -find", l_deps ? "deps" : l_test ? "test" : "export");
}

/* Says what is wrong with a package, once; true if anything is. */
static bool
sayerror(const Pkg *p)
{
	if (p->err == NULL)
		return false;
	if (!p->err->printed)
		fprintf(stderr, "%s\n", pkgerror_text(p->err));
	p->err->printed = true;
	return true;
}

/* Any error ends it here, without -e. */
static void
needgood(const Pkgs *ps)
{
	bool failed = false;

	for (int i = 0; i < ps->n; i++)
		failed |= sayerror(ps->at[i]);
	if (failed)
		go_exit(1);
}

static void
saydeps(const Pkgs *ps)
{
	for (int i = 0; i < ps->n; i++) {
		load_deps(ps->at[i]);
		for (int k = 0; k < ps->at[i]->all.n; k++)
			if (sayerror(ps->at[i]->all.at[k]))
				go_status = 1;
	}
}

static Pkgs
withdeps(const Pkgs *ps)
{
	Map *seen = map_new(perm);
	Pkgs all = { 0 };

	for (int i = 0; i < ps->n; i++) {
		load_deps(ps->at[i]);
		for (int k = 0; k <= ps->at[i]->all.n; k++) {
			Pkg *p = k < ps->at[i]->all.n ? ps->at[i]->all.at[k] : ps->at[i];

			if (map_has(seen, p))
				continue;
			map_set(seen, p, p);
			vec_push(perm, &all, p);
		}
	}
	return all;
}

/* For -export and -compiled. A package of tests only has nothing to export; for its names alone none is compiled but those whose files cgo makes. */
static void
compile(const Pkgs *ps)
{
	Pkgs todo = { 0 };

	for (int i = 0; i < ps->n; i++)
		if (ps->at[i]->cgofiles.n > 0 || (l_export && ps->at[i]->gofiles.n > 0))
			vec_push(perm, &todo, ps->at[i]);
	if (!l_export && todo.n == 0)
		return;
	build_init();
	cfg.keeperrors = l_e;
	if (build_packages(&todo, "list") > 0 && !l_e)
		go_status = 1;
	for (int i = 0; i < ps->n && l_export; i++) {
		Pkg *p = ps->at[i];
		const Action *a = p->act;

		if (a == NULL || a->failed || a->built == NULL)
			continue;
		p->export = a->built;
		p->buildid = intern_printf("%.20s/%.20s", a->actionid, a->e.content);
	}
}

void
cmd_list(int argc, char **argv)
{
	Template *t;
	Pkgs ps, all;

	checkflags();
	t = l_f != NULL ? template_parse(l_f) : NULL;
	if (l_m) {
		listmodules(argc, argv, t);
		return;
	}
	if (!supported_pair(cfg.goos, cfg.goarch)) {
		fprintf(stderr, "go: unsupported GOOS/GOARCH pair %s/%s\n", cfg.goos, cfg.goarch);
		go_exit(2);
	}
	cfg.find = l_find;
	ps = load_args(argc, argv);
	if (!l_e)
		needgood(&ps);
	if (l_test)
		addtests(&ps);
	if (!l_e && (l_deps || l_test))
		saydeps(&ps);
	roots = map_new(perm);
	for (int i = 0; i < ps.n; i++)
		map_set(roots, ps.at[i], ps.at[i]);
	all = withdeps(&ps);
	needs = map_new(perm);
	for (int i = 0; i < all.n; i++)
		gather(all.at[i]);
	if (l_deps)
		ps = all;
	if (l_export || l_compiled)
		compile(&ps);
	for (int i = 0; i < ps.n; i++)
		printone(t, t != NULL || l_json ? pkgvalue(ps.at[i]) : NULL, pkg_title(ps.at[i]));
}
