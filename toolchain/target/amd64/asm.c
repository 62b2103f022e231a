/*
 * asm.c - the assembler of amd64: registers, frames.
 *
 * A function with a frame saves BP and points it at that place, as all Go code does. Registers are the function's own,
 * g's (R14) and zero's (X15) among them: wrappers around assembly set those again, and the stack check asks for g
 * first.
 *
 * Source: Go internal ABI specification, "ABI0"; https://go.dev/doc/asm, "64-bit Intel 386"
 */
#include "abi/g.h"
#include "abi/stack.h"
#include "target/amd64/asmforms.h"

static const AsmRegs regs[] = {
	{ "AL", AR_AL, 0 },
	{ "CL", AR_CL, 0 },
	{ "DL", AR_DL, 0 },
	{ "BL", AR_BL, 0 },
	{ "SPB", AR_SPB, 0 },
	{ "BPB", AR_BPB, 0 },
	{ "SIB", AR_SIB, 0 },
	{ "DIB", AR_DIB, 0 },
	{ "AH", AR_AH, 0 },
	{ "CH", AR_CH, 0 },
	{ "DH", AR_DH, 0 },
	{ "BH", AR_BH, 0 },
	{ "R8B", AR_R8B, 0 },
	{ "R9B", AR_R8B + 1, 0 },
	{ "R10B", AR_R8B + 2, 0 },
	{ "R11B", AR_R8B + 3, 0 },
	{ "R12B", AR_R8B + 4, 0 },
	{ "R13B", AR_R8B + 5, 0 },
	{ "R14B", AR_R8B + 6, 0 },
	{ "R15B", AR_R8B + 7, 0 },
	{ "AX", AR_AX, 0 },
	{ "CX", AR_CX, 0 },
	{ "DX", AR_DX, 0 },
	{ "BX", AR_BX, 0 },
	{ "SP", AR_SP, 0 },
	{ "BP", AR_BP, 0 },
	{ "SI", AR_SI, 0 },
	{ "DI", AR_DI, 0 },
	{ "R8", AR_R8, 0 },
	{ "R9", AR_R8 + 1, 0 },
	{ "R10", AR_R8 + 2, 0 },
	{ "R11", AR_R8 + 3, 0 },
	{ "R12", AR_R8 + 4, 0 },
	{ "R13", AR_R8 + 5, 0 },
	{ "R14", AR_R14, 0 },
	{ "R15", AR_R15, 0 },
	{ "g", AR_R14, 0 },
	{ "F", AR_F0, 8 },
	{ "M", AR_M0, 8 },
	{ "K", AR_K0, 8 },
	{ "X", AR_X0, 32 },
	{ "Y", AR_Y0, 32 },
	{ "Z", AR_Z0, 32 },
	{ "ES", AR_ES, 0 },
	{ "CS", AR_CS, 0 },
	{ "SS", AR_SS, 0 },
	{ "DS", AR_DS, 0 },
	{ "FS", AR_FS, 0 },
	{ "GS", AR_GS, 0 },
	{ "CR", AR_CR0, 16 },
	{ "DR", AR_DR0, 8 },
	{ "TLS", AR_TLS, 0 },
	{ 0 },
};

bool
amd64_asmis(int op, const char *name)
{
	return op >= AOP_CPU && strcmp(amd64_asminsn(op)->name, name) == 0;
}

static bool
isjump(int op)
{
	const char *name = amd64_asminsn(op)->name;

	return name[0] == 'J' || strcmp(name, "CALL") == 0 || strncmp(name, "LOOP", 4) == 0 ||
	    strcmp(name, "XBEGIN") == 0;
}

static bool
iscall(const AsmInsn *i)
{
	return amd64_asmis(i->op, "CALL");
}

/* ---- making instructions ---- */

static AsmOpd
reg(int r)
{
	return (AsmOpd){ .kind = OPD_REG, .reg = (int16_t)r };
}

static AsmOpd
imm(int64_t v)
{
	return (AsmOpd){ .kind = OPD_IMM, .val = v };
}

static AsmOpd
mem(int base, int64_t off)
{
	return (AsmOpd){ .kind = OPD_MEM, .reg = (int16_t)base, .val = off };
}

static AsmOpd
label(AsmInsn *to)
{
	return (AsmOpd){ .kind = OPD_LABEL, .target = to };
}

static AsmOpd
symbol(ObjSym *s)
{
	return (AsmOpd){ .kind = OPD_MEM, .base = BASE_SB, .sym = s };
}

/* After *at, which moves on. */
static AsmInsn *
insert(AsmFunc *f, AsmInsn **at, const char *name, int nopd, AsmOpd a, AsmOpd b)
{
	AsmInsn *i = asm_insert(f, *at, amd64_asmop(name));

	i->nopd = (uint8_t)nopd;
	i->opd[0] = a;
	i->opd[1] = b;
	*at = i;
	return i;
}

/* i becomes what moves SP down by n bytes: 128 has a short form only with the other sign. */
static void
movesp(AsmInsn *i, int32_t n)
{
	bool sub = (n > 0 && n != 128) || n == -128;

	i->op = (uint16_t)amd64_asmop(sub ? "SUBQ" : "ADDQ");
	i->nopd = 2;
	i->opd[0] = imm(sub ? n : -n);
	i->opd[1] = reg(AR_SP);
	i->spadj = n;
}

/* ---- frames ---- */

/* The stack check, after *at. The code that makes room stands behind the function. */
static void
stackcheck(AsmFunc *f, AsmInsn **at)
{
	const AsmOpd none = { 0 };
	AsmInsn *tail = f->last, *first, *j[2] = { NULL, NULL };
	int64_t size = f->frame;

	/* runtime.loadg sets R14 and X15 and nothing else */
	first = insert(f, at, "CALL", 1, symbol(asm_runtimesym(f, "loadg")), none);
	if (size <= STACK_SMALL) {
		insert(f, at, "CMPQ", 2, reg(AR_SP), mem(AR_R14, G_STACKGUARD));
	} else {
		insert(f, at, "MOVQ", 2, reg(AR_SP), reg(AR_CX));
		insert(f, at, "SUBQ", 2, imm(size - STACK_SMALL), reg(AR_CX));
		if (size >= STACK_BIG)
			j[0] = insert(f, at, "JCS", 1, none, none);
		insert(f, at, "CMPQ", 2, reg(AR_CX), mem(AR_R14, G_STACKGUARD));
	}
	j[1] = insert(f, at, "JLS", 1, none, none);
	insert(f, &tail, "CALL", 1,
	    symbol(asm_runtimesym(f, (f->flags & ATF_NEEDCTXT) != 0 ? "morestack" : "morestack_noctxt")), none);
	tail->pos = f->pos;
	for (int k = 0; k < 2; k++)
		if (j[k] != NULL)
			j[k]->opd[0] = label(tail);
	insert(f, &tail, "JMP", 1, label(first), none);
}

static void
prologue(AsmFunc *f, bool savesbp)
{
	AsmInsn *at = f->first;
	int64_t locals = f->frame - (savesbp ? 8 : 0);

	if ((f->flags & ATF_NOSPLIT) == 0 && !(f->leaf && f->frame < STACK_SMALL))
		stackcheck(f, &at);
	if (savesbp) {
		insert(f, &at, "PUSHQ", 1, reg(AR_BP), (AsmOpd){ 0 })->spadj = 8;
		insert(f, &at, "MOVQ", 2, reg(AR_SP), reg(AR_BP));
	}
	if (locals > 0)
		movesp(asm_insert(f, at, AOP_CPU), (int32_t)locals);
}

/* i returns; it becomes the first instruction that gives the frame back, as labels mean it. */
static AsmInsn *
epilogue(AsmFunc *f, AsmInsn *i, bool savesbp)
{
	int64_t locals = f->frame - (savesbp ? 8 : 0);
	AsmInsn *ret = asm_insert(f, i, i->op);

	if (locals > 0) {
		movesp(i, -(int32_t)locals);
		if (savesbp)
			insert(f, &i, "POPQ", 1, reg(AR_BP), (AsmOpd){ 0 })->spadj = -8;
	} else {
		i->op = (uint16_t)amd64_asmop("POPQ");
		i->nopd = 1;
		i->opd[0] = reg(AR_BP);
		i->spadj = -8;
	}
	/* what follows was jumped to, with the frame in place */
	ret->spadj = (int32_t)f->frame;
	return ret;
}

/* How far i moves SP down, for the instructions whose business that is. */
static int
spadj(const AsmInsn *i)
{
	static const struct {
		char name[8];
		int8_t n;
	} stack[] = { { "PUSHQ", 8 }, { "PUSHFQ", 8 }, { "PUSHW", 2 }, { "PUSHFW", 2 }, { "POPQ", -8 }, { "POPFQ", -8 },
		{ "POPW", -2 }, { "POPFW", -2 } };

	for (size_t k = 0; k < NELEM(stack); k++)
		if (amd64_asmis(i->op, stack[k].name))
			return stack[k].n;
	return 0;
}

/* ADJSP $n is a subtraction that tables know of. */
static void
adjsp(AsmInsn *i)
{
	int64_t n = i->opd[0].val;

	if (i->nopd != 1 || i->opd[0].kind != OPD_IMM || n != (int32_t)n || n == INT32_MIN)
		asm_invalid(i);
	else
		movesp(i, (int32_t)n);
}

/* Constants that instructions take from memory, addresses that LEAQ makes. */
static void
constants(AsmFunc *f, AsmInsn *i)
{
	const char *name = amd64_asminsn(i->op)->name;
	size_t n = strlen(name);
	AsmOpd *o = &i->opd[0];
	float single;

	if (i->nopd == 0)
		return;
	if (o->kind == OPD_FLOAT && n > 2 && name[n - 2] == 'S' && (name[n - 1] == 'D' || name[n - 1] == 'S')) {
		uint64_t bits;

		memcpy(&bits, &o->fval, sizeof bits);
		if (bits == 0 && strncmp(name, "MOVS", 4) == 0 && i->nopd == 2 && i->opd[1].kind == OPD_REG) {
			i->op = (uint16_t)amd64_asmop("XORPS");
			*o = i->opd[1];
			return;
		}
		single = (float)o->fval;
		*o = symbol(name[n - 1] == 'D' ? asm_constsym(f, &o->fval, 8) : asm_constsym(f, &single, 4));
	} else if (o->kind == OPD_ADDR && strcmp(name, "MOVQ") == 0) {
		i->op = (uint16_t)amd64_asmop("LEAQ");
		o->kind = OPD_MEM;
	}
}

static void
framerefs(AsmInsn *i, bool savesbp)
{
	for (int k = 0; k < i->nopd; k++) {
		AsmOpd *o = &i->opd[k];

		if ((o->kind != OPD_MEM && o->kind != OPD_ADDR) || (o->base != BASE_FP && o->base != BASE_SP))
			continue;
		o->val += i->sp + (o->base == BASE_FP ? 8 : savesbp ? -8 : 0);
		if (o->reg != 0 && o->index == 0) {	/* x-8(SP)(AX) */
			o->index = o->reg;
			o->scale = 1;
		}
		o->base = BASE_REG;
		o->reg = AR_SP;
	}
}

static void
frame(AsmFunc *f)
{
	bool savesbp;
	int ret = amd64_asmop("RET");

	if (f->framesize < 0)
		f->framesize = 0;
	if (f->framesize % 8 != 0) {
		diag_error(f->pos, "unaligned stack size %lld", (long long)f->framesize);
		return;
	}
	savesbp = (f->flags & ATF_NOFRAME) == 0 && !(f->framesize == 0 && f->leaf);
	f->frame = f->framesize + (savesbp ? 8 : 0);
	for (AsmInsn *i = f->first; i != NULL; i = i->next) {
		if (i->op < AOP_CPU)
			continue;
		constants(f, i);
		i->spadj = spadj(i);
		if (amd64_asmis(i->op, "ADJSP"))
			adjsp(i);
		if (i->op == ret && f->frame > 0 && i->nopd == 0)
			i = epilogue(f, i, savesbp);
	}
	prologue(f, savesbp);
	asm_spadj(f);
	for (AsmInsn *i = f->first; i != NULL; i = i->next) {
		if (i->op < AOP_CPU)
			continue;
		if (i->op == ret && i->sp != 0)
			asm_bad(i, "unbalanced PUSH/POP");
		framerefs(i, savesbp);
	}
}

/* The manual's recommended sequences of one instruction. */
static void
nops(AsmFunc *f, uint32_t n)
{
	static const uint8_t seq[][9] = { { 0x90 }, { 0x66, 0x90 }, { 0x0F, 0x1F, 0x00 }, { 0x0F, 0x1F, 0x40, 0x00 },
		{ 0x0F, 0x1F, 0x44, 0x00, 0x00 }, { 0x66, 0x0F, 0x1F, 0x44, 0x00, 0x00 },
		{ 0x0F, 0x1F, 0x80, 0, 0, 0, 0 }, { 0x0F, 0x1F, 0x84, 0x00, 0, 0, 0, 0 },
		{ 0x66, 0x0F, 0x1F, 0x84, 0x00, 0, 0, 0, 0 } };

	while (n > 0) {
		uint32_t k = n > 9 ? 9 : n;

		buf_put(&f->code, seq[k - 1], k);
		n -= k;
	}
}

const AsmCpu asm_amd64 = {
	.name = "amd64",
	.regs = regs,
	.dialect = ASM_SCALES | ASM_RANGES,
	.op = amd64_asmop,
	.isjump = isjump,
	.iscall = iscall,
	.frame = frame,
	.encode = amd64_asmencode,
	.nops = nops,
};
