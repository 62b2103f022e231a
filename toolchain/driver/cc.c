/*
 * cc.c - the C compiler of a target, for cgo.
 *
 * Looked for in this order: CC_FOR_<goos>_<goarch>, CC, the clang that an SDK may have beside its tools (pkg/clang), clang on PATH, a cross gcc
 * named after the target, zig. Whichever it is, it gets the target's headers from the SDK's sysroot and nothing of this machine's.
 * lib/<goos>_<goarch>/cflags, written when the sysroot was built, holds the target's triple and flags.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/driver.h"

typedef enum { CC_CLANG, CC_GCC, CC_ZIG } CCKind;

static const char *
sysroot(const char *name)
{
	return intern_printf("%s/lib/%s_%s/%s", cfg.goroot, cfg.goos, cfg.goarch, name);
}

const char *
cc_find(const char *name)
{
	const char *path = getenv("PATH");
	Strs dirs = { 0 };

	if (strchr(name, '/') != NULL)
		return access(name, X_OK) == 0 ? intern_str(name) : NULL;
	strs_split(&dirs, path != NULL ? path : "", ':');
	for (int i = 0; i < dirs.n; i++) {
		const char *f = path_join(dirs.at[i][0] != '\0' ? dirs.at[i] : ".", name);

		if (access(f, X_OK) == 0 && !dir_exists(f))
			return f;
	}
	return NULL;
}

/* --target=TRIPLE and other flags; none: the SDK has no sysroot for the target. */
static Strs
targetflags(void)
{
	const char *t = text_file(sysroot("cflags"), NULL);
	Strs v = { 0 };

	if (t != NULL)
		strs_fields(&v, t);
	return v;
}

static const char *
triple(const Strs *flags)
{
	const char *t = flags->n > 0 ? cutprefix(flags->at[0], "--target=") : NULL;

	return t != NULL ? t : "";
}

/* The same for gcc of Debian and others, whose names say gnu. */
static const char *
gnutriple(const char *t)
{
	const char *musl = strstr(t, "-musl");

	return musl == NULL ? t : intern_printf("%.*s-gnu%s", (int)(musl - t), t, musl + 5);
}

/* By its name. It may stand behind that of a cache or a distributor of work. */
static CCKind
kindof(const Strs *words)
{
	const char *base = path_base(words->at[0]);

	if (words->n > 1 && (streq(base, "ccache") || streq(base, "sccache") || streq(base, "distcc")))
		base = path_base(words->at[1]);
	return strstr(base, "zig") != NULL ? CC_ZIG : strstr(base, "clang") != NULL ? CC_CLANG : CC_GCC;
}

/* Where gcc has the headers that belong to itself (stddef.h). */
static const char *
gccinclude(const Strs *cc)
{
	Strs v = { 0 };
	const char *out;
	size_t n;
	Job *j;

	strs_append(&v, cc);
	strs_add(&v, "-print-file-name=include");
	j = job_start(&v, NULL, NULL, NULL);
	while (job_wait() != j)
		;
	out = job_output(j, &n);
	while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == ' '))
		n--;
	return j->status == 0 && n > 0 && out[0] == '/' ? sub(out, n) : NULL;
}

/* The target, unless the words name one. */
static void
addtriple(Strs *v, CCKind kind, const Strs *flags)
{
	bool named = false;

	for (int i = 1; i < v->n; i++)
		named = named || streq(v->at[i], "-target") || hasprefix(v->at[i], "--target=");
	if (kind == CC_ZIG && !named) {
		strs_add(v, "-target");
		strs_add(v, triple(flags));
	}
	for (int i = named ? 1 : 0; kind == CC_CLANG && i < flags->n; i++)
		strs_add(v, flags->at[i]);
}

/* The words before those of a package. */
static void
addtarget(Strs *v, CCKind kind, const Strs *flags)
{
	addtriple(v, kind, flags);
	if (kind == CC_CLANG)
		strs_add(v, "-nostdlibinc");
	if (kind == CC_GCC) {
		const char *own = gccinclude(v);

		for (int i = 1; i < flags->n; i++)
			strs_add(v, flags->at[i]);
		strs_add(v, "-nostdinc");
		if (own != NULL) {
			strs_add(v, "-isystem");
			strs_add(v, own);
		}
	}
	strs_add(v, "-isystem");	/* zig has headers of musl itself, which come after ours */
	strs_add(v, sysroot("include"));
}

/* Words of a variable, the first a program that exists. False: not set. */
static bool
fromenv(const char *name, Strs *v)
{
	const char *s = env_set(name), *prog;

	if (s == NULL)
		return false;
	if (!strs_quotedfields(v, s) || v->n == 0)
		go_fatal("%s: unterminated quote", name);
	prog = cc_find(v->at[0]);
	if (prog == NULL)
		go_fatal(
		    "C compiler %s not found: exec: %s: executable file not found in $PATH (it is the value of %s)",
		    goquoted(v->at[0]), goquoted(v->at[0]), name);
	v->at[0] = prog;
	return true;
}

/* Adds what makes a C compiler link for the target, as -linkmode=external asks it to: lld, where clang has it, works for all. */
static void
addlinker(Strs *v, CCKind kind, const Strs *flags)
{
	Strs ask = { 0 };
	const char *out;
	size_t n;
	Job *j;

	addtriple(v, kind, flags);
	if (kind != CC_CLANG)
		return;
	strs_add(v, "-Qunused-arguments");
	strs_append(&ask, v);
	strs_add(&ask, "-print-prog-name=ld.lld");
	j = job_start(&ask, NULL, NULL, NULL);
	while (job_wait() != j)
		;
	out = job_output(j, &n);
	if (j->status == 0 && n > 0 && out[0] == '/')
		strs_add(v, "-fuse-ld=lld");
}

/* The first program there is; zig is many programs in one. */
static bool
onpath(const Strs *names, bool cxx, Strs *v)
{
	for (int i = 0; i < names->n; i++) {
		const char *prog = cc_find(names->at[i]);

		if (prog == NULL)
			continue;
		strs_add(v, prog);
		if (streq(names->at[i], "zig"))
			strs_add(v, cxx ? "c++" : "cc");
		return true;
	}
	return false;
}

typedef void Add(Strs *v, CCKind kind, const Strs *flags);

/* The compiler, and what `add` says it needs. Empty: there is none. */
static Strs
search(bool cxx, Add *add)
{
	const char *var = cxx ? "CXX" : "CC", *t;
	Strs v = { 0 }, names = { 0 }, flags = targetflags();

	t = triple(&flags);
	if (fromenv(intern_printf("%s_FOR_%s_%s", var, cfg.goos, cfg.goarch), &v) || fromenv(var, &v)) {
		add(&v, kindof(&v), &flags);
		return v;
	}
	strs_add(&names, intern_printf("%s/pkg/clang/bin/clang%s", cfg.goroot, cxx ? "++" : ""));
	strs_add(&names, cxx ? "clang++-19" : "clang-19");
	strs_add(&names, cxx ? "clang++" : "clang");
	if (*t != '\0') {
		strs_add(&names, intern_printf("%s-%s", t, cxx ? "g++" : "gcc"));
		strs_add(&names, intern_printf("%s-%s", gnutriple(t), cxx ? "g++" : "gcc"));
	}
	if (streq(cfg.goarch, cfg.hostarch))
		strs_add(&names, cxx ? "g++" : "gcc");
	strs_add(&names, "zig");
	if (onpath(&names, cxx, &v))
		add(&v, kindof(&v), &flags);
	return v;
}

const Strs *
cc_words(bool cxx)
{
	static Strs words[2];
	static bool known[2];

	if (!known[cxx]) {
		known[cxx] = true;
		words[cxx] = search(cxx, addtarget);
	}
	return &words[cxx];
}

const Strs *
cc_linkwords(void)
{
	static Strs words;
	static bool known;

	if (!known) {
		known = true;
		words = search(false, addlinker);
	}
	return &words;
}

const char *
cc_default(bool cxx)
{
	const Strs *v = cc_words(cxx);

	if (v->n > 1 && kindof(v) == CC_ZIG)
		return intern_printf("%s %s", v->at[0], v->at[1]);
	return v->n > 0 ? v->at[0] : cxx ? "clang++" : "clang";
}

const char *
cc_nolinker(void)
{
	return intern_printf("-linkmode=external: no C compiler for %s/%s was found; install clang 19 with lld "
			     "(Debian: apt-get install clang-19 lld-19), "
			     "unpack the SDK's clang archive over it, or set CC, CC_FOR_%s_%s or -extld",
	    cfg.goos, cfg.goarch, cfg.goos, cfg.goarch);
}

const char *
cc_missing(void)
{
	return intern_printf(
	    "cgo: no C compiler for %s/%s was found; unpack slipway-*-clang.%s-%s.tar.xz (made by make dist-cgo) over "
	    "the SDK, install clang 19 "
	    "(Debian: apt-get install clang-19), or set CC or CC_FOR_%s_%s; CGO_ENABLED=0 builds without C",
	    cfg.goos, cfg.goarch, cfg.hostos, cfg.hostarch, cfg.goos, cfg.goarch);
}
