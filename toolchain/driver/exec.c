/*
 * exec.c - how a program of the target is run on this machine: by itself, through -exec, through a program
 * go_GOOS_GOARCH_exec on PATH, or under the emulator of the SDK.
 *
 * The emulator is told to programs in SLIPWAY_EMULATOR, see runtime/os/linux/exec.c. Without any of these the program is
 * started as it is: the kernel may know what to do with it.
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

static bool
foreign(void)
{
	return !streq(cfg.goos, cfg.hostos) || !streq(cfg.goarch, cfg.hostarch);
}

static const char *
emulatorpath(void)
{
	return intern_printf("%s/lib/qemu/qemu-%s", cfg.goroot, cfg.goarch);
}

static const char *
wrapper(void)
{
	return onpath(intern_printf("go_%s_%s_exec", cfg.goos, cfg.goarch));
}

/* Says which emulator runs the program, once. */
static void
announce(const char *path)
{
	static bool said;
	const char *version = text_file(intern_printf("%s/VERSION", path_dir(path)), NULL);

	if (said || !(cfg.v || tf.verbose || cfg.x || isatty(2)) || tf.json)
		return;
	said = true;
	fprintf(stderr, "go: running %s/%s programs under %s%s%.*s\n", cfg.goos, cfg.goarch, path_base(path),
	    version != NULL ? " " : "", version != NULL ? (int)strcspn(version, "\n") : 0,
	    version != NULL ? version : "");
}

bool
exec_words(Strs *v, Strs *env)
{
	const char *x;

	if (cfg.exec != NULL && cfg.exec[0] != '\0') {
		if (!strs_quotedfields(v, cfg.exec))
			go_fatal("invalid -exec: unterminated quote");
		return true;
	}
	if (!foreign())
		return false;
	x = wrapper();
	if (x != NULL) {
		strs_add(v, x);
		return true;
	}
	if (access(emulatorpath(), X_OK) == 0) {
		announce(emulatorpath());
		strs_add(v, emulatorpath());
		strs_add(env, intern_printf("SLIPWAY_EMULATOR=%s", emulatorpath()));
	}
	return true;
}

const char *
exec_hint(void)
{
	if (!foreign() || (cfg.exec != NULL && cfg.exec[0] != '\0') || wrapper() != NULL ||
	    access(emulatorpath(), X_OK) == 0)
		return NULL;
	return intern_printf("go: cannot run %s/%s programs on %s/%s: there is no emulator %s; use -exec, or put a "
			     "program go_%s_%s_exec on PATH",
		cfg.goos, cfg.goarch, cfg.hostos, cfg.hostarch, emulatorpath(), cfg.goos, cfg.goarch);
}
