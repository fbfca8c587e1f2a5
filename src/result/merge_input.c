#include "result/merge_input.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/digest.h"
#include "base/buf.h"
#include "base/log.h"
#include "result/result_folder.h"

/* ---- opening */

/* "2/4". */
static bool parse_position(struct str text, unsigned *index, unsigned *of)
{
	char space[32];
	int end = 0;

	if (text.len >= sizeof space)
		return false;
	memcpy(space, text.ptr, text.len);
	space[text.len] = '\0';
	return sscanf(space, "%9u/%9u%n", index, of, &end) == 2 && space[end] == '\0' && *index &&
	       *index <= *of;
}

bool merge_input_open(struct merge_input *shards, const char *const *folders, size_t count)
{
	bool fine = true;

	*shards = (struct merge_input){.count = count};
	arena_init(&shards->arena, 0);
	shards->items = ARENA_ARRAY(&shards->arena, count, struct merge_shard *);
	for (size_t i = 0; i < count; i++) {
		struct merge_shard *shard = ARENA_ARRAY(&shards->arena, 1, struct merge_shard);

		shards->items[i] = shard;
		shard->opened = saved_result_open(&shard->saved, folders[i]);
		fine &= shard->opened;
		if (!shard->opened)
			continue;
		if (!parse_position(saved_result_label(&shard->saved, STR("shard")), &shard->index,
				    &shard->of))
			shard->index = shard->of = 0;
		summary_init(&shard->second, &shard->saved.reader.table);
	}
	return fine;
}

void merge_input_close(struct merge_input *shards)
{
	for (size_t i = 0; i < shards->count; i++) {
		if (!shards->items[i]->opened)
			continue;
		summary_release(&shards->items[i]->second);
		saved_result_close(&shards->items[i]->saved);
	}
	arena_release(&shards->arena);
}

bool merge_input_excludes(const struct merge_input *shards, const char *out)
{
	struct stat there, own;

	if (stat(out, &there) != 0)
		return true;
	for (size_t i = 0; i < shards->count; i++) {
		struct str folder = shards->items[i]->saved.folder;

		if (stat(folder.ptr, &own) != 0 || own.st_dev != there.st_dev ||
		    own.st_ino != there.st_ino)
			continue;
		log_error("--out %s is the folder of shard %u/%u, which would be lost: name "
			  "another",
			  out, shards->items[i]->index, shards->items[i]->of);
		return false;
	}
	return true;
}

/* ---- agreeing */

static bool positions_match(struct merge_input *shards, const struct merge_shard **by_index)
{
	unsigned of = shards->items[0]->of;

	for (size_t i = 0; i < shards->count; i++) {
		struct merge_shard *shard = shards->items[i];

		if (!shard->of) {
			log_error("%.*s does not say which shard it is",
				  STR_ARG(shard->saved.folder));
			return false;
		}
		if (shard->of != of) {
			log_error("%.*s is one of %u shards, %.*s one of %u",
				  STR_ARG(shards->items[0]->saved.folder), of,
				  STR_ARG(shard->saved.folder), shard->of);
			return false;
		}
		if (shard->index <= shards->count && by_index[shard->index]) {
			log_error("%.*s and %.*s are both shard %u/%u",
				  STR_ARG(by_index[shard->index]->saved.folder),
				  STR_ARG(shard->saved.folder), shard->index, of);
			return false;
		}
		if (shard->index <= shards->count)
			by_index[shard->index] = shard;
	}
	return true;
}

static bool is_there(const struct merge_input *shards, unsigned index)
{
	for (size_t i = 0; i < shards->count; i++)
		if (shards->items[i]->index == index)
			return true;
	return false;
}

#define MISSING_SHOWN 8u

/* Which are not there, in words. */
static void find_missing(struct merge_input *shards)
{
	unsigned of = shards->items[0]->of;
	size_t missing = of - shards->count, told = 0;
	struct buf text;

	buf_init(&text, 0);
	for (unsigned index = 1; index <= of && told < missing && told < MISSING_SHOWN; index++) {
		if (is_there(shards, index))
			continue;
		buf_printf(&text, "%s%u/%u", told++ ? ", " : "", index, of);
	}
	if (told < missing)
		buf_printf(&text, " and %zu more", missing - told);
	shards->missing = arena_str(&shards->arena, buf_str(&text));
	buf_release(&text);
}

static bool none_is_missing(struct merge_input *shards, bool partial)
{
	if (shards->count >= shards->items[0]->of)
		return true;
	find_missing(shards);
	shards->partial = true;
	if (partial)
		return true;
	log_error("%s missing: %.*s; --partial makes a result without",
		  shards->items[0]->of - shards->count == 1 ? "a shard is" : "shards are",
		  STR_ARG(shards->missing));
	return false;
}

static bool scenarios_match(struct merge_input *shards, bool partial)
{
	const struct saved_result *first = &shards->items[0]->saved;
	bool same_seed = true;

	for (size_t i = 1; i < shards->count; i++) {
		const struct saved_result *saved = &shards->items[i]->saved;

		same_seed &= saved->reader.facts.seed == first->reader.facts.seed;
		if (str_eq(saved->reader.facts.scenario, first->reader.facts.scenario))
			continue;
		shards->partial = true;
		if (partial)
			continue;
		log_error(
		    "%.*s and %.*s performed different scenarios, loads or targets; --partial "
		    "puts them together by the names of their steps",
		    STR_ARG(first->folder), STR_ARG(saved->folder));
		return false;
	}
	if (!same_seed)
		log_warning("the shards had different seeds: give all the same --seed");
	return true;
}

/* ---- the whole */

static void match_series(struct merge_input *shards)
{
	series_table_init(&shards->table, &shards->arena);
	for (size_t i = 0; i < shards->count; i++) {
		struct merge_shard *shard = shards->items[i];
		const struct series_table *own = &shard->saved.reader.table;

		shard->map = ARENA_ARRAY(&shards->arena, own->defs.count + 1, unsigned);
		for (size_t k = 0; k < own->defs.count; k++)
			shard->map[k] = series_table_add(&shards->table, &own->defs.items[k]);
	}
}

/* Without ", shard 1 of 4" at its end. */
static struct str load_of_all(struct str load)
{
	size_t at = str_find(load, STR(", shard "), 0);

	return at == NOT_FOUND ? load : str_slice(load, 0, at);
}

/* That of all shards where RUN_ID gave them one; else one of its own, the same for the same shards:
 * the moment the first of them began, and a digest of theirs. */
static struct str run_id_of(struct merge_input *shards)
{
	const struct str first = saved_result_label(&shards->items[0]->saved, STR("run_id"));
	time_t began = (time_t)(shards->facts.started / NS_PER_S);
	unsigned char digest[DIGEST_MAX];
	struct str made = first;
	struct buf text, id;
	bool same = true;
	char stamp[32];
	struct tm utc;

	buf_init(&text, 0);
	buf_init(&id, 0);
	for (size_t i = 0; i < shards->count; i++) {
		struct str own = saved_result_label(&shards->items[i]->saved, STR("run_id"));

		same &= str_eq(own, first);
		buf_printf(&text, "%u/%u %.*s\n", shards->items[i]->index, shards->items[i]->of,
			   STR_ARG(own));
	}
	gmtime_r(&began, &utc);
	strftime(stamp, sizeof stamp, "%Y%m%dT%H%M%SZ-", &utc);
	buf_add(&id, str_of(stamp));
	if (digest_hash(DIGEST_SHA256, buf_str(&text), digest) >= 4)
		buf_add_hex(&id, str_n((const char *)digest, 4));
	if (!same)
		made = arena_str(&shards->arena, buf_str(&id));
	buf_release(&text);
	buf_release(&id);
	return made;
}

static void build_facts(struct merge_input *shards)
{
	struct run_facts *facts = &shards->facts;
	const struct saved_result *first = &shards->items[0]->saved;

	*facts = first->reader.facts;
	facts->failure_samples = NULL; /* the shards' files are copied */
	facts->load = load_of_all(facts->load);
	for (size_t i = 1; i < shards->count; i++) {
		const struct run_facts *own = &shards->items[i]->saved.reader.facts;

		if (own->started < facts->started)
			facts->started = own->started;
	}
	for (size_t i = 0; i < shards->count; i++) {
		ns_t later = shards->items[i]->saved.reader.facts.started - facts->started;

		shards->items[i]->offset = (later + NS_PER_S / 2) / NS_PER_S * NS_PER_S;
	}
	shards->labels[0] = (struct label){STR("run_id"), run_id_of(shards)};
	shards->labels[1] = (struct label){STR("shard"), STR("1/1")};
	facts->labels = shards->labels;
	facts->label_count = 2;
	facts->table = &shards->table;
}

static int compare_position(const void *a, const void *b)
{
	const struct merge_shard *const *x = a, *const *y = b;

	return ((*x)->index > (*y)->index) - ((*x)->index < (*y)->index);
}

bool merge_input_check(struct merge_input *shards, bool partial)
{
	const struct merge_shard **by_index =
	    ARENA_ARRAY(&shards->arena, shards->count + 1, const struct merge_shard *);

	if (!positions_match(shards, by_index) || !none_is_missing(shards, partial))
		return false;
	qsort(shards->items, shards->count, sizeof(struct merge_shard *), compare_position);
	if (!scenarios_match(shards, partial))
		return false;
	match_series(shards);
	build_facts(shards);
	return true;
}

/* ---- the seconds */

/* The number of the second of the whole in which that of SHARD lies. */
static ns_t slot_of(const struct merge_shard *shard)
{
	ns_t begin = shard->saved.reader.interval.begin + shard->offset;

	return (begin + NS_PER_S / 2) / NS_PER_S;
}

static void read_ahead(struct merge_shard *shard, struct rebuild *r)
{
	while (!shard->ready && !shard->over) {
		enum archive_item item = archive_next(&shard->saved.reader, &shard->second);

		if (item == ARCHIVE_SECOND) {
			shard->ready = true;
		} else if (item == ARCHIVE_EVENT) {
			output_set_event(&r->outputs, &shard->saved.reader.event);
		} else {
			shard->over = true;
			shard->truncated = item == ARCHIVE_TRUNCATED;
		}
	}
}

/* What is being put together of one second. */
struct slot {
	struct run_interval interval;
	int64_t users, peak;
	double cpu[HEALTH_THREADS];
	char why[HEALTH_WHY];
};

static void take_moment(struct slot *slot, const struct merge_shard *shard,
			const struct run_interval *m)
{
	struct run_interval *whole = &slot->interval;
	ns_t end = m->begin + m->length + shard->offset;

	if (end > whole->begin + whole->length)
		whole->length = end - whole->begin;
	whole->arrivals_planned += m->arrivals_planned;
	if (m->lag_p99 > whole->lag_p99)
		whole->lag_p99 = m->lag_p99;
	for (unsigned i = 0; i < m->threads && whole->threads < HEALTH_THREADS; i++)
		slot->cpu[whole->threads++] = m->cpu[i];
	whole->steal = m->steal > whole->steal ? m->steal : whole->steal;
	whole->throttled = m->throttled > whole->throttled ? m->throttled : whole->throttled;
	if (m->limited && !whole->limited)
		snprintf(slot->why, sizeof slot->why, "shard %u: %.80s", shard->index, m->why);
	whole->limited |= m->limited;
}

static void add_shard(struct merge_input *shards, size_t i, struct slot *slot,
		      struct summary *second)
{
	struct merge_shard *shard = shards->items[i];
	const struct archive_reader *reader = &shard->saved.reader;

	summary_merge(second, &shard->second, shard->map);
	take_moment(slot, shard, &reader->interval);
	slot->users += reader->interval.users - shard->users;
	slot->peak += reader->users_peak - shard->users;
	shard->users = reader->interval.users;
	summary_clear(&shard->second);
	memset(shard->second.worker_peak, 0, sizeof shard->second.worker_peak);
	shard->second.now = (struct summary_row){0};
	histogram_clear(&shard->second.now_response);
	histogram_clear(&shard->second.now_lag);
	shard->ready = false;
}

/* The earliest second that any shard still has; false: none has one. */
static bool next_slot(struct merge_input *shards, struct rebuild *r, ns_t *slot)
{
	bool any = false;

	for (size_t i = 0; i < shards->count; i++) {
		struct merge_shard *shard = shards->items[i];

		read_ahead(shard, r);
		if (shard->ready && (!any || slot_of(shard) < *slot)) {
			*slot = slot_of(shard);
			any = true;
		}
	}
	return any;
}

/* All that the shards have in second NUMBER. */
static void collect_slot(struct merge_input *shards, struct rebuild *r, ns_t number, int64_t users,
			 struct slot *slot, struct summary *second)
{
	ns_t begin = r->total.duration;

	*slot = (struct slot){.users = users, .peak = users};
	slot->interval = (struct run_interval){.begin = begin,
					       .wall = r->facts.started + begin,
					       .lag_p99 = -1,
					       .cpu = slot->cpu,
					       .why = slot->why};
	for (size_t i = 0; i < shards->count; i++) {
		struct merge_shard *shard = shards->items[i];

		for (read_ahead(shard, r); shard->ready && slot_of(shard) == number;
		     read_ahead(shard, r))
			add_shard(shards, i, slot, second);
	}
	slot->interval.users = slot->users;
	summary_complete(second, slot->users, slot->peak);
}

void merge_input_replay(struct merge_input *shards, struct rebuild *r)
{
	struct summary second;
	struct slot slot;
	ns_t number = 0;
	int64_t users = 0;
	bool more = next_slot(shards, r, &number);

	summary_init(&second, &shards->table);
	while (more) {
		collect_slot(shards, r, number, users, &slot, &second);
		users = slot.users;
		more = next_slot(shards, r, &number);
		slot.interval.last = !more;
		rebuild_second(r, &second, &slot.interval);
		summary_clear(&second);
	}
	summary_release(&second);
}

/* ---- the end */

static void add_end(const struct merge_shard *shard, struct rebuild *r)
{
	const struct archive_reader *reader = &shard->saved.reader;

	if (shard->truncated) {
		r->verdict.partial = true;
		verdict_add_reason(&r->validity, "partial: shard %u/%u was killed (%.*s)",
				   shard->index, shard->of, STR_ARG(shard->saved.folder));
		return;
	}
	if (reader->verdict.setup_failed) {
		r->verdict.setup_failed = true;
		r->verdict.pass = false;
	}
	if (reader->verdict.stopped_by.len)
		r->verdict.stopped_by = reader->verdict.stopped_by;
	/* What a shard alone can know, such as rows that ran out. */
	for (unsigned i = 0; i < reader->validity.count; i++)
		if (reader->validity.causes[i] == VERDICT_OTHER)
			verdict_add_reason(&r->validity, "shard %u: %.120s", shard->index,
					   reader->validity.reasons[i]);
}

void merge_input_judge(const struct merge_input *shards, struct rebuild *r)
{
	int64_t users = 0;

	/* Peaks of workers, which are added up, need not have come at the same moment. */
	for (size_t i = 0; i < shards->count; i++)
		users += shards->items[i]->truncated ? INT32_MAX
						     : shards->items[i]->saved.reader.users_max;
	if (users < r->total.users_max)
		r->total.users_max = users;
	r->verdict.partial |= shards->partial;
	if (shards->missing.len)
		verdict_add_reason(&r->validity, "partial: without shard %.*s",
				   STR_ARG(shards->missing));
	else if (shards->partial)
		verdict_add_reason(&r->validity,
				   "partial: the shards performed different scenarios");
	for (size_t i = 0; i < shards->count; i++)
		add_end(shards->items[i], r);
}
