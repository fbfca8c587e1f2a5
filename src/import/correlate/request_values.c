/* The values that requests send and that the server might have issued. */

#include "base/ascii.h"
#include "base/base64.h"
#include "import/correlate/request_values.h"
#include "import/correlate/value_index.h"
#include "import/correlate/value_shape.h"
#include "import/query_pairs.h"

#define VALUE_LENGTH_MAX (64u << 10)
#define PIECES_IN	 512u /* a longer text is not a list of values but computed */

static bool is_printable(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.ptr[i] < ' ' || (unsigned char)s.ptr[i] >= 0x7f)
			return false;
	return s.len > 0;
}

static void add_alias(struct correlation *c, struct tracked_value *tracked_value,
		      const char *filter)
{
	struct arena *a = &c->conversion->job->arena;
	struct tracked_value *alias;

	if (c->text.len < 8 || !is_printable(buf_str(&c->text)))
		return;
	if (value_index_find(c->aliases, buf_str(&c->text)))
		return;
	alias = value_index_add(c->aliases, a, arena_str(a, buf_str(&c->text)));
	alias->target = tracked_value;
	alias->filter = filter;
}

/* PHP writes slashes as \/ in JSON inside a page's scripts. */
static void add_escaped(struct correlation *c, struct tracked_value *tracked_value)
{
	buf_clear(&c->text);
	for (size_t i = 0; i < tracked_value->value.len; i++) {
		if (tracked_value->value.ptr[i] == '/')
			buf_add_char(&c->text, '\\');
		buf_add_char(&c->text, tracked_value->value.ptr[i]);
	}
	add_alias(c, tracked_value, "replace('\\\\/', '/')");
}

/* Encodings that the client may have applied or removed before sending the value. */
static void add_aliases(struct correlation *c, struct tracked_value *tracked_value)
{
	struct str v = tracked_value->value;
	double number;

	/* Digits beyond 2^53: the page's JavaScript has rounded them. */
	if (v.len >= 16 && tracked_value->shape == 3 && str_to_double(v, &number)) {
		buf_clear(&c->text);
		buf_printf(&c->text, "%.17g", number);
		add_alias(c, tracked_value, "");
	}
	if (tracked_value->shape < 4 || v.len > 4096)
		return;
	buf_clear(&c->text);
	if (base64_decode(&c->text, v))
		add_alias(c, tracked_value, v.len % 4 ? "base64url" : "base64");
	buf_clear(&c->text);
	base64_encode(&c->text, v);
	add_alias(c, tracked_value, "base64_decode");
	if (str_find_char(v, '/', 0) != NOT_FOUND)
		add_escaped(c, tracked_value);
	if (str_find_char(v, '%', 0) == NOT_FOUND)
		return;
	buf_clear(&c->text);
	if (url_decode(&c->text, v, false))
		add_alias(c, tracked_value, "url_encode");
}

static void add(struct correlation *c, struct request_value sent)
{
	static const char *const never[] = {"true", "false", "null", "undefined", "NaN", NULL};
	struct arena *a = &c->conversion->job->arena;
	struct tracked_value *tracked_value;
	uint32_t order = c->step_order[sent.step];

	if (!sent.value.len || sent.value.len > VALUE_LENGTH_MAX ||
	    conversion_is_from_page(&c->conversion->steps.items[sent.step], sent.location,
				    sent.index, sent.from, sent.to))
		return;
	for (int i = 0; never[i]; i++)
		if (str_ieq(sent.value, str_of(never[i])))
			return;
	sent.value = arena_str(a, sent.value);
	if (!sent.is_part)
		sent.whole = UINT32_MAX;
	tracked_value = value_index_add(c->value_index, a, sent.value);
	if (!tracked_value->request_values.count) {
		tracked_value->shape = value_shape(sent.value);
		add_aliases(c, tracked_value);
	}
	tracked_value->is_whole = tracked_value->is_whole || !sent.is_part;
	if (order < tracked_value->first_sent)
		tracked_value->first_sent = order;
	VEC_PUSH(a, &tracked_value->request_values, (uint32_t)c->request_values.count);
	VEC_PUSH(a, &c->request_values, sent);
}

static bool is_delimiter(char ch)
{
	return strchr("[:|,;./=&]\" ", ch) != NULL;
}

/* The strong parts of a text that was sent without encoding, between delimiters. */
static void add_pieces(struct correlation *c, struct request_value whole, uint32_t whole_index)
{
	struct str s = whole.value;
	bool coded = whole.to - whole.from != s.len;
	size_t from = 0;

	/* For an encoded text, the parts between encoded characters. */
	if (coded && whole.location == LOCATION_URL)
		s = str_slice(c->conversion->steps.items[whole.step].tx->url, whole.from, whole.to);
	else if (coded)
		return;
	if (s.len > PIECES_IN)
		return;
	whole.whole = whole_index;
	for (size_t i = 0; i <= s.len; i++) {
		struct request_value piece = whole;

		if (i < s.len && !is_delimiter(s.ptr[i]) && !(coded && s.ptr[i] == '%'))
			continue;
		piece.value = str_slice(s, from, i);
		piece.from = whole.from + from;
		piece.to = whole.from + i;
		piece.is_part = true;
		from = i + (coded && i < s.len && s.ptr[i] == '%' ? 3 : 1);
		i = from - 1;
		if (piece.value.len < s.len && value_shape(piece.value) >= 5)
			add(c, piece);
	}
}

/* Returns its index, or UINT32_MAX if it is not a value that the server can have issued. */
static uint32_t add_whole(struct correlation *c, struct request_value sent)
{
	uint32_t index = (uint32_t)c->request_values.count;

	add(c, sent);
	if (index == c->request_values.count)
		index = UINT32_MAX;
	add_pieces(c, sent, index);
	return index;
}

/* ---- the URL */

static struct str decoded(struct correlation *c, struct str s, bool plus)
{
	if (str_find_char(s, '%', 0) == NOT_FOUND &&
	    (!plus || str_find_char(s, '+', 0) == NOT_FOUND))
		return s;
	buf_clear(&c->text);
	url_decode(&c->text, s, plus);
	return arena_str(&c->conversion->job->arena, buf_str(&c->text));
}

/* A path in a query, such as rest_route=%2Fposts%2F5: its segments. */
static void collect_from_inner_path(struct correlation *c, uint32_t step, struct str url,
				    size_t from, size_t end, uint32_t whole)
{
	struct str before = STR("");

	while (from < end) {
		bool encoded = url.ptr[from] == '%';
		size_t at = from + (encoded ? 3 : 1), to = at;

		while (to < end && url.ptr[to] != '/' &&
		       !str_ieq(str_slice(url, to, to + 3), STR("%2F")))
			to++;
		struct request_value sent = {.step = step,
					     .location = LOCATION_URL,
					     .from = at,
					     .to = to,
					     .value = decoded(c, str_slice(url, at, to), true),
					     .name = before,
					     .in_path = true,
					     .is_part = true,
					     .whole = whole};
		add(c, sent);
		before = sent.value;
		from = to;
	}
}

static void collect_from_path(struct correlation *c, uint32_t step, struct str url, size_t at,
			      size_t end)
{
	struct str before = STR("");

	while (at < end) {
		size_t from = at + 1, to = str_find_char(str_slice(url, 0, end), '/', from);

		to = to == NOT_FOUND ? end : to;
		struct request_value sent = {.step = step,
					     .location = LOCATION_URL,
					     .from = from,
					     .to = to,
					     .value = decoded(c, str_slice(url, from, to), false),
					     .name = before,
					     .in_path = true};
		add_whole(c, sent);
		before = str_slice(url, from, to);
		at = to;
	}
}

static void collect_from_query(struct correlation *c, uint32_t step, struct str url, size_t at)
{
	struct query_pair pair;

	while (query_pairs_next(url, &at, &pair)) {
		if (pair.sign == NOT_FOUND)
			continue;
		struct request_value sent = {
		    .step = step,
		    .location = LOCATION_URL,
		    .from = pair.sign + 1,
		    .to = pair.to,
		    .value = decoded(c, str_slice(url, pair.sign + 1, pair.to), true),
		    .name = decoded(c, str_slice(url, pair.from, pair.sign), true)};
		uint32_t whole = add_whole(c, sent);
		if (sent.value.len > 1 && sent.value.ptr[0] == '/')
			collect_from_inner_path(c, step, url, pair.sign + 1, pair.to, whole);
	}
}

static void collect_from_url(struct correlation *c, uint32_t step)
{
	struct str url = c->conversion->steps.items[step].tx->url;
	size_t at = str_find(url, STR("://"), 0), mark;

	at = str_find_char(url, '/', at + 3);
	mark = str_find_char(url, '?', 0);
	if (at != NOT_FOUND && (mark == NOT_FOUND || at < mark))
		collect_from_path(c, step, url, at, mark == NOT_FOUND ? url.len : mark);
	if (mark != NOT_FOUND)
		collect_from_query(c, step, url, mark + 1);
}

/* ---- headers */

static bool may_hold_issued_value(struct str name)
{
	static const char *const never[] = {"X-Requested-With", "X-Forwarded-For", "X-Client-Data",
					    "X-Forwarded-Proto", NULL};

	for (int i = 0; never[i]; i++)
		if (str_ieq(name, str_of(never[i])))
			return false;
	return str_ieq(name, STR("Authorization")) || str_ieq(str_slice(name, 0, 2), STR("X-")) ||
	       str_icontains(name, STR("token")) || str_icontains(name, STR("csrf")) ||
	       str_icontains(name, STR("xsrf")) || str_icontains(name, STR("session")) ||
	       str_icontains(name, STR("nonce")) || str_icontains(name, STR("idempotency")) ||
	       str_ieq(name, STR("If-Match"));
}

static void collect_from_headers(struct correlation *c, uint32_t step)
{
	const struct tx_headers *headers = &c->conversion->steps.items[step].tx->request_headers;

	for (size_t i = 0; i < headers->list.count; i++) {
		const struct tx_header *h = &headers->list.items[i];
		struct request_value sent = {.step = step,
					     .location = LOCATION_HEADER,
					     .index = (uint32_t)i,
					     .to = h->value.len,
					     .value = h->value,
					     .name = h->name,
					     .in_header = true};
		size_t blank = str_find_char(h->value, ' ', 0);

		if (!may_hold_issued_value(h->name) ||
		    str_ieq(str_slice(h->value, 0, 6), STR("Basic ")))
			continue;
		if (str_ieq(h->name, STR("Authorization")) && blank != NOT_FOUND) {
			sent.from = blank + 1;
			sent.value = str_slice(h->value, blank + 1, h->value.len);
		}
		add_whole(c, sent);
	}
}

/* ---- bodies */

static void collect_from_form(struct correlation *c, uint32_t step)
{
	const struct transaction *tx = c->conversion->steps.items[step].tx;

	for (size_t i = 0; i < tx->part_count; i++) {
		const struct tx_part *part = &tx->parts[i];
		struct request_value sent = {.step = step,
					     .location = LOCATION_PART,
					     .index = (uint32_t)i,
					     .to = part->value.len,
					     .value = part->value,
					     .name = part->name};

		if (!part->file.ptr)
			add_whole(c, sent);
	}
}

static void collect_from_json(struct correlation *c, uint32_t step)
{
	const struct conversion_step *s = &c->conversion->steps.items[step];
	struct str key = STR("");

	for (uint32_t i = 0; i < s->json->count; i++) {
		const struct json_item *item = &s->json->items[i];
		enum json_type type = json_type(item);

		if (type == JSON_KEY)
			key = arena_str(&c->conversion->job->arena,
					conversion_text(c->conversion, s, LOCATION_JSON, i));
		if (type != JSON_STRING && type != JSON_NUMBER)
			continue;
		struct str text = conversion_text(c->conversion, s, LOCATION_JSON, i);
		struct request_value sent = {.step = step,
					     .location = LOCATION_JSON,
					     .index = i,
					     .to = text.len,
					     .value = arena_str(&c->conversion->job->arena, text),
					     .name = key,
					     .is_number = type == JSON_NUMBER};
		add_whole(c, sent);
	}
}

/* The values of a text; in XML, everything between tags and quotes. */
static bool is_word_byte(char ch, bool xml)
{
	if (xml)
		return (unsigned char)ch > ' ' && !strchr("<>\"'", ch);
	return ascii_is_alnum(ch) || strchr("_-.+/", ch);
}

/* The name before a token of free text: an XML tag or attribute, a key. */
static struct str name_before(struct str s, size_t at)
{
	size_t end = at, from;

	while (end > 0 && !ascii_is_alnum(s.ptr[end - 1]) && at - end < 4)
		end--;
	from = end;
	while (from > 0 && (ascii_is_name(s.ptr[from - 1])))
		from--;
	return str_slice(s, from, end);
}

static void collect_from_text(struct correlation *c, uint32_t step)
{
	struct str raw = c->conversion->steps.items[step].tx->request_body.raw;
	bool xml = str_starts(str_trim(str_slice(raw, 0, 200)), STR("<"));
	size_t from = 0;

	if (raw.len > (1u << 20) || !str_is_utf8(raw, NULL))
		return;
	for (size_t i = 0; i <= raw.len; i++) {
		if (i < raw.len && is_word_byte(raw.ptr[i], xml))
			continue;
		struct request_value sent = {.step = step,
					     .location = LOCATION_BODY,
					     .from = from,
					     .to = i,
					     .value = str_slice(raw, from, i),
					     .name = name_before(raw, from)};
		if (i > from && value_shape(sent.value) >= 4)
			add(c, sent);
		from = i + 1;
	}
}

/* Values known before the recording started: sent as a cookie that no response had set. */
static void note_sent_cookies(struct correlation *c)
{
	for (uint32_t k = 0; k < c->conversion->steps.count; k++) {
		struct str line = transaction_header(
		    &c->conversion->steps.items[k].tx->request_headers, STR("Cookie"), 0);

		for (size_t at = 0; at < line.len;) {
			size_t end = str_find_char(line, ';', at), sign;

			end = end == NOT_FOUND ? line.len : end;
			struct str pair = str_trim(str_slice(line, at, end));
			at = end + 1;
			sign = str_find_char(pair, '=', 0);
			if (sign == NOT_FOUND)
				continue;
			struct tracked_value *tracked_value =
			    value_index_find(c->value_index, str_slice(pair, sign + 1, pair.len));
			if (tracked_value && c->step_order[k] < tracked_value->first_sent)
				tracked_value->first_sent = c->step_order[k];
		}
	}
}

void request_values_collect(struct correlation *c)
{
	for (uint32_t i = 0; i < c->conversion->steps.count; i++) {
		const struct conversion_step *step = &c->conversion->steps.items[i];

		if (step->disabled)
			continue;
		/* A message has the address of its socket. */
		if (step->tx->kind <= TX_SOCKET)
			collect_from_url(c, i);
		collect_from_headers(c, i);
		if (step->tx->part_count)
			collect_from_form(c, i);
		else if (step->json)
			collect_from_json(c, i);
		else if (step->tx->request_body.raw.len && !step->tx->binary)
			collect_from_text(c, i);
	}
	note_sent_cookies(c);
}

bool request_values_is_bound(const struct conversion_step *step, const struct request_value *sent)
{
	for (size_t i = 0; i < step->bindings.count; i++) {
		const struct binding *b = &step->bindings.items[i];

		if (b->location == sent->location && b->index == sent->index &&
		    b->from < sent->to && sent->from < b->to)
			return true;
	}
	return false;
}
