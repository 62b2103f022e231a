/*
 * futex.c - locks and notes on futex(2).
 *
 * A lock spins briefly (the holder is in a short C section on another CPU), then sleeps. Under QEMU and on one CPU spinning is useless,
 * so it is short.
 */
#include "arch/arch.h"
#include "os/os.h"
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>

int
rt_futexwait(const uint32_t *addr, uint32_t want, int64_t ns)
{
	struct timespec ts, *tp = NULL;
	long r;

	if (ns >= 0) {
		ts.tv_sec = ns / 1000000000;
		ts.tv_nsec = ns % 1000000000;
		tp = &ts;
	}
	r = arch_syscall6(SYS_futex, (long)addr, FUTEX_WAIT_PRIVATE, want, (long)tp, 0, 0);
	if (r != 0 && r != -EAGAIN && r != -ETIMEDOUT && r != -EINTR)
		rt_throw("futexwait: bad address or operation");
	return (int)r;
}

void
rt_futexwake(const uint32_t *addr, int n)
{
	if (arch_syscall6(SYS_futex, (long)addr, FUTEX_WAKE_PRIVATE, n, 0, 0, 0) < 0)
		rt_throw("futexwake failed");
}

bool
rt_trylock(Lock *l)
{
	return cas32(&l->v, 0, 1);
}

void
rt_lock(Lock *l)
{
	if (cas32(&l->v, 0, 1))
		return;
	for (int i = 0; i < 60; i++) {
		arch_pause();
		if (LOADREL(&l->v) == 0 && cas32(&l->v, 0, 1))
			return;
	}
	while (XCHG(&l->v, 2) != 0)
		rt_futexwait(&l->v, 2, -1);
}

void
rt_unlock(Lock *l)
{
	uint32_t v = XCHG(&l->v, 0);

	if (v == 0)
		rt_throw("unlock of unlocked lock");
	if (v == 2)
		rt_futexwake(&l->v, 1);
}

void
note_clear(Note *n)
{
	STORESC(&n->v, 0);
}

void
note_wake(Note *n)
{
	if (XCHG(&n->v, 1) != 0)
		rt_throw("note woken twice");
	rt_futexwake(&n->v, 1);
}

bool
note_sleep(Note *n, int64_t ns)
{
	int64_t end;

	if (ns < 0) {
		while (LOADSC(&n->v) == 0)
			rt_futexwait(&n->v, 0, -1);
		return true;
	}
	end = rt_nanotime() + ns;
	while (LOADSC(&n->v) == 0) {
		ns = end - rt_nanotime();
		if (ns <= 0)
			return false;
		rt_futexwait(&n->v, 0, ns);
	}
	return true;
}
