/*
 * molotov: the runs that a molotov.json describes, as profiles. Its scenarios are Python, which
 * is not run: one request marks the place where their steps must be written.
 */
#include "base/ascii.h"
#include "doc/yaml.h"
#include "import/import.h"

static bool read_all(struct import_job *job);
static bool is_molotov(struct str text);

const struct import_kind molotov_import = {
    .name = "molotov",
    .sentence = "the runs of a molotov.json, as profiles",
    .example = "molotov.json",
    .read = read_all,
    .recognizes = is_molotov,
};

static bool is_molotov(struct str text)
{
	return str_starts(str_trim(text), STR("{")) &&
	       str_find(text, STR("\"molotov\""), 0) != NOT_FOUND;
}

static void report_unsupported(struct import_job *job, struct yaml_writer_node *root,
			       const struct node *key, const char *why)
{
	struct str line = arena_printf(
	    &job->arena, "line %u: %.*s: %s",
	    key->span.source ? source_position(key->span.source, key->span.begin).line : 0,
	    STR_ARG(str_slice(key->text, 0, 60)), why);

	job_warn(job, root, line);
}

/* The message for a key that is not a part of the load. */
static const char *converted_key(struct str key)
{
	if (str_eq(key, STR("scenario")))
		return "Python is not run";
	if (str_eq(key, STR("env")))
		return "a scenario reads ${env.NAME} from the environment; "
		       "parameters: -p NAME=VALUE";
	if (str_eq(key, STR("requirements")))
		return "nothing needs to be installed";
	return "not supported in load";
}

/* OUT is unchanged if the value is missing, or not valid, which is reported. */
static bool convert_test(struct import_job *job, struct yaml_writer_node *root,
			 const struct node *test, const char *key, int64_t max, int64_t *out)
{
	const struct node *value = node_find(test, str_of(key));
	int64_t number;

	if (!value)
		return false;
	if (value->kind == NODE_SCALAR && str_to_int(value->text, &number) && number >= 1 &&
	    number <= max) {
		*out = number;
		return true;
	}
	report_unsupported(job, root, value,
			   arena_printf(&job->arena, "%s must be a whole number, from 1 to %lld",
					key, (long long)max)
			       .ptr);
	return false;
}

static void put_number(struct import_job *job, struct yaml_writer_node *load, const char *key,
		       int64_t number, const char *unit)
{
	yaml_writer_put(&job->arena, load, str_of(key),
			yaml_writer_word(&job->arena, arena_printf(&job->arena, "%lld%s",
								   (long long)number, unit)));
}

static struct yaml_writer_node *convert_load(struct import_job *job, struct yaml_writer_node *root,
					     const struct node *test)
{
	static const char *const known[] = {"processes", "workers",  "duration",
					    "ramp_up",	 "max_runs", NULL};
	struct yaml_writer_node *load = yaml_writer_map(&job->arena);
	int64_t users = 1, processes = 1, duration = 0, ramp = 0, runs = 0;

	for (size_t i = 0; i < test->count; i++) {
		bool is = false;

		for (size_t k = 0; known[k]; k++)
			is = is || str_eq(test->pairs[i].key->text, str_of(known[k]));
		if (!is)
			report_unsupported(job, root, test->pairs[i].key,
					   converted_key(test->pairs[i].key->text));
	}
	convert_test(job, root, test, "workers", 10000, &users);
	convert_test(job, root, test, "processes", 1000, &processes);
	put_number(job, load, "users", users * processes, "");
	if (convert_test(job, root, test, "max_runs", 1000000000, &runs))
		put_number(job, load, "iterations", runs, "");
	if (convert_test(job, root, test, "duration", 10000000, &duration))
		put_number(job, load, "duration", duration, "s");
	else if (!runs)
		put_number(job, load, "duration", 86400, "s");
	if (convert_test(job, root, test, "ramp_up", duration ? duration : 86400, &ramp) &&
	    (duration || !runs))
		put_number(job, load, "ramp_up", ramp, "s");
	return load;
}

static const struct node *read_tests(struct import_job *job, struct yaml_writer_node *root,
				     const char *path)
{
	struct diag_list diags;
	const struct node *top, *tests;
	struct str text;

	if (!job_read(job, path, &text))
		return NULL;
	diag_init(&diags, &job->arena);
	top = yaml_read(&job->arena, source_new(&job->arena, str_of(path), text), &diags);
	if (diags.errors || !top) {
		job_error(job, "%s cannot be read: it is not JSON", path);
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
			report_unsupported(job, root, top->pairs[i].key,
					   converted_key(top->pairs[i].key->text));
	return tests;
}

/* A name for --profile: letters, digits, - and _. */
static struct str profile_name(struct import_job *job, struct str name)
{
	char *bytes = arena_cstr(&job->arena, name);

	for (size_t i = 0; i < name.len; i++)
		if (!(ascii_is_alnum(bytes[i]) || bytes[i] == '-' || bytes[i] == '_'))
			bytes[i] = '_';
	return name.len ? str_n(bytes, name.len) : STR("test");
}

static bool read_all(struct import_job *job)
{
	struct arena *a = &job->arena;
	struct yaml_writer_node *root = yaml_writer_map(a), *profiles = yaml_writer_map(a);
	struct yaml_writer_node *steps = yaml_writer_list(a);

	yaml_writer_comment(
	    a, root,
	    STR("Created by reprise import molotov; to run one of its runs: --profile NAME."));
	for (size_t i = 0; i < job->file_count; i++) {
		const struct node *tests = read_tests(job, root, job->files[i]);

		if (!tests)
			return false;
		for (size_t k = 0; k < tests->count; k++) {
			const struct node *test = tests->pairs[k].value;
			struct str name = profile_name(job, tests->pairs[k].key->text);

			if (test->kind != NODE_MAP || yaml_writer_find(profiles, name))
				report_unsupported(job, root, tests->pairs[k].key,
						   "it describes no run");
			else
				yaml_writer_put(
				    a, yaml_writer_put(a, profiles, name, yaml_writer_map(a)),
				    STR("load"), convert_load(job, root, test));
		}
	}
	job_no_target(job, root, STR("molotov.json has no target"));
	if (profiles->members.count)
		yaml_writer_put(a, root, STR("profiles"), profiles);
	yaml_writer_put_text(a, yaml_writer_add(a, steps, yaml_writer_map(a)), STR("get"),
			     STR("/"));
	yaml_writer_comment(a, steps, STR("Write here what the Python scenarios did."));
	yaml_writer_put(a, root, STR("steps"), steps);
	job->document = root;
	return profiles->members.count || job_error(job, "there is no run");
}
