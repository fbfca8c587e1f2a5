/* One field of an application/x-www-form-urlencoded text. */
#include "base/url.h"
#include "net/http_request.h"

static bool name_is(struct str encoded, struct str name)
{
	struct buf decoded;
	bool same;

	if (str_eq(encoded, name))
		return true;
	if (str_find_char(encoded, '%', 0) == NOT_FOUND &&
	    str_find_char(encoded, '+', 0) == NOT_FOUND)
		return false;
	buf_init(&decoded, 0);
	url_decode(&decoded, encoded, true);
	same = str_eq(buf_str(&decoded), name);
	buf_release(&decoded);
	return same;
}

bool http_request_form_value(struct str encoded, struct str name, struct buf *out)
{
	size_t at = 0;

	while (at < encoded.len) {
		size_t end = str_find_char(encoded, '&', at);
		struct str pair = str_slice(encoded, at, end);
		size_t equals = str_find_char(pair, '=', 0);
		if (name_is(str_slice(pair, 0, equals), name)) {
			if (equals != NOT_FOUND)
				url_decode(out, str_slice(pair, equals + 1, pair.len), true);
			return true;
		}
		at = end == NOT_FOUND ? encoded.len : end + 1;
	}
	return false;
}
