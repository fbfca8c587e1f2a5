#include "stats/verdict.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/units.h"

#define BEGUN_MIN 0.98 /* of the users and arrivals that are due */

#define VERDICT_CAUSE_NAME(name, code, sentence) [VERDICT_##name] = code,
const char *const verdict_cause_names[VERDICT_CAUSE_COUNT] = {VERDICT_CAUSES(VERDICT_CAUSE_NAME)};
#define VERDICT_CAUSE_SENTENCE(name, code, sentence) [VERDICT_##name] = sentence,
const char *const verdict_cause_sentences[VERDICT_CAUSE_COUNT] = {
    VERDICT_CAUSES(VERDICT_CAUSE_SENTENCE)};

static void add_reason(struct verdict_validity *v, enum verdict_cause cause, const char *format,
		       va_list args) __attribute__((format(printf, 3, 0)));

static void add_reason(struct verdict_validity *v, enum verdict_cause cause, const char *format,
		       va_list args)
{
	v->valid = false;
	if (v->count == VERDICT_REASONS)
		return;
	v->causes[v->count] = cause;
	vsnprintf(v->reasons[v->count++], VERDICT_TEXT, format, args);
}

void verdict_add_reason(struct verdict_validity *v, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_reason(v, VERDICT_OTHER, format, args);
	va_end(args);
}

void verdict_put_first_reason(struct verdict_validity *v, const char *format, ...)
{
	unsigned kept = v->count < VERDICT_REASONS ? v->count : VERDICT_REASONS - 1;
	va_list args;

	memmove(v->reasons[1], v->reasons[0], kept * sizeof v->reasons[0]);
	memmove(&v->causes[1], &v->causes[0], kept * sizeof v->causes[0]);
	v->count = 0;
	va_start(args, format);
	add_reason(v, VERDICT_OTHER, format, args);
	va_end(args);
	v->count = kept + 1;
}

void verdict_add(struct verdict_validity *v, enum verdict_cause cause, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_reason(v, cause, format, args);
	va_end(args);
}

static void judge_shortage(struct verdict_validity *v, enum verdict_cause cause, const char *of,
			   uint64_t failed)
{
	struct buf text;

	if (!failed)
		return;
	buf_init(&text, 0);
	units_put_count(&text, failed);
	verdict_add(v, cause, "the load generator ran out of %s (%s request%s)", of, text.data,
		    failed == 1 ? "" : "s");
	buf_release(&text);
}

static const enum verdict_cause causes_of_limits[HEALTH_CAUSE_COUNT] = {
    [HEALTH_STOPPED] = VERDICT_STOPPED, [HEALTH_QUOTA] = VERDICT_QUOTA,
    [HEALTH_STEAL] = VERDICT_STEAL,	[HEALTH_WAITING] = VERDICT_WAITING,
    [HEALTH_CPU] = VERDICT_CPU,		[HEALTH_LAG] = VERDICT_LAG,
};

/* "its CPU quota held it back for up to 48 % of a second". */
static void put_cause(struct buf *out, const struct generator_health *h, enum health_cause cause)
{
	switch (cause) {
	case HEALTH_STOPPED:
		buf_add(out, STR("the process did not run for up to "));
		units_put_time(out, h->gap_max, true);
		break;
	case HEALTH_QUOTA:
		buf_printf(out, "its CPU quota held it back for up to %.0f %% of a second",
			   h->throttled_max * 100);
		break;
	case HEALTH_STEAL:
		buf_printf(out, "other guests of the host used up to %.0f %% of the CPU",
			   h->steal_max * 100);
		break;
	case HEALTH_WAITING:
		health_put_waiting(out, h->waiting_max, h->waiting_cpu);
		break;
	case HEALTH_CPU:
		buf_printf(out, "CPU of thread %u at %.0f %%", h->worst_thread + 1,
			   h->cpu_max[h->worst_thread] * 100);
		break;
	case HEALTH_LAG:
	case HEALTH_CAUSE_COUNT:
		buf_add(out, STR("schedule lag p99 up to "));
		units_put_time(out, h->lag_max, true);
		break;
	}
}

static void judge_limits(struct verdict_validity *v, const struct generator_health *h)
{
	enum health_cause cause = health_main_cause(h);
	struct buf text;

	if (!health_is_limited(h))
		return;
	buf_init(&text, 0);
	health_put_limited(h, &text);
	buf_add(&text, STR(" ("));
	put_cause(&text, h, cause);
	verdict_add(v, causes_of_limits[cause], "the load generator could not keep up for %.*s)",
		    STR_ARG(buf_str(&text)));
	buf_release(&text);
}

/* Scheduled users and arrivals that never began: the load was not the requested one. */
static void judge_begun(struct verdict_validity *v, const struct summary *s)
{
	uint64_t begun = s->run.users_started, due = begun + s->run.users_missed;
	struct buf text;

	if ((double)begun >= (double)due * BEGUN_MIN)
		return;
	buf_init(&text, 0);
	units_put_count(&text, begun);
	buf_add(&text, STR(" of "));
	units_put_count(&text, due);
	verdict_add(v, VERDICT_NOT_BEGUN,
		    "only %.*s users began, because the load generator was too slow",
		    STR_ARG(buf_str(&text)));
	buf_release(&text);
}

void verdict_judge(struct verdict_validity *v, const struct summary *s,
		   const struct generator_health *h)
{
	const uint64_t *failed = s->all.counts.failed;

	memset(v, 0, sizeof *v);
	v->valid = true;
	judge_limits(v, h);
	judge_begun(v, s);
	judge_shortage(v, VERDICT_FILES, "open files", failed[FAILURE_generator_fds]);
	judge_shortage(v, VERDICT_PORTS, "local ports", failed[FAILURE_generator_ports]);
	if (s->all.counts.ok == 0)
		verdict_add(v, VERDICT_NO_SAMPLES,
			    "no request got the expected response, so there are no samples");
}

bool verdict_reached(const struct summary *s)
{
	const struct series_counts *c = &s->all.counts;
	uint64_t unmade = c->failed[FAILURE_dns] + c->failed[FAILURE_connect] +
			  c->failed[FAILURE_timeout_connect];

	return !unmade || c->ok || recorder_series_counts_failed(c) > unmade;
}

bool verdict_teardown_passed(const struct summary *s)
{
	return s->run.teardowns_failed == 0;
}

bool verdict_renewal_failed(const struct summary *s)
{
	return s->run.renewals_given_up > 0;
}

bool verdict_has_data(const struct summary *s)
{
	return s->all.counts.ok > 0 || recorder_series_counts_failed(&s->all.counts) > 0;
}

/* Results of 0.1.0 may have no thresholds; later ones have the defaults. */
static bool nothing_failed(const struct summary *s)
{
	return recorder_series_counts_failed(&s->all.counts) == 0 &&
	       recorder_series_counts_failed(&s->iterations.counts) == 0 &&
	       s->run.users_failed == 0 && s->run.after_users_failed == 0;
}

/* No user, arrival or iteration belonged to the shard. */
static bool had_no_share(const struct summary *s)
{
	return s->users_max == 0 && s->iterations.counts.started == 0 &&
	       s->run.users_started == 0 && s->run.arrivals_planned == 0;
}

enum verdict_outcome verdict_decide(const struct verdict_evidence *e)
{
	const struct summary *s = e->summary;

	if (!e->reached || e->failed || verdict_renewal_failed(s) || !verdict_teardown_passed(s))
		return VERDICT_FAIL;
	if (e->shard && had_no_share(s))
		return VERDICT_UNJUDGED;
	if (!verdict_has_data(s) && !e->until)
		return VERDICT_NO_DATA;
	if (e->shard)
		return VERDICT_UNJUDGED;
	/* --once checks that everything works, so fixtures count too. */
	if (e->once && s->failure_count)
		return VERDICT_FAIL;
	return (e->thresholds ? e->thresholds_passed : nothing_failed(s)) ? VERDICT_PASS
									  : VERDICT_FAIL;
}

const char *verdict_outcome_name(enum verdict_outcome outcome)
{
	static const char *const names[] = {
	    [VERDICT_PASS] = "pass",
	    [VERDICT_FAIL] = "fail",
	    [VERDICT_NO_DATA] = "no_data",
	    [VERDICT_UNJUDGED] = "unjudged",
	};

	return names[outcome];
}
