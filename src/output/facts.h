/*
 * What outputs are told besides the summary: what does not change during a run, and how it ended.
 * Plain data that the caller keeps until the last output is closed; main thread only. Texts may
 * hold anything a person wrote; each output escapes for its own border.
 */
#ifndef OUTPUT_FACTS_H
#define OUTPUT_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"
#include "stats/threshold.h"
#include "stats/verdict.h"

struct label {
	struct str name, value;
};

struct run_facts {
	struct str version; /* "0.1.0" */
	struct str name;    /* of the scenario file */
	struct str target;  /* without credentials */
	struct str load;    /* in words: "50 users for 2m, ramp 10s" */
	uint64_t seed;
	ns_t started;  /* wall clock */
	ns_t planned;  /* length of the run; 0: not known beforehand */
	int64_t users; /* planned at most; 0: not known */
	const struct label *labels;
	size_t label_count;
	const struct threshold_judge *judge; /* live; count 0 without thresholds */
	bool terminal; /* standard error is one, and nobody asked for --plain: progress in place */
	bool frame_stays;  /* that frame stands just above the text summary: no second table */
	bool color_error;  /* colour on standard error */
	bool color_output; /* colour on standard output */
};

struct verdict {
	bool pass;
	bool reached;	       /* false: no connection to the target was ever made */
	struct str stopped_by; /* "SIGINT", "a threshold with abort"; empty: it ran to its end */
	const struct verdict_validity *validity;
	const struct generator_health *health;
	const struct str *written; /* files made, as the user named them */
	size_t written_count;
};

#endif
