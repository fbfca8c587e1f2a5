/* Group setup and teardown: the tests run in a new temporary folder, which they must leave empty.
 */
#ifndef TESTS_FOLDER_FIXTURE_H
#define TESTS_FOLDER_FIXTURE_H

#include <stdlib.h>
#include <unistd.h>

static char folder_fixture_path[] = "/tmp/reprise-test-XXXXXX";

static inline int folder_fixture_enter(void **state)
{
	(void)state;
	return mkdtemp(folder_fixture_path) && chdir(folder_fixture_path) == 0 ? 0 : -1;
}

static inline int folder_fixture_leave(void **state)
{
	(void)state;
	return chdir("/") == 0 && rmdir(folder_fixture_path) == 0 ? 0 : -1;
}

#endif
