/* The smallest parts of a JSONPath: names, strings, numbers. Private to doc/jsonpath_*.c. */
#ifndef DOC_JSONPATH_TOKEN_H
#define DOC_JSONPATH_TOKEN_H

#include "doc/jsonpath_query.h"

struct path_reader {
	struct arena *arena;
	struct str text;
	size_t at;
	unsigned depth;
	struct jsonpath_error *error;
	struct regex_list *regexes;
};

/* The byte at AHEAD from here; 0 past the end. */
static inline char path_peek(const struct path_reader *r, size_t ahead)
{
	return r->at + ahead < r->text.len ? r->text.ptr[r->at + ahead] : '\0';
}

/* Steps over C if it stands here. */
static inline bool path_take(struct path_reader *r, char c)
{
	bool there = r->at < r->text.len && r->text.ptr[r->at] == c;
	r->at += there;
	return there;
}

/* Steps over the blanks of JSON. */
void path_blanks(struct path_reader *r);
/* Always false. */
bool path_error(struct path_reader *r, size_t at, const char *why);
/* A quoted string, escapes decoded, in the arena. */
bool path_string(struct path_reader *r, struct str *out);
/* A member name after a dot. */
bool path_name(struct path_reader *r, struct str *out);
bool path_starts_int(const struct path_reader *r);
/* A whole number within +-(2^53 - 1), no leading zero, no -0. */
bool path_int(struct path_reader *r, int64_t *out);
/* A number as JSON writes it. */
bool path_number(struct path_reader *r, double *out);

#endif
