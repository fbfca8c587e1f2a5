#include "net/http_body.h"

#include "base/ascii.h"

/* Positions within a chunked body. */
enum {
	AT_SIZE,
	AT_EXTENSION, /* the rest of the line with the size */
	AT_DATA,
	AT_DATA_END, /* CR LF after a chunk */
	AT_TRAILER,  /* the start of a line after the last chunk */
	AT_TRAILER_LINE,
};

#define SIZE_DIGITS 15

/* ---- type of a body */

/* A head has at most one Content-Length. LENGTH stays unchanged without it. */
static bool read_length(const struct http_head *head, int64_t *length)
{
	struct str value = http_head_get(head, "Content-Length");

	if (!value.ptr)
		return true;
	for (size_t i = 0; i < value.len; i++)
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return false;
	return str_to_int(value, length);
}

static bool is_chunked(const struct http_head *head, bool *certain)
{
	struct str coding = http_head_get(head, "Transfer-Encoding");

	*certain =
	    !coding.ptr || str_ieq(coding, STR("chunked")) || str_ieq(coding, STR("identity"));
	return str_ieq(coding, STR("chunked")) || (str_ends(coding, STR("chunked")) && !*certain);
}

static void set_length(struct http_body *out, int64_t length)
{
	out->kind = length > 0 ? HTTP_BODY_LENGTH : HTTP_BODY_NONE;
	out->left = length > 0 ? (uint64_t)length : 0;
	out->done = length <= 0;
}

bool http_body_of_request(const struct http_head *head, struct http_body *out)
{
	int64_t length = 0;
	bool certain, chunked = is_chunked(head, &certain);

	*out = (struct http_body){.kind = HTTP_BODY_CHUNKED, .strict = true};
	if (!certain || (chunked && !head->minor) || !read_length(head, &length))
		return false;
	if (!chunked)
		set_length(out, length);
	return true;
}

bool http_body_of_response(const struct http_head *head, struct str method, struct http_body *out)
{
	int64_t length = -1;
	bool certain, chunked = is_chunked(head, &certain);

	*out = (struct http_body){.kind = HTTP_BODY_CHUNKED};
	if (str_eq(method, STR("HEAD")) || head->status < 200 || head->status == 204 ||
	    head->status == 304) {
		set_length(out, 0);
		return true;
	}
	if (chunked)
		return true;
	if (!read_length(head, &length))
		return false;
	if (certain && length >= 0)
		set_length(out, length);
	else
		out->kind = HTTP_BODY_TO_END;
	return true;
}

/* ---- reading */

static size_t pass_data(struct http_body *b, struct str input,
			void (*sink)(void *owner, struct str piece), void *owner)
{
	struct str piece = str_slice(input, 0, b->left < input.len ? (size_t)b->left : input.len);

	if (sink && piece.len)
		sink(owner, piece);
	b->left -= piece.len;
	return piece.len;
}

static void after_size(struct http_body *b)
{
	b->state = b->left ? AT_DATA : AT_TRAILER;
	b->bad = b->digits == 0;
	b->digits = 0;
	b->extension = 0;
}

/* Reads one byte of the framing. */
static void step(struct http_body *b, char c)
{
	if (b->strict && (c == '\n') != (b->before == '\r'))
		b->bad = true;
	b->before = c;
	if (b->bad)
		return;
	switch (b->state) {
	case AT_SIZE:
		if (ascii_hex_value(c) >= 0 && b->digits < SIZE_DIGITS) {
			b->left = b->left * 16 + (unsigned)ascii_hex_value(c);
			b->digits++;
		} else if (c == '\n') {
			after_size(b);
		} else if (b->digits && (c == ';' || c == ' ' || c == '\t' || c == '\r')) {
			b->state = AT_EXTENSION;
		} else {
			b->bad = true;
		}
		break;
	case AT_EXTENSION:
		if (c == '\n')
			after_size(b);
		else if (++b->extension > HTTP_BODY_EXTENSION_MAX)
			b->bad = true;
		break;
	case AT_DATA_END:
		b->bad = c != '\r' && c != '\n';
		if (c == '\n')
			b->state = AT_SIZE;
		break;
	case AT_TRAILER:
		b->trailers++;
		b->done = c == '\n';
		if (c != '\r' && c != '\n')
			b->state = AT_TRAILER_LINE;
		break;
	case AT_TRAILER_LINE:
		b->trailers++;
		if (c == '\n')
			b->state = AT_TRAILER;
		break;
	default:
		break;
	}
}

static size_t pass_chunks(struct http_body *b, struct str input,
			  void (*sink)(void *owner, struct str piece), void *owner)
{
	size_t at = 0;

	while (at < input.len && !b->done && !b->bad) {
		if (b->state == AT_DATA) {
			at += pass_data(b, str_slice(input, at, input.len), sink, owner);
			if (!b->left)
				b->state = AT_DATA_END;
		} else {
			step(b, input.ptr[at++]);
		}
	}
	return at;
}

size_t http_body_feed(struct http_body *b, struct str input,
		      void (*sink)(void *owner, struct str piece), void *owner)
{
	size_t passed;

	if (b->done || b->bad)
		return 0;
	switch (b->kind) {
	case HTTP_BODY_LENGTH:
		passed = pass_data(b, input, sink, owner);
		b->done = b->left == 0;
		return passed;
	case HTTP_BODY_CHUNKED:
		return pass_chunks(b, input, sink, owner);
	case HTTP_BODY_TO_END:
		if (sink && input.len)
			sink(owner, input);
		return input.len;
	case HTTP_BODY_NONE:
		break;
	}
	return 0;
}
