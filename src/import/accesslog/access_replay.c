#include "import/accesslog/access_replay.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "import/accesslog/path_template.h"
#include "scenario/replay_file.h"

#define SECOND	    INT64_C(1000000)
#define SHIFT_MAX   (60 * SECOND) /* start of a copy after its session */
#define PIECE	    ((size_t)1 << 18)
#define NAMES_MAX   (REPLAY_NAMES - 20u)
#define OTHER_PATHS "(other paths)"

/* One request to be sent. */
struct scheduled_request {
	int64_t at_us;
	uint32_t record, copy; /* 0: the session itself, else the number of the copy */
};

struct access_replay {
	const struct access_log *log;
	struct scheduled_request *requests_to_send;
	size_t count, next;
	struct intern names; /* by index; 0 is for all other paths */
	uint32_t *name_of;   /* of a record */
	bool headers;
	struct access_replay_facts facts;
	struct buf scratch;
};

/* ---- names */

struct tally {
	size_t count;
	uint32_t name;
};

static int by_count(const void *a, const void *b)
{
	const struct tally *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

static uint32_t name_record(struct access_replay *r, const struct access_record *record)
{
	buf_clear(&r->scratch);
	buf_add(&r->scratch, access_log_method_name(r->log, record));
	buf_add_char(&r->scratch, ' ');
	path_template(&r->scratch, access_log_text(r->log, record->url));
	return intern_add(&r->names, buf_str(&r->scratch));
}

/* Results have a maximum number of names: they go to the most requested paths. */
static void drop_rare(struct access_replay *r)
{
	struct tally *tallies = alloc_zeroed(r->names.count, sizeof *tallies);
	bool *kept = alloc_zeroed(r->names.count, sizeof *kept);

	for (uint32_t i = 0; i < r->names.count; i++)
		tallies[i].name = i;
	for (size_t i = 0; i < r->log->count; i++)
		tallies[r->name_of[i]].count++;
	qsort(tallies, r->names.count, sizeof *tallies, by_count);
	r->facts.names = r->names.count - 1;
	for (size_t i = 0; i < r->names.count && i < NAMES_MAX; i++)
		kept[tallies[i].name] = true;
	for (size_t i = 0; i < r->log->count; i++)
		if (!kept[r->name_of[i]]) {
			r->name_of[i] = 0;
			r->facts.other_paths++;
		}
	free(kept);
	free(tallies);
}

static void name_all(struct access_replay *r)
{
	/* Most records share URL and method with another one. */
	struct {
		uint32_t name;
		uint8_t method;
	} *known = alloc_zeroed(r->log->texts.count, sizeof *known);

	r->name_of = alloc_zeroed(r->log->count, sizeof *r->name_of);
	for (size_t i = 0; i < r->log->count; i++) {
		const struct access_record *record = &r->log->records[i];

		if (!known[record->url].name || known[record->url].method != record->method) {
			known[record->url].name = name_record(r, record);
			known[record->url].method = record->method;
		}
		r->name_of[i] = known[record->url].name;
	}
	free(known);
	drop_rare(r);
}

/* ---- times */

/* A 64-bit hash for a copy of a session; always the same. */
static uint64_t hash_copy(uint32_t session, uint32_t copy)
{
	uint64_t x = ((uint64_t)session << 32 | copy) + UINT64_C(0x9e3779b97f4a7c15);

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* Number of copies of a session: the integer part of the factor, plus one more for its fraction
 * of the sessions. */
static uint32_t copies(double factor, uint32_t session)
{
	uint32_t whole = (uint32_t)factor;
	double chance = (double)(hash_copy(session, UINT32_MAX) >> 11) * 0x1p-53;

	return whole + (chance < factor - (double)whole);
}

static int by_time(const void *a, const void *b)
{
	const struct scheduled_request *x = a, *y = b;

	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	if (x->record != y->record)
		return x->record < y->record ? -1 : 1;
	return x->copy < y->copy ? -1 : x->copy > y->copy;
}

static void schedule_requests(struct access_replay *r, double factor)
{
	const struct access_record *records = r->log->records;
	int64_t span = records[r->log->count - 1].start_us - records[0].start_us;
	int64_t max = span / 10 + 1 < SHIFT_MAX ? span / 10 + 1 : SHIFT_MAX;
	size_t total = 0;

	for (size_t i = 0; i < r->log->count; i++)
		total += copies(factor, records[i].session);
	r->requests_to_send = alloc_zeroed(total, sizeof *r->requests_to_send);
	for (size_t i = 0; i < r->log->count; i++)
		for (uint32_t c = 0; c < copies(factor, records[i].session); c++) {
			uint64_t shift = c ? hash_copy(records[i].session, c) % (uint64_t)max : 0;

			r->requests_to_send[r->count++] = (struct scheduled_request){
			    records[i].start_us + (int64_t)shift, (uint32_t)i, c};
		}
	if (factor > 1)
		qsort(r->requests_to_send, r->count, sizeof *r->requests_to_send, by_time);
}

/* Times from 0; pauses of all sessions longer than GAP_MAX are cut to it. */
static void shorten_pauses(struct access_replay *r, int64_t gap_max)
{
	int64_t gone = r->count ? r->requests_to_send[0].at_us : 0, last = 0;

	r->facts.first_us = gone;
	for (size_t i = 0; i < r->count; i++) {
		int64_t at = r->requests_to_send[i].at_us - gone;

		if (gap_max > 0 && at - last > gap_max) {
			r->facts.shortened_pauses++;
			r->facts.shortened_us += at - last - gap_max;
			gone += at - last - gap_max;
			at = last + gap_max;
		}
		if (at - last > r->facts.pause_us)
			r->facts.pause_us = at - last;
		r->requests_to_send[i].at_us = at;
		last = at;
	}
	r->facts.length_us = last;
	r->facts.requests = r->count;
}

/* ---- facts */

static void count_sessions(struct access_replay *r)
{
	size_t open = 0;

	for (size_t i = 0; i < r->count; i++) {
		uint8_t flags = r->log->records[r->requests_to_send[i].record].flags;

		r->facts.sessions += (flags & ACCESS_FIRST) != 0;
		open += (flags & ACCESS_FIRST) != 0;
		r->facts.users_peak = open > r->facts.users_peak ? open : r->facts.users_peak;
		open -= (flags & ACCESS_LAST) != 0;
	}
}

static void find_peak(struct access_replay *r)
{
	size_t from = 0;

	for (size_t i = 0; i < r->count; i++) {
		while (r->requests_to_send[i].at_us - r->requests_to_send[from].at_us >= SECOND)
			from++;
		if (i - from + 1 > r->facts.per_second_peak)
			r->facts.per_second_peak = i - from + 1;
	}
}

/* ---- lines */

static void put_headers(struct json_writer *j, const struct access_replay *r,
			const struct access_record *record)
{
	struct str agent = access_log_text(r->log, record->agent);
	struct str referer = access_log_text(r->log, record->referer);

	if (!agent.len && !referer.len)
		return;
	json_writer_open(j, "headers");
	if (agent.len)
		json_writer_text(j, "User-Agent", agent);
	if (referer.len)
		json_writer_text(j, "Referer", referer);
	json_writer_close(j);
}

static void put_line(const struct access_replay *r, const struct scheduled_request *s,
		     struct buf *out)
{
	const struct access_record *record = &r->log->records[s->record];
	struct str method = access_log_method_name(r->log, record);
	uint32_t name = r->name_of[s->record];
	struct json_writer j = json_writer_spaced(out);

	json_writer_open(&j, NULL);
	buf_printf(json_writer_value(&j, "at"), "%lld.%06lld", (long long)(s->at_us / SECOND),
		   (long long)(s->at_us % SECOND));
	if (s->copy)
		json_writer_format(&j, "session", "%u.%u", record->session, s->copy);
	else
		json_writer_format(&j, "session", "%u", record->session);
	if (!str_eq(method, STR("GET")))
		json_writer_text(&j, "method", method);
	json_writer_text(&j, "url", access_log_text(r->log, record->url));
	json_writer_text(&j, "name", name ? intern_text(&r->names, name) : STR(OTHER_PATHS));
	if (r->headers)
		put_headers(&j, r, record);
	if (record->status)
		json_writer_uint(&j, "status", record->status);
	if (record->flags & ACCESS_LAST)
		json_writer_bool(&j, "last", true);
	json_writer_close(&j);
	buf_add_char(out, '\n');
}

bool access_replay_more(struct access_replay *r, struct buf *out)
{
	if (r->next >= r->count) {
		r->next = 0;
		return false;
	}
	while (r->next < r->count && out->len < PIECE)
		put_line(r, &r->requests_to_send[r->next++], out);
	return true;
}

/* ---- the whole replay */

struct access_replay *access_replay_new(const struct access_log *log, double factor,
					int64_t gap_max_us, bool headers)
{
	struct access_replay *r = alloc_zeroed(1, sizeof *r);

	r->log = log;
	r->headers = headers;
	intern_init(&r->names);
	buf_init(&r->scratch, 0);
	name_all(r);
	schedule_requests(r, factor);
	shorten_pauses(r, gap_max_us);
	count_sessions(r);
	find_peak(r);
	return r;
}

void access_replay_free(struct access_replay *r)
{
	intern_release(&r->names);
	buf_release(&r->scratch);
	free(r->requests_to_send);
	free(r->name_of);
	free(r);
}

const struct access_replay_facts *access_replay_facts(const struct access_replay *r)
{
	return &r->facts;
}
