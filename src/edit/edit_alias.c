#include "edit/edit_alias.h"

#include "edit/edit_block.h"
#include "edit/edit_copy.h"
#include "edit/edit_flow.h"
#include "edit/edit_writer.h"

static bool is_inside(const struct yaml_place *place, uint32_t begin, uint32_t end)
{
	return place->begin >= begin && place->begin < end;
}

struct yaml_place *edit_alias_needed(const struct edit_plan *plan, uint32_t begin, uint32_t end)
{
	const struct yaml_layout *layout = &plan->doc->layout;

	for (size_t i = 0; i < layout->alias_count; i++) {
		const struct yaml_place *alias = layout->aliases[i];
		struct yaml_place *target = yaml_layout_target(layout, alias);

		if (target && target->anchor.begin >= begin && target->anchor.begin < end &&
		    !is_inside(alias, begin, end))
			return target;
	}
	return NULL;
}

/* ---- the text of a value at another place */

/* The column for the lines of a value below the entry of PLACE. */
static uint32_t column_below(const struct edit_document *doc, const struct yaml_place *place,
			     const struct yaml_place *value)
{
	const struct yaml_entry *entry = edit_document_entry(place);
	uint32_t column = edit_document_column(doc, entry->begin);

	if (!entry->key)
		return column + 2;
	return column + (value->node->kind == NODE_LIST ? doc->list_offset : doc->unit);
}

/* The first lines of a list or mapping in a block, from its first comment. */
static struct str block_lines(struct edit_plan *plan, const struct yaml_place *value,
			      uint32_t column)
{
	struct edit_document *doc = plan->doc;
	size_t count = yaml_layout_count(value);
	struct edit_extent first = edit_document_extent(doc, value, 0);
	struct edit_extent last = edit_document_extent(doc, value, count - 1);

	return edit_copy_lines(plan, first.begin, last.end, first.column, column, true);
}

/* TEXT without its last line end. */
static struct str trim_line_end(const struct edit_document *doc, struct str text)
{
	return str_ends(text, doc->newline) ? str_slice(text, 0, text.len - doc->newline.len)
					    : text;
}

/* A block text with its lines in COLUMN. */
static struct str block_text(struct edit_plan *plan, const struct yaml_place *value,
			     uint32_t column)
{
	struct edit_document *doc = plan->doc;
	uint32_t header = edit_document_line_stop(doc, value->begin);
	uint32_t lines = edit_document_line_end(doc, value->begin), old = 0;

	if (lines >= value->end)
		return STR_NULL;
	for (uint32_t at = lines; at < value->end; at = edit_document_line_end(doc, at))
		if (!edit_document_is_empty_line(doc, at)) {
			while (doc->text.ptr[at + old] == ' ')
				old++;
			break;
		}
	struct str below = edit_copy_lines(plan, lines, value->end, old, column, false);
	return arena_printf(&doc->arena, "%.*s%.*s%.*s",
			    STR_ARG(str_slice(doc->text, value->begin, header)),
			    STR_ARG(doc->newline), STR_ARG(trim_line_end(doc, below)));
}

/* The text of VALUE in the place of ALIAS, after ANCHOR ("&name ", or nothing). */
static struct str value_text(struct edit_plan *plan, const struct yaml_place *value,
			     const struct yaml_place *alias, struct str anchor)
{
	struct edit_document *doc = plan->doc;
	struct arena *a = &doc->arena;
	bool block = edit_block_is_value(alias);
	uint32_t column = block ? column_below(doc, alias, value) : 0;
	struct str text;

	if (!block) {
		text = edit_copy_flow(plan, value, true);
	} else if (yaml_layout_count(value) && !value->node->flow) {
		struct str lines = trim_line_end(doc, block_lines(plan, value, column));
		bool item = !edit_document_entry(alias)->key && !anchor.len;

		if (item && lines.ptr[column] != '#')
			return str_slice(lines, column, lines.len);
		return arena_printf(a, "%.*s%.*s%.*s", STR_ARG(str_trim(anchor)),
				    STR_ARG(doc->newline), STR_ARG(lines));
	} else if (value->node->kind == NODE_SCALAR &&
		   (value->node->style == NODE_LITERAL || value->node->style == NODE_FOLDED)) {
		text = block_text(plan, value, column);
	} else if (value->parent && !value->parent->node->flow) {
		text = str_slice(doc->text, value->begin, value->end);
	} else {
		text = edit_copy_flow(plan, value, true);
	}
	if (!text.ptr)
		return STR_NULL;
	return arena_printf(a, "%.*s%.*s", STR_ARG(anchor), STR_ARG(text));
}

static bool put_copy(struct edit_plan *plan, const struct yaml_place *value,
		     const struct yaml_place *alias, struct str anchor)
{
	struct str text = value_text(plan, value, alias, anchor);
	struct edit_intended *intended = edit_plan_intended(plan, alias);

	if (!text.ptr)
		return edit_plan_refuse_text(plan, alias->begin);
	if (edit_block_is_value(alias) ? !edit_block_set_text(plan, alias, text)
				       : !edit_flow_set_text(plan, alias, text))
		return false;
	*intended = *edit_intended_copy(&plan->doc->arena, edit_plan_intended(plan, value));
	return true;
}

bool edit_alias_copy(struct edit_plan *plan, const struct yaml_place *alias)
{
	const struct yaml_place *value = yaml_layout_target(&plan->doc->layout, alias);

	return value ? put_copy(plan, value, alias, STR(""))
		     : edit_plan_refuse_text(plan, alias->begin);
}

/* ---- passing an anchor on */

/* Removes `&name` and the space that separates it. */
static void remove_anchor(struct edit_plan *plan, const struct yaml_place *place)
{
	struct str text = plan->doc->text;
	uint32_t begin = place->anchor.begin, end = place->anchor.end;

	while (end < text.len && text.ptr[end] == ' ')
		end++;
	if (end < place->begin || (end < text.len && text.ptr[end] == '\n')) {
		end = place->anchor.end; /* the value is below */
		while (begin > 0 && text.ptr[begin - 1] == ' ')
			begin--;
	}
	edit_plan_replace(plan, begin, end, STR(""));
}

bool edit_alias_pass_on(struct edit_plan *plan, const struct yaml_place *anchored, uint32_t begin,
			uint32_t end)
{
	const struct yaml_layout *layout = &plan->doc->layout;
	const struct yaml_place *first = NULL;

	for (size_t i = 0; i < layout->alias_count; i++) {
		const struct yaml_place *alias = layout->aliases[i];

		if (yaml_layout_target(layout, alias) != anchored)
			continue;
		if (is_inside(alias, begin, end))
			return edit_plan_refuse(plan, EDIT_ALIAS, alias->begin,
						"this alias and others repeat a value that the "
						"operation removes; edit the file by hand");
		if (!first)
			first = alias;
	}
	if (!first || edit_alias_needed(plan, anchored->begin, anchored->end))
		return edit_plan_refuse_text(plan, anchored->begin);
	struct str anchor = arena_printf(
	    &plan->doc->arena, "%.*s ",
	    STR_ARG(str_slice(plan->doc->text, anchored->anchor.begin, anchored->anchor.end)));
	if (!put_copy(plan, anchored, first, anchor))
		return false;
	remove_anchor(plan, anchored);
	for (size_t i = 0; i < layout->alias_count; i++) {
		struct edit_intended *alias = edit_plan_intended(plan, layout->aliases[i]);

		if (alias->target == edit_plan_intended(plan, anchored))
			alias->target = edit_plan_intended(plan, first);
	}
	return true;
}

/* ---- order */

/* Marks the nodes in the order of the text. False at an alias of a node that was not marked. */
static bool check_order(struct edit_intended *intended)
{
	if (intended->target)
		return intended->target->is_found;
	intended->is_found = true;
	for (size_t i = 0; i < intended->entries.count; i++)
		if (!check_order(intended->entries.items[i].value))
			return false;
	return true;
}

static void forget_order(struct edit_intended *intended)
{
	intended->is_found = false;
	for (size_t i = 0; i < intended->entries.count; i++)
		forget_order(intended->entries.items[i].value);
}

bool edit_alias_check_order(struct edit_plan *plan)
{
	bool good = check_order(plan->doc->intended);

	forget_order(plan->doc->intended);
	return good || edit_plan_refuse(plan, EDIT_ALIAS, YAML_NO_PLACE,
					"an alias would come before the value that it repeats, "
					"or without it");
}
