/*
 * netpoll.h - waiting for file descriptors: the part that does not know the system, and what os/<goos>/ provides below it.
 */
#ifndef SLIPWAY_NETPOLL_H
#define SLIPWAY_NETPOLL_H

#include "sched/sched.h"

/* ---- netpoll.c ---- */
void netpoll_init(void);		/* once, on first use; any time later is free */
bool netpoll_ready(void);		/* initialised */
bool netpoll_anywaiters(void);
/* Goroutines whose descriptors became ready, linked by schedlink. delay in ns: 0 do not wait, < 0 for ever. */
G *netpoll(int64_t delay);
void netpoll_break(void);		/* ends a wait in netpoll */
void netpoll_wakefor(int64_t when);	/* a timer was set: somebody must look at it in time */
typedef struct PollDesc PollDesc;
/* Called by poller_wait for each event. */
void netpoll_event(uint64_t tag, bool r, bool w, bool err, G **list);

/* ---- os/<goos>: poller_… ---- */
int poller_open(void);
int poller_add(int fd, uint64_t tag);	/* edge-triggered, both directions */
int poller_del(int fd);
void poller_wait(int64_t ns, G **list);
void poller_break(void);
bool poller_isfd(int fd);

#endif
