/*
 * diag.c - messages to the user and the ways a tool ends.
 *
 * Errors are collected and printed sorted by position, since the stages do not
 * find them in source order. Two filters act at once, so that the limit of ten
 * counts what will be shown: one syntax error per line, and no repetition of
 * the last message on the same line.
 *
 * Messages and internal errors about source go to standard output, like those
 * of gc, so that the go command can sort them in with the rest; fatal goes to
 * standard error.
 */
#include "base/base.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct {
	Pos pos;
	int seq;
	const char *text;	/* with position and newline */
} Message;

Diag diag = { .tool = "tool" };

static Vec(Message) messages;
static struct {
	const char *file;
	int line;
	const char *text;
} lastsyntax, lastother;

static void (*exitfns[8])(void);
static int nexitfns;
static volatile sig_atomic_t ending;

void
diag_atexit(void (*fn)(void))
{
	assert(nexitfns < (int)NELEM(exitfns));
	exitfns[nexitfns++] = fn;
}

static void
runexitfns(void)
{
	while (nexitfns > 0)
		exitfns[--nexitfns]();
}

/* Positions as gc can express them: it has 8 bits for the column and 20 for the line. */
static const char *
postext(Pos p)
{
	Loc l;

	if (p == 0)
		return "<unknown line number>";
	l = pos_loc(p);
	if (l.col == 0 || diag.nocolumns)
		return intern_printf("%s:%d", l.file, l.line);
	return intern_printf("%s:%d:%d", l.file, l.line, l.col > 255 ? 255 : l.col);
}

static void
add(Pos p, const char *text)
{
	Message m = { p, messages.n, NULL };

	m.text = p == 0 ? intern_printf("%s\n", text) : intern_printf("%s: %s\n", postext(p), text);
	vec_push(perm, &messages, m);
}

static int
byposition(const void *x, const void *y)
{
	const Message *a = x, *b = y;

	if (a->pos != b->pos)
		return a->pos < b->pos ? -1 : 1;
	return (a->seq > b->seq) - (a->seq < b->seq);
}

static void
flush(void)
{
	if (messages.n > 0)
		qsort(messages.at, (size_t)messages.n, sizeof *messages.at, byposition);
	for (int i = 0; i < messages.n; i++)
		if (i == 0 || messages.at[i].text != messages.at[i - 1].text)
			fputs(messages.at[i].text, stdout);
	messages.n = 0;
	fflush(stdout);
}

static NORETURN void
endwitherrors(void)
{
	flush();
	runexitfns();
	exit(1);
}

/* True if this message was just given for this line (any, for syntax errors). */
static bool
repeated(Pos p, const char *text, bool syntax)
{
	Loc l = pos_loc(p);

	if (syntax) {
		if (p != 0 && lastsyntax.file == l.file && lastsyntax.line == l.line)
			return true;
		lastsyntax.file = l.file;
		lastsyntax.line = l.line;
	} else {
		if (lastother.file == l.file && lastother.line == l.line && lastother.text == text)
			return true;
		lastother.file = l.file;
		lastother.line = l.line;
		lastother.text = text;
	}
	return false;
}

static void
record(Pos p, const char *text, bool syntax)
{
	if (repeated(p, text, syntax))
		return;
	add(p, text);
	diag.nerrors++;
	if (diag.nerrors >= 10 && !diag.all) {
		flush();
		printf("%s: too many errors\n", postext(p));
		fflush(stdout);
		endwitherrors();
	}
}

static const char *PRINTF(2, 0) vtext(const char *prefix, const char *fmt, va_list ap)
{
	const char *s;
	Buf b = { 0 };

	buf_str(&b, prefix);
	buf_vprintf(&b, fmt, ap);
	s = intern((char *)b.p, b.n);
	buf_free(&b);
	return s;
}

void
diag_verror(Pos p, const char *fmt, va_list ap)
{
	record(p, vtext("", fmt, ap), false);
}

void
diag_error(Pos p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	record(p, vtext("", fmt, ap), false);
	va_end(ap);
}

void
diag_syntax(Pos p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	diag.nsyntax++;
	record(p, vtext("syntax error: ", fmt, ap), true);
	va_end(ap);
}

void
diag_note(Pos p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(p, vtext("", fmt, ap));
	va_end(ap);
}

void
diag_checkpoint(void)
{
	if (diag.nerrors > 0)
		endwitherrors();
	flush();
}

void
diag_reset(void)
{
	messages.n = 0;
	diag.nerrors = diag.nsyntax = 0;
	lastsyntax.file = lastother.file = NULL;
	lastother.text = NULL;
}

const char *
diag_text(void)
{
	const char *s;
	Buf b = { 0 };

	if (messages.n > 0)
		qsort(messages.at, (size_t)messages.n, sizeof *messages.at, byposition);
	for (int i = 0; i < messages.n; i++)
		if (i == 0 || messages.at[i].text != messages.at[i - 1].text)
			buf_str(&b, messages.at[i].text);
	s = intern((char *)b.p, b.n);
	buf_free(&b);
	return s;
}

void
fatal(const char *fmt, ...)
{
	int err = errno;
	size_t n = strlen(fmt);
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s: ", diag.tool);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (n > 0 && fmt[n - 1] == ':')
		fprintf(stderr, " %s", strerror(err));
	fputc('\n', stderr);
	if (!ending) {
		ending = 1;
		runexitfns();
	}
	exit(2);
}

/* " [phase of subject]" of an internal error. */
static const char *
doing(char *out, size_t n)
{
	if (diag.phase == NULL)
		out[0] = '\0';
	else if (diag.subject == NULL)
		snprintf(out, n, " [%s]", diag.phase);
	else
		snprintf(out, n, " [%s of %s]", diag.phase, diag.subject);
	return out;
}

void
bug(const char *fmt, ...)
{
	char where[300];
	va_list ap;

	if (ending) {
		fflush(stdout);
		_exit(2);
	}
	ending = 1;
	/* After errors of the user's, an inner contradiction is most likely their result: gc is silent then. */
	if (diag.nerrors > 0 && !diag.showbugs)
		endwitherrors();
	flush();
	printf("%s: internal compiler error: ", postext(diag.pos));
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("%s\n", doing(where, sizeof where));
	fflush(stdout);
	runexitfns();
	if (diag.abort)
		abort();
	_exit(2);
}

#ifndef __SANITIZE_ADDRESS__
/* A signal that means our own bug. stdio may be in any state: only write(2). */
static void
crashed(int sig)
{
	char text[400], where[300];
	int n;

	if (ending)
		_exit(2);
	ending = 1;
	n = snprintf(text, sizeof text, "%s: internal compiler error: %s%s\n", diag.tool,
	    sig == SIGSEGV || sig == SIGBUS ? "invalid memory access or stack overflow" :
		sig == SIGABRT              ? "abort" :
		sig == SIGFPE               ? "arithmetic trap" :
					      "illegal instruction",
	    doing(where, sizeof where));
	if (n > (int)sizeof text - 1)
		n = (int)sizeof text - 1;
	if (write(2, text, (size_t)n) < 0)
		_exit(2);
	runexitfns();
	_exit(2);
}

#endif

#ifdef __SANITIZE_ADDRESS__
/* Tools end without giving memory back. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}
#endif

void
diag_init(const char *tool)
{
#ifndef __SANITIZE_ADDRESS__
	static const int sigs[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT };
	enum { ALTSTACK = 128 << 10 };
	struct sigaction sa = { 0 };
	stack_t ss = { 0 };

	ss.ss_sp = mmap(NULL, ALTSTACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ss.ss_size = ALTSTACK;
	if (ss.ss_sp != MAP_FAILED && sigaltstack(&ss, NULL) == 0)
		sa.sa_flags = SA_ONSTACK;
	sa.sa_handler = crashed;
	sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < NELEM(sigs); i++)
		sigaction(sigs[i], &sa, NULL);
#endif
	diag.tool = tool;
}

void
diag_bigstack(void)
{
	enum { WANT = 112 << 20 };	/* Linux leaves at least 128 MB below the stack free of mappings */
	struct rlimit rl;

	if (getrlimit(RLIMIT_STACK, &rl) < 0 || rl.rlim_cur == RLIM_INFINITY || rl.rlim_cur >= WANT)
		return;
	rl.rlim_cur = rl.rlim_max == RLIM_INFINITY || rl.rlim_max > WANT ? WANT : rl.rlim_max;
	setrlimit(RLIMIT_STACK, &rl);
}
