/*
 * `multipart:` of a request: the parts of a form with files, as a browser sends it (RFC 7578).
 * Several parts may have the same name.
 */
#ifndef SCENARIO_MULTIPART_H
#define SCENARIO_MULTIPART_H

#include "interface/field.h"

/* A value or a file; a text alone is a value. */
struct multipart_part {
	struct keys keys;
	struct text value; /* raw.ptr NULL: a file */
	struct str file;   /* a path that can be opened */
	struct str type, filename;
	struct span span;
};

/* The value of a name in `multipart:`: a struct multipart_part. */
extern const struct field multipart_part_element;

#endif
