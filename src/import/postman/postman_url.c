/* The server of a collection, and the URLs of its requests. */
#include "base/ascii.h"
#include "base/url.h"
#include "import/postman/postman.h"
#include "import/naming.h"
#include "import/template_text.h"

#define SERVERS_MAX 64u

/* ---- the URL as text */

/* Appends the parts of LIST (texts, or {value} of version 2.0), with SEPARATOR between them. */
static void put_parts(struct buf *out, const struct node *list, char separator)
{
	if (list && list->kind == NODE_SCALAR) {
		buf_add(out, list->text);
		return;
	}
	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
		const struct node *part = list->items[i];

		if (i)
			buf_add_char(out, separator);
		buf_add(out,
			part->kind == NODE_SCALAR ? part->text : postman_text_at(part, "value"));
	}
}

/* The value of the path variable NAME (":id"); ptr NULL: it has none. */
static struct str path_value(const struct node *url, struct str name)
{
	const struct node *list = node_find(url, STR("variable"));

	for (size_t i = 0; list && list->kind == NODE_LIST && i < list->count; i++) {
		struct str key = postman_text_at(list->items[i], "key");

		if (!key.ptr)
			key = postman_text_at(list->items[i], "id");
		if (str_eq(key, name) && postman_text_at(list->items[i], "value").len)
			return postman_text_at(list->items[i], "value");
	}
	return STR_NULL;
}

/* Appends PATH with its variables `:name` replaced. */
static void put_path(struct buf *out, const struct node *url, struct str path)
{
	for (size_t from = 0; from <= path.len;) {
		size_t end = str_find_char(path, '/', from);
		struct str part = str_slice(path, from, end == NOT_FOUND ? path.len : end);
		struct str value = str_starts(part, STR(":"))
				       ? path_value(url, str_slice(part, 1, part.len))
				       : STR_NULL;

		buf_add(out, value.ptr ? value : part);
		if (end == NOT_FOUND)
			return;
		buf_add_char(out, '/');
		from = end + 1;
	}
}

/* Appends TEXT; characters that end a value, or a key if KEY, are encoded outside variables. */
static void put_encoded(struct buf *out, struct str text, bool key)
{
	for (size_t i = 0; i < text.len; i++) {
		size_t end = str_starts(str_slice(text, i, text.len), STR("{{"))
				 ? str_find(text, STR("}}"), i)
				 : NOT_FOUND;

		if (end != NOT_FOUND) {
			buf_add(out, str_slice(text, i, end + 2));
			i = end + 1;
		} else if (text.ptr[i] == '&' || text.ptr[i] == '#' ||
			   (key && text.ptr[i] == '=')) {
			buf_printf(out, "%%%02X", (unsigned)text.ptr[i]);
		} else {
			buf_add_char(out, text.ptr[i]);
		}
	}
}

/* A field of the query whose name means a secret. */
static void put_query_value(struct postman *p, struct buf *out, const struct node *row,
			    struct str key, struct str value)
{
	struct postman_variable *v;
	struct str secret;

	if (!naming_is_secret(key) || !value.len || str_find(value, STR("{{"), 0) != NOT_FOUND) {
		put_encoded(out, value, false);
		return;
	}
	secret = postman_secret(p, row, key, value); /* defines its variable */
	(void)secret;
	for (size_t i = 0; i < p->variables.count; i++) {
		v = &p->variables.items[i];
		if (v->value.ptr && str_eq(v->value, value) && v->secret) {
			buf_printf(out, "{{%.*s}}", STR_ARG(v->name));
			return;
		}
	}
}

static void put_query(struct postman *p, struct buf *out, const struct node *query)
{
	char separator = '?';

	for (size_t i = 0; query && query->kind == NODE_LIST && i < query->count; i++) {
		const struct node *row = query->items[i];
		struct str key = postman_text_at(row, "key");

		if (postman_is_disabled(row))
			continue;
		buf_add_char(out, separator);
		put_encoded(out, key, true);
		if (postman_text_at(row, "value").ptr) {
			buf_add_char(out, '=');
			put_query_value(p, out, row, key, postman_text_at(row, "value"));
		}
		separator = '&';
	}
}

/* The URL of a request with {{ }}, without what is switched off, and without the fragment. */
static struct str whole_url(struct postman *p, const struct node *url)
{
	struct str raw = url->kind == NODE_SCALAR ? url->text : postman_text_at(url, "raw");
	struct buf out, path;
	struct str result;

	if (!node_find(url, STR("host")) && !node_find(url, STR("path")))
		return postman_without_nested(p, str_slice(raw, 0, str_find_char(raw, '#', 0)));
	buf_init(&out, 0);
	buf_init(&path, 0);
	if (postman_text_at(url, "protocol").len)
		buf_printf(&out, "%.*s://", STR_ARG(postman_text_at(url, "protocol")));
	put_parts(&out, node_find(url, STR("host")), '.');
	if (postman_text_at(url, "port").len)
		buf_printf(&out, ":%.*s", STR_ARG(postman_text_at(url, "port")));
	put_parts(&path, node_find(url, STR("path")), '/');
	if (path.len && path.data[0] != '/')
		buf_add_char(&out, '/');
	put_path(&out, url, buf_str(&path));
	put_query(p, &out, node_find(url, STR("query")));
	result = arena_str(p->arena, buf_str(&out));
	buf_release(&path);
	buf_release(&out);
	return postman_without_nested(p, result);
}

/* ---- servers */

static bool is_complete(struct str url)
{
	return str_ieq(str_slice(url, 0, 7), STR("http://")) ||
	       str_ieq(str_slice(url, 0, 8), STR("https://"));
}

/* Postman takes http for an address without a scheme. */
static struct str with_scheme(struct postman *p, struct str url)
{
	size_t end = str_find(url, STR("}}"), 0);

	/* A scheme in a variable: an address must begin with its scheme. */
	if (str_starts(url, STR("{{")) && end != NOT_FOUND &&
	    str_starts(str_slice(url, end + 2, url.len), STR("://")))
		return arena_printf(p->arena, "%.*s%.*s",
				    STR_ARG(postman_resolve(p, str_slice(url, 0, end + 2))),
				    STR_ARG(str_slice(url, end + 2, url.len)));
	if (is_complete(url) || !url.len || str_starts(url, STR("{{")) || str_starts(url, STR("/")))
		return url;
	return arena_printf(p->arena, "http://%.*s", STR_ARG(url));
}

/* Scheme, host and port; empty if a variable has no value. */
static struct str origin_of(struct str url)
{
	size_t from = str_find(url, STR("://"), 0), end;

	if (!is_complete(url) || from == NOT_FOUND)
		return STR("");
	for (end = from + 3; end < url.len && url.ptr[end] != '/' && url.ptr[end] != '?'; end++)
		if (url.ptr[end] == '{')
			return STR("");
	return str_slice(url, 0, end);
}

/* The variable that URL starts with, if its value is an address; else an empty text. */
static struct str leading_variable(struct postman *p, struct str url)
{
	size_t end = str_find(url, STR("}}"), 0);
	const struct postman_variable *v;

	if (!str_starts(url, STR("{{")) || end == NOT_FOUND ||
	    (end + 2 < url.len && strchr(":.", url.ptr[end + 2])))
		return STR("");
	v = postman_find_variable(p, str_trim(str_slice(url, 2, end)));
	if (!v || !v->value.ptr || v->changes ||
	    !origin_of(with_scheme(p, postman_resolve(p, v->value))).len)
		return STR("");
	return v->name;
}

struct origin_count {
	struct str origin, variable;
	size_t count;
};

struct origin_counts {
	struct origin_count items[SERVERS_MAX];
	size_t count;
};

static void count_server(struct origin_counts *all, struct str origin, struct str variable)
{
	for (size_t i = 0; i < all->count; i++)
		if (str_eq(all->items[i].origin, origin) &&
		    str_eq(all->items[i].variable, variable)) {
			all->items[i].count++;
			return;
		}
	if (origin.len && all->count < SERVERS_MAX)
		all->items[all->count++] =
		    (struct origin_count){.origin = origin, .variable = variable, .count = 1};
}

static void count_items(struct postman *p, struct origin_counts *all, const struct node *items)
{
	for (size_t i = 0; items && items->kind == NODE_LIST && i < items->count; i++) {
		const struct node *item = items->items[i];
		const struct node *request = node_find(item, STR("request"));
		const struct node *url = request && request->kind == NODE_SCALAR
					     ? request
					     : node_find(request, STR("url"));
		struct str text;

		count_items(p, all, node_find(item, STR("item")));
		if (!url)
			continue;
		text = whole_url(p, url);
		count_server(all, origin_of(with_scheme(p, postman_resolve(p, text))),
			     leading_variable(p, text));
	}
}

void postman_find_target(struct postman *p, const struct node *items)
{
	struct origin_counts *all = ARENA_ARRAY(p->arena, 1, struct origin_counts);
	const struct origin_count *best = NULL;

	if (p->target.len)
		return;
	count_items(p, all, items);
	for (size_t i = 0; i < all->count; i++)
		if (!best || all->items[i].count > best->count)
			best = &all->items[i];
	if (!best)
		return;
	p->target = best->origin;
	p->target_variable = best->variable;
	if (best->variable.len) {
		struct str value = with_scheme(
		    p, postman_resolve(p, postman_find_variable(p, best->variable)->value));

		if (str_find_char(value, '?', 0) == NOT_FOUND)
			p->target = value;
		else
			p->target_variable = STR("");
	}
	while (str_ends(p->target, STR("/")))
		p->target.len--;
}

/* ---- one URL */

/* The end of scheme, host and port of URL, which may have variables. */
static size_t server_end(struct str url)
{
	size_t at = str_find(url, STR("://"), 0);

	for (at = at == NOT_FOUND ? 0 : at + 3; at < url.len && !strchr("/?", url.ptr[at]); at++)
		if (str_starts(str_slice(url, at, url.len), STR("{{"))) {
			size_t end = str_find(url, STR("}}"), at);

			at = end == NOT_FOUND ? at : end + 1;
		}
	return at;
}

/* The part of TEXT after the target; ptr NULL if it goes to another server. */
static struct str relative(struct postman *p, struct str text)
{
	struct str variable = leading_variable(p, text), rest;
	size_t server;

	if (variable.len && str_eq(variable, p->target_variable))
		return str_slice(text, str_find(text, STR("}}"), 0) + 2, text.len);
	text = with_scheme(p, text);
	server = server_end(text);
	if (p->target.len &&
	    str_eq(p->target, with_scheme(p, postman_resolve(p, str_slice(text, 0, server)))))
		return str_slice(text, server, text.len); /* its parts are variables */
	if (!p->target.len || !str_starts(text, p->target))
		return STR_NULL;
	rest = str_slice(text, p->target.len, text.len);
	return !rest.len || rest.ptr[0] == '/' || rest.ptr[0] == '?' ? rest : STR_NULL;
}

static void allow_host(struct postman *p, struct str url)
{
	struct str origin = origin_of(with_scheme(p, postman_resolve(p, url)));
	size_t from = str_find(origin, STR("://"), 0), end;

	if (!origin.len)
		return;
	from += 3;
	end = str_find_char(origin, ':', from);
	VEC_PUSH(p->arena, &p->hosts, str_slice(origin, from, end == NOT_FOUND ? origin.len : end));
}

/* Without a known target, the part before the path is that of a variable that has no value. */
static struct str after_unknown(struct postman *p, struct str text)
{
	size_t end = str_find(text, STR("}}"), 0);

	if (p->target.len || !str_starts(text, STR("{{")) || end == NOT_FOUND)
		return STR_NULL;
	return str_slice(text, end + 2, text.len);
}

/* Spaces around the address are not sent; a line end is a part of a value. */
static struct str without_spaces(struct str text)
{
	while (text.len && text.ptr[0] == ' ')
		text = str_slice(text, 1, text.len);
	while (text.len && text.ptr[text.len - 1] == ' ')
		text.len--;
	return text;
}

static bool has_path(struct str url)
{
	size_t host = str_find(url, STR("://"), 0);

	return host != NOT_FOUND && str_find_char(url, '/', host + 3) != NOT_FOUND;
}

struct str postman_url(struct postman *p, const struct node *url)
{
	return postman_address(p, url, whole_url(p, url));
}

struct str postman_address(struct postman *p, const struct node *at, struct str text)
{
	struct str rest;

	text = without_spaces(text);
	if (!text.len)
		return STR("");
	rest = relative(p, text);
	if (!rest.ptr)
		rest = after_unknown(p, text);
	if (rest.ptr && p->target.len && !str_starts(rest, STR("/")) && has_path(p->target)) {
		/* A slash would be another address. */
		text = arena_printf(p->arena, "%.*s%.*s", STR_ARG(p->target), STR_ARG(rest));
	} else if (rest.ptr) {
		text = rest.len && rest.ptr[0] == '/'
			   ? rest
			   : arena_printf(p->arena, "/%.*s", STR_ARG(rest));
	} else {
		allow_host(p, text);
		text = with_scheme(p, text);
	}
	return template_text_url(p->arena, postman_convert(p, at, text));
}

bool postman_url_is_valid(struct postman *p, const struct node *url)
{
	struct str text = with_scheme(p, postman_resolve(p, str_trim(whole_url(p, url))));
	struct url parts;

	/* Without the path, which is encoded when it is written. */
	return !origin_of(text).len || url_split(origin_of(text), &parts);
}
