/*
 * epoll.c - the poller on epoll(7): edge-triggered, woken by an eventfd.
 */
#include "arch/arch.h"
#include "netpoll/netpoll.h"
#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>

static int epfd = -1, wakefd = -1;
static uint32_t wakesent;

int
poller_open(void)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 0 };

	epfd = epoll_create1(EPOLL_CLOEXEC);
	if (epfd < 0)
		return -errno;
	wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (wakefd < 0)
		return -errno;
	if (epoll_ctl(epfd, EPOLL_CTL_ADD, wakefd, &ev) < 0)
		return -errno;
	return 0;
}

int
poller_add(int fd, uint64_t tag)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u64 = tag };

	return (int)arch_syscall6(SYS_epoll_ctl, epfd, EPOLL_CTL_ADD, fd, (long)&ev, 0, 0);
}

int
poller_del(int fd)
{
	struct epoll_event ev = { .events = 0 };

	return (int)arch_syscall6(SYS_epoll_ctl, epfd, EPOLL_CTL_DEL, fd, (long)&ev, 0, 0);
}

void
poller_wait(int64_t ns, G **list)
{
	struct epoll_event ev[128];
	long n;
	int ms;

	if (ns < 0)
		ms = -1;
	else if (ns == 0)
		ms = 0;
	else if (ns < 1000000)
		ms = 1;
	else
		ms = ns < 1000000000000000 ? (int)(ns / 1000000) : 1000000000;
	do
		n = arch_syscall6(SYS_epoll_pwait, epfd, (long)ev, NELEM(ev), ms, 0, 8);
	while (n == -EINTR && ms == 0);
	for (long i = 0; i < n; i++) {
		uint32_t e = ev[i].events;

		if (ev[i].data.u64 == 0) {
			uint64_t one;

			if (ms != 0) {
				arch_syscall6(SYS_read, wakefd, (long)&one, 8, 0, 0, 0);
				STORESC(&wakesent, 0);
			}
			continue;
		}
		netpoll_event(ev[i].data.u64, (e & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0,
		    (e & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0, e == EPOLLERR, list);
	}
}

void
poller_break(void)
{
	uint64_t one = 1;

	if (XCHG(&wakesent, 1) != 0)
		return;
	while (arch_syscall6(SYS_write, wakefd, (long)&one, 8, 0, 0, 0) == -EINTR)
		;
}

bool
poller_isfd(int fd)
{
	return fd >= 0 && (fd == epfd || fd == wakefd);
}
