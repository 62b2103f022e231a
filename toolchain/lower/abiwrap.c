/*
 * abiwrap.c - functions that Go and assembly call in each other.
 *
 * Go calls by registers (ABIInternal, symbol X); most assembly takes its
 * arguments on the stack (ABI0, symbol X.abi0). The file that the assembler's
 * -gensymabis makes says what assembly defines and refers to; each function
 * that is called by the convention it is not written in gets a wrapper here.
 */
#include "abi/funcdata.h"
#include "lower/build.h"

enum { DEFABI0 = 1, DEFINTERNAL = 2, REFABI0 = 4, REFINTERNAL = 8 };

static Map *abis;	/* symbol -> bits */

void
lower_abis(const char *file)
{
	Bytes b;
	int line = 1;

	abis = map_new(perm);
	if (file == NULL)
		return;
	if (!file_trymap(file, &b))
		fatal("-symabis: %s:", file);
	for (const char *p = (const char *)b.p, *stop = p + b.n; p < stop; line++) {
		const char *nl = memchr(p, '\n', (size_t)(stop - p)), *end = nl != NULL ? nl : stop;
		char verb[8], sym[1024], abi[32];
		char text[1100];
		uintptr_t bits;

		snprintf(text, sizeof text, "%.*s", (int)(end - p), p);
		p = end + 1;
		if (text[0] == '\0' || text[0] == '#')
			continue;
		if (sscanf(text, "%7s %1023s %31s", verb, sym, abi) != 3)
			fatal("%s:%d: invalid line", file, line);
		if (strcmp(verb, "def") == 0)
			bits = strcmp(abi, "ABI0") == 0 ? DEFABI0 : DEFINTERNAL;
		else if (strcmp(verb, "ref") == 0)
			bits = strcmp(abi, "ABI0") == 0 ? REFABI0 : REFINTERNAL;
		else
			fatal("%s:%d: invalid verb \"%s\"", file, line, verb);
		if (strncmp(sym, "\"\".", 3) == 0) {
			const char *rest = sym + 3;
			char full[2048];

			snprintf(full, sizeof full, "%s.%s", lw.pkg != NULL ? lower_pkgprefix(lw.pkg) : "", rest);
			map_set(abis, intern_str(full), (void *)(bits | (uintptr_t)map_get(abis, intern_str(full))));
		} else
			map_set(abis, intern_str(sym), (void *)(bits | (uintptr_t)map_get(abis, intern_str(sym))));
	}
}

/* Calls the stack convention's function with the parameters. */
static void
callabi0(void *ctx, Opd *params)
{
	Obj *fn = ctx;
	Type *sig = obj_type(fn);
	const LowerSig *ls = lower_sig0(sig->fn.recv != NULL ? obj_type(sig->fn.recv) : NULL, sig);
	Opd *out = NEWN(bd->a, Opd, ls->nresult + 1);
	Value *call;

	for (int i = 0; i < ls->nparam; i++)
		if (params[i].lt->gc.size > 0) {
			Value *p = bd_emit(OP_ARGADDR, VT_PTR, ls->param[i].stackoff);

			p->nonnil = true;
			bd_store(p, 0, params[i]);
		}
	call = bd_emit(OP_CALL, VT_VOID, 0);
	call->sig = ls->sig;
	call->sym = lower_funcsym(intern_printf("%s.abi0", lower_funcname(fn, NULL, 0)));
	if (bd->f->outargs < ls->sig->argsize + ls->sig->spillsize)
		bd->f->outargs = ls->sig->argsize + ls->sig->spillsize;
	for (int i = 0; i < ls->nresult; i++) {
		Value *p;

		if (lower_gctype(ls->rtype[i])->size == 0) {
			out[i] = bd_zero(ls->rtype[i]);
			continue;
		}
		p = bd_emit(OP_ARGADDR, VT_PTR, ls->result[i].stackoff);
		p->nonnil = true;
		out[i] = bd_hold(bd_load(ls->rtype[i], p, 0));
	}
	bd_ret(out, ls->nresult);
}

/* The stack convention's function: calls the ordinary one. */
static void
callinternal(void *ctx, Opd *params)
{
	Obj *fn = ctx;
	Type *sig = obj_type(fn);
	Callee cl = { .kind = CALLEE_STATIC, .fn = fn, .sig = sig };
	OpdVec out = { 0 };
	int n = sig->fn.params->tuple.vars.n;

	bd->f->sym->flags |= SYMF_NOSPLIT;
	/* assembly may call memmove where its frame must not be scanned */
	bd->f->nosplit = true;
	bd->f->nostops = true;

	if (sig->fn.recv != NULL) {
		cl.hasrecv = true;
		cl.recvtype = obj_type(sig->fn.recv);
		cl.recv = params[0];
		params++;
	}
	bd_docall(&cl, params, n, &out);
	bd_ret(out.at, out.n);
}

/*
 * What the linker tells the runtime of the arguments of a function in assembly: X.args_stackmap is a StackMap without locals, whose argmap is
 * that of the parameters, and callargmap has the results, too.
 */
static void
argsmap(const char *name, const LowerSig *ls)
{
	ObjSym *s = obj_define(lw.o, intern_printf("%s.args_stackmap", name), SYM_RODATA, 0, 4);
	uint32_t nargs = (uint32_t)(ls->sig->argsize / lw.target->ptrsize), nbytes = (nargs + 7) / 8;
	StackMap h = { .nargs = nargs, .argmap = sizeof(StackMap), .callargmap = (uint32_t)sizeof(StackMap) + nbytes };
	uint8_t *all = NEWN(lw.a, uint8_t, nbytes + 1);

	memcpy(all, ls->sig->argptrs, nbytes);
	for (int i = 0; i < ls->nresult; i++)
		lower_ptrmask(ls->rtype[i], ls->result[i].stackoff, all);
	buf_put(&s->data, &h, sizeof h);
	buf_put(&s->data, ls->sig->argptrs, nbytes);
	buf_put(&s->data, all, nbytes);
	buf_align(&s->data, 4);
	s->size = s->data.n;
}

void
lower_abiwrappers(void)
{
	for (int i = 0; i < lw.checked->funcs.n; i++) {
		const Decl *d = lw.checked->funcs.at[i];
		Obj *fn = d->func.name->name.obj;
		Type *sig, *recv;
		const char *name;
		uintptr_t bits;

		if (fn == NULL || (map_len(abis) == 0 && fn->linkname == NULL))
			continue;
		sig = obj_type(fn);
		if (sig->fn.tparams.n > 0 || sig->fn.recvtparams.n > 0)
			continue;
		recv = sig->fn.recv != NULL ? obj_type(sig->fn.recv) : NULL;
		name = lower_funcname(fn, NULL, 0);
		bits = (uintptr_t)map_get(abis, name);
		if (d->func.body == NULL && (bits & DEFABI0) != 0 && (bits & DEFINTERNAL) == 0) {
			argsmap(name, lower_sig0(recv, sig));
			bd_synthetic(name, lower_sig(recv, sig), false, true, callabi0, fn);
			bd_noescape(d, fn);	/* the declaration's word, not what the wrapper looks like */
		} else if ((bits & DEFABI0) == 0 && ((bits & REFABI0) != 0 || fn->linkname != NULL)) {
			/* with a linkname, assembly of any package may mean it; and so may several packages that declare it */
			bd_synthetic(intern_printf("%s.abi0", name), lower_sig0(recv, sig), fn->linkname != NULL, true,
			    callinternal, fn);
		}
	}
}
