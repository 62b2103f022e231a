/*
 * bytes.c - mutants of any file through any command that reads it: nothing but exit codes 0, 1 and 2 with a message is right, and soon.
 *
 * usage: bytes [-n N] [-seed S] [-keep DIR] FILE COMMAND [ARG...]
 *
 * FILE holds a mutant while COMMAND runs, and what it held before afterwards. For archives given to link and compile, importcfg,
 * go.mod, go.work, vendor/modules.txt. -keep DIR says where mutants go that show a bug, with what was said in a file beside.
 */
// link: tests/fuzz/trial.c
#include <stdlib.h>
#include <unistd.h>

#include "trial.h"

enum { SECONDS = 10 };

static const char *keep = ".";
static int count = 1000, seed = 1;
static uint64_t state;

/* splitmix64 */
static size_t
below(size_t n)
{
	uint64_t z = state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return n == 0 ? 0 : (size_t)(z % n);
}

/* Start and length of a line, or of some bytes. */
static void
piece(const uint8_t *p, size_t n, size_t *at, size_t *len)
{
	size_t i = below(n), e;

	if (below(2) == 0) {
		*at = i;
		*len = below(n - i < 64 ? n - i : 64);
		return;
	}
	while (i > 0 && p[i - 1] != '\n')
		i--;
	for (e = i; e < n && p[e] != '\n';)
		e++;
	*at = i;
	*len = e + (e < n) - i;
}

static void
change(Buf *b)
{
	static const char *const words[] = { "", "\n", " ", "\"", "`", "//", "(", ")", ",", "=>", "v1.0.0", "../", "/",
		"#", "\xff", "999999999999999999999", "-1", "@" };
	static const uint8_t odd[] = { 0, 1, 0x7f, 0x80, 0xff, '\n', ' ' };
	uint8_t *p = (uint8_t *)b->p;
	size_t at = 0, len = 0, i = below(b->n), to;
	const char *w;
	Buf old;

	if (b->n == 0)
		return;
	switch (below(8)) {
	case 0:
		p[i] ^= (uint8_t)(1u << below(8));
		return;
	case 1:
		p[i] = odd[below(NELEM(odd))];
		return;
	case 2:
		for (len = 1 + below(8); len > 0 && i < b->n; len--)
			p[i++] = (uint8_t)below(256);
		return;
	case 3:
		b->n = i;
		return;
	case 4:				/* without a piece */
		piece(p, b->n, &at, &len);
		memmove(p + at, p + at + len, b->n - at - len);
		b->n -= len;
		return;
	}
	/* a piece of itself, or a word, in another place */
	old = *b;
	*b = (Buf){ 0 };
	piece(p, old.n, &at, &len);
	to = below(old.n);
	buf_put(b, old.p, to);
	if (below(2) == 0) {
		w = words[below(NELEM(words))];
		buf_put(b, w, strlen(w));
	} else {
		buf_put(b, old.p + at, len);
	}
	buf_put(b, old.p + to, old.n - to);
	buf_free(&old);
}

int
main(int argc, char **argv)
{
	static const Flag flags[] = {
		{ "n", FLAG_INT, &count, "count", "how many mutants" },
		{ "seed", FLAG_INT, &seed, "seed", "which ones" },
		{ "keep", FLAG_STRING, &keep, "dir", "where those that show a bug go" },
	};
	char said[] = "/tmp/fuzz.XXXXXX";
	int first, fd, nbad = 0, codes[3] = { 0 };
	const char *path;
	Bytes map;
	Buf whole = { 0 };

	diag_init("bytes-fuzz");
	first = flag_parse("bytes [flags] FILE COMMAND [ARG...]", flags, NELEM(flags), argc, argv);
	if (argc - first < 2)
		fatal("usage: bytes [flags] FILE COMMAND [ARG...]");
	if ((fd = mkstemp(said)) < 0)
		fatal("mkstemp:");
	close(fd);
	path = argv[first];
	map = file_map(path);
	buf_put(&whole, map.p, map.n);
	file_unmap(map);
	for (int i = 0; i < count; i++) {
		Buf b = { 0 };
		const char *why;
		int rc;

		/* each mutant depends on its number alone, so that one can be made again */
		state = (uint64_t)seed << 32 | (uint64_t)i;
		buf_put(&b, whole.p, whole.n);
		for (size_t k = 1 + below(4); k > 0; k--)
			change(&b);
		trial_write(path, b.p, b.n);
		rc = trial_run(argv + first + 1, said, SECONDS);
		if (rc <= 2)
			codes[rc]++;
		why = trial_verdict(rc, said);
		if (why != NULL) {
			const char *base = strrchr(path, '/');

			nbad++;
			trial_keep(arena_printf(perm, "%s/%d_%d_%s", keep, seed, i, base != NULL ? base + 1 : path),
			    b.p, b.n, said, why, rc);
		}
		buf_free(&b);
	}
	trial_write(path, whole.p, whole.n);
	printf("%d mutants: %d accepted, %d refused, %d fatal; %d bad\n", count, codes[0], codes[1], codes[2], nbad);
	unlink(said);
	return nbad > 0;
}
