#include "edit/edit_plan.h"

#include <stdlib.h>

#include "base/ascii.h"

/* ---- refusing */

bool edit_plan_refuse(struct edit_plan *plan, enum edit_refusal refusal, uint32_t at,
		      const char *format, ...)
{
	va_list args;

	va_start(args, format);
	plan->reason = arena_vprintf(&plan->doc->arena, format, args);
	va_end(args);
	plan->refusal = refusal;
	plan->has_place = at != YAML_NO_PLACE;
	plan->at = plan->has_place ? at : 0;
	return false;
}

bool edit_plan_refuse_text(struct edit_plan *plan, uint32_t at)
{
	return edit_plan_refuse(plan, EDIT_AS_TEXT, at,
				"this place is written in a way that cannot be changed "
				"automatically; edit the file by hand");
}

/* ---- patches */

void edit_plan_replace(struct edit_plan *plan, uint32_t begin, uint32_t end, struct str text)
{
	struct edit_patch patch = {begin, end, text};

	if (begin != end || text.len)
		VEC_PUSH(&plan->doc->arena, &plan->patches, patch);
}

static int by_place(const void *left, const void *right)
{
	const struct edit_patch *a = left, *b = right;

	if (a->begin != b->begin)
		return a->begin < b->begin ? -1 : 1;
	return a->end < b->end ? -1 : a->end > b->end;
}

/* Whether PATCH changes a line with a correction of the reader. */
static bool is_corrected(const struct edit_plan *plan, const struct edit_patch *patch)
{
	const struct edit_document *doc = plan->doc;
	uint32_t begin = edit_document_line(doc, patch->begin);
	uint32_t end = edit_document_line_stop(doc, patch->end);

	if (patch->begin == patch->end && patch->begin == begin && str_ends(patch->text, STR("\n")))
		return false; /* new lines between two lines */
	for (size_t i = 0; i < doc->layout.corrected_count; i++)
		if (doc->layout.corrected[i].begin <= end && doc->layout.corrected[i].end >= begin)
			return true;
	return false;
}

bool edit_plan_finish(struct edit_plan *plan)
{
	struct edit_patch *items = plan->patches.items;
	size_t count = plan->patches.count;

	if (count)
		qsort(items, count, sizeof *items, by_place);
	for (size_t i = 0; i < count; i++) {
		if (i && items[i].begin < items[i - 1].end)
			return edit_plan_refuse_text(plan, items[i].begin);
		if (is_corrected(plan, &items[i]))
			return edit_plan_refuse(plan, EDIT_BROKEN, items[i].begin,
						"this line has an error; correct it by hand first");
	}
	return true;
}

struct edit_intended *edit_plan_intended(const struct edit_plan *plan,
					 const struct yaml_place *place)
{
	return plan->doc->intended_at[place->number];
}

/* ---- paths */

struct str edit_plan_join(struct arena *a, struct str path, struct str token)
{
	struct buf out;

	buf_init(&out, 0);
	buf_add(&out, path);
	buf_add_char(&out, '/');
	for (size_t i = 0; i < token.len; i++) {
		if (token.ptr[i] == '~')
			buf_add(&out, STR("~0"));
		else if (token.ptr[i] == '/')
			buf_add(&out, STR("~1"));
		else
			buf_add_char(&out, token.ptr[i]);
	}
	struct str joined = arena_str(a, buf_str(&out));
	buf_release(&out);
	return joined;
}

struct str edit_plan_path(const struct edit_plan *plan, const struct yaml_place *place)
{
	struct arena *a = &plan->doc->arena;
	const struct yaml_entry *entry = edit_document_entry(place);

	if (!entry)
		return STR("");
	struct str token =
	    entry->key ? entry->key->node->text : arena_printf(a, "%u", place->index);
	return edit_plan_join(a, edit_plan_path(plan, place->parent), token);
}

struct str edit_plan_next_token(struct arena *a, struct str *path)
{
	size_t end = str_find_char(*path, '/', 1);
	struct str raw = str_slice(*path, 1, end == NOT_FOUND ? path->len : end);
	char *text = arena_alloc(a, raw.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.ptr[i];

		if (c == '~' && i + 1 < raw.len && (raw.ptr[i + 1] == '0' || raw.ptr[i + 1] == '1'))
			c = raw.ptr[++i] == '0' ? '~' : '/';
		text[n++] = c;
	}
	*path = end == NOT_FOUND ? STR("") : str_slice(*path, end, path->len);
	return str_n(text, n);
}

/* The index of TOKEN in a list of COUNT items; COUNT for "-". */
static bool read_index(struct str token, size_t count, uint32_t *index)
{
	int64_t number;

	*index = (uint32_t)count;
	if (str_eq(token, STR("-")))
		return true;
	for (size_t i = 0; i < token.len; i++)
		if (!ascii_is_digit(token.ptr[i]))
			return false;
	if (!str_to_int(token, &number) || (token.len > 1 && token.ptr[0] == '0') ||
	    number > (int64_t)count)
		return false;
	*index = (uint32_t)number;
	return true;
}

/* The entry TOKEN of OWNER. */
static bool find_entry(struct edit_plan *plan, struct str path, struct yaml_place *owner,
		       struct str token, struct edit_target *target)
{
	size_t count = yaml_layout_count(owner);
	const struct node *node = owner->node;

	target->owner = owner;
	target->place = NULL;
	target->name = token;
	target->index = (uint32_t)count;
	if (node->kind == NODE_LIST) {
		if (!read_index(token, count, &target->index))
			return edit_plan_refuse(
			    plan, EDIT_NO_PATH, owner->begin,
			    "'%.*s' does not exist: the list has %zu item%s, numbered from 0",
			    STR_ARG(path), count, count == 1 ? "" : "s");
	} else {
		for (uint32_t i = 0; i < count; i++)
			if (str_eq(owner->entries[i].key->node->text, token))
				target->index = i;
	}
	if (target->index < count)
		target->place = owner->entries[target->index].value;
	return true;
}

static bool has_aliases(const struct edit_plan *plan, const struct yaml_place *anchored)
{
	const struct yaml_layout *layout = &plan->doc->layout;

	for (size_t i = 0; i < layout->alias_count && anchored->anchor.source; i++)
		if (yaml_layout_target(layout, layout->aliases[i]) == anchored)
			return true;
	return false;
}

/* Replaces *PLACE, an alias in the path, with its anchor. False: refused. */
static bool follow_alias(struct edit_plan *plan, struct str path, struct yaml_place **place,
			 struct edit_target *target)
{
	struct yaml_place *anchored = yaml_layout_target(&plan->doc->layout, *place);
	const struct source *source = plan->doc->layout.source;

	if (!anchored)
		return edit_plan_refuse_text(plan, (*place)->begin);
	if (plan->op->aliases == EDIT_ALIASES_ASK)
		return edit_plan_refuse(
		    plan, EDIT_ALIAS, (*place)->begin,
		    "'%.*s' is in an alias of the value at line %u; choose whether the change is "
		    "made everywhere or here, in a copy",
		    STR_ARG(path), source_position(source, anchored->begin).line);
	if (plan->op->aliases == EDIT_ALIASES_HERE && !target->alias)
		target->alias = *place;
	*place = anchored;
	return true;
}

bool edit_plan_find(struct edit_plan *plan, struct str path, bool new_entry,
		    struct edit_target *target)
{
	struct yaml_place *place = plan->doc->layout.root;
	bool here = plan->op->aliases == EDIT_ALIASES_HERE;
	struct str rest = path;

	*target = (struct edit_target){.place = place};
	if (path.len && path.ptr[0] != '/')
		return edit_plan_refuse(plan, EDIT_WRONG_OP, YAML_NO_PLACE,
					"'%.*s' is not a path; start it with /, as in /steps/0/get",
					STR_ARG(path));
	while (rest.len) {
		struct str token = edit_plan_next_token(&plan->doc->arena, &rest);

		if (place->node->alias.source && !follow_alias(plan, path, &place, target))
			return false;
		if (here && !target->alias && !target->anchored && has_aliases(plan, place))
			target->anchored = place;
		if (place->is_written && place->node->kind == NODE_SCALAR)
			return edit_plan_refuse(plan, EDIT_NO_PATH, place->begin,
						"'%.*s' does not exist: the value here is a text",
						STR_ARG(path));
		if (!find_entry(plan, path, place, token, target))
			return false;
		if (!target->place && (rest.len || !new_entry))
			return edit_plan_refuse(plan, EDIT_NO_PATH, place->begin,
						"'%.*s' does not exist", STR_ARG(path));
		if (!target->place)
			return true;
		place = target->place;
	}
	if (here && !target->alias && !target->anchored && has_aliases(plan, place))
		target->anchored = place;
	return true;
}
