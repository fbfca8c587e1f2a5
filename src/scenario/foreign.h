/* Words of Artillery, k6, Gatling, Locust, Drill, Hurl and Molotov, and what is written here
 * instead. */
#ifndef SCENARIO_FOREIGN_H
#define SCENARIO_FOREIGN_H

#include "base/str.h"

/* A clause for a note: "'arrivals: 20/s' under 'load'"; NULL when WORD is no such word. */
const char *foreign_word(struct str word);

#endif
