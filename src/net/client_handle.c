#include "net/client_private.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/log.h"
#include "net/client_identity.h"

/*
 * Number of spare handles that stay prepared for their last plan before one is reused for another
 * plan. So the number of handles is at most this plus the peak number of concurrent requests.
 */
#define SPARE_HANDLES 64
/* A buffer that grew beyond this is shrunk after the exchange. */
#define KEPT_BYTES ((size_t)256 * 1024)

static struct client_exchange *create(struct client *c)
{
	struct client_exchange *x = alloc_zeroed(1, sizeof *x);

	x->client = c;
	x->next_created = c->created;
	c->created = x;
	return x;
}

static void remove_spare(struct client *c, struct client_exchange *x)
{
	client_list_remove(&x->last_plan->spare, x);
	if (x->prev_spare)
		x->prev_spare->next_spare = x->next_spare;
	else
		c->oldest_spare = x->next_spare;
	if (x->next_spare)
		x->next_spare->prev_spare = x->prev_spare;
	else
		c->newest_spare = x->prev_spare;
	c->spare_count--;
}

static void add_spare(struct client *c, struct client_exchange *x)
{
	client_list_push(&x->last_plan->spare, x);
	x->next_spare = NULL;
	x->prev_spare = c->newest_spare;
	if (c->newest_spare)
		c->newest_spare->next_spare = x;
	else
		c->oldest_spare = x;
	c->newest_spare = x;
	c->spare_count++;
}

/* A spare handle of the plan, else the least recently used one, else a new one. */
static struct client_exchange *choose(struct client *c, const struct http_plan *plan)
{
	struct client_exchange *x = plan->spare.last;

	if (!x && c->spare_count >= SPARE_HANDLES)
		x = c->oldest_spare;
	if (!x)
		return create(c);
	remove_spare(c, x);
	return x;
}

struct exchange *client_begin(struct http *http, const struct http_plan *plan,
			      struct http_user *user)
{
	struct client_exchange *x = choose((struct client *)http, plan);
	struct exchange *pub = &x->pub;

	x->state = EXCHANGE_IDLE;
	x->streams = false;
	x->sent_headers = NULL;
	pub->plan = plan;
	pub->user = user;
	pub->owner = NULL;
	buf_clear(&pub->url);
	buf_clear(&pub->header_text);
	buf_clear(&pub->body);
	buf_clear(&pub->login);
	buf_clear(&pub->identity);
	buf_clear(&pub->note);
	pub->override_method = false;
	pub->method = NULL;
	pub->drop_credentials = false;
	pub->timeout = 0;
	pub->channel = NULL;
	pub->has_certificate = false;
	pub->result = HTTP_OK;
	pub->error[0] = '\0';
	pub->status = pub->version = 0;
	pub->last_url = NULL;
	pub->transport = NULL;
	pub->times = (struct http_times){0};
	pub->new_connection = false;
	pub->auth_rounds = pub->resent = 0;
	pub->bytes_sent = pub->bytes_received = pub->stream_wire = 0;
	buf_clear(&pub->headers);
	buf_clear(&pub->response);
	pub->redirect_to = STR_NULL;
	return pub;
}

static void shrink(struct buf *b)
{
	if (b->cap > KEPT_BYTES) {
		buf_clear(b);
		buf_shrink(b, KEPT_BYTES);
	}
}

void client_end(struct http *http, struct exchange *exchange)
{
	struct client_exchange *x = (struct client_exchange *)exchange;

	if (x->state != EXCHANGE_IDLE)
		BUG("an exchange ended before it was done");
	if (exchange->channel)
		exchange->channel->ops->close(exchange->channel, 1001, STR(""));
	exchange->channel = NULL;
	client_identity_done(x);
	shrink(&x->cookie_line);
	shrink(&x->target);
	shrink(&x->redirect);
	for (unsigned i = 0; i < CLIENT_TRANSPORTS; i++)
		client_transports[i]->shrink(x, KEPT_BYTES);
	shrink(&exchange->body);
	shrink(&exchange->response);
	/* Prepared for this plan, unless it was never sent. */
	x->last_plan = (struct http_plan *)(uintptr_t)exchange->plan;
	add_spare((struct client *)http, x);
}

static void destroy(struct client_exchange *x)
{
	if (x->state == EXCHANGE_DELAYED)
		client_rate_limit_cancel(x);
	for (unsigned i = 0; i < CLIENT_TRANSPORTS; i++)
		client_transports[i]->release(x);
	client_content_end(x);
	curl_url_cleanup(x->parsed);
	buf_release(&x->pub.url);
	buf_release(&x->pub.header_text);
	buf_release(&x->pub.body);
	buf_release(&x->pub.login);
	buf_release(&x->pub.identity);
	buf_release(&x->pub.note);
	buf_release(&x->pub.headers);
	buf_release(&x->pub.response);
	buf_release(&x->cookie_line);
	buf_release(&x->origin);
	buf_release(&x->target);
	buf_release(&x->redirect);
	free(x->nodes);
	free(x);
}

void client_exchanges_free(struct client *c)
{
	struct client_exchange *next;

	for (struct client_exchange *x = c->created; x; x = next) {
		next = x->next_created;
		destroy(x);
	}
	c->created = NULL;
}
