/*
 * libFuzzer target for HTTP/2 responses: a server sends the bytes of the input to a client of the
 * direct transport that uses HTTP/2 without TLS. The first two bytes of the input say where it is
 * divided: the second part is sent after the next request on the same connection, or after the
 * first request of a new one. Each exchange must end with a result that fits its status; with
 * AddressSanitizer, also errors of memory are found.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/http.h"
#include "net/loop.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUESTS 3
#define PART_MAX 8192
/* Time in which a client that has a complete response sends its next request. */
#define QUIET_MS 2
/* Time for the first request of a connection. */
#define FIRST_MS 5000

static struct {
	char path[64];
	int listener;
	pthread_mutex_t lock;
	struct str parts[2];
	unsigned next, input;
} server = {.lock = PTHREAD_MUTEX_INITIALIZER};

struct connection {
	int fd;
	unsigned input;
	size_t len;
	char part[PART_MAX];
};

/* Copies the next part, unless the connection belongs to an earlier input. */
static bool take_part(struct connection *c)
{
	pthread_mutex_lock(&server.lock);
	bool left = server.next < 2 && c->input == server.input;
	if (left) {
		struct str part = server.parts[server.next++];

		c->len = part.len;
		if (part.len)
			memcpy(c->part, part.ptr, part.len);
	}
	pthread_mutex_unlock(&server.lock);
	return left;
}

static bool wait_for_bytes(int fd, int limit_ms)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char bytes[4096];

	return poll(&poll_fd, 1, limit_ms) == 1 && recv(fd, bytes, sizeof bytes, 0) > 0;
}

static void *serve(void *arg)
{
	struct connection *c = arg;

	for (int limit_ms = FIRST_MS; wait_for_bytes(c->fd, limit_ms) && take_part(c);
	     limit_ms = QUIET_MS)
		if (c->len && send(c->fd, c->part, c->len, MSG_NOSIGNAL) != (ssize_t)c->len)
			break;
	shutdown(c->fd, SHUT_WR);
	close(c->fd);
	free(c);
	return NULL;
}

static void *accept_all(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept(server.listener, NULL, NULL)) >= 0 || errno == EINTR ||
	       errno == ECONNABORTED) {
		if (fd < 0)
			continue;
		struct connection *c = calloc(1, sizeof *c);
		pthread_t thread;

		if (!c)
			abort();
		c->fd = fd;
		pthread_mutex_lock(&server.lock);
		c->input = server.input;
		pthread_mutex_unlock(&server.lock);
		if (pthread_create(&thread, NULL, serve, c) != 0)
			abort();
		pthread_detach(thread);
	}
	return NULL;
}

static void start_server(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	pthread_t thread;

	snprintf(server.path, sizeof server.path, "/tmp/fuzz-http2-%d", (int)getpid());
	unlink(server.path);
	strcpy(address.sun_path, server.path);
	server.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(server.listener, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(server.listener, 64) != 0 ||
	    pthread_create(&thread, NULL, accept_all, NULL) != 0)
		abort();
}

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
	start_server();
	config.unix_socket = server.path;
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
	if (size < 3 || size > PART_MAX)
		return 0;
	struct str rest = str_n((const char *)data + 2, size - 2);
	size_t split = ((size_t)data[0] << 8 | data[1]) % (rest.len + 1);
	struct http_user *user = client.http->ops->user_open(client.http);

	pthread_mutex_lock(&server.lock);
	server.parts[0] = str_slice(rest, 0, split);
	server.parts[1] = str_slice(rest, split, rest.len);
	server.next = 0;
	server.input++;
	pthread_mutex_unlock(&server.lock);
	perform(user);
	client.http->ops->user_close(client.http, user);
	/* A connection that is still open must not take a part of the next input. */
	pthread_mutex_lock(&server.lock);
	server.next = 2;
	pthread_mutex_unlock(&server.lock);
	return 0;
}
