/*
 * The counts of one worker. A recorder has two intervals: the worker writes the active one, the
 * collector drains the other. Once a second they are exchanged:
 *
 *   collector                            worker (its own thread)
 *   recorder_request_swap()                       …records…
 *                                        recorder_poll() at a safe point: swaps when asked
 *   recorder_take() -> interval, drain, clear
 *   recorder_return()
 *
 * recorder_request_swap, recorder_take, recorder_return: collector thread only. Every other
 * function here: the worker's thread only. init, release and recorder_remaining: when no other
 * thread uses the recorder (before the worker starts, after it was joined). A worker that is late
 * to the safe point loses nothing: its counts come a second later. The worker never waits.
 *
 * Recording allocates only a histogram page or a table of statuses, on its first use.
 */
#ifndef STATS_RECORDER_H
#define STATS_RECORDER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "stats/exemplar.h"
#include "stats/failure.h"
#include "stats/histogram.h"
#include "stats/series.h"

/* X(name, description) */
#define TIME_KINDS(X)                                                                              \
	X(response, "from the scheduled start to the last byte, of ok responses; of a group or "   \
		    "iteration: without think time")                                               \
	X(service, "from the send to the last byte, of ok responses")                              \
	X(failed, "from the scheduled start to the failure, of failed requests")                   \
	X(elapsed, "of a group or iteration: with think time, without pacing")                     \
	X(dns, "name lookup, for new connections")                                                 \
	X(connect, "TCP connect, for new connections")                                             \
	X(tls, "TLS handshake, for new connections")                                               \
	X(wait, "from the send to the first byte, of ok responses")                                \
	X(receive, "from the first byte to the last, of ok responses")                             \
	X(first_event, "from the scheduled start to the first event of an event stream")           \
	X(first_output, "from the scheduled start to the first output of an event stream")         \
	X(event_gap, "between two events of an event stream")                                      \
	X(retry_wait, "delays before the retries of a request, of requests that were retried "     \
		      "after a delay")                                                             \
	X(handshake, "from the scheduled start of a WebSocket to its handshake, of ok ones")       \
	X(message, "from the scheduled start of a wait to the last message that matched, of ok "   \
		   "waits")
#define TIME_ENUM(name, prose) TIME_##name,
enum time_kind { TIME_KINDS(TIME_ENUM) TIME_KIND_COUNT };
#undef TIME_ENUM

/* Why a request is not measured; X(name) */
#define UNMEASURED_KINDS(X)   X(warm_up) X(setup) X(teardown) X(before_user) X(after_user) X(search)
#define UNMEASURED_ENUM(name) UNMEASURED_##name,
enum unmeasured_kind { UNMEASURED_KINDS(UNMEASURED_ENUM) UNMEASURED_KIND_COUNT };
#undef UNMEASURED_ENUM

/* Counters of one series; X(name). started = ok + all failed + cut_off when nothing is in flight.
 * failed_alone: iterations that failed although each of their requests was ok. */
#define SERIES_COUNTERS(X)                                                                         \
	X(started)                                                                                 \
	X(ok)                                                                                      \
	X(cut_off)                                                                                 \
	X(failed_alone)                                                                            \
	X(redirects)                                                                               \
	X(retries)                                                                                 \
	X(resent)                                                                                  \
	X(expect_failures)                                                                         \
	X(bytes_sent) X(bytes_received) X(resent_posts) X(events) /* of event streams */           \
	    X(outputs)	      /* of event streams with at least two outputs, at different times */ \
	    X(output_us)      /* from the first output of each of these to its last, together */   \
	    X(streams_closed) /* that did not end by themselves after `until` */                   \
	    X(http_1)	      /* requests whose last response had this major version of HTTP */    \
	    X(http_2) X(http_3)
/* For the whole run; X(name) */
#define RUN_COUNTERS(X)                                                                            \
	X(arrivals_planned)                                                                        \
	X(arrivals_started)                                                                        \
	X(arrivals_dropped)                                                                        \
	X(connections_opened)                                                                      \
	X(reconnects)                                                                              \
	X(users_started)                                                                           \
	X(users_stopped)                                                                           \
	X(users_failed)                                                                            \
	X(meetings_given_up)                                                                       \
	X(after_users_failed)                                                                      \
	X(teardowns_failed)                                                                        \
	X(pauses)                                                                                  \
	X(back_offs)                                                                               \
	X(users_missed)                                                                            \
	X(renewals)                                                                                \
	X(renewals_failed) X(renewals_waited) X(renewals_given_up) X(messages_sent)                \
	    X(messages_received) X(messages_unmatched) X(messages_dropped) X(replies_dropped)      \
		X(sockets_opened) X(sockets_closed)

#define COUNTER_FIELD(name) uint64_t name;
struct series_counts {
	SERIES_COUNTERS(COUNTER_FIELD)
	uint64_t failed[FAILURE_CLASS_COUNT];
};
struct run_counts {
	RUN_COUNTERS(COUNTER_FIELD)
	uint64_t unmeasured[UNMEASURED_KIND_COUNT];
};
#undef COUNTER_FIELD

/* INTO += FROM. */
void recorder_series_counts_add(struct series_counts *into, const struct series_counts *from);
uint64_t recorder_series_counts_failed(const struct series_counts *counts);
void recorder_run_counts_add(struct run_counts *into, const struct run_counts *from);

/* Statuses 100 to 599; slot 0 is for any other. */
#define STATUS_SLOTS 501u
static inline unsigned recorder_status_slot(unsigned status)
{
	return status >= 100 && status <= 599 ? status - 99 : 0;
}
/* The status of a slot; 0 for slot 0. */
static inline unsigned recorder_slot_status(unsigned slot)
{
	return slot ? slot + 99 : 0;
}

struct interval_series {
	struct series_counts counts;
	bool touched;		 /* anything since the last clear */
	uint32_t *status;	 /* STATUS_SLOTS, allocated at the first response */
	uint32_t *failed_status; /* the failed ones among them; allocated at the first of these */
	struct interval_histogram times[TIME_KIND_COUNT];
	struct exemplar longest; /* of the ok requests with a trace */
};

#define FAILURE_TEXT_BYTES 240
#define FAILURE_NOTES_MAX  64u

/* Failures of one kind at one place of the scenario, with the first of them as the example. */
struct failure_note {
	enum failure_class class;
	unsigned series;
	unsigned detail;	     /* the HTTP status where class is status, else 0 */
	struct str at;		     /* "shop.yaml:41"; lives as long as the run */
	ns_t when;		     /* since the start of the run */
	uint64_t user;		     /* from 1 */
	uint64_t iteration;	     /* from 1 */
	struct exemplar_trace trace; /* of the first of them that has one */
	uint64_t count;
	uint16_t text_len;
	char text[FAILURE_TEXT_BYTES]; /* "HTTP 503, expected 2xx"; cut at a complete
					  character */
};

/* Whether they are of one kind: the same class, series, detail and place. */
bool recorder_note_same(const struct failure_note *a, const struct failure_note *b);

struct interval {
	const struct series_table *table;
	struct interval_series *series; /* one per row of the table */
	struct run_counts run;
	unsigned worker;	      /* index of the worker, from 0 */
	int64_t users_now, users_max; /* of this worker; the current number is kept over the swap */
	struct interval_histogram lag;
	unsigned note_count;
	uint64_t
	    notes_lost; /* failures without a note, because there are FAILURE_NOTES_MAX kinds */
	struct failure_note notes[FAILURE_NOTES_MAX];
};

enum recorder_state { RECORDER_IDLE, RECORDER_SWAP_REQUESTED, RECORDER_READY };

struct recorder {
	struct interval *active; /* belongs to the worker */
	struct interval
	    *other; /* belongs to the collector while READY, else to the worker, to swap in */
	_Atomic int state; /* enum recorder_state */
	struct interval intervals[2];
};

enum outcome { OUTCOME_OK, OUTCOME_FAILED, OUTCOME_CUT_OFF };

#define SAMPLE_NONE ((ns_t)-1) /* a time that was not measured */

/* Samples whose time has its own metric, too. */
enum sample_kind { SAMPLE_REQUEST, SAMPLE_HANDSHAKE, SAMPLE_MESSAGE };

/* One finished request: a step's first hop with its redirects and retries. */
struct sample {
	enum outcome outcome;
	enum failure_class class; /* where FAILED */
	enum sample_kind kind;
	uint16_t status; /* of the last response; 0: none */
	uint8_t version; /* of the last response: 11 is HTTP/1.1; 0: none */
	uint16_t redirects, retries;
	uint16_t resent;	  /* sent again on a new connection (net/resend.h) */
	uint16_t resent_posts;	  /* of these, with a method that is not idempotent */
	uint16_t expect_failures; /* expectations that failed */
	uint64_t bytes_sent, bytes_received;
	ns_t response, service;
	ns_t dns, connect, tls; /* SAMPLE_NONE if no connection was made for it */
	ns_t wait, receive;
	ns_t retry_wait;	     /* delays before its retries together */
	struct exemplar_trace trace; /* of the last send, if it is recorded */
	uint64_t span;		     /* in this trace */
};

#define WORKERS_MAX 256u

/* WORKER counts from 0. The recorder must not move afterwards. TABLE is complete and must
 * outlive it. */
void recorder_init(struct recorder *r, const struct series_table *table, unsigned worker);
void recorder_release(struct recorder *r);

/* A request of SERIES is about to be sent (or is scheduled). */
static inline void recorder_started(struct recorder *r, unsigned series)
{
	r->active->series[series].counts.started++;
	r->active->series[series].touched = true;
}
/* The hot path. Call it once for each recorder_started. */
void recorder_request(struct recorder *r, unsigned series, const struct sample *s);
/* A time of a request that is not finished; it counts whatever its outcome will be. */
static inline void recorder_time(struct recorder *r, unsigned series, enum time_kind kind,
				 ns_t time)
{
	struct interval_series *own = &r->active->series[series];

	own->touched = true;
	histogram_interval_record(&own->times[kind], time);
}
/* The counters of SERIES, for those of event streams. Do not keep the pointer over a safe point. */
static inline struct series_counts *recorder_counts(struct recorder *r, unsigned series)
{
	r->active->series[series].touched = true;
	return &r->active->series[series].counts;
}
/* An ok request of SERIES that has a trace: the longest one is kept. */
void recorder_exemplar(struct recorder *r, unsigned series, const struct exemplar *x);
/* Counts only the phases of a request, in SERIES too: that of a group around it. */
void recorder_phases(struct recorder *r, unsigned series, const struct sample *s);
/*
 * Describes a failed request, after recorder_request. Counted by (class, series, detail, at);
 * the text of the first is kept. NOTE's count and text fields are ignored.
 */
void recorder_failure(struct recorder *r, const struct failure_note *note, struct str text);
/* A group or an iteration ended; SERIES is its own. Times of ok ones are kept; started must have
 * been called. */
void recorder_span(struct recorder *r, unsigned series, enum outcome outcome,
		   enum failure_class class, ns_t busy, ns_t elapsed);
/* The iteration that was just recorded failed although each of its requests was ok. */
static inline void recorder_failed_alone(struct recorder *r, unsigned series)
{
	r->active->series[series].counts.failed_alone++;
}
/* Frames of a socket that the step SERIES has opened. */
static inline void recorder_bytes(struct recorder *r, unsigned series, uint64_t sent,
				  uint64_t received)
{
	r->active->series[series].counts.bytes_sent += sent;
	r->active->series[series].counts.bytes_received += received;
	r->active->series[series].touched = true;
}
/* SENDS requests (redirects, retries and resends included) in a phase that is not measured. */
static inline void recorder_unmeasured(struct recorder *r, enum unmeasured_kind kind,
				       unsigned sends)
{
	r->active->run.unmeasured[kind] += sends;
}
/* Delay of a scheduled start. */
static inline void recorder_lag(struct recorder *r, ns_t late)
{
	histogram_interval_record(&r->active->lag, late);
}
/* A user arrived (+1) or left (-1). */
void recorder_users(struct recorder *r, int change);
/* For a plain counter: recorder_run(r)->connections_opened++. Do not keep the pointer over a
 * safe point. */
static inline struct run_counts *recorder_run(struct recorder *r)
{
	return &r->active->run;
}

/* The worker's side of a requested swap: called by recorder_poll. */
void recorder_swap(struct recorder *r);
/* The safe point: cheap, call it after each round of events. */
static inline void recorder_poll(struct recorder *r)
{
	if (__builtin_expect(atomic_load_explicit(&r->state, memory_order_acquire) ==
				 RECORDER_SWAP_REQUESTED,
			     0))
		recorder_swap(r);
}

/* Requests a swap; does nothing if one is in progress. */
void recorder_request_swap(struct recorder *r);
/* The swapped interval, or NULL if the worker has not swapped yet. */
struct interval *recorder_take(struct recorder *r);
/* After recorder_take: returns the cleared interval to the worker. */
void recorder_return(struct recorder *r);
/* After the worker was joined: 0 is the older interval, 1 the newer; either may be empty. */
struct interval *recorder_remaining(struct recorder *r, unsigned i);
/* Empties an interval, keeps its memory and the number of users. */
void recorder_interval_clear(struct interval *i);

#endif
