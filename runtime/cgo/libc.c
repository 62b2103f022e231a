/*
 * libc.c - functions of libc that keep state of the process, for package runtime/cgo: the environment, user and group of all threads.
 *
 * Linked only into programs that use cgo. They run as any C function that Go calls, and so may use malloc and locks of libc. Each takes the
 * address of its arguments; a Set that fails stores errno as its result, as package syscall expects.
 */
#include <errno.h>
#include <grp.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

typedef struct {
	uintptr_t *arg;
	uintptr_t ret;
} Args;

void x_cgo_setenv(char **arg);
void x_cgo_unsetenv(char **arg);

void
x_cgo_setenv(char **arg)
{
	setenv(arg[0], arg[1], 1);
}

void
x_cgo_unsetenv(char **arg)
{
	unsetenv(arg[0]);
}

/* clang-format off */
#define WRAP(name, ...)							\
	void _cgo_libc_##name(Args *x);					\
	void								\
	_cgo_libc_##name(Args *x)					\
	{								\
		int r = name(__VA_ARGS__);				\
									\
		x->ret = r == -1 ? (uintptr_t)errno : (uintptr_t)r;	\
	}
/* clang-format on */
#define ID(i) ((uid_t)x->arg[i])

WRAP(setegid, ID(0))
WRAP(seteuid, ID(0))
WRAP(setgid, ID(0))
WRAP(setuid, ID(0))
WRAP(setregid, ID(0), ID(1))
WRAP(setreuid, ID(0), ID(1))
WRAP(setresgid, ID(0), ID(1), ID(2))
WRAP(setresuid, ID(0), ID(1), ID(2))
WRAP(setgroups, (size_t)x->arg[0], (const gid_t *)x->arg[1])
