#include "import/site.h"

#include <string.h>

#include "base/ascii.h"

static bool is_address(struct str host)
{
	for (size_t i = 0; i < host.len; i++)
		if (!strchr("0123456789.:abcdefABCDEF", host.ptr[i]))
			return false;
	return host.len &&
	       (str_find_char(host, ':', 0) != NOT_FOUND || ascii_is_digit(host.ptr[host.len - 1]));
}

/* Where the label before AT starts. */
static size_t label_before(struct str host, size_t at)
{
	while (at > 0 && host.ptr[at - 1] != '.')
		at--;
	return at;
}

struct str site_domain(struct str host)
{
	static const char *const second[] = {"co",  "com", "org", "net", "gov", "ac",
					     "edu", "ne",  "or",  "go",	 NULL};
	size_t top, two;
	struct str middle;

	if (is_address(host))
		return host;
	top = label_before(host, host.len);
	if (!top)
		return host;
	two = label_before(host, top - 1);
	middle = str_slice(host, two, top - 1);
	/* example.co.uk: the second level of a country. */
	for (int i = 0; two && host.len - top == 2 && second[i]; i++)
		if (str_ieq(middle, str_of(second[i])))
			return str_slice(host, label_before(host, two - 1), host.len);
	return str_slice(host, two, host.len);
}

bool site_is_asset_path(struct str path)
{
	static const char *const ends[] = {"css",  "js",    "mjs", "png",  "jpg",  "jpeg",
					   "gif",  "svg",   "ico", "webp", "avif", "bmp",
					   "woff", "woff2", "ttf", "otf",  "eot",  "mp4",
					   "webm", "mp3",   "map", "swf",  NULL};
	size_t dot = path.len;

	while (dot > 0 && path.ptr[dot - 1] != '.' && path.ptr[dot - 1] != '/')
		dot--;
	if (!dot || path.ptr[dot - 1] != '.')
		return false;
	for (int i = 0; ends[i]; i++)
		if (str_ieq(str_slice(path, dot, path.len), str_of(ends[i])))
			return true;
	return false;
}
