/*
 * The JSON Schema (draft-07) of the language, made from the field tables: what editors complete and
 * check by. It says what a table can say; `reprise check` says the rest. The checked-in
 * schemas/scenario.schema.json is this text.
 */
#ifndef SCENARIO_SCHEMA_H
#define SCENARIO_SCHEMA_H

#include "base/buf.h"
#include "scenario/kind_tables.h"

void schema_put(struct buf *out, const struct kind_tables *tables);

#endif
