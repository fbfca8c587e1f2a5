/*
 * `bandwidth:` is the speed of a user's connection: 2MB/s or 16Mbit/s in both directions, or {down,
 * up}. It applies to each request separately, also to the requests in `parallel`.
 */
#ifndef SCENARIO_BANDWIDTH_H
#define SCENARIO_BANDWIDTH_H

#include "interface/field.h"

struct bandwidth {
	struct keys keys;
	int64_t down, up; /* bytes per second; 0: not limited */
};

extern const struct field_special bandwidth_special;

#endif
