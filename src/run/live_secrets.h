/*
 * The secrets that are live for a user, and their replacement in texts before these are shown: the
 * secrets of the program, the user's secret variables (also those staged by branches), the secret
 * cells of its rows, and the secrets of the current request. Worker's thread.
 */
#ifndef RUN_LIVE_SECRETS_H
#define RUN_LIVE_SECRETS_H

#include "base/secret_mask.h"
#include "run/worker.h"

/* Belongs to a worker. */
struct live_secrets {
	struct secret_set set;
	struct buf wanted, built; /* the secrets to search, and those in the set */
	struct secret_mask mask;
	bool searched;	     /* the secret extractors were performed for the current response */
	struct buf withheld; /* run/response_secrets.h */
};

void live_secrets_init(struct live_secrets *secrets);
void live_secrets_release(struct live_secrets *secrets);

/* Replaces what is secret for the user and the request of F in TEXT by ***. The worker's scratch
 * must be empty, or hold the values of a step that has ended. */
void live_secrets_mask(struct worker *w, const struct fiber *f, struct buf *text);
/* Replaces OUT by the start of TEXT: masks the first READ bytes, then keeps at most MAX. Both end
 * at a character. No part of a secret is left where it is cut. True: there is more. */
bool live_secrets_put_start(struct worker *w, const struct fiber *f, struct str text, size_t read,
			    size_t max, struct buf *out);
/* The same as live_secrets_mask in the style of SECRET_MASK_NAMED. */
void live_secrets_mask_named(struct worker *w, const struct fiber *f, struct buf *text);

/* For eval.mark: adds SECRET, a part of the REQUEST that is rendered, which follows BEFORE. */
struct live_secrets_request {
	const struct program *program;
	struct fiber *fiber;
};
void live_secrets_mark(void *request, struct str before, struct str secret);
/* Adds VALUE, and all values in it, to the secrets of F's current request. */
void live_secrets_add(struct fiber *f, struct str name, struct value value);

#endif
