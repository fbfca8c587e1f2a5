/*
 * Requests Kerberos tickets (RFC 4120), by MIT libkrb5. All functions block, and may be called on
 * any thread. With the password of a user the tickets go to a new cache in the memory of this
 * process; otherwise they are in a cache that exists.
 */
#ifndef NET_KERBEROS_H
#define NET_KERBEROS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct kerberos_login {
	const char *user, *password; /* "": those of `cache` */
	const char *cache;	     /* "": the cache of the environment */
	const char *host;	     /* of the server, whose service is HTTP */
};

struct kerberos_ticket {
	struct buf cache; /* its name, NUL-terminated; empty: the cache of the environment */
	bool in_memory;	  /* made for this ticket: kerberos_forget ends it */
	int64_t lifetime_s;
};

/* False if this program was built without libkrb5; then no request succeeds. */
bool kerberos_is_available(void);
/* Makes sure that the cache has a valid ticket for the server. False, with the reason in ERROR. */
bool kerberos_request(const struct kerberos_login *login, struct kerberos_ticket *ticket,
		      struct buf *error);
/* Deletes the tickets of TICKET from memory. */
void kerberos_forget(struct kerberos_ticket *ticket);
/* Sets the cache for tokens that GSS-API makes on this thread; "": that of the environment. */
void kerberos_use_cache(const char *cache);

#endif
