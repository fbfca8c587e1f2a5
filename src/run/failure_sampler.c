#include "run/failure_sampler.h"

#include "run/channels.h"
#include "run/curl_command.h"
#include "run/exchange_sample.h"
#include "run/live_secrets.h"
#include "stats/failure_messages.h"
#include "stats/failure_samples.h"

#define BODY_SAMPLED	32768u /* maximum bytes of each body */
#define SAMPLES_MAX	8u     /* per class of failure of one request, on one worker */
#define HEADERS_SAMPLED 16384u

/* The request of F has waited for a message: the socket, as the request that has opened it, and its
 * last messages. */
static void put_socket(struct worker *w, const struct fiber *f, struct buf *url,
		       struct buf *messages, struct failure_sample *sampled)
{
	const struct user_channel *k = channels_find(f->user, f->request->wait->socket);
	struct varint_reader reader;
	struct failure_message m;
	struct buf data;

	sampled->method = STR("GET");
	if (!k)
		return;
	sampled->status = k->plan->listens ? 200 : 101;
	/* http://… of a WebSocket is ws://…. */
	buf_printf(url, "%s%.*s", k->plan->listens ? "http" : "ws",
		   STR_ARG(str_slice(buf_str(&k->url), STR("http").len, k->url.len)));
	live_secrets_mask(w, f, url);
	buf_init(&data, 0);
	reader = varint_reader_of(buf_str(&k->last));
	while (failure_messages_next(&reader, &m)) {
		bool cut = m.bytes > m.data.len;

		/* With one byte less, the mask knows that the message was cut. */
		live_secrets_put_start(w, f, m.data, m.data.len - (cut ? 1 : 0), BODY_SAMPLED,
				       &data);
		if (!cut)
			m.bytes = data.len;
		m.data = buf_str(&data);
		failure_messages_put(messages, &m);
	}
	buf_release(&data);
}

/* Completes SAMPLED with the failure, and copies it. */
static void add_failed(struct worker *w, struct failure_sample *sampled)
{
	sampled->note = w->failure;
	sampled->why = buf_str(&w->failure_text);
	failure_samples_add(w->plan->settings.failure_samples, sampled);
}

static void add_socket(struct worker *w, const struct fiber *f)
{
	const struct exchange *x = f->exchange;
	struct failure_sample sampled = {.wall = x->times.sent + w->wall_offset,
					 .whole = x->times.done - x->times.sent,
					 .version = x->version,
					 .bytes_received = x->bytes_received,
					 .wait = x->times.wait,
					 .receive = x->times.receive};
	struct buf url, messages;

	buf_init(&url, 0);
	buf_init(&messages, 0);
	put_socket(w, f, &url, &messages, &sampled);
	sampled.url = buf_str(&url);
	sampled.messages = buf_str(&messages);
	add_failed(w, &sampled);
	buf_release(&url);
	buf_release(&messages);
}

static void add_exchange(struct worker *w, const struct fiber *f)
{
	struct exchange_sample s;
	struct buf curl;

	buf_init(&curl, 0);
	exchange_sample_fill(&s, w, f, f->exchange, BODY_SAMPLED, HEADERS_SAMPLED);
	curl_command_put(w, f, &curl);
	s.sample.curl = buf_str(&curl);
	add_failed(w, &s.sample);
	exchange_sample_release(&s);
	buf_release(&curl);
}

void failure_sampler_add(struct worker *w, const struct fiber *f)
{
	size_t request = (size_t)(f->request - w->program->requests);
	uint8_t *sampled;

	if (!w->plan->settings.failure_samples || f->state != FIBER_CHECKING ||
	    !f->exchange->last_url)
		return;
	sampled = &w->sampled[request * FAILURE_CLASS_COUNT + w->failure.class];
	if (*sampled == SAMPLES_MAX)
		return;
	++*sampled;
	if (f->request->wait)
		add_socket(w, f);
	else
		add_exchange(w, f);
}
