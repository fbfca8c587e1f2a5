/*
 * Which form of a page a recorded request is a submission of. A form fits if it has the address and
 * the method and at least half of its names are in the request; the best one needs the fewest
 * changes (form_values.h). It must also be found again by what the scenario says about it: fields,
 * button, selector. In the arena of the caller; one thread.
 */
#ifndef IMPORT_FORMS_FORM_MATCH_H
#define IMPORT_FORMS_FORM_MATCH_H

#include "import/forms/form_values.h"

/* How far the search came; the later, the nearer. */
enum form_match {
	FORM_MATCH_NO_PAGE,
	FORM_MATCH_NO_ADDRESS, /* no form has this address */
	FORM_MATCH_NAMES,      /* the request has too few of the form's names */
	FORM_MATCH_UNEQUAL,    /* the form cannot send these values; `unequal` is a name */
	FORM_MATCH_SEVERAL,    /* nothing distinguishes it from another form */
	FORM_MATCH_FOUND,
};

/* Searches PAGE for the form that TX is a submission of. VALUES->use has the pairs of the request;
 * after FORM_MATCH_FOUND it says everything that is written about the step. */
enum form_match form_match_find(struct arena *a, const struct html_page *page,
				const struct transaction *tx, struct form_values *values);

#endif
