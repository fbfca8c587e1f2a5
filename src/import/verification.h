/*
 * The judge of `import --verify`: compares what the scenario received when it was performed with
 * the recording that it was made from, and repairs the conversion. A performance is one iteration
 * of one user. What counts is whether the application did the same: the outcome of each step
 * (`expect`), the page that came, whether addresses and values that a step sends are still those
 * of the pages they came from. Pure, without I/O; everything lives in the job's arena; one thread.
 */
#ifndef IMPORT_VERIFICATION_H
#define IMPORT_VERIFICATION_H

#include "import/job.h"

/* The response to a step in one performance, after redirects. */
struct import_response {
	const struct transaction *tx; /* the recorded request */
	bool performed;		      /* false: the iteration ended before */
	bool failed, redirected;
	int status; /* 0: no response */
	struct str headers, body, url;
	struct str sent_url; /* of the first request; empty: nothing was sent */
	struct str failure;  /* the message of the run */
};

struct import_performance {
	unsigned user, iteration;	   /* from 1 */
	struct import_response *responses; /* one for each step that is not disabled */
	size_t response_count;
};

/* A step that did something else than in the recording. */
struct verification_difference {
	const struct transaction *tx;
	const struct transaction *page; /* whose page shows it, or NULL */
	unsigned performances;		/* bit N: in performance N */
	bool matters;			/* false: visits differ like this without an error */
	struct str what;		/* "title", or empty: the outcome */
	struct str recorded, received;	/* texts for people */
};

struct verification {
	VEC(struct verification_difference) differences;
	size_t serious;	   /* differences that matter */
	size_t good_steps; /* steps that are right in each performance */
	size_t good;	   /* steps that are right, of all performances together */
	size_t unreached;  /* steps that do not differ, and that some performance did not reach */
};

/* The response in PERFORMANCE to the recorded request TX; NULL if it is not a step. */
const struct import_response *verification_response(const struct import_performance *performance,
						    const struct transaction *tx);
/* Steps of the scenario: its requests, in its order. */
size_t verification_step_count(const struct import_job *job);
/* The steps that write: other methods than GET, HEAD and OPTIONS. */
size_t verification_write_count(const struct import_job *job);
/* The recorded request of step N. */
const struct transaction *verification_step(const struct import_job *job, size_t n);
/* Compares the performances in the job with the recording. */
void verification_judge(struct import_job *job, struct verification *out);
/* Converts again with what the performances show: values that the server issues each time, and
 * typed ones that must be unique. Adds values that a step sends although the place that they came
 * from has another now to OUT. True if there are new repairs, which must be proven by further
 * performances. */
bool verification_repair(struct import_job *job, struct verification *out);
/* Marks the requests for which the server asked for a password (401) although the recording has a
 * page: the browser left its log-in out. True if there are some; the conversion must then be
 * repeated with verification_settle. */
bool verification_mark_logins(struct import_job *job);
/* Keeps the new repairs if they are PROVEN; otherwise undoes them and converts again. False if that
 * fails. */
bool verification_settle(struct import_job *job, bool proven);
/* Appends a line for each repair that is proven. */
void verification_put_repairs(const struct import_job *job, struct buf *out);
/* The recorded value of a secret parameter, as "NAME=VALUE" for the run; the Nth, or NULL. */
const char *verification_parameter(const struct import_job *job, size_t n);

#endif
