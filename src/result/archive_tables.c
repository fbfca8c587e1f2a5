#include "result/archive_tables.h"

/* ---- names of enumerators, by value; they are stored, so they never change */

#define NAME(name, ...) [FAILURE_##name] = #name,
static const char *const failure_names[] = {FAILURE_CLASSES(NAME)};
#undef NAME
#define NAME(name, ...) [RUN_EVENT_##name] = #name,
static const char *const event_names[] = {RUN_EVENTS(NAME)};
#undef NAME
static const char *const stage_names[] = {
    [STAGE_LOAD] = "load",
    [STAGE_SETUP] = "setup",
    [STAGE_WARM_UP] = "warm_up",
    [STAGE_TEARDOWN] = "teardown",
};
static const char *const series_names[] = {
    [SERIES_STEP] = "step",
    [SERIES_GROUP] = "group",
    [SERIES_SCENARIO] = "scenario",
    [SERIES_FIXTURE] = "fixture",
};
static const char *const stat_names[] = {
    [STAT_PERCENTILE] = "percentile",
    [STAT_MEAN] = "mean",
    [STAT_MIN] = "min",
    [STAT_MAX] = "max",
    [STAT_REQUESTS] = "requests",
    [STAT_ITERATIONS] = "iterations",
    [STAT_FAILURES] = "failures",
    [STAT_REQUESTS_PER_SECOND] = "requests_per_second",
    [STAT_ERROR_RATE] = "error_rate",
    [STAT_OUTPUTS_PER_SECOND] = "outputs_per_second",
    [STAT_EXPECT_FAILURES] = "expect_failures",
    [STAT_DROPPED] = "dropped",
    [STAT_FAILED_ITERATIONS] = "failed_iterations",
};
#define THRESHOLD_METRIC(word, metric, time, source, sentence, example) [METRIC_##metric] = word,
static const char *const metric_names[METRIC_COUNT] = {
#include "stats/threshold_words.def"
};
static const char *const scope_names[] = {
    [THRESHOLD_OF_ANY] = "any",
    [THRESHOLD_OF_STEP] = "step",
    [THRESHOLD_OF_GROUP] = "group",
    [THRESHOLD_OF_SCENARIO] = "scenario",
};
static const char *const op_names[] = {
    [THRESHOLD_LESS] = "<",	      [THRESHOLD_LESS_EQUAL] = "<=", [THRESHOLD_GREATER] = ">",
    [THRESHOLD_GREATER_EQUAL] = ">=", [THRESHOLD_EQUAL] = "==",	     [THRESHOLD_NOT_EQUAL] = "!=",
};
static const char *const unit_names[] = {
    [THRESHOLD_MS] = "ms",
    [THRESHOLD_SHARE] = "share",
    [THRESHOLD_PER_SECOND] = "per_second",
    [THRESHOLD_COUNT] = "count",
};
static const char *const outcome_names[] = {
    [VERDICT_PASS] = "pass",
    [VERDICT_FAIL] = "fail",
    [VERDICT_NO_DATA] = "no_data",
    [VERDICT_UNJUDGED] = "unjudged",
};
static const char *const stop_names[] = {
    [CAPACITY_RUNNING] = "running",	    [CAPACITY_THRESHOLDS] = "thresholds",
    [CAPACITY_GENERATOR] = "generator",	    [CAPACITY_MAX] = "max",
    [CAPACITY_FIRST_FAILS] = "first_fails", [CAPACITY_INTERRUPTED] = "interrupted",
};

/* ---- rows; OBJECT is the type of the object */

#define COUNT(array)   (sizeof(array) / sizeof *(array))
#define MEMBER(member) sizeof(((OBJECT *)0)->member), offsetof(OBJECT, member)
#define UNSIGNED(name, member)                                                                     \
	{                                                                                          \
		name, 'u', MEMBER(member), NULL, 0                                                 \
	}
#define SIGNED(name, member)                                                                       \
	{                                                                                          \
		name, 'i', MEMBER(member), NULL, 0                                                 \
	}
#define DOUBLE(name, member)                                                                       \
	{                                                                                          \
		name, 'd', MEMBER(member), NULL, 0                                                 \
	}
#define TEXT(name, member)                                                                         \
	{                                                                                          \
		name, 's', MEMBER(member), NULL, 0                                                 \
	}
#define ENUM(name, member, names)                                                                  \
	{                                                                                          \
		name, 'e', MEMBER(member), names, COUNT(names)                                     \
	}
#define HISTOGRAM(name, member)                                                                    \
	{                                                                                          \
		name, 'h', 0, offsetof(OBJECT, member), NULL, 0                                    \
	}
#define STATUSES(name, member)                                                                     \
	{                                                                                          \
		name, 't', 0, offsetof(OBJECT, member), NULL, 0                                    \
	}

#define OBJECT struct archive_run
static const struct archive_field run_fields[] = {
    TEXT("version", facts.version),
    TEXT("name", facts.name),
    TEXT("target", facts.target),
    TEXT("load", facts.load),
    TEXT("scenario", facts.scenario),
    UNSIGNED("seed", facts.seed),
    SIGNED("started", facts.started),
    SIGNED("planned", facts.planned),
    UNSIGNED("iterations", facts.iterations),
    SIGNED("users", facts.users),
    UNSIGNED("cores", facts.cores),
    UNSIGNED("container", facts.container),
    UNSIGNED("unjudged", facts.unjudged),
    UNSIGNED("histogram_bits", histogram_bits),
    TEXT("trace_url", facts.trace_url),
};
#undef OBJECT

#define OBJECT struct label
static const struct archive_field label_fields[] = {
    TEXT("name", name),
    TEXT("value", value),
};
#undef OBJECT

#define OBJECT struct threshold
static const struct archive_field threshold_fields[] = {
    TEXT("text", text),
    ENUM("metric", metric, metric_names),
    ENUM("stat", stat, stat_names),
    DOUBLE("percentile", percentile),
    TEXT("name", name),
    ENUM("scope", scope, scope_names),
    ENUM("op", op, op_names),
    DOUBLE("value", value),
    ENUM("unit", unit, unit_names),
    SIGNED("for", for_ns),
    SIGNED("after", after_ns),
    UNSIGNED("abort", abort),
    UNSIGNED("default", is_default),
    TEXT("at", at),
};
#undef OBJECT

#define OBJECT struct series_def
static const struct archive_field series_fields[] = {
    ENUM("kind", kind, series_names), TEXT("name", name), TEXT("scenario", scenario),
    TEXT("method", method),	      TEXT("at", at),	  UNSIGNED("group", group),
};
#undef OBJECT

#define OBJECT		  struct series_total
#define COUNTER(name)	  UNSIGNED(#name, counts.name),
#define FAILED(name, ...) UNSIGNED("failed_" #name, counts.failed[FAILURE_##name]),
#define TIME(name, ...)	  HISTOGRAM("time_" #name, times[TIME_##name]),
static const struct archive_field values_fields[] = {
    SERIES_COUNTERS(COUNTER) FAILURE_CLASSES(FAILED) STATUSES("status", status),
    STATUSES("failed_status", failed_status),
    TIME_KINDS(TIME) UNSIGNED("longest_trace_high", longest.trace.high),
    UNSIGNED("longest_trace_low", longest.trace.low),
    UNSIGNED("longest_span", longest.span),
    SIGNED("longest_time", longest.time),
    SIGNED("longest_when", longest.when),
    UNSIGNED("longest_user", longest.user),
    UNSIGNED("longest_iteration", longest.iteration),
};
#undef COUNTER
#undef FAILED
#undef TIME
#undef OBJECT

#define OBJECT struct archive_failure
static const struct archive_field failure_fields[] = {
    ENUM("class", note.class, failure_names),
    UNSIGNED("series", note.series),
    UNSIGNED("detail", note.detail),
    TEXT("at", note.at),
    SIGNED("when", note.when),
    UNSIGNED("user", note.user),
    UNSIGNED("iteration", note.iteration),
    UNSIGNED("count", note.count),
    UNSIGNED("trace_high", note.trace.high),
    UNSIGNED("trace_low", note.trace.low),
    TEXT("text", text),
};
#undef OBJECT

#define OBJECT		 struct summary
#define COUNTER(name)	 UNSIGNED(#name, run.name),
#define UNMEASURED(name) UNSIGNED("unmeasured_" #name, run.unmeasured[UNMEASURED_##name]),
static const struct archive_field totals_fields[] = {
    RUN_COUNTERS(COUNTER) UNMEASURED_KINDS(UNMEASURED) HISTOGRAM("lag", lag),
    UNSIGNED("failures_lost", failures_lost),
};
#undef COUNTER
#undef UNMEASURED
#undef OBJECT

#define OBJECT struct archive_second
static const struct archive_field second_fields[] = {
    SIGNED("begin", interval.begin),
    SIGNED("length", interval.length),
    SIGNED("wall", interval.wall),
    SIGNED("users", interval.users),
    SIGNED("users_peak", users_peak),
    DOUBLE("arrivals_planned", interval.arrivals_planned),
    UNSIGNED("last", interval.last),
    SIGNED("lag_p99", interval.lag_p99),
    TEXT("cpu", cpu),
    DOUBLE("steal", interval.steal),
    DOUBLE("throttled", interval.throttled),
    DOUBLE("waiting", interval.waiting),
    UNSIGNED("evaluated", interval.evaluated),
    UNSIGNED("limited", interval.limited),
    TEXT("why", why),
};
#undef OBJECT

/* A failure inside another object. */
#define INNER_FAILURE                                                                              \
	ENUM("class", failure.note.class, failure_names), UNSIGNED("series", failure.note.series), \
	    UNSIGNED("detail", failure.note.detail), TEXT("at", failure.note.at),                  \
	    SIGNED("when", failure.note.when), UNSIGNED("user", failure.note.user),                \
	    UNSIGNED("iteration", failure.note.iteration), UNSIGNED("count", failure.note.count),  \
	    TEXT("failure_text", failure.text)

#define OBJECT struct archive_event
static const struct archive_field event_fields[] = {
    ENUM("kind", event.kind, event_names),
    ENUM("stage", event.stage, stage_names),
    SIGNED("happened", event.at),
    SIGNED("wall", event.wall),
    TEXT("text", event.text),
    UNSIGNED("threshold", event.threshold),
    UNSIGNED("passes", event.holds),
    SIGNED("users", event.users),
    UNSIGNED("has_failure", has_failure),
    INNER_FAILURE,
};
#undef OBJECT

#define OBJECT struct archive_exchange
static const struct archive_field exchange_fields[] = {
    INNER_FAILURE,
    SIGNED("wall", sample.wall),
    TEXT("method", sample.method),
    TEXT("url", sample.url),
    TEXT("curl", sample.curl),
    TEXT("request_headers", sample.request_headers),
    TEXT("request_body", sample.request_body),
    UNSIGNED("request_body_cut", sample.request_body_cut),
    SIGNED("status", sample.status),
    SIGNED("http_version", sample.version),
    TEXT("headers", sample.headers),
    TEXT("body", sample.body),
    UNSIGNED("body_cut", sample.more),
    UNSIGNED("bytes_received", sample.bytes_received),
    SIGNED("dns", sample.dns),
    SIGNED("connect", sample.connect),
    SIGNED("tls", sample.tls),
    SIGNED("wait", sample.wait),
    SIGNED("receive", sample.receive),
    SIGNED("whole", sample.whole),
    TEXT("why", sample.why),
    TEXT("messages", sample.messages),
};
#undef OBJECT

/* ---- the end */

#define OBJECT struct archive_reason
static const struct archive_field reason_fields[] = {
    ENUM("cause", cause, verdict_cause_names),
    TEXT("text", text),
};
#undef OBJECT

#define OBJECT struct capacity
static const struct archive_field capacity_fields[] = {
    UNSIGNED("users", whole),	    DOUBLE("from", from), DOUBLE("to", to),
    ENUM("stop", stop, stop_names), DOUBLE("found", low), UNSIGNED("confirmed", confirmed),
};
#undef OBJECT

#define OBJECT struct capacity_trial
static const struct archive_field trial_fields[] = {
    DOUBLE("level", level),
    DOUBLE("per_second", per_second),
    DOUBLE("error_rate", error_rate),
    SIGNED("p50", p50),
    SIGNED("p95", p95),
    SIGNED("p99", p99),
    UNSIGNED("dropped", dropped),
    UNSIGNED("passed", holds),
    UNSIGNED("limited", limited),
    UNSIGNED("again", again),
};
#undef OBJECT

#define OBJECT struct archive_end
static const struct archive_field end_fields[] = {
    ENUM("outcome", verdict.outcome, outcome_names),
    UNSIGNED("setup_failed", verdict.setup_failed),
    UNSIGNED("reached", verdict.reached),
    UNSIGNED("partial", verdict.partial),
    TEXT("stopped_by", verdict.stopped_by),
    UNSIGNED("valid", valid),
    SIGNED("users_max", users_max),
    SIGNED("duration", duration),
};
#undef OBJECT

#define TABLE(name, type) [ARCHIVE_##name] = {#name, name##_fields, COUNT(name##_fields)},
const struct archive_table archive_tables[ARCHIVE_MESSAGE_COUNT] = {ARCHIVE_MESSAGES(TABLE)};
