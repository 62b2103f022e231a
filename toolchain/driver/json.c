/*
 * json.c - a JSON text as a tree of values, with the messages of encoding/json.
 *
 * Numbers are kept as they are written. Keys of objects stay in the order of the text; of a key that comes twice both are there.
 * Source: RFC 8259; documentation of package encoding/json.
 */
#include <stdlib.h>

#include "driver/driver.h"

enum { MAXDEPTH = 10000 };

typedef struct {
	const char *p, *end;
	const char *err;
	int depth;
} In;

static void
blanks(In *in)
{
	while (in->p < in->end && (*in->p == ' ' || *in->p == '\t' || *in->p == '\r' || *in->p == '\n'))
		in->p++;
}

/* The next byte does not belong here: where says what was looked for. encoding/json shows it as the character of that number. */
static Value *
bad(In *in, const char *where)
{
	uint8_t text[4];
	Buf q = { 0 };

	if (in->err != NULL)
		return NULL;
	if (in->p >= in->end) {
		in->err = "unexpected end of JSON input";
		return NULL;
	}
	put_goquoted(&q, (const char *)text, (size_t)utf8_encode((uint8_t)*in->p, text));
	in->err = intern_printf("invalid character '%s' %s",
	    *in->p == '\'' ? "\\'" :
		*in->p == '"' ? "\"" :
			       sub((const char *)q.p + 1, q.n - 2),
	    where);
	buf_free(&q);
	return NULL;
}

static int
hex4(const char *p, const char *end)
{
	int v = 0;

	if (end - p < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int c = p[i],
		    d = c >= '0' && c <= '9'           ? c - '0' :
		    (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10 :
							 -1;

		if (d < 0)
			return -1;
		v = v << 4 | d;
	}
	return v;
}

/* After \u: one rune, of two escapes if they are a surrogate pair. */
static bool
unicode(In *in, Buf *b)
{
	int hi = hex4(in->p, in->end), lo;
	uint8_t out[4];
	uint32_t r = (uint32_t)hi;

	if (hi < 0) {
		while (in->p < in->end && *in->p != '\0' && strchr("0123456789abcdefABCDEF", *in->p) != NULL)
			in->p++;
		bad(in, "in \\u hexadecimal character escape");
		return false;
	}
	in->p += 4;
	if (hi >= 0xD800 && hi < 0xE000) {
		r = 0xFFFD;
		lo = in->end - in->p >= 6 && in->p[0] == '\\' && in->p[1] == 'u' ? hex4(in->p + 2, in->end) : -1;
		if (hi < 0xDC00 && lo >= 0xDC00 && lo < 0xE000) {
			r = 0x10000 + ((uint32_t)(hi - 0xD800) << 10) + (uint32_t)(lo - 0xDC00);
			in->p += 6;
		}
	}
	buf_put(b, out, (size_t)utf8_encode(r, out));
	return true;
}

static const char *
string(In *in)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	Buf b = { 0 };
	const char *s = NULL, *e;

	for (in->p++; in->p < in->end && *in->p != '"';) {
		uint8_t c = (uint8_t)*in->p;

		if (c < 0x20) {
			bad(in, "in string literal");
			break;
		}
		in->p++;
		if (c != '\\') {
			buf_byte(&b, c);
			continue;
		}
		if (in->p < in->end && *in->p == 'u') {
			in->p++;
			if (!unicode(in, &b))
				break;
			continue;
		}
		e = in->p < in->end && *in->p != '\0' ? strchr(from, *in->p) : NULL;
		if (e == NULL) {
			bad(in, "in string escape code");
			break;
		}
		buf_byte(&b, (uint8_t)to[e - from]);
		in->p++;
	}
	if (in->err == NULL && in->p >= in->end)
		bad(in, "");
	if (in->err == NULL) {
		in->p++;
		s = intern(b.n > 0 ? (const char *)b.p : "", b.n);
	}
	buf_free(&b);
	return s;
}

static bool
digits(In *in, const char *where)
{
	if (in->p >= in->end || *in->p < '0' || *in->p > '9') {
		bad(in, where);
		return false;
	}
	while (in->p < in->end && *in->p >= '0' && *in->p <= '9')
		in->p++;
	return true;
}

static Value *
number(In *in)
{
	const char *start = in->p;
	Value *v;

	if (*in->p == '-')
		in->p++;
	if (in->p < in->end && *in->p == '0')
		in->p++;
	else if (!digits(in, "in numeric literal"))
		return NULL;
	if (in->p < in->end && *in->p == '.') {
		in->p++;
		if (!digits(in, "after decimal point in numeric literal"))
			return NULL;
	}
	if (in->p < in->end && (*in->p | 32) == 'e') {
		in->p++;
		if (in->p < in->end && (*in->p == '+' || *in->p == '-'))
			in->p++;
		if (!digits(in, "in exponent of numeric literal"))
			return NULL;
	}
	v = val_int(strtoll(start, NULL, 10));
	v->s = sub(start, (size_t)(in->p - start));
	return v;
}

static Value *
word(In *in, const char *text, Value *v)
{
	for (int i = 1; text[i] != '\0'; i++)
		if (++in->p >= in->end || *in->p != text[i])
			return bad(in, intern_printf("in literal %s (expecting '%c')", text, text[i]));
	in->p++;
	return v;
}

static Value *value(In *in);

static Value *
array(In *in)
{
	Value *v = val_list();

	in->p++;
	blanks(in);
	if (in->p < in->end && *in->p == ']') {
		in->p++;
		return v;
	}
	for (;;) {
		Value *x = value(in);

		if (in->err != NULL)
			return NULL;
		vec_push(perm, &v->list, x);
		blanks(in);
		if (in->p >= in->end || (*in->p != ',' && *in->p != ']'))
			return bad(in, "after array element");
		if (*in->p++ == ']')
			return v;
	}
}

static Value *
object(In *in)
{
	Value *v = val_map();

	in->p++;
	blanks(in);
	if (in->p < in->end && *in->p == '}') {
		in->p++;
		return v;
	}
	for (;;) {
		const char *key;
		Value *x;

		blanks(in);
		if (in->p >= in->end || *in->p != '"')
			return bad(in, "looking for beginning of object key string");
		key = string(in);
		if (key == NULL)
			return NULL;
		blanks(in);
		if (in->p >= in->end || *in->p != ':')
			return bad(in, "after object key");
		in->p++;
		x = value(in);
		if (in->err != NULL)
			return NULL;
		val_set(v, key, x, false);
		blanks(in);
		if (in->p >= in->end || (*in->p != ',' && *in->p != '}'))
			return bad(in, "after object key:value pair");
		if (*in->p++ == '}')
			return v;
	}
}

static Value *
value(In *in)
{
	static Value nil = { .kind = V_NIL };
	Value *v;
	const char *s;

	blanks(in);
	if (in->p >= in->end)
		return bad(in, "");
	if (++in->depth > MAXDEPTH) {
		in->err = "exceeded max depth";
		return NULL;
	}
	/* clang-format off */
	switch (*in->p) {
	case '{': v = object(in); break;
	case '[': v = array(in); break;
	case '"': s = string(in); v = s != NULL ? val_str(s) : NULL; break;
	case 't': v = word(in, "true", val_bool(true)); break;
	case 'f': v = word(in, "false", val_bool(false)); break;
	case 'n': v = word(in, "null", &nil); break;
	default:
		v = *in->p == '-' || (*in->p >= '0' && *in->p <= '9') ? number(in) : bad(in, "looking for beginning of value");
	}
	/* clang-format on */
	in->depth--;
	return v;
}

Value *
val_parse(const char *text, size_t n, const char **err)
{
	In in = { .p = text, .end = text + n };
	Value *v = value(&in);

	blanks(&in);
	if (in.err == NULL && in.p < in.end)
		bad(&in, "after top-level value");
	*err = in.err;
	return in.err == NULL ? v : NULL;
}
