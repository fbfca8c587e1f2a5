#include "import/curl/curl_request.h"

#include <string.h>

#include "base/url.h"
#include "import/curl/curl_private.h"
#include "import/multipart_parse.h"

static bool has_variable(struct str text)
{
	return str_find(text, STR(TX_VARIABLE), 0) != NOT_FOUND;
}

struct str curl_secret(struct curl_request *r, const char *name, const char *description)
{
	transaction_list_add_variable(&r->job->list, str_of(name), str_of(description), true);
	return arena_printf(r->arena, "%s%s%s", TX_VARIABLE, name, TX_VARIABLE_END);
}

static void put_user(struct curl_request *r)
{
	size_t colon = str_find_char(r->user, ':', 0);
	struct str user = str_slice(r->user, 0, colon == NOT_FOUND ? r->user.len : colon);
	struct str password =
	    colon == NOT_FOUND ? STR("") : str_slice(r->user, colon + 1, r->user.len);
	struct yaml_writer_node *auth;

	if (!r->user.ptr || yaml_writer_find(r->more, STR("auth")))
		return;
	auth = curl_inline_map(r, r->more, "auth");
	/* curl does not use its user either, but the tickets of kinit. */
	if (r->auth && strcmp(r->auth, "negotiate") == 0) {
		curl_inline_map(r, auth, r->auth);
		return;
	}
	if (!has_variable(password))
		password = curl_secret(r, r->aws.ptr ? "SECRET_KEY" : "PASSWORD",
				       "The password of curl's -u");
	auth = curl_inline_map(r, auth, r->aws.ptr ? "aws_sigv4" : r->auth ? r->auth : "basic");
	curl_put(r, auth, r->aws.ptr ? "access_key" : "user", user);
	curl_put(r, auth, r->aws.ptr ? "secret_key" : "password", password);
	if (r->aws.ptr) {
		/* provider1:provider2:region:service */
		struct str rest = r->aws;
		static const char *const keys[] = {NULL, NULL, "region", "service"};

		for (size_t i = 0; i < 4 && rest.len; i++) {
			size_t end = str_find_char(rest, ':', 0);

			end = end == NOT_FOUND ? rest.len : end;
			if (keys[i])
				curl_put(r, auth, keys[i], str_slice(rest, 0, end));
			rest = str_slice(rest, end + 1, rest.len);
		}
	}
}

/* The value of `proxy:`: host and port, after a scheme or nothing. */
static bool is_proxy(struct curl_request *r, struct str text)
{
	struct url url;

	if (str_find(text, STR("$${"), 0) != NOT_FOUND)
		return false;
	if (str_find(text, STR("${"), 0) != NOT_FOUND) /* a variable of the shell: handled later */
		return true;
	if (str_find(text, STR("://"), 0) == NOT_FOUND)
		text = arena_printf(r->arena, "http://%.*s", STR_ARG(text));
	return url_split(text, &url) &&
	       (str_ieq(url.scheme, STR("http")) || str_ieq(url.scheme, STR("https")) ||
		str_ieq(url.scheme, STR("socks5")) || str_ieq(url.scheme, STR("socks5h"))) &&
	       !url.query.ptr && (!url.path.len || str_eq(url.path, STR("/")));
}

static void check_proxy(struct curl_request *r)
{
	struct yaml_writer_node *proxy = yaml_writer_find(r->more, STR("proxy"));

	if (!proxy || is_proxy(r, proxy->text))
		return;
	curl_note(r, "only HTTP and SOCKS5 proxies are supported; skipped:", proxy->text);
	yaml_writer_remove(r->more, STR("proxy"));
}

static struct str whole_url(struct curl_request *r, struct str url)
{
	size_t hash = str_find_char(url, '#', 0), at;
	struct buf out;
	struct str result;

	url = str_trim(str_slice(url, 0, hash == NOT_FOUND ? url.len : hash));
	buf_init(&out, 0);
	if (str_find(url, STR("://"), 0) == NOT_FOUND)
		buf_add(&out, STR("http://"));
	buf_add(&out, url);
	at = str_find(buf_str(&out), STR("://"), 0) + 3;
	if (str_find_char(buf_str(&out), '/', at) == NOT_FOUND &&
	    str_find_char(buf_str(&out), '?', at) == NOT_FOUND)
		buf_add_char(&out, '/');
	if (r->query.len || (r->get && r->has_data)) {
		bool has = str_find_char(buf_str(&out), '?', 0) != NOT_FOUND;

		buf_add_char(&out, has ? '&' : '?');
		buf_add(&out, buf_str(&r->query));
		if (r->query.len && r->get && r->has_data)
			buf_add_char(&out, '&');
		if (r->get)
			buf_add(&out, buf_str(&r->data));
	}
	result = arena_str(r->arena, buf_str(&out));
	buf_release(&out);
	return result;
}

static void set_body(struct curl_request *r, struct transaction *tx)
{
	struct str type = transaction_header(&r->headers, STR("Content-Type"), 0);

	if (r->data_file.ptr)
		curl_put(r, r->more, "body_file", r->data_file);
	if (!r->has_data || r->get)
		return;
	tx->request_body.raw = arena_str(r->arena, buf_str(&r->data));
	tx->request_body.mime = type.len  ? type
				: r->json ? STR("application/json")
					  : STR("application/x-www-form-urlencoded");
	if (multipart_parse_boundary(type).len)
		tx->multipart =
		    multipart_parse(r->arena, tx->request_body.raw, multipart_parse_boundary(type),
				    true, &tx->parts, &tx->part_count);
	else if (str_find(tx->request_body.mime, STR("urlencoded"), 0) != NOT_FOUND)
		transaction_parse_form(r->arena, tx, tx->request_body.raw);
}

static bool is_ascii(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] >= 127)
			return false;
	return true;
}

/* "$BASE/path": the value of BASE usually has a scheme; then it is the target. */
static void note_origin(struct curl_request *r, struct str url)
{
	size_t end = str_find(url, STR(TX_VARIABLE_END), 0);
	struct tx_list *list = &r->job->list;

	if (!str_starts(url, STR(TX_VARIABLE)) || end == NOT_FOUND)
		return;
	for (size_t i = 0; i < list->variables.count; i++)
		if (str_eq(list->variables.items[i].name,
			   str_slice(url, sizeof(TX_VARIABLE) - 1, end)))
			list->variables.items[i].origin = true;
}

static void add_transaction(struct curl_request *r, uint32_t source, struct str url)
{
	struct transaction *tx = transaction_new(&r->job->list);
	struct url parts;
	bool sends = (r->has_data && !r->get) || r->data_file.ptr ||
		     yaml_writer_find(r->more, STR("multipart"));

	tx->source = source;
	tx->line = r->command->line;
	note_origin(r, str_trim(url));
	tx->url = whole_url(r, url);
	tx->method = r->method.len ? r->method
		     : r->head	   ? STR("HEAD")
		     : sends	   ? STR("POST")
				   : STR("GET");
	tx->request_headers = r->headers;
	tx->more = r->more->members.count ? r->more : NULL;
	if ((yaml_writer_find(r->more, STR("multipart")) != NULL) + (r->has_data && !r->get) +
		(r->data_file.ptr != NULL) >
	    1)
		r->refused = STR("curl sends only one of -d, -F and -T");
	if (!url_split(tx->url, &parts) || !str_is_utf8(tx->url, NULL))
		r->refused = arena_printf(r->arena, "this is not a URL: %.*s", STR_ARG(url));
	else if (!is_ascii(parts.host))
		r->refused = arena_printf(r->arena, "write its host in ASCII, xn--…: %.*s",
					  STR_ARG(parts.host));
	else if (!str_ieq(parts.scheme, STR("http")) && !str_ieq(parts.scheme, STR("https")))
		transaction_skip(tx, SKIP_REASON_NOT_HTTP, parts.scheme);
	if (r->refused.len) {
		transaction_skip(tx, SKIP_REASON_UNREADABLE, r->refused);
		curl_note(r, "skipped,", r->refused);
		return;
	}
	set_body(r, tx);
}

void curl_request(struct import_job *job, uint32_t source, const struct shell_command *command,
		  const struct str *words, size_t count)
{
	struct curl_request r = {.job = job, .arena = &job->arena, .command = command};
	buf_init(&r.data, 0);
	buf_init(&r.query, 0);
	r.more = yaml_writer_map(r.arena);
	curl_read_options(&r, words, count);
	put_user(&r);
	check_proxy(&r);
	if (r.json && !transaction_header(&r.headers, STR("Accept"), 0).ptr)
		transaction_add_header(r.arena, &r.headers, STR("Accept"), STR("application/json"));
	if (!r.location && !transaction_header(&r.headers, STR("Sec-Fetch-Mode"), 0).ptr)
		yaml_writer_put(r.arena, r.more, STR("follow_redirects"),
				yaml_writer_word(r.arena, STR("no")));
	if (!r.urls.count)
		curl_note(&r, "the curl command has no URL", STR(""));
	for (size_t i = 0; i < r.urls.count; i++)
		add_transaction(&r, source, r.urls.items[i]);
	buf_release(&r.data);
	buf_release(&r.query);
}
