/*
 * The floor: the minimum cost per request of libcurl's multi interface on libevent. USERS handles
 * request one URL again and again. Nothing is checked, measured or shared; each change of a socket
 * creates a new event, and the event base is libevent's default. The cost of reprise is printed as
 * a ratio to this one.
 *
 * floor URL USERS REQUESTS
 */
#include <stdio.h>
#include <stdlib.h>

#include <curl/curl.h>
#include <event2/event.h>

struct floor_loop {
	CURLM *multi;
	struct event_base *base;
	struct event *timer;
	long done, wanted;
};

static size_t discard(char *data, size_t size, size_t count, void *owner)
{
	(void)data;
	(void)owner;
	return size * count;
}

/* Removes finished requests and sends them again. */
static void pump(struct floor_loop *loop)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(loop->multi, &left))) {
		CURL *handle = message->easy_handle;

		if (message->msg != CURLMSG_DONE)
			continue;
		if (message->data.result != CURLE_OK) {
			fprintf(stderr, "floor: %s\n", curl_easy_strerror(message->data.result));
			exit(1);
		}
		curl_multi_remove_handle(loop->multi, handle);
		if (++loop->done >= loop->wanted) {
			event_base_loopbreak(loop->base);
			return;
		}
		curl_multi_add_handle(loop->multi, handle);
	}
}

static void on_socket(evutil_socket_t fd, short kind, void *owner)
{
	struct floor_loop *loop = owner;
	int action =
	    (kind & EV_READ ? CURL_CSELECT_IN : 0) | (kind & EV_WRITE ? CURL_CSELECT_OUT : 0);
	int running;

	curl_multi_socket_action(loop->multi, fd, action, &running);
	pump(loop);
}

static void on_timer(evutil_socket_t fd, short kind, void *owner)
{
	struct floor_loop *loop = owner;
	int running;

	(void)fd;
	(void)kind;
	curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	pump(loop);
}

static int want_socket(CURL *handle, curl_socket_t fd, int what, void *owner, void *per_socket)
{
	struct floor_loop *loop = owner;
	struct event *event = per_socket;

	(void)handle;
	if (event)
		event_free(event);
	if (what == CURL_POLL_REMOVE) {
		if (event)
			curl_multi_assign(loop->multi, fd, NULL);
		return 0;
	}
	int kind = EV_PERSIST | (what & CURL_POLL_IN ? EV_READ : 0) |
		   (what & CURL_POLL_OUT ? EV_WRITE : 0);

	event = event_new(loop->base, fd, (short)kind, on_socket, loop);
	curl_multi_assign(loop->multi, fd, event);
	event_add(event, NULL);
	return 0;
}

static int want_timer(CURLM *multi, long ms, void *owner)
{
	struct floor_loop *loop = owner;
	struct timeval after = {ms / 1000, ms % 1000 * 1000};

	(void)multi;
	if (ms < 0)
		evtimer_del(loop->timer);
	else
		evtimer_add(loop->timer, &after);
	return 0;
}

static void add_users(struct floor_loop *loop, const char *url, long users)
{
	for (long i = 0; i < users; i++) {
		CURL *handle = curl_easy_init();

		curl_easy_setopt(handle, CURLOPT_URL, url);
		curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, discard);
		curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
		curl_multi_add_handle(loop->multi, handle);
	}
}

int main(int argc, char **argv)
{
	struct floor_loop loop = {0};
	long users;

	if (argc != 4) {
		fprintf(stderr, "usage: floor URL USERS REQUESTS\n");
		return 2;
	}
	users = atol(argv[2]);
	loop.wanted = atol(argv[3]);
	curl_global_init(CURL_GLOBAL_ALL);
	loop.base = event_base_new();
	loop.multi = curl_multi_init();
	loop.timer = evtimer_new(loop.base, on_timer, &loop);
	curl_multi_setopt(loop.multi, CURLMOPT_SOCKETFUNCTION, want_socket);
	curl_multi_setopt(loop.multi, CURLMOPT_SOCKETDATA, &loop);
	curl_multi_setopt(loop.multi, CURLMOPT_TIMERFUNCTION, want_timer);
	curl_multi_setopt(loop.multi, CURLMOPT_TIMERDATA, &loop);
	curl_multi_setopt(loop.multi, CURLMOPT_MAXCONNECTS, users + 10);
	add_users(&loop, argv[1], users);
	event_base_dispatch(loop.base);
	printf("%ld\n", loop.done);
	return 0;
}
