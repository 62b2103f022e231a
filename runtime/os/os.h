/*
 * os.h - what the runtime asks of the operating system, and the locks everything is built on.
 *
 * No function here uses libc's malloc or stdio. Errors are negative errno. A Lock may be held only inside one C entry, never across a
 * return to Go; the order is written in runtime/README. A Note is a one-shot event: cleared, slept on by one thread, woken once.
 */
#ifndef SLIPWAY_OS_H
#define SLIPWAY_OS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
	uint32_t v;
} Lock; /* 0 free, 1 held, 2 held and waited for */
typedef struct {
	uint32_t v;
} Note; /* 0 cleared, 1 woken */

/* One word, relaxed or ordered: plain fields are shared through these. */
#define LOADREL(p) __atomic_load_n(p, __ATOMIC_RELAXED)
#define LOADACQ(p) __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define LOADSC(p) __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define STOREREL(p, x) __atomic_store_n(p, x, __ATOMIC_RELEASE)
#define STORESC(p, x) __atomic_store_n(p, x, __ATOMIC_SEQ_CST)
#define XADD(p, x) __atomic_add_fetch(p, x, __ATOMIC_SEQ_CST)	/* new value */
#define XCHG(p, x) __atomic_exchange_n(p, x, __ATOMIC_SEQ_CST)
#define NELEM(a) (sizeof(a) / sizeof((a)[0]))

static inline bool
cas32(uint32_t *p, uint32_t old, uint32_t new)
{
	return __atomic_compare_exchange_n(p, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
static inline bool
cas64(uint64_t *p, uint64_t old, uint64_t new)
{
	return __atomic_compare_exchange_n(p, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}
static inline bool
casp(void *p, void *old, void *new)
{
	return __atomic_compare_exchange_n((void **)p, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

/* ---- futex.c ---- */
void rt_lock(Lock *l);
void rt_unlock(Lock *l);
bool rt_trylock(Lock *l);
void note_clear(Note *n);
void note_wake(Note *n);
bool note_sleep(Note *n, int64_t ns);	/* ns < 0: for ever; true: woken */
int rt_futexwait(const uint32_t *addr, uint32_t want, int64_t ns);
void rt_futexwake(const uint32_t *addr, int n);

/* ---- mmap.c ---- */
extern uintptr_t os_pagesize;
enum { MEM_HEAP, MEM_STACK, MEM_META, MEM_OTHER, MEM_COUNT };
extern uint64_t os_mapped[MEM_COUNT];	/* bytes, by who asked */
void *os_map(uintptr_t hint, uintptr_t n, int who);	/* zeroed; NULL: no memory */
void os_unmap(void *p, uintptr_t n, int who);
void os_dontneed(void *p, uintptr_t n);	/* contents are lost, reads as zero */
void *rt_persistent(uintptr_t n, uintptr_t align); /* zeroed, never freed; throws if there is no memory */

/* ---- thread.c ---- */
typedef struct OsThread OsThread;
/* Runs fn(arg) on a new thread with all signals blocked. 0, or a negative errno. */
int os_newthread(void (*fn)(void *), void *arg, uintptr_t stacksize, OsThread **t);
void os_jointhread(OsThread *t);	/* waits until it is gone */
int os_gettid(void);
int os_tgkill(int tid, int sig);
void os_yield(void);
void os_usleep(uint32_t us);
int os_ncpu(void);
int64_t rt_nanotime(void);
uintptr_t rt_write(uintptr_t fd, const void *p, uintptr_t n);
void os_random(void *p, size_t n);
_Noreturn void os_exit(int code);

/* ---- exec.c ---- */
void exec_init(char **env);		/* before anything else looks at the environment; os_pagesize is set */

/* ---- given by panic/: prints "fatal error: text" with what is known and ends the process ---- */
_Noreturn void rt_throw(const char *text);
_Noreturn void rt_oom(const char *what);

#endif
