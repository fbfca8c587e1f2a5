/*
 * Failed exchanges put by as evidence, secrets masked, bodies cut. Worker's thread, while the
 * exchange is still there.
 */
#ifndef RUN_FAILURE_SAMPLER_H
#define RUN_FAILURE_SAMPLER_H

#include "run/worker.h"

/* The request at hand has failed: w->failure and w->failure_text say how. */
void failure_sampler_add(struct worker *w, const struct fiber *f);
/* The scenario's field lines that went with the request at hand, a newline behind each: a redirect
 * may have left out those of its body and its credentials. */
void failure_sampler_put_sent(const struct fiber *f, const struct exchange *x, struct buf *out);
/* A field that says who asks: its value is never shown. */
bool failure_sampler_is_credential(struct str name);

#endif
