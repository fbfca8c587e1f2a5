/* The flow of an Artillery scenario as steps. */
#include "import/artillery/artillery.h"

#define ROUNDS_MAX 1000 /* maximum rounds of a loop that only its condition ends */

static void put_step(struct artillery *a, const struct node *node, struct yaml_writer_node *list);

static const char *const methods[] = {"get",	"post", "put",	   "patch",
				      "delete", "head", "options", NULL};

static bool is_method(struct str key)
{
	for (size_t i = 0; methods[i]; i++)
		if (str_eq(key, str_of(methods[i])))
			return true;
	return false;
}

static bool is_request(const struct yaml_writer_node *step)
{
	return step->members.count && is_method(step->members.items[0].key);
}

static struct yaml_writer_node *text_step(struct artillery *a, const char *key, struct str text)
{
	struct yaml_writer_node *step = yaml_writer_map(a->arena);

	yaml_writer_put_text(a->arena, step, str_of(key), text);
	return step;
}

/* The expression in the one ${…} that is all of TEXT, or TEXT as a name. */
static struct str list_of(struct artillery *a, const struct node *over)
{
	struct node named = *over;
	struct buf list;
	struct str result;

	if (over->kind == NODE_SCALAR) {
		if (!artillery_is_template(over))
			named.text = arena_printf(a->arena, "{{%.*s}}", STR_ARG(over->text));
		result = artillery_text(a, &named);
		return str_starts(result, STR("${")) &&
			       str_find_char(result, '}', 0) == result.len - 1
			   ? result
			   : STR_NULL;
	}
	buf_init(&list, 0);
	buf_add(&list, STR("${["));
	for (size_t i = 0; over->kind == NODE_LIST && i < over->count; i++) {
		struct str text = over->items[i]->text;
		bool ok = over->items[i]->kind == NODE_SCALAR;

		for (size_t k = 0; ok && k < text.len; k++)
			ok = text.ptr[k] != '"' && text.ptr[k] != '\\' && text.ptr[k] != '{' &&
			     text.ptr[k] != '}' && (unsigned char)text.ptr[k] >= ' ';
		if (ok)
			buf_printf(&list, "%s\"%.*s\"", i ? ", " : "", STR_ARG(text));
		else
			over = &named, named.kind = NODE_MAP;
	}
	buf_add(&list, STR("]}"));
	result =
	    over->kind == NODE_LIST && over->count ? arena_str(a->arena, buf_str(&list)) : STR_NULL;
	buf_release(&list);
	return result;
}

/* The values of the loop, or the number of its rounds. */
static struct yaml_writer_node *loop_head(struct artillery *a, const struct node *node)
{
	const struct node_pair *count = node_find_pair(node, STR("count"));
	const struct node_pair *over = node_find_pair(node, STR("over"));
	struct yaml_writer_node *step = yaml_writer_map(a->arena);
	struct str list = over ? list_of(a, over->value) : STR_NULL, text;
	int64_t times = 1;

	if (list.ptr) {
		artillery_define(a, NAME_LOCAL, STR("$loopElement"), STR("loop_element"));
		yaml_writer_put_text(a->arena, step, STR("for_each"), STR("loop_element"));
		yaml_writer_put_text(a->arena, step, STR("in"), list);
		return step;
	}
	if (over)
		artillery_unsupported(a, over->key, over->value, "it is not a known list");
	if (count && artillery_is_template(count->value)) {
		text = list_of(a, count->value);
		if (text.ptr) {
			yaml_writer_put_text(a->arena, step, STR("repeat"), text);
			return step;
		}
	}
	if (count && (count->value->kind != NODE_SCALAR ||
		      !str_to_int(count->value->text, &times) || times < 1 || times > 1000000)) {
		artillery_unsupported(a, count->key, count->value,
				      "performed once: it is not a number");
		times = 1;
	}
	if (!count && !over && node_find(node, STR("whileTrue")))
		times = ROUNDS_MAX;
	yaml_writer_put(a->arena, step, STR("repeat"),
			yaml_writer_word(a->arena, arena_printf(a->arena, "%d", (int)times)));
	return step;
}

/* The steps of a loop that continues while CONDITION is true after a round. */
static struct yaml_writer_node *guarded(struct artillery *a, struct yaml_writer_node *steps,
					struct str condition)
{
	struct yaml_writer_node *list = yaml_writer_list(a->arena);
	struct yaml_writer_node *step = yaml_writer_add(a->arena, list, yaml_writer_map(a->arena));

	yaml_writer_put_text(
	    a->arena, step, STR("if"),
	    arena_printf(a->arena, "${loop.index == 1 or (%.*s)}", STR_ARG(condition)));
	yaml_writer_put(a->arena, step, STR("then"), steps);
	return list;
}

/* Names in a loop's condition are defined before its first round: empty. */
static void put_loop_start(struct artillery *a, size_t names, struct yaml_writer_node *list)
{
	struct yaml_writer_node *set = yaml_writer_map(a->arena);

	for (size_t i = names; i < a->names.count; i++) {
		const struct artillery_name *n = &a->names.items[i];
		bool known =
		    n->name_kind != NAME_LOCAL || !n->used || str_eq(n->name, STR("$loopElement"));

		for (size_t k = 0; k < names; k++)
			known = known || str_eq(a->names.items[k].expression, n->expression);
		for (size_t k = 0; k < a->missing.count; k++)
			known = known || str_eq(a->missing.items[k].expression, n->expression);
		if (!known && !yaml_writer_find(set, n->expression))
			yaml_writer_put_text(a->arena, set, n->expression, STR(""));
	}
	if (set->members.count)
		yaml_writer_put(a->arena,
				yaml_writer_add(a->arena, list, yaml_writer_map(a->arena)),
				STR("set"), set);
}

static void report_loop_keys(struct artillery *a, const struct node *node)
{
	static const char *const known[] = {"loop", "count", "over", "whileTrue", "ifTrue", NULL};

	for (size_t i = 0; i < node->count; i++) {
		bool is = false;

		for (size_t k = 0; known[k]; k++)
			is = is || str_eq(node->pairs[i].key->text, str_of(known[k]));
		if (!is)
			artillery_unsupported(a, node->pairs[i].key, node->pairs[i].value,
					      "not supported in a loop");
	}
}

static void put_loop(struct artillery *a, const struct node *node, struct yaml_writer_node *list)
{
	const struct node_pair *until = node_find_pair(node, STR("whileTrue"));
	struct yaml_writer_node *step = loop_head(a, node), *steps;
	bool each = yaml_writer_find(step, STR("for_each"));
	size_t names = a->names.count;
	struct str condition = STR_NULL;

	report_loop_keys(a, node);
	a->loops++;
	steps = artillery_steps(a, node_find(node, STR("loop")));
	if (until)
		condition = artillery_condition(a, until->key, until->value);
	a->loops--;
	if (!node_find(node, STR("count")) && until && !each && !condition.ptr)
		yaml_writer_find(step, STR("repeat"))->text = STR("1");
	if (each) /* the element exists only inside */
		artillery_undefine(a, names - 1);
	if (!steps->members.count)
		return;
	if (condition.ptr) {
		put_loop_start(a, names - each, list);
		steps = guarded(a, steps, condition);
	}
	yaml_writer_put(a->arena, step, STR("steps"), steps);
	yaml_writer_add(a->arena, list, step);
}

static void put_parallel(struct artillery *a, const struct node *value,
			 struct yaml_writer_node *list)
{
	struct yaml_writer_node *all = yaml_writer_list(a->arena),
				*step = yaml_writer_map(a->arena);
	struct yaml_writer_node *checks_after = a->checks_after;

	a->checks_after = NULL; /* only requests are allowed there */
	for (size_t i = 0; value->kind == NODE_LIST && i < value->count; i++) {
		struct artillery_mark mark = artillery_mark(a);
		size_t before = all->members.count;

		put_step(a, value->items[i], all);
		if (all->members.count == before || is_request(all->members.items[before].value))
			continue;
		all->members.count = before;
		artillery_rollback(a, mark);
	}
	a->checks_after = checks_after;
	if (!all->members.count)
		return;
	yaml_writer_put(a->arena, step, STR("parallel"), all);
	yaml_writer_add(a->arena, list, step);
}

/* {{ $randomNumber(1, 5) }} or a duration, in seconds; ptr NULL for anything else. */
static struct str think_time(struct artillery *a, const struct node *v)
{
	struct node resolved = *v;
	struct str text, between;
	size_t comma;

	if (!artillery_is_template(v))
		return artillery_duration(a, v);
	text = str_trim(v->text);
	if (str_starts(text, STR("{{")) && str_ends(text, STR("}}"))) {
		text = str_trim(str_slice(text, 2, text.len - 2));
		comma = str_find_char(text, ',', 0);
		if (str_starts(text, STR("$randomNumber(")) && str_ends(text, STR(")")) &&
		    comma != NOT_FOUND) {
			struct node from = *v, to = *v;

			from.text = str_slice(text, 14, comma);
			to.text = str_slice(text, comma + 1, text.len - 1);
			between = artillery_duration(a, &from);
			text = artillery_duration(a, &to);
			return between.ptr && text.ptr
				   ? arena_printf(a->arena, "%.*s..%.*s", STR_ARG(between),
						  STR_ARG(text))
				   : STR_NULL;
		}
	}
	resolved.text = artillery_constant_text(a, v);
	return resolved.text.ptr ? artillery_duration(a, &resolved) : STR_NULL;
}

/* One step without its condition, and the checks after it. */
static void put_plain(struct artillery *a, const struct node *k, const struct node *v,
		      struct yaml_writer_node *list)
{
	struct yaml_writer_node *step = NULL, *checks_after = a->checks_after;
	struct str length;

	if (is_method(k->text)) {
		if (checks_after)
			a->checks_after = yaml_writer_list(a->arena);
		step = artillery_request(a, k, v);
	} else if (str_eq(k->text, STR("think")) && (length = think_time(a, v)).ptr) {
		step = text_step(a, "think", length);
	} else if (str_eq(k->text, STR("log")) && v->kind == NODE_SCALAR) {
		step = text_step(a, "log", artillery_text(a, v));
	} else if (str_eq(k->text, STR("parallel"))) {
		put_parallel(a, v, list);
		return;
	} else {
		artillery_unsupported(a, k, v,
				      str_eq(k->text, STR("function")) ? "JavaScript is not run"
								       : "there is no such step");
	}
	if (step)
		yaml_writer_add(a->arena, list, step);
	for (size_t i = 0; step && checks_after && a->checks_after != checks_after &&
			   i < a->checks_after->members.count;
	     i++)
		yaml_writer_add(a->arena, list, a->checks_after->members.items[i].value);
	a->checks_after = checks_after;
}

/* The key that says what the step does; NULL if there is none. */
static const struct node_pair *action_of(const struct node *node)
{
	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++)
		if (!str_eq(node->pairs[i].key->text, STR("ifTrue")))
			return &node->pairs[i];
	return NULL;
}

static void put_whole(struct artillery *a, const struct node *node, struct yaml_writer_node *list)
{
	const struct node_pair *loops = node_find_pair(node, STR("loop"));
	const struct node_pair *action = action_of(node);
	const struct node_pair *only = node_find_pair(node, STR("ifTrue"));
	struct yaml_writer_node *then = yaml_writer_list(a->arena), *step;
	struct str condition = STR_NULL;

	if (!action)
		return;
	if (!only)
		only = node_find_pair(action->value, STR("ifTrue"));
	if (only && a->checks_after)
		condition = artillery_condition(a, only->key, only->value);
	else if (only)
		artillery_unsupported(a, only->key, only->value,
				      "always performed: it is in parallel");
	if (!condition.ptr)
		then = list;
	if (loops && loops->value->kind == NODE_LIST) {
		if (a->checks_after)
			put_loop(a, node, then);
		else
			artillery_unsupported(a, loops->key, loops->value,
					      "only requests can be parallel");
	} else {
		put_plain(a, action->key, action->value, then);
		for (size_t i = 0; i < node->count; i++)
			if (&node->pairs[i] != action &&
			    !str_eq(node->pairs[i].key->text, STR("ifTrue")))
				artillery_unsupported(a, node->pairs[i].key, node->pairs[i].value,
						      "not supported");
	}
	if (!condition.ptr || !then->members.count)
		return;
	step = yaml_writer_add(a->arena, list, yaml_writer_map(a->arena));
	yaml_writer_put_text(a->arena, step, STR("if"),
			     arena_printf(a->arena, "${%.*s}", STR_ARG(condition)));
	yaml_writer_put(a->arena, step, STR("then"), then);
}

static void put_step(struct artillery *a, const struct node *node, struct yaml_writer_node *list)
{
	struct artillery_mark mark = artillery_mark(a);
	size_t before = list->members.count;

	put_whole(a, node, list);
	if (list->members.count == before)
		artillery_rollback(a, mark);
}

struct yaml_writer_node *artillery_steps(struct artillery *a, const struct node *flow)
{
	struct yaml_writer_node *list = yaml_writer_list(a->arena), *checks_after = a->checks_after;

	a->checks_after = list; /* any list: steps are allowed here */
	for (size_t i = 0; flow && flow->kind == NODE_LIST && i < flow->count; i++)
		put_step(a, flow->items[i], list);
	a->checks_after = checks_after;
	return list;
}
