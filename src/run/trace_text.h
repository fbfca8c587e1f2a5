/*
 * Parts of the lines that trace and step_log print. Worker's thread.
 */
#ifndef RUN_TRACE_TEXT_H
#define RUN_TRACE_TEXT_H

#include "run/worker.h"

/* The value of the header Content-Type of the response; ptr NULL: there is none. */
struct str trace_text_content_type(const struct exchange *x);
/* The media type of the response; empty if it has none. */
struct str trace_text_media_type(const struct exchange *x);
/* Appends "GET http://…  →  200 in 12 ms, 1.2 KB of text/html". */
void trace_text_put_exchange(const struct fiber *f, const struct exchange *x, struct buf *out);
/* Appends "user 17, iteration 3", "user 17, before_user" or "setup". */
void trace_text_put_user(const struct fiber *f, struct buf *out);
/* Prints TEXT as one line, with secrets masked, and clears it. */
void trace_text_print(struct worker *w, const struct fiber *f, struct buf *text);

#endif
