/*
 * When a failed request is sent again, and after which delay. Pure functions of the worker's state.
 * Worker's thread.
 */
#ifndef RUN_RETRY_H
#define RUN_RETRY_H

#include "run/worker.h"

/* Whether F's request, which has just failed, has a retry left that covers this failure. */
bool retry_is_due(const struct worker *w, const struct fiber *f);
/* The delay before the retry number F->sample.retries, from 1, from the end of the response. Reads
 * the response. */
ns_t retry_delay(const struct worker *w, struct fiber *f);

#endif
