/*
 * Masking: replaces secrets (parameters, variables, columns of data sets) in a text before it is
 * shown, in plain form and in the encodings of URLs and JSON. Worker's thread.
 */
#ifndef RUN_SECRET_MASK_H
#define RUN_SECRET_MASK_H

#include "run/worker.h"

/* Replaces what is secret for USER in TEXT by ***. The worker's scratch must be empty. */
void secret_mask(struct worker *w, const struct user *user, struct buf *text);

#endif
