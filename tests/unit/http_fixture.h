/* Group setup and teardown for tests of HTTP clients: the libraries are initialized once. */
#ifndef TESTS_HTTP_FIXTURE_H
#define TESTS_HTTP_FIXTURE_H

#include "net/http.h"

static inline int http_fixture_begin(void **state)
{
	(void)state;
	http_global_init();
	return 0;
}

static inline int http_fixture_end(void **state)
{
	(void)state;
	http_global_cleanup();
	return 0;
}

#endif
