/*
 * asm.c - the command: go tool asm [flags] file.s...
 *
 * Writes one ELF object, which the go command appends to the package's archive; with -gensymabis the list of functions
 * that the files define and refer to, for the compiler.
 */
#include <stdlib.h>
#include <unistd.h>

#include "asm/asm.h"

static AsmConfig cfg;
static const char *outfile, *pkgpath = "<unlinkable>", *trimpath, *spectre, *debug, *file;
static bool gensymabis, all, shared, dynlink, linkshared, verbose, dump, runtimeflag;
static int listing;

static void
adddefine(const char *arg)
{
	vec_push(perm, &cfg.lex.defines, arg);
}

static void
addinclude(const char *arg)
{
	vec_push(perm, &cfg.lex.includes, arg);
}

/* Packages whose assembly may name the convention of what it calls (cmd/internal/objabi's pkgspecial). */
static bool
allowabi(const char *path)
{
	/* clang-format off */
	static const char *const list[] = {
		"runtime", "reflect", "syscall", "internal/bytealg", "internal/chacha8rand", "internal/runtime/syscall",
		"runtime/internal/startlinetest",
	};
	/* clang-format on */

	for (size_t i = 0; i < NELEM(list); i++)
		if (strcmp(path, list[i]) == 0)
			return true;
	return false;
}

static void
failed(void)
{
	fprintf(stderr, "asm: assembly of %s failed\n", file);
}

/* What has no counterpart here, or would not do what it says. */
static void
refuse(void)
{
	if (dynlink || linkshared)
		fatal("-dynlink and -linkshared are not supported");
	if (debug != NULL)
		fatal("-d=%s is not supported", debug);
	if (spectre != NULL && spectre[0] != '\0' && strcmp(spectre, "index") != 0)
		fatal("-spectre=%s is not supported", spectre);
	if (dump)
		fatal("-debug is not supported; -S lists the code");
}

static void
assemble(int argc, char **argv, int first)
{
	Buf out = { 0 };
	ObjFile *o = objfile_new(perm, cfg.cpu->name, pkgpath);

	diag_atexit(failed);
	for (int i = first; i < argc; i++) {
		file = argv[i];
		if (gensymabis)
			asm_symabis(&cfg, file, &out);
		else
			asm_file(&cfg, o, file);
		diag_checkpoint();
	}
	if (!gensymabis) {
		asm_finish(o);
		diag_checkpoint();
		obj_write(o, &out);
	}
	file_replace(outfile, out.p, out.n, 0666);
}

int
main(int argc, char **argv)
{
	/* clang-format off */
	static const Flag flags[] = {
		{ "D", FLAG_FUNC, (void *)adddefine, "value", "predefined symbol with optional simple value -D=identifier=value; can be set multiple times" },
		{ "I", FLAG_FUNC, (void *)addinclude, "value", "include directory; can be set multiple times" },
		{ "S", FLAG_COUNT, &listing, NULL, "print assembly and machine code" },
		{ "V", FLAG_BOOLFUNC, (void *)flag_version, "full", "print version and exit" },
		{ "compiling-runtime", FLAG_BOOL, &runtimeflag, NULL, "source to be compiled is the Go runtime" },
		{ "d", FLAG_STRING, &debug, "value", "enable debugging settings (not supported)" },
		{ "debug", FLAG_BOOL, &dump, NULL, "dump instructions as they are parsed (not supported)" },
		{ "dynlink", FLAG_BOOL, &dynlink, NULL, "support references to Go symbols defined in other shared libraries" },
		{ "e", FLAG_BOOL, &all, NULL, "no limit on number of errors reported" },
		{ "gensymabis", FLAG_BOOL, &gensymabis, NULL, "write symbol ABI information to output file, don't assemble" },
		{ "linkshared", FLAG_BOOL, &linkshared, NULL, "generate code that will be linked against Go shared libraries" },
		{ "o", FLAG_STRING, &outfile, "string", "output file; default foo.o for /a/b/c/foo.s as first argument" },
		{ "p", FLAG_STRING, &pkgpath, "string", "set expected package import to path" },
		{ "shared", FLAG_BOOL, &shared, NULL, "generate code that can be linked into a shared library (ignored: all code is)" },
		{ "spectre", FLAG_STRING, &spectre, "list", "enable spectre mitigations in list (all, ret: not supported)" },
		{ "trimpath", FLAG_STRING, &trimpath, "string", "remove prefix from recorded source file paths" },
		{ "v", FLAG_BOOL, &verbose, NULL, "print debug output (ignored)" },
	};
	/* clang-format on */
	const char *usage = "usage: asm [options] file.s ...", *goarch;
	int first;

	diag_init("asm");
	flag_expand(&argc, &argv);
	first = flag_parse(usage, flags, NELEM(flags), argc, argv);
	if (first >= argc || (outfile == NULL && argc - first != 1)) {
		fprintf(stderr, "%s\n", usage);
		return 2;
	}
	refuse();
	goarch = target_goarch();
	cfg.cpu = asm_cpu(goarch);
	if (cfg.cpu == NULL)
		fatal("unrecognized architecture %s", goarch);
	if (outfile == NULL) {
		const char *base = path_base(argv[first]);
		size_t n = strlen(base);

		n -= n > 2 && strcmp(base + n - 2, ".s") == 0 ? 2 : 0;
		outfile = intern_printf("%.*s.o", (int)n, base);
	}
	diag.all = all;
	diag.nocolumns = true;
	if (trimpath != NULL)
		pos_trimpath(trimpath);
	cfg.pkgpath = obj_pkgprefix(pkgpath);
	cfg.list = listing > 0;
	cfg.abis = runtimeflag || allowabi(pkgpath);
	assemble(argc, argv, first);
	return 0;
}
