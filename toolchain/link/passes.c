/*
 * passes.c - the linker from start to end.
 */
#include <stdlib.h>

#include "link/link.h"

Link l;
static int nerrors;

static const struct {
	const char *name;
	void (*run)(void);
} passes[] = {
	/* archives and libraries; symbol tables; nothing is decoded that nobody asks for */
	{ "load", link_load },
	/* -X; before reachability, as it may give a variable content */
	{ "strvars", link_strvars },
	/* from the entry point: which chunks are needed; methods only where an interface may call them. Loads members of libraries. */
	{ "reach", link_reach },
	/* no new input beyond this point: chunks go into output sections in a fixed order */
	{ "layout", link_layout },
	/* function table, line tables, inline trees, stack maps: sizes are final after this */
	{ "pclntab", link_pclntab },
	/* typelinks, itabs, init order, masks of data, build info, the module record */
	{ "module", link_module },
	/* no new chunks beyond this point */
	{ "address", link_address },
	{ "relocate", link_relocate },
	{ "dwarf", link_dwarf },
	{ "write", link_write },
	/* -linkmode=external: the C compiler, on what was written */
	{ "host", link_host },
};

void
link_error(const char *fmt, ...)
{
	va_list ap;

	if (++nerrors > 20)
		return;
	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (nerrors == 20)
		fprintf(stderr, "%s: too many errors\n", diag.tool);
}

void
link_checkpoint(void)
{
	if (nerrors > 0)
		exit(2);
}

void
link_run(void)
{
	for (size_t i = 0; i < NELEM(passes); i++) {
		diag.phase = passes[i].name;
		passes[i].run();
		link_checkpoint();
	}
}
