/*
 * testcache.c - results of tests, kept under all that they depended on.
 *
 * First level: the test binary and its flags lead to the log of what the test looked at (variables, files), written by
 * the test itself (-test.testlogfile). Second level: those flags and the present state of all that the log names lead
 * to the output. Files outside the module, GOPATH or GOROOT count as never changing, as in Go.
 * Source: go help test ("package list mode"), documentation of internal/testlog.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "driver/driver.h"

#define LOGHEAD "# test log\n"

static bool
debugging(void)
{
	static int on = -1;

	if (on < 0)
		on = strstr(env_get("GODEBUG"), "gocachetest=1") != NULL;
	return on == 1;
}

static void say(const char *fmt, ...) PRINTF(1, 2);

static void
say(const char *fmt, ...)
{
	va_list ap;

	if (!debugging())
		return;
	fputs("testcache: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

const char *
testcache_id(const Pkg *p, const char *program)
{
	static const char *const cacheable[] = { "benchtime", "cpu", "list", "parallel", "run", "short", "timeout",
		"failfast", "v", "fullpath" };
	Buf b = { 0 };
	const char *id;

	if (!tf.haspkgs) {
		say("caching disabled in local directory mode");
		return NULL;
	}
	if (p->root[0] == '\0') {
		say("caching disabled for package outside of module root, GOPATH, or GOROOT: %s", p->path);
		return NULL;
	}
	buf_printf(&b, "test result 1\n%s\nexec %s\n", program, cfg.exec != NULL ? cfg.exec : "");
	for (int i = 0; i < tf.args.n; i++) {
		const char *a = tf.args.at[i], *name = cutprefix(a, "-test.");
		size_t n = name != NULL ? strcspn(name, "=") : 0;
		bool ok = false;

		for (size_t k = 0; k < NELEM(cacheable) && name != NULL && name[n] == '='; k++)
			ok = ok || (strlen(cacheable[k]) == n && memcmp(cacheable[k], name, n) == 0);
		if (!ok) {
			say("caching disabled for test argument: %s", a);
			buf_free(&b);
			return NULL;
		}
		buf_printf(&b, "arg %s\n", a);
	}
	id = build_hash(&b);
	buf_free(&b);
	return id;
}

/* ---- what a test looked at ---- */

static void
hashstat(Buf *b, const char *path, bool follow)
{
	struct stat st;

	if ((follow ? stat : lstat)(path, &st) < 0)
		buf_printf(b, "err %d\n", errno);
	else
		buf_printf(b, "stat %lld %o %lld.%09ld\n", (long long)st.st_size, st.st_mode,
		    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
}

static int
byname(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* False: the file was written so recently that a change might not show in its time. */
static bool
hashopen(Buf *b, const char *path)
{
	struct stat st;
	struct timespec now;
	struct dirent **list;
	int n;

	hashstat(b, path, true);
	if (stat(path, &st) < 0)
		return true;
	if (S_ISDIR(st.st_mode)) {
		n = scandir(path, &list, NULL, byname);
		for (int i = 0; i < n; i++) {
			buf_printf(b, "file %s ", list[i]->d_name);
			if (!streq(list[i]->d_name, ".."))
				hashstat(b, path_join(path, list[i]->d_name), false);
			free(list[i]);
		}
		if (n >= 0)
			free(list);
		return true;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	return !S_ISREG(st.st_mode) || now.tv_sec - st.st_mtim.tv_sec > 2 ||
	       (now.tv_sec - st.st_mtim.tv_sec) * 1000000000 + now.tv_nsec - st.st_mtim.tv_nsec >= 2000000000;
}

static void
hashenv(Buf *b, const char *name)
{
	const char *v = getenv(name);

	buf_printf(b, "env %s %s%s\n", name, v != NULL ? "=" : "", v != NULL ? v : "");
}

/* The key of the output; NULL: the log is broken, or says that the result cannot be kept. */
static const char *
inputsid(const Pkg *p, const char *id, const char *log, size_t n)
{
	Buf b = { 0 };
	Strs lines = { 0 };
	const char *pwd = p->dir, *key = NULL;

	if (n < strlen(LOGHEAD) || memcmp(log, LOGHEAD, strlen(LOGHEAD)) != 0 || log[n - 1] != '\n' ||
	    memchr(log, '\0', n) != NULL) {
		say("%s: input list malformed", p->path);
		return NULL;
	}
	strs_split(&lines, sub(log + strlen(LOGHEAD), n - strlen(LOGHEAD)), '\n');
	buf_printf(&b, "%s\n", id);
	hashenv(&b, "GODEBUG");	/* the runtime looks at it without saying so */
	for (int i = 0; i < lines.n; i++) {
		const char *l = lines.at[i], *name = strchr(l, ' ');
		size_t op = strcspn(l, " ");

		if (*l == '\0')
			continue;
		if (name == NULL)
			goto bad;
		name++;
		if (op == 6 && memcmp(l, "getenv", 6) == 0) {
			hashenv(&b, name);
			continue;
		}
		if (name[0] != '/')
			name = path_join(pwd, name);
		buf_printf(&b, "%s\n", l);
		if (op == 5 && memcmp(l, "chdir", 5) == 0) {
			pwd = name;
			hashstat(&b, name, true);
		} else if (op == 4 && memcmp(l, "stat", 4) == 0) {
			if (!haspathprefix(path_clean(name), p->root))
				continue;
			hashstat(&b, name, true);
			hashstat(&b, name, false);
		} else if (op == 4 && memcmp(l, "open", 4) == 0) {
			if (!haspathprefix(path_clean(name), p->root))
				continue;
			if (!hashopen(&b, name)) {
				say("%s: input file %s: file used as input is too new", p->path, name);
				goto out;
			}
		} else {
			goto bad;
		}
	}
	key = build_hash(&b);
	goto out;
bad:
	say("%s: input list malformed", p->path);
out:
	buf_free(&b);
	return key;
}

/* ---- results: "slipway-test TIME\n", output ---- */

static int64_t
expiry(void)
{
	const char *text = text_file(path_join(cache_dir(), "testexpire.txt"), NULL);

	return text != NULL ? strtoll(text, NULL, 10) : 0;
}

const char *
testcache_get(const Pkg *p, const char *id, size_t *n)
{
	size_t logn, len, last, tab;
	const char *log = cache_getbytes(id, &logn), *key, *data, *nl, *s;
	Buf b = { 0 };

	if (log == NULL) {
		say("%s: input list not found", p->path);
		return NULL;
	}
	key = inputsid(p, id, log, logn);
	if (key == NULL)
		return NULL;
	data = cache_getbytes(key, &len);
	if (data == NULL || len == 0 || data[len - 1] != '\n' || !hasprefix(data, "slipway-test ")) {
		say("%s: test output not found", p->path);
		return NULL;
	}
	if (strtoll(data + 13, NULL, 10) < expiry()) {
		say("%s: test output expired due to go clean -testcache", p->path);
		return NULL;
	}
	nl = memchr(data, '\n', len);
	len -= (size_t)(nl + 1 - data);
	data = nl + 1;
	for (last = len - 1; last > 0 && data[last - 1] != '\n'; last--)
		;
	if (len - last < 5 || memcmp(data + last, "ok  \t", 5) != 0 ||
	    (s = memchr(data + last + 5, '\t', len - last - 5)) == NULL)
		return NULL;
	tab = (size_t)(s + 1 - data);
	buf_put(&b, data, tab);
	buf_str(&b, "(cached)");
	while (tab < len && strchr("0123456789.s", data[tab]) != NULL)
		tab++;
	buf_put(&b, data + tab, len - tab);
	s = arena_strndup(perm, buf_cstr(&b), b.n);
	*n = b.n;
	buf_free(&b);
	return s;
}

void
testcache_put(const Pkg *p, const char *id, const char *logfile, const void *out, size_t n)
{
	size_t logn;
	const char *log = text_file(logfile, &logn), *key;
	struct timespec now;
	Buf b = { 0 };

	if (log == NULL) {
		say("%s: reading testlog: %s", p->path, errtext(errno));
		return;
	}
	key = inputsid(p, id, log, logn);
	if (key == NULL)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	buf_printf(&b, "slipway-test %lld\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec);
	buf_put(&b, out, n);
	if (cache_putbytes(id, log, logn) && cache_putbytes(key, b.p, b.n))
		say("%s: save test ID %s => %s", p->path, id, key);
	buf_free(&b);
}
