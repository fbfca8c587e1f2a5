#include "demo/shop_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uthash.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/log.h"
#include "demo/catalogue.h"

#define SESSIONS    100000
#define ORDERS	    100000
#define ORDER_FIRST 50001
#define CHATS	    100000

struct entry {
	struct shop_session session;
	UT_hash_handle by_id, by_token;
};

/* A conversation of the support chat. */
struct chat {
	char id[TOKEN_CHARS + 1];
	int questions;
	UT_hash_handle by_id;
};

struct shop_state {
	struct random_stream draws;
	struct entry **ring;
	size_t next;
	struct entry *by_id, *by_token;
	struct order *orders;
	unsigned orders_made, carts_made, visitors;
	struct {
		struct buf hash, text;
	} queries[PERSISTED_QUERIES];
	unsigned next_query;
	struct chat *chats, *by_chat; /* a ring */
	size_t next_chat;
};

struct shop_state *shop_state_new(uint64_t seed)
{
	struct shop_state *state = alloc_zeroed(1, sizeof *state);

	state->draws = random_stream(seed, 0, 0, 0);
	state->ring = alloc_zeroed(SESSIONS, sizeof(struct entry *));
	state->orders = alloc_zeroed(ORDERS, sizeof *state->orders);
	state->chats = alloc_zeroed(CHATS, sizeof *state->chats);
	return state;
}

static void discard(struct shop_state *state, struct entry *entry)
{
	HASH_DELETE(by_id, state->by_id, entry);
	if (entry->session.token[0])
		HASH_DELETE(by_token, state->by_token, entry);
	free(entry);
}

void shop_state_free(struct shop_state *state)
{
	for (size_t i = 0; i < SESSIONS; i++)
		if (state->ring[i])
			discard(state, state->ring[i]);
	for (unsigned i = 0; i < PERSISTED_QUERIES; i++) {
		buf_release(&state->queries[i].hash);
		buf_release(&state->queries[i].text);
	}
	HASH_CLEAR(by_id, state->by_chat);
	free(state->chats);
	free(state->ring);
	free(state->orders);
	free(state);
}

struct random_stream *shop_state_draws(struct shop_state *state)
{
	return &state->draws;
}

static void draw_token(struct shop_state *state, char out[TOKEN_CHARS + 1])
{
	unsigned long long high = random_u64(&state->draws), low = random_u64(&state->draws);

	snprintf(out, TOKEN_CHARS + 1, "%016llx%016llx", high, low);
}

struct shop_session *shop_state_session_new(struct shop_state *state)
{
	struct entry *entry = alloc_zeroed(1, sizeof *entry);

	if (state->ring[state->next])
		discard(state, state->ring[state->next]);
	state->ring[state->next] = entry;
	entry->session.ring_index = state->next;
	entry->session.visitor = ++state->visitors;
	state->next = (state->next + 1) % SESSIONS;
	draw_token(state, entry->session.id);
	draw_token(state, entry->session.csrf);
	HASH_ADD(by_id, state->by_id, session.id, TOKEN_CHARS, entry);
	return &entry->session;
}

struct shop_session *shop_state_session_find(struct shop_state *state, struct str id)
{
	struct entry *entry = NULL;

	if (id.len == TOKEN_CHARS)
		HASH_FIND(by_id, state->by_id, id.ptr, TOKEN_CHARS, entry);
	return entry ? &entry->session : NULL;
}

struct shop_session *shop_state_session_by_token(struct shop_state *state, struct str token)
{
	struct entry *entry = NULL;

	if (token.len == TOKEN_CHARS)
		HASH_FIND(by_token, state->by_token, token.ptr, TOKEN_CHARS, entry);
	return entry ? &entry->session : NULL;
}

void shop_state_session_renew(struct shop_state *state, struct shop_session *session)
{
	struct entry *entry = state->ring[session->ring_index];

	HASH_DELETE(by_id, state->by_id, entry);
	draw_token(state, entry->session.id);
	HASH_ADD(by_id, state->by_id, session.id, TOKEN_CHARS, entry);
}

void shop_state_session_issue_csrf(struct shop_state *state, struct shop_session *session)
{
	draw_token(state, session->csrf);
}

void shop_state_session_issue_token(struct shop_state *state, struct shop_session *session)
{
	struct entry *entry = state->ring[session->ring_index];

	if (session->token[0])
		HASH_DELETE(by_token, state->by_token, entry);
	draw_token(state, entry->session.token);
	session->token_until = 0;
	HASH_ADD(by_token, state->by_token, session.token, TOKEN_CHARS, entry);
}

void shop_state_session_end(struct shop_state *state, struct shop_session *session)
{
	struct entry *entry = state->ring[session->ring_index];

	state->ring[session->ring_index] = NULL;
	discard(state, entry);
}

bool shop_state_cart_put(struct shop_state *state, struct shop_session *session, unsigned product,
			 unsigned quantity, bool add)
{
	unsigned at = 0;

	while (at < session->cart_lines && session->cart[at].product != product)
		at++;
	if (at == CART_LINES)
		return false;
	if (at == session->cart_lines)
		session->cart[session->cart_lines++] = (struct cart_line){product, 0};
	session->cart[at].quantity = add ? session->cart[at].quantity + quantity : quantity;
	if (session->cart[at].quantity == 0)
		session->cart[at] = session->cart[--session->cart_lines];
	if (!session->cart_id)
		session->cart_id = ++state->carts_made;
	return true;
}

unsigned shop_state_cart_cents(const struct shop_session *session)
{
	unsigned cents = 0;

	for (unsigned i = 0; i < session->cart_lines; i++)
		cents +=
		    catalogue_find(session->cart[i].product)->cents * session->cart[i].quantity;
	return cents;
}

unsigned shop_state_cart_items(const struct shop_session *session)
{
	unsigned items = 0;

	for (unsigned i = 0; i < session->cart_lines; i++)
		items += session->cart[i].quantity;
	return items;
}

struct order *shop_state_order_new(struct shop_state *state, struct shop_session *session)
{
	struct order *order = &state->orders[state->orders_made % ORDERS];

	if (!session->cart_lines)
		return NULL;
	*order = (struct order){.id = ORDER_FIRST + state->orders_made++,
				.cents = shop_state_cart_cents(session),
				.items = shop_state_cart_items(session)};
	snprintf(order->owner, sizeof order->owner, "%s",
		 session->user[0] ? session->user : session->id);
	session->cart_lines = 0;
	session->cart_id = 0;
	return order;
}

struct order *shop_state_order_find(struct shop_state *state, unsigned id)
{
	struct order *order;

	if (id < ORDER_FIRST)
		return NULL;
	order = &state->orders[(id - ORDER_FIRST) % ORDERS];
	return order->id == id ? order : NULL;
}

struct str shop_state_query_find(const struct shop_state *state, struct str hash)
{
	for (unsigned i = 0; i < PERSISTED_QUERIES; i++)
		if (hash.len && str_eq(buf_str(&state->queries[i].hash), hash))
			return buf_str(&state->queries[i].text);
	return STR("");
}

void shop_state_query_keep(struct shop_state *state, struct str hash, struct str text)
{
	unsigned at = state->next_query;

	if (shop_state_query_find(state, hash).len)
		return;
	buf_clear(&state->queries[at].hash);
	buf_clear(&state->queries[at].text);
	buf_add(&state->queries[at].hash, hash);
	buf_add(&state->queries[at].text, text);
	state->next_query = (at + 1) % PERSISTED_QUERIES;
}

/* ---- support */

void shop_state_conversation_new(struct shop_state *state, char id[TOKEN_CHARS + 1])
{
	struct chat *chat = &state->chats[state->next_chat];

	state->next_chat = (state->next_chat + 1) % CHATS;
	if (chat->id[0])
		HASH_DELETE(by_id, state->by_chat, chat);
	draw_token(state, chat->id);
	chat->questions = 0;
	HASH_ADD(by_id, state->by_chat, id, TOKEN_CHARS, chat);
	memcpy(id, chat->id, sizeof chat->id);
}

static struct chat *find_chat(struct shop_state *state, struct str id)
{
	struct chat *chat = NULL;

	if (id.len == TOKEN_CHARS)
		HASH_FIND(by_id, state->by_chat, id.ptr, TOKEN_CHARS, chat);
	return chat;
}

void shop_state_conversation_ask(struct shop_state *state, struct str id)
{
	struct chat *chat = find_chat(state, id);

	if (chat)
		chat->questions++;
}

int shop_state_conversation_questions(struct shop_state *state, struct str id)
{
	struct chat *chat = find_chat(state, id);

	return chat ? chat->questions : -1;
}
