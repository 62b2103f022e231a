/*
 * panic.h - printing, tracebacks, and the ways a program ends because of an error.
 */
#ifndef SLIPWAY_PANIC_H
#define SLIPWAY_PANIC_H

#include "stack/stack.h"

/* ---- print.c: to standard error, no memory, no libc ---- */
void panic_printf(const char *fmt, ...)
    __attribute__((format(printf, 1, 2))); /* %d int, %ld, %lu, %lx, %s, %p, %c, %% only */
void print_bytes(const char *p, uintptr_t n);
void print_flush(void);
void rt_printlock(void);
void rt_printunlock(void);

/* ---- traceback.c ---- */
void trace_goroutine(G *g, bool running);	/* header and frames of one goroutine */
void trace_others(G *except);
intptr_t rt_callers(intptr_t skip, uintptr_t *buf, intptr_t n);
intptr_t trace_gcallers(G *g, intptr_t skip, uintptr_t *buf, intptr_t n);
intptr_t trace_callers(Frame *fr, bool ok, intptr_t skip, uintptr_t *buf, intptr_t max);
int trace_level(bool *all, bool *crash);
void trace_setup(const char *gotraceback);

/* ---- fatal.c ---- */
_Noreturn void rt_fatal(const char *text);	/* the user's error: "fatal error: text", goroutine traces, exit 2 */
_Noreturn void fatal_signal(int sig, G *g, uintptr_t code, uintptr_t addr, uintptr_t pc, uintptr_t sp, bool ingo);
_Noreturn void fatal_exit(bool crash);

#endif
