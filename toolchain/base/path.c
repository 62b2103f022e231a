/* path.c - slash-separated paths. Results are interned. Source: Go's package path, documentation of Clean. */
#include "base/base.h"

#include <stdlib.h>
#include <unistd.h>

const char *
path_clean(const char *p)
{
	size_t n = strlen(p), w = 0, floor;
	bool rooted = p[0] == '/';
	const char *s;
	char *out;

	if (n == 0)
		return intern_str(".");
	out = malloc(n + 2);
	if (out == NULL)
		fatal("out of memory");
	if (rooted)
		out[w++] = '/';
	floor = w;		/* ".." may not remove what is before it */
	for (size_t i = 0; i < n;) {
		size_t e = i;

		while (e < n && p[e] != '/')
			e++;
		if (e == i || (e == i + 1 && p[i] == '.')) {
			/* empty or "." */
		} else if (e == i + 2 && p[i] == '.' && p[i + 1] == '.') {
			if (w > floor) {
				while (w > floor && out[w - 1] != '/')
					w--;
				if (w > floor)
					w--;
			} else if (!rooted) {
				if (w > 0)
					out[w++] = '/';
				out[w++] = '.';
				out[w++] = '.';
				floor = w;
			}
		} else {
			if (w > 0 && out[w - 1] != '/')
				out[w++] = '/';
			memcpy(out + w, p + i, e - i);
			w += e - i;
		}
		i = e + 1;
	}
	s = w == 0 ? intern_str(".") : intern(out, w);
	free(out);
	return s;
}

const char *
path_join(const char *a, const char *b)
{
	if (*a == '\0' && *b == '\0')
		return intern_str("");
	if (*a == '\0')
		return path_clean(b);
	if (*b == '\0')
		return path_clean(a);
	return path_clean(intern_printf("%s/%s", a, b));
}

const char *
path_base(const char *p)
{
	size_t n = strlen(p), i;

	if (n == 0)
		return intern_str(".");
	while (n > 0 && p[n - 1] == '/')
		n--;
	if (n == 0)
		return intern_str("/");
	for (i = n; i > 0 && p[i - 1] != '/'; i--)
		;
	return intern(p + i, n - i);
}

const char *
path_dir(const char *p)
{
	const char *slash = strrchr(p, '/');

	return path_clean(slash == NULL ? "" : intern(p, (size_t)(slash - p) + 1));
}

const char *
path_abs(const char *p)
{
	char *cwd;
	const char *r;

	if (*p == '/')
		return path_clean(p);
	cwd = getcwd(NULL, 0);
	if (cwd == NULL)
		fatal("getwd:");
	r = path_join(cwd, p);
	free(cwd);
	return r;
}
