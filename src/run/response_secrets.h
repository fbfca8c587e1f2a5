/*
 * The secrets in a response: the secret extractors of a request are performed before anything of
 * its response is kept or shown, whatever failed first. Where one of them finds nothing, the
 * secret may be anywhere in the body, so the body is withheld. Worker's thread.
 */
#ifndef RUN_RESPONSE_SECRETS_H
#define RUN_RESPONSE_SECRETS_H

#include "run/worker.h"

/* A new response of F's request has arrived. */
void response_secrets_begin(struct worker *w);
/* Adds what the secret extractors of F's request find in w->response to the secrets of the request
 * (run/live_secrets.h). Only the first call for a response does anything. */
void response_secrets_find(struct worker *w, struct fiber *f);
/* The same for X, which has a partial response or is a redirect. */
void response_secrets_find_in(struct worker *w, struct fiber *f, const struct exchange *x);
/* Why the body of the response is not shown; empty: it is shown. Valid until the next response. */
struct str response_secrets_withheld(const struct worker *w);
/* Appends in place of a text from the body that is withheld. */
void response_secrets_put_withheld(const struct worker *w, struct buf *out);

#endif
