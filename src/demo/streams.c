/* Event streams and GraphQL: the words of a chat assistant, the orders of the shop, and a small
 * schema over products. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/json_writer.h"
#include "demo/graphql.h"
#include "demo/shop_request.h"

static void chat(struct shop_request *request);
static void order_events(struct shop_request *request);

const struct route stream_routes[] = {
    ROUTE(HTTP_REQUEST_POST, "POST", "/api/chat", chat),
    ROUTE(HTTP_REQUEST_GET, "GET", "/api/orders/events", order_events),
    ROUTE(HTTP_REQUEST_POST, "POST", "/graphql", graphql_post),
    ROUTE(HTTP_REQUEST_GET, "GET", "/graphql", graphql_get),
    {.handle = NULL},
};

/* Time between two events. */
#define CHAT_GAP   (20 * NS_PER_MS)
#define ORDERS_GAP (100 * NS_PER_MS)
#define ORDERS_MAX 20u

static const char *const words[] = {"We",    " have", " many", " hats",	  ",", " also",
				    " warm", " ones", " for",  " winter", "."};
#define WORDS (sizeof words / sizeof *words)

/* A stream that a timer continues. */
struct playback {
	struct shop *shop;
	struct http_request *http;
	unsigned at, count;
	bool orders;
};

static void put_chat_event(struct playback *p, struct buf *out)
{
	struct json_writer j = json_writer_compact(out);

	if (p->at > WORDS) {
		buf_add(out, STR("data: [DONE]\n\n"));
		return;
	}
	buf_add(out, STR("data: "));
	json_writer_open(&j, NULL);
	json_writer_text(&j, "object", STR("chat.completion.chunk"));
	json_writer_open_array(&j, "choices");
	json_writer_open(&j, NULL);
	json_writer_open(&j, "delta");
	if (p->at)
		json_writer_text(&j, "content", str_of(words[p->at - 1]));
	else
		json_writer_text(&j, "role", STR("assistant"));
	json_writer_close(&j);
	json_writer_close(&j);
	json_writer_close_array(&j);
	json_writer_close(&j);
	buf_add(out, STR("\n\n"));
}

static void put_order_event(const struct playback *p, struct buf *out)
{
	const struct product *what = catalogue_at(p->at % PRODUCT_COUNT);

	buf_printf(out, "event: order\nid: %u\ndata: {\"number\": %u, \"product\": %u, \"total\": ",
		   p->at + 1, p->at + 1, what->id);
	catalogue_put_price(out, what->cents);
	buf_add(out, STR("}\n\n"));
}

static void play(void *arg)
{
	struct playback *p = arg;
	struct buf *page = &p->shop->page;

	if (p->at == p->count || http_request_is_gone(p->http)) {
		http_request_end_reply(p->http);
		free(p);
		return;
	}
	buf_clear(page);
	if (p->orders)
		put_order_event(p, page);
	else
		put_chat_event(p, page);
	http_request_reply_chunk(p->http, buf_str(page));
	p->at++;
	server_after(p->shop->server, p->orders ? ORDERS_GAP : CHAT_GAP, play, p);
}

static void begin_stream(struct shop_request *request, bool orders, unsigned count)
{
	struct playback *p = alloc_zeroed(1, sizeof *p);

	*p = (struct playback){
	    .shop = request->shop, .http = request->http, .count = count, .orders = orders};
	shop_request_count(request, 200);
	http_request_add_header(request->http, "Cache-Control", STR("no-store"));
	http_request_begin_reply(request->http, 200, "text/event-stream");
	http_request_reply_chunk(request->http, STR(": the stream begins\n\n"));
	server_after(request->shop->server, orders ? ORDERS_GAP : CHAT_GAP, play, p);
}

/* A role, the words, and [DONE]. */
static void chat(struct shop_request *request)
{
	begin_stream(request, false, WORDS + 2);
}

static void order_events(struct shop_request *request)
{
	struct buf *text = &request->shop->field;
	struct str query = http_request_view(request->http)->query;
	int64_t count = ORDERS_MAX;

	buf_clear(text);
	if (http_request_form_value(query, STR("count"), text) &&
	    (!str_to_int(buf_str(text), &count) || count < 1 || count > ORDERS_MAX))
		count = ORDERS_MAX;
	begin_stream(request, true, (unsigned)count);
}
