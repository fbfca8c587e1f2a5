#include "demo/graphql.h"

#include <inttypes.h>

#include "base/json_writer.h"
#include "demo/shop_request.h"

/* One operation of a request, as texts. */
struct shop_operation {
	struct str query, hash;
	const struct json_item *variables; /* NULL: none */
};

static struct str text_member(const struct json_tape *tape, const struct json_item *object,
			      const char *key, struct buf *text)
{
	const struct json_item *item = object && json_type(object) == JSON_OBJECT
					   ? json_member(tape, object, str_of(key))
					   : NULL;

	return item && json_type(item) == JSON_STRING ? json_text(tape, item, text) : STR("");
}

static const struct json_item *object_member(const struct json_tape *tape,
					     const struct json_item *object, const char *key)
{
	const struct json_item *item = object && json_type(object) == JSON_OBJECT
					   ? json_member(tape, object, str_of(key))
					   : NULL;

	return item && json_type(item) == JSON_OBJECT ? item : NULL;
}

static void put_error(struct json_writer *j, const char *message, const char *code,
		      const char *path)
{
	json_writer_open_array(j, "errors");
	json_writer_open(j, NULL);
	json_writer_text(j, "message", str_of(message));
	if (path) {
		json_writer_open_array(j, "path");
		json_writer_text(j, NULL, str_of(path));
		json_writer_close_array(j);
	}
	json_writer_open(j, "extensions");
	json_writer_text(j, "code", str_of(code));
	json_writer_close(j);
	json_writer_close(j);
	json_writer_close_array(j);
}

static void put_product(struct json_writer *j, const struct product *what)
{
	json_writer_uint(j, "id", what->id);
	json_writer_text(j, "name", what->name);
	catalogue_put_price(json_writer_value(j, "price"), what->cents);
}

static bool asks_for(const struct shop_operation *o, const char *field)
{
	return str_find(o->query, str_of(field), 0) != NOT_FOUND;
}

static void put_products(struct shop_request *request, struct json_writer *j,
			 const struct shop_operation *o)
{
	struct buf *text = &request->shop->field;
	struct str words;

	buf_clear(text);
	words = text_member(&request->shop->tape, o->variables, "search", text);
	json_writer_open_array(j, "products");
	for (unsigned i = 0; i < PRODUCT_COUNT; i++) {
		if (!catalogue_matches(catalogue_at(i), words, STR("")))
			continue;
		json_writer_open(j, NULL);
		put_product(j, catalogue_at(i));
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

/* True if the product exists. */
static bool put_one_product(struct shop_request *request, struct json_writer *j,
			    const struct shop_operation *o)
{
	const struct json_tape *tape = &request->shop->tape;
	const struct json_item *id =
	    o->variables ? json_member(tape, o->variables, STR("id")) : NULL;
	int64_t number;
	const struct product *what =
	    id && str_to_int(json_raw(tape, id), &number) && number >= 0 && number <= UINT32_MAX
		? catalogue_find((unsigned)number)
		: NULL;

	if (!what) {
		json_writer_null(j, "product");
		return false;
	}
	json_writer_open(j, "product");
	put_product(j, what);
	json_writer_close(j);
	return true;
}

static void put_response(struct shop_request *request, struct json_writer *j,
			 const struct shop_operation *o)
{
	bool found = true;

	json_writer_open(j, NULL);
	if (!o->query.len && o->hash.len) {
		put_error(j, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND", NULL);
	} else if (!asks_for(o, "products") && !asks_for(o, "product(")) {
		put_error(j, "the query has no field that this shop knows",
			  "GRAPHQL_VALIDATION_FAILED", NULL);
	} else {
		json_writer_open(j, "data");
		if (asks_for(o, "products"))
			put_products(request, j, o);
		if (asks_for(o, "product("))
			found = put_one_product(request, j, o);
		json_writer_close(j);
		if (!found)
			put_error(j, "unknown product id", "NOT_FOUND", "product");
	}
	json_writer_close(j);
}

/* The text of a known hash; a new text with a hash is remembered. */
static void find_persisted(struct shop_request *request, struct shop_operation *o)
{
	if (!o->hash.len)
		return;
	if (o->query.len)
		shop_state_query_keep(request->shop->state, o->hash, o->query);
	else
		o->query = shop_state_query_find(request->shop->state, o->hash);
}

static struct shop_operation read_operation(struct shop_request *request,
					    const struct json_item *object, struct buf *text)
{
	const struct json_tape *tape = &request->shop->tape;
	const struct json_item *persisted =
	    object_member(tape, object_member(tape, object, "extensions"), "persistedQuery");
	struct shop_operation o = {.variables = object_member(tape, object, "variables")};

	/* A hash has no escapes, so it is a view of the body and not in TEXT. */
	o.hash = text_member(tape, persisted, "sha256Hash", text);
	buf_clear(text);
	o.query = text_member(tape, object, "query", text);
	find_persisted(request, &o);
	return o;
}

static void respond(struct shop_request *request)
{
	struct json_tape *tape = &request->shop->tape;
	struct json_writer j = json_writer_compact(&request->shop->page);
	const struct json_item *root = tape->items;
	struct buf text;

	buf_init(&text, 0);
	buf_clear(&request->shop->page);
	if (json_type(root) != JSON_ARRAY) {
		struct shop_operation o = read_operation(request, root, &text);

		put_response(request, &j, &o);
	} else {
		json_writer_open_array(&j, NULL);
		for (uint32_t i = 1; i < root->next; i = tape->items[i].next) {
			buf_clear(&text);
			struct shop_operation o = read_operation(request, &tape->items[i], &text);

			put_response(request, &j, &o);
		}
		json_writer_close_array(&j);
	}
	buf_release(&text);
	buf_add_char(&request->shop->page, '\n');
	shop_request_reply(request, 200, "application/json", buf_str(&request->shop->page));
}

static void refuse(struct shop_request *request)
{
	shop_request_reply(
	    request, 400, "application/json",
	    STR("{\"errors\": [{\"message\": \"the request is not valid JSON\"}]}\n"));
}

void graphql_post(struct shop_request *request)
{
	if (json_read(&request->shop->tape, http_request_view(request->http)->body))
		respond(request);
	else
		refuse(request);
}

/* The query as the JSON that a POST would have. */
void graphql_get(struct shop_request *request)
{
	static const char *const objects[] = {"variables", "extensions"};
	struct str query = http_request_view(request->http)->query;
	struct buf value, body;
	struct json_writer j;

	buf_init(&value, 0);
	buf_init(&body, 0);
	j = json_writer_compact(&body);
	json_writer_open(&j, NULL);
	if (http_request_form_value(query, STR("query"), &value))
		json_writer_text(&j, "query", buf_str(&value));
	for (size_t i = 0; i < 2; i++) {
		buf_clear(&value);
		if (http_request_form_value(query, str_of(objects[i]), &value))
			buf_add(json_writer_value(&j, objects[i]), buf_str(&value));
	}
	json_writer_close(&j);
	if (json_read(&request->shop->tape, buf_str(&body)))
		respond(request);
	else
		refuse(request);
	buf_release(&value);
	buf_release(&body);
}
