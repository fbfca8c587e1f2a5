/* cookie: checks cookies that the response sets with values or predicates. */
#include "expect/named.h"

NAMED_EXPECT(cookie, "the cookie", NEEDS_HEADERS, false,
	     "Cookies that the response sets, each with the expected value or predicates.",
	     "{sid: {exists: yes}}");
