#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/uio.h>

#include "base/log.h"
#include "net/client_private.h"

/*
 * The bytes of a request: its head, then the body, which is not copied. The order of the lines is
 * that of libcurl: Host, Accept unless the scenario has one, the lines of the list, Content-Length.
 */

#define PARTS_MAX 8

/* ---- the head */

/* The value of a line of the list, which is "Name: value", or "Name;" for an empty value. */
static const char *find_line(const struct curl_slist *list, struct str name)
{
	for (; list; list = list->next)
		if (strncasecmp(list->data, name.ptr, name.len) == 0 &&
		    (list->data[name.len] == ':' || list->data[name.len] == ';'))
			return list->data;
	return NULL;
}

/* "Name:" removes a line of libcurl; this transport has none. */
static void put_line(struct buf *out, const char *line)
{
	struct str text = str_of(line);
	size_t colon = str_find_char(text, ':', 0);

	if (colon == NOT_FOUND && str_ends(text, STR(";"))) {
		buf_add(out, str_slice(text, 0, text.len - 1));
		buf_add(out, STR(":\r\n"));
	} else if (colon != NOT_FOUND && colon + 1 < text.len) {
		buf_add(out, text);
		buf_add(out, STR("\r\n"));
	}
}

/* Everything before Content-Length. */
static void put_lines(struct buf *out, const char *method, const char *target,
		      const char *authority, const struct curl_slist *list)
{
	const char *host = find_line(list, STR("Host"));

	buf_add(out, str_of(method));
	buf_add(out, STR(" "));
	buf_add(out, str_of(target));
	buf_add(out, STR(" HTTP/1.1\r\n"));
	if (host) {
		put_line(out, host);
	} else {
		buf_add(out, STR("Host: "));
		buf_add(out, str_of(authority));
		buf_add(out, STR("\r\n"));
	}
	if (!find_line(list, STR("Accept")))
		buf_add(out, STR("Accept: */*\r\n"));
	for (; list; list = list->next)
		if (list->data != host)
			put_line(out, list->data);
}

static void put_length(struct buf *out, size_t length)
{
	char digits[24], *at = digits + sizeof digits;

	do
		*--at = (char)('0' + length % 10);
	while (length /= 10);
	buf_add(out, STR("Content-Length: "));
	buf_add(out, str_n(at, (size_t)(digits + sizeof digits - at)));
	buf_add(out, STR("\r\n"));
}

void direct_plan(struct client *c, struct http_plan *plan)
{
	struct buf head;

	buf_init(&head, 0);
	put_lines(&head, plan->spec.method.ptr, plan->target, plan->route->authority,
		  plan->headers);
	plan->direct_lines = arena_str(&c->arena, buf_str(&head));
	if (plan->verb == VERB_BODY && plan->spec.body.ptr && !plan->spec.file_count)
		put_length(&head, plan->spec.body.len);
	buf_add(&head, STR("\r\n"));
	if (plan->verb != VERB_BODY || (plan->spec.body.ptr && !plan->spec.file_count))
		plan->direct_head = arena_str(&c->arena, buf_str(&head));
	buf_release(&head);
}

/* ---- the whole request */

const char *direct_request_method(const struct client_exchange *x)
{
	if (!x->pub.override_method)
		return x->pub.plan->spec.method.ptr;
	return x->pub.method ? x->pub.method : "GET";
}

bool direct_request_has_body(const struct client_exchange *x)
{
	return x->pub.override_method ? client_verb(direct_request_method(x), false) == VERB_BODY
				      : x->pub.plan->verb == VERB_BODY;
}

/* Part 0 is the head, the others are pieces of the body. */
static struct str part(const struct client_exchange *x, size_t at)
{
	const struct http_plan_spec *spec = &x->pub.plan->spec;

	if (at == 0)
		return x->direct.lines;
	if (spec->file_count)
		return client_body_piece(x, at - 1);
	return spec->body.ptr ? spec->body : buf_str(&x->pub.body);
}

static size_t part_count(const struct client_exchange *x)
{
	size_t files = x->pub.plan->spec.file_count;

	if (x->pub.override_method || !direct_request_has_body(x))
		return 1;
	return 1 + (files ? 2 * files + 1 : 1);
}

size_t direct_request_body_length(const struct client_exchange *x)
{
	size_t length = 0;

	for (size_t i = 1; i < part_count(x); i++)
		length += part(x, i).len;
	return length;
}

size_t direct_request_body(const struct client_exchange *x, size_t from, char *out, size_t size)
{
	size_t done = 0, count = part_count(x);

	for (size_t i = 1; i < count && done < size; i++) {
		struct str piece = part(x, i);

		if (from >= piece.len) {
			from -= piece.len;
			continue;
		}
		size_t len = piece.len - from < size - done ? piece.len - from : size - done;

		memcpy(out + done, piece.ptr + from, len);
		done += len;
		from = 0;
	}
	return done;
}

static void put_head(struct client_exchange *x, bool constant_lines, size_t body)
{
	const struct http_plan *plan = x->pub.plan;
	struct buf *out = &x->direct.head;

	buf_clear(out);
	if (constant_lines)
		buf_add(out, plan->direct_lines);
	else
		put_lines(out, direct_request_method(x), client_url_target(x),
			  x->direct.origin->authority, x->sent_headers);
	if (direct_request_has_body(x))
		put_length(out, body);
	buf_add(out, STR("\r\n"));
	x->direct.lines = buf_str(out);
}

void direct_request_prepare(struct client_exchange *x)
{
	const struct http_plan *plan = x->pub.plan;
	bool constant_lines = plan->direct_lines.ptr && !x->pub.url.len &&
			      !x->pub.override_method && x->sent_headers == plan->headers;
	size_t body = direct_request_body_length(x);

	if (constant_lines && plan->direct_head.ptr)
		x->direct.lines = plan->direct_head;
	else
		put_head(x, constant_lines, body);
	x->direct.length = x->direct.lines.len + body;
}

/* The parts from byte x->direct.sent on. */
static int next_parts(const struct client_exchange *x, struct iovec out[PARTS_MAX])
{
	size_t skip = x->direct.sent, count = part_count(x);
	int used = 0;

	for (size_t i = 0; i < count && used < PARTS_MAX; i++) {
		struct str piece = part(x, i);

		if (skip >= piece.len) {
			skip -= piece.len;
			continue;
		}
		out[used].iov_base = (char *)(uintptr_t)piece.ptr + skip;
		out[used++].iov_len = piece.len - skip;
		skip = 0;
	}
	return used;
}

enum direct_written direct_request_write(struct client_exchange *x)
{
	struct direct_exchange *d = &x->direct;

	while (d->sent < d->length) {
		struct iovec parts[PARTS_MAX];
		ssize_t n = direct_connection_write(x, parts, next_parts(x, parts));

		if (n >= 0)
			d->sent += (size_t)n;
		else if (errno == EAGAIN)
			return DIRECT_BLOCKED;
		else if (errno != EINTR)
			return DIRECT_BROKEN;
	}
	return DIRECT_ALL;
}
