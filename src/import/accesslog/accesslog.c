/*
 * access-log: logs of web servers, proxies and load balancers. The requests are sent again at
 * their times: writes a scenario whose load is a replay, and the file with its requests.
 */
#include <time.h>

#include "base/units.h"
#include "import/accesslog/access_replay.h"
#include "import/accesslog/fit.h"

#define FACTOR_MAX    1000.0
#define PAUSE_LONG_US ((int64_t)3600 * 1000000)

static bool read_all(struct import_job *job);

const struct import_kind accesslog_import = {
    .name = "access-log",
    .sentence =
	"a log of a web server, proxy or load balancer: replays its requests at their times",
    .example = "access.log",
    .read = read_all,
    .recognizes = access_log_is,
    .broad = true,
};

/* The log and the data made from it; lives as long as the job. */
struct log_import {
	struct access_log log;
	struct access_replay *replay;
};

static void release(void *owner)
{
	struct log_import *w = owner;

	if (w->replay)
		access_replay_free(w->replay);
	access_log_release(&w->log);
}

static bool next_piece(void *owner, struct buf *out)
{
	return access_replay_more(((struct log_import *)owner)->replay, out);
}

/* ---- options */

struct wishes {
	double factor, speed;
	ns_t gap_max;
};

static bool number_option(struct import_job *job, const char *name, double low, double high,
			  double *out)
{
	struct str text = job_option(job, name);

	if (!text.ptr)
		return true;
	/* Both x2 and 2x are accepted. */
	if (text.len && text.ptr[0] == 'x')
		text = str_slice(text, 1, text.len);
	else if (text.len && text.ptr[text.len - 1] == 'x')
		text = str_slice(text, 0, text.len - 1);
	if (str_to_double(text, out) && *out >= low && *out <= high)
		return true;
	return job_error(job, "--%s must be a number from %g to %g, such as 2 or x2", name, low,
			 high);
}

static bool read_options(struct import_job *job, struct wishes *w)
{
	struct str gap = job_option(job, "max-gap");
	enum units_error error;

	*w = (struct wishes){.factor = 1, .speed = 1};
	if (gap.ptr) {
		error = units_duration(gap, &w->gap_max);
		if (error != UNIT_OK || w->gap_max < NS_PER_MS)
			return job_error(job, "--max-gap must be a duration, such as 30s%s%s",
					 error != UNIT_OK ? ": " : "",
					 error != UNIT_OK ? units_error_text(error) : "");
	}
	return number_option(job, "rate", 0.001, FACTOR_MAX, &w->factor) &&
	       number_option(job, "speed", 0.001, 10000, &w->speed);
}

/* ---- the report */

static struct str length_text(struct import_job *job, int64_t us, double speed)
{
	struct buf text;
	struct str result;
	double exact = (double)us * 1000 / speed;
	ns_t length = exact < (double)NS_LONGEST ? (ns_t)exact : NS_LONGEST;

	/* Long durations are printed without seconds. */
	if (length > 10 * NS_PER_S)
		length -= length % NS_PER_S;
	buf_init(&text, 0);
	units_put_time(&text, length, false);
	result = arena_str(&job->arena, buf_str(&text));
	buf_release(&text);
	return result;
}

static struct str count_text(struct import_job *job, size_t count)
{
	struct buf text;
	struct str result;

	buf_init(&text, 0);
	units_put_count(&text, count);
	result = arena_str(&job->arena, buf_str(&text));
	buf_release(&text);
	return result;
}

static struct str time_text(struct import_job *job, int64_t us)
{
	time_t second = (time_t)(us / 1000000);
	struct tm tm;
	char text[32];

	if (!gmtime_r(&second, &tm) || !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &tm))
		return STR("an unknown time");
	return arena_str(&job->arena, str_of(text));
}

static void set_counts(struct import_job *job, const struct access_log *log)
{
	job->counts.one = "line";
	job->counts.many = "lines";
	job->counts.entries = log->lines;
	job->counts.kept = log->count;
	memcpy(job->counts.skipped, log->skipped, sizeof log->skipped);
	job->tool = log->format;
}

static void report(struct import_job *job, const struct access_replay_facts *facts,
		   const struct wishes *w)
{
	job->counts.result =
	    arena_printf(&job->arena, "%.*s request%s of %.*s session%s in %.*s",
			 STR_ARG(count_text(job, facts->requests)), facts->requests == 1 ? "" : "s",
			 STR_ARG(count_text(job, facts->sessions)), facts->sessions == 1 ? "" : "s",
			 STR_ARG(length_text(job, facts->length_us, 1)));
	if (w->speed != 1)
		job_note(
		    job, "replay",
		    "at speed %g it takes %.*s, with %.*s requests in its "
		    "busiest second",
		    w->speed, STR_ARG(length_text(job, facts->length_us, w->speed)),
		    STR_ARG(count_text(job, (size_t)((double)facts->per_second_peak * w->speed))));
	else
		job_note(job, "replay",
			 "at most %.*s request%s in a second and %.*s concurrent session%s",
			 STR_ARG(count_text(job, facts->per_second_peak)),
			 facts->per_second_peak == 1 ? "" : "s",
			 STR_ARG(count_text(job, facts->users_peak)),
			 facts->users_peak == 1 ? "" : "s");
	if (!facts->shortened_pauses && facts->pause_us > PAUSE_LONG_US)
		job_note(job, "look at", "nothing arrived for %.*s: --max-gap 10s cuts such pauses",
			 STR_ARG(length_text(job, facts->pause_us, 1)));
	if (facts->shortened_pauses)
		job_note(job, "replay", "%zu pause%s cut, together %.*s", facts->shortened_pauses,
			 facts->shortened_pauses == 1 ? " is" : "s are",
			 STR_ARG(length_text(job, facts->shortened_us, 1)));
	if (facts->other_paths)
		job_note(job, "look at",
			 "%zu different path names are more than results can hold: %.*s "
			 "requests with the rarest names are listed as (other paths)",
			 facts->names, STR_ARG(count_text(job, facts->other_paths)));
}

/* ---- the document */

static void put_target(struct import_job *job, struct yaml_writer_node *root,
		       const struct access_log *log)
{
	if (!log->host.len) {
		job_no_target(job, root, log->no_host);
		return;
	}
	yaml_writer_put_text(
	    &job->arena, root, STR("target"),
	    arena_printf(&job->arena, "%.*s://%.*s", STR_ARG(log->scheme), STR_ARG(log->host)))
	    ->beside = STR("the site of the log; for another one: -t URL");
}

static void put_word(struct import_job *job, struct yaml_writer_node *map, const char *key,
		     struct str word, const char *comment)
{
	yaml_writer_put(&job->arena, map, str_of(key), yaml_writer_word(&job->arena, word))
	    ->beside = str_of(comment);
}

static struct yaml_writer_node *document(struct import_job *job, const struct access_log *log,
					 const struct access_replay_facts *facts,
					 const struct wishes *w, struct str file)
{
	struct arena *a = &job->arena;
	struct yaml_writer_node *root = yaml_writer_map(a), *load = yaml_writer_map(a),
				*replay = yaml_writer_map(a);
	struct yaml_writer_node *defaults = yaml_writer_map(a);

	yaml_writer_comment(a, root,
			    arena_printf(a, "Created by reprise import access-log from %.*s:",
					 STR_ARG(job_name(job))));
	yaml_writer_comment(a, root,
			    arena_printf(a, "%.*s, from %.*s on.", STR_ARG(job->counts.result),
					 STR_ARG(time_text(job, facts->first_us))));
	yaml_writer_comment(a, root,
			    STR("Each session is a user with its own cookies and connection; its "
				"requests stay in order."));
	yaml_writer_put_text(a, root, STR("name"), job_name(job));
	put_target(job, root, log);
	yaml_writer_put_text(a, replay, STR("file"), file);
	put_word(job, replay, "speed", arena_printf(a, "%g", w->speed), "60: an hour in a minute");
	yaml_writer_put(a, load, STR("replay"), replay);
	yaml_writer_put(a, root, STR("load"), load)->blank = true;
	put_word(job, defaults, "follow_redirects", STR("false"),
		 "redirect targets are separate requests in the log");
	yaml_writer_put(a, root, STR("defaults"), defaults)->blank = true;
	return root;
}

static bool read_all(struct import_job *job)
{
	struct log_import *w = ARENA_NEW(&job->arena, struct log_import);
	const struct access_replay_facts *facts;
	struct wishes replay_options;
	struct str file;
	bool ok;

	if (!read_options(job, &replay_options) || !fit_options_valid(job))
		return false;
	ok = access_log_read(job, &w->log);
	job_own_resource(job, release, w);
	set_counts(job, &w->log);
	if (!ok)
		return false;
	if (job_option(job, "fit").ptr)
		return fit_scenario(job, &w->log, replay_options.factor, replay_options.speed);
	w->replay = access_replay_new(&w->log, replay_options.factor, replay_options.gap_max / 1000,
				      job_option_is(job, "headers", "keep"));
	facts = access_replay_facts(w->replay);
	if (!facts->requests)
		return job_error(job, "--rate %g keeps none of the %u sessions",
				 replay_options.factor, w->log.sessions);
	report(job, facts, &replay_options);
	file = job_add_streamed_file(
	    job, arena_printf(&job->arena, "%.*s.ndjson", STR_ARG(job_name(job))), next_piece, w);
	job->document = document(job, &w->log, facts, &replay_options, file);
	job->is_replay = true;
	return true;
}
