/* Shared by the files that print diagnostics. */
#ifndef BASE_DIAG_PRIVATE_H
#define BASE_DIAG_PRIVATE_H

#include "base/diag.h"
#include "base/json_writer.h"
#include "base/secret_mask.h"

/* The line of DIAG with its edits and those of all errors of ALL in it, in A; empty if DIAG has
 * none there. A warning is a proposal, so it does not change the line of an error. */
struct str diag_merged_line(struct arena *a, const struct diag *const *all, size_t count,
			    const struct diag *diag);

/* Masks the secrets of a list. */
struct diag_printer {
	const struct diag_list *list;
	bool is_fixed; /* the list has the errors that were corrected */
	struct secret_set set;
	struct secret_mask mask;
};

void diag_printer_init(struct diag_printer *p, const struct diag_list *list, bool is_fixed);
void diag_printer_release(struct diag_printer *p);
/* TEXT without secrets; a view that lives as long as the list. */
struct str diag_printer_masked(struct diag_printer *p, struct str text,
			       enum secret_mask_style style);
/* The diagnostics in the order of the text, with lines that have the fixes of all their errors. The
 * text shows a line only if the message does not have the word to write; programs get all lines. */
const struct diag **diag_printer_sorted(struct diag_printer *p, bool all_lines);

/* The whole list as one JSON object. */
void diag_print_json(const struct diag_list *list, struct buf *out);

#endif
