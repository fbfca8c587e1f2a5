/*
 * Event streams: the cases of web-platform-tests (eventsource/format-*.any.js) and of the standard,
 * written again as streams with their events. Each case is read as a whole and cut at every byte,
 * and byte by byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/event_stream.h"

#define MAX 100000u

struct stream_case {
	const char *name;
	bool ndjson;
	struct str stream;
	const char *events; /* "TYPE|DATA|ID;" for each event, with \n unchanged */
	int64_t retry_ms;   /* 0: none */
};

#define SSE(name_, stream_, events_, ...)                                                          \
	{                                                                                          \
		.name = name_, .stream = {stream_, sizeof(stream_) - 1}, .events = events_,        \
		__VA_ARGS__                                                                        \
	}
#define LINES(name_, stream_, events_)                                                             \
	{                                                                                          \
		.name = name_, .ndjson = true, .stream = {stream_, sizeof(stream_) - 1},           \
		.events = events_                                                                  \
	}

static const struct stream_case cases[] = {
    SSE("one event", "data: x\n\n", "message|x|;"),
    SSE("several events", "data:1\n\ndata:2\n\ndata:3\n\n", "message|1|;message|2|;message|3|;"),
    SSE("lines of data are joined", "data: YHOO\ndata: +2\ndata: 10\n\n", "message|YHOO\n+2\n10|;"),
    SSE("the standard's stream with comments and IDs",
	": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third "
	"event\n\n",
	"message|first event|1;message|second event|;message| third event|;"),
    SSE("empty data", "data\n\ndata\ndata\n\ndata:", "message||;message|\n|;"),
    SSE("a space after the colon is optional", "data:test\n\ndata: test\n\n",
	"message|test|;message|test|;"),
    SSE("only one space is removed", "data:  x \n\n", "message| x |;"),
    SSE("a tab is not removed", "data:\tx\n\n", "message|\tx|;"),
    SSE("an event that has not ended is dropped", "data: test\n\ndata: dropped\n",
	"message|test|;"),
    SSE("line ends", "data:1\rdata:2\ndata:3\r\n\r\ndata:4\r\rdata:5\n\n",
	"message|1\n2\n3|;message|4|;message|5|;"),
    SSE("CR LF ends one line", "data:1\r\ndata:2\r\n\r\n", "message|1\n2|;"),
    SSE("an empty line of CR after CR LF", "data:1\r\ndata\ndata:2\r\n\rdata:3\n\n",
	"message|1\n\n2|;message|3|;"),
    SSE("LF CR is two line ends", "data:1\n\rdata:2\n\n", "message|1|;message|2|;"),
    SSE("a byte order mark at the start",
	"\xEF\xBB\xBF"
	"data:1\n\n",
	"message|1|;"),
    SSE("a byte order mark within a field name",
	"data:1\n\n\xEF\xBB\xBF"
	"data:2\n\n",
	"message|1|;"),
    SSE("two byte order marks",
	"\xEF\xBB\xBF\xEF\xBB\xBF"
	"data:1\n\ndata:2\n\n",
	"message|2|;"),
    SSE("a part of a byte order mark",
	"\xEF\xBB"
	"data:1\n\ndata:2\n\n",
	"message|2|;"),
    SSE("comments", "data:1\r:\0\n:\r\ndata:2\n: 2000 bytes\ndata:3\n\n", "message|1\n2\n3|;"),
    SSE("a comment that looks like data", "data:1\r:data:2\r\n:\ndata:3\n\n", "message|1\n3|;"),
    SSE("only comments", ":1\n\n:2\n\n", ""),
    SSE("type", "event:test\ndata:x\n\ndata:x\n\n", "test|x|;message|x|;"),
    SSE("an empty type", "event: \ndata:data\n\n", "message|data|;"),
    SSE("the last type counts", "event:a\nevent:b\ndata:1\n\n", "b|1|;"),
    SSE("a type without data", "event:a\n\ndata:1\n\n", "message|1|;"),
    SSE("field names are exact",
	"data:test\n data\ndata\nfoobar:xxx\njustsometext\n:thisisacomment\n"
	"Data:no\ndata :no\n\n",
	"message|test\n|;"),
    SSE("field names that are almost data",
	"data: 1\rDATA:2\ndata\0:3\nda-ta:4\rdata_5\ndata5:x\n data:6\ndata:\ndata:7\n\n",
	"message|1\n\n7|;"),
    SSE("unknown fields", "data:1\nx:2\ndata\0:3\n\n", "message|1|;"),
    SSE("NUL in data", "data:a\0b\n\n", "message|a\0b|;"),
    SSE("ID", "id: a\ndata:1\n\ndata:2\n\nid\ndata:3\n\n", "message|1|a;message|2|a;message|3|;"),
    SSE("an ID with NUL is ignored", "id:5\ndata:1\n\nid:6\0\ndata:2\n\n",
	"message|1|5;message|2|5;"),
    SSE("an ID without data counts", "id:7\n\ndata:1\n\n", "message|1|7;"),
    SSE("retry", "retry:03000\ndata:x\n\n", "message|x|;", .retry_ms = 3000),
    SSE("the last retry counts", "retry:3000\nretry:5000\ndata:x\n\n", "message|x|;",
	.retry_ms = 5000),
    SSE("an invalid retry is ignored", "retry:3000\nretry:1000x\nretry\nretry: -1\ndata:x\n\n",
	"message|x|;", .retry_ms = 3000),
    SSE("UTF-8", "data:ok\xE2\x80\xA6\n\n", "message|ok\xE2\x80\xA6|;"),
    SSE("a colon in the data", "data: {\"a\": 1}\n\n", "message|{\"a\": 1}|;"),
    SSE("leading empty lines", "\n\n\r\ndata: MSG\n\n", "message|MSG|;"),
    SSE("a stream of a language model",
	"data: {\"delta\":{\"role\":\"assistant\"}}\n\ndata: {\"delta\":{\"content\":\"Hi\"}}\n\n"
	"data: [DONE]\n\n",
	"message|{\"delta\":{\"role\":\"assistant\"}}|;message|{\"delta\":{\"content\":\"Hi\"}}|;"
	"message|[DONE]|;"),
    SSE("nothing", "", ""),
    LINES("lines", "{\"a\":1}\n{\"a\":2}\r\n\n  \n{\"a\":3}",
	  "message|{\"a\":1}|;message|{\"a\":2}|;message|{\"a\":3}|;"),
    LINES("a byte order mark before lines", "\xEF\xBB\xBF[1]\n", "message|[1]|;"),
    LINES("CR within a line", "{\r}\n", "message|{\r}|;"),
};

static bool note_event(void *owner, const struct stream_event *event)
{
	struct buf *out = owner;

	buf_add(out, event->type);
	buf_add_char(out, '|');
	buf_add(out, event->data);
	buf_add_char(out, '|');
	buf_add(out, event->id);
	buf_add_char(out, ';');
	return true;
}

/* The events of the NUL-free cases are C strings; the others are compared with their length. */
static struct str expected(const struct stream_case *c)
{
	if (strcmp(c->name, "NUL in data") == 0)
		return str_n(c->events, sizeof "message|a\0b|;" - 1);
	return str_of(c->events);
}

/* Reads the case with cuts after every STEP bytes, and at CUT. */
static void read_case(const struct stream_case *c, struct event_stream *s, size_t cut, size_t step)
{
	struct buf events;
	size_t at = 0;

	buf_init(&events, 0);
	event_stream_begin(s, c->ndjson, MAX);
	while (at < c->stream.len) {
		size_t end = at < cut ? cut : at + step;

		end = end > c->stream.len ? c->stream.len : end;
		assert_int_equal(
		    event_stream_feed(s, str_slice(c->stream, at, end), note_event, &events),
		    EVENT_STREAM_MORE);
		at = end;
	}
	event_stream_end(s, note_event, &events);
	if (!str_eq(buf_str(&events), expected(c)))
		fail_msg("%s, cut at %zu, then each %zu bytes: '%.*s' instead of '%s'", c->name,
			 cut, step, STR_ARG(buf_str(&events)), c->events);
	assert_int_equal(s->retry_ms, c->retry_ms ? c->retry_ms : -1);
	buf_release(&events);
}

static void every_case_cut_everywhere(void **state)
{
	struct event_stream s;

	(void)state;
	event_stream_init(&s);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		read_case(&cases[i], &s, 0, 1);
		for (size_t cut = 0; cut <= cases[i].stream.len; cut++)
			read_case(&cases[i], &s, cut, MAX);
		for (size_t cut = 0; cut <= cases[i].stream.len; cut++)
			read_case(&cases[i], &s, cut, 2);
	}
	event_stream_release(&s);
}

static void an_event_ends_immediately(void **state)
{
	struct event_stream s;
	struct buf events;

	(void)state;
	buf_init(&events, 0);
	event_stream_init(&s);
	event_stream_begin(&s, false, MAX);
	/* The second CR ends the event, although a LF may follow. */
	event_stream_feed(&s, STR("data:1\r\r"), note_event, &events);
	assert_string_equal(events.data, "message|1|;");
	event_stream_feed(&s, STR("\ndata:2\r\r"), note_event, &events);
	assert_string_equal(events.data, "message|1|;message|2|;");
	assert_false(event_stream_is_within_event(&s));
	event_stream_feed(&s, STR("data"), note_event, &events);
	assert_true(event_stream_is_within_event(&s));
	event_stream_release(&s);
	buf_release(&events);
}

static bool refuse(void *owner, const struct stream_event *event)
{
	(void)event;
	++*(int *)owner;
	return false;
}

static void the_reader_can_stop(void **state)
{
	struct event_stream s;
	int seen = 0;

	(void)state;
	event_stream_init(&s);
	event_stream_begin(&s, false, MAX);
	assert_int_equal(event_stream_feed(&s, STR("data:1\n\ndata:2\n\n"), refuse, &seen),
			 EVENT_STREAM_ENOUGH);
	assert_int_equal(seen, 1);
	event_stream_release(&s);
}

static enum event_stream_result feed_long(bool ndjson, const char *line, unsigned times)
{
	struct event_stream s;
	struct buf events;
	enum event_stream_result result = EVENT_STREAM_MORE;

	buf_init(&events, 0);
	event_stream_init(&s);
	event_stream_begin(&s, ndjson, 1000);
	for (unsigned i = 0; i < times && result == EVENT_STREAM_MORE; i++)
		result = event_stream_feed(&s, str_of(line), note_event, &events);
	event_stream_release(&s);
	buf_release(&events);
	return result;
}

static void events_have_a_limit(void **state)
{
	(void)state;
	assert_int_equal(feed_long(false, "data: 0123456789\n", 1000), EVENT_STREAM_TOO_LONG);
	assert_int_equal(feed_long(false, "xxxxxxxxxxxxxxx", 1000), EVENT_STREAM_TOO_LONG);
	assert_int_equal(feed_long(true, "xxxxxxxxxxxxxxx", 1000), EVENT_STREAM_TOO_LONG);
	assert_int_equal(feed_long(false, "event: 0123456789\n", 1000), EVENT_STREAM_MORE);
	assert_int_equal(feed_long(false, "data: 0123456789\n\n", 1000), EVENT_STREAM_MORE);
	assert_int_equal(feed_long(false, ": a comment\n", 1000), EVENT_STREAM_MORE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_case_cut_everywhere),
	    cmocka_unit_test(an_event_ends_immediately),
	    cmocka_unit_test(the_reader_can_stop),
	    cmocka_unit_test(events_have_a_limit),
	};

	return cmocka_run_group_tests_name("event streams", tests, NULL, NULL);
}
