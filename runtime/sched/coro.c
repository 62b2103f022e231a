/*
 * coro.c - coroutines for package iter: two goroutines of which exactly one runs, switched without the scheduler's queues.
 *
 * newcoro makes a parked goroutine that will run the overlay's corostart(); coroswitch parks the caller in the coroutine and runs the one that was
 * parked there. The coro struct is on the Go heap; its fields are scanned by type.
 */
#include "gc/gc.h"
#include "stack/stack.h"

typedef struct Coro {
	G *gp;				/* the parked side; off the heap */
	Funcval *fn;
	M *lockedm;
	uint32_t lockcount;
} Coro;

static const uint8_t coromask[] = { 2 };
static Type corotype = {
	.size = sizeof(Coro), .ptrbytes = 16, .align = 8, .fieldalign = 8, .kind = KIND_STRUCT, .gcdata = coromask
};

Coro *
rt_newcoro(Funcval *fn)
{
	extern const char corostart[] __asm__("runtime.corostart") __attribute__((weak));
	static Funcval start;
	Coro *c = gc_alloc(sizeof *c, &corotype);
	G *g;

	if (corostart == NULL)
		rt_throw("coroutines need runtime.corostart");
	start.fn = (uintptr_t)corostart;
	c->fn = fn;
	g = g_new(&start, g_callerpc(getg()), false);
	g->coro = c;
	g->ret[0] = (uintptr_t)c;	/* corostart(c *coro): first argument register */
	g->waitreason = WAIT_CORO;
	STOREREL(&g->status, GS_WAITING);
	g->coroparked = true;
	c->gp = g;
	return c;
}

uintptr_t
rt_corofn(Coro *c)
{
	return (uintptr_t)c->fn;
}

static void
switchto(Coro *c, bool exit)
{
	M *m = getm();
	G *g = m->curg, *next;

	next = XCHG(&c->gp, exit ? NULL : g);
	if (next == NULL)
		rt_throw("coroswitch on exited coro");
	if (exit) {
		/* nobody will switch back; the other side runs on as an ordinary goroutine, but not before this one is counted as gone */
		g->coro = NULL;
		next->coroparked = false;
		m->nextg = next;
		act(ACT_EXIT);
		return;
	}
	g->coroparked = true;
	next->coroparked = false;
	g_wait(g, WAIT_CORO);
	if (next->lockedm != NULL && next->lockedm != m) {
		rt_ready(next);
		act(ACT_PARK);
		return;
	}
	if (!cas32(&next->status, GS_WAITING, GS_RUNNABLE))
		rt_throw("coroswitch: the other side is not parked");
	if (m->lockedg != NULL) {
		/* a locked thread must not run another goroutine */
		runq_put(m->p, next, true);
		act(ACT_PARK);
		return;
	}
	m->nextg = next;
	act(ACT_SWITCH);
}

void
rt_coroswitch(Coro *c)
{
	switchto(c, false);
}

void
rt_coroexit(Coro *c)
{
	switchto(c, true);
}
