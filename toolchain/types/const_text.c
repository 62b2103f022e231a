/*
 * const_text.c - constants from literals, and as text and bytes.
 *
 * Spec: Integer, Floating-point, Imaginary, Rune and String literals. The
 * scanner has checked their syntax. How constants look in messages follows
 * gc: six digits, more only where six would hide that a value is no integer.
 */
#include <math.h>
#include <stdlib.h>

#include "types/const.h"

/* ---- literals ---- */

/* Copies the digits without underscores. */
static char *
strip(const char *s, size_t n, size_t *len)
{
	char *p = arena_alloc(perm, n + 1);
	size_t j = 0;

	for (size_t i = 0; i < n; i++)
		if (s[i] != '_')
			p[j++] = s[i];
	p[j] = '\0';
	*len = j;
	return p;
}

static int
lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c + 32 : c;
}

static Const *
intliteral(const char *s, size_t n, bool legacyoctal)
{
	int base = 10;
	uint64_t v = 0;
	size_t i = 0;
	mpz_t z;

	if (n > 1 && s[0] == '0') {
		switch (lower(s[1])) {
		case 'x':
			base = 16;
			i = 2;
			break;
		case 'o':
			base = 8;
			i = 2;
			break;
		case 'b':
			base = 2;
			i = 2;
			break;
		default:
			base = legacyoctal ? 8 : 10;
			break;
		}
	}
	if (i == n)
		return NULL;
	for (size_t j = i; j < n; j++) {
		int c = lower(s[j]), d = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;

		if (d >= base)
			return NULL;
		if (v > (UINT64_MAX - (uint64_t)d) / (uint64_t)base) {
			mpz_init(z);
			if (mpz_set_str(z, s + i, base) != 0) {
				mpz_clear(z);
				return NULL;
			}
			return const_mkint(z);
		}
		v = v * (uint64_t)base + (uint64_t)d;
	}
	return const_uint(v);
}

/* 5^k as a mantissa of about 700 bits and an exponent. */
static int64_t
pow5(mpz_t m, int64_t k)
{
	int64_t e = 0, be = 0;
	mpz_t b;

	mpz_init_set_ui(b, 5);
	mpz_set_ui(m, 1);
	for (; k > 0; k >>= 1) {
		long cut;

		if (k & 1) {
			mpz_mul(m, m, b);
			e += be;
			cut = (long)mpz_sizeinbase(m, 2) - 700;
			if (cut > 0) {
				mpz_tdiv_q_2exp(m, m, (mp_bitcnt_t)cut);
				e += cut;
			}
		}
		mpz_mul(b, b, b);
		be *= 2;
		cut = (long)mpz_sizeinbase(b, 2) - 700;
		if (cut > 0) {
			mpz_tdiv_q_2exp(b, b, (mp_bitcnt_t)cut);
			be += cut;
		}
	}
	mpz_clear(b);
	return e;
}

/* m * 10^e10 as a binary float; m is consumed. */
static Const *
bigdecimal(mpz_t m, int64_t e10)
{
	mpz_t p, q;
	int64_t e;
	long k;

	mpz_init(p);
	if (e10 >= 0) {
		e = pow5(p, e10);
		mpz_mul(m, m, p);
		mpz_clear(p);
		return const_mkfloat(m, e + e10, false);
	}
	e = pow5(p, -e10);
	k = CONST_PREC + 64 + (long)mpz_sizeinbase(p, 2);
	mpz_mul_2exp(m, m, (mp_bitcnt_t)k);
	mpz_init(q);
	mpz_tdiv_q(q, m, p);
	mpz_clear(m);
	mpz_clear(p);
	return const_mkfloat(q, e10 - e - k, true);
}

static Const *
floatliteral(const char *s, size_t n)
{
	bool hex = n > 1 && s[0] == '0' && lower(s[1]) == 'x', dot = false;
	size_t i = hex ? 2 : 0, nd = 0;
	char *digits = arena_alloc(perm, n + 1);
	int64_t scale = 0, exp = 0;
	double mag;
	mpz_t m, d;
	Const *c;

	for (; i < n; i++) {
		int ch = lower(s[i]);

		if (ch == '.') {
			if (dot)
				return NULL;
			dot = true;
		} else if ((ch >= '0' && ch <= '9') || (hex && ch >= 'a' && ch <= 'f')) {
			digits[nd++] = (char)ch;
			scale -= dot;
		} else
			break;
	}
	if (nd == 0)
		return NULL;
	if (i < n && lower(s[i]) == (hex ? 'p' : 'e')) {
		bool neg = false;

		i++;
		if (i < n && (s[i] == '+' || s[i] == '-'))
			neg = s[i++] == '-';
		if (i == n)
			return NULL;
		for (; i < n && s[i] >= '0' && s[i] <= '9'; i++)
			if (exp < 100000000000)
				exp = exp * 10 + (s[i] - '0');
		if (neg)
			exp = -exp;
	}
	if (i != n)
		return NULL;
	digits[nd] = '\0';
	mpz_init(m);
	if (mpz_set_str(m, digits, hex ? 16 : 10) != 0) {
		mpz_clear(m);
		return NULL;
	}
	mpz_init_set_ui(d, 1);
	if (mpz_sgn(m) == 0)
		return const_mkrat(m, d);
	if (hex) {
		exp += 4 * scale;
		mag = (double)mpz_sizeinbase(m, 2) + (double)exp;
		if (mag < CONST_MAXRAT && mag > -CONST_MAXRAT) {
			if (exp >= 0)
				mpz_mul_2exp(m, m, (mp_bitcnt_t)exp);
			else
				mpz_mul_2exp(d, d, (mp_bitcnt_t)-exp);
			return const_mkrat(m, d);
		}
		mpz_clear(d);
		c = const_mkfloat(m, exp, false);
		return c->kind == CONST_UNKNOWN ? NULL : c;
	}
	exp += scale;
	mag = (double)mpz_sizeinbase(m, 2) + (double)exp * 3.321928094887362;
	if (mag > 3e9) {
		mpz_clear(m);
		mpz_clear(d);
		return NULL;
	}
	if (mag < -3e9) {
		mpz_set_ui(m, 0);
		return const_mkrat(m, d);
	}
	if (mag > CONST_MAXRAT - 4 || mag < -CONST_MAXRAT + 4) {
		mpz_t copy;
		int64_t top;

		mpz_init_set(copy, m);
		c = bigdecimal(copy, exp);
		top = c->kind == CONST_UNKNOWN ? CONST_MAXRAT : FLT(c)->e + (int64_t)mpz_sizeinbase(FLT(c)->m, 2);
		if (c->kind == CONST_UNKNOWN || top >= CONST_MAXRAT || top <= -CONST_MAXRAT) {
			mpz_clear(m);
			mpz_clear(d);
			return c->kind == CONST_UNKNOWN ? NULL : c;
		}
	}
	if (exp != 0) {
		mpz_t p;

		mpz_init(p);
		mpz_ui_pow_ui(p, 10, (unsigned long)(exp < 0 ? -exp : exp));
		if (exp > 0)
			mpz_mul(m, m, p);
		else
			mpz_mul(d, d, p);
		mpz_clear(p);
	}
	return const_mkrat(m, d);
}

Const *
const_literal(LitKind kind, const char *text)
{
	size_t n = strlen(text);
	const char *s;
	Const *c;

	switch (kind) {
	case LIT_INT:
		s = strip(text, n, &n);
		return intliteral(s, n, true);
	case LIT_FLOAT:
		s = strip(text, n, &n);
		return floatliteral(s, n);
	case LIT_IMAG:
		s = strip(text, n, &n);
		if (n < 2 || s[n - 1] != 'i')
			return NULL;
		((char *)s)[--n] = '\0';
		if (n > 1 && s[0] == '0' && (lower(s[1]) == 'b' || lower(s[1]) == 'o')) {
			c = intliteral(s, n, false);
			c = c != NULL ? const_tofloat(c) : NULL;
		} else
			c = floatliteral(s, n);
		return c != NULL ? const_complex(const_int(0), c) : NULL;
	case LIT_CHAR:
		return const_int((int64_t)lit_rune(text));
	case LIT_STRING: {
		Buf b = { 0 };

		lit_string(&b, text);
		c = const_string(intern((const char *)b.p, b.n), b.n);
		buf_free(&b);
		return c;
	}
	}
	return NULL;
}

/* ---- text for messages ---- */

static const char *
bigtext(const Const *x)
{
	mpz_t z;
	char *buf;
	const char *s;

	const_getint(x, z);
	buf = arena_alloc(perm, mpz_sizeinbase(z, 10) + 2);
	mpz_get_str(buf, 10, z);
	s = intern_str(buf);
	mpz_clear(z);
	return s;
}

/* The shortest decimal that reads back as v, as Go's %g. */
static const char *
shortest(double v)
{
	char e[40], digits[24];
	int p, nd = 0, exp;
	Buf b = { 0 };
	const char *s;

	for (p = 0; p < 17; p++) {
		snprintf(e, sizeof e, "%.*e", p, fabs(v));
		if (strtod(e, NULL) == fabs(v))
			break;
	}
	for (s = e; *s != 'e'; s++)
		if (*s != '.')
			digits[nd++] = *s;
	exp = atoi(s + 1);
	if (v < 0)
		buf_byte(&b, '-');
	if (exp < -4 || exp >= 21) {
		buf_byte(&b, (uint8_t)digits[0]);
		if (nd > 1) {
			buf_byte(&b, '.');
			buf_put(&b, digits + 1, (size_t)nd - 1);
		}
		buf_printf(&b, "e%c%02d", exp < 0 ? '-' : '+', abs(exp));
	} else if (exp < 0) {
		buf_str(&b, "0.");
		for (int i = -1; i > exp; i--)
			buf_byte(&b, '0');
		buf_put(&b, digits, (size_t)nd);
	} else
		for (int i = 0; i < nd || i <= exp; i++) {
			if (i == exp + 1)
				buf_byte(&b, '.');
			buf_byte(&b, i < nd ? (uint8_t)digits[i] : '0');
		}
	s = intern((const char *)b.p, b.n);
	buf_free(&b);
	return s;
}

static bool
isintegral(const Const *x)
{
	return x->rep == REP_RAT ? mpz_cmp_ui(RAT(x)->d, 1) == 0 : FLT(x)->e >= 0;
}

static const char *
floattext(const Const *x)
{
	double v = const_float64(x), m, d;
	int64_t e, exp;
	const char *s;
	long n;

	if ((const_sign(x) == 0) == (v == 0) && !isinf(v)) {
		s = intern_printf("%.6g", v);
		if (!isintegral(x) && strchr(s, '.') == NULL)
			s = shortest(v);
		return s;
	}
	/* Beyond double's range: scale the mantissa by an approximate power of ten. */
	if (x->rep == REP_RAT) {
		mpz_t num, q;
		long k = 80 - ((long)mpz_sizeinbase(RAT(x)->n, 2) - (long)mpz_sizeinbase(RAT(x)->d, 2));

		mpz_init_set(num, RAT(x)->n);
		mpz_init(q);
		if (k > 0)
			mpz_mul_2exp(num, num, (mp_bitcnt_t)k);
		else
			k = 0;
		mpz_tdiv_q(q, num, RAT(x)->d);
		mpz_clear(num);
		x = const_mkfloat(q, -k, true);
	}
	n = (long)mpz_sizeinbase(FLT(x)->m, 2);
	{
		mpz_t top;

		mpz_init(top);
		if (n > 64)
			mpz_tdiv_q_2exp(top, FLT(x)->m, (mp_bitcnt_t)(n - 64));
		else
			mpz_set(top, FLT(x)->m);
		m = ldexp((double)mpz_get_ui(top) * mpz_sgn(top), -(int)(n > 64 ? 64 : n));
		mpz_clear(top);
	}
	exp = FLT(x)->e + n;
	d = (double)exp * (0.69314718055994530942 / 2.30258509299404568402);
	e = (int64_t)d;
	m *= pow(10, d - (double)e);
	if (fabs(m) < 1 - 0.5e-6) {
		m *= 10;
		e--;
	} else if (fabs(m) >= 10) {
		m /= 10;
		e++;
	}
	return intern_printf("%.6ge%+lld", m, (long long)e);
}

const char *
const_string_repr(const Const *x)
{
	switch (x->kind) {
	case CONST_BOOL:
		return x->b ? "true" : "false";
	case CONST_STRING: {
		enum { MAXRUNES = 72 };
		Buf b = { 0 };
		size_t runes = 0, cut = 0;
		const char *s;

		format_quote(&b, x->s.p, x->s.n);
		for (size_t i = 0; i < b.n; runes++) {
			uint32_t r;

			if (runes == MAXRUNES - 3)
				cut = i;
			i += (size_t)utf8_decode(b.p + i, b.n - i, &r);
		}
		if (runes > MAXRUNES) {
			b.n = cut;
			buf_str(&b, "...");
		}
		s = intern((const char *)b.p, b.n);
		buf_free(&b);
		return s;
	}
	case CONST_INT:
		return x->rep == REP_INT ? intern_printf("%lld", (long long)x->i) : bigtext(x);
	case CONST_FLOAT:
		return floattext(x);
	case CONST_COMPLEX:
		return intern_printf("(%s + %si)", const_string_repr(x->cx.re), const_string_repr(x->cx.im));
	default:
		return "unknown";
	}
}

/* ---- our own bytes: kind and representation, then the parts ---- */

static void
putmpz(Buf *b, const mpz_t z)
{
	size_t n = (mpz_sizeinbase(z, 2) + 7) / 8, count = 0;
	uint8_t *bytes = arena_alloc(perm, n + 8);

	mpz_export(bytes, &count, -1, 1, 0, 0, z);
	buf_uvarint(b, (uint64_t)count << 1 | (mpz_sgn(z) < 0));
	buf_put(b, bytes, count);
}

void
const_encode(Buf *b, const Const *x)
{
	buf_byte(b, (uint8_t)(x->kind << 4 | x->rep));
	switch (x->kind) {
	case CONST_BOOL:
		buf_byte(b, x->b);
		break;
	case CONST_STRING:
		buf_uvarint(b, x->s.n);
		buf_put(b, x->s.p, x->s.n);
		break;
	case CONST_INT:
		if (x->rep == REP_INT)
			buf_varint(b, x->i);
		else
			putmpz(b, BIG(x));
		break;
	case CONST_FLOAT:
		if (x->rep == REP_RAT) {
			putmpz(b, RAT(x)->n);
			putmpz(b, RAT(x)->d);
		} else {
			putmpz(b, FLT(x)->m);
			buf_varint(b, FLT(x)->e);
		}
		break;
	case CONST_COMPLEX:
		const_encode(b, x->cx.re);
		const_encode(b, x->cx.im);
		break;
	}
}

static bool
getuvarint(const uint8_t **p, const uint8_t *end, uint64_t *v)
{
	*v = 0;
	for (int shift = 0; *p < end && shift < 64; shift += 7) {
		uint8_t c = *(*p)++;

		*v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return true;
	}
	return false;
}

static bool
getvarint(const uint8_t **p, const uint8_t *end, int64_t *v)
{
	uint64_t u;

	if (!getuvarint(p, end, &u))
		return false;
	*v = (int64_t)(u >> 1) ^ -(int64_t)(u & 1);
	return true;
}

/* Initialises z if and only if it returns true. */
static bool
getmpz(const uint8_t **p, const uint8_t *end, mpz_t z)
{
	uint64_t u;

	if (!getuvarint(p, end, &u) || u >> 1 > (uint64_t)(end - *p))
		return false;
	mpz_init(z);
	mpz_import(z, u >> 1, -1, 1, 0, 0, *p);
	*p += u >> 1;
	if (u & 1)
		mpz_neg(z, z);
	return true;
}

static Const *
decode(const uint8_t **p, const uint8_t *end, int depth)
{
	mpz_t a, b;
	uint64_t u;
	int64_t i;
	Const *re, *im;
	uint8_t tag;

	if (*p >= end || depth > 1)
		return NULL;
	tag = *(*p)++;
	switch (tag >> 4) {
	case CONST_UNKNOWN:
		return const_unknown();
	case CONST_BOOL:
		return *p < end ? const_bool(*(*p)++ != 0) : NULL;
	case CONST_STRING:
		if (!getuvarint(p, end, &u) || u > (uint64_t)(end - *p))
			return NULL;
		*p += u;
		return const_string((const char *)*p - u, u);
	case CONST_INT:
		if ((tag & 15) == REP_INT)
			return getvarint(p, end, &i) ? const_int(i) : NULL;
		return getmpz(p, end, a) ? const_mkint(a) : NULL;
	case CONST_FLOAT:
		if (!getmpz(p, end, a))
			return NULL;
		if ((tag & 15) == REP_FLOAT) {
			if (getvarint(p, end, &i))
				return const_mkfloat(a, i, false);
			mpz_clear(a);
			return NULL;
		}
		if (!getmpz(p, end, b)) {
			mpz_clear(a);
			return NULL;
		}
		if (mpz_sgn(b) <= 0) {
			mpz_clear(a);
			mpz_clear(b);
			return NULL;
		}
		return const_mkrat(a, b);
	case CONST_COMPLEX:
		re = decode(p, end, depth + 1);
		im = re != NULL ? decode(p, end, depth + 1) : NULL;
		return im != NULL ? const_complex(re, im) : NULL;
	default:
		return NULL;
	}
}

Const *
const_decode(const uint8_t **p, const uint8_t *end)
{
	return decode(p, end, 0);
}

/* ---- the indexed export format: go/internal/gcimporter's mpint and mpfloat read it ---- */

static void
intsize(const Type *u, bool *issigned, int *maxbytes)
{
	switch (u->kind) {
	case T_FLOAT32:
	case T_COMPLEX64:
		*issigned = true;
		*maxbytes = 3;
		return;
	case T_FLOAT64:
	case T_COMPLEX128:
		*issigned = true;
		*maxbytes = 7;
		return;
	default:
		break;
	}
	*issigned = u->kind < T_UINT || u->kind > T_UINTPTR;
	switch (u->kind) {
	case T_INT8:
	case T_UINT8:
		*maxbytes = 1;
		break;
	case T_INT16:
	case T_UINT16:
		*maxbytes = 2;
		break;
	case T_INT32:
	case T_UINT32:
		*maxbytes = 4;
		break;
	default:
		*maxbytes = type_isuntyped(u) ? 64 : 8;
		break;
	}
}

/* One byte for small values; else a byte that tells length and sign, then big-endian bytes of the absolute value. */
static void
putmpint(Buf *b, const mpz_t z, const Type *u)
{
	bool issigned;
	int maxbytes, maxsmall, neg = mpz_sgn(z) < 0;
	size_t count = 0;
	uint8_t bytes[256];

	intsize(u, &issigned, &maxbytes);
	maxsmall = maxbytes == 1 ? 256 : issigned ? 256 - 2 * maxbytes : 256 - maxbytes;
	if (mpz_cmpabs_ui(z, 256) < 0) {
		long v = mpz_get_si(z), ux = issigned ? (neg ? (~v << 1) | 1 : v << 1) : v;

		if (ux >= 0 && ux < maxsmall) {
			buf_byte(b, (uint8_t)ux);
			return;
		}
	}
	if (mpz_sizeinbase(z, 2) > 8 * sizeof bytes)
		bug("export of a constant of %zu bits", mpz_sizeinbase(z, 2));
	mpz_export(bytes, &count, 1, 1, 1, 0, z);
	if ((int)count > maxbytes)
		bug("export of a constant too large for its type");
	buf_byte(b, (uint8_t)(issigned ? 256 - 2 * (int)count + neg : 256 - (int)count));
	buf_put(b, bytes, count);
}

void
const_exportint(Buf *b, const Const *x, const Type *u)
{
	mpz_t z;

	const_getint(const_toint(x), z);
	putmpint(b, z, u);
	mpz_clear(z);
}

/* An integer mantissa and a binary exponent; fractions are rounded to 512 bits as big.Float's are. */
void
const_exportfloat(Buf *b, const Const *x, const Type *u)
{
	const Const *f = const_tofloat(x);
	mpz_t m;
	int64_t e = 0;

	if (f->kind != CONST_FLOAT) {
		mpz_init(m);
		putmpint(b, m, u);
		mpz_clear(m);
		return;
	}
	if (f->rep == REP_RAT) {
		mpz_t q, r;
		long k = CONST_PREC + 3 - ((long)mpz_sizeinbase(RAT(f)->n, 2) - (long)mpz_sizeinbase(RAT(f)->d, 2));
		bool sticky;

		mpz_init_set(m, RAT(f)->n);
		mpz_init(q);
		mpz_init(r);
		if (k < 0)
			k = 0;
		mpz_mul_2exp(m, m, (mp_bitcnt_t)k);
		mpz_tdiv_qr(q, r, m, RAT(f)->d);
		sticky = mpz_sgn(r) != 0;
		mpz_clear(m);
		mpz_clear(r);
		f = const_mkfloat(q, -k, sticky);
	}
	mpz_init_set(m, FLT(f)->m);
	e = FLT(f)->e;
	putmpint(b, m, u);
	if (mpz_sgn(m) != 0)
		buf_varint(b, e);
	mpz_clear(m);
}
