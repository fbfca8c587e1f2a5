/* event: checks the type of an event of a stream, in `wait_for` and `on_message`. */
#include "base/event_stream.h"
#include "expect/predicate.h"

struct event_expect {
	struct predicate predicate;
};

static const struct field event_field = {
    .key = "event",
    .type = FIELD_SPECIAL,
    .bytes = sizeof(struct event_expect),
    .special = &predicate_special,
    .prose =
	"The type of an event, from its `event` line; `message` if it has none. Only in "
	"`wait_for`, and in `when` of `on_message`, for a stream that `listen` opened. A plain "
	"value is compared; otherwise predicates such as contains and matches.",
    .example = "order",
};

static const void *prepare(struct expect_prepare *p, const struct expect *expect)
{
	const struct event_expect *own = expect->data;

	return predicate_prepare(p, &own->predicate, false);
}

static void release(const void *plan)
{
	predicate_release(plan);
}

/* A message of a WebSocket has no type. */
static struct value type_of(const struct response *response)
{
	return value_text(response->event ? response->event->type : STR(""));
}

static enum expect_outcome check(const void *plan, const struct response *response,
				 const struct value *rendered, struct scratch *scratch)
{
	struct value type = type_of(response);

	return predicate_check(
	    plan, (struct found_values){.items = &type, .count = 1, .empty = type.text.len == 0},
	    rendered, scratch);
}

static void explain(const void *plan, const struct response *response, const struct value *rendered,
		    struct buf *out)
{
	struct value type = type_of(response);

	buf_add(out, STR("expected the event type "));
	predicate_put(plan, rendered, NULL, out);
	buf_add(out, STR(", got "));
	value_put(out, type);
}

const struct expect_kind event_expect = {
    .name = "event",
    .sentence = "Type of an event, in wait_for and in when of on_message.",
    .field = &event_field,
    .bytes = sizeof(struct event_expect),
    .needs = NEEDS_EVENT_TYPE,
    .prepare = prepare,
    .release = release,
    .check = check,
    .explain = explain,
};
