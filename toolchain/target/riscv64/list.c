/*
 * list.c - assembly listing of a function (-S), from the machine operations: for reading, not for assembling.
 */
#include "target/riscv64/riscv64.h"

static const char *const mnemonic[] = {
#define I(name, mn, out, in0, in1, in2, clobber, flags, form, enc) mn,
#include "target/riscv64/insns.def"
#undef I
};

static const char *const ccname[] = {
	[CC_EQ] = "EQ", [CC_NE] = "NE", [CC_LT] = "LT", [CC_GE] = "GE", [CC_LTU] = "LTU", [CC_GEU] = "GEU",
	[CC_FEQ] = "FEQ", [CC_FNE] = "FNE", [CC_FLT] = "FLT", [CC_FNLT] = "FNLT", [CC_FLE] = "FLE", [CC_FNLE] = "FNLE",
};

static const char *
regname(int r)
{
	return r < 0 ? "-" : riscv64_regname[r];
}

static void
memory(FILE *out, const Value *v, int i)
{
	switch (op_am(v)) {
	case AM_SYM:
		fprintf(out, " %s+%lld(SB)", v->sym->name, (long long)v->aux);
		break;
	case AM_SLOT:
		fprintf(out, " %s+%lld(X2)", v->slot->name != NULL ? v->slot->name : "", (long long)(v->aux + v->slot->off));
		break;
	case AM_ARG:
		fprintf(out, " %lld(X2)", (long long)v->aux + 8);
		break;
	default:
		fprintf(out, " %lld(%s)", (long long)v->aux, regname(v->arg[i]->reg));
	}
}

static void
condition(FILE *out, int cc)
{
	fprintf(out, ".%s%s", ccname[cc & 15], cc & CC_SWAP ? " X0," : "");
}

static void
machine(FILE *out, const Value *v)
{
	int n = v->narg - op_nmem(v);

	fprintf(out, "%s", mnemonic[v->op - OP_TARGET]);
	if (v->op >= M_BR && v->op <= M_FSELF)
		condition(out, op_cc(v));
	if (op_w(v) != 0)
		fprintf(out, "%d", 8 * op_w(v));
	if (v->reg >= 0)
		fprintf(out, " %s,", regname(v->reg));
	for (int i = 0; i < n; i++)
		fprintf(out, " %s", regname(v->arg[i]->reg));
	if (op_am(v) != AM_NONE)
		memory(out, v, n);
	else if (v->op == M_MOVC || v->op == M_FMOVC)
		fprintf(out, " $%lld", (long long)v->aux);
	if (op_imm(v) != 0)
		fprintf(out, " $%d", op_imm(v));
}

static void
value(FILE *out, const Value *v)
{
	fprintf(out, "\t%d\t", pos_line(v->pos));
	if (v->op >= OP_TARGET) {
		machine(out, v);
	} else {
		fprintf(out, "%s", op_info[v->op].name);
		if (v->reg >= 0)
			fprintf(out, " %s", regname(v->reg));
		if (v->spill != NULL)
			fprintf(out, " %lld(X2)", (long long)v->spill->off);
		if (v->op == OP_CALL || v->op == OP_TAILCALL)
			fprintf(out, " %s(SB)", v->sym->name);
		for (int i = 0; v->op != OP_RESULT && i < v->narg; i++)
			fprintf(out, " %s", regname(v->arg[i]->reg));
	}
	fputc('\n', out);
}

static void
terminator(FILE *out, const Block *b)
{
	switch (b->kind) {
	case BK_JUMP:
		fprintf(out, "\t\tJMP b%d\n", b->succ.at[0]->id);
		break;
	case BK_TARGET:	/* the comparison is the last value */
		fprintf(out, "\t\tTHEN b%d ELSE b%d\n", b->succ.at[0]->id, b->succ.at[1]->id);
		break;
	case BK_SWITCH:
		fprintf(out, "\t\tJMP table[%s]", regname(b->ctl->reg));
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
riscv64_list(FILE *out, Func *f)
{
	fprintf(out, "%s STEXT size=%llu args=%d locals=%d\n", f->name, (unsigned long long)f->sym->size, f->sig->argsize, f->framesize);
	for (Block *b = f->entry; b != NULL; b = b->next) {
		fprintf(out, "b%d:\n", b->id);
		for (const Value *v = b->first; v != NULL; v = v->next)
			value(out, v);
		terminator(out, b);
	}
	for (size_t i = 0; i < f->sym->data.n; i++)
		fprintf(out, "%s%02x", i % 16 == 0 ? "\n\t" : " ", f->sym->data.p[i]);
	fputc('\n', out);
}
