/*
 * Reads the response of a request with `events` as an event stream, while it arrives: counts the
 * events, measures them from the scheduled start, keeps the values that extractors ask for, and
 * decides when enough has been read. Bytes come on the stack of the transport, so nothing here
 * sends or resumes a fiber; a timer of the fiber, which is IN_FLIGHT, ends the stream. A reader
 * belongs to one request of a fiber and then returns to the worker's pool. Worker's thread.
 */
#ifndef RUN_EVENT_READER_H
#define RUN_EVENT_READER_H

#include "base/event_stream.h"
#include "interface/extract.h"
#include "run/worker.h"

/* Extractors `events` of one request. */
#define EVENT_READER_EXTRACTS_MAX 16u

enum event_reader_end {
	EVENTS_OPEN,	 /* only the response itself can end it */
	EVENTS_UNTIL,	 /* an event, or the number of events, that `until` names */
	EVENTS_TIME,	 /* the time that `until` names */
	EVENTS_IDLE,	 /* silent for too long */
	EVENTS_TOO_LONG, /* an event, or the values of extractors, exceed body_limit */
	EVENTS_LIMIT,	 /* a limit of a JSONPath or of the scratch was reached */
};

struct event_reader {
	struct event_reader *next; /* in the pool */
	struct event_stream parser;
	struct response_events facts;
	enum event_reader_end end;
	bool begun;		/* the head has arrived */
	bool is_stream;		/* and the response is one */
	ns_t begin, last_bytes; /* of the response; `last_bytes` is the send before it */
	ns_t ended;		/* when `end` was decided */
	ns_t last_event, first_output, last_output;
	size_t after_end;	/* bytes after `ended` */
	uint64_t found_count[EVENT_READER_EXTRACTS_MAX];
	struct buf found; /* the values of extractors: event_reader_values.c */
	struct buf shown; /* the events as text, for failure samples and -v */
	uint64_t not_shown;
};

/* The request of F, which has `events`, or a hop of it, is being sent. */
void event_reader_start(struct worker *w, struct fiber *f);
/* True if the head of X has the type of a stream. */
bool event_reader_is_stream(const struct exchange *x, bool ndjson);
/* The callbacks of struct http. */
bool event_reader_begins(struct worker *w, struct exchange *x, ns_t now);
bool event_reader_bytes(struct worker *w, struct exchange *x, struct str bytes, ns_t now);
/* The timer of F, which is IN_FLIGHT, is due. */
void event_reader_timer_due(struct worker *w, struct fiber *f);
/* The response has ended: a last event may end with it. */
void event_reader_read_end(struct worker *w, struct fiber *f, ns_t now);
/* The request has ended, or is sent again: counts its outputs, returns the reader to the pool. */
void event_reader_release(struct worker *w, struct fiber *f);
/* At the end of a worker. */
void event_reader_free_all(struct worker *w);

/* event_reader_end.c */
/* The exchange of F came back. If it is the LAST one of the request, its body is now the text of
 * the events, and an error after the last event that `until` needs does not count. */
void event_reader_stop(struct worker *w, struct fiber *f, bool last);
/* Fails the request of F if its response should be a stream but is not, or ended too early. */
void event_reader_check(struct worker *w, struct fiber *f);
/* Appends that the response X is not a stream, and what it is. */
void event_reader_put_type(const struct exchange *x, bool ndjson, struct buf *out);
/* Appends ", after 17 events" if the response of F is a stream. */
void event_reader_put_progress(const struct fiber *f, struct buf *out);

/* event_reader_values.c */
/* Keeps the values that the extractors of the request of F find in EVENT. False after a limit. */
bool event_reader_keep_values(struct worker *w, struct fiber *f, const struct stream_event *event);
/* The values that the extractor INDEX of F's request has found. False after a limit. */
bool event_reader_values(struct worker *w, const struct fiber *f, uint32_t index,
			 struct matches *matches);

#endif
