/*
 * `bandwidth:` — how fast a user's line is: 2MB/s or 16Mbit/s for both ways, or {down, up}. It
 * holds for each request under way; requests in `parallel` have it each.
 */
#ifndef SCENARIO_BANDWIDTH_H
#define SCENARIO_BANDWIDTH_H

#include "interface/field.h"

struct bandwidth {
	struct keys keys;
	int64_t down, up; /* bytes a second; 0: as fast as can be */
};

extern const struct field_special bandwidth_special;

#endif
