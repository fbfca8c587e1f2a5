/*
 * A browser of its own for the recording: started with a throw-away profile that goes through the
 * proxy (loopback too), asks nobody else for anything and trusts the recorder's authority; nothing
 * is put into the person's own profile or the system's store. When it ends, or is ended, the
 * profile goes. One thread.
 */
#ifndef RECORD_BROWSER_H
#define RECORD_BROWSER_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

struct browser;

struct browser_wish {
	const char *program; /* a name or a path; NULL: the first that is there */
	bool headless;
	const char *url; /* to begin with */
	const char *proxy_host;
	unsigned proxy_port;
	const char *key_pin;	 /* of the authority's key: SHA-256, base64 */
	const char *certificate; /* its file, PEM */
};

/* NULL when there is none (ERROR stays empty) or it cannot be started (a sentence in ERROR). What a
 * person should know about it goes to HINTS, a line each. */
struct browser *browser_start(const struct browser_wish *options, struct buf *hints,
			      struct buf *error);
/* The program that was started. */
const char *browser_name(const struct browser *b);
/* Whether it has ended by itself; never blocks. */
bool browser_has_ended(struct browser *b);
/* Ends it if it runs, and removes its profile. NULL is fine. */
void browser_free(struct browser *b);

#endif
