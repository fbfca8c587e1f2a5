/*
 * Which keys of a mapping were written, and where. It is the first member of each struct that a
 * field table (interface/field.h) fills. The scenario reader fills it; implemented in scenario/.
 */
#ifndef INTERFACE_KEYS_H
#define INTERFACE_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/source.h"

struct field;
struct node; /* doc/node.h */

/* First member of every struct that a table fills: the rows that were written (bit = row number, so
 * at most 64 rows) and their positions. */
struct keys {
	uint64_t rows;
	struct span span; /* of the whole mapping */
	const struct node *node;
};

/* Whether KEY was written. KEYS is the first member of a struct that FIELDS filled. */
bool keys_has(const struct keys *keys, const struct field *fields, const char *key);
/* The span of the key, or of the whole mapping if the key was not written. */
struct span keys_span(const struct keys *keys, const char *key);
/* The value as written, or NULL. */
const struct node *keys_value(const struct keys *keys, const char *key);

#endif
