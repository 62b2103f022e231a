/*
 * text.c - strings as the driver needs them: lists of interned words, quoting in Go's and the shell's manner.
 *
 * Source: documentation of strconv.Quote; go help environment (GOFLAGS).
 */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>

#include "driver/driver.h"

bool
hasprefix(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool
regex_match(const char *re, const char *s)
{
	regex_t r;
	bool ok;

	if (regcomp(&r, re, REG_EXTENDED | REG_NOSUB) != 0)
		return false;
	ok = regexec(&r, s, 0, NULL, 0) == 0;
	regfree(&r);
	return ok;
}

bool
hassuffix(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

const char *
cutprefix(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 ? s + n : NULL;
}

bool
haspathprefix(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) == 0 && (s[n] == '\0' || s[n] == '/' || (n > 0 && prefix[n - 1] == '/'));
}

const char *
lowercase(const char *s)
{
	Buf b = { 0 };
	const char *r;

	for (; *s != '\0'; s++)
		buf_byte(&b, (uint8_t)(*s >= 'A' && *s <= 'Z' ? *s + 32 : *s));
	r = intern_str(buf_cstr(&b));
	buf_free(&b);
	return r;
}

bool
strs_has(const Strs *v, const char *s)
{
	for (int i = 0; i < v->n; i++)
		if (streq(v->at[i], s))
			return true;
	return false;
}

void
strs_add(Strs *v, const char *s)
{
	vec_push(perm, v, intern_str(s));
}

void
strs_addnew(Strs *v, const char *s)
{
	if (!strs_has(v, s))
		strs_add(v, s);
}

void
strs_append(Strs *v, const Strs *more)
{
	for (int i = 0; i < more->n; i++)
		vec_push(perm, v, more->at[i]);
}

static int
bytext(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
strs_sort(Strs *v)
{
	if (v->n > 1)
		qsort(v->at, (size_t)v->n, sizeof v->at[0], bytext);
}

void
strs_uniq(Strs *v)
{
	int w = 0;

	for (int i = 0; i < v->n; i++)
		if (w == 0 || !streq(v->at[w - 1], v->at[i]))
			v->at[w++] = v->at[i];
	v->n = w;
}

const char *
strs_join(const Strs *v, const char *sep)
{
	Buf b = { 0 };
	const char *s;

	for (int i = 0; i < v->n; i++) {
		if (i > 0)
			buf_str(&b, sep);
		buf_str(&b, v->at[i]);
	}
	s = intern_str(buf_cstr(&b));
	buf_free(&b);
	return s;
}

void
strs_split(Strs *v, const char *s, int sep)
{
	for (;;) {
		const char *e = strchr(s, sep);

		vec_push(perm, v, e == NULL ? intern_str(s) : intern(s, (size_t)(e - s)));
		if (e == NULL)
			return;
		s = e + 1;
	}
}

static bool
isspace_(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

void
strs_fields(Strs *v, const char *s)
{
	for (;;) {
		const char *e;

		while (isspace_(*s))
			s++;
		if (*s == '\0')
			return;
		for (e = s; *e != '\0' && !isspace_(*e); e++)
			;
		vec_push(perm, v, intern(s, (size_t)(e - s)));
		s = e;
	}
}

bool
strs_quotedfields(Strs *v, const char *s)
{
	for (;;) {
		const char *e;

		while (isspace_(*s))
			s++;
		if (*s == '\0')
			return true;
		if (*s == '\'' || *s == '"') {
			e = strchr(s + 1, *s);
			if (e == NULL)
				return false;
			vec_push(perm, v, intern(s + 1, (size_t)(e - s - 1)));
			s = e + 1;
			continue;
		}
		for (e = s; *e != '\0' && !isspace_(*e); e++)
			;
		vec_push(perm, v, intern(s, (size_t)(e - s)));
		s = e;
	}
}

bool
strs_shellwords(Strs *v, const char *s)
{
	Buf b = { 0 };
	bool in = false;
	int quote = 0;

	for (; *s != '\0'; s++) {
		if (*s == '\\' && s[1] != '\0') {
			buf_byte(&b, (uint8_t)*++s);
			in = true;
		} else if (quote != 0 ? *s == quote : *s == '"' || *s == '\'') {
			quote = quote != 0 ? 0 : *s;
			in = true;
		} else if (quote == 0 && isspace_(*s)) {
			if (in)
				strs_add(v, buf_cstr(&b));
			b.n = 0;
			in = false;
		} else {
			buf_byte(&b, (uint8_t)*s);
			in = true;
		}
	}
	if (in)
		strs_add(v, buf_cstr(&b));
	buf_free(&b);
	return quote == 0;
}

void
put_goquoted(Buf *b, const char *s, size_t n)
{
	buf_byte(b, '"');
	for (size_t i = 0; i < n;) {
		uint8_t c = (uint8_t)s[i];
		uint32_t r;
		int k;

		if (c < 0x80) {
			i++;
			/* clang-format off */
			switch (c) {
			case '"': buf_str(b, "\\\""); break;
			case '\\': buf_str(b, "\\\\"); break;
			case '\a': buf_str(b, "\\a"); break;
			case '\b': buf_str(b, "\\b"); break;
			case '\f': buf_str(b, "\\f"); break;
			case '\n': buf_str(b, "\\n"); break;
			case '\r': buf_str(b, "\\r"); break;
			case '\t': buf_str(b, "\\t"); break;
			case '\v': buf_str(b, "\\v"); break;
			default:
				if (c < ' ' || c == 0x7f)
					buf_printf(b, "\\x%02x", c);
				else
					buf_byte(b, c);
			}
			/* clang-format on */
			continue;
		}
		k = utf8_decode((const uint8_t *)s + i, n - i, &r);
		if (r == 0xfffd && k == 1)
			buf_printf(b, "\\x%02x", c);
		else
			buf_put(b, s + i, (size_t)k);
		i += (size_t)k;
	}
	buf_byte(b, '"');
}

const char *
goquoted(const char *s)
{
	Buf b = { 0 };
	const char *r;

	put_goquoted(&b, s, strlen(s));
	r = intern_str(buf_cstr(&b));
	buf_free(&b);
	return r;
}

/* Words with characters that a shell or a reader would trip over are quoted as Go strings, as go -x does. */
void
put_shellquoted(Buf *b, const char *s)
{
	bool plain = *s != '\0';

	for (const char *q = s; *q != '\0' && plain; q++)
		if (strchr(" \t\n\"'\\$`=>*?&;|<()", *q) != NULL && !(*q == '$' && hasprefix(q, "$WORK")) && *q != '=')
			plain = false;
	if (plain)
		buf_str(b, s);
	else
		put_goquoted(b, s, strlen(s));
}

const char *
text_file(const char *path, size_t *n)
{
	Bytes b;

	if (!src_map(path, &b))
		return NULL;
	if (n != NULL)
		*n = b.n;
	return (const char *)b.p;
}

const char *
errtext(int err)
{
	const char *s = strerror(err);

	if (s[0] >= 'A' && s[0] <= 'Z' && !(s[1] >= 'A' && s[1] <= 'Z') && s[1] != '/')
		return intern_printf("%c%s", s[0] + 32, s + 1);
	return err == EIO ? "input/output error" : s;
}

const char *
sub(const char *s, size_t n)
{
	return intern(s, n);
}
