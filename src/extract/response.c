/* Headers of a response; contract in interface/response.h. */
#include "interface/response.h"

struct str response_header(const struct response *response, struct str name, size_t nth)
{
	struct str all = response->headers;
	size_t at = 0;

	while (at < all.len) {
		size_t end = str_find_char(all, '\n', at);
		struct str line = str_slice(all, at, end == NOT_FOUND ? all.len : end);
		size_t colon = str_find_char(line, ':', 0);

		at += line.len + 1;
		if (colon == NOT_FOUND || !str_ieq(str_slice(line, 0, colon), name))
			continue;
		if (nth-- == 0)
			return str_trim(str_slice(line, colon + 1, line.len));
	}
	return STR_NULL;
}
