/* A request's URL, query and headers as written, and the shared headers under `defaults`. */
#include "base/buf.h"
#include "import/writer/scenario_writer.h"
#include "import/query_pairs.h"
#include "import/template_text.h"

#define LONG_QUERY  60u
#define LONG_ACCEPT 40u

/* ---- hosts */

static void note_host(struct conversion *conversion, struct str text)
{
	struct url url, target;
	struct str name;

	if (!url_split(text, &url) || !url_split(conversion->target, &target))
		return;
	if (str_ieq(url.host, target.host) && url.port == target.port)
		return;
	name = url.has_port && !url.host_is_ipv6
		   ? arena_printf(&conversion->job->arena, "%.*s:%u", STR_ARG(url.host), url.port)
		   : url.host;
	for (size_t i = 0; i < conversion->hosts.count; i++)
		if (str_ieq(conversion->hosts.items[i], name))
			return;
	VEC_PUSH(&conversion->job->arena, &conversion->hosts, name);
}

void scenario_writer_collect_hosts(struct conversion *conversion)
{
	const struct tx_list *list = &conversion->job->list;

	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->disposition != TX_SKIPPED)
			note_host(conversion, list->items.items[i]->url);
}

/* ---- the URL */

/* The offset after the target's origin, or 0 for a URL on another host. */
static size_t path_at(const struct conversion *conversion, struct str text)
{
	struct url url, target;
	size_t at;

	if (!url_split(text, &url) || !url_split(conversion->target, &target) ||
	    !url_same_origin(&url, &target) || url.userinfo.len)
		return 0;
	at = str_find(text, STR("://"), 0) + 3;
	while (at < text.len && text.ptr[at] != '/' && text.ptr[at] != '?')
		at++;
	return str_starts(str_slice(text, at, text.len), STR("//")) ? 0 : at;
}

/* The query as a map; NULL if it cannot be parsed as one. */
static struct yaml_writer_node *query_map(struct conversion *conversion,
					  const struct conversion_step *step, size_t from)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *map = yaml_writer_map(a);
	struct str url = step->tx->url, last_name = STR_NULL;

	for (size_t at = from; at < url.len;) {
		size_t end = str_find_char(url, '&', at), sign;
		struct yaml_writer_node *value;

		end = end == NOT_FOUND ? url.len : end;
		sign = str_find_char(str_slice(url, 0, end), '=', at);
		buf_clear(&conversion->scratch);
		if (sign == NOT_FOUND || sign == at ||
		    !url_decode(&conversion->scratch, str_slice(url, at, end), true) ||
		    !str_is_utf8(buf_str(&conversion->scratch), NULL))
			return NULL;
		buf_clear(&conversion->scratch);
		url_decode(&conversion->scratch, str_slice(url, at, sign), true);
		struct str name = arena_str(a, buf_str(&conversion->scratch));
		if (str_find(name, STR("${"), 0) != NOT_FOUND)
			return NULL;
		value = yaml_writer_recorded(
		    a, scenario_writer_text(conversion, step, LOCATION_URL, 0,
					    str_slice(url, sign + 1, end), sign + 1, true));
		at = end + 1;
		if (!str_eq(name, last_name) && yaml_writer_find(map, name))
			return NULL;
		yaml_writer_append_flow(a, map, name, value);
		last_name = name;
	}
	map->flow = map->members.count < 3;
	return map->members.count ? map : NULL;
}

struct str scenario_writer_url(struct conversion *conversion, struct conversion_step *step,
			       struct yaml_writer_node **query)
{
	struct str url = step->tx->url, path;
	size_t at = path_at(conversion, url), mark = str_find_char(url, '?', 0);

	if (query)
		*query = NULL;
	/* A map is sent with `&`. */
	if (query && mark != NOT_FOUND && !query_pairs_have_semicolon(url) &&
	    (url.len - mark > LONG_QUERY ||
	     scenario_writer_is_bound(step, LOCATION_URL, 0, mark, url.len)))
		*query = query_map(conversion, step, mark + 1);
	if (query && *query)
		url = str_slice(url, 0, mark);
	path = scenario_writer_text(conversion, step, LOCATION_URL, 0, str_slice(url, at, url.len),
				    at, false);
	if (at && (!path.len || path.ptr[0] != '/'))
		path = arena_printf(&conversion->job->arena, "/%.*s", STR_ARG(path));
	return template_text_url(&conversion->job->arena, path);
}

/* ---- headers */

static bool is_in_list(struct str name, const char *const *words)
{
	for (int i = 0; words[i]; i++) {
		struct str word = str_of(words[i]);

		if (word.ptr[word.len - 1] == '*' ? str_ieq(str_slice(name, 0, word.len - 1),
							    str_slice(word, 0, word.len - 1))
						  : str_ieq(name, word))
			return true;
	}
	return false;
}

static bool is_safe(const struct transaction *tx)
{
	return str_eq(tx->method, STR("GET")) || str_eq(tx->method, STR("HEAD")) ||
	       str_eq(tx->method, STR("OPTIONS"));
}

bool scenario_writer_has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return true;
	return false;
}

/* Headers by which a server checks the page that a change came from. */
static const char *const of_posts[] = {"Referer", "Origin", NULL};

bool scenario_writer_is_dropped(const struct transaction *tx, const struct tx_header *h)
{
	static const char *const never[] = {":*",
					    "Host",
					    "Content-Length",
					    "Cookie",
					    "Connection",
					    "Keep-Alive",
					    "Proxy-*",
					    "TE",
					    "Trailer",
					    "Transfer-Encoding",
					    "Upgrade",
					    "HTTP2-Settings",
					    "If-*",
					    "Cache-Control",
					    "Pragma",
					    "Sec-*",
					    "Priority",
					    "DNT",
					    "Save-Data",
					    "Upgrade-Insecure-Requests",
					    "Accept-Encoding",
					    "Accept-Charset",
					    "Expect",
					    "traceparent",
					    "tracestate",
					    "b3",
					    "X-B3-*",
					    "x-datadog-*",
					    "sentry-trace",
					    "baggage",
					    "X-Client-Data",
					    "Purpose",
					    "X-Forwarded-*",
					    "Access-Control-Request-*",
					    "X-NewRelic-*",
					    "newrelic",
					    "User-Agent",
					    NULL};
	/* A conditional change needs the version identifier of the resource. */
	if (!is_safe(tx) && str_ieq(h->name, STR("If-Match")) && h->value.len)
		return scenario_writer_has_control(h->value);
	if (!h->value.len || is_in_list(h->name, never) || scenario_writer_has_control(h->value))
		return true;
	/* Servers of WebSockets check the Origin instead of a token. */
	if (tx->kind == TX_SOCKET && str_ieq(h->name, STR("Origin")))
		return false;
	return is_safe(tx) && is_in_list(h->name, of_posts);
}

/* The page that came has the address that it was opened from in a field, such as back_url: the
 * server read the Referer. */
static bool is_read_referer(struct conversion *conversion, const struct conversion_step *step,
			    const struct tx_header *h)
{
	const struct transaction *tx = step->response;
	struct str body, mark;

	if (!str_ieq(h->name, STR("Referer")) || scenario_writer_has_control(h->value))
		return false;
	mark = arena_printf(&conversion->job->arena, "value=\"%.*s\"", STR_ARG(h->value));
	buf_clear(&conversion->scratch);
	body = transaction_body_bytes(&tx->body, &conversion->scratch);
	return str_find(body, mark, 0) != NOT_FOUND;
}

/* The engine sets the body's type itself. */
static bool is_implied_type(const struct yaml_writer_node *body, const struct tx_header *h)
{
	struct str type = str_trim(str_slice(h->value, 0, str_find_char(h->value, ';', 0)));

	if (!str_ieq(h->name, STR("Content-Type")))
		return false;
	if (yaml_writer_find(body, STR("form")))
		return str_ieq(type, STR("application/x-www-form-urlencoded"));
	if (yaml_writer_find(body, STR("json")) || yaml_writer_find(body, STR("query")))
		return str_ieq(type, STR("application/json"));
	return yaml_writer_find(body, STR("multipart")) != NULL;
}

/* Sets a header; as a list if the request has it several times. */
static void put_header(struct arena *a, struct yaml_writer_node *headers, struct str name,
		       struct str text)
{
	for (size_t i = 0; i < headers->members.count; i++)
		if (str_ieq(headers->members.items[i].key, name))
			name = headers->members.items[i].key;
	yaml_writer_append_flow(a, headers, name, yaml_writer_recorded(a, text));
}

/* The type of a text must be given; the default would be text/plain. */
static void put_missing_type(struct arena *a, const struct conversion_step *step,
			     struct yaml_writer_node *headers, const struct yaml_writer_node *body)
{
	struct str type = step->tx->request_body.mime;

	if (type.len &&
	    (yaml_writer_find(body, STR("body")) || yaml_writer_find(body, STR("body_file"))) &&
	    !transaction_header(&step->tx->request_headers, STR("Content-Type"), 0).len)
		yaml_writer_put_text(a, headers, STR("Content-Type"), type);
}

struct str scenario_writer_accept(struct str value)
{
	return str_starts(value, STR("text/html")) && value.len > LONG_ACCEPT
		   ? STR("text/html, */*;q=0.8")
		   : value;
}

/* As it is written. */
static struct str header_value(const struct tx_header *h)
{
	return str_ieq(h->name, STR("Accept")) ? scenario_writer_accept(h->value) : h->value;
}

static bool is_shared(const struct conversion *conversion, const struct tx_header *h)
{
	for (size_t i = 0; i < conversion->shared->members.count; i++) {
		const struct yaml_writer_member *m = &conversion->shared->members.items[i];

		if (str_ieq(m->key, h->name) && str_eq(m->value->text, header_value(h)))
			return true;
	}
	return false;
}

/* Sent without being written, unless `defaults` has another one. */
static bool is_default_accept(const struct conversion *conversion, const struct tx_header *h)
{
	return str_ieq(h->name, STR("Accept")) && str_eq(h->value, SCENARIO_WRITER_ANY_TYPE) &&
	       !yaml_writer_find(conversion->shared, STR("Accept"));
}

/* The recorded host in TEXT becomes the run's target host, which may be another one. */
static struct str rebased(struct conversion *conversion, struct str text)
{
	struct str rest = str_slice(text, conversion->target.len, text.len);

	if (!conversion->target.len || !str_starts(text, conversion->target) ||
	    (rest.len && rest.ptr[0] != '/'))
		return text;
	return arena_printf(&conversion->job->arena, "${run.origin}%.*s", STR_ARG(rest));
}

/* What `submit` and `follow` send by themselves. */
static bool is_of_page(const struct tx_header *h)
{
	return is_in_list(h->name, of_posts) || str_ieq(h->name, STR("Content-Type"));
}

void scenario_writer_auth(struct conversion *conversion, const struct conversion_step *step,
			  struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *auth;

	auth = yaml_writer_put(a, node, STR("auth"), yaml_writer_map(a));
	auth->flow = true;
	auth = yaml_writer_put(a, auth, STR("basic"), yaml_writer_map(a));
	auth->flow = true;
	yaml_writer_put_text(a, auth, STR("user"), step->basic_user);
	yaml_writer_put_text(a, auth, STR("password"), step->basic_password);
}

void scenario_writer_headers(struct conversion *conversion, struct conversion_step *step,
			     const struct yaml_writer_node *body, struct yaml_writer_node *node)
{
	struct arena *a = &conversion->job->arena;
	struct yaml_writer_node *headers = yaml_writer_map(a);

	for (size_t k = 0; k < step->tx->request_headers.list.count; k++) {
		const struct tx_header *h = &step->tx->request_headers.list.items[k];
		bool bound =
		    scenario_writer_is_bound(step, LOCATION_HEADER, (uint32_t)k, 0, SIZE_MAX);

		if ((scenario_writer_is_dropped(step->tx, h) &&
		     !is_read_referer(conversion, step, h)) ||
		    is_default_accept(conversion, h) || is_implied_type(body, h) ||
		    (step->page_use && is_of_page(h)) || (!bound && is_shared(conversion, h)))
			continue;
		if (step->basic_user.ptr && str_ieq(h->name, STR("Authorization")))
			continue;
		struct str text = scenario_writer_text(conversion, step, LOCATION_HEADER,
						       (uint32_t)k, header_value(h), 0, false);
		put_header(a, headers, h->name,
			   is_in_list(h->name, of_posts) ? rebased(conversion, text) : text);
	}
	put_missing_type(a, step, headers, body);
	if (step->page_use && step->page_use->enctype.len)
		put_header(a, headers, STR("Content-Type"), step->page_use->enctype);
	headers->flow = headers->members.count < 3;
	if (headers->members.count)
		yaml_writer_put(a, node, STR("headers"), headers);
	if (step->basic_user.ptr && !conversion->shared_auth)
		scenario_writer_auth(conversion, step, node);
}
