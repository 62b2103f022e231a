/*
 * link_test.c - programs of a few bytes of machine code: what is kept, what is refused, and what runs.
 *
 * Each link is a child process, as the linker ends on errors. Objects are written by obj_write; the C objects are made
 * here by hand, so that there is nothing in them that the linker does not look at.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <elf.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link/link.h"

static const char *dir;

static const char *
path(const char *name)
{
	return intern_printf("%s/%s", dir, name);
}

/* ---- making objects ---- */

static ObjSym *
text(ObjFile *o, const char *name, const void *code, size_t n)
{
	ObjSym *s = obj_define(o, intern_str(name), SYM_TEXT, 0, 16);
	PcVal row = { 0, 1 };

	s->fn = NEW(perm, ObjFunc);
	vec_push(perm, &s->fn->pcline, row);
	buf_put(&s->data, code, n);
	s->size = n;
	return s;
}

static ObjSym *
data(ObjFile *o, const char *name, SymKind k, unsigned flags, const void *p, size_t n)
{
	ObjSym *s = obj_define(o, intern_str(name), k, flags, 8);

	buf_put(&s->data, p, n);
	s->size = n;
	return s;
}

static ObjSym *
sym(ObjFile *o, const char *name)
{
	return obj_sym(o, intern_str(name));
}

/* File x of the test's folder: the object in an archive. */
static void
archive(const char *name, ObjFile *o)
{
	Buf b = { 0 }, obj = { 0 };

	ar_begin(&b);
	if (o != NULL) {
		obj_write(o, &obj);
		ar_add(&b, "_go_.o", obj.p, obj.n);
	}
	file_replace(path(name), b.p, b.n, 0666);
	buf_free(&b);
	buf_free(&obj);
}

/* A C object: _start calls main.main; .text with one relocation, as a C compiler would write it. */
static Buf
cobject(void)
{
	static const char names[] = "\0.text\0.rela.text\0.symtab\0.strtab\0.data", strs[] = "\0_start\0main.main\0var";
	static const uint8_t code[] = { 0xe8, 0, 0, 0, 0, 0x0f, 0x0b, 0x90 };
	static const Elf64_Rela rela = { 1, ELF64_R_INFO(2, 4), -4 };
	static const Elf64_Sym syms[] = {
		{ 0 },
		{ .st_name = 1, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), .st_shndx = 1, .st_size = 7 },
		{ .st_name = 8, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_NOTYPE) },
		{ .st_name = 18, .st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT), .st_shndx = 5, .st_size = 8 },
	};
	struct {
		Elf64_Ehdr h;
		Elf64_Shdr s[6];
		uint8_t code[8], data[8];
		Elf64_Rela rela;
		Elf64_Sym syms[4];
		char names[sizeof names], strs[sizeof strs];
	} *f = arena_alloc(perm, sizeof *f);
	Buf b = { 0 };

#define AT(field) offsetof(__typeof__(*f), field)
	f->h = (Elf64_Ehdr){ .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_REL,
		.e_machine = EM_X86_64,
		.e_version = 1,
		.e_shoff = AT(s),
		.e_ehsize = sizeof f->h,
		.e_shentsize = sizeof f->s[0],
		.e_shnum = 6,
			     .e_shstrndx = 4 };
	f->s[1] = (Elf64_Shdr){ .sh_name = 1,
		.sh_type = SHT_PROGBITS,
		.sh_flags = SHF_ALLOC | SHF_EXECINSTR,
		.sh_offset = AT(code),
		.sh_size = sizeof code,
		.sh_addralign = 16 };
	f->s[2] = (Elf64_Shdr){ .sh_name = 7,
		.sh_type = SHT_RELA,
		.sh_offset = AT(rela),
		.sh_size = sizeof rela,
		.sh_link = 3,
		.sh_info = 1,
				.sh_entsize = sizeof rela };
	f->s[3] = (Elf64_Shdr){ .sh_name = 18,
		.sh_type = SHT_SYMTAB,
		.sh_offset = AT(syms),
		.sh_size = sizeof syms,
		.sh_link = 4,
		.sh_info = 1,
				.sh_entsize = sizeof syms[0] };
	f->s[4] = (Elf64_Shdr){
		.sh_name = 26, .sh_type = SHT_STRTAB, .sh_offset = AT(names), .sh_size = sizeof names + sizeof strs
	};
	f->s[5] = (Elf64_Shdr){ .sh_name = 34,
		.sh_type = SHT_PROGBITS,
		.sh_flags = SHF_ALLOC | SHF_WRITE,
		.sh_offset = AT(data),
		.sh_size = 8,
				.sh_addralign = 8 };
	memcpy(f->code, code, sizeof code);
	f->rela = rela;
	memcpy(f->syms, syms, sizeof syms);
	memcpy(f->names, names, sizeof names);
	memcpy(f->strs, strs, sizeof strs);
	/* names of symbols stand behind those of sections, in one table */
	for (int i = 1; i < 4; i++)
		f->syms[i].st_name += sizeof names;
	buf_put(&b, f, sizeof *f);
	return b;
}

/* ---- linking ---- */

typedef struct {
	int status;		/* exit code; 128 + signal */
	const char *said;
} Result;

static struct {
	const char *name, *value;
} packages[4];
static int npackages, nstrvars;
static StrVar strvars[4];

static Bytes
content(const char *file)
{
	Bytes b = { NULL, 0 };

	assert_true(file_trymap(file, &b));
	return b;
}

static int
await(pid_t pid)
{
	int st;

	assert_int_equal(waitpid(pid, &st, 0), pid);
	return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}

static Result
dolink(void)
{
	pid_t pid;
	Result r;
	Bytes b;

	unlink(path("a.out"));
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		int fd = open(path("said"), O_RDWR | O_CREAT | O_TRUNC, 0666);

		/* CMocka's handlers would go on with the tests in the child */
		signal(SIGSEGV, SIG_DFL);
		signal(SIGBUS, SIG_DFL);
		signal(SIGFPE, SIG_DFL);
		dup2(fd, 1);
		dup2(fd, 2);
		alarm(20);
		diag.tool = "link";
		l.a = perm;
		l.packagefile = map_new(perm);
		l.entry = "_start";
		l.modinfo = "";
		l.buildmode = "exe";
		l.out = path("a.out");
		l.t = target_find("amd64");
		l.base = l.t->textbase;
		l.mainfile = path("main.a");
		l.libdir = dir;
		for (int i = 0; i < npackages; i++)
			map_set(l.packagefile, intern_str(packages[i].name),
			    (void *)(uintptr_t)path(packages[i].value));
		for (int i = 0; i < nstrvars; i++)
			vec_push(perm, &l.strvars, strvars[i]);
		link_run();
		exit(0);
	}
	r.status = await(pid);
	b = content(path("said"));
	r.said = arena_strndup(perm, (const char *)b.p, b.n);
	file_unmap(b);
	return r;
}

static int
run(void)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		execl(path("a.out"), "a.out", (char *)NULL);
		_exit(99);
	}
	return await(pid);
}

static bool
has(const char *name)
{
	Bytes b = content(path("a.out"));
	bool found = memmem(b.p, b.n, name, strlen(name) + 1) != NULL;

	file_unmap(b);
	return found;
}

static void
mustlink(void)
{
	Result r = dolink();

	if (r.status != 0)
		fail_msg("exit code %d: %s", r.status, r.said);
}

static void
mustfail(const char *why)
{
	Result r = dolink();

	assert_int_equal(r.status, 2);
	if (strstr(r.said, why) == NULL)
		fail_msg("%s is not in: %s", why, r.said);
	assert_false(file_exists(path("a.out")));
}

/* mov $60, %eax; syscall: exit with what is in %edi */
#define EXIT 0xb8, 60, 0, 0, 0, 0x0f, 0x05

static ObjFile *
exits(int status)
{
	ObjFile *o = objfile_new(perm, "amd64", "main");
	uint8_t code[] = { 0xbf, (uint8_t)status, 0, 0, 0, EXIT };

	text(o, "main.main", code, sizeof code);
	return o;
}

static int
setup(void **state)
{
	static const char *const libs[] = { "libruntime.a", "libc.a", "libclang_rt.builtins.a" };
	const char *tmp = getenv("TMPDIR");
	char *name = arena_printf(perm, "%s/link_test.XXXXXX", tmp != NULL && tmp[0] != 0 ? tmp : "/tmp");
	Buf b = cobject();

	(void)state;
	dir = mkdtemp(name);
	assert_non_null(dir);
	for (size_t i = 0; i < NELEM(libs); i++)
		archive(libs[i], NULL);
	file_replace(path("crt1.o"), b.p, b.n, 0666);
	buf_free(&b);
	for (size_t i = 0; i < 2; i++) {
		static const char *const crt[] = { "crti.o", "crtn.o" };

		obj_write(objfile_new(perm, "amd64", crt[i]), &b);
		file_replace(path(crt[i]), b.p, b.n, 0666);
		buf_free(&b);
	}
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	return system(arena_printf(perm, "rm -rf '%s'", dir));
}

static int
fresh(void **state)
{
	(void)state;
	npackages = nstrvars = 0;
	return 0;
}

/* ---- tests ---- */

static void
program_of_a_few_bytes_runs(void **state)
{
	(void)state;
	archive("main.a", exits(42));
	mustlink();
#ifdef __x86_64__
	assert_int_equal(run(), 42);
#endif
}

static void
same_input_gives_the_same_file(void **state)
{
	Bytes a, b;

	(void)state;
	archive("main.a", exits(1));
	mustlink();
	rename(path("a.out"), path("b.out"));
	mustlink();
	a = content(path("a.out"));
	b = content(path("b.out"));
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p, b.p, a.n);
	file_unmap(a);
	file_unmap(b);
}

/* Exits with the first byte of string main.s, which is "A". */
static ObjFile *
stringprogram(const char *gotype)
{
	static const uint8_t code[] = { 0x48, 0x8b, 0x05, 0, 0, 0, 0, 0x0f, 0xb6, 0x38, EXIT };
	ObjFile *o = objfile_new(perm, "amd64", "main");
	ObjSym *f = text(o, "main.main", code, sizeof code), *s = obj_define(o, intern_str("main.s"), SYM_DATA, 0, 8);
	static const uint8_t mask[] = { 1 };

	obj_reloc(f, 3, OBJ_R_PCREL32, s, -4);
	obj_addr(s, obj_text(o, "A", 1), 0, 8);
	buf_u64(&s->data, 1);
	s->size = 16;
	s->gotype = intern_str(gotype);
	s->ptrmask = mask;
	s->ptrwords = 1;
	return o;
}

static void
option_X_sets_a_string(void **state)
{
	(void)state;
	archive("main.a", stringprogram("type:string"));
	mustlink();
#ifdef __x86_64__
	assert_int_equal(run(), 'A');
#endif
	strvars[nstrvars++] = (StrVar){ "main.s", "Quite" };
	strvars[nstrvars++] = (StrVar){ "main.unknown", "nobody" };
	mustlink();
#ifdef __x86_64__
	assert_int_equal(run(), 'Q');
#endif
	strvars[nstrvars++] = (StrVar){ "main.s", "Zero" };	/* the last one counts */
	mustlink();
#ifdef __x86_64__
	assert_int_equal(run(), 'Z');
#endif
}

static void
option_X_refuses_what_is_no_string(void **state)
{
	(void)state;
	archive("main.a", stringprogram("type:main.S"));
	strvars[nstrvars++] = (StrVar){ "main.s", "x" };
	mustfail("main.s: cannot set with -X: not a var of type string (type:main.S)");
}

static void
missing_things_are_named(void **state)
{
	ObjFile *o = exits(0);

	(void)state;
	obj_reloc(sym(o, "main.main"), 0, OBJ_R_KEEP, sym(o, "main.g"), 0);
	archive("main.a", o);
	mustfail("relocation target main.g not defined");
	archive("main.a", objfile_new(perm, "amd64", "main"));
	mustfail("function main is undeclared in the main package");
	o = exits(0);
	vec_push(perm, &o->imports, intern_str("no/such"));
	archive("main.a", o);
	mustfail("cannot find package no/such");
}

/* Package p defines "dup" too, as flags say, with the given first byte. */
static void
duplicate(unsigned flags, uint8_t first)
{
	static const uint8_t mine[] = { 1, 2, 3 };
	uint8_t other[] = { first, 2, 3 };
	ObjFile *o = exits(7), *p = objfile_new(perm, "amd64", "p");

	data(o, "dup", SYM_RODATA, flags, mine, 3);
	obj_reloc(sym(o, "main.main"), 0, OBJ_R_KEEP, sym(o, "dup"), 0);
	vec_push(perm, &o->imports, intern_str("p"));
	data(p, "dup", SYM_RODATA, flags, other, 3);
	archive("main.a", o);
	archive("p.a", p);
	packages[0].name = "p";
	packages[0].value = "p.a";
	npackages = 1;
}

static void
duplicates_must_be_allowed_and_equal(void **state)
{
	(void)state;
	duplicate(SYMF_DUPOK, 1);
	mustlink();
	duplicate(SYMF_DUPOK, 9);
	mustfail("symbol dup differs between");
	duplicate(0, 1);
	mustfail("duplicated definition of symbol dup");
}

/* A type with one method M; main.main puts it in an interface and, if asked, calls M on one. */
static void
methodprogram(bool calls)
{
	static const uint8_t name[] = { 1, 1, 'M' }, zero[64], ret[] = { 0xc3 };
	ObjFile *o = exits(3);
	ObjSym *n = data(o, "type:.namedata.M.", SYM_TYPE, SYMF_DUPOK, name, 3),
	       *fn = data(o, "type:func()", SYM_TYPE, SYMF_DUPOK, zero, 56);
	ObjSym *m = text(o, "main.T.M", ret, 1), *t = data(o, "type:main.T", SYM_TYPE, 0, zero, 64);
	ObjSym *i = data(o, "type:main.I", SYM_TYPE, 0, zero, 64), *f = sym(o, "main.main");

	obj_reloc(t, 40, OBJ_R_TYPEOFF, n, 0);
	obj_reloc(t, 44, OBJ_R_METHODOFF, fn, 0);
	obj_reloc(t, 48, OBJ_R_METHODOFF, m, 0);
	obj_reloc(t, 52, OBJ_R_METHODOFF, m, 0);
	obj_reloc(i, 40, OBJ_R_TYPEOFF, n, 0);
	obj_reloc(i, 44, OBJ_R_TYPEOFF, fn, 0);
	obj_reloc(f, 0, OBJ_R_USEIFACE, t, 0);
	if (calls)
		obj_reloc(f, 0, OBJ_R_USEIFACEMETHOD, i, 40);
	archive("main.a", o);
}

static void
methods_that_nobody_can_call_are_left_out(void **state)
{
	(void)state;
	methodprogram(false);
	mustlink();
	assert_true(has("main.main"));
	assert_false(has("main.T.M"));
	methodprogram(true);
	mustlink();
	assert_true(has("main.T.M"));
#ifdef __x86_64__
	assert_int_equal(run(), 3);
#endif
}

static void
functions_that_nobody_needs_are_left_out(void **state)
{
	static const uint8_t ret[] = { 0xc3 };
	ObjFile *o = exits(0);

	(void)state;
	text(o, "main.unused", ret, 1);
	archive("main.a", o);
	mustlink();
	assert_false(has("main.unused"));
}

static void
symbols_beyond_the_limit_are_refused(void **state)
{
	ObjFile *o = exits(0);
	ObjSym *s = obj_define(o, intern_str("main.huge"), SYM_BSS, 0, 8);

	(void)state;
	s->size = 3000000000u;
	obj_reloc(sym(o, "main.main"), 0, OBJ_R_KEEP, s, 0);
	archive("main.a", o);
	mustfail("main.huge: symbol too large (3000000000 bytes > 2000000000 bytes)");
}

/* ---- damage ---- */

static uint32_t seed = 12345;
static uint32_t
rnd(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (uint32_t)((uint64_t)(seed >> 4) * n >> 28);
}

/* One of: a byte or a word changed, the end cut off. */
static void
damage(Buf *b)
{
	static const uint64_t odd[] = { 0, 1, 0xff, 0x7fffffff, 0xffffffff, 0x7fffffffffffffff, 0xffffffffffffffff,
		0x100000000 };
	uint32_t at = rnd((uint32_t)b->n);

	switch (rnd(4)) {
	case 0:
		b->n = at;
		break;
	case 1:
		b->p[at] ^= (uint8_t)(1 + rnd(255));
		break;
	default:
		at &= ~3u;
		memcpy(b->p + at, &odd[rnd(NELEM(odd))], b->n - at < 8 ? 4 : rnd(2) ? 8 : 4);
		break;
	}
}

/* The object of an archive gets the hash of what it is now, as from somebody who makes files to break a linker. */
static void
sign(Buf *b)
{
	ArMembers m = { 0 };
	const char *err;

	if (!ar_read(perm, (Bytes){ b->p, b->n }, &m, &err))
		return;
	for (int i = 0; i < m.n; i++) {
		uint8_t *p = b->p + (m.at[i].data.p - b->p), *h;
		uint32_t magic = META_MAGIC;
		size_t n = m.at[i].data.n, at;
		uint64_t hash;

		h = memmem(p, n, &magic, sizeof magic);
		if (h == NULL || n - (size_t)(h - p) < sizeof(MetaHeader))
			continue;
		at = (size_t)(h - p) + offsetof(MetaHeader, hash);
		hash = hash64(p + at + sizeof hash, n - at - sizeof hash, hash64(p, at, 0));
		memcpy(p + at, &hash, sizeof hash);
	}
}

typedef enum {
	PLAIN,
	SAME,
	SIGNED
} Kind; /* SAME: whatever links must be what it was. SIGNED: hashes agree with the damage. */

/* Links with mutants of a file. */
static void
mutants(const char *file, int n, Kind kind)
{
	Bytes orig, want, have;
	Buf keep = { 0 }, outkeep = { 0 };

	mustlink();
	want = content(path("a.out"));
	buf_put(&outkeep, want.p, want.n);
	orig = content(path(file));
	buf_put(&keep, orig.p, orig.n);
	for (int i = 0; i < n; i++) {
		Buf b = { 0 };
		Result r;

		buf_put(&b, keep.p, keep.n);
		damage(&b);
		if (kind == SIGNED)
			sign(&b);
		file_replace(path(file), b.p, b.n, 0666);
		r = dolink();
		if ((r.status != 0 && r.status != 2) || (r.status == 2 && r.said[0] == 0) ||
		    strstr(r.said, "runtime error") != NULL)
			fail_msg("mutant %d of %s: exit code %d: %s", i, file, r.status, r.said);
		if (r.status == 0 && kind == SAME) {
			have = content(path("a.out"));
			assert_int_equal(have.n, outkeep.n);
			assert_memory_equal(have.p, outkeep.p, have.n);
			file_unmap(have);
		}
		buf_free(&b);
	}
	file_replace(path(file), keep.p, keep.n, 0666);
	buf_free(&keep);
	buf_free(&outkeep);
}

static void
damaged_archives_change_nothing(void **state)
{
	(void)state;
	methodprogram(true);
	mutants("main.a", 300, SAME);
}

/* All that the metadata of an object can hold. */
static ObjFile *
richprogram(void)
{
	static const uint8_t name[] = { 1, 2, '*', 'T' }, zero[64], mask[] = { 3 };
	static const PcVal row = { 0, 1 }, file = { 0, 0 };
	ObjFile *o = stringprogram("type:string");
	ObjSym *f = sym(o, "main.main"), *n = data(o, "type:.namedata.*T.", SYM_TYPE, SYMF_DUPOK, name, 4);
	ObjSym *t = data(o, "type:main.T", SYM_TYPE, SYMF_TYPELINK, zero, 64);
	ObjStackMap map = { 7, mask };
	ObjInl inl = { .parent = -1, .func = intern_str("main.inlined") };

	obj_reloc(t, 40, OBJ_R_TYPEOFF, n, 0);
	obj_reloc(f, 0, OBJ_R_USEIFACE, t, 0);
	vec_push(perm, &f->fn->files, intern_str("main.go"));
	vec_push(perm, &f->fn->pcfile, file);
	vec_push(perm, &f->fn->pcsp, row);
	vec_push(perm, &f->fn->pcinl, file);
	vec_push(perm, &f->fn->unsafepoint, row);
	vec_push(perm, &f->fn->inl, inl);
	vec_push(perm, &f->fn->maps, map);
	f->fn->nlocalwords = 3;
	vec_push(perm, &o->cgodirectives, intern_str("cgo_ldflag \"-lm\""));
	return o;
}

static void
objects_made_to_break_the_linker_do_not(void **state)
{
	(void)state;
	archive("libm.a", NULL);
	archive("main.a", richprogram());
	mutants("main.a", 300, SIGNED);
}

static void
damaged_objects_of_c_are_no_danger(void **state)
{
	(void)state;
	archive("main.a", exits(0));
	mutants("crt1.o", 300, PLAIN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(program_of_a_few_bytes_runs, fresh),
		cmocka_unit_test_setup(same_input_gives_the_same_file, fresh),
		cmocka_unit_test_setup(option_X_sets_a_string, fresh),
		cmocka_unit_test_setup(option_X_refuses_what_is_no_string, fresh),
		cmocka_unit_test_setup(missing_things_are_named, fresh),
		cmocka_unit_test_setup(duplicates_must_be_allowed_and_equal, fresh),
		cmocka_unit_test_setup(methods_that_nobody_can_call_are_left_out, fresh),
		cmocka_unit_test_setup(functions_that_nobody_needs_are_left_out, fresh),
		cmocka_unit_test_setup(symbols_beyond_the_limit_are_refused, fresh),
		cmocka_unit_test_setup(damaged_archives_change_nothing, fresh),
		cmocka_unit_test_setup(objects_made_to_break_the_linker_do_not, fresh),
		cmocka_unit_test_setup(damaged_objects_of_c_are_no_danger, fresh),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
