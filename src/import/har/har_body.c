/* Bodies of a HAR entry: in which recorders differ. */
#include <stdlib.h>

#include "base/base64.h"
#include "base/unzip.h"
#include "base/url.h"
#include "import/har/har.h"
#include "import/multipart_parse.h"

/* ---- request bodies */

static bool may_have_body(const struct transaction *tx)
{
	return !str_eq(tx->method, STR("GET")) && !str_eq(tx->method, STR("HEAD")) &&
	       !str_eq(tx->method, STR("OPTIONS"));
}

/* Decoded if every % starts an escape (Chrome, IE); unchanged otherwise (Firefox). */
static struct str decoded(struct har_reader *r, struct str s)
{
	struct str result = s;

	if (str_find_char(s, '%', 0) == NOT_FOUND)
		return s;
	buf_clear(&r->scratch);
	if (url_decode(&r->scratch, s, false) && str_is_utf8(buf_str(&r->scratch), NULL))
		result = arena_str(&r->job->arena, buf_str(&r->scratch));
	return result;
}

/* chrome-har writes a JSON array as params whose values are objects: rebuilds the array. */
static void json_of_params(struct har_reader *r, const struct json_item *params,
			   struct transaction *tx)
{
	uint32_t begin = (uint32_t)(params - r->tape.items);
	struct buf text;

	buf_init(&text, 0);
	buf_add_char(&text, '[');
	for (uint32_t i = begin + 1; i < params->next; i = r->tape.items[i].next) {
		const struct json_item *value = har_get(r, &r->tape.items[i], "value");

		if (!value)
			continue;
		if (text.len > 1)
			buf_add_char(&text, ',');
		bool quoted = json_type(value) == JSON_STRING;
		buf_printf(&text, "%s%.*s%s", quoted ? "\"" : "",
			   STR_ARG(json_raw(&r->tape, value)), quoted ? "\"" : "");
	}
	buf_add_char(&text, ']');
	tx->request_body.raw = arena_str(&r->job->arena, buf_str(&text));
	if (str_find(tx->request_body.mime, STR("json"), 0) == NOT_FOUND)
		tx->request_body.mime = STR("application/json");
	buf_release(&text);
}

static bool has_objects(struct har_reader *r, const struct json_item *params)
{
	uint32_t begin = (uint32_t)(params - r->tape.items);

	for (uint32_t i = begin + 1; i < params->next; i = r->tape.items[i].next) {
		const struct json_item *value = har_get(r, &r->tape.items[i], "value");

		if (value && (json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY))
			return true;
	}
	return false;
}

/* Charles writes the base64 of a file into the value without marking it. */
static void fix_file_encoding(struct har_reader *r, struct tx_part *part)
{
	struct str v = part->value;

	part->lost = (!v.len && part->file.len) || str_find(v, STR("\xef\xbf\xbd"), 0) != NOT_FOUND;
	if (part->lost || v.len < 16 || v.len % 4 != 0)
		return;
	buf_clear(&r->scratch);
	if (base64_decode(&r->scratch, v))
		part->value = arena_str(&r->job->arena, buf_str(&r->scratch));
}

static void parts_of_params(struct har_reader *r, const struct json_item *params,
			    struct transaction *tx)
{
	uint32_t begin = (uint32_t)(params - r->tape.items), n = 0;

	tx->parts = ARENA_ARRAY(&r->job->arena, json_count(params), struct tx_part);
	for (uint32_t i = begin + 1; i < params->next; i = r->tape.items[i].next) {
		const struct json_item *item = &r->tape.items[i];
		struct tx_part *part = &tx->parts[n];
		struct str value = har_get_text(r, item, "value");

		part->name = har_get_text(r, item, "name");
		part->file = har_get_text(r, item, "fileName");
		part->type = har_get_text(r, item, "contentType");
		if (!part->name.ptr)
			continue;
		part->value = value.ptr ? value : STR("");
		if (tx->multipart && part->file.ptr) {
			fix_file_encoding(r, part);
		} else if (!tx->multipart) {
			part->name = decoded(r, part->name);
			part->value = decoded(r, part->value);
		}
		n++;
	}
	tx->part_count = n;
}

static void sniff_type(struct transaction *tx)
{
	struct str text = str_trim(tx->request_body.raw);

	if (transaction_media_type(&tx->request_body, &tx->request_headers).len || !text.len)
		return;
	if (text.ptr[0] == '{' || text.ptr[0] == '[')
		tx->request_body.mime = STR("application/json");
	else if (str_find_char(text, '=', 0) != NOT_FOUND &&
		 str_find_char(text, ' ', 0) == NOT_FOUND)
		tx->request_body.mime = STR("application/x-www-form-urlencoded");
	else
		tx->request_body.mime = STR("text/plain");
}

static bool is_text_type(struct str type)
{
	static const char *const words[] = {"text",   "json",	 "xml", "form",
					    "script", "graphql", NULL};

	for (int i = 0; words[i]; i++)
		if (str_find(type, str_of(words[i]), 0) != NOT_FOUND)
			return true;
	return !type.len;
}

static void set_lost(struct transaction *tx, const char *why)
{
	tx->request_body.lost = true;
	tx->request_body.why = str_of(why);
}

static void mark_lost(struct transaction *tx, const char *why)
{
	set_lost(tx, why);
	transaction_skip(tx, SKIP_REASON_BODY_LOST, tx->request_body.why);
}

/* Whether a missing body was the bytes of a file that a script sent. */
static bool was_file(const struct transaction *tx)
{
	struct str type = transaction_media_type(&tx->request_body, &tx->request_headers);

	if (str_icontains(type, STR("form")))
		return false;
	return transaction_query_file(tx->url).len ||
	       (type.len && !str_icontains(type, STR("json")));
}

/* It was sent, but is missing in the recording. */
static void check_lost_body(struct har_reader *r, const struct json_item *request,
			    struct transaction *tx)
{
	struct str length = transaction_header(&tx->request_headers, STR("Content-Length"), 0);
	int64_t bytes = 0;

	if (!may_have_body(tx))
		return;
	if (!str_to_int(length, &bytes))
		bytes = (int64_t)har_get_number(r, request, "bodySize", 0);
	if (bytes <= 0)
		return;
	if (was_file(tx))
		set_lost(tx, "the browser did not keep the file");
	else
		mark_lost(tx, "the browser did not keep the request body");
}

/* A body with the length that was sent is complete: empty files were empty. */
static void keep_empty_files(struct transaction *tx, struct str text)
{
	int64_t bytes;

	if (!str_to_int(transaction_header(&tx->request_headers, STR("Content-Length"), 0),
			&bytes) ||
	    bytes != (int64_t)text.len)
		return;
	for (size_t i = 0; i < tx->part_count; i++)
		tx->parts[i].lost = tx->parts[i].lost && tx->parts[i].value.len;
}

static void read_multipart(struct har_reader *r, struct transaction *tx, struct str text,
			   const struct json_item *params)
{
	struct str type = tx->request_body.mime;

	if (!multipart_parse_boundary(type).len)
		type = transaction_header(&tx->request_headers, STR("Content-Type"), 0);
	tx->multipart = true;
	if (text.len && multipart_parse(&r->job->arena, text, multipart_parse_boundary(type),
					tx->request_body.exact, &tx->parts, &tx->part_count)) {
		keep_empty_files(tx, text);
		return;
	}
	if (params && json_count(params))
		parts_of_params(r, params, tx);
	if (!tx->part_count)
		mark_lost(tx, "the parts of the form are not in the recording");
}

/* Text that a browser parsed as if it were a form. */
static void text_of_params(struct har_reader *r, const struct json_item *params,
			   struct transaction *tx)
{
	struct buf text;

	parts_of_params(r, params, tx);
	buf_init(&text, 0);
	for (size_t i = 0; i < tx->part_count; i++)
		buf_printf(&text, "%s%.*s%s%.*s", i ? "&" : "", STR_ARG(tx->parts[i].name),
			   tx->parts[i].value.len ? "=" : "", STR_ARG(tx->parts[i].value));
	tx->request_body.raw = arena_str(&r->job->arena, buf_str(&text));
	tx->part_count = 0;
	buf_release(&text);
}

static void read_form(struct har_reader *r, struct transaction *tx, struct str text,
		      const struct json_item *params)
{
	if (text.len && transaction_parse_form(&r->job->arena, tx, text))
		return;
	if (!text.len && params && json_count(params))
		parts_of_params(r, params, tx);
}

static struct str body_text(struct har_reader *r, const struct json_item *post, bool *exact)
{
	struct str text = har_get_text(r, post, "text");
	struct str encoding = har_get_text(r, post, "encoding");

	if (!encoding.ptr)
		encoding = har_get_text(r, post, "_encoding");
	if (!text.len || !str_ieq(encoding, STR("base64")))
		return text;
	buf_clear(&r->scratch);
	if (!base64_decode(&r->scratch, text))
		return text;
	*exact = true;
	return arena_str(&r->job->arena, buf_str(&r->scratch));
}

void har_request_body(struct har_reader *r, const struct json_item *request, struct transaction *tx)
{
	const struct json_item *post = har_get(r, request, "postData");
	const struct json_item *params = har_get(r, post, "params");
	struct str text = body_text(r, post, &tx->request_body.exact), type;

	if (params && json_type(params) != JSON_ARRAY)
		params = NULL;
	if (!text.len && (!params || !json_count(params))) {
		check_lost_body(r, request, tx);
		return;
	}
	/* Firefox writes postData for a GET's query. */
	if (!may_have_body(tx) &&
	    (!text.len || !transaction_header(&tx->request_headers, STR("Content-Type"), 0).ptr))
		return;
	tx->request_body.mime = har_get_text(r, post, "mimeType");
	tx->request_body.raw = text;
	if (str_eq(text, STR("text was too long"))) {
		mark_lost(tx, "it was too long for the recorder");
		return;
	}
	if (text.ptr)
		sniff_type(tx);
	else if (!transaction_media_type(&tx->request_body, &tx->request_headers).len)
		tx->request_body.mime = STR("application/x-www-form-urlencoded");
	type = transaction_media_type(&tx->request_body, &tx->request_headers);
	if (!text.len && params && has_objects(r, params)) {
		json_of_params(r, params, tx);
		return;
	}
	if (str_ieq(type, STR("multipart/form-data"))) {
		read_multipart(r, tx, text, params);
	} else if (str_ieq(type, STR("application/x-www-form-urlencoded"))) {
		read_form(r, tx, text, params);
	} else if (!text.len) {
		text_of_params(r, params, tx);
	} else if (!tx->request_body.exact && !is_text_type(type) &&
		   str_find(text, STR("\xef\xbf\xbd"), 0) != NOT_FOUND) {
		mark_lost(tx, "the recorder converted its bytes to text");
	}
}

/* ---- response bodies */

/* Bytes that Playwright and others store beside the recording, or with it in an archive. */
static struct str attached(struct har_reader *r, struct str name)
{
	struct str text, path = str_of(r->path);
	size_t slash = path.len;
	struct mapped_file file;
	const char *why;

	if (!name.len || str_find_char(name, '/', 0) != NOT_FOUND || name.ptr[0] == '.')
		return STR_NULL;
	if (r->archive.ptr)
		return unzip_member(&r->job->arena, r->archive, name, false, &why);
	while (slash > 0 && path.ptr[slash - 1] != '/')
		slash--;
	text = arena_printf(&r->job->arena, "%.*s%.*s", STR_ARG(str_slice(path, 0, slash)),
			    STR_ARG(name));
	if (!mapped_file_open(&file, arena_cstr(&r->job->arena, text)))
		return STR_NULL;
	VEC_PUSH(&r->job->arena, &r->job->mapped, file);
	return file.text;
}

static bool is_compressed(struct str raw)
{
	return str_starts(raw, STR("\x1f\x8b")) || str_starts(raw, STR("\x28\xb5\x2f\xfd"));
}

void har_response_body(struct har_reader *r, const struct json_item *response,
		       struct transaction *tx)
{
	const struct json_item *content = har_get(r, response, "content");
	const struct json_item *text = har_get(r, content, "text");
	struct tx_body *body = &tx->body;
	bool base64 = str_ieq(har_get_text(r, content, "encoding"), STR("base64"));

	body->mime = har_get_text(r, content, "mimeType");
	if (text && json_type(text) == JSON_STRING) {
		body->raw = json_raw(&r->tape, text);
		if (base64)
			body->coding = json_escaped(text) ? TX_JSON_BASE64 : TX_BASE64;
		else
			body->coding = json_escaped(text) ? TX_JSON_STRING : TX_BYTES;
	} else {
		body->raw = attached(r, har_get_text(r, content, "_file"));
	}
	if (body->raw.ptr && body->coding == TX_BYTES && is_compressed(body->raw))
		body->raw = STR_NULL;
	if (!body->raw.ptr && har_get_number(r, content, "size", 0) > 0) {
		body->lost = true;
		body->why = STR("it is missing in the recording");
	}
}
