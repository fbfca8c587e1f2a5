/*
 * Requests whose body the browser did not keep, as Chromium does for every form with a chosen file:
 * they are rebuilt from the form of their page and from what the next page shows. The rest becomes
 * parameters. A file that a script sent becomes a parameter too; forms that it sent are in
 * lost_upload.h. In the job's arena; one thread.
 */
#ifndef IMPORT_FORMS_LOST_BODY_H
#define IMPORT_FORMS_LOST_BODY_H

#include "import/forms/page_history.h"

/* Whether TX is a form whose body is missing in the recording. */
bool lost_body_is_form(const struct transaction *tx);
/* Whether PAGE has the form that TX sent; *FORM is its index. */
bool lost_body_find_form(const struct html_page *page, const struct transaction *tx,
			 uint32_t *form);
/* Rebuilds the request of a step: sets the parts of its transaction and its page_use. FORM is that
 * of PAGE. */
void lost_body_rebuild(struct page_history *history, uint32_t step, const struct html_page *page,
		       uint32_t form);
/* Adds a required parameter; returns its name, which is made from NAME. */
struct str lost_body_add_parameter(struct conversion *conversion, struct str name,
				   struct str description);
/* Adds a parameter for each lost body that is a file: sets body_parameter of its step. */
void lost_body_ask_files(struct conversion *conversion);

#endif
