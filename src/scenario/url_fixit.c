#include "scenario/url_fixit.h"

#include <string.h>

#include "base/ascii.h"
#include "base/url.h"

/* Usual misspellings of http and https; longer ones first. */
static const struct {
	struct str word;
	const char *scheme;
} schemes[] = {
    {{"httpss", 6}, "https"}, {{"htttps", 6}, "https"}, {{"https", 5}, "https"},
    {{"htpps", 5}, "https"},  {{"htttp", 5}, "http"},	{{"htps", 4}, "https"},
    {{"ttps", 4}, "https"},   {{"http", 4}, "http"},	{{"htpp", 4}, "http"},
    {{"htp", 3}, "http"},     {{"ttp", 3}, "http"},
};

static struct str until(struct str text, const char *ends)
{
	size_t end = 0;

	while (end < text.len && !strchr(ends, text.ptr[end]))
		end++;
	return str_slice(text, 0, end);
}

static bool is_number(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!ascii_is_digit(text.ptr[i]))
			return false;
	return text.len > 0;
}

/* The part of NAME after its last dot; empty without a dot. */
static struct str last_label(struct str name)
{
	size_t dot = name.len;

	while (dot > 0 && name.ptr[dot - 1] != '.')
		dot--;
	return dot ? str_slice(name, dot, name.len) : STR("");
}

static bool is_file_name(struct str name)
{
	static const char *const types[] = {"html", "htm",  "php", "js",     "css", "json",
					    "xml",  "txt",  "png", "jpg",    "svg", "jsp",
					    "aspx", "asp",  "do",  "action", "cgi", "pdf",
					    "csv",  "webp", "ico", "gif",    "md"};
	struct str type = last_label(name);

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (str_ieq(type, str_of(types[i])))
			return true;
	return false;
}

bool url_fixit_may_be_host(struct str text)
{
	struct str name = until(text, "/?#:");

	return last_label(name).len > 0 && !is_file_name(name);
}

static bool is_host(struct str text, bool words)
{
	struct str authority = until(text, "/?#"), name = until(authority, ":");
	struct str port =
	    str_slice(authority, name.len + (name.len < authority.len), authority.len);
	struct str label = last_label(name);

	if (port.len ? !is_number(port) : name.len < authority.len)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!ascii_is_alnum(name.ptr[i]) && !strchr(".-_", name.ptr[i]))
			return false;
	if (!name.len || name.ptr[0] == '.')
		return false;
	if (str_ieq(name, STR("localhost")) || port.len || words)
		return true;
	if (str_starts(name, STR("www.")))
		return true;
	/* An IPv4 address, or a domain name. */
	if (is_number(label))
		return str_find_char(name, '.', 0) < name.len - label.len - 1;
	for (size_t i = 0; i < label.len; i++)
		if (!ascii_is_letter(label.ptr[i]))
			return false;
	return label.len >= 2 && !is_file_name(name);
}

static struct str if_valid(struct arena *a, const char *scheme, struct str rest)
{
	struct str whole = arena_printf(a, "%s://%.*s", scheme, STR_ARG(rest));
	struct url url;

	return url_split(whole, &url) ? whole : STR("");
}

struct str url_fixit(struct arena *a, struct str text, bool words)
{
	text = str_trim(text);
	for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
		struct str word = schemes[i].word;
		size_t at = word.len;

		if (text.len <= at || !str_ieq(str_slice(text, 0, at), word) ||
		    !strchr(":;/\\", text.ptr[at]))
			continue;
		while (at < text.len && strchr(":;/\\", text.ptr[at]))
			at++;
		struct str rest = str_slice(text, at, text.len);

		if (is_host(rest, true) && !is_number(until(rest, "/:")))
			return if_valid(a, schemes[i].scheme, rest);
		return STR("");
	}
	if (str_starts(text, STR("//")))
		text = str_slice(text, 2, text.len);
	return is_host(text, words) ? if_valid(a, "http", text) : STR("");
}
