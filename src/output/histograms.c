/*
 * All histograms of a result in HdrHistogram's V2 compressed form, base64 as its own tools print it
 * (HistogramLogProcessor, hdr-plot): values are µs.
 */
#include <stdlib.h>

#include "base/json_writer.h"
#include "base/alloc.h"
#include "base/log.h"
#include "base/out_file.h"
#include "result/facts.h"
#include "output/output.h"
#include "stats/hdr.h"

static void *histograms_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool histograms_close(void *output, const struct summary *total,
			     const struct verdict *verdict, struct buf *error);

const struct output_kind output_histograms = {
    .name = "histograms",
    .file = "histograms.json",
    .rebuild = OUTPUT_REBUILT_IF_MISSING,
    .sentence = "All histograms in HdrHistogram's V2 format.",
    .open = histograms_open,
    .close = histograms_close,
};

struct histograms_output {
	const struct run_facts *facts;
	struct out_file file;
};

static void *histograms_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct histograms_output *o = alloc_zeroed(1, sizeof *o);

	o->facts = facts;
	if (out_file_open(&o->file, where, OUT_FILE_WHOLE, error))
		return o;
	free(o);
	return NULL;
}

static void put_histogram(struct json_writer *j, const char *name, const struct histogram *h)
{
	struct buf packed;

	if (!h->m.count)
		return;
	buf_init(&packed, 0);
	if (hdr_encode(h, &packed))
		json_writer_base64(j, name, buf_str(&packed));
	buf_release(&packed);
}

static void put_series(struct json_writer *j, const char *kind, struct str name,
		       struct str scenario, const struct series_total *total)
{
#define NAME(name, prose) #name,
	static const char *const names[] = {TIME_KINDS(NAME)};
#undef NAME

	json_writer_line(j, "\n  ");
	json_writer_open(j, NULL);
	json_writer_text(j, "kind", str_of(kind));
	json_writer_text(j, "name", name);
	json_writer_text(j, "scenario", scenario);
	json_writer_open(j, "times");
	for (unsigned i = 0; i < TIME_KIND_COUNT; i++)
		put_histogram(j, names[i], &total->times[i]);
	json_writer_close(j);
	json_writer_close(j);
}

static void put_all(struct buf *out, const struct run_facts *facts, const struct summary *s)
{
	static const char *const kinds[SERIES_KIND_COUNT] = {
	    [SERIES_STEP] = "step", [SERIES_GROUP] = "group", [SERIES_SCENARIO] = "scenario"};
	struct json_writer j = json_writer_spaced(out);

	json_writer_open(&j, NULL);
	json_writer_text(&j, "reprise", facts->version);
	json_writer_text(&j, "format", STR("HdrHistogram V2, deflated, base64"));
	json_writer_text(&j, "unit", STR("us"));
	json_writer_line(&j, "\n ");
	json_writer_open_array(&j, "series");
	put_series(&j, "all", STR(""), STR(""), &s->all);
	for (size_t i = 0; i < s->table->defs.count; i++) {
		const struct series_def *def = &s->table->defs.items[i];

		if (kinds[def->kind])
			put_series(&j, kinds[def->kind], def->name, def->scenario, &s->series[i]);
	}
	json_writer_close_array(&j);
	json_writer_line(&j, "\n ");
	json_writer_open(&j, "schedule_lag");
	put_histogram(&j, "lag", &s->lag);
	json_writer_close(&j);
	json_writer_close(&j);
	buf_add_char(out, '\n');
}

static bool histograms_close(void *output, const struct summary *total,
			     const struct verdict *verdict, struct buf *error)
{
	struct histograms_output *o = output;
	struct buf text;
	bool good;

	buf_init(&text, 0);
	if (verdict)
		put_all(&text, o->facts, total);
	good = out_file_finish(&o->file, verdict ? buf_str(&text) : STR_NULL, error);
	buf_release(&text);
	free(o);
	return good;
}
