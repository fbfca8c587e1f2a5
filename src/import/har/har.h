/*
 * Reads a HAR recording: the envelope (har.c), one entry (har_entry.c), its bodies (har_body.c)
 * and its messages (har_socket.c).
 * Deviations of real files are tolerated; see the comments where each is handled. Everything
 * belongs to the job's thread and arena.
 */
#ifndef IMPORT_HAR_HAR_H
#define IMPORT_HAR_HAR_H

#include "doc/json.h"
#include "import/job.h"

struct har_reader {
	struct import_job *job;
	struct json_tape tape; /* of the current entry */
	struct buf scratch;
	const char *path;   /* of the file */
	struct str archive; /* the zip file that contains it, or ptr NULL */
	uint32_t source;
};

/* Reads all files of the job with READ, in order, also after one that returned false; false if
 * one did. */
bool har_read_files(struct import_job *job, bool (*read)(struct har_reader *r, const char *path));
/* One entry, read into reader->tape, as TX. Unusable entries are marked by transaction_skip. */
void har_entry(struct har_reader *r, struct transaction *tx);
/* An item of log.pages; ignored without an id. */
void har_page(struct har_reader *r, const struct json_item *page);
/* log._tls: whether servers were verified while recording. */
void har_tls(struct har_reader *r, const struct json_item *tls);
/* request.postData, after the headers were read. */
void har_request_body(struct har_reader *r, const struct json_item *request,
		      struct transaction *tx);
/* response.content, after the headers were read. */
void har_response_body(struct har_reader *r, const struct json_item *response,
		       struct transaction *tx);

/* _webSocketMessages, after request and response were read: TX becomes a TX_SOCKET, or is skipped
 * if it is one without a list of messages. */
void har_socket(struct har_reader *r, const struct json_item *entry, struct transaction *tx);
/* _eventSourceMessages of an event stream with a GET request: TX gets a socket that listens. */
void har_event_stream(struct har_reader *r, const struct json_item *entry, struct transaction *tx);

/* A member of OBJECT; NULL if it is missing or OBJECT is not an object. */
const struct json_item *har_get(const struct har_reader *r, const struct json_item *object,
				const char *key);
/* The text of a string item, valid as long as the job; ptr NULL if it is not a string. */
struct str har_text(struct har_reader *r, const struct json_item *item);
/* har_text of a member. */
struct str har_get_text(struct har_reader *r, const struct json_item *object, const char *key);
/* A number, also in quotes; FALLBACK if it is not a number. */
double har_get_number(struct har_reader *r, const struct json_item *object, const char *key,
		      double fallback);

#endif
