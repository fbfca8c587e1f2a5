/*
 * libFuzzer target for a response to a client: its head by net/http1.h and its body by
 * net/http_body.h. The first byte of the input chooses the size of the pieces in which the rest
 * arrives. Pieces do not change the result. A head that this strict reader accepts is also accepted
 * by the reader of the recorder, with the same status.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net/http1.h"
#include "net/http_body.h"

#include "must.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In memory of exactly the size of INPUT, so that reading past it is found. */
static enum http1_line read_copy(struct http1_response *r, struct str input)
{
	char *copy = malloc(input.len ? input.len : 1);

	must(copy != NULL, "memory");
	if (input.len)
		memcpy(copy, input.ptr, input.len);
	enum http1_line line = http1_response_read(r, str_n(copy, input.len));
	free(copy);
	return line;
}

static enum http1_line read_in_pieces(struct http1_response *r, struct str input, size_t piece)
{
	enum http1_line line = HTTP1_PARTIAL;

	http1_response_init(r);
	for (size_t got = 0; line == HTTP1_PARTIAL && got < input.len;) {
		got = got + piece < input.len ? got + piece : input.len;
		line = read_copy(r, str_slice(input, 0, got));
	}
	return line;
}

static void check_head(const struct http1_response *r, struct str input)
{
	struct http_head head;
	struct arena arena;

	must(r->at <= input.len && r->at > 0, "the head is in the input");
	must(r->location.at + r->location.len <= r->at, "Location is in the head");
	must(!r->chunked || r->length < 0, "there is one framing");
	arena_init(&arena, 0);
	if (r->at <= HTTP_HEAD_MAX) {
		enum head_result result =
		    http_head_read_response(&arena, str_slice(input, 0, r->at), &head);

		must(result == HTTP_HEAD_READY || head.fields.count == HTTP_HEAD_FIELDS_MAX ||
			 result == HTTP_HEAD_INVALID,
		     "the recorder sees the end of the head");
		must(result != HTTP_HEAD_READY || (head.status == r->status && head.bytes == r->at),
		     "the recorder reads the same");
	}
	arena_release(&arena);
}

static void keep(void *owner, struct str piece)
{
	buf_add(owner, piece);
}

static size_t feed(struct http_body *b, struct str input, size_t piece, struct buf *out)
{
	size_t at = 0;

	while (at < input.len && !b->done && !b->bad) {
		size_t used = http_body_feed(b, str_slice(input, at, at + piece), keep, out);

		at += used;
		must(used > 0 || b->done || b->bad, "the body moves on");
	}
	return at;
}

static void check_body(const struct http1_response *r, struct str input, size_t piece)
{
	struct http_body whole = {.kind = HTTP_BODY_LENGTH, .strict = true}, parts;
	struct buf one, two;

	if (r->chunked)
		whole.kind = HTTP_BODY_CHUNKED;
	else if (r->length > 0)
		whole.left = (uint64_t)r->length;
	else
		return;
	parts = whole;
	buf_init(&one, 0);
	buf_init(&two, 0);
	size_t used = feed(&whole, input, input.len, &one);
	must(feed(&parts, input, piece, &two) == used, "pieces do not change the end of a body");
	must(whole.done == parts.done && whole.bad == parts.bad, "nor whether it is valid");
	must(whole.bad || str_eq(buf_str(&one), buf_str(&two)), "nor its content");
	buf_release(&one);
	buf_release(&two);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http1_response whole, parts;

	if (size < 2)
		return 0;
	size_t piece = (size_t)data[0] % 64 + 1;
	struct str input = str_n((const char *)data + 1, size - 1);
	http1_response_init(&whole);
	enum http1_line line = read_copy(&whole, input);
	enum http1_line in_parts = read_in_pieces(&parts, input, piece);
	must(line == in_parts, "pieces do not change the result");
	if (line == HTTP1_INVALID)
		must(whole.why != NULL, "there is a reason");
	if (line != HTTP1_EMPTY)
		return 0;
	must(whole.at == parts.at && whole.length == parts.length && whole.keep == parts.keep,
	     "pieces do not change the head");
	check_head(&whole, input);
	check_body(&whole, str_slice(input, whole.at, input.len), piece);
	return 0;
}
