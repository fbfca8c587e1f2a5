/* The plan of EDIT_SET: the new text of a value. */
#include "base/ascii.h"
#include "edit/edit_block.h"
#include "edit/edit_flow.h"
#include "edit/edit_ops.h"
#include "edit/edit_writer.h"

static bool is_block_style(enum edit_style style)
{
	return style == EDIT_STYLE_LITERAL || style == EDIT_STYLE_FOLDED;
}

/* How the value PLACE is written. */
static enum edit_style style_of(const struct yaml_place *place)
{
	const struct node *node = place->node;

	if (!place->is_written || node->alias.source || node->kind != NODE_SCALAR)
		return EDIT_STYLE_KEEP;
	switch (node->style) {
	case NODE_PLAIN:
		return EDIT_STYLE_KEEP;
	case NODE_SINGLE:
		return EDIT_STYLE_SINGLE;
	case NODE_DOUBLE:
		return EDIT_STYLE_DOUBLE;
	case NODE_LITERAL:
		return EDIT_STYLE_LITERAL;
	case NODE_FOLDED:
		return EDIT_STYLE_FOLDED;
	}
	return EDIT_STYLE_KEEP;
}

/* The column of the lines of a block text at PLACE: as before, or deeper than its key or dash. */
static uint32_t block_column(const struct edit_document *doc, const struct yaml_place *place)
{
	const struct yaml_entry *entry = edit_document_entry(place);
	uint32_t column = edit_document_column(doc, entry->begin);
	uint32_t line = edit_document_line_end(doc, place->begin);

	if (is_block_style(style_of(place)))
		for (; line < place->end; line = edit_document_line_end(doc, line)) {
			uint32_t at = line;

			while (at < place->end && doc->text.ptr[at] == ' ')
				at++;
			if (!edit_document_is_empty_line(doc, line) && at - line > column)
				return at - line;
		}
	return column + (entry->key ? doc->unit : 2);
}

/* The text for VALUE, a scalar, in brackets or braces, or on the line of its key. */
static struct str line_text(struct edit_plan *plan, const struct yaml_place *place,
			    const struct node *value, enum edit_style style)
{
	bool flow = !edit_block_is_value(place), chosen = plan->op->style != EDIT_STYLE_KEEP;
	struct str text = edit_writer_line(plan->doc, value, style, flow);

	if (!text.ptr && !chosen)
		text = edit_writer_line(plan->doc, value, EDIT_STYLE_DOUBLE, flow);
	return text;
}

/* Whether a comment follows that is so deep that it would become a line of a block text. */
static bool has_deep_comment(const struct edit_document *doc, const struct yaml_place *place)
{
	struct edit_extent extent = edit_document_extent(doc, place->parent, place->index);

	return extent.end > edit_document_line_end(doc, place->end);
}

static bool refuse_style(struct edit_plan *plan, const struct yaml_place *place, bool folded)
{
	return edit_plan_refuse(
	    plan, EDIT_AS_TEXT, place->begin,
	    folded ? "a folded block (>) cannot have this text; make it a literal block (|), with "
		     "the style 'literal'"
		   : "this text cannot be written in this style; choose another one");
}

static bool set_scalar(struct edit_plan *plan, const struct yaml_place *place,
		       const struct node *value)
{
	struct edit_document *doc = plan->doc;
	bool block = edit_block_is_value(place), chosen = plan->op->style != EDIT_STYLE_KEEP;
	enum edit_style style = chosen ? plan->op->style : style_of(place);
	bool several = node_is_quoted(value) && str_find_char(value->text, '\n', 0) != NOT_FOUND;
	struct str text = STR_NULL;

	if (!node_is_quoted(value) && edit_intended_is_typed(value->text))
		style = EDIT_STYLE_KEEP;
	else if (several && !chosen && block && style != EDIT_STYLE_DOUBLE &&
		 style != EDIT_STYLE_FOLDED && !has_deep_comment(doc, place))
		style = EDIT_STYLE_LITERAL;
	if (is_block_style(style) && block) {
		text = edit_writer_block(doc, value->text, style == EDIT_STYLE_FOLDED,
					 block_column(doc, place));
		if (!text.ptr && (chosen || style == EDIT_STYLE_FOLDED))
			return refuse_style(plan, place, style == EDIT_STYLE_FOLDED);
	} else if (is_block_style(style) && chosen) {
		return refuse_style(plan, place, false);
	}
	if (!text.ptr)
		text =
		    line_text(plan, place, value, is_block_style(style) ? EDIT_STYLE_KEEP : style);
	if (!text.ptr)
		return refuse_style(plan, place, false);
	return block ? edit_block_set_text(plan, place, text)
		     : edit_flow_set_text(plan, place, text);
}

bool edit_ops_set(struct edit_plan *plan, const struct edit_target *target,
		  const struct node *value)
{
	struct edit_intended *intended, *fresh;
	bool written;

	if (!target->owner)
		return edit_plan_refuse(
		    plan, EDIT_WRONG_OP, YAML_NO_PLACE,
		    "the whole file cannot be replaced by another kind of value");
	/* A text keeps its own quotes. */
	bool text = target->place->is_written && target->place->node->kind == NODE_SCALAR &&
		    value->kind == NODE_SCALAR;
	edit_writer_follow(plan->doc, text ? NULL : target->owner);
	if (value->kind == NODE_SCALAR)
		written = set_scalar(plan, target->place, value);
	else if (edit_block_is_value(target->place))
		written = edit_block_set(plan, target->place, value);
	else
		written =
		    edit_flow_set_text(plan, target->place, edit_writer_flow(plan->doc, value));
	if (!written)
		return false;
	/* The node stays the one that aliases repeat. */
	intended = edit_plan_intended(plan, target->place);
	fresh = edit_intended_of_node(&plan->doc->arena, value);
	*intended = *fresh;
	return true;
}
