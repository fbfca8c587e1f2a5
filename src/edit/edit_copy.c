#include "edit/edit_copy.h"

#include "base/ascii.h"
#include "edit/edit_writer.h"

struct copy {
	const struct edit_document *doc;
	struct buf out;
	bool without_anchors;
	const struct edit_patch *rename; /* of a key inside the copied text; or NULL */
};

/* The anchor in [begin, end) that comes first, or NULL. */
static const struct yaml_place *next_anchor(const struct edit_document *doc, uint32_t begin,
					    uint32_t end)
{
	const struct yaml_place *place = yaml_layout_next_anchor(&doc->layout, begin);

	return place && place->anchor.begin < end ? place : NULL;
}

static void put_without_anchors(struct copy *c, uint32_t begin, uint32_t end)
{
	const struct yaml_place *place;
	const char *text = c->doc->text.ptr;

	while (c->without_anchors && (place = next_anchor(c->doc, begin, end))) {
		buf_add(&c->out, str_slice(c->doc->text, begin, place->anchor.begin));
		begin = place->anchor.end;
		while (begin < end && ascii_is_blank(text[begin]))
			begin++;
		/* At the end of the line the space before the anchor goes. */
		while ((begin == end || text[begin] == '#') && c->out.len &&
		       text[begin - 1] != '\n' && c->out.data[c->out.len - 1] == ' ')
			c->out.len--;
		if (begin < end && text[begin] == '#')
			buf_add_char(&c->out, ' ');
	}
	buf_add(&c->out, str_slice(c->doc->text, begin, end));
}

static void put_part(struct copy *c, uint32_t begin, uint32_t end)
{
	const struct edit_patch *rename = c->rename;

	if (!rename || rename->begin < begin || rename->end > end) {
		put_without_anchors(c, begin, end);
		return;
	}
	put_without_anchors(c, begin, rename->begin);
	buf_add(&c->out, rename->text);
	put_without_anchors(c, rename->end, end);
}

static void put_line(struct copy *c, uint32_t line, uint32_t stop, int64_t shift, bool first)
{
	uint32_t at = line;

	while (at < stop && c->doc->text.ptr[at] == ' ')
		at++;
	int64_t spaces = (int64_t)(at - line) + shift;
	if (at == stop && at - line < 1)
		spaces = 0;
	if (first)
		spaces = shift;
	for (int64_t i = 0; i < spaces; i++)
		buf_add_char(&c->out, ' ');
	put_part(c, at, stop);
	buf_add(&c->out, c->doc->newline);
}

static struct str copy_lines(struct copy *c, struct arena *a, uint32_t begin, uint32_t end,
			     uint32_t column, uint32_t to_column)
{
	const struct edit_document *doc = c->doc;
	int64_t shift = (int64_t)to_column - (int64_t)column;
	bool inside = edit_document_line(doc, begin) != begin;

	buf_init(&c->out, 0);
	for (uint32_t at = begin; at < end; at = edit_document_line_end(doc, at)) {
		bool first = at == begin && inside;

		put_line(c, at, edit_document_line_stop(doc, at),
			 first ? (int64_t)to_column : shift, first);
	}
	struct str text = arena_str(a, buf_str(&c->out));
	buf_release(&c->out);
	return text;
}

struct str edit_copy_lines(struct edit_plan *plan, uint32_t begin, uint32_t end, uint32_t column,
			   uint32_t to_column, bool without_anchors)
{
	struct copy c = {.doc = plan->doc, .without_anchors = without_anchors};

	return copy_lines(&c, &plan->doc->arena, begin, end, column, to_column);
}

struct str edit_copy_entry(struct edit_plan *plan, const struct yaml_place *owner, size_t index,
			   struct str key, uint32_t column, bool without_anchors)
{
	struct edit_extent extent = edit_document_extent(plan->doc, owner, index);
	const struct yaml_place *old = owner->entries[index].key;
	struct copy c = {.doc = plan->doc, .without_anchors = without_anchors};
	struct edit_patch rename;

	if (old && !str_eq(old->node->text, key)) {
		rename = (struct edit_patch){old->begin, old->end,
					     edit_writer_key(plan->doc, key, false)};
		c.rename = &rename;
	}
	return copy_lines(&c, &plan->doc->arena, extent.begin, extent.end, extent.column, column);
}

/* Whether an anchor or alias is written inside PLACE or at it. */
static bool has_anchor(const struct edit_plan *plan, const struct yaml_place *place)
{
	const struct yaml_place *found = next_anchor(plan->doc, place->begin, place->end);

	return place->anchor.source || found;
}

bool edit_copy_has_alias(const struct edit_plan *plan, const struct yaml_place *place)
{
	const struct yaml_layout *layout = &plan->doc->layout;

	for (size_t i = 0; i < layout->alias_count; i++)
		if (layout->aliases[i]->begin >= place->begin &&
		    layout->aliases[i]->end <= place->end)
			return true;
	return false;
}

struct str edit_copy_flow(struct edit_plan *plan, const struct yaml_place *place,
			  bool without_anchors)
{
	struct edit_document *doc = plan->doc;
	bool one_line = place->end <= edit_document_line_end(doc, place->begin);
	bool flow = place->parent->node->flow || place->node->flow || place->node->alias.source;

	/* As it is written, if it can be in brackets. */
	if (one_line && flow && place->is_written && !has_anchor(plan, place)) {
		struct str text = str_slice(doc->text, place->begin, place->end);

		return place->node->flow && !place->brackets && !place->node->alias.source
			   ? arena_printf(&doc->arena, "{%.*s}", STR_ARG(text))
			   : text;
	}
	if (edit_document_has_comment(doc, place->begin, place->end) ||
	    (has_anchor(plan, place) && !without_anchors) || edit_copy_has_alias(plan, place))
		return STR_NULL;
	return edit_writer_flow(doc, place->node);
}
