/*
 * pos.c - source positions as one number.
 *
 * Files get consecutive ranges of numbers, one per byte and one for the end
 * of the file. Per file two sorted arrays are kept: the offsets at which lines
 * start and the //line directives. Both are searched only when a position is
 * printed or goes into a line table; the last answers are remembered because
 * questions come mostly in rising order.
 */
#include "base/base.h"

#include <stdlib.h>

typedef struct {
	uint32_t off;
	int phys;			/* index of the line that holds off */
	const char *file, *absfile;
	int line, col;
} Directive;

struct SrcFile {
	const char *name, *absname;
	uint32_t base, size;
	int firstline;
	Vec(uint32_t) lines;		/* offsets of the starts of lines, [0] is 0 */
	Vec(Directive) dirs;
	int lastline, lastdir;		/* last answers */
};

static Vec(SrcFile *) files;
static uint32_t nextbase = 1;
static int lastfile;

static Vec(const char *) rewrites;	/* pairs: from, to (NULL: drop the prefix) */

/* Applies -trimpath to a cleaned name. */
static const char *
rewrite(const char *abs)
{

	for (int i = 0; i < rewrites.n; i += 2) {
		const char *from = rewrites.at[i], *to = rewrites.at[i + 1], *rest;
		size_t n = strlen(from);

		if (strncmp(abs, from, n) != 0)
			continue;
		rest = abs + n;
		if (*rest == '\0')
			return to == NULL ? intern_str("") : intern_str(to);
		if (*rest != '/' && !(n > 0 && from[n - 1] == '/'))
			continue;
		if (*rest == '/')
			rest++;
		if (to == NULL || *to == '\0')
			return intern_str(rest);
		return intern_printf("%s/%s", to, rest);
	}
	return abs;
}

void
pos_trimpath(const char *spec)
{
	rewrites.n = 0;
	while (*spec != '\0') {
		const char *end = strchr(spec, ';');
		size_t n = end != NULL ? (size_t)(end - spec) : strlen(spec);
		const char *one = intern(spec, n), *arrow = strstr(one, "=>");

		if (n > 0) {
			vec_push(perm, &rewrites, arrow != NULL ? intern(one, (size_t)(arrow - one)) : one);
			vec_push(perm, &rewrites, arrow != NULL ? intern_str(arrow + 2) : NULL);
		}
		spec += n + (end != NULL);
	}
}

SrcFile *
pos_addfile(const char *name, size_t nbytes, int line)
{
	SrcFile *f = NEW(perm, SrcFile);

	if (nbytes >= UINT32_MAX - nextbase)
		fatal("%s: source text too large: more than 4 GB in one run", name);
	f->name = intern_str(name);
	f->base = nextbase;
	f->size = (uint32_t)nbytes;
	f->firstline = line;
	f->lines.cap = (int)(nbytes / 24) + 8;
	f->lines.at = NEWN(perm, uint32_t, f->lines.cap);
	f->lines.n = 1;
	nextbase += (uint32_t)nbytes + 1;
	vec_push(perm, &files, f);
	return f;
}

void
pos_isabs(SrcFile *f)
{
	f->absname = f->name;
}

Pos
pos_make(const SrcFile *f, size_t off)
{
	assert(off <= f->size);
	return f->base + (uint32_t)off;
}

void
pos_newline(SrcFile *f, size_t off)
{
	if (vec_last(&f->lines) < off)
		vec_push(perm, &f->lines, (uint32_t)off);
}

const char *
pos_filename(const SrcFile *f)
{
	return f->name;
}

/* Index of the line of f that holds off. */
static int
physline(SrcFile *f, uint32_t off)
{
	int lo = f->lastline, hi = f->lines.n;

	if (lo < hi && f->lines.at[lo] <= off) {
		for (int i = 0; i < 8; i++, lo++)
			if (lo + 1 >= hi || f->lines.at[lo + 1] > off)
				return f->lastline = lo;
	} else {
		hi = lo < hi ? lo : hi;
		lo = 0;
	}
	while (hi - lo > 1) {
		int mid = lo + (hi - lo) / 2;

		if (f->lines.at[mid] <= off)
			lo = mid;
		else
			hi = mid;
	}
	return f->lastline = lo;
}

void
pos_linedirective(SrcFile *f, size_t off, const char *file, int line, int col)
{
	Directive d = { (uint32_t)off, physline(f, (uint32_t)off), file, NULL, line, col };

	vec_push(perm, &f->dirs, d);
}

static Directive *
finddir(SrcFile *f, uint32_t off)
{
	int lo = 0, hi = f->dirs.n;

	if (hi == 0 || f->dirs.at[0].off > off)
		return NULL;
	lo = f->lastdir;
	if (lo < hi && f->dirs.at[lo].off <= off && (lo + 1 >= hi || f->dirs.at[lo + 1].off > off))
		return &f->dirs.at[lo];
	lo = 0;
	while (hi - lo > 1) {
		int mid = lo + (hi - lo) / 2;

		if (f->dirs.at[mid].off <= off)
			lo = mid;
		else
			hi = mid;
	}
	f->lastdir = lo;
	return &f->dirs.at[lo];
}

SrcFile *
pos_file(Pos p)
{
	int lo = 0, hi = files.n;
	SrcFile *f;

	if (lastfile < files.n) {
		f = files.at[lastfile];
		if (p >= f->base && p - f->base <= f->size)
			return f;
	}
	if (p == 0 || p >= nextbase)
		bug("pos_file: %u is no position", (unsigned)p);
	while (hi - lo > 1) {
		int mid = lo + (hi - lo) / 2;

		if (files.at[mid]->base <= p)
			lo = mid;
		else
			hi = mid;
	}
	lastfile = lo;
	return files.at[lo];
}

size_t
pos_offset(Pos p)
{
	return p - pos_file(p)->base;
}

Loc
pos_loc(Pos p)
{
	SrcFile *f;
	Directive *d;
	uint32_t off;
	int phys;
	Loc l;

	if (p == 0)
		return (Loc){ "", "", 0, 0 };
	f = pos_file(p);
	off = p - f->base;
	phys = physline(f, off);
	l.col = (int)(off - f->lines.at[phys]) + 1;
	d = finddir(f, off);
	if (d == NULL) {
		if (f->absname == NULL)
			f->absname = rewrite(path_abs(f->name));
		l.file = f->name;
		l.absfile = f->absname;
		l.line = f->firstline + phys;
		return l;
	}
	if (d->absfile == NULL)
		d->absfile =
		    d->file[0] == '\0' ? "??" : rewrite(d->file); /* gc leaves relative names of //line as they are */
	l.file = d->file;
	l.absfile = d->absfile;
	l.line = d->line + (phys - d->phys);
	if (d->col == 0)
		l.col = 0;
	else if (phys == d->phys)
		l.col = d->col + (int)(off - d->off);
	return l;
}

int
pos_line(Pos p)
{
	SrcFile *f;
	Directive *d;
	uint32_t off;
	int phys;

	if (p == 0)
		return 0;
	f = pos_file(p);
	off = p - f->base;
	phys = physline(f, off);
	d = finddir(f, off);
	return d == NULL ? f->firstline + phys : d->line + (phys - d->phys);
}
