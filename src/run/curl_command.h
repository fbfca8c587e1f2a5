/*
 * The request of an exchange as a command for curl that can be pasted into a shell. It sends the
 * same request; secrets and credentials are shell variables, which the user sets before. Worker's
 * thread, from done to end of the exchange.
 */
#ifndef RUN_CURL_COMMAND_H
#define RUN_CURL_COMMAND_H

#include "run/worker.h"

/* Longer bodies are not part of the command; it reads them from a file named `body`. */
#define CURL_COMMAND_BODY_MAX 32768u

/* Appends the command. The worker's scratch must be empty. */
void curl_command_put(struct worker *w, const struct fiber *f, struct buf *out);

#endif
