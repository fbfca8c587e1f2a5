#include "import/verification.h"

#include "base/ascii.h"
#include "html/html_token.h"
#include "import/conversion.h"
#include "import/import.h"
#include "interface/response.h"

static const struct conversion_step *step_at(const struct import_job *job, size_t n)
{
	for (size_t i = 0; i < job->conversion->steps.count; i++)
		if (!job->conversion->steps.items[i].disabled && n-- == 0)
			return &job->conversion->steps.items[i];
	return NULL;
}

size_t verification_step_count(const struct import_job *job)
{
	size_t count = 0;

	for (size_t i = 0; i < job->conversion->steps.count; i++)
		count += !job->conversion->steps.items[i].disabled;
	return count;
}

/* ---- comparison */

static struct str media_of(struct str headers)
{
	struct response response = {.headers = headers};
	struct str type = response_header(&response, STR("Content-Type"), 0);

	return str_trim(str_slice(type, 0, str_find_char(type, ';', 0)));
}

static bool has_digit(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ascii_is_digit(s.ptr[i]))
			return true;
	return false;
}

/* Whether it is the same page: segments are equal, or both contain an id. */
static bool same_page(struct str a, struct str b)
{
	struct url x, y;
	size_t i = 0, k = 0;

	if (!url_split(a, &x) || !url_split(b, &y))
		return true;
	while (i < x.path.len && k < y.path.len) {
		size_t end = str_find_char(x.path, '/', i + 1);
		size_t to = str_find_char(y.path, '/', k + 1);
		struct str s = str_slice(x.path, i, end), t = str_slice(y.path, k, to);

		if (!str_eq(s, t) && !(has_digit(s) && has_digit(t)))
			return false;
		i = end == NOT_FOUND ? x.path.len : end;
		k = to == NOT_FOUND ? y.path.len : to;
	}
	return (i >= x.path.len || x.path.len == 1) && (k >= y.path.len || y.path.len == 1);
}

static struct str title_of(struct str body)
{
	struct html_tokenizer t;
	struct html_token token;
	bool title = false;

	html_token_init(&t, body);
	while (html_token_next(&t, &token)) {
		if (title && token.type == HTML_TOKEN_TEXT)
			return str_trim(token.text);
		title =
		    token.type == HTML_TOKEN_START && token.tag == HTML_TAG_TITLE && !token.foreign;
	}
	return STR("");
}

/* The first key of the recorded object that the response does not have; ptr NULL: none. */
static struct str missing_key(struct arena *a, struct str recorded, struct str got)
{
	struct json_tape was, is;
	struct str missing = STR_NULL;
	struct buf text;

	json_init(&was);
	json_init(&is);
	buf_init(&text, 0);
	if (json_read(&was, recorded) && json_type(was.items) == JSON_OBJECT) {
		bool object = json_read(&is, got) && json_type(is.items) == JSON_OBJECT;

		for (uint32_t i = 1; i < was.items->next && !missing.ptr;
		     i = was.items[i + 1].next) {
			buf_clear(&text);
			struct str key = json_text(&was, &was.items[i], &text);
			if (!object || !json_member(&is, is.items, key))
				missing = arena_str(a, key);
		}
	}
	buf_release(&text);
	json_release(&was);
	json_release(&is);
	return missing;
}

static void report_difference(const struct conversion_step *step, struct buf *out, const char *what,
			      struct str is, struct str was)
{
	size_t mark = str_find_char(step->tx->url, '?', 0);

	buf_printf(out, "  differs    %.*s %.*s: %s %.*s where %.*s was recorded\n",
		   STR_ARG(step->tx->method), STR_ARG(str_slice(step->tx->url, 0, mark)), what,
		   STR_ARG(is.len ? is : STR("nothing")), STR_ARG(was.len ? was : STR("nothing")));
}

static bool same_status(int is, int was)
{
	/* A response from the browser's cache is now sent completely. */
	return is / 100 == was / 100 || (was == 304 && is == 200) || !was;
}

static void compare_content(const struct import_job *job, const struct conversion_step *step,
			    const struct import_response *response, struct buf *out)
{
	const struct transaction *was = step->response;
	struct arena *a = (struct arena *)&job->arena;
	struct str type = transaction_media_type(&was->body, &was->headers),
		   is = media_of(response->headers);
	struct str body, missing;
	struct buf scratch;

	if (was->status == 304 || !type.len)
		return;
	if (!str_ieq(type, is))
		report_difference(step, out, "type", is, type);
	buf_init(&scratch, 0);
	body = transaction_body_bytes(&was->body, &scratch);
	if (!str_eq(title_of(body), title_of(response->body)) && title_of(body).len)
		report_difference(step, out, "title", title_of(response->body), title_of(body));
	missing = missing_key(a, body, response->body);
	if (missing.ptr)
		report_difference(step, out, "no key", missing, missing);
	buf_release(&scratch);
}

bool verification_check_step(const struct import_job *job, size_t n,
			     const struct import_response *response, struct buf *out)
{
	const struct conversion_step *step = step_at(job, n);
	struct arena *a = (struct arena *)&job->arena;

	if (!step)
		return true;
	if (!same_status(response->status, step->response->status)) {
		report_difference(step, out, "status", arena_printf(a, "%d", response->status),
				  arena_printf(a, "%d", step->response->status));
		return false;
	}
	if (!same_page(response->url, step->response->url)) {
		report_difference(step, out, "it ended at", response->url, step->response->url);
		return false;
	}
	compare_content(job, step, response, out);
	return true;
}

/* ---- another conversion */

static size_t count_extractors(const struct conversion *conversion)
{
	size_t count = 0;

	for (size_t i = 0; i < conversion->steps.count; i++)
		count += conversion->steps.items[i].extractor_specs.count;
	return count;
}

/* Restores the state after the importer: merged and reported entries are determined again. */
static void reset(struct import_job *job)
{
	for (size_t i = 0; i < job->list.items.count; i++) {
		struct transaction *tx = job->list.items.items[i];

		if (tx->disposition == TX_MERGED) {
			tx->disposition = TX_KEPT;
			tx->merged_into = NULL;
		}
	}
	job->notes.count = job->importer_note_count;
	job->extra_files.count = job->importer_file_count;
	job->document = NULL;
}

bool verification_reconvert(struct import_job *job, const struct import_response *responses,
			    size_t count)
{
	size_t before = count_extractors(job->conversion);

	job->replayed = responses;
	job->replayed_count = count;
	reset(job);
	return import_convert(job) && count_extractors(job->conversion) > before;
}

const char *verification_parameter(const struct import_job *job, size_t n)
{
	const struct conversion_parameter *p;

	if (!job->conversion || n >= job->conversion->parameters.count)
		return NULL;
	p = &job->conversion->parameters.items[n];
	return arena_printf((struct arena *)&job->arena, "%.*s=%.*s", STR_ARG(p->name),
			    STR_ARG(p->value))
	    .ptr;
}
