/*
 * coverage.c - what -coveragecfg asks for: registration of a package that cmd/cover has instrumented.
 *
 * The instrumented source declares its meta-data, a variable for the package's number, and counters. The package's
 * initialisation hands the meta-data to runtime.addCovMeta before anything else; main also calls
 * runtime/coverage.initHook, which arranges for the counters to be written at exit. Counters are marked, so that the
 * linker lays them side by side. The configuration is the JSON that cmd/cover writes (a flat object of strings and numbers).
 */
#include <stdlib.h>

#include "lower/build.h"

enum { MODE_TESTMAIN = 5 };

static struct {
	bool on;
	const char *metavar, *pkgidvar, *prefix, *hash, *mode, *granularity;
	int64_t metalen;
} cover;

/* The value of a key: text of a string without escapes, or digits. */
static const char *
value(Bytes b, const char *file, const char *key)
{
	const char *pat = intern_printf("\"%s\"", key), *p = (const char *)b.p, *end = p + b.n;
	size_t n = strlen(pat);

	for (; p + n < end; p++)
		if (memcmp(p, pat, n) == 0) {
			const char *q = p + n, *start;

			while (q < end && (*q == ' ' || *q == ':' || *q == '\n' || *q == '\t'))
				q++;
			if (q < end && *q == '"') {
				start = ++q;
				while (q < end && *q != '"' && *q != '\\')
					q++;
				if (q == end || *q == '\\')
					break;
			} else {
				start = q;
				while (q < end && *q >= '0' && *q <= '9')
					q++;
			}
			return intern(start, (size_t)(q - start));
		}
	fatal("%s: coverage configuration has no plain %s", file, key);
}

void
lower_coverage(const char *file)
{
	Bytes b = file_map(file);

	cover.on = true;
	cover.metavar = value(b, file, "MetaVar");
	cover.pkgidvar = value(b, file, "PkgIdVar");
	cover.prefix = value(b, file, "CounterPrefix");
	cover.hash = value(b, file, "MetaHash");
	cover.mode = value(b, file, "CounterMode");
	cover.granularity = value(b, file, "CounterGranularity");
	cover.metalen = atoll(value(b, file, "MetaLen"));
	if (strlen(cover.hash) != 32)
		fatal("%s: coverage configuration: length of MetaHash", file);
}

static int
mode(void)
{
	static const char *const names[] = { "", "set", "count", "atomic", "regonly", "testmain" };

	for (int i = 1; i < (int)NELEM(names); i++)
		if (strcmp(cover.mode, names[i]) == 0)
			return i;
	fatal("coverage configuration: mode %s", cover.mode);
}

static Obj *
find(const char *name)
{
	return scope_lookup(lw.pkg->scope, intern_str(name));
}

bool
coverage_wanted(void)
{
	return cover.on;
}

/* Marks the counters. After lower_globals. */
void
coverage_mark(void)
{
	const void *key;
	void *o;

	if (!cover.on || lw.pkg->scope->names == NULL || cover.prefix[0] == '\0')
		return;
	for (int i = 0; map_next(lw.pkg->scope->names, &i, &key, &o);)
		if (((Obj *)o)->kind == OBJ_VAR && key != cover.metavar && key != cover.pkgidvar &&
		    strncmp(key, cover.prefix, strlen(cover.prefix)) == 0)
			lower_varsym(o)->flags |= SYMF_COVCTR;
}

static Obj *
param(Type *t)
{
	return obj_new(OBJ_VAR, 0, NULL, intern_str("_"), t);
}

static void
call(const char *name, Type **ts, Opd *args, int n, Type *result, OpdVec *out)
{
	Callee cl = { .kind = CALLEE_CLOSURE };
	Obj **ps = NEWN(perm, Obj *, n), *r = result != NULL ? param(result) : NULL;

	for (int i = 0; i < n; i++)
		ps[i] = param(ts[i]);
	cl.sig = type_func(type_tuple(ps, n), type_tuple(&r, r != NULL), false);
	cl.code = bd_symaddr(lower_funcval(intern_str(name)), 0);
	bd_docall(&cl, args, n, out);
}

/* First in the package's initialisation. */
void
coverage_register(void)
{
	Type *hasht, *ts[7];
	Opd args[7];
	OpdVec out = { 0 };
	Obj *meta, *id;
	Value *p;

	if (!cover.on || mode() == MODE_TESTMAIN)
		return;
	meta = find(cover.metavar);
	id = find(cover.pkgidvar);
	if (meta == NULL || id == NULL)
		fatal("coverage configuration: no variable %s or %s", cover.metavar, cover.pkgidvar);
	hasht = type_array(typ[T_UINT8], 16);
	p = bd_temp(hasht);
	for (int i = 0; i < 16; i++) {
		char two[3] = { cover.hash[2 * i], cover.hash[2 * i + 1], '\0' };

		bd_emit2(OP_STORE, VT_VOID, p, bd_int(VT_I8, strtol(two, NULL, 16)), i)->size = 1;
	}
	ts[0] = typ[T_UNSAFEPTR];
	args[0] = bd_opd1(ts[0], bd_symaddr(lower_varsym(meta), 0));
	ts[1] = typ[T_UINT32];
	args[1] = bd_opd1(ts[1], bd_int(VT_I32, cover.metalen));
	ts[2] = hasht;
	args[2] = bd_mem(hasht, p, 0);
	ts[3] = typ[T_STRING];
	args[3] = bd_const(const_string(lw.pkg->path, strlen(lw.pkg->path)), ts[3]);
	ts[4] = typ[T_INT];
	args[4] = bd_opd1(ts[4], bd_int(VT_I64, -1));
	ts[5] = typ[T_UINT8];
	args[5] = bd_opd1(ts[5], bd_int(VT_I8, mode()));
	ts[6] = typ[T_UINT8];
	args[6] = bd_opd1(ts[6], bd_int(VT_I8, strcmp(cover.granularity, "perfunc") == 0 ? 2 : 1));
	call("runtime.addCovMeta", ts, args, 7, typ[T_UINT32], &out);
	bd_store(bd_symaddr(lower_varsym(id), 0), 0, out.at[0]);
}

/* Last in main's. */
void
coverage_hook(void)
{
	Type *t = typ[T_BOOL];
	Opd arg;

	if (!cover.on || strcmp(lw.pkg->path, "main") != 0)
		return;
	arg = bd_opd1(t, bd_int(VT_I8, mode() == MODE_TESTMAIN));
	call("runtime/coverage.initHook", &t, &arg, 1, NULL, NULL);
}
