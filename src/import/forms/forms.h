/*
 * Finds the requests of a visit that are submissions of a form, or follow a link, of an earlier
 * page. They become `submit` and `follow` steps, which take everything from the page that a person
 * did not type; what remains is correlated as usual. In the job's arena; one thread.
 */
#ifndef IMPORT_FORMS_FORMS_H
#define IMPORT_FORMS_FORMS_H

#include "import/conversion.h"

/* Sets the `page_use` of the steps. Reports what was found, and why others were not. */
void forms_recognize(struct conversion *conversion);

#endif
