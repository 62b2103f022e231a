/*
 * all.c - the CPUs there are: every folder of target/ that has a sources.mk. The makefile writes their names into
 * cpus.def, a line CPU(goarch) each, and each folder defines targ_<goarch>.
 */
#include <stdlib.h>

#include "target/target.h"

#define CPU(goarch) extern const Target targ_##goarch;
#include "cpus.def"
#undef CPU

const Target *const targets[] = {
#define CPU(goarch) &targ_##goarch,
#include "cpus.def"
#undef CPU
	NULL,
};

bool
target_has(const Target *t, Op op, const char **flag)
{
	bool has = !op_info[op].optional;

	if (flag != NULL)
		*flag = NULL;
	for (int i = 0; !has && i < t->noptop; i++)
		if (t->optop[i].op == op) {
			has = true;
			if (flag != NULL)
				*flag = t->optop[i].flag;
		}
	return has;
}

const Target *
target_find(const char *goarch)
{
	for (int i = 0; targets[i] != NULL; i++)
		if (strcmp(targets[i]->name, goarch) == 0)
			return targets[i];
	return NULL;
}

const char *
target_goarch(void)
{
	const char *s = getenv("GOARCH");

	return s != NULL && s[0] != '\0' ? s : SLIPWAY_HOST_ARCH;
}
