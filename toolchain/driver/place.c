/*
 * place.c - putting what was built where the user wants it, and reading from what stands there whether that is needed.
 *
 * Never written: a file that may be running or read (it is replaced), a folder, a file that nobody would take for the output of a
 * build unless -o names it. Devices are written into.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "driver/driver.h"

/* Numbers of an ELF file, of either byte order. */
static uint64_t
number(const uint8_t *p, int size, bool bigendian)
{
	uint64_t n = 0;

	for (int i = 0; i < size; i++)
		n |= (uint64_t)p[i] << 8 * (bigendian ? size - 1 - i : i);
	return n;
}

/* The Go build ID among n bytes of notes (ELF specification, "Note Section": sizes of name and contents, type, then both), or NULL. */
static const char *
noteid(const uint8_t *note, size_t n, bool be)
{
	enum { HEAD = 12, GO_BUILDID = 4 };

	for (size_t at = 0; at + HEAD <= n;) {
		size_t namesize = number(note + at, 4, be), size = number(note + at + 4, 4, be);
		size_t need = HEAD + ((namesize + 3) & ~(size_t)3) + size;

		if (need > n - at)
			return NULL;
		if (number(note + at + 8, 4, be) == GO_BUILDID && namesize == 4 &&
		    memcmp(note + at + HEAD, "Go\0", 4) == 0)
			return intern((const char *)note + at + HEAD + 4, size);
		at += (need + 3) & ~(size_t)3;
	}
	return NULL;
}

const char *
place_buildid(const char *file)
{
	enum { PT_NOTE = 4 };
	uint8_t head[4096], note[512];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : pread(fd, head, sizeof head, 0), k;
	const char *id = NULL;

	if (n >= 64 && memcmp(head, "\177ELF", 4) == 0) {
		bool wide = head[4] == 2, be = head[5] == 2;
		uint64_t at = wide ? number(head + 32, 8, be) : number(head + 28, 4, be), off, size;
		size_t each = number(head + (wide ? 54 : 42), 2, be), least = wide ? 56 : 32;

		for (uint64_t left = number(head + (wide ? 56 : 44), 2, be); id == NULL && left > 0;
		    left--, at += each) {
			const uint8_t *ph;

			if (each < least || at > (uint64_t)n || (uint64_t)n - at < least)
				break;
			ph = head + at;
			if (number(ph, 4, be) != PT_NOTE)
				continue;
			off = wide ? number(ph + 8, 8, be) : number(ph + 4, 4, be);
			size = wide ? number(ph + 32, 8, be) : number(ph + 16, 4, be);
			k = pread(fd, note, size < sizeof note ? size : sizeof note, (off_t)off);
			if (k > 0)
				id = noteid(note, (size_t)k, be);
		}
	}
	if (fd >= 0)
		close(fd);
	return id != NULL ? id : "";
}

bool
place_copy(const char *from, const char *to, int mode)
{
	Bytes b;
	int fd;
	bool ok = true;

	if (!file_trymap(from, &b))
		return false;
	fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0 && (errno == ETXTBSY || errno == EACCES) &&
	    unlink(to) == 0) /* the old one is running: leave it its inode */
		fd = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0) {
		file_unmap(b);
		return false;
	}
	for (size_t w = 0; w < b.n && ok;) {
		ssize_t r = write(fd, b.p + w, b.n - w);

		if (r > 0)
			w += (size_t)r;
		else if (!(r < 0 && errno == EINTR))
			ok = false;
	}
	if (close(fd) < 0)
		ok = false;
	file_unmap(b);
	if (!ok) {
		int err = errno;

		unlink(to);
		errno = err;
	}
	return ok;
}

static bool
isobject(const char *file)
{
	char b[16] = { 0 };
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return true;
	n = read(fd, b, sizeof b);
	close(fd);
	return n == 0 || memcmp(b, "\177ELF", 4) == 0 || memcmp(b, "!<arch>\n", 8) == 0 || memcmp(b, "MZ", 2) == 0 ||
	       memcmp(b, "\0asm", 4) == 0 || memcmp(b, "go object ", 10) == 0 || memcmp(b, "\xcf\xfa\xed\xfe", 4) == 0;
}

bool
place_result(Action *a, const char *from, const char *to, int mode, bool move)
{
	struct stat st;

	if (cfg.n || cfg.x)
		show_cmd(NULL, "%s %s %s", move ? "mv" : "cp", from, shortpath(to));
	if (cfg.n)
		return true;
	if (stat(to, &st) == 0) {
		if (S_ISDIR(st.st_mode)) {
			fprintf(stderr, "go build %s: build output %s already exists and is a directory\n", a->p->path,
			    goquoted(shortpath(to)));
			return false;
		}
		if (S_ISREG(st.st_mode) && (cfg.o == NULL || cfg.o[0] == '\0') && !isobject(to)) {
			fprintf(stderr, "go build %s: build output %s already exists and is not an object file\n",
			    a->p->path, goquoted(shortpath(to)));
			return false;
		}
		if (!S_ISREG(st.st_mode))
			move = false;
	}
	if (move) {
		mode_t um = umask(0);

		umask(um);
		chmod(from, (mode_t)mode & ~um);
		if (lstat(to, &st) < 0 || (S_ISREG(st.st_mode) && st.st_nlink == 1))
			if (rename(from, to) == 0)
				return true;
	}
	if (stat(to, &st) == 0 && S_ISREG(st.st_mode)) {
		/* never write into a file that others may be reading or running */
		const char *tmp = intern_printf("%s.%d.tmp", to, (int)getpid());

		if (lstat(to, &st) == 0 && !S_ISLNK(st.st_mode) && place_copy(from, tmp, mode)) {
			if (rename(tmp, to) == 0)
				return true;
			unlink(tmp);
		}
	}
	if (!place_copy(from, to, mode)) {
		fprintf(stderr, "go build %s: copying %s: open %s: %s\n", a->p->path, from, shortpath(to),
			errno == EACCES ? "permission denied" : errtext(errno));
		return false;
	}
	return true;
}
