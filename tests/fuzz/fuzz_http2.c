/*
 * libFuzzer target for HTTP/2 responses: a server sends the bytes of the input to a client of the
 * direct transport that uses HTTP/2 without TLS. The first two bytes of the input say where it is
 * divided: the second part is sent after the next request on the same connection, or after the
 * first request of a new one. Each exchange must end with a result that fits its status; with
 * AddressSanitizer, also errors of memory are found.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/http.h"
#include "net/loop.h"

#include "part_server.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUESTS  3
#define INPUT_MAX 8192
/* Time in which a client that has a complete response sends its next request. */
#define QUIET_MS 2

/* ---- the client */

static struct {
	struct loop *loop;
	struct http *http;
	struct http_plan *plan;
	unsigned due;
} client;

static void on_done(void *owner, struct exchange *x)
{
	(void)owner;
	(void)x;
	if (--client.due == 0)
		client.loop->ops->stop(client.loop);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static struct http_config config = {
	    .transport = HTTP_TRANSPORT_DIRECT, .dns_ttl = NS_NEVER, .cookies = true};
	struct http_plan_spec spec = {.method = STR("GET"),
				      .url = STR("http://fuzz.test/"),
				      .keep_body = true,
				      .keep_headers = true,
				      .body_limit = 1000000,
				      .http_version = HTTP_WANT_2,
				      .timeout = 8 * NS_PER_S};

	(void)argc;
	(void)argv;
	http_global_init();
	part_server_start("http2", QUIET_MS);
	config.unix_socket = part_server.path;
	client.loop = loop_new();
	client.http = http_client_new(client.loop, &config, NULL);
	if (!client.http)
		abort();
	client.http->done = on_done;
	client.plan = client.http->ops->plan(client.http, &spec);
	return 0;
}

static void check(const struct exchange *x)
{
	bool complete = x->result == HTTP_OK;

	if (x->result == HTTP_TIMEOUT || (complete && (x->status < 200 || x->version != 20)) ||
	    (!complete && !x->error[0])) {
		fprintf(stderr, "result %d, status %d, '%s'\n", (int)x->result, x->status,
			x->error);
		abort();
	}
}

/* One request, then two at the same time. */
static void perform(struct http_user *user)
{
	const struct http_ops *ops = client.http->ops;
	struct exchange *xs[REQUESTS];

	for (unsigned i = 0; i < REQUESTS; i++) {
		xs[i] = ops->begin(client.http, client.plan, user);
		client.due++;
		ops->send(client.http, xs[i]);
		while (i != 1 && client.due)
			client.loop->ops->run(client.loop);
	}
	for (unsigned i = 0; i < REQUESTS; i++) {
		check(xs[i]);
		ops->end(client.http, xs[i]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str first, second;
	struct http_user *user;

	if (!part_server_split(data, size, INPUT_MAX, &first, &second))
		return 0;
	user = client.http->ops->user_open(client.http);
	part_server_begin(first, second);
	perform(user);
	client.http->ops->user_close(client.http, user);
	part_server_end();
	return 0;
}
