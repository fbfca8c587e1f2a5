#include "output/histogram_buckets.h"

#define BUCKET_TEXT(bound) #bound,
const char *const bucket_bounds[BUCKET_COUNT] = {BUCKETS(BUCKET_TEXT)};
#undef BUCKET_TEXT

#define BUCKET_US(bound) (int64_t)((bound)*1e6 + 0.5),
static const int64_t bounds_us[BUCKET_COUNT] = {BUCKETS(BUCKET_US)};
#undef BUCKET_US

void histogram_buckets_count(const struct histogram *h, uint64_t until[BUCKET_COUNT])
{
	struct histogram_walk walk = histogram_walk(h);
	unsigned bucket = 0;
	uint64_t sum = 0;

	while (histogram_walk_next(&walk)) {
		while (bucket < BUCKET_COUNT && histogram_low_us(walk.index) > bounds_us[bucket])
			until[bucket++] = sum;
		sum = walk.until;
	}
	while (bucket < BUCKET_COUNT)
		until[bucket++] = sum;
}
