/*
 * modinfo.c - what an executable says of itself (go version -m), and its default GODEBUG.
 *
 * Source: documentation of runtime/debug.BuildInfo; go.dev/doc/godebug, "Default GODEBUG Values". The table of settings is
 * read from the standard library's own source, so that the two cannot disagree.
 */
#include <stdlib.h>

#include "driver/driver.h"

typedef struct {
	const char *name, *old;
	int changed;
} Setting;
static Vec(Setting) settings;
static bool settingsread;

static void
readsettings(void)
{
	const char *t, *end;

	settingsread = true;
	t = text_file(path_join(cfg.gorootsrc, "internal/godebugs/table.go"), NULL);
	if (t == NULL)
		return;
	for (; (t = strstr(t, "{Name: \"")) != NULL; t = end) {
		Setting s = { 0 };
		const char *f;

		t += 8;
		end = t + strcspn(t, "\n");
		s.name = sub(t, strcspn(t, "\""));
		f = strstr(t, "Changed: ");
		if (f != NULL && f < end)
			s.changed = atoi(f + 9);
		f = strstr(t, "Old: \"");
		s.old = f != NULL && f < end ? sub(f + 6, strcspn(f + 6, "\"")) : "";
		vec_push(perm, &settings, s);
	}
}

const char *
default_godebug(const Pkg *p)
{
	Map *m;
	Strs keys = { 0 }, out = { 0 };
	const char *gov = p->mod != NULL && p->mod->goversion != NULL && p->mod->goversion[0] != '\0' ?
	    p->mod->goversion :
	    NULL,
		   *base = NULL;
	int minor = GOLANG_MINOR;
	const Modfile *f = p->mod != NULL ? p->mod->file : NULL;

	if (!streq(p->name, "main"))
		return "";
	if (p->mod == NULL && p->cmdline && mods.mains.n == 1) {
		gov = mods.mains.at[0]->goversion;
		f = mods.mains.at[0]->file;
	}
	/* Go's own commands are released with the defaults of old: vet knows printf wrappers only with gotypesalias=0 */
	if (p->std)
		gov = "1.16";
	if (p->defaultgodebug[0] != '\0')
		return p->defaultgodebug;
	m = map_new(perm);
	for (int i = 0; !p->std && f != NULL && i < f->godebug.n; i++)
		if (streq(f->godebug.at[i].key, "default"))
			base = f->godebug.at[i].value;
		else
			map_set(m, intern_str(f->godebug.at[i].key), (void *)(uintptr_t)f->godebug.at[i].value);
	for (int i = 0; i < p->godebug.n; i++) {
		const char *kv = p->godebug.at[i], *eq = strchr(kv, '=');

		if (eq == NULL)
			continue;
		if (hasprefix(kv, "default="))
			base = eq + 1;
		else
			map_set(m, intern(kv, (size_t)(eq - kv)), (void *)(uintptr_t)intern_str(eq + 1));
	}
	if (base != NULL && hasprefix(base, "go"))
		gov = base + 2;
	if (gov != NULL) {
		const char *dot = strchr(gov, '.');

		minor = dot != NULL ? atoi(dot + 1) : 20;
	}
	if (minor < GOLANG_MINOR) {
		if (!settingsread)
			readsettings();
		for (int i = 0; i < settings.n; i++)
			if (settings.at[i].changed > (minor < 20 ? 20 : minor) && !map_has(m, settings.at[i].name))
				map_set(m, settings.at[i].name, (void *)(uintptr_t)settings.at[i].old);
	}
	{
		const void *k;
		void *v;

		for (int i = 0; map_next(m, &i, &k, &v);)
			strs_add(&keys, k);
	}
	strs_sort(&keys);
	for (int i = 0; i < keys.n; i++)
		strs_add(&out, intern_printf("%s=%s", keys.at[i], (const char *)map_get(m, keys.at[i])));
	return strs_join(&out, ",");
}

static void
modline(Buf *b, const char *word, const Module *m)
{
	buf_printf(b, "%s\t%s\t%s", word, m->path, m->version[0] != '\0' ? m->version : "(devel)");
	if (m->replace == NULL) {
		buf_printf(b, "\t%s\n", m->sum != NULL ? m->sum : "");
		return;
	}
	buf_printf(b, "\n=>\t%s\t%s\t%s\n\n", m->replace->orig,
		m->replace->version[0] != '\0' ? m->replace->version : "(devel)", m->sum != NULL ? m->sum : "");
}

static void
setting(Buf *b, const char *key, const char *value)
{
	bool quote = strpbrk(value, " \t\r\n\"`") != NULL;

	buf_printf(b, "build\t%s=%s\n", key, quote ? goquoted(value) : value);
}

/* As given: what of it is for which package, readers can tell. */
static void
flagsetting(Buf *b, const char *key, const FlagPatterns *f)
{
	if (f->n > 0 && vec_last(f).raw[0] != '\0')
		setting(b, key, vec_last(f).raw);
}

static int
bypath(const void *a, const void *b)
{
	return strcmp((*(Module *const *)a)->path, (*(Module *const *)b)->path);
}

const char *
modinfo_text(const Pkg *p)
{
	static const char *const cgo[] = { "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS" };
	static Map *memo;
	Buf b = { 0 };
	const char *s, *name, *level;
	const Module *main = p->cmdline ? NULL : p->mod;	/* files of the command line are of no module */
	Vec(Module *) ms = { 0 };
	Map *seen = map_new(perm);

	if (p->testmain != NULL)	/* a test binary says what the program under test would say, or nothing */
		return streq(p->flagsof->name, "main") ? modinfo_text(p->flagsof) : "";
	if (memo == NULL)
		memo = map_new(perm);
	s = map_get(memo, p);
	if (s != NULL)
		return s;
	buf_printf(&b, "path\t%s\n", p->path);
	if (main != NULL)
		modline(&b, "mod", main);
	for (int i = 0; i < p->all.n; i++) {
		Module *m = p->all.at[i]->mod;

		if (m == NULL || m == main || map_has(seen, m))
			continue;
		map_set(seen, m, m);
		vec_push(perm, &ms, m);
	}
	if (ms.n > 1)
		qsort(ms.at, (size_t)ms.n, sizeof ms.at[0], bypath);
	for (int i = 0; i < ms.n; i++)
		modline(&b, "dep", ms.at[i]);
	flagsetting(&b, "-asmflags", &cfg.asmflags);
	setting(&b, "-buildmode", cfg.buildmode != NULL ? cfg.buildmode : "exe");
	setting(&b, "-compiler", "gc");
	flagsetting(&b, "-gcflags", &cfg.gcflags);
	if (!cfg.trimpath)
		flagsetting(&b, "-ldflags", &cfg.ldflags);
	if (cfg.tags.n > 0)
		setting(&b, "-tags", strs_join(&cfg.tags, ","));
	if (cfg.trimpath)
		setting(&b, "-trimpath", "true");
	if (default_godebug(p)[0] != '\0')
		setting(&b, "DefaultGODEBUG", default_godebug(p));
	setting(&b, "CGO_ENABLED", cfg.cgo ? "1" : "0");
	for (size_t i = 0; cfg.cgo && !cfg.trimpath && i < NELEM(cgo); i++) {
		s = env_set(cgo[i]);
		setting(&b, cgo[i], s != NULL ? s : "");
	}
	setting(&b, "GOARCH", cfg.goarch);
	if (env_get("GOEXPERIMENT")[0] != '\0')
		setting(&b, "GOEXPERIMENT", env_get("GOEXPERIMENT"));
	setting(&b, "GOOS", cfg.goos);
	level = env_archlevel(&name);
	if (level != NULL)
		setting(&b, name, level);
	buf_str(&b, vcs_text(p, &name));	/* errors were told when it was loaded */
	s = intern_str(buf_cstr(&b));
	buf_free(&b);
	map_set(memo, p, (void *)(uintptr_t)s);
	return s;
}
