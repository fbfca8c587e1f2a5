/* A transaction as an entry of a HAR 1.2 recording. */
#include <time.h>

#include "base/base64.h"
#include "base/escape.h"
#include "base/inflate.h"
#include "base/url.h"
#include "record/capture.h"

#define TOO_LONG "longer than 10 MB: not kept"

static void put_text(struct buf *out, const char *key, struct str value)
{
	buf_printf(out, "\"%s\":", key);
	escape_json(out, value);
}

void capture_put_date(ns_t wall, struct buf *out)
{
	time_t seconds = (time_t)(wall / NS_PER_S);
	struct tm parts;
	char text[32];

	gmtime_r(&seconds, &parts);
	strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
	buf_printf(out, "%s.%06dZ", text, (int)(wall % NS_PER_S / NS_PER_US));
}

struct str capture_resource_type(const struct take *capture)
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

static void put_headers(const struct http_head *head, struct buf *out)
{
	buf_add(out, STR("\"headers\":["));
	for (size_t i = 0; i < head->fields.count; i++) {
		buf_add(out, i ? STR(",{") : STR("{"));
		put_text(out, "name", head->fields.items[i].name);
		buf_add_char(out, ',');
		put_text(out, "value", head->fields.items[i].value);
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

/* TEXT and, when it is no UTF-8, its encoding. */
static void put_bytes(struct buf *out, struct str bytes)
{
	if (str_is_utf8(bytes, NULL)) {
		put_text(out, "text", bytes);
		return;
	}
	buf_add(out, STR("\"text\":\""));
	base64_encode(out, bytes);
	buf_add(out, STR("\",\"encoding\":\"base64\""));
}

static void put_query_value(struct buf *out, const char *key, struct str text)
{
	struct buf value;

	buf_init(&value, 0);
	url_decode(&value, text, true);
	put_text(out, key, buf_str(&value));
	buf_release(&value);
}

static void put_query(struct str url, struct buf *out)
{
	size_t from = str_find_char(url, '?', 0), count = 0;
	struct str query = from == NOT_FOUND ? STR("") : str_slice(url, from + 1, url.len);

	buf_add(out, STR("\"queryString\":["));
	for (size_t at = 0; at < query.len;) {
		size_t end = str_find_char(query, '&', at), equals;
		struct str pair = str_slice(query, at, end);

		at = end == NOT_FOUND ? query.len : end + 1;
		if (!pair.len)
			continue;
		equals = str_find_char(pair, '=', 0);
		buf_add(out, count++ ? STR(",{") : STR("{"));
		put_query_value(out, "name", str_slice(pair, 0, equals));
		buf_add_char(out, ',');
		put_query_value(out, "value",
				equals == NOT_FOUND ? STR("")
						    : str_slice(pair, equals + 1, pair.len));
		buf_add_char(out, '}');
	}
	buf_add_char(out, ']');
}

/* ---- the request */

static void put_request(const struct take *capture, struct buf *out)
{
	struct str type = http_head_get(&capture->request, "Content-Type");

	buf_add(out, STR("\"request\":{"));
	put_text(out, "method", capture->request.method);
	buf_add_char(out, ',');
	put_text(out, "url", capture->url);
	buf_printf(out, ",\"httpVersion\":\"HTTP/1.%u\",\"cookies\":[],", capture->request.minor);
	put_headers(&capture->request, out);
	buf_add_char(out, ',');
	put_query(capture->url, out);
	if (capture_body_is_truncated(&capture->sent)) {
		buf_add(out, STR(",\"comment\":\"the body was " TOO_LONG "\""));
	} else if (capture->sent.bytes) {
		buf_add(out, STR(",\"postData\":{"));
		put_text(out, "mimeType", type.ptr ? type : STR(""));
		buf_add_char(out, ',');
		put_bytes(out, buf_str(&capture->sent.kept));
		buf_add_char(out, '}');
	}
	buf_printf(out, ",\"headersSize\":-1,\"bodySize\":%llu}",
		   (unsigned long long)capture->sent.bytes);
}

/* ---- the response */

/* The body decoded into DECODED where it was encoded; false when it cannot be. */
static bool decode(const struct take *capture, struct buf *decoded, struct str *body)
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

static void put_content(const struct take *capture, struct buf *out)
{
	struct str type = http_head_get(&capture->response, "Content-Type"), body;
	struct buf decoded;
	const char *comment = NULL;

	buf_init(&decoded, 0);
	if (capture_body_is_truncated(&capture->received))
		comment = TOO_LONG;
	else if (!decode(capture, &decoded, &body))
		comment = "its Content-Encoding cannot be read here";
	buf_printf(out, "\"content\":{\"size\":%llu,",
		   (unsigned long long)(comment ? capture->received.bytes : body.len));
	put_text(out, "mimeType", type.ptr ? type : STR(""));
	if (comment) {
		buf_printf(out, ",\"comment\":\"%s\"", comment);
	} else if (body.len) {
		buf_printf(out, ",\"compression\":%lld,",
			   (long long)body.len - (long long)capture->received.bytes);
		put_bytes(out, body);
	}
	buf_add_char(out, '}');
	buf_release(&decoded);
}

static void put_response(const struct take *capture, struct buf *out)
{
	struct str location = http_head_get(&capture->response, "Location");

	buf_printf(out, "\"response\":{\"status\":%d,", capture->response.status);
	put_text(out, "statusText",
		 capture->response.reason.ptr ? capture->response.reason : STR(""));
	buf_printf(out, ",\"httpVersion\":\"HTTP/1.%u\",\"cookies\":[],", capture->response.minor);
	put_headers(&capture->response, out);
	buf_add_char(out, ',');
	put_content(capture, out);
	buf_add_char(out, ',');
	put_text(out, "redirectURL", location.ptr ? location : STR(""));
	buf_printf(out, ",\"headersSize\":-1,\"bodySize\":%llu",
		   (unsigned long long)capture->received.bytes);
	if (capture->error.len) {
		buf_add_char(out, ',');
		put_text(out, "_error", capture->error);
	}
	buf_add_char(out, '}');
}

/* ---- the whole */

static double ms_between(ns_t from, ns_t to)
{
	return from && to > from ? (double)(to - from) / (double)NS_PER_MS : 0;
}

static void put_timings(const struct take *capture, struct buf *out)
{
	double connect = ms_between(capture->connecting, capture->secured), ssl = -1;
	double wait = ms_between(capture->asked, capture->first);
	double receive = ms_between(capture->first, capture->ended);
	double all = ms_between(capture->begun, capture->ended), blocked;

	if (capture->secured > capture->connected && capture->connected)
		ssl = ms_between(capture->connected, capture->secured);
	blocked = all - connect - wait - receive;
	buf_printf(out,
		   ",\"cache\":{},\"timings\":{\"blocked\":%.3f,\"dns\":-1,\"connect\":%.3f,"
		   "\"ssl\":%.3f,\"send\":0,\"wait\":%.3f,\"receive\":%.3f}",
		   blocked > 0 ? blocked : 0, capture->connecting ? connect : -1, ssl, wait,
		   receive);
}

static void put_messages(const struct take *capture, struct buf *out)
{
	buf_add(out, STR(",\"_resourceType\":\"websocket\",\"_webSocketMessages\":["));
	for (size_t i = 0; i < capture->messages.count; i++) {
		const struct take_message *m = &capture->messages.items[i];

		buf_printf(
		    out, "%s{\"type\":\"%s\",\"time\":%.6f,\"opcode\":%u,\"data\":", i ? "," : "",
		    m->sent ? "send" : "receive", (double)m->wall / (double)NS_PER_S, m->opcode);
		if (m->opcode == 1) {
			escape_json(out, m->data);
		} else {
			buf_add_char(out, '"');
			base64_encode(out, m->data);
			buf_add_char(out, '"');
		}
		buf_add(out, m->truncated ? STR(",\"_cut\":true}") : STR("}"));
	}
	buf_printf(out, "],\"_webSocketCounts\":{\"sent\":%llu,\"received\":%llu}",
		   (unsigned long long)capture->messages_sent,
		   (unsigned long long)capture->messages_received);
}

void capture_put_entry(const struct take *capture, struct buf *out)
{
	struct str type = capture_resource_type(capture);

	buf_add(out, STR("{\"startedDateTime\":\""));
	capture_put_date(capture->wall, out);
	buf_printf(out, "\",\"time\":%.3f,", ms_between(capture->begun, capture->ended));
	if (capture->page.len) {
		put_text(out, "pageref", capture->page);
		buf_add_char(out, ',');
	}
	put_request(capture, out);
	buf_add_char(out, ',');
	put_response(capture, out);
	put_timings(capture, out);
	if (capture->server.len) {
		buf_add_char(out, ',');
		put_text(out, "serverIPAddress", capture->server);
	}
	if (capture->socket) {
		put_messages(capture, out);
	} else if (type.len) {
		buf_add_char(out, ',');
		put_text(out, "_resourceType", type);
	}
	buf_add_char(out, '}');
}
