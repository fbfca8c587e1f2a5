/* Words of Artillery, k6, Gatling, Locust, Drill, Hurl and Molotov, and what to write instead. */
#ifndef SCENARIO_OTHER_TOOLS_H
#define SCENARIO_OTHER_TOOLS_H

#include "base/str.h"

struct field;

/* The end of a message after "use": "'arrivals' with its unit, such as 20/s, under 'load'"; NULL if
 * WORD is not such a word. */
const char *other_tools_hint(struct str word);
/* The meaning of WORD where FIELDS are the valid keys; NULL: no special meaning there. */
const char *other_tools_hint_in(const struct field *fields, struct str word);
/* The same for PLACE, "expect" or "extract", whose keys are kinds. */
const char *other_tools_hint_under(const char *place, struct str word);

#endif
