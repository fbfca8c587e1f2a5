/* css: checks the texts of elements that match CSS selectors with values or predicates. */
#include "expect/named.h"

NAMED_EXPECT(
    css, "the CSS selector", NEEDS_HEADERS | NEEDS_BODY, false,
    "CSS selectors in an HTML or XML response, each with the expected value or predicates.",
    "{h1: Welcome}");
