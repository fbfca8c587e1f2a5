/*
 * Finds YAML traps that libyaml does not report: the file can be read, but as something else than
 * intended. Each scalar and each pair is checked once; corrected ones are not checked again.
 */
#include "base/ascii.h"
#include "doc/yaml_private.h"

static struct str source_text(const struct yaml_reader *r, const struct node *node)
{
	return str_slice(r->source->text, node->span.begin, node->span.end);
}

/* ---- a text cut short */

/* Whether a comment follows NODE on its line, with only spaces between. */
static bool has_comment(const struct yaml_reader *r, const struct node *node)
{
	struct str text = r->source->text;
	size_t at = node->span.end;

	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at < text.len && text.ptr[at] == '#' && at > node->span.end;
}

/* `p99 of "GET /a #1"`: the comment starts inside a quoted name or a template. */
static bool check_hash(struct yaml_reader *r, const struct node *node)
{
	bool fixed = false;

	if (!has_comment(r, node) || !yaml_is_unbalanced(source_text(r, node)))
		return false;
	struct yaml_line line = yaml_line_at(r->source, node->span.begin);
	uint32_t comment = yaml_comment_start(r->source->text, node->span.end, line.end);
	if (node->span.end > line.end)
		return false;
	struct str whole = str_trim(str_slice(r->source->text, node->span.begin, line.end));
	uint32_t end = node->span.begin + (uint32_t)whole.len;
	if (yaml_is_unbalanced(whole))
		return false;
	struct yaml_fixit fixit = {
	    .begin = node->span.begin, .end = end, .insert = yaml_quote(r->arena, whole)};
	yaml_report(r, yaml_span(r, comment, end), DIAG_E115, fixit, &fixed,
		    "a space and # start a comment, which cuts the text short; put the whole text "
		    "in quotes");
	return fixed;
}

/* `colour: #fff`: only a comment follows the colon or dash. */
static bool check_hash_first(struct yaml_reader *r, const struct node *node)
{
	struct str text = r->source->text;
	bool fixed = false;

	if (node->truncated || !has_comment(r, node))
		return false;
	struct yaml_line line = yaml_line_at(r->source, node->span.begin);
	uint32_t comment = yaml_comment_start(text, node->span.end, line.end);
	if (comment + 1 >= line.end || memchr(" \t#!-=", text.ptr[comment + 1], 6))
		return false;
	struct str whole = str_trim(str_slice(text, comment, line.end));
	uint32_t end = comment + (uint32_t)whole.len;
	struct yaml_fixit fixit = {
	    .begin = comment, .end = end, .insert = yaml_quote(r->arena, whole)};
	yaml_report(r, yaml_span(r, comment, end), DIAG_E115, fixit, &fixed,
		    "# starts a comment, so the value is empty; put it in quotes, or add a space "
		    "after # if it is a comment");
	return fixed;
}

/* `p99 of "Buy: pay"` in a list: a text that became a key and a value. */
static bool check_unbalanced_key(struct yaml_reader *r, const struct node_pair *pair)
{
	bool fixed = false;

	if (!yaml_is_unbalanced(source_text(r, pair->key)))
		return false;
	struct yaml_line line = yaml_line_at(r->source, pair->key->span.begin);
	struct str whole =
	    str_trim(str_slice(r->source->text, pair->key->span.begin, line.value_end));
	if (yaml_is_unbalanced(whole))
		whole = str_trim(str_slice(r->source->text, pair->key->span.begin, line.end));
	uint32_t begin = pair->key->span.begin, end = begin + (uint32_t)whole.len;
	struct yaml_fixit fixit = {
	    .begin = begin, .end = end, .insert = yaml_quote(r->arena, whole)};
	yaml_report(r, yaml_span(r, pair->key->span.end, pair->key->span.end + 1), DIAG_E114, fixit,
		    &fixed, "a colon and a space split this text; put the whole text in quotes");
	return fixed;
}

/* ---- letters that look like special characters */

static bool check_smart_quotes(struct yaml_reader *r, const struct node *node)
{
	struct str text = source_text(r, node);
	size_t open = yaml_smart_quote(text, 0), last = text.len;
	bool fixed = false;

	if (!open)
		return false;
	do
		last--;
	while (last > open && ((unsigned char)text.ptr[last] & 0xc0) == 0x80);
	size_t close = last > open ? yaml_smart_quote(text, last) : 0;
	struct str inner = str_slice(text, open, close ? last : text.len);
	struct yaml_fixit fixit = {.begin = node->span.begin,
				   .end = node->span.end,
				   .insert = yaml_quote(r->arena, inner)};
	yaml_report(r, yaml_span(r, node->span.begin, node->span.begin + (uint32_t)open), DIAG_E122,
		    fixit, &fixed,
		    "a typographic quote is an ordinary letter in YAML; use straight quotes");
	return fixed;
}

/* Once per line: special spaces often occur together. */
static bool check_odd_space(struct yaml_reader *r, const struct node *node)
{
	bool fixed = false;

	if (node->span.begin < r->scanned_until)
		return false;
	struct yaml_line line = yaml_line_at(r->source, node->span.begin);
	r->scanned_until = line.end;
	return yaml_explain_odd_space(r, &line, &fixed) && fixed;
}

/* `– get: /`: a key that starts with the dash of a word processor. */
static bool check_odd_dash(struct yaml_reader *r, const struct node *key)
{
	struct yaml_line line;
	bool fixed = false;

	if (key->style != NODE_PLAIN || key->fixed || !yaml_odd_dash(key->text, 0))
		return false;
	line = yaml_line_at(r->source, key->span.begin);
	return yaml_explain_odd_dash(r, &line, &fixed) && fixed;
}

/* `-get: /`: all keys of the mapping start with a dash, so a list is intended. */
static bool check_dash_without_space(struct yaml_reader *r, const struct node *map, size_t i)
{
	const struct node *key = map->pairs[i].key;
	bool fixed = false;

	for (size_t k = 0; k < map->count; k++) {
		const struct node *other = map->pairs[k].key;

		if (other->style != NODE_PLAIN || other->fixed || other->text.len < 2 ||
		    other->text.ptr[0] != '-' || !ascii_is_lower(other->text.ptr[1]))
			return false;
	}
	struct yaml_line line = yaml_line_at(r->source, key->span.begin);
	return i == 0 && yaml_explain_dash_without_space(r, &line, &fixed) && fixed;
}

/* `"\bword"`: a backspace, but a word boundary was intended. */
static void check_control_escape(struct yaml_reader *r, const struct node *node)
{
	static const char letters[] = "bfvae";
	struct str text = source_text(r, node);

	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] != '\\')
			continue;
		i++;
		if (!memchr(letters, text.ptr[i], sizeof letters - 1))
			continue;
		uint32_t at = node->span.begin + (uint32_t)i - 1;
		struct diag *diag =
		    diag_warning(&r->pending, yaml_span(r, at, at + 2), DIAG_W119,
				 "'\\%c' in double quotes is a control character", text.ptr[i]);
		diag_note(&r->pending, diag, SPAN_NONE,
			  "put a regular expression in single quotes, where a backslash is an "
			  "ordinary character");
		return;
	}
}

static bool check_scalar(struct yaml_reader *r, const struct node *node)
{
	if (node->fixed)
		return false;
	if (node->style == NODE_DOUBLE)
		check_control_escape(r, node);
	if (node_is_empty(node))
		return check_hash_first(r, node);
	if (node->style != NODE_PLAIN)
		return false;
	unsigned char first = (unsigned char)node->text.ptr[0];
	if (first >= 0xc2 && check_odd_dash(r, node))
		return true;
	bool fixed = first >= 0xc2 && check_smart_quotes(r, node);
	if (!fixed && memchr(node->text.ptr, 0xc2, node->text.len))
		fixed = check_odd_space(r, node);
	else if (!fixed && memchr(node->text.ptr, 0xe2, node->text.len))
		fixed = check_odd_space(r, node);
	return fixed || check_hash(r, node);
}

/* ---- pairs */

/* `1,000` or `1,000,000`. */
static bool is_grouped_number(struct str text)
{
	size_t group = 0, groups = 0;

	for (size_t i = 0; i < text.len; i++) {
		if (ascii_is_digit(text.ptr[i])) {
			group++;
		} else if (text.ptr[i] == ',' && group && (!groups || group == 3)) {
			groups++;
			group = 0;
		} else {
			return false;
		}
	}
	return groups && group == 3;
}

static struct str without_commas(struct yaml_reader *r, struct str text)
{
	char *digits = arena_alloc(r->arena, text.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] != ',')
			digits[n++] = text.ptr[i];
	return str_n(digits, n);
}

/* `{q: hats, red}`: a key without a colon, caused by a comma in the text. */
static bool check_comma(struct yaml_reader *r, const struct node *map, size_t i)
{
	const struct node *key = map->pairs[i].key;
	const struct node *before = i ? map->pairs[i - 1].value : NULL;
	struct str between =
	    str_slice(r->source->text, key->span.end, map->pairs[i].value->span.end);
	bool fixed = false;

	if (!node_is_empty(map->pairs[i].value) || map->pairs[i].value->truncated ||
	    str_find_char(between, ':', 0) != NOT_FOUND || str_eq(key->text, STR("")) || key->fixed)
		return false;
	bool joins = before && before->kind == NODE_SCALAR && before->style == NODE_PLAIN &&
		     !before->fixed && !node_is_empty(before) && key->style == NODE_PLAIN;
	if (!joins) {
		diag_error(&r->pending, key->span, DIAG_E117, "the key '%.*s' has no value",
			   STR_ARG(key->text));
		return false;
	}
	struct str whole = str_slice(r->source->text, before->span.begin, key->span.end);

	if (is_grouped_number(whole)) {
		struct yaml_fixit fixit = {.begin = before->span.begin,
					   .end = key->span.end,
					   .insert = without_commas(r, whole)};

		yaml_report(r, key->span, DIAG_E117, fixit, &fixed,
			    "the comma splits the number; write it without a comma");
		return fixed;
	}
	struct yaml_fixit fixit = {.begin = before->span.begin,
				   .end = key->span.end,
				   .insert = yaml_quote(r->arena, whole)};
	yaml_report(r, key->span, DIAG_E117, fixit, &fixed,
		    "the comma makes '%.*s' a key without a value; put the text in quotes if the "
		    "comma is part of it",
		    STR_ARG(key->text));
	return fixed;
}

/* `- post:` with its `url` in the same column. */
static bool check_url(struct yaml_reader *r, const struct node *map, size_t i)
{
	const struct node_pair *head = &map->pairs[i];
	bool fixed = false, reported = false;

	if (!node_is_empty(head->value) || head->value->truncated)
		return false;
	for (size_t k = i + 1; k < map->count; k++) {
		const struct node_pair *pair = &map->pairs[k];
		struct yaml_line line = yaml_line_at(r->source, pair->key->span.begin);
		bool url = str_eq(pair->key->text, STR("url"));

		if ((!url && !str_eq(pair->key->text, STR("method"))) ||
		    pair->key->span.begin != line.indent || pair->value->span.end > line.end)
			break;
		if (yaml_has_fixit(r, line.begin, line.end))
			continue;
		if (reported) {
			yaml_add_fixit(r, line.begin, line.begin, STR("  "));
			continue;
		}
		struct yaml_fixit fixit = {
		    .begin = line.begin, .end = line.begin, .insert = STR("  ")};
		yaml_report(r, pair->key->span, DIAG_E127, fixit, &fixed,
			    "'%.*s' belongs to '%.*s'; indent it deeper", STR_ARG(pair->key->text),
			    STR_ARG(head->key->text));
		reported = true;
	}
	return fixed;
}

static bool check(struct yaml_reader *r, const struct node *node);

static bool check_map(struct yaml_reader *r, const struct node *map)
{
	bool fixed = false;

	for (size_t i = 0; i < map->count; i++) {
		const struct node_pair *pair = &map->pairs[i];

		if (map->flow)
			fixed = check_comma(r, map, i) || fixed;
		else
			fixed = check_url(r, map, i) || fixed;
		if (!map->flow && check_dash_without_space(r, map, i)) {
			fixed = true;
			continue;
		}
		if (!map->flow && check_odd_dash(r, pair->key)) {
			fixed = true;
			continue;
		}
		if (pair->key->style == NODE_PLAIN && !pair->key->fixed && !map->flow &&
		    check_unbalanced_key(r, pair)) {
			fixed = true;
			continue;
		}
		fixed = check(r, pair->key) || fixed;
		fixed = check(r, pair->value) || fixed;
	}
	return fixed;
}

static bool check(struct yaml_reader *r, const struct node *node)
{
	bool fixed = false;

	if (node->alias.source || node->reported)
		return false;
	if (node->kind == NODE_SCALAR)
		return check_scalar(r, node);
	if (node->kind == NODE_MAP)
		return check_map(r, node);
	for (size_t i = 0; i < node->count; i++)
		fixed = check(r, node->items[i]) || fixed;
	return fixed;
}

bool yaml_check_tree(struct yaml_reader *r, const struct node *root)
{
	r->scanned_until = 0;
	return check(r, root);
}
