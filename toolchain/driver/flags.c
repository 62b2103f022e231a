/*
 * flags.c - command lines of subcommands, GOFLAGS, and the flags that every building command takes.
 *
 * Messages and exit codes are those of Go's package flag as the go command uses it.
 */
#include <stdlib.h>

#include "driver/driver.h"

Cfg cfg;
static const char *current;	/* name of the flag being set, for messages */
static const Command *cmd;
static bool fromenv;

static void
splitwords(Strs *v, const char *s)
{
	if (!strs_quotedfields(v, s)) {
		fprintf(stderr, "invalid value %s for flag -%s: unterminated %s string\n", goquoted(s), current,
			strchr(s, '\'') != NULL ? "'" : "\"");
		flags_usage(cmd);
	}
}

static void
perpackage(FlagPatterns *f, const char *s)
{
	FlagPattern fp = { 0 };
	const char *eq;

	fp.raw = intern_str(s);
	while (*s == ' ' || *s == '\t')
		s++;
	if (*s == '\0') {
		vec_push(perm, f, fp);
		return;
	}
	if (*s != '-') {
		eq = strchr(s, '=');
		if (eq == NULL) {
			fprintf(stderr, "invalid value %s for flag -%s: missing =<value> in <pattern>=<value>\n",
			    goquoted(s), current);
			flags_usage(cmd);
			return;
		}
		if (eq == s) {
			fprintf(stderr, "invalid value %s for flag -%s: missing <pattern> in <pattern>=<value>\n",
			    goquoted(s), current);
			flags_usage(cmd);
		}
		fp.pattern = sub(s, (size_t)(eq - s));
		fp.matchall = streq(fp.pattern, "all");
		s = eq + 1;
	}
	splitwords(&fp.flags, s);
	vec_push(perm, f, fp);
}

/* clang-format off */
static void set_gcflags(const char *s) { perpackage(&cfg.gcflags, s); }
static void set_ldflags(const char *s) { perpackage(&cfg.ldflags, s); }
static void set_asmflags(const char *s) { perpackage(&cfg.asmflags, s); }
static void set_gccgoflags(const char *s) { perpackage(&cfg.gccgoflags, s); }
/* clang-format on */

static void
set_tags(const char *s)
{
	Strs v = { 0 };

	cfg.tags.n = 0;
	if (strchr(s, ' ') != NULL || strchr(s, '\'') != NULL)
		splitwords(&v, s);
	else
		strs_split(&v, s, ',');
	for (int i = 0; i < v.n; i++)
		if (v.at[i][0] != '\0')
			strs_add(&cfg.tags, v.at[i]);
}

static void
set_buildvcs(const char *s)
{
	if (!streq(s, "auto") && !streq(s, "true") && !streq(s, "false") && !streq(s, "1") && !streq(s, "0")) {
		fprintf(stderr, "invalid boolean value %s for -buildvcs: value is neither 'auto' nor a valid bool\n",
		    goquoted(s));
		flags_usage(cmd);
	}
	cfg.buildvcs = s[0] == 'a' ? "auto" : s[0] == 't' || s[0] == '1' ? "true" : "false";
}

static void
set_compiler(const char *s)
{
	if (!streq(s, "gc") && !streq(s, "gccgo")) {
		fprintf(stderr, "invalid value %s for flag -compiler: unknown compiler %s\n", goquoted(s), goquoted(s));
		flags_usage(cmd);
	}
	cfg.compiler = intern_str(s);
}

static void
set_C(const char *s)
{
	(void)s;
	fprintf(stderr, "invalid value %s for flag -C: -C flag must be first flag on command line\n", goquoted(s));
	flags_usage(cmd);
}

static void
set_covermode(const char *s)
{
	if (*s != '\0' && !streq(s, "set") && !streq(s, "count") && !streq(s, "atomic")) {
		fprintf(stderr,
		    "invalid value %s for flag -covermode: valid modes are \"set\", \"count\", or \"atomic\"\n",
		    goquoted(s));
		flags_usage(cmd);
	}
	cfg.cover = true;
	cfg.covermode = intern_str(s);
}

static void
set_coverpkg(const char *s)
{
	cfg.cover = true;
	cfg.coverpkg = intern_str(s);
}

static const DFlag buildflags[] = {
	{ "a", DF_BOOL, &cfg.a },
	{ "n", DF_BOOL, &cfg.n },
	{ "p", DF_INT, &cfg.p },
	{ "v", DF_BOOL, &cfg.v },
	{ "x", DF_BOOL, &cfg.x },
	{ "work", DF_BOOL, &cfg.work },
	{ "race", DF_BOOL, &cfg.race },
	{ "msan", DF_BOOL, &cfg.msan },
	{ "asan", DF_BOOL, &cfg.asan },
	{ "cover", DF_BOOL, &cfg.cover },
	{ "covermode", DF_FUNC, (void *)set_covermode },
	{ "coverpkg", DF_FUNC, (void *)set_coverpkg },
	{ "asmflags", DF_FUNC, (void *)set_asmflags },
	{ "buildmode", DF_STRING, &cfg.buildmode },
	{ "buildvcs", DF_BOOLFUNC, (void *)set_buildvcs },
	{ "compiler", DF_FUNC, (void *)set_compiler },
	{ "gccgoflags", DF_FUNC, (void *)set_gccgoflags },
	{ "gcflags", DF_FUNC, (void *)set_gcflags },
	{ "installsuffix", DF_STRING, &cfg.installsuffix },
	{ "ldflags", DF_FUNC, (void *)set_ldflags },
	{ "linkshared", DF_BOOL, &cfg.linkshared },
	{ "mod", DF_STRING, &cfg.mod },
	{ "modcacherw", DF_BOOL, &cfg.modcacherw },
	{ "modfile", DF_STRING, &cfg.modfile },
	{ "overlay", DF_STRING, &cfg.overlay },
	{ "pgo", DF_STRING, &cfg.pgo },
	{ "pkgdir", DF_STRING, &cfg.pkgdir },
	{ "tags", DF_FUNC, (void *)set_tags },
	{ "trimpath", DF_BOOL, &cfg.trimpath },
	{ "toolexec", DF_STRING, &cfg.toolexec },
	{ "C", DF_FUNC, (void *)set_C },
};

/* Flags of other commands, so that GOFLAGS may name them. */
static const char *const otherflags[] = { "o", "i", "json", "test", "deps", "e", "export", "find", "f", "m", "u",
	"versions", "compiled", "retracted", "reuse", "exec", "c", "run", "bench", "benchtime", "count", "cpu",
	"failfast", "fullpath", "list", "parallel", "short", "skip", "timeout", "vet", "shuffle", "coverprofile",
	"outputdir", "cpuprofile", "memprofile", "blockprofile", "mutexprofile", "trace", "fuzz", "fuzztime", "vettool",
	"d", "t", "fix", "insecure", "changed", "cache", "testcache", "modcache", "fuzzcache" };

void
flags_usage(const Command *c)
{
	fprintf(stderr, "usage: %s\nRun 'go help %s'%s for details.\n", c->usage, c->name,
	    streq(c->name, "test") ? " and 'go help testflag'" : "");
	go_exit(2);
}

static const DFlag *
find(const Command *c, const char *name, size_t n)
{
	for (int i = 0; i < c->nflags; i++)
		if (strlen(c->flags[i].name) == n && memcmp(c->flags[i].name, name, n) == 0)
			return &c->flags[i];
	for (size_t i = 0; c->buildflags && i < NELEM(buildflags); i++)
		if (strlen(buildflags[i].name) == n && memcmp(buildflags[i].name, name, n) == 0)
			return &buildflags[i];
	if (n == 1 && name[0] == 'C')
		return &buildflags[NELEM(buildflags) - 1];
	return NULL;
}

static int
boolvalue(const char *s)
{
	static const char *const yes[] = { "1", "t", "T", "true", "TRUE", "True" };
	static const char *const no[] = { "0", "f", "F", "false", "FALSE", "False" };

	for (size_t i = 0; i < NELEM(yes); i++) {
		if (streq(s, yes[i]))
			return 1;
		if (streq(s, no[i]))
			return 0;
	}
	return -1;
}

static void
set(const Command *c, const DFlag *f, const char *value)
{
	char *end;
	long n;

	current = f->name;
	if (streq(f->name, "mod"))
		cfg.modset = true;
	if (streq(f->name, "trimpath"))
		cfg.trimpathset = true;
	switch (f->kind) {
	case DF_BOOL:
		if (boolvalue(value) < 0) {
			fprintf(stderr, "invalid boolean value %s for -%s: parse error\n", goquoted(value), f->name);
			flags_usage(c);
		}
		*(bool *)f->var = boolvalue(value) == 1;
		break;
	case DF_INT:
		n = strtol(value, &end, 0);
		if (*value == '\0' || *end != '\0') {
			fprintf(stderr, "invalid value %s for flag -%s: parse error\n", goquoted(value), f->name);
			flags_usage(c);
		}
		*(int *)f->var = (int)n;
		break;
	case DF_STRING:
		*(const char **)f->var = intern_str(value);
		break;
	case DF_FUNC:
	case DF_BOOLFUNC:
		((void (*)(const char *))f->var)(value);
		break;
	}
}

const DFlag *
flags_find(const Command *c, const char *name)
{
	return find(c, name, strlen(name));
}

void
flags_set(const Command *c, const DFlag *f, const char *value)
{
	set(c, f, value);
}

/* One word of GOFLAGS; flags that this command does not have are skipped. */
static void
envflag(const Command *c, const char *w, bool (*own)(const char *, const char *))
{
	const char *name = w, *eq;
	const DFlag *f;
	size_t n;

	if (w[0] != '-' || w[1] == '\0' || streq(w, "--") || hasprefix(w, "---") || w[1] == '=' || hasprefix(w, "--="))
		go_fatal("parsing $GOFLAGS: non-flag %s", goquoted(w));
	name += w[1] == '-' ? 2 : 1;
	eq = strchr(name, '=');
	n = eq != NULL ? (size_t)(eq - name) : strlen(name);
	if (own != NULL && own(sub(name, n), eq != NULL ? eq + 1 : NULL))
		return;
	f = find(c, name, n);
	if (f == NULL) {
		const char *s = sub(name, n);

		for (size_t i = 0; i < NELEM(otherflags); i++)
			if (streq(otherflags[i], s))
				return;
		for (size_t i = 0; i < NELEM(buildflags); i++)
			if (streq(buildflags[i].name, s))
				return;
		go_fatal("parsing $GOFLAGS: unknown flag -%s", s);
	}
	if (eq == NULL && f->kind != DF_BOOL && f->kind != DF_BOOLFUNC) {
		fprintf(stderr, "go: flag -%s needs an argument (from $GOFLAGS)\n",
		    f->name); /* usage follows, as for a bad command line */
		flags_usage(c);
	}
	fromenv = true;
	set(c, f, eq != NULL ? eq + 1 : "true");
	fromenv = false;
}

void
flags_env(const Command *c, bool (*own)(const char *name, const char *value))
{
	Strs env = { 0 };
	const char *goflags = env_get("GOFLAGS");

	cmd = c;
	if (!strs_quotedfields(&env, goflags))
		go_fatal("parsing $GOFLAGS: unterminated %s string", strchr(goflags, '\'') != NULL ? "'" : "\"");
	for (int i = 0; i < env.n; i++)
		envflag(c, env.at[i], own);
}

int
flags_parse(const Command *c, int argc, char **argv)
{
	int i;

	flags_env(c, NULL);
	for (i = 0; i < argc; i++) {
		const char *w = argv[i], *name, *eq;
		const DFlag *f;
		size_t n;

		if (w[0] != '-' || w[1] == '\0')
			break;
		name = w + (w[1] == '-' ? 2 : 1);
		if (streq(w, "--")) {
			i++;
			break;
		}
		if (*name == '\0' || *name == '-' || *name == '=') {
			fprintf(stderr, "bad flag syntax: %s\n", w);
			flags_usage(c);
		}
		eq = strchr(name, '=');
		n = eq != NULL ? (size_t)(eq - name) : strlen(name);
		f = find(c, name, n);
		if (f == NULL) {
			if ((n == 1 && *name == 'h') || (n == 4 && memcmp(name, "help", 4) == 0))
				flags_usage(c);
			fprintf(stderr, "flag provided but not defined: -%.*s\n", (int)n, name);
			flags_usage(c);
			return 0;
		}
		if (eq != NULL) {
			set(c, f, eq + 1);
		} else if (f->kind == DF_BOOL || f->kind == DF_BOOLFUNC) {
			set(c, f, "true");
		} else {
			if (i + 1 >= argc) {
				fprintf(stderr, "flag needs an argument: -%s\n", f->name);
				flags_usage(c);
			}
			set(c, f, argv[++i]);
		}
	}
	return i;
}
