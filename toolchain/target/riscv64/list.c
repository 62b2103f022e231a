/*
 * list.c - machine operations of riscv64 in listings (-S).
 */
#include "target/riscv64/riscv64.h"

static const char *const mnemonic[] = {
#define I(name, mn, out, in0, in1, in2, clobber, flags, form, enc) mn,
#include "target/riscv64/insns.def"
#undef I
};

/* clang-format off */
static const char *const ccname[] = {
	[CC_EQ] = "EQ", [CC_NE] = "NE", [CC_LT] = "LT", [CC_GE] = "GE", [CC_LTU] = "LTU", [CC_GEU] = "GEU",
	[CC_FEQ] = "FEQ", [CC_FNE] = "FNE", [CC_FLT] = "FLT", [CC_FNLT] = "FNLT", [CC_FLE] = "FLE", [CC_FNLE] = "FNLE",
};
/* clang-format on */

static void
memory(FILE *out, const Value *v, int i)
{
	switch (op_am(v)) {
	case AM_SYM:
		fprintf(out, " %s+%lld(SB)", v->sym->name, (long long)v->aux);
		break;
	case AM_SLOT:
		fprintf(out, " %s+%lld(X2)", v->slot->name != NULL ? v->slot->name : "",
		    (long long)(v->aux + v->slot->off));
		break;
	case AM_ARG:
		fprintf(out, " %lld(X2)", (long long)v->aux + 8);
		break;
	default:
		fprintf(out, " %lld(%s)", (long long)v->aux, list_reg(&targ_riscv64, v->arg[i]->reg));
	}
}

static void
condition(FILE *out, int cc)
{
	fprintf(out, ".%s%s", ccname[cc & 15], cc & CC_SWAP ? " X0," : "");
}

void
riscv64_listinsn(FILE *out, const Value *v)
{
	int n = v->narg - op_nmem(v);

	fprintf(out, "%s", mnemonic[v->op - OP_TARGET]);
	if (v->op >= M_BR && v->op <= M_FSELF)
		condition(out, op_cc(v));
	if (op_w(v) != 0)
		fprintf(out, "%d", 8 * op_w(v));
	list_args(out, &targ_riscv64, v, n);
	if (op_am(v) != AM_NONE)
		memory(out, v, n);
	else if (v->op == M_MOVC || v->op == M_FMOVC)
		fprintf(out, " $%lld", (long long)v->aux);
	if (op_imm(v) != 0)
		fprintf(out, " $%d", op_imm(v));
}

/* The comparison is the last value. */
const char *
riscv64_listbranch(int cc)
{
	(void)cc;
	return "THEN";
}
