/*
 * Failed exchanges put by as evidence, secrets masked, bodies cut. Worker's thread, while the
 * exchange is still there.
 */
#ifndef RUN_KEEP_H
#define RUN_KEEP_H

#include "run/worker.h"

/* The request at hand has failed: w->failure and w->failure_text say how. */
void keep_evidence(struct worker *w, const struct strand *s);
/* The scenario's field lines that went with the request at hand, a newline behind each: a redirect
 * may have left out those of its body and its credentials. */
void keep_put_sent(const struct strand *s, const struct exchange *x, struct buf *out);
/* A field that says who asks: its value is never shown. */
bool keep_is_credential(struct str name);

#endif
