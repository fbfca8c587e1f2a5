/* What answers hold: every value of every answer, held against the table of what is wanted. */
#include <ctype.h>
#include <stdio.h>

#include "import/correlate.h"

#define HITS_MOST     1000u
#define ONE_WORD_MOST 4096u

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

static void look_up_case(struct correlation *c, struct hit hit, int (*to)(int), const char *filter)
{
	char copy[256];
	bool any = false;

	if (hit.value.len < 8 || hit.value.len > sizeof copy)
		return;
	for (size_t i = 0; i < hit.value.len; i++) {
		copy[i] = (char)to((unsigned char)hit.value.ptr[i]);
		any = any || copy[i] != hit.value.ptr[i];
	}
	struct want *want = any ? wants_find(c->wants, str_n(copy, hit.value.len)) : NULL;
	if (want && want->shape >= 4) {
		hit.filter = filter;
		note(c, want, hit);
	}
}

/* A long number as JavaScript would have it. */
static void look_up_rounded(struct correlation *c, struct hit hit)
{
	char text[40];
	double number;
	struct want *alias;

	if (hit.value.len < 16 || hit.value.len > 24 || !isdigit((unsigned char)hit.value.ptr[0]) ||
	    !str_to_double(hit.value, &number))
		return;
	snprintf(text, sizeof text, "%.17g", number);
	alias = wants_find(c->aliases, str_of(text));
	if (!alias || *alias->filter || str_eq(alias->target->value, hit.value))
		return;
	hit.filter = "";
	if (!alias->target->hits.count)
		job_note(c->flow->job, "look at",
			 "%.*s is a number too long for JavaScript: the page sent it rounded, the "
			 "scenario sends it whole",
			 STR_ARG(hit.name.len ? hit.name : STR("an id")));
	note(c, alias->target, hit);
}

void supply_offer(struct correlation *c, struct hit hit)
{
	if (!hit.value.len || hit.value.len > (64u << 10))
		return;
	look_up(c, hit, hit.value, "");
	look_up_case(c, hit, tolower, "lower");
	look_up_case(c, hit, toupper, "upper");
	look_up_rounded(c, hit);
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

static bool is_dull(struct str name)
{
	static const char *const names[] = {"date",
					    "age",
					    "expires",
					    "last-modified",
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
		if (str_iholds(name, str_of(parts[i])))
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
		if (str_find_char(hit.value, ';', 0) != (size_t)-1)
			supply_offer_parts(c, hit); /* ;jsessionid= */
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
		} else if (str_ieq(h->name, STR("Link"))) {
			size_t from = str_find_char(h->value, '<', 0);

			hit.where = SUPPLY_LINK;
			for (; from != (size_t)-1; from = str_find_char(h->value, '<', from + 1))
				of_link(c, hit,
					str_slice(h->value, from + 1,
						  str_find_char(h->value, '>', from)));
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

/* An answer that is the value itself, as plain text. */
static bool is_one_word(struct str text)
{
	if (!text.len || text.len > ONE_WORD_MOST || text.ptr[0] == '<')
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

static bool of_body(struct correlation *c, uint32_t order, struct str body)
{
	const struct transaction *tx = c->list->items.items[order];
	struct str type = tx_media_type(&tx->body, &tx->headers), start = str_trim(body);

	if (!body.len)
		return true;
	if (str_ieq(str_slice(type, 0, 6), STR("image/")) && !str_iholds(type, STR("svg")))
		return true;
	if (start.len && strchr("{[\"", start.ptr[0]) && start.ptr[0] &&
	    json_read(&c->tape, body)) {
		of_json(c, order, false);
		of_inner_json(c, order);
		return true;
	}
	if (is_one_word(start)) {
		struct hit hit = {.order = order,
				  .where = SUPPLY_TEXT,
				  .name = STR(""),
				  .value = start,
				  .at = (size_t)(start.ptr - body.ptr),
				  .filter = ""};

		supply_offer(c, hit);
	}
	supply_html(c, order, body, str_iholds(type, STR("xml")) && !str_iholds(type, STR("html")));
	return true;
}

/* ---- what no structure holds */

/*
 * Many texts looked for at once: a table by the first eight bytes of each, with a small map of bits
 * in front that most places of a body fail at.
 */
#define PREFIX	  8u
#define BIT_COUNT 65536u

struct search {
	struct correlation *c;
	uint64_t bits[BIT_COUNT / 64];
	uint32_t *next;
	struct want **wants;
	size_t count;
	uint32_t *first; /* of each hash: 1 + index into `wants`, 0: none */
};

static uint32_t prefix_hash(const char *p)
{
	uint64_t word;

	memcpy(&word, p, PREFIX);
	return (uint32_t)((word * UINT64_C(0x9E3779B97F4A7C15)) >> 48);
}

/* False when there is nothing to look for. */
static bool search_init(struct search *s, struct correlation *c)
{
	struct arena *a = &c->flow->job->arena;
	size_t all = wants_count(c->wants);

	*s = (struct search){.c = c};
	s->wants = ARENA_ARRAY(a, all + 1, struct want *);
	s->next = ARENA_ARRAY(a, all + 1, uint32_t);
	s->first = ARENA_ARRAY(a, BIT_COUNT, uint32_t);
	for (size_t i = 0; i < all; i++) {
		struct want *want = wants_at(c->wants, i);
		uint32_t hash;

		if (want->shape < 5 || want->hits.count || want->value.len < PREFIX ||
		    want->first_sent == 0)
			continue;
		hash = prefix_hash(want->value.ptr);
		s->wants[s->count] = want;
		s->next[s->count] = s->first[hash];
		s->first[hash] = (uint32_t)++s->count;
		s->bits[hash / 64] |= UINT64_C(1) << (hash % 64);
	}
	return s->count > 0;
}

static void found_text(struct search *s, struct want *want, uint32_t order, size_t at)
{
	struct hit hit = {.order = order,
			  .where = SUPPLY_TEXT,
			  .value = want->value,
			  .name = STR(""),
			  .at = at,
			  .filter = ""};

	if (want->first_sent > order)
		note(s->c, want, hit);
}

static void search_body(struct search *s, uint32_t order, struct str body)
{
	for (size_t at = 0; at + PREFIX <= body.len; at++) {
		uint32_t hash = prefix_hash(body.ptr + at);

		if (!(s->bits[hash / 64] >> (hash % 64) & 1))
			continue;
		for (uint32_t i = s->first[hash]; i; i = s->next[i - 1]) {
			struct str value = s->wants[i - 1]->value;

			if (body.len - at >= value.len &&
			    memcmp(body.ptr + at, value.ptr, value.len) == 0)
				found_text(s, s->wants[i - 1], order, at);
		}
	}
}

static void look_at_answer(struct correlation *c, uint32_t order, struct str body)
{
	of_headers(c, order);
	of_body(c, order, body);
}

void correlation_supplies(struct correlation *c)
{
	struct search *search = ARENA_NEW(&c->flow->job->arena, struct search);

	for (int pass = 0; pass < 2; pass++) {
		if (pass && !search_init(search, c))
			return;
		for (uint32_t i = 0; i < c->list->items.count; i++) {
			const struct transaction *tx = c->list->items.items[i];
			struct str body;

			if (c->owner[i] == UINT32_MAX)
				continue;
			buf_clear(&c->body);
			body = tx_body_bytes(&tx->body, &c->body);
			if (pass)
				search_body(search, i, body);
			else
				look_at_answer(c, i, body);
		}
	}
}
