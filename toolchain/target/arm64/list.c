/*
 * list.c - assembly listing of a function (-S), from the machine operations: for reading, not for assembling.
 */
#include "target/arm64/arm64.h"

static const char *const mnemonic[] = {
#define I(name, mn, out, in0, in1, in2, clobber, flags, form, enc) mn,
#include "target/arm64/insns.def"
#undef I
};

static const char *const ccname[] = { "EQ", "NE", "HS", "LO", "MI", "PL", "VS", "VC", "HI", "LS", "GE", "LT", "GT", "LE", "AL" };

static const char *
regname(int r)
{
	return r < 0 ? "-" : arm64_regname[r];
}

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
		fprintf(out, " %s+%lld(SP)", v->slot->name != NULL ? v->slot->name : "", (long long)(v->aux + v->slot->off));
		break;
	case AM_ARG:
		fprintf(out, " %lld(SP)", (long long)v->aux);
		return;
	default:
		fprintf(out, " %lld", (long long)v->aux);
	}
	for (int k = 0; k < n; k++) {
		bool index = k == 1 || op_am(v) == AM_SLOTX;

		fprintf(out, "(%s%s", regname(v->arg[i + k]->reg), index && op_ext(v) != EXT_NONE ? (op_ext(v) == EXT_S32 ? ".SXTW" : ".UXTW") : "");
		if (index && op_scale(v) != 0)
			fprintf(out, "<<%d", op_scale(v));
		fputc(')', out);
	}
}

static void
value(FILE *out, const Value *v)
{
	int n = v->narg;

	fprintf(out, "\t%d\t", pos_line(v->pos));
	if (v->op < OP_TARGET) {
		fprintf(out, "%s", op_info[v->op].name);
		if (v->reg >= 0)
			fprintf(out, " %s", regname(v->reg));
		if (v->spill != NULL)
			fprintf(out, " %lld(SP)", (long long)v->spill->off);
		if (v->op == OP_CALL || v->op == OP_TAILCALL)
			fprintf(out, " %s(SB)", v->sym->name);
		if (v->op != OP_RESULT)
			for (int i = 0; i < n; i++)
				fprintf(out, " %s", regname(v->arg[i]->reg));
	} else {
		int k = v->op - OP_TARGET;

		fprintf(out, "%s", mnemonic[k]);
		if (arm64_insns[k].flagsin)
			fprintf(out, "%s", ccname[op_cc(v)]);
		if (op_w(v) != 0)
			fprintf(out, "%c", op_w(v) == 1 ? 'B' : op_w(v) == 2 ? 'W' : op_w(v) == 4 ? 'L' : 'Q');
		n -= op_nmem(v);
		if (v->reg >= 0)
			fprintf(out, " %s,", regname(v->reg));
		for (int i = 0; i < n; i++)
			fprintf(out, " %s", regname(v->arg[i]->reg));
		if (op_am(v) != AM_NONE)
			memory(out, v, n);
		else if (v->aux != 0 || v->op == M_MOVC || v->op == M_FMOVC)
			fprintf(out, " $%lld", (long long)v->aux);
		if (op_imm(v) != 0)
			fprintf(out, " $%#x", (unsigned)op_imm(v));
	}
	fputc('\n', out);
}

void
arm64_list(FILE *out, Func *f)
{
	fprintf(out, "%s STEXT size=%llu args=%d locals=%d\n", f->name, (unsigned long long)f->sym->size, f->sig->argsize, f->framesize);
	for (Block *b = f->entry; b != NULL; b = b->next) {
		fprintf(out, "b%d:\n", b->id);
		for (const Value *v = b->first; v != NULL; v = v->next)
			value(out, v);
		switch (b->kind) {
		case BK_JUMP:
			fprintf(out, "\t\tJMP b%d\n", b->succ.at[0]->id);
			break;
		case BK_TARGET:
			fprintf(out, "\t\tB%s b%d, b%d\n", ccname[b->aux], b->succ.at[0]->id, b->succ.at[1]->id);
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
	for (size_t i = 0; i + 3 < f->sym->data.n; i += 4) {
		const uint8_t *p = f->sym->data.p + i;

		fprintf(out, "%s%02x%02x%02x%02x", i % 32 == 0 ? "\n\t" : " ", p[3], p[2], p[1], p[0]);
	}
	fputc('\n', out);
}
