/* Parses the short form. */
#include "stats/threshold.h"

#include <string.h>

#include "base/ascii.h"
#include "base/diag.h"
#include "base/units.h"
#include "stats/threshold_suggest.h"

struct stat_word {
	struct str word;
	enum threshold_stat stat;
	enum threshold_unit unit;
};

#define THRESHOLD_STAT(word, stat, unit, sentence, example)                                        \
	{{word, sizeof(word) - 1}, STAT_##stat, THRESHOLD_##unit},
static const struct stat_word stat_words[] = {
#include "stats/threshold_words.def"
};
#define STAT_WORDS (sizeof stat_words / sizeof *stat_words)

/* Longer ones first. */
static const struct {
	struct str word;
	enum threshold_op op;
} op_words[] = {
    {{"<=", 2}, THRESHOLD_LESS_EQUAL}, {{">=", 2}, THRESHOLD_GREATER_EQUAL},
    {{"==", 2}, THRESHOLD_EQUAL},      {{"!=", 2}, THRESHOLD_NOT_EQUAL},
    {{"<", 1}, THRESHOLD_LESS},	       {{">", 1}, THRESHOLD_GREATER},
};

struct threshold_parser {
	struct arena *arena;
	struct str text;
	size_t at;
	struct threshold_error *error;
};

static bool fail(struct threshold_parser *p, size_t begin, size_t end, const char *message)
{
	*p->error = (struct threshold_error){.begin = begin, .end = end, .message = message};
	return false;
}

static void skip_spaces(struct threshold_parser *p)
{
	while (p->at < p->text.len && ascii_is_space(p->text.ptr[p->at]))
		p->at++;
}

/* The next word, up to a space, a comparison or a quote. */
static struct str peek_word(const struct threshold_parser *p)
{
	size_t end = p->at;

	while (end < p->text.len && !ascii_is_space(p->text.ptr[end]) &&
	       !strchr("<>=!\"", p->text.ptr[end]))
		end++;
	return str_slice(p->text, p->at, end);
}

/* The end of a name without quotes, which is followed by the comparison. */
static size_t name_without_quotes(const struct threshold_parser *p)
{
	size_t end = p->at;

	while (end < p->text.len && !strchr("<>=!\"", p->text.ptr[end]))
		end++;
	while (end > p->at && ascii_is_space(p->text.ptr[end - 1]))
		end--;
	return end;
}

static bool skip_keyword(struct threshold_parser *p, struct str keyword)
{
	if (!str_eq(peek_word(p), keyword))
		return false;
	p->at += keyword.len;
	skip_spaces(p);
	return true;
}

static bool parse_percentile(struct str word, double *out)
{
	double value;

	if (word.len < 2 || word.ptr[0] != 'p' || word.ptr[1] < '0' || word.ptr[1] > '9')
		return false;
	if (!str_to_double(str_slice(word, 1, word.len), &value))
		return false;
	*out = value;
	return true;
}

/* The text from FROM to the end of the text is unknown; FIX replaces LENGTH of it. */
static bool suggest(struct threshold_parser *p, size_t from, size_t length, const char *what,
		    struct str fix)
{
	struct str word = str_slice(p->text, from, from + length);

	fail(
	    p, from, from + length,
	    arena_printf(p->arena, "unknown %s '%.*s'; use %.*s", what, STR_ARG(word), STR_ARG(fix))
		.ptr);
	p->error->fix = fix;
	return false;
}

static bool unknown_metric(struct threshold_parser *p, struct str word)
{
	struct str words[METRIC_COUNT];

	for (unsigned i = 0; i < METRIC_COUNT; i++)
		words[i] = str_of(threshold_metric_name((enum threshold_metric)i));
	fail(p, p->at, p->at + word.len,
	     arena_printf(p->arena,
			  "unknown metric '%.*s'; use one such as response_time, wait, connect or "
			  "iteration ('reprise explain metrics' lists all)",
			  STR_ARG(word))
		 .ptr);
	p->error->near = diag_nearest(word, words, METRIC_COUNT);
	return false;
}

static bool unknown_stat(struct threshold_parser *p, struct str word)
{
	struct str words[STAT_WORDS], rest = str_slice(p->text, p->at, p->text.len);

	for (size_t i = 0; i < STAT_WORDS; i++)
		words[i] = stat_words[i].word;
	struct threshold_suggestion other = threshold_suggest_stat(p->arena, rest);

	if (other.length)
		return suggest(p, p->at, other.length, "statistic", other.fix);
	fail(
	    p, p->at, p->at + word.len,
	    arena_printf(p->arena,
			 "unknown statistic '%.*s'; use one such as p95, mean, error_rate, "
			 "failures or requests_per_second ('reprise explain thresholds' lists all)",
			 STR_ARG(word))
		.ptr);
	p->error->near = diag_nearest(word, words, STAT_WORDS);
	return false;
}

/* The word is neither a metric nor a statistic. */
static bool unknown_word(struct threshold_parser *p, struct str word)
{
	struct str rest = str_slice(p->text, p->at, p->text.len);
	struct threshold_suggestion metric = threshold_suggest_metric(p->arena, rest);

	if (metric.length)
		return suggest(p, p->at, metric.length, "metric", metric.fix);
	if (threshold_suggest_is_stat(str_trim(str_slice(rest, word.len, rest.len))))
		return unknown_metric(p, word);
	return unknown_stat(p, word);
}

/* METRIC is optional; the statistic follows it. */
static bool parse_metric(struct threshold_parser *p, struct threshold *out, bool *given)
{
	struct str word = peek_word(p);
	size_t begin = p->at;

	*given = threshold_metric_find(word, &out->metric);
	if (!*given)
		return true;
	p->at += word.len;
	skip_spaces(p);
	if (peek_word(p).len && !str_eq(peek_word(p), STR("of")))
		return true;
	fail(p, begin, begin + word.len,
	     arena_printf(p->arena, "'%.*s' needs a statistic, such as %.*s p95 or %.*s max",
			  STR_ARG(word), STR_ARG(word), STR_ARG(word))
		 .ptr);
	p->error->fix = arena_printf(p->arena, "%.*s p95", STR_ARG(word));
	return false;
}

static bool read_stat(struct threshold_parser *p, struct str word, struct threshold *out)
{
	if (parse_percentile(word, &out->percentile)) {
		if (!(out->percentile > 0 && out->percentile < 100))
			return fail(
			    p, p->at, p->at + word.len,
			    "a percentile must be between 0 and 100; the ends are min and max");
		out->stat = STAT_PERCENTILE;
		out->unit = THRESHOLD_MS;
		return true;
	}
	for (size_t i = 0; i < STAT_WORDS; i++) {
		if (!str_eq(word, stat_words[i].word))
			continue;
		out->stat = stat_words[i].stat;
		out->unit = stat_words[i].unit;
		return true;
	}
	return unknown_word(p, word);
}

/* `p95 wait < 1s` and `p95 of wait < 1s`: the metric belongs before the statistic. */
static bool is_metric_after_stat(struct threshold_parser *p, size_t begin, struct str stat)
{
	size_t end = p->at;
	enum threshold_metric metric;

	skip_spaces(p);
	skip_keyword(p, STR("of"));
	struct str word = peek_word(p);

	if (!threshold_metric_find(word, &metric) &&
	    !threshold_suggest_metric_word(word, &metric)) {
		p->at = end;
		return false;
	}
	fail(p, begin, p->at + word.len,
	     arena_printf(p->arena, "the metric must be before the statistic: %s %.*s",
			  threshold_metric_name(metric), STR_ARG(stat))
		 .ptr);
	p->error->fix =
	    arena_printf(p->arena, "%s %.*s", threshold_metric_name(metric), STR_ARG(stat));
	return true;
}

static bool parse_stat(struct threshold_parser *p, struct threshold *out)
{
	bool has_metric;

	if (!parse_metric(p, out, &has_metric))
		return false;
	struct str word = peek_word(p);
	size_t begin = p->at;

	if (!read_stat(p, word, out))
		return false;
	if (has_metric && !threshold_stat_is_time(out->stat))
		return fail(p, begin, begin + word.len,
			    arena_printf(p->arena,
					 "'%.*s' is not a statistic of a time; after '%s' use a "
					 "percentile such as p95, mean, min or max",
					 STR_ARG(word), threshold_metric_name(out->metric))
				.ptr);
	p->at += word.len;
	out->stat_end = p->at;
	return has_metric || !threshold_stat_is_time(out->stat) ||
	       !is_metric_after_stat(p, begin, word);
}

/* A name in double quotes, with \" and \\ as escapes; starts at the first quote. */
static bool parse_quoted(struct threshold_parser *p, struct str *out)
{
	size_t begin = p->at, len = 0;
	char *name = arena_alloc(p->arena, p->text.len - begin);

	for (p->at++; p->at < p->text.len; p->at++) {
		char c = p->text.ptr[p->at];

		if (c == '"') {
			p->at++;
			*out = str_n(name, len);
			if (len)
				return true;
			return fail(p, begin, p->at, "expected a name between the quotes");
		}
		if (c == '\\' && p->at + 1 < p->text.len && strchr("\"\\", p->text.ptr[p->at + 1]))
			c = p->text.ptr[++p->at];
		name[len++] = c;
	}
	return fail(p, begin, p->text.len, "the name has no closing double quote");
}

static bool parse_name(struct threshold_parser *p, struct threshold *out)
{
	size_t begin;

	skip_spaces(p);
	begin = p->at;
	if (!skip_keyword(p, STR("of")))
		return true;
	if (out->stat == STAT_DROPPED)
		return fail(p, begin, p->at,
			    "dropped arrivals do not belong to a step; remove 'of' and the name");
	if (p->at < p->text.len && p->text.ptr[p->at] == '"')
		return parse_quoted(p, &out->name);
	fail(p, p->at, name_without_quotes(p),
	     "expected the name of a step, group or scenario in double quotes: of \"Search\"");
	if (p->error->end > p->error->begin)
		p->error->fix =
		    arena_printf(p->arena, "\"%.*s\"",
				 STR_ARG(str_slice(p->text, p->error->begin, p->error->end)));
	return false;
}

static bool parse_op(struct threshold_parser *p, struct threshold *out)
{
	struct str rest;

	skip_spaces(p);
	rest = str_slice(p->text, p->at, p->text.len);
	for (size_t i = 0; i < sizeof op_words / sizeof *op_words; i++) {
		if (!str_starts(rest, op_words[i].word))
			continue;
		out->op = op_words[i].op;
		p->at += op_words[i].word.len;
		return true;
	}
	struct threshold_suggestion other = threshold_suggest_op(rest);
	if (other.length) {
		fail(p, p->at, p->at + other.length, "expected < <= > >= == or !=");
		p->error->fix = other.fix;
		return false;
	}
	if (str_starts(rest, STR("=")))
		return fail(p, p->at, p->at + 1, "write == for equal");
	return fail(p, p->at, p->at + peek_word(p).len, "expected < <= > >= == or !=");
}

/* The words up to `for`, `after` or the end; a value may have a space before its unit. */
static struct str read_value(struct threshold_parser *p, size_t *begin)
{
	size_t end;

	skip_spaces(p);
	*begin = end = p->at;
	while (p->at < p->text.len) {
		struct str word = peek_word(p);

		if (str_eq(word, STR("for")) || str_eq(word, STR("after")))
			break;
		p->at += word.len ? word.len : 1;
		end = p->at;
		skip_spaces(p);
	}
	return str_slice(p->text, *begin, end);
}

static enum units_error read_time(struct str word, double *out)
{
	ns_t length = 0;
	enum units_error error = units_duration(word, &length);

	*out = (double)length / (double)NS_PER_MS;
	return error;
}

/* `p95 < 300ms of List`: the name is after the comparison. */
static bool name_after_value(struct threshold_parser *p, size_t begin, struct str word)
{
	size_t at = begin + str_find(word, STR(" of "), 0) + strlen(" of ");

	fail(p, 0, begin + word.len,
	     "'of' and its name must be before the comparison: p95 of \"Search\" < 300ms");
	p->error->fix = threshold_suggest_name(p->arena, p->text, at - strlen("of "),
					       str_trim(str_slice(p->text, at, begin + word.len)));
	return false;
}

static bool parse_value(struct threshold_parser *p, struct threshold *out)
{
	static const char *const expected[] = {
	    [THRESHOLD_MS] = "expected a time with its unit: 300ms or 1.5s",
	    [THRESHOLD_SHARE] = "expected a percentage with its sign: 1% or 0.5%",
	    [THRESHOLD_PER_SECOND] = "expected a rate: 100/s or 300/m",
	    [THRESHOLD_COUNT] = "expected a count: 0 or 1000",
	};
	size_t begin;
	struct str word = read_value(p, &begin);
	bool plain = str_to_double(word, &out->value), good = false;

	if (out->stat == STAT_FAILED_ITERATIONS && str_ends(word, STR("%")))
		out->unit = THRESHOLD_SHARE;

	switch (out->unit) {
	case THRESHOLD_MS:
		good = read_time(word, &out->value) == UNIT_OK;
		break;
	case THRESHOLD_SHARE:
		good = (plain && out->value == 0) || units_share(word, &out->value) == UNIT_OK;
		break;
	case THRESHOLD_PER_SECOND:
		good = plain || units_rate(word, &out->value) == UNIT_OK;
		break;
	case THRESHOLD_COUNT:
		good = plain;
		break;
	}
	if (good && out->value >= 0)
		return true;
	if (str_find(word, STR(" of "), 0) != NOT_FOUND)
		return name_after_value(p, begin, word);
	fail(p, begin, begin + word.len, expected[out->unit]);
	p->error->fix = threshold_suggest_value(p->arena, out->unit, word);
	return false;
}

static bool parse_length(struct threshold_parser *p, ns_t *out)
{
	size_t begin;
	struct str word = read_value(p, &begin);

	if (*out)
		return fail(p, begin, begin + word.len, "given twice");
	if (units_duration(word, out) != UNIT_OK || *out <= 0)
		return fail(p, begin, begin + word.len, "expected a duration: 10s or 1m");
	return true;
}

/* `p95 < 300ms for List`: a name instead of a duration. */
static bool is_name_after_for(struct threshold_parser *p, const struct threshold *t,
			      size_t keyword_at)
{
	struct str name = str_trim(str_slice(p->text, p->at, p->text.len));

	if (!name.len || ascii_is_digit(name.ptr[0]) || t->name.len)
		return false;
	fail(p, 0, p->text.len, "'for' needs a duration such as 10s; for one step, write 'of'");
	p->error->fix = threshold_suggest_name(p->arena, p->text, keyword_at, name);
	return true;
}

static bool parse_conditions(struct threshold_parser *p, struct threshold *out)
{
	while (p->at < p->text.len) {
		size_t keyword_at = p->at;
		ns_t *length = skip_keyword(p, STR("for")) ? &out->for_ns : &out->after_ns;

		if (length == &out->for_ns && is_name_after_for(p, out, keyword_at))
			return false;
		if (length == &out->after_ns)
			skip_keyword(p, STR("after"));
		if (!parse_length(p, length))
			return false;
	}
	if (out->for_ns && out->for_ns < NS_PER_S)
		return fail(p, 0, p->text.len, "'for' is evaluated once a second; use at least 1s");
	return true;
}

bool threshold_parse(struct arena *arena, struct str text, struct threshold *out,
		     struct threshold_error *error)
{
	struct threshold_parser p = {.arena = arena, .text = text, .error = error};

	*out = (struct threshold){.text = str_trim(text)};
	skip_spaces(&p);
	return parse_stat(&p, out) && parse_name(&p, out) && parse_op(&p, out) &&
	       parse_value(&p, out) && parse_conditions(&p, out);
}
