/* How much a value looks as if a server issued it, by its characters alone. Pure. */
#ifndef IMPORT_CORRELATE_VALUE_SHAPE_H
#define IMPORT_CORRELATE_VALUE_SHAPE_H

#include <stdbool.h>

#include "base/str.h"

/* From -3 (a number, a date, a sentence) over -1 (a word, a file name) to 7 (a JSON web token): the
 * points of the shape in score_pair. */
int value_shape(struct str value);
bool value_shape_is_uuid(struct str value);
/* "open", "Express Delivery", "iphone-15-pro": its parts are words or small numbers. */
bool value_shape_is_words(struct str value);
/* Whether every character, or at least one, is in the class IS; false for an empty text. */
bool value_shape_is_all(struct str value, bool (*is)(int));
bool value_shape_has(struct str value, bool (*is)(int));

#endif
