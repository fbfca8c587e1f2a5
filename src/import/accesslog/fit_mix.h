/*
 * What a log asks for: its paths with how often each is asked for. Paths that differ by ids only
 * are one page (import/accesslog/path_template.h); the most frequent ones stand on their own, those
 * below a folder together, and one page is for the others, so that each record is of exactly one
 * page. What differs between the requests of a page is columns of a data set with a row for each
 * request as recorded: whatever the rows have often comes often. In the caller's arena; one thread.
 */
#ifndef IMPORT_ACCESSLOG_FIT_MIX_H
#define IMPORT_ACCESSLOG_FIT_MIX_H

#include "import/accesslog/access_log.h"

#define FIT_PAGES    20u    /* that stand on their own, unless said otherwise */
#define FIT_ROWS_MAX 10000u /* of a data set */

enum fit_kind {
	FIT_PATH,   /* requests of one path or template */
	FIT_FOLDER, /* of several below one folder */
	FIT_OTHERS, /* of whatever is left */
};

struct fit_status {
	uint16_t status;
	size_t count;
};

struct fit_page {
	enum fit_kind kind;
	struct str method;
	struct str host; /* another one than the target's, or empty */
	struct str name; /* "/orders/{id}"; of a folder "/blog/"; of the others "/" */
	struct str url;	 /* with ${orders.id}, ready to be written; whole where there is a host */
	size_t count;	 /* requests */
	size_t paths;	 /* different ones, without their queries */
	VEC(struct fit_status) statuses; /* the most frequent first; without those not said */

	/* The data set; no columns: none is needed. */
	struct str set;
	VEC(struct str) columns;
	struct str rows; /* as CSV, the header first */
	size_t row_count;
};

/* A parameter of a URL that is a password or a key: what was recorded is nowhere. */
struct fit_secret {
	struct str name, parameter; /* "access_token", ACCESS_TOKEN */
};

struct fit_mix {
	VEC(struct fit_page) pages; /* the most frequent first, FIT_OTHERS last */
	VEC(struct fit_secret) secrets;
	size_t secrets_dropped; /* parameters of queries that are written as they were recorded */
};

/* At most MAX paths stand on their own, each of at least LEAST requests unless there is room for
 * all paths. Each host of LOG's records gets pages of its own. */
void fit_mix(struct arena *a, const struct access_log *log, size_t max, size_t least,
	     struct fit_mix *out);
/* fit_mix_values.c: url, name, columns and rows of PAGE, of which WHICH are the records, by their
 * places in LOG. Its name is the template so far, or the folder that all its paths begin with. */
void fit_mix_values(struct arena *a, const struct access_log *log, const uint32_t *which,
		    size_t count, struct fit_mix *mix, struct fit_page *page);

#endif
