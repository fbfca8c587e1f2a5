/*
 * A kind of expectation: says whether an answer is as it should be. One file and one row of
 * expect/expect.def each. Kinds that find values and hold them against predicates share
 * expect/predicate.h.
 */
#ifndef KIND_EXPECT_H
#define KIND_EXPECT_H

#include "base/diag.h"
#include "base/source.h"
#include "kind/answer.h"
#include "kind/field.h"

struct expect_kind;
struct emitter;

/* One entry of `expect:` as read: the kind's struct is filled by its special reader. */
struct expect {
	const struct expect_kind *kind;
	struct span span; /* of the key */
	void *data;
};

struct expects {
	struct expect *items;
	size_t count;
};

enum expect_outcome { EXPECT_HOLDS, EXPECT_FAILS, EXPECT_LIMIT };

struct expect_kind {
	const char *name;
	const char *sentence;
	const struct field *field; /* one row: how the value behind the key is read into the struct */
	size_t bytes;
	unsigned needs;
	const void *(*prepare)(struct emitter *e, const struct expect *expect);
	void (*release)(const void *plan);
	/* WORKED holds the templates of this expectation, worked out, in the order `prepare` handed them to the emitter. */
	enum expect_outcome (*judge)(const void *plan, const struct answer *answer,
				     const struct value *worked, struct scratch *scratch);
	/* "HTTP 503 where 2xx was expected". */
	void (*explain)(const void *plan, const struct answer *answer, const struct value *worked,
			struct buf *out);
};

#endif
