/* The options of curl and their effects on the request. */

#include "base/ascii.h"
#include "import/curl/curl_private.h"

struct curl_option {
	const char *name;
	char letter;
	bool value; /* it has an argument */
	/* Applies the option to R; VALUE is its argument. */
	void (*apply)(struct curl_request *r, const struct curl_option *o, struct str value);
};

/* ---- helpers */

static void put_tls(struct curl_request *r, const char *key, struct str text)
{
	curl_put(r, curl_inline_map(r, r->more, "tls"), key, text);
}

static void put_seconds(struct curl_request *r, const char *key, struct str value)
{
	double seconds;

	if (str_to_double(value, &seconds) && seconds > 0)
		yaml_writer_put_text(r->arena, r->more, str_of(key),
				     arena_printf(r->arena, "%.10gs", seconds));
}

/* Methods are case-sensitive; `post` in lower case means POST. */
static void set_method(struct curl_request *r, struct str value)
{
	char *method = arena_cstr(r->arena, value);

	for (size_t i = 0; i < value.len; i++) {
		method[i] = ascii_to_upper(method[i]);
		if (method[i] < 'A' || method[i] > 'Z')
			r->refused = STR("the argument of -X is not a method");
	}
	r->method = str_n(method, value.len);
}

static void put_retry(struct curl_request *r, struct str value)
{
	int64_t times;

	if (!str_to_int(value, &times) || times <= 0 || yaml_writer_find(r->more, STR("retry")))
		return;
	yaml_writer_put(
	    r->arena, curl_inline_map(r, r->more, "retry"), STR("times"),
	    yaml_writer_word(r->arena, arena_printf(r->arena, "%lld", (long long)times)));
}

static void add_json(struct curl_request *r, struct str value)
{
	r->json = true;
	curl_add_data(r, value, true);
}

static void add_header(struct curl_request *r, const char *name, struct str value)
{
	transaction_add_header(r->arena, &r->headers, str_of(name), value);
}

/* ---- the effects, by their names in curl_options.def */

static void apply_nothing(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)r;
	(void)o;
	(void)value;
}

static void apply_unknown(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)value;
	curl_note(r, "not supported:", arena_printf(r->arena, "--%s", o->name));
}

static void apply_refused(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)value;
	r->refused = arena_printf(r->arena, "--%s reads further options from a file", o->name);
}

static void apply_aws(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	r->aws = value;
}

static void apply_bearer(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_put(r, curl_inline_map(r, r->more, "auth"), "bearer", value);
}

static void apply_cacert(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	put_tls(r, "ca", value);
}

static void apply_pass(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	put_tls(r, "passphrase",
		curl_secret(r, "KEY_PASSPHRASE", "The passphrase of the client certificate"));
}

static void apply_cert(struct curl_request *r, const struct curl_option *o, struct str value)
{
	size_t colon = str_find_char(value, ':', 0);

	put_tls(r, "cert", str_slice(value, 0, colon));
	if (colon != NOT_FOUND)
		apply_pass(r, o, value);
}

static void apply_key(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	put_tls(r, "key", value);
}

static void apply_insecure(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	put_tls(r, "verify", STR("no"));
}

static void apply_tls12(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	put_tls(r, "min_version", STR("1.2"));
}

static void apply_tls13(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	put_tls(r, "min_version", STR("1.3"));
}

static void apply_connect_timeout(struct curl_request *r, const struct curl_option *o,
				  struct str value)
{
	(void)o;
	put_seconds(r, "connect_timeout", value);
}

static void apply_max_time(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	put_seconds(r, "timeout", value);
}

static void apply_cookie(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_add_cookies(r, value);
}

static void apply_data(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_add_data(r, value, true);
}

static void apply_data_binary(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_add_data(r, value, true);
}

static void apply_data_raw(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_add_data(r, value, false);
}

static void apply_data_urlencode(struct curl_request *r, const struct curl_option *o,
				 struct str value)
{
	(void)o;
	curl_add_data_encoded(r, value);
}

static void apply_digest(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	r->auth = "digest";
}

static void apply_negotiate(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	r->auth = "negotiate";
}

static void apply_ntlm(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	r->auth = "ntlm";
}

static void apply_form(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_add_form(r, value, false);
}

static void apply_form_string(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_add_form(r, value, true);
}

static void apply_get(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	r->get = true;
}

static void apply_head(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	r->head = true;
}

static void apply_header(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_add_header(r, value);
}

static void apply_http1(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	curl_put(r, r->more, "http", STR("1.1"));
}

static void apply_http2(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	curl_put(r, r->more, "http", STR("2"));
}

static void apply_json(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	add_json(r, value);
}

static void apply_location(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	(void)value;
	r->location = true;
}

static void apply_proxy(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_put(r, r->more, "proxy", value);
}

static void apply_range(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	add_header(r, "Range", arena_printf(r->arena, "bytes=%.*s", STR_ARG(value)));
}

static void apply_referer(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	add_header(r, "Referer", value);
}

static void apply_request(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	set_method(r, value);
}

static void apply_retry(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	put_retry(r, value);
}

static void apply_upload(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	r->method = r->method.len ? r->method : STR("PUT");
	curl_add_data_file(r, value);
}

static void apply_url(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	VEC_PUSH(r->arena, &r->urls, value);
}

static void apply_url_query(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	curl_add_query(r, value);
}

static void apply_user(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	r->user = value;
}

static void apply_user_agent(struct curl_request *r, const struct curl_option *o, struct str value)
{
	(void)o;
	add_header(r, "User-Agent", value);
}

static const struct curl_option options[] = {
#define CURL_OPTION(name, letter, value, effect) {name, letter, value, apply_##effect},
#include "import/curl/curl_options.def"
#undef CURL_OPTION
};

/* ---- finding an option */

static const struct curl_option *find_letter(char letter)
{
	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
		if (options[i].letter == letter)
			return &options[i];
	return NULL;
}

/* curl accepts any unambiguous prefix of a name. */
static const struct curl_option *find_name(struct str name)
{
	const struct curl_option *found = NULL;

	for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (str_eq(name, str_of(options[i].name)))
			return &options[i];
		if (str_starts(str_of(options[i].name), name)) {
			if (found)
				return NULL;
			found = &options[i];
		}
	}
	return found;
}

/* The option of the word; AT moves past the value it takes. */
static void read_long_option(struct curl_request *r, const struct str *words, size_t count,
			     size_t *at)
{
	struct str name = str_slice(words[*at], 2, words[*at].len), value = STR("");
	size_t sign = str_find_char(name, '=', 0);
	const struct curl_option *o;

	if (str_starts(name, STR("no-")) && !find_name(name))
		return; /* cancels the effect of another option */
	o = find_name(str_slice(name, 0, sign == NOT_FOUND ? name.len : sign));
	if (!o || name.len == 0) {
		curl_note(r, "unknown option of curl:", words[*at]);
		return;
	}
	if (o->value && sign != NOT_FOUND) {
		value = str_slice(name, sign + 1, name.len);
	} else if (o->value) {
		if (*at + 1 >= count) {
			r->refused = arena_printf(r->arena, "--%s has no value", o->name);
			return;
		}
		value = words[++*at];
	}
	o->apply(r, o, value);
}

static void read_short_options(struct curl_request *r, const struct str *words, size_t count,
			       size_t *at)
{
	struct str word = words[*at];

	for (size_t i = 1; i < word.len; i++) {
		const struct curl_option *o = find_letter(word.ptr[i]);

		if (!o) {
			curl_note(r, "unknown option of curl:",
				  arena_printf(r->arena, "-%c", word.ptr[i]));
			return;
		}
		if (!o->value) {
			o->apply(r, o, STR(""));
		} else if (i + 1 < word.len) {
			o->apply(r, o, str_slice(word, i + 1, word.len));
			return;
		} else if (*at + 1 < count) {
			o->apply(r, o, words[++*at]);
			return;
		} else {
			r->refused = arena_printf(r->arena, "-%c has no value", o->letter);
			return;
		}
	}
}

void curl_read_options(struct curl_request *r, const struct str *words, size_t count)
{
	bool only_urls = false;

	for (size_t i = 0; i < count; i++) {
		if (only_urls || words[i].len < 2 || words[i].ptr[0] != '-')
			VEC_PUSH(r->arena, &r->urls, words[i]);
		else if (str_eq(words[i], STR("--")))
			only_urls = true;
		else if (words[i].ptr[1] == '-')
			read_long_option(r, words, count, &i);
		else
			read_short_options(r, words, count, &i);
	}
}
