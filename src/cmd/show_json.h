/*
 * `reprise show --format json`: the plan of a run for programs, as one document. Texts are masked
 * one by one, before they are escaped. One thread.
 */
#ifndef CMD_SHOW_JSON_H
#define CMD_SHOW_JSON_H

#include "base/buf.h"
#include "cmd/load_file.h"

/* Additional parts of the document besides the plan. */
enum show_json_part { SHOW_JSON_PLAN, SHOW_JSON_SETTINGS, SHOW_JSON_PROGRAM };

/* Appends the document to OUT: the diagnostics of L, and its plan if it has no errors. L was loaded
 * with OVERRIDES. */
void show_json_put(const struct loaded_file *l, const struct overrides *overrides,
		   enum show_json_part part, struct buf *out);

#endif
