/*
 * One line of an access log taken apart: views of the line, or of the reader's buffers where
 * something was escaped; good until the next line. What the log does not say is empty or
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
	FIELD_CLIENT_PORT, /* its last colon is before the port, also of an IPv6 address */
	FIELD_NUMBER,	   /* of no use, but a number it is */
	FIELD_IDENT,	   /* nobody has one; lighttpd writes the host there */
	FIELD_FORWARDED,   /* X-Forwarded-For: the first of its addresses is the client's */
	FIELD_USER,
	FIELD_HOST,
	FIELD_SERVER, /* the server's own name: the host where nothing else tells it */
	FIELD_SCHEME,
	FIELD_TIME,  /* of the end, or nobody knows of what */
	FIELD_BEGIN, /* time of the beginning */
	FIELD_DATE,  /* of a time that has a column of its own */
	FIELD_CLOCK,
	FIELD_REQUEST, /* method, URL and protocol in one */
	FIELD_METHOD,
	FIELD_URL,  /* with its query, perhaps with scheme and host */
	FIELD_PATH, /* without its query */
	FIELD_QUERY,
	FIELD_STATUS,
	FIELD_BYTES,
	FIELD_REFERER,
	FIELD_AGENT,
	FIELD_SECONDS, /* how long it took; several add up */
	FIELD_MILLISECONDS,
	FIELD_MICROSECONDS,
	FIELD_NANOSECONDS,
	FIELD_DURATION, /* with its unit, or seconds with a point in them, or milliseconds */
	FIELD_TIMERS,	/* HAProxy's five, of which the last is the whole in milliseconds */
};

struct access_line {
	struct str client, forwarded, user, host, server, scheme;
	struct str request, method, url, path, query, referer, agent, date, clock;
	int64_t time_us, duration_us, bytes;
	int status;
	bool timed, precise, begun; /* there is a time; finer than seconds; of the beginning */
	bool coarse;		    /* the duration is in whole seconds */
	bool http;		    /* false: the request is none that a client of HTTP sends */
};

struct access_format;

/* The names of access_fields.def by their hashes. */
struct access_names {
	uint16_t slots[1024]; /* number + 1, or 0 */
};

/* What reading lines needs. */
struct access_reader {
	struct json_tape tape;
	struct buf text;    /* unescaped texts of the line at hand; never moves within one */
	struct arena lines; /* of a line that was rewritten; reset after it */
	struct access_names names;
	enum access_field columns[64]; /* of a W3C log */
	size_t column_count;
	bool tabs; /* between the columns, as CloudFront has it */
};

/* A way to write a line. */
struct access_format {
	const char *name;
	/* False with a few words in WHY when LINE is none of this format. */
	bool (*read)(const struct access_format *format, struct access_reader *reader,
		     struct str line, struct access_line *out, const char **why);
	const struct access_template *template; /* of those that have one */
	bool from_option; /* the person said it: what is odd in it is the log's own */
};

/* ---- access_line.c */

void access_line_clear(struct access_line *line);
/* TEXT as what FIELD says; "-" and "" are nothing. False with WHY when it cannot be that. */
bool access_line_set(struct access_line *line, enum access_field field, struct str text,
		     const char **why);
/* Method, URL, host and path from what the fields said. False with WHY: it is no line of a log. */
bool access_line_finish(struct access_reader *reader, struct access_line *line, const char **why);
void access_names_init(struct access_names *names);
/* The field that a variable, key or column of this name is; FIELD_SKIP: of no use. */
enum access_field access_names_find(const struct access_names *names, struct str name);
void access_reader_init(struct access_reader *reader);
void access_reader_release(struct access_reader *reader);
/* Before each line: room for its texts. */
void access_reader_begin(struct access_reader *reader, struct str line);
/* TEXT, a piece of the line, with \" \\ \xHH and the like made what they stand for. */
struct str access_unescape(struct access_reader *reader, struct str text);

/* ---- access_time.c */

/*
 * A time in whatever way it is written: 10/Oct/2000:13:55:36 -0700, 2000-10-10T13:55:36.5Z,
 * seconds, milli-, micro- or nanoseconds since 1970. Without a zone it is UTC. FINE: it is finer
 * than a second.
 */
bool access_time(struct str text, int64_t *us, bool *precise);

/* ---- access_template.c */

struct access_template;

/*
 * A format as nginx's log_format ("$remote_addr - …") or Apache's LogFormat ("%h %l …") has it.
 * NULL with WHY when it is neither or has no time or no request. In A, as is WHY.
 */
const struct access_template *access_template_new(struct arena *a, struct str text,
						  const char **why);
bool access_template_read(const struct access_format *format, struct access_reader *reader,
			  struct str line, struct access_line *out, const char **why);

/* ---- access_json.c, access_columns.c */

bool access_json_read(const struct access_format *format, struct access_reader *reader,
		      struct str line, struct access_line *out, const char **why);
/* A line behind a #Fields: that access_columns_head has seen. */
bool access_columns_read(const struct access_format *format, struct access_reader *reader,
			 struct str line, struct access_line *out, const char **why);
/* LINE begins with #: the columns of what follows, if it names them. */
void access_columns_head(struct access_reader *reader, struct str line);

/* ---- access_formats.c */

/* The formats that are tried, in this order; *COUNT of them. In A. */
struct access_format *access_formats(struct arena *a, size_t *count);
/* What the line is of when it is of no access log: "nginx's error log"; or NULL. */
const char *access_other_log_name(struct str line);

/* What the command line wishes, and what is known of user agents so far. */
struct access_filter {
	bool assets, no_bots, only_ok;
	struct str methods; /* "GET,HEAD" */

	int64_t from_us, to_us;
	uint8_t *agents; /* by number: 0 unknown, 1 people, 2 + reason */
	size_t agents_cap;
};

/* ---- access_filter.c */

/* False when a wish makes no sense: told. */
bool access_filter_init(struct import_job *job, struct access_filter *filter);
void access_filter_release(struct access_filter *filter);
/* Why LINE is left out, SKIP_REASON_COUNT: it is not. RECORD holds its texts already. */
enum tx_reason access_filter_line(struct access_filter *filter, struct access_log *log,
				  const struct access_line *line,
				  const struct access_record *record);
/* The site, as most requests name it, and what is to others out of the records. */
void access_filter_hosts(struct import_job *job, struct access_log *log);

/* ---- access_order.c */

/* By the time each was begun, what one second holds spread over it. */
void access_order(struct access_log *log);
/* Stable, by start_us. */
void access_sort(struct access_log *log);

/* ---- access_sessions.c */

/* How many visits were split, since many people stood behind one address. */
size_t access_build_sessions(struct access_log *log);

#endif
