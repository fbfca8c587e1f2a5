/*
 * From a document to C structs by the field tables (kind/field.h): unknown keys with the nearest
 * known one and the place where a key belongs, wrong shapes, ranges, words, defaults, all mistakes
 * in one pass. Nothing here knows a key of the language by name. A reader lives as long as one load
 * and belongs to its thread; what it reads lives in its arena and points into the document, which
 * must live as long.
 *
 * Every read function returns false after a mistake, which is then in `diags`; OUT holds the
 * default or zeroes. Read on: the caller's own result is only whether to look closer at what was
 * read.
 */
#ifndef SCENARIO_READER_H
#define SCENARIO_READER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "doc/node.h"
#include "kind/expect.h"
#include "kind/extract.h"
#include "kind/field.h"
#include "kind/step.h"
#include "scenario/tables.h"

struct parameters; /* scenario/parameters.h */
struct reader_action;

struct reader {
	struct arena *arena;
	struct diag_list *diags;
	const struct tables *tables;
	const struct field *root;      /* the table of a whole file, to say where a key belongs */
	struct parameters *parameters; /* for FIELD_PARAMETER; NULL: there are none */
	const struct reader_action *actions; /* the action keys of tables->steps, sorted */
	size_t action_count;
};

/* ARENA takes all that is read; ROOT and PARAMETERS may be NULL. */
void reader_init(struct reader *r, struct arena *arena, struct diag_list *diags,
		 const struct tables *tables, const struct field *root,
		 struct parameters *parameters);

/* ---- mistakes */

/* A sentence: what was found and what was expected. Add notes and a fix to what it returns. */
struct diag *reader_error(struct reader *r, struct span span, enum diag_code code,
			  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* "a list stands here; EXPECTED is expected" ("a duration such as 2s"). Always false. */
bool reader_wrong_shape(struct reader *r, const struct node *node, const char *expected);

/* ---- values. NODE is the value behind a key; EXPECTED names the value in messages, or NULL. */

/* What FIELD describes, into OUT (the member itself, not the struct that holds it). */
bool reader_value(struct reader *r, const struct node *node, const struct field *field, void *out);
/* A mapping by a table; OUT is the zeroed struct, beginning with `struct given`. Rows are read in
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
/* Exactly one ${…}; OUT is its inside. */
bool reader_expression(struct reader *r, const struct node *node, struct text *out);
/* Text without ${…}. */
bool reader_literal(struct reader *r, const struct node *node, const char *expected,
		    struct str *out);
/* Text in which each `${PARAMETER}` has been replaced by its value; another ${…} is a mistake. */
bool reader_replaced(struct reader *r, const struct node *node, const char *expected,
		     struct str *out);
/* These take a `${PARAMETER}` too. */
bool reader_duration(struct reader *r, const struct node *node, ns_t *out);
bool reader_int(struct reader *r, const struct node *node, int64_t *out);
bool reader_number(struct reader *r, const struct node *node, double *out);
bool reader_bool(struct reader *r, const struct node *node, bool *out);
/* The index of the word in WORDS (ends with NULL). */
bool reader_word(struct reader *r, const struct node *node, const char *const *words, int *out);

/* ---- what was given */

/* Was KEY written? GIVEN is the first member of a struct that FIELDS filled. */
bool given_has(const struct given *given, const struct field *fields, const char *key);
/* The span of the key, or of the whole mapping when it was not written. */
struct span given_key(const struct given *given, const char *key);
/* The value as written, or NULL. */
const struct node *given_value(const struct given *given, const char *key);
/* The row of KEY, or NULL. */
const struct field *field_find(const struct field *fields, struct str key);

#endif
