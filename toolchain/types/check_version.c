/*
 * check_version.c - language versions: what go.mod's go line, -lang and
 * //go:build go1.N let a file use.
 */
#include "types/check.h"

int
ck_minor(const char *v)
{
	int minor = 0;

	if (strncmp(v, "go", 2) != 0 || v[2] < '0' || v[2] > '9')
		return -1;
	v += 2;
	if (v[0] != '1')
		return 1000;	/* go2 and later */
	v++;
	if (*v == '\0')
		return 0;
	if (*v++ != '.')
		return -1;
	if (*v < '0' || *v > '9')
		return -1;
	for (; *v >= '0' && *v <= '9'; v++)
		minor = minor < 100000 ? minor * 10 + (*v - '0') : minor;
	return minor;
}

const char *
ck_versionsuffix(Checker *k)
{
	const char *file = k->env.file != NULL ? k->env.file->goversion : NULL;
	const char *lang = k->cfg->lang;

	if (file != NULL && ck_minor(file) >= 21)
		return intern_printf(" (file declares //go:build %s)", file);
	return lang != NULL ? intern_printf(" (-lang was set to %s; check go.mod)", lang) : "";
}

/* True if the file's language version is go1.minor or later; else says that what fmt words requires it. */
bool
ck_require(Checker *k, Pos p, int minor, const char *fmt, ...)
{
	va_list ap;
	char what[512];

	if (ck_allow(k, minor))
		return true;
	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	ck_error(k, p, "%s requires go1.%d or later", what, minor);
	return false;
}
