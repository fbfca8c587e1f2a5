/*
 * Keyed random numbers: a value depends only on the key and its number, never on earlier draws
 * elsewhere, so that the same seed gives every user the same choices whatever the timing. Mixing is
 * SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014) over the
 * words of the key. Not for secrets.
 */
#ifndef BASE_RANDOM_H
#define BASE_RANDOM_H

#include <stdint.h>

struct random_stream {
	uint64_t key;	/* mixed from seed, user, iteration, purpose */
	uint64_t count; /* draws so far */
};

/* Mixes N words into one key. */
uint64_t random_key(const uint64_t *words, unsigned n);
/* The random numbers for one purpose of one iteration of one user. */
struct random_stream random_stream(uint64_t seed, uint64_t user, uint64_t iteration,
				   uint64_t fiber);
uint64_t random_u64(struct random_stream *d);
/* [0, 1). */
double random_unit(struct random_stream *d);
/* [low, high], both included, without bias; low > high swaps. */
int64_t random_int(struct random_stream *d, int64_t low, int64_t high);
/* [0, n), n > 0, without bias. */
uint64_t random_below(struct random_stream *d, uint64_t n);
/* Exponential of the given mean, > 0. */
double random_exponential(struct random_stream *d, double mean);
/* Standard normal (Box-Muller, two draws). */
double random_normal(struct random_stream *d);
/* Entropy from the system for a run without a seed; at most 2^53-1, which every JSON reader can
 * represent. */
uint64_t random_seed(void);

#endif
