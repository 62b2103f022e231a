/*
 * asmencode.c - the assembler's instructions to bytes: prefixes, ModRM, SIB, displacement, immediate; jumps.
 *
 * Source: Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, "Instruction Format".
 */
#include "target/amd64/asmforms.h"

/* What the operands of one instruction come to. */
typedef struct {
	const AmdForm *f;
	const AsmOpd *rm;	/* NULL: no ModRM from operands */
	const AsmOpd *imm[2];
	uint8_t immsize[2];
	int nimm;
	int reg, vvvv, is4;	/* numbers; is4 -1: none */
	int low;		/* added to the opcode */
	int mask;		/* EVEX.aaa */
	bool bcst, zero, sae, round;
	uint8_t rounding;
	bool bytereg, high;	/* SPL to DIL or their like: needs REX; AH to BH: must not have it */
} Code;

/* The number of a register as instructions encode it. */
static int
number(int reg)
{
	static const int16_t first[] = { AR_TLS, AR_DR0, AR_CR0, AR_ES, AR_Z0, AR_Y0, AR_X0, AR_K0, AR_M0, AR_F0,
		AR_AX };

	if (reg >= AR_AH && reg <= AR_BH)
		return reg - AR_AH + 4;
	for (size_t i = 0; i < NELEM(first); i++)
		if (reg >= first[i])
			return reg - first[i];
	return reg - AR_AL;
}

static void
immediate(Code *c, const AsmOpd *o, int size)
{
	c->imm[c->nimm] = o;
	c->immsize[c->nimm++] = (uint8_t)size;
}

static void
operand(Code *c, const AsmOpd *o, AmdClass class)
{
	int n = o->kind == OPD_REG || o->kind == OPD_LIST ? number(o->reg) : 0;

	switch (class) {
	case C_EB:
	case C_RB:
	case C_GB:
	case C_ZB:
		if (o->kind == OPD_REG) {
			c->high |= o->reg >= AR_AH && o->reg <= AR_BH;
			c->bytereg |= !(o->reg >= AR_AH && o->reg <= AR_BH) && n >= 4 && n < 8;
		}
		break;
	default:
		break;
	}
	/* clang-format off */
	switch (class) {
	case C_E: case C_M: case C_R: case C_EB: case C_RB: case C_Q: case C_N: case C_W: case C_U: case C_F:
	case C_WX: case C_UX: case C_WY: case C_UY: case C_WZ: case C_UZ: case C_KE: case C_KR: case C_MX: case C_MY: case C_MZ:
		c->rm = o;
		break;
	case C_G: case C_GB: case C_P: case C_V: case C_S: case C_C: case C_D: case C_VX: case C_VY: case C_VZ: case C_KG:
		c->reg = n;
		break;
	case C_SAME:
		c->rm = o;
		c->reg = n;
		break;
	case C_HX: case C_HY: case C_HZ: case C_KH: case C_BG: case C_4X: case C_4Z:
		c->vvvv = n;
		break;
	case C_LX: case C_LY:
		c->is4 = n;
		break;
	case C_Z: case C_ZB:
		c->low = n;
		break;
	case C_I8: case C_IU: case C_IC:
		immediate(c, o, 1);
		break;
	case C_I16:
		immediate(c, o, 2);
		break;
	case C_I32: case C_I32S:
		immediate(c, o, 4);
		break;
	case C_I64:
		immediate(c, o, 8);
		break;
	default:	/* implied */
		break;
	}
	/* clang-format on */
}

static int
base(const Code *c)
{
	return c->rm != NULL && c->rm->kind == OPD_MEM && c->rm->reg != 0 ? number(c->rm->reg) : 0;
}

static int
indexreg(const Code *c)
{
	return c->rm != NULL && c->rm->kind == OPD_MEM && c->rm->index != 0 ? number(c->rm->index) : 0;
}

/* The register in the r/m field, 0 for memory. */
static int
rmreg(const Code *c)
{
	return c->rm != NULL && c->rm->kind == OPD_REG ? number(c->rm->reg) : 0;
}

/* ---- prefixes ---- */

static void
legacy(AsmFunc *f, AsmInsn *i, const Code *c)
{
	const AmdForm *m = c->f;
	unsigned rex = (m->w ? 8u : 0) | (c->reg >= 8 ? 4u : 0) | (indexreg(c) >= 8 ? 2u : 0) |
	    (base(c) >= 8 || rmreg(c) >= 8 || (c->low >= 8) ? 1u : 0);

	if (c->high && (rex != 0 || c->bytereg))
		asm_bad(i, "high byte register cannot be encoded in an instruction that needs a REX prefix: %s",
		    i->text);
	if (m->size16)
		asm_byte(f, 0x66);
	if (m->pp != 0)
		asm_byte(f, m->pp);
	if (rex != 0 || c->bytereg)
		asm_byte(f, 0x40 | rex);
	if (m->map > 0)
		asm_byte(f, 0x0F);
	if (m->map > 1)
		asm_byte(f, m->map == 2 ? 0x38 : 0x3A);
}

static unsigned
ppbits(const AmdForm *m)
{
	return m->pp == 0x66 ? 1 : m->pp == 0xF3 ? 2 : m->pp == 0xF2 ? 3 : 0;
}

static void
vex(AsmFunc *f, const Code *c)
{
	const AmdForm *m = c->f;
	bool r = c->reg >= 8, x = indexreg(c) >= 8, b = base(c) >= 8 || rmreg(c) >= 8;
	unsigned last = (15u - (unsigned)c->vvvv) << 3 | (m->len != 0 ? 4u : 0) | ppbits(m);

	if (!x && !b && !m->w && m->map == 1) {
		asm_byte(f, 0xC5);
		asm_byte(f, (r ? 0 : 0x80u) | last);
		return;
	}
	asm_byte(f, 0xC4);
	asm_byte(f, (r ? 0 : 0x80u) | (x ? 0 : 0x40u) | (b ? 0 : 0x20u) | m->map);
	asm_byte(f, (m->w ? 0x80u : 0) | last);
}

static void
evex(AsmFunc *f, const Code *c)
{
	const AmdForm *m = c->f;
	bool vecindex = c->rm != NULL && c->rm->kind == OPD_MEM && c->rm->index >= AR_X0;
	int rm = rmreg(c), ix = indexreg(c), v = vecindex ? ix & 16 : c->vvvv & 16;
	unsigned len = c->round ? c->rounding : c->sae ? m->len : m->len;

	asm_byte(f, 0x62);
	asm_byte(f,
	    ((c->reg & 8) != 0 ? 0 : 0x80u) | ((ix & 8) != 0 || (rm & 16) != 0 ? 0 : 0x40u) |
	    (base(c) >= 8 || (rm & 8) != 0 ? 0 : 0x20u) | ((c->reg & 16) != 0 ? 0 : 0x10u) | m->map);
	asm_byte(f, (m->w ? 0x80u : 0) | (15u - (c->vvvv & 15u)) << 3 | 4 | ppbits(m));
	asm_byte(f,
	    (c->zero ? 0x80u : 0) | len << 5 | (c->bcst || c->sae || c->round ? 0x10u : 0) | (v != 0 ? 0 : 8u) |
	    (unsigned)c->mask);
}

/* ---- ModRM and what belongs to it ---- */

/* Bytes of the displacement, 0, 1 or 4; *d8 is what an 8-bit one holds. */
static int
dispsize(const Code *c, int64_t d, bool zeroneeded, int *d8)
{
	int n = 1;

	if (c->f->enc == ENC_EVEX)
		n = c->bcst ? c->f->bcst : c->f->disp > 0 ? c->f->disp : 1;
	if (d == 0 && !zeroneeded)
		return 0;
	*d8 = (int)(d / n);
	return d % n == 0 && d / n >= -128 && d / n <= 127 ? 1 : 4;
}

static void
memory(AsmFunc *f, AsmInsn *i, const Code *c)
{
	const AsmOpd *o = c->rm;
	unsigned reg = (unsigned)c->reg & 7, ss = o->scale == 8 ? 3 : o->scale == 4 ? 2 : o->scale == 2 ? 1 : 0;
	int after = 0, d8 = 0, n;
	int b = base(c) & 7;

	bool lea32 = c->f->op == 0x8D && c->f->map == 0 && !c->f->w;	/* its result has no more bits */

	if (o->val != (int32_t)o->val && !(lea32 && o->val == (uint32_t)o->val)) {
		asm_bad(i, "offset too large in %s", i->text);
		return;
	}
	if (o->base == BASE_SB) {
		for (int k = 0; k < c->nimm; k++)
			after += c->immsize[k];
		after += c->is4 >= 0;
		if (o->reg != 0 || o->index != 0) {
			asm_bad(i, "symbol and register in one address cannot be position independent: %s", i->text);
			return;
		}
		asm_byte(f, reg << 3 | 5);
		asm_reloc(f, OBJ_R_PCREL32, o->sym, o->val - 4 - after);
		asm_word(f, 0);
		return;
	}
	if (o->reg == 0) {	/* a number, perhaps with an index */
		asm_byte(f, reg << 3 | 4);
		asm_byte(f, ss << 6 | (o->index != 0 ? ((unsigned)indexreg(c) & 7) << 3 : 0x20) | 5);
		asm_word(f, (uint32_t)o->val);
		return;
	}
	n = dispsize(c, (int32_t)o->val, b == 5, &d8);
	asm_byte(f, (n == 0 ? 0 : n == 1 ? 0x40u : 0x80u) | reg << 3 | (o->index != 0 || b == 4 ? 4 : (unsigned)b));
	if (o->index != 0 || b == 4)
		asm_byte(f, ss << 6 | (o->index != 0 ? ((unsigned)indexreg(c) & 7) << 3 : 0x20) | (unsigned)b);
	if (n == 1)
		asm_byte(f, (unsigned)d8 & 255);
	else if (n == 4)
		asm_word(f, (uint32_t)o->val);
}

/* ---- the whole ---- */

static void
put(AsmFunc *f, AsmInsn *i, const Code *c)
{
	const AmdForm *m = c->f;

	if (m->enc == ENC_LEGACY)
		legacy(f, i, c);
	else if (m->enc == ENC_VEX)
		vex(f, c);
	else
		evex(f, c);
	asm_byte(f, (unsigned)m->op + (m->nop2 != 0 ? 0 : (unsigned)c->low & 7));
	if (m->nop2 != 0)
		asm_byte(f, (unsigned)m->op2 + ((unsigned)c->low & 7));
	if (c->rm != NULL && c->rm->kind == OPD_REG)
		asm_byte(f, 0xC0 | ((unsigned)c->reg & 7) << 3 | ((unsigned)rmreg(c) & 7));
	else if (c->rm != NULL)
		memory(f, i, c);
	if (c->is4 >= 0)
		asm_byte(f, (unsigned)c->is4 << 4);
	for (int k = 0; k < c->nimm; k++)
		for (int b = 0; b < c->immsize[k]; b++)
			asm_byte(f, (unsigned)((uint64_t)c->imm[k]->val >> 8 * b) & 255);
}

/* ".BCST.Z" and the like. false: there is no such suffix. */
static bool
suffixes(const char *s, Code *c)
{
	static const char *const round[] = { ".RN_SAE", ".RD_SAE", ".RU_SAE", ".RZ_SAE" };

	while (s != NULL && *s != '\0') {
		size_t n = strcspn(s + 1, ".") + 1;
		bool known = false;

		for (unsigned k = 0; k < NELEM(round); k++)
			if (strlen(round[k]) == n && strncmp(s, round[k], n) == 0) {
				known = c->round = true;
				c->rounding = (uint8_t)k;
			}
		if (n == 2 && s[1] == 'Z')
			known = c->zero = true;
		else if (n == 5 && strncmp(s, ".BCST", n) == 0)
			known = c->bcst = true;
		else if (n == 4 && strncmp(s, ".SAE", n) == 0)
			known = c->sae = true;
		if (!known)
			return false;
		s += n;
	}
	return true;
}

/* Whether form m fits all of i; then *c is what is to be put. */
static bool
match(const AsmInsn *i, const AmdForm *m, Code *c)
{
	int n = i->nopd, maskat = -1;

	*c = (Code){ .f = m, .is4 = -1, .reg = m->digit >= 0 ? m->digit : 0 };
	if (!suffixes(i->suffix, c))
		return false;
	if (n == m->nopd + 1 && m->enc == ENC_EVEX && m->mask) {
		/* the mask stands before the destination */
		maskat = n - 2;
		if (i->opd[maskat].kind != OPD_REG || i->opd[maskat].reg <= AR_K0 || i->opd[maskat].reg > AR_K0 + 7)
			return false;
		c->mask = i->opd[maskat].reg - AR_K0;
		n--;
	}
	if (n != m->nopd || (m->needmask && maskat < 0) || (c->zero && (!m->zero || maskat < 0)) ||
	    (c->bcst && m->bcst == 0) || (c->sae && !m->sae) || (c->round && !m->round) ||
	    c->bcst + c->sae + c->round > 1)
		return false;
	for (int k = 0; k < n; k++)
		if (!amd64_asmfits(&i->opd[k + (maskat >= 0 && k >= maskat)], (AmdClass)m->opd[k], m))
			return false;
	for (int k = 0; k < n; k++)
		operand(c, &i->opd[k + (maskat >= 0 && k >= maskat)], (AmdClass)m->opd[k]);
	if ((c->bcst && (c->rm == NULL || c->rm->kind != OPD_MEM)) ||
	    ((c->sae || c->round) && (c->rm == NULL || c->rm->kind != OPD_REG)))
		return false;
	return true;
}

/* ---- jumps ---- */

/* m has a label: a short form, and a long one if its opcode is a conditional jump's or JMP's; or a long one only. */
static void
jump(AsmFunc *f, AsmInsn *i, const AmdForm *m)
{
	const AsmInsn *to = i->opd[i->nopd - 1].target;
	bool cond = (m->op & 0xF0) == 0x70, onlylong = m->op == 0xE8 || m->nop2 != 0;
	int64_t d = asm_distance(f, to);
	int n = onlylong ? 5 + (m->nop2 != 0) : cond ? 6 : 5;

	if (!onlylong && i->form == 0 && (d == 0 || (d - 2 >= -128 && d - 2 <= 127))) {
		asm_byte(f, m->op);
		asm_byte(f, (unsigned)(d - 2) & 255);
		return;
	}
	if (!onlylong && !cond && m->op != 0xEB) {
		asm_bad(i, "branch too far in %s", i->text);
		return;
	}
	i->form = 1;
	if (cond)
		asm_byte(f, 0x0F);
	asm_byte(f, cond ? m->op + 0x10u : m->op == 0xEB ? 0xE9u : m->op);
	if (m->nop2 != 0)
		asm_byte(f, m->op2);
	asm_word(f, (uint32_t)(d - n));
}

static void
branch(AsmFunc *f, unsigned op, const AsmOpd *o)
{
	asm_byte(f, op);
	asm_reloc(f, OBJ_R_CALL, o->sym, o->val - 4);
	asm_word(f, 0);
}

/* BYTE and its like, NOP. false: another instruction. */
static bool
data(AsmFunc *f, AsmInsn *i, const char *name)
{
	static const struct {
		char name[5];
		int8_t n;
	} size[] = { { "BYTE", 1 }, { "WORD", 2 }, { "LONG", 4 }, { "QUAD", 8 } };

	if (strcmp(name, "NOP") == 0)
		return true;
	for (size_t k = 0; k < NELEM(size); k++) {
		if (strcmp(name, size[k].name) != 0)
			continue;
		if (i->nopd != 1 || i->opd[0].kind != OPD_IMM)
			asm_invalid(i);
		for (int b = 0; b < size[k].n; b++)
			asm_byte(f, (unsigned)((uint64_t)i->opd[0].val >> 8 * b) & 255);
		return true;
	}
	return false;
}

void
amd64_asmencode(AsmFunc *f, AsmInsn *i)
{
	const AmdInsn *in = amd64_asminsn(i->op);
	const AsmOpd *last = &i->opd[i->nopd > 0 ? i->nopd - 1 : 0];
	bool call = strcmp(in->name, "CALL") == 0, jmp = strcmp(in->name, "JMP") == 0;
	Code c;

	if (data(f, i, in->name))
		return;
	if (i->nopd == 1 && (call || jmp) && last->kind == OPD_MEM && last->base == BASE_SB && !last->indirect &&
	    last->reg == 0 && last->index == 0) {
		branch(f, call ? 0xE8 : 0xE9, last);
		return;
	}
	for (int k = 0; k < i->nopd; k++)
		if (i->opd[k].indirect && !call && !jmp) {
			asm_invalid(i);
			return;
		}
	for (int k = 0; k < in->forms.n; k++) {
		const AmdForm *m = &in->forms.at[k];

		if (!match(i, m, &c))
			continue;
		if (m->nopd > 0 && m->opd[m->nopd - 1] == C_J)
			jump(f, i, m);
		else
			put(f, i, &c);
		return;
	}
	asm_invalid(i);
}
