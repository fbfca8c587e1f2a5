/*
 * What the shop was asked, a line of JSON for each request in the order of the answers: when, as
 * whose visitor, with which token of a form. It is an access log that `reprise import` reads, and
 * from it a test tells whose tokens and orders were whose. One thread.
 */
#ifndef DEMO_REQUEST_LOG_H
#define DEMO_REQUEST_LOG_H

#include <stdbool.h>

#include "base/str.h"

struct request_log;
struct http_request_view;

/* Lines are added to PATH. NULL, with errno, when it cannot be opened. */
struct request_log *request_log_open(const char *path);
/* What could not be written makes it false. NULL is fine. */
bool request_log_close(struct request_log *log);
/* VISITOR 0: nobody yet; TOKEN as it was posted, or empty. */
void request_log_add(struct request_log *log, const struct http_request_view *seen, int status,
		     unsigned visitor, struct str token);

#endif
