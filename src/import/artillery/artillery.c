/*
 * artillery: a scenario of Artillery (YAML or JSON). Requests, captures, expectations, loops and
 * phases are converted; JavaScript and engines other than HTTP are not supported and are
 * reported with their lines, in the report and at the top of the scenario.
 */
#include "import/artillery/artillery.h"

#include "doc/yaml.h"
#include "import/import.h"

static bool read_all(struct import_job *job);
static bool is_artillery(struct str text);

const struct import_kind artillery_import = {
    .name = "artillery",
    .sentence = "an Artillery scenario, YAML or JSON",
    .example = "load.yml",
    .read = read_all,
    .recognizes = is_artillery,
};

/* Both keys are required, in YAML or JSON; our own scenarios have no config. */
static bool is_artillery(struct str text)
{
	bool json = str_starts(str_trim(text), STR("{"));
	const char *config = json ? "\"config\"" : "\nconfig:";
	const char *scenarios = json ? "\"scenarios\"" : "\nscenarios:";

	return (str_find(text, str_of(config), 0) != NOT_FOUND ||
		(!json && str_starts(text, str_of(config + 1)))) &&
	       (str_find(text, str_of(scenarios), 0) != NOT_FOUND ||
		(!json && str_starts(text, str_of(scenarios + 1))));
}

/* Number of keys in the tree. */
static size_t count_keys(const struct node *node)
{
	size_t count = node->kind == NODE_MAP ? node->count : 0;

	for (size_t i = 0; node->kind == NODE_MAP && i < node->count; i++)
		count += count_keys(node->pairs[i].value);
	for (size_t i = 0; node->kind == NODE_LIST && i < node->count; i++)
		count += count_keys(node->items[i]);
	return count;
}

void artillery_unsupported(struct artillery *a, const struct node *key, const struct node *value,
			   const char *why)
{
	struct str where = arena_printf(
	    a->arena, "line %u: %.*s: %s",
	    key->span.source ? source_position(key->span.source, key->span.begin).line : 0,
	    STR_ARG(str_slice(key->text, 0, 60)), why);

	a->unsupported += 1 + (value ? count_keys(value) : 0);
	if (a->scope && !a->unsupported_reason.ptr)
		a->unsupported_reason = where;
	job_warn(a->job, a->root, where);
}

struct yaml_writer_node *artillery_map_of(struct artillery *a, const char *key,
					  struct yaml_writer_node *value)
{
	struct yaml_writer_node *map = yaml_writer_map(a->arena);

	map->flow = true;
	yaml_writer_put(a->arena, map, str_of(key), value);
	return map;
}

bool artillery_is_word(const struct node *node, const char *word)
{
	return node->kind == NODE_SCALAR && !node_is_quoted(node) &&
	       str_eq(node->text, str_of(word));
}

/* ---- scenarios */

static const char *reason_of(struct str key)
{
	static const char *const hooks[] = {
	    "beforeScenario", "afterScenario", "beforeRequest", "afterResponse",
	    "flowFunction",   "testFunction",  "processor",	NULL};

	for (size_t i = 0; hooks[i]; i++)
		if (str_eq(key, str_of(hooks[i])))
			return "JavaScript is not run";
	return str_eq(key, STR("engine")) ? "only HTTP is supported" : "not supported";
}

/* The keys of a scenario, or of before or after, that are not read elsewhere. */
static void report_other_scenarios(struct artillery *a, const struct node *one)
{
	for (size_t i = 0; one && one->kind == NODE_MAP && i < one->count; i++) {
		const struct node *k = one->pairs[i].key, *v = one->pairs[i].value;
		bool http = str_eq(k->text, STR("engine")) && artillery_is_word(v, "http");
		bool name = str_eq(k->text, STR("name")) || str_eq(k->text, STR("weight"));

		if (!http && !str_eq(k->text, STR("flow")) && !(name && !a->around))
			artillery_unsupported(a, k, v, reason_of(k->text));
	}
}

static void put_scenario(struct artillery *a, const struct node *one, struct yaml_writer_node *list)
{
	const struct node *name = node_find(one, STR("name"));
	struct yaml_writer_node *result = yaml_writer_map(a->arena), *steps;
	size_t names = a->names.count;
	double weight;

	a->scope++;
	report_other_scenarios(a, one);
	steps = artillery_steps(a, node_find(one, STR("flow")));
	a->names.count = names; /* each scenario has its own */
	if (!steps->members.count)
		return;
	yaml_writer_put_text(a->arena, result, STR("name"),
			     name && name->kind == NODE_SCALAR && name->text.len &&
				     !artillery_is_template(name)
				 ? artillery_text(a, name)
				 : arena_printf(a->arena, "Scenario %zu", list->members.count + 1));
	if (artillery_number(one, "weight", &weight) && weight > 0)
		yaml_writer_put(
		    a->arena, result, STR("weight"),
		    yaml_writer_word(a->arena, arena_printf(a->arena, "%.10g", weight)));
	yaml_writer_put(a->arena, result, STR("steps"), steps);
	yaml_writer_add(a->arena, list, result);
}

static void put_scenarios(struct artillery *a, const struct node *all,
			  struct yaml_writer_node *list)
{
	for (size_t i = 0; all && all->kind == NODE_LIST && i < all->count; i++)
		put_scenario(a, all->items[i], list);
}

static void put_around(struct artillery *a, const struct node *top, const char *theirs,
		       const char *ours)
{
	const struct node_pair *pair = node_find_pair(top, str_of(theirs));
	const struct node *block = pair ? pair->value : NULL;
	unsigned scope = a->scope;
	size_t names = a->names.count;
	struct yaml_writer_node *steps;
	bool first = str_eq(str_of(theirs), STR("before"));

	if (pair && yaml_writer_find(a->root, str_of(ours))) {
		artillery_unsupported(a, pair->key, block, "another file has one too");
		return;
	}
	a->around = true;
	a->scope = first ? 0 : scope + 1;
	steps = artillery_steps(a, node_find(block, STR("flow")));
	report_other_scenarios(a, block);
	a->around = false;
	if (!first) {
		a->names.count = names;
		scope++;
	}
	a->scope = scope;
	if (steps->members.count)
		yaml_writer_put(a->arena, a->root, str_of(ours), steps);
}

/* Values that only JavaScript or another engine used are not extracted. */
static void drop_unused(struct artillery *a)
{
	for (size_t i = 0; i < a->captured.count; i++) {
		const struct artillery_capture *t = &a->captured.items[i];
		struct yaml_writer_node *all = yaml_writer_find(t->step, STR("extract"));

		if (t->used || !all)
			continue;
		artillery_unsupported(
		    a, t->key, NULL,
		    arena_printf(a->arena, "nothing uses %.*s", STR_ARG(t->name)).ptr);
		yaml_writer_remove(all, t->word);
		if (!all->members.count)
			yaml_writer_remove(t->step, STR("extract"));
	}
}

static void put_hosts(struct artillery *a)
{
	if (a->hosts.count)
		yaml_writer_put(a->arena, a->root, STR("allowed_hosts"),
				yaml_writer_set(a->arena, a->hosts.items, a->hosts.count));
}

/* ---- all of it */

/* The keys of a scenario in the order in which a person would write them. */
static const char *const key_order[] = {
    "target",	"allowed_hosts", "parameters", "data",	   "variables", "defaults", "load",
    "profiles", "thresholds",	 "setup",      "teardown", "scenarios", "steps",    NULL};

/* Only a config: the flow is in other files. */
static void put_position(struct artillery *a)
{
	struct yaml_writer_node *steps =
	    yaml_writer_put(a->arena, a->root, STR("steps"), yaml_writer_list(a->arena));

	yaml_writer_put_text(a->arena, yaml_writer_add(a->arena, steps, yaml_writer_map(a->arena)),
			     STR("get"), STR("/"));
	yaml_writer_comment(
	    a->arena, steps,
	    STR("The file has no scenarios: import it together with the file that has them, "
		"or write them here."));
	job_note(a->job, "look at", "there are no scenarios; name the file that has them too");
}

static const struct node *read_file(struct import_job *job, const char *path)
{
	struct diag_list diags;
	const struct node *top;
	struct str text;

	if (!job_read(job, path, &text))
		return NULL;
	diag_init(&diags, &job->arena);
	top = yaml_read(&job->arena, source_new(&job->arena, str_of(path), text), &diags);
	if (top && !diags.errors && top->kind == NODE_MAP)
		return top;
	if (diags.diags.count)
		job_error(job, "%s cannot be read: line %u: %.*s", path,
			  diags.diags.items[0].span.source
			      ? source_position(diags.diags.items[0].span.source,
						diags.diags.items[0].span.begin)
				    .line
			      : 1,
			  STR_ARG(diags.diags.items[0].text));
	else
		job_error(job, "%s is not an Artillery scenario", path);
	return NULL;
}

/* Reports unknown keys, and a config that a later file also has. */
static void report_top_keys(struct artillery *a, const struct node *top, const struct node *config)
{
	static const char *const known[] = {"config", "scenarios", "before", "after", NULL};

	for (size_t i = 0; i < top->count; i++) {
		const struct node *k = top->pairs[i].key, *v = top->pairs[i].value;
		bool is = false;

		for (size_t n = 0; known[n]; n++)
			is = is || str_eq(k->text, str_of(known[n]));
		if (!is)
			artillery_unsupported(a, k, v, "not supported");
		else if (str_eq(k->text, STR("config")) && v != config)
			artillery_unsupported(a, k, v, "another file has a config too");
	}
}

static struct str folder_of(struct str path)
{
	size_t slash = path.len;

	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	return str_slice(path, 0, slash);
}

/* The files, and the last config of them. */
static const struct node **read_files(struct artillery *a, const struct node **config)
{
	struct import_job *job = a->job;
	const struct node **tops = ARENA_ARRAY(a->arena, job->file_count + 1, const struct node *);

	for (size_t i = 0; i < job->file_count; i++) {
		tops[i] = read_file(job, job->files[i]);
		if (!tops[i])
			return NULL;
		a->keys += count_keys(tops[i]);
		if (!node_find(tops[i], STR("config")))
			continue;
		*config = node_find(tops[i], STR("config"));
		a->folder = folder_of(str_of(job->files[i]));
	}
	for (size_t i = 0; i < job->file_count; i++)
		report_top_keys(a, tops[i], *config);
	return tops;
}

static void put_flows(struct artillery *a, const struct node **tops, struct yaml_writer_node *list)
{
	for (size_t i = 0; i < a->job->file_count; i++)
		put_around(a, tops[i], "before", "setup");
	for (size_t i = 0; i < a->job->file_count; i++)
		put_scenarios(a, node_find(tops[i], STR("scenarios")), list);
	for (size_t i = 0; i < a->job->file_count; i++)
		put_around(a, tops[i], "after", "teardown");
}

static bool read_all(struct import_job *job)
{
	struct artillery a = {
	    .job = job, .arena = &job->arena, .root = yaml_writer_map(&job->arena)};
	struct yaml_writer_node *list = yaml_writer_list(a.arena),
				*variables = yaml_writer_map(a.arena);
	const struct node *config = NULL, **tops;
	bool flows = false;

	yaml_writer_comment(a.arena, a.root,
			    STR("Created by reprise import artillery. Not supported:"));
	tops = read_files(&a, &config);
	if (!tops)
		return false;
	for (size_t i = 0; i < job->file_count; i++)
		a.has_around = a.has_around || node_find(tops[i], STR("before")) ||
			       node_find(tops[i], STR("after"));
	artillery_config(&a, config);
	put_flows(&a, tops, list);
	for (size_t i = 0; i < job->file_count; i++)
		flows = flows || node_find(tops[i], STR("scenarios"));
	drop_unused(&a);
	artillery_put_variables(&a, variables);
	if (variables->members.count)
		yaml_writer_put(a.arena, a.root, STR("variables"), variables);
	artillery_put_data(&a);
	artillery_put_parameters(&a);
	put_hosts(&a);
	if (!a.unsupported)
		a.root->above =
		    STR("Created by reprise import artillery; everything was converted.");
	job_note(job, "converted", "%zu of %zu keys",
		 a.keys - (a.unsupported < a.keys ? a.unsupported : a.keys), a.keys);
	if (list->members.count)
		yaml_writer_put(a.arena, a.root, STR("scenarios"), list);
	else if (config && !flows)
		put_position(&a);
	else
		return job_error(job, "there is no scenario with HTTP steps%s%.*s",
				 a.unsupported_reason.ptr ? "; " : "",
				 STR_ARG(a.unsupported_reason));
	yaml_writer_order(a.root, key_order);
	job->document = a.root;
	return true;
}
