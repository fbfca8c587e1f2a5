/*
 * Charts of the page: a figure of inline SVG that stands without scripts, the table of its values
 * under it for whoever reads or hears it, and the same values as JSON for the script that shows
 * them under the pointer. All three come from one description, so they cannot differ.
 *
 * Coordinates are CHART_X by CHART_Y whatever the room on the screen; lines keep their thickness.
 * Texts are ours (plain ASCII or UTF-8 literals), but for names of lines, which are escaped. Pure:
 * appends to a buffer.
 */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/json_writer.h"
#include "stats/timeline.h"

#define CHART_X	     3000
#define CHART_Y	     1000
#define CHART_LINES  20u
#define CHART_POINTS TIMELINE_SLOTS
#define CHART_MARKS  6u
#define CHART_HEIGHT 190 /* px, of a chart with the usual room */

enum chart_unit { CHART_TIME /* ns */, CHART_RATE, CHART_COUNT };

enum chart_style {
	CHART_LINE,
	CHART_DASHED,
	CHART_FAINT,
	CHART_AREA,  /* filled down to the axis */
	CHART_STACK, /* filled, upon the stacks before it */
};

struct chart_line {
	struct str name;
	const char *css_class; /* class of style.css: "p95" */
	enum chart_style style;
	const double *values; /* one a point; NAN: none */
};

/* A level to be kept to, drawn across: a threshold. Left out where it is far from all values. */
struct chart_mark {
	struct str name; /* as the threshold is written */
	const char *css_class;
	double value;
};

/* A stretch over which all charts are shaded: the generator was the limit. */
struct chart_shade {
	double from, to; /* 0 to 1 */
};

struct chart_axis {
	unsigned count;
	double at[CHART_POINTS]; /* 0 to 1 */
	ns_t length;		 /* of an axis of time; 0: it is another */
	double max;		 /* of an axis of loads; 0: it is one of percentiles */
	double
	    from[CHART_POINTS]; /* seconds at which a point begins; percentile or load of a point */
	struct chart_shade shades[CHART_POINTS];
	unsigned shade_count;
};

struct chart {
	const char *id, *title, *note; /* NOTE may be NULL */
	enum chart_unit unit;
	bool log;
	bool apart; /* its axis of time is not that of the other charts */
	int height; /* px; 0: CHART_HEIGHT */
	const struct chart_axis *axis;
	struct chart_line lines[CHART_LINES];
	unsigned line_count;
	struct chart_mark marks[CHART_MARKS];
	unsigned mark_count;
};

/* How values lie on the upright axis. */
struct chart_scale {
	double low, high;
	bool log;
	double ticks[12];
	unsigned tick_count;
	bool empty; /* nothing is drawn: it says so */
};

void chart_line_add(struct chart *c, const char *name, const char *css_class,
		    enum chart_style style, const double *values);
/* NAME stays the caller's; what is too much is left out. */
void chart_mark_add(struct chart *c, struct str name, const char *css_class, double value);
/* Figure and table. */
void chart_put(struct buf *out, const struct chart *c);
/* For the script, with the digits it shows; NAN: null. */
void chart_put_number(struct json_writer *j, const char *key, double value);
/* The member "rate": {…}, for the script. */
void chart_put_data(struct json_writer *j, const struct chart *c);

/* 0 to CHART_Y, from above. */
double chart_y(const struct chart_scale *scale, double value);
/* Begins at 0, or, LOG, at or just below LOW: at 1, 2 or 5 times a power of ten where values are
 * close to each other, else at a power. */
struct chart_scale chart_scale(double low, double high, bool log);
/* "12 ms" "98.4" "1,204". */
void chart_put_value(struct buf *out, enum chart_unit unit, double value);
/* "0:30" "1:00:00". */
void chart_put_clock(struct buf *out, double seconds);
/* "12.5%" of the axis' width. */
void chart_put_share(struct buf *out, double share);

/* ---- for charts that are not made of lines: what comes first, and what comes last */

/* Figure, caption and legend. */
void chart_open(struct buf *out, const char *id, const char *title, const char *note);
void chart_put_legend(struct buf *out, const struct chart *c);
/* The plot, its upright axis, the lines across; then comes what is drawn in CHART_X by CHART_Y. */
void chart_open_plot(struct buf *out, const struct chart *c, const struct chart_scale *scale,
		     struct str label);
void chart_put_shades(struct buf *out, const struct chart_axis *axis);
void chart_close_plot(struct buf *out, const struct chart *c);
void chart_close(struct buf *out);

#endif
