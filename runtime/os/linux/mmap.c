/*
 * mmap.c - memory from the system, counted by purpose; and the persistent allocator for small things that live for ever.
 */
#include "os/os.h"
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

uintptr_t os_pagesize = 4096;
uint64_t os_mapped[MEM_COUNT];

void *
os_map(uintptr_t hint, uintptr_t n, int who)
{
	void *p = mmap((void *)hint, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	__atomic_add_fetch(&os_mapped[who], n, __ATOMIC_RELAXED);
	return p;
}

void
os_unmap(void *p, uintptr_t n, int who)
{
	munmap(p, n);
	__atomic_sub_fetch(&os_mapped[who], n, __ATOMIC_RELAXED);
}

void
os_dontneed(void *p, uintptr_t n)
{
	madvise(p, n, MADV_DONTNEED);
}

static Lock persistlock;
static uint8_t *persist, *persistend;

void *
rt_persistent(uintptr_t n, uintptr_t align)
{
	enum { CHUNK = 256 << 10 };
	uint8_t *p;

	if (align == 0)
		align = 8;
	if (n >= CHUNK / 4) {
		p = os_map(0, (n + os_pagesize - 1) & ~(os_pagesize - 1), MEM_META);
		if (p == NULL)
			rt_oom("runtime tables");
		return p;
	}
	rt_lock(&persistlock);
	p = (uint8_t *)(((uintptr_t)persist + align - 1) & ~(align - 1));
	if (persist == NULL || p + n > persistend) {
		persist = os_map(0, CHUNK, MEM_META);
		if (persist == NULL)
			rt_oom("runtime tables");
		persistend = persist + CHUNK;
		p = (uint8_t *)(((uintptr_t)persist + align - 1) & ~(align - 1));
	}
	persist = p + n;
	rt_unlock(&persistlock);
	return p;
}
