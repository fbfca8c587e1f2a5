/* The command line and the environment, read by an option table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cmd/options.h"

static const char *const colors[] = {"auto", "always", "never", NULL};

static const struct option table[] = {
    {.name = "users", .letter = 'u', .value = "N", .environment = true, .prose = "number of users"},
    {.name = "ramp-up", .value = "TIME", .environment = true, .prose = "time to get there"},
    {.name = "param", .letter = 'p', .value = "NAME=VALUE", .repeats = true, .prose = "a value"},
    {.name = "color", .value = "WHEN", .environment = true, .prose = "colours", .choices = colors},
    {.name = "verbose", .letter = 'v', .repeats = true, .prose = "more"},
    {.name = "quiet", .letter = 'q', .environment = true, .prose = "less"},
    {.name = NULL},
};
static const struct option other_table[] = {
    {.name = "format", .value = "WORD", .environment = true, .prose = "how to print"},
    {.name = NULL},
};
static const struct command fly = {.name = "fly", .synopsis = "fly FILE…", .options = table};
static const struct command walk = {.name = "walk", .synopsis = "walk", .options = other_table};
static const struct command *const all[] = {&fly, &walk, NULL};

struct reading {
	struct options options;
	struct buf problems;
	bool ok;
};

#define READ(r, ...)                                                                               \
	read_words((r), (const char *const[]){"fly", __VA_ARGS__, NULL},                           \
		   (const char *const[]){NULL})
#define READ_WITH(r, environment) read_words((r), (const char *const[]){"fly", NULL}, (environment))

static void read_words(struct reading *r, const char *const *argv, const char *const *environment)
{
	int argc = 0;

	while (argv[argc])
		argc++;
	buf_init(&r->problems, 0);
	r->ok = options_parse(&r->options, &fly, all, argc, argv, environment, &r->problems);
}

static void done(struct reading *r)
{
	options_release(&r->options);
	buf_release(&r->problems);
}

static void assert_problem(struct reading *r, const char *text)
{
	assert_false(r->ok);
	assert_string_equal(r->problems.data, text);
	done(r);
}

static void test_ways_to_give_a_value(void **state)
{
	struct reading r;

	(void)state;
	READ(&r, "--users", "5", "a.yaml", "--ramp-up=10s", "-", "-vvq", "-v", "--", "-u");
	assert_true(r.ok);
	assert_string_equal(options_value(&r.options, "users"), "5");
	assert_string_equal(options_value(&r.options, "ramp-up"), "10s");
	assert_int_equal(options_count(&r.options, "verbose"), 3);
	assert_true(options_has(&r.options, "quiet"));
	assert_false(options_has(&r.options, "color"));
	assert_null(options_value(&r.options, "color"));
	assert_int_equal(r.options.operand_count, 3);
	assert_string_equal(r.options.operands[0], "a.yaml");
	assert_string_equal(r.options.operands[1], "-");
	assert_string_equal(r.options.operands[2], "-u");
	done(&r);
}

static void test_letters_take_the_rest_or_the_next_word(void **state)
{
	struct reading r;

	(void)state;
	READ(&r, "-u7", "-vu", "8", "-p", "a=1", "-pb=2", "--ramp-up=");
	assert_true(r.ok);
	assert_string_equal(options_value(&r.options, "users"), "8");
	assert_int_equal(options_count(&r.options, "param"), 2);
	assert_string_equal(r.options.values[3].value, "a=1");
	assert_string_equal(options_value(&r.options, "param"), "b=2");
	assert_string_equal(options_value(&r.options, "ramp-up"), "");
	done(&r);
}

static void test_all_errors_are_reported(void **state)
{
	struct reading r;

	(void)state;
	READ(&r, "--user=5", "--zzz", "-x", "--quiet=1", "--color=alway", "--color", "blue", "-u");
	assert_problem(&r, "error: unknown option '--user'; did you mean '--users'?\n"
			   "error: unknown option '--zzz'\n"
			   "error: unknown option '-x'\n"
			   "error: --quiet does not accept a value\n"
			   "error: --color cannot be 'alway'; did you mean 'always'?\n"
			   "error: --color cannot be 'blue'; use one of: auto always never\n"
			   "error: --users needs a value, such as: --users 10\n");
}

static void test_help(void **state)
{
	struct reading r;

	(void)state;
	READ(&r, "--help");
	assert_true(r.options.help);
	done(&r);
	READ(&r, "-vh");
	assert_true(r.options.help);
	done(&r);
	READ(&r, "--", "--help");
	assert_false(r.options.help);
	done(&r);
}

static void test_command_line_has_priority_over_environment(void **state)
{
	const char *const environment[] = {"REPRISE_USERS=3",
					   "REPRISE_RAMP_UP=1s",
					   "REPRISE_QUIET=yes",
					   "REPRISE_FORMAT=json",
					   "PATH=/bin",
					   "REPRISE=here",
					   NULL};
	struct reading r;

	(void)state;
	read_words(&r, (const char *const[]){"fly", "-u", "5", NULL}, environment);
	assert_true(r.ok);
	assert_int_equal(r.problems.len, 0);
	assert_string_equal(options_value(&r.options, "users"), "5");
	assert_int_equal(options_find(&r.options, "users")->origin, OPTION_COMMAND_LINE);
	assert_string_equal(options_value(&r.options, "ramp-up"), "1s");
	assert_int_equal(options_find(&r.options, "ramp-up")->origin, OPTION_ENVIRONMENT);
	assert_true(options_has(&r.options, "quiet"));
	done(&r);
}

static void test_environment_errors(void **state)
{
	const char *const environment[] = {"REPRISE_USERZ=3", "REPRISE_QUIET=maybe",
					   "REPRISE_COLOR=nevr", "REPRISE_SERVICE_HOST=10.0.0.1",
					   NULL};
	struct reading r;

	(void)state;
	READ_WITH(&r, environment);
	assert_problem(&r, "error: unknown variable REPRISE_USERZ in the environment; did you "
			   "mean REPRISE_USERS?\n"
			   "error: REPRISE_QUIET cannot be 'maybe'; use yes or no\n"
			   "error: --color cannot be 'nevr'; did you mean 'never'?\n"
			   "warning: the variable REPRISE_SERVICE_HOST is ignored: no option has "
			   "this name\n");
}

static void test_a_service_of_that_name_is_only_a_warning(void **state)
{
	const char *const environment[] = {"REPRISE_PORT=tcp://10.0.0.1:80", "REPRISE_QUIET=0",
					   NULL};
	struct reading r;

	(void)state;
	READ_WITH(&r, environment);
	assert_true(r.ok);
	assert_string_equal(
	    r.problems.data,
	    "warning: the variable REPRISE_PORT is ignored: no option has this name\n");
	assert_false(options_has(&r.options, "quiet"));
	done(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_ways_to_give_a_value),
	    cmocka_unit_test(test_letters_take_the_rest_or_the_next_word),
	    cmocka_unit_test(test_all_errors_are_reported),
	    cmocka_unit_test(test_help),
	    cmocka_unit_test(test_command_line_has_priority_over_environment),
	    cmocka_unit_test(test_environment_errors),
	    cmocka_unit_test(test_a_service_of_that_name_is_only_a_warning),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
