/* Expectations: which ones pass, and the messages of those that fail. */
#include "compiled.h"

#include "interface/expect.h"

/* Checks a body and a status with the expectations of one request; returns the first message. */
static const char *check_step(bool graphql, const char *expect, int status, const char *body,
			      char *out, size_t room)
{
	struct compiled c;
	char file[2000];
	struct buf said;
	struct response response = {.status = status,
				    .body = str_of(body),
				    .headers = STR("Content-Type: text/html; charset=utf-8\r\n"
						   "Set-Cookie: sid=abc; Path=/; HttpOnly\r\n"),
				    .url = STR("http://127.0.0.1/home?tab=1"),
				    .time = 120 * NS_PER_MS};
	struct value rendered[EXPECT_RENDERED_MAX];

	snprintf(file, sizeof file,
		 "target: http://127.0.0.1\nvariables: {who: Anna, n: 3}\n"
		 "steps:\n  - %s\n    follow_redirects: no\n    expect: %s\n",
		 graphql ? "graphql: /\n    query: \"{a}\"" : "get: /", expect);
	compiled_init(&c, file);
	snprintf(out, room, "holds");
	if (!c.program)
		snprintf(out, room, "%s", c.text.data);
	buf_init(&said, 0);
	for (uint32_t i = 0; c.program && i < c.program->expect_count; i++) {
		const struct expect_plan *plan = &c.program->expects[i];

		for (size_t w = 0; w < plan->rendered_count; w++)
			assert_true(eval_template(plan->rendered[w], &c.eval, &rendered[w]));
		enum expect_outcome outcome =
		    plan->kind->check(plan->plan, &response, rendered, &c.scratch);
		if (outcome == EXPECT_PASSED)
			continue;
		plan->kind->explain(plan->plan, &response, rendered, &said);
		snprintf(out, room, "%s%s", outcome == EXPECT_LIMIT ? "limit: " : "", said.data);
		break;
	}
	buf_release(&said);
	compiled_release(&c);
	return out;
}

static const char *check(const char *expect, int status, const char *body, char *out, size_t room)
{
	return check_step(false, expect, status, body, out, room);
}

struct row {
	const char *expect;
	int status;
	const char *body, *said;
};

static void run_rows(const struct row *rows, size_t count)
{
	char out[2000];

	for (size_t i = 0; i < count; i++) {
		const char *said =
		    check(rows[i].expect, rows[i].status, rows[i].body, out, sizeof out);

		if (!strstr(said, rows[i].said))
			fail_msg("expect: %s of %d \"%s\":\n%s\nnot: %s", rows[i].expect,
				 rows[i].status, rows[i].body, said, rows[i].said);
	}
}

/* The expectation that each `graphql` has. */
static void test_graphql_errors(void **state)
{
	static const struct row rows[] = {
	    {"{status: 200}", 200, "{\"data\": {\"a\": 1}}", "holds"},
	    {"{status: 200}", 200, "{\"data\": {\"a\": 1}, \"errors\": []}", "holds"},
	    {"{status: 200}", 200, "[{\"data\": 1}, {\"data\": 2}]", "holds"},
	    {"{status: 200}", 200,
	     "{\"data\": {\"a\": 1}, \"errors\": [{\"message\": \"no \\\"b\\\"\", \"path\": "
	     "[\"a\", 0, \"b\"]}, {}]}",
	     "GraphQL error: no \"b\", at a[0].b (and 1 more)"},
	    {"{status: 200}", 200, "[{\"data\": 1}, {\"errors\": [{\"message\": \"x\"}]}]",
	     "GraphQL error in operation 2 of the batch: x"},
	    {"{status: 200}", 200, "{\"errors\": [7]}", "GraphQL error: without a message"},
	    {"{status: 200}", 200, "<html>", "is not a GraphQL response"},
	    {"{status: 200}", 200, "{}", "is not a GraphQL response"},
	    {"{status: 200}", 200, "[{\"data\": 1}, 7]", "is not a GraphQL response"},
	    {"{graphql_errors: allowed}", 200, "{\"errors\": [7]}", "holds"},
	    {"{graphql_errors: none}", 200, "{\"errors\": [7]}", "GraphQL error"},
	    {"{graphql_errors: some}", 200, "", "E303"},
	};
	char out[2000];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *said =
		    check_step(true, rows[i].expect, rows[i].status, rows[i].body, out, sizeof out);

		if (!strstr(said, rows[i].said))
			fail_msg("%s %s:\n%s\nnot: %s", rows[i].expect, rows[i].body, said,
				 rows[i].said);
	}
	assert_non_null(strstr(check("{graphql_errors: allowed}", 200, "", out, sizeof out),
			       "only `graphql` steps"));
}

static void test_status(void **state)
{
	static const struct row rows[] = {
	    {"{status: 200}", 200, "", "holds"},
	    {"{status: 200}", 503, "", "HTTP 503, expected 200"},
	    {"{status: [200, 302]}", 302, "", "holds"},
	    {"{status: [200, 302, 4xx]}", 500, "", "HTTP 500, expected 200, 302 or 4xx"},
	    {"{status: 2xx}", 299, "", "holds"},
	    {"{status: 2xx}", 300, "", "HTTP 300, expected 2xx"},
	    {"{status: 20}", 200, "", "E346"},
	    {"{status: ok}", 200, "", "'ok' is not a valid status"},
	    {"{status: [[200]]}", 200, "", "E346"},
	    {"{status: {a: 1}}", 200, "", "E140"},
	};

	(void)state;
	run_rows(rows, sizeof rows / sizeof *rows);
}

static void test_body(void **state)
{
	static const struct row rows[] = {
	    {"{body: ok}", 200, "ok", "holds"},
	    {"{body: ok}", 200, "okay", "expected the body to be \"ok\", got \"okay\""},
	    {"{body: \"\"}", 200, "", "holds"},
	    {"{body: \"\"}", 200, "x", "to be \"\", got \"x\""},
	    {"{body: {matches: '^$'}}", 200, "", "holds"},
	    {"{body: {exists: no, count: 0}}", 200, "", "holds"},
	    {"{body: {exists: yes}}", 200, "", "expected the body to exist, got nothing"},
	    {"{body: 5}", 200, "5.0", "holds"},
	    {"{body: \"${who} ${n}\"}", 200, "Anna 3", "holds"},
	    {"{body: {contains: Welcome}}", 200, "oh Welcome", "holds"},
	    {"{body: {contains: Welcome}}", 200, "", "to contain \"Welcome\", got nothing"},
	    {"{body: {contains: [a, \"${who}\"]}}", 200, "a Anna", "holds"},
	    {"{body: {contains: [a, \"${who}\"]}}", 200, "a", "to contain \"Anna\""},
	    {"{body: {not: {contains: Error}}}", 200, "fine", "holds"},
	    {"{body: {not: {contains: Error}}}", 200, "Error 5", "not to contain \"Error\""},
	    {"{body: {not: ok}}", 200, "ok", "not to be \"ok\""},
	    {"{body: {not: [a, b]}}", 200, "b", "not to be \"b\""},
	    {"{body: {matches: '^\\d+$'}}", 200, "123", "holds"},
	    {"{body: {matches: '^\\d+$'}}", 200, "12a", "to match \"^\\d+$\""},
	    {"{body: {matches: '(a+)+$'}}", 200,
	     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "limit: "},
	    {"{body: {exists: yes}}", 200, "x", "holds"},
	    {"{body: {exists: yes}}", 200, "", "to exist"},
	    {"{body: {exists: no}}", 200, "", "holds"},
	    {"{body: {min: 1, max: \"${n}\"}}", 200, "2.5", "holds"},
	    {"{body: {min: 1, max: \"${n}\"}}", 200, "4", "to be at most 3"},
	    {"{body: {min: 1}}", 200, "many", "to be at least 1"},
	    {"{body: {type: text}}", 200, "4", "holds"},
	    {"{body: {type: number}}", 200, "4", "to be of type number"},
	    {"{body: {matches: '(a'}}", 200, "", "E207"},
	    {"{body: {matches: \"${who}\"}}", 200, "", "E203"},
	    {"{body: {min: few}}", 200, "", "expected a number"},
	    {"{body: {contain: a}}", 200, "", "did you mean 'contains'"},
	    {"{body: \"${whoo}\"}", 200, "", "did you mean 'who'"},
	    {"{body: {}}", 200, "", "E346"},
	};

	(void)state;
	run_rows(rows, sizeof rows / sizeof *rows);
}

static void test_others(void **state)
{
	static const struct row rows[] = {
	    {"{header: {content-type: {contains: html}}}", 200, "", "holds"},
	    {"{header: {Content-Type: application/json}}", 200, "",
	     "expected the header Content-Type to be \"application/json\", got "
	     "\"text/html; "
	     "charset=utf-8\""},
	    {"{header: {X-No: {exists: no}}}", 200, "", "holds"},
	    {"{header: {X-No: \"\"}}", 200, "", "got nothing: "},
	    {"{cookie: {sid: abc}}", 200, "", "holds"},
	    {"{cookie: {sid: {matches: '^x'}}}", 200, "", "expected the cookie sid to match"},
	    {"{cookie: {SID: {exists: yes}}}", 200, "", "expected the cookie SID to exist"},
	    {"{jsonpath: {$.ok: true}}", 200, "{\"ok\": true}", "holds"},
	    {"{jsonpath: {$.ok: \"true\"}}", 200, "{\"ok\": true}", "holds"},
	    {"{jsonpath: {$.ok: true, $.n: {min: 2}}}", 200, "{\"ok\": true, \"n\": 1}",
	     "expected the JSONPath $.n to be at least 2, got 1"},
	    {"{jsonpath: {\"$.a[*]\": {count: 3, contains: c}}}", 200,
	     "{\"a\": [\"a\", \"b\", \"c\"]}", "holds"},
	    {"{jsonpath: {\"$.a[*]\": {count: \"${n}\"}}}", 200, "{\"a\": [1]}",
	     "to be found 3 times"},
	    {"{jsonpath: {$.a: {type: list}}}", 200, "{\"a\": []}", "holds"},
	    {"{jsonpath: {$.a: {exists: yes}}}", 200, "no json", "got nothing: "},
	    {"{jsonpath: {$.a: null}}", 200, "{\"a\": null}", "holds"},
	    {"{jsonpath: {\"$.a[\": 1}}", 200, "", "E240"},
	    {"{url: /home}", 200, "", "holds"},
	    {"{url: '/home?tab=1'}", 200, "", "holds"},
	    {"{url: '/*'}", 200, "", "holds"},
	    {"{url: '/h*e?tab=*'}", 200, "", "holds"},
	    {"{url: '/*?tab=${n}'}", 200, "",
	     "expected the path /*?tab=3, got \"http://127.0.0.1/home?tab=1\""},
	    {"{url: '/home/*'}", 200, "",
	     "expected the path /home/*, got \"http://127.0.0.1/home?tab=1\""},
	    {"{url: '/home?*=*'}", 200, "", "holds"},
	    {"{url: '/home?tab=*&sort=*'}", 200, "",
	     "expected the path /home?tab=*&sort=*, got \"http://127.0.0.1/home?tab=1\""},
	    {"{url: /hom}", 200, "", "expected the path /hom, got \"http://127.0.0.1/home?tab=1\""},
	    {"{url: 'http://127.0.0.1/home?tab=1'}", 200, "", "holds"},
	    {"{redirected: no}", 200, "", "holds"},
	    {"{redirected: yes}", 200, "", "expected a redirect, got HTTP 200 without one"},
	    {"{redirected: yes}", 200, "<title>Edit</title><p class=error>Slug in use</p>",
	     "expected a redirect, got HTTP 200 without one: «Slug in use»"},
	    {"{redirected: yes}", 200, "{\"message\": \"Too long\"}",
	     "expected a redirect, got HTTP 200 without one: «Too long»"},
	    {"{redirected: yes}", 200,
	     "<title>A note</title><h1 class=x>A <b>newer</b> version</h1>",
	     "expected a redirect, got HTTP 200 without one: «A note: A newer version»"},
	    {"{redirected: yes}", 200,
	     "<title>A note</title><h1><a href=/><b>Wiki</b></a></h1><h1>A newer version exists</h1>",
	     "expected a redirect, got HTTP 200 without one: «A note: A newer version exists»"},
	    {"{redirected: yes}", 200, "<h1><a href=/>Wiki</a></h1><h1><a href=/1>One</a></h1>",
	     "expected a redirect, got HTTP 200 without one: «Wiki»"},
	    {"{url: /account}", 200, "<title>Log in &amp; go</title><p>x<h1>Log in &amp; go</h1>",
	     "expected the path /account, got \"http://127.0.0.1/home?tab=1\": «Log in & go»"},
	    {"{url: {contains: /home}}", 200, "", "holds"},
	    {"{url: {matches: '^http://[^/]*/login'}}", 200, "",
	     "expected the URL to match \"^http://[^/]*/login\", got "
	     "\"http://127.0.0.1/home?tab=1\""},
	    {"{max_time: 200ms}", 200, "", "holds"},
	    {"{max_time: 100ms}", 200, "", "expected a response time of at most 100ms, got 120 ms"},
	    {"{max_time: 100}", 200, "", "E300"},
	    {"{size: 5}", 200, "12345", "holds"},
	    {"{size: 1KB}", 200, "12345", "expected 1000 bytes, got 5"},
	    {"{size: {min: 6}}", 200, "12345", "expected at least 6 bytes, got 5"},
	    {"{size: {max: 4}}", 200, "12345", "expected at most 4 bytes, got 5"},
	    {"{size: {min: 2, max: 1}}", 200, "", "E346"},
	};

	(void)state;
	run_rows(rows, sizeof rows / sizeof *rows);
}

static void test_errors(void **state)
{
	static const char said[] = "the response reports an error";
	const struct row rows[] = {
	    {"{errors: no}", 200, "", "holds"},
	    {"{errors: no}", 200, "{\"id\": 7, \"error\": null, \"errors\": []}", "holds"},
	    {"{errors: no}", 200, "{\"success\": true, \"error\": \"\", \"errors\": 0}", "holds"},
	    {"{errors: no}", 200, "{\"success\": false, \"message\": \"Name in use\"}",
	     "the response reports an error: «Name in use»"},
	    {"{errors: no}", 200, "{\"ok\": false}", said},
	    {"{errors: no}", 200, "{\"status\": \"error\", \"data\": {\"id\": 7}}", said},
	    {"{errors: no}", 200, "{\"status\": \"open\", \"data\": {\"id\": 7}}", "holds"},
	    {"{errors: no}", 200, "{\"data\": null, \"errors\": [{\"message\": \"No \\u201cb\"}]}",
	     "the response reports an error: «No “b»"},
	    {"{errors: no}", 200,
	     "[{\"result\": 1}, {\"error\": {\"code\": -3, \"message\": \"x\"}}]",
	     "the response reports an error: «x»"},
	    {"{errors: no}", 200,
	     "<ul class='messages'><li class=error>Slug  in\n use &amp; old</ul>",
	     "the response reports an error: «Slug in use & old»"},
	    {"{errors: no}", 200, "<p class='error'></p><p class=error hidden>x</p><p>fine",
	     "holds"},
	    {"{errors: no}", 200, "<input class=error><p class='no-error errors'>fine", "holds"},
	    {"{errors: no}", 200, "<div role=alert class=alert-success>Saved</div>", "holds"},
	    {"{errors: no}", 200, "<div role=alert><b>Not</b> saved</div>",
	     "the response reports an error: «Not saved»"},
	    {"{errors: no}", 200, "<script>'<p class=error>x</p>'</script><p>fine</p>", "holds"},
	    {"{errors: no}", 200, "<?xml version='1.0'?><r><errors>0</errors><a>1</a></r>",
	     "holds"},
	    {"{errors: no}", 200, "<?xml version='1.0'?><r><error code='7'/></r>",
	     "the response reports an error: «code='7'»"},
	    {"{errors: no}", 200, "<s:Envelope><s:Fault><faultstring>Full</faultstring></s:Fault>",
	     "the response reports an error: «Full»"},
	    {"{errors: no}", 200,
	     "<u id='f'><![CDATA[<form><p class='error'>Too long</p></form>]]></u>",
	     "the response reports an error: «Too long»"},
	    {"{errors: yes}", 200, "{\"error\": \"x\"}", "holds"},
	    {"{errors: yes}", 200, "fine", "expected an error in the body, found none"},
	};

	(void)state;
	run_rows(rows, sizeof rows / sizeof *rows);
}

#define CART                                                                                       \
	"{\"id\": 7, \"items\": [{\"n\": 1.50, \"t\": [\"a\", null]}, {\"n\": 2}], \"who\": "      \
	"\"Anna\"}"

/* Lists and objects: compared completely, by value, with the first difference. */
static void test_deep(void **state)
{
	static const struct row rows[] = {
	    {"{jsonpath: {$.a: [1, 2]}}", 200, "{\"a\": [1, 2.0]}", "holds"},
	    {"{jsonpath: {$.a: {equals: [1, 2]}}}", 200, "{\"a\": [10e-1, 0.2E1]}", "holds"},
	    {"{jsonpath: {$.a: []}}", 200, "{\"a\": []}", "holds"},
	    {"{jsonpath: {$.a: {equals: {}}}}", 200, "{\"a\": {}}", "holds"},
	    {"{jsonpath: {$.a: {equals: {}}}}", 200, "{\"a\": []}",
	     "expected the JSONPath $.a to be {}, got a list of 0"},
	    {"{jsonpath: {$: {equals: {who: Anna, items: [{t: [a, null], n: 1.5}, {n: 2}], id: "
	     "7}}}}",
	     200, CART, "holds"},
	    {"{jsonpath: {$: {equals: {who: \"${who}\", items: [{n: 1.5, t: [a, null]}, {n: 2}], "
	     "id: 7}}}}",
	     200, CART, "holds"},
	    {"{jsonpath: {$.items: [{n: 1.5, t: [a, null]}, {n: \"${n}\"}]}}", 200, CART,
	     "got a list of 2: [1].n is 2, expected 3"},
	    {"{jsonpath: {$: {equals: {id: 7, items: [{n: 1.5, t: [b, null]}], who: Anna}}}}", 200,
	     CART, ": .items[0].t[0] is \"a\", expected \"b\""},
	    {"{jsonpath: {$: {equals: {id: 7, items: [{n: 1.5, t: [a, null]}], who: Anna}}}}", 200,
	     CART, ": .items[1] is an object of 1, expected nothing"},
	    {"{jsonpath: {$: {equals: {id: 7, no: {x: [1]}}}}}", 200, CART,
	     ": .no is missing, expected {\"x\":[1]}"},
	    {"{jsonpath: {$.items: [1, 2, 3]}}", 200, "{\"items\": [1, 2]}",
	     ": [2] is missing, expected 3"},
	    {"{jsonpath: {$: {equals: {a: 1}}}}", 200, "{\"a\": 1, \"b c\": 2}",
	     ": ['b c'] is 2, expected nothing"},
	    {"{jsonpath: {$: {equals: {a: 1}}}}", 200, "{\"a\": 1, \"a\": 1}",
	     ": .a is 1, expected nothing"},
	    {"{jsonpath: {$.a: [\"1\"]}}", 200, "{\"a\": [1]}", "[0] is 1, expected \"1\""},
	    {"{jsonpath: {$.a: [9007199254740993]}}", 200, "{\"a\": [9007199254740992]}",
	     "[0] is 9007199254740992, expected 9007199254740993"},
	    {"{jsonpath: {$.a: [1, 0.1, -0, 1e300, 100]}}", 200,
	     "{\"a\": [1.000, 10e-2, 0, 10E299, 1e2]}", "holds"},
	    {"{jsonpath: {$.a: [1e300]}}", 200, "{\"a\": [2e300]}", "[0] is 2e300, expected 1e300"},
	    {"{jsonpath: {$.a: [-1]}}", 200, "{\"a\": [1]}", "[0] is 1, expected -1"},
	    {"{jsonpath: {$.a: [\"\\u00e9\"]}}", 200, "{\"a\": [\"\\u00e9\"]}", "holds"},
	    {"{jsonpath: {$.a: 1}}", 200, "{\"a\": [1]}", "to be 1, got a list of 1"},
	    {"{jsonpath: {$.a: [1]}}", 200, "{\"a\": 1}", "to be [1], got 1"},
	    {"{jsonpath: {$.a: {not: [[1]]}}}", 200, "{\"a\": [1]}", "not to be [1]"},
	    {"{jsonpath: {$.a: {not: {equals: {b: 1}}}}}", 200, "{\"a\": {\"b\": 2}}", "holds"},
	    {"{jsonpath: {$.b: [1]}}", 200, "{\"a\": [1]}",
	     "got nothing: nothing at $.b; the response is an object with a"},
	    {"{jsonpath: {$.b: [1]}}", 200, "[1,]", "got nothing: the body is not JSON"},
	    {"{jsonpath: {$.a: {equals: {\"${who}\": 1}}}}", 200, "{}",
	     "cannot contain ${…}; only values can"},
	    {"{jsonpath: {$.a: {equals: {x: \"${whoo}\"}}}}", 200, "{}", "did you mean 'who'"},
	    {"{body: [1]}", 200, "[1]", "can only be compared with JSON"},
	    {"{css: {h1: {contains: {a: 1}}}}", 200, "", "can only be compared with JSON"},
	};

	(void)state;
	run_rows(rows, sizeof rows / sizeof *rows);
}

static void test_deep_contains(void **state)
{
	static const struct row rows[] = {
	    {"{jsonpath: {$.items: {contains: {n: 2}}}}", 200, CART, "holds"},
	    {"{jsonpath: {$.items: {contains: {n: 1.5}}}}", 200, CART,
	     "to contain {\"n\":1.5}, got a list of 2"},
	    {"{jsonpath: {\"$.items[*]\": {contains: {n: 1.5}}}}", 200, CART, "holds"},
	    {"{jsonpath: {$: {contains: {who: Anna, id: 7}}}}", 200, CART, "holds"},
	    {"{jsonpath: {$: {contains: {who: \"${who}\", id: 8}}}}", 200, CART,
	     "got an object of 3: .id is 7, expected 8"},
	    {"{jsonpath: {$: {contains: [id, who]}}}", 200, CART, "holds"},
	    {"{jsonpath: {$.a: {contains: [[1, 2], [3]]}}}", 200, "{\"a\": [[3], [1, 2]]}",
	     "holds"},
	    {"{jsonpath: {$.a: {contains: [[2, 1]]}}}", 200, "{\"a\": [[3], [1, 2]]}",
	     "to contain [2,1]"},
	    {"{jsonpath: {$.a: {contains: {b: 1}}}}", 200, "{\"a\": \"b\"}",
	     "to contain {\"b\":1}"},
	};

	(void)state;
	run_rows(rows, sizeof rows / sizeof *rows);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_graphql_errors), cmocka_unit_test(test_status),
	    cmocka_unit_test(test_body),	   cmocka_unit_test(test_others),
	    cmocka_unit_test(test_errors),	   cmocka_unit_test(test_deep),
	    cmocka_unit_test(test_deep_contains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
