/*
 * A log as a scenario that people read and change: its paths weighted by how often they are
 * requested, its arrivals as stages. An arrival is either a single request (the log shows these
 * for certain) or, with --visits, a visit with pauses between its requests (which user sent
 * which request is an estimate from address and browser). In the job's arena; one thread.
 */
#ifndef IMPORT_ACCESSLOG_FIT_H
#define IMPORT_ACCESSLOG_FIT_H

#include "import/accesslog/fit_curve.h"
#include "import/accesslog/fit_mix.h"

struct fit_visits {
	int64_t *begin_us; /* in order */
	uint32_t *lengths; /* requests per visit, in the same order */
	size_t count;
	double mean; /* number of requests */
	/* Seconds between two requests of a visit. */
	double think_mean, think_spread; /* mean and standard deviation */
	double longest;			 /* seconds; nearly all visits are shorter */
	bool pauses;			 /* at least one visit has a pause */
};

struct fit {
	struct import_job *job;
	struct access_log part; /* the records to fit; its texts belong to the complete log */
	int64_t from_us, to_us;
	struct fit_mix mix;
	struct fit_curve curve;
	struct fit_visits visits;
	double rate, speed; /* factor of the recorded arrivals */
	bool by_visits;
};

/* Whether the job's options go together: some are only for --fit, some only for a replay.
 * Otherwise reports an error. */
bool fit_options_valid(struct import_job *job);
/*
 * Creates job->document and the data files from LOG's records (at least one) by the job's options
 * `visits`, `paths` and `busiest`, with RATE times as many arrivals and SPEED times as fast.
 * Records to rarely requested hosts are removed from LOG and reported. False if an option is not
 * valid; the error was reported.
 */
bool fit_scenario(struct import_job *job, struct access_log *log, double rate, double speed);

/* fit_visits.c: the visits in the records of FIT. */
void fit_visits(struct fit *fit);
/* fit_document.c: the document. */
struct yaml_writer_node *fit_document(struct fit *fit);
/* fit_report.c: the report. */
void fit_report(struct fit *fit);
/* "GET /orders/{id}". */
struct str fit_name(struct fit *fit, const struct fit_page *page);
/* fit_load.c: `load:`. */
struct yaml_writer_node *fit_load(struct fit *fit);
/* "2.5/s", "14/m" as the language writes it and as a person reads it; the unit depends on the
 * highest rate, PEAK. Durations have four digits, from a minute on whole seconds; counts are
 * written "20,000". */
struct str fit_rate(struct arena *a, double per_second, double peak);
struct str fit_duration(struct arena *a, double seconds);
struct str fit_count(struct arena *a, size_t count);
/* The highest rate. */
double fit_peak(const struct fit_curve *curve);

#endif
