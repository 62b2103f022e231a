/*
 * mutate.h - Go files with a few things wrong in them, the same ones for the same seed.
 *
 * Mutants come from given files by changing bytes (to reach the scanner) and
 * by deleting, repeating, swapping and replacing tokens (to get past it). What
 * is done with a mutant is up to the caller, so that every stage can use this.
 */
#ifndef SLIPWAY_TESTS_MUTATE_H
#define SLIPWAY_TESTS_MUTATE_H

#include "base/base.h"

typedef struct Mutator Mutator;

Mutator *mutate_new(Arena *a, uint64_t seed);
void mutate_addfile(Mutator *m, Bytes text);	/* a file to start from; the text must stay */
int mutate_nfiles(const Mutator *m);
/* The next mutant, followed by a NUL. Valid until the next call. */
Bytes mutate_next(Mutator *m);
/* The same, but a few tokens only change into alike ones (numbers, operators, types, names of the file): many still compile. */
Bytes mutate_gently(Mutator *m);

#endif
