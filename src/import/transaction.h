/*
 * The one list all importers and the recorder fill: requests with their answers, as they were sent.
 * Everything lives in the list's arena or is a view of a mapped file that outlives the list;
 * nothing in it is freed singly. Texts are what went over the wire (a URL still percent-encoded, a
 * header value unfolded); bodies keep the form they have in the source (escaped, base64) until
 * somebody asks for the bytes, so that a 200 MB recording is not held twice. One thread.
 *
 * Every entry of the source has a transaction, also the unusable ones: its fate says what became of
 * it, and the account adds up: kept + merged + left out = entries.
 */
#ifndef IMPORT_TRANSACTION_H
#define IMPORT_TRANSACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

struct yaml_writer_node; /* doc/yaml_writer.h */

enum tx_fate { TX_KEPT, TX_MERGED /* a hop of the redirect that `into` follows */, TX_SKIPPED };

#define SKIP_REASON(name, one, many) SKIP_REASON_##name,
enum tx_reason {
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
	TX_JSON_STRING, /* `raw` is the inside of a JSON string with escapes */
	TX_BASE64,	/* `raw` is base64 of it */
	TX_JSON_BASE64, /* both: base64 that holds JSON escapes (\/) */
};

struct tx_body {
	enum tx_coding coding;
	struct str raw;	 /* ptr NULL: there is none */
	struct str mime; /* as written; without it the Content-Type header counts */
	bool lost;	 /* there was one, but the source does not have it (or not all) */
	struct str why;	 /* lost: in a few words */
};

/* A part of a multipart body, or a field of a form, as the source lists them. */
struct tx_part {
	struct str name, value; /* decoded */
	struct str raw;		/* the value as it stands in a form's text; or ptr NULL */
	struct str file, type;	/* of a file: its name and media type; else ptr NULL */
	bool lost;		/* a file whose bytes the source does not have */
};

#define TX_TIME_UNKNOWN INT64_MIN

/* A text of a request may hold a variable whose value the source does not know: its name between
 * these, which no encoding changes. It becomes a parameter. */
#define TX_VARIABLE	"reprise-variable-"
#define TX_VARIABLE_END "-end"

struct transaction {
	uint32_t number;	  /* of the entry in its source, from 1 */
	uint32_t source;	  /* which of the job's files, from 0 */
	uint32_t line;		  /* of the entry in its file, from 1; 0: unknown */
	int64_t start_us, end_us; /* since 1970; TX_TIME_UNKNOWN */

	struct str method;
	struct str url; /* absolute, without fragment */
	struct tx_headers request_headers;
	struct tx_body request_body;
	struct tx_part *parts; /* of a form or multipart body; the order counts */
	size_t part_count;
	bool multipart; /* else a form, when there are parts */

	int status;	   /* 0: no answer */
	bool request_only; /* the source says nothing of an answer at all */
	struct tx_headers headers;
	struct tx_body body;
	struct str redirect_url; /* Location resolved, or ptr NULL */

	struct str page;	  /* id of the page (step) it belongs to, or empty */
	struct str resource_type; /* what the browser took it for ("xhr"), lower case, or empty */
	uint32_t session;	  /* of an access log: whose request it was; 0: there is one only */

	struct yaml_writer_node
	    *more; /* further keys of its step (`auth`, `tls`), a map, or NULL */

	enum tx_fate disposition;
	enum tx_reason reason;		 /* TX_SKIPPED */
	struct str detail;		 /* more on the reason (a host, what is wrong), or empty */
	struct transaction *merged_into; /* TX_MERGED */
	bool redirects_apart; /* kept, but its redirect is not followed: what follows needs a hop's
			       * value
			       */
};

/* A page (a step of the recording); `title` may be empty. */
struct tx_page {
	struct str id, title;
	uint32_t source;
	bool mark; /* a person said while recording that this step begins */
};

/* What stands between TX_VARIABLE and its end somewhere: a parameter of the scenario. */
struct tx_variable {
	struct str name, description;
	bool secret;
	bool origin; /* whole addresses begin with it: it has the scheme as well as the host */
};

struct tx_list {
	struct arena *arena;
	VEC(struct transaction *) items; /* in time order once transaction_list_sort has run */
	VEC(struct tx_page) pages;
	VEC(struct tx_variable) variables;
};

void transaction_list_init(struct tx_list *list, struct arena *arena);
/* A new transaction at the end, numbered on, kept, its times unknown. */
struct transaction *transaction_new(struct tx_list *list);
/* Left out for REASON; DETAIL (may be empty) in the arena. What was left out before stays so. */
void transaction_skip(struct transaction *tx, enum tx_reason reason, struct str detail);
/* By file, then start; entries without a time stay behind the one before them, equal ones keep
 * their order. */
void transaction_list_sort(struct tx_list *list);

/* Once for each name; views that live as long as the list. */
void transaction_list_add_variable(struct tx_list *list, struct str name, struct str description,
				   bool secret);
/* TEXT (a=1&b=2) as TX's parts, decoded. False when it does not look like a form: TX has none. */
bool transaction_parse_form(struct arena *a, struct transaction *tx, struct str text);

void transaction_add_header(struct arena *a, struct tx_headers *headers, struct str name,
			    struct str value);
/* The NTH (from 0) of this name, names without case; ptr NULL when there is none. */
struct str transaction_header(const struct tx_headers *headers, struct str name, size_t nth);
/* The field lines as interface/response.h has them, at the end of OUT. */
void transaction_put_headers(const struct tx_headers *headers, struct buf *out);

/* The body's bytes: RAW itself when they stand there, else decoded at the end of SCRATCH, good
 * until that moves. Base64 that is none gives ptr NULL. */
struct str transaction_body_bytes(const struct tx_body *body, struct buf *scratch);
/* Not empty, and of printable ASCII: it may stand in a header as it is. */
bool transaction_is_header_text(struct str text);
/* The media type alone, lower case where it matters not: "application/json", from `mime` or the
 * Content-Type among HEADERS; empty when unknown. A view. */
struct str transaction_media_type(const struct tx_body *body, const struct tx_headers *headers);
/* "assets" or "asset". */
const char *transaction_skip_text(enum tx_reason reason, size_t count);

#endif
