/*
 * main.c - from C's main to the scheduler; small entries about the process; hashing.
 *
 * musl's start code has run: libc, TLS and environment are there. The thread that comes in becomes m0 and runs goroutines like any other; the first one
 * runs the overlay's runtime.main.
 */
#include "arch/arch.h"
#include "gc/gc.h"
#include "panic/panic.h"
#include "stack/stack.h"
#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern const ModuleData firstmoduledata __asm__("runtime.firstmoduledata");
extern const char gomain[] __asm__("runtime.main");

static int argc;
static char **argv;
static uintptr_t *auxv;		/* behind the environment, as it first was */
static uint64_t hashkey[2];
extern uint32_t sched_tracems, sched_tracedetail;

/* name=value pairs, separated by commas. */
static void
setting(const char *p, size_t n)
{
	const char *eq = memchr(p, '=', n);
	long v;
	size_t k;

	if (eq == NULL)
		return;
	v = strtol(eq + 1, NULL, 10);
	k = (size_t)(eq - p);
#define IS(name) (k == sizeof name - 1 && memcmp(p, name, k) == 0)
	if (IS("gctrace"))
		gc.trace = v != 0;
	else if (IS("schedtrace"))
		sched_tracems = (uint32_t)v;
	else if (IS("scheddetail"))
		sched_tracedetail = (uint32_t)v;
	else if (IS("clobberfree"))
		heap.poison = (uint32_t)v;
	else if (IS("gccheckmark"))
		gc.verify = v != 0;
	/* hard mode's knobs: periods, 0 off */
	else if (IS("hardgc"))
		gc.hardperiod = (uint32_t)v;
	else if (IS("gcmode"))
		gc.mode = (uint32_t)v;
	else if (IS("hardpoll"))
		sched_hardpoll = (uint32_t)v;
	else if (IS("hardmove"))
		stack_hardmove = (uint32_t)v;
	else if (IS("hardpreempt"))
		sched_hardpreempt = (uint32_t)v;
	else if (IS("hardmap"))
		heap.failat = (uint32_t)v;
#undef IS
	gc.hard = gc.hardperiod != 0 || sched_hardpoll;
}

static void
settings(const char *s)
{
	while (s != NULL && *s != 0) {
		const char *e = strchr(s, ',');
		size_t n = e != NULL ? (size_t)(e - s) : strlen(s);

		setting(s, n);
		s += n + (e != NULL);
	}
}

void
rt_debugvar(const char *p, uintptr_t n, uintptr_t v)
{
	char t[64];
	int i = 0;

	if (n > 30)
		return;
	memcpy(t, p, n);
	t[n] = '=';
	for (i = (int)n + 1; v > 9; v /= 10)
		;
	t[i++] = (char)('0' + v % 10);
	setting(t, (size_t)i);
}

/* Start code has put addresses into constants of a position-independent program: nobody writes them from now on. */
static void
relro(void)
{
	const Elf64_Phdr *ph = (const Elf64_Phdr *)getauxval(AT_PHDR);
	uintptr_t n = (uintptr_t)getauxval(AT_PHNUM), base = 0;

	for (uintptr_t i = 0; i < n; i++) {
		/* the program headers follow the file header, which the first segment maps */
		if (ph[i].p_type == PT_LOAD && ph[i].p_offset == 0)
			base = ((uintptr_t)ph & ~(os_pagesize - 1)) - ph[i].p_vaddr;
		if (ph[i].p_type == PT_GNU_RELRO) {
			uintptr_t start = (base + ph[i].p_vaddr) & ~(os_pagesize - 1);
			uintptr_t end = (base + ph[i].p_vaddr + ph[i].p_memsz) & ~(os_pagesize - 1);

			if (start < end)
				mprotect((void *)start, end - start, PROT_READ);
		}
	}
}

int
main(int ac, char **av)
{
	static Funcval mainfn;
	G *g;

	argc = ac;
	argv = av;
	for (auxv = (uintptr_t *)av + ac + 1; *auxv != 0; auxv++)
		;
	auxv++;
	os_pagesize = (uintptr_t)getauxval(AT_PAGESZ);
	relro();
	exec_init(av + ac + 1);
	os_random(hashkey, sizeof hashkey);
	hashkey[0] |= 1;
	heap_init();
	symtab_init(&firstmoduledata);
	stack_init();
	sched_init();
	rt_m->g0hi = (uintptr_t)&mainfn;
	trace_setup(getenv("GOTRACEBACK"));
	settings(getenv("GODEBUG"));
	gc_init();
	signal_init();
	mainfn.fn = (uintptr_t)gomain;
	g = g_new(&mainfn, 0, false);
	runq_put(rt_m->p, g, true);
	sysmon_start();
	sched.started = true;
	sched_run(rt_m);
}

/* ---- the process ---- */

uintptr_t
rt_moduledata(void)
{
	return (uintptr_t)&firstmoduledata;
}

void
rt_exit(uintptr_t code)
{
	print_flush();
	os_exit((int)(uint32_t)code);
}

uintptr_t
rt_getpagesize(void)
{
	return os_pagesize;
}

uintptr_t
rt_getpid(void)
{
	return (uintptr_t)getpid();
}

Words2
rt_fcntl(uintptr_t fd, uintptr_t cmd, uintptr_t arg)
{
	long r = arch_syscall6(SYS_fcntl, (int)fd, (int)cmd, (int)arg, 0, 0, 0);

	return r < 0 ? (Words2){ (uintptr_t)-1, (uintptr_t)-r } : (Words2){ (uintptr_t)r, 0 };
}

uintptr_t
rt_argc(void)
{
	return (uintptr_t)argc;
}

/* As on the initial stack: arguments, NULL, environment, NULL. */
char *
rt_argv(uintptr_t i)
{
	return argv[i];
}

uintptr_t
rt_auxv(void)
{
	return (uintptr_t)auxv;
}

/* ---- random numbers and hashes ---- */

uintptr_t
rt_rand(void)
{
	return rt_random();
}

uintptr_t
rt_randn(uintptr_t n)
{
	return (uintptr_t)(((rt_random() & 0xffffffff) * (uint64_t)(uint32_t)n) >> 32);
}

uintptr_t
rt_hashseed(void)
{
	return hashkey[1];
}

static inline uint64_t
mix(uint64_t a, uint64_t b)
{
	__uint128_t t = (__uint128_t)a * b;

	return (uint64_t)(t >> 64) ^ (uint64_t)t;
}

static inline uint64_t
get8(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

static inline uint64_t
get4(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, 4);
	return v;
}

/* wyhash's shape (Wang Yi), keyed per process. Runs on the goroutine's stack: keep it a leaf. */
uintptr_t
rt_memhash(const uint8_t *p, uintptr_t seed, uintptr_t n)
{
	uint64_t a, b, s = seed ^ hashkey[0] ^ 0xa0761d6478bd642fu;
	uintptr_t i = n;

	if (n <= 16) {
		if (n >= 8) {
			a = get8(p);
			b = get8(p + n - 8);
		} else if (n >= 4) {
			a = get4(p);
			b = get4(p + n - 4);
		} else if (n > 0) {
			a = (uint64_t)p[0] << 16 | (uint64_t)p[n >> 1] << 8 | p[n - 1];
			b = 0;
		} else {
			return seed;
		}
	} else {
		if (i > 48) {
			uint64_t s1 = s, s2 = s;

			do {
				s = mix(get8(p) ^ 0xe7037ed1a0b428dbu, get8(p + 8) ^ s);
				s1 = mix(get8(p + 16) ^ 0x8ebc6af09c88c6e3u, get8(p + 24) ^ s1);
				s2 = mix(get8(p + 32) ^ 0x589965cc75374cc3u, get8(p + 40) ^ s2);
				p += 48;
				i -= 48;
			} while (i > 48);
			s ^= s1 ^ s2;
		}
		while (i > 16) {
			s = mix(get8(p) ^ 0xe7037ed1a0b428dbu, get8(p + 8) ^ s);
			p += 16;
			i -= 16;
		}
		a = get8(p + i - 16);
		b = get8(p + i - 8);
	}
	return mix(0x1d8e4e27c47d124fu ^ n, mix(a ^ 0xe7037ed1a0b428dbu, b ^ s) ^ hashkey[1]);
}

uintptr_t
rt_strhash(const GoString *s, uintptr_t seed)
{
	return rt_memhash((const uint8_t *)s->p, seed, (uintptr_t)s->n);
}
