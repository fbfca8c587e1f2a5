/*
 * One parsed line of an access log: views of the line, or of the reader's buffers where
 * something was escaped; valid until the next line. Fields the log does not have are empty or
 * ACCESS_UNKNOWN. One thread.
 */
#ifndef IMPORT_ACCESSLOG_ACCESS_PRIVATE_H
#define IMPORT_ACCESSLOG_ACCESS_PRIVATE_H

#include "doc/json.h"
#include "import/accesslog/access_log.h"
#include "import/accesslog/line_source.h"

enum access_field {
	FIELD_SKIP,
	FIELD_CLIENT,
	FIELD_CLIENT_PORT, /* the port is after its last colon, also in an IPv6 address */
	FIELD_NUMBER,	   /* not used, but must be a number */
	FIELD_SERVER_PORT, /* the port of FIELD_SERVER */
	FIELD_IDENT,	   /* ident is always empty; lighttpd writes the host there */
	FIELD_FORWARDED,   /* X-Forwarded-For: the client is the first of its addresses */
	FIELD_USER,
	FIELD_HOST,
	FIELD_SERVER, /* the server's own name: the host if no other field has it */
	FIELD_SCHEME,
	FIELD_TIME,  /* time of the end, or of an unknown event */
	FIELD_BEGIN, /* time of the start */
	FIELD_DATE,  /* date of a time that has its own column */
	FIELD_CLOCK,
	FIELD_REQUEST, /* method, URL and protocol in one field */
	FIELD_METHOD,
	FIELD_URL,  /* with its query, sometimes with scheme and host */
	FIELD_PATH, /* without its query */
	FIELD_QUERY,
	FIELD_STATUS,
	FIELD_BYTES,
	FIELD_REFERER,
	FIELD_AGENT,
	FIELD_SECONDS, /* duration; several fields add up */
	FIELD_MILLISECONDS,
	FIELD_MICROSECONDS,
	FIELD_NANOSECONDS,
	FIELD_DURATION, /* with its unit; without one, seconds if it has a decimal point, else
			   milliseconds */
	FIELD_TIMERS,	/* HAProxy's five timers; the last is the total in milliseconds */
};

struct access_line {
	struct str client, forwarded, user, host, server, scheme;
	struct str request, method, url, path, query, referer, agent, date, clock;
	int64_t time_us, duration_us, bytes;
	int status;
	bool timed, precise,
	    begun;     /* the time is known; is finer than seconds; is that of the start */
	bool coarse;   /* the duration is in whole seconds */
	bool http;     /* false: no HTTP client sends such a request */
	bool absolute; /* the host is from the URL */
	uint16_t port; /* of the host; 0: unknown */
	uint16_t server_port;
};

struct access_format;

/* The names of access_fields.def by their hashes. */
struct access_names {
	uint16_t slots[1024]; /* index + 1, or 0 */
};

/* State for reading lines. */
struct access_reader {
	struct json_tape tape;
	struct buf text;    /* unescaped texts of the current line; never moves within a line */
	struct arena lines; /* buffer of a rewritten line; reset after each line */
	struct access_names names;
	enum access_field columns[64]; /* of a W3C log */
	size_t column_count;
	bool tabs;		/* separator of the columns, in the format of CloudFront */
	struct str prefix_time; /* for a line without a time: that of its prefix, or empty */
};

/* A log format. */
struct access_format {
	const char *name;
	/* False, with the reason in WHY, if LINE is not in this format. */
	bool (*read)(const struct access_format *format, struct access_reader *reader,
		     struct str line, struct access_line *out, const char **why);
	const struct access_template *template; /* for formats that have one */
	const struct access_keys *keys;		/* JSON with keys of the user's, or NULL */
	bool from_option; /* given by the user: lines that do not fit are faults of the log */
};

/* ---- access_line.c */

void access_line_clear(struct access_line *line);
/* Stores TEXT as the value of FIELD; "-" and "" mean no value. False, with WHY, if TEXT is not
 * valid for the field. */
bool access_line_set(struct access_line *line, enum access_field field, struct str text,
		     const char **why);
/* Derives method, URL, host and path from the fields. False, with WHY, if the line is not a line
 * of a log. */
bool access_line_finish(struct access_reader *reader, struct access_line *line, const char **why);
void access_names_init(struct access_names *names);
/* The field that a variable, key or column of this name means; FIELD_SKIP: not used. */
enum access_field access_names_find(const struct access_names *names, struct str name);
void access_reader_init(struct access_reader *reader);
void access_reader_release(struct access_reader *reader);
/* Makes room for the texts of the next line. */
void access_reader_begin(struct access_reader *reader, struct str line);
/* TEXT, a part of the line, with \" \\ \xHH and similar escapes decoded. */
struct str access_unescape(struct access_reader *reader, struct str text);

/* ---- access_time.c */

/*
 * A time in any common notation: 10/Oct/2000:13:55:36 -0700, 2000-10-10T13:55:36.5Z, seconds,
 * milli-, micro- or nanoseconds since 1970. Without a zone it is UTC. FINE: it is finer than a
 * second.
 */
bool access_time(struct str text, int64_t *us, bool *precise);

/* ---- access_template.c */

struct access_template;

/*
 * A format in the notation of nginx's log_format ("$remote_addr - …") or Apache's LogFormat ("%h
 * %l …"). NULL, with WHY, if it is neither, or has no time or no request. Allocated in A, and so
 * is WHY. KNOWN: from our own table; its time may be in the prefix of a line.
 */
const struct access_template *access_template_new(struct arena *a, struct str text, bool known,
						  const char **why);
bool access_template_read(const struct access_format *format, struct access_reader *reader,
			  struct str line, struct access_line *out, const char **why);

/* ---- access_keys.c */

/* The keys of a JSON log, as the user gives them. */
struct access_keys;

/* TEXT is an object with the variables of nginx as values: {"when": "$time_iso8601", "http":
 * {"code": $status}}. NULL, with WHY, if it is not, or has no time or no request. In A. */
const struct access_keys *access_keys_new(struct arena *a, struct str text, const char **why);
/* The field of KEY ("http.code"); FIELD_SKIP: none. */
enum access_field access_keys_find(const struct access_keys *keys, struct str key);

/* ---- access_suggest.c */

/* Appends the parts of LINE with the fields that they seem to be, and the --format to write. */
void access_suggest_format(struct buf *out, struct str line);

/* ---- access_json.c, access_columns.c */

bool access_json_read(const struct access_format *format, struct access_reader *reader,
		      struct str line, struct access_line *out, const char **why);
/* Reads a line after a #Fields: line that access_columns_head has seen. */
bool access_columns_read(const struct access_format *format, struct access_reader *reader,
			 struct str line, struct access_line *out, const char **why);
/* LINE starts with #: sets the columns of the following lines, if it names them. */
void access_columns_head(struct access_reader *reader, struct str line);

bool access_squid_read(const struct access_format *format, struct access_reader *reader,
		       struct str line, struct access_line *out, const char **why);

/* ---- access_prefix.c */

/* LINE without the prefix of a program such as syslog or Docker; ptr NULL: LINE has no known
 * prefix. *TIME is set to the time of the prefix, if it has one and *TIME is empty. */
struct str access_prefix_strip(struct str line, struct str *time);
/* The line in LINE, a JSON object of a log shipper; ptr NULL: there is none. */
struct str access_prefix_unwrap(struct access_reader *reader, struct str line, struct str *time);

/* ---- access_formats.c */

/* The formats to try, in this order; *COUNT of them. Allocated in A. */
struct access_format *access_formats(struct arena *a, size_t *count);
/* The kind of log, if it is not an access log: "nginx's error log"; or NULL. */
const char *access_other_log_name(struct str line);

/* The options of the command line, and the user agents classified so far. */
struct access_filter {
	bool assets, no_bots, only_ok;
	struct str methods; /* "GET,HEAD" */

	int64_t from_us, to_us;
	uint8_t *agents; /* by index: 0 unknown, 1 a person, 2 + skip reason */
	size_t agents_cap;
};

/* State for reading the files of a job. */
struct log_reader {
	struct import_job *job;
	struct arena *arena; /* owned by the job */
	struct access_log *log;
	struct access_filter filter;
	struct access_reader reader;
	struct access_format *formats;
	size_t format_count;
	struct buf scratch;
	const struct access_format *format; /* of the current line */
	size_t bad, https, http;
	const char *file;
	uint32_t line;
};

/* ---- access_match.c */

/* Reads the line as FIRST, else as any format that fits: some files have several. Returns the
 * format, or NULL with WHY. */
const struct access_format *access_match_line(struct log_reader *r,
					      const struct access_format *first, struct str line,
					      struct access_line *out, const char **why);
/* False: a message of the server between its requests. */
bool access_match_has_request(const struct access_line *line);

/* ---- access_filter.c */

/* False if an option is not valid; the error was reported. */
bool access_filter_init(struct import_job *job, struct access_filter *filter);
void access_filter_release(struct access_filter *filter);
/* Why LINE is skipped; SKIP_REASON_COUNT: it is kept. RECORD already has its texts. */
enum skip_reason access_filter_line(struct access_filter *filter, struct access_log *log,
				    const struct access_line *line,
				    const struct access_record *record);
/* Finds the site that most requests name, and removes requests to other hosts from the records. */
void access_filter_hosts(struct import_job *job, struct access_log *log);
/* Whether nearly all of TOTAL lines are among SOME. */
bool access_filter_agrees(size_t some, size_t total);

/* ---- access_order.c */

/* Sorts by start time; the requests of one second are spread over it. */
void access_order(struct access_log *log);

/* ---- access_sessions.c */

/* Returns the number of visits that were split because several people share one address. */
size_t access_build_sessions(struct access_log *log);

#endif
