/*
 * A log as a scenario that people read and change: its paths by how often they are asked for, its
 * arrivals as stages. What comes is either each request by itself (the log tells those for certain)
 * or, with --visits, visits with pauses between their requests (who sent what is a guess: by
 * address and browser). In the job's arena; one thread.
 */
#ifndef IMPORT_ACCESSLOG_FIT_H
#define IMPORT_ACCESSLOG_FIT_H

#include "import/accesslog/fit_curve.h"
#include "import/accesslog/fit_mix.h"

struct fit_visits {
	int64_t *begin_us; /* in order */
	uint32_t *lengths; /* requests of each, in the same order */
	size_t count;
	double mean;			 /* requests */
	double think_mean, think_spread; /* seconds between two requests; standard deviation */
	double longest;			 /* seconds that nearly all stay within */
	bool pauses;			 /* there are any */
};

struct fit {
	struct import_job *job;
	struct access_log part; /* the records that are fitted; of the log they were read into */
	int64_t from_us, to_us;
	struct fit_mix mix;
	struct fit_curve curve;
	struct fit_visits visits;
	double rate, speed; /* times the recorded ones */
	bool by_visits;
};

/* Whether the job's wishes go together: some are of --fit alone, some of a replay. Else told. */
bool fit_options_valid(struct import_job *job);
/*
 * Makes job->document and the data files of LOG's records, of which there is at least one, by the
 * job's wishes `visits`, `paths` and `busiest`, with RATE times as many arrivals and SPEED times as
 * fast; records to hosts that are hardly ever asked are taken out of LOG and told. False when a
 * wish makes no sense: then job_error has told.
 */
bool fit_scenario(struct import_job *job, struct access_log *log, double rate, double speed);

/* fit_visits.c: of the records of FIT. */
void fit_visits(struct fit *fit);
/* fit_document.c: the document. */
struct yaml_writer_node *fit_document(struct fit *fit);
/* fit_report.c: the account. */
void fit_report(struct fit *fit);
/* "GET /orders/{id}". */
struct str fit_name(struct fit *fit, const struct fit_page *page);
/* fit_load.c: `load:`. */
struct yaml_writer_node *fit_load(struct fit *fit);
/* "2.5/s", "14/m" as the language writes it and a person reads it; by the highest, PEAK. Lengths
 * have four digits, from a minute on whole seconds; "20,000". */
struct str fit_rate(struct arena *a, double per_second, double peak);
struct str fit_duration(struct arena *a, double seconds);
struct str fit_count(struct arena *a, size_t count);
/* The highest rate. */
double fit_peak(const struct fit_curve *curve);

#endif
