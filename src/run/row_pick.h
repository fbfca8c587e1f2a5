/*
 * Which row of a data set a user gets: computed from the numbers of the user and the iteration. The
 * same seed gives each user the same rows whatever the timing, workers share nothing, and no row is
 * used twice before all have been used (except with `random`).
 */
#ifndef RUN_ROW_PICK_H
#define RUN_ROW_PICK_H

#include <stdbool.h>
#include <stdint.h>

struct data_set;

struct row_key {
	uint64_t seed;
	uint32_t set;  /* number of the data set */
	uint64_t turn; /* turn, counted over all users: load_plan_row_turn, or for a set `per: user`
			  the user's number */
};

/* The row, or false if all rows have been used and `at_end` is not to repeat them. */
bool row_pick(const struct data_set *set, const struct row_key *key, uint64_t *row);

#endif
