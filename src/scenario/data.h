/*
 * `data:` of a scenario file: data sets, which are rows from a file or from the scenario, and how
 * users get them. Files are opened, indexed and checked when the scenario is read, so that a short
 * row is found before any request is sent; data_close closes them. Const after reading.
 */
#ifndef SCENARIO_DATA_H
#define SCENARIO_DATA_H

#include "interface/field.h"
#include "scenario/rows.h"

struct reader;

enum data_pick { PICK_IN_ORDER, PICK_SHUFFLED, PICK_RANDOM };
enum data_per { PER_ITERATION, PER_USER };
enum data_end { END_REPEAT, END_STOP_USER, END_STOP_RUN, END_FAIL };

/* Maximum number of columns of a data set. */
#define DATA_COLUMNS UINT16_MAX

struct data_set {
	struct keys keys;
	struct str name;
	struct span name_span;
	struct str file; /* a path that can be opened; empty: `rows` */
	struct str delimiter, encoding;
	const struct node *inline_rows;
	int pick, per, at_end;
	struct field_list secret; /* of struct str: column names */
	const bool *is_secret;	  /* one for each column */
	struct rows rows;
};

extern const struct field data_set_fields[];

/* Opens or copies the rows and checks the secret columns. Returns false after an error; SET then
 * has no rows. */
bool data_open(struct reader *r, struct data_set *set);
void data_close(struct data_set *set);

#endif
