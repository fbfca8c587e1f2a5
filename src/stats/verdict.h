/*
 * The outcome of a run, and whether the result is valid: whether the load generator could keep up.
 * Pure functions; collector's thread.
 */
#ifndef STATS_VERDICT_H
#define STATS_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/clock.h"
#include "stats/health.h"
#include "stats/summary.h"

/* Why a result is not valid: X(name, code in results, meaning and remedy). */
#define VERDICT_CAUSES(X)                                                                          \
	X(CPU, "cpu",                                                                              \
	  "A thread of the load generator used a whole core. Lower the load, use more threads "    \
	  "(--threads), a larger machine, or several machines (--shard).")                         \
	X(LAG, "lag",                                                                              \
	  "Requests started more than 20 ms after their scheduled start, and no other cause was "  \
	  "found. Close other programs, or lower the load.")                                       \
	X(QUOTA, "quota",                                                                          \
	  "A CPU quota held the process back, such as the limit of a container. Raise the quota "  \
	  "(--cpus of docker, limits.cpu of Kubernetes), or lower the load.")                      \
	X(STEAL, "steal",                                                                          \
	  "Other virtual machines on the same host used the CPU. Use a machine with CPUs of its "  \
	  "own, or repeat the run at another time.")                                               \
	X(FILES, "files",                                                                          \
	  "The process reached its limit of open files; each connection needs one. Raise it with " \
	  "ulimit -n before the run; 'reprise doctor' shows the limit.")                           \
	X(PORTS, "ports",                                                                          \
	  "The machine had no free local ports for new connections. Remove reuse: none if the "    \
	  "file has it, widen net.ipv4.ip_local_port_range, or use several machines.")             \
	X(NO_SAMPLES, "no_samples",                                                                \
	  "No request got the expected response, so there are no response times. Run the "         \
	  "scenario once with --once -v to see why.")                                              \
	X(OTHER, "other",                                                                          \
	  "Anything else, such as data rows that ran out, or a shard that is missing in a merged " \
	  "result. The text beside it, in the list of reasons, says what happened.")               \
	X(WAITING, "waiting",                                                                      \
	  "A thread of the load generator was ready to run, but other programs used its core. "    \
	  "Close them, or use another machine.")                                                   \
	X(STOPPED, "stopped",                                                                      \
	  "The process did not run for more than 2 seconds: it was stopped by a signal, or the "   \
	  "machine was suspended. Repeat the run.")                                                \
	X(NOT_BEGUN, "not_begun",                                                                  \
	  "Fewer users began than the load requires, because the load generator was too slow. "    \
	  "Lower the load, ramp up more slowly, or use several machines.")                         \
	X(THREADS, "threads",                                                                      \
	  "The system refused to create one of the threads, so a part of the load is missing. "    \
	  "Raise the limit of processes (ulimit -u), or use fewer threads (--threads).")           \
	X(INTERNAL, "internal",                                                                    \
	  "The counts of the run contradict each other. This is an error in reprise; please "      \
	  "report it.")
#define VERDICT_CAUSE_ENUM(name, code, sentence) VERDICT_##name,
enum verdict_cause { VERDICT_CAUSES(VERDICT_CAUSE_ENUM) VERDICT_CAUSE_COUNT };
#undef VERDICT_CAUSE_ENUM

/* "cpu". */
extern const char *const verdict_cause_names[VERDICT_CAUSE_COUNT];
/* Their meaning and remedy, for `reprise explain`. */
extern const char *const verdict_cause_sentences[VERDICT_CAUSE_COUNT];

/* The reason that a part of the data is missing begins with it. */
#define VERDICT_PARTIAL_PREFIX "partial: "
#define VERDICT_REASONS	       8
#define VERDICT_TEXT	       160
struct verdict_validity {
	bool valid;
	unsigned count;
	enum verdict_cause causes[VERDICT_REASONS];
	char reasons[VERDICT_REASONS]
		    [VERDICT_TEXT]; /* "the load generator could not keep up for 14 of 60 s (…)" */
};
/* Evaluates limited seconds, failures of the generator itself, and missing samples. */
void verdict_judge(struct verdict_validity *v, const struct summary *s,
		   const struct generator_health *h);
/* False: no connection to the target was made. */
bool verdict_reached(const struct summary *s);
/* False: teardown failed. No threshold allows that. */
/* True if the values of setup could not be renewed, which ended the run. */
bool verdict_renewal_failed(const struct summary *s);
bool verdict_teardown_passed(const struct summary *s);
/* False: no request was measured, neither an ok one nor a failed one. */
bool verdict_has_data(const struct summary *s);

/* How a run ended. */
enum verdict_outcome { VERDICT_FAIL, VERDICT_PASS, VERDICT_NO_DATA, VERDICT_UNJUDGED };

/* The evidence for the outcome of a run or of a result that is read again. */
struct verdict_evidence {
	const struct summary *summary;
	size_t thresholds;	/* number of thresholds, defaults included */
	bool thresholds_passed; /* all of them */
	bool once;		/* --once: any failure fails the run, and there are no thresholds */
	bool until;		/* --until has stopped the run, maybe before anything was measured */
	bool shard;		/* one of several: the merged result gets the outcome */
	bool reached;
	bool failed; /* for a reason that no threshold allows: setup, a search that found nothing,
			--fail-fast, a missing thread */
};

/* The only pass/fail rule: for run, report and merge. */
enum verdict_outcome verdict_decide(const struct verdict_evidence *e);
/* "pass", "fail", "no_data", "unjudged". */
const char *verdict_outcome_name(enum verdict_outcome outcome);
/* Whether the exit status is that of a failure. */
static inline bool verdict_is_failure(enum verdict_outcome outcome)
{
	return outcome == VERDICT_FAIL || outcome == VERDICT_NO_DATA;
}
/* Makes the result not valid, for CAUSE. */
void verdict_add(struct verdict_validity *v, enum verdict_cause cause, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same, for VERDICT_OTHER ("data ran out: …"). */
void verdict_add_reason(struct verdict_validity *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same, in front of all other reasons. */
void verdict_put_first_reason(struct verdict_validity *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
