/*
 * Shared by the files of the expression parser: the parser, its position and its errors. Only the
 * first error of an expression is reported, and the rest is not read. Private to program/.
 */
#ifndef PROGRAM_PARSER_H
#define PROGRAM_PARSER_H

#include "program/emitter.h"
#include "program/lexer.h"

struct parser {
	struct emitter *e;
	const struct text *text;
	struct lexer lexer;
	struct token token; /* the next one */
	struct expr_builder b;
	unsigned depth;
};

/* The span in the file of the bytes [from, to) of the text. */
struct span parser_place(const struct parser *p, size_t from, size_t to);
void parser_advance(struct parser *p);
/* Skips the operator or word; false if the next token is another one. */
bool parser_accept(struct parser *p, const char *word);
/* Reports "unexpected `x`; expected EXPECTED". */
void parser_fail(struct parser *p, const char *expected);

/* Skips the word or operator, which must come next; EXPECTED is for the message. */
void parser_expect(struct parser *p, const char *word, const char *expected);
/* An expression whose operators bind at least as tightly as LEVEL. */
void parser_expression(struct parser *p, int binding);
/* `NAME(…)`, at the bracket; or a filter, after the `|`. */
void parser_call(struct parser *p, struct token name);
void parser_filter(struct parser *p);

/* A built-in whose first word was read at FROM; false if FIRST is not one. */
bool parser_built_in(struct parser *p, struct str first, size_t from);
/* A variable or parameter. */
void parser_variable(struct parser *p, struct token name);

#endif
