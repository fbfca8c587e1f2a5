#include "import/forms/lost_upload.h"

#include "import/forms/lost_body.h"
#include "import/forms/stored_record.h"

#define FILES_MAX 8u

/* Where the names of the fields are from, the best source first. */
enum names_source { NAMES_OF_PAGE, NAMES_OF_REQUEST, NAMES_OF_RESPONSE };

struct lost_upload {
	struct page_history *history;
	struct conversion *conversion;
	struct conversion_step *step;
	struct stored_record record;
	enum names_source source;
	const struct html_page *page; /* NAMES_OF_PAGE: it has the form */
	uint32_t form;
	const struct conversion_step *other; /* NAMES_OF_REQUEST */
	VEC(struct tx_part) parts;
	VEC(struct binding) bindings;
	size_t files;
	struct str sent, not_sent, options; /* for the report */
};

/* ---- where the names are from */

/* A form of a page before, or its controls without a form, with a file; *FILE is the name. */
static bool find_page(struct lost_upload *u, struct str *file)
{
	struct str referer = transaction_header(&u->step->tx->request_headers, STR("Referer"), 0);
	const struct history_page *page;

	for (size_t n = 0; (page = page_history_candidate(u->history, referer, n)); n++)
		for (uint32_t i = 0; i < page->page.control_count; i++) {
			const struct html_control *control = &page->page.controls[i];

			if (control->type != HTML_CONTROL_FILE || !control->name.len)
				continue;
			u->page = &page->page;
			u->form = control->form;
			*file = control->name;
			return true;
		}
	return false;
}

static struct str path_of(const struct transaction *tx)
{
	return str_slice(tx->url, 0, str_find_char(tx->url, '?', 0));
}

/* Whether LONGER is PATH or one part longer: a collection and one of its records. */
static bool is_below(struct str path, struct str longer)
{
	return str_starts(longer, path) &&
	       (longer.len == path.len || (longer.ptr[path.len] == '/' &&
					   str_find_char(longer, '/', path.len + 1) == NOT_FOUND));
}

static bool has_name(const struct conversion_step *step, struct str name)
{
	for (size_t i = 0; i < step->tx->part_count; i++)
		if (str_eq(step->tx->parts[i].name, name))
			return true;
	return step->json && json_type(step->json->items) == JSON_OBJECT &&
	       json_member(step->json, step->json->items, name);
}

/* Another request that writes to the same resource, and has a name of a stored file. */
static bool find_request(struct lost_upload *u)
{
	struct str path = path_of(u->step->tx), one;

	for (size_t i = 0; u->record.object && i < u->conversion->steps.count; i++) {
		const struct conversion_step *step = &u->conversion->steps.items[i];
		const struct json_item *key = NULL;

		one = path_of(step->tx);
		if (step == u->step || str_eq(step->tx->method, STR("GET")) ||
		    (!is_below(path, one) && !is_below(one, path)))
			continue;
		while ((key = stored_record_next(&u->record, key)))
			if (stored_record_is_file(&u->record, key) &&
			    has_name(step, stored_record_text(&u->record, key))) {
				u->other = step;
				return true;
			}
	}
	return false;
}

/* The response alone is enough if exactly one of its members is a file: a second one can be made
 * from the first. */
static bool response_is_enough(struct lost_upload *u)
{
	const struct json_item *key = NULL;
	size_t files = 0;

	while ((key = stored_record_next(&u->record, key)))
		files += stored_record_is_file(&u->record, key);
	return files == 1;
}

static bool find_source(struct lost_upload *u)
{
	struct str file = STR("");

	u->source = NAMES_OF_PAGE;
	if (find_page(u, &file) && stored_record_member(&u->record, file))
		return true;
	u->source = NAMES_OF_REQUEST;
	if (find_request(u))
		return true;
	u->source = NAMES_OF_PAGE;
	if (u->page)
		return true;
	u->source = NAMES_OF_RESPONSE;
	return response_is_enough(u);
}

/* ---- the parts */

static void list_name(struct lost_upload *u, struct str *list, struct str name)
{
	*list = arena_printf(&u->conversion->job->arena, "%.*s%s%.*s", STR_ARG(*list),
			     list->len ? ", " : "", STR_ARG(name));
}

static void add_text(struct lost_upload *u, struct str name, struct str text)
{
	VEC_PUSH(&u->conversion->job->arena, &u->parts,
		 ((struct tx_part){.name = name, .value = text}));
	list_name(u, &u->sent, name);
}

static struct str ask(struct lost_upload *u, struct str name, const char *what, const char *value)
{
	struct arena *a = &u->conversion->job->arena;
	struct str parameter = lost_body_add_parameter(
	    u->conversion, name,
	    arena_printf(a, "%s %.*s; the recording does not have it", what, STR_ARG(name)));

	u->options = arena_printf(a, "%.*s%s -p %.*s=%s", STR_ARG(u->options),
				  u->options.len ? " and" : "", STR_ARG(parameter), value);
	return parameter;
}

static void add_file(struct lost_upload *u, struct str name)
{
	struct tx_part part = {.name = name, .value = STR(""), .file = STR("")};

	if (u->files++ >= FILES_MAX)
		return;
	part.parameter = ask(u, name, "File to upload in", "PATH");
	VEC_PUSH(&u->conversion->job->arena, &u->parts, part);
}

static void add_files(struct lost_upload *u, struct str name, const struct json_item *item)
{
	size_t count = item && json_type(item) == JSON_ARRAY ? json_count(item) : 1;

	for (size_t i = 0; i < count; i++)
		add_file(u, name);
}

static bool is_file_control(const struct lost_upload *u, struct str name)
{
	for (uint32_t i = 0; i < u->page->control_count; i++)
		if (u->page->controls[i].form == u->form &&
		    u->page->controls[i].type == HTML_CONTROL_FILE &&
		    str_eq(u->page->controls[i].name, name))
			return true;
	return false;
}

/* A text of the page that the response does not have is typed, unless the page has it. */
static void ask_text(struct lost_upload *u, struct str name)
{
	struct binding b = {.location = LOCATION_PART, .index = (uint32_t)u->parts.count};

	b.before = STR("");
	b.expression = ask(u, name, "Text typed in", "…");
	VEC_PUSH(&u->conversion->job->arena, &u->bindings, b);
	add_text(u, name, STR(""));
}

static bool is_part(const struct lost_upload *u, struct str name)
{
	for (size_t i = 0; i < u->parts.count; i++)
		if (str_eq(u->parts.items[i].name, name))
			return true;
	return false;
}

static void add_control(struct lost_upload *u, const struct html_control *control)
{
	const struct json_item *value = stored_record_member(&u->record, control->name);
	bool box = control->type == HTML_CONTROL_CHECKBOX || control->type == HTML_CONTROL_RADIO;

	if (control->type == HTML_CONTROL_FILE) {
		add_files(u, control->name, value);
	} else if (is_part(u, control->name) || html_page_is_button(control) ||
		   control->type == HTML_CONTROL_BUTTON) {
		return;
	} else if (box) {
		if (value && json_type(value) != JSON_TRUE &&
		    !str_eq(stored_record_text(&u->record, value), control->value))
			return;
		if (value || control->checked)
			add_text(u, control->name, control->value);
	} else if (control->type == HTML_CONTROL_HIDDEN) {
		add_text(u, control->name, control->value);
	} else if (value && stored_record_is_scalar(value)) {
		add_text(u, control->name,
			 json_type(value) == JSON_NULL ? STR("")
						       : stored_record_text(&u->record, value));
	} else if (control->value.len || control->type == HTML_CONTROL_SELECT) {
		add_text(u, control->name, control->value);
	} else {
		ask_text(u, control->name);
	}
}

static void add_controls(struct lost_upload *u)
{
	for (uint32_t i = 0; i < u->page->control_count; i++) {
		const struct html_control *control = &u->page->controls[i];

		if (control->form == u->form && control->name.len && !control->disabled)
			add_control(u, control);
	}
}

/* Whether the member of the stored object is sent: as a text, or as a file. */
static void add_member(struct lost_upload *u, struct str name, const struct json_item *item)
{
	bool other = u->other && has_name(u->other, name);
	struct str text = stored_record_text(&u->record, item);

	if (u->source == NAMES_OF_PAGE && is_file_control(u, name))
		return;
	if (stored_record_is_file(&u->record, item - 1) &&
	    (other || u->source == NAMES_OF_RESPONSE))
		add_files(u, name, item);
	else if (stored_record_is_scalar(item) && json_type(item) != JSON_NULL &&
		 (other ? !stored_record_is_address(&u->record, text)
			: u->source == NAMES_OF_RESPONSE &&
			      stored_record_is_of_client(&u->record, name, item)))
		add_text(u, name, text);
	else if (!is_part(u, name))
		list_name(u, &u->not_sent, name);
}

static void add_members(struct lost_upload *u)
{
	const struct json_item *key = NULL;

	while ((key = stored_record_next(&u->record, key)))
		add_member(u, stored_record_text(&u->record, key), key + 1);
}

/* ---- the report */

static void report(const struct lost_upload *u)
{
	struct arena *a = &u->conversion->job->arena;
	const struct transaction *tx = u->step->tx;
	struct str from = STR("its response");

	if (u->source == NAMES_OF_PAGE)
		from = u->record.object ? STR("the form of the page and its response")
					: STR("the form of the page");
	else if (u->source == NAMES_OF_REQUEST)
		from = arena_printf(a, "its response and the fields of entry %u",
				    u->other->tx->number);
	job_note(u->conversion->job, "look at",
		 "entry %u, %.*s %.*s: %.*s; it is rebuilt from %.*s%s%.*s%s%.*s%s; set the rest "
		 "with%.*s",
		 tx->number, STR_ARG(tx->method), STR_ARG(path_of(tx)),
		 STR_ARG(tx->request_body.why), STR_ARG(from), u->sent.len ? ": " : "",
		 STR_ARG(u->sent), u->not_sent.len ? " (not sent: " : "", STR_ARG(u->not_sent),
		 u->not_sent.len ? ")" : "", STR_ARG(u->options));
}

bool lost_upload_rebuild(struct page_history *history, uint32_t step)
{
	struct lost_upload u = {.history = history,
				.conversion = history->conversion,
				.step = &history->conversion->steps.items[step],
				.sent = STR(""),
				.not_sent = STR(""),
				.options = STR("")};
	struct transaction *tx = u.step->tx;
	bool found;

	stored_record_read(&u.record, u.conversion, step);
	found = find_source(&u);
	if (found && !u.step->disabled) {
		if (u.source == NAMES_OF_PAGE)
			add_controls(&u);
		add_members(&u);
		tx->parts = u.parts.items;
		tx->part_count = u.parts.count;
		tx->multipart = true;
		for (size_t i = 0; i < u.bindings.count; i++)
			VEC_PUSH(&u.conversion->job->arena, &u.step->bindings, u.bindings.items[i]);
		report(&u);
	}
	stored_record_release(&u.record);
	return found;
}
