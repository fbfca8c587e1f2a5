#include "edit/api/api_events.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "edit/api/api_private.h"
#include "net/stream_loop.h"

#define PAGES_MAX 16
/* A page that has not read this much is disconnected. */
#define UNSENT_MAX ((size_t)4 << 20)
/* A comment line, which pages ignore, shows both sides that the connection works. */
#define PING_INTERVAL (15 * NS_PER_S)

struct api_events {
	struct http_request *pages[PAGES_MAX];
	size_t count;
	struct stream_timer *ping;
	struct buf text;
};

/* ---- pages */

/* Removes the pages that have disconnected or do not read. */
static void remove_pages(struct api_events *e)
{
	struct http_request *ended[PAGES_MAX];
	size_t count = 0, kept = 0;

	for (size_t i = 0; i < e->count; i++) {
		struct http_request *page = e->pages[i];

		if (http_request_is_gone(page) || http_request_unsent(page) > UNSENT_MAX)
			ended[count++] = page;
		else
			e->pages[kept++] = page;
	}
	e->count = kept;
	/* Last, because the end of a response can begin the next request of its connection. */
	for (size_t i = 0; i < count; i++)
		http_request_end_reply(ended[i]);
}

static void send(struct api_events *e, struct str text)
{
	for (size_t i = 0; i < e->count; i++)
		http_request_reply_chunk(e->pages[i], text);
	remove_pages(e);
}

void api_events_send(struct api *api, const char *name, struct str json)
{
	struct api_events *e = api->events;

	if (!e->count)
		return;
	buf_clear(&e->text);
	buf_printf(&e->text, "event: %s\ndata: ", name);
	buf_add(&e->text, json);
	buf_add(&e->text, STR("\n\n"));
	send(e, buf_str(&e->text));
}

void api_events_get(struct api_request *r)
{
	struct api_events *e = r->api->events;

	remove_pages(e);
	if (e->count == PAGES_MAX) {
		api_fail(r, 429, "pages", "%d pages are open; close one", PAGES_MAX);
		return;
	}
	api_reply_begin(r, "text/event-stream; charset=utf-8");
	http_request_reply_chunk(r->http, STR(": reprise\n\n"));
	e->pages[e->count++] = r->http;
}

static void on_ping(void *arg)
{
	struct api_events *e = arg;

	send(e, STR(":\n\n"));
	stream_loop_timer_set(e->ping, PING_INTERVAL);
}

/* ---- life */

struct api_events *api_events_new(struct server *server)
{
	struct api_events *e = alloc_zeroed(1, sizeof *e);

	buf_init(&e->text, 0);
	e->ping = stream_loop_timer_new(server_loop(server), on_ping, e);
	stream_loop_timer_set(e->ping, PING_INTERVAL);
	return e;
}

void api_events_free(struct api_events *e)
{
	if (!e)
		return;
	while (e->count)
		http_request_end_reply(e->pages[--e->count]);
	stream_loop_timer_free(e->ping);
	buf_release(&e->text);
	free(e);
}
