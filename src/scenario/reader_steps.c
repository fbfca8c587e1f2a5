/* Reads a list of steps: each is a mapping with one action key and the other keys of the action's
 * kind. */
#include "doc/yaml.h"
#include "scenario/other_tools.h"
#include "scenario/reader_private.h"

/* The action of a step: its kind, and the pair that is read as the action, whatever its key is. */
struct found_action {
	const struct step_kind *kind;
	const struct field *row;
	const struct node_pair *pair;
};

static struct str nearest_action(struct reader *r, struct str word)
{
	VEC(struct str) keys = {NULL, 0, 0};

	for (size_t i = 0; i < r->action_count; i++)
		VEC_PUSH(r->arena, &keys, r->actions[i].key);
	return diag_nearest(word, keys.items, keys.count);
}

static bool known_beside_an_action(const struct reader *r, struct str key)
{
	for (size_t i = 0; i < r->tables->step_count; i++) {
		if (field_find(r->tables->steps[i]->fields, key))
			return true;
	}
	return false;
}

/* `url: /login` and `method: POST`: the method is the key of a request. */
static bool report_method(struct reader *r, const struct node *node,
			  const struct node_pair *stranger)
{
	const struct node_pair *url = NULL, *method = NULL;

	for (size_t i = 0; i < node->count; i++) {
		const struct node_pair *pair = &node->pairs[i];

		if (pair->value->kind != NODE_SCALAR)
			continue;
		if (str_ieq(pair->key->text, STR("url")) || str_ieq(pair->key->text, STR("path")))
			url = pair;
		else if (str_ieq(pair->key->text, STR("method")))
			method = pair;
	}
	for (size_t i = 0; url && method && i < r->action_count; i++) {
		struct str key = r->actions[i].key;

		if (!str_ieq(key, method->value->text))
			continue;
		reader_error(
		    r, stranger->key->span, DIAG_E101,
		    "unknown step '%.*s'; the method is the key: write '%.*s: %.*s' instead "
		    "of '%.*s' and '%.*s'",
		    STR_ARG(stranger->key->text), STR_ARG(key), STR_ARG(url->value->text),
		    STR_ARG(url->key->text), STR_ARG(method->key->text));
		return true;
	}
	return false;
}

/* Reports a step without an action key. If the key is misspelled, the rest is read as if it were
 * correct. */
static bool report_no_action(struct reader *r, const struct node *node, struct found_action *out)
{
	const struct node_pair *stranger = NULL;

	for (size_t i = 0; i < node->count; i++) {
		const struct node_pair *pair = &node->pairs[i];
		struct str word = pair->key->text;

		if (pair->key->reported || pair->value->reported)
			return false;
		if (known_beside_an_action(r, word) && !other_tools_hint(word))
			continue;
		stranger = stranger ? stranger : pair;
		struct str nearest = nearest_action(r, word);
		if (!nearest.ptr || other_tools_hint(word))
			continue;
		const struct reader_action *action = reader_action_find(r, nearest);

		bool upper = str_ieq(nearest, word);
		struct diag *diag =
		    reader_error(r, pair->key->span, DIAG_E101,
				 upper ? "unknown step '%.*s'; keys are in lower case: write '%.*s'"
				       : "unknown step '%.*s'; did you mean '%.*s'?",
				 STR_ARG(word), STR_ARG(nearest));
		if (upper)
			diag_fix_in_line(r->diags, diag, pair->key->span, nearest);
		else
			diag_edit_word(r->diags, diag, pair->key->span, word, nearest);
		*out = (struct found_action){action->kind, action->row, pair};
		return true;
	}
	if (node->truncated)
		return false;
	struct str all = STR("");

	for (size_t i = 0; i < r->action_count; i++)
		all = arena_printf(r->arena, "%.*s%s%.*s", STR_ARG(all), i ? ", " : "",
				   STR_ARG(r->actions[i].key));
	const char *instead = stranger ? other_tools_hint(stranger->key->text) : NULL;

	if (instead && report_method(r, node, stranger))
		return false;
	if (instead) {
		reader_error(r, stranger->key->span, DIAG_E101, "unknown step '%.*s'; use %s",
			     STR_ARG(stranger->key->text), instead);
		return false;
	}
	struct diag *diag = stranger
				? reader_error(r, stranger->key->span, DIAG_E101,
					       "unknown step '%.*s'", STR_ARG(stranger->key->text))
				: reader_error(r, node->span, DIAG_E144, "this step has no action");
	diag_note(r->diags, diag, SPAN_NONE, "a step starts with one of %.*s", STR_ARG(all));
	return false;
}

/* Reports a second action in one mapping; usually its dash is missing. */
static void report_two_actions(struct reader *r, const struct node_pair *first,
			       const struct node_pair *second)
{
	struct diag *diag = reader_error(
	    r, second->key->span, DIAG_E145,
	    "'%.*s' is a separate step, but it is inside the step '%.*s'; start it with a dash",
	    STR_ARG(second->key->text), STR_ARG(first->key->text));

	if (second->value->kind == NODE_SCALAR)
		reader_fix_dash(r, diag, second->key->span, first->key->span);
}

/* The key of PAIR, which names a step, is also a plain key of steps of KIND: `wait_for` of `send`.
 */
static bool is_plain_key(const struct step_kind *kind, const struct node_pair *pair)
{
	const struct field *row = field_find(kind->fields, pair->key->text);

	return row && !(row->flags & FIELD_ACTION);
}

static bool find_action(struct reader *r, const struct node *node, struct found_action *out)
{
	*out = (struct found_action){0};
	for (size_t i = 0; i < node->count; i++) {
		const struct node_pair *pair = &node->pairs[i];
		const struct reader_action *action = reader_action_find(r, pair->key->text);

		if (!action)
			continue;
		if (!out->pair || is_plain_key(action->kind, out->pair))
			*out = (struct found_action){action->kind, action->row, pair};
	}
	return out->pair || report_no_action(r, node, out);
}

/* Whether PAIR names another step than FOUND. `follow: no` is not a step, but a key of other tools:
 * no step has such a value. */
static bool is_further_action(const struct reader *r, const struct node_pair *pair,
			      const struct found_action *found)
{
	static const char *const flags[] = {"true", "false", "yes", "no"};

	if (pair == found->pair || !reader_action_find(r, pair->key->text) ||
	    is_plain_key(found->kind, pair))
		return false;
	for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
		if (pair->value->kind == NODE_SCALAR && !node_is_quoted(pair->value) &&
		    str_eq(pair->value->text, str_of(flags[i])))
			return false;
	return true;
}

/* Reports further actions of the mapping, except those that are plain keys of the first one. */
static bool report_further_actions(struct reader *r, const struct node *node,
				   const struct found_action *found)
{
	bool none = true;

	for (size_t i = 0; i < node->count; i++) {
		if (!is_further_action(r, &node->pairs[i], found))
			continue;
		report_two_actions(r, found->pair, &node->pairs[i]);
		none = false;
	}
	return none;
}

/* The same mapping without the further actions, which were reported. */
static const struct node *without_further_actions(struct reader *r, const struct node *node,
						  const struct found_action *found)
{
	struct node *copy = ARENA_NEW(r->arena, struct node);
	struct node_pair *pairs = ARENA_ARRAY(r->arena, node->count, struct node_pair);
	size_t count = 0;

	for (size_t i = 0; i < node->count; i++) {
		if (!is_further_action(r, &node->pairs[i], found))
			pairs[count++] = node->pairs[i];
	}
	*copy = *node;
	copy->pairs = pairs;
	copy->count = count;
	return copy;
}

/* `- get /login` */
static bool is_step_without_colon(struct reader *r, const struct node *node)
{
	size_t blank = node->kind == NODE_SCALAR ? str_find_char(node->text, ' ', 0) : 0;
	struct str word = str_slice(node->text, 0, blank), rest;

	if (node->kind != NODE_SCALAR || node->style != NODE_PLAIN || blank == NOT_FOUND ||
	    !reader_action_find(r, word))
		return false;
	rest = str_slice(node->text, blank, node->text.len);
	reader_fix_value(
	    r, reader_error(r, node->span, DIAG_E124, "add a colon after '%.*s'", STR_ARG(word)),
	    node, arena_printf(r->arena, "%.*s:%.*s", STR_ARG(word), STR_ARG(rest)));
	return true;
}

static void report_not_mapping(struct reader *r, const struct node *node)
{
	if (node->reported ||
	    (node->kind == NODE_SCALAR && yaml_explain_missing_colon(node, r->diags)))
		return;
	if (node->kind == NODE_SCALAR && reader_action_find(r, node->text)) {
		struct diag *diag =
		    reader_error(r, node->span, DIAG_E140,
				 "the step '%.*s' needs a colon and a value", STR_ARG(node->text));
		const struct field *row = reader_action_find(r, node->text)->row;

		if (row->example)
			reader_fix_printf(r, diag, node, "%.*s: %s", STR_ARG(node->text),
					  row->example);
		diag->is_guess = true;
		return;
	}
	if (is_step_without_colon(r, node))
		return;
	bool url = node->kind == NODE_SCALAR &&
		   (str_starts(node->text, STR("/")) || str_starts(node->text, STR("http")));
	if (url)
		reader_fix_printf(r,
				  reader_error(r, node->span, DIAG_E140,
					       "expected a step such as get: /; found only a URL"),
				  node, "get: %.*s", STR_ARG(node->text));
	else
		reader_wrong_shape(r, node, "a step such as get: /");
}

static bool read_step(struct reader *r, const struct node *node, struct step *out)
{
	struct found_action found;

	if (node->kind != NODE_MAP || node->count == 0) {
		report_not_mapping(r, node);
		return false;
	}
	if (!find_action(r, node, &found))
		return false;
	bool misspelt = !reader_action_find(r, found.pair->key->text);
	bool fine = report_further_actions(r, node, &found) && !misspelt;

	*out = (struct step){.kind = found.kind,
			     .action = found.row,
			     .span = found.pair->key->span,
			     .data = arena_alloc(r->arena, found.kind->bytes)};
	if (!fine && !misspelt)
		node = without_further_actions(r, node, &found);
	const struct reader_mapping m = {
	    .node = node,
	    .fields = found.kind->fields,
	    .as_pair = misspelt ? &node->pairs[found.pair - node->pairs] : NULL,
	    .as_row = misspelt ? found.row : NULL,
	};
	if (!reader_mapping(r, &m, out->data) || !fine)
		return false;
	size_t errors = r->diags->errors;

	if (found.kind->check)
		found.kind->check(r, out);
	return r->diags->errors == errors;
}

bool reader_steps(struct reader *r, const struct node *node, struct steps *out)
{
	bool fine = true;

	if (node->kind == NODE_MAP) {
		reader_not_step_list(r, node);
		return false;
	}
	if (node->kind != NODE_LIST && reader_fix_step(r, node))
		return false;
	if (node->kind != NODE_LIST)
		return reader_wrong_shape(r, node, "a list of steps, each starting with a dash");
	if (node->count == 0) {
		reader_error(r, node->span, DIAG_E149, "this list of steps is empty");
		return false;
	}
	out->items = ARENA_ARRAY(r->arena, node->count, struct step);
	for (size_t i = 0; i < node->count; i++) {
		if (read_step(r, node->items[i], &out->items[out->count]))
			out->count++;
		else
			fine = false;
	}
	return fine;
}
