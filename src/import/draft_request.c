/* A request's URL, query and headers as they are written, and what `defaults` holds for all. */
#include "base/encoding.h"
#include "import/draft.h"

#define LONG_QUERY 60u

/* ---- hosts */

static void note_host(struct flow *flow, struct str text)
{
	struct url url, target;
	struct str name;

	if (!url_split(text, &url) || !url_split(flow->target, &target))
		return;
	if (str_ieq(url.host, target.host) && url.port == target.port)
		return;
	name = url.has_port && !url.host_is_ipv6
		   ? arena_printf(&flow->job->arena, "%.*s:%u", STR_ARG(url.host), url.port)
		   : url.host;
	for (size_t i = 0; i < flow->hosts.count; i++)
		if (str_ieq(flow->hosts.items[i], name))
			return;
	VEC_PUSH(&flow->job->arena, &flow->hosts, name);
}

void draft_collect_hosts(struct flow *flow)
{
	const struct tx_list *list = &flow->job->list;

	for (size_t i = 0; i < list->items.count; i++)
		if (list->items.items[i]->fate != TX_LEFT_OUT)
			note_host(flow, list->items.items[i]->url);
}

/* ---- the URL */

/* Behind the target's origin, or 0 for another host's URL. */
static size_t path_at(const struct flow *flow, struct str text)
{
	struct url url, target;
	size_t at;

	if (!url_split(text, &url) || !url_split(flow->target, &target) ||
	    !url_same_origin(&url, &target) || url.userinfo.len)
		return 0;
	at = str_find(text, STR("://"), 0) + 3;
	while (at < text.len && text.ptr[at] != '/' && text.ptr[at] != '?')
		at++;
	return str_starts(str_slice(text, at, text.len), STR("//")) ? 0 : at;
}

/* The query as a map; NULL when it does not read as one. */
static struct yaml_out *query_map(struct flow *flow, const struct flow_step *step, size_t from)
{
	struct arena *a = &flow->job->arena;
	struct yaml_out *map = yaml_out_map(a), *last = NULL;
	struct str url = step->tx->url, last_name = STR_NULL;

	for (size_t at = from; at < url.len;) {
		size_t end = str_find_char(url, '&', at), sign;
		struct yaml_out *value;

		end = end == (size_t)-1 ? url.len : end;
		sign = str_find_char(str_slice(url, 0, end), '=', at);
		buf_clear(&flow->scratch);
		if (sign == (size_t)-1 || sign == at ||
		    !url_decode(&flow->scratch, str_slice(url, at, end), true) ||
		    !str_is_utf8(buf_str(&flow->scratch), NULL))
			return NULL;
		buf_clear(&flow->scratch);
		url_decode(&flow->scratch, str_slice(url, at, sign), true);
		struct str name = arena_str(a, buf_str(&flow->scratch));
		if (str_find(name, STR("${"), 0) != (size_t)-1)
			return NULL;
		value = yaml_out_text(a, draft_text(flow, step, PLACE_URL, 0,
						    str_slice(url, sign + 1, end), sign + 1, true));
		at = end + 1;
		if (last && str_eq(name, last_name)) {
			if (last->shape != YAML_LIST) {
				struct yaml_out *list = yaml_out_list(a);

				list->flow = true;
				yaml_out_add(a, list, last);
				map->members.items[map->members.count - 1].value = list;
				last = list;
			}
			yaml_out_add(a, last, value);
			continue;
		}
		if (yaml_out_find(map, name))
			return NULL;
		last = yaml_out_put(a, map, name, value);
		last_name = name;
	}
	map->flow = map->members.count < 3;
	return map->members.count ? map : NULL;
}

struct str draft_address(struct arena *a, struct str url)
{
	struct buf out;
	struct str made;
	bool inside = false;

	buf_init(&out, 0);
	for (size_t i = 0; i < url.len; i++) {
		char c = url.ptr[i];
		unsigned byte = (unsigned char)c;

		if (!inside && str_starts(str_slice(url, i, url.len), STR("$${"))) {
			buf_add(&out, STR("$%7B")); /* a ${ of the text */
			i += 2;
			continue;
		}
		if (!inside && str_starts(str_slice(url, i, url.len), STR("${"))) {
			buf_add(&out, STR("${"));
			inside = true;
			i++;
			continue;
		}
		if (!inside && (byte <= ' ' || byte >= 127 || c == '{' || c == '}'))
			buf_printf(&out, "%%%02X", byte);
		else
			buf_add_char(&out, c);
		inside = inside && c != '}';
	}
	made = arena_str(a, buf_str(&out));
	buf_release(&out);
	return made;
}

struct str draft_url(struct flow *flow, struct flow_step *step, struct yaml_out **query)
{
	struct str url = step->tx->url, path;
	size_t at = path_at(flow, url), mark = str_find_char(url, '?', 0);

	*query = NULL;
	if (mark != (size_t)-1 &&
	    (url.len - mark > LONG_QUERY || draft_is_bound(step, PLACE_URL, 0, mark, url.len)))
		*query = query_map(flow, step, mark + 1);
	if (*query)
		url = str_slice(url, 0, mark);
	path = draft_text(flow, step, PLACE_URL, 0, str_slice(url, at, url.len), at, false);
	if (at && (!path.len || path.ptr[0] != '/'))
		path = arena_printf(&flow->job->arena, "/%.*s", STR_ARG(path));
	return draft_address(&flow->job->arena, path);
}

/* ---- headers */

static bool in(struct str name, const char *const *words)
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

static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f)
			return true;
	return false;
}

/* What tells a server that checks it which page of its own a change came from. */
static const char *const of_posts[] = {"Referer", "Origin", NULL};

/* What belongs to the recording's connection, cache or browser and not to the request. */
static bool is_dropped(const struct transaction *tx, const struct tx_header *h)
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
	/* A change made only to the version one has seen needs that version's name. */
	if (!is_safe(tx) && str_ieq(h->name, STR("If-Match")) && h->value.len)
		return has_control(h->value);
	if (!h->value.len || in(h->name, never) || has_control(h->value))
		return true;
	if (tx->status == 206 && str_ieq(h->name, STR("Range")))
		return true;
	if (is_safe(tx) && in(h->name, of_posts))
		return true;
	return str_ieq(h->name, STR("Accept")) && str_eq(h->value, STR("*/*"));
}

/* The engine sets the body's type itself. */
static bool is_implied_type(const struct flow_step *step, const struct tx_header *h)
{
	const struct transaction *tx = step->tx;
	struct str type;
	size_t end;

	if (!str_ieq(h->name, STR("Content-Type")))
		return false;
	if (!tx->request_body.raw.len && !tx->part_count)
		return true;
	end = str_find_char(h->value, ';', 0);
	type = str_trim(str_slice(h->value, 0, end));
	if (tx->multipart)
		return true;
	if (tx->part_count)
		return str_ieq(type, STR("application/x-www-form-urlencoded"));
	if (step->json)
		return str_ieq(type, STR("application/json"));
	return false;
}

struct common {
	struct str name, value;
	size_t count;
};

/* How often each header of the steps stands there with the same value. */
static size_t count_headers(struct flow *flow, struct common *all, size_t most)
{
	size_t count = 0;

	for (size_t i = 0; i < flow->steps.count; i++) {
		const struct flow_step *step = &flow->steps.items[i];
		const struct tx_headers *headers = &step->tx->request_headers;

		for (size_t k = 0; k < headers->list.count && !step->disabled; k++) {
			const struct tx_header *h = &headers->list.items[k];
			size_t n = 0;

			if (in(h->name, of_posts) ||
			    (is_dropped(step->tx, h) && !str_ieq(h->name, STR("User-Agent"))) ||
			    str_ieq(h->name, STR("Content-Type")) ||
			    str_ieq(h->name, STR("Authorization")) ||
			    draft_is_bound(step, PLACE_HEADER, (uint32_t)k, 0, SIZE_MAX))
				continue;
			while (n < count &&
			       !(str_ieq(all[n].name, h->name) && str_eq(all[n].value, h->value)))
				n++;
			if (n == count && count < most)
				all[count++] = (struct common){h->name, h->value, 0};
			if (n < count)
				all[n].count++;
		}
	}
	return count;
}

/* As the recorder was told to verify servers. */
static void put_tls(struct flow *flow, struct yaml_out *defaults)
{
	struct arena *a = &flow->job->arena;
	struct yaml_out *tls = yaml_out_map(a);

	if (!str_ieq(str_slice(flow->target, 0, 6), STR("https:")))
		return;
	if (flow->job->tls_insecure)
		yaml_out_put(a, tls, STR("verify"), yaml_out_text(a, STR("no")));
	else if (flow->job->tls_ca.len)
		yaml_out_put_text(a, tls, STR("ca"), flow->job->tls_ca);
	tls->flow = true;
	if (tls->members.count)
		yaml_out_put(a, defaults, STR("tls"), tls);
}

void draft_defaults(struct flow *flow, struct yaml_out *root)
{
	struct arena *a = &flow->job->arena;
	struct common all[256];
	size_t count = count_headers(flow, all, sizeof all / sizeof *all), steps = 0;
	struct yaml_out *defaults = yaml_out_map(a), *headers = yaml_out_map(a);

	for (size_t i = 0; i < flow->steps.count; i++)
		steps += !flow->steps.items[i].disabled;
	for (size_t i = 0; i < count; i++) {
		struct str text;

		if (all[i].count * 5 < steps * 4 || steps < 2 || has_control(all[i].value))
			continue;
		buf_clear(&flow->scratch);
		text = draft_text(flow, &flow->steps.items[0], PLACE_HEADER, UINT32_MAX,
				  all[i].value, 0, false);
		if (str_ieq(all[i].name, STR("User-Agent")))
			yaml_out_put_text(a, defaults, STR("user_agent"), text);
		else if (!yaml_out_find(headers, all[i].name))
			yaml_out_put_text(a, headers, all[i].name, text);
	}
	flow->shared = headers;
	if (headers->members.count)
		yaml_out_put(a, defaults, STR("headers"), headers);
	put_tls(flow, defaults);
	if (defaults->members.count)
		yaml_out_put(a, root, STR("defaults"), defaults)->blank = true;
}

static bool is_shared(const struct flow *flow, const struct tx_header *h)
{
	for (size_t i = 0; i < flow->shared->members.count; i++) {
		const struct yaml_member *m = &flow->shared->members.items[i];

		if (str_ieq(m->key, h->name) && str_eq(m->value->text, h->value))
			return true;
	}
	return false;
}

static bool stands(const struct yaml_out *map, struct str name)
{
	for (size_t i = 0; i < map->members.count; i++)
		if (str_ieq(map->members.items[i].key, name))
			return true;
	return false;
}

/* The recorded host in TEXT becomes that of the run, which may go to another one. */
static struct str rebased(struct flow *flow, struct str text)
{
	struct str rest = str_slice(text, flow->target.len, text.len);

	if (!flow->target.len || !str_starts(text, flow->target) ||
	    (rest.len && rest.ptr[0] != '/'))
		return text;
	return arena_printf(&flow->job->arena, "${run.origin}%.*s", STR_ARG(rest));
}

void draft_headers(struct flow *flow, struct flow_step *step, struct yaml_out *node)
{
	struct arena *a = &flow->job->arena;
	struct yaml_out *headers = yaml_out_map(a), *auth;

	for (size_t k = 0; k < step->tx->request_headers.list.count; k++) {
		const struct tx_header *h = &step->tx->request_headers.list.items[k];
		bool bound = draft_is_bound(step, PLACE_HEADER, (uint32_t)k, 0, SIZE_MAX);

		if (is_dropped(step->tx, h) || is_implied_type(step, h) ||
		    stands(headers, h->name) || (!bound && is_shared(flow, h)))
			continue;
		if (step->basic_user.ptr && str_ieq(h->name, STR("Authorization")))
			continue;
		struct str text =
		    draft_text(flow, step, PLACE_HEADER, (uint32_t)k, h->value, 0, false);
		yaml_out_put_text(a, headers, h->name,
				  in(h->name, of_posts) ? rebased(flow, text) : text);
	}
	headers->flow = headers->members.count < 3;
	if (headers->members.count)
		yaml_out_put(a, node, STR("headers"), headers);
	if (!step->basic_user.ptr)
		return;
	auth = yaml_out_put(a, node, STR("auth"), yaml_out_map(a));
	auth->flow = true;
	auth = yaml_out_put(a, auth, STR("basic"), yaml_out_map(a));
	auth->flow = true;
	yaml_out_put_text(a, auth, STR("user"), step->basic_user);
	yaml_out_put_text(a, auth, STR("password"), step->basic_password);
}
