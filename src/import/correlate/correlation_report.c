/* The report of correlations: the source of each variable. */
#include "import/correlate/correlation.h"

static const char *source_text(const struct occurrence *occurrence)
{
	switch (occurrence->found_in) {
	case VALUE_SOURCE_INPUT:
		return occurrence->hidden ? "the hidden input" : "the input";
	case VALUE_SOURCE_HEADER:
		return "a header";
	case VALUE_SOURCE_COOKIE:
		return "the cookie";
	case VALUE_SOURCE_LOCATION:
		return "the redirect";
	case VALUE_SOURCE_META:
		return "the meta tag";
	case VALUE_SOURCE_LINK:
		return "a link";
	case VALUE_SOURCE_SCRIPT:
		return "a script";
	case VALUE_SOURCE_JSON:
	case VALUE_SOURCE_DATA:
	case VALUE_SOURCE_TEXT:
		break;
	}
	return "the text";
}

static struct str path_of(struct str url)
{
	size_t at = str_find(url, STR("://"), 0), mark = str_find_char(url, '?', 0);

	at = at == NOT_FOUND ? 0 : str_find_char(url, '/', at + 3);
	return at == NOT_FOUND ? STR("/") : str_slice(url, at, mark);
}

static struct str describe_source(struct correlation *c, uint32_t in_step, uint32_t extractor_spec,
				  const struct occurrence *occurrence)
{
	const struct conversion_step *step = &c->conversion->steps.items[in_step];
	const struct extractor_spec *t = &step->extractor_specs.items[extractor_spec];
	bool path = str_eq(t->kind, STR("jsonpath"));

	return arena_printf(&c->conversion->job->arena, "from %.*s of %.*s %.*s",
			    STR_ARG(path ? t->value : str_of(source_text(occurrence))),
			    STR_ARG(step->tx->method), STR_ARG(path_of(step->tx->url)));
}

void correlation_report(struct correlation *c, struct str name, uint32_t step,
			uint32_t extractor_spec, const struct occurrence *occurrence, size_t uses,
			int score, struct str why)
{
	struct arena *a = &c->conversion->job->arena;
	struct report_row variable_reports = {
	    .name = name, .what = describe_source(c, step, extractor_spec, occurrence), .why = why};

	for (size_t i = 0; i < c->conversion->variable_reports.count; i++)
		if (str_eq(c->conversion->variable_reports.items[i].name, name)) {
			c->conversion->variable_reports.items[i].sure =
			    STR("certain (issued again on the way)");
			return;
		}
	variable_reports.used =
	    uses == 1 ? STR("used once") : arena_printf(a, "used %zu times", uses);
	variable_reports.sure = score >= 7 ? STR("certain") : STR("likely");
	VEC_PUSH(a, &c->conversion->variable_reports, variable_reports);
}
