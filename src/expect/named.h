/*
 * Expectations that are a map: what stands behind each key is held against what a finder finds for
 * it. Shared by header, cookie, jsonpath, xpath and css.
 */
#ifndef EXPECT_NAMED_H
#define EXPECT_NAMED_H

#include "expect/predicate.h"
#include "interface/expect.h"
#include "interface/field.h"

struct named {
	struct field_map map; /* of struct predicate */
};

/* The `element` of such a map. */
extern const struct field named_element;

struct named_kind {
	/* "header": how messages call what is found. */
	const char *what;
	bool json; /* lists and objects can be found */
	/* The constant part of one key; NULL after an error. */
	const void *(*prepare)(struct expect_prepare *p, const struct field_pair *pair);
	void (*release)(const void *key); /* may be NULL */
	/* Values for KEY, in the scratch. */
	enum expect_outcome (*find)(const void *key, const struct response *response,
				    struct scratch *scratch, struct found_values *out);
	/* When KEY finds nothing: how far it got and what was there; may be NULL. */
	void (*explain)(const void *key, const struct response *response, struct buf *out);
};

const void *named_prepare(struct expect_prepare *p, const struct expect *expect,
			  const struct named_kind *kind);
void named_release(const void *plan);
enum expect_outcome named_check(const void *plan, const struct response *response,
				const struct value *rendered, struct scratch *scratch);
void named_explain(const void *plan, const struct response *response, const struct value *rendered,
		   struct buf *out);

#endif
