/*
 * The lines of an HTTP/1 head as views of the received bytes, and what they say about the message.
 * Pure: copies nothing and allocates nothing. It is strict, because a line that another reader
 * understands in another way can hide a second message: a line ends with CR LF, no line is folded,
 * a name is a token directly before its colon, and a value has no control bytes. In a response it
 * also refuses two different Content-Length, a Content-Length that is not a number, more than one
 * Transfer-Encoding or one besides Content-Length, and an unknown Transfer-Encoding. All transports
 * use these rules.
 */
#ifndef NET_HTTP1_H
#define NET_HTTP1_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Reasons to refuse a response, which libcurl can find before the functions here. */
#define HTTP1_BAD_LENGTH      "a Content-Length that is not a number"
#define HTTP1_BAD_STATUS_LINE "the status line"

/* Fields with a meaning for the message itself. */
enum http1_id {
	HTTP1_OTHER,
	HTTP1_CONNECTION,
	HTTP1_CONTENT_ENCODING,
	HTTP1_CONTENT_LENGTH,
	HTTP1_HOST,
	HTTP1_LOCATION,
	HTTP1_SET_COOKIE,
	HTTP1_TRANSFER_ENCODING,
};

struct http1_field {
	struct str name, value; /* the value without spaces and tabs at both ends */
	enum http1_id id;
};

enum http1_line {
	HTTP1_FIELD,
	HTTP1_EMPTY,   /* the line that ends the head */
	HTTP1_PARTIAL, /* its end has not arrived */
	HTTP1_INVALID,
};

/* Reads the field line at *AT of TEXT, and moves *AT to the next line unless it is partial or
 * invalid. LONE_LF also accepts line ends without CR. *WHY is set to what is wrong with an invalid
 * line. */
enum http1_line http1_read_field(struct str text, size_t *at, bool lone_lf, struct http1_field *out,
				 const char **why);
/* Whether a field value has a control character other than a tab. */
bool http1_has_control(struct str value);
/* Reads a status line without its line end. Accepts HTTP/1.0 to HTTP/1.9. */
bool http1_read_status(struct str line, unsigned *minor, int *status);
/* True if the comma-separated VALUE contains TOKEN, in any case. */
bool http1_lists(struct str value, struct str token);

/* Maximum size of a line with its end, and of all heads of a response; as in libcurl. A response
 * with more is invalid. */
#define HTTP1_LINE_MAX ((size_t)100 * 1024 - 1)
#define HTTP1_HEAD_MAX ((size_t)300 * 1024)
/* Value of a Content-Length with too many digits. */
#define HTTP1_LENGTH_HUGE INT64_MAX
#define HTTP1_LENGTH_WHY  "a Content-Length that is too large"

/* A part of the input. */
struct http1_range {
	size_t at, len;
};

/* The head of one response. */
struct http1_response {
	size_t at;	 /* bytes of complete lines that were read */
	size_t before;	 /* bytes of the interim heads before it */
	const char *why; /* what is wrong, after HTTP1_INVALID */
	bool too_long;	 /* a line or the whole, after HTTP1_INVALID */
	int status;
	unsigned minor; /* HTTP/1.minor */
	int64_t length; /* Content-Length; -1: none; see HTTP1_LENGTH_HUGE */
	bool chunked;
	bool keep;		     /* the connection may be used again */
	struct http1_range location; /* the first Location; len 0: none */
	unsigned encodings;	     /* Content-Encoding fields */
	unsigned cookies;	     /* Set-Cookie fields */
};

/* Prepares R for a new response. */
void http1_response_init(struct http1_response *r);
/* Prepares R, whose head was an interim one, for the next head of the response. */
void http1_response_next(struct http1_response *r);
/* Reads the head at the start of INPUT. HTTP1_EMPTY: it is complete, and has r->at bytes.
 * HTTP1_PARTIAL: call again with the same bytes and more; ranges are offsets, so that the bytes may
 * have moved. */
enum http1_line http1_response_read(struct http1_response *r, struct str input);
/* For a reader that gets single lines: the status line, one field, and the end of the head. False,
 * with r->why, if it is invalid. LINE is without its line end. */
bool http1_response_status(struct http1_response *r, struct str line);
bool http1_response_field(struct http1_response *r, const struct http1_field *field);
bool http1_response_end(struct http1_response *r);

#endif
