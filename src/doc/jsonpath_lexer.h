/* The smallest parts of a JSONPath: names, strings, numbers. Private to doc/jsonpath_*.c. */
#ifndef DOC_JSONPATH_LEXER_H
#define DOC_JSONPATH_LEXER_H

#include "doc/jsonpath_private.h"

struct jsonpath_lexer {
	struct arena *arena;
	struct str text;
	size_t at;
	unsigned depth;
	struct jsonpath_error *error;
	struct regex_list *regexes;
};

/* The byte AHEAD bytes after the current position; 0 after the end. */
static inline char jsonpath_lexer_peek(const struct jsonpath_lexer *r, size_t ahead)
{
	return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : '\0';
}

/* Skips C if it is the next byte. */
static inline bool jsonpath_lexer_accept(struct jsonpath_lexer *r, char c)
{
	bool there = r->at < r->text.len && r->text.ptr[r->at] == c;
	r->at += there;
	return there;
}

/* Skips the white space of JSON. */
void jsonpath_lexer_skip_spaces(struct jsonpath_lexer *r);
/* Always returns false. */
bool jsonpath_lexer_error(struct jsonpath_lexer *r, size_t at, const char *why);
/* Enters one more level of nesting; leaving it is `depth--`. False, with an error at AT, if it is
 * nested too deeply. */
bool jsonpath_lexer_enter(struct jsonpath_lexer *r, size_t at);
/* A quoted string with its escapes decoded, in the arena. */
bool jsonpath_lexer_string(struct jsonpath_lexer *r, struct str *out);
/* A member name after a dot. */
bool jsonpath_lexer_name(struct jsonpath_lexer *r, struct str *out);
bool jsonpath_lexer_starts_int(const struct jsonpath_lexer *r);
/* A whole number within +-(2^53 - 1), without a leading zero, not -0. */
bool jsonpath_lexer_int(struct jsonpath_lexer *r, int64_t *out);
/* A JSON number. */
bool jsonpath_lexer_number(struct jsonpath_lexer *r, double *out);

#endif
