/*
 * list.c - machine operations of amd64 in listings (-S).
 */
#include "target/amd64/amd64.h"

static const char *const mnemonic[] = {
#define I(name, mn, out, in0, in1, in2, clobber, flags, form, enc) mn,
#include "target/amd64/insns.def"
#undef I
};

static const char *const ccname[] = { "O", "NO", "B", "AE", "E", "NE", "BE", "A", "S", "NS", "P", "NP", "L", "GE", "LE",
	"G", "FE", "FNE" };

static void
memory(FILE *out, const Value *v, int i)
{
	int n = op_nmem(v);

	switch (op_am(v)) {
	case AM_SYM:
		fprintf(out, " %s+%lld(SB)", v->sym->name, (long long)v->aux);
		return;
	case AM_SLOT:
	case AM_SLOTX:
		fprintf(out, " %s+%lld(SP)", v->slot->name != NULL ? v->slot->name : "",
		    (long long)(v->aux + v->slot->off));
		break;
	case AM_ARG:
		fprintf(out, " %lld(SP)", (long long)v->aux);
		return;
	default:
		fprintf(out, " %lld", (long long)v->aux);
	}
	for (int k = 0; k < n; k++) {
		bool index = k == 1 || op_am(v) == AM_SLOTX;

		fprintf(out, "(%s%s%.0d)", list_reg(&targ_amd64, v->arg[i + k]->reg), index ? "*" : "",
		    index ? 1 << op_scale(v) : 0);
	}
}

void
amd64_listinsn(FILE *out, const Value *v)
{
	int k = v->op - OP_TARGET, n = v->narg - op_nmem(v);

	fprintf(out, "%s", mnemonic[k]);
	if (amd64_insns[k].flagsin)
		fprintf(out, "%s", ccname[op_cc(v)]);
	if (op_w(v) != 0)
		fprintf(out, "%c", op_w(v) == 1 ? 'B' : op_w(v) == 2 ? 'W' : op_w(v) == 4 ? 'L' : 'Q');
	list_args(out, &targ_amd64, v, n);
	if (op_am(v) != AM_NONE)
		memory(out, v, n);
	else if (v->op == M_MOVC || v->op == M_FMOVC)
		fprintf(out, " $%lld", (long long)v->aux);
	if (op_imm(v) != 0)
		fprintf(out, " $%d", op_imm(v));
}

const char *
amd64_listbranch(int cc)
{
	return intern_printf("J%s", ccname[cc]);
}
