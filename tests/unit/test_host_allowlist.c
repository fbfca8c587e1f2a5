/* The hosts that may be contacted: the target's, and those in `allowed_hosts`. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/url.h"
#include "program/program.h"

static const struct {
	const char *target, *entry; /* entry: of allowed_hosts, or NULL */
	const char *url;
	bool allowed;
} rows[] = {
    {"http://shop.test", NULL, "http://shop.test/cart", true},
    {"http://shop.test", NULL, "HTTP://SHOP.test/", true},
    {"http://shop.test", NULL, "http://shop.test:80/", true},
    {"http://shop.test", NULL, "https://shop.test/", true},
    {"https://shop.test", NULL, "http://shop.test/", true},
    {"http://shop.test", NULL, "http://shop.test:8080/", false},
    {"http://shop.test", NULL, "http://shop.test:443/", false},
    {"http://shop.test", NULL, "https://shop.test:80/", true},
    {"http://shop.test", NULL, "http://other.test/", false},
    {"http://shop.test", NULL, "http://a.shop.test/", false},
    {"http://shop.test", NULL, "http://shop.test.evil.test/", false},
    {"http://shop.test", NULL, "http://shop.test@evil.test/", false},
    {"http://shop.test:8080", NULL, "http://shop.test:8080/", true},
    {"http://shop.test:8080", NULL, "http://shop.test/", false},
    {"http://shop.test:8080", NULL, "https://shop.test/", false},
    {"http://[::1]:8080", NULL, "http://[::1]:8080/", true},
    {"http://[::1]:8080", NULL, "http://[::2]:8080/", false},
    {"http://shop.test", "api.test", "http://API.test/", true},
    {"http://shop.test", "api.test", "https://api.test:8443/", true},
    {"http://shop.test", "api.test", "http://v2.api.test/", false},
    {"http://shop.test", "api.test", "http://myapi.test/", false},
    {"http://shop.test", "api.test", "http://shop.test/", true},
    {"http://shop.test", "api.test:8443", "https://api.test:8443/", true},
    {"http://shop.test", "api.test:8443", "https://api.test/", false},
    {"http://shop.test", "api.test:8443", "https://api.test:844/", false},
    {"http://shop.test", "api.test:https", "https://api.test/", false},
    {"http://shop.test", "*.api.test", "http://v2.api.test/", true},
    {"http://shop.test", "*.api.test", "http://a.b.api.test:81/", true},
    {"http://shop.test", "*.api.test", "http://api.test/", false},
    {"http://shop.test", "*.api.test", "http://evilapi.test/", false},
    {"http://shop.test", "*.api.test", "http://v2.api.test.evil.test/", false},
    {"http://shop.test", "*.api.test:81", "http://v2.api.test:81/", true},
    {"http://shop.test", "*.api.test:81", "http://v2.api.test/", false},
    {"http://shop.test", "::1", "http://[::1]:8080/", true},
    {"http://shop.test", "::1", "http://[::2]/", false},
    {"", NULL, "http://shop.test/", false},
    {"", "api.test", "http://api.test/", true},
};

static void each_url_is_checked(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str entry = str_of(rows[i].entry);
		struct model model = {.allowed_hosts = &entry,
				      .allowed_host_count = rows[i].entry ? 1 : 0};
		struct program program = {.target = str_of(rows[i].target), .model = &model};
		struct url url;

		assert_true(url_split(str_of(rows[i].url), &url));
		if (program_host_allowed(&program, &url) != rows[i].allowed)
			fail_msg("target %s, allowed_hosts %s: %s", rows[i].target,
				 rows[i].entry ? rows[i].entry : "empty", rows[i].url);
	}
}

/* Each entry is tried, not only the first. */
static void one_of_several_entries_is_enough(void **state)
{
	struct str entries[] = {STR("a.test"), STR("*.b.test"), STR("c.test:81")};
	struct model model = {.allowed_hosts = entries, .allowed_host_count = 3};
	struct program program = {.target = STR("http://shop.test"), .model = &model};
	struct url url;

	(void)state;
	assert_true(url_split(STR("http://c.test:81/"), &url));
	assert_true(program_host_allowed(&program, &url));
	assert_true(url_split(STR("http://d.test:81/"), &url));
	assert_false(program_host_allowed(&program, &url));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_url_is_checked),
	    cmocka_unit_test(one_of_several_entries_is_enough),
	};

	return cmocka_run_group_tests_name("host_allowlist", tests, NULL, NULL);
}
