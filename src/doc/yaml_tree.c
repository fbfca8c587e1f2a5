/*
 * The traps YAML falls into without noticing: the file is read, but as something else than what was
 * written. Each scalar and each pair is looked at once; corrected ones are believed.
 */
#include "doc/yaml_parts.h"

static struct str written(const struct yaml_reading *r, const struct node *node)
{
	return str_slice(r->source->text, node->span.begin, node->span.end);
}

/* ---- a text cut short */

/* A comment stands behind NODE, with nothing but blanks between. */
static bool has_comment(const struct yaml_reading *r, const struct node *node)
{
	struct str text = r->source->text;
	size_t at = node->span.end;

	while (at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t'))
		at++;
	return at < text.len && text.ptr[at] == '#' && at > node->span.end;
}

/* `p99 of "GET /a #1"`: the comment began inside a quotation or a template. */
static bool check_hash(struct yaml_reading *r, const struct node *node)
{
	bool mended = false;

	if (!has_comment(r, node) || !yaml_is_torn(written(r, node)))
		return false;
	struct yaml_line line = yaml_line_at(r->source, node->span.begin);
	uint32_t comment = yaml_comment_start(r->source->text, node->span.end, line.end);
	if (node->span.end > line.end)
		return false;
	struct str whole = str_trim(str_slice(r->source->text, node->span.begin, line.end));
	uint32_t end = node->span.begin + (uint32_t)whole.len;
	if (yaml_is_torn(whole))
		return false;
	struct mend mend = {
	    .begin = node->span.begin, .end = end, .insert = yaml_quote(r->arena, whole)};
	yaml_tell(
	    r, yaml_span(r, comment, end), DIAG_E115, mend, &mended,
	    "a blank and # begin a comment, so the text ends before it; quote the whole text");
	return mended;
}

/* `colour: #fff`: nothing but a comment stands behind the colon or dash. */
static bool check_hash_first(struct yaml_reading *r, const struct node *node)
{
	struct str text = r->source->text;
	bool mended = false;

	if (node->cut || !has_comment(r, node))
		return false;
	struct yaml_line line = yaml_line_at(r->source, node->span.begin);
	uint32_t comment = yaml_comment_start(text, node->span.end, line.end);
	if (comment + 1 >= line.end || memchr(" \t#!-=", text.ptr[comment + 1], 6))
		return false;
	struct str whole = str_trim(str_slice(text, comment, line.end));
	uint32_t end = comment + (uint32_t)whole.len;
	struct mend mend = {.begin = comment, .end = end, .insert = yaml_quote(r->arena, whole)};
	yaml_tell(r, yaml_span(r, comment, end), DIAG_E115, mend, &mended,
		  "# begins a comment, so nothing is left of this text; quote it, or put a blank "
		  "behind # if it is a comment");
	return mended;
}

/* `p99 of "Buy: pay"` in a list: what was meant as one text became a key and a value. */
static bool check_torn_key(struct yaml_reading *r, const struct node_pair *pair)
{
	bool mended = false;

	if (!yaml_is_torn(written(r, pair->key)))
		return false;
	struct yaml_line line = yaml_line_at(r->source, pair->key->span.begin);
	struct str whole =
	    str_trim(str_slice(r->source->text, pair->key->span.begin, line.value_end));
	if (yaml_is_torn(whole))
		whole = str_trim(str_slice(r->source->text, pair->key->span.begin, line.end));
	uint32_t begin = pair->key->span.begin, end = begin + (uint32_t)whole.len;
	struct mend mend = {.begin = begin, .end = end, .insert = yaml_quote(r->arena, whole)};
	yaml_tell(r, yaml_span(r, pair->key->span.end, pair->key->span.end + 1), DIAG_E114, mend,
		  &mended, "a colon and a blank cut the text in two; quote the whole text");
	return mended;
}

/* ---- letters that look like signs */

static bool check_smart_quotes(struct yaml_reading *r, const struct node *node)
{
	struct str text = written(r, node);
	size_t open = yaml_smart_quote(text, 0), last = text.len;
	bool mended = false;

	if (!open)
		return false;
	do
		last--;
	while (last > open && ((unsigned char)text.ptr[last] & 0xc0) == 0x80);
	size_t close = last > open ? yaml_smart_quote(text, last) : 0;
	struct str inner = str_slice(text, open, close ? last : text.len);
	struct mend mend = {.begin = node->span.begin,
			    .end = node->span.end,
			    .insert = yaml_quote(r->arena, inner)};
	yaml_tell(r, yaml_span(r, node->span.begin, node->span.begin + (uint32_t)open), DIAG_E122,
		  mend, &mended,
		  "a typographic quote is a letter to YAML; straight quotes are meant");
	return mended;
}

/* Once a line: where one odd space is, others are near. */
static bool check_odd_space(struct yaml_reading *r, const struct node *node)
{
	bool mended = false;

	if (node->span.begin < r->looked_at)
		return false;
	struct yaml_line line = yaml_line_at(r->source, node->span.begin);
	r->looked_at = line.end;
	return yaml_explain_odd_space(r, &line, &mended) && mended;
}

/* `"\bword"`: a backspace, where the edge of a word was meant. */
static void check_control_escape(struct yaml_reading *r, const struct node *node)
{
	static const char letters[] = "bfvae";
	struct str text = written(r, node);

	for (size_t i = 0; i + 1 < text.len; i++) {
		if (text.ptr[i] != '\\')
			continue;
		i++;
		if (!memchr(letters, text.ptr[i], sizeof letters - 1))
			continue;
		uint32_t at = node->span.begin + (uint32_t)i - 1;
		struct diag *diag =
		    diag_warning(&r->pass, yaml_span(r, at, at + 2), DIAG_W119,
				 "'\\%c' in double quotes is a control character", text.ptr[i]);
		diag_note(&r->pass, diag, SPAN_NONE,
			  "a regular expression stands in single quotes, where a backslash is a "
			  "backslash");
		return;
	}
}

static bool check_scalar(struct yaml_reading *r, const struct node *node)
{
	if (node->mended)
		return false;
	if (node->style == NODE_DOUBLE)
		check_control_escape(r, node);
	if (node_is_empty(node))
		return check_hash_first(r, node);
	if (node->style != NODE_PLAIN)
		return false;
	unsigned char first = (unsigned char)node->text.ptr[0];
	bool mended = first >= 0xc2 && check_smart_quotes(r, node);
	if (!mended && memchr(node->text.ptr, 0xc2, node->text.len))
		mended = check_odd_space(r, node);
	else if (!mended && memchr(node->text.ptr, 0xe2, node->text.len))
		mended = check_odd_space(r, node);
	return mended || check_hash(r, node);
}

/* ---- pairs */

/* `{q: hats, red}`: a key without a colon, made by a comma that belonged to the text. */
static bool check_comma(struct yaml_reading *r, const struct node *map, size_t i)
{
	const struct node *key = map->pairs[i].key;
	const struct node *before = i ? map->pairs[i - 1].value : NULL;
	struct str between =
	    str_slice(r->source->text, key->span.end, map->pairs[i].value->span.end);
	bool mended = false;

	if (!node_is_empty(map->pairs[i].value) || map->pairs[i].value->cut ||
	    str_find_char(between, ':', 0) != (size_t)-1 || str_eq(key->text, STR("")) ||
	    key->mended)
		return false;
	bool joins = before && before->kind == NODE_SCALAR && before->style == NODE_PLAIN &&
		     !before->mended && !node_is_empty(before) && key->style == NODE_PLAIN;
	if (!joins) {
		diag_error(&r->pass, key->span, DIAG_E117, "'%.*s' is a key without a value",
			   STR_ARG(key->text));
		return false;
	}
	struct str whole = str_slice(r->source->text, before->span.begin, key->span.end);
	struct mend mend = {.begin = before->span.begin,
			    .end = key->span.end,
			    .insert = yaml_quote(r->arena, whole)};
	yaml_tell(r, key->span, DIAG_E117, mend, &mended,
		  "the comma makes '%.*s' a key without a value; quote the text if the comma is "
		  "part of it",
		  STR_ARG(key->text));
	return mended;
}

/* `- post:` with its `url` in the same column. */
static bool check_url(struct yaml_reading *r, const struct node *map, size_t i)
{
	const struct node_pair *head = &map->pairs[i];
	bool mended = false, told = false;

	if (!node_is_empty(head->value) || head->value->cut)
		return false;
	for (size_t k = i + 1; k < map->count; k++) {
		const struct node_pair *pair = &map->pairs[k];
		struct yaml_line line = yaml_line_at(r->source, pair->key->span.begin);
		bool url = str_eq(pair->key->text, STR("url"));

		if ((!url && !str_eq(pair->key->text, STR("method"))) ||
		    pair->key->span.begin != line.indent || pair->value->span.end > line.end)
			break;
		if (yaml_is_mended(r, line.begin, line.end))
			continue;
		if (told) {
			yaml_mend(r, line.begin, line.begin, STR("  "));
			continue;
		}
		struct mend mend = {.begin = line.begin, .end = line.begin, .insert = STR("  ")};
		yaml_tell(r, pair->key->span, DIAG_E127, mend, &mended,
			  "'%.*s' belongs to '%.*s' and is indented deeper than it",
			  STR_ARG(pair->key->text), STR_ARG(head->key->text));
		told = true;
	}
	return mended;
}

static bool check(struct yaml_reading *r, const struct node *node);

static bool check_map(struct yaml_reading *r, const struct node *map)
{
	bool mended = false;

	for (size_t i = 0; i < map->count; i++) {
		const struct node_pair *pair = &map->pairs[i];

		if (map->flow)
			mended = check_comma(r, map, i) || mended;
		else
			mended = check_url(r, map, i) || mended;
		if (pair->key->style == NODE_PLAIN && !pair->key->mended && !map->flow &&
		    check_torn_key(r, pair)) {
			mended = true;
			continue;
		}
		mended = check(r, pair->key) || mended;
		mended = check(r, pair->value) || mended;
	}
	return mended;
}

static bool check(struct yaml_reading *r, const struct node *node)
{
	bool mended = false;

	if (node->alias.source || node->told)
		return false;
	if (node->kind == NODE_SCALAR)
		return check_scalar(r, node);
	if (node->kind == NODE_MAP)
		return check_map(r, node);
	for (size_t i = 0; i < node->count; i++)
		mended = check(r, node->items[i]) || mended;
	return mended;
}

bool yaml_check_tree(struct yaml_reading *r, const struct node *root)
{
	r->looked_at = 0;
	return check(r, root);
}
