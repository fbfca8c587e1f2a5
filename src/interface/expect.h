/*
 * A kind of expectation: says whether an answer is as it should be. One file and one row of
 * expect/expect.def each. Kinds that find values and hold them against predicates share
 * expect/predicate.h.
 */
#ifndef INTERFACE_EXPECT_H
#define INTERFACE_EXPECT_H

#include "base/arena.h"
#include "base/diag.h"
#include "base/source.h"
#include "interface/response.h"
#include "interface/field.h"
#include "interface/scratch.h"

struct expect_kind;

/* A text of an expectation: known at load, or rendered before each check. */
struct expected {
	bool constant;
	struct value value; /* when constant */
	unsigned index;	    /* else: into RENDERED of `check` */
};

static inline struct value expect_resolve(const struct expected *expected,
					  const struct value *rendered)
{
	return expected->constant ? expected->value : rendered[expected->index];
}

/* What `prepare` works with; handed in by the compiler. */
struct expect_prepare {
	struct arena *arena; /* the program's */
	struct diag_list *diags;
	bool jit;	 /* compile patterns to machine code: for a run, not for a check */
	bool plain_http; /* the URL is known to begin with http:// */
	bool follows;	 /* redirects are followed: the last answer is no 3xx */
	/*
	 * Compiles TEXT as a template. With TYPED an unquoted true, false, null or JSON number is
	 * that, else it is text. False after an error.
	 */
	bool (*text)(struct expect_prepare *p, const struct text *text, bool typed,
		     struct expected *out);
};

/* The most texts of one expectation that are not constant. */
#define EXPECT_RENDERED_MAX 16

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

enum expect_outcome { EXPECT_PASSED, EXPECT_FAILED, EXPECT_LIMIT };

struct expect_kind {
	const char *name;
	const char *sentence;
	const struct field
	    *field; /* one row: how the value behind the key is read into the struct */
	size_t bytes;
	unsigned needs;
	/* The constant part, checked and prepared once; NULL after an error. */
	const void *(*prepare)(struct expect_prepare *p, const struct expect *expect);
	void (*release)(const void *plan); /* what the arena does not hold; may be NULL */
	/* RENDERED holds the texts that `prepare` asked for and that are not constant. */
	enum expect_outcome (*check)(const void *plan, const struct response *response,
				     const struct value *rendered, struct scratch *scratch);
	/* "HTTP 503 where 2xx was expected". */
	void (*explain)(const void *plan, const struct response *response,
			const struct value *rendered, struct buf *out);
};

#endif
