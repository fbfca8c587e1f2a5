#include <inttypes.h>
#include <time.h>

#include "base/clock.h"
#include "base/units.h"
#include "report/html_report_private.h"
#include "result/http_versions.h"
#include "result/text_format.h"
#include "result/verdict_text.h"

static void open_list(struct buf *out, const char *title)
{
	buf_printf(out, "<h2>%s</h2><dl class=\"card facts\">", title);
}

/* A fact whose value is the contents of TEXT, which is emptied. */
static void put_fact(struct buf *out, const char *name, struct buf *text)
{
	buf_printf(out, "<div><dt>%s</dt><dd>", name);
	html_report_name(out, buf_str(text));
	buf_add(out, STR("</dd></div>"));
	buf_clear(text);
}

static void put_count(struct buf *out, const char *name, uint64_t count, struct buf *text)
{
	units_put_count(text, count);
	put_fact(out, name, text);
}

static void put_cpu(struct buf *out, const struct generator_health *h, struct buf *text)
{
	for (unsigned i = 0; i < h->threads && i < 16; i++)
		buf_printf(text, "%s%.0f %%", i ? ", " : "", h->cpu[i] * 100);
	if (h->threads > 16)
		buf_printf(text, " and %u more", h->threads - 16);
	put_fact(out, h->threads == 1 ? "CPU of the thread" : "CPU of each thread", text);
	for (unsigned i = 0; i < h->threads && i < 16; i++)
		buf_printf(text, "%s%.0f %%", i ? ", " : "", h->cpu_max[i] * 100);
	put_fact(out, "in its worst second", text);
}

void html_report_put_generator(struct buf *out, const struct html_report *page)
{
	static const double percentiles[] = {50, 99};
	const struct generator_health *health = page->run.health;
	const struct summary *s = page->run.summary;
	ns_t lag[2];
	struct buf text;

	buf_init(&text, 0);
	histogram_percentiles(&s->lag, percentiles, 2, lag);
	open_list(out, "The load generator");
	if (health) {
		health_put_limited(health, &text);
		put_fact(out, "could not keep up for", &text);
	}
	text_format_time(&text, &html_report_terminal, lag[0], 0);
	put_fact(out, "schedule lag p50", &text);
	text_format_time(&text, &html_report_terminal, lag[1], 0);
	put_fact(out, "schedule lag p99", &text);
	text_format_time(&text, &html_report_terminal, s->lag.m.count ? s->lag.m.max_ns : -1, 0);
	put_fact(out, "schedule lag max", &text);
	if (health && health->threads)
		put_cpu(out, health, &text);
	put_count(out, "arrivals dropped", s->run.arrivals_dropped, &text);
	put_count(out, "connections opened", s->run.connections_opened, &text);
	put_count(out, "again to the same origin", s->run.reconnects, &text);
	buf_add(out, STR("</dl>"));
	buf_release(&text);
}

static void put_start(struct buf *out, const struct run_facts *facts, struct buf *text)
{
	char started[40];

	if (!facts->started)
		return;
	buf_add(text, str_of(clock_format_utc(started, sizeof started, "%Y-%m-%d %H:%M:%S UTC",
					      facts->started)));
	put_fact(out, "started", text);
}

static void put_sockets(struct buf *out, const struct summary *s, struct buf *text)
{
	const struct run_counts *run = &s->run;

	put_count(out, "sockets and streams opened", run->sockets_opened, text);
	put_count(out, "messages sent", run->messages_sent, text);
	put_count(out, "messages received", run->messages_received, text);
	put_count(out, "of these, used by no step", run->messages_unmatched, text);
	put_count(out, "dropped, because a queue was full", run->messages_dropped, text);
	if (run->replies_dropped)
		put_count(out, "replies of on_message over the limit", run->replies_dropped, text);
}

static void put_sent(struct buf *out, const struct summary *s, struct buf *text)
{
	const struct series_counts *counts = &s->all.counts;
	const struct histogram *waits = &s->all.times[TIME_retry_wait];
	uint64_t unmeasured = 0;

	for (unsigned i = 0; i < UNMEASURED_KIND_COUNT; i++)
		unmeasured += s->run.unmeasured[i];
	put_count(out, "requests started", counts->started, text);
	put_count(out, "ok", counts->ok, text);
	put_count(out, "failed", recorder_series_counts_failed(counts), text);
	put_count(out, "cut off at the end", counts->cut_off, text);
	if (http_versions_are_noted(counts)) {
		http_versions_put_text(text, counts);
		put_fact(out, "requests by version", text);
	}
	put_count(out, "redirects followed", counts->redirects, text);
	put_count(out, "retries", counts->retries, text);
	if (waits->m.count) {
		units_put_time(text, (ns_t)histogram_mean(waits), false);
		buf_add(text, STR(", at most "));
		units_put_time(text, waits->m.max_ns, false);
		put_fact(out, "mean wait of retried requests", text);
	}
	put_count(out, "sent again on a new connection", counts->resent, text);
	if (counts->resent_posts)
		put_count(out, "of these, POST and PATCH", counts->resent_posts, text);
	put_count(out, "unmeasured (warm-up, setup, fixtures)", unmeasured, text);
	units_put_bytes(text, counts->bytes_sent);
	put_fact(out, "sent", text);
	units_put_bytes(text, counts->bytes_received);
	put_fact(out, "received", text);
	if (s->run.users_failed)
		put_count(out, "users stopped in before_user", s->run.users_failed, text);
	if (s->run.after_users_failed)
		put_count(out, "users whose after_user failed", s->run.after_users_failed, text);
	if (s->run.pauses)
		put_count(out, "pauses after reaching no server", s->run.pauses, text);
	if (s->run.back_offs)
		put_count(out, "pauses after failures in a row", s->run.back_offs, text);
	if (s->run.renewals || s->run.renewals_failed)
		put_count(out, "renewals of setup or before_user", s->run.renewals, text);
	if (s->run.renewals_failed)
		put_count(out, "failed renewals", s->run.renewals_failed, text);
	if (s->run.renewals_waited)
		put_count(out, "requests that waited for a renewal", s->run.renewals_waited, text);
	if (s->run.sockets_opened)
		put_sockets(out, s, text);
	if (s->run.meetings_given_up)
		put_count(out, "timeouts at a rendezvous", s->run.meetings_given_up, text);
}

void html_report_put_about(struct buf *out, const struct html_report *page)
{
	const struct run_facts *facts = page->run.facts;
	struct buf text;

	buf_init(&text, 0);
	open_list(out, "Test setup");
	buf_add(&text, facts->target);
	put_fact(out, "target", &text);
	buf_add(&text, facts->load);
	put_fact(out, "load", &text);
	put_start(out, facts, &text);
	text_format_time(&text, &html_report_terminal, page->run.summary->duration, 0);
	put_fact(out, "lasted", &text);
	buf_printf(&text, "%" PRIu64, facts->seed);
	put_fact(out, "seed", &text);
	for (size_t i = 0; i < facts->label_count; i++) {
		buf_add(out, STR("<div><dt>"));
		html_report_name(out, facts->labels[i].name);
		buf_add(out, STR("</dt><dd>"));
		html_report_name(out, facts->labels[i].value);
		buf_add(out, STR("</dd></div>"));
	}
	put_sent(out, page->run.summary, &text);
	buf_add(&text, STR("reprise "));
	buf_add(&text, facts->version);
	put_fact(out, "version", &text);
	buf_add(out, STR("</dl>"));
	buf_release(&text);
}

static void put_delivery(struct buf *out, const struct output_delivery *d)
{
	struct buf text;

	buf_init(&text, 0);
	buf_add(out, STR("<tr><td>"));
	html_report_text(out, str_of(d->output));
	buf_add(out, STR("</td><td class=\"text\">"));
	html_report_name(out, d->where);
	buf_add(out, STR("</td><td>"));
	if (d->lost) {
		buf_add(out, STR("<span class=\"class\">lost</span> "));
		units_put_count(&text, d->lost);
		buf_add(&text, STR(" of "));
	}
	units_put_count(&text, d->sent);
	buf_printf(&text, " %s", d->unit);
	html_report_text(out, buf_str(&text));
	buf_add(out, STR("</td><td class=\"text\">"));
	html_report_text(out, str_of(d->why));
	buf_add(out, STR("</td></tr>"));
	buf_release(&text);
}

void html_report_put_deliveries(struct buf *out, const struct html_report *page)
{
	const struct output_deliveries *all =
	    page->run.verdict ? page->run.verdict->deliveries : NULL;

	if (!all || !all->count)
		return;
	buf_add(out, STR("<h2>Sent to</h2><div class=\"card scroll\"><table class=\"failures\" "
			 "aria-label=\"Sent to\"><thead><tr><th scope=\"col\">Output</th>"
			 "<th scope=\"col\">Where</th><th scope=\"col\">What</th>"
			 "<th scope=\"col\">Why</th></tr></thead><tbody>"));
	for (unsigned i = 0; i < all->count; i++)
		put_delivery(out, &all->items[i]);
	buf_add(out, STR("</tbody></table></div>"));
}
