/*
 * form_field: the value that an HTML form would send for a name: of an input, a textarea, or the
 * selected option of a select. A scanner of its own, linear in the page, that takes HTML as it
 * comes: attributes in any order, quotes or none, entities, comments and scripts stepped over.
 */
#include "base/html_entities.h"
#include "doc/html.h"
#include "interface/extract.h"

struct form_field_plan {
	struct str name;
};

static const void *prepare(struct arena *a, struct diag_list *diags, const struct extract *extract,
			   bool jit)
{
	struct form_field_plan *plan = ARENA_NEW(a, struct form_field_plan);

	(void)jit;
	plan->name = extract->value.raw;
	if (!plan->name.len) {
		diag_error(diags, extract->span, DIAG_E149,
			   "the name of a form input is expected, such as csrf_token");
		return NULL;
	}
	return plan;
}

/* Where a search is: the results so far and the select that is open. */
struct form_search {
	struct scratch *scratch;
	struct matches *matches;
	bool in_select, chosen;
	bool option_seen;
	struct str first_option;
};

static bool full(const struct form_search *s)
{
	return s->matches->wanted && s->matches->count >= s->matches->wanted;
}

static void found(struct form_search *s, struct str raw)
{
	struct value *item = full(s) ? NULL : scratch_items(s->scratch, 1);

	if (!item)
		return;
	*item = value_text(html_entities_decode(raw, &s->scratch->text));
	s->matches->count++;
}

static bool named(const struct html_tag *tag, struct str name, struct scratch *scratch)
{
	struct str value;
	size_t mark = scratch->text.len;

	if (!html_attribute(tag, STR("name"), &value))
		return false;
	bool same = str_eq(html_entities_decode(value, &scratch->text), name);
	scratch->text.len = mark;
	return same;
}

/* A checkbox or radio button that is not checked is not sent. */
static bool is_sent(const struct html_tag *tag)
{
	struct str type, ignored;

	if (!html_attribute(tag, STR("type"), &type))
		return true;
	if (!str_ieq(type, STR("checkbox")) && !str_ieq(type, STR("radio")))
		return true;
	return html_attribute(tag, STR("checked"), &ignored);
}

static void close_select(struct form_search *s)
{
	if (s->in_select && !s->chosen && s->option_seen)
		found(s, s->first_option);
	s->in_select = false;
}

static void visit_option(struct form_search *s, struct html *page, const struct html_tag *tag)
{
	struct str value, ignored;

	if (!html_attribute(tag, STR("value"), &value))
		value = str_trim(html_text(page));
	if (!s->option_seen)
		s->first_option = value;
	s->option_seen = true;
	if (!html_attribute(tag, STR("selected"), &ignored))
		return;
	s->chosen = true;
	found(s, value);
}

static void visit_tag(struct form_search *s, struct html *page, const struct html_tag *tag,
		      struct str name)
{
	struct str value;

	if (tag->kind == HTML_OPTION) {
		if (!tag->closes && s->in_select)
			visit_option(s, page, tag);
	} else if (tag->kind == HTML_SELECT) {
		close_select(s);
		s->in_select = !tag->closes && named(tag, name, s->scratch);
		s->chosen = s->option_seen = false;
	} else if (tag->closes) {
		return;
	} else if (tag->kind == HTML_INPUT || tag->kind == HTML_BUTTON) {
		if (!named(tag, name, s->scratch) || !is_sent(tag))
			return;
		if (!html_attribute(tag, STR("value"), &value))
			value = STR("");
		found(s, value);
	} else if (tag->kind == HTML_TEXTAREA) {
		struct str text = html_raw_text(page, STR("textarea"));

		/* One line break right behind the tag is not part of the text. */
		if (str_starts(text, STR("\r\n")))
			text = str_slice(text, 2, text.len);
		else if (str_starts(text, STR("\n")))
			text = str_slice(text, 1, text.len);
		if (named(tag, name, s->scratch))
			found(s, text);
	}
}

static enum find_outcome find(const void *data, const struct response *response, struct str subject,
			      struct scratch *scratch, struct matches *matches)
{
	const struct form_field_plan *plan = data;
	struct form_search s = {.scratch = scratch, .matches = matches};
	struct html page = {.text = subject};
	struct html_tag tag;

	(void)response;
	/* Values are decoded into the scratch's text, items are one after the other. */
	matches->items = scratch->items + scratch->items_used;
	/* Without the name anywhere there is nothing to scan for; entities in names are rare but
	 * legal. */
	if (str_find(subject, plan->name, 0) == NOT_FOUND &&
	    str_find_char(subject, '&', 0) == NOT_FOUND)
		return FIND_OK;
	while (!full(&s) && html_next(&page, &tag))
		visit_tag(&s, &page, &tag, plan->name);
	close_select(&s);
	return FIND_OK;
}

/* The names of the inputs there were. */
static void explain(const void *data, const struct response *response, struct str subject,
		    struct buf *out)
{
	const struct form_field_plan *plan = data;
	struct html page = {.text = subject};
	struct html_tag tag;
	struct str name;
	unsigned shown = 0;

	(void)response;
	buf_printf(out, "no form input named %.*s; ", STR_ARG(plan->name));
	while (shown < 12 && html_next(&page, &tag)) {
		bool input =
		    tag.kind == HTML_INPUT || tag.kind == HTML_SELECT || tag.kind == HTML_TEXTAREA;

		if (input && !tag.closes && html_attribute(&tag, STR("name"), &name))
			buf_printf(out, "%s %.*s", shown++ ? "," : "the page has", STR_ARG(name));
	}
	if (!shown)
		buf_add(out, STR("the body has no form inputs"));
}

const struct extract_kind form_field_extract = {
    .name = "form_field",
    .sentence = "The value of the HTML form input of that name, as the form would send it.",
    .example = "csrf_token",
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .find = find,
    .explain = explain,
};
