/*
 * operand.c - one operand of a statement, and constant expressions.
 *
 *	$ sym<>+offset(SB)	(base)(index*scale)	R1	R1<<3	R1.UXTW<<2	V1.B[3]	(R1, R2)	[V0.B16, V1.B16]	[Z0-Z3]
 *
 * Every part may be missing, so what has been read says what may follow. Expressions have Go's precedences and 64 bits
 * without sign, as in gc.
 */
#include <errno.h>
#include <stdlib.h>

#include "asm/asm.h"

enum { MAXNEST = 100 };		/* parentheses in an expression */

/* ---- tokens of the operand ---- */

static int
peek(const AsmParser *p)
{
	return p->at < p->ntok ? p->tok[p->at].kind : TOK_EOF;
}

static int
peekat(const AsmParser *p, int n)
{
	return p->at + n < p->ntok ? p->tok[p->at + n].kind : TOK_EOF;
}

static AsmTok
next(AsmParser *p)
{
	if (p->at < p->ntok)
		return p->tok[p->at++];
	return (AsmTok){ TOK_EOF, false, "EOF", p->pos };
}

static bool
got(AsmParser *p, int kind)
{
	if (peek(p) != kind)
		return false;
	p->at++;
	return true;
}

static bool
want(AsmParser *p, int kind)
{
	if (got(p, kind))
		return true;
	asm_error(p, "expected %s, found %s", asm_tokname(kind), next(p).text);
	return false;
}

static bool
end(AsmParser *p)
{
	if (p->at == p->ntok)
		return true;
	asm_error(p, "expected end of operand, found %s", next(p).text);
	return false;
}

/* ---- numbers, strings ---- */

bool
asm_atoi(AsmParser *p, const char *text, uint64_t *out)
{
	const char *s = text;
	unsigned base = 10;
	uint64_t v = 0;

	if (s[0] == '0' && s[1] != '\0') {
		int c = s[1] | 32;

		base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
		s += c == 'x' || c == 'b' || c == 'o' ? 2 : 1;
	}
	for (; *s != '\0'; s++) {
		unsigned d = *s >= '0' && *s <= '9' ? (unsigned)(*s - '0') :
		    (*s | 32) >= 'a' && (*s | 32) <= 'z' ? (unsigned)((*s | 32) - 'a' + 10) :
							   99;

		if (*s == '_' && s[1] != '\0' && s[1] != '_')
			continue;
		if (d >= base) {
			asm_error(p, "strconv.ParseUint: parsing \"%s\": invalid syntax", text);
			return false;
		}
		if (v > (UINT64_MAX - d) / base) {
			asm_error(p, "strconv.ParseUint: parsing \"%s\": value out of range", text);
			return false;
		}
		v = v * base + d;
	}
	*out = v;
	return true;
}

static int
hexdigits(const char **s, int n, uint32_t *r)
{
	*r = 0;
	for (; n > 0; n--, (*s)++) {
		int c = **s | 32;

		if (c >= '0' && c <= '9')
			*r = *r << 4 | (uint32_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*r = *r << 4 | (uint32_t)(c - 'a' + 10);
		else
			return -1;
	}
	return 0;
}

/* The escape sequence after a backslash at *s. In bytes: one byte, whatever its value; otherwise a rune. */
static bool
escape(const char **s, uint32_t *r, bool *isbyte)
{
	static const char letters[] = "a\ab\bf\fn\nr\rt\tv\v\\\\'\'\"\"";
	int c = *(*s)++;

	*isbyte = false;
	for (const char *l = letters; *l != '\0'; l += 2)
		if (*l == c) {
			*r = (uint8_t)l[1];
			return true;
		}
	if (c == 'x') {
		*isbyte = true;
		return hexdigits(s, 2, r) == 0;
	}
	if (c == 'u' || c == 'U')
		return hexdigits(s, c == 'u' ? 4 : 8, r) == 0 && *r <= 0x10FFFF;
	if (c < '0' || c > '7')
		return false;
	*isbyte = true;
	*r = (uint32_t)(c - '0');
	for (int i = 0; i < 2; i++, (*s)++) {
		if (**s < '0' || **s > '7')
			return false;
		*r = *r * 8 + (uint32_t)(**s - '0');
	}
	return *r < 256;
}

/* Text between quotes -> bytes; a character has one rune, which is *rune. */
static bool
unquote(AsmParser *p, const char *text, Buf *out, uint32_t *rune)
{
	const char *s = text + 1, *stop = text + strlen(text) - 1;
	int n = 0;

	while (s < stop) {
		uint8_t u[4];
		bool isbyte = false;

		if (*s == '\\') {
			s++;
			if (!escape(&s, rune, &isbyte))
				break;
			if (isbyte)
				buf_byte(out, (uint8_t)*rune);
			else
				buf_put(out, u, (size_t)utf8_encode(*rune, u));
		} else {
			int k = utf8_decode((const uint8_t *)s, (size_t)(stop - s), rune);

			buf_put(out, s, (size_t)k);
			s += k;
		}
		n++;
	}
	if (s == stop && (*text == '"' || n == 1))
		return true;
	asm_error(p, *text == '"' ? "string parse error: invalid syntax" : "invalid syntax");
	return false;
}

/* ---- expressions; p->failed is set on errors, and the value is 0 then ---- */

static uint64_t expr(AsmParser *p, int depth);

static uint64_t
factor(AsmParser *p, int depth)
{
	AsmTok t = next(p);
	uint64_t v = 0;
	uint32_t r = 0;
	Buf b = { 0 };

	if (depth > MAXNEST) {
		asm_error(p, "expression is nested too deeply");
		return 0;
	}
	switch (t.kind) {
	case TOK_INT:
		return asm_atoi(p, t.text, &v) ? v : 0;
	case TOK_CHAR:
		if (!unquote(p, t.text, &b, &r))
			r = 0;
		buf_free(&b);
		return r;
	case '+':
		return factor(p, depth + 1);
	case '-':
		return 0 - factor(p, depth + 1);
	case '~':
		return ~factor(p, depth + 1);
	case '(':
		v = expr(p, depth + 1);
		if (next(p).kind != ')')
			asm_error(p, "missing closing paren");
		return v;
	default:
		asm_error(p, "unexpected %s evaluating expression", t.text);
		return 0;
	}
}

static uint64_t term(AsmParser *p, int depth);

static uint64_t
divide(AsmParser *p, int op, uint64_t v, uint64_t by)
{
	if ((int64_t)v < 0)
		asm_error(p, "%s of value with high bit set", op == '/' ? "divide" : "modulo");
	if (by == 0) {
		asm_error(p, op == '/' ? "division by zero" : "modulo by zero");
		return 0;
	}
	return op == '/' ? v / by : v % by;
}

static uint64_t
shift(AsmParser *p, int op, uint64_t v, uint64_t by)
{
	if ((int64_t)by < 0)
		asm_error(p, "negative %s shift count", op == TOK_SHL ? "left" : "right");
	if (op == TOK_SHR && (int64_t)v < 0)
		asm_error(p, "right shift of value with high bit set");
	return by > 63 ? 0 : op == TOK_SHL ? v << by : v >> by;
}

static uint64_t
term(AsmParser *p, int depth)
{
	uint64_t v = factor(p, depth);

	for (;;) {
		int op = peek(p);

		switch (op) {
		case '*':
			next(p);
			v *= factor(p, depth);
			break;
		case '&':
			next(p);
			v &= factor(p, depth);
			break;
		case '/':
		case '%':
			next(p);
			v = divide(p, op, v, factor(p, depth));
			break;
		case TOK_SHL:
			next(p);
			return shift(p, op, v, factor(p, depth));
		case TOK_SHR:
			next(p);
			v = shift(p, op, v, factor(p, depth));
			break;
		default:
			return v;
		}
	}
}

static uint64_t
expr(AsmParser *p, int depth)
{
	uint64_t v = term(p, depth);

	for (;;)
		switch (peek(p)) {
		case '+':
			next(p);
			v += term(p, depth);
			break;
		case '-':
			next(p);
			v -= term(p, depth);
			break;
		case '|':
			next(p);
			v |= term(p, depth);
			break;
		case '^':
			next(p);
			v ^= term(p, depth);
			break;
		default:
			return v;
		}
}

static double
floatexpr(AsmParser *p, int depth)
{
	AsmTok t = next(p);
	char *rest;
	double v;

	if (depth > MAXNEST) {
		asm_error(p, "expression is nested too deeply");
		return 0;
	}
	switch (t.kind) {
	case '(':
		v = floatexpr(p, depth + 1);
		if (next(p).kind != ')')
			asm_error(p, "missing closing paren");
		return v;
	case '+':
		return floatexpr(p, depth + 1);
	case '-':
		return -floatexpr(p, depth + 1);
	case TOK_FLOAT:
		errno = 0;
		v = strtod(t.text, &rest);
		if (*rest != '\0')
			asm_error(p, "strconv.ParseFloat: parsing \"%s\": invalid syntax", t.text);
		else if (errno == ERANGE && (v > 1 || v < -1))
			asm_error(p, "strconv.ParseFloat: parsing \"%s\": value out of range", t.text);
		return v;
	default:
		asm_error(p, "unexpected %s evaluating float expression", t.text);
		return 0;
	}
}

/* ---- registers ---- */

int
asm_reg(const AsmCpu *cpu, const char *name, int after, const AsmRegs **prefix)
{
	static const char pseudo[][3] = { "SB", "FP", "SP", "PC" };
	long k;
	char *rest;

	for (const AsmRegs *r = cpu->regs; r->name != NULL; r++) {
		size_t n = strlen(r->name);

		if (strncmp(name, r->name, n) != 0)
			continue;
		if (name[n] == '\0') {
			if (r->n == 0)
				return r->reg;
			if (after == '(') {
				if (prefix != NULL)
					*prefix = r;
				return r->reg;
			}
		} else if (r->n > 0 && name[n] >= '0' && name[n] <= '9' && (name[n] != '0' || name[n + 1] == '\0')) {
			k = strtol(name + n, &rest, 10);
			if (*rest == '\0' && k < r->n)
				return r->reg == 0 ? 0 : r->reg + (int)k;
		}
	}
	for (int i = 0; i < (int)NELEM(pseudo); i++)
		if (strcmp(name, pseudo[i]) == 0)
			return -1 - i;
	return 0;
}

/* R1 or R(1), where t, its first token, has been read. 0: an error was reported. */
static int
regafter(AsmParser *p, AsmTok t)
{
	const AsmRegs *prefix = NULL;
	int r = t.kind == TOK_IDENT ? asm_reg(p->cpu, t.text, peek(p), &prefix) : 0;
	uint64_t k;
	AsmTok num;

	if (r == 0)
		asm_error(p, "expected register; found %s", t.text);
	if (prefix == NULL)
		return r;
	if (!want(p, '('))
		return 0;
	num = next(p);
	if (num.kind != TOK_INT) {
		asm_error(p, "expected integer constant, found %s", num.text);
		return 0;
	}
	if (!want(p, ')') || !asm_atoi(p, num.text, &k))
		return 0;
	if (k < (uint64_t)prefix->n)
		r = asm_reg(p->cpu, intern_printf("%s%d", t.text, (int)k), 0, NULL);
	if (k >= (uint64_t)prefix->n || r == 0) {
		asm_error(p, "illegal register %s(%s)", t.text, num.text);
		return 0;
	}
	return r;
}

/* A register that is none of SB FP PC. */
static int
realreg(AsmParser *p, AsmTok t)
{
	int r = regafter(p, t);

	if (r < 0)
		asm_error(p, "illegal use of pseudo-register %s", t.text);
	return r > 0 ? r : 0;
}

static bool
isshift(int kind)
{
	return kind >= TOK_SHL && kind <= TOK_ROT;
}

/* reg has been read; a shift follows. */
static bool
shifted(AsmParser *p, AsmOpd *o)
{
	uint64_t n;

	o->kind = OPD_SHIFT;
	o->shift = (uint8_t)(next(p).kind - TOK_SHL);
	if (peek(p) != TOK_INT && peek(p) != '(') {
		asm_error(p, "rhs of shift must be integer: %s", next(p).text);
		return false;
	}
	n = expr(p, 0);
	if (n >= 64) {
		asm_error(p, "register shift count too large: %llu", (unsigned long long)n);
		return false;
	}
	o->val = (int64_t)n;
	return true;
}

/* reg has been read; .ext follows, and perhaps <<n or [n]. */
static bool
extended(AsmParser *p, const char **ext, int64_t *n, bool *iselem)
{
	AsmTok t;
	uint64_t v = 0;

	*iselem = false;
	if (!want(p, '.'))
		return false;
	t = next(p);
	if (t.kind != TOK_IDENT) {
		asm_error(p, "expected identifier, found %s", t.text);
		return false;
	}
	*ext = t.text;
	if (peek(p) != TOK_SHL && peek(p) != '[')
		return true;
	*iselem = next(p).kind == '[';
	t = next(p);
	if (t.kind != TOK_INT) {
		asm_error(p, "expected integer constant, found %s", t.text);
		return false;
	}
	if (!asm_atoi(p, t.text, &v) || (*iselem && !want(p, ']')))
		return false;
	if (v > 127) {
		asm_error(p, "%s is out of range: %s", *iselem ? "element index" : "index shift amount", t.text);
		return false;
	}
	*n = (int64_t)v;
	return true;
}

/* An operand that is a register and what belongs to it. t has been read. */
static bool
regoperand(AsmParser *p, AsmTok t, int prefix, AsmOpd *o)
{
	int r = realreg(p, t);
	bool iselem;

	if (r == 0)
		return false;
	if (prefix == '$') {
		asm_error(p, "prefix $ not allowed for register: $%s", t.text);
		return false;
	}
	o->kind = OPD_REG;
	o->reg = (int16_t)r;
	o->indirect = prefix == '*';
	if ((p->cpu->dialect & ASM_SHIFTS) != 0 && isshift(peek(p))) {
		if (!shifted(p, o))
			return false;
	} else if ((p->cpu->dialect & ASM_SHIFTS) != 0 && peek(p) == '.') {
		if (!extended(p, &o->ext, &o->val, &iselem))
			return false;
		o->kind = iselem ? OPD_ELEM : OPD_EXT;
	}
	return end(p);
}

/* Whether r is the nth register after first in its row; after the last comes the first. */
static bool
follows(const AsmCpu *cpu, int first, int n, int r)
{
	const AsmRegs *row = cpu->regs;

	while (row->name != NULL && (row->reg == 0 || first < row->reg || first >= row->reg + row->n))
		row++;
	return row->name != NULL && r == row->reg + (first - row->reg + n) % row->n;
}

/* After '[': [V0.B16, V1.B16] or [Z0-Z3]. */
static bool
reglist(AsmParser *p, AsmOpd *o)
{
	bool iselem;
	int r;

	o->kind = OPD_LIST;
	if ((p->cpu->dialect & (ASM_SHIFTS | ASM_RANGES)) == 0) {
		asm_error(p, "register list not supported on this architecture");
		return false;
	}
	while (!got(p, ']')) {
		const char *ext = NULL;
		int64_t n = 0;

		if (peek(p) == TOK_EOF) {
			asm_error(p, "register list: expected ']', found EOF");
			return false;
		}
		r = realreg(p, next(p));
		if (r == 0)
			return false;
		if ((p->cpu->dialect & ASM_RANGES) != 0) {
			int hi = want(p, '-') ? realreg(p, next(p)) : 0;

			if (hi == 0)
				return false;
			o->reg = (int16_t)r;
			o->reg2 = (int16_t)hi;
			o->nreg = (int16_t)(hi - r + 1);
			return want(p, ']') && end(p);
		}
		if (!extended(p, &ext, &n, &iselem) || iselem || n != 0) {
			asm_error(p, "invalid register list");
			return false;
		}
		if (o->nreg == 0) {
			o->reg = (int16_t)r;
			o->ext = ext;
		} else if (ext != o->ext) {
			asm_error(p, "inconsistent arrangement in register list");
			return false;
		}
		o->reg2 = (int16_t)r;
		if (o->nreg > 0 && !follows(p->cpu, o->reg, o->nreg, r)) {
			asm_error(p, "incontiguous register in register list");
			return false;
		}
		o->nreg++;
		if (peek(p) != ']' && !want(p, ','))
			return false;
	}
	return end(p);
}

/* ---- memory ---- */

/* (SB) and its like after a symbol, or after a number where only (PC) makes sense. */
static bool
pseudo(AsmParser *p, AsmOpd *o, const char *reg, int prefix)
{
	if (strcmp(reg, "PC") == 0) {
		if (prefix != 0 || o->name != NULL) {
			asm_error(p, "illegal addressing mode for PC");
			return false;
		}
		o->kind = OPD_LABEL;
		return true;
	}
	if (o->name == NULL) {
		asm_error(p, "cannot reference %s without a symbol", reg);
		return false;
	}
	if (strcmp(reg, "SB") == 0)
		o->base = BASE_SB;
	else if (strcmp(reg, "FP") == 0)
		o->base = BASE_FP;
	else if (strcmp(reg, "SP") == 0)
		o->base = BASE_SP;
	else {
		asm_error(p, "expected pseudo-register; found %s", reg);
		return false;
	}
	if (o->base != BASE_SB)
		o->sym = NULL;
	return true;
}

const char *
asm_qualify(const AsmConfig *cfg, const char *name)
{
	return name[0] == '.' ? intern_printf("%s%s", cfg->pkgpath, name) : name;
}

/* <>, <ABI0>, <ABIInternal> */
static bool
attribute(AsmParser *p, const char *name, const char **attr)
{
	AsmTok t;

	*attr = "";
	if (!got(p, '<'))
		return true;
	if (got(p, '>')) {
		*attr = "<>";
		return true;
	}
	t = next(p);
	if (t.kind != TOK_IDENT) {
		asm_error(p, "expected '>', found %s", t.text);
		return false;
	}
	if (!p->cfg->abis) {
		asm_error(p, "ABI selector only permitted when compiling runtime, reference was to \"%s\"", name);
		return false;
	}
	if (strcmp(t.text, "ABIInternal") == 0)
		*attr = "<ABIInternal>";
	else if (strcmp(t.text, "ABI0") != 0) {
		asm_error(p, "malformed ABI selector \"%s\" in reference to \"%s\"", t.text, name);
		return false;
	}
	return want(p, '>');
}

/* A name has been read: sym<>+off(SB), arg+8(FP), or a label. */
static bool
symbol(AsmParser *p, AsmTok t, int prefix, AsmOpd *o)
{
	const char *attr;
	AsmTok reg;

	o->name = asm_qualify(p->cfg, t.text);
	if (!attribute(p, o->name, &attr))
		return false;
	if (peek(p) == '+' || peek(p) == '-')
		o->val = (int64_t)expr(p, 0);
	if (peek(p) == TOK_EOF) {
		if (prefix == 0 && p->isjump && attr[0] == '\0' && o->val == 0) {
			o->kind = OPD_LABEL;
			return true;
		}
		asm_error(p, "illegal or missing addressing mode for symbol %s", o->name);
		return false;
	}
	if (!want(p, '('))
		return false;
	reg = next(p);
	if (reg.kind != TOK_IDENT) {
		asm_error(p, "expected identifier, found %s", reg.text);
		return false;
	}
	if (!want(p, ')') || !pseudo(p, o, reg.text, prefix))
		return false;
	if (o->base == BASE_SB)
		o->sym = asm_symbol(p, o->name, attr);
	else if (attr[0] != '\0') {
		asm_error(p, "%s%s is no symbol", o->name, attr);
		return false;
	}
	return true;
}

static bool
scale(AsmParser *p, uint8_t *out)
{
	AsmTok t = next(p);

	if (t.kind == TOK_INT && strlen(t.text) == 1 && strchr("1248", t.text[0]) != NULL) {
		*out = (uint8_t)(t.text[0] - '0');
		if (*out == 1 || (p->cpu->dialect & ASM_SCALES) != 0)
			return true;
		asm_error(p, "%s doesn't support scaled register format", p->cpu->name);
		return false;
	}
	asm_error(p, "bad scale: %s", t.text);
	return false;
}

/* The second parenthesis of (R1)(R2*8), (R1)(R2.UXTW<<3), (R1)(R2<<3), whose opening has been read. */
static bool
indexpart(AsmParser *p, AsmOpd *o)
{
	int r = realreg(p, next(p));
	bool iselem;

	if (r == 0)
		return false;
	o->index = (int16_t)r;
	if ((p->cpu->dialect & ASM_SHIFTS) != 0 && peek(p) == '.') {
		if (!extended(p, &o->ext, &o->amount, &iselem))
			return false;
		if (iselem) {
			asm_error(p, "invalid register extension");
			return false;
		}
	} else if ((p->cpu->dialect & ASM_SHIFTS) != 0 && got(p, TOK_SHL)) {
		uint64_t n = expr(p, 0);

		if (n > 7) {
			asm_error(p, "index shift amount is out of range");
			return false;
		}
		o->ext = "LSL";
		o->amount = (int64_t)n;
	} else if (got(p, '*') && !scale(p, &o->scale))
		return false;
	return want(p, ')');
}

/* At an opening parenthesis: (R1), (R1*8), (R1)(R2*8), (R1, R2), (PC) */
static bool
indirect(AsmParser *p, int prefix, AsmOpd *o)
{
	AsmTok t;
	int r;

	if (!want(p, '('))
		return false;
	t = next(p);
	r = regafter(p, t);
	if (r == 0)
		return false;
	if (r < 0)
		return want(p, ')') && pseudo(p, o, t.text, prefix);
	o->reg = (int16_t)r;
	if (got(p, ',')) {
		if ((p->cpu->dialect & ASM_SHIFTS) == 0) {
			asm_error(p, "(register,register) not supported on this architecture");
			return false;
		}
		r = realreg(p, next(p));
		if (r == 0 || !want(p, ')'))
			return false;
		if (prefix != 0 || o->val != 0 || o->name != NULL) {
			asm_error(p, "illegal address mode for register pair");
			return false;
		}
		o->kind = OPD_PAIR;
		o->reg2 = (int16_t)r;
		return true;
	}
	if (got(p, '*')) {
		o->index = o->reg;
		o->reg = 0;
		return scale(p, &o->scale) && want(p, ')');
	}
	return want(p, ')') && (!got(p, '(') || indexpart(p, o));
}

/* ---- the operand ---- */

static bool
remains(const AsmParser *p, int kind)
{
	for (int i = p->at; i < p->ntok; i++)
		if (p->tok[i].kind == kind)
			return true;
	return false;
}

/* $1.5, $"text" */
static bool
literal(AsmParser *p, int kind, int prefix, AsmOpd *o)
{
	uint32_t r;
	Buf b = { 0 };

	if (prefix != '$') {
		asm_error(p, "%s must be an immediate",
		    kind == TOK_FLOAT ? "floating-point constant" : "string constant");
		return false;
	}
	if (kind == TOK_FLOAT) {
		o->kind = OPD_FLOAT;
		o->fval = floatexpr(p, 0);
		return end(p);
	}
	o->kind = OPD_STRING;
	if (peek(p) != TOK_STRING) {
		asm_error(p, "expected string constant, found %s", next(p).text);
		return false;
	}
	if (unquote(p, next(p).text, &b, &r)) {
		o->str = arena_strndup(perm, (const char *)b.p, b.n);
		o->val = (int64_t)b.n;
	}
	buf_free(&b);
	return end(p);
}

/* Whether the parenthesis p stands at is around a register. */
static bool
parenreg(const AsmParser *p)
{
	return peekat(p, 1) == TOK_IDENT && asm_reg(p->cpu, p->tok[p->at + 1].text, peekat(p, 2), NULL) != 0;
}

static bool
operand(AsmParser *p, AsmOpd *o)
{
	int prefix = 0, k, special;
	AsmTok t;

	if (peek(p) == '$' || peek(p) == '*')
		prefix = next(p).kind;
	o->indirect = prefix == '*';
	o->kind = prefix == '$' ? OPD_ADDR : OPD_MEM;
	k = peek(p);
	if (k == TOK_IDENT) {
		t = next(p);
		if (asm_reg(p->cpu, t.text, peek(p), NULL) != 0)
			return regoperand(p, t, prefix, o);
		special = p->cpu->special != NULL && prefix == 0 ? p->cpu->special(t.text) : 0;
		if (special != 0) {
			o->kind = OPD_SPECIAL;
			o->name = t.text;
			o->val = special - 1;
			return end(p);
		}
		if (!symbol(p, t, prefix, o))
			return false;
		return p->at == p->ntok || (indirect(p, prefix, o) && end(p));
	}
	if (k == '[') {
		if (prefix != 0) {
			asm_error(p, "illegal use of register list");
			return false;
		}
		next(p);
		return reglist(p, o);
	}
	if (k != '(' || !parenreg(p)) {
		if (remains(p, TOK_FLOAT))
			return literal(p, TOK_FLOAT, prefix, o);
		if (remains(p, TOK_STRING))
			return literal(p, TOK_STRING, prefix, o);
		o->val = (int64_t)expr(p, 0);
		if (peek(p) != '(') {
			if (prefix == '$')
				o->kind = OPD_IMM;
			return end(p);
		}
	}
	return indirect(p, prefix, o) && end(p);
}

bool
asm_operand(AsmParser *p, AsmTok *tok, int ntok, AsmOpd *out)
{
	int errors = diag.nerrors;

	*out = (AsmOpd){ 0 };
	p->tok = tok;
	p->ntok = ntok;
	p->at = 0;
	return operand(p, out) && diag.nerrors == errors;
}
