#include "net/http_head.h"

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

/* The text may be changed: a folded line is joined with the one before it. Servers still send them;
 * RFC 9112 section 5.2 asks a recipient of a response to replace the line end by spaces. */
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

/* True if every line of TEXT ends with CR LF and no line is folded: what other readers would take
 * for another request. */
static bool has_strict_lines(struct str text)
{
	for (size_t at = 0, end; (end = str_find_char(text, '\n', at)) != NOT_FOUND; at = end + 1) {
		if (end == at || text.ptr[end - 1] != '\r')
			return false;
		if (end + 1 < text.len && (text.ptr[end + 1] == ' ' || text.ptr[end + 1] == '\t'))
			return false;
	}
	return true;
}

static unsigned count_fields(const struct http_head *head, struct str name)
{
	unsigned count = 0;

	for (size_t i = 0; i < head->fields.count; i++)
		count += str_ieq(head->fields.items[i].name, name);
	return count;
}

/* Fields that say where a message ends or goes to: a second one, or Connection that removes one on
 * the way, lets two readers see two messages. */
static bool is_ambiguous(const struct http_head *head)
{
	static const char *const once[] = {"Content-Length", "Transfer-Encoding", "Host"};

	for (size_t i = 0; i < sizeof once / sizeof *once; i++)
		if (count_fields(head, str_of(once[i])) > 1 ||
		    http_head_lists(head, "Connection", once[i]))
			return true;
	return false;
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
	if (first_line == read_request_line && !has_strict_lines(str_slice(input, from, end)))
		return HTTP_HEAD_INVALID;
	text = arena_str(a, str_slice(input, from, end));
	unfold((char *)(uintptr_t)text.ptr, text.len);
	out->bytes = end;
	end = 0;
	if (!first_line(next_line(text, &end), out) || !read_fields(a, text, end, out) ||
	    is_ambiguous(out))
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
