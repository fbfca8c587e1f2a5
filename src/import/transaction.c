#include "import/transaction.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/url.h"

void transaction_list_init(struct tx_list *list, struct arena *arena)
{
	*list = (struct tx_list){.arena = arena};
}

struct transaction *transaction_new(struct tx_list *list)
{
	struct transaction *tx = ARENA_NEW(list->arena, struct transaction);

	tx->number = (uint32_t)list->items.count + 1;
	tx->start_us = tx->end_us = TX_TIME_UNKNOWN;
	VEC_PUSH(list->arena, &list->items, tx);
	return tx;
}

void transaction_skip(struct transaction *tx, enum skip_reason reason, struct str detail)
{
	if (tx->disposition != TX_KEPT)
		return;
	tx->disposition = TX_SKIPPED;
	tx->reason = reason;
	tx->detail = detail;
}

/* ---- WebSockets */

void transaction_add_socket(struct arena *a, struct transaction *tx)
{
	tx->socket = ARENA_NEW(a, struct tx_socket);
	tx->socket->handshake = tx;
}

void transaction_open_socket(struct transaction *tx)
{
	tx->kind = TX_SOCKET;
	/* Its entry ends with the socket; what follows waits for the handshake only. */
	tx->end_us = tx->start_us;
}

struct transaction *transaction_add_message(struct arena *a, struct tx_socket *socket,
					    enum tx_kind kind, int64_t at_us)
{
	const struct transaction *last = socket->messages.count
					     ? socket->messages.items[socket->messages.count - 1]
					     : socket->handshake;
	struct transaction *tx = ARENA_NEW(a, struct transaction);

	tx->kind = kind;
	tx->socket = socket;
	tx->number = socket->handshake->number;
	tx->source = socket->handshake->source;
	tx->line = socket->handshake->line;
	tx->page = socket->handshake->page;
	tx->url = socket->handshake->url;
	tx->method = kind == TX_SENT	   ? STR("SEND")
		     : kind == TX_RECEIVED ? STR("MESSAGE")
					   : STR("CLOSE");
	tx->resource_type = STR("");
	tx->start_us = at_us == TX_TIME_UNKNOWN || at_us < last->start_us ? last->start_us : at_us;
	tx->end_us = tx->start_us;
	VEC_PUSH(a, &socket->messages, tx);
	return tx;
}

/* ---- order */

struct sort_key {
	struct transaction *tx;
	int64_t start;
	size_t position;
};

static int compare(const void *a, const void *b)
{
	const struct sort_key *x = a, *y = b;

	if (x->tx->source != y->tx->source)
		return x->tx->source < y->tx->source ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return x->position < y->position ? -1 : x->position > y->position;
}

void transaction_list_sort(struct tx_list *list)
{
	size_t count = list->items.count;
	struct sort_key *keys = ARENA_ARRAY(list->arena, count + 1, struct sort_key);
	int64_t last = TX_TIME_UNKNOWN;

	for (size_t i = 0; i < count; i++) {
		struct transaction *tx = list->items.items[i];

		if (i && tx->source != list->items.items[i - 1]->source)
			last = TX_TIME_UNKNOWN;
		if (tx->start_us != TX_TIME_UNKNOWN)
			last = tx->start_us;
		keys[i] = (struct sort_key){tx, last, i};
	}
	qsort(keys, count, sizeof *keys, compare);
	for (size_t i = 0; i < count; i++)
		list->items.items[i] = keys[i].tx;
}

/* ---- headers */

void transaction_add_header(struct arena *a, struct tx_headers *headers, struct str name,
			    struct str value)
{
	VEC_PUSH(a, &headers->list, ((struct tx_header){name, value}));
}

struct str transaction_header(const struct tx_headers *headers, struct str name, size_t nth)
{
	for (size_t i = 0; i < headers->list.count; i++)
		if (str_ieq(headers->list.items[i].name, name) && nth-- == 0)
			return headers->list.items[i].value;
	return STR_NULL;
}

void transaction_put_headers(const struct tx_headers *headers, struct buf *out)
{
	for (size_t i = 0; i < headers->list.count; i++) {
		buf_add(out, headers->list.items[i].name);
		buf_add(out, STR(": "));
		buf_add(out, headers->list.items[i].value);
		buf_add(out, STR("\r\n"));
	}
}

/* ---- bodies */

static uint32_t hex4(const char *p)
{
	uint32_t value = 0;

	for (int i = 0; i < 4; i++)
		value = value << 4 | (uint32_t)ascii_hex_value(p[i]);
	return value;
}

/* The end of the escape at P; the JSON reader has checked that it is complete. */
static size_t add_escape(struct str raw, size_t at, struct buf *out)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *which = at + 1 < raw.len ? strchr(from, raw.ptr[at + 1]) : NULL;
	uint32_t code, low;

	if (which && *which) {
		buf_add_char(out, to[which - from]);
		return at + 2;
	}
	if (at + 6 > raw.len) {
		buf_add_char(out, raw.ptr[at]);
		return at + 1;
	}
	code = hex4(raw.ptr + at + 2);
	if (code >= 0xd800 && code < 0xdc00 && at + 12 <= raw.len && raw.ptr[at + 6] == '\\' &&
	    raw.ptr[at + 7] == 'u') {
		low = hex4(raw.ptr + at + 8);
		if (low >= 0xdc00 && low < 0xe000) {
			buf_add_utf8(out, 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00));
			return at + 12;
		}
	}
	buf_add_utf8(out, code);
	return at + 6;
}

static struct str unescaped(struct str raw, struct buf *out)
{
	size_t mark = out->len;

	for (size_t at = 0; at < raw.len;) {
		size_t next = str_find_char(raw, '\\', at);

		next = next == NOT_FOUND ? raw.len : next;
		buf_add(out, str_slice(raw, at, next));
		at = next < raw.len ? add_escape(raw, next, out) : next;
	}
	return str_n(out->data + mark, out->len - mark);
}

struct str transaction_body_bytes(const struct tx_body *body, struct buf *scratch)
{
	struct str raw = body->raw;
	size_t mark;

	if (!raw.ptr || body->coding == TX_BYTES)
		return raw;
	if (!buf_reserve(scratch, raw.len + 1))
		return STR_NULL;
	if (body->coding == TX_JSON_STRING)
		return unescaped(raw, scratch);
	if (body->coding == TX_JSON_BASE64) {
		/* One buffer is enough for both: the decoded text is never longer. */
		if (!buf_reserve(scratch, raw.len * 2 + 8))
			return STR_NULL;
		raw = unescaped(raw, scratch);
	}
	mark = scratch->len;
	if (!base64_decode(scratch, raw))
		return STR_NULL;
	return str_n(scratch->data ? scratch->data + mark : "", scratch->len - mark);
}

struct str transaction_media_type(const struct tx_body *body, const struct tx_headers *headers)
{
	struct str type =
	    body->mime.len ? body->mime : transaction_header(headers, STR("Content-Type"), 0);
	size_t end = str_find_char(type, ';', 0);

	return str_trim(str_slice(type, 0, end == NOT_FOUND ? type.len : end));
}

const char *transaction_skip_text(enum skip_reason reason, size_t count)
{
	static const char *const words[][2] = {
#define SKIP_REASON(name, one, many) {one, many},
#include "import/skip_reasons.def"
#undef SKIP_REASON
	};

	return words[reason][count != 1];
}

struct str transaction_query_file(struct str url)
{
	struct str key = STR("filename=");

	for (size_t at = str_find_char(url, '?', 0); at != NOT_FOUND;
	     at = str_find_char(url, '&', at + 1)) {
		struct str rest = str_slice(url, at + 1, url.len);

		if (str_starts(rest, key))
			return str_slice(rest, key.len, str_find_char(rest, '&', 0));
	}
	return STR("");
}

static struct str decode_form_text(struct arena *a, struct str s)
{
	struct buf out;
	struct str result;

	buf_init(&out, 0);
	url_decode(&out, s, true);
	result = arena_str(a, buf_str(&out));
	buf_release(&out);
	return result;
}

bool transaction_parse_form(struct arena *a, struct transaction *tx, struct str text)
{
	VEC(struct tx_part) parts = {0};

	for (size_t at = 0; at < text.len;) {
		size_t end = str_find_char(text, '&', at), sign;
		struct tx_part part = {0};

		end = end == NOT_FOUND ? text.len : end;
		struct str pair = str_slice(text, at, end);
		at = end + 1;
		if (!pair.len)
			continue;
		sign = str_find_char(pair, '=', 0);
		if (sign == NOT_FOUND || memchr(pair.ptr, '\n', pair.len))
			return false;
		part.name = decode_form_text(a, str_slice(pair, 0, sign));
		part.raw = str_slice(pair, sign + 1, pair.len);
		part.value = decode_form_text(a, part.raw);
		if (!part.name.len || !str_is_utf8(part.value, NULL) ||
		    !str_is_utf8(part.name, NULL))
			return false;
		VEC_PUSH(a, &parts, part);
	}
	tx->parts = parts.items;
	tx->part_count = parts.count;
	return parts.count > 0;
}

void transaction_list_add_variable(struct tx_list *list, struct str name, struct str description,
				   bool secret)
{
	for (size_t i = 0; i < list->variables.count; i++)
		if (str_eq(list->variables.items[i].name, name))
			return;
	VEC_PUSH(
	    list->arena, &list->variables,
	    ((struct tx_variable){.name = name, .description = description, .secret = secret}));
}

bool transaction_is_header_text(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)text.ptr[i] < ' ' || (unsigned char)text.ptr[i] >= 0x7f)
			return false;
	return text.len > 0;
}
