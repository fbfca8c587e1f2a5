/*
 * Compares whole JSON values (RFC 8259): the order of an object's members is ignored, numbers are
 * compared by value (1.0 equals 1e0, and 2^53 + 1 does not equal 2^53), and a text never equals a
 * number. An object with a duplicate key only equals an object with the same duplicate. Comparing
 * allocates no memory, and its work is bounded, because the server controls one of the values.
 */
#ifndef EXPECT_JSON_COMPARE_H
#define EXPECT_JSON_COMPARE_H

#include "base/buf.h"
#include "interface/expect.h"

struct node;

/* A list or mapping of the scenario file as a value. It is built once; its templates are filled in
 * for each check. */
struct deep;

/* Returns NULL after an error. */
const struct deep *json_compare_prepare(struct expect_prepare *p, const struct node *node);
/* Sets OUT to the value. Returns false if the scratch is full; without templates it is not used. */
bool json_compare_value(const struct deep *deep, const struct value *rendered,
			struct scratch *scratch, struct value *out);

enum json_compare_mode {
	JSON_COMPARE_EQUAL,   /* the same value */
	JSON_COMPARE_MEMBERS, /* an object with at least the members of the expected one */
};

/* Returns EXPECT_LIMIT if the comparison needs too much work. */
enum expect_outcome json_compare(struct value found, struct value expected,
				 enum json_compare_mode mode);
/* Appends the first difference, such as ".items[1].price is 9, expected 12"; nothing if the values
 * are equal or of different types. */
void json_compare_put_difference(struct value found, struct value expected,
				 enum json_compare_mode mode, struct buf *out);

/* Appends a value for a message, at most about 80 bytes: text in quotes, "a list of 3". */
void json_compare_put_value(struct value v, struct buf *out);
/* The same, with lists and objects as JSON. */
void json_compare_put_whole_value(struct value v, struct buf *out);

#endif
