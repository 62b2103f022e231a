/*
 * list.c - assembly listing of a function (-S), from the machine operations: for reading, not for assembling.
 */
#include "target/target.h"

const char *
list_reg(const Target *t, int r)
{
	return r < 0 ? "-" : t->reg[r].name;
}

void
list_args(FILE *out, const Target *t, const Value *v, int n)
{
	if (v->reg >= 0)
		fprintf(out, " %s,", list_reg(t, v->reg));
	for (int i = 0; i < n; i++)
		fprintf(out, " %s", list_reg(t, v->arg[i]->reg));
}

/* What is left of the generic operations: calls, moves of the allocator, places where values come in. */
static void
generic(FILE *out, const Target *t, const Value *v)
{
	fprintf(out, "%s", op_info[v->op].name);
	if (v->reg >= 0)
		fprintf(out, " %s", list_reg(t, v->reg));
	if (v->spill != NULL)
		fprintf(out, " %lld(%s)", (long long)v->spill->off, list_reg(t, t->sp));
	if (v->op == OP_CALL || v->op == OP_TAILCALL)
		fprintf(out, " %s(SB)", v->sym->name);
	for (int i = 0; v->op != OP_RESULT && i < v->narg; i++)
		fprintf(out, " %s", list_reg(t, v->arg[i]->reg));
}

static void
terminator(FILE *out, const Target *t, const Block *b)
{
	switch (b->kind) {
	case BK_JUMP:
		fprintf(out, "\t\tJMP b%d\n", b->succ.at[0]->id);
		break;
	case BK_TARGET:
		fprintf(out, "\t\t%s b%d, b%d\n", t->listbranch((int)b->aux), b->succ.at[0]->id, b->succ.at[1]->id);
		break;
	case BK_SWITCH:
		fprintf(out, "\t\tJMP table[%s]", list_reg(t, b->ctl->reg));
		for (int i = 0; i < b->succ.n; i++)
			fprintf(out, " b%d", b->succ.at[i]->id);
		fputc('\n', out);
		break;
	case BK_RET:
		fprintf(out, "\t\tRET\n");
		break;
	default:
		break;
	}
}

void
list_func(FILE *out, const Func *f)
{
	const Target *t = f->target;

	fprintf(out, "%s STEXT size=%llu args=%d locals=%d\n", f->name, (unsigned long long)f->sym->size,
	    f->sig->argsize, f->framesize);
	for (const Block *b = f->entry; b != NULL; b = b->next) {
		fprintf(out, "b%d:\n", b->id);
		for (const Value *v = b->first; v != NULL; v = v->next) {
			fprintf(out, "\t%d\t", pos_line(v->pos));
			if (v->op >= OP_TARGET)
				t->listinsn(out, v);
			else
				generic(out, t, v);
			fputc('\n', out);
		}
		terminator(out, t, b);
	}
	for (size_t i = 0; i < f->sym->data.n; i++)
		fprintf(out, "%s%02x", i % 16 == 0 ? "\n\t" : " ", f->sym->data.p[i]);
	fputc('\n', out);
}
