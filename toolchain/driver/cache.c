/*
 * cache.c - results by what they were made from.
 *
 * GOCACHE/XX/ID-a says what came of action ID: the hash of the data, of what importers see of it, and what the tool
 * printed. GOCACHE/XX/HASH-d is the data. Both are written beside and renamed, so that a reader sees all or nothing,
 * whatever happens to the writer and whoever else writes. An -a file carries a checksum; data is compared with its
 * name when it was not seen before with this size, time and inode. Anything that does not fit is as good as absent.
 * What was not used for five days is removed, at most once a day.
 * Source: go help cache (behaviour only, the layout is ours).
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "driver/driver.h"

static const char *dir, *failure;
static bool inited, warned;

static void
init(void)
{
	const char *d = env_get("GOCACHE");

	inited = true;
	if (streq(d, "off"))
		failure = "build cache is disabled by GOCACHE=off, but required as of Go 1.12";
	else if (d[0] == '\0')
		failure = "build cache is required, but could not be located: GOCACHE is not defined and neither "
			  "$XDG_CACHE_HOME nor $HOME are defined";
	else if (d[0] != '/')
		failure = "build cache is required, but could not be located: GOCACHE is not an absolute path";
	else if (!file_mkdirs(d))
		failure = intern_printf("failed to initialize build cache at %s: mkdir %s: %s", d, d,
		    errno == EACCES    ? "permission denied" :
			errno == EROFS ? "read-only file system" :
					 errtext(errno));
	else
		dir = intern_str(d);
}

bool
cache_tryinit(void)
{
	if (!inited)
		init();
	return dir != NULL;
}

const char *
cache_dir(void)
{
	if (!cache_tryinit()) {
		fprintf(stderr, "%s\n", failure);
		go_exit(1);
	}
	return dir;
}

static const char *
entrypath(const char *id, char kind)
{
	return intern_printf("%s/%.2s/%s-%c", cache_dir(), id, id, kind);
}

static bool
writefile(const char *path, const void *p, size_t n)
{
	static int seq;
	char tmp[4300];
	int fd;

	snprintf(tmp, sizeof tmp, "%s.%d.%d.tmp", path, (int)getpid(), seq++);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == ENOENT) {
		file_mkdirs(path_dir(path));
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	}
	if (fd < 0)
		return false;
	for (size_t w = 0; w < n;) {
		ssize_t r = write(fd, (const char *)p + w, n - w);

		if (r < 0 && errno == EINTR)
			continue;
		if (r <= 0) {
			int err = errno;

			close(fd);
			unlink(tmp);
			errno = err;
			return false;
		}
		w += (size_t)r;
	}
	if (close(fd) < 0 || rename(tmp, path) < 0) {
		int err = errno;

		unlink(tmp);
		errno = err;
		return false;
	}
	return true;
}

static void
trim(void)
{
	const char *stamp = intern_printf("%s/trim.txt", dir);
	struct stat st;
	time_t now = time(NULL);

	if (stat(stamp, &st) == 0 && now - st.st_mtime < 24 * 3600)
		return;
	if (!writefile(stamp, "", 0))
		return;
	for (int i = 0; i < 256; i++) {
		const char *sub1 = intern_printf("%s/%02x", dir, (unsigned)i);
		DIR *d = opendir(sub1);
		struct dirent *e;

		if (d == NULL)
			continue;
		while ((e = readdir(d)) != NULL)
			if (e->d_name[0] != '.' && fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
			    S_ISREG(st.st_mode) &&
				now - st.st_mtime > (hassuffix(e->d_name, ".tmp") ? 1 : 5) * 24 * 3600)
				unlinkat(dirfd(d), e->d_name, 0);
		closedir(d);
	}
}

bool
cache_get(const char *id, CacheEntry *e, const char **file)
{
	const char *path = entrypath(id, 'a'), *data, *hash;
	unsigned long long sum, size;
	char buf[4096], *text;
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC), at = 0;
	ssize_t n;
	bool big = false;
	Bytes whole = { 0 };

	if (fd < 0)
		return false;
	n = read(fd, buf, sizeof buf - 1);
	if (n <= 0 || fstat(fd, &st) < 0) {
		close(fd);
		return false;
	}
	close(fd);
	buf[n] = '\0';
	text = buf;
	if (st.st_size > n) {
		if (!file_trymap(path, &whole))
			return false;
		big = true;
		text = arena_strndup(perm, (const char *)whole.p, whole.n);
		n = (ssize_t)whole.n;
	}
	if (sscanf(text, "slip1 %16llx %64[0-9a-f] %64[0-9a-f] %64[0-9a-f] %llu\n%n", &sum, e->out, e->export,
		e->content, &size, &at) < 5 ||
	    at == 0 || hash64(text + 23, (size_t)n - 23, 3) != sum || strlen(e->out) != 64)
		return false;
	(void)big;
	e->size = size;
	e->text = n > at ? arena_strndup(perm, text + at, (size_t)(n - at)) : "";
	if (file == NULL)
		goto used;
	data = entrypath(e->out, 'd');
	hash = file_hash(data);
	if (hash == NULL || !streq(hash, e->out))
		return false;
	*file = data;
used:
	if (time(NULL) - st.st_mtime > 3600) {
		utimensat(AT_FDCWD, path, NULL, 0);
		if (file != NULL && utimensat(AT_FDCWD, *file, NULL, 0) == 0)
			file_sethash(*file, e->out);
	}
	return true;
}

const char *
cache_put(const char *id, const char *file, CacheEntry *e)
{
	const char *data = NULL;
	char head[400];
	Buf b = { 0 };
	bool ok = true;
	static bool trimmed;

	if (!trimmed) {
		trimmed = true;
		cache_dir();
		trim();
	}
	if (file != NULL) {
		const char *h;

		data = entrypath(e->out, 'd');
		h = file_hash(data);
		if (h == NULL || !streq(h, e->out)) {
			Bytes m;

			if (!file_trymap(file, &m))
				return NULL;
			ok = writefile(data, m.p, m.n);
			file_unmap(m);
			if (ok)
				file_sethash(data, e->out);
		}
	}
	if (ok) {
		snprintf(head, sizeof head, "%s %s %s %llu\n", e->out, e->export[0] != '\0' ? e->export : "0",
		    e->content[0] != '\0' ? e->content : "0", (unsigned long long)e->size);
		buf_str(&b, head);
		buf_str(&b, e->text != NULL ? e->text : "");
		snprintf(head, sizeof head, "slip1 %016llx ", (unsigned long long)hash64(b.p, b.n, 3));
		{
			Buf all = { 0 };

			buf_str(&all, head);
			buf_put(&all, b.p, b.n);
			ok = writefile(entrypath(id, 'a'), all.p, all.n);
			buf_free(&all);
		}
		buf_free(&b);
	}
	if (!ok && !warned) {
		warned = true;
		fprintf(stderr, "go: warning: build cache %s cannot be written: %s\n", dir,
		    errno == ENOSPC ? "no space left on device" : errtext(errno));
	}
	return ok ? data : NULL;
}

bool
cache_putbytes(const char *id, const void *p, size_t n)
{
	CacheEntry e = { .size = n };
	const char *data;

	sha256_hex(p, n, e.out);
	data = entrypath(e.out, 'd');
	if (file_hash(data) == NULL || !streq(file_hash(data), e.out)) {
		if (!writefile(data, p, n))
			return false;
		file_sethash(data, e.out);
	}
	cache_put(id, NULL, &e);
	return true;
}

const char *
cache_getbytes(const char *id, size_t *n)
{
	CacheEntry e;
	const char *file;

	return cache_get(id, &e, &file) ? text_file(file, n) : NULL;
}

/* ---- go clean ---- */

static bool c_cache, c_testcache, c_modcache, c_fuzzcache, c_i, c_r;

static void
removetree(const char *path, bool top)
{
	DIR *d = opendir(path);
	struct dirent *e;

	if (d != NULL) {
		while ((e = readdir(d)) != NULL) {
			struct stat st;

			if (streq(e->d_name, ".") || streq(e->d_name, ".."))
				continue;
			if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
				continue;
			if (S_ISDIR(st.st_mode)) {
				fchmodat(dirfd(d), e->d_name, 0755, 0);
				removetree(path_join(path, e->d_name), true);
			} else {
				unlinkat(dirfd(d), e->d_name, 0);
			}
		}
		closedir(d);
	}
	if (top)
		rmdir(path);
}

static void
removeone(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return;
	if (S_ISDIR(st.st_mode))
		removetree(path, true);
	else if (unlink(path) < 0)
		go_error("remove %s: %s", path, errtext(errno));
}

/* Names of what building may have left in the package's folder; those of folders first. */
static void
cleanpkg(Pkg *p)
{
	static const char *const folders[] = { "_obj", "_test" },
				 *const junk[] = { "_testmain.go", "test.out", "build.out", "a.out" };
	Strs dirs = { 0 }, files = { 0 }, rm = { 0 };
	const char *base, *elem;
	bool show = cfg.n || cfg.x;

	if (p->dir[0] == '\0')
		return;
	base = path_base(p->dir);
	elem = p->cmdline ? default_exe(p) : path_base(p->path);
	for (size_t i = 0; i < NELEM(folders); i++)
		if (dir_exists(path_join(p->dir, folders[i])))
			strs_add(&dirs, folders[i]);
	for (size_t i = 0; i < NELEM(junk); i++)
		if (file_exists(path_join(p->dir, junk[i])))
			strs_add(&files, junk[i]);
	if (streq(p->name, "main")) {
		strs_add(&rm, base);
		strs_add(&rm, intern_printf("%s.exe", base));
		strs_add(&rm, elem);
		strs_add(&rm, intern_printf("%s.exe", elem));
	}
	for (int k = 0; k < 2; k++) {
		strs_add(&rm, intern_printf("%s.test", k == 0 ? base : elem));
		strs_add(&rm, intern_printf("%s.test.exe", k == 0 ? base : elem));
	}
	if (streq(p->name, "main"))
		for (int i = 0; i < p->gofiles.n; i++) {
			const char *stem = sub(p->gofiles.at[i], strlen(p->gofiles.at[i]) - 3);

			strs_add(&rm, stem);
			strs_add(&rm, intern_printf("%s.exe", stem));
		}
	if (show)
		fprintf(stderr, "cd %s\n", p->dir);
	if (show && dirs.n > 0)
		fprintf(stderr, "rm -r %s\n", strs_join(&dirs, " "));
	if (show && files.n > 0)
		fprintf(stderr, "rm -f %s\n", strs_join(&files, " "));
	if (show)
		fprintf(stderr, "rm -f %s\n", strs_join(&rm, " "));
	if (!cfg.n) {
		strs_append(&rm, &files);
		for (int i = 0; i < rm.n; i++)
			if (!dir_exists(path_join(p->dir, rm.at[i])))
				removeone(path_join(p->dir, rm.at[i]));
		for (int i = 0; i < dirs.n; i++)
			removeone(path_join(p->dir, dirs.at[i]));
	}
	if (c_i && p->target[0] != '\0' && !p->std) {
		if (show)
			fprintf(stderr, "rm -f %s\n", p->target);
		if (!cfg.n)
			removeone(p->target);
	}
}

void
cmd_clean(int argc, char **argv)
{
	if ((c_cache || c_testcache || c_modcache || c_fuzzcache) && argc > 0)
		go_fatal("clean -%s cannot be used with package arguments",
		    c_cache         ? "cache" :
			c_testcache ? "testcache" :
			c_modcache  ? "modcache" :
				      "fuzzcache");
	if (argc > 0 || (!c_cache && !c_testcache && !c_modcache && !c_fuzzcache)) {
		Pkgs ps = load_args(argc, argv);

		for (int i = 0; i < ps.n; i++) {
			if (ps.at[i]->err != NULL && ps.at[i]->dir[0] == '\0')
				go_error("%s", pkgerror_text(ps.at[i]->err));
			cleanpkg(ps.at[i]);
		}
	}
	if (c_cache) {
		const char *d = env_get("GOCACHE");

		if (!streq(d, "off") && d[0] == '/') {
			if (cfg.n || cfg.x)
				fprintf(stderr, "rm -r %s/[0-9a-f][0-9a-f]\n", d);
			if (!cfg.n) {
				for (int i = 0; i < 256; i++)
					removetree(intern_printf("%s/%02x", d, (unsigned)i), true);
				unlink(intern_printf("%s/slipway-index", d));
			}
		}
	}
	if (c_modcache) {
		if (cfg.n || cfg.x)
			fprintf(stderr, "rm -rf %s\n", cfg.modcache);
		if (!cfg.n && cfg.modcache[0] == '/')
			removetree(cfg.modcache, true);
	}
	if (c_fuzzcache && cache_tryinit()) {
		const char *fuzz = path_join(dir, "fuzz");

		if (cfg.n || cfg.x)
			fprintf(stderr, "rm -rf %s\n", fuzz);
		if (!cfg.n && dir_exists(fuzz))
			removetree(fuzz, true);
	}
	if (c_testcache && cache_tryinit()) {
		struct timespec now;
		const char *text;

		if (cfg.n || cfg.x)
			fprintf(stderr, "echo 'go: clean test cache' > %s/testexpire.txt\n", dir);
		clock_gettime(CLOCK_REALTIME, &now);
		text = intern_printf("%lld\n", (long long)now.tv_sec * 1000000000 + now.tv_nsec);
		if (!cfg.n && !writefile(path_join(dir, "testexpire.txt"), text, strlen(text)))
			go_error("go: writing %s/testexpire.txt: %s", dir, errtext(errno));
	}
}

const DFlag clean_flags[] = {
	{ "i", DF_BOOL, &c_i },
	{ "r", DF_BOOL, &c_r },
	{ "cache", DF_BOOL, &c_cache },
	{ "testcache", DF_BOOL, &c_testcache },
	{ "modcache", DF_BOOL, &c_modcache },
	{ "fuzzcache", DF_BOOL, &c_fuzzcache },
};
const int clean_nflags = NELEM(clean_flags);
