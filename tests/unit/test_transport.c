/* The contract of transports (transport_contract.h), for each transport. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <curl/curl.h>

#include "base/log.h"
#include "fake_wire.h"
#include "http_fixture.h"
#include "transport_contract.h"

/* ---- the simulated client */

struct simulated {
	struct fake_loop loop;
	struct fake_http http;
	struct fake_wire wire;
};

static void *simulated_open(const enum wire_act *acts, unsigned count, struct http **http,
			    struct loop **loop, char base[64])
{
	struct simulated *s = calloc(1, sizeof *s);

	if (!s)
		die_out_of_memory();
	fake_loop_init(&s->loop, NS_PER_S);
	fake_http_init(&s->http, &s->loop);
	s->wire = (struct fake_wire){.acts = acts, .act_count = count};
	s->http.serve = fake_wire_serve;
	s->http.owner = &s->wire;
	*http = &s->http.http;
	*loop = &s->loop.loop;
	strcpy(base, "http://simulated:80");
	return s;
}

static void simulated_close(void *rig)
{
	struct simulated *s = rig;

	s->http.http.ops->free(&s->http.http);
	s->loop.loop.ops->free(&s->loop.loop);
	free(s);
}

static unsigned simulated_requests(void *rig)
{
	return ((struct simulated *)rig)->wire.requests;
}

static unsigned simulated_connections(void *rig)
{
	return ((struct simulated *)rig)->wire.connections;
}

/* ---- the client: libcurl, and the direct transport */

struct real {
	struct wire_server *server;
	struct loop *loop;
	struct http *http;
};

static void *real_open(int transport, const enum wire_act *acts, unsigned count, struct http **http,
		       struct loop **loop, char base[64])
{
	struct http_config config = {.dns_ttl = NS_NEVER, .transport = transport};
	struct real *r = calloc(1, sizeof *r);
	struct buf error;

	if (!r)
		die_out_of_memory();
	buf_init(&error, 0);
	r->server = wire_server_start(acts, count);
	*loop = r->loop = loop_new();
	*http = r->http = http_client_new(r->loop, &config, &error);
	assert_non_null(r->http);
	snprintf(base, 64, "http://127.0.0.1:%u", wire_server_port(r->server));
	buf_release(&error);
	return r;
}

static void *libcurl_open(const enum wire_act *acts, unsigned count, struct http **http,
			  struct loop **loop, char base[64])
{
	return real_open(HTTP_TRANSPORT_CURL, acts, count, http, loop, base);
}

static void *direct_open(const enum wire_act *acts, unsigned count, struct http **http,
			 struct loop **loop, char base[64])
{
	return real_open(HTTP_TRANSPORT_DIRECT, acts, count, http, loop, base);
}

static void real_close(void *rig)
{
	struct real *r = rig;

	r->http->ops->free(r->http);
	r->loop->ops->free(r->loop);
	wire_server_stop(r->server);
	free(r);
}

static unsigned real_requests(void *rig)
{
	return wire_server_requests(((struct real *)rig)->server);
}

static unsigned real_connections(void *rig)
{
	return wire_server_connections(((struct real *)rig)->server);
}

static const struct contract_transport transports[] = {
    {"simulated", false, true, simulated_open, simulated_close, simulated_requests,
     simulated_connections},
    {"libcurl", true, true, libcurl_open, real_close, real_requests, real_connections},
    {"direct", false, true, direct_open, real_close, real_requests, real_connections},
};
#define TRANSPORTS (sizeof transports / sizeof *transports)

struct cell {
	const struct contract_transport *transport;
	const struct contract_row *row;
};

static void test_row(void **state)
{
	const struct cell *cell = *state;

	transport_contract_run(cell->transport, cell->row);
}

/* libcurl 7 waits for the end of the upload, or drops a response that comes before it. */
static bool needs_old_libcurl(const struct contract_row *row)
{
	return row->old_curl && curl_version_info(CURLVERSION_NOW)->version_num >= 0x080000;
}

int main(void)
{
	static char names[TRANSPORTS * 64][128];
	static struct cell cells[TRANSPORTS * 64];
	static struct CMUnitTest tests[TRANSPORTS * 64];
	size_t count = 0;

	for (size_t t = 0; t < TRANSPORTS; t++)
		for (size_t i = 0; i < contract_row_count; i++) {
			if ((contract_rows[i].http2 && !transports[t].has_http2) ||
			    (contract_rows[i].curl_cannot && transports[t].probes_http2) ||
			    (contract_rows[i].old_curl && !transports[t].probes_http2) ||
			    needs_old_libcurl(&contract_rows[i]))
				continue;
			cells[count] = (struct cell){&transports[t], &contract_rows[i]};
			snprintf(names[count], sizeof names[count], "%s: %s", transports[t].name,
				 contract_rows[i].name);
			tests[count] = (struct CMUnitTest){.name = names[count],
							   .test_func = test_row,
							   .initial_state = &cells[count]};
			count++;
		}
	return _cmocka_run_group_tests("transport", tests, count, http_fixture_begin,
				       http_fixture_end);
}
