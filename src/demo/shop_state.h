/*
 * The shop's memory: sessions with their carts, and orders. Both are rings: the oldest entry is
 * overwritten when the ring is full, so that a long load does not need more memory.
 */
#ifndef DEMO_SHOP_STATE_H
#define DEMO_SHOP_STATE_H

#include "base/clock.h"
#include "base/random.h"
#include "base/str.h"

#define TOKEN_CHARS	  32
#define CART_LINES	  20
#define PERSISTED_QUERIES 32u

struct cart_line {
	unsigned product;
	unsigned quantity;
};

struct shop_session {
	char id[TOKEN_CHARS + 1];
	char csrf[TOKEN_CHARS + 1];	/* new with every login page */
	char token[TOKEN_CHARS + 1];	/* of the API, empty until requested */
	ns_t token_until;		/* the token has expired after this; 0: it does not */
	char user[64];			/* empty: not logged in */
	char nickname[64], language[8]; /* settings */
	bool newsletter;
	struct cart_line cart[CART_LINES];
	unsigned cart_lines;
	unsigned cart_id;  /* 0: none yet */
	unsigned visitor;  /* number of the session, which stays when its id is renewed; from 1 */
	size_t ring_index; /* in the ring */
};

struct order {
	unsigned id; /* 0: none */
	char owner[64];
	unsigned cents, items;
	unsigned polls; /* how often its status was read */
};

struct shop_state;

struct shop_state *shop_state_new(uint64_t seed);
void shop_state_free(struct shop_state *state);
struct random_stream *shop_state_draws(struct shop_state *state);
/* A new session, not logged in. */
struct shop_session *shop_state_session_new(struct shop_state *state);
/* NULL if it is unknown or was overwritten. */
struct shop_session *shop_state_session_find(struct shop_state *state, struct str id);
struct shop_session *shop_state_session_by_token(struct shop_state *state, struct str token);
/* After login: a new id for the same session, so that an id from before the login is no longer
 * valid (session fixation). */
void shop_state_session_renew(struct shop_state *state, struct shop_session *session);
void shop_state_session_issue_csrf(struct shop_state *state, struct shop_session *session);
void shop_state_session_issue_token(struct shop_state *state, struct shop_session *session);
void shop_state_session_end(struct shop_state *state, struct shop_session *session);
/* False if the cart is full. QUANTITY 0 removes the product. ADD: adds to the existing quantity,
 * else replaces it. */
bool shop_state_cart_put(struct shop_state *state, struct shop_session *session, unsigned product,
			 unsigned quantity, bool add);
unsigned shop_state_cart_cents(const struct shop_session *session);
unsigned shop_state_cart_items(const struct shop_session *session);
/* Creates an order from the cart and empties it; NULL if the cart is empty. */
struct order *shop_state_order_new(struct shop_state *state, struct shop_session *session);
struct order *shop_state_order_find(struct shop_state *state, unsigned id);
/* The text of a persisted GraphQL query by its hash; empty if it is unknown. */
struct str shop_state_query_find(const struct shop_state *state, struct str hash);
/* Keeps a copy; the oldest of PERSISTED_QUERIES is forgotten. */
void shop_state_query_keep(struct shop_state *state, struct str hash, struct str text);
/* A new conversation of the support chat; its id in ID. The oldest of 100,000 is forgotten. */
void shop_state_conversation_new(struct shop_state *state, char id[TOKEN_CHARS + 1]);
/* Counts a question. */
void shop_state_conversation_ask(struct shop_state *state, struct str id);
/* Number of questions; -1 if the conversation is unknown. */
int shop_state_conversation_questions(struct shop_state *state, struct str id);

#endif
