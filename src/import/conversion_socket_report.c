/* The report about a WebSocket or an event stream: how many of its messages are steps, and which
 * are not used. */
#include "import/conversion.h"
#include "import/message_frame.h"

#define IGNORED_MAX 5u /* kinds of messages that are listed */

struct message_counts {
	size_t all, sent, waits, replied, ignored;
};

static void count_messages(const struct tx_socket *socket, struct message_counts *out)
{
	*out = (struct message_counts){.all = 0};
	for (size_t i = 0; i < socket->messages.count; i++) {
		const struct transaction *tx = socket->messages.items[i];

		if (tx->kind == TX_CLOSED)
			continue;
		out->all++;
		out->sent += tx->kind == TX_SENT && tx->disposition == TX_KEPT;
		out->waits += tx->kind == TX_RECEIVED && tx->disposition == TX_KEPT;
		out->replied += tx->kind == TX_SENT && tx->disposition != TX_KEPT;
	}
	out->ignored = out->all - out->sent - out->waits - 2 * out->replied;
}

struct ignored_word {
	struct str word;
	size_t count;
};

/* Appends "reply (3 times), typing (3 times)": the messages that are not used. */
static void put_ignored(struct conversion *conversion, const struct tx_socket *socket,
			struct buf *out)
{
	struct ignored_word words[IGNORED_MAX];
	size_t count = 0, k;

	for (size_t i = 0; i < socket->messages.count; i++) {
		const struct transaction *tx = socket->messages.items[i];
		struct message_keys keys;

		if (tx->kind != TX_RECEIVED || tx->disposition == TX_KEPT)
			continue;
		message_frame_keys(&conversion->job->arena, conversion_message_text(conversion, tx),
				   &keys);
		if (tx->event.len)
			keys.word = tx->event;
		if (!keys.word.len || message_frame_is_ping(&keys))
			continue;
		for (k = 0; k < count && !str_eq(words[k].word, keys.word); k++)
			;
		if (k == count && count < IGNORED_MAX)
			words[count++] = (struct ignored_word){.word = keys.word};
		if (k < count)
			words[k].count++;
	}
	for (k = 0; k < count; k++) {
		buf_printf(out, "%s%.*s", k ? ", " : ": ", STR_ARG(words[k].word));
		if (words[k].count > 1)
			buf_printf(out, " (%zu times)", words[k].count);
	}
}

void conversion_report_socket(struct conversion *conversion, const struct tx_socket *socket)
{
	struct str url = socket->handshake->url;
	struct message_counts n;
	struct buf text;

	count_messages(socket, &n);
	buf_init(&text, 0);
	buf_printf(&text, "%s%.*s: %zu %s%s", socket->listens ? "http" : "ws",
		   STR_ARG(str_slice(url, 4, str_find_char(url, '?', 0))), n.all,
		   socket->listens ? "event" : "message", n.all == 1 ? "" : "s");
	if (!socket->listens)
		buf_printf(&text, ", %zu sent by steps", n.sent);
	if (n.waits)
		buf_printf(&text, ", %zu awaited by wait_for", n.waits);
	if (n.replied)
		buf_printf(&text, ", %zu ping%s replied to by on_message", n.replied,
			   n.replied == 1 ? "" : "s");
	if (n.ignored) {
		buf_printf(&text, "; %zu received that no step waits for", n.ignored);
		put_ignored(conversion, socket, &text);
	}
	job_note(conversion->job, socket->listens ? "stream" : "WebSocket", "%.*s",
		 STR_ARG(buf_str(&text)));
	if (socket->cut)
		job_note(conversion->job, "look at",
			 "entry %u: %zu message%s of the WebSocket %s not complete in the "
			 "recording, and skipped",
			 socket->handshake->number, socket->cut, socket->cut == 1 ? "" : "s",
			 socket->cut == 1 ? "is" : "are");
	for (size_t i = 0; i < socket->replies.count; i++)
		if (socket->replies.items[i].differs)
			job_note(conversion->job, "look at",
				 "entry %u: the replies to pings differ (a counter or a time); "
				 "on_message sends the first one each time",
				 socket->handshake->number);
	buf_release(&text);
}
