/* A threshold as it is written: one text, or a mapping. */
#include "scenario/reader_private.h"
#include "scenario/scenario_file.h"

#define THRESHOLD_METRIC(word, metric, time, source, sentence, example) word,
static const char *const metric_choices[] = {
#include "stats/threshold_words.def"
    NULL};

#define THRESHOLD_METRIC(word, metric, time, source, sentence, example) sentence,
static const char *const metric_meanings[] = {
#include "stats/threshold_words.def"
    NULL};

static const struct field threshold_fields[] = {
    FIELD(struct threshold_line, check, "check", FIELD_TEXT, .label = "Condition",
	  .flags = FIELD_REQUIRED | FIELD_PARAMETER, .example = "p95 < 1s",
	  .prose = "Condition, as in the short form."),
    FIELD(struct threshold_line, metric, "metric", FIELD_ENUM, .meanings = metric_meanings,
	  .flags = FIELD_PARAMETER, .choices = metric_choices, .example = "wait",
	  .prose = "The time that the statistic in `check` is of; default: the response time."),
    FIELD(struct threshold_line, step, "step", FIELD_TEXT, .suggests = "steps", .example = "Search",
	  .prose = "Count only requests of this step."),
    FIELD(struct threshold_line, group, "group", FIELD_TEXT, .suggests = "groups",
	  .example = "Checkout", .prose = "Count only this group."),
    FIELD(struct threshold_line, scenario, "scenario", FIELD_TEXT, .suggests = "scenarios",
	  .example = "Buy", .prose = "Count only this scenario."),
    FIELD(struct threshold_line, for_ns, "for", FIELD_DURATION, .label = "Fail after",
	  .flags = FIELD_PARAMETER, .example = "10s",
	  .prose = "Fail only if the condition is false continuously for this long."),
    FIELD(struct threshold_line, after_ns, "after", FIELD_DURATION, .label = "Ignore the first",
	  .flags = FIELD_PARAMETER, .example = "30s", .prose = "Ignore the time before this."),
    FIELD(struct threshold_line, abort, "abort", FIELD_BOOL, .label = "End the run",
	  .flags = FIELD_PARAMETER, .fallback = "no", .example = "yes",
	  .prose = "Whether to end the run in the first second at whose end it is not met."),
    FIELD_END,
};

static bool has_known_key(const struct node *node)
{
	for (size_t i = 0; i < node->count; i++)
		if (field_find(threshold_fields, node->pairs[i].key->text))
			return true;
	return false;
}

/* `- p95: 300ms` */
static bool is_key_and_value(const struct node *node)
{
	const struct node_pair *pair = node->pairs;

	return node->count == 1 && !field_find(threshold_fields, pair->key->text) &&
	       pair->value->kind == NODE_SCALAR &&
	       str_find_char(pair->value->text, '<', 0) == NOT_FOUND &&
	       str_find_char(pair->value->text, '>', 0) == NOT_FOUND;
}

/* `p95: 300` as "p95 < 300ms"; empty if the key is not a statistic. */
static struct str as_comparison(struct reader *r, const struct node_pair *pair)
{
	static const struct {
		const char *word, *op, *unit;
	} statistics[] = {
	    {"mean", "<", "ms"},
	    {"min", "<", "ms"},
	    {"max", "<", "ms"},
	    {"error_rate", "<", "%"},
	    {"failures", "<=", ""},
	    {"dropped", "<=", ""},
	    {"expect_failures", "<=", ""},
	    {"requests", ">=", ""},
	    {"iterations", ">=", ""},
	    {"requests_per_second", ">=", "/s"},
	};
	struct str key = pair->key->text, value = pair->value->text;
	const char *op = NULL, *unit = "";
	double number;

	if (key.len > 1 && key.ptr[0] == 'p' &&
	    str_to_double(str_slice(key, 1, key.len), &number)) {
		op = "<";
		unit = "ms";
	}
	for (size_t i = 0; i < sizeof statistics / sizeof *statistics; i++)
		if (str_eq(key, str_of(statistics[i].word))) {
			op = statistics[i].op;
			unit = statistics[i].unit;
		}
	if (!op || pair->value->kind != NODE_SCALAR)
		return STR("");
	return arena_printf(r->arena, "%.*s %s %.*s%s", STR_ARG(key), op, STR_ARG(value),
			    str_to_double(value, &number) ? unit : "");
}

/* A mapping instead of the text; SEVERAL: of several statistics. */
static void report_not_text(struct reader *r, const struct node *node, bool several)
{
	struct diag *diag =
	    reader_error(r, node->span, DIAG_E308,
			 several ? "each threshold is one text with a comparison, after a dash"
				 : "a threshold is one text with a comparison");
	struct str text = as_comparison(r, &node->pairs[0]);

	if (text.len && several)
		diag_note(r->diags, diag, SPAN_NONE, "for example: - %.*s", STR_ARG(text));
	else if (text.len)
		reader_fix_value(r, diag, node, text);
}

static void read_threshold(struct reader *r, const struct node *node, void *out)
{
	struct threshold_line *line = out;

	line->node = node;
	if (node->kind != NODE_MAP) {
		reader_replaced(r, node, "a threshold such as p95 < 300ms", &line->check);
		return;
	}
	bool several = node->count > 1 && !has_known_key(node);
	if (several || is_key_and_value(node)) {
		report_not_text(r, node, several);
		return;
	}
	if (!reader_object(r, node, threshold_fields, line))
		return;
	line->node = keys_value(&line->keys, "check");
	if ((line->step.ptr != NULL) + (line->group.ptr != NULL) + (line->scenario.ptr != NULL) > 1)
		reader_error(r, node->span, DIAG_E306,
			     "a threshold can have only one of step, group and scenario");
}

static const struct field_special threshold_special = {
    .widget = "threshold",
    .name = "a threshold such as p95 < 300ms",
    .read = read_threshold,
    .fields = threshold_fields,
    .definition = "threshold",
};

const struct field threshold_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct threshold_line), .special = &threshold_special};
