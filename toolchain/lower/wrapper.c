/*
 * wrapper.c - methods in the form descriptors and itabs need them.
 *
 * A method table wants code that takes the receiver as its type says (Tfn) and
 * code that takes the data word of an interface (Ifn). The declared method
 * serves where it fits; for promoted methods, value methods called through a
 * pointer, and methods of embedded interfaces a wrapper is made, DUPOK, named
 * like a method of the outer type.
 *
 * A pointer-shaped type's value is its own data word and travels in the same
 * register or stack word as a pointer, so its Ifn and Tfn are one.
 */
#include "lower/build.h"

typedef struct {
	Type *recv;
	const MethodSel *m;
	const char *name;
	const LowerSig *sig;
} Wrapper;
static Vec(Wrapper) wrappers;
static int nmade;
static Map *wrappernames;

static bool
ptrrecv(const Obj *m)
{
	return m->origin != NULL ? m->origin->ptrrecv : m->ptrrecv;
}

/* A method's type without its receiver. */
static Type *
bare(Type *fn)
{
	return fn->fn.recv == NULL ? fn : type_func(fn->fn.params, fn->fn.results, fn->variadic);
}

static void
ifacecallee(Opd x, Obj *m, Callee *cl)
{
	const ObjVec *im = &type_typeset(type_under(x.t))->methods;
	int i = 0;

	while (i < im->n && !obj_sameid(im->at[i], m->pkg, m->name))
		i++;
	if (i == im->n)
		bug("wrapper: %s has no method %s", type_string(x.t, NULL), m->name);
	cl->kind = CALLEE_IFACE;
	cl->sig = bare(obj_type(im->at[i]));
	cl->recvtype = typ[T_UNSAFEPTR];
	cl->code = bd_emit1(OP_LOAD, VT_PTR, bd_nilcheck(x.c[0]), lower_itabslot(x.t, im->at[i]));
	cl->data = x.c[1];
	if (bd->f->sym != NULL)
		obj_reloc(bd->f->sym, 0, OBJ_R_USEIFACEMETHOD, lower_desc(x.t), lower_imethodoff(x.t, i));
}

static void
buildwrapper(void *ctx, Opd *params)
{
	const Wrapper *w = ctx;
	const MethodSel *m = w->m;
	Obj *fn = m->fn;
	Opd x = params[0];
	Type *t = w->recv;	/* of what we stand at: x, or the memory at addr + off */
	Value *addr = NULL;
	int64_t off = 0;
	OpdVec out = { 0 };
	Callee cl = { 0 };

	if (m->path.n <= 1) {
		/* (*T).M of a value method: gc's message for a nil pointer names the method */
		Block *isnil = bd_block(), *ok = bd_block();

		bd_if(bd_emit2(OP_EQ, VT_I8, x.c[0], bd_nil(), 0), isnil, ok, -1);
		bd_sealstart(isnil);
		bd_rt("panicwrap", NULL, NULL);
		bd_exit();
		bd_sealstart(ok);
	}
	for (int i = 0; i < m->path.n - 1; i++) {
		Type *u = type_under(t);

		if (u->kind == T_PTR) {
			if (addr != NULL)
				x = bd_load(t, addr, off);
			addr = bd_nilcheck(x.c[0]);
			off = 0;
			u = type_under(u->elem);
		}
		if (addr != NULL)
			off += type_offset(u, m->path.at[i]);
		else
			x = bd_field(x, m->path.at[i]);
		t = obj_type(u->st.fields.at[m->path.at[i]]);
	}
	if (type_isinterface(t)) {
		ifacecallee(addr != NULL ? bd_load(t, addr, off) : x, fn, &cl);
	} else {
		Type *u = type_under(t);

		bd_method(t, fn, &cl);
		if (ptrrecv(fn) == (t->kind == T_PTR))
			cl.recv = addr != NULL ? bd_load(t, addr, off) : x;
		else if (ptrrecv(fn)) {
			if (addr == NULL)
				bug("wrapper: %s needs an address", w->name);
			cl.recv = bd_opd1(type_ptr(t), bd_addptr(addr, off));
		} else {
			if (addr != NULL)
				x = bd_load(t, addr, off);
			cl.recv = bd_load(u->elem, bd_nilcheck(x.c[0]), 0);
		}
	}
	bd_docall(&cl, params + 1, w->sig->nparam - 1, &out);
	bd_ret(out.at, out.n);
}

bool
lower_flushwrappers(void)
{
	int before = nmade;

	while (nmade < wrappers.n) {
		Wrapper *w = NEW(perm, Wrapper);

		*w = wrappers.at[nmade++];
		bd_synthetic(w->name, w->sig, true, true, buildwrapper, w);
	}
	return nmade > before;
}

ObjSym *
lower_methodcode(Type *recv, const MethodSel *m, bool ifn)
{
	Type *base;
	bool isptr;
	const char *name;
	Wrapper w;

	recv = type_canon(recv);
	if (ifn && recv->kind != T_PTR && !lower_type(recv)->direct)
		recv = type_canon(type_ptr(recv));
	isptr = recv->kind == T_PTR;
	base = isptr ? recv->elem : recv;
	if (m->path.n <= 1 && base->kind == T_NAMED && ptrrecv(m->fn) == isptr) {
		if (base->named.targs.n > 0)
			return bd_code(m->fn->origin != NULL ? m->fn->origin : m->fn, base->named.targs.at,
			    base->named.targs.n);
		return lower_funcsym(lower_funcname(m->fn, NULL, 0));
	}
	name = lower_methodname(recv, m->fn);
	if (lower_ownedelsewhere(recv))
		return lower_funcsym(name);
	if (wrappernames == NULL)
		wrappernames = map_new(perm);
	if (!map_has(wrappernames, name)) {
		map_set(wrappernames, name, (void *)name);
		w.recv = recv;
		w.m = m;
		w.name = name;
		w.sig = lower_sig(recv, bare(obj_type(m->fn)));
		vec_push(perm, &wrappers, w);
	}
	return lower_funcsym(name);
}
