/*
 * Keeps some failed exchanges as evidence, with secrets masked and bodies cut. Worker's thread,
 * while the exchange still exists.
 */
#ifndef RUN_FAILURE_SAMPLER_H
#define RUN_FAILURE_SAMPLER_H

#include "run/worker.h"

/* The current request has failed; w->failure and w->failure_text say how. */
void failure_sampler_add(struct worker *w, const struct fiber *f);

#endif
