/* send: a message on a socket, and what is waited for. */
#include "interface/reader.h"
#include "steps/message.h"

struct send {
	struct keys keys;
	struct message message;
	struct expects wait_for;
	struct message_wait wait;
};

static const struct field send_fields[] = {
    FIELD(struct send, message, "send", FIELD_OBJECT, .flags = FIELD_ACTION,
	  .fields = message_fields, .example = "{json: {type: join, room: 7}}",
	  .prose = "Sends a message on a socket: json, text, base64 or file."),
    FIELD(struct send, wait_for, "wait_for", FIELD_EXPECTS, .flags = FIELD_OF_MESSAGES,
	  .example = "{jsonpath: {$.type: joined}}",
	  .prose = "Waits for a message that meets these expectations and arrives after the send. "
		   "The time between the two is the response time of the step."),
    MESSAGE_WAIT_FIELDS(struct send, wait),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	static const char *const needs_wait[] = {"count", "timeout", "extract", "name", NULL};
	const struct send *s = step->data;

	message_check(r, &s->message, step->span);
	for (int i = 0; needs_wait[i] && !keys_has(&s->keys, send_fields, "wait_for"); i++)
		if (keys_has(&s->keys, send_fields, needs_wait[i]))
			reader_error(r, keys_span(&s->keys, needs_wait[i]), DIAG_E377,
				     "'%s' needs `wait_for`: a message that is only sent has no "
				     "response",
				     needs_wait[i]);
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct send *s = step->data;
	struct send_plan plan = {.message = message_plan(e, &s->message),
				 .on_failure = keys_has(&s->keys, send_fields, "on_failure")
						   ? (enum on_failure)s->wait.on_failure
						   : FAILURE_INHERIT};

	if (keys_has(&s->keys, send_fields, "wait_for")) {
		message_wait_emit(e, &s->keys, send_fields, &s->wait, &s->wait_for, &plan.message,
				  step->span);
		return;
	}
	plan.socket = emit_socket(e, s->wait.socket, step->span, SOCKET_SENT_ON);
	emit_send(e, &plan, step->span);
}

const struct step_kind send_step = {
    .name = "send",
    .sentence = "Sends a message on a socket, and waits for a message if it has `wait_for`.",
    .fields = send_fields,
    .bytes = sizeof(struct send),
    .check = check,
    .compile = compile,
};
