#include "client_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The transport under test: the programs that end with _direct are built with another one. */
#ifndef RIG_TRANSPORT
#define RIG_TRANSPORT HTTP_TRANSPORT_CURL
#endif

static void on_done(void *owner, struct exchange *exchange)
{
	struct client_rig *rig = owner;

	rig->answered = exchange;
	if (--rig->due == 0)
		rig->loop->ops->stop(rig->loop);
}

static void on_alarm(void *owner)
{
	struct client_rig *rig = owner;

	rig->loop->ops->stop(rig->loop);
}

void rig_open(struct client_rig *rig, const struct http_config *config)
{
	struct http_config own = *config;
	struct buf error;

	own.transport = RIG_TRANSPORT;
	memset(rig, 0, sizeof *rig);
	buf_init(&error, 0);
	arena_init(&rig->arena, 0);
	rig->server = tiny_server_start(config->unix_socket);
	snprintf(rig->base, sizeof rig->base, "http://127.0.0.1:%u", tiny_server_port(rig->server));
	rig->loop = loop_new();
	assert_non_null(rig->loop);
	rig->http = http_client_new(rig->loop, &own, &error);
	assert_non_null(rig->http);
	rig->http->done = on_done;
	rig->http->owner = rig;
	rig->loop->on_alarm = on_alarm;
	rig->loop->owner = rig;
	rig->user = rig->http->ops->user_open(rig->http);
	buf_release(&error);
}

void rig_close(struct client_rig *rig)
{
	if (rig->answered)
		rig_end(rig, rig->answered);
	rig->http->ops->user_close(rig->http, rig->user);
	rig->http->ops->free(rig->http);
	rig->loop->ops->free(rig->loop);
	tiny_server_stop(rig->server);
	arena_release(&rig->arena);
}

struct http_plan *rig_plan(struct client_rig *rig, struct http_plan_spec spec, const char *path)
{
	if (!spec.method.ptr)
		spec.method = STR("GET");
	if (path)
		spec.url = arena_printf(&rig->arena, "%s%s", rig->base, path);
	return rig->http->ops->plan(rig->http, &spec);
}

struct exchange *rig_wait(struct client_rig *rig, struct exchange *exchange)
{
	rig->due = 1;
	rig->http->ops->send(rig->http, exchange);
	rig->loop->ops->run(rig->loop);
	assert_ptr_equal(rig->answered, exchange);
	return exchange;
}

struct exchange *rig_send(struct client_rig *rig, struct http_plan *plan, struct http_user *user)
{
	if (rig->answered)
		rig_end(rig, rig->answered);
	return rig_wait(rig, rig->http->ops->begin(rig->http, plan, user));
}

void rig_end(struct client_rig *rig, struct exchange *exchange)
{
	rig->http->ops->end(rig->http, exchange);
	if (rig->answered == exchange)
		rig->answered = NULL;
}

void rig_idle(struct client_rig *rig, long ms)
{
	rig->loop->ops->alarm(rig->loop, rig->loop->ops->now(rig->loop) + ms * NS_PER_MS);
	rig->loop->ops->run(rig->loop);
}

const struct http_config rig_usual = {
    .cookies = true, .dns_ttl = NS_NEVER, .user_agent = "reprise/test"};

int rig_global_start(void **state)
{
	(void)state;
	http_global_init();
	return 0;
}

int rig_global_stop(void **state)
{
	(void)state;
	http_global_cleanup();
	return 0;
}

bool rig_says(const struct exchange *x, const char *text)
{
	return x->response.len && strstr(x->response.data, text);
}

void rig_assert_ok(const struct exchange *x)
{
	if (x->result != HTTP_OK)
		fail_msg("result %d: %s", x->result, x->error);
	assert_int_equal(x->status, 200);
}
