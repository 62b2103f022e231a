/*
 * rows.h - rows of a CPU's regs.def and insns.def as entries of the tables in its targ.c.
 */
#include "target/target.h"

#define REGROW(name_, num_, class_, alloc, dwarf_) \
	{ .name = #name_, .num = num_, .class = class_, .allocatable = alloc, .dwarf = dwarf_ },

/* The flags of insns.def. */
enum {
	T = 1,		/* result in the register of argument 0 */
	C = 2,		/* arguments 0 and 1 may swap */
	E = 4,		/* result written before all arguments are read */
	X = 8,		/* has an effect */
	L = 16,		/* reads memory */
	M = 32,		/* cheap to make again */
	O = 64,		/* sets flags for the next operation */
	N = 128,	/* needs the flags of the one before; listings show its condition */
	K = 256,	/* listings show its condition */
};

/* clang-format off */
#define INSNROW(name_, mn, out_, in0, in1, in2, clobber_, flags, form, enc_) \
	{ .name = #name_, .mnemonic = mn, .out = out_, .in = { in0, in1, in2, in2 }, .clobber = clobber_, .encform = form, .enc = enc_, \
	  .tied = ((flags) & T) != 0, .commutative = ((flags) & C) != 0, .earlyout = ((flags) & E) != 0, .effect = ((flags) & X) != 0, \
	  .reads = ((flags) & L) != 0, .remat = ((flags) & M) != 0, .flagsout = ((flags) & O) != 0, .flagsin = ((flags) & N) != 0, \
	  .cond = ((flags) & (N | K)) != 0 },
/* clang-format on */
