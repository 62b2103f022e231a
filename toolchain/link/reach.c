/*
 * reach.c - what the program needs.
 *
 * Everything reached from the entry point by relocations is kept. Methods are
 * pruned as gc's linker does (cmd/link/internal/ld/deadcode.go explains the
 * idea): a method of a type that may be put in an interface (OBJ_R_USEIFACE, and then all
 * types its descriptor leads to) is kept only if some kept function calls an
 * interface method with the same name and signature (OBJ_R_USEIFACEMETHOD), or
 * with the same name (OBJ_R_USENAMEDMETHOD), or if reflection may call
 * any exported one (SYMF_REFLECTMETHOD). Names and signatures are compared as
 * symbols: equal ones are one symbol.
 */
#include "link/link.h"

/* A method of a kept type that may be in an interface, not needed so far. */
typedef struct {
	const Chunk *type;
	uint32_t rel;		/* first of its three rows */
	Sym *name, *mtyp;
	bool kept;
} Method;

/* An interface method that some kept function calls. */
typedef struct {
	Sym *name, *mtyp;
	const char *key;	/* nameof(name) */
} Called;

static Vec(Method) methods;
static Vec(Called) called;
static Vec(Sym *) calledname;
static Map *calledset;		/* key -> first mtyp; for the quick test */
static bool reflectseen;

static uint32_t
kind(const Chunk *c, uint32_t i)
{
	return (uint32_t)ELF64_R_TYPE(c->rel[i].r_info);
}

/* The symbol that the relocation at offset off of a chunk refers to, or NULL. */
static Sym *
refat(const Chunk *c, uint64_t off)
{
	for (uint32_t i = 0; i < c->nrel; i++)
		if (c->rel[i].r_offset - c->relbase == off && kind(c, i) != META_R_BASE + OBJ_R_KEEP)
			return rel_target(c, i);
	return NULL;
}

static void
push(Chunk *c)
{
	if (!c->reached) {
		c->reached = true;
		vec_push(l.a, &l.work, c);
	}
}

/* Whether it is a function's name for the stack convention; *plain is the function's. */
static bool
isabi0(const char *name, const char **plain)
{
	size_t n = strlen(name);

	if (n < 6 || strcmp(name + n - 5, ".abi0") != 0)
		return false;
	*plain = intern(name, n - 5);
	return true;
}

/* The place that wants s, for the message. */
static const char *
wanter(const Chunk *c)
{
	const char *plain;

	if (c != NULL && c->sym != NULL)
		return isabi0(c->sym->name, &plain) ? plain : c->sym->name;
	return c != NULL && c->in != NULL ? c->in->name : "link";
}

static void
missing(Sym *s, const Chunk *from)
{
	const char *plain;

	if (s->reported)
		return;
	s->reported = true;
	if (strcmp(s->name, "main.main") == 0)
		link_error("function main is undeclared in the main package");
	else if (isabi0(s->name, &plain))
		link_error("%s: relocation target %s not defined%s", wanter(from), plain,
		    link_named(plain)->chunk != NULL ? " for ABI0 (but is defined for ABIInternal)" : "");
	else
		link_error("%s: relocation target %s not defined", wanter(from), s->name);
}

static void
common(Sym *s)
{
	int log = s->value <= 1 ? 0 : 63 - __builtin_clzll(s->value);

	s->chunk = link_chunk(OUT_NOPTRBSS, NULL, s->size, log);
	s->kind = SYM_NOPTRBSS;
	s->value = 0;
	s->common = false;
}

/* Assembly refers to everything as if it were a function of the stack convention: X.abi0 is X if that is data, or a function of C. */
static bool
alias(Sym *s)
{
	const char *plain;
	Sym *x;

	if (!isabi0(s->name, &plain))
		return false;
	x = link_named(plain);
	if (x->chunk == NULL && !x->abs && strchr(x->name, '.') == NULL)
		library_search(x);
	if ((x->chunk == NULL && !x->abs) || (x->kind == SYM_TEXT && strchr(x->name, '.') != NULL))
		return false;
	s->chunk = x->chunk;
	s->value = x->value;
	s->abs = x->abs;
	s->kind = x->kind;
	s->size = x->size;
	return true;
}

static void
need(Sym *s, const Chunk *from)
{
	if (from != NULL && from->in != NULL && !from->in->isgo)
		s->host = true;
	if (s->chunk == NULL && !s->abs) {
		if (s->common && !l.external)
			common(s);
		else if (!s->insearch) {
			s->insearch = true;
			if (s->weak || (!library_search(s) && s->chunk == NULL && !alias(s))) {
				/* judged after everything is loaded: the linker defines some names itself */
				vec_push(l.a, &l.undefined, s);
				s->firstref = from;
			} else if (s->common && !l.external) {
				common(s);
			}
		}
	}
	if (s->chunk != NULL)
		push(s->chunk);
}

static bool
istype(const Sym *s)
{
	return s->kind == SYM_TYPE && strncmp(s->name, "type:", 5) == 0 && s->name[5] != '.';
}

/* The type may be in an interface: its method table and the types it leads to are looked at, again if need be. */
static void
useiface(Sym *s)
{
	if (s->chunk == NULL || s->chunk->iface)
		return;
	s->chunk->iface = true;
	if (s->chunk->reached)
		vec_push(l.a, &l.work, s->chunk);
}

const char *
reach_nametext(const Chunk *c, size_t *n, bool *exported)
{
	const uint8_t *p = c->data, *end;
	unsigned shift = 0;

	*n = 0;
	if (p == NULL || c->size < 2)
		return "";
	end = p + c->size;
	if (exported != NULL)
		*exported = *p & 1;
	for (p++; p < end; shift += 7) {
		*n |= (size_t)(*p & 127) << (shift & 63);
		if (!(*p++ & 128))
			break;
	}
	if (*n > (size_t)(end - p))
		*n = 0;
	return (const char *)p;
}

/* Names that differ only in whether they say their package (an unexported one does if it is not its type's) count as one. */
static const char *
nameof(const Sym *s)
{
	size_t n;
	const char *text;

	if (s->chunk == NULL)
		return s->name;
	text = reach_nametext(s->chunk, &n, NULL);
	return intern(text, n);
}

static bool
iscalled(const Sym *name, const Sym *mtyp)
{
	const char *key = nameof(name);

	if (!map_has(calledset, key))
		return false;
	for (int i = 0; i < called.n; i++)
		if (called.at[i].key == key && called.at[i].mtyp == mtyp)
			return true;
	return false;
}

static bool
wanted(const Method *m)
{
	size_t n;
	bool exported = false;
	const char *text;

	if (iscalled(m->name, m->mtyp))
		return true;
	if (!reflectseen && calledname.n == 0)
		return false;
	text = reach_nametext(m->name->chunk, &n, &exported);
	if (reflectseen && exported)
		return true;
	for (int i = 0; i < calledname.n; i++) {
		size_t k;
		const char *t = reach_nametext(calledname.at[i]->chunk, &k, NULL);

		if (k == n && memcmp(t, text, n) == 0)
			return true;
	}
	return false;
}

static void
keep(Method *m)
{
	m->kept = true;
	for (uint32_t i = 0; i < 3; i++)
		need(rel_target(m->type, m->rel + i), m->type);
	useiface(rel_target(m->type, m->rel));
}

static void
method(Chunk *c, uint32_t i)
{
	Method m = { .type = c, .rel = i };

	/* the name is the 32-bit offset just before mtyp */
	m.name = refat(c, c->rel[i].r_offset - c->relbase - 4);
	m.mtyp = rel_target(c, i);
	if (m.name == NULL || m.name->chunk == NULL)
		return;
	vec_push(l.a, &methods, m);
}

static void
ifacemethod(const Sym *iface, int64_t off, const Chunk *from)
{
	Called x = { 0 };

	if (iface->chunk == NULL) {
		need((Sym *)iface, from);
		if (iface->chunk == NULL)
			return;
	}
	x.name = refat(iface->chunk, (uint64_t)off);
	x.mtyp = refat(iface->chunk, (uint64_t)off + 4);
	if (x.name == NULL || x.mtyp == NULL || iscalled(x.name, x.mtyp))
		return;
	x.key = nameof(x.name);
	map_set(calledset, x.key, x.mtyp);
	vec_push(l.a, &called, x);
}

static void
visit(Chunk *c)
{
	bool type = c->sym != NULL && istype(c->sym);

	if (c->sym != NULL && c->sym->flags & SYMF_REFLECTMETHOD)
		reflectseen = true;
	for (uint32_t i = 0; i < c->nrel; i++) {
		uint32_t k = kind(c, i);
		const RelocRow *row;
		Sym *s;

		switch (k) {
		case META_R_BASE + OBJ_R_WEAKTYPEOFF:
		case META_R_BASE + OBJ_R_WEAKADDR:
			continue;
		case META_R_BASE + OBJ_R_METHODOFF:
			if (c->iface && i + 2 < c->nrel)
				method(c, i);
			i += 2;
			continue;
		case META_R_BASE + OBJ_R_USEIFACE:
			s = rel_target(c, i);
			need(s, c);
			useiface(s);
			continue;
		case META_R_BASE + OBJ_R_USEIFACEMETHOD:
			ifacemethod(rel_target(c, i), c->rel[i].r_addend, c);
			continue;
		case META_R_BASE + OBJ_R_USENAMEDMETHOD:
			s = rel_target(c, i);
			need(s, c);
			if (s->chunk != NULL)
				vec_push(l.a, &calledname, s);
			continue;
		default:
			break;
		}
		s = rel_target(c, i);
		need(s, c);
		row = rel_isours(k) ? NULL : link_relrow(k);
		if (row != NULL && row->class == REL_GOT && s->got == 0 && !l.external) {
			s->got = -1;	/* an entry is made if some reference cannot do without */
			vec_push(l.a, &l.gotsyms, s);
		}
		if (type && c->iface && istype(s))
			useiface(s);
	}
}

static void
drain(void)
{
	while (l.work.n > 0) {
		Chunk *c = vec_pop(&l.work);

		c->reached = true;
		visit(c);
	}
}

/* Names that the linker defines later, or that may stay zero. */
static bool
provided(const Sym *s)
{
	/* clang-format off */
	static const char *const names[] = {
		"runtime.firstmoduledata", "runtime.text", "runtime.etext", "runtime.types", "runtime.etypes", "runtime.rodata",
		"runtime.erodata", "runtime.data", "runtime.edata", "runtime.bss", "runtime.ebss", "runtime.noptrdata",
		"runtime.enoptrdata", "runtime.noptrbss", "runtime.enoptrbss", "runtime.end", "go:buildid", "_end", "end", "_edata", "_etext",
		"__bss_start", "__ehdr_start", "__init_array_start", "__init_array_end", "__fini_array_start", "__fini_array_end",
		"__preinit_array_start", "__preinit_array_end", "_DYNAMIC", "_GLOBAL_OFFSET_TABLE_", "__dso_handle",
	};
	/* clang-format on */

	for (size_t i = 0; i < NELEM(names); i++)
		if (strcmp(s->name, names[i]) == 0)
			return true;
	return s->weak;
}

void
link_reach(void)
{
	static const char *const roots[] = { "main.main", "main..inittask", "runtime..inittask" };
	bool again = true;

	calledset = map_new(l.a);
	need(link_named(l.external ? "main" : l.entry), NULL);
	for (size_t i = 0; i < NELEM(roots); i++) {
		Sym *s = link_find(roots[i]);

		if (s != NULL && (s->chunk != NULL || i == 0))
			need(s, NULL);
		else if (i == 0)
			missing(link_named(roots[i]), NULL);
	}
	for (int i = 0; i < l.inputs.n; i++) {
		const Input *in = l.inputs.at[i];

		for (uint32_t k = 1; in->isgo && k < in->nsym; k++)
			if (in->sym[k]->flags & SYMF_EXPORTED && in->sym[k]->chunk != NULL &&
			    in->sym[k]->chunk->in == in) {
				in->sym[k]->host = true;
				need(in->sym[k], NULL);
			}
	}
	for (int i = 0; l.external && i < l.exports.n; i++) {
		Sym *s = link_named(l.exports.at[i]);

		s->host = true;
		need(s, NULL);
		need(link_named("crosscall2"), NULL);	/* by which C gets there */
	}
	while (again) {
		drain();
		again = false;
		for (int i = 0; i < methods.n; i++)
			if (!methods.at[i].kept && wanted(&methods.at[i])) {
				keep(&methods.at[i]);
				again = true;
			}
	}
	for (int i = 0; i < l.undefined.n; i++) {
		Sym *s = l.undefined.at[i];

		if (s->chunk == NULL && !s->abs && !provided(s) && !(l.external && (s->host || l.hostobjs.n > 0)))
			missing(s, s->firstref);
	}
}
