/*
 * The words of an XPath 1.0 expression looked through before libxml2 sees it: it finds unknown
 * functions, wrong numbers of arguments, variables and prefixes only where an evaluation passes by,
 * which a check before a run never does. Bounded depth, linear time, no state.
 */
#ifndef EXTRACT_XPATH_SCAN_H
#define EXTRACT_XPATH_SCAN_H

#include "extract/path.h"

struct xpath_cuts {
	size_t at[PATH_CUTS_MAX]; /* lengths of the shorter paths, shortest first */
	size_t count;
	bool plain; /* one location path and nothing else: it can be cut */
};

/* False with ERROR filled. */
bool xpath_scan(struct str text, struct xpath_cuts *file_offsets, struct path_error *error);

#endif
