/*
 * Error messages in HTML and XML: elements by which a page, or a part of a page that a script
 * loads, reports that something went wrong, although its status is 200. Any thread.
 */
#ifndef HTML_ERROR_H
#define HTML_ERROR_H

#include "html/html_token.h"

/* Whether the start tag TOKEN is that of an error message: class error, errorlist, alert-danger or
 * invalid-feedback, or role alert without a class that contains `success`. */
bool html_error_is(const struct html_token *token);
/* Finds the first error message that has a text: in HTML an element as above that is not hidden, in
 * XML an element error, errors or fault, or one of the former in its CDATA sections. Appends at
 * most 200 bytes of its text to OUT; without one, OUT is unchanged. */
bool html_error_find(struct str body, struct buf *out);

#endif
