/* Extractors for the address and the headers of a response: regular expressions. */
#include "base/ascii.h"
#include "import/correlate/extractor_private.h"
#include "import/correlate/response_values.h"

static void add_quoted(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (strchr("\\^$.|?*+()[]{}/-", s.ptr[i]) && s.ptr[i] != '/' && s.ptr[i] != '-')
			buf_add_char(out, '\\');
		buf_add_char(out, s.ptr[i]);
	}
}

/* Offset of the Location among the lines of HEADERS, or NOT_FOUND. */
static size_t location_of(struct str headers)
{
	for (size_t at = 0; at < headers.len; at = str_find_char(headers, '\n', at) + 1) {
		if (str_ieq(str_slice(headers, at, at + strlen("Location:")), STR("Location:")))
			return at;
		if (str_find_char(headers, '\n', at) == NOT_FOUND)
			break;
	}
	return NOT_FOUND;
}

bool extractor_try_url(struct correlation *c, const struct response *response,
		       const struct occurrence *occurrence, const char *from,
		       struct extractor_spec *extractor_spec)
{
	bool in_url = strcmp(from, "url") == 0;
	struct str url = in_url ? response->url : response->headers;
	size_t at = in_url ? 0 : location_of(url), begin;

	if (at != NOT_FOUND)
		at = str_find(url, occurrence->value, at);
	while (at != NOT_FOUND && at > 0 && !strchr("/=", url.ptr[at - 1]))
		at = str_find(url, occurrence->value, at + 1);
	if (at == NOT_FOUND || !at || at < 2)
		return false;
	for (begin = at - 1; begin > 0 && !strchr("/?&#\n ", url.ptr[begin - 1]); begin--)
		;
	if (begin > 0 && strchr("/?&#", url.ptr[begin - 1]))
		begin--;
	buf_clear(&c->text);
	if (!in_url)
		buf_add(&c->text, STR("(?im)^Location:.*"));
	if (begin < at && url.ptr[begin] != '?' && url.ptr[begin] != '&')
		add_quoted(&c->text, str_slice(url, begin, at));
	else
		buf_printf(&c->text, "[?&]"), add_quoted(&c->text, str_slice(url, begin + 1, at));
	buf_add(&c->text, STR("([^/?&#;\\s]+)"));
	*extractor_spec = (struct extractor_spec){.kind = STR("regex"), .from = str_of(from)};
	extractor_spec->value = arena_str(&c->conversion->job->arena, buf_str(&c->text));
	return extractor_try(c, response, extractor_spec, occurrence->value, true);
}

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

static bool has_word(struct str s)
{
	size_t letters = 0;

	for (size_t i = 0; i < s.len; i++)
		letters += ascii_is_letter(s.ptr[i]);
	return letters > 1;
}

/* A part of a header's value, at AT of the line that begins at LINE: the text before it, or the
 * name of the header if that is not a word. */
static bool try_at(struct correlation *c, const struct response *response,
		   const struct occurrence *occurrence, size_t line, size_t at,
		   struct extractor_spec *extractor_spec)
{
	struct str all = response->headers, before;
	size_t from = at;

	while (from > line && !ascii_is_alnum(all.ptr[from - 1]))
		from--;
	while (from > line && (ascii_is_name(all.ptr[from - 1]) || all.ptr[from - 1] == '-'))
		from--;
	before = str_slice(all, from, at);
	buf_clear(&c->text);
	if (has_word(before)) {
		buf_add(&c->text, STR("(?i)"));
	} else {
		buf_add(&c->text, STR("(?im)^"));
		add_quoted(&c->text, str_slice(all, line, str_find_char(all, ':', line) + 1));
		buf_add(&c->text, STR(".*?"));
	}
	add_quoted(&c->text, before);
	buf_add(&c->text, STR("([^\\s\"';,&:|<>]+)"));
	*extractor_spec = (struct extractor_spec){.kind = STR("regex"), .from = STR("headers")};
	extractor_spec->value = arena_str(&c->conversion->job->arena, buf_str(&c->text));
	return extractor_try(c, response, extractor_spec, occurrence->value, true);
}

bool extractor_try_in_headers(struct correlation *c, const struct response *response,
			      const struct occurrence *occurrence,
			      struct extractor_spec *extractor_spec)
{
	struct str all = response->headers;

	for (size_t line = 0, end; line < all.len; line = end + 1) {
		size_t colon, at;

		end = str_find_char(all, '\n', line);
		end = end == NOT_FOUND ? all.len : end;
		colon = str_find_char(str_slice(all, 0, end), ':', line);
		if (colon == NOT_FOUND || !is_its_header(occurrence, str_slice(all, line, colon)))
			continue;
		at = str_find(str_slice(all, 0, end), occurrence->value, colon);
		if (at != NOT_FOUND && try_at(c, response, occurrence, line, at, extractor_spec))
			return true;
	}
	return false;
}
