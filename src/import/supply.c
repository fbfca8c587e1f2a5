/* What answers hold: every value of every answer, held against the table of what is wanted. */
#include <ctype.h>

#include "import/correlate.h"

#define HITS_MOST 1000u

/* ---- offers */

static void note(struct correlation *c, struct want *want, struct hit hit)
{
	struct arena *a = &c->flow->job->arena;
	struct hit *last = want->hits.count ? &want->hits.items[want->hits.count - 1] : NULL;

	if (hit.order < want->first_seen)
		want->first_seen = hit.order;
	if (!last || last->order != hit.order)
		want->answers++;
	else if (last->where == hit.where && str_eq(last->name, hit.name) &&
		 hit.where != SUPPLY_JSON)
		return;
	if (want->hits.count >= HITS_MOST)
		return;
	if (hit.where == SUPPLY_JSON) {
		buf_clear(&c->text);
		jsonpath_normalized(&c->tape, (uint32_t)hit.at, &c->text);
		hit.path = arena_str(a, buf_str(&c->text));
		hit.at = SIZE_MAX;
	}
	hit.value = arena_str(a, hit.value);
	hit.name = arena_str(a, hit.name);
	VEC_PUSH(a, &want->hits, hit);
}

static void look_up(struct correlation *c, struct hit hit, struct str value, const char *filter)
{
	struct want *want = wants_find(c->wants, value);

	if (want) {
		hit.filter = filter;
		note(c, want, hit);
	}
	want = wants_find(c->aliases, value);
	if (!want)
		return;
	hit.filter = *filter
			 ? arena_printf(&c->flow->job->arena, "%s | %s", filter, want->filter).ptr
			 : want->filter;
	note(c, want->target, hit);
}

static void look_up_lower(struct correlation *c, struct hit hit)
{
	char copy[256];
	bool any = false;

	if (hit.value.len < 8 || hit.value.len > sizeof copy)
		return;
	for (size_t i = 0; i < hit.value.len; i++) {
		copy[i] = (char)tolower((unsigned char)hit.value.ptr[i]);
		any = any || copy[i] != hit.value.ptr[i];
	}
	struct want *want = any ? wants_find(c->wants, str_n(copy, hit.value.len)) : NULL;
	if (want && want->shape >= 4) {
		hit.filter = "lower";
		note(c, want, hit);
	}
}

void supply_offer(struct correlation *c, struct hit hit)
{
	if (!hit.value.len || hit.value.len > (64u << 10))
		return;
	look_up(c, hit, hit.value, "");
	look_up_lower(c, hit);
	if (str_find_char(hit.value, '%', 0) == (size_t)-1)
		return;
	struct buf decoded;

	buf_init(&decoded, 0);
	if (url_decode(&decoded, hit.value, false))
		look_up(c, hit, buf_str(&decoded), "url_decode");
	buf_release(&decoded);
}

void supply_offer_parts(struct correlation *c, struct hit hit)
{
	struct str s = hit.value;
	size_t from = 0;

	if (s.len > 8192)
		return;
	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && !strchr(":|,;./=&?\" '", s.ptr[i]))
			continue;
		struct hit piece = hit;

		piece.value = str_slice(s, from, i);
		if (hit.at != SIZE_MAX)
			piece.at = hit.at + from;
		piece.where = hit.where == SUPPLY_HEADER || hit.where == SUPPLY_COOKIE
				  ? hit.where
				  : SUPPLY_TEXT;
		from = i + 1;
		if (piece.value.len >= 8 && piece.value.len < s.len &&
		    score_shape(piece.value) >= 5)
			supply_offer(c, piece);
	}
}

/* ---- headers */

static bool holds(struct str name, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; i + n <= name.len; i++)
		if (str_ieq(str_slice(name, i, i + n), str_n(word, n)))
			return true;
	return false;
}

static bool is_dull(struct str name)
{
	static const char *const names[] = {"date",
					    "age",
					    "expires",
					    "last-modified",
					    "etag",
					    "cf-ray",
					    "content-length",
					    "transfer-encoding",
					    "content-type",
					    "user-agent",
					    "server-timing",
					    "alt-svc",
					    "vary",
					    "via",
					    "server",
					    "accept-ranges",
					    "retry-after",
					    "keep-alive",
					    "location",
					    "set-cookie",
					    "link",
					    "content-security-policy",
					    "cache-control",
					    "connection",
					    NULL};
	static const char *const parts[] = {"trace-id",	      "request-id", "requestid",
					    "correlation-id", "span-id",    "audit-id",
					    "ratelimit",      "rate-limit", NULL};

	for (int i = 0; names[i]; i++)
		if (str_ieq(name, str_of(names[i])))
			return true;
	for (int i = 0; parts[i]; i++)
		if (holds(name, parts[i]))
			return true;
	return false;
}

static void of_cookie(struct correlation *c, uint32_t order, struct str line)
{
	size_t semicolon = str_find_char(line, ';', 0), sign;
	struct hit hit = {.order = order, .where = SUPPLY_COOKIE, .at = SIZE_MAX};

	line = str_slice(line, 0, semicolon);
	sign = str_find_char(line, '=', 0);
	if (sign == (size_t)-1)
		return;
	hit.name = str_trim(str_slice(line, 0, sign));
	hit.value = str_trim(str_slice(line, sign + 1, line.len));
	supply_offer(c, hit);
	supply_offer_parts(c, hit);
}

/* Query, fragment and path of a URL that an answer points to. */
static void of_link(struct correlation *c, struct hit hit, struct str url)
{
	size_t mark = str_find_char(url, '?', 0), hash = str_find_char(url, '#', 0), at;
	size_t path_end = mark < hash ? mark : hash;
	struct str before = STR("");

	path_end = path_end == (size_t)-1 ? url.len : path_end;
	at = str_find(url, STR("://"), 0);
	at = str_find_char(str_slice(url, 0, path_end), '/', at == (size_t)-1 ? 0 : at + 3);
	while (at != (size_t)-1 && at < path_end) {
		size_t end = str_find_char(str_slice(url, 0, path_end), '/', at + 1);

		end = end == (size_t)-1 ? path_end : end;
		hit.name = before;
		hit.value = before = str_slice(url, at + 1, end);
		supply_offer(c, hit);
		at = end;
	}
	for (at = path_end + 1; at < url.len;) {
		size_t end = at, sign;

		while (end < url.len && url.ptr[end] != '&' && url.ptr[end] != '#' &&
		       url.ptr[end] != ';')
			end++;
		sign = str_find_char(str_slice(url, 0, end), '=', at);
		if (sign != (size_t)-1) {
			hit.name = str_slice(url, at, sign);
			hit.value = str_slice(url, sign + 1, end);
			supply_offer(c, hit);
		}
		at = end + 1;
	}
}

void supply_offer_link(struct correlation *c, struct hit hit, struct str url)
{
	of_link(c, hit, url);
}

static void of_headers(struct correlation *c, uint32_t order)
{
	const struct transaction *tx = c->list->items.items[order];

	for (size_t i = 0; i < tx->headers.list.count; i++) {
		const struct tx_header *h = &tx->headers.list.items[i];
		struct hit hit = {.order = order,
				  .where = SUPPLY_HEADER,
				  .name = h->name,
				  .value = h->value,
				  .at = SIZE_MAX};

		if (str_ieq(h->name, STR("Set-Cookie"))) {
			of_cookie(c, order, h->value);
		} else if (str_ieq(h->name, STR("Location"))) {
			hit.where = SUPPLY_LOCATION;
			of_link(c, hit, h->value);
		} else if (!is_dull(h->name)) {
			supply_offer(c, hit);
			supply_offer_parts(c, hit);
		}
	}
}

/* ---- bodies */

static void of_json_text(struct correlation *c, uint32_t order, struct str text);

static void of_json(struct correlation *c, uint32_t order, bool inner)
{
	struct str key = STR("");
	struct buf scratch, name;

	buf_init(&scratch, 0);
	buf_init(&name, 0);
	for (uint32_t i = 0; i < c->tape.count; i++) {
		const struct json_item *item = &c->tape.items[i];
		enum json_type type = json_type(item);
		struct hit hit = {.order = order,
				  .where = SUPPLY_JSON,
				  .is_number = type == JSON_NUMBER,
				  .at = i};

		buf_clear(&scratch);
		if (type == JSON_KEY) {
			buf_clear(&name);
			key = json_text(&c->tape, item, &name);
			continue;
		}
		if (type != JSON_STRING && type != JSON_NUMBER)
			continue;
		hit.name = key;
		hit.value = type == JSON_NUMBER ? json_raw(&c->tape, item)
						: json_text(&c->tape, item, &scratch);
		if (inner) {
			hit.where = SUPPLY_TEXT;
			hit.at = SIZE_MAX;
		}
		supply_offer(c, hit);
		if (type != JSON_STRING || hit.value.len < 9)
			continue;
		hit.at = SIZE_MAX;
		if (hit.value.ptr[0] == '/' || str_ieq(str_slice(hit.value, 0, 4), STR("http"))) {
			hit.where = SUPPLY_LINK;
			of_link(c, hit, hit.value);
		}
		hit.value = hit.value;
		hit.where = SUPPLY_TEXT;
		supply_offer_parts(c, hit);
	}
	buf_release(&scratch);
	buf_release(&name);
}

/* JSON inside a JSON string, one level: its leaves are found by what stands around them. */
static void of_inner_json(struct correlation *c, uint32_t order)
{
	VEC(struct str) texts = {0};
	struct arena *a = &c->flow->job->arena;
	struct buf scratch;

	buf_init(&scratch, 0);
	for (uint32_t i = 0; i < c->tape.count; i++) {
		const struct json_item *item = &c->tape.items[i];
		struct str raw = json_raw(&c->tape, item);

		if (json_type(item) != JSON_STRING || raw.len < 12 || raw.len > 65536 ||
		    (raw.ptr[0] != '{' && raw.ptr[0] != '[') || !json_escaped(item))
			continue;
		buf_clear(&scratch);
		VEC_PUSH(a, &texts, arena_str(a, json_text(&c->tape, item, &scratch)));
	}
	buf_release(&scratch);
	for (size_t i = 0; i < texts.count; i++)
		of_json_text(c, order, texts.items[i]);
}

static void of_json_text(struct correlation *c, uint32_t order, struct str text)
{
	if (json_read(&c->tape, text))
		of_json(c, order, true);
}

static bool of_body(struct correlation *c, uint32_t order, struct str body)
{
	const struct transaction *tx = c->list->items.items[order];
	struct str type = tx_media_type(&tx->body, &tx->headers), start = str_trim(body);

	if (!body.len)
		return true;
	if (str_ieq(str_slice(type, 0, 6), STR("image/")) && !holds(type, "svg"))
		return true;
	if (start.len && (start.ptr[0] == '{' || start.ptr[0] == '[') &&
	    json_read(&c->tape, body)) {
		of_json(c, order, false);
		of_inner_json(c, order);
		return true;
	}
	supply_html(c, order, body);
	return true;
}

/* ---- what no structure holds */

static bool wants_text(const struct want *want, uint32_t order)
{
	return want->shape >= 5 && !want->hits.count && want->first_sent > order &&
	       want->first_sent != UINT32_MAX;
}

static void search_text(struct correlation *c, uint32_t order, struct str body)
{
	for (size_t i = 0; i < wants_count(c->wants); i++) {
		struct want *want = wants_at(c->wants, i);
		size_t at;

		if (!wants_text(want, order))
			continue;
		at = str_find(body, want->value, 0);
		if (at == (size_t)-1)
			continue;
		struct hit hit = {.order = order,
				  .where = SUPPLY_TEXT,
				  .value = want->value,
				  .name = STR(""),
				  .at = at,
				  .filter = ""};
		note(c, want, hit);
	}
}

static void each_answer(struct correlation *c,
			void (*look)(struct correlation *c, uint32_t order, struct str body))
{
	for (uint32_t i = 0; i < c->list->items.count; i++) {
		const struct transaction *tx = c->list->items.items[i];

		if (c->owner[i] == UINT32_MAX)
			continue;
		buf_clear(&c->body);
		look(c, i, tx_body_bytes(&tx->body, &c->body));
	}
}

static void look_at_answer(struct correlation *c, uint32_t order, struct str body)
{
	of_headers(c, order);
	of_body(c, order, body);
}

/* Most bodies of a long recording hold nothing that is still looked for. */
static bool anything_missing(const struct correlation *c)
{
	for (size_t i = 0; i < wants_count(c->wants); i++)
		if (wants_text(wants_at(c->wants, i), 0))
			return true;
	return false;
}

void correlation_supplies(struct correlation *c)
{
	each_answer(c, look_at_answer);
	if (anything_missing(c))
		each_answer(c, search_text);
}
