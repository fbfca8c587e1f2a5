#include "finder/proposal.h"

#include "base/escape.h"
#include "finder/proposal_private.h"

#define MATCHES_MAX 10000u

const char *proposal_source_name(enum proposal_source source)
{
	static const char *const names[] = {"form_field", "cookie",   "header",
					    "json_name",  "css_name", "json_place",
					    "css_place",  "regex",    "boundary"};

	return names[source];
}

bool proposal_is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || strchr("\"\\", text.ptr[i]))
			return false;
	return str_find(text, STR("${"), 0) == NOT_FOUND;
}

struct str proposal_ordinal(struct proposal_search *s, size_t number)
{
	static const char *const words[] = {"first", "second",	"third",  "fourth", "fifth",
					    "sixth", "seventh", "eighth", "ninth",  "tenth"};

	return number && number <= sizeof words / sizeof *words
		   ? str_of(words[number - 1])
		   : arena_printf(s->f->out, "one with number %zu", number);
}

/* ---- trying */

static struct str text_of(struct finder *f, struct value value)
{
	size_t end;

	buf_clear(&f->text);
	value_put(&f->text, value);
	struct str text = buf_str(&f->text);
	end = text.len < PROPOSAL_BYTES_MAX ? text.len : PROPOSAL_BYTES_MAX;
	while (end < text.len && end && ((unsigned char)text.ptr[end] & 0xC0) == 0x80)
		end--;
	return arena_str(f->out, str_slice(text, 0, end));
}

size_t proposal_values(struct finder *f, enum match_which match, unsigned nth, struct str **values)
{
	const struct matches *all = &f->last;
	size_t from = match == MATCH_NTH    ? (nth ? nth - 1 : 0)
		      : match == MATCH_LAST ? (all->count ? all->count - 1 : 0)
					    : 0;
	size_t count = from < all->count ? all->count - from : 0;

	if (match != MATCH_RANDOM && match != MATCH_ALL && count > 1)
		count = 1;
	count = count > PROPOSAL_VALUES_MAX ? PROPOSAL_VALUES_MAX : count;
	*values = ARENA_ARRAY(f->out, count + 1, struct str);
	for (size_t i = 0; i < count; i++)
		(*values)[i] = text_of(f, all->items[from + i]);
	return count;
}

/* The number of the match that is the value, from 1; 0: none. */
static size_t find_value(struct proposal_search *s)
{
	struct finder *f = s->f;

	for (size_t i = 0; i < f->last.count; i++) {
		buf_clear(&f->text);
		value_put(&f->text, f->last.items[i]);
		if (str_eq(buf_str(&f->text), s->out->value))
			return i + 1;
	}
	return 0;
}

static bool is_known(const struct proposals *all, const struct extractor_spec *spec)
{
	for (size_t i = 0; i < all->items.count; i++) {
		const struct extractor_spec *other = &all->items.items[i].spec;

		if (str_eq(other->kind, spec->kind) && str_eq(other->value, spec->value) &&
		    str_eq(other->left, spec->left) && str_eq(other->attribute, spec->attribute) &&
		    other->match == spec->match)
			return true;
	}
	return false;
}

/* LABEL with the number of matches instead of %zu, or the ordinal NTH instead of %s. */
static struct str fill_label(struct proposal_search *s, struct str label, size_t nth)
{
	size_t count = str_find(label, STR("%zu"), 0), ordinal = str_find(label, STR("%s"), 0);
	struct arena *a = s->f->out;

	if (count != NOT_FOUND)
		return arena_printf(a, "%.*s%zu%.*s", (int)count, label.ptr, s->f->last.count,
				    STR_ARG(str_slice(label, count + 3, label.len)));
	if (ordinal != NOT_FOUND)
		return arena_printf(a, "%.*s%.*s%.*s", (int)ordinal, label.ptr,
				    STR_ARG(proposal_ordinal(s, nth)),
				    STR_ARG(str_slice(label, ordinal + 2, label.len)));
	return label;
}

bool proposal_add(struct proposal_search *s, enum proposal_source source,
		  struct extractor_spec spec, struct str label)
{
	struct proposal proposal = {.source = source};
	bool list = spec.match == MATCH_RANDOM || spec.match == MATCH_ALL;
	size_t nth;

	if (str_find(spec.value, STR("${"), 0) != NOT_FOUND || is_known(s->out, &spec) ||
	    !finder_run(s->f, &s->f->response, &spec, MATCHES_MAX))
		return false;
	nth = find_value(s);
	if (!nth || (list && s->f->last.count < 2) || (!list && nth > FINDER_NTH_MAX) ||
	    (spec.match == MATCH_FIRST && nth > 1 && source == PROPOSAL_CSS_NAME))
		return false;
	spec.nth = list ? 0 : (unsigned)nth;
	if (!list)
		spec.match = nth > 1 ? MATCH_NTH : MATCH_FIRST;
	proposal.spec = spec;
	proposal.matches = s->f->last.count;
	proposal.label = fill_label(s, label, nth);
	proposal.value_count = proposal_values(s->f, spec.match, spec.nth, &proposal.values);
	VEC_PUSH(s->f->out, &s->out->items, proposal);
	return true;
}

/* ---- places */

static bool at_json(struct proposal_search *s, const struct proposal_place *place,
		    struct buf *error)
{
	struct str path = proposal_json_path(s, place->name, error);
	struct extractor_spec spec = {.kind = STR("jsonpath"), .value = path};

	if (!path.ptr)
		return false;
	finder_run(s->f, &s->f->response, &spec, 1);
	if (!s->f->last.count) {
		buf_printf(error, "the body has no value at %.*s", STR_ARG(place->name));
		return false;
	}
	buf_clear(&s->f->text);
	value_put(&s->f->text, s->f->last.items[0]);
	s->out->value = arena_str(s->f->out, buf_str(&s->f->text));
	proposal_json(s, path);
	proposal_text_once(s);
	return true;
}

/* The attribute that is the value of a form control or of a meta element. */
static struct str usual_attribute(const struct markup_element *element)
{
	if (str_eq(element->name, STR("input")))
		return STR("value");
	return str_eq(element->name, STR("meta")) ? STR("content") : STR("");
}

static void add_form_field(struct proposal_search *s, struct str name)
{
	if (name.len && proposal_is_plain(name))
		proposal_add(s, PROPOSAL_FORM_FIELD,
			     (struct extractor_spec){.kind = STR("form_field"), .value = name},
			     arena_printf(s->f->out, "The form field %.*s", STR_ARG(name)));
}

/* The proposals for an element whose value is known. */
static void at_known_element(struct proposal_search *s, const struct markup_element *element,
			     struct str attribute)
{
	struct str name = markup_element_attribute(element, "name");

	if (name.ptr && (!attribute.len || str_eq(attribute, STR("value"))))
		add_form_field(s, name);
	proposal_css(s, element, attribute);
	proposal_text_once(s);
}

/* Sets the value to what SPEC finds first; false if it finds nothing. */
static bool take_value(struct proposal_search *s, const struct extractor_spec *spec)
{
	if (!finder_run(s->f, &s->f->response, spec, 1) || !s->f->last.count)
		return false;
	buf_clear(&s->f->text);
	value_put(&s->f->text, s->f->last.items[0]);
	s->out->value = arena_str(s->f->out, buf_str(&s->f->text));
	return true;
}

/* The selector without the `tbody` that browsers add to tables: pages that do not write it have
 * none here. */
static struct str without_tbody(struct arena *a, struct str selector)
{
	struct str part = STR("> tbody > "), rest = selector, out = STR("");
	size_t at;

	while ((at = str_find(rest, part, 0)) != NOT_FOUND) {
		out = arena_printf(a, "%.*s%.*s> ", STR_ARG(out), STR_ARG(str_slice(rest, 0, at)));
		rest = str_slice(rest, at + part.len, rest.len);
	}
	return arena_printf(a, "%.*s%.*s", STR_ARG(out), STR_ARG(rest));
}

/* The first element that SELECTOR finds, with the attribute that it names; NULL with a sentence in
 * ERROR if it is not valid. */
static const struct markup_element *find_element(struct finder *f, struct str selector,
						 struct str *attribute, struct buf *error)
{
	struct markup_path_error wrong;
	const struct markup_path *path = markup_path_from_css(f->out, selector, *attribute, &wrong);

	if (path)
		return markup_element_find(f->out, path, &f->response, &f->scratch, attribute);
	buf_printf(error, "'%.*s' is not a CSS selector: %s", STR_ARG(selector), wrong.text);
	return NULL;
}

static bool at_element(struct proposal_search *s, const struct proposal_place *place,
		       struct buf *error)
{
	struct finder *f = s->f;
	struct extractor_spec spec = {
	    .kind = STR("css"), .value = place->name, .attribute = place->attribute};
	struct str attribute = place->attribute;
	const struct markup_element *element = find_element(f, spec.value, &attribute, error);

	if (!element && !error->len) {
		spec.value = without_tbody(f->out, place->name);
		attribute = place->attribute;
		element = find_element(f, spec.value, &attribute, error);
	}
	if (!element) {
		if (!error->len)
			buf_printf(error, "no element matches \"%.*s\"", STR_ARG(place->name));
		return false;
	}
	if (!attribute.ptr) {
		attribute = usual_attribute(element);
		spec.attribute = attribute;
	}
	if (!take_value(s, &spec)) {
		buf_printf(error, "the element \"%.*s\" has no value", STR_ARG(place->name));
		return false;
	}
	at_known_element(s, element, attribute);
	return true;
}

static bool at_form_field(struct proposal_search *s, const struct proposal_place *place,
			  struct buf *error)
{
	struct finder *f = s->f;
	struct extractor_spec spec = {.kind = STR("form_field"), .value = place->name};
	struct markup_path_error wrong;
	const struct markup_element *element = NULL;
	struct str ignored;

	if (!take_value(s, &spec)) {
		buf_printf(error, "the page has no form field %.*s with a value",
			   STR_ARG(place->name));
		return false;
	}
	add_form_field(s, place->name);
	if (proposal_is_plain(place->name)) {
		const struct markup_path *path = markup_path_from_css(
		    f->out, arena_printf(f->out, "input[name=\"%.*s\"]", STR_ARG(place->name)),
		    STR(""), &wrong);

		if (path)
			element =
			    markup_element_find(f->out, path, &f->response, &f->scratch, &ignored);
	}
	if (element)
		proposal_css(s, element, STR("value"));
	proposal_text_once(s);
	return true;
}

/* The offset of the header NAME's line in the headers, and that of its value. */
static bool find_header(const struct response *response, struct str name, struct str value,
			size_t *line, size_t *at)
{
	struct str all = response->headers;

	for (*line = 0; *line < all.len; *line = str_find_char(all, '\n', *line) + 1) {
		size_t end = str_find_char(all, '\n', *line);
		size_t colon = str_find_char(str_slice(all, 0, end), ':', *line);

		if (colon != NOT_FOUND && str_ieq(str_trim(str_slice(all, *line, colon)), name)) {
			*at = str_find(all, value, colon + 1);
			if (!value.len || *at < end)
				return true;
		}
		if (end == NOT_FOUND)
			break;
	}
	return false;
}

static bool at_header(struct proposal_search *s, const struct proposal_place *place,
		      struct buf *error)
{
	struct finder *f = s->f;
	struct extractor_spec spec = {.kind = STR("header"), .value = place->name};
	struct str whole = response_header(&f->response, place->name, 0);
	size_t line, at;

	if (!whole.ptr ||
	    (place->has_part && (place->begin >= place->end || place->end > whole.len))) {
		buf_printf(error, "the response has no header %.*s with this value",
			   STR_ARG(place->name));
		return false;
	}
	s->out->value = arena_str(f->out, whole);
	if (!place->has_part) {
		proposal_add(s, PROPOSAL_HEADER, spec,
			     arena_printf(f->out, "The header %.*s", STR_ARG(place->name)));
		return true;
	}
	s->out->value = arena_str(f->out, str_slice(whole, place->begin, place->end));
	if (str_ieq(place->name, STR("Location")) && finder_url(f, s->out->value, "headers", &spec))
		proposal_add(s, PROPOSAL_REGEX, spec, STR("A part of the header Location"));
	if (find_header(&f->response, place->name, whole, &line, &at) &&
	    finder_header_part(f, s->out->value, line, at + place->begin, &spec))
		proposal_add(
		    s, PROPOSAL_REGEX, spec,
		    arena_printf(f->out, "A part of the header %.*s", STR_ARG(place->name)));
	return true;
}

static bool at_cookie(struct proposal_search *s, const struct proposal_place *place,
		      struct buf *error)
{
	struct finder *f = s->f;
	struct extractor_spec spec = {.kind = STR("cookie"), .value = place->name};
	struct str pair;
	size_t line, at;

	if (!take_value(s, &spec)) {
		buf_printf(error, "the response does not set the cookie %.*s",
			   STR_ARG(place->name));
		return false;
	}
	proposal_add(s, PROPOSAL_COOKIE, spec,
		     arena_printf(f->out, "The cookie %.*s", STR_ARG(place->name)));
	pair = arena_printf(f->out, "%.*s=%.*s", STR_ARG(place->name), STR_ARG(s->out->value));
	if (find_header(&f->response, STR("Set-Cookie"), pair, &line, &at) &&
	    finder_header_part(f, s->out->value, line, at + place->name.len + 1, &spec))
		proposal_add(s, PROPOSAL_REGEX, spec, STR("A part of the header Set-Cookie"));
	return true;
}

static bool at_text(struct proposal_search *s, const struct proposal_place *place,
		    struct buf *error)
{
	struct finder *f = s->f;
	struct str body = f->response.body, attribute, path;
	const struct markup_element *element;

	if (place->begin >= place->end || place->end > body.len) {
		buf_add(error, STR("the body has no text at this place"));
		return false;
	}
	path = proposal_json_path_at(s, place->begin, place->end);
	if (path.ptr)
		return at_json(s, &(struct proposal_place){.name = path}, error);
	s->out->value = arena_str(f->out, str_slice(body, place->begin, place->end));
	element = f->is_json ? NULL : proposal_element_at(s, place->begin, place->end, &attribute);
	if (element) {
		struct str name = markup_element_attribute(element, "name");

		if (name.ptr && (!attribute.len || str_eq(attribute, STR("value"))))
			add_form_field(s, name);
		proposal_css(s, element, attribute);
	}
	proposal_text(s, place->begin);
	return true;
}

/* ---- all */

static int by_use(const void *a, const void *b)
{
	const struct proposal *x = a, *y = b;
	bool x_fails = x->has_again && !x->holds, y_fails = y->has_again && !y->holds;

	if (x_fails != y_fails)
		return x_fails ? 1 : -1;
	return (int)x->source - (int)y->source;
}

/* By source, otherwise as they were found; qsort is not stable. */
static void sort(struct proposals *all)
{
	for (size_t i = 1; i < all->items.count; i++) {
		struct proposal one = all->items.items[i];
		size_t to = i;

		for (; to > 0 && by_use(&all->items.items[to - 1], &one) > 0; to--)
			all->items.items[to] = all->items.items[to - 1];
		all->items.items[to] = one;
	}
}

bool proposal_find(struct finder *f, const struct proposal_place *place, struct proposals *out,
		   struct buf *error)
{
	static bool (*const find[])(struct proposal_search * s, const struct proposal_place *place,
				    struct buf *error) = {
	    [PROPOSAL_AT_JSON] = at_json,
	    [PROPOSAL_AT_ELEMENT] = at_element,
	    [PROPOSAL_AT_HEADER] = at_header,
	    [PROPOSAL_AT_COOKIE] = at_cookie,
	    [PROPOSAL_AT_FORM_FIELD] = at_form_field,
	    [PROPOSAL_AT_TEXT] = at_text,
	};
	struct proposal_search s = {.f = f, .out = out};

	*out = (struct proposals){.items = {NULL, 0, 0}};
	if (!find[place->kind](&s, place, error))
		return false;
	sort(out);
	return true;
}

void proposal_try_again(struct finder *f, const struct response *other, struct proposals *all)
{
	for (size_t i = 0; i < all->items.count; i++) {
		struct proposal *one = &all->items.items[i];
		struct str *values;

		finder_run(f, other, &one->spec, MATCHES_MAX);
		one->has_again = true;
		one->holds = proposal_values(f, one->spec.match, one->spec.nth, &values) > 0;
		one->again = one->holds ? values[0] : STR_NULL;
	}
	sort(all);
}

static void put_member(struct json_writer *j, struct str key, struct str value)
{
	escape_json(json_writer_member(j, key), value);
}

void proposal_put_extract(struct json_writer *j, const char *key, const struct extractor_spec *spec)
{
	json_writer_open(j, key);
	if (spec->left.len) {
		json_writer_open_member(j, spec->kind);
		json_writer_text(j, "left", spec->left);
		json_writer_text(j, "right", spec->right);
		json_writer_close(j);
	} else {
		put_member(j, spec->kind, spec->value);
	}
	if (spec->attribute.len)
		json_writer_text(j, "attribute", spec->attribute);
	if (spec->from.len)
		json_writer_text(j, "from", spec->from);
	if (spec->match == MATCH_RANDOM)
		json_writer_text(j, "match", STR("random"));
	else if (spec->match == MATCH_ALL)
		json_writer_text(j, "match", STR("all"));
	else if (spec->nth > 1)
		json_writer_uint(j, "match", spec->nth);
	json_writer_close(j);
}
