/* For the files html_submission*.c only. */
#ifndef HTML_SUBMISSION_PRIVATE_H
#define HTML_SUBMISSION_PRIVATE_H

#include "html/html_submission.h"

/* The changes of a user at a control. */
struct html_control_state {
	bool typed;   /* the rest is valid */
	bool dropped; /* null: not sent */
	bool checked;
	bool secret; /* of `value` */
	struct str value;
	const struct html_file *files;
	size_t file_count;
	bool *selected; /* of each option; NULL: as on the page */
};

/* The state of the control with this index in the page. */
static inline struct html_control_state *html_submission_state(const struct html_submission *s,
							       uint32_t control)
{
	return &s->states[control - s->first];
}

/* The index of the first control at or after FROM that FIELD names, or HTML_PAGE_NONE: by its name;
 * by its label only if no control of the form has the name. */
uint32_t html_submission_control(const struct html_page *page, uint32_t form, struct str field,
				 uint32_t from);
/* The button with this text, or else this name, or HTML_PAGE_NONE. */
uint32_t html_submission_button(const struct html_page *page, uint32_t form, struct str button);
/* Whether FORM has all fields and the button, and matches the selector. */
bool html_submission_fits(const struct html_page *page, uint32_t form,
			  const struct html_form_query *query);

#endif
