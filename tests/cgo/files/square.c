#include "own.h"

/* the runtime has functions and variables of these names of its own: they must not meet */
int heap = 1, sched = 2, gc = 3;
int
rt_mallocgc(void)
{
	return heap + sched + gc;
}

int common_block;
int constructed;

__attribute__((weak)) int
weak_value(void)
{
	return 1;
}
__attribute__((constructor)) static void
construct(void)
{
	constructed = 77;
}

static int
helper(int x)
{
	return x;
}

int
square(int x)
{
	common_block += 3;
	return helper(x) * x + rt_mallocgc() - 6;
}

int
shared_name(int x)
{
	return x + 10;
}
