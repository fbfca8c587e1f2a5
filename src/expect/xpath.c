/* xpath: checks the results of XPath 1.0 expressions with values or predicates. */
#include "expect/named.h"

NAMED_EXPECT(xpath, "the XPath", NEEDS_HEADERS | NEEDS_BODY, false,
	     "XPath 1.0 expressions in an HTML or XML response, each with the expected value or "
	     "predicates.",
	     "{\"count(//li)\": 3}");
