#include "import/query_pairs.h"

#include "base/ascii.h"

/* Whether a name and `=` begin at AT: otherwise `;` is a character of a value. */
static bool begins_pair(struct str url, size_t at)
{
	size_t end = at;

	while (end < url.len && (ascii_is_name(url.ptr[end]) || strchr("-.[]", url.ptr[end])))
		end++;
	return end > at && end < url.len && url.ptr[end] == '=' &&
	       (ascii_is_letter(url.ptr[at]) || url.ptr[at] == '_');
}

bool query_pairs_next(struct str url, size_t *at, struct query_pair *pair)
{
	if (*at >= url.len)
		return false;
	*pair = (struct query_pair){.from = *at, .sign = NOT_FOUND, .to = url.len};
	for (size_t i = *at; i < url.len; i++) {
		if (url.ptr[i] == '=' && pair->sign == NOT_FOUND)
			pair->sign = i;
		if (url.ptr[i] != '&' && (url.ptr[i] != ';' || pair->sign == NOT_FOUND ||
					  !begins_pair(url, i + 1)))
			continue;
		pair->to = i;
		break;
	}
	*at = pair->to + 1;
	return true;
}

bool query_pairs_have_semicolon(struct str url)
{
	size_t at = str_find_char(url, '?', 0);
	struct query_pair pair;

	if (at == NOT_FOUND)
		return false;
	for (at++; query_pairs_next(url, &at, &pair);)
		if (pair.to < url.len && url.ptr[pair.to] == ';')
			return true;
	return false;
}
