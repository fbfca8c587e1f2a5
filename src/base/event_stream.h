/*
 * Splits the bytes of an event stream into events while they arrive: text/event-stream as the
 * WHATWG HTML standard defines it (section 9.2), or lines of JSON (NDJSON), where each line that is
 * not empty is an event. Bytes can be cut anywhere. Only the parts of an event that has not ended
 * are kept; the memory is reused for the next stream. Text is not decoded: invalid UTF-8 is not
 * replaced. An object belongs to one thread.
 */
#ifndef BASE_EVENT_STREAM_H
#define BASE_EVENT_STREAM_H

#include <stdint.h>

#include "base/buf.h"

/* Views that are valid during the callback. */
struct stream_event {
	struct str type; /* "message" unless the stream names one */
	struct str data; /* the lines of data, joined with line feeds */
	struct str id;	 /* the last event ID of the stream so far */
};

enum event_stream_result {
	EVENT_STREAM_MORE,
	EVENT_STREAM_ENOUGH,  /* the callback returned false; the rest of the bytes was not read */
	EVENT_STREAM_TOO_LONG /* an event is longer than allowed */
};

/* Returns false if it needs no more events. */
typedef bool event_stream_callback(void *owner, const struct stream_event *event);

struct event_stream {
	bool ndjson;
	bool skip_lf;	 /* the last byte was CR: a LF after it belongs to the same line end */
	bool has_data;	 /* the current event has a line of data */
	bool has_fields; /* the current event has any line */
	unsigned bom;	 /* bytes of a byte order mark read so far; 3: later bytes have been read */
	int64_t retry_ms;  /* the last `retry`; -1: none */
	uint64_t comments; /* lines that start with a colon */
	size_t max;	   /* bytes of one event */
	struct buf line;   /* of a line that has not ended */
	struct buf data, type, id;
};

void event_stream_init(struct event_stream *s);
void event_stream_release(struct event_stream *s);
/* Begins a new stream. MAX: maximum bytes of one event. */
void event_stream_begin(struct event_stream *s, bool ndjson, size_t max);
enum event_stream_result event_stream_feed(struct event_stream *s, struct str bytes,
					   event_stream_callback *callback, void *owner);
/* The stream has ended. The last line of NDJSON needs no line end; an event of text/event-stream
 * that has not ended is dropped, as the standard requires. */
void event_stream_end(struct event_stream *s, event_stream_callback *callback, void *owner);
/* True if an event has begun that has not ended. */
bool event_stream_is_within_event(const struct event_stream *s);

#endif
