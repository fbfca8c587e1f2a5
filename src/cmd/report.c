/* `reprise report`: a result folder made whole again from the seconds that were kept. */
#include <unistd.h>

#include "cmd/comparison.h"
#include "cmd/remake.h"
#include "cmd/result_folder.h"
#include "output/page.h"

static enum exit_status report_main(const struct options *options);

static const struct option report_options[] = {
    {.name = "quiet", .letter = 'q', .prose = "print the verdict and what failed"},
    {.name = "against", .value = "DIR", .prose = "compare with this earlier result in report.html"},
    {.name = NULL},
};

const struct command report_command = {
    .name = "report",
    .synopsis = "report DIR",
    .sentence = "Makes the report of a result folder, and what a run that was killed left unmade.",
    .options = report_options,
    .more =
	"DIR is what --out of `run` or `merge` has written. Of a run that was killed, the summary "
	"and\n"
	"all else is made of what was kept until then, at most the last 10 s are lost; the result\n"
	"is marked as partial, and its thresholds are judged on what is there.\n"
	"\n"
	"Exit status: 0 the report was written, whatever the result says; 2 DIR is no result;\n"
	"5 it could not be written.\n"
	"\n"
	"  reprise run -o out shop.yaml && reprise report out\n"
	"  reprise report tuesday --against monday",
    .main = report_main,
};

/* Reads all of KEPT into R, and into COURSE where there is one; false when the run did not come to
 * its end. */
static bool read_all(struct remake *r, struct kept *kept, struct course *course)
{
	struct summary second;
	enum archive_item item;

	summary_init(&second, &kept->reader.table);
	while ((item = archive_next(&kept->reader, &second)) < ARCHIVE_END) {
		if (item == ARCHIVE_SECOND) {
			remake_second(r, &second, &kept->reader.moment);
			if (course)
				course_second(course, &r->total, kept->reader.moment.limited);
			summary_clear(&second);
		} else {
			run_outputs_event(&r->outputs, &kept->reader.event);
		}
	}
	summary_release(&second);
	return item == ARCHIVE_END;
}

static void judge(struct remake *r, const struct kept *kept, bool ended)
{
	remake_judge(r);
	if (ended) {
		const struct generator_health *health = r->verdict.health;

		r->verdict = kept->reader.verdict;
		r->verdict.health = health;
		r->facts.capacity = kept->reader.facts.capacity;
		r->total.users_max = kept->reader.users_max;
		return;
	}
	r->verdict.partial = true;
	verdict_add_reason(&r->validity,
			   "partial: the run was killed, what it did after %.0f s is lost",
			   (double)r->total.duration / (double)NS_PER_S);
}

/* The result to compare with: read, and made into nothing but figures. */
struct earlier {
	struct kept kept;
	struct remake r;
	struct course *course;
	struct page_run run;
	/* What is real of the differences. */
	struct kept both[2];
	struct comparison comparison;
	const struct compare_row **changes;
};

/* The line of a step of the later result; NULL: the earlier has no such step. */
static const struct compare_row *change_of(const struct comparison *c, const struct series_def *def)
{
	for (size_t i = 1; i < c->lines.count && def->kind == SERIES_STEP; i++)
		if (str_eq(c->lines.items[i].name, def->name) &&
		    str_eq(c->lines.items[i].scenario, def->scenario))
			return &c->lines.items[i].row;
	return NULL;
}

/* They are read once more: a second is gone when it was taken. */
static bool compare(struct earlier *e, const char *before, const struct kept *now)
{
	const struct series_table *table = &now->reader.table;

	if (!kept_open(&e->both[0], before))
		return false;
	if (!kept_open(&e->both[1], now->folder.ptr)) {
		kept_close(&e->both[0]);
		return false;
	}
	arena_init(&e->comparison.arena, 0);
	comparison_make(&e->comparison, e->both);
	e->changes =
	    ARENA_ARRAY(&e->comparison.arena, table->defs.count + 1, const struct compare_row *);
	e->changes[0] = &e->comparison.lines.items[0].row;
	for (unsigned i = 0; i < table->defs.count; i++)
		e->changes[i + 1] = change_of(&e->comparison, &table->defs.items[i]);
	return true;
}

static bool earlier_open(struct earlier *e, const char *folder, const struct kept *now)
{
	*e = (struct earlier){.changes = NULL};
	if (!kept_open(&e->kept, folder))
		return false;
	if (!compare(e, folder, now)) {
		kept_close(&e->kept);
		return false;
	}
	remake_init(&e->r, &e->kept.reader.facts);
	e->course = course_new(&e->kept.reader.table, e->kept.reader.facts.planned);
	judge(&e->r, &e->kept, read_all(&e->r, &e->kept, e->course));
	e->run = (struct page_run){.facts = &e->r.facts,
				   .summary = &e->r.total,
				   .health = &e->r.health,
				   .course = e->course,
				   .verdict = &e->r.verdict,
				   .name = e->kept.folder,
				   .changes = e->changes};
	return true;
}

static void earlier_close(struct earlier *e)
{
	course_free(e->course);
	remake_release(&e->r);
	arena_release(&e->comparison.arena);
	kept_close(&e->both[0]);
	kept_close(&e->both[1]);
	kept_close(&e->kept);
}

static enum exit_status make(struct kept *kept, const struct page_run *against, bool quiet)
{
	struct remake r;
	bool ended, good;

	kept->reader.facts.quiet = quiet;
	kept->reader.facts.against = against;
	kept->reader.facts.folder = kept->folder;
	remake_init(&r, &kept->reader.facts);
	/* Whether the run ended shows only when all was read: what is missing is made either way.
	 */
	if (!run_outputs_remake(&r.outputs, kept->folder, &r.facts)) {
		remake_release(&r);
		return EXIT_NOT_WRITTEN;
	}
	ended = read_all(&r, kept, NULL);
	judge(&r, kept, ended);
	good = run_outputs_close(&r.outputs, &r.total, &r.verdict);
	remake_release(&r);
	return good ? EXIT_PASSED : EXIT_NOT_WRITTEN;
}

/* Also where there is nothing to compare it with. */
static enum exit_status make_against(struct kept *kept, const struct options *options)
{
	const char *other = options_value(options, "against");
	bool quiet = options_has(options, "quiet");
	enum exit_status status;
	struct earlier earlier;

	if (!other)
		return make(kept, NULL, quiet);
	if (!earlier_open(&earlier, other, kept))
		return EXIT_USAGE;
	status = make(kept, &earlier.run, quiet);
	earlier_close(&earlier);
	return status;
}

static enum exit_status report_main(const struct options *options)
{
	enum exit_status status = EXIT_USAGE;
	struct kept kept;

	if (options->operand_count != 1) {
		log_error("which folder? usage: reprise %s", report_command.synopsis);
	} else if (kept_open(&kept, options->operands[0])) {
		status = make_against(&kept, options);
		kept_close(&kept);
	}
	return status;
}
