/*
 * scan.h - the scanner, as the files of this folder see it.
 *
 * scan_next makes the next token current: tok, off and what belongs to them.
 * The text must be followed by a readable NUL, which file_map provides.
 */
#ifndef SLIPWAY_SYNTAX_SCAN_H
#define SLIPWAY_SYNTAX_SCAN_H

#include "syntax/syntax.h"

typedef enum { SEMI_CHAR, SEMI_NEWLINE, SEMI_EOF } SemiKind;

typedef struct Scanner Scanner;
struct Scanner {
	const uint8_t *text, *end, *p;	/* p: next byte to read */
	SrcFile *src;
	bool nlsemi;			/* a newline here is a semicolon */
	bool nonascii;			/* the text has bytes above 0x7F or NULs */
	size_t fault;			/* offset of the next fault of encoding, SIZE_MAX: there are no more */
	const char *faultmsg;

	/* the current token */
	uint8_t tok;			/* Token */
	uint8_t op;			/* Token: operator of TK_ASSIGNOP and TK_INCOP */
	uint8_t kind;			/* LitKind of TK_LITERAL, SemiKind of TK_SEMI */
	bool bad;			/* TK_LITERAL with an error */
	size_t off;			/* of its first byte */
	const char *lit;		/* TK_NAME, interned */
	size_t litlen;			/* TK_LITERAL: bytes from off */

	/* A lexical error at off; the message is complete. */
	void (*error)(Scanner *s, size_t off, const char *msg);
	/* A comment that starts with //go:, or //line in column 1, or a line comment of the other form. n without newline. */
	void (*directive)(Scanner *s, size_t off, size_t n);
};

void scan_init(Scanner *s, SrcFile *src, Bytes text);
void scan_next(Scanner *s);
void scan_stop(Scanner *s);		/* nothing but TK_EOF from now on */
const char *scan_literal(const Scanner *s);	/* text of the current literal, interned */

#endif
