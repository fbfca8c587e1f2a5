#include <string.h>

#include "base/varint.h"
#include "result/archive.h"
#include "result/archive_layout.h"
#include "stats/deflate.h"

void archive_writer_init(struct archive_writer *w, const struct run_facts *facts)
{
	*w = (struct archive_writer){.facts = facts};
	buf_init(&w->block, 0);
}

void archive_writer_release(struct archive_writer *w)
{
	if (w->ready)
		summary_release(&w->rest);
	buf_release(&w->block);
}

static void put_record(struct buf *out, char type, struct str plain)
{
	struct buf packed;
	struct str kind = str_n(&type, 1);

	buf_init(&packed, 0);
	if (deflate_compress(plain, &packed)) {
		varint_put_u32(out, (uint32_t)packed.len);
		varint_put_u32(out, deflate_checksum(deflate_checksum(0, kind), buf_str(&packed)));
		buf_add_char(out, type);
		buf_add(out, buf_str(&packed));
	}
	buf_release(&packed);
}

/* ---- the head */

static void put_thresholds(struct buf *out, const struct run_facts *facts)
{
	varint_put_uint(out, facts->threshold_count);
	for (size_t i = 0; i < facts->threshold_count; i++) {
		const struct threshold *t = &facts->thresholds[i];

		varint_put_str(out, t->text);
		varint_put_uint(out, t->stat);
		varint_put_double(out, t->percentile);
		varint_put_str(out, t->name);
		varint_put_uint(out, t->scope);
		varint_put_uint(out, t->op);
		varint_put_double(out, t->value);
		varint_put_uint(out, t->unit);
		varint_put_int(out, t->for_ns);
		varint_put_int(out, t->after_ns);
		varint_put_uint(out, t->abort);
		varint_put_str(out, t->at);
	}
}

static void put_table(struct buf *out, const struct series_table *table)
{
	varint_put_uint(out, table->defs.count);
	for (size_t i = 0; i < table->defs.count; i++) {
		const struct series_def *def = &table->defs.items[i];

		varint_put_uint(out, def->kind);
		varint_put_str(out, def->name);
		varint_put_str(out, def->scenario);
		varint_put_str(out, def->method);
		varint_put_str(out, def->at);
	}
}

void archive_put_head(struct archive_writer *w, struct buf *out)
{
	const struct run_facts *facts = w->facts;
	struct buf head;

	buf_init(&head, 0);
	varint_put_u32(&head, archive_layout());
	varint_put_str(&head, facts->version);
	varint_put_str(&head, facts->name);
	varint_put_str(&head, facts->target);
	varint_put_str(&head, facts->load);
	varint_put_str(&head, facts->scenario);
	varint_put_uint(&head, facts->seed);
	varint_put_int(&head, facts->started);
	varint_put_int(&head, facts->planned);
	varint_put_uint(&head, facts->iterations);
	varint_put_int(&head, facts->users);
	varint_put_uint(&head, facts->cores);
	varint_put_uint(&head, facts->container);
	varint_put_uint(&head, facts->label_count);
	for (size_t i = 0; i < facts->label_count; i++) {
		varint_put_str(&head, facts->labels[i].name);
		varint_put_str(&head, facts->labels[i].value);
	}
	put_thresholds(&head, facts);
	put_table(&head, facts->table);
	buf_add(out, STR(ARCHIVE_MAGIC));
	put_record(out, ARCHIVE_HEAD, buf_str(&head));
	buf_release(&head);
}

/* ---- a second */

static void put_histogram(struct buf *out, const struct histogram *h)
{
	struct histogram_walk walk = histogram_walk(h);
	unsigned filled = 0, before = 0;

	while (histogram_walk_next(&walk))
		filled++;
	varint_put_uint(out, filled);
	walk = histogram_walk(h);
	while (histogram_walk_next(&walk)) {
		varint_put_uint(out, walk.index - before);
		varint_put_uint(out, walk.count);
		before = walk.index;
	}
	varint_put_uint(out, h->m.sum_ns);
	varint_put_int(out, h->m.min_ns);
	varint_put_int(out, h->m.max_ns);
}

static void put_status(struct buf *out, const uint64_t *status)
{
	unsigned used = 0;

	for (unsigned slot = 0; status && slot < STATUS_SLOTS; slot++)
		used += status[slot] != 0;
	varint_put_uint(out, used);
	for (unsigned slot = 0; used && slot < STATUS_SLOTS; slot++) {
		if (!status[slot])
			continue;
		varint_put_uint(out, slot);
		varint_put_uint(out, status[slot]);
	}
}

/* TIMES but the response times are those of REST. */
static void put_times(struct buf *out, const struct histogram *response,
		      const struct histogram *rest)
{
	unsigned mask = response->m.count ? 1u << TIME_response : 0;

	for (unsigned kind = 0; rest && kind < TIME_KIND_COUNT; kind++)
		if (kind != TIME_response && rest[kind].m.count)
			mask |= 1u << kind;
	varint_put_uint(out, mask);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		if (mask & 1u << kind)
			put_histogram(out, kind == TIME_response ? response : &rest[kind]);
}

static void put_series(struct buf *out, const struct series_total *total,
		       const struct series_total *rest)
{
#define PUT(name) varint_put_uint(out, total->counts.name);
	SERIES_COUNTERS(PUT)
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		varint_put_uint(out, total->counts.failed[i]);
	put_status(out, total->status);
	put_times(out, &total->times[TIME_response], rest ? rest->times : NULL);
}

static void put_run(struct buf *out, const struct run_counts *run)
{
#define PUT_RUN(name) varint_put_uint(out, run->name);
	RUN_COUNTERS(PUT_RUN)
#undef PUT_RUN
#undef PUT
	for (unsigned i = 0; i < UNMEASURED_KIND_COUNT; i++)
		varint_put_uint(out, run->unmeasured[i]);
}

static void put_note(struct buf *out, const struct failure_note *note)
{
	varint_put_uint(out, note->class);
	varint_put_uint(out, note->series);
	varint_put_uint(out, note->detail);
	varint_put_str(out, note->at);
	varint_put_int(out, note->when);
	varint_put_uint(out, note->user);
	varint_put_uint(out, note->iteration);
	varint_put_uint(out, note->count);
	varint_put_str(out, str_n(note->text, note->text_len));
}

static void put_interval(struct buf *out, const struct summary *second,
			 const struct run_interval *m)
{
	varint_put_int(out, m->begin);
	varint_put_int(out, m->length);
	varint_put_int(out, m->wall);
	varint_put_int(out, m->users);
	varint_put_int(out, second->last.users);
	varint_put_double(out, m->arrivals_planned);
	varint_put_uint(out, m->last);
	varint_put_int(out, m->lag_p99);
	varint_put_uint(out, m->threads);
	for (unsigned i = 0; i < m->threads; i++)
		varint_put_double(out, m->cpu[i]);
	varint_put_double(out, m->steal);
	varint_put_double(out, m->throttled);
	varint_put_uint(out, m->limited);
	varint_put_str(out, str_of(m->why));
}

static void put_second(struct archive_writer *w, const struct summary *second,
		       const struct run_interval *m, bool close)
{
	struct buf *out = &w->block;
	size_t count = second->table->defs.count;

	buf_add_char(out, ARCHIVE_ITEM_SECOND);
	put_interval(out, second, m);
	put_run(out, &second->run);
	put_histogram(out, &second->lag);
	for (size_t i = 0; i < count; i++) {
		const struct series_total *rest = close ? &w->rest.series[i] : NULL;

		if (!second->series[i].touched && !(rest && rest->touched))
			continue;
		varint_put_uint(out, i + 1);
		put_series(out, &second->series[i], rest);
	}
	varint_put_uint(out, 0);
	varint_put_uint(out, second->failure_count);
	for (unsigned i = 0; i < second->failure_count; i++)
		put_note(out, &second->failures[i]);
	varint_put_uint(out, second->failures_lost);
}

static void put_exchange(struct buf *out, const struct failure_sample *x)
{
	buf_add_char(out, ARCHIVE_ITEM_EXCHANGE);
	put_note(out, &x->note);
	varint_put_int(out, x->wall);
	varint_put_str(out, x->method);
	varint_put_str(out, x->url);
	varint_put_str(out, x->request_headers);
	varint_put_str(out, x->request_body);
	varint_put_uint(out, x->request_body_cut);
	varint_put_int(out, x->status);
	varint_put_int(out, x->version);
	varint_put_str(out, x->headers);
	varint_put_str(out, x->body);
	varint_put_uint(out, x->more);
	varint_put_uint(out, x->bytes_received);
	varint_put_int(out, x->dns);
	varint_put_int(out, x->connect);
	varint_put_int(out, x->tls);
	varint_put_int(out, x->wait);
	varint_put_int(out, x->receive);
	varint_put_int(out, x->whole);
	varint_put_str(out, x->why);
}

/* Those that were not there when the block before was closed. */
static void put_exchanges(struct archive_writer *w)
{
	unsigned groups = failure_samples_count(w->facts->failure_samples);

	for (unsigned i = 0; i < groups; i++) {
		struct failure_sample_group *group =
		    failure_samples_group(w->facts->failure_samples, i);
		unsigned count = atomic_load(&group->count);

		while (w->exchanges[i] < count)
			put_exchange(&w->block, group->items[w->exchanges[i]++]);
	}
}

static void close_block(struct archive_writer *w, struct buf *out)
{
	put_exchanges(w);
	if (w->block.len)
		put_record(out, ARCHIVE_BLOCK, buf_str(&w->block));
	buf_clear(&w->block);
	w->seconds = 0;
}

void archive_put_second(struct archive_writer *w, const struct summary *second,
			const struct run_interval *m, bool close, struct buf *out)
{
	if (!w->ready)
		summary_init(&w->rest, second->table);
	w->ready = true;
	summary_add_second(&w->rest, second);
	put_second(w, second, m, close);
	w->seconds++;
	if (!close)
		return;
	summary_clear(&w->rest);
	close_block(w, out);
}

void archive_put_event(struct archive_writer *w, const struct run_event *event)
{
	struct buf *out = &w->block;

	buf_add_char(out, ARCHIVE_ITEM_EVENT);
	varint_put_uint(out, event->kind);
	varint_put_uint(out, event->stage);
	varint_put_int(out, event->at);
	varint_put_int(out, event->wall);
	varint_put_str(out, event->text);
	varint_put_uint(out, event->threshold);
	varint_put_uint(out, event->holds);
	varint_put_int(out, event->users);
	varint_put_uint(out, event->failure != NULL);
	if (event->failure)
		put_note(out, event->failure);
}

/* ---- the end */

/* What a search found, where there was one. */
static void put_capacity(struct buf *out, const struct capacity *c)
{
	varint_put_uint(out, c != NULL);
	if (!c)
		return;
	varint_put_uint(out, c->whole);
	varint_put_uint(out, c->stop);
	varint_put_double(out, c->low);
	varint_put_uint(out, c->confirmed);
	varint_put_uint(out, c->count);
	for (unsigned i = 0; i < c->count; i++) {
		const struct capacity_trial *t = &c->trials[i];

		varint_put_double(out, t->level);
		varint_put_double(out, t->per_second);
		varint_put_double(out, t->error_rate);
		varint_put_int(out, t->p50);
		varint_put_int(out, t->p95);
		varint_put_int(out, t->p99);
		varint_put_uint(out, t->dropped);
		varint_put_uint(out, t->holds);
		varint_put_uint(out, t->limited);
		varint_put_uint(out, t->again);
	}
}

void archive_put_end(struct archive_writer *w, const struct summary *total,
		     const struct verdict *verdict, struct buf *out)
{
	const struct verdict_validity *v = verdict->validity;
	struct buf end;

	close_block(w, out);
	buf_init(&end, 0);
	varint_put_uint(&end, verdict->pass);
	varint_put_uint(&end, verdict->setup_failed);
	varint_put_uint(&end, verdict->reached);
	varint_put_str(&end, verdict->stopped_by);
	varint_put_uint(&end, v->valid);
	varint_put_uint(&end, v->count);
	for (unsigned i = 0; i < v->count; i++) {
		varint_put_uint(&end, v->causes[i]);
		varint_put_str(&end, str_of(v->reasons[i]));
	}
	varint_put_int(&end, total->users_max);
	varint_put_int(&end, total->duration);
	put_capacity(&end, w->facts->capacity);
	put_record(out, ARCHIVE_LAST, buf_str(&end));
	buf_release(&end);
}
