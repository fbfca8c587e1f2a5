/*
 * Expectations that are a mapping: each key is the expression of an extractor, and its value is
 * what the extractor must find. Shared by header, cookie, jsonpath, xpath and css.
 */
#ifndef EXPECT_NAMED_H
#define EXPECT_NAMED_H

#include "expect/predicate.h"
#include "interface/expect.h"
#include "interface/extract.h"
#include "interface/field.h"

/* All extractors by name, such as header_extract. */
#define EXTRACT(name) extern const struct extract_kind name##_extract;
#include "extract/extract.def"
#undef EXTRACT

struct named {
	struct field_map map; /* of struct predicate */
};

/* The `element` of such a mapping. */
extern const struct field named_element;

struct named_kind {
	const char *what; /* in messages: "the header" */
	const struct extract_kind *extract;
	bool json; /* the extractor can find lists and objects */
};

/* The functions of struct expect_kind. KIND must outlive the plan. */
const void *named_prepare(struct expect_prepare *p, const struct expect *expect,
			  const struct named_kind *kind);
void named_release(const void *plan);
enum expect_outcome named_check(const void *plan, const struct response *response,
				const struct value *rendered, struct scratch *scratch);
void named_explain(const void *plan, const struct response *response, const struct value *rendered,
		   struct buf *out);

#endif
