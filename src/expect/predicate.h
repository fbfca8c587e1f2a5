/*
 * What a found value is held against: a plain value (equals), or exists, not, contains, matches,
 * min, max, count and type. Read once, prepared once per program, judged for each answer without
 * allocating. Shared by the expectations that find values.
 */
#ifndef EXPECT_PREDICATE_H
#define EXPECT_PREDICATE_H

#include "base/buf.h"
#include "kind/expect.h"
#include "kind/field.h"

/* As read: for FIELD_SPECIAL rows. */
struct predicate {
	struct given given;
	bool plain; /* a value alone stands there: `equals` */
	struct text equals;
	bool exists;
	struct field_list not ;		     /* of struct predicate, at most one */
	struct field_list contains, matches; /* of struct text */
	struct text min, max, count;
	int type; /* index into the words of `type` */
};

extern const struct field_special predicate_special;

struct predicate_plan;

/* NULL after an error. */
const struct predicate_plan *predicate_prepare(struct expect_prepare *p,
					       const struct predicate *predicate);
void predicate_release(const struct predicate_plan *plan);

/* What an expectation found: its values, as a finder or a view gave them. */
struct subject {
	const struct value *items;
	size_t count;
};

/* The first value counts, but `contains` looks at all and `count` counts them. */
enum expect_outcome predicate_judge(const struct predicate_plan *plan, struct subject subject,
				    const struct value *worked, struct scratch *scratch);
/* "to contain \"Welcome\"": what was expected, for "NAME was expected to …". */
void predicate_put(const struct predicate_plan *plan, const struct value *worked, struct buf *out);
/* What was there instead, at most about 80 bytes. */
void subject_put(struct subject subject, struct buf *out);

#endif
