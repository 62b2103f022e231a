/*
 * itab.c - static itabs: the pairs of a concrete type and an interface type
 * that code converts between.
 *
 * The addresses of methods are weak: the linker keeps a method only if the
 * method table of its type (desc.c) does, and an entry nobody can call is
 * filled by the linker.
 *
 * Source: internal/abi (iface.go).
 */
#include "lower/lower.h"

static int
funoff(void)
{
	int ps = lw.target->ptrsize;

	return ps == 8 ? 24 : 12;
}

int
lower_itabslot(Type *iface, const Obj *method)
{
	const ObjVec *im = &type_typeset(type_under(iface))->methods;

	for (int i = 0; i < im->n; i++)
		if (obj_sameid(im->at[i], method->pkg, method->name))
			return funoff() + i * lw.target->ptrsize;
	bug("%s has no method %s", type_string(iface, NULL), method->name);
}

ObjSym *
lower_itab(Type *t, Type *iface)
{
	const ObjVec *im;
	const MethodSet *ms;
	ObjSym *s, *desc;
	const char *name;
	int ps = lw.target->ptrsize;

	t = type_canon(t);
	iface = type_canon(iface);
	name = intern_printf("go:itab.%s,%s", type_linkstring(t), type_linkstring(iface));
	s = obj_sym(lw.o, name);
	if (s->defined)
		return s;
	s = obj_define(lw.o, name, SYM_ITAB, SYMF_DUPOK, (uint32_t)ps);
	desc = lower_desc(t);
	lower_putaddr(s, 0, lower_desc(iface), 0);
	lower_putaddr(s, ps, desc, 0);
	obj_reloc(s, (uint32_t)ps, OBJ_R_USEIFACE, desc, 0);
	lower_putint(s, 2 * ps, 4, lower_typehash(t));
	im = &type_typeset(type_under(iface))->methods;
	ms = type_methodset(t);
	lower_putint(s, funoff() + (im->n - 1) * ps, ps, 0);
	for (int i = 0, j = 0; i < im->n; i++, j++) {
		/* both are sorted alike */
		while (j < ms->n && !obj_sameid(ms->at[j].fn, im->at[i]->pkg, im->at[i]->name))
			j++;
		if (j == ms->n)
			bug("%s does not implement %s: no %s", type_string(t, NULL), type_string(iface, NULL),
			    im->at[i]->name);
		obj_reloc(s, (uint32_t)(funoff() + i * ps), OBJ_R_WEAKADDR, lower_methodcode(t, &ms->at[j], true), 0);
	}
	return s;
}
