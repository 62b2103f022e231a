/*
 * print.c - the text form of a function. parse.c reads it back.
 *
 *   func main.f (PTR I64) (I64)
 *   slot s0 16 8 1 name		size, alignment, hex pointer mask (least bit first word), name
 *   b0:
 *     v1 PTR = PARAM 0
 *     v2 I64 = CONST 5
 *     v3 I64 = LOAD v1 8
 *     v4 VOID = STORE v1 v2 16 barrier
 *     v5 VOID = CALL v2 @main.g (I64) (I64)
 *     if v3 b1 b2
 */
#include "ssa/ssa.h"
#include "target/target.h"

static const char *const vtype_name[VT_COUNT] = { "VOID", "I8", "I16", "I32", "I64", "PTR", "F32", "F64", "V128" };

static void
print_locs(FILE *out, const ArgLoc *loc, int n)
{
	fputc('(', out);
	for (int i = 0; i < n; i++)
		fprintf(out, "%s%s", i > 0 ? " " : "", vtype_name[loc[i].type]);
	fputc(')', out);
}

static const char *
op_name(const Func *f, const Value *v)
{
	if (v->op < OP_GENERIC_END)
		return op_info[v->op].name;
	return f->target->insn[v->op - OP_TARGET].name;
}

/* Whether the sym-or-slot word of v is a slot. */
static bool
hasslot(const Value *v)
{
	return v->op == OP_SLOTADDR;
}

static void
print_value(FILE *out, const Func *f, const Value *v)
{
	fprintf(out, "\tv%d %s = %s", v->id, vtype_name[v->type], op_name(f, v));
	for (int i = 0; i < v->narg; i++)
		if (v->arg[i] == NULL)
			fprintf(out, " nil");
		else
			fprintf(out, " v%d", v->arg[i]->id);
	if (v->op < OP_GENERIC_END && hasslot(v) && v->slot != NULL)
		fprintf(out, " s%d", v->slot->id);
	else if (v->op < OP_GENERIC_END && v->sym != NULL)
		fprintf(out, " @%s", v->sym->name);
	if (v->aux != 0 || v->op == OP_CONST || v->op == OP_FCONST || v->op == OP_PARAM || v->op == OP_RESULT)
		fprintf(out, " %lld", (long long)v->aux);
	if (v->op == OP_ZERO || v->op == OP_MOVE)
		fprintf(out, " size=%lld", (long long)v->size);
	if (v->gctype != NULL)
		fprintf(out, " type=%s", v->gctype->name != NULL ? v->gctype->name : "?");
	if (v->barrier)
		fprintf(out, " barrier");
	if (v->islen)
		fprintf(out, " islen");
	if (v->nonnil)
		fprintf(out, " nonnil");
	if (v->bounded)
		fprintf(out, " bounded");
	if (v->sig != NULL) {
		fputc(' ', out);
		print_locs(out, v->sig->param, v->sig->nparam);
		fputc(' ', out);
		print_locs(out, v->sig->result, v->sig->nresult);
	}
	if (v->reg >= 0)
		fprintf(out, " : %s", f->target->reg[v->reg].name);
	if (v->spill != NULL)
		fprintf(out, " spill s%d", v->spill->id);
	fputc('\n', out);
}

static void
print_block(FILE *out, const Func *f, const Block *b)
{
	fprintf(out, "b%d:%s", b->id, b->cold ? " cold" : "");
	if (b->pred.n > 0) {
		fprintf(out, "\t; from");
		for (int i = 0; i < b->pred.n; i++)
			fprintf(out, " b%d", b->pred.at[i]->id);
	}
	fputc('\n', out);
	for (const Value *v = b->phis; v != NULL; v = v->next)
		print_value(out, f, v);
	for (const Value *v = b->first; v != NULL; v = v->next)
		print_value(out, f, v);
	switch (b->kind) {
	case BK_JUMP:
		fprintf(out, "\tjump");
		break;
	case BK_IF:
		fprintf(out, "\tif v%d%s", b->ctl->id, b->likely > 0 ? " likely" : b->likely < 0 ? " unlikely" : "");
		break;
	case BK_SWITCH:
		fprintf(out, "\tswitch v%d", b->ctl->id);
		break;
	case BK_RET:
		fprintf(out, "\tret");
		for (int i = 0; i < f->sig->nresult; i++)
			fprintf(out, " v%d", b->ret[i]->id);
		break;
	case BK_EXIT:
		fprintf(out, "\texit");
		break;
	case BK_TARGET:
		fprintf(out, "\tbranch %lld", (long long)b->aux);
		if (b->ctl != NULL)
			fprintf(out, " v%d", b->ctl->id);
		break;
	}
	for (int i = 0; i < b->succ.n; i++)
		fprintf(out, " b%d", b->succ.at[i]->id);
	fputc('\n', out);
}

void
ssa_print(FILE *out, Func *f)
{
	fprintf(out, "func %s ", f->name);
	print_locs(out, f->sig->param, f->sig->nparam);
	fputc(' ', out);
	print_locs(out, f->sig->result, f->sig->nresult);
	fputc('\n', out);
	for (const Slot *s = f->slots; s != NULL; s = s->next) {
		unsigned long long mask = 0;

		if (s->type.ptrmask != NULL)
			for (int i = 0; i < s->type.ptrbytes / f->target->ptrsize && i < 64; i++)
				mask |= (unsigned long long)(s->type.ptrmask[i / 8] >> i % 8 & 1) << i;
		fprintf(out, "slot s%d %lld %d %llx %s%s\n", s->id, (long long)s->type.size, s->type.align, mask,
		    s->name != NULL ? s->name : "_",
		    s->isparam     ? " param" :
			s->isspill ? " spill" :
			s->live    ? " live" :
				     "");
	}
	for (const Block *b = f->entry; b != NULL; b = b->next)
		print_block(out, f, b);
}
