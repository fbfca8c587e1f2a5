/*
 * The requests and responses of a try: its child writes a file of JSON for each, N.json, into the
 * job's temporary folder. The server's thread.
 */
#ifndef EDIT_API_API_EXCHANGES_H
#define EDIT_API_API_EXCHANGES_H

#include "base/str.h"

struct api_job;
struct api_request;

/* GET jobs/ID/exchanges, and one of them; REST is what follows. */
void api_exchanges_get(struct api_request *r, struct api_job *job, struct str rest);
/* POST jobs/ID/exchanges/N/view. */
void api_exchanges_post(struct api_request *r, struct api_job *job, struct str rest);
/* The JSON of exchange NUMBER of the job with the id JOB, in R's arena; false after a refusal. */
bool api_exchanges_text(struct api_request *r, struct str job, int64_t number, struct str *text);

#endif
