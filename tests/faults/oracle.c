/*
 * A server with response times that are known to the microsecond, so that measured times can be
 * compared with calculated ones instead of other measurements.
 *
 * oracle --port-file FILE [--service-us D | --delay-us D] [--stall-at-ms A --stall-for-ms B]
 *        [--for SECONDS]
 *
 * Requests are served one at a time in the order in which they arrive, each for exactly D: the
 * response to a request is due at max(arrival, due time of the previous one) + D. Due times are
 * calculated from previous due times, not from wake-up times, so that delays do not accumulate.
 * With a delay instead, each response is due D after its request, however many requests wait. With
 * a stall, no response is sent from A after the first request until B later; requests that arrive
 * in this period are due at its end. The response to GET /stats is sent immediately and not
 * counted.
 *
 * One thread, one epoll. A connection has at most one request waiting; requests have no body.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "../bench/port_server.h"

enum { REQUEST_MAX = 8192, EVENTS = 512 };

struct conn {
	int fd;
	bool waiting; /* its request is in the queue */
	bool gone;    /* closed by the client while waiting: freed when its turn comes */
	size_t used;
	struct conn *next; /* in the queue */
	int64_t due_ns;
	char request[REQUEST_MAX];
};

struct oracle {
	int epoll, listener, timer;
	int64_t service_ns, delay_ns, stall_at_ns, stall_for_ns, end_ns;
	int64_t first_ns, last_due_ns;
	struct conn *head, *tail;
	uint64_t requests, connections;
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The due time of the response to a request that arrives now. */
static int64_t due_of(struct oracle *o, int64_t now)
{
	int64_t start = now > o->last_due_ns ? now : o->last_due_ns;

	if (!o->first_ns)
		o->first_ns = now;
	if (o->stall_for_ns) {
		int64_t from = o->first_ns + o->stall_at_ns;
		int64_t until = from + o->stall_for_ns;

		if (start >= from && start < until)
			start = until;
	}
	o->last_due_ns = start + o->service_ns;
	return o->last_due_ns + o->delay_ns;
}

static void set_timer(const struct oracle *o)
{
	struct itimerspec at = {0};

	if (o->head) {
		at.it_value.tv_sec = o->head->due_ns / 1000000000;
		at.it_value.tv_nsec = o->head->due_ns % 1000000000;
	}
	timerfd_settime(o->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void conn_close(struct conn *c)
{
	close(c->fd);
	if (c->waiting)
		c->gone = true;
	else
		free(c);
}

static void conn_write(const struct conn *c, const char *body)
{
	char response[512];
	int length = snprintf(response, sizeof(response),
			      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
			      "Content-Length: %zu\r\n\r\n%s",
			      strlen(body), body);

	if (send(c->fd, response, (size_t)length, MSG_NOSIGNAL) < 0 && errno != EPIPE &&
	    errno != ECONNRESET)
		perror("send");
}

static void send_stats(const struct oracle *o, const struct conn *c)
{
	char body[128];

	snprintf(body, sizeof(body), "{\"sends\": %llu, \"connections\": %llu}",
		 (unsigned long long)o->requests, (unsigned long long)o->connections);
	conn_write(c, body);
}

/* Moves a complete request, if there is one, from the connection's buffer to the queue. */
static void conn_take(struct oracle *o, struct conn *c)
{
	char *end = memmem(c->request, c->used, "\r\n\r\n", 4);

	if (!end)
		return;
	bool stats = c->used >= 10 && !memcmp(c->request, "GET /stats", 10);

	c->used -= (size_t)(end + 4 - c->request);
	memmove(c->request, end + 4, c->used);
	if (stats) {
		send_stats(o, c);
		return;
	}
	o->requests++;
	c->due_ns = due_of(o, now_ns());
	c->waiting = true;
	c->next = NULL;
	if (o->tail)
		o->tail->next = c;
	else
		o->head = c;
	o->tail = c;
}

static void conn_read(struct oracle *o, struct conn *c)
{
	ssize_t got = recv(c->fd, c->request + c->used, REQUEST_MAX - c->used, 0);

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0) {
		conn_close(c);
		return;
	}
	c->used += (size_t)got;
	if (!c->waiting)
		conn_take(o, c);
}

/* Sends all responses that are due. */
static void serve(struct oracle *o)
{
	while (o->head && o->head->due_ns <= now_ns()) {
		struct conn *c = o->head;

		o->head = c->next;
		if (!o->head)
			o->tail = NULL;
		c->waiting = false;
		if (c->gone) {
			free(c);
			continue;
		}
		conn_write(c, "{\"ok\": true}");
		conn_take(o, c);
	}
	set_timer(o);
}

static void accept_all(struct oracle *o)
{
	int fd;

	while ((fd = port_server_accept(o->listener)) >= 0) {
		struct conn *c = calloc(1, sizeof(*c));

		if (!c)
			port_server_die("calloc");
		c->fd = fd;
		o->connections++;
		port_server_watch(o->epoll, EPOLL_CTL_ADD, fd, EPOLLIN, c);
	}
}

static void read_options(struct oracle *o, int argc, char **argv, const char **port_file)
{
	static const struct option options[] = {
	    {"port-file", required_argument, NULL, 'p'},
	    {"service-us", required_argument, NULL, 'd'},
	    {"delay-us", required_argument, NULL, 'w'},
	    {"stall-at-ms", required_argument, NULL, 'a'},
	    {"stall-for-ms", required_argument, NULL, 's'},
	    {"for", required_argument, NULL, 'f'},
	    {0},
	};
	int64_t seconds = 120;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'p')
			*port_file = optarg;
		else if (option == 'd')
			o->service_ns = atoll(optarg) * 1000;
		else if (option == 'w')
			o->delay_ns = atoll(optarg) * 1000;
		else if (option == 'a')
			o->stall_at_ns = atoll(optarg) * 1000000;
		else if (option == 's')
			o->stall_for_ns = atoll(optarg) * 1000000;
		else if (option == 'f')
			seconds = atoll(optarg);
		else
			exit(2);
	}
	o->end_ns = now_ns() + seconds * 1000000000;
}

int main(int argc, char **argv)
{
	struct oracle o = {0};
	const char *port_file = NULL;
	struct epoll_event events[EVENTS];

	read_options(&o, argc, argv, &port_file);
	if (!port_file) {
		fprintf(stderr, "oracle: --port-file FILE is needed\n");
		return 2;
	}
	port_server_prepare();
	o.epoll = epoll_create1(0);
	o.timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	port_server_watch(o.epoll, EPOLL_CTL_ADD, o.timer, EPOLLIN, &o.timer);
	o.listener = port_server_listen(port_file);
	port_server_watch(o.epoll, EPOLL_CTL_ADD, o.listener, EPOLLIN, &o.listener);
	while (now_ns() < o.end_ns) {
		int count = epoll_wait(o.epoll, events, EVENTS, 1000);

		for (int i = 0; i < count; i++) {
			void *what = events[i].data.ptr;

			if (what == &o.listener)
				accept_all(&o);
			else if (what != &o.timer)
				conn_read(&o, what);
		}
		serve(&o);
	}
	return 0;
}
