/* Field lines of an answer; contract in kind/answer.h. */
#include "kind/answer.h"

struct str answer_header(const struct answer *answer, struct str name, size_t nth)
{
	struct str all = answer->headers;
	size_t at = 0;

	while (at < all.len) {
		size_t end = str_find_char(all, '\n', at);
		struct str line = str_slice(all, at, end == (size_t)-1 ? all.len : end);
		size_t colon = str_find_char(line, ':', 0);

		at += line.len + 1;
		if (colon == (size_t)-1 || !str_ieq(str_slice(line, 0, colon), name))
			continue;
		if (nth-- == 0)
			return str_trim(str_slice(line, colon + 1, line.len));
	}
	return STR_NULL;
}
