/*
 * host.h - what pieces of the runtime need of the rest when a test runs them alone on the host.
 *
 * Include once, after the headers of the piece. Define HOST_SCHED before it if the piece uses G, M and P.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

_Noreturn void
rt_throw(const char *text)
{
	fprintf(stderr, "rt_throw: %s\n", text);
	abort();
}

_Noreturn void
rt_oom(const char *what)
{
	fprintf(stderr, "out of memory: %s\n", what);
	abort();
}

static inline uint32_t
rnd(void)
{
	static uint64_t s = 88172645463325252u;

	s ^= s << 13;
	s ^= s >> 7;
	s ^= s << 17;
	return (uint32_t)(s >> 32);
}

#ifdef HOST_SCHED
Sched sched;
_Thread_local M *rt_m;
static M hostm;
static P hostp;
static P *hostallp[1] = { &hostp };
static G *readied[1024];
static int nreadied;

static inline void
host_start(G *g)
{
	sched.allp = hostallp;
	sched.nproc = sched.capp = 1;
	sched.ncpu = 1;
	rt_m = &hostm;
	hostm.p = &hostp;
	hostm.curg = g;
	hostp.m = &hostm;
}

/* Runs as goroutine g from here on. */
static inline void
host_as(G *g)
{
	hostm.curg = g;
	hostm.action = ACT_NONE;
	g->status = GS_RUNNING;
}

void
rt_ready(G *g)
{
	if (g->status != GS_WAITING)
		rt_throw("readied goroutine does not wait");
	g->status = GS_RUNNABLE;
	readied[nreadied++] = g;
}

void
g_wait(G *g, int reason)
{
	g->waitreason = (uint8_t)reason;
	g->status = GS_WAITING;
}

static int hostpanic;

void
g_panic(G *g, int kind, uintptr_t a, uintptr_t b)
{
	(void)a;
	(void)b;
	g->pc = 1;
	g->ret[0] = (uintptr_t)kind;
}

void
act_panic(int kind, uintptr_t a, uintptr_t b)
{
	(void)a;
	(void)b;
	hostpanic = kind;
	act(ACT_RESUME);
}

int64_t prof_rate[3];

void
prof_event(int kind, G *g, int64_t ns)
{
	(void)kind;
	(void)g;
	(void)ns;
}

Sudog *
sudog_get(void)
{
	return calloc(1, sizeof(Sudog));
}

void
sudog_put(Sudog *s)
{
	free(s);
}

uint64_t
rt_random(void)
{
	return (uint64_t)rnd() << 32 | rnd();
}
#endif
