/*
 * overlay.c - -overlay: files that a JSON text puts in place of those on disk, adds to them or hides.
 *
 * {"Replace": {"path": "file that has the content", "other": ""}}: an empty name means that there is no such file. Folders
 * above a file that is there exist, whether they do on disk or not; below a path that is a file here nothing exists.
 * Whoever reads sources or files of modules asks here: src_stat for stat(2), overlay_path for what to open,
 * text_file, file_hash and dir_read of themselves. Programs see the disk as it is when they run.
 * Source: go help build (-overlay).
 */
#include <errno.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

#include "driver/driver.h"

typedef struct {
	const char *path;
	const char *file;		/* the content; "" if it is hidden; NULL for a folder */
	Strs names;			/* of a folder: what the overlay has in it */
} Node;

static Map *nodes;			/* absolute path -> Node; NULL: there is no overlay, or it was not read yet */

static bool
isdir(const Node *n)
{
	return n->file == NULL;
}

static bool
ishidden(const Node *n)
{
	return n->file != NULL && n->file[0] == '\0';
}

static Node *
at(const char *path)
{
	return map_get(nodes, intern_str(path));
}

static void
twice(const char *path)
{
	go_fatal("invalid overlay: path %s is used as both file and directory", path);
}

static Node *
addnode(const char *path, const char *file)
{
	Node *n = NEW(perm, Node);

	n->path = intern_str(path);
	n->file = file;
	map_set(nodes, n->path, n);
	return n;
}

/* The folders above a node: all of them for one that exists; a hidden one only shows in a folder that is there anyway. */
static void
addparents(const Node *n)
{
	for (const char *path = n->path; !streq(path, "/"); path = path_dir(path)) {
		Node *dir = at(path_dir(path));

		if (dir == NULL || ishidden(dir))
			dir = addnode(path_dir(path), NULL);
		if (!isdir(dir) && !ishidden(n))
			twice(dir->path);
		if (isdir(dir))
			strs_addnew(&dir->names, path_base(path));
		if (ishidden(n))
			return;
	}
}

static void
addfile(const char *from, const char *to)
{
	Node *old = at(from);

	for (int i = 0; old != NULL && isdir(old) && i < old->names.n; i++)
		if (!ishidden(at(path_join(from, old->names.at[i]))))
			twice(from);
	addparents(addnode(from, to[0] != '\0' ? path_abs(to) : ""));
}

static const char *
kindname(const Value *v)
{
	static const char *const names[] = { "null", "bool", "number", "string", "array", "object", "object" };

	return names[v->kind];
}

static int
bykey(const void *a, const void *b)
{
	return strcmp(((const KeyVal *)a)->key, ((const KeyVal *)b)->key);
}

/* Replace: the last value of a key counts. */
static void
collect(const Value *map, Map *values)
{
	static const char want[] =
	    "go: parsing overlay JSON: json: cannot unmarshal %s into Go struct field OverlayJSON.Replace of type %s\n";

	if (map->kind == V_NIL)
		return;
	if (map->kind != V_MAP) {
		fprintf(stderr, want, kindname(map), "map[string]string");
		go_exit(1);
	}
	for (int i = 0; i < map->list.n; i++) {
		const Value *v = map->list.at[i];

		if (v->kind != V_STRING && v->kind != V_NIL) {
			fprintf(stderr, want, kindname(v), "string");
			go_exit(1);
		}
		map_set(values, map->keys.at[i], (void *)(uintptr_t)(v->kind == V_STRING ? v->s : ""));
	}
}

static void
fill(Map *values)
{
	Vec(KeyVal) pairs = { 0 };
	Map *seen = map_new(perm);
	const void *k;
	void *v;

	for (int i = 0; map_next(values, &i, &k, &v);) {
		KeyVal kv = { .key = k, .value = v };

		vec_push(perm, &pairs, kv);
	}
	if (pairs.n > 1)
		qsort(pairs.at, (size_t)pairs.n, sizeof pairs.at[0], bykey);
	for (int i = 0; i < pairs.n; i++) {
		const char *key = pairs.at[i].key, *from;

		if (key[0] == '\0')
			go_fatal("empty string key in overlay file Replace map");
		from = path_abs(key);
		if (map_has(seen, from))
			go_fatal("paths %s and %s both canonicalize to %s in overlay file Replace map",
			    goquoted(map_get(seen, from)), goquoted(key), goquoted(from));
		map_set(seen, from, (void *)(uintptr_t)key);
		addfile(from, pairs.at[i].value);
	}
}

static void
init(void)
{
	Map *values = map_new(perm);
	const char *err;
	Bytes b;
	Value *v;

	nodes = map_new(perm);
	if (!file_trymap(cfg.overlay, &b))
		go_fatal("reading overlay file: open %s: %s", cfg.overlay, errtext(errno));
	v = val_parse((const char *)b.p, b.n, &err);
	if (v == NULL)
		go_fatal("parsing overlay JSON: %s", err);
	if (v->kind != V_MAP && v->kind != V_NIL)
		go_fatal("parsing overlay JSON: json: cannot unmarshal %s into Go value of type fsys.OverlayJSON",
		    kindname(v));
	for (int i = 0; i < v->list.n; i++)
		if (strcasecmp(v->keys.at[i], "Replace") == 0)
			collect(v->list.at[i], values);
	fill(values);
}

/* What the overlay says of path itself; *below: a path above it is a file there, so it does not exist. NULL: nothing. */
static const Node *
find(const char *path, bool *below)
{
	const Node *n;

	*below = false;
	if (cfg.overlay == NULL || cfg.overlay[0] == '\0')
		return NULL;
	if (nodes == NULL)
		init();
	path = path_abs(path);
	n = at(path);
	for (const char *d = path_dir(path); n == NULL && !*below && !streq(d, "/"); d = path_dir(d))
		*below = at(d) != NULL && !isdir(at(d));
	return n;
}

bool
overlay_replaces(const char *path)
{
	bool below;
	const Node *n = find(path, &below);

	return n != NULL && !isdir(n) && !ishidden(n);
}

const char *
overlay_path(const char *path)
{
	bool below;
	const Node *n = find(path, &below);

	if (below || (n != NULL && ishidden(n)))
		return NULL;
	return n != NULL && !isdir(n) ? n->file : path;
}

bool
src_exists(const char *path)
{
	struct stat st;

	return src_stat(path, &st) == 0;
}

bool
src_isdir(const char *path)
{
	struct stat st;

	return src_stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool
src_map(const char *path, Bytes *out)
{
	const char *file = overlay_path(path);

	if (file == NULL)
		errno = ENOENT;
	return file != NULL && file_trymap(file, out);
}

/* Does any file of the overlay show below this folder that is not on disk? */
static bool
populated(const Node *n)
{
	for (int i = 0; i < n->names.n; i++)
		if (!ishidden(at(path_join(n->path, n->names.at[i]))))
			return true;
	return false;
}

static int
statas(const char *path, struct stat *st, int (*call)(const char *, struct stat *))
{
	bool below;
	const Node *n = find(path, &below);

	if (below || (n != NULL && ishidden(n))) {
		errno = ENOENT;
		return -1;
	}
	if (n == NULL)
		return call(path, st);
	if (!isdir(n))
		return stat(n->file, st);
	if (stat(n->path, st) == 0 && S_ISDIR(st->st_mode))
		return 0;
	memset(st, 0, sizeof *st);
	st->st_mode = S_IFDIR | 0500;
	if (populated(n))
		return 0;
	errno = ENOENT;
	return -1;
}

int
src_stat(const char *path, struct stat *st)
{
	return statas(path, st, stat);
}

int
src_lstat(const char *path, struct stat *st)
{
	return statas(path, st, lstat);
}

bool
overlay_dir(const char *path, Strs *add, Strs *hide)
{
	bool below;
	const Node *n = find(path, &below);

	if (n == NULL || !isdir(n))
		return false;
	for (int i = 0; i < n->names.n; i++)
		strs_add(ishidden(at(path_join(n->path, n->names.at[i]))) ? hide : add, n->names.at[i]);
	return true;
}
