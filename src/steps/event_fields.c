/* `events:` of requests: its keys, and how a response is read as an event stream. */
#include "doc/jsonpath.h"
#include "doc/node.h"
#include "interface/reader.h"
#include "scenario/scenario_reader.h"
#include "steps/request_modifiers.h"

static const char *const format_names[] = {"sse", "ndjson", NULL};
static const char *const format_meanings[] = {"server-sent events", "a JSON value in each line",
					      NULL};

static const struct field until_fields[] = {
    FIELD(struct events_until, data, "data", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .prose = "The data of the last event.", .example = "\"[DONE]\""),
    FIELD(struct events_until, event, "event", FIELD_TEXT, .flags = FIELD_PARAMETER,
	  .prose = "The type of the last event, from its `event` line.", .example = "done"),
    FIELD(struct events_until, count, "count", FIELD_INT, .flags = FIELD_PARAMETER, .low = 1,
	  .high = 1e12, .prose = "Number of events to read.", .example = "5"),
    FIELD(struct events_until, time, "time", FIELD_DURATION, .flags = FIELD_PARAMETER, .low = 0.001,
	  .high = 86400,
	  .prose = "Time to read, from the start of the response. A stream that ends earlier does "
		   "not fail.",
	  .example = "30s"),
    FIELD_END,
};

static void check_output(struct reader *r, const struct node *node, void *value)
{
	const struct str *text = value;
	struct jsonpath_error error;
	const struct jsonpath *path;

	if (str_eq(*text, STR("data")))
		return;
	path = jsonpath_new(r->arena, *text, &error);
	if (path)
		jsonpath_release(path);
	else
		reader_error(r, node->span, DIAG_E240,
			     "'%.*s' is not a JSONPath (%s); write a path such as "
			     "$.choices[0].delta.content, or the word data",
			     STR_ARG(*text), error.text);
}

static const struct field output_element = {.type = FIELD_TEXT,
					    .flags = FIELD_PARAMETER,
					    .bytes = sizeof(struct str),
					    .check = check_output};

const struct field request_modifiers_event_fields[] = {
    FIELD(struct events, until, "until", FIELD_OBJECT, .fields = until_fields,
	  .prose = "When to stop reading. If several keys are given, the first one that is reached "
		   "ends the "
		   "reading. Default: the end of the response. A stream that ends earlier fails.",
	  .example = "{data: \"[DONE]\"}"),
    FIELD(struct events, output, "output", FIELD_LIST, .flags = FIELD_ONE_OK,
	  .element = &output_element,
	  .prose =
	      "Which events count as output, such as the words of a language model: those in "
	      "whose data this JSONPath finds a number or a text that is not empty. With `data`, "
	      "all events with data. Several paths can be listed.",
	  .example = "\"$.choices[0].delta.content\""),
    FIELD(struct events, idle, "idle", FIELD_DURATION, .flags = FIELD_PARAMETER, .fallback = "30s",
	  .low = 0.001, .high = 86400,
	  .prose = "Maximum time in which nothing arrives from the server, not even a comment.",
	  .example = "10s"),
    FIELD(struct events, as, "as", FIELD_ENUM, .label = "Format", .meanings = format_meanings,
	  .flags = FIELD_PARAMETER, .choices = format_names, .fallback = "sse",
	  .prose = "The format: server-sent events (sse), or one line of JSON per event (ndjson).",
	  .example = "ndjson"),
    FIELD_END,
};

const struct events_plan *request_modifiers_plan_events(struct emitter *e,
							const struct events *events)
{
	struct arena *a = emit_arena(e);
	struct events_plan *plan = ARENA_NEW(a, struct events_plan);
	const struct jsonpath **outputs =
	    ARENA_ARRAY(a, events->output.count + 1, const struct jsonpath *);
	const struct str *texts = events->output.items;
	struct jsonpath_error error;

	*plan = (struct events_plan){.ndjson = events->as == 1,
				     .until_data = events->until.data,
				     .until_event = events->until.event,
				     .until_count = (uint64_t)events->until.count,
				     .until_time = events->until.time,
				     .idle = events->idle,
				     .outputs = outputs};
	for (size_t i = 0; i < events->output.count; i++) {
		if (str_eq(texts[i], STR("data"))) {
			plan->data_is_output = true;
			continue;
		}
		outputs[plan->output_count] = jsonpath_new(a, texts[i], &error);
		plan->output_count += outputs[plan->output_count] != NULL;
	}
	return plan;
}
