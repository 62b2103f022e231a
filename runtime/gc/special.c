/*
 * special.c - finalizers and weak handles: records attached to objects, kept by their spans.
 *
 * While marking, a finalizer keeps alive its closure and everything its object refers to, but not the object. When marking has ended, and the world is
 * still stopped, each span with specials is visited: an unmarked object with a finalizer is marked after all and its finalizer queued; otherwise
 * its weak handles are cleared. Handles are words off the heap, one per object, never reused for another while somebody may hold them.
 */
#include "gc/gc.h"
#include "prof/prof.h"
#include "time/timer.h"
#include <string.h>

typedef struct Fin {
	struct Fin *next;
	Funcval *fn;
	uintptr_t obj, nret;
	Type *fint, *ot;
} Fin;

static Lock lock;			/* spans' special lists, the list of spans, the pools */
static Span *spans;
static Special *pool;
static Lock finlock;
static Fin *finhead, *fintail, *finpool;
static G *finwaiter;

static Special *
newspecial(void)
{
	Special *s;

	if (pool == NULL) {
		s = rt_persistent(64 * sizeof *s, 8);
		for (int i = 0; i < 64; i++) {
			s[i].next = pool;
			pool = &s[i];
		}
	}
	s = pool;
	pool = s->next;
	memset(s, 0, sizeof *s);
	return s;
}

/* Lists fall by offset: the newest object of a span, whose finalizer is set next, tends to be its last. */
static Special **
find(Span *s, uint32_t off, uint32_t kind)
{
	Special **p = &s->specials;

	while (*p != NULL && ((*p)->off > off || ((*p)->off == off && (*p)->kind < kind)))
		p = &(*p)->next;
	return p;
}

static Special *
attach(Span *s, uint32_t off, uint32_t kind)
{
	Special **p = find(s, off, kind), *sp = newspecial();

	sp->off = off;
	sp->kind = kind;
	sp->next = *p;
	*p = sp;
	if (!s->onspeciallist) {
		s->onspeciallist = true;
		s->specialnext = spans;
		spans = s;
	}
	return sp;
}

/* 0 done, 1 there is one already, 2 not the start of a heap object. Inside a tiny block anything goes. */
uintptr_t
rt_addfinalizer(uintptr_t obj, Funcval *fn, uintptr_t nret, Type *fint, Type *ot)
{
	uintptr_t base, r = 0;
	Span *s = mem_find(obj, &base);
	Special **p, *sp;

	if (s == NULL || (base != obj && !(span_noscan(s) && s->elemsize == TINY_SIZE)))
		return 2;
	rt_lock(&lock);
	p = find(s, (uint32_t)(obj - s->base), SPECIAL_FINALIZER);
	if (*p != NULL && (*p)->off == obj - s->base && (*p)->kind == SPECIAL_FINALIZER) {
		r = 1;
	} else {
		sp = attach(s, (uint32_t)(obj - s->base), SPECIAL_FINALIZER);
		sp->fn = fn;
		sp->nret = nret;
		sp->fint = fint;
		sp->ot = ot;
	}
	rt_unlock(&lock);
	return r;
}

void
rt_removefinalizer(uintptr_t obj)
{
	uintptr_t base;
	Span *s = mem_find(obj, &base);
	Special **p, *sp;

	if (s == NULL)
		return;
	rt_lock(&lock);
	p = find(s, (uint32_t)(obj - s->base), SPECIAL_FINALIZER);
	if ((sp = *p) != NULL && sp->off == obj - s->base && sp->kind == SPECIAL_FINALIZER) {
		*p = sp->next;
		sp->next = pool;
		pool = sp;
	}
	rt_unlock(&lock);
}

/* The word that stands for the object around p weakly. */
uintptr_t *
rt_weakregister(uintptr_t p)
{
	uintptr_t base, *h;
	Span *s = mem_find(p, &base);
	Special **pp;
	uint32_t off;

	if (s == NULL) {
		/* not the heap's: lives for ever */
		if (p == 0)
			return NULL;
		h = rt_persistent(8, 8);
		*h = p;
		return h;
	}
	off = (uint32_t)(base - s->base);
	rt_lock(&lock);
	pp = find(s, off, SPECIAL_WEAK);
	if (*pp != NULL && (*pp)->off == off && (*pp)->kind == SPECIAL_WEAK) {
		h = (*pp)->handle;
	} else {
		h = rt_persistent(8, 8);
		*h = base;
		attach(s, off, SPECIAL_WEAK)->handle = h;
	}
	rt_unlock(&lock);
	return h;
}

uintptr_t
rt_weakstrong(uintptr_t *h)
{
	uintptr_t p = h == NULL ? 0 : LOADSC(h);

	if (p != 0 && gc_barrier)
		gc_shade(p);		/* nothing but the weak handle may have led to it */
	return p;
}

void
gc_attachprofile(uintptr_t p, void *bucket)
{
	uintptr_t base;
	Span *s = mem_find(p, &base);

	if (s == NULL)
		return;
	rt_lock(&lock);
	attach(s, (uint32_t)(base - s->base), SPECIAL_PROFILE)->bucket = bucket;
	rt_unlock(&lock);
}

/* ---- the collector's side ---- */

static void
scanobject(GcWork *w, Span *s, uintptr_t x)
{
	if (span_noscan(s))
		return;
	if (s->spanclass >> 1 == 0) {
		const Type *t = s->largetype;
		const uint8_t *mask = type_mask(t);

		for (uintptr_t e = x + s->elemsize; x + t->size <= e && t->size != 0; x += t->size)
			gc_markrange(w, x, x + t->ptrbytes, mask);
		return;
	}
	{
		Arena *a = arena_of(x);
		uint64_t at = (x & (ARENA_SIZE - 1)) >> 3;

		for (uintptr_t i = 0; i < s->elemsize / 8; i++)
			if (a->ptr[(at + i) >> 6] >> ((at + i) & 63) & 1)
				gc_mark(w, ((uintptr_t *)x)[i]);
	}
}

void
gc_markspecials(GcWork *w)
{
	for (Span *s = spans; s != NULL; s = s->specialnext)
		for (Special *sp = s->specials; sp != NULL; sp = sp->next) {
			if (sp->kind != SPECIAL_FINALIZER)
				continue;
			scanobject(w, s, s->base + span_index(s, s->base + sp->off) * s->elemsize);
			gc_mark(w, (uintptr_t)sp->fn);
			gc_mark(w, (uintptr_t)sp->fint);
			gc_mark(w, (uintptr_t)sp->ot);
		}
}

static void
queuefin(Special *sp, uintptr_t obj)
{
	Fin *f = finpool;

	if (f == NULL) {
		f = rt_persistent(32 * sizeof *f, 8);
		for (int i = 1; i < 32; i++) {
			f[i].next = finpool;
			finpool = &f[i];
		}
	} else {
		finpool = f->next;
	}
	f->next = NULL;
	f->fn = sp->fn;
	f->obj = obj;
	f->nret = sp->nret;
	f->fint = sp->fint;
	f->ot = sp->ot;
	if (fintail != NULL)
		fintail->next = f;
	else
		finhead = f;
	fintail = f;
}

/* World stopped, marking done. */
void
gc_endspecials(void)
{
	Span **ps = &spans, *s;

	while ((s = *ps) != NULL) {
		/* Finalizers first: they bring their objects back. All of one object (a block of tiny ones has several) are due together, and its weak
		 * handles, which follow, are cleared before any of them runs; those of what it refers to stay. */
		uint32_t dead = UINT32_MAX;

		for (Special **p = &s->specials, *sp; (sp = *p) != NULL;) {
			uintptr_t obj = s->base + sp->off;
			uint32_t i = span_index(s, obj);

			if (sp->kind == SPECIAL_FINALIZER && (i == dead || !gc_ismarked(obj))) {
				dead = i;
				queuefin(sp, obj);
				gc_marktail(obj);
				*p = sp->next;
				sp->next = pool;
				pool = sp;
				continue;
			}
			if (sp->kind == SPECIAL_WEAK && i == dead) {
				STORESC(sp->handle, 0);
				*p = sp->next;
				sp->next = pool;
				pool = sp;
				continue;
			}
			p = &sp->next;
		}
		ps = &s->specialnext;
	}
	for (ps = &spans; (s = *ps) != NULL;) {
		for (Special **p = &s->specials, *sp; (sp = *p) != NULL;) {
			if (sp->kind == SPECIAL_WEAK && !gc_ismarked(s->base + sp->off)) {
				STORESC(sp->handle, 0);
				*p = sp->next;
				sp->next = pool;
				pool = sp;
				continue;
			}
			if (sp->kind == SPECIAL_PROFILE && !gc_ismarked(s->base + sp->off)) {
				prof_free(sp->bucket, s->elemsize);
				*p = sp->next;
				sp->next = pool;
				pool = sp;
				continue;
			}
			p = &sp->next;
		}
		if (s->specials == NULL) {
			s->onspeciallist = false;
			*ps = s->specialnext;
			continue;
		}
		ps = &s->specialnext;
	}
	timers_forget(gc_ismarked);
}

void
gc_markfinqueue(GcWork *w)
{
	for (Fin *f = finhead; f != NULL; f = f->next) {
		gc_mark(w, (uintptr_t)f->fn);
		gc_mark(w, f->obj);
		gc_mark(w, (uintptr_t)f->fint);
		gc_mark(w, (uintptr_t)f->ot);
	}
}

void
gc_eachfinalizer(void (*visit)(bool queued, uintptr_t obj, const Funcval *fn, const Type *fint, const Type *ot))
{
	for (const Span *s = spans; s != NULL; s = s->specialnext)
		for (const Special *sp = s->specials; sp != NULL; sp = sp->next)
			if (sp->kind == SPECIAL_FINALIZER)
				visit(false, s->base + sp->off, sp->fn, sp->fint, sp->ot);
	for (const Fin *f = finhead; f != NULL; f = f->next)
		visit(true, f->obj, f->fn, f->fint, f->ot);
}

/* After the world runs again: the finalizer goroutine has work. */
void
gc_wakefinalizers(void)
{
	G *g;

	rt_lock(&finlock);
	g = finhead != NULL ? finwaiter : NULL;
	if (g != NULL)
		finwaiter = NULL;
	rt_unlock(&finlock);
	if (g != NULL)
		rt_ready(g);
}

/* (fn, obj, nret, fint, ot); fn nil: ask again. */
void
rt_nextfinalizer(void)
{
	G *g = getg();
	Fin *f;

	memset(g->ret, 0, sizeof g->ret);
	rt_lock(&finlock);
	f = finhead;
	if (f == NULL) {
		finwaiter = g;
		g_wait(g, WAIT_FINALIZER);
		rt_unlock(&finlock);
		act(ACT_PARK);
		return;
	}
	finhead = f->next;
	if (finhead == NULL)
		fintail = NULL;
	g->ret[0] = (uintptr_t)f->fn;
	g->ret[1] = f->obj;
	g->ret[2] = f->nret;
	g->ret[3] = (uintptr_t)f->fint;
	g->ret[4] = (uintptr_t)f->ot;
	f->next = finpool;
	finpool = f;
	rt_unlock(&finlock);
}

uintptr_t
rt_finalizersidle(void)
{
	bool r;

	rt_lock(&finlock);
	r = finhead == NULL && finwaiter != NULL;
	rt_unlock(&finlock);
	return r;
}
