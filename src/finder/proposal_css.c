/* Proposals for an element of a page, or for an attribute of it: selectors that name the element
 * first, then those that lead to its place. */
#include "base/ascii.h"
#include "finder/proposal_private.h"

#define SELECTOR_PARTS_MAX 24u
#define NAME_TEXT_MAX	   80u /* of a text that identifies a link or a row */

struct css_search {
	struct proposal_search *s;
	const struct markup_element *element;
	struct str attribute; /* empty: the text */
};

static struct extractor_spec css_spec(const struct css_search *c, struct str selector,
				      enum match_which match)
{
	return (struct extractor_spec){
	    .kind = STR("css"), .value = selector, .attribute = c->attribute, .match = match};
}

static bool is_identifier(struct str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char ch = name.ptr[i];

		if (!ascii_is_name_start(ch) && !(i && (ascii_is_digit(ch) || ch == '-')))
			return false;
	}
	return name.len > 0;
}

/* Whether ATTRIBUTE can identify an element of another response, too. */
static bool is_naming(struct str name)
{
	static const char *const names[] = {"name", "property",	  "itemprop",  "rel",
					    "for",  "http-equiv", "aria-label"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_eq(name, str_of(names[i])))
			return true;
	return str_starts(name, STR("data-"));
}

/* Whether the value of an attribute may be in a selector: not the value that is searched. */
static bool is_usable(const struct css_search *c, struct str text)
{
	return text.len && text.len <= 100 && proposal_is_plain(text) &&
	       !str_eq(text, c->s->out->value);
}

/* `#id`, `[name="x"]` …: the first attribute that identifies ELEMENT; ptr NULL if there is none. */
static struct str anchor_of(const struct css_search *c, const struct markup_element *element)
{
	struct arena *a = c->s->f->out;
	struct str id = markup_element_attribute(element, "id");

	if (is_usable(c, id))
		return is_identifier(id) ? arena_printf(a, "#%.*s", STR_ARG(id))
					 : arena_printf(a, "[id=\"%.*s\"]", STR_ARG(id));
	for (size_t i = 0; i < element->attribute_count; i++) {
		const struct markup_attribute *one = &element->attributes[i];

		if (is_naming(one->name) && is_identifier(one->name) && is_usable(c, one->value))
			return arena_printf(a, "%.*s[%.*s=\"%.*s\"]", STR_ARG(element->name),
					    STR_ARG(one->name), STR_ARG(one->value));
	}
	return STR_NULL;
}

/* The steps to ELEMENT from the nearest element with a name, or from the root. EVERY: without the
 * number of the innermost element that has one. */
static struct str place_of(const struct css_search *c, const struct markup_element *element,
			   bool every)
{
	struct arena *a = c->s->f->out;
	struct str path = STR("");

	for (unsigned i = 0; element && i < SELECTOR_PARTS_MAX; i++, element = element->parent) {
		struct str anchor = i ? anchor_of(c, element) : STR_NULL;
		struct str part = anchor.ptr ? anchor : element->name;

		if (!anchor.ptr && element->of_type > 1 && !every)
			part = arena_printf(a, "%.*s:nth-of-type(%u)", STR_ARG(part), element->nth);
		else if (!anchor.ptr && element->of_type > 1)
			every = false;
		path = arena_printf(a, "%.*s%s%.*s", STR_ARG(part), path.len ? " > " : "",
				    STR_ARG(path));
		if (anchor.ptr)
			break;
	}
	return path;
}

static bool add(const struct css_search *c, enum proposal_source source, struct str selector,
		const char *what)
{
	struct arena *a = c->s->f->out;
	struct str label = c->attribute.len
			       ? arena_printf(a, "The attribute %.*s of %s %.*s",
					      STR_ARG(c->attribute), what, STR_ARG(selector))
			       : arena_printf(a, "The text of %s %.*s", what, STR_ARG(selector));

	return proposal_add(c->s, source, css_spec(c, selector, MATCH_FIRST), label);
}

/* ---- by name */

/* The first text that SELECTOR finds in the page, if it can identify something. */
static struct str naming_text(const struct css_search *c, struct str selector)
{
	struct finder *f = c->s->f;
	struct extractor_spec spec = {.kind = STR("css"), .value = selector};
	struct str text = STR_NULL;

	if (finder_run(f, &f->response, &spec, 1) && f->last.count)
		text = arena_str(f->out, f->last.items[0].text);
	return text.len && text.len <= NAME_TEXT_MAX && proposal_is_plain(text) &&
		       !str_eq(text, c->s->out->value)
		   ? text
		   : STR_NULL;
}

/* The address of a link with a text. */
static void add_link(const struct css_search *c)
{
	struct finder *f = c->s->f;
	struct extractor_spec spec = {.kind = STR("link")};
	struct str text, written = c->s->out->value, address;

	if (!str_eq(c->element->name, STR("a")) || !str_eq(c->attribute, STR("href")))
		return;
	text = naming_text(c, place_of(c, c->element, false));
	if (!text.ptr || text.ptr[0] == '/' || str_find_char(text, '*', 0) != NOT_FOUND)
		return;
	spec.value = text;
	if (!finder_run(f, &f->response, &spec, 1) || !f->last.count)
		return;
	/* The extractor makes the address absolute. */
	address = arena_str(f->out, f->last.items[0].text);
	if (!str_ends(address, written))
		return;
	c->s->out->value = address;
	proposal_add(c->s, PROPOSAL_CSS_NAME, spec,
		     arena_printf(f->out, "The address of the link \"%.*s\"", STR_ARG(text)));
	c->s->out->value = written;
}

/* The element in the row of a list that has a text: `li:has(a:contains("Straw hat")) > i`. */
static void add_row(const struct css_search *c)
{
	static const char *const tags[] = {"h1", "h2", "h3", "h4", "a", "th", "strong", "b", "td"};
	struct arena *a = c->s->f->out;
	const struct markup_element *row = c->element->parent;
	struct str rest = c->element->name;

	for (; row && row->of_type == 1; row = row->parent)
		rest = arena_printf(a, "%.*s > %.*s", STR_ARG(row->name), STR_ARG(rest));
	if (!row)
		return;
	struct str rows = place_of(c, row, true), own = place_of(c, row, false);
	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		struct str text = naming_text(c, arena_printf(a, "%.*s %s", STR_ARG(own), tags[i]));

		if (!text.ptr)
			continue;
		struct str selector =
		    arena_printf(a, "%.*s:has(%s:contains(\"%.*s\")) > %.*s", STR_ARG(rows),
				 tags[i], STR_ARG(text), STR_ARG(rest));
		if (proposal_add(c->s, PROPOSAL_CSS_NAME, css_spec(c, selector, MATCH_FIRST),
				 arena_printf(a, "The one beside \"%.*s\"", STR_ARG(text))))
			return;
	}
}

static void add_names(const struct css_search *c)
{
	struct arena *a = c->s->f->out;
	struct str own = anchor_of(c, c->element);
	const struct markup_element *around = c->element->parent;
	bool found = own.ptr && add(c, PROPOSAL_CSS_NAME, own, "the element");

	/* An attribute such as data-token names its element. */
	if (is_naming(c->attribute) && is_identifier(c->attribute) &&
	    str_starts(c->attribute, STR("data-")))
		found |= add(c, PROPOSAL_CSS_NAME, arena_printf(a, "[%.*s]", STR_ARG(c->attribute)),
			     "the element");
	add_link(c);
	add_row(c);
	/* Below the nearest element with a name, as its only one of this kind. */
	for (; around && !found; around = around->parent) {
		struct str anchor = anchor_of(c, around);

		if (!anchor.ptr)
			continue;
		add(c, PROPOSAL_CSS_NAME,
		    arena_printf(a, "%.*s %.*s", STR_ARG(anchor), STR_ARG(c->element->name)),
		    "the element");
		return;
	}
}

/* ---- by place */

/* `tag.class` with the first class that is a name. */
static struct str class_selector(const struct css_search *c)
{
	struct str classes = markup_element_attribute(c->element, "class");
	size_t at = 0;

	while (classes.ptr && at < classes.len) {
		size_t end = at;

		while (end < classes.len && !ascii_is_html_space(classes.ptr[end]))
			end++;
		struct str one = str_slice(classes, at, end);

		if (is_identifier(one) && !str_eq(one, c->s->out->value))
			return arena_printf(c->s->f->out, "%.*s.%.*s", STR_ARG(c->element->name),
					    STR_ARG(one));
		at = end + 1;
	}
	return STR_NULL;
}

/* The proposals for one of a list of elements. False if SELECTOR finds only one. */
static bool add_list(const struct css_search *c, struct str selector)
{
	if (!proposal_add(c->s, PROPOSAL_CSS_PLACE, css_spec(c, selector, MATCH_RANDOM),
			  STR("Any of these %zu")))
		return false;
	proposal_add(c->s, PROPOSAL_CSS_PLACE, css_spec(c, selector, MATCH_ALL),
		     STR("All of these %zu, as a list"));
	proposal_add(c->s, PROPOSAL_CSS_PLACE, css_spec(c, selector, MATCH_NTH), STR("The %s"));
	return true;
}

static void add_places(const struct css_search *c)
{
	struct str by_class = class_selector(c), list = place_of(c, c->element, true),
		   one = place_of(c, c->element, false);
	bool listed = by_class.ptr && add_list(c, by_class);

	if (by_class.ptr && !listed)
		add(c, PROPOSAL_CSS_PLACE, by_class, "the element");
	if (!listed && !str_eq(list, one))
		add_list(c, list);
	proposal_add(c->s, PROPOSAL_CSS_PLACE, css_spec(c, one, MATCH_FIRST),
		     c->attribute.len ? arena_printf(c->s->f->out,
						     "The attribute %.*s at this place of the page",
						     STR_ARG(c->attribute))
				      : STR("The text at this place of the page"));
}

void proposal_css(struct proposal_search *s, const struct markup_element *element,
		  struct str attribute)
{
	struct css_search c = {.s = s, .element = element, .attribute = attribute};

	add_names(&c);
	add_places(&c);
}
