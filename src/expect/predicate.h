/*
 * What a found value is held against: a plain value (equals), or exists, not, contains, matches,
 * min, max, count and type. Read once, prepared once per program, judged for each answer without
 * allocating. Shared by the expectations that find values.
 */
#ifndef EXPECT_PREDICATE_H
#define EXPECT_PREDICATE_H

#include "base/buf.h"
#include "interface/expect.h"
#include "interface/field.h"

/* A text, or a list or map as it stands in the file. */
struct written {
	struct text text;
	const struct node *tree; /* NULL: text */
};

/* As read: for FIELD_SPECIAL rows. */
struct predicate {
	struct keys keys;
	bool plain; /* a value alone stands there: `equals` */
	struct written equals;
	bool exists;
	struct field_list not ;	    /* of struct predicate */
	struct field_list contains; /* of struct written */
	struct field_list matches;  /* of struct text */
	struct text min, max, count;
	int type; /* index into the words of `type` */
};

extern const struct field_special predicate_special;

struct predicate_plan;

/* NULL after an error. Lists and objects can be expected of JSON only. */
const struct predicate_plan *predicate_prepare(struct expect_prepare *p,
					       const struct predicate *predicate, bool json);
void predicate_release(const struct predicate_plan *plan);

/* What an expectation found: its values, as a finder or a view gave them. */
struct found_values {
	const struct value *items;
	size_t count;
	bool blank; /* the one value is an empty text: it is equal to "", but does not exist */
};

/* The first value counts, but `contains` looks at all and `count` counts them. */
enum expect_outcome predicate_check(const struct predicate_plan *plan, struct found_values subject,
				    const struct value *rendered, struct scratch *scratch);
/* "to contain \"Welcome\"": what was expected, for "NAME was expected to …". */
void predicate_put(const struct predicate_plan *plan, const struct value *rendered,
		   struct scratch *scratch, struct buf *out);
/* Where a found list or object differs first from the expected one, ": .id is 1 where 2 was
 * expected"; nothing when that is not why it failed. */
void predicate_put_difference(const struct predicate_plan *plan, struct found_values subject,
			      const struct value *rendered, struct scratch *scratch,
			      struct buf *out);
/* What was there instead, at most about 80 bytes. */
void predicate_put_values(struct found_values subject, struct buf *out);

#endif
