/*
 * A function or a filter of `${…}`. The first argument of a filter is the value before the `|`.
 * Each is one row of program/functions.def. Results are stored in the scratch of the evaluation.
 */
#ifndef INTERFACE_FUNCTION_H
#define INTERFACE_FUNCTION_H

#include "interface/value.h"

struct eval; /* program/eval.h: slots, random draws, scratch, and the error */

enum function_flag {
	FUNCTION_FILTER = 1 << 0,
	FUNCTION_PURE =
	    1
	    << 1, /* same arguments, same result: evaluated at load if all arguments are constant */
	FUNCTION_DRAWS = 1 << 2,
};

struct function_kind {
	const char *name;
	unsigned flags;
	unsigned min_args, max_args; /* includes a filter's first argument */
	const char *signature;	     /* "slice(a, b)" */
	const char *sentence;
	const char *example; /* an expression */
	const char *result;  /* its result; both are run as a test. NULL: not predictable */
	/* Returns false after eval_error(). */
	bool (*call)(struct eval *eval, const struct value *args, unsigned count,
		     struct value *out);
};

#endif
