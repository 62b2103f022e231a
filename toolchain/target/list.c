/*
 * list.c - assembly listing of a function (-S), from the machine operations: for reading, not for assembling.
 */
#include "target/machine.h"

static const char *
regname(const Target *t, int r)
{
	return r < 0 ? "-" : t->reg[r].name;
}

static void
memory(FILE *out, const Target *t, const Value *v)
{
	int i = v->narg - op_nmem(v);
	bool index = op_am(v) == AM_INDEX || op_am(v) == AM_SLOTX;

	switch (op_am(v)) {
	case AM_SYM:
		fprintf(out, " %s+%lld(SB)", v->sym->name, (long long)v->aux);
		break;
	case AM_SLOT:
	case AM_SLOTX:
		fprintf(out, " %s+%lld(%s)", v->slot->name != NULL ? v->slot->name : "",
		    (long long)v->aux + v->slot->off, regname(t, t->sp));
		break;
	case AM_ARG:
		fprintf(out, " %lld(%s)", (long long)v->aux + t->linkarea, regname(t, t->sp));
		break;
	default:
		fprintf(out, " %lld(%s)", (long long)v->aux, regname(t, v->arg[i]->reg));
	}
	if (index)
		fprintf(out, "(%s%s<<%d)", regname(t, v->arg[v->narg - 1]->reg),
		    op_ext(v) == EXT_S32       ? ".S32" :
			op_ext(v) == EXT_U32 ? ".U32" :
						 "",
		    op_scale(v));
}

static void
insn(FILE *out, const Target *t, const Value *v)
{
	const Insn *in = &t->insn[v->op - OP_TARGET];
	int w = op_w(v);

	fprintf(out, "%s%s", in->mnemonic, in->cond ? t->cond[op_cc(v)] : "");
	if (w != 0)
		fprintf(out, "%c", t->widths[w == 1 ? 0 : w == 2 ? 1 : w == 4 ? 2 : 3]);
	if (v->reg >= 0)
		fprintf(out, " %s,", regname(t, v->reg));
	for (int i = 0; i < v->narg - op_nmem(v); i++)
		fprintf(out, " %s", regname(t, v->arg[i]->reg));
	if (op_am(v) != AM_NONE)
		memory(out, t, v);
	else if (v->aux != 0 || (in->remat && in->out != 0))
		fprintf(out, " $%lld", (long long)v->aux);
	if (op_imm(v) != 0)
		fprintf(out, op_imm(v) == (int16_t)op_imm(v) ? " $%d" : " $%#x", op_imm(v));
}

/* What is left of the generic operations: calls, moves of the allocator, places where values come in. */
static void
generic(FILE *out, const Target *t, const Value *v)
{
	fprintf(out, "%s", op_info[v->op].name);
	if (v->reg >= 0)
		fprintf(out, " %s", regname(t, v->reg));
	if (v->spill != NULL)
		fprintf(out, " %lld(%s)", (long long)v->spill->off, regname(t, t->sp));
	if (v->op == OP_CALL || v->op == OP_TAILCALL)
		fprintf(out, " %s(SB)", v->sym->name);
	for (int i = 0; v->op != OP_RESULT && i < v->narg; i++)
		fprintf(out, " %s", regname(t, v->arg[i]->reg));
}

static void
terminator(FILE *out, const Target *t, const Block *b)
{
	switch (b->kind) {
	case BK_JUMP:
		fprintf(out, "\t\tJMP b%d\n", b->succ.at[0]->id);
		break;
	case BK_TARGET:
		fprintf(out, "\t\t%s%s b%d, b%d\n", t->branch, t->cond[b->aux], b->succ.at[0]->id, b->succ.at[1]->id);
		break;
	case BK_SWITCH:
		fprintf(out, "\t\tJMP table[%s]", regname(t, b->ctl->reg));
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
				insn(out, t, v);
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
