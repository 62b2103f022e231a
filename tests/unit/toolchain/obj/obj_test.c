/*
 * obj_test.c - archives, object files and pc tables, read back by the plainest reader there could be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>
#include <elf.h>

#include "obj/format.h"
#include "obj/obj.h"
#include "target/target.h"

/* ---- archives ---- */

static void
members_of_an_archive_come_back(void **state)
{
	static const char *const name[] = { "__.PKGDEF", "_go_.o", "x", "sixteen.letters." };
	ArMembers m = { 0 };
	const char *err = NULL;
	uint8_t text[300];
	Buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof text; i++)
		text[i] = (uint8_t)(i * 7);
	ar_begin(&b);
	for (size_t i = 0; i < NELEM(name); i++)
		ar_add(&b, name[i], text, 71 * i);
	assert_int_equal(b.n % 2, 0);
	assert_true(ar_read(perm, (Bytes){ b.p, b.n }, &m, &err));
	assert_int_equal(m.n, NELEM(name));
	for (int i = 0; i < m.n; i++) {
		assert_string_equal(m.at[i].name, name[i]);
		assert_int_equal(m.at[i].data.n, 71 * (size_t)i);
		assert_memory_equal(m.at[i].data.p, text, m.at[i].data.n);
	}
	buf_free(&b);
}

static void
long_names_of_gnu_archives_are_known(void **state)
{
	Buf b = { 0 };
	ArMembers m = { 0 };
	const char *err = NULL;

	(void)state;
	ar_begin(&b);
	ar_add(&b, "/", "\0\0\0\0", 4);
	ar_add(&b, "//", "a_name_of_many_letters.o/\n", 26);
	ar_add(&b, "/0", "abc", 3);
	ar_add(&b, "/1", "de", 2);
	assert_true(ar_read(perm, (Bytes){ b.p, b.n }, &m, &err));
	assert_int_equal(m.n, 2);
	assert_string_equal(m.at[0].name, "a_name_of_many_letters.o");
	assert_memory_equal(m.at[0].data.p, "abc", 3);
	assert_string_equal(m.at[1].name, "_name_of_many_letters.o");
	buf_free(&b);
}

static void
damaged_archives_are_refused_with_a_reason(void **state)
{
	static const char *const head[] = {
		"x/              0           0     0     644     4         `\nabc",	/* too short */
		"x/              0           0     0     644     9999999999`\nabc",
		"x/              0           0     0     644     3         !\nabc",
		"x/              0           0     0     644     -1        `\nabc",
		"x/              0           0     0     644               `\nabc",
		"x/              0           0     0     644     1 2       `\nabc",
		"/5              0           0     0     644     3         `\nabc",	/* no such long name */
		"x/              0  ",
	};

	(void)state;
	for (size_t i = 0; i < NELEM(head); i++) {
		ArMembers m = { 0 };
		const char *err = NULL;
		char *text = arena_printf(perm, "!<arch>\n%s", head[i]);

		assert_false(ar_read(perm, (Bytes){ (const uint8_t *)text, strlen(text) }, &m, &err));
		assert_non_null(err);
	}
	assert_false(ar_isarchive((Bytes){ (const uint8_t *)"!<arch>", 7 }));
}

/* ---- objects ---- */

typedef struct {
	Buf b;
	const Elf64_Ehdr *h;
	const Elf64_Shdr *sh;
	const Elf64_Sym *sym;
	const char *strs, *names;
	int nsym;
	const uint8_t *meta;
	const MetaHeader *mh;
	const MetaSym *ms;
} Read;

static const Elf64_Shdr *
section(const Read *r, const char *name)
{
	for (int i = 1; i < r->h->e_shnum; i++)
		if (strcmp(r->names + r->sh[i].sh_name, name) == 0)
			return &r->sh[i];
	return NULL;
}

static Read
readback(ObjFile *o)
{
	Read r = { 0 };
	const Elf64_Shdr *s;

	obj_write(o, &r.b);
	r.h = (const void *)r.b.p;
	assert_memory_equal(r.h->e_ident, ELFMAG, SELFMAG);
	r.sh = (const void *)(r.b.p + r.h->e_shoff);
	r.names = (const char *)r.b.p + r.sh[r.h->e_shstrndx].sh_offset;
	s = section(&r, ".symtab");
	r.sym = (const void *)(r.b.p + s->sh_offset);
	r.nsym = (int)(s->sh_size / sizeof *r.sym);
	r.strs = (const char *)r.b.p + r.sh[s->sh_link].sh_offset;
	r.meta = r.b.p + section(&r, META_SECTION)->sh_offset;
	r.mh = (const void *)r.meta;
	r.ms = (const void *)(r.meta + r.mh->symoff);
	assert_int_equal(r.mh->magic, META_MAGIC);
	assert_int_equal(r.mh->nsym, r.nsym);
	return r;
}

static int
symbol(const Read *r, const char *name)
{
	for (int i = 1; i < r->nsym; i++)
		if (strcmp(r->strs + r->sym[i].st_name, name) == 0)
			return i;
	fail_msg("no symbol %s", name);
	return 0;
}

static void
relocation_of_every_kind_is_written(void **state)
{
	static const char *const relasec[] = { ".rela.text", ".rela.go.type", ".rela.data" };
	static const SymKind place[] = { SYM_TEXT, SYM_TYPE, SYM_DATA };
	const Target *t = target_find("amd64");
	ObjFile *o = objfile_new(perm, "amd64", "p");
	ObjSym *in[3], *to = obj_sym(o, intern_str("other.thing"));
	Read r;

	(void)state;
	for (int k = 0; k < 3; k++) {
		in[k] = obj_define(o, intern_printf("p.x%d", k), place[k], 0, 16);
		/* backwards: the writer sorts */
		for (int i = OBJ_R_COUNT - 1; i >= 0; i--) {
			if (i == OBJ_R_HI || i == OBJ_R_LO)
				continue;	/* amd64 has none */
			obj_reloc(in[k], (uint32_t)i * 8, (RelocKind)i, i % 2 == 0 ? to : in[0], i * 1000 - 5000);
		}
		buf_zero(&in[k]->data, OBJ_R_COUNT * 8 + 1);
		in[k]->size = in[k]->data.n;
	}
	r = readback(o);
	for (int k = 0; k < 3; k++) {
		const MetaSym *m = &r.ms[symbol(&r, in[k]->name)];
		const Elf64_Sym *es = &r.sym[symbol(&r, in[k]->name)];
		const Elf64_Rela *rel = (const void *)(r.b.p + section(&r, relasec[k])->sh_offset);

		assert_int_equal(m->kind, place[k]);
		assert_int_equal(m->nrel, OBJ_R_COUNT - 2);
		assert_int_equal(es->st_size, OBJ_R_COUNT * 8 + 1);
		assert_int_equal(es->st_value % 16, 0);
		rel += m->firstrel;
		for (int i = 0; i < OBJ_R_COUNT; i++) {
			if (i == OBJ_R_HI || i == OBJ_R_LO)
				continue;
			assert_int_equal(rel->r_offset, es->st_value + (uint64_t)i * 8);
			assert_int_equal(ELF64_R_SYM(rel->r_info), symbol(&r, i % 2 == 0 ? "other.thing" : "p.x0"));
			assert_int_equal(ELF64_R_TYPE(rel->r_info),
			    i >= OBJ_R_TYPEOFF ? META_R_BASE + (unsigned)i : t->elfreloc[i]);
			assert_int_equal(rel->r_addend, i * 1000 - 5000);
			rel++;
		}
	}
	assert_int_equal(r.ms[symbol(&r, "other.thing")].kind, SYM_UNDEF);
	assert_int_equal(r.sym[symbol(&r, "other.thing")].st_shndx, SHN_UNDEF);
}

static ObjFile *
sample(void)
{
	static uint8_t mask[2] = { 0x05, 0xff };
	ObjFile *o = objfile_new(perm, "amd64", "some/p");
	ObjSym *s = obj_define(o, intern_str("some/p.v"), SYM_DATA, 0, 8);

	obj_sym(o, intern_str("never.used"));
	vec_push(perm, &o->imports, intern_str("fmt"));
	vec_push(perm, &o->imports, intern_str("os"));
	obj_addr(s, obj_text(o, "hello", 5), 0, 8);
	buf_zero(&s->data, 64);
	s->size = s->data.n;
	s->ptrmask = mask;
	s->ptrwords = 9;
	s->gotype = intern_str("type:some/p.T");
	s = obj_define(o, intern_str("some/p.b"), SYM_BSS, SYMF_LOCAL, 32);
	s->size = 100;
	return o;
}

static void
what_elf_cannot_say_is_in_the_meta_section(void **state)
{
	Read r = readback(sample());
	const uint32_t *import = (const void *)(r.meta + r.mh->importoff);
	const MetaSym *m = &r.ms[symbol(&r, "some/p.v")];

	(void)state;
	assert_string_equal((const char *)r.meta + r.mh->pkgpath, "some/p");
	assert_int_equal(r.mh->nimport, 2);
	assert_string_equal((const char *)r.meta + import[0], "fmt");
	assert_string_equal((const char *)r.meta + import[1], "os");
	assert_string_equal((const char *)r.meta + m->gotype, "type:some/p.T");
	assert_int_equal(r.meta[m->aux], 0x05);
	assert_int_equal(r.meta[m->aux + 1], 0x01);	/* bits beyond the last word are cleared */
	assert_int_equal(m->namehash, intern_hash(intern_str("some/p.v")));
	/* local symbols come first; a name that nothing refers to stays out */
	assert_int_equal(symbol(&r, "some/p.b"), 1);
	assert_int_equal(r.nsym, 4);
	assert_int_equal(r.ms[1].alignlog, 5);
	assert_true(r.ms[symbol(&r, "some/p.v")].hash != 0);
}

static void
equal_input_gives_equal_bytes(void **state)
{
	Buf a = { 0 }, b = { 0 };

	(void)state;
	obj_write(sample(), &a);
	arena_alloc(perm, 1000);	/* other addresses */
	obj_write(sample(), &b);
	assert_int_equal(a.n, b.n);
	assert_memory_equal(a.p, b.p, a.n);
}

static void
every_byte_counts_in_the_content_hash(void **state)
{
	Read r = readback(sample());
	size_t at = (size_t)(r.meta - r.b.p) + offsetof(MetaHeader, hash), next = at + 8;

	(void)state;
	assert_int_equal(r.mh->hash, hash64(r.b.p + next, r.b.n - next, hash64(r.b.p, at, 0)));
	for (size_t i = 0; i < r.b.n; i++) {
		if (i >= at && i < next)
			continue;
		r.b.p[i] ^= 0x10;
		assert_int_not_equal(r.mh->hash, hash64(r.b.p + next, r.b.n - next, hash64(r.b.p, at, 0)));
		r.b.p[i] ^= 0x10;
	}
}

/* ---- pc tables ---- */

static uint32_t seed = 1;
static uint32_t
rnd(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static uint32_t
uvarint(const uint8_t **p)
{
	uint32_t v = 0;

	for (int shift = 0;; shift += 7) {
		uint8_t c = *(*p)++;

		v |= (uint32_t)(c & 127) << shift;
		if (c < 128)
			return v;
	}
}

/* The value at each pc, as debug/gosym reads the table: zero means that no row holds. */
static void
expand(const uint8_t *p, const uint8_t *end, int32_t *val, uint32_t size)
{
	int32_t cur = -1;
	uint32_t pc = 0;

	for (bool first = true; p < end && (*p != 0 || first); first = false) {
		uint32_t d = uvarint(&p), n;

		cur += (int32_t)(d >> 1 ^ (0 - (d & 1)));
		n = uvarint(&p);
		assert_true(n > 0 && n <= size - pc);
		while (n-- > 0)
			val[pc++] = cur;
	}
	assert_int_equal(*p, 0);
	assert_ptr_equal(p + 1, end);
	assert_int_equal(pc, size);
}

static void
pc_tables_say_what_was_put_in(void **state)
{
	(void)state;
	for (int round = 0; round < 300; round++) {
		ObjFile *o = objfile_new(perm, "amd64", "p");
		ObjSym *s = obj_define(o, intern_str("p.f"), SYM_TEXT, 0, 16);
		uint32_t size = 1 + rnd(200), pc = rnd(4) == 0 ? rnd(size) : 0;
		int32_t want[201], have[201];
		const MetaFunc *m;
		Read r;

		s->fn = NEW(perm, ObjFunc);
		buf_zero(&s->data, size);
		s->size = size;
		for (uint32_t i = 0; i < size; i++)
			want[i] = -1;
		while (pc < size) {
			/* equal neighbours and rows without length are allowed */
			int32_t v = (int32_t)rnd(5) == 0 ? (int32_t)rnd(1u << 30) : (int32_t)rnd(3) - 1;
			PcVal row = { pc, v };

			vec_push(perm, &s->fn->pcline, row);
			for (uint32_t i = pc; i < size; i++)
				want[i] = v;
			pc += rnd(20);
		}
		r = readback(o);
		m = (const void *)(r.meta + r.ms[symbol(&r, "p.f")].aux);
		if (s->fn->pcline.n == 0) {
			assert_int_equal(m->pcline.len, 0);
			continue;
		}
		expand(r.meta + m->pcline.off, r.meta + m->pcline.off + m->pcline.len, have, size);
		assert_memory_equal(have, want, size * sizeof want[0]);
		buf_free(&r.b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_of_an_archive_come_back),
		cmocka_unit_test(long_names_of_gnu_archives_are_known),
		cmocka_unit_test(damaged_archives_are_refused_with_a_reason),
		cmocka_unit_test(relocation_of_every_kind_is_written),
		cmocka_unit_test(what_elf_cannot_say_is_in_the_meta_section),
		cmocka_unit_test(equal_input_gives_equal_bytes),
		cmocka_unit_test(every_byte_counts_in_the_content_hash),
		cmocka_unit_test(pc_tables_say_what_was_put_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
