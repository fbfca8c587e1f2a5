/*
 * Histograms for formats that have a few buckets with fixed bounds. A value is in a bucket as
 * the exact histogram counted it: with three significant digits. Pure.
 */
#ifndef OUTPUT_HISTOGRAM_BUCKETS_H
#define OUTPUT_HISTOGRAM_BUCKETS_H

#include "stats/histogram.h"

/* X(upper bound in seconds, as it is written) */
#define BUCKETS(X)                                                                                 \
	X(0.0005)                                                                                  \
	X(0.001)                                                                                   \
	X(0.0025)                                                                                  \
	X(0.005)                                                                                   \
	X(0.01) X(0.025) X(0.05) X(0.1) X(0.25) X(0.5) X(1.0) X(2.5) X(5.0) X(10.0) X(30.0) X(60.0)
#define BUCKET_ONE(bound) +1
#define BUCKET_COUNT	  (0 BUCKETS(BUCKET_ONE))

/* The bound as text: "0.0005". */
extern const char *const bucket_bounds[BUCKET_COUNT];

/* UNTIL[i]: number of values at or below bound i. Values above the last bound are in none;
 * h->m.count is the total. */
void histogram_buckets_count(const struct histogram *h, uint64_t until[BUCKET_COUNT]);

#endif
