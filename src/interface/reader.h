/*
 * What the kinds may ask of the reader of scenarios, for the shapes a field table cannot say (a
 * `field_special`, a step's `check`). Implemented in scenario/; declared here so that extract and
 * expect, which stand beside it, can use it. On the thread that loads.
 *
 * Every read function returns false after a mistake, which is then in the reader's diagnostics; OUT
 * holds the default or zeroes. What is read lives in the document's arena.
 */
#ifndef INTERFACE_READER_H
#define INTERFACE_READER_H

#include <stdbool.h>

#include "base/diag.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/field.h"
#include "interface/step.h"

struct reader;
struct node;

/* ---- mistakes */

/* A sentence: what was found and what was expected. Add notes and a fix to what it returns. */
struct diag *reader_error(struct reader *r, struct span span, enum diag_code code,
			  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Hangs on DIAG the source line of NODE with TEXT in its place; nothing when NODE is longer than a
 * line. */
void reader_fix_value(struct reader *r, struct diag *diag, const struct node *node,
		      struct str text);
/* "a list stands here; EXPECTED is expected" ("a duration such as 2s"). Always false. */
bool reader_wrong_shape(struct reader *r, const struct node *node, const char *expected);

/* ---- values. NODE is the value behind a key; EXPECTED names the value in messages, or NULL. */

/* What FIELD describes, into OUT (the member itself, not the struct that holds it). */
bool reader_value(struct reader *r, const struct node *node, const struct field *field, void *out);
/* A mapping by a table; OUT is the zeroed struct, beginning with `struct keys`. Rows are read in
 * the order of the table. */
bool reader_object(struct reader *r, const struct node *node, const struct field *fields,
		   void *out);
/* OUT filled with the defaults of the table, as if the mapping were there and empty. */
void reader_defaults(struct reader *r, const struct field *fields, void *out);
/* A list of steps, and `extract:` and `expect:`. */
bool reader_steps(struct reader *r, const struct node *node, struct steps *out);
bool reader_extracts(struct reader *r, const struct node *node, struct extracts *out);
bool reader_expects(struct reader *r, const struct node *node, struct expects *out);

/* Text with ${…} in it; whether those are well formed is the compiler's to say. */
bool reader_template(struct reader *r, const struct node *node, struct text *out);
/* The same; EXPECTED says what is wanted where it is none. */
bool reader_template_of(struct reader *r, const struct node *node, const char *expected,
			struct text *out);
/* Exactly one ${…}; OUT is its inside. */
bool reader_expression(struct reader *r, const struct node *node, struct text *out);
/* Text without ${…}. */
bool reader_literal(struct reader *r, const struct node *node, const char *expected,
		    struct str *out);
/* Text in which each `${PARAMETER}` has been replaced by its value; another ${…} is a mistake. */
bool reader_replaced(struct reader *r, const struct node *node, const char *expected,
		     struct str *out);

#endif
