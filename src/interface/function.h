/*
 * A function or a filter of `${…}`. Filters take what stands before the `|` as their first
 * argument. One row of program/functions.def each. Results live in the scratch of the evaluation.
 */
#ifndef INTERFACE_FUNCTION_H
#define INTERFACE_FUNCTION_H

#include "interface/value.h"

struct eval; /* program/eval.h: slots, draws, scratch, and the place for an error */

enum function_flag {
	FUNCTION_FILTER = 1 << 0,
	FUNCTION_PURE =
	    1 << 1, /* same arguments, same result: folded at load when all are constant */
	FUNCTION_DRAWS = 1 << 2,
};

struct function_kind {
	const char *name;
	unsigned flags;
	unsigned min_args, max_args; /* a filter's first argument counts */
	const char *signature;	     /* "slice(a, b)" */
	const char *sentence;
	const char *example; /* an expression, and */
	const char *result;  /* what it gives; both are run as a test. NULL: cannot be said */
	/* False after eval_error(). */
	bool (*call)(struct eval *eval, const struct value *args, unsigned count,
		     struct value *out);
};

#endif
