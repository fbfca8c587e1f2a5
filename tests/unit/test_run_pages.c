/* `submit` and `follow` in virtual time: which page, which request, which failure. */
#include "compiled.h"

#include <string.h>

#include "simulation.h"

#define MS NS_PER_MS

#define LOG_SIZE 4000

/* Received requests, one per line: method, path, body, Referer. */
struct server {
	char log[LOG_SIZE];
	unsigned types;	  /* received requests with a Content-Type that the page gave */
	unsigned origins; /* and with the origin of the page */
};

struct answer {
	const char *path;
	struct fake_response response;
};

#define HTML "Content-Type: text/html\r\n"
#define PAGE(path, body_)                                                                          \
	{                                                                                          \
		path,                                                                              \
		{                                                                                  \
			.latency = MS, .headers = HTML, .body = (body_)                            \
		}                                                                                  \
	}

#define LOGIN                                                                                      \
	"<form method=post action=/login><input type=hidden name=t value=7>"                       \
	"<label>User name: <input name=u></label><input type=password name=p>"                     \
	"<button name=do value=in>Log in</button></form><a href=/a/1>Edit</a>"

static const struct answer answers[] = {
    PAGE("/login", LOGIN),
    PAGE("/other", "<form method=post action=/other><input name=x></form>"),
    PAGE("/plain", "no form here"),
    PAGE("/list", "<table><tr><td>Ann<td><a href=/a/1>Edit</a><tr><td>Bob<td>"
		  "<a href='b?id=2#x'>Edit</a></table><a href=//elsewhere/>Away</a>"
		  "<form action=/search><input name=q></form>"),
    PAGE("/orders",
	 "<table><tr><td>Order 12<td><form method=post action=/del><input type=hidden name=id "
	 "value=12><button>Delete</button></form><tr><td>Order 1<td><form method=post action=/del>"
	 "<input type=hidden name=id value=1><button>Delete</button></form></table>"),
    PAGE("/names", "<form method=post action=/n><input name=user[mail] value=a><input name=e-mail "
		   "value=b><input name='x y' value=c><input name=n value=3><input name=out>"
		   "</form>"),
    PAGE("/search?q=hat", "<form action=/search><input name=q value=hat></form>"),
    {"/json", {.latency = MS, .headers = "Content-Type: application/json\r\n", .body = "{}"}},
    {"/fragment",
     {.latency = MS,
      .headers = HTML,
      .body = "<form method=post action=/login><input type=hidden name=t value=8><input name=u>"
	      "<input type=password name=p><button name=do value=in>Log in</button></form>"}},
    {"/saved", {.latency = MS, .status = 403, .headers = HTML, .body = LOGIN}},
    {NULL, {0}},
};

static struct fake_response serve(void *owner, const struct fake_request *request)
{
	struct server *server = owner;
	struct str path = str_slice(request->url, strlen("http://shop"), request->url.len);
	struct str lines = buf_str(&request->exchange->header_text);
	size_t from = str_find(lines, STR("Referer: "), 0), len = strlen(server->log);
	const char *referer = from == NOT_FOUND ? "" : lines.ptr + from + strlen("Referer: ");

	server->types += str_find(lines, STR("Content-Type: "), 0) != NOT_FOUND;
	server->origins += str_find(lines, STR("Origin: http://shop\0"), 0) != NOT_FOUND;
	snprintf(server->log + len, sizeof server->log - len, "%s %.*s %.*s %s\n", request->method,
		 STR_ARG(path), STR_ARG(request->body), referer);
	/* A refused login: the form with what was typed. */
	if (str_find(request->body, STR("u=bad"), 0) != NOT_FOUND)
		return (struct fake_response){
		    .latency = MS,
		    .headers = HTML,
		    .body = "<p class=error>Wrong.</p><form method=post action=/login>"
			    "<input type=hidden name=t value=9><input name=u value=bad>"
			    "<input type=password name=p><button name=do value=in></form>"};
	/* A list of orders that is shown again. */
	if (str_eq(path, STR("/del")))
		path = STR("/orders");
	for (const struct answer *a = answers; a->path; a++)
		if ((strcmp(request->method, "GET") == 0 || str_eq(path, STR("/orders"))) &&
		    str_eq(path, str_of(a->path)))
			return a->response;
	return (struct fake_response){.latency = MS, .headers = HTML, .body = "<p>ok</p>"};
}

struct visit {
	struct compiled c;
	struct simulation sim;
	struct server server;
};

static void perform(struct visit *v, const char *steps)
{
	char file[4000];

	snprintf(file, sizeof file,
		 "target: http://shop\nload: {users: 1, iterations: 1}\nsteps:\n%s", steps);
	*v = (struct visit){0};
	compiled_init(&v->c, file);
	if (!v->c.program)
		fail_msg("%s", v->c.text.data);
	simulation_init(&v->sim);
	v->sim.settings.program = v->c.program;
	v->sim.settings.load = v->c.program->model->load;
	v->sim.serve = serve;
	v->sim.owner = &v->server;
	simulation_run(&v->sim);
}

static void end(struct visit *v)
{
	simulation_release(&v->sim);
	compiled_release(&v->c);
}

/* The steps send exactly LOG, and nothing fails. */
static void expect_sent(const char *steps, const char *log)
{
	struct visit v;

	perform(&v, steps);
	if (v.sim.summary.failure_count)
		fail_msg("%s", v.sim.summary.failures[0].text);
	assert_string_equal(v.server.log, log);
	end(&v);
}

/* The last step fails with CLASS and a message that contains TEXT. */
static void expect_failure(const char *steps, enum failure_class class, const char *text)
{
	struct visit v;

	perform(&v, steps);
	if (v.sim.summary.failure_count != 1)
		fail_msg("%s%s", steps, v.server.log);
	assert_int_equal(v.sim.summary.failures[0].class, class);
	if (!strstr(v.sim.summary.failures[0].text, text))
		fail_msg("%s", v.sim.summary.failures[0].text);
	end(&v);
}

static void submit_sends_the_values_of_the_page_and_of_the_step(void **state)
{
	(void)state;
	expect_sent("  - get: /login\n  - submit: {User name: ann, p: 's e'}\n",
		    "GET /login  \nPOST /login t=7&u=ann&p=s+e&do=in http://shop/login\n");
	expect_sent("  - get: /login\n  - submit: Log in\n",
		    "GET /login  \nPOST /login t=7&u=&p=&do=in http://shop/login\n");
	expect_sent("  - get: /login\n  - submit: {u: null, p: '${form.t}'}\n    button: none\n"
		    "    add: {n: [1, 2]}\n",
		    "GET /login  \nPOST /login t=7&p=7&n=1&n=2 http://shop/login\n");
	expect_sent(
	    "  - get: /login\n    extract: {st: {status: yes}}\n"
	    "  - submit: {u: 'a-${form.t}-${st}$${form.t}'}\n"
	    "    add: {n: ['${form.t}', '${form.do}/${st}'], m: '${form.u}!'}\n",
	    "GET /login  \nPOST /login t=7&u=a-7-200%24%7Bform.t%7D&p=&do=in&n=7&n=in%2F200&"
	    "m=a-7-200%24%7Bform.t%7D%21 http://shop/login\n");
	expect_failure("  - get: /login\n  - submit: {u: ann}\n    add: {n: [1, 'x${form.no}']}\n",
		       FAILURE_extract,
		       "${form.no}: the form does not send such a field; it has t");
	expect_sent("  - get: /list\n  - submit: {q: hat}\n  - submit: {q: coat}\n",
		    "GET /list  \nGET /search?q=hat  http://shop/list\n"
		    "GET /search?q=coat  http://shop/search?q=hat\n");
}

static void submit_finds_the_form_in_a_row(void **state)
{
	(void)state;
	expect_sent("  - get: /orders\n  - submit: Delete\n    row: Order 1\n",
		    "GET /orders  \nPOST /del id=1 http://shop/orders\n");
	expect_sent("  - get: /orders\n  - submit: Delete\n    row: Order ${6 * 2}\n",
		    "GET /orders  \nPOST /del id=12 http://shop/orders\n");
	expect_sent("  - get: /orders\n  - submit: Delete\n    nth: 2\n",
		    "GET /orders  \nPOST /del id=1 http://shop/orders\n");
	expect_failure(
	    "  - get: /orders\n  - submit: Delete\n    row: Order\n", FAILURE_extract,
	    "several rows with 'Order' have a form with the button 'Delete' on "
	    "http://shop/orders; write more of the row's text, or nth: «Order 12 Delete»");
	expect_failure("  - get: /orders\n  - submit: Delete\n    row: ${''}\n", FAILURE_extract,
		       "the text of 'row' is empty");
}

/* `form` is known in the values of a submit and in `add`, with filters and other names. */
static void values_use_other_fields(void **state)
{
	(void)state;
	expect_sent("  - get: /names\n  - submit: {out: '${form.user[mail] | upper}'}\n",
		    "GET /names  \nPOST /n user%5Bmail%5D=a&e-mail=b&x+y=c&n=3&out=A "
		    "http://shop/names\n");
	expect_sent(
	    "  - get: /names\n  - submit: {n: 4, out: '${form[\"x y\"]}${form.e-mail}'}\n"
	    "    add: {sum: '${form.n + 1}', l: ['${form.n}', '${form.out | length}']}\n",
	    "GET /names  \nPOST /n user%5Bmail%5D=a&e-mail=b&x+y=c&n=4&out=cb&sum=5&l=4&l=2 "
	    "http://shop/names\n");
	expect_failure("  - get: /names\n  - submit: {out: '${form.no | upper}'}\n",
		       FAILURE_extract, "${form.no}: the form does not send such a field; it has");
	expect_failure("  - get: /names\n  - submit: {out: '${form.e-mail * 2}'}\n",
		       FAILURE_expression, "\"b\" is not a number");
}

static void follow_finds_links_by_text_address_and_row(void **state)
{
	(void)state;
	expect_sent("  - get: /list\n  - follow: Edit\n",
		    "GET /list  \nGET /a/1  http://shop/list\n");
	expect_sent("  - get: /list\n  - follow: {link: Edit, row: Bob}\n",
		    "GET /list  \nGET /b?id=2  http://shop/list\n");
	expect_sent("  - get: /list\n  - follow: {link: Edit, nth: 2}\n",
		    "GET /list  \nGET /b?id=2  http://shop/list\n");
	expect_sent("  - get: /list\n  - follow: /a/*\n    headers: {Referer: mine}\n",
		    "GET /list  \nGET /a/1  \n");
	expect_failure("  - get: /list\n  - follow: Delete\n", FAILURE_extract,
		       "no link 'Delete' on http://shop/list; the page has ");
	expect_failure("  - get: /list\n  - follow: {link: Edit, row: Eve}\n", FAILURE_extract,
		       "no row with 'Eve'");
	expect_failure(
	    "  - get: /list\n  - follow: Away\n", FAILURE_blocked_host,
	    "the link goes to elsewhere:80, which the file does not name; if that host may be "
	    "tested, add: allowed_hosts: [\"elsewhere\"]");
}

static void links_can_be_extracted(void **state)
{
	(void)state;
	expect_sent("  - get: /list\n    extract: {x: {link: Edit, match: 2}}\n  - get: ${x}\n",
		    "GET /list  \nGET /b?id=2  \n");
	expect_sent("  - get: /list\n    extract: {x: {link: '/a/*'}}\n  - get: ${x}\n",
		    "GET /list  \nGET /a/1  \n");
	expect_sent("  - get: /list\n    extract: {x: {link: Edit, row: Bob}}\n  - get: ${x}\n",
		    "GET /list  \nGET /b?id=2  \n");
	expect_failure(
	    "  - get: /list\n    extract: {x: {link: Edit, row: Eve}}\n  - get: ${x}\n",
	    FAILURE_extract,
	    "no match for 'x' (link): no row with 'Eve' on http://shop/list; rows with links: "
	    "\xc2\xab"
	    "Ann Edit\xc2\xbb");
	expect_failure("  - get: /list\n    extract: {x: {link: Away, row: Bob}}\n  - get: ${x}\n",
		       FAILURE_extract,
		       "no link 'Away' in the row with 'Bob' on http://shop/list; the "
		       "row: \xc2\xab"
		       "Bob Edit\xc2\xbb; the page has ");
	expect_failure(
	    "  - get: /list\n    extract: {x: {link: Gone}}\n  - get: ${x}\n", FAILURE_extract,
	    "no match for 'x' (link): no link 'Gone' on http://shop/list; the page has ");
}

static void the_page_is_the_last_document(void **state)
{
	(void)state;
	/* JSON leaves the page, another page replaces it. */
	expect_sent("  - get: /login\n  - get: /json\n  - submit: {u: ann}\n",
		    "GET /login  \nGET /json  \nPOST /login t=7&u=ann&p=&do=in "
		    "http://shop/login\n");
	expect_failure("  - get: /login\n  - get: /other\n  - submit: {u: ann}\n", FAILURE_extract,
		       "no form with 'u' on http://shop/other; the page has ");
	/* Whatever its status. */
	expect_sent("  - get: /saved\n    expect: {status: 403}\n  - submit: {u: ann}\n",
		    "GET /saved  \nPOST /login t=7&u=ann&p=&do=in http://shop/saved\n");
	/* A script receives the form again: its hidden value is the new one. */
	expect_sent("  - get: /login\n  - get: /fragment\n    headers: {X-Requested-With: x}\n"
		    "  - submit: {u: ann}\n",
		    "GET /login  \nGET /fragment  \nPOST /login t=8&u=ann&p=&do=in "
		    "http://shop/login\n");
	/* The last branch of `parallel`, not the last response. */
	expect_sent("  - parallel: [{get: /other}, {get: /login}]\n  - submit: {u: ann}\n",
		    "GET /other  \nGET /login  \nPOST /login t=7&u=ann&p=&do=in "
		    "http://shop/login\n");
	expect_failure("  - get: /json\n  - submit: {u: ann}\n", FAILURE_extract, "no page yet");
}

static void a_step_can_name_an_earlier_page(void **state)
{
	(void)state;
	expect_sent("  - get: /login\n  - get: /other\n  - submit: {u: ann}\n"
		    "    page: GET /login\n",
		    "GET /login  \nGET /other  \nPOST /login t=7&u=ann&p=&do=in "
		    "http://shop/login\n");
	/* The latest page of that name; a step without `page` uses the last page. */
	expect_sent("  - get: /login\n    name: A\n  - get: /list\n    name: A\n  - get: /other\n"
		    "  - follow: {link: Edit, row: Bob}\n    page: A\n  - get: /other\n"
		    "  - submit: {x: 1}\n",
		    "GET /login  \nGET /list  \nGET /other  \nGET /b?id=2  http://shop/list\n"
		    "GET /other  \nPOST /other x=1 http://shop/other\n");
	/* JSON leaves the page, and a fragment for a script changes the last page only. */
	expect_sent("  - get: /login\n    name: A\n  - get: /json\n    name: A\n"
		    "  - get: /fragment\n    headers: {X-Requested-With: x}\n"
		    "  - submit: {u: ann}\n    page: A\n",
		    "GET /login  \nGET /json  \nGET /fragment  \n"
		    "POST /login t=7&u=ann&p=&do=in http://shop/login\n");
	expect_failure("  - get: /json\n    name: A\n  - get: /login\n  - submit: {u: ann}\n"
		       "    page: A\n",
		       FAILURE_extract, "no page 'A' yet: no step of this name received an HTML");
	expect_failure("  - get: /login\n    name: A\n  - get: /other\n"
		       "  - submit: {u: bad, p: x}\n    page: A\n",
		       FAILURE_expect, "the server rejected the form: «Wrong.»");
}

static void a_form_that_is_shown_again_is_a_failure(void **state)
{
	(void)state;
	expect_failure("  - get: /login\n  - submit: {u: bad, p: x}\n", FAILURE_expect,
		       "the server rejected the form: «Wrong.»");
	expect_sent("  - get: /login\n  - submit: {u: bad, p: x}\n    expect: {form: again}\n",
		    "GET /login  \nPOST /login t=7&u=bad&p=x&do=in http://shop/login\n");
	/* A form that is empty, and one that is sent with GET, can be expected. */
	expect_sent("  - get: /orders\n  - submit: Delete\n    nth: 2\n    expect: {form: again}\n",
		    "GET /orders  \nPOST /del id=1 http://shop/orders\n");
	expect_sent("  - get: /list\n  - submit: {q: hat}\n    expect: {form: again}\n"
		    "  - submit: {q: hat}\n",
		    "GET /list  \nGET /search?q=hat  http://shop/list\n"
		    "GET /search?q=hat  http://shop/search?q=hat\n");
	expect_failure("  - get: /login\n  - submit: {u: ann}\n    expect: {form: again}\n",
		       FAILURE_expect, "expected the form again, got a page without it (HTTP 200");
	/* Other expectations do not switch the rule off. */
	expect_failure("  - get: /login\n  - submit: {u: bad, p: x}\n    expect: {status: 200}\n",
		       FAILURE_expect, "the server rejected the form");
}

static void an_iteration_begins_without_a_page(void **state)
{
	struct visit v;

	(void)state;
	perform(&v, "  - if: ${iteration == 1}\n    then: [{get: /login}]\n"
		    "  - submit: {u: ann}\n");
	assert_int_equal(v.sim.summary.failure_count, 0);
	end(&v);
	expect_failure("  - if: ${iteration == 2}\n    then: [{get: /login}]\n"
		       "  - submit: {u: ann}\n",
		       FAILURE_extract, "no page yet");
}

/* ---- which requests keep their page */

static void expect_parts(const char *steps, const char *kept)
{
	struct visit v;
	char got[100] = "";

	perform(&v, steps);
	for (uint32_t i = 0; i < v.c.program->request_count; i++)
		strcat(got, v.c.program->requests[i].named_parts  ? "N"
			    : v.c.program->requests[i].page_parts ? "y"
								  : "n");
	assert_string_equal(got, kept);
	end(&v);
}

static void requests_before_no_submit_keep_nothing(void **state)
{
	(void)state;
	expect_parts("  - get: /login\n  - get: /other\n", "nn");
	expect_parts("  - get: /login\n  - submit: {u: ann}\n  - get: /other\n", "ynn");
	expect_parts("  - repeat: 2\n    steps: [{get: /login}, {submit: {u: ann}}]\n", "yy");
	expect_parts("  - get: /login\n  - put: /x\n  - follow: Edit\n  - head: /y\n", "ynnn");
	expect_parts("  - parallel: [{get: /plain}, {get: /list}]\n  - follow: Edit\n", "yyn");
}

static void only_pages_that_are_named_are_kept_under_their_name(void **state)
{
	(void)state;
	expect_parts("  - get: /login\n    name: A\n  - get: /other\n  - submit: {u: ann}\n"
		     "    page: A\n",
		     "Nnn");
	expect_parts("  - get: /login\n    name: A\n  - get: /other\n  - submit: {x: 1}\n"
		     "  - get: /list\n    name: A\n  - follow: Edit\n    page: A\n",
		     "NynNn"); /* only HTML replaces the first A */
	expect_parts("  - parallel: [{get: /list, name: A}, {get: /list, name: B}]\n"
		     "  - follow: Edit\n    page: B\n",
		     "nNn");
}

static void a_content_type_of_the_step_replaces_that_of_the_form(void **state)
{
	struct visit v;

	(void)state;
	perform(&v, "  - get: /login\n  - submit: {u: ann, p: x}\n");
	assert_int_equal(v.server.types, 1);
	end(&v);
	perform(&v, "  - get: /login\n  - submit: {u: ann, p: x}\n"
		    "    headers: {Content-Type: text/x}\n");
	assert_int_equal(v.server.types, 0);
	end(&v);
}

/* Frameworks compare it against cross-site requests. */
static void a_form_that_is_posted_has_an_origin(void **state)
{
	struct visit v;

	(void)state;
	perform(&v, "  - get: /login\n  - submit: {u: ann, p: x}\n");
	assert_int_equal(v.server.origins, 1);
	end(&v);
	perform(&v,
		"  - get: /list\n  - submit: {q: hat}\n  - follow: /a/*\n    page: GET /list\n");
	assert_int_equal(v.server.origins, 0);
	end(&v);
	perform(&v, "  - get: /login\n  - submit: {u: ann, p: x}\n    headers: {Origin: mine}\n");
	assert_int_equal(v.server.origins, 0);
	end(&v);
}

/* Scripts serialize a form in their own way. */
static void a_content_type_of_a_form_decides_its_encoding(void **state)
{
	struct visit v;

	(void)state;
	perform(&v, "  - get: /login\n  - submit: {u: ann, p: x}\n"
		    "    headers: {Content-Type: multipart/form-data}\n");
	assert_int_equal(v.server.types, 1);
	assert_non_null(strstr(v.server.log, "form-data; name=\"u\"\r\n\r\nann\r\n"));
	end(&v);
	perform(&v, "  - get: /login\n  - submit: {u: ann, p: x}\n"
		    "    headers: {Content-Type: application/x-www-form-urlencoded}\n");
	assert_non_null(strstr(v.server.log, "u=ann&p=x"));
	end(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(submit_sends_the_values_of_the_page_and_of_the_step),
	    cmocka_unit_test(a_content_type_of_the_step_replaces_that_of_the_form),
	    cmocka_unit_test(a_content_type_of_a_form_decides_its_encoding),
	    cmocka_unit_test(a_form_that_is_posted_has_an_origin),
	    cmocka_unit_test(submit_finds_the_form_in_a_row),
	    cmocka_unit_test(values_use_other_fields),
	    cmocka_unit_test(follow_finds_links_by_text_address_and_row),
	    cmocka_unit_test(links_can_be_extracted),
	    cmocka_unit_test(the_page_is_the_last_document),
	    cmocka_unit_test(a_step_can_name_an_earlier_page),
	    cmocka_unit_test(a_form_that_is_shown_again_is_a_failure),
	    cmocka_unit_test(an_iteration_begins_without_a_page),
	    cmocka_unit_test(requests_before_no_submit_keep_nothing),
	    cmocka_unit_test(only_pages_that_are_named_are_kept_under_their_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
