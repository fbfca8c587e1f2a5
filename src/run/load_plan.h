/*
 * One load of a run, worked out before it begins: its shape, when it starts and ends, which
 * scenarios its users draw, how many iterations there are, and the numbers of its users. A run has
 * a common load and one for each scenario that has its own. Const once made, shared by all workers.
 *
 * Numbers: users of closed loads are 0, 1, 2 … through all of them; then those of the open loads
 * take turns. A shard takes each N-th who comes under a load, so that all shards together are the
 * one process: no number, row or iteration is anybody else's.
 */
#ifndef RUN_LOAD_PLAN_H
#define RUN_LOAD_PLAN_H

#include "program/program.h"
#include "run/load_shape.h"

struct load_plan {
	struct load_shape shape;
	bool open, random; /* arrivals; at random distances */
	ns_t begin;	   /* since the start of the run, as all moments here */
	ns_t end;      /* from then on nothing is begun; NS_NEVER: until the iterations are done */
	ns_t abort_at; /* and from then on all is broken off */
	ns_t measured; /* what was due before is warm-up */
	ns_t grace;
	uint64_t entries;	 /* users or arrivals, of all shards; LOAD_SHAPE_ENDLESS */
	uint64_t max;		 /* iterations of each user; 0: no bound */
	bool bounded;		 /* by `total` */
	uint64_t total;		 /* iterations of all users of this shard */
	int64_t max_users;	 /* at once, of this shard; -1: no bound */
	uint64_t number, stride; /* entry E is user `number` + E × `stride` */
	uint32_t class;		 /* of the turns for rows */
	const uint32_t *scenarios;
	uint32_t scenario_count;
	const double *upto; /* running sums of the weights, the last is 1 */
};

struct load_plan_list {
	struct load_plan *items;
	uint32_t count;
	uint64_t closed;  /* users of all closed loads, of all shards */
	uint32_t classes; /* the closed loads, and each open one: they take turns at the rows */
	ns_t warm_up;	  /* until then nothing is measured */
	ns_t end;	  /* of the last one; NS_NEVER */
	ns_t grace;	  /* the longest */
};

/* Those of PROGRAM with COMMON for whom has none; memory in A. ONCE: one user performs each
 * scenario once. SHARD of SHARDS from 1. */
void load_plan_list_init(struct load_plan_list *plans, struct arena *a,
			 const struct program *program, const struct load *common, bool once,
			 unsigned shard, unsigned shards);
/* The common load alone, at a level for a time: for a search. */
void load_plan_level(struct load_plan_list *plans, struct arena *a, double level, ns_t length);
/* PART's share of COUNT split over PARTS (from 1): the first ones have one more. */
uint64_t load_plan_share(uint64_t count, unsigned part, unsigned parts);
/* The turn at rows of the ITERATION of the user with NUMBER under LOAD: no two have the same. */
uint64_t load_plan_row_turn(const struct load_plan_list *plans, const struct load_plan *load,
			    uint64_t number, uint64_t iteration);

#endif
