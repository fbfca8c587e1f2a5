/*
 * Access logs as records: one record of 64 bytes per kept request, with its texts as indexes
 * into one table, so that a million lines fit into a hundred megabytes. Records are in the order
 * in which the requests started, whatever the order of the lines: a server writes a line when a
 * request ends, usually with the time in whole seconds, and the requests of one second are
 * spread over it evenly. No line is lost silently: lines = count + the sum of skipped. One
 * thread; everything lives until access_log_release.
 */
#ifndef IMPORT_ACCESSLOG_ACCESS_LOG_H
#define IMPORT_ACCESSLOG_ACCESS_LOG_H

#include "base/intern.h"
#include "import/job.h"

#define ACCESS_UNKNOWN (-1)
#define ACCESS_SESSION_IDLE                                                                        \
	((int64_t)1800 * 1000000) /* µs; a pause after which a new visit starts */

enum access_flag {
	ACCESS_PRECISE = 1, /* the log has times finer than a second */
	ACCESS_BEGUN = 2,   /* the log's time is probably that of the start */
	ACCESS_FIRST = 4,   /* first request of its session */
	ACCESS_LAST = 8,    /* last request of its session */
	ACCESS_NAMED = 16,  /* the log names the user */
	ACCESS_ABSOLUTE =
	    32, /* the host is from the URL of the request, which any client can set */
};

struct access_record {
	int64_t start_us;    /* start time, since 1970 */
	int64_t duration_us; /* ACCESS_UNKNOWN */
	int64_t bytes;	     /* of the response; ACCESS_UNKNOWN */
	/* Indexes into `texts`. */
	uint32_t url;  /* path and query, from the slash */
	uint32_t host; /* requested host, lower case, without port; 0: unknown */
	uint32_t referer, agent;
	uint32_t client;  /* the same for one address, user and user agent */
	uint32_t session; /* from 1; requests of a session are in order */
	uint32_t line;	  /* line in its file, from 1 */
	uint16_t status;  /* 0: unknown */
	uint16_t port;	  /* of the host; 0: unknown */
	uint8_t method;	  /* index into `methods` */
	uint8_t flags;	  /* enum access_flag */
};

/* A method, with the number of its lines that are skipped because of it. */
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
	size_t lines; /* with a request, readable or not; not empty lines and comments */
	size_t skipped[SKIP_REASON_COUNT];
	uint32_t sessions; /* number of sessions */
	struct str host; /* the site's host, with its port, which nearly all requests name; or empty
			    if it or its scheme is not known */
	struct str no_host; /* why HOST is empty: "only 36 of 40 lines have the host a.example" */
	struct str scheme;  /* "https", or empty if the log does not say it */
	struct str format;  /* format of the lines: "combined" */
};

/*
 * Reads the job's files, skips what its options exclude, sorts the rest and groups it into
 * sessions. Adds notes to the job. False if there is no request to replay: then job_error was
 * called, and LOG holds the counts anyway. Call access_log_release in both cases.
 */
bool access_log_read(struct import_job *job, struct access_log *log);
void access_log_release(struct access_log *log);
/* Whether a file that starts with TEXT is a log: one that can be read, or one that is refused by
 * name. */
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
