/* Scenarios in virtual time: values that must not be shown, and values that must not be sent. */
#include "compiled.h"

#include <string.h>

#include "simulation.h"

/* Runs TEXT once. Both must be released. */
static void perform(const char *text, struct simulation *sim, struct compiled *c)
{
	compiled_init(c, text);
	if (!c->program)
		fail_msg("%s", c->text.data);
	simulation_init(sim);
	sim->settings.program = c->program;
	sim->settings.load = c->program->model->load;
	simulation_run(sim);
}

static void release(struct simulation *sim, struct compiled *c)
{
	simulation_release(sim);
	compiled_release(c);
	free(sim);
	free(c);
}

/* In all encodings, and also values derived from it. */
static void secrets_are_masked(void **state)
{
	static const char text[] = "target: http://shop\n"
				   "parameters:\n"
				   "  PW: {default: \"p@ss w/rd\", secret: true}\n"
				   "variables:\n"
				   "  both: \"x-${PW}-x\"\n"
				   "steps:\n"
				   "  - set: {made: \"${both | base64}\"}\n"
				   "  - fail: >-\n"
				   "      raw ${PW}, url ${PW | url_encode},\n"
				   "      form ${PW | replace(' ', '+')},\n"
				   "      json ${PW | replace('/', '\\\\/')},\n"
				   "      both ${both}, made ${made}, end\n";
	struct simulation *sim = malloc(sizeof *sim);
	struct compiled *c = malloc(sizeof *c);
	const struct failure_note *note;
	struct str said;

	(void)state;
	perform(text, sim, c);
	assert_int_equal(sim->summary.failure_count, 1);
	note = &sim->summary.failures[0];
	said = str_n(note->text, note->text_len);
	if (!str_eq(said, STR("raw ***, url ***, form ***, json ***, both ***, made ***, end")) &&
	    !str_eq(said, STR("raw ***, url ***, form ***, json ***, both x-***-x, made ***, end")))
		fail_msg("%.*s", STR_ARG(said));
	release(sim, c);
}

/* A line break or a NUL in a value would start another header line. */
static void control_bytes_are_in_no_header(void **state)
{
	/* "a\r\nX-B: 1" "a\nb" "a\0X-B: 1" "\033[2J" "\x7f" */
	static const char *const values[] = {"YQ0KWC1COiAx", "YQpi",
					     "YQBYLUI6IDE=", "G1sySg==", "fw=="};
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		struct simulation *sim = malloc(sizeof *sim);
		struct compiled *c = malloc(sizeof *c);

		snprintf(text, sizeof text,
			 "target: http://shop\n"
			 "steps:\n"
			 "  - set: {value: \"%s\"}\n"
			 "  - get: /\n"
			 "    headers: {X-Value: \"${value | base64_decode}\"}\n",
			 values[i]);
		perform(text, sim, c);
		assert_int_equal(simulation_sent(sim), 0);
		assert_int_equal(sim->summary.all.counts.failed[FAILURE_expression], 1);
		release(sim, c);
	}
}

/* A host that is known only during the run is checked then, and nothing is sent to it. */
static void a_computed_url_is_checked(void **state)
{
	static const struct {
		const char *host;
		unsigned sent;
	} rows[] = {{"shop", 1}, {"shop:81", 0}, {"api.test", 1}, {"evil.test", 0}};
	char text[400];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct simulation *sim = malloc(sizeof *sim);
		struct compiled *c = malloc(sizeof *c);

		snprintf(text, sizeof text,
			 "target: http://shop\n"
			 "allowed_hosts: [api.test]\n"
			 "steps:\n"
			 "  - set: {host: \"%s\"}\n"
			 "  - get: \"http://${host}/cart\"\n",
			 rows[i].host);
		perform(text, sim, c);
		assert_int_equal(simulation_sent(sim), rows[i].sent);
		assert_int_equal(sim->summary.all.counts.ok, rows[i].sent);
		assert_int_equal(sim->summary.all.counts.failed[FAILURE_blocked_host],
				 1 - rows[i].sent);
		release(sim, c);
	}
}

/* A host that the scenario itself names is checked before the run, unless a variable follows it. */
static void a_written_host_is_checked_before_the_run(void **state)
{
	static const struct {
		const char *url, *error;
	} rows[] = {
	    {"http://shop/cart/${iteration}", NULL},
	    {"https://shop/cart/${iteration}", NULL},
	    {"http://shop:${iteration}/cart", NULL},
	    {"http://shop${iteration}/cart", NULL},
	    {"http://evil.test/cart", "the host evil.test is neither"},
	    {"http://evil.test/cart/${iteration}", "the host evil.test is neither"},
	    {"http://shop:81/cart/${iteration}", "port 81 of shop"},
	};
	char text[200];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct compiled c;

		snprintf(text, sizeof text, "target: http://shop\nsteps:\n  - get: \"%s\"\n",
			 rows[i].url);
		compiled_init(&c, text);
		if (!c.program != (rows[i].error != NULL))
			fail_msg("%s: %.*s", rows[i].url, STR_ARG(buf_str(&c.text)));
		if (rows[i].error && !strstr(c.text.data, rows[i].error))
			fail_msg("%s: %s", rows[i].url, c.text.data);
		compiled_release(&c);
	}
}

/* The 300th column is not the 44th. */
static void rows_may_be_wide(void **state)
{
	struct simulation *sim = malloc(sizeof *sim);
	struct compiled *c = malloc(sizeof *c);
	const struct failure_note *note;
	struct buf text;

	(void)state;
	buf_init(&text, 0);
	buf_add(&text, STR("target: http://shop\ndata: {wide: {rows: [{"));
	for (int i = 0; i < 300; i++)
		buf_printf(&text, "%sc%d: v%d", i ? ", " : "", i, i);
	buf_add(&text, STR("}]}}\nsteps:\n  - fail: ${wide.c299} ${wide.c43}\n"));
	perform(text.data, sim, c);
	note = &sim->summary.failures[0];
	assert_int_equal(sim->summary.failure_count, 1);
	assert_true(str_eq(str_n(note->text, note->text_len), STR("v299 v43")));
	release(sim, c);
	buf_release(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(secrets_are_masked),
	    cmocka_unit_test(control_bytes_are_in_no_header),
	    cmocka_unit_test(a_computed_url_is_checked),
	    cmocka_unit_test(a_written_host_is_checked_before_the_run),
	    cmocka_unit_test(rows_may_be_wide),
	};

	return cmocka_run_group_tests_name("values of a run", tests, NULL, NULL);
}
