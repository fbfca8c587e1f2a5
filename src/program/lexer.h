/*
 * The tokens of an expression. Reads the decoded text of a scalar from an offset to the `}` that
 * ends the expression; positions are offsets into that text. Private to program/.
 */
#ifndef PROGRAM_LEXER_H
#define PROGRAM_LEXER_H

#include "base/arena.h"
#include "base/str.h"

enum token_kind {
	TOKEN_END,   /* end of the text */
	TOKEN_CLOSE, /* } */
	TOKEN_NAME,
	TOKEN_NUMBER,	/* `number`; a duration in milliseconds */
	TOKEN_TEXT,	/* `text`, escapes decoded */
	TOKEN_OPERATOR, /* `text` is + - * / % == != < <= > >= | ( ) [ ] , . */
	TOKEN_BAD,	/* `problem` is the reason */
};

struct token {
	enum token_kind kind;
	size_t from, to;
	struct str text;
	double number;
	const char *problem;
};

struct lexer {
	struct arena *arena;
	struct str text;
	size_t at;
};

/* The next token, TOKEN_END at the end, TOKEN_BAD with a reason; moves `at` past it. */
struct token lexer_next(struct lexer *lexer);
bool lexer_token_is(const struct token *token, const char *text);

#endif
