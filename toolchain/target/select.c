/*
 * select.c - what instruction selection of all CPUs does alike.
 *
 * Blocks are visited users first (reverse of reverse postorder) and walked backwards, so that an operation can take in what feeds it before
 * that is selected. What loses its last use that way is dropped when the walk reaches it. A load is taken in only if no effect stands
 * between it and its new place; Value.num counts the effects before each value of a block.
 */
#include "target/machine.h"

Value *
select_strip(Value *v)
{
	while (v->op == OP_TRUNC || v->op == OP_P2I)
		v = v->arg[0];
	return v;
}

bool
select_isconst(const Value *v, int64_t *i)
{
	if (v->op != OP_CONST)
		return false;
	/* clang-format off */
	switch (vtype_size((VType)v->type)) {
	case 1: *i = (int8_t)v->aux; break;
	case 2: *i = (int16_t)v->aux; break;
	case 4: *i = (int32_t)v->aux; break;
	default: *i = v->aux;
	}
	/* clang-format on */
	return true;
}

uint64_t
select_unsigned(const Value *v, int64_t c)
{
	int n = value_size(v);

	return n < 8 ? (uint64_t)c & (((uint64_t)1 << 8 * n) - 1) : (uint64_t)c;
}

bool
select_isbounded(const Value *v, Value **count)
{
	Value *y = *count;
	int64_t c;

	if (y->op != OP_AND || !select_isconst(y->arg[1], &c) || c < 0 || c >= 8 * value_size(v))
		return v->bounded;
	if (c == 8 * value_width(v) - 1)
		*count = y->arg[0];
	return true;
}

bool
select_iscompare(const Value *v)
{
	return v->op >= OP_EQ && v->op <= OP_FLE;
}
_Static_assert(OP_FLE == OP_EQ + 9, "comparisons stand together in ops.def");

bool
select_isnear(const Value *v, const Block *b)
{
	return v->nuse == 1 || v->block == b;
}

bool
select_canfold(const Value *v, const Value *at)
{
	return v->nuse == 1 && v->block == at->block && v->num == at->num && !v->volatile_;
}

/* ---- making operations ---- */

void
select_setargs(Func *f, Value *v, Value **arg, int n)
{
	for (int i = 0; i < n; i++) {
		arg[i] = select_strip(arg[i]);
		arg[i]->nuse++;	/* before the old ones go */
	}
	value_dropargs(v);
	for (int i = 0; i < n; i++) {
		value_addarg(f, v, arg[i]);
		arg[i]->nuse--;
	}
}

void
select_op(Func *f, Value *v, int op, Value *a0, Value *a1, Value *a2, int64_t packed)
{
	Value *arg[3] = { a0, a1, a2 };
	int n = a0 == NULL ? 0 : a1 == NULL ? 1 : a2 == NULL ? 2 : 3;

	select_setargs(f, v, arg, n);
	v->op = (uint16_t)op;
	v->size = packed;
}

void
select_memop(Func *f, Value *v, int op, Value *a0, Value *a1, const Mem *m, int64_t packed)
{
	Value *arg[4];
	int n = 0;

	if (a0 != NULL)
		arg[n++] = a0;
	if (a1 != NULL)
		arg[n++] = a1;
	for (int i = 0; i < m->nreg; i++)
		arg[n++] = m->reg[i];
	select_setargs(f, v, arg, n);
	v->op = (uint16_t)op;
	v->size = packed | OP_PACK(0, m->am, m->scale, m->ext, 0, 0, 0);
	v->aux = m->disp;
	if (m->am == AM_SYM)
		v->sym = m->sym;
	else
		v->slot = m->slot;
}

Value *
select_before(Func *f, Value *at, Op op, VType t, Value *arg)
{
	Value *v = value_newbefore(f, at, op, t, at->pos);

	v->num = at->num;
	if (arg != NULL)
		value_addarg(f, v, arg);
	return v;
}

Value *
select_const(Func *f, Value *at, VType t, int64_t i)
{
	Value *v = select_before(f, at, OP_CONST, t, NULL);

	v->aux = i;
	return v;
}

Value *
select_address(Func *f, Value *at, Value *p, int64_t off)
{
	Value *a;

	if (off == 0)
		return p;
	a = select_before(f, at, OP_ADDPTR, VT_PTR, p);
	value_addarg(f, a, select_const(f, a, VT_I64, off));
	return a;
}

Value *
select_extend32(Func *f, Value *at, Value *x, bool sign)
{
	if (value_size(x) >= 4)
		return x;
	return select_before(f, at, sign ? OP_SEXT : OP_ZEXT, VT_I32, x);
}

/* ---- memory operands ---- */

static bool
within(int64_t i, int32_t max)
{
	return i >= -(int64_t)max - 1 && i <= max;
}

/* Looks through shifts, multiplications, additions of constants, and extensions. */
void
select_index(const AddrRules *r, Mem *m, Value *x, const Block *b)
{
	int64_t c;

	while (x->narg == 2 && select_isconst(x->arg[1], &c) && select_isnear(x, b)) {
		if (x->op == OP_SHL && c >= 0 && c <= r->maxscale - m->scale)
			m->scale += (int)c;
		else if (x->op == OP_MUL && c > 0 && (c & (c - 1)) == 0 &&
		    m->scale + __builtin_ctzll((uint64_t)c) <= r->maxscale)
			m->scale += __builtin_ctzll((uint64_t)c);
		else if (x->op == OP_ADD && r->indexdisp && within(c, r->maxdisp) &&
		    within(m->disp + c * (1 << m->scale), r->maxdisp))
			m->disp += c * (1 << m->scale);
		else
			break;
		x = x->arg[0];
	}
	if (r->indexext && (x->op == OP_SEXT || x->op == OP_ZEXT) && x->arg[0]->type == VT_I32 && select_isnear(x, b)) {
		m->ext = x->op == OP_SEXT ? EXT_S32 : EXT_U32;
		x = x->arg[0];
	}
	m->reg[m->nreg++] = x;
}

Mem
select_mem(const AddrRules *r, Value *p, int64_t off, const Block *b, bool whole)
{
	Mem m = { .am = AM_BASE, .disp = off };
	Value *index = NULL, *top = whole ? p : NULL;
	int64_t c;

	if (!within(off, r->maxdisp))
		bug("isel: offset %lld of a memory access", (long long)off);
	for (;; p = p->arg[0]) {
		if (p->op != OP_ADDPTR)
			break;
		if (select_isconst(p->arg[1], &c)) {
			if (!within(c, r->maxdisp) || !within(m.disp + c, r->maxdisp) ||
			    !(within(m.disp + c, r->neardisp) || p->nuse == 1 || p == top))
				break;
			m.disp += c;
		} else if (r->maxscale >= 0 && index == NULL &&
		    (p->nuse == 1 || (p->nuse == 2 && p->block == b) || p == top)) {
			/* an element accessed often gets its address in a register once */
			index = p->arg[1];
		} else {
			break;
		}
	}
	if (p->op == OP_ARGADDR && index == NULL) {
		m.am = AM_ARG;
		m.disp += p->aux;
	} else if (p->op == OP_SYMADDR && index == NULL && within(p->aux, r->maxdisp) &&
	    within(m.disp + p->aux, r->maxdisp)) {
		m.am = AM_SYM;
		m.disp += p->aux;
		m.sym = p->sym;
	} else if (p->op == OP_SLOTADDR && within(p->aux, r->maxdisp) && within(m.disp + p->aux, r->maxdisp)) {
		m.am = index != NULL ? AM_SLOTX : AM_SLOT;
		m.disp += p->aux;
		m.slot = p->slot;
	} else {
		m.am = index != NULL ? AM_INDEX : AM_BASE;
		m.reg[m.nreg++] = p;
	}
	if (index != NULL)
		select_index(r, &m, index, b);
	return m;
}

/* The same without an index. */
static Mem
plainmem(const AddrRules *r, Value *p, int64_t off, const Block *b)
{
	Mem m = select_mem(r, p, off, b, false);

	if (m.am == AM_INDEX || m.am == AM_SLOTX)
		return (Mem){ .am = AM_BASE, .reg = { p }, .nreg = 1, .disp = off };
	return m;
}

/* ---- clearing and moving memory ---- */

enum { MAXPIECE = 1 << 30 };	/* the size must fit an immediate */

/* ZERO, MOVE of more than that: all but the last bytes are left to another value. */
static void
split(Func *f, Value *v)
{
	int64_t rest = v->size - MAXPIECE;
	Value *w;

	if (rest <= 0)
		return;
	w = select_before(f, v, (Op)v->op, VT_VOID, v->arg[0]);
	if (v->op == OP_MOVE)
		value_addarg(f, w, v->arg[1]);
	w->aux = v->aux;
	w->size = rest;
	w->gctype = v->gctype;
	value_setarg(v, 0, select_address(f, v, v->arg[0], v->aux + rest));
	if (v->op == OP_MOVE)
		value_setarg(v, 1, select_address(f, v, v->arg[1], rest));
	v->aux = 0;
	v->size = MAXPIECE;
}

static void
zero(Func *f, Value *v, const Selector *s)
{
	int w;

	if (s->unrolled(v, &w)) {
		Mem m = s->zerosindex ? select_mem(s->addr, v->arg[0], v->aux, v->block, false) :
					plainmem(s->addr, v->arg[0], v->aux, v->block);

		select_memop(f, v, s->zeros, NULL, NULL, &m, IW((int32_t)v->size, w));
	} else {
		split(f, v);
		select_op(f, v, s->zeroloop, select_address(f, v, v->arg[0], v->aux), NULL, NULL,
		    IW((int32_t)v->size, w));
	}
	v->gctype = NULL;
}

static void
move(Func *f, Value *v, const Selector *s)
{
	int w;

	if (s->unrolled(v, &w)) {
		Mem to = plainmem(s->addr, v->arg[0], v->aux, v->block), *from = NEW(f->a, Mem);

		*from = plainmem(s->addr, v->arg[1], 0, v->block);
		v->machine = from;
		if (from->nreg > 0)
			to.reg[to.nreg++] = from->reg[0];
		select_memop(f, v, s->moves, NULL, NULL, &to, IW((int32_t)v->size, w));
	} else {
		split(f, v);
		select_op(f, v, s->moveloop, select_address(f, v, v->arg[0], v->aux), v->arg[1], NULL,
		    IW((int32_t)v->size, w));
	}
	v->gctype = NULL;
}

/* ---- nil checks ---- */

/* The access at w faults by itself if p is nil, before anything else can be seen. span: bytes of the largest access. */
static bool
faultsfor(const Value *w, const Value *p, int span)
{
	int n = w->op == OP_MOVE ? 2 : 1;

	for (int i = 0; i < n; i++) {
		Addr a = ssa_addr(w->arg[i]);
		int64_t off = a.off + (i == 0 ? w->aux : 0);

		if (a.base == p && a.exact && off >= 0 &&
		    off + (w->op == OP_LOAD || w->op == OP_STORE ? 8 : span) <= 4096)
			return true;
	}
	return false;
}

/* Does an access soon after do the same? Then it must not be dropped: mark. */
static bool
covered(Value *check, int span)
{
	Addr p = ssa_addr(check->arg[0]);
	int budget = 40;

	/* addresses of elements and fields come from pointers that were checked */
	if (value_uncopy(check->arg[0])->op == OP_ADDPTR || p.base->op == OP_SLOTADDR || p.base->op == OP_SYMADDR)
		return true;
	if (!p.exact || p.off != 0)
		return false;
	for (Value *w = check->next; w != NULL && budget-- > 0; w = w->next)
		switch (w->op) {
		case OP_LOAD:
		case OP_STORE:
		case OP_ZERO:
		case OP_MOVE:
			if ((w->op == OP_LOAD || w->op == OP_STORE || w->size > 0) && faultsfor(w, p.base, span)) {
				w->mark = true;
				return true;
			}
			if (w->op != OP_LOAD)
				return false;
			break;
		case OP_NILCHECK: {
			Addr q = ssa_addr(w->arg[0]);

			if (q.base == p.base && q.exact && q.off == 0)
				return true;
			break;
		}
		default:
			if (w->op >= OP_GENERIC_END || op_info[w->op].effect)
				return false;
		}
	return false;
}

void
select_nilchecks(Func *f, int span)
{
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			v->mark = false;
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->last, *prev; v != NULL; v = prev) {
			prev = v->prev;
			if (v->op == OP_NILCHECK && covered(v, span))
				value_tocopy(f, v, v->arg[0]);
		}
	/* a check that stays gives nothing new: its users take what it checked */
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first, *next; v != NULL; v = next) {
			next = v->next;
			if (v->op == OP_NILCHECK && v->nuse > 0) {
				Value *c = value_newbefore(f, v, OP_NILCHECK, VT_VOID, v->pos);

				value_addarg(f, c, v->arg[0]);
				value_tocopy(f, v, v->arg[0]);
			}
		}
	ssa_uncopy(f);
}

/* ---- values ---- */

void
select_unsupported(const Func *f, const Value *v)
{
	bug("%s isel: %s is not supported", f->target->name, v->op < OP_GENERIC_END ? op_info[v->op].name : "?");
}

static void
nilcheck(Func *f, Value *v, const Selector *s)
{
	select_op(f, v, s->row[OP_NILCHECK].op, v->arg[0], NULL, NULL, 0);
	v->aux = 0;
}

static void
address(Func *f, Value *v, const Selector *s)
{
	Mem m = select_mem(s->addr, v, 0, v->block, false);

	if (m.nreg != 0)
		bug("isel: offset %lld of an address", (long long)v->aux);
	select_memop(f, v, s->lea, NULL, NULL, &m, W(8));
}

/* v becomes a constant: i, extended from its width. */
static void
constant(Func *f, Value *v, const Selector *s, int64_t i)
{
	select_op(f, v, s->row[OP_CONST].op, NULL, NULL, NULL,
	    W(s->row[OP_CONST].width == SELECT_8 ? 8 : value_width(v)));
	v->aux = i;
}

/* A check that cannot fail. */
static bool
passes(const Value *v)
{
	int64_t i, n;

	if (!select_isconst(v->arg[0], &i))
		return false;
	if (v->op == OP_ZEROCHECK)
		return i != 0;
	if (v->op == OP_SHIFTCHECK)
		return i >= 0;
	return select_isconst(v->arg[1], &n) && i >= 0 && n >= 0 &&
	    (i < n || (i == n && v->aux != BOUNDS_INDEX && v->aux != BOUNDS_INDEXU));
}

static void
convertfloat(Func *f, Value *v, const Selector *s)
{
	Value *x = v->arg[0];
	int from = value_size(x), to = value_size(v);

	if (v->op == OP_F2F && from == to)
		select_op(f, v, OP_COPY, x, NULL, NULL, 0);
	else if (v->op == OP_F2F)
		select_op(f, v, s->row[OP_F2F].op, x, NULL, NULL, WW(from, to));
	else if (v->op == OP_F2U)	/* narrow numbers are those of a wide signed one */
		select_op(f, v, s->row[to == 8 ? OP_F2U : OP_F2S].op, x, NULL, NULL, WW(from, 8));
	else
		select_op(f, v, s->row[OP_F2S].op, x, NULL, NULL, WW(from, value_width(v)));
}

/* By its row, or by the CPU. */
static void
byrow(Value *v, const Selector *s, void *ctx)
{
	const SelectRow *r = &s->row[v->op];
	int w = 0;

	if (r->op == 0) {
		s->value(ctx, v);
		return;
	}
	switch ((SelectWidth)r->width) {
	case SELECT_NONE:
		break;
	case SELECT_8:
		w = 8;
		break;
	case SELECT_SIZE:
		w = value_size(v);
		break;
	case SELECT_WIDTH:
		w = value_width(v);
		break;
	case SELECT_ARGSIZE:
		w = value_size(v->arg[0]);
		break;
	}
	for (int i = 0; i < v->narg; i++)
		value_setarg(v, i, select_strip(v->arg[i]));
	v->op = r->op;
	v->size = W(w);
}

static void
value(Func *f, Value *v, const Selector *s, void *ctx)
{
	int64_t c;

	switch (v->op) {
	case OP_PARAM:
	case OP_CLOSURE:
	case OP_RESULT:
	case OP_GETG:
	case OP_KEEPALIVE:
	case OP_DEFERRETURN:
	case OP_COPY:
		return;
	case OP_CALL:
	case OP_CALLCLOSURE:
	case OP_CALLPTR:
	case OP_TAILCALL:
		for (int i = 0; i < v->narg; i++)
			value_setarg(v, i, select_strip(v->arg[i]));
		return;
	case OP_TRUNC:
	case OP_P2I:
	case OP_I2P:
		select_op(f, v, OP_COPY, v->arg[0], NULL, NULL, 0);
		return;
	case OP_CONST:
		select_isconst(v, &c);
		constant(f, v, s, c);
		return;
	case OP_SYMADDR:
	case OP_SLOTADDR:
	case OP_ARGADDR:
		address(f, v, s);
		return;
	case OP_NILCHECK:
		nilcheck(f, v, s);
		return;
	case OP_LOAD:
		if (v->nuse == 0) {
			nilcheck(f, v, s);	/* kept for the fault alone */
			return;
		}
		break;
	case OP_ZERO:
	case OP_MOVE:
		if (v->size == 0)
			value_remove(v);
		else if (v->op == OP_ZERO)
			zero(f, v, s);
		else
			move(f, v, s);
		return;
	case OP_BOUNDS:
	case OP_ZEROCHECK:
	case OP_SHIFTCHECK:
		if (passes(v)) {
			value_remove(v);
			return;
		}
		break;
	case OP_SHL:
	case OP_SHRU:
		if (select_isconst(v->arg[1], &c) && select_unsigned(v->arg[1], c) >= 8 * (uint64_t)value_size(v)) {
			constant(f, v, s, 0);
			return;
		}
		break;
	case OP_MULHS:
	case OP_MULHU:
		if (value_size(v) < 4)
			bug("isel: high half of a narrow product");
		break;
	case OP_F2S:
	case OP_F2U:
	case OP_F2F:
		convertfloat(f, v, s);
		return;
	default:
		break;
	}
	byrow(v, s, ctx);
}

/* ---- blocks ---- */

static void
endblock(Func *f, Block *b, int32_t effects, const Selector *s, void *ctx)
{
	if (b->kind == BK_IF) {
		Value *c = b->ctl, *last = b->last, *fl = value_new(f, b, OP_COPY, VT_VOID, c->pos);
		int cc;

		fl->inl = c->inl;
		fl->num = effects;
		if (c->block != b) {
			fl->pos = last != NULL ? last->pos : b->pos;
			fl->inl = last != NULL ? last->inl : -1;
		}
		fl->nopreempt = last != NULL && last->nopreempt;
		cc = s->branch(ctx, fl, c);
		block_setctl(b, NULL);
		b->ctl = fl;
		b->kind = BK_TARGET;
		b->aux = cc;
	} else if (b->kind == BK_SWITCH) {
		if (vtype_size((VType)b->ctl->type) < 8) {
			Value *z = value1(f, b, OP_ZEXT, VT_I64, b->ctl->pos, b->ctl, 0);

			z->num = effects;
			block_setctl(b, z);
		}
		block_setctl(b, select_strip(b->ctl));
	} else if (b->kind == BK_RET) {
		for (int i = 0; i < f->sig->nresult; i++) {
			Value *r = select_strip(b->ret[i]);

			r->nuse++;
			b->ret[i]->nuse--;
			b->ret[i] = r;
		}
	}
}

static void
block(Func *f, Block *b, const Selector *s, void *ctx)
{
	int32_t effects = 0;

	for (Value *v = b->first; v != NULL; v = v->next) {
		v->num = effects;
		if (v->op < OP_GENERIC_END && op_info[v->op].effect)
			effects++;
	}
	endblock(f, b, effects, s, ctx);
	for (Value *v = b->last, *prev; v != NULL; v = prev) {
		prev = v->prev;
		if (v->op >= OP_TARGET)
			continue;
		if (v->nuse == 0 && !op_info[v->op].effect && !v->mark && v->op != OP_RESULT) {
			value_remove(v);
			continue;
		}
		diag.pos = v->pos;
		value(f, v, s, ctx);
		/* what selection put before v is selected next; v may be gone, then nothing was put */
		if (v->prev != NULL && v->prev->next == v)
			prev = v->prev;
	}
}

void
select_blocks(Func *f, Block **rpo, int n, const Selector *s, void *ctx)
{
	for (int i = n - 1; i >= 0; i--)
		block(f, rpo[i], s, ctx);
}
