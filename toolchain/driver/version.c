/*
 * version.c - go version, and the build information inside executables.
 *
 * Source: documentation of debug/buildinfo; the layout of .go.buildinfo since Go 1.18 (strings inline after 32 bytes).
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "driver/driver.h"

static bool v_m, v_v;
const DFlag version_flags[] = {
	{ "m", DF_BOOL, &v_m },
	{ "v", DF_BOOL, &v_v },
};
const int version_nflags = NELEM(version_flags);

static bool
uvarint(const uint8_t **p, const uint8_t *end, uint64_t *out)
{
	*out = 0;
	for (int sh = 0; sh < 64 && *p < end; sh += 7) {
		uint8_t c = *(*p)++;

		*out |= (uint64_t)(c & 0x7f) << sh;
		if (c < 0x80)
			return true;
	}
	return false;
}

/* NULL and *err, or the version; *mod is the module text, unframed. */
static const char *
buildinfo(const char *file, const char **mod, const char **err)
{
	Bytes b;
	const uint8_t *p, *end;
	uint64_t n;
	const char *version;

	*mod = "";
	if (!file_trymap(file, &b)) {
		*err = intern_printf("open %s: %s", file, errtext(errno));
		return NULL;
	}
	end = b.p + b.n;
	if (b.n < 64 || memcmp(b.p, "\177ELF", 4) != 0) {
		*err = "unrecognized file format";
		file_unmap(b);
		return NULL;
	}
	for (p = b.p; (p = memmem(p, (size_t)(end - p), "\xff Go buildinf:", 14)) != NULL; p++)
		if ((p - b.p) % 16 == 0 && end - p >= 32 && (p[15] & 2) != 0)
			break;
	if (p == NULL) {
		*err = "not a Go executable";
		file_unmap(b);
		return NULL;
	}
	p += 32;
	if (!uvarint(&p, end, &n) || n > (uint64_t)(end - p)) {
		*err = "not a Go executable";
		return NULL;
	}
	version = sub((const char *)p, (size_t)n);
	p += n;
	if (uvarint(&p, end, &n) && n <= (uint64_t)(end - p) && n >= 33 && p[n - 17] == '\n')
		*mod = sub((const char *)p + 16, (size_t)n - 32);
	return version;
}

static bool
scanfile(const char *file, bool mustprint)
{
	struct stat st;
	const char *mod, *err = "", *v;
	Strs lines = { 0 };

	if (stat(file, &st) < 0) {
		fflush(stdout);
		fprintf(stderr, "stat %s: %s\n", file, errtext(errno));
		return false;
	}
	if (!mustprint && (!S_ISREG(st.st_mode) || (st.st_mode & 0111) == 0))
		return true;
	v = buildinfo(file, &mod, &err);
	if (v == NULL) {	/* that it is something else is no failure */
		fflush(stdout);
		if (mustprint && hasprefix(err, "open "))
			fprintf(stderr, "%s\n", err);
		else if (mustprint)
			fprintf(stderr, "%s: could not read Go build info from %s: %s\n", file, file, err);
		return true;
	}
	printf("%s: %s\n", file, v);
	if (v_m && mod[0] != '\0') {
		strs_split(&lines, mod, '\n');
		for (int i = 0; i < lines.n; i++)
			if (i + 1 < lines.n || lines.at[i][0] != '\0')
				printf("\t%s\n", lines.at[i]);
	}
	return true;
}

static void
scandir_(const char *dir)
{
	DirInfo *d = dir_read(dir);

	for (int i = 0; i < d->nfiles; i++) {
		const char *f = intern_printf("%s/%s", dir, d->files[i].name);

		if (d->files[i].isdir)
			scandir_(f);
		else if (!d->files[i].isother)
			scanfile(f, v_v);
	}
}

void
cmd_version(int argc, char **argv)
{
	if (argc == 0) {
		if (v_m || v_v) {
			fprintf(stderr, "go: 'go version' only accepts -%s flag with arguments\n", v_m ? "m" : "v");
			go_exit(2);
		}
		printf("go version %s %s/%s\n", GOVERSION, cfg.goos, cfg.goarch);
		return;
	}
	for (int i = 0; i < argc; i++) {
		struct stat st;

		if (stat(argv[i], &st) == 0 && S_ISDIR(st.st_mode))
			scandir_(argv[i]);
		else if (!scanfile(argv[i], true))
			go_status = 1;
	}
}
