/*
 * Log-linear histograms of times: exact to three significant digits from 1 µs to 1 h. The layout
 * is that of HdrHistogram(1, 3600000000, 3), so that its V2 format is a walk over the counters:
 * 23 pages of 1,024 counters, pages 0 and 1 with steps of 1 µs, each further page an octave with
 * steps twice as wide. A page is allocated on first use; everything else is O(1). Values are
 * given in ns and counted in µs (rounded, clamped to the range); min, max and sum stay exact in
 * ns. Two widths: `struct interval_histogram` (32-bit counters) is written by one worker for
 * about a second; `struct histogram` (64-bit) holds totals, its pages in parts of 128 counters,
 * so that the few slow responses of a long run need few bytes. Each belongs to one thread at a
 * time. Clearing frees pages that were not used since the previous clearing, so that an outlier
 * does not use memory until the end.
 */
#ifndef STATS_HISTOGRAM_H
#define STATS_HISTOGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"

#define HISTOGRAM_PAGE_BITS 10u
#define HISTOGRAM_PAGE	    (1u << HISTOGRAM_PAGE_BITS)
#define HISTOGRAM_PAGES	    23u
#define HISTOGRAM_COUNTERS  (HISTOGRAM_PAGES * HISTOGRAM_PAGE) /* 23,552 */
#define HISTOGRAM_PART_BITS 7u
#define HISTOGRAM_PART	    (1u << HISTOGRAM_PART_BITS)
#define HISTOGRAM_PARTS	    (HISTOGRAM_PAGE / HISTOGRAM_PART) /* of a page */
#define HISTOGRAM_MIN_US    INT64_C(1)
#define HISTOGRAM_MAX_US    INT64_C(3600000000)

/* Stored by both widths in addition to the counters; min and max are undefined while count is 0. */
struct histogram_moments {
	uint64_t count;
	uint64_t sum_ns;
	ns_t min_ns, max_ns;
};

struct interval_histogram {
	struct histogram_moments m;
	uint32_t touched; /* bit p: page p has been written since the last clear */
	uint32_t *pages[HISTOGRAM_PAGES];
};

struct histogram_page {
	uint64_t *parts[HISTOGRAM_PARTS]; /* NULL: all 0 */
};

struct histogram {
	struct histogram_moments m;
	struct histogram_page *pages[HISTOGRAM_PAGES]; /* NULL: all 0 */
};

/* Converts ns to the counted µs: rounded, clamped to 1 µs … 1 h. */
static inline int64_t histogram_us(ns_t value)
{
	if (value < NS_PER_US)
		return HISTOGRAM_MIN_US;
	if (value >= HISTOGRAM_MAX_US * NS_PER_US)
		return HISTOGRAM_MAX_US;
	return (value + NS_PER_US / 2) / NS_PER_US;
}

/* The counter for a value between 1 µs and 1 h. */
static inline unsigned histogram_index(int64_t us)
{
	uint64_t v = (uint64_t)us;
	unsigned octave = 64u - (unsigned)__builtin_clzll(v | (2 * HISTOGRAM_PAGE - 1)) -
			  (HISTOGRAM_PAGE_BITS + 1);

	return (octave << HISTOGRAM_PAGE_BITS) + (unsigned)(v >> octave);
}

/* The lowest and highest µs that counter INDEX counts. */
int64_t histogram_low_us(unsigned index);
int64_t histogram_high_us(unsigned index);

static inline void histogram_moments_record(struct histogram_moments *m, ns_t value)
{
	if (m->count == 0 || value < m->min_ns)
		m->min_ns = value;
	if (m->count == 0 || value > m->max_ns)
		m->max_ns = value;
	m->count++;
	m->sum_ns += (uint64_t)value;
}

/* Allocates page P; ends the program if memory runs out. */
uint32_t *histogram_interval_add_page(struct interval_histogram *h, unsigned page);

/* Counts one value; a negative one counts as 0. Does not allocate once the page exists. */
static inline void histogram_interval_record(struct interval_histogram *h, ns_t value)
{
	ns_t length = value < 0 ? 0 : value;
	unsigned index = histogram_index(histogram_us(length));
	unsigned page = index >> HISTOGRAM_PAGE_BITS;
	uint32_t *counters = h->pages[page];

	if (__builtin_expect(counters == NULL, 0))
		counters = histogram_interval_add_page(h, page);
	counters[index & (HISTOGRAM_PAGE - 1)]++;
	h->touched |= 1u << page;
	histogram_moments_record(&h->m, length);
}

/* All-zero memory is an initialised histogram of either width too. */
void histogram_interval_init(struct interval_histogram *h);
void histogram_interval_release(struct interval_histogram *h);
/* Empties it; keeps the pages used since the previous clearing, frees the others. */
void histogram_interval_clear(struct interval_histogram *h);

void histogram_init(struct histogram *h);
void histogram_release(struct histogram *h);
/* Empties it; keeps the parts that were used, frees the others. */
void histogram_clear(struct histogram *h);
/* Counts VALUE (ns) COUNT times. */
void histogram_record(struct histogram *h, ns_t value, uint64_t count);
/* Adds COUNT to a counter without changing min, max and sum: for a decoder, which sets those
 * later. */
void histogram_add_counter(struct histogram *h, unsigned index, uint64_t count);
/* INTO += FROM: exact, commutative and associative. */
void histogram_add(struct histogram *into, const struct histogram *from);
void histogram_add_interval(struct histogram *into, const struct interval_histogram *from);
/* FROM -= PART, an earlier state of FROM. Min and max become the ends of the remaining counters. */
void histogram_subtract(struct histogram *from, const struct histogram *part);
void histogram_copy(struct histogram *into, const struct histogram *from);
bool histogram_equal(const struct histogram *a, const struct histogram *b);

/*
 * The value at PERCENTILE (0 to 100) as HdrHistogram defines it: the highest value equivalent to
 * that of the sample with rank ceil(PERCENTILE / 100 × count), never above max or below min. In ns.
 * -1 without samples.
 */
ns_t histogram_percentile(const struct histogram *h, double percentile);
/* N percentiles in one walk; PERCENTILES ascends. */
void histogram_percentiles(const struct histogram *h, const double *percentiles, size_t n,
			   ns_t *out);
/* Mean in ns, exact; -1 without samples. */
double histogram_mean(const struct histogram *h);

/* A walk over the non-empty counters in ascending order. */
struct histogram_walk {
	const struct histogram *histogram;
	unsigned next;
	unsigned index; /* of the current counter */
	uint64_t count; /* in the current counter */
	uint64_t until; /* in it and all lower ones */
};
struct histogram_walk histogram_walk(const struct histogram *h);
/* False at the end. */
bool histogram_walk_next(struct histogram_walk *w);

#endif
