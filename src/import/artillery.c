/*
 * artillery: a scenario of Artillery (YAML or JSON). Requests, captures, expectations, loops and
 * phases have counterparts; JavaScript and engines other than HTTP have none and are told with
 * their lines, in the account and at the head of the scenario.
 */
#include "import/artillery.h"

#include "base/url.h"
#include "doc/yaml.h"
#include "import/import.h"

static bool read_all(struct import_job *job);
static bool is_artillery(struct str text);

const struct import_kind artillery_import = {
    .name = "artillery",
    .sentence = "a scenario of Artillery, YAML or JSON",
    .read = read_all,
    .is = is_artillery,
};

/* Both of its parts, in YAML or JSON; a scenario of ours has no config. */
static bool is_artillery(struct str text)
{
	bool json = str_starts(str_trim(text), STR("{"));
	const char *config = json ? "\"config\"" : "\nconfig:";
	const char *scenarios = json ? "\"scenarios\"" : "\nscenarios:";

	return (str_find(text, str_of(config), 0) != (size_t)-1 ||
		(!json && str_starts(text, str_of(config + 1)))) &&
	       (str_find(text, str_of(scenarios), 0) != (size_t)-1 ||
		(!json && str_starts(text, str_of(scenarios + 1))));
}

size_t artillery_count(const struct node *node)
{
	size_t count = node->kind == NODE_MAP ? node->count : 0;

	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++)
		count += artillery_count(node->pairs[i].value);
	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
		count += artillery_count(node->items[i]);
	return count;
}

void artillery_lost(struct artillery *a, const struct node *key, const struct node *value,
		    const char *why)
{
	struct str where = arena_printf(
	    a->arena, "line %u: %.*s: %s",
	    key->span.source ? source_place(key->span.source, key->span.begin).line : 0,
	    STR_ARG(str_slice(key->text, 0, 60)), why);

	a->lost += 1 + (value ? artillery_count(value) : 0);
	job_note(a->job, "look at", "%.*s", STR_ARG(where));
	yaml_out_comment(a->arena, a->root, where);
}

/* ---- the rest of config */

static bool is_choice(const struct node *v)
{
	bool texts = v->kind == NODE_LIST && v->count;

	for (size_t n = 0; texts && n < v->count; n++)
		texts = v->items[n]->kind == NODE_SCALAR;
	return texts;
}

static void define_variables(struct artillery *a, const struct node *all)
{
	for (size_t i = 0; all && all->kind == NODE_MAP && i < all->count; i++) {
		const struct node *k = all->pairs[i].key, *v = all->pairs[i].value;

		if (v->kind == NODE_SCALAR || is_choice(v))
			artillery_define(a, k->text, artillery_word(a, k->text));
		else
			artillery_lost(a, k, v, "only texts and lists of texts have a counterpart");
	}
}

static struct yaml_out *variable_of(struct artillery *a, const struct node *v)
{
	struct yaml_out *choice = yaml_out_map(a->arena), *values;

	if (v->kind == NODE_SCALAR)
		return yaml_out_text(a->arena, artillery_text(a, v));
	values = yaml_out_put(a->arena, choice, STR("one_of"), yaml_out_list(a->arena));
	for (size_t n = 0; n < v->count; n++)
		yaml_out_add(a->arena, values,
			     yaml_out_text(a->arena, artillery_text(a, v->items[n])));
	return choice;
}

/* Those that a step, or another of them, uses; the others would be warned of. */
static struct yaml_out *used_variables(struct artillery *a, const struct node *all)
{
	struct yaml_out *map = yaml_out_map(a->arena);
	size_t count = all && all->kind == NODE_MAP ? all->count : 0;
	struct yaml_out **made = ARENA_ARRAY(a->arena, count + 1, struct yaml_out *);

	for (bool more = true; more;) {
		more = false;
		for (size_t i = 0; i < count; i++) {
			const struct node *v = all->pairs[i].value;

			if (made[i] || !artillery_uses(a, all->pairs[i].key->text) ||
			    (v->kind != NODE_SCALAR && !is_choice(v)))
				continue;
			made[i] = variable_of(a, v);
			more = true;
		}
	}
	for (size_t i = 0; i < count; i++) {
		const struct node *k = all->pairs[i].key, *v = all->pairs[i].value;
		struct str word = artillery_word(a, k->text);

		if (made[i] && !yaml_out_find(map, word))
			yaml_out_put(a->arena, map, word, made[i]);
		else if (v->kind == NODE_SCALAR || is_choice(v))
			artillery_lost(a, k, v, "nothing uses it");
	}
	return map;
}

static struct yaml_out *defaults_of(struct artillery *a)
{
	struct yaml_out *there = yaml_out_find(a->root, STR("defaults"));

	return there ? there
		     : yaml_out_put(a->arena, a->root, STR("defaults"), yaml_out_map(a->arena));
}

static void put_default(struct artillery *a, const struct node *k, const struct node *v)
{
	struct yaml_out *made;

	if (str_eq(k->text, STR("headers")) && v->kind == NODE_MAP &&
	    !yaml_out_find(a->root, STR("defaults"))) {
		made = artillery_texts(a, v);
		if (made->members.count)
			yaml_out_put(a->arena, defaults_of(a), STR("headers"), made);
	} else {
		artillery_lost(a, k, v, "it has no counterpart in defaults");
	}
}

static void put_http(struct artillery *a, const struct node *key, const struct node *all)
{
	for (size_t i = 0; all->kind == NODE_MAP && i < all->count; i++) {
		const struct node *k = all->pairs[i].key, *v = all->pairs[i].value;

		if (str_eq(k->text, STR("defaults")))
			put_http(a, k, v);
		else if (str_eq(k->text, STR("timeout")) && artillery_duration(a, v).ptr)
			yaml_out_put_text(a->arena, defaults_of(a), STR("timeout"),
					  artillery_duration(a, v));
		else if (str_eq(k->text, STR("rejectUnauthorized")) && v->kind == NODE_SCALAR &&
			 str_eq(v->text, STR("false")) && str_eq(key->text, STR("tls")))
			yaml_out_put(a->arena,
				     yaml_out_put(a->arena, defaults_of(a), STR("tls"),
						  yaml_out_map(a->arena)),
				     STR("verify"), yaml_out_word(a->arena, v->text));
		else
			put_default(a, k, v);
	}
}

static void put_ensure(struct artillery *a, const struct node *all, struct yaml_out *lines)
{
	static const char *const stats[] = {"min", "max", "p50", "p90", "p95", "p99", NULL};

	for (size_t i = 0; all->kind == NODE_LIST && i < all->count; i++)
		put_ensure(a, all->items[i], lines);
	for (size_t i = 0; all->kind == NODE_MAP && i < all->count; i++) {
		const struct node *k = all->pairs[i].key, *v = all->pairs[i].value;
		struct str name = k->text, line = STR_NULL;
		double most;

		if (str_starts(name, STR("http.response_time.")))
			name = str_slice(name, 19, name.len);
		if (str_eq(name, STR("thresholds")) && v->kind == NODE_LIST) {
			put_ensure(a, v, lines);
			continue;
		}
		if (v->kind == NODE_SCALAR && str_to_double(v->text, &most) && most >= 0 &&
		    most <= 1e6) {
			if (str_eq(name, STR("maxErrorRate")) && most <= 100)
				line = arena_printf(a->arena, "error_rate <= %.10g%%", most);
			for (size_t s = 0; stats[s]; s++)
				if (str_eq(name, str_of(stats[s])))
					line =
					    arena_printf(a->arena, "%s < %.10gms", stats[s], most);
		}
		if (line.ptr)
			yaml_out_add(a->arena, lines, yaml_out_text(a->arena, line));
		else
			artillery_lost(a, k, v, "it has no counterpart in thresholds");
	}
}

static void put_plugins(struct artillery *a, const struct node *all)
{
	for (size_t i = 0; all->kind == NODE_MAP && i < all->count; i++) {
		struct str name = all->pairs[i].key->text;

		if (!str_eq(name, STR("ensure")) && !str_eq(name, STR("expect")) &&
		    !str_eq(name, STR("metrics-by-endpoint")))
			artillery_lost(a, all->pairs[i].key, all->pairs[i].value,
				       "there is no such plugin");
	}
}

static void put_config(struct artillery *a, const struct node *config)
{
	struct yaml_out *lines = yaml_out_list(a->arena), *load;

	define_variables(a, node_find(config, STR("variables")));
	for (size_t i = 0; config && config->kind == NODE_MAP && i < config->count; i++) {
		const struct node *k = config->pairs[i].key, *v = config->pairs[i].value;

		if (str_eq(k->text, STR("target")) || str_eq(k->text, STR("variables")))
			continue;
		if (str_eq(k->text, STR("phases")) && !yaml_out_find(a->root, STR("load"))) {
			load = artillery_load(a, v);
			if (load)
				yaml_out_put(a->arena, a->root, STR("load"), load);
		} else if (str_eq(k->text, STR("environments"))) {
			artillery_environments(a, v);
		} else if (str_eq(k->text, STR("http")) || str_eq(k->text, STR("tls")) ||
			   str_eq(k->text, STR("defaults"))) {
			put_http(a, k, v);
		} else if (str_eq(k->text, STR("ensure"))) {
			put_ensure(a, v, lines);
		} else if (str_eq(k->text, STR("plugins"))) {
			put_plugins(a, v);
		} else {
			artillery_lost(
			    a, k, v,
			    str_eq(k->text, STR("processor")) ? "JavaScript is not executed"
			    : str_eq(k->text, STR("payload"))
				? "write its file under data, with the names of its columns "
				  "in the first line"
				: "it has no counterpart");
		}
	}
	if (lines->members.count)
		yaml_out_put(a->arena, a->root, STR("thresholds"), lines);
}

/* ---- scenarios */

static void put_scenarios(struct artillery *a, const struct node *all, struct yaml_out *list)
{
	for (size_t i = 0; all && all->kind == NODE_LIST && i < all->count; i++) {
		const struct node *one = all->items[i], *name = node_find(one, STR("name"));
		struct yaml_out *made = yaml_out_map(a->arena), *steps;
		double weight;

		for (size_t k = 0; one->kind == NODE_MAP && k < one->count; k++) {
			struct str key = one->pairs[k].key->text;

			if (!str_eq(key, STR("name")) && !str_eq(key, STR("flow")) &&
			    !str_eq(key, STR("weight")))
				artillery_lost(a, one->pairs[k].key, one->pairs[k].value,
					       "it has no counterpart in a scenario");
		}
		steps = artillery_steps(a, node_find(one, STR("flow")));
		if (!steps->members.count)
			continue;
		yaml_out_put_text(
		    a->arena, made, STR("name"),
		    name && name->kind == NODE_SCALAR && name->text.len &&
			    !artillery_is_template(name)
			? artillery_text(a, name)
			: arena_printf(a->arena, "Scenario %zu", list->members.count + 1));
		if (artillery_number(one, "weight", &weight) && weight > 0)
			yaml_out_put(
			    a->arena, made, STR("weight"),
			    yaml_out_word(a->arena, arena_printf(a->arena, "%.10g", weight)));
		yaml_out_put(a->arena, made, STR("steps"), steps);
		yaml_out_add(a->arena, list, made);
	}
}

static void put_around(struct artillery *a, const struct node *top, const char *theirs,
		       const char *ours)
{
	const struct node *block = node_find(top, str_of(theirs));
	struct yaml_out *steps;

	a->around = true;
	steps = artillery_steps(a, node_find(block, STR("flow")));
	a->around = false;
	for (size_t i = 0; block && block->kind == NODE_MAP && i < block->count; i++)
		if (!str_eq(block->pairs[i].key->text, STR("flow")))
			artillery_lost(a, block->pairs[i].key, block->pairs[i].value,
				       "it has no counterpart here");
	if (steps->members.count)
		yaml_out_put(a->arena, a->root, str_of(ours), steps);
}

static void remove_key(struct yaml_out *map, struct str key)
{
	for (size_t i = 0; i < map->members.count; i++)
		if (str_eq(map->members.items[i].key, key)) {
			memmove(map->members.items + i, map->members.items + i + 1,
				(map->members.count - i - 1) * sizeof *map->members.items);
			map->members.count--;
			return;
		}
}

/* What only JavaScript or another engine used would be taken out for nobody. */
static void drop_unused(struct artillery *a)
{
	for (size_t i = 0; i < a->takings.count; i++) {
		const struct artillery_taking *t = &a->takings.items[i];
		struct yaml_out *all = yaml_out_find(t->step, STR("extract"));

		if (artillery_uses(a, t->name) || !all)
			continue;
		artillery_lost(a, t->key, NULL,
			       arena_printf(a->arena, "nothing uses %.*s", STR_ARG(t->name)).ptr);
		remove_key(all, t->word);
		if (!all->members.count)
			remove_key(t->step, STR("extract"));
	}
}

/* What nothing in the file gives a value is empty until somebody does; it stands before what may
 * be made of it. */
static void put_variables(struct artillery *a, const struct node *all)
{
	struct yaml_out *map = yaml_out_map(a->arena);
	struct yaml_out *theirs = used_variables(a, all);

	for (size_t i = 0; i < a->missing.count; i++) {
		const struct artillery_name *n = &a->missing.items[i];
		struct yaml_out *value;

		if (yaml_out_find(map, n->expression) || yaml_out_find(theirs, n->expression))
			continue;
		value = yaml_out_put_text(a->arena, map, n->expression, n->value);
		if (n->value.len)
			continue;
		value->beside = STR("nothing in the file gives it a value");
		job_note(a->job, "look at", "%.*s: nothing in the file gives it a value",
			 STR_ARG(n->name));
	}
	yaml_out_merge(a->arena, map, theirs);
	if (map->members.count)
		yaml_out_put(a->arena, a->root, STR("variables"), map);
}

static void put_hosts(struct artillery *a)
{
	struct yaml_out *list = yaml_out_list(a->arena);

	list->flow = true;
	for (size_t i = 0; i < a->hosts.count; i++) {
		bool again = false;

		for (size_t k = 0; k < i; k++)
			again = again || str_eq(a->hosts.items[k], a->hosts.items[i]);
		if (!again)
			yaml_out_add(a->arena, list, yaml_out_text(a->arena, a->hosts.items[i]));
	}
	if (list->members.count)
		yaml_out_put(a->arena, a->root, STR("allowed_hosts"), list);
}

static struct str target_of(struct artillery *a, const struct node *config)
{
	const struct node *target = node_find(config, STR("target"));

	struct url url;

	if (target && target->kind == NODE_SCALAR && !artillery_is_template(target) &&
	    url_split(target->text, &url) &&
	    (str_ieq(url.scheme, STR("http")) || str_ieq(url.scheme, STR("https"))))
		return target->text;
	if (target)
		artillery_lost(a, target, NULL, "it is no address: give one with -t");
	return STR("http://127.0.0.1:8080");
}

static const struct node *read_file(struct import_job *job, const char *path)
{
	struct diag_list diags;
	const struct node *top;
	struct str text;

	if (!job_map(job, path, &text))
		return NULL;
	diag_init(&diags, &job->arena);
	top = yaml_read(&job->arena, source_new(&job->arena, str_of(path), text), &diags);
	if (top && !diags.errors && top->kind == NODE_MAP)
		return top;
	if (diags.diags.count)
		job_error(job, "%s cannot be read: line %u: %.*s", path,
			  diags.diags.items[0].span.source
			      ? source_place(diags.diags.items[0].span.source,
					     diags.diags.items[0].span.begin)
				    .line
			      : 1,
			  STR_ARG(diags.diags.items[0].text));
	else
		job_error(job, "%s is no scenario of Artillery", path);
	return NULL;
}

static bool read_all(struct import_job *job)
{
	struct artillery a = {.job = job, .arena = &job->arena, .root = yaml_out_map(&job->arena)};
	struct yaml_out *list = yaml_out_list(a.arena);
	const struct node **tops = ARENA_ARRAY(a.arena, job->file_count + 1, const struct node *);
	const struct node *config = NULL;

	yaml_out_comment(a.arena, a.root,
			 STR("Made by reprise import artillery. What has no counterpart here:"));
	for (size_t i = 0; i < job->file_count; i++) {
		tops[i] = read_file(job, job->files[i]);
		if (!tops[i])
			return false;
		a.keys += artillery_count(tops[i]);
		if (node_find(tops[i], STR("config")))
			config = node_find(tops[i], STR("config"));
	}
	yaml_out_put_text(a.arena, a.root, STR("target"), target_of(&a, config));
	put_config(&a, config);
	for (size_t i = 0; i < job->file_count; i++) {
		if (!yaml_out_find(a.root, STR("setup")))
			put_around(&a, tops[i], "before", "setup");
		put_scenarios(&a, node_find(tops[i], STR("scenarios")), list);
		if (!yaml_out_find(a.root, STR("teardown")))
			put_around(&a, tops[i], "after", "teardown");
	}
	drop_unused(&a);
	put_variables(&a, node_find(config, STR("variables")));
	put_hosts(&a);
	if (!a.lost)
		a.root->above =
		    STR("Made by reprise import artillery; all of it has a counterpart.");
	job_note(job, "carried", "%zu of %zu keys", a.keys - (a.lost < a.keys ? a.lost : a.keys),
		 a.keys);
	if (!list->members.count)
		return job_error(job, "there is no scenario with HTTP steps");
	yaml_out_put(a.arena, a.root, STR("scenarios"), list);
	job->document = a.root;
	return true;
}
