/*
 * A kind of assertion: checks whether a response is as expected. Each is one file and one row of
 * expect/expect.def. Kinds that find values and compare them with predicates share
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

/* A text of an assertion: known when the file is loaded, or rendered before each check. */
struct expected {
	bool constant;
	struct value value; /* if constant */
	unsigned index;	    /* otherwise: index into RENDERED of `check` */
};

static inline struct value expect_resolve(const struct expected *expected,
					  const struct value *rendered)
{
	return expected->constant ? expected->value : rendered[expected->index];
}

/* The tools of `prepare`; passed by the compiler. */
struct expect_prepare {
	struct arena *arena; /* the program's arena */
	struct diag_list *diags;
	bool jit;	 /* compile patterns to machine code: for a run, not for `reprise check` */
	bool plain_http; /* the URL starts with http:// */
	bool submits;	 /* the request submits a form */
	bool graphql;	 /* the request sends a GraphQL operation */
	bool follows;	 /* redirects are followed, so the last response is never a 3xx */
	unsigned needs;	 /* `prepare` adds what this assertion needs besides those of its kind */
	/*
	 * Compiles TEXT as a template. With TYPED, an unquoted true, false, null or JSON number
	 * keeps its type; otherwise it is text. Returns false after an error.
	 */
	bool (*text)(struct expect_prepare *p, const struct text *text, bool typed,
		     struct expected *out);
};

/* Maximum number of texts of one assertion that are not constant. */
#define EXPECT_RENDERED_MAX 16

/* One entry of `expect:` as read: the kind's special reader fills the kind's struct. */
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
	const struct field *field; /* one row: how the value of the key is read into the struct */
	size_t bytes;
	unsigned needs;
	/* Checks and prepares the constant part, once per program; returns NULL after an error. */
	const void *(*prepare)(struct expect_prepare *p, const struct expect *expect);
	void (*release)(const void *plan); /* frees what is not in the arena; may be NULL */
	/* RENDERED contains the texts that `prepare` compiled and that are not constant. */
	enum expect_outcome (*check)(const void *plan, const struct response *response,
				     const struct value *rendered, struct scratch *scratch);
	/* Describes the failure: "HTTP 503, expected 2xx". */
	void (*explain)(const void *plan, const struct response *response,
			const struct value *rendered, struct buf *out);
};

#endif
