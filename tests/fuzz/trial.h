/*
 * trial.h - a command that reads a mutant, and whether what it did is right: nothing but exit codes 0, 1 and 2 with a message is, and soon.
 */
#ifndef SLIPWAY_TESTS_TRIAL_H
#define SLIPWAY_TESTS_TRIAL_H

#include "base/base.h"

void trial_write(const char *path, const void *p, size_t n);
/* Runs the command; what it prints goes to the file said. The result is its exit code, 128 + signal, or 124 after that many seconds of its own time. */
int trial_run(char **argv, const char *said, int seconds);
/* What is wrong, or NULL. */
const char *trial_verdict(int rc, const char *said);
/* Keeps the mutant under that name, with what was said in a file beside, and reports it. */
void trial_keep(const char *name, const void *p, size_t n, const char *said, const char *why, int rc);

#endif
