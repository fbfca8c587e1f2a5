/*
 * A channel: an open connection of a user over which messages arrive at any time. There are two
 * kinds: a WebSocket (net/client_channel.h), and a stream of events, over which nothing can be sent
 * (run/listener.h). It begins as an exchange; if the response opens it, the exchange has it, and
 * the caller that takes it owns it until `close`. Messages and the end are reported from the loop,
 * never inside a function of the channel and never before `take`; those of a WebSocket by
 * channel_message and channel_closed of struct http. One thread.
 */
#ifndef NET_CHANNEL_H
#define NET_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/str.h"

struct channel;

/* The part of a plan that opens a WebSocket. Must outlive the http. */
struct channel_spec {
	struct str protocols; /* of Sec-WebSocket-Protocol, NUL-terminated; empty: none */
	const char *offer;    /* of Sec-WebSocket-Extensions, or NULL: no compression */
	size_t message_max;   /* bytes of a received message; larger ones end the connection */
	ns_t idle_ping;	      /* a ping after this time without any message; 0: none */
};

struct channel_message {
	bool text;	    /* not binary */
	struct str payload; /* valid during the call */
	struct str event;   /* the type of an event; empty: a message of a WebSocket */
	ns_t at;	    /* its arrival; messages that arrived together have the same */
	uint64_t wire;	    /* bytes on the connection */
};

/* Why the other side has ended the channel. */
struct channel_end {
	unsigned code;	   /* of the close of a WebSocket; 1006: none was received */
	struct str reason; /* as received */
	const char *why;   /* the other side broke the rules, or the connection was lost; or NULL */
};

enum channel_sent {
	CHANNEL_SENT,
	CHANNEL_IS_CLOSED,
	CHANNEL_IS_FULL, /* the other side does not read what was sent before */
	CHANNEL_ONLY_RECEIVES,
};

struct channel_ops {
	/* The caller of an exchange takes the channel, which may report messages now. */
	void (*take)(struct channel *channel);
	/* WIRE is increased by the bytes of the frame. */
	enum channel_sent (*send)(struct channel *channel, bool text, struct str payload,
				  uint64_t *wire);
	/* The owner gives the channel back. If it is open, the close with CODE is performed in the
	 * background. No call follows. */
	void (*close)(struct channel *channel, unsigned code, struct str reason);
};

/* The first member of every implementation. */
struct channel {
	const struct channel_ops *ops;
	void *owner;
	struct str protocol; /* the chosen subprotocol; empty: none */
	bool listens;	     /* a stream of events */
};

#endif
