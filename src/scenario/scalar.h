/* What an unquoted scalar of the file means where types count: `json:`, `rows:`, `variables:`. */
#ifndef SCENARIO_SCALAR_H
#define SCENARIO_SCALAR_H

#include "interface/value.h"

struct node;

/* true, false, null and JSON numbers are those when they stand without quotes (a number keeps its
 * lexeme); `0123`, `no`, `on` and all else is text. NODE is a scalar; views are of it. */
struct value scalar_value(const struct node *node);

#endif
