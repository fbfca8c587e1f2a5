/*
 * jmeter: a test plan of Apache JMeter (.jmx), with the thread groups of its plugins. Code
 * (JSR223, BeanShell, Groovy) is never run: each element that is not supported is reported with its
 * line, and is a comment at its place.
 */
#include "import/jmeter/jmeter.h"

#include "import/import.h"

static bool read_all(struct import_job *job);
static bool is_jmeter(struct str text);

const struct import_kind jmeter_import = {
    .name = "jmeter",
    .sentence = "a test plan of Apache JMeter (.jmx), with its data files beside it",
    .example = "plan.jmx",
    .read = read_all,
    .recognizes = is_jmeter,
};

static bool is_jmeter(struct str text)
{
	return str_starts(str_trim(text), STR("<")) &&
	       str_find(text, STR("<jmeterTestPlan"), 0) != NOT_FOUND;
}

bool jmeter_is(const struct jmx *element, const char *tag)
{
	return str_eq(element->tag, str_of(tag));
}

struct str jmeter_label(struct jmeter *j, const struct jmx *element)
{
	struct str name = str_cut(str_trim(element->name), 100), result;
	struct buf out;

	buf_init(&out, 0);
	for (size_t i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if (c == '$' && i + 1 < name.len && name.ptr[i + 1] == '{')
			continue;
		buf_add_char(&out, (unsigned char)c < ' ' ? ' ' : c);
	}
	if (!out.len)
		buf_add(&out, element->tag);
	result = arena_str(j->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* ---- reports */

static void report(struct jmeter *j, const struct jmx *element, const char *text)
{
	struct str name = jmeter_label(j, element), line;

	line = arena_printf(j->arena, "%.*s%sline %u: %.*s%s%.*s%s: %s", STR_ARG(element->file),
			    element->file.len ? ": " : "", element->line, STR_ARG(element->tag),
			    str_eq(name, element->tag) ? "" : " \"",
			    str_eq(name, element->tag) ? 0 : (int)name.len, name.ptr,
			    str_eq(name, element->tag) ? "" : "\"", text);
	for (size_t i = 0; i < j->pending.count; i++)
		if (str_eq(j->pending.items[i], line))
			return;
	VEC_PUSH(j->arena, &j->pending, line);
	for (size_t i = 0; i < j->job->notes.count; i++)
		if (str_eq(j->job->notes.items[i].text, line))
			return;
	job_note(j->job, "look at", "%.*s", STR_ARG(line));
}

void jmeter_unsupported(struct jmeter *j, const struct jmx *element, const char *why)
{
	j->unsupported++;
	report(j, element, why);
}

void jmeter_note(struct jmeter *j, const struct jmx *element, const char *note)
{
	report(j, element, note);
}

static void flush(struct jmeter *j, struct yaml_writer_node *node, const char *before)
{
	for (size_t i = 0; i < j->pending.count; i++)
		yaml_writer_comment(
		    j->arena, node,
		    arena_printf(j->arena, "%s%.*s", before, STR_ARG(j->pending.items[i])));
	j->pending.count = 0;
}

struct yaml_writer_node *jmeter_add_step(struct jmeter *j, struct yaml_writer_node *step)
{
	flush(j, step, "");
	return yaml_writer_add(j->arena, j->steps, step);
}

struct yaml_writer_node *jmeter_add_text_step(struct jmeter *j, const char *key, struct str value)
{
	struct yaml_writer_node *step = yaml_writer_map(j->arena);

	yaml_writer_put_text(j->arena, step, str_of(key), value);
	return jmeter_add_step(j, step);
}

void jmeter_add_set(struct jmeter *j, struct str name, struct str value)
{
	struct yaml_writer_node *step = yaml_writer_map(j->arena), *keys;

	keys = yaml_writer_put(j->arena, step, STR("set"), yaml_writer_map(j->arena));
	keys->flow = true;
	yaml_writer_put(j->arena, keys, name, yaml_writer_typed(j->arena, value));
	jmeter_add_step(j, step);
}

/* ---- thread groups */

/* The steps of a thread group, or of setup and teardown. */
static struct yaml_writer_node *group_steps(struct jmeter *j, const struct jmeter_node *group)
{
	struct yaml_writer_node *list;

	j->group = group;
	for (size_t i = 0; i < j->names.count; i++)
		j->names.items[i]->defined = false;
	list = jmeter_child_steps(j, group);
	if (list->members.count)
		flush(j, list->members.items[list->members.count - 1].value, "After this: ");
	j->group = NULL;
	return list;
}

/* setUp and tearDown thread groups; several are performed one after the other. */
static void put_around(struct jmeter *j, const struct jmeter_node *group, const char *key)
{
	const struct jmx *loop = jmx_property(group->element, "ThreadGroup.main_controller");
	struct yaml_writer_node *all = yaml_writer_find(j->root, str_of(key)), *steps, *repeat;
	double loops = 1, users = 1;

	if (jmeter_is_number(j, jmx_text(group->element, "ThreadGroup.num_threads"), &users) &&
	    users > 1)
		jmeter_note(j, group->element, "its steps are performed by one user");
	j->around = true;
	steps = group_steps(j, group);
	j->around = false;
	if (!steps->members.count)
		return;
	if (!all)
		all = yaml_writer_put(j->arena, j->root, str_of(key), yaml_writer_list(j->arena));
	if (jmeter_is_number(j, jmx_text(loop, "LoopController.loops"), &loops) && loops > 1) {
		repeat = yaml_writer_add(j->arena, all, yaml_writer_map(j->arena));
		yaml_writer_put(j->arena, repeat, STR("repeat"),
				yaml_writer_word(j->arena, arena_printf(j->arena, "%.0f", loops)));
		yaml_writer_put(j->arena, repeat, STR("steps"), steps);
		return;
	}
	for (size_t i = 0; i < steps->members.count; i++)
		yaml_writer_add(j->arena, all, steps->members.items[i].value);
}

/* Scenarios have different names, thread groups need not. */
static struct str scenario_name(struct jmeter *j, const struct jmx *group,
				const struct yaml_writer_node *list)
{
	struct str first = jmeter_label(j, group), name = first;
	unsigned number = 1;

	for (size_t i = 0; i < list->members.count; i++) {
		const struct yaml_writer_node *other =
		    yaml_writer_find(list->members.items[i].value, STR("name"));

		if (!str_eq(other->text, name))
			continue;
		name = arena_printf(j->arena, "%.*s %u", STR_ARG(first), ++number);
		i = (size_t)-1;
	}
	return name;
}

static void put_scenario(struct jmeter *j, const struct jmeter_node *group,
			 struct yaml_writer_node *list)
{
	struct yaml_writer_node *scenario = yaml_writer_map(j->arena), *load, *steps;
	struct str start, pace;

	j->group = group;
	load = jmeter_load(j, group->element, &start);
	pace = jmeter_pace(j, group);
	flush(j, scenario, "");
	steps = group_steps(j, group);
	if (!steps->members.count) {
		jmeter_note(j, group->element, "it has no steps");
		return;
	}
	yaml_writer_put_text(j->arena, scenario, STR("name"),
			     scenario_name(j, group->element, list));
	if (pace.ptr)
		yaml_writer_put_text(j->arena, scenario, STR("pace"), pace);
	yaml_writer_put_text(j->arena, scenario, STR("on_failure"),
			     str_of(jmeter_on_failure(group->element)));
	yaml_writer_put(j->arena, scenario, STR("load"), load);
	if (start.ptr)
		yaml_writer_put_text(j->arena, scenario, STR("start_after"), start);
	yaml_writer_put(j->arena, scenario, STR("steps"), steps);
	yaml_writer_add(j->arena, list, scenario);
}

static void put_groups(struct jmeter *j, const struct jmeter_node *plan,
		       struct yaml_writer_node *list)
{
	for (size_t i = 0; i < plan->children.count; i++) {
		const struct jmeter_node *child = plan->children.items[i];

		if (child->disabled || !jmeter_is_performed(child)) {
			jmeter_put_setting(j, child);
			if (jmeter_is(child->element, "TestPlan") && !child->disabled)
				put_groups(j, child, list);
		} else if (jmeter_is(child->element, "SetupThreadGroup")) {
			put_around(j, child, "setup");
		} else if (jmeter_is(child->element, "PostThreadGroup")) {
			put_around(j, child, "teardown");
		} else if (jmeter_is_group(child->element)) {
			put_scenario(j, child, list);
		}
	}
}

/* ---- the document */

/* Thread groups one after the other: each starts when those before it have ended, if their
 * lengths are known. */
static void put_order(struct jmeter *j, struct yaml_writer_node *list)
{
	const struct jmeter_node *plan =
	    j->plan->children.count ? j->plan->children.items[0] : NULL;

	if (plan && list->members.count > 1 &&
	    jmx_is_true(plan->element, "TestPlan.serialize_threadgroups"))
		job_note(j->job, "look at",
			 "line %u: the thread groups run one after the other in JMeter, and at the "
			 "same time here; set start_after",
			 plan->element->line);
}

/* One thread group without a pace and a delay needs no list of scenarios. */
static void put_single(struct jmeter *j, struct yaml_writer_node *scenario)
{
	struct yaml_writer_node *failure = yaml_writer_find(scenario, STR("on_failure"));
	struct yaml_writer_node *defaults = jmeter_map(j, j->root, STR("defaults"));

	yaml_writer_put(j->arena, defaults, STR("on_failure"), failure);
	yaml_writer_put(j->arena, j->root, STR("load"), yaml_writer_find(scenario, STR("load")));
	yaml_writer_put(j->arena, j->root, STR("steps"), yaml_writer_find(scenario, STR("steps")));
	if (scenario->above.len)
		yaml_writer_find(j->root, STR("load"))->above = scenario->above;
}

static void put_scenarios(struct jmeter *j, struct yaml_writer_node *list)
{
	struct yaml_writer_node *first = list->members.items[0].value;

	if (list->members.count == 1 && !yaml_writer_find(first, STR("pace")) &&
	    !yaml_writer_find(first, STR("start_after")))
		put_single(j, first);
	else
		yaml_writer_put(j->arena, j->root, STR("scenarios"), list);
	put_order(j, list);
}

/* The keys of a scenario in the order in which a person would write them. */
static const char *const key_order[] = {
    "name", "target", "allowed_hosts", "parameters", "data",	 "variables", "defaults",
    "load", "setup",  "scenarios",     "steps",	     "teardown", NULL};

/* Values that JMeter evaluates once, before the thread groups. */
static void put_once(struct jmeter *j)
{
	struct yaml_writer_node *step = yaml_writer_map(j->arena), *all, *old;

	if (!j->once->members.count)
		return;
	yaml_writer_put(j->arena, step, STR("set"), j->once);
	old = yaml_writer_find(j->root, STR("setup"));
	yaml_writer_remove(j->root, STR("setup"));
	all = yaml_writer_put(j->arena, j->root, STR("setup"), yaml_writer_list(j->arena));
	yaml_writer_add(j->arena, all, step);
	for (size_t i = 0; old && i < old->members.count; i++)
		yaml_writer_add(j->arena, all, old->members.items[i].value);
}

static void put_notes(struct jmeter *j)
{
	job_note(j->job, "converted", "%zu request%s; %zu of %zu elements", j->requests,
		 j->requests == 1 ? "" : "s",
		 j->elements - (j->unsupported < j->elements ? j->unsupported : j->elements),
		 j->elements);
	if (j->skipped)
		job_note(j->job, "skipped", "%zu disabled element%s", j->skipped,
			 j->skipped == 1 ? "" : "s");
	if (j->listeners)
		job_note(j->job, "skipped",
			 "%zu listener%s: --json, --csv, --jtl and -o write results", j->listeners,
			 j->listeners == 1 ? "" : "s");
}

static bool convert(struct jmeter *j)
{
	struct yaml_writer_node *list = yaml_writer_list(j->arena);

	jmeter_resolve(j, j->plan, 0);
	jmeter_scan(j, j->plan, NULL, false);
	jmeter_scan(j, j->plan, NULL, true);
	jmeter_find_target(j);
	put_groups(j, j->plan, list);
	if (!list->members.count || !j->requests)
		return job_error(
		    j->job, "the plan has no thread group with HTTP requests%s%.*s",
		    j->job->notes.count ? "; " : "",
		    STR_ARG(j->job->notes.count ? j->job->notes.items[0].text : STR("")));
	yaml_writer_comment(j->arena, j->root, STR("Created by reprise import jmeter."));
	flush(j, j->root, "");
	jmeter_put_defaults(j);
	put_scenarios(j, list);
	put_once(j);
	jmeter_put_names(j);
	jmeter_put_data(j);
	if (j->hosts.count)
		yaml_writer_put(j->arena, j->root, STR("allowed_hosts"),
				yaml_writer_set(j->arena, j->hosts.items, j->hosts.count));
	yaml_writer_order(j->root, key_order);
	put_notes(j);
	if (!j->target.len)
		job_no_target(j->job, j->root, STR("the plan has no server"));
	j->job->document = j->root;
	return true;
}

static bool read_all(struct import_job *job)
{
	struct jmeter j = {.job = job,
			   .arena = &job->arena,
			   .root = yaml_writer_map(&job->arena),
			   .variables = yaml_writer_map(&job->arena),
			   .once = yaml_writer_map(&job->arena),
			   .target = STR("")};
	const struct jmx *root;
	struct str text, why = STR(""), path = str_of(job->files[0]), name;
	size_t slash = path.len;

	if (job->file_count > 1)
		return job_error(job,
				 "%s: import one test plan at a time; its data files are found "
				 "beside it",
				 job->files[1]);
	if (!job_read(job, job->files[0], &text))
		return false;
	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	j.folder = str_slice(path, 0, slash);
	VEC_PUSH(j.arena, &j.sources, text);
	root = jmeter_read_file(&j, job->files[0], text, STR_NULL, &why);
	if (!root)
		return job_error(job, "%.*s", STR_ARG(why));
	j.plan = jmeter_plan(&j, root);
	if (!j.plan || !j.plan->children.count)
		return job_error(job, "%s has no test plan", job->files[0]);
	name = jmeter_label(&j, j.plan->children.items[0]->element);
	yaml_writer_put_text(j.arena, j.root, STR("name"), name);
	return convert(&j);
}
