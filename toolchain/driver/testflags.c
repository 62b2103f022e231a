/*
 * testflags.c - the command line of go test: flags for us, for the test binary, and for both; package names between them.
 *
 * A flag of the test binary is handed on as -test.NAME=VALUE, with the value as Go's package flag prints it. What is not
 * known is the test's own, and so is all that follows a word that cannot be a value of such a flag.
 * Source: go help test, go help testflag; documentation of package time (ParseDuration, Duration.String).
 */
#include <errno.h>
#include <stdlib.h>

#include "driver/driver.h"

TestFlags tf = {
	.bench = "", .coverprofile = "", .fuzz = "", .list = "", .o = "", .outputdir = "", .timeout = 600000000000
};

static const Command self = { "test", "go test [build/test flags] [packages] [build/test flags & test binary flags]",
	NULL, NULL, NULL, NULL, 0, true, false };

typedef enum { TF_BOOL, TF_INT, TF_STRING, TF_DURATION, TF_V, TF_SHUFFLE, TF_DIR, TF_VET } Kind;

static const struct {
	const char *name;
	Kind kind;
	bool pass;		/* the test binary has it too */
	void *var;		/* bool * or const char **, or NULL */
} flags[] = {
	{ "bench",		 TF_STRING,	true,  &tf.bench },
	{ "benchmem",		 TF_BOOL,	true,  NULL },
	{ "benchtime",		 TF_STRING,	true,  NULL },
	{ "blockprofile",	 TF_STRING,	true,  NULL },
	{ "blockprofilerate",	 TF_STRING,	true,  NULL },
	{ "c",			 TF_BOOL,	false, &tf.c },
	{ "count",		 TF_INT,	true,  NULL },
	{ "coverprofile",	 TF_STRING,	true,  &tf.coverprofile },
	{ "cpu",		 TF_STRING,	true,  NULL },
	{ "cpuprofile",		 TF_STRING,	true,  NULL },
	{ "exec",		 TF_STRING,	false, &cfg.exec },
	{ "failfast",		 TF_BOOL,	true,  &tf.failfast },
	{ "fullpath",		 TF_BOOL,	true,  NULL },
	{ "fuzz",		 TF_STRING,	true,  &tf.fuzz },
	{ "fuzzminimizetime",	 TF_STRING,	true,  NULL },
	{ "fuzztime",		 TF_STRING,	true,  NULL },
	{ "json",		 TF_BOOL,	false, &tf.json },
	{ "list",		 TF_STRING,	true,  &tf.list },
	{ "memprofile",		 TF_STRING,	true,  NULL },
	{ "memprofilerate",	 TF_STRING,	true,  NULL },
	{ "mutexprofile",	 TF_STRING,	true,  NULL },
	{ "mutexprofilefraction", TF_STRING,	true,  NULL },
	{ "o",			 TF_STRING,	false, &tf.o },
	{ "outputdir",		 TF_DIR,	true,  &tf.outputdir },
	{ "parallel",		 TF_INT,	true,  NULL },
	{ "run",		 TF_STRING,	true,  NULL },
	{ "short",		 TF_BOOL,	true,  NULL },
	{ "shuffle",		 TF_SHUFFLE,	true,  NULL },
	{ "skip",		 TF_STRING,	true,  NULL },
	{ "timeout",		 TF_DURATION,	true,  NULL },
	{ "trace",		 TF_STRING,	true,  NULL },
	{ "v",			 TF_V,		true,  NULL },
	{ "vet",		 TF_VET,	false, NULL },
};
#define NFLAGS ((int)NELEM(flags))
static const char *values[NELEM(flags)];	/* as handed on; NULL: not given */
static bool fromenv[NELEM(flags)];

static const struct {
	const char *name;
	int64_t ns;
} units[] = { { "ns", 1 }, { "us", 1000 }, { "\xc2\xb5s", 1000 }, { "\xce\xbcs", 1000 }, { "ms", 1000000 },
	{ "s", 1000000000 }, { "m", 60000000000 }, { "h", 3600000000000 } };

/* False: s is no duration. */
static bool
duration_parse(const char *s, int64_t *ns)
{
	bool neg = *s == '-';
	double total = 0;
	const char *p = s + (*s == '-' || *s == '+');

	if (streq(p, "0")) {
		*ns = 0;
		return true;
	}
	if (*p == '\0')
		return false;
	while (*p != '\0') {
		char *end;
		double x;
		size_t n, i;

		if (!((*p >= '0' && *p <= '9') || *p == '.'))
			return false;
		x = strtod(p, &end);
		if (end == p)
			return false;
		p = end;
		n = strcspn(p, "0123456789.");
		for (i = 0; i < NELEM(units); i++)
			if (strlen(units[i].name) == n && memcmp(units[i].name, p, n) == 0)
				break;
		if (i == NELEM(units))
			return false;
		total += x * (double)units[i].ns;
		p += n;
	}
	if (total > 9.2e18)
		return false;
	*ns = (int64_t)(total + 0.5);
	if (neg)
		*ns = -*ns;
	return true;
}

/* n/10^digits without trailing zeros. */
static const char *
fraction(int64_t n, int digits)
{
	int64_t scale = 1;
	Buf b = { 0 };
	const char *s;

	for (int i = 0; i < digits; i++)
		scale *= 10;
	buf_printf(&b, "%lld", (long long)(n / scale));
	if (n % scale != 0) {
		buf_printf(&b, ".%0*lld", digits, (long long)(n % scale));
		while (b.p[b.n - 1] == '0')
			b.n--;
	}
	s = intern((const char *)b.p, b.n);
	buf_free(&b);
	return s;
}

const char *
duration_text(int64_t ns)
{
	const char *sign = ns < 0 ? "-" : "";
	int64_t s;

	if (ns < 0)
		ns = -ns;
	if (ns == 0)
		return "0s";
	if (ns < 1000)
		return intern_printf("%s%lldns", sign, (long long)ns);
	if (ns < 1000000)
		return intern_printf("%s%s\xc2\xb5s", sign, fraction(ns, 3));
	if (ns < 1000000000)
		return intern_printf("%s%sms", sign, fraction(ns, 6));
	s = ns / 1000000000;
	if (s < 60)
		return intern_printf("%s%ss", sign, fraction(ns, 9));
	if (s < 3600)
		return intern_printf("%s%lldm%ss", sign, (long long)(s / 60), fraction(ns % 60000000000, 9));
	return intern_printf("%s%lldh%lldm%ss", sign, (long long)(s / 3600), (long long)(s / 60 % 60),
	    fraction(ns % 60000000000, 9));
}

static void
usage(void)
{
	flags_usage(&self);
}

static int
boolvalue(const char *s)
{
	static const char *const words[2][6] = { { "0", "f", "F", "false", "FALSE", "False" },
		{ "1", "t", "T", "true", "TRUE", "True" } };

	for (int k = 0; k < 2; k++)
		for (int i = 0; i < 6; i++)
			if (streq(s, words[k][i]))
				return k;
	return -1;
}

/* -vet=list; returns what is wrong, or NULL. */
static const char *
setvet(const char *value)
{
	static const char *const analyzers[] = { "appends", "asmdecl", "assign", "atomic", "bool", "buildtags",
		"cgocall", "composites", "copylocks", "defers", "directive", "errorsas", "framepointer", "httpresponse",
		"ifaceassert", "loopclosure", "lostcancel", "methods", "nilfunc", "printf", "rangeloops", "shift",
		"sigchanyzer", "slog", "stdmethods", "stdversion", "stringintconv", "structtag", "testinggoroutine",
		"tests", "timeformat", "unmarshal", "unreachable", "unsafeptr", "unusedresult" };
	Strs list = { 0 };
	const char *single = NULL;

	if (strchr(value, '=') != NULL)
		return "-vet argument cannot contain equal signs";
	if (strchr(value, ' ') != NULL)
		return "-vet argument is comma-separated list, cannot contain spaces";
	tf.vetflags.n = 0;
	tf.vetoff = tf.vetexplicit = false;
	if (*value == '\0')
		return NULL;
	tf.vetexplicit = true;
	strs_split(&list, value, ',');
	for (int i = 0; i < list.n; i++) {
		bool known = false;

		if (list.at[i][0] == '\0')
			return "-vet argument contains empty list element";
		if (streq(list.at[i], "all") || streq(list.at[i], "off")) {
			single = list.at[i];
			tf.vetoff = streq(single, "off");
			tf.vetflags.n = 0;
			continue;
		}
		for (size_t k = 0; k < NELEM(analyzers); k++)
			known = known || streq(analyzers[k], list.at[i]);
		if (!known)
			return intern_printf(
			    "-vet argument must be a supported analyzer or a distinguished value; found %s",
			    list.at[i]);
		strs_add(&tf.vetflags, intern_printf("-%s", list.at[i]));
	}
	if (tf.vetflags.n > 1 && single != NULL)
		return intern_printf("-vet does not accept %s in a list with other analyzers", goquoted(single));
	return NULL;
}

/* Sets flag i; returns what is wrong with the value, or NULL. */
static const char *
setflag(int i, const char *value)
{
	char *end;
	long long n;
	int b;
	int64_t ns;
	const char *err;

	switch (flags[i].kind) {
	case TF_BOOL:
		b = boolvalue(value);
		if (b < 0)
			return "parse error";
		if (flags[i].var != NULL)
			*(bool *)flags[i].var = b == 1;
		value = b == 1 ? "true" : "false";
		break;
	case TF_V:
		b = streq(value, "test2json") ? 1 : boolvalue(value);
		if (b < 0)
			return intern_printf("invalid flag -test.v=%s", value);
		tf.verbose = b == 1;
		tf.verbosejson = streq(value, "test2json");
		value = tf.verbosejson ? value : b == 1 ? "true" : "false";
		break;
	case TF_INT:
		errno = 0;
		n = strtoll(value, &end, 0);
		if (*value == '\0' || *end != '\0')
			return "parse error";
		if (errno == ERANGE)
			return "value out of range";
		value = intern_printf("%lld", n);
		break;
	case TF_DURATION:
		if (!duration_parse(value, &ns))
			return "parse error";
		tf.timeout = ns;
		value = duration_text(ns);
		break;
	case TF_SHUFFLE:
		if (streq(value, "on") || streq(value, "off"))
			break;
		n = strtoll(value, &end, 10);
		if (*value == '\0' || *end != '\0')
			return intern_printf("-shuffle argument must be \"on\", \"off\", or an int64: "
					     "strconv.ParseInt: parsing %s: invalid syntax",
				goquoted(value));
		value = intern_printf("%lld", n);
		break;
	case TF_DIR:
		value = *value != '\0' ? path_abs(value) : "";
		break;
	case TF_VET:
		err = setvet(value);
		if (err != NULL)
			return err;
		break;
	case TF_STRING:
		break;
	}
	values[i] = intern_str(value);
	if (flags[i].var != NULL && flags[i].kind != TF_BOOL)
		*(const char **)flags[i].var = values[i];
	if (streq(flags[i].name, "coverprofile"))
		cfg.cover = true;
	return NULL;
}

/* The flag of this name, with or without test. in front; -1: not ours. */
static int
lookup(const char *name)
{
	const char *rest = cutprefix(name, "test.");

	for (int i = 0; i < NFLAGS; i++)
		if (streq(flags[i].name, name) || (rest != NULL && flags[i].pass && streq(flags[i].name, rest)))
			return i;
	return -1;
}

static bool
isbool(int i)
{
	return flags[i].kind == TF_BOOL || flags[i].kind == TF_V;
}

static void
badvalue(int i, const char *name, const char *value, const char *why)
{
	fprintf(stderr, "invalid %svalue %s for %s-%s: %s\n", isbool(i) ? "boolean " : "", goquoted(value),
	    isbool(i) ? "" : "flag ", name, why);
	usage();
}

static bool
envflag(const char *name, const char *value)
{
	int i = lookup(name);
	const char *err;

	if (i < 0)
		return false;
	if (value == NULL && !isbool(i)) {
		fprintf(stderr, "go: flag -%s needs an argument (from $GOFLAGS)\n", name);
		usage();
	}
	err = setflag(i, value != NULL ? value : "true");
	if (err != NULL)
		go_fatal("invalid value %s for flag -%s (from $GOFLAGS): %s", goquoted(value), name, err);
	fromenv[i] = flags[i].pass;
	return true;
}

static void
givetest(int i)
{
	strs_add(&tf.args, intern_printf("-test.%s=%s", flags[i].name, values[i]));
	fromenv[i] = false;
}

/*
 * One word that looks like a flag, at argv[at]. Returns the number of words used; 0: nobody knows it.
 */
static int
oneflag(int argc, char **argv, int at)
{
	const char *w = argv[at], *name = w + (w[1] == '-' ? 2 : 1), *eq = strchr(name, '='),
		   *value = eq != NULL ? eq + 1 : NULL, *err;
	const DFlag *f;
	int i, used = 1;
	bool boolean;

	if (*name == '\0' || *name == '-' || *name == '=') {
		fprintf(stderr, "bad flag syntax: %s\n", w);
		usage();
	}
	name = eq != NULL ? sub(name, (size_t)(eq - name)) : intern_str(name);
	i = lookup(name);
	f = i < 0 ? flags_find(&self, name) : NULL;
	if (i < 0 && f == NULL) {
		if (streq(name, "h") || streq(name, "help"))
			usage();
		return 0;
	}
	boolean = i >= 0 ? isbool(i) : f->kind == DF_BOOL || f->kind == DF_BOOLFUNC;
	if (value == NULL && !boolean) {
		if (at + 1 >= argc) {
			fprintf(stderr, "flag needs an argument: -%s\n", name);
			usage();
		}
		value = argv[at + 1];
		used = 2;
	}
	if (value == NULL)
		value = "true";
	if (f != NULL) {
		flags_set(&self, f, value);
		return used;
	}
	err = setflag(i, value);
	if (err != NULL)
		badvalue(i, name, value, err);
	if (flags[i].pass)
		givetest(i);
	return used;
}

/* Splits the words into flags of ours, packages, and words for the test. */
static void
splitwords(int argc, char **argv)
{
	bool inlist = false, listdone = false, aftervalueless = false;
	const char *unknown = NULL;

	for (int at = 0; at < argc;) {
		const char *w = argv[at];
		bool wasafter = aftervalueless;
		int used;

		aftervalueless = false;
		if (streq(w, "--")) {
			for (; at < argc; at++)
				strs_add(&tf.args, argv[at]);
			break;
		}
		if (w[0] != '-' || w[1] == '\0') {
			if (!inlist && listdone) {
				/* it may be the value of an unknown flag; if not, the rest is the test's */
				do
					strs_add(&tf.args, argv[at++]);
				while (!wasafter && at < argc);
				continue;
			}
			inlist = listdone = true;
			tf.haspkgs = true;
			strs_add(&tf.pkgs, w);
			at++;
			continue;
		}
		inlist = false;
		if (streq(w, "-args") || streq(w, "--args")) {
			while (++at < argc)
				strs_add(&tf.args, argv[at]);
			break;
		}
		used = oneflag(argc, argv, at);
		if (used == 0) {
			listdone = true;
			if (unknown == NULL)
				unknown = w;
			strs_add(&tf.args, w);
			aftervalueless = strchr(w, '=') == NULL;
			used = 1;
		}
		at += used;
	}
	if (unknown != NULL && tf.c) {
		fprintf(stderr, "go: unknown flag %s cannot be used with -c\n", unknown);
		usage();
	}
}

void
testflags_parse(int argc, char **argv)
{
	static const char *const standard[] = { "-atomic", "-bool", "-buildtags", "-directive", "-errorsas",
		"-ifaceassert", "-nilfunc", "-printf", "-slog", "-stringintconv" };
	static const char *const profiles[] = { "blockprofile", "cpuprofile", "memprofile", "mutexprofile", "trace" };
	Strs given = { 0 };

	flags_env(&self, envflag);
	splitwords(argc, argv);
	given = tf.args;
	tf.args = (Strs){ 0 };
	if (tf.json) {
		strs_add(&tf.args, "-test.v=test2json");
		fromenv[lookup("v")] = false;
	}
	for (int i = 0; i < NFLAGS; i++)
		if (fromenv[i])
			givetest(i);
	if (tf.timeout > 0 && values[lookup("timeout")] == NULL)
		strs_add(&tf.args, intern_printf("-test.timeout=%s", duration_text(tf.timeout)));
	for (size_t i = 0; i < NELEM(profiles); i++)
		if (values[lookup(profiles[i])] != NULL && tf.profile == NULL)
			tf.profile = intern_printf("-%s", profiles[i]);
	if (tf.profile != NULL && values[lookup("outputdir")] == NULL)
		strs_add(&tf.args, intern_printf("-test.outputdir=%s", cfg.cwd));
	for (int i = 0; i < given.n && !streq(given.at[i], "--"); i++)
		if (streq(given.at[i], "-h") || streq(given.at[i], "-help") || streq(given.at[i], "--help"))
			tf.help = true;
	strs_append(&tf.args, &given);
	for (size_t i = 0; i < NELEM(standard) && !tf.vetexplicit; i++)
		strs_add(&tf.vetflags, standard[i]);
}
