#include "tiny_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <zlib.h>

#define HEAD_BYTES 16384
#define MOST	   64

struct tiny_server {
	int listener;
	unsigned port;
	pthread_t acceptor;
	pthread_mutex_t lock; /* of what follows */
	int open[MOST];
	char last[HEAD_BYTES];
	char copy[HEAD_BYTES];
	atomic_uint connections, requests, living;
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

static void wait_ms(long ms)
{
	struct timespec t = {ms / 1000, ms % 1000 * 1000000};

	nanosleep(&t, NULL);
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
	pthread_mutex_lock(&s->lock);
	memcpy(s->last, v->head, head + 1);
	pthread_mutex_unlock(&s->lock);
	return sscanf(v->head, "%*s %16383s", path) == 1 && serve(v, path);
}

static void *visit(void *arg)
{
	struct visitor *v = arg;
	struct tiny_server *s = v->server;

	while (one_request(v))
		continue;
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < MOST; i++)
		if (s->open[i] == v->fd)
			s->open[i] = -1;
	pthread_mutex_unlock(&s->lock);
	close(v->fd);
	s->living--;
	free(v);
	return NULL;
}

static void remember(struct tiny_server *s, int fd)
{
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < MOST; i++)
		if (s->open[i] < 0) {
			s->open[i] = fd;
			break;
		}
	pthread_mutex_unlock(&s->lock);
}

static void *accept_all(void *arg)
{
	struct tiny_server *s = arg;
	pthread_attr_t detached;
	pthread_t thread;
	int fd, one = 1;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	while ((fd = accept(s->listener, NULL, NULL)) >= 0 || errno == EMFILE) {
		if (fd < 0) { /* a test's doing, and it passes */
			wait_ms(1);
			continue;
		}
		struct visitor *v = calloc(1, sizeof *v);

		v->server = s;
		v->fd = fd;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
		remember(s, fd);
		s->connections++;
		s->living++;
		pthread_create(&thread, &detached, visit, v);
	}
	pthread_attr_destroy(&detached);
	return NULL;
}

static int listen_unix(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strncpy(address.sun_path, path, sizeof address.sun_path - 1);
	unlink(path);
	return bind(fd, (struct sockaddr *)&address, sizeof address) || listen(fd, 16) ? -1 : fd;
}

static int listen_tcp(unsigned *port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof address;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&address, len) || listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&address, &len))
		return -1;
	*port = ntohs(address.sin_port);
	return fd;
}

struct tiny_server *tiny_server_start(const char *path)
{
	struct tiny_server *s = calloc(1, sizeof *s);

	pthread_mutex_init(&s->lock, NULL);
	for (int i = 0; i < MOST; i++)
		s->open[i] = -1;
	s->listener = path ? listen_unix(path) : listen_tcp(&s->port);
	if (s->listener < 0 || pthread_create(&s->acceptor, NULL, accept_all, s) != 0)
		abort();
	return s;
}

void tiny_server_stop(struct tiny_server *s)
{
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->acceptor, NULL);
	close(s->listener);
	pthread_mutex_lock(&s->lock);
	for (int i = 0; i < MOST; i++)
		if (s->open[i] >= 0)
			shutdown(s->open[i], SHUT_RDWR);
	pthread_mutex_unlock(&s->lock);
	while (s->living > 0)
		wait_ms(1);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

unsigned tiny_server_port(const struct tiny_server *s)
{
	return s->port;
}

unsigned tiny_server_connections(const struct tiny_server *s)
{
	return s->connections;
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
	pthread_mutex_lock(&s->lock);
	memcpy(s->copy, s->last, sizeof s->copy);
	pthread_mutex_unlock(&s->lock);
	return s->copy;
}
