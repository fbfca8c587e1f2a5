/*
 * One scalar of the language from its text, by a row of a field table: shared by the reader, the
 * defaults in the tables, parameters and the options of the command line, so that all of them take
 * the same words and say the same about wrong ones.
 */
#ifndef SCENARIO_FIELD_VALUE_H
#define SCENARIO_FIELD_VALUE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"
#include "interface/field.h"

struct parse_error {
	enum diag_code code;
	struct str text; /* what is wrong and what was expected: "'5' has no unit; …" */
	struct str fix;	 /* the value as it should be written, or empty */
};

/* TEXT as FIELD's type (FIELD_TEXT to FIELD_ENUM without FIELD_EXPRESSION), its range held. A text
 * is copied into A. */
bool field_value_parse(struct arena *a, struct str text, const struct field *field, void *out,
		       struct parse_error *error);
/* For a message: "a duration such as 2s"; by the words for FIELD_ENUM. A NUL follows. */
struct str field_value_expected(struct arena *a, const struct field *field);
/* "one, two or three", quoted: "'one', 'two' or 'three'". */
struct str field_value_alternatives(struct arena *a, const char *const *words);

#endif
