/*
 * Histograms in HdrHistogram's V2 format, which other tools read and write: the cookie and
 * header of V2EncodingCookieBase, counters as ZigZag LEB128 with runs of zeros as negative
 * numbers, all of it compressed by zlib under V2CompressedEncodingCookieBase. Values are µs,
 * lowest 1, highest 3,600,000,000, three digits. The exact min, max and sum are not part of the
 * format; after reading they are those of the counters. (HdrHistogram,
 * AbstractHistogram.encodeIntoByteBuffer.)
 */
#ifndef STATS_HDR_H
#define STATS_HDR_H

#include <stdbool.h>

#include "base/buf.h"
#include "stats/histogram.h"

/* Appends the compressed bytes; false if zlib or memory fails. */
bool hdr_encode(const struct histogram *h, struct buf *out);
/* Adds the histogram in BYTES to H. Accepts other ranges and digits too: their counters are
 * added at their middle value. False, with the reason in WHY, if it is not a histogram. */
bool hdr_decode(struct histogram *h, struct str bytes, const char **why);

#endif
