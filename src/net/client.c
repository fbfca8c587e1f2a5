#include "net/client_private.h"

#include <signal.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/machine.h"
#include "base/log.h"
#include "net/client_channel.h"
#include "net/client_identity.h"
#include "net/client_ticket.h"
#include "net/curl_heap.h"
#include "net/loop_event.h"
#include "net/old_keys.h"

const struct client_transport *const client_transports[CLIENT_TRANSPORTS] = {&direct_transport,
									     &libcurl_transport};

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
    .note_head = client_note_head,
    .put_headers = client_header_put,
    .end = client_end,
    .free = client_free,
};

void client_report(struct client *c, struct client_exchange *x)
{
	struct http_user *user = x->pub.user;

	x->state = EXCHANGE_IDLE;
	client_user_request_done(c, user);
	c->http.done(c->http.owner, &x->pub);
}

bool client_report_next(struct client *c)
{
	struct client_exchange *x = c->completed.first;

	if (!x)
		return false;
	client_list_remove(&c->completed, x);
	client_report(c, x);
	return true;
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
	c->pumping = c->in_turn = true;
	c->turn++;
}

/* `done` may send the next request, also with libcurl. */
void client_turn_end(struct client *c)
{
	do {
		while (client_report_next(c))
			continue;
		for (unsigned i = 0; i < CLIENT_TRANSPORTS; i++)
			client_transports[i]->flush(c);
	} while (c->completed.first);
	direct_connections_rest(c);
	c->turn++;
	c->pumping = c->in_turn = false;
	if (libcurl_is_due(c))
		client_kick(c);
}

static void on_kick(evutil_socket_t fd, short what, void *arg)
{
	struct client *c = arg;

	(void)fd;
	(void)what;
	c->kicked = false;
	libcurl_run(c);
}

static void client_free(struct http *http)
{
	struct client *c = (struct client *)http;

	client_channel_free_all(c);
	for (unsigned i = 0; i < CLIENT_TRANSPORTS; i++)
		client_transports[i]->close(c);
	client_names_free(c);
	client_ticket_free_all(c);
	client_exchanges_free(c);
	content_decoder_pool_free(&c->decoders);
	client_users_free(c);
	client_identity_free_all(c);
	for (unsigned i = 0; i < CLIENT_TRANSPORTS; i++)
		client_transports[i]->free(c);
	client_plans_free(c);
	event_del(&c->kick);
	buf_release(&c->location);
	buf_release(&c->resolved);
	buf_release(&c->query_fields);
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
	arena_init(&c->arena, 0);
	set_own_lines(c);
	if (!client_identity_init_all(c, error)) {
		client_identity_free_all(c);
		arena_release(&c->arena);
		free(c);
		return NULL;
	}
	event_assign(&c->kick, c->base, -1, 0, on_kick, c);
	client_names_init(c);
	client_ticket_init_all(c);
	for (unsigned i = 0; i < CLIENT_TRANSPORTS; i++)
		client_transports[i]->init(c);
	client_channel_init_all(c);
	return &c->http;
}

void http_global_init(void)
{
	/* TLS may write to a closed connection; a closed pipe must not end a run. */
	signal(SIGPIPE, SIG_IGN);
	old_keys_use();
	libcurl_global_init();
}

void http_global_cleanup(void)
{
	libcurl_global_cleanup();
	libevent_global_shutdown();
}
