#include "transport_contract.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define BODY_MAX  1000
#define TIMEOUT	  (20 * NS_PER_S)
#define SHORT	  NS_PER_S /* with WIRE_SILENT */
#define LONG_BODY ((size_t)4 << 20)

#define OK(fresh)                                                                                  \
	{                                                                                          \
		.result = HTTP_OK, .status = 200, .new_connection = fresh                          \
	}
#define OK_RESENT                                                                                  \
	{                                                                                          \
		.result = HTTP_OK, .status = 200, .resent = 1, .new_connection = true              \
	}
#define FAIL(kind, ...)                                                                            \
	{                                                                                          \
		.result = HTTP_##kind, __VA_ARGS__                                                 \
	}
#define CLOSED_TEXT   "the server closed the connection before the first byte of the response"
#define RESET_TEXT    "the server reset the connection before the first byte of the response"
#define HEAD_CUT_TEXT "the server closed the connection within the response header"
#define BODY_CUT_TEXT "the server closed the connection before the end of the response body"
#define CLOSED_TWICE_TEXT                                                                          \
	"the server closed the kept connection before the first byte of the response, and then "
#define CLOSED_NEVER_TEXT                                                                          \
	"the server closed the kept connection before the first byte of the response; not sent "   \
	"again"

const struct contract_row contract_rows[] = {
    {.name = "a connection is kept and used again",
     .acts = {WIRE_OK, WIRE_OK, WIRE_NO_CONTENT, WIRE_OK},
     .outcomes = {OK(true), OK(false), {.result = HTTP_OK, .status = 204}, OK(false)},
     .requests = 4,
     .connections = 1},
    {.name = "Connection: close is obeyed",
     .acts = {WIRE_OK_CLOSE, WIRE_OK},
     .outcomes = {OK(true), OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "a connection that was closed while idle is not used",
     .acts = {WIRE_OK_IDLE_FIN, WIRE_OK},
     .outcomes = {OK(true), OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "a body without a length ends with the connection",
     .acts = {WIRE_UNTIL_FIN, WIRE_OK},
     .outcomes = {OK(true), OK(true)},
     .requests = 2,
     .connections = 2},

    /* ---- resend */
    {.name = "GET, kept connection closed before the response: sent again",
     .acts = {WIRE_OK, WIRE_FIN, WIRE_OK, WIRE_OK},
     .outcomes = {OK(true), OK_RESENT, OK(false)},
     .requests = 4,
     .connections = 2},
    {.name = "POST, kept connection closed before the response: sent again",
     .method = "POST",
     .body = 10,
     .acts = {WIRE_OK, WIRE_FIN, WIRE_OK},
     .outcomes = {OK(true), OK_RESENT},
     .requests = 3,
     .connections = 2},
    {.name = "POST, kept connection reset before the response: sent again",
     .method = "POST",
     .body = 10,
     .acts = {WIRE_OK, WIRE_RST, WIRE_OK},
     .outcomes = {OK(true), OK_RESENT},
     .requests = 3,
     .connections = 2},
    {.name = "POST, kept connection reset while the body is sent: sent again",
     .method = "POST",
     .body = LONG_BODY,
     .acts = {WIRE_OK, WIRE_EARLY_RST, WIRE_OK},
     .outcomes = {OK(true), OK_RESENT},
     .requests = 3,
     .connections = 2},
    {.name = "the second send fails too: not sent a third time",
     .acts = {WIRE_OK, WIRE_FIN, WIRE_FIN, WIRE_OK},
     .outcomes = {OK(true),
		  FAIL(RESET, .resent = 1, .new_connection = true, .text = CLOSED_TWICE_TEXT),
		  OK(true)},
     .requests = 4,
     .connections = 3},
    {.name = "resend: never",
     .never_resend = true,
     .acts = {WIRE_OK, WIRE_FIN, WIRE_OK},
     .outcomes = {OK(true), FAIL(RESET, .text = CLOSED_NEVER_TEXT), OK(true)},
     .requests = 3,
     .connections = 0},
    {.name = "a new connection closed before the response: not sent again",
     .acts = {WIRE_FIN, WIRE_OK},
     .outcomes = {FAIL(RESET, .new_connection = true, .text = CLOSED_TEXT), OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "a new connection reset before the response: not sent again",
     .acts = {WIRE_RST, WIRE_OK},
     .outcomes = {FAIL(RESET, .new_connection = true, .text = RESET_TEXT), OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "an interim response is a response: not sent again",
     .acts = {WIRE_OK, WIRE_INTERIM_FIN, WIRE_OK},
     .outcomes = {OK(true), FAIL(TRUNCATED, .text = HEAD_CUT_TEXT), OK(true)},
     .requests = 3,
     .connections = 2},

    /* ---- responses that are cut or not valid */
    {.name = "closed within the header",
     .acts = {WIRE_OK, WIRE_HEAD_FIN, WIRE_OK},
     .outcomes = {OK(true), FAIL(TRUNCATED, .status = 200, .text = HEAD_CUT_TEXT), OK(true)},
     .requests = 3,
     .connections = 2},
    {.name = "closed within the body",
     .acts = {WIRE_BODY_FIN, WIRE_OK},
     .outcomes = {FAIL(TRUNCATED, .status = 200, .new_connection = true, .text = BODY_CUT_TEXT),
		  OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "reset within the body",
     .acts = {WIRE_BODY_RST, WIRE_OK},
     .outcomes = {FAIL(TRUNCATED, .status = 200, .new_connection = true, .text = BODY_CUT_TEXT),
		  OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "closed between chunks",
     .acts = {WIRE_CHUNK_FIN, WIRE_OK},
     .outcomes = {FAIL(TRUNCATED, .status = 200, .new_connection = true, .text = BODY_CUT_TEXT),
		  OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "a chunk without a length",
     .acts = {WIRE_BAD_CHUNK, WIRE_OK},
     .outcomes = {FAIL(PROTOCOL, .status = 200, .new_connection = true,
		       .text = "the chunked encoding of the response body is not valid"),
		  OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "another protocol",
     .acts = {WIRE_NOT_HTTP, WIRE_OK},
     .outcomes = {FAIL(PROTOCOL, .new_connection = true,
		       .text = "the response does not start like HTTP"),
		  OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "101 without a request for it",
     .acts = {WIRE_SWITCH, WIRE_OK},
     .outcomes = {FAIL(PROTOCOL, .status = 101, .new_connection = true,
		       .text = "the server switched to another protocol (status 101)"),
		  OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "a body over the limit",
     .acts = {WIRE_LARGE, WIRE_OK},
     .outcomes = {FAIL(BODY_MAX, .status = 200, .new_connection = true,
		       .text = "the response is larger than body_limit"),
		  OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "no response within the timeout",
     .acts = {WIRE_OK, WIRE_SILENT, WIRE_OK},
     .outcomes = {OK(true), FAIL(TIMEOUT, .text = "no response within 1s"), OK(true)},
     .requests = 3,
     .connections = 2},

    /* ---- HTTP/2 */
    {.name = "HTTP/2: a connection is kept and used again",
     .http2 = true,
     .acts = {WIRE_OK, WIRE_OK},
     .outcomes = {OK(true), OK(false)},
     .requests = 2,
     .connections = 1},
    {.name = "HTTP/2: a connection with GOAWAY is not used again",
     .http2 = true,
     .acts = {WIRE_OK_CLOSE, WIRE_OK},
     .outcomes = {OK(true), OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "HTTP/2: a refused stream is sent again, even on a new connection",
     .http2 = true,
     .method = "POST",
     .body = 10,
     .acts = {WIRE_REFUSE, WIRE_OK},
     .outcomes = {OK_RESENT},
     .requests = 2,
     .connections = 2},
    {.name = "HTTP/2: a stream refused twice",
     .http2 = true,
     .acts = {WIRE_OK, WIRE_REFUSE, WIRE_REFUSE},
     .outcomes = {OK(true), FAIL(RESET, .resent = 1, .new_connection = true,
				 .text = "the server refused the request twice")},
     .requests = 3,
     .connections = 2},
    {.name = "HTTP/2: a stream beyond the last of GOAWAY is sent again",
     .http2 = true,
     .method = "POST",
     .body = 10,
     .acts = {WIRE_OK, WIRE_GOAWAY, WIRE_OK},
     .outcomes = {OK(true), OK_RESENT},
     .requests = 3,
     .connections = 2},
    {.name = "HTTP/2: a kept connection closed before the response: sent again",
     .http2 = true,
     .method = "POST",
     .body = 10,
     .acts = {WIRE_OK, WIRE_FIN, WIRE_OK},
     .outcomes = {OK(true), OK_RESENT},
     .requests = 3,
     .connections = 2},
    {.name = "HTTP/2: resend: never",
     .http2 = true,
     .never_resend = true,
     .acts = {WIRE_OK, WIRE_REFUSE},
     .outcomes = {OK(true), FAIL(RESET, .text = "the server refused the request (HTTP/2 "
						"REFUSED_STREAM or GOAWAY); not sent again")},
     .requests = 2,
     .connections = 0},
    {.name = "HTTP/2: a new connection closed before the response: not sent again",
     .http2 = true,
     .acts = {WIRE_FIN, WIRE_OK},
     .outcomes = {FAIL(RESET, .new_connection = true, .text = CLOSED_TEXT), OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "HTTP/2: an aborted stream is not sent again",
     .http2 = true,
     .acts = {WIRE_OK, WIRE_ABORT_STREAM, WIRE_OK},
     .outcomes = {OK(true), FAIL(RESET, .text = "the server aborted the HTTP/2 stream"), OK(false)},
     .requests = 3,
     .connections = 1},
    {.name = "HTTP/2: an invalid frame on a new connection",
     .http2 = true,
     .acts = {WIRE_BAD_FRAME, WIRE_OK},
     .outcomes = {FAIL(PROTOCOL, .new_connection = true,
		       .text = "the server broke the rules of HTTP/2"),
		  OK(true)},
     .requests = 2,
     .connections = 2},
    {.name = "HTTP/2: an invalid response",
     .http2 = true,
     .acts = {WIRE_OK, WIRE_BAD_STREAM, WIRE_OK},
     .outcomes = {OK(true), FAIL(PROTOCOL, .text = "the server broke the rules of HTTP/2"),
		  OK(false)},
     .requests = 3,
     .connections = 1},
    {.name = "HTTP/2: a response before the end of the upload ends the request",
     .http2 = true,
     .curl_cannot = true,
     .method = "POST",
     .body = LONG_BODY,
     .acts = {WIRE_EARLY_END, WIRE_EARLY_STOP, WIRE_EARLY_STOP},
     .outcomes = {OK(true), OK(false), OK(false)},
     .requests = 3,
     .connections = 1},
    {.name = "HTTP/2: a response before the end of the upload is lost, and not sent again",
     .http2 = true,
     .old_curl = true,
     .method = "POST",
     .body = LONG_BODY,
     .acts = {WIRE_EARLY_STOP, WIRE_EARLY_STOP},
     .outcomes = {FAIL(RESET, .new_connection = true,
		       .text = "the server ended the HTTP/2 stream before the end of the upload"),
		  FAIL(RESET,
		       .text = "the server ended the HTTP/2 stream before the end of the upload")},
     .requests = 2,
     .connections = 0},
    {.name = "HTTP/2: closed within the body",
     .http2 = true,
     .acts = {WIRE_BODY_FIN, WIRE_OK},
     .outcomes = {FAIL(TRUNCATED, .status = 200, .new_connection = true, .text = BODY_CUT_TEXT),
		  OK(true)},
     .requests = 2,
     .connections = 2},
};
const size_t contract_row_count = sizeof contract_rows / sizeof *contract_rows;

struct run {
	const struct contract_row *row;
	struct http *http;
	struct loop *loop;
	struct exchange *done;
};

static void on_done(void *owner, struct exchange *x)
{
	struct run *run = owner;

	run->done = x;
	run->loop->ops->stop(run->loop);
}

static void on_alarm(void *owner)
{
	struct run *run = owner;

	run->loop->ops->stop(run->loop);
}

/* Lets the client notice a connection that the server has just closed. */
static void idle(struct run *run)
{
	run->loop->ops->alarm(run->loop, run->loop->ops->now(run->loop) + 20 * NS_PER_MS);
	run->loop->ops->run(run->loop);
}

static void compare(const struct run *run, unsigned i, const struct exchange *x)
{
	const struct contract_outcome *want = &run->row->outcomes[i];

	if (x->result != want->result || (want->status && x->status != want->status) ||
	    x->resent != want->resent || x->new_connection != want->new_connection)
		fail_msg("%s: request %u: result %d, status %d, resent %u, %s connection: %s",
			 run->row->name, i + 1, (int)x->result, x->status, x->resent,
			 x->new_connection ? "new" : "kept", x->error);
	if (want->text && strncmp(x->error, want->text, strlen(want->text)) != 0)
		fail_msg("%s: request %u: '%s' instead of '%s'", run->row->name, i + 1, x->error,
			 want->text);
	if (!want->text && x->error[0])
		fail_msg("%s: request %u: unexpected text '%s'", run->row->name, i + 1, x->error);
}

static void send_one(struct run *run, const struct http_plan *plan, struct http_user *user,
		     unsigned i)
{
	const struct http_ops *ops = run->http->ops;
	struct exchange *x = ops->begin(run->http, plan, user);

	for (size_t at = 0; at < run->row->body; at++)
		buf_add_char(&x->body, 'b');
	run->done = NULL;
	ops->send(run->http, x);
	while (!run->done)
		run->loop->ops->run(run->loop);
	assert_ptr_equal(run->done, x);
	compare(run, i, x);
	ops->end(run->http, x);
}

static unsigned outcome_count(const struct contract_row *row)
{
	unsigned count = 0;

	while (count < CONTRACT_REQUESTS &&
	       (row->outcomes[count].status || row->outcomes[count].text))
		count++;
	return count;
}

static bool is_silent(const struct contract_row *row)
{
	for (unsigned i = 0; i < CONTRACT_ACTS; i++)
		if (row->acts[i] == WIRE_SILENT)
			return true;
	return false;
}

void transport_contract_run(const struct contract_transport *transport,
			    const struct contract_row *row)
{
	char base[64], url[128];
	struct run run = {.row = row};
	void *rig = transport->open(row->acts, CONTRACT_ACTS, &run.http, &run.loop, base);

	snprintf(url, sizeof url, "%s/", base);
	run.http->done = on_done;
	run.http->owner = run.loop->owner = &run;
	run.loop->on_alarm = on_alarm;
	struct http_plan_spec spec = {.method = str_of(row->method ? row->method : "GET"),
				      .url = str_of(url),
				      .has_body = row->body > 0,
				      .keep_body = true,
				      .body_limit = BODY_MAX,
				      .timeout = is_silent(row) ? SHORT : TIMEOUT,
				      .http_version = row->http2 ? HTTP_WANT_2 : HTTP_WANT_ANY,
				      .never_resend = row->never_resend};
	const struct http_plan *plan = run.http->ops->plan(run.http, &spec);
	struct http_user *user = run.http->ops->user_open(run.http);
	for (unsigned i = 0; i < outcome_count(row); i++) {
		send_one(&run, plan, user, i);
		idle(&run);
	}
	assert_int_equal(transport->requests(rig), row->requests);
	if (row->connections && !(row->http2 && transport->probes_http2))
		assert_int_equal(transport->connections(rig), row->connections);
	run.http->ops->user_close(run.http, user);
	transport->close(rig);
}
