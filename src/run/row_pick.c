#include "run/row_pick.h"

#include "base/random.h"
#include "program/program.h"

#define ROUNDS 4

/*
 * The place of AT in a permutation of [0, COUNT) drawn by KEY: a balanced Feistel network over the
 * next even number of bits, walked until it lands inside (Black and Rogaway, Ciphers with Arbitrary
 * Finite Domains, 2002). There is no table, so a million rows cost nothing to shuffle.
 */
static uint64_t permuted(uint64_t at, uint64_t count, uint64_t key)
{
	unsigned half = 1;

	while (half < 32 && UINT64_C(1) << (2 * half) < count)
		half++;
	do {
		uint64_t mask = (UINT64_C(1) << half) - 1, left = at >> half, right = at & mask;

		for (uint64_t round = 0; round < ROUNDS; round++) {
			const uint64_t words[] = {key, round, right};
			uint64_t next = (left ^ random_key(words, 3)) & mask;

			left = right;
			right = next;
		}
		at = left << half | right;
	} while (at >= count);
	return at;
}

bool row_pick(const struct data_set *set, const struct row_key *key, uint64_t *row)
{
	uint64_t count = set->rows.count, turn = key->turn;

	if (set->pick == PICK_RANDOM) {
		const uint64_t words[] = {key->seed, key->set, turn};

		*row = random_key(words, 3) % count;
		return true;
	}
	if (turn >= count && set->at_end != END_REPEAT)
		return false;
	*row = turn % count;
	if (set->pick == PICK_SHUFFLED) {
		const uint64_t words[] = {key->seed, key->set, turn / count};

		*row = permuted(*row, count, random_key(words, 3));
	}
	return true;
}
