#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/packing.h"
#include "output/archive.h"
#include "output/archive_layout.h"
#include "stats/packed.h"

/* ---- records */

/* The payload of the next record, inflated into OUT; 0 when none is whole. */
static char take_record(struct str *file, struct buf *out)
{
	struct unpack u = unpack_of(*file);
	uint32_t length = unpack_u32(&u), checksum = unpack_u32(&u);
	struct str type, payload;

	if (u.bad || file->len < ARCHIVE_RECORD_HEAD || length > file->len - ARCHIVE_RECORD_HEAD)
		return 0;
	type = str_slice(*file, ARCHIVE_RECORD_HEAD - 1, ARCHIVE_RECORD_HEAD);
	payload = str_slice(*file, ARCHIVE_RECORD_HEAD, ARCHIVE_RECORD_HEAD + length);
	if (packed_checksum(packed_checksum(0, type), payload) != checksum)
		return 0;
	buf_clear(out);
	if (!packed_inflate(payload, ARCHIVE_PLAIN_MOST, out))
		return 0;
	*file = str_slice(*file, ARCHIVE_RECORD_HEAD + length, file->len);
	return type.ptr[0];
}

/* ---- the head */

static struct str take_str(struct archive_reader *r, struct unpack *u)
{
	return arena_str(r->arena, unpack_str(u));
}

/* How many follow, each of at least one byte. */
static size_t take_number(struct unpack *u)
{
	return (size_t)unpack_below(u, (uint64_t)(u->end - u->at) + 1);
}

static void take_thresholds(struct archive_reader *r, struct unpack *u)
{
	size_t count = take_number(u);
	struct threshold *thresholds = ARENA_ARRAY(r->arena, count + 1, struct threshold);

	for (size_t i = 0; i < count && !u->bad; i++) {
		struct threshold *t = &thresholds[i];

		t->text = take_str(r, u);
		t->stat = (enum threshold_stat)unpack_below(u, STAT_DROPPED + 1);
		t->percentile = unpack_double(u);
		t->name = take_str(r, u);
		t->scope = (enum threshold_scope)unpack_below(u, THRESHOLD_OF_SCENARIO + 1);
		t->op = (enum threshold_op)unpack_below(u, THRESHOLD_NOT_EQUAL + 1);
		t->value = unpack_double(u);
		t->unit = (enum threshold_unit)unpack_below(u, THRESHOLD_COUNT + 1);
		t->for_ns = unpack_int(u);
		t->after_ns = unpack_int(u);
		t->abort = unpack_below(u, 2);
		t->at = take_str(r, u);
	}
	r->facts.thresholds = thresholds;
	r->facts.threshold_count = count;
}

static void take_table(struct archive_reader *r, struct unpack *u)
{
	size_t count = take_number(u);

	series_table_init(&r->table, r->arena);
	for (size_t i = 0; i < count && !u->bad; i++) {
		struct series_def def;

		def.kind = (enum series_kind)unpack_below(u, SERIES_KIND_COUNT);
		def.name = take_str(r, u);
		def.scenario = take_str(r, u);
		def.method = take_str(r, u);
		def.at = take_str(r, u);
		if (!u->bad && series_table_add(&r->table, &def) != i)
			u->bad = true;
	}
	r->facts.table = &r->table;
}

static void take_labels(struct archive_reader *r, struct unpack *u)
{
	size_t count = take_number(u);
	struct label *labels = ARENA_ARRAY(r->arena, count + 1, struct label);

	for (size_t i = 0; i < count && !u->bad; i++) {
		labels[i].name = take_str(r, u);
		labels[i].value = take_str(r, u);
	}
	r->facts.labels = labels;
	r->facts.label_count = count;
}

static void take_facts(struct archive_reader *r, struct unpack *u)
{
	struct run_facts *facts = &r->facts;

	facts->version = take_str(r, u);
	facts->name = take_str(r, u);
	facts->target = take_str(r, u);
	facts->load = take_str(r, u);
	facts->scenario = take_str(r, u);
	facts->seed = unpack_count(u);
	facts->started = unpack_int(u);
	facts->planned = unpack_int(u);
	facts->iterations = unpack_count(u);
	facts->users = unpack_int(u);
	facts->cores = (unsigned)unpack_below(u, UINT32_MAX);
	facts->container = unpack_below(u, 2);
	take_labels(r, u);
	take_thresholds(r, u);
	take_table(r, u);
}

static const char *open_head(struct archive_reader *r, struct buf *head)
{
	struct unpack u;

	if (!str_starts(r->file, STR(ARCHIVE_MAGIC)))
		return "it is no result of reprise";
	r->file = str_slice(r->file, sizeof(ARCHIVE_MAGIC) - 1, r->file.len);
	if (take_record(&r->file, head) != ARCHIVE_HEAD)
		return "it stops in its head: the run was killed at its start";
	u = unpack_of(buf_str(head));
	if (unpack_u32(&u) != archive_layout())
		return "it was written by another version of reprise, which counts otherwise";
	take_facts(r, &u);
	return u.bad ? "its head makes no sense" : NULL;
}

bool archive_open(struct archive_reader *r, struct arena *arena, struct str bytes, const char **why)
{
	struct buf head;

	*r = (struct archive_reader){.arena = arena, .file = bytes};
	r->facts.evidence = evidence_new();
	buf_init(&r->block, 0);
	buf_init(&head, 0);
	*why = open_head(r, &head);
	buf_release(&head);
	return !*why;
}

void archive_close(struct archive_reader *r)
{
	evidence_free(r->facts.evidence);
	buf_release(&r->block);
}

/* ---- a second */

static void take_histogram(struct unpack *u, struct histogram *h)
{
	struct histogram part;
	uint64_t filled = unpack_below(u, HISTOGRAM_COUNTERS + 1);
	uint64_t index = 0;

	histogram_init(&part);
	for (uint64_t i = 0; i < filled && !u->bad; i++) {
		uint64_t count;

		index += unpack_below(u, HISTOGRAM_COUNTERS);
		count = unpack_count(u);
		if (index >= HISTOGRAM_COUNTERS) {
			u->bad = true;
			break;
		}
		histogram_add_counter(&part, (unsigned)index, count);
		part.m.count += count;
	}
	part.m.sum_ns = unpack_count(u);
	part.m.min_ns = unpack_int(u);
	part.m.max_ns = unpack_int(u);
	if (!u->bad)
		histogram_add(h, &part);
	histogram_release(&part);
}

static void take_status(struct unpack *u, struct series_total *total)
{
	uint64_t used = unpack_below(u, STATUS_SLOTS + 1);

	if (used && !total->status)
		total->status = calloc(STATUS_SLOTS, sizeof(*total->status));
	if (used && !total->status)
		die_out_of_memory();
	for (uint64_t i = 0; i < used; i++) {
		uint64_t slot = unpack_below(u, STATUS_SLOTS);

		total->status[slot] += unpack_count(u);
	}
}

static void take_series(struct unpack *u, struct series_total *total)
{
	unsigned mask;

	total->touched = true;
#define TAKE(name) total->counts.name += unpack_count(u);
	SERIES_COUNTERS(TAKE)
#undef TAKE
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		total->counts.failed[i] += unpack_count(u);
	take_status(u, total);
	mask = (unsigned)unpack_below(u, 1u << TIME_KIND_COUNT);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		if (mask & 1u << kind)
			take_histogram(u, &total->times[kind]);
}

static void take_run(struct unpack *u, struct run_counts *run)
{
#define TAKE(name) run->name += unpack_count(u);
	RUN_COUNTERS(TAKE)
#undef TAKE
	for (unsigned i = 0; i < UNMEASURED_KIND_COUNT; i++)
		run->unmeasured[i] += unpack_count(u);
}

static void take_note(struct archive_reader *r, struct unpack *u, struct failure_note *note)
{
	struct str text;

	*note = (struct failure_note){0};
	note->class = (enum failure_class)unpack_below(u, FAILURE_CLASS_COUNT);
	note->series = (unsigned)unpack_below(u, r->table.defs.count);
	note->detail = (unsigned)unpack_below(u, UINT32_MAX);
	note->at = take_str(r, u);
	note->when = unpack_int(u);
	note->user = unpack_count(u);
	note->iteration = unpack_count(u);
	note->count = unpack_count(u);
	text = unpack_str(u);
	note->text_len = (uint16_t)(text.len < FAILURE_TEXT_BYTES ? text.len : FAILURE_TEXT_BYTES);
	if (note->text_len)
		memcpy(note->text, text.ptr, note->text_len);
}

static void take_moment(struct archive_reader *r, struct unpack *u)
{
	struct moment *m = &r->moment;
	struct str why;

	*m = (struct moment){.cpu = r->cpu, .why = r->why};
	m->begin = unpack_int(u);
	m->length = unpack_int(u);
	m->wall = unpack_int(u);
	m->users = unpack_int(u);
	r->users_peak = unpack_int(u);
	m->arrivals_planned = unpack_double(u);
	m->last = unpack_below(u, 2);
	m->lag_p99 = unpack_int(u);
	m->threads = (unsigned)unpack_below(u, HEALTH_THREADS + 1);
	for (unsigned i = 0; i < m->threads; i++)
		r->cpu[i] = unpack_double(u);
	m->steal = unpack_double(u);
	m->throttled = unpack_double(u);
	m->limited = unpack_below(u, 2);
	why = unpack_str(u);
	if (why.len >= sizeof(r->why))
		why.len = sizeof(r->why) - 1;
	memcpy(r->why, why.ptr, why.len);
	r->why[why.len] = '\0';
}

static void take_second(struct archive_reader *r, struct unpack *u, struct summary *second)
{
	size_t count = r->table.defs.count;
	struct failure_note note;

	take_moment(r, u);
	take_run(u, &second->run);
	take_histogram(u, &second->lag);
	for (uint64_t i = unpack_below(u, count + 1); i && !u->bad; i = unpack_below(u, count + 1))
		take_series(u, &second->series[i - 1]);
	for (size_t left = take_number(u); left && !u->bad; left--) {
		take_note(r, u, &note);
		if (!u->bad)
			summary_note(second, &note);
	}
	second->failures_lost += unpack_count(u);
	summary_gather(second, r->moment.users, r->users_peak);
}

static void take_event(struct archive_reader *r, struct unpack *u)
{
	struct run_event *event = &r->event;

	*event = (struct run_event){0};
	event->kind = (enum run_event_kind)unpack_below(u, RUN_EVENT_COUNT);
	event->stage = (enum run_stage)unpack_below(u, STAGE_TEARDOWN + 1);
	event->at = unpack_int(u);
	event->wall = unpack_int(u);
	event->text = unpack_str(u);
	event->threshold = (size_t)unpack_below(u, r->facts.threshold_count + 1);
	event->holds = unpack_below(u, 2);
	event->users = unpack_int(u);
	if (unpack_below(u, 2)) {
		take_note(r, u, &r->note);
		event->failure = &r->note;
	}
}

/* ---- failed exchanges */

static bool take_exchange(struct archive_reader *r)
{
	struct unpack u = unpack_of(str_slice(r->items, 1, r->items.len));
	struct evidence_exchange x = {0};

	take_note(r, &u, &x.note);
	x.wall = unpack_int(&u);
	x.method = unpack_str(&u);
	x.url = unpack_str(&u);
	x.asked_headers = unpack_str(&u);
	x.asked_body = unpack_str(&u);
	x.asked_more = unpack_below(&u, 2);
	x.status = (int)unpack_int(&u);
	x.version = (int)unpack_int(&u);
	x.headers = unpack_str(&u);
	x.body = unpack_str(&u);
	x.more = unpack_below(&u, 2);
	x.bytes_received = unpack_count(&u);
	x.dns = unpack_int(&u);
	x.connect = unpack_int(&u);
	x.tls = unpack_int(&u);
	x.wait = unpack_int(&u);
	x.receive = unpack_int(&u);
	x.whole = unpack_int(&u);
	x.why = unpack_str(&u);
	if (!u.bad)
		evidence_keep(r->facts.evidence, &x);
	r->items = str_n((const char *)u.at, (size_t)(u.end - u.at));
	return !u.bad;
}

/* ---- the end */

static void take_capacity(struct archive_reader *r, struct unpack *u)
{
	struct capacity *c = &r->capacity;

	if (!unpack_below(u, 2))
		return;
	*c = (struct capacity){.wanted = true, .phase = CAPACITY_DONE};
	c->whole = unpack_below(u, 2);
	c->stop = (enum capacity_stop)unpack_below(u, CAPACITY_INTERRUPTED + 1);
	c->low = unpack_double(u);
	c->confirmed = unpack_below(u, 2);
	c->count = (unsigned)unpack_below(u, CAPACITY_TRIALS + 1);
	for (unsigned i = 0; i < c->count; i++) {
		struct capacity_trial *t = &c->trials[i];

		t->level = unpack_double(u);
		t->per_second = unpack_double(u);
		t->error_rate = unpack_double(u);
		t->p50 = unpack_int(u);
		t->p95 = unpack_int(u);
		t->p99 = unpack_int(u);
		t->dropped = unpack_count(u);
		t->holds = unpack_below(u, 2);
		t->limited = unpack_below(u, 2);
		t->again = unpack_below(u, 2);
	}
	if (!u->bad)
		r->facts.capacity = c;
}

static void take_end(struct archive_reader *r)
{
	struct unpack u = unpack_of(buf_str(&r->block));
	struct verdict *verdict = &r->verdict;
	struct verdict_validity *v = &r->validity;

	*verdict = (struct verdict){.validity = v};
	verdict->pass = unpack_below(&u, 2);
	verdict->setup_failed = unpack_below(&u, 2);
	verdict->reached = unpack_below(&u, 2);
	verdict->stopped_by = take_str(r, &u);
	*v = (struct verdict_validity){.valid = unpack_below(&u, 2)};
	v->count = (unsigned)unpack_below(&u, VERDICT_REASONS + 1);
	for (unsigned i = 0; i < v->count; i++) {
		struct str reason;

		v->causes[i] = (enum verdict_cause)unpack_below(&u, VERDICT_OTHER + 1);
		reason = unpack_str(&u);
		snprintf(v->reasons[i], sizeof(v->reasons[i]), "%.*s", STR_ARG(reason));
	}
	r->users_max = unpack_int(&u);
	r->duration = unpack_int(&u);
	take_capacity(r, &u);
}

/* The item at hand, out of the block; false when it makes no sense. */
static bool take_item(struct archive_reader *r, struct summary *second, enum archive_item *item)
{
	struct unpack u = unpack_of(r->items);
	unsigned char mark = *u.at++;

	if (mark == ARCHIVE_ITEM_SECOND)
		take_second(r, &u, second);
	else if (mark == ARCHIVE_ITEM_EVENT)
		take_event(r, &u);
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
			if (!take_exchange(r))
				return ARCHIVE_TORN;
			continue;
		}
		type = take_record(&r->file, &r->block);
		if (type == ARCHIVE_LAST) {
			take_end(r);
			return ARCHIVE_END;
		}
		if (type != ARCHIVE_BLOCK)
			return ARCHIVE_TORN;
		r->items = buf_str(&r->block);
	}
	return take_item(r, second, &item) ? item : ARCHIVE_TORN;
}
