/*
 * func.c - a function, from its instructions to its symbol.
 *
 * The CPU completes it with prologue and epilogues, then it is encoded again and again until no instruction changes
 * its place: forms of jumps only grow, so that this ends. Tables for the runtime say how deep the stack is, where in
 * the source each instruction stands, that there are no asynchronous stops, and that no local holds a pointer at a
 * call. Which arguments do the compiler knows, from the function's declaration: symbol X.args_stackmap, which the
 * linker puts in.
 */
#include <stdlib.h>

#include "abi/funcdata.h"
#include "asm/asm.h"

struct AsmLiteral {
	uint8_t p[16];
	int n;
	uint32_t off;		/* from the start of the literals */
};

enum { MAXROUNDS = 10000, MAXCODE = 1 << 28 };

void
asm_bad(AsmInsn *i, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!i->failed)
		diag_verror(i->pos, fmt, ap);
	va_end(ap);
	i->failed = true;
}

void
asm_invalid(AsmInsn *i)
{
	asm_bad(i, "invalid instruction: %s", i->text);
}

AsmInsn *
asm_insert(AsmFunc *f, AsmInsn *after, int op)
{
	AsmInsn *i = NEW(perm, AsmInsn);

	i->op = (uint16_t)op;
	i->synthetic = true;
	i->pos = after->pos;
	i->text = after->text;
	i->word = after->word;
	i->next = after->next;
	after->next = i;
	if (f->last == after)
		f->last = i;
	return i;
}

void
asm_spadj(AsmFunc *f)
{
	int32_t sp = 0;

	for (AsmInsn *i = f->first; i != NULL; i = i->next) {
		i->sp = sp;
		/* sums of nonsense may wrap */
		sp = i->op == AOP_END ? 0 : (int32_t)((uint32_t)sp + (uint32_t)i->spadj);
	}
}

void
asm_reloc(AsmFunc *f, RelocKind k, ObjSym *to, int64_t add)
{
	vec_push(perm, &f->relocs, ((ObjReloc){ asm_pc(f), (uint8_t)k, to, add }));
}

int64_t
asm_distance(const AsmFunc *f, const AsmInsn *to)
{
	return to->pc == UINT32_MAX ? 0 : (int64_t)to->pc - f->start;
}

int64_t
asm_literal(AsmFunc *f, const void *p, int n)
{
	uint32_t off = 0;
	int k = 0;

	for (; k < f->nlit; k++) {
		if (f->lit[k].n == n && memcmp(f->lit[k].p, p, (size_t)n) == 0)
			return (int64_t)f->litpc + f->lit[k].off - f->start;
		off = f->lit[k].off + (uint32_t)f->lit[k].n;
	}
	if (f->nlit == f->caplit)
		vec_grow(perm, (void **)&f->lit, &f->caplit, sizeof *f->lit);
	off = (off + (uint32_t)n - 1) & ~((uint32_t)n - 1);
	memcpy(f->lit[k].p, p, (size_t)n);
	f->lit[k].n = n;
	f->lit[k].off = off;
	f->nlit++;
	return (int64_t)f->litpc + off - f->start;
}

ObjSym *
asm_constsym(AsmFunc *f, const void *p, int n)
{
	uint64_t w[2] = { 0 };
	ObjSym *s;

	memcpy(w, p, (size_t)n);
	s = obj_sym(f->o,
	    n == 16 ? intern_printf("$f128.%016llx%016llx", (unsigned long long)w[1], (unsigned long long)w[0]) :
		    intern_printf("$f%d.%0*llx", n * 8, n * 2, (unsigned long long)w[0]));
	if (!s->defined) {
		obj_define(f->o, s->name, SYM_RODATA, SYMF_DUPOK, (uint32_t)n);
		buf_put(&s->data, p, (size_t)n);
		s->size = (uint64_t)n;
	}
	return s;
}

ObjSym *
asm_runtimesym(AsmFunc *f, const char *name)
{
	return obj_sym(f->o, intern_printf("runtime.%s", name));
}

/* ---- code ---- */

static void
align(AsmFunc *f, AsmInsn *i)
{
	uint32_t n = (uint32_t)i->opd[0].val;

	if (f->sym->align < n)
		f->sym->align = n;
	f->cpu->nops(f, (n - asm_pc(f) % n) % n);
}

/* Encodes all once. Whether something has moved since the last time. */
static bool
onepass(AsmFunc *f)
{
	bool moved = false;
	uint32_t end;

	f->code.n = 0;
	f->relocs.n = 0;
	for (AsmInsn *i = f->first; i != NULL; i = i->next) {
		f->start = asm_pc(f);
		moved |= i->pc != f->start;
		i->pc = f->start;
		if (i->op == AOP_PCALIGN)
			align(f, i);
		else if (i->op >= AOP_CPU)
			f->cpu->encode(f, i);
		i->size = asm_pc(f) - i->pc;
	}
	if (f->nlit > 0) {
		int most = 0;

		for (int k = 0; k < f->nlit; k++)
			most = f->lit[k].n > most ? f->lit[k].n : most;
		buf_align(&f->code, (size_t)most);
		if (f->sym->align < (uint32_t)most)
			f->sym->align = (uint32_t)most;
		end = asm_pc(f);
		moved |= f->litpc != end;
		f->litpc = end;
		for (int k = 0; k < f->nlit; k++) {
			buf_zero(&f->code, end + f->lit[k].off - f->code.n);
			buf_put(&f->code, f->lit[k].p, (size_t)f->lit[k].n);
		}
	}
	return moved;
}

static bool
encode(AsmFunc *f)
{
	int errors = diag.nerrors;

	f->sym->align = 16;
	for (AsmInsn *i = f->first; i != NULL; i = i->next)
		i->pc = UINT32_MAX;
	for (int n = 0; onepass(f); n++) {
		if (diag.nerrors > errors)
			return false;
		if (n == MAXROUNDS || f->code.n > MAXCODE) {
			diag_error(f->pos, "function %s is too large", f->sym->name);
			return false;
		}
	}
	return diag.nerrors == errors;
}

/* ---- tables ---- */

static int
fileindex(ObjFunc *fn, const char *file)
{
	for (int i = fn->files.n - 1; i >= 0; i--)
		if (strcmp(fn->files.at[i], file) == 0)
			return i;
	vec_push(perm, &fn->files, file);
	return fn->files.n - 1;
}

static void
tables(AsmFunc *f, ObjFunc *fn)
{
	uint8_t *none = NEWN(perm, uint8_t, f->frame / 64 + 1);

	for (const AsmInsn *i = f->first; i != NULL; i = i->next) {
		Loc l;

		if (i->size == 0 && i->op != AOP_TEXT)
			continue;
		l = pos_loc(i->pos);
		pctable_add(&fn->pcsp, i->pc, i->sp);
		pctable_add(&fn->pcfile, i->pc, fileindex(fn, l.absfile));
		pctable_add(&fn->pcline, i->pc, l.line);
		if (i->op >= AOP_CPU && f->cpu->iscall(i))
			vec_push(perm, &fn->maps, ((ObjStackMap){ i->pc + i->size, none }));
	}
	pctable_add(&fn->pcinl, 0, -1);
	pctable_add(&fn->unsafepoint, 0, 1);
}

static bool
leaf(const AsmFunc *f)
{
	for (const AsmInsn *i = f->first; i != NULL; i = i->next)
		if (i->op >= AOP_CPU && f->cpu->iscall(i))
			return false;
	return true;
}

bool
asm_func(AsmFunc *f)
{
	ObjFunc *fn = NEW(perm, ObjFunc);
	ObjSym *s = f->sym;
	int errors = diag.nerrors;

	f->leaf = leaf(f);
	f->cpu->frame(f);
	asm_spadj(f);
	if (diag.nerrors > errors || !encode(f))
		return false;
	s->fn = fn;
	s->data = f->code;
	s->size = f->code.n;
	for (int i = 0; i < f->relocs.n; i++)
		vec_push(perm, &s->relocs, f->relocs.at[i]);
	s->flags |= (f->flags & ATF_DUPOK) != 0 ? SYMF_DUPOK : 0;
	s->flags |= (f->flags & ATF_NOSPLIT) != 0 ? SYMF_NOSPLIT : 0;
	s->flags |= (f->flags & ATF_WRAPPER) != 0 ? SYMF_WRAPPER : 0;
	s->flags |= (f->flags & ATF_TOPFRAME) != 0 ? SYMF_TOPFRAME : 0;
	fn->framesize = (uint32_t)f->frame;
	fn->nlocalwords = (uint32_t)f->frame / 8;
	fn->argsize = f->argsize < 0 ? 0 : (uint32_t)f->argsize;
	fn->startline = pos_loc(f->pos).line;
	fn->funcid = (f->flags & ATF_WRAPPER) != 0 ? FUNCID_WRAPPER : FUNCID_NORMAL;
	fn->flags = (uint8_t)(FUNCFLAG_ASM | ((f->flags & ATF_TOPFRAME) != 0 ? FUNCFLAG_TOPFRAME : 0));
	tables(f, fn);
	if ((s->flags & SYMF_ABI0) != 0)	/* the others have no argument area of their own */
		fn->mapflags = STACKMAP_ASM | (f->resultsset ? STACKMAP_RESULTS : 0);
	if (f->framesize > 0 && !f->nolocals)
		fn->mapflags |= STACKMAP_UNTYPED;
	return true;
}
