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

/* A complete kind: NAME of the key and of the extractor, WHAT for messages ("the header"), NEEDS,
 * the sentence and an example for users, and JSON as in struct named_kind. */
#define NAMED_EXPECT(name_, what_, needs_, json_, sentence_, example_)                             \
	static const struct field name_##_field = {                                                \
	    .key = #name_,                                                                         \
	    .type = FIELD_MAP,                                                                     \
	    .bytes = sizeof(struct named),                                                         \
	    .element = &named_element,                                                             \
	    .prose = (sentence_),                                                                  \
	    .example = (example_),                                                                 \
	};                                                                                         \
	static const void *prepare(struct expect_prepare *p, const struct expect *expect)          \
	{                                                                                          \
		static const struct named_kind kind = {                                            \
		    .what = (what_), .extract = &name_##_extract, .json = (json_)};                \
                                                                                                   \
		return named_prepare(p, expect, &kind);                                            \
	}                                                                                          \
	const struct expect_kind name_##_expect = {                                                \
	    .name = #name_,                                                                        \
	    .sentence = (sentence_),                                                               \
	    .field = &name_##_field,                                                               \
	    .bytes = sizeof(struct named),                                                         \
	    .needs = (needs_),                                                                     \
	    .prepare = prepare,                                                                    \
	    .release = named_release,                                                              \
	    .check = named_check,                                                                  \
	    .explain = named_explain,                                                              \
	}

#endif
