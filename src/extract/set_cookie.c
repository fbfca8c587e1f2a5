#include "extract/set_cookie.h"

static struct set_cookie read_cookie(struct str line)
{
	size_t end = str_find_char(line, ';', 0);
	struct str pair = str_slice(line, 0, end == NOT_FOUND ? line.len : end);
	size_t sign = str_find_char(pair, '=', 0);
	struct set_cookie cookie = {.value = str_trim(pair)};

	if (end != NOT_FOUND)
		cookie.attributes = str_trim(str_slice(line, end + 1, line.len));
	if (sign != NOT_FOUND) {
		cookie.name = str_trim(str_slice(pair, 0, sign));
		cookie.value = str_trim(str_slice(pair, sign + 1, pair.len));
	}
	return cookie;
}

bool set_cookie_find(const struct response *response, struct str name, size_t nth,
		     struct set_cookie *out)
{
	struct str line;

	for (size_t i = 0; (line = response_header(response, STR("Set-Cookie"), i)).ptr; i++) {
		*out = read_cookie(line);
		if (str_eq(out->name, name) && nth-- == 0)
			return true;
	}
	return false;
}

void set_cookie_put_names(const struct response *response, struct buf *out)
{
	struct str line;
	size_t i = 0;

	for (; i < 12 && (line = response_header(response, STR("Set-Cookie"), i)).ptr; i++) {
		struct set_cookie cookie = read_cookie(line);

		buf_printf(out, "%s%.*s", i ? ", " : "the response sets ", STR_ARG(cookie.name));
	}
	if (!i)
		buf_add(out, STR("the response sets no cookies"));
}
