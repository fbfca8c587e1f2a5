/*
 * What the files of the expression parser share: the parser, its place and its complaints. The
 * first mistake of an expression is told, and nothing more of it is read. Private to program/.
 */
#ifndef PROGRAM_PARSER_H
#define PROGRAM_PARSER_H

#include "program/emitter.h"
#include "program/lexer.h"

struct parser {
	struct emitter *e;
	const struct text *text;
	struct lexer lexer;
	struct token token; /* the one to look at */
	struct expr_builder b;
	unsigned depth;
};

/* Where the bytes [from, to) of the text stand in the file. */
struct span parser_place(const struct parser *p, size_t from, size_t to);
void parser_advance(struct parser *p);
/* Steps over the operator or word; false when something else stands there. */
bool parser_accept(struct parser *p, const char *word);
/* "`x` stands where EXPECTED is expected". */
void parser_fail(struct parser *p, const char *expected);

/* The word or operator must stand here; EXPECTED for the message. */
void parser_expect(struct parser *p, const char *word, const char *expected);
/* An expression whose operators bind at least so tightly. */
void parser_expression(struct parser *p, int binding);
/* `NAME(…)`, at the bracket; a filter, behind the `|`. */
void parser_call(struct parser *p, struct token name);
void parser_filter(struct parser *p);

/* A built-in whose first word was read at FROM; false when FIRST is none. */
bool parser_built_in(struct parser *p, struct str first, size_t from);
/* A variable or parameter. */
void parser_variable(struct parser *p, struct token name);

#endif
