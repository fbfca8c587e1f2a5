#include "net/client_ticket.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <uthash.h>

#include "base/alloc.h"
#include "net/client_private.h"
#include "net/kerberos.h"

#define THREAD_STACK_BYTES ((size_t)512 * 1024)
/* Threads that request tickets at the same time, per worker; more would load the server of the
 * tickets, which is not the one under test. */
#define THREADS_MAX 8u
/* Time before a ticket that was refused is requested again. */
#define FAILURE_KEPT_NS NS_PER_S
/* Every ticket is used for this time, also one that has ended by the clock of this machine: it
 * would be requested without an end. */
#define USE_MIN_NS NS_PER_S

enum ticket_state { TICKET_NONE, TICKET_QUEUED, TICKET_REQUESTED, TICKET_VALID, TICKET_FAILED };

struct client_ticket {
	UT_hash_handle hh;
	struct client *client;
	struct kerberos_login login; /* views of `key` */
	struct kerberos_ticket ticket;
	enum ticket_state state;
	ns_t renew_at, failed_at;
	struct buf failure;
	struct client_list waiting;
	struct client_ticket *next_queued;
	size_t key_len;
	char key[]; /* user, password, cache and host, each NUL-terminated */
};

struct client_tickets {
	struct client_ticket *all; /* a hash table */
	struct client_ticket *queued, **queued_end;
	unsigned threads;
	int our_end, thread_end; /* a socket pair, made for the first request */
	struct event results;	 /* on `our_end` */
	struct event deadline;	 /* of the waiting requests */
	ns_t deadline_at;
	struct buf key;
};

/* One request for a ticket, owned first by its thread, then by the worker. */
struct errand {
	struct client_ticket *ticket; /* not touched by the thread */
	int result_fd;
	bool good;
	struct kerberos_login login;
	struct kerberos_ticket result;
	struct buf error;
	char texts[];
};

/* ---- threads */

/* TEXTS is user, password, cache and host. */
static struct kerberos_login login_of(const char *texts)
{
	const char *password = texts + strlen(texts) + 1;
	const char *cache = password + strlen(password) + 1;

	return (struct kerberos_login){texts, password, cache, cache + strlen(cache) + 1};
}

static void errand_free(struct errand *e)
{
	explicit_bzero((char *)(uintptr_t)e->login.password, strlen(e->login.password));
	buf_release(&e->result.cache);
	buf_release(&e->error);
	close(e->result_fd);
	free(e);
}

static void *errand_thread(void *arg)
{
	struct errand *e = arg;

	e->good = kerberos_request(&e->login, &e->result, &e->error);
	/* Fails if the client has been freed. */
	if (send(e->result_fd, &e, sizeof e, MSG_NOSIGNAL) != (ssize_t)sizeof e) {
		kerberos_forget(&e->result);
		errand_free(e);
	}
	return NULL;
}

static bool start_thread(struct errand *e)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attributes, THREAD_STACK_BYTES);
	bool good = pthread_create(&thread, &attributes, errand_thread, e) == 0;
	pthread_attr_destroy(&attributes);
	return good;
}

/* ---- results */

static void start_waiting(struct client_ticket *t)
{
	struct client_exchange *x;

	while ((x = t->waiting.first)) {
		client_list_remove(&t->waiting, x);
		x->ticket_waits = false;
		x->ticket_wait = clock_monotonic_ns() - x->ticket_from;
		client_start(x);
	}
}

static void fail(struct client_exchange *x, const struct client_ticket *t)
{
	client_finish_cause(x, HTTP_CAUSE_no_ticket, t->failure.len ? t->failure.data : "");
}

static void fail_waiting(struct client_ticket *t)
{
	struct client_exchange *x;

	while ((x = t->waiting.first)) {
		client_list_remove(&t->waiting, x);
		x->ticket_waits = false;
		fail(x, t);
	}
}

/*
 * How long a ticket is used: nine tenths of its lifetime, but not its last 40 seconds, in which
 * GSS-API itself would try to renew it, and block. A short one is used for half of its lifetime.
 */
static ns_t time_of_use(ns_t lifetime)
{
	ns_t use = lifetime / 10 * 9, quiet = lifetime - 40 * NS_PER_S;

	if (quiet < use)
		use = quiet;
	if (use < lifetime / 2)
		use = lifetime / 2;
	return use > USE_MIN_NS ? use : USE_MIN_NS;
}

/* After that, a ticket of a password is replaced, and that of a cache is looked up again, because
 * another program may have renewed it. */
static void finish(struct client_ticket *t, struct errand *e)
{
	ns_t now = clock_monotonic_ns();

	kerberos_forget(&t->ticket);
	t->state = e->good ? TICKET_VALID : TICKET_FAILED;
	if (!e->good) {
		t->failed_at = now;
		buf_clear(&t->failure);
		if (t->login.user[0])
			buf_printf(&t->failure, "%s: ", t->login.user);
		buf_add(&t->failure, buf_str(&e->error));
		fail_waiting(t);
		return;
	}
	buf_release(&t->ticket.cache);
	t->ticket = e->result;
	e->result.cache = (struct buf){.data = NULL};
	t->renew_at = now + time_of_use(t->ticket.lifetime_s * NS_PER_S);
	start_waiting(t);
}

static void request(struct client_ticket *t);

static void on_results(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;
	struct errand *e;

	(void)what;
	while (recv(fd, &e, sizeof e, MSG_DONTWAIT) == (ssize_t)sizeof e) {
		c->tickets->threads--;
		finish(e->ticket, e);
		errand_free(e);
	}
	while (c->tickets->queued && c->tickets->threads < THREADS_MAX) {
		struct client_ticket *t = c->tickets->queued;

		c->tickets->queued = t->next_queued;
		if (!c->tickets->queued)
			c->tickets->queued_end = &c->tickets->queued;
		request(t);
	}
}

/* ---- requests */

static bool open_results(struct client *c)
{
	struct client_tickets *tickets = c->tickets;
	int pair[2];

	if (tickets->our_end >= 0)
		return true;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return false;
	tickets->our_end = pair[0];
	tickets->thread_end = pair[1];
	event_assign(&tickets->results, c->base, pair[0], EV_READ | EV_PERSIST, on_results, c);
	event_add(&tickets->results, NULL);
	return true;
}

static void request(struct client_ticket *t)
{
	struct client_tickets *tickets = t->client->tickets;
	struct errand *e = alloc_zeroed(1, sizeof *e + t->key_len);

	e->ticket = t;
	memcpy(e->texts, t->key, t->key_len);
	e->login = login_of(e->texts);
	e->result_fd =
	    open_results(t->client) ? fcntl(tickets->thread_end, F_DUPFD_CLOEXEC, 0) : -1;
	t->state = TICKET_REQUESTED;
	if (e->result_fd >= 0 && start_thread(e)) {
		tickets->threads++;
		return;
	}
	buf_add(&e->error, STR("this machine has no free file descriptor or thread"));
	finish(t, e);
	errand_free(e);
}

static void request_later(struct client_ticket *t)
{
	struct client_tickets *tickets = t->client->tickets;

	if (tickets->threads < THREADS_MAX) {
		request(t);
		return;
	}
	t->state = TICKET_QUEUED;
	t->next_queued = NULL;
	*tickets->queued_end = t;
	tickets->queued_end = &t->next_queued;
}

static struct client_ticket *find(struct client *c, struct str key)
{
	struct client_ticket *t;

	HASH_FIND(hh, c->tickets->all, key.ptr, key.len, t);
	if (t)
		return t;
	t = alloc_zeroed(1, sizeof *t + key.len);
	t->client = c;
	t->key_len = key.len;
	memcpy(t->key, key.ptr, key.len);
	t->login = login_of(t->key);
	t->failed_at = -FAILURE_KEPT_NS;
	HASH_ADD(hh, c->tickets->all, key, key.len, t);
	return t;
}

/* ---- the requests that wait */

static void arm_deadline(struct client *c, ns_t due, ns_t now)
{
	ns_t us = due > now ? (due - now) / NS_PER_US + 1 : 1;
	struct timeval tv = {.tv_sec = us / 1000000, .tv_usec = us % 1000000};

	if (due >= c->tickets->deadline_at)
		return;
	event_add(&c->tickets->deadline, &tv);
	c->tickets->deadline_at = due;
}

static void end_late(struct client_ticket *t, ns_t now)
{
	struct client_exchange *next;

	for (struct client_exchange *x = t->waiting.first; x; x = next) {
		next = x->next;
		if (client_deadline(x) > now) {
			arm_deadline(x->client, client_deadline(x), now);
			continue;
		}
		client_ticket_forget(x);
		client_finish(x, HTTP_TIMEOUT_CONNECT,
			      "no Kerberos ticket within the timeout; check the servers in "
			      "krb5.conf");
	}
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;
	struct client_ticket *t, *next;

	(void)fd;
	(void)what;
	c->tickets->deadline_at = NS_NEVER;
	HASH_ITER (hh, c->tickets->all, t, next)
		end_late(t, clock_monotonic_ns());
}

static void wait_for(struct client_ticket *t, struct client_exchange *x, ns_t now)
{
	x->state = EXCHANGE_RESOLVING;
	x->ticket_waits = true;
	x->ticket_from = now;
	client_list_push(&t->waiting, x);
	if (client_deadline(x) != NS_NEVER)
		arm_deadline(x->client, client_deadline(x), now);
	if (t->state != TICKET_QUEUED && t->state != TICKET_REQUESTED)
		request_later(t);
}

/* The login of X with its host: the key of its ticket. */
static struct str key_of(struct client_exchange *x)
{
	struct buf *key = &x->client->tickets->key;
	struct str host = client_url_host(x);

	buf_clear(key);
	buf_add(key, buf_str(&x->pub.login));
	buf_add(key, host);
	buf_add_char(key, '\0');
	return buf_str(key);
}

bool client_ticket_ready(struct client_exchange *x)
{
	ns_t now;

	if (x->pub.plan->spec.auth != HTTP_AUTH_NEGOTIATE || x->pub.drop_credentials)
		return true;
	now = clock_monotonic_ns();
	x->ticket = find(x->client, key_of(x));
	if (x->ticket->state == TICKET_VALID && now < x->ticket->renew_at)
		return true;
	if (x->ticket->state == TICKET_FAILED && now - x->ticket->failed_at < FAILURE_KEPT_NS) {
		fail(x, x->ticket);
		return false;
	}
	wait_for(x->ticket, x, now);
	return false;
}

void client_ticket_forget(struct client_exchange *x)
{
	client_list_remove(&x->ticket->waiting, x);
	x->ticket_waits = false;
}

void client_ticket_use(const struct client_exchange *x)
{
	kerberos_use_cache(x->ticket->ticket.cache.len ? x->ticket->ticket.cache.data : "");
}

/* ---- life */

void client_ticket_init_all(struct client *c)
{
	c->tickets = alloc_zeroed(1, sizeof *c->tickets);
	c->tickets->our_end = c->tickets->thread_end = -1;
	c->tickets->queued_end = &c->tickets->queued;
	c->tickets->deadline_at = NS_NEVER;
	event_assign(&c->tickets->deadline, c->base, -1, 0, on_deadline, c);
}

static void close_results(struct client_tickets *tickets)
{
	struct errand *e;

	event_del(&tickets->results);
	/* A thread that finishes after this frees its request itself. */
	shutdown(tickets->our_end, SHUT_RDWR);
	while (recv(tickets->our_end, &e, sizeof e, MSG_DONTWAIT) == (ssize_t)sizeof e) {
		kerberos_forget(&e->result);
		errand_free(e);
	}
	close(tickets->our_end);
	close(tickets->thread_end);
}

void client_ticket_free_all(struct client *c)
{
	struct client_ticket *t, *next;

	event_del(&c->tickets->deadline);
	if (c->tickets->our_end >= 0)
		close_results(c->tickets);
	HASH_ITER (hh, c->tickets->all, t, next) {
		HASH_DEL(c->tickets->all, t);
		kerberos_forget(&t->ticket);
		explicit_bzero(t->key, t->key_len);
		buf_release(&t->ticket.cache);
		buf_release(&t->failure);
		free(t);
	}
	buf_release(&c->tickets->key);
	free(c->tickets);
}
