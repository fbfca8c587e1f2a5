#include "net/client_private.h"

#include <stdlib.h>
#include <strings.h>
#include <time.h>

#include "base/log.h"

/*
 * The header lines of a request, as a list for libcurl: dynamic lines of the exchange, the Cookie
 * line, then the constant lines of the plan.
 */

static bool is_field(const char *line, struct str name)
{
	return client_header_value(line, name).ptr != NULL;
}

bool client_header_is_framing(const char *line)
{
	return is_field(line, STR("Content-Length")) || is_field(line, STR("Transfer-Encoding"));
}

/* Lines that a redirect drops: credentials to another origin, fields of the body of a GET, which
 * has no Origin either. */
static bool is_dropped(const struct client_exchange *x, const char *line)
{
	if (x->pub.drop_credentials &&
	    (is_field(line, STR("Authorization")) || is_field(line, STR("Proxy-Authorization"))))
		return true;
	return x->pub.override_method &&
	       (strncasecmp(line, "Content-", 8) == 0 || client_header_is_framing(line) ||
		is_field(line, STR("Origin")));
}

static void add_node(struct client_exchange *x, size_t *count, char *line)
{
	if (*count == x->node_cap) {
		x->node_cap = x->node_cap ? x->node_cap * 2 : 16;
		x->nodes = realloc(x->nodes, x->node_cap * sizeof *x->nodes);
		if (!x->nodes)
			die_out_of_memory();
	}
	x->nodes[(*count)++].data = line;
}

/* The content of the dynamic lines. */
struct dynamic_lines {
	size_t count; /* nodes */
	struct str cookie, host;
	bool agent, accept_encoding, framing;
};

/* Every line except Cookie becomes a node. False if a line contains a line break. */
static bool add_dynamic_lines(struct client_exchange *x, struct dynamic_lines *found)
{
	char *line = x->pub.header_text.data;
	char *end = line + x->pub.header_text.len;

	for (char *next; line < end; line = next) {
		next = line + strlen(line) + 1;
		if (line[strcspn(line, "\r\n")])
			return false;
		struct str cookie = client_header_value(line, STR("Cookie"));
		struct str host = client_header_value(line, STR("Host"));

		if (cookie.ptr) {
			found->cookie = cookie;
			continue;
		}
		if (host.ptr)
			found->host = host;
		found->agent |= is_field(line, STR("User-Agent"));
		found->accept_encoding |= is_field(line, STR("Accept-Encoding"));
		if (is_dropped(x, line))
			continue;
		found->framing |= client_header_is_framing(line);
		client_header_empty(line);
		add_node(x, &found->count, line);
	}
	return true;
}

/* Copies the plan's lines, without lines that are dropped or overridden. */
static void add_plan_lines(struct client_exchange *x, struct dynamic_lines *found)
{
	for (struct curl_slist *l = x->pub.plan->headers; l; l = l->next) {
		if (is_dropped(x, l->data) ||
		    (found->agent && is_field(l->data, STR("User-Agent"))) ||
		    (found->accept_encoding && is_field(l->data, STR("Accept-Encoding"))))
			continue;
		add_node(x, &found->count, l->data);
	}
}

static struct curl_slist *chain(struct client_exchange *x, size_t count, struct curl_slist *rest)
{
	if (count == 0)
		return rest;
	for (size_t i = 0; i + 1 < count; i++)
		x->nodes[i].next = &x->nodes[i + 1];
	x->nodes[count - 1].next = rest;
	return x->nodes;
}

/* The cookies of the user, and the scenario's own unless they are credentials to be dropped. */
static void add_cookie_line(struct client_exchange *x, struct dynamic_lines *found)
{
	struct cookie_jar *jar = &x->pub.user->cookies;
	struct cookie_request request;
	struct str own = found->cookie.ptr ? found->cookie : x->pub.plan->cookie;

	if (x->pub.drop_credentials)
		own = STR("");
	if (cookie_jar_is_empty(jar) && !own.len)
		return;
	if (!cookie_jar_request(str_of(x->pub.last_url), x->host, time(NULL), &request))
		return;
	buf_clear(&x->cookie_line);
	buf_add(&x->cookie_line, STR("Cookie: "));
	size_t empty = x->cookie_line.len;
	cookie_jar_put(jar, &request, own, &x->cookie_line);
	if (x->cookie_line.len > empty)
		add_node(x, &found->count, x->cookie_line.data);
}

bool client_header_set(struct client_exchange *x)
{
	const struct http_plan *plan = x->pub.plan;
	struct curl_slist *list = plan->headers;
	struct dynamic_lines found = {0};

	if (x->pub.header_text.len && !add_dynamic_lines(x, &found))
		return false;
	x->host = found.host.ptr ? found.host : plan->host;
	x->is_framed_by_hand =
	    found.framing || (plan->is_framed_by_hand && !x->pub.override_method);
	add_cookie_line(x, &found);
	if (x->pub.override_method || x->pub.drop_credentials || found.agent ||
	    found.accept_encoding) {
		add_plan_lines(x, &found);
		list = NULL;
	}
	list = chain(x, found.count, list);
	x->sent_headers = list;
	return true;
}

void client_header_put(const struct exchange *exchange, struct buf *out)
{
	const struct client_exchange *x = (const struct client_exchange *)exchange;

	for (const struct curl_slist *l = x->sent_headers; l; l = l->next) {
		struct str line = str_of(l->data);
		size_t colon = str_find_char(line, ':', 0);

		/* "Name:" removes a header of libcurl, "Name;" is an empty header. */
		if (colon != NOT_FOUND && colon + 1 == line.len)
			continue;
		if (colon == NOT_FOUND)
			line.len--;
		buf_add(out, line);
		buf_add(out, line.len < strlen(l->data) ? STR(":\n") : STR("\n"));
	}
}

void client_header_cookie(struct client_exchange *x, struct str value)
{
	struct cookie_request request;

	if (x->client->config.cookies &&
	    cookie_jar_request(str_of(x->pub.last_url), x->host, time(NULL), &request))
		cookie_jar_store(&x->pub.user->cookies, &request, value);
}

/* LINE without its end, if it is a field NAME, which includes the colon. */
static struct str value_of(struct str line, struct str name)
{
	if (line.len < name.len || !str_ieq(str_slice(line, 0, name.len), name))
		return STR_NULL;
	while (line.ptr[line.len - 1] == '\n' || line.ptr[line.len - 1] == '\r')
		line.len--;
	return str_slice(line, name.len, line.len);
}

void client_header_received(struct client_exchange *x, struct str line)
{
	struct str value;

	switch (line.ptr[0]) {
	case 'C':
	case 'c':
		value = value_of(line, STR("Content-Encoding:"));
		if (value.ptr)
			client_content_coding(x, value);
		break;
	case 'S':
	case 's':
		value = value_of(line, STR("Set-Cookie:"));
		if (value.ptr)
			client_header_cookie(x, value);
		break;
	case 'L':
	case 'l':
		value = value_of(line, STR("Location:"));
		if (value.ptr && !x->redirect.len)
			client_url_location(x, str_trim(value));
		break;
	default:
		break;
	}
}
