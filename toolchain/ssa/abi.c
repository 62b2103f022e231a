/*
 * abi.c - where the components of parameters and results travel.
 *
 * The rules of Go's internal calling convention ("Go internal ABI
 * specification", section "Function call argument and result passing"): each
 * parameter goes wholly to registers or wholly to the stack; integer and
 * float registers are handed out in order; results start afresh; register
 * parameters get spill space above the stack results, laid out like a second
 * argument area. With no registers (or abi0) this degenerates to the stack
 * convention ABI0.
 *
 * Only components in registers have an ArgLoc; what travels on the stack is
 * stored and loaded by the lowering at AbiParam.stackoff.
 */
#include "ssa/ssa.h"
#include "target/target.h"

typedef struct {
	const Target *t;
	int nint, nfloat;	/* registers left: index of the next */
	bool noregs;
	int64_t stack, spill;
} Assign;

static int64_t
roundup(int64_t n, int64_t align)
{
	return align > 1 ? (n + align - 1) & -align : n;
}

/* Does p fit into the registers that are left? */
static bool
fits(const Assign *as, const AbiParam *p, const AbiComp *c)
{
	int ni = 0, nf = 0;

	if (as->noregs || !p->registers || p->size == 0)
		return false;
	for (int i = 0; i < p->n; i++)
		if (vtype_isfloat(c[p->first + i].type))
			nf++;
		else
			ni++;
	return as->nint + ni <= as->t->nintargs && as->nfloat + nf <= as->t->nfloatargs;
}

static void
assign(Assign *as, AbiParam *ps, int n, const AbiComp *c, ArgLoc *loc, int *nloc, bool isresult)
{
	for (int i = 0; i < n; i++) {
		AbiParam *p = &ps[i];

		p->inregs = fits(as, p, c);
		if (!p->inregs) {
			as->stack = roundup(as->stack, p->align);
			p->stackoff = (int32_t)as->stack;
			as->stack += p->size;
		} else if (!isresult) {
			as->spill = roundup(as->spill, p->align);
			p->stackoff = (int32_t)as->spill;	/* made absolute later */
			as->spill += p->size;
		}
		if (!p->inregs)
			continue;
		for (int j = 0; j < p->n; j++) {
			const AbiComp *x = &c[p->first + j];
			ArgLoc *l = &loc[*nloc + j];

			l->type = x->type;
			l->inreg = true;
			l->off = isresult ? 0 : p->stackoff + x->off;
			l->reg = vtype_isfloat(x->type) ? as->t->floatargs[as->nfloat++] : as->t->intargs[as->nint++];
		}
		*nloc += p->n;
	}
}

static void
setbit(uint8_t *mask, int64_t word)
{
	mask[word / 8] |= (uint8_t)(1u << (word % 8));
}

/* From here on first and n speak of the sig's components. */
static void
renumber(AbiParam *ps, int n)
{
	int k = 0;

	for (int i = 0; i < n; i++) {
		ps[i].n = ps[i].inregs ? ps[i].n : 0;
		ps[i].first = k;
		k += ps[i].n;
	}
}

CallSig *
abi_assign(Arena *a, const struct Target *t, AbiParam *params, int nparams, const AbiComp *pcomps, AbiParam *results,
    int nresults, const AbiComp *rcomps, bool abi0)
{
	CallSig *s = NEW(a, CallSig);
	Assign as = { .t = t, .noregs = abi0 || (t->nintargs == 0 && t->nfloatargs == 0) };
	int np = 0, nr = 0;
	uint8_t *mask;

	for (int i = 0; i < nparams; i++)
		np += params[i].n;
	for (int i = 0; i < nresults; i++)
		nr += results[i].n;
	s->param = NEWN(a, ArgLoc, np + 1);
	s->result = NEWN(a, ArgLoc, nr + 1);
	s->abi0 = abi0;
	assign(&as, params, nparams, pcomps, s->param, &s->nparam, false);
	as.stack = roundup(as.stack, t->ptrsize);
	s->resultoff = (int32_t)as.stack;
	as.nint = as.nfloat = 0;
	assign(&as, results, nresults, rcomps, s->result, &s->nresult, true);
	as.stack = roundup(as.stack, t->ptrsize);
	s->argsize = (int32_t)as.stack;
	s->spillsize = (int32_t)roundup(as.spill, t->ptrsize);

	mask = NEWN(a, uint8_t, ((s->argsize + s->spillsize) / t->ptrsize + 7) / 8 + 1);
	for (int i = 0, loc = 0; i < nparams; i++) {
		AbiParam *p = &params[i];
		int64_t base;

		if (p->inregs) {
			p->stackoff += s->argsize;
			for (int j = 0; j < p->n; j++)
				s->param[loc++].off += s->argsize;
		}
		base = p->stackoff / t->ptrsize;
		for (int j = 0; j < p->n; j++)
			if (pcomps[p->first + j].type == VT_PTR)
				setbit(mask, (p->stackoff + pcomps[p->first + j].off) / t->ptrsize);
		/* components do not tell where an array's pointers are */
		for (int64_t w = 0; !p->registers && w < p->ptrbytes / t->ptrsize; w++)
			if (p->ptrmask == NULL || (p->ptrmask[w / 8] >> (w % 8) & 1) != 0)
				setbit(mask, base + w);
	}
	s->argptrs = mask;
	renumber(params, nparams);
	renumber(results, nresults);
	return s;
}
