/*
 * A recording from start to end: proxy, journal, browser, input from the terminal and progress
 * messages. One thread.
 */
#ifndef CMD_RECORD_SESSION_H
#define CMD_RECORD_SESSION_H

#include "base/clock.h"
#include "record/browser.h"
#include "record/ca_store.h"
#include "record/journal.h"
#include "record/proxy.h"

struct record_lines; /* cmd/record_lines.h */

struct record_plan {
	const char *url; /* first page, or NULL */
	const char *scenario, *har, *journal;
	bool force, quiet;
	struct record_lines *lines; /* for programs; or NULL */
	struct proxy_config proxy;
	bool no_browser;
	struct browser_options browser;
	const char *ca; /* PEM file of additional authorities for servers, or NULL */
	bool insecure;
	ns_t length; /* NS_NEVER: until the user ends it */
	const struct ca_store *store;
	struct ca *authority;
};

struct record_outcome {
	uint64_t entries;
	unsigned marks;
	bool written; /* the journal is complete */
};

/* Records until the browser is closed, the time has passed or the user presses Ctrl-C. Returns
 * false, after reporting the error, if the recording could not start. */
bool record_session(const struct record_plan *plan, struct record_outcome *outcome);

#endif
