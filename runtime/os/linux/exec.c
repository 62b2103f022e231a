/*
 * exec.c - the system call execve, as programs make it; under an emulator it runs files of the emulated machine.
 *
 * A program of another machine that runs under user mode emulation cannot start itself again: the kernel knows nothing of
 * the emulator. When SLIPWAY_EMULATOR names it, execve of an ELF file for our own machine runs the emulator with that file.
 * The go command sets the variable for what it runs under an emulator; the program never sees it, its children that need it
 * get it back. Runs between vfork and exec too: on the system stack of a thread that waits, with no memory but that.
 */
#include "arch/arch.h"
#include "sched/sched.h"
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAXWORDS = 8000 };	/* arguments and variables of one program */

static char *setting;		/* SLIPWAY_EMULATOR=path, or NULL */
static char *emulator;
static unsigned char ident[EI_NIDENT];	/* of our own executable, with its machine */
static uint16_t machine;

/* Takes the variable out of the environment on the initial stack. What follows its end stays where it is. */
void
exec_init(char **env)
{
	static const char name[] = "SLIPWAY_EMULATOR=";
	const Elf64_Phdr *ph = (const Elf64_Phdr *)getauxval(AT_PHDR);
	const unsigned char *head;

	while (*env != NULL && memcmp(*env, name, sizeof name - 1) != 0)
		env++;
	if (*env == NULL)
		return;
	setting = *env;
	emulator = setting + sizeof name - 1;
	do
		env[0] = env[1];
	while (*++env != NULL);
	/* the program headers follow the file header, which is mapped with them */
	head = (const unsigned char *)((uintptr_t)ph & ~(uintptr_t)(os_pagesize - 1));
	memcpy(ident, head, sizeof ident);
	memcpy(&machine, head + EI_NIDENT + 2, sizeof machine);
}

/* Same class, byte order and machine as our own executable. */
static bool
isours(const char *path)
{
	unsigned char head[EI_NIDENT + 4];
	uint16_t m;
	long fd = arch_syscall6(SYS_openat, AT_FDCWD, (long)path, O_RDONLY | O_CLOEXEC, 0, 0, 0), n;

	if (fd < 0)
		return false;
	n = arch_syscall6(SYS_read, fd, (long)head, sizeof head, 0, 0, 0);
	arch_syscall6(SYS_close, fd, 0, 0, 0, 0, 0);
	memcpy(&m, head + EI_NIDENT + 2, sizeof m);
	return n == (long)sizeof head && memcmp(head, ident, EI_VERSION) == 0 && m == machine &&
	       arch_syscall6(SYS_faccessat, AT_FDCWD, (long)path, X_OK, 0, 0, 0) == 0;
}

static int
count(char *const *v)
{
	int n = 0;

	while (v != NULL && v[n] != NULL)
		n++;
	return n;
}

/* emulator -0 argv[0] path argv[1]..., and the variable behind the others. */
static long
emulate(const char *path, char *const *argv, char *const *envp)
{
	char *words[MAXWORDS + 8], **env;
	int na = count(argv), ne = count(envp), n = 0;

	if (na + ne > MAXWORDS)
		return -E2BIG;
	words[n++] = emulator;
	words[n++] = (char *)(uintptr_t)"-0";
	words[n++] = na > 0 ? argv[0] : (char *)(uintptr_t)path;
	words[n++] = (char *)(uintptr_t)path;
	for (int i = 1; i < na; i++)
		words[n++] = argv[i];
	words[n++] = NULL;
	env = words + n;
	for (int i = 0; i < ne; i++)
		words[n++] = envp[i];
	words[n++] = setting;
	words[n] = NULL;
	return arch_syscall6(SYS_execve, (long)emulator, (long)words, (long)env, 0, 0, 0);
}

/* Syscall6 with the number of execve; results are r1, r2 and errno. */
void
rt_execve(uintptr_t num, const char *path, char *const *argv, char *const *envp, uintptr_t a4, uintptr_t a5,
    uintptr_t a6)
{
	G *g = getg();
	long r;
	char self[PATH_MAX];

	if (emulator != NULL && path != NULL) {
		if (strcmp(path, "/proc/self/exe") == 0) {	/* the kernel's idea of it is the emulator */
			r = arch_syscall6(SYS_readlinkat, AT_FDCWD, (long)path, (long)self, sizeof self - 1, 0, 0);
			if (r > 0) {
				self[r] = '\0';
				path = self;
			}
		}
		if (isours(path)) {
			r = emulate(path, argv, envp);
			goto out;
		}
	}
	r = arch_syscall6((long)num, (long)path, (long)argv, (long)envp, (long)a4, (long)a5, (long)a6);
out:
	g->ret[0] = r < 0 ? (uintptr_t)-1 : (uintptr_t)r;
	g->ret[1] = 0;
	g->ret[2] = r < 0 ? (uintptr_t)-r : 0;
}
