/*
 * The pages of a user: the forms and links of the last HTML page that it received, kept packed in a
 * hidden variable (program.page_slot), and of the pages that `page: NAME` uses, in further ones.
 * `submit` and `follow` build their requests from them. A worker has one struct user_page, whose
 * memory is used again for each request; programs without these steps have none. Worker's thread.
 */
#ifndef RUN_USER_PAGE_H
#define RUN_USER_PAGE_H

#include "run/worker.h"

/* NULL if PROGRAM has no step that uses a page. */
struct user_page *user_page_new(const struct program *program);
void user_page_free(struct user_page *page);

/* Renders URL, headers and body of the request of F, a `submit` or `follow`, into X. False after
 * an error: user_page_error, or w->eval.error if that is empty. */
bool user_page_render(struct worker *w, struct fiber *f, struct exchange *x);
/* Why the page cannot be used; valid until the next user_page_render. */
struct str user_page_error(const struct worker *w);
/* After the response to a `submit`: whether it has the form again, in w->response. */
void user_page_check_form(struct worker *w, const struct fiber *f);
/* Keeps the page of w->response, if the request of F has one that later steps can use. */
void user_page_keep(struct worker *w, struct fiber *f);
/* A new response is read, maybe in the exchange of the page that was read last. */
void user_page_forget(struct worker *w);

#endif
