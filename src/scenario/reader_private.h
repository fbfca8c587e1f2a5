/*
 * What the files of the reader share among themselves: the keys of a mapping matched to the rows of
 * a table, and the search for the place where a key belongs.
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

/* A mapping to read: PAIR, if given, is read as ROW whatever its key (a misspelt action key). */
struct reader_mapping {
	const struct node *node;
	const struct field *fields;
	const struct node_pair *as_pair;
	const struct field *as_row;
	const struct field
	    *more; /* a second table of keys that are not this mapping's to read, or NULL */
	struct str other_key; /* a further key that is not this mapping's to read, or empty */
	bool quiet;	      /* unknown keys have been reported by an earlier reading */
};

bool reader_mapping(struct reader *r, const struct reader_mapping *m, void *out);
/* "'KEY' is not known here", with the nearest key of FIELDS or the place where it belongs. */
void reader_unknown_key(struct reader *r, const struct node_pair *pair, const struct field *fields,
			const struct field *more);
/* reader_wrong_shape where keys and values are expected. */
bool reader_not_mapping(struct reader *r, const struct node *node, const char *expected);
/* The same where FIELD takes names of one's own choice. */
bool reader_not_named_mapping(struct reader *r, const struct node *node, const struct field *field);
/* True, and told, when the text NODE is a step that should stand in a list. */
bool reader_fix_step(struct reader *r, const struct node *node);
/* The same where FIELDS say which keys: `retry: 3` can only mean one of them. */
bool reader_not_object(struct reader *r, const struct node *node, const struct field *fields,
		       const char *expected);
/* A map stands where steps are expected. */
void reader_not_step_list(struct reader *r, const struct node *node);
const struct reader_action *reader_action_find(const struct reader *r, struct str key);
/* Hangs on DIAG the line of a list item whose text begins where AT begins. */
void reader_fix_item(struct reader *r, struct diag *diag, struct span at, struct str text);
/* "nothing stands here" and other mistakes of a value that should be a scalar. */
bool reader_scalar(struct reader *r, const struct node *node, const char *expected);
/* A scalar of a type that field_value_parse knows, templates refused or replaced as its flags say.
 */
bool reader_typed(struct reader *r, const struct node *node, const struct field *field, void *out);

#endif
