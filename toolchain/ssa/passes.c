/*
 * passes.c - the middle end, in the order it runs.
 *
 * `needs` are analyses computed before a pass, `breaks` those that are stale
 * after it. Under -d=check the invariants are verified after each; -d=dump=PASS
 * or -d=dump=all prints the function after it.
 */
#include <stdlib.h>

#include "ssa/ssa.h"
#include "target/target.h"

SsaOpt ssa_opt;

/* P(name): the pass ssa_name lives in name.c, or beside its kin in cfg.c. */
void ssa_fold(Func *f), ssa_cse(Func *f), ssa_escape(Func *f), ssa_promote(Func *f), ssa_deadcode(Func *f);
void ssa_nilcheck(Func *f), ssa_bounds(Func *f), ssa_alloc(Func *f), ssa_barrier(Func *f), ssa_memory(Func *f),
    ssa_divconst(Func *f), ssa_thread(Func *f);

static const Pass middle[] = {
	/* name        run               needs               breaks */
	{ "start",     ssa_simplifycfg,  0,                  AN_ALL             },
	{ "escape",    ssa_escape,       AN_LOOPS,           0                  },
	{ "promote",   ssa_promote,      AN_DOM,             AN_USES | AN_LIVE  },
	{ "fold",      ssa_fold,         AN_USES,            AN_USES | AN_LIVE  },
	{ "cse",       ssa_cse,          AN_DOM,             AN_USES | AN_LIVE  },
	{ "memory",    ssa_memory,       AN_DOM,             AN_USES | AN_LIVE  },
	{ "nilcheck",  ssa_nilcheck,     AN_DOM,             AN_USES | AN_LIVE  },
	{ "bounds",    ssa_bounds,       AN_LOOPS,           AN_USES | AN_LIVE  },
	{ "fold2",     ssa_fold,         AN_USES,            AN_USES | AN_LIVE  },
	{ "divconst",  ssa_divconst,     0,                  AN_USES | AN_LIVE  },
	{ "thread",    ssa_thread,       AN_DOM,             AN_ALL             },
	{ "simplify",  ssa_simplifycfg,  0,                  AN_ALL             },
	{ "cse2",      ssa_cse,          AN_DOM,             AN_USES | AN_LIVE  },
	{ "deadcode",  ssa_deadcode,     0,                  AN_USES | AN_LIVE  },
	{ "alloc",     ssa_alloc,        0,                  AN_USES | AN_LIVE  },
	{ "barrier",   ssa_barrier,      0,                  AN_ALL             },
	{ "final",     ssa_simplifycfg,  0,                  AN_ALL             },
};

/* -N: only what the code generator relies on. Escape analysis stays, as in gc. */
static const Pass plain[] = {
	{ "start",     ssa_simplifycfg,  0,                  AN_ALL             },
	{ "escape",    ssa_escape,       AN_LOOPS,           0                  },
	{ "promote",   ssa_promote,      AN_DOM,             AN_USES | AN_LIVE  },
	{ "deadcode",  ssa_deadcode,     0,                  AN_USES | AN_LIVE  },
	{ "alloc",     ssa_alloc,        0,                  AN_USES | AN_LIVE  },
	{ "barrier",   ssa_barrier,      0,                  AN_ALL             },
	{ "final",     ssa_simplifycfg,  0,                  AN_ALL             },
};

static bool
dumps(const Func *f, const char *pass)
{
	if (ssa_opt.dump == NULL || (strcmp(ssa_opt.dump, pass) != 0 && strcmp(ssa_opt.dump, "all") != 0))
		return false;
	return ssa_opt.dumpfunc == NULL || strcmp(ssa_opt.dumpfunc, f->name) == 0;
}

static void
dump(Func *f, const char *pass)
{
	if (!dumps(f, pass))
		return;
	fprintf(stderr, "# %s after %s\n", f->name, pass);
	ssa_print(stderr, f);
}

void
ssa_run(Func *f, const Pass *passes, int npasses)
{
	for (int i = 0; i < npasses; i++) {
		const Pass *p = &passes[i];

		diag.phase = p->name;
		ssa_ensure(f, p->needs);
		p->run(f);
		f->valid &= ~p->breaks;
		if (ssa_opt.check)
			ssa_check(f, p->name);
		dump(f, p->name);
	}
}

void
ssa_optimize(Func *f)
{
	diag.subject = f->name;
	dump(f, "build");
	if (ssa_opt.check)
		ssa_check(f, "build");
	if (ssa_opt.noopt)
		ssa_run(f, plain, NELEM(plain));
	else
		ssa_run(f, middle, NELEM(middle));
}
