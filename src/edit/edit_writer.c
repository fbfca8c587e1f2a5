#include "edit/edit_writer.h"

#include "doc/yaml_writer.h"

#define MAX_SHORT_LIST 60u /* bytes */

struct value_writer {
	struct edit_document *doc;
	struct buf out;
};

static struct str finish(struct value_writer *w)
{
	struct str text = arena_str(&w->doc->arena, buf_str(&w->out));

	buf_release(&w->out);
	return text;
}

static void start(struct value_writer *w, struct edit_document *doc)
{
	w->doc = doc;
	buf_init(&w->out, 0);
}

/* ---- the way of the neighbors */

/* The quotes of a text that needs none. */
static enum edit_style quotes_of(const struct yaml_place *place)
{
	const struct node *node = place->node;
	struct buf plain;
	bool needed;

	if (node->style == NODE_PLAIN)
		return EDIT_STYLE_PLAIN;
	buf_init(&plain, 0);
	yaml_writer_scalar(&plain, YAML_TYPED, node->text, true, false);
	needed = plain.len && strchr("\"'", plain.data[0]);
	buf_release(&plain);
	if (needed || (node->style != NODE_SINGLE && node->style != NODE_DOUBLE))
		return EDIT_STYLE_KEEP;
	return node->style == NODE_SINGLE ? EDIT_STYLE_SINGLE : EDIT_STYLE_DOUBLE;
}

/* Adds the quotes of PLACE to those of others: PLAIN if they differ. */
static void add_quotes(enum edit_style *quotes, const struct yaml_place *place)
{
	const struct node *node = place->node;
	enum edit_style own;

	if (!place->is_written || node->alias.source || node->kind != NODE_SCALAR ||
	    (node->style == NODE_PLAIN && edit_intended_is_typed(node->text)))
		return;
	own = quotes_of(place);
	if (own == EDIT_STYLE_KEEP)
		return;
	*quotes = *quotes == EDIT_STYLE_KEEP || *quotes == own ? own : EDIT_STYLE_PLAIN;
}

void edit_writer_follow(struct edit_document *doc, const struct yaml_place *owner)
{
	enum edit_style texts = EDIT_STYLE_KEEP, keys = EDIT_STYLE_KEEP;
	size_t count = owner ? yaml_layout_count(owner) : 0;

	doc->dash_width = 2;
	for (size_t i = 0; i < count; i++) {
		const struct yaml_entry *entry = &owner->entries[i];

		if (entry->key)
			add_quotes(&keys, entry->key);
		add_quotes(&texts, entry->value);
	}
	if (count && owner->entries[0].dash != YAML_NO_PLACE && !owner->entries[0].key) {
		const struct yaml_entry *first = &owner->entries[0];

		if (first->value->is_written && !first->value->anchor.source &&
		    first->value->begin < edit_document_line_end(doc, first->dash))
			doc->dash_width = first->value->begin - first->dash;
	}
	/* With quoted keys it is JSON, which stays JSON. */
	if (texts == EDIT_STYLE_KEEP && keys == EDIT_STYLE_DOUBLE)
		texts = EDIT_STYLE_DOUBLE;
	doc->text_style = texts == EDIT_STYLE_PLAIN ? EDIT_STYLE_KEEP : texts;
	doc->key_style = keys == EDIT_STYLE_PLAIN ? EDIT_STYLE_KEEP : keys;
}

/* ---- scalars */

static void put_quoted(struct buf *out, struct str text, enum edit_style style, bool flow, bool key)
{
	if (style == EDIT_STYLE_DOUBLE)
		yaml_writer_double(out, text);
	else if (style != EDIT_STYLE_SINGLE || !yaml_writer_single(out, text))
		yaml_writer_scalar(out, YAML_TYPED, text, flow, key);
}

static void put_scalar(const struct edit_document *doc, struct buf *out, const struct node *node,
		       bool flow)
{
	/* A number or a word that was written without quotes is one only without quotes. */
	if (!node_is_quoted(node) && edit_intended_is_typed(node->text))
		yaml_writer_scalar(out, YAML_WORD, node->text, flow, false);
	else
		put_quoted(out, node->text, doc->text_style, flow, false);
}

static void put_key(const struct edit_document *doc, struct buf *out, struct str key, bool flow)
{
	put_quoted(out, key, doc->key_style, flow, true);
}

struct str edit_writer_line(struct edit_document *doc, const struct node *node,
			    enum edit_style style, bool flow)
{
	struct value_writer w;
	bool good = true;

	start(&w, doc);
	if (!node_is_quoted(node) && edit_intended_is_typed(node->text))
		put_scalar(doc, &w.out, node, flow);
	else if (style == EDIT_STYLE_SINGLE)
		good = yaml_writer_single(&w.out, node->text);
	else if (style == EDIT_STYLE_DOUBLE)
		yaml_writer_double(&w.out, node->text);
	else
		put_scalar(doc, &w.out, node, flow);
	if (style == EDIT_STYLE_PLAIN && w.out.len && strchr("\"'", w.out.data[0]))
		good = false;
	struct str text = finish(&w);
	return good ? text : STR_NULL;
}

static void new_line(struct value_writer *w, uint32_t column)
{
	buf_add(&w->out, w->doc->newline);
	for (uint32_t i = 0; i < column; i++)
		buf_add_char(&w->out, ' ');
}

/* Whether each line of TEXT can be one of a folded block: none starts with a space. */
static bool fits_folded(struct str text)
{
	for (size_t i = 1; i < text.len; i++)
		if (text.ptr[i] == ' ' && text.ptr[i - 1] == '\n')
			return false;
	return true;
}

static void put_block(struct value_writer *w, struct str text, bool folded, uint32_t column)
{
	bool ends = str_ends(text, STR("\n"));

	buf_add_char(&w->out, folded ? '>' : '|');
	if (!ends)
		buf_add_char(&w->out, '-');
	else
		text.len--;
	for (size_t at = 0; at <= text.len;) {
		size_t end = str_find_char(text, '\n', at);

		end = end == NOT_FOUND ? text.len : end;
		if (end > at)
			new_line(w, column);
		else
			buf_add(&w->out, w->doc->newline);
		buf_add(&w->out, str_slice(text, at, end));
		/* One line end in the source is a space in the text, N of them are N - 1. */
		if (folded && end > at && end < text.len)
			buf_add(&w->out, w->doc->newline);
		at = end + 1;
	}
}

struct str edit_writer_block(struct edit_document *doc, struct str text, bool folded,
			     uint32_t column)
{
	struct value_writer w;
	struct str several = arena_printf(&doc->arena, "%.*s\n", STR_ARG(text));

	/* The writer wants several lines; one line is possible too. */
	if (!yaml_writer_fits_block(text) && !yaml_writer_fits_block(several))
		return STR_NULL;
	if (folded && !fits_folded(text))
		return STR_NULL;
	start(&w, doc);
	put_block(&w, text, folded, column);
	return finish(&w);
}

/* ---- lists and mappings */

static void put_flow(struct value_writer *w, const struct node *node)
{
	bool map = node->kind == NODE_MAP;

	if (node->kind == NODE_SCALAR) {
		put_scalar(w->doc, &w->out, node, true);
		return;
	}
	buf_add_char(&w->out, map ? '{' : '[');
	for (size_t i = 0; i < node->count; i++) {
		if (i)
			buf_add(&w->out, STR(", "));
		if (map) {
			put_key(w->doc, &w->out, node->pairs[i].key->text, true);
			buf_add(&w->out, STR(": "));
		}
		put_flow(w, map ? node->pairs[i].value : node->items[i]);
	}
	buf_add_char(&w->out, map ? '}' : ']');
}

/* Whether NODE is a list of words and numbers that is short enough for one line: [200, 201]. */
static bool is_short_list(const struct node *node)
{
	size_t bytes = 0;

	if (node->kind != NODE_LIST)
		return false;
	for (size_t i = 0; i < node->count; i++) {
		const struct node *word = node->items[i];

		if (word->kind != NODE_SCALAR || str_find_char(word->text, ' ', 0) != NOT_FOUND ||
		    str_find_char(word->text, '\n', 0) != NOT_FOUND)
			return false;
		bytes += word->text.len + 2;
	}
	return bytes <= MAX_SHORT_LIST;
}

static void put_value(struct value_writer *w, const struct node *node, uint32_t column, bool item);

/* The value after a colon or dash, with the space before it. */
static void put_after(struct value_writer *w, const struct node *node, uint32_t column, bool item)
{
	if (node->kind == NODE_SCALAR || item || !node->count || is_short_list(node))
		buf_add_char(&w->out, ' ');
	put_value(w, node, column, item);
}

static void put_entries(struct value_writer *w, const struct node *node, uint32_t column,
			bool inline_)
{
	for (size_t i = 0; i < node->count; i++) {
		if (i || !inline_)
			new_line(w, column);
		if (node->kind == NODE_LIST) {
			buf_add_char(&w->out, '-');
			put_after(w, node->items[i], column + 2, true);
		} else {
			put_key(w->doc, &w->out, node->pairs[i].key->text, false);
			buf_add_char(&w->out, ':');
			put_after(w, node->pairs[i].value, column, false);
		}
	}
}

static void put_value(struct value_writer *w, const struct node *node, uint32_t column, bool item)
{
	bool list = node->kind == NODE_LIST;

	if (node->kind == NODE_SCALAR && node_is_quoted(node) && yaml_writer_fits_block(node->text))
		put_block(w, node->text, false, item ? column : column + w->doc->unit);
	else if (node->kind == NODE_SCALAR)
		put_scalar(w->doc, &w->out, node, false);
	else if (!node->count || is_short_list(node))
		put_flow(w, node);
	else if (item)
		put_entries(w, node, column, true);
	else
		put_entries(w, node, column + (list ? w->doc->list_offset : w->doc->unit), false);
}

struct str edit_writer_value(struct edit_document *doc, const struct node *node, uint32_t column,
			     bool item)
{
	struct value_writer w;

	start(&w, doc);
	put_value(&w, node, column, item);
	return finish(&w);
}

struct str edit_writer_lines(struct edit_document *doc, const struct node *node, uint32_t column)
{
	struct value_writer w;

	start(&w, doc);
	put_entries(&w, node, column, false);
	return finish(&w);
}

struct str edit_writer_flow(struct edit_document *doc, const struct node *node)
{
	struct value_writer w;

	start(&w, doc);
	put_flow(&w, node);
	return finish(&w);
}

struct str edit_writer_key(struct edit_document *doc, struct str key, bool flow)
{
	struct value_writer w;

	start(&w, doc);
	put_key(doc, &w.out, key, flow);
	return finish(&w);
}

struct str edit_writer_entry(struct edit_document *doc, struct str key, const struct node *node,
			     uint32_t column)
{
	struct value_writer w;

	start(&w, doc);
	for (uint32_t i = 0; i < column; i++)
		buf_add_char(&w.out, ' ');
	if (key.ptr) {
		put_key(doc, &w.out, key, false);
		buf_add_char(&w.out, ':');
	} else {
		buf_add_char(&w.out, '-');
		for (unsigned i = 2; i < doc->dash_width; i++)
			buf_add_char(&w.out, ' ');
	}
	put_after(&w, node, key.ptr ? column : column + doc->dash_width, !key.ptr);
	buf_add(&w.out, doc->newline);
	return finish(&w);
}
