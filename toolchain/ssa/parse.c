/*
 * parse.c - reads the text form that print.c writes, so that a test can feed
 * any single pass. Types of NEW and the names of slots do not come back; every other
 * generic value does.
 */
#include <ctype.h>
#include <stdlib.h>

#include "ssa/ssa.h"
#include "target/target.h"

typedef struct {
	const char *p, *err;
	Func *f;
	Arena *a;
	Map *values, *blocks;	/* printed number + 1 -> Value, Block */
	Vec(Slot *) slots;
} Reader;

/* Arguments may be used before they are defined: they are kept as numbers until the end. */
typedef struct {
	Value *v;
	int arg;
	int64_t num;
} Fixup;

static bool
fail(Reader *r, const char *what)
{
	if (r->err == NULL)
		r->err = arena_printf(r->a, "%s at: %.30s", what, r->p);
	return false;
}

static void
blank(Reader *r)
{
	while (*r->p == ' ' || *r->p == '\t')
		r->p++;
	if (*r->p == ';')
		while (*r->p != 0 && *r->p != '\n')
			r->p++;
}

static bool
word(Reader *r, const char **w, int *n)
{
	blank(r);
	*w = r->p;
	while (*r->p != 0 && !isspace((unsigned char)*r->p) && *r->p != ':' && *r->p != '(' && *r->p != ')')
		r->p++;
	*n = (int)(r->p - *w);
	return *n > 0;
}

static bool
accept(Reader *r, const char *s)
{
	size_t n = strlen(s);

	blank(r);
	if (strncmp(r->p, s, n) != 0)
		return false;
	r->p += n;
	return true;
}

static bool
vtype(Reader *r, VType *t)
{
	static const char *const name[VT_COUNT] = { "VOID", "I8", "I16", "I32", "I64", "PTR", "F32", "F64", "V128" };
	const char *w;
	int n;

	if (!word(r, &w, &n))
		return fail(r, "type expected");
	for (int i = 0; i < VT_COUNT; i++)
		if ((int)strlen(name[i]) == n && strncmp(name[i], w, (size_t)n) == 0) {
			*t = (VType)i;
			return true;
		}
	return fail(r, "unknown type");
}

/* A list of one-component parameters. */
static int
types(Reader *r, AbiParam *p, AbiComp *c, int max)
{
	int n = 0;
	VType t;

	if (!accept(r, "("))
		return fail(r, "( expected") ? 0 : -1;
	while (!accept(r, ")")) {
		if (n == max || !vtype(r, &t))
			return fail(r, "too many types") ? 0 : -1;
		c[n] = (AbiComp){ (uint8_t)t, 0 };
		p[n] =
		    (AbiParam){ .first = n, .n = 1, .size = vtype_size(t), .align = vtype_size(t), .registers = true };
		n++;
	}
	return n;
}

static const CallSig *
signature(Reader *r, const Target *t)
{
	AbiParam p[16] = { 0 }, q[16] = { 0 };
	AbiComp pc[16], qc[16];
	int np = types(r, p, pc, 16), nq = np < 0 ? -1 : types(r, q, qc, 16);

	if (nq < 0)
		return NULL;
	return abi_assign(r->a, t, p, np, pc, q, nq, qc, false);
}

static Block *
block(Reader *r, long num)
{
	Block *b = map_get(r->blocks, (void *)(intptr_t)(num + 1));

	if (b == NULL) {
		b = block_new(r->f, BK_EXIT);
		map_set(r->blocks, (void *)(intptr_t)(num + 1), b);
	}
	return b;
}

static bool
slotline(Reader *r)
{
	GcType t = { 0 };
	unsigned long long mask;
	uint8_t *bits = NEWN(r->a, uint8_t, 9);
	char *end;

	accept(r, "s");
	strtol(r->p, &end, 10);
	t.size = strtoll(end, &end, 10);
	t.align = (int32_t)strtol(end, &end, 10);
	mask = strtoull(end, &end, 16);
	for (int i = 0; i < 64; i++)
		if (mask >> i & 1) {
			bits[i / 8] |= (uint8_t)(1 << i % 8);
			t.ptrbytes = (i + 1) * r->f->target->ptrsize;
		}
	t.ptrmask = bits;
	while (*end != 0 && *end != '\n')
		end++;
	r->p = end;
	vec_push(r->a, &r->slots, slot_new(r->f, &t, NULL));
	return true;
}

static int
opnamed(const char *w, int n)
{
	for (int i = 1; i < OP_GENERIC_END; i++)
		if (op_info[i].name != NULL && (int)strlen(op_info[i].name) == n &&
		    strncmp(op_info[i].name, w, (size_t)n) == 0)
			return i;
	return 0;
}

typedef Vec(Fixup) Fixups;

static bool
operands(Reader *r, Value *v, Fixups *fix)
{
	for (;;) {
		char *end;

		blank(r);
		if (*r->p == '\n' || *r->p == 0)
			return true;
		if (*r->p == 'v' && isdigit((unsigned char)r->p[1])) {
			long num = strtol(r->p + 1, &end, 10);

			value_addarg(r->f, v, NULL);
			vec_push(r->a, fix, ((Fixup){ v, v->narg - 1, num }));
			r->p = end;
		} else if (*r->p == 's' && isdigit((unsigned char)r->p[1])) {
			long num = strtol(r->p + 1, &end, 10);

			if (num >= r->slots.n)
				return fail(r, "no such slot");
			v->slot = r->slots.at[num];
			r->p = end;
		} else if (*r->p == '@') {
			const char *w;
			int n;
			ObjSym *s = NEW(r->a, ObjSym);

			r->p++;
			word(r, &w, &n);
			s->name = intern(w, (size_t)n);
			v->sym = s;
		} else if (*r->p == '(') {
			v->sig = signature(r, r->f->target);
			if (v->sig == NULL)
				return false;
		} else if (accept(r, "barrier")) {
			v->barrier = true;
		} else if (accept(r, "islen")) {
			v->islen = true;
		} else if (accept(r, "nonnil")) {
			v->nonnil = true;
		} else if (accept(r, "bounded")) {
			v->bounded = true;
		} else if (accept(r, "size=")) {
			v->size = strtoll(r->p, &end, 10);
			r->p = end;
		} else if (*r->p == '-' || isdigit((unsigned char)*r->p)) {
			v->aux = strtoll(r->p, &end, 10);
			r->p = end;
		} else {
			return fail(r, "operand expected");
		}
	}
}

static bool
valueline(Reader *r, Block *b, Fixups *fix)
{
	char *end;
	long num = strtol(r->p + 1, &end, 10);
	const char *w;
	int n, op;
	VType t;
	Value *v;

	r->p = end;
	if (!vtype(r, &t) || !accept(r, "=") || !word(r, &w, &n))
		return fail(r, "value expected");
	op = opnamed(w, n);
	if (op == 0)
		return fail(r, "unknown operation");
	if (op == OP_PHI) {
		v = value_phi(r->f, b, t);
		v->narg = 0;
	} else {
		v = value_new(r->f, b, (Op)op, t, 0);
	}
	map_set(r->values, (void *)(intptr_t)(num + 1), v);
	return operands(r, v, fix);
}

static bool
terminator(Reader *r, Block *b, Fixups *ctl, BlockKind k)
{
	char *end;

	b->kind = (uint8_t)k;
	for (;;) {
		blank(r);
		if (*r->p == '\n' || *r->p == 0)
			return true;
		if (*r->p == 'v') {
			vec_push(r->a, ctl, ((Fixup){ NULL, b->id, strtol(r->p + 1, &end, 10) }));
			r->p = end;
		} else if (*r->p == 'b') {
			Block *to = block(r, strtol(r->p + 1, &end, 10));

			vec_push(r->a, &b->succ, to);
			r->p = end;
		} else if (accept(r, "likely")) {
			b->likely = 1;
		} else if (accept(r, "unlikely")) {
			b->likely = -1;
		} else {
			return fail(r, "block expected");
		}
	}
}

/* The order of predecessors decides the order of phi arguments: the "; from" note of the block says it. */
static void
predecessors(Reader *r, Block *b)
{
	char *end;

	while (*r->p != 0 && *r->p != '\n') {
		if (*r->p == 'b' && isdigit((unsigned char)r->p[1])) {
			Block *from = block(r, strtol(r->p + 1, &end, 10));

			vec_push(r->a, &b->pred, from);
			r->p = end;
		} else {
			r->p++;
		}
	}
}

static bool
line(Reader *r, Block **b, Fixups *fix, Fixups *ctl)
{
	static const struct {
		const char *word;
		BlockKind kind;
	} ends[] = { { "jump", BK_JUMP }, { "if", BK_IF }, { "switch", BK_SWITCH }, { "ret", BK_RET },
		{ "exit", BK_EXIT } };
	char *end;

	while (*r->p == ' ' || *r->p == '\t')
		r->p++;
	if (*r->p == '\n' || *r->p == ';' || *r->p == '#')
		return true;
	if (accept(r, "slot "))
		return slotline(r);
	if (*r->p == 'b' && isdigit((unsigned char)r->p[1])) {
		Block *old = block(r, strtol(r->p + 1, &end, 10));

		/* layout order is the order of definition */
		if (r->f->lastblock != old) {
			if (old->prev != NULL)
				old->prev->next = old->next;
			else
				r->f->entry = old->next;
			old->next->prev = old->prev;
			old->prev = r->f->lastblock;
			old->next = NULL;
			r->f->lastblock->next = old;
			r->f->lastblock = old;
		}
		*b = old;
		r->p = end;
		if (*r->p == ':')
			r->p++;
		if (accept(r, "cold"))
			old->cold = true;
		predecessors(r, old);
		return true;
	}
	if (*b == NULL)
		return fail(r, "block expected");
	if (*r->p == 'v' && isdigit((unsigned char)r->p[1]))
		return valueline(r, *b, fix);
	for (size_t i = 0; i < NELEM(ends); i++)
		if (accept(r, ends[i].word))
			return terminator(r, *b, ctl, ends[i].kind);
	return fail(r, "line not understood");
}

static bool
resolve(Reader *r, const Fixups *fix, const Fixups *ctl)
{
	int *nret = NEWN(r->a, int, r->f->nblock);

	for (int i = 0; i < fix->n; i++) {
		Value *v = map_get(r->values, (void *)(intptr_t)(fix->at[i].num + 1));

		if (v == NULL)
			return fail(r, "value without definition");
		value_setarg(fix->at[i].v, fix->at[i].arg, v);
	}
	for (Block *b = r->f->entry; b != NULL; b = b->next)
		if (b->kind == BK_RET)
			b->ret = NEWN(r->a, Value *, r->f->sig->nresult + 1);
	for (int i = 0; i < ctl->n; i++) {
		Value *v = map_get(r->values, (void *)(intptr_t)(ctl->at[i].num + 1));

		if (v == NULL)
			return fail(r, "value without definition");
		for (Block *b = r->f->entry; b != NULL; b = b->next) {
			if (b->id != ctl->at[i].arg)
				continue;
			if (b->kind != BK_RET)
				block_setctl(b, v);
			else if (nret[b->id] < r->f->sig->nresult)
				b->ret[nret[b->id]++] = v, v->nuse++;
		}
	}
	/* edges whose block carries no note of its predecessors */
	for (Block *b = r->f->entry; b != NULL; b = b->next)
		for (int i = 0; i < b->succ.n; i++) {
			Block *to = b->succ.at[i];
			int want = 0, have = 0;

			for (int k = 0; k <= i; k++)
				want += b->succ.at[k] == to;
			for (int k = 0; k < to->pred.n; k++)
				have += to->pred.at[k] == b;
			if (have < want)
				vec_push(r->a, &to->pred, b);
		}
	return true;
}

Func *
ssa_parse(Arena *a, const struct Target *t, const char *text, const char **err)
{
	Reader r = { .p = text, .a = a, .values = map_new(a), .blocks = map_new(a) };
	Fixups fix = { 0 }, ctl = { 0 };
	Block *b = NULL;
	const CallSig *sig;
	const char *w;
	int n;

	while (*r.p == '#' || *r.p == '\n')
		while (*r.p != 0 && *r.p++ != '\n')
			;
	if (!accept(&r, "func") || !word(&r, &w, &n)) {
		*err = "func expected";
		return NULL;
	}
	sig = signature(&r, t);
	if (sig == NULL) {
		*err = r.err;
		return NULL;
	}
	r.f = func_new(a, t, intern(w, (size_t)n), sig);
	while (*r.p != 0) {
		if (!line(&r, &b, &fix, &ctl)) {
			*err = r.err;
			return NULL;
		}
		while (*r.p != 0 && *r.p != '\n')
			r.p++;
		if (*r.p == '\n')
			r.p++;
	}
	if (!resolve(&r, &fix, &ctl)) {
		*err = r.err;
		return NULL;
	}
	return r.f;
}
