/*
 * escape.c - which objects may live in the frame, and what callers may assume.
 *
 * needs   AN_LOOPS
 * keeps   everything; sets Value.notstack of NEW and NEWARRAY, and f->paramescape
 *
 * The analysis of gc's escape.go (cmd/compile documentation: "escape
 * analysis"; after Andersen, "Program Analysis and Specialization for the C
 * Programming Language", flow-insensitive) done on SSA after inlining. A
 * location is a value, an object, the heap, or one of the results. An edge
 * dst <- src says that src's content, dereferenced `derefs` times (-1: its
 * address), is assigned to dst. For each location taken as root, walking the
 * edges backwards with the smallest dereference count finds every object whose
 * address reaches it: that object must outlive the root. The heap and the
 * results outlive everything.
 *
 * An object of the frame has one place there, so it must be dead when the code that makes it runs again, in a loop. Memory that such a loop
 * does not make anew too may still hold its address then, and so may a phi of the loop's head. No other value can: a way from its
 * definition to the object's and on to a use would be one that avoids the value's definition.
 *
 * Stores through anything but the direct address of a known object go to the heap, as in gc.
 */
#include "ssa/ssa.h"
#include "target/target.h"

enum { MAXWORDS = 64 };	/* of stack arguments that are told apart */

/* What a place is, and so which objects it outlives. */
/* clang-format off */
enum {
	PLACE_VALUE,		/* none */
	PLACE_LOOPPHI,		/* those that its loop makes */
	PLACE_MEMORY,		/* those made in a loop that it is not made in */
	PLACE_CALLER,		/* all */
};
/* clang-format on */

typedef struct Place Place;
typedef struct {
	Place *src;
	int derefs;
} Edge;

struct Place {
	Vec(Edge) in;
	Value *obj;		/* NEW whose storage this is, or NULL */
	const Block *loop;	/* head of the innermost loop that it is made in, or NULL */
	uint8_t kind;		/* PLACE_... */
	int16_t param;		/* index into paramescape, -1 */
	int16_t result;		/* index of a result of f, -1 */
	bool escapes, queued;
	int walk;		/* number of the walk that reached it last */
	int derefs;		/* in that walk */
};

typedef struct {
	Func *f;
	Arena *a;
	Place **value, **object;	/* by value id */
	Place **slot;		/* by slot id */
	const Block **home;	/* by slot id: head of the innermost loop that has all uses of it, or NULL */
	Place heap;
	Place **word;		/* of stack arguments; by number */
	int nword;
	Place *results;
	uint16_t *tags;
	int ntags;
	Vec(Place *) all;
	Vec(Place *) work;
	int nwalk;
} Esc;

const uint16_t *(*ssa_escapelookup)(const ObjSym *callee, int *n);

static Place *
newloc(Esc *x, int kind, const Block *loop)
{
	Place *l = NEW(x->a, Place);

	l->kind = (uint8_t)kind;
	l->loop = loop;
	l->param = l->result = -1;
	vec_push(x->a, &x->all, l);
	return l;
}

/* Whether v can hold an address: pointers, and integers computed from one. */
static bool
carries(const Value *v)
{
	if (v->type == VT_PTR)
		return v->op != OP_CONST && v->op != OP_SYMADDR;
	if (v->type != VT_I64 && v->type != VT_I32)
		return false;
	return v->op == OP_P2I || v->op == OP_ADD || v->op == OP_SUB || v->op == OP_AND || v->op == OP_PHI ||
	    v->op == OP_SELECT;
}

static Place *
valueloc(Esc *x, const Value *v)
{
	Place *l = x->value[v->id];

	if (l == NULL)
		l = x->value[v->id] =
		    newloc(x, v->op == OP_PHI && v->block->loophead == v->block ? PLACE_LOOPPHI : PLACE_VALUE,
			v->block->loophead);
	return l;
}

static Place *
objectloc(Esc *x, Value *v)
{
	Place *l = x->object[v->id];

	if (l == NULL) {
		l = x->object[v->id] = newloc(x, PLACE_MEMORY, v->block->loophead);
		l->obj = v;
	}
	return l;
}

static void
flow(Esc *x, Place *dst, Place *src, int derefs)
{
	if (dst == src && derefs >= 0)
		return;
	vec_push(x->a, &dst->in, ((Edge){ src, derefs }));
}

static bool
ispointer(const GcType *t, int64_t w, int ps)
{
	return w * ps < t->ptrbytes && (t->ptrmask == NULL || (t->ptrmask[w / 8] >> (w % 8) & 1) != 0);
}

/* What the caller left in a word of its argument area; NULL: too far out to be followed. */
static Place *
wordloc(Esc *x, int64_t off)
{
	int64_t w = off / x->f->target->ptrsize;

	if (w < 0 || w >= x->nword)
		return NULL;
	if (x->word[w] == NULL) {
		x->word[w] = newloc(x, PLACE_VALUE, NULL);
		x->word[w]->param = (int16_t)(x->f->sig->nparam + 1 + w);
	}
	return x->word[w];
}

/* The head of the loop around the loop with head h, or NULL. */
static const Block *
outerloop(const Block *h)
{
	const Block *up = h->idom;

	while (up != NULL && up->loopdepth >= h->loopdepth)
		up = up->idom;
	return up != NULL ? up->loophead : NULL;
}

/* Whether the loop with head l is that with head h or lies in it; NULL: no loop. */
static bool
inloop(const Block *l, const Block *h)
{
	while (l != h && l != NULL)
		l = outerloop(l);
	return l != NULL;
}

/* The head of the innermost loop that both loops are or lie in. */
static const Block *
commonloop(const Block *a, const Block *b)
{
	while (a != b && a != NULL && b != NULL)
		if (a->loopdepth < b->loopdepth)
			b = outerloop(b);
		else
			a = outerloop(a);
	return a == b ? a : NULL;
}

/*
 * A slot holds what one evaluation needs, so it is written before it is read in each iteration of the loop that its uses lie in. What is
 * read at the end of the function is another matter.
 */
static void
slothomes(Esc *x)
{
	bool *seen = NEWN(x->a, bool, x->f->nslot + 1);

	x->home = NEWN(x->a, const Block *, x->f->nslot + 1);
	for (const Block *b = x->f->entry; b != NULL; b = b->next)
		for (const Value *v = b->first; v != NULL; v = v->next) {
			if (v->op != OP_SLOTADDR)
				continue;
			x->home[v->slot->id] = v->slot->isparam || v->slot->indefer ? NULL :
			    seen[v->slot->id] ? commonloop(x->home[v->slot->id], b->loophead) :
						b->loophead;
			seen[v->slot->id] = true;
		}
}

static Place *
slotloc(Esc *x, const Slot *s)
{
	int ps = x->f->target->ptrsize;
	Place *l = x->slot[s->id];

	if (l != NULL)
		return l;
	/* results on the stack are the caller's */
	l = x->slot[s->id] =
	    newloc(x, s->isparam && s->off >= x->f->sig->resultoff ? PLACE_CALLER : PLACE_MEMORY, x->home[s->id]);
	if (s->isparam && s->off < x->f->sig->resultoff)
		for (int64_t w = 0; w * ps < s->type.ptrbytes; w++) {
			Place *p = ispointer(&s->type, w, ps) ? wordloc(x, s->off + w * ps) : NULL;

			if (p != NULL)
				flow(x, l, p, 0);
		}
	return l;
}

/* The storage p points to if that is certain, else NULL. */
static Place *
target(Esc *x, Value *p)
{
	Addr a = ssa_addr(p);

	if (a.base->op == OP_NEW || a.base->op == OP_NEWARRAY)
		return objectloc(x, a.base);
	if (a.base->op == OP_SLOTADDR)
		return slotloc(x, a.base->slot);
	return NULL;
}

static void
flowvalue(Esc *x, Place *dst, Value *v, int derefs)
{
	v = value_uncopy(v);
	if (v->type == VT_PTR ? v->op == OP_CONST || v->op == OP_SYMADDR : !carries(v))
		return;
	flow(x, dst, valueloc(x, v), derefs);
}

/* dst <- p dereferenced n > 0 times. */
static void
flowderef(Esc *x, Place *dst, Value *p, int n)
{
	Place *t = target(x, p);

	if (t != NULL)
		flow(x, dst, t, n - 1);
	else
		flowvalue(x, dst, p, n);
}

/* dst <- what p points to. */
static void
flowcontent(Esc *x, Place *dst, Value *p)
{
	flowderef(x, dst, p, 1);
}

/* The code that a func value certainly runs, or NULL: a closure made here, or one without captures that is known. */
static const ObjSym *
closurecode(Value *fv)
{
	Addr a = ssa_addr(fv);

	if (a.base->op == OP_SYMADDR && a.base->aux == 0 && a.off == 0 && a.base->sym->relocs.n == 1)
		return a.base->sym->relocs.at[0].sym;
	if (a.base->op != OP_NEW || a.off != 0)
		return NULL;
	for (const Value *v = a.base->next; v != NULL; v = v->next)
		if (v->op == OP_STORE && v->aux == 0 && v->arg[0] == a.base) {
			const Value *code = v->arg[1]->op == OP_P2I ? v->arg[1]->arg[0] : v->arg[1];

			return code->op == OP_SYMADDR && code->aux == 0 ? code->sym : NULL;
		}
	return NULL;
}

static void
flowarg(Esc *x, Value *call, Value *arg, unsigned tag)
{
	if (tag & ESC_HEAP) {
		flowvalue(x, &x->heap, arg, 0);
		return;
	}
	if (tag & (ESC_CONTENT | ESC_DEEP) && !call->noptrs)
		flowderef(x, &x->heap, arg, tag & ESC_CONTENT ? 1 : 2);
	if (tag >= ESC_RESULT0)
		for (Value *r = call->next; r != NULL && r->op == OP_RESULT; r = r->next)
			if (r->aux < ESC_NRESULT && tag & (unsigned)ESC_RESULT0 << r->aux && r->type == VT_PTR)
				flowvalue(x, valueloc(x, r), arg, 0);
}

/*
 * v may make a closure at p. Whoever calls it sees what it holds, never the closure itself; so what becomes of that depends on its code alone
 * and is settled here, and a call of a closure that came from elsewhere needs no thought.
 */
static void
closure(Esc *x, Value *v, Value *p)
{
	const Value *code = v->arg[1];
	const uint16_t *tags = NULL;
	unsigned leaks = ESC_HEAP;
	int n = 0;

	if (v->aux != 0 || p->op != OP_NEW || code->op != OP_P2I || code->arg[0]->op != OP_SYMADDR)
		return;
	if (ssa_escapelookup != NULL)
		tags = ssa_escapelookup(code->arg[0]->sym, &n);
	for (int i = 0; tags != NULL && i < n; i++)
		if (tags[i] & ESC_CLOSURE)
			leaks = tags[i] & ~(unsigned)ESC_CLOSURE;
	if (leaks != 0)
		flowderef(x, &x->heap, p, leaks == ESC_DEEP ? 2 : 1);
}

/*
 * A record in the frame was put on the list of deferred calls: the closure in it runs while the frame is there, but what it captured may get anywhere.
 */
static void
deferred(Esc *x, Value *call)
{
	Addr a = ssa_addr(call->arg[0]);
	const uint16_t *tags = NULL;
	const ObjSym *code;
	int n = 0;

	for (Value *v = call->prev; v != NULL; v = v->prev) {
		Addr to;

		if (v->op != OP_STORE || v->arg[1]->type != VT_PTR)
			continue;
		to = ssa_addr(v->arg[0]);
		if (to.base->op != OP_SLOTADDR || a.base->op != OP_SLOTADDR || to.base->slot != a.base->slot)
			continue;
		code = closurecode(v->arg[1]);
		if (code != NULL && ssa_escapelookup != NULL)
			tags = ssa_escapelookup(code, &n);
		if (tags == NULL || n == 0 || tags[0] & (ESC_HEAP | ESC_CONTENT))
			flowcontent(x, &x->heap, v->arg[1]);
		return;
	}
	flowvalue(x, &x->heap, call->arg[0], 1);
}

/* A call of the function itself: arguments become its parameters, its results those of the call. */
static void
recursive(Esc *x, Value *v)
{
	for (Value *p = x->f->entry->first; p != NULL; p = p->next)
		if (p->op == OP_PARAM && p->type == VT_PTR && p->aux < v->narg)
			flowvalue(x, valueloc(x, p), v->arg[p->aux], 0);
	for (Value *r = v->next; r != NULL && r->op == OP_RESULT; r = r->next)
		if (r->type == VT_PTR)
			flow(x, valueloc(x, r), &x->results[r->aux], 0);
}

/* p.x = p.x[1:] and the like: what *p holds stays in *p. */
static bool
selfassign(Value *store)
{
	Addr to = ssa_addr(store->arg[0]), from;
	Value *l = ssa_addr(store->arg[1]).base;

	if (l->op != OP_LOAD || to.base->op == OP_SYMADDR)
		return false;
	from = ssa_addr(l->arg[0]);
	return from.base == to.base && from.exact && to.exact;
}

/* Tags of what a func value runs, or NULL: all that it may be must be known. */
static const uint16_t *
closuretags(Esc *x, Value *fv, int *n)
{
	const Value *phi = ssa_addr(fv).base;
	const ObjSym *code = closurecode(fv);
	uint16_t *all = NULL;
	int nall = 0;

	if (code != NULL || phi->op != OP_PHI)
		return code != NULL && ssa_escapelookup != NULL ? ssa_escapelookup(code, n) : NULL;
	for (int i = 0; i < phi->narg; i++) {
		const uint16_t *tags = NULL;
		int k = 0;

		code = closurecode(phi->arg[i]);
		if (code != NULL && ssa_escapelookup != NULL)
			tags = ssa_escapelookup(code, &k);
		if (tags == NULL)
			return NULL;
		if (all == NULL) {
			all = arena_dup(x->a, tags, sizeof *tags * (size_t)k);
			nall = k;
		}
		nall = k < nall ? k : nall;
		for (int j = 0; j < nall; j++)
			all[j] |= tags[j];
	}
	*n = nall;
	return all;
}

/* Tags of what a call certainly runs, or NULL. */
static const uint16_t *
calltags(Esc *x, const Value *v, int *n)
{
	if (v->op == OP_CALLCLOSURE)
		return closuretags(x, v->arg[0], n);
	return v->op == OP_CALL && v->sym != NULL && ssa_escapelookup != NULL ? ssa_escapelookup(v->sym, n) : NULL;
}

/* v stores or moves into the outgoing argument area, at off: what becomes of it depends on the call that follows. */
static void
stackarg(Esc *x, Value *v, int64_t off)
{
	const uint16_t *tags = NULL;
	int n = 0, first, ps = x->f->target->ptrsize;
	Value *c = v->next;
	bool self;

	while (c != NULL && (c->op >= OP_GENERIC_END || !op_info[c->op].call))
		c = c->next;
	if (c != NULL)
		tags = calltags(x, c, &n);
	self = c != NULL && c->op == OP_CALL && tags == NULL && c->sym == x->f->sym && c->sym != NULL;
	first = c != NULL && c->sig != NULL ? c->sig->nparam + 1 : 0;
	if (v->op == OP_STORE) {
		int64_t i = first + off / ps;

		if (self && wordloc(x, off) != NULL)
			flowvalue(x, wordloc(x, off), v->arg[1], 0);
		else
			flowarg(x, c != NULL ? c : v, v->arg[1], tags != NULL && i < n ? tags[i] : ESC_HEAP);
		return;
	}
	for (int64_t w = 0; w * ps < v->size; w++) {
		int64_t at = off + w * ps;

		if (v->gctype != NULL && !ispointer(v->gctype, w, ps))
			continue;
		if (self && wordloc(x, at) != NULL) {
			flowcontent(x, wordloc(x, at), v->arg[1]);
		} else if (tags == NULL || first + at / ps >= n || tags[first + at / ps] != 0) {
			flowcontent(x, &x->heap, v->arg[1]);
			return;
		}
	}
}

static void
call(Esc *x, Value *v)
{
	const uint16_t *tags = NULL;
	int n = 0, first = v->op == OP_CALL || v->op == OP_TAILCALL || v->op == OP_DEFERRETURN ? 0 : 1;

	tags = calltags(x, v, &n);
	if (v->op == OP_CALL && tags == NULL && v->sym == x->f->sym && x->f->sym != NULL) {
		recursive(x, v);
		return;
	}
	for (int i = first; i < v->narg; i++)
		flowarg(x, v, v->arg[i], tags != NULL && i - first < n ? tags[i - first] : ESC_HEAP);
	if (v->op == OP_CALL && strcmp(v->sym->name, "runtime.deferprocStack") == 0)
		deferred(x, v);
}

static void
value(Esc *x, Value *v)
{
	Place *t;

	switch (v->op) {
	case OP_NEW:
	case OP_NEWARRAY:
		flow(x, valueloc(x, v), objectloc(x, v), -1);
		break;
	case OP_SLOTADDR:
		flow(x, valueloc(x, v), slotloc(x, v->slot), -1);
		break;
	case OP_PHI:
	case OP_COPY:
	case OP_ADDPTR:
	case OP_NILCHECK:
	case OP_P2I:
	case OP_I2P:
	case OP_ADD:
	case OP_SUB:
	case OP_AND:
		if (carries(v))
			for (int i = 0; i < v->narg; i++)
				flowvalue(x, valueloc(x, v), v->arg[i], 0);
		break;
	case OP_SELECT:
		if (carries(v))
			for (int i = 1; i < 3; i++)
				flowvalue(x, valueloc(x, v), v->arg[i], 0);
		break;
	case OP_LOAD:
	case OP_ATOMICLOAD:
		if (v->type == VT_PTR)
			flowcontent(x, valueloc(x, v), v->arg[0]);
		break;
	case OP_STORE:
		if (ssa_addr(v->arg[0]).base->op == OP_ARGADDR && ssa_addr(v->arg[0]).exact) {
			Addr a = ssa_addr(v->arg[0]);

			if (v->arg[1]->type == VT_PTR || carries(v->arg[1]))
				stackarg(x, v, a.base->aux + a.off + v->aux);
			break;
		}
		closure(x, v, v->arg[0]);
		if (selfassign(v))
			break;
		/* fall through */
	case OP_ATOMICSTORE:
		t = target(x, v->arg[0]);
		flowvalue(x, t != NULL ? t : &x->heap, v->arg[1], 0);
		break;
	case OP_ATOMICXCHG:
		if (v->type == VT_PTR) {
			flowvalue(x, &x->heap, v->arg[1], 0);
			flowcontent(x, valueloc(x, v), v->arg[0]);
		}
		break;
	case OP_KEEPALIVE:
		if (v->aux != 0)
			flowvalue(x, &x->heap, v->arg[0], 0);
		break;
	case OP_ATOMICCAS:
		flowvalue(x, &x->heap, v->arg[2], 0);
		break;
	case OP_MOVE:
		if (ssa_addr(v->arg[0]).base->op == OP_ARGADDR && ssa_addr(v->arg[0]).exact) {
			Addr a = ssa_addr(v->arg[0]);

			stackarg(x, v, a.base->aux + a.off + v->aux);
			break;
		}
		t = target(x, v->arg[0]);
		flowcontent(x, t != NULL ? t : &x->heap, v->arg[1]);
		break;
	case OP_CALL:
	case OP_CALLCLOSURE:
	case OP_CALLPTR:
	case OP_TAILCALL:
		call(x, v);
		break;
	case OP_PARAM:
		if (v->type == VT_PTR)
			valueloc(x, v)->param = (int16_t)v->aux;
		break;
	case OP_CLOSURE:
		valueloc(x, v)->param = (int16_t)x->f->sig->nparam;
		break;
	default:
		break;
	}
}

static bool
outlives(const Place *root, const Place *l)
{
	if (root->escapes || root->kind == PLACE_CALLER)
		return true;
	if (l->loop == NULL || root->kind == PLACE_VALUE)
		return false;
	return root->kind == PLACE_LOOPPHI ? inloop(l->loop, root->loop) : !inloop(root->loop, l->loop);
}

static void
enqueue(Esc *x, Place *l)
{
	if (!l->queued) {
		l->queued = true;
		vec_push(x->a, &x->work, l);
	}
}

/* Keeps the least number of dereferences for report.c. */
static void
leaklevel(uint8_t *level, int derefs)
{
	int n = derefs < 0 ? 1 : derefs > 200 ? 201 : derefs + 1;

	if (*level == 0 || n < *level)
		*level = (uint8_t)n;
}

/* A parameter flows to root with this many dereferences. */
static void
leak(Esc *x, const Place *root, const Place *l, int derefs)
{
	uint16_t *tag = &x->tags[l->param];
	bool heap = root->escapes ||
	    (root->kind == PLACE_CALLER && root->result < 0); /* results on the stack are as good as the heap */

	if (x->f->paramleak != NULL) {
		ParamLeak *p = &x->f->paramleak[l->param];

		if (heap || root->result >= ESC_NRESULT)
			leaklevel(&p->heap, derefs);
		else if (root->result >= 0)
			leaklevel(&p->result[root->result], derefs);
	}
	if (derefs > 0) {
		if (heap || root->result >= 0)
			*tag |= derefs == 1 ? ESC_CONTENT : ESC_DEEP;
	} else if (root->result >= 0 && root->result < ESC_NRESULT && !heap) {
		*tag |= (uint16_t)(ESC_RESULT0 << root->result);
	} else if (heap || root->result >= 0) {
		*tag |= ESC_HEAP;
	}
}

/* Finds all that flows into root; what must not be in the frame because of it is marked and queued. */
static void
walk(Esc *x, Place *root)
{
	Vec(Place *) todo = { 0 };

	x->nwalk++;
	root->walk = x->nwalk;
	root->derefs = 0;
	vec_push(x->a, &todo, root);
	while (todo.n > 0) {
		Place *l = vec_pop(&todo);
		int derefs = l->derefs;
		bool addressof = derefs < 0;

		if (addressof) {
			derefs = 0;
			/* the address of l is in root, so what is stored in l must live as long as root's referents */
			if (outlives(root, l) && !l->escapes && l->obj != NULL) {
				l->escapes = true;
				enqueue(x, l);
				continue;
			}
		}
		if (l->param >= 0)
			leak(x, root, l, derefs);
		for (int i = 0; i < l->in.n; i++) {
			const Edge *e = &l->in.at[i];
			int d = derefs + e->derefs;

			if (e->src->escapes && e->src != &x->heap && d >= 0 && e->src->obj == NULL)
				continue;
			if (e->src->walk != x->nwalk || e->src->derefs > d) {
				e->src->walk = x->nwalk;
				e->src->derefs = d;
				vec_push(x->a, &todo, e->src);
			}
		}
	}
}

/* gc's limits for implicit and explicit variables, ir.MaxImplicitStackVarSize and MaxStackVarSize in spirit. */
enum { MAXSTACKOBJECT = 64 << 10 };

static void
sizelimit(Esc *x, Value *v)
{
	int64_t n = v->op == OP_NEWARRAY ? v->aux : 1;

	if (v->notstack || (v->gctype->size > 0 && n > MAXSTACKOBJECT / v->gctype->size)) {
		objectloc(x, v)->escapes = true;
		enqueue(x, objectloc(x, v));
	}
}

/* A cycle that is no natural loop is not seen as one: then nothing made here can be trusted to die with its iteration. */
static bool
irreducible(const Func *f)
{
	for (const Block *b = f->entry; b != NULL; b = b->next)
		for (int i = 0; i < b->succ.n; i++)
			if (b->succ.at[i]->rpo <= b->rpo && !ssa_dominates(b->succ.at[i], b))
				return true;
	return false;
}

void ssa_escape(Func *f);

void
ssa_escape(Func *f)
{
	Esc x = { .f = f, .a = f->a };
	bool any = false, allheap = irreducible(f);

	x.nword = f->sig->resultoff / f->target->ptrsize < MAXWORDS ? f->sig->resultoff / f->target->ptrsize : MAXWORDS;
	x.ntags = f->sig->nparam + 1 + x.nword;
	x.word = NEWN(f->a, Place *, x.nword + 1);
	x.tags = NEWN(f->a, uint16_t, x.ntags);
	f->paramleak = ssa_opt.m > 0 ? NEWN(f->a, ParamLeak, x.ntags) : NULL;
	x.value = NEWN(f->a, Place *, f->nvalue);
	x.object = NEWN(f->a, Place *, f->nvalue);
	x.slot = NEWN(f->a, Place *, f->nslot + 1);
	slothomes(&x);
	x.results = NEWN(f->a, Place, f->sig->nresult + 1);
	x.heap = (Place){ .kind = PLACE_CALLER, .param = -1, .result = -1, .escapes = true };
	for (int i = 0; i < f->sig->nresult; i++)
		x.results[i] = (Place){ .kind = PLACE_CALLER, .param = -1, .result = (int16_t)i };
	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->phis; v != NULL; v = v->next)
			value(&x, v);
		for (Value *v = b->first; v != NULL; v = v->next) {
			value(&x, v);
			if (v->op == OP_NEW || v->op == OP_NEWARRAY) {
				any = true;
				v->notstack |= allheap;
				sizelimit(&x, v);
			}
		}
		if (b->kind == BK_RET)
			for (int i = 0; i < f->sig->nresult; i++)
				flowvalue(&x, &x.results[i], b->ret[i], 0);
	}
	enqueue(&x, &x.heap);
	for (int i = 0; i < f->sig->nresult; i++)
		enqueue(&x, &x.results[i]);
	for (int i = 0; i < x.all.n; i++) {
		Place *l = x.all.at[i];

		if (l->in.n > 0 && (l->kind == PLACE_CALLER || (any && l->kind != PLACE_VALUE)))
			enqueue(&x, l);
	}
	while (x.work.n > 0) {
		Place *l = vec_pop(&x.work);

		l->queued = false;
		walk(&x, l);
	}
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			if (v->op == OP_NEW || v->op == OP_NEWARRAY)
				v->notstack = objectloc(&x, v)->escapes;
	if (f->needctxt)
		x.tags[f->sig->nparam] |= ESC_CLOSURE;
	f->paramescape = x.tags;
	f->nparamescape = x.ntags;
}
