#include "run/retry.h"

#include "net/cookie_parse.h"

#define LONGEST (3600 * NS_PER_S)

static unsigned reason_of(const struct worker *w, const struct fiber *f)
{
	static const unsigned reasons[FAILURE_CLASS_COUNT] = {
	    [FAILURE_timeout] = RETRY_TIMEOUT,
	    [FAILURE_timeout_connect] = RETRY_TIMEOUT | RETRY_CONNECT,
	    [FAILURE_dns] = RETRY_CONNECT,
	    [FAILURE_connect] = RETRY_CONNECT,
	    [FAILURE_tls] = RETRY_CONNECT,
	    [FAILURE_reset] = RETRY_CONNECT,
	    [FAILURE_truncated] = RETRY_CONNECT,
	    [FAILURE_status] = RETRY_EXPECT,
	    [FAILURE_expect] = RETRY_EXPECT,
	    [FAILURE_extract] = RETRY_EXTRACT,
	};
	unsigned reason = reasons[w->failure.class];

	return reason == RETRY_EXPECT && f->status >= 500 ? reason | RETRY_5XX : reason;
}

/* A status in `when`, whatever it is that failed about this response. */
static bool has_status(const struct retry_plan *plan, const struct fiber *f)
{
	return status_range_has(plan->statuses, plan->status_count, f->sample.status);
}

/* Sending a request again with renewed values takes none of its retries. */
static unsigned retries(const struct fiber *f)
{
	return f->sample.retries - f->renewed;
}

bool retry_is_due(const struct worker *w, const struct fiber *f)
{
	const struct retry_plan *plan = &f->request->retry;

	/* A request that was not sent fails in the same way again. */
	return f->failed && f->state == FIBER_CHECKING && retries(f) < plan->times &&
	       !worker_stops_fiber(w, f) && ((reason_of(w, f) & plan->when) || has_status(plan, f));
}

/* ---- delays */

/* A number of seconds, or a date; by the server's clock if the response has one. -1: no such
 * header. */
static ns_t server_delay(const struct worker *w, const struct fiber *f)
{
	const struct exchange *x = f->exchange;
	struct response response = {.headers = buf_str(&x->headers)};
	struct str text = response_header(&response, STR("Retry-After"), 0);
	int64_t value, now;

	if (x->result != HTTP_OK || !text.ptr)
		return -1;
	if (str_to_int(text, &value))
		return value < 0 ? -1 : value > LONGEST / NS_PER_S ? LONGEST : value * NS_PER_S;
	if (!cookie_parse_date(text, &value))
		return -1;
	if (!cookie_parse_date(response_header(&response, STR("Date"), 0), &now))
		now = (x->times.done + w->wall_offset) / NS_PER_S;
	value -= now;
	return value <= 0 ? 0 : value > LONGEST / NS_PER_S ? LONGEST : value * NS_PER_S;
}

/* DELAY times FACTOR for each retry before this one, at most MAX. */
static double backed_off(const struct retry_plan *plan, unsigned retries, double max)
{
	double delay = (double)plan->delay;

	for (unsigned i = 1; i < retries && plan->factor > 1 && delay < max; i++)
		delay *= plan->factor;
	return delay < max ? delay : max;
}

ns_t retry_delay(const struct worker *w, struct fiber *f)
{
	const struct retry_plan *plan = &f->request->retry;
	double max = (double)(plan->max_delay ? plan->max_delay : LONGEST), delay;
	ns_t asked = plan->retry_after ? server_delay(w, f) : -1;

	if (asked >= 0) {
		delay = (double)asked;
		if (plan->jitter > 0)
			delay *= 1 + plan->jitter * random_unit(&f->draws);
		return (ns_t)(delay < max ? delay : max);
	}
	delay = backed_off(plan, retries(f), max);
	if (plan->jitter > 0) {
		/* The longest delay stays below the maximum, without many users exactly at it. */
		if (delay * (1 + plan->jitter) > max)
			delay = max / (1 + plan->jitter);
		delay *= 1 + plan->jitter * (2 * random_unit(&f->draws) - 1);
	}
	return (ns_t)delay;
}
