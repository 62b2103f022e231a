/*
 * file.c - reading files by mapping, writing them whole or not at all.
 *
 * A mapping is followed by zero bytes up to the end of its last page; a file
 * that fills its last page exactly, or is empty, is read into memory instead,
 * so that one readable NUL always follows.
 */
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes carries no room for how they were obtained, but the size tells: see file_unmap. */
static bool
ismapped(size_t n, size_t page)
{
	return n >= 16384 && n % page != 0;
}

bool
file_trymap(const char *path, Bytes *out)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), n, got = 0;
	int fd = open(path, O_RDONLY | O_CLOEXEC), err;
	struct stat st;
	uint8_t *p;

	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		goto fail;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		goto fail;
	}
	if (!S_ISREG(st.st_mode)) {	/* a pipe: read to the end */
		Buf b = { 0 };
		ssize_t r;

		do {
			buf_reserve(&b, 65536);
			r = read(fd, b.p + b.n, 65536);
			if (r > 0)
				b.n += (size_t)r;
		} while (r > 0 || (r < 0 && errno == EINTR));
		if (r < 0) {
			err = errno;
			buf_free(&b);
			errno = err;
			goto fail;
		}
		buf_cstr(&b);
		p = b.p;
		n = b.n;
		if (ismapped(n, page)) {	/* file_unmap must recognise it */
			p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			if (p == MAP_FAILED)
				fatal("out of memory reading %s", path);
			memcpy(p, b.p, n);
			buf_free(&b);
		}
		close(fd);
		*out = (Bytes){ p, n };
		return true;
	}
	n = (size_t)st.st_size;
	if (ismapped(n, page)) {
		p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
		if (p == MAP_FAILED)
			goto fail;
		close(fd);
		*out = (Bytes){ p, n };
		return true;
	}
	p = malloc(n + 1);
	if (p == NULL)
		fatal("out of memory reading %s", path);
	while (got < n) {
		ssize_t r = read(fd, p + got, n - got);

		if (r < 0 && errno == EINTR)
			continue;
		if (r < 0) {
			err = errno;
			free(p);
			errno = err;
			goto fail;
		}
		if (r == 0)
			break;
		got += (size_t)r;
	}
	if (got < n && ismapped(got, page))	/* cut short while we read; keep the size class of file_unmap */
		fatal("read %s: file changed while being read", path);
	p[got] = 0;
	close(fd);
	*out = (Bytes){ p, got };
	return true;
fail:
	err = errno;
	close(fd);
	errno = err;
	return false;
}

Bytes
file_map(const char *path)
{
	Bytes b;

	if (!file_trymap(path, &b))
		fatal("open %s:", path);
	return b;
}

void
file_unmap(Bytes b)
{
	if (ismapped(b.n, (size_t)sysconf(_SC_PAGESIZE)))
		munmap((void *)(uintptr_t)b.p, b.n);
	else
		free((void *)(uintptr_t)b.p);
}

static const char *partfile;

static void
removepart(void)
{
	if (partfile != NULL)
		unlink(partfile);
}

void
file_replace(const char *path, const void *data, size_t n, int mode)
{
	static bool registered;
	const char *tmp = intern_printf("%s.part%ld", path, (long)getpid());
	const uint8_t *p = data;
	struct stat st;
	int fd;

	if (!registered) {
		diag_atexit(removepart);
		registered = true;
	}
	/* A device (-o /dev/null) is written to, never replaced. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		fd = open(path, O_WRONLY | O_CLOEXEC);
		tmp = NULL;
	} else {
		fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
		partfile = tmp;
	}
	if (fd < 0) {
		partfile = NULL;
		fatal("open %s:", path);
	}
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			fatal("write %s:", path);
		p += w;
		n -= (size_t)w;
	}
	if (close(fd) < 0)
		fatal("close %s:", path);
	if (tmp != NULL && rename(tmp, path) < 0)
		fatal("rename %s:", path);
	partfile = NULL;
}

bool
file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

bool
file_mkdirs(const char *dir)
{
	struct stat st;
	const char *above;

	if (mkdir(dir, 0777) == 0)
		return true;
	if (errno == ENOENT) {
		above = path_dir(dir);
		if (strcmp(above, dir) == 0 || !file_mkdirs(above))
			return false;
		if (mkdir(dir, 0777) == 0)
			return true;
	}
	if (errno != EEXIST || stat(dir, &st) < 0)
		return false;
	if (!S_ISDIR(st.st_mode))
		errno = ENOTDIR;
	return S_ISDIR(st.st_mode);
}
