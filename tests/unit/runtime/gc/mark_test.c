/*
 * mark_test.c - marking random graphs, alone and with helper threads, against plain reachability.
 */
// link: runtime/mem/class.c runtime/mem/pages.c runtime/mem/bitmap.c runtime/mem/malloc.c runtime/mem/sweep.c runtime/os/linux/futex.c runtime/os/linux/mmap.c runtime/os/linux/thread.c runtime/gc/mark.c
#include "../../cmocka_all.h"
#include "gc/gc.h"
#include "stack/stack.h"

#define HOST_SCHED
#include "../host.h"

GcState gc;
static MCache cache;

enum { N = 30000, FAN = 4 };
typedef struct Node {
	struct Node *next[FAN];
	uint64_t noise;			/* looks like a pointer, is not one */
} Node;

static const uint8_t nodemask[] = { 0x0f };
static const Type nodetype = { .size = sizeof(Node), .ptrbytes = 32, .gcdata = nodemask };
static Node *node[N];
static uint8_t reach[N];
static int queue[N];
static uintptr_t roots[10];

void
mem_wantgc(void)
{
}

MCache *
mem_anymcache(int i)
{
	return i == 0 ? &cache : NULL;
}

uint32_t gc_barrier;
const ModuleData *rt_module;
static int markdones;

void
gc_markdone(void)
{
	__atomic_add_fetch(&markdones, 1, __ATOMIC_SEQ_CST);
}

static void
startm(void *arg)
{
	rt_m = arg;
	rt_m->startfn(rt_m);
}

int
threads_start(M *m, void (*fn)(M *), uintptr_t stacksize)
{
	m->startfn = fn;
	return os_newthread(startm, m, stacksize, &m->thread);
}

uint32_t
gc_latecount(void)
{
	return 5;
}

uint32_t
gc_rootcount(void)
{
	return 10;
}

void
gc_rootjob(GcWork *w, uint32_t i)
{
	gc_mark(w, roots[i]);
}

static int
indexof(Node *n)
{
	return (int)n->noise;
}

static void
build(void)
{
	for (int i = 0; i < N; i++)
		node[i] = mem_alloc(&cache, sizeof(Node), &nodetype, true);
	for (int i = 0; i < N; i++) {
		node[i]->noise = (uint64_t)i;
		for (int k = 0; k < FAN; k++)
			if (rnd() % 3 == 0) {
				Node *to = node[rnd() % N];

				/* pointers into the middle count too */
				node[i]->next[k] = rnd() % 2 ? to : (Node *)((uintptr_t)to + 8);
			}
	}
	for (int i = 0; i < 10; i++)
		roots[i] = i < 5 ? (uintptr_t)node[rnd() % N] : 0;
}

static Node *
startof(Node *p)
{
	uintptr_t base;

	return mem_find((uintptr_t)p, &base) == NULL ? NULL : (Node *)base;
}

static void
model(void)
{
	int head = 0, tail = 0;

	memset(reach, 0, sizeof reach);
	for (int i = 0; i < 10; i++)
		if (roots[i] != 0 && !reach[indexof((Node *)roots[i])]) {
			reach[indexof((Node *)roots[i])] = 1;
			queue[tail++] = indexof((Node *)roots[i]);
		}
	while (head < tail) {
		Node *n = node[queue[head++]];

		for (int k = 0; k < FAN; k++)
			if (n->next[k] != NULL) {
				int j = indexof(startof(n->next[k]));

				if (!reach[j]) {
					reach[j] = 1;
					queue[tail++] = j;
				}
			}
	}
}

static void
compare(int ncpu)
{
	uint64_t live = 0;

	sched.ncpu = sched.nproc = ncpu;
	heap.live = 10 << 20;
	build();
	model();
	mcache_flush(&cache);
	sweep_all();
	gc_markall();
	for (int i = 0; i < N; i++) {
		assert_int_equal(gc_ismarked((uintptr_t)node[i]), reach[i]);
		live += reach[i] ? span_of((uintptr_t)node[i])->elemsize : 0;
	}
	assert_int_equal(gc.markedlive, live);
	sweep_begin();
	sweep_all();
	sched.nproc = 1;
}

static void
one_worker_marks_what_is_reachable(void **state)
{
	(void)state;
	compare(1);
}

static void
four_workers_mark_the_same(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		compare(4);
}

static void
verification_finds_nothing_new(void **state)
{
	(void)state;
	gc.verify = true;
	compare(2);
	gc.verify = false;
}

/* Marking beside a program that moves references about: all that was reachable at the start, and all that was made since, is marked. */
static void
a_snapshot_is_marked_while_references_move(void **state)
{
	static const ModuleData md;
	int made = 0;
	static Node *fresh[1000];

	(void)state;
	rt_module = &md;
	for (int round = 0; round < 5; round++) {
		made = 0;
		build();
		model();
		mcache_flush(&cache);
		sweep_all();
		markdones = 0;
		gc_startmark();
		while (gc_markworking() || made < 1000) {
			Node *a = node[rnd() % N], *b = node[rnd() % N];
			int k = rnd() % FAN;

			/* as compiled code does: only what it can reach is touched */
			if (reach[indexof(a)] && reach[indexof(b)]) {
				gc_write(&a->next[k], rnd() % 2 ? b : NULL);
				if (made < 1000) {
					Node *n = mem_alloc(&cache, sizeof(Node), &nodetype, true);

					n->next[0] = b;
					gc_write(&a->next[(k + 1) % FAN], n);
					fresh[made++] = n;
					gc_write(&a->next[(k + 1) % FAN], NULL);
				}
			}
		}
		/* the last helper says that it has finished before it tells */
		while (__atomic_load_n(&markdones, __ATOMIC_SEQ_CST) == 0)
			os_yield();
		assert_int_equal(markdones, 1);
		while (!gc_finishmark(false))
			while (gc_markworking())
				;
		for (int i = 0; i < N; i++)
			if (reach[i])
				assert_true(gc_ismarked((uintptr_t)node[i]));
		for (int i = 0; i < made; i++)
			assert_true(gc_ismarked((uintptr_t)fresh[i]));
		mcache_flush(&cache);
		sweep_begin();
		sweep_all();
	}
}

static int
setup(void **state)
{
	static G g;

	(void)state;
	heap_init();
	host_start(&g);
	hostp.gcw = gc_newwork();
	hostp.wbnext = hostp.wbbuf;
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_worker_marks_what_is_reachable),
		cmocka_unit_test(four_workers_mark_the_same),
		cmocka_unit_test(verification_finds_nothing_new),
		cmocka_unit_test(a_snapshot_is_marked_while_references_move),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
