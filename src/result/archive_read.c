#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/varint.h"
#include "result/archive.h"
#include "result/archive_layout.h"
#include "stats/deflate.h"

/* ---- records */

/* The payload of the next record, inflated into OUT; 0 when none is whole. */
static char read_record(struct str *file, struct buf *out)
{
	struct varint_reader u = varint_reader_of(*file);
	uint32_t length = varint_get_u32(&u), checksum = varint_get_u32(&u);
	struct str type, payload;

	if (u.bad || file->len < ARCHIVE_RECORD_HEAD || length > file->len - ARCHIVE_RECORD_HEAD)
		return 0;
	type = str_slice(*file, ARCHIVE_RECORD_HEAD - 1, ARCHIVE_RECORD_HEAD);
	payload = str_slice(*file, ARCHIVE_RECORD_HEAD, ARCHIVE_RECORD_HEAD + length);
	if (deflate_checksum(deflate_checksum(0, type), payload) != checksum)
		return 0;
	buf_clear(out);
	if (!deflate_decompress(payload, ARCHIVE_PLAIN_MAX, out))
		return 0;
	*file = str_slice(*file, ARCHIVE_RECORD_HEAD + length, file->len);
	return type.ptr[0];
}

/* ---- the head */

static struct str read_str(struct archive_reader *r, struct varint_reader *u)
{
	return arena_str(r->arena, varint_get_str(u));
}

/* How many follow, each of at least one byte. */
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
		t->stat = (enum threshold_stat)varint_get_below(u, STAT_DROPPED + 1);
		t->percentile = varint_get_double(u);
		t->name = read_str(r, u);
		t->scope = (enum threshold_scope)varint_get_below(u, THRESHOLD_OF_SCENARIO + 1);
		t->op = (enum threshold_op)varint_get_below(u, THRESHOLD_NOT_EQUAL + 1);
		t->value = varint_get_double(u);
		t->unit = (enum threshold_unit)varint_get_below(u, THRESHOLD_COUNT + 1);
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
		struct series_def def;

		def.kind = (enum series_kind)varint_get_below(u, SERIES_KIND_COUNT);
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
	}
	r->facts.labels = labels;
	r->facts.label_count = count;
}

static void read_facts(struct archive_reader *r, struct varint_reader *u)
{
	struct run_facts *facts = &r->facts;

	facts->version = read_str(r, u);
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
}

static const char *open_head(struct archive_reader *r, struct buf *head)
{
	struct varint_reader u;

	if (!str_starts(r->file, STR(ARCHIVE_MAGIC)))
		return "it is no result of reprise";
	r->file = str_slice(r->file, sizeof(ARCHIVE_MAGIC) - 1, r->file.len);
	if (read_record(&r->file, head) != ARCHIVE_HEAD)
		return "it stops in its head: the run was killed at its start";
	u = varint_reader_of(buf_str(head));
	if (varint_get_u32(&u) != archive_layout())
		return "it was written by another version of reprise, which counts otherwise";
	read_facts(r, &u);
	return u.bad ? "its head makes no sense" : NULL;
}

bool archive_open(struct archive_reader *r, struct arena *arena, struct str bytes, const char **why)
{
	struct buf head;

	*r = (struct archive_reader){.arena = arena, .file = bytes};
	r->facts.failure_samples = failure_samples_new();
	buf_init(&r->block, 0);
	buf_init(&head, 0);
	*why = open_head(r, &head);
	buf_release(&head);
	return !*why;
}

void archive_close(struct archive_reader *r)
{
	failure_samples_free(r->facts.failure_samples);
	buf_release(&r->block);
}

/* ---- a second */

static void read_histogram(struct varint_reader *u, struct histogram *h)
{
	struct histogram part;
	uint64_t filled = varint_get_below(u, HISTOGRAM_COUNTERS + 1);
	uint64_t index = 0;

	histogram_init(&part);
	for (uint64_t i = 0; i < filled && !u->bad; i++) {
		uint64_t count;

		index += varint_get_below(u, HISTOGRAM_COUNTERS);
		count = varint_get_uint(u);
		if (index >= HISTOGRAM_COUNTERS) {
			u->bad = true;
			break;
		}
		histogram_add_counter(&part, (unsigned)index, count);
		part.m.count += count;
	}
	part.m.sum_ns = varint_get_uint(u);
	part.m.min_ns = varint_get_int(u);
	part.m.max_ns = varint_get_int(u);
	if (!u->bad)
		histogram_add(h, &part);
	histogram_release(&part);
}

static void read_status(struct varint_reader *u, struct series_total *total)
{
	uint64_t used = varint_get_below(u, STATUS_SLOTS + 1);

	if (used && !total->status)
		total->status = calloc(STATUS_SLOTS, sizeof(*total->status));
	if (used && !total->status)
		die_out_of_memory();
	for (uint64_t i = 0; i < used; i++) {
		uint64_t slot = varint_get_below(u, STATUS_SLOTS);

		total->status[slot] += varint_get_uint(u);
	}
}

static void read_series(struct varint_reader *u, struct series_total *total)
{
	unsigned mask;

	total->touched = true;
#define ADD_COUNT(name) total->counts.name += varint_get_uint(u);
	SERIES_COUNTERS(ADD_COUNT)
#undef ADD_COUNT
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		total->counts.failed[i] += varint_get_uint(u);
	read_status(u, total);
	mask = (unsigned)varint_get_below(u, 1u << TIME_KIND_COUNT);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		if (mask & 1u << kind)
			read_histogram(u, &total->times[kind]);
}

static void read_run(struct varint_reader *u, struct run_counts *run)
{
#define ADD_COUNT(name) run->name += varint_get_uint(u);
	RUN_COUNTERS(ADD_COUNT)
#undef ADD_COUNT
	for (unsigned i = 0; i < UNMEASURED_KIND_COUNT; i++)
		run->unmeasured[i] += varint_get_uint(u);
}

static void read_note(struct archive_reader *r, struct varint_reader *u, struct failure_note *note)
{
	struct str text;

	*note = (struct failure_note){0};
	note->class = (enum failure_class)varint_get_below(u, FAILURE_CLASS_COUNT);
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

static void take_moment(struct archive_reader *r, struct varint_reader *u)
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
	m->threads = (unsigned)varint_get_below(u, HEALTH_THREADS + 1);
	for (unsigned i = 0; i < m->threads; i++)
		r->cpu[i] = varint_get_double(u);
	m->steal = varint_get_double(u);
	m->throttled = varint_get_double(u);
	m->limited = varint_get_below(u, 2);
	why = varint_get_str(u);
	if (why.len >= sizeof(r->why))
		why.len = sizeof(r->why) - 1;
	memcpy(r->why, why.ptr, why.len);
	r->why[why.len] = '\0';
}

static void read_second(struct archive_reader *r, struct varint_reader *u, struct summary *second)
{
	size_t count = r->table.defs.count;
	struct failure_note note;

	take_moment(r, u);
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

static void read_event(struct archive_reader *r, struct varint_reader *u)
{
	struct run_event *event = &r->event;

	*event = (struct run_event){0};
	event->kind = (enum run_event_kind)varint_get_below(u, RUN_EVENT_COUNT);
	event->stage = (enum run_stage)varint_get_below(u, STAGE_TEARDOWN + 1);
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

/* ---- failed exchanges */

static bool read_exchange(struct archive_reader *r)
{
	struct varint_reader u = varint_reader_of(str_slice(r->items, 1, r->items.len));
	struct failure_sample x = {0};

	read_note(r, &u, &x.note);
	x.wall = varint_get_int(&u);
	x.method = varint_get_str(&u);
	x.url = varint_get_str(&u);
	x.request_headers = varint_get_str(&u);
	x.request_body = varint_get_str(&u);
	x.request_body_cut = varint_get_below(&u, 2);
	x.status = (int)varint_get_int(&u);
	x.version = (int)varint_get_int(&u);
	x.headers = varint_get_str(&u);
	x.body = varint_get_str(&u);
	x.more = varint_get_below(&u, 2);
	x.bytes_received = varint_get_uint(&u);
	x.dns = varint_get_int(&u);
	x.connect = varint_get_int(&u);
	x.tls = varint_get_int(&u);
	x.wait = varint_get_int(&u);
	x.receive = varint_get_int(&u);
	x.whole = varint_get_int(&u);
	x.why = varint_get_str(&u);
	if (!u.bad)
		failure_samples_add(r->facts.failure_samples, &x);
	r->items = str_n((const char *)u.at, (size_t)(u.end - u.at));
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
	c->stop = (enum capacity_stop)varint_get_below(u, CAPACITY_INTERRUPTED + 1);
	c->low = varint_get_double(u);
	c->confirmed = varint_get_below(u, 2);
	c->count = (unsigned)varint_get_below(u, CAPACITY_TRIALS + 1);
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

static void read_end(struct archive_reader *r)
{
	struct varint_reader u = varint_reader_of(buf_str(&r->block));
	struct verdict *verdict = &r->verdict;
	struct verdict_validity *v = &r->validity;

	*verdict = (struct verdict){.validity = v};
	verdict->pass = varint_get_below(&u, 2);
	verdict->setup_failed = varint_get_below(&u, 2);
	verdict->reached = varint_get_below(&u, 2);
	verdict->stopped_by = read_str(r, &u);
	*v = (struct verdict_validity){.valid = varint_get_below(&u, 2)};
	v->count = (unsigned)varint_get_below(&u, VERDICT_REASONS + 1);
	for (unsigned i = 0; i < v->count; i++) {
		struct str reason;

		v->causes[i] = (enum verdict_cause)varint_get_below(&u, VERDICT_OTHER + 1);
		reason = varint_get_str(&u);
		snprintf(v->reasons[i], sizeof(v->reasons[i]), "%.*s", STR_ARG(reason));
	}
	r->users_max = varint_get_int(&u);
	r->duration = varint_get_int(&u);
	read_capacity(r, &u);
}

/* The item at hand, out of the block; false when it makes no sense. */
static bool read_item(struct archive_reader *r, struct summary *second, enum archive_item *item)
{
	struct varint_reader u = varint_reader_of(r->items);
	unsigned char mark = *u.at++;

	if (mark == ARCHIVE_ITEM_SECOND)
		read_second(r, &u, second);
	else if (mark == ARCHIVE_ITEM_EVENT)
		read_event(r, &u);
	else
		u.bad = true;
	*item = mark == ARCHIVE_ITEM_SECOND ? ARCHIVE_SECOND : ARCHIVE_EVENT;
	r->items = str_n((const char *)u.at, (size_t)(u.end - u.at));
	return !u.bad;
}

enum archive_item archive_next(struct archive_reader *r, struct summary *second)
{
	enum archive_item item;
	char type;

	while (!r->items.len || r->items.ptr[0] == ARCHIVE_ITEM_EXCHANGE) {
		if (r->items.len) {
			if (!read_exchange(r))
				return ARCHIVE_TRUNCATED;
			continue;
		}
		type = read_record(&r->file, &r->block);
		if (type == ARCHIVE_LAST) {
			read_end(r);
			return ARCHIVE_END;
		}
		if (type != ARCHIVE_BLOCK)
			return ARCHIVE_TRUNCATED;
		r->items = buf_str(&r->block);
	}
	return read_item(r, second, &item) ? item : ARCHIVE_TRUNCATED;
}
