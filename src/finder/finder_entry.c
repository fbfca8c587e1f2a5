/* Reads an entry of `extract:` that is not part of a scenario file. */
#include "finder/finder.h"
#include "scenario/scenario_reader.h"

/* Whether TEXT can be used without a run. */
static bool is_constant(struct diag_list *diags, struct span span, struct str text)
{
	if (str_find(text, STR("${"), 0) == NOT_FOUND)
		return true;
	diag_error(
	    diags, span, DIAG_E149,
	    "'%.*s' has a value that is only known in a run; write the value itself to try it",
	    STR_ARG(text));
	return false;
}

static bool is_known_source(struct diag_list *diags, const struct extract *extract)
{
	struct str from = extract->from.raw;

	if (!from.len || str_eq(from, STR("body")) || str_eq(from, STR("headers")) ||
	    str_eq(from, STR("url")))
		return true;
	diag_error(diags, extract->span, DIAG_E149,
		   "the variable '%.*s' has a value only in a run; try the extractor without "
		   "`from`, or with body, headers or url",
		   STR_ARG(from));
	return false;
}

bool finder_read_entry(struct finder *f, const struct node *entry, struct diag_list *diags,
		       struct extract *out)
{
	struct node key = {.kind = NODE_SCALAR, .style = NODE_PLAIN, .text = STR("value")};
	struct node_pair pair = {.key = &key, .value = (struct node *)entry};
	struct node map = {.kind = NODE_MAP, .pairs = &pair, .count = 1, .span = entry->span};
	struct extracts all = {.count = 0};
	struct reader reader;

	scenario_reader_init(&reader, f->out, diags, f->tables, NULL, NULL);
	if (!reader_extracts(&reader, &map, &all) || diags->errors || !all.count)
		return false;
	*out = all.items[0];
	return is_constant(diags, out->span, out->value.raw) && is_known_source(diags, out);
}
