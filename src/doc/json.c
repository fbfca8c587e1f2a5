#include "doc/json.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/log.h"

#define META(type, escaped, count)                                                                 \
	((uint32_t)(type) | ((escaped) ? 8U : 0U) | ((uint32_t)(count) << 4))

/* An open container: its item, and the number of its elements so far. */
struct open_item {
	uint32_t item;
	uint32_t count;
};

struct json_parser {
	struct json_tape *tape;
	const unsigned char *start, *p, *end;
	struct open_item open[JSON_DEPTH_MAX];
	unsigned depth;
};

void json_init(struct json_tape *tape)
{
	*tape = (struct json_tape){0};
}

void json_release(struct json_tape *tape)
{
	free(tape->items);
	json_init(tape);
}

static bool fail(struct json_parser *r, const unsigned char *at, const char *why)
{
	r->tape->error_at = (size_t)(at - r->start);
	r->tape->error = why;
	return false;
}

static struct json_item *push(struct json_tape *tape)
{
	if (tape->count == tape->cap) {
		uint32_t cap = tape->cap ? tape->cap * 2 : 256;
		struct json_item *items = realloc(tape->items, cap * sizeof *items);
		if (!items)
			die_out_of_memory();
		tape->items = items;
		tape->cap = cap;
	}
	return &tape->items[tape->count++];
}

static void put(struct json_parser *r, uint32_t meta, const unsigned char *begin,
		const unsigned char *end)
{
	struct json_item *item = push(r->tape);
	item->meta = meta;
	item->begin = (uint32_t)(begin - r->start);
	item->bytes = (uint32_t)(end - begin);
	item->next = r->tape->count;
}

static const unsigned char *skip_blanks(const unsigned char *p, const unsigned char *end)
{
	while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
		p++;
	return p;
}

/* Skips string bytes that need no decoding, eight at a time (a quote, a backslash, a control byte
 * or a byte above 127 ends the skip). */
static const unsigned char *skip_plain(const unsigned char *p, const unsigned char *end)
{
	const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;

	while (end - p >= 8) {
		uint64_t w;
		memcpy(&w, p, 8);
		uint64_t quote = w ^ (ones * '"'), slash = w ^ (ones * '\\');
		uint64_t stop =
		    ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | (w - ones * 0x20) | w;
		if (stop & highs)
			break;
		p += 8;
	}
	while (p < end && *p >= 0x20 && *p < 0x80 && *p != '"' && *p != '\\')
		p++;
	return p;
}

/* Skips the escape at P; returns NULL if it is not a valid one. */
static const unsigned char *skip_escape(const unsigned char *p, const unsigned char *end)
{
	if (end - p < 2)
		return NULL;
	if (p[1] != 'u')
		return p[1] && strchr("\"\\/bfnrt", p[1]) ? p + 2 : NULL;
	if (end - p < 6)
		return NULL;
	for (int i = 2; i < 6; i++)
		if (!ascii_is_hex(p[i]))
			return NULL;
	return p + 6;
}

static bool read_string(struct json_parser *r, enum json_type type)
{
	const unsigned char *begin = r->p + 1, *p = begin;
	bool escaped = false;

	for (;;) {
		p = skip_plain(p, r->end);
		if (p == r->end)
			return fail(r, r->p, "the closing quote of a string is missing");
		if (*p == '"')
			break;
		if (*p == '\\') {
			const unsigned char *after = skip_escape(p, r->end);
			if (!after)
				return fail(r, p, "JSON has no such escape");
			escaped = true;
			p = after;
		} else if (*p < 0x20) {
			return fail(r, p, "a control character in a string; write it as an escape");
		} else {
			size_t n = str_utf8_step(r->tape->text, (size_t)(p - r->start));
			if (!n)
				return fail(r, p, "bytes that are not UTF-8");
			p += n;
		}
	}
	put(r, META(type, escaped, 0), begin, p);
	r->p = p + 1;
	return true;
}

static const unsigned char *skip_digits(const unsigned char *p, const unsigned char *end)
{
	while (p < end && ascii_is_digit(*p))
		p++;
	return p;
}

static bool read_number(struct json_parser *r)
{
	const unsigned char *p = r->p, *digits;

	if (*p == '-')
		p++;
	digits = p;
	p = skip_digits(p, r->end);
	if (p == digits)
		return fail(r, r->p, "a minus sign without a number");
	if (*digits == '0' && p > digits + 1)
		return fail(r, r->p, "a number with a leading zero");
	if (p < r->end && *p == '.') {
		digits = ++p;
		p = skip_digits(p, r->end);
		if (p == digits)
			return fail(r, r->p, "a number ends with a decimal point");
	}
	if (p < r->end && (*p == 'e' || *p == 'E')) {
		p++;
		if (p < r->end && (*p == '+' || *p == '-'))
			p++;
		digits = p;
		p = skip_digits(p, r->end);
		if (p == digits)
			return fail(r, r->p, "an exponent without digits");
	}
	put(r, META(JSON_NUMBER, false, 0), r->p, p);
	r->p = p;
	return true;
}

static bool read_word(struct json_parser *r)
{
	static const struct {
		struct str word;
		enum json_type type;
	} words[] = {
	    {{"true", 4}, JSON_TRUE}, {{"false", 5}, JSON_FALSE}, {{"null", 4}, JSON_NULL}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		size_t n = words[i].word.len;
		if ((size_t)(r->end - r->p) >= n && memcmp(r->p, words[i].word.ptr, n) == 0) {
			put(r, META(words[i].type, false, 0), r->p, r->p + n);
			r->p += n;
			return true;
		}
	}
	return fail(r, r->p, "expected a JSON value");
}

static bool open_container(struct json_parser *r, enum json_type type)
{
	if (r->depth == JSON_DEPTH_MAX)
		return fail(r, r->p, "nested too deeply");
	r->open[r->depth++] = (struct open_item){.item = r->tape->count};
	put(r, META(type, false, 0), r->p, r->p);
	r->p++;
	return true;
}

static void close_container(struct json_parser *r)
{
	struct open_item *top = &r->open[--r->depth];
	struct json_item *item = &r->tape->items[top->item];

	r->p++;
	item->meta |= top->count << 4;
	item->bytes = (uint32_t)(r->p - r->start) - item->begin;
	item->next = r->tape->count;
}

static bool read_key(struct json_parser *r)
{
	if (r->p == r->end || *r->p != '"')
		return fail(r, r->p, "a key in double quotes is missing");
	if (!read_string(r, JSON_KEY))
		return false;
	r->p = skip_blanks(r->p, r->end);
	if (r->p == r->end || *r->p != ':')
		return fail(r, r->p, "a colon after the key is missing");
	r->p = skip_blanks(r->p + 1, r->end);
	return true;
}

static bool in_object(const struct json_parser *r)
{
	const struct json_item *item = &r->tape->items[r->open[r->depth - 1].item];
	return json_type(item) == JSON_OBJECT;
}

enum after { AFTER_VALUE, AFTER_OPEN, AFTER_ERROR };

/* Reads one value, or opens a container. */
static enum after read_value(struct json_parser *r)
{
	bool good;

	if (r->p == r->end) {
		fail(r, r->p, "the text ends where a value is expected");
		return AFTER_ERROR;
	}
	switch (*r->p) {
	case '{':
		return open_container(r, JSON_OBJECT) ? AFTER_OPEN : AFTER_ERROR;
	case '[':
		return open_container(r, JSON_ARRAY) ? AFTER_OPEN : AFTER_ERROR;
	case '"':
		good = read_string(r, JSON_STRING);
		break;
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9':
		good = read_number(r);
		break;
	default:
		good = read_word(r);
	}
	return good ? AFTER_VALUE : AFTER_ERROR;
}

/* After a value: closes the containers that end here and skips one comma. Returns 1 if another
 * value follows, 0 if the document is complete, -1 after an error. */
static int after_value(struct json_parser *r)
{
	while (r->depth) {
		bool object = in_object(r);
		r->open[r->depth - 1].count++;
		r->p = skip_blanks(r->p, r->end);
		if (r->p < r->end && *r->p == ',') {
			r->p = skip_blanks(r->p + 1, r->end);
			return object && !read_key(r) ? -1 : 1;
		}
		if (r->p == r->end || *r->p != (object ? '}' : ']')) {
			fail(r, r->p,
			     object ? "a comma or } is missing" : "a comma or ] is missing");
			return -1;
		}
		close_container(r);
	}
	return 0;
}

/* After an opening bracket: closes an empty container (and continues as after a value) or reads the
 * first key. */
static int after_open(struct json_parser *r)
{
	bool object = in_object(r);

	r->p = skip_blanks(r->p, r->end);
	if (r->p < r->end && *r->p == (object ? '}' : ']')) {
		close_container(r);
		return after_value(r);
	}
	return object && !read_key(r) ? -1 : 1;
}

bool json_read(struct json_tape *tape, struct str text)
{
	const unsigned char *start = (const unsigned char *)text.ptr;
	struct json_parser r = {.tape = tape, .start = start, .p = start};
	int more = 1;

	tape->text = text;
	tape->count = 0;
	tape->error = NULL;
	tape->error_at = 0;
	if (text.len > JSON_BYTES_MAX)
		return fail(&r, start, "larger than 1 GiB");
	r.end = start + text.len;
	if (str_starts(text, STR("\xef\xbb\xbf")))
		r.p += 3;
	r.p = skip_blanks(r.p, r.end);
	while (more > 0) {
		switch (read_value(&r)) {
		case AFTER_VALUE:
			more = after_value(&r);
			break;
		case AFTER_OPEN:
			more = after_open(&r);
			break;
		case AFTER_ERROR:
			more = -1;
			break;
		}
	}
	if (more < 0)
		return false;
	r.p = skip_blanks(r.p, r.end);
	return r.p == r.end ? true : fail(&r, r.p, "more text after the value");
}
