/*
 * The parts of user_page.h: what both files share. Private to run/user_page*.c. Worker's thread.
 */
#ifndef RUN_USER_PAGE_PRIVATE_H
#define RUN_USER_PAGE_PRIVATE_H

#include "html/html_submission.h"
#include "run/user_page.h"

struct user_page {
	struct arena arena; /* of the page of the current request, then of its response */
	struct buf packed, text, error, form_error;
	struct html_page response;	 /* the page of `read_for` */
	const struct exchange *read_for; /* NULL: no response was read */
	/* While values are given: the form, and whether the last value was a secret. */
	struct html_submission *submission;
	bool gave_secret;
};

/* Evaluates TMPL to a text, which lives until the scratch is cleared. False after an error, which
 * is in w->eval. */
bool user_page_evaluate(struct worker *w, const struct tmpl *tmpl, struct str *out);

/* user_page_secrets.c: adds the secrets that S sends to those of the request of F, as they are in
 * the request; and where they look different, to those of the user. */
void user_page_mark_secrets(struct worker *w, struct fiber *f, struct html_submission *s);
/* user_page_values.c: gives the values of ACT to the controls of S, and adds its further fields.
 * False after an error, like user_page_render. */
bool user_page_give_values(struct worker *w, struct html_submission *s,
			   const struct page_action *act);

#endif
