/*
 * exec.c - how a program of the target is run on this machine: by itself, through -exec, through a program
 * go_GOOS_GOARCH_exec on PATH, or under the emulator of the SDK.
 *
 * Source: go help run.
 */
#include <stdlib.h>
#include <unistd.h>

#include "driver/driver.h"

static const char *
onpath(const char *name)
{
	const char *path = getenv("PATH");
	Strs dirs = { 0 };

	strs_split(&dirs, path != NULL ? path : "", ':');
	for (int i = 0; i < dirs.n; i++) {
		const char *f = path_join(dirs.at[i][0] != '\0' ? dirs.at[i] : ".", name);

		if (access(f, X_OK) == 0 && !dir_exists(f))
			return f;
	}
	return NULL;
}

void
exec_words(Strs *v)
{
	const char *x, *q;

	if (cfg.exec != NULL && cfg.exec[0] != '\0') {
		if (!strs_quotedfields(v, cfg.exec))
			go_fatal("invalid -exec: unterminated quote");
		return;
	}
	if (streq(cfg.goos, cfg.hostos) && streq(cfg.goarch, cfg.hostarch))
		return;
	x = onpath(intern_printf("go_%s_%s_exec", cfg.goos, cfg.goarch));
	q = intern_printf("%s/lib/qemu/qemu-%s", cfg.goroot, cfg.goarch);
	if (x != NULL)
		strs_add(v, x);
	else if (streq(cfg.goos, "linux") && access(q, X_OK) == 0)
		strs_add(v, q);
}
