/*
 * stack.h - goroutine stacks: the numbers that prologues, the linker's nosplit check and the runtime share.
 *
 * A stack [lo, hi) has g->stackguard0 = lo + STACK_GUARD. A prologue calls morestack if SP - framesize would leave less
 * than STACK_GUARD - STACK_SMALL below it: small frames (<= STACK_SMALL) compare SP itself, others SP - framesize + STACK_SMALL;
 * frames beyond STACK_BIG must guard against wrapping below zero. Poisoning stackguard0 with STACK_PREEMPT makes the next prologue call
 * morestack, which then yields. Chains of nosplit functions may use STACK_NOSPLIT bytes below the guard.
 */
#ifndef SLIPWAY_ABI_STACK_H
#define SLIPWAY_ABI_STACK_H

#define STACK_MIN 2048
#define STACK_GUARD 928
#define STACK_SMALL 128
#define STACK_BIG 4096
#define STACK_NOSPLIT 800		/* STACK_GUARD - STACK_SMALL */
#define STACK_PREEMPT 0xfffffffffffffade	/* above every address: every check fails */

#endif
