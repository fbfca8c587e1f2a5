/*
 * A recording from its first line to its last: proxy, journal, browser, what is typed meanwhile,
 * and what a person sees of it. One thread.
 */
#ifndef CMD_RECORD_SESSION_H
#define CMD_RECORD_SESSION_H

#include "base/clock.h"
#include "record/browser.h"
#include "record/ca_store.h"
#include "record/journal.h"
#include "record/proxy.h"

struct record_plan {
	const char *url; /* to begin with, or NULL */
	const char *scenario, *har, *journal;
	bool force, quiet;
	struct proxy_config proxy;
	bool no_browser;
	struct browser_wish browser;
	const char *ca; /* file of further authorities for servers, or NULL */
	bool insecure;
	ns_t length; /* NS_NEVER: until somebody ends it */
	const struct ca_store *store;
	struct ca *authority;
};

struct record_outcome {
	uint64_t entries;
	unsigned marks;
	bool written; /* the journal holds all of it */
};

/* Records until the browser is closed, the time is over or somebody presses Ctrl-C. False when it
 * could not begin: that has been told. */
bool record_session(const struct record_plan *plan, struct record_outcome *outcome);

#endif
