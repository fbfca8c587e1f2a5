/* Reports mappings that were written as something else, with the corrected line if it is simple. */
#include "base/ascii.h"
#include "scenario/field_value.h"
#include "scenario/reader_private.h"

/* Whether VALUE is a quoted text without further quotes, or a text without special characters in
 * braces. */
static bool is_plain_in_braces(struct str value)
{
	char quote = value.len >= 2 ? value.ptr[0] : ' ';

	if (quote == '"' || quote == '\'')
		return str_find_char(value, quote, 1) == value.len - 1;
	for (size_t i = 0; i < value.len; i++)
		if (strchr(":,[]{}\"'#*", value.ptr[i]))
			return false;
	return value.len > 0;
}

/* The corrected value of `headers: Accept: x`, if it is simple enough for braces. */
static struct str in_braces(struct reader *r, struct str text)
{
	size_t colon = str_find(text, STR(": "), 0);

	if (colon == NOT_FOUND || !is_plain_in_braces(str_slice(text, 0, colon)) ||
	    !is_plain_in_braces(str_trim(str_slice(text, colon + 1, text.len))))
		return STR("");
	return arena_printf(r->arena, "{%.*s}", STR_ARG(text));
}

/* `a=1&b=2` as a mapping in braces. */
static struct str of_query(struct reader *r, struct str text)
{
	struct str all = STR("");
	size_t from = 0;

	while (from < text.len) {
		size_t end = str_find_char(text, '&', from), equals;
		struct str pair = str_slice(text, from, end == NOT_FOUND ? text.len : end);

		equals = str_find_char(pair, '=', 0);
		if (equals == NOT_FOUND || !is_plain_in_braces(str_slice(pair, 0, equals)) ||
		    !is_plain_in_braces(str_slice(pair, equals + 1, pair.len)))
			return STR("");
		all = arena_printf(r->arena, "%.*s%s%.*s: %.*s", STR_ARG(all), from ? ", " : "",
				   STR_ARG(str_slice(pair, 0, equals)),
				   STR_ARG(str_slice(pair, equals + 1, pair.len)));
		from += pair.len + 1;
	}
	return all.len ? arena_printf(r->arena, "{%.*s}", STR_ARG(all)) : all;
}

static bool is_list_of_maps(const struct node *node)
{
	for (size_t i = 0; i < node->count; i++)
		if (node->kind != NODE_LIST || node->items[i]->kind != NODE_MAP)
			return false;
	return node->kind == NODE_LIST && node->count > 0;
}

/* `headers: Accept: x`: replaces the earlier message about a text with a colon, because a mapping
 * is expected. */
static bool fix_quoted(struct reader *r, const struct node *node)
{
	for (size_t i = 0; node->fixed && i < r->diags->diags.count; i++) {
		struct diag *diag = &r->diags->diags.items[i];
		struct str meant = in_braces(r, node->text);

		if (diag->code != DIAG_E114 || diag->span.source != node->span.source ||
		    diag->span.begin != node->span.begin)
			continue;
		diag->text = STR("put the keys and their values on separate lines, or in braces");
		diag_clear_fix(diag);
		if (meant.len)
			reader_fix_value(r, diag, node, meant);
		return true;
	}
	return false;
}

/* `then: get: /`: replaces the earlier message about a text with a colon. */
bool reader_fix_step(struct reader *r, const struct node *node)
{
	size_t colon = str_find(node->text, STR(": "), 0);

	if (node->kind != NODE_SCALAR || colon == NOT_FOUND ||
	    !reader_action_find(r, str_slice(node->text, 0, colon)))
		return false;
	for (size_t i = 0; node->fixed && i < r->diags->diags.count; i++) {
		struct diag *diag = &r->diags->diags.items[i];

		if (diag->code != DIAG_E114 || diag->span.source != node->span.source ||
		    diag->span.begin != node->span.begin)
			continue;
		diag->text = STR("expected a list of steps, on separate lines or in brackets");
		diag_clear_fix(diag);
		reader_fix_value(r, diag, node,
				 arena_printf(r->arena, "[%.*s]", STR_ARG(node->text)));
		return true;
	}
	return false;
}

/* The length of the name in `Accept:text/html`, a name and a value without the space after the
 * colon; 0 if TEXT is something else. */
static size_t name_without_space(struct str text)
{
	size_t end = 0;

	while (end < text.len && (ascii_is_name(text.ptr[end]) || text.ptr[end] == '-'))
		end++;
	return end && end + 1 < text.len && text.ptr[end] == ':' && text.ptr[end + 1] != ' ' ? end
											     : 0;
}

/* Adds the edits for all lines of SPAN, if all of them are such pairs. */
static void fix_spaces(struct reader *r, struct diag *diag, struct span span)
{
	uint32_t first = source_position(span.source, span.begin).line;
	uint32_t last = source_position(span.source, span.end).line;

	for (uint32_t i = first; i <= last; i++) {
		struct str line = str_trim(source_line(span.source, i));
		size_t end = name_without_space(
		    i == first ? str_slice(span.source->text, span.begin, span.end) : line);
		uint32_t at = (uint32_t)(line.ptr - span.source->text.ptr);

		at = (i == first ? span.begin : at) + (uint32_t)end + 1;
		if (!end) {
			diag_clear_fix(diag);
			return;
		}
		diag_edit(r->diags, diag, (struct span){span.source, at, at}, STR(" "));
	}
}

/* `Accept:text/html`: a name and a value without the space after the colon. */
static bool report_no_space(struct reader *r, const struct node *node)
{
	size_t end = node->kind == NODE_SCALAR ? name_without_space(node->text) : 0;

	if (!end || node->style != NODE_PLAIN || node->fixed ||
	    str_find_char(node->text, '\n', 0) != NOT_FOUND)
		return false;
	struct diag *diag =
	    reader_error(r, node->span, DIAG_E125, "add a space after the colon of '%.*s'",
			 (int)end, node->text.ptr);
	reader_fix_printf(r, diag, node, "%.*s: %.*s", (int)end, node->text.ptr,
			  STR_ARG(str_slice(node->text, end + 1, node->text.len)));
	if (!diag->fix.len && node->span.source && !node->alias.source)
		fix_spaces(r, diag, node->span);
	return true;
}

bool reader_not_mapping(struct reader *r, const struct node *node, const char *expected)
{
	struct str meant = node->kind == NODE_SCALAR ? of_query(r, node->text) : STR("");

	if (!meant.len && node->kind == NODE_SCALAR)
		meant = in_braces(r, node->text);

	if (node->reported || fix_quoted(r, node) || report_no_space(r, node))
		return false;
	if (is_list_of_maps(node))
		reader_error(r, node->span, DIAG_E140, "expected %s, without dashes; found a list",
			     expected);
	else if (meant.len)
		reader_fix_value(
		    r, reader_error(r, node->span, DIAG_E140, "expected %s; found text", expected),
		    node, meant);
	else
		return reader_wrong_shape(r, node, expected);
	return false;
}

/* The first of FIELDS for which TEXT is a valid value; text fields are skipped, because they accept
 * everything. */
static const struct field *row_of_value(struct reader *r, const struct field *fields,
					struct str text)
{
	union {
		int64_t number;
		double real;
		ns_t length;
		int word;
		bool yes;
	} unused;
	struct parse_error error;

	for (const struct field *row = fields; row && row->key; row++)
		if (row->type > FIELD_EXPRESSION && row->type <= FIELD_ENUM &&
		    field_value_parse(r->arena, text, row, &unused, &error))
			return row;
	return NULL;
}

static bool has_both(const struct field *fields, const char *one, const char *other)
{
	return field_find(fields, str_of(one)) && field_find(fields, str_of(other));
}

/* TEXT as a mapping in braces, where FIELDS are the valid keys and the intention is clear;
 * otherwise empty. */
static struct str of_text(struct reader *r, const struct field *fields, struct str text)
{
	size_t colon = str_find_char(text, ':', 0), blank = str_find_char(text, ' ', 0);
	struct str before = str_slice(text, 0, colon == NOT_FOUND ? 0 : colon);
	struct str after = str_slice(text, before.len + 1, text.len);
	struct str login = STR("");

	if (before.len && is_plain_in_braces(before) && is_plain_in_braces(after))
		login = arena_printf(r->arena, "{user: %.*s, password: %.*s}", STR_ARG(before),
				     STR_ARG(after));
	if (has_both(fields, "basic", "bearer") && login.len)
		return arena_printf(r->arena, "{basic: %.*s}", STR_ARG(login));
	if (has_both(fields, "user", "password"))
		return login;
	if (has_both(fields, "method", "url") && blank != NOT_FOUND)
		return arena_printf(r->arena, "{method: %.*s, url: %.*s}",
				    STR_ARG(str_slice(text, 0, blank)),
				    STR_ARG(str_trim(str_slice(text, blank, text.len))));
	if (has_both(fields, "file", "rows") && is_plain_in_braces(text))
		return arena_printf(r->arena, "{file: %.*s}", STR_ARG(text));
	if (has_both(fields, "default", "secret") && is_plain_in_braces(text))
		return arena_printf(r->arena, "{default: %.*s}", STR_ARG(text));
	return STR("");
}

bool reader_not_object(struct reader *r, const struct node *node, const struct field *fields,
		       const char *expected)
{
	const struct field *row =
	    node->kind == NODE_SCALAR && !node_is_empty(node) && !node->reported
		? row_of_value(r, fields, node->text)
		: NULL;

	struct str meant =
	    node->kind == NODE_SCALAR && !node->reported ? of_text(r, fields, node->text) : STR("");

	if (!row && !meant.len)
		return reader_not_mapping(r, node, expected);
	if (meant.len) {
		reader_fix_value(
		    r, reader_error(r, node->span, DIAG_E140, "expected %s; found text", expected),
		    node, meant);
		return false;
	}
	reader_fix_value(
	    r, reader_error(r, node->span, DIAG_E140, "expected %s; found text", expected), node,
	    arena_printf(r->arena, "{%s: %.*s}", row->key, STR_ARG(node->text)));
	return false;
}

bool reader_not_named_mapping(struct reader *r, const struct node *node, const struct field *field)
{
	const char *expected = "a mapping of names to values";
	bool file = node->kind == NODE_SCALAR && !node->reported && field->element->fields &&
		    has_both(field->element->fields, "file", "rows") &&
		    is_plain_in_braces(node->text);

	if (!file)
		return reader_not_mapping(r, node, expected);
	reader_fix_value(
	    r, reader_error(r, node->span, DIAG_E140, "expected %s; found text", expected), node,
	    arena_printf(r->arena, "{account: {file: %.*s}}", STR_ARG(node->text)));
	return false;
}

/* ---- lists of steps */

/* `setup: {get: /}` or, on separate lines, `get: /`: a single step of a list without its dash. */
/* The steps among the keys of NODE: "- get: /, - think: 2s"; empty if there is only one. */
static struct str steps_in(struct reader *r, const struct node *node)
{
	struct str all = STR("");
	size_t count = 0;

	for (size_t i = 0; i < node->count; i++) {
		const struct node *value = node->pairs[i].value;
		bool is_short = value->kind == NODE_SCALAR && value->style == NODE_PLAIN &&
				value->text.len <= 40;

		if (reader_action_find(r, node->pairs[i].key->text))
			all = arena_printf(r->arena, "%.*s%s- %.*s: %.*s", STR_ARG(all),
					   count++ ? ", " : "", STR_ARG(node->pairs[i].key->text),
					   STR_ARG(is_short ? value->text : STR("…")));
	}
	return count > 1 ? all : STR("");
}

void reader_not_step_list(struct reader *r, const struct node *node)
{
	struct diag *diag =
	    reader_error(r, node->span, DIAG_E140,
			 "expected a list of steps, each starting with a dash; found a mapping");
	const struct node_pair *first = node->pairs;
	struct str steps = steps_in(r, node);

	if (steps.len)
		diag_note(r->diags, diag, SPAN_NONE,
			  "put a dash before each of the steps, in the same column: %.*s",
			  STR_ARG(steps));
	if (!node->count || first->value->kind != NODE_SCALAR)
		return;
	struct str step = arena_printf(r->arena, "%.*s: %.*s", STR_ARG(first->key->text),
				       STR_ARG(first->value->text));
	if (!node->flow && (steps.len || node->count == 1))
		diag_fix_in_line(r->diags, diag, first->key->span,
				 arena_printf(r->arena, "- %.*s", STR_ARG(first->key->text)));
	else if (!node->flow)
		reader_fix_dash(r, diag, first->key->span, first->key->span);
	else if (node->count == 1)
		reader_fix_value(r, diag, node, arena_printf(r->arena, "[%.*s]", STR_ARG(step)));
}
