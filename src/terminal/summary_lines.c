#include "terminal/summary_lines.h"

#include "base/units.h"
#include "interface/output.h"
#include "result/http_versions.h"
#include "result/text_format.h"
#include "result/verdict_text.h"

static void put_dropped(const struct summary_text *r)
{
	if (r->s->run.arrivals_dropped == 0)
		return;
	buf_add(r->out, STR("\n  dropped  "));
	text_format_count(r->out, r->s->run.arrivals_dropped, "arrival", "arrivals");
	buf_add(r->out, STR(": max_users had been reached\n"));
}

/* The longest request, where its trace can be looked up. */
static void put_longest(const struct summary_text *r)
{
	const struct exemplar *x = &r->s->all.longest;
	struct buf link;

	for (unsigned i = 0; i < r->s->table->defs.count; i++) {
		const struct series_def *def = &r->s->table->defs.items[i];
		const struct exemplar *own = &r->s->series[i].longest;

		if (def->kind != SERIES_STEP || !exemplar_has_trace(own->trace) ||
		    own->span != x->span)
			continue;
		buf_add(r->out, STR("\n  longest  "));
		units_put_time(r->out, x->time, false);
		buf_add(r->out, STR("  "));
		text_format_name(r->out, r->term, def->name, 60, false);
		buf_add(r->out, STR("  at "));
		text_format_clock(r->out, x->when);
		buf_printf(r->out, ", user %llu\n           trace ", (unsigned long long)x->user);
		buf_init(&link, 0);
		exemplar_put_link(&link, r->facts->trace_url, x->trace);
		text_format_text(r->out, r->term, buf_str(&link));
		buf_release(&link);
		buf_add_char(r->out, '\n');
		return;
	}
}

/* Nothing if all requests used HTTP/1. */
static void put_versions(const struct summary_text *r)
{
	const struct series_counts *counts = &r->s->all.counts;

	if (!http_versions_are_noted(counts))
		return;
	buf_add(r->out, STR("\n  versions "));
	http_versions_put_text(r->out, counts);
	buf_add_char(r->out, '\n');
}

static void put_resent(const struct summary_text *r)
{
	const struct series_counts *counts = &r->s->all.counts;

	if (counts->resent == 0)
		return;
	buf_add(r->out, STR("\n  resent   "));
	text_format_count(r->out, counts->resent, "request", "requests");
	if (counts->resent_posts) {
		buf_add(r->out, STR(" ("));
		units_put_count(r->out, counts->resent_posts);
		buf_add(r->out, STR(" of them POST or PATCH)"));
	}
	buf_add(r->out, STR(" after the server had closed the connection\n"));
}

static void put_stream_time(const struct summary_text *r, struct buf *text, const char *name,
			    const struct histogram *h, double percentile)
{
	if (!h->m.count)
		return;
	buf_printf(text, ", %s p%g ", name, percentile);
	text_format_time(text, r->term, histogram_percentile(h, percentile), 0);
}

/* One line for each step that read event streams. */
static void put_streams(const struct summary_text *r)
{
	struct buf text;

	buf_init(&text, 0);
	for (size_t i = 0; i < r->s->table->defs.count; i++) {
		const struct series_def *def = &r->s->table->defs.items[i];
		const struct series_total *total = &r->s->series[i];
		struct text_flow flow = text_format_flow(r->out, r->columns, 11, 11);

		if (def->kind != SERIES_STEP || !total->counts.events)
			continue;
		buf_add(r->out, STR("\n  stream   "));
		text_format_text(&text, r->term, def->name);
		buf_add(&text, STR(": "));
		text_format_count(&text, total->counts.events, "event", "events");
		put_stream_time(r, &text, "first", &total->times[TIME_first_event], 95);
		put_stream_time(r, &text, "first output", &total->times[TIME_first_output], 95);
		put_stream_time(r, &text, "gap", &total->times[TIME_event_gap], 99);
		if (total->counts.output_us)
			buf_printf(&text, ", %.1f outputs/s",
				   (double)total->counts.outputs * 1e6 /
				       (double)total->counts.output_us);
		if (total->counts.streams_closed) {
			buf_add(&text, STR(", "));
			units_put_count(&text, total->counts.streams_closed);
			buf_add(&text, STR(" closed after `until`"));
		}
		text_format_flow_words(&flow, &text);
		buf_add_char(r->out, '\n');
	}
	buf_release(&text);
}

static void put_users(const struct summary_text *r)
{
	const struct run_counts *run = &r->s->run;

	if (run->users_failed) {
		buf_add(r->out, STR("\n  users    "));
		units_put_count(r->out, run->users_failed);
		buf_add(r->out, STR(" failed in before_user\n"));
	}
	if (run->after_users_failed) {
		buf_add(r->out, STR("\n  users    "));
		units_put_count(r->out, run->after_users_failed);
		buf_add(r->out, STR(" failed in after_user\n"));
	}
	if (run->pauses) {
		buf_add(r->out, STR("\n  paused   "));
		text_format_count(r->out, run->pauses, "time", "times");
		buf_add(r->out, STR(" after an iteration that reached no server: 0.1 s, then up to "
				    "1 s\n"));
	}
	if (run->back_offs) {
		buf_add(r->out, STR("\n  paused   "));
		text_format_count(r->out, run->back_offs, "time", "times");
		buf_add(r->out, STR(" after four or more failed iterations of a user in a row: "
				    "0.1 s, then up to 1 s\n"));
	}
}

/* Requests that waited before a retry: their response times contain these delays. */
static void put_retry_waits(const struct summary_text *r)
{
	const struct histogram *waits = &r->s->all.times[TIME_retry_wait];

	if (!waits->m.count)
		return;
	buf_add(r->out, STR("\n  waited   "));
	text_format_count(r->out, waits->m.count, "request", "requests");
	buf_add(r->out, STR(" before retries: mean "));
	text_format_time(r->out, r->term, (ns_t)histogram_mean(waits), 0);
	buf_add(r->out, STR(", at most "));
	text_format_time(r->out, r->term, waits->m.max_ns, 0);
	buf_add(r->out, STR("\n           response times contain these waits\n"));
}

/* Times of requests and iterations do not contain the waits for renewals. */
static void put_renewals(const struct summary_text *r)
{
	const struct run_counts *run = &r->s->run;

	if (!run->renewals && !run->renewals_failed)
		return;
	buf_add(r->out, STR("\n  renewed  "));
	text_format_count(r->out, run->renewals, "time", "times");
	if (run->renewals_failed) {
		buf_add(r->out, STR(", failed "));
		text_format_count(r->out, run->renewals_failed, "time", "times");
	}
	if (run->renewals_waited) {
		buf_add(r->out, STR("; "));
		text_format_count(r->out, run->renewals_waited, "request", "requests");
		buf_add(r->out, STR(" waited, outside their response times"));
	}
	buf_add_char(r->out, '\n');
}

/* The messages of a run with WebSockets or `listen`. */
static void put_messages(const struct summary_text *r)
{
	const struct run_counts *run = &r->s->run;

	if (!run->sockets_opened)
		return;
	buf_add(r->out, STR("\n  messages "));
	units_put_count(r->out, run->messages_sent);
	buf_add(r->out, STR(" sent, "));
	units_put_count(r->out, run->messages_received);
	buf_add(r->out, STR(" received on "));
	text_format_count(r->out, run->sockets_opened, "socket", "sockets");
	if (run->messages_unmatched) {
		buf_add(r->out, STR("; "));
		units_put_count(r->out, run->messages_unmatched);
		buf_add(r->out, STR(" were used by no step"));
	}
	if (run->messages_dropped) {
		buf_add(r->out, STR("; "));
		units_put_count(r->out, run->messages_dropped);
		buf_add(r->out, STR(" were dropped, because a queue was full"));
	}
	buf_add_char(r->out, '\n');
}

static void put_rendezvous(const struct summary_text *r)
{
	if (r->s->run.meetings_given_up == 0)
		return;
	buf_add(r->out, STR("\n  timeout  at a rendezvous: "));
	text_format_count(r->out, r->s->run.meetings_given_up, "time", "times");
	buf_add_char(r->out, '\n');
}

/* Data that outputs could not deliver. */
static void put_lost_deliveries(const struct summary_text *r)
{
	const struct output_deliveries *all = r->verdict->deliveries;
	struct buf text;

	buf_init(&text, 0);
	for (unsigned i = 0; all && i < all->count; i++) {
		const struct output_delivery *d = &all->items[i];
		struct text_flow flow = text_format_flow(r->out, r->columns, 11, 8);

		if (!d->lost)
			continue;
		buf_add(r->out, STR("\n  lost  "));
		buf_printf(&text, "%s", d->output);
		text_format_flow_unit(&flow, &text, 3);
		text_format_text(&text, r->term, d->where);
		buf_add_char(&text, ':');
		text_format_flow_unit(&flow, &text, 1);
		units_put_count(&text, d->lost);
		buf_add(&text, STR(" of "));
		units_put_count(&text, d->sent);
		buf_printf(&text, " %s", d->unit);
		text_format_flow_words(&flow, &text);
		if (d->why[0]) {
			buf_add_char(&text, '(');
			text_format_text(&text, r->term, str_of(d->why));
			buf_add_char(&text, ')');
			text_format_flow_words(&flow, &text);
		}
		buf_add_char(r->out, '\n');
	}
	buf_release(&text);
}

void summary_lines_put(const struct summary_text *r)
{
	put_longest(r);
	put_dropped(r);
	put_streams(r);
	put_versions(r);
	put_resent(r);
	put_users(r);
	put_retry_waits(r);
	put_renewals(r);
	put_messages(r);
	put_rendezvous(r);
	put_lost_deliveries(r);
}
