/* The type of an unquoted scalar where types count: `json:`, `rows:`, `variables:`. */
#ifndef SCENARIO_SCALAR_H
#define SCENARIO_SCALAR_H

#include "interface/value.h"

struct node;

/* Unquoted true, false, null and JSON numbers keep their type (a number keeps its lexeme); `0123`,
 * `no`, `on` and everything else is text. NODE is a scalar; the views point into it. */
struct value scalar_value(const struct node *node);

#endif
