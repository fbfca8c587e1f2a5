/*
 * JSON laid out for people: a member a line, indented by two blanks; what fits on a line and holds
 * no object stays on one.
 */
#ifndef SCENARIO_JSON_LAYOUT_H
#define SCENARIO_JSON_LAYOUT_H

#include "base/buf.h"
#include "base/str.h"

/* JSON is well formed and on one line; ends with a newline. */
void json_layout(struct buf *out, struct str json);

#endif
