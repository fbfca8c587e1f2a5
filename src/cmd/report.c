/* `reprise report`: creates the report and missing files of a result folder from the saved seconds.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/comparison.h"
#include "result/saved_result.h"
#include "result/rebuild.h"
#include "result/result_folder.h"
#include "cmd/run_outputs.h"
#include "report/html_report.h"

static enum exit_status report_main(const struct options *options);

static const struct option report_options[] = {
    {.name = "quiet", .letter = 'q', .prose = "print only the verdict and the failures"},
    {.name = "against",
     .value = "DIR",
     .prose = "show a comparison with this earlier result in report.html"},
    {.name = NULL},
};

const struct command report_command = {
    .name = "report",
    .synopsis = "report DIR",
    .sentence = "Creates the report of a result folder, and files that are missing because the run "
		"was killed.",
    .options = report_options,
    .more =
	"DIR is a result folder, written by --out of `run` or `merge`. If the run was killed, the\n"
	"missing files are created from the data saved before that; at most the last two seconds\n"
	"are lost. The result is marked as partial, and thresholds are evaluated on the saved\n"
	"data. Symbolic links in DIR are not followed.\n"
	"\n"
	"Exit status: 0 the report was written, even if the run failed; 2 DIR is not a result;\n"
	"5 the report could not be written.\n"
	"\n"
	"  reprise run -o out shop.yaml && reprise report out\n"
	"  reprise report tuesday --against monday",
    .main = report_main,
};

/* Reads all of SAVED into R, and into TIMELINE if it is not NULL. Returns false if the run was
 * killed. */
static bool read_all(struct rebuild *r, struct saved_result *saved, struct timeline *timeline)
{
	struct summary second;
	enum archive_item item;

	summary_init(&second, &saved->reader.table);
	while ((item = archive_next(&saved->reader, &second)) < ARCHIVE_END) {
		if (item == ARCHIVE_SECOND) {
			rebuild_second(r, &second, &saved->reader.interval);
			if (timeline)
				timeline_add_second(timeline, &r->total,
						    saved->reader.interval.limited);
			summary_clear(&second);
		} else {
			output_set_event(&r->outputs, &saved->reader.event);
		}
	}
	summary_release(&second);
	return item == ARCHIVE_END;
}

/* A merged result stores the description of its missing part as a reason. */
static void take_missing(struct verdict *verdict)
{
	const struct verdict_validity *v = verdict->validity;
	size_t prefix = sizeof VERDICT_PARTIAL_PREFIX - 1;

	for (unsigned i = 0; i < v->count && verdict->partial && !verdict->missing[0]; i++)
		if (strncmp(v->reasons[i], VERDICT_PARTIAL_PREFIX, prefix) == 0)
			snprintf(verdict->missing, sizeof verdict->missing, "%s",
				 v->reasons[i] + prefix);
}

static void judge(struct rebuild *r, const struct saved_result *saved, bool ended)
{
	rebuild_judge(r);
	if (ended) {
		const struct generator_health *health = r->verdict.health;

		r->verdict = saved->reader.verdict;
		r->verdict.health = health;
		take_missing(&r->verdict);
		r->facts.capacity = saved->reader.facts.capacity;
		r->total.users_max = saved->reader.users_max;
		return;
	}
	r->facts.capacity = saved->reader.facts.capacity;
	r->verdict.partial = true;
	snprintf(r->verdict.missing, sizeof r->verdict.missing,
		 "the run was killed; data after %.0f s is lost",
		 (double)r->total.duration / (double)NS_PER_S);
	verdict_put_first_reason(&r->validity, VERDICT_PARTIAL_PREFIX "%.140s", r->verdict.missing);
}

/* The earlier result to compare with. */
struct baseline {
	struct saved_result saved;
	struct rebuild r;
	struct timeline *timeline;
	struct report_run run;
	/* Which differences are real. */
	struct saved_result pair[2];
	struct comparison comparison;
	const struct compare_row **changes;
};

/* The change of a step of the later result; NULL if the earlier result has no such step. */
static const struct compare_row *change_of(const struct comparison *c, const struct series_def *def)
{
	for (size_t i = 1; i < c->lines.count && def->kind == SERIES_STEP; i++)
		if (str_eq(c->lines.items[i].name, def->name) &&
		    str_eq(c->lines.items[i].scenario, def->scenario))
			return &c->lines.items[i].row;
	return NULL;
}

/* Opens both results again, as an archive can only be read once. */
static bool compare(struct baseline *e, const char *before, const struct saved_result *now)
{
	const struct series_table *table = &now->reader.table;

	if (!saved_result_open(&e->pair[0], before))
		return false;
	if (!saved_result_open(&e->pair[1], now->folder.ptr)) {
		saved_result_close(&e->pair[0]);
		return false;
	}
	arena_init(&e->comparison.arena, 0);
	comparison_build(&e->comparison, e->pair);
	e->changes =
	    ARENA_ARRAY(&e->comparison.arena, table->defs.count + 1, const struct compare_row *);
	e->changes[0] = &e->comparison.lines.items[0].row;
	for (unsigned i = 0; i < table->defs.count; i++)
		e->changes[i + 1] = change_of(&e->comparison, &table->defs.items[i]);
	return true;
}

static bool baseline_open(struct baseline *e, const char *folder, const struct saved_result *now)
{
	*e = (struct baseline){.changes = NULL};
	if (!saved_result_open(&e->saved, folder))
		return false;
	if (!compare(e, folder, now)) {
		saved_result_close(&e->saved);
		return false;
	}
	rebuild_init(&e->r, &e->saved.reader.facts);
	e->timeline = timeline_new(&e->saved.reader.table, e->saved.reader.facts.planned);
	judge(&e->r, &e->saved, read_all(&e->r, &e->saved, e->timeline));
	e->run = (struct report_run){.facts = &e->r.facts,
				     .summary = &e->r.total,
				     .health = &e->r.health,
				     .timeline = e->timeline,
				     .verdict = &e->r.verdict,
				     .name = e->saved.folder,
				     .changes = e->changes};
	return true;
}

static void baseline_close(struct baseline *e)
{
	timeline_free(e->timeline);
	rebuild_release(&e->r);
	arena_release(&e->comparison.arena);
	saved_result_close(&e->pair[0]);
	saved_result_close(&e->pair[1]);
	saved_result_close(&e->saved);
}

static enum exit_status make(struct saved_result *saved, const struct report_run *baseline,
			     bool quiet)
{
	struct rebuild r;
	bool ended, good;

	saved->reader.facts.quiet = quiet;
	saved->reader.facts.baseline = baseline;
	saved->reader.facts.folder = saved->folder;
	rebuild_init(&r, &saved->reader.facts);
	/* Missing files are created even if the run ended: that is known only after reading all.
	 */
	if (!run_outputs_open_rebuilt(&r.outputs, saved->folder, &r.facts)) {
		rebuild_release(&r);
		return EXIT_NOT_WRITTEN;
	}
	ended = read_all(&r, saved, NULL);
	judge(&r, saved, ended);
	good = output_set_close(&r.outputs, &r.total, &r.verdict);
	rebuild_release(&r);
	return good ? EXIT_PASSED : EXIT_NOT_WRITTEN;
}

/* Creates the report, with a comparison if --against is given. */
static enum exit_status make_compared(struct saved_result *saved, const struct options *options)
{
	const char *other = options_value(options, "against");
	bool quiet = options_has(options, "quiet");
	enum exit_status status;
	struct baseline earlier;

	if (!other)
		return make(saved, NULL, quiet);
	if (!baseline_open(&earlier, other, saved))
		return EXIT_USAGE;
	status = make(saved, &earlier.run, quiet);
	baseline_close(&earlier);
	return status;
}

static enum exit_status report_main(const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	struct saved_result saved;

	if (options->operand_count != 1) {
		log_error("expected one result folder; usage: reprise %s", report_command.synopsis);
	} else if (saved_result_open(&saved, options->operands[0])) {
		status = make_compared(&saved, options);
		saved_result_close(&saved);
	}
	return status;
}
