/* Defaults and examples of field tables, which are written as in a scenario, as JSON. */
#ifndef SCENARIO_SCHEMA_VALUE_H
#define SCENARIO_SCHEMA_VALUE_H

#include "base/buf.h"
#include "interface/field.h"

/* Appends TEXT, a value of FIELD in YAML, as one JSON value. `yes` and `no` are booleans if the
 * field is one. */
void schema_value_put(struct buf *out, const struct field *field, const char *text);

#endif
