/*
 * print.c - the print builtins and the runtime's own messages.
 *
 * Text is collected while the print lock is held and written at its release, so that lines of different threads do not mix. The lock is recursive per
 * thread. A dying process must be able to print whatever it holds: the lock is skipped then.
 */
#include "panic/panic.h"
#include <stdarg.h>
#include <string.h>

static Lock lock;
static char buf[1024];
static uint32_t nbuf;
int panic_crashfd = -1;
extern int32_t panic_printing;

static void
out(const char *p, uintptr_t n)
{
	while (n > 0) {
		intptr_t w = (intptr_t)rt_write(2, p, n);

		if (w == -4)
			continue;
		if (w <= 0)
			return;
		if (panic_crashfd >= 0 && (sched.panicking || LOADSC(&panic_printing)))
			rt_write((uintptr_t)panic_crashfd, p, (uintptr_t)w);
		p += w;
		n -= (uintptr_t)w;
	}
}

void
print_flush(void)
{
	uint32_t n = nbuf;

	nbuf = 0;
	out(buf, n);
}

void
rt_printlock(void)
{
	M *m = getm();

	if (m == NULL)
		return;
	if (m->printdepth++ == 0 && m->sink == NULL && !sched.panicking)
		rt_lock(&lock);
}

void
rt_printunlock(void)
{
	M *m = getm();

	if (m == NULL) {
		print_flush();
		return;
	}
	if (--m->printdepth == 0 && m->sink == NULL) {
		print_flush();
		if (LOADREL(&lock.v) != 0 && !sched.panicking)
			rt_unlock(&lock);
	}
}

void
print_bytes(const char *p, uintptr_t n)
{
	M *m = getm();

	if (m != NULL && m->sink != NULL) {
		uintptr_t room = m->sinkcap - m->sinkn;

		if (n > room)
			n = room;
		memcpy(m->sink + m->sinkn, p, n);
		m->sinkn += n;
		return;
	}
	if (m != NULL && m->printdepth == 0) {		/* a print builtin outside printlock */
		out(p, n);
		return;
	}
	while (n > 0) {
		uint32_t k = sizeof buf - nbuf;

		if (k > n)
			k = (uint32_t)n;
		memcpy(buf + nbuf, p, k);
		nbuf += k;
		p += k;
		n -= k;
		if (nbuf == sizeof buf)
			print_flush();
	}
}

static void
print_num(uint64_t v, unsigned base, bool neg, int width)
{
	char t[32];
	int i = sizeof t;

	do {
		t[--i] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v != 0);
	while ((int)sizeof t - i < width && i > 3)
		t[--i] = '0';
	if (base == 16) {
		t[--i] = 'x';
		t[--i] = '0';
	}
	if (neg)
		t[--i] = '-';
	print_bytes(t + i, sizeof t - (size_t)i);
}

void
panic_printf(const char *fmt, ...)
{
	va_list ap;

	rt_printlock();
	va_start(ap, fmt);
	for (const char *p = fmt; *p != 0; p++) {
		const char *q = p;
		int64_t v;
		bool l;

		while (*q != 0 && *q != '%')
			q++;
		if (q > p)
			print_bytes(p, (uintptr_t)(q - p));
		if (*q == 0)
			break;
		l = *++q == 'l';
		if (l)
			q++;
		switch (*q) {
		case 'd':
			v = l ? va_arg(ap, long) : va_arg(ap, int);
			print_num(v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, v < 0, 0);
			break;
		case 'u':
			print_num(l ? va_arg(ap, unsigned long) : va_arg(ap, unsigned), 10, false, 0);
			break;
		case 'x':
			print_num(l ? va_arg(ap, unsigned long) : va_arg(ap, unsigned), 16, false, 0);
			break;
		case 'p':
			print_num((uintptr_t)va_arg(ap, void *), 16, false, 0);
			break;
		case 'c': {
			char c = (char)va_arg(ap, int);

			print_bytes(&c, 1);
			break;
		}
		case 's': {
			const char *s = va_arg(ap, const char *);

			print_bytes(s, strlen(s));
			break;
		}
		default:
			print_bytes(q, 1);
		}
		p = q;
	}
	va_end(ap);
	rt_printunlock();
}

/* ---- builtins ---- */

void
rt_printbool(uintptr_t b)
{
	if ((uint8_t)b)
		print_bytes("true", 4);
	else
		print_bytes("false", 5);
}

void
rt_printint(int64_t v)
{
	print_num(v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, v < 0, 0);
}

void
rt_printuint(uint64_t v)
{
	print_num(v, 10, false, 0);
}

void
rt_printhex(uint64_t v)
{
	print_num(v, 16, false, 0);
}

void
rt_printpointer(uintptr_t v)
{
	print_num(v, 16, false, 0);
}

void
rt_printsp(void)
{
	print_bytes(" ", 1);
}

void
rt_printnl(void)
{
	print_bytes("\n", 1);
}

void
rt_printstring(const char *p, uintptr_t n)
{
	print_bytes(p, n);
}

void
rt_printslice(uintptr_t p, int64_t n, int64_t cap)
{
	print_bytes("[", 1);
	rt_printint(n);
	print_bytes("/", 1);
	rt_printint(cap);
	print_bytes("]", 1);
	rt_printpointer(p);
}

void
rt_printeface(uintptr_t t, uintptr_t d)
{
	print_bytes("(", 1);
	rt_printpointer(t);
	print_bytes(",", 1);
	rt_printpointer(d);
	print_bytes(")", 1);
}

/* +d.dddddde+ddd */
void
rt_printfloat(double v)
{
	char t[16];
	int e = 0;
	double h = 5;

	if (v != v) {
		print_bytes("NaN", 3);
		return;
	}
	if (v + v == v && v > 0) {
		print_bytes("+Inf", 4);
		return;
	}
	if (v + v == v && v < 0) {
		print_bytes("-Inf", 4);
		return;
	}
	t[0] = '+';
	if (v == 0) {
		if (1 / v < 0)
			t[0] = '-';
	} else {
		if (v < 0) {
			v = -v;
			t[0] = '-';
		}
		for (; v >= 10; v /= 10)
			e++;
		for (; v < 1; v *= 10)
			e--;
		for (int i = 0; i < 7; i++)
			h /= 10;
		v += h;
		if (v >= 10) {
			e++;
			v /= 10;
		}
	}
	for (int i = 0; i < 7; i++) {
		int d = (int)v;

		t[i + (i == 0 ? 1 : 2)] = (char)('0' + d);
		v = (v - d) * 10;
	}
	t[2] = '.';
	t[9] = 'e';
	t[10] = e < 0 ? '-' : '+';
	if (e < 0)
		e = -e;
	t[11] = (char)('0' + e / 100);
	t[12] = (char)('0' + e / 10 % 10);
	t[13] = (char)('0' + e % 10);
	print_bytes(t, 14);
}

void
rt_printcomplex(double re, double im)
{
	print_bytes("(", 1);
	rt_printfloat(re);
	rt_printfloat(im);
	print_bytes("i)", 2);
}
