/* Which response means that a step succeeded: what the recording shows about status, redirects, the
 * address after them, and errors that the body reports. Never the title or other texts, which
 * differ between visits. */
#include "base/ascii.h"
#include "doc/json_error.h"
#include "html/html_error.h"
#include "import/conversion.h"
#include "import/query_pairs.h"

#define QUERY_MAX 100 /* a longer one is not expected */
#define LONG_ID	  12

/* ---- ids in paths */

static size_t count_digits(struct str s)
{
	size_t count = 0;

	for (size_t i = 0; i < s.len; i++)
		count += ascii_is_digit(s.ptr[i]);
	return count;
}

/* v1, v2.1: the version of an API */
static bool is_version(struct str s)
{
	if (s.len < 2 || s.len > 5 || (s.ptr[0] != 'v' && s.ptr[0] != 'V') ||
	    !ascii_is_digit(s.ptr[1]))
		return false;
	for (size_t i = 1; i < s.len; i++)
		if (!ascii_is_digit(s.ptr[i]) && s.ptr[i] != '.')
			return false;
	return true;
}

static bool is_mixed(struct str s)
{
	bool upper = false, lower = false;

	for (size_t i = 0; i < s.len; i++) {
		upper = upper || (s.ptr[i] >= 'A' && s.ptr[i] <= 'Z');
		lower = lower || (s.ptr[i] >= 'a' && s.ptr[i] <= 'z');
	}
	return upper && lower;
}

bool conversion_is_id(struct str segment)
{
	size_t digits = count_digits(segment);

	if (is_version(segment))
		return false;
	return digits > 0 || segment.len > 40 ||
	       (segment.len >= LONG_ID * 2 && is_mixed(segment) &&
		str_find_char(segment, '-', 0) == NOT_FOUND);
}

/* Appends TEXT as addresses write titles: "A new note" as a-new-note. */
static void put_slug(struct buf *out, struct str text)
{
	size_t mark = out->len;

	for (size_t i = 0; i < text.len; i++) {
		char c = ascii_to_lower(text.ptr[i]);

		if ((c >= 'a' && c <= 'z') || ascii_is_digit(c) || (unsigned char)c >= 0x80)
			buf_add_char(out, c);
		else if (out->len > mark && out->data[out->len - 1] != '-')
			buf_add_char(out, '-');
	}
	if (out->len > mark && out->data[out->len - 1] == '-')
		out->len--;
}

/* Whether an address before the step AT has SEGMENT: then it is not named after what was typed. */
static bool was_requested(const struct conversion *conversion, size_t at, struct str segment)
{
	for (size_t i = 0; i <= at; i++) {
		struct str url = conversion->steps.items[i].tx->url;
		size_t found = 0;

		while ((found = str_find(url, segment, found)) != NOT_FOUND) {
			size_t end = found + segment.len;

			if (found && url.ptr[found - 1] == '/' &&
			    (end == url.len || strchr("/?", url.ptr[end])))
				return true;
			found = end;
		}
	}
	return false;
}

/* Whether SEGMENT, which follows from the step AT, is the title in a text that it sends. */
static bool is_typed(struct conversion *conversion, size_t at, struct str segment)
{
	const struct transaction *tx = conversion->steps.items[at].tx;
	struct buf *out = &conversion->scratch;
	size_t mark;

	if (was_requested(conversion, at, segment))
		return false;
	buf_clear(out);
	if (!url_decode(out, segment, false))
		return true;
	mark = out->len;
	put_slug(out, str_slice(buf_str(out), 0, mark));
	struct str slug =
	    arena_str(&conversion->job->arena, str_slice(buf_str(out), mark, out->len));
	for (size_t i = 0; i < tx->part_count; i++) {
		buf_clear(out);
		put_slug(out, tx->parts[i].value);
		if (out->len >= 3 && str_find(slug, buf_str(out), 0) != NOT_FOUND)
			return true;
	}
	if (!tx->part_count && slug.len >= 3 && tx->request_body.raw.len) {
		buf_clear(out);
		put_slug(out, tx->request_body.raw);
		return str_find(buf_str(out), slug, 0) != NOT_FOUND;
	}
	return false;
}

/* ---- the address after redirects */

static void put_path(struct conversion *conversion, size_t at, struct str path, struct buf *out)
{
	for (size_t from = 0; from < path.len;) {
		size_t end = str_find_char(path, '/', from + 1);
		struct str segment;

		end = end == NOT_FOUND ? path.len : end;
		segment = str_slice(path, from + 1, end);
		from = end;
		buf_add_char(out, '/');
		size_t parameter = str_find_char(segment, ';', 0);
		if (!segment.len)
			continue;
		if (conversion_is_id(str_slice(segment, 0, parameter)) ||
		    is_typed(conversion, at, segment))
			buf_add_char(out, '*');
		else if (parameter != NOT_FOUND)
			buf_printf(out, "%.*s*", (int)parameter, segment.ptr);
		else
			buf_add(out, segment);
	}
}

/* The names of the query with `*` for the values. */
static void put_query(struct str query, struct buf *out)
{
	size_t mark = out->len;
	struct query_pair pair;

	for (size_t at = 0; query_pairs_next(query, &at, &pair);) {
		struct str text = str_slice(query, pair.from, pair.to);

		buf_add_char(out, out->len == mark ? '?' : query.ptr[pair.from - 1]);
		if (pair.sign != NOT_FOUND)
			buf_add(out, str_slice(query, pair.from, pair.sign + 1));
		if (pair.sign != NOT_FOUND || conversion_is_id(text))
			buf_add_char(out, '*');
		else
			buf_add(out, text);
	}
	if (out->len - mark > QUERY_MAX)
		out->len = mark;
}

static struct str address_pattern(struct conversion *conversion, size_t at, struct str text)
{
	struct buf out;
	struct str result;
	struct url url;

	if (!url_split(text, &url))
		return STR("");
	buf_init(&out, 0);
	if (url.path.len)
		put_path(conversion, at, url.path, &out);
	else
		buf_add_char(&out, '/');
	put_query(url.query, &out);
	result = arena_str(&conversion->job->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

/* ---- redirects */

static bool is_redirected(const struct conversion_step *step)
{
	return step->response != step->tx || step->response->redirect_url.len > 0;
}

static bool is_known(const struct conversion_step *step)
{
	return step->tx->kind == TX_REQUEST && !step->disabled && !step->response->request_only &&
	       step->response->status;
}

/* Most steps are not redirected, so this is written once, if it is known for every step. */
static void choose_default(struct conversion *conversion)
{
	size_t plain = 0, count = 0;

	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct conversion_step *step = &conversion->steps.items[i];

		if (step->disabled || step->tx->kind != TX_REQUEST)
			continue;
		if (!is_known(step))
			return;
		count++;
		plain += !is_redirected(step);
	}
	conversion->expects_no_redirect = plain > 0 && count > 1;
}

static bool is_unsafe(const struct transaction *tx)
{
	return !str_eq(tx->method, STR("GET")) && !str_eq(tx->method, STR("HEAD")) &&
	       !str_eq(tx->method, STR("OPTIONS"));
}

static void expect_redirect(struct conversion *conversion, size_t at)
{
	struct conversion_step *step = &conversion->steps.items[at];
	const struct transaction *last = step->response;

	if (!is_redirected(step)) {
		if (!conversion->expects_no_redirect && is_unsafe(step->tx) && last->status < 400)
			step->outcome.redirect = OUTCOME_REDIRECT_NO;
		return;
	}
	step->outcome.redirect = OUTCOME_REDIRECT_YES;
	if (!last->redirect_url.len)
		step->outcome.url = address_pattern(conversion, at, last->url);
}

/* ---- errors in the body */

static bool is_success(const struct json_tape *tape, const struct json_item *item)
{
	static const char *const words[] = {"ok",   "success", "successful", "succeeded", "error",
					    "fail", "failed",  "failure",    NULL};
	static const char *const numbers[] = {"0", "1", "200", "201", "202", "204", NULL};
	const char *const *all = json_type(item) == JSON_STRING ? words : numbers;

	if (json_type(item) == JSON_TRUE || json_type(item) == JSON_FALSE)
		return true;
	if (json_type(item) != JSON_STRING && json_type(item) != JSON_NUMBER)
		return false;
	for (int i = 0; all[i]; i++)
		if (str_ieq(json_raw(tape, item), str_of(all[i])))
			return true;
	return false;
}

static void expect_members(struct conversion *conversion, struct step_outcome *outcome,
			   const struct json_tape *tape)
{
	static const char *const names[] = {"success", "ok", "status", NULL};
	struct arena *a = &conversion->job->arena;

	for (int i = 0; names[i] && json_type(tape->items) == JSON_OBJECT; i++) {
		const struct json_item *item = json_member(tape, tape->items, str_of(names[i]));

		if (!item || !is_success(tape, item))
			continue;
		VEC_PUSH(a, &outcome->members,
			 ((struct outcome_member){.path = arena_printf(a, "$.%s", names[i]),
						  .value = arena_str(a, json_raw(tape, item)),
						  .text = json_type(item) == JSON_STRING}));
	}
}

/* Whether a script sent the request; false too if the recording does not say it. */
static bool is_script(const struct transaction *tx)
{
	struct str mode = transaction_header(&tx->request_headers, STR("Sec-Fetch-Mode"), 0);

	if (transaction_header(&tx->request_headers, STR("X-Requested-With"), 0).len)
		return true;
	if (tx->resource_type.len)
		return !str_ieq(tx->resource_type, STR("document"));
	return mode.len && !str_ieq(mode, STR("navigate"));
}

/* A part of a page, not a document. */
static bool is_fragment(struct str body)
{
	struct html_tokenizer t;
	struct html_token token;

	html_token_init(&t, body);
	for (int i = 0; i < 20 && html_token_next(&t, &token); i++)
		if (token.type == HTML_TOKEN_DOCTYPE ||
		    (token.type == HTML_TOKEN_START &&
		     (token.tag == HTML_TAG_HTML || token.tag == HTML_TAG_HEAD ||
		      token.tag == HTML_TAG_BODY)))
			return false;
	return true;
}

static bool has_type(struct str type, const char *word)
{
	return str_find(type, str_of(word), 0) != NOT_FOUND;
}

static void expect_body(struct conversion *conversion, struct conversion_step *step)
{
	const struct transaction *last = step->response;
	struct str type = transaction_media_type(&last->body, &last->headers), body;
	struct step_outcome *outcome = &step->outcome;
	bool unsafe = is_unsafe(step->tx), html = has_type(type, "html");
	bool part = html ? unsafe || is_script(step->tx) : unsafe && has_type(type, "xml");
	struct buf bytes, message;
	struct json_tape tape;

	json_init(&tape);
	buf_init(&bytes, 0);
	buf_init(&message, 0);
	body = transaction_body_bytes(&last->body, &bytes);
	if (str_trim(body).len && json_read(&tape, body)) {
		expect_members(conversion, outcome, &tape);
		outcome->no_errors =
		    unsafe && !outcome->members.count &&
		    (json_type(tape.items) == JSON_OBJECT || json_type(tape.items) == JSON_ARRAY) &&
		    !json_error_find(&tape, &message);
	} else if (part && str_trim(body).len && (!html || is_fragment(body))) {
		outcome->no_errors = !html_error_find(body, &message);
	}
	buf_release(&message);
	buf_release(&bytes);
	json_release(&tape);
}

void conversion_outcomes(struct conversion *conversion)
{
	choose_default(conversion);
	for (size_t i = 0; i < conversion->steps.count; i++) {
		struct conversion_step *step = &conversion->steps.items[i];

		if (!is_known(step))
			continue;
		if (step->response->status >= 400)
			step->outcome.status = step->response->status;
		expect_redirect(conversion, i);
		if (step->response->status < 400 && !step->response->redirect_url.len)
			expect_body(conversion, step);
	}
}
