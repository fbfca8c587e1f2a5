/* The report of a fitted log. */
#include "base/units.h"
#include "import/accesslog/fit.h"

#define LONG_S	     (3 * 3600.0) /* longer waits are not shown */
#define STATUSES_MAX 4u

static void report_mix(struct fit *fit)
{
	struct arena *a = &fit->job->arena;
	size_t folders = 0, paths = 0, together = 0;
	struct str rest = STR("");

	for (size_t i = 0; i < fit->mix.pages.count; i++) {
		const struct fit_page *p = &fit->mix.pages.items[i];

		paths += p->kind == FIT_PATH;
		folders += p->kind != FIT_PATH;
		together += p->kind != FIT_PATH ? p->count : 0;
	}
	if (folders)
		rest = arena_printf(
		    a, ", %.*s of rarer paths in %zu group%s (--paths keeps more apart)",
		    STR_ARG(fit_count(a, together)), folders, folders == 1 ? "" : "s");
	job_note(fit->job, "mix", "%.*s request%s: %.*s of %zu path%s%.*s",
		 STR_ARG(fit_count(a, fit->part.count)), fit->part.count == 1 ? "" : "s",
		 STR_ARG(fit_count(a, fit->part.count - together)), paths, paths == 1 ? "" : "s",
		 STR_ARG(rest));
}

static void report_load(struct fit *fit)
{
	struct arena *a = &fit->job->arena;
	double peak = fit_peak(&fit->curve);
	size_t count = (size_t)(fit_curve_upto(&fit->curve, fit->curve.seconds) + 0.5);
	struct str off = STR("");

	if (fit->curve.off >= 0.005)
		off = arena_printf(a, ", mean deviation %.0f %%", 100 * fit->curve.off);
	job_note(fit->job, "load", "%.*s %s%s in %.*s, up to %.*s: %zu stage%s%.*s",
		 STR_ARG(fit_count(a, count)), fit->by_visits ? "visit" : "request",
		 count == 1 ? "" : "s", STR_ARG(fit_duration(a, fit->curve.seconds)),
		 STR_ARG(fit_rate(a, peak, peak)), fit->curve.count,
		 fit->curve.count == 1 ? "" : "s", STR_ARG(off));
	if (fit->by_visits)
		job_note(fit->job, "visits", "%.3g requests each, %.*s between two of them",
			 fit->visits.mean, STR_ARG(fit_duration(a, fit->visits.think_mean)));
	else if (fit->visits.mean >= 1.5 && fit->visits.count >= 10)
		job_note(
		    fit->job, "suggested",
		    "there seem to be %.*s visits of %.3g requests each: --visits makes the visits "
		    "arrive, with their pauses",
		    STR_ARG(fit_count(a, fit->visits.count)), fit->visits.mean);
	if (fit->curve.seconds > LONG_S)
		job_note(fit->job, "suggested", "--busiest 1h fits only the busiest hour");
}

static void report_warnings(struct fit *fit)
{
	size_t errors = 0, logins = 0;

	for (size_t i = 0; i < fit->mix.pages.count; i++) {
		const struct fit_page *p = &fit->mix.pages.items[i];

		for (size_t k = 0; k < p->statuses.count; k++) {
			unsigned status = p->statuses.items[k].status;

			errors += status >= 500 ? p->statuses.items[k].count : 0;
			logins += status == 401 || status == 403 ? p->statuses.items[k].count : 0;
		}
	}
	if (errors)
		job_note(fit->job, "look at",
			 "%zu request%s had a server error (5xx); it is expected only where "
			 "most requests had one",
			 errors, errors == 1 ? "" : "s");
	if (logins)
		job_note(fit->job, "look at",
			 "%zu request%s refused because of a missing login (401, 403)", logins,
			 logins == 1 ? " was" : "s were");
	for (size_t i = 0; i < fit->mix.secrets.count; i++)
		job_note(fit->job, "secrets", "%.*s of URLs: give it with -p %.*s=…",
			 STR_ARG(fit->mix.secrets.items[i].name),
			 STR_ARG(fit->mix.secrets.items[i].parameter));
	if (fit->mix.secrets_dropped)
		job_note(fit->job, "secrets", "%zu password%s or key%s in queries",
			 fit->mix.secrets_dropped, fit->mix.secrets_dropped == 1 ? "" : "s",
			 fit->mix.secrets_dropped == 1 ? "" : "s");
}

/* "200 (98 %), 404". */
static struct str statuses_of(struct arena *a, const struct fit_page *page)
{
	struct str result = STR("");

	for (size_t i = 0; i < page->statuses.count && i < STATUSES_MAX; i++) {
		const struct fit_status *s = &page->statuses.items[i];

		result = arena_printf(a, "%.*s%s%u (%.3g %%)", STR_ARG(result), i ? ", " : "",
				      s->status, 100.0 * (double)s->count / (double)page->count);
	}
	return result.len ? result : STR("status unknown");
}

static void explain_pages(struct fit *fit)
{
	struct arena *a = &fit->job->arena;

	for (size_t i = 0; i < fit->mix.pages.count; i++) {
		const struct fit_page *p = &fit->mix.pages.items[i];
		struct str data = STR("");

		if (p->columns.count)
			data = arena_printf(a, "; %.*s rows of data '%.*s'",
					    STR_ARG(fit_count(a, p->row_count)), STR_ARG(p->set));
		job_note(fit->job, "paths", "%.*s: %.*s, %.3g %%, responses %.*s%.*s",
			 STR_ARG(fit_name(fit, p)), STR_ARG(fit_count(a, p->count)),
			 100.0 * (double)p->count / (double)fit->part.count,
			 STR_ARG(statuses_of(a, p)), STR_ARG(data));
	}
}

static size_t arrivals_between(const struct fit *fit, double from, double to)
{
	size_t count = fit->by_visits ? fit->visits.count : fit->part.count, came = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t at_us =
		    fit->by_visits ? fit->visits.begin_us[i] : fit->part.records[i].start_us;
		double at = (double)(at_us - fit->from_us) / 1e6;

		came += at >= from && at < to;
	}
	return came;
}

/* Recorded and planned arrivals of each stage. */
static void explain_stages(struct fit *fit)
{
	struct arena *a = &fit->job->arena;
	double peak = fit_peak(&fit->curve), at = 0;

	for (size_t i = 0; i < fit->curve.count; i++) {
		const struct fit_stage *s = &fit->curve.stages[i];
		double result =
		    fit_curve_upto(&fit->curve, at + s->seconds) - fit_curve_upto(&fit->curve, at);
		size_t came =
		    arrivals_between(fit, at * fit->speed, (at + s->seconds) * fit->speed);

		job_note(fit->job, "stages",
			 "after %.*s, %.*s to %.*s for %.*s: %.*s recorded, %.*s planned",
			 STR_ARG(fit_duration(a, at)), STR_ARG(fit_rate(a, s->from, peak)),
			 STR_ARG(fit_rate(a, s->to, peak)), STR_ARG(fit_duration(a, s->seconds)),
			 STR_ARG(fit_count(a, came)),
			 STR_ARG(fit_count(a, (size_t)(result + 0.5))));
		at += s->seconds;
	}
}

void fit_report(struct fit *fit)
{
	report_mix(fit);
	report_load(fit);
	report_warnings(fit);
	if (!job_option(fit->job, "explain").ptr)
		return;
	explain_pages(fit);
	explain_stages(fit);
}
