/*
 * all.c - the CPUs that have an assembler: every folder of target/ with a file asm.c, which defines asm_<goarch>. The
 * makefile writes their names into asmcpus.def.
 */
#include "asm/asm.h"

#define CPU(goarch) extern const AsmCpu asm_##goarch;
#include "asmcpus.def"
#undef CPU

const AsmCpu *
asm_cpu(const char *goarch)
{
	static const AsmCpu *const cpus[] = {
#define CPU(goarch) &asm_##goarch,
#include "asmcpus.def"
#undef CPU
		NULL,
	};

	for (int i = 0; cpus[i] != NULL; i++)
		if (strcmp(cpus[i]->name, goarch) == 0)
			return cpus[i];
	return NULL;
}
