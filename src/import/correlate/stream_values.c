/* Values that the client received over a WebSocket that is not imported, or an event stream:
 * nothing is extracted there. */
#include "import/correlate/correlation.h"
#include "import/correlate/request_values.h"
#include "import/correlate/value_index.h"

#define SEARCHED_MAX 2000u /* messages of a socket */

static bool has_value(struct correlation *c, const struct transaction *tx, struct str value)
{
	buf_clear(&c->body);
	return str_find(transaction_body_bytes(&tx->body, &c->body), value, 0) != NOT_FOUND;
}

/* Whether a message of a socket before that time has the value. */
static bool has_message(struct correlation *c, const struct transaction *tx, struct str value,
			int64_t before_us)
{
	for (size_t i = 0; tx->socket && i < tx->socket->messages.count && i < SEARCHED_MAX; i++)
		if (tx->socket->messages.items[i]->kind == TX_RECEIVED &&
		    tx->socket->messages.items[i]->start_us <= before_us &&
		    has_value(c, tx->socket->messages.items[i], value))
			return true;
	return false;
}

struct streams {
	VEC(uint32_t) orders;
};

/* Whether values of TX are not correlated, although the client received them. */
static bool is_stream(const struct transaction *tx)
{
	bool skipped = tx->disposition == TX_SKIPPED;

	if (tx->kind == TX_SOCKET)
		return skipped || !tx->socket->messages.count;
	return (skipped && tx->reason == SKIP_REASON_EVENT_STREAM) ||
	       conversion_is_event_stream(tx);
}

static void find_streams(struct correlation *c, struct streams *out)
{
	for (uint32_t i = 0; i < c->list->items.count; i++)
		if (is_stream(c->list->items.items[i]))
			VEC_PUSH(&c->conversion->job->arena, &out->orders, i);
}

/* The first stream before the request that has the value. */
static const struct transaction *find_stream(struct correlation *c, const struct streams *streams,
					     struct str value, uint32_t request_order)
{
	int64_t before_us = c->list->items.items[request_order]->start_us;

	for (size_t i = 0; i < streams->orders.count; i++) {
		uint32_t order = streams->orders.items[i];
		const struct transaction *tx = c->list->items.items[order];

		if (order >= request_order)
			break;
		if (has_message(c, tx, value, before_us) || has_value(c, tx, value))
			return tx;
	}
	return NULL;
}

/* How the value can be extracted there. */
static const char *advice(const struct transaction *stream)
{
	if (stream->disposition == TX_SKIPPED)
		return ", which is not imported";
	if (stream->kind == TX_SOCKET)
		return "; extract it there with `wait_for`";
	return "; extract it there, such as extract: {NAME: {events: \"$.NAME\"}}";
}

static void note(struct correlation *c, const struct request_value *sent,
		 const struct transaction *stream)
{
	struct arena *a = &c->conversion->job->arena;
	struct conversion_step *step = &c->conversion->steps.items[sent->step];
	struct str name = sent->name.len ? sent->name : STR("a value");
	bool socket = stream->kind == TX_SOCKET && !stream->socket->listens;
	const char *kind = socket ? "a WebSocket" : "an event stream";

	job_note(c->conversion->job, "look at",
		 "entry %u: \"%.*s\" came over %s (entry %u)%s; the recorded value is sent",
		 step->tx->number, STR_ARG(name), kind, stream->number, advice(stream));
	VEC_PUSH(a, &step->comments,
		 arena_printf(a, "\"%.*s\" came over %s; the recorded value is sent", STR_ARG(name),
			      kind));
}

void correlation_note_streams(struct correlation *c)
{
	struct streams streams = {0};

	find_streams(c, &streams);
	for (size_t i = 0; i < value_index_count(c->value_index); i++) {
		const struct tracked_value *tracked_value = value_index_at(c->value_index, i);
		const struct request_value *sent;
		const struct transaction *stream;

		if (!tracked_value->request_values.count || tracked_value->shape < 3 ||
		    tracked_value->constant)
			continue;
		sent = &c->request_values.items[tracked_value->request_values.items[0]];
		if (sent->is_part ||
		    request_values_is_bound(&c->conversion->steps.items[sent->step], sent))
			continue;
		stream = find_stream(c, &streams, tracked_value->value, c->step_order[sent->step]);
		if (stream)
			note(c, sent, stream);
	}
}
