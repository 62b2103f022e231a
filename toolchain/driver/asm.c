/*
 * asm.c - packages with .s files.
 *
 * Like every go command: first the assembler lists what the files define and refer to (symabis), by which the compiler
 * makes wrappers; the compiler writes go_asm.h, the numbers that assembly takes from the package; then each file is
 * assembled and its object appended to the archive. Those of the standard library do not count, but for its programs:
 * its functions in assembly are in the runtime.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>

#include "driver/driver.h"

typedef struct AsmBuild {
	Strs files;		/* names in the package's folder */
	Strs objects;		/* of those that are assembled or being assembled */
	bool listed;		/* symabis is there */
	const char *text;	/* messages of the compiler, then of the assembler */
} AsmBuild;

bool
asmbuild_wanted(const Pkg *p)
{
	return (!p->std || pkg_ismain(p)) && p->cgofiles.n == 0 && p->sfiles.n > 0 && p->testmain == NULL;
}

void
asmbuild_prepare(Action *a)
{
	AsmBuild *s = a->assembly = NEW(perm, AsmBuild);

	strs_append(&s->files, &a->p->sfiles);
	s->text = "";
}

void
asmbuild_id(Action *a, Buf *b)
{
	const Strs *lists[] = { &a->assembly->files, &a->p->hfiles };
	Strs flags = pkg_flags(&cfg.asmflags, a->p);

	buf_printf(b, "asm %s\n", tool_id("asm"));
	for (int i = 0; i < flags.n; i++)
		buf_printf(b, "asmflag %s\n", flags.at[i]);
	for (size_t k = 0; k < NELEM(lists); k++)
		for (int i = 0; i < lists[k]->n; i++) {
			const char *h = file_hash(overlay_path(path_join(a->p->dir, lists[k]->at[i])));

			buf_printf(b, "file %s %s\n", lists[k]->at[i], h != NULL ? h : "missing");
		}
}

void
asmbuild_compileflags(Action *a, Strs *v, bool late)
{
	strs_add(v, late ? "-asmhdr" : "-symabis");
	strs_add(v, intern_printf("%s/%s", build_objdir(a), late ? "go_asm.h" : "symabis"));
}

/* The command up to its files. */
static Strs
command(Action *a)
{
	const char *macro = env_archmacro();
	Strs v = { 0 }, flags = pkg_flags(&cfg.asmflags, a->p);
	const char *const words[] = { "-p", build_ppath(a->p), "-trimpath", build_trimpath(a), "-I",
		intern_printf("%s/", build_objdir(a)), "-I", intern_printf("%s/pkg/include", cfg.goroot), "-D",
		intern_printf("GOOS_%s", cfg.goos), "-D", intern_printf("GOARCH_%s", cfg.goarch) };

	build_toolwords(&v, "asm");
	for (size_t i = 0; i < NELEM(words); i++)
		strs_add(&v, words[i]);
	strs_append(&v, &flags);
	if (macro != NULL) {
		strs_add(&v, "-D");
		strs_add(&v, macro);
	}
	return v;
}

static void
run(Action *a, const Strs *v)
{
	if (cfg.n || cfg.x)
		build_show(a->p->dir, v, "");
	if (!cfg.n)
		build_tool(a, v, a->p->dir);
}

void
asmbuild_start(Action *a)
{
	AsmBuild *s = a->assembly;
	const char *header = intern_printf("%s/go_asm.h", build_objdir(a));
	Strs v = command(a);

	if (cfg.n || cfg.x)
		show_cmd(NULL, "echo -n > %s # internal", header);
	if (!cfg.n)
		file_replace(header, "", 0, 0666);
	strs_add(&v, "-gensymabis");
	strs_add(&v, "-o");
	strs_add(&v, intern_printf("%s/symabis", build_objdir(a)));
	for (int i = 0; i < s->files.n; i++)
		strs_add(&v, overlay_path(path_join(a->p->dir, s->files.at[i])));
	run(a, &v);
	if (cfg.n)
		build_gocompile(a);
}

/* Assembles the next file; false: there is none. */
static bool
assemble(Action *a)
{
	AsmBuild *s = a->assembly;
	Strs v = command(a);
	const char *file;
	size_t n;

	if (s->objects.n == s->files.n)
		return false;
	file = s->files.at[s->objects.n];
	n = strlen(file) - (hassuffix(file, ".s") ? 2 : 0);
	strs_add(&s->objects, intern_printf("%s/%.*s.o", build_objdir(a), (int)n, file));
	strs_add(&v, "-o");
	strs_add(&v, s->objects.at[s->objects.n - 1]);
	strs_add(&v, overlay_path(path_join(a->p->dir, file)));
	run(a, &v);
	return true;
}

static void
pack(Action *a)
{
	if (cfg.n || cfg.x)
		show_cmd(NULL, "%s r %s %s # internal", tool_path("pack"), a->built,
		    strs_join(&a->assembly->objects, " "));
}

bool
asmbuild_finished(Action *a, const char *out)
{
	a->assembly->text = out;
	if (!cfg.n)
		return !assemble(a);
	while (assemble(a))
		;
	pack(a);
	return true;
}

void
asmbuild_next(Action *a, Job *j)
{
	AsmBuild *s = a->assembly;
	size_t n;
	const char *out = job_output(j, &n);

	s->text = n > 0 ? arena_printf(perm, "%s%s", s->text, out) : s->text;
	if (j->status != 0) {
		build_fail(a, "asm", s->text, j->status);
	} else if (!s->listed) {
		s->listed = true;
		build_gocompile(a);
	} else if (!assemble(a)) {
		pack(a);
		if (archive_append(a->built, &s->objects)) {
			build_compiled(a, s->text);
			return;
		}
		fprintf(stderr, "# %s\ngo: adding objects to %s: %s\n", a->p->path, a->built, errtext(errno));
		build_done(a, false);
	}
}
