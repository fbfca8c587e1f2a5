#include "edit/edit_flow.h"

#include "base/ascii.h"

/* Whether only spaces are before AT on its line. */
static bool starts_line(const struct edit_document *doc, uint32_t at)
{
	while (at > 0 && ascii_is_blank(doc->text.ptr[at - 1]))
		at--;
	return at == 0 || doc->text.ptr[at - 1] == '\n';
}

/* The end of an entry with its comma. */
static uint32_t full_end(const struct yaml_entry *entry)
{
	return entry->comma == YAML_NO_PLACE ? entry->end : entry->comma + 1;
}

/* Whether ENTRY of OWNER is on its own lines. NEXT: where the next entry or the bracket is. */
static bool has_own_lines(const struct edit_document *doc, const struct yaml_entry *entry,
			  uint32_t next)
{
	return starts_line(doc, entry->begin) &&
	       next >= edit_document_line_end(doc, full_end(entry));
}

static struct str line_start(struct edit_plan *plan, uint32_t at)
{
	return arena_printf(&plan->doc->arena, "%.*s%*s", STR_ARG(plan->doc->newline),
			    (int)edit_document_column(plan->doc, at), "");
}

static bool append(struct edit_plan *plan, const struct yaml_place *owner, struct str entry)
{
	struct edit_document *doc = plan->doc;
	const struct yaml_entry *last = &owner->entries[owner->node->count - 1];
	struct arena *a = &doc->arena;

	if (!has_own_lines(doc, last, owner->end - 1) || owner->node->count < 2 ||
	    !owner->brackets) {
		edit_plan_replace(plan, last->end, last->end,
				  arena_printf(a, ", %.*s", STR_ARG(entry)));
		return true;
	}
	uint32_t stop = edit_document_line_stop(doc, full_end(last));
	bool comma = last->comma != YAML_NO_PLACE;
	struct str line = line_start(plan, last->begin);
	struct str text =
	    arena_printf(a, "%.*s%.*s%s", STR_ARG(line), STR_ARG(entry), comma ? "," : "");

	if (!comma && stop == last->end) {
		text = arena_printf(a, ",%.*s", STR_ARG(text));
	} else if (!comma) {
		edit_plan_replace(plan, last->end, last->end, STR(","));
	}
	edit_plan_replace(plan, stop, stop, text);
	return true;
}

bool edit_flow_insert(struct edit_plan *plan, struct yaml_place *owner, size_t index,
		      struct str entry)
{
	struct edit_document *doc = plan->doc;
	size_t count = yaml_layout_count(owner);
	struct arena *a = &doc->arena;

	if (owner->unclear)
		return edit_plan_refuse_text(plan, owner->begin);
	if (!owner->brackets) {
		/* `[get: /]`: a pair without braces. */
		edit_plan_replace(plan, owner->begin, owner->begin,
				  index ? STR("{") : arena_printf(a, "{%.*s, ", STR_ARG(entry)));
		edit_plan_replace(plan, owner->end, owner->end,
				  index ? arena_printf(a, ", %.*s}", STR_ARG(entry)) : STR("}"));
		return true;
	}
	if (!count) {
		bool comment = doc->text.ptr[owner->begin + 1] == '#';

		edit_plan_replace(plan, owner->begin + 1, owner->begin + 1,
				  arena_printf(a, "%.*s%s", STR_ARG(entry), comment ? " " : ""));
		return true;
	}
	if (index == count)
		return append(plan, owner, entry);
	uint32_t at = owner->entries[index].begin;
	struct str between = starts_line(doc, at) ? line_start(plan, at) : STR(" ");
	edit_plan_replace(plan, at, at,
			  arena_printf(a, "%.*s,%.*s", STR_ARG(entry), STR_ARG(between)));
	return true;
}

static bool remove_last(struct edit_plan *plan, const struct yaml_place *owner, size_t index)
{
	struct edit_document *doc = plan->doc;
	const struct yaml_entry *entry = &owner->entries[index], *above = entry - 1;

	if (owner->brackets && has_own_lines(doc, entry, owner->end - 1)) {
		if (entry->comma == YAML_NO_PLACE && above->comma != YAML_NO_PLACE)
			edit_plan_replace(plan, above->comma, above->comma + 1, STR(""));
		edit_plan_replace(plan, edit_document_line(doc, entry->begin),
				  edit_document_line_end(doc, full_end(entry)), STR(""));
	} else if (edit_document_has_comment(doc, above->end, entry->begin)) {
		edit_plan_replace(plan, entry->begin, full_end(entry), STR(""));
	} else {
		edit_plan_replace(plan, above->end, entry->end, STR(""));
	}
	return true;
}

bool edit_flow_remove(struct edit_plan *plan, struct yaml_place *owner, size_t index)
{
	struct edit_document *doc = plan->doc;
	const struct yaml_entry *entry = &owner->entries[index];
	size_t count = yaml_layout_count(owner);

	if (owner->unclear)
		return edit_plan_refuse_text(plan, owner->begin);
	if (!owner->brackets || (count == 1 && owner->node->kind == NODE_MAP && owner->parent &&
				 owner->parent->node->kind == NODE_LIST))
		return edit_plan_refuse(plan, EDIT_WRONG_OP, entry->begin,
					"this is the only key of the item; remove the item");
	if (count == 1) {
		edit_plan_replace(plan, entry->begin, full_end(entry), STR(""));
		return true;
	}
	if (index + 1 == count)
		return remove_last(plan, owner, index);
	const struct yaml_entry *next = entry + 1;
	uint32_t begin = entry->begin, end = next->begin;
	if (has_own_lines(doc, entry, next->begin)) {
		begin = edit_document_line(doc, begin);
		end = edit_document_line_end(doc, full_end(entry));
	} else if (edit_document_has_comment(doc, entry->end, next->begin)) {
		end = full_end(entry);
	}
	edit_plan_replace(plan, begin, end, STR(""));
	return true;
}

bool edit_flow_set_text(struct edit_plan *plan, const struct yaml_place *place, struct str value)
{
	const struct yaml_entry *entry = edit_document_entry(place);
	struct arena *a = &plan->doc->arena;

	if (place->is_written) {
		edit_plan_replace(plan, place->begin, place->end, value);
		return true;
	}
	if (!entry->key)
		return edit_plan_refuse_text(plan, place->begin);
	edit_plan_replace(
	    plan, place->begin, place->begin,
	    arena_printf(a, "%s%.*s", entry->colon == YAML_NO_PLACE ? ": " : " ", STR_ARG(value)));
	return true;
}
