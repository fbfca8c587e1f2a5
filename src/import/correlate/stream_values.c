/* Values that the client received over a WebSocket that is not imported, or an event stream:
 * nothing is extracted there. */
#include "import/correlate/correlation.h"
#include "import/correlate/request_values.h"
#include "import/correlate/value_index.h"

/* The first stream before REQUEST that has the value between other characters than its own. */
static const struct transaction *find_stream(struct correlation *c, struct str value,
					     uint32_t request_order)
{
	for (uint32_t i = 0; i < c->list->items.count && i < request_order; i++) {
		const struct transaction *tx = c->list->items.items[i];

		if (!conversion_is_event_stream(tx) &&
		    (tx->disposition != TX_SKIPPED || (tx->reason != SKIP_REASON_WEBSOCKET &&
						       tx->reason != SKIP_REASON_EVENT_STREAM)))
			continue;
		buf_clear(&c->body);
		if (str_find(transaction_body_bytes(&tx->body, &c->body), value, 0) != NOT_FOUND)
			return tx;
	}
	return NULL;
}

static void note(struct correlation *c, const struct request_value *sent,
		 const struct transaction *stream)
{
	struct arena *a = &c->conversion->job->arena;
	struct conversion_step *step = &c->conversion->steps.items[sent->step];
	struct str name = sent->name.len ? sent->name : STR("a value");
	bool socket = stream->disposition == TX_SKIPPED && stream->reason == SKIP_REASON_WEBSOCKET;
	const char *kind = socket ? "a WebSocket" : "an event stream";

	job_note(c->conversion->job, "look at",
		 "entry %u: \"%.*s\" came over %s (entry %u)%s; the recorded value is sent",
		 step->tx->number, STR_ARG(name), kind, stream->number,
		 stream->disposition == TX_SKIPPED
		     ? ", which is not imported"
		     : "; extract it there, such as extract: {NAME: {events: \"$.NAME\"}}");
	VEC_PUSH(a, &step->comments,
		 arena_printf(a, "\"%.*s\" came over %s; the recorded value is sent", STR_ARG(name),
			      kind));
}

void correlation_note_streams(struct correlation *c)
{
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
		stream = find_stream(c, tracked_value->value, c->step_order[sent->step]);
		if (stream)
			note(c, sent, stream);
	}
}
