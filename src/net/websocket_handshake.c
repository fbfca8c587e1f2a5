#include "net/websocket_handshake.h"

#include "base/base64.h"
#include "base/digest.h"
#include "net/http1.h"

bool websocket_handshake_accept(struct str key, struct buf *out)
{
	unsigned char hash[DIGEST_MAX];
	struct buf text;
	size_t length;

	buf_init(&text, 0);
	buf_add(&text, key);
	buf_add(&text, STR("258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
	length = digest_hash(DIGEST_SHA1, buf_str(&text), hash);
	buf_release(&text);
	return length && base64_encode(out, str_n((const char *)hash, length));
}

/* ---- lists */

/* The next element of LIST, which SEPARATOR separates; moves *AT past it. */
static bool next_element(struct str list, char separator, size_t *at, struct str *out)
{
	size_t end;

	if (*at > list.len)
		return false;
	end = str_find_char(list, separator, *at);
	end = end == NOT_FOUND ? list.len : end;
	*out = str_trim(str_slice(list, *at, end));
	*at = end + 1;
	return true;
}

static bool lists_exactly(struct str list, struct str wanted)
{
	struct str element;
	size_t at = 0;

	while (next_element(list, ',', &at, &element))
		if (str_eq(element, wanted))
			return true;
	return false;
}

/* ---- compression */

/* A window of 8 to 15 bits. */
static bool read_bits(struct str value, unsigned *bits)
{
	int64_t number;

	if (value.len >= 2 && value.ptr[0] == '"' && value.ptr[value.len - 1] == '"')
		value = str_slice(value, 1, value.len - 1);
	if (!str_to_int(value, &number) || number < 8 || number > 15)
		return false;
	*bits = (unsigned)number;
	return true;
}

/* The parameters of one extension. */
struct extension_parameters {
	bool server_resets, client_resets, has_client_bits, has_server_bits;
	unsigned client_bits, server_bits; /* 0: without a value */
};

static bool read_parameter(struct str text, struct extension_parameters *p)
{
	size_t equals = str_find_char(text, '=', 0);
	struct str name = str_trim(str_slice(text, 0, equals));
	struct str value =
	    equals == NOT_FOUND ? STR_NULL : str_trim(str_slice(text, equals + 1, text.len));
	bool *flag = str_eq(name, STR("server_no_context_takeover"))   ? &p->server_resets
		     : str_eq(name, STR("client_no_context_takeover")) ? &p->client_resets
		     : str_eq(name, STR("client_max_window_bits"))     ? &p->has_client_bits
		     : str_eq(name, STR("server_max_window_bits"))     ? &p->has_server_bits
								       : NULL;

	if (!flag || *flag)
		return false;
	*flag = true;
	if (flag == &p->has_client_bits)
		return !value.ptr || read_bits(value, &p->client_bits);
	if (flag == &p->has_server_bits)
		return value.ptr && read_bits(value, &p->server_bits);
	return !value.ptr;
}

/* False if it is not permessage-deflate, or with parameters that are not valid. */
static bool read_extension(struct str text, struct extension_parameters *p)
{
	struct str part;
	size_t at = 0;

	*p = (struct extension_parameters){.client_bits = 0};
	if (!next_element(text, ';', &at, &part) || !str_ieq(part, STR("permessage-deflate")))
		return false;
	while (next_element(text, ';', &at, &part))
		if (!read_parameter(part, p))
			return false;
	return true;
}

static const char *accept_extensions(struct str value, bool offered,
				     struct websocket_deflate *deflate)
{
	struct extension_parameters p;

	if (!str_trim(value).len)
		return NULL;
	if (!offered || deflate->on || !read_extension(value, &p) ||
	    (p.has_client_bits && !p.client_bits))
		return "the response has a Sec-WebSocket-Extensions that was not offered";
	deflate->on = true;
	deflate->resets = p.server_resets;
	deflate->window = p.client_bits;
	return NULL;
}

bool websocket_handshake_choose(struct str offered, struct websocket_deflate *deflate,
				struct buf *out)
{
	struct str element;
	struct extension_parameters p;
	size_t at = 0;

	while (next_element(offered, ',', &at, &element)) {
		/* zlib cannot compress with a window of 8 bits. */
		if (!read_extension(element, &p) || p.server_bits == 8)
			continue;
		deflate->on = true;
		deflate->resets = p.client_resets;
		deflate->window = p.server_bits;
		buf_add(out, STR("permessage-deflate; server_no_context_takeover"));
		if (p.client_resets)
			buf_add(out, STR("; client_no_context_takeover"));
		if (p.server_bits)
			buf_printf(out, "; server_max_window_bits=%u", p.server_bits);
		return true;
	}
	return false;
}

/* ---- the response */

/* The fields of a response. */
struct received {
	bool upgrade, connection, accepted;
	unsigned protocols;
	struct str protocol;
	const char *wrong;
};

static bool is_accepted(struct str value, struct str key)
{
	struct buf expected;
	bool same;

	buf_init(&expected, 0);
	same = websocket_handshake_accept(key, &expected) && str_eq(value, buf_str(&expected));
	buf_release(&expected);
	return same;
}

static void read_field(const struct http1_field *field, const struct websocket_offer *offer,
		       struct websocket_deflate *deflate, struct received *r)
{
	if (str_ieq(field->name, STR("Upgrade"))) {
		r->upgrade |= str_ieq(field->value, STR("websocket"));
	} else if (field->id == HTTP1_CONNECTION) {
		r->connection |= http1_lists(field->value, STR("upgrade"));
	} else if (str_ieq(field->name, STR("Sec-WebSocket-Accept"))) {
		r->accepted = is_accepted(field->value, offer->key);
	} else if (str_ieq(field->name, STR("Sec-WebSocket-Protocol"))) {
		r->protocols++;
		r->protocol = field->value;
	} else if (str_ieq(field->name, STR("Sec-WebSocket-Extensions")) && !r->wrong) {
		r->wrong = accept_extensions(field->value, offer->deflate, deflate);
	}
}

const char *websocket_handshake_check(struct str headers, const struct websocket_offer *offer,
				      struct websocket_deflate *deflate, struct str *protocol)
{
	struct received r = {.protocol = STR("")};
	struct http1_field field;
	const char *why;
	size_t at = 0;

	while (http1_read_field(headers, &at, false, &field, &why) == HTTP1_FIELD)
		read_field(&field, offer, deflate, &r);
	*protocol = r.protocol;
	if (!r.upgrade)
		return "the response has no 'Upgrade: websocket'";
	if (!r.connection)
		return "the response has no 'Connection: Upgrade'";
	if (!r.accepted)
		return "Sec-WebSocket-Accept is missing or does not match the key";
	if (r.protocols > 1 || (r.protocols && !lists_exactly(offer->protocols, r.protocol)))
		return "the response has a Sec-WebSocket-Protocol that was not offered";
	return r.wrong;
}
