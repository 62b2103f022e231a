/*
 * chan_test.c - channels and select: goroutines are played one after the other, results are what the waker leaves in g->ret.
 */
// link: runtime/chan/chan.c runtime/chan/select.c runtime/os/linux/futex.c
#include "../../cmocka_all.h"
#include "chan/chan.h"
#include "time/timer.h"

#define HOST_SCHED
#include "../host.h"

Hchan *rt_makechan(ChanType *t, intptr_t size);
void rt_chansend1(Hchan *c, void *elem);
uintptr_t rt_chanrecv2(Hchan *c, void *elem);
uintptr_t rt_selectnbsend(Hchan *c, void *elem);
Words2 rt_selectnbrecv(void *elem, Hchan *c);
Words2 rt_selectgo(Scase *cas, uint16_t *order, uintptr_t *pcs, intptr_t nsends, intptr_t nrecvs, uintptr_t block);
void rt_closechan(Hchan *c);
intptr_t rt_chanlen(Hchan *c);

static Type inttype = { .size = 8, .align = 8, .kind = KIND_INT };
static ChanType chantype = { .elem = &inttype };
static G g[8];

void *
gc_alloc(uintptr_t size, const Type *typ)
{
	(void)typ;
	return calloc(1, size);
}

uint32_t gc_barrier;

void
gc_shaderange(void *dst, uintptr_t n)
{
	(void)dst;
	(void)n;
}

int64_t
rt_nanotime(void)
{
	return 0;
}

void
timer_poke(Timer *t)
{
	(void)t;
}

static Hchan *
make(intptr_t n)
{
	return rt_makechan(&chantype, n);
}

static void
drop(Hchan *c)
{
	free(c->buf);
	free(c);
}

static void
a_buffer_is_first_in_first_out(void **state)
{
	Hchan *c = make(3);
	int64_t v;

	(void)state;
	host_as(&g[0]);
	for (int round = 0; round < 5; round++) {
		for (v = 0; v < 3; v++)
			assert_int_equal(rt_selectnbsend(c, &v), 1);
		assert_int_equal(rt_selectnbsend(c, &v), 0);
		assert_int_equal(rt_chanlen(c), 3);
		for (int64_t want = 0; want < 3; want++) {
			Words2 r = rt_selectnbrecv(&v, c);

			assert_int_equal(r.a, 1);
			assert_int_equal(r.b, 1);
			assert_int_equal(v, want);
		}
		assert_int_equal(rt_selectnbrecv(&v, c).a, 0);
	}
	drop(c);
}

static void
a_sender_parks_until_a_receiver_takes_its_value(void **state)
{
	Hchan *c = make(0);
	int64_t sent = 77, got = 0;

	(void)state;
	nreadied = 0;
	host_as(&g[0]);
	rt_chansend1(c, &sent);
	assert_int_equal(hostm.action, ACT_PARK);
	assert_int_equal(g[0].status, GS_WAITING);
	host_as(&g[1]);
	assert_int_equal(rt_chanrecv2(c, &got), 1);
	assert_int_equal(got, 77);
	assert_int_equal(nreadied, 1);
	assert_ptr_equal(readied[0], &g[0]);
	assert_null(g[0].waiting);
	drop(c);
}

static void
a_receiver_gets_the_value_on_its_own_stack(void **state)
{
	Hchan *c = make(0);
	int64_t slot = 0, v = 5;

	(void)state;
	nreadied = 0;
	host_as(&g[0]);
	rt_chanrecv2(c, &slot);
	assert_int_equal(hostm.action, ACT_PARK);
	host_as(&g[1]);
	rt_chansend1(c, &v);
	assert_int_equal(hostm.action, ACT_NONE);
	assert_int_equal(slot, 5);
	assert_int_equal(g[0].ret[0], 1);
	drop(c);
}

static void
close_wakes_receivers_with_zero_and_senders_with_a_panic(void **state)
{
	Hchan *c = make(0), *d = make(1);
	int64_t a = 9, b = 9, v = 1;

	(void)state;
	nreadied = 0;
	host_as(&g[0]);
	rt_chanrecv2(c, &a);
	host_as(&g[1]);
	rt_chanrecv2(c, &b);
	host_as(&g[2]);
	rt_closechan(c);
	assert_int_equal(nreadied, 2);
	assert_int_equal(a, 0);
	assert_int_equal(b, 0);
	assert_int_equal(g[0].ret[0], 0);

	nreadied = 0;
	host_as(&g[3]);
	g[3].pc = 0;
	rt_chansend1(d, &v);
	rt_chansend1(d, &v);
	assert_int_equal(hostm.action, ACT_PARK);
	host_as(&g[2]);
	rt_closechan(d);
	assert_int_equal(nreadied, 1);
	assert_int_equal(g[3].pc, 1);		/* will panic */
	assert_int_equal(rt_chanrecv2(d, &v), 1);	/* what was in the buffer comes out */
	assert_int_equal(rt_chanrecv2(d, &v), 0);
	hostpanic = 0;
	rt_closechan(d);
	assert_int_equal(hostpanic, PANIC_CLOSECLOSED);
	hostpanic = 0;
	rt_chansend1(d, &v);
	assert_int_equal(hostpanic, PANIC_SENDCLOSED);
	hostpanic = 0;
	rt_closechan(NULL);
	assert_int_equal(hostpanic, PANIC_CLOSENIL);
	drop(c);
	drop(d);
}

static void
select_takes_the_ready_case_and_leaves_no_trace(void **state)
{
	Hchan *c = make(0), *d = make(1);
	int64_t x = 1, y = 0;
	Scase cas[2] = { { c, &x }, { d, &y } };
	uint16_t order[4];
	Words2 r;

	(void)state;
	host_as(&g[0]);
	r = rt_selectgo(cas, order, NULL, 1, 1, 0);
	assert_int_equal((intptr_t)r.a, -1);
	x = 4;
	rt_selectnbsend(d, &x);
	r = rt_selectgo(cas, order, NULL, 1, 1, 1);
	assert_int_equal(r.a, 1);
	assert_int_equal(r.b, 1);
	assert_int_equal(y, 4);
	assert_null(c->sendq.first);
	drop(c);
	drop(d);
}

static void
a_parked_select_is_won_once(void **state)
{
	Hchan *c = make(0), *d = make(0), *e = make(0);
	int64_t x = 1, y = 0, z = 0, v = 8;
	Scase cas[4] = { { c, &x }, { d, &y }, { e, &z }, { e, &z } };
	uint16_t order[8];

	(void)state;
	for (int which = 0; which < 3; which++) {
		nreadied = 0;
		y = z = 0;
		host_as(&g[0]);
		rt_selectgo(cas, order, NULL, 1, 3, 1);
		assert_int_equal(hostm.action, ACT_PARK);
		assert_int_equal(c->lock.v | d->lock.v | e->lock.v, 0);
		host_as(&g[1]);
		if (which == 0) {
			int64_t got = 0;

			assert_int_equal(rt_chanrecv2(c, &got), 1);
			assert_int_equal(got, 1);
		} else {
			rt_chansend1(which == 1 ? d : e, &v);
			assert_int_equal(hostm.action, ACT_NONE);
		}
		assert_int_equal(nreadied, 1);
		if (which < 2)
			assert_int_equal(g[0].ret[0], which);
		else
			assert_true(g[0].ret[0] == 2 || g[0].ret[0] == 3);
		assert_int_equal(y, which == 1 ? 8 : 0);
		assert_int_equal(z, which == 2 ? 8 : 0);
		/* nothing of it is left on any queue */
		assert_null(c->sendq.first);
		assert_null(d->recvq.first);
		assert_null(e->recvq.first);
	}
	drop(c);
	drop(d);
	drop(e);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_is_first_in_first_out),
		cmocka_unit_test(a_sender_parks_until_a_receiver_takes_its_value),
		cmocka_unit_test(a_receiver_gets_the_value_on_its_own_stack),
		cmocka_unit_test(close_wakes_receivers_with_zero_and_senders_with_a_panic),
		cmocka_unit_test(select_takes_the_ready_case_and_leaves_no_trace),
		cmocka_unit_test(a_parked_select_is_won_once),
	};

	host_start(&g[0]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
