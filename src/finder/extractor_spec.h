/* An entry of `extract:` that a program writes. */
#ifndef FINDER_EXTRACTOR_SPEC_H
#define FINDER_EXTRACTOR_SPEC_H

#include "interface/extract.h"

struct extractor_spec {
	struct str variable;
	struct str kind;	/* "jsonpath" */
	struct str value;	/* value of the kind's key */
	struct str left, right; /* of a boundary */
	struct str from;	/* "url", "headers" or empty */
	struct str attribute;	/* of css, or empty */
	unsigned nth;		/* which match; 1: the first, which is not written */
	/* Instead of `nth`: MATCH_RANDOM or MATCH_ALL. */
	enum match_which match;
	struct str comment;
	struct str recorded; /* the value in the recording; or empty */
};

#endif
