/*
 * branches.c - labels, and where break, continue, goto and fallthrough lead.
 *
 * One walk over the statements of a body, function literals excepted: they are
 * bodies of their own. A goto whose label has not been seen yet waits in
 * `waiting`, a stack of which each block owns the part from its own start on;
 * what it cannot resolve is left to the block around it. A variable declared
 * in a block spoils the block's waiting gotos: they would jump over it.
 *
 * Source: The Go Programming Language Specification, "Labeled statements",
 * "Break statements", "Continue statements", "Goto statements",
 * "Fallthrough statements".
 */
#include "syntax/syntax.h"

typedef struct Block Block;
struct Block {
	Block *parent;
	Pos start;
	Stmt *label;		/* ST_LABELED that the statement of this block has, or NULL */
};

typedef struct {
	Block *block;		/* that declares it */
	Stmt *stmt;		/* ST_LABELED */
} Label;

/* What an unlabelled branch refers to. */
typedef struct {
	Stmt *breaks, *continues;
	int clause;		/* number of the clause whose list we are in directly, -1: none */
} Targets;

typedef struct {
	Arena *a;
	Map *labels;		/* name -> Label */
	Vec(Stmt *) waiting;
} Walk;

static void list(Walk *w, Block *parent, Targets t, Stmt *label, Pos start, Stmt *const *at, int n);

static const char *
postext(Pos p)
{
	Loc l = pos_loc(p);

	return l.col > 0 ? intern_printf("%s:%d:%d", l.file, l.line, l.col) : intern_printf("%s:%d", l.file, l.line);
}

static Label *
find(const Walk *w, const char *name)
{
	return w->labels != NULL ? map_get(w->labels, name) : NULL;
}

static bool
isloop(const Stmt *s)
{
	return s != NULL && (s->kind == ST_FOR || s->kind == ST_RANGE);
}

static void
unlabelled(Stmt *s, Targets t, bool last)
{
	const char *msg = "fallthrough statement out of place";

	switch (s->branch.tok) {
	case TK_BREAK:
		s->branch.target = t.breaks;
		if (t.breaks == NULL)
			diag_error(s->pos, "break is not in a loop, switch, or select");
		return;
	case TK_CONTINUE:
		s->branch.target = t.continues;
		if (t.continues == NULL)
			diag_error(s->pos, "continue is not in a loop");
		return;
	case TK_FALLTHROUGH:
		if (t.breaks != NULL && t.breaks->kind == ST_TYPESWITCH)
			msg = "cannot fallthrough in type switch";
		else if (t.breaks != NULL && t.breaks->kind == ST_SWITCH && t.clause >= 0 && last) {
			if (t.clause + 1 < t.breaks->sw.clauses.n)
				return;
			msg = "cannot fallthrough final case in switch";
		}
		diag_error(s->pos, "%s", msg);
		return;
	default:
		bug("branches: %s without a label", token_text(s->branch.tok));
	}
}

/* The statement that label l, around block b, stands before; NULL: it is not around it. */
static Stmt *
enclosing(const Label *l, const Block *b)
{
	for (; b != NULL; b = b->parent)
		if (b->label == l->stmt)
			return l->stmt->labeled.stmt;
	return NULL;
}

static void
labelled(Walk *w, Block *b, Stmt *s)
{
	const char *name = s->branch.label->name.text;
	Pos pos = s->branch.label->pos;
	Label *l = find(w, name);
	const char *what = token_text(s->branch.tok);
	Stmt *t;

	if (l != NULL)
		l->stmt->labeled.used = true;	/* even if in vain */
	if (s->branch.tok == TK_GOTO) {
		for (const Block *o = b; l != NULL && o != NULL; o = o->parent)
			if (o == l->block) {
				s->branch.target = l->stmt;
				return;
			}
		vec_push(w->a, &w->waiting, s);
		return;
	}
	if (l == NULL) {
		diag_error(pos, "%s label not defined: %s", what, name);
		return;
	}
	t = enclosing(l, b);
	if (isloop(t) ||
	    (s->branch.tok == TK_BREAK && t != NULL &&
	    (t->kind == ST_SWITCH || t->kind == ST_TYPESWITCH || t->kind == ST_SELECT)))
		s->branch.target = t;
	else
		diag_error(pos, "invalid %s label %s", what, name);
}

/* Declares a label in block b; var: name of the last variable declared there after waiting gotos [0..nspoilt). */
static void
declare(Walk *w, Block *b, Stmt *s, int from, int *nspoilt, Pos varpos, const char *var)
{
	const char *name = s->labeled.label->name.text;
	Label *l = find(w, name);
	int n = from, spoilt = *nspoilt;

	if (name[0] == '_' && name[1] == '\0')
		return;
	if (l != NULL)
		diag_error(s->labeled.label->pos, "label %s already defined at %s", name,
		    postext(l->stmt->labeled.label->pos));
	else {
		if (w->labels == NULL)
			w->labels = map_new(w->a);
		l = NEW(w->a, Label);
		l->block = b;
		l->stmt = s;
		map_set(w->labels, name, l);
	}
	for (int i = from; i < w->waiting.n; i++) {
		Stmt *g = w->waiting.at[i];

		if (g->branch.label->name.text != name) {
			w->waiting.at[n++] = g;
			continue;
		}
		g->branch.target = s;
		l->stmt->labeled.used = true;
		if (i < spoilt) {
			(*nspoilt)--;
			diag_error(g->branch.label->pos, "goto %s jumps over declaration of %s at %s", name, var,
			    postext(varpos));
		}
	}
	w->waiting.n = n;
}

static const char *
listtext(const ExprVec *v)
{
	const char *s = v->n > 0 ? expr_string(v->at[0]) : "";

	for (int i = 1; i < v->n; i++)
		s = intern_printf("%s, %s", s, expr_string(v->at[i]));
	return s;
}

static void
block(Walk *w, Block *parent, Targets t, Stmt *label, const Stmt *s)
{
	if (s != NULL && s->kind == ST_BLOCK)
		list(w, parent, t, label, s->pos, s->block.list.at, s->block.list.n);
}

static void
list(Walk *w, Block *parent, Targets t, Stmt *label, Pos start, Stmt *const *at, int n)
{
	Block *b = NEW(w->a, Block);	/* labels keep pointing to it */
	int from = w->waiting.n, nspoilt = 0;
	const char *var = NULL;
	Pos varpos = 0;

	*b = (Block){ parent, start, label };
	while (n > 0 && at[n - 1]->kind == ST_EMPTY)	/* a fallthrough before these is the last statement */
		n--;
	for (int i = 0; i < n; i++) {
		Targets in = { t.breaks, t.continues, -1 };
		Stmt *s = at[i], *lab = NULL;

		for (; s->kind == ST_LABELED; s = s->labeled.stmt) {
			declare(w, b, s, from, &nspoilt, varpos, var);
			if (strcmp(s->labeled.label->name.text, "_") != 0)
				lab = s;
		}
		switch (s->kind) {
		case ST_DECL:
			for (int j = 0; j < s->decl.list.n; j++)
				if (s->decl.list.at[j]->kind == DE_VAR) {
					varpos = s->decl.list.at[j]->pos;
					var = expr_string(s->decl.list.at[j]->value.names.at[0]);
					nspoilt = w->waiting.n;
					break;
				}
			break;
		case ST_DEFINE:
			if (w->waiting.n > from) {
				varpos = s->pos;
				var = listtext(&s->assign.lhs);
				nspoilt = w->waiting.n;
			}
			break;
		case ST_BRANCH:
			if (s->branch.label == NULL)
				unlabelled(s, t, i + 1 == n);
			else
				labelled(w, b, s);
			break;
		case ST_BLOCK:
			block(w, b, in, lab, s);
			break;
		case ST_IF:
			block(w, b, in, lab, s->ifs.then);
			if (s->ifs.els != NULL)
				list(w, b, in, lab, s->ifs.els->pos, &s->ifs.els, 1);
			break;
		case ST_FOR:
			in.breaks = in.continues = s;
			block(w, b, in, lab, s->fors.body);
			break;
		case ST_RANGE:
			in.breaks = in.continues = s;
			block(w, b, in, lab, s->range.body);
			break;
		case ST_SWITCH:
		case ST_TYPESWITCH:
		case ST_SELECT:
			in.breaks = s;
			for (int j = 0; j < s->sw.clauses.n; j++) {
				Clause *c = s->sw.clauses.at[j];

				in.clause = s->kind == ST_SELECT ? -1 : j;
				list(w, b, in, lab, c->pos, c->body.at, c->body.n);
			}
			break;
		default:
			break;
		}
	}
}

void
parse_branches(Stmt *body)
{
	static Arena *scratch;
	Walk w = { 0 };
	const void *key;
	void *value;

	if (scratch == NULL)
		scratch = arena_new("branches");
	w.a = scratch;
	block(&w, NULL, (Targets){ NULL, NULL, -1 }, NULL, body);
	for (int i = 0; i < w.waiting.n; i++) {
		Stmt *g = w.waiting.at[i];
		const char *name = g->branch.label->name.text;
		Label *l = find(&w, name);

		if (l == NULL) {
			diag_error(g->branch.label->pos, "label %s not defined", name);
			continue;
		}
		l->stmt->labeled.used = true;
		diag_error(g->branch.label->pos, "goto %s jumps into block starting at %s", name,
		    postext(l->block->start));
	}
	if (w.labels != NULL)
		for (int i = 0; map_next(w.labels, &i, &key, &value);) {
			const Stmt *s = ((Label *)value)->stmt;

			if (!s->labeled.used)
				diag_error(s->labeled.label->pos, "label %s defined and not used",
				    s->labeled.label->name.text);
		}
	arena_reset(scratch);
}
