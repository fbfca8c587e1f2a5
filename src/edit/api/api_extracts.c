/*
 * Extractors for a response of a try: proposals for a value that the user selects, and trying an
 * entry of `extract:`. The response is an exchange of a job, {"job", "exchange"}, or in the request
 * itself, {"response"}, in the same form.
 */
#include <string.h>

#include "base/base64.h"
#include "doc/json_node.h"
#include "edit/api/api_exchanges.h"
#include "edit/api/api_private.h"
#include "finder/proposal.h"

#define VALUES_LIMIT 10000u

/* ---- the response */

static struct str text_member(const struct node *map, const char *key)
{
	const struct node *value =
	    map && map->kind == NODE_MAP ? node_find(map, str_of(key)) : NULL;

	return value && value->kind == NODE_SCALAR ? value->text : STR_NULL;
}

static bool number_member(const struct node *map, const char *key, int64_t *out)
{
	struct str text = text_member(map, key);

	return text.ptr && str_to_int(text, out);
}

/* The header lines of LIST, [{"name", "value"}]. */
static struct str header_lines(struct arena *a, const struct node *list)
{
	struct buf lines;

	buf_init(&lines, 0);
	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++)
		buf_printf(&lines, "%.*s: %.*s\r\n", STR_ARG(text_member(list->items[i], "name")),
			   STR_ARG(text_member(list->items[i], "value")));
	struct str copy = arena_str(a, buf_str(&lines));
	buf_release(&lines);
	return copy;
}

/* {"text"}, {"base64"} or a text; null if there is none. */
static struct str body_bytes(struct arena *a, const struct node *body)
{
	struct str encoded = text_member(body, "base64"), copy = STR("");
	struct buf bytes;

	if (!encoded.ptr) {
		bool is_text = body && body->kind == NODE_SCALAR && body->style == NODE_DOUBLE;
		struct str text = is_text ? body->text : text_member(body, "text");

		return text.ptr ? text : STR("");
	}
	buf_init(&bytes, 0);
	if (base64_decode(&bytes, encoded))
		copy = arena_str(a, buf_str(&bytes));
	buf_release(&bytes);
	return copy;
}

/* A response of an exchange. */
struct exchange_response {
	struct response response;
	bool truncated; /* only the beginning of the body is known */
};

/* Sets OUT from RESPONSE, which is a response to a request to URL. */
static void read_response(struct arena *a, const struct node *response, struct str url,
			  struct exchange_response *out)
{
	struct str own = text_member(response, "url");
	int64_t status = 200;

	(void)number_member(response, "status", &status);
	out->truncated = str_eq(text_member(response, "truncated"), STR("true"));
	out->response = (struct response){
	    .status = (int)status,
	    .headers = header_lines(a, node_find(response, STR("headers"))),
	    .body = body_bytes(a, node_find(response, STR("body"))),
	    .url = own.ptr   ? own
		   : url.ptr ? url
			     : STR(""),
	};
}

/* The response that MAP names; false after a refusal. */
static bool find_response(struct api_request *r, const struct node *map,
			  struct exchange_response *out)
{
	const struct node *given = node_find(map, STR("response")), *exchange;
	struct str job = api_member(map, "job"), text;
	const char *why;
	int64_t number;
	size_t at;

	if (given && given->kind == NODE_MAP) {
		read_response(&r->arena, given, STR_NULL, out);
		return true;
	}
	if (!job.ptr || !number_member(map, "exchange", &number)) {
		api_fail(r, 400, "exchange",
			 "the members \"job\" and \"exchange\", a number, are missing");
		return false;
	}
	if (!api_exchanges_text(r, job, number, &text))
		return false;
	exchange =
	    json_node_read(&r->arena, source_new(&r->arena, STR("an exchange"), text), &at, &why);
	if (!exchange || exchange->kind != NODE_MAP) {
		api_fail(r, 500, "exchange", "the exchange cannot be read: %s", why);
		return false;
	}
	given = node_find(exchange, STR("response"));
	if (!given || given->kind != NODE_MAP) {
		api_fail(r, 422, "no-response", "the request has no response");
		return false;
	}
	read_response(&r->arena, given, text_member(exchange, "url"), out);
	return true;
}

/* ---- proposals */

/* The byte of TEXT at UNITS of UTF-16; past its end if no character begins or ends there. */
static size_t byte_at(struct str text, int64_t units)
{
	uint32_t at;

	if (units < 0 || units > (int64_t)text.len)
		return text.len + 1;
	at = edit_byte_offset(text, (uint32_t)units);
	return edit_utf16_offset(text, at) == units ? at : text.len + 1;
}

static bool read_range(struct str text, const struct node *range, struct proposal_place *place)
{
	int64_t begin, end;

	if (!number_member(range, "begin", &begin) || !number_member(range, "end", &end))
		return false;
	place->begin = byte_at(text, begin);
	place->end = byte_at(text, end);
	return true;
}

static bool read_place(const struct node *node, const struct response *response,
		       struct proposal_place *place)
{
	static const struct {
		const char *key;
		enum proposal_kind kind;
	} kinds[] = {{"json", PROPOSAL_AT_JSON},
		     {"css", PROPOSAL_AT_ELEMENT},
		     {"header", PROPOSAL_AT_HEADER},
		     {"cookie", PROPOSAL_AT_COOKIE},
		     {"form_field", PROPOSAL_AT_FORM_FIELD}};
	const struct node *range;

	*place = (struct proposal_place){.kind = PROPOSAL_AT_TEXT};
	if (!node || node->kind != NODE_MAP)
		return false;
	range = node_find(node, STR("text"));
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct str name = api_member(node, kinds[i].key);

		if (!name.ptr)
			continue;
		place->kind = kinds[i].kind;
		place->name = name;
		place->attribute = api_member(node, "attribute");
		place->has_part = range != NULL;
		return !range || (place->kind == PROPOSAL_AT_HEADER &&
				  read_range(response_header(response, name, 0), range, place));
	}
	return read_range(response->body, range, place);
}

static void put_texts(struct json_writer *j, const char *key, const struct str *texts, size_t count)
{
	json_writer_open_array(j, key);
	for (size_t i = 0; i < count; i++)
		json_writer_text(j, NULL, texts[i]);
	json_writer_close_array(j);
}

static void put_proposal(struct json_writer *j, const struct proposal *one)
{
	json_writer_open(j, NULL);
	json_writer_text(j, "label", one->label);
	json_writer_text(j, "source", str_of(proposal_source_name(one->source)));
	proposal_put_extract(j, "extract", &one->spec);
	json_writer_uint(j, "matches", one->matches);
	put_texts(j, "values", one->values, one->value_count);
	json_writer_bool(j, "unique", one->matches == 1);
	if (one->has_again) {
		json_writer_bool(j, "holds", one->holds);
		if (one->holds)
			json_writer_text(j, "again", one->again);
		else
			json_writer_null(j, "again");
	}
	json_writer_close(j);
}

static void put_proposals(struct api_request *r, struct finder *f,
			  const struct proposal_place *place, const struct exchange_response *first,
			  const struct exchange_response *again)
{
	struct proposals all;
	struct buf error;

	buf_init(&error, 0);
	if (!proposal_find(f, place, &all, &error)) {
		api_fail(r, 422, "no-value", "%.*s%s", STR_ARG(buf_str(&error)),
			 first->truncated ? "; only the beginning of the body was kept" : "");
	} else {
		if (again)
			proposal_try_again(f, &again->response, &all);
		json_writer_text(&r->json, "value", all.value);
		json_writer_open_array(&r->json, "proposals");
		for (size_t i = 0; i < all.items.count; i++)
			put_proposal(&r->json, &all.items.items[i]);
		json_writer_close_array(&r->json);
		api_reply(r, 200);
	}
	buf_release(&error);
}

/* {"place", "again"}: the extractors that find the value at the place. */
void api_extracts_propose(struct api_request *r)
{
	const struct node *body = api_body(r), *second;
	struct exchange_response first, other;
	struct proposal_place place;
	struct finder finder;

	if (!body || !find_response(r, body, &first))
		return;
	second = node_find(body, STR("again"));
	if (second && (second->kind != NODE_MAP || !find_response(r, second, &other))) {
		if (second->kind != NODE_MAP)
			api_fail(r, 400, "again", "the member \"again\" must be an object");
		return;
	}
	if (!read_place(node_find(body, STR("place")), &first.response, &place)) {
		api_fail(r, 400, "place",
			 "the member \"place\" must be an object with json, css, header, cookie, "
			 "form_field or text");
		return;
	}
	finder_init(&finder, r->api->config.services->tables, &r->arena);
	finder_read(&finder, &first.response);
	put_proposals(r, &finder, &place, &first, second ? &other : NULL);
	finder_release(&finder);
}

/* ---- an entry */

/* Replies with the first error of the language, and all of them. */
static void refuse(struct api_request *r, const struct diag_list *diags)
{
	struct buf more;
	struct json_writer j = json_writer_spaced(&more);

	buf_init(&more, 0);
	diag_put_json(&j, "diagnostics", diags, NULL, NULL);
	api_fail_with(r, &(struct api_problem){.status = 422,
					       .code = "extract",
					       .message = diags->diags.count
							      ? diags->diags.items[0].text
							      : STR("the entry is not valid"),
					       .more = buf_str(&more)});
	buf_release(&more);
}

static void try_entry(struct api_request *r, struct finder *f, const struct node *entry)
{
	struct diag_list diags;
	struct extract extract;
	struct str *values;
	struct buf why;
	size_t count;

	diag_init(&diags, &r->arena);
	buf_init(&why, 0);
	enum finder_outcome outcome =
	    finder_read_entry(f, entry, &diags, &extract)
		? finder_apply(f, &f->response, &extract, VALUES_LIMIT, &diags, &why)
		: FINDER_WRONG;
	if (outcome == FINDER_WRONG) {
		refuse(r, &diags);
	} else if (outcome == FINDER_LIMIT) {
		api_fail(r, 422, "extract",
			 "the expression needs too much time on this text for a load test");
	} else {
		count = proposal_values(f, extract.match, (unsigned)extract.nth, &values);
		json_writer_uint(&r->json, "matches", f->last.count);
		put_texts(&r->json, "values", values, count);
		if (why.len)
			json_writer_text(&r->json, "why", buf_str(&why));
		api_reply(r, 200);
	}
	buf_release(&why);
}

/* {"extract"}: what an entry of `extract:` finds. */
void api_extracts_try(struct api_request *r)
{
	const struct node *body = api_body(r), *entry;
	struct exchange_response first;
	struct finder finder;
	struct str text;
	const char *why;
	size_t at;

	if (!body || !find_response(r, body, &first))
		return;
	entry = node_find(body, STR("extract"));
	if (!entry || !entry->span.source) {
		api_fail(r, 400, "extract", "the member \"extract\" is missing");
		return;
	}
	/* Read again as a separate document: places in errors are counted from its beginning. */
	text = str_slice(entry->span.source->text, entry->span.begin, entry->span.end);
	entry = json_node_read(&r->arena, source_new(&r->arena, STR("extract"), text), &at, &why);
	finder_init(&finder, r->api->config.services->tables, &r->arena);
	finder_read(&finder, &first.response);
	try_entry(r, &finder, entry);
	finder_release(&finder);
}
