/*
 * build.c - the queue of functions to lower, and the package as a whole.
 *
 * A function that is called while another is built is done before the caller is
 * optimized (bd_end), so that the facts about its parameters are known there: callees first,
 * without looking at the call graph in advance. The nesting is limited; beyond the
 * limit the callee waits in the queue and its parameters count as escaping.
 */
#include <stdlib.h>

#include "lower/build.h"

enum { MAXNESTING = 40 };

Lower lw;

typedef enum { QUEUED = 1, DOING, DONE } State;
typedef struct {
	Body b;
	uint8_t state;
	bool synth;
	const CallSig *sig;
	void (*fn)(Func *f, void *ctx);
	void *ctx;
} Item;

static Vec(Item *) queue;
static int qhead;
static Map *items;		/* name -> Item */

/* Escape facts of the functions done so far, by name. */
typedef struct {
	int n;
	uint16_t *tag;
} Facts;
static Map *facts;

static Item *
item(const char *name)
{
	Item *it;

	name = intern_str(name);
	it = map_get(items, name);
	if (it == NULL) {
		it = NEW(lw.a, Item);
		map_set(items, name, it);
	}
	return it;
}

void
lower_queue(const Body *b)
{
	Item *it = item(b->name);

	if (it->state != 0)
		return;
	it->state = QUEUED;
	it->b = *b;
	vec_push(lw.a, &queue, it);
}

void
lower_synth(const char *name, const CallSig *sig, bool dupok, void (*fn)(Func *f, void *ctx), void *ctx)
{
	Item *it = item(name);

	if (it->state != 0)
		return;
	it->state = QUEUED;
	it->synth = true;
	it->sig = sig;
	it->fn = fn;
	it->ctx = ctx;
	it->b.name = intern_str(name);
	it->b.dup = dupok;
	vec_push(lw.a, &queue, it);
}

static void
runsynth(Item *it)
{
	Arena *a = arena_new("synthetic");
	Func *f = func_new(a, lw.target, it->b.name, it->sig);

	f->sym = obj_define(lw.o, it->b.name, SYM_TEXT, it->b.dup ? SYMF_DUPOK : 0, 16);
	diag.subject = it->b.name;
	it->fn(f, it->ctx);
	lower_finish(f);
	arena_free(a);
}

static void
run(Item *it)
{
	if (it->state != QUEUED)
		return;
	it->state = DOING;
	if (it->synth)
		runsynth(it);
	else
		bd_function(&it->b);
	it->state = DONE;
}

void
bd_enqueue(const Body *b)
{
	lower_queue(b);
	if (bd != NULL)
		vec_push(bd->a, &bd->deps, *b);
}

Type *
lower_subst(const Body *b, Type *t)
{
	if (b->ntparams == 0)
		return t;
	return type_subst(t, b->tparams, b->targs, b->ntparams);
}

/* ---- functions by object ---- */

bool
bd_bodyof(Obj *fn, Type **targs, int n, Body *b)
{
	Type *sig = obj_type(fn);
	const TypeVec *tp;

	memset(b, 0, sizeof *b);
	if (fn->pkg != lw.pkg) {
		if (!import_hasbody(fn) || !check_importedbody(fn))
			return false;
	}
	if (fn->decl == NULL || fn->decl->kind != DE_FUNC || fn->decl->func.body == NULL)
		return false;
	b->fn = fn;
	b->decl = fn->decl;
	if (n > 0) {
		tp = sig->fn.recvtparams.n > 0 ? &sig->fn.recvtparams : &sig->fn.tparams;
		if (tp->n != n)
			bug("lower: %s with %d type arguments, want %d", fn->name, n, tp->n);
		b->tparams = tp->at;
		b->targs = targs;
		b->ntparams = n;
	}
	return true;
}

/* Escape facts of an imported function, once: text of one hexadecimal number per component. */
static void
importfacts(Obj *fn, const char *name)
{
	const char *text;
	Facts *fc;

	if (map_has(facts, name))
		return;
	map_set(facts, name, NULL);
	if (obj_type(fn)->fn.recv != NULL && fn->origin != NULL)
		return;
	text = import_facts(fn);
	if (text == NULL)
		return;
	fc = NEW(lw.a, Facts);
	for (const char *p = text; *p != '\0'; p++)
		fc->n += *p == ',';
	fc->tag = NEWN(lw.a, uint16_t, fc->n + 1);
	for (int i = 0; i < fc->n; i++) {
		char *end;

		fc->tag[i] = (uint16_t)strtoul(text, &end, 16);
		text = end + 1;
	}
	map_set(facts, name, fc);
}

static const char *
factstext(const char *name)
{
	Facts *fc = map_get(facts, name);
	Buf b = { 0 };
	const char *text;

	if (fc == NULL || fc->n == 0)
		return NULL;
	for (int i = 0; i < fc->n; i++)
		buf_printf(&b, "%x,", fc->tag[i]);
	text = intern((char *)b.p, b.n);
	buf_free(&b);
	return text;
}

ObjSym *
lower_code(Obj *fn, Type **targs, int n)
{
	const char *name = lower_funcname(fn, targs, n);
	ObjSym *s = lower_funcsym(name);
	Body b;
	Item *it;

	it = map_get(items, name);
	if (n == 0 && fn->pkg != lw.pkg)
		importfacts(fn, name);
	if (it == NULL && (n > 0 || fn->pkg == lw.pkg)) {
		Type **copy = NULL;

		if (n > 0) {
			copy = NEWN(lw.a, Type *, n);
			for (int i = 0; i < n; i++)
				copy[i] = type_canon(targs[i]);
		}
		if (bd_bodyof(fn, copy, n, &b)) {
			b.name = name;
			lower_queue(&b);
			it = map_get(items, name);
		} else if (n > 0)
			bug("lower: no body of generic function %s", name);
	}
	if (it != NULL && it->state == QUEUED && bd != NULL)
		vec_push(bd->a, &bd->deps, it->b);
	return s;
}

/* ---- finishing ---- */

extern const uint16_t *rt_escape(const char *symname, int *n);

static const uint16_t *
escapeof(const ObjSym *callee, int *n)
{
	Facts *fc = map_get(facts, callee->name);

	if (fc != NULL) {
		*n = fc->n;
		return fc->tag;
	}
	return rt_escape(callee->name, n);
}

void
lower_finish(Func *f)
{
	diag.subject = f->name;
	ssa_optimize(f);
	report_escapes(f);
	if (f->paramescape != NULL) {
		Facts *fc = NEW(lw.a, Facts);

		fc->n = f->nparamescape;
		fc->tag = arena_dup(lw.a, f->paramescape, sizeof *fc->tag * (size_t)fc->n);
		map_set(facts, intern_str(f->name), fc);
	}
	ssa_generate(f);
}

void
bd_end(void)
{
	Build *self = bd;
	Ctx *c = bd->top;

	for (int i = 0; i < c->unsealed.n; i++)
		if (!c->unsealed.at[i]->sealed)
			bd_seal(c->unsealed.at[i]);
	if (bd->b->kind == BK_JUMP && bd->b->succ.n == 0)
		bd->b->kind = BK_EXIT;
	bd_cleanup();
	if (self->depth < MAXNESTING)
		for (int i = 0; i < self->deps.n; i++) {
			Item *it = map_get(items, self->deps.at[i].name);

			if (it != NULL && it->state == QUEUED) {
				run(it);
				bd = self;
			}
		}
	lower_finish(self->f);
}

/* ---- the package ---- */

void
lower_drain(void)
{
	while (qhead < queue.n)
		run(queue.at[qhead++]);
}

static void
intrinsicbody(void *ctx, Opd *params)
{
	Obj *fn = ctx;
	OpdVec out = { 0 };

	bd->pos = bd->f->pos = fn->pos;
	if (!bd_intrinsic(fn, params, obj_type(fn)->fn.params->tuple.vars.n, &out))
		bug("lower: %s is no intrinsic", fn->name);
	bd_ret(out.at, obj_type(fn)->fn.results->tuple.vars.n);
}

/*
 * A function without a body: its parameters do not escape if the declaration says so. Of what compiled code calls by itself, such as
 * runtime.mapassign_faststr, a declaration with //go:linkname knows less than rtcalls.def.
 */
void
bd_noescape(const Decl *d, Obj *fn)
{
	const char *name = lower_funcname(fn, NULL, 0);
	Facts *fc;
	const CallSig *sig;
	int n;

	if (((d->pragma | fn->pragma) & PRAGMA_NOESCAPE) == 0 || rt_escape(name, &n) != NULL)
		return;
	fc = NEW(lw.a, Facts);
	sig = lower_sig(NULL, obj_type(fn))->sig;
	fc->n = sig->nparam + 1 + sig->resultoff / lw.target->ptrsize;
	fc->tag = NEWN(lw.a, uint16_t, fc->n + 1);
	map_set(facts, name, fc);
}

void
lower_begin(void)
{
	items = map_new(lw.a);
	facts = map_new(lw.a);
	ssa_escapelookup = escapeof;
	ssa_rtsym = lower_rt;
}

void lower_initfuncs(void);

void
lower_package(ExportFuncVec *out)
{
	lower_begin();
	diag.phase = "lower";
	lower_globals();
	lower_owndescs();
	for (int i = 0; i < lw.checked->funcs.n; i++) {
		Decl *d = lw.checked->funcs.at[i];

		if (d->func.body == NULL && d->func.name->name.obj != NULL)
			bd_noescape(d, d->func.name->name.obj);
	}
	lower_initfuncs();
	for (int i = 0; i < lw.checked->funcs.n; i++) {
		Decl *d = lw.checked->funcs.at[i];
		Obj *fn = d->func.name->name.obj;
		Type *sig;

		if (fn == NULL || fn->name[0] == '\0')
			continue;
		sig = obj_type(fn);
		if (sig->fn.tparams.n > 0 || sig->fn.recvtparams.n > 0 || (strcmp(fn->name, "_") == 0))
			continue;
		if (d->func.body == NULL) {
			if (fn->linkname == NULL && intrinsic_isbodyless(fn))
				bd_synthetic(lower_funcname(fn, NULL, 0), lower_sig(NULL, sig), false, false,
				    intrinsicbody, fn);
			continue;
		}
		lower_code(fn, NULL, 0);
	}
	lower_abiwrappers();
	do
		lower_drain();
	while (lower_flushdescs() || qhead < queue.n);
	if (out != NULL)
		bd_exportfacts(out, factstext);
}
