/* regex: extracts the matches of a PCRE2 pattern; the first group if it has one. */
#include "base/regex.h"

#include "extract/bad_expression.h"
#include "interface/extract.h"
#include "interface/reader.h"

struct regex_fields {
	struct keys keys;
	struct str group;
};

struct regex_plan {
	struct regex *regex;
	unsigned group;
};

static const struct field fields[] = {
    FIELD(struct regex_fields, group, "group", FIELD_TEXT, .example = "2",
	  .prose = "Capture group to extract, by number or name; default: the first one, or the "
		   "whole match."),
    FIELD_END,
};

/* The number of the requested group, or -1 after an error. */
static int choose_group(struct diag_list *diags, const struct extract *extract,
			const struct regex *regex)
{
	const struct regex_fields *own = extract->data;
	unsigned groups = regex_groups(regex);
	int64_t number;

	if (!own || !own->group.ptr)
		return groups ? 1 : 0;
	if (!str_to_int(own->group, &number))
		number = regex_group_number(regex, own->group);
	if (number >= 0 && number <= (int64_t)groups)
		return (int)number;
	diag_error(diags, bad_expression_span(extract, 0, extract->value.raw.len), DIAG_E349,
		   "the pattern has no group %.*s; it has %u", STR_ARG(own->group), groups);
	return -1;
}

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct regex_plan *plan = ARENA_NEW(a, struct regex_plan);
	struct regex_error error;
	struct str pattern = extract->value.raw;

	plan->regex = regex_new(pattern, jit, &error);
	if (!plan->regex) {
		size_t at = error.offset < pattern.len ? error.offset : pattern.len;

		bad_expression_report(diags, extract, DIAG_E207, "pattern",
				      at == pattern.len && at ? at - 1 : at, error.text);
		return NULL;
	}
	int group = choose_group(diags, extract, plan->regex);
	if (group < 0) {
		regex_free(plan->regex);
		return NULL;
	}
	plan->group = (unsigned)group;
	return plan;
}

static void release(const void *data)
{
	const struct regex_plan *plan = data;

	regex_free(plan->regex);
}

static enum find_outcome find(const void *data, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	const struct regex_plan *plan = data;
	size_t at = 0, max = matches->wanted ? matches->wanted : 10000;

	(void)response;
	while (matches->count < max && at <= subject.len) {
		enum regex_outcome outcome = regex_find(plan->regex, scratch->regex, subject, at);

		if (outcome == REGEX_LIMIT)
			return FIND_LIMIT;
		if (outcome == REGEX_NO_MATCH)
			break;
		struct str found = regex_group(scratch->regex, subject, plan->group);
		if (!extract_add_match(matches, scratch, value_text(found.ptr ? found : STR(""))))
			return FIND_LIMIT;
		at = regex_next(scratch->regex, subject);
	}
	return FIND_OK;
}

static void explain(const void *data, const struct response *response, struct str subject,
		    struct buf *out)
{
	size_t end = 0;

	(void)data;
	(void)response;
	if (!subject.len) {
		buf_add(out, STR("the text to search is empty"));
		return;
	}
	while (end < subject.len && end < 60 && subject.ptr[end] != '\n') {
		size_t step = str_utf8_step(subject, end);

		end += step ? step : 1;
	}
	buf_printf(out, "the pattern does not match the %zu bytes that start with \"%.*s\"",
		   subject.len, (int)end, subject.ptr);
}

const struct extract_kind regex_extract = {
    .name = "regex",
    .sentence = "Match of a regular expression (PCRE2): its first group, or the whole match.",
    .example = "'id=(\\d+)'",
    .fields = fields,
    .bytes = sizeof(struct regex_fields),
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .release = release,
    .find = find,
    .explain = explain,
};
