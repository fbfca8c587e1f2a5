/*
 * The sections of the page, one function each, and shared helpers. Each appends the contents of
 * its <section>; if it appends nothing, the run has no such section.
 */
#ifndef REPORT_HTML_REPORT_PRIVATE_H
#define REPORT_HTML_REPORT_PRIVATE_H

#include "base/terminal.h"
#include "report/chart.h"
#include "report/html_report.h"

/* Plain UTF-8 without colour: for sentences before they are escaped. */
extern const struct terminal html_report_terminal;

/* TEXT from outside as text of an element or of a quoted attribute; cut if it is very long. */
void html_report_text(struct buf *out, struct str text);
/* The same for a name, which may be written from right to left. */
void html_report_name(struct buf *out, struct str text);
/* <td>12 ms</td> with the number for sorting; a dash if LENGTH is negative. */
void html_report_time_cell(struct buf *out, ns_t length);
void html_report_count_cell(struct buf *out, uint64_t count);
void html_report_rate_cell(struct buf *out, double rate);

/* verdict, thresholds, tiles */
void html_report_put_verdict(struct buf *out, const struct html_report *page);
/* the button that stops a run; separate, so that an update does not replace it under the pointer */
void html_report_put_stop(struct buf *out, const struct html_report *page);
void html_report_put_thresholds(struct buf *out, const struct html_report *page);
void html_report_put_tiles(struct buf *out, const struct html_report *page);
/* the failures */
void html_report_put_failures(struct buf *out, const struct html_report *page);
/* the latest failed exchanges, during a run */
void html_report_put_latest(struct buf *out, const struct html_report *page);
/* charts over time, and their part of the data; leaves the object "charts" open */
void html_report_put_timeline(struct buf *out, const struct html_report *page);
void html_report_put_timeline_data(struct json_writer *j, const struct html_report *page);
/* the distribution of times */
void html_report_put_distribution(struct buf *out, const struct html_report *page);
void html_report_put_distribution_data(struct json_writer *j, const struct html_report *page);
void html_report_put_heatmap(struct buf *out, const struct html_report *page);
void html_report_put_heatmap_data(struct json_writer *j, const struct html_report *page);
/* the table of steps, and of scenarios and groups */
void html_report_put_steps(struct buf *out, const struct html_report *page);
/* data for the charts of a single step; not during a run */
void html_report_put_steps_data(struct json_writer *j, const struct html_report *page);
void html_report_put_streams(struct buf *out, const struct html_report *page);
void html_report_put_spans(struct buf *out, const struct html_report *page);
/* the longest request of each step that has a trace */
void html_report_put_longest(struct buf *out, const struct html_report *page);
/* TRACE, as a link if FACTS have a URL for it; nothing if there is none */
void html_report_trace(struct buf *out, const struct run_facts *facts, struct exemplar_trace trace);
/* the load generator, and what was run */
void html_report_put_generator(struct buf *out, const struct html_report *page);
void html_report_put_about(struct buf *out, const struct html_report *page);
/* receivers of data, and what was not delivered; after the run */
void html_report_put_deliveries(struct buf *out, const struct html_report *page);
/* the result of a capacity search */
void html_report_put_capacity(struct buf *out, const struct html_report *page);
void html_report_put_capacity_data(struct json_writer *j, const struct html_report *page);
/* two results */
void html_report_put_compare(struct buf *out, const struct html_report *page);
void html_report_put_compare_data(struct json_writer *j, const struct html_report *page);

/* The thresholds on percentiles and on the maximum of METRIC, of all requests or iterations, as
 * horizontal lines. */
void html_report_mark_thresholds(struct chart *c, const struct threshold_judge *judge,
				 enum threshold_metric metric);
/* The axis of time of RUN, to LENGTH. */
void html_report_time_axis(struct chart_axis *axis, const struct timeline *timeline, ns_t length);
/* Values of a run, one for each point of an axis of time. */
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
	HTML_REPORT_CLASS, /* this row and the following ones: one per failure class */
};
double html_report_value(const struct timeline_slot *slot, unsigned value);
/* Points of an axis of percentiles for COUNT samples. */
void html_report_percentile_axis(struct chart_axis *axis, uint64_t count);
void html_report_percentile_values(double *values, const struct chart_axis *axis,
				   const struct histogram *h);

#endif
