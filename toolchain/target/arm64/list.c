/*
 * list.c - machine operations of arm64 in listings (-S).
 */
#include "target/arm64/arm64.h"

static const char *const mnemonic[] = {
#define I(name, mn, out, in0, in1, in2, clobber, flags, form, enc) mn,
#include "target/arm64/insns.def"
#undef I
};

static const char *const ccname[] = { "EQ", "NE", "HS", "LO", "MI", "PL", "VS", "VC", "HI", "LS", "GE", "LT", "GT",
	"LE", "AL" };

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
		fprintf(out, " %s+%lld(RSP)", v->slot->name != NULL ? v->slot->name : "",
		    (long long)(v->aux + v->slot->off));
		break;
	case AM_ARG:
		fprintf(out, " %lld(RSP)", (long long)v->aux);
		return;
	default:
		fprintf(out, " %lld", (long long)v->aux);
	}
	for (int k = 0; k < n; k++) {
		bool index = k == 1 || op_am(v) == AM_SLOTX;

		fprintf(out, "(%s%s", list_reg(&targ_arm64, v->arg[i + k]->reg),
		    index && op_ext(v) != EXT_NONE ? (op_ext(v) == EXT_S32 ? ".SXTW" : ".UXTW") : "");
		if (index && op_scale(v) != 0)
			fprintf(out, "<<%d", op_scale(v));
		fputc(')', out);
	}
}

void
arm64_listinsn(FILE *out, const Value *v)
{
	int k = v->op - OP_TARGET, n = v->narg - op_nmem(v);

	fprintf(out, "%s", mnemonic[k]);
	if (arm64_insns[k].flagsin)
		fprintf(out, "%s", ccname[op_cc(v)]);
	if (op_w(v) != 0)
		fprintf(out, "%c", op_w(v) == 1 ? 'B' : op_w(v) == 2 ? 'W' : op_w(v) == 4 ? 'L' : 'Q');
	list_args(out, &targ_arm64, v, n);
	if (op_am(v) != AM_NONE)
		memory(out, v, n);
	else if (v->aux != 0 || v->op == M_MOVC || v->op == M_FMOVC)
		fprintf(out, " $%lld", (long long)v->aux);
	if (op_imm(v) != 0)
		fprintf(out, " $%#x", (unsigned)op_imm(v));
}

const char *
arm64_listbranch(int cc)
{
	return intern_printf("B%s", ccname[cc]);
}
