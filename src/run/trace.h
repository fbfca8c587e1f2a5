/*
 * What a person at the terminal is told of single requests: failures in full (-v, --once), every
 * exchange (-vv), and failures as examples for the results. Secrets are masked in all of it. Called
 * by the worker's thread while the exchange is still there.
 */
#ifndef RUN_TRACE_H
#define RUN_TRACE_H

#include "run/worker.h"

/* Is anybody interested in answers that no step reads? Then bodies are kept. */
bool trace_needs_bodies(const struct run_settings *settings);
/* The request at hand has failed at DONE: w->failure and w->failure_text say how. */
void trace_failure(struct worker *w, const struct fiber *f, ns_t done);
/* An exchange of F came back and what it holds was extracted. */
void trace_exchange(struct worker *w, const struct fiber *f, const struct exchange *x);
/* The request failed and is sent again. */
void trace_retry(struct worker *w, const struct fiber *f);

#endif
