#include "edit/edit_document.h"

#include "base/ascii.h"
#include "edit/edit_disabled.h"

#define BYTE_ORDER_MARK STR("\xef\xbb\xbf")

/* ---- opening */

/* Takes the indentation from the first places that show it. */
static void find_indentation(struct edit_document *doc, const struct yaml_place *place,
			     bool *unit_found, bool *offset_found)
{
	for (size_t i = 0; i < yaml_layout_count(place) && !(*unit_found && *offset_found); i++) {
		const struct yaml_place *value = place->entries[i].value;
		size_t count = yaml_layout_count(value);
		bool list = value->node->kind == NODE_LIST;

		if (!place->node->flow && !value->node->flow && count && place->entries[i].key) {
			uint32_t outer = edit_document_column(doc, place->entries[i].begin);
			uint32_t inner = edit_document_column(doc, value->entries[0].begin);

			if (list && !*offset_found && inner >= outer) {
				doc->list_offset = inner - outer;
				*offset_found = true;
			} else if (!list && !*unit_found && inner > outer) {
				doc->unit = inner - outer;
				*unit_found = true;
			}
		}
		find_indentation(doc, value, unit_found, offset_found);
	}
}

static bool read_text(struct edit_document *doc, struct str name, struct str text)
{
	size_t first = str_find_char(text, '\n', 0);
	bool unit_found = false, offset_found = false;

	doc->text = text;
	doc->newline = first != NOT_FOUND && first > 0 && text.ptr[first - 1] == '\r' ? STR("\r\n")
										      : STR("\n");
	if (!yaml_layout_read(&doc->arena, source_new(&doc->arena, name, text), &doc->diags,
			      &doc->layout))
		return false;
	find_indentation(doc, doc->layout.root, &unit_found, &offset_found);
	doc->intended_at =
	    ARENA_ARRAY(&doc->arena, doc->layout.place_count, struct edit_intended *);
	doc->intended = edit_intended_of_layout(&doc->arena, &doc->layout, doc->intended_at);
	return true;
}

static void start(struct edit_document *doc)
{
	*doc = (struct edit_document){.unit = 2, .list_offset = 2, .dash_width = 2};
	arena_init(&doc->arena, 0);
	diag_init(&doc->diags, &doc->arena);
}

bool edit_document_open(struct edit_document *doc, struct str name, struct str text)
{
	start(doc);
	return read_text(doc, name, text);
}

bool edit_document_patch(struct edit_document *doc, const struct edit_document *old,
			 struct str name, struct edit_patches patches)
{
	start(doc);
	return read_text(doc, name, edit_patches_apply(&doc->arena, old->text, patches));
}

void edit_document_release(struct edit_document *doc)
{
	arena_release(&doc->arena);
}

/* ---- lines */

uint32_t edit_document_line(const struct edit_document *doc, uint32_t at)
{
	while (at > 0 && doc->text.ptr[at - 1] != '\n')
		at--;
	return at == 0 && str_starts(doc->text, BYTE_ORDER_MARK) ? 3 : at;
}

uint32_t edit_document_line_end(const struct edit_document *doc, uint32_t at)
{
	const char *end =
	    at < doc->text.len ? memchr(doc->text.ptr + at, '\n', doc->text.len - at) : NULL;

	return end ? (uint32_t)(end - doc->text.ptr) + 1 : (uint32_t)doc->text.len;
}

uint32_t edit_document_line_stop(const struct edit_document *doc, uint32_t at)
{
	uint32_t end = edit_document_line_end(doc, at);

	if (end > at && doc->text.ptr[end - 1] == '\n')
		end--;
	if (end > at && doc->text.ptr[end - 1] == '\r')
		end--;
	return end;
}

uint32_t edit_document_column(const struct edit_document *doc, uint32_t at)
{
	return at - edit_document_line(doc, at);
}

static uint32_t first_letter(const struct edit_document *doc, uint32_t line)
{
	uint32_t at = line;

	while (at < doc->text.len && ascii_is_blank(doc->text.ptr[at]))
		at++;
	return at;
}

bool edit_document_is_empty_line(const struct edit_document *doc, uint32_t line)
{
	uint32_t at = first_letter(doc, line);

	return at >= doc->text.len || doc->text.ptr[at] == '\n' || doc->text.ptr[at] == '\r';
}

const struct yaml_comment *edit_document_comment_line(const struct edit_document *doc,
						      uint32_t line)
{
	return yaml_layout_comment(&doc->layout, first_letter(doc, line));
}

bool edit_document_has_comment(const struct edit_document *doc, uint32_t begin, uint32_t end)
{
	const struct yaml_comment *comment = yaml_layout_next_comment(&doc->layout, begin);

	return comment && comment->begin < end;
}

/* ---- entries */

struct yaml_entry *edit_document_entry(const struct yaml_place *place)
{
	return place->parent ? &place->parent->entries[place->index] : NULL;
}

/* The first line of the comments directly above LINE in COLUMN; LINE if there are none. */
static uint32_t comments_above(const struct edit_document *doc, uint32_t line, uint32_t column)
{
	while (line > 0) {
		uint32_t above = edit_document_line(doc, line - 1);
		const struct yaml_comment *comment = edit_document_comment_line(doc, above);

		if (above >= line || !comment || comment->begin - above != column)
			break;
		line = above;
	}
	return line;
}

/* The end of the comments after END that are deeper than COLUMN, with empty lines between. */
static uint32_t comments_below(const struct edit_document *doc, uint32_t end, uint32_t column)
{
	uint32_t line = end;

	while (line < doc->text.len) {
		const struct yaml_comment *comment = edit_document_comment_line(doc, line);
		uint32_t next = edit_document_line_end(doc, line);

		if (comment && comment->begin - line > column)
			end = next;
		else if (!edit_document_is_empty_line(doc, line))
			break;
		line = next;
	}
	return end;
}

struct edit_extent edit_document_extent(const struct edit_document *doc,
					const struct yaml_place *owner, size_t index)
{
	const struct yaml_entry *entry = &owner->entries[index];
	uint32_t line = edit_document_line(doc, entry->begin);
	struct edit_extent extent = {.begin = entry->begin, .column = entry->begin - line};

	extent.own_line = first_letter(doc, line) == entry->begin;
	extent.end = comments_below(doc, edit_document_line_end(doc, entry->end), extent.column);
	if (!extent.own_line)
		return extent;
	/* A comment at the start of the file is about the file. */
	bool first = !owner->parent && index == 0;
	extent.begin = first ? line : comments_above(doc, line, extent.column);
	if (owner->node->kind == NODE_LIST)
		extent.begin = edit_disabled_end(doc, extent.begin, line);
	return extent;
}

uint32_t edit_document_entry_column(const struct edit_document *doc, const struct yaml_place *place,
				    bool list)
{
	const struct yaml_entry *own = edit_document_entry(place);

	if (yaml_layout_count(place) && !place->node->flow)
		return edit_document_column(doc, place->entries[0].begin);
	if (!own)
		return 0;
	uint32_t column = edit_document_column(doc, own->begin);
	if (!own->key)
		return column + 2;
	return column + (list ? doc->list_offset : doc->unit);
}
