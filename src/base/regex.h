/*
 * Regular expressions: PCRE2 with our own names. A compiled pattern is const and shared by all
 * threads; the scratch (match data, bounded JIT stack) belongs to one thread. Limits: 100,000 match
 * steps and depth, 20 MB heap, 512 KiB JIT stack; reaching one is a separate outcome, never "no
 * match". Subjects are bytes that should be UTF-8; invalid stretches never match
 * (PCRE2_MATCH_INVALID_UTF).
 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

struct regex;
struct regex_scratch;

struct regex_error {
	size_t offset; /* into the pattern */
	char text[160];
};

/* Compiles a pattern, with the JIT if JIT is set (8 us per pattern: for runs, not for `check`).
 * NULL with ERROR filled if the pattern is not valid. */
struct regex *regex_new(struct str pattern, bool jit, struct regex_error *error);
void regex_free(struct regex *r);
/* Number of capture groups, and the number of a named one (-1 if there is none). */
unsigned regex_groups(const struct regex *r);
int regex_group_number(const struct regex *r, struct str name);

struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *s);

enum regex_outcome { REGEX_MATCH, REGEX_NO_MATCH, REGEX_LIMIT };
/* First match at or after FROM. Groups are read with regex_group until the next call on this
 * scratch. */
enum regex_outcome regex_find(const struct regex *r, struct regex_scratch *s, struct str subject,
			      size_t from);
/* Group N of the last match as a view of the subject; ptr NULL if the group did not match. */
struct str regex_group(const struct regex_scratch *s, struct str subject, unsigned n);
/* Offset from which to look for the next match (skips an empty match by a whole code point). */
size_t regex_next(const struct regex_scratch *s, struct str subject);
/* Appends ", PCRE2 10.42". */
void regex_put_library_version(struct buf *out);

#endif
