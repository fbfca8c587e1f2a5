#include "edit/edit_log.h"

#include "edit/edit_plan.h"
#include "edit/edit_undo.h"

/* An item of a list on a path. */
struct log_mark {
	uint32_t index;
	uint64_t whole; /* of its value */
	uint64_t head;	/* of its first key with the value, and of its name: what people see */
};

/* A path with a mark for each index. */
struct log_path {
	struct str path;
	VEC(struct log_mark) marks;
};

/* A place between two items. */
struct log_gap {
	bool is_gap; /* the path ends with the index of a new item */
	bool has_before, has_after;
	uint64_t before, after;
	size_t index;
};

struct edit_logged {
	struct edit_op op;
	struct log_path path, from;
	struct log_gap gap;
	bool has_old;
	uint64_t old; /* the value at the path */
};

/* ---- hashes of values */

static uint64_t mix(uint64_t a, uint64_t b)
{
	a = (a ^ b) * UINT64_C(0x9e3779b97f4a7c15);
	return a ^ (a >> 29);
}

static uint64_t hash(const struct node *node)
{
	uint64_t sum = 0;

	if (node->kind == NODE_SCALAR)
		return mix(str_hash(node->text),
			   node_is_quoted(node) && edit_intended_is_typed(node->text));
	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
		sum = mix(sum + 1, hash(node->items[i]));
	/* The order of keys does not matter. */
	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++)
		sum += mix(str_hash(node->pairs[i].key->text), hash(node->pairs[i].value));
	return mix(sum, node->kind);
}

static uint64_t hash_head(const struct node *node)
{
	const struct node *name;
	uint64_t sum;

	if (node->kind != NODE_MAP || !node->count)
		return hash(node);
	name = node_find(node, STR("name"));
	sum = str_hash(node->pairs[0].key->text);
	if (node->pairs[0].value->kind == NODE_SCALAR)
		sum = mix(sum, hash(node->pairs[0].value));
	return name ? mix(sum, hash(name)) : sum;
}

/* ---- recording */

static const struct node *child(const struct node *node, struct str token, uint32_t *index)
{
	int64_t number;

	if (node->kind == NODE_MAP)
		return node_find(node, token);
	if (node->kind != NODE_LIST)
		return NULL;
	*index = (uint32_t)node->count;
	if (!str_to_int(token, &number) || number < 0 || (size_t)number >= node->count)
		return NULL;
	*index = (uint32_t)number;
	return node->items[number];
}

/* Fills OUT for PATH. Returns the value there, or NULL; *OWNER is the list or mapping around it. */
static const struct node *mark_path(struct arena *a, const struct node *root, struct str path,
				    struct log_path *out, const struct node **owner)
{
	const struct node *node = root;
	struct str rest = path;

	out->path = arena_str(a, path);
	*owner = NULL;
	while (rest.len && rest.ptr[0] == '/' && node) {
		struct str token = edit_plan_next_token(a, &rest);
		struct log_mark mark = {0};

		*owner = node;
		node = child(*owner, token, &mark.index);
		if (node && (*owner)->kind == NODE_LIST) {
			mark.whole = hash(node);
			mark.head = hash_head(node);
			VEC_PUSH(a, &out->marks, mark);
		}
	}
	return node;
}

/* The neighbors of INDEX in LIST, without the item SKIP. */
static struct log_gap gap_at(const struct node *list, size_t index, size_t skip)
{
	struct log_gap gap = {.is_gap = true, .index = index};
	size_t at = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (i == skip)
			continue;
		if (at + 1 == index) {
			gap.before = hash(list->items[i]);
			gap.has_before = true;
		} else if (at == index) {
			gap.after = hash(list->items[i]);
			gap.has_after = true;
		}
		at++;
	}
	return gap;
}

static struct str last_token(struct arena *a, struct str path, struct str *list)
{
	size_t end = path.len;

	while (end > 0 && path.ptr[end - 1] != '/')
		end--;
	*list = str_slice(path, 0, end ? end - 1 : 0);
	struct str rest = str_slice(path, end ? end - 1 : 0, path.len);
	return rest.len ? edit_plan_next_token(a, &rest) : rest;
}

/* The new item of OP: its neighbors, in the list without the moved item. */
static struct log_gap gap_of(struct arena *a, const struct node *root, const struct edit_op *op)
{
	struct log_gap none = {.is_gap = false};
	struct str list_path, from_list = STR_NULL;
	struct str token = last_token(a, op->path, &list_path);
	struct log_path ignored = {.path = STR_NULL};
	const struct node *owner, *list;
	size_t skip = NOT_FOUND, count;
	int64_t index;

	if (op->kind != EDIT_INSERT && op->kind != EDIT_MOVE)
		return none;
	list = mark_path(a, root, list_path, &ignored, &owner);
	if (!list || list->kind != NODE_LIST)
		return none;
	if (op->kind == EDIT_MOVE) {
		struct str from = last_token(a, op->from, &from_list);

		if (str_eq(from_list, list_path) && str_to_int(from, &index) && index >= 0)
			skip = (size_t)index;
	}
	count = list->count - (skip < list->count);
	if (!str_to_int(token, &index) || index < 0 || (size_t)index > count)
		index = (int64_t)count;
	return gap_at(list, (size_t)index, skip);
}

static const struct node *copy_value(struct arena *a, const struct node *node)
{
	return node ? edit_intended_copy_node(a, node) : NULL;
}

struct edit_op edit_log_copy_op(struct arena *a, const struct edit_op *op)
{
	struct edit_op copy = *op;

	copy.path = arena_str(a, op->path);
	copy.from = arena_str(a, op->from);
	copy.key = arena_str(a, op->key);
	copy.before = arena_str(a, op->before);
	copy.after = arena_str(a, op->after);
	copy.digest = arena_str(a, op->digest);
	copy.value = copy_value(a, op->value);
	copy.patches = edit_patches_join(a, op->patches, (struct edit_patches){NULL, 0});
	return copy;
}

static const struct edit_logged *record(struct arena *a, const struct node *root,
					const struct edit_op *op)
{
	struct edit_logged *logged = ARENA_NEW(a, struct edit_logged);
	const struct node *owner, *old;

	logged->op = edit_log_copy_op(a, op);
	if (!root)
		return logged;
	logged->gap = gap_of(a, root, op);
	mark_path(a, root, op->from, &logged->from, &owner);
	old = mark_path(a, root, op->path, &logged->path, &owner);
	logged->has_old = old && (op->kind == EDIT_SET || op->kind == EDIT_REMOVE);
	if (logged->has_old)
		logged->old = hash(old);
	return logged;
}

const struct edit_logged *edit_log_record(struct arena *a, struct str text,
					  const struct edit_op *op)
{
	struct edit_document doc;
	const struct edit_logged *logged;
	bool good = edit_document_open(&doc, STR(""), text);

	logged = record(a, good ? doc.layout.root->node : NULL, op);
	edit_document_release(&doc);
	return logged;
}

const struct edit_op *edit_log_op(const struct edit_logged *logged)
{
	return &logged->op;
}

/* ---- finding the places again */

struct log_finder {
	struct arena *arena;
	const struct node *root;
	struct str text;
	const struct edit_log_texts *texts;
	struct edit_log_conflict *conflict;
};

static bool conflict(struct log_finder *f, struct str path, const char *why)
{
	f->conflict->refusal = EDIT_CONFLICT;
	f->conflict->reason = arena_printf(f->arena, "'%.*s': %s", STR_ARG(path), why);
	return false;
}

/* The index of the item of LIST that MARK is about. */
static bool find_item(const struct node *list, const struct log_mark *mark, uint32_t *index)
{
	size_t wholes = 0, heads = 0;
	uint32_t whole = 0, head = 0;

	for (uint32_t i = 0; i < list->count; i++) {
		if (hash(list->items[i]) == mark->whole) {
			wholes++;
			whole = i;
			if (i == mark->index) {
				*index = i;
				return true;
			}
		}
		if (hash_head(list->items[i]) == mark->head) {
			heads++;
			head = i;
		}
	}
	*index = wholes == 1 ? whole : head;
	return wholes == 1 || (wholes == 0 && heads == 1);
}

/* The path of LOGGED in the new tree. *NODE: the value there, or NULL. */
static bool find_path(struct log_finder *f, const struct log_path *logged, bool gap,
		      struct str *path, const struct node **node)
{
	struct str rest = logged->path, token;
	size_t mark = 0;

	*path = STR("");
	*node = f->root;
	while (rest.len) {
		uint32_t index = 0;

		token = edit_plan_next_token(f->arena, &rest);
		if (!*node)
			return conflict(f, logged->path, "the file no longer has it");
		if (gap && !rest.len && (*node)->kind == NODE_LIST)
			return true; /* *PATH and *NODE are the list */
		if ((*node)->kind == NODE_LIST && mark < logged->marks.count) {
			if (!find_item(*node, &logged->marks.items[mark++], &index))
				return conflict(
				    f, logged->path,
				    "the item was changed or removed in the file, or it "
				    "cannot be distinguished from others");
			token = arena_printf(f->arena, "%u", index);
		}
		*path = edit_plan_join(f->arena, *path, token);
		*node = child(*node, token, &index);
	}
	return true;
}

static bool same_before(const struct log_gap *a, const struct log_gap *b)
{
	return a->has_before && b->has_before && a->before == b->before;
}

static bool same_after(const struct log_gap *a, const struct log_gap *b)
{
	return a->has_after && b->has_after && a->after == b->after;
}

/* Both neighbors, or the same end of the list. */
static bool same_gap(const struct log_gap *a, const struct log_gap *b)
{
	return (same_before(a, b) || (!a->has_before && !b->has_before)) &&
	       (same_after(a, b) || (!a->has_after && !b->has_after));
}

/* The index of GAP in LIST without the item SKIP: between the same neighbors, or else next to the
 * one that is still there. */
static bool find_gap(const struct node *list, const struct log_gap *gap, size_t skip, size_t *index)
{
	size_t count = list->count - (skip < list->count), after = 0, before = 0, both = 0;
	size_t after_at = 0, before_at = 0, both_at = 0;

	for (size_t i = 0; i <= count; i++) {
		struct log_gap here = gap_at(list, i, skip);

		if (same_gap(&here, gap) && (both++ == 0 || i == gap->index))
			both_at = i;
		if (same_after(&here, gap) && after++ == 0)
			after_at = i;
		if (same_before(&here, gap) && before++ == 0)
			before_at = i;
	}
	if (both == 1 || (both && both_at == gap->index)) {
		*index = both_at;
		return true;
	}
	*index = before == 1 ? before_at : after == 1 ? after_at : gap->has_before ? count : 0;
	return before == 1 || after == 1 || !gap->has_before || !gap->has_after;
}

static bool find_new_item(struct log_finder *f, const struct edit_logged *logged,
			  struct edit_op *op, const struct node *list)
{
	struct str from_list = STR_NULL, from;
	size_t skip = NOT_FOUND, at;
	int64_t index;

	if (!list || list->kind != NODE_LIST)
		return conflict(f, logged->path.path, "the file no longer has this list");
	if (op->kind == EDIT_MOVE) {
		from = last_token(f->arena, op->from, &from_list);
		if (str_eq(from_list, op->path) && str_to_int(from, &index))
			skip = (size_t)index;
	}
	if (!find_gap(list, &logged->gap, skip, &at))
		return conflict(f, logged->path.path,
				"the items next to it were changed or removed in the file");
	op->path = edit_plan_join(f->arena, op->path, arena_printf(f->arena, "%zu", at));
	return true;
}

/* Whether the file already has what the operation does. */
static bool is_done(const struct edit_logged *logged, const struct node *now)
{
	const struct edit_op *op = &logged->op;

	if (op->kind == EDIT_REMOVE)
		return !now && logged->path.marks.count == 0;
	return now && op->value && (op->kind == EDIT_SET || op->kind == EDIT_ADD) &&
	       edit_intended_same_values(now, op->value);
}

/* The undo for the new text: its patches are moved past what was changed. */
static bool find_undo(struct log_finder *f, struct edit_op *op)
{
	struct edit_op undo = *op;
	struct str own;

	if (str_eq(op->digest, edit_digest(f->arena, f->text)) || !f->texts)
		return true;
	own = f->texts->find(f->texts->arg, op->digest);
	/* Refused later, as that of another text. */
	if (!own.ptr || edit_undo_move(f->arena, &undo, own, f->text, op, &f->conflict->line))
		return true;
	f->conflict->refusal = EDIT_CONFLICT;
	f->conflict->reason =
	    STR("the lines of this undo, or lines next to them, were changed in the file too");
	return false;
}

/* The operation for the new tree. *DONE: it has nothing to do. False: a conflict. */
static bool find_op(struct log_finder *f, const struct edit_logged *logged, struct edit_op *op,
		    bool *done)
{
	const struct node *now, *from;

	*op = logged->op;
	*done = false;
	if (op->kind == EDIT_UNDO)
		return find_undo(f, op);
	if (op->kind == EDIT_SCENARIOS)
		return true;
	if (op->kind == EDIT_MOVE && !find_path(f, &logged->from, false, &op->from, &from))
		return false;
	if (!find_path(f, &logged->path, logged->gap.is_gap, &op->path, &now))
		return false;
	if (logged->gap.is_gap)
		return find_new_item(f, logged, op, now);
	*done = is_done(logged, now);
	if (!*done && logged->has_old && (!now || hash(now) != logged->old))
		return conflict(f, logged->path.path, "it was changed in the file too");
	return true;
}

/* ---- applying */

struct log_run {
	struct arena *arena;
	struct str name;
	const struct edit_log_texts *texts;
	struct edit_log_result *result;
	VEC(const struct edit_logged *) log;
	VEC(struct edit_log_conflict) conflicts;
};

static void apply_one(struct log_run *run, const struct edit_logged *logged, size_t index)
{
	struct edit_log_conflict problem = {.index = index};
	struct edit_log_result *result = run->result;
	struct log_finder finder = {.arena = run->arena,
				    .text = run->result->text,
				    .texts = run->texts,
				    .conflict = &problem};
	struct edit_document doc;
	struct edit_result applied;
	struct edit_op op;
	bool done = false, good;

	good = edit_document_open(&doc, run->name, result->text);
	finder.root = good ? doc.layout.root->node : NULL;
	if (!good) {
		problem.refusal = EDIT_BROKEN;
		problem.reason = STR("the file cannot be read");
	} else {
		good = find_op(&finder, logged, &op, &done);
	}
	if (good && !done) {
		const struct edit_logged *fresh = record(run->arena, finder.root, &op);

		good = edit_apply(run->arena, run->name, result->text, &op, 1, &applied);
		if (good) {
			VEC_PUSH(run->arena, &run->log, fresh);
			result->text = applied.text;
			result->patches =
			    edit_patches_join(run->arena, result->patches, applied.patches);
		} else {
			problem.refusal = applied.refusal;
			problem.reason = applied.reason;
			problem.line = applied.line;
		}
	}
	edit_document_release(&doc);
	if (!good)
		VEC_PUSH(run->arena, &run->conflicts, problem);
}

void edit_log_apply(struct arena *a, struct str name, struct str text,
		    const struct edit_logged *const *log, size_t count,
		    const struct edit_log_texts *texts, struct edit_log_result *result)
{
	struct log_run run = {.arena = a, .name = name, .texts = texts, .result = result};

	*result = (struct edit_log_result){.text = text};
	for (size_t i = 0; i < count; i++)
		apply_one(&run, log[i], i);
	result->log = run.log.items;
	result->count = run.log.count;
	result->conflicts = run.conflicts.items;
	result->conflict_count = run.conflicts.count;
}
