/*
 * The sections of the page, a function each, and the little they share. Each appends what stands
 * inside its <section>; nothing at all means there is no such section in this run.
 */
#ifndef OUTPUT_PAGE_PARTS_H
#define OUTPUT_PAGE_PARTS_H

#include "base/terminal.h"
#include "output/chart.h"
#include "output/page.h"

/* Plain UTF-8, no colour: how sentences are made before they are escaped. */
extern const struct terminal page_look;

/* TEXT from outside as text of an element or of a quoted attribute; its beginning where it is very
 * long. */
void page_text(struct buf *out, struct str text);
/* The same as a name that may run from right to left. */
void page_name(struct buf *out, struct str text);
/* <td>12 ms</td> with the figure for sorting; a dash when LENGTH is negative. */
void page_time_cell(struct buf *out, ns_t length);
void page_count_cell(struct buf *out, uint64_t count);
void page_rate_cell(struct buf *out, double rate);

/* verdict, thresholds, tiles */
void page_put_verdict(struct buf *out, const struct page *page);
/* the button that ends a run; apart, so that an update does not take it from under the pointer */
void page_put_stop(struct buf *out, const struct page *page);
void page_put_thresholds(struct buf *out, const struct page *page);
void page_put_tiles(struct buf *out, const struct page *page);
/* what failed */
void page_put_failures(struct buf *out, const struct page *page);
/* the exchanges that failed last, while a run goes on */
void page_put_latest(struct buf *out, const struct page *page);
/* charts over time, and their part of the data */
void page_put_time(struct buf *out, const struct page *page);
void page_put_time_data(struct buf *out, const struct page *page);
/* how times are spread */
void page_put_spread(struct buf *out, const struct page *page);
void page_put_spread_data(struct buf *out, const struct page *page);
void page_put_heat(struct buf *out, const struct page *page);
void page_put_heat_data(struct buf *out, const struct page *page);
void page_put_phases(struct buf *out, const struct page *page);
/* the table of steps, and of scenarios and groups */
void page_put_steps(struct buf *out, const struct page *page);
/* what the script draws a step's own charts from; not while a run goes on */
void page_put_steps_data(struct buf *out, const struct page *page);
void page_put_spans(struct buf *out, const struct page *page);
/* the generator, and what was run */
void page_put_generator(struct buf *out, const struct page *page);
void page_put_about(struct buf *out, const struct page *page);
/* who was sent figures, and what did not arrive; once the run is over */
void page_put_sent(struct buf *out, const struct page *page);
/* what a search for the largest load found */
void page_put_capacity(struct buf *out, const struct page *page);
void page_put_capacity_data(struct buf *out, const struct page *page);
/* two results */
void page_put_against(struct buf *out, const struct page *page);
void page_put_against_data(struct buf *out, const struct page *page);

/* The thresholds that percentiles and the slowest of all requests have to keep to, as lines across. */
void page_mark_thresholds(struct chart *c, const struct threshold_judge *judge);
/* The axis of time over the course of RUN, to LENGTH. */
void page_time_axis(struct chart_axis *axis, const struct course *course, ns_t length);
/* A run's values, one for each point of an axis of time. */
enum page_value {
	PAGE_STARTED,
	PAGE_OK,
	PAGE_FAILED,
	PAGE_USERS,
	PAGE_P50,
	PAGE_P95,
	PAGE_P99,
	PAGE_MAX,
	PAGE_LAG,
	PAGE_PLANNED,
	PAGE_ARRIVED,
	PAGE_ITERATIONS,
	PAGE_DROPPED,
	PAGE_RECEIVED,
	PAGE_CLASS, /* and those behind it: a failure class each */
};
double page_value(const struct course_slot *slot, unsigned value);
/* Points of an axis of percentiles for as many samples as COUNT. */
void page_nines_axis(struct chart_axis *axis, uint64_t count);
void page_nines_values(double *values, const struct chart_axis *axis, const struct histogram *h);

#endif
