#include "wire_server.h"
#include "socket_server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define HEAD_BYTES     20480 /* more than a frame of HTTP/2 */
#define PREFACE	       "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define PREFACE_LEN    24
#define FRAME_HEAD     9
#define FRAME_DATA     0
#define FRAME_HEADERS  1
#define FRAME_RST      3
#define FRAME_SETTINGS 4
#define FRAME_PING     6
#define FRAME_GOAWAY   7
#define INTERNAL_ERROR 2
#define REFUSED_STREAM 7

struct wire_server {
	struct socket_server sockets;
	const enum wire_act *acts;
	unsigned act_count;
	const char *raw;
	size_t raw_len;
	atomic_uint requests;
	atomic_int last_fd; /* the connection of the last request */
};

struct wire_client {
	struct wire_server *server;
	int fd;
	char head[HEAD_BYTES];
	size_t len;
};

static enum wire_act next_act(struct wire_server *s)
{
	unsigned i = s->requests++;

	return i < s->act_count ? s->acts[i] : WIRE_OK;
}

static bool put(int fd, const void *bytes, size_t len)
{
	return send(fd, bytes, len, MSG_NOSIGNAL) == (ssize_t)len;
}

static bool say(int fd, const char *text)
{
	return put(fd, text, strlen(text));
}

static bool wait_for_end(int fd)
{
	char bytes[4096];

	while (recv(fd, bytes, sizeof bytes, 0) > 0)
		continue;
	return false;
}

/* Closes with a reset. Returns false, like every act that ends the connection. */
static bool reset(int fd)
{
	struct linger none = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	return false;
}

/* Unread data would turn the close into a reset. */
static void end(int fd)
{
	struct linger linger = {0};
	socklen_t len = sizeof linger;

	getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len);
	if (linger.l_onoff)
		return;
	shutdown(fd, SHUT_WR);
	wait_for_end(fd);
}

/* ---- HTTP/1 */

static bool say_large(int fd)
{
	char body[2000];

	memset(body, 'x', sizeof body);
	return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n") &&
	       put(fd, body, sizeof body);
}

/* False: close the connection. */
static bool respond(int fd, enum wire_act act)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
	static const char part[] = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort";

	switch (act) {
	case WIRE_OK:
		return say(fd, ok);
	case WIRE_OK_CLOSE:
		return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
			       "ok") &&
		       false;
	case WIRE_OK_IDLE_FIN:
		return say(fd, ok) && false;
	case WIRE_UNTIL_FIN:
		return say(fd, "HTTP/1.0 200 OK\r\n\r\nok") && false;
	case WIRE_NO_CONTENT:
		return say(fd, "HTTP/1.1 204 No Content\r\n\r\n");
	case WIRE_RST:
		return reset(fd);
	case WIRE_HEAD_FIN:
		return say(fd, "HTTP/1.1 200 OK\r\nContent-Len") && false;
	case WIRE_INTERIM_FIN:
		return say(fd, "HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n") && false;
	case WIRE_BODY_FIN:
		return say(fd, part) && false;
	case WIRE_BODY_RST:
		/* The client reads what was sent before it sees the reset. */
		return say(fd, part) && (socket_server_sleep_ms(50), reset(fd));
	case WIRE_CHUNK_FIN:
		return say(fd,
			   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n") &&
		       false;
	case WIRE_BAD_CHUNK:
		return say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n");
	case WIRE_NOT_HTTP:
		return say(fd, "220 mail.example ESMTP\r\n") && false;
	case WIRE_SWITCH:
		return say(fd, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n"
			       "Connection: upgrade\r\n\r\n");
	case WIRE_LARGE:
		return say_large(fd);
	case WIRE_SILENT:
		return wait_for_end(fd);
	case WIRE_RAW:
	case WIRE_FIN:
	case WIRE_EARLY_RST:
	case WIRE_REFUSE:
	case WIRE_GOAWAY:
	case WIRE_ABORT_STREAM:
	case WIRE_BAD_FRAME:
	case WIRE_BAD_STREAM:
	case WIRE_EARLY_END:
	case WIRE_EARLY_STOP:
		break;
	}
	return false;
}

static bool receive(struct wire_client *c, size_t need)
{
	while (c->len < need) {
		ssize_t n = recv(c->fd, c->head + c->len, HEAD_BYTES - 1 - c->len, 0);
		if (n <= 0)
			return false;
		c->len += (size_t)n;
		c->head[c->len] = '\0';
	}
	return true;
}

static void drop(struct wire_client *c, size_t len)
{
	memmove(c->head, c->head + len, c->len - len + 1);
	c->len -= len;
}

/* Reads a header; returns its length, or 0 at the end of the connection. */
static size_t read_head(struct wire_client *c)
{
	const char *end;

	while (!(end = strstr(c->head, "\r\n\r\n")))
		if (!receive(c, c->len + 1))
			return 0;
	return (size_t)(end - c->head) + 4;
}

static bool skip_body(struct wire_client *c, size_t len)
{
	while (len > 0) {
		size_t part = c->len < len ? c->len : len;

		drop(c, part);
		len -= part;
		if (len && !receive(c, 1))
			return false;
	}
	return true;
}

static void serve_http1(struct wire_client *c)
{
	size_t head;
	bool open = true;

	while (open && (head = read_head(c))) {
		const char *field = strcasestr(c->head, "\r\nContent-Length:");
		size_t body = field && field < c->head + head ? strtoul(field + 17, NULL, 10) : 0;
		enum wire_act act = next_act(c->server);

		drop(c, head);
		c->server->last_fd = c->fd;
		if (act == WIRE_EARLY_RST)
			open = reset(c->fd);
		else if (act == WIRE_RAW)
			open = skip_body(c, body) && put(c->fd, c->server->raw, c->server->raw_len);
		else
			open = skip_body(c, body) && respond(c->fd, act);
	}
}

/* ---- HTTP/2 */

static bool put_frame(int fd, unsigned char type, unsigned char flags, uint32_t stream,
		      const void *payload, size_t len)
{
	unsigned char frame[FRAME_HEAD + 2048] = {
	    (unsigned char)(len >> 16), (unsigned char)(len >> 8), (unsigned char)len, type, flags};

	for (int i = 0; i < 4; i++)
		frame[5 + i] = (unsigned char)(stream >> (24 - 8 * i));
	if (len)
		memcpy(frame + FRAME_HEAD, payload, len);
	return put(fd, frame, FRAME_HEAD + len);
}

static bool put_code(int fd, unsigned char type, uint32_t stream, unsigned char code)
{
	return put_frame(fd, type, 0, stream, (unsigned char[]){0, 0, 0, code}, 4);
}

static bool put_goaway(int fd, uint32_t last)
{
	unsigned char payload[8] = {(unsigned char)(last >> 24), (unsigned char)(last >> 16),
				    (unsigned char)(last >> 8), (unsigned char)last};

	return put_frame(fd, FRAME_GOAWAY, 0, 0, payload, sizeof payload);
}

/* ":status: 200" is one byte in HPACK. */
static bool put_response(int fd, uint32_t stream, bool complete, size_t len)
{
	char body[2000];

	memset(body, 'x', sizeof body);
	memcpy(body, "ok", 2);
	return put_frame(fd, FRAME_HEADERS, 4, stream, "\x88", 1) &&
	       put_frame(fd, FRAME_DATA, complete, stream, body, len);
}

static bool respond_http2(int fd, enum wire_act act, uint32_t stream)
{
	switch (act) {
	case WIRE_OK:
	case WIRE_NO_CONTENT:
		return put_response(fd, stream, true, 2);
	case WIRE_OK_CLOSE:
		return put_response(fd, stream, true, 2) && put_goaway(fd, stream) && false;
	case WIRE_OK_IDLE_FIN:
		return put_response(fd, stream, true, 2) && false;
	case WIRE_RST:
	case WIRE_EARLY_RST:
		return reset(fd);
	case WIRE_BODY_FIN:
		return put_response(fd, stream, false, 2) && false;
	case WIRE_LARGE:
		return put_response(fd, stream, true, 2000);
	case WIRE_SILENT:
		return wait_for_end(fd);
	case WIRE_REFUSE:
		return put_code(fd, FRAME_RST, stream, REFUSED_STREAM);
	case WIRE_ABORT_STREAM:
		return put_code(fd, FRAME_RST, stream, INTERNAL_ERROR);
	case WIRE_BAD_FRAME:
		return put_frame(fd, FRAME_DATA, 0, 0, "ok", 2); /* no stream */
	case WIRE_BAD_STREAM:
		return put_frame(fd, FRAME_HEADERS, 5, stream,
				 "\x00\x01"
				 "a"
				 "\x01"
				 "b",
				 5);
	case WIRE_EARLY_END:
		return put_response(fd, stream, true, 2);
	case WIRE_EARLY_STOP:
		return put_response(fd, stream, true, 2) && put_code(fd, FRAME_RST, stream, 0);
	case WIRE_GOAWAY:
		return put_goaway(fd, stream < 2 ? 0 : stream - 2) &&
		       (socket_server_sleep_ms(20), false);
	case WIRE_RAW:
	case WIRE_FIN:
	case WIRE_UNTIL_FIN:
	case WIRE_HEAD_FIN:
	case WIRE_INTERIM_FIN:
	case WIRE_BODY_RST:
	case WIRE_CHUNK_FIN:
	case WIRE_BAD_CHUNK:
	case WIRE_NOT_HTTP:
	case WIRE_SWITCH:
		break;
	}
	return false;
}

/* The stream of a frame after which the server responds; 0: another frame. EARLY: with the first
 * frame of a request, and not with the last one. */
static uint32_t answered_request(const unsigned char *frame, bool early)
{
	bool ends = frame[4] & 1;

	if ((frame[3] != FRAME_HEADERS && (frame[3] != FRAME_DATA || early)) || (!ends && !early))
		return 0;
	return (uint32_t)(frame[5] & 0x7f) << 24 | (uint32_t)frame[6] << 16 |
	       (uint32_t)frame[7] << 8 | frame[8];
}

static bool is_early(const struct wire_server *s)
{
	unsigned i = s->requests;

	return i < s->act_count && (s->acts[i] == WIRE_EARLY_END || s->acts[i] == WIRE_EARLY_STOP);
}

static void serve_http2(struct wire_client *c)
{
	bool open = receive(c, PREFACE_LEN) && put_frame(c->fd, FRAME_SETTINGS, 0, 0, NULL, 0);

	if (open)
		drop(c, PREFACE_LEN);
	while (open && receive(c, FRAME_HEAD)) {
		unsigned char head[FRAME_HEAD];

		memcpy(head, c->head, FRAME_HEAD);
		size_t len = (size_t)head[0] << 16 | (size_t)head[1] << 8 | head[2];
		if (len > HEAD_BYTES - 1 - FRAME_HEAD || !receive(c, FRAME_HEAD + len))
			break;
		uint32_t stream = answered_request(head, is_early(c->server));
		if (head[3] == FRAME_SETTINGS && !(head[4] & 1))
			open = put_frame(c->fd, FRAME_SETTINGS, 1, 0, NULL, 0);
		else if (head[3] == FRAME_PING && !(head[4] & 1))
			open = put_frame(c->fd, FRAME_PING, 1, 0, c->head + FRAME_HEAD, 8);
		else if (stream)
			open = respond_http2(c->fd, next_act(c->server), stream);
		drop(c, FRAME_HEAD + len);
	}
}

/* ---- life */

static void serve(struct socket_server *server, int fd)
{
	struct wire_client *c = calloc(1, sizeof *c);

	if (!c)
		abort();
	c->server = (struct wire_server *)server; /* its first member */
	c->fd = fd;
	if (receive(c, 4) && memcmp(c->head, PREFACE, 4) == 0)
		serve_http2(c);
	else
		serve_http1(c);
	end(fd);
	free(c);
}

struct wire_server *wire_server_start(const enum wire_act *acts, unsigned count)
{
	struct wire_server *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->acts = acts;
	s->act_count = count;
	s->sockets.serve = serve;
	socket_server_start(&s->sockets, NULL);
	return s;
}

void wire_server_speak(struct wire_server *s, const char *text)
{
	/* The other end of a connection of the loopback device has the bytes when send returns. */
	say(s->last_fd, text);
}

void wire_server_set_raw(struct wire_server *s, const char *text, size_t len)
{
	s->raw = text;
	s->raw_len = len;
}

void wire_server_stop(struct wire_server *s)
{
	socket_server_stop(&s->sockets);
	free(s);
}

unsigned wire_server_port(const struct wire_server *s)
{
	return s->sockets.port;
}

unsigned wire_server_requests(const struct wire_server *s)
{
	return s->requests;
}

unsigned wire_server_connections(const struct wire_server *s)
{
	return s->sockets.connections;
}
