/*
 * The keys that every entry of `extract:` takes beside the extractor's own, as a table, so that
 * reader, schema and reference know them from one place.
 */
#ifndef SCENARIO_EXTRACT_COMMON_H
#define SCENARIO_EXTRACT_COMMON_H

#include "interface/extract.h"
#include "interface/field.h"

/* Which of the values found is taken. */
struct match_choice {
	enum match_which which;
	int64_t nth;
};

struct extract_common {
	struct keys keys;
	struct match_choice match;
	struct text fallback;
	struct text from;
	bool secret;
};

extern const struct field extract_common_fields[];

#endif
