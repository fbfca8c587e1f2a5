#include "net/client_private.h"

#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/machine.h"
#include "base/log.h"
#include "net/curl_heap.h"
#include "net/loop_event.h"
#include "net/old_keys.h"

/* Rounds of requests and responses within one wake-up, before other sockets are served. */
#define PUMP_ROUNDS 16

static void client_free(struct http *http);

static const struct http_ops client_ops = {
    .plan = client_plan,
    .resolve = client_resolve,
    .user_open = client_user_open,
    .user_close = client_user_close,
    .cookies_clear = client_cookies_clear,
    .begin = client_begin,
    .send = client_send,
    .cancel = client_cancel,
    .stop = client_stop,
    .put_headers = client_header_put,
    .end = client_end,
    .free = client_free,
};

static void report_done(struct client *c, struct client_exchange *x)
{
	struct http_user *user = x->pub.user;

	x->state = EXCHANGE_IDLE;
	client_user_request_done(c, user);
	c->http.done(c->http.owner, &x->pub);
}

static void on_message_done(struct client *c, CURL *easy, CURLcode code)
{
	struct client_exchange *x = NULL;

	curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&x);
	curl_multi_remove_handle(c->multi, easy);
	if (client_retry_version(x)) {
		client_start(x);
		return;
	}
	if (client_resend(x, code))
		return;
	client_resend_end(x);
	client_collect(x, code);
	if (!client_rate_limit_delays(x))
		report_done(c, x);
}

/* `done` may begin, send and cancel exchanges: no state is kept across the call. */
static void drain(struct client *c)
{
	struct client_exchange *x;
	CURLMsg *message;
	int left;

	do {
		while ((message = curl_multi_info_read(c->multi, &left)))
			if (message->msg == CURLMSG_DONE)
				on_message_done(c, message->easy_handle, message->data.result);
		x = c->completed.first;
		if (x) {
			client_list_remove(&c->completed, x);
			report_done(c, x);
		}
	} while (x);
}

static void run_timers(struct client *c)
{
	int running;

	c->due_now = false;
	curl_multi_socket_action(c->multi, CURL_SOCKET_TIMEOUT, 0, &running);
}

/* A kick would run before the loop looks at its sockets again. */
static void yield_to_sockets(struct client *c)
{
	static const struct timeval immediately = {0, 0};

	c->timer_due = 0;
	event_add(&c->timer, &immediately);
}

static void run_until_idle(struct client *c)
{
	drain(c);
	for (int round = 0; c->due_now; round++) {
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
	client_receive_limit();
}

static void end_turn(struct client *c)
{
	client_receive_unlimit();
	c->pumping = false;
}

void client_pump(struct client *c, curl_socket_t socket, int what)
{
	int running;

	begin_turn(c);
	curl_multi_socket_action(c->multi, socket, what, &running);
	run_until_idle(c);
	end_turn(c);
}

void client_kick(struct client *c)
{
	if (c->pumping || c->kicked)
		return;
	c->kicked = true;
	event_active(&c->kick, EV_TIMEOUT, 1);
}

void client_turn_begin(struct client *c)
{
	c->pumping = c->direct.in_turn = true;
	c->turn++;
}

/* `done` may send the next request, by libcurl too. */
void client_turn_end(struct client *c)
{
	struct client_exchange *x;

	do {
		while ((x = c->completed.first)) {
			client_list_remove(&c->completed, x);
			report_done(c, x);
		}
		direct_h2_flush(c);
	} while (c->completed.first);
	c->turn++;
	c->pumping = c->direct.in_turn = false;
	if (c->due_now)
		client_kick(c);
}

static void on_kick(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	c->kicked = false;
	begin_turn(c);
	run_until_idle(c);
	end_turn(c);
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	c->timer_due = NS_NEVER;
	c->due_now = false;
	client_pump(c, CURL_SOCKET_TIMEOUT, 0);
}

static void client_free(struct http *http)
{
	struct client *c = (struct client *)http;

	direct_free(c);
	client_names_free(c);
	client_exchanges_free(c);
	content_decoder_pool_free(&c->decoders);
	client_users_free(c);
	curl_multi_cleanup(c->multi);
	client_plans_free(c);
	client_sockets_free(c);
	event_del(&c->timer);
	event_del(&c->kick);
	buf_release(&c->location);
	buf_release(&c->resolved);
	arena_release(&c->arena);
	free(c);
	/* Another thread may run the next client. */
	curl_heap_leave_thread();
}

static void set_own_lines(struct client *c)
{
	c->encoding_line = arena_cstr(&c->arena, STR("Accept-Encoding: " CONTENT_CODINGS));
	if (c->config.user_agent)
		c->agent_line = arena_cstr(
		    &c->arena, arena_printf(&c->arena, "User-Agent: %s", c->config.user_agent));
}

static bool check_config(const struct http_config *config, const char *bundle, struct buf *error)
{
	for (size_t i = 0; i < config->tls_profile_count; i++) {
		const struct http_tls_profile *profile = &config->tls_profiles[i];

		if (!client_tls_check(profile, error))
			return false;
		if (config->tls && profile->verify && !profile->ca && !bundle) {
			buf_printf(error, "this system has no bundle of CA certificates; install "
					  "ca-certificates or set tls.ca");
			return false;
		}
	}
	return true;
}

static void set_multi_options(struct client *c)
{
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETFUNCTION, client_socket_changed);
	curl_multi_setopt(c->multi, CURLMOPT_SOCKETDATA, c);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERFUNCTION, client_timer_changed);
	curl_multi_setopt(c->multi, CURLMOPT_TIMERDATA, c);
	/* Idle connections of a share, that is, of a user: libcurl must not close or queue anything
	 * else. */
	curl_multi_setopt(c->multi, CURLMOPT_MAXCONNECTS, (long)CLIENT_IDLE_MAX);
}

struct http *http_client_new(struct loop *loop, const struct http_config *config, struct buf *error)
{
	const char *bundle = machine_ca_bundle("");

	if (!check_config(config, bundle, error))
		return NULL;
	struct client *c = alloc_zeroed(1, sizeof *c);
	c->http.ops = &client_ops;
	c->base = loop_event_base(loop);
	c->config = *config;
	c->ca_bundle = bundle;
	c->timer_due = NS_NEVER;
	arena_init(&c->arena, 0);
	set_own_lines(c);
	c->multi = curl_multi_init();
	if (!c->multi)
		die_out_of_memory();
	set_multi_options(c);
	event_assign(&c->timer, c->base, -1, 0, on_timer, c);
	event_assign(&c->kick, c->base, -1, 0, on_kick, c);
	client_names_init(c);
	direct_init(c);
	return &c->http;
}

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

void http_global_init(void)
{
	/* TLS may write to a closed connection; a closed pipe must not end a run. */
	signal(SIGPIPE, SIG_IGN);
	old_keys_use();
	if (start_libcurl() != CURLE_OK)
		BUG("libcurl does not start");
}

void http_global_cleanup(void)
{
	curl_global_cleanup();
	curl_heap_release();
	libevent_global_shutdown();
}
