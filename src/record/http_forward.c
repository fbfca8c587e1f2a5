#include "record/http_forward.h"

#include <string.h>

static bool is_one_of(struct str name, const char *const *names)
{
	for (int i = 0; names[i]; i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return false;
}

/* Fields that apply to one connection only: listed by RFC 9110 section 7.6.1, or by Connection
 * itself. */
static bool is_hop_by_hop(const struct http_head *head, struct str name)
{
	static const char *const names[] = {
	    "Connection",	  "Proxy-Connection",	 "Keep-Alive",	   "TE", "Upgrade",
	    "Proxy-Authenticate", "Proxy-Authorization", "HTTP2-Settings", NULL};
	char text[64];

	if (is_one_of(name, names))
		return true;
	/* The framing is passed on unchanged, and so are the fields that describe it. */
	if (name.len >= sizeof text || str_ieq(name, STR("Transfer-Encoding")) ||
	    str_ieq(name, STR("Content-Length")))
		return false;
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	return http_head_lists(head, "Connection", text);
}

/* Content-Length has no effect next to Transfer-Encoding and is removed (RFC 9112 section 6.1). */
static bool is_false_length(const struct http_head *head, struct str name)
{
	return str_ieq(name, STR("Content-Length")) && http_head_get(head, "Transfer-Encoding").ptr;
}

static void put_field(struct buf *out, struct str name, struct str value)
{
	buf_add(out, name);
	buf_add(out, STR(": "));
	buf_add(out, value);
	buf_add(out, STR("\r\n"));
}

/* Offers only codings that the recording can decode. */
static void put_codings(struct str offered, struct buf *out)
{
	static const char *const ours[] = {"gzip", "deflate", "identity", NULL};
	size_t begin = out->len;

	buf_add(out, STR("Accept-Encoding: "));
	for (size_t at = 0, count = 0; at <= offered.len;) {
		size_t end = str_find_char(offered, ',', at);
		struct str coding;

		end = end == NOT_FOUND ? offered.len : end;
		coding = str_trim(str_slice(offered, at, end));
		if (is_one_of(str_trim(str_slice(coding, 0, str_find_char(coding, ';', 0))), ours))
			buf_printf(out, "%s%.*s", count++ ? ", " : "", STR_ARG(coding));
		at = end + 1;
	}
	if (str_eq(str_slice(buf_str(out), begin, out->len), STR("Accept-Encoding: ")))
		buf_add(out, STR("identity"));
	buf_add(out, STR("\r\n"));
}

void http_forward_request(const struct http_head *head, struct str target, struct str proxy_auth,
			  bool upgrade, struct buf *out)
{
	static const char *const conditions[] = {"If-None-Match", "If-Modified-Since",
						 "Sec-WebSocket-Extensions", NULL};
	bool stream = str_ieq(http_head_get(head, "Accept"), STR("text/event-stream"));

	buf_printf(out, "%.*s %.*s HTTP/1.%u\r\n", STR_ARG(head->method), STR_ARG(target),
		   head->minor ? 1 : 0);
	for (size_t i = 0; i < head->fields.count; i++) {
		const struct head_field *field = &head->fields.items[i];

		if (is_hop_by_hop(head, field->name) || is_one_of(field->name, conditions) ||
		    is_false_length(head, field->name))
			continue;
		/* The events of a compressed stream cannot be recorded as they arrive. */
		if (str_ieq(field->name, STR("Accept-Encoding")))
			put_codings(stream ? STR("") : field->value, out);
		else
			put_field(out, field->name, field->value);
	}
	if (proxy_auth.len)
		put_field(out, STR("Proxy-Authorization"), proxy_auth);
	if (upgrade)
		buf_add(out, STR("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
	else
		buf_printf(out, "Connection: %s\r\n\r\n", head->minor ? "keep-alive" : "close");
}

void http_forward_response(const struct http_head *head, bool keep_alive, bool upgrade,
			   struct buf *out)
{
	buf_printf(out, "HTTP/1.%u %d %.*s\r\n", head->minor ? 1 : 0, head->status,
		   STR_ARG(head->reason));
	for (size_t i = 0; i < head->fields.count; i++) {
		const struct head_field *field = &head->fields.items[i];

		if (!is_hop_by_hop(head, field->name) && !is_false_length(head, field->name) &&
		    !str_ieq(field->name, STR("Alt-Svc")))
			put_field(out, field->name, field->value);
	}
	if (upgrade)
		buf_add(out, STR("Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n"));
	else
		buf_printf(out, "Connection: %s\r\n\r\n", keep_alive ? "keep-alive" : "close");
}

void http_forward_interim(const struct http_head *head, struct buf *out)
{
	buf_printf(out, "HTTP/1.%u %d %.*s\r\n", head->minor ? 1 : 0, head->status,
		   STR_ARG(head->reason));
	for (size_t i = 0; i < head->fields.count; i++)
		if (!is_hop_by_hop(head, head->fields.items[i].name))
			put_field(out, head->fields.items[i].name, head->fields.items[i].value);
	buf_add(out, STR("\r\n"));
}
