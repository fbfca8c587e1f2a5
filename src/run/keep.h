/*
 * Failed exchanges put by as evidence, secrets masked, bodies cut. Worker's thread, while the
 * exchange is still there.
 */
#ifndef RUN_KEEP_H
#define RUN_KEEP_H

#include "run/worker.h"

/* The request at hand has failed: w->failure and w->failure_text say how. */
void keep_evidence(struct worker *w, const struct strand *s);
/* A field that says who asks: its value is never shown. */
bool keep_is_credential(struct str name);

#endif
