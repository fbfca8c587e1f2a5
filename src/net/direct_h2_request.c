#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ascii.h"
#include "base/log.h"
#include "net/direct_h2.h"

/*
 * A request as fields of HTTP/2. The constant fields of a plan are prepared once; nghttp2 gets
 * views of them, of the lines of the exchange, and of names in lower case in x->direct.head, which
 * stay as they are until the exchange ends.
 */

#define NO_COPY (NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE)

/* The constant fields of a plan: those of its lines. */
struct direct_h2_fields {
	nghttp2_nv *all;
	size_t count;
	bool has_accept;
};

static nghttp2_nv field(struct str name, struct str value)
{
	return (nghttp2_nv){(uint8_t *)(uintptr_t)name.ptr, (uint8_t *)(uintptr_t)value.ptr,
			    name.len, value.len, NO_COPY};
}

/* Fields of one HTTP/1 connection, which HTTP/2 does not allow (RFC 9113 section 8.2.2), and Host,
 * which is :authority. */
static bool is_left_out(struct str name, struct str value)
{
	static const char *const names[] = {
	    "host",    "connection",	    "keep-alive",    "proxy-connection",
	    "upgrade", "transfer-encoding", "http2-settings"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	return str_ieq(name, STR("te")) && !str_ieq(value, STR("trailers"));
}

/* Splits a line of the list, which is "Name: value", or "Name;" for an empty value. False if it is
 * not sent: "Name:" removes a line of libcurl. */
static bool split(struct str line, struct str *name, struct str *value)
{
	size_t colon = str_find_char(line, ':', 0);

	if (colon != NOT_FOUND) {
		*name = str_slice(line, 0, colon);
		*value = str_trim(str_slice(line, colon + 1, line.len));
		return colon + 1 < line.len && !is_left_out(*name, *value);
	}
	*name = str_slice(line, 0, line.len - 1);
	*value = STR("");
	return str_ends(line, STR(";")) && !is_left_out(*name, *value);
}

static void lower(char *out, struct str name)
{
	for (size_t i = 0; i < name.len; i++)
		out[i] = (char)ascii_to_lower(name.ptr[i]);
}

/* ---- the constant fields */

void direct_h2_plan(struct client *c, struct http_plan *plan)
{
	struct direct_h2_fields *fields = ARENA_NEW(&c->arena, struct direct_h2_fields);
	struct str name, value;
	size_t count = 0;

	for (const struct curl_slist *l = plan->headers; l; l = l->next)
		count++;
	fields->all = ARENA_ARRAY(&c->arena, count + 1, nghttp2_nv);
	for (const struct curl_slist *l = plan->headers; l; l = l->next) {
		if (!split(str_of(l->data), &name, &value))
			continue;
		char *copy = arena_cstr(&c->arena, name);

		lower(copy, name);
		fields->has_accept |= str_ieq(name, STR("accept"));
		fields->all[fields->count++] = field(str_n(copy, name.len), value);
	}
	plan->h2_fields = fields;
}

/* ---- the fields of one request */

static void add(struct direct_h2_request *r, struct str name, struct str value)
{
	if (r->count == r->cap) {
		r->cap = r->cap ? 2 * r->cap : 32;
		r->fields = realloc(r->fields, r->cap * sizeof *r->fields);
		if (!r->fields)
			die_out_of_memory();
	}
	r->fields[r->count++] = field(name, value);
}

/* Room for the names in lower case, so that they do not move. */
static void reserve_names(struct client_exchange *x)
{
	size_t len = 0;

	for (const struct curl_slist *l = x->sent_headers; l && l != x->pub.plan->headers;
	     l = l->next)
		len += strlen(l->data);
	buf_clear(&x->direct.head);
	buf_reserve(&x->direct.head, len + 1);
}

/* The lines of X that are not of its plan, then those of the plan. */
static void add_lines(struct direct_h2_request *r, struct client_exchange *x)
{
	const struct http_plan *plan = x->pub.plan;
	const struct curl_slist *l = x->sent_headers;
	struct str name, value;
	bool has_accept = false;
	size_t accept = r->count;

	add(r, STR("accept"), STR("*/*"));
	reserve_names(x);
	for (; l && l != plan->headers; l = l->next) {
		if (!split(str_of(l->data), &name, &value))
			continue;
		char *copy = x->direct.head.data + x->direct.head.len;

		buf_add(&x->direct.head, name);
		lower(copy, name);
		has_accept |= str_ieq(name, STR("accept"));
		add(r, str_n(copy, name.len), value);
	}
	for (size_t i = 0; l && i < plan->h2_fields->count; i++) {
		const nghttp2_nv *f = &plan->h2_fields->all[i];

		add(r, str_n((const char *)f->name, f->namelen),
		    str_n((const char *)f->value, f->valuelen));
	}
	has_accept |= l && plan->h2_fields->has_accept;
	if (has_accept)
		memmove(r->fields + accept, r->fields + accept + 1,
			(--r->count - accept) * sizeof *r->fields);
}

static void add_length(struct direct_h2_request *r, struct client_exchange *x)
{
	char *end = x->direct.length_text + sizeof x->direct.length_text, *at = end;
	size_t length = x->direct.length;

	do
		*--at = (char)('0' + length % 10);
	while (length /= 10);
	add(r, STR("content-length"), str_n(at, (size_t)(end - at)));
}

static void add_all(struct direct_h2_request *r, struct client_exchange *x)
{
	const struct direct_origin *o = x->direct.origin;

	r->count = 0;
	add(r, STR(":method"), str_of(direct_request_method(x)));
	add(r, STR(":scheme"), o->tls ? STR("https") : STR("http"));
	add(r, STR(":authority"), x->host.ptr ? x->host : str_of(o->authority));
	add(r, STR(":path"), str_of(client_url_target(x)));
	add_lines(r, x);
	if (direct_request_has_body(x))
		add_length(r, x);
}

/* ---- the body */

static ssize_t on_body(nghttp2_session *session, int32_t stream, uint8_t *out, size_t size,
		       uint32_t *flags, nghttp2_data_source *source, void *user)
{
	struct client_exchange *x = nghttp2_session_get_stream_user_data(session, stream);
	size_t n;

	(void)source;
	(void)user;
	if (!x)
		return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
	n = direct_request_body(x, x->direct.body_sent, (char *)out, size);
	x->direct.body_sent += n;
	x->direct.sent += n;
	if (x->direct.body_sent == x->direct.length)
		*flags |= NGHTTP2_DATA_FLAG_EOF;
	return (ssize_t)n;
}

static void link_stream(struct direct_h2 *h, struct client_exchange *x)
{
	struct direct_exchange *d = &x->direct;

	d->prev_stream = NULL;
	d->next_stream = h->first;
	if (h->first)
		h->first->direct.prev_stream = x;
	h->first = x;
	d->stream_open = true;
	d->response_ended = false;
	d->body_sent = 0;
	d->progress = h->progress;
}

void direct_h2_submit(struct direct_h2 *h, struct client_exchange *x)
{
	static const nghttp2_data_provider body = {.read_callback = on_body};
	struct direct_h2_request *r = x->client->direct.h2_request;

	x->direct.length = direct_request_body_length(x);
	link_stream(h, x);
	add_all(r, x);
	x->direct.stream = nghttp2_submit_request(h->session, NULL, r->fields, r->count,
						  x->direct.length ? &body : NULL, x);
	if (x->direct.stream == NGHTTP2_ERR_NOMEM)
		die_out_of_memory();
	if (x->direct.stream < 0)
		BUG("nghttp2 refused a request");
	direct_h2_mark(h);
}
