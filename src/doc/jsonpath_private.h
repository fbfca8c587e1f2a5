/* The compiled form of a JSONPath. Private to doc/jsonpath_*.c; const after parsing. */
#ifndef DOC_JSONPATH_PRIVATE_H
#define DOC_JSONPATH_PRIVATE_H

#include "base/regex.h"
#include "doc/jsonpath.h"

struct filter;
struct query;

enum selector_kind { SELECT_NAME, SELECT_WILD, SELECT_INDEX, SELECT_SLICE, SELECT_FILTER };

struct selector {
	enum selector_kind kind;
	struct str name;
	int64_t index;
	struct {
		bool has_start, has_end;
		int64_t start, end, step;
	} slice;
	const struct filter *filter;
};

struct segment {
	bool descendant;
	const struct selector *selectors;
	size_t count;
	size_t ends_at; /* offset in the path after it, for messages */
};

struct query {
	bool from_root; /* $, else @ */
	bool singular;
	const struct segment *segments;
	size_t count;
};

enum jsonpath_function { CALL_LENGTH, CALL_COUNT, CALL_MATCH, CALL_SEARCH, CALL_VALUE };

enum operand_kind { OPERAND_LITERAL, OPERAND_QUERY, OPERAND_CALL };

struct jsonpath_literal {
	enum json_type type;
	struct str text;
	double number;
};

struct jsonpath_call;

/* One side of a comparison, or an argument. */
struct jsonpath_operand {
	enum operand_kind kind;
	struct jsonpath_literal literal;
	const struct query *query;
	const struct jsonpath_call *call;
};

struct jsonpath_call {
	enum jsonpath_function name;
	struct jsonpath_operand args[2];
	const struct regex
	    *regex; /* of a literal pattern; NULL: compiled when it is evaluated, or not valid */
	bool regex_is_bad; /* the literal pattern is not an I-Regexp: it never matches */
};

enum filter_kind { FILTER_OR, FILTER_AND, FILTER_NOT, FILTER_COMPARE, FILTER_EXISTS, FILTER_CALL };
enum jsonpath_comparison { COMPARE_EQ, COMPARE_NE, COMPARE_LT, COMPARE_LE, COMPARE_GT, COMPARE_GE };

struct filter {
	enum filter_kind kind;
	const struct filter *left, *right; /* OR, AND; NOT uses left */
	enum jsonpath_comparison comparison;
	struct jsonpath_operand a, b;
	const struct query *query;
	const struct jsonpath_call *call;
};

struct regex_list {
	const struct regex *regex;
	struct regex_list *next;
};

struct jsonpath {
	struct str text;
	struct query query;
	struct regex_list *regexes;
};

/* One evaluation. */
struct jsonpath_evaluation {
	const struct json_tape *tape;
	struct jsonpath_work *work;
	bool limit;
};

/* A value in a comparison. */
struct jsonpath_value {
	bool nothing;
	enum json_type type;
	uint32_t item;	 /* of arrays and objects */
	struct str text; /* of strings: raw */
	bool escaped;
	double number;
};

/* Adds the nodes that QUERY finds from CURRENT; they are nodes[base .. count). */
void jsonpath_query_find(struct jsonpath_evaluation *f, const struct query *query, uint32_t current,
			 size_t base);
bool jsonpath_filter_matches(struct jsonpath_evaluation *f, const struct filter *filter,
			     uint32_t current);
/* PATTERN as an I-Regexp for PCRE2; anchored at both ends for `match`. False if it is not one. */
bool jsonpath_translate_regex(struct str pattern, bool whole, struct buf *out);
/* False if the limit of steps is reached; `limit` is then set. */
bool jsonpath_count_step(struct jsonpath_evaluation *f);

#endif
