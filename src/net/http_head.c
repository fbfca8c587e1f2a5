#include "net/http_head.h"

#include <string.h>

#include "net/http1.h"

/* ---- parsing */

/* Where the head that starts at FROM ends. Line ends may lack their CR. */
struct extent {
	size_t end;   /* offset after the empty line; 0: it is not there yet */
	size_t lines; /* including the empty one */
	bool folded;  /* a line continues the line before it */
};

static struct extent find_end(struct str s, size_t from)
{
	struct extent e = {.lines = 0};
	size_t at = from, end;

	while ((end = str_find_char(s, '\n', at)) != NOT_FOUND) {
		size_t length = end - at;

		e.lines++;
		if (length == 0 || (length == 1 && s.ptr[at] == '\r')) {
			e.end = end + 1;
			return e;
		}
		at = end + 1;
		e.folded |= at < s.len && (s.ptr[at] == ' ' || s.ptr[at] == '\t');
	}
	return e;
}

static bool has_controls(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (((unsigned char)s.ptr[i] < ' ' && s.ptr[i] != '\t') || s.ptr[i] == 0x7f)
			return true;
	return false;
}

/* The line at *AT without its end. STRICT: it must end with CR LF; otherwise the ptr is NULL. */
static struct str next_line(struct str s, size_t *at, bool strict)
{
	size_t end = str_find_char(s, '\n', *at);
	struct str line = str_slice(s, *at, end);

	*at = end == NOT_FOUND ? s.len : end + 1;
	if (line.len && line.ptr[line.len - 1] == '\r')
		line.len--;
	else if (strict)
		return STR_NULL;
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

/* Fields that say where a message ends or goes to: a second one, or Connection that removes one on
 * the way, lets two readers see two messages. */
struct ambiguity {
	unsigned lengths, encodings, hosts;
	bool removed;
};

static void note_ambiguity(struct ambiguity *a, const struct http1_field *field)
{
	a->lengths += field->id == HTTP1_CONTENT_LENGTH;
	a->encodings += field->id == HTTP1_TRANSFER_ENCODING;
	a->hosts += field->id == HTTP1_HOST;
	if (field->id == HTTP1_CONNECTION)
		a->removed |= http1_lists(field->value, STR("Content-Length")) ||
			      http1_lists(field->value, STR("Transfer-Encoding")) ||
			      http1_lists(field->value, STR("Host"));
}

static bool is_ambiguous(const struct ambiguity *a)
{
	return a->lengths > 1 || a->encodings > 1 || a->hosts > 1 || a->removed;
}

/* LINES is their maximum number. */
static bool read_fields(struct arena *a, struct str text, size_t at, bool strict, size_t lines,
			struct http_head *out)
{
	struct ambiguity found = {.removed = false};
	struct http1_field field;
	enum http1_line line;
	const char *why;

	out->fields.cap = lines < HTTP_HEAD_FIELDS_MAX ? lines : HTTP_HEAD_FIELDS_MAX;
	out->fields.items = ARENA_ARRAY(a, out->fields.cap, struct head_field);
	while ((line = http1_read_field(text, &at, !strict, &field, &why)) == HTTP1_FIELD) {
		if (out->fields.count == out->fields.cap ||
		    (strict && http1_has_control(field.value)))
			return false;
		out->fields.items[out->fields.count++] =
		    (struct head_field){field.name, field.value};
		if (field.id != HTTP1_OTHER)
			note_ambiguity(&found, &field);
	}
	return line == HTTP1_EMPTY && !is_ambiguous(&found);
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
	if (!http1_read_status(line, &out->minor, &out->status))
		return false;
	out->reason = str_trim(str_slice(line, 12, line.len));
	return true;
}

static enum head_result read_head(struct arena *a, struct str input, struct http_head *out,
				  bool (*first_line)(struct str line, struct http_head *out))
{
	bool strict = first_line == read_request_line;
	size_t from = 0, at = 0;
	struct extent extent;

	*out = (struct http_head){.status = 0};
	/* Empty lines before the head are not part of it. */
	while (from < input.len && (input.ptr[from] == '\r' || input.ptr[from] == '\n'))
		from++;
	extent = find_end(input, from);
	if (!extent.end)
		return input.len < HTTP_HEAD_MAX ? HTTP_HEAD_INCOMPLETE : HTTP_HEAD_TOO_LARGE;
	struct str text = arena_str(a, str_slice(input, from, extent.end));
	if (extent.folded && !strict)
		unfold((char *)(uintptr_t)text.ptr, text.len);
	out->bytes = extent.end;
	struct str line = next_line(text, &at, strict);
	if (!line.ptr || !first_line(line, out) ||
	    !read_fields(a, text, at, strict, extent.lines, out))
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

bool http_head_lists(const struct http_head *head, const char *name, const char *token)
{
	for (size_t i = 0; i < head->fields.count; i++)
		if (str_ieq(head->fields.items[i].name, str_of(name)) &&
		    http1_lists(head->fields.items[i].value, str_of(token)))
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
