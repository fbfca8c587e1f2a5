/*
 * An exchange as JSON: the parts that the HAR files of failures and the files of `run --once
 * --exchanges` share, and a file of the latter. Secrets are masked already.
 */
#ifndef RESULT_EXCHANGE_JSON_H
#define RESULT_EXCHANGE_JSON_H

#include "base/json_writer.h"
#include "stats/failure_samples.h"

/* The value of the first header NAME in LINES, which end with '\n'; or empty. A view. */
struct str exchange_json_header(struct str lines, struct str name);
/* The member "headers": a list of names and values. */
void exchange_json_put_headers(struct json_writer *j, struct str lines);
/* Whether BODY can be written as text; otherwise it is written in base64. */
bool exchange_json_is_text(struct str body);
/* The members "request", "response" (null if there is none) and "timing", in milliseconds. */
void exchange_json_put(struct json_writer *j, const struct failure_sample *x);

#endif
