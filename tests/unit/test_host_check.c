/* The names by which a page of this machine may be requested: a web page of another name that
 * resolves to this machine must not read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/host_check.h"

static void names_and_addresses(void **state)
{
	static const struct {
		const char *header;
		bool allowed;
	} rows[] = {
	    {"localhost", true},
	    {"LOCALHOST:8090", true},
	    {"127.0.0.1:8090", true},
	    {"192.0.2.7", true},
	    {"[::1]:8090", true},
	    {"[2001:db8::1]", true},
	    {"load.test", true},
	    {"Load.Test:8090", true},
	    {"evil.test", false},
	    {"evil.test:8090", false},
	    {"load.test.evil", false},
	    {"localhost.evil.test", false},
	    {"127.0.0.1.evil.test", false},
	    {"a.load.test", false},
	    {"", false},
	    {"[::1].evil.test", false},
	    {"[::1", false},
	    {"127.0.0.1:80.evil.test", false},
	    {"evil.test@127.0.0.1", false},
	    {"1270.0.1", false},
	};
	static const char *const names[] = {"other.test", "load.test"};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (host_check_allows(str_of(rows[i].header), names, 2) != rows[i].allowed)
			fail_msg("Host: %s", rows[i].header);
	assert_false(host_check_allows(STR("load.test"), names, 0));
	assert_false(host_check_allows(STR("evil.test"), NULL, 0));
	assert_true(host_check_allows(STR("127.0.0.1"), NULL, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_and_addresses),
	};

	return cmocka_run_group_tests_name("host_check", tests, NULL, NULL);
}
