/*
 * A scenario performed once, compared with the recording it was made from: is each response like
 * the recorded one? Pure; one thread.
 */
#ifndef IMPORT_VERIFICATION_H
#define IMPORT_VERIFICATION_H

#include "import/job.h"

/* The response to a step, after redirects. */
struct import_response {
	int status; /* 0: no response */
	struct str headers, body, url;
};

/* Requests of the scenario, in its order. */
size_t verification_step_count(const struct import_job *job);
/*
 * Whether RESPONSE to the NTH request is like the recorded one: class of the status, media type,
 * final path, title, keys of the JSON. Each difference is a line in OUT. False if it fails the
 * visit (another class of status, or another page).
 */
bool verification_check_step(const struct import_job *job, size_t n,
			     const struct import_response *response, struct buf *out);
/*
 * Converts again, with the values that the responses (to the first COUNT requests) show to be
 * issued each time; true if it has new correlations.
 */
bool verification_reconvert(struct import_job *job, const struct import_response *responses,
			    size_t count);
/* The recorded value of a secret parameter, as "NAME=VALUE" for the run; the Nth, or NULL. */
const char *verification_parameter(const struct import_job *job, size_t n);

#endif
