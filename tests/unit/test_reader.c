/* Documents read with field tables; the test defines its own kinds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "doc/yaml.h"
#include "scenario/model_read.h"
#include "scenario/scenario_reader.h"
#include "scenario/think_time.h"
#include "scenario/enum_names.h"

/* ---- kinds */

struct fetch {
	struct keys keys;
	struct text url;
	struct str name;
	struct field_map headers;
	ns_t timeout;
	struct extracts extract;
	struct expects expect;
	int on_failure;
};

static const struct field header_element = {.type = FIELD_TEMPLATE, .bytes = sizeof(struct text)};

static const struct field fetch_fields[] = {
    FIELD(struct fetch, url, "get", FIELD_TEMPLATE, .flags = FIELD_ACTION, .example = "/"),
    FIELD(struct fetch, url, "post", FIELD_TEMPLATE, .flags = FIELD_ACTION, .example = "/"),
    FIELD(struct fetch, name, "name", FIELD_TEXT, .prose = ""),
    FIELD(struct fetch, headers, "headers", FIELD_MAP, .element = &header_element),
    FIELD(struct fetch, timeout, "timeout", FIELD_DURATION, .fallback = "30s", .low = 0.001,
	  .high = 3600),
    FIELD(struct fetch, extract, "extract", FIELD_EXTRACTS),
    FIELD(struct fetch, expect, "expect", FIELD_EXPECTS),
    FIELD(struct fetch, on_failure, "on_failure", FIELD_ENUM, .choices = on_failure_names),
    FIELD_END,
};
static const struct step_kind fetch_kind = {
    .name = "get", .fields = fetch_fields, .bytes = sizeof(struct fetch)};

struct pause {
	struct keys keys;
	struct think_time think;
};

static const struct field pause_fields[] = {
    FIELD(struct pause, think, "think", FIELD_SPECIAL, .flags = FIELD_ACTION,
	  .special = &think_time_special, .example = "2s"),
    FIELD_END,
};
static const struct step_kind pause_kind = {
    .name = "think", .fields = pause_fields, .bytes = sizeof(struct pause)};

struct branch {
	struct keys keys;
	struct text condition;
	struct steps then;
};

static const struct field branch_fields[] = {
    FIELD(struct branch, condition, "if", FIELD_EXPRESSION, .flags = FIELD_ACTION),
    FIELD(struct branch, then, "then", FIELD_STEPS, .flags = FIELD_REQUIRED, .example = "[get: /]"),
    FIELD_END,
};
static const struct step_kind branch_kind = {
    .name = "if", .fields = branch_fields, .bytes = sizeof(struct branch)};

struct grouped {
	struct keys keys;
	int64_t group;
};

static const struct field grouped_fields[] = {
    FIELD(struct grouped, group, "group", FIELD_INT, .fallback = "1", .low = 0, .high = 99),
    FIELD_END,
};
static const struct extract_kind regex_kind = {
    .name = "regex", .fields = grouped_fields, .bytes = sizeof(struct grouped)};
static const struct extract_kind header_kind = {.name = "header"};

struct status {
	struct keys keys;
	int64_t status;
};

static const struct field status_field =
    FIELD(struct status, status, "status", FIELD_INT, .low = 100, .high = 599);
static const struct expect_kind status_kind = {
    .name = "status", .field = &status_field, .bytes = sizeof(struct status)};

static const struct step_kind *const steps[] = {&fetch_kind, &pause_kind, &branch_kind};
static const struct extract_kind *const extracts[] = {&regex_kind, &header_kind};
static const struct expect_kind *const expects[] = {&status_kind};
static const struct kind_tables tables = {.steps = steps,
					  .step_count = 3,
					  .extracts = extracts,
					  .extract_count = 2,
					  .expects = expects,
					  .expect_count = 1};

/* ---- reading a file */

struct test {
	struct arena arena;
	struct diag_list diags;
	struct overrides overrides;
	const struct model *model;
	struct buf text;
};

static int begin(void **state)
{
	struct test *t = calloc(1, sizeof *t);

	arena_init(&t->arena, 0);
	diag_init(&t->diags, &t->arena);
	buf_init(&t->text, 0);
	*state = t;
	return 0;
}

static int end(void **state)
{
	struct test *t = *state;

	buf_release(&t->text);
	arena_release(&t->arena);
	free(t);
	return 0;
}

static const struct model *read_file(struct test *t, const char *text)
{
	const struct source *source = source_new(&t->arena, STR("dir/shop.yaml"), str_of(text));
	const struct node *root = yaml_read(&t->arena, source, &t->diags);

	assert_non_null(root);
	t->model = model_read(&t->arena, source, root, &tables, &t->overrides, &t->diags);
	return t->model;
}

/* The messages as text. */
static const char *told(struct test *t)
{
	buf_clear(&t->text);
	diag_print(&t->diags, DIAG_TEXT, false, &t->text);
	return t->text.len ? t->text.data : "";
}

static void assert_told(struct test *t, size_t errors, const char *text)
{
	if (t->diags.errors != errors || !strstr(told(t), text))
		fail_msg("%zu errors expected with \"%s\", got %zu:\n%s", errors, text,
			 t->diags.errors, told(t));
}

#define ONE(steps) "target: http://127.0.0.1\nsteps:\n" steps

/* ---- tests */

static void test_a_whole_file(void **state)
{
	struct test *t = *state;
	const struct model *m = read_file(t, "name: Shop\n"
					     "target: http://127.0.0.1:8080\n"
					     "load: {users: 50, ramp_up: 30s, duration: 5m}\n"
					     "scenarios:\n"
					     "  - name: Buy\n"
					     "    weight: 3\n"
					     "    steps:\n"
					     "      - get: /login\n"
					     "        headers: {Accept: x, X-Y: \"${a}\"}\n"
					     "        extract: {csrf: {regex: 'a(b)', match: 2}}\n"
					     "        expect: {status: 200}\n"
					     "      - think: 1s..3s\n"
					     "  - steps:\n"
					     "      - if: ${a == \"}\"}\n"
					     "        then: [post: /]\n");
	const struct fetch *fetch;
	const struct branch *branch;

	assert_string_equal(told(t), "");
	assert_int_equal(m->load.users, 50);
	assert_int_equal(m->load.grace, 30 * NS_PER_S);
	assert_int_equal(m->scenario_count, 2);
	assert_true(m->scenarios[0].weight == 3);
	assert_int_equal(m->scenarios[0].on_failure, FAILURE_INHERIT);
	assert_true(str_eq(m->scenarios[1].name, STR("scenario 2")));
	fetch = m->scenarios[0].steps.items[0].data;
	assert_int_equal(fetch->timeout, 30 * NS_PER_S);
	assert_int_equal(fetch->headers.count, 2);
	assert_true(fetch->extract.items[0].kind == &regex_kind);
	assert_int_equal(fetch->extract.items[0].match, MATCH_NTH);
	assert_int_equal(fetch->extract.items[0].nth, 2);
	assert_int_equal(((struct grouped *)fetch->extract.items[0].data)->group, 1);
	assert_int_equal(((struct status *)fetch->expect.items[0].data)->status, 200);
	assert_true(keys_has(&fetch->keys, fetch_fields, "headers"));
	assert_false(keys_has(&fetch->keys, fetch_fields, "timeout"));
	branch = m->scenarios[1].steps.items[0].data;
	assert_true(str_eq(branch->condition.raw, STR("a == \"}\"")));
	assert_int_equal(branch->then.count, 1);
	assert_string_equal(branch->then.items[0].action->key, "post");
}

static void test_no_load_is_one_user_once(void **state)
{
	const struct model *m = read_file(*state, ONE("  - get: /\n"));

	assert_int_equal(m->load.users, 1);
	assert_int_equal(m->load.iterations, 1);
	assert_true(str_eq(m->scenarios[0].name, STR("shop")));
}

static void test_all_errors_in_one_pass(void **state)
{
	struct test *t = *state;

	read_file(t, ONE("  - gett: /\n"
			 "    heders: {}\n"
			 "  - think: 2\n"
			 "  - get: /\n"
			 "    timeout: 0s\n"));
	assert_told(t, 4, "unknown step 'gett'; did you mean 'get'?");
	assert_told(t, 4, "unknown key 'heders'; did you mean 'headers'?");
	assert_told(t, 4, "'2' has no unit; write 2s or, for milliseconds, 2ms");
	assert_told(t, 4, "'0s' is too small; the minimum is 0.001s");
	assert_true(t->model->lost_name_count > 0);
}

/* Errors in steps, and their messages. */
static const struct {
	const char *step, *text;
} wrong_steps[] = {
    {"  - get: /\n    think: 2s\n", "'think' is a separate step"},
    {"  - get: /\n    think: 2s\n", "write |   - think: 2s"},
    {"  - get: /\n    users: 5\n", "move it under 'load'"},
    {"  - get: /\n    target: http://a\n", "move it to the top level of the file"},
    {"  - name: Home\n", "this step has no action"},
    {"  - xylophone: 1\n", "unknown step 'xylophone'"},
    {"  - get\n", "the step 'get' needs a colon and a value"},
    {"  - [get]\n", "expected a step such as get: /; found a list"},
    {"  - get:\n", "the value is missing; expected: text"},
    {"  - if: ${a} != \"\"\n    then: [get: /]\n",
     "the text outside ${…} makes this condition always true"},
    {"  - if: ${a} != \"\"\n    then: [get: /]\n", "write |   - if: ${a != \"\"}"},
    {"  - if: a == 1\n    then: [get: /]\n", "write |   - if: ${a == 1}"},
    {"  - if: ${a}\n", "the key 'then' is missing; for example then: [get: /]"},
    {"  - if: ${a}\n    then: {get: /}\n",
     "expected a list of steps, each starting with a dash; found a mapping"},
    {"  - if: ${a}\n    then: []\n", "this list of steps is empty"},
    {"  - get: /\n    name: Page ${n}\n", "${…} is not allowed here; write text"},
    {"  - get: /\n    on_failure: stop\n", "'stop' is not one of 'stop_iteration', 'continue'"},
    {"  - get: /\n    extract: {a: b}\n", "the extractor is missing; use one of"},
    {"  - get: /\n    extract: {a: {regx: b}}\n",
     "unknown extractor 'regx'; did you mean 'regex'?"},
    {"  - get: /\n    extract: {a: {regex: b, header: c}}\n",
     "use one extractor for each variable"},
    {"  - get: /\n    extract: {a: {regex: b, mach: c}}\n", "did you mean 'match'?"},
    {"  - get: /\n    extract: {a: {header: b, group: 1}}\n",
     "it is a key of the extractor 'regex'"},
    {"  - get: /\n    extract: {a-b: {regex: b}}\n", "'a-b' is not a valid variable name"},
    {"  - get: /\n    extract: {user: {regex: b}}\n", "'user' is a built-in name"},
    {"  - get: /\n    extract: {a: {regex: b, match: 0}}\n", "'0' is not valid"},
    {"  - get: /\n    expect: {statu: 200}\n", "unknown assertion 'statu'"},
    {"  - get: /\n    expect: 200\n", "write |     expect: {status: 200}"},
    {"  - get: /\n    expect: {status: \"200\"}\n", "expected a whole number without quotes"},
    {"  - get: /\n    headers: [a]\n", "expected a mapping of names to values; found a list"},
    {"  - think: 3s..1s\n", "the first duration is longer than the second"},
    {"  - think: normal(2s)\n", "'normal' needs two durations"},
    {"  - think: 4000d\n", "'4000d' is too large"},
};

static void test_wrong_steps(void **state)
{
	struct test *t = *state;
	char text[512];

	for (size_t i = 0; i < sizeof wrong_steps / sizeof *wrong_steps; i++) {
		diag_init(&t->diags, &t->arena);
		snprintf(text, sizeof text, ONE("%s"), wrong_steps[i].step);
		read_file(t, arena_cstr(&t->arena, str_of(text)));
		assert_told(t, 1, wrong_steps[i].text);
	}
}

/* Errors outside the steps, and their messages. */
static const struct {
	const char *file, *text;
} wrong_files[] = {
    {"target: shop.example\nsteps: [get: /]\n", "'shop.example' is not a valid target"},
    {"target: http://a\n", "no steps: add 'steps' or 'scenarios'"},
    {"steps: [get: /]\nscenarios: [{steps: [get: /]}]\n",
     "'steps' cannot be used with 'scenarios'"},
    {"scenarios: [{name: A, steps: [get: /]}, {name: A, steps: [get: /]}]\n",
     "a scenario named 'A' already exists"},
    {"scenarios: [{weight: 0, steps: [get: /]}]\n", "none would be selected"},
    {"load: {users: 5, arrivals: 2/s, duration: 1m}\nsteps: [get: /]\n",
     "'arrivals' cannot be used with 'users'"},
    {"load: {arrivals: 2/s}\nsteps: [get: /]\n", "'arrivals' needs 'duration'"},
    {"load: {users: 2, spacing: random}\nsteps: [get: /]\n", "'spacing' cannot be used with 'users'"},
    {"load: {users: 2, duration: 1s, ramp_up: 2s}\nsteps: [get: /]\n", "longer than 'duration'"},
    {"load: {users: \"${N}\"}\nsteps: [get: /]\n", "unknown parameter 'N'"},
    {"load: {users: \"5\"}\nsteps: [get: /]\n", "write | load: {users: 5}"},
    {"parameters: {users: {default: 5}}\nsteps: [get: /]\n",
     "write | parameters: {USERS: {default"},
    {"parameters: {HOME: {default: 5}}\nsteps: [get: /]\n",
     "choose another name for the parameter"},
    {"parameters: {A: {default: x, type: number}}\nsteps: [get: /]\n", "'x' is not a number"},
    {"parameters: {A: {default: x, required: yes}}\nsteps: [get: /]\n", "cannot have a default"},
    {"variables: {a: {one_of: x}}\nsteps: [get: /]\n",
     "expected a list of values to choose from; found text"},
    {"defaults: {think: 1}\nsteps: [get: /]\n", "'1' has no unit"},
    {"defaults: {connections: {reuse: pol}}\nsteps: [get: /]\n", "did you mean 'pool'?"},
    {"defaults: {follow_redirects: never}\nsteps: [get: /]\n", "'never' is not yes or no"},
};

static void test_wrong_files(void **state)
{
	struct test *t = *state;

	for (size_t i = 0; i < sizeof wrong_files / sizeof *wrong_files; i++) {
		diag_init(&t->diags, &t->arena);
		read_file(t, wrong_files[i].file);
		assert_told(t, 1, wrong_files[i].text);
	}
}

#define PARAMETERS                                                                                 \
	"parameters:\n"                                                                            \
	"  USERS: {default: 5}\n"                                                                  \
	"  WAIT: {default: 2s}\n"                                                                  \
	"  PASSWORD: {required: yes, secret: yes}\n"                                               \
	"load: {users: \"${USERS}\", duration: 1m}\n"                                              \
	"defaults: {think: \"${WAIT}..1m\"}\n"                                                     \
	"thresholds: [\"p95 < ${WAIT}\"]\n"                                                        \
	"steps: [get: /]\n"

static const struct parameter *parameter(const struct test *t, const char *name)
{
	for (size_t i = 0; i < t->model->parameter_count; i++) {
		if (str_eq(t->model->parameters[i].name, str_of(name)))
			return &t->model->parameters[i];
	}
	fail_msg("no parameter %s", name);
	return NULL;
}

static void test_parameters_by_precedence(void **state)
{
	struct test *t = *state;
	static const char *const options[] = {"USERS=7", "USERS=8"};
	static char users[] = "USERS=9", wait[] = "WAIT=3s", empty[] = "PASSWORD=";
	char *environment[] = {users, wait, empty, NULL};

	t->overrides.parameters = (struct parameter_sources){
	    .options = options,
	    .option_count = 2,
	    .environment = environment,
	    .env_file = STR("# secrets\nWAIT=9s\nexport PASSWORD='hush'\n"),
	    .env_file_name = STR("prod.env"),
	    .required = true,
	};
	read_file(t, PARAMETERS);
	assert_string_equal(told(t), "");
	assert_int_equal(t->model->load.users, 8);
	assert_true(str_eq(parameter(t, "USERS")->origin, STR("option -p")));
	assert_int_equal(parameter(t, "USERS")->type, PARAMETER_NUMBER);
	assert_int_equal(t->model->defaults.think.a, 3 * NS_PER_S);
	assert_true(str_eq(parameter(t, "WAIT")->origin, STR("environment WAIT")));
	assert_true(str_eq(parameter(t, "PASSWORD")->value, STR("hush")));
	assert_true(str_eq(parameter(t, "PASSWORD")->origin, STR("prod.env:3")));
	assert_true(str_eq(t->model->thresholds[0].check, STR("p95 < 3s")));
}

static void test_invalid_external_parameters(void **state)
{
	struct test *t = *state;
	static const char *const options[] = {"USRS=7", "USERS=many", "lonely"};
	static char both[] = "WAIT=3s", file[] = "WAIT_FILE=/x";
	char *environment[] = {both, file, NULL};

	t->overrides.parameters = (struct parameter_sources){
	    .options = options, .option_count = 3, .environment = environment, .required = true};
	read_file(t, PARAMETERS);
	assert_told(t, 4, "-p USRS: unknown parameter; did you mean USERS?");
	assert_told(t, 4, "USERS from option -p: 'many' is not a number");
	assert_told(t, 4, "-p lonely: the value is missing; write -p lonely=VALUE");
	assert_told(t, 4, "the environment sets both WAIT and WAIT_FILE");
	/* An error only if the program uses it. */
	for (size_t i = 0; i < t->model->parameter_count; i++)
		assert_int_equal(t->model->parameters[i].missing,
				 str_eq(t->model->parameters[i].name, STR("PASSWORD")));
}

static void test_a_secret_is_not_printed(void **state)
{
	struct test *t = *state;
	static const char *const options[] = {"PIN=hush"};

	t->overrides.parameters = (struct parameter_sources){.options = options, .option_count = 1};
	read_file(t, "parameters: {PIN: {type: number, secret: yes}}\n"
		     "load: {users: \"${PIN}\"}\nsteps: [get: /]\n");
	assert_told(t, 1, "the value of PIN from option -p is not of its type");
	assert_null(strstr(told(t), "hush"));
}

static void test_a_load_from_options(void **state)
{
	struct test *t = *state;

	t->overrides.arrivals = (struct override){STR("20/s"), STR("option --arrivals")};
	t->overrides.duration = (struct override){STR("10s"), STR("option -d")};
	t->overrides.target = (struct override){STR("http://b"), STR("option -t")};
	read_file(t, "target: http://a\nload: {users: 5, iterations: 2}\nsteps: [get: /]\n");
	assert_string_equal(told(t), "");
	assert_true(t->model->load.open);
	assert_int_equal(t->model->load.users, 0);
	assert_int_equal(t->model->load.duration, 10 * NS_PER_S);
	assert_true(str_eq(t->model->load_origin, STR("option --arrivals")));
	assert_true(str_eq(t->model->target.raw, STR("http://b")));
}

static void test_a_duration_from_options(void **state)
{
	struct test *t = *state;

	t->overrides.duration = (struct override){STR("10s"), STR("option -d")};
	read_file(t, "target: http://a\nload: {users: 5}\nsteps: [get: /]\n");
	assert_string_equal(told(t), "");
	assert_int_equal(t->model->load.users, 5);
	assert_int_equal(t->model->load.iterations, 0);
	assert_int_equal(t->model->load_origin.len, 0);
	read_file(t, ONE("  - get: /\n"));
	assert_int_equal(t->model->load.users, 1);
	assert_int_equal(t->model->load.iterations, 0);
	assert_int_equal(t->model->load.duration, 10 * NS_PER_S);
}

static void test_wrong_options(void **state)
{
	struct test *t = *state;

	t->overrides.users = (struct override){STR("x"), STR("option -u")};
	t->overrides.duration = (struct override){STR("5"), STR("option -d")};
	t->overrides.target = (struct override){STR("b"), STR("option -t")};
	read_file(t, ONE("  - get: /\n"));
	assert_told(t, 3, "option -u: 'x' is not a whole number");
	assert_told(t, 3, "option -d: '5' has no unit");
	assert_told(t, 3, "option -t: 'b' is not a valid target");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(test_a_whole_file, begin, end),
	    cmocka_unit_test_setup_teardown(test_no_load_is_one_user_once, begin, end),
	    cmocka_unit_test_setup_teardown(test_all_errors_in_one_pass, begin, end),
	    cmocka_unit_test_setup_teardown(test_wrong_steps, begin, end),
	    cmocka_unit_test_setup_teardown(test_wrong_files, begin, end),
	    cmocka_unit_test_setup_teardown(test_parameters_by_precedence, begin, end),
	    cmocka_unit_test_setup_teardown(test_invalid_external_parameters, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_secret_is_not_printed, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_load_from_options, begin, end),
	    cmocka_unit_test_setup_teardown(test_a_duration_from_options, begin, end),
	    cmocka_unit_test_setup_teardown(test_wrong_options, begin, end),
	};

	return cmocka_run_group_tests_name("the reader by field tables", tests, NULL, NULL);
}
