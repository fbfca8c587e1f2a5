#include "tiny_server.h"
#include "socket_server.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <zlib.h>

#define HEAD_BYTES 16384

struct tiny_server {
	struct socket_server sockets; /* its lock protects `last` */
	char last[HEAD_BYTES];
	char copy[HEAD_BYTES];
	atomic_uint requests;
	atomic_ulong bytes;
};

struct visitor {
	struct tiny_server *server;
	int fd;
	unsigned served;
	char head[HEAD_BYTES];
	char body[HEAD_BYTES]; /* when it is short; NUL-terminated */
	size_t len;	       /* bytes read: head, body, and possibly the next request */
};

static bool put(int fd, const void *bytes, size_t len)
{
	const char *p = bytes;

	while (len > 0) {
		ssize_t n = send(fd, p, len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		p += n;
		len -= (size_t)n;
	}
	return true;
}

static bool say(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool say(int fd, const char *format, ...)
{
	char text[HEAD_BYTES * 2];
	va_list args;

	va_start(args, format);
	int len = vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return put(fd, text, (size_t)len);
}

static bool respond(int fd, const char *fields, const char *body)
{
	return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n%s\r\n%s", strlen(body), fields,
		   body);
}

static bool respond_gzip(int fd, size_t bytes)
{
	char *plain = malloc(bytes), *packed = malloc(bytes / 100 + 1000);
	z_stream z = {0};
	bool good = false;

	memset(plain, 'a', bytes);
	deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
	z.next_in = (unsigned char *)plain;
	z.avail_in = (unsigned)bytes;
	z.next_out = (unsigned char *)packed;
	z.avail_out = (unsigned)(bytes / 100 + 1000);
	if (deflate(&z, Z_FINISH) == Z_STREAM_END)
		good =
		    say(fd,
			"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %lu\r\n\r\n",
			z.total_out) &&
		    put(fd, packed, z.total_out);
	deflateEnd(&z);
	free(plain);
	free(packed);
	return good;
}

static bool respond_body(int fd, size_t bytes)
{
	char *body = malloc(bytes);

	memset(body, 'b', bytes);
	bool good = say(fd, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n", bytes) &&
		    put(fd, body, bytes);
	free(body);
	return good;
}

static bool respond_cookie(int fd, const char *setting)
{
	char field[512];

	snprintf(field, sizeof field, "Set-Cookie: %.200s; Path=/\r\n", setting);
	return respond(fd, field, "set");
}

static bool respond_early(int fd)
{
	return say(fd, "HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n") &&
	       respond(fd, "X-Late: yes\r\n", "late");
}

/* Waits until the client closes the connection; it sends nothing before that. */
static bool wait_for_end(int fd)
{
	char byte;

	while (recv(fd, &byte, 1, 0) > 0)
		continue;
	return false;
}

/* Makes the following close a reset, after the bytes already sent. */
static bool reset(int fd)
{
	struct linger none = {.l_onoff = 1};

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &none, sizeof none);
	return false;
}

/* False: close the connection. */
static bool serve(struct visitor *v, const char *path)
{
	int fd = v->fd;

	if (strcmp(path, "/echo_body") == 0)
		return respond(fd, "", v->body);
	if (strncmp(path, "/echo", 5) == 0)
		return respond(fd, "", v->head);
	if (strncmp(path, "/cookie?", 8) == 0)
		return respond_cookie(fd, path + 8);
	if (strncmp(path, "/gzip/", 6) == 0)
		return respond_gzip(fd, strtoul(path + 6, NULL, 10));
	if (strncmp(path, "/body/", 6) == 0)
		return respond_body(fd, strtoul(path + 6, NULL, 10));
	if (strcmp(path, "/short") == 0)
		return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") && false;
	if (strcmp(path, "/never") == 0)
		return wait_for_end(fd);
	if (strcmp(path, "/reset") == 0)
		return reset(fd);
	if (strcmp(path, "/reset_body") == 0)
		return say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort") && reset(fd);
	if (strcmp(path, "/bad_chunk") == 0)
		return say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzzz\r\n");
	if (strncmp(path, "/redirect?to=", 13) == 0)
		return say(fd, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n",
			   path + 13);
	if (strcmp(path, "/early") == 0)
		return respond_early(fd);
	if (strncmp(path, "/first_only", 11) == 0 && v->served > 1)
		return false;
	if (strcmp(path, "/idle_close") == 0)
		return respond(fd, "", "bye") && false;
	if (strcmp(path, "/no_http") == 0)
		return say(fd, "220 this is a mail server\r\n") && false;
	return respond(fd, "X-Served-By: tiny\r\n", "ok");
}

/* Reads until the head is complete. Returns its length with the empty line, 0 at end of file. */
static size_t read_head(struct visitor *v)
{
	for (;;) {
		v->head[v->len] = '\0';
		char *end = strstr(v->head, "\r\n\r\n");
		if (end)
			return (size_t)(end - v->head) + 4;
		ssize_t n = recv(v->fd, v->head + v->len, HEAD_BYTES - 1 - v->len, 0);
		if (n <= 0)
			return 0;
		v->len += (size_t)n;
	}
}

static size_t body_length(const char *head)
{
	const char *field = strcasestr(head, "\r\nContent-Length:");

	return field ? strtoul(field + 17, NULL, 10) : 0;
}

/* Keeps a copy of a short body, which follows HEAD bytes; discards a long one. */
static bool capture_body(struct visitor *v, size_t head, size_t whole)
{
	char rest[4096];

	while (whole < HEAD_BYTES && v->len < whole) {
		ssize_t n = recv(v->fd, v->head + v->len, whole - v->len, 0);
		if (n <= 0)
			return false;
		v->len += (size_t)n;
	}
	v->body[0] = '\0';
	if (whole < HEAD_BYTES) {
		memcpy(v->body, v->head + head, whole - head);
		v->body[whole - head] = '\0';
	}
	while (v->len < whole) {
		ssize_t n = recv(v->fd, rest,
				 whole - v->len < sizeof rest ? whole - v->len : sizeof rest, 0);
		if (n <= 0)
			return false;
		v->len += (size_t)n;
	}
	v->len = 0;
	return true;
}

static bool one_request(struct visitor *v)
{
	struct tiny_server *s = v->server;
	char path[HEAD_BYTES];
	size_t head = read_head(v);

	if (head == 0)
		return false;
	size_t whole = head + body_length(v->head);
	v->served++;
	s->requests++;
	s->bytes += whole;
	if (!capture_body(v, head, whole))
		return false;
	v->head[head] = '\0';
	v->len = 0;
	pthread_mutex_lock(&s->sockets.lock);
	memcpy(s->last, v->head, head + 1);
	pthread_mutex_unlock(&s->sockets.lock);
	return sscanf(v->head, "%*s %16383s", path) == 1 && serve(v, path);
}

static void serve_connection(struct socket_server *server, int fd)
{
	struct visitor *v = calloc(1, sizeof *v);

	if (!v)
		abort();
	v->server = (struct tiny_server *)server; /* its first member */
	v->fd = fd;
	while (one_request(v))
		continue;
	free(v);
}

struct tiny_server *tiny_server_start(const char *path)
{
	struct tiny_server *s = calloc(1, sizeof *s);

	if (!s)
		abort();
	s->sockets.serve = serve_connection;
	socket_server_start(&s->sockets, path);
	return s;
}

void tiny_server_stop(struct tiny_server *s)
{
	socket_server_stop(&s->sockets);
	free(s);
}

unsigned tiny_server_port(const struct tiny_server *s)
{
	return s->sockets.port;
}

unsigned tiny_server_connections(const struct tiny_server *s)
{
	return s->sockets.connections;
}

unsigned tiny_server_requests(const struct tiny_server *s)
{
	return s->requests;
}

unsigned long tiny_server_bytes(const struct tiny_server *s)
{
	return s->bytes;
}

const char *tiny_server_last(struct tiny_server *s)
{
	pthread_mutex_lock(&s->sockets.lock);
	memcpy(s->copy, s->last, sizeof s->copy);
	pthread_mutex_unlock(&s->sockets.lock);
	return s->copy;
}
