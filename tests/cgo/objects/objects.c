#include <alloca.h>
#include <complex.h>
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "objects.h"

static _Atomic char b;
static _Atomic short s;
static _Atomic int i;
static _Atomic long l;

int
atomics(void)
{
	unsigned char u = 0;
	int e = 10;

	b++;
	s++;
	i += 2;
	l -= 1;
	atomic_fetch_or(&i, 8);
	atomic_compare_exchange_strong(&i, &e, 20);
	__atomic_fetch_add(&u, 3, __ATOMIC_SEQ_CST);
	__atomic_fetch_nand(&u, 1, __ATOMIC_SEQ_CST);
	atomic_exchange(&l, 77);
	return b + s + i + (int)l + u;
}

static __thread int own = 7;
static __thread char big[100];
__thread int shared_tls = 5;

int
tls(void)
{
	own++;
	big[99] = 3;
	errno = 4;
	return own + big[99] + shared_tls + errno + (big[50] == 0);
}

long
wide(long x)
{
	__int128 a = x;
	unsigned __int128 u = (unsigned __int128)-1;

	a = a * a * 1000000007 * 1000000007 / 3 % 1000003;
	u /= (unsigned long)x;
	return (long)a + (long)(u >> 100);
}

double
number(double x)
{
	long double y = x;
	double complex c = cexp(I * M_PI) * (x + I);
	char buf[64];

	y = sqrtl(y) * powl(y, 0.5L);
	snprintf(buf, sizeof buf, "%.3Lf", y);
	return atof(buf) - rint(creal(c)) + floor(x + .5) + fma(x, x, 1) + __builtin_popcountll((unsigned long)x) +
	    (float)y;
}

static jmp_buf env;

static void
hop(int n)
{
	if (n == 0)
		longjmp(env, 42);
	hop(n - 1);
}

int
jumps(void)
{
	int r = setjmp(env);

	if (r != 0) {
		static void *to[] = { &&wrong, &&right };

		goto *to[r == 42];
	wrong:
		return 1;
	right:
		return r;
	}
	hop(10);
	return 0;
}

int constructed, common_one;
__attribute__((constructor)) static void
construct(void)
{
	constructed = 11;
}
static const char *const names[] = { "zero", "one", "two", "three" };
/* clang-format off */
static int same(int x) { return x; }
static int next(int x) { return x + 1; }
/* clang-format on */
int (*const functions[])(int) = { same, next, abs };

int
words(void)
{
	int n = 0;

	for (int k = 0; k < 4; k++)
		n += (int)strlen(names[k]);
	/* clang-format off */
	switch (n) {	/* by a table */
	case 0: return 5;
	case 1: return 7;
	case 2: return 1;
	case 3: return 8;
	case 4: return 3;
	case 15: n++;
	}
	/* clang-format on */
	return n + functions[n & 1](-3) + functions[2](-4);
}

int
protect(int n)
{
	char buf[32], *p = alloca((size_t)n * 10);

	memset(p, 1, (size_t)n * 10);
	sprintf(buf, "%d", n);
	strcat(buf, "1");
	return atoi(buf) + p[n];
}

static int
counter(void)
{
	static int n;

	return ++n;
}

void
count(void)
{
	common_one = counter();
}
