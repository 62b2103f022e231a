/*
 * all.c - the CPUs there are.
 */
#include "target/target.h"

extern const Target targ_amd64;

const Target *const targets[] = {
	&targ_amd64,
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
