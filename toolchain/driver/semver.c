/*
 * semver.c - versions of modules and of the language, and module paths.
 *
 * Source: semver.org 2.0.0 (precedence); go.dev/ref/mod, "Versions", "Module paths"; go help goproxy (escaping).
 */
#include <ctype.h>
#include <stdlib.h>

#include "driver/driver.h"

typedef struct {
	const char *num[3];
	size_t len[3];
	const char *pre, *build;
	size_t prelen, buildlen;
	int parts;
} Sem;

static const char *
number(const char *p, const char **out, size_t *n)
{
	const char *s = p;

	while (*p >= '0' && *p <= '9')
		p++;
	if (p == s || (*s == '0' && p - s > 1))
		return NULL;
	*out = s;
	*n = (size_t)(p - s);
	return p;
}

static const char *
idents(const char *p, bool pre)
{
	const char *s = p;

	for (;;) {
		if (isalnum((unsigned char)*p) || *p == '-') {
			p++;
			continue;
		}
		if (p == s)
			return NULL;
		if (pre && p - s > 1 && *s == '0') {
			const char *q = s;

			while (q < p && isdigit((unsigned char)*q))
				q++;
			if (q == p)
				return NULL;
		}
		if (*p != '.')
			return p;
		s = ++p;
	}
}

static bool
parse(const char *v, Sem *s)
{
	const char *p = v;

	memset(s, 0, sizeof *s);
	for (int i = 0; i < 3; i++) {
		s->num[i] = "0";
		s->len[i] = 1;
	}
	if (*p++ != 'v')
		return false;
	for (int i = 0; i < 3; i++) {
		p = number(p, &s->num[i], &s->len[i]);
		if (p == NULL)
			return false;
		s->parts++;
		if (*p == '\0')
			return true;
		if (i < 2 && *p++ != '.')
			return false;
	}
	if (*p == '-') {
		const char *e = idents(p + 1, true);

		if (e == NULL)
			return false;
		s->pre = p;
		s->prelen = (size_t)(e - p);
		p = e;
	}
	if (*p == '+') {
		const char *e = idents(p + 1, false);

		if (e == NULL)
			return false;
		s->build = p;
		s->buildlen = (size_t)(e - p);
		p = e;
	}
	return *p == '\0';
}

bool
semver_valid(const char *v)
{
	Sem s;

	return parse(v, &s);
}

bool
mod_iscanonical(const char *v)
{
	Sem s;

	return parse(v, &s) && s.parts == 3 &&
	    (s.build == NULL || (s.buildlen == 13 && memcmp(s.build, "+incompatible", 13) == 0));
}

static int
cmpnum(const char *a, size_t n, const char *b, size_t m)
{
	if (n != m)
		return n < m ? -1 : 1;
	return memcmp(a, b, n);
}

static int
cmppre(const Sem *a, const Sem *b)
{
	const char *p = a->pre, *q = b->pre, *pe, *qe;

	if (p == NULL || q == NULL)
		return p == q ? 0 : p == NULL ? 1 : -1;
	pe = p + a->prelen;
	qe = q + b->prelen;
	p++;
	q++;
	for (;;) {
		const char *x = p, *y = q;
		bool xn = true, yn = true;
		int c;

		for (; x < pe && *x != '.'; x++)
			xn = xn && isdigit((unsigned char)*x);
		for (; y < qe && *y != '.'; y++)
			yn = yn && isdigit((unsigned char)*y);
		if (xn != yn)
			return xn ? -1 : 1;
		if (xn) {
			c = cmpnum(p, (size_t)(x - p), q, (size_t)(y - q));
		} else {
			size_t n = (size_t)(x - p), m = (size_t)(y - q);

			c = memcmp(p, q, n < m ? n : m);
			if (c == 0)
				c = n < m ? -1 : n > m;
		}
		if (c != 0)
			return c;
		if (x >= pe || y >= qe)
			return x >= pe ? (y >= qe ? 0 : -1) : 1;
		p = x + 1;
		q = y + 1;
	}
}

int
semver_cmp(const char *a, const char *b)
{
	Sem x, y;
	bool vx = parse(a, &x), vy = parse(b, &y);

	if (!vx || !vy)
		return vx ? 1 : vy ? -1 : 0;
	for (int i = 0; i < 3; i++) {
		int c = cmpnum(x.num[i], x.len[i], y.num[i], y.len[i]);

		if (c != 0)
			return c;
	}
	return cmppre(&x, &y);
}

const char *
semver_major(const char *v)
{
	const char *e = v;

	if (*e != 'v')
		return "";
	for (e++; isdigit((unsigned char)*e); e++)
		;
	return sub(v, (size_t)(e - v));
}

/* ---- language and toolchain versions: 1.N, 1.NrcM, 1.N.P ---- */

static bool
goverparse(const char *v, long out[3], char *kind, long *pre)
{
	char *end;

	out[0] = out[1] = out[2] = 0;
	*kind = 'z';
	*pre = 0;
	if (!isdigit((unsigned char)*v) || (*v == '0' && isdigit((unsigned char)v[1])))
		return false;
	out[0] = strtol(v, &end, 10);
	if (*end == '\0')
		return true;
	if (*end != '.' || !isdigit((unsigned char)end[1]) || (end[1] == '0' && isdigit((unsigned char)end[2])))
		return false;
	out[1] = strtol(end + 1, &end, 10);
	if (*end == '\0') {
		/* before 1.21 "1.20" is the release; since then a language version, older than its release candidates */
		if (out[0] > 1 || out[1] >= 21)
			out[2] = -1;
		return true;
	}
	if (*end == '.') {
		if (!isdigit((unsigned char)end[1]))
			return false;
		out[2] = strtol(end + 1, &end, 10);
		return *end == '\0';
	}
	if (hasprefix(end, "rc") || hasprefix(end, "beta") || hasprefix(end, "alpha")) {
		*kind = *end;
		while (isalpha((unsigned char)*end))
			end++;
		if (!isdigit((unsigned char)*end))
			return false;
		*pre = strtol(end, &end, 10);
		return *end == '\0';
	}
	return false;
}

bool
gover_valid(const char *v)
{
	long a[3], p;
	char k;

	return goverparse(v, a, &k, &p);
}

int
gover_cmp(const char *a, const char *b)
{
	long x[3], y[3], px, py;
	char kx, ky;
	bool vx = goverparse(a, x, &kx, &px), vy = goverparse(b, y, &ky, &py);

	if (!vx || !vy)
		return vx ? 1 : vy ? -1 : 0;
	for (int i = 0; i < 3; i++) {
		/* a language version "1.21" is below every "1.21rc1" */
		if (i == 2 && (x[2] < 0) != (y[2] < 0))
			return x[2] < 0 ? -1 : 1;
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	}
	if (kx != ky)
		return kx < ky ? -1 : 1;
	return px < py ? -1 : px > py;
}

const char *
gover_lang(const char *v)
{
	const char *p = strchr(v, '.');

	if (p == NULL)
		return v;
	for (p++; isdigit((unsigned char)*p); p++)
		;
	return sub(v, (size_t)(p - v));
}

/* ---- paths ---- */

const char *
mod_escape(const char *path)
{
	Buf b = { 0 };
	const char *r;

	for (; *path != '\0'; path++) {
		if (*path >= 'A' && *path <= 'Z') {
			buf_byte(&b, '!');
			buf_byte(&b, (uint8_t)(*path + 32));
		} else {
			buf_byte(&b, (uint8_t)*path);
		}
	}
	r = intern_str(buf_cstr(&b));
	buf_free(&b);
	return r;
}

const char *
mod_pathmajor(const char *path)
{
	const char *end = path + strlen(path), *p = end;

	while (p > path && isdigit((unsigned char)p[-1]))
		p--;
	if (p == end || p - path < 2)
		return "";
	if (hasprefix(path, "gopkg.in/"))
		return p[-1] == 'v' && p[-2] == '.' ? intern_str(p - 2) : "";
	if (p[-1] != 'v' || p[-2] != '/' || p[0] == '0' || streq(p, "1"))
		return "";
	return intern_str(p - 2);
}

/* What is wrong with a module path in go.mod, as module.CheckImportPath words it; NULL: nothing. */
const char *
mod_checkpath(const char *path)
{
	size_t n = strlen(path);

	if (n == 0)
		return "malformed import path \"\": empty string";
	if (path[0] == '-')
		return intern_printf("malformed import path %s: leading dash", goquoted(path));
	if (strstr(path, "//") != NULL)
		return intern_printf("malformed import path %s: double slash", goquoted(path));
	if (path[n - 1] == '/')
		return intern_printf("malformed import path %s: trailing slash", goquoted(path));
	if (path[0] == '/')
		return intern_printf("malformed import path %s: empty path element", goquoted(path));
	for (const char *p = path; *p != '\0'; p++) {
		if (!isalnum((unsigned char)*p) && strchr("-._~/+", *p) == NULL)
			return intern_printf("malformed import path %s: invalid char '%c'", goquoted(path), *p);
		if (*p == '.' && (p == path || p[-1] == '/'))
			return intern_printf("malformed import path %s: leading dot in path element", goquoted(path));
		if (*p == '.' && (p[1] == '\0' || p[1] == '/'))
			return intern_printf("malformed import path %s: trailing dot in path element", goquoted(path));
	}
	return NULL;
}
