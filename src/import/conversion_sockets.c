/*
 * The messages of WebSockets among the steps. All received messages are steps at first, so that
 * their values are correlated; then those that nothing needs are dropped, and the conversion is
 * repeated. What stays: the first message that follows from a sent one, if it can be recognized,
 * and those with values that are used later.
 */
#include "base/ascii.h"
#include "base/url.h"
#include "import/conversion.h"
#include "import/message_frame.h"

#define RECEIVED_MAX 2000u   /* received messages of a socket that are searched for values */
#define REPLY_US     1000000 /* a script replies to a ping in this time */
#define ECHO_WINDOW  50u     /* received messages that can repeat the id of a sent one */

/* ---- the list */

void conversion_remove_messages(struct import_job *job)
{
	struct tx_list *list = &job->list;
	size_t kept = 0;

	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->kind <= TX_SOCKET)
			list->items.items[kept++] = list->items.items[i];
	list->items.count = kept;
}

/* ---- messages with what they are recognized by */

struct known_message {
	struct transaction *tx;
	struct str text; /* empty if it is binary, or not complete */
	struct message_keys keys;
	bool is_taken;	  /* a part of on_message, or the reply to a sent one */
	unsigned of_kind; /* received messages of the same kind */
};

struct known_messages {
	struct conversion *conversion;
	struct arena *arena;
	struct known_message *items;
	size_t count, sent;
};

struct str conversion_message_text(struct conversion *conversion, const struct transaction *tx)
{
	const struct tx_body *body = tx->kind == TX_SENT ? &tx->request_body : &tx->body;

	if (tx->binary || body->lost || tx->kind == TX_CLOSED)
		return STR("");
	buf_clear(&conversion->scratch);
	return arena_str(&conversion->job->arena,
			 transaction_body_bytes(body, &conversion->scratch));
}

static void count_kinds(struct known_messages *all)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct known_message *m = &all->items[i];

		for (size_t k = 0; k < i && k < RECEIVED_MAX; k++)
			if (m->tx->kind == all->items[k].tx->kind &&
			    message_frame_same_keys(&m->keys, &all->items[k].keys)) {
				all->items[k].of_kind++;
				break;
			}
	}
	for (size_t i = 0; i < all->count; i++)
		for (size_t k = 0; k < i && k < RECEIVED_MAX; k++)
			if (all->items[i].tx->kind == all->items[k].tx->kind &&
			    message_frame_same_keys(&all->items[i].keys, &all->items[k].keys)) {
				all->items[i].of_kind = all->items[k].of_kind;
				break;
			}
}

static void know_messages(struct known_messages *all, const struct tx_socket *socket)
{
	struct arena *a = all->arena;

	all->items = ARENA_ARRAY(a, socket->messages.count + 1, struct known_message);
	for (size_t i = 0; i < socket->messages.count; i++) {
		struct known_message *m = &all->items[all->count++];

		m->tx = socket->messages.items[i];
		m->text = conversion_message_text(all->conversion, m->tx);
		message_frame_keys(a, m->text, &m->keys);
		all->sent += m->tx->kind == TX_SENT;
	}
	count_kinds(all);
}

/* ---- pings of the server */

/* The next message of the client, if it follows soon; NULL otherwise. */
static struct known_message *next_sent(const struct known_messages *all, size_t at)
{
	int64_t until_us = all->items[at].tx->start_us + REPLY_US;

	for (at++; at < all->count && all->items[at].tx->start_us <= until_us; at++)
		if (all->items[at].tx->kind == TX_SENT)
			return &all->items[at];
	return NULL;
}

static void add_reply(struct known_messages *all, struct tx_socket *socket,
		      const struct known_message *received, const struct known_message *sent)
{
	for (size_t i = 0; i < socket->replies.count; i++) {
		struct tx_reply *reply = &socket->replies.items[i];
		struct message_keys keys;

		message_frame_keys(
		    all->arena, conversion_message_text(all->conversion, reply->received), &keys);
		if (!message_frame_same_keys(&keys, &received->keys))
			continue;
		reply->differs =
		    reply->differs || !str_eq(reply->sent->request_body.raw, sent->text);
		return;
	}
	VEC_PUSH(all->arena, &socket->replies,
		 ((struct tx_reply){.received = received->tx, .sent = sent->tx}));
}

static void find_pings(struct known_messages *all, struct tx_socket *socket)
{
	for (size_t i = 0; i < all->count; i++) {
		struct known_message *m = &all->items[i], *reply;

		if (m->tx->kind != TX_RECEIVED || !message_frame_is_ping(&m->keys))
			continue;
		reply = next_sent(all, i);
		if (!reply || reply->is_taken || !message_frame_is_pong(&reply->keys))
			continue;
		add_reply(all, socket, m, reply);
		m->is_taken = reply->is_taken = true;
		transaction_skip(m->tx, SKIP_REASON_WEBSOCKET, STR_NULL);
		transaction_skip(reply->tx, SKIP_REASON_WEBSOCKET, STR_NULL);
	}
}

/* ---- replies to sent messages */

/* The received message that repeats a value of the sent one, before another one of it. */
static struct known_message *find_echo(struct known_messages *all, size_t sent)
{
	size_t seen = 0;

	for (size_t i = sent + 1; i < all->count && seen < ECHO_WINDOW; i++) {
		struct known_message *m = &all->items[i];
		struct message_keys keys = m->keys;

		if (m->tx->kind != TX_RECEIVED || m->is_taken || !m->text.len)
			continue;
		seen++;
		if (message_frame_is_acknowledgement(all->items[sent].text, m->text) ||
		    message_frame_add_echoes(all->arena, all->items[sent].text, m->text, &keys))
			return m;
	}
	return NULL;
}

/* The first one, without those that the server sends again and again. One that only announces
 * another, such as "typing", counts if no other follows. */
static struct known_message *find_first(struct known_messages *all, size_t sent)
{
	struct known_message *announcement = NULL;

	for (size_t i = sent + 1; i < all->count && all->items[i].tx->kind != TX_SENT; i++) {
		struct known_message *m = &all->items[i];

		if (m->tx->kind != TX_RECEIVED || m->is_taken ||
		    !message_frame_has_keys(&m->keys) || m->of_kind > all->sent + 1)
			continue;
		if (!message_frame_is_announcement(&m->keys))
			return m;
		announcement = announcement ? announcement : m;
	}
	return announcement;
}

static void find_replies(struct known_messages *all)
{
	for (size_t i = 0; i < all->count; i++) {
		struct known_message *reply;

		if (all->items[i].tx->kind != TX_SENT || all->items[i].is_taken)
			continue;
		reply = find_echo(all, i);
		if (!reply)
			reply = find_first(all, i);
		if (!reply)
			continue;
		reply->is_taken = true;
		reply->tx->reply_to = all->items[i].tx;
	}
}

/* ---- unused messages */

/* Binary and incomplete messages, and those after the maximum, have no values for others. */
static void drop_unreadable(struct known_messages *all)
{
	size_t received = 0;

	for (size_t i = 0; i < all->count; i++) {
		struct known_message *m = &all->items[i];

		if (m->tx->kind == TX_RECEIVED && !m->tx->reply_to &&
		    (!m->text.len || ++received > RECEIVED_MAX))
			transaction_skip(m->tx, SKIP_REASON_WEBSOCKET, STR_NULL);
		else if (m->tx->kind == TX_SENT && m->tx->request_body.lost)
			transaction_skip(m->tx, SKIP_REASON_WEBSOCKET, STR_NULL);
	}
}

/* A close matters if requests follow. */
static void drop_last_close(const struct tx_list *list, const struct tx_socket *socket)
{
	struct transaction *last =
	    socket->messages.count ? socket->messages.items[socket->messages.count - 1] : NULL;

	if (!last || last->kind != TX_CLOSED)
		return;
	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->disposition == TX_KEPT &&
		    list->items.items[i]->kind <= TX_SOCKET &&
		    list->items.items[i]->source == last->source &&
		    list->items.items[i]->start_us >= last->start_us)
			return;
	transaction_skip(last, SKIP_REASON_WEBSOCKET, STR_NULL);
}

static void prepare(struct conversion *conversion, struct tx_socket *socket)
{
	struct known_messages all = {.conversion = conversion, .arena = &conversion->job->arena};

	know_messages(&all, socket);
	find_pings(&all, socket);
	find_replies(&all);
	drop_unreadable(&all);
	drop_last_close(&conversion->job->list, socket);
	socket->is_prepared = true;
}

/* The last part of the path, as a name: "chat", "chat2". */
static struct str name_of(struct conversion *conversion, const struct transaction *tx)
{
	struct buf *out = &conversion->scratch;
	struct url url;
	size_t from;

	buf_clear(out);
	if (url_split(tx->url, &url)) {
		if (str_ends(url.path, STR("/")))
			url.path.len--;
		for (from = url.path.len; from > 0 && url.path.ptr[from - 1] != '/'; from--)
			;
		for (size_t i = from; i < url.path.len && out->len < 20; i++)
			if (ascii_is_alnum(url.path.ptr[i]))
				buf_add_char(out, ascii_to_lower(url.path.ptr[i]));
	}
	if (!out->len || ascii_is_digit(out->data[0]))
		return STR("socket");
	return arena_str(&conversion->job->arena, buf_str(out));
}

static bool is_used(const struct tx_list *list, struct str name)
{
	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->kind == TX_SOCKET &&
		    str_eq(list->items.items[i]->socket->name, name))
			return true;
	return false;
}

static void name_sockets(struct conversion *conversion)
{
	const struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++) {
		const struct transaction *tx = list->items.items[i];
		struct str base, name;

		if (tx->kind != TX_SOCKET || tx->disposition != TX_KEPT || tx->socket->name.len)
			continue;
		base = name = name_of(conversion, tx);
		for (unsigned n = 2; is_used(list, name); n++)
			name = arena_printf(&conversion->job->arena, "%.*s%u", STR_ARG(base), n);
		tx->socket->name = name;
	}
}

/* ---- insertion */

void conversion_insert_messages(struct conversion *conversion)
{
	struct tx_list *list = &conversion->job->list;
	size_t count = list->items.count, sockets = 0;

	conversion_find_listeners(conversion);
	conversion_join_polls(conversion);
	for (size_t i = 0; i < count; i++) {
		struct transaction *tx = list->items.items[i];

		if (tx->kind != TX_SOCKET || tx->disposition != TX_KEPT)
			continue;
		sockets++;
		if (!tx->socket->is_prepared)
			prepare(conversion, tx->socket);
		for (size_t k = 0; k < tx->socket->messages.count; k++)
			VEC_PUSH(&conversion->job->arena, &list->items,
				 tx->socket->messages.items[k]);
	}
	if (sockets)
		transaction_list_sort(list);
	if (sockets > 1)
		name_sockets(conversion);
}

/* ---- the choice */

bool conversion_drop_messages(struct conversion *conversion)
{
	bool any = false;

	for (size_t i = 0; i < conversion->steps.count; i++) {
		const struct conversion_step *step = &conversion->steps.items[i];

		if (step->tx->kind != TX_RECEIVED || step->tx->reply_to ||
		    step->extractor_specs.count)
			continue;
		transaction_skip(step->tx, SKIP_REASON_WEBSOCKET, STR_NULL);
		any = true;
	}
	return any;
}

/* A wait right after the message that it follows from is a part of the same step. Other messages
 * can arrive before that message is sent. */
static void join_waits(struct conversion *conversion)
{
	for (size_t i = 1; i < conversion->steps.count; i++) {
		struct conversion_step *step = &conversion->steps.items[i];
		const struct conversion_step *before = &conversion->steps.items[i - 1];

		step->joined = step->tx->kind == TX_RECEIVED && before->tx->kind == TX_SENT &&
			       step->tx->reply_to == before->tx;
	}
}

void conversion_finish_messages(struct conversion *conversion)
{
	join_waits(conversion);
	for (size_t i = 0; i < conversion->steps.count; i++)
		if (conversion->steps.items[i].tx->kind == TX_SOCKET)
			conversion_report_socket(conversion, conversion->steps.items[i].tx->socket);
}

bool conversion_is_performed(const struct conversion_step *step)
{
	return !step->disabled && step->tx->kind != TX_SENT && step->tx->kind != TX_CLOSED;
}
