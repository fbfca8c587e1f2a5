/*
 * The messages of WebSockets as applications write them: JSON, or JSON after a short prefix, such
 * as 42["event",…] of socket.io. Finds what says which message it is (its keys),
 * and which values of a sent message a received one repeats. Pure; results are in the caller's
 * arena, as views of it or of the message.
 */
#ifndef IMPORT_MESSAGE_FRAME_H
#define IMPORT_MESSAGE_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "doc/json.h"

#define MESSAGE_KEYS_MAX 4

/* A message in two parts; `json` is empty if it is another text. */
struct message_frame {
	struct str prefix, json;
};

struct message_key {
	struct str path;  /* "$.type" */
	struct str value; /* as a text */
	bool is_number;
	uint32_t sent; /* the item of the sent message that has the value too, or UINT32_MAX */
};

/* The marks of a message: members of JSON, or a pattern of its text, or its whole text. */
struct message_keys {
	struct message_key items[MESSAGE_KEYS_MAX];
	size_t count;
	struct str pattern; /* a regular expression, or empty */
	struct str whole;   /* the text, or empty */
	struct str word;    /* "join": what the message is about; or empty */
};

/* TAPE is the JSON of the message if the result has some. */
struct message_frame message_frame_read(struct str text, struct json_tape *tape);
/* The constant keys of a text: type, event, op and others. */
void message_frame_keys(struct arena *a, struct str text, struct message_keys *out);
bool message_frame_has_keys(const struct message_keys *keys);
/* Whether both messages have the same kind. */
bool message_frame_same_keys(const struct message_keys *x, const struct message_keys *y);
/* Adds members of RECEIVED that have a value of SENT. True if one of them shows that RECEIVED
 * follows from SENT: the id of a request, or a longer text. */
bool message_frame_add_echoes(struct arena *a, struct str sent, struct str received,
			      struct message_keys *out);
/* Whether RECEIVED is the acknowledgement of socket.io that SENT asks for: 421[…] and 431[…]. */
bool message_frame_is_acknowledgement(struct str sent, struct str received);
/* Whether the word of a message says that it only keeps the connection open. */
bool message_frame_is_ping(const struct message_keys *keys);
bool message_frame_is_pong(const struct message_keys *keys);
/* Whether it says that another message will follow. */
bool message_frame_is_announcement(const struct message_keys *keys);

#endif
