/*
 * fuzz.c - -d=libfuzzer: what go test -fuzz asks for, a counter for each edge of the source.
 *
 * A counter is one byte. It is never zero again once its edge was taken: after 255 comes 1, so that internal/fuzz sees every edge
 * however often it ran. The linker lays the counters of all packages side by side, between internal/fuzz._counters and _ecounters.
 * Edges are those of gc: bodies of functions, loops, cases, both sides of an if, a switch without a default that nothing matches,
 * and the right operand of && and ||. Two goroutines may lose a count to each other, which guides nobody astray.
 */
#include "lower/build.h"

bool
fuzz_isbound(const Obj *o)
{
	return o->pkg != NULL && strcmp(o->pkg->path, "internal/fuzz") == 0 &&
	    (strcmp(o->name, "_counters") == 0 || strcmp(o->name, "_ecounters") == 0);
}

void
fuzz_edge(void)
{
	static int n;
	ObjSym *s;
	Value *addr, *count;

	if (!lw.fuzz)
		return;
	s = obj_define(lw.o, intern_printf("%s..edge_%d", lower_pkgprefix(lw.pkg), n++), SYM_NOPTRBSS,
	    SYMF_LOCAL | SYMF_FUZZCTR, 1);
	s->size = 1;
	addr = bd_symaddr(s, 0);
	count = bd_emit2(OP_ADD, VT_I8, bd_load(typ[T_UINT8], addr, 0).c[0], bd_int(VT_I8, 1), 0);
	count = bd_emit2(OP_ADD, VT_I8, count, bd_emit2(OP_EQ, VT_I8, count, bd_int(VT_I8, 0), 0), 0);
	bd_store(addr, 0, bd_opd1(typ[T_UINT8], count));
}
