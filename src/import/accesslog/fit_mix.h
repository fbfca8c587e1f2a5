/*
 * The paths of a log with their frequencies. Paths that differ only by ids are one page
 * (import/accesslog/path_template.h); the most frequent ones get their own page, those below a
 * folder share one, and one page is for the others, so that each record belongs to exactly one
 * page. What differs between the requests of a page becomes the columns of a data set with one
 * row per recorded request, so that frequent values stay frequent. In the caller's arena; one
 * thread.
 */
#ifndef IMPORT_ACCESSLOG_FIT_MIX_H
#define IMPORT_ACCESSLOG_FIT_MIX_H

#include "import/accesslog/access_log.h"

#define FIT_PAGES    20u    /* default number of paths with their own page */
#define FIT_ROWS_MAX 10000u /* rows of a data set */

enum fit_kind {
	FIT_PATH,   /* requests of one path or template */
	FIT_FOLDER, /* several paths below one folder */
	FIT_OTHERS, /* all other paths */
};

struct fit_status {
	uint16_t status;
	size_t count;
};

struct fit_page {
	enum fit_kind kind;
	struct str method;
	struct str host; /* another host than the target's, or empty */
	struct str name; /* "/orders/{id}"; of a folder "/blog/"; of the others "/" */
	struct str url;	 /* with ${orders.id}, ready to be written; absolute if there is a host */
	size_t count;	 /* number of requests */
	size_t paths;	 /* number of different ones, without their queries */
	VEC(struct fit_status) statuses; /* the most frequent first; without unknown ones */

	/* The data set; no columns: none is needed. */
	struct str set;
	VEC(struct str) columns;
	struct str rows; /* as CSV, with the header first */
	size_t row_count;
};

/* A URL parameter that is a password or a key: the recorded value is written nowhere. */
struct fit_secret {
	struct str name, parameter; /* "access_token", ACCESS_TOKEN */
};

struct fit_mix {
	VEC(struct fit_page) pages; /* the most frequent first, FIT_OTHERS last */
	VEC(struct fit_secret) secrets;
	size_t secrets_dropped; /* query parameters that are written as they were recorded */
};

/* At most MAX paths get their own page, each with at least LEAST requests unless there is room
 * for all paths. Each host of LOG's records gets its own pages. */
void fit_mix(struct arena *a, const struct access_log *log, size_t max, size_t least,
	     struct fit_mix *out);
/* fit_mix_values.c: sets url, name, columns and rows of PAGE; WHICH are the indexes of its
 * records in LOG. Its name on entry is the template, or the folder that all its paths start
 * with. */
void fit_mix_values(struct arena *a, const struct access_log *log, const uint32_t *which,
		    size_t count, struct fit_mix *mix, struct fit_page *page);

#endif
