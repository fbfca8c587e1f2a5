/*
 * Failures that no threshold of a file covers: the default thresholds for them, and the warnings of
 * `check`.
 */
#ifndef CMD_THRESHOLD_COVERAGE_H
#define CMD_THRESHOLD_COVERAGE_H

#include "cmd/load_file.h"

/* Appends the default thresholds to those of L, which has room for THRESHOLD_DEFAULTS_MAX more, and
 * adds a warning if the file has thresholds but none for what may fail. */
void threshold_coverage_add_defaults(struct loaded_file *l);

#endif
