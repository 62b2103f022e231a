/*
 * asminsn.c - the assembler's instructions: from the text of the tables to forms, found by mnemonic; which operands
 * fit.
 */
#include "target/amd64/asmforms.h"

typedef struct {
	const char *name, *sizes, *opds, *enc;
} Row;
typedef struct {
	const char *name, *opds;
	uint8_t enc, lens;	/* ENC_...; vector lengths: X Y Z */
	uint8_t pp, map, w, op;
	int8_t digit;
	uint8_t disp, bcst, flags;
} VecRow;

/* clang-format off */
enum { X = 1, Y = 2, Z = 4, XY = X | Y, YZ = Y | Z, XYZ = X | Y | Z };
enum { FULL = 128, HALF, QUARTER, EIGHTH };
enum { MASK = 1, MUST = 2, ZERO = 4, SAE = 8, ROUND = 16 };

static const Row rows[] = {
#define I(name, sizes, opds, enc) { name, sizes, opds, enc },
#include "target/amd64/asm.def"
#undef I
};

static const VecRow vecrows[] = {
#define V(name, opds, lens, pp, map, w, op, digit) { name, opds, ENC_VEX, lens, pp, map, w, op, digit, 0, 0, 0 },
#define Z(name, opds, lens, pp, map, w, op, digit, disp, bcst, flags) \
	{ name, opds, ENC_EVEX, lens, pp, map, w, op, digit, disp, bcst, flags },
#include "target/amd64/asmvec.def"
#undef V
#undef Z
};

/* Another name for the same instructions. */
static const char *const alias[][2] = {
	{ "JA", "JHI" }, { "JAE", "JCC" }, { "JB", "JCS" }, { "JBE", "JLS" }, { "JC", "JCS" }, { "JE", "JEQ" }, { "JG", "JGT" },
	{ "JHS", "JCC" }, { "JL", "JLT" }, { "JLO", "JCS" }, { "JNA", "JLS" }, { "JNAE", "JCS" }, { "JNB", "JCC" },
	{ "JNBE", "JHI" }, { "JNC", "JCC" }, { "JNG", "JLE" }, { "JNGE", "JLT" }, { "JNL", "JGE" }, { "JNLE", "JGT" },
	{ "JNO", "JOC" }, { "JNP", "JPC" }, { "JNS", "JPL" }, { "JNZ", "JNE" }, { "JO", "JOS" }, { "JP", "JPS" }, { "JPE", "JPS" },
	{ "JPO", "JPC" }, { "JS", "JMI" }, { "JZ", "JEQ" },
	{ "MASKMOVDQU", "MASKMOVOU" }, { "MOVD", "MOVQ" }, { "MOVDQ2Q", "MOVQ" }, { "MOVNTDQ", "MOVNTO" }, { "MOVOA", "MOVO" },
	{ "PSLLDQ", "PSLLO" }, { "PSRLDQ", "PSRLO" }, { "PADDD", "PADDL" }, { "MOVBELL", "MOVBEL" }, { "MOVBEQQ", "MOVBEQ" },
	{ "MOVBEWW", "MOVBEW" },
};

static const struct { char name[5]; uint8_t class; } classes[] = {
	{ "E", C_E }, { "M", C_M }, { "R", C_R }, { "G", C_G }, { "Z", C_Z }, { "Eb", C_EB }, { "Rb", C_RB }, { "Gb", C_GB },
	{ "Zb", C_ZB }, { "A", C_A }, { "CL", C_CL }, { "DX", C_DX }, { "I8", C_I8 }, { "IU", C_IU }, { "I16", C_I16 },
	{ "I32", C_I32 }, { "I32S", C_I32S }, { "I64", C_I64 }, { "I1", C_I1 }, { "IC", C_IC }, { "J", C_J },
	{ "Q", C_Q }, { "N", C_N }, { "P", C_P }, { "W", C_W }, { "U", C_U }, { "V", C_V }, { "X0", C_X0 }, { "S", C_S },
	{ "=", C_SAME }, { "FS", C_FS }, { "GS", C_GS }, { "C", C_C }, { "D", C_D }, { "F0", C_F0 }, { "F", C_F },
	{ "Wx", C_WX }, { "Ux", C_UX }, { "Vx", C_VX }, { "Hx", C_HX }, { "Lx", C_LX }, { "Wy", C_WY }, { "Uy", C_UY }, { "Vy", C_VY },
	{ "Hy", C_HY }, { "Ly", C_LY }, { "Wz", C_WZ }, { "Uz", C_UZ }, { "Vz", C_VZ }, { "Hz", C_HZ }, { "B", C_BG },
	{ "KE", C_KE }, { "KR", C_KR }, { "KG", C_KG }, { "KH", C_KH }, { "Mx", C_MX }, { "My", C_MY }, { "Mz", C_MZ },
	{ "4x", C_4X }, { "4z", C_4Z },
};
/* clang-format on */

/* Known to asm.c and asmencode.c by name: no bytes, data, a moved SP. */
static const char *const special[] = { "NOP", "BYTE", "WORD", "LONG", "QUAD", "ADJSP" };

static Vec(AmdInsn) insns;
static Map *byname;		/* mnemonic -> its place in insns + 1 */

/* The next word of *s, which it passes; its length, 0 at the end. */
static int
word(const char **s, const char **w)
{
	while (**s == ' ')
		(*s)++;
	*w = *s;
	while (**s != ' ' && **s != '\0')
		(*s)++;
	return (int)(*s - *w);
}

static AmdClass class(const char *w, int n)
{
	for (size_t i = 0; i < NELEM(classes); i++)
		if (strncmp(classes[i].name, w, (size_t)n) == 0 && classes[i].name[n] == '\0')
			return (AmdClass)classes[i].class;
	bug("amd64 assembler: no class \"%.*s\"", n, w);
}

/* Operands of a row; size: the letter of the general registers' size, or that of a vector's length, or 0. */
static void
operands(AmdForm *f, const char *s, int size)
{
	static const uint8_t ofbyte[][2] = { { C_E, C_EB }, { C_R, C_RB }, { C_G, C_GB }, { C_Z, C_ZB }, { C_A, C_AB },
		{ C_I32, C_IU } };
	const char *w;
	int n;

	while ((n = word(&s, &w)) > 0) {
		char sized[3] = { w[0], (char)size, '\0' };
		int c = (size == 'x' || size == 'y' || size == 'z') && n == 1 && strchr("WUVHL", w[0]) != NULL ?
		    class(sized, 2) :
												  class(w, n);

		for (size_t k = 0; size == 'B' && k < NELEM(ofbyte); k++)
			if (c == ofbyte[k][0])
				c = ofbyte[k][1];
		if (size == 'W' && c == C_I32)
			c = C_I16;
		f->opd[f->nopd++] = (uint8_t)c;
	}
}

static int
hex(const char *w)
{
	int v = 0;

	for (int i = 0; i < 2; i++)
		v = v * 16 + (w[i] <= '9' ? w[i] - '0' : w[i] - 'A' + 10);
	return v;
}

/* "66 0F 38 F6 /1 W" */
static void
encoding(AmdForm *f, const char *s)
{
	int nbytes = 0;
	const char *w;

	f->digit = -1;
	while (word(&s, &w) > 0) {
		int b = w[0] == '/' || w[0] == 'W' ? 0 : hex(w);

		if (w[0] == '/')
			f->digit = (int8_t)(w[1] - '0');
		else if (w[0] == 'W')
			f->w = true;
		else if (nbytes == 0 && f->map == 0 && (b == 0x66 || b == 0xF2 || b == 0xF3) && *s != '\0')
			f->pp = (uint8_t)b;
		else if (nbytes == 0 && f->map == 0 && b == 0x0F && *s != '\0')
			f->map = 1;
		else if (nbytes == 0 && f->map == 1 && (b == 0x38 || b == 0x3A) && *s == ' ')
			f->map = b == 0x38 ? 2 : 3;
		else if (nbytes++ == 0)
			f->op = (uint8_t)b;
		else {
			f->op2 = (uint8_t)b;
			f->nop2 = 1;
		}
	}
}

static void
add(const char *name, const AmdForm *f)
{
	const char *key = intern_str(name);
	uintptr_t at = (uintptr_t)map_get(byname, key);

	if (at == 0) {
		vec_push(perm, &insns, ((AmdInsn){ .name = key }));
		at = (uintptr_t)insns.n;
		map_set(byname, key, (void *)at);
	}
	vec_push(perm, &insns.at[at - 1].forms, *f);
}

static void
addrow(const Row *r, int size)
{
	static const char cond[][3] = { "OS", "OC", "CS", "CC", "EQ", "NE", "LS", "HI", "MI", "PL", "PS", "PC", "LT",
		"GE", "LE", "GT" };
	const char *at = strchr(r->name, '@');
	AmdForm f = { 0 };

	operands(&f, r->opds, size);
	encoding(&f, r->enc);
	f.size16 = size == 'W';
	f.w |= size == 'Q';
	f.op -= size == 'B';
	if (at == NULL) {
		add(size == 0 ? r->name : intern_printf("%s%c", r->name, size), &f);
		return;
	}
	for (int i = 0; i < 16; i++, f.op++)
		add(size == 0 ? intern_printf("%.*s%s", (int)(at - r->name), r->name, cond[i]) :
				intern_printf("%.*s%c%s", (int)(at - r->name), r->name, size, cond[i]),
		    &f);
}

/* The form of a row for the vector length 16 << len bytes. */
static void
addvec(const VecRow *r, int len)
{
	AmdForm f = { .enc = r->enc,
		.pp = r->pp,
		.map = r->map,
		.w = r->w,
		.op = r->op,
		.digit = r->digit,
		.len = (uint8_t)len };
	bool rounds = len == 2 || r->lens == X;	/* of vectors only the longest, and scalars */

	operands(&f, r->opds, "xyz"[len]);
	f.disp = (uint8_t)(r->disp >= FULL ? 16 << len >> (r->disp - FULL) : r->disp);
	f.bcst = r->bcst;
	f.mask = (r->flags & MASK) != 0;
	f.needmask = (r->flags & MUST) != 0;
	f.zero = (r->flags & ZERO) != 0;
	f.sae = (r->flags & SAE) != 0 && rounds;
	f.round = (r->flags & ROUND) != 0 && rounds;
	add(r->name, &f);
}

static void
build(void)
{
	byname = map_new(perm);
	for (size_t i = 0; i < NELEM(rows); i++) {
		const char *s = rows[i].sizes;

		do
			addrow(&rows[i], *s);
		while (*s != '\0' && *++s != '\0');
	}
	for (size_t i = 0; i < NELEM(vecrows); i++)
		for (int len = 0; len < 3; len++)
			if ((vecrows[i].lens >> len & 1) != 0)
				addvec(&vecrows[i], len);
	for (size_t i = 0; i < NELEM(special); i++) {
		vec_push(perm, &insns, ((AmdInsn){ .name = intern_str(special[i]) }));
		map_set(byname, insns.at[insns.n - 1].name, (void *)(uintptr_t)insns.n);
	}
	for (size_t i = 0; i < NELEM(alias); i++)
		map_set(byname, intern_str(alias[i][0]), map_get(byname, intern_str(alias[i][1])));
}

int
amd64_asmop(const char *name)
{
	uintptr_t at;

	if (byname == NULL)
		build();
	at = (uintptr_t)map_get(byname, intern_str(name));
	return at == 0 ? 0 : AOP_CPU - 1 + (int)at;
}

const AmdInsn *
amd64_asminsn(int op)
{
	return &insns.at[op - AOP_CPU];
}

/* ---- which operands fit ---- */

static bool
isreg(const AsmOpd *o, int first, int n)
{
	return o->kind == OPD_REG && o->reg >= first && o->reg < first + n;
}

static bool
ismem(const AsmOpd *o)
{
	return o->kind == OPD_MEM && !(o->reg != 0 && (o->reg < AR_AX || o->reg > AR_R15)) &&
	    !(o->index != 0 && (o->index < AR_AX || o->index > AR_R15 || o->index == AR_SP));
}

/* Memory at a base and a vector of offsets. */
static bool
isvecmem(const AsmOpd *o, int first, const AmdForm *f)
{
	return o->kind == OPD_MEM && o->base == BASE_REG && o->index >= first &&
	    o->index < first + (f->enc == ENC_EVEX ? 32 : 16) && (o->reg == 0 || (o->reg >= AR_AX && o->reg <= AR_R15));
}

static bool
isimm(const AsmOpd *o, int64_t min, int64_t max)
{
	return o->kind == OPD_IMM && o->val >= min && o->val <= max;
}

static bool
isgp(const AsmOpd *o)
{
	return isreg(o, AR_AX, 16);
}

static bool
isbyte(const AsmOpd *o)
{
	return isreg(o, AR_AL, 20) || isgp(o);
}

/* AR_X0 and its like: 16 registers, or 32 with EVEX. */
static bool
isvec(const AsmOpd *o, int first, const AmdForm *f)
{
	return isreg(o, first, f->enc == ENC_EVEX ? 32 : 16);
}

static bool
isfour(const AsmOpd *o, int first)
{
	return o->kind == OPD_LIST && o->nreg == 4 && o->reg >= first && o->reg + 3 < first + 32;
}

/* A number without $ is a memory operand to the parser. */
static bool
isconstant(const AsmOpd *o)
{
	return o->kind == OPD_MEM && o->base == BASE_REG && o->reg == 0 && o->index == 0 && o->val >= -128 &&
	    o->val <= 255;
}

bool
amd64_asmfits(const AsmOpd *o, AmdClass c, const AmdForm *f)
{
	switch (c) {
	case C_NONE:
		return false;
	case C_E:
		return isgp(o) || ismem(o);
	case C_M:
		return ismem(o);
	case C_R:
	case C_G:
	case C_Z:
	case C_BG:
	case C_SAME:
		return isgp(o);
	case C_EB:
		return isbyte(o) || ismem(o);
	case C_RB:
	case C_GB:
	case C_ZB:
		return isbyte(o);
	case C_A:
		return isreg(o, AR_AX, 1);
	case C_AB:
		return isreg(o, AR_AL, 1);
	case C_CL:
		return isreg(o, AR_CL, 1) || isreg(o, AR_CX, 1);
	case C_DX:
		return isreg(o, AR_DX, 1);
	case C_I8:
		return isimm(o, -128, 127);
	case C_IU:
		return isimm(o, -128, 255);
	case C_IC:
		return isimm(o, -128, 255) || isconstant(o);
	case C_I16:
		return isimm(o, -32768, 65535);
	case C_I32:
		return isimm(o, INT32_MIN, UINT32_MAX);
	case C_I32S:
		return isimm(o, INT32_MIN, INT32_MAX);
	case C_I64:
		return o->kind == OPD_IMM;
	case C_I1:
		return isimm(o, 1, 1);
	case C_J:
		return o->kind == OPD_LABEL;
	case C_Q:
		return isreg(o, AR_M0, 8) || ismem(o);
	case C_N:
	case C_P:
		return isreg(o, AR_M0, 8);
	case C_X0:
		return isreg(o, AR_X0, 1);
	case C_S:
		return isreg(o, AR_ES, 6);
	case C_FS:
		return isreg(o, AR_FS, 1);
	case C_GS:
		return isreg(o, AR_GS, 1);
	case C_C:
		return isreg(o, AR_CR0, 16);
	case C_D:
		return isreg(o, AR_DR0, 8);
	case C_F0:
		return isreg(o, AR_F0, 1);
	case C_F:
		return isreg(o, AR_F0, 8);
	case C_W:
	case C_WX:
		return isvec(o, AR_X0, f) || ismem(o);
	case C_U:
	case C_V:
	case C_UX:
	case C_VX:
	case C_HX:
	case C_LX:
		return isvec(o, AR_X0, f);
	case C_WY:
		return isvec(o, AR_Y0, f) || ismem(o);
	case C_UY:
	case C_VY:
	case C_HY:
	case C_LY:
		return isvec(o, AR_Y0, f);
	case C_WZ:
		return isvec(o, AR_Z0, f) || ismem(o);
	case C_UZ:
	case C_VZ:
	case C_HZ:
		return isvec(o, AR_Z0, f);
	case C_KE:
		return isreg(o, AR_K0, 8) || ismem(o);
	case C_KR:
	case C_KG:
	case C_KH:
		return isreg(o, AR_K0, 8);
	case C_MX:
		return isvecmem(o, AR_X0, f);
	case C_MY:
		return isvecmem(o, AR_Y0, f);
	case C_MZ:
		return isvecmem(o, AR_Z0, f);
	case C_4X:
		return isfour(o, AR_X0);
	case C_4Z:
		return isfour(o, AR_Z0);
	}
	return false;
}
