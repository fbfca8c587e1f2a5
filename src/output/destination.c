#include "output/destination.h"

#include <stdio.h>
#include <string.h>

#include "base/url.h"

void destination_put(struct buf *out, struct str where)
{
	struct url url;

	if (!url_split(where, &url)) {
		buf_add(out, where);
		return;
	}
	buf_printf(out, url.host_is_ipv6 ? "%.*s://[%.*s]" : "%.*s://%.*s", STR_ARG(url.scheme),
		   STR_ARG(url.host));
	if (url.has_port)
		buf_printf(out, ":%u", url.port);
	buf_add(out, url.path);
}

/* The next free row, with its text fields filled in; the last row again if there is none. */
static struct output_delivery *add_delivery(const struct verdict *verdict, const char *output,
					    struct str where, const char *unit)
{
	struct output_deliveries *all = verdict->deliveries;
	struct output_delivery *row;

	if (all->count < DELIVERIES_MAX)
		all->count++;
	row = &all->items[all->count - 1];
	*row = (struct output_delivery){
	    .output = output, .where = arena_str(all->arena, where), .unit = unit};
	return row;
}

static void record_delivery(const struct verdict *verdict, const char *output, struct str where,
			    const char *unit, uint64_t sent, uint64_t lost, const char *why)
{
	struct output_delivery *d = add_delivery(verdict, output, where, unit);

	d->sent = sent;
	d->lost = lost;
	if (lost)
		snprintf(d->why, sizeof d->why, "%s", why);
}

bool destination_close_push(struct http_push *p, const char *output, struct str where,
			    const struct verdict *verdict, struct buf *error)
{
	struct http_push_result outcome;

	if (!verdict) {
		http_push_close(p, 0, NULL);
		return true;
	}
	http_push_close(p, verdict->patience, &outcome);
	record_delivery(verdict, output, where, "batches", outcome.given, outcome.lost,
			outcome.why);
	if (!outcome.given || outcome.last_delivered)
		return true;
	buf_printf(error, "the end of the run was not delivered to %.*s: %s", STR_ARG(where),
		   outcome.why);
	return false;
}

void destination_close_datagrams(struct datagram *d, const char *output, struct str where,
				 const struct verdict *verdict)
{
	datagram_end(d);
	if (verdict)
		record_delivery(verdict, output, where, "packets", d->given, d->lost,
				d->failed ? strerror(d->failed) : "");
	datagram_close(d);
}
