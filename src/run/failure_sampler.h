/*
 * Keeps some failed exchanges as evidence, with secrets masked and bodies cut. Worker's thread,
 * while the exchange still exists.
 */
#ifndef RUN_FAILURE_SAMPLER_H
#define RUN_FAILURE_SAMPLER_H

#include "run/worker.h"

/* The current request has failed; w->failure and w->failure_text say how. */
void failure_sampler_add(struct worker *w, const struct fiber *f);
/* Appends the scenario's header lines that were sent with exchange X, each followed by a
 * newline. A redirect may have dropped those of the body and of the credentials. */
void failure_sampler_put_sent(const struct fiber *f, const struct exchange *x, struct buf *out);
/* True for a header that holds credentials: its value is never shown. */
bool failure_sampler_is_credential(struct str name);

#endif
