/*
 * A scenario performed once, held against the recording it was made of: does each answer look like
 * the recorded one? Pure; one thread.
 */
#ifndef IMPORT_VERIFICATION_H
#define IMPORT_VERIFICATION_H

#include "import/job.h"

/* What came back for a step, the redirects followed. */
struct import_response {
	int status; /* 0: no answer */
	struct str headers, body, url;
};

/* Requests of the scenario, in its order. */
size_t verification_step_count(const struct import_job *job);
/*
 * Whether RESPONSE to the Nth request is like the recorded one: class of the status, media type,
 * path it ended at, title, keys of the JSON. Each difference is a line in OUT. False when it fails
 * the visit (another class of status, or another page).
 */
bool verification_check_step(const struct import_job *job, size_t n,
			     const struct import_response *response, struct buf *out);
/*
 * The scenario made anew, with what the answers (of the first COUNT requests) show to be issued
 * anew each time; true when it has correlations it did not have before.
 */
bool verification_reconvert(struct import_job *job, const struct import_response *responses,
			    size_t count);
/* The value a secret parameter had in the recording, as "NAME=VALUE" for the run; the Nth, or NULL.
 */
const char *verification_parameter(const struct import_job *job, size_t n);

#endif
