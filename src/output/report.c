#include <stdlib.h>

#include "base/log.h"
#include "kind/output.h"
#include "output/out_file.h"
#include "output/output.h"
#include "output/page.h"

static struct output *report_open(struct str where, const struct run_facts *facts,
				  struct buf *error);
static void report_second(struct output *o, const struct summary *second,
			  const struct summary *sofar, const struct moment *m);
static bool report_close(struct output *o, const struct summary *total,
			 const struct verdict *verdict, struct buf *error);

const struct output_kind output_report = {
    .name = "report",
    .option = "report",
    .file = "report.html",
    .rebuilt = true,
    .sentence = "The result as one page that opens in any browser.",
    .open = report_open,
    .second = report_second,
    .close = report_close,
};

struct output {
	const struct run_facts *facts;
	struct course *course; /* NULL until the first second */
	struct out_file file;
};

static struct output *report_open(struct str where, const struct run_facts *facts,
				  struct buf *error)
{
	struct output *o = calloc(1, sizeof(*o));

	if (!o)
		die_out_of_memory();
	o->facts = facts;
	if (out_file_open_part(&o->file, where, facts->part, error))
		return o;
	free(o);
	return NULL;
}

static void report_second(struct output *o, const struct summary *second,
			  const struct summary *sofar, const struct moment *m)
{
	(void)second;
	if (!o->course)
		o->course = course_new(sofar->table, o->facts->planned);
	course_second(o->course, sofar, m->limited);
}

static void put(struct buf *out, struct output *o, const struct summary *total,
		const struct verdict *verdict)
{
	struct page page = {.run = {.facts = o->facts,
				    .summary = total,
				    .health = verdict->health,
				    .verdict = verdict,
				    .name = o->facts->folder},
			    .against = o->facts->against};

	if (!o->course) /* setup failed: there was no second */
		o->course = course_new(total->table, 0);
	page.run.course = o->course;
	page_put(out, &page);
}

static bool report_close(struct output *o, const struct summary *total,
			 const struct verdict *verdict, struct buf *error)
{
	struct buf text;
	bool good;

	buf_init(&text, 0);
	if (verdict)
		put(&text, o, total, verdict);
	out_file_write(&o->file, buf_str(&text));
	good = out_file_close(&o->file, error);
	buf_release(&text);
	course_free(o->course);
	free(o);
	return good;
}
