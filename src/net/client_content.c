#include "net/client_private.h"

/*
 * The content of responses, for all transports: they report the value of each Content-Encoding
 * field, and then the body as it arrives. A coding that this program does not know does not
 * fail the request: the body is kept unchanged, and a note says so.
 */

void client_content_end(struct client_exchange *x)
{
	content_decoder_close(&x->client->decoders, x->decoder);
	x->decoder = NULL;
}

void client_content_begin(struct client_exchange *x)
{
	client_content_end(x);
	x->unknown_coding[0] = '\0';
	x->bad_encoding = false;
}

bool client_content_is_allowed(const struct client_exchange *x)
{
	return !client_is_head(x) && x->head.status != 204 && x->head.status != 304;
}

static void begin_stream(struct client_exchange *x, int status)
{
	struct http *http = &x->client->http;

	x->pub.status = status;
	x->streams = http->stream_begins(http->owner, &x->pub, clock_monotonic_ns());
}

bool client_content_start(struct client_exchange *x)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;

	x->streams = false;
	if (spec->stream)
		begin_stream(x, x->head.status);
	x->over_limit = spec->body_limit > 0 && x->head.length > spec->body_limit && !x->streams &&
			client_content_is_allowed(x);
	return !x->over_limit;
}

static bool is_decoded(const struct client_exchange *x)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;

	return spec->keep_body && !spec->no_compression && !x->unknown_coding[0];
}

/* The note must not contain control characters of the server. */
static void note_unknown(struct client_exchange *x, struct str name)
{
	size_t len = name.len < sizeof x->unknown_coding ? name.len : sizeof x->unknown_coding - 1;

	for (size_t i = 0; i < len; i++)
		x->unknown_coding[i] = name.ptr[i] >= ' ' && name.ptr[i] <= '~' ? name.ptr[i] : '?';
	x->unknown_coding[len] = '\0';
	client_content_end(x);
}

void client_content_coding(struct client_exchange *x, struct str value)
{
	size_t stages = 0;

	for (size_t at = 0, to; at < value.len && is_decoded(x); at = to + 1) {
		to = str_find_char(value, ',', at);
		if (to == NOT_FOUND)
			to = value.len;
		struct str name = str_trim(str_slice(value, at, to));
		enum content_coding coding = content_decoder_coding(name);

		if (coding == CONTENT_UNKNOWN || ++stages > CLIENT_CODINGS_MAX)
			note_unknown(x, name);
		else if (coding != CONTENT_IDENTITY)
			x->decoder = content_decoder_open(&x->client->decoders, coding, x->decoder);
	}
}

static bool keep(void *owner, struct str piece)
{
	struct client_exchange *x = owner;

	return buf_add(&x->pub.response, piece);
}

static bool pass_on(void *owner, struct str piece)
{
	struct client_exchange *x = owner;
	struct http *http = &x->client->http;

	if (!http->stream_bytes(http->owner, &x->pub, piece, clock_monotonic_ns()))
		x->over_limit = true;
	return !x->over_limit;
}

static void decode(struct client_exchange *x, struct str piece)
{
	struct content_decoder_sink sink = {.take = x->streams ? pass_on : keep, .owner = x};

	if (content_decoder_feed(x->decoder, piece, &sink))
		return;
	if (x->pub.response.overflow)
		x->over_limit = true;
	else if (!x->over_limit)
		x->bad_encoding = true;
}

bool client_content_take(struct client_exchange *x, struct str piece)
{
	int64_t limit = x->pub.plan->spec.body_limit;
	struct buf *response = &x->pub.response;

	if (!x->body_bytes && x->is_bad_request)
		x->hint = client_failure_hint(piece);
	x->body_bytes += (int64_t)piece.len;
	x->pub.stream_wire = (uint64_t)x->body_bytes;
	if (limit > 0 && x->body_bytes > limit && !x->streams)
		x->over_limit = true;
	if (x->over_limit || x->bad_encoding)
		return false;
	if (x->decoder)
		decode(x, piece);
	else if (x->streams)
		(void)pass_on(x, piece);
	else if (x->pub.plan->spec.keep_body && !buf_add(response, piece))
		x->over_limit = true;
	if (x->pub.response_is_raw && response->len < HTTP_RAW_KEPT)
		buf_add(response, str_slice(piece, 0, HTTP_RAW_KEPT));
	return !x->over_limit && !x->bad_encoding;
}

bool client_response_is_kept_raw(const struct http_plan_spec *spec, int status)
{
	return spec->raw_body_from && !spec->keep_body && status / 100 >= spec->raw_body_from / 100;
}
