#include "base/event_stream.h"

#include <string.h>

#include "base/ascii.h"

/* Memory that is kept for the next stream. */
#define KEPT_BYTES 1024u

void event_stream_init(struct event_stream *s)
{
	*s = (struct event_stream){.retry_ms = -1};
	buf_init(&s->line, 0);
	buf_init(&s->data, 0);
	buf_init(&s->type, 0);
	buf_init(&s->id, 0);
}

void event_stream_release(struct event_stream *s)
{
	buf_release(&s->line);
	buf_release(&s->data);
	buf_release(&s->type);
	buf_release(&s->id);
}

void event_stream_begin(struct event_stream *s, bool ndjson, size_t max)
{
	struct buf *bufs[] = {&s->line, &s->data, &s->type, &s->id};

	for (size_t i = 0; i < sizeof bufs / sizeof *bufs; i++) {
		buf_clear(bufs[i]);
		if (bufs[i]->cap > KEPT_BYTES)
			buf_shrink(bufs[i], KEPT_BYTES);
		bufs[i]->max = max;
	}
	s->ndjson = ndjson;
	s->max = max;
	s->skip_lf = s->has_data = s->has_fields = false;
	s->bom = 0;
	s->retry_ms = -1;
	s->comments = 0;
}

bool event_stream_is_within_event(const struct event_stream *s)
{
	return s->line.len || s->has_fields;
}

/* ---- text/event-stream */

static void set_retry(struct event_stream *s, struct str value)
{
	int64_t ms = 0;

	if (!value.len)
		return;
	for (size_t i = 0; i < value.len; i++) {
		if (!ascii_is_digit(value.ptr[i]))
			return;
		if (ms < INT64_MAX / 20)
			ms = ms * 10 + (value.ptr[i] - '0');
	}
	s->retry_ms = ms;
}

/* False if the event is too long. */
static bool take_field(struct event_stream *s, struct str name, struct str value)
{
	if (str_eq(name, STR("data"))) {
		if (s->has_data && !buf_add_char(&s->data, '\n'))
			return false;
		s->has_data = true;
		return buf_add(&s->data, value);
	}
	if (str_eq(name, STR("event"))) {
		buf_clear(&s->type);
		return buf_add(&s->type, value);
	}
	if (str_eq(name, STR("id"))) {
		if (str_find_char(value, '\0', 0) != NOT_FOUND)
			return true;
		buf_clear(&s->id);
		return buf_add(&s->id, value);
	}
	if (str_eq(name, STR("retry")))
		set_retry(s, value);
	return true;
}

/* An empty line ends an event; without data there is none. */
static enum event_stream_result dispatch(struct event_stream *s, event_stream_callback *callback,
					 void *owner)
{
	struct stream_event event = {.type = s->type.len ? buf_str(&s->type) : STR("message"),
				     .data = buf_str(&s->data),
				     .id = buf_str(&s->id)};
	bool more = !s->has_data || callback(owner, &event);

	s->has_data = s->has_fields = false;
	buf_clear(&s->data);
	buf_clear(&s->type);
	return more ? EVENT_STREAM_MORE : EVENT_STREAM_ENOUGH;
}

static enum event_stream_result take_sse_line(struct event_stream *s, struct str line,
					      event_stream_callback *callback, void *owner)
{
	size_t colon;
	struct str value;

	if (!line.len)
		return dispatch(s, callback, owner);
	if (line.ptr[0] == ':') {
		s->comments++;
		return EVENT_STREAM_MORE;
	}
	s->has_fields = true;
	colon = str_find_char(line, ':', 0);
	if (colon == NOT_FOUND)
		return take_field(s, line, STR("")) ? EVENT_STREAM_MORE : EVENT_STREAM_TOO_LONG;
	value = str_slice(line, colon + 1, line.len);
	if (value.len && value.ptr[0] == ' ')
		value = str_slice(value, 1, value.len);
	return take_field(s, str_slice(line, 0, colon), value) ? EVENT_STREAM_MORE
							       : EVENT_STREAM_TOO_LONG;
}

/* ---- lines */

static enum event_stream_result take_line(struct event_stream *s, struct str line,
					  event_stream_callback *callback, void *owner)
{
	struct stream_event event = {.type = STR("message"), .data = line, .id = STR("")};

	if (line.len > s->max)
		return EVENT_STREAM_TOO_LONG;
	if (!s->ndjson)
		return take_sse_line(s, line, callback, owner);
	event.data = str_trim(line);
	return !event.data.len || callback(owner, &event) ? EVENT_STREAM_MORE : EVENT_STREAM_ENOUGH;
}

/* The end of the line at the start of BYTES: CR, LF or CR LF; in NDJSON only LF. */
static size_t find_line_end(const struct event_stream *s, struct str bytes)
{
	const char *lf = memchr(bytes.ptr, '\n', bytes.len);
	size_t len = lf ? (size_t)(lf - bytes.ptr) : bytes.len;
	const char *cr = s->ndjson ? NULL : memchr(bytes.ptr, '\r', len);

	if (cr)
		return (size_t)(cr - bytes.ptr);
	return lf ? len : NOT_FOUND;
}

/* Skips a byte order mark at the start of the stream; a part of one belongs to the first line. */
static struct str skip_bom(struct event_stream *s, struct str bytes)
{
	static const char mark[] = "\xEF\xBB\xBF";

	while (s->bom < 3 && bytes.len) {
		if (bytes.ptr[0] != mark[s->bom]) {
			buf_add(&s->line, str_n(mark, s->bom));
			s->bom = 3;
			return bytes;
		}
		s->bom++;
		bytes = str_slice(bytes, 1, bytes.len);
	}
	return bytes;
}

enum event_stream_result event_stream_feed(struct event_stream *s, struct str bytes,
					   event_stream_callback *callback, void *owner)
{
	enum event_stream_result result = EVENT_STREAM_MORE;

	if (s->bom < 3)
		bytes = skip_bom(s, bytes);
	while (bytes.len && result == EVENT_STREAM_MORE) {
		struct str line;
		size_t end;

		if (s->skip_lf && bytes.ptr[0] == '\n')
			bytes = str_slice(bytes, 1, bytes.len);
		s->skip_lf = false;
		if (!bytes.len)
			break;
		end = find_line_end(s, bytes);
		if (end == NOT_FOUND)
			return buf_add(&s->line, bytes) ? EVENT_STREAM_MORE : EVENT_STREAM_TOO_LONG;
		line = str_slice(bytes, 0, end);
		s->skip_lf = bytes.ptr[end] == '\r';
		bytes = str_slice(bytes, end + 1, bytes.len);
		if (s->line.len) {
			if (!buf_add(&s->line, line))
				return EVENT_STREAM_TOO_LONG;
			line = buf_str(&s->line);
		}
		result = take_line(s, line, callback, owner);
		buf_clear(&s->line);
	}
	return result;
}

void event_stream_end(struct event_stream *s, event_stream_callback *callback, void *owner)
{
	if (s->ndjson && s->line.len) {
		(void)take_line(s, buf_str(&s->line), callback, owner);
		buf_clear(&s->line);
	}
}
