/*
 * dirs.c - what is known of folders and files, kept between runs.
 *
 * The index is one file in the cache folder. A folder's record holds the names
 * in it and, for each file that was looked at, what its head says and the
 * SHA-256 of its content, each with the (size, mtime, ctime, inode) it was
 * true for; times in ns. A file changed within two seconds before we looked is
 * never trusted later: a second change in the same tick of the file system's
 * clock would not show. Damage shows in a record's checksum, and the record is
 * then as good as absent. Records never read in this run are carried over as
 * they are.
 *
 *	"slipidx2" u64 program u32 count; then count times u64 hash of the key, u32 offset, u32 length; then records:
 *	u64 hash64 of the rest, key, NUL, fields
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "driver/driver.h"

#define MAGIC "slipidx2"
enum { MAXRECORDS = 40000, HEADER = 20 };

typedef struct {
	const char *hash;
	uint64_t size, ino;
	int64_t mtime, ctime;
	bool dirty;
} FileRec;

static struct {
	bool inited;
	Bytes map;
	uint32_t count;
	const uint8_t *table;
	Map *dirs, *files;		/* path -> DirInfo, FileRec */
	int64_t now;			/* ns, when the run began */
	bool dirty;
	const char *path;
	uint64_t self;			/* tells this program from others that understand sources differently */
} ix;

static uint32_t
get32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t
get64(const uint8_t *p)
{
	return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static void
init(void)
{
	struct timespec ts;
	struct stat st;

	ix.inited = true;
	ix.dirs = map_new(perm);
	ix.files = map_new(perm);
	clock_gettime(CLOCK_REALTIME, &ts);
	ix.now = (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
	if (!cache_tryinit())
		return;
	ix.path = intern_printf("%s/slipway-index", cache_dir());
	if (stat("/proc/self/exe", &st) == 0)
		ix.self = (uint64_t)st.st_size ^ (uint64_t)st.st_mtim.tv_sec << 20 ^ (uint64_t)st.st_mtim.tv_nsec << 32;
	if (!file_trymap(ix.path, &ix.map))
		return;
	if (ix.map.n < HEADER || memcmp(ix.map.p, MAGIC, 8) != 0 || get64(ix.map.p + 8) != ix.self)
		return;
	ix.count = get32(ix.map.p + 16);
	ix.table = ix.map.p + HEADER;
	if (ix.count > MAXRECORDS || HEADER + (size_t)ix.count * 16 > ix.map.n)
		ix.count = 0;
}

/* ---- reading a record ---- */

typedef struct {
	const uint8_t *p, *end;
	bool bad;
} Rd;

static uint64_t
rd_u(Rd *r)
{
	uint64_t v = 0;

	for (int sh = 0; sh < 64; sh += 7) {
		uint8_t c;

		if (r->p >= r->end) {
			r->bad = true;
			return 0;
		}
		c = *r->p++;
		v |= (uint64_t)(c & 0x7f) << sh;
		if (c < 0x80)
			return v;
	}
	r->bad = true;
	return 0;
}

static const char *
rd_s(Rd *r)
{
	uint64_t n = rd_u(r);
	const char *s;

	if (n > (uint64_t)(r->end - r->p)) {
		r->bad = true;
		return "";
	}
	s = intern((const char *)r->p, (size_t)n);
	r->p += n;
	return s;
}

static void
wr_s(Buf *b, const char *s)
{
	size_t n = strlen(s);

	buf_uvarint(b, n);
	buf_put(b, s, n);
}

static bool
record(const char *key, Rd *r)
{
	uint64_t h = hash64(key, strlen(key), 1);
	uint32_t lo = 0, hi = ix.count;

	while (lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;

		if (get64(ix.table + mid * 16) < h)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < ix.count && get64(ix.table + lo * 16) == h; lo++) {
		size_t off = get32(ix.table + lo * 16 + 8), n = get32(ix.table + lo * 16 + 12), k = strlen(key) + 1;
		const uint8_t *p;

		if (off > ix.map.n || n > ix.map.n - off || n < 8 + k)
			return false;
		p = ix.map.p + off;
		if (get64(p) != hash64(p + 8, n - 8, 2) || memcmp(p + 8, key, k) != 0)
			continue;
		r->p = p + 8 + k;
		r->end = p + n;
		r->bad = false;
		return true;
	}
	return false;
}

/* ---- folders ---- */

static int64_t
ns(struct timespec t)
{
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static bool
fresh(int64_t mtime, int64_t ctime)
{
	int64_t limit = ix.now - 2000000000;

	return mtime < limit && ctime < limit;
}

enum { FI_PARSED = 1, FI_LINK = 2, FI_DIR = 4, FI_OTHER = 8, FI_EMBED = 16, FI_CGO = 32, FI_BAD = 64 };

static void
read_dirrec(DirInfo *d, Rd *r)
{
	d->mtime = (int64_t)rd_u(r);
	d->ctime = (int64_t)rd_u(r);
	d->ino = rd_u(r);
	d->nfiles = (int)rd_u(r);
	if (r->bad || d->nfiles < 0 || d->nfiles > (r->end - r->p)) {
		r->bad = true;
		return;
	}
	d->files = NEWN(perm, SrcInfo, d->nfiles + 1);
	for (int i = 0; i < d->nfiles && !r->bad; i++) {
		SrcInfo *s = &d->files[i];
		uint64_t f, n;

		s->name = rd_s(r);
		f = rd_u(r);
		s->islink = f & FI_LINK;
		s->isdir = f & FI_DIR;
		s->isother = f & FI_OTHER;
		s->size = rd_u(r);
		s->mtime = (int64_t)rd_u(r);
		s->ctime = (int64_t)rd_u(r);
		s->ino = rd_u(r);
		s->hash = rd_s(r);
		if (s->hash[0] == '\0')
			s->hash = NULL;
		s->pkg = s->constraint = s->doc = s->err = s->importcomment = "";
		if (!(f & FI_PARSED))
			continue;
		s->parsed = true;
		s->embedimport = f & FI_EMBED;
		s->cgo = f & FI_CGO;
		s->bad = f & FI_BAD;
		s->pkg = rd_s(r);
		s->pkgline = (int)rd_u(r);
		s->pkgcol = (int)rd_u(r);
		s->constraint = rd_s(r);
		s->doc = rd_s(r);
		s->err = rd_s(r);
		s->importcomment = rd_s(r);
		n = rd_u(r);
		for (uint64_t k = 0; k < n && !r->bad; k++) {
			SrcRef x;

			x.path = rd_s(r);
			x.line = (int)rd_u(r);
			x.col = (int)rd_u(r);
			vec_push(perm, &s->imports, x);
		}
		n = rd_u(r);
		for (uint64_t k = 0; k < n && !r->bad; k++) {
			SrcRef x;

			x.path = rd_s(r);
			x.line = (int)rd_u(r);
			x.col = (int)rd_u(r);
			vec_push(perm, &s->embeds, x);
		}
		n = rd_u(r);
		for (uint64_t k = 0; k < n && !r->bad; k++)
			vec_push(perm, &s->godebug, rd_s(r));
	}
}

static void
write_dirrec(Buf *b, const DirInfo *d)
{
	buf_uvarint(b, (uint64_t)(fresh(d->mtime, d->ctime) ? d->mtime : 0));
	buf_uvarint(b, (uint64_t)d->ctime);
	buf_uvarint(b, d->ino);
	buf_uvarint(b, (uint64_t)d->nfiles);
	for (int i = 0; i < d->nfiles; i++) {
		const SrcInfo *s = &d->files[i];
		bool keep = s->parsed && s->mtime != 0 && fresh(s->mtime, s->ctime),
		     known = s->mtime != 0 && fresh(s->mtime, s->ctime);

		wr_s(b, s->name);
		buf_uvarint(b,
		    (keep ? FI_PARSED : 0u) | (s->islink ? FI_LINK : 0u) | (s->isdir ? FI_DIR : 0u) |
			(s->isother ? FI_OTHER : 0u) | (s->embedimport ? FI_EMBED : 0u) | (s->cgo ? FI_CGO : 0u) |
			(s->bad ? FI_BAD : 0u));
		buf_uvarint(b, s->size);
		buf_uvarint(b, (uint64_t)(known ? s->mtime : 0));
		buf_uvarint(b, (uint64_t)s->ctime);
		buf_uvarint(b, s->ino);
		wr_s(b, known && s->hash != NULL ? s->hash : "");
		if (!keep)
			continue;
		wr_s(b, s->pkg);
		buf_uvarint(b, (uint64_t)s->pkgline);
		buf_uvarint(b, (uint64_t)s->pkgcol);
		wr_s(b, s->constraint);
		wr_s(b, s->doc);
		wr_s(b, s->err);
		wr_s(b, s->importcomment);
		buf_uvarint(b, (uint64_t)s->imports.n);
		for (int k = 0; k < s->imports.n; k++) {
			wr_s(b, s->imports.at[k].path);
			buf_uvarint(b, (uint64_t)s->imports.at[k].line);
			buf_uvarint(b, (uint64_t)s->imports.at[k].col);
		}
		buf_uvarint(b, (uint64_t)s->embeds.n);
		for (int k = 0; k < s->embeds.n; k++) {
			wr_s(b, s->embeds.at[k].path);
			buf_uvarint(b, (uint64_t)s->embeds.at[k].line);
			buf_uvarint(b, (uint64_t)s->embeds.at[k].col);
		}
		buf_uvarint(b, (uint64_t)s->godebug.n);
		for (int k = 0; k < s->godebug.n; k++)
			wr_s(b, s->godebug.at[k]);
	}
}

static int
byname(const void *a, const void *b)
{
	return strcmp(((const SrcInfo *)a)->name, ((const SrcInfo *)b)->name);
}

static void
list(DirInfo *d, const struct stat *st)
{
	DIR *dir = opendir(d->path);
	struct dirent *e;
	Vec(SrcInfo) v = { 0 };
	Map *old = NULL;

	d->dirty = ix.dirty = true;
	if (dir == NULL) {
		d->missing = true;
		d->err = errno;
		d->nfiles = 0;
		return;
	}
	/* what is known of files that are still there is kept: only the list is new */
	if (d->nfiles > 0) {
		old = map_new(perm);
		for (int i = 0; i < d->nfiles; i++)
			map_set(old, d->files[i].name, &d->files[i]);
	}
	while ((e = readdir(dir)) != NULL) {
		SrcInfo s = { 0 };
		int type = e->d_type;

		if (streq(e->d_name, ".") || streq(e->d_name, ".."))
			continue;
		s.name = intern_str(e->d_name);
		if (type == DT_UNKNOWN) {
			struct stat fs;

			if (fstatat(dirfd(dir), e->d_name, &fs, AT_SYMLINK_NOFOLLOW) == 0)
				type = S_ISDIR(fs.st_mode) ? DT_DIR :
				    S_ISLNK(fs.st_mode)    ? DT_LNK :
				    S_ISREG(fs.st_mode)    ? DT_REG :
							     DT_FIFO;
		}
		if (old != NULL && map_get(old, s.name) != NULL)
			s = *(SrcInfo *)map_get(old, s.name);
		s.isdir = type == DT_DIR;
		s.islink = type == DT_LNK;
		s.isother = type != DT_DIR && type != DT_LNK && type != DT_REG;
		if (s.pkg == NULL)
			s.pkg = s.constraint = s.doc = s.err = s.importcomment = "";
		vec_push(perm, &v, s);
	}
	closedir(dir);
	if (v.n > 0)
		qsort(v.at, (size_t)v.n, sizeof v.at[0], byname);
	d->files = v.at;
	d->nfiles = v.n;
	d->mtime = ns(st->st_mtim);
	d->ctime = ns(st->st_ctim);
	d->ino = st->st_ino;
}

/* Puts what the overlay has in a folder over the files on disk. Such a folder is no record. */
static void
lay(DirInfo *d, const Strs *add, const Strs *hide)
{
	Vec(SrcInfo) v = { 0 };

	for (int i = 0; i < d->nfiles; i++)
		if (!strs_has(add, d->files[i].name) && !strs_has(hide, d->files[i].name))
			vec_push(perm, &v, d->files[i]);
	for (int i = 0; i < add->n; i++) {
		SrcInfo s = {
			.name = add->at[i], .pkg = "", .constraint = "", .doc = "", .err = "", .importcomment = ""
		};
		const char *path = path_join(d->path, s.name), *file = overlay_path(path);
		struct stat st;

		if (src_stat(path, &st) < 0 && overlay_replaces(path))
			go_fatal("stat %s: %s", file, errtext(errno));
		s.isdir = S_ISDIR(st.st_mode);
		if (s.isdir && overlay_replaces(path))
			go_fatal("Stat %s: replacement path %s is a directory, not a file", path, goquoted(file));
		vec_push(perm, &v, s);
	}
	if (v.n > 0)
		qsort(v.at, (size_t)v.n, sizeof v.at[0], byname);
	d->files = v.at;
	d->nfiles = v.n;
	d->missing = false;
}

DirInfo *
dir_read(const char *path)
{
	DirInfo *d;
	struct stat st;
	Strs add = { 0 }, hide = { 0 };
	Rd r;

	if (!ix.inited)
		init();
	path = intern_str(path);
	d = map_get(ix.dirs, path);
	if (d != NULL)
		return d;
	d = NEW(perm, DirInfo);
	d->path = path;
	map_set(ix.dirs, path, d);
	if (src_stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
		d->missing = true;
		d->err = errno != 0 ? errno : ENOTDIR;
		return d;
	}
	d->overlaid = overlay_dir(path, &add, &hide);
	if (!d->overlaid && record(intern_printf("D%s", path), &r)) {
		read_dirrec(d, &r);
		if (r.bad)
			d->nfiles = 0;
	}
	if (d->nfiles == 0 || d->mtime == 0 || d->mtime != ns(st.st_mtim) || d->ctime != ns(st.st_ctim) ||
	    d->ino != st.st_ino)
		list(d, &st);
	if (d->overlaid)
		lay(d, &add, &hide);
	for (int i = 0; i < d->nfiles && !d->hasgo; i++)
		d->hasgo = !d->files[i].isdir && hassuffix(d->files[i].name, ".go");
	return d;
}

bool
dir_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

SrcInfo *
dir_file(DirInfo *d, const char *name)
{
	int lo = 0, hi = d->nfiles;

	while (lo < hi) {
		int mid = (lo + hi) / 2, c = strcmp(d->files[mid].name, name);

		if (c == 0)
			return &d->files[mid];
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* Compares with the file as it is; forgets what was known if it changed. False: there is no such file. */
static bool
check(DirInfo *d, SrcInfo *s)
{
	struct stat st;
	char path[8192];

	if ((size_t)snprintf(path, sizeof path, "%s/%s", d->path, s->name) >= sizeof path || src_stat(path, &st) < 0) {
		s->parsed = false;
		s->hash = NULL;
		s->mtime = 0;
		return false;
	}
	if (s->islink && S_ISDIR(st.st_mode)) {
		s->isother = true;
		return false;
	}
	if (s->mtime == 0 || s->mtime != ns(st.st_mtim) || s->ctime != ns(st.st_ctim) ||
	    s->size != (uint64_t)st.st_size || s->ino != st.st_ino) {
		s->parsed = false;
		s->hash = NULL;
		s->mtime = ns(st.st_mtim);
		s->ctime = ns(st.st_ctim);
		s->size = (uint64_t)st.st_size;
		s->ino = st.st_ino;
		d->dirty = ix.dirty = true;
	}
	return true;
}

void
dir_scan(DirInfo *d, SrcInfo *s)
{
	Bytes b;

	if (!check(d, s)) {
		s->parsed = true;
		s->pkg = s->constraint = s->doc = s->importcomment = "";
		s->bad = !s->isother;
		s->err = s->isother ? "" : "no such file or directory";
		s->imports.n = s->embeds.n = s->godebug.n = 0;
		return;
	}
	if (s->parsed)
		return;
	d->dirty = ix.dirty = true;
	if (!src_map(path_join(d->path, s->name), &b)) {
		s->parsed = true;
		s->bad = true;
		s->err = intern_str(errtext(errno));
		s->mtime = 0;
		return;
	}
	source_scan(s, b.p, b.n, hassuffix(s->name, ".go"));
	file_unmap(b);
}

static const char *
hashfile(const char *path)
{
	Bytes b;
	char hex[65];

	if (!src_map(path, &b))
		return NULL;
	sha256_hex(b.p, b.n, hex);
	file_unmap(b);
	return intern_str(hex);
}

const char *
dir_hash(DirInfo *d, SrcInfo *s)
{
	if (s->hash == NULL) {
		if (s->mtime == 0 && !check(d, s))
			return NULL;
		s->hash = hashfile(path_join(d->path, s->name));
		d->dirty = ix.dirty = true;
	}
	return s->hash;
}

/* ---- single files ---- */

static FileRec *
filerec(const char *path)
{
	FileRec *f;
	Rd r;

	if (!ix.inited)
		init();
	f = map_get(ix.files, path);
	if (f != NULL)
		return f;
	f = NEW(perm, FileRec);
	map_set(ix.files, path, f);
	if (record(intern_printf("F%s", path), &r)) {
		f->hash = rd_s(&r);
		f->size = rd_u(&r);
		f->mtime = (int64_t)rd_u(&r);
		f->ctime = (int64_t)rd_u(&r);
		f->ino = rd_u(&r);
		if (r.bad)
			f->hash = NULL;
	}
	return f;
}

static void
setrec(FileRec *f, const struct stat *st, const char *hash)
{
	f->hash = hash;
	f->size = (uint64_t)st->st_size;
	f->mtime = ns(st->st_mtim);
	f->ctime = ns(st->st_ctim);
	f->ino = st->st_ino;
	f->dirty = ix.dirty = true;
}

const char *
file_hash(const char *path)
{
	FileRec *f;
	struct stat st;
	const char *hash;

	path = overlay_path(intern_str(path));
	if (path == NULL || stat(path, &st) < 0)
		return NULL;
	path = intern_str(path);
	f = filerec(path);
	if (f->hash != NULL && f->size == (uint64_t)st.st_size && f->mtime == ns(st.st_mtim) &&
	    f->ctime == ns(st.st_ctim) && f->ino == st.st_ino)
		return f->hash;
	hash = hashfile(path);
	if (hash != NULL)
		setrec(f, &st, hash);
	return hash;
}

void
file_sethash(const char *path, const char *hash)
{
	struct stat st;

	path = intern_str(path);
	if (stat(path, &st) == 0)
		setrec(filerec(path), &st, intern_str(hash));
}

/* ---- writing ---- */

typedef struct {
	uint64_t h;
	uint32_t off, n;
} Row;

static int
byhash(const void *a, const void *b)
{
	const Row *x = a, *y = b;

	return x->h < y->h ? -1 : x->h > y->h ? 1 : x->off < y->off ? -1 : 1;
}

static void
addrow(Buf *rows, Buf *data, const char *key, const Buf *rec)
{
	Row r;
	size_t at = data->n;
	uint64_t sum;

	buf_u64(data, 0);
	buf_put(data, key, strlen(key) + 1);
	buf_put(data, rec->p, rec->n);
	sum = hash64(data->p + at + 8, data->n - at - 8, 2);
	for (int i = 0; i < 8; i++)
		data->p[at + (size_t)i] = (uint8_t)(sum >> 8 * i);
	r.h = hash64(key, strlen(key), 1);
	r.off = (uint32_t)at;
	r.n = (uint32_t)(data->n - at);
	buf_put(rows, &r, sizeof r);
}

/* Files changed moments ago are not worth a record, and a record that says nothing new is not worth a write. */
void
dirs_save(void)
{
	Buf rows = { 0 }, data = { 0 }, rec = { 0 }, out = { 0 };
	const void *k;
	void *v;
	Row *row;
	size_t n, base;
	char tmp[4200];
	int fd;

	if (!ix.inited || !ix.dirty || ix.path == NULL)
		return;
	ix.dirty = false;
	for (int i = 0; map_next(ix.dirs, &i, &k, &v);) {
		DirInfo *d = v;

		if (d->missing || d->overlaid || !d->dirty)
			continue;
		rec.n = 0;
		write_dirrec(&rec, d);
		addrow(&rows, &data, intern_printf("D%s", d->path), &rec);
	}
	for (int i = 0; map_next(ix.files, &i, &k, &v);) {
		FileRec *f = v;

		if (!f->dirty || f->hash == NULL || !(fresh(f->mtime, f->ctime) || hasprefix(k, cache_dir())))
			continue;
		rec.n = 0;
		wr_s(&rec, f->hash);
		buf_uvarint(&rec, f->size);
		buf_uvarint(&rec, (uint64_t)f->mtime);
		buf_uvarint(&rec, (uint64_t)f->ctime);
		buf_uvarint(&rec, f->ino);
		addrow(&rows, &data, intern_printf("F%s", (const char *)k), &rec);
	}
	if (rows.n == 0)
		goto done;
	/* the old ones that have no new version */
	n = rows.n / sizeof(Row);
	if (ix.count + n < MAXRECORDS) {
		for (uint32_t i = 0; i < ix.count; i++) {
			size_t off = get32(ix.table + i * 16 + 8), len = get32(ix.table + i * 16 + 12);
			const char *key;
			Row r;

			if (off > ix.map.n || len > ix.map.n - off || len < 10 ||
			    memchr(ix.map.p + off + 8, 0, len - 8) == NULL)
				continue;
			key = intern_str((const char *)ix.map.p + off + 8);
			if (key[0] == 'D') {
				DirInfo *d = map_get(ix.dirs, intern_str(key + 1));

				if (d != NULL && !d->overlaid && (d->dirty || d->missing))
					continue;
			} else {
				FileRec *f = map_get(ix.files, intern_str(key + 1));

				if (f != NULL && f->dirty)
					continue;
			}
			r.h = get64(ix.table + i * 16);
			r.off = (uint32_t)data.n;
			r.n = (uint32_t)len;
			buf_put(&data, ix.map.p + off, len);
			buf_put(&rows, &r, sizeof r);
		}
	}
	n = rows.n / sizeof(Row);
	row = (Row *)(void *)rows.p;
	qsort(row, n, sizeof *row, byhash);
	base = HEADER + n * 16;
	buf_put(&out, MAGIC, 8);
	buf_u64(&out, ix.self);
	buf_u32(&out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		buf_u64(&out, row[i].h);
		buf_u32(&out, (uint32_t)(base + row[i].off));
		buf_u32(&out, row[i].n);
	}
	buf_put(&out, data.p, data.n);
	/* losing the index costs time only, so a full disk is not reported */
	snprintf(tmp, sizeof tmp, "%s.%d", ix.path, (int)getpid());
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd >= 0) {
		bool ok = true;

		for (size_t w = 0; w < out.n && ok;) {
			ssize_t r = write(fd, out.p + w, out.n - w);

			if (r > 0)
				w += (size_t)r;
			else if (r < 0 && errno != EINTR)
				ok = false;
		}
		close(fd);
		if (!ok || rename(tmp, ix.path) < 0)
			unlink(tmp);
	}
done:
	buf_free(&rows);
	buf_free(&data);
	buf_free(&rec);
	buf_free(&out);
}
