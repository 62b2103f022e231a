/*
 * traceback.c - what Go programmers read when a program dies, and runtime.Stack, Callers and the like.
 *
 * All of it works on saved contexts: the goroutine that asks was saved by its stub, others are stopped or waiting. For a goroutine that runs on another
 * thread only its header is shown.
 */
#include "gc/gc.h"
#include "panic/panic.h"
#include <string.h>

static uint32_t tracecache = 1 << 2;	/* level << 2 | all | crash << 1 */
enum { TRACE_ALL = 1, TRACE_CRASH = 2 };

void
trace_setup(const char *s)
{
	uint32_t t;

	if (s == NULL || *s == 0 || strcmp(s, "single") == 0)
		t = 1 << 2;
	else if (strcmp(s, "none") == 0)
		t = 0;
	else if (strcmp(s, "all") == 0)
		t = 1 << 2 | TRACE_ALL;
	else if (strcmp(s, "system") == 0)
		t = 2 << 2 | TRACE_ALL;
	else if (strcmp(s, "crash") == 0 || strcmp(s, "wer") == 0)
		t = 2 << 2 | TRACE_ALL | TRACE_CRASH;
	else {
		t = TRACE_ALL;
		for (const char *p = s; *p != 0; p++) {
			if (*p < '0' || *p > '9') {
				t = 1 << 2 | TRACE_ALL;
				break;
			}
			t = ((t >> 2) * 10 + (uint32_t)(*p - '0')) << 2 | TRACE_ALL;
		}
	}
	tracecache = t;
}

void
rt_settraceback(uintptr_t v)
{
	uint32_t level = v & 0xff;

	tracecache = level << 2 | (v >> 8 & 1 ? TRACE_ALL : 0) | (v >> 9 & 1 ? TRACE_CRASH : 0);
}

int
trace_level(bool *all, bool *crash)
{
	M *m = getm();
	int level = (int)(tracecache >> 2);

	*all = (tracecache & TRACE_ALL) != 0 || (m != NULL && m->throwing >= 1);
	*crash = (tracecache & TRACE_CRASH) != 0;
	if (m != NULL && m->throwing >= 2 && level < 2)
		level = 2;
	return level;
}

static bool
hasprefix(const char *s, const char *p)
{
	return strncmp(s, p, strlen(p)) == 0;
}

/* runtime.F or runtime.(*T).F with upper-case names */
static bool
exportedruntime(const char *n)
{
	if (!hasprefix(n, "runtime."))
		return false;
	n += 8;
	if (n[0] == '(' && n[1] == '*') {
		const char *e = strchr(n, ')');

		if (n[2] < 'A' || n[2] > 'Z' || e == NULL || e[1] != '.')
			return false;
		n = e + 2;
	}
	return *n >= 'A' && *n <= 'Z';
}

static bool
elided(uint8_t funcid, uint8_t callee)
{
	return funcid == FUNCID_WRAPPER && callee != FUNCID_GOPANIC && callee != FUNCID_SIGPANIC &&
	    callee != FUNCID_PANICWRAP;
}

static bool
shown(const LogicalFrame *lf, bool first, uint8_t callee, int level)
{
	if (level > 1)
		return true;
	if (elided(lf->funcid, callee))
		return false;
	if (strcmp(lf->name, "runtime.gopanic") == 0 && !first)
		return true;
	return strchr(lf->name, '.') != NULL && (!hasprefix(lf->name, "runtime.") || exportedruntime(lf->name));
}

static void
printname(const char *n)
{
	/* type arguments are shown as [...] */
	const char *i = strchr(n, '['), *j = i == NULL ? NULL : strrchr(n, ']');

	if (strcmp(n, "runtime.gopanic") == 0) {
		print_bytes("panic", 5);
		return;
	}
	if (i == NULL || j == NULL || j < i) {
		print_bytes(n, strlen(n));
		return;
	}
	print_bytes(n, (uintptr_t)(i - n));
	print_bytes("[...]", 5);
	print_bytes(j + 1, strlen(j + 1));
}

static int
printframes(Frame *fr, bool ok, int level, int max)
{
	int n = 0;
	uint8_t callee = 0;
	G *g = fr->g;

	for (; ok && n < max; ok = unwind_next(fr)) {
		uintptr_t pc = fr->exact ? fr->pc : fr->pc - ARCH_PCADJUST;
		LogicalFrame lf;

		if (fr->reflectcall)
			continue;
		for (int depth = 0; n < max && func_logical(fr->f, pc, depth, &lf); depth++) {
			if (n == 0 && getm()->sink != NULL && strcmp(lf.name, "runtime.Stack") == 0)
				continue;	/* who asked */
			if (shown(&lf, n == 0, callee, level)) {
				printname(lf.name);
				if (lf.inlined || fr->f.f->args != 0)
					print_bytes("(...)\n\t", 7);
				else
					print_bytes("()\n\t", 4);
				print_bytes(lf.file, strlen(lf.file));
				panic_printf(":%d", lf.line);
				if (!lf.inlined && fr->pc > fr->f.entry)
					panic_printf(" +%lx", fr->pc - fr->f.entry);
				if (!lf.inlined && level > 1 && getm()->throwing != 0)
					panic_printf(" fp=%lx sp=%lx pc=%lx", fr->fp, fr->sp, fr->pc);
				print_bytes("\n", 1);
				n++;
			}
			callee = lf.funcid;
		}
	}
	if (ok) {
		int more = 0;

		for (; ok && more < 100000; ok = unwind_next(fr))
			more++;
		panic_printf("...%d frames elided...\n", more);
	} else if (!unwind_ok(fr) && fr->pc != 0 && g->status != GS_DEAD) {
		panic_printf("runtime: unexpected return pc %lx\n", fr->pc);
	}
	return n;
}

static const char *
statusname(G *g)
{
	/* clang-format off */
	switch (LOADREL(&g->status)) {
	case GS_IDLE: return "idle";
	case GS_RUNNABLE: return "runnable";
	case GS_RUNNING: return "running";
	case GS_SYSCALL: return "syscall";
	case GS_WAITING: return g_waittext(g->waitreason)[0] != 0 ? g_waittext(g->waitreason) : "waiting";
	case GS_DEAD: return "dead";
	}
	/* clang-format on */
	return "???";
}

static void
createdby(G *g, int level)
{
	Func f;
	LogicalFrame lf;

	if (g->gopc == 0 || g->goid == 1 || !func_find(g->gopc - ARCH_PCADJUST, &f) ||
	    !func_logical(f, g->gopc - ARCH_PCADJUST, 0, &lf))
		return;
	if (!shown(&lf, false, 0, level))
		return;
	print_bytes("created by ", 11);
	printname(lf.name);
	if (g->parent != 0)
		panic_printf(" in goroutine %lu", (unsigned long)g->parent);
	print_bytes("\n\t", 2);
	print_bytes(lf.file, strlen(lf.file));
	panic_printf(":%d +%lx\n", lf.line, g->gopc - f.entry);
}

static void
header(G *g)
{
	int64_t mins = 0;

	panic_printf("goroutine %lu", (unsigned long)g->goid);
	panic_printf(" [%s", statusname(g));
	if ((g->status == GS_WAITING || g->status == GS_SYSCALL) && g->waitsince != 0)
		mins = (rt_nanotime() - g->waitsince) / 60000000000;
	if (mins >= 1)
		panic_printf(", %ld minutes", (long)mins);
	if (g->lockedm != NULL)
		panic_printf(", locked to thread");
	panic_printf("]:\n");
}

/* A goroutine caught by a fatal signal was not saved by a stub. */
static bool
start(Frame *fr, G *g, bool running)
{
	M *m = getm();

	if (running && m != NULL && m->crashpc != 0 && m->curg == g)
		return unwind_startat(fr, g, m->crashpc, m->crashsp, m->crashlink, true);
	return unwind_start(fr, g);
}

void
trace_goroutine(G *g, bool running)
{
	bool all, crash;
	int level = trace_level(&all, &crash);
	Frame fr;

	header(g);
	if (!running && g->status == GS_RUNNING) {
		panic_printf("\tgoroutine running on other thread; stack unavailable\n");
	} else {
		bool ok = start(&fr, g, running);
		Func f;
		LogicalFrame lf;

		if (!ok && !running && g->pc != 0 && g->pc == g->startpc && func_find(g->pc, &f) &&
		    func_logical(f, g->pc, 0, &lf)) {
			/* has not run yet */
			printname(lf.name);
			panic_printf("()\n\t%s:%d\n", lf.file, lf.line);
			createdby(g, level);
			return;
		}
		if (printframes(&fr, ok, level, 100) == 0 && level < 2) {
			/* nothing but runtime frames: show those */
			ok = start(&fr, g, running);
			printframes(&fr, ok, 2, 100);
		}
	}
	createdby(g, level);
}

void
trace_others(G *except)
{
	bool all, crash;
	int level = trace_level(&all, &crash);
	uint32_t n = LOADACQ(&sched.nallg);
	G **gs = LOADACQ(&sched.allg);

	for (uint32_t i = 0; i < n; i++) {
		G *g = gs[i];
		uint32_t st = LOADREL(&g->status);

		if (g == except || st == GS_DEAD || st == GS_IDLE || ((g->flags & GF_SYSTEM) != 0 && level < 2))
			continue;
		panic_printf("\n");
		trace_goroutine(g, false);
	}
}

/* Text of runtime.Stack. World stopped by the overlay if all. */
intptr_t
rt_stackdump(char *buf, intptr_t n, uintptr_t all)
{
	M *m = getm();

	m->sink = buf;
	m->sinkn = 0;
	m->sinkcap = (uintptr_t)n;
	trace_goroutine(m->curg, true);
	if ((uint8_t)all)
		trace_others(m->curg);
	m->sink = NULL;
	return (intptr_t)m->sinkn;
}

/* ---- program counters ---- */

/* Where every goroutine starts, as Go knows it. */
extern const char goexit[] __asm__("runtime.goexit") __attribute__((weak));

typedef struct {
	uintptr_t *buf;
	intptr_t n, max, skip;
	uint8_t callee;			/* function ID of the last frame */
} PcList;

static void
addpc(PcList *l, uintptr_t pc)
{
	if (l->skip > 0)
		l->skip--;
	else
		l->buf[l->n++] = pc;
}

/* One address for each logical frame at pc, innermost first. */
static void
addlogical(PcList *l, Func f, uintptr_t pc)
{
	uint32_t inl = func_funcdata(f.f, FUNCDATA_INLTREE), t = func_pcdata(f.f, PCDATA_INLTREEINDEX);

	while (l->n < l->max) {
		int32_t ix = inl == 0xffffffffu || t == 0 ? -1 : func_pcvalue(f, t, pc, -1);
		const InlinedCall *c = ix < 0 ? NULL : (const InlinedCall *)(rt_module->gofunc + inl) + ix;
		uint8_t id = c != NULL ? c->funcid : f.f->funcid;

		if (!elided(id, l->callee))
			addpc(l, pc + 1);
		l->callee = id;
		if (c == NULL)
			break;
		pc = f.entry + (uintptr_t)(intptr_t)c->parentpc;
	}
}

intptr_t
trace_callers(Frame *fr, bool ok, intptr_t skip, uintptr_t *buf, intptr_t max)
{
	PcList l = { .buf = buf, .max = max, .skip = skip };

	for (; ok && l.n < max; ok = unwind_next(fr))
		if (!fr->reflectcall)
			addlogical(&l, fr->f, fr->exact ? fr->pc : fr->pc - ARCH_PCADJUST);
	if (!ok && l.n < max && unwind_ok(fr) && goexit != NULL)
		addpc(&l, (uintptr_t)goexit + 1);
	return l.n;
}

/* The addresses of the logical frames around pc, itself first, as rt_callers gives them. 0: not a Go function. */
intptr_t
rt_expandpc(uintptr_t pc, uintptr_t *buf, intptr_t max)
{
	PcList l = { .buf = buf, .max = max };
	Func f;

	if (func_find(pc - 1, &f))
		addlogical(&l, f, pc - 1);
	return l.n;
}

/* Frame 0 is the Go function that called the stub. One pc per logical frame: symbolize_ with depth 0 describes each. */
intptr_t
rt_callers(intptr_t skip, uintptr_t *buf, intptr_t n)
{
	Frame fr;
	bool ok = unwind_start(&fr, getg());

	return trace_callers(&fr, ok, skip, buf, n);
}

intptr_t
trace_gcallers(G *g, intptr_t skip, uintptr_t *buf, intptr_t n)
{
	Frame fr;
	bool ok;

	if (g != getg() && g->status == GS_RUNNING)
		return 0;
	ok = unwind_start(&fr, g);
	return trace_callers(&fr, ok, skip, buf, n);
}

intptr_t
rt_gcallers(G *g, uintptr_t *buf, intptr_t n)
{
	return trace_gcallers(g, 0, buf, n);
}

/* out: name, its length, file, its length, line, entry, start line, inlined | funcid << 8. 0: no such frame. */
intptr_t
rt_symbolize(uintptr_t pc, intptr_t depth, uintptr_t *out)
{
	Func f;
	LogicalFrame lf;

	if (!func_find(pc, &f) || !func_logical(f, pc, (int)depth, &lf))
		return 0;
	out[0] = (uintptr_t)lf.name;
	out[1] = strlen(lf.name);
	out[2] = (uintptr_t)lf.file;
	out[3] = strlen(lf.file);
	out[4] = (uintptr_t)(intptr_t)lf.line;
	out[5] = lf.entry;
	out[6] = (uintptr_t)(intptr_t)lf.startline;
	out[7] = lf.inlined | (uintptr_t)lf.funcid << 8;
	return 1;
}

uintptr_t
rt_findfuncgo(uintptr_t pc)
{
	Func f;

	return func_find(pc, &f) ? (uintptr_t)f.f : 0;
}

/*
 * After a recovered panic: the frame at sp, whose code called deferproc at pc, goes on at its deferreturn point. Its frame pointer, if the CPU
 * has one, is that below its return address.
 */
void
rt_recoverframe(uintptr_t sp, uintptr_t pc)
{
	G *g = getg();
	Func f;
	int32_t d;

	if (!func_find(pc - ARCH_PCADJUST, &f) || f.f->deferreturn == 0)
		rt_throw("recovery: the frame has no deferreturn point");
	d = func_spdelta(f, pc - ARCH_PCADJUST);
	if (g->panic == NULL)
		g->sig = 0;		/* the fault that began it is dealt with */
	cgo_unwind(g, sp);
	g->sp = sp;
	if (!ARCH_LINKREG && d > 0)
		g->link = sp + (uintptr_t)d - 8;
	g->pc = f.entry + f.f->deferreturn;
	memset(g->ret, 0, sizeof g->ret);
	act(ACT_RESUME);
}
