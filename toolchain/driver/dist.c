/*
 * dist.c - the targets of this SDK: which there are, for builds and for go tool dist.
 *
 * A target is there if the SDK has the folder lib/GOOS_GOARCH with its C library.
 * Source: go tool dist list -help, cmd/dist.
 */
#include "driver/driver.h"

Strs
sdk_targets(void)
{
	DirInfo *d = dir_read(path_join(cfg.goroot, "lib"));
	Strs v = { 0 };

	for (int i = 0; i < d->nfiles; i++) {
		const char *name = d->files[i].name, *us = strchr(name, '_');

		if (us == NULL || !file_exists(intern_printf("%s/lib/%s/libc.a", cfg.goroot, name)))
			continue;
		strs_add(&v, intern_printf("%.*s/%s", (int)(us - name), name, us + 1));
	}
	strs_sort(&v);
	return v;
}

void
sdk_checktarget(void)
{
	const char *want = intern_printf("%s/%s", cfg.goos, cfg.goarch);
	Strs have = sdk_targets();

	if (!supported_pair(cfg.goos, cfg.goarch)) {
		fprintf(stderr, "go: unsupported GOOS/GOARCH pair %s\n", want);
		go_exit(2);
	}
	if (strs_has(&have, want))
		return;
	fprintf(stderr,
	    "go: this SDK cannot build for %s; its targets are: %s\n"
	    "\tOthers are added where the SDK is built: ./configure --targets=LIST, then make.\n",
	    want, strs_join(&have, " "));
	go_exit(2);
}

static void
list(bool json)
{
	Strs v = sdk_targets();

	if (json)
		printf("[");
	for (int i = 0; i < v.n; i++) {
		const char *slash = strchr(v.at[i], '/');

		if (json)
			printf("%s\n\t{\n\t\t\"GOOS\": \"%.*s\",\n\t\t\"GOARCH\": \"%s\",\n"
			       "\t\t\"CgoSupported\": true,\n\t\t\"FirstClass\": %s\n\t}",
			    i > 0 ? "," : "", (int)(slash - v.at[i]), v.at[i], slash + 1,
			    firstclass_pair(v.at[i]) ? "true" : "false");
		else
			printf("%s\n", v.at[i]);
	}
	if (json)
		printf("\n]");
}

int
dist_main(int argc, char **argv)
{
	static const char usage[] =
	    "usage: go tool dist [command]\nCommands are:\n\n"
	    "list [-json]    list the targets of this SDK\nversion         print the version of Go\n";
	bool json = false;

	if (argc < 2) {
		fputs(usage, stderr);
		return 2;
	}
	if (streq(argv[1], "version") && argc == 2) {
		printf("%s\n", GOVERSION);
		return 0;
	}
	if (!streq(argv[1], "list")) {
		fprintf(stderr, "go tool dist: %s is not a command of this SDK's dist\n%s", argv[1], usage);
		return 2;
	}
	for (int i = 2; i < argc; i++) {
		const char *flag = argv[i][0] == '-' && argv[i][1] == '-' ? argv[i] + 1 : argv[i];

		if (streq(flag, "-json")) {
			json = true;
		} else if (!streq(flag, "-broken")) { /* no target is broken */
			fprintf(stderr, "usage: go tool dist list [-json] [-broken]\n");
			return 2;
		}
	}
	list(json);
	return 0;
}
