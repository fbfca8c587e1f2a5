#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include "net/redirect.h"

static void test_statuses(void **state)
{
	static const int yes[] = {301, 302, 303, 307, 308}, no[] = {200, 300, 304, 305, 306, 309};

	(void)state;
	for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
		assert_true(redirect_status(yes[i]));
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(redirect_status(no[i]));
}

static void test_methods(void **state)
{
	static const struct {
		int status;
		const char *method;
		bool get;
	} cases[] = {
	    {301, "POST", true},  {302, "POST", true},	 {303, "POST", true}, {307, "POST", false},
	    {308, "POST", false}, {301, "PUT", false},	 {302, "PUT", false}, {303, "PUT", true},
	    {303, "HEAD", false}, {303, "DELETE", true}, {302, "GET", false}, {302, "HEAD", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_int_equal(redirect_makes_get(cases[i].status, cases[i].method),
				 cases[i].get);
}

static void test_origins(void **state)
{
	(void)state;
	assert_false(
	    redirect_leaves_origin(STR("http://shop.test/a"), STR("http://SHOP.test:80/b")));
	assert_true(redirect_leaves_origin(STR("http://shop.test/"), STR("https://shop.test/")));
	assert_true(redirect_leaves_origin(STR("http://shop.test/"), STR("http://shop.test:81/")));
	assert_true(redirect_leaves_origin(STR("http://shop.test/"), STR("http://evil.test/")));
	assert_true(redirect_leaves_origin(STR("http://shop.test/"), STR("/relative")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_statuses),
	    cmocka_unit_test(test_methods),
	    cmocka_unit_test(test_origins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
