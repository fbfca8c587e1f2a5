/*
 * The HTML pages of a recorded visit, those that a virtual user will have:
 * after each step the last document, with the forms that scripts received since, and the documents
 * before it. The rules are those of run/user_page.h. Everything lives in the job's arena; one
 * thread.
 */
#ifndef IMPORT_FORMS_PAGE_HISTORY_H
#define IMPORT_FORMS_PAGE_HISTORY_H

#include "html/html_page.h"
#include "import/conversion.h"

struct history_page {
	struct html_page page;
	uint32_t step; /* index of the step that received it */
};

struct page_history {
	struct conversion *conversion;
	bool has_last; /* false: no page so far, or not in the recording */
	struct history_page last;
	VEC(struct history_page) documents; /* as received, in the order of the steps */
};

void page_history_init(struct page_history *history, struct conversion *conversion);
/* Adds what the response to the step with this index changes. Steps are added in their order. */
void page_history_add(struct page_history *history, uint32_t step);
/* Reads the document that the step with this index received, if it did. Adds nothing. */
bool page_history_read(const struct page_history *history, uint32_t step, struct html_page *page);
/* The page of `page:` number N for a step with the address REFERER (may be empty): 0 is the last
 * page, others are earlier documents, the latest first, which must have that address if it is
 * known. NULL at the end. */
const struct history_page *page_history_candidate(const struct page_history *history,
						  struct str referer, size_t n);
/* Whether a script sent the request, so that its response is never a document. */
bool page_history_is_script(const struct transaction *tx);

#endif
