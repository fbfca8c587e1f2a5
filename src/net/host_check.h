/*
 * Checks the Host header of a local server. A web page can let its own name point to 127.0.0.1 and
 * then read what a server there returns (DNS rebinding), but its requests name its own host. Pure.
 */
#ifndef NET_HOST_CHECK_H
#define NET_HOST_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* True if HEADER, with or without a port, is localhost, a numeric address or one of the COUNT
 * NAMES. */
bool host_check_allows(struct str header, const char *const *names, size_t count);

#endif
