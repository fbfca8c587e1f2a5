/*
 * The functions of the scenario reader that a kind may call, for shapes that a field table cannot
 * describe (a `field_special`, the `check` of a step). Implemented in scenario/; declared here so
 * that extract and expect, which may not include scenario/, can use it. Runs on the thread that
 * loads the file.
 *
 * Every read function returns false after an error, which is then in the reader's diagnostics; OUT
 * contains the default or zeroes. All results are in the document's arena.
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

/* ---- errors */

/* Reports an error: one sentence that says what is wrong and what is expected. Add notes and a fix
 * to the result. */
struct diag *reader_error(struct reader *r, struct span span, enum diag_code code,
			  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same for a warning: a value that is valid, but is probably not what the user intends. */
struct diag *reader_warning(struct reader *r, struct span span, enum diag_code code,
			    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds to DIAG the source line of NODE with TEXT instead of it; does nothing if NODE spans several
 * lines. */
void reader_fix_value(struct reader *r, struct diag *diag, const struct node *node,
		      struct str text);
void reader_fix_printf(struct reader *r, struct diag *diag, const struct node *node,
		       const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Reports "expected EXPECTED, found a list" ("a duration such as 2s"). Always returns false. */
bool reader_wrong_shape(struct reader *r, const struct node *node, const char *expected);

/* ---- values. NODE is the value of a key; EXPECTED names the value in messages, or NULL. */

/* Reads what FIELD describes into OUT (the member itself, not the struct that contains it). */
bool reader_value(struct reader *r, const struct node *node, const struct field *field, void *out);
/* Reads a mapping by a table; OUT is the zeroed struct, starting with `struct keys`. Rows are read
 * in the order of the table. */
bool reader_object(struct reader *r, const struct node *node, const struct field *fields,
		   void *out);
/* Reports each key that contradicts another one of its `choice`. KEYS is the first member of a
 * struct that FIELDS filled. Returns false if there is one. */
bool reader_check_choices(struct reader *r, const struct keys *keys, const struct field *fields);
/* Fills OUT with the defaults of the table, as if the mapping were empty. */
void reader_defaults(struct reader *r, const struct field *fields, void *out);
/* A list of steps, `extract:` and `expect:`. */
bool reader_steps(struct reader *r, const struct node *node, struct steps *out);
bool reader_extracts(struct reader *r, const struct node *node, struct extracts *out);
bool reader_expects(struct reader *r, const struct node *node, struct expects *out);
/* True if the expectations that are being read are about messages, not responses. */
bool reader_reads_messages(const struct reader *r);

/* Text with ${…} in it; the compiler checks them. */
bool reader_template(struct reader *r, const struct node *node, struct text *out);
/* The same; EXPECTED describes the expected value if it is not text. */
bool reader_template_of(struct reader *r, const struct node *node, const char *expected,
			struct text *out);
/* Exactly one ${…}; OUT is its inside. */
bool reader_expression(struct reader *r, const struct node *node, struct text *out);
/* Text without ${…}. */
bool reader_literal(struct reader *r, const struct node *node, const char *expected,
		    struct str *out);
/* Text in which each `${PARAMETER}` has been replaced by its value; any other ${…} is an error. */
bool reader_replaced(struct reader *r, const struct node *node, const char *expected,
		     struct str *out);

#endif
