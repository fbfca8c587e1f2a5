#include "program/unique.h"

#define OWN_CHARS  7		  /* for the user and the iteration */
#define OWN_VALUES 78364164096ull /* 36^7; more than 2^36 */
#define RUN_VALUES (26ull * 36 * 36 * 36 * 36)
#define SPREAD	   48828125ull /* 5^11; has no common factor with OWN_VALUES */

static uint64_t mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ull;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebull;
	return x ^ x >> 31;
}

static unsigned bit_length(uint64_t x)
{
	unsigned bits = 0;

	for (; x; x >>= 1)
		bits++;
	return bits;
}

/* One number below 2^36 for each pair of user and iteration: the length of the user's number, the
 * number without its first bit, the iteration. Pairs that need more bits get a number by chance. */
static uint64_t own_number(uint64_t user, uint64_t iteration)
{
	unsigned bits = bit_length(user), low_bits = bits ? bits - 1 : 0;
	uint64_t low = bits ? user ^ (uint64_t)1 << low_bits : 0;

	if (bits > 31 || bit_length(iteration) > 31 - low_bits)
		return mix(user * 0x9e3779b97f4a7c15ull + iteration) >> 28;
	return (uint64_t)bits << 31 | low << (31 - low_bits) | iteration;
}

static void put_digits(uint64_t number, char *out, unsigned count)
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

	while (count--) {
		out[count] = digits[number % 36];
		number /= 36;
	}
}

void unique_put(const struct builtins *b, char out[UNIQUE_CHARS])
{
	uint64_t run = mix(str_hash(b->run_id) ^ mix((uint64_t)b->run_started)) % RUN_VALUES;
	uint64_t own = own_number(b->user_index, b->iteration);

	out[0] = (char)('a' + run / (36 * 36 * 36 * 36));
	put_digits(run, out + 1, UNIQUE_CHARS - OWN_CHARS - 1);
	/* Spread, so that texts of neighbours differ in more than the last character. */
	put_digits(own * SPREAD % OWN_VALUES, out + UNIQUE_CHARS - OWN_CHARS, OWN_CHARS);
}
