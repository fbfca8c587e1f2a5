/*
 * molotov: the runs that a molotov.json describes, as profiles. Its scenarios are Python, which is
 * not executed: one request stands where their steps are to be written.
 */
#include "doc/yaml.h"
#include "import/import.h"

static bool read_all(struct import_job *job);
static bool is_molotov(struct str text);

const struct import_kind molotov_import = {
    .name = "molotov",
    .sentence = "the runs of a molotov.json, as profiles",
    .read = read_all,
    .is = is_molotov,
};

static bool is_molotov(struct str text)
{
	return str_starts(str_trim(text), STR("{")) &&
	       str_find(text, STR("\"molotov\""), 0) != (size_t)-1;
}

static void lost(struct import_job *job, struct yaml_out *root, const struct node *key,
		 const char *why)
{
	struct str line = arena_printf(
	    &job->arena, "line %u: %.*s: %s",
	    key->span.source ? source_place(key->span.source, key->span.begin).line : 0,
	    STR_ARG(str_slice(key->text, 0, 60)), why);

	job_look_at(job, root, line);
}

/* What is said of a key that is not a part of the load. */
static const char *counterpart(struct str key)
{
	if (str_eq(key, STR("scenario")))
		return "Python is not executed";
	if (str_eq(key, STR("env")))
		return "what a scenario reads by ${env.NAME} stands in the environment; "
		       "parameters: -p NAME=VALUE";
	if (str_eq(key, STR("requirements")))
		return "nothing is to be installed";
	return "it has no counterpart in load";
}

/* OUT stays where there is none, or one that cannot be taken, which is told. */
static bool whole(struct import_job *job, struct yaml_out *root, const struct node *test,
		  const char *key, int64_t most, int64_t *out)
{
	const struct node *value = node_find(test, str_of(key));
	int64_t number;

	if (!value)
		return false;
	if (value->kind == NODE_SCALAR && str_to_int(value->text, &number) && number >= 1 &&
	    number <= most) {
		*out = number;
		return true;
	}
	lost(job, root, value,
	     arena_printf(&job->arena, "%s is to be a whole number, from 1 to %lld", key,
			  (long long)most)
		 .ptr);
	return false;
}

static void put_number(struct import_job *job, struct yaml_out *load, const char *key,
		       int64_t number, const char *unit)
{
	yaml_out_put(&job->arena, load, str_of(key),
		     yaml_out_word(&job->arena,
				   arena_printf(&job->arena, "%lld%s", (long long)number, unit)));
}

static struct yaml_out *load_of(struct import_job *job, struct yaml_out *root,
				const struct node *test)
{
	static const char *const known[] = {"processes", "workers",  "duration",
					    "ramp_up",	 "max_runs", NULL};
	struct yaml_out *load = yaml_out_map(&job->arena);
	int64_t users = 1, processes = 1, duration = 0, ramp = 0, runs = 0;

	for (size_t i = 0; i < test->count; i++) {
		bool is = false;

		for (size_t k = 0; known[k]; k++)
			is = is || str_eq(test->pairs[i].key->text, str_of(known[k]));
		if (!is)
			lost(job, root, test->pairs[i].key, counterpart(test->pairs[i].key->text));
	}
	whole(job, root, test, "workers", 10000, &users);
	whole(job, root, test, "processes", 1000, &processes);
	put_number(job, load, "users", users * processes, "");
	if (whole(job, root, test, "max_runs", 1000000000, &runs))
		put_number(job, load, "iterations", runs, "");
	if (whole(job, root, test, "duration", 10000000, &duration))
		put_number(job, load, "duration", duration, "s");
	else if (!runs)
		put_number(job, load, "duration", 86400, "s");
	if (whole(job, root, test, "ramp_up", duration ? duration : 86400, &ramp) &&
	    (duration || !runs))
		put_number(job, load, "ramp_up", ramp, "s");
	return load;
}

static const struct node *tests_of(struct import_job *job, struct yaml_out *root, const char *path)
{
	struct diag_list diags;
	const struct node *top, *tests;
	struct str text;

	if (!job_text(job, path, &text))
		return NULL;
	diag_init(&diags, &job->arena);
	top = yaml_read(&job->arena, source_new(&job->arena, str_of(path), text), &diags);
	if (diags.errors || !top) {
		job_error(job, "%s cannot be read: it is no JSON", path);
		return NULL;
	}
	top = node_find(top, STR("molotov"));
	tests = node_find(top, STR("tests"));
	if (!tests || tests->kind != NODE_MAP || !tests->count) {
		job_error(job, "%s has no molotov.tests", path);
		return NULL;
	}
	for (size_t i = 0; i < top->count; i++)
		if (top->pairs[i].value != tests)
			lost(job, root, top->pairs[i].key, counterpart(top->pairs[i].key->text));
	return tests;
}

/* A name for --profile: letters, digits, - and _. */
static struct str profile_name(struct import_job *job, struct str name)
{
	char *bytes = arena_cstr(&job->arena, name);

	for (size_t i = 0; i < name.len; i++)
		if (!((bytes[i] >= 'a' && bytes[i] <= 'z') ||
		      (bytes[i] >= 'A' && bytes[i] <= 'Z') ||
		      (bytes[i] >= '0' && bytes[i] <= '9') || bytes[i] == '-' || bytes[i] == '_'))
			bytes[i] = '_';
	return name.len ? str_n(bytes, name.len) : STR("test");
}

static bool read_all(struct import_job *job)
{
	struct arena *a = &job->arena;
	struct yaml_out *root = yaml_out_map(a), *profiles = yaml_out_map(a);
	struct yaml_out *steps = yaml_out_list(a);

	yaml_out_comment(a, root,
			 STR("Made by reprise import molotov; one of its runs: --profile NAME."));
	for (size_t i = 0; i < job->file_count; i++) {
		const struct node *tests = tests_of(job, root, job->files[i]);

		if (!tests)
			return false;
		for (size_t k = 0; k < tests->count; k++) {
			const struct node *test = tests->pairs[k].value;
			struct str name = profile_name(job, tests->pairs[k].key->text);

			if (test->kind != NODE_MAP || yaml_out_find(profiles, name))
				lost(job, root, tests->pairs[k].key, "it describes no run");
			else
				yaml_out_put(a, yaml_out_put(a, profiles, name, yaml_out_map(a)),
					     STR("load"), load_of(job, root, test));
		}
	}
	yaml_out_put_text(a, root, STR("target"), STR("http://127.0.0.1:8080"))->beside =
	    STR("molotov.json names none: -t, REPRISE_TARGET");
	if (profiles->members.count)
		yaml_out_put(a, root, STR("profiles"), profiles);
	yaml_out_put_text(a, yaml_out_add(a, steps, yaml_out_map(a)), STR("get"), STR("/"));
	yaml_out_comment(a, steps, STR("What the Python scenarios did is to be written here."));
	yaml_out_put(a, root, STR("steps"), steps);
	job->document = root;
	return profiles->members.count || job_error(job, "there is no run");
}
