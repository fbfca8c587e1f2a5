/*
 * The client of Autobahn's test suite for WebSockets: it asks the server for the number of cases,
 * opens a WebSocket of src/net for each case, sends every message back until the server closes, and
 * then asks the server to evaluate the cases. Exit status 1 if a case could not be opened.
 *
 *   websocket_echo URL PARALLEL OFFER
 *
 * URL such as http://127.0.0.1:9001; PARALLEL: concurrent cases; OFFER: the value of
 * Sec-WebSocket-Extensions.
 */
#include <stdio.h>
#include <stdlib.h>

#include "net/http.h"
#include "net/loop.h"

#define MESSAGE_MAX  ((size_t)64 << 20)
#define PARALLEL_MAX 16

enum part { PART_COUNT, PART_CASE, PART_EVALUATE };

struct suite;

/* One socket after the other. */
struct line {
	struct suite *suite;
	struct http_user *user;
	enum part part;
};

struct suite {
	struct loop *loop;
	struct http *http;
	struct http_plan *plan;
	const char *base, *offer;
	struct line lines[PARALLEL_MAX];
	long parallel, open, next, cases, failed;
};

static void open_socket(struct line *l, enum part part)
{
	static const char *const path[] = {"getCaseCount", "runCase", "updateReports"};
	struct suite *s = l->suite;
	struct exchange *x = s->http->ops->begin(s->http, s->plan, l->user);

	x->owner = l;
	l->part = part;
	s->open++;
	buf_printf(&x->url, "%s/%s?agent=reprise", s->base, path[part]);
	if (part == PART_CASE)
		buf_printf(&x->url, "&case=%ld", s->next++);
	s->http->ops->send(s->http, x);
}

/* The socket of L has ended. */
static void go_on(struct line *l)
{
	struct suite *s = l->suite;

	s->open--;
	if (l->part == PART_EVALUATE) {
		s->loop->ops->stop(s->loop);
		return;
	}
	if (l->part == PART_COUNT) {
		for (long i = 0; i < s->parallel && s->next <= s->cases; i++)
			open_socket(&s->lines[i], PART_CASE);
	} else if (s->next <= s->cases) {
		open_socket(l, PART_CASE);
	}
	if (!s->open)
		open_socket(l, PART_EVALUATE);
}

static void on_done(void *owner, struct exchange *x)
{
	struct suite *s = owner;
	struct line *l = x->owner;
	struct channel *channel = x->channel;

	if (channel) {
		x->channel = NULL;
		channel->owner = l;
		channel->ops->take(channel);
	} else {
		fprintf(stderr, "%s: status %d, result %d: %s\n", x->last_url, x->status, x->result,
			x->error);
		s->failed++;
	}
	s->http->ops->end(s->http, x);
	if (!channel)
		go_on(l);
}

static void on_message(void *owner, struct channel *channel, const struct channel_message *message)
{
	struct suite *s = owner;
	struct line *l = channel->owner;
	uint64_t wire = 0;
	struct buf number;

	if (l->part == PART_CASE) {
		(void)channel->ops->send(channel, message->text, message->payload, &wire);
	} else if (l->part == PART_COUNT) {
		buf_init(&number, 0);
		buf_add(&number, message->payload);
		buf_add_char(&number, '\0');
		s->cases = atol(number.data);
		buf_release(&number);
	}
}

static void on_closed(void *owner, struct channel *channel, const struct channel_end *end)
{
	struct line *l = channel->owner;

	(void)owner;
	(void)end;
	channel->ops->close(channel, 1000, STR(""));
	go_on(l);
}

static void run(struct suite *s)
{
	struct channel_spec channel = {.offer = s->offer, .message_max = MESSAGE_MAX};
	struct http_plan_spec spec = {.method = STR("GET"),
				      .channel = &channel,
				      .keep_headers = true,
				      .connect_timeout = 60 * NS_PER_S};

	s->http->done = on_done;
	s->http->channel_message = on_message;
	s->http->channel_closed = on_closed;
	s->http->owner = s;
	s->plan = s->http->ops->plan(s->http, &spec);
	s->next = 1;
	for (long i = 0; i < s->parallel; i++)
		s->lines[i] = (struct line){.suite = s, .user = s->http->ops->user_open(s->http)};
	open_socket(&s->lines[0], PART_COUNT);
	s->loop->ops->run(s->loop);
}

int main(int argc, char **argv)
{
	struct http_tls_profile tls = {.verify = true};
	struct http_config config = {.tls_profiles = &tls,
				     .tls_profile_count = 1,
				     .transport = HTTP_TRANSPORT_AUTO,
				     .dns_ttl = NS_NEVER,
				     .user_agent = "reprise"};
	struct suite s = {0};
	struct buf error;

	if (argc != 4 || (s.parallel = atol(argv[2])) < 1 || s.parallel > PARALLEL_MAX) {
		fprintf(stderr, "usage: websocket_echo URL PARALLEL OFFER\n");
		return 2;
	}
	s.base = argv[1];
	s.offer = argv[3];
	http_global_init();
	buf_init(&error, 0);
	s.loop = loop_new();
	s.http = http_client_new(s.loop, &config, &error);
	if (!s.http) {
		fprintf(stderr, "%s\n", error.data);
		return 1;
	}
	run(&s);
	s.http->ops->free(s.http);
	s.loop->ops->free(s.loop);
	http_global_cleanup();
	buf_release(&error);
	printf("%ld cases, %ld not opened\n", s.cases, s.failed);
	return s.failed > 0;
}
