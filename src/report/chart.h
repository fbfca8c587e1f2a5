/*
 * Charts of the page: a figure of inline SVG that works without scripts, the table of its values
 * below it, and the same values as JSON for the script that shows them at the pointer. All three
 * are generated from one description, so they cannot differ. Coordinates are CHART_X by CHART_Y
 * whatever the size on the screen; lines keep their thickness. Texts are our own literals,
 * except names of lines, which are escaped. Pure: appends to a buffer.
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
#define CHART_HEIGHT 190 /* px; width of a chart in the usual layout */

enum chart_unit { CHART_TIME /* ns */, CHART_RATE, CHART_COUNT };

enum chart_style {
	CHART_LINE,
	CHART_DASHED,
	CHART_FAINT,
	CHART_AREA,  /* filled down to the axis */
	CHART_STACK, /* filled, on top of the stacks before it */
};

struct chart_line {
	struct str name;
	const char *css_class; /* class of style.css: "p95" */
	enum chart_style style;
	const double *values; /* one per point; NAN: no value */
};

/* A threshold, drawn as a horizontal line. Omitted if it is far from all values. */
struct chart_mark {
	struct str name; /* as the threshold is written */
	const char *css_class;
	double value;
};

/* A period in which all charts are shaded: the load generator could not keep up. */
struct chart_shade {
	double from, to; /* 0 to 1 */
};

struct chart_axis {
	unsigned count;
	double at[CHART_POINTS]; /* 0 to 1 */
	ns_t length;		 /* for an axis of time; 0: another axis */
	double max;		 /* for an axis of loads; 0: an axis of percentiles */
	double
	    from[CHART_POINTS]; /* seconds at which a point starts; percentile or load of a point */
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

/* Layout of the values on the vertical axis. */
struct chart_scale {
	double low, high;
	bool log;
	double ticks[12];
	unsigned tick_count;
	bool empty; /* nothing is drawn: the chart says so */
};

/* NAME and VALUES, one for each point, must outlive the chart; at most CHART_LINES. */
void chart_line_add(struct chart *c, const char *name, const char *css_class,
		    enum chart_style style, const double *values);
/* NAME must outlive the chart; lines beyond the maximum are omitted. */
void chart_mark_add(struct chart *c, struct str name, const char *css_class, double value);
/* Figure and table. */
void chart_put(struct buf *out, const struct chart *c);
/* For the script, with the digits it shows; NAN: null. */
void chart_put_number(struct json_writer *j, const char *key, double value);
/* The member "rate": {…}, for the script. */
void chart_put_data(struct json_writer *j, const struct chart *c);

/* 0 to CHART_Y, from the top. */
double chart_y(const struct chart_scale *scale, double value);
/* Starts at 0, or, LOG, at or just below LOW: at 1, 2 or 5 times a power of ten if values are
 * close to each other, else at a power. */
struct chart_scale chart_scale(double low, double high, bool log);
/* "12 ms" "98.4" "1,204". */
void chart_put_value(struct buf *out, enum chart_unit unit, double value);
/* "0:30" "1:00:00". */
void chart_put_clock(struct buf *out, double seconds);

/* ---- for charts without lines: the parts before and after the drawing */

/* Figure, caption and legend. */
void chart_open(struct buf *out, const char *id, const char *title, const char *note);
/* The plot, its vertical axis, the threshold lines; then the caller draws in CHART_X by CHART_Y. */
void chart_open_plot(struct buf *out, const struct chart *c, const struct chart_scale *scale,
		     struct str label);
void chart_put_shades(struct buf *out, const struct chart_axis *axis);
void chart_close_plot(struct buf *out, const struct chart *c);
void chart_close(struct buf *out);

#endif
