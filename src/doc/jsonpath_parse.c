/* Parses JSONPath text to a query (RFC 9535, appendix A). Filters are in jsonpath_condition.c. */
#include "doc/jsonpath_parse.h"

struct segment_list {
	VEC(struct segment) v;
};

struct selector_list {
	VEC(struct selector) v;
};

/* ---- selectors and segments */

static bool parse_slice_rest(struct jsonpath_lexer *r, struct selector *out, bool has_start)
{
	out->kind = SELECT_SLICE;
	out->slice.has_start = has_start;
	out->slice.start = out->index;
	out->slice.step = 1;
	jsonpath_lexer_skip_spaces(r);
	if (jsonpath_lexer_starts_int(r)) {
		out->slice.has_end = true;
		if (!jsonpath_lexer_int(r, &out->slice.end))
			return false;
		jsonpath_lexer_skip_spaces(r);
	}
	if (!jsonpath_lexer_accept(r, ':'))
		return true;
	jsonpath_lexer_skip_spaces(r);
	return jsonpath_lexer_starts_int(r) ? jsonpath_lexer_int(r, &out->slice.step) : true;
}

/* An index, or a slice that starts with a number or a colon. */
static bool parse_numbers(struct jsonpath_lexer *r, struct selector *out)
{
	bool has_start = jsonpath_lexer_starts_int(r);
	size_t after;

	out->kind = SELECT_INDEX;
	if (has_start && !jsonpath_lexer_int(r, &out->index))
		return false;
	after = r->at;
	jsonpath_lexer_skip_spaces(r);
	if (jsonpath_lexer_accept(r, ':'))
		return parse_slice_rest(r, out, has_start);
	r->at = after;
	return true;
}

static bool parse_selector(struct jsonpath_lexer *r, struct selector *out)
{
	char c = jsonpath_lexer_peek(r, 0);

	if (c == '\'' || c == '"') {
		out->kind = SELECT_NAME;
		return jsonpath_lexer_string(r, &out->name);
	}
	if (jsonpath_lexer_accept(r, '*')) {
		out->kind = SELECT_WILD;
		return true;
	}
	if (jsonpath_lexer_accept(r, '?')) {
		out->kind = SELECT_FILTER;
		jsonpath_lexer_skip_spaces(r);
		out->filter = jsonpath_parse_filter(r);
		return out->filter != NULL;
	}
	if (c == ':' || jsonpath_lexer_starts_int(r))
		return parse_numbers(r, out);
	return jsonpath_lexer_error(r, r->at,
				    "expected a selector: 'name', *, 0, 1:2 or ?condition");
}

static bool parse_brackets(struct jsonpath_lexer *r, struct segment *segment)
{
	struct selector_list list = {0};

	if (!jsonpath_lexer_enter(r, r->at))
		return false;
	do {
		struct selector selector = {.kind = SELECT_WILD};
		jsonpath_lexer_skip_spaces(r);
		if (!parse_selector(r, &selector))
			return false;
		VEC_PUSH(r->arena, &list.v, selector);
		jsonpath_lexer_skip_spaces(r);
	} while (jsonpath_lexer_accept(r, ','));
	if (!jsonpath_lexer_accept(r, ']'))
		return jsonpath_lexer_error(r, r->at, "a ] is missing");
	r->depth--;
	segment->selectors = list.v.items;
	segment->count = list.v.count;
	return true;
}

/* After one or two dots: a name or a star. */
static bool parse_shorthand(struct jsonpath_lexer *r, struct segment *segment)
{
	struct selector *selector = ARENA_NEW(r->arena, struct selector);

	segment->selectors = selector;
	segment->count = 1;
	if (jsonpath_lexer_accept(r, '*')) {
		selector->kind = SELECT_WILD;
		return true;
	}
	selector->kind = SELECT_NAME;
	return jsonpath_lexer_name(r, &selector->name);
}

static bool parse_segment(struct jsonpath_lexer *r, struct segment *segment)
{
	bool good;

	if (jsonpath_lexer_accept(r, '[')) {
		good = parse_brackets(r, segment);
	} else {
		r->at++; /* . */
		segment->descendant = jsonpath_lexer_accept(r, '.');
		if (segment->descendant && jsonpath_lexer_accept(r, '['))
			good = parse_brackets(r, segment);
		else
			good = parse_shorthand(r, segment);
	}
	segment->ends_at = r->at;
	return good;
}

static bool is_singular(const struct query *query)
{
	for (size_t i = 0; i < query->count; i++) {
		const struct segment *s = &query->segments[i];
		if (s->descendant || s->count != 1 ||
		    (s->selectors[0].kind != SELECT_NAME && s->selectors[0].kind != SELECT_INDEX))
			return false;
	}
	return true;
}

bool jsonpath_parse_query(struct jsonpath_lexer *r, struct query *query)
{
	struct segment_list list = {0};

	query->from_root = jsonpath_lexer_peek(r, 0) == '$';
	r->at++;
	for (;;) {
		struct segment segment = {0};
		size_t before = r->at;
		jsonpath_lexer_skip_spaces(r);
		if (jsonpath_lexer_peek(r, 0) != '.' && jsonpath_lexer_peek(r, 0) != '[') {
			r->at = before;
			break;
		}
		if (!parse_segment(r, &segment))
			return false;
		VEC_PUSH(r->arena, &list.v, segment);
	}
	query->segments = list.v.items;
	query->count = list.v.count;
	query->singular = is_singular(query);
	return true;
}

static void free_regexes(const struct regex_list *list)
{
	for (; list; list = list->next)
		regex_free((struct regex *)(uintptr_t)list->regex);
}

struct jsonpath *jsonpath_new(struct arena *arena, struct str text, struct jsonpath_error *error)
{
	struct jsonpath *path = ARENA_NEW(arena, struct jsonpath);
	struct jsonpath_lexer r = {.arena = arena, .text = arena_str(arena, text), .error = error};
	bool good;

	path->text = r.text;
	if (jsonpath_lexer_peek(&r, 0) != '$')
		good =
		    jsonpath_lexer_error(&r, 0, "a JSONPath starts with $, such as $.items[0].id");
	else
		good =
		    jsonpath_parse_query(&r, &path->query) &&
		    (r.at == r.text.len || jsonpath_lexer_error(&r, r.at, "unexpected character"));
	path->regexes = r.regexes;
	if (good)
		return path;
	free_regexes(r.regexes);
	return NULL;
}

void jsonpath_release(const struct jsonpath *path)
{
	if (path)
		free_regexes(path->regexes);
}
