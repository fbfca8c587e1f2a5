/*
 * A server of WebSockets and event streams for measurements, with little work per message. The path
 * of a request selects what it does:
 *
 *   /echo                   sends each message back
 *   /push?count=N           sends N messages {"type":"tick","number":K}
 *   /events?count=N&...     an event stream: N events {"number":K} after pauses of from=A to
 *                           to=B microseconds, which depend on seed=S
 *   /hold                   an event stream with one event, which stays open
 *   /counts                 JSON: the messages received and sent so far
 *
 * stream_server --port-file FILE [--log FILE] [--for SECONDS]
 *
 * The log has a line for each event, written at the end of its stream: "S K NS", the time before
 * the event was sent. Event 0 is the request. Pauses begin at the planned time of the event before
 * them, so that delays do not accumulate. One thread, one epoll; messages have at most 3,000 bytes.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/websocket_frame.h"
#include "net/websocket_handshake.h"

#include "port_server.h"

enum { IN_MAX = 4096, OUT_MAX = 8192, EVENTS = 512 };
enum kind { KIND_REQUEST, KIND_SOCKET, KIND_STREAM };

struct conn {
	int fd;
	enum kind kind;
	bool closing, writes;
	size_t used, out_len, out_at;
	long left, number; /* to send, and sent */
	/* A stream with pauses. */
	struct conn *next, **link;
	ns_t due, *times;
	long from, to;
	unsigned long seed, random;
	char in[IN_MAX], out[OUT_MAX];
};

struct server {
	int epoll, listener, timer;
	struct conn *timed;
	unsigned long received, sent;
	FILE *log;
	ns_t end;
};

/* ---- writing */

static void conn_flush(const struct server *s, struct conn *c)
{
	while (c->out_at < c->out_len) {
		ssize_t n = send(c->fd, c->out + c->out_at, c->out_len - c->out_at, MSG_NOSIGNAL);

		if (n <= 0)
			break;
		c->out_at += (size_t)n;
	}
	if (c->out_at == c->out_len)
		c->out_at = c->out_len = 0;
	bool writes = c->out_len || (c->left && c->kind == KIND_SOCKET);

	if (writes != c->writes)
		port_server_watch(s->epoll, EPOLL_CTL_MOD, c->fd, EPOLLIN | (writes ? EPOLLOUT : 0),
				  c);
	c->writes = writes;
}

static void conn_add(struct conn *c, const void *bytes, size_t count)
{
	if (count > OUT_MAX - c->out_len) {
		fprintf(stderr, "stream_server: the client does not read\n");
		exit(1);
	}
	memcpy(c->out + c->out_len, bytes, count);
	c->out_len += count;
}

static void add_frame(struct conn *c, unsigned opcode, const void *payload, size_t count)
{
	struct websocket_head head = {.final = true, .opcode = opcode, .length = count};
	unsigned char bytes[WEBSOCKET_HEAD_MAX];

	conn_add(c, bytes, websocket_frame_head_write(&head, bytes));
	conn_add(c, payload, count);
}

static void add_event(struct conn *c)
{
	char event[64], chunk[96];
	int length = snprintf(event, sizeof event, "data: {\"number\":%ld}\n\n", ++c->number);

	length = snprintf(chunk, sizeof chunk, "%x\r\n%s\r\n", (unsigned)length, event);
	conn_add(c, chunk, (size_t)length);
}

/* ---- sockets */

static void push(struct server *s, struct conn *c)
{
	char text[64];

	while (c->left && OUT_MAX - c->out_len > 128) {
		int length =
		    snprintf(text, sizeof text, "{\"type\":\"tick\",\"number\":%ld}", ++c->number);

		add_frame(c, WEBSOCKET_TEXT, text, (size_t)length);
		c->left--;
		s->sent++;
	}
}

static void take_frame(struct server *s, struct conn *c, const struct websocket_head *head,
		       char *payload)
{
	websocket_frame_mask(head->mask, 0, payload, (size_t)head->length);
	if (head->opcode == WEBSOCKET_CLOSE) {
		add_frame(c, WEBSOCKET_CLOSE, payload, (size_t)head->length);
		c->closing = true;
		c->left = 0;
	} else if (head->opcode < WEBSOCKET_CLOSE) {
		s->received++;
		s->sent++;
		add_frame(c, head->opcode, payload, (size_t)head->length);
	}
}

static void take_frames(struct server *s, struct conn *c)
{
	struct websocket_head head;
	size_t at = 0;

	while (c->used - at >= 2) {
		unsigned length = websocket_frame_head_length((unsigned char *)c->in + at);

		if (c->used - at < length)
			break;
		if (websocket_frame_head_read((unsigned char *)c->in + at, &head) ||
		    head.length > 3000) {
			fprintf(stderr, "stream_server: unexpected frame\n");
			exit(1);
		}
		if (c->used - at < length + head.length)
			break;
		take_frame(s, c, &head, c->in + at + length);
		at += length + (size_t)head.length;
	}
	c->used -= at;
	memmove(c->in, c->in + at, c->used);
	conn_flush(s, c);
}

/* ---- event streams */

static ns_t pause_of(struct conn *c)
{
	c->random = c->random * 6364136223846793005u + 1442695040888963407u;
	return (c->from + (long)((c->random >> 33) % (unsigned long)(c->to - c->from + 1))) *
	       NS_PER_US;
}

static void set_timer(const struct server *s)
{
	struct itimerspec at = {.it_value = {0}};
	ns_t first = NS_NEVER;

	for (const struct conn *c = s->timed; c; c = c->next)
		first = c->due < first ? c->due : first;
	if (first != NS_NEVER) {
		at.it_value.tv_sec = (time_t)(first / NS_PER_S);
		at.it_value.tv_nsec = (long)(first % NS_PER_S);
	}
	timerfd_settime(s->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void unlink_timed(struct conn *c)
{
	if (!c->link)
		return;
	*c->link = c->next;
	if (c->next)
		c->next->link = c->link;
	c->link = NULL;
}

static void end_stream(struct server *s, struct conn *c)
{
	conn_add(c, "0\r\n\r\n", 5);
	c->closing = true;
	unlink_timed(c);
	for (long k = 0; s->log && k <= c->number; k++)
		fprintf(s->log, "%lu %ld %lld\n", c->seed, k, (long long)c->times[k]);
	if (s->log)
		fflush(s->log);
}

static void send_due(struct server *s)
{
	struct conn *next;
	uint64_t count;

	(void)!read(s->timer, &count, sizeof count);
	for (struct conn *c = s->timed; c; c = next) {
		next = c->next;
		while (c->link && c->due <= clock_monotonic_ns()) {
			c->times[c->number + 1] = clock_monotonic_ns();
			add_event(c);
			c->due += pause_of(c);
			if (c->number == c->left)
				end_stream(s, c);
			if (c->closing)
				c->left = 0;
			conn_flush(s, c);
		}
	}
	set_timer(s);
}

static void begin_stream(struct server *s, struct conn *c)
{
	c->random = c->seed;
	c->times = calloc((size_t)c->left + 1, sizeof *c->times);
	if (!c->times)
		port_server_die("calloc");
	c->times[0] = clock_monotonic_ns();
	c->due = c->times[0] + pause_of(c);
	c->next = s->timed;
	c->link = &s->timed;
	if (c->next)
		c->next->link = &c->next;
	s->timed = c;
	set_timer(s);
}

/* ---- requests */

static long number_of(const char *query, const char *name)
{
	const char *found = strstr(query, name);

	return found ? atol(found + strlen(name)) : 0;
}

static void accept_socket(struct conn *c)
{
	static const char field[] = "Sec-WebSocket-Key: ";
	const char *key = strcasestr(c->in, field);
	struct buf out;

	buf_init(&out, 0);
	buf_add(&out, STR("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
			  "Connection: Upgrade\r\nSec-WebSocket-Accept: "));
	key = key ? key + sizeof field - 1 : "";
	websocket_handshake_accept(str_n(key, strcspn(key, "\r")), &out);
	buf_add(&out, STR("\r\n\r\n"));
	conn_add(c, out.data, out.len);
	buf_release(&out);
	c->kind = KIND_SOCKET;
}

static void add_counts(const struct server *s, struct conn *c)
{
	char body[96], response[256];
	int length =
	    snprintf(body, sizeof body, "{\"received\": %lu, \"sent\": %lu}", s->received, s->sent);

	length = snprintf(
	    response, sizeof response,
	    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
	    length, body);
	conn_add(c, response, (size_t)length);
}

static void take_request(struct server *s, struct conn *c)
{
	static const char stream[] = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
				     "Transfer-Encoding: chunked\r\n\r\n";
	char *end, path[256];

	c->in[c->used < IN_MAX ? c->used : IN_MAX - 1] = '\0';
	end = strstr(c->in, "\r\n\r\n");
	if (!end)
		return;
	if (sscanf(c->in, "GET %255s", path) != 1)
		path[0] = '\0';
	if (strcmp(path, "/counts") == 0) {
		add_counts(s, c);
	} else if (strncmp(path, "/events", 7) == 0 || strcmp(path, "/hold") == 0) {
		conn_add(c, stream, sizeof stream - 1);
		c->kind = KIND_STREAM;
		c->from = number_of(path, "from=");
		c->to = number_of(path, "to=");
		c->seed = (unsigned long)number_of(path, "seed=");
	} else {
		accept_socket(c);
		c->left = number_of(path, "count=");
	}
	c->used = 0;
	conn_flush(s, c);
	if (c->kind == KIND_STREAM && strcmp(path, "/hold") == 0) {
		add_event(c);
		conn_flush(s, c);
	} else if (c->kind == KIND_STREAM) {
		c->left = number_of(path, "count=");
		begin_stream(s, c);
	}
}

/* ---- connections */

static void conn_close(struct conn *c)
{
	unlink_timed(c);
	close(c->fd);
	free(c->times);
	free(c);
}

static void conn_read(struct server *s, struct conn *c)
{
	ssize_t got = recv(c->fd, c->in + c->used, IN_MAX - c->used, 0);

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		conn_close(c);
		return;
	}
	c->used += (size_t)got;
	if (c->kind == KIND_REQUEST || (c->kind == KIND_STREAM && c->closing)) {
		c->closing = false;
		c->number = 0;
		c->kind = KIND_REQUEST;
		free(c->times);
		c->times = NULL;
		take_request(s, c);
	} else if (c->kind == KIND_SOCKET) {
		take_frames(s, c);
	}
}

static void on_conn(struct server *s, struct conn *c, unsigned what)
{
	if (what & EPOLLOUT) {
		if (c->kind == KIND_SOCKET)
			push(s, c);
		conn_flush(s, c);
	}
	if (what & (EPOLLIN | EPOLLHUP | EPOLLERR))
		conn_read(s, c);
}

static void accept_all(struct server *s)
{
	int fd;

	while ((fd = port_server_accept(s->listener)) >= 0) {
		struct conn *c = calloc(1, sizeof *c);

		if (!c)
			port_server_die("calloc");
		c->fd = fd;
		port_server_watch(s->epoll, EPOLL_CTL_ADD, fd, EPOLLIN, c);
	}
}

static const char *read_options(struct server *s, int argc, char **argv)
{
	static const struct option options[] = {
	    {"port-file", required_argument, NULL, 'p'},
	    {"log", required_argument, NULL, 'l'},
	    {"for", required_argument, NULL, 'f'},
	    {0},
	};
	const char *port_file = NULL;
	ns_t seconds = 600;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'p')
			port_file = optarg;
		else if (option == 'l')
			s->log = fopen(optarg, "a");
		else if (option == 'f')
			seconds = atol(optarg);
	}
	if (!port_file) {
		fprintf(stderr, "stream_server: --port-file FILE is needed\n");
		exit(2);
	}
	s->end = clock_monotonic_ns() + seconds * NS_PER_S;
	return port_file;
}

int main(int argc, char **argv)
{
	struct server s = {0};
	struct epoll_event events[EVENTS];
	const char *port_file = read_options(&s, argc, argv);

	port_server_prepare();
	s.epoll = epoll_create1(0);
	s.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	port_server_watch(s.epoll, EPOLL_CTL_ADD, s.timer, EPOLLIN, &s.timer);
	s.listener = port_server_listen(port_file);
	port_server_watch(s.epoll, EPOLL_CTL_ADD, s.listener, EPOLLIN, &s.listener);
	while (clock_monotonic_ns() < s.end) {
		int count = epoll_wait(s.epoll, events, EVENTS, 1000);

		for (int i = 0; i < count; i++) {
			void *what = events[i].data.ptr;

			if (what == &s.listener)
				accept_all(&s);
			else if (what == &s.timer)
				send_due(&s);
			else
				on_conn(&s, what, events[i].events);
		}
	}
	return 0;
}
