#include <stdio.h>
#include <string.h>

#include "base/varint.h"
#include "result/archive.h"
#include "result/archive_private.h"
#include "result/archive_record.h"

/* ---- the head */

/* The items of the head, in the order of the file. */
struct head {
	VEC(struct label) labels;
	VEC(struct threshold) thresholds;
	struct archive_run run;
};

static void keep(struct archive_reader *r, struct str *text)
{
	*text = arena_str(r->arena, *text);
}

static bool read_label(struct archive_reader *r, struct head *head,
		       const struct archive_schema_item *item)
{
	struct label label = {STR(""), STR("")};

	if (!archive_schema_read(item, &label))
		return false;
	keep(r, &label.name);
	keep(r, &label.value);
	VEC_PUSH(r->arena, &head->labels, label);
	return true;
}

static bool read_threshold(struct archive_reader *r, struct head *head,
			   const struct archive_schema_item *item)
{
	struct threshold t = {.text = STR(""), .name = STR(""), .at = STR("")};

	if (!archive_schema_read(item, &t))
		return false;
	keep(r, &t.text);
	keep(r, &t.name);
	keep(r, &t.at);
	VEC_PUSH(r->arena, &head->thresholds, t);
	return true;
}

static bool read_series(struct archive_reader *r, const struct archive_schema_item *item)
{
	struct series_def def = {
	    .name = STR(""), .scenario = STR(""), .method = STR(""), .at = STR("")};
	size_t index = r->table.defs.count;

	if (!archive_schema_read(item, &def) || def.group > index)
		return false;
	keep(r, &def.name);
	keep(r, &def.scenario);
	keep(r, &def.method);
	keep(r, &def.at);
	return series_table_add(&r->table, &def) == index;
}

static bool read_run(struct archive_reader *r, struct head *head,
		     const struct archive_schema_item *item)
{
	struct run_facts *facts = &head->run.facts;

	if (!archive_schema_read(item, &head->run))
		return false;
	keep(r, &facts->version);
	keep(r, &facts->name);
	keep(r, &facts->target);
	keep(r, &facts->load);
	keep(r, &facts->trace_url);
	keep(r, &facts->scenario);
	return true;
}

static bool read_head_item(struct archive_reader *r, struct head *head,
			   const struct archive_schema_item *item)
{
	switch (item->message) {
	case ARCHIVE_label:
		return read_label(r, head, item);
	case ARCHIVE_threshold:
		return read_threshold(r, head, item);
	case ARCHIVE_series:
		return read_series(r, item);
	case ARCHIVE_run:
		return read_run(r, head, item);
	default:
		return true;
	}
}

static const char *read_head(struct archive_reader *r, struct varint_reader *u)
{
	struct failure_samples *samples = r->facts.failure_samples;
	struct head head = {.run = {.histogram_bits = 0}};
	struct archive_schema_item item;

	series_table_init(&r->table, r->arena);
	if (!archive_schema_get(&r->schema, r->arena, u))
		return "its head is damaged";
	while (archive_schema_next(&r->schema, u, &item))
		u->bad |= !read_head_item(r, &head, &item);
	if (u->bad)
		return "its head is damaged";
	if (head.run.histogram_bits != HISTOGRAM_PAGE_BITS)
		return arena_printf(r->arena,
				    "reprise %.*s wrote it with histograms of another layout; use "
				    "that version to read it",
				    STR_ARG(head.run.facts.version))
		    .ptr;
	r->facts = head.run.facts;
	r->facts.failure_samples = samples;
	r->facts.labels = head.labels.items;
	r->facts.label_count = head.labels.count;
	r->facts.thresholds = head.thresholds.items;
	r->facts.threshold_count = head.thresholds.count;
	r->facts.table = &r->table;
	return NULL;
}

/* ---- which format */

/* The rest of the line at the start of *FILE, which is removed. */
static struct str take_line(struct str *file)
{
	size_t end = str_find_char(*file, '\n', 0);
	struct str line = str_slice(*file, 0, end == NOT_FOUND ? 0 : end);

	*file = str_slice(*file, end == NOT_FOUND ? file->len : end + 1, file->len);
	return line;
}

static const char *unknown_format(struct archive_reader *r, struct str format)
{
	struct str version = take_line(&r->file);

	if (version.len > 40 || !str_is_utf8(version, NULL))
		version = STR("a later version");
	return arena_printf(r->arena,
			    "it has format %.*s and was written by reprise %.*s; use that version "
			    "to read it",
			    STR_ARG(str_slice(format, 0, 10)), STR_ARG(version))
	    .ptr;
}

static const char *open_head(struct archive_reader *r, struct buf *head)
{
	struct varint_reader u;
	struct str format;
	int64_t number;

	if (!str_starts(r->file, STR(ARCHIVE_MAGIC)))
		return "it is not a result of reprise";
	r->file = str_slice(r->file, sizeof(ARCHIVE_MAGIC) - 1, r->file.len);
	format = take_line(&r->file);
	if (!str_to_int(format, &number) || number < 1)
		return "it is not a result of reprise";
	r->format = (unsigned)number;
	if (number > 2)
		return unknown_format(r, format);
	if (number == 2)
		take_line(&r->file);
	if (archive_record_get(&r->file, head) != ARCHIVE_RECORD_HEAD)
		return "it ends in its head: the run was killed at its start";
	u = varint_reader_of(buf_str(head));
	return number == 1 ? archive_v1_head(r, &u) : read_head(r, &u);
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

bool archive_head_is_cut(struct str bytes)
{
	struct str magic = STR(ARCHIVE_MAGIC), file;
	size_t len = bytes.len < magic.len ? bytes.len : magic.len;

	if (!str_eq(str_slice(bytes, 0, len), str_slice(magic, 0, len)))
		return false;
	file = str_slice(bytes, len, bytes.len);
	if (str_eq(take_line(&file), STR("2")))
		take_line(&file);
	return archive_record_is_cut(file);
}

bool archive_is_damaged(const struct archive_reader *r)
{
	return !archive_record_is_cut(r->file);
}

void archive_close(struct archive_reader *r)
{
	failure_samples_free(r->facts.failure_samples);
	buf_release(&r->block);
}

bool archive_is_complete(struct str bytes)
{
	struct str file = str_slice(bytes, sizeof(ARCHIVE_MAGIC) - 1, bytes.len);

	if (str_eq(take_line(&file), STR("2")))
		take_line(&file);
	return archive_record_last(file) == ARCHIVE_RECORD_END;
}

/* ---- blocks */

/* False if the note refers to a series that does not exist. */
static bool take_note(struct archive_reader *r, const struct archive_failure *own,
		      struct failure_note *note)
{
	size_t len = own->text.len < FAILURE_TEXT_BYTES ? own->text.len : FAILURE_TEXT_BYTES;

	*note = own->note;
	note->at = arena_str(r->arena, own->note.at);
	note->text_len = (uint16_t)len;
	if (len)
		memcpy(note->text, own->text.ptr, len);
	return own->note.series < r->table.defs.count;
}

static bool read_failure(struct archive_reader *r, const struct archive_schema_item *item,
			 struct summary *second)
{
	struct archive_failure own = {.text = STR("")};
	struct failure_note note;

	if (!archive_schema_read(item, &own) || !take_note(r, &own, &note))
		return false;
	summary_add_failure(second, &note);
	return true;
}

static bool read_values(struct archive_reader *r, const struct archive_schema_item *item,
			struct summary *second)
{
	if (item->number >= r->table.defs.count)
		return false;
	second->series[item->number].touched = true;
	return archive_schema_read(item, &second->series[item->number]);
}

static bool read_second(struct archive_reader *r, const struct archive_schema_item *item,
			struct summary *second)
{
	struct archive_second own = {.cpu = STR(""), .why = STR("")};
	struct varint_reader cpu;

	if (!archive_schema_read(item, &own))
		return false;
	r->interval = own.interval;
	r->users_peak = own.users_peak;
	r->interval.cpu = r->cpu;
	r->interval.why = r->why;
	cpu = varint_reader_of(own.cpu);
	for (r->interval.threads = 0; cpu.at < cpu.end && r->interval.threads < HEALTH_THREADS;)
		r->cpu[r->interval.threads++] = varint_get_double(&cpu);
	snprintf(r->why, sizeof r->why, "%.*s", STR_ARG(own.why));
	summary_complete(second, r->interval.users, r->users_peak);
	return !cpu.bad;
}

static bool read_event(struct archive_reader *r, const struct archive_schema_item *item)
{
	struct archive_event own = {.event = {.text = STR("")}, .failure = {.text = STR("")}};

	if (!archive_schema_read(item, &own) || own.event.threshold > r->facts.threshold_count)
		return false;
	r->event = own.event;
	r->event.failure = own.has_failure ? &r->note : NULL;
	return !own.has_failure || take_note(r, &own.failure, &r->note);
}

static bool read_exchange(struct archive_reader *r, const struct archive_schema_item *item)
{
	struct archive_exchange own = {.failure = {.text = STR("")}};

	if (!archive_schema_read(item, &own) || !take_note(r, &own.failure, &own.sample.note))
		return false;
	failure_samples_add(r->facts.failure_samples, &own.sample);
	return true;
}

/* The search so far, in a block, or its result, at the end. */
static bool read_capacity(struct archive_reader *r, const struct archive_schema_item *item)
{
	r->facts.capacity = &r->capacity;
	r->capacity = (struct capacity){.wanted = true, .phase = CAPACITY_DONE};
	if (!archive_schema_read(item, &r->capacity))
		return false;
	if (r->capacity.stop == CAPACITY_RUNNING)
		r->capacity.stop = CAPACITY_INTERRUPTED;
	return true;
}

static bool read_trial(struct archive_reader *r, const struct archive_schema_item *item)
{
	struct capacity *c = &r->capacity;
	struct capacity_trial trial = {.level = 0};

	if (!archive_schema_read(item, &trial))
		return false;
	if (c->count < CAPACITY_TRIALS)
		c->trials[c->count++] = trial;
	return true;
}

/* Reads one item. Sets *FOUND if it completes a second or is an event. */
static bool read_block_item(struct archive_reader *r, const struct archive_schema_item *item,
			    struct summary *second, enum archive_item *found)
{
	switch (item->message) {
	case ARCHIVE_values:
		return read_values(r, item, second);
	case ARCHIVE_failure:
		return read_failure(r, item, second);
	case ARCHIVE_totals:
		return archive_schema_read(item, second);
	case ARCHIVE_second:
		*found = ARCHIVE_SECOND;
		return read_second(r, item, second);
	case ARCHIVE_event:
		*found = ARCHIVE_EVENT;
		return read_event(r, item);
	case ARCHIVE_exchange:
		return read_exchange(r, item);
	case ARCHIVE_capacity:
		return read_capacity(r, item);
	case ARCHIVE_trial:
		return read_trial(r, item);
	default:
		return true;
	}
}

/* ---- the end */

static bool read_reason(struct archive_reader *r, const struct archive_schema_item *item)
{
	struct archive_reason own = {.text = STR("")};
	struct verdict_validity *v = &r->validity;

	if (!archive_schema_read(item, &own))
		return false;
	if (v->count == VERDICT_REASONS)
		return true;
	v->causes[v->count] = own.cause;
	snprintf(v->reasons[v->count], sizeof v->reasons[v->count], "%.*s", STR_ARG(own.text));
	v->count++;
	return true;
}

static bool read_end_values(struct archive_reader *r, const struct archive_schema_item *item)
{
	struct archive_end own = {.verdict = {.stopped_by = STR("")}};

	if (!archive_schema_read(item, &own))
		return false;
	r->verdict = own.verdict;
	r->verdict.stopped_by = arena_str(r->arena, own.verdict.stopped_by);
	r->verdict.validity = &r->validity;
	r->validity.valid = own.valid;
	r->users_max = own.users_max;
	r->duration = own.duration;
	return true;
}

static bool read_end_item(struct archive_reader *r, const struct archive_schema_item *item)
{
	switch (item->message) {
	case ARCHIVE_reason:
		return read_reason(r, item);
	case ARCHIVE_capacity:
		return read_capacity(r, item);
	case ARCHIVE_trial:
		return read_trial(r, item);
	case ARCHIVE_end:
		return read_end_values(r, item);
	default:
		return true;
	}
}

static bool read_end(struct archive_reader *r)
{
	struct varint_reader u = varint_reader_of(buf_str(&r->block));
	struct archive_schema_item item;

	while (archive_schema_next(&r->schema, &u, &item))
		if (!read_end_item(r, &item))
			return false;
	return !u.bad;
}

/* ---- the sequence of items */

/* Reads the block up to the next second or event; false at its end or if it is damaged. */
static bool read_items(struct archive_reader *r, struct summary *second, enum archive_item *found)
{
	struct varint_reader u = varint_reader_of(r->items);
	struct archive_schema_item item;

	while (*found == ARCHIVE_TRUNCATED && archive_schema_next(&r->schema, &u, &item))
		if (!read_block_item(r, &item, second, found))
			u.bad = true;
	r->items = str_n((const char *)u.at, (size_t)(u.end - u.at));
	if (u.bad)
		*found = ARCHIVE_TRUNCATED;
	return !u.bad;
}

enum archive_item archive_next(struct archive_reader *r, struct summary *second)
{
	enum archive_item found = ARCHIVE_TRUNCATED;
	bool (*items)(struct archive_reader *, struct summary *, enum archive_item *) =
	    r->format == 1 ? archive_v1_items : read_items;

	for (;;) {
		char type;

		if (!items(r, second, &found) || found != ARCHIVE_TRUNCATED)
			return found;
		type = archive_record_get(&r->file, &r->block);
		if (type == ARCHIVE_RECORD_END &&
		    (r->format == 1 ? archive_v1_end(r) : read_end(r)))
			return ARCHIVE_END;
		if (type != ARCHIVE_RECORD_BLOCK)
			return ARCHIVE_TRUNCATED;
		r->items = buf_str(&r->block);
	}
}
