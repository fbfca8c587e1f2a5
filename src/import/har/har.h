/*
 * Reading a HAR recording: the envelope (har.c), one entry (har_entry.c), the bodies (har_body.c).
 * Every deviation of real files is taken in its stride; see the comments where each is handled. All
 * of it belongs to the job's thread and arena.
 */
#ifndef IMPORT_HAR_HAR_H
#define IMPORT_HAR_HAR_H

#include "doc/json.h"
#include "import/job.h"

struct har_reader {
	struct import_job *job;
	struct json_tape tape; /* of the entry at hand */
	struct buf scratch;
	const char *path;   /* of the file */
	struct str archive; /* the zip it is in, or ptr NULL */
	uint32_t source;
};

/* One entry, read into reader->tape, as TX. What makes it unusable is said by transaction_skip. */
void har_entry(struct har_reader *r, struct transaction *tx);
/* An item of log.pages; what has no id is none. */
void har_page(struct har_reader *r, const struct json_item *page);
/* log._tls: how servers were verified while recording. */
void har_tls(struct har_reader *r, const struct json_item *tls);
/* request.postData, after the headers were read. */
void har_request_body(struct har_reader *r, const struct json_item *request,
		      struct transaction *tx);
/* response.content, after the headers were read. */
void har_response_body(struct har_reader *r, const struct json_item *response,
		       struct transaction *tx);

/* A member of OBJECT; NULL when there is none or OBJECT is no object. */
const struct json_item *har_get(const struct har_reader *r, const struct json_item *object,
				const char *key);
/* The text of a string item, for the job's length; ptr NULL for what is no string. */
struct str har_text(struct har_reader *r, const struct json_item *item);
/* har_text of a member. */
struct str har_get_text(struct har_reader *r, const struct json_item *object, const char *key);
/* A number, also one in quotes; FALLBACK when it is none. */
double har_get_number(struct har_reader *r, const struct json_item *object, const char *key,
		      double fallback);

#endif
