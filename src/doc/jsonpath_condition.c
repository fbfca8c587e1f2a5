/* Parses the conditions of filters in JSONPath (RFC 9535, section 2.3.5) and checks the types of
 * their functions (section 2.4.3). */
#include "base/ascii.h"
#include "doc/jsonpath_parse.h"

/* ---- operands and calls */

static bool is_comparison(const struct jsonpath_lexer *r)
{
	char c = jsonpath_lexer_peek(r, 0), d = jsonpath_lexer_peek(r, 1);
	return c == '<' || c == '>' || ((c == '=' || c == '!') && d == '=');
}

static enum jsonpath_comparison parse_comparison(struct jsonpath_lexer *r)
{
	char c = jsonpath_lexer_peek(r, 0);
	bool equal = jsonpath_lexer_peek(r, 1) == '=';

	r->at += equal ? 2 : 1;
	switch (c) {
	case '<':
		return equal ? COMPARE_LE : COMPARE_LT;
	case '>':
		return equal ? COMPARE_GE : COMPARE_GT;
	case '!':
		return COMPARE_NE;
	default:
		return COMPARE_EQ;
	}
}

static const struct {
	struct str name;
	enum jsonpath_function call;
	unsigned args;
	bool takes_nodes; /* its first argument is a query of any kind */
	bool is_test;	  /* returns true or false, not a value */
} functions[] = {
    {{"length", 6}, CALL_LENGTH, 1, false, false}, {{"count", 5}, CALL_COUNT, 1, true, false},
    {{"match", 5}, CALL_MATCH, 2, false, true},	   {{"search", 6}, CALL_SEARCH, 2, false, true},
    {{"value", 5}, CALL_VALUE, 1, true, false},
};

static bool starts_name(char c)
{
	return ascii_is_lower(c);
}

static struct str parse_function_name(struct jsonpath_lexer *r)
{
	size_t from = r->at;

	while (starts_name(jsonpath_lexer_peek(r, 0)) || jsonpath_lexer_peek(r, 0) == '_' ||
	       ascii_is_digit(jsonpath_lexer_peek(r, 0)))
		r->at++;
	return str_slice(r->text, from, r->at);
}

static const struct jsonpath_call *parse_call(struct jsonpath_lexer *r, struct str name,
					      bool *is_test);

static bool parse_keyword(struct jsonpath_lexer *r, struct str name, struct jsonpath_literal *out)
{
	if (str_eq(name, STR("true")))
		out->type = JSON_TRUE;
	else if (str_eq(name, STR("false")))
		out->type = JSON_FALSE;
	else if (str_eq(name, STR("null")))
		out->type = JSON_NULL;
	else
		return jsonpath_lexer_error(r, r->at - name.len,
					    "expected a query, a literal or a function");
	return true;
}

/* A literal, a query or a call. IS_TEST: the call returns true or false. */
static bool parse_operand(struct jsonpath_lexer *r, struct jsonpath_operand *out, bool *is_test)
{
	char c = jsonpath_lexer_peek(r, 0);
	struct query *query;
	struct str name;

	*is_test = false;
	if (c == '@' || c == '$') {
		query = ARENA_NEW(r->arena, struct query);
		out->kind = OPERAND_QUERY;
		out->query = query;
		return jsonpath_parse_query(r, query);
	}
	out->kind = OPERAND_LITERAL;
	if (c == '"' || c == '\'') {
		out->literal.type = JSON_STRING;
		return jsonpath_lexer_string(r, &out->literal.text);
	}
	if (c == '-' || ascii_is_digit(c)) {
		out->literal.type = JSON_NUMBER;
		return jsonpath_lexer_number(r, &out->literal.number);
	}
	if (!starts_name(c))
		return jsonpath_lexer_error(r, r->at, "expected a query, a literal or a function");
	name = parse_function_name(r);
	if (jsonpath_lexer_peek(r, 0) != '(')
		return parse_keyword(r, name, &out->literal);
	out->kind = OPERAND_CALL;
	out->call = parse_call(r, name, is_test);
	return out->call != NULL;
}

/* Whether an argument has the type that its function declares. */
static bool check_argument(struct jsonpath_lexer *r, size_t at, const struct jsonpath_operand *arg,
			   bool wants_nodes, bool is_test)
{
	if (wants_nodes)
		return arg->kind == OPERAND_QUERY
			   ? true
			   : jsonpath_lexer_error(r, at, "expected a query as the argument");
	if (is_test)
		return jsonpath_lexer_error(
		    r, at, "a function that returns true or false cannot be used as a value");
	if (arg->kind == OPERAND_QUERY && !arg->query->singular)
		return jsonpath_lexer_error(
		    r, at, "a query that can find more than one value cannot be used as a value");
	return true;
}

static void prepare_regex(struct jsonpath_lexer *r, struct jsonpath_call *call)
{
	struct buf translated;
	struct regex_error error;
	struct regex_list *entry;

	if (call->args[1].kind != OPERAND_LITERAL || call->args[1].literal.type != JSON_STRING)
		return;
	buf_init(&translated, 1 << 16);
	if (jsonpath_translate_regex(call->args[1].literal.text, call->name == CALL_MATCH,
				     &translated))
		call->regex = regex_new(buf_str(&translated), false, &error);
	buf_release(&translated);
	call->regex_is_bad = !call->regex;
	if (call->regex) {
		entry = ARENA_NEW(r->arena, struct regex_list);
		*entry = (struct regex_list){call->regex, r->regexes};
		r->regexes = entry;
	}
}

static bool parse_arguments(struct jsonpath_lexer *r, struct jsonpath_call *call, unsigned wanted,
			    bool takes_nodes)
{
	for (unsigned i = 0; i < wanted; i++) {
		bool is_test;
		size_t at;
		jsonpath_lexer_skip_spaces(r);
		at = r->at;
		if (!parse_operand(r, &call->args[i], &is_test) ||
		    !check_argument(r, at, &call->args[i], takes_nodes, is_test))
			return false;
		jsonpath_lexer_skip_spaces(r);
		if (i + 1 < wanted && !jsonpath_lexer_accept(r, ','))
			return jsonpath_lexer_error(r, r->at, "the function takes two arguments");
	}
	return jsonpath_lexer_accept(r, ')')
		   ? true
		   : jsonpath_lexer_error(r, r->at,
					  "the ) after the function's arguments is missing");
}

static const struct jsonpath_call *parse_call(struct jsonpath_lexer *r, struct str name,
					      bool *is_test)
{
	struct jsonpath_call *call = ARENA_NEW(r->arena, struct jsonpath_call);
	size_t at = r->at - name.len;

	if (!jsonpath_lexer_enter(r, at))
		return NULL;
	r->at++; /* ( */
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		if (!str_eq(functions[i].name, name))
			continue;
		call->name = functions[i].call;
		*is_test = functions[i].is_test;
		if (!parse_arguments(r, call, functions[i].args, functions[i].takes_nodes))
			return NULL;
		r->depth--;
		if (functions[i].is_test)
			prepare_regex(r, call);
		return call;
	}
	jsonpath_lexer_error(
	    r, at, "unknown function; JSONPath has length, count, match, search and value");
	return NULL;
}

/* ---- logic */

static struct filter *new_filter(struct jsonpath_lexer *r, enum filter_kind kind)
{
	struct filter *filter = ARENA_NEW(r->arena, struct filter);
	filter->kind = kind;
	return filter;
}

/* A comparison, an existence test or a call. */
static const struct filter *parse_basic(struct jsonpath_lexer *r, bool may_compare)
{
	struct filter *filter = new_filter(r, FILTER_EXISTS);
	bool a_is_test, b_is_test;
	size_t a_at = r->at, b_at;

	if (!parse_operand(r, &filter->a, &a_is_test))
		return NULL;
	jsonpath_lexer_skip_spaces(r);
	if (is_comparison(r) && may_compare) {
		filter->kind = FILTER_COMPARE;
		filter->comparison = parse_comparison(r);
		jsonpath_lexer_skip_spaces(r);
		b_at = r->at;
		if (!check_argument(r, a_at, &filter->a, false, a_is_test) ||
		    !parse_operand(r, &filter->b, &b_is_test) ||
		    !check_argument(r, b_at, &filter->b, false, b_is_test))
			return NULL;
		return filter;
	}
	if (filter->a.kind == OPERAND_QUERY) {
		filter->query = filter->a.query;
		return filter;
	}
	if (filter->a.kind == OPERAND_CALL && a_is_test) {
		filter->kind = FILTER_CALL;
		filter->call = filter->a.call;
		return filter;
	}
	jsonpath_lexer_error(r, a_at, "a value is not a condition; compare it with something");
	return NULL;
}

static const struct filter *parse_unary(struct jsonpath_lexer *r)
{
	bool negated = jsonpath_lexer_accept(r, '!');
	const struct filter *inner;
	struct filter * not ;

	if (negated)
		jsonpath_lexer_skip_spaces(r);
	if (jsonpath_lexer_accept(r, '(')) {
		if (!jsonpath_lexer_enter(r, r->at))
			return NULL;
		jsonpath_lexer_skip_spaces(r);
		inner = jsonpath_parse_filter(r);
		if (!inner)
			return NULL;
		jsonpath_lexer_skip_spaces(r);
		if (!jsonpath_lexer_accept(r, ')')) {
			jsonpath_lexer_error(r, r->at, "a ) is missing");
			return NULL;
		}
		r->depth--;
	} else {
		inner = parse_basic(r, !negated);
	}
	if (!inner || !negated)
		return inner;
	not = new_filter(r, FILTER_NOT);
	not ->left = inner;
	return not ;
}

static bool accept_twice(struct jsonpath_lexer *r, char c)
{
	jsonpath_lexer_skip_spaces(r);
	if (jsonpath_lexer_peek(r, 0) != c || jsonpath_lexer_peek(r, 1) != c)
		return false;
	r->at += 2;
	jsonpath_lexer_skip_spaces(r);
	return true;
}

static const struct filter *join(struct jsonpath_lexer *r, enum filter_kind kind,
				 const struct filter *left, const struct filter *right)
{
	struct filter *both = new_filter(r, kind);

	both->left = left;
	both->right = right;
	return right ? both : NULL;
}

static const struct filter *parse_and(struct jsonpath_lexer *r)
{
	const struct filter *left = parse_unary(r);

	while (left && accept_twice(r, '&'))
		left = join(r, FILTER_AND, left, parse_unary(r));
	return left;
}

const struct filter *jsonpath_parse_filter(struct jsonpath_lexer *r)
{
	const struct filter *left = parse_and(r);

	while (left && accept_twice(r, '|'))
		left = join(r, FILTER_OR, left, parse_and(r));
	return left;
}
