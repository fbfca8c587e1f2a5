/* What a fuzz target expects of each input. */
#ifndef TESTS_MUST_H
#define TESTS_MUST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program, which libFuzzer reports, unless HOLDS. */
static inline void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "not true: %s\n", what);
	abort();
}

/* The same with the condition as the text. */
#define MUST(condition) must((condition), #condition)

#endif
