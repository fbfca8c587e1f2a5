/* The messages of `reprise record`: at the start, for each request and at the end. */
#ifndef CMD_RECORD_TEXT_H
#define CMD_RECORD_TEXT_H

#include "cmd/record_session.h"

struct capture;

/* Whether the request is for an image, style, script or font; these are only counted. */
bool record_text_is_asset(const struct capture *capture);
/* Appends a URL without the values of its query, which may be secret. */
void record_text_put_url(struct str url, struct buf *out);
/* Prints a line about a request; ASSETS were recorded since the last line. */
void record_text_request(const struct capture *capture, unsigned assets);
/* Prints how to record with the browser that was started; HINTS are lines. */
void record_text_browser(const struct record_plan *plan, unsigned port, const char *token,
			 const char *name, struct str hints);
/* Prints how to record with another program. WHY there is no browser; NULL if none was requested.
 */
void record_text_manual_setup(const struct record_plan *plan, unsigned port, const char *token,
			      const char *why);
void record_text_summary(const struct record_outcome *outcome, unsigned assets, ns_t length);

#endif
