/*
 * Formats JSON for people: one member per line, indented by two spaces; a value that fits on a line
 * and contains no object stays on one line.
 */
#ifndef SCENARIO_JSON_LAYOUT_H
#define SCENARIO_JSON_LAYOUT_H

#include "base/buf.h"
#include "base/str.h"

/* JSON must be well formed and on one line; the result ends with a newline. */
void json_layout(struct buf *out, struct str json);

#endif
