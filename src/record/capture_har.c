/* A transaction as an entry of a HAR 1.2 recording. */

#include "base/clock.h"
#include "base/inflate.h"
#include "base/url.h"
#include "record/capture.h"

#define TOO_LONG "longer than 10 MB: not kept"

void capture_put_date(struct json_writer *j, const char *key, ns_t wall)
{
	char text[32];

	clock_format_utc(text, sizeof text, "%Y-%m-%dT%H:%M:%S", wall);
	json_writer_format(j, key, "%s.%06dZ", text, (int)(wall % NS_PER_S / NS_PER_US));
}

struct str capture_resource_type(const struct capture *capture)
{
	static const char *const words[][2] = {
	    {"document", "document"}, {"iframe", "document"},	  {"frame", "document"},
	    {"script", "script"},     {"style", "stylesheet"},	  {"image", "image"},
	    {"font", "font"},	      {"audio", "media"},	  {"video", "media"},
	    {"track", "texttrack"},   {"manifest", "manifest"},	  {"worker", "script"},
	    {"empty", "fetch"},	      {"sharedworker", "script"}, {"serviceworker", "script"},
	};
	struct str wanted = http_head_get(&capture->request, "Sec-Fetch-Dest");

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_ieq(wanted, str_of(words[i][0])))
			return str_of(words[i][1]);
	return STR("");
}

/* ---- parts of both messages */

static void put_headers(struct json_writer *j, const struct http_head *head)
{
	json_writer_open_array(j, "headers");
	for (size_t i = 0; i < head->fields.count; i++) {
		json_writer_open(j, NULL);
		json_writer_text(j, "name", head->fields.items[i].name);
		json_writer_text(j, "value", head->fields.items[i].value);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void put_version(struct json_writer *j, const struct http_head *head)
{
	json_writer_format(j, "httpVersion", "HTTP/1.%u", head->minor);
	json_writer_open_array(j, "cookies");
	json_writer_close_array(j);
}

/* TEXT and, if it is not UTF-8, its encoding. */
static void put_bytes(struct json_writer *j, struct str bytes)
{
	if (str_is_utf8(bytes, NULL)) {
		json_writer_text(j, "text", bytes);
		return;
	}
	json_writer_base64(j, "text", bytes);
	json_writer_text(j, "encoding", STR("base64"));
}

static void put_query_value(struct json_writer *j, const char *key, struct str text)
{
	struct buf value;

	buf_init(&value, 0);
	url_decode(&value, text, true);
	json_writer_text(j, key, buf_str(&value));
	buf_release(&value);
}

static void put_query(struct json_writer *j, struct str url)
{
	size_t from = str_find_char(url, '?', 0);
	struct str query = from == NOT_FOUND ? STR("") : str_slice(url, from + 1, url.len);

	json_writer_open_array(j, "queryString");
	for (size_t at = 0; at < query.len;) {
		size_t end = str_find_char(query, '&', at), equals;
		struct str pair = str_slice(query, at, end);

		at = end == NOT_FOUND ? query.len : end + 1;
		if (!pair.len)
			continue;
		equals = str_find_char(pair, '=', 0);
		json_writer_open(j, NULL);
		put_query_value(j, "name", str_slice(pair, 0, equals));
		put_query_value(j, "value",
				equals == NOT_FOUND ? STR("")
						    : str_slice(pair, equals + 1, pair.len));
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

/* ---- the request */

static void put_request(struct json_writer *j, const struct capture *capture)
{
	struct str type = http_head_get(&capture->request, "Content-Type");

	json_writer_open(j, "request");
	json_writer_text(j, "method", capture->request.method);
	json_writer_text(j, "url", capture->url);
	put_version(j, &capture->request);
	put_headers(j, &capture->request);
	put_query(j, capture->url);
	if (capture_body_is_truncated(&capture->sent)) {
		json_writer_text(j, "comment", STR("the body was " TOO_LONG));
	} else if (capture->sent.bytes) {
		json_writer_open(j, "postData");
		json_writer_text(j, "mimeType", type);
		put_bytes(j, buf_str(&capture->sent.kept));
		json_writer_close(j);
	}
	json_writer_int(j, "headersSize", -1);
	json_writer_uint(j, "bodySize", capture->sent.bytes);
	json_writer_close(j);
}

/* ---- the response */

/* Decodes the body into DECODED if it is encoded; false if it cannot be decoded. */
static bool decode(const struct capture *capture, struct buf *decoded, struct str *body)
{
	struct str coding = http_head_get(&capture->response, "Content-Encoding");

	*body = buf_str(&capture->received.kept);
	if (!coding.len || str_ieq(coding, STR("identity")) || !body->len)
		return true;
	if (!inflate_content(*body, coding, CAPTURE_BODY_MAX, decoded))
		return false;
	*body = buf_str(decoded);
	return true;
}

static void put_content(struct json_writer *j, const struct capture *capture)
{
	struct str type = http_head_get(&capture->response, "Content-Type"), body;
	struct buf decoded;
	const char *comment = NULL;

	buf_init(&decoded, 0);
	if (capture_body_is_truncated(&capture->received))
		comment = TOO_LONG;
	else if (!decode(capture, &decoded, &body))
		comment = "its Content-Encoding is not supported";
	json_writer_open(j, "content");
	json_writer_uint(j, "size", comment ? capture->received.bytes : body.len);
	json_writer_text(j, "mimeType", type);
	if (comment) {
		json_writer_text(j, "comment", str_of(comment));
	} else if (body.len) {
		json_writer_int(j, "compression",
				(int64_t)body.len - (int64_t)capture->received.bytes);
		put_bytes(j, body);
	}
	json_writer_close(j);
	buf_release(&decoded);
}

static void put_response(struct json_writer *j, const struct capture *capture)
{
	json_writer_open(j, "response");
	json_writer_int(j, "status", capture->response.status);
	json_writer_text(j, "statusText", capture->response.reason);
	put_version(j, &capture->response);
	put_headers(j, &capture->response);
	put_content(j, capture);
	json_writer_text(j, "redirectURL", http_head_get(&capture->response, "Location"));
	json_writer_int(j, "headersSize", -1);
	json_writer_uint(j, "bodySize", capture->received.bytes);
	if (capture->error.len)
		json_writer_text(j, "_error", capture->error);
	json_writer_close(j);
}

/* ---- the entry */

static double ms_between(ns_t from, ns_t to)
{
	return from && to > from ? (double)(to - from) / (double)NS_PER_MS : 0;
}

static void put_timings(struct json_writer *j, const struct capture *capture)
{
	double connect = ms_between(capture->connecting, capture->secured), ssl = -1;
	double wait = ms_between(capture->asked, capture->first);
	double receive = ms_between(capture->first, capture->ended);
	double all = ms_between(capture->begun, capture->ended), blocked;

	if (capture->secured > capture->connected && capture->connected)
		ssl = ms_between(capture->connected, capture->secured);
	blocked = all - connect - wait - receive;
	json_writer_open(j, "cache");
	json_writer_close(j);
	json_writer_open(j, "timings");
	json_writer_fixed(j, "blocked", blocked > 0 ? blocked : 0, 3);
	json_writer_int(j, "dns", -1);
	json_writer_fixed(j, "connect", capture->connecting ? connect : -1, 3);
	json_writer_fixed(j, "ssl", ssl, 3);
	json_writer_int(j, "send", 0);
	json_writer_fixed(j, "wait", wait, 3);
	json_writer_fixed(j, "receive", receive, 3);
	json_writer_close(j);
}

void capture_put_message(struct json_writer *j, const char *key, const struct capture_message *m)
{
	json_writer_open(j, key);
	json_writer_text(j, "type", m->sent ? STR("send") : STR("receive"));
	json_writer_fixed(j, "time", (double)m->wall / (double)NS_PER_S, 6);
	json_writer_uint(j, "opcode", m->opcode);
	if (m->opcode == 1)
		json_writer_text(j, "data", m->data);
	else
		json_writer_base64(j, "data", m->data);
	if (m->truncated)
		json_writer_bool(j, "_cut", true);
	json_writer_close(j);
}

static void put_close(struct json_writer *j, const struct capture_close *close)
{
	json_writer_open(j, "_webSocketClose");
	json_writer_text(j, "type", close->sent ? STR("send") : STR("receive"));
	json_writer_fixed(j, "time", (double)close->wall / (double)NS_PER_S, 6);
	if (close->code)
		json_writer_uint(j, "code", close->code);
	if (str_is_utf8(close->reason, NULL) && close->reason.len)
		json_writer_text(j, "reason", close->reason);
	json_writer_close(j);
}

static void put_messages(struct json_writer *j, const struct capture *capture)
{
	json_writer_open_array(j, "_webSocketMessages");
	for (size_t i = 0; i < capture->messages.count; i++)
		capture_put_message(j, NULL, &capture->messages.items[i]);
	json_writer_close_array(j);
	json_writer_open(j, "_webSocketCounts");
	json_writer_uint(j, "sent", capture->messages_sent);
	json_writer_uint(j, "received", capture->messages_received);
	json_writer_close(j);
	if (capture->close.is_known)
		put_close(j, &capture->close);
}

/* As Chrome writes them. */
static void put_events(struct json_writer *j, const struct capture *capture)
{
	json_writer_open_array(j, "_eventSourceMessages");
	for (size_t i = 0; i < capture->events.count; i++) {
		const struct capture_event *event = &capture->events.items[i];

		json_writer_open(j, NULL);
		json_writer_fixed(j, "time", (double)event->wall / (double)NS_PER_S, 6);
		json_writer_text(j, "eventName", event->type);
		json_writer_text(j, "eventId", event->id);
		json_writer_text(j, "data", event->data);
		json_writer_close(j);
	}
	json_writer_close_array(j);
}

static void put_entry(const struct capture *capture, bool begun, struct buf *out)
{
	struct str type = capture->socket ? STR("websocket") : capture_resource_type(capture);
	struct json_writer j = json_writer_compact(out);

	json_writer_open(&j, NULL);
	if (begun)
		json_writer_uint(&j, "begun", capture->lasting);
	capture_put_date(&j, "startedDateTime", capture->wall);
	json_writer_fixed(&j, "time", ms_between(capture->begun, capture->ended), 3);
	if (capture->page.len)
		json_writer_text(&j, "pageref", capture->page);
	put_request(&j, capture);
	put_response(&j, capture);
	put_timings(&j, capture);
	if (capture->server.len)
		json_writer_text(&j, "serverIPAddress", capture->server);
	if (type.len)
		json_writer_text(&j, "_resourceType", type);
	if (capture->socket && !begun)
		put_messages(&j, capture);
	if (capture->events_in && !begun)
		put_events(&j, capture);
	json_writer_close(&j);
}

void capture_put_entry(const struct capture *capture, struct buf *out)
{
	put_entry(capture, false, out);
}

void capture_put_begun(const struct capture *capture, struct buf *out)
{
	put_entry(capture, true, out);
}
