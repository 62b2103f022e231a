/*
 * link.c - the command: go tool link [flags] main.a
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "link/link.h"

static const char *importcfg, *libdir, *linkmode = "auto", *head, *gnuid;
static bool ignored, compress = true;
static const char *notused;

/* Flags of gc's linker that ask for what this one does not do; the help text marks their rows. */
static const char *nostring[9];
static bool nobool[6];
enum { GNUIDBYTES = 20, MAXGNUID = 32 };	/* of a build ID */
static const char notsupported[] = "not supported";

static void
add_x(const char *arg)
{
	const char *eq = strchr(arg, '='), *dot = NULL;
	StrVar v;

	for (const char *p = arg; eq != NULL && p < eq; p++)
		if (*p == '.')
			dot = p;
	if (eq == NULL || dot == NULL) {
		fprintf(stderr, "link: -X flag requires argument of the form importpath.name=value\n");
		exit(2);
	}
	v.name = intern(arg, (size_t)(eq - arg));
	v.value = eq + 1;
	vec_push(perm, &l.strvars, v);
}

static void
set_text(const char *arg)
{
	char *end;

	errno = 0;
	l.textaddr = strtoull(arg, &end, 0);
	l.textset = true;
	if (*arg < '0' || *arg > '9' || *end != '\0' || errno != 0 || l.textaddr > INT64_MAX) {
		bool digits = *arg >= '0' && *arg <= '9' && *end == '\0';

		fprintf(stderr, "invalid value \"%s\" for flag -T: %s\nusage: link [options] main.o\n", arg,
		    digits ? "value out of range" : "parse error");
		exit(2);
	}
}

static void
add_dir(const char *arg)
{
	vec_push(perm, &l.dirs, arg);
}

static void
ignore(const char *arg)
{
	(void)arg;
}

/* -B: what is written in hex, or a hash of the Go build ID. */
static void
setgnuid(void)
{
	const char *hex = gnuid + 2;
	char sum[65];

	if (strcmp(gnuid, "gobuildid") == 0) {
		if (l.buildid == NULL || l.buildid[0] == 0)
			fatal("-B gobuildid needs a Go build ID, from -buildid");
		sha256_hex(l.buildid, strlen(l.buildid), sum);
		sum[2 * GNUIDBYTES] = 0;
		hex = sum;
	} else if (strncmp(gnuid, "0x", 2) != 0) {
		fatal("-B argument must start with 0x: %s", gnuid);
	}
	if (strlen(hex) % 2 != 0)
		fatal("-B argument must have even number of digits: %s", gnuid);
	if (strlen(hex) > 2 * MAXGNUID)
		fatal("-B option too long (max %d digits): %s", 2 * MAXGNUID, gnuid);
	if (hex[strspn(hex, "0123456789abcdefABCDEF")] != 0)
		fatal("-B argument contains invalid hex digit: %s", gnuid);
	for (; *hex != 0; hex += 2) {
		const char digits[] = { hex[0], hex[1], 0 };

		buf_byte(&l.gnuid, (uint8_t)strtoul(digits, NULL, 16));
	}
}

static void
refuse(const Flag *f, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (f[i].help == notsupported &&
		    (f[i].kind == FLAG_BOOL ? *(const bool *)f[i].var : *(const char **)f[i].var != NULL))
			fatal("-%s is not supported", f[i].name);
}

/* Two words separated by =, the rest of a line. */
static void
cfgline(const char *line, size_t n, int num)
{
	const char *end = line + n, *sp = memchr(line, ' ', n), *eq;

	if (n == 0 || line[0] == '#')
		return;
	if (sp == NULL)
		fatal("%s:%d: invalid line: need verb and argument", importcfg, num);
	if (strncmp(line, "packagefile ", 12) == 0) {
		eq = memchr(line, '=', n);
		if (eq == NULL || eq == sp + 1 || eq + 1 == end)
			fatal("%s:%d: invalid packagefile: syntax is \"packagefile path=filename\"", importcfg, num);
		map_set(l.packagefile, intern(sp + 1, (size_t)(eq - sp - 1)),
		    (void *)(uintptr_t)intern(eq + 1, (size_t)(end - eq - 1)));
	} else if (strncmp(line, "modinfo ", 8) == 0) {
		/* a quoted Go string; what it holds is plain but for \n \t \" \\ and \x.. */
		Buf b = { 0 };

		for (const char *p = line + 9; p < end && *p != '"'; p++) {
			if (*p != '\\') {
				buf_byte(&b, (uint8_t)*p);
				continue;
			}
			p++;
			if (*p == 'x' && end - p > 2) {
				char hex[3] = { p[1], p[2], 0 };

				buf_byte(&b, (uint8_t)strtol(hex, NULL, 16));
				p += 2;
			} else {
				static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
				const char *e = strchr(from, *p);

				buf_byte(&b, (uint8_t)(e != NULL ? to[e - from] : *p));
			}
		}
		l.modinfo = buf_cstr(&b);
		l.modinfolen = b.n;
	} else if (strncmp(line, "packageshlib ", 13) == 0) {
		fatal("%s:%d: shared libraries are not supported", importcfg, num);
	} else {
		fatal("%s:%d: unknown directive \"%.*s\"", importcfg, num, (int)(sp - line), line);
	}
}

static void
read_importcfg(void)
{
	Bytes b;
	int num = 1;

	if (!file_trymap(importcfg, &b))
		fatal("%s:", importcfg);
	for (const char *p = (const char *)b.p, *end = p + b.n; p < end; num++) {
		const char *nl = memchr(p, '\n', (size_t)(end - p)), *stop = nl != NULL ? nl : end;

		cfgline(p, (size_t)(stop - p), num);
		p = stop + 1;
	}
}

/* lib/<goos>_<goarch> of the SDK that this program belongs to: pkg/tool/<host>/link. */
static const char *
default_libdir(const char *goarch)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	const char *dir;

	if (n < 0)
		fatal("readlink /proc/self/exe:");
	exe[n] = 0;
	dir = path_dir(path_dir(path_dir(path_dir(intern_str(exe)))));
	return arena_printf(perm, "%s/lib/linux_%s", dir, goarch);
}

int
main(int argc, char **argv)
{
	static const char *goarch;
	/* clang-format off */
	static const Flag flags[] = {
		{ "o", FLAG_STRING, &l.out, "file", "write output to file" },
		{ "importcfg", FLAG_STRING, &importcfg, "file", "read import configuration from file" },
		{ "buildid", FLAG_STRING, &l.buildid, "id", "record id as Go toolchain build id" },
		{ "buildmode", FLAG_STRING, &l.buildmode, "mode", "set build mode" },
		{ "linkmode", FLAG_STRING, &linkmode, "mode", "set link mode" },
		{ "X", FLAG_FUNC, (void *)add_x, "definition", "add string value definition of the form importpath.name=value" },
		{ "E", FLAG_STRING, &l.entry, "entry", "set entry symbol name" },
		{ "s", FLAG_BOOL, &l.nosym, NULL, "disable symbol table" },
		{ "w", FLAG_BOOL, &l.nodwarf, NULL, "disable DWARF generation" },
		{ "v", FLAG_BOOL, &l.verbose, NULL, "print link trace" },
		{ "sysroot", FLAG_STRING, &libdir, "dir", "libraries of the target (default: the SDK's lib/GOOS_GOARCH)" },
		{ "extld", FLAG_STRING, &l.extld, "linker", "use linker when linking in external mode" },
		{ "extldflags", FLAG_STRING, &l.extldflags, "flags", "pass flags to external linker" },
		{ "B", FLAG_STRING, &gnuid, "note", "set ELF NT_GNU_BUILD_ID note: 0x and hex digits, or gobuildid" },
		{ "L", FLAG_FUNC, (void *)add_dir, "directory", "add specified directory to library path" },
		{ "compressdwarf", FLAG_BOOL, &compress, NULL, "compress DWARF if possible" },
		{ "H", FLAG_STRING, &head, "type", "set header type: linux" },
		{ "tmpdir", FLAG_STRING, &l.tmpdir, "directory", "use directory for temporary files and keep them" },
		{ "V", FLAG_BOOLFUNC, (void *)flag_version, "full", "print version and exit" },
		/* what they are about does not exist in static programs, or is always so */
		{ "installsuffix", FLAG_STRING, &notused, "suffix", "set package directory suffix" },
		{ "I", FLAG_STRING, &notused, "linker", "use linker as ELF dynamic linker (programs are static)" },
		{ "r", FLAG_STRING, &notused, "dir1:dir2", "set the ELF dynamic linker search path (programs are static)" },
		{ "libgcc", FLAG_STRING, &notused, "string", "compiler support lib for internal linking (that of the SDK is used)" },
		{ "extar", FLAG_STRING, &notused, "string", "archive program for buildmode=c-archive" },
		{ "d", FLAG_BOOL, &ignored, NULL, "disable dynamic executable (always)" },
		{ "bindnow", FLAG_BOOL, &ignored, NULL, "mark a dynamically linked ELF object for immediate function binding" },
		{ "aslr", FLAG_BOOL, &ignored, NULL, "enable ASLR for buildmode=c-shared on windows" },
		{ "checklinkname", FLAG_BOOL, &ignored, NULL, "check linkname symbol references" },
		{ "pruneweakmap", FLAG_BOOL, &ignored, NULL, "prune weak mapinit refs" },
		{ "strictdups", FLAG_FUNC, (void *)ignore, "int", "sanity check duplicate symbol contents (always)" },
		{ "f", FLAG_BOOL, &ignored, NULL, "ignore version mismatch" },
		{ "g", FLAG_BOOL, &ignored, NULL, "disable go package data checks" },
		{ "h", FLAG_BOOL, &ignored, NULL, "halt on error" },
		{ "a", FLAG_BOOL, &ignored, NULL, "no-op (deprecated)" },
		{ "n", FLAG_BOOL, &ignored, NULL, "no-op (deprecated)" },
		{ "T", FLAG_FUNC, (void *)set_text, "address", "set the start address of text symbols" },
		{ "R", FLAG_STRING, &nostring[0], "quantum", notsupported },
		{ "k", FLAG_STRING, &nostring[1], "symbol", notsupported },
		{ "benchmark", FLAG_STRING, &nostring[2], "string", notsupported },
		{ "benchmarkprofile", FLAG_STRING, &nostring[3], "base", notsupported },
		{ "cpuprofile", FLAG_STRING, &nostring[4], "file", notsupported },
		{ "memprofile", FLAG_STRING, &nostring[5], "file", notsupported },
		{ "randlayout", FLAG_STRING, &nostring[6], "seed", notsupported },
		{ "capturehostobjs", FLAG_STRING, &nostring[7], "path", notsupported },
		{ "pluginpath", FLAG_STRING, &nostring[8], "string", notsupported },
		{ "c", FLAG_BOOL, &nobool[0], NULL, notsupported },
		{ "dumpdep", FLAG_BOOL, &nobool[1], NULL, notsupported },
		{ "linkshared", FLAG_BOOL, &nobool[2], NULL, notsupported },
		{ "race", FLAG_BOOL, &nobool[3], NULL, notsupported },
		{ "msan", FLAG_BOOL, &nobool[4], NULL, notsupported },
		{ "asan", FLAG_BOOL, &nobool[5], NULL, notsupported },
	};
	/* clang-format on */
	int i;

	diag_init("link");
	l.a = perm;
	l.packagefile = map_new(perm);
	l.entry = "_start";
	l.modinfo = "";
	l.out = "a.out";
	l.buildmode = "exe";
	flag_expand(&argc, &argv);
	i = flag_parse("link [options] main.o", flags, NELEM(flags), argc, argv);
	if (i != argc - 1) {
		fprintf(stderr, "usage: link [options] main.o\n");
		return 2;
	}
	refuse(flags, NELEM(flags));
	if (gnuid != NULL)
		setgnuid();
	if (head != NULL && strcmp(head, "linux") != 0)
		fatal("-H=%s: programs for linux are ELF files", head);
	l.pie = strcmp(l.buildmode, "pie") == 0;
	if (strcmp(l.buildmode, "exe") != 0 && !l.pie)
		fatal("-buildmode=%s is not supported on linux/%s", l.buildmode, target_goarch());
	if (strcmp(linkmode, "external") != 0 && strcmp(linkmode, "internal") != 0 && strcmp(linkmode, "auto") != 0)
		fatal("invalid value \"%s\" for flag -linkmode: invalid linkmode: \"%s\"", linkmode, linkmode);
	l.external = strcmp(linkmode, "external") == 0;
	l.nocompress = !compress;
	goarch = target_goarch();
	l.t = target_find(goarch);
	if (l.t == NULL)
		fatal("unknown architecture %s", goarch);
	l.base = l.pie ? 0 : l.t->textbase;
	if (l.textset && (l.pie || l.external))
		fatal("-T is not supported with -%s", l.pie ? "buildmode=pie" : "linkmode=external");
	l.mainfile = argv[i];
	l.libdir = libdir != NULL ? libdir : default_libdir(goarch);
	if (importcfg != NULL)
		read_importcfg();
	/* what runtime.GOROOT answers; the go command sets it to nothing for -trimpath */
	if (getenv("GOROOT") != NULL && getenv("GOROOT")[0] != 0)
		add_x(arena_printf(perm, "runtime.defaultGOROOT=%s", getenv("GOROOT")));
	link_run();
	return 0;
}
