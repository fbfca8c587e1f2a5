/* Shared by the files that print diagnostics. */
#ifndef BASE_DIAG_PRIVATE_H
#define BASE_DIAG_PRIVATE_H

#include "base/diag.h"

/* The line of DIAG with its edits and those of all errors of ALL in it, in A; empty if DIAG has none
 * there. A warning is a proposal, so it does not change the line of an error. */
struct str diag_merged_line(struct arena *a, const struct diag *const *all, size_t count,
			    const struct diag *diag);

#endif
