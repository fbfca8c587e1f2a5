/* header: checks response headers with values or predicates. */
#include "expect/named.h"

NAMED_EXPECT(header, "the header", NEEDS_HEADERS, false,
	     "Response headers, each with the expected value or predicates.",
	     "{Content-Type: {contains: json}}");
