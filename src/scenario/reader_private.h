/*
 * The shared declarations of the reader's files: matching the keys of a mapping with the rows of a
 * table, and finding the place where a key belongs.
 */
#ifndef SCENARIO_READER_PRIVATE_H
#define SCENARIO_READER_PRIVATE_H

#include "scenario/scenario_reader.h"

/* An action key of a step kind; reader->actions is sorted by `key`. */
struct reader_action {
	struct str key;
	const struct step_kind *kind;
	const struct field *row;
};

/* A mapping to read. If PAIR is set, it is read as ROW, whatever its key is (a misspelled action
 * key). */
struct reader_mapping {
	const struct node *node;
	const struct field *fields;
	const struct node_pair *as_pair;
	const struct field *as_row;
	const struct field *more; /* a second table with keys that are read separately, or NULL */
	struct str other_key;	  /* another key that is read separately, or empty */
	bool quiet;		  /* unknown keys were reported by an earlier reading */
};

bool reader_mapping(struct reader *r, const struct reader_mapping *m, void *out);
/* Reports an unknown key, with the nearest key of FIELDS or the place where it belongs. */
void reader_unknown_key(struct reader *r, const struct node *node, const struct node_pair *pair,
			const struct field *fields, const struct field *more);
/* reader_wrong_shape for a value that must be a mapping. */
bool reader_not_mapping(struct reader *r, const struct node *node, const char *expected);
/* The same if FIELD has free key names. */
bool reader_not_named_mapping(struct reader *r, const struct node *node, const struct field *field);
/* Reports the text NODE if it is a step that must be in a list, and returns true. */
bool reader_fix_step(struct reader *r, const struct node *node);
/* The same if FIELDS are the valid keys: `retry: 3` is a value for only one of them. */
bool reader_not_object(struct reader *r, const struct node *node, const struct field *fields,
		       const char *expected);
/* Reports a mapping instead of a list of steps. */
void reader_not_step_list(struct reader *r, const struct node *node);
const struct reader_action *reader_action_find(const struct reader *r, struct str key);
/* KEY, the first text of its line, must be a separate list item, beside the item whose first key
 * is at BESIDE: puts a dash before it. */
void reader_fix_dash(struct reader *r, struct diag *diag, struct span key, struct span beside);
/* Reads a scalar of a type that field_value_parse supports; its flags decide whether templates are
 * refused or replaced. */
bool reader_typed(struct reader *r, const struct node *node, const struct field *field, void *out);

#endif
