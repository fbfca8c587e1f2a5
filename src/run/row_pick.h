/*
 * Which row of a data set a user has: worked out from the numbers of the user and the iteration, so
 * that the same seed gives everybody the same rows whatever the timing, nothing is shared between
 * workers, and no row is handed out twice before all have been (but for `random`).
 */
#ifndef RUN_ROW_PICK_H
#define RUN_ROW_PICK_H

#include <stdbool.h>
#include <stdint.h>

struct data_set;

struct row_key {
	uint64_t seed;
	uint32_t set;  /* number of the data set */
	uint64_t turn; /* the how-manieth row is asked for, counted over all users:
			  load_plan_row_turn, or of a set `per: user` the user's number */
};

/* The row, or false when the rows have run out and `at_end` is not to repeat them. */
bool row_pick(const struct data_set *set, const struct row_key *key, uint64_t *row);

#endif
