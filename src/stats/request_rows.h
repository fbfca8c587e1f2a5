/*
 * A queue of finished requests, one for each worker, for outputs that write a row per request. A
 * worker never waits: if its queue is full, the request is counted as lost. One thread reads all
 * queues. The memory is fixed. It is created only if such an output is open.
 */
#ifndef STATS_REQUEST_ROWS_H
#define STATS_REQUEST_ROWS_H

#include "base/str.h"
#include "stats/recorder.h"

#define REQUEST_ROWS_URL_BYTES	240u
#define REQUEST_ROWS_TEXT_BYTES 160u

/* Texts are cut at a complete character; secrets in them are masked. */
struct request_record {
	ns_t begin;    /* wall clock: the scheduled start */
	ns_t response; /* response time from there; all times are at least 0 */
	ns_t latency;  /* until the first byte of the response */
	ns_t connect;  /* name lookup, connection and TLS; 0 if the connection was reused */
	unsigned series;
	enum outcome outcome;
	enum failure_class class; /* where FAILED */
	uint16_t status;	  /* 0: no response */
	uint64_t user;		  /* from 1 */
	uint64_t bytes_sent, bytes_received;
	int64_t users; /* of this worker at that time */
	uint16_t url_len, text_len;
	char url[REQUEST_ROWS_URL_BYTES];
	char text[REQUEST_ROWS_TEXT_BYTES]; /* of a failure */
};

struct request_rows;

/* For WORKERS workers; ends the program if memory runs out. */
struct request_rows *request_rows_new(unsigned workers);
void request_rows_free(struct request_rows *log);
/* The place of the next record, to be filled and then added; NULL if the queue is full: the
 * request is counted as lost. Only the thread of WORKER. */
struct request_record *request_rows_next(struct request_rows *log, unsigned worker);
void request_rows_add(struct request_rows *log, unsigned worker);
/* Sets a text of a record; LEN and BYTES are its fields. */
void request_rows_set_text(char *bytes, size_t max, uint16_t *len, struct str text);
/* The oldest record of WORKER, or NULL. It is valid until request_rows_drop. Only the reading
 * thread. */
const struct request_record *request_rows_peek(struct request_rows *log, unsigned worker);
void request_rows_drop(struct request_rows *log, unsigned worker);
unsigned request_rows_workers(const struct request_rows *log);
/* Any thread. */
uint64_t request_rows_lost(const struct request_rows *log);

#endif
