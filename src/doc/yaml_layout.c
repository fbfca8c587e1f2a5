#include "doc/yaml_layout.h"

#include "base/ascii.h"
#include "doc/yaml_private.h"

struct layout_reader {
	struct arena *arena;
	struct str text;
	const struct source *source;
	uint32_t at; /* everything before it was read */
	uint32_t numbers;
	VEC(struct yaml_comment) comments;
	VEC(struct yaml_place *) anchors, aliases;
};

static bool is_line_end(char c)
{
	return c == '\n' || c == '\r';
}

/* ---- between the nodes */

static bool at_line_start(const struct layout_reader *l)
{
	return l->at == 0 || l->text.ptr[l->at - 1] == '\n';
}

static void skip_line(struct layout_reader *l)
{
	while (l->at < l->text.len && !is_line_end(l->text.ptr[l->at]))
		l->at++;
}

/* A directive, `---` or `...`: bytes that belong to no node. */
static bool skip_document_mark(struct layout_reader *l)
{
	struct str rest = str_slice(l->text, l->at, l->text.len);

	if (l->at == 0 && str_starts(rest, STR("\xef\xbb\xbf"))) {
		l->at += 3;
		return true;
	}
	if (!at_line_start(l) && !(l->at == 3 && str_starts(l->text, STR("\xef\xbb\xbf"))))
		return false;
	if (rest.ptr[0] == '%') {
		skip_line(l);
		return true;
	}
	if ((str_starts(rest, STR("---")) || str_starts(rest, STR("..."))) &&
	    (rest.len == 3 || ascii_is_blank(rest.ptr[3]) || is_line_end(rest.ptr[3]))) {
		l->at += 3;
		return true;
	}
	return false;
}

/* Skips white space and comments. Returns the byte after them, or 0 at LIMIT. */
static char next_mark(struct layout_reader *l, uint32_t limit)
{
	while (l->at < limit) {
		char c = l->text.ptr[l->at];

		if (c == '#') {
			struct yaml_comment comment = {.begin = l->at};

			skip_line(l);
			comment.end = l->at;
			VEC_PUSH(l->arena, &l->comments, comment);
		} else if (ascii_is_blank(c) || is_line_end(c)) {
			l->at++;
		} else if (!skip_document_mark(l)) {
			return c;
		}
	}
	return 0;
}

static struct span take_anchor(struct layout_reader *l, uint32_t limit)
{
	struct span span = {l->source, l->at, 0};

	l->at++;
	while (l->at < limit && (ascii_is_name(l->text.ptr[l->at]) || l->text.ptr[l->at] == '-'))
		l->at++;
	span.end = l->at;
	return span;
}

/* ---- scalars */

static uint32_t line_start(struct str text, uint32_t at)
{
	while (at > 0 && text.ptr[at - 1] != '\n')
		at--;
	return at;
}

/* AT without the line end before it. */
static uint32_t before_line_end(struct str text, uint32_t at)
{
	if (at > 0 && text.ptr[at - 1] == '\n')
		at--;
	if (at > 0 && text.ptr[at - 1] == '\r')
		at--;
	return at;
}

/* The number of spaces of the first line of a block text that is not empty. */
static uint32_t block_indent(struct str text, uint32_t from, uint32_t end)
{
	uint32_t start = from;

	for (uint32_t at = from; at < end; at++) {
		if (is_line_end(text.ptr[at]))
			start = at + 1;
		else if (text.ptr[at] != ' ')
			return at - start;
	}
	return UINT32_MAX;
}

/* The end of a block text from its header to the empty lines below, which belong to it only if the
 * header says so (`|+`). */
static uint32_t block_end(struct str text, uint32_t begin, uint32_t end)
{
	uint32_t header = begin;
	bool keeps = false;

	while (header < end && !is_line_end(text.ptr[header]) && text.ptr[header] != '#')
		keeps |= text.ptr[header++] == '+';
	while (header < end && text.ptr[header] != '\n')
		header++;
	uint32_t indent = block_indent(text, header, end), last = before_line_end(text, end);
	while (!keeps && last > header) {
		uint32_t start = line_start(text, last), spaces = start;

		while (spaces < last && text.ptr[spaces] == ' ')
			spaces++;
		if (spaces < last || spaces - start > indent)
			break;
		last = before_line_end(text, start);
	}
	return last > begin ? last : end;
}

/* The comment after `|` or `>`. */
static void read_block_header(struct layout_reader *l, const struct yaml_place *place)
{
	l->at = place->begin;
	while (l->at < place->end && !is_line_end(l->text.ptr[l->at]) && l->text.ptr[l->at] != '#')
		l->at++;
	if (l->at < place->end && l->text.ptr[l->at] == '#')
		next_mark(l, l->at + 1);
}

/* ---- places */

static void lay_value(struct layout_reader *l, struct yaml_place *place);

static struct yaml_place *new_place(struct layout_reader *l, const struct node *node,
				    struct yaml_place *parent, uint32_t index)
{
	struct yaml_place *place = ARENA_NEW(l->arena, struct yaml_place);

	place->node = node;
	place->parent = parent;
	place->index = index;
	place->number = l->numbers++;
	place->is_written = node->alias.source || !node_is_empty(node);
	place->begin = node->alias.source ? node->alias.begin : node->span.begin;
	place->end = node->alias.source ? node->alias.end : node->span.end;
	return place;
}

/* Reads until PLACE begins; the entry's own marks are stored in E. */
static void lay_before(struct layout_reader *l, struct yaml_place *place, struct yaml_entry *e,
		       bool after_key)
{
	struct yaml_place *parent = place->parent;
	uint32_t limit = place->is_written ? place->begin : (uint32_t)l->text.len;
	bool block = parent && !parent->node->flow;
	char c;

	while ((c = next_mark(l, limit))) {
		if (c == '&' && place->is_written) {
			place->anchor = take_anchor(l, limit);
			VEC_PUSH(l->arena, &l->anchors, place);
			continue;
		}
		if (c == ':' && after_key && e->colon == YAML_NO_PLACE)
			e->colon = l->at;
		else if (e && e->dash == YAML_NO_PLACE && !after_key &&
			 ((c == '-' && block && !e->key) || (c == '?' && e->key)))
			e->dash = l->at;
		else if (c == ',' && parent && !block && place->index && !after_key)
			parent->entries[place->index - 1].comma = l->at;
		else if (!place->is_written)
			return; /* it belongs to what follows */
		else if (parent)
			parent->unclear = true;
		l->at++;
		if (!place->is_written && (c == ':' || c == '-'))
			return;
	}
}

static void lay_entry(struct layout_reader *l, struct yaml_place *place, uint32_t i)
{
	const struct node *node = place->node;
	struct yaml_entry *e = &place->entries[i];
	bool map = node->kind == NODE_MAP;

	*e = (struct yaml_entry){.dash = YAML_NO_PLACE, .colon = YAML_NO_PLACE};
	e->comma = YAML_NO_PLACE;
	if (map) {
		e->key = new_place(l, node->pairs[i].key, place, i);
		lay_before(l, e->key, e, false);
		lay_value(l, e->key);
	}
	e->value = new_place(l, map ? node->pairs[i].value : node->items[i], place, i);
	lay_before(l, e->value, e, map);
	const struct yaml_place *first = map ? e->key : e->value;
	e->begin = e->dash != YAML_NO_PLACE ? e->dash
		   : first->anchor.source   ? first->anchor.begin
					    : first->begin;
	e->end = e->colon != YAML_NO_PLACE ? e->colon + 1
		 : map			   ? e->key->end
					   : e->begin + (e->dash != YAML_NO_PLACE);
	if (!e->value->is_written)
		e->value->begin = e->value->end = e->end;
	lay_value(l, e->value);
	if (e->value->is_written)
		e->end = e->value->end;
}

static void lay_entries(struct layout_reader *l, struct yaml_place *place)
{
	const struct node *node = place->node;
	char open = node->kind == NODE_LIST ? '[' : '{';
	char c;

	place->brackets = node->flow && l->text.ptr[place->begin] == open;
	l->at = place->begin + place->brackets;
	place->entries = ARENA_ARRAY(l->arena, node->count, struct yaml_entry);
	for (uint32_t i = 0; i < node->count; i++)
		lay_entry(l, place, i);
	uint32_t last = node->count ? place->entries[node->count - 1].end : place->end;
	if (!place->brackets) {
		place->end = last;
		return;
	}
	while (place->end > 0 && (c = next_mark(l, place->end - 1))) {
		if (c == ',' && node->count)
			place->entries[node->count - 1].comma = l->at;
		else
			place->unclear = true;
		l->at++;
	}
}

static void lay_value(struct layout_reader *l, struct yaml_place *place)
{
	const struct node *node = place->node;

	if (!place->is_written)
		return;
	if (node->alias.source)
		VEC_PUSH(l->arena, &l->aliases, place);
	else if (node->kind != NODE_SCALAR)
		lay_entries(l, place);
	else if (node->style == NODE_LITERAL || node->style == NODE_FOLDED) {
		place->end = block_end(l->text, place->begin, place->end);
		read_block_header(l, place);
	}
	if (l->at < place->end)
		l->at = place->end;
}

bool yaml_layout_read(struct arena *a, const struct source *source, struct diag_list *diags,
		      struct yaml_layout *layout)
{
	struct layout_reader l = {.arena = a, .text = source->text, .source = source};
	struct yaml_corrections corrected = {NULL, 0};
	const struct node *root = yaml_read_corrected(a, source, diags, &corrected);

	if (!root)
		return false;
	struct yaml_place *place = new_place(&l, root, NULL, 0);
	lay_before(&l, place, NULL, false);
	lay_value(&l, place);
	while (next_mark(&l, (uint32_t)l.text.len))
		l.at++;
	*layout = (struct yaml_layout){
	    .source = source,
	    .root = place,
	    .place_count = l.numbers,
	    .comments = l.comments.items,
	    .comment_count = l.comments.count,
	    .anchors = l.anchors.items,
	    .anchor_count = l.anchors.count,
	    .aliases = l.aliases.items,
	    .alias_count = l.aliases.count,
	    .corrected = corrected.items,
	    .corrected_count = corrected.count,
	};
	return true;
}

size_t yaml_layout_count(const struct yaml_place *place)
{
	return place->entries ? place->node->count : 0;
}

struct yaml_place *yaml_layout_target(const struct yaml_layout *layout,
				      const struct yaml_place *place)
{
	size_t low = 0, high = layout->anchor_count;

	/* The copy of the anchored node in the tree has its span. */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (layout->anchors[middle]->node->span.begin < place->node->span.begin)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < layout->anchor_count; low++) {
		struct yaml_place *anchored = layout->anchors[low];

		if (anchored->node->span.begin != place->node->span.begin)
			break;
		if (anchored->node->kind == place->node->kind)
			return anchored;
	}
	return NULL;
}

const struct yaml_comment *yaml_layout_next_comment(const struct yaml_layout *layout, uint32_t at)
{
	size_t low = 0, high = layout->comment_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (layout->comments[middle].begin < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < layout->comment_count ? &layout->comments[low] : NULL;
}

const struct yaml_comment *yaml_layout_comment(const struct yaml_layout *layout, uint32_t at)
{
	const struct yaml_comment *comment = yaml_layout_next_comment(layout, at);

	return comment && comment->begin == at ? comment : NULL;
}

const struct yaml_place *yaml_layout_next_anchor(const struct yaml_layout *layout, uint32_t at)
{
	size_t low = 0, high = layout->anchor_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (layout->anchors[middle]->anchor.begin < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < layout->anchor_count ? layout->anchors[low] : NULL;
}
