#include "fake_wire.h"

#include <stdlib.h>

#include "base/log.h"
#include "net/resend.h"

/* Effect of an act for the request, unless the request is sent again. */
struct effect {
	enum http_cause cause; /* HTTP_CAUSE_COUNT: a response */
	bool keeps;	       /* the connection can be used again */
	bool received;	       /* a part of a response was sent */
	int status;
};

static const struct effect effects[] = {
    [WIRE_OK] = {HTTP_CAUSE_COUNT, true, true, 200},
    [WIRE_OK_CLOSE] = {HTTP_CAUSE_COUNT, false, true, 200},
    [WIRE_OK_IDLE_FIN] = {HTTP_CAUSE_COUNT, false, true, 200},
    [WIRE_UNTIL_FIN] = {HTTP_CAUSE_COUNT, false, true, 200},
    [WIRE_NO_CONTENT] = {HTTP_CAUSE_COUNT, true, true, 204},
    [WIRE_FIN] = {HTTP_CAUSE_closed, false, false, 0},
    [WIRE_RST] = {HTTP_CAUSE_reset, false, false, 0},
    [WIRE_EARLY_RST] = {HTTP_CAUSE_reset, false, false, 0},
    [WIRE_HEAD_FIN] = {HTTP_CAUSE_head_cut, false, true, 200},
    [WIRE_INTERIM_FIN] = {HTTP_CAUSE_head_cut, false, true, 103},
    [WIRE_BODY_FIN] = {HTTP_CAUSE_body_cut, false, true, 200},
    [WIRE_BODY_RST] = {HTTP_CAUSE_body_cut, false, true, 200},
    [WIRE_CHUNK_FIN] = {HTTP_CAUSE_body_cut, false, true, 200},
    [WIRE_BAD_CHUNK] = {HTTP_CAUSE_bad_chunk, false, true, 200},
    [WIRE_NOT_HTTP] = {HTTP_CAUSE_not_http, false, true, 0},
    [WIRE_SWITCH] = {HTTP_CAUSE_switched, false, true, 101},
    [WIRE_LARGE] = {HTTP_CAUSE_body_limit, false, true, 200},
    [WIRE_SILENT] = {HTTP_CAUSE_no_response, false, false, 0},
    [WIRE_REFUSE] = {HTTP_CAUSE_refused, false, false, 0},
    [WIRE_GOAWAY] = {HTTP_CAUSE_refused, false, false, 0},
    [WIRE_ABORT_STREAM] = {HTTP_CAUSE_stream_reset, true, false, 0},
    [WIRE_BAD_FRAME] = {HTTP_CAUSE_http2_violation, false, true, 0},
    [WIRE_BAD_STREAM] = {HTTP_CAUSE_http2_violation, true, true, 0},
    [WIRE_EARLY_END] = {HTTP_CAUSE_COUNT, true, true, 200},
    [WIRE_EARLY_STOP] = {HTTP_CAUSE_COUNT, true, true, 200},
};

/* One send; returns its act. */
static enum wire_act send_once(struct fake_wire *w, bool *connected, bool *new_connection)
{
	unsigned i = w->requests++;
	enum wire_act act = i < w->act_count ? w->acts[i] : WIRE_OK;

	*new_connection = !*connected;
	w->connections += !*connected;
	*connected = effects[act].keeps;
	return act;
}

static bool is_lost(enum wire_act act)
{
	enum http_cause cause = effects[act].cause;

	return cause == HTTP_CAUSE_closed || cause == HTTP_CAUSE_reset ||
	       cause == HTTP_CAUSE_refused;
}

struct fake_response fake_wire_serve(void *owner, const struct fake_request *request)
{
	struct fake_wire *w = owner;
	const struct http_plan_spec *spec = &request->exchange->plan->spec;
	struct fake_response response = {.latency = NS_PER_MS, .body = "ok"};

	if (request->user >= FAKE_WIRE_USERS)
		BUG("more users than fake_wire has room for");
	bool *connected = &w->connected[request->user];
	enum wire_act act = send_once(w, connected, &response.new_connection);
	struct resend_facts facts = {.never = spec->never_resend};
	for (;;) {
		facts.reused = !response.new_connection;
		facts.received = effects[act].received;
		facts.refused = effects[act].cause == HTTP_CAUSE_refused;
		facts.reset = effects[act].cause == HTTP_CAUSE_reset;
		if (!is_lost(act) || !resend_applies(&facts))
			break;
		*connected = false;
		act = send_once(w, connected, &response.new_connection);
		facts.second = true;
		response.resent = 1;
	}
	response.status = effects[act].status;
	response.has_cause = effects[act].cause != HTTP_CAUSE_COUNT;
	response.cause = is_lost(act) ? resend_failure(&facts) : effects[act].cause;
	response.subject = "INTERNAL_ERROR";
	if (act == WIRE_SILENT) {
		response.latency = spec->timeout;
		response.subject = "1s";
	}
	return response;
}
