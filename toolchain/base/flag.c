/*
 * flag.c - command lines in the manner of Go's flag package.
 *
 * Source: documentation of package flag, "Command line flag syntax"; response
 * files as in cmd/compile's documentation of @file arguments.
 */
#include "base/base.h"

#include <errno.h>
#include <stdlib.h>

static void
printusage(FILE *out, const char *usage, const Flag *flags, int nflags)
{
	fprintf(out, "%s\n", usage);
	for (int i = 0; i < nflags; i++) {
		const Flag *f = &flags[i];

		fprintf(out, "  -%s", f->name);
		if (f->arg != NULL && f->kind != FLAG_BOOL && f->kind != FLAG_COUNT)
			fprintf(out, " %s", f->arg);
		fprintf(out, "\n    \t%s\n", f->help != NULL ? f->help : "");
	}
}

static bool
parsebool(const char *s, bool *out)
{
	static const char *const yes[] = { "1", "t", "T", "true", "TRUE", "True" };
	static const char *const no[] = { "0", "f", "F", "false", "FALSE", "False" };

	for (size_t i = 0; i < NELEM(yes); i++) {
		if (strcmp(s, yes[i]) == 0)
			return *out = true;
		if (strcmp(s, no[i]) == 0) {
			*out = false;
			return true;
		}
	}
	return false;
}

static bool
parseint(const char *s, int *out)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(s, &end, 0);
	if (*s == '\0' || *end != '\0' || errno != 0 || v < INT32_MIN || v > INT32_MAX)
		return false;
	*out = (int)v;
	return true;
}

int
flag_parse(const char *usage, const Flag *flags, int nflags, int argc, char **argv)
{
	int i = 1;

	while (i < argc) {
		const char *arg = argv[i], *value;
		const Flag *f = NULL;
		size_t n;

		if (arg[0] != '-' || arg[1] == '\0')
			break;
		i++;
		arg += arg[1] == '-' ? 2 : 1;
		if (*arg == '\0')
			break;		/* "--" ends the flags */
		if (*arg == '-' || *arg == '=') {
			fprintf(stderr, "bad flag syntax: %s\n", argv[i - 1]);
			goto bad;
		}
		value = strchr(arg, '=');
		n = value != NULL ? (size_t)(value - arg) : strlen(arg);
		if (value != NULL)
			value++;
		for (int j = 0; j < nflags && f == NULL; j++)
			if (strlen(flags[j].name) == n && memcmp(flags[j].name, arg, n) == 0)
				f = &flags[j];
		if (f == NULL) {
			if ((n == 1 && *arg == 'h') || (n == 4 && memcmp(arg, "help", 4) == 0)) {
				printusage(stdout, usage, flags, nflags);
				exit(0);
			}
			fprintf(stderr, "flag provided but not defined: -%.*s\n", (int)n, arg);
			goto bad;
		}
		if (f->kind == FLAG_BOOL) {
			if (value == NULL)
				*(bool *)f->var = true;
			else if (!parsebool(value, f->var)) {
				fprintf(stderr, "invalid boolean value \"%s\" for -%s: parse error\n", value, f->name);
				goto bad;
			}
			continue;
		}
		if (f->kind == FLAG_COUNT) {
			bool b;

			if (value == NULL)
				++*(int *)f->var;
			else if (strcmp(value, "true") == 0 || strcmp(value, "false") == 0) {
				parsebool(value, &b);
				*(int *)f->var = b ? *(int *)f->var + 1 : 0;
			} else if (!parseint(value, f->var)) {
				fprintf(stderr, "invalid value \"%s\" for flag -%s: invalid count\n", value, f->name);
				goto bad;
			}
			continue;
		}
		if (value == NULL && f->kind == FLAG_BOOLFUNC)
			value = "true";
		if (value == NULL) {
			if (i >= argc) {
				fprintf(stderr, "flag needs an argument: -%s\n", f->name);
				goto bad;
			}
			value = argv[i++];
		}
		switch (f->kind) {
		case FLAG_INT:
			if (!parseint(value, f->var)) {
				fprintf(stderr, "invalid value \"%s\" for flag -%s: parse error\n", value, f->name);
				goto bad;
			}
			break;
		case FLAG_STRING:
			*(const char **)f->var = value;
			break;
		default: {
			void (*fn)(const char *);

			memcpy(&fn, &f->var, sizeof fn);	/* ISO C has no cast from object to function pointer */
			fn(value);
		}
		}
	}
	return i;
bad:
	printusage(stderr, usage, flags, nflags);
	exit(2);
}

typedef Vec(char *) Args;

/* One line of a response file: \\ is a backslash and \n a newline. */
static char *
decode(const char *s, size_t n)
{
	char *out = arena_alloc(perm, n + 1);
	size_t w = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\\' && i + 1 < n) {
			i++;
			if (s[i] == 'n')
				out[w++] = '\n';
			else if (s[i] == '\\')
				out[w++] = '\\';
			else
				fatal("badly formatted argument in response file: %.*s", (int)n, s);
		} else if (s[i] != '\r')
			out[w++] = s[i];
	}
	return out;
}

static void
expandone(Args *out, char *arg, int depth)
{
	const char *p, *end;
	Bytes b;

	if (arg[0] != '@') {
		vec_push(perm, out, arg);
		return;
	}
	if (depth > 10)
		fatal("%s: response files nested too deeply", arg);
	b = file_map(arg + 1);
	p = (const char *)b.p;
	end = p + b.n;
	while (p < end && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == ' ' || end[-1] == '\t'))
		end--;
	while (p < end && (*p == '\n' || *p == '\r' || *p == ' ' || *p == '\t'))
		p++;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (nl == NULL)
			nl = end;
		expandone(out, decode(p, (size_t)(nl - p)), depth + 1);
		p = nl + 1;
	}
	file_unmap(b);
}

void
flag_expand(int *argc, char ***argv)
{
	bool any = false;
	Args out = { 0 };

	for (int i = 1; i < *argc; i++)
		any |= (*argv)[i][0] == '@';
	if (!any)
		return;
	vec_push(perm, &out, (*argv)[0]);
	for (int i = 1; i < *argc; i++)
		expandone(&out, (*argv)[i], 0);
	*argc = out.n;
	vec_push(perm, &out, NULL);
	*argv = out.at;
}

void
flag_version(const char *arg)
{
	printf("%s version %s slipway", diag.tool, GOVERSION);
	if (strcmp(arg, "full") == 0) {
		Bytes self = file_map("/proc/self/exe");
		char hex[65];

		sha256_hex(self.p, self.n, hex);
		printf(" buildID=%.40s", hex);
	}
	printf("\n");
	exit(0);
}
