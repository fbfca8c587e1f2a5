/*
 * Histograms in HdrHistogram's V2 form, so that other tools read ours and ours theirs: the cookie
 * and header of V2EncodingCookieBase, counters as ZigZag LEB128 with runs of zeros as negative
 * numbers, all of it compressed by zlib under V2CompressedEncodingCookieBase. Values are µs, lowest
 * 1, highest 3,600,000,000, three digits. The exact min, max and sum of ours are not part of that
 * form; after reading they are those of the counters. (HdrHistogram,
 * AbstractHistogram.encodeIntoByteBuffer.)
 */
#ifndef STATS_HDR_H
#define STATS_HDR_H

#include <stdbool.h>

#include "base/buf.h"
#include "stats/histogram.h"

/* Appends the compressed bytes; false when zlib or memory refuses. */
bool hdr_encode(const struct histogram *h, struct buf *out);
/* Adds what BYTES holds to H. Takes histograms of other ranges and digits too: their counters land
 * at their middle value. False, with a few words in WHY, when it is none. */
bool hdr_decode(struct histogram *h, struct str bytes, const char **why);

#endif
