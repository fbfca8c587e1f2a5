/*
 * libFuzzer target that gives the same bytes to both transports and compares two requests of a
 * user. The first two bytes of the input say where it is split: the server sends the first part in
 * response to the first request, and the second part in response to the next one, on whatever
 * connection it arrives. A response that the direct transport accepts is accepted by libcurl too,
 * with the same status and body, and the other way round.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/http.h"
#include "net/loop.h"

#include "part_server.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUESTS  2
#define INPUT_MAX 4096
/* Time in which a client that has a complete response sends its next request. */
#define QUIET_MS 4

/* ---- the clients */

struct outcome {
	enum http_result result;
	int status;
	char error[240];
	struct buf body;
};

struct side {
	struct http_config config;
	struct loop *loop;
	struct http *http;
	struct http_plan *plans[REQUESTS];
	bool done;
	struct outcome outcomes[REQUESTS];
};

static struct side sides[2];

static void on_done(void *owner, struct exchange *x)
{
	struct side *side = owner;

	(void)x;
	side->done = true;
	side->loop->ops->stop(side->loop);
}

static void start_side(struct side *side, int transport)
{
	struct http_plan_spec spec = {.method = STR("GET"),
				      .url = STR("http://fuzz.test/"),
				      .keep_body = true,
				      .no_compression = true,
				      .keep_headers = true,
				      .body_limit = 1000000,
				      .timeout = 8 * NS_PER_S};

	side->config = (struct http_config){.transport = transport,
					    .unix_socket = part_server.path,
					    .dns_ttl = NS_NEVER,
					    .cookies = true};
	side->loop = loop_new();
	side->http = http_client_new(side->loop, &side->config, NULL);
	if (!side->http)
		abort();
	side->http->done = on_done;
	side->http->owner = side->loop->owner = side;
	/* libcurl 7.88 keeps a pointer to the last header line of a handle, and uses it after it
	 * was freed if the next response on this handle starts with a folded line. So each request
	 * has its own plan, and thus its own handle. */
	for (unsigned i = 0; i < REQUESTS; i++) {
		side->plans[i] = side->http->ops->plan(side->http, &spec);
		buf_init(&side->outcomes[i].body, 0);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	http_global_init();
	part_server_start("transports", QUIET_MS);
	return 0;
}

static void stop_side(struct side *side)
{
	for (unsigned i = 0; i < REQUESTS; i++)
		buf_release(&side->outcomes[i].body);
	side->http->ops->free(side->http);
	side->loop->ops->free(side->loop);
}

static void send_one(struct side *side, struct http_user *user, unsigned i)
{
	struct outcome *out = &side->outcomes[i];
	const struct http_ops *ops = side->http->ops;
	struct exchange *x = ops->begin(side->http, side->plans[i], user);

	side->done = false;
	ops->send(side->http, x);
	while (!side->done)
		side->loop->ops->run(side->loop);
	out->result = x->result;
	out->status = x->status;
	memcpy(out->error, x->error, sizeof out->error);
	buf_clear(&out->body);
	buf_add(&out->body, buf_str(&x->response));
	ops->end(side->http, x);
}

static void perform(struct side *side, struct str first, struct str second)
{
	struct http_user *user = side->http->ops->user_open(side->http);

	part_server_begin(first, second);
	for (unsigned i = 0; i < REQUESTS; i++)
		send_one(side, user, i);
	side->http->ops->user_close(side->http, user);
	part_server_end();
}

static void report(const char *what, unsigned i)
{
	fprintf(stderr, "%s: request %u\n", what, i + 1);
	for (unsigned s = 0; s < 2; s++) {
		const struct outcome *o = &sides[s].outcomes[i];

		fprintf(stderr, "%s: result %d, status %d, %zu bytes, '%s'\n",
			s ? "direct" : "libcurl", (int)o->result, o->status, o->body.len, o->error);
	}
	abort();
}

/* False if the second request cannot be compared. */
static bool compare(unsigned i)
{
	const struct outcome *curl = &sides[0].outcomes[i], *direct = &sides[1].outcomes[i];

	if (curl->result == HTTP_TIMEOUT || direct->result == HTTP_TIMEOUT)
		report("the end of the connection was not noticed", i);
	if (direct->result == HTTP_OK) {
		if (curl->result != HTTP_OK)
			report("only the direct transport accepts it", i);
		if (curl->status != direct->status ||
		    !str_eq(buf_str(&curl->body), buf_str(&direct->body)))
			report("another response", i);
	} else if (curl->result == HTTP_OK) {
		report("only libcurl accepts it", i);
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str first, second;

	if (!part_server_split(data, size, INPUT_MAX, &first, &second))
		return 0;
	start_side(&sides[0], HTTP_TRANSPORT_CURL);
	start_side(&sides[1], HTTP_TRANSPORT_DIRECT);
	for (unsigned s = 0; s < 2; s++)
		perform(&sides[s], first, second);
	if (compare(0))
		compare(1);
	stop_side(&sides[0]);
	stop_side(&sides[1]);
	return 0;
}
