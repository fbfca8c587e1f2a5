#include "stats/histogram.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/log.h"

static unsigned octave_of(unsigned index)
{
	unsigned page = index >> HISTOGRAM_PAGE_BITS;

	return page < 2 ? 0 : page - 1;
}

int64_t histogram_low_us(unsigned index)
{
	unsigned octave = octave_of(index);

	return (int64_t)(index - (octave << HISTOGRAM_PAGE_BITS)) << octave;
}

int64_t histogram_high_us(unsigned index)
{
	return histogram_low_us(index) + (INT64_C(1) << octave_of(index)) - 1;
}

static void moments_add(struct histogram_moments *into, const struct histogram_moments *from)
{
	if (from->count == 0)
		return;
	if (into->count == 0 || from->min_ns < into->min_ns)
		into->min_ns = from->min_ns;
	if (into->count == 0 || from->max_ns > into->max_ns)
		into->max_ns = from->max_ns;
	into->count += from->count;
	into->sum_ns += from->sum_ns;
}

/* ---- the worker's width */

uint32_t *histogram_interval_add_page(struct interval_histogram *h, unsigned page)
{
	h->pages[page] = alloc_zeroed(HISTOGRAM_PAGE, sizeof *h->pages[page]);
	return h->pages[page];
}

void histogram_interval_init(struct interval_histogram *h)
{
	memset(h, 0, sizeof *h);
}

void histogram_interval_release(struct interval_histogram *h)
{
	for (unsigned page = 0; page < HISTOGRAM_PAGES; page++)
		free(h->pages[page]);
	histogram_interval_init(h);
}

void histogram_interval_clear(struct interval_histogram *h)
{
	for (unsigned page = 0; page < HISTOGRAM_PAGES; page++) {
		if (!h->pages[page])
			continue;
		if (h->touched & 1u << page) {
			memset(h->pages[page], 0, HISTOGRAM_PAGE * sizeof *h->pages[page]);
		} else {
			free(h->pages[page]);
			h->pages[page] = NULL;
		}
	}
	h->touched = 0;
	h->m = (struct histogram_moments){0};
}

/* ---- totals */

static void *zeroed(size_t count, size_t bytes)
{
	void *memory = alloc_zeroed(count, bytes);

	return memory;
}

/* The part that contains counter INDEX, allocated if needed. */
static uint64_t *part_of(struct histogram *h, unsigned index)
{
	struct histogram_page **page = &h->pages[index >> HISTOGRAM_PAGE_BITS];
	uint64_t **part;

	if (!*page)
		*page = zeroed(1, sizeof **page);
	part = &(*page)->parts[(index >> HISTOGRAM_PART_BITS) & (HISTOGRAM_PARTS - 1)];
	if (!*part)
		*part = zeroed(HISTOGRAM_PART, sizeof **part);
	return *part;
}

/* The same for reading: NULL if nothing was counted. */
static const uint64_t *part_at(const struct histogram *h, unsigned index)
{
	const struct histogram_page *page = h->pages[index >> HISTOGRAM_PAGE_BITS];

	if (!page)
		return NULL;
	return page->parts[(index >> HISTOGRAM_PART_BITS) & (HISTOGRAM_PARTS - 1)];
}

void histogram_init(struct histogram *h)
{
	memset(h, 0, sizeof *h);
}

void histogram_release(struct histogram *h)
{
	for (unsigned page = 0; page < HISTOGRAM_PAGES; page++) {
		for (unsigned part = 0; h->pages[page] && part < HISTOGRAM_PARTS; part++)
			free(h->pages[page]->parts[part]);
		free(h->pages[page]);
	}
	histogram_init(h);
}

static bool part_empty(const uint64_t *part)
{
	for (unsigned i = 0; i < HISTOGRAM_PART; i++) {
		if (part[i])
			return false;
	}
	return true;
}

/* False: the page was freed. */
static bool page_clear(struct histogram_page *page)
{
	bool kept = false;

	for (unsigned i = 0; i < HISTOGRAM_PARTS; i++) {
		uint64_t *part = page->parts[i];

		if (!part)
			continue;
		if (part_empty(part)) {
			free(part);
			page->parts[i] = NULL;
		} else {
			memset(part, 0, HISTOGRAM_PART * sizeof *part);
			kept = true;
		}
	}
	return kept;
}

void histogram_clear(struct histogram *h)
{
	for (unsigned page = 0; page < HISTOGRAM_PAGES; page++) {
		if (h->pages[page] && !page_clear(h->pages[page])) {
			free(h->pages[page]);
			h->pages[page] = NULL;
		}
	}
	h->m = (struct histogram_moments){0};
}

void histogram_add_counter(struct histogram *h, unsigned index, uint64_t count)
{
	part_of(h, index)[index & (HISTOGRAM_PART - 1)] += count;
}

void histogram_record(struct histogram *h, ns_t value, uint64_t count)
{
	ns_t length = value < 0 ? 0 : value;
	struct histogram_moments m = {count, (uint64_t)length * count, length, length};

	if (count == 0)
		return;
	histogram_add_counter(h, histogram_index(histogram_us(length)), count);
	moments_add(&h->m, &m);
}

void histogram_add(struct histogram *into, const struct histogram *from)
{
	if (from->m.count == 0)
		return;
	for (unsigned index = 0; index < HISTOGRAM_COUNTERS; index += HISTOGRAM_PART) {
		const uint64_t *source = part_at(from, index);
		uint64_t *target;

		if (!source || part_empty(source))
			continue;
		target = part_of(into, index);
		for (unsigned i = 0; i < HISTOGRAM_PART; i++)
			target[i] += source[i];
	}
	moments_add(&into->m, &from->m);
}

/* INTO += the counters of a part of an interval's page; INDEX is the first one. */
static void add_part(struct histogram *into, unsigned index, const uint32_t *source)
{
	uint64_t *target;
	uint32_t any = 0;

	for (unsigned i = 0; i < HISTOGRAM_PART; i++)
		any |= source[i];
	if (!any)
		return;
	target = part_of(into, index);
	for (unsigned i = 0; i < HISTOGRAM_PART; i++)
		target[i] += source[i];
}

void histogram_add_interval(struct histogram *into, const struct interval_histogram *from)
{
	for (uint32_t left = from->touched; left; left &= left - 1) {
		unsigned page = (unsigned)__builtin_ctz(left);

		for (unsigned i = 0; i < HISTOGRAM_PAGE; i += HISTOGRAM_PART)
			add_part(into, (page << HISTOGRAM_PAGE_BITS) + i, from->pages[page] + i);
	}
	moments_add(&into->m, &from->m);
}

/* The ends of the counters, within the exact ends known before. */
static void narrow_ends(struct histogram *h)
{
	struct histogram_walk w = histogram_walk(h);
	bool first = true;

	while (histogram_walk_next(&w)) {
		ns_t low = histogram_low_us(w.index) * NS_PER_US;
		ns_t high = histogram_high_us(w.index) * NS_PER_US;

		if (first && low > h->m.min_ns)
			h->m.min_ns = low;
		first = false;
		if (w.until == h->m.count && high < h->m.max_ns)
			h->m.max_ns = high;
	}
}

void histogram_subtract(struct histogram *from, const struct histogram *part)
{
	if (part->m.count == 0)
		return;
	for (unsigned index = 0; index < HISTOGRAM_COUNTERS; index += HISTOGRAM_PART) {
		const uint64_t *source = part_at(part, index);
		uint64_t *target;

		if (!source || part_empty(source))
			continue;
		target = part_of(from, index);
		for (unsigned i = 0; i < HISTOGRAM_PART; i++)
			target[i] -= source[i];
	}
	from->m.count -= part->m.count;
	from->m.sum_ns -= part->m.sum_ns;
	narrow_ends(from);
}

void histogram_copy(struct histogram *into, const struct histogram *from)
{
	histogram_clear(into);
	histogram_add(into, from);
}

static bool part_equal(const uint64_t *a, const uint64_t *b)
{
	for (unsigned i = 0; i < HISTOGRAM_PART; i++) {
		if ((a ? a[i] : 0) != (b ? b[i] : 0))
			return false;
	}
	return true;
}

bool histogram_equal(const struct histogram *a, const struct histogram *b)
{
	if (a->m.count != b->m.count || a->m.sum_ns != b->m.sum_ns)
		return false;
	if (a->m.count && (a->m.min_ns != b->m.min_ns || a->m.max_ns != b->m.max_ns))
		return false;
	for (unsigned index = 0; index < HISTOGRAM_COUNTERS; index += HISTOGRAM_PART) {
		const uint64_t *of_a = part_at(a, index), *of_b = part_at(b, index);

		if ((of_a || of_b) && !part_equal(of_a, of_b))
			return false;
	}
	return true;
}

/* ---- reading */

struct histogram_walk histogram_walk(const struct histogram *h)
{
	return (struct histogram_walk){.histogram = h};
}

bool histogram_walk_next(struct histogram_walk *w)
{
	while (w->next < HISTOGRAM_COUNTERS && w->until < w->histogram->m.count) {
		const uint64_t *part = part_at(w->histogram, w->next);
		uint64_t count;

		if (!part) {
			w->next = ((w->next >> HISTOGRAM_PART_BITS) + 1) << HISTOGRAM_PART_BITS;
			continue;
		}
		count = part[w->next & (HISTOGRAM_PART - 1)];
		w->next++;
		if (count) {
			w->index = w->next - 1;
			w->count = count;
			w->until += count;
			return true;
		}
	}
	return false;
}

/*
 * The rank of a percentile, from 1. As in HdrHistogram the percentile is reduced by a tiny
 * amount first, so that 99.9 of 1,000 is rank 999 although 0.999 × 1000 is slightly above it in
 * binary.
 */
static uint64_t rank_of(double percentile, uint64_t count)
{
	double rank = ceil(nextafter(percentile, -INFINITY) * (double)count / 100);

	if (!(rank > 1))
		return 1;
	return rank >= (double)count ? count : (uint64_t)rank;
}

static ns_t within(const struct histogram *h, ns_t value)
{
	if (value < h->m.min_ns)
		return h->m.min_ns;
	return value > h->m.max_ns ? h->m.max_ns : value;
}

void histogram_percentiles(const struct histogram *h, const double *percentiles, size_t n,
			   ns_t *out)
{
	struct histogram_walk w = histogram_walk(h);

	for (size_t i = 0; i < n; i++) {
		uint64_t rank = rank_of(percentiles[i], h->m.count);

		if (h->m.count == 0) {
			out[i] = -1;
			continue;
		}
		while (w.until < rank && histogram_walk_next(&w))
			;
		if (percentiles[i] <= 0)
			out[i] = h->m.min_ns;
		else if (rank == h->m.count)
			out[i] = within(h, h->m.max_ns);
		else
			out[i] = within(h, histogram_high_us(w.index) * NS_PER_US);
	}
}

ns_t histogram_percentile(const struct histogram *h, double percentile)
{
	ns_t value;

	histogram_percentiles(h, &percentile, 1, &value);
	return value;
}

double histogram_mean(const struct histogram *h)
{
	return h->m.count ? (double)h->m.sum_ns / (double)h->m.count : -1;
}
