#include "edit/edit_block.h"

#include "base/ascii.h"
#include "edit/edit_writer.h"

/* ---- values */

bool edit_block_is_value(const struct yaml_place *place)
{
	return place->parent && !place->parent->node->flow;
}

uint32_t edit_block_value_start(const struct yaml_place *place)
{
	const struct yaml_entry *entry = edit_document_entry(place);

	if (place->anchor.source)
		return place->anchor.end;
	if (!entry)
		return YAML_NO_PLACE;
	if (entry->key)
		return entry->colon == YAML_NO_PLACE ? YAML_NO_PLACE : entry->colon + 1;
	return entry->dash == YAML_NO_PLACE ? YAML_NO_PLACE : entry->dash + 1;
}

uint32_t edit_block_trim(const struct edit_document *doc, uint32_t at)
{
	const char *text = doc->text.ptr;

	while (at > 0 && ascii_is_blank(text[at - 1]))
		at--;
	if (at > 0 && text[at - 1] == '\n')
		at--;
	if (at > 0 && text[at - 1] == '\r')
		at--;
	return at;
}

/* END without the line end before it. */
static uint32_t without_line_end(const struct edit_document *doc, uint32_t end)
{
	if (end > 0 && doc->text.ptr[end - 1] == '\n')
		end--;
	if (end > 0 && doc->text.ptr[end - 1] == '\r')
		end--;
	return end;
}

/*
 * A value in a block has a head, on the line of its key or dash, and a body: the lines below. Both
 * are replaced separately, so that a comment after the head stays.
 */
struct value_slot {
	uint32_t start; /* after the colon, dash or anchor */
	uint32_t head_begin, head_end;
	uint32_t body_begin,
	    body_end; /* from the end of the head's line, without the last line end */
};

static bool is_block_text(const struct yaml_place *place)
{
	return place->node->kind == NODE_SCALAR && !place->node->alias.source &&
	       (place->node->style == NODE_LITERAL || place->node->style == NODE_FOLDED);
}

/* The end of `|` or `>` with its indicators. */
static uint32_t indicator_end(const struct edit_document *doc, uint32_t at)
{
	while (at < doc->text.len && !ascii_is_blank(doc->text.ptr[at]) &&
	       doc->text.ptr[at] != '\n' && doc->text.ptr[at] != '\r')
		at++;
	return at;
}

static struct value_slot find_slot(const struct edit_document *doc, const struct yaml_place *place,
				   uint32_t start)
{
	struct value_slot slot = {start, start, start, 0, 0};
	bool block = yaml_layout_count(place) && !place->node->flow;
	uint32_t stop = edit_document_line_stop(doc, start);

	if (block) {
		uint32_t end = without_line_end(
		    doc, edit_document_extent(doc, place->parent, place->index).end);

		if (place->begin < stop)
			slot.head_end = slot.body_begin = end;
		else
			slot.body_begin = stop;
		slot.body_end = end;
		return slot;
	}
	if (place->is_written) {
		slot.head_begin = place->begin;
		slot.head_end =
		    is_block_text(place) ? indicator_end(doc, place->begin) : place->end;
	}
	slot.body_begin = edit_document_line_stop(doc, slot.head_end);
	slot.body_end = slot.body_begin;
	if (is_block_text(place) && place->end > slot.body_begin)
		slot.body_end = place->end;
	return slot;
}

static void replace_head(struct edit_plan *plan, const struct value_slot *slot, struct str head)
{
	struct arena *a = &plan->doc->arena;

	if (!head.len && slot->head_begin > slot->start)
		edit_plan_replace(plan, edit_block_trim(plan->doc, slot->head_begin),
				  slot->head_end, STR(""));
	else if (!head.len)
		edit_plan_replace(plan, slot->start, slot->head_end, STR(""));
	else if (slot->head_begin > slot->start)
		edit_plan_replace(plan, slot->head_begin, slot->head_end, head);
	else
		edit_plan_replace(plan, slot->start, slot->head_end,
				  arena_printf(a, " %.*s", STR_ARG(head)));
}

bool edit_block_set_text(struct edit_plan *plan, const struct yaml_place *place, struct str value)
{
	struct edit_document *doc = plan->doc;
	uint32_t start = edit_block_value_start(place);
	size_t line_end = str_find_char(value, '\n', 0);

	if (start == YAML_NO_PLACE)
		return edit_plan_refuse_text(plan, place->begin);
	struct value_slot slot = find_slot(doc, place, start);
	if (line_end == NOT_FOUND)
		line_end = value.len;
	else if (line_end > 0 && value.ptr[line_end - 1] == '\r')
		line_end--;
	struct str body = str_slice(value, line_end, value.len);
	if (body.len && slot.body_end == doc->text.len)
		body = arena_printf(&doc->arena, "%.*s%.*s", STR_ARG(body), STR_ARG(doc->newline));
	if (slot.head_end == slot.body_begin && slot.body_begin == slot.body_end) {
		/* One range, so that the order of both patches is clear. */
		struct str both =
		    arena_printf(&doc->arena, "%.*s%.*s", (int)line_end, value.ptr, STR_ARG(body));

		if (line_end == 0) {
			replace_head(plan, &slot, STR(""));
			edit_plan_replace(plan, slot.body_begin, slot.body_end, body);
		} else {
			replace_head(plan, &slot, both);
		}
		return true;
	}
	replace_head(plan, &slot, str_slice(value, 0, line_end));
	edit_plan_replace(plan, slot.body_begin, slot.body_end, body);
	return true;
}

bool edit_block_set(struct edit_plan *plan, const struct yaml_place *place,
		    const struct node *value)
{
	struct edit_document *doc = plan->doc;
	const struct yaml_entry *entry = edit_document_entry(place);
	uint32_t column = edit_document_column(doc, entry->begin);
	uint32_t start = edit_block_value_start(place);

	if (start == YAML_NO_PLACE)
		return edit_plan_refuse_text(plan, place->begin);
	struct value_slot slot = find_slot(doc, place, start);
	bool item = !entry->key, several = value->kind != NODE_SCALAR && value->count;
	/* An anchor or a comment after the dash must not be on the line of the first key. */
	bool below = place->anchor.source ||
		     edit_document_has_comment(doc, slot.head_end, slot.body_begin + 1);
	if (item && several && below)
		return edit_block_set_text(plan, place, edit_writer_lines(doc, value, column + 2));
	return edit_block_set_text(plan, place,
				   edit_writer_value(doc, value, item ? column + 2 : column, item));
}

/* ---- new entries */

/* Whether the line above LINE is empty and not a part of a value that ends at END or later. */
static bool is_empty_above(const struct edit_document *doc, uint32_t line, uint32_t end)
{
	uint32_t above;

	if (line == 0)
		return false;
	above = edit_document_line(doc, line - 1);
	return above < line && above > end && edit_document_is_empty_line(doc, above);
}

/* Whether the entries around INDEX are separated by empty lines. */
static bool is_spaced(const struct edit_document *doc, const struct yaml_place *owner, size_t index)
{
	size_t count = yaml_layout_count(owner);
	size_t next = index == 0 ? 1 : index < count ? index : count - 1;

	if (count < 2 || next == 0)
		return false;
	return is_empty_above(doc, edit_document_extent(doc, owner, next).begin,
			      owner->entries[next - 1].end);
}

/* Whether the last line of LINES is empty: it may be a part of the value. */
static bool ends_empty(const struct edit_document *doc, struct str lines)
{
	return lines.len > doc->newline.len &&
	       str_ends(str_slice(lines, 0, lines.len - doc->newline.len), STR("\n"));
}

/* The file ends without a line end, and gets one after PLACE: a block text there must not get it
 * too. */
static void keep_open_end(struct edit_plan *plan, const struct yaml_place *place)
{
	const struct edit_document *doc = plan->doc;
	size_t count;

	while ((count = yaml_layout_count(place)) != 0)
		place = place->entries[count - 1].value;
	uint32_t end = place->begin + 1;
	if (!is_block_text(place) || place->end != doc->text.len ||
	    end != indicator_end(doc, place->begin))
		return;
	edit_plan_replace(plan, end, end, STR("-"));
}

bool edit_block_insert(struct edit_plan *plan, struct yaml_place *owner, size_t index,
		       struct str lines)
{
	struct edit_document *doc = plan->doc;
	size_t count = yaml_layout_count(owner);
	struct arena *a = &doc->arena;

	if (!count) {
		struct str value =
		    arena_printf(a, "%.*s%.*s", STR_ARG(doc->newline),
				 STR_ARG(str_slice(lines, 0, lines.len - doc->newline.len)));

		return edit_block_is_value(owner) ? edit_block_set_text(plan, owner, value)
						  : edit_plan_refuse_text(plan, owner->begin);
	}
	struct edit_extent at = edit_document_extent(doc, owner, index < count ? index : count - 1);
	bool spaced = is_spaced(doc, owner, index) && !ends_empty(doc, lines);
	struct str space = spaced ? doc->newline : STR("");
	if (index < count && !at.own_line) {
		struct str first = str_slice(lines, at.column, lines.len);

		edit_plan_replace(plan, at.begin, at.begin,
				  arena_printf(a, "%.*s%*s", STR_ARG(first), (int)at.column, ""));
		return true;
	}
	if (index < count) {
		edit_plan_replace(plan, at.begin, at.begin,
				  arena_printf(a, "%.*s%.*s", STR_ARG(lines), STR_ARG(space)));
		return true;
	}
	bool open = at.end == doc->text.len && !str_ends(doc->text, STR("\n"));
	struct str first = open ? doc->newline : STR("");
	if (open)
		keep_open_end(plan, owner->entries[count - 1].value);
	edit_plan_replace(
	    plan, at.end, at.end,
	    arena_printf(a, "%.*s%.*s%.*s", STR_ARG(first), STR_ARG(space), STR_ARG(lines)));
	return true;
}

/* ---- removed entries */

/* The only entry of OWNER: an empty list or mapping stays. */
static bool remove_only(struct edit_plan *plan, struct yaml_place *owner)
{
	struct edit_document *doc = plan->doc;
	struct edit_extent extent = edit_document_extent(doc, owner, 0);
	uint32_t start = edit_block_value_start(owner);
	bool list = owner->node->kind == NODE_LIST;
	const struct yaml_entry *own = edit_document_entry(owner);

	if (!own || (!own->key && !list))
		return edit_plan_refuse(plan, EDIT_WRONG_OP, owner->begin,
					own ? "this is the only key of the item; remove the item"
					    : "the file must have at least one key");
	if (start == YAML_NO_PLACE)
		return edit_plan_refuse_text(plan, owner->begin);
	if (!extent.own_line) {
		edit_plan_replace(plan, extent.begin, without_line_end(doc, extent.end),
				  list ? STR("[]") : STR("{}"));
		return true;
	}
	edit_plan_replace(plan, start, start, list ? STR(" []") : STR(" {}"));
	edit_plan_replace(plan, extent.begin, extent.end, STR(""));
	return true;
}

/* The first entry, on the line of the dash around it: the second one takes its place. */
static bool remove_first(struct edit_plan *plan, struct yaml_place *owner,
			 const struct edit_extent *extent)
{
	struct edit_document *doc = plan->doc;
	struct edit_extent next = edit_document_extent(doc, owner, 1);
	uint32_t to = next.begin;

	if (edit_document_has_comment(doc, extent->end, next.begin))
		return edit_plan_refuse_text(plan, extent->begin);
	while (doc->text.ptr[to] == ' ')
		to++;
	edit_plan_replace(plan, extent->begin, to, STR(""));
	return true;
}

bool edit_block_remove(struct edit_plan *plan, struct yaml_place *owner, size_t index)
{
	struct edit_document *doc = plan->doc;
	struct edit_extent extent = edit_document_extent(doc, owner, index);
	uint32_t end = extent.end;

	if (yaml_layout_count(owner) == 1)
		return remove_only(plan, owner);
	if (!extent.own_line)
		return index == 0 ? remove_first(plan, owner, &extent)
				  : edit_plan_refuse_text(plan, extent.begin);
	uint32_t above = index ? owner->entries[index - 1].end : owner->begin;
	/* One of two empty lines goes with the entry. */
	if (index == 0 || is_empty_above(doc, extent.begin, above))
		while (end < doc->text.len && edit_document_is_empty_line(doc, end))
			end = edit_document_line_end(doc, end);
	if (end == doc->text.len)
		end = extent.end;
	edit_plan_replace(plan, extent.begin, end, STR(""));
	return true;
}
