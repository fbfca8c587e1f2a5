#include <string.h>

#include "base/varint.h"
#include "result/archive.h"
#include "result/archive_record.h"

void archive_writer_init(struct archive_writer *w, const struct run_facts *facts)
{
	*w = (struct archive_writer){.facts = facts};
	buf_init(&w->block, 0);
}

void archive_writer_release(struct archive_writer *w)
{
	buf_release(&w->block);
}

/* ---- the head */

void archive_put_head(struct archive_writer *w, struct buf *out)
{
	const struct run_facts *facts = w->facts;
	struct archive_run run = {.facts = *facts, .histogram_bits = HISTOGRAM_PAGE_BITS};
	struct buf head;

	buf_init(&head, 0);
	archive_schema_put(&head);
	for (size_t i = 0; i < facts->label_count; i++)
		archive_schema_put_item(&head, ARCHIVE_label, 0, &facts->labels[i]);
	for (size_t i = 0; i < facts->threshold_count; i++)
		archive_schema_put_item(&head, ARCHIVE_threshold, 0, &facts->thresholds[i]);
	for (size_t i = 0; i < facts->table->defs.count; i++)
		archive_schema_put_item(&head, ARCHIVE_series, 0, &facts->table->defs.items[i]);
	archive_schema_put_item(&head, ARCHIVE_run, 0, &run);
	buf_printf(out, ARCHIVE_MAGIC "2\n%.*s\n", STR_ARG(facts->version));
	archive_record_put(out, ARCHIVE_RECORD_HEAD, buf_str(&head));
	buf_release(&head);
}

/* ---- blocks */

static struct archive_failure failure_of(const struct failure_note *note)
{
	return (struct archive_failure){*note, str_n(note->text, note->text_len)};
}

static void put_interval(struct buf *out, const struct summary *second,
			 const struct run_interval *m)
{
	struct archive_second own = {.interval = *m, .users_peak = second->last.users};
	struct buf cpu;

	buf_init(&cpu, 0);
	for (unsigned i = 0; i < m->threads; i++)
		varint_put_double(&cpu, m->cpu[i]);
	own.cpu = buf_str(&cpu);
	own.why = str_of(m->why);
	archive_schema_put_item(out, ARCHIVE_second, 0, &own);
	buf_release(&cpu);
}

static void put_second(struct buf *out, const struct summary *second, const struct run_interval *m)
{
	for (size_t i = 0; i < second->table->defs.count; i++)
		if (second->series[i].touched)
			archive_schema_put_item(out, ARCHIVE_values, i, &second->series[i]);
	for (unsigned i = 0; i < second->failure_count; i++) {
		struct archive_failure failure = failure_of(&second->failures[i]);

		archive_schema_put_item(out, ARCHIVE_failure, 0, &failure);
	}
	archive_schema_put_item(out, ARCHIVE_totals, 0, second);
	put_interval(out, second, m);
}

/* Adds the exchanges that were sampled since the block before. */
static void put_exchanges(struct archive_writer *w)
{
	unsigned groups = failure_samples_count(w->facts->failure_samples);

	for (unsigned i = 0; i < groups; i++) {
		struct failure_sample_group *group =
		    failure_samples_group(w->facts->failure_samples, i);
		unsigned count = atomic_load(&group->count);

		while (w->exchanges[i] < count) {
			const struct failure_sample *x = group->items[w->exchanges[i]++];
			struct archive_exchange own = {*x, failure_of(&x->note)};

			archive_schema_put_item(&w->block, ARCHIVE_exchange, 0, &own);
		}
	}
}

static void close_block(struct archive_writer *w, struct buf *out)
{
	put_exchanges(w);
	if (w->block.len)
		archive_record_put(out, ARCHIVE_RECORD_BLOCK, buf_str(&w->block));
	buf_clear(&w->block);
}

void archive_put_second(struct archive_writer *w, const struct summary *second,
			const struct run_interval *m, bool close, struct buf *out)
{
	put_second(&w->block, second, m);
	if (close)
		close_block(w, out);
}

static void put_capacity(struct buf *out, const struct capacity *c)
{
	archive_schema_put_item(out, ARCHIVE_capacity, 0, c);
	for (unsigned i = 0; i < c->count; i++)
		archive_schema_put_item(out, ARCHIVE_trial, 0, &c->trials[i]);
}

void archive_put_event(struct archive_writer *w, const struct run_event *event, bool close,
		       struct buf *out)
{
	struct archive_event own = {.event = *event, .has_failure = event->failure != NULL};

	if (event->failure)
		own.failure = failure_of(event->failure);
	if (event->kind == RUN_EVENT_level && w->facts->capacity)
		put_capacity(&w->block, w->facts->capacity);
	archive_schema_put_item(&w->block, ARCHIVE_event, 0, &own);
	if (close)
		close_block(w, out);
}

/* ---- the end */

void archive_put_end(struct archive_writer *w, const struct summary *total,
		     const struct verdict *verdict, struct buf *out)
{
	const struct verdict_validity *v = verdict->validity;
	const struct capacity *c = w->facts->capacity;
	struct archive_end own = {*verdict, v->valid, total->users_max, total->duration};
	struct buf end;

	close_block(w, out);
	buf_init(&end, 0);
	for (unsigned i = 0; i < v->count; i++) {
		struct archive_reason reason = {v->causes[i], str_of(v->reasons[i])};

		archive_schema_put_item(&end, ARCHIVE_reason, 0, &reason);
	}
	if (c)
		put_capacity(&end, c);
	archive_schema_put_item(&end, ARCHIVE_end, 0, &own);
	archive_record_put(out, ARCHIVE_RECORD_END, buf_str(&end));
	buf_release(&end);
}
