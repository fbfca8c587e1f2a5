/*
 * A connection of socket.io (engine.io, protocol 4) that begins with polls and continues as a
 * WebSocket: as a WebSocket from the start, which the server accepts too. The browser sends the
 * polls in parallel, so that they cannot be repeated one after the other.
 */
#include <stdlib.h>

#include "base/base64.h"
#include "base/url.h"
#include "import/conversion.h"
#include "import/query_pairs.h"

#define SEPARATOR '\x1e' /* between the packets of a poll */

struct packet {
	enum tx_kind kind;
	int64_t at_us;
	size_t position;
	struct str text;
	bool binary;
};

struct packets {
	VEC(struct packet) items;
};

/* The value of a parameter as written; ptr NULL if the URL does not have it. */
static struct str parameter(struct str url, const char *name)
{
	size_t at = str_find_char(url, '?', 0);
	struct query_pair pair;

	if (at == NOT_FOUND)
		return STR_NULL;
	for (at++; query_pairs_next(url, &at, &pair);)
		if (pair.sign != NOT_FOUND &&
		    str_eq(str_slice(url, pair.from, pair.sign), str_of(name)))
			return str_slice(url, pair.sign + 1, pair.to);
	return STR_NULL;
}

static bool has_parameter(struct str url, const char *name, const char *value)
{
	return str_eq(parameter(url, name), str_of(value));
}

static struct str without_query(struct str url)
{
	return str_slice(url, 0, str_find_char(url, '?', 0));
}

static struct str body_of(struct conversion *conversion, const struct transaction *tx)
{
	buf_clear(&conversion->scratch);
	return arena_str(&conversion->job->arena,
			 transaction_body_bytes(&tx->body, &conversion->scratch));
}

/* Whether TX is a poll of the connection SID that SOCKET continues. */
static bool is_poll(struct conversion *conversion, const struct transaction *tx,
		    const struct transaction *socket, struct str sid)
{
	if (tx->kind != TX_REQUEST || tx->disposition != TX_KEPT || tx->source != socket->source ||
	    !str_eq(without_query(tx->url), without_query(socket->url)) ||
	    !has_parameter(tx->url, "transport", "polling"))
		return false;
	if (parameter(tx->url, "sid").ptr)
		return str_eq(parameter(tx->url, "sid"), sid);
	return str_find(body_of(conversion, tx), sid, 0) != NOT_FOUND;
}

/* ---- packets */

/* Those that only say that the WebSocket takes over. */
static bool is_of_upgrade(struct str text)
{
	return str_eq(text, STR("2probe")) || str_eq(text, STR("3probe")) ||
	       str_eq(text, STR("5")) || str_eq(text, STR("6"));
}

static void add_packet(struct conversion *conversion, struct packets *all, struct packet packet)
{
	if (!packet.text.len || is_of_upgrade(packet.text))
		return;
	packet.position = all->items.count;
	VEC_PUSH(&conversion->job->arena, &all->items, packet);
}

static void add_payload(struct conversion *conversion, struct packets *all, struct str payload,
			enum tx_kind kind, int64_t at_us)
{
	for (size_t at = 0; at < payload.len;) {
		size_t end = str_find_char(payload, SEPARATOR, at);
		struct str text = str_slice(payload, at, end);
		bool binary = str_starts(text, STR("b"));

		at = end == NOT_FOUND ? payload.len : end + 1;
		add_packet(conversion, all,
			   (struct packet){.kind = kind,
					   .at_us = at_us,
					   .text = str_slice(text, binary, text.len),
					   .binary = binary});
	}
}

static int by_time(const void *a, const void *b)
{
	const struct packet *x = a, *y = b;

	if (x->at_us != y->at_us)
		return x->at_us < y->at_us ? -1 : 1;
	return x->position < y->position ? -1 : x->position > y->position;
}

static void put_text(struct conversion *conversion, const struct packet *packet,
		     struct transaction *message)
{
	struct tx_body *body = packet->kind == TX_SENT ? &message->request_body : &message->body;

	message->binary = packet->binary;
	body->raw = packet->text;
	if (packet->binary && packet->kind == TX_RECEIVED) {
		body->coding = TX_BASE64;
	} else if (packet->binary) {
		buf_clear(&conversion->scratch);
		if (base64_decode(&conversion->scratch, packet->text))
			body->raw =
			    arena_str(&conversion->job->arena, buf_str(&conversion->scratch));
	}
}

/* The messages of SOCKET are those packets, and its own without those of the upgrade. */
static void join_packets(struct conversion *conversion, struct tx_socket *socket,
			 const struct packets *polled)
{
	struct arena *a = &conversion->job->arena;
	struct tx_socket own = *socket;

	qsort(polled->items.items, polled->items.count, sizeof *polled->items.items, by_time);
	socket->messages.items = NULL;
	socket->messages.count = socket->messages.cap = 0;
	for (size_t i = 0, k = 0; i < polled->items.count || k < own.messages.count;) {
		const struct packet *packet =
		    i < polled->items.count ? &polled->items.items[i] : NULL;
		struct transaction *message = k < own.messages.count ? own.messages.items[k] : NULL;

		if (packet && (!message || packet->at_us <= message->start_us)) {
			put_text(conversion, packet,
				 transaction_add_message(a, socket, packet->kind, packet->at_us));
			i++;
			continue;
		}
		k++;
		if (message->kind == TX_CLOSED || message->binary ||
		    !is_of_upgrade(message->kind == TX_SENT ? message->request_body.raw
							    : body_of(conversion, message)))
			VEC_PUSH(a, &socket->messages, message);
	}
}

/* ---- one connection */

/* URL without the parameter sid. */
static struct str without_sid(struct arena *a, struct str url, struct str sid)
{
	size_t to = (size_t)(sid.ptr - url.ptr) + sid.len,
	       from = (size_t)(sid.ptr - url.ptr) - STR("sid=").len;

	if (to < url.len)
		to++; /* and the & after it */
	else
		from--;
	return arena_printf(a, "%.*s%.*s", (int)from, url.ptr,
			    STR_ARG(str_slice(url, to, url.len)));
}

static void open_directly(struct conversion *conversion, struct transaction *socket, struct str sid)
{
	struct tx_list *list = &conversion->job->list;
	struct transaction *first = NULL;
	struct packets polled = {0};

	for (size_t i = 0; i < list->items.count; i++) {
		struct transaction *tx = list->items.items[i];

		if (!is_poll(conversion, tx, socket, sid))
			continue;
		first = first ? first : tx;
		add_payload(conversion, &polled, tx->request_body.raw, TX_SENT, tx->start_us);
		if (!str_eq(tx->method, STR("POST")))
			add_payload(conversion, &polled, body_of(conversion, tx), TX_RECEIVED,
				    tx->end_us);
		transaction_skip(tx, SKIP_REASON_POLL, STR_NULL);
	}
	if (!first)
		return;
	socket->url = without_sid(&conversion->job->arena, socket->url, sid);
	socket->start_us = socket->end_us = first->start_us;
	join_packets(conversion, socket->socket, &polled);
	for (size_t i = 0; i < socket->socket->messages.count; i++)
		socket->socket->messages.items[i]->url = socket->url;
}

void conversion_join_polls(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count && !conversion->job->no_times; i++) {
		struct transaction *tx = list->items.items[i];
		struct str sid = parameter(tx->url, "sid");

		if (tx->kind == TX_SOCKET && tx->disposition == TX_KEPT && sid.len &&
		    tx->start_us != TX_TIME_UNKNOWN && has_parameter(tx->url, "EIO", "4") &&
		    has_parameter(tx->url, "transport", "websocket"))
			open_directly(conversion, tx, sid);
	}
}
