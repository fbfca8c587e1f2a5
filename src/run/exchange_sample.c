#include "run/exchange_sample.h"

#include <string.h>

#include "base/inflate.h"
#include "run/event_reader.h"
#include "run/live_secrets.h"
#include "run/response_secrets.h"

static bool is_cookie(struct str name)
{
	return str_ieq(name, STR("Cookie")) || str_ieq(name, STR("Set-Cookie"));
}

bool exchange_sample_is_credential(struct str name)
{
	return is_cookie(name) || str_ieq(name, STR("Authorization")) ||
	       str_ieq(name, STR("Proxy-Authorization"));
}

/* "a=1; b=2" becomes "a=***; b=***", and the attributes of a Set-Cookie stay. */
static void put_cookies(struct buf *out, struct str cookies, bool is_set)
{
	for (size_t at = 0; at < cookies.len;) {
		size_t end = str_find_char(cookies, ';', at);
		struct str pair = str_slice(cookies, at, end == NOT_FOUND ? cookies.len : end);
		size_t equals = str_find_char(pair, '=', 0);

		if (is_set && at)
			buf_add(out, pair);
		else if (equals == NOT_FOUND)
			buf_add(out, STR("***"));
		else
			buf_printf(out, "%.*s***", STR_ARG(str_slice(pair, 0, equals + 1)));
		at += pair.len + 1;
		if (at <= cookies.len)
			buf_add_char(out, ';');
		if (!is_set && at < cookies.len && cookies.ptr[at] == ' ') {
			buf_add_char(out, ' ');
			at++;
		}
	}
}

void exchange_sample_put_header(struct buf *out, struct str line)
{
	size_t colon = str_find_char(line, ':', 0);
	struct str name = str_trim(str_slice(line, 0, colon == NOT_FOUND ? 0 : colon));
	struct str value = str_trim(str_slice(line, colon == NOT_FOUND ? 0 : colon + 1, line.len));

	if (is_cookie(name)) {
		buf_printf(out, "%.*s: ", STR_ARG(name));
		put_cookies(out, value, str_ieq(name, STR("Set-Cookie")));
	} else if (exchange_sample_is_credential(name)) {
		buf_printf(out, "%.*s: ***", STR_ARG(name));
	} else {
		buf_add(out, line);
	}
}

/* Lines of TEXT, each ended by END. */
static void put_lines(struct buf *out, struct str text, char end, size_t max)
{
	for (size_t at = 0; at < text.len && out->len < max;) {
		size_t to = str_find_char(text, end, at);
		struct str line;

		if (to == NOT_FOUND)
			to = text.len;
		line = str_trim(str_slice(text, at, to));
		at = to + 1;
		if (str_find_char(line, ':', 0) == NOT_FOUND)
			continue;
		exchange_sample_put_header(out, line);
		buf_add_char(out, '\n');
	}
}

/* CUT: the body had more bytes. True: OUT has only its start. */
static bool put_body(struct worker *w, const struct fiber *f, struct buf *out, struct str body,
		     bool cut, size_t max)
{
	/* With one byte less, the mask knows that the body was cut. */
	size_t masked = cut && body.len && body.len <= 2 * max ? body.len - 1 : 2 * max;

	return live_secrets_put_start(w, f, body, masked, max, out);
}

static bool has_line(struct str lines, struct str name)
{
	struct response response = {.headers = lines};

	return response_header(&response, name, 0).ptr;
}

/* Appends the body of X as sent, with the files in it, but at most about MAX bytes. Returns its
 * whole length. */
static size_t put_whole_body(struct buf *out, const struct fiber *f, const struct exchange *x,
			     size_t max)
{
	const struct request_plan *r = f->request;
	struct str body = x->override_method ? STR("") : buf_str(&x->body);
	size_t from = 0, length;

	if (x->override_method)
		return 0;
	if (!body.len && !r->file_count && r->body && r->body->constant)
		body = r->body->value.text;
	length = body.len;
	for (size_t i = 0; i < r->file_count; i++) {
		struct str file = r->files[i].content;

		if (out->len < max)
			buf_add(out, str_slice(body, from, x->file_offsets[i]));
		if (out->len < max)
			buf_add(out, str_n(file.ptr, file.len < max ? file.len : max));
		from = x->file_offsets[i];
		length += file.len;
	}
	if (out->len < max)
		buf_add(out, str_slice(body, from, body.len));
	return length;
}

/* The lines of X as sent: the transport adds the first two and the last one (net/http.h). */
static void put_sent(struct buf *out, const struct worker *w, const struct exchange *x,
		     size_t length)
{
	struct str url = str_of(x->last_url ? x->last_url : "");
	size_t begin = str_find(url, STR("://"), 0), end;
	struct buf lines;

	buf_init(&lines, 0);
	w->http->ops->put_headers(x, &lines);
	begin = begin == NOT_FOUND ? 0 : begin + STR("://").len;
	for (end = begin; end < url.len && !strchr("/?#", url.ptr[end]); end++)
		if (url.ptr[end] == '@')
			begin = end + 1;
	if (!has_line(buf_str(&lines), STR("Host")))
		buf_printf(out, "Host: %.*s\n", STR_ARG(str_slice(url, begin, end)));
	if (!has_line(buf_str(&lines), STR("Accept")))
		buf_add(out, STR("Accept: */*\n"));
	buf_add(out, buf_str(&lines));
	if (length && !has_line(buf_str(&lines), STR("Content-Length")) &&
	    !has_line(buf_str(&lines), STR("Transfer-Encoding")))
		buf_printf(out, "Content-Length: %zu\n", length);
	buf_release(&lines);
}

static void put_request(struct exchange_sample *s, struct worker *w, const struct fiber *f,
			const struct exchange *x, size_t body_max, size_t headers_max)
{
	struct buf sent, body;
	size_t length;

	buf_init(&sent, 0);
	buf_init(&body, 0);
	length = put_whole_body(&body, f, x, 2 * body_max + 1);
	put_sent(&sent, w, x, length);
	put_lines(&s->request_headers, buf_str(&sent), '\n', headers_max);
	buf_release(&sent);
	live_secrets_mask(w, f, &s->request_headers);
	if (x->last_url)
		buf_add(&s->url, str_of(x->last_url));
	live_secrets_mask(w, f, &s->url);
	s->sample.request_body_cut =
	    put_body(w, f, &s->request_body, buf_str(&body), body.len < length, body_max);
	buf_release(&body);
}

static void put_response(struct exchange_sample *s, struct worker *w, const struct fiber *f,
			 const struct exchange *x, size_t body_max, size_t headers_max)
{
	struct response response = {.headers = buf_str(&x->headers)};
	struct str encoding = response_header(&response, STR("Content-Encoding"), 0);
	bool cut = x->response_is_raw && x->response.len >= HTTP_RAW_KEPT;
	struct buf plain;

	if (response_secrets_withheld(w).len)
		response_secrets_put_withheld(w, &s->body);
	put_lines(&s->headers, buf_str(&x->headers), '\n', headers_max);
	live_secrets_mask(w, f, &s->headers);
	if (s->body.len)
		return;
	buf_init(&plain, 0);
	if (!x->response_is_raw ||
	    !inflate_content(buf_str(&x->response), encoding, 2 * body_max + 1, &plain))
		s->sample.more = put_body(w, f, &s->body, buf_str(&x->response), cut, body_max);
	else
		s->sample.more = put_body(w, f, &s->body, buf_str(&plain), cut, body_max);
	buf_release(&plain);
}

static bool has_response(const struct fiber *f, const struct exchange *x)
{
	return x->result == HTTP_OK || x->result == HTTP_TRUNCATED ||
	       (f->events && f->events->is_stream);
}

void exchange_sample_fill(struct exchange_sample *s, struct worker *w, const struct fiber *f,
			  const struct exchange *x, size_t body_max, size_t headers_max)
{
	*s = (struct exchange_sample){
	    .sample = {.wall = x->times.sent + w->wall_offset,
		       .method = str_of(x->override_method ? x->method : f->request->method.ptr),
		       .status = has_response(f, x) ? x->status : 0,
		       .version = x->version,
		       .bytes_received = x->bytes_received,
		       .dns = x->times.dns,
		       .connect = x->times.connect,
		       .tls = x->times.tls,
		       .wait = x->times.wait,
		       .receive = x->times.receive,
		       .whole = x->times.done - x->times.sent}};
	buf_init(&s->url, 0);
	buf_init(&s->request_headers, 0);
	buf_init(&s->request_body, 0);
	buf_init(&s->headers, 0);
	buf_init(&s->body, 0);
	put_request(s, w, f, x, body_max, headers_max);
	if (s->sample.status)
		put_response(s, w, f, x, body_max, headers_max);
	s->sample.url = buf_str(&s->url);
	s->sample.request_headers = buf_str(&s->request_headers);
	s->sample.request_body = buf_str(&s->request_body);
	s->sample.headers = buf_str(&s->headers);
	s->sample.body = buf_str(&s->body);
}

void exchange_sample_release(struct exchange_sample *s)
{
	buf_release(&s->url);
	buf_release(&s->request_headers);
	buf_release(&s->request_body);
	buf_release(&s->headers);
	buf_release(&s->body);
}
