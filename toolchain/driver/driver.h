/*
 * driver.h - the go command: which packages, built how, and what is built already.
 *
 * A command line becomes Pkgs (load.c), found through modules (modload.c) and
 * folders (dirs.c), then Actions (build.c) that run compile and link or find
 * what they would make in the cache (cache.c). Everything lives until the
 * process ends, so all memory comes from the arena perm and nothing is freed.
 * The compiler and the linker are programs that are started, never called.
 *
 * Locals: p Pkg, m Module, a Action. All paths are interned.
 */
#ifndef SLIPWAY_DRIVER_H
#define SLIPWAY_DRIVER_H

#include "base/base.h"

#define GOLANG_MINOR 23

typedef Vec(const char *) Strs;

typedef struct Pkg Pkg;
typedef struct Module Module;
typedef struct Action Action;
typedef struct SrcInfo SrcInfo;
typedef struct DirInfo DirInfo;

/* ---- text.c: strings ---- */

#define streq(a, b) (strcmp((a), (b)) == 0)
bool hasprefix(const char *s, const char *prefix);
bool hassuffix(const char *s, const char *suffix);
const char *cutprefix(const char *s, const char *prefix);	/* NULL if s does not start so */
bool haspathprefix(const char *s, const char *prefix);		/* equal, or prefix/... */
const char *lowercase(const char *s);				/* of ASCII letters; interned */
bool strs_has(const Strs *v, const char *s);
void strs_add(Strs *v, const char *s);				/* interns */
void strs_addnew(Strs *v, const char *s);			/* unless it is there */
void strs_append(Strs *v, const Strs *more);
void strs_sort(Strs *v);
void strs_uniq(Strs *v);					/* of a sorted one */
const char *strs_join(const Strs *v, const char *sep);
void strs_split(Strs *v, const char *s, int sep);
void strs_fields(Strs *v, const char *s);
/* Words with 'quotes' and "quotes" as in GOFLAGS; false: unterminated. */
bool strs_quotedfields(Strs *v, const char *s);
/* Words as a shell splits them: quotes and backslashes anywhere; false: unterminated. */
bool strs_shellwords(Strs *v, const char *s);
void put_goquoted(Buf *b, const char *s, size_t n);		/* strconv.Quote */
const char *goquoted(const char *s);
void put_shellquoted(Buf *b, const char *s);			/* as -x prints words */
const char *text_file(const char *path, size_t *n);		/* or what -overlay has in its place; NULL: errno */
const char *errtext(int err);			/* strerror in Go's words */
const char *sub(const char *s, size_t n);			/* interned prefix of n bytes */
bool regex_match(const char *re, const char *s);	/* extended regular expression of POSIX; false if it is none */

/* ---- flags.c: command lines of subcommands ---- */

typedef enum { DF_BOOL, DF_INT, DF_STRING, DF_FUNC, DF_BOOLFUNC } DFlagKind;
typedef struct {
	const char *name;
	DFlagKind kind;
	void *var;			/* bool *, int *, const char **, void (*)(const char *) */
} DFlag;

typedef struct {
	const char *name, *usage;	/* "build", "go build [-o output] ..." */
	const char *summary, *help;
	void (*run)(int argc, char **argv);	/* argv: operands */
	const DFlag *flags;
	int nflags;
	bool buildflags;		/* takes those of go build too */
	bool rawargs;			/* parses its own */
} Command;

int flags_parse(const Command *c, int argc, char **argv);	/* from argv[0]; index of the first operand */
void flags_usage(const Command *c);		/* prints usage, exits 2 */
const DFlag *flags_find(const Command *c, const char *name);	/* NULL: no such flag */
void flags_set(const Command *c, const DFlag *f, const char *value);
/* Sets the flags of GOFLAGS; own is asked first and takes those of its flags (value NULL: none given), or returns false. */
void flags_env(const Command *c, bool (*own)(const char *name, const char *value));
const char *buildflags_text(void);		/* GOFLAGS-independent: those given, for messages */

/* ---- help.c ---- */

typedef struct {
	const char *name, *summary, *text;
} HelpTopic;
const HelpTopic *help_topics(int *n);
void help_group(FILE *f, const char *group);	/* "mod", "work": the list of their commands */
bool help_subcommand(const char *group, const char *name);	/* prints it; false: there is none */

/* ---- cfg: what environment and flags say ---- */

typedef struct {
	bool matchall;			/* "all=", or a pattern */
	const char *pattern;		/* NULL: packages named on the command line */
	const char *raw;		/* the whole value, as written */
	Strs flags;
} FlagPattern;
typedef Vec(FlagPattern) FlagPatterns;

typedef struct {
	bool a, n, v, x, work, trimpath, json, modcacherw, msan, race, asan, cover, linkshared, compiled;
	bool trimpathset, modset;
	int p;				/* jobs at a time */
	const char *o, *buildmode, *compiler, *mod, *modfile, *overlay, *pgo, *pkgdir, *installsuffix, *toolexec, *exec,
	    *buildvcs;
	const char *chdir, *covermode, *coverpkg;
	FlagPatterns gcflags, ldflags, asmflags, gccgoflags;
	Strs tags;
	const char *goroot, *gorootsrc, *goos, *goarch, *hostos, *hostarch, *tooldir, *gopath, *modcache, *cwd;
	bool cgo;
	bool find, test, e;		/* go list */
	bool keeperrors;		/* what cannot be compiled is an error of the package, not of the command */
	const char *cmdname;
} Cfg;
extern Cfg cfg;

/* ---- env.c: GOROOT and the variables of go env ---- */

void env_init(void);			/* sets the fields of cfg that come from the environment */
const char *
env_get(const char *name); /* environment, then the user's file, then go.env, then the default; never NULL */
const char *env_set(const char *name);	/* the same without defaults; NULL */
const char *env_archlevel(const char **name);	/* "v1" and "GOAMD64", or NULL */
const char *env_archmacro(void);	/* what assembly is told of it: "GOAMD64_v1", "GOARM64_LSE", or NULL */
void cmd_env(int argc, char **argv);
void cmd_version(int argc, char **argv);	/* version.c */

/* ---- overlay.c: files of -overlay in place of those on disk ---- */

struct stat;
int src_stat(const char *path, struct stat *st), src_lstat(const char *path, struct stat *st);	/* as stat(2) */
bool src_exists(const char *path), src_isdir(const char *path);
bool src_map(const char *path, Bytes *out);	/* as file_trymap */
const char *overlay_path(const char *path);	/* the file with its content: mostly path itself; NULL: it is hidden */
bool overlay_replaces(const char *path);	/* has a file of the overlay in its place */
/* Names in a folder that the overlay adds or replaces, and those it hides. False: it has nothing there. */
bool overlay_dir(const char *path, Strs *add, Strs *hide);

/* ---- constraint.c ---- */

bool tag_match(const char *tag, bool std);
/* false: *err is set when the expression is malformed. */
bool constraint_eval(const char *expr, bool std, const char **err);
/* The expression that a comment line "// +build ..." of n bytes without end of line stands for; NULL: it is none. */
const char *constraint_plusbuild(const char *line, size_t n);
bool filename_match(const char *name);		/* x_GOOS_GOARCH_test.go */
bool known_os(const char *s), known_arch(const char *s), supported_pair(const char *os, const char *arch);
bool firstclass_pair(const char *pair);		/* "os/arch" */

/* ---- source.c: the head of one file ---- */

typedef struct {
	const char *path;
	int line, col;
} SrcRef;

struct SrcInfo {
	const char *name;		/* in its folder */
	uint64_t size, ino;
	int64_t mtime, ctime;		/* ns; 0: do not trust the rest */
	bool parsed, islink, isdir, isother; /* isdir: subfolder; isother: neither file nor folder */
	bool embedimport, cgo, bad;
	const char *pkg;		/* package clause, "" if none */
	int pkgline, pkgcol;
	const char *constraint;		/* of //go:build, or what the // +build lines mean together; "" if none */
	const char *doc;		/* first sentence */
	const char *err;		/* "line:col: text", "" if none */
	const char *importcomment;
	Vec(SrcRef) imports, embeds;
	Strs godebug;			/* //go:debug lines: k=v */
	const char *hash;		/* SHA-256 of the content in hex; NULL: not known */
};

void source_scan(SrcInfo *s, const uint8_t *p, size_t n, bool isgo);

/* ---- dirs.c: what is known of folders and files from earlier runs, checked with stat ---- */

struct DirInfo {
	const char *path;
	bool missing;			/* not a folder that can be read */
	int err;			/* errno then */
	int64_t mtime, ctime;
	uint64_t ino;
	int nfiles;
	SrcInfo *files;			/* sorted by name, subfolders included */
	bool dirty, hasgo, overlaid;	/* overlaid: the overlay adds or hides something in it */
	bool checked;
};

DirInfo *dir_read(const char *path);		/* never NULL, remembered */
bool dir_exists(const char *path);
/* Fills what was not scanned yet, and refreshes it if the file changed. */
void dir_scan(DirInfo *d, SrcInfo *s);
const char *dir_hash(DirInfo *d, SrcInfo *s);	/* SHA-256 in hex, or NULL if it cannot be read */
SrcInfo *dir_file(DirInfo *d, const char *name);
const char *file_hash(const char *path);	/* SHA-256 in hex, remembered across runs; NULL: cannot be read */
void file_sethash(const char *path, const char *hash); /* just written by us */
void dirs_save(void);				/* writes what is new, if a cache folder exists */

/* ---- semver.c ---- */

bool semver_valid(const char *v);
int semver_cmp(const char *a, const char *b);	/* "" is below all, "none" above nothing */
const char *semver_major(const char *v);	/* "v2" */
int gover_cmp(const char *a, const char *b);	/* "1.21", "1.21rc1", "1.21.0" */
bool gover_valid(const char *v);
const char *gover_lang(const char *v);		/* "1.21" of "1.21.3" */
const char *mod_escape(const char *path);	/* upper case as !lower */
const char *mod_pathmajor(const char *path);	/* "/v2", ".v3" or "" */
const char *mod_checkpath(const char *path);	/* NULL or what is wrong */
bool mod_iscanonical(const char *v);

/* ---- modfile.c: go.mod, go.work ---- */

typedef struct {
	const char *path, *version;	/* version "" in replace: any, or a folder */
	bool indirect;
	int line;
} ModVer;
typedef struct {
	ModVer old, new;
	const char *orig;		/* new.path as written */
	int line;
} Replace;
typedef struct {
	const char *key, *value;
} KeyVal;
typedef struct {
	const char *file;		/* path */
	const char *module, *go, *toolchain; /* go "" if there is no line */
	Vec(ModVer) require, exclude;
	Vec(Replace) replace;
	Vec(KeyVal) godebug;
	Strs use;			/* go.work */
	bool deprecated;
} Modfile;

/* NULL: *err holds messages, one per line, as go prints them under "errors parsing". */
Modfile *modfile_parse(const char *file, const char *text, bool work, const char **err);

/* ---- modload.c ---- */

struct Module {
	const char *path, *version;	/* version "": main module */
	Module *replace;		/* effective replacement: path, version, dir */
	const char *dir, *gomod, *goversion;
	const char *sum;		/* h1: from go.sum */
	const char *orig;		/* of a replacement: its path as written */
	const char *query;		/* go list -m path@query: version is not known yet */
	bool main, indirect, std;
	const char *error;		/* go list -m of what is no dependency: why not */
	Modfile *file;
};

extern struct Mods {
	bool inited, none;		/* none: no go.mod was found */
	bool vendor, ingorootsrc;
	const char *rootdir, *gomod, *gowork;
	Vec(Module *) mains;
	Vec(Module *) list;		/* build list, mains first, then sorted by path */
	const char *vendordir;
	bool fullgraph;
} mods;

void mods_init(void);			/* finds and reads go.mod, go.work, vendor/modules.txt; fatal errors as go's */
void mods_need(void);			/* as mods_init, and a go.mod must exist */
void mods_fullgraph(void);		/* MVS over every go.mod that can be reached */
const char *mods_findgomod(void);	/* "" if none */
void mods_use(const char *gomod);	/* this is the one, and there is no go.work */
const char *mods_findgowork(void);
/* Where the package is: folder and module; NULL and *err otherwise. */
const char *mods_resolve(const char *path, Module **m, const char **err, bool *isstd);
const char *mods_import_of_dir(const char *dir, Module **m, const char **err);	/* import path of a folder */
const char *mods_dir(Module *m,
    const char **err); /* folder of a module in the cache, fetched if need be; NULL: not to be had */
bool mods_indir(Module *m);			/* the same without fetching: is it there? */
Module *mods_byprefix(const char *path);
const char *mods_whynone(void);	/* why there is no go.mod */
void mods_die(const char *fmt, ...) PRINTF(1, 2);
bool mods_mod(void);			/* -mod=mod: go.mod may change */
bool mods_checksum(Module *m, const char **err);
void mods_checkreplaced(void);			/* go_error for what replaces two modules at once */
const char *mods_modsum(const Module *m);	/* what go.sum has for its go.mod, NULL */
const char *mods_time(const Module *m);		/* when the version was made, as RFC 3339 has it; NULL: not known here */
Strs mods_packages_of(const char *modpath);	/* vendor: packages of modules.txt */

/* ---- modtool.c: the program gomod, for proxies and changes of go.mod ---- */

void modtool_command(const char *command, int argc, char **argv);	/* runs it and ends with its exit code */
void modtool_want(int n, char **patterns);	/* packages of the command line: the first fetch is for all of them */
void modtool_atversion(int n,
    char **args); /* "path@version": makes their module the one to build in, cuts the versions off */
const char *modtool_query(const char *what, const Strs *args);	/* what proxies know, see cmdQuery in gomod */
void modtool_sync(void);			/* adds to go.mod and go.sum what these packages need: -mod=mod */
/* Fetches "path@version", "mod:path@version" (go.mod only) or "graph" into the module cache. False: it was tried before. */
bool modtool_fetch(const char *what);
const char *modtool_error(const char
	*what); /* why it is not there, or with "package path" why no module was found; NULL: nobody knows */

/* ---- load.c ---- */

typedef struct {
	Strs stack;			/* ImportStack */
	const char *pos, *err;		/* pos "" if none */
	bool alwaysstack, cycle, nogo, printed, built;	/* built: it is what a compiler said */
} PkgError;
typedef Vec(PkgError *) PkgErrors;

typedef struct {
	const char *from, *to;		/* as written; resolved */
} ImportPair;

typedef Vec(Pkg *) Pkgs;

struct Pkg {
	const char *path, *dir, *name, *doc, *root, *target, *importcomment;
	Module *mod;
	bool std, incmd, goroot, named, cmdline, deponly, incomplete, notbuildable;
	bool loading, loaded, listed, fake, literal;	/* literal: named by itself, not found by a pattern */
	int mark;
	PkgError *err;
	PkgErrors depserrors;
	DirInfo *di;
	Strs gofiles, cgofiles, ignoredgo, ignoredother, cfiles, cxxfiles, mfiles, hfiles, ffiles, sfiles, swigfiles,
	    swigcxx, sysofiles;
	Strs testgo, xtestgo, invalidgo;
	Strs cgocflags, cgocppflags, cgocxxflags, cgofflags, cgoldflags, cgopkgconfig;	/* of #cgo lines */
	Strs embedpatterns, embedfiles, testembedpatterns, xtestembedpatterns;
	Strs embedpos, testembedpos, xtestembedpos;	/* of the patterns */
	Strs rawimports, imports, testimports, xtestimports;	/* imports: resolved */
	Strs rawtestimports, rawxtestimports;
	Strs importpos, testimportpos, xtestimportpos;	/* of the raw ones: file:line:col, relative to dir */
	Vec(ImportPair) importmap;
	Pkgs deps;			/* direct, resolved; same order as imports, runtime of a main at the end */
	Pkgs all;			/* recursively, post order, without itself */
	bool allset;
	Strs match;
	Strs godebug, testgodebug;
	Vec(KeyVal) embedcfg_files;	/* path in the package, absolute path */
	Vec(KeyVal) embedcfg_pats;	/* pattern, files joined by \n */
	const char *lang;		/* "1.21" */
	const char *defaultgodebug;
	const char *stale, *export, *buildid;
	Action *act, *vet;
	/* variants made for a test, see testpkg.c */
	const char *fortest;		/* path of the package under test */
	Pkg *flagsof;			/* whose -gcflags and -ldflags it takes; NULL: its own */
	bool forcelib;			/* a package main that is imported */
	bool omitdebug;
	const char *covermode;		/* set, count, atomic, regonly or testmain: instrumented; NULL: not */
	bool fuzz;			/* has counters for go test -fuzz */
	bool covermeta;			/* and described in a file, for runs without it */
	const char *testmain;		/* text of _testmain.go, the only file */
};

/* Packages of the command line's patterns; errors are in the packages. */
Pkgs load_args(int n, char **args);
Pkg *load_import(const char *path);		/* by import path */
Pkg *load_files(int n, char **files);		/* command-line-arguments */
void load_deps(Pkg *p);				/* fills p->all */
/* For a copy of a package with rawimports of its test files: fills imports, deps, importmap and err. what: its name on the import stack. */
void load_testimports(Pkg *p, const char *what);
const char *pkg_title(const Pkg *p);		/* "path", "path [path.test]" */
const char *pkgerror_text(const PkgError *e);
/* Prints errors of the packages and of what they import; exits 1 if there are any. */
void load_checkerrors(const Pkgs *ps);
const char *relpath(const char *base, const char *path);	/* from base to path, both absolute; "" if they are the same */
const char *shortpath(const char *path);	/* relative to the current folder if that is shorter */
bool load_isstdpath(const char *path);		/* no dot in the first element */
void match_pattern(const char *pattern, Strs *paths, Strs *dirs);
bool pattern_match(const char *pattern, const char *name);
extern int load_nwarnings;

/* ---- pattern.c ---- */

typedef struct {
	const char *pattern;
	bool literal;			/* no ... and not all, std, cmd */
	Strs paths;			/* import paths */
	const char *err;
} Match;
Match match_packages(const char *pattern);
bool dir_match(const char *pattern, const char *dir);	/* pattern ./x/... relative to the current folder */

/* ---- embed.c ---- */

void embed_resolve(Pkg *p);
Strs embed_tests(const Pkg *p, bool external);	/* files that patterns of its tests name */
const char *embed_cfg(const Pkg *p);		/* JSON for the compiler, NULL if nothing is embedded */

/* ---- cache.c: results by what they were made from ---- */

typedef struct {
	char out[65];			/* SHA-256 of the data, hex */
	char export[65];		/* of what importers see */
	char content[65];		/* of the data without the build ID */
	uint64_t size;
	const char *text;		/* what the tool printed */
} CacheEntry;

const char *cache_dir(void);			/* made if missing; fatal in go's words */
bool cache_tryinit(void);			/* false: no usable folder; no message */
bool cache_get(const char *id, CacheEntry *e, const char **file);	/* file: the data, checked */
/* Adds the file as data under id. Returns the name of the copy; NULL: it could not be kept (disk full), say so. */
const char *cache_put(const char *id, const char *file, CacheEntry *e);
/* The same for a few bytes in memory. False: they could not be kept. */
bool cache_putbytes(const char *id, const void *p, size_t n);
const char *cache_getbytes(const char *id, size_t *n);		/* NULL: not there */
void cmd_clean(int argc, char **argv);

/* ---- job.c: child processes ---- */

typedef struct Job Job;
struct Job {
	int pid, outfd, status;		/* pid 0: it could not be started */
	void *ctx;
	const char *dir;
	void (*sink)(Job *, const char *, size_t);	/* gets the output as it comes, or NULL */
	const char *error;		/* of job_startstream: why it could not be started */
	int64_t deadline, grace, ended;	/* ns of clock_ns, 0: none */
	bool noerrors;			/* what it writes to standard error is dropped */
	bool own;			/* a program of the user's: it sees signals of the terminal */
	bool exited, quit,
	    incomplete; /* quit: it ran too long; incomplete: it ended, and somebody still had its output open */
};
extern bool job_stopping;		/* interrupted: start nothing new */
int64_t clock_ns(void);			/* monotonic */

/* Starts argv in dir with its output kept aside. */
Job *job_start(const Strs *argv, const char *dir, const Strs *env, void *ctx);
/* The same for a test: output to sink as it comes (NULL: it has our standard output); after limit ns SIGQUIT, grace ns later SIGKILL. */
Job *job_startstream(const Strs *argv, const char *dir, const Strs *env, void *ctx,
    void (*sink)(Job *, const char *, size_t), int64_t limit, int64_t grace);
const char *job_status(int status);		/* "exit status 1", "signal: killed" */
Job *job_wait(void);				/* any of them; NULL: none is running */
const char *job_output(Job *j, size_t *n);
/* Runs it to its end now, whatever else is running; both streams together. */
const char *job_capture(const Strs *argv, const char *dir);
/* The same for what it writes to standard output alone, and its wait status. */
const char *job_answer(const Strs *argv, const char *dir, int *status);
int job_run(const Strs *argv, const char *dir, const Strs *env);	/* in the foreground; wait status */
void job_signals(void);				/* catch signals from now on */
void job_foreground(bool on);			/* the child decides what signals mean */
const char *work_dir(void);			/* $WORK, made when first asked for */
void work_cleanup(void);
NORETURN void go_exit(int code);		/* removes $WORK, saves the index */

/* ---- archive.c ---- */

/*
 * Fills out, content, export and size of e for what a compilation wrote: hashes of the bytes, of what a program gets (objects unpacked, no
 * build ID), of what importers see. False: the file cannot be read.
 */
bool archive_hash(const char *file, const char *buildid, CacheEntry *e);

/* ---- build.c ---- */

struct Action {
	enum { ACT_COMPILE, ACT_LINK, ACT_INSTALL, ACT_OTHER } kind;
	Pkg *p;
	Vec(Action *) deps, rdeps;
	int npending, id, priority;
	bool failed, done, cached, uptodate;
	bool covering;			/* the cover program runs, the compiler after it */
	const char *objdir;
	char actionid[65], deepexport[65];	/* deepexport: of the package and all that it imports */
	CacheEntry e;
	const char *built;		/* archive or executable */
	const char *target;		/* final name of an executable */
	const char *buildid;
	Job *job;
	/* links of go run and go test: the executable stays in the work folder, below objdir under this name */
	const char *exe;
	bool keep;			/* and a copy in the cache */
	bool (*notneeded)(Action *);	/* asked once actionid is known: nobody will run it */
	/* ACT_OTHER */
	bool always;			/* starts even if what it needs has failed */
	void (*start)(Action *);	/* calls build_done, or build_running with a job whose ctx is the action */
	void (*end)(Action *, Job *);
	void *ctx;
	struct CgoBuild *cgo;		/* cgo.c; NULL: no file uses cgo */
	struct AsmBuild *assembly;	/* asm.c; NULL: there are no .s files */
	bool compiling;			/* the job is the Go compiler */
};

Action *build_compile(Pkg *p);			/* the one of this package, made when first asked for */
Action *build_link(Pkg *p);
Action *build_install(Action *link, const char *target);
Action *build_action(Pkg *p, void (*start)(Action *), void (*end)(Action *, Job *), void *ctx);
void build_after(Action *a, Action *dep);
void build_done(Action *a, bool ok);
void build_running(Action *a, Job *j);
void build_ready(Action *a);			/* one that start put off */
int build_execute(void);			/* all actions that are not done; number of failures */
Pkgs build_omittests(Pkgs ps);		/* without packages that have only tests and were found by a pattern */
void build_init(void);			/* checks that GOOS/GOARCH are known, the tools are there */
int build_packages(const Pkgs *ps, const char *what);	/* compiles all, links nothing; number of failures */
char *build_hash(const Buf *b);		/* SHA-256 in hex */
const char *build_relative(const char *out, const char *dir);	/* a tool's messages with shorter paths */
int build_exes(const Pkgs *ps, const Strs *outs, bool install);
const char *default_exe(const Pkg *p);		/* the name that go build gives the program */
static inline bool
pkg_ismain(const Pkg *p)
{
	return streq(p->name, "main");
}
const char *tool_path(const char *name);
const char *tool_id(const char *name);		/* hash of the program */
Strs pkg_flags(const FlagPatterns *f, const Pkg *p);
void build_toolwords(Strs *v, const char *name);	/* the program and what -toolexec puts before it */
const char *build_trimpath(Action *a);		/* -trimpath of compile and asm */
const char *build_ppath(const Pkg *p);		/* their -p */
void build_tool(Action *a, const Strs *argv, const char *dir);

/* ---- asm.c: packages with .s files ---- */
bool asmbuild_wanted(const Pkg *p);
void asmbuild_prepare(Action *a);
void asmbuild_id(Action *a, Buf *b);
void asmbuild_start(Action *a);			/* lists what the files define, then build_gocompile */
void asmbuild_compileflags(Action *a, Strs *v,
    bool late); /* those of the compiler, at two places of its command line */
void asmbuild_next(Action *a, Job *j);		/* a job of its has ended */
/* After the compiler, whose messages are out. false: build_compiled is called later, when all files are assembled and in the archive. */
bool asmbuild_finished(Action *a, const char *out);
void build_compiled(Action *a, const char *out);
bool archive_append(const char *file, const Strs *objects);	/* archive.c; false: errno */

/* ---- place.c: where results are put ---- */

const char *place_buildid(const char *file);	/* of an executable; "" if it has none */
bool place_copy(const char *from, const char *to, int mode);	/* false: errno is set, nothing half-written is left */
bool place_result(Action *a, const char *from, const char *to, int mode, bool move);	/* false: said why */

/* ---- exec.c: how a program of the target is run here ---- */

/* -exec, go_GOOS_GOARCH_exec or the SDK's emulator and what it needs in env; false: the target is this machine. */
bool exec_words(Strs *v, Strs *env);
const char *exec_hint(void);			/* why a program that cannot be executed cannot, or NULL */

void show_cmd(const char *dir, const char *fmt, ...) PRINTF(2, 3);
void run_toolchain_install_std(const Pkgs *ps);

/* ---- vet.c ---- */

/* Visits a package that is compiled; fails if there are findings. flags: of the vet program. */
Action *vet_action(Pkg *p, const Strs *flags, bool factsonly);

/* ---- testfuncs.c, testpkg.c: what go test builds for a package ---- */

typedef struct {
	const char *mode;		/* set, count, atomic */
	Strs patterns;			/* of -coverpkg; none: only the package under test */
	Pkgs pkgs;			/* that match them */
} TestCover;

typedef struct TestFuncs TestFuncs;
TestFuncs *testfuncs_find(const Pkg *p, const char **err);
/* _testmain.go. hastest, hasxtest: there are files of p, of its external test package. cover may be NULL. */
const char *testfuncs_main(const TestFuncs *t, const Pkg *p, bool hastest, bool hasxtest, const TestCover *cover);

typedef struct {
	Pkg *main, *test, *xtest;	/* test: p itself if nothing is added; xtest may be NULL */
} TestPkgs;
/* The packages of p's test binary. *err: what is wrong with them, NULL if nothing is. */
TestPkgs testpkg_make(Pkg *p, const TestCover *cover, const char **err);

/* ---- cover.c ---- */

/* Chooses what is instrumented, and begins the profile ("": none). */
TestCover *cover_fortests(const Pkgs *ps, const char *profile, const char *outputdir);
void cover_forbuild(const Pkgs *ps);
void cover_instrument(Pkg *p, const char *mode);
Strs cover_words(const Pkg *p, const char *objdir);	/* command line of the cover program; what it reads is written */
const char *cover_source(const Pkg *p, const char *name, const char *objdir);	/* what cover, or the compiler, reads */
Strs cover_files(const Pkg *p, const char *objdir);	/* what is compiled then */
const char *cover_metafile(const Pkg *p, const char *dir);
void cover_rundir(const char *dir);		/* makes the folder where a test writes its counters */
/* Of a test's profile what follows its first line, which stays in memory; NULL or what is wrong with it. */
const char *cover_rows(const char *file, Bytes *rows);
/* The same for a package without tests, and the report on it; NULL: it has no functions. */
const char *cover_static(const Pkg *p, Bytes *rows);
void cover_merge(Bytes rows);			/* adds them to the profile */
void cover_close(void);

/* ---- testflags.c: the command line of go test ---- */

typedef struct {
	const char *bench, *coverprofile, *fuzz, *list, *o, *outputdir;	/* "" if not given */
	const char *profile;		/* name of a flag like -cpuprofile that is given, or NULL */
	bool c, failfast, json, verbose, verbosejson, help;
	int64_t timeout;		/* ns */
	bool vetoff, vetexplicit;
	Strs vetflags;
	bool haspkgs;			/* packages are named */
	Strs pkgs, args;		/* args: for the test binary */
} TestFlags;
extern TestFlags tf;
void testflags_parse(int argc, char **argv);
const char *duration_text(int64_t ns);		/* time.Duration.String */

/* ---- test2json.c: what a test prints as events ---- */

typedef struct Test2Json Test2Json;
Test2Json *test2json_new(FILE *out, const char *pkg, bool timestamps);
void test2json_write(Test2Json *t, const char *p, size_t n);
void test2json_close(Test2Json *t, bool failed);

/* ---- testcache.c: results of tests by all that they depended on ---- */

/* The key of a test's result: program is the hash of what it is made of. NULL: such a result is not kept. */
const char *testcache_id(const Pkg *p, const char *program);
/* What it printed last time with the same files and variables, with (cached) as its time. NULL: run it. */
const char *testcache_get(const Pkg *p, const char *id, size_t *n);
void testcache_put(const Pkg *p, const char *id, const char *logfile, const void *out, size_t n);

/* ---- cgoflags.c ---- */
const char *cgo_scan(Pkg *p, const char *name);	/* adds what #cgo lines of the file say; NULL or what is wrong */
const char *cgo_checkflags(const Pkg *p);	/* NULL, or which flag no source may ask for */
const char *cgo_checkwords(const char *name, const char *source,
    const Strs *v); /* the same of words for CFLAGS, LDFLAGS ... from source */
Strs cgo_envflags(const char *name, const Strs *more);	/* words of CGO_CFLAGS and the like, then more */

/* ---- cc.c: C compilers ---- */
const Strs *cc_words(bool cxx);		/* program and flags; none: there is no compiler */
const char *cc_default(bool cxx);	/* what go env prints */
const char *cc_missing(void);		/* the message */
const Strs *cc_linkwords(void);		/* program and flags that link for the target (-linkmode=external); none: as above */
const char *cc_nolinker(void);		/* the message */
const char *cc_find(const char *name);	/* on PATH; NULL */

const char *cgo_quoted(const Strs *v);	/* one line, as the tools and shells read words back */

/* ---- pkgconfig.c ---- */
/* Adds the flags of libraries that #cgo pkg-config lines name, for the linker or for the compiler. NULL, or what is wrong. */
const char *pkgconfig_flags(const Pkg *p, bool libs, Strs *out);

/* ---- cgo.c: running cgo and the C compiler before the Go compiler ---- */
bool cgo_prepare(Action *a);		/* before the action ID is known: pkg-config, compiler; false: said why */
void cgo_id(Action *a, Buf *b);		/* all that the result depends on beside the Go files */
void cgo_linkid(Pkg *p, Buf *b);	/* the same of a link: libraries outside of the package */
void cgo_start(Action *a);		/* build_gocompile(a) follows when all is done */
void cgo_next(Action *a, Job *j);	/* one of its jobs ended */
const Strs *
cgo_gofiles(Action *a); /* what cgo made of the files, to be used beside p->gofiles; in the cache once a has ended */
bool cgo_restore(Action *a);		/* the same of an earlier run, from the cache; false: not there */
const char *cgo_output(Action *a, const char *out);	/* what all tools printed */
bool cgo_finish(Action *a);		/* the Go compiler has written the archive: adds the objects */

/* ---- build.c, for cgo.c and the commands ---- */
const char *build_objdir(Action *a);
void build_show(const char *dir, const Strs *argv, const char *prefix);	/* as -x does */
void build_job(Action *a, const Strs *argv, const char *dir, const Strs *env);
void build_gocompile(Action *a);
void build_fail(Action *a, const char *tool, const char *out, int status);
bool build_room(void);			/* may another job start? */

/* ---- vcs.c ---- */

/* Lines of build info about the repository that a main package is built from, "" if there are none; *err: why they cannot be told. */
const char *vcs_text(const Pkg *p, const char **err);

/* ---- modinfo.c ---- */

const char *modinfo_text(const Pkg *p);		/* lines of build info, without the framing */
const char *default_godebug(const Pkg *p);	/* for main packages */

/* ---- value.c, template.c: what go list prints ---- */

typedef struct Value Value;
typedef enum { V_NIL, V_BOOL, V_INT, V_STRING, V_LIST, V_MAP, V_STRUCT } ValueKind;
struct Value {
	ValueKind kind;
	bool b;
	int64_t i;
	const char *s;
	Vec(Value *) list;
	Vec(const char *) keys;		/* struct, map */
	Vec(bool) omit;			/* struct: left out of JSON when empty */
	const char *(*str)(const Value *);	/* what {{.}} prints, or NULL */
};
Value *val_bool(bool b);
Value *val_int(int64_t i);
Value *val_str(const char *s);
Value *val_strs(const Strs *v);
Value *val_list(void);
Value *val_struct(void);
Value *val_map(void);
void val_set(Value *v, const char *key, Value *x, bool omitempty);
Value *val_get(const Value *v, const char *key);
bool val_true(const Value *v);
void val_json(Buf *b, const Value *v, int indent);
Value *val_parse(const char *text, size_t n,
    const char **err); /* json.c; of a number i and, as written, s; NULL: *err */
void put_jsonquoted(Buf *b, const char *s,
    size_t n); /* as encoding/json: HTML escaped, bytes that are not UTF-8 replaced */

typedef struct Template Template;
Template *template_parse(const char *text);	/* fatal message as go's on errors */
void template_run(Template *t, Value *dot, Buf *out);
Value *template_context(void);
Value *template_module(const char *path);	/* list.c: what go list -m knows of it */

/* ---- commands ---- */

void cmd_build(int argc, char **argv);
void cmd_install(int argc, char **argv);
void cmd_run(int argc, char **argv);
void cmd_test(int argc, char **argv);
void cmd_list(int argc, char **argv);
void cmd_tool(int argc, char **argv);
void cmd_fmt(int argc, char **argv);
void cmd_vet(int argc, char **argv);
void cmd_help(int argc, char **argv);
void cmd_mod(int argc, char **argv);
void cmd_work(int argc, char **argv);
void cmd_generate(int argc, char **argv);

/* ---- dist.c: the targets of this SDK ---- */

Strs sdk_targets(void);				/* "os/arch", sorted */
void sdk_checktarget(void);			/* exits with a message if cfg.goos and cfg.goarch are none of them */
int dist_main(int argc, char **argv);		/* go tool dist */

int go_main(int argc, char **argv);
NORETURN void go_fatal(const char *fmt, ...) PRINTF(1, 2);	/* "go: text", exit 1 */
void go_error(const char *fmt, ...) PRINTF(1, 2);		/* text to stderr, exit code becomes 1 */
extern int go_status;

#endif
