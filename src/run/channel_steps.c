/* The steps that use a channel: SEND, WAIT and CLOSE. A wait is a request whose response is a
 * message. */
#include "base/log.h"
#include "base/units.h"
#include "run/channels.h"
#include "run/interpreter.h"
#include "run/live_secrets.h"
#include "run/request.h"
#include "run/response_secrets.h"
#include "run/trace.h"

/* Bytes of the last message in a failure, and those that are searched for secrets before that. */
#define SHOWN_BYTES  100u
#define MASKED_BYTES 1024u

/* ---- failures */

static void put_missing(struct buf *out)
{
	buf_add(out, STR("no socket is open; open it with `websocket` or `listen` in an earlier "
			 "step"));
}

static void put_full(struct buf *out)
{
	buf_add(out,
		STR("the server does not read: more than 1 MiB of earlier messages is unsent"));
}

/* Appends why a message could not be sent on K. */
static enum failure_class put_unsent(const struct user_channel *k, enum channel_sent sent,
				     struct buf *out)
{
	if (sent == CHANNEL_IS_FULL) {
		put_full(out);
		return FAILURE_timeout;
	}
	if (sent == CHANNEL_ONLY_RECEIVES)
		buf_add(out, STR("nothing can be sent on a stream that `listen` opened"));
	else if (k)
		channels_put_closed(k, out);
	else
		put_missing(out);
	return sent == CHANNEL_ONLY_RECEIVES ? FAILURE_protocol : FAILURE_closed;
}

static struct buf *fail_wait(struct worker *w, struct fiber *f, enum failure_class class)
{
	return request_fail(w, f, class, w->plan->requests[f->request->index].at);
}

/* ---- sending */

static bool render(struct worker *w, struct fiber *f, const struct message_plan *message,
		   struct buf *out)
{
	struct live_secrets_request request = {w->program, f};
	bool good;

	buf_clear(&f->secrets);
	interpreter_eval(w, f);
	w->eval.mark = live_secrets_mark;
	w->eval.marked = &request;
	good = channels_render(w, message, out);
	w->eval.mark = NULL;
	return good;
}

enum control_flow op_SEND(struct worker *w, struct fiber *f, const struct instr *in)
{
	const struct send_plan *plan = &w->program->sends[in->a];
	struct user_channel *k = channels_find(f->user, plan->socket);
	enum channel_sent sent = CHANNEL_IS_CLOSED;
	struct buf *out = channels_text(w);
	enum failure_class class;

	if (worker_stops_fiber(w, f))
		return interpreter_interrupt(w, f);
	buf_clear(out);
	if (!render(w, f, &plan->message, out))
		return interpreter_script_failed(w, f, in);
	if (k)
		sent = channels_send(w, k, !plan->message.binary, buf_str(out));
	if (sent == CHANNEL_SENT)
		return FLOW_NEXT;
	buf_clear(&w->text);
	class = put_unsent(k, sent, &w->text);
	eval_error(&w->eval, "%.*s", STR_ARG(buf_str(&w->text)));
	return interpreter_step_failed(w, f, in, class, plan->on_failure);
}

enum control_flow op_CLOSE(struct worker *w, struct fiber *f, const struct instr *in)
{
	struct user_channel *k = channels_find(f->user, in->a);

	if (k && !k->is_closed) {
		channels_close(w, k, in->b);
		return FLOW_NEXT;
	}
	buf_clear(&w->text);
	if (k)
		channels_put_closed(k, &w->text);
	else
		put_missing(&w->text);
	eval_error(&w->eval, "%.*s", STR_ARG(buf_str(&w->text)));
	return interpreter_step_failed(w, f, in, FAILURE_closed, (enum on_failure)in->c);
}

/* ---- the end of a wait */

/* F stops waiting; its exchange ends as RESULT. */
static void end_wait(struct worker *w, struct fiber *f, enum http_result result)
{
	struct exchange *x = f->exchange;
	struct user *u = f->user;

	timers_remove(&w->timers, f);
	if (u->awaited)
		u->awaited->dropped = 0;
	u->awaited = NULL;
	u->in_flight--;
	x->result = result;
	x->times.done = w->now > x->times.sent ? w->now : x->times.sent;
	response_secrets_begin(w);
	w->response = (struct response){.url = str_of(x->last_url)};
}

/* The last message that F waits for: EXTRACT and REQUEST_END follow. */
static void succeed(struct worker *w, struct fiber *f, struct str payload)
{
	struct exchange *x = f->exchange;

	buf_add(&x->response, payload);
	end_wait(w, f, HTTP_OK);
	fiber_enter(f, FIBER_CHECKING);
	f->response_time = x->times.done - f->due;
	w->response.body = buf_str(&x->response);
	w->response.time = f->response_time;
}

/* Appends the number of other messages, and the start of the last one. */
static void put_last(struct worker *w, const struct fiber *f, struct buf *out)
{
	unsigned others = f->user->awaited_others;
	struct str last = buf_str(&f->exchange->response);
	struct buf shown;
	bool more;

	buf_init(&shown, 0);
	more = live_secrets_put_start(w, f, last, MASKED_BYTES, SHOWN_BYTES, &shown);
	buf_printf(out, "; %u other %s, the last: %.*s%s", others,
		   others == 1 ? "message" : "messages", STR_ARG(buf_str(&shown)), more ? "…" : "");
	buf_release(&shown);
}

/* Appends the messages that were seen, and those that were lost. */
static void put_others(struct worker *w, const struct fiber *f, struct buf *out)
{
	const struct user *u = f->user;
	unsigned dropped = u->awaited ? u->awaited->dropped : 0;

	if (u->awaited_others)
		put_last(w, f, out);
	else
		buf_add(out, STR("; no message has arrived"));
	if (f->request->wait->count > 1)
		buf_printf(out, "; %u of %u messages have matched",
			   f->request->wait->count - u->awaited_left, f->request->wait->count);
	if (dropped)
		buf_printf(out, "; %u older messages were dropped, because the queue was full",
			   dropped);
}

void channels_wait_timed_out(struct worker *w, struct fiber *f)
{
	struct buf *out = fail_wait(w, f, FAILURE_timeout);

	buf_add(out, STR("no matching message within "));
	units_put_time(out, f->request->timeout, false);
	put_others(w, f, out);
	end_wait(w, f, HTTP_TIMEOUT);
	fiber_enter(f, FIBER_CHECKING);
	interpreter_resume(w, f);
}

void channels_wait_closed(struct worker *w, struct user *user)
{
	struct fiber *f = user->fiber;
	struct buf *out = fail_wait(w, f, FAILURE_closed);

	channels_put_closed(user->awaited, out);
	put_others(w, f, out);
	end_wait(w, f, HTTP_RESET);
	fiber_enter(f, FIBER_CHECKING);
	interpreter_resume(w, f);
}

void channels_wait_abort(struct worker *w, struct fiber *f)
{
	end_wait(w, f, HTTP_CANCELLED);
	fiber_enter(f, FIBER_CANCELLING);
	request_count_aborted(w, f);
}

/* ---- matching */

/* True if MESSAGE is the last message that the fiber of USER waits for. */
static bool is_last_match(struct worker *w, struct user *u, const struct message_view *message)
{
	struct fiber *f = u->fiber;
	const struct wait_step *wait = f->request->wait;
	struct exchange *x = f->exchange;

	if (channels_match(w, f, wait->first_expect, wait->expect_count, message))
		return --u->awaited_left == 0;
	channels_count_unmatched(w, u, 1);
	u->awaited_others++;
	/* The last of them is a part of a failure. */
	buf_clear(&x->response);
	buf_add(&x->response,
		message->text ? str_cut(message->payload, MASKED_BYTES + 1) : STR("(binary)"));
	return false;
}

void channels_wait_message(struct worker *w, struct user *user, const struct message_view *message)
{
	struct fiber *f = user->fiber;

	if (!is_last_match(w, user, message))
		return;
	buf_clear(&f->exchange->response);
	succeed(w, f, message->payload);
	interpreter_resume(w, f);
}

/* Takes messages from the queue of K; true if the last one that F waits for was among them. */
static bool search_queue(struct worker *w, struct fiber *f, struct user_channel *k)
{
	struct queued_message *message;

	while ((message = channel_queue_take(&k->queue))) {
		struct message_view view = channel_queue_view(message);
		bool last = is_last_match(w, f->user, &view);

		if (last) {
			buf_clear(&f->exchange->response);
			succeed(w, f, view.payload);
		}
		channel_queue_free(channels_memory(w), message);
		if (last)
			return true;
	}
	return false;
}

/* ---- WAIT */

/* Sends the message of the wait, if it has one. False if the request has failed. */
static bool send_first(struct worker *w, struct fiber *f, struct user_channel *k)
{
	const struct message_plan *message = f->request->wait->message;
	struct exchange *x = f->exchange;
	enum channel_sent sent = k && !k->is_closed ? CHANNEL_SENT : CHANNEL_IS_CLOSED;
	struct buf why;
	enum failure_class class;

	if (message && !render(w, f, message, &x->body)) {
		buf_add(fail_wait(w, f, FAILURE_expression), str_of(w->eval.error));
		return false;
	}
	/* The queue of a closed socket may have the message that is waited for. */
	if (k && k->is_closed && !message)
		return true;
	if (sent == CHANNEL_SENT && message)
		sent = channels_send(w, k, !message->binary, buf_str(&x->body));
	if (sent == CHANNEL_SENT)
		return true;
	buf_init(&why, 0);
	class = put_unsent(k, sent, &why);
	buf_add(fail_wait(w, f, class), buf_str(&why));
	buf_release(&why);
	return false;
}

static void begin_wait(struct worker *w, struct fiber *f, struct user_channel *k)
{
	struct exchange *x = f->exchange;
	struct user *u = f->user;

	fiber_enter(f, FIBER_IN_FLIGHT);
	f->parked = true;
	u->in_flight++;
	u->awaited = k;
	u->awaited_left = f->request->wait->count;
	u->awaited_others = 0;
	x->last_url = k->url.data;
	x->times.sent = f->sent = w->loop->ops->now(w->loop);
	if (f->scheduled && w->fixture == FIXTURE_NONE && worker_is_after_warm_up(w, u, f->due))
		recorder_lag(&w->recorder, f->sent - f->due);
	f->scheduled = false;
}

enum control_flow op_WAIT(struct worker *w, struct fiber *f, const struct instr *in)
{
	struct user_channel *k;

	if (worker_stops_fiber(w, f))
		return interpreter_interrupt(w, f);
	request_begin_wait(w, f, in);
	k = channels_find(f->user, f->request->wait->socket);
	if (!send_first(w, f, k)) {
		/* The last messages of the socket are evidence. */
		if (k && w->failure.class != FAILURE_expression) {
			begin_wait(w, f, k);
			end_wait(w, f, HTTP_RESET);
			fiber_enter(f, FIBER_CHECKING);
		}
		return FLOW_NEXT;
	}
	begin_wait(w, f, k);
	/* No message that came before the one that was sent is a reply to it. */
	if (f->request->wait->message)
		channels_count_unmatched(w, f->user,
					 channel_queue_clear(&k->queue, channels_memory(w)));
	if (search_queue(w, f, k))
		return FLOW_NEXT;
	if (k->is_closed) {
		struct buf *out = fail_wait(w, f, FAILURE_closed);

		channels_put_closed(k, out);
		put_others(w, f, out);
		end_wait(w, f, HTTP_RESET);
		fiber_enter(f, FIBER_CHECKING);
		return FLOW_NEXT;
	}
	if (f->request->timeout)
		worker_set_timer(w, f, f->sent + f->request->timeout);
	return FLOW_PARKED;
}
