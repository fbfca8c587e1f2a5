/* `events:` of a step whose recorded response is an event stream: what ended it, and which events
 * have output. */
#include "base/event_stream.h"
#include "doc/jsonpath.h"
#include "import/writer/scenario_writer.h"

#define EVENT_MAX ((size_t)1 << 20)

bool conversion_is_event_stream(const struct transaction *tx)
{
	return tx->kind == TX_REQUEST && tx->disposition != TX_SKIPPED && tx->status / 100 == 2 &&
	       tx->body.raw.len && !tx->body.lost &&
	       str_ieq(transaction_media_type(&tx->body, &tx->headers), STR("text/event-stream"));
}

/* Where language models have their words: OpenAI and others, Anthropic, Ollama, Gemini. */
static const char *const outputs[] = {"$.choices[0].delta.content", "$.choices[0].text",
				      "$.delta.text", "$.message.content",
				      "$.candidates[0].content.parts[0].text"};
#define OUTPUTS (sizeof outputs / sizeof *outputs)

struct recorded_stream {
	struct arena *arena;
	uint64_t count, last_type_count;
	struct str last_type, last_data;
	unsigned found[OUTPUTS];
	struct jsonpath *paths[OUTPUTS];
	struct json_tape tape;
	struct jsonpath_work work;
};

static void find_outputs(struct recorded_stream *s, struct str data)
{
	if (!json_read(&s->tape, data))
		return;
	for (size_t i = 0; i < OUTPUTS; i++) {
		if (jsonpath_find(s->paths[i], &s->tape, &s->work) != JSONPATH_OK)
			continue;
		for (size_t k = 0; k < s->work.count; k++) {
			const struct json_item *item = &s->tape.items[s->work.nodes[k]];

			s->found[i] += json_type(item) == JSON_STRING && item->bytes;
		}
	}
}

static bool take_event(void *owner, const struct stream_event *event)
{
	struct recorded_stream *s = owner;

	s->last_type_count = str_eq(event->type, s->last_type) ? s->last_type_count + 1 : 1;
	s->last_type = arena_str(s->arena, event->type);
	s->last_data =
	    str_slice(arena_str(s->arena, str_cut(event->data, 200)), 0, event->data.len);
	s->count++;
	find_outputs(s, event->data);
	return true;
}

static void read_stream(struct recorded_stream *s, struct str body)
{
	struct event_stream parser;

	event_stream_init(&parser);
	event_stream_begin(&parser, false, EVENT_MAX);
	(void)event_stream_feed(&parser, body, take_event, s);
	event_stream_release(&parser);
}

/* An EventSource stays open: its stream ends with the recorded number of events, or after the
 * recorded time. */
static void put_recorded_length(struct arena *a, const struct recorded_stream *s,
				const struct transaction *tx, struct yaml_writer_node *until)
{
	int64_t us = tx->start_us == TX_TIME_UNKNOWN || tx->end_us == TX_TIME_UNKNOWN
			 ? 0
			 : tx->end_us - tx->start_us;

	if (s->count)
		yaml_writer_put(
		    a, until, STR("count"),
		    yaml_writer_word(a, arena_printf(a, "%llu", (unsigned long long)s->count)));
	if (us > 0 || !s->count)
		yaml_writer_put_text(
		    a, until, STR("time"),
		    arena_printf(a, "%llus", (unsigned long long)(us / 1000000 + 1)));
}

static void put_until(struct arena *a, const struct recorded_stream *s,
		      const struct transaction *tx, struct yaml_writer_node *events)
{
	struct yaml_writer_node *until = yaml_writer_map(a);

	until->flow = true;
	if (str_eq(s->last_data, STR("[DONE]")))
		yaml_writer_put_text(a, until, STR("data"), s->last_data);
	else if (s->count > 1 && s->last_type_count == 1 && !str_eq(s->last_type, STR("message")))
		yaml_writer_put_text(a, until, STR("event"), s->last_type);
	else if (str_ieq(tx->resource_type, STR("eventsource")))
		put_recorded_length(a, s, tx, until);
	if (until->members.count)
		yaml_writer_put(a, events, STR("until"), until);
}

static void put_output(struct arena *a, const struct recorded_stream *s,
		       struct yaml_writer_node *events)
{
	for (size_t i = 0; i < OUTPUTS; i++)
		if (s->found[i]) {
			yaml_writer_put_text(a, events, STR("output"), str_of(outputs[i]));
			return;
		}
}

void scenario_writer_events(struct conversion *conversion, const struct conversion_step *step,
			    struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;
	const struct transaction *tx = step->response;
	struct yaml_writer_node *events = yaml_writer_map(a);
	struct recorded_stream s = {.arena = a};
	struct jsonpath_error error;

	if (!conversion_is_event_stream(tx))
		return;
	json_init(&s.tape);
	jsonpath_work_init(&s.work, NULL);
	for (size_t i = 0; i < OUTPUTS; i++)
		s.paths[i] = jsonpath_new(a, str_of(outputs[i]), &error);
	buf_clear(&conversion->scratch);
	read_stream(&s, transaction_body_bytes(&tx->body, &conversion->scratch));
	events->flow = true;
	put_until(a, &s, tx, events);
	put_output(a, &s, events);
	yaml_writer_put(a, node, STR("events"), events);
	jsonpath_work_release(&s.work);
	json_release(&s.tape);
}
