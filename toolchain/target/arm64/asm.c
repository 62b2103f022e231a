/*
 * asm.c - the assembler of arm64: registers, frames.
 *
 * The return address is at SP, the frame is a multiple of 16 bytes: where nothing but the return address is in it, there is a word above.
 * There is no frame pointer: R29 is a register like others.
 *
 * Source: https://go.dev/doc/asm, "ARM64"
 */
#include "abi/g.h"
#include "abi/stack.h"
#include "target/arm64/asmforms.h"

/* clang-format off */
static const AsmRegs regs[] = {
	{ "R18", 0, 0 }, { "R28", 0, 0 }, { "R18_PLATFORM", AR_R0 + 18, 0 }, { "g", AR_G, 0 }, { "LR", AR_LINK, 0 }, { "ZR", AR_ZR, 0 },
	{ "RSP", AR_SP, 0 }, { "R", AR_R0, 31 }, { "F", AR_F0, 32 }, { "V", AR_V0, 32 },
	{ 0 },
};
/* clang-format on */

static bool
isjump(int op)
{
	const ArmForm *form = &arm64_asminsn(op)->forms.at[0];

	return form->how == JUMP || form->how == BRANCH19 || form->how == BRANCH14 || form->how == LABELADDRESS ||
	    form->how == LABELPAGE;
}

static bool
iscall(const AsmInsn *i)
{
	return arm64_asmis(i->op, "CALL") || arm64_asmis(i->op, "BL");
}

/* ---- frames ---- */

static AsmInsn *
insert(AsmFunc *f, AsmInsn **at, const char *name, AsmOpd a, AsmOpd b, AsmOpd c)
{
	return asm_insertop(f, at, arm64_asmop(name), a, b, c);
}

static AsmInsn *
become(AsmInsn *i, const char *name, AsmOpd a, AsmOpd b)
{
	i->op = (uint16_t)arm64_asmop(name);
	i->opd[0] = a;
	i->opd[1] = b;
	i->nopd = 2;
	return i;
}

/* The stack check, after *at. The code that makes room stands behind the function. */
static void
stackcheck(AsmFunc *f, AsmInsn **at)
{
	const AsmOpd none = { 0 }, sp = asm_opdreg(AR_SP), r16 = asm_opdreg(AR_R16), r17 = asm_opdreg(AR_R17);
	AsmInsn *tail = f->last, *first, *j[2] = { NULL, NULL };
	int64_t size = f->frame;

	first = insert(f, at, "MOVD", asm_opdmem(AR_G, G_STACKGUARD), r16, none);
	if (size > STACK_SMALL) {
		insert(f, at, "MOVD", asm_opdimm(size - STACK_SMALL), r17, none);
		insert(f, at, "SUBS", r17, sp, r17);
	}
	if (size >= STACK_BIG)
		j[0] = insert(f, at, "BLO", none, none, none);
	insert(f, at, "CMP", r16, size > STACK_SMALL ? r17 : sp, none);
	j[1] = insert(f, at, "BLS", none, none, none);
	insert(f, &tail, "MOVD", asm_opdreg(AR_LINK), asm_opdreg(AR_R3), none);
	tail->pos = f->pos;
	for (int k = 0; k < 2; k++)
		if (j[k] != NULL) {
			j[k]->opd[0] = asm_opdlabel(tail);
			j[k]->nopd = 1;
		}
	insert(f, &tail, "CALL",
	    asm_opdsym(asm_runtimesym(f, (f->flags & ATF_NEEDCTXT) != 0 ? "morestack" : "morestack_noctxt")), none,
	    none);
	insert(f, &tail, "JMP", asm_opdlabel(first), none, none);
}

/* The return address is at SP as soon as SP has moved. */
static void
prologue(AsmFunc *f)
{
	const AsmOpd none = { 0 }, sp = asm_opdreg(AR_SP), link = asm_opdreg(AR_LINK), r16 = asm_opdreg(AR_R16);
	AsmInsn *at = f->first, *i;

	if (f->frame == 0)
		return;
	if ((f->flags & ATF_NOSPLIT) == 0 && !(f->leaf && f->frame < STACK_SMALL))
		stackcheck(f, &at);
	if (f->frame <= 256) {
		i = insert(f, &at, "MOVD", link, asm_opdmem(AR_SP, -f->frame), none);
		i->suffix = intern_str(".W");
	} else {
		insert(f, &at, "SUB", asm_opdimm(f->frame), sp, r16);
		insert(f, &at, "MOVD", link, asm_opdmem(AR_R16, 0), none);
		i = insert(f, &at, "MOVD", r16, sp, none);
	}
	i->spadj = (int32_t)f->frame;
}

/* i returns; it becomes the first instruction that gives the frame back, as labels mean it. */
static AsmInsn *
epilogue(AsmFunc *f, AsmInsn *i)
{
	const AsmOpd none = { 0 }, link = asm_opdreg(AR_LINK);
	AsmInsn *ret = i, *last = i;
	AsmOpd to = i->nopd > 0 ? i->opd[0] : none;

	if (f->frame > 255)
		last = insert(f, &ret, "ADD", asm_opdimm(f->frame), asm_opdreg(AR_SP), none);
	insert(f, &ret, "RET", to, none, none)->spadj = (int32_t)f->frame;
	become(i, "MOVD", asm_opdmem(AR_SP, last == i ? f->frame : 0), link);
	if (last == i)
		i->suffix = intern_str(".P");
	last->spadj = -(int32_t)f->frame;
	return ret;
}

/* How far i moves SP down: an access that changes its base, or an addition of a constant. */
static int32_t
spadj(const AsmInsn *i)
{
	const AsmOpd *o = i->opd;
	bool sub = arm64_asmis(i->op, "SUB");

	if (i->suffix != NULL) {
		for (int k = 0; k < i->nopd; k++)
			if (o[k].kind == OPD_MEM && o[k].base == BASE_REG && o[k].reg == AR_SP && o[k].index == 0 &&
			    o[k].val == (int16_t)o[k].val)
				return (int32_t)-o[k].val;
		return 0;
	}
	if (i->nopd < 2 || !(sub || arm64_asmis(i->op, "ADD")) || o[0].kind != OPD_IMM || o[0].val != (int32_t)o[0].val)
		return 0;
	for (int k = 1; k < i->nopd; k++)
		if (o[k].kind != OPD_REG || o[k].reg != AR_SP)
			return 0;
	return (int32_t)(sub ? o[0].val : -o[0].val);
}

/* An access cannot change FP or SP, so that no form may fit one that has a suffix. */
static void
forbidpseudo(AsmInsn *i)
{
	for (int k = 0; k < i->nopd; k++)
		if (i->opd[k].kind == OPD_MEM && (i->opd[k].base == BASE_FP || i->opd[k].base == BASE_SP))
			i->opd[k].kind = OPD_NONE;
}

static void
frame(AsmFunc *f)
{
	int64_t above = 0;
	int ret = arm64_asmop("RET");

	if (!asm_linkframe(f))
		return;
	if (f->frame % 16 == 8) {
		f->frame += 8;
		above = 8;
	}
	if (f->frame % 16 != 0) {
		diag_error(f->pos, "unaligned frame size %lld - must be 16 aligned", (long long)f->frame - 8);
		return;
	}
	for (AsmInsn *i = f->first; i != NULL; i = i->next) {
		if (i->op < AOP_CPU)
			continue;
		if (i->suffix != NULL)
			forbidpseudo(i);
		i->spadj = spadj(i);
		asm_linkopds(f, i, AR_SP, above);
		if (i->op == ret && f->frame > 0)
			i = epilogue(f, i);
	}
	prologue(f);
}

static void
nops(AsmFunc *f, uint32_t n)
{
	for (; n >= 4; n -= 4)
		asm_word(f, 0xD503201F);
}

const AsmCpu asm_arm64 = {
	.name = "arm64",
	.regs = regs,
	.dialect = ASM_SHIFTS,
	.op = arm64_asmop,
	.isjump = isjump,
	.iscall = iscall,
	.special = arm64_asmspecial,
	.frame = frame,
	.encode = arm64_asmencode,
	.nops = nops,
};
