/*
 * The keys of every entry of `extract:`, in addition to those of the extractor, as a table for the
 * reader, the schema and the reference.
 */
#ifndef SCENARIO_EXTRACT_COMMON_H
#define SCENARIO_EXTRACT_COMMON_H

#include "interface/extract.h"
#include "interface/field.h"

/* Which of the values found to use. */
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
	struct str join; /* ptr NULL: not given */
};

extern const struct field extract_common_fields[];

#endif
