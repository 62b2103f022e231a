/*
 * vcs.c - which revision a program is made from: the settings vcs.* of its build information.
 *
 * Git alone is asked. As go does it, a repository is a folder with a folder .git: work trees and submodules, where .git is a
 * file, are not seen, and the program says nothing if the current folder, the package and its module are not in one repository.
 * Source: go help build (-buildvcs), documentation of runtime/debug.BuildSetting.
 */
#include <stdlib.h>
#include <time.h>

#include "driver/driver.h"

/* The folder at or above dir that is a repository, or NULL. */
static const char *
repository(const char *dir)
{
	for (;; dir = path_dir(dir)) {
		if (dir_exists(path_join(dir, ".git")))
			return dir;
		if (strlen(dir) <= 1)
			return NULL;
	}
}

/* What Git prints about the repository; NULL: *err says why. */
static const char *
ask(const char *repo, const char *words, const char **err)
{
	Strs v = { 0 };
	const char *out;
	int status;

	strs_fields(&v, words);
	if (cfg.n || cfg.x)
		show_cmd(repo, "%s", words);
	out = job_answer(&v, repo, &status);
	if (status == 0)
		return out;
	*err = job_status(status);
	return NULL;
}

/* The lines for the build information. */
static const char *
status(const char *repo, const char **err)
{
	const char *changes, *head;
	long long seconds;
	Buf b = { 0 };

	if (cc_find("git") == NULL) {
		if (cfg.buildvcs == NULL || streq(cfg.buildvcs, "auto"))
			return "";
		*err = "exec: \"git\": executable file not found in $PATH";
		return NULL;
	}
	changes = ask(repo, "git status --porcelain", err);
	if (changes == NULL)
		return NULL;
	head = ask(repo, "git -c log.showsignature=false log -1 --format=%H:%ct", err);
	if (head == NULL && changes[0] == '\0')
		return NULL;
	*err = NULL;	/* a repository without a commit */
	buf_str(&b, "build\tvcs=git\n");
	if (head != NULL && strchr(head, ':') != NULL) {
		size_t n = strcspn(head, ":");
		struct tm tm;
		char when[40];

		seconds = strtoll(head + n + 1, NULL, 10);
		gmtime_r(&(time_t){ (time_t)seconds }, &tm);
		strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &tm);
		buf_printf(&b, "build\tvcs.revision=%.*s\nbuild\tvcs.time=%s\n", (int)n, head, when);
	}
	buf_printf(&b, "build\tvcs.modified=%s\n", changes[0] != '\0' ? "true" : "false");
	return intern((const char *)b.p, b.n);
}

/* True: it is in repo. Otherwise *err may say that this is a mistake. */
static bool
within(const char *repo, const char *what, const char *dir, const char **err)
{
	const char *r = repository(dir);

	if (r != NULL && streq(r, repo))
		return true;
	if (cfg.buildvcs != NULL && streq(cfg.buildvcs, "true"))
		*err = intern_printf("main %s is in repository %s but current directory is in repository %s", what,
		    goquoted(r != NULL ? r : ""), goquoted(repo));
	return false;
}

const char *
vcs_text(const Pkg *p, const char **err)
{
	static const char *text, *why;	/* there is one current folder, so one repository */
	const char *repo, *when = cfg.buildvcs != NULL ? cfg.buildvcs : "auto";

	*err = NULL;
	if (streq(when, "false") ||
	    (streq(when, "auto") && !streq(cfg.cmdname, "build") && !streq(cfg.cmdname, "install")))
		return "";
	if (!pkg_ismain(p) || p->std || p->cmdline || p->mod == NULL || p->mod->dir == NULL)
		return "";
	repo = repository(cfg.cwd);
	if (repo == NULL || !(haspathprefix(p->dir, repo) || haspathprefix(repo, p->dir)))
		return "";
	if (!within(repo, "package", p->dir, err) || !within(repo, "module", p->mod->dir, err))
		return "";
	if (text == NULL && why == NULL)
		text = status(repo, &why);
	*err = why;
	return text != NULL ? text : "";
}
