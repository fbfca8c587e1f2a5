/*
 * The kind tables of this program, passed down from cmd so that low rooms need not include high
 * ones. All const, shared by all threads.
 */
#ifndef SCENARIO_KIND_TABLES_H
#define SCENARIO_KIND_TABLES_H

#include <stddef.h>

struct step_kind;
struct extract_kind;
struct expect_kind;
struct function_kind;

struct kind_tables {
	const struct step_kind *const *steps;
	size_t step_count;
	const struct extract_kind *const *extracts;
	size_t extract_count;
	const struct expect_kind *const *expects;
	size_t expect_count;
	const struct function_kind *const *functions;
	size_t function_count;
};

#endif
