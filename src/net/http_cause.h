/*
 * The causes of failed exchanges, one row each in http_cause.def, with their result and the text
 * for the user. Every transport uses them, so that the same event on the wire has the same class
 * and the same text. Pure.
 */
#ifndef NET_HTTP_CAUSE_H
#define NET_HTTP_CAUSE_H

#include "net/http.h"

#define X(name, result, text) HTTP_CAUSE_##name,
enum http_cause {
#include "net/http_cause.def"
	HTTP_CAUSE_COUNT
};
#undef X

/* Sets the result and the error text of X. SUBJECT replaces {} in the text; it may be NULL if the
 * text of CAUSE has none. */
void http_cause_set(struct exchange *x, enum http_cause cause, const char *subject);
/* Sets only the error text of X, which may be a response that needs an explanation. */
void http_cause_explain(struct exchange *x, enum http_cause cause, const char *subject);
/* Sets a result with the library's own TEXT, for causes that have no row. */
void http_cause_set_text(struct exchange *x, enum http_result result, const char *text);

#endif
