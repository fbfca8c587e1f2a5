/*
 * What access logs hold, as records: one of 64 bytes for each request that is kept, its texts by
 * their numbers in one table, so that a million lines fit into a hundred megabytes. Records are in
 * the order in which the requests were begun, whatever the order of the lines: a log is written
 * when a request ends, mostly in whole seconds, and what one second holds is spread over it evenly.
 *
 * Lines are never lost silently: lines = count + the sum of skipped. One thread; everything lives
 * until access_log_release.
 */
#ifndef IMPORT_ACCESSLOG_ACCESS_LOG_H
#define IMPORT_ACCESSLOG_ACCESS_LOG_H

#include "base/intern.h"
#include "import/job.h"

#define ACCESS_UNKNOWN (-1)
#define ACCESS_SESSION_IDLE                                                                        \
	((int64_t)1800 * 1000000) /* µs; a pause after which a new visit begins */

enum access_flag {
	ACCESS_PRECISE = 1, /* the log has its time finer than a second */
	ACCESS_BEGUN = 2,   /* the log's time is that of the beginning, as far as one can tell */
	ACCESS_FIRST = 4,   /* of its session */
	ACCESS_LAST = 8,
	ACCESS_NAMED = 16, /* the log says which user it was */
};

struct access_record {
	int64_t start_us;    /* when it was begun, since 1970 */
	int64_t duration_us; /* ACCESS_UNKNOWN */
	int64_t bytes;	     /* of the answer; ACCESS_UNKNOWN */
	uint32_t url;	     /* path and query, from the slash; this and the next: in `texts` */
	uint32_t host;	     /* the name asked for, lower case, without port; 0: not said */
	uint32_t referer, agent;
	uint32_t client;  /* equal for one person as far as one can tell: address, user, agent */
	uint32_t session; /* from 1; within it requests are in order */
	uint32_t line;	  /* of its file, from 1 */
	uint16_t status;  /* 0: not said */
	uint8_t method;	  /* in `methods` */
	uint8_t flags;	  /* enum access_flag */
};

/* A method, with how many lines have it and are left out for it. */
struct access_method {
	struct str name;
	size_t skipped;
};

struct access_log {
	struct access_record *records;
	size_t count, cap;
	struct intern texts;
	struct access_method methods[255];
	size_t method_count;
	size_t lines; /* with a request or what should be one: neither blank nor a comment */
	size_t skipped[SKIP_REASON_COUNT];
	uint32_t sessions; /* how many there are */
	struct str host;   /* the site's, as most requests name it, or empty */
	struct str scheme; /* "https", or empty when the log does not say it */
	struct str format; /* what the lines are: "combined" */
};

/*
 * Reads the job's files, leaves out what its wishes say, puts the rest in order and into sessions.
 * What there is to look at is noted. False when there is no request to replay: then job_error has
 * said why, and LOG holds the counts all the same. access_log_release in both cases.
 */
bool access_log_read(struct import_job *job, struct access_log *log);
void access_log_release(struct access_log *log);
/* Whether a file that begins with TEXT is a log: one that is read, or one that is refused by name.
 */
bool access_log_is(struct str text);

static inline struct str access_log_text(const struct access_log *log, uint32_t number)
{
	return intern_text(&log->texts, number);
}

static inline struct str access_log_method_name(const struct access_log *log,
						const struct access_record *record)
{
	return log->methods[record->method].name;
}

#endif
