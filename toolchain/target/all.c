/*
 * all.c - the CPUs there are.
 */
#include "target/target.h"

extern const Target targ_amd64;

const Target *const targets[] = {
	&targ_amd64,
	NULL,
};

const Target *
target_find(const char *goarch)
{
	for (int i = 0; targets[i] != NULL; i++)
		if (strcmp(targets[i]->name, goarch) == 0)
			return targets[i];
	return NULL;
}
