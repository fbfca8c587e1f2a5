/* jsonpath: checks the matches of RFC 9535 paths with values or predicates. */
#include "expect/named.h"

NAMED_EXPECT(jsonpath, "the JSONPath", NEEDS_BODY, true,
	     "JSONPaths (RFC 9535) in a JSON response, each with the expected value or predicates.",
	     "{\"$.ok\": true, \"$.ids\": [1, 2]}");
