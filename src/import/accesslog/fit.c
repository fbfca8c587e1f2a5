#include "import/accesslog/fit.h"

#include "base/ascii.h"
#include "base/units.h"

#define DISTANCE_MAX INT64_C(36000000000)    /* µs from one request to the next, mean */
#define LENGTH_MAX   INT64_C(90000000000000) /* µs; maximum length of a load, three years */
#define RARE_SHARES  100 /* a path gets its own page if it has at least 1/n of all requests */
#define PATHS_MAX    500
#define HOSTS_MAX    8u /* besides the site's own host */

static bool number_option(struct fit *fit, size_t *max)
{
	struct str option = job_option(fit->job, "paths");
	int64_t number;

	if (!option.ptr)
		return true;
	if (!str_to_int(option, &number) || number < 1 || number > PATHS_MAX)
		return job_error(fit->job, "--paths must be a number from 1 to %d, not '%.*s'",
				 PATHS_MAX, STR_ARG(option));
	*max = (size_t)number;
	return true;
}

/* The log's times rounded to whole seconds, because most logs have no others. */
static void whole_seconds(struct fit *fit)
{
	const struct access_log *part = &fit->part;
	int64_t last = part->records[part->count - 1].start_us;

	fit->from_us = part->records[0].start_us / 1000000 * 1000000;
	fit->to_us = (last / 1000000 + 1) * 1000000;
}

static int64_t *start_times(struct fit *fit)
{
	int64_t *at_us = ARENA_ARRAY(&fit->job->arena, fit->part.count, int64_t);

	for (size_t i = 0; i < fit->part.count; i++)
		at_us[i] = fit->part.records[i].start_us;
	return at_us;
}

/* --busiest: only the busiest period of the log. */
static bool keep_busiest(struct fit *fit)
{
	struct str option = job_option(fit->job, "busiest");
	size_t first = 0, end = fit->part.count;
	ns_t span;

	if (!option.ptr)
		return true;
	if (units_duration(option, &span) != UNIT_OK || span < NS_PER_S)
		return job_error(fit->job, "--busiest must be a duration such as 1h, not '%.*s'",
				 STR_ARG(option));
	if (span / 1000 >= fit->to_us - fit->from_us)
		return true;
	fit->from_us = fit_curve_busiest(start_times(fit), fit->part.count, span / 1000);
	fit->to_us = fit->from_us + span / 1000;
	while (fit->part.records[first].start_us < fit->from_us)
		first++;
	while (fit->part.records[end - 1].start_us >= fit->to_us)
		end--;
	job_note(fit->job, "busiest", "%.*s of %.*s requests are in the busiest %.*s",
		 STR_ARG(fit_count(&fit->job->arena, end - first)),
		 STR_ARG(fit_count(&fit->job->arena, fit->part.count)), STR_ARG(option));
	fit->part.records += first;
	fit->part.count = end - first;
	return true;
}

/* Reads --rate and --speed. */
static void change_pace(struct fit *fit)
{
	for (size_t i = 0; i < fit->curve.count; i++) {
		fit->curve.stages[i].from *= fit->rate * fit->speed;
		fit->curve.stages[i].to *= fit->rate * fit->speed;
		fit->curve.stages[i].seconds /= fit->speed;
	}
	fit->curve.seconds /= fit->speed;
	fit->visits.think_mean /= fit->speed;
	fit->visits.think_spread /= fit->speed;
	fit->visits.longest /= fit->speed;
}

/* "12 scenarios, 3 stages". */
static struct str result(const struct fit *fit)
{
	size_t pages = fit->mix.pages.count;

	return arena_printf(&fit->job->arena, "%zu %s%s, %zu stage%s", pages,
			    fit->by_visits ? "path" : "scenario", pages == 1 ? "" : "s",
			    fit->curve.count, fit->curve.count == 1 ? "" : "s");
}

bool fit_options_valid(struct import_job *job)
{
	static const char *const fits[] = {"visits", "busiest", "paths", NULL};
	bool fit = job_option(job, "fit").ptr;

	for (int i = 0; fits[i] && !fit; i++)
		if (job_option(job, fits[i]).ptr)
			return job_error(
			    job, "--%s needs --fit: a replay sends all requests as they were",
			    fits[i]);
	if (fit && job_option(job, "max-gap").ptr)
		return job_error(
		    job, "--max-gap contradicts --fit: pauses are stages, or parts of visits");
	if (fit && job_option_is(job, "headers", "keep"))
		return job_error(job,
				 "--headers keep contradicts --fit: the requests of a path have "
				 "different headers");
	return true;
}

/* The host with the highest number of requests that is not KEPT yet; 0: there is none. */
static uint32_t next_host(const struct access_log *log, const size_t *counts, const bool *kept)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < log->texts.count; i++)
		if (counts[i] && !kept[i] && (!best || counts[i] > counts[best]))
			best = i;
	return best;
}

/* Whether HOST may be in a URL; other values that requests name as their host count as unknown. */
static bool is_host(struct str host)
{
	for (size_t i = 0; i < host.len; i++) {
		char c = host.ptr[i];

		if (!(ascii_is_lower(c) || ascii_is_digit(c) || c == '-' || c == '.'))
			return false;
	}
	return host.len && host.ptr[0] != '.' && host.ptr[0] != '-';
}

static void drop_false_hosts(struct access_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		if (!is_host(access_log_text(log, log->records[i].host)))
			log->records[i].host = 0;
	if (!is_host(log->host))
		log->host = STR("");
}

/* A forger can name any number of hosts; each would get its own pages. */
static void drop_rare_hosts(struct import_job *job, struct access_log *log)
{
	size_t *counts = ARENA_ARRAY(&job->arena, log->texts.count, size_t), count = 0;
	bool *kept = ARENA_ARRAY(&job->arena, log->texts.count, bool);
	uint32_t site = intern_find(&log->texts, log->host);

	for (size_t i = 0; i < log->count; i++)
		counts[log->records[i].host]++;
	kept[0] = true;
	if (site != UINT32_MAX)
		kept[site] = true;
	for (unsigned i = 0; i < HOSTS_MAX; i++)
		kept[next_host(log, counts, kept)] = true;
	for (size_t i = 0; i < log->count; i++)
		if (kept[log->records[i].host])
			log->records[count++] = log->records[i];
	if (count < log->count)
		job_note(job, "look at", "%zu requests to the rarest hosts are skipped",
			 log->count - count);
	log->count = count;
}

/* Whether a load can express it: not years, and not a request per month. */
static bool dense_enough(struct fit *fit)
{
	int64_t length = fit->to_us - fit->from_us;

	if (length <= LENGTH_MAX && length / (int64_t)fit->part.count <= DISTANCE_MAX)
		return true;
	return job_error(fit->job,
			 "%.*s request%s in %.*s are too few for a rate: --busiest 1h fits the "
			 "busiest hour, --from and --to select a period",
			 STR_ARG(fit_count(&fit->job->arena, fit->part.count)),
			 fit->part.count == 1 ? "" : "s",
			 STR_ARG(fit_duration(&fit->job->arena, (double)length / 1e6)));
}

bool fit_scenario(struct import_job *job, struct access_log *log, double rate, double speed)
{
	struct fit *fit = ARENA_NEW(&job->arena, struct fit);
	size_t max = FIT_PAGES, least;

	drop_false_hosts(log);
	drop_rare_hosts(job, log);
	*fit = (struct fit){.job = job,
			    .part = *log,
			    .rate = rate,
			    .speed = speed,
			    .by_visits = job_option(job, "visits").ptr != NULL};
	whole_seconds(fit);
	if (!number_option(fit, &max) || !keep_busiest(fit))
		return false;
	least = job_option(job, "paths").ptr ? 2 : fit->part.count / RARE_SHARES + 2;
	if (!dense_enough(fit))
		return false;
	fit_mix(&job->arena, &fit->part, max, least, &fit->mix);
	fit_visits(fit);
	if (fit->by_visits)
		fit_curve(&job->arena, fit->visits.begin_us, fit->visits.count, fit->from_us,
			  fit->to_us, &fit->curve);
	else
		fit_curve(&job->arena, start_times(fit), fit->part.count, fit->from_us, fit->to_us,
			  &fit->curve);
	change_pace(fit);
	job->document = fit_document(fit);
	job->counts.result = result(fit);
	fit_report(fit);
	return true;
}
