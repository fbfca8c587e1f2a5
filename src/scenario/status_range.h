/*
 * Statuses of responses in lists of the file: one status such as 401, or all of a hundred such as
 * 5xx. Loading thread only.
 */
#ifndef SCENARIO_STATUS_RANGE_H
#define SCENARIO_STATUS_RANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* Both included. */
struct status_range {
	int low, high;
};

/* Reads `429` or `4xx`; false if TEXT is neither. */
bool status_range_parse(struct str text, struct status_range *out);

static inline bool status_range_has(const struct status_range *ranges, size_t count, int status)
{
	for (size_t i = 0; i < count; i++)
		if (status >= ranges[i].low && status <= ranges[i].high)
			return true;
	return false;
}

#endif
