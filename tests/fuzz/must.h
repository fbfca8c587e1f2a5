/* Assertions of fuzz targets. */
#ifndef TESTS_MUST_H
#define TESTS_MUST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* Ends the program, which libFuzzer reports, if CONDITION is false. */
static inline void must(bool condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "not true: %s\n", what);
	abort();
}

/* The same; the text of the report is the condition. */
#define MUST(condition) must((condition), #condition)

#endif
