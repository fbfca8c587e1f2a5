#include "net/http_push.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <curl/curl.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/url.h"
#include "net/curl_heap.h"

#define CONNECT_TIMEOUT_MS 3000L
#define TIMEOUT_MS	   10000L
#define RETRY_AFTER	   (500 * NS_PER_MS)

struct http_push {
	CURL *easy;
	CURLM *multi;
	struct curl_slist *headers, *resolve;
	char *url;
	char response[HTTP_PUSH_ERROR]; /* start of the server's response */
	pthread_t thread;
	_Atomic bool quits; /* stop immediately */

	pthread_mutex_t lock; /* protects all members below */
	pthread_cond_t changed;
	struct str queue[HTTP_PUSH_QUEUE];
	unsigned first, count;
	bool busy, closing;
	struct http_push_result outcome;
};

enum push_status { PUSH_DELIVERED, PUSH_RETRY, PUSH_REFUSED };

/* ---- one text */

static size_t on_response(char *bytes, size_t size, size_t count, void *owner)
{
	struct http_push *p = owner;
	size_t len = strlen(p->response), more = size * count;

	if (more > sizeof p->response - 1 - len)
		more = sizeof p->response - 1 - len;
	memcpy(p->response + len, bytes, more);
	p->response[len + more] = '\0';
	return size * count;
}

/* Unlike curl_easy_perform, this can be interrupted from another thread. */
static CURLcode perform(struct http_push *p)
{
	CURLcode code = CURLE_ABORTED_BY_CALLBACK;
	int running = 1, left;
	CURLMsg *message;

	curl_multi_add_handle(p->multi, p->easy);
	while (running && !atomic_load(&p->quits)) {
		if (curl_multi_perform(p->multi, &running) != CURLM_OK)
			break;
		if (running)
			curl_multi_poll(p->multi, NULL, 0, 1000, NULL);
	}
	while ((message = curl_multi_info_read(p->multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE)
			code = message->data.result;
	curl_multi_remove_handle(p->multi, p->easy);
	return code;
}

static enum push_status post(struct http_push *p, struct str text, char *why)
{
	CURLcode code;
	long status = 0;

	p->response[0] = '\0';
	curl_easy_setopt(p->easy, CURLOPT_POSTFIELDS, text.ptr);
	curl_easy_setopt(p->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)text.len);
	code = perform(p);
	if (code != CURLE_OK) {
		snprintf(why, HTTP_PUSH_ERROR, "%s",
			 code == CURLE_ABORTED_BY_CALLBACK ? "no response by the end of the run"
							   : curl_easy_strerror(code));
		return PUSH_RETRY;
	}
	curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200 && status < 300)
		return PUSH_DELIVERED;
	snprintf(why, HTTP_PUSH_ERROR, "HTTP %ld%s%.120s", status, p->response[0] ? ": " : "",
		 p->response);
	return status >= 500 || status == 429 || status == 408 ? PUSH_RETRY : PUSH_REFUSED;
}

/* ---- the queue, under the lock */

static void drop_oldest(struct http_push *p)
{
	free((char *)(uintptr_t)p->queue[p->first].ptr);
	p->first = (p->first + 1) % HTTP_PUSH_QUEUE;
	p->count--;
}

static void lose_oldest(struct http_push *p)
{
	p->outcome.lost++;
	drop_oldest(p);
}

static void wait_until(struct http_push *p, ns_t deadline)
{
	struct timespec at = {deadline / NS_PER_S, deadline % NS_PER_S};

	pthread_cond_timedwait(&p->changed, &p->lock, &at);
}

/* The first text was sent; while busy is set it cannot be dropped. */
static void handle_status(struct http_push *p, enum push_status taken, const char *why)
{
	p->outcome.last_delivered = taken == PUSH_DELIVERED;
	if (taken == PUSH_DELIVERED) {
		drop_oldest(p);
		return;
	}
	memcpy(p->outcome.why, why, HTTP_PUSH_ERROR);
	if (taken == PUSH_REFUSED || p->count == HTTP_PUSH_QUEUE)
		lose_oldest(p);
	else if (!atomic_load(&p->quits)) /* set under the lock */
		wait_until(p, clock_monotonic_ns() + RETRY_AFTER);
}

static void *thread_main(void *argument)
{
	struct http_push *p = argument;
	char why[HTTP_PUSH_ERROR] = "";

	pthread_mutex_lock(&p->lock);
	while (!atomic_load(&p->quits)) {
		enum push_status taken;
		struct str text;

		if (!p->count && p->closing)
			break;
		if (!p->count) {
			pthread_cond_wait(&p->changed, &p->lock);
			continue;
		}
		p->busy = true;
		text = p->queue[p->first];
		pthread_mutex_unlock(&p->lock);
		taken = post(p, text, why);
		pthread_mutex_lock(&p->lock);
		p->busy = false;
		handle_status(p, taken, why);
		pthread_cond_broadcast(&p->changed);
	}
	pthread_mutex_unlock(&p->lock);
	curl_heap_leave_thread();
	return NULL;
}

void http_push_add(struct http_push *p, struct str text)
{
	char *copy = malloc(text.len + 1);

	if (!copy)
		die_out_of_memory();
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	pthread_mutex_lock(&p->lock);
	p->outcome.given++;
	p->outcome.last_delivered = false;
	if (p->count == HTTP_PUSH_QUEUE && !p->busy) {
		lose_oldest(p);
	} else if (p->count == HTTP_PUSH_QUEUE) { /* the first is being sent: drop the second */
		unsigned second = (p->first + 1) % HTTP_PUSH_QUEUE;
		struct str first = p->queue[p->first];

		p->queue[p->first] = p->queue[second];
		p->queue[second] = first;
		lose_oldest(p);
	}
	p->queue[(p->first + p->count++) % HTTP_PUSH_QUEUE] = str_n(copy, text.len);
	if (p->outcome.lost && !p->outcome.why[0])
		memcpy(p->outcome.why, "too slow", sizeof "too slow");
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

/* ---- life */

/* The name is resolved only now: a lookup that hangs later would delay the end of the run. */
static bool resolve(struct http_push *p, const struct url *url, struct buf *error)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
	char host[256], address[64], line[400];
	int code;

	if (url->host.len >= sizeof host) {
		buf_add(error, STR("the host name is too long"));
		return false;
	}
	snprintf(host, sizeof host, "%.*s", STR_ARG(url->host));
	code = getaddrinfo(host, NULL, &hints, &found);
	if (code == 0) {
		code = getnameinfo(found->ai_addr, found->ai_addrlen, address, sizeof address, NULL,
				   0, NI_NUMERICHOST);
		freeaddrinfo(found);
	}
	if (code) {
		buf_printf(error, "cannot send to %s: %s", host, gai_strerror(code));
		return false;
	}
	if (url->host_is_ipv6)
		return true;
	snprintf(line, sizeof line, "%s:%u:%s", host, url->port, address);
	p->resolve = curl_slist_append(NULL, line);
	return true;
}

static void set_up(struct http_push *p, const struct http_push_config *config)
{
	for (size_t i = 0; i < config->header_count; i++)
		p->headers = curl_slist_append(p->headers, config->header_lines[i]);
	p->headers = curl_slist_append(p->headers, "Expect:");
	p->easy = curl_easy_init();
	p->multi = curl_multi_init();
	if (!p->easy || !p->multi)
		die_out_of_memory();
	curl_easy_setopt(p->easy, CURLOPT_URL, p->url);
	curl_easy_setopt(p->easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(p->easy, CURLOPT_HTTPHEADER, p->headers);
	curl_easy_setopt(p->easy, CURLOPT_RESOLVE, p->resolve);
	curl_easy_setopt(p->easy, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(p->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(p->easy, CURLOPT_POST, 1L);
	curl_easy_setopt(p->easy, CURLOPT_WRITEFUNCTION, on_response);
	curl_easy_setopt(p->easy, CURLOPT_WRITEDATA, p);
	curl_easy_setopt(p->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(p->easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	curl_easy_setopt(p->easy, CURLOPT_USERAGENT, "reprise");
}

static void release(struct http_push *p)
{
	while (p->count)
		drop_oldest(p);
	if (p->multi)
		curl_multi_cleanup(p->multi);
	if (p->easy)
		curl_easy_cleanup(p->easy);
	curl_slist_free_all(p->headers);
	curl_slist_free_all(p->resolve);
	pthread_mutex_destroy(&p->lock);
	pthread_cond_destroy(&p->changed);
	free(p->url);
	free(p);
}

/* Signals are the main thread's. */
static bool start(struct http_push *p)
{
	sigset_t all, old;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	code = pthread_create(&p->thread, NULL, thread_main, p);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return code == 0;
}

struct http_push *http_push_new(const struct http_push_config *config, struct buf *error)
{
	struct http_push *p = alloc_zeroed(1, sizeof *p);
	pthread_condattr_t attributes;
	struct url url;

	p->url = strndup(config->url.ptr, config->url.len);
	if (!p->url)
		die_out_of_memory();
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&p->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	pthread_mutex_init(&p->lock, NULL);
	if (!url_split(config->url, &url) ||
	    (!str_ieq(url.scheme, STR("http")) && !str_ieq(url.scheme, STR("https")))) {
		buf_add(error, STR("expected a URL such as http://127.0.0.1:4318"));
		release(p);
		return NULL;
	}
	if (!resolve(p, &url, error)) {
		release(p);
		return NULL;
	}
	set_up(p, config);
	if (start(p))
		return p;
	buf_add(error, STR("the system cannot start another thread"));
	release(p);
	return NULL;
}

void http_push_close(struct http_push *p, ns_t deadline, struct http_push_result *out)
{
	pthread_mutex_lock(&p->lock);
	p->closing = true;
	pthread_cond_broadcast(&p->changed);
	while (p->count && clock_monotonic_ns() < deadline)
		wait_until(p, deadline);
	atomic_store(&p->quits, true);
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
	curl_multi_wakeup(p->multi);
	pthread_join(p->thread, NULL);
	if (p->count && !p->outcome.why[0])
		snprintf(p->outcome.why, HTTP_PUSH_ERROR, "the run ended before it could be sent");
	while (p->count)
		lose_oldest(p);
	if (out)
		*out = p->outcome;
	release(p);
}
