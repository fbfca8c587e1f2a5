/* Extractors for the headers of a response: regular expressions. */
#include "import/correlate/extractor_private.h"
#include "import/correlate/response_values.h"

/* Whether the value of OCCURRENCE can be that of the header NAME. */
static bool is_its_header(const struct occurrence *occurrence, struct str name)
{
	switch (occurrence->found_in) {
	case VALUE_SOURCE_HEADER:
		return str_ieq(name, occurrence->name);
	case VALUE_SOURCE_LOCATION:
		return str_ieq(name, STR("Location"));
	case VALUE_SOURCE_COOKIE:
		return str_ieq(name, STR("Set-Cookie"));
	case VALUE_SOURCE_JSON:
	case VALUE_SOURCE_INPUT:
	case VALUE_SOURCE_META:
	case VALUE_SOURCE_LINK:
	case VALUE_SOURCE_DATA:
	case VALUE_SOURCE_SCRIPT:
	case VALUE_SOURCE_TEXT:
		break;
	}
	return !response_values_is_volatile(name);
}

bool extractor_try_in_headers(struct correlation *c, const struct occurrence *occurrence,
			      struct extractor_spec *extractor_spec)
{
	struct finder *f = &c->rig->finder;
	struct str all = f->response.headers;

	for (size_t line = 0, end; line < all.len; line = end + 1) {
		size_t colon, at;

		end = str_find_char(all, '\n', line);
		end = end == NOT_FOUND ? all.len : end;
		colon = str_find_char(str_slice(all, 0, end), ':', line);
		if (colon == NOT_FOUND || !is_its_header(occurrence, str_slice(all, line, colon)))
			continue;
		at = str_find(str_slice(all, 0, end), occurrence->value, colon);
		if (at != NOT_FOUND &&
		    finder_header_part(f, occurrence->value, line, at, extractor_spec))
			return true;
	}
	return false;
}
