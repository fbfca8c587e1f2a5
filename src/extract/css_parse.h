/*
 * Parses CSS selectors into a small tree in an arena. Supports Selectors Level 3; from Level 4 :is,
 * :where, :has, lists in :not and the `i` flag; and :contains("text") of jQuery and jsoup.
 * `::attr(NAME)` at the end selects an attribute instead of the text. Depth is bounded; no state.
 */
#ifndef EXTRACT_CSS_PARSE_H
#define EXTRACT_CSS_PARSE_H

#include "extract/markup_path.h"

enum css_kind {
	CSS_CLASS,
	CSS_ID,
	CSS_ATTRIBUTE,
	CSS_NTH,  /* :nth-child and similar, with `of_type`, `from_end`, a and b */
	CSS_ONLY, /* :only-child, :only-of-type */
	CSS_NOT,  /* `inner` */
	CSS_IS,
	CSS_HAS,
	CSS_CONTAINS, /* `value` */
	CSS_EMPTY,
	CSS_ROOT,
	CSS_CHECKED,
	CSS_DISABLED,
	CSS_ENABLED,
};

enum css_operator {
	CSS_EXISTS,
	CSS_EQUALS,
	CSS_WORD,      /* ~= */
	CSS_DASH,      /* |= */
	CSS_BEGINS,    /* ^= */
	CSS_ENDS,      /* $= */
	CSS_SUBSTRING, /* *= */
};

struct css_list;

/* One condition of a compound: ".big", "[name=x]". */
struct css_simple {
	enum css_kind kind;
	size_t from; /* its offset in the text */
	struct str name, value;
	enum css_operator operator;
	bool any_case;
	bool of_type, from_end;
	int64_t a, b;
	const struct css_list *inner;
	const struct css_simple *next;
};

/* A sequence of conditions such as "a.big[href]". */
struct css_compound {
	char combinator; /* relation to the compound before: ' ' '>' '+' '~' */
	size_t from;
	struct str type; /* ptr NULL: any */
	const struct css_simple *simples;
	const struct css_compound *before, *next;
};

struct css_list {
	const struct css_compound *first, *last; /* of one selector */
	size_t from, to;			 /* its position in the text */
	const struct css_list *next;
};

/* Parses a list of selectors. Returns NULL and fills ERROR if TEXT is wrong. Sets ATTRIBUTE only if
 * TEXT ends with `::attr(NAME)`. */
const struct css_list *css_parse(struct arena *a, struct str text, struct str *attribute,
				 struct markup_path_error *error);

#endif
