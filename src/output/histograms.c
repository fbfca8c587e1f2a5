/*
 * All histograms of a result in HdrHistogram's V2 compressed form, base64 as its own tools print it
 * (HistogramLogProcessor, hdr-plot): values are µs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/escape.h"
#include "base/log.h"
#include "result/facts.h"
#include "output/out_file.h"
#include "output/output.h"
#include "stats/hdr.h"

static void *histograms_open(struct str where, const struct run_facts *facts, struct buf *error);
static bool histograms_close(void *output, const struct summary *total,
			     const struct verdict *verdict, struct buf *error);

const struct output_kind output_histograms = {
    .name = "histograms",
    .file = "histograms.json",
    .rebuilt = true,
    .sentence = "Every histogram in HdrHistogram's V2 form.",
    .open = histograms_open,
    .close = histograms_close,
};

struct histograms_output {
	const struct run_facts *facts;
	struct out_file file;
};

static void *histograms_open(struct str where, const struct run_facts *facts, struct buf *error)
{
	struct histograms_output *o = calloc(1, sizeof *o);

	if (!o)
		die_out_of_memory();
	o->facts = facts;
	if (out_file_open(&o->file, where, false, error))
		return o;
	free(o);
	return NULL;
}

static void put_histogram(struct buf *out, const char *name, const struct histogram *h, bool *any)
{
	struct buf packed;

	if (!h->m.count)
		return;
	buf_init(&packed, 0);
	if (hdr_encode(h, &packed)) {
		buf_printf(out, "%s\"%s\": \"", *any ? ", " : "", name);
		base64_encode(out, buf_str(&packed));
		buf_add_char(out, '"');
		*any = true;
	}
	buf_release(&packed);
}

static void put_times(struct buf *out, const struct series_total *total)
{
#define NAME(name, prose) #name,
	static const char *const names[] = {TIME_KINDS(NAME)};
#undef NAME
	bool any = false;

	buf_add(out, STR("\"times\": {"));
	for (unsigned kind = 0; kind < TIME_KIND_COUNT; kind++)
		put_histogram(out, names[kind], &total->times[kind], &any);
	buf_add(out, STR("}}"));
}

static void put_series(struct buf *out, const struct series_def *def,
		       const struct series_total *total)
{
	static const char *const kinds[] = {
	    [SERIES_STEP] = "step", [SERIES_GROUP] = "group", [SERIES_SCENARIO] = "scenario"};

	if (def->kind == SERIES_FIXTURE)
		return;
	buf_printf(out, ",\n  {\"kind\": \"%s\", \"name\": ", kinds[def->kind]);
	escape_json(out, def->name);
	buf_add(out, STR(", \"scenario\": "));
	escape_json(out, def->scenario);
	buf_add(out, STR(", "));
	put_times(out, total);
}

static void put_all(struct buf *out, const struct run_facts *facts, const struct summary *s)
{
	bool any = false;

	buf_add(out, STR("{\"reprise\": "));
	escape_json(out, facts->version);
	buf_add(out,
		STR(", \"format\": \"HdrHistogram V2, deflated, base64\", \"unit\": \"us\",\n"
		    " \"series\": [\n  {\"kind\": \"all\", \"name\": \"\", \"scenario\": \"\", "));
	put_times(out, &s->all);
	for (size_t i = 0; i < s->table->defs.count; i++)
		put_series(out, &s->table->defs.items[i], &s->series[i]);
	buf_add(out, STR("],\n \"schedule_lag\": {"));
	put_histogram(out, "lag", &s->lag, &any);
	buf_add(out, STR("}}\n"));
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
	out_file_write(&o->file, buf_str(&text));
	good = out_file_close(&o->file, error);
	buf_release(&text);
	free(o);
	return good;
}
