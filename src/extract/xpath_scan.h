/*
 * Checks the tokens of an XPath 1.0 expression before libxml2 compiles it. libxml2 reports unknown
 * functions, wrong numbers of arguments, variables and prefixes only when it evaluates them, which
 * is too late for `check`. Bounded depth, linear time, no state.
 */
#ifndef EXTRACT_XPATH_SCAN_H
#define EXTRACT_XPATH_SCAN_H

#include "extract/markup_path.h"

struct xpath_cuts {
	size_t at[MARKUP_PATH_CUTS_MAX]; /* lengths of the shorter paths, shortest first */
	size_t count;
	bool plain; /* a single location path, which can be cut */
};

/* Returns false and fills ERROR if TEXT is wrong. */
bool xpath_scan(struct str text, struct xpath_cuts *cuts, struct markup_path_error *error);

#endif
