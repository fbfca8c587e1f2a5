#include "stats/threshold_suggest.h"

#include <string.h>

#include "base/ascii.h"
#include "base/units.h"

/* Words of other tools for statistics. */
static const struct {
	const char *word, *use;
} other_words[] = {
    {"p(99.9)", "p99.9"},
    {"p(50)", "p50"},
    {"p(90)", "p90"},
    {"p(95)", "p95"},
    {"p(99)", "p99"},
    {"error rate", "error_rate"},
    {"errors", "error_rate"},
    {"error", "error_rate"},
    {"average", "mean"},
    {"avg", "mean"},
    {"median", "p50"},
    {"med", "p50"},
    {"rps", "requests_per_second"},
    {"http_reqs", "requests"},
    {"http_req_duration", "p95"},
    {"http_req_failed", "error_rate"},
    {"response time", "p95"},
    {"latency", "p95"},
    {"throughput", "requests_per_second"},
    {"requests/s", "requests_per_second"},
    {"tps", "requests_per_second"},
    {"qps", "requests_per_second"},
    {"failed", "failures"},
    {"fail_rate", "error_rate"},
    {"failure_rate", "error_rate"},
    {"maxErrorRate", "error_rate"},
    {"maximum", "max"},
    {"minimum", "min"},
    {"95th percentile", "p95"},
    {"99th percentile", "p99"},
    {"95% percentile", "p95"},
    {"95 percentile", "p95"},
    {"p95 percentile", "p95"},
    {"percentile95", "p95"},
    {"percentile 95", "p95"},
    {"percentile 99", "p99"},
    {"95%", "p95"},
    {"99%", "p99"},
    {"95th", "p95"},
    {"99th", "p99"},
};

static bool is_word_char(char c)
{
	return ascii_is_name(c) || c == '%' || c == '(' || c == ')';
}

/* `success_rate > 99%` is error_rate < 1%. */
static struct threshold_suggestion error_rate(struct arena *a, struct str rest)
{
	struct threshold_suggestion none = {0};
	size_t above = str_find_char(rest, '>', 0);
	double value;

	if (!str_starts(rest, STR("success")) || above == NOT_FOUND)
		return none;
	while (above < rest.len && strchr("> =", rest.ptr[above]))
		above++;
	if (units_share(str_trim(str_slice(rest, above, rest.len)), &value) != UNIT_OK ||
	    value >= 1)
		return none;
	return (struct threshold_suggestion){
	    rest.len, arena_printf(a, "error_rate < %.10g%%", (1 - value) * 100)};
}

struct threshold_suggestion threshold_suggest_stat(struct arena *a, struct str rest)
{
	struct threshold_suggestion best = error_rate(a, rest);

	if (str_ieq(rest, STR("no errors")) || str_ieq(rest, STR("no failures")))
		return (struct threshold_suggestion){rest.len, STR("failures == 0")};

	for (size_t i = 0; i < sizeof other_words / sizeof *other_words; i++) {
		struct str word = str_of(other_words[i].word);

		/* The longest word that fits. */
		if (word.len <= best.length || rest.len < word.len ||
		    !str_ieq(str_slice(rest, 0, word.len), word) ||
		    (rest.len > word.len && is_word_char(rest.ptr[word.len])))
			continue;
		best = (struct threshold_suggestion){word.len, str_of(other_words[i].use)};
	}
	return best;
}

/* ---- metrics */

/* Words of other tools for metrics. */
static const struct {
	const char *word;
	enum threshold_metric use;
} other_metrics[] = {
    {"ttfb", METRIC_WAIT},
    {"waiting", METRIC_WAIT},
    {"wait_time", METRIC_WAIT},
    {"first_byte", METRIC_WAIT},
    {"time_to_first_byte", METRIC_WAIT},
    {"http_req_waiting", METRIC_WAIT},
    {"starttransfer", METRIC_WAIT},
    {"receiving", METRIC_RECEIVE},
    {"download", METRIC_RECEIVE},
    {"http_req_receiving", METRIC_RECEIVE},
    {"lookup", METRIC_DNS},
    {"dns_lookup", METRIC_DNS},
    {"namelookup", METRIC_DNS},
    {"http_req_looking_up", METRIC_DNS},
    {"tcp", METRIC_CONNECT},
    {"connecting", METRIC_CONNECT},
    {"connect_time", METRIC_CONNECT},
    {"http_req_connecting", METRIC_CONNECT},
    {"ssl", METRIC_TLS},
    {"tls_handshake", METRIC_TLS},
    {"tls_handshaking", METRIC_TLS},
    {"http_req_tls_handshaking", METRIC_TLS},
    {"ttft", METRIC_FIRST_OUTPUT},
    {"first_token", METRIC_FIRST_OUTPUT},
    {"time_to_first_token", METRIC_FIRST_OUTPUT},
    {"inter_token_latency", METRIC_EVENT_GAP},
    {"itl", METRIC_EVENT_GAP},
    {"iterations", METRIC_ITERATION},
    {"iteration_time", METRIC_ITERATION},
    {"iteration_duration", METRIC_ITERATION},
    {"session_length", METRIC_ITERATION},
    {"vusers.session_length", METRIC_ITERATION},
    {"duration", METRIC_RESPONSE_TIME},
    {"latency", METRIC_RESPONSE_TIME},
    {"response", METRIC_RESPONSE_TIME},
    {"http_req_duration", METRIC_RESPONSE_TIME},
    {"http.response_time", METRIC_RESPONSE_TIME},
};

bool threshold_suggest_metric_word(struct str word, enum threshold_metric *out)
{
	for (size_t i = 0; i < sizeof other_metrics / sizeof *other_metrics; i++) {
		if (str_ieq(word, str_of(other_metrics[i].word))) {
			*out = other_metrics[i].use;
			return true;
		}
	}
	for (unsigned i = 0; i < METRIC_COUNT; i++) {
		if (str_ieq(word, str_of(threshold_metric_name((enum threshold_metric)i)))) {
			*out = (enum threshold_metric)i;
			return true;
		}
	}
	return false;
}

/* The words that other_words maps to a statistic of a time: p(95), avg and so on. */
static bool is_stat_of_time(struct str word)
{
	static const char *const words[] = {"mean",   "min",	 "max",	    "avg",    "med",
					    "median", "average", "minimum", "maximum"};
	double value;

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_ieq(word, str_of(words[i])))
			return true;
	if (word.len < 2 || ascii_to_lower(word.ptr[0]) != 'p')
		return false;
	word = str_slice(word, 1, word.len);
	if (word.len > 2 && word.ptr[0] == '(' && word.ptr[word.len - 1] == ')')
		word = str_slice(word, 1, word.len - 1);
	return str_to_double(word, &value);
}

static struct str first_word(struct str rest)
{
	size_t end = 0;

	while (end < rest.len && !ascii_is_space(rest.ptr[end]) && !strchr("<>=!\"", rest.ptr[end]))
		end++;
	return str_slice(rest, 0, end);
}

bool threshold_suggest_is_stat(struct str rest)
{
	return is_stat_of_time(first_word(rest));
}

struct threshold_suggestion threshold_suggest_metric(struct arena *a, struct str rest)
{
	struct str word = first_word(rest), last;
	size_t dot = word.len;
	enum threshold_metric metric;

	if (threshold_suggest_metric_word(word, &metric)) {
		const char *name = threshold_metric_name(metric);

		if (threshold_suggest_is_stat(str_trim(str_slice(rest, word.len, rest.len))))
			return (struct threshold_suggestion){word.len, str_of(name)};
		if (metric != METRIC_RESPONSE_TIME)
			return (struct threshold_suggestion){word.len,
							     arena_printf(a, "%s p95", name)};
		return (struct threshold_suggestion){0};
	}
	while (dot > 0 && !strchr("._:-", word.ptr[dot - 1]))
		dot--;
	last = str_slice(word, dot, word.len);
	if (!dot || !is_stat_of_time(last) ||
	    !threshold_suggest_metric_word(str_slice(word, 0, dot - 1), &metric))
		return (struct threshold_suggestion){0};
	return (struct threshold_suggestion){
	    word.len, arena_printf(a, "%s %.*s", threshold_metric_name(metric), STR_ARG(last))};
}

struct threshold_suggestion threshold_suggest_op(struct str rest)
{
	static const struct {
		const char *word, *op;
	} words[] = {
	    {"less than", "<"},	   {"lower than", "<"}, {"smaller than", "<"}, {"under", "<"},
	    {"below", "<"},	   {"at most", "<="},	{"max", "<="},	       {"up to", "<="},
	    {"greater than", ">"}, {"more than", ">"},	{"higher than", ">"},  {"over", ">"},
	    {"above", ">"},	   {"at least", ">="},	{"min", ">="},	       {"equals", "=="},
	    {"equal to", "=="},	   {"lt", "<"},		{"gt", ">"},	       {"lte", "<="},
	    {"gte", ">="},	   {":", "<"},
	};
	size_t skipped = str_starts(rest, STR("is "))	     ? 3
			 : str_starts(rest, STR("must be ")) ? 8
							     : 0;
	struct str text = str_slice(rest, skipped, rest.len);

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		struct str word = str_of(words[i].word);

		if (str_starts(text, word) &&
		    (text.len == word.len || !is_word_char(text.ptr[word.len])))
			return (struct threshold_suggestion){skipped + word.len,
							     str_of(words[i].op)};
	}
	return (struct threshold_suggestion){0};
}

struct str threshold_suggest_name(struct arena *a, struct str text, size_t at, struct str name)
{
	size_t op = 0;

	while (op < text.len && !strchr("<>=!", text.ptr[op]))
		op++;
	if (name.len > 1 && name.ptr[0] == '"' && name.ptr[name.len - 1] == '"')
		name = str_slice(name, 1, name.len - 1);
	if (str_find_char(name, '"', 0) != NOT_FOUND)
		return STR("");
	return arena_printf(a, "%.*s of \"%.*s\" %.*s", STR_ARG(str_trim(str_slice(text, 0, op))),
			    STR_ARG(name), STR_ARG(str_trim(str_slice(text, op, at))));
}

/* `p95 < 300` most likely means milliseconds, and `error_rate < 1` percent. */
struct str threshold_suggest_value(struct arena *a, enum threshold_unit unit, struct str word)
{
	double value;

	if (!str_to_double(word, &value) || value < 0)
		return STR("");
	if (unit == THRESHOLD_MS)
		return arena_printf(a, "%.*sms", STR_ARG(word));
	if (unit == THRESHOLD_SHARE && value < 1)
		return arena_printf(a, "%.10g%%", value * 100);
	if (unit == THRESHOLD_SHARE)
		return arena_printf(a, "%.*s%%", STR_ARG(word));
	return STR("");
}
