/* close: ends a socket. */
#include "interface/reader.h"
#include "program/emit.h"
#include "scenario/enum_names.h"

struct close {
	struct keys keys;
	int64_t code;
	struct str socket;
	int on_failure;
};

static const struct field close_fields[] = {
    FIELD(struct close, code, "close", FIELD_INT, .flags = FIELD_ACTION | FIELD_PARAMETER,
	  .low = 1000, .high = 4999, .example = "1000",
	  .prose = "Closes a socket with this code: 1000 is a normal closure, 3000 to 4999 are "
		   "codes of applications. A stream of `listen` has no code."),
    FIELD(struct close, socket, "socket", FIELD_TEXT, .example = "chat",
	  .prose = "Name of the socket. Default: the one that was opened last."),
    FIELD(struct close, on_failure, "on_failure", FIELD_ENUM, .label = "After a failure",
	  .group = FIELD_GROUP_FAILURE, .meanings = on_failure_meanings, .flags = FIELD_PARAMETER,
	  .choices = on_failure_names, .example = "continue",
	  .prose = "Action if the socket is closed already."),
    FIELD_END,
};

static void check(struct reader *r, const struct step *step)
{
	const struct close *c = step->data;

	if (c->code > 1003 && c->code != 1007 && c->code != 1008 && c->code != 1009 &&
	    c->code != 1010 && c->code != 1011 && c->code < 3000)
		reader_error(r, step->span, DIAG_E377,
			     "a client cannot send the code %d; use 1000, or 3000 to 4999",
			     (int)c->code);
}

static void compile(struct emitter *e, const struct step *step)
{
	const struct close *c = step->data;

	emit_close(e, emit_socket(e, c->socket, step->span, SOCKET_USED), (unsigned)c->code,
		   keys_has(&c->keys, close_fields, "on_failure") ? (enum on_failure)c->on_failure
								  : FAILURE_INHERIT,
		   step->span);
}

const struct step_kind close_step = {
    .name = "close",
    .sentence = "Closes a socket, or a stream of `listen`, before the end of the iteration.",
    .fields = close_fields,
    .bytes = sizeof(struct close),
    .check = check,
    .compile = compile,
};
