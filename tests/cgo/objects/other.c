#include "objects.h"

extern int missing(void) __attribute__((weak));
struct wide {
	long a[8];
};
static struct wide
make(int n)
{
	return (struct wide){ { n, n, n } };
}

__attribute__((noinline)) static float
twice(const float *v, int n)
{
	float s = 0;

	for (int i = 0; i < n; i++)
		s += v[i] * 2;
	return s;
}

int
other(void)
{
	float v[37];

	for (int i = 0; i < 37; i++)
		v[i] = i;
	return (missing ? missing() : 1) + shared_tls + (int)make(3).a[1] + (int)twice(v, 37);
}
