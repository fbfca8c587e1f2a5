#include "doc/yaml_offer.h"

static uint32_t line_begin(const struct source *source, uint32_t at)
{
	struct str line = source_line(source, source_position(source, at).line);

	return (uint32_t)(line.ptr - source->text.ptr);
}

static bool is_on_one_line(struct span span)
{
	return source_position(span.source, span.begin).line ==
	       source_position(span.source, span.end).line;
}

/* Whether only spaces are before the offset AT in its line. */
static bool begins_line(const struct source *source, uint32_t at)
{
	for (uint32_t i = line_begin(source, at); i < at; i++)
		if (source->text.ptr[i] != ' ')
			return false;
	return true;
}

/* The pair on its own line: below the first pair, if that is on one line, or above it. */
static void offer_line(struct diag_list *list, struct diag *diag, const struct node_pair *first,
		       struct str pair)
{
	const struct source *source = diag->span.source;
	struct source_position key = source_position(source, first->key->span.begin);
	struct str line =
	    arena_printf(list->arena, "%*s%.*s", (int)key.column - 1, "", STR_ARG(pair));
	bool below = first->value->kind == NODE_SCALAR && is_on_one_line(first->value->span) &&
		     source_position(source, first->value->span.begin).line == key.line &&
		     key.line < source->line_count;

	if (below) {
		struct str next = source_line(source, key.line + 1);

		if (next.ptr < source->text.ptr + source->text.len) {
			diag_add_line(list, diag, (uint32_t)(next.ptr - source->text.ptr), line);
			return;
		}
	}
	if (begins_line(source, first->key->span.begin))
		diag_add_line(list, diag, first->key->span.begin, line);
	else
		diag_add(list, diag, "%.*s", STR_ARG(line));
}

void yaml_offer_pair(struct diag_list *list, struct diag *diag, const struct node *map,
		     struct str pair)
{
	if (!map || map->kind != NODE_MAP || !map->count || !map->span.source ||
	    map->span.source != diag->span.source || map->alias.source)
		return;
	if (!map->flow) {
		offer_line(list, diag, &map->pairs[0], pair);
		return;
	}
	const struct source *source = map->span.source;
	uint32_t end = map->pairs[map->count - 1].value->span.end;

	if (str_starts(str_slice(source->text, end, source->text.len), STR("}")))
		diag_fix_in_line(list, diag, (struct span){source, end, end},
				 arena_printf(list->arena, ", %.*s", STR_ARG(pair)));
}

void yaml_offer_item(struct diag_list *diags, struct diag *diag, const struct node *list,
		     struct str item)
{
	const struct source *source = list ? list->span.source : NULL;

	if (!source || list->alias.source || source != diag->span.source || node_is_empty(list) ||
	    list->kind == NODE_MAP)
		return;
	if (list->kind == NODE_SCALAR) {
		diag_edit(
		    diags, diag, list->span,
		    arena_printf(diags->arena, "[%.*s, %.*s]",
				 STR_ARG(str_slice(source->text, list->span.begin, list->span.end)),
				 STR_ARG(item)));
		return;
	}
	if (!list->count || !list->items[list->count - 1]->span.source)
		return;
	struct span last = list->items[list->count - 1]->span;
	struct span place = {source, last.end, last.end};

	if (list->flow) {
		diag_edit(diags, diag, place, arena_printf(diags->arena, ", %.*s", STR_ARG(item)));
		return;
	}
	uint32_t begin = line_begin(source, last.begin);

	if (!is_on_one_line(last))
		return;
	place.begin = place.end = begin;
	diag_edit(diags, diag, place,
		  arena_printf(diags->arena, "%.*s%.*s\n",
			       STR_ARG(str_slice(source->text, begin, last.begin)), STR_ARG(item)));
}
