/*
 * An arena for each test of a file: arena_fixture_begin and arena_fixture_end are the setup and the
 * teardown of a test, or of a group of tests.
 */
#ifndef TESTS_ARENA_FIXTURE_H
#define TESTS_ARENA_FIXTURE_H

#include "base/arena.h"

static struct arena arena;

static inline int arena_fixture_begin(void **state)
{
	(void)state;
	arena_init(&arena, 0);
	return 0;
}

static inline int arena_fixture_end(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

#endif
