/*
 * The channels (net/channel.h) of virtual users: WebSockets and streams of events that their steps
 * have opened. Every
 * message is queued from the opening on, unless a rule of `on_message` consumes it or a step waits
 * for it. A channel ends with the iteration that opened it, or with its user if it was opened in
 * before_user or has `keep: user`. A channel that the other side has closed stays known until then:
 * the next step that uses it fails with the reason. Worker's thread.
 */
#ifndef RUN_CHANNELS_H
#define RUN_CHANNELS_H

#include "net/channel.h"
#include "run/channel_queue.h"
#include "run/worker.h"

/* Maximum number of channels of one user. */
#define CHANNELS_PER_USER 64u
/* Maximum number of replies of `on_message` per second on one channel. */
#define CHANNEL_REPLIES_PER_SECOND 100u

#define CHANNEL_TEXT_BYTES 160

struct user_channel {
	struct user_channel *next; /* of the user, the last opened first; or in the pool */
	struct user *user;
	struct channel *channel;
	const struct channel_step *plan;
	const struct request_plan *request; /* its handshake */
	struct buf url;
	struct buf last; /* its last messages, for failure samples (stats/failure_messages.h) */
	bool ends_with_user;
	bool is_closed; /* by the other side: END and its texts */
	bool is_offline; /* a stream that will be opened again */
	bool is_mute;	/* its replies were limited */
	unsigned code;	/* of the close */
	char reason[CHANNEL_TEXT_BYTES], why[CHANNEL_TEXT_BYTES];
	struct channel_queue queue;
	unsigned dropped; /* since the last wait */
	ns_t replies_since;
	unsigned replies;
};

struct channels *channels_new(void);
/* After all users have left. */
void channels_free(struct channels *channels);

/* The handshake of F has come back with a channel. False if the request has failed instead. */
bool channels_open(struct worker *w, struct fiber *f, struct exchange *x);
/* A step with PLAN, which opens a channel, has nothing to do: its channel is still open, and kept.
 */
bool channels_has_kept(const struct worker *w, const struct fiber *f,
		       const struct request_plan *plan);
/* The channel that a step names by SOCKET, the number of its name; 0: the one opened last. NULL:
 * none. */
struct user_channel *channels_find(const struct user *user, uint32_t socket);
/* Closes the channel and forgets it. */
void channels_close(struct worker *w, struct user_channel *k, unsigned code);
/* The iteration or fixture of USER has ended; ALL: the user leaves. */
void channels_end(struct worker *w, struct user *user, bool all);

/* A stream that ended will be opened again, or was. */
void channels_set_online(struct worker *w, struct channel *channel, bool online);
/* From the loop. */
void channels_message(struct worker *w, struct channel *channel,
		      const struct channel_message *message);
void channels_closed(struct worker *w, struct channel *channel, const struct channel_end *end);

/* A buffer for one message. */
struct buf *channels_text(struct worker *w);
/* The memory of queued messages. */
struct channel_memory *channels_memory(struct worker *w);
/* Sends PAYLOAD on K and counts it. */
enum channel_sent channels_send(struct worker *w, struct user_channel *k, bool text,
				struct str payload);
/* Counts COUNT messages that no step has taken. */
void channels_count_unmatched(struct worker *w, const struct user *user, unsigned count);
/* True if MESSAGE meets all of COUNT expectations of the program, starting with number FIRST. */
bool channels_match(struct worker *w, struct fiber *f, uint32_t first, uint32_t count,
		    const struct message_view *message);
/* Appends the bytes of MESSAGE. False if an expression has no value. */
bool channels_render(struct worker *w, const struct message_plan *message, struct buf *out);
/* Appends why K, which is closed, cannot be used. */
void channels_put_closed(const struct user_channel *k, struct buf *out);

/* ---- channel_steps.c */

/* A message has arrived on the channel that the fiber of USER waits for. */
void channels_wait_message(struct worker *w, struct user *user, const struct message_view *message);
/* That channel was closed. */
void channels_wait_closed(struct worker *w, struct user *user);
/* The time of F, which waits, is up. */
void channels_wait_timed_out(struct worker *w, struct fiber *f);
/* F, which waits, is aborted: counts the wait as cut off. */
void channels_wait_abort(struct worker *w, struct fiber *f);

#endif
