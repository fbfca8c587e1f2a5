#include "net/client_private.h"

/*
 * libcurl accepts header lines that other readers understand in another way: "Content-Length : 5",
 * "Content-Length: 5x", two different lengths, a folded line. It reports every line as it was sent,
 * so they are refused here by the rules of net/http1.h. The lines of HTTP/2 and HTTP/3 are
 * libcurl's own, after the checks of nghttp2 and nghttp3.
 */

static bool is_framed_status(const struct client_exchange *x, struct str line)
{
	return (str_starts(line, STR("HTTP/2 ")) && libcurl_is_http2(x)) ||
	       (str_starts(line, STR("HTTP/3 ")) && libcurl_is_http3(x));
}

static bool check_status(struct client_exchange *x, struct str line)
{
	http1_response_init(&x->head);
	x->curl.checks_lines = !is_framed_status(x, line);
	if (!x->curl.checks_lines) {
		x->head.status = (int)libcurl_info_long(x, CURLINFO_RESPONSE_CODE);
		return true;
	}
	if (!str_ends(line, STR("\r\n"))) {
		x->head.why = "a line end without CR";
		return false;
	}
	return http1_response_status(&x->head, str_slice(line, 0, line.len - 2));
}

/* Only the length is used. */
static bool check_http2_field(struct client_exchange *x, struct str line)
{
	struct http1_field field;
	const char *why;
	size_t at = 0;

	return http1_read_field(line, &at, false, &field, &why) != HTTP1_FIELD ||
	       field.id != HTTP1_CONTENT_LENGTH || http1_response_field(&x->head, &field);
}

bool libcurl_header_is_status(const struct client_exchange *x, struct str line)
{
	return !x->curl.in_head && str_starts(line, STR("HTTP/"));
}

bool libcurl_header_check(struct client_exchange *x, struct str line)
{
	struct http1_field field;
	size_t at = 0;

	if (libcurl_header_is_status(x, line)) {
		x->curl.in_head = true;
		return check_status(x, line);
	}
	if (!str_trim(line).len)
		x->curl.in_head = false;
	if (x->headers_ended && x->curl.is_interim) {
		x->head.why = HTTP1_BAD_STATUS_LINE;
		return false;
	}
	/* Trailers do not change where a message ends. */
	if (x->headers_ended)
		return true;
	if (!x->curl.checks_lines)
		return check_http2_field(x, line);
	switch (http1_read_field(line, &at, false, &field, &x->head.why)) {
	case HTTP1_FIELD:
		return http1_response_field(&x->head, &field);
	case HTTP1_EMPTY:
		return http1_response_end(&x->head);
	case HTTP1_PARTIAL:
		x->head.why = "a line without an end";
		return false;
	case HTTP1_INVALID:
		break;
	}
	return false;
}
