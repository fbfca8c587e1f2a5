/*
 * Predicates that check found values: a plain value (equals), or exists, not, contains, matches,
 * min, max, count and type. Read once, prepared once per program, and checked for each response
 * without allocating memory. Shared by all expectations that find values.
 */
#ifndef EXPECT_PREDICATE_H
#define EXPECT_PREDICATE_H

#include "base/buf.h"
#include "interface/expect.h"
#include "interface/field.h"

/* A text, or a list or mapping as written in the file. */
struct written {
	struct text text;
	const struct node *tree; /* NULL for a text */
};

/* A predicate as read from the file, for FIELD_SPECIAL rows. */
struct predicate {
	struct keys keys;
	bool plain; /* a value without keys, which means `equals` */
	struct written equals;
	bool exists;
	struct field_list not ;	    /* of struct predicate */
	struct field_list contains; /* of struct written */
	struct field_list matches;  /* of struct text */
	struct text min, max, count;
	int type; /* index into the words of `type` */
};

extern const struct field_special predicate_special;
extern const struct field predicate_fields[];
/* The words of `type`; ends with NULL. */
extern const char *const predicate_types[];

struct predicate_plan;

/* Returns NULL after an error. JSON: the value can be a list or an object. */
const struct predicate_plan *predicate_prepare(struct expect_prepare *p,
					       const struct predicate *predicate, bool json);
void predicate_release(const struct predicate_plan *plan);

/* The values that an expectation found. */
struct found_values {
	const struct value *items;
	size_t count;
	bool empty; /* the only value is an empty text: it is equal to "", but does not exist */
};

/* Checks the first value; `contains` searches all values and `count` counts them. */
enum expect_outcome predicate_check(const struct predicate_plan *plan, struct found_values subject,
				    const struct value *rendered, struct scratch *scratch);
/* Appends the predicate, such as "to contain \"Welcome\"", to complete "expected NAME ". */
void predicate_put(const struct predicate_plan *plan, const struct value *rendered,
		   struct scratch *scratch, struct buf *out);
/* Appends the first difference between the found list or object and the expected one, such as
 * ": .id is 1, expected 2"; nothing if this is not why the predicate failed. */
void predicate_put_difference(const struct predicate_plan *plan, struct found_values subject,
			      const struct value *rendered, struct scratch *scratch,
			      struct buf *out);
/* Appends the first value, at most about 80 bytes, and the number of further values. */
void predicate_put_values(struct found_values subject, struct buf *out);

#endif
