/*
 * The sections of the page, a function each, and the little they share. Each appends what stands
 * inside its <section>; nothing at all means there is no such section in this run.
 */
#ifndef REPORT_HTML_REPORT_PRIVATE_H
#define REPORT_HTML_REPORT_PRIVATE_H

#include "base/terminal.h"
#include "report/chart.h"
#include "report/html_report.h"

/* Plain UTF-8, no colour: how sentences are made before they are escaped. */
extern const struct terminal html_report_terminal;

/* TEXT from outside as text of an element or of a quoted attribute; its beginning where it is very
 * long. */
void html_report_text(struct buf *out, struct str text);
/* The same as a name that may run from right to left. */
void html_report_name(struct buf *out, struct str text);
/* <td>12 ms</td> with the figure for sorting; a dash when LENGTH is negative. */
void html_report_time_cell(struct buf *out, ns_t length);
void html_report_count_cell(struct buf *out, uint64_t count);
void html_report_rate_cell(struct buf *out, double rate);

/* verdict, thresholds, tiles */
void html_report_put_verdict(struct buf *out, const struct html_report *page);
/* the button that ends a run; apart, so that an update does not take it from under the pointer */
void html_report_put_stop(struct buf *out, const struct html_report *page);
void html_report_put_thresholds(struct buf *out, const struct html_report *page);
void html_report_put_tiles(struct buf *out, const struct html_report *page);
/* what failed */
void html_report_put_failures(struct buf *out, const struct html_report *page);
/* the exchanges that failed last, while a run goes on */
void html_report_put_latest(struct buf *out, const struct html_report *page);
/* charts over time, and their part of the data, which leaves the object "charts" open */
void html_report_put_timeline(struct buf *out, const struct html_report *page);
void html_report_put_timeline_data(struct json_writer *j, const struct html_report *page);
/* how times are spread */
void html_report_put_distribution(struct buf *out, const struct html_report *page);
void html_report_put_distribution_data(struct json_writer *j, const struct html_report *page);
void html_report_put_heatmap(struct buf *out, const struct html_report *page);
void html_report_put_heatmap_data(struct json_writer *j, const struct html_report *page);
void html_report_put_phases(struct buf *out, const struct html_report *page);
/* the table of steps, and of scenarios and groups */
void html_report_put_steps(struct buf *out, const struct html_report *page);
/* what the script draws a step's own charts from; not while a run goes on */
void html_report_put_steps_data(struct json_writer *j, const struct html_report *page);
void html_report_put_spans(struct buf *out, const struct html_report *page);
/* the generator, and what was run */
void html_report_put_generator(struct buf *out, const struct html_report *page);
void html_report_put_about(struct buf *out, const struct html_report *page);
/* who was sent figures, and what did not arrive; once the run is over */
void html_report_put_deliveries(struct buf *out, const struct html_report *page);
/* what a search for the largest load found */
void html_report_put_capacity(struct buf *out, const struct html_report *page);
void html_report_put_capacity_data(struct json_writer *j, const struct html_report *page);
/* two results */
void html_report_put_compare(struct buf *out, const struct html_report *page);
void html_report_put_compare_data(struct json_writer *j, const struct html_report *page);

/* The thresholds that percentiles and the slowest of all requests have to keep to, as lines across.
 */
void html_report_mark_thresholds(struct chart *c, const struct threshold_judge *judge);
/* The axis of time over the course of RUN, to LENGTH. */
void html_report_time_axis(struct chart_axis *axis, const struct timeline *timeline, ns_t length);
/* A run's values, one for each point of an axis of time. */
enum html_report_value {
	HTML_REPORT_STARTED,
	HTML_REPORT_OK,
	HTML_REPORT_FAILED,
	HTML_REPORT_USERS,
	HTML_REPORT_P50,
	HTML_REPORT_P95,
	HTML_REPORT_P99,
	HTML_REPORT_MAX,
	HTML_REPORT_LAG,
	HTML_REPORT_PLANNED,
	HTML_REPORT_ARRIVED,
	HTML_REPORT_ITERATIONS,
	HTML_REPORT_DROPPED,
	HTML_REPORT_RECEIVED,
	HTML_REPORT_CLASS, /* and those behind it: a failure class each */
};
double html_report_value(const struct timeline_slot *slot, unsigned value);
/* Points of an axis of percentiles for as many samples as COUNT. */
void html_report_percentile_axis(struct chart_axis *axis, uint64_t count);
void html_report_percentile_values(double *values, const struct chart_axis *axis,
				   const struct histogram *h);

#endif
