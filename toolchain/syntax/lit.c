/*
 * lit.c - what string and rune literals stand for.
 *
 * The scanner has checked them; a malformed one that is asked about after all
 * yields something, never a fault.
 */
#include "syntax/syntax.h"

static uint32_t
number(const char **pp, int n, unsigned base)
{
	const char *p = *pp;
	uint32_t x = 0;

	for (; n > 0; n--, p++) {
		unsigned d = (uint8_t)*p;

		if (d >= '0' && d <= '9')
			d -= '0';
		else if ((d | 0x20) >= 'a' && (d | 0x20) <= 'f')
			d = (d | 0x20) - 'a' + 10;
		else
			break;
		x = x * base + d;
	}
	*pp = p;
	return x;
}

/* Reads the character or escape at *pp. *isbyte: the value is one byte, not a rune. */
static uint32_t
character(const char **pp, bool *isbyte)
{
	const char *p = *pp;
	uint32_t r;

	*isbyte = false;
	if (*p != '\\') {
		size_t n = strnlen(p, 4);

		*pp += n == 0 ? 0 : utf8_decode((const uint8_t *)p, n, &r);
		return n == 0 ? 0 : r;
	}
	p++;
	/* clang-format off */
	switch (*p) {
	case 'a': r = 7; p++; break;
	case 'b': r = 8; p++; break;
	case 'f': r = 12; p++; break;
	case 'n': r = 10; p++; break;
	case 'r': r = 13; p++; break;
	case 't': r = 9; p++; break;
	case 'v': r = 11; p++; break;
	case 'x':
		p++;
		r = number(&p, 2, 16);
		*isbyte = true;
		break;
	case 'u':
		p++;
		r = number(&p, 4, 16);
		break;
	case 'U':
		p++;
		r = number(&p, 8, 16);
		break;
	case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7':
		r = number(&p, 3, 8);
		*isbyte = true;
		break;
	default:
		r = (uint8_t)*p;
		if (*p != '\0')
			p++;
	}
	/* clang-format on */
	*pp = p;
	return r;
}

void
lit_string(Buf *out, const char *text)
{
	const char *p = text + 1;

	buf_reserve(out, strlen(text) + 4);
	if (*text == '`') {
		for (; *p != '\0' && *p != '`'; p++)
			if (*p != '\r')
				buf_byte(out, (uint8_t)*p);
		return;
	}
	if (*text != '"')
		return;
	while (*p != '\0' && *p != '"') {
		const char *e = p;

		while (*e != '\0' && *e != '"' && *e != '\\')
			e++;
		buf_put(out, p, (size_t)(e - p));
		p = e;
		if (*p == '\\') {
			uint8_t b[4];
			bool isbyte;
			uint32_t r = character(&p, &isbyte);

			if (isbyte)
				buf_byte(out, (uint8_t)r);
			else
				buf_put(out, b, (size_t)utf8_encode(r, b));
		}
	}
}

uint32_t
lit_rune(const char *text)
{
	const char *p = text + 1;
	bool isbyte;

	return *text == '\'' ? character(&p, &isbyte) : 0;
}
