/*
 * asminsn.c - the assembler's instructions of arm64: from rows to forms, found by mnemonic; which operands fit, and where they go.
 */
#include "target/arm64/asmforms.h"

typedef struct {
	const char *name, *sizes, *opds;
	uint32_t bits;
	uint16_t arrs;
	uint8_t how;
} Row;

static const Row rows[] = {
#define I(name, sizes, opds, bits, how) { name, sizes, opds, bits, 0, how },
#define V(name, opds, bits, arrs, how) { name, "", opds, bits, arrs, how },
#include "target/arm64/asm.def"
#undef I
#undef V
};

/* clang-format off */
static const struct {
	char letter;
	char suffix[2];
	uint32_t bits;
} sizes[] = {
	{ 'x', "", 1u << 31 }, { 'n', "", 1u << 31 | 1 << 22 }, { 'w', "W", 0 }, { 's', "S", 0 }, { 'd', "D", 1 << 22 }, { 'B', "B", 0 },
	{ 'H', "H", 1 << 30 }, { 'W', "W", 2u << 30 }, { 'D', "D", 3u << 30 }, { 'X', "", 3u << 30 },
};
/* clang-format on */

static Vec(ArmInsn) insns;
static Map *byname;		/* mnemonic -> its place in insns + 1 */

static void
add(const Row *r, const char *suffix, uint32_t bits)
{
	const char *key = intern_printf("%s%s", r->name, suffix);
	uintptr_t at = (uintptr_t)map_get(byname, key);

	if (at == 0) {
		vec_push(perm, &insns, ((ArmInsn){ .name = key }));
		at = (uintptr_t)insns.n;
		map_set(byname, key, (void *)at);
	}
	vec_push(perm, &insns.at[at - 1].forms, ((ArmForm){ r->opds, r->bits | bits, r->arrs, r->how }));
}

static void
build(void)
{
	byname = map_new(perm);
	for (size_t i = 0; i < NELEM(rows); i++) {
		if (rows[i].sizes[0] == '\0')
			add(&rows[i], "", 0);
		for (const char *s = rows[i].sizes; *s != '\0'; s++)
			for (size_t k = 0; k < NELEM(sizes); k++)
				if (sizes[k].letter == *s)
					add(&rows[i], sizes[k].suffix, sizes[k].bits);
	}
}

int
arm64_asmop(const char *word)
{
	uintptr_t at;

	if (byname == NULL)
		build();
	at = (uintptr_t)map_get(byname, intern_str(word));
	return at == 0 ? 0 : AOP_CPU - 1 + (int)at;
}

const ArmInsn *
arm64_asminsn(int op)
{
	return &insns.at[op - AOP_CPU];
}

/* ---- words that are operands ---- */

static const struct {
	const char *name;
	int32_t val;
} specials[] = {
#define FIELDS(op1, crn, crm, op2) ((op1) << 16 | (crn) << 12 | (crm) << 8 | (op2) << 5)
#define SPECIAL(name, kind, val) { #name, (int32_t)((unsigned)SPECIAL_##kind << SPECIAL_KIND | (unsigned)(val)) },
#define COND(name, n) SPECIAL(name, COND, n)
#define SYSREG(name, op0, op1, crn, crm, op2, access) \
	SPECIAL(name, SYSREG, (op0) << 19 | FIELDS(op1, crn, crm, op2) | SPECIAL_##access)
#define TLBI(name, op1, crm, op2, reg) SPECIAL(name, TLBI, FIELDS(op1, 0, crm, op2) | ((reg) ? 0 : SPECIAL_ALONE))
#define DC(name, op1, crm, op2) SPECIAL(name, DC, FIELDS(op1, 0, crm, op2))
#define PREFETCH(name, n) SPECIAL(name, PREFETCH, n)
#define PSTATE(name, op1, op2) SPECIAL(name, PSTATE, FIELDS(op1, 0, 0, op2))
#include "target/arm64/asmspecial.def"
#undef SPECIAL
#undef FIELDS
#undef COND
#undef SYSREG
#undef TLBI
#undef DC
#undef PREFETCH
#undef PSTATE
};

int
arm64_asmspecial(const char *word)
{
	static Map *map;
	uintptr_t at;

	if (map == NULL) {
		map = map_new(perm);
		for (size_t i = 0; i < NELEM(specials); i++)
			map_set(map, intern_str(specials[i].name), (void *)(uintptr_t)(i + 1));
	}
	at = (uintptr_t)map_get(map, intern_str(word));
	return at == 0 ? 0 : specials[at - 1].val + 1;
}

/* ---- which operands fit ---- */

/* The fields that letters stand for. */
static uint32_t
fields(const char *letters, int n, uint32_t v)
{
	static const struct {
		char letter;
		uint8_t at;
	} place[] = { { 'd', 0 }, { 'n', 5 }, { 'a', 10 }, { 'e', 11 }, { 'm', 16 }, { 'c', 8 } };
	uint32_t bits = 0;

	for (int i = 0; i < n; i++)
		for (size_t k = 0; k < NELEM(place); k++)
			if (place[k].letter == letters[i])
				bits |= v << place[k].at;
	return bits;
}

/* Number of a general register, or -1; 31 is ZR, or SP if sp. */
static int
general(int reg, bool sp)
{
	if (reg >= AR_R0 && reg < AR_ZR)
		return reg - AR_R0;
	return reg == (sp ? AR_SP : AR_ZR) ? 31 : -1;
}

static int
oftype(char class, int reg)
{
	int first = class == 'F' || class == 'q' ? AR_F0 : AR_V0;

	switch (class) {
	case 'R':
	case 'p':
	case 'o':
		return general(reg, false);
	case 'P':
		return general(reg, true);
	default:
		return reg >= first && reg < first + 32 ? reg - first : -1;
	}
}

int
arm64_arrangement(const char *ext)
{
	static const char names[ARR_COUNT][4] = { "B8", "B16", "H4", "H8", "S2", "S4", "D1", "D2", "Q1" };

	for (int k = 0; ext != NULL && k < ARR_COUNT; k++)
		if (strcmp(ext, names[k]) == 0)
			return k;
	return -1;
}

static bool
vector(bool wide, const AsmOpd *o, const ArmForm *form, ArmFields *f)
{
	static const int8_t twice[] = { ARR_H8, ARR_H8, ARR_S4, ARR_S4, ARR_D2, ARR_D2, ARR_Q1, ARR_Q1 };
	int arr = o->kind == OPD_EXT && o->val == 0 ? arm64_arrangement(o->ext) : -1;

	if (arr < 0 || oftype('Q', o->reg) < 0)
		return false;
	if (wide)
		return f->arr >= 0 && f->arr < (int)NELEM(twice) && arr == twice[f->arr];
	if (f->arr < 0)
		f->arr = arr;
	return arr == f->arr && (form->arrs >> arr & 1) != 0;
}

int
arm64_extension(const char *ext)
{
	static const char names[][5] = { "UXTB", "UXTH", "UXTW", "UXTX", "SXTB", "SXTH", "SXTW", "SXTX" };

	for (int k = 0; k < (int)NELEM(names); k++)
		if (strcmp(names[k], ext) == 0)
			return k;
	return -1;
}

/* A register extended or shifted left. One alone is shifted by 0: it stands beside SP. */
static bool
extended(const AsmOpd *o, ArmFields *f)
{
	int option = (f->bits >> 31) != 0 ? 3 : 2;

	if (o->kind == OPD_EXT)
		option = arm64_extension(o->ext);
	else if (o->kind != OPD_REG && (o->kind != OPD_SHIFT || o->shift != SHIFT_LL))
		option = -1;
	if (option < 0 || o->val > 4)
		return false;
	f->bits |= (uint32_t)option << 13 | (uint32_t)o->val << 10;
	return true;
}

static bool
shifted(bool rotated, const AsmOpd *o, ArmFields *f)
{
	if (o->kind != OPD_SHIFT || (o->shift == SHIFT_ROR && !rotated) || o->val >= ((f->bits >> 31) != 0 ? 64 : 32))
		return false;
	f->bits |= (uint32_t)o->shift << 22 | (uint32_t)o->val << 10;
	return true;
}

/* U and its width, then the place. */
static bool
unsignedconst(const char *w, int n, const AsmOpd *o, ArmFields *f)
{
	int width = 0, i = 1;

	for (; i < n && w[i] >= '0' && w[i] <= '9'; i++)
		width = width * 10 + w[i] - '0';
	if (o->kind != OPD_IMM || o->val < 0 || o->val >= 1 << width ||
	    (fields(w + i, n - i, (uint32_t)o->val) & f->bits) != 0)
		return false;
	f->bits |= fields(w + i, n - i, (uint32_t)o->val);
	return true;
}

static bool
condition(bool invert, const AsmOpd *o, ArmFields *f)
{
	uint32_t n = (uint32_t)o->val & 15;

	if (o->kind != OPD_SPECIAL || o->val >> SPECIAL_KIND != SPECIAL_COND || (invert && n >= 14))
		return false;
	f->bits |= (n ^ invert) << 12;
	return true;
}

static bool
special(char which, const AsmInsn *i, const AsmOpd *o, ArmFields *f)
{
	static const struct {
		char which;
		uint8_t kind;
	} kinds[] = { { 'r', SPECIAL_SYSREG }, { 't', SPECIAL_TLBI }, { 'd', SPECIAL_DC }, { 'p', SPECIAL_PREFETCH },
		{ 's', SPECIAL_PSTATE } };
	int kind = o->kind == OPD_SPECIAL ? (int)(o->val >> SPECIAL_KIND) : 0;
	uint32_t val = (uint32_t)o->val & SPECIAL_BITS;

	if (which == 's' && kind == SPECIAL_SYSREG && strcmp(o->name, "SPSel") == 0) {
		f->bits |= 5 << 5;
		return true;
	}
	for (size_t k = 0; k < NELEM(kinds); k++)
		if (kinds[k].which == which && kinds[k].kind != kind)
			return false;
	if (kind == SPECIAL_TLBI && ((o->val & SPECIAL_ALONE) != 0) != (i->nopd == 1))
		return false;
	if (kind == SPECIAL_SYSREG && (o->val & ((f->bits >> 21 & 1) != 0 ? SPECIAL_RO : SPECIAL_WO)) == 0)
		return false;
	f->bits |= val;
	return true;
}

/* M, N, G, Z, and with $ M, G. */
static bool
memory(char class, int kind, const AsmOpd *o, ArmFields *f)
{
	int r = general(o->reg, true);

	f->mem = o;
	if (o->kind != kind || o->indirect)
		return false;
	if (class == 'G' || class == 'E')
		return o->base == BASE_SB && o->reg == 0 && o->index == 0;
	if (o->base != BASE_REG || r < 0 || (o->index != 0) != (class == 'N') || (class != 'M' && o->val != 0))
		return false;
	f->bits |= fields("n", 1, (uint32_t)r);
	return true;
}

static bool
pair(const char *w, const AsmOpd *o, ArmFields *f)
{
	int r = oftype(w[0], o->reg), r2 = oftype(w[0], o->reg2);

	if (o->kind != OPD_PAIR || r < 0 || r2 < 0)
		return false;
	if (w[0] == 'o') {
		f->bits |= fields(w + 1, 1, (uint32_t)r);
		return r % 2 == 0 && r2 == r + 1;
	}
	f->bits |= fields(w + 1, 1, (uint32_t)r) | fields(w + 2, 1, (uint32_t)r2);
	return true;
}

/* A register where class says how it is written; the word's other letters say where it goes. */
static bool
placed(const char *w, int n, const AsmOpd *o, char regs, bool fits, ArmFields *f)
{
	int r = oftype(regs, o->reg);

	if (!fits || r < 0 || o->indirect)
		return false;
	f->bits |= fields(w + 1, n - 1, (uint32_t)r);
	return true;
}

static bool
constant(const AsmOpd *o, ArmFields *f)
{
	f->k[f->nk++] = o->val;
	return o->kind == OPD_IMM;
}

/* Whether o is what the word w of n letters means; puts it into its place. */
static bool
operand(const char *w, int n, const AsmInsn *i, const AsmOpd *o, const ArmForm *form, ArmFields *f)
{
	switch (w[0]) {
	case 'R':
	case 'P':
	case 'F':
	case 'Q':
		return placed(w, n, o, w[0], o->kind == OPD_REG, f);
	case '0':
		if (o->kind == OPD_IMM && o->val == 0) {
			f->bits |= fields(w + 1, n - 1, 31);
			return true;
		}
		return placed(w, n, o, 'R', o->kind == OPD_REG && o->reg == AR_ZR, f);
	case 'S':
	case 'L':
		return placed(w, n, o, 'R', shifted(w[0] == 'L', o, f), f);
	case 'X':
		return placed(w, n, o, 'R', extended(o, f), f);
	case 'A':
	case 'W':
		return placed(w, n, o, 'Q', vector(w[0] == 'W', o, form, f), f);
	case 'p':
	case 'q':
	case 'o':
		return pair(w, o, f);
	case 'U':
		return unsignedconst(w, n, o, f);
	case 'K':
		return constant(o, f);
	case 'H':
		f->fval = o->fval;
		return o->kind == OPD_FLOAT && (n == 1 || o->fval == 0);
	case 'c':
		return condition(n > 1, o, f);
	case 'Y':
		return special(w[1], i, o, f);
	case 'M':
	case 'N':
	case 'G':
	case 'E':
	case 'Z':
		return memory(w[0], OPD_MEM, o, f);
	case '$':
		return memory(w[1], OPD_ADDR, o, f);
	case 'J':
		f->label = o->target;
		return o->kind == OPD_LABEL;
	case 'l':
		f->list = o;
		return o->kind == OPD_LIST && oftype('Q', o->reg) >= 0 && arm64_arrangement(o->ext) >= 0;
	case 'e':
		f->elem[f->nelem++] = o;
		return o->kind == OPD_ELEM && oftype('Q', o->reg) >= 0;
	default:
		bug("arm64 assembler: operand %.*s", n, w);
	}
}

static bool
fits(const AsmInsn *i, const ArmForm *form, ArmFields *f)
{
	const char *w = form->opds;
	int k = 0;

	*f = (ArmFields){ .bits = form->bits, .arr = -1 };
	while (*w != '\0') {
		int n = (int)strcspn(w, " ");

		if (k == i->nopd || !operand(w, n, i, &i->opd[k++], form, f))
			return false;
		w += n;
		w += *w == ' ';
	}
	return k == i->nopd;
}

const ArmForm *
arm64_asmmatch(const AsmInsn *i, ArmFields *out)
{
	const ArmInsn *insn = arm64_asminsn(i->op);

	for (int k = 0; k < insn->forms.n; k++)
		if (fits(i, &insn->forms.at[k], out))
			return &insn->forms.at[k];
	return NULL;
}
