/*
 * Histograms in HdrHistogram's V2 format, which other tools read: the cookie and
 * header of V2EncodingCookieBase, counters as ZigZag LEB128 with runs of zeros as negative
 * numbers, all of it compressed by zlib under V2CompressedEncodingCookieBase. Values are µs,
 * lowest 1, highest 3,600,000,000, three digits. The exact min, max and sum are not part of the
 * format. (HdrHistogram, AbstractHistogram.encodeIntoByteBuffer.)
 */
#ifndef STATS_HDR_H
#define STATS_HDR_H

#include <stdbool.h>

#include "base/buf.h"
#include "stats/histogram.h"

/* Appends the compressed bytes; false if zlib or memory fails. */
bool hdr_encode(const struct histogram *h, struct buf *out);

#endif
