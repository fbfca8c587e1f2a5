/* Scenarios in virtual time: how secrets, and values that are made from them, are shown. */
#include "compiled.h"

#include "base/log.h"
#include "simulation.h"
#include "stats/failure_samples.h"

static const struct {
	const char *steps;    /* of a scenario with the parameters and the data below */
	const char *expected; /* the message of its first failure */
} rows[] = {
    /* Parameters. */
    {"  - fail: \"${PW} ${PIN} ${NAME}\"\n", "*** *** ann"},
    {"  - fail: \"${PW | hex} ${'u:' + PW | base64} ${PW | url_encode}\"\n", "*** *** ***"},
    /* A value that is made from a secret is one, and is masked as a whole. */
    {"  - set: {x: \"a-${PW}-b\"}\n  - fail: \"x ${x}\"\n", "x ***"},
    {"  - set: {x: \"a-${PW}-b\"}\n  - fail: \"x ${x | hex}\"\n", "x ***"},
    {"  - set: {x: \"a-${PW}\", y: \"${x | upper}\"}\n  - fail: \"y ${y}\"\n", "y ***"},
    {"  - set: {t: \"${PW | upper}\"}\n  - set: {x: \"a-${t}\"}\n"
     "  - set: {y: \"${x | replace('/', '_')}\"}\n  - fail: \"y ${y}\"\n",
     "y ***"},
    {"  - set: {x: \"${'u:' + PW | base64}\"}\n  - fail: \"x ${x}\"\n", "x ***"},
    {"  - set: {x: \"${PW | upper}\"}\n  - fail: \"x ${x}\"\n", "x ***"},
    /* A number or a length is not a secret. */
    {"  - set: {x: \"${PIN + 1}\"}\n  - fail: \"x ${x} ${PW | length}\"\n", "x 732 7"},
    {"  - set: {x: \"${[NAME, PW | upper]}\"}\n  - fail: \"x ${x[1]}\"\n", "x ***"},
    {"  - set: {x: \"${[NAME, PW]}\", y: \"${x[1] | upper}\"}\n  - fail: \"y ${y}\"\n", "y ***"},
    {"  - set: {x: \"${NAME | upper}\"}\n  - fail: \"x ${x}\"\n", "x ANN"},
    /* Columns of data. */
    {"  - fail: \"${users.name} ${users.pw}\"\n", "bob ***"},
    {"  - set: {x: \"${users.pw | upper}\"}\n  - fail: \"x ${x}\"\n", "x ***"},
    {"  - set: {x: \"${users.name | upper}\"}\n  - fail: \"x ${x}\"\n", "x BOB"},
    /* Extracted values; the response is {"token": "tok-1", "list": ["one-1", "two-2"]}. */
    {"  - get: /\n    extract: {t: {jsonpath: $.token, secret: yes}}\n  - fail: \"t ${t}\"\n",
     "t ***"},
    {"  - get: /\n    extract: {t: {jsonpath: $.token}}\n  - fail: \"t ${t}\"\n", "t tok-1"},
    {"  - get: /\n    extract: {t: {jsonpath: $, secret: yes}}\n"
     "  - fail: \"t ${t.token} ${t.list[0]} ${t.list[1]}\"\n",
     "t *** *** ***"},
    {"  - get: /\n    extract: {t: {jsonpath: '$.list[*]', match: all, secret: yes}}\n"
     "  - set: {x: \"${t[1] | upper}\"}\n  - fail: \"x ${x}\"\n",
     "x ***"},
    /* Before the branches of parallel have ended, their values wait. */
    {"  - parallel:\n"
     "      - get: /\n        extract: {a: {jsonpath: '$.list[0]', secret: yes}}\n"
     "      - get: /\n        extract: {b: {jsonpath: '$.list[1]', secret: yes}}\n"
     "      - get: /slow\n"
     "        expect: {body: {contains: \"absent ${'one' + '-1'} ${'two' + '-2'}\"}}\n",
     "expected the body to contain \"absent *** ***\""},
};

static struct fake_response respond(void *owner, const struct fake_request *request)
{
	bool slow = str_ends(request->url, STR("/slow"));

	(void)owner;
	return (struct fake_response){
	    .latency = (slow ? 50 : 10) * NS_PER_MS,
	    .headers = "HTTP/1.1 200 OK\nContent-Type: application/json\n",
	    .body = slow ? "nothing" : "{\"token\": \"tok-1\", \"list\": [\"one-1\", \"two-2\"]}"};
}

static void no_message_shows_a_secret(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct simulation *sim = malloc(sizeof *sim);
		struct compiled *c = malloc(sizeof *c);
		const struct failure_note *note;
		struct buf text;

		buf_init(&text, 0);
		buf_printf(&text,
			   "target: http://shop\n"
			   "parameters:\n"
			   "  PW: {default: \"p@ss/wd\", secret: true}\n"
			   "  PIN: {default: 731, secret: true}\n"
			   "  NAME: {default: ann}\n"
			   "data: {users: {rows: [{name: bob, pw: qwert}], secret: [pw]}}\n"
			   "steps:\n%s",
			   rows[i].steps);
		compiled_init(c, text.data);
		if (!c->program)
			fail_msg("%s%s", rows[i].steps, c->text.data);
		simulation_init(sim);
		sim->settings.program = c->program;
		sim->settings.load = c->program->model->load;
		sim->serve = respond;
		simulation_run(sim);
		note = &sim->summary.failures[0];
		if (sim->summary.failure_count != 1 ||
		    !str_starts(str_n(note->text, note->text_len), str_of(rows[i].expected)))
			fail_msg("%s%u failures: %.*s\nexpected: %s", rows[i].steps,
				 sim->summary.failure_count, (int)note->text_len, note->text,
				 rows[i].expected);
		simulation_release(sim);
		compiled_release(c);
		free(sim);
		free(c);
		buf_release(&text);
	}
}

/* ---- bodies that are cut */

#define SECRET_START "cut-me-"

/* 101 bytes for each secret: every maximum of shown bytes is within one of them. */
#define ITEM_BYTES 101u
#define ITEMS	   700u

struct long_body {
	const char *type;
	char headers[128];
	char secret[ITEM_BYTES], text[ITEMS * ITEM_BYTES + 1];
};

static struct fake_response respond_long(void *owner, const struct fake_request *request)
{
	struct long_body *body = owner;

	(void)request;
	snprintf(body->headers, sizeof body->headers, "HTTP/1.1 200 OK\nContent-Type: %s\n",
		 body->type);
	return (struct fake_response){.headers = body->headers, .body = body->text};
}

static void keep_line(void *owner, struct str line)
{
	buf_add(owner, line);
}

static void check_no_part(const char *what, struct str text)
{
	if (str_find(text, STR(SECRET_START), 0) != NOT_FOUND ||
	    str_find(text, STR("……"), 0) != NOT_FOUND)
		fail_msg("%s: %.*s", what, STR_ARG(text));
}

/* Runs a step that fails with BODY as its response; LOG gets what is printed. */
static void run_long(struct long_body *body, struct failure_samples *samples, struct buf *log)
{
	struct log_sink sink = {.owner = log, .line = keep_line};
	struct simulation *sim = malloc(sizeof *sim);
	struct compiled *c = malloc(sizeof *c);
	struct buf text;

	buf_init(&text, 0);
	buf_printf(&text,
		   "target: http://shop\n"
		   "parameters: {PW: {default: %s, secret: true}}\n"
		   "steps:\n"
		   "  - get: /\n    expect: {body: {contains: absent}}\n",
		   body->secret);
	compiled_init(c, text.data);
	if (!c->program)
		fail_msg("%s", c->text.data);
	simulation_init(sim);
	sim->settings.program = c->program;
	sim->settings.load = c->program->model->load;
	sim->settings.failure_samples = samples;
	sim->serve = respond_long;
	sim->owner = body;
	log_set_sink(&sink);
	log_set_level(LOG_TRACE);
	simulation_run(sim);
	log_set_level(LOG_NORMAL);
	log_set_sink(NULL);
	simulation_release(sim);
	compiled_release(c);
	buf_release(&text);
	free(sim);
	free(c);
}

/* A secret at the end of the part that is masked is not whole, and masking shrinks the part, so
 * that its end is shown. */
static void no_cut_shows_a_part_of_a_secret(void **state)
{
	static const char *const types[] = {"text/plain", "text/html"};
	struct long_body *body = malloc(sizeof *body);

	(void)state;
	memset(body->secret, 'x', ITEM_BYTES - 1);
	memcpy(body->secret, SECRET_START, strlen(SECRET_START));
	body->secret[ITEM_BYTES - 1] = '\0';
	for (size_t i = 0; i < ITEMS; i++) {
		memcpy(body->text + i * ITEM_BYTES, body->secret, ITEM_BYTES - 1);
		body->text[(i + 1) * ITEM_BYTES - 1] = ' ';
	}
	body->text[ITEMS * ITEM_BYTES] = '\0';
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		struct failure_samples *samples = failure_samples_new();
		const struct failure_sample *sample;
		struct buf log;

		buf_init(&log, 0);
		body->type = types[i];
		run_long(body, samples, &log);
		assert_true(str_find(buf_str(&log), STR("*** ***… and "), 0) != NOT_FOUND);
		check_no_part(types[i], buf_str(&log));
		assert_int_equal(failure_samples_count(samples), 1);
		sample = failure_samples_group(samples, 0)->items[0];
		assert_true(sample->more);
		assert_true(str_ends(sample->body, STR("*** ***")));
		check_no_part("the sample", sample->body);
		failure_samples_free(samples);
		buf_release(&log);
	}
	free(body);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(no_message_shows_a_secret),
	    cmocka_unit_test(no_cut_shows_a_part_of_a_secret),
	};

	return cmocka_run_group_tests_name("secrets of a run", tests, NULL, NULL);
}
