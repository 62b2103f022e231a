/*
 * panic.h - why C asks for a Go panic: kinds for the overlay's runtime.sigpanic(), to which stubs and signal handlers jump as if the Go
 * caller had called it. It takes no arguments, because the frame it seems to be called from has no spill space for them: g->ret holds kind, a, b.
 */
#ifndef SLIPWAY_ABI_PANIC_H
#define SLIPWAY_ABI_PANIC_H

#define PANIC_MAKESLICELEN 1	/* runtime error: makeslice: len out of range */
#define PANIC_MAKESLICECAP 2	/* runtime error: makeslice: cap out of range */
#define PANIC_GROWSLICE 3	/* runtime error: growslice: len out of range */
#define PANIC_MAKECHAN 4	/* makechan: size out of range (plain error) */
#define PANIC_SENDCLOSED 5	/* send on closed channel (plain error) */
#define PANIC_CLOSENIL 6	/* close of nil channel (plain error) */
#define PANIC_CLOSECLOSED 7	/* close of closed channel (plain error) */
#define PANIC_GONIL 8		/* go of nil func value: fatal */
#define PANIC_NEGSHIFT 9
#define PANIC_MEMORY 10		/* runtime error: invalid memory address or nil pointer dereference */
#define PANIC_MEMORYADDR 11	/* the same, a: address */
#define PANIC_DIVIDE 12
#define PANIC_OVERFLOW 13
#define PANIC_FLOAT 14
#define PANIC_STRING 15		/* errorString; a, b: text and length (static text) */
#define PANIC_ALLOCSIZE 16	/* runtime error: allocation size out of range */
#define PANIC_PLAIN 17		/* plainError; a, b: static text */

#endif
