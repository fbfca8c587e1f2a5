/*
 * The requests to the shop, one line of JSON per request in the order of the responses: when, the
 * visitor, and the token of a form. It is an access log that `reprise import` reads, and a test can
 * find out from it which visitor had which tokens and orders. One thread.
 */
#ifndef DEMO_REQUEST_LOG_H
#define DEMO_REQUEST_LOG_H

#include <stdbool.h>

#include "base/str.h"

struct request_log;
struct http_request_view;

/* Lines are appended to PATH. NULL, with errno, if it cannot be opened. */
struct request_log *request_log_open(const char *path);
/* False if some of it could not be written. NULL is fine. */
bool request_log_close(struct request_log *log);
/* VISITOR 0: not known yet; TOKEN as it was submitted, or empty. */
void request_log_add(struct request_log *log, const struct http_request_view *seen, int status,
		     unsigned visitor, struct str token);

#endif
