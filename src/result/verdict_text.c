#include "result/verdict_text.h"

#include "base/address.h"
#include "base/url.h"
#include "result/text_format.h"

static size_t count_failed(const struct threshold_judge *judge)
{
	size_t broken = 0;

	for (size_t i = 0; i < judge->count; i++)
		broken += !judge->results[i].pass;
	return broken;
}

void verdict_text_outcome(struct buf *text, const struct terminal *term,
			  const struct run_facts *facts, const struct summary *s,
			  const struct verdict *verdict)
{
	size_t count = facts->judge->count, broken = count_failed(facts->judge);

	if (!verdict->reached) {
		text_format_text(text, term, facts->target);
		buf_add(text, STR(" was never reached."));
	} else if (verdict->setup_failed) {
		buf_add(text, STR("setup failed, so no user came."));
	} else if (facts->unjudged && verdict->pass) {
		buf_add(text, STR("a shard; reprise merge judges the whole."));
	} else if (!verdict_teardown_passed(s)) {
		buf_add(text, STR("teardown failed."));
	} else if (count && broken) {
		buf_printf(text, "%zu of %zu thresholds %s.", broken, count,
			   broken == 1 ? "fails" : "fail");
	} else if (count == 1) {
		buf_add(text, STR("the threshold holds."));
	} else if (count == 2) {
		buf_add(text, STR("both thresholds hold."));
	} else if (count) {
		buf_printf(text, "all %zu thresholds hold.", count);
	} else if (!verdict->pass && recorder_series_counts_failed(&s->all.counts)) {
		buf_add(text, STR("requests failed, and no threshold allows that."));
	} else if (!verdict->pass && s->run.users_failed) {
		buf_add(text, STR("before_user failed, and no threshold allows that."));
	} else if (!verdict->pass && s->run.after_users_failed) {
		buf_add(text, STR("after_user failed, and no threshold allows that."));
	} else if (!verdict->pass) {
		buf_add(text, STR("the run failed."));
	}
}

void verdict_text_stopped(struct buf *text, const struct terminal *term,
			  const struct verdict *verdict)
{
	buf_add(text, STR("Stopped before its end by "));
	text_format_text(text, term, verdict->stopped_by);
	if (str_eq(verdict->stopped_by, STR("SIGINT")))
		buf_add(text, STR(" (Ctrl-C)"));
	buf_add_char(text, '.');
}

static bool is_loopback(struct str target)
{
	struct url url;

	return url_split(target, &url) && address_is_loopback(url.host);
}

void verdict_text_unreachable(struct buf *text, const struct run_facts *facts)
{
	buf_add(text, STR("Is the server running, and is this its address? -t URL gives another "
			  "one."));
	if (is_loopback(facts->target) && facts->container)
		buf_add(text, STR(" In a container, 127.0.0.1 is the container itself: start it "
				  "with --network host, or give it the machine's own address."));
	else if (is_loopback(facts->target))
		buf_add(text, STR(" reprise demo starts the sample shop on port 8080."));
}

/* ---- can it be believed? */

void verdict_text_valid(struct buf *text, const struct terminal *term, const struct summary *s,
			const struct generator_health *health)
{
	ns_t lag = histogram_percentile(&s->lag, 99);

	buf_add(text, STR("The result is valid: on schedule"));
	if (lag > NS_PER_MS) {
		buf_add(text, STR(" (lag p99 "));
		text_format_time(text, term, lag, 0);
		buf_add_char(text, ')');
	}
	if (health->limited_seconds)
		buf_printf(text, ", the generator was the limit for %u of %u s.",
			   health->limited_seconds, health->seconds);
	else
		buf_add(text, STR(", the generator was never the limit."));
}

/* What a person can do about CAUSE. */
static void put_help(struct buf *text, unsigned cores, unsigned threads, enum verdict_cause cause)
{
	switch (cause) {
	case VERDICT_CPU:
		if (threads < cores)
			buf_printf(text, ": use -j %u, fewer users, or shards.", threads + 1);
		else
			buf_add(text, STR(": use fewer users, a machine with more cores, or "
					  "shards."));
		break;
	case VERDICT_LAG:
		if (threads < cores)
			buf_printf(text, ": use -j %u, or fewer users or arrivals.", threads + 1);
		else
			buf_add(text,
				STR(": use fewer users or arrivals, or a machine with less else to "
				    "do."));
		break;
	case VERDICT_QUOTA:
		buf_add(text, STR(": allow it more CPU (reprise doctor shows the quota), use fewer "
				  "users or arrivals, or shards."));
		break;
	case VERDICT_STEAL:
		buf_add(text, STR(": use a machine whose CPU is not shared, or fewer users."));
		break;
	case VERDICT_FILES:
		buf_add(text, STR(": reprise doctor tells how to allow more."));
		break;
	case VERDICT_PORTS:
		buf_add(text, STR(": keep connections open (connections: {reuse: pool}); reprise "
				  "doctor tells more."));
		break;
	case VERDICT_NO_SAMPLES:
	case VERDICT_OTHER:
		buf_add_char(text, '.');
		break;
	}
}

void verdict_text_invalid_reason(struct buf *text, const struct terminal *term,
				 const struct run_facts *facts, const struct verdict *verdict,
				 unsigned i)
{
	const struct verdict_validity *v = verdict->validity;

	text_format_text(text, term, str_of(v->reasons[i]));
	put_help(text, facts->cores, verdict->health->threads, v->causes[i]);
}
