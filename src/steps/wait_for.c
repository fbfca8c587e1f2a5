/* wait_for: a message on a socket. */
#include "interface/reader.h"
#include "steps/message.h"

struct wait_for {
	struct keys keys;
	struct expects match;
	struct message_wait wait;
};

static const struct field wait_for_fields[] = {
    FIELD(struct wait_for, match, "wait_for", FIELD_EXPECTS,
	  .flags = FIELD_ACTION | FIELD_OF_MESSAGES, .example = "{jsonpath: {$.type: tick}}",
	  .prose = "Waits for a message that meets these expectations. Earlier messages that no "
		   "step has taken are searched first."),
    MESSAGE_WAIT_FIELDS(struct wait_for, wait),
    FIELD_END,
};

static void compile(struct emitter *e, const struct step *step)
{
	const struct wait_for *w = step->data;

	message_wait_emit(e, &w->keys, wait_for_fields, &w->wait, &w->match, NULL, step->span);
}

const struct step_kind wait_for_step = {
    .name = "wait_for",
    .sentence = "Waits for a message on a socket, or an event of a stream. It counts as a request.",
    .fields = wait_for_fields,
    .bytes = sizeof(struct wait_for),
    .compile = compile,
};
