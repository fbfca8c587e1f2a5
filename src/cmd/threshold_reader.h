/*
 * The thresholds of a scenario file: parses their short and long forms, adds the keys of the long
 * form, and reports names that no step, group or scenario has.
 */
#ifndef CMD_THRESHOLD_READER_H
#define CMD_THRESHOLD_READER_H

#include "cmd/load_file.h"

/* Fills the thresholds of L from its model, with room for THRESHOLD_DEFAULTS_MAX more. Without a
 * program, names are not checked. */
void threshold_reader_read(struct loaded_file *l);
/* Removes the thresholds whose name is not in the program, after --only. */
void threshold_reader_select(struct loaded_file *l);

#endif
