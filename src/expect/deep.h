/*
 * Whole JSON values held against each other as RFC 8259 has them: the order of an object's members
 * does not count, numbers are compared by value (1.0 is 1e0, and 2^53 + 1 is not 2^53), text is
 * never a number. An object that says a key twice equals only one that says it twice as well.
 * Nothing is allocated to compare; the work is bounded, for a server chooses what is compared.
 */
#ifndef EXPECT_DEEP_H
#define EXPECT_DEEP_H

#include "base/buf.h"
#include "interface/expect.h"

struct node;

/* A list or map of the scenario file as a value, laid out once; its ${…} are put in for each
 * judgement. */
struct deep;

/* NULL after an error. */
const struct deep *deep_prepare(struct expect_prepare *p, const struct node *node);
/* False when the scratch has no room; without ${…} it takes none. */
bool deep_value(const struct deep *deep, const struct value *rendered, struct scratch *scratch,
		struct value *out);

enum deep_mode {
	DEEP_EQUAL,   /* the same value */
	DEEP_MEMBERS, /* an object that has all members of the expected one, and perhaps more */
};

/* EXPECT_LIMIT: too much work. */
enum expect_outcome deep_compare(struct value found, struct value expected, enum deep_mode mode);
/* Where they differ first, as ".items[1].price is 9 where 12 was expected"; nothing when they are
 * the same or differ at the top. */
void deep_put_difference(struct value found, struct value expected, enum deep_mode mode,
			 struct buf *out);

/* A value for a message, at most about 80 bytes: texts in quotes, "a list of 3". */
void deep_put_value(struct value v, struct buf *out);
/* The same, lists and objects as JSON. */
void deep_put_whole_value(struct value v, struct buf *out);

#endif
