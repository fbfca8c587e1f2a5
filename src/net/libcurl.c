#include "net/libcurl.h"

#include "base/log.h"
#include "net/client_private.h"
#include "net/curl_heap.h"

const char *http_version_obstacle(int version)
{
	int features = curl_version_info(CURLVERSION_NOW)->features;

	if (version != HTTP_WANT_3 || features & CURL_VERSION_HTTP3)
		return NULL;
	return "the libcurl of this machine was built without HTTP/3; use one that has it, such as "
	       "that of Debian 13";
}

/* Rounds of requests and responses within one wake-up, before other sockets are served. */
#define PUMP_ROUNDS 16

static void take_back(struct client_exchange *x)
{
	curl_multi_remove_handle(x->client->curl.multi, x->curl.easy);
	libcurl_quic_remove(x);
}

/* The transfer of X has ended with CODE. */
static void end_transfer(struct client *c, struct client_exchange *x, CURLcode code)
{
	libcurl_quic_ended(x, code);
	if (libcurl_retry_unsent(x)) {
		client_start(x);
		return;
	}
	if (libcurl_resend(x, code))
		return;
	libcurl_resend_end(x);
	libcurl_collect(x, code);
	if (!client_rate_limit_delays(x))
		client_report(c, x);
}

/* `done` may begin, send and cancel exchanges: no state is kept across the call. */
static void drain(struct client *c)
{
	struct client_exchange *x;
	CURLMsg *message;
	CURLcode code;
	int left;

	do {
		while ((message = curl_multi_info_read(c->curl.multi, &left)))
			if (message->msg == CURLMSG_DONE) {
				curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
						  (char **)&x);
				code = message->data.result;
				take_back(x);
				end_transfer(c, x, code);
			}
		while ((x = libcurl_quic_closed(c))) {
			libcurl_quic_forbid_reuse(x);
			take_back(x);
			end_transfer(c, x, CURLE_RECV_ERROR);
		}
	} while (client_report_next(c));
}

static void run_timers(struct client *c)
{
	int running;

	c->curl.due_now = false;
	curl_multi_socket_action(c->curl.multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

/* A kick would run before the loop looks at its sockets again. */
static void yield_to_sockets(struct client *c)
{
	static const struct timeval immediately = {0, 0};

	c->curl.timer_due = 0;
	event_add(&c->curl.timer, &immediately);
}

static void run_until_idle(struct client *c)
{
	drain(c);
	for (int round = 0; c->curl.due_now; round++) {
		if (round == PUMP_ROUNDS) {
			yield_to_sockets(c);
			return;
		}
		run_timers(c);
		drain(c);
	}
}

static void begin_turn(struct client *c)
{
	c->pumping = true;
	libcurl_receive_limit();
}

static void end_turn(struct client *c)
{
	libcurl_receive_unlimit();
	c->pumping = false;
}

void libcurl_pump(struct client *c, curl_socket_t socket, int what)
{
	int running;

	begin_turn(c);
	curl_multi_socket_action(c->curl.multi, socket, what, &running);
	run_until_idle(c);
	end_turn(c);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	c->curl.timer_due = NS_NEVER;
	c->curl.due_now = false;
	libcurl_pump(c, CURL_SOCKET_TIMEOUT, 0);
}

static void set_multi_options(struct client *c)
{
	curl_multi_setopt(c->curl.multi, CURLMOPT_SOCKETFUNCTION, libcurl_socket_changed);
	curl_multi_setopt(c->curl.multi, CURLMOPT_SOCKETDATA, c);
	curl_multi_setopt(c->curl.multi, CURLMOPT_TIMERFUNCTION, libcurl_timer_changed);
	curl_multi_setopt(c->curl.multi, CURLMOPT_TIMERDATA, c);
	/* Idle connections of a share, that is, of a user: libcurl must not close or queue anything
	 * else. */
	curl_multi_setopt(c->curl.multi, CURLMOPT_MAXCONNECTS, (long)CLIENT_IDLE_MAX);
}

void libcurl_run(struct client *c)
{
	begin_turn(c);
	run_until_idle(c);
	end_turn(c);
}

bool libcurl_is_due(const struct client *c)
{
	return c->curl.due_now;
}

/* ---- the interface of transports */

static void init(struct client *c)
{
	c->curl.timer_due = NS_NEVER;
	c->curl.multi = curl_multi_init();
	if (!c->curl.multi)
		die_out_of_memory();
	set_multi_options(c);
	event_assign(&c->curl.timer, c->base, -1, 0, on_timer, c);
	libcurl_quic_init(c);
}

static void do_nothing(struct client *c)
{
	(void)c;
}

static void free_all(struct client *c)
{
	curl_multi_cleanup(c->curl.multi);
	libcurl_sockets_free(c);
	event_del(&c->curl.timer);
	libcurl_quic_free(c);
}

static void abort_transfer(struct client_exchange *x)
{
	take_back(x);
	libcurl_resend_end(x);
	libcurl_collect(x, CURLE_OK);
}

static void shrink(struct client_exchange *x, size_t kept)
{
	(void)x;
	(void)kept;
}

static void release(struct client_exchange *x)
{
	if (!x->curl.easy)
		return;
	if (x->state == EXCHANGE_RUNNING && x->transport == &libcurl_transport)
		take_back(x);
	curl_easy_setopt(x->curl.easy, CURLOPT_SHARE, NULL);
	curl_easy_cleanup(x->curl.easy);
}

static void user_close(struct http_user *user)
{
	libcurl_auth_close(user);
	if (user->curl.share && curl_share_cleanup(user->curl.share) != CURLSHE_OK)
		BUG("a user left while a handle had its share");
	user->curl.share = NULL;
	libcurl_quic_forget(&user->curl);
}

const struct client_transport libcurl_transport = {
    .name = "libcurl",
    .init = init,
    .close = do_nothing,
    .free = free_all,
    .prepare = libcurl_prepare,
    .start = libcurl_start,
    .note_head = libcurl_note_head,
    .abort = abort_transfer,
    .shrink = shrink,
    .release = release,
    .flush = do_nothing,
    .user_close = user_close,
};

/* A sanitizer only finds memory errors in libcurl on the sanitizer's own heap. */
static CURLcode start_libcurl(void)
{
#ifdef CURL_HEAP_OFF
	return curl_global_init(CURL_GLOBAL_ALL);
#else
	return curl_global_init_mem(CURL_GLOBAL_ALL, curl_heap_malloc, curl_heap_free,
				    curl_heap_realloc, curl_heap_strdup, curl_heap_calloc);
#endif
}

void libcurl_global_init(void)
{
	if (start_libcurl() != CURLE_OK)
		BUG("libcurl does not start");
}

void libcurl_global_cleanup(void)
{
	curl_global_cleanup();
	curl_heap_release();
}
