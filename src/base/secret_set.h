/*
 * A set of secrets in all of their forms (base/secret_forms.h), and the search for them: an
 * automaton (Aho and Corasick) reads each byte of a text once, however many secrets there are. A
 * set belongs to one thread until secret_set_prepare; then any thread may search with it.
 */
#ifndef BASE_SECRET_SET_H
#define BASE_SECRET_SET_H

#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

/* A secret as it was added. */
struct secret {
	struct str name;
	size_t at, len; /* in `bytes` */
};

/* The name of a secret that users do not know by a name: a text derived from others. */
#define SECRET_SET_UNNAMED "SECRET"

/* Maximum bytes of the context of secret_set_add_after that are compared: the last ones. */
#define SECRET_SET_CONTEXT 8u

struct secret_node;
struct secret_rest;

struct secret_set {
	struct secret_node *nodes; /* the first is the root */
	size_t node_count, node_cap;
	uint32_t first[256]; /* the root's children */
	struct secret *secrets;
	size_t secret_count, secret_cap;
	struct secret_rest *rests; /* of forms longer than the automaton is deep */
	size_t rest_count, rest_cap;
	struct buf bytes;  /* of the secrets, and of the rests */
	struct buf starts; /* of size_t: numbers of secrets that begin a text */
	bool prepared;
};

void secret_set_init(struct secret_set *set);
void secret_set_release(struct secret_set *set);
/* Empties it and keeps the memory. */
void secret_set_clear(struct secret_set *set);
/* Adds all forms of SECRET, unless it is shorter than SECRET_FORMS_MIN. NAME must live as long as
 * the set. */
void secret_set_add(struct secret_set *set, struct str name, struct str secret);
/* Adds SECRET, of any length, only where it follows CONTEXT, or begins the text if CONTEXT is
 * empty. */
void secret_set_add_after(struct secret_set *set, struct str name, struct str context,
			  struct str secret);
/* Must be called after the last secret and before the first search. */
void secret_set_prepare(struct secret_set *set);

/* A secret in a text, as bytes [from, to) of it. */
struct secret_hit {
	size_t from, to;
	struct str name;
	bool plain; /* the secret as it was added; false: in an encoded form, or a part of it */
};

/* Calls FOUND for secrets of SET in TEXT, in the order of their ends; of those with the same end
 * only for the longest. A part of a secret counts if the text was cut there with an ellipsis, or if
 * it is longer than 256 bytes; if several secrets begin with it, and none of them is complete, all
 * letters, digits and signs of tokens that follow count too. */
void secret_set_search(const struct secret_set *set, struct str text,
		       void (*found)(void *owner, const struct secret_hit *hit), void *owner);

#endif
