/* The values of all responses, compared with the index of tracked values. */
#include <stdio.h>

#include "base/ascii.h"
#include "import/correlate/response_values.h"
#include "import/correlate/value_index.h"
#include "import/correlate/value_shape.h"

#define OCCURRENCES_MAX 1000u
#define ONE_WORD_MAX	4096u

/* ---- offers */

static void add_occurrence(struct correlation *c, struct tracked_value *tracked_value,
			   struct occurrence occurrence)
{
	struct arena *a = &c->conversion->job->arena;
	struct occurrence *last =
	    tracked_value->occurrences.count
		? &tracked_value->occurrences.items[tracked_value->occurrences.count - 1]
		: NULL;

	if (occurrence.order < tracked_value->first_seen)
		tracked_value->first_seen = occurrence.order;
	if (!last || last->order != occurrence.order)
		tracked_value->responses++;
	else if (last->found_in == occurrence.found_in && str_eq(last->name, occurrence.name) &&
		 occurrence.found_in != VALUE_SOURCE_JSON)
		return;
	if (tracked_value->occurrences.count >= OCCURRENCES_MAX)
		return;
	if (occurrence.found_in == VALUE_SOURCE_JSON) {
		buf_clear(&c->text);
		jsonpath_normalized(&c->tape, (uint32_t)occurrence.at, &c->text);
		occurrence.path = arena_str(a, buf_str(&c->text));
		occurrence.at = SIZE_MAX;
	}
	occurrence.value = arena_str(a, occurrence.value);
	occurrence.name = arena_str(a, occurrence.name);
	VEC_PUSH(a, &tracked_value->occurrences, occurrence);
}

static void match_text(struct correlation *c, struct occurrence occurrence, struct str value,
		       const char *filter)
{
	struct tracked_value *tracked_value = value_index_find(c->value_index, value);

	if (tracked_value) {
		occurrence.filter = filter;
		add_occurrence(c, tracked_value, occurrence);
	}
	tracked_value = value_index_find(c->aliases, value);
	if (!tracked_value)
		return;
	occurrence.filter = *filter ? arena_printf(&c->conversion->job->arena, "%s | %s", filter,
						   tracked_value->filter)
					  .ptr
				    : tracked_value->filter;
	add_occurrence(c, tracked_value->target, occurrence);
}

static void match_other_case(struct correlation *c, struct occurrence occurrence, char (*to)(int),
			     const char *filter)
{
	char copy[256];
	bool any = false;

	if (occurrence.value.len < 8 || occurrence.value.len > sizeof copy)
		return;
	for (size_t i = 0; i < occurrence.value.len; i++) {
		copy[i] = to(occurrence.value.ptr[i]);
		any = any || copy[i] != occurrence.value.ptr[i];
	}
	struct tracked_value *tracked_value =
	    any ? value_index_find(c->value_index, str_n(copy, occurrence.value.len)) : NULL;
	if (tracked_value && tracked_value->shape >= 4) {
		occurrence.filter = filter;
		add_occurrence(c, tracked_value, occurrence);
	}
}

/* A long number as JavaScript would round it. */
static void match_rounded(struct correlation *c, struct occurrence occurrence)
{
	char text[40];
	double number;
	struct tracked_value *alias;

	if (occurrence.value.len < 16 || occurrence.value.len > 24 ||
	    !ascii_is_digit(occurrence.value.ptr[0]) || !str_to_double(occurrence.value, &number))
		return;
	snprintf(text, sizeof text, "%.17g", number);
	alias = value_index_find(c->aliases, str_of(text));
	if (!alias || *alias->filter || str_eq(alias->target->value, occurrence.value))
		return;
	occurrence.filter = "";
	if (!alias->target->occurrences.count)
		job_note(
		    c->conversion->job, "look at",
		    "%.*s is a number too long for JavaScript: the page sent a rounded value, the "
		    "scenario sends it unrounded",
		    STR_ARG(occurrence.name.len ? occurrence.name : STR("an id")));
	add_occurrence(c, alias->target, occurrence);
}

void response_values_match(struct correlation *c, struct occurrence occurrence)
{
	if (!occurrence.value.len || occurrence.value.len > (64u << 10))
		return;
	match_text(c, occurrence, occurrence.value, "");
	match_other_case(c, occurrence, ascii_to_lower, "lower");
	match_other_case(c, occurrence, ascii_to_upper, "upper");
	match_rounded(c, occurrence);
	if (str_find_char(occurrence.value, '%', 0) == NOT_FOUND)
		return;
	struct buf decoded;

	buf_init(&decoded, 0);
	if (url_decode(&decoded, occurrence.value, false))
		match_text(c, occurrence, buf_str(&decoded), "url_decode");
	buf_release(&decoded);
}

void response_values_match_parts(struct correlation *c, struct occurrence occurrence)
{
	struct str s = occurrence.value;
	size_t from = 0;

	if (s.len > 8192)
		return;
	for (size_t i = 0; i <= s.len; i++) {
		if (i < s.len && !strchr(":|,;./=&?\" '", s.ptr[i]))
			continue;
		struct occurrence piece = occurrence;

		piece.value = str_slice(s, from, i);
		if (occurrence.at != SIZE_MAX)
			piece.at = occurrence.at + from;
		piece.found_in = occurrence.found_in == VALUE_SOURCE_HEADER ||
					 occurrence.found_in == VALUE_SOURCE_COOKIE
				     ? occurrence.found_in
				     : VALUE_SOURCE_TEXT;
		from = i + 1;
		if (piece.value.len >= 8 && piece.value.len < s.len &&
		    value_shape(piece.value) >= 5)
			response_values_match(c, piece);
	}
}

/* ---- headers */

bool response_values_is_volatile(struct str name)
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
		if (str_icontains(name, str_of(parts[i])))
			return true;
	return false;
}

static void match_cookie(struct correlation *c, uint32_t order, struct str line)
{
	size_t semicolon = str_find_char(line, ';', 0), sign;
	struct occurrence occurrence = {
	    .order = order, .found_in = VALUE_SOURCE_COOKIE, .at = SIZE_MAX};

	line = str_slice(line, 0, semicolon);
	sign = str_find_char(line, '=', 0);
	if (sign == NOT_FOUND)
		return;
	occurrence.name = str_trim(str_slice(line, 0, sign));
	occurrence.value = str_trim(str_slice(line, sign + 1, line.len));
	response_values_match(c, occurrence);
	response_values_match_parts(c, occurrence);
}

/* Query, fragment and path of a URL in a response. */
static void match_link(struct correlation *c, struct occurrence occurrence, struct str url)
{
	size_t mark = str_find_char(url, '?', 0), hash = str_find_char(url, '#', 0), at;
	size_t path_end = mark < hash ? mark : hash;
	struct str before = STR("");

	path_end = path_end == NOT_FOUND ? url.len : path_end;
	at = str_find(url, STR("://"), 0);
	at = str_find_char(str_slice(url, 0, path_end), '/', at == NOT_FOUND ? 0 : at + 3);
	while (at != NOT_FOUND && at < path_end) {
		size_t end = str_find_char(str_slice(url, 0, path_end), '/', at + 1);

		end = end == NOT_FOUND ? path_end : end;
		occurrence.name = before;
		occurrence.value = before = str_slice(url, at + 1, end);
		response_values_match(c, occurrence);
		if (str_find_char(occurrence.value, ';', 0) != NOT_FOUND)
			response_values_match_parts(c, occurrence); /* ;jsessionid= */
		at = end;
	}
	for (at = path_end + 1; at < url.len;) {
		size_t end = at, sign;

		while (end < url.len && url.ptr[end] != '&' && url.ptr[end] != '#' &&
		       url.ptr[end] != ';')
			end++;
		sign = str_find_char(str_slice(url, 0, end), '=', at);
		if (sign != NOT_FOUND) {
			occurrence.name = str_slice(url, at, sign);
			occurrence.value = str_slice(url, sign + 1, end);
			response_values_match(c, occurrence);
		}
		at = end + 1;
	}
}

void response_values_match_link(struct correlation *c, struct occurrence occurrence, struct str url)
{
	match_link(c, occurrence, url);
}

static void match_headers(struct correlation *c, uint32_t order)
{
	const struct transaction *tx = c->list->items.items[order];

	for (size_t i = 0; i < tx->headers.list.count; i++) {
		const struct tx_header *h = &tx->headers.list.items[i];
		struct occurrence occurrence = {.order = order,
						.found_in = VALUE_SOURCE_HEADER,
						.name = h->name,
						.value = h->value,
						.at = SIZE_MAX};

		if (str_ieq(h->name, STR("Set-Cookie"))) {
			match_cookie(c, order, h->value);
		} else if (str_ieq(h->name, STR("Location"))) {
			occurrence.found_in = VALUE_SOURCE_LOCATION;
			match_link(c, occurrence, h->value);
		} else if (str_ieq(h->name, STR("Link"))) {
			size_t from = str_find_char(h->value, '<', 0);

			occurrence.found_in = VALUE_SOURCE_LINK;
			for (; from != NOT_FOUND; from = str_find_char(h->value, '<', from + 1))
				match_link(c, occurrence,
					   str_slice(h->value, from + 1,
						     str_find_char(h->value, '>', from)));
		} else if (!response_values_is_volatile(h->name)) {
			response_values_match(c, occurrence);
			response_values_match_parts(c, occurrence);
		}
	}
}

/* ---- bodies */

/* A plain-text response that is the value itself. */
static bool is_one_word(struct str text)
{
	if (!text.len || text.len > ONE_WORD_MAX || text.ptr[0] == '<')
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return false;
	return true;
}

/* A text, or JSON after a prefix: its values are those of a script. */
static void match_message(struct correlation *c, uint32_t order, struct str body)
{
	struct occurrence whole = {.order = order,
				   .found_in = VALUE_SOURCE_TEXT,
				   .name = STR(""),
				   .value = body,
				   .filter = ""};
	const struct script_text script = {.order = order, .text = body};

	response_values_match_script(c, &script);
	response_values_match_parts(c, whole);
}

static bool match_body(struct correlation *c, uint32_t order, struct str body)
{
	const struct transaction *tx = c->list->items.items[order];
	struct str type = transaction_media_type(&tx->body, &tx->headers), start = str_trim(body);

	if (!body.len)
		return true;
	if (str_ieq(str_slice(type, 0, 6), STR("image/")) && !str_icontains(type, STR("svg")))
		return true;
	if (start.len && strchr("{[\"", start.ptr[0]) && start.ptr[0] &&
	    json_read(&c->tape, body)) {
		response_values_match_json(c, order, body);
		return true;
	}
	if (tx->kind == TX_RECEIVED) {
		match_message(c, order, body);
		return true;
	}
	if (is_one_word(start)) {
		struct occurrence occurrence = {.order = order,
						.found_in = VALUE_SOURCE_TEXT,
						.name = STR(""),
						.value = start,
						.at = (size_t)(start.ptr - body.ptr),
						.filter = ""};

		response_values_match(c, occurrence);
	}
	response_values_match_html(
	    c, order, body, str_icontains(type, STR("xml")) && !str_icontains(type, STR("html")));
	return true;
}

/* ---- unstructured text */

/*
 * Searches many texts in one pass: a table keyed by the first eight bytes of each, with a small
 * bitmap in front that rejects most positions of a body.
 */
#define PREFIX	  8u
#define BIT_COUNT 65536u

struct text_search {
	struct correlation *c;
	uint64_t bits[BIT_COUNT / 64];
	uint32_t *next;
	struct tracked_value **values;
	size_t count;
	uint32_t *first; /* for each hash: 1 + index into `values`; 0: none */
};

static uint32_t prefix_hash(const char *p)
{
	uint64_t word;

	memcpy(&word, p, PREFIX);
	return (uint32_t)((word * UINT64_C(0x9E3779B97F4A7C15)) >> 48);
}

/* False if there is nothing to search for. */
static bool search_init(struct text_search *s, struct correlation *c)
{
	struct arena *a = &c->conversion->job->arena;
	size_t all = value_index_count(c->value_index);

	*s = (struct text_search){.c = c};
	s->values = ARENA_ARRAY(a, all + 1, struct tracked_value *);
	s->next = ARENA_ARRAY(a, all + 1, uint32_t);
	s->first = ARENA_ARRAY(a, BIT_COUNT, uint32_t);
	for (size_t i = 0; i < all; i++) {
		struct tracked_value *tracked_value = value_index_at(c->value_index, i);
		uint32_t hash;

		if (tracked_value->shape < 5 || tracked_value->occurrences.count ||
		    tracked_value->value.len < PREFIX || tracked_value->first_sent == 0)
			continue;
		hash = prefix_hash(tracked_value->value.ptr);
		s->values[s->count] = tracked_value;
		s->next[s->count] = s->first[hash];
		s->first[hash] = (uint32_t)++s->count;
		s->bits[hash / 64] |= UINT64_C(1) << (hash % 64);
	}
	return s->count > 0;
}

static void add_text_occurrence(struct text_search *s, struct tracked_value *tracked_value,
				uint32_t order, size_t at)
{
	struct occurrence occurrence = {.order = order,
					.found_in = VALUE_SOURCE_TEXT,
					.value = tracked_value->value,
					.name = STR(""),
					.at = at,
					.filter = ""};

	if (tracked_value->first_sent > order)
		add_occurrence(s->c, tracked_value, occurrence);
}

static void search_body(struct text_search *s, uint32_t order, struct str body)
{
	for (size_t at = 0; at + PREFIX <= body.len; at++) {
		uint32_t hash = prefix_hash(body.ptr + at);

		if (!(s->bits[hash / 64] >> (hash % 64) & 1))
			continue;
		for (uint32_t i = s->first[hash]; i; i = s->next[i - 1]) {
			struct str value = s->values[i - 1]->value;

			if (body.len - at >= value.len &&
			    memcmp(body.ptr + at, value.ptr, value.len) == 0)
				add_text_occurrence(s, s->values[i - 1], order, at);
		}
	}
}

static void match_response(struct correlation *c, uint32_t order, struct str body)
{
	match_headers(c, order);
	match_body(c, order, body);
}

void response_values_search(struct correlation *c)
{
	struct text_search *search = ARENA_NEW(&c->conversion->job->arena, struct text_search);

	for (int pass = 0; pass < 2; pass++) {
		if (pass && !search_init(search, c))
			return;
		for (uint32_t i = 0; i < c->list->items.count; i++) {
			const struct transaction *tx = c->list->items.items[i];
			struct str body;

			/* A step that opens a socket extracts nothing. */
			if (c->owner[i] == UINT32_MAX || tx->kind == TX_SOCKET)
				continue;
			buf_clear(&c->body);
			/* Extractors of bodies cannot read a stream. */
			body = conversion_is_event_stream(tx)
				   ? STR("")
				   : transaction_body_bytes(&tx->body, &c->body);
			if (pass)
				search_body(search, i, body);
			else
				match_response(c, i, body);
		}
	}
}
