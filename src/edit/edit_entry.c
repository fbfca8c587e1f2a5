#include "edit/edit_entry.h"

#include "edit/edit_block.h"
#include "edit/edit_copy.h"
#include "edit/edit_flow.h"
#include "edit/edit_writer.h"

/* The text of the entry in brackets or braces; a null view if it cannot be one. */
static struct str flow_text(struct edit_plan *plan, const struct edit_entry *entry, bool list)
{
	struct edit_document *doc = plan->doc;
	struct str value;

	if (entry->value) {
		value = edit_writer_flow(doc, entry->value);
	} else {
		const struct yaml_place *place = entry->owner->entries[entry->index].value;
		uint32_t begin = entry->owner->entries[entry->index].begin;

		if (!entry->owner->node->flow) {
			struct edit_extent extent =
			    edit_document_extent(doc, entry->owner, entry->index);

			if (edit_document_has_comment(doc, extent.begin, extent.end))
				return STR_NULL;
		} else {
			/* The comment beside an item goes with its lines when the item is moved. */
			uint32_t stop = entry->without_anchors
					    ? place->end
					    : edit_document_line_stop(doc, place->end);

			if (edit_document_has_comment(doc, begin, stop))
				return STR_NULL;
		}
		value = edit_copy_flow(plan, place, entry->without_anchors);
	}
	if (!value.ptr || list)
		return value;
	return arena_printf(&doc->arena, "%.*s: %.*s",
			    STR_ARG(edit_writer_key(doc, entry->key, true)), STR_ARG(value));
}

static struct str block_lines(struct edit_plan *plan, const struct edit_entry *entry, bool list,
			      uint32_t column)
{
	struct edit_document *doc = plan->doc;

	if (entry->value)
		return edit_writer_entry(doc, list ? STR_NULL : entry->key, entry->value, column);
	if (!entry->owner->node->flow)
		return edit_copy_entry(plan, entry->owner, entry->index, entry->key, column,
				       entry->without_anchors);
	struct str text = flow_text(plan, entry, list);
	if (!text.ptr)
		return STR_NULL;
	return arena_printf(&doc->arena, "%*s%s%.*s%.*s", (int)column, "", list ? "- " : "",
			    STR_ARG(text), STR_ARG(doc->newline));
}

bool edit_entry_write(struct edit_plan *plan, struct yaml_place *owner, size_t index, bool list,
		      const struct edit_entry *entry)
{
	struct edit_document *doc = plan->doc;
	bool block = yaml_layout_count(owner)
			 ? !owner->node->flow
			 : edit_block_is_value(owner) &&
			       !edit_document_has_comment(doc, owner->begin, owner->end);

	if (entry->value)
		edit_writer_follow(doc, owner);
	if (block) {
		uint32_t column = edit_document_entry_column(doc, owner, list);
		struct str lines = block_lines(plan, entry, list, column);

		return lines.ptr ? edit_block_insert(plan, owner, index, lines)
				 : edit_plan_refuse_text(plan, entry->owner->begin);
	}
	struct str text = flow_text(plan, entry, list);
	if (!text.ptr)
		return edit_plan_refuse(plan, EDIT_AS_TEXT, owner->begin,
					"this list or mapping is in brackets, where the comments, "
					"anchors or aliases of the moved text cannot be; edit the "
					"file by hand");
	if (!owner->is_written)
		return edit_flow_set_text(
		    plan, owner,
		    arena_printf(&doc->arena, list ? "[%.*s]" : "{%.*s}", STR_ARG(text)));
	return edit_flow_insert(plan, owner, index, text);
}

void edit_entry_open(struct edit_intended *intended, bool list)
{
	intended->kind = list ? NODE_LIST : NODE_MAP;
	intended->text = STR_NULL;
	intended->quoted = false;
}

bool edit_entry_insert(struct edit_plan *plan, struct yaml_place *owner, size_t index, bool list,
		       const struct edit_entry *entry)
{
	struct edit_intended *intended = edit_plan_intended(plan, owner);

	if (!edit_entry_write(plan, owner, index, list, entry))
		return false;
	if (!owner->is_written)
		edit_entry_open(intended, list);
	edit_intended_insert(&plan->doc->arena, intended, index, list ? STR_NULL : entry->key,
			     entry->intended);
	return true;
}
