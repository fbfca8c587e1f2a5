/*
 * Creates a value (interface/value.h) from an item of a tape: numbers keep their lexeme, texts are
 * views of the document unless they have escapes, arrays become lists and objects become pairs in
 * the scratch. Valid as long as the document's text and the scratch.
 */
#ifndef DOC_JSON_VALUE_H
#define DOC_JSON_VALUE_H

#include "doc/json.h"
#include "interface/scratch.h"

/* False if the scratch has no room for it. */
bool json_value_from_tape(const struct json_tape *tape, uint32_t item, struct scratch *scratch,
			  struct value *out);

#endif
