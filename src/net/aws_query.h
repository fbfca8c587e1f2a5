#ifndef NET_AWS_QUERY_H
#define NET_AWS_QUERY_H

#include "base/buf.h"

/*
 * Adds URL, which url_split accepts, to OUT with its query as AWS signs it: the fields in the order
 * of their names, then of their values, in byte order, each with "="; the encoding of the bytes is
 * not changed. A fragment is omitted. SCRATCH is overwritten; the caller keeps it for the next URL.
 * Source: AWS Signature Version 4, "Create a canonical request". Servers sort before they compare;
 * libcurl 7.88 signs the fields in the order of the URL.
 */
void aws_query_add_url(struct buf *out, struct str url, struct buf *scratch);

#endif
