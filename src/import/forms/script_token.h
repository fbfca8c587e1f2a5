/* Tokens that a script of the page copies into its forms, such as jquery_ujs. In the job's arena;
 * one thread. */
#ifndef IMPORT_FORMS_SCRIPT_TOKEN_H
#define IMPORT_FORMS_SCRIPT_TOKEN_H

#include "import/conversion.h"

/* Removes the values of USE that a script copied from a `meta` element of the page, which STEP
 * received, into a hidden control: the control has a valid token already. */
void script_token_drop(struct conversion *conversion, uint32_t step, struct page_use *use);

#endif
