/*
 * report.c - what -m says: which functions can be inlined, which calls were,
 * which objects escape to the heap, which parameters leak.
 *
 * Objects are noted where they are made, with their source text; what escape
 * analysis decided is asked for after the optimizer has run. Words and
 * positions are gc's.
 */
#include "lower/build.h"

typedef struct {
	Value *v;
	Pos pos;
	const char *text;
	bool isvar;
} Note;

typedef struct Notes {
	Vec(Note) list;
	const Body *body;
	const LowerSig *sig;
} Notes;

static Notes *
notes(Func *f)
{
	if (f->lower == NULL)
		f->lower = NEW(f->a, Notes);
	return f->lower;
}

/* What was inlined is reported at the call in the function itself. */
static Pos
outermost(Pos pos)
{
	int32_t i = bd->ctx != NULL ? bd->ctx->inl : -1;

	for (; i >= 0; i = bd->f->inltree.at[i].parent)
		pos = bd->f->inltree.at[i].pos;
	return pos;
}

static void
note(Value *v, Pos pos, const char *text, bool isvar)
{
	Note n = { v, outermost(pos), text, isvar };

	vec_push(bd->f->a, &notes(bd->f)->list, n);
}

void
report_object(Value *v, Pos pos, const char *text)
{
	if (ssa_opt.m > 0 && v->op != OP_SYMADDR)
		note(v, pos, text, false);
}

/* The syntax printer writes {…} where gc's messages of this kind have {...}. */
const char *
report_text(const Expr *e)
{
	Buf b = { 0 };
	const char *s = expr_string(e), *r;

	for (const char *p = s; *p != '\0'; p++)
		if (strncmp(p, "…", 3) == 0) {
			buf_str(&b, "...");
			p += 2;
		} else
			buf_byte(&b, (uint8_t)*p);
	r = intern((const char *)b.p, b.n);
	buf_free(&b);
	return r;
}

void
report_expr(Value *v, const Expr *e)
{
	if (ssa_opt.m > 0 && e != NULL)
		report_object(v, e->pos, e->kind == EX_FUNCLIT ? "func literal" : report_text(e));
}

void
report_variable(Value *v, const Obj *o)
{
	if (ssa_opt.m > 0 && o != NULL && o->name[0] != '.')
		note(v, o->pos, o->name, true);
}

void
report_function(const Body *b, const LowerSig *sig)
{
	if (ssa_opt.m > 0) {
		notes(bd->f)->body = b;
		notes(bd->f)->sig = sig;
	}
}

static void
least(uint8_t *level, uint8_t n)
{
	if (n != 0 && (*level == 0 || n < *level))
		*level = n;
}

/* How a parameter leaks: its components together, to each of the results. */
static void
parameter(const Func *f, const Notes *n, const Obj *o, const AbiParam *p)
{
	Type *sig = n->body->fn != NULL ? obj_type(n->body->fn) : NULL;
	ParamLeak leak = { 0 };
	bool ptrs = false, warned = false;

	for (int i = 0; i < p->n; i++)
		if (f->sig->param[p->first + i].type == VT_PTR) {
			const ParamLeak *l = &f->paramleak[p->first + i];

			ptrs = true;
			least(&leak.heap, l->heap);
			for (int k = 0; k < ESC_NRESULT; k++)
				least(&leak.result[k], l->result[k]);
		}
	if (!ptrs || o == NULL || o->name[0] == '\0' || strcmp(o->name, "_") == 0)
		return;
	if (leak.heap > 0) {
		diag_note(o->pos, leak.heap == 1 ? "leaking param: %s" : "leaking param content: %s", o->name);
		warned = true;
	}
	for (int i = 0; sig != NULL && i < n->sig->nresult; i++) {
		const AbiParam *r = &n->sig->result[i];
		const char *name = sig->fn.results->tuple.vars.at[i]->name;
		uint8_t level = 0;

		for (int k = r->first; k < r->first + r->n && k < ESC_NRESULT; k++)
			least(&level, leak.result[k]);
		if (level == 0 || (leak.heap > 0 && leak.heap <= level))
			continue;
		if (name == NULL || name[0] == '\0' || strcmp(name, "_") == 0)
			name = intern_printf("~r%d", i);
		diag_note(o->pos, "leaking param: %s to result %s level=%d", o->name, name, level - 1);
		warned = true;
	}
	if (!warned)
		diag_note(o->pos, "%s does not escape", o->name);
}

static void
fields(const Func *f, const Notes *n, const FieldVec *fs, int *k)
{
	for (int i = 0; i < fs->n; i++, (*k)++) {
		const Expr *name = fs->at[i]->name;

		if (*k < n->sig->nparam && n->sig->param[*k].inregs)
			parameter(f, n, name != NULL ? name->name.obj : NULL, &n->sig->param[*k]);
	}
}

/* After the optimizer: escape analysis has marked what goes to the heap. */
void
report_escapes(const Func *f)
{
	const Notes *n = f->lower;

	if (ssa_opt.m == 0 || n == NULL)
		return;
	for (int i = 0; i < n->list.n; i++) {
		const Note *x = &n->list.at[i];
		bool heap = x->v->notstack || x->v->op == OP_RESULT;	/* what a call gives was made by the runtime */

		if (x->isvar && heap)
			diag_note(x->pos, "moved to heap: %s", x->text);
		else if (!x->isvar)
			diag_note(x->pos, heap ? "%s escapes to heap" : "%s does not escape", x->text);
	}
	if (n->body != NULL && n->body->decl != NULL && n->body->decl->kind == DE_FUNC && n->body->lit == NULL &&
	    n->body->range == NULL && f->paramleak != NULL && n->body->ntparams == 0) {
		const Decl *d = n->body->decl;
		int k = 0;

		if (d->func.recv != NULL) {
			FieldVec one = { .at = &(Field *){ d->func.recv }, .n = 1 };

			fields(f, n, &one, &k);
		}
		fields(f, n, &d->func.type->functype.params, &k);
	}
}

/* ---- inlining ---- */

static const char *
functionname(Obj *fn)
{
	const Type *t = obj_type(fn);
	const char *pkg = fn->pkg != lw.pkg && fn->pkg != NULL ? intern_printf("%s.", fn->pkg->name) : "";

	if (t->fn.recv != NULL) {
		bool wasptr;
		Type *b = type_deref(obj_type(t->fn.recv), &wasptr);
		const char *name = b->kind == T_NAMED ? b->named.obj->name : type_string(b, lw.pkg);

		return wasptr ? intern_printf("%s(*%s).%s", pkg, name, fn->name) :
				intern_printf("%s%s.%s", pkg, name, fn->name);
	}
	return intern_printf("%s%s", pkg, fn->name);
}

void
report_inlined(Pos pos, Obj *fn)
{
	pos = outermost(pos);
	if (ssa_opt.m > 0 && pos != 0)	/* not in wrappers */
		diag_note(pos, "inlining call to %s", functionname(fn));
}

/* reason: why not, or NULL */
void
report_inlinable(Obj *fn, Pos pos, int cost, const char *reason)
{
	if (reason == NULL && ssa_opt.m > 1)
		diag_note(pos, "can inline %s with cost %d as: %s { ... }", functionname(fn), cost,
		    type_signaturestring("func", obj_type(fn), false));
	else if (reason == NULL && ssa_opt.m > 0)
		diag_note(pos, "can inline %s", functionname(fn));
	else if (reason != NULL && ssa_opt.m > 1)
		diag_note(pos, "cannot inline %s: %s", functionname(fn), reason);
}
