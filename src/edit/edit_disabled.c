#include "edit/edit_disabled.h"

#include "base/ascii.h"
#include "doc/yaml.h"

/* Comment lines that could be an item are tried up to this number for one list; the others are
 * comments. */
#define MAX_TRIES 1000

/* A comment line: the text after `#`, without the line end. */
struct comment_line {
	uint32_t begin, end; /* the line */
	uint32_t column;     /* of `#` */
	uint32_t spaces;     /* at the start of the text */
	struct str text;
};

static bool read_line(const struct edit_document *doc, uint32_t at, struct comment_line *line)
{
	const struct yaml_comment *comment = edit_document_comment_line(doc, at);

	if (!comment)
		return false;
	*line = (struct comment_line){.begin = at, .end = edit_document_line_end(doc, at)};
	line->column = comment->begin - at;
	line->text = str_slice(doc->text, comment->begin + 1, comment->end);
	while (line->spaces < line->text.len && line->text.ptr[line->spaces] == ' ')
		line->spaces++;
	return true;
}

/* A dash, and on its line a key or nothing. */
static bool is_dash(const struct comment_line *line)
{
	struct str rest = str_slice(line->text, line->spaces, line->text.len);

	if (!rest.len || rest.ptr[0] != '-' || (rest.len > 1 && rest.ptr[1] != ' '))
		return false;
	return rest.len == 1 || str_find_char(rest, ':', 0) != NOT_FOUND ||
	       (rest.len > 2 && (rest.ptr[2] == '{' || rest.ptr[2] == '&'));
}

static bool is_empty(const struct comment_line *line)
{
	return line->spaces == line->text.len;
}

/* Appends the lines [begin, end), whose first dash comes after SPACES spaces, with the dash in
 * COLUMN. */
static void put_lines(const struct edit_document *doc, uint32_t begin, uint32_t end,
		      uint32_t spaces, uint32_t column, struct buf *out)
{
	struct comment_line line;

	for (uint32_t at = begin; at < end && read_line(doc, at, &line); at = line.end) {
		uint32_t skip = line.spaces < spaces ? line.spaces : spaces;

		for (uint32_t i = 0; i < column && !is_empty(&line); i++)
			buf_add_char(out, ' ');
		if (!is_empty(&line) || line.spaces > spaces)
			buf_add(out, str_slice(line.text, skip, line.text.len));
		buf_add(out, doc->newline);
	}
}

/* The item that the lines are without `#`; NULL if they are not one mapping. */
static const struct node *read_item(const struct edit_document *doc, uint32_t begin, uint32_t end,
				    uint32_t spaces, struct arena *a)
{
	struct diag_list diags;
	struct buf text;

	buf_init(&text, 0);
	put_lines(doc, begin, end, spaces, 0, &text);
	diag_init(&diags, a);
	const struct source *source = source_new(a, STR(""), arena_str(a, buf_str(&text)));
	buf_release(&text);
	const struct node *root = yaml_read(a, source, &diags);
	if (!root || diags.errors || root->kind != NODE_LIST || root->count != 1)
		return NULL;
	return root->items[0]->kind == NODE_MAP ? root->items[0] : NULL;
}

/* The disabled item whose dash is on the line at AT. */
static bool item_at(const struct edit_document *doc, uint32_t at, uint32_t to, struct arena *a,
		    size_t *tries, struct edit_disabled *out)
{
	struct comment_line first, line;

	if (!read_line(doc, at, &first) || !is_dash(&first) || (*tries)++ >= MAX_TRIES)
		return false;
	out->begin = at;
	out->end = first.end;
	for (uint32_t next = first.end; next < to && read_line(doc, next, &line); next = line.end) {
		if (line.column != first.column ||
		    (!is_empty(&line) && line.spaces <= first.spaces))
			break;
		if (!is_empty(&line))
			out->end = line.end;
	}
	/* Comments above it that were disabled with it: `# # text`. */
	while (out->begin > 0) {
		uint32_t above = edit_document_line(doc, out->begin - 1);

		if (above >= out->begin || !read_line(doc, above, &line) ||
		    line.column != first.column || line.spaces != first.spaces || is_empty(&line) ||
		    line.text.ptr[line.spaces] != '#')
			break;
		out->begin = above;
	}
	out->item = read_item(doc, out->begin, out->end, first.spaces, a);
	return out->item != NULL;
}

uint32_t edit_disabled_end(const struct edit_document *doc, uint32_t from, uint32_t to)
{
	struct edit_disabled item;
	uint32_t end = from;
	size_t tries = 0;
	struct arena a;

	arena_init(&a, 0);
	for (uint32_t at = from; at < to;) {
		if (item_at(doc, at, to, &a, &tries, &item))
			end = at = item.end;
		else
			at = edit_document_line_end(doc, at);
		arena_reset(&a);
	}
	arena_release(&a);
	return end;
}

struct item_list {
	size_t tries;
	VEC(struct edit_disabled) items;
};

/* Adds the items whose lines are in [from, to), with `#` in column LOWEST or later. */
static void add_items(struct edit_document *doc, uint32_t from, uint32_t to, uint32_t lowest,
		      size_t before, struct item_list *list)
{
	struct edit_disabled item;
	struct comment_line line;
	struct arena a;

	arena_init(&a, 0);
	for (uint32_t at = from; at < to;) {
		bool fits = read_line(doc, at, &line) && line.column >= lowest;

		if (fits && item_at(doc, at, to, &a, &list->tries, &item)) {
			item.before = before;
			item.item = edit_intended_copy_node(&doc->arena, item.item);
			VEC_PUSH(&doc->arena, &list->items, item);
			at = item.end;
		} else {
			at = edit_document_line_end(doc, at);
		}
		arena_reset(&a);
	}
	arena_release(&a);
}

/* The lines after the last entry that may have items of the list: comments and empty lines. */
static uint32_t comments_end(const struct edit_document *doc, uint32_t from)
{
	while (from < doc->text.len &&
	       (edit_document_comment_line(doc, from) || edit_document_is_empty_line(doc, from)))
		from = edit_document_line_end(doc, from);
	return from;
}

size_t edit_disabled_of(struct edit_document *doc, const struct yaml_place *place,
			const struct edit_disabled **out)
{
	const struct yaml_entry *own = edit_document_entry(place);
	size_t count = yaml_layout_count(place);
	struct item_list list = {.tries = 0};

	*out = NULL;
	if (!own || (count && place->node->flow) || own->value != place ||
	    place->parent->node->flow)
		return 0;
	/* The dashes of a list without items can be in the column of its key. */
	uint32_t lowest = edit_document_column(doc, count ? place->entries[0].begin : own->begin);
	if (!count && !own->key)
		lowest++;
	uint32_t from = edit_document_line_end(doc, own->key ? own->key->end : own->begin);
	for (size_t i = 0; i < count; i++) {
		uint32_t line = edit_document_line(doc, place->entries[i].begin);

		add_items(doc, from, line, 0, i, &list);
		from = edit_document_extent(doc, place, i).end;
	}
	add_items(doc, from, comments_end(doc, from), lowest, count, &list);
	*out = list.items.items;
	return list.items.count;
}

struct str edit_disabled_text(struct edit_document *doc, const struct edit_disabled *item,
			      uint32_t column)
{
	struct comment_line line = {.end = item->begin};
	struct buf text;

	do
		read_line(doc, line.end, &line);
	while (!is_dash(&line));
	buf_init(&text, 0);
	put_lines(doc, item->begin, item->end, line.spaces, column, &text);
	struct str copy = arena_str(&doc->arena, buf_str(&text));
	buf_release(&text);
	return copy;
}
