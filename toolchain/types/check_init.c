/*
 * check_init.c - the order in which package-level variables are initialised.
 *
 * A variable waits for those that its initialiser mentions, directly or
 * through functions. Of those that wait for nothing, the one declared first
 * goes next. A variable that waits for itself is a cycle.
 *
 * Source: spec section Package initialization.
 */
#include "types/check.h"

typedef struct {
	Checker *k;
	int stamp;
	DeclInfo *of;
} Reach;

/* All of var a, b = f() share what is known of one of them. */
static DeclInfo *
sharing(Checker *k, DeclInfo *d)
{
	DeclInfo *first = d->lhs != NULL ? ck_info(k, d->lhs[0]) : NULL;

	return first != NULL ? first : d;
}

/* Makes r->of wait for every variable or constant that info mentions, looking through functions. */
static void
reach(Reach *r, DeclInfo *info)
{
	Vec(DeclInfo *) todo = { 0 };

	vec_push(perm, &todo, info);
	while (todo.n > 0) {
		DeclInfo *i = vec_pop(&todo);

		for (int j = 0; j < i->deps.n; j++) {
			DeclInfo *d = ck_info(r->k, i->deps.at[j]);

			if (d == NULL || d->stamp == r->stamp)
				continue;
			d->stamp = r->stamp;
			if (d->obj->kind == OBJ_FUNC) {
				vec_push(perm, &todo, d);
			} else if (d->obj->kind == OBJ_VAR || d->obj->kind == OBJ_CONST) {
				vec_push(perm, &d->preds, r->of);
				r->of->ndeps++;
			}
		}
	}
}

static bool
findpath(Checker *k, Obj *from, Obj *to, ObjVec *path, int stamp, int depth)
{
	DeclInfo *info = ck_info(k, from);

	if (info == NULL || info->stamp == stamp || depth > 5000)
		return false;
	info->stamp = stamp;
	info = sharing(k, info);
	for (int i = 0; i < info->deps.n; i++) {
		Obj *d = info->deps.at[i];

		if (d == to) {
			vec_push(perm, path, d);
			return true;
		}
		if (findpath(k, d, to, path, stamp, depth + 1)) {
			vec_push(perm, path, d);
			return true;
		}
	}
	return false;
}

static void
reportcycle(Checker *k, ObjVec *cycle)
{
	Obj *o = cycle->at[0];
	Buf b = { 0 };

	if (cycle->n == 1) {
		ck_error(k, o->pos, "initialization cycle: %s refers to itself", o->name);
		return;
	}
	buf_printf(&b, "initialization cycle for %s", o->name);
	for (int i = cycle->n - 1; i >= 0; i--) {
		buf_printf(&b, "\n\t%s: %s refers to", ck_posstr(o->pos), o->name);
		o = cycle->at[i];
	}
	buf_printf(&b, "\n\t%s: %s", ck_posstr(o->pos), o->name);
	ck_error(k, cycle->at[0]->pos, "%s", buf_cstr(&b));
	buf_free(&b);
}

/* A binary heap of constants, which only matter if there is a cycle, and variables, by (number of those waited for,
 * order of declaration). */
static bool
before(const DeclInfo *a, const DeclInfo *b)
{
	if (a->obj->kind != b->obj->kind)
		return a->obj->kind == OBJ_CONST;
	return a->ndeps != b->ndeps ? a->ndeps < b->ndeps : a->obj->order < b->obj->order;
}

typedef struct {
	DeclInfo **at;
	int n;
} Heap;

static void
put(Heap *h, int i, DeclInfo *d)
{
	h->at[i] = d;
	d->stamp = i;
}

static void
up(Heap *h, int i)
{
	DeclInfo *d = h->at[i];

	for (; i > 0 && before(d, h->at[(i - 1) / 2]); i = (i - 1) / 2)
		put(h, i, h->at[(i - 1) / 2]);
	put(h, i, d);
}

static void
down(Heap *h, int i)
{
	DeclInfo *d = h->at[i];

	for (int c; (c = 2 * i + 1) < h->n; i = c) {
		if (c + 1 < h->n && before(h->at[c + 1], h->at[c]))
			c++;
		if (!before(h->at[c], d))
			break;
		put(h, i, h->at[c]);
	}
	put(h, i, d);
}

void
ck_initorder(Checker *k)
{
	Reach r = { .k = k, .stamp = 0 };
	Heap h = { NEWN(perm, DeclInfo *, k->infos.n + 1), 0 };
	Vec(DeclInfo *) cyclic = { 0 };

	for (int i = 0; i < k->infos.n; i++)
		k->infos.at[i]->stamp = -1;
	for (int i = 0; i < k->infos.n; i++) {
		DeclInfo *info = k->infos.at[i];

		if (info->obj->kind != OBJ_VAR && info->obj->kind != OBJ_CONST)
			continue;
		r.of = info;
		r.stamp = i;
		reach(&r, sharing(k, info));
		h.at[h.n++] = info;
	}
	for (int i = 0; i < h.n; i++)
		h.at[i]->stamp = i;
	for (int i = h.n / 2 - 1; i >= 0; i--)
		down(&h, i);
	while (h.n > 0) {
		DeclInfo *d = h.at[0];

		h.n--;
		if (h.n > 0) {
			put(&h, 0, h.at[h.n]);
			down(&h, 0);
		}
		d->stamp = -1;
		if (d->ndeps > 0)
			vec_push(perm, &cyclic, d);
		for (int i = 0; i < d->preds.n; i++) {
			DeclInfo *p = d->preds.at[i];

			p->ndeps--;
			if (p->stamp >= 0 && p->stamp < h.n && h.at[p->stamp] == p)
				up(&h, p->stamp);
		}
		if (d->init == NULL || d->emitted || d->obj->kind != OBJ_VAR)
			continue;
		{
			InitAssign ia = { .rhs = d->init, .decl = d->d };

			d->emitted = true;
			if (d->lhs != NULL) {
				for (int i = 0; i < d->nlhs; i++) {
					DeclInfo *o = ck_info(k, d->lhs[i]);

					vec_push(perm, &ia.lhs, d->lhs[i]);
					if (o != NULL)
						o->emitted = true;
				}
			} else {
				vec_push(perm, &ia.lhs, d->obj);
			}
			vec_push(perm, &k->out->inits, ia);
		}
	}
	for (int i = 0; i < k->infos.n; i++)
		k->infos.at[i]->stamp = -1;
	for (int i = 0; i < cyclic.n; i++) {
		ObjVec path = { 0 };

		if (findpath(k, cyclic.at[i]->obj, cyclic.at[i]->obj, &path, i + 1, 0))
			reportcycle(k, &path);
	}
}
