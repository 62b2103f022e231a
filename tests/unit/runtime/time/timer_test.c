/*
 * timer_test.c - the heap of timers against sorting, and stop, reset and periods.
 */
// link: runtime/os/linux/futex.c
#include "../../cmocka_all.h"
#include "time/timer.h"

#define HOST_SCHED
#include "../host.h"
#include "../../../../runtime/time/timer.c"

uint32_t gc_barrier;

void
gc_shaderange(void *dst, uintptr_t n)
{
	(void)dst;
	(void)n;
}

static int64_t fakenow = 1000;

int64_t
rt_nanotime(void)
{
	return fakenow;
}

void *
rt_persistent(uintptr_t n, uintptr_t align)
{
	(void)align;
	return calloc(1, n);
}

void *
gc_alloc(uintptr_t size, const Type *typ)
{
	(void)typ;
	return calloc(1, size);
}

void
netpoll_init(void)
{
}

void
netpoll_wakefor(int64_t when)
{
	(void)when;
}

void
chan_timersend(struct Hchan *c, const void *elem, bool (*isstale)(Timer *t, uint32_t seq), Timer *t, uint32_t seq)
{
	(void)c;
	(void)elem;
	isstale(t, seq);
}

bool
chan_drain(struct Hchan *c)
{
	(void)c;
	return false;
}

static int64_t fired[4096];
static int nfired;

static void
note(Timer *t, uintptr_t arg, uintptr_t seq, int64_t now)
{
	(void)t;
	(void)seq;
	assert_true((int64_t)arg <= now || t->period != 0);
	fired[nfired++] = (int64_t)arg;
}

static Timer *
newt(void)
{
	Timer *t = calloc(1, sizeof *t);

	t->kind = TIMER_C;
	t->cfn = note;
	return t;
}

static void
timers_fire_in_order_and_not_early(void **state)
{
	enum { N = 1000 };
	static Timer *t[N];
	int alive = 0, last = 0;

	(void)state;
	nfired = 0;
	fakenow = 1000;
	for (int i = 0; i < N; i++) {
		int64_t when = 1001 + rnd() % 5000;

		t[i] = newt();
		t[i]->carg = (uintptr_t)when;
		timer_start(t[i], when, 0);
	}
	for (int i = 0; i < N; i += 3)
		assert_true(timer_stop(t[i]));
	for (int i = 0; i < N; i += 6)
		assert_false(timer_stop(t[i]));
	for (int i = 1; i < N; i += 3) {
		int64_t when = 1001 + rnd() % 5000;

		t[i]->carg = (uintptr_t)when;
		timer_start(t[i], when, 0);
	}
	for (int i = 0; i < N; i++)
		alive += i % 3 != 0;
	while (hostp.timers.next != 0) {
		int64_t now = fakenow += rnd() % 100;

		timers_check(&hostp, &now);
		for (; last < nfired; last++)
			assert_true(last == 0 || fired[last] >= fired[last - 1]);
		assert_true(hostp.timers.next == 0 || hostp.timers.next > fakenow);
	}
	assert_int_equal(nfired, alive);
	for (int i = 0; i < N; i++)
		free(t[i]);
}

static void
a_period_skips_what_was_missed(void **state)
{
	Timer *t = newt();
	int64_t now;

	(void)state;
	nfired = 0;
	fakenow = 1000;
	timer_start(t, 1010, 10);
	now = fakenow = 1010;
	timers_check(&hostp, &now);
	assert_int_equal(nfired, 1);
	now = fakenow = 1057;
	timers_check(&hostp, &now);
	assert_int_equal(nfired, 2);
	assert_int_equal(t->when, 1060);
	assert_true(timer_stop(t));
	assert_int_equal(hostp.timers.next, 0);
	free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(timers_fire_in_order_and_not_early),
		cmocka_unit_test(a_period_skips_what_was_missed),
	};
	static G g;

	host_start(&g);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
