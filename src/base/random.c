#include "base/random.h"

#include <math.h>
#include <sys/random.h>

#include "base/clock.h"

#define GOLDEN_GAMMA UINT64_C(0x9e3779b97f4a7c15)

static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t random_key(const uint64_t *words, unsigned n)
{
	uint64_t key = GOLDEN_GAMMA;

	for (unsigned i = 0; i < n; i++)
		key = mix((key ^ mix(words[i] + GOLDEN_GAMMA)) + GOLDEN_GAMMA * (i + 1));
	return key;
}

struct random_stream random_stream(uint64_t seed, uint64_t user, uint64_t iteration, uint64_t fiber)
{
	const uint64_t words[] = {seed, user, iteration, fiber};

	return (struct random_stream){random_key(words, 4), 0};
}

uint64_t random_u64(struct random_stream *d)
{
	return mix(d->key + GOLDEN_GAMMA * ++d->count);
}

double random_unit(struct random_stream *d)
{
	return (double)(random_u64(d) >> 11) * 0x1p-53;
}

/* Lemire's multiplication with rejection (Fast Random Integer Generation in an Interval, 2019). */
uint64_t random_below(struct random_stream *d, uint64_t n)
{
	unsigned __int128 product = (unsigned __int128)random_u64(d) * n;
	uint64_t low = (uint64_t)product;

	if (low < n) {
		uint64_t floor = (0 - n) % n;

		while (low < floor) {
			product = (unsigned __int128)random_u64(d) * n;
			low = (uint64_t)product;
		}
	}
	return (uint64_t)(product >> 64);
}

int64_t random_int(struct random_stream *d, int64_t low, int64_t high)
{
	if (low > high) {
		int64_t swap = low;

		low = high;
		high = swap;
	}
	uint64_t values = (uint64_t)high - (uint64_t)low + 1;
	uint64_t offset = values ? random_below(d, values) : random_u64(d);
	return (int64_t)((uint64_t)low + offset);
}

/* (0, 1], for logarithms. */
static double unit_above_zero(struct random_stream *d)
{
	return 1.0 - random_unit(d);
}

double random_exponential(struct random_stream *d, double mean)
{
	double value = -mean * log(unit_above_zero(d));

	return value > 0 ? value : mean * 0x1p-54;
}

double random_normal(struct random_stream *d)
{
	double radius = sqrt(-2.0 * log(unit_above_zero(d)));

	return radius * cos(6.283185307179586 * random_unit(d));
}

uint64_t random_seed(void)
{
	uint64_t seed;

	if (getrandom(&seed, sizeof seed, 0) != (ssize_t)sizeof seed)
		seed = mix((uint64_t)clock_wall_ns());
	return seed & ((UINT64_C(1) << 53) - 1);
}
