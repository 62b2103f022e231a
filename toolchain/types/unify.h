/*
 * unify.h - unifier, for unify.c and infer.c only.
 */
#ifndef SLIPWAY_TYPES_UNIFY_H
#define SLIPWAY_TYPES_UNIFY_H

#include "types/types.h"

enum { UNIFY_ASSIGN = 1, UNIFY_EXACT = 2 };	/* 0: inexact all the way down */

typedef struct {
	Type **tparams;		/* the ones to be solved for */
	int n;
	int *slot;		/* by parameter: index into type; joined parameters share one */
	Type **type;		/* NULL: not known yet */
	int depth;
} Unifier;

void unify_init(Unifier *u, Type **tparams, Type **targs, int n);
bool unify(Unifier *u, Type *x, Type *y, int mode);
Type *unify_at(const Unifier *u, int i);
void unify_set(Unifier *u, int i, Type *t);
int unify_unknowns(const Unifier *u);

#endif
