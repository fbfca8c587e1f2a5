#include <string.h>

#include "base/packing.h"
#include "output/archive.h"
#include "output/archive_layout.h"
#include "stats/packed.h"

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
	if (packed_deflate(plain, &packed)) {
		pack_u32(out, (uint32_t)packed.len);
		pack_u32(out, packed_checksum(packed_checksum(0, kind), buf_str(&packed)));
		buf_add_char(out, type);
		buf_add(out, buf_str(&packed));
	}
	buf_release(&packed);
}

/* ---- the head */

static void put_thresholds(struct buf *out, const struct run_facts *facts)
{
	pack_count(out, facts->threshold_count);
	for (size_t i = 0; i < facts->threshold_count; i++) {
		const struct threshold *t = &facts->thresholds[i];

		pack_str(out, t->text);
		pack_count(out, t->stat);
		pack_double(out, t->percentile);
		pack_str(out, t->name);
		pack_count(out, t->scope);
		pack_count(out, t->op);
		pack_double(out, t->value);
		pack_count(out, t->unit);
		pack_int(out, t->for_ns);
		pack_int(out, t->after_ns);
		pack_count(out, t->abort);
		pack_str(out, t->at);
	}
}

static void put_table(struct buf *out, const struct series_table *table)
{
	pack_count(out, table->defs.count);
	for (size_t i = 0; i < table->defs.count; i++) {
		const struct series_def *def = &table->defs.items[i];

		pack_count(out, def->kind);
		pack_str(out, def->name);
		pack_str(out, def->scenario);
		pack_str(out, def->method);
		pack_str(out, def->at);
	}
}

void archive_put_head(struct archive_writer *w, struct buf *out)
{
	const struct run_facts *facts = w->facts;
	struct buf head;

	buf_init(&head, 0);
	pack_u32(&head, archive_layout());
	pack_str(&head, facts->version);
	pack_str(&head, facts->name);
	pack_str(&head, facts->target);
	pack_str(&head, facts->load);
	pack_str(&head, facts->scenario);
	pack_count(&head, facts->seed);
	pack_int(&head, facts->started);
	pack_int(&head, facts->planned);
	pack_count(&head, facts->iterations);
	pack_int(&head, facts->users);
	pack_count(&head, facts->cores);
	pack_count(&head, facts->container);
	pack_count(&head, facts->label_count);
	for (size_t i = 0; i < facts->label_count; i++) {
		pack_str(&head, facts->labels[i].name);
		pack_str(&head, facts->labels[i].value);
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
	pack_count(out, filled);
	walk = histogram_walk(h);
	while (histogram_walk_next(&walk)) {
		pack_count(out, walk.index - before);
		pack_count(out, walk.count);
		before = walk.index;
	}
	pack_count(out, h->m.sum_ns);
	pack_int(out, h->m.min_ns);
	pack_int(out, h->m.max_ns);
}

static void put_status(struct buf *out, const uint64_t *status)
{
	unsigned used = 0;

	for (unsigned slot = 0; status && slot < STATUS_SLOTS; slot++)
		used += status[slot] != 0;
	pack_count(out, used);
	for (unsigned slot = 0; used && slot < STATUS_SLOTS; slot++) {
		if (!status[slot])
			continue;
		pack_count(out, slot);
		pack_count(out, status[slot]);
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
	pack_count(out, mask);
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		if (mask & 1u << kind)
			put_histogram(out, kind == TIME_response ? response : &rest[kind]);
}

static void put_series(struct buf *out, const struct series_total *total,
		       const struct series_total *rest)
{
#define PUT(name) pack_count(out, total->counts.name);
	SERIES_COUNTERS(PUT)
	for (unsigned i = 0; i < FAILURE_CLASS_COUNT; i++)
		pack_count(out, total->counts.failed[i]);
	put_status(out, total->status);
	put_times(out, &total->times[TIME_response], rest ? rest->times : NULL);
}

static void put_run(struct buf *out, const struct run_counts *run)
{
#define PUT_RUN(name) pack_count(out, run->name);
	RUN_COUNTERS(PUT_RUN)
#undef PUT_RUN
#undef PUT
	for (unsigned i = 0; i < UNMEASURED_KIND_COUNT; i++)
		pack_count(out, run->unmeasured[i]);
}

static void put_note(struct buf *out, const struct failure_note *note)
{
	pack_count(out, note->class);
	pack_count(out, note->series);
	pack_count(out, note->detail);
	pack_str(out, note->at);
	pack_int(out, note->when);
	pack_count(out, note->user);
	pack_count(out, note->iteration);
	pack_count(out, note->count);
	pack_str(out, str_n(note->text, note->text_len));
}

static void put_moment(struct buf *out, const struct summary *second, const struct moment *m)
{
	pack_int(out, m->begin);
	pack_int(out, m->length);
	pack_int(out, m->wall);
	pack_int(out, m->users);
	pack_int(out, second->last.users);
	pack_double(out, m->arrivals_planned);
	pack_count(out, m->last);
	pack_int(out, m->lag_p99);
	pack_count(out, m->threads);
	for (unsigned i = 0; i < m->threads; i++)
		pack_double(out, m->cpu[i]);
	pack_double(out, m->steal);
	pack_double(out, m->throttled);
	pack_count(out, m->limited);
	pack_str(out, str_of(m->why));
}

static void put_second(struct archive_writer *w, const struct summary *second,
		       const struct moment *m, bool close)
{
	struct buf *out = &w->block;
	size_t count = second->table->defs.count;

	buf_add_char(out, ARCHIVE_ITEM_SECOND);
	put_moment(out, second, m);
	put_run(out, &second->run);
	put_histogram(out, &second->lag);
	for (size_t i = 0; i < count; i++) {
		const struct series_total *rest = close ? &w->rest.series[i] : NULL;

		if (!second->series[i].touched && !(rest && rest->touched))
			continue;
		pack_count(out, i + 1);
		put_series(out, &second->series[i], rest);
	}
	pack_count(out, 0);
	pack_count(out, second->failure_count);
	for (unsigned i = 0; i < second->failure_count; i++)
		put_note(out, &second->failures[i]);
	pack_count(out, second->failures_lost);
}

static void put_exchange(struct buf *out, const struct evidence_exchange *x)
{
	buf_add_char(out, ARCHIVE_ITEM_EXCHANGE);
	put_note(out, &x->note);
	pack_int(out, x->wall);
	pack_str(out, x->method);
	pack_str(out, x->url);
	pack_str(out, x->asked_headers);
	pack_str(out, x->asked_body);
	pack_count(out, x->asked_more);
	pack_int(out, x->status);
	pack_int(out, x->version);
	pack_str(out, x->headers);
	pack_str(out, x->body);
	pack_count(out, x->more);
	pack_count(out, x->bytes_received);
	pack_int(out, x->dns);
	pack_int(out, x->connect);
	pack_int(out, x->tls);
	pack_int(out, x->wait);
	pack_int(out, x->receive);
	pack_int(out, x->whole);
	pack_str(out, x->why);
}

/* Those that were not there when the block before was closed. */
static void put_exchanges(struct archive_writer *w)
{
	unsigned groups = evidence_count(w->facts->evidence);

	for (unsigned i = 0; i < groups; i++) {
		struct evidence_group *group = evidence_group(w->facts->evidence, i);
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
			const struct moment *m, bool close, struct buf *out)
{
	if (!w->ready)
		summary_init(&w->rest, second->table);
	w->ready = true;
	summary_take(&w->rest, second);
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
	pack_count(out, event->kind);
	pack_count(out, event->stage);
	pack_int(out, event->at);
	pack_int(out, event->wall);
	pack_str(out, event->text);
	pack_count(out, event->threshold);
	pack_count(out, event->holds);
	pack_int(out, event->users);
	pack_count(out, event->failure != NULL);
	if (event->failure)
		put_note(out, event->failure);
}

/* ---- the end */

/* What a search found, where there was one. */
static void put_capacity(struct buf *out, const struct capacity *c)
{
	pack_count(out, c != NULL);
	if (!c)
		return;
	pack_count(out, c->whole);
	pack_count(out, c->stop);
	pack_double(out, c->low);
	pack_count(out, c->confirmed);
	pack_count(out, c->count);
	for (unsigned i = 0; i < c->count; i++) {
		const struct capacity_trial *t = &c->trials[i];

		pack_double(out, t->level);
		pack_double(out, t->per_second);
		pack_double(out, t->error_rate);
		pack_int(out, t->p50);
		pack_int(out, t->p95);
		pack_int(out, t->p99);
		pack_count(out, t->dropped);
		pack_count(out, t->holds);
		pack_count(out, t->limited);
		pack_count(out, t->again);
	}
}

void archive_put_end(struct archive_writer *w, const struct summary *total,
		     const struct verdict *verdict, struct buf *out)
{
	const struct verdict_validity *v = verdict->validity;
	struct buf end;

	close_block(w, out);
	buf_init(&end, 0);
	pack_count(&end, verdict->pass);
	pack_count(&end, verdict->setup_failed);
	pack_count(&end, verdict->reached);
	pack_str(&end, verdict->stopped_by);
	pack_count(&end, v->valid);
	pack_count(&end, v->count);
	for (unsigned i = 0; i < v->count; i++) {
		pack_count(&end, v->causes[i]);
		pack_str(&end, str_of(v->reasons[i]));
	}
	pack_int(&end, total->users_max);
	pack_int(&end, total->duration);
	put_capacity(&end, w->facts->capacity);
	put_record(out, ARCHIVE_LAST, buf_str(&end));
	buf_release(&end);
}
