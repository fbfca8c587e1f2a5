/* The messages of a WebSocket, as Chrome, Playwright and our recorder list them: _webSocketMessages
 * with the direction, the time in seconds since 1970 (Playwright: milliseconds), the opcode and the
 * data. In an archive of Playwright they are lines of a separate file. */
#include <math.h>

#include "base/base64.h"
#include "base/url.h"
#include "import/har/har.h"

enum { OPCODE_TEXT = 1, OPCODE_BINARY = 2, OPCODE_CLOSE = 8 };

/* In microseconds. */
static int64_t read_time(struct har_reader *r, const struct json_item *message)
{
	double time = har_get_number(r, message, "time", 0);

	if (!isfinite(time) || time <= 0 || time > 1e14)
		return TX_TIME_UNKNOWN;
	return (int64_t)(time * (time > 1e11 ? 1e3 : 1e6));
}

static bool is_true(struct har_reader *r, const struct json_item *object, const char *key)
{
	const struct json_item *item = har_get(r, object, key);

	return item && json_type(item) == JSON_TRUE;
}

static void read_binary(struct har_reader *r, struct transaction *tx, struct str data)
{
	tx->binary = true;
	if (tx->kind == TX_RECEIVED) {
		tx->body = (struct tx_body){.coding = TX_BASE64, .raw = data};
		return;
	}
	buf_clear(&r->scratch);
	if (base64_decode(&r->scratch, data))
		tx->request_body.raw = arena_str(&r->job->arena, buf_str(&r->scratch));
	else
		tx->request_body.raw = data;
}

static void add_close(struct har_reader *r, struct tx_socket *socket, int64_t at_us, double code)
{
	transaction_add_message(&r->job->arena, socket, TX_CLOSED, at_us)->close_code =
	    code >= 1000 && code <= 4999 ? (unsigned)code : 0;
}

static void read_message(struct har_reader *r, const struct json_item *message,
			 struct tx_socket *socket)
{
	struct str type = har_get_text(r, message, "type"), data;
	double opcode = har_get_number(r, message, "opcode", OPCODE_TEXT);
	bool sent = str_eq(type, STR("send"));
	struct transaction *tx;

	if (opcode == OPCODE_CLOSE && sent)
		add_close(r, socket, read_time(r, message), har_get_number(r, message, "code", 0));
	/* Others are errors that the browser noted, or pings. */
	if ((!sent && !str_eq(type, STR("receive"))) || opcode >= OPCODE_CLOSE)
		return;
	data = har_get_text(r, message, "data");
	tx = transaction_add_message(&r->job->arena, socket, sent ? TX_SENT : TX_RECEIVED,
				     read_time(r, message));
	if (is_true(r, message, "_cut")) {
		socket->cut++;
		tx->body.lost = tx->request_body.lost = true;
	}
	if (!data.ptr)
		data = STR("");
	if (opcode == OPCODE_BINARY)
		read_binary(r, tx, data);
	else if (sent)
		tx->request_body.raw = data;
	else
		tx->body.raw = data;
}

/* The end of the socket as our recorder writes it. */
static void read_close(struct har_reader *r, const struct json_item *entry,
		       struct tx_socket *socket)
{
	const struct json_item *close = har_get(r, entry, "_webSocketClose");

	if (str_eq(har_get_text(r, close, "type"), STR("send")))
		add_close(r, socket, read_time(r, close), har_get_number(r, close, "code", 0));
}

/* Chrome and Playwright do not list the end, but the time of the entry is that of the socket. */
static void find_close(struct har_reader *r, struct tx_socket *socket, int64_t end_us)
{
	size_t count = socket->messages.count;

	if (count && socket->messages.items[count - 1]->kind != TX_CLOSED &&
	    end_us != TX_TIME_UNKNOWN && end_us > socket->messages.items[count - 1]->start_us)
		transaction_add_message(&r->job->arena, socket, TX_CLOSED, end_us)->close_code =
		    1000;
}

/* The messages that the recorder could not keep. */
static void count_lost(struct har_reader *r, const struct json_item *entry,
		       struct tx_socket *socket, size_t listed)
{
	const struct json_item *counts = har_get(r, entry, "_webSocketCounts");
	double all =
	    har_get_number(r, counts, "sent", 0) + har_get_number(r, counts, "received", 0);

	if (all > (double)listed && all < 1e15)
		socket->cut += (size_t)all - listed;
}

static bool is_socket(struct har_reader *r, const struct json_item *entry,
		      const struct transaction *tx)
{
	struct str url = har_get_text(r, har_get(r, entry, "request"), "url");

	return tx->status == 101 || str_ieq(str_slice(url, 0, 3), STR("ws:")) ||
	       str_ieq(str_slice(url, 0, 4), STR("wss:"));
}

/* A file of Playwright with a message on each line. The tape of the entry is overwritten. */
static void read_lines(struct har_reader *r, struct tx_socket *socket, struct str lines)
{
	for (size_t at = 0; at < lines.len;) {
		size_t end = str_find_char(lines, '\n', at);
		struct str line = str_slice(lines, at, end);

		at = end == NOT_FOUND ? lines.len : end + 1;
		if (json_read(&r->tape, line))
			read_message(r, r->tape.items, socket);
	}
}

/* The text of the file with the messages, which was read as the body; or empty. */
static struct str attached_messages(struct har_reader *r, const struct json_item *entry,
				    struct transaction *tx)
{
	const struct json_item *content = har_get(r, har_get(r, entry, "response"), "content");
	struct str lines = tx->body.raw;

	if (!str_ends(har_get_text(r, content, "_file"), STR(".jsonl")) || !lines.len)
		return STR("");
	tx->body = (struct tx_body){.coding = TX_BYTES};
	return lines;
}

static void read_list(struct har_reader *r, const struct json_item *entry,
		      const struct json_item *messages, struct transaction *tx)
{
	uint32_t begin = (uint32_t)(messages - r->tape.items);

	for (uint32_t i = begin + 1; i < messages->next; i = r->tape.items[i].next)
		read_message(r, &r->tape.items[i], tx->socket);
	count_lost(r, entry, tx->socket, json_count(messages));
}

void har_socket(struct har_reader *r, const struct json_item *entry, struct transaction *tx)
{
	const struct json_item *messages = har_get(r, entry, "_webSocketMessages");
	bool has_close = har_get(r, entry, "_webSocketClose") != NULL;
	int64_t end_us = tx->end_us;
	struct str lines;

	if (messages && json_type(messages) != JSON_ARRAY)
		messages = NULL;
	lines = is_socket(r, entry, tx) ? attached_messages(r, entry, tx) : STR("");
	if ((!messages && !lines.len) || tx->status != 101 || tx->disposition != TX_KEPT) {
		if (messages || is_socket(r, entry, tx))
			transaction_skip(tx, SKIP_REASON_WEBSOCKET,
					 tx->status == 101 ? STR("without its messages")
							   : STR("not opened"));
		return;
	}
	transaction_add_socket(&r->job->arena, tx);
	transaction_open_socket(tx);
	if (messages)
		read_list(r, entry, messages, tx);
	else
		read_lines(r, tx->socket, lines);
	if (messages && has_close)
		read_close(r, entry, tx->socket);
	else
		find_close(r, tx->socket, end_us);
}

/* ---- event streams */

static void read_event(struct har_reader *r, const struct json_item *event,
		       struct tx_socket *socket)
{
	struct transaction *tx =
	    transaction_add_message(&r->job->arena, socket, TX_RECEIVED, read_time(r, event));
	struct str type = har_get_text(r, event, "eventName"), data;

	data = har_get_text(r, event, "data");
	tx->body.raw = data.ptr ? data : STR("");
	if (type.len && !str_eq(type, STR("message")))
		tx->event = type;
}

void har_event_stream(struct har_reader *r, const struct json_item *entry, struct transaction *tx)
{
	const struct json_item *events = har_get(r, entry, "_eventSourceMessages");
	const struct json_item *response = har_get(r, entry, "response");
	uint32_t begin;

	if (tx->kind != TX_REQUEST || !str_eq(tx->method, STR("GET")) || tx->status != 200 ||
	    !str_ieq(transaction_media_type(&tx->body, &tx->headers), STR("text/event-stream")))
		return;
	transaction_add_socket(&r->job->arena, tx);
	tx->socket->listens = true;
	begin = events && json_type(events) == JSON_ARRAY ? (uint32_t)(events - r->tape.items)
							  : UINT32_MAX;
	for (uint32_t i = begin + 1; begin != UINT32_MAX && i < events->next;
	     i = r->tape.items[i].next)
		read_event(r, &r->tape.items[i], tx->socket);
	/* Our recorder notes which side has ended it. */
	if (str_starts(har_get_text(r, response, "_error"), STR("the client closed")))
		add_close(r, tx->socket, tx->end_us, 1000);
}
