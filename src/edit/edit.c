#include "edit/edit.h"

#include "edit/edit_alias.h"
#include "edit/edit_disabled.h"
#include "edit/edit_ops.h"

/* A list or mapping with more differences is written again as a whole. */
#define MAX_PARTS 200
/* One operation may need this number of changes of aliases before it. */
#define MAX_PREPARATIONS 64

/* The text on its way through the operations. */
struct session {
	struct arena *arena; /* the caller's */
	struct str name;
	struct edit_document docs[2];
	unsigned now;		     /* the index of the current one */
	struct edit_patches patches; /* of the old text, in the arena PATCHES_IN */
	struct arena patch_arenas[2];
	unsigned patches_in;
	struct edit_result *result;
};

static struct edit_document *current(struct session *s)
{
	return &s->docs[s->now];
}

static struct edit_plan new_plan(struct session *s, const struct edit_op *op)
{
	return (struct edit_plan){.doc = current(s), .op = op};
}

static bool refuse(struct session *s, const struct edit_plan *plan)
{
	struct edit_result *result = s->result;

	result->refusal = plan->refusal;
	result->reason = arena_str(s->arena, plan->reason);
	result->at = plan->at;
	result->line =
	    plan->has_place ? source_position(plan->doc->layout.source, plan->at).line : 0;
	return false;
}

/* The patched text becomes the current one. All that belongs to the old one is released, so that
 * the memory does not grow with the number of operations. */
static void advance(struct session *s, struct edit_patches patches)
{
	struct arena *next = &s->patch_arenas[!s->patches_in];

	s->patches = edit_patches_join(next, s->patches, patches);
	arena_reset(&s->patch_arenas[s->patches_in]);
	s->patches_in = !s->patches_in;
	edit_document_release(current(s));
	s->now = !s->now;
}

/* The number of disabled items of the list at PATH. */
static size_t count_disabled(struct edit_document *doc, struct str path)
{
	const struct edit_disabled *items;
	struct edit_op op = {.path = path};
	struct edit_plan plan = {.doc = doc, .op = &op};
	struct edit_target target;

	if (!edit_plan_find(&plan, path, false, &target))
		return 0;
	return edit_disabled_of(doc, target.place, &items);
}

/* Whether NEXT, the patched text, is what PLAN intended. */
static bool is_as_intended(const struct edit_plan *plan, struct edit_document *next)
{
	const struct edit_document *old = plan->doc;

	if (next->diags.errors > old->diags.errors)
		return false;
	if (!edit_intended_equals(old->intended, next->layout.root->node))
		return false;
	if (plan->op->kind != EDIT_DISABLE)
		return true;
	size_t end = plan->op->path.len;
	while (end > 0 && plan->op->path.ptr[end - 1] != '/')
		end--;
	struct str list = str_slice(plan->op->path, 0, end ? end - 1 : 0);
	return count_disabled(next, list) == count_disabled(plan->doc, list) + 1;
}

/* Applies the patches of PLAN, reads the result and compares it with the intended tree. */
static bool commit(struct session *s, struct edit_plan *plan)
{
	struct edit_document *next = &s->docs[!s->now];

	if (!edit_plan_finish(plan) || !edit_alias_check_order(plan))
		return refuse(s, plan);
	struct edit_patches patches = {plan->patches.items, plan->patches.count};
	if (!edit_document_patch(next, plan->doc, s->name, patches) ||
	    !is_as_intended(plan, next)) {
		edit_document_release(next);
		edit_plan_refuse(plan, EDIT_AS_TEXT,
				 patches.count ? patches.items[0].begin : YAML_NO_PLACE,
				 "the changed text would not be read as intended; edit this one as "
				 "text");
		return refuse(s, plan);
	}
	advance(s, patches);
	return true;
}

/* ---- values that are lists or mappings: only the parts that differ are set */

static bool apply(struct session *s, const struct edit_op *op);

static struct str index_token(struct session *s, size_t index)
{
	return arena_printf(s->arena, "%zu", index);
}

static bool apply_at(struct session *s, const struct edit_op *parent, enum edit_kind kind,
		     struct str token, const struct node *value, struct str after)
{
	struct edit_op op = {.kind = kind,
			     .path = edit_plan_join(s->arena, parent->path, token),
			     .after = after,
			     .value = value,
			     .aliases = parent->aliases};

	return apply(s, &op);
}

/* The keys of OLD that NEW does not have, in the arena of the session, because a document lives
 * only until the next operation. */
static bool set_mapping(struct session *s, const struct edit_op *op, const struct node *old)
{
	const struct node *value = op->value;
	VEC(struct str) gone = {NULL, 0, 0}, changed = {NULL, 0, 0};
	struct str after = STR_NULL;

	for (size_t i = 0; i < old->count; i++) {
		struct str key = arena_str(s->arena, old->pairs[i].key->text);
		const struct node *fresh = node_find(value, key);

		if (!fresh)
			VEC_PUSH(s->arena, &gone, key);
		else if (!edit_intended_same_values(old->pairs[i].value, fresh))
			VEC_PUSH(s->arena, &changed, key);
	}
	for (size_t i = 0; i < changed.count; i++)
		if (!apply_at(s, op, EDIT_SET, changed.items[i], node_find(value, changed.items[i]),
			      STR_NULL))
			return false;
	/* `old` is valid as long as nothing was changed. */
	for (size_t i = 0; i < value->count; i++) {
		struct str key = value->pairs[i].key->text;
		struct edit_target target;
		struct edit_plan plan = new_plan(s, op);

		if (!edit_plan_find(&plan, edit_plan_join(s->arena, op->path, key), true, &target))
			return refuse(s, &plan);
		if (!target.place && !apply_at(s, op, EDIT_ADD, key, value->pairs[i].value, after))
			return false;
		after = key;
	}
	for (size_t i = 0; i < gone.count; i++)
		if (!apply_at(s, op, EDIT_REMOVE, gone.items[i], NULL, STR_NULL))
			return false;
	return true;
}

static bool set_list(struct session *s, const struct edit_op *op, const struct node *old)
{
	const struct node *value = op->value;
	size_t old_count = old->count, first = 0, last = 0;
	size_t common = old_count < value->count ? old_count : value->count;
	bool *same = ARENA_ARRAY(s->arena, common, bool);

	while (first < common && edit_intended_same_values(old->items[first], value->items[first]))
		first++;
	while (last < common - first &&
	       edit_intended_same_values(old->items[old_count - 1 - last],
					 value->items[value->count - 1 - last]))
		last++;
	for (size_t i = first; i < common - last; i++)
		same[i] = edit_intended_same_values(old->items[i], value->items[i]);
	for (size_t i = first; i < common - last; i++)
		if (!same[i] &&
		    !apply_at(s, op, EDIT_SET, index_token(s, i), value->items[i], STR_NULL))
			return false;
	for (size_t i = common - last; i < value->count - last; i++)
		if (!apply_at(s, op, EDIT_INSERT, index_token(s, i), value->items[i], STR_NULL))
			return false;
	for (size_t i = old_count - last; i > common - last; i--)
		if (!apply_at(s, op, EDIT_REMOVE, index_token(s, i - 1), NULL, STR_NULL))
			return false;
	return true;
}

/* Whether OLD and VALUE have enough in common to change only the parts that differ. */
static bool is_similar(const struct node *old, const struct node *value)
{
	size_t same = 0, larger = old->count > value->count ? old->count : value->count;

	if (old->kind != value->kind || old->kind == NODE_SCALAR || !old->count || !value->count)
		return false;
	if (old->kind == NODE_LIST)
		for (size_t i = 0; i < old->count && i < value->count; i++)
			same += edit_intended_same_values(old->items[i], value->items[i]) ||
				edit_intended_same_values(old->items[old->count - 1 - i],
							  value->items[value->count - 1 - i]);
	else
		for (size_t i = 0; i < value->count; i++)
			same += node_find(old, value->pairs[i].key->text) != NULL;
	return (same || old->kind == NODE_LIST) && larger - same <= MAX_PARTS;
}

/* ---- one operation */

/* The bytes that the operation removes from TARGET; false if none. */
static bool removed_bytes(const struct edit_plan *plan, const struct edit_target *target,
			  uint32_t *begin, uint32_t *end)
{
	enum edit_kind kind = plan->op->kind;

	if (!target->place || !target->owner)
		return false;
	if (kind == EDIT_REMOVE || kind == EDIT_DISABLE) {
		*begin = target->owner->entries[target->index].begin;
		*end = target->owner->entries[target->index].end;
		return true;
	}
	/* The anchor of a value that is set stays. */
	*begin = target->place->begin;
	*end = target->place->end;
	return kind == EDIT_SET && yaml_layout_count(target->place) && plan->op->value &&
	       !is_similar(target->place->node, plan->op->value);
}

/* Plans what must happen to aliases before the operation. False: nothing, or refused. */
static bool prepare(struct edit_plan *plan, const struct edit_target *target)
{
	struct yaml_place *needed;
	uint32_t begin, end;

	if (target->alias)
		return edit_alias_copy(plan, target->alias);
	if (target->anchored)
		return edit_alias_pass_on(plan, target->anchored, target->anchored->begin,
					  target->anchored->end);
	if (!removed_bytes(plan, target, &begin, &end))
		return false;
	needed = edit_alias_needed(plan, begin, end);
	if (!needed)
		return false;
	if (plan->op->kind == EDIT_DISABLE)
		return edit_plan_refuse(
		    plan, EDIT_ALIAS, needed->begin,
		    "a value of this item is repeated by an alias; it cannot be "
		    "disabled");
	return edit_alias_pass_on(plan, needed, begin, end);
}

/* Follows an alias that is the target itself. */
static bool target_alias(struct edit_plan *plan, struct edit_target *target)
{
	struct yaml_place *anchored;

	if (plan->op->kind != EDIT_SET || !target->place || !target->place->node->alias.source ||
	    plan->op->aliases == EDIT_ALIASES_HERE)
		return true;
	anchored = yaml_layout_target(&plan->doc->layout, target->place);
	if (plan->op->aliases == EDIT_ALIASES_ASK || !anchored)
		return edit_plan_refuse(
		    plan, EDIT_ALIAS, target->place->begin,
		    "this is an alias of the value at line %u; choose whether the change is made "
		    "everywhere or here, in a copy",
		    anchored ? source_position(plan->doc->layout.source, anchored->begin).line : 0);
	target->place = anchored;
	target->owner = anchored->parent;
	target->index = anchored->index;
	return true;
}

static bool plan_op(struct edit_plan *plan, const struct edit_target *target)
{
	struct node text;

	switch (plan->op->kind) {
	case EDIT_SET:
		if (plan->op->value)
			return edit_ops_set(plan, target, plan->op->value);
		if (target->place->node->kind != NODE_SCALAR)
			return edit_plan_refuse(plan, EDIT_WRONG_OP, target->place->begin,
						"only a text has a style");
		text = *target->place->node;
		text.style = NODE_DOUBLE;
		return edit_ops_set(plan, target, &text);
	case EDIT_ADD:
	case EDIT_INSERT:
		return target->owner ? edit_ops_insert(plan, target)
				     : edit_plan_refuse(plan, EDIT_WRONG_OP, YAML_NO_PLACE,
							"'path' must name a new key or item");
	case EDIT_REMOVE:
		return edit_ops_remove(plan, target);
	case EDIT_MOVE:
		return edit_ops_move(plan, target);
	case EDIT_DUPLICATE:
		return edit_ops_duplicate(plan, target);
	case EDIT_DISABLE:
		return edit_ops_disable(plan, target);
	case EDIT_ENABLE:
		return edit_ops_enable(plan, target);
	case EDIT_RENAME:
		return edit_ops_rename(plan, target);
	case EDIT_SCENARIOS:
		return edit_ops_scenarios(plan);
	case EDIT_UNDO:
		break;
	}
	return false;
}

static bool apply_undo(struct session *s, const struct edit_op *op)
{
	struct edit_plan plan = new_plan(s, op);
	struct edit_document *next = &s->docs[!s->now];
	struct str old = current(s)->text;

	if (!str_eq(edit_digest(s->arena, old), op->digest) ||
	    !edit_patches_fit(old, op->patches)) {
		edit_plan_refuse(&plan, EDIT_OTHER_TEXT, YAML_NO_PLACE,
				 "the text was changed since; this cannot be undone");
		return refuse(s, &plan);
	}
	if (!edit_document_patch(next, current(s), s->name, op->patches)) {
		edit_document_release(next);
		edit_plan_refuse_text(&plan, YAML_NO_PLACE);
		return refuse(s, &plan);
	}
	advance(s, op->patches);
	return true;
}

/* Finds the target of OP and does what its aliases need first. */
static bool find_target(struct session *s, const struct edit_op *op, struct edit_plan *plan,
			struct edit_target *target)
{
	bool fresh = op->kind == EDIT_ADD || op->kind == EDIT_INSERT;
	struct str path = op->kind == EDIT_MOVE ? op->from : op->path;

	for (unsigned i = 0; i < MAX_PREPARATIONS; i++) {
		*plan = new_plan(s, op);
		if (op->kind == EDIT_SCENARIOS)
			return true;
		if (!edit_plan_find(plan, path, fresh, target) || !target_alias(plan, target) ||
		    !edit_ops_is_sound(plan, target))
			return refuse(s, plan);
		if (!prepare(plan, target))
			return plan->refusal == EDIT_ACCEPTED || refuse(s, plan);
		if (!commit(s, plan))
			return false;
	}
	edit_plan_refuse_text(plan, YAML_NO_PLACE);
	return refuse(s, plan);
}

static bool apply(struct session *s, const struct edit_op *op)
{
	struct edit_target target;
	struct edit_plan plan;

	if (op->kind == EDIT_UNDO)
		return apply_undo(s, op);
	if (!find_target(s, op, &plan, &target))
		return false;
	if (op->kind == EDIT_SET && op->value && target.place) {
		const struct node *old = target.place->node;

		if (!target.place->node->alias.source && is_similar(old, op->value))
			return old->kind == NODE_MAP ? set_mapping(s, op, old)
						     : set_list(s, op, old);
	}
	return plan_op(&plan, &target) ? commit(s, &plan) : refuse(s, &plan);
}

static bool start(struct session *s, struct str text)
{
	struct edit_op none = {0};
	struct edit_plan plan = {.doc = current(s), .op = &none};

	if (edit_document_open(current(s), s->name, text))
		return true;
	edit_plan_refuse(&plan, EDIT_BROKEN, YAML_NO_PLACE,
			 "the file is empty, or is not valid YAML; edit it by hand");
	return refuse(s, &plan);
}

bool edit_apply(struct arena *a, struct str name, struct str text, const struct edit_op *ops,
		size_t count, struct edit_result *result)
{
	struct session s = {.arena = a, .name = name, .result = result};

	*result = (struct edit_result){.text = text};
	arena_init(&s.patch_arenas[0], 0);
	arena_init(&s.patch_arenas[1], 0);
	result->ok = start(&s, text);
	for (size_t i = 0; i < count && result->ok; i++) {
		result->op = i;
		result->ok = apply(&s, &ops[i]);
	}
	if (result->ok) {
		/* Joined with no patches: a copy. */
		result->text = arena_str(a, current(&s)->text);
		result->patches = edit_patches_join(a, s.patches, (struct edit_patches){NULL, 0});
	}
	edit_document_release(current(&s));
	arena_release(&s.patch_arenas[0]);
	arena_release(&s.patch_arenas[1]);
	return result->ok;
}

struct disabled_collector {
	struct arena *arena;
	struct edit_plan plan;
	VEC(struct edit_disabled) items;
};

/* Adds the disabled items of the list PLACE, and of the lists in it. */
static void collect_disabled(struct disabled_collector *c, const struct yaml_place *place)
{
	const struct edit_disabled *items;
	bool is_list = place->node->kind == NODE_LIST || !place->is_written;
	size_t count = is_list ? edit_disabled_of(c->plan.doc, place, &items) : 0;

	for (size_t i = 0; i < count; i++) {
		struct edit_disabled copy = items[i];

		copy.number = i;
		copy.list = arena_str(c->arena, edit_plan_path(&c->plan, place));
		copy.item = edit_intended_copy_node(c->arena, items[i].item);
		VEC_PUSH(c->arena, &c->items, copy);
	}
	for (size_t i = 0; i < yaml_layout_count(place); i++)
		collect_disabled(c, place->entries[i].value);
}

size_t edit_disabled_items(struct arena *a, struct str text, const struct edit_disabled **out)
{
	struct edit_document doc;
	struct disabled_collector c = {.arena = a, .plan = {.doc = &doc}};

	if (edit_document_open(&doc, STR(""), text) && doc.layout.comment_count)
		collect_disabled(&c, doc.layout.root);
	*out = c.items.items;
	edit_document_release(&doc);
	return c.items.count;
}
