/*
 * Masking: what is secret (parameters, variables, columns of data sets) is replaced in a text
 * before anybody is shown it, as it is and in the forms it takes in a URL and in JSON. Worker's
 * thread.
 */
#ifndef RUN_SECRET_MASK_H
#define RUN_SECRET_MASK_H

#include "run/worker.h"

/* In TEXT, what is secret for USER becomes ***. Nothing else may be in the worker's scratch. */
void secret_mask(struct worker *w, const struct user *user, struct buf *text);

#endif
