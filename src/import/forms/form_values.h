/*
 * Compares a recorded submission with a form of the page it was sent from: what a person changed,
 * what a script added. The result is proven: the form with these changes sends the recorded names
 * and values. Pure functions on a page, in the arena of the caller.
 */
#ifndef IMPORT_FORMS_FORM_VALUES_H
#define IMPORT_FORMS_FORM_VALUES_H

#include "html/html_submission.h"
#include "import/conversion.h"

struct form_values {
	/* `values` and `added` of the use are filled; the rest of it is not changed. */
	struct page_use use;
	uint32_t form, submitter;
	unsigned differences;	 /* pairs that were added, and controls that are missing */
	unsigned changed_hidden; /* hidden controls with another value */
	struct str unequal;	 /* after a failure: the name of a field that differs; or empty */
};

/* Finds what must be changed so that FORM of PAGE sends the pairs of VALUES->use, with the button
 * SUBMITTER (or HTML_PAGE_NONE) pressed. False if it cannot send them. */
bool form_values_derive(struct arena *a, const struct html_page *page, uint32_t form,
			uint32_t submitter, struct form_values *values);
/* Appends what html_submission_again needs to know about the submission that was derived. */
void form_values_put_receipt(struct arena *a, const struct html_page *page,
			     const struct form_values *values, struct buf *out);

#endif
