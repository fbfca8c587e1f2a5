/*
 * form_field: extracts the value that an HTML form would send for a name: that of an input, a
 * textarea, or the selected option of a select. Uses its own scanner, linear in the page, which
 * accepts any HTML: attributes in any order, with or without quotes, entities; it skips comments
 * and scripts.
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
			   "the name of the form input is missing; write a name such as "
			   "csrf_token");
		return NULL;
	}
	return plan;
}

/* The state of a search: the results so far and the open select. */
struct form_search {
	struct scratch *scratch;
	struct matches *matches;
	bool in_select, multiple;
	bool has_choice;
	struct str choice; /* of a select without `multiple` */
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

static bool has_attribute(const struct html_tag *tag, struct str name)
{
	struct str ignored;

	return html_attribute(tag, name, &ignored);
}

/* Disabled inputs, and checkboxes and radio buttons that are not checked, are not sent. */
static bool is_sent(const struct html_tag *tag)
{
	struct str type;

	if (has_attribute(tag, STR("disabled")))
		return false;
	if (!html_attribute(tag, STR("type"), &type))
		return true;
	if (!str_ieq(type, STR("checkbox")) && !str_ieq(type, STR("radio")))
		return true;
	return has_attribute(tag, STR("checked"));
}

static void close_select(struct form_search *s)
{
	if (s->in_select && s->has_choice)
		found(s, s->choice);
	s->in_select = false;
}

/* As in browsers: a select sends its last selected option, or else its first one that is not
 * disabled; a select with `multiple` sends all selected options. */
static void visit_option(struct form_search *s, struct html *page, const struct html_tag *tag)
{
	bool selected = has_attribute(tag, STR("selected"));
	struct str value;

	if (!html_attribute(tag, STR("value"), &value))
		value = str_trim(html_text(page));
	if (has_attribute(tag, STR("disabled")))
		return;
	if (s->multiple) {
		if (selected)
			found(s, value);
	} else if (selected || !s->has_choice) {
		s->choice = value;
		s->has_choice = true;
	}
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
		s->in_select = !tag->closes && named(tag, name, s->scratch) && is_sent(tag);
		s->multiple = has_attribute(tag, STR("multiple"));
		s->has_choice = false;
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

		/* A line break directly after the tag is not part of the text. */
		if (str_starts(text, STR("\r\n")))
			text = str_slice(text, 2, text.len);
		else if (str_starts(text, STR("\n")))
			text = str_slice(text, 1, text.len);
		if (named(tag, name, s->scratch) && is_sent(tag))
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
	/* Values are decoded into the scratch's text; the items are contiguous. */
	matches->items = scratch->items + scratch->items_used;
	/* If the name is not in the page, it need not be scanned, except for entities in names,
	 * which are rare but legal. */
	if (str_find(subject, plan->name, 0) == NOT_FOUND &&
	    str_find_char(subject, '&', 0) == NOT_FOUND)
		return FIND_OK;
	while (!full(&s) && html_next(&page, &tag))
		visit_tag(&s, &page, &tag, plan->name);
	close_select(&s);
	return FIND_OK;
}

/* Lists the names of the form inputs in the page. */
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
    .sentence = "Value of the HTML form input with this name, as the form would send it.",
    .example = "csrf_token",
    .needs = NEEDS_BODY,
    .prepare = prepare,
    .find = find,
    .explain = explain,
};
