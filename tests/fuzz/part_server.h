/*
 * A server on a Unix socket for fuzz targets of HTTP clients. It sends the two parts of an input,
 * each after bytes of the client have arrived, on whatever connection that is. A connection that
 * was made for an earlier input gets no part. One server per program, with a thread for each
 * connection.
 */
#ifndef TESTS_PART_SERVER_H
#define TESTS_PART_SERVER_H

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/str.h"

#define PART_SERVER_PARTS    2u
#define PART_SERVER_PART_MAX 8192u
/* For the first request of a connection. */
#define PART_SERVER_FIRST_MS 5000

static struct {
	char path[64];
	int listener;
	int quiet_ms; /* in which a client that has a complete response sends its next request */
	pthread_mutex_t lock;
	struct str parts[PART_SERVER_PARTS];
	unsigned next, input;
} part_server = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* A connection, and the input for which it was made. */
struct part_server_connection {
	int fd;
	unsigned input;
	size_t len;
	char part[PART_SERVER_PART_MAX];
};

/* Copies the next part, unless the connection belongs to an earlier input. */
static inline bool part_server_take(struct part_server_connection *c)
{
	pthread_mutex_lock(&part_server.lock);
	bool left = part_server.next < PART_SERVER_PARTS && c->input == part_server.input;
	if (left) {
		struct str part = part_server.parts[part_server.next++];

		c->len = part.len;
		if (part.len)
			memcpy(c->part, part.ptr, part.len);
	}
	pthread_mutex_unlock(&part_server.lock);
	return left;
}

/* The requests of the targets are small: they arrive as a whole. */
static inline bool part_server_wait(int fd, int limit_ms)
{
	struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
	char bytes[4096];

	return poll(&poll_fd, 1, limit_ms) == 1 && recv(fd, bytes, sizeof bytes, 0) > 0;
}

static inline void *part_server_serve(void *arg)
{
	struct part_server_connection *c = arg;

	for (int limit_ms = PART_SERVER_FIRST_MS;
	     part_server_wait(c->fd, limit_ms) && part_server_take(c);
	     limit_ms = part_server.quiet_ms)
		if (c->len && send(c->fd, c->part, c->len, MSG_NOSIGNAL) != (ssize_t)c->len)
			break;
	shutdown(c->fd, SHUT_WR);
	close(c->fd);
	free(c);
	return NULL;
}

static inline void *part_server_accept(void *arg)
{
	int fd;

	(void)arg;
	while ((fd = accept(part_server.listener, NULL, NULL)) >= 0 || errno == EINTR ||
	       errno == ECONNABORTED) {
		if (fd < 0)
			continue;
		struct part_server_connection *c = calloc(1, sizeof *c);
		pthread_t thread;

		if (!c)
			abort();
		c->fd = fd;
		pthread_mutex_lock(&part_server.lock);
		c->input = part_server.input;
		pthread_mutex_unlock(&part_server.lock);
		if (pthread_create(&thread, NULL, part_server_serve, c) != 0)
			abort();
		pthread_detach(thread);
	}
	return NULL;
}

/* Starts the server; NAME makes its path, part_server.path, unique among the targets. */
static inline void part_server_start(const char *name, int quiet_ms)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	pthread_t thread;

	part_server.quiet_ms = quiet_ms;
	snprintf(part_server.path, sizeof part_server.path, "/tmp/fuzz-%s-%d", name, (int)getpid());
	unlink(part_server.path);
	strcpy(address.sun_path, part_server.path);
	part_server.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(part_server.listener, (struct sockaddr *)&address, sizeof address) != 0 ||
	    listen(part_server.listener, 64) != 0 ||
	    pthread_create(&thread, NULL, part_server_accept, NULL) != 0)
		abort();
}

/* The parts of the next input, which must stay valid until part_server_end. */
static inline void part_server_begin(struct str first, struct str second)
{
	pthread_mutex_lock(&part_server.lock);
	part_server.parts[0] = first;
	part_server.parts[1] = second;
	part_server.next = 0;
	part_server.input++;
	pthread_mutex_unlock(&part_server.lock);
}

/* A connection that is still open must not take a part of the next input. */
static inline void part_server_end(void)
{
	pthread_mutex_lock(&part_server.lock);
	part_server.next = PART_SERVER_PARTS;
	pthread_mutex_unlock(&part_server.lock);
}

/*
 * Divides the input DATA where its first two bytes say. False if it is too short or too long.
 */
static inline bool part_server_split(const unsigned char *data, size_t size, size_t longest,
				     struct str *first, struct str *second)
{
	struct str rest;
	size_t split;

	if (size < 3 || size > longest)
		return false;
	rest = str_n((const char *)data + 2, size - 2);
	split = ((size_t)data[0] << 8 | data[1]) % (rest.len + 1);
	*first = str_slice(rest, 0, split);
	*second = str_slice(rest, split, rest.len);
	return true;
}

#endif
