/* The config of an Artillery file, except its load: variables, defaults, thresholds. */
#include "base/units.h"
#include "import/artillery/artillery.h"

/* A map of texts, lists and maps, as `variables:` accepts it. */
static bool is_tree(const struct node *v)
{
	bool ok = v->kind == NODE_SCALAR ? !artillery_is_template(v) : v->count > 0;

	for (size_t n = 0; ok && v->kind == NODE_LIST && n < v->count; n++)
		ok = is_tree(v->items[n]);
	for (size_t n = 0; ok && v->kind == NODE_MAP && n < v->count; n++)
		ok = v->pairs[n].key->text.len && is_tree(v->pairs[n].value);
	return ok;
}

static bool is_choice(const struct node *v)
{
	bool ok = v->kind == NODE_LIST && v->count;

	for (size_t n = 0; ok && n < v->count; n++)
		ok = v->items[n]->kind == NODE_SCALAR || is_tree(v->items[n]);
	return ok;
}

/* Templates are only allowed at the first level of a map. */
static bool is_value(const struct node *v)
{
	bool ok = v->kind == NODE_MAP && v->count && !node_find(v, STR("one_of"));

	for (size_t n = 0; ok && n < v->count; n++)
		ok = v->pairs[n].key->text.len &&
		     (v->pairs[n].value->kind == NODE_SCALAR || is_tree(v->pairs[n].value));
	return v->kind == NODE_SCALAR || is_choice(v) || ok;
}

static void define_variables(struct artillery *a, const struct node *all)
{
	for (size_t i = 0; all && all->kind == NODE_MAP && i < all->count; i++) {
		const struct node *k = all->pairs[i].key, *v = all->pairs[i].value;

		if (!is_value(v))
			artillery_unsupported(a, k, v, "only texts, lists and maps are supported");
		else if (!artillery_find_name(a, k->text))
			artillery_define(a, NAME_VARIABLE, k->text,
					 artillery_identifier(a, k->text))
			    ->key = k;
	}
}

static struct yaml_writer_node *variable_of(struct artillery *a, const struct node *v)
{
	struct yaml_writer_node *choice = yaml_writer_map(a->arena), *values;

	if (v->kind == NODE_SCALAR)
		return yaml_writer_text(a->arena, artillery_text(a, v));
	if (v->kind == NODE_MAP)
		return artillery_tree(a, v);
	values = yaml_writer_put(a->arena, choice, STR("one_of"), yaml_writer_list(a->arena));
	for (size_t n = 0; n < v->count; n++)
		yaml_writer_add(a->arena, values,
				v->items[n]->kind == NODE_SCALAR
				    ? yaml_writer_text(a->arena, artillery_text(a, v->items[n]))
				    : artillery_tree(a, v->items[n]));
	return choice;
}

/* Variables that a step or another variable uses; `check` would warn about the others. */
static struct yaml_writer_node *used_variables(struct artillery *a)
{
	const struct node *all = a->variables;
	struct yaml_writer_node *map = yaml_writer_map(a->arena);
	size_t count = a->names.count;
	struct yaml_writer_node **result =
	    ARENA_ARRAY(a->arena, count + 1, struct yaml_writer_node *);

	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < count; i++) {
			const struct artillery_name n = a->names.items[i];

			if (result[i] || !n.used ||
			    (n.name_kind != NAME_VARIABLE && n.name_kind != NAME_LIST))
				continue;
			result[i] = n.result ? n.result : variable_of(a, node_find(all, n.name));
			more = true;
		}
	}
	for (size_t i = 0; i < count; i++) {
		const struct artillery_name *n = &a->names.items[i];

		if (result[i] && !yaml_writer_find(map, n->expression))
			yaml_writer_put(a->arena, map, n->expression, result[i]);
		else if (n->key && !n->used && !n->resolved && n->name_kind != NAME_COLUMN)
			artillery_unsupported(a, n->key, node_find(all, n->name), "it is not used");
	}
	return map;
}

/* A name without a value in the file is empty until a step sets it; it is written before
 * variables that may be made from it. */
void artillery_put_variables(struct artillery *a, struct yaml_writer_node *into)
{
	struct yaml_writer_node *theirs = used_variables(a);

	for (size_t i = 0; i < a->missing.count; i++) {
		const struct artillery_name *n = &a->missing.items[i];
		struct yaml_writer_node *value;

		if (yaml_writer_find(into, n->expression) ||
		    yaml_writer_find(theirs, n->expression))
			continue;
		value = yaml_writer_put_text(a->arena, into, n->expression, n->value);
		if (n->value.len)
			continue;
		value->beside = STR("the file gives it no value");
		job_note(a->job, "look at", "%.*s: the file gives it no value", STR_ARG(n->name));
	}
	yaml_writer_merge(a->arena, into, theirs);
}

/* ---- http, tls, defaults */

static struct yaml_writer_node *defaults_of(struct artillery *a)
{
	struct yaml_writer_node *there = yaml_writer_find(a->root, STR("defaults"));

	return there
		   ? there
		   : yaml_writer_put(a->arena, a->root, STR("defaults"), yaml_writer_map(a->arena));
}

/* Texts with one value only are replaced by it: setup and teardown have no variables. */
static const struct node *resolved_texts(struct artillery *a, const struct node *map)
{
	struct node *result = ARENA_NEW(a->arena, struct node);
	struct node_pair *pairs = ARENA_ARRAY(a->arena, map->count + 1, struct node_pair);

	*result = *map;
	result->pairs = pairs;
	for (size_t i = 0; i < map->count; i++) {
		const struct node *value = map->pairs[i].value;
		struct str text = STR_NULL;

		if (artillery_is_template(value))
			text = artillery_constant_text(a, value);
		pairs[i] = map->pairs[i];
		if (!text.ptr)
			continue;
		struct node *one = ARENA_NEW(a->arena, struct node);

		*one = *value;
		one->text = text;
		pairs[i].value = one;
	}
	return result;
}

static void put_default(struct artillery *a, const struct node *k, const struct node *v)
{
	struct yaml_writer_node *result;

	if (str_eq(k->text, STR("headers")) && v->kind == NODE_MAP &&
	    !yaml_writer_find(defaults_of(a), k->text)) {
		/* They also apply to `before` and `after`. */
		a->around = a->has_around;
		result = artillery_texts(a, a->has_around ? resolved_texts(a, v) : v, true);
		a->around = false;
		if (result->members.count)
			yaml_writer_put(a->arena, defaults_of(a), k->text, result);
	} else if (str_eq(k->text, STR("strictCapture")) && artillery_is_word(v, "false")) {
		a->optional = true;
	} else if (str_eq(k->text, STR("followRedirect")) && artillery_is_word(v, "false") &&
		   !yaml_writer_find(defaults_of(a), STR("follow_redirects"))) {
		yaml_writer_put(a->arena, defaults_of(a), STR("follow_redirects"),
				yaml_writer_word(a->arena, STR("false")));
	} else {
		artillery_unsupported(a, k, v, "not supported in defaults");
	}
}

/* A timeout of a request; zero means none. */
static bool put_timeout(struct artillery *a, const struct node *v)
{
	struct str text = artillery_duration(a, v);
	ns_t length;

	if (!text.ptr || units_duration(text, &length) != UNIT_OK || length < NS_PER_MS ||
	    yaml_writer_find(defaults_of(a), STR("timeout")))
		return false;
	yaml_writer_put_text(a->arena, defaults_of(a), STR("timeout"), text);
	return true;
}

static void put_http(struct artillery *a, const struct node *key, const struct node *all)
{
	for (size_t i = 0; all->kind == NODE_MAP && i < all->count; i++) {
		const struct node *k = all->pairs[i].key, *v = all->pairs[i].value;

		if (str_eq(k->text, STR("defaults")))
			put_http(a, k, v);
		else if (str_eq(k->text, STR("rejectUnauthorized")) &&
			 artillery_is_word(v, "false") && str_eq(key->text, STR("tls")) &&
			 !yaml_writer_find(defaults_of(a), STR("tls")))
			yaml_writer_put(
			    a->arena, defaults_of(a), STR("tls"),
			    artillery_map_of(a, "verify", yaml_writer_word(a->arena, v->text)));
		else if (!str_eq(k->text, STR("timeout")) || !put_timeout(a, v))
			put_default(a, k, v);
	}
}

/* ---- ensure, plugins */

/* Artillery's names of statistics and ours. */
static struct str threshold_of(struct artillery *a, struct str name, double max)
{
	static const char *const stats[][2] = {
	    {"min", "min"}, {"max", "max"}, {"median", "p50"}, {"mean", "mean"}, {"p50", "p50"},
	    {"p75", "p75"}, {"p90", "p90"}, {"p95", "p95"},    {"p99", "p99"},	 {"p999", "p99.9"}};
	static const struct str response = {"http.response_time.", 19},
				session = {"vusers.session_length.", 22};
	const char *metric = "";

	if (str_eq(name, STR("maxErrorRate")) && max <= 100)
		return arena_printf(a->arena, "error_rate <= %.10g%%", max);
	if (str_starts(name, response)) {
		name = str_slice(name, response.len, name.len);
	} else if (str_starts(name, session)) {
		name = str_slice(name, session.len, name.len);
		metric = "iteration ";
	}
	for (size_t s = 0; s < sizeof stats / sizeof *stats; s++)
		if (str_eq(name, str_of(stats[s][0])))
			return arena_printf(a->arena, "%s%s < %.10gms", metric, stats[s][1], max);
	return STR_NULL;
}

void artillery_ensure(struct artillery *a, const struct node *all, struct yaml_writer_node *lines)
{
	for (size_t i = 0; all->kind == NODE_LIST && i < all->count; i++)
		artillery_ensure(a, all->items[i], lines);
	for (size_t i = 0; all->kind == NODE_MAP && i < all->count; i++) {
		const struct node *k = all->pairs[i].key, *v = all->pairs[i].value;
		struct str line = STR_NULL;
		double max;

		if (str_eq(k->text, STR("thresholds")) && v->kind == NODE_LIST) {
			artillery_ensure(a, v, lines);
			continue;
		}
		if (v->kind == NODE_SCALAR && str_to_double(v->text, &max) && max >= 0 &&
		    max <= 1e6)
			line = threshold_of(a, k->text, max);
		if (line.ptr)
			yaml_writer_add(a->arena, lines, yaml_writer_text(a->arena, line));
		else
			artillery_unsupported(a, k, v, "not supported in thresholds");
		/* A check that is a step fails the iteration, not a request. */
		if (line.ptr && str_starts(line, STR("error_rate"))) {
			line = arena_printf(a->arena, "failed_iterations <= %.10g%%", max);
			yaml_writer_add(a->arena, lines, yaml_writer_text(a->arena, line));
		}
	}
}

void artillery_plugins(struct artillery *a, const struct node *all)
{
	for (size_t i = 0; all->kind == NODE_MAP && i < all->count; i++) {
		struct str name = all->pairs[i].key->text;

		if (!str_eq(name, STR("ensure")) && !str_eq(name, STR("expect")) &&
		    !str_eq(name, STR("metrics-by-endpoint")))
			artillery_unsupported(a, all->pairs[i].key, all->pairs[i].value,
					      "there is no such plugin");
	}
}

/* ---- the whole config */

static void put_key(struct artillery *a, const struct node *k, const struct node *v,
		    struct yaml_writer_node *lines)
{
	if (str_eq(k->text, STR("http")) || str_eq(k->text, STR("tls")) ||
	    str_eq(k->text, STR("defaults")))
		put_http(a, k, v);
	else if (str_eq(k->text, STR("ensure")))
		artillery_ensure(a, v, lines);
	else if (str_eq(k->text, STR("plugins")))
		artillery_plugins(a, v);
	else
		artillery_unsupported(a, k, v,
				      str_eq(k->text, STR("processor")) ? "JavaScript is not run"
				      : str_eq(k->text, STR("engines")) ? "only HTTP is supported"
									: "not supported");
}

/* Keys that name data and parameters come before those that use them. */
void artillery_config(struct artillery *a, const struct node *config)
{
	static const char *const done[] = {"target",	   "variables", "payload",
					   "environments", "phases",	NULL};
	struct yaml_writer_node *lines = yaml_writer_list(a->arena), *load;
	const struct node *phases = node_find(config, STR("phases"));
	const struct node_pair *payload = node_find_pair(config, STR("payload"));

	a->variables = node_find(config, STR("variables"));
	if (payload)
		artillery_payload(a, payload->key, payload->value);
	artillery_environments(a, config);
	load = phases ? artillery_load(a, phases) : NULL;
	if (load)
		yaml_writer_put(a->arena, a->root, STR("load"), load);
	define_variables(a, a->variables);
	for (size_t i = 0; config && config->kind == NODE_MAP && i < config->count; i++) {
		bool is = false;

		for (size_t d = 0; done[d]; d++)
			is = is || str_eq(config->pairs[i].key->text, str_of(done[d]));
		if (!is)
			put_key(a, config->pairs[i].key, config->pairs[i].value, lines);
	}
	if (lines->members.count)
		yaml_writer_put(a->arena, a->root, STR("thresholds"), lines);
}
