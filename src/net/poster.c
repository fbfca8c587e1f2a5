#include "net/poster.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <curl/curl.h>

#include "base/log.h"
#include "base/url.h"
#include "net/curl_heap.h"

#define CONNECT_TIMEOUT_MS 3000L
#define TIMEOUT_MS	   10000L
#define AGAIN_AFTER	   (500 * NS_PER_MS)

struct poster {
	CURL *easy;
	CURLM *multi;
	struct curl_slist *headers, *resolve;
	char *url;
	char answer[POSTER_WHY]; /* the beginning of what the server said */
	pthread_t thread;
	_Atomic bool quits; /* at once */

	pthread_mutex_t lock; /* of all below */
	pthread_cond_t changed;
	struct str queue[POSTER_QUEUE];
	unsigned first, count;
	bool busy, closing;
	struct poster_outcome outcome;
};

enum taken { POST_TAKEN, POST_AGAIN, POST_REFUSED };

/* ---- one text */

static size_t on_answer(char *bytes, size_t size, size_t count, void *owner)
{
	struct poster *p = owner;
	size_t len = strlen(p->answer), more = size * count;

	if (more > sizeof p->answer - 1 - len)
		more = sizeof p->answer - 1 - len;
	memcpy(p->answer + len, bytes, more);
	p->answer[len + more] = '\0';
	return size * count;
}

/* curl_easy_perform cannot be broken off from another thread; this can. */
static CURLcode perform(struct poster *p)
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

static enum taken post(struct poster *p, struct str text, char *why)
{
	CURLcode code;
	long status = 0;

	p->answer[0] = '\0';
	curl_easy_setopt(p->easy, CURLOPT_POSTFIELDS, text.ptr);
	curl_easy_setopt(p->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)text.len);
	code = perform(p);
	if (code != CURLE_OK) {
		snprintf(why, POSTER_WHY, "%s",
			 code == CURLE_ABORTED_BY_CALLBACK ? "no answer by the end of the run"
							   : curl_easy_strerror(code));
		return POST_AGAIN;
	}
	curl_easy_getinfo(p->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status >= 200 && status < 300)
		return POST_TAKEN;
	snprintf(why, POSTER_WHY, "HTTP %ld%s%.120s", status, p->answer[0] ? ": " : "", p->answer);
	return status >= 500 || status == 429 || status == 408 ? POST_AGAIN : POST_REFUSED;
}

/* ---- the queue, under the lock */

static void drop_first(struct poster *p)
{
	free((char *)(uintptr_t)p->queue[p->first].ptr);
	p->first = (p->first + 1) % POSTER_QUEUE;
	p->count--;
}

static void lose_first(struct poster *p)
{
	p->outcome.lost++;
	drop_first(p);
}

static void wait_until(struct poster *p, ns_t deadline)
{
	struct timespec at = {deadline / NS_PER_S, deadline % NS_PER_S};

	pthread_cond_timedwait(&p->changed, &p->lock, &at);
}

/* The first text was tried; being busy it was not lost meanwhile. */
static void settle(struct poster *p, enum taken taken, const char *why)
{
	p->outcome.last_taken = taken == POST_TAKEN;
	if (taken == POST_TAKEN) {
		drop_first(p);
		return;
	}
	memcpy(p->outcome.why, why, POSTER_WHY);
	if (taken == POST_REFUSED || p->count == POSTER_QUEUE)
		lose_first(p);
	else if (!atomic_load(&p->quits)) /* set under the lock */
		wait_until(p, clock_monotonic_ns() + AGAIN_AFTER);
}

static void *thread_main(void *argument)
{
	struct poster *p = argument;
	char why[POSTER_WHY] = "";

	pthread_mutex_lock(&p->lock);
	while (!atomic_load(&p->quits)) {
		enum taken taken;
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
		settle(p, taken, why);
		pthread_cond_broadcast(&p->changed);
	}
	pthread_mutex_unlock(&p->lock);
	curl_heap_leave();
	return NULL;
}

void poster_give(struct poster *p, struct str text)
{
	char *copy = malloc(text.len + 1);

	if (!copy)
		die_out_of_memory();
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	pthread_mutex_lock(&p->lock);
	p->outcome.given++;
	p->outcome.last_taken = false;
	if (p->count == POSTER_QUEUE && !p->busy) {
		lose_first(p);
	} else if (p->count == POSTER_QUEUE) { /* the first is on its way: the second goes */
		unsigned second = (p->first + 1) % POSTER_QUEUE;
		struct str first = p->queue[p->first];

		p->queue[p->first] = p->queue[second];
		p->queue[second] = first;
		lose_first(p);
	}
	p->queue[(p->first + p->count++) % POSTER_QUEUE] = str_n(copy, text.len);
	if (p->outcome.lost && !p->outcome.why[0])
		memcpy(p->outcome.why, "too slow", sizeof "too slow");
	pthread_cond_broadcast(&p->changed);
	pthread_mutex_unlock(&p->lock);
}

/* ---- life */

/* The name is looked up now and never again: a lookup that hangs would hold up the end. */
static bool resolve(struct poster *p, const struct url *url, struct buf *error)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
	char host[256], address[64], line[400];
	int code;

	if (url->host.len >= sizeof host) {
		buf_add(error, STR("the name of the host is too long"));
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

static void set_up(struct poster *p, const struct poster_config *config)
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
	curl_easy_setopt(p->easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(p->easy, CURLOPT_WRITEDATA, p);
	curl_easy_setopt(p->easy, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(p->easy, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	curl_easy_setopt(p->easy, CURLOPT_USERAGENT, "reprise");
}

static void release(struct poster *p)
{
	while (p->count)
		drop_first(p);
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
static bool start(struct poster *p)
{
	sigset_t all, old;
	int code;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	code = pthread_create(&p->thread, NULL, thread_main, p);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return code == 0;
}

struct poster *poster_new(const struct poster_config *config, struct buf *error)
{
	struct poster *p = calloc(1, sizeof *p);
	pthread_condattr_t attributes;
	struct url url;

	if (!p || !(p->url = strndup(config->url.ptr, config->url.len)))
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
	buf_add(error, STR("the system gives no further thread"));
	release(p);
	return NULL;
}

void poster_close(struct poster *p, ns_t deadline, struct poster_outcome *out)
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
		snprintf(p->outcome.why, POSTER_WHY, "no time was left for it");
	while (p->count)
		lose_first(p);
	if (out)
		*out = p->outcome;
	release(p);
}
