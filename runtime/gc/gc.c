/*
 * gc.c - when to collect, the cycle itself, and Go's allocation entries.
 *
 * The collector goroutine (overlay) loops: gcwait, hooks, gcrun, gcsweep. See gc.h.
 */
#include "gc/gc.h"
#include "panic/panic.h"
#include "prof/prof.h"
#include "stack/stack.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

GcState gc = { .percent = 100, .limit = INT64_MAX };

static Lock lock;
static uint32_t wanted;			/* a cycle was asked for */
static G *collector;			/* parked in gcwait */
static GQueue waiters;			/* goroutines in runtime.GC */
static G *held;				/* goroutines that gc_hold keeps from allocating */
static uint32_t hardcount;

void gc_wakefinalizers(void);

/* ---- pacing ---- */

/* Is a heap of that size marked beside the program? A small one is not worth two stops. */
static bool
gc_besides(uint64_t live)
{
	return gc.mode == 0 ? live > 512 << 20 : gc.mode == 2;
}

/* heap.live at which the next cycle starts. */
void
gc_retrigger(void)
{
	uint64_t live = gc.markedlive, t = UINT64_MAX;
	int64_t other, room;

	if (gc.percent >= 0) {
		uint64_t min = (uint64_t)(4 << 20) * (uint64_t)gc.percent / 100;

		t = live + live / 100 * (uint64_t)gc.percent;
		if (t < min)
			t = min;
	}
	if (gc.limit < INT64_MAX) {
		other = (int64_t)(os_mapped[MEM_META] + os_mapped[MEM_STACK] + heap.stackinuse);
		room = gc.limit - other;
		if (room < (int64_t)(live + live / 16))
			room = (int64_t)(live + live / 16);
		if ((uint64_t)room < t)
			t = (uint64_t)room;
	}
	gc.goal = t;
	/* marking beside the program begins early enough to end by then */
	if (t != UINT64_MAX && gc_besides(t) && t > live)
		t -= (t - live) * 3 / 10;
	STOREREL(&heap.trigger, t);
}

void
gc_wake(void)
{
	G *g = NULL;

	if (!gc.enabled)
		return;
	rt_lock(&lock);
	wanted = 1;
	g = collector;
	collector = NULL;
	rt_unlock(&lock);
	if (g != NULL)
		sched_readyurgent(g);
}

/*
 * The program outran the collector: whose thread got no CPU since it was woken, or which marks beside the program and should have ended by
 * now. A goal is passed by an eighth at most, then.
 */
static bool
outrun(void)
{
	uint64_t at = gc.phase == 0 ? LOADREL(&heap.trigger) : gc.goal, live = LOADREL(&heap.live);

	return live >= at && live - at >= at / 8;
}

/* The allocator reached the trigger. */
void
mem_wantgc(void)
{
	M *m = getm();

	if (!gc.enabled)
		return;
	if (gc.phase == 0 && !LOADREL(&wanted))
		gc_wake();
	else if (!outrun())
		return;
	if (m->curg != NULL) {
		m->curg->preempt = true;
		g_poison(m->curg);		/* let the collector run soon */
	}
}

bool
gc_hold(G *g)
{
	bool hold;

	if (g == sched.collector || !gc.enabled || !outrun())
		return false;
	rt_lock(&lock);
	hold = wanted || gc.phase != 0;
	if (hold) {
		g->schedlink = held;
		held = g;
		g_wait(g, WAIT_GCASSIST);
	}
	rt_unlock(&lock);
	return hold;
}

/* Starts the world again; the collector has caught up. */
static void
resume(void)
{
	G *list = held;			/* nobody is added while the world is stopped */

	held = NULL;
	sched_start();
	g_readylist(list);
}

void
gc_tick(int64_t now)
{
	/* lastend is wall time for users; cycles are rare enough to keep another clock here */
	static int64_t last;
	static uint64_t cycles;

	if (cycles != gc.cycles || last == 0) {
		cycles = gc.cycles;
		last = now;
	} else if (gc.percent >= 0 && last + 120000000000 < now) {
		last = now;
		gc_wake();
	}
}

/* ---- the collector goroutine ---- */

void
rt_gcenable(void)
{
	gc.enabled = true;
}

void
rt_gcwait(void)
{
	G *g = getg();

	sched.collector = g;
	rt_lock(&lock);
	if (wanted || waiters.head != NULL) {
		rt_unlock(&lock);
		return;
	}
	collector = g;
	g_wait(g, WAIT_GCWORKER);
	rt_unlock(&lock);
	act(ACT_PARK);
}

/* runtime.GC: returns after a cycle that starts from now on. */
void
rt_gcrequest(void)
{
	G *g = getg(), *c;

	if (!gc.enabled)
		return;
	rt_lock(&lock);
	gc.forced++;
	wanted = 1;
	c = collector;
	collector = NULL;
	g->schedlink = waiters.head;
	waiters.head = g;
	g_wait(g, WAIT_GCCYCLE);
	rt_unlock(&lock);
	act(ACT_PARK);
	if (c != NULL)
		sched_readyurgent(c);
}

/* Milliseconds with three decimals. */
static void
printms(int64_t ns)
{
	int64_t us = ns / 1000;

	panic_printf("%ld.%ld%ld%ld", (long)(us / 1000), (long)(us / 100 % 10), (long)(us / 10 % 10), (long)(us % 10));
}

static void
trace(uint64_t before, int64_t t0, int64_t t1, int64_t t2, int64_t pause)
{
	int64_t now = t2 - sched.inittime;

	rt_printlock();
	panic_printf("gc %lu @%ld.%ld%ld%lds %d%%: ", (unsigned long)gc.cycles, (long)(now / 1000000000),
	    (long)(now / 100000000 % 10), (long)(now / 10000000 % 10), (long)(now / 1000000 % 10),
	    (int)(now > 0 ? (int64_t)gc.pausetotal * 100 / now : 0));
	printms(pause);
	panic_printf(" ms stopped of ");
	printms(t2 - t0);
	(void)t1;
	panic_printf(" ms, %lu->%lu->%lu MB, %lu MB goal, %lu MB stacks, %lu MB globals, %d P\n",
	    (unsigned long)(before >> 20), (unsigned long)(heap.live >> 20), (unsigned long)(gc.markedlive >> 20),
	    (unsigned long)(gc.goal >> 20), (unsigned long)(heap.stackinuse >> 20),
	    (unsigned long)((rt_module->edata - rt_module->data + rt_module->ebss - rt_module->bss) >> 20),
	    (int)sched.nproc);
	rt_printunlock();
}

static bool markdone;
static G *markwaiter;			/* the collector goroutine, while helpers mark */
static G *cyclewaiters;			/* goroutines in runtime.GC that this cycle serves */
static uint64_t livebefore, pausens;
static int64_t startns;
static uint32_t finishes;

/* The helpers found nothing more to do. Any thread. */
void
gc_markdone(void)
{
	G *g;

	rt_lock(&lock);
	markdone = true;
	g = markwaiter;
	markwaiter = NULL;
	rt_unlock(&lock);
	if (g != NULL)
		sched_readyurgent(g);
}

/* Parks the collector goroutine until then; its call gives 0, so that it calls again. */
static uintptr_t
waitmark(G *g)
{
	g->ret[0] = 0;
	rt_lock(&lock);
	if (!markdone) {
		markwaiter = g;
		g_wait(g, WAIT_GCWORKER);
		rt_unlock(&lock);
		act(ACT_PARK);
		return 0;
	}
	rt_unlock(&lock);
	return 0;
}

/* World stopped, nothing is being swept: what every kind of cycle begins with. */
static void
begincycle(void)
{
	rt_lock(&lock);
	wanted = 0;
	cyclewaiters = waiters.head;
	waiters.head = NULL;
	rt_unlock(&lock);
	for (int i = 0;; i++) {
		MCache *c = mem_anymcache(i);

		if (c == NULL)
			break;
		mcache_flush(c);
	}
	sweep_all();
	livebefore = heap.live;
	for (uint32_t i = 0; i < sched.nallg; i++) {
		G *g = sched.allg[i];

		if ((g->status == GS_WAITING || g->status == GS_SYSCALL) && g->waitsince == 0)
			g->waitsince = startns;
	}
}

/* World stopped, all live objects are marked. */
static void
endcycle(void)
{
	struct timespec wall;

	for (int i = 0;; i++) {
		MCache *c = mem_anymcache(i);

		if (c == NULL)
			break;
		mcache_flush(c);
	}
	gc_endspecials();
	prof_publish();
	for (uint32_t i = 0; i < sched.nallg; i++)
		stack_shrink(sched.allg[i]);
	stack_sweepfree();
	sweep_begin();
	heap.live = gc.markedlive;
	gc.cycles++;
	gc_retrigger();
	clock_gettime(CLOCK_REALTIME, &wall);
	gc.lastend = (uint64_t)wall.tv_sec * 1000000000 + (uint64_t)wall.tv_nsec;
}

/* One cycle, in one call or two. false: call again. */
uintptr_t
rt_gcrun(void)
{
	M *m = getm();
	int64_t t0 = rt_nanotime(), t1, t2;
	G *w, *g = m->curg;

	if (gc.phase != 0 && gc_markworking())
		return waitmark(g);
	if (!sched_stop()) {
		g->ret[0] = 0;
		act(ACT_YIELD);
		return 0;
	}
	t1 = rt_nanotime();
	if (gc.phase == 0) {
		startns = t0;
		pausens = 0;
		finishes = 0;
		begincycle();
		if (gc_besides(heap.live)) {
			markdone = false;
			gc_startmark();
			gc.phase = 1;
			pausens = (uint64_t)(rt_nanotime() - t0);
			resume();
			return waitmark(g);
		}
		gc_markall();
	} else {
		markdone = false;
		if (!gc_finishmark(++finishes >= 4)) {
			pausens += (uint64_t)(rt_nanotime() - t0);
			sched_start();
			return waitmark(g);
		}
		gc.phase = 0;
	}
	endcycle();
	t2 = rt_nanotime();
	pausens += (uint64_t)(t2 - t0);
	gc.pause[gc.cycles % 256] = pausens;
	gc.pauseend[gc.cycles % 256] = gc.lastend;
	gc.pausetotal += pausens;
	w = cyclewaiters;
	cyclewaiters = NULL;
	resume();
	if (gc.trace)
		trace(livebefore, startns, t1, t2, (int64_t)pausens);
	g_readylist(w);
	gc_wakefinalizers();
	return 1;
}

uintptr_t
rt_gcsweep(uintptr_t n)
{
	return (uintptr_t)(intptr_t)sweep_some((int)n);
}

void
rt_gcscavenge(uintptr_t all)
{
	heap_scavenge((uint8_t)all ? UINTPTR_MAX : 1 << 20);
}

/* ---- settings ---- */

uintptr_t
rt_setgcpercent(uintptr_t v)
{
	int32_t old = gc.percent;

	gc.percent = (int32_t)v < 0 ? -1 : (int32_t)v;
	gc_retrigger();
	if (heap.live >= heap.trigger)
		mem_wantgc();
	return (uintptr_t)(intptr_t)old;
}

uintptr_t
rt_setmemorylimit(uintptr_t v)
{
	int64_t old = gc.limit;

	if ((int64_t)v >= 0) {
		gc.limit = (int64_t)v;
		gc_retrigger();
		if (heap.live >= heap.trigger)
			mem_wantgc();
	}
	return (uintptr_t)old;
}

uintptr_t
rt_setmaxstack(uintptr_t v)
{
	uintptr_t old = stack_max;

	stack_max = v;
	return old;
}

uintptr_t
rt_setpaniconfault(uintptr_t on)
{
	G *g = getg();
	bool old = (g->flags & GF_PANICONFAULT) != 0;

	g->flags &= ~(uint32_t)GF_PANICONFAULT;
	if ((uint8_t)on)
		g->flags |= GF_PANICONFAULT;
	return old;
}

static int64_t
parsesize(const char *s)
{
	int64_t v = 0;
	int sh = 0;

	for (; *s >= '0' && *s <= '9' && v < INT64_MAX / 20; s++)
		v = v * 10 + (*s - '0');
	/* clang-format off */
	switch (*s) {
	case 'K': sh = 10; break;
	case 'M': sh = 20; break;
	case 'G': sh = 30; break;
	case 'T': sh = 40; break;
	}
	/* clang-format on */
	return v << sh;
}

void
gc_init(void)
{
	const char *s = getenv("GOGC");

	if (s != NULL && *s != 0) {
		if (strcmp(s, "off") == 0)
			gc.percent = -1;
		else if (*s >= '0' && *s <= '9')
			gc.percent = atoi(s);
	}
	s = getenv("GOMEMLIMIT");
	if (s != NULL && *s >= '0' && *s <= '9')
		gc.limit = parsesize(s);
	gc_retrigger();
}

/* ---- typed memory ---- */

uintptr_t
rt_typedslicecopy(Type *t, uint8_t *dst, intptr_t dstlen, uint8_t *src, intptr_t srclen)
{
	intptr_t n = dstlen < srclen ? dstlen : srclen;

	if (n > 0 && dst != src)
		gc_copy(dst, src, (uintptr_t)n * t->size);
	return (uintptr_t)n;
}

/* ---- allocation entries ---- */

extern uintptr_t zerobase[2] __asm__("runtime.zerobase");

/* Hard mode: every nth allocation wants a cycle, and gives way to it at the next check; every one a yield. */
static void
hardalloc(M *m)
{
	bool yield = sched_hardpoll;

	if (gc.hardperiod != 0 && ++hardcount >= gc.hardperiod) {
		hardcount = 0;
		mem_wantgc();
		yield = true;
	}
	if (yield && m->curg != NULL) {
		m->curg->preempt = true;
		g_poison(m->curg);
	}
}

static void *
sampled(M *m, uintptr_t size, const Type *typ, bool needzero)
{
	P *p = m->p;
	int64_t rate = LOADREL(&prof_memrate);
	void *x;

	if (gc.hard)
		hardalloc(m);
	x = mem_alloc(&p->mcache, size, typ, needzero);
	if (rate > 0) {
		if (rate != 1 && (int64_t)size < p->nextsample) {
			p->nextsample -= (int64_t)size;
		} else {
			/* the first countdown of a P starts here */
			if (rate == 1 || p->sampling)
				prof_malloc(x, span_of((uintptr_t)x)->elemsize);
			p->sampling = true;
			p->nextsample = prof_next(rate);
		}
	}
	/* the program may store x where a collector on another CPU finds it: not before its span, its marks and its zeros */
	__atomic_thread_fence(__ATOMIC_RELEASE);
	return x;
}

void *
gc_alloc(uintptr_t size, const Type *typ)
{
	M *m = getm();

	if (size == 0)
		return zerobase;
	return sampled(m, size, typ, true);
}

void *
rt_mallocgc(uintptr_t size, const Type *typ, uintptr_t needzero)
{
	M *m = getm();

	if (size == 0)
		return zerobase;
	return sampled(m, size, typ, (uint8_t)needzero != 0);
}

void *
rt_newobject(const Type *typ)
{
	return gc_alloc(typ->size, typ);
}

#define MAXALLOC ((uintptr_t)1 << 47)

void *
rt_makeslice(const Type *et, intptr_t len, intptr_t cap)
{
	uintptr_t bytes;

	if (len < 0 || cap < len || __builtin_mul_overflow(et->size, (uintptr_t)cap, &bytes) || bytes > MAXALLOC) {
		/* if the length alone is bad, say so */
		if (len < 0 || __builtin_mul_overflow(et->size, (uintptr_t)len, &bytes) || bytes > MAXALLOC)
			act_panic(PANIC_MAKESLICELEN, 0, 0);
		else
			act_panic(PANIC_MAKESLICECAP, 0, 0);
		return NULL;
	}
	return gc_alloc(bytes, et->ptrbytes != 0 ? et : NULL);
}

void *
rt_makeslicecopy(const Type *et, intptr_t tolen, intptr_t fromlen, const void *from)
{
	uintptr_t bytes, n;
	M *m = getm();
	uint8_t *p;

	if (tolen < 0 || __builtin_mul_overflow(et->size, (uintptr_t)tolen, &bytes) || bytes > MAXALLOC) {
		act_panic(PANIC_MAKESLICELEN, 0, 0);
		return NULL;
	}
	n = (uintptr_t)(tolen < fromlen ? tolen : fromlen) * et->size;
	if (et->ptrbytes != 0) {
		p = gc_alloc(bytes, et);
	} else {
		if (bytes == 0)
			return zerobase;
		p = sampled(m, bytes, NULL, false);
		memset(p + n, 0, bytes - n);
	}
	gc_copy(p, from, n);
	return p;
}

/* append's growth: double until 256 elements, then by a quarter, smoothly. Source: observable capacities of Go programs. */
static intptr_t
nextcap(intptr_t newlen, intptr_t oldcap)
{
	intptr_t c = oldcap, twice = c + c;

	if (newlen > twice)
		return newlen;
	if (oldcap < 256)
		return twice;
	for (;;) {
		c += (c + 3 * 256) >> 2;
		if ((uintptr_t)c >= (uintptr_t)newlen)
			break;
	}
	return c <= 0 ? newlen : c;
}

/* (oldPtr, newLen, oldCap, num, et): the old length is newLen - num. Result {ptr, newLen, cap} in g->ret. */
void
rt_growslice(const uint8_t *old, intptr_t newlen, intptr_t oldcap, intptr_t num, const Type *et)
{
	intptr_t oldlen = newlen - num, cap;
	G *g = getg();
	M *m = getm();
	uintptr_t bytes, lenbytes, newlenbytes;
	bool noscan = et->ptrbytes == 0;
	uint8_t *p;

	if (newlen < 0) {
		act_panic(PANIC_GROWSLICE, 0, 0);
		return;
	}
	if (et->size == 0) {
		g->ret[0] = (uintptr_t)zerobase;
		g->ret[1] = g->ret[2] = (uintptr_t)newlen;
		return;
	}
	cap = nextcap(newlen, oldcap);
	if (__builtin_mul_overflow(et->size, (uintptr_t)cap, &bytes) || bytes > MAXALLOC) {
		act_panic(PANIC_GROWSLICE, 0, 0);
		return;
	}
	bytes = rt_roundupsize(bytes, noscan);
	cap = (intptr_t)(bytes / et->size);
	bytes = (uintptr_t)cap * et->size;
	lenbytes = (uintptr_t)oldlen * et->size;
	newlenbytes = (uintptr_t)newlen * et->size;
	if (noscan) {
		p = sampled(m, bytes, NULL, false);
		memset(p + newlenbytes, 0, bytes - newlenbytes);
	} else {
		p = gc_alloc(bytes, et);
	}
	gc_copy(p, old, lenbytes);
	g->ret[0] = (uintptr_t)p;
	g->ret[1] = (uintptr_t)newlen;
	g->ret[2] = (uintptr_t)cap;
}

Words2
rt_findobject(uintptr_t p)
{
	uintptr_t base;
	Span *s = mem_find(p, &base);

	return s == NULL ? (Words2){ 0, 0 } : (Words2){ base, s->elemsize };
}

void trace_badstack(G *g, const Frame *fr);
void
trace_badstack(G *g, const Frame *fr)
{
	panic_printf(
	    "runtime: goroutine %lu: frame not understood: pc=%lx sp=%lx fp=%lx stack=[%lx,%lx] saved sp=%lx stop=%d\n",
	    (unsigned long)g->goid, fr->pc, fr->sp, fr->fp, g->stacklo, g->stackhi, g->sp, (int)g->stop);
}

/* Results of reflect.call go back: the stack part to dst, pointers in registers to where the collector sees them. */
void
rt_reflectcallmove(Type *t, void *dst, void *src, uintptr_t n, uint8_t *regs)
{
	(void)t;
	if (n != 0)
		gc_copy(dst, src, n);
	for (int i = 0; i < ARCH_REGARGS_NINT; i++)
		if (regs[ARCH_REGARGS_RETISPTR] >> i & 1 || (i >= 8 && regs[ARCH_REGARGS_RETISPTR + 1] >> (i - 8) & 1))
			((uintptr_t *)(regs + ARCH_REGARGS_PTRS))[i] = ((uintptr_t *)regs)[i];
}
