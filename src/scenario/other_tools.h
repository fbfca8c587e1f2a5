/* Words of Artillery, k6, Gatling, Locust, Drill, Hurl and Molotov, and what is written here
 * instead. */
#ifndef SCENARIO_OTHER_TOOLS_H
#define SCENARIO_OTHER_TOOLS_H

#include "base/str.h"

struct field;

/* A clause for a note: "'arrivals: 20/s' under 'load'"; NULL when WORD is no such word. */
const char *other_tools_hint(struct str word);
/* What it means where FIELDS are the keys; NULL: nothing of its own there. */
const char *other_tools_hint_in(const struct field *fields, struct str word);
/* And under PLACE, "expect" or "extract", whose keys are kinds. */
const char *other_tools_hint_under(const char *place, struct str word);

#endif
