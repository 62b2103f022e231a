/* vec.c - growth of Vec arrays. The old storage stays in the arena until that goes. */
#include "base/base.h"

#include <limits.h>

void
vec_grow(Arena *a, void **at, int *cap, size_t elemsize)
{
	int newcap = *cap == 0 ? 4 : *cap * 2;
	void *p;

	if (*cap > INT_MAX / 2)
		fatal("out of memory: a list has more than %d elements", *cap);
	p = arena_alloc(a, elemsize * (size_t)newcap);
	if (*cap > 0)
		memcpy(p, *at, elemsize * (size_t)*cap);
	*at = p;
	*cap = newcap;
}
