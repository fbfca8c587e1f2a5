/*
 * Reads format 1, which version 0.1.0 wrote. It has no schema: values are in a fixed order, and a
 * checksum over the names and the order of the counters distinguishes files. The tables here are
 * frozen: they are those of 0.1.0, whatever the current counters are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/alloc.h"
#include "base/varint.h"
#include "result/archive_private.h"

#define V1_LAYOUT 0x2936763bu

#define V1_SECOND   's'
#define V1_EVENT    'e'
#define V1_EXCHANGE 'x'

#define V1_SERIES_COUNTERS(X)                                                                      \
	X(started)                                                                                 \
	X(ok)                                                                                      \
	X(cut_off)                                                                                 \
	X(redirects) X(retries) X(resent) X(expect_failures) X(bytes_sent) X(bytes_received)
#define V1_RUN_COUNTERS(X)                                                                         \
	X(arrivals_planned)                                                                        \
	X(arrivals_started)                                                                        \
	X(arrivals_dropped)                                                                        \
	X(connections_opened)                                                                      \
	X(reconnects)                                                                              \
	X(users_started)                                                                           \
	X(users_stopped)                                                                           \
	X(users_failed) X(meetings_given_up) X(after_users_failed) X(teardowns_failed) X(pauses)

static const enum failure_class v1_classes[] = {
    FAILURE_dns,	  FAILURE_connect,    FAILURE_tls,	     FAILURE_timeout_connect,
    FAILURE_timeout,	  FAILURE_reset,      FAILURE_truncated,     FAILURE_protocol,
    FAILURE_status,	  FAILURE_expect,     FAILURE_extract,	     FAILURE_expression,
    FAILURE_blocked_host, FAILURE_body_limit, FAILURE_generator_fds, FAILURE_generator_ports,
};
static const enum time_kind v1_times[] = {
    TIME_response, TIME_service, TIME_failed, TIME_elapsed, TIME_dns,
    TIME_connect,  TIME_tls,	 TIME_wait,   TIME_receive,
};
static const enum unmeasured_kind v1_unmeasured[] = {
    UNMEASURED_warm_up,	    UNMEASURED_setup,	   UNMEASURED_teardown,
    UNMEASURED_before_user, UNMEASURED_after_user, UNMEASURED_search,
};
static const enum threshold_stat v1_stats[] = {
    STAT_PERCENTILE, STAT_MEAN,
    STAT_MIN,	     STAT_MAX,
    STAT_REQUESTS,   STAT_ITERATIONS,
    STAT_FAILURES,   STAT_REQUESTS_PER_SECOND,
    STAT_ERROR_RATE, STAT_EXPECT_FAILURES,
    STAT_DROPPED,
};
static const enum threshold_op v1_ops[] = {
    THRESHOLD_LESS,	     THRESHOLD_LESS_EQUAL, THRESHOLD_GREATER,
    THRESHOLD_GREATER_EQUAL, THRESHOLD_EQUAL,	   THRESHOLD_NOT_EQUAL,
};
static const enum threshold_unit v1_units[] = {THRESHOLD_MS, THRESHOLD_SHARE, THRESHOLD_PER_SECOND,
					       THRESHOLD_COUNT};
static const enum threshold_scope v1_scopes[] = {THRESHOLD_OF_ANY, THRESHOLD_OF_STEP,
						 THRESHOLD_OF_GROUP, THRESHOLD_OF_SCENARIO};
static const enum series_kind v1_kinds[] = {SERIES_STEP, SERIES_GROUP, SERIES_SCENARIO,
					    SERIES_FIXTURE};
static const enum run_event_kind v1_events[] = {
    RUN_EVENT_start,   RUN_EVENT_phase,	 RUN_EVENT_users, RUN_EVENT_failure, RUN_EVENT_threshold,
    RUN_EVENT_limited, RUN_EVENT_signal, RUN_EVENT_stop,  RUN_EVENT_end,
};
static const enum run_stage v1_stages[] = {STAGE_LOAD, STAGE_SETUP, STAGE_WARM_UP, STAGE_TEARDOWN};
static const enum verdict_cause v1_causes[] = {
    VERDICT_CPU,   VERDICT_LAG,	  VERDICT_QUOTA,      VERDICT_STEAL,
    VERDICT_FILES, VERDICT_PORTS, VERDICT_NO_SAMPLES, VERDICT_OTHER,
};
static const enum capacity_stop v1_stops[] = {
    CAPACITY_RUNNING, CAPACITY_THRESHOLDS,  CAPACITY_GENERATOR,
    CAPACITY_MAX,     CAPACITY_FIRST_FAILS, CAPACITY_INTERRUPTED,
};

#define V1_REASONS 8u
#define V1_THREADS 256u
#define V1_TRIALS  48u

#define COUNT(table)   (sizeof(table) / sizeof *(table))
#define READ(u, table) ((table)[varint_get_below((u), COUNT(table))])

/* ---- the head */

static struct str read_str(struct archive_reader *r, struct varint_reader *u)
{
	return arena_str(r->arena, varint_get_str(u));
}

/* A number of things that follow, each of at least one byte. */
static size_t read_number(struct varint_reader *u)
{
	return (size_t)varint_get_below(u, (uint64_t)(u->end - u->at) + 1);
}

static void read_thresholds(struct archive_reader *r, struct varint_reader *u)
{
	size_t count = read_number(u);
	struct threshold *thresholds = ARENA_ARRAY(r->arena, count + 1, struct threshold);

	for (size_t i = 0; i < count && !u->bad; i++) {
		struct threshold *t = &thresholds[i];

		t->text = read_str(r, u);
		t->stat = READ(u, v1_stats);
		t->percentile = varint_get_double(u);
		t->name = read_str(r, u);
		t->scope = READ(u, v1_scopes);
		t->op = READ(u, v1_ops);
		t->value = varint_get_double(u);
		t->unit = READ(u, v1_units);
		t->for_ns = varint_get_int(u);
		t->after_ns = varint_get_int(u);
		t->abort = varint_get_below(u, 2);
		t->at = read_str(r, u);
	}
	r->facts.thresholds = thresholds;
	r->facts.threshold_count = count;
}

static void read_table(struct archive_reader *r, struct varint_reader *u)
{
	size_t count = read_number(u);

	series_table_init(&r->table, r->arena);
	for (size_t i = 0; i < count && !u->bad; i++) {
		struct series_def def = {.kind = READ(u, v1_kinds)};

		def.name = read_str(r, u);
		def.scenario = read_str(r, u);
		def.method = read_str(r, u);
		def.at = read_str(r, u);
		if (!u->bad && series_table_add(&r->table, &def) != i)
			u->bad = true;
	}
	r->facts.table = &r->table;
}

static void read_labels(struct archive_reader *r, struct varint_reader *u)
{
	size_t count = read_number(u);
	struct label *labels = ARENA_ARRAY(r->arena, count + 1, struct label);

	for (size_t i = 0; i < count && !u->bad; i++) {
		labels[i].name = read_str(r, u);
		labels[i].value = read_str(r, u);
		/* "1/1" is not a shard. */
		r->facts.unjudged |=
		    str_eq(labels[i].name, STR("shard")) && !str_ends(labels[i].value, STR("/1"));
	}
	r->facts.labels = labels;
	r->facts.label_count = count;
}

const char *archive_v1_head(struct archive_reader *r, struct varint_reader *u)
{
	struct run_facts *facts = &r->facts;
	bool known = varint_get_u32(u) == V1_LAYOUT;

	facts->version = read_str(r, u);
	if (u->bad)
		return "its head is damaged";
	if (!known)
		return arena_printf(r->arena,
				    "it was written by reprise %.*s, an older version; use "
				    "that version to read it",
				    STR_ARG(facts->version))
		    .ptr;
	facts->name = read_str(r, u);
	facts->target = read_str(r, u);
	facts->load = read_str(r, u);
	facts->scenario = read_str(r, u);
	facts->seed = varint_get_uint(u);
	facts->started = varint_get_int(u);
	facts->planned = varint_get_int(u);
	facts->iterations = varint_get_uint(u);
	facts->users = varint_get_int(u);
	facts->cores = (unsigned)varint_get_below(u, UINT32_MAX);
	facts->container = varint_get_below(u, 2);
	read_labels(r, u);
	read_thresholds(r, u);
	read_table(r, u);
	return u->bad ? "its head is damaged" : NULL;
}

/* ---- a second */

static void read_status(struct varint_reader *u, struct series_total *total)
{
	uint64_t used = varint_get_below(u, STATUS_SLOTS + 1);

	if (used && !total->status)
		total->status = alloc_zeroed(STATUS_SLOTS, sizeof(*total->status));
	for (uint64_t i = 0; i < used; i++) {
		uint64_t slot = varint_get_below(u, STATUS_SLOTS);

		total->status[slot] += varint_get_uint(u);
	}
}

/* Format 1 has the sum and the ends of an empty histogram too. */
static void read_histogram(struct varint_reader *u, struct histogram *h)
{
	const unsigned char *at = u->at;

	if (varint_get_uint(u) == 0) {
		varint_get_uint(u);
		varint_get_int(u);
		varint_get_int(u);
		return;
	}
	u->at = at;
	archive_schema_get_histogram(u, h);
}

static void read_series(struct varint_reader *u, struct series_total *total)
{
	unsigned mask;

	total->touched = true;
#define ADD_COUNT(name) total->counts.name += varint_get_uint(u);
	V1_SERIES_COUNTERS(ADD_COUNT)
#undef ADD_COUNT
	for (size_t i = 0; i < COUNT(v1_classes); i++)
		total->counts.failed[v1_classes[i]] += varint_get_uint(u);
	read_status(u, total);
	mask = (unsigned)varint_get_below(u, 1u << COUNT(v1_times));
	for (size_t i = 0; i < COUNT(v1_times); i++)
		if (mask & 1u << i)
			read_histogram(u, &total->times[v1_times[i]]);
}

static void read_run(struct varint_reader *u, struct run_counts *run)
{
#define ADD_COUNT(name) run->name += varint_get_uint(u);
	V1_RUN_COUNTERS(ADD_COUNT)
#undef ADD_COUNT
	for (size_t i = 0; i < COUNT(v1_unmeasured); i++)
		run->unmeasured[v1_unmeasured[i]] += varint_get_uint(u);
}

static void read_note(struct archive_reader *r, struct varint_reader *u, struct failure_note *note)
{
	struct str text;

	*note = (struct failure_note){0};
	note->class = READ(u, v1_classes);
	note->series = (unsigned)varint_get_below(u, r->table.defs.count);
	note->detail = (unsigned)varint_get_below(u, UINT32_MAX);
	note->at = read_str(r, u);
	note->when = varint_get_int(u);
	note->user = varint_get_uint(u);
	note->iteration = varint_get_uint(u);
	note->count = varint_get_uint(u);
	text = varint_get_str(u);
	note->text_len = (uint16_t)(text.len < FAILURE_TEXT_BYTES ? text.len : FAILURE_TEXT_BYTES);
	if (note->text_len)
		memcpy(note->text, text.ptr, note->text_len);
}

static void read_interval(struct archive_reader *r, struct varint_reader *u)
{
	struct run_interval *m = &r->interval;
	struct str why;

	*m = (struct run_interval){.cpu = r->cpu, .why = r->why};
	m->begin = varint_get_int(u);
	m->length = varint_get_int(u);
	m->wall = varint_get_int(u);
	m->users = varint_get_int(u);
	r->users_peak = varint_get_int(u);
	m->arrivals_planned = varint_get_double(u);
	m->last = varint_get_below(u, 2);
	m->lag_p99 = varint_get_int(u);
	m->threads = (unsigned)varint_get_below(u, V1_THREADS + 1);
	for (unsigned i = 0; i < m->threads; i++)
		r->cpu[i] = varint_get_double(u);
	m->steal = varint_get_double(u);
	m->throttled = varint_get_double(u);
	m->limited = varint_get_below(u, 2);
	why = varint_get_str(u);
	snprintf(r->why, sizeof r->why, "%.*s", STR_ARG(why));
}

static void read_second(struct archive_reader *r, struct varint_reader *u, struct summary *second)
{
	size_t count = r->table.defs.count;
	struct failure_note note;

	read_interval(r, u);
	read_run(u, &second->run);
	read_histogram(u, &second->lag);
	for (uint64_t i = varint_get_below(u, count + 1); i && !u->bad;
	     i = varint_get_below(u, count + 1))
		read_series(u, &second->series[i - 1]);
	for (size_t left = read_number(u); left && !u->bad; left--) {
		read_note(r, u, &note);
		if (!u->bad)
			summary_add_failure(second, &note);
	}
	second->failures_lost += varint_get_uint(u);
	summary_complete(second, r->interval.users, r->users_peak);
}

/* ---- events and failed exchanges */

static void read_event(struct archive_reader *r, struct varint_reader *u)
{
	struct run_event *event = &r->event;

	*event = (struct run_event){.kind = READ(u, v1_events)};
	event->stage = READ(u, v1_stages);
	event->at = varint_get_int(u);
	event->wall = varint_get_int(u);
	event->text = varint_get_str(u);
	event->threshold = (size_t)varint_get_below(u, r->facts.threshold_count + 1);
	event->holds = varint_get_below(u, 2);
	event->users = varint_get_int(u);
	if (varint_get_below(u, 2)) {
		read_note(r, u, &r->note);
		event->failure = &r->note;
	}
}

static void read_exchange(struct archive_reader *r, struct varint_reader *u)
{
	struct failure_sample x = {.wall = 0};

	read_note(r, u, &x.note);
	x.wall = varint_get_int(u);
	x.method = varint_get_str(u);
	x.url = varint_get_str(u);
	x.request_headers = varint_get_str(u);
	x.request_body = varint_get_str(u);
	x.request_body_cut = varint_get_below(u, 2);
	x.status = (int)varint_get_int(u);
	x.version = (int)varint_get_int(u);
	x.headers = varint_get_str(u);
	x.body = varint_get_str(u);
	x.more = varint_get_below(u, 2);
	x.bytes_received = varint_get_uint(u);
	x.dns = varint_get_int(u);
	x.connect = varint_get_int(u);
	x.tls = varint_get_int(u);
	x.wait = varint_get_int(u);
	x.receive = varint_get_int(u);
	x.whole = varint_get_int(u);
	x.why = varint_get_str(u);
	if (!u->bad)
		failure_samples_add(r->facts.failure_samples, &x);
}

bool archive_v1_items(struct archive_reader *r, struct summary *second, enum archive_item *found)
{
	struct varint_reader u = varint_reader_of(r->items);

	while (*found == ARCHIVE_TRUNCATED && u.at < u.end && !u.bad) {
		unsigned char mark = *u.at++;

		if (mark == V1_SECOND) {
			read_second(r, &u, second);
			*found = ARCHIVE_SECOND;
		} else if (mark == V1_EVENT) {
			read_event(r, &u);
			*found = ARCHIVE_EVENT;
		} else if (mark == V1_EXCHANGE) {
			read_exchange(r, &u);
		} else {
			u.bad = true;
		}
	}
	r->items = str_n((const char *)u.at, (size_t)(u.end - u.at));
	if (u.bad)
		*found = ARCHIVE_TRUNCATED;
	return !u.bad;
}

/* ---- the end */

static void read_capacity(struct archive_reader *r, struct varint_reader *u)
{
	struct capacity *c = &r->capacity;

	if (!varint_get_below(u, 2))
		return;
	*c = (struct capacity){.wanted = true, .phase = CAPACITY_DONE};
	c->whole = varint_get_below(u, 2);
	c->stop = READ(u, v1_stops);
	c->low = varint_get_double(u);
	c->confirmed = varint_get_below(u, 2);
	c->count = (unsigned)varint_get_below(u, V1_TRIALS + 1);
	for (unsigned i = 0; i < c->count; i++) {
		struct capacity_trial *t = &c->trials[i];

		t->level = varint_get_double(u);
		t->per_second = varint_get_double(u);
		t->error_rate = varint_get_double(u);
		t->p50 = varint_get_int(u);
		t->p95 = varint_get_int(u);
		t->p99 = varint_get_int(u);
		t->dropped = varint_get_uint(u);
		t->holds = varint_get_below(u, 2);
		t->limited = varint_get_below(u, 2);
		t->again = varint_get_below(u, 2);
	}
	if (!u->bad)
		r->facts.capacity = c;
}

/* The verdict is that of 0.1.0, which knew only passed and failed. */
bool archive_v1_end(struct archive_reader *r)
{
	struct varint_reader u = varint_reader_of(buf_str(&r->block));
	struct verdict *verdict = &r->verdict;
	struct verdict_validity *v = &r->validity;
	bool passed = varint_get_below(&u, 2);

	*verdict = (struct verdict){.validity = v};
	verdict->outcome = !passed	       ? VERDICT_FAIL
			   : r->facts.unjudged ? VERDICT_UNJUDGED
					       : VERDICT_PASS;
	verdict->setup_failed = varint_get_below(&u, 2);
	verdict->reached = varint_get_below(&u, 2);
	verdict->stopped_by = read_str(r, &u);
	*v = (struct verdict_validity){.valid = varint_get_below(&u, 2)};
	v->count = (unsigned)varint_get_below(&u, V1_REASONS + 1);
	for (unsigned i = 0; i < v->count; i++) {
		struct str reason;

		v->causes[i] = READ(&u, v1_causes);
		reason = varint_get_str(&u);
		snprintf(v->reasons[i], sizeof(v->reasons[i]), "%.*s", STR_ARG(reason));
	}
	r->users_max = varint_get_int(&u);
	r->duration = varint_get_int(&u);
	read_capacity(r, &u);
	return !u.bad;
}
