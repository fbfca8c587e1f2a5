/* The versions of the libraries that this program uses now, and what they can do. Any thread. */
#ifndef NET_LIBRARY_VERSIONS_H
#define NET_LIBRARY_VERSIONS_H

#include "base/buf.h"

/* Appends "libcurl 7.88.1, OpenSSL 3.0.17, …": the libraries of this room. */
void library_versions_put(struct buf *out);
/* Appends "HTTP/2, brotli, …" to FEATURES, and those that are not possible to MISSING. */
void library_versions_put_features(struct buf *features, struct buf *missing);

#endif
