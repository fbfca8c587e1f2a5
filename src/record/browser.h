/*
 * A separate browser for the recording: it is started with a temporary profile that sends all
 * requests through the proxy (loopback too), makes no requests for its own purposes, and trusts the
 * recorder's authority. The user's own profile and the system's store are not changed. The profile
 * is removed when the browser ends or is ended. One thread.
 */
#ifndef RECORD_BROWSER_H
#define RECORD_BROWSER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

struct browser;

struct browser_options {
	const char *program; /* a name or a path; NULL: the first one that is installed */
	bool headless;
	const char *url; /* page to open first */
	const char *proxy_host;
	unsigned proxy_port;
	const char *key_pin;	 /* of the authority's key: SHA-256, base64 */
	const char *certificate; /* its file, PEM */
};

/* NULL if there is none (ERROR stays empty) or it cannot be started (a sentence in ERROR). Notes
 * for the user are appended to HINTS, one per line. */
struct browser *browser_start(const struct browser_options *options, struct buf *hints,
			      struct buf *error);
/* The program that was started. */
const char *browser_name(const struct browser *b);
/* True if it has ended by itself; never blocks. */
bool browser_has_ended(struct browser *b);
/* Ends it if it is running, and removes its profile. NULL is fine. */
void browser_free(struct browser *b);

#endif
