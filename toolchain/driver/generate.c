/*
 * generate.c - go generate: runs the commands of //go:generate lines, in the folder of the file, one after the other.
 *
 * An error in a file, or a command that fails, ends the work on its package; other packages go on. -run and -skip take
 * extended regular expressions of POSIX with \d, \s and \w.
 * Source: go help generate; documentation of os.Expand and strconv.Unquote.
 */
#include <fcntl.h>
#include <regex.h>
#include <stdlib.h>
#include <unistd.h>

#include "driver/driver.h"

static const char *g_run, *g_skip;
const DFlag generate_flags[] = { { "run", DF_STRING, &g_run }, { "skip", DF_STRING, &g_skip } };

typedef struct {
	const char *path, *dir;
	int line;
	Map *shorthands;	/* of -command: Strs */
	Strs env;		/* of the command, last setting wins */
} Gen;

static bool
failed(const Gen *g, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s:%d: ", shortpath(g->path), g->line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	go_status = 1;
	return false;
}

/* ---- words of a line ---- */

/* The string literal between q and its closing quote at end; NULL: it is none. */
static const char *
unquote(const char *q, const char *end)
{
	static const char plain[] = "abfnrtv\\\"", value[] = "\a\b\f\n\r\t\v\\\"";
	static const struct {
		char c;
		int digits, base;
		uint32_t max;
	} numeric[] = { { 'x', 2, 16, 0xff }, { 'u', 4, 16, 0x10ffff }, { 'U', 8, 16, 0x10ffff }, { '0', 3, 8, 0xff } };
	Buf b = { 0 };
	const char *r = NULL;

	while (q < end) {
		const char *at;
		char digits[9] = { 0 }, *stop;
		uint32_t v;
		size_t k;
		uint8_t utf8[4];

		if (*q != '\\') {
			buf_byte(&b, (uint8_t)*q++);
			continue;
		}
		q++;
		if ((at = strchr(plain, *q)) != NULL) {
			buf_byte(&b, (uint8_t)value[at - plain]);
			q++;
			continue;
		}
		for (k = 0;
		    k < NELEM(numeric) && numeric[k].c != *q && !(numeric[k].c == '0' && *q >= '0' && *q <= '7'); k++)
			;
		if (k == NELEM(numeric))
			goto out;
		q += numeric[k].base == 16;
		if (end - q < numeric[k].digits)
			goto out;
		memcpy(digits, q, (size_t)numeric[k].digits);
		v = (uint32_t)strtoul(digits, &stop, numeric[k].base);
		if (strspn(digits, "0123456789abcdefABCDEF") != (size_t)numeric[k].digits || *stop != '\0' ||
		    v > numeric[k].max || (v >= 0xd800 && v < 0xe000))
			goto out;
		if (numeric[k].max == 0xff)
			buf_byte(&b, (uint8_t)v);
		else
			buf_put(&b, utf8, (size_t)utf8_encode(v, utf8));
		q += numeric[k].digits;
	}
	r = intern((const char *)b.p, b.n);
out:
	buf_free(&b);
	return r;
}

static const char *
variable(const Gen *g, const char *name)
{
	size_t n = strlen(name);
	const char *v;

	for (int i = g->env.n - 1; i >= 0; i--)
		if (strncmp(g->env.at[i], name, n) == 0 && g->env.at[i][n] == '=')
			return g->env.at[i] + n + 1;
	v = getenv(name);
	return v != NULL ? v : "";
}

/* The name after a dollar, and in *used what it takes; "" with *used > 0: wrong, and left out. */
static const char *
shellname(const char *s, size_t *used)
{
	static const char special[] = "*#$@!?-0123456789";
	size_t n;

	*used = 1;
	if (*s == '{') {
		n = strcspn(s, "}");
		if (s[n] == '\0')
			return "";
		*used = n + 1;
		return sub(s + 1, n - 1);
	}
	if (*s != '\0' && strchr(special, *s) != NULL)
		return sub(s, 1);
	for (n = 0;
	    s[n] == '_' || (s[n] >= '0' && s[n] <= '9') || (s[n] >= 'a' && s[n] <= 'z') || (s[n] >= 'A' && s[n] <= 'Z');
	    n++)
		;
	*used = n;
	return sub(s, n);
}

static const char *
expand(const Gen *g, const char *word)
{
	Buf b = { 0 };
	const char *r;

	while (*word != '\0') {
		size_t used = 0;
		const char *name = *word == '$' && word[1] != '\0' ? shellname(word + 1, &used) : "";

		if (used == 0)
			buf_byte(&b, (uint8_t)*word);
		else if (name[0] != '\0')
			buf_str(&b, variable(g, name));
		word += 1 + used;
	}
	r = intern((const char *)b.p, b.n);
	buf_free(&b);
	return r;
}

/* Words of what follows //go:generate. False: said what is wrong. */
static bool
split(Gen *g, const char *s, Strs *words)
{
	Strs raw = { 0 };
	const Strs *shorthand;

	for (s += strspn(s, " \t"); *s != '\0'; s += strspn(s, " \t")) {
		const char *end, *w;
		size_t n;

		if (*s != '"') {
			n = strcspn(s, " \t");
			strs_add(&raw, sub(s, n));
			s += n;
			continue;
		}
		for (end = s + 1; *end != '\0' && *end != '"'; end++)
			if (*end == '\\' && *++end == '\0')
				return failed(g, "bad backslash");
		if (*end == '\0')
			return failed(g, "mismatched quoted string");
		w = unquote(s + 1, end);
		if (w == NULL)
			return failed(g, "bad quoted string");
		strs_add(&raw, w);
		s = end + 1;
		if (*s != '\0' && *s != ' ' && *s != '\t')
			return failed(g, "expect space after quoted argument");
	}
	if (raw.n == 0)
		return failed(g, "no arguments to directive");
	shorthand = map_get(g->shorthands, raw.at[0]);
	if (shorthand != NULL)
		strs_append(words, shorthand);
	for (int i = shorthand != NULL; i < raw.n; i++)
		strs_add(words, raw.at[i]);
	for (int i = 0; i < words->n; i++)
		words->at[i] = expand(g, words->at[i]);
	return true;
}

/* ---- lines ---- */

static bool
shorthand(Gen *g, const Strs *words)
{
	Strs *v = NEW(perm, Strs);

	if (words->n == 1)
		return failed(g, "no command specified for -command");
	if (map_has(g->shorthands, words->at[1]))
		return failed(g, "command %s multiply defined", goquoted(words->at[1]));
	for (int i = 2; i < words->n; i++)
		strs_add(v, words->at[i]);
	map_set(g->shorthands, words->at[1], v);
	return true;
}

/* A name without a slash is looked for beside this go first, so that generators run by "go run" use the same one. */
static bool
execute(Gen *g, Strs *words)
{
	const char *name = words->at[0];
	int status;

	if (strchr(name, '/') == NULL) {
		const char *own = intern_printf("%s/bin/%s", cfg.goroot, name);

		words->at[0] = name[0] != '\0' && access(own, X_OK) == 0 && !dir_exists(own) ? own : cc_find(name);
		if (words->at[0] == NULL)
			return failed(g, "running %s: exec: %s: executable file not found in $PATH", goquoted(name),
			    goquoted(name));
	}
	status = job_run(words, g->dir, &g->env);
	if (status != 0)
		return failed(g, "running %s: %s", goquoted(name),
		    status < 0 ? "it cannot be started" : job_status(status));
	return true;
}

static void
setenvironment(Gen *g, const char *pkg)
{
	const char *path = getenv("PATH");

	g->env.n = 0;
	strs_add(&g->env, intern_printf("GOROOT=%s", cfg.goroot));
	strs_add(&g->env, intern_printf("GOARCH=%s", cfg.goarch));
	strs_add(&g->env, intern_printf("GOOS=%s", cfg.goos));
	strs_add(&g->env, intern_printf("GOFILE=%s", path_base(g->path)));
	strs_add(&g->env, intern_printf("GOLINE=%d", g->line));
	strs_add(&g->env, intern_printf("GOPACKAGE=%s", pkg));
	strs_add(&g->env, "DOLLAR=$");
	strs_add(&g->env,
	    intern_printf("PATH=%s/bin%s%s", cfg.goroot, path != NULL && *path != '\0' ? ":" : "",
		path != NULL ? path : ""));
	strs_add(&g->env, intern_printf("PWD=%s", g->dir));
}

static bool
directive(Gen *g, const char *line, const char *pkg)
{
	Strs words = { 0 };

	setenvironment(g, pkg);
	if (!split(g, line + strlen("//go:generate "), &words))
		return false;
	if (streq(words.at[0], "-command"))
		return shorthand(g, &words);
	if (cfg.n || cfg.x)
		fprintf(stderr, "%s\n", strs_join(&words, " "));
	return cfg.n || execute(g, &words);
}

static regex_t *
compiled(const char *re)
{
	regex_t *r;
	char why[100];
	int err;

	if (re == NULL || *re == '\0')
		return NULL;
	r = NEW(perm, regex_t);
	err = regcomp(r, re, REG_EXTENDED | REG_NOSUB);
	if (err != 0) {
		regerror(err, r, why, sizeof why);
		fprintf(stderr, "generate: error parsing regexp: %s: `%s`\n", why, re);
		go_exit(1);
	}
	return r;
}

static bool
wanted(const char *line)
{
	static regex_t *run, *skip;
	static bool ready;

	if (!ready) {
		run = compiled(g_run);
		skip = compiled(g_skip);
		ready = true;
	}
	return (run == NULL || regexec(run, line, 0, NULL, 0) == 0) &&
	    (skip == NULL || regexec(skip, line, 0, NULL, 0) != 0);
}

static bool
generate(const char *path, const char *pkg)
{
	Gen g = { .path = path, .dir = path_dir(path), .shorthands = map_new(perm) };
	const char *text = text_file(path, NULL), *end;

	if (text == NULL)
		return true;	/* gone in the meantime, by an earlier command */
	if (cfg.v)
		fprintf(stderr, "%s\n", shortpath(path));
	for (; *text != '\0'; text = end + 1) {
		const char *line;
		size_t n;

		g.line++;
		end = text + strcspn(text, "\n");
		if (!hasprefix(text, "//go:generate ") && !hasprefix(text, "//go:generate\t")) {
			if (*end == '\0')
				break;
			continue;
		}
		if (*end == '\0')
			return failed(&g, "error reading %s: unexpected EOF", shortpath(path));
		n = (size_t)(end - text);
		while (text[n - 1] == '\r')
			n--;
		line = sub(text, n);
		if (wanted(line) && !directive(&g, line, pkg))
			return false;
	}
	return true;
}

void
cmd_generate(int argc, char **argv)
{
	bool said = false;
	Pkgs ps;
	int null = open("/dev/null", O_RDONLY);

	if (null < 0 || dup2(null, 0) < 0)	/* commands are not asked anything */
		fatal("/dev/null:");
	cfg.find = true;
	strs_add(&cfg.tags, "generate");
	ps = load_args(argc, argv);
	for (int i = 0; i < ps.n; i++) {
		Pkg *p = ps.at[i];
		const Strs *lists[] = { &p->gofiles, &p->cgofiles, &p->testgo, &p->xtestgo };
		bool going = true;

		if (p->mod != NULL && !p->mod->main) {
			if (!said)
				fprintf(stderr, "go: not generating in packages in dependency modules\n");
			said = true;
			continue;
		}
		if (p->err != NULL &&
		    p->gofiles.n + p->cgofiles.n + p->testgo.n + p->xtestgo.n + p->ignoredgo.n + p->invalidgo.n == 0)
			go_error("%s", pkgerror_text(p->err));
		for (size_t k = 0; k < NELEM(lists); k++)
			for (int j = 0; j < lists[k]->n && going; j++)
				going = generate(path_join(p->dir, lists[k]->at[j]),
				    k == 3 ? intern_printf("%s_test", p->name) : p->name);
	}
}
