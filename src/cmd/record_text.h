/* What `reprise record` says: the beginning, a line for each request, the end. */
#ifndef CMD_RECORD_TEXT_H
#define CMD_RECORD_TEXT_H

#include "cmd/record_session.h"

struct take;

/* Pictures, styles, scripts, fonts: counted, not told one by one. */
bool record_text_is_asset(const struct take *capture);
/* A line about a request; ASSETS went by before it. */
void record_text_request(const struct take *capture, unsigned assets);
/* How to record with the browser that was started; HINTS are lines. */
void record_text_browser(const struct record_plan *plan, unsigned port, const char *name,
			 struct str hints);
/* How to record with another program; WHY there is no browser, or NULL: none was wanted. */
void record_text_manual_setup(const struct record_plan *plan, unsigned port, const char *why);
void record_text_summary(const struct record_outcome *outcome, unsigned assets, ns_t length);

#endif
