/*
 * addr.c - what object an address points into.
 */
#include "ssa/ssa.h"

Addr
ssa_addr(Value *p)
{
	Addr a = { p, 0, true };

	for (;;)
		switch (a.base->op) {
		case OP_COPY:
		case OP_NILCHECK:
			a.base = a.base->arg[0];
			break;
		case OP_ADDPTR:
			if (a.base->arg[1]->op == OP_CONST)
				a.off += a.base->arg[1]->aux;
			else
				a.exact = false;
			a.base = a.base->arg[0];
			break;
		case OP_SLOTADDR:
		case OP_SYMADDR:
			a.off += a.base->aux;
			return a;
		default:
			return a;
		}
}
