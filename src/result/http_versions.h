/*
 * The versions of HTTP of a result: how many requests had a response by HTTP/1, HTTP/2 and HTTP/3.
 * Redirects and retries count with their request, by the version of its last response.
 */
#ifndef RESULT_HTTP_VERSIONS_H
#define RESULT_HTTP_VERSIONS_H

#include "base/json_writer.h"
#include "stats/recorder.h"

/* True if a response had another version than HTTP/1, so that texts name the versions. */
bool http_versions_are_noted(const struct series_counts *counts);
/* Appends "HTTP/1 3, HTTP/3 1,200". */
void http_versions_put_text(struct buf *out, const struct series_counts *counts);
/* Writes `"http_versions": {"1": 3, "3": 1200}`. */
void http_versions_put_json(struct json_writer *j, const struct series_counts *counts);
/* True if the share of a version differs by more than 5 % of the requests. False if one of both has
 * no responses. */
bool http_versions_differ(const struct series_counts *a, const struct series_counts *b);

#endif
