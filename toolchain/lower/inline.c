/*
 * inline.c - calls replaced by the callee's body.
 *
 * The callee's tree is lowered into the caller under a context of its own.
 */
#include "lower/build.h"

bool
bd_inline(Callee *cl, Opd *args, int n, OpdVec *out)
{
	(void)cl;
	(void)args;
	(void)n;
	(void)out;
	return false;
}
