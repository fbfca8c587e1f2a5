#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client_rig.h"
#include "counted_malloc.h"
#include "http_fixture.h"

enum { PLANS = 5 };

struct visit {
	struct client_rig *rig;
	struct http_plan *plans[PLANS];
	struct http_user *users[3];
};

static void make_plans(struct visit *v)
{
	static const char *const lines[] = {"X-A: b", "Content-Type: application/json"};
	const struct http_plan_spec specs[PLANS] = {
	    {.timeout = 20 * NS_PER_S},
	    {.keep_body = true, .keep_headers = true, .body_limit = 1 << 20},
	    {.method = STR("POST"),
	     .has_body = true,
	     .header_lines = lines,
	     .header_count = 2,
	     .keep_body = true},
	    {.keep_body = true, .timeout = 20 * NS_PER_S},
	    {.method = STR("PUT"), .has_body = true, .body = STR("{}")},
	};
	static const char *const paths[PLANS] = {"/ok", "/gzip/100000", "/echo", NULL, "/ok"};

	for (size_t i = 0; i < PLANS; i++)
		v->plans[i] = rig_plan(v->rig, specs[i], paths[i]);
}

static void one_request(struct visit *v, unsigned i)
{
	struct client_rig *rig = v->rig;
	struct exchange *x = rig->http->ops->begin(rig->http, v->plans[i % PLANS], v->users[i % 3]);

	if (i % PLANS == 2) {
		buf_add(&x->header_text, str_n("X-B: c\0Cookie: d=e\0", 19));
		buf_printf(&x->body, "{\"number\": %u}", i % 10);
	}
	if (i % PLANS == 3)
		buf_printf(&x->url, "%s/echo?q=%u", rig->base, i % 10);
	if (i % PLANS == 4) {
		x->override_method = true;
		x->method = "GET";
		x->drop_credentials = true;
	}
	rig_wait(rig, x);
	assert_int_equal(x->result, HTTP_OK);
	rig_end(rig, x);
}

static void test_no_allocation_per_request(void **state)
{
	const struct http_config config = {
	    .cookies = true, .dns_ttl = NS_NEVER, .user_agent = "reprise/test"};
	struct client_rig rig;
	struct visit v = {.rig = &rig};

	(void)state;
	rig_open(&rig, &config);
	make_plans(&v);
	for (size_t i = 0; i < 3; i++)
		v.users[i] = rig.http->ops->user_open(rig.http);
	for (unsigned i = 0; i < 60; i++)
		one_request(&v, i);
	unsigned long before = counted_mallocs();
	assert_true(before > 0);
	for (unsigned i = 0; i < 600; i++)
		one_request(&v, i);
	assert_int_equal(counted_mallocs() - before, 0);
	for (size_t i = 0; i < 3; i++)
		rig.http->ops->user_close(rig.http, v.users[i]);
	rig_close(&rig);
}

/* A new user reuses the record of one that has left. On a busy machine the old connection may still
 * be closing, so a few more records are allowed, but not one per user. */
static void test_no_allocation_per_user(void **state)
{
	const struct http_config config = {.cookies = true, .dns_ttl = NS_NEVER};
	struct client_rig rig;
	unsigned long before = 0;

	(void)state;
	rig_open(&rig, &config);
	struct http_plan *plan = rig_plan(&rig, (struct http_plan_spec){0}, "/ok");
	for (unsigned i = 0; i < 50; i++) {
		struct http_user *user = rig.http->ops->user_open(rig.http);
		struct exchange *x = rig.http->ops->begin(rig.http, plan, user);

		rig_wait(&rig, x);
		assert_int_equal(x->result, HTTP_OK);
		rig_end(&rig, x);
		rig.http->ops->user_close(rig.http, user);
		if (i == 10)
			before = counted_mallocs();
	}
	assert_in_range(counted_mallocs() - before, 0, 8);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_no_allocation_per_request),
	    cmocka_unit_test(test_no_allocation_per_user),
	};

	return cmocka_run_group_tests(tests, http_fixture_begin, http_fixture_end);
}
