#include "run/curl_command.h"

#include "base/ascii.h"
#include "base/escape.h"
#include "base/url.h"
#include "net/no_proxy.h"
#include "run/exchange_sample.h"
#include "run/live_secrets.h"

/* ---- shell words */

/* Appends TEXT, in which secrets are named (SECRET_MASK_NAMED), as a part of a shell word. */
static void put_marked(struct buf *out, struct str text)
{
	size_t at = 0;

	while (at < text.len) {
		size_t mark = str_find_char(text, SECRET_MASK_MARK, at), end;

		if (mark == NOT_FOUND || mark > at) {
			escape_shell(out, str_slice(text, at, mark));
			if (mark == NOT_FOUND)
				return;
		}
		end = str_find_char(text, SECRET_MASK_MARK, mark + 1);
		if (end == mark + 1)
			escape_shell(out, str_slice(text, mark, mark + 1));
		else
			buf_printf(out, "\"$%.*s\"", STR_ARG(str_slice(text, mark + 1, end)));
		at = end + 1;
	}
}

/* Appends an option with a value that may contain secrets. */
static void put_option(struct worker *w, const struct fiber *f, const char *option,
		       struct str value, struct buf *out)
{
	struct buf marked;

	buf_init(&marked, 0);
	buf_add(&marked, value);
	live_secrets_mask_named(w, f, &marked);
	buf_printf(out, " %s%s", option, *option ? " " : "");
	if (marked.len)
		put_marked(out, buf_str(&marked));
	else
		buf_add(out, STR("''"));
	buf_release(&marked);
}

static void put_file(const char *option, struct str path, struct buf *out)
{
	if (!path.len)
		return;
	buf_printf(out, " %s ", option);
	escape_shell(out, path);
}

/* ---- the connection */

static void put_proxy(const struct model *model, struct str proxy, struct str host, struct buf *out)
{
	const struct field_list *direct = &model->defaults.no_proxy;
	const struct str *names = direct->items;
	struct url url;

	if (!proxy.len || !url_split(proxy, &url))
		return;
	for (size_t i = 0; i < direct->count; i++)
		if (no_proxy_matches(&names[i].ptr, 1, host))
			return;
	buf_printf(out, " -x %.*s://%s%.*s%s:%u", STR_ARG(url.scheme), url.host_is_ipv6 ? "[" : "",
		   STR_ARG(url.host), url.host_is_ipv6 ? "]" : "", url.port);
	if (url.userinfo.len)
		buf_add(out, STR(" -U \"$PROXY_LOGIN\""));
}

static void put_certificate(const char *cert, const char *key, bool has_passphrase, struct buf *out)
{
	put_file("--cert", str_of(cert ? cert : ""), out);
	put_file("--key", str_of(key ? key : ""), out);
	if (has_passphrase)
		buf_add(out, STR(" --pass \"$KEY_PASSPHRASE\""));
}

static void put_tls(const struct tls_plan *tls, const struct exchange *x, struct buf *out)
{
	const char *cert = x->identity.data;

	if (!tls->verify)
		buf_add(out, STR(" -k"));
	if (tls->min_version)
		buf_add(out, STR(" --tlsv1.3"));
	put_file("--cacert", tls->ca, out);
	if (x->identity.len)
		put_certificate(cert, cert + strlen(cert) + 1, tls->passphrase, out);
	else
		put_certificate(tls->cert_file, tls->key_file, tls->passphrase, out);
}

static void put_connection(struct worker *w, const struct fiber *f, struct buf *out)
{
	const struct defaults *d = &w->program->model->defaults;
	const struct exchange *x = f->exchange;
	struct url url;

	if (!url_split(str_of(x->last_url), &url))
		return;
	if (str_ieq(url.scheme, STR("https"))) {
		put_tls(&w->program->tls[f->request->tls_profile], x, out);
		if (x->version == 11)
			buf_add(out, STR(" --http1.1"));
		if (x->version == 30)
			buf_add(out, STR(" --http3-only"));
	} else if (x->version == 20) {
		buf_add(out, STR(" --http2-prior-knowledge"));
	}
	put_file("--unix-socket", d->unix_socket, out);
	for (size_t i = 0; i < d->resolve.count; i++) {
		const struct field_pair *pair = &d->resolve.pairs[i];

		if (str_ieq(str_slice(pair->key, 0, url.host.len), url.host))
			buf_printf(out, " --resolve %.*s:%.*s", STR_ARG(pair->key),
				   STR_ARG(*(const struct str *)pair->value));
	}
	put_proxy(w->program->model, f->request->proxy, url.host, out);
}

static void put_auth(struct worker *w, const struct fiber *f, struct buf *out)
{
	const struct auth_plan *auth = &f->request->auth;
	const struct exchange *x = f->exchange;

	if (x->drop_credentials)
		return;
	if (auth->kind == AUTH_AWS) {
		put_file("--aws-sigv4", auth->scope, out);
		buf_add(out, STR(" --user \"$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY\""));
	} else if (auth->kind == AUTH_NEGOTIATE) {
		buf_add(out, STR(" --negotiate --user :"));
	} else if (auth->kind != AUTH_NONE) {
		put_option(w, f, auth->kind == AUTH_NTLM ? "--ntlm --user" : "--digest --user",
			   str_of(x->login.data), out);
		buf_add(out, STR(":\"$PASSWORD\""));
	}
}

/* ---- headers */

/* True if VALUE is a scheme and one secret, such as "Bearer" and a token; it shows no credential.
 */
static bool is_scheme_and_secret(struct str value)
{
	size_t space = str_find_char(value, ' ', 0);
	struct str secret = space == NOT_FOUND ? value : str_slice(value, space + 1, value.len);

	return secret.len > 2 && secret.ptr[0] == SECRET_MASK_MARK &&
	       !str_starts(str_slice(secret, 1, secret.len), STR(SECRET_SET_UNNAMED)) &&
	       str_find_char(secret, SECRET_MASK_MARK, 1) == secret.len - 1;
}

/* "$AUTHORIZATION" as the whole value of that header. */
static void put_credential(struct str name, struct buf *out)
{
	struct buf prefix;

	buf_init(&prefix, 0);
	buf_printf(&prefix, "%.*s: ", STR_ARG(name));
	escape_shell(out, buf_str(&prefix));
	buf_add(out, STR("\"$"));
	for (size_t i = 0; i < name.len; i++)
		buf_add_char(out, name.ptr[i] == '-' ? '_' : ascii_to_upper(name.ptr[i]));
	buf_add_char(out, '"');
	buf_release(&prefix);
}

static void put_header(struct str line, struct buf *out)
{
	size_t colon = str_find_char(line, ':', 0);
	struct str name = str_slice(line, 0, colon);
	struct str value = str_trim(str_slice(line, colon + 1, line.len));

	buf_add(out, STR(" -H "));
	if (!value.len) {
		struct buf empty;

		buf_init(&empty, 0);
		buf_printf(&empty, "%.*s;", STR_ARG(name));
		escape_shell(out, buf_str(&empty));
		buf_release(&empty);
	} else if (exchange_sample_is_credential(name) && !is_scheme_and_secret(value)) {
		put_credential(name, out);
	} else {
		put_marked(out, line);
	}
}

/* HAS_BODY: curl must not add its own Content-Type. */
static void put_headers(struct worker *w, const struct fiber *f, bool has_body, struct buf *out)
{
	bool has_type = false, has_agent = false;
	struct buf lines;

	buf_init(&lines, 0);
	w->http->ops->put_headers(f->exchange, &lines);
	live_secrets_mask_named(w, f, &lines);
	for (size_t at = 0; at < lines.len;) {
		size_t end = str_find_char(buf_str(&lines), '\n', at);
		struct str line = str_slice(buf_str(&lines), at, end);

		has_type |= str_ieq(str_slice(line, 0, 13), STR("Content-Type:"));
		has_agent |= str_ieq(str_slice(line, 0, 11), STR("User-Agent:"));
		if (str_ieq(str_slice(line, 0, 16), STR("Accept-Encoding:")))
			buf_add(out, STR(" --compressed"));
		put_header(line, out);
		at = end == NOT_FOUND ? lines.len : end + 1;
	}
	buf_release(&lines);
	if (!has_agent)
		buf_add(out, STR(" -H User-Agent:"));
	if (has_body && !has_type)
		buf_add(out, STR(" -H Content-Type:"));
}

/* ---- the body */

/* True if TEXT survives copying: valid UTF-8 without control characters. */
static bool is_plain(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' && text.ptr[i] != '\n' && text.ptr[i] != '\t')
			return false;
	return str_is_utf8(text, NULL);
}

/* Appends TEXT as the argument of printf %b; bytes that are not printable are octal numbers. */
static void put_octal(struct buf *out, struct str text)
{
	struct buf escaped;

	buf_init(&escaped, 0);
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];
		bool doubled = c == SECRET_MASK_MARK && i + 1 < text.len && text.ptr[i + 1] == c;

		i += doubled;
		if (c == SECRET_MASK_MARK && !doubled)
			buf_add_char(&escaped, SECRET_MASK_MARK);
		else if (c < ' ' || c > '~')
			buf_printf(&escaped, "\\0%03o", c);
		else if (c == '\\')
			buf_add(&escaped, STR("\\\\"));
		else
			buf_add_char(&escaped, (char)c);
	}
	put_marked(out, buf_str(&escaped));
	buf_release(&escaped);
}

static void put_piece(struct worker *w, const struct fiber *f, struct str text, struct buf *out)
{
	struct buf marked;

	if (!text.len)
		return;
	buf_init(&marked, 0);
	buf_add(&marked, text);
	live_secrets_mask_named(w, f, &marked);
	buf_add(out, STR("printf %b "));
	put_octal(out, buf_str(&marked));
	buf_add(out, STR("; "));
	buf_release(&marked);
}

static struct str body_of(const struct fiber *f)
{
	const struct request_plan *r = f->request;
	const struct exchange *x = f->exchange;

	if (x->override_method)
		return STR("");
	return !x->body.len && r->body && r->body->constant ? r->body->value.text
							    : buf_str(&x->body);
}

/* A group of commands that print the body, for a body that cannot be an argument. */
static void put_body_group(struct worker *w, const struct fiber *f, struct buf *out)
{
	const struct request_plan *r = f->request;
	struct str body = body_of(f);
	size_t from = 0;

	buf_add(out, STR("{ "));
	for (size_t i = 0; i < r->file_count; i++) {
		put_piece(w, f, str_slice(body, from, f->exchange->file_offsets[i]), out);
		buf_add(out, STR("cat "));
		escape_shell(out, r->files[i].path);
		buf_add(out, STR("; "));
		from = f->exchange->file_offsets[i];
	}
	put_piece(w, f, str_slice(body, from, body.len), out);
	buf_add(out, STR("} | "));
}

/* ---- the command */

static void put_data(struct worker *w, const struct fiber *f, bool piped, struct buf *out)
{
	struct str body = body_of(f);

	if (body.len > CURL_COMMAND_BODY_MAX)
		buf_add(out, STR(" --data-binary @body"));
	else if (piped)
		buf_add(out, STR(" --data-binary @-"));
	else
		put_option(w, f, "--data-raw", body, out);
}

static void put_url(struct worker *w, const struct fiber *f, struct buf *out)
{
	struct buf sent;
	struct url url;

	/* The path was sent without the segments . and .. */
	buf_init(&sent, 0);
	if (!url_split(str_of(f->exchange->last_url), &url) ||
	    !url_resolve(&url, str_of(f->exchange->last_url), &sent))
		buf_add(&sent, str_of(f->exchange->last_url));
	put_option(w, f, "", buf_str(&sent), out);
	buf_release(&sent);
}

void curl_command_put(struct worker *w, const struct fiber *f, struct buf *out)
{
	const struct exchange *x = f->exchange;
	struct str method = str_of(x->override_method ? x->method : f->request->method.ptr);
	struct str body = body_of(f);
	bool has_files = f->request->file_count && !x->override_method;
	/* These methods send an empty body too, with Content-Length: 0. */
	bool has_body = body.len || has_files || str_eq(method, STR("POST")) ||
			str_eq(method, STR("PUT")) || str_eq(method, STR("PATCH"));
	bool piped = body.len <= CURL_COMMAND_BODY_MAX && (has_files || !is_plain(body));
	bool head = str_eq(method, STR("HEAD")) && !has_body;

	if (piped)
		put_body_group(w, f, out);
	buf_add(out, head ? STR("curl -I -g --path-as-is") : STR("curl -i -g --path-as-is"));
	if (!head && !str_eq(method, has_body ? STR("POST") : STR("GET")))
		put_file("-X", method, out);
	put_connection(w, f, out);
	put_auth(w, f, out);
	put_headers(w, f, has_body, out);
	if (has_body)
		put_data(w, f, piped, out);
	put_url(w, f, out);
}
