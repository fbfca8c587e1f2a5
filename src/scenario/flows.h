/*
 * `flows:` of a scenario file and of the files it includes. Included files contain only flows and
 * further includes; their paths are relative to the file that includes them.
 */
#ifndef SCENARIO_FLOWS_H
#define SCENARIO_FLOWS_H

#include "scenario/scenario_file.h"
#include "scenario/scenario_reader.h"

/* Fills model->flows from FILE and all files it includes, each read once. Errors go to the reader.
 */
void flows_collect(struct reader *r, const struct scenario_file *file, struct model *model);

#endif
