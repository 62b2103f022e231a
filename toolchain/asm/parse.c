/*
 * parse.c - statements: {label:} WORD[.suffix] [operand {, operand}]
 *
 * A label belongs to a function, and so does n(PC), which counts statements that make an instruction or a directive of
 * the function. Both are resolved when the function ends. Functions are completed (func.c) when the whole file has
 * been read without errors.
 */
#include "asm/asm.h"

enum { MAXOPERANDS = 16 };	/* of a statement; more are an error */

typedef struct {
	AsmParser p;
	Pos pos;
	const char *word, *suffix;
	AsmToks opd[MAXOPERANDS];
	int nopd;
	Vec(const char *) pending;	/* labels before this statement */
	bool sawcode;
	Vec(AsmInsn *) insns;		/* of the function, for n(PC) */
	Vec(AsmFunc *) funcs;		/* those that are read */
} Statement;

void
asm_error(AsmParser *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (p->errpos != p->pos)
		diag_verror(p->pos, fmt, ap);
	p->errpos = p->pos;
	va_end(ap);
}

/* ---- symbols ---- */

/* Functions have the stack convention here unless they say otherwise. Whether a symbol without attribute is a function is known at the
 * end, so that its name is completed then: asm_finish. */
ObjSym *
asm_symbol(AsmParser *p, const char *name, const char *attr)
{
	ObjSym *s = obj_sym(p->o, attr[0] == '\0' ? name : intern_printf("%s%s", name, attr));

	if (strcmp(attr, "<>") == 0)
		s->flags |= SYMF_LOCAL;
	else if (attr[0] == '\0')
		s->flags |= SYMF_ABI0;
	return s;
}

/* ---- reading a statement ---- */

static AsmTok
token(Statement *s)
{
	for (;;) {
		AsmTok t = asm_next(s->p.in);

		if (t.kind == TOK_BUILD) {
			if (s->sawcode)
				diag_error(t.pos, "misplaced //go:build comment");
			continue;
		}
		if (t.kind != '\n')
			s->sawcode = true;
		return t;
	}
}

static bool
isend(int kind)
{
	return kind == '\n' || kind == ';' || kind == TOK_EOF;
}

/* Reads the operands. AX:DX is the old way to write DX, AX. */
static void
operands(Statement *s, AsmTok t)
{
	int nesting = 0, colon = -1;
	bool missing = false;

	s->nopd = 0;
	if (isend(t.kind))
		return;
	for (;; t = token(s)) {
		AsmToks one = { 0 };

		for (; !isend(t.kind) && (nesting > 0 || (t.kind != ',' && t.kind != ':')); t = token(s)) {
			nesting += (t.kind == '(' || t.kind == '[') - (t.kind == ')' || t.kind == ']');
			vec_push(perm, &one, t);
		}
		missing |= one.n == 0;
		if (s->nopd < MAXOPERANDS)
			s->opd[s->nopd++] = one;
		else
			asm_error(&s->p, "more than %d operands", MAXOPERANDS);
		if (colon >= 0 && s->nopd == colon + 2) {
			s->opd[colon + 1] = s->opd[colon];
			s->opd[colon] = one;
			colon = -1;
		}
		if (isend(t.kind))
			break;
		if (t.kind == ':' && colon >= 0)
			asm_error(&s->p, "invalid ':' in operand");
		else if (t.kind == ':')
			colon = s->nopd - 1;
	}
	if (missing)
		asm_error(&s->p, "missing operand");
	if (t.kind == TOK_EOF)
		asm_error(&s->p, "unexpected EOF");
}

/* Reads one statement and the labels before it. false: there is none. */
static bool
statement(Statement *s)
{
	AsmTok t;

	for (;;) {
		do
			t = token(s);
		while (t.kind == '\n' || t.kind == ';');
		if (t.kind == TOK_EOF)
			return false;
		s->p.pos = t.pos;
		if (t.kind != TOK_IDENT) {
			asm_error(&s->p, "expected identifier, found \"%s\"", t.text);
			return false;
		}
		s->word = t.text;
		s->suffix = NULL;
		t = token(s);
		if (t.kind != ':')
			break;
		vec_push(perm, &s->pending, s->word);
	}
	while (t.kind == '.') {
		t = token(s);
		if (t.kind != TOK_IDENT)
			asm_error(&s->p, "instruction suffix expected identifier, found %s", t.text);
		s->suffix = intern_printf("%s.%s", s->suffix != NULL ? s->suffix : "", t.text);
		t = token(s);
	}
	operands(s, t);
	return true;
}

/* The statement as text, for messages. */
static const char *
statementtext(const Statement *s)
{
	const char *text;
	Buf b = { 0 };

	buf_printf(&b, "%s%s", s->word, s->suffix != NULL ? s->suffix : "");
	for (int i = 0; i < s->nopd; i++) {
		buf_str(&b, i == 0 ? " " : ", ");
		for (int k = 0; k < s->opd[i].n; k++)
			buf_str(&b, s->opd[i].at[k].text);
	}
	text = intern((const char *)b.p, b.n);
	buf_free(&b);
	return text;
}

/* ---- functions ---- */

static AsmInsn *
append(Statement *s, int op)
{
	AsmFunc *f = s->p.fn;
	AsmInsn *i;

	if (f == NULL) {
		asm_error(&s->p, "%s outside of a function", s->word);
		return NULL;
	}
	i = NEW(perm, AsmInsn);
	i->op = (uint16_t)op;
	i->pos = s->p.pos;
	i->word = s->word;
	i->suffix = s->suffix;
	i->text = statementtext(s);
	if (f->last != NULL)
		f->last->next = i;
	else
		f->first = i;
	f->last = i;
	vec_push(perm, &s->insns, i);
	for (int k = 0; k < s->pending.n; k++) {
		if (map_has(s->p.labels, s->pending.at[k]))
			asm_error(&s->p, "label \"%s\" multiply defined", s->pending.at[k]);
		map_set(s->p.labels, s->pending.at[k], i);
	}
	s->pending.n = 0;
	return i;
}

/* The instruction that a label of instruction n means. */
static AsmInsn *
target(Statement *s, int n, const AsmOpd *o)
{
	AsmInsn *t;

	if (o->name != NULL) {
		t = map_get(s->p.labels, o->name);
		if (t == NULL)
			asm_error(&s->p, "undefined label %s", o->name);
		return t;
	}
	if (o->val < -n || o->val >= s->insns.n - n) {
		asm_error(&s->p, "branch out of range: %lld(PC)", (long long)o->val);
		return NULL;
	}
	return s->insns.at[n + o->val];
}

static void
finishfunc(Statement *s)
{
	if (s->p.fn == NULL)
		return;
	append(s, AOP_END);
	for (int n = 0; n < s->insns.n; n++) {
		AsmInsn *i = s->insns.at[n];

		s->p.pos = i->pos;
		for (int k = 0; k < i->nopd; k++)
			if (i->opd[k].kind == OPD_LABEL)
				i->opd[k].target = target(s, n, &i->opd[k]);
	}
	vec_push(perm, &s->funcs, s->p.fn);
	s->p.fn = NULL;
	s->insns.n = 0;
}

static bool
integer(const AsmToks *t, int at, AsmParser *p, int64_t *out)
{
	uint64_t v;

	if (at >= t->n || t->at[at].kind != TOK_INT || !asm_atoi(p, t->at[at].text, &v))
		return false;
	*out = (int64_t)v;
	return true;
}

/* $frame-args, where the minus sign is none: two numbers. */
static bool
textsize(AsmParser *p, const AsmToks *t, const char *name, AsmFunc *f)
{
	int neg = t->n > 1 && t->at[1].kind == '-', at = 1 + neg;

	f->argsize = -1;
	if (t->at[0].kind != '$' || !integer(t, at, p, &f->framesize) || f->framesize < 0) {
		asm_error(p, "TEXT %s: frame size must be an immediate constant", name);
		return false;
	}
	if (neg)
		f->framesize = -f->framesize;
	if (t->n == at + 1)
		return true;
	if (t->n != at + 3 || t->at[at + 1].kind != '-' || !integer(t, at + 2, p, &f->argsize) || f->argsize < 0) {
		asm_error(p, "TEXT %s: argument size must be of form -integer", name);
		return false;
	}
	/* no stack is larger, so that sums of sizes do not overflow */
	if (f->framesize > 1 << 30 || f->argsize > 1 << 30) {
		asm_error(p, "TEXT %s: frame or argument size is too large", name);
		return false;
	}
	return true;
}

bool
asm_validsym(AsmParser *p, const char *directive, const AsmOpd *o, bool offset)
{
	if (o->kind != OPD_MEM || o->base != BASE_SB || o->reg != 0 || o->index != 0)
		asm_error(p, "%s symbol \"%s\" must be a symbol(SB)", directive,
		    o->name != NULL ? o->name : "<erroneous symbol>");
	else if (!offset && o->val != 0)
		asm_error(p, "%s symbol \"%s\" must not be offset from SB", directive, o->name);
	else
		return true;
	return false;
}

bool
asm_flagopd(AsmParser *p, const char *directive, AsmToks *t, unsigned *flags)
{
	AsmOpd o;

	if (!asm_operand(p, t->at, t->n, &o))
		return false;
	if (o.kind != OPD_MEM || o.base != BASE_REG || o.reg != 0 || o.index != 0) {
		asm_error(p, "%s: expected integer constant", directive);
		return false;
	}
	*flags = (unsigned)o.val;
	return true;
}

/* TEXT name(SB), [flags,] $frame-args */
static void
text(Statement *s)
{
	AsmParser *p = &s->p;
	AsmFunc *f = NEW(perm, AsmFunc);
	AsmOpd o;

	finishfunc(s);
	p->pos = s->pos;
	p->labels = map_new(perm);
	if (s->nopd != 2 && s->nopd != 3) {
		asm_error(p, "expect two or three operands for TEXT");
		return;
	}
	if (!asm_operand(p, s->opd[0].at, s->opd[0].n, &o) || !asm_validsym(p, "TEXT", &o, false))
		return;
	if (s->nopd == 3 && !asm_flagopd(p, "TEXT", &s->opd[1], &f->flags))
		return;
	if (o.sym->flags != SYMF_ABI0 && o.sym->flags != SYMF_LOCAL && (f->flags & ATF_NOSPLIT) == 0)
		asm_error(p, "TEXT \"%s\": ABIInternal requires NOSPLIT", o.name);
	if (!textsize(p, &s->opd[s->nopd - 1], o.name, f))
		return;
	if (o.sym->defined) {
		asm_error(p, "symbol %s redeclared", o.name);
		return;
	}
	f->cpu = p->cpu;
	f->o = p->o;
	f->sym = o.sym;
	f->pos = p->pos;
	f->sym->defined = true;
	f->sym->kind = SYM_TEXT;
	p->fn = f;
	append(s, AOP_TEXT);
}

/* ---- directives of functions ---- */

static bool
immediates(Statement *s, AsmInsn *i, int n)
{
	if (s->nopd != n) {
		asm_error(&s->p, "expect %s for %s", n == 1 ? "one operand" : "two operands", s->word);
		return false;
	}
	for (int k = 0; k < n; k++) {
		if (!asm_operand(&s->p, s->opd[k].at, s->opd[k].n, &i->opd[k]))
			return false;
		if (i->opd[k].kind != OPD_IMM && !(k == 1 && i->op == AOP_FUNCDATA)) {
			asm_error(&s->p, "%s: expected immediate constant", s->word);
			return false;
		}
	}
	i->nopd = (uint8_t)n;
	return true;
}

static void
pcalign(Statement *s)
{
	AsmInsn *i = append(s, AOP_PCALIGN);
	int64_t n;

	if (i == NULL || !immediates(s, i, 1))
		return;
	n = i->opd[0].val;
	if (n < 8 || n > 2048 || (n & (n - 1)) != 0)
		asm_error(&s->p,
		    "alignment value of an instruction must be a power of two and in the range [8, 2048], got %lld",
		    (long long)n);
}

/* Stack maps are the runtime's own here, so that only the macros of funcdata.h are known, by what they expand to. */
static void
funcdata(Statement *s)
{
	AsmInsn *i = append(s, AOP_FUNCDATA);
	const char *name;

	if (i == NULL || !immediates(s, i, 2) || !asm_validsym(&s->p, "FUNCDATA", &i->opd[1], true))
		return;
	name = i->opd[1].name;
	if (i->opd[0].val == 1 &&
	    (strcmp(name, "runtime.no_pointers_stackmap") == 0 || strcmp(name, "no_pointers_stackmap") == 0))
		s->p.fn->nolocals = true;
	else if (i->opd[0].val != 0 || strcmp(name, "go_args_stackmap") != 0)
		asm_error(&s->p, "FUNCDATA $%lld, %s(SB): only NO_LOCAL_POINTERS and GO_ARGS are supported",
		    (long long)i->opd[0].val, name);
}

static void
pcdata(Statement *s)
{
	AsmInsn *i = append(s, AOP_PCDATA);

	if (i == NULL || !immediates(s, i, 2))
		return;
	if (i->opd[0].val == 1 && i->opd[1].val == 1)
		s->p.fn->resultsset = true;
	else if (i->opd[0].val != 0)
		asm_error(&s->p, "PCDATA $%lld, $%lld: only GO_RESULTS_INITIALIZED and unsafe points are supported",
		    (long long)i->opd[0].val, (long long)i->opd[1].val);
}

/* ---- instructions ---- */

static void
instruction(Statement *s)
{
	int op = s->p.cpu->op(s->word), errors = diag.nerrors;
	AsmOpd opd[ASM_MAXOPD];
	AsmInsn *i;

	if (op == 0) {
		asm_error(&s->p, "unrecognized instruction \"%s\"", s->word);
		return;
	}
	if (s->nopd > ASM_MAXOPD) {
		asm_error(&s->p, "can't handle %s instruction with %d operands", s->word, s->nopd);
		return;
	}
	s->p.isjump = s->p.cpu->isjump(op);
	for (int k = 0; k < s->nopd && diag.nerrors == errors; k++)
		asm_operand(&s->p, s->opd[k].at, s->opd[k].n, &opd[k]);
	s->p.isjump = false;
	/* even a wrong one: labels before it are not undefined */
	i = append(s, op);
	if (i == NULL || diag.nerrors > errors)
		return;
	memcpy(i->opd, opd, sizeof *opd * (size_t)s->nopd);
	i->nopd = (uint8_t)s->nopd;
}

static void
line(Statement *s)
{
	static const struct {
		const char *word;
		void (*fn)(Statement *s);
	} ofcode[] = { { "TEXT", text }, { "PCALIGN", pcalign }, { "PCDATA", pcdata }, { "FUNCDATA", funcdata } };

	s->pos = s->p.pos;
	for (size_t k = 0; k < NELEM(ofcode); k++)
		if (strcmp(s->word, ofcode[k].word) == 0) {
			ofcode[k].fn(s);
			return;
		}
	if (strcmp(s->word, "DATA") == 0)
		asm_data(&s->p, s->opd, s->nopd);
	else if (strcmp(s->word, "GLOBL") == 0)
		asm_globl(&s->p, s->opd, s->nopd);
	else
		instruction(s);
}

void
asm_file(const AsmConfig *cfg, ObjFile *o, const char *file)
{
	Statement s = { .p = { .cfg = cfg, .cpu = cfg->cpu, .o = o } };
	int errors = diag.nerrors;

	s.p.in = asm_open(file, &cfg->lex);
	s.p.data = map_new(perm);
	while (statement(&s))
		if (s.p.errpos != s.p.pos)
			line(&s);
	s.word = "end of file";
	finishfunc(&s);
	if (diag.nerrors > errors)
		return;
	for (int i = 0; i < s.funcs.n; i++)
		if (asm_func(s.funcs.at[i]) && cfg->list)
			asm_list(stdout, s.funcs.at[i]);
}

/* ---- -gensymabis ---- */

/* [$|*]sym[<abi>][+n](SB): the name, or NULL; *abi is what it says. */
static const char *
funcaddress(AsmParser *p, const AsmToks *t, const char **abi)
{
	int i = t->n > 0 && (t->at[0].kind == '$' || t->at[0].kind == '*');
	const AsmTok *at = t->at;
	const char *name;

	if (i >= t->n || at[i].kind != TOK_IDENT ||
	    asm_reg(p->cpu, at[i].text, i + 1 < t->n ? at[i + 1].kind : TOK_EOF, NULL) != 0)
		return NULL;
	name = asm_qualify(p->cfg, at[i++].text);
	*abi = "ABI0";
	if (i + 2 < t->n && at[i].kind == '<' && at[i + 1].kind == TOK_IDENT && at[i + 2].kind == '>') {
		if (p->cfg->abis)
			*abi = at[i + 1].text;
		i += 3;
	}
	if (i + 1 < t->n && at[i].kind == '+' && at[i + 1].kind == TOK_INT)
		i += 2;
	if (i + 3 != t->n || at[i].kind != '(' || strcmp(at[i + 1].text, "SB") != 0 || at[i + 2].kind != ')')
		return NULL;
	return name;
}

void
asm_symabis(const AsmConfig *cfg, const char *file, Buf *out)
{
	Statement s = { .p = { .cfg = cfg, .cpu = cfg->cpu } };

	s.p.in = asm_open(file, &cfg->lex);
	while (statement(&s)) {
		bool istext = strcmp(s.word, "TEXT") == 0;
		int k = strcmp(s.word, "DATA") == 0 || strcmp(s.word, "FUNCDATA") == 0;

		if (strcmp(s.word, "GLOBL") == 0 || strcmp(s.word, "PCDATA") == 0)
			continue;
		for (; k < (istext && s.nopd > 0 ? 1 : s.nopd); k++) {
			const char *abi, *name = funcaddress(&s.p, &s.opd[k], &abi);

			if (name != NULL)
				buf_printf(out, "%s %s %s\n", istext ? "def" : "ref", name, abi);
		}
	}
}
