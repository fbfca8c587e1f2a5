#include "net/http1.h"

/* The characters of a token (RFC 9110 section 5.6.2). */
static const unsigned char token[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,
    0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0,
};

static bool is_control(char c)
{
	return ((unsigned char)c < ' ' && c != '\t') || c == 0x7f;
}

#define BYTES(b) (UINT64_C(0x0101010101010101) * (b))

/* Eight bytes, the first one in the lowest bits. */
static uint64_t load(const char *from)
{
	uint64_t x;

	memcpy(&x, from, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	x = __builtin_bswap64(x);
#endif
	return x;
}

/* Offset of the first control byte other than a tab, or the length of S. Eight bytes at a time:
 * values are most of a head. */
static size_t skip_text(struct str s, size_t at)
{
	while (at + 8 <= s.len) {
		uint64_t x = load(s.ptr + at), d = x ^ BYTES(0x7f);
		/* The lowest bit that is set is right; a borrow may set higher ones. */
		uint64_t hits = (((x - BYTES(0x20)) & ~x) | ((d - BYTES(1)) & ~d)) & BYTES(0x80);

		if (!hits) {
			at += 8;
			continue;
		}
		at += (size_t)__builtin_ctzll(hits) / 8;
		if (s.ptr[at] != '\t')
			return at;
		at++;
	}
	while (at < s.len && !is_control(s.ptr[at]))
		at++;
	return at;
}

/* Offset of the byte that ends a field value, or the length of S. Other control characters are part
 * of the value (RFC 9110 section 5.5). */
static size_t skip_value(struct str s, size_t at)
{
	while ((at = skip_text(s, at)) < s.len && s.ptr[at] != '\r' && s.ptr[at] != '\n' &&
	       s.ptr[at])
		at++;
	return at;
}

static struct str trim_blanks(const char *from, const char *to)
{
	while (from < to && (*from == ' ' || *from == '\t'))
		from++;
	while (to > from && (to[-1] == ' ' || to[-1] == '\t'))
		to--;
	return str_n(from, (size_t)(to - from));
}

/* True if NAME, a token of as many bytes, is LOWER in any case. LOWER has letters and hyphens,
 * which no other character of a token becomes with the bit 0x20; it has 8 bytes or more. */
static bool is_name(struct str name, const char *lower)
{
	for (size_t at = 0; at + 8 < name.len; at += 8)
		if ((load(name.ptr + at) | BYTES(0x20)) != load(lower + at))
			return false;
	return (load(name.ptr + name.len - 8) | BYTES(0x20)) == load(lower + name.len - 8);
}

static enum http1_id id_if(struct str name, const char *lower, enum http1_id id)
{
	return is_name(name, lower) ? id : HTTP1_OTHER;
}

static enum http1_id id_of(struct str name)
{
	switch (name.len) {
	case 4:
		return str_ieq(name, STR("Host")) ? HTTP1_HOST : HTTP1_OTHER;
	case 8:
		return id_if(name, "location", HTTP1_LOCATION);
	case 10:
		return (name.ptr[0] | 0x20) == 's' ? id_if(name, "set-cookie", HTTP1_SET_COOKIE)
						   : id_if(name, "connection", HTTP1_CONNECTION);
	case 14:
		return id_if(name, "content-length", HTTP1_CONTENT_LENGTH);
	case 16:
		return id_if(name, "content-encoding", HTTP1_CONTENT_ENCODING);
	case 17:
		return id_if(name, "transfer-encoding", HTTP1_TRANSFER_ENCODING);
	default:
		return HTTP1_OTHER;
	}
}

/* Offset of the first byte at or after AT that is not part of a token, or the length of S. */
static size_t skip_token(struct str s, size_t at)
{
	const unsigned char *p = (const unsigned char *)s.ptr + at;
	const unsigned char *end = (const unsigned char *)s.ptr + s.len;

	for (; end - p >= 4; p += 4) {
		if (!token[p[0]])
			return (size_t)(p - (const unsigned char *)s.ptr);
		if (!token[p[1]])
			return (size_t)(p + 1 - (const unsigned char *)s.ptr);
		if (!token[p[2]])
			return (size_t)(p + 2 - (const unsigned char *)s.ptr);
		if (!token[p[3]])
			return (size_t)(p + 3 - (const unsigned char *)s.ptr);
	}
	while (p < end && token[*p])
		p++;
	return (size_t)(p - (const unsigned char *)s.ptr);
}

static enum http1_line invalid(const char **why, const char *what)
{
	*why = what;
	return HTTP1_INVALID;
}

/* Reads the line end at AT, which is a control byte. */
static enum http1_line read_end(struct str text, size_t *at, bool lone_lf, const char **why)
{
	if (text.ptr[*at] == '\r') {
		if (*at + 1 == text.len)
			return HTTP1_PARTIAL;
		if (text.ptr[*at + 1] != '\n')
			return invalid(why, "a CR within a line");
		*at += 2;
		return HTTP1_EMPTY;
	}
	if (text.ptr[*at] != '\n')
		return invalid(why, "a NUL byte");
	if (!lone_lf)
		return invalid(why, "a line end without CR");
	*at += 1;
	return HTTP1_EMPTY;
}

/* A line that does not start with a name and a colon. AT is after its token, which may be empty.
 */
static enum http1_line read_odd(struct str text, size_t *start, size_t at, bool lone_lf,
				const char **why)
{
	char c = text.ptr[at];

	if (at == *start && (c == '\r' || c == '\n'))
		return read_end(text, start, lone_lf, why);
	if (at == *start && (c == ' ' || c == '\t'))
		return invalid(why, "a folded line");
	if (c == ' ' || c == '\t')
		return invalid(why, "a space within or after a field name");
	if (c == '\n' || c == '\r')
		return invalid(why, "a line without a colon");
	return invalid(why, "a field name with an invalid character");
}

enum http1_line http1_read_field(struct str text, size_t *at, bool lone_lf, struct http1_field *out,
				 const char **why)
{
	size_t colon = skip_token(text, *at), end, next;

	if (colon == text.len)
		return HTTP1_PARTIAL;
	if (text.ptr[colon] != ':' || colon == *at)
		return read_odd(text, at, colon, lone_lf, why);
	end = skip_value(text, colon + 1);
	if (end == text.len)
		return HTTP1_PARTIAL;
	if (text.ptr[end] == '\r' && end + 1 < text.len && text.ptr[end + 1] == '\n') {
		next = end + 2;
	} else {
		next = end;
		enum http1_line line = read_end(text, &next, lone_lf, why);

		if (line != HTTP1_EMPTY)
			return line;
	}
	out->name = str_n(text.ptr + *at, colon - *at);
	out->value = trim_blanks(text.ptr + colon + 1, text.ptr + end);
	out->id = id_of(out->name);
	*at = next;
	return HTTP1_FIELD;
}

bool http1_has_control(struct str value)
{
	return skip_text(value, 0) != value.len;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool http1_read_status(struct str line, unsigned *minor, int *status)
{
	const char *s = line.ptr;

	if (line.len < 12 || memcmp(s, "HTTP/1.", 7) != 0 || !is_digit(s[7]) || s[8] != ' ' ||
	    s[9] < '1' || s[9] > '9' || !is_digit(s[10]) || !is_digit(s[11]) ||
	    (line.len > 12 && s[12] != ' ') || skip_text(line, 12) != line.len)
		return false;
	*minor = (unsigned)(s[7] - '0');
	*status = (s[9] - '0') * 100 + (s[10] - '0') * 10 + (s[11] - '0');
	return true;
}

bool http1_lists(struct str value, struct str name)
{
	const char *end = value.ptr + value.len;

	for (const char *at = value.ptr; at < end;) {
		const char *comma = memchr(at, ',', (size_t)(end - at));
		const char *stop = comma ? comma : end;

		if (str_ieq(trim_blanks(at, stop), name))
			return true;
		at = stop + 1;
	}
	return false;
}

/* ---- responses */

void http1_response_init(struct http1_response *r)
{
	*r = (struct http1_response){.length = -1};
}

void http1_response_next(struct http1_response *r)
{
	*r = (struct http1_response){.length = -1, .before = r->before + r->at};
}

static bool refuse(struct http1_response *r, const char *why)
{
	r->why = why;
	return false;
}

bool http1_response_status(struct http1_response *r, struct str line)
{
	if (!http1_read_status(line, &r->minor, &r->status) || r->minor > 1)
		return refuse(r, HTTP1_BAD_STATUS_LINE);
	r->keep = r->minor == 1;
	return true;
}

/* More digits than any length needs, and few enough for an int64_t. */
#define LENGTH_DIGITS 18

static bool set_length(struct http1_response *r, struct str value)
{
	int64_t length = 0;

	if (!value.len)
		return refuse(r, HTTP1_BAD_LENGTH);
	for (size_t i = 0; i < value.len; i++) {
		if (!is_digit(value.ptr[i]))
			return refuse(r, HTTP1_BAD_LENGTH);
		if (i < LENGTH_DIGITS)
			length = length * 10 + (value.ptr[i] - '0');
	}
	if (value.len > LENGTH_DIGITS)
		length = HTTP1_LENGTH_HUGE;
	if (r->length >= 0 && r->length != length)
		return refuse(r, "two different Content-Length");
	r->length = length;
	return true;
}

bool http1_response_field(struct http1_response *r, const struct http1_field *field)
{
	switch (field->id) {
	case HTTP1_CONTENT_LENGTH:
		return set_length(r, field->value);
	case HTTP1_TRANSFER_ENCODING:
		if (r->chunked)
			return refuse(r, "two Transfer-Encoding");
		if (!str_ieq(field->value, STR("chunked")))
			return refuse(r, "an unknown Transfer-Encoding");
		r->chunked = true;
		break;
	case HTTP1_CONNECTION:
		if (http1_lists(field->value, STR("close")))
			r->keep = false;
		else if (r->minor == 0 && http1_lists(field->value, STR("keep-alive")))
			r->keep = true;
		break;
	case HTTP1_CONTENT_ENCODING:
		r->encodings++;
		break;
	case HTTP1_SET_COOKIE:
		r->cookies++;
		break;
	case HTTP1_OTHER:
	case HTTP1_HOST:
	case HTTP1_LOCATION:
		break;
	}
	return true;
}

bool http1_response_end(struct http1_response *r)
{
	if (r->chunked && r->length >= 0)
		return refuse(r, "Transfer-Encoding besides Content-Length");
	return true;
}

static enum http1_line read_status_line(struct http1_response *r, struct str input)
{
	size_t end = skip_text(input, 0), next = end;

	if (end == input.len)
		return HTTP1_PARTIAL;
	enum http1_line line = read_end(input, &next, false, &r->why);
	if (line != HTTP1_EMPTY)
		return line;
	if (!http1_response_status(r, str_slice(input, 0, end)))
		return HTTP1_INVALID;
	r->at = next;
	return HTTP1_FIELD;
}

static void note_range(struct http1_range *range, struct str input, struct str value)
{
	if (!range->len)
		*range = (struct http1_range){(size_t)(value.ptr - input.ptr), value.len};
}

/* Checks the size of the LINE that starts at byte START. */
static enum http1_line check_size(struct http1_response *r, enum http1_line line, struct str input,
				  size_t start)
{
	size_t end = line == HTTP1_PARTIAL ? input.len : r->at;

	if (line == HTTP1_INVALID ||
	    (end - start <= HTTP1_LINE_MAX && r->before + r->at <= HTTP1_HEAD_MAX))
		return line;
	r->why = "it is too long";
	r->too_long = true;
	return HTTP1_INVALID;
}

static bool read_known(struct http1_response *r, struct str input, const struct http1_field *field)
{
	if (!http1_response_field(r, field))
		return false;
	if (field->id == HTTP1_LOCATION)
		note_range(&r->location, input, field->value);
	return true;
}

enum http1_line http1_response_read(struct http1_response *r, struct str input)
{
	struct http1_field field;
	enum http1_line line = HTTP1_FIELD;
	size_t start = r->at;

	if (!r->at)
		line = check_size(r, read_status_line(r, input), input, 0);
	while (line == HTTP1_FIELD) {
		start = r->at;
		line = http1_read_field(input, &r->at, false, &field, &r->why);
		if (line != HTTP1_FIELD || r->at - start > HTTP1_LINE_MAX)
			line = check_size(r, line, input, start);
		if (line == HTTP1_FIELD && field.id != HTTP1_OTHER && !read_known(r, input, &field))
			return HTTP1_INVALID;
	}
	if (line == HTTP1_EMPTY && !http1_response_end(r))
		return HTTP1_INVALID;
	return line;
}
