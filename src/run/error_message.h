/* The error message in the body of a response that failed because of its status: what an API writes
 * in JSON (RFC 9457 and similar). Worker's thread. */
#ifndef RUN_ERROR_MESSAGE_H
#define RUN_ERROR_MESSAGE_H

#include "run/worker.h"

/* Creates what the messages of WORKER need; free it with error_message_free. */
struct error_message *error_message_new(const struct program *program);
void error_message_free(struct error_message *message);
/* Appends `: «message»` for the last exchange of F, whose response is w->response, or nothing. Only
 * the first failures of a request are read: results keep the first text of each kind. The caller
 * masks secrets. */
void error_message_put(struct worker *w, struct fiber *f, struct buf *out);

#endif
