#include "extract/cookies.h"

static struct cookie read_cookie(struct str line)
{
	size_t end = str_find_char(line, ';', 0);
	struct str pair = str_slice(line, 0, end == (size_t)-1 ? line.len : end);
	size_t sign = str_find_char(pair, '=', 0);
	struct cookie cookie = {.value = str_trim(pair)};

	if (end != (size_t)-1)
		cookie.attributes = str_trim(str_slice(line, end + 1, line.len));
	if (sign != (size_t)-1) {
		cookie.name = str_trim(str_slice(pair, 0, sign));
		cookie.value = str_trim(str_slice(pair, sign + 1, pair.len));
	}
	return cookie;
}

bool cookie_find(const struct answer *answer, struct str name, size_t nth, struct cookie *out)
{
	struct str line;

	for (size_t i = 0; (line = answer_header(answer, STR("Set-Cookie"), i)).ptr; i++) {
		*out = read_cookie(line);
		if (str_eq(out->name, name) && nth-- == 0)
			return true;
	}
	return false;
}

void cookie_put_names(const struct answer *answer, struct buf *out)
{
	struct str line;
	size_t i = 0;

	for (; i < 12 && (line = answer_header(answer, STR("Set-Cookie"), i)).ptr; i++) {
		struct cookie cookie = read_cookie(line);

		buf_printf(out, "%s%.*s", i ? ", " : "the answer sets ", STR_ARG(cookie.name));
	}
	if (!i)
		buf_add(out, STR("the answer sets no cookie"));
}
