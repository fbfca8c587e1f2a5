/*
 * A value (interface/value.h) made of an item on a tape: numbers keep their lexeme, texts are views
 * of the document unless they hold escapes, arrays become lists and objects pairs in the scratch.
 * Good as long as the document's text and the scratch are.
 */
#ifndef DOC_JSON_VALUE_H
#define DOC_JSON_VALUE_H

#include "doc/json.h"
#include "interface/scratch.h"

/* False when the scratch has no room for it. */
bool json_value_from_tape(const struct json_tape *tape, uint32_t item, struct scratch *scratch,
			  struct value *out);

#endif
