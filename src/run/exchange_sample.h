/*
 * One exchange as texts that may be shown: headers, bodies and times, with secrets masked and long
 * texts cut. For samples of failures and for `run --once --exchanges`. Worker's thread, while the
 * exchange exists.
 */
#ifndef RUN_EXCHANGE_SAMPLE_H
#define RUN_EXCHANGE_SAMPLE_H

#include "run/worker.h"
#include "stats/failure_samples.h"

struct exchange_sample {
	struct failure_sample sample; /* its texts are views of the buffers below */
	struct buf url, request_headers, request_body, headers, body;
};

/* Fills S with the exchange X of F. Bodies have at most BODY_MAX bytes, and header lines stop after
 * HEADERS_MAX bytes. The caller sets what is not a part of the exchange: the failure, the curl
 * command, the messages of a socket. Release S in any case. */
void exchange_sample_fill(struct exchange_sample *s, struct worker *w, const struct fiber *f,
			  const struct exchange *x, size_t body_max, size_t headers_max);
void exchange_sample_release(struct exchange_sample *s);
/* True for a header that holds credentials: its value is never shown. */
bool exchange_sample_is_credential(struct str name);
/* Appends one header line without the line end; the value of a credential becomes ***, and that of
 * a cookie keeps its name and attributes. */
void exchange_sample_put_header(struct buf *out, struct str line);

#endif
