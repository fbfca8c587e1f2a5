/* The options of curl and their effects on the request. */

#include "base/ascii.h"
#include "import/curl/curl_private.h"

/* The effect of an option. */
enum curl_does {
	NOTHING,
	UNKNOWN,
	REFUSED,
	AWS,
	BEARER,
	CACERT,
	CERT,
	CONNECT_TIMEOUT,
	COOKIE,
	DATA,
	DATA_BINARY,
	DATA_RAW,
	DATA_URLENCODE,
	DIGEST,
	FORM,
	FORM_STRING,
	GET,
	HEAD,
	HEADER,
	HTTP1,
	HTTP2,
	INSECURE,
	JSON,
	KEY,
	LOCATION,
	MAX_TIME,
	PROXY,
	RANGE,
	REFERER,
	REQUEST,
	RETRY,
	TLS12,
	TLS13,
	UPLOAD,
	URL,
	URL_QUERY,
	USER,
	USER_AGENT,
};

struct curl_option {
	const char *name;
	char letter;
	bool value;
	enum curl_does effect;
};

static const struct curl_option options[] = {
#define CURL_OPTION(name, letter, value, effect) {name, letter, value, effect},
#include "import/curl/curl_options.def"
#undef CURL_OPTION
};

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

static void apply_option(struct curl_request *r, const struct curl_option *o, struct str value)
{
	switch (o->effect) {
	case NOTHING:
		break;
	case UNKNOWN:
		curl_note(r, "not supported:", arena_printf(r->arena, "--%s", o->name));
		break;
	case REFUSED:
		r->refused =
		    arena_printf(r->arena, "--%s reads further options from a file", o->name);
		break;
	case AWS:
		r->aws = value;
		break;
	case BEARER:
		curl_put(r, curl_inline_map(r, r->more, "auth"), "bearer", value);
		break;
	case CACERT:
		put_tls(r, "ca", value);
		break;
	case CERT:
		put_tls(r, "cert", str_slice(value, 0, str_find_char(value, ':', 0)));
		break;
	case KEY:
		put_tls(r, "key", value);
		break;
	case INSECURE:
		put_tls(r, "verify", STR("no"));
		break;
	case TLS12:
		put_tls(r, "min_version", STR("1.2"));
		break;
	case TLS13:
		put_tls(r, "min_version", STR("1.3"));
		break;
	case CONNECT_TIMEOUT:
		put_seconds(r, "connect_timeout", value);
		break;
	case MAX_TIME:
		put_seconds(r, "timeout", value);
		break;
	case COOKIE:
		curl_add_cookies(r, value);
		break;
	case DATA:
	case DATA_BINARY:
		curl_add_data(r, value, true);
		break;
	case DATA_RAW:
		curl_add_data(r, value, false);
		break;
	case DATA_URLENCODE:
		curl_add_data_encoded(r, value);
		break;
	case DIGEST:
		r->digest = true;
		break;
	case FORM:
		curl_add_form(r, value, false);
		break;
	case FORM_STRING:
		curl_add_form(r, value, true);
		break;
	case GET:
		r->get = true;
		break;
	case HEAD:
		r->head = true;
		break;
	case HEADER:
		curl_add_header(r, value);
		break;
	case HTTP1:
		curl_put(r, r->more, "http", STR("1.1"));
		break;
	case HTTP2:
		curl_put(r, r->more, "http", STR("2"));
		break;
	case JSON:
		add_json(r, value);
		break;
	case LOCATION:
		r->location = true;
		break;
	case PROXY:
		curl_put(r, r->more, "proxy", value);
		break;
	case RANGE:
		add_header(r, "Range", arena_printf(r->arena, "bytes=%.*s", STR_ARG(value)));
		break;
	case REFERER:
		add_header(r, "Referer", value);
		break;
	case REQUEST:
		set_method(r, value);
		break;
	case RETRY:
		put_retry(r, value);
		break;
	case UPLOAD:
		r->method = r->method.len ? r->method : STR("PUT");
		curl_add_data_file(r, value);
		break;
	case URL:
		VEC_PUSH(r->arena, &r->urls, value);
		break;
	case URL_QUERY:
		curl_add_query(r, value);
		break;
	case USER:
		r->user = value;
		break;
	case USER_AGENT:
		add_header(r, "User-Agent", value);
		break;
	}
}

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
	apply_option(r, o, value);
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
			apply_option(r, o, STR(""));
		} else if (i + 1 < word.len) {
			apply_option(r, o, str_slice(word, i + 1, word.len));
			return;
		} else if (*at + 1 < count) {
			apply_option(r, o, words[++*at]);
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
