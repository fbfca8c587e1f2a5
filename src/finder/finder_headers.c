/* Extractors for the address and the headers of a response: regular expressions. */
#include "base/ascii.h"
#include "finder/finder.h"

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

bool finder_url(struct finder *f, struct str wanted, const char *from, struct extractor_spec *spec)
{
	bool in_url = strcmp(from, "url") == 0;
	struct str url = in_url ? f->response.url : f->response.headers;
	size_t at = in_url ? 0 : location_of(url), begin;

	if (at != NOT_FOUND)
		at = str_find(url, wanted, at);
	while (at != NOT_FOUND && at > 0 && !strchr("/=", url.ptr[at - 1]))
		at = str_find(url, wanted, at + 1);
	if (at == NOT_FOUND || !at || at < 2)
		return false;
	for (begin = at - 1; begin > 0 && !strchr("/?&#\n ", url.ptr[begin - 1]); begin--)
		;
	if (begin > 0 && strchr("/?&#", url.ptr[begin - 1]))
		begin--;
	buf_clear(&f->text);
	if (!in_url)
		buf_add(&f->text, STR("(?im)^Location:.*"));
	if (begin < at && url.ptr[begin] != '?' && url.ptr[begin] != '&') {
		finder_put_quoted(&f->text, str_slice(url, begin, at));
	} else {
		buf_add(&f->text, STR("[?&]"));
		finder_put_quoted(&f->text, str_slice(url, begin + 1, at));
	}
	buf_add(&f->text, STR("([^/?&#;\\s]+)"));
	*spec = (struct extractor_spec){.kind = STR("regex"), .from = str_of(from)};
	spec->value = arena_str(f->out, buf_str(&f->text));
	return finder_try(f, spec, wanted, true);
}

static bool has_word(struct str s)
{
	size_t letters = 0;

	for (size_t i = 0; i < s.len; i++)
		letters += ascii_is_letter(s.ptr[i]);
	return letters > 1;
}

bool finder_header_part(struct finder *f, struct str wanted, size_t line, size_t at,
			struct extractor_spec *spec)
{
	struct str all = f->response.headers, before;
	size_t from = at;

	while (from > line && !ascii_is_alnum(all.ptr[from - 1]))
		from--;
	while (from > line && (ascii_is_name(all.ptr[from - 1]) || all.ptr[from - 1] == '-'))
		from--;
	before = str_slice(all, from, at);
	buf_clear(&f->text);
	if (has_word(before)) {
		buf_add(&f->text, STR("(?i)"));
	} else {
		buf_add(&f->text, STR("(?im)^"));
		finder_put_quoted(&f->text,
				  str_slice(all, line, str_find_char(all, ':', line) + 1));
		buf_add(&f->text, STR(".*?"));
	}
	finder_put_quoted(&f->text, before);
	buf_add(&f->text, STR("([^\\s\"';,&:|<>]+)"));
	*spec = (struct extractor_spec){.kind = STR("regex"), .from = STR("headers")};
	spec->value = arena_str(f->out, buf_str(&f->text));
	return finder_try(f, spec, wanted, true);
}
