/*
 * ops.c - the table of generic operations, expanded from ops.def.
 */
#include "ssa/ssa.h"

/* Flag letters are few and the strings short: tested once, by the compiler. */
#define HAS(flags, c)                                                                                                  \
	((flags)[0] == (c) || ((flags)[0] != 0 && ((flags)[1] == (c) || ((flags)[1] != 0 && (flags)[2] == (c)))))

const OpInfo op_info[OP_GENERIC_END] = {
#define O(opname, n, flags)                                                                                            \
	[OP_##opname] = {                                                                                              \
		.name = #opname,                                                                                       \
		.nargs = n,                                                                                            \
		.effect = HAS(flags, 'E'),                                                                             \
		.reads = HAS(flags, 'L'),                                                                              \
		.commutative = HAS(flags, 'C'),                                                                        \
		.faults = HAS(flags, 'X'),                                                                             \
		.call = HAS(flags, 'K'),                                                                               \
		.remat = HAS(flags, 'M'),                                                                              \
		.optional = HAS(flags, 'O'),                                                                           \
	},
#include "ssa/ops.def"
#undef O
};
