/*
 * `multipart:` of a request: parts as a browser sends a form with files (RFC 7578). Several parts
 * may have one name.
 */
#ifndef SCENARIO_MULTIPART_H
#define SCENARIO_MULTIPART_H

#include "interface/field.h"

/* A value or a file; a text alone is a value. */
struct multipart_part {
	struct keys keys;
	struct text value; /* raw.ptr NULL: a file */
	struct str file;   /* as it can be opened */
	struct str type, filename;
	struct span span;
};

/* What a name of `multipart:` has: a struct multipart_part. */
extern const struct field multipart_part_element;

#endif
