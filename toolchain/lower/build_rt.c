/*
 * build_rt.c - calls of runtime functions, whose signatures are rtcalls.def.
 *
 * A call here takes and gives flattened components; where each goes is decided per Go
 * parameter like any other call's, so a string that finds no two registers goes to the
 * stack whole.
 */
#include "lower/build.h"

typedef struct {
	const char *name, *params, *results, *escape;
	LowerSig *sig;
	ObjSym *sym;
} RtCall;

static RtCall calls[] = {
#define R(name, params, results, escape) { #name, params, results, escape, NULL, NULL },
#include "lower/rtcalls.def"
#undef R
};
static Map *byname;

static Type *
lettertype(char c)
{
	/* clang-format off */
	switch (c) {
	case 'p': return typ[T_UNSAFEPTR];
	case 'i': return typ[T_UINTPTR];
	case 'q': return typ[T_UINT64];
	case 'w': return typ[T_UINT32];
	case 'h': return typ[T_UINT16];
	case 'b': return typ[T_UINT8];
	case 's': return typ[T_STRING];
	case 'l': {
		static Type *bytes;

		if (bytes == NULL)
			bytes = type_slice(typ[T_UINT8]);
		return bytes;
	}
	/* clang-format on */
	case 'e':
		return type_any;
	case 'd':
		return typ[T_FLOAT64];
	case 'c':
		return typ[T_COMPLEX128];
	}
	bug("rtcalls.def: letter %c", c);
}

static Type *
tuple(const char *letters)
{
	int n = (int)strlen(letters);
	Obj **v = NEWN(perm, Obj *, n + 1);

	for (int i = 0; i < n; i++)
		v[i] = obj_new(OBJ_VAR, 0, NULL, intern_str("_"), lettertype(letters[i]));
	return type_tuple(v, n);
}

static RtCall *
find(const char *name)
{
	RtCall *r;

	if (byname == NULL) {
		byname = map_new(perm);
		for (size_t i = 0; i < NELEM(calls); i++)
			map_set(byname, intern_str(calls[i].name), &calls[i]);
	}
	r = map_get(byname, intern_str(name));
	if (r == NULL)
		bug("lower: runtime.%s is not in rtcalls.def", name);
	if (r->sig == NULL)
		r->sig = (LowerSig *)lower_sig(NULL, type_func(tuple(r->params), tuple(r->results), false));
	return r;
}

const LowerSig *
lower_rtsig(const char *name)
{
	return find(name)->sig;
}

/* Escape tags of a runtime function by linker name, per register component; NULL: not one of ours. */
const uint16_t *
rt_escape(const char *symname, int *n)
{
	static Map *tags;	/* name -> uint16_t *, count first */
	uint16_t *t;

	if (tags == NULL) {
		tags = map_new(perm);
		for (size_t i = 0; i < NELEM(calls); i++) {
			RtCall *r = find(calls[i].name);

			t = NEWN(perm, uint16_t, r->sig->sig->nparam + 2);
			t[0] = (uint16_t)r->sig->sig->nparam;
			for (int k = 0; k < r->sig->nparam; k++)
				for (int j = 0; j < r->sig->param[k].n; j++) {
					char c = r->escape[k];

					t[1 + r->sig->param[k].first + j] = c == '!' ? ESC_HEAP | ESC_CONTENT :
					    c == 'c'                                 ? ESC_CONTENT :
					    c == 'r'                                 ? ESC_RESULT0 :
										       0;
				}
			map_set(tags, intern_printf("runtime.%s", r->name), t);
		}
	}
	t = map_get(tags, symname);
	if (t == NULL)
		return NULL;
	*n = t[0];
	return t + 1;
}

void
bd_callsym(ObjSym *sym, const LowerSig *ls, Value **args, Value **results)
{
	Value *call, *regs[64];
	int nreg = 0, k = 0;

	for (int i = 0; i < ls->nparam; i++) {
		const LowerType *lt = lower_type(ls->ptype[i]);

		if (ls->param[i].inregs)
			for (int j = 0; j < lt->ncomp; j++)
				regs[nreg++] = args[k++];
		else
			for (int j = 0; j < lt->ncomp; j++, k++) {
				Value *p = bd_emit(OP_ARGADDR, VT_PTR, ls->param[i].stackoff + lt->comp[j].off);
				Value *st = bd_emit2(OP_STORE, VT_VOID, p, args[k], 0);

				st->size = vtype_size(lt->comp[j].type);
			}
	}
	call = bd_emit(OP_CALL, VT_VOID, 0);
	call->sym = sym;
	call->sig = ls->sig;
	for (int i = 0; i < nreg; i++)
		value_addarg(bd->f, call, regs[i]);
	if (bd->f->outargs < ls->sig->argsize + ls->sig->spillsize)
		bd->f->outargs = ls->sig->argsize + ls->sig->spillsize;
	if (results == NULL)
		return;
	k = 0;
	for (int i = 0; i < ls->nresult; i++) {
		const LowerType *lt = lower_type(ls->rtype[i]);

		for (int j = 0; j < lt->ncomp; j++, k++)
			if (ls->result[i].inregs) {
				results[k] = bd_emit1(OP_RESULT, lt->comp[j].type, call, ls->result[i].first + j);
				results[k]->islen = lt->comp[j].len;
			}
	}
	k = 0;
	for (int i = 0; i < ls->nresult; i++) {
		const LowerType *lt = lower_type(ls->rtype[i]);

		for (int j = 0; j < lt->ncomp; j++, k++)
			if (!ls->result[i].inregs) {
				Value *p = bd_emit(OP_ARGADDR, VT_PTR, ls->result[i].stackoff + lt->comp[j].off);

				results[k] = bd_emit1(OP_LOAD, lt->comp[j].type, p, 0);
			}
	}
}

void
bd_rt(const char *name, Value **args, Value **results)
{
	RtCall *r = find(name);

	bd_callsym(lower_rt(name), r->sig, args, results);
}

Value *
bd_rt1(const char *name, int n, ...)
{
	Value *args[16], *results[8] = { NULL };
	va_list ap;

	va_start(ap, n);
	for (int i = 0; i < n; i++)
		args[i] = va_arg(ap, Value *);
	va_end(ap);
	bd_rt(name, args, find(name)->results[0] != '\0' ? results : NULL);
	return results[0];
}

ObjSym *
bd_rtvar(const char *name)
{
	return lower_rt(name);
}
