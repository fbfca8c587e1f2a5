/* `retry:` of requests: its keys, and the failures under `when`. */
#include "doc/node.h"
#include "interface/reader.h"
#include "steps/request_modifiers.h"

/* In the order of enum retry_when. */
static const char *const when_words[] = {"timeout", "connect", "5xx", "expect", "extract"};
#define WHEN_WORDS (sizeof when_words / sizeof *when_words)

/* One entry of `when`. */
struct retry_reason {
	unsigned when; /* of enum retry_when; 0: the statuses */
	struct status_range statuses;
};

static void read_reason(struct reader *r, const struct node *node, void *out)
{
	struct retry_reason *reason = out;
	struct str words[WHEN_WORDS];

	if (node->kind != NODE_SCALAR) {
		reader_wrong_shape(r, node, "a failure such as timeout, 5xx or 429");
		return;
	}
	for (size_t i = 0; i < WHEN_WORDS; i++) {
		words[i] = str_of(when_words[i]);
		if (str_eq(node->text, words[i]))
			reason->when = 1u << i;
	}
	if (reason->when || status_range_parse(node->text, &reason->statuses))
		return;
	struct str near = diag_nearest(node->text, words, WHEN_WORDS);
	const char *message = "'%.*s' is not one of 'timeout', 'connect', '5xx', 'expect' or "
			      "'extract', and not a status such as 429 or 4xx";

	if (!near.ptr) {
		reader_error(r, node->span, DIAG_E303, message, STR_ARG(node->text));
		return;
	}
	struct diag *diag = reader_error(r, node->span, DIAG_E303,
					 "'%.*s' is not one of 'timeout', 'connect', '5xx', "
					 "'expect' or 'extract', and not a status such as 429 or "
					 "4xx; did you mean '%.*s'?",
					 STR_ARG(node->text), STR_ARG(near));
	reader_fix_value(r, diag, node, near);
}

static const struct field_special reason_special = {
    .name = "a failure such as timeout, 5xx or 429",
    .read = read_reason,
    .schema = "{\"anyOf\": [{\"enum\": [\"timeout\", \"connect\", \"expect\", \"extract\"]}, "
	      "{\"type\": \"integer\", \"minimum\": 100, \"maximum\": 599}, "
	      "{\"type\": \"string\", \"pattern\": \"^[1-5](xx|[0-9][0-9])$\"}]}",
};

static const struct field reason_element = {
    .type = FIELD_SPECIAL, .bytes = sizeof(struct retry_reason), .special = &reason_special};

const struct field request_modifiers_retry_fields[] = {
    FIELD(struct retry, times, "times", FIELD_INT, .flags = FIELD_REQUIRED | FIELD_PARAMETER,
	  .low = 1, .high = 1000, .example = "3", .prose = "Maximum number of retries."),
    FIELD(struct retry, delay, "delay", FIELD_DURATION, .flags = FIELD_PARAMETER, .fallback = "0",
	  .high = 3600, .example = "500ms",
	  .prose = "Delay before each retry, or before the first one if `factor` is given."),
    FIELD(struct retry, factor, "factor", FIELD_NUMBER, .flags = FIELD_PARAMETER, .fallback = "1",
	  .low = 1, .high = 100, .example = "2",
	  .prose = "Each further delay is this many times as long as the one before it "
		   "(exponential backoff)."),
    FIELD(struct retry, max_delay, "max_delay", FIELD_DURATION, .flags = FIELD_PARAMETER,
	  .fallback = "1h", .low = 0.001, .high = 3600, .example = "10s",
	  .prose = "Maximum delay, also if the server asks for a longer one."),
    FIELD(struct retry, jitter, "jitter", FIELD_SHARE, .flags = FIELD_PARAMETER, .fallback = "0%",
	  .high = 1, .example = "20%",
	  .prose = "Each delay is shorter or longer by up to this percentage, at random, so that "
		   "users do not return at the same time."),
    FIELD(struct retry, retry_after, "retry_after", FIELD_BOOL, .flags = FIELD_PARAMETER,
	  .fallback = "no", .example = "yes",
	  .prose = "Whether to wait for the time in the header Retry-After, if the response has "
		   "it; `jitter` makes this time only longer."),
    FIELD(struct retry, when, "when", FIELD_LIST, .flags = FIELD_ONE_OK, .element = &reason_element,
	  .example = "[timeout, 429, 5xx]",
	  .prose = "Failures that are retried: timeout, connect (no connection, or connection "
		   "reset), expect, extract, statuses such as 429, and classes such as 5xx. "
		   "Default: timeout, connect and 5xx."),
    FIELD_END,
};

struct retry_plan request_modifiers_plan_retry(struct emitter *e, const struct retry *retry)
{
	const struct retry_reason *reasons = retry->when.items;
	struct status_range *statuses =
	    ARENA_ARRAY(emit_arena(e), retry->when.count + 1, struct status_range);
	struct retry_plan plan = {.times = (uint32_t)retry->times,
				  .statuses = statuses,
				  .delay = retry->delay,
				  .factor = retry->factor,
				  .max_delay = retry->max_delay,
				  .jitter = retry->jitter,
				  .retry_after = retry->retry_after};

	for (size_t i = 0; i < retry->when.count; i++) {
		plan.when |= reasons[i].when;
		if (!reasons[i].when)
			statuses[plan.status_count++] = reasons[i].statuses;
	}
	if (!retry->when.count)
		plan.when = RETRY_TIMEOUT | RETRY_CONNECT | RETRY_5XX;
	return plan;
}
