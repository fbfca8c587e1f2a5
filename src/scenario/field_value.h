/*
 * Parses one scalar of the language by a row of a field table. The reader, the defaults in the
 * tables, parameters and command line options use it, so that all of them accept the same values
 * and report the same errors.
 */
#ifndef SCENARIO_FIELD_VALUE_H
#define SCENARIO_FIELD_VALUE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "interface/field.h"

struct parse_error {
	enum diag_code code;
	struct str text; /* the error and the expected value: "'5' has no unit; …" */
	struct str fix;	 /* the corrected value, or empty */
};

/* Parses TEXT as FIELD's type (FIELD_TEXT to FIELD_ENUM without FIELD_EXPRESSION) and checks its
 * range. A text is copied into A. */
bool field_value_parse(struct arena *a, struct str text, const struct field *field, void *out,
		       struct parse_error *error);
/* For a message: "a duration such as 2s"; for FIELD_ENUM, its words. Followed by a NUL. */
struct str field_value_expected(struct arena *a, const struct field *field);

#endif
