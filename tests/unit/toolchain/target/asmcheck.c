/*
 * asmcheck.c - see asmcheck.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "asmcheck.h"

enum { NCHOICE = 3, NARG = 4 };

static ObjSym *
rtsym(const char *name)
{
	static ObjSym s;

	s.name = name;
	return &s;
}

/* The n-th register of the set, again from its start if there are fewer. */
static int
pick(RegSet set, int n)
{
	n %= __builtin_popcountll(set);
	while (n-- > 0)
		set &= set - 1;
	return __builtin_ctzll(set);
}

static int
nargs(const char *text)
{
	int n = 0;

	for (const char *p = text; *p != 0; p++)
		if (p[0] == '$' && p[1] >= '0' && p[1] < '0' + NARG && p[1] - '0' >= n)
			n = p[1] - '0' + 1;
	return n;
}

static RegSet
choices(const AsmCheck *k, RegSet set, RegSet taken)
{
	RegSet s = set & k->use & ~taken;

	return s != 0 ? s : (set & k->use) != 0 ? set & k->use : set;
}

/* What an operation needs beside registers. */
static void
prepare(const AsmCheck *k, Func *f, Value *v)
{
	static Slot slot;
	static ObjSym sym = { .name = "x" };

	if (op_am(v) == AM_SLOT || op_am(v) == AM_SLOTX)
		v->slot = &slot;
	else if (op_am(v) == AM_SYM)
		v->sym = &sym;
	if (v->op == k->moves) {
		Mem *m = NEW(f->a, Mem);

		m->am = AM_BASE;
		m->disp = k->movesfrom;
		v->machine = m;
	}
	for (int i = 0; i < (int)NELEM(k->branch); i++)
		if (v->op == k->branch[i]) {
			Block *no = block_new(f, BK_EXIT), *yes = block_new(f, BK_EXIT);

			f->entry->kind = BK_TARGET;
			f->entry->aux = op_cc(v);
			f->entry->ctl = v;
			block_edgein(f, f->entry, yes);
			block_edgein(f, f->entry, no);
		}
}

static void
encode(const AsmCheck *k, const AsmCase *c, int choice, Func *f, int *d, int *arg)
{
	static const CallSig sig = { .nparam = 0 };
	const Insn *in = &k->t->insn[c->op - OP_TARGET];
	Block *b;
	Value *v;
	RegSet taken = 0;
	int n = nargs(c->text);

	f->sig = &sig;
	f->sym = NEW(f->a, ObjSym);
	f->leaf = f->nosplit = true;
	b = block_new(f, BK_EXIT);
	f->entry = b;
	v = value_new(f, b, (Op)c->op, in->out != 0 ? VT_I64 : VT_VOID, 0);
	v->size = c->size;
	v->aux = c->aux;
	v->inl = -1;
	v->reg = -1;
	for (int i = 0; i < n; i++) {
		Value *a = NEW(f->a, Value);

		arg[i] = pick(choices(k, in->in[i < 3 ? i : 3], taken), choice * 5 + i);
		taken |= (RegSet)1 << arg[i];
		a->reg = (int16_t)arg[i];
		value_addarg(f, v, a);
	}
	if (in->out != 0) {
		*d = in->tied ? arg[0] : pick(choices(k, in->out, taken), choice * 3);
		/* the last choice: the result takes the place of an argument, where it may */
		if (choice == NCHOICE - 1 && n > 0 && !in->earlyout && (in->out >> arg[0] & 1))
			*d = arg[0];
		v->reg = (int16_t)*d;
	}
	prepare(k, f, v);
	k->t->encode(f);
}

static void
puttext(const AsmCheck *k, FILE *out, const char *text, int d, const int *arg)
{
	for (const char *p = text; *p != 0; p++) {
		int r;

		if (*p != '$') {
			fputc(*p, out);
			continue;
		}
		p++;
		r = *p == 'd' ? d : arg[*p - '0'];
		fprintf(out, "%s%d", k->t->reg[r].class == RC_FLOAT ? k->floatprefix : k->intprefix, k->t->reg[r].num);
	}
	fputc('\n', out);
}

static void
hex(const uint8_t *p, size_t n, char *out)
{
	for (size_t i = 0; i < n && i < 200; i++)
		out += sprintf(out, "%02x%s", p[i], i % 4 == 3 ? " " : "");
}

/* What llvm-mc makes of dir/x.s. */
static Bytes
assembled(const char *dir, const char *mc)
{
	const char *cmd = arena_printf(perm,
	    "cd %s && llvm-mc-19 %s -filetype=obj -o x.o x.s && llvm-objcopy-19 -O binary -j .text x.o x.bin", dir, mc);

	if (system(cmd) != 0)
		fail_msg("the texts do not assemble: %s", cmd);
	return file_map(arena_printf(perm, "%s/x.bin", dir));
}

static void
cleanup(const char *dir)
{
	const char *cmd = arena_printf(perm, "rm -r %s", dir);

	if (system(cmd) != 0)
		fail_msg("%s", cmd);
}

void
asmcheck(const AsmCheck *k, const AsmCase *cases, int ncases)
{
	char dir[] = "/tmp/asmcheckXXXXXX";
	FILE *s;
	Bytes want;
	Buf *have = calloc((size_t)ncases * NCHOICE, sizeof *have);
	size_t at = 0;

	if (system("llvm-mc-19 --version > /dev/null 2>&1") != 0)
		skip();
	for (int op = OP_TARGET; op < OP_TARGET + k->t->ninsn; op++) {
		bool found = false;

		for (int i = 0; i < ncases && !found; i++)
			found = cases[i].op == op;
		if (!found)
			fail_msg("no case for operation %s", k->t->insn[op - OP_TARGET].name);
	}
	ssa_rtsym = rtsym;
	if (mkdtemp(dir) == NULL)
		fail_msg("mkdtemp");
	s = fopen(arena_printf(perm, "%s/x.s", dir), "w");
	assert_non_null(s);
	for (int i = 0; i < ncases; i++)
		for (int choice = 0; choice < NCHOICE; choice++) {
			int d = 0, arg[NARG] = { 0 };
			static const CallSig sig = { .nparam = 0 };
			Func *f = func_new(arena_new("asmcheck"), k->t, "f", &sig);
			const char *text = cases[i].text;

			encode(k, &cases[i], choice, f, &d, arg);
			buf_put(&have[i * NCHOICE + choice], f->sym->data.p, f->sym->data.n);
			puttext(k, s, text + (text[0] == '!'), d, arg);
			if (text[0] != '!')
				fprintf(s, "%s\n", k->behind);
		}
	fclose(s);
	want = assembled(dir, k->mc);
	for (int i = 0; i < ncases; i++)
		for (int choice = 0; choice < NCHOICE; choice++) {
			const Buf *b = &have[i * NCHOICE + choice];

			if (at + b->n > want.n || memcmp(b->p, want.p + at, b->n) != 0) {
				char h[500], w[500];

				hex(b->p, b->n, h);
				hex(want.p + at, at + b->n > want.n ? want.n - at : b->n, w);
				fail_msg("%s, case %d, choice %d:\n%s\nis   %s\nwant %s",
				    k->t->insn[cases[i].op - OP_TARGET].name, i, choice, cases[i].text, h, w);
			}
			at += b->n;
		}
	assert_int_equal(at, want.n);
	cleanup(dir);
}

/* What f becomes in the file dir/f.s. */
static Buf
plan9(const char *goarch, const char *dir, const char *source)
{
	AsmConfig cfg = { .cpu = asm_cpu(goarch), .pkgpath = "p" };
	ObjFile *o = objfile_new(perm, goarch, "p");
	const char *file = arena_printf(perm, "%s/f.s", dir);

	file_replace(file, source, strlen(source), 0666);
	asm_file(&cfg, o, file);
	asm_finish(o);
	if (diag.nerrors > 0)
		fail_msg("%s\nin:\n%s", diag_text(), source);
	for (int i = 0; i < o->syms.n; i++)
		if (strcmp(o->syms.at[i]->name, "f.abi0") == 0)
			return o->syms.at[i]->data;
	fail_msg("no f in:\n%s", source);
	return (Buf){ 0 };
}

void
asmcheck_source(const char *goarch, const char *mc, const AsmSource *cases, int ncases)
{
	char dir[] = "/tmp/asmcheckXXXXXX";

	if (system("llvm-mc-19 --version > /dev/null 2>&1") != 0)
		skip();
	if (mkdtemp(dir) == NULL)
		fail_msg("mkdtemp");
	for (int i = 0; i < ncases; i++) {
		FILE *s = fopen(arena_printf(perm, "%s/x.s", dir), "w");
		size_t n = strlen(cases[i].want);
		bool whole = n < 3 || strcmp(cases[i].want + n - 3, "...") != 0;
		Buf have;
		Bytes want;

		assert_non_null(s);
		fprintf(s, "%.*s\n", (int)(whole ? n : n - 3), cases[i].want);
		fclose(s);
		want = assembled(dir, mc);
		have = plan9(goarch, dir, cases[i].source);
		if ((whole ? have.n != want.n : have.n < want.n) || memcmp(have.p, want.p, want.n) != 0) {
			char h[500], w[500];

			hex(have.p, whole || have.n < want.n ? have.n : want.n, h);
			hex(want.p, want.n, w);
			fail_msg("%s\nis   %s\nwant %s", cases[i].want, h, w);
		}
	}
	cleanup(dir);
}
