#include "record/http_head.h"

#include <string.h>

/* ---- parsing */

/* Offset after the empty line that ends the head, or 0. Line ends may lack their CR. */
static size_t end_of(struct str s, size_t from)
{
	size_t at = from, end;

	while ((end = str_find_char(s, '\n', at)) != NOT_FOUND) {
		size_t length = end - at;

		if (length == 0 || (length == 1 && s.ptr[at] == '\r'))
			return end + 1;
		at = end + 1;
	}
	return 0;
}

static bool has_controls(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
			return true;
	return false;
}

static struct str next_line(struct str s, size_t *at)
{
	size_t end = str_find_char(s, '\n', *at);
	struct str line = str_slice(s, *at, end);

	*at = end == NOT_FOUND ? s.len : end + 1;
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	return line;
}

/* The text may be changed: a folded line is joined with the one before it. */
static void unfold(char *text, size_t length)
{
	for (size_t i = 1; i + 1 < length; i++) {
		if (text[i] != '\n' || (text[i + 1] != ' ' && text[i + 1] != '\t'))
			continue;
		/* Not if an empty line follows, because that ends the head. */
		text[i] = ' ';
		if (text[i - 1] == '\r')
			text[i - 1] = ' ';
	}
}

static bool read_fields(struct arena *a, struct str text, size_t at, struct http_head *out)
{
	while (at < text.len) {
		struct str line = next_line(text, &at);
		size_t colon = str_find_char(line, ':', 0);
		struct head_field field;

		if (!line.len)
			return true;
		if (colon == NOT_FOUND || out->fields.count == HTTP_HEAD_FIELDS_MAX)
			return false;
		field.name = str_slice(line, 0, colon);
		field.value = str_trim(str_slice(line, colon + 1, line.len));
		if (!str_is_token(field.name) || has_controls(field.value))
			return false;
		VEC_PUSH(a, &out->fields, field);
	}
	return true;
}

static bool read_version(struct str s, unsigned *minor)
{
	if (s.len != 8 || !str_starts(s, STR("HTTP/1.")) || s.ptr[7] < '0' || s.ptr[7] > '9')
		return false;
	*minor = (unsigned)(s.ptr[7] - '0');
	return true;
}

static bool read_request_line(struct str line, struct http_head *out)
{
	size_t first = str_find_char(line, ' ', 0), last = line.len;

	if (first == NOT_FOUND)
		return false;
	while (last > 0 && line.ptr[last - 1] != ' ')
		last--;
	out->method = str_slice(line, 0, first);
	out->target = str_trim(str_slice(line, first + 1, last));
	return last > first + 1 && str_is_token(out->method) && out->target.len &&
	       !has_controls(out->target) && str_find_char(out->target, ' ', 0) == NOT_FOUND &&
	       read_version(str_slice(line, last, line.len), &out->minor);
}

static bool read_status_line(struct str line, struct http_head *out)
{
	int64_t status;

	if (!read_version(str_slice(line, 0, 8), &out->minor) ||
	    !str_to_int(str_trim(str_slice(line, 8, 12)), &status) || status < 100 || status > 999)
		return false;
	out->status = (int)status;
	out->reason = str_trim(str_slice(line, 12, line.len));
	return !has_controls(out->reason);
}

static enum head_result read_head(struct arena *a, struct str input, struct http_head *out,
				  bool (*first_line)(struct str line, struct http_head *out))
{
	size_t from = 0, end;
	struct str text;

	*out = (struct http_head){.status = 0};
	/* Empty lines before the head are not part of it. */
	while (from < input.len && (input.ptr[from] == '\r' || input.ptr[from] == '\n'))
		from++;
	end = end_of(input, from);
	if (!end)
		return input.len < HTTP_HEAD_MAX ? HTTP_HEAD_INCOMPLETE : HTTP_HEAD_TOO_LARGE;
	text = arena_str(a, str_slice(input, from, end));
	unfold((char *)(uintptr_t)text.ptr, text.len);
	out->bytes = end;
	end = 0;
	if (!first_line(next_line(text, &end), out) || !read_fields(a, text, end, out))
		return HTTP_HEAD_INVALID;
	return HTTP_HEAD_READY;
}

enum head_result http_head_read_request(struct arena *a, struct str input, struct http_head *out)
{
	return read_head(a, input, out, read_request_line);
}

enum head_result http_head_read_response(struct arena *a, struct str input, struct http_head *out)
{
	return read_head(a, input, out, read_status_line);
}

/* ---- queries */

struct str http_head_get(const struct http_head *head, const char *name)
{
	for (size_t i = 0; i < head->fields.count; i++)
		if (str_ieq(head->fields.items[i].name, str_of(name)))
			return head->fields.items[i].value;
	return STR_NULL;
}

static bool lists(struct str value, struct str token)
{
	for (size_t at = 0; at <= value.len;) {
		size_t end = str_find_char(value, ',', at);

		end = end == NOT_FOUND ? value.len : end;
		if (str_ieq(str_trim(str_slice(value, at, end)), token))
			return true;
		at = end + 1;
	}
	return false;
}

bool http_head_lists(const struct http_head *head, const char *name, const char *token)
{
	for (size_t i = 0; i < head->fields.count; i++)
		if (str_ieq(head->fields.items[i].name, str_of(name)) &&
		    lists(head->fields.items[i].value, str_of(token)))
			return true;
	return false;
}

bool http_head_keeps_alive(const struct http_head *head)
{
	if (http_head_lists(head, "Connection", "close") ||
	    http_head_lists(head, "Proxy-Connection", "close"))
		return false;
	return head->minor > 0 || http_head_lists(head, "Connection", "keep-alive") ||
	       http_head_lists(head, "Proxy-Connection", "keep-alive");
}

bool http_head_is_websocket_upgrade(const struct http_head *head)
{
	return http_head_lists(head, "Upgrade", "websocket") &&
	       http_head_lists(head, "Connection", "upgrade");
}

/* ---- forwarding */

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

void http_head_put_request(const struct http_head *head, struct str target, struct str proxy_auth,
			   bool upgrade, struct buf *out)
{
	static const char *const conditions[] = {"If-None-Match", "If-Modified-Since",
						 "Sec-WebSocket-Extensions", NULL};

	buf_printf(out, "%.*s %.*s HTTP/1.%u\r\n", STR_ARG(head->method), STR_ARG(target),
		   head->minor ? 1 : 0);
	for (size_t i = 0; i < head->fields.count; i++) {
		const struct head_field *field = &head->fields.items[i];

		if (is_hop_by_hop(head, field->name) || is_one_of(field->name, conditions) ||
		    is_false_length(head, field->name))
			continue;
		if (str_ieq(field->name, STR("Accept-Encoding")))
			put_codings(field->value, out);
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

void http_head_put_response(const struct http_head *head, bool keep_alive, bool upgrade,
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
