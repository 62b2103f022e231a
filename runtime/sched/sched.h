/*
 * sched.h - goroutines (G), threads (M), processors (P), and the functions that move goroutines between their states.
 *
 * A G runs on an M that holds a P. C code that Go calls runs on the M's system stack, between two stops of the goroutine: its context was
 * saved by the stub, so C may publish it (put it on a wait queue and unlock) and then ask the stub to leave it (m->action). From that moment another
 * thread may run it: C must not touch g, its stack, or anything on it afterwards.
 *
 * gc/gc.h and this header see each other: stopping the world joins the two.
 * Locals: g G, m M, p P.
 */
#ifndef SLIPWAY_SCHED_H
#define SLIPWAY_SCHED_H

#include "abi/g.h"
#include "abi/panic.h"
#include "abi/stack.h"
#include "abi/type.h"
#include "arch/arch.h"
#include "mem/mem.h"
#include "os/os.h"
#include <signal.h>

typedef struct G G;
typedef struct M M;
typedef struct P P;
typedef struct Timer Timer;
typedef struct CgoFrame CgoFrame;
typedef struct {
	uintptr_t a, b;
} Words2; /* two result registers */

enum { GS_IDLE, GS_RUNNABLE, GS_RUNNING, GS_SYSCALL, GS_WAITING, GS_DEAD };
enum { PS_IDLE, PS_RUNNING, PS_SYSCALL, PS_STOPPED, PS_DEAD };

/* Why a goroutine waits: the words of its traceback. */
/* clang-format off */
#define WAITREASONS \
	W(NONE, "") W(CHANRECV, "chan receive") W(CHANSEND, "chan send") W(CHANRECVNIL, "chan receive (nil chan)") \
	W(CHANSENDNIL, "chan send (nil chan)") W(SELECT, "select") W(SELECTNOCASES, "select (no cases)") W(SLEEP, "sleep") \
	W(IOWAIT, "IO wait") W(SEMACQUIRE, "semacquire") W(MUTEX, "sync.Mutex.Lock") W(RWRLOCK, "sync.RWMutex.RLock") \
	W(RWLOCK, "sync.RWMutex.Lock") W(COND, "sync.Cond.Wait") W(FINALIZER, "finalizer wait") W(GCWORKER, "GC worker (idle)") \
	W(FORCEGC, "force gc (idle)") W(GCCYCLE, "wait for GC cycle") W(GCASSIST, "GC assist wait") \
	W(TIMERS, "timer goroutine (idle)") W(SIGNAL, "syscall") W(CORO, "coroutine") W(PANICWAIT, "panicwait") \
	W(PARK, "parked") W(WAITGROUP, "sync.WaitGroup.Wait") W(DEBUG, "debug call")
/* clang-format on */
enum {
#define W(name, text) WAIT_##name,
	WAITREASONS
#undef W
	WAIT_COUNT
};

/* A goroutine on a wait queue of a channel. Type-stable pool. */
typedef struct Sudog {
	G *g;
	struct Sudog *next, *prev;
	void *elem;			/* data: may point into g's stack */
	struct Hchan *c;
	bool isselect, queued;
	uint16_t scase;			/* index in the select's cases */
	struct Sudog *waitlink;		/* g->waiting list, in lock order */
	uint32_t ticket;			/* condition variables: ticket; channels: which result word tells success */
	bool lifo;
	uint8_t skip;			/* frames that the block profile leaves out */
	struct Sudog *waittail, *nextaddr; /* semaphores: queue of one address, chain of the bucket */
	uint32_t *addr;
	int64_t since;
} Sudog;

struct G {
	uintptr_t stacklo, stackhi, stackguard;
	void *panic;
	Defer *defer;
	M *m;
	uintptr_t sp, link, pc;
	void *ctxt;
	uintptr_t ret[G_NRET];
	uintptr_t spill[9];
	uint32_t spillmask;
	uint32_t poll;			/* stubs call rt_poll before they enter C */
	uint32_t stop;
	uint32_t insyscall;
	uint64_t goid;
	void *param;
	void *labels;
	uintptr_t gopc, startpc;
	uint64_t parent;
	uint32_t flags;
	uint32_t pinned;
	void *syncgroup;
	/* not known to Go */
	uint32_t status;
	uint8_t waitreason;
	bool preempt;			/* asked to yield */
	bool asyncsafe;			/* set by the signal handler while a stop is conservative */
	bool selectdone;
	bool unparked;			/* rt_unparkg came before rt_parkself */
	bool parked;			/* in rt_parkself; guarded by parklock */
	bool onoldstack;
	bool coroparked;
	Lock parklock;
	uint32_t selectstate;		/* 0: not won, 1: a waker has won the select */
	G *schedlink;
	int64_t waitsince;
	int64_t blockedat;		/* block profile: when it parked, 0: not profiled */
	M *lockedm;
	uint32_t lockcount;		/* by LockOSThread */
	uint32_t cgolocks;		/* by calls of Go from C */
	Sudog *waiting;			/* in lock order; what it is blocked on */
	Timer *timer;			/* of time.Sleep */
	struct Coro *coro;
	Funcval *startfn;
	uint64_t syscallpc, syscallsp, syscalllink;
	uint64_t allglink;
	uintptr_t stacksize0;
	uint32_t sendseq;		/* timer channel send in progress, see time/ */
	Timer *sendtimer;
	uint64_t runs;			/* times scheduled */
	uint32_t sig;			/* last fault, for the report of the panic it became */
	uintptr_t sigcode, sigaddr, sigpc;
};

#define RUNQ_SIZE 256

/* Timers of one P: a 4-ary heap by time. */
typedef struct {
	Lock lock;
	Timer **heap;
	uint32_t n, cap;
	int64_t next;			/* time of the first, 0: none; read without the lock */
} Timers;

struct P {
	uintptr_t *wbnext, *wbend;	/* barrier buffer: overwritten pointers not yet shaded */
	uintptr_t wbbuf[256];
	struct GcWork *gcw;		/* what it has marked itself */
	MCache mcache;
	int32_t id;
	uint32_t status;
	P *link;			/* idle list */
	M *m;
	uint32_t schedtick, syscalltick;
	uint32_t runqhead, runqtail;
	G *runq[RUNQ_SIZE];
	G *runnext;
	G *gfree;			/* dead goroutines with a minimal stack */
	uint32_t ngfree;
	Timers timers;
	Sudog *sudogs;			/* cache */
	uint32_t nsudog;
	/* sysmon's */
	uint32_t montick, monsystick;
	int64_t monwhen, monsyswhen;
	bool preempt;
	uint32_t sliceover;		/* a time slice is used up: another chain of goroutines has its turn */
	uint64_t rng;
	int64_t nextsample;		/* bytes until an allocation is sampled */
	bool sampling;
};

struct M {
	uintptr_t syssp;
	uint32_t action, pad;
	G *curg;
	P *p;
	uint64_t id;
	int tid;
	P *nextp, *oldp;
	G *nextg;			/* ACT_SWITCH, ACT_EXIT: who runs on */
	G *lockedg;
	M *link;			/* idle list */
	M *alllink;
	/* os/linux/threadlist.c: every thread of the process, with or without a place in the scheduler */
	M *threadlink;
	OsThread *thread;
	void (*startfn)(M *);
	uint32_t allsys;		/* last system call for all threads that it has made */
	uint32_t exiting;
	Note park;
	bool spinning, blocked, dying, main, signalpending;
	bool incgo;			/* runs C code of the user */
	bool isextra;			/* the thread was made by C */
	CgoFrame *cgo;			/* innermost call of Go by C */
	G *extrag;			/* the goroutine of such a thread */
	uint64_t ncgocall;
	uint32_t locks;			/* held by C that signals must not interrupt with tracebacks */
	uint64_t rng;
	void *altstack;
	uintptr_t g0lo, g0hi;		/* system stack */
	uint64_t oldmask;
	uint64_t sigcode, sigaddr, sigpc;
	uint32_t sig;
	uint32_t forkblocked;
	uint64_t forkmask[2];
	uint32_t signalg;		/* SIGURG sent and not seen yet */
	char *sink;			/* prints go here instead of to standard error: runtime.Stack */
	uintptr_t sinkn, sinkcap;
	int printdepth;
	uint32_t throwing;		/* 1 user error, 2 runtime error */
	uintptr_t crashpc, crashsp, crashlink; /* of a fatal signal in Go code */
};

typedef struct {
	G *head, *tail;
	uint32_t n;
} GQueue;

typedef struct {
	Lock lock;
	uint64_t goidgen;
	int64_t lastpoll;		/* 0: somebody is in netpoll */
	int64_t polluntil;
	M *midle;
	int32_t nmidle, nmidlelocked, nmsys;
	uint64_t mnext;			/* threads ever made */
	int32_t nmfreed, maxm;
	P *pidle;
	uint32_t npidle, nmspinning, needspinning;
	GQueue runq;
	Lock gfreelock;
	G *gfree, *gfreenostack;
	uint32_t ngfree;
	int32_t ngsys;			/* runtime goroutines */
	/* stopping the world */
	uint32_t stwowner;		/* 1: somebody stops or has stopped it */
	uint32_t gcwaiting;
	int32_t stopwait;
	Note stopnote;
	uint32_t sysmonwait;
	Note sysmonnote;
	P **allp;
	int32_t nproc, capp;
	M *allm;
	Lock allglock;
	G **allg;
	uint32_t nallg, capallg;
	bool maingoexited, started;
	int32_t ncpu;
	uint32_t panicking;
	int64_t inittime;
	uint32_t nowait;
	uint32_t urgent;		/* the first of the global queue must run soon */
	G *collector;			/* does not wait behind the others: they allocate meanwhile */
} Sched;

extern Sched sched;
extern _Thread_local M *rt_m __attribute__((tls_model("local-exec")));

/* clang-format off */
static inline M *getm(void) { return rt_m; }
static inline G *getg(void) { return rt_m->curg; }
/* clang-format on */
/* Where the Go code that called C goes on. */
static inline uintptr_t
g_callerpc(const G *g)
{
	return ARCH_LINKREG ? g->link : *(uintptr_t *)g->sp;
}

/* ---- g.c: making, waking, parking ---- */
G *g_new(Funcval *fn, uintptr_t callerpc, bool system);
G *g_newforeign(void);			/* for callbacks on a thread of C: dead while there is none */
/* Marks the current goroutine as waiting. Call with the lock that protects the queue it is on; then unlock, and return act_park(). */
void g_wait(G *g, int reason);
static inline void
act(int a)
{
	rt_m->action = (uint32_t)a;
}
void rt_ready(G *g);			/* WAITING -> runnable, on this P; from any thread */
void sched_readyurgent(G *g);		/* before all others; from any thread */
void g_readylist(G *list);		/* linked by schedlink */
uintptr_t rt_procpin(void);		/* the current goroutine keeps its thread and P; these nest */
void rt_procunpin(void);
void g_panic(G *g, int kind, uintptr_t a,
    uintptr_t b); /* g (current, or about to be woken) will panic where it called */
void act_panic(int kind, uintptr_t a, uintptr_t b);	/* the current goroutine panics */
const char *g_waittext(int reason);
Sudog *sudog_get(void);
void sudog_put(Sudog *s);

/* ---- proc.c: the scheduler ---- */
void sched_init(void);
_Noreturn void sched_run(M *m);		/* the loop of every thread */
void sched_callback(M *m, G *g);	/* the same for g alone, until it comes back from a call by C */
void sched_reenter(M *m);		/* the goroutine locked to m leaves its system call; waits for a P */
void rt_entersyscall(void);
void rt_exitsyscall(void);
void sched_addm(M *m);			/* counts a thread; throws if there are too many */
void sched_wakep(void);
bool sched_stop(void);			/* stops the world; false: somebody else is at it */
void sched_start(void);
void sched_preemptall(void);
void sched_preempt(P *p);
extern uint32_t sched_hardpoll, stack_hardmove;	/* hard mode: yield, move the stack at every check */
extern uint32_t sched_hardpreempt;	/* hard mode: microseconds between interruptions of whatever runs */
uint64_t rt_random(void);
int32_t sched_mcount(void);
void g_poison(G *g);
void runq_put(P *p, G *g, bool next);
void globrunq_put(G *g);
void rt_poll(G *g);

/* ---- sysmon.c ---- */
void sysmon_start(void);

/* ---- cgo.c ---- */
void cgo_unwind(G *g, uintptr_t sp);

/* ---- stack/: see stack/stack.h ---- */

/* ---- os/linux/threadlist.c ---- */
/* Runs fn on a new thread whose M is m, with its tid set and signals as they should be. 0, or a negative errno. */
int threads_start(M *m, void (*fn)(M *), uintptr_t stacksize);
M *threads_newm(void);			/* zeroed, but that it may be on sched.allm: then it has an alllink */
_Noreturn void threads_exit(M *m);	/* the current thread, one of threads_start */
void threads_adopt(M *m);		/* a thread that was not started there */
void threads_leave(M *m);
void threads_signal(M *m);		/* in the handler of SIGURG */

/* ---- os/linux/signal.c ---- */
void signal_init(void);
void signal_minit(M *m);
void signal_adopt(M *m, const sigset_t *mask);	/* a thread of C, whose mask was this */
void signal_preempt(M *m);
void signal_exit(M *m);			/* the adopted thread is about to end */

#endif
