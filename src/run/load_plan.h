/*
 * One load of a run, computed before it begins: its shape, when it starts and ends, which scenarios
 * its users draw, the number of iterations, and the numbers of its users. A run has a common load
 * and one for each scenario with its own load. Const after creation, shared by all workers.
 *
 * Numbers: users of closed loads are 0, 1, 2 … through all of them; after those, the open loads
 * take turns. A shard takes every N-th user of a load, so that all shards together make the same
 * run as one process: no number, row or iteration is used twice.
 */
#ifndef RUN_LOAD_PLAN_H
#define RUN_LOAD_PLAN_H

#include "program/program.h"
#include "run/load_shape.h"

struct load_plan {
	struct load_shape shape;
	bool open, random; /* arrivals with random spacing */
	ns_t begin;	   /* since the start of the run, as all times here */
	ns_t
	    end; /* nothing is begun after this time; NS_NEVER: until the iterations are complete */
	ns_t abort_at; /* all is aborted at this time */
	ns_t measured; /* requests with an earlier scheduled start are warm-up */
	ns_t grace;
	uint64_t entries;	 /* users or arrivals, of all shards; LOAD_SHAPE_ENDLESS */
	uint64_t max;		 /* iterations of each user; 0: no limit */
	bool bounded;		 /* limited by `total` */
	uint64_t total;		 /* iterations of all users of this shard */
	int64_t max_users;	 /* maximum concurrent users of this shard; -1: no limit */
	uint64_t number, stride; /* entry E is user `number` + E × `stride` */
	uint32_t class;		 /* of the turns for rows */
	const uint32_t *scenarios;
	uint32_t scenario_count;
	const double *upto; /* running sums of the weights; the last is 1 */
};

struct load_plan_list {
	struct load_plan *items;
	uint32_t count;
	uint64_t closed; /* users of all closed loads, of all shards */
	uint32_t
	    classes; /* the closed loads together, and each open one: they take turns at the rows */
	ns_t warm_up; /* nothing is measured before this time */
	ns_t end;     /* of the last load; NS_NEVER */
	ns_t grace;   /* the longest of all loads */
};

/* The loads of PROGRAM, with COMMON for the scenarios without their own; memory in A. ONCE: one
 * user performs each scenario once. SHARD of SHARDS counts from 1. */
void load_plan_list_init(struct load_plan_list *plans, struct arena *a,
			 const struct program *program, const struct load *common, bool once,
			 unsigned shard, unsigned shards);
/* The common load alone, at LEVEL for LENGTH: for a search. */
void load_plan_level(struct load_plan_list *plans, struct arena *a, double level, ns_t length);
/* The part number PART (from 1) of COUNT divided into PARTS: the first parts have one more. */
uint64_t load_plan_share(uint64_t count, unsigned part, unsigned parts);
/* The turn at rows of the ITERATION of the user with NUMBER under LOAD: unique in the run. */
uint64_t load_plan_row_turn(const struct load_plan_list *plans, const struct load_plan *load,
			    uint64_t number, uint64_t iteration);

#endif
