/*
 * Hosts that are contacted without the proxy, in the format of `no_proxy`: `*` for all, a name for
 * itself and its subdomains (a leading dot changes nothing), an address, or a network such as
 * 10.0.0.0/8. Pure.
 */
#ifndef NET_NO_PROXY_H
#define NET_NO_PROXY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* HOST without brackets. */
bool no_proxy_matches(const char *const *entries, size_t count, struct str host);

#endif
