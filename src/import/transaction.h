/*
 * The list that all importers and the recorder fill: requests with their responses, as they were
 * sent. Everything lives in the list's arena or is a view of a mapped file that outlives the
 * list; nothing in it is freed individually. Texts are as on the wire (a URL still
 * percent-encoded, a header value unfolded); bodies keep the form they have in the source
 * (escaped, base64) until the bytes are needed, so that a 200 MB recording is not in memory
 * twice. One thread. Every entry of the source has a transaction, also unusable ones: its fate
 * says whether it was kept, and the sums match: kept + merged + skipped = entries.
 */
#ifndef IMPORT_TRANSACTION_H
#define IMPORT_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

struct yaml_writer_node; /* doc/yaml_writer.h */

/* A WebSocket is an entry of its source; its messages and its end are transactions too, in time
 * order among the others, but no entries. So is an event stream beside other requests, whose events
 * are received messages. */
enum tx_kind {
	TX_REQUEST,
	TX_SOCKET,   /* the handshake of a WebSocket, or the opening of an event stream */
	TX_SENT,     /* a message of the client: `request_body` */
	TX_RECEIVED, /* a message of the server: `body` */
	TX_CLOSED,   /* the client has ended the WebSocket */
};

enum tx_disposition {
	TX_KEPT,
	TX_MERGED /* a redirect that the transaction `into` follows */,
	TX_SKIPPED
};

#define SKIP_REASON(name, one, many) SKIP_REASON_##name,
enum skip_reason {
#include "import/skip_reasons.def"
	SKIP_REASON_COUNT
};
#undef SKIP_REASON

struct tx_header {
	struct str name, value;
};

struct tx_headers {
	VEC(struct tx_header) list;
};

enum tx_coding {
	TX_BYTES,	/* `raw` is the body */
	TX_JSON_STRING, /* `raw` is the contents of a JSON string with escapes */
	TX_BASE64,	/* `raw` is base64 of the body */
	TX_JSON_BASE64, /* both: base64 that holds JSON escapes (\/) */
};

struct tx_body {
	enum tx_coding coding;
	struct str raw;	 /* ptr NULL: there is none */
	struct str mime; /* as written; without it the Content-Type header is used */
	bool exact;	 /* the source has its bytes, not a text made from them */
	bool lost;	 /* there was a body, but the source does not have it (or not all of it); if
			    the request is kept, it is a form or one file */
	struct str why;	 /* lost: the reason, a short text */
};

/* A part of a multipart body, or a field of a form, as listed by the source. */
struct tx_part {
	struct str name, value; /* decoded */
	struct str raw;		/* the value as written in a form's text; or ptr NULL */
	struct str file, type;	/* for a file: its name and media type; else ptr NULL */
	bool lost;		/* a file whose bytes are missing in the source */
	struct str parameter;	/* a file whose path is this parameter of the scenario; or empty */
	bool unusual; /* it has headers or escapes beyond a name, a file name and a type */
};

/* A pair of messages: the page's script replies to the first with the second by itself. */
struct tx_reply {
	const struct transaction *received, *sent;
	bool differs; /* later replies to the same message were others */
};

struct tx_socket {
	struct transaction *handshake;
	VEC(struct transaction *) messages; /* in time order, also those that are skipped */
	VEC(struct tx_reply) replies;
	bool listens; /* an event stream; `handshake` is a TX_REQUEST until it is known that other
			 requests follow while it is open */
	bool reconnects;  /* the browser has opened it again */
	size_t cut;	  /* messages that the source does not have completely */
	struct str name;  /* of one of several sockets; or empty */
	bool is_prepared; /* by conversion_sockets.c: its messages are chosen */
};

#define TX_TIME_UNKNOWN INT64_MIN

/* A text of a request can contain a variable whose value is not in the source: its name between
 * these bytes, which no encoding changes. It becomes a parameter. */
#define TX_VARIABLE	"reprise-variable-"
#define TX_VARIABLE_END "-end"

struct transaction {
	uint32_t number;	  /* number of the entry in its source, from 1 */
	uint32_t source;	  /* index of the file among the job's files */
	uint32_t line;		  /* line of the entry in its file, from 1; 0: unknown */
	int64_t start_us, end_us; /* since 1970; TX_TIME_UNKNOWN */

	struct str method;
	struct str url; /* absolute, without fragment */
	struct tx_headers request_headers;
	struct tx_body request_body;
	struct tx_part *parts; /* of a form or multipart body; the order matters */
	size_t part_count;
	bool multipart; /* otherwise a form, if there are parts */

	int status;	   /* 0: no response */
	bool request_only; /* the source has no information about responses */
	struct tx_headers headers;
	struct tx_body body;
	struct str redirect_url; /* Location resolved, or ptr NULL */

	bool prefetched;  /* the browser requested it before it was needed */
	bool by_worker;	  /* the page asked a service worker, which may have requested it too */
	bool from_memory; /* the browser had it already */
	struct str page;  /* id of the page (step) it belongs to, or empty */
	struct str resource_type; /* resource type according to the browser ("xhr"), lower case, or
				     empty */
	enum tx_kind kind;
	struct tx_socket
	    *socket;	     /* of a WebSocket, an event stream and their messages; else NULL */
	bool binary;	     /* of a message */
	struct str event;    /* of an event of a stream: its type, if that is not "message" */
	unsigned close_code; /* TX_CLOSED */
	const struct transaction *reply_to; /* TX_RECEIVED: the message that this one follows from,
					       or NULL */

	uint32_t session; /* for an access log: the number of the client; 0: there is only one */

	struct yaml_writer_node
	    *more; /* additional keys of its step (`auth`, `tls`), a map, or NULL */

	enum tx_disposition disposition;
	enum skip_reason reason;	 /* TX_SKIPPED */
	struct str detail;		 /* details of the reason (a host, the error), or empty */
	struct transaction *merged_into; /* TX_MERGED */
	bool asks_login;      /* a verification received 401 although the recording has a page */
	bool redirects_apart; /* kept, but its redirect is not followed: a later step needs a value
				 of it */
};

/* A page (a step of the recording); `title` may be empty. */
struct tx_page {
	struct str id, title;
	uint32_t source;
	bool mark; /* a person said while recording that this step starts */
};

/* A text between TX_VARIABLE and its end: a parameter of the scenario. */
struct tx_variable {
	struct str name, description;
	bool secret;
	bool origin; /* complete addresses start with it: it contains the scheme and the host */
};

struct tx_list {
	struct arena *arena;
	VEC(struct transaction *) items; /* in time order after transaction_list_sort */
	VEC(struct tx_page) pages;
	VEC(struct tx_variable) variables;
};

void transaction_list_init(struct tx_list *list, struct arena *arena);
/* Appends a new transaction: numbered, kept, with unknown times. */
struct transaction *transaction_new(struct tx_list *list);
/* Gives TX, a request, a socket without messages yet. */
void transaction_add_socket(struct arena *a, struct transaction *tx);
/* TX, which has a socket, becomes its handshake. */
void transaction_open_socket(struct transaction *tx);
/* Adds a message, or the end, at AT_US to SOCKET; the list does not have it yet. A time before the
 * last message, or an unknown one, becomes that of the last message. */
struct transaction *transaction_add_message(struct arena *a, struct tx_socket *socket,
					    enum tx_kind kind, int64_t at_us);
/* Skips TX for REASON; DETAIL (may be empty) is in the arena. An earlier reason is kept. */
void transaction_skip(struct transaction *tx, enum skip_reason reason, struct str detail);
/* By file, then start; entries without a time stay after the one before them, equal ones keep
 * their order. */
void transaction_list_sort(struct tx_list *list);

/* Interns a name; views are valid as long as the list. */
void transaction_list_add_variable(struct tx_list *list, struct str name, struct str description,
				   bool secret);
/* Parses TEXT (a=1&b=2) into TX's parts, decoded. False if it is not a form: TX then has no
 * parts. */
bool transaction_parse_form(struct arena *a, struct transaction *tx, struct str text);

void transaction_add_header(struct arena *a, struct tx_headers *headers, struct str name,
			    struct str value);
/* The NTH header (from 0) of this name, compared without case; ptr NULL if there is none. */
struct str transaction_header(const struct tx_headers *headers, struct str name, size_t nth);
/* Appends the field lines to OUT, in the format of interface/response.h. */
void transaction_put_headers(const struct tx_headers *headers, struct buf *out);

/* The body's bytes: RAW itself if they are not encoded, else decoded at the end of SCRATCH,
 * valid until it moves. ptr NULL if the base64 is invalid. */
struct str transaction_body_bytes(const struct tx_body *body, struct buf *scratch);
/* Whether it is not empty and printable ASCII: it can be in a header unchanged. */
bool transaction_is_header_text(struct str text);
/* The media type alone, lower case where case does not matter: "application/json", from `mime`
 * or the Content-Type among HEADERS; empty if unknown. A view. */
struct str transaction_media_type(const struct tx_body *body, const struct tx_headers *headers);
/* The value of `filename` in the query of URL, as written: the name of an uploaded file; or empty.
 * A view. */
struct str transaction_query_file(struct str url);
/* "assets" or "asset". */
const char *transaction_skip_text(enum skip_reason reason, size_t count);

#endif
