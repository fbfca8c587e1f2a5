/*
 * Masking: replaces secrets (parameters, variables, columns of data sets) in a text before it is
 * shown, in plain form and in the forms of run/secret_forms.h. Worker's thread.
 */
#ifndef RUN_SECRET_MASK_H
#define RUN_SECRET_MASK_H

#include "run/worker.h"

/* Replaces what is secret for USER in TEXT by ***. The worker's scratch must be empty. */
void secret_mask(struct worker *w, const struct user *user, struct buf *text);

/*
 * The same, but replaces each secret by its name between two SECRET_MASK_MARK. The name is valid in
 * shells; it ends with _ENCODED if the text has the secret in an encoded form. A mark in TEXT is
 * doubled.
 */
void secret_mask_named(struct worker *w, const struct user *user, struct buf *text);

#define SECRET_MASK_MARK '\1'

#endif
