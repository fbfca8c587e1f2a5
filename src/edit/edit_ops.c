#include "edit/edit_ops.h"

#include "edit/edit_block.h"
#include "edit/edit_copy.h"
#include "edit/edit_disabled.h"
#include "edit/edit_entry.h"
#include "edit/edit_flow.h"
#include "edit/edit_writer.h"

bool edit_ops_is_sound(struct edit_plan *plan, const struct edit_target *target)
{
	const struct yaml_place *owner = target->owner;
	const struct node *node = target->place ? target->place->node : NULL;

	if (node && (node->truncated || node->reported || node->fixed))
		return edit_plan_refuse(plan, EDIT_BROKEN, target->place->begin,
					"the file has an error here; correct it by hand first");
	if (plan->op->kind == EDIT_SET || !owner)
		return true;
	if (owner->node->truncated)
		return edit_plan_refuse(plan, EDIT_BROKEN, owner->begin,
					"the file has an error in this list or mapping; correct it "
					"by hand first");
	return !owner->unclear || edit_plan_refuse_text(plan, owner->begin);
}

/* ---- new and removed entries */

/* The index that `before` and `after` of the operation name. */
static bool place_among_keys(struct edit_plan *plan, const struct yaml_place *owner, size_t *index)
{
	const struct edit_op *op = plan->op;
	struct str key = op->before.len ? op->before : op->after;

	*index = yaml_layout_count(owner);
	if (!key.len)
		return true;
	for (size_t i = 0; i < yaml_layout_count(owner); i++) {
		const struct yaml_place *other = owner->entries[i].key;

		if (other && str_eq(other->node->text, key)) {
			*index = op->before.len ? i : i + 1;
			return true;
		}
	}
	return edit_plan_refuse(plan, EDIT_NO_PATH, owner->begin,
				"the key '%.*s', which is named for the place, does not exist",
				STR_ARG(key));
}

bool edit_ops_insert(struct edit_plan *plan, const struct edit_target *target)
{
	struct yaml_place *owner = target->owner;
	bool last = str_eq(target->name, STR("-"));
	bool list = owner->is_written ? owner->node->kind == NODE_LIST
				      : plan->op->kind == EDIT_INSERT || last;
	struct edit_entry entry = {.key = target->name, .value = plan->op->value};
	size_t index = target->index;

	if (plan->op->kind == EDIT_INSERT && !list)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, owner->begin,
					"'insert' is for lists, and this is a mapping; use 'add'");
	if (plan->op->kind == EDIT_ADD && list && !last)
		return edit_plan_refuse(
		    plan, EDIT_WRONG_OP, owner->begin,
		    "'add' with a list appends an item, with the index '-'; use "
		    "'insert' for another place");
	if (!owner->is_written && list && !last && !str_eq(target->name, STR("0")))
		return edit_plan_refuse(plan, EDIT_NO_PATH, owner->begin,
					"'%.*s' does not exist: the list is empty",
					STR_ARG(plan->op->path));
	if (!list && target->place)
		return edit_plan_refuse(plan, EDIT_NO_PATH, target->place->begin,
					"the key '%.*s' exists already; use 'set'",
					STR_ARG(target->name));
	if (!list && !place_among_keys(plan, owner, &index))
		return false;
	entry.intended = edit_intended_of_node(&plan->doc->arena, entry.value);
	return edit_entry_insert(plan, owner, index, list, &entry);
}

static bool remove_text(struct edit_plan *plan, struct yaml_place *owner, size_t index)
{
	return owner->node->flow ? edit_flow_remove(plan, owner, index)
				 : edit_block_remove(plan, owner, index);
}

bool edit_ops_remove(struct edit_plan *plan, const struct edit_target *target)
{
	if (!target->owner)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, YAML_NO_PLACE,
					"the whole file cannot be removed");
	if (!remove_text(plan, target->owner, target->index))
		return false;
	edit_intended_take(edit_plan_intended(plan, target->owner), target->index);
	return true;
}

bool edit_ops_duplicate(struct edit_plan *plan, const struct edit_target *target)
{
	struct yaml_place *owner = target->owner;
	struct arena *a = &plan->doc->arena;
	bool list = owner && owner->node->kind == NODE_LIST;
	struct str key = plan->op->key;

	if (!owner)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, YAML_NO_PLACE,
					"the whole file cannot be duplicated");
	if (!list && !key.len)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, YAML_NO_PLACE,
					"a copy in a mapping needs a name: give 'key'");
	if (!list && node_find(owner->node, key))
		return edit_plan_refuse(plan, EDIT_NO_PATH, owner->begin,
					"the key '%.*s' exists already", STR_ARG(key));
	struct edit_entry entry = {.key = key, .owner = owner, .index = target->index};
	entry.without_anchors = true;
	entry.intended = edit_intended_copy(a, edit_plan_intended(plan, target->place));
	return edit_entry_insert(plan, owner, target->index + 1, list, &entry);
}

bool edit_ops_rename(struct edit_plan *plan, const struct edit_target *target)
{
	struct yaml_place *owner = target->owner;
	struct str name = plan->op->key;

	if (!owner || owner->node->kind != NODE_MAP)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, YAML_NO_PLACE,
					"'%.*s' is not a key; only keys can be renamed",
					STR_ARG(plan->op->path));
	const struct yaml_place *key = owner->entries[target->index].key;
	if (str_eq(key->node->text, name))
		return true;
	if (node_find(owner->node, name))
		return edit_plan_refuse(plan, EDIT_NO_PATH, owner->begin,
					"the key '%.*s' exists already", STR_ARG(name));
	if (!key->is_written || key->node->alias.source)
		return edit_plan_refuse_text(plan, key->begin);
	edit_plan_replace(plan, key->begin, key->end,
			  edit_writer_key(plan->doc, name, owner->node->flow));
	edit_plan_intended(plan, owner)->entries.items[target->index].key = name;
	return true;
}

/* ---- moving */

/* The path PATH after the removal of item INDEX of the list LIST, as a path before it. */
static struct str path_before(struct edit_plan *plan, struct str path, const struct str list,
			      size_t index)
{
	struct arena *a = &plan->doc->arena;
	struct str rest = str_slice(path, list.len, path.len);
	size_t end = rest.len > 1 ? str_find_char(rest, '/', 1) : NOT_FOUND;
	int64_t number;

	if (!str_starts(path, list) || rest.len < 2 || rest.ptr[0] != '/')
		return path;
	struct str token = str_slice(rest, 1, end == NOT_FOUND ? rest.len : end);
	if (!str_to_int(token, &number) || number < (int64_t)index)
		return path;
	return arena_printf(a, "%.*s/%lld%.*s", STR_ARG(list), (long long)number + 1,
			    STR_ARG(end == NOT_FOUND ? STR("") : str_slice(rest, end, rest.len)));
}

static bool move_to_list(struct edit_plan *plan, const struct edit_target *from,
			 struct edit_target *to)
{
	struct yaml_place *owner = from->owner;
	struct edit_intended *old = edit_plan_intended(plan, owner), *into;
	struct edit_entry entry = {.owner = owner, .index = from->index};
	size_t index = to->index;

	if (owner->node->kind != NODE_LIST)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, owner->begin,
					"a key of a mapping cannot become an item of a list");
	if (to->owner == owner && (index == from->index || index == (size_t)from->index + 1))
		return true;
	if (!edit_entry_write(plan, to->owner, index, true, &entry) ||
	    !remove_text(plan, owner, from->index))
		return false;
	into = edit_plan_intended(plan, to->owner);
	struct edit_intended_entry moved = edit_intended_take(old, from->index);
	if (!to->owner->is_written)
		edit_entry_open(into, true);
	if (into == old && index > from->index)
		index--;
	edit_intended_insert(&plan->doc->arena, into, index, STR_NULL, moved.value);
	return true;
}

static bool move_to_mapping(struct edit_plan *plan, const struct edit_target *from,
			    struct edit_target *to)
{
	struct yaml_place *owner = from->owner;
	struct edit_intended *old = edit_plan_intended(plan, owner), *into;
	struct edit_entry entry = {.key = to->name, .owner = owner, .index = from->index};
	size_t index;

	if (owner->node->kind != NODE_MAP)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, owner->begin,
					"an item of a list cannot become a key of a mapping");
	if (to->place && to->place != from->place)
		return edit_plan_refuse(plan, EDIT_NO_PATH, to->place->begin,
					"the key '%.*s' exists already", STR_ARG(to->name));
	if (!place_among_keys(plan, to->owner, &index))
		return false;
	if (to->owner == owner && to->place &&
	    (index == from->index || index == (size_t)from->index + 1))
		return true;
	if (!edit_entry_write(plan, to->owner, index, false, &entry) ||
	    !remove_text(plan, owner, from->index))
		return false;
	into = edit_plan_intended(plan, to->owner);
	struct edit_intended_entry moved = edit_intended_take(old, from->index);
	if (!to->owner->is_written)
		edit_entry_open(into, false);
	if (into == old && index > from->index)
		index--;
	edit_intended_insert(&plan->doc->arena, into, index, to->name, moved.value);
	return true;
}

bool edit_ops_move(struct edit_plan *plan, const struct edit_target *from)
{
	struct str path = plan->op->path;
	struct edit_target to;

	if (!from->owner)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, YAML_NO_PLACE,
					"the whole file cannot be moved");
	if (from->owner->node->kind == NODE_LIST)
		path = path_before(plan, path, edit_plan_path(plan, from->owner), from->index);
	if (!edit_plan_find(plan, path, true, &to) || !edit_ops_is_sound(plan, &to))
		return false;
	if (!to.owner)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, YAML_NO_PLACE,
					"'path' must name a place in a list or mapping");
	for (const struct yaml_place *p = to.owner; p; p = p->parent)
		if (p == from->place)
			return edit_plan_refuse(plan, EDIT_WRONG_OP, p->begin,
						"it cannot be moved into itself");
	bool list = to.owner->is_written ? to.owner->node->kind == NODE_LIST
					 : from->owner->node->kind == NODE_LIST;
	return list ? move_to_list(plan, from, &to) : move_to_mapping(plan, from, &to);
}

/* ---- disabled items */

/* Turns the lines of EXTENT into comments in its column. */
static void comment_out(struct edit_plan *plan, const struct edit_extent *extent)
{
	struct edit_document *doc = plan->doc;
	struct arena *a = &doc->arena;
	uint32_t column = extent->column;

	for (uint32_t line = extent->begin; line < extent->end;
	     line = edit_document_line_end(doc, line)) {
		uint32_t stop = edit_document_line_stop(doc, line), at = line;

		while (at < stop && doc->text.ptr[at] == ' ')
			at++;
		if (at == stop)
			edit_plan_replace(
			    plan, line, stop,
			    arena_printf(a, "%*s#%.*s", (int)column, "",
					 stop - line > column ? (int)(stop - line - column) : 0,
					 doc->text.ptr + line + column));
		else if (at - line >= column)
			edit_plan_replace(plan, line + column, line + column, STR("# "));
		else
			edit_plan_replace(plan, line, at,
					  arena_printf(a, "%*s# ", (int)column, ""));
	}
}

bool edit_ops_disable(struct edit_plan *plan, const struct edit_target *target)
{
	struct yaml_place *owner = target->owner;

	if (!owner || owner->node->kind != NODE_LIST || target->place->node->kind != NODE_MAP)
		return edit_plan_refuse(plan, EDIT_WRONG_OP, YAML_NO_PLACE,
					"only an item of a list that is a mapping, such as a step, "
					"can be disabled");
	if (edit_copy_has_alias(plan, target->place))
		return edit_plan_refuse(
		    plan, EDIT_ALIAS, target->place->begin,
		    "an item with an alias cannot be disabled, because it could not "
		    "be enabled again; edit the file by hand");
	struct edit_extent extent = {0};
	if (!owner->node->flow)
		extent = edit_document_extent(plan->doc, owner, target->index);
	if (!extent.own_line)
		return edit_plan_refuse(plan, EDIT_AS_TEXT, target->place->begin,
					"only an item with its own lines can be disabled; edit the "
					"file by hand");
	if (yaml_layout_count(owner) == 1) {
		uint32_t start = edit_block_value_start(owner);

		if (start == YAML_NO_PLACE)
			return edit_plan_refuse_text(plan, owner->begin);
		edit_plan_replace(plan, start, start, STR(" []"));
	}
	comment_out(plan, &extent);
	edit_intended_take(edit_plan_intended(plan, owner), target->index);
	return true;
}

bool edit_ops_enable(struct edit_plan *plan, const struct edit_target *target)
{
	struct edit_document *doc = plan->doc;
	struct yaml_place *list = target->place;
	const struct edit_disabled *items;
	size_t count = edit_disabled_of(doc, list, &items);
	struct edit_intended *intended = edit_plan_intended(plan, list);

	if (count == 0)
		return edit_plan_refuse(plan, EDIT_NO_PATH, list->begin,
					"none of the items of the list is disabled");
	if (plan->op->item >= count)
		return edit_plan_refuse(plan, EDIT_NO_PATH, list->begin,
					"the list has %zu disabled item%s, numbered from 0", count,
					count == 1 ? "" : "s");
	const struct edit_disabled *item = &items[plan->op->item];
	bool empty = yaml_layout_count(list) == 0;
	uint32_t column =
	    edit_document_column(doc, empty ? edit_document_comment_line(doc, item->begin)->begin
					    : list->entries[0].begin);
	if (empty && list->is_written)
		edit_plan_replace(plan, edit_block_trim(doc, list->begin), list->end, STR(""));
	if (empty)
		edit_entry_open(intended, true);
	edit_plan_replace(plan, item->begin, item->end, edit_disabled_text(doc, item, column));
	edit_intended_insert(&doc->arena, intended, item->before, STR_NULL,
			     edit_intended_of_node(&doc->arena, item->item));
	return true;
}

/* ---- from `steps:` to `scenarios:` */

bool edit_ops_scenarios(struct edit_plan *plan)
{
	struct edit_document *doc = plan->doc;
	struct arena *a = &doc->arena;
	struct yaml_place *root = doc->layout.root;
	const struct node_pair *name = node_find_pair(root->node, STR("name"));
	const struct node_pair *steps = node_find_pair(root->node, STR("steps"));
	struct str key = plan->op->key;

	if (!steps || node_find_pair(root->node, STR("scenarios")))
		return edit_plan_refuse(plan, EDIT_NO_PATH, YAML_NO_PLACE,
					steps ? "the file has 'scenarios' already"
					      : "the file has no 'steps'");
	if (root->node->flow || root->unclear || root->node->truncated)
		return edit_plan_refuse_text(plan, root->begin);
	if (!key.len)
		key = name && name->value->text.len ? name->value->text : STR("Main");
	size_t index = (size_t)(steps - root->node->pairs);
	struct edit_extent extent = edit_document_extent(doc, root, index);
	uint32_t begin = edit_document_line(doc, root->entries[index].begin);
	uint32_t dash = extent.column + doc->list_offset, inner = dash + 2;
	struct node text = {.kind = NODE_SCALAR, .style = NODE_DOUBLE, .text = key};
	struct str lines = edit_copy_lines(plan, begin, extent.end, extent.column, inner, false);

	edit_plan_replace(
	    plan, begin, extent.end,
	    arena_printf(a, "%*sscenarios:%.*s%*s- name: %.*s%.*s%.*s", (int)extent.column, "",
			 STR_ARG(doc->newline), (int)dash, "",
			 STR_ARG(edit_writer_line(doc, &text, EDIT_STYLE_KEEP, false)),
			 STR_ARG(doc->newline), STR_ARG(lines)));
	struct edit_intended_entry *old = &doc->intended->entries.items[index];
	struct edit_intended *scenario = ARENA_NEW(a, struct edit_intended);
	struct edit_intended *list = ARENA_NEW(a, struct edit_intended);
	scenario->kind = NODE_MAP;
	list->kind = NODE_LIST;
	edit_intended_insert(a, scenario, 0, STR("name"), edit_intended_of_node(a, &text));
	edit_intended_insert(a, scenario, 1, STR("steps"), old->value);
	edit_intended_insert(a, list, 0, STR_NULL, scenario);
	*old = (struct edit_intended_entry){STR("scenarios"), list};
	return true;
}
