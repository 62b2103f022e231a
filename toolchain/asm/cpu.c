/*
 * cpu.c - what the assemblers of several CPUs have in common: rows found by mnemonic, instructions of their own making, and the frame of
 * CPUs with a link register.
 *
 * There, the return address lies in the lowest word of the frame, and the arguments begin one word above the frame.
 */
#include "asm/asm.h"

int
asm_rowop(Map **byname, const void *rows, size_t n, size_t size, const char *word)
{
	uintptr_t at;

	if (*byname == NULL) {
		const char *last = "";

		*byname = map_new(perm);
		for (size_t k = 0; k < n; k++) {
			const char *name = *(const char *const *)((const char *)rows + k * size);

			if (strcmp(name, last) != 0)
				map_set(*byname, intern_str(name), (void *)(uintptr_t)(k + 1));
			last = name;
		}
	}
	at = (uintptr_t)map_get(*byname, intern_str(word));
	return at == 0 ? 0 : AOP_CPU - 1 + (int)at;
}

AsmInsn *
asm_insertop(AsmFunc *f, AsmInsn **at, int op, AsmOpd a, AsmOpd b, AsmOpd c)
{
	AsmInsn *i = asm_insert(f, *at, op);

	i->opd[0] = a;
	i->opd[1] = b;
	i->opd[2] = c;
	for (i->nopd = 0; i->nopd < 3 && i->opd[i->nopd].kind != OPD_NONE;)
		i->nopd++;
	*at = i;
	return i;
}

bool
asm_linkframe(AsmFunc *f)
{
	int64_t size = f->framesize;

	f->frame = 0;
	if (size == -8) {
		f->flags |= ATF_NOFRAME;
		size = 0;
	}
	if (size < 0)
		diag_error(f->pos, "negative frame size %lld - did you mean NOFRAME?", (long long)size);
	else if ((f->flags & ATF_NOFRAME) != 0 && size != 0)
		diag_error(f->pos, "NOFRAME functions must have a frame size of 0, not %lld", (long long)size);
	else if (size % 8 != 0)
		diag_error(f->pos, "unaligned frame size %lld", (long long)size);
	else {
		if ((f->flags & ATF_NOFRAME) == 0 && !(f->leaf && size == 0))
			f->frame = size + 8;
		return true;
	}
	return false;
}

void
asm_linkopds(const AsmFunc *f, AsmInsn *i, int sp, int64_t above)
{
	for (int k = 0; k < i->nopd; k++) {
		AsmOpd *o = &i->opd[k];

		if ((o->kind != OPD_MEM && o->kind != OPD_ADDR) || (o->base != BASE_FP && o->base != BASE_SP))
			continue;
		o->val += f->frame + (o->base == BASE_FP ? 8 : -above);
		o->base = BASE_REG;
		if (o->reg != 0)	/* x-8(SP)(R1) */
			o->index = o->reg;
		o->reg = (int16_t)sp;
	}
}
