/*
 * env.c - the variables of the go command: environment, the user's file (GOENV), GOROOT/go.env, defaults; go env.
 *
 * GOROOT is the folder above the one that this program is in, symbolic links resolved, so the SDK can be moved.
 * Source: go help environment, go help env.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "driver/driver.h"

static Map *fileenv, *gorootenv, *memo;

static const char *const known[] = { "AR", "CC", "CGO_CFLAGS", "CGO_CFLAGS_ALLOW", "CGO_CFLAGS_DISALLOW",
	"CGO_CPPFLAGS", "CGO_CPPFLAGS_ALLOW", "CGO_CPPFLAGS_DISALLOW", "CGO_CXXFLAGS", "CGO_CXXFLAGS_ALLOW",
	"CGO_CXXFLAGS_DISALLOW", "CGO_ENABLED", "CGO_FFLAGS", "CGO_FFLAGS_ALLOW", "CGO_FFLAGS_DISALLOW", "CGO_LDFLAGS",
	"CGO_LDFLAGS_ALLOW", "CGO_LDFLAGS_DISALLOW", "CXX", "FC", "GCCGO", "GO111MODULE", "GO386", "GOAMD64", "GOARCH",
	"GOARM", "GOARM64", "GOBIN", "GOCACHE", "GOCACHEPROG", "GODEBUG", "GOENV", "GOEXE", "GOEXPERIMENT", "GOFIPS140",
	"GOFLAGS", "GOGCCFLAGS", "GOHOSTARCH", "GOHOSTOS", "GOINSECURE", "GOMIPS", "GOMIPS64", "GOMODCACHE",
	"GONOPROXY", "GONOSUMDB", "GOOS", "GOPATH", "GOPPC64", "GOPRIVATE", "GOPROXY", "GORISCV64", "GOROOT", "GOSUMDB",
	"GOTMPDIR", "GOTOOLCHAIN", "GOTOOLDIR", "GOVCS", "GOWASM", "GOWORK", "GO_EXTLINK_ENABLED", "PKG_CONFIG" };

static Map *
readenvfile(const char *path)
{
	Map *m = map_new(perm);
	const char *t = text_file(path, NULL);
	Strs lines = { 0 };

	if (t == NULL)
		return m;
	strs_split(&lines, t, '\n');
	for (int i = 0; i < lines.n; i++) {
		const char *l = lines.at[i], *eq = strchr(l, '=');
		size_t n = strlen(l);

		if (eq == NULL || !(l[0] == '_' || isalpha((unsigned char)l[0])))
			continue;
		while (n > 0 && l[n - 1] == '\r')
			n--;
		map_set(m, intern(l, (size_t)(eq - l)), (void *)(uintptr_t)intern(eq + 1, n - (size_t)(eq - l) - 1));
	}
	return m;
}

static const char *
userdir(const char *xdg, const char *sub_)
{
	const char *d = getenv(xdg), *home = getenv("HOME");

	if (d != NULL && d[0] == '/')
		return d;
	if (home == NULL || home[0] == '\0')
		return "";
	return intern_printf("%s/%s", home, sub_);
}

static const char *
defaultenvfile(void)
{
	const char *d = userdir("XDG_CONFIG_HOME", ".config");

	return d[0] == '\0' ? "" : path_join(d, "go/env");
}

static const char *
goenvfile(void)
{
	const char *f = getenv("GOENV");

	return f != NULL && *f != '\0' ? intern_str(f) : defaultenvfile();
}

const char *
env_archlevel(const char **name)
{
	static const struct {
		const char *arch, *name;
	} table[] = { { "amd64", "GOAMD64" }, { "arm", "GOARM" }, { "arm64", "GOARM64" }, { "386", "GO386" },
		{ "mips", "GOMIPS" }, { "mipsle", "GOMIPS" }, { "mips64", "GOMIPS64" }, { "mips64le", "GOMIPS64" },
		{ "ppc64", "GOPPC64" }, { "ppc64le", "GOPPC64" }, { "riscv64", "GORISCV64" }, { "wasm", "GOWASM" } };

	*name = NULL;
	for (size_t i = 0; i < NELEM(table); i++)
		if (streq(table[i].arch, cfg.goarch)) {
			*name = table[i].name;
			return env_get(*name);
		}
	return NULL;
}

const char *
env_archmacro(void)
{
	/* levels that are lists of options: one of them is defined, unless the level is the base without it */
	static const struct {
		const char *arch, *base, *option, *macro;
	} table[] = { { "arm64", "v8.0", "lse", "GOARM64_LSE" } };
	const char *name, *level = env_archlevel(&name);

	if (level == NULL)
		return NULL;
	for (size_t i = 0; i < NELEM(table); i++) {
		if (!streq(table[i].arch, cfg.goarch))
			continue;
		if (hasprefix(level, table[i].base) && strstr(level, table[i].option) == NULL)
			return NULL;
		return table[i].macro;
	}
	return intern_printf("%s_%s", name, level);
}

static const char *
defaultvalue(const char *name)
{
	static const char *const table[][2] = { { "GOAMD64", "v1" }, { "GOARM", "7" }, { "GOARM64", "v8.0" },
		{ "GO386", "sse2" }, { "GOMIPS", "hardfloat" }, { "GOMIPS64", "hardfloat" }, { "GOPPC64", "power8" },
		{ "GORISCV64", "rva20u64" }, { "AR", "ar" }, { "FC", "gfortran" }, { "GCCGO", "gccgo" },
		{ "PKG_CONFIG", "pkg-config" }, { "CGO_CFLAGS", "-O2 -g" }, { "CGO_CXXFLAGS", "-O2 -g" },
		{ "CGO_FFLAGS", "-O2 -g" }, { "CGO_LDFLAGS", "-O2 -g" }, { "CGO_ENABLED", "0" },
		{ "GOHOSTARCH", SLIPWAY_HOST_ARCH }, { "GOHOSTOS", SLIPWAY_HOST_OS }, { "GOVERSION", GOVERSION },
		{ "GOTELEMETRY", "off" }, { "GOTOOLCHAIN", "local" }, { "GOPROXY", "https://proxy.golang.org,direct" },
		{ "GOSUMDB", "sum.golang.org" }, { "GOOS", SLIPWAY_HOST_OS }, { "GOARCH", SLIPWAY_HOST_ARCH } };
	const char *d;

	for (size_t i = 0; i < NELEM(table); i++)
		if (streq(table[i][0], name))
			return table[i][1];
	if (streq(name, "CC") || streq(name, "CXX"))
		return cc_default(name[1] == 'X');
	if (streq(name, "GOCACHE")) {
		d = userdir("XDG_CACHE_HOME", ".cache");
		return d[0] == '\0' ? "" : path_join(d, "go-build");
	}
	if (streq(name, "GOENV"))
		return defaultenvfile();
	if (streq(name, "GOPATH")) {
		d = getenv("HOME");
		if (d == NULL || *d == '\0' || streq(path_join(d, "go"), cfg.goroot))
			return "";
		return path_join(d, "go");
	}
	if (streq(name, "GOMODCACHE")) {
		Strs v = { 0 };

		d = env_get("GOPATH");
		if (d[0] == '\0')
			return "";
		strs_split(&v, d, ':');
		return path_join(v.at[0], "pkg/mod");
	}
	if (streq(name, "GONOPROXY") || streq(name, "GONOSUMDB"))
		return env_get("GOPRIVATE");
	if (streq(name, "GOTELEMETRYDIR")) {
		d = userdir("XDG_CONFIG_HOME", ".config");
		return d[0] == '\0' ? "" : path_join(d, "go/telemetry");
	}
	if (streq(name, "GOROOT"))
		return cfg.goroot;
	if (streq(name, "GOTOOLDIR"))
		return cfg.tooldir;
	return "";
}

const char *
env_set(const char *name)
{
	const char *v = getenv(name);

	name = intern_str(name);
	if ((v == NULL || *v == '\0') && fileenv != NULL && !streq(name, "GOENV"))
		v = map_get(fileenv, name);
	if ((v == NULL || *v == '\0') && gorootenv != NULL)
		v = map_get(gorootenv, name);
	return v == NULL || *v == '\0' ? NULL : v;
}

const char *
env_get(const char *name)
{
	const char *v;

	if (memo == NULL)
		memo = map_new(perm);
	name = intern_str(name);
	v = map_get(memo, name);
	if (v != NULL)
		return v;
	v = env_set(name);
	if (v == NULL)
		v = defaultvalue(name);
	v = intern_str(v);
	map_set(memo, name, (void *)(uintptr_t)v);
	return v;
}

static const char *
findgoroot(void)
{
	const char *v = getenv("GOROOT");
	char exe[4096];
	ssize_t n;

	if ((v == NULL || *v == '\0') && fileenv != NULL)
		v = map_get(fileenv, intern_str("GOROOT"));
	if (v != NULL && *v != '\0')
		return path_clean(v);
	n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	if (n > 0) {
		const char *root;

		exe[n] = '\0';
		root = path_dir(path_dir(exe));
		if (dir_exists(path_join(root, "src/runtime")) || dir_exists(path_join(root, "pkg/tool")))
			return root;
	}
	return "";
}

void
env_init(void)
{
	const char *f, *v;

	f = goenvfile();
	if (f[0] != '\0' && !streq(f, "off"))
		fileenv = readenvfile(f);
	cfg.goroot = findgoroot();
	if (cfg.goroot[0] == '\0') {
		fprintf(stderr, "go: cannot find GOROOT directory: 'go' binary is trimmed and GOROOT is not set\n");
		exit(2);
	}
	if (!dir_exists(cfg.goroot)) {
		fprintf(stderr, "go: cannot find GOROOT directory: %s\n", cfg.goroot);
		exit(2);
	}
	gorootenv = readenvfile(path_join(cfg.goroot, "go.env"));
	cfg.gorootsrc = path_join(cfg.goroot, "src");
	cfg.hostos = SLIPWAY_HOST_OS;
	cfg.hostarch = SLIPWAY_HOST_ARCH;
	v = getenv("GOTOOLDIR");	/* not a setting of go's: lets one SDK run with other programs */
	cfg.tooldir = v != NULL && *v != '\0' ?
	    intern_str(v) :
	    intern_printf("%s/pkg/tool/%s_%s", cfg.goroot, cfg.hostos, cfg.hostarch);
	cfg.goos = env_get("GOOS");
	cfg.goarch = env_get("GOARCH");
	cfg.gopath = env_get("GOPATH");
	cfg.modcache = env_get("GOMODCACHE");
	cfg.cgo = streq(env_get("CGO_ENABLED"), "1");
	cfg.p = (int)sysconf(_SC_NPROCESSORS_ONLN);
	v = getenv("GOMAXPROCS");
	if (v != NULL && atoi(v) > 0)
		cfg.p = atoi(v);
	if (cfg.p < 1)
		cfg.p = 1;
	v = getenv("PWD");
	{
		char *cwd = getcwd(NULL, 0);
		struct stat a, b;

		if (cwd == NULL)
			go_fatal("getwd: %s", errtext(errno));
		cfg.cwd = intern_str(cwd);
		if (v != NULL && v[0] == '/' && stat(v, &a) == 0 && stat(".", &b) == 0 && a.st_ino == b.st_ino &&
		    a.st_dev == b.st_dev && streq(path_clean(v), v))
			cfg.cwd = intern_str(v);
		free(cwd);
	}
}

/* ---- go env ---- */

static bool e_json, e_u, e_w, e_changed;
const DFlag env_flags[] = {
	{ "json", DF_BOOL, &e_json },
	{ "u", DF_BOOL, &e_u },
	{ "w", DF_BOOL, &e_w },
	{ "changed", DF_BOOL, &e_changed },
};
const int env_nflags = NELEM(env_flags);

typedef Vec(KeyVal) KeyVals;

static void
var(KeyVals *v, const char *name, const char *value)
{
	KeyVal kv = { name, value };

	vec_push(perm, v, kv);
}

static KeyVals
allvars(void)
{
	static const char *const first[] = { "GO111MODULE", "GOARCH", "GOBIN", "GOCACHE", "GOENV", "GOEXE",
		"GOEXPERIMENT", "GOFLAGS", "GOHOSTARCH", "GOHOSTOS", "GOINSECURE", "GOMODCACHE", "GONOPROXY",
		"GONOSUMDB", "GOOS", "GOPATH", "GOPRIVATE", "GOPROXY", "GOROOT", "GOSUMDB", "GOTMPDIR", "GOTOOLCHAIN",
		"GOTOOLDIR", "GOVCS", "GOVERSION", "GODEBUG", "GOTELEMETRY", "GOTELEMETRYDIR", "GCCGO" };
	static const char *const second[] = { "AR", "CC", "CXX", "CGO_ENABLED" };
	static const char *const third[] = { "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_FFLAGS", "CGO_LDFLAGS",
		"PKG_CONFIG" };
	KeyVals v = { 0 };
	const char *name, *level, *mod;

	for (size_t i = 0; i < NELEM(first); i++)
		var(&v, first[i],
		    streq(first[i], "GOEXE")         ? (streq(cfg.goos, "windows") ? ".exe" : "") :
			streq(first[i], "GOVERSION") ? GOVERSION :
			streq(first[i], "GOTOOLDIR") ? cfg.tooldir :
			streq(first[i], "GOROOT")    ? cfg.goroot :
						       env_get(first[i]));
	level = env_archlevel(&name);
	if (level != NULL)
		var(&v, name, level);
	for (size_t i = 0; i < NELEM(second); i++)
		var(&v, second[i], env_get(second[i]));
	mod = mods_findgomod();
	if (mod[0] == '\0')
		mod = streq(env_get("GO111MODULE"), "off") ? "" : "/dev/null";
	var(&v, "GOMOD", mod);
	var(&v, "GOWORK", streq(env_get("GOWORK"), "off") ? "off" : mods_findgowork());
	for (size_t i = 0; i < NELEM(third); i++)
		var(&v, third[i], env_get(third[i]));
	var(&v, "GOGCCFLAGS",
	    intern_printf(
		"-fPIC%s -pthread -Wl,--no-gc-sections -fmessage-length=0 -ffile-prefix-map=%s/go-build=/tmp/go-build "
		"-gno-record-gcc-switches",
		streq(cfg.goarch, "amd64")   ? " -m64" :
		    streq(cfg.goarch, "386") ? " -m32" :
					       "",
		getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp"));
	return v;
}

static const char *
shellquote(const char *s)
{
	Buf b = { 0 };
	const char *r;

	buf_byte(&b, '\'');
	for (; *s != '\0'; s++)
		if (*s == '\'')
			buf_str(&b, "'\\''");
		else
			buf_byte(&b, (uint8_t)*s);
	buf_byte(&b, '\'');
	r = intern_str(buf_cstr(&b));
	buf_free(&b);
	return r;
}

static void
writeenv(Map *m)
{
	const char *file = goenvfile();
	Strs keys = { 0 };
	Buf b = { 0 };
	const void *k;
	void *v;

	if (streq(file, "off"))
		go_fatal("GOENV=off: cannot write go env config file");
	if (file[0] == '\0')
		go_fatal("cannot find go env config: neither $XDG_CONFIG_HOME nor $HOME are defined");
	for (int i = 0; map_next(m, &i, &k, &v);)
		strs_add(&keys, k);
	strs_sort(&keys);
	for (int i = 0; i < keys.n; i++)
		buf_printf(&b, "%s=%s\n", keys.at[i], (const char *)map_get(m, keys.at[i]));
	file_mkdirs(path_dir(file));
	{
		FILE *f = fopen(file, "w");

		if (f == NULL || fwrite(b.p, 1, b.n, f) != b.n || fclose(f) != 0)
			go_fatal("writing go env config: open %s: %s", file, errtext(errno));
	}
	buf_free(&b);
}

static bool
isknown(const char *k)
{
	for (size_t i = 0; i < NELEM(known); i++)
		if (streq(known[i], k))
			return true;
	return false;
}

static void
checkkey(const char *k)
{
	if (streq(k, "GOEXE") || streq(k, "GOGCCFLAGS") || streq(k, "GOHOSTARCH") || streq(k, "GOHOSTOS") ||
	    streq(k, "GOTOOLDIR") || streq(k, "GOVERSION") || streq(k, "GOMOD") || streq(k, "GOTELEMETRY") ||
	    streq(k, "GOTELEMETRYDIR"))
		go_fatal("%s cannot be modified", k);
	if (streq(k, "GOENV") || streq(k, "GODEBUG"))
		go_fatal("%s can only be set using the OS environment", k);
	if (!isknown(k))
		go_fatal("unknown go command variable %s", k);
}

void
cmd_env(int argc, char **argv)
{
	KeyVals all;

	if (e_w && e_u)
		go_fatal("cannot use -u with -w");
	if (e_json && (e_w || e_u))
		go_fatal("cannot use -json with -%s", e_w ? "w" : "u");
	if (e_w) {
		if (argc == 0)
			go_fatal("no KEY=VALUE arguments given");
		if (fileenv == NULL)
			fileenv = map_new(perm);
		for (int i = 0; i < argc; i++) {
			const char *eq = strchr(argv[i], '='), *k, *val;

			if (eq == NULL)
				go_fatal("arguments must be KEY=VALUE: invalid argument: %s", argv[i]);
			k = intern(argv[i], (size_t)(eq - argv[i]));
			val = eq + 1;
			checkkey(k);
			if ((streq(k, "GOPATH") || streq(k, "GOMODCACHE") || streq(k, "GOBIN") ||
				streq(k, "GOTMPDIR") || streq(k, "GOCACHE")) &&
				val[0] != '\0' && val[0] != '/' && !(streq(k, "GOCACHE") && streq(val, "off")))
				go_fatal(streq(k, "GOPATH") ? "GOPATH entry is relative; must be absolute path: %s" :
							      "%s entry is relative; must be absolute path: %s",
				    streq(k, "GOPATH") ? goquoted(val) : k, goquoted(val));
			if (streq(k, "GOOS") && !known_os(val) && *val != '\0')
				go_fatal("unsupported GOOS/GOARCH pair %s/%s", val, cfg.goarch);
			if (streq(k, "GO111MODULE") && !streq(val, "on") && !streq(val, "off") && !streq(val, "auto") &&
			    *val != '\0')
				go_fatal("invalid GO111MODULE value %s", goquoted(val));
			if (streq(k, "GOARCH") && !known_arch(val) && *val != '\0')
				go_fatal("unsupported GOOS/GOARCH pair %s/%s", cfg.goos, val);
			if (getenv(k) != NULL && *getenv(k) != '\0' && !streq(getenv(k), val))
				fprintf(stderr,
				    "warning: go env -w %s=... does not override conflicting OS environment variable\n",
				    k);
			if (*val == '\0')
				map_del(fileenv, k);
			else
				map_set(fileenv, k, (void *)(uintptr_t)intern_str(val));
		}
		writeenv(fileenv);
		return;
	}
	if (e_u) {
		if (argc == 0)
			go_fatal("'go env -u' requires an argument");
		if (fileenv == NULL)
			fileenv = map_new(perm);
		for (int i = 0; i < argc; i++) {
			checkkey(argv[i]);
			map_del(fileenv, intern_str(argv[i]));
		}
		writeenv(fileenv);
		return;
	}
	all = allvars();
	if (argc > 0 && !e_json) {
		for (int i = 0; i < argc; i++) {
			const char *val = NULL;

			for (int j = 0; j < all.n && val == NULL; j++)
				if (streq(all.at[j].key, argv[i]))
					val = all.at[j].value;
			if (val == NULL && isknown(argv[i]))
				val = env_get(argv[i]);
			printf("%s\n", val != NULL ? val : "");
		}
		return;
	}
	if (e_changed) {
		int w = 0;

		for (int j = 0; j < all.n; j++) {
			const char *k = all.at[j].key,
				   *def = gorootenv != NULL ? map_get(gorootenv, intern_str(k)) : NULL;

			if (!isknown(k) || streq(k, "GOGCCFLAGS"))	/* that has no default to differ from */
				continue;
			if (!streq(def != NULL ? def : defaultvalue(k), all.at[j].value))
				all.at[w++] = all.at[j];
		}
		all.n = w;
	}
	if (e_json) {
		Strs keys = { 0 };
		Value *m = val_map();
		Buf b = { 0 };

		if (argc > 0) {
			for (int i = 0; i < argc; i++)
				strs_addnew(&keys, argv[i]);
		} else {
			for (int j = 0; j < all.n; j++)
				strs_add(&keys, all.at[j].key);
		}
		strs_sort(&keys);
		for (int i = 0; i < keys.n; i++) {
			const char *val = "";

			for (int j = 0; j < all.n; j++)
				if (streq(all.at[j].key, keys.at[i]))
					val = all.at[j].value;
			val_set(m, keys.at[i], val_str(val), false);
		}
		val_json(&b, m, 0);
		printf("%s\n", buf_cstr(&b));
		buf_free(&b);
		return;
	}
	for (int j = 0; j < all.n; j++)
		printf("%s=%s\n", all.at[j].key, shellquote(all.at[j].value));
}
