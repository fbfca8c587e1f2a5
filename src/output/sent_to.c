#include "output/sent_to.h"

#include <stdio.h>
#include <string.h>

#include "base/url.h"

void sent_to_put(struct buf *out, struct str where)
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

static void note(const struct verdict *verdict, const char *output, struct str where,
		 const char *unit, uint64_t given, uint64_t lost, const char *why)
{
	struct output_delivery *d = output_delivery_add(verdict, output, where, unit);

	d->given = given;
	d->lost = lost;
	if (lost)
		snprintf(d->why, sizeof d->why, "%s", why);
}

bool sent_to_end_posts(struct poster *p, const char *output, struct str where,
		       const struct verdict *verdict, struct buf *error)
{
	struct poster_outcome outcome;

	if (!verdict) {
		poster_close(p, 0, NULL);
		return true;
	}
	poster_close(p, verdict->patience, &outcome);
	note(verdict, output, where, "batches", outcome.given, outcome.lost, outcome.why);
	if (!outcome.given || outcome.last_taken)
		return true;
	buf_printf(error, "the end of the run did not reach %.*s: %s", STR_ARG(where), outcome.why);
	return false;
}

void sent_to_end_packets(struct datagram *d, const char *output, struct str where,
			 const struct verdict *verdict)
{
	datagram_end(d);
	if (verdict)
		note(verdict, output, where, "packets", d->given, d->lost,
		     d->failed ? strerror(d->failed) : "");
	datagram_close(d);
}
