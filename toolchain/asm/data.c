/*
 * data.c - DATA and GLOBL.
 *
 * DATA fills a symbol in rising order, GLOBL gives it size and section, in either order; asm_finish puts them
 * together. What is not read-only must be NOPTR: there is no Go type that would say where its pointers are.
 */
#include "asm/asm.h"

enum { MAXDATA = 1 << 30 };	/* bytes of a symbol */

/* What has been said of a symbol; ObjSym.priv. */
typedef struct {
	Pos data, globl;	/* where first; 0: not */
	unsigned flags;
	int64_t size;		/* GLOBL's */
	int64_t filled;		/* up to here by DATA */
} Var;

static Var *
var(ObjSym *s)
{
	if (s->priv == NULL)
		s->priv = NEW(perm, Var);
	return s->priv;
}

static void
put(ObjSym *s, int64_t off, const void *p, size_t n, size_t size)
{
	if (s->data.n < (size_t)off + size)
		buf_zero(&s->data, (size_t)off + size - s->data.n);
	memcpy(s->data.p + off, p, n);
}

/* The value of DATA; size is its number of bytes. */
static void
value(AsmParser *p, ObjSym *s, int64_t off, const AsmOpd *v, size_t size)
{
	float f = (float)v->fval;

	switch (v->kind) {
	case OPD_IMM:
		if (size != 1 && size != 2 && size != 4 && size != 8)
			asm_error(p, "bad int size for DATA argument: %zu", size);
		else
			put(s, off, &v->val, size, size);
		return;
	case OPD_FLOAT:
		if (size != 4 && size != 8)
			asm_error(p, "bad float size for DATA argument: %zu", size);
		else
			put(s, off, size == 4 ? (void *)&f : (void *)&v->fval, size, size);
		return;
	case OPD_STRING:
		if ((size_t)v->val > size)
			asm_error(p, "bad string size: %zu < %lld", size, (long long)v->val);
		else
			put(s, off, v->str, (size_t)v->val, size);
		return;
	case OPD_ADDR:
		if (v->base == BASE_SB && v->reg == 0 && v->index == 0) {
			if (size != 8)
				asm_error(p, "bad addr size for DATA argument: %zu", size);
			else {
				put(s, off, "", 0, size);
				obj_reloc(s, (uint32_t)off, OBJ_R_ADDR, v->sym, v->val);
			}
			return;
		}
		/* FALLTHROUGH */
	default:
		asm_error(p, "DATA value must be an immediate constant or address");
	}
}

/* DATA sym+off(SB)/size, $value */
void
asm_data(AsmParser *p, AsmToks *opd, int nopd)
{
	int n = nopd > 0 ? opd[0].n : 0;
	uint64_t size;
	AsmOpd at, v;
	Var *x;

	if (nopd != 2) {
		asm_error(p, "expect two operands for DATA");
		return;
	}
	if (n < 3 || opd[0].at[n - 2].kind != '/' || opd[0].at[n - 1].kind != TOK_INT) {
		asm_error(p, "expect /size for DATA argument");
		return;
	}
	if (!asm_atoi(p, opd[0].at[n - 1].text, &size) || !asm_operand(p, opd[0].at, n - 2, &at) ||
	    !asm_validsym(p, "DATA", &at, true) || !asm_operand(p, opd[1].at, opd[1].n, &v))
		return;
	if (size == 0 || size > MAXDATA || at.val < 0 || at.val > MAXDATA) {
		asm_error(p, "bad size or offset of DATA argument");
		return;
	}
	x = var(at.sym);
	if (x->data == 0)
		x->data = p->pos;
	if (at.val < x->filled) {
		asm_error(p, "overlapping DATA entry for %s", at.name);
		return;
	}
	x->filled = at.val + (int64_t)size;
	value(p, at.sym, at.val, &v, size);
}

/* GLOBL sym(SB), [flags,] $size */
void
asm_globl(AsmParser *p, AsmToks *opd, int nopd)
{
	unsigned flags = 0;
	AsmOpd at, size;
	Var *x;

	if (nopd != 2 && nopd != 3) {
		asm_error(p, "expect two or three operands for GLOBL");
		return;
	}
	if (!asm_operand(p, opd[0].at, opd[0].n, &at) || !asm_validsym(p, "GLOBL", &at, false) ||
	    (nopd == 3 && !asm_flagopd(p, "GLOBL", &opd[1], &flags)) ||
	    !asm_operand(p, opd[nopd - 1].at, opd[nopd - 1].n, &size))
		return;
	x = var(at.sym);
	if (size.kind != OPD_IMM)
		asm_error(p, "GLOBL: expected immediate constant");
	else if (size.val < 0 || size.val > MAXDATA)
		asm_error(p, "GLOBL %s: bad size %lld", at.name, (long long)size.val);
	else if ((flags & ATF_TLSBSS) != 0)
		asm_error(p, "GLOBL %s: TLSBSS is not supported", at.name);
	else if ((flags & (ATF_RODATA | ATF_NOPTR)) == 0 && size.val >= 8)
		asm_error(p,
		    "GLOBL %s: missing Go type information for global symbol: size %lld; it must be NOPTR or RODATA",
		    at.name, (long long)size.val);
	else if (x->globl != 0 || at.sym->defined)
		asm_error(p, "symbol %s redeclared", at.name);
	x->globl = p->pos;
	x->flags = flags;
	x->size = size.val;
}

/* Alignment by size, as gc's linker chooses it. */
static uint32_t
alignment(int64_t size)
{
	uint32_t a = 32;

	while (a > 1 && a > size)
		a /= 2;
	return a;
}

static void
complete(ObjSym *s, const Var *x)
{
	if (x->globl == 0) {
		diag_error(x->data, "DATA for %s, which has no GLOBL", s->name);
		return;
	}
	if (x->filled > x->size) {
		diag_error(x->data, "DATA for %s goes beyond its size of %lld bytes", s->name, (long long)x->size);
		return;
	}
	s->defined = true;
	s->size = (uint64_t)x->size;
	s->align = alignment(x->size);
	s->flags = (uint16_t)((s->flags & SYMF_LOCAL) | ((x->flags & ATF_DUPOK) != 0 ? SYMF_DUPOK : 0));
	if ((x->flags & ATF_RODATA) == 0 && x->data == 0) {
		s->kind = SYM_NOPTRBSS;
		return;
	}
	if (s->data.n < s->size)
		buf_zero(&s->data, s->size - s->data.n);
	s->kind = (x->flags & ATF_RODATA) == 0 ? SYM_NOPTRDATA : s->relocs.n > 0 ? SYM_RELRO : SYM_RODATA;
}

void
asm_finish(ObjFile *o)
{
	for (int i = 0; i < o->syms.n; i++) {
		ObjSym *s = o->syms.at[i];
		const char *attr = strchr(s->name, '<');

		if (s->priv != NULL)
			complete(s, s->priv);
		s->priv = NULL;
		/* a function's, or one of another object that may be either: the linker knows that */
		if ((s->flags & SYMF_ABI0) != 0 && (s->kind == SYM_TEXT || !s->defined))
			s->name = intern_printf("%s.abi0", s->name);
		else if (attr != NULL && attr != s->name)
			s->name = intern(s->name, (size_t)(attr - s->name));
	}
}
