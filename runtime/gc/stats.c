/*
 * stats.c - numbers for runtime.MemStats, runtime/metrics and debug.ReadGCStats.
 */
#include "gc/gc.h"
#include <string.h>

/* World stopped, for exact numbers. Adds what the Ps counted to the totals. */
void
mem_flushstats(void)
{
	for (int i = 0;; i++) {
		MCache *c = mem_anymcache(i);

		if (c == NULL)
			break;
		for (int k = 0; k < NSPANCLASS; k++) {
			central[k].nmalloc += c->nmalloc[k];
			c->nmalloc[k] = 0;
		}
		heap.ntiny += c->ntiny;
		heap.nlargealloc += c->nlarge;
		heap.largealloc += c->largebytes;
		c->ntiny = c->nlarge = c->largebytes = 0;
	}
}

/*
 * out: 0 Alloc 1 TotalAlloc 2 Sys 3 Lookups 4 Mallocs 5 Frees 6 HeapAlloc 7 HeapSys 8 HeapIdle 9 HeapInuse 10 HeapReleased 11 HeapObjects
 * 12 StackInuse 13 StackSys 14 MSpanInuse 15 MSpanSys 16 MCacheInuse 17 MCacheSys 18 BuckHashSys 19 GCSys 20 OtherSys 21 NextGC 22 LastGC
 * 23 PauseTotalNs 24 NumGC 25 NumForcedGC 26 bits of GCCPUFraction 27 EnableGC 28 tiny allocations 29 marked live 30 goroutines made
 * 31 threads; 64 + 3 i: Size, Mallocs, Frees of class i < 61.
 */
void
rt_readmemstats(uint64_t *out)
{
	uint64_t mallocs = 0, frees = 0, total, freed;
	double frac = 0;
	int64_t up = rt_nanotime() - sched.inittime;

	mem_flushstats();
	memset(out, 0, 256 * sizeof *out);
	total = heap.largealloc;
	freed = heap.largefree;
	mallocs = heap.nlargealloc;
	frees = heap.nlargefree;
	for (int i = 2; i < NSPANCLASS; i++) {
		uint64_t size = class_bytes[i >> 1];

		total += central[i].nmalloc * size;
		freed += central[i].nfree * size;
		mallocs += central[i].nmalloc;
		frees += central[i].nfree;
		if (i >> 1 < 61) {
			uint64_t *b = out + 64 + 3 * (i >> 1);

			b[0] = size;
			b[1] += central[i].nmalloc;
			b[2] += central[i].nfree;
		}
	}
	mallocs += heap.ntiny;
	frees += heap.ntiny;
	out[0] = out[6] = total - freed;
	out[1] = total;
	out[4] = mallocs;
	out[5] = frees;
	out[11] = mallocs - frees;
	rt_lock(&heap.lock);
	out[7] = heap.inuse + heap.idle;
	out[8] = heap.idle;
	out[9] = heap.inuse;
	out[10] = heap.released;
	out[12] = heap.stackinuse;
	rt_unlock(&heap.lock);
	out[13] = heap.stackinuse + os_mapped[MEM_STACK];
	out[19] = os_mapped[MEM_META];
	out[20] = os_mapped[MEM_OTHER];
	out[2] = os_mapped[MEM_HEAP] + os_mapped[MEM_META] + os_mapped[MEM_STACK] + os_mapped[MEM_OTHER];
	out[21] = gc.goal;
	out[22] = gc.lastend;
	out[23] = gc.pausetotal;
	out[24] = gc.cycles;
	out[25] = gc.forced;
	if (up > 0)
		frac = (double)gc.pausetotal / (double)up;
	memcpy(&out[26], &frac, sizeof frac);
	out[27] = 1;
	out[28] = heap.ntiny;
	out[29] = gc.markedlive;
	out[30] = sched.goidgen;
	out[31] = (uint64_t)sched_mcount();
}

/* Pairs of pause and end time, newest first; how many. */
uintptr_t
rt_readgcpauses(uint64_t *buf, intptr_t n)
{
	uint64_t k = gc.cycles < 256 ? gc.cycles : 256;

	for (uint64_t i = 0; i < k && (intptr_t)(2 * i + 1) < n; i++) {
		buf[2 * i] = gc.pause[(gc.cycles - i) % 256];
		buf[2 * i + 1] = gc.pauseend[(gc.cycles - i) % 256];
	}
	return k;
}
