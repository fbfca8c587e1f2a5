#include <stdlib.h>

#include "base/log.h"
#include "base/alloc.h"
#include "base/out_file.h"
#include "interface/output.h"
#include "output/output.h"
#include "report/html_report.h"

static void *report_open(struct str where, const struct run_facts *facts, struct buf *error);
static void report_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m);
static bool report_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error);

const struct output_kind output_report = {
    .name = "report",
    .option = "report",
    .file = "report.html",
    .rebuild = OUTPUT_REBUILT,
    .listed = true,
    .sentence = "The result as one HTML page that opens in any browser.",
    .open = report_open,
    .second = report_second,
    .close = report_close,
};

struct report_output {
	const struct run_facts *facts;
	struct timeline *timeline; /* NULL until the first second */
	struct out_file file;
};

static void *report_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct report_output *o = alloc_zeroed(1, sizeof(*o));

	o->facts = facts;
	if (out_file_open_part(&o->file, where, facts->part, error))
		return o;
	free(o);
	return NULL;
}

static void report_second(void *output, const struct summary *second, const struct summary *sofar,
			  const struct run_interval *m)
{
	struct report_output *o = output;

	(void)second;
	if (!o->timeline) {
		o->timeline = timeline_new(sofar->table, o->facts->planned);
		timeline_keep_metrics(o->timeline, o->facts->thresholds, o->facts->threshold_count);
	}
	timeline_add_second(o->timeline, sofar, m->limited);
}

static void put(struct buf *out, struct report_output *o, const struct summary *total,
		const struct verdict *verdict)
{
	struct html_report page = {.run = {.facts = o->facts,
					   .summary = total,
					   .health = verdict->health,
					   .verdict = verdict,
					   .name = o->facts->folder},
				   .baseline = o->facts->baseline};

	if (!o->timeline) /* setup failed: there were no seconds */
		o->timeline = timeline_new(total->table, 0);
	page.run.timeline = o->timeline;
	html_report_put(out, &page);
}

static bool report_close(void *output, const struct summary *total, const struct verdict *verdict,
			 struct buf *error)
{
	struct report_output *o = output;
	struct buf text;
	bool good;

	buf_init(&text, 0);
	if (verdict)
		put(&text, o, total, verdict);
	good = out_file_finish(&o->file, verdict ? buf_str(&text) : STR_NULL, error);
	buf_release(&text);
	timeline_free(o->timeline);
	free(o);
	return good;
}
