/*
 * Errors that an API reports in the JSON of a response whose status is 200. Pure.
 */
#ifndef DOC_JSON_ERROR_H
#define DOC_JSON_ERROR_H

#include "doc/json.h"

/* Whether the object of TAPE, or an object in its array, reports an error: `error` or `errors` that
 * is not empty, `success` or `ok` that is false, `status` that is a word such as "error". Appends
 * the message, if there is one, to OUT. */
bool json_error_find(const struct json_tape *tape, struct buf *out);
/* The same for a response that failed: without such a report, appends the text of a member such as
 * `message`. False if nothing was appended. */
bool json_error_put_message(const struct json_tape *tape, struct buf *out);

#endif
