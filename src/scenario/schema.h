/*
 * The JSON Schema (draft-07) of the language, generated from the field tables: editors use it for
 * completion and checks. It contains what a table can express; `reprise check` finds the rest. The
 * checked-in schemas/scenario.schema.json is this text.
 */
#ifndef SCENARIO_SCHEMA_H
#define SCENARIO_SCHEMA_H

#include "base/buf.h"
#include "scenario/kind_tables.h"

void schema_put(struct buf *out, const struct kind_tables *tables);

#endif
