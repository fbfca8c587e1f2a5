/*
 * The number of rows of each data set that a load uses, as far as it is known before the run: for
 * `show`, and for a warning if there are more users than rows. Pure functions.
 */
#ifndef CMD_DATA_NEEDS_H
#define CMD_DATA_NEEDS_H

#include "base/json_writer.h"
#include "cmd/load_file.h"

/* Appends a line for each data set: "accounts.csv: 200 rows, 50 needed". */
void data_needs_put(const struct loaded_file *l, struct buf *out);
/* The same as the member "data" of an object that is open: a list of objects. */
void data_needs_put_json(const struct loaded_file *l, struct json_writer *j);
/* Adds a warning for each set with `per: user` that has fewer rows than there are users. */
void data_needs_warn(struct loaded_file *l);

#endif
