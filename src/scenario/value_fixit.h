/*
 * Corrects a scalar that was written almost in the right form, for the suggestion of a message:
 * `1,000` as a number, `5 minutes` as a duration, `20 rps` as a rate.
 */
#ifndef SCENARIO_VALUE_FIXIT_H
#define SCENARIO_VALUE_FIXIT_H

#include "base/arena.h"
#include "interface/field.h"

/* The value of TYPE that TEXT probably represents, or the empty text. The result is valid for the
 * type, but may be out of the field's range. */
struct str value_fixit(struct arena *a, enum field_type type, struct str text);

#endif
