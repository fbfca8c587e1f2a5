#include "run/channels.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/event_stream.h"
#include "base/log.h"
#include "run/interpreter.h"
#include "run/request.h"
#include "run/trace.h"
#include "stats/failure_messages.h"

#define GOING_AWAY 1001u
#define NORMAL	   1000u
/* Bytes of the last messages of a channel, and of one of them. */
#define LAST_KEPT    3072u
#define MESSAGE_KEPT 1024u
#define EVENT_KEPT   64u

struct channels {
	struct user_channel *spare;
	struct channel_memory memory;
	struct buf reply;
	bool warned;
};

struct channels *channels_new(void)
{
	struct channels *channels = alloc_zeroed(1, sizeof *channels);

	buf_init(&channels->reply, 0);
	return channels;
}

void channels_free(struct channels *channels)
{
	struct user_channel *next;

	for (struct user_channel *k = channels->spare; k; k = next) {
		next = k->next;
		buf_release(&k->url);
		buf_release(&k->last);
		free(k);
	}
	channel_queue_memory_release(&channels->memory);
	buf_release(&channels->reply);
	free(channels);
}

struct buf *channels_text(struct worker *w)
{
	return &w->channels->reply;
}

struct channel_memory *channels_memory(struct worker *w)
{
	return &w->channels->memory;
}

/* ---- counting */

/* Messages are measured by their own time: those of a channel of before_user too. */
static bool is_measured(const struct worker *w, const struct user *u)
{
	return w->fixture == FIXTURE_NONE && worker_is_after_warm_up(w, u, w->now);
}

static void count_bytes(struct worker *w, const struct user_channel *k, uint64_t sent,
			uint64_t received)
{
	unsigned series = w->plan->requests[k->request - w->program->requests].series;

	if (!k->request->unmeasured && is_measured(w, k->user))
		recorder_bytes(&w->recorder, series, sent, received);
}

void channels_count_unmatched(struct worker *w, const struct user *user, unsigned count)
{
	if (is_measured(w, user))
		recorder_run(&w->recorder)->messages_unmatched += count;
}

/* Keeps the start of MESSAGE, as evidence. */
static void keep_last(struct worker *w, struct user_channel *k, bool sent,
		      const struct message_view *message)
{
	struct failure_message m = {.sent = sent,
				    .text = message->text,
				    .wall = w->now + w->wall_offset,
				    .event = str_cut(message->event, EVENT_KEPT),
				    .data = message->text
						? str_cut(message->payload, MESSAGE_KEPT)
						: str_slice(message->payload, 0, MESSAGE_KEPT),
				    .bytes = message->payload.len};

	if (!w->plan->settings.failure_samples)
		return;
	failure_messages_shorten(&k->last, LAST_KEPT - EVENT_KEPT - m.data.len);
	failure_messages_put(&k->last, &m);
}

enum channel_sent channels_send(struct worker *w, struct user_channel *k, bool text,
				struct str payload)
{
	struct message_view message = {.text = text, .payload = payload};
	uint64_t wire = 0;
	enum channel_sent sent;

	if (k->is_closed)
		return CHANNEL_IS_CLOSED;
	sent = k->channel->ops->send(k->channel, text, payload, &wire);
	if (sent != CHANNEL_SENT)
		return sent;
	if (is_measured(w, k->user))
		recorder_run(&w->recorder)->messages_sent++;
	count_bytes(w, k, wire, 0);
	keep_last(w, k, true, &message);
	trace_message(w, k, true, &message);
	return CHANNEL_SENT;
}

/* ---- opening and closing */

struct user_channel *channels_find(const struct user *user, uint32_t socket)
{
	struct user_channel *k = user->channels;

	while (k && socket && k->plan->socket != socket)
		k = k->next;
	return k;
}

/* The channel that a step with PLAN has opened and that its user still has. */
static struct user_channel *find_of(const struct user *user, const struct channel_step *plan)
{
	struct user_channel *k = user->channels;

	while (k && k->plan != plan)
		k = k->next;
	return k;
}

bool channels_has_kept(const struct worker *w, const struct fiber *f,
		       const struct request_plan *plan)
{
	const struct user_channel *k;

	(void)w;
	if (!plan->channel->keep_user)
		return false;
	k = find_of(f->user, plan->channel);
	return k && !k->is_closed;
}

void channels_close(struct worker *w, struct user_channel *k, unsigned code)
{
	struct user_channel **link = &k->user->channels;

	while (*link != k)
		link = &(*link)->next;
	*link = k->next;
	channels_count_unmatched(w, k->user, channel_queue_clear(&k->queue, &w->channels->memory));
	if (!k->is_closed && !k->is_offline)
		recorder_run(&w->recorder)->sockets_closed++;
	k->channel->ops->close(k->channel, code, STR(""));
	k->channel = NULL;
	k->next = w->channels->spare;
	w->channels->spare = k;
}

void channels_end(struct worker *w, struct user *user, bool all)
{
	struct user_channel *next;

	for (struct user_channel *k = user->channels; k; k = next) {
		next = k->next;
		if (all || !k->ends_with_user)
			channels_close(w, k, worker_aborts_user(w, user) ? GOING_AWAY : NORMAL);
	}
}

static unsigned count_of(const struct user *user)
{
	unsigned count = 0;

	for (const struct user_channel *k = user->channels; k; k = k->next)
		count++;
	return count;
}

static struct user_channel *acquire(struct channels *channels)
{
	struct user_channel *k = channels->spare;
	struct buf url, last;

	if (!k) {
		k = alloc_zeroed(1, sizeof *k);
		buf_init(&k->url, 0);
		buf_init(&k->last, 0);
		return k;
	}
	channels->spare = k->next;
	url = k->url;
	last = k->last;
	*k = (struct user_channel){.url = url, .last = last};
	buf_clear(&k->url);
	buf_clear(&k->last);
	return k;
}

bool channels_open(struct worker *w, struct fiber *f, struct exchange *x)
{
	struct user *u = f->user;
	const struct channel_step *plan = f->request->channel;
	/* A channel with the same name, or of the same step, is replaced. */
	struct user_channel *old = plan->socket ? channels_find(u, plan->socket) : find_of(u, plan),
			    *k;
	struct channel *channel = x->channel;

	if (old)
		channels_close(w, old, NORMAL);
	if (count_of(u) == CHANNELS_PER_USER)
		return false;
	k = acquire(w->channels);
	x->channel = NULL;
	k->user = u;
	k->channel = channel;
	k->plan = plan;
	k->request = f->request;
	k->ends_with_user = plan->keep_user || u->fixture == FIXTURE_BEFORE_USER;
	buf_add(&k->url, str_of(x->last_url));
	k->next = u->channels;
	u->channels = k;
	channel->owner = k;
	recorder_run(&w->recorder)->sockets_opened++;
	channel->ops->take(channel);
	return true;
}

void channels_put_closed(const struct user_channel *k, struct buf *out)
{
	if (k->plan->listens) {
		buf_printf(out, "the stream has ended: %s", k->why);
		return;
	}
	buf_printf(out, "the socket was closed: ");
	if (k->why[0])
		buf_printf(out, "%s (code %u)", k->why, k->code);
	else if (k->code == 1005)
		buf_add(out, STR("the server gave no code"));
	else
		buf_printf(out, "the server closed it with code %u", k->code);
	if (k->reason[0])
		buf_printf(out, ", reason: %s", k->reason);
}

/* ---- messages */

bool channels_match(struct worker *w, struct fiber *f, uint32_t first, uint32_t count,
		    const struct message_view *message)
{
	const struct stream_event event = {.type = message->event, .data = message->payload};
	struct value rendered[EXPECT_RENDERED_MAX];
	bool all = true;

	w->response = (struct response){.body = message->payload, .url = STR(""), .event = &event};
	for (uint32_t i = first; i < first + count && all; i++) {
		const struct expect_plan *e = &w->program->expects[i];

		for (size_t k = 0; k < e->rendered_count && all; k++)
			all = eval_template(e->rendered[k], interpreter_eval(w, f), &rendered[k]);
		all = all &&
		      e->kind->check(e->plan, &w->response, rendered, &w->scratch) == EXPECT_PASSED;
	}
	w->response.event = NULL;
	scratch_clear(&w->scratch);
	return all;
}

bool channels_render(struct worker *w, const struct message_plan *message, struct buf *out)
{
	bool good;

	if (!message->base64) {
		good = eval_render(message->text, &w->eval, out);
	} else {
		buf_clear(&w->text);
		good = eval_render(message->text, &w->eval, &w->text);
		if (good && !base64_decode(out, buf_str(&w->text)))
			good = eval_error(&w->eval, "the message is not base64");
	}
	scratch_clear(&w->scratch);
	return good;
}

/* False if the second has had enough replies. */
static bool may_reply(struct worker *w, struct user_channel *k)
{
	if (w->now - k->replies_since >= NS_PER_S) {
		k->replies_since = w->now;
		k->replies = 0;
	}
	if (k->replies++ < CHANNEL_REPLIES_PER_SECOND)
		return true;
	if (is_measured(w, k->user))
		recorder_run(&w->recorder)->replies_dropped++;
	if (!w->channels->warned)
		log_warning("on_message: more than %u replies per second on one socket; further "
			    "ones are not sent",
			    CHANNEL_REPLIES_PER_SECOND);
	w->channels->warned = true;
	return false;
}

static void reply(struct worker *w, struct user_channel *k, const struct channel_rule *rule)
{
	struct buf *out = &w->channels->reply;

	if (!may_reply(w, k))
		return;
	buf_clear(out);
	interpreter_eval(w, k->user->fiber);
	if (channels_render(w, rule->reply, out))
		(void)channels_send(w, k, !rule->reply->binary, buf_str(out));
}

/* True if a rule of `on_message` consumes the message. */
static bool apply_rules(struct worker *w, struct user_channel *k,
			const struct message_view *message)
{
	for (size_t i = 0; i < k->plan->rule_count; i++) {
		const struct channel_rule *rule = &k->plan->rules[i];

		if (!channels_match(w, k->user->fiber, rule->first_expect, rule->expect_count,
				    message))
			continue;
		if (rule->reply)
			reply(w, k, rule);
		return !rule->pass;
	}
	return false;
}

/* True if the message that arrived at AT came before the one that the user has sent to wait for a
 * reply: both messages were read together, and the first one has let the user continue. */
static bool is_older(const struct fiber *f, ns_t at)
{
	return f->request->wait->message && at < f->sent;
}

void channels_message(struct worker *w, struct channel *channel,
		      const struct channel_message *message)
{
	struct user_channel *k = channel->owner;
	struct user *u = k->user;
	struct message_view view = {message->text, message->payload, message->event};
	unsigned dropped;

	if (is_measured(w, u))
		recorder_run(&w->recorder)->messages_received++;
	count_bytes(w, k, 0, message->wire);
	keep_last(w, k, false, &view);
	trace_message(w, k, false, &view);
	if (apply_rules(w, k, &view))
		return;
	if (u->awaited == k && is_older(u->fiber, message->at)) {
		channels_count_unmatched(w, u, 1);
		return;
	}
	if (u->awaited == k) {
		channels_wait_message(w, u, &view);
		return;
	}
	if (!w->program->waits) {
		channels_count_unmatched(w, u, 1);
		return;
	}
	dropped = channel_queue_add(&k->queue, &w->channels->memory, &view);
	k->dropped += dropped;
	if (is_measured(w, u))
		recorder_run(&w->recorder)->messages_dropped += dropped;
}

void channels_set_online(struct worker *w, struct channel *channel, bool online)
{
	struct user_channel *k = channel->owner;

	k->is_offline = !online;
	if (online)
		recorder_run(&w->recorder)->sockets_opened++;
	else
		recorder_run(&w->recorder)->sockets_closed++;
}

void channels_closed(struct worker *w, struct channel *channel, const struct channel_end *end)
{
	struct user_channel *k = channel->owner;

	k->is_closed = true;
	k->code = end->code;
	snprintf(k->reason, sizeof k->reason, "%.*s",
		 STR_ARG(str_cut(end->reason, sizeof k->reason - 1)));
	snprintf(k->why, sizeof k->why, "%s", end->why ? end->why : "");
	if (!k->is_offline)
		recorder_run(&w->recorder)->sockets_closed++;
	if (k->user->awaited == k)
		channels_wait_closed(w, k->user);
}
