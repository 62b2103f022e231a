/*
 * check_return.c - whether a statement terminates, so that no return is missing.
 *
 * Source: spec section Terminating statements.
 */
#include "types/check.h"

static bool terminating(Stmt *s, const char *label);
static bool hasbreak(Stmt *s, const char *label, bool implicit);

static bool
breaklist(StmtVec *list, const char *label, bool implicit)
{
	for (int i = 0; i < list->n; i++)
		if (hasbreak(list->at[i], label, implicit))
			return true;
	return false;
}

static bool
breakclauses(ClauseVec *list, const char *label)
{
	for (int i = 0; i < list->n; i++)
		if (breaklist(&list->at[i]->body, label, false))
			return true;
	return false;
}

/* Whether s contains a break out of the statement with that label; implicit: a plain break counts too. */
static bool
hasbreak(Stmt *s, const char *label, bool implicit)
{
	switch ((StmtKind)s->kind) {
	case ST_LABELED:
		return hasbreak(s->labeled.stmt, label, implicit);
	case ST_BRANCH:
		if (s->branch.tok != TK_BREAK)
			return false;
		return s->branch.label == NULL ? implicit : s->branch.label->name.text == label;
	case ST_BLOCK:
		return breaklist(&s->block.list, label, implicit);
	case ST_IF:
		return hasbreak(s->ifs.then, label, implicit) ||
		    (s->ifs.els != NULL && hasbreak(s->ifs.els, label, implicit));
	case ST_SWITCH:
	case ST_TYPESWITCH:
	case ST_SELECT:
		return label != NULL && breakclauses(&s->sw.clauses, label);
	case ST_FOR:
		return label != NULL && hasbreak(s->fors.body, label, false);
	case ST_RANGE:
		return label != NULL && hasbreak(s->range.body, label, false);
	default:
		return false;
	}
}

static bool
terminatinglist(StmtVec *list)
{
	int n = list->n;

	while (n > 0 && list->at[n - 1]->kind == ST_EMPTY)
		n--;
	return n > 0 && terminating(list->at[n - 1], NULL);
}

static bool
terminating(Stmt *s, const char *label)
{
	switch ((StmtKind)s->kind) {
	case ST_LABELED:
		return terminating(s->labeled.stmt, s->labeled.label->name.text);
	case ST_EXPR: {
		Expr *e = ck_unparen(s->expr.x);

		return e->kind == EX_CALL && e->call.what == CALL_BUILTIN && e->call.builtin == BUILTIN_PANIC;
	}
	case ST_RETURN:
		return true;
	case ST_BRANCH:
		return s->branch.tok == TK_GOTO || s->branch.tok == TK_FALLTHROUGH;
	case ST_BLOCK:
		return terminatinglist(&s->block.list);
	case ST_IF:
		return s->ifs.els != NULL && terminating(s->ifs.then, NULL) && terminating(s->ifs.els, NULL);
	case ST_SWITCH:
	case ST_TYPESWITCH:
	case ST_SELECT: {
		bool hasdefault = s->kind == ST_SELECT;

		for (int i = 0; i < s->sw.clauses.n; i++) {
			Clause *c = s->sw.clauses.at[i];

			hasdefault |= c->isdefault;
			if (!terminatinglist(&c->body) || breaklist(&c->body, label, true))
				return false;
		}
		return hasdefault;
	}
	case ST_FOR:
		return s->fors.cond == NULL && !hasbreak(s->fors.body, label, true);
	default:
		return false;
	}
}

bool
ck_terminating(Stmt *body)
{
	return terminating(body, NULL);
}
