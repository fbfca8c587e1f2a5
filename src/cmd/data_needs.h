/*
 * How many rows of each data set a load takes, as far as that can be known before it runs: what
 * `show` tells, and a warning where users outnumber the rows. Pure functions on what was loaded.
 */
#ifndef CMD_DATA_NEEDS_H
#define CMD_DATA_NEEDS_H

#include "cmd/load_file.h"

/* Appends a line for each data set: "accounts.csv: 200 rows, 50 needed". */
void data_needs_put(const struct loaded_file *l, struct buf *out);
/* Adds a warning for each set of which users take a row each and that has fewer. */
void data_needs_warn(struct loaded_file *l);

#endif
