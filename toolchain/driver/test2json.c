/*
 * test2json.c - what a test prints, as a stream of JSON events.
 *
 * Lines that frame tests (=== RUN, --- PASS: ...) become events; all text is output of the test that was running. With
 * -test.v=test2json framing lines start with ^V; once one was seen others without it are plain text. A result (--- PASS)
 * is held back until what follows shows that the test printed no more.
 * Source: go doc test2json; documentation of cmd/internal/test2json (buffer sizes: 4096 bytes of a line, 1024 of output).
 */
#include <stdlib.h>
#include <time.h>

#include "driver/driver.h"

enum { MARK = 0x16 };

typedef struct {
	char b[4096];
	size_t n, cap;
	bool mid;		/* the beginning of this line was passed on already */
} LineBuffer;

typedef struct {
	const char *action, *test, *elapsed;
} Event;

struct Test2Json {
	FILE *out;
	const char *pkg, *test, *result;
	bool timestamps, needmark;
	int64_t start;
	Vec(Event) reports;	/* results held back, of a test and its subtests */
	LineBuffer in, text;
};

static void
puttime(Buf *b)
{
	struct timespec ts;
	struct tm tm;
	char s[64];
	long off;

	clock_gettime(CLOCK_REALTIME, &ts);
	localtime_r(&ts.tv_sec, &tm);
	strftime(s, sizeof s, "%Y-%m-%dT%H:%M:%S", &tm);
	buf_str(b, s);
	if (ts.tv_nsec != 0) {
		buf_printf(b, ".%09ld", ts.tv_nsec);
		while (b->p[b->n - 1] == '0')
			b->n--;
	}
	off = tm.tm_gmtoff / 60;
	if (off == 0)
		buf_byte(b, 'Z');
	else
		buf_printf(b, "%c%02ld:%02ld", off < 0 ? '-' : '+', labs(off) / 60, labs(off) % 60);
}

static void
event(Test2Json *t, const Event *e, const char *out, size_t n)
{
	Buf b = { 0 };
	const char *test = e->test != NULL ? e->test : t->test;

	buf_byte(&b, '{');
	if (t->timestamps) {
		buf_str(&b, "\"Time\":\"");
		puttime(&b);
		buf_str(&b, "\",");
	}
	buf_str(&b, "\"Action\":");
	put_jsonquoted(&b, e->action, strlen(e->action));
	if (t->pkg[0] != '\0') {
		buf_str(&b, ",\"Package\":");
		put_jsonquoted(&b, t->pkg, strlen(t->pkg));
	}
	if (test != NULL && test[0] != '\0') {
		buf_str(&b, ",\"Test\":");
		put_jsonquoted(&b, test, strlen(test));
	}
	if (e->elapsed != NULL)
		buf_printf(&b, ",\"Elapsed\":%s", e->elapsed);
	if (out != NULL) {
		buf_str(&b, ",\"Output\":");
		put_jsonquoted(&b, out, n);
	}
	buf_str(&b, "}\n");
	fwrite(b.p, 1, b.n, t->out);
	fflush(t->out);
	buf_free(&b);
}

/* ---- lines ---- */

static bool
isbenchmark(const char *s, size_t n)
{
	while (n > 0 && s[n - 1] == ' ')
		n--;
	return n >= 9 && memcmp(s, "Benchmark", 9) == 0 && !(n > 9 && s[9] >= 'a' && s[9] <= 'z');
}

/* How much of s can be cut off without splitting a character. */
static size_t
wholechars(const char *s, size_t n)
{
	for (size_t i = 1; i < 4 && i <= n; i++) {
		uint8_t c = (uint8_t)s[n - i];

		if ((c & 0xc0) == 0x80)
			continue;
		if (((c & 0xe0) == 0xc0 && i < 2) || ((c & 0xf0) == 0xe0 && i < 3) || ((c & 0xf8) == 0xf0 && i < 4))
			return n - i;
		break;
	}
	return n;
}

/* Where the line that starts at s ends: after \n, or before a mark that does not start it. 0: not yet. */
static size_t
lineend(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n')
			return i + 1;
		if (s[i] == MARK && i > 0)
			return i;
	}
	return 0;
}

typedef void Taker(Test2Json *, const char *, size_t);

static void
feed(Test2Json *t, LineBuffer *l, const char *p, size_t n, Taker *line, Taker *part)
{
	while (n > 0) {
		size_t m = l->cap - l->n < n ? l->cap - l->n : n, i = 0, e;
		const char *tab;

		memcpy(l->b + l->n, p, m);
		l->n += m;
		p += m;
		n -= m;
		while (i < l->n) {
			e = lineend(l->b + i, l->n - i);
			if (e == 0) {
				/* a benchmark's name is shown before its figures are known */
				tab = l->mid ? NULL : memchr(l->b + i, '\t', l->n - i);
				if (tab != NULL && isbenchmark(l->b + i, (size_t)(tab - l->b) - i)) {
					part(t, l->b + i, (size_t)(tab + 1 - l->b) - i);
					l->mid = true;
					i = (size_t)(tab + 1 - l->b);
				}
				break;
			}
			(l->mid ? part : line)(t, l->b + i, e);
			l->mid = false;
			i += e;
		}
		if (i == 0 && l->n == l->cap) {
			i = wholechars(l->b, l->n);
			part(t, l->b, i);
			l->mid = true;
		}
		memmove(l->b, l->b + i, l->n - i);
		l->n -= i;
	}
}

static void
outputevent(Test2Json *t, const char *s, size_t n)
{
	event(t, &(Event){ .action = "output" }, s, n);
}

static void
output(Test2Json *t, const char *s, size_t n)
{
	feed(t, &t->text, s, n, outputevent, outputevent);
}

static void
flushoutput(Test2Json *t)
{
	if (t->text.n > 0)
		outputevent(t, t->text.b, t->text.n);
	t->text.n = 0;
}

/* ---- framing ---- */

static void
flushreports(Test2Json *t, int depth)
{
	t->test = NULL;
	while (t->reports.n > depth) {
		Event e = vec_pop(&t->reports);

		event(t, &e, NULL, 0);
	}
}

/* The decimal fraction s without trailing zeros, as JSON has it; NULL: not a number. */
static const char *
number(const char *s, size_t n)
{
	size_t digits = strspn(s, "0123456789."), end = n;

	if (digits < n || n == 0)
		return NULL;
	if (memchr(s, '.', n) != NULL) {
		while (end > 1 && s[end - 1] == '0')
			end--;
		if (s[end - 1] == '.')
			end--;
	}
	return sub(s, end);
}

static const char *
lower(const char *s, size_t n)
{
	char *r = arena_strndup(perm, s, n);

	for (char *p = r; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p = (char)(*p + 32);
	return intern_str(r);
}

static const char *
trimmed(const char *s, size_t n)
{
	while (n > 0 && strchr(" \t\r\n", *s) != NULL) {
		s++;
		n--;
	}
	while (n > 0 && strchr(" \t\r\n", s[n - 1]) != NULL)
		n--;
	return sub(s, n);
}

/* --- PASS: name (0.00s), indented by its depth. */
static void
report(Test2Json *t, const char *line, size_t n, int depth, const char *orig, size_t orign, bool marked)
{
	const char *colon = memchr(line, ':', n), *name = trimmed(colon + 1, n - (size_t)(colon + 1 - line)),
		   *paren = strstr(name, " (");
	Event e = { .action = lower(line + 4, (size_t)(colon - line) - 4) };

	if (paren != NULL) {
		if (hassuffix(name, "s)") && t->timestamps)
			e.elapsed = number(paren + 2, strlen(paren) - 4);
		name = sub(name, (size_t)(paren - name));
	}
	if (t->reports.n < depth) {
		output(t, orig, orign);
		return;
	}
	t->needmark = marked;
	flushreports(t, depth);
	e.test = t->test = name;
	vec_push(perm, &t->reports, e);
	output(t, orig, orign);
}

/* === RUN   name */
static void
update(Test2Json *t, const char *line, size_t n, bool marked)
{
	Event e = { .action = lower(trimmed(line + 4, 6), strlen(trimmed(line + 4, 6))) };

	t->needmark = marked;
	flushreports(t, 0);
	t->test = trimmed(line + 10, n - 10);
	if (streq(e.action, "name"))
		return;
	if (streq(e.action, "pause"))	/* or the test would seem to print while it waits */
		output(t, line, n);
	event(t, &e, NULL, 0);
	if (!streq(e.action, "pause"))
		output(t, line, n);
}

static bool
starts(const char *s, size_t n, const char *prefix)
{
	return n >= strlen(prefix) && memcmp(s, prefix, strlen(prefix)) == 0;
}

static bool
startsany(const char *s, size_t n, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (starts(s, n, list[i]))
			return true;
	return false;
}

static void
inputline(Test2Json *t, const char *s, size_t n)
{
	static const char *const updates[] = { "=== RUN   ", "=== PAUSE ", "=== CONT  ", "=== NAME  ", "=== PASS  ",
		"=== FAIL  ", "=== SKIP  " };
	static const char *const results[] = { "--- PASS: ", "--- FAIL: ", "--- SKIP: ", "--- BENCH: " };
	bool marked = false, pass;
	const char *orig;
	size_t trim, orign;
	int depth = 0;

	if (t->needmark && s[0] != MARK) {
		output(t, s, n);
		return;
	}
	if (s[0] == MARK) {
		flushoutput(t);
		marked = true;
		s++;
		n--;
	}
	trim = n;
	if (trim > 0 && s[trim - 1] == '\n')
		trim--;
	if (trim < n && trim > 0 && s[trim - 1] == '\r')
		trim--;
	if (trim == 8 && memcmp(s, "=== NAME", 8) == 0) {	/* its trailing blanks may get lost */
		s = "=== NAME  \n";
		n = 11;
		trim = 10;
	}
	pass = trim == 4 && memcmp(s, "PASS", 4) == 0;
	if (pass || (trim == 4 && memcmp(s, "FAIL", 4) == 0) || starts(s, trim, "FAIL\t")) {
		flushreports(t, 0);
		t->needmark = marked;
		output(t, s, n);
		t->result = pass ? "pass" : "fail";
		return;
	}
	if (starts(s, n, "?   \t") && trim >= 16 && memcmp(s + trim - 16, "\t[no test files]", 16) == 0 &&
	    t->reports.n == 0)
		t->result = "skip";
	orig = s;
	orign = n;
	if (startsany(s, n, updates, NELEM(updates))) {
		update(t, s, n, marked);
		return;
	}
	for (; starts(s, n, "    "); depth++) {
		s += 4;
		n -= 4;
	}
	if (startsany(s, n, results, NELEM(results))) {
		report(t, s, n, depth, orig, orign, marked);
		return;
	}
	/* indented text belongs to the test of that depth */
	if (depth > 0 && depth <= t->reports.n)
		t->test = t->reports.at[depth - 1].test;
	output(t, orig, orign);
}

Test2Json *
test2json_new(FILE *out, const char *pkg, bool timestamps)
{
	Test2Json *t = NEW(perm, Test2Json);

	t->out = out;
	t->pkg = pkg;
	t->timestamps = timestamps;
	t->start = clock_ns();
	t->in.cap = sizeof t->in.b;
	t->text.cap = 1024;
	event(t, &(Event){ .action = "start" }, NULL, 0);
	return t;
}

void
test2json_write(Test2Json *t, const char *p, size_t n)
{
	feed(t, &t->in, p, n, inputline, output);
}

void
test2json_close(Test2Json *t, bool failed)
{
	Event e = { 0 };

	if (failed)
		t->result = "fail";
	else if (t->result == NULL || !streq(t->result, "skip"))
		t->result = "pass";
	if (t->in.n > 0)
		output(t, t->in.b, t->in.n);
	t->in.n = 0;
	flushoutput(t);
	e.action = t->result;
	if (t->timestamps) {
		int64_t ms = (clock_ns() - t->start + 500000) / 1000000;
		const char *s = intern_printf("%.3f", (double)ms / 1000);

		e.elapsed = number(s, strlen(s));
	}
	event(t, &e, NULL, 0);
}
